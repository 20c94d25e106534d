//! Compose in a sandbox: [`file`](mod@file) reads, [`plan`] says what is asked for.

pub mod file;
pub mod plan;

pub use file::File;
pub use plan::Project;
