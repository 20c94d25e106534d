//! `waterline check`: what is broken, before a reader finds it.
//!
//! Each room finds fault with what it knows, by its `problems()`; this collects them, and
//! adds what no room can see alone.

use crate::notebook::{Content, Problem};
use crate::web::state::Edition;

/// Everything that an author should look at, by file and place, each thing once. `content`
/// is where the edition was loaded from.
pub fn check(edition: &Edition, _content: &Content) -> Vec<Problem> {
    let mut problems = edition.problems();
    problems.extend(edition.notebook.undefined_references());
    problems.sort();
    problems.dedup();
    problems
}
