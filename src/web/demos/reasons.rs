//! Why a topic has no demo: `demos/none.toml`.
//!
//! The list that comes with Waterline always holds; a content folder may have one of its
//! own, which wins topic by topic. A reason is shown only where there is no demo.

use crate::notebook::{Notebook, Problem, Rule};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The name of the file in a content folder.
pub const FILE: &str = "demos/none.toml";

const BUILT_IN: &str = include_str!("../../../content/demos/none.toml");

/// Why topics have no demo, by name.
#[derive(Clone, Debug, Default)]
pub struct Reasons {
    why: BTreeMap<String, String>,
    /// The topics of a content folder's own list, and what to tell of one that no note
    /// defines.
    own: Vec<(String, Problem)>,
    problems: Vec<Problem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    topics: BTreeMap<Spanned<String>, String>,
}

impl Reasons {
    /// What comes with Waterline.
    pub fn built_in() -> Reasons {
        let mut reasons = Reasons::default().and(BUILT_IN);
        reasons.own.clear();
        reasons
    }

    /// With what a content folder says. What cannot be read is a problem, and left out.
    #[must_use]
    pub fn and(mut self, own: &str) -> Reasons {
        match toml::from_str::<File>(own) {
            Ok(file) => {
                for (topic, why) in file.topics {
                    let at = topic.span();
                    // What to say is known with the notes.
                    let unknown = Problem::in_text(Rule::UnknownTopic, FILE, own, at.start, "");
                    let unknown = unknown.wide(own[at].chars().count());
                    self.own.push((topic.get_ref().clone(), unknown));
                    self.why.insert(topic.into_inner(), why);
                }
            }
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let rule = Rule::UnreadableList;
                let problem = Problem::in_text(rule, FILE, own, at, error.message());
                self.problems.push(problem);
            }
        }
        self
    }

    /// With a list of the content folder's that cannot be read at all.
    #[must_use]
    pub fn unread(mut self, error: &std::io::Error) -> Reasons {
        let message = format!("this list cannot be read: {error}");
        self.problems
            .push(Problem::new(Rule::UnreadableList, FILE, (1, 1), message));
        self
    }

    /// What is wrong with the content folder's own list, seen with its notes.
    pub fn problems(&self, notebook: &Notebook) -> Vec<Problem> {
        let unknown = self.own.iter();
        let unknown = unknown.filter(|(topic, _)| notebook.topic_link(topic).wanted);
        let unknown = unknown.map(|(topic, problem)| Problem {
            message: notebook.no_topic(topic),
            ..problem.clone()
        });
        self.problems.iter().cloned().chain(unknown).collect()
    }

    /// Why this topic has none.
    pub fn of(&self, topic: &str) -> Option<&str> {
        self.why
            .get(topic)
            .map(String::as_str)
            .filter(|why| !why.is_empty())
    }

    /// All of them, by topic.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.why
            .iter()
            .map(|(topic, why)| (topic.as_str(), why.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folders_own_reasons_win_and_an_empty_one_is_none() {
        let reasons = Reasons::default()
            .and("[topics]\nLearning_A = 'far away'\nLearning_B = 'x'")
            .and("[topics]\nLearning_B = ''");
        assert_eq!(reasons.of("Learning_A"), Some("far away"));
        assert_eq!(reasons.of("Learning_B"), None);
        assert_eq!(reasons.of("Learning_C"), None);
        assert_eq!(Reasons::default().and("odd").all().count(), 0);
    }

    #[test]
    fn a_mistake_in_the_list_is_named_with_its_place_and_the_rest_holds() {
        let note = "---\npath: /a\ntitle: A\n---\n# A <<Learning_A>>\n";
        let book = Notebook::from_files([("a.md".into(), note.into())], &Default::default());
        let told = |reasons: Reasons| -> Vec<String> {
            let problems = reasons.problems(&book).into_iter();
            problems
                .map(|p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.message))
                .collect()
        };
        let own = "[topics]\nLearning_A = 'x'\nLearning_B = 'y'";
        let unknown =
            "demos/none.toml:3:1: no note defines the topic Learning_B; did you mean Learning_A?";
        assert_eq!(told(Reasons::default().and(own)), [unknown]);
        let odd = told(Reasons::default().and("[topics]\nLearning_A = 3"));
        assert!(odd[0].starts_with("demos/none.toml:2:"), "{odd:?}");
        assert!(
            told(Reasons::built_in()).is_empty(),
            "not this folder's own"
        );
        let error = std::io::Error::other("no");
        assert_eq!(told(Reasons::built_in().unread(&error)).len(), 1);
    }

    #[test]
    fn the_reasons_that_come_with_waterline_can_be_read() {
        assert!(Reasons::built_in().all().count() > 0);
    }
}
