//! A watched folder tells what is there now, however an editor saves.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use waterline::notebook::watch::{News, Now, Watch, watch};

const PATIENCE: Duration = Duration::from_secs(10);

fn watched(root: &Path) -> (Watch, Receiver<News>) {
    let (tell, news) = channel();
    let watch = watch(root, &["lists.toml"], move |some| {
        let _ = tell.send(some);
    });
    (watch.unwrap(), news)
}

/// What a file is told to be, as text: `None` for gone.
fn words(now: &Now) -> Option<&str> {
    match now {
        Now::Bytes(bytes) => Some(std::str::from_utf8(bytes).unwrap()),
        Now::Gone => None,
        Now::Unreadable(why) => Some(why),
    }
}

/// Waits until `file` is told with `text`, or as gone for `None`; what was told before it.
fn expect(news: &Receiver<News>, file: &str, text: Option<&str>) -> Vec<(String, Now)> {
    let end = Instant::now() + PATIENCE;
    let mut seen = Vec::new();
    while let Ok(some) = news.recv_timeout(end.saturating_duration_since(Instant::now())) {
        let News::Changed(changes) = some else {
            panic!("the folder is told to be gone");
        };
        for (name, now) in changes {
            if name == file && words(&now) == text {
                return seen;
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
    let (_watch, news) = watched(root);

    fs::write(root.join("sub/a.md"), "two").unwrap();
    expect(&news, "sub/a.md", Some("two"));
    // As editors do: write beside, then rename over.
    fs::write(root.join("sub/.a.md.swp"), "three").unwrap();
    fs::rename(root.join("sub/.a.md.swp"), root.join("sub/a.md")).unwrap();
    expect(&news, "sub/a.md", Some("three"));
    fs::rename(root.join("sub/a.md"), root.join("b.md")).unwrap();
    expect(&news, "sub/a.md", None);
    fs::write(root.join("b.md"), "four").unwrap();
    expect(&news, "b.md", Some("four"));
    fs::create_dir_all(root.join("new/deep")).unwrap();
    fs::write(root.join("new/deep/c.markdown"), "five").unwrap();
    expect(&news, "new/deep/c.markdown", Some("five"));
    fs::remove_dir_all(root.join("new")).unwrap();
    expect(&news, "new/deep/c.markdown", None);
    fs::write(root.join("lists.toml"), "six").unwrap();
    expect(&news, "lists.toml", Some("six"));
    for name in ["a b.md", "100%.md", "#.md", "Übung 日本.md"] {
        fs::write(root.join(name), name).unwrap();
        expect(&news, name, Some(name));
    }
}

#[test]
fn a_file_that_is_removed_or_emptied_before_it_is_written_is_never_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("a.md");
    fs::write(&note, "one").unwrap();
    let (_watch, news) = watched(folder.path());
    fs::remove_file(&note).unwrap();
    std::thread::sleep(Duration::from_millis(30));
    fs::write(&note, "two").unwrap();
    assert_eq!(expect(&news, "a.md", Some("two")), []);
    File::create(&note).unwrap();
    std::thread::sleep(Duration::from_millis(30));
    fs::write(&note, "three").unwrap();
    assert_eq!(expect(&news, "a.md", Some("three")), []);
    // One that stays empty is.
    File::create(&note).unwrap();
    assert_eq!(expect(&news, "a.md", Some("")), []);
}

#[cfg(target_os = "linux")]
#[test]
fn half_a_save_is_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("a.md");
    fs::write(&note, "one").unwrap();
    let (_watch, news) = watched(folder.path());
    let mut writer = File::create(&note).unwrap();
    for half in ["the first half, ", "and the second"] {
        writer.write_all(half.as_bytes()).unwrap();
        writer.flush().unwrap();
        std::thread::sleep(Duration::from_millis(400));
    }
    // Nor is it by a change of another file in the same folder.
    fs::write(folder.path().join("b.md"), "other").unwrap();
    assert_eq!(expect(&news, "b.md", Some("other")), []);
    drop(writer);
    assert_eq!(
        expect(&news, "a.md", Some("the first half, and the second")),
        []
    );
}

#[test]
fn a_checkout_of_a_thousand_files_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let name = |number: usize| format!("{}/{number}.md", number % 7);
    for number in 0..7 {
        fs::create_dir(root.join(number.to_string())).unwrap();
    }
    for number in 0..1000 {
        fs::write(root.join(name(number)), "before").unwrap();
    }
    let (_watch, news) = watched(root);
    // As git does it: removed, and written anew.
    for number in 0..1000 {
        fs::remove_file(root.join(name(number))).unwrap();
        fs::write(root.join(name(number)), "after").unwrap();
    }
    let (mut times, mut files) = (0, 0);
    while files < 1000 {
        let News::Changed(changes) = news.recv_timeout(PATIENCE).unwrap() else {
            panic!("the folder is told to be gone");
        };
        assert!(changes.iter().all(|(_, now)| words(now) == Some("after")));
        files += changes.len();
        times += 1;
    }
    // A busy machine may pause once or twice.
    assert!(times <= 3, "told in {times} parts");
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_folder_or_leads_in_a_circle_is_told_as_such() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.md"), "not ours").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("a.md"), "one").unwrap();
    let (_watch, news) = watched(root);
    fs::remove_file(root.join("a.md")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.md"), root.join("a.md")).unwrap();
    let link = "this file is a link out of the content folder and was not followed";
    expect(&news, "a.md", Some(link));
    std::os::unix::fs::symlink("loop.md", root.join("loop.md")).unwrap();
    let end = Instant::now() + PATIENCE;
    loop {
        let wait = end.saturating_duration_since(Instant::now());
        let News::Changed(changes) = news.recv_timeout(wait).unwrap() else {
            panic!("the folder is told to be gone");
        };
        for (name, now) in changes {
            if name == "loop.md" {
                assert!(matches!(now, Now::Unreadable(_)), "{now:?}");
                return;
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_linked_folder_leads_nowhere() {
    let outside = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::os::unix::fs::symlink(outside.path(), root.join("before")).unwrap();
    let (_watch, news) = watched(root);
    std::os::unix::fs::symlink(outside.path(), root.join("later")).unwrap();
    std::os::unix::fs::symlink(root, root.join("circle")).unwrap();
    fs::write(outside.path().join("secret.md"), "not ours").unwrap();
    fs::write(root.join("before/touched.md"), "not ours").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    fs::write(root.join("last.md"), "ours").unwrap();
    let before = expect(&news, "last.md", Some("ours"));
    assert!(
        before.iter().all(|(name, _)| !name.contains('/')),
        "{before:?}"
    );
}

#[test]
fn a_folder_that_goes_and_comes_back_is_watched_on() {
    let parent = tempfile::tempdir().unwrap();
    let root = parent.path().join("notes");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a.md"), "one").unwrap();
    let (_watch, news) = watched(&root);
    let away = || assert_eq!(news.recv_timeout(PATIENCE), Ok(News::Away));

    // Another one in its place.
    fs::rename(&root, parent.path().join("old")).unwrap();
    fs::create_dir(&root).unwrap();
    fs::write(root.join("b.md"), "two").unwrap();
    let end = Instant::now() + PATIENCE;
    let mut told = Vec::new();
    while told.len() < 2 && Instant::now() < end {
        // It may be seen to be gone for a moment.
        if let Ok(News::Changed(changes)) = news.recv_timeout(PATIENCE) {
            told.extend(changes);
        }
    }
    told.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(told[0], ("a.md".to_owned(), Now::Gone));
    assert_eq!(told[1], ("b.md".to_owned(), Now::Bytes("two".into())));
    fs::write(root.join("b.md"), "three").unwrap();
    expect(&news, "b.md", Some("three"));
    // Nothing in its place: its files are not told to be gone.
    fs::remove_dir_all(&root).unwrap();
    away();
    fs::create_dir(&root).unwrap();
    fs::write(root.join("c.md"), "four").unwrap();
    expect(&news, "c.md", Some("four"));
    // Away and back, as it was.
    fs::rename(&root, parent.path().join("aside")).unwrap();
    away();
    fs::rename(parent.path().join("aside"), &root).unwrap();
    assert!(matches!(news.recv_timeout(PATIENCE), Ok(News::Changed(_))));
}

#[test]
fn what_ignore_files_begin_to_pass_over_is_gone_until_they_no_longer_do() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("drafts")).unwrap();
    fs::write(root.join("a.md"), "one").unwrap();
    fs::write(root.join("drafts/b.md"), "two").unwrap();
    let (_watch, news) = watched(root);
    fs::write(root.join(".waterlineignore"), "drafts/\n").unwrap();
    expect(&news, "drafts/b.md", None);
    // Nothing is told of it now: what comes next is the other note.
    fs::write(root.join("drafts/b.md"), "three").unwrap();
    fs::write(root.join("a.md"), "four").unwrap();
    let before = expect(&news, "a.md", Some("four"));
    assert!(
        before.iter().all(|(name, _)| !name.starts_with("drafts/")),
        "{before:?}"
    );
    fs::remove_file(root.join(".waterlineignore")).unwrap();
    expect(&news, "drafts/b.md", Some("three"));
}

#[test]
fn a_picture_that_comes_and_goes_is_told_by_its_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (_watch, news) = watched(root);
    fs::write(root.join("p.gif"), "GIF89a").unwrap();
    expect(&news, "p.gif", Some("GIF89a"));
    fs::remove_file(root.join("p.gif")).unwrap();
    expect(&news, "p.gif", None);
}

#[test]
fn a_note_that_became_a_pipe_or_a_folder_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for file in ["pipe.md", "folder.md"] {
        fs::write(root.join(file), "one").unwrap();
    }
    let (_watch, news) = watched(root);
    // Renamed over it, so that at no moment there is nothing.
    let made = std::process::Command::new("mkfifo")
        .arg(root.join(".pipe"))
        .status();
    assert!(made.expect("mkfifo").success());
    fs::rename(root.join(".pipe"), root.join("pipe.md")).unwrap();
    expect(&news, "pipe.md", None);
    fs::remove_file(root.join("folder.md")).unwrap();
    fs::create_dir(root.join("folder.md")).unwrap();
    expect(&news, "folder.md", None);
}
