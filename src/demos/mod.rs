//! The demos room: what a note does when it is run.
//!
//! [`instance`], [`janitor`]: who made something on a host, and how it goes again.
//! [`prepare`], [`doctor`]: what a host needs before demos run there.

mod archive;
pub mod doctor;
pub mod instance;
pub mod janitor;
pub mod prepare;
