//! The demos room: what a note does when it is run.

pub mod format;
