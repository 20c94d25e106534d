//! The files beside the notes: pictures and whatever else a note leads to.
//!
//! The notebook knows their names and how large the pictures are, so that a missing one
//! is found without looking at the disk. Their bytes are read when somebody asks, and
//! only what lies in the content folder, in no hidden or ignored part of it, is opened.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::files;
use super::ours::Ours;
use super::picture::{self, Size};

/// All files beside the notes, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    files: BTreeMap<Arc<str>, Option<Size>>,
    /// The same by the last part of their names, in small letters.
    by_last: FxHashMap<Box<str>, Vec<Arc<str>>>,
}

/// A file beside the notes, open to be read.
#[derive(Debug)]
pub enum Opened {
    /// One of the content that is built in.
    BuiltIn(Vec<u8>),
    /// One on the disk. It was a file when it was opened.
    File(File),
}

impl Beside {
    /// Notes that there is such a file, and the first bytes of it.
    pub fn add(&mut self, name: &str, head: &[u8]) {
        let name: Arc<str> = name.into();
        let size = picture::is_picture(&name).then(|| picture::size(head));
        if self.files.insert(name.clone(), size.flatten()).is_none() {
            self.by_last.entry(last(&name)).or_default().push(name);
        }
    }

    /// Forgets a file. Was there one?
    pub fn remove(&mut self, name: &str) -> bool {
        if self.files.remove(name).is_none() {
            return false;
        }
        let key = last(name);
        if let Some(names) = self.by_last.get_mut(&key) {
            names.retain(|other| &**other != name);
            if names.is_empty() {
                self.by_last.remove(&key);
            }
        }
        true
    }

    /// Is there such a file? Its name, and how large its picture is.
    pub fn get(&self, name: &str) -> Option<(&Arc<str>, Option<Size>)> {
        self.files
            .get_key_value(name)
            .map(|(name, size)| (name, *size))
    }

    /// Would noting it change anything?
    pub fn knows(&self, name: &str, head: &[u8]) -> bool {
        let size = picture::is_picture(name).then(|| picture::size(head));
        self.files.get(name) == Some(&size.flatten())
    }

    /// The files whose name ends with these last parts, whatever their case.
    pub fn ending(&self, parts: &str) -> Vec<&Arc<str>> {
        let named = self.by_last.get(&last(parts));
        let mut named: Vec<&Arc<str>> = named
            .into_iter()
            .flatten()
            .filter(|name| files::ends_with_parts(name, parts))
            .collect();
        named.sort_unstable();
        named
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files.keys()
    }
}

/// The last part of a name, in small letters.
fn last(name: &str) -> Box<str> {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.to_lowercase().into()
}

/// Opens a file of the content folder `root`, which has no links in it. `None` for what
/// is no file, is gone, or leads to where we do not look.
pub(super) fn open(root: &Path, name: &str) -> Option<File> {
    let path = root.join(name);
    let target = path.canonicalize().ok()?;
    let real = files::name_in(root, &target)?;
    // A link may lead to another file of ours, and to nothing else.
    if real != name && !Ours::of(root).takes(&real) {
        return None;
    }
    // What only a reader would end (a pipe, a device) is not even opened.
    if !std::fs::metadata(&target).ok()?.is_file() {
        return None;
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // It may have been exchanged meanwhile: no link, and no waiting.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(&target).ok()?;
    file.metadata().ok()?.is_file().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_last_parts_in_any_case() {
        let mut beside = Beside::default();
        beside.add("a/Pics/Disk.PNG", b"");
        beside.add("b/disk.png", b"GIF89a\x20\0\x10\0");
        let ending = |parts| {
            let named = beside.ending(parts);
            named
                .into_iter()
                .map(|name| name.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(ending("disk.png"), ["a/Pics/Disk.PNG", "b/disk.png"]);
        assert_eq!(ending("pics/disk.png"), ["a/Pics/Disk.PNG"]);
        assert!(ending("ics/disk.png").is_empty());
        assert_eq!(beside.get("b/disk.png").unwrap().1, Some((32, 16)));
        assert!(beside.remove("b/disk.png") && !beside.remove("b/disk.png"));
        assert_eq!(beside.ending("disk.png").len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_files_in_the_folder_are_opened() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::write(outside.path().join("secret.png"), "x").unwrap();
        std::fs::write(root.join("a.png"), "x").unwrap();
        std::fs::create_dir(root.join(".git")).unwrap();
        std::fs::write(root.join(".git/b.png"), "x").unwrap();
        symlink(outside.path().join("secret.png"), root.join("out.png")).unwrap();
        symlink(outside.path(), root.join("out")).unwrap();
        symlink(root.join("a.png"), root.join("in.png")).unwrap();
        symlink(root.join(".git/b.png"), root.join("git.png")).unwrap();
        symlink(root.join("loop.png"), root.join("loop.png")).unwrap();
        symlink("/dev/zero", root.join("zero.png")).unwrap();
        let pipe = root.join("pipe.png");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
        for (name, opens) in [
            ("a.png", true),
            ("in.png", true),
            ("out.png", false),
            ("out/secret.png", false),
            ("git.png", false),
            ("loop.png", false),
            ("zero.png", false),
            ("pipe.png", false),
            ("missing.png", false),
            ("../a.png", false),
            ("", false),
        ] {
            assert_eq!(open(&root, name).is_some(), opens, "{name}");
        }
    }
}
