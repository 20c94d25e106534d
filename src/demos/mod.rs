//! The demos room: what a note does when it is run. A command line becomes a typed
//! command, a permitted one, and then changes on a host, inside one person's sandbox.
//!
//! [`command`], [`sandbox`], [`refusal`]: what is typed, and what of it is permitted.
//! [`instance`], [`janitor`]: who made something on a host, and how it goes again.
//! [`prepare`], [`doctor`]: what a host needs before demos run there.

mod archive;
pub mod command;
pub mod doctor;
pub mod instance;
pub mod janitor;
pub mod prepare;
pub mod refusal;
pub mod sandbox;
