//! The demos room: what a note does when it is run. A command line becomes a typed
//! command, a permitted one, and then changes on a host, inside one person's sandbox.
//!
//! [`command`], [`sandbox`], [`refusal`]: what is understood, and what of it may be done.
//! [`runner`]: what carries it out; [`mod@format`]: what docker would print of it.
//! [`script`], [`stock`]: a demo, from its file to its verdict; all demos of a notebook.
//! [`instance`], [`janitor`]: who made something on a host, and how it goes again.
//! [`prepare`], [`doctor`]: what a host needs before demos run there.

mod archive;
pub mod command;
pub mod doctor;
pub mod format;
pub mod instance;
pub mod janitor;
pub mod prepare;
pub mod refusal;
pub mod runner;
pub mod sandbox;
pub mod script;
pub mod stock;
