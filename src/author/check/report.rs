//! What was found, with where it was looked for: the same for every format.

use super::{json, sarif, text};
use crate::notebook::{Content, Problem, Severity};
use crate::web::state::Edition;
use clap::ValueEnum;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How the problems are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, and for editors that follow `file:line:column`.
    #[default]
    Text,
    /// One JSON value.
    Json,
    /// SARIF 2.1.0, for build servers and editors.
    Sarif,
}

/// The outcome of a check.
pub struct Report<'a> {
    /// What was found, by file and place.
    pub problems: &'a [Problem],
    /// How many notes were read.
    pub notes: usize,
    /// How many demos were read.
    pub demos: usize,
    edition: &'a Edition,
    content: &'a Content,
    /// The folder in which this process works: files are told from there.
    pub(super) here: PathBuf,
}

impl<'a> Report<'a> {
    /// The report of `problems`, which were found in an edition, for somebody who works in
    /// the folder `here`.
    pub fn new(
        edition: &'a Edition,
        content: &'a Content,
        problems: &'a [Problem],
        here: PathBuf,
    ) -> Self {
        Self {
            problems,
            notes: edition.notebook.len(),
            demos: edition.demos.len(),
            edition,
            content,
            here,
        }
    }

    /// How many problems are so bad.
    pub fn count(&self, severity: Severity) -> usize {
        let problems = self.problems.iter();
        problems
            .filter(|problem| problem.severity() == severity)
            .count()
    }

    /// Is there anything to mend? Notes are not.
    pub fn is_clean(&self) -> bool {
        self.count(Severity::Error) + self.count(Severity::Warning) == 0
    }

    /// Writes the report.
    ///
    /// # Errors
    /// The system's, from writing.
    pub fn write(&self, format: Format, color: bool, out: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Text => text::write(self, color, out),
            Format::Json => json::write(self, out),
            Format::Sarif => sarif::write(self, out),
        }
    }

    /// Where a file is, as seen from the folder in which this process works: relative when
    /// it is below that.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        let Content::Folder(folder) = self.content else {
            return PathBuf::from(file);
        };
        let folder = folder.strip_prefix(&self.here).unwrap_or(folder);
        let folder = folder.strip_prefix(".").unwrap_or(folder);
        match file {
            "" => folder.to_owned(),
            file => folder.join(file),
        }
    }

    /// Where the notes are, as a reader may see it.
    pub(super) fn source(&self) -> &str {
        &self.edition.source
    }

    /// The notes' own files are files of the system's.
    pub(super) fn is_on_disk(&self) -> bool {
        matches!(self.content, Content::Folder(_))
    }

    /// The sources of the files, to show lines of.
    pub(super) fn sources(&self) -> Sources<'_> {
        Sources {
            report: self,
            lists: HashMap::new(),
            at: None,
        }
    }
}

/// Lines of the files with problems, each file read through once.
pub(super) struct Sources<'a> {
    report: &'a Report<'a>,
    /// What is no note, as it is on the disk.
    lists: HashMap<String, Option<String>>,
    /// A file, and how far it was read.
    at: Option<(String, Walk)>,
}

/// How far a text was read: each place is sought from the one before, as many problems may
/// be on one line of a megabyte.
#[derive(Clone, Copy, Debug)]
struct Walk {
    /// The line, from 1, and its bytes in the text.
    line: u32,
    from: usize,
    to: usize,
    /// A column in it, from 1, and its byte in the line.
    column: u32,
    byte: usize,
}

impl Walk {
    fn new(text: &str) -> Walk {
        Walk {
            line: 1,
            from: 0,
            to: text.find('\n').unwrap_or(text.len()),
            column: 1,
            byte: 0,
        }
    }

    /// A line without its end, and the byte in it that a column is at; its end where the
    /// line is shorter. `None` where there is no such line.
    fn to<'t>(&mut self, text: &'t str, line: u32, column: u32) -> Option<(&'t str, usize)> {
        if line < self.line {
            *self = Walk::new(text);
        }
        while self.line < line {
            let from = self.to + 1;
            let rest = text.get(from..)?;
            *self = Walk {
                line: self.line + 1,
                from,
                to: rest.find('\n').map_or(text.len(), |length| from + length),
                column: 1,
                byte: 0,
            };
        }
        if column < self.column {
            (self.column, self.byte) = (1, 0);
        }
        let whole = text.get(self.from..self.to)?.trim_end_matches('\r');
        let rest = whole.get(self.byte..).unwrap_or_default();
        let mut chars = rest.char_indices();
        match chars.nth((column - self.column) as usize) {
            Some((length, _)) => {
                (self.column, self.byte) = (column, self.byte + length);
                Some((whole, self.byte))
            }
            None => Some((whole, whole.len())),
        }
    }
}

impl Sources<'_> {
    /// A line of a file, without its end, and the byte in it that a problem is at.
    pub fn place(&mut self, problem: &Problem) -> Option<(&str, usize)> {
        let file = &problem.file;
        let report = self.report;
        let text = match report.edition.notebook.source(file) {
            Some(text) => text,
            None => self
                .lists
                .entry(file.clone())
                .or_insert_with(|| list(report.content, file))
                .as_deref()?,
        };
        if self.at.as_ref().is_none_or(|(other, _)| other != file) {
            self.at = Some((file.clone(), Walk::new(text)));
        }
        let (_, walk) = self.at.as_mut()?;
        walk.to(text, problem.line, problem.column.max(1))
    }
}

/// A list of the content folder's own.
fn list(content: &Content, file: &str) -> Option<String> {
    let Content::Folder(folder) = content else {
        return None;
    };
    let is_list = Path::new(file).extension().is_some_and(|end| end == "toml");
    is_list
        .then(|| std::fs::read_to_string(folder.join(file)).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_whatever_was_sought_before() {
        let text = "éa b\r\n\nwhale 🐳 whale\nend";
        let places = [
            (1, 1, Some(("éa b", 0))),
            (1, 2, Some(("éa b", 2))),
            (1, 9, Some(("éa b", 5))),
            (2, 1, Some(("", 0))),
            (3, 7, Some(("whale 🐳 whale", 6))),
            (3, 9, Some(("whale 🐳 whale", 11))),
            (4, 3, Some(("end", 2))),
            (5, 1, None),
        ];
        for (line, column, first) in places {
            for (then_line, then_column, then) in places {
                let mut walk = Walk::new(text);
                assert_eq!(walk.to(text, line, column), first);
                let found = walk.to(text, then_line, then_column);
                assert_eq!(found, then, "{line}:{column} {then_line}:{then_column}");
            }
        }
    }
}
