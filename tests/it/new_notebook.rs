//! `waterline new`: what it writes is whole, and it writes over nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use waterline::author::check;
use waterline::author::new::{NewError, Start, new};
use waterline::notebook::Content;
use waterline::web::content;

fn run(arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_waterline"))
        .args(arguments)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

/// All files below a folder, with what is in them.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("readable"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).expect("below it");
            let bytes = fs::read(entry.path()).expect("a file");
            (name.to_string_lossy().into_owned(), bytes)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_written_has_nothing_to_mend() {
    for start in [Start::Small, Start::Embedded] {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("my notes #1/Docker");
        let written = new(&folder, start).expect("written");
        let there: Vec<String> = files(&folder).into_iter().map(|(name, _)| name).collect();
        assert_eq!(written, there);
        let content = Content::Folder(folder);
        let edition = content::load(&content).expect("a notebook");
        let problems = check::check(&edition);
        assert!(problems.is_empty(), "{start:?}: {problems:?}");
        assert!(edition.notebook.len() >= 3, "{start:?}");
        assert!(edition.demos.all().next().is_some(), "{start:?}");
        let with_panel = edition.attached.problems(&edition.notebook);
        assert!(with_panel.is_empty(), "{with_panel:?}");
    }
}

#[test]
fn the_embedded_notebook_is_written_byte_by_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    new(folder.path(), Start::Embedded).expect("an empty folder will do");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    assert_eq!(files(folder.path()), files(&own));
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(".hidden"), "mine").expect("written");
    let before = files(folder.path());
    for start in [Start::Small, Start::Embedded] {
        let refused = new(folder.path(), start).expect_err("not empty");
        assert!(matches!(refused, NewError::NotEmpty { .. }), "{refused}");
        assert!(refused.to_string().contains(".hidden"), "{refused}");
    }
    let file = folder.path().join(".hidden");
    let refused = new(&file, Start::Small).expect_err("a file");
    assert!(matches!(refused, NewError::NotAFolder(_)), "{refused}");
    let below = new(&file.join("x"), Start::Small).expect_err("below a file");
    assert!(matches!(below, NewError::NotWritten { .. }), "{below}");
    assert_eq!(files(folder.path()), before);
    #[cfg(unix)]
    {
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/nowhere/at/all", &link).expect("a link");
        let refused = new(&link, Start::Small).expect_err("a link to nowhere");
        assert!(matches!(refused, NewError::NotAFolder(_)), "{refused}");
    }
}

#[test]
fn the_command_says_what_it_wrote_and_how_to_go_on() {
    let around = tempfile::tempdir().expect("a folder");
    let folder = around.path().join("my notes");
    let path = folder.to_str().expect("text");
    let (done, said) = run(&["new", path]);
    assert!(done.status.success(), "{said}");
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(text.contains("  docker/containers.md\n"), "{text}");
    assert!(
        text.contains(&format!("waterline --content '{path}'")),
        "{text}"
    );
    let (again, said) = run(&["new", path, "--from-embedded"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        said.contains("is not empty") && said.contains("nothing was written"),
        "{said}"
    );
    let (printed, said) = run(&["index", "--content", path]);
    assert!(printed.status.success(), "{said}");
    let index: serde_json::Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    assert_eq!(index["warnings"], serde_json::json!([]));
    assert_eq!(index["wanted"], serde_json::json!([]));
}
