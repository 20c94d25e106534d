//! Where content comes from: a folder, or what is built into the program.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rust_embed::RustEmbed;

use super::front::Fault;
use super::linked::problem;
use super::ours::{self, Ours};
use super::problem::{Problem, Rule};
use super::{paths, picture};

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

impl Content {
    /// All files of the content that is built in: their names, with `/`, and their bytes.
    pub fn built_in_files() -> impl Iterator<Item = (String, Vec<u8>)> {
        Embedded::iter().filter_map(|file| {
            let bytes = Embedded::get(&file)?.data.into_owned();
            Some((file.into_owned(), bytes))
        })
    }
}

/// One of them.
pub(super) fn built_in_file(name: &str) -> Option<Vec<u8>> {
    Some(Embedded::get(name)?.data.into_owned())
}

/// Is this the name of a note or a demo? Names are relative to the content folder, with
/// `/`. Hidden files and folders (`.git`, `.obsidian`) are passed over.
pub(super) fn is_note(file: &str) -> bool {
    !ours::is_hidden(file) && is_markdown(file)
}

fn is_markdown(file: &str) -> bool {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(paths::is_markdown_ending)
}

/// Is this the name of a file that may stand beside notes? Not what editors and other
/// programs leave beside a file while they write it: with each save they would come and go.
pub(super) fn is_beside(file: &str) -> bool {
    let last = file.rsplit('/').next().unwrap_or(file);
    let ending = last.rsplit_once('.').map_or("", |(_, ending)| ending);
    let left = [
        "tmp",
        "temp",
        "swp",
        "swx",
        "bak",
        "orig",
        "part",
        "crdownload",
        "lock",
    ];
    let is_left = last.ends_with('~')
        || last.bytes().all(|byte| byte.is_ascii_digit())
        || left.iter().any(|left| ending.eq_ignore_ascii_case(left));
    !ours::is_hidden(file) && !is_markdown(file) && !is_left
}

/// Does `name` end with these whole parts, whatever their case?
pub(super) fn ends_with_parts(name: &str, parts: &str) -> bool {
    let (name, parts) = (name.to_lowercase(), parts.to_lowercase());
    let before = name.strip_suffix(&parts);
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// What a content folder holds.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Notes and demos: their names and bytes.
    pub notes: Vec<(String, Vec<u8>)>,
    /// The other files: their names, and of pictures the first bytes.
    pub beside: Vec<(String, Vec<u8>)>,
    /// What was wrong with those that could not be read, and with the ignore files.
    pub problems: Vec<Problem>,
    /// The folder, without links.
    pub root: Option<PathBuf>,
}

/// Reads all files of the content.
pub(super) fn read(content: &Content) -> Result<Files, ContentError> {
    match content {
        Content::Embedded => {
            let (notes, beside) = Content::built_in_files().partition(|(file, _)| is_note(file));
            Ok(Files {
                notes,
                beside,
                ..Files::default()
            })
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
    let ours = Ours::of(&root);
    let (found, problems) = walk(&root, &ours);
    let mut files = Files {
        problems,
        ..Files::default()
    };
    let read: Vec<Result<(String, Vec<u8>), Problem>> = found
        .into_par_iter()
        .with_min_len(16)
        .filter_map(|name| match read_file(&root, &name) {
            Ok(Some(bytes)) => Some(Ok((name, bytes))),
            Ok(None) => None,
            // What nobody may lead to is nobody's trouble.
            Err(_) if !is_note(&name) => None,
            Err(why) => Some(Err(problem(
                &name,
                &Fault::new(Rule::UnreadableFile, 1, 1, why),
            ))),
        })
        .collect();
    for file in read {
        match file {
            Ok(file) if is_note(&file.0) => files.notes.push(file),
            Ok(file) => files.beside.push(file),
            Err(problem) => files.problems.push(problem),
        }
    }
    files.root = Some(root);
    Ok(files)
}

/// The names of all our files in a folder, and what is wrong there. Links are not
/// followed, so there is no circle to go round in.
pub(super) fn walk(folder: &Path, ours: &Ours) -> (Vec<String>, Vec<Problem>) {
    let root = ours.root();
    let mut found = Vec::new();
    let mut problems = Vec::new();
    let told =
        |name: &str, why: String| problem(name, &Fault::new(Rule::UnreadableFile, 1, 1, why));
    let walk = walkdir::WalkDir::new(folder).into_iter();
    let walk = walk.filter_entry(|entry| {
        let name = name_in(root, entry.path()).unwrap_or_default();
        // Files are asked for below, all but the ignore files, which are hidden.
        entry.depth() == 0 || !entry.file_type().is_dir() || ours.enters(&name)
    });
    for entry in walk {
        match entry {
            Ok(entry) => {
                let Some(name) = name_in(root, entry.path()) else {
                    continue;
                };
                if ours::says_what_is_ours(&name) {
                    let folder = name.rfind('/').map_or("", |at| &name[..at]);
                    let faults = ours.faults_in(folder).into_iter();
                    let own = faults.filter(|(file, _)| *file == name);
                    problems.extend(own.map(|(file, fault)| problem(&file, &fault)));
                } else if entry.file_type().is_dir() || !ours.takes(&name) {
                    continue;
                } else if is_note(&name) {
                    found.push(name);
                } else if entry.path_is_symlink() && entry.path().is_dir() {
                    let why = "this folder is a link and was not followed";
                    problems.push(told(&name, why.into()));
                } else if is_beside(&name) {
                    found.push(name);
                }
            }
            Err(error) => {
                let name = error.path().and_then(|path| name_in(root, path));
                let why = format!("this folder cannot be read: {error}");
                problems.push(told(&name.unwrap_or_default(), why));
            }
        }
    }
    (found, problems)
}

/// Reads a file of the content folder: a note whole, of another file as much as tells how
/// large its picture is. `None` for what is no file, such as a pipe. A link that leads out
/// of the folder is not followed. `root` is the folder without links.
pub(super) fn read_file(root: &Path, name: &str) -> Result<Option<Vec<u8>>, String> {
    if is_note(name) {
        return read_whole(root, name);
    }
    let Some((target, _)) = at(root, name)? else {
        return Ok(None);
    };
    let mut head = Vec::new();
    if picture::is_picture(name) {
        let file = std::fs::File::open(&target).map_err(gone)?;
        let mut first = file.take(picture::HEAD);
        first.read_to_end(&mut head).map_err(gone)?;
    }
    Ok(Some(head))
}

/// The same for a file that is wanted whole, whatever it is.
pub(super) fn read_whole(root: &Path, name: &str) -> Result<Option<Vec<u8>>, String> {
    match at(root, name)? {
        None => Ok(None),
        Some((_, length)) if length > LARGEST_NOTE => {
            Err("this file is larger than 1 GiB and was not read".into())
        }
        Some((target, _)) => std::fs::read(&target).map(Some).map_err(gone),
    }
}

/// Where a file of the content folder lies, without links, and how long it is in bytes.
fn at(root: &Path, name: &str) -> Result<Option<(PathBuf, u64)>, String> {
    // Any part of the path can be a link, not only the last.
    let target = root.join(name).canonicalize().map_err(gone)?;
    if !target.starts_with(root) {
        return Err("this file is a link out of the content folder and was not followed".into());
    }
    let about = std::fs::metadata(&target).map_err(gone)?;
    Ok(about.is_file().then_some((target, about.len())))
}

fn gone(error: std::io::Error) -> String {
    format!("this file cannot be read: {error}")
}

/// More than this is not read: no note is a gigabyte.
const LARGEST_NOTE: u64 = 1 << 30;

/// A file's name relative to the content folder, with `/`.
pub(super) fn name_in(root: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(root).ok()?;
    let parts: Vec<_> = relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Is a file with this name one that the content folder's author wants to be read? The ignore
/// files are read for each question. `root` is the folder without links.
pub fn is_meant(root: &Path, file: &str) -> bool {
    Ours::of(root).takes(file)
}

/// What a note of a content folder holds now; `None` where it is gone, or not for us to read.
pub fn read_again(root: &Path, file: &str) -> Option<Vec<u8>> {
    match is_note(file) && is_meant(root, file) {
        true => read_whole(root, file).ok().flatten(),
        false => None,
    }
}
