//! The runner: what carries out permitted commands, in sandboxes.
//!
//! [`Sandboxes`] holds all sandboxes of this process, [`Sandbox::run`] is the way in:
//! a line is parsed, permitted against a fresh look at the sandbox's own objects, and
//! carried out; what docker would print comes as a stream of [`Out`], ending in an
//! [`Outcome`]. The files:
//!
//! 1. `told`: what a command tells while it runs; [`Run`] reads it.
//! 2. `queue`: who may have a host work, and who waits.

mod queue;
mod sandboxes;
mod told;

pub use sandboxes::{How, OpenError, Sandbox, Sandboxes};
pub use told::{Finished, Out, Outcome, Run};
