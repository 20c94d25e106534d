//! What is written down at a bench: what ran, what came of it, and whose turn it is.

use super::moved::Moved;
use crate::demos::runner::{Out, Outcome, Sandbox};
use crate::demos::script::Verdict;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What a bench is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// This step runs, on the way to another or as the last.
    Running {
        /// The step that runs.
        at: usize,
        /// The last one to run.
        to: usize,
    },
    /// What was made is being removed.
    Removing,
}

/// A command that runs or has run.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The command.
    pub line: String,
    /// How often it was run, this time included.
    pub count: u64,
    /// What it has said so far.
    pub said: Vec<Out>,
    /// What it changed on the host.
    pub moved: Vec<Moved>,
    /// How it ended, once it has.
    pub over: Option<Over>,
}

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Over {
    /// How.
    pub outcome: Outcome,
    /// Of a demo's step: whether what came is what was expected.
    pub verdict: Option<Verdict>,
    /// How long it took.
    pub spent: Duration,
}

/// What had happened when a page was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// How often everything was begun anew.
    pub generation: u64,
    /// How many runs there had been: of a step, or of all of them.
    pub runs: u64,
}

/// What a click asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// One step.
    Step(usize),
    /// Every step that has not run yet, up to this one.
    To(usize),
    /// All steps, from the beginning; what was made before is removed first.
    All,
}

/// Why a click did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// Something else is being done.
    Busy,
    /// Its page is older than what has happened since.
    Over,
}

/// A bench at one moment.
#[derive(Clone, Default)]
pub struct Seen {
    /// How often everything was begun anew.
    pub generation: u64,
    /// Where things are made, once something was.
    pub sandbox: Option<Arc<Sandbox>>,
    /// The steps that run or have run, by number.
    pub steps: BTreeMap<usize, Entry>,
    /// What was typed at the prompt, each with a number of its own.
    pub tried: Vec<(u64, Entry)>,
    /// What is being done.
    pub busy: Option<Busy>,
    /// Why something could not be done.
    pub trouble: Option<String>,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.generation, self.runs)
    }
}

impl Turn {
    /// Reads one from a form.
    pub fn read(text: &str) -> Option<Turn> {
        let (generation, runs) = text.split_once('.')?;
        Some(Turn {
            generation: generation.parse().ok()?,
            runs: runs.parse().ok()?,
        })
    }
}

impl Seen {
    /// The turn of what is done with one step.
    pub fn turn_of(&self, step: usize) -> Turn {
        Turn {
            generation: self.generation,
            runs: self.steps.get(&step).map_or(0, |entry| entry.count),
        }
    }

    /// The turn of what is done with all of them.
    pub fn turn(&self) -> Turn {
        Turn {
            generation: self.generation,
            runs: runs(&self.steps),
        }
    }
}

/// How many runs of steps there have been.
pub(super) fn runs(steps: &BTreeMap<usize, Entry>) -> u64 {
    steps.values().map(|entry| entry.count).sum()
}

impl Entry {
    /// One that has said nothing yet.
    pub(super) fn new(line: String, count: u64) -> Entry {
        Entry {
            line,
            count,
            said: Vec::new(),
            moved: Vec::new(),
            over: None,
        }
    }
}
