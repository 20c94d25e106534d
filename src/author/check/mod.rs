//! `waterline check`: what is broken, before a reader finds it.
//!
//! Each room finds fault with what it knows, by its `problems()`. [`check`] collects them,
//! and adds what no room can see alone: references that lead nowhere in the whole notebook,
//! and links to pages of our own (`beside`). A [`Report`] tells them: as `text` for
//! people, as `json`, as `sarif` for build servers.

mod beside;
mod json;
mod report;
mod sarif;
mod text;

pub use report::{Format, Report};

use crate::notebook::Problem;
use crate::web::state::Edition;

/// Everything that an author should look at, by file and place, each thing once.
pub fn check(edition: &Edition) -> Vec<Problem> {
    let notebook = &edition.notebook;
    let mut problems = edition.problems();
    problems.extend(notebook.undefined_references());
    problems.extend(notebook.paths_alike());
    problems.extend(notebook.anchors_in_demos());
    let (elsewhere, broken) = notebook.elsewhere();
    problems.extend(broken);
    problems.extend(beside::missing(&elsewhere));
    problems.sort();
    problems.dedup();
    problems
}
