//! Nothing that is not ours is lost.

use super::*;
use std::collections::BTreeMap;
use tempfile::TempDir;

/// All files and links below a folder, with what is in them.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let entries = WalkDir::new(folder).min_depth(1).into_iter();
    let entries = entries.map(|entry| entry.expect("an entry"));
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    files
        .map(|entry| {
            let name = entry
                .path()
                .strip_prefix(folder)
                .expect("below")
                .display()
                .to_string();
            let text = match entry.path_is_symlink() {
                true => format!(
                    "-> {}",
                    fs::read_link(entry.path()).expect("a link").display()
                ),
                false => fs::read_to_string(entry.path()).expect("text"),
            };
            (name, text)
        })
        .collect()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
}

/// Puts a copy of these files at `out`.
fn put_copy(out: &Path, files: &[(&str, &str)]) -> Result<(), PlaceError> {
    let place = Place::begin(out, None)?;
    write(place.folder(), files);
    let names: Vec<String> = files.iter().map(|(file, _)| (*file).to_owned()).collect();
    place.settle(&names)
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    (folder, out)
}

#[test]
fn a_copy_replaces_an_earlier_one_and_leaves_what_is_not_ours() {
    let (around, out) = folder();
    put_copy(
        &out,
        &[
            ("index.html", "1"),
            ("topics/a.html", "1"),
            ("old/x.html", "1"),
        ],
    )
    .expect("the first");
    write(
        &out,
        &[
            (".git/config", "git"),
            ("CNAME", "c"),
            ("topics/mine.txt", "m"),
        ],
    );
    put_copy(&out, &[("index.html", "2"), ("topics/b.html", "2")]).expect("the second");
    let mut there = tree(&out);
    assert!(there.remove(LIST).expect("a list").starts_with(HEAD));
    let expected = [
        (".git/config", "git"),
        ("CNAME", "c"),
        ("index.html", "2"),
        ("topics/b.html", "2"),
        ("topics/mine.txt", "m"),
    ];
    assert_eq!(
        there,
        expected.map(|(a, b)| (a.to_owned(), b.to_owned())).into()
    );
    assert_eq!(
        fs::read_dir(around.path()).expect("a folder").count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn a_folder_that_no_export_made_is_left_alone() {
    let (_around, out) = folder();
    for files in [
        &[("mine.txt", "m")][..],
        &[(LIST, "my own notes\nmine.txt\n"), ("mine.txt", "m")],
        &[(LIST, UNFINISHED), ("mine.txt", "m")],
    ] {
        write(&out, files);
        let before = tree(&out);
        let error = put_copy(&out, &[("index.html", "1")]).expect_err("refused");
        assert!(matches!(error, PlaceError::NotEmpty(_)), "{error}");
        assert_eq!(tree(&out), before);
        fs::remove_dir_all(&out).expect("removed");
    }
    fs::write(&out, "a file").expect("written");
    let error = put_copy(&out, &[("index.html", "1")]).expect_err("refused");
    assert!(matches!(error, PlaceError::NotAFolder(_)), "{error}");
    assert_eq!(fs::read_to_string(&out).expect("text"), "a file");
}

#[test]
fn the_folder_of_the_notes_is_neither_the_place_nor_in_it_nor_around_it() {
    let (around, _) = folder();
    let content = around.path().join("notes");
    write(&content, &[("a.md", "# A")]);
    for out in [
        "notes",
        "notes/site",
        "notes/deep/er",
        "notes/../notes/x",
        ".",
    ] {
        let out = around.path().join(out);
        let error = Place::begin(&out, Some(&content)).expect_err("refused");
        assert!(
            matches!(error, PlaceError::Content { .. }),
            "{}: {error}",
            out.display()
        );
        let html = out.join("x.html");
        if out.starts_with(&content) {
            assert!(put(&html, Some(&content), "x").is_err());
        }
    }
    assert_eq!(tree(around.path()).len(), 1);
    Place::begin(&around.path().join("notes-site"), Some(&content)).expect("a name that begins so");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let (around, out) = folder();
    let elsewhere = around.path().join("elsewhere");
    write(
        &elsewhere,
        &[("index.html", "theirs"), ("a.html", "theirs")],
    );
    symlink(&elsewhere, &out).expect("a link");
    let error = put_copy(&out, &[("index.html", "1")]).expect_err("refused");
    assert!(matches!(error, PlaceError::IsALink(_)), "{error}");
    fs::remove_file(&out).expect("removed");

    // A file and a folder of ours that somebody turned into links.
    put_copy(&out, &[("index.html", "1"), ("topics/a.html", "1")]).expect("the first");
    fs::remove_dir_all(out.join("topics")).expect("removed");
    symlink(&elsewhere, out.join("topics")).expect("a link");
    let before = tree(&out);
    let error =
        put_copy(&out, &[("index.html", "2"), ("topics/a.html", "2")]).expect_err("refused");
    assert!(matches!(error, PlaceError::InTheWay(_)), "{error}");
    assert_eq!(tree(&out), before);
    put_copy(&out, &[("index.html", "3")]).expect("where it is in nobody's way it stays");
    assert!(tree(&out)["topics"].starts_with("-> "));
    assert_eq!(
        tree(&elsewhere).values().collect::<Vec<_>>(),
        ["theirs", "theirs"]
    );
}

#[test]
fn a_list_that_leads_out_of_the_folder_removes_nothing_there() {
    let (around, out) = folder();
    put_copy(&out, &[("index.html", "1")]).expect("the first");
    write(around.path(), &[("precious", "p")]);
    let precious = around.path().join("precious");
    let list = format!("{HEAD}\nindex.html\n../precious\n{}\n", precious.display());
    fs::write(out.join(LIST), list).expect("written");
    put_copy(&out, &[("b.html", "2")]).expect("the second");
    assert_eq!(fs::read_to_string(precious).expect("there"), "p");
    assert!(!out.join("index.html").exists());
}

#[test]
fn a_stop_midway_leaves_the_old_copy_and_the_next_one_clears_up() {
    let (around, out) = folder();
    put_copy(&out, &[("index.html", "1")]).expect("the first");
    let before = tree(&out);
    // An error: what was begun goes.
    let place = Place::begin(&out, None).expect("begun");
    write(place.folder(), &[("index.html", "2")]);
    drop(place);
    assert_eq!(
        (
            tree(&out),
            fs::read_dir(around.path()).expect("read").count()
        ),
        (before.clone(), 1)
    );
    // Killed: it stays, and is in nobody's way.
    let place = Place::begin(&out, None).expect("begun");
    write(place.folder(), &[("index.html", "2")]);
    let left = place.folder().to_owned();
    let kept = around.path().join("kept");
    fs::rename(&left, &kept).expect("moved");
    drop(place);
    fs::rename(&kept, &left).expect("moved back");
    assert_eq!(tree(&out), before);
    put_copy(&out, &[("index.html", "3")]).expect("the next one");
    assert_eq!(tree(&out)["index.html"], "3");
    // Killed after the two changed places: what is not ours is in the old one still.
    fs::create_dir(&left).expect("made");
    write(&left, &[("index.html", "1"), ("CNAME", "c")]);
    write_list(&left, &["index.html".to_owned()]).expect("a list");
    put_copy(&out, &[("index.html", "4")]).expect("the next one");
    assert_eq!(
        (
            tree(&out)["index.html"].as_str(),
            tree(&out)["CNAME"].as_str()
        ),
        ("4", "c")
    );
    assert_eq!(fs::read_dir(around.path()).expect("read").count(), 1);
}

#[test]
fn what_is_not_ours_is_never_in_the_way_of_a_new_file() {
    let (_around, out) = folder();
    put_copy(&out, &[("index.html", "1")]).expect("the first");
    for (mine, new) in [
        ("a.html", "a.html"),
        ("a.html", "a.html/b.html"),
        ("b/c.txt", "b"),
    ] {
        write(&out, &[(mine, "mine")]);
        let before = tree(&out);
        let error = put_copy(&out, &[(new, "2")]).expect_err("refused");
        assert!(
            matches!(error, PlaceError::InTheWay(_)),
            "{mine} {new}: {error}"
        );
        assert_eq!(tree(&out), before);
        fs::remove_file(out.join(mine)).expect("removed");
    }
}

#[test]
fn two_exports_do_not_write_beside_each_other() {
    let (around, out) = folder();
    let _one = Place::begin(&out, None).expect("begun");
    let error = Place::begin(&around.path().join("other"), None).expect_err("refused");
    assert!(matches!(error, PlaceError::Busy(_)), "{error}");
}

#[test]
fn one_file_replaces_only_one_of_ours() {
    let (around, out) = folder();
    put(&out, None, &format!("{ONE}1")).expect("a new one");
    put(&out, None, &format!("{ONE}2")).expect("our own again");
    assert!(fs::read_to_string(&out).expect("text").ends_with('2'));
    fs::write(&out, "<!doctype html>\n<p>mine").expect("written");
    let error = put(&out, None, ONE).expect_err("refused");
    assert!(matches!(error, PlaceError::InTheWay(_)), "{error}");
    assert!(fs::read_to_string(&out).expect("text").contains("mine"));
    assert!(put(around.path(), None, ONE).is_err(), "a folder");
    assert_eq!(fs::read_dir(around.path()).expect("read").count(), 1);
}
