//! A watched folder tells what is there now, however an editor saves.

use std::fs;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use waterline::notebook::watch::{Change, watch};

/// Waits until `file` is told with `text`, or as gone for `None`.
fn expect(changes: &Receiver<Vec<Change>>, file: &str, text: Option<&str>) {
    let end = Instant::now() + Duration::from_secs(10);
    let mut seen = Vec::new();
    while let Ok(some) = changes.recv_timeout(end.saturating_duration_since(Instant::now())) {
        for (name, bytes) in some {
            let now = bytes.map(|bytes| String::from_utf8(bytes).unwrap());
            if name == file && now.as_deref() == text {
                return;
            }
            seen.push((name, now));
        }
    }
    panic!("{file} as {text:?} was not told, but {seen:?}");
}

#[test]
fn saves_renames_and_removals_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("sub")).unwrap();
    fs::write(root.join("sub/a.md"), "one").unwrap();
    let (tell, changes) = channel();
    let _watch = watch(root, move |some| {
        let _ = tell.send(some);
    })
    .unwrap();

    fs::write(root.join("sub/a.md"), "two").unwrap();
    expect(&changes, "sub/a.md", Some("two"));
    // As editors do: write beside, then rename over.
    fs::write(root.join("sub/.a.md.swp"), "three").unwrap();
    fs::rename(root.join("sub/.a.md.swp"), root.join("sub/a.md")).unwrap();
    expect(&changes, "sub/a.md", Some("three"));
    fs::rename(root.join("sub/a.md"), root.join("b.md")).unwrap();
    expect(&changes, "sub/a.md", None);
    fs::write(root.join("b.md"), "four").unwrap();
    expect(&changes, "b.md", Some("four"));
    fs::create_dir_all(root.join("new/deep")).unwrap();
    fs::write(root.join("new/deep/c.markdown"), "five").unwrap();
    expect(&changes, "new/deep/c.markdown", Some("five"));
    fs::remove_dir_all(root.join("new")).unwrap();
    expect(&changes, "new/deep/c.markdown", None);
}

#[cfg(unix)]
#[test]
fn a_linked_folder_leads_nowhere() {
    let outside = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::os::unix::fs::symlink(outside.path(), root.join("before")).unwrap();
    let (tell, changes) = channel();
    let _watch = watch(root, move |some| {
        let _ = tell.send(some);
    })
    .unwrap();
    std::os::unix::fs::symlink(outside.path(), root.join("later")).unwrap();
    fs::write(outside.path().join("secret.md"), "not ours").unwrap();
    fs::write(root.join("before/touched.md"), "not ours").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    fs::write(root.join("last.md"), "ours").unwrap();

    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let wait = end.saturating_duration_since(Instant::now());
        for (name, _) in changes.recv_timeout(wait).expect("last.md is told") {
            assert!(!name.contains('/'), "{name} was followed");
            if name == "last.md" {
                return;
            }
        }
    }
}

#[test]
fn a_folder_that_is_put_in_the_place_of_another_is_watched_too() {
    let parent = tempfile::tempdir().unwrap();
    let root = parent.path().join("notes");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a.md"), "one").unwrap();
    let (tell, changes) = channel();
    let _watch = watch(&root, move |some| {
        let _ = tell.send(some);
    })
    .unwrap();

    fs::rename(&root, parent.path().join("old")).unwrap();
    fs::create_dir(&root).unwrap();
    fs::write(root.join("b.md"), "two").unwrap();
    expect(&changes, "b.md", Some("two"));
    fs::write(root.join("b.md"), "three").unwrap();
    expect(&changes, "b.md", Some("three"));
    fs::remove_dir_all(&root).unwrap();
    expect(&changes, "b.md", None);
    fs::create_dir(&root).unwrap();
    fs::write(root.join("c.md"), "four").unwrap();
    expect(&changes, "c.md", Some("four"));
}
