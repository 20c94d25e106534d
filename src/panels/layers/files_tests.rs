//! Tests of the files of a layer, from exports built here; the one that needs an engine
//! is in `tests/it/layer_files.rs`.

use super::inside::{Inside, asked};
use super::tree::{self, Line};
use super::*;
use crate::engine::{Answer, Away, State};
use files::{Change, Mark};
use serde_json::{Value, json};
use std::sync::Arc;

fn export(layers: &[&[&str]]) -> Value {
    let layers: Vec<Value> = layers
        .iter()
        .enumerate()
        .map(|(at, files)| json!({"diff": format!("sha256:{at}"), "files": files}))
        .collect();
    json!({"layers": layers, "cut": null})
}

fn diffs(n: usize) -> Vec<String> {
    (0..n).map(|at| format!("sha256:{at}")).collect()
}

fn with<T>(layers: &[&[&str]], look: impl FnOnce(&files::Image) -> T) -> T {
    let json = export(layers);
    let diffs = diffs(layers.len());
    let diffs: Vec<&str> = diffs.iter().map(String::as_str).collect();
    look(&files::read(&json, &diffs))
}

/// `A path`, `C path`, `D path`, sorted.
fn changes(layers: &[&[&str]], at: usize) -> Vec<String> {
    with(layers, |image| {
        let changes = image.changes(at).expect("a layer that was read");
        let mut said: Vec<String> = changes
            .iter()
            .map(|change| {
                let letter = match change.mark {
                    Mark::Added => 'A',
                    Mark::Changed => 'C',
                    Mark::Deleted => 'D',
                };
                format!(
                    "{letter} {} {} {}",
                    files::name(change),
                    change.size,
                    change.hides
                )
            })
            .collect();
        said.sort();
        said
    })
}

/// `bytes path layer by`, largest first.
fn wasted(layers: &[&[&str]]) -> Vec<String> {
    with(layers, |image| {
        let told = |w: &files::Wasted| format!("{} {} {} {}", w.bytes, w.path, w.layer, w.by);
        image.wasted().iter().map(told).collect()
    })
}

const BASE: &[&str] = &[
    "d 0 www",
    "f 100 www/a",
    "f 200 www/b",
    "f 7 etc/motd",
    "l 0 bin/sh",
];

#[test]
fn a_layer_is_told_against_those_below_it() {
    let top: &[&str] = &[
        "d 0 www",
        "f 0 www/.wh.a",
        "f 9 etc/motd",
        "f 3 new/x",
        "l 0 bin/sh",
    ];
    assert_eq!(
        changes(&[BASE, top], 1),
        [
            "A new/x 3 0",
            "C bin/sh 0 0",
            "C etc/motd 9 7",
            "D www/a 0 100"
        ]
    );
    assert_eq!(changes(&[BASE, top], 0).len(), 5, "the lowest adds all");
    assert_eq!(wasted(&[BASE, top]), ["100 www/a 0 1", "7 etc/motd 0 1"]);
}

#[test]
fn a_deleted_folder_hides_all_that_lay_in_it_and_no_namesake() {
    let more: &[&str] = &["f 50 www/c/d", "f 40 www2/x"];
    let top: &[&str] = &["f 0 .wh.www"];
    assert_eq!(changes(&[BASE, more, top], 2), ["D www 0 350"]);
    assert_eq!(
        wasted(&[BASE, more, top]),
        ["200 www/b 0 2", "100 www/a 0 2", "50 www/c/d 1 2"]
    );
    let again: &[&str] = &["d 0 www", "f 1 www/a"];
    assert_eq!(
        changes(&[BASE, top, again], 2),
        ["A www 0 0", "A www/a 1 0"]
    );
    assert_eq!(wasted(&[BASE, top, again]).len(), 2, "not by the new one");
    assert!(wasted(&[BASE, top, again])[1].ends_with("0 1"));
}

#[test]
fn an_opaque_folder_hides_what_was_in_it_below_and_keeps_what_comes_with_it() {
    let top: &[&str] = &["d 0 www", "f 0 www/.wh..wh..opq", "f 5 www/b"];
    assert_eq!(changes(&[BASE, top], 1), ["C www/b 5 200", "D www/a 0 100"]);
    assert_eq!(wasted(&[BASE, top]), ["200 www/b 0 1", "100 www/a 0 1"]);
}

#[test]
fn a_file_in_the_place_of_a_folder_hides_what_was_in_it() {
    let top: &[&str] = &["f 1 www"];
    assert_eq!(changes(&[BASE, top], 1), ["C www 1 300"]);
    assert_eq!(wasted(&[BASE, top]).len(), 2);
}

#[test]
fn of_two_layers_that_hide_a_file_the_nearest_is_named() {
    let (mid, top): (&[&str], &[&str]) = (&["f 8 etc/motd"], &["f 0 etc/.wh.motd"]);
    assert_eq!(
        wasted(&[BASE, mid, top]),
        ["8 etc/motd 1 2", "7 etc/motd 0 1"]
    );
}

#[test]
fn a_layer_that_was_not_read_is_not_an_empty_one() {
    let json =
        json!({"layers": [{"diff": null, "files": ["f 1 a"]}], "cut": "the connection broke"});
    let image = files::read(&json, &["sha256:0"]);
    assert_eq!((image.changes(0), image.bytes(0)), (None, None));
    assert_eq!(image.cut, Some("the connection broke"));
    with(&[&[]], |image| {
        assert_eq!((image.changes(0), image.bytes(0)), (Some(vec![]), Some(0)));
    });
    for odd in [
        json!(null),
        json!({"layers": 7}),
        json!({"layers": [{"diff": "sha256:0", "files": ["", "f", "f x y", 3]}]}),
    ] {
        assert!(files::read(&odd, &["sha256:0"]).wasted().is_empty());
    }
}

#[test]
fn a_layer_is_named_behind_a_tilde() {
    assert_eq!(asked("shop/web:1.4~6"), ("shop/web:1.4", Some(6)));
    assert_eq!(asked("shop/web:1.4"), ("shop/web:1.4", None));
    for odd in ["web~", "web~0", "web~x", "web~1000", "web~+1", "web~01"] {
        assert_eq!(asked(odd), (odd, None));
    }
}

#[test]
fn however_many_files_there_are_the_tree_is_short_and_counts_the_rest() {
    let paths: Vec<String> = (0..100_000)
        .map(|n| format!("usr/share/{}/{}/file-{n}", n % 97, n % 1009))
        .collect();
    let changes: Vec<Change> = paths
        .iter()
        .enumerate()
        .map(|(n, path)| Change {
            path,
            mark: Mark::Added,
            kind: 'f',
            size: n as u64,
            hides: 0,
            hidden_by: None,
        })
        .collect();
    let lines = tree::draw(&changes);
    let drawn = lines
        .iter()
        .filter(|l| matches!(l, Line::Open(_) | Line::Leaf(_)));
    assert!(drawn.count() <= 150);
    let (opens, closes) = (
        lines.iter().filter(|l| matches!(l, Line::Open(_))).count(),
        lines.iter().filter(|l| matches!(l, Line::Close)).count(),
    );
    assert_eq!(opens, closes);
    let Some(Line::Open(root)) = lines.first() else {
        panic!("{lines:?}");
    };
    assert_eq!(root.name, "usr/share/", "one folder in another is one line");
    assert!(
        root.size.starts_with("5.00 GB, 100000 entries"),
        "{}",
        root.size
    );
    assert!(lines.iter().any(|l| matches!(l, Line::More(_))));
}

/// A host with one image of these layers, whose files were exported.
fn told(layers: &[&[&str]], of: &str, files: Result<Value, Away>) -> (View, Answers) {
    let id = format!("sha256:{:064x}", 1);
    let view = View::default().focus(of);
    let mut have = Answers::default();
    let mut tell = |path: Ask, told: Result<Value, Away>| {
        let told = told.map(|json| Answer {
            json: Arc::new(json),
            asked: jiff::Timestamp::UNIX_EPOCH,
            state: State::Live,
        });
        have.insert(path, told);
    };
    let asked = crate::engine::Id::new(&id).expect("an id");
    tell(
        Ask::Images,
        Ok(json!([{"Id": id, "RepoTags": ["web:1"], "Size": 9}])),
    );
    tell(Ask::ContainerSizes, Ok(json!([])));
    tell(
        Ask::Info,
        Ok(json!({"DockerRootDir": "/var/lib/docker", "Driver": "overlay2"})),
    );
    tell(
        Ask::Image(asked.clone()),
        Ok(
            json!({"RootFS": {"Layers": diffs(layers.len())}, "GraphDriver": {"Name": "overlay2",
            "Data": {"UpperDir": "/o/top/diff", "LowerDir": "/o/mid/diff:/o/low/diff"}}}),
        ),
    );
    tell(Ask::History(asked.clone()), Ok(json!([])));
    tell(Ask::Files(asked), files);
    (view, have)
}

fn inside(layers: &[&[&str]], of: &str) -> Inside {
    let (view, have) = told(layers, of, Ok(export(layers)));
    let drawn = picture(&view, &have).expect("a picture");
    drawn.inside.expect("the files of a layer")
}

#[test]
fn nothing_is_exported_before_a_layer_is_named() {
    let (_, have) = told(&[BASE], "", Ok(export(&[BASE])));
    let exports = |of: &str| {
        let asks = asks(&View::default().focus(of), &have);
        asks.iter()
            .filter(|ask| matches!(ask, Ask::Files(_)))
            .count()
    };
    assert_eq!(exports(""), 0);
    assert_eq!(exports("web:1"), 0);
    assert_eq!(exports("other~1"), 0);
    assert_eq!(exports("web:1~1"), 1);
}

#[test]
fn the_answer_says_what_a_layer_did_and_what_the_image_wastes() {
    let top: &[&str] = &["f 0 www/.wh.a", "f 9 etc/motd"];
    let drawn = inside(&[BASE, top, &[]], "web:1~2");
    assert_eq!(
        drawn.answer,
        "Layer 2 of web:1 changes one path and deletes one: 9 B."
    );
    assert_eq!((drawn.wasted_bytes, drawn.bytes), (107, 316));
    assert_eq!(
        drawn.wasted,
        [
            "100 B /www/a in layer 1, deleted by layer 2",
            "7 B /etc/motd in layer 1, overwritten by layer 2"
        ]
    );
    assert_eq!(drawn.bars[2].size, "307 B, 107 B wasted");
    assert!(drawn.bars[1].current);
    assert_eq!(
        inside(&[BASE], "web:1~7").answer,
        "web:1 has no layer 7: it has one layer."
    );
    let (view, have) = told(&[BASE], "web:1~1", Err(Away::NotRecorded("x".into())));
    let drawn = picture(&view, &have)
        .expect("a picture")
        .inside
        .expect("a sentence");
    assert!(drawn.answer.contains("recording"), "{}", drawn.answer);
    let cut = json!({"layers": [], "cut": "it took longer than 25 s"});
    let (view, have) = told(&[BASE], "web:1~1", Ok(cut));
    let drawn = picture(&view, &have)
        .expect("a picture")
        .inside
        .expect("a sentence");
    assert_eq!(drawn.answer, "Layer 1 of web:1 was not read.");
    assert!(drawn.remarks[0].contains("25 s"));
}

#[test]
fn a_layers_directory_is_said_where_the_engine_says_it_and_why_not_where_not() {
    let (view, have) = told(&[BASE, &[], &[]], "web:1", Ok(json!(null)));
    let ground = picture(&view, &have)
        .expect("a picture")
        .ground
        .expect("layers");
    let dirs: Vec<_> = ground
        .rows
        .iter()
        .map(|row| row.directory.as_deref())
        .collect();
    assert_eq!(
        dirs,
        [
            Some("/o/top/diff"),
            Some("/o/mid/diff"),
            Some("/o/low/diff")
        ]
    );
    assert_eq!(ground.rows[0].number, 3);
    assert_eq!(
        ground.database.as_deref(),
        Some("/var/lib/docker/image/overlay2/layerdb/sha256/CHAIN/cache-id")
    );
    for (odd, word) in [
        (
            json!({"GraphDriver": {"Name": "vfs", "Data": null}}),
            "Under vfs",
        ),
        (
            json!({"Storage": {"RootFS": {"Snapshot": {"Name": "overlayfs"}}}}),
            "containerd",
        ),
        (json!({}), "GraphDriver is absent"),
        (
            json!({"GraphDriver": {"Name": "overlay2", "Data": {"UpperDir": "/o/a"}}}),
            "one directory",
        ),
    ] {
        let (view, mut have) = told(&[BASE, &[], &[]], "web:1", Ok(json!(null)));
        let mut json = odd;
        json["RootFS"] = json!({"Layers": diffs(3)});
        let ask = Ask::Image(crate::engine::Id::new(&format!("sha256:{:064x}", 1)).expect("an id"));
        have.insert(
            ask,
            Ok(Answer {
                json: Arc::new(json),
                asked: jiff::Timestamp::UNIX_EPOCH,
                state: State::Live,
            }),
        );
        let ground = picture(&view, &have)
            .expect("a picture")
            .ground
            .expect("layers");
        assert!(ground.rows.iter().all(|row| row.directory.is_none()));
        assert!(
            ground.why.as_deref().is_some_and(|why| why.contains(word)),
            "{:?}",
            ground.why
        );
    }
}

#[test]
fn a_fragment_stays_small_and_its_names_harmless_with_100_000_files() {
    let hostile = "f 5 <script>alert(1)</script>\u{202e}\n/x\"y";
    let mut files: Vec<String> = (0..100_000)
        .map(|n| {
            format!(
                "f {n} a-rather-long-folder-name-{}/{}/f{n}",
                n % 300,
                n % 77
            )
        })
        .collect();
    files.push(hostile.replace("f 5", "f 99999999"));
    let lines: Vec<&str> = files.iter().map(String::as_str).collect();
    let layers: Vec<&[&str]> = vec![&lines; 2];
    let (view, have) = told(&layers, "web:1~2", Ok(export(&layers)));
    let html = crate::panels::draw(Panel::Layers, &view, &have).html;
    assert!(html.len() < 100_000, "{}", html.len());
    assert!(html.contains("script") && !html.contains("<script") && !html.contains('\u{202e}'));
}
