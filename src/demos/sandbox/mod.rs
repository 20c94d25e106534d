//! The sandbox: what a command may do, decided before any engine is asked.
//!
//! [`permit`] is pure: a command and what is known of the sandbox in, [`Permitted`] or a
//! [`Refusal`] out. Only `permit` makes a [`Permitted`], and the runner carries out
//! nothing else.
//!
//! 1. [`limits`](Limits): all numbers.
//! 2. [`Snapshot`]: what the sandbox holds now.
//! 3. [`Permitted`], [`Launch`]: what may be carried out, every name resolved.

mod limits;
mod permitted;
mod snapshot;

pub use limits::Limits;
pub use permitted::{Join, Launch, Permitted, Target};
pub use snapshot::{Snapshot, Thing};

use super::command::Command;
use super::refusal::{Refusal, Rule};

/// Decides whether `command` may be carried out in the sandbox.
///
/// # Errors
/// The rule that it meets.
pub fn permit(command: &Command, snapshot: &Snapshot) -> Result<Permitted, Refusal> {
    let _ = (command, snapshot);
    Err(Refusal::new(Rule::Verb, "no command is permitted yet"))
}
