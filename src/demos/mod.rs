//! The demos room: what a note does when it is run.

pub mod compose;
pub mod instance;
pub mod janitor;
pub mod refusal;
