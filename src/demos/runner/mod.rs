//! The runner: what carries out permitted commands, in sandboxes.
//!
//! [`Sandboxes`] holds all sandboxes of this process, [`Sandbox::run`] is the way in:
//! a line is parsed, permitted against a fresh look at the sandbox's own objects, and
//! carried out; what docker would print comes as a stream of [`Out`], ending in an
//! [`Outcome`]. The files:
//!
//! 1. `told`: what a command tells while it runs; [`Run`] reads it.
//! 2. `sandboxes`, `sandbox`, `terms`: who has one, how long, and one change at a time.
//! 3. `place`, `queue`, `running`: what the sandboxes of one host share, who waits there,
//!    and for how much more there is room.
//! 4. `step`: one command on its way, within its limits.
//! 5. `seen`, `lists`: what a decision is made from, and what of it a command needs.
//! 6. `weight`, `scales`: how much of the host's disk a sandbox takes, measured at once
//!    for all of a host. `flood`: what containers print.

mod carry;
mod flood;
mod lists;
mod names;
mod objects;
mod place;
mod queue;
mod running;
mod said;
mod sandbox;
mod sandboxes;
mod scales;
mod seen;
mod shell;
mod step;
mod terms;
mod told;
mod weight;

pub use crate::engine::hands::Writer;
pub use objects::{Kind, Object};
pub use sandbox::{How, Sandbox};
pub use sandboxes::{OpenError, Sandboxes};
pub use shell::{Control, Shell};
pub use terms::Terms;
pub use told::{Finished, Out, Outcome, Run};
pub use weight::Weight;

use crate::demos::command::parse;
use crate::demos::refusal::Refusal;
use crate::demos::sandbox::permit;

/// Why a line is refused in a new sandbox, without asking anything of a host; `None` when
/// it is not, or when docker itself would say so.
pub fn refuses(line: &str) -> Option<Refusal> {
    let refusal = match parse(line) {
        Err(refusal) => refusal,
        Ok(command) => permit(&command, &seen::empty()?).err()?,
    };
    (!refusal.is_dockers_own()).then_some(refusal)
}
