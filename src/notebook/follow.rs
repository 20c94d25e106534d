//! Following a folder: a notebook and what changed in its files, to the next notebook.
//!
//! A note that was readable and is not any more stays as it was: an author who saves
//! something else by mistake, or half a front matter, still sees the note, and is told what
//! is wrong with the file.

use std::sync::Arc;

use rayon::prelude::*;

use super::files;
use super::linked::{Notebook, problem};
use super::parsed::Parsed;
use super::problem::{Problem, Rule};
use super::watch::{Change, Now};

/// A notebook after changes of its files.
#[derive(Debug)]
pub struct Followed {
    /// All notes, linked.
    pub notebook: Notebook,
    /// The files that are shown otherwise than before, or of which there is something else to
    /// tell, in the order of the changes.
    pub files: Vec<String>,
}

/// What a change means.
enum Meant {
    Same,
    New(Arc<Parsed>),
    /// A file beside the notes, by its first bytes.
    Beside(Vec<u8>),
    Gone,
    Failed(Problem),
}

impl Notebook {
    /// The notebook after these changes: one, however many there are. What did not change
    /// is shared with `self`.
    #[must_use]
    pub fn follow(&self, changes: Vec<Change>) -> Followed {
        let meant: Vec<(String, Meant)> = changes
            .into_par_iter()
            .filter(|(file, _)| files::is_note(file) || files::is_beside(file))
            .map(|(file, now)| {
                let meant = self.meant(&file, now);
                (file, meant)
            })
            .collect();
        let mut notebook = self.clone();
        let mut files = Vec::new();
        let mut paths_moved = false;
        for (file, meant) in meant {
            match meant {
                Meant::Same if self.failed(&file).is_none() => continue,
                Meant::Same => notebook.forget_faults(&file),
                Meant::New(note) => paths_moved |= notebook.put(note),
                Meant::Beside(head) => {
                    notebook.put_beside(&file, &head);
                }
                Meant::Gone if !files::is_note(&file) => {
                    notebook.take_out_beside(&file);
                }
                Meant::Gone => paths_moved |= notebook.take_out(&file),
                Meant::Failed(problem) if self.failed(&file) == Some(&problem) => continue,
                Meant::Failed(problem) if self.file(&file).is_some() => notebook.fail(problem),
                Meant::Failed(problem) => notebook.miss(problem),
            }
            files.push(file);
        }
        if paths_moved {
            notebook.assign_paths();
        }
        Followed { notebook, files }
    }

    fn meant(&self, file: &str, now: Now) -> Meant {
        let shown = self.file(file);
        let bytes = match now {
            Now::Gone => return Meant::Gone,
            Now::Unreadable(_) if !files::is_note(file) => return Meant::Gone,
            Now::Unreadable(message) => {
                let problem = Problem::new(Rule::UnreadableFile, file, (1, 1), message);
                return Meant::Failed(problem);
            }
            Now::Bytes(bytes) => bytes,
        };
        if !files::is_note(file) {
            return match self.beside().knows(file, &bytes) {
                true => Meant::Same,
                false => Meant::Beside(bytes),
            };
        }
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        if shown.is_some_and(|shown| shown.text.as_bytes() == text) {
            return Meant::Same;
        }
        let note = self.parse(file, bytes);
        match &note.broken {
            // One that never was readable is shown as far as it goes.
            Some(fault) if shown.is_some_and(|shown| shown.broken.is_none()) => {
                Meant::Failed(problem(file, fault))
            }
            _ => Meant::New(note),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Rules, TopicPage};
    use super::*;

    const CAVES: &str = "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n";

    fn notebook() -> Notebook {
        let lamps = "---\npath: /lamps\ntitle: Lamps\n---\nOf Learning_Caves.\n";
        let files = [("caves.md", CAVES), ("lamps.md", lamps)];
        let files = files.map(|(file, text)| (file.to_owned(), text.as_bytes().to_vec()));
        Notebook::from_files(files, &Rules::default())
    }

    fn saved(file: &str, bytes: impl AsRef<[u8]>) -> Change {
        (file.to_owned(), Now::Bytes(bytes.as_ref().to_vec()))
    }

    fn told(notebook: &Notebook) -> Vec<String> {
        let failed = notebook.all_failed();
        failed
            .map(|p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.message))
            .collect()
    }

    #[test]
    fn what_cannot_be_read_leaves_the_last_good_version() {
        let good = notebook();
        let png = [CAVES.as_bytes(), b"\n\x89PNG\r\n\x1a\n\0\0"].concat();
        let nul = format!("{CAVES}\nab\0c");
        let yaml = CAVES.replace("title: Caves", "title: [Caves");
        let link = "this file is a link out of the content folder and was not followed";
        for (now, said) in [
            (Now::Bytes(png), "caves.md:7:1: not valid UTF-8"),
            (Now::Bytes(nul.into()), "caves.md:7:3: a NUL character"),
            (
                Now::Bytes(yaml.into()),
                "caves.md:3:8: the front matter is not valid YAML",
            ),
            (
                Now::Unreadable(link.into()),
                "caves.md:1:1: this file is a link",
            ),
        ] {
            let after = good.follow(vec![("caves.md".into(), now)]);
            assert_eq!(after.files, ["caves.md"]);
            let note = after.notebook.note("/caves").expect("the last good one");
            assert_eq!(note.title, "Caves");
            let told = told(&after.notebook);
            assert!(told.len() == 1 && told[0].starts_with(said), "{told:?}");
            let problems = after.notebook.problems_of("caves.md");
            assert_eq!(problems.len(), 1, "{problems:?}");
            // What is saved then counts again, be it new or what was shown all the time.
            for text in [CAVES.to_owned(), CAVES.replace("# Caves", "# Grottoes")] {
                let mended = after.notebook.follow(vec![saved("caves.md", text)]);
                assert_eq!(mended.files, ["caves.md"]);
                assert_eq!(mended.notebook.all_failed().count(), 0);
            }
            let gone = after.notebook.follow(vec![("caves.md".into(), Now::Gone)]);
            assert!(gone.notebook.note("/caves").is_none());
            assert_eq!(gone.notebook.problems_of("caves.md"), []);
        }
    }

    #[test]
    fn a_file_that_never_was_readable_is_shown_as_far_as_it_goes() {
        let after = notebook().follow(vec![saved("new.md", b"# New\n\nab\xffc")]);
        assert_eq!(after.notebook.all_failed().count(), 0);
        assert!(after.notebook.note("/new").is_some());
        let link = Now::Unreadable("this file is a link".into());
        let after = notebook().follow(vec![("new.md".into(), link)]);
        assert_eq!(after.notebook.problems_of("new.md").len(), 1);
        let after = after
            .notebook
            .follow(vec![saved("new.md", "---\npath: /new\ntitle: N\n---\nx\n")]);
        assert_eq!(after.notebook.problems_of("new.md"), []);
    }

    #[test]
    fn a_save_without_a_change_is_none() {
        let good = notebook();
        let after = good.follow(vec![saved("caves.md", format!("\u{feff}{CAVES}"))]);
        assert!(after.files.is_empty());
        assert!(after.notebook.leads_as(&good));
    }

    #[test]
    fn many_changes_at_once_are_those_one_after_the_other() {
        let good = notebook();
        let changes = vec![
            saved("caves.md", CAVES.replace("/caves", "/grottoes")),
            saved("demos/a.md", "---\ntitle: A\n---\nLearning_Caves\n"),
            ("lamps.md".to_owned(), Now::Gone),
            saved(
                "rope.md",
                "---\npath: /rope\ntitle: Rope\n---\n# R <<Learning_Rope>>\n",
            ),
        ];
        let together = good.follow(changes.clone()).notebook;
        let one_by_one = changes.into_iter().fold(good, |notebook, change| {
            notebook.follow(vec![change]).notebook
        });
        let json = |notebook: &Notebook| serde_json::to_string(&notebook.index()).expect("JSON");
        assert_eq!(json(&together), json(&one_by_one));
        assert!(together.note("/grottoes").is_some() && together.note("/lamps").is_none());
        assert!(matches!(
            together.topic("Learning_Rope"),
            Some(TopicPage::Defined(_))
        ));
    }

    #[test]
    fn names_lead_where_they_led_until_one_is_moved() {
        let good = notebook();
        let longer = good.follow(vec![saved("caves.md", format!("{CAVES}\nMore.\n"))]);
        assert_eq!(longer.files, ["caves.md"]);
        assert!(longer.notebook.leads_as(&good));
        for other in [
            CAVES.replace("<<Learning_Caves>>", "<<Learning_Grottoes>>"),
            CAVES.replace("/caves", "/grottoes"),
        ] {
            let moved = good.follow(vec![saved("caves.md", other)]);
            assert!(!moved.notebook.leads_as(&good));
        }
    }
}
