//! Changing a file of the content folder, whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

/// Gives the file's text to `change` and writes what that makes of it. Whoever reads the
/// file meanwhile finds the old text or the new one.
///
/// # Errors
/// Why the file is as it was, in a sentence.
pub(super) fn change(
    folder: &Path,
    file: &str,
    change: impl FnOnce(&str) -> Result<String, String>,
) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{file} cannot be written: {error}");
    // A link is followed to the file itself, and that has to be in the folder.
    let root = folder.canonicalize().map_err(told)?;
    let path = root.join(file).canonicalize().map_err(told)?;
    if !path.starts_with(&root) {
        return Err(format!("{file} is a link out of the content folder"));
    }
    let bytes = fs::read(&path).map_err(told)?;
    let now = String::from_utf8(bytes).map_err(|_| format!("{file} is not valid UTF-8"))?;
    let new = change(&now)?;
    if new == now {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Hidden, so that nobody takes it for a note.
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = (|| {
        let mut out = fs::File::create_new(&beside)?;
        out.set_permissions(fs::metadata(&path)?.permissions())?;
        out.write_all(new.as_bytes())?;
        out.sync_all()?;
        fs::rename(&beside, &path)
    })();
    written.map_err(|error| {
        // Nothing to be done if that fails too.
        let _ = fs::remove_file(&beside);
        told(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_changed_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let file = root.join("a.md");
        fs::write(&file, "old").expect("a file");
        assert_eq!(change(root, "a.md", |now| Ok(format!("{now} new"))), Ok(()));
        assert_eq!(fs::read_to_string(&file).expect("a file"), "old new");
        assert_eq!(change(root, "a.md", |_| Err("no".into())), Err("no".into()));
        assert_eq!(fs::read_to_string(&file).expect("a file"), "old new");
        assert!(change(root, "b.md", |_| Ok(String::new())).is_err());
        assert_eq!(fs::read_dir(root).expect("a folder").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_not_out_of_the_folder() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("notes");
        fs::create_dir(&root).expect("a folder");
        fs::write(root.join("a.md"), "old").expect("a file");
        fs::set_permissions(root.join("a.md"), PermissionsExt::from_mode(0o600)).expect("a mode");
        symlink("a.md", root.join("link.md")).expect("a link");
        assert_eq!(change(&root, "link.md", |_| Ok("new".into())), Ok(()));
        assert!(root.join("link.md").is_symlink());
        assert_eq!(
            fs::read_to_string(root.join("a.md")).expect("a file"),
            "new"
        );
        let mode = fs::metadata(root.join("a.md"))
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);

        fs::write(folder.path().join("out.md"), "old").expect("a file");
        symlink("../out.md", root.join("out.md")).expect("a link");
        let told = change(&root, "out.md", |_| Ok("new".into())).expect_err("out of the folder");
        assert!(told.contains("out of the content folder"), "{told}");
    }
}
