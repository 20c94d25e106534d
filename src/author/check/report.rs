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
    /// A file, and a line in it with the byte that it begins at.
    at: Option<(String, u32, usize)>,
}

impl Sources<'_> {
    /// A line of a file, without its end.
    pub fn line(&mut self, file: &str, line: u32) -> Option<&str> {
        let known = self.at.take().filter(|(other, ..)| other == file);
        let (_, mut number, mut from) = known.unwrap_or((file.to_owned(), 1, 0));
        if number > line {
            (number, from) = (1, 0);
        }
        let report = self.report;
        let text = match report.edition.notebook.source(file) {
            Some(text) => text,
            None => self
                .lists
                .entry(file.to_owned())
                .or_insert_with(|| list(report.content, file))
                .as_deref()?,
        };
        while number < line {
            from += text.get(from..)?.find('\n')? + 1;
            number += 1;
        }
        self.at = Some((file.to_owned(), number, from));
        let rest = text.get(from..)?;
        Some(rest.split('\n').next()?.trim_end_matches('\r'))
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
