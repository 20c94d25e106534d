//! Where a copy is put, so that nothing is lost that is not ours.
//!
//! The folder must be absent, empty, or an earlier copy: one with a [`LIST`] of the files
//! that are ours. The new copy is written beside it and put in its place whole, so that a
//! stop midway leaves the old one. What lies in an earlier copy and is not in its list (a
//! `.git`, a `CNAME`) is moved over as it is. Links are never followed.

use rustc_hash::FxHashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The file in a copy that lists what is ours.
pub const LIST: &str = ".waterline-export";

/// The first line of a list that is complete.
const HEAD: &str =
    "The files of a copy of a notebook. `waterline export` replaces these, and no others.";
/// The first line while the copy is being written.
const UNFINISHED: &str = "A copy of a notebook that is being written, or was not finished.";

/// Why a copy cannot be put there.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// There is something that no export made.
    #[error(
        "{} is not empty, and no export made it: name a new folder, or an earlier export. Nothing was changed",
        .0.display()
    )]
    NotEmpty(PathBuf),
    /// There is a file, or something else that is no folder.
    #[error("{} is not a folder: name a new one, or an earlier export. Nothing was changed", .0.display())]
    NotAFolder(PathBuf),
    /// It is a link.
    #[error("{} is a link, and links are not followed here: name the folder itself", .0.display())]
    IsALink(PathBuf),
    /// It is, holds, or lies in the folder of the notes.
    #[error("{} and the content folder {} lie one in the other: an export must not mix with notes. Name a folder outside", out.display(), content.display())]
    Content {
        /// Where the copy was to go.
        out: PathBuf,
        /// The notes.
        content: PathBuf,
    },
    /// A file of the earlier copy's folder that is not ours has the name of a new one.
    #[error("{} is not of an export, and the new one has a file of that name: move it away. Nothing was changed", .0.display())]
    InTheWay(PathBuf),
    /// Another export writes beside it.
    #[error("another export is being written in {}: wait until it is done", .0.display())]
    Busy(PathBuf),
    /// It has no name.
    #[error("{} is no name for a folder to write", .0.display())]
    NoName(PathBuf),
    /// The system does not let us.
    #[error("{} cannot be written: {error}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
}

/// Says which file an error is about.
pub fn at(path: &Path) -> impl FnOnce(io::Error) -> PlaceError {
    move |error| PlaceError::Io {
        path: path.to_owned(),
        error,
    }
}

/// A folder that a copy will be put at.
#[derive(Debug)]
pub struct Place {
    out: PathBuf,
    /// Where the new copy is written.
    new: PathBuf,
    /// What is there.
    found: Found,
    settled: bool,
    /// Locked while we write: the folder around.
    _around: File,
}

/// What is at a place.
#[derive(Debug)]
enum Found {
    /// Nothing, or an empty folder.
    Nothing,
    /// An earlier copy, with its files.
    Copy(FxHashSet<String>),
}

impl Place {
    /// Looks whether a copy may be put at `out`, and begins it beside. `content` is the
    /// folder of the notes, where they are in one.
    ///
    /// # Errors
    /// Why not. Then nothing was changed.
    pub fn begin(out: &Path, content: Option<&Path>) -> Result<Place, PlaceError> {
        let out = real(out)?;
        apart(&out, content)?;
        let found = look(&out)?;
        let (Some(around), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(PlaceError::NoName(out));
        };
        fs::create_dir_all(around).map_err(at(around))?;
        let lock = lock(around)?;
        let name = name.to_string_lossy();
        let new = around.join(format!(".{name}.waterline-new"));
        clear_left_over(&new, &out)?;
        fs::create_dir(&new).map_err(at(&new))?;
        let place = Place {
            out,
            new,
            found,
            settled: false,
            _around: lock,
        };
        let list = place.new.join(LIST);
        fs::write(&list, format!("{UNFINISHED}\n")).map_err(at(&list))?;
        Ok(place)
    }

    /// Where the files of the new copy are written.
    pub fn folder(&self) -> &Path {
        &self.new
    }

    /// Where they will be.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// Puts the new copy in the place of the old one. `files` are all of its files, with
    /// `/`.
    ///
    /// # Errors
    /// Why not; the old one is there then.
    pub fn settle(mut self, files: &[String]) -> Result<(), PlaceError> {
        let foreign = match &self.found {
            Found::Nothing => Vec::new(),
            Found::Copy(ours) => foreign(&self.out, ours)?,
        };
        in_the_way(&self.out, &foreign, files)?;
        write_list(&self.new, files)?;
        match &self.found {
            Found::Nothing => fs::rename(&self.new, &self.out).map_err(at(&self.out))?,
            Found::Copy(ours) => {
                exchange(&self.new, &self.out).map_err(at(&self.out))?;
                // From here on the new one is in place, and this is the old one.
                self.settled = true;
                clear(&self.new, &self.out, ours)?;
            }
        }
        self.settled = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.settled {
            // All of it is ours. What is left is cleared at the next export.
            let _ = fs::remove_dir_all(&self.new);
        }
    }
}

/// The path without links before its last part, whether it is there or not.
fn real(path: &Path) -> Result<PathBuf, PlaceError> {
    let whole = std::path::absolute(path).map_err(at(path))?;
    let mut rest = Vec::new();
    let mut there = whole.as_path();
    loop {
        let (Some(name), Some(parent)) = (there.file_name(), there.parent()) else {
            return Err(PlaceError::NoName(path.to_owned()));
        };
        rest.push(name.to_owned());
        there = parent;
        match there.canonicalize() {
            Ok(mut real) => {
                real.extend(rest.into_iter().rev());
                return Ok(real);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(there)(error)),
        }
    }
}

/// Notes and copies do not mix: a copy in the content folder would be read as notes, and
/// notes in a copy could be replaced.
pub fn apart(out: &Path, content: Option<&Path>) -> Result<(), PlaceError> {
    let Some(content) = content else {
        return Ok(());
    };
    let root = content.canonicalize().map_err(at(content))?;
    // A folder that is there may be named in other capitals.
    let out = out.canonicalize().unwrap_or_else(|_| out.to_owned());
    if out.starts_with(&root) || root.starts_with(&out) {
        return Err(PlaceError::Content {
            out,
            content: content.to_owned(),
        });
    }
    Ok(())
}

fn look(out: &Path) -> Result<Found, PlaceError> {
    let about = match fs::symlink_metadata(out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        about => about.map_err(at(out))?,
    };
    if about.is_symlink() {
        return Err(PlaceError::IsALink(out.to_owned()));
    }
    if !about.is_dir() {
        return Err(PlaceError::NotAFolder(out.to_owned()));
    }
    if fs::read_dir(out).map_err(at(out))?.next().is_none() {
        return Ok(Found::Nothing);
    }
    match read_list(out)? {
        Some((true, ours)) => Ok(Found::Copy(ours)),
        _ => Err(PlaceError::NotEmpty(out.to_owned())),
    }
}

/// The list in a folder, and whether it is complete; `None` where there is none of ours.
fn read_list(folder: &Path) -> Result<Option<(bool, FxHashSet<String>)>, PlaceError> {
    let list = folder.join(LIST);
    match fs::symlink_metadata(&list) {
        Ok(about) if about.is_file() => {}
        _ => return Ok(None),
    }
    let text = fs::read(&list).map_err(at(&list))?;
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines();
    let complete = match lines.next() {
        Some(HEAD) => true,
        Some(UNFINISHED) => false,
        _ => return Ok(None),
    };
    let mut ours: FxHashSet<String> = lines.map(str::to_owned).collect();
    ours.insert(LIST.to_owned());
    Ok(Some((complete, ours)))
}

fn write_list(folder: &Path, files: &[String]) -> Result<(), PlaceError> {
    let list = folder.join(LIST);
    let whole = folder.join(format!("{LIST}.new"));
    let mut text = format!("{HEAD}\n");
    for file in files {
        text.push_str(file);
        text.push('\n');
    }
    fs::write(&whole, text).map_err(at(&whole))?;
    fs::rename(&whole, &list).map_err(at(&list))
}

/// What lies in a copy's folder and is not ours: files, links, and whole folders, from that
/// folder.
fn foreign(folder: &Path, ours: &FxHashSet<String>) -> Result<Vec<PathBuf>, PlaceError> {
    let mut folders: FxHashSet<&str> = FxHashSet::default();
    for file in ours {
        let mut path = file.as_str();
        while let Some((above, _)) = path.rsplit_once('/') {
            if !folders.insert(above) {
                break;
            }
            path = above;
        }
    }
    let mut foreign = Vec::new();
    let mut walk = WalkDir::new(folder).min_depth(1).into_iter();
    while let Some(entry) = walk.next() {
        let entry = entry.map_err(|error| at(folder)(error.into()))?;
        let Ok(path) = entry.path().strip_prefix(folder) else {
            continue;
        };
        let kind = entry.file_type();
        // A name that is no text is none of ours.
        let name = path.to_str().map(|name| name.replace('\\', "/"));
        let is_ours = name.is_some_and(|name| match kind.is_dir() {
            true => folders.contains(name.as_str()),
            false => kind.is_file() && ours.contains(&name),
        });
        if !is_ours {
            foreign.push(path.to_owned());
            if kind.is_dir() {
                walk.skip_current_dir();
            }
        }
    }
    Ok(foreign)
}

/// Whether something that is not ours has the name of a new file, or of a folder of one, or
/// lies where a new file will be.
fn in_the_way(out: &Path, foreign: &[PathBuf], files: &[String]) -> Result<(), PlaceError> {
    if foreign.is_empty() {
        return Ok(());
    }
    let mut new: FxHashSet<&Path> = FxHashSet::default();
    for file in files {
        new.extend(
            Path::new(file)
                .ancestors()
                .filter(|path| *path != Path::new("")),
        );
    }
    let new_files: FxHashSet<&Path> = files.iter().map(Path::new).collect();
    let clash = foreign.iter().find(|path| {
        new.contains(path.as_path()) || path.ancestors().any(|above| new_files.contains(above))
    });
    match clash {
        Some(path) => Err(PlaceError::InTheWay(out.join(path))),
        None => Ok(()),
    }
}

/// Two folders change places: at once where the system can, else one after the other.
fn exchange(new: &Path, out: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, out, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let mut aside = new.as_os_str().to_owned();
    aside.push("-old");
    let aside = PathBuf::from(aside);
    fs::rename(out, &aside)?;
    if let Err(error) = fs::rename(new, out) {
        fs::rename(&aside, out)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

/// Removes an old copy: its own files go, everything else is moved to `out`.
fn clear(old: &Path, out: &Path, ours: &FxHashSet<String>) -> Result<(), PlaceError> {
    for path in foreign(old, ours)? {
        let to = out.join(&path);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        if fs::symlink_metadata(&to).is_ok() {
            return Err(PlaceError::InTheWay(old.join(path)));
        }
        fs::rename(old.join(&path), &to).map_err(at(&to))?;
    }
    // Whatever came in meanwhile stays: a folder that is not empty is not removed.
    for entry in WalkDir::new(old).contents_first(true) {
        let entry = entry.map_err(|error| at(old)(error.into()))?;
        let path = entry.path();
        let name = path.strip_prefix(old).ok().and_then(Path::to_str);
        let is_ours = name.is_some_and(|name| ours.contains(&name.replace('\\', "/")));
        match entry.file_type() {
            kind if kind.is_dir() => fs::remove_dir(path).map_err(at(path))?,
            kind if kind.is_file() && is_ours => fs::remove_file(path).map_err(at(path))?,
            _ => {}
        }
    }
    Ok(())
}

/// What an export left that was stopped: an unfinished copy goes; an old one that was
/// replaced already is cleared as that export would have done it.
fn clear_left_over(new: &Path, out: &Path) -> Result<(), PlaceError> {
    match fs::symlink_metadata(new) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        about => {
            let about = about.map_err(at(new))?;
            if !about.is_dir() {
                return Err(PlaceError::InTheWay(new.to_owned()));
            }
        }
    }
    match read_list(new)? {
        // It was stopped while it was being written: no hand but ours was in it.
        Some((false, _)) => fs::remove_dir_all(new).map_err(at(new)),
        Some((true, ours)) if fs::symlink_metadata(out).is_ok() => clear(new, out, &ours),
        _ => Err(PlaceError::InTheWay(new.to_owned())),
    }
}

/// One export at a time in a folder.
fn lock(around: &Path) -> Result<File, PlaceError> {
    use rustix::fs::{FlockOperation, flock};
    let folder = File::open(around).map_err(at(around))?;
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Err(rustix::io::Errno::WOULDBLOCK) => Err(PlaceError::Busy(around.to_owned())),
        // A file system without locks: then nobody is kept out.
        _ => Ok(folder),
    }
}

/// What a file that holds a whole page or topic begins with.
pub const ONE: &str = "<!doctype html>\n<!-- One page of a notebook, written by `waterline export --only`, which may replace this file. -->\n";

/// Writes one file: where nothing is, or where an export wrote one before.
///
/// # Errors
/// Why not. Then nothing was changed.
pub fn put(out: &Path, content: Option<&Path>, html: &str) -> Result<(), PlaceError> {
    let out = real(out)?;
    apart(&out, content)?;
    match fs::symlink_metadata(&out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        about => {
            let about = about.map_err(at(&out))?;
            if about.is_symlink() {
                return Err(PlaceError::IsALink(out));
            }
            if !about.is_file() || !is_ours(&out) {
                return Err(PlaceError::InTheWay(out));
            }
        }
    }
    let (Some(around), Some(name)) = (out.parent(), out.file_name()) else {
        return Err(PlaceError::NoName(out));
    };
    fs::create_dir_all(around).map_err(at(around))?;
    let aside = format!(
        ".{}.waterline-{}",
        name.to_string_lossy(),
        std::process::id()
    );
    let aside = around.join(aside);
    let mut file = File::create_new(&aside).map_err(at(&aside))?;
    let written = file
        .write_all(html.as_bytes())
        .and_then(|()| fs::rename(&aside, &out));
    written.map_err(|error| {
        let _ = fs::remove_file(&aside);
        at(&out)(error)
    })
}

/// Whether an export wrote this file.
fn is_ours(file: &Path) -> bool {
    use std::io::Read;
    let mut begins = Vec::with_capacity(ONE.len());
    let read =
        File::open(file).and_then(|file| file.take(ONE.len() as u64).read_to_end(&mut begins));
    read.is_ok() && begins == ONE.as_bytes()
}

#[cfg(test)]
mod tests;
