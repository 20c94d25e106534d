//! Where content comes from: a folder, or what is built into the program.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rust_embed::RustEmbed;

use super::paths;
use super::problem::{Problem, Rule};

/// Where the notes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The notebook that is built in.
    Embedded,
    /// A folder of Markdown files.
    Folder(PathBuf),
}

/// Why a content folder cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// There is nothing at that path.
    #[error("there is no content folder at {}", .0.display())]
    Missing(PathBuf),
    /// It is a file.
    #[error("{} is not a folder; --content wants a folder of Markdown files", .0.display())]
    NotAFolder(PathBuf),
    /// The system does not let us read it.
    #[error("the content folder {} cannot be read: {error}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

#[derive(RustEmbed)]
#[folder = "content/"]
struct Embedded;

/// Is this a file for us? Names are relative to the content folder, with `/`.
/// Hidden files and folders (`.git`, `.obsidian`) are passed over.
pub(super) fn is_ours(file: &str) -> bool {
    let hidden = file.split('/').any(|part| part.starts_with('.'));
    let ending = file.rsplit_once('.').map(|(_, ending)| ending);
    !hidden && ending.is_some_and(paths::is_markdown_ending)
}

/// Files by name, and what was wrong with those that could not be read.
type Files = (Vec<(String, Vec<u8>)>, Vec<Problem>);

/// Reads all files of the content.
pub(super) fn read(content: &Content) -> Result<Files, ContentError> {
    match content {
        Content::Embedded => {
            let files = Embedded::iter()
                .filter_map(|file| {
                    let bytes = Embedded::get(&file)?.data.into_owned();
                    Some((file.into_owned(), bytes))
                })
                .collect();
            Ok((files, Vec::new()))
        }
        Content::Folder(folder) => read_folder(folder),
    }
}

fn read_folder(folder: &Path) -> Result<Files, ContentError> {
    let unreadable = |error| ContentError::Unreadable {
        folder: folder.to_owned(),
        error,
    };
    let about = std::fs::metadata(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ContentError::Missing(folder.to_owned()),
        _ => unreadable(error),
    })?;
    if !about.is_dir() {
        return Err(ContentError::NotAFolder(folder.to_owned()));
    }
    std::fs::read_dir(folder).map_err(unreadable)?;
    let root = folder.canonicalize().map_err(unreadable)?;

    let mut found = Vec::new();
    let mut problems = Vec::new();
    let walk = walkdir::WalkDir::new(&root)
        .into_iter()
        .filter_entry(|entry| {
            entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
        });
    for entry in walk {
        match entry {
            Ok(entry) => match name_in(&root, entry.path()) {
                Some(name) if is_ours(&name) => found.push((name, entry.into_path())),
                Some(name) if entry.path_is_symlink() && entry.path().is_dir() => {
                    problems.push(problem(&name, "this folder is a link and was not followed"));
                }
                _ => {}
            },
            Err(error) => {
                let name = error.path().and_then(|path| name_in(&root, path));
                let why = format!("this folder cannot be read: {error}");
                problems.push(problem(&name.unwrap_or_default(), &why));
            }
        }
    }
    let read: Vec<Result<(String, Vec<u8>), Problem>> = found
        .into_par_iter()
        .with_min_len(16)
        .filter_map(|(name, path)| match read_file(&root, &path) {
            Ok(Some(bytes)) => Some(Ok((name, bytes))),
            Ok(None) => None,
            Err(why) => Some(Err(problem(&name, &why))),
        })
        .collect();
    let mut files = Vec::with_capacity(read.len());
    for file in read {
        match file {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    Ok((files, problems))
}

/// A file's bytes; `None` for what is no file. A link that leads out of the
/// folder is not followed: notes come from the content folder only. `root` is the
/// folder without links.
pub(super) fn read_file(root: &Path, path: &Path) -> Result<Option<Vec<u8>>, String> {
    let gone = |error: std::io::Error| format!("this file cannot be read: {error}");
    // Any part of the path can be a link, not only the last.
    let target = path.canonicalize().map_err(gone)?;
    if !target.starts_with(root) {
        return Err("this file is a link out of the content folder and was not followed".into());
    }
    if !std::fs::metadata(path).map_err(gone)?.is_file() {
        return Ok(None);
    }
    std::fs::read(path).map(Some).map_err(gone)
}

/// A file's name relative to the content folder, with `/`.
pub(super) fn name_in(root: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(root).ok()?;
    let parts: Vec<_> = relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn problem(file: &str, message: &str) -> Problem {
    Problem::new(Rule::UnreadableFile, file, (1, 1), message)
}

/// What a file of a content folder holds now; `None` where it is gone, or not for us to read.
pub fn read_again(root: &Path, file: &str) -> Option<Vec<u8>> {
    if !is_ours(file) {
        return None;
    }
    read_file(root, &root.join(file)).ok().flatten()
}
