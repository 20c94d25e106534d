//! `waterline new`: a folder that an author can start from.
//!
//! It holds a few short notes that say what can be written, a demo, and the list of
//! panels; or, with `--from-embedded`, the notebook that comes with Waterline. Nothing
//! that is there already is touched: the folder must be new or empty.

use crate::notebook::Content;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What a new folder holds: names with `/`, and the text.
const START: [(&str, &str); 7] = [
    ("README.md", include_str!("start/README.md")),
    (
        "docker/containers.md",
        include_str!("start/docker/containers.md"),
    ),
    ("docker/state.md", include_str!("start/docker/state.md")),
    ("docker/layers.svg", include_str!("start/docker/layers.svg")),
    (
        "demos/what-stays.md",
        include_str!("start/demos/what-stays.md"),
    ),
    ("attachments.toml", include_str!("start/attachments.toml")),
    (".waterlineignore", include_str!("start/waterlineignore")),
];

/// Which notebook to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A few notes that say how to go on.
    Small,
    /// The notebook that comes with Waterline.
    Embedded,
}

/// Why no notebook was made.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// There is something in the folder.
    #[error(
        "{} is not empty ({name} is in it), and nothing was written. Name a folder that is not \
         there yet, or an empty one", folder.display()
    )]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
        /// The first of what is there.
        name: String,
    },
    /// There is something else of that name.
    #[error(
        "{} is there and is no folder; nothing was written. Name one that is not there yet",
        .0.display()
    )]
    NotAFolder(PathBuf),
    /// The system does not let us.
    #[error("{} cannot be written: {error}. {}", path.display(), left(*removed))]
    NotWritten {
        /// What could not be written or read.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
        /// What had been written before was removed again.
        removed: bool,
    },
}

fn left(removed: bool) -> &'static str {
    match removed {
        true => "Nothing was left behind",
        false => "Some of the new files are still there",
    }
}

/// Writes a notebook into `folder` and gives the names of its files, in order.
///
/// # Errors
///
/// When something is there already, or cannot be written. Then nothing new is left
/// behind, where the system allows that.
pub fn new(folder: &Path, start: Start) -> Result<Vec<String>, NewError> {
    let mut files: Vec<(String, Vec<u8>)> = match start {
        Start::Small => START
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect(),
        Start::Embedded => Content::built_in_files().collect(),
    };
    files.sort();
    let mut made = Made::default();
    let written = is_free(folder).and_then(|()| {
        files
            .iter()
            .try_for_each(|(name, bytes)| made.write(folder, name, bytes))
            .map_err(|(path, error)| NewError::NotWritten {
                path,
                error,
                removed: made.remove(),
            })
    });
    written.map(|()| files.into_iter().map(|(name, _)| name).collect())
}

/// Is there nothing at this place but perhaps an empty folder?
fn is_free(folder: &Path) -> Result<(), NewError> {
    let not_read = |error| NewError::NotWritten {
        path: folder.to_owned(),
        error,
        removed: true,
    };
    match fs::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A link that leads nowhere is something, too.
            match fs::symlink_metadata(folder) {
                Ok(_) => Err(NewError::NotAFolder(folder.to_owned())),
                Err(_) => Ok(()),
            }
        }
        Err(error) => Err(not_read(error)),
        Ok(about) if !about.is_dir() => Err(NewError::NotAFolder(folder.to_owned())),
        Ok(_) => match fs::read_dir(folder).map_err(not_read)?.next() {
            None => Ok(()),
            Some(Ok(first)) => Err(NewError::NotEmpty {
                folder: folder.to_owned(),
                name: first.file_name().to_string_lossy().into_owned(),
            }),
            Some(Err(error)) => Err(not_read(error)),
        },
    }
}

/// What was made so far, to be taken back.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    /// Each after those around it.
    folders: Vec<PathBuf>,
}

impl Made {
    fn write(&mut self, root: &Path, name: &str, bytes: &[u8]) -> Result<(), (PathBuf, io::Error)> {
        let path = root.join(name);
        let folder = path.parent().unwrap_or(root).to_owned();
        self.folder(&folder).map_err(|error| (folder, error))?;
        let failed = |error| (path.clone(), error);
        // Never over a file that came meanwhile.
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(failed)?;
        self.files.push(path.clone());
        file.write_all(bytes).map_err(failed)
    }

    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(around) = folder.parent() {
            self.folder(around)?;
        }
        fs::create_dir(folder)?;
        self.folders.push(folder.to_owned());
        Ok(())
    }

    /// Removes all of it, and nothing else. Is all gone?
    fn remove(&self) -> bool {
        let files = self.files.iter().map(fs::remove_file);
        let files = files.filter(|done| done.is_err()).count();
        let folders = self.folders.iter().rev().map(fs::remove_dir);
        files + folders.filter(|done| done.is_err()).count() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_start_is_written() {
        let mut named: Vec<&str> = START.iter().map(|(name, _)| *name).collect();
        named.sort_unstable();
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/author/start"));
        let mut there: Vec<String> = walkdir::WalkDir::new(root)
            .into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let name = entry.path().strip_prefix(root).expect("below it");
                let name = name.to_string_lossy().replace('\\', "/");
                // Under its real name it would hold for our own sources.
                name.replace("waterlineignore", ".waterlineignore")
            })
            .collect();
        there.sort_unstable();
        assert_eq!(named, there);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let around = tempfile::tempdir().expect("a folder");
        let mut made = Made::default();
        let root = around.path().join("a/b");
        made.write(&root, "x/one.md", b"1").expect("written");
        // Somebody else was faster.
        fs::write(root.join("x/two.md"), "theirs").expect("written");
        let (path, error) = made.write(&root, "x/two.md", b"2").expect_err("there");
        assert_eq!(path, root.join("x/two.md"));
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert!(!made.remove(), "theirs stays, so its folder does");
        assert_eq!(fs::read_to_string(path).expect("theirs"), "theirs");
        assert!(!root.join("x/one.md").exists());
    }
}
