//! Tests of the storage-driver panel, from recorded and made-up answers.

use super::*;
use crate::engine::Recording;
use crate::panels::{PanelState, draw};
use serde_json::json;
use std::sync::Arc;

const SHOP: &str = include_str!("../../engine/recorded_host.json");

/// The recorded host, with this in place of its `/info`.
fn host(info: Option<Value>) -> Recording {
    let mut recording = Recording::parse(SHOP).expect("a recording");
    if let Some(info) = info {
        recording.answers.insert("/info".into(), Arc::new(info));
    }
    recording
}

fn seen(info: Option<Value>) -> StorageDriver {
    let have = host(info).gather(|have| asks(&View::default(), have));
    picture(&View::default(), &have).expect("a picture")
}

fn html(info: Option<Value>) -> String {
    let have = host(info).gather(|have| asks(&View::default(), have));
    draw(Panel::StorageDriver, &View::default(), &have).html
}

#[test]
fn a_real_image_is_drawn_as_kept_and_as_it_would_be_copied() {
    let drawn = seen(None);
    assert_eq!(drawn.answer(), "overlay2, on extfs");
    let stack = drawn.stack.expect("a stack");
    assert_eq!((stack.image.as_str(), stack.layers), ("shop/web:1.4", 7));
    let sizes = [12_985_512u64, 63, 6_500_000, 68, 97, 3_800_018, 0];
    let mut below = 0;
    let copies: u64 = sizes
        .iter()
        .map(|size| {
            below += size;
            below
        })
        .sum();
    assert_eq!(stack.bars.shares, sizes.iter().sum::<u64>());
    assert_eq!(stack.bars.copies, copies);
    let page = html(None);
    assert!(page.contains("worked out, not measured"), "{page}");
    assert!(
        page.contains("on the host&#39;s side, which may be a virtual machine"),
        "{page}"
    );
}

#[test]
fn at_most_four_more_questions_are_asked() {
    let have = host(None).gather(|have| asks(&View::default(), have));
    assert_eq!(have.all().len(), 2 + CANDIDATES + 1);
}

#[test]
fn the_containerd_store_is_recognised_and_explained() {
    let page = html(Some(json!({
        "Driver": "overlayfs",
        "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
        "DockerRootDir": "/var/lib/docker",
    })));
    assert!(
        page.contains("A layer is on disk twice: compressed"),
        "{page}"
    );
    assert!(
        page.contains("containerd&#39;s, one of its snapshotters"),
        "{page}"
    );
}

#[test]
fn a_driver_that_copies_turns_the_picture_round() {
    let drawn = seen(Some(json!({"Driver": "vfs", "DriverStatus": null})));
    assert_eq!(drawn.keeps, Keeps::Copies);
    assert_eq!(
        (drawn.shared_title(), drawn.copied_title()),
        ("overlay2", "vfs")
    );
    assert_eq!(drawn.verdict(), "Layers are copied, not shared.");
    // The other driver's figure is the one that would be, and neither is measured.
    let (shares, copies) = match &drawn.stack {
        Some(stack) => (stack.shares(), stack.copies()),
        None => panic!("no stack"),
    };
    let page = html(Some(json!({"Driver": "vfs", "DriverStatus": null})));
    for part in [
        format!(">would be {shares}</text>"),
        format!(">{copies}, worked out, not measured</text>"),
        format!("a whole copy of everything below it, {copies} together"),
        format!("it would be {shares}, since"),
        "Both figures are worked out from the layers&#39; sizes, not measured".into(),
    ] {
        assert!(
            page.contains(&part) || page.contains(&part.replace("&#39;", "'")),
            "{part}: {page}"
        );
    }
    assert!(!page.contains(&format!("would be {copies}")), "{page}");
}

#[test]
fn under_overlay2_what_vfs_would_weigh_is_worked_out() {
    let drawn = seen(None);
    let stack = drawn.stack.as_ref().expect("a stack");
    let page = html(None);
    let copied = format!(
        ">would be {}, worked out, not measured</text>",
        stack.copies()
    );
    assert!(page.contains(&copied), "{copied}: {page}");
    assert!(
        page.contains(&format!(">{}</text>", stack.shares())),
        "{page}"
    );
    assert!(
        !page.contains(&format!("would be {}", stack.shares())),
        "{page}"
    );
}

#[test]
fn vfs_gives_no_folders_and_the_stack_is_drawn_all_the_same() {
    let mut recording = host(Some(json!({"Driver": "vfs", "DriverStatus": null})));
    for (path, answer) in &mut recording.answers {
        if path.starts_with("/images/sha256") && path.ends_with("/json") {
            let mut image = Value::clone(answer);
            image["GraphDriver"] = json!({"Name": "vfs", "Data": null});
            *answer = Arc::new(image);
        }
    }
    let have = recording.gather(|have| asks(&View::default(), have));
    let drawn = picture(&View::default(), &have).expect("a picture");
    assert_eq!(drawn.stack.map(|stack| stack.layers), Some(7));
}

#[test]
fn a_driver_that_nobody_has_heard_of_is_still_drawn() {
    let page = html(Some(
        json!({"Driver": "<b>turtles</b>", "DriverStatus": "none"}),
    ));
    assert!(page.contains("&#60;b&#62;turtles&#60;/b&#62;"), "{page}");
    assert!(
        page.contains("Waterline does not know this driver"),
        "{page}"
    );
    assert!(
        page.contains("this engine does not say (DriverStatus)"),
        "{page}"
    );
    assert!(
        page.contains("this engine does not say (DockerRootDir)"),
        "{page}"
    );
}

#[test]
fn podman_is_recognised_by_where_it_keeps_things() {
    let drawn = seen(Some(json!({
        "Driver": "overlay",
        "DockerRootDir": "/var/lib/containers/storage",
    })));
    assert!(drawn.store.starts_with("Podman"), "{}", drawn.store);
    assert_eq!(drawn.remarks.len(), 1);
}

#[test]
fn overlay_without_file_types_is_a_warning() {
    let drawn = seen(Some(json!({
        "Driver": "overlay2",
        "DriverStatus": [["Backing Filesystem", "xfs"], ["Supports d_type", "false"]],
    })));
    assert!(
        drawn.remarks[0].contains("d_type is false"),
        "{:?}",
        drawn.remarks
    );
}

#[test]
fn an_engine_that_names_no_driver_is_unavailable_with_its_answer() {
    let have =
        host(Some(json!({"ServerVersion": "1"}))).gather(|have| asks(&View::default(), have));
    let drawn = draw(Panel::StorageDriver, &View::default(), &have);
    assert_eq!(drawn.state, PanelState::Unavailable);
    assert!(
        drawn
            .html
            .contains("This engine does not say Driver in its answer to GET /info")
    );
}

#[test]
fn a_host_without_images_still_tells_its_driver() {
    let mut recording = host(None);
    recording
        .answers
        .insert("/images/json".into(), Arc::new(json!([])));
    let have = recording.gather(|have| asks(&View::default(), have));
    let drawn = picture(&View::default(), &have).expect("a picture");
    assert!(drawn.stack.is_none());
    assert!(
        drawn
            .no_stack
            .is_some_and(|why| why.starts_with("No image is here yet"))
    );
}
