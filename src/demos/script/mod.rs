//! Demo files: notes that run.
//!
//! A demo is Markdown in which some code blocks are to be carried out, and checked
//! against the output written below each command. The files, in the order in which a
//! demo goes through them:
//!
//! 1. [`read`](mod@read): from the notebook's [`DemoFile`](crate::notebook::DemoFile) to a
//!    [`Demo`], with every fault at its place; `expected` reads and writes the lines below
//!    a command.
//! 2. `output` turns what came out into lines; [`compare`](mod@compare) holds it against what
//!    was expected, `align` says which line is which.
//! 3. [`bless`](mod@bless) writes what came out into the file.
//! 4. [`play`](mod@play) runs a demo from its first step to its last.
//! 5. [`shell`](mod@shell) writes the same commands for one's own docker.

pub mod bless;
pub mod compare;
pub mod expected;
pub mod play;
pub mod read;
pub mod shell;

mod align;
mod output;

#[cfg(test)]
mod tests;

pub use bless::{CannotBless, bless};
pub use compare::{Actual, Diff, End, Mark, Row, Stream, Verdict, compare};
pub use expected::{Expected, Line, Pattern};
pub use play::{Played, play};
pub use shell::shell;

use crate::notebook::Problem;
use std::time::Duration;

/// One demo.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Its name: that of its file, without the folder and the ending.
    pub id: String,
    /// Its file, relative to the content folder.
    pub file: String,
    /// Its title.
    pub title: String,
    /// The topic that it belongs to, as written: no note may define it.
    pub topic: Option<String>,
    /// How long it takes a person, in minutes.
    pub minutes: Option<u32>,
    /// Its text, its commands and its files, in order.
    pub parts: Vec<Part>,
    /// What is wrong with it. A demo with problems is still shown.
    pub problems: Vec<Problem>,
    /// The file's text, as it was when the demo was read.
    pub source: String,
}

/// A stretch of a demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text to read.
    Text {
        /// As the author wrote it.
        markdown: String,
        /// Safe HTML, with links to the topics that it refers to.
        html: String,
    },
    /// Commands.
    Block(Block),
    /// A file that the commands below it may use.
    File(File),
}

/// A `console` block: steps that are looked at together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of its opening fence, from 1.
    pub line: u32,
    /// Its steps, at least one.
    pub steps: Vec<Step>,
    /// How long all of them together may take.
    pub took: Took,
    /// Its fence.
    pub fence: String,
}

/// A command, and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which of the demo's steps it is, from 1.
    pub number: usize,
    /// The line of its `$`, from 1.
    pub line: u32,
    /// The last line of the command itself: a `\` at the end of a line continues it.
    pub command_end: u32,
    /// The last line of what is expected, or of the command where nothing is.
    pub end: u32,
    /// The command, on one line.
    pub command: String,
    /// The command as it is written, without `$ `: on several lines if it is so.
    pub typed: String,
    /// What must come out.
    pub expected: Expected,
    /// Whether the order of the lines matters.
    pub order: Order,
}

/// Whether lines must come in the order in which they are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// They must.
    #[default]
    AsWritten,
    /// Docker prints them in any order.
    Any,
}

/// Bounds of the time that a block takes, as in `took<1s took>200ms`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Took {
    /// It must take less.
    pub under: Option<Duration>,
    /// It must take more.
    pub over: Option<Duration>,
}

/// A file that a demo brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The line of its opening fence, from 1.
    pub line: u32,
    /// Its name: no path.
    pub name: String,
    /// The language after its fence.
    pub language: String,
    /// What is in it.
    pub text: String,
}

impl Demo {
    /// Its steps, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.blocks().flat_map(|block| &block.steps)
    }

    /// Its blocks of commands, in order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.parts.iter().filter_map(|part| match part {
            Part::Block(block) => Some(block),
            _ => None,
        })
    }

    /// The step of this number, from 1.
    pub fn step(&self, number: usize) -> Option<&Step> {
        self.steps().find(|step| step.number == number)
    }

    /// The files as they are when a step runs: those above it, and of two with one name
    /// the nearest.
    pub fn files_at(&self, number: usize) -> Vec<&File> {
        let mut files: Vec<&File> = Vec::new();
        for part in &self.parts {
            match part {
                Part::File(file) => {
                    files.retain(|other| other.name != file.name);
                    files.push(file);
                }
                Part::Block(block) if block.steps.iter().any(|step| step.number == number) => {
                    break;
                }
                _ => {}
            }
        }
        files
    }
}

impl Took {
    /// What is wrong with a block that took `spent`, in a sentence; `None` when nothing.
    pub fn fault(&self, spent: Duration) -> Option<String> {
        let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
        if let Some(under) = self.under
            && spent >= under
        {
            let (spent, under) = (seconds(spent), seconds(under));
            return Some(format!("took {spent}, and should take less than {under}"));
        }
        if let Some(over) = self.over
            && spent <= over
        {
            let (spent, over) = (seconds(spent), seconds(over));
            return Some(format!("took {spent}, and should take more than {over}"));
        }
        None
    }
}
