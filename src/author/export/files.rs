//! Files beside the notes, such as pictures: those that a page shows or leads to come along.

use super::addresses::safe;
use crate::notebook::{Notebook, is_meant};
use crate::web::files::content_type;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Where the server shows files beside notes.
const SERVED: &str = "/files/";

/// What may come along, by ending: nothing that a browser runs by itself, whatever type a file
/// server gives it.
const ENDINGS: &[&str] = &[
    "apng",
    "avif",
    "bmp",
    "conf",
    "csv",
    "diff",
    "dockerfile",
    "dockerignore",
    "gif",
    "go",
    "gz",
    "hcl",
    "ico",
    "ini",
    "jpeg",
    "jpg",
    "json",
    "log",
    "mp3",
    "mp4",
    "patch",
    "pdf",
    "png",
    "py",
    "rs",
    "sh",
    "sql",
    "svg",
    "tar",
    "tgz",
    "toml",
    "tsv",
    "txt",
    "webm",
    "webp",
    "xz",
    "yaml",
    "yml",
    "zip",
];

/// The files beside the notes that pages ask for.
#[derive(Debug, Default)]
pub struct Files {
    /// The folder of the notes without links; `None` for those that are built in.
    root: Option<PathBuf>,
    /// Those that a note leads to and that no ignore file passes over.
    led_to: BTreeSet<String>,
    /// What is asked for: where it goes in the copy, and where it is.
    asked: Mutex<BTreeMap<String, PathBuf>>,
}

/// A file beside the notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Where it is.
    pub path: PathBuf,
    /// Its name from the folder of the notes, with `/`.
    pub name: String,
    /// Its type, as the server tells it.
    pub mime: &'static str,
}

impl Files {
    /// Those beside the notes in this folder that the server would show.
    pub fn of(folder: Option<&Path>, notebook: &Notebook) -> Files {
        Files::named(folder, notebook.files_beside().map(str::to_owned).collect())
    }

    fn named(folder: Option<&Path>, led_to: BTreeSet<String>) -> Files {
        Files {
            led_to,
            root: folder.and_then(|folder| folder.canonicalize().ok()),
            asked: Mutex::default(),
        }
    }

    /// The file that an address of the server shows: not hidden, inside the folder of the
    /// notes however many links lead to it, and of a kind that is safe to give.
    pub fn find(&self, address: &str) -> Option<Beside> {
        let root = self.root.as_ref()?;
        let path = address.split(['?', '#']).next()?;
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let name = path.strip_prefix(SERVED)?;
        let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
        if !name.split('/').all(plain) || !self.led_to.contains(name) || !is_safe(name) {
            return None;
        }
        let found = root.join(name).canonicalize().ok()?;
        let real = found.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        // A link may lead to another file that is meant to be read, and to nothing else.
        let is_meant = real == name || is_meant(root, &real);
        let is_file = std::fs::metadata(&found).is_ok_and(|about| about.is_file());
        (is_file && is_meant).then(|| Beside {
            path: found,
            name: name.to_owned(),
            mime: content_type(name),
        })
    }

    /// Where the copy will have the file that an address shows; from now on it comes along.
    pub fn take(&self, address: &str) -> Option<String> {
        let found = self.find(address)?;
        let file = format!("files/{}", plain_name(&found.name));
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(file.clone(), found.path);
        Some(super::addresses::href(&file))
    }

    /// All that was asked for: where it goes, and where it is.
    pub fn asked(self) -> BTreeMap<String, PathBuf> {
        self.asked
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a file may come along; one without an ending, as `Dockerfile`, is text.
fn is_safe(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.rsplit_once('.').is_none_or(|(_, ending)| {
        let mut known = ENDINGS.iter();
        known.any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// A name that every file server takes. One that had to be changed, or that another may have
/// in other capitals, is told from others by a few letters of its hash.
fn plain_name(name: &str) -> String {
    let parts: Vec<String> = name.split('/').map(safe).collect();
    let plain = parts.join("/");
    if plain == name && plain == plain.to_lowercase() {
        return plain;
    }
    let hash = Sha256::digest(name.as_bytes());
    let hash: String = hash
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    match plain.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{hash}.{ending}"),
        None => format!("{plain}-{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_files_inside_the_folder_come_along() {
        let folder = tempfile::tempdir().expect("a folder");
        let notes = folder.path().join("notes");
        std::fs::create_dir_all(notes.join("pics/.secret")).expect("folders");
        for file in [
            "pics/a b.png",
            "pics/.secret/x.png",
            "page.html",
            "note.md",
            "kept.png",
            ".gitignore",
            "../out.png",
        ] {
            std::fs::write(notes.join(file), "kept.png\n").expect("a file");
        }
        #[cfg(unix)]
        for (to, link) in [
            ("../out.png", "link.png"),
            ("pics/.secret/x.png", "dot.png"),
            ("kept.png", "passed.png"),
        ] {
            std::os::unix::fs::symlink(to, notes.join(link)).expect("a link");
        }
        let led_to = [
            "pics/a b.png",
            "pics/.secret/x.png",
            "page.html",
            "link.png",
            "dot.png",
            "passed.png",
            "pics",
            "none.png",
        ];
        let led_to: BTreeSet<String> = led_to.map(str::to_owned).into();
        let files = Files::named(Some(&notes), led_to.clone());
        let found = files.find("/files/pics/a%20b.png").expect("a picture");
        assert_eq!(
            (found.name.as_str(), found.mime),
            ("pics/a b.png", "image/png")
        );
        assert_eq!(files.find("/pics/a%20b.png"), None);
        for not in [
            "/files/pics/.secret/x.png",
            "/files/../out.png",
            "/files/%2e%2e/out.png",
            "/files/link.png",
            "/files/dot.png",
            "/files/passed.png",
            "/files/page.html",
            "/files/note.md",
            "/files/pics",
            "/files//etc/passwd",
            "/files/none.png",
        ] {
            assert_eq!(files.find(not), None, "{not}");
        }
        assert_eq!(
            Files::named(None, led_to).find("/files/pics/a%20b.png"),
            None
        );
        let nobody_leads_there = Files::named(Some(&notes), BTreeSet::new());
        assert_eq!(nobody_leads_there.find("/files/pics/a%20b.png"), None);
        let taken = files.take("/files/pics/a%20b.png").expect("taken");
        assert!(
            taken.starts_with("files/pics/a-b-") && taken.ends_with(".png"),
            "{taken}"
        );
        assert_eq!(files.asked().len(), 1);
    }

    #[test]
    fn what_a_browser_runs_by_itself_stays_behind() {
        for (name, expected) in [
            ("v1.2/Dockerfile", true),
            ("a.tar.GZ", true),
            ("a.bmp", true),
            ("a.html", false),
            ("a.js", false),
            ("a.php", false),
            ("a.", false),
        ] {
            assert_eq!(is_safe(name), expected, "{name}");
        }
    }

    #[test]
    fn names_that_differ_in_capitals_alone_stay_apart() {
        assert_eq!(plain_name("a/b.png"), "a/b.png");
        assert_ne!(plain_name("a/B.png").to_lowercase(), plain_name("a/b.png"));
        assert_ne!(plain_name("a#b.png"), plain_name("a?b.png"));
    }
}
