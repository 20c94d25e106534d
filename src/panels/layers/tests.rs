//! Tests of the layers panel, from recorded answers; the one that needs an engine is in
//! `tests/it/panels.rs`.

use super::arrange::{Arrangement, Slab};
use super::*;
use crate::engine::{Away, Recording};
use crate::panels::{PanelState, draw};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What comes with Waterline: real answers, masked.
const SHOP: &str = include_str!("../../engine/recorded_host.json");

fn shop() -> Recording {
    Recording::parse(SHOP).expect("a recording")
}

fn of(text: &str) -> View {
    View::default().focus(text)
}

fn heard(recording: &Recording, view: &View) -> Answers {
    recording.gather(|have| asks(view, have))
}

fn seen(recording: &Recording, view: &View) -> Layers {
    picture(view, &heard(recording, view)).expect("a picture")
}

fn html(recording: &Recording, view: &View) -> String {
    draw(Panel::Layers, view, &heard(recording, view)).html
}

/// A host with these images, each with a size for each of its layers.
fn host(images: &[(&str, &[&str])], containers: Value) -> Recording {
    let id = |at: usize| format!("sha256:{:064x}", at + 1);
    let mut answers = BTreeMap::new();
    let list: Vec<Value> = images
        .iter()
        .enumerate()
        .map(|(at, (name, _))| json!({"Id": id(at), "RepoTags": [name], "Size": 5, "ParentId": ""}))
        .collect();
    answers.insert("/images/json".to_owned(), Arc::new(Value::Array(list)));
    answers.insert(
        "/containers/json?all=1&size=1".to_owned(),
        Arc::new(containers),
    );
    for (at, (_, layers)) in images.iter().enumerate() {
        answers.insert(
            format!("/images/{}/json", id(at)),
            Arc::new(json!({"RootFS": {"Layers": layers}})),
        );
        let history: Vec<Value> = layers
            .iter()
            .rev()
            .map(|diff| json!({"CreatedBy": format!("COPY {diff} /"), "Size": 1_000_000}))
            .collect();
        answers.insert(
            format!("/images/{}/history", id(at)),
            Arc::new(Value::Array(history)),
        );
    }
    Recording {
        recorded: "2026-11-24T06:00:00Z".parse().expect("a time"),
        engine: "20.10.24".into(),
        api: "1.41".into(),
        answers,
    }
}

#[test]
fn a_base_that_images_share_is_drawn_once_under_all_of_them() {
    let drawn = seen(&shop(), &View::default());
    assert_eq!(
        drawn.picked, "shop/web:1.4",
        "the largest that containers stand on"
    );
    let bottom: Vec<&Slab> = drawn
        .drawing
        .arrangement
        .slabs
        .iter()
        .filter(|slab| slab.first == 1)
        .collect();
    assert_eq!(bottom.len(), 1, "one slab of acme/base");
    assert_eq!(bottom[0].columns, 0..5);
    assert_eq!(bottom[0].bytes, Some(12_985_512));
    assert_eq!(drawn.drawing.faces[0].depth, 3);
    assert!(drawn.problems.is_empty(), "{:?}", drawn.problems);
}

#[test]
fn the_deletion_has_a_slab_and_env_has_none() {
    let drawn = seen(&shop(), &of("shop/web:1.4"));
    let row = |start: &str| {
        let row = drawn.rows.iter().find(|row| row.line.starts_with(start));
        let row = row.unwrap_or_else(|| panic!("no row {start}"));
        (row.number.clone(), row.size.clone())
    };
    assert_eq!(row("RUN rm"), ("7".to_owned(), "0 B".to_owned()));
    assert_eq!(row("ENV SHOP_REGION"), ("–".to_owned(), "0 B".to_owned()));
    let top = drawn
        .drawing
        .arrangement
        .slabs
        .iter()
        .position(|slab| slab.first == 7);
    assert_eq!(
        drawn.drawing.faces[top.expect("the seventh slab")].depth,
        0,
        "outlined"
    );
}

/// On a phone one image has the room; who shares with it is still seen.
#[test]
fn the_narrow_picture_draws_the_same_slabs_with_one_image_wide() {
    let drawn = seen(&shop(), &View::default());
    let (broad, narrow) = (&drawn.drawing.arrangement, &drawn.narrow.arrangement);
    let slabs = |arrangement: &Arrangement| -> Vec<(usize, usize, std::ops::Range<usize>)> {
        let slabs = arrangement.slabs.iter();
        slabs
            .map(|slab| (slab.first, slab.last, slab.columns.clone()))
            .collect()
    };
    assert_eq!(slabs(narrow), slabs(broad));
    let picked = narrow.columns.iter().find(|c| c.image == 0);
    assert!(picked.is_some_and(|column| column.w > 180.0), "{picked:?}");
    let right = narrow.columns.iter().map(|c| c.x + c.w).fold(0.0, f64::max);
    assert_eq!(right, 280.0, "a phone of 320 px scales it by little");
    // What is written is written on the picked image's slabs, from its edge to its edge.
    for (slab, face) in drawn.narrow.slabs() {
        let own = slab.columns.contains(&0);
        assert_eq!(!face.number.is_empty(), own, "{slab:?}");
        assert!(face.end <= picked.map_or(0.0, |column| column.x + column.w));
    }
    // Each slim column is told below the picture, by its letter.
    let letters: Vec<String> = drawn.slim.iter().map(|s| s.letter.to_string()).collect();
    assert_eq!(letters, ["a", "b", "c", "d"]);
    let heads: Vec<&str> = drawn.narrow.heads[1..].iter().map(|h| &*h.name).collect();
    assert_eq!(heads, letters);
    assert_eq!(drawn.slim[0].name, "acme/web-server:2");
    let page = html(&shop(), &View::default());
    assert_eq!(page.matches("pic narrow").count(), 2);
    assert!(
        page.contains("<b>a</b> <span><a href=\"/panels/layers?of=acme"),
        "{page}"
    );
}

#[test]
fn a_folder_made_by_workdir_has_a_slab_of_its_own() {
    let drawn = seen(&shop(), &of("shop/api:2.1"));
    let row = drawn
        .rows
        .iter()
        .find(|row| row.line.starts_with("WORKDIR"));
    assert_eq!(row.map(|row| row.number.as_str()), Some("3"));
}

#[test]
fn containers_stand_open_above_their_image() {
    let drawn = seen(&shop(), &View::default());
    let vessel = |name: &str| {
        let vessel = drawn
            .drawing
            .vessels
            .iter()
            .find(|v| v.name.starts_with(name));
        vessel.unwrap_or_else(|| panic!("no vessel {name}"))
    };
    assert_eq!(vessel("shop-api-1").second, "4.80 MB");
    assert!(vessel("shop-api-1").level > vessel("shop-web-1").level);
    assert_eq!(vessel("shop-api-1").third, "+ 1 more");
    assert_eq!(vessel("edge").second, "0 B");
    assert_eq!(vessel("edge").level, 0.0);
    assert!(vessel("shop-work").gone && !vessel("edge").gone);
    let column = drawn.drawing.arrangement.columns[0].x;
    assert_eq!(vessel("shop-web-1").x, column);
}

#[test]
fn the_words_say_what_the_picture_shows() {
    let drawn = seen(&shop(), &View::default());
    let words = drawn.words.join("\n");
    for part in [
        "shop/web:1.4, acme/web-server:2, shop/api:2.1, shop/worker:2.1 and acme/base:12 share layer 1",
        "shop-api-1 (4.80 MB written)",
        "shop-worker-1 (stopped, nothing written)",
        "Each slab is on disk once: 26.5 MB for these five images. “docker images” adds up to 88.1 MB.",
        "Seven more containers stand on images that are not drawn.",
    ] {
        assert!(words.contains(part), "{part}\n{words}");
    }
}

#[test]
fn few_questions_are_asked_however_many_images_there_are() {
    let names: Vec<String> = (0..100).map(|at| format!("image{at:03}:1")).collect();
    let layers: Vec<&str> = vec!["sha256:a", "sha256:b"];
    let images: Vec<(&str, &[&str])> = names
        .iter()
        .map(|name| (name.as_str(), &layers[..]))
        .collect();
    let recording = host(&images, json!([]));
    let have = heard(&recording, &View::default());
    assert_eq!(have.all().len(), 3 + 2 * choice::ON_VIEW);
    let drawn = seen(&recording, &View::default());
    assert_eq!(drawn.drawing.arrangement.columns.len(), choice::ON_VIEW);
    assert!(
        drawn.said[1].starts_with("Five drawn of 100 images"),
        "{:?}",
        drawn.said
    );
    assert_eq!(
        (drawn.picks.len(), drawn.more_picks),
        (OFFERED, 100 - OFFERED)
    );
}

#[test]
fn an_unknown_image_is_named_and_another_one_shown() {
    let page = html(&shop(), &of("nginx<b>:1\u{202e}"));
    assert!(
        page.contains("No image here is called <bdi>nginx&#60;b&#62;:1·</bdi>. Shown instead: <bdi>shop/web:1.4</bdi>"),
        "{page}"
    );
}

#[test]
fn any_image_can_be_picked_without_scripts() {
    let page = html(&shop(), &View::default());
    assert!(
        page.contains(r#"<a href="/panels/layers?of=acme%2Fbase%3A12">"#),
        "{page}"
    );
    let base = crate::engine::Id::new("acme/base:12").and_then(|id| {
        let images = shop().answer(&Ask::Images).ok()?;
        let tagged = |image: &&Value| image["RepoTags"][0] == id.as_str();
        let image = images.json.as_array()?.iter().find(tagged)?;
        Some(words::short_id(image["Id"].as_str()?))
    });
    let short = seen(&shop(), &of(&base.expect("the image's id")));
    assert_eq!(short.picked, "acme/base:12", "by its short id");
}

#[test]
fn an_image_removed_while_we_ask_is_a_sentence() {
    let mut have = heard(&shop(), &View::default());
    let gone = choose(&View::default(), &have).expect("a choice").on_view[1].clone();
    let (image, _) = gone.asks().expect("asks");
    have.insert(
        image,
        Err(Away::Refused {
            status: 404,
            message: "No such image".into(),
        }),
    );
    let drawn = picture(&View::default(), &have).expect("a picture");
    assert_eq!(drawn.drawing.arrangement.columns.len(), 4);
    assert_eq!(
        drawn.problems,
        [format!("{} was removed while we asked.", gone.name())]
    );
}

#[test]
fn a_host_without_images_is_an_answer_too() {
    let page = html(&host(&[], json!([])), &View::default());
    assert!(page.contains("No images yet."), "{page}");
    assert!(page.contains("data-state=\"recorded\""));
    assert!(!page.contains("class=\"cross"), "the line alone: {page}");
}

#[test]
fn an_engine_that_measures_nothing_is_not_read_as_nothing_written() {
    let id = format!("sha256:{:064x}", 1);
    let containers =
        json!([{"Names": ["/web"], "ImageID": id, "State": "running", "SizeRw": null}]);
    let drawn = seen(
        &host(&[("a:1", &["sha256:a"])], containers),
        &View::default(),
    );
    assert_eq!(drawn.drawing.vessels[0].second, "size not told");
}

#[test]
fn a_crowd_on_one_image_is_counted() {
    let id = format!("sha256:{:064x}", 1);
    let containers: Vec<Value> = (0..40)
        .map(|at| json!({"Names": [format!("/c{at:02}")], "ImageID": id, "State": "running", "SizeRootFs": 1}))
        .collect();
    let drawn = seen(
        &host(&[("a:1", &["sha256:a"])], Value::Array(containers)),
        &View::default(),
    );
    let shown = drawn.drawing.vessels.len();
    assert!(shown < 6, "{shown}");
    let last = &drawn.drawing.vessels[shown - 1];
    assert_eq!(last.third, format!("+ {} more", 40 - shown));
}

#[test]
fn names_from_a_host_are_text() {
    let name = "<script>alert(1)</script>:1";
    let page = html(
        &host(&[(name, &["sha256:<i>"])], json!([])),
        &View::default(),
    );
    assert!(
        !page.contains("<script>") && !page.contains("<i>"),
        "{page}"
    );
    assert!(page.contains("&#60;script&#62;alert(1)"), "{page}");
}

#[test]
fn no_style_stands_in_the_markup() {
    let page = html(&shop(), &View::default());
    assert!(!page.contains("style="), "a strict policy forbids it");
    assert!(page.len() < 40_000, "{} bytes", page.len());
}

/// Takes one value out of a JSON tree, or puts another in its place.
fn mangle(json: &mut Value, at: usize, with: Option<Value>) {
    fn walk(json: &mut Value, left: &mut usize, with: &Option<Value>) -> bool {
        if *left == 0 {
            if let Some(with) = with {
                *json = with.clone();
                return false;
            }
            return true;
        }
        *left -= 1;
        match json {
            Value::Array(entries) => {
                for at in 0..entries.len() {
                    if walk(&mut entries[at], left, with) {
                        entries.remove(at);
                        *left = usize::MAX;
                        return false;
                    }
                    if *left == 0 || *left > usize::MAX / 2 {
                        return false;
                    }
                }
            }
            Value::Object(object) => {
                let keys: Vec<String> = object.keys().cloned().collect();
                for key in keys {
                    if let Some(value) = object.get_mut(&key) {
                        if walk(value, left, with) {
                            object.remove(&key);
                            *left = usize::MAX;
                            return false;
                        }
                        if *left == 0 || *left > usize::MAX / 2 {
                            return false;
                        }
                    }
                }
            }
            _ => {}
        }
        false
    }
    let mut left = at;
    walk(json, &mut left, &with);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn mangled_answers_draw_something_and_break_nothing(
        which in any::<prop::sample::Index>(),
        at in 0..60usize,
        with in prop_oneof![
            Just(None),
            Just(Some(Value::Null)),
            Just(Some(json!("\u{202e}<b>"))),
            Just(Some(json!(-1))),
            Just(Some(json!(u64::MAX))),
            Just(Some(json!([[], {}, null, 3]))),
            Just(Some(json!({}))),
        ],
    ) {
        let mut recording = shop();
        let paths: Vec<String> = recording
            .answers
            .keys()
            .filter(|path| path.starts_with("/images") || path.contains("size=1") || *path == "/info")
            .cloned()
            .collect();
        let path = which.get(&paths);
        if let Some(answer) = recording.answers.get_mut(path) {
            mangle(Arc::make_mut(answer), at, with);
        }
        for panel in [Panel::Layers, Panel::StorageDriver] {
            let have = recording.gather(|have| panel.asks(&View::default(), have));
            let drawn = draw(panel, &View::default(), &have);
            prop_assert!(drawn.html.starts_with("<live-panel name="));
            prop_assert!(!drawn.html.contains("<b>:"), "markup from a host");
            prop_assert!(drawn.state != PanelState::Live);
        }
    }
}
