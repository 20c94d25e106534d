//! Tests of the writable-layer panel; the one that needs an engine is in
//! `tests/it/layer_files.rs`.

use super::changes::{Kind, read};
use super::*;
use crate::engine::{Recording, recorded};
use crate::panels::{PanelState, draw};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const WEB: &str = "aaaa29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd1";
const API: &str = "bbbb29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd1";

fn host(answers: &[(String, Value)]) -> Recording {
    Recording {
        recorded: "2026-11-24T06:00:00Z".parse().expect("a time"),
        engine: "20.10.24".into(),
        api: "1.41".into(),
        answers: answers
            .iter()
            .map(|(path, json)| (path.clone(), Arc::new(json.clone())))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// Two containers: `web` changed what is given, `api` nothing.
fn two(changes: Value) -> Recording {
    let line = |id: &str, name: &str, created: i64| {
        json!({"Id": id, "Names": [name], "Image": "shop/web:1.4", "ImageID": "sha256:0123",
               "State": "running", "Created": created, "SizeRootFs": 1000})
    };
    host(&[
        (
            "/containers/json?all=1&size=1".into(),
            json!([line(API, "/api", 9), line(WEB, "/web", 1)]),
        ),
        (format!("/containers/{WEB}/changes"), changes),
        (format!("/containers/{API}/changes"), Value::Null),
        (
            format!("/containers/{WEB}/json?size=1"),
            json!({"SizeRw": 2500, "SizeRootFs": 13_002_500}),
        ),
        (
            "/images/sha256:0123/json".into(),
            json!({"RootFS": {"Layers": ["sha256:a", "sha256:b"]}}),
        ),
        (
            "/images/sha256:0123/history".into(),
            json!([{"CreatedBy": "COPY x /", "Size": 5}, {"CreatedBy": "ADD y /", "Size": 13_000_000}]),
        ),
    ])
}

fn some() -> Value {
    json!([
        {"Path": "/srv/new", "Kind": 1}, {"Path": "/etc", "Kind": 0}, {"Path": "/entry.sh", "Kind": 2},
        {"Path": "/srv/new/b", "Kind": 1}, {"Path": "/etc/httpd.conf", "Kind": 0},
        {"Path": "/srv", "Kind": 0}, {"Path": "/srv/new/a", "Kind": 1}, {"Path": "/srv/newer", "Kind": 1},
    ])
}

fn seen(recording: &Recording, of: &str) -> WritableLayer {
    let view = View::default().focus(of);
    picture(&view, &recording.gather(|have| asks(&view, have))).expect("a picture")
}

fn html(recording: &Recording, of: &str) -> String {
    let view = View::default().focus(of);
    let have = recording.gather(|have| asks(&view, have));
    draw(Panel::WritableLayer, &view, &have).html
}

#[test]
fn folders_on_the_way_to_a_change_are_not_changes() {
    let changes = read(&some()).expect("a list");
    let all: Vec<String> = changes
        .all()
        .iter()
        .map(|change| format!("{} {} {}", change.kind.letter(), change.path, change.below))
        .collect();
    assert_eq!(
        all,
        [
            "D /entry.sh 0",
            "C /etc/httpd.conf 0",
            "A /srv/new 2",
            "A /srv/newer 0"
        ]
    );
    assert_eq!(changes.folders, ["/etc", "/srv"]);
    assert_eq!(changes.listed, 8);
    let copied = changes.copied_up().expect("one that was copied up");
    assert_eq!(
        (&*copied.path, copied.kind),
        ("/etc/httpd.conf", Kind::Changed)
    );
}

#[test]
fn null_is_no_change_and_anything_else_is_not_told() {
    assert!(read(&Value::Null).expect("nothing").none());
    assert_eq!(read(&json!({"message": "x"})), None);
    let odd = read(&json!([{"Path": "/a", "Kind": 7}, {"Kind": 1}, 5])).expect("a list");
    assert_eq!((odd.unknown, odd.all().len()), (3, 0));
}

#[test]
fn the_container_that_changed_most_is_shown_first() {
    let drawn = seen(&two(some()), "");
    let focus = drawn.focus.expect("a container");
    assert_eq!(focus.name, "web");
    assert_eq!(
        focus.answer,
        "web wrote 2.50 kB above shop/web:1.4: two added, one changed and one deleted."
    );
    assert_eq!(
        (focus.size_rw, focus.size_root_fs),
        (Some(2500), Some(13_002_500))
    );
    assert!(focus.copied.expect("a copy-up").contains("/etc/httpd.conf"));
    let lanes: Vec<usize> = focus
        .scene
        .lanes
        .iter()
        .map(|lane| lane.items.len())
        .collect();
    assert_eq!(lanes, [2, 1, 1]);
    assert_eq!(focus.scene.slabs.len(), 2);
    assert!(
        focus.scene.lanes[0].thread.is_none(),
        "an added file hides nothing"
    );
    assert!(focus.scene.lanes[2].thread.is_some());
    assert!(focus.files.expect("a link").ends_with("shop%2Fweb%3A1.4~2"));
}

/// On a phone the lanes stand below one another, and no thread crosses another.
#[test]
fn the_narrow_picture_has_its_lanes_below_one_another() {
    let focus = seen(&two(some()), "").focus.expect("a container");
    let (broad, narrow) = (&focus.scene, &focus.narrow);
    assert_eq!(narrow.width, 280.0, "a phone of 320 px scales it by little");
    let told = |scene: &Scene| -> Vec<(String, String, usize)> {
        let lanes = scene.lanes.iter();
        lanes
            .map(|lane| (lane.title.clone(), lane.hidden.clone(), lane.items.len()))
            .collect()
    };
    assert_eq!(told(narrow), told(broad));
    for pair in narrow.lanes.windows(2) {
        let last = pair[0].items.last().map_or(pair[0].title_y, |item| item.y);
        assert!(last + 16.0 < pair[1].title_y, "{pair:?}");
    }
    assert!(narrow.lanes[2].items[0].y + 16.0 < narrow.line);
    // The upper lane's thread is the outer one.
    assert!(narrow.lanes[1].thread_x() > narrow.lanes[2].thread_x());
    let ends = [&narrow.lanes[1], &narrow.lanes[2]].map(|lane| lane.hidden_at.1);
    assert!(ends[1] < ends[0] && ends[0] < narrow.under_lines[0].0);
    assert!(narrow.under_lines.len() > 1, "a sentence in lines");
    let page = html(&two(some()), "");
    assert_eq!(page.matches("pic narrow").count(), 2);
}

#[test]
fn one_that_changed_nothing_says_so_and_one_that_is_not_there_too() {
    let quiet = seen(&two(some()), "api").focus.expect("a container");
    assert!(
        quiet.answer.starts_with("api has changed nothing"),
        "{}",
        quiet.answer
    );
    assert_eq!(
        quiet.size_rw,
        Some(0),
        "left out by the engine when it is 0"
    );
    let page = html(&two(some()), "nobody");
    assert!(page.contains("No container here is called") && page.contains("nobody"));
    let empty = host(&[("/containers/json?all=1&size=1".into(), json!([]))]);
    assert!(html(&empty, "").contains("No containers yet."));
}

#[test]
fn an_engine_that_does_not_measure_or_compare_gets_a_sentence() {
    let plain = host(&[
        (
            "/containers/json?all=1".into(),
            json!([{"Id": WEB, "Names": null, "Created": null}]),
        ),
        (
            format!("/containers/{WEB}/changes"),
            json!([{"Path": "/x", "Kind": 1}]),
        ),
    ]);
    let focus = seen(&plain, "").focus.expect("a container");
    assert_eq!(focus.size_rw, None);
    assert!(
        focus.remarks.iter().any(|said| said.contains("SizeRw")),
        "{:?}",
        focus.remarks
    );
    assert!(focus.remarks.iter().any(|said| said.contains("not drawn")));
    let refused = two(json!("no such thing"));
    let view = View::default().focus("web");
    let have = refused.gather(|have| asks(&view, have));
    let drawn = draw(Panel::WritableLayer, &view, &have);
    assert_eq!(drawn.state, PanelState::Unavailable);
}

#[test]
fn many_changes_and_hostile_names_stay_small_and_harmless() {
    let name = format!("/{}<b>\u{202e}\n{}", "long/".repeat(30), "x".repeat(300));
    let many: Vec<Value> = (0..20_000)
        .map(|n| json!({"Path": format!("{name}{n}"), "Kind": n % 3}))
        .collect();
    let page = html(&two(Value::Array(many)), "web");
    assert!(page.len() < 100_000, "{}", page.len());
    assert!(!page.contains("<b>\u{202e}") && !page.contains('\u{202e}'));
    assert!(page.contains("and 6661 more"), "the rest is counted");
}

#[test]
fn at_most_four_containers_are_asked_what_they_changed() {
    let recording = recorded::embedded();
    let have = recording.gather(|have| asks(&View::default(), have));
    let asked = have.all();
    let changes = asked
        .iter()
        .filter(|(ask, _)| matches!(ask, Ask::Changes(_)));
    assert_eq!(changes.count(), 4);
    let drawn = picture(&View::default(), &have).expect("a picture");
    assert!(drawn.focus.is_some());
}

#[test]
fn a_driver_that_copies_leaves_no_marks_and_copies_nothing_up() {
    let mut recording = two(some());
    let told = html(&recording, "web");
    assert!(told.contains("a mark called whiteout") && told.contains("Copy-up"));
    let info = Arc::new(json!({"Driver": "vfs"}));
    recording.answers.insert("/info".into(), info);
    let told = html(&recording, "web");
    assert!(
        !told.contains("whiteout") && !told.contains("Copy-up"),
        "{told}"
    );
    assert!(told.contains("with vfs, which shares nothing"));
}
