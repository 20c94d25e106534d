//! Which files of a content folder are ours: what its author wants to be read.
//!
//! Hidden files and folders are passed over, and so is what `.gitignore` and
//! `.waterlineignore` say, in any folder, as git reads them. Where the two
//! disagree, `.waterlineignore` wins: it was written for us. One [`Ours`] answers
//! for everybody who looks into the folder: the reading, the watching, the files
//! that are served beside the notes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustc_hash::FxHashMap;

use super::front::Fault;
use super::problem::Rule;

/// The files that say what is passed over.
const IGNORE: [&str; 2] = [".waterlineignore", ".gitignore"];

/// A list of what to pass over is short; more is not read.
const LONGEST: u64 = 1 << 20;

/// Is this the name of a file that says what is passed over? When it changes,
/// other files may come or go.
pub(super) fn says_what_is_ours(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    IGNORE.contains(&last)
}

/// Is the file or a folder around it hidden?
pub(super) fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.'))
}

/// What one folder's two files say, in the order of [`IGNORE`].
type Rules = Arc<[Gitignore; 2]>;

/// Decides for one content folder. Each ignore file is read once, when it is first
/// needed, until [`Ours::forget`].
#[derive(Debug)]
pub(super) struct Ours {
    root: PathBuf,
    /// What the folders around the content folder say, outermost first, up to the
    /// repository that it is in.
    around: Vec<Gitignore>,
    /// By the folder's name; empty for the content folder itself.
    folders: RwLock<FxHashMap<String, Rules>>,
}

impl Ours {
    /// For the content folder `root`, without links.
    pub fn of(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            around: around(root),
            folders: RwLock::default(),
        }
    }

    /// The content folder, without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads the ignore files again from now on.
    pub fn forget(&self) {
        let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        folders.clear();
    }

    /// Is a file with this name, relative to the content folder and with `/`, to be
    /// looked at at all?
    pub fn takes(&self, name: &str) -> bool {
        !is_hidden(name) && self.allows(name, false)
    }

    /// The same for a folder, and so for all that is in it.
    pub fn enters(&self, name: &str) -> bool {
        !is_hidden(name) && self.allows(name, true)
    }

    /// What is in an ignored folder is ignored, whatever is said of it alone.
    fn allows(&self, name: &str, is_dir: bool) -> bool {
        let ends = name.match_indices('/').map(|(at, _)| (&name[..at], true));
        ends.chain([(name, is_dir)])
            .all(|(part, is_dir)| !self.ignores(part, is_dir))
    }

    /// The rule nearest to the file decides, and of one file the last line that fits.
    fn ignores(&self, name: &str, is_dir: bool) -> bool {
        let path = self.root.join(name);
        let folder = name.rfind('/').map_or("", |at| &name[..at]);
        let rules: Vec<Rules> = std::iter::successors(Some(folder), |folder| {
            (!folder.is_empty()).then(|| folder.rfind('/').map_or("", |at| &folder[..at]))
        })
        .map(|folder| self.rules(folder))
        .collect();
        for kind in 0..IGNORE.len() {
            let around = if kind == 1 { &self.around[..] } else { &[] };
            let inside = rules.iter().map(|rules| &rules[kind]);
            for rule in inside.chain(around.iter().rev()) {
                match rule.matched(&path, is_dir) {
                    Match::None => {}
                    Match::Ignore(_) => return true,
                    Match::Whitelist(_) => return false,
                }
            }
        }
        false
    }

    fn rules(&self, folder: &str) -> Rules {
        let known = self.folders.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = known.get(folder) {
            return rules.clone();
        }
        drop(known);
        let path = self.root.join(folder);
        let rules: Rules = Arc::new(IGNORE.map(|file| read(&path, file, &mut |_, _| {})));
        let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        folders.entry(folder.to_owned()).or_insert(rules).clone()
    }

    /// What is wrong with the ignore files in a folder, by their names.
    pub fn faults_in(&self, folder: &str) -> Vec<(String, Fault)> {
        let mut faults = Vec::new();
        for file in IGNORE {
            read(&self.root.join(folder), file, &mut |line, why| {
                let name = [folder, file].join("/");
                let name = name.trim_start_matches('/').to_owned();
                faults.push((name, Fault::new(Rule::UnreadableFile, line, 1, why)));
            });
        }
        faults
    }
}

/// The rules of one file in a folder; none where it is missing, or no file.
fn read(folder: &Path, file: &str, wrong: &mut dyn FnMut(u32, String)) -> Gitignore {
    let path = folder.join(file);
    let readable = std::fs::metadata(&path).is_ok_and(|about| about.is_file());
    if !readable {
        return Gitignore::empty();
    }
    let about = std::fs::metadata(&path);
    if about.is_ok_and(|about| about.len() > LONGEST) {
        wrong(1, format!("{file} is larger than 1 MiB and was not read"));
        return Gitignore::empty();
    }
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            wrong(1, format!("{file} cannot be read: {error}"));
            return Gitignore::empty();
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut builder = GitignoreBuilder::new(folder);
    for (at, line) in text.lines().enumerate() {
        if let Err(error) = builder.add_line(Some(path.clone()), line) {
            let why = format!("this line says nothing that can be understood: {error}");
            wrong(super::lines::clamp(at + 1), why);
        }
    }
    builder.build().unwrap_or_else(|error| {
        wrong(1, format!("{file} cannot be used: {error}"));
        Gitignore::empty()
    })
}

/// The `.gitignore` files of the repository that the content folder is in, above it,
/// outermost first. None where they would pass over the content folder itself: who
/// names it wants it read.
fn around(root: &Path) -> Vec<Gitignore> {
    let above: Vec<&Path> = root.ancestors().collect();
    let Some(top) = above.iter().position(|path| path.join(".git").exists()) else {
        return Vec::new();
    };
    let mut around: Vec<Gitignore> = above[..=top]
        .iter()
        .skip(1)
        .map(|folder| read(folder, ".gitignore", &mut |_, _| {}))
        .collect();
    around.reverse();
    let unwanted = above[..top].iter().any(|folder| {
        let said = around
            .iter()
            .rev()
            .filter(|rule| folder.starts_with(rule.path()));
        let said = said.map(|rule| rule.matched(folder, true));
        let said = said.into_iter().find(|said| !said.is_none());
        said.is_some_and(|said| said.is_ignore())
    });
    if unwanted { Vec::new() } else { around }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, text).expect("a file");
        }
        folder
    }

    #[test]
    fn ignore_files_are_read_as_git_reads_them() {
        let folder = folder(&[
            (
                ".gitignore",
                "*.tmp.md\n/build/\n!keep.tmp.md\n# a comment\n",
            ),
            ("sub/.gitignore", "!again.tmp.md\nlocal.md\n"),
        ]);
        let ours = Ours::of(&folder.path().canonicalize().unwrap());
        for taken in [
            "a.md",
            "keep.tmp.md",
            "sub/again.tmp.md",
            "local.md",
            "sub/build/a.md",
            "build.md",
        ] {
            assert!(ours.takes(taken), "{taken}");
        }
        for passed in [
            "x.tmp.md",
            "sub/x.tmp.md",
            "build/a.md",
            "build/deep/a.md",
            "sub/local.md",
            "sub/deep/local.md",
            ".hidden.md",
            ".git/a.md",
        ] {
            assert!(!ours.takes(passed), "{passed}");
        }
    }

    #[test]
    fn what_is_written_for_us_wins() {
        let folder = folder(&[
            (".gitignore", "generated/*\nboth.md\n"),
            (".waterlineignore", "!generated/shown.md\nprivate/\n"),
        ]);
        let ours = Ours::of(&folder.path().canonicalize().unwrap());
        assert!(ours.takes("generated/shown.md"));
        assert!(!ours.takes("generated/other.md"));
        assert!(!ours.takes("both.md"));
        assert!(!ours.takes("private/a.md"));
        assert!(!ours.enters("private"));
        // A folder that is not entered cannot give back what is in it.
        std::fs::write(folder.path().join(".waterlineignore"), "x/\n!x/a.md\n").unwrap();
        assert!(ours.takes("x/a.md"), "read once");
        ours.forget();
        assert!(!ours.takes("x/a.md"));
        assert!(ours.takes("private/a.md"));
    }

    #[test]
    fn the_repository_around_counts_unless_it_passes_over_the_folder() {
        let repository = folder(&[
            (".gitignore", "drafts.md\n/out/\n"),
            (".git/HEAD", ""),
            ("docs/a.md", ""),
            ("out/docs/a.md", ""),
        ]);
        let root = repository.path().canonicalize().unwrap();
        assert!(!Ours::of(&root.join("docs")).takes("drafts.md"));
        assert!(Ours::of(&root.join("docs")).takes("a.md"));
        assert!(Ours::of(&root.join("out/docs")).takes("drafts.md"));
    }

    #[test]
    fn a_byte_order_mark_is_no_name_and_a_huge_list_is_not_read() {
        let huge = format!("big.md\n{}", "#\n".repeat(1 << 20));
        let folder = folder(&[
            (".gitignore", "\u{feff}drafts.md\n"),
            ("sub/.gitignore", &huge),
        ]);
        let ours = Ours::of(&folder.path().canonicalize().unwrap());
        assert!(!ours.takes("drafts.md"));
        assert!(ours.takes("sub/big.md"));
        let told = ours.faults_in("sub");
        assert!(told[0].1.message.contains("larger than 1 MiB"), "{told:?}");
        assert!(!ours.enters(".git") && !ours.enters("sub/.cache"));
    }

    #[test]
    fn a_line_that_cannot_be_understood_is_told() {
        let folder = folder(&[(".gitignore", "fine\n[z-a].md\n")]);
        let ours = Ours::of(folder.path());
        let faults = ours.faults_in("");
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!((faults[0].0.as_str(), faults[0].1.line), (".gitignore", 2));
    }
}
