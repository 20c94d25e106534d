//! The docker command line, typed.
//!
//! [`parse`] is the way in: a line becomes a [`Command`] of a closed set, or a
//! [`Refusal`] that says what is supported instead. Nothing here asks an engine, and
//! nothing is ever given to a shell.
//!
//! 1. [`verbs`]: what there is to be done, one struct a verb.
//! 2. [`words`]: values that cannot hold what a sandbox refuses.

mod complete;
mod flags;
mod help;
mod line;
mod mounts;
mod read;
mod read_compose;
mod read_run;
pub mod table;
mod values;
pub mod verbs;
pub mod words;

#[cfg(test)]
mod tests;

pub use complete::complete;
pub use table::{FlagDoc, TABLE, VerbDoc, reference};
pub use verbs::Verb;
pub use words::{Filter, MountArg, Typed, TypedImage, When};

use super::refusal::Refusal;

/// The longest line that is read, in bytes.
pub const LONGEST: usize = 4096;

/// A docker command, typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    line: String,
    verb: Verb,
}

impl Command {
    /// A command that nobody typed, such as a step of `compose up`. It is permitted or
    /// refused like any other; `line` is how one would type it.
    pub fn new(verb: Verb, line: impl Into<String>) -> Command {
        Command {
            line: line.into(),
            verb,
        }
    }

    /// What is to be done.
    pub fn verb(&self) -> &Verb {
        &self.verb
    }

    /// The text as it was typed.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Whether it may change something on the host: then it waits for its turn.
    pub fn changes(&self) -> bool {
        use verbs::ComposeAction;
        match &self.verb {
            Verb::Run(_)
            | Verb::Create(_)
            | Verb::Start(_)
            | Verb::Stop(_)
            | Verb::Restart(_)
            | Verb::Pause(_)
            | Verb::Unpause(_)
            | Verb::Kill(_)
            | Verb::Rm(_)
            | Verb::Exec(_)
            | Verb::Commit(_)
            | Verb::ImageRm(_)
            | Verb::VolumeCreate(_)
            | Verb::VolumeRm(_)
            | Verb::NetworkCreate(_)
            | Verb::Connect(_)
            | Verb::Disconnect(_)
            | Verb::NetworkRm(_) => true,
            Verb::Compose(compose) => matches!(
                compose.action,
                ComposeAction::Up { .. } | ComposeAction::Down { .. }
            ),
            Verb::Help(_)
            | Verb::Wait(_)
            | Verb::Ps(_)
            | Verb::Logs(_)
            | Verb::Diff(_)
            | Verb::Inspect(_)
            | Verb::Top(_)
            | Verb::Stats(_)
            | Verb::Images(_)
            | Verb::History(_)
            | Verb::Events(_)
            | Verb::VolumeLs(_)
            | Verb::NetworkLs(_)
            | Verb::Info(_)
            | Verb::Version(_)
            | Verb::SystemDf(_) => false,
        }
    }
}

/// Reads a command line.
///
/// # Errors
/// Why it is not supported, or what docker itself would say against it.
pub fn parse(line: &str) -> Result<Command, Refusal> {
    let words = line::words(line)?;
    read::verb(&words).map(|verb| Command::new(verb, line))
}
