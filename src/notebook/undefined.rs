//! References that lead nowhere, each with its place: what an author should look at.
//!
//! To a reader a wanted topic is a page that says who asks for it, so these are no
//! warnings of the notebook's own.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::linked::{Meaning, Notebook};
use super::parsed::Parsed;
use super::problem::{Problem, Rule};

impl Notebook {
    /// Every reference to a topic that no note defines, by file and place.
    pub fn undefined_references(&self) -> Vec<Problem> {
        let files: Vec<(u32, &Parsed)> = self.files().collect();
        let mut problems: Vec<Problem> = files
            .into_par_iter()
            .with_min_len(16)
            .flat_map_iter(|(_, note)| self.undefined_in(note))
            .collect();
        problems.sort();
        problems
    }

    fn undefined_in(&self, note: &Parsed) -> Vec<Problem> {
        let mut messages = FxHashMap::<&str, String>::default();
        let wanted = note.words.iter().filter_map(|word| {
            let Meaning::Wanted(name) = self.meaning(note, word) else {
                return None;
            };
            let message = messages
                .entry(name)
                .or_insert_with(|| self.undefined(name))
                .clone();
            let at = (word.line, word.column);
            let problem = Problem::new(Rule::UndefinedReference, &*note.file, at, message);
            Some(problem.wide(name.chars().count()))
        });
        wanted.collect()
    }

    /// What to say of a name that no note defines.
    fn undefined(&self, name: &str) -> String {
        let near = self.near(name);
        match near.is_empty() {
            true => format!("no note defines {name}"),
            false => format!(
                "no note defines {name}; did you mean {}?",
                near.join(" or ")
            ),
        }
    }
}
