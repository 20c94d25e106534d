//! References that lead nowhere, each with its place: what an author should look at.
//!
//! To a reader a wanted topic is a page that says who asks for it, so these are no
//! warnings of the notebook's own.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::linked::{Meaning, Notebook};
use super::looks::{did_you_mean, is_in_brackets, is_no_text};
use super::parsed::Parsed;
use super::problem::{Problem, Rule};

/// Names that an anchor was meant to define, and where it stands.
type Meant = FxHashMap<String, (String, u32, u32)>;

impl Notebook {
    /// Every reference to a topic that no note defines, by file and place. What is in
    /// brackets that were meant for an anchor is no reference.
    pub fn undefined_references(&self) -> Vec<Problem> {
        let files: Vec<&Parsed> = self.files().map(|(_, note)| note).collect();
        let meant: Meant = files
            .par_iter()
            .with_min_len(16)
            .flat_map_iter(|note| {
                let slips = self.near_anchors(note).into_iter();
                slips.filter_map(|(slip, (line, column))| {
                    Some((slip.meant?, (note.file.to_string(), line, column)))
                })
            })
            .collect();
        let mut problems: Vec<Problem> = files
            .par_iter()
            .with_min_len(16)
            .filter(|note| !is_no_text(note))
            .flat_map_iter(|note| self.undefined_in(note, &meant))
            .collect();
        problems.sort();
        problems
    }

    fn undefined_in(&self, note: &Parsed, meant: &Meant) -> Vec<Problem> {
        let mut messages = FxHashMap::<&str, String>::default();
        let mut slips = None;
        let mut found = Vec::new();
        for word in &note.words {
            let Meaning::Wanted(name) = self.meaning(note, word) else {
                continue;
            };
            let slips = slips.get_or_insert_with(|| self.near_anchors(note));
            let at = word.at as usize;
            let in_demo = note.is_demo && is_in_brackets(note, word);
            let before = slips.partition_point(|(slip, _)| slip.start <= at);
            let slip = before.checked_sub(1).and_then(|last| slips.get(last));
            if in_demo || slip.is_some_and(|(slip, _)| at < slip.end) {
                continue;
            }
            let message = messages
                .entry(name)
                .or_insert_with(|| match meant.get(name) {
                    Some((file, line, column)) => format!(
                        "no note defines {name}; the anchor at {file}:{line}:{column} was meant to"
                    ),
                    None => self.undefined(name),
                });
            let at = (word.line, word.column);
            let problem = Problem::new(Rule::UndefinedReference, &*note.file, at, &**message);
            found.push(problem.wide(name.chars().count()));
        }
        found
    }

    /// What to say of a list or a demo that names a topic which no note defines.
    pub fn no_topic(&self, name: &str) -> String {
        let near = self.near(name);
        let near = near.iter().map(ToString::to_string);
        format!("no note defines the topic {name}{}", did_you_mean(near))
    }

    /// What to say of a name that no note defines.
    pub(super) fn undefined(&self, name: &str) -> String {
        let near = self.near(name);
        let near = near.iter().map(ToString::to_string);
        format!("no note defines {name}{}", did_you_mean(near))
    }
}
