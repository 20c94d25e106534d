//! Which topic carries which panels: `attachments.toml`.
//!
//! The list that comes with Waterline always holds, so that notes which define the
//! same topics carry the panels wherever they are read from. A content folder may
//! have a list of its own, which wins topic by topic.

use super::Panel;
use crate::notebook::{Notebook, Problem, Rule};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use toml::Spanned;

/// The name of the file in a content folder.
pub const FILE: &str = "attachments.toml";

const BUILT_IN: &str = include_str!("../../content/attachments.toml");

/// Which topic carries which panels.
#[derive(Clone, Debug, Default)]
pub struct Attached {
    by_topic: HashMap<String, Vec<Panel>>,
    /// The topics of a content folder's own list, and what to tell of one that no note
    /// defines.
    own: Vec<(String, Problem)>,
    problems: Vec<Problem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    topics: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

impl Attached {
    /// What comes with Waterline.
    pub fn built_in() -> Attached {
        let mut attached = Attached::default();
        attached.add(BUILT_IN);
        attached.own.clear();
        attached
    }

    /// With what the content folder's own list says. What cannot be used of it is a
    /// problem, and the rest still holds.
    #[must_use]
    pub fn and(mut self, own: &str) -> Attached {
        self.add(own);
        self
    }

    /// With a list of the content folder's that cannot be read at all.
    #[must_use]
    pub fn unread(mut self, error: &std::io::Error) -> Attached {
        let message = format!("this list cannot be read: {error}");
        self.problems
            .push(Problem::new(Rule::UnreadableList, FILE, (1, 1), message));
        self
    }

    /// The panels of a topic, in the order in which they are drawn.
    pub fn of(&self, topic: &str) -> &[Panel] {
        self.by_topic.get(topic).map_or(&[], Vec::as_slice)
    }

    /// What is wrong with the content folder's own list, seen with its notes.
    pub fn problems(&self, notebook: &Notebook) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        let unknown = self.own.iter();
        let unknown = unknown.filter(|(topic, _)| notebook.topic_link(topic).wanted);
        problems.extend(unknown.map(|(topic, problem)| Problem {
            message: notebook.no_topic(topic),
            ..problem.clone()
        }));
        problems
    }

    fn add(&mut self, text: &str) {
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                return self.complain(Rule::UnreadableList, text, at, error.message().to_owned());
            }
        };
        for (topic, names) in file.topics {
            let at = topic.span();
            let mut panels = Vec::new();
            for name in names {
                match Panel::from_name(name.get_ref()) {
                    Some(panel) if panels.contains(&panel) => {}
                    Some(panel) => panels.push(panel),
                    None => {
                        let message = Panel::none_named(name.get_ref());
                        self.complain(Rule::UnknownPanel, text, name.span().start, message);
                    }
                }
            }
            let topic = topic.into_inner();
            // What to say is known with the notes.
            let unknown = Problem::in_text(Rule::UnknownTopic, FILE, text, at.start, "");
            self.own
                .push((topic.clone(), unknown.wide(text[at].chars().count())));
            self.by_topic.insert(topic, panels);
        }
    }

    fn complain(&mut self, rule: Rule, text: &str, at: usize, message: String) {
        let problem = Problem::in_text(rule, FILE, text, at, message);
        self.problems.push(problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::Rules;

    fn notebook() -> Notebook {
        let note = "---\npath: /a\ntitle: A\n---\n# A <<Learning_A>>\n";
        Notebook::from_files([("a.md".into(), note.into())], &Rules::default())
    }

    fn told(own: &str) -> Vec<String> {
        Attached::default()
            .and(own)
            .problems(&notebook())
            .into_iter()
            .map(|p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.message))
            .collect()
    }

    #[test]
    fn a_note_with_known_anchors_has_panels_without_a_list_of_its_own() {
        let attached = Attached::built_in();
        assert_eq!(attached.of("Learning_Docker_Networking"), [Panel::Networks]);
        assert_eq!(
            attached.of("Learning_Docker_Storage"),
            [Panel::StorageDriver]
        );
        assert!(attached.of("Learning_Unknown").is_empty());
        assert!(attached.problems(&notebook()).is_empty());
    }

    #[test]
    fn every_panel_is_attached_to_a_topic() {
        let attached = Attached::built_in();
        for panel in Panel::ALL {
            assert!(
                attached.by_topic.values().any(|on| on.contains(&panel)),
                "{panel:?} stands beside no topic: add it to content/attachments.toml"
            );
        }
    }

    #[test]
    fn the_folders_own_list_wins_topic_by_topic() {
        let own =
            "[topics]\nLearning_Docker_Storage = []\nLearning_A = ['layers', 'networks', 'layers']";
        let attached = Attached::built_in().and(own);
        assert!(attached.of("Learning_Docker_Storage").is_empty());
        assert_eq!(attached.of("Learning_A"), [Panel::Layers, Panel::Networks]);
        assert_eq!(attached.of("Learning_Docker_Networking"), [Panel::Networks]);
    }

    #[test]
    fn a_mistake_in_the_list_is_named_with_its_place_and_the_rest_holds() {
        let own = "[topics]\nLearning_A = ['layers', 'nothing', 'mount']\nLearning_Bee = ['layers']\nLearning_a = []";
        assert_eq!(
            told(own),
            [
                "attachments.toml:2:25: no panel is named \"nothing\"; there are parts, storage-driver, mounts, layers, writable-layer, on-the-host, networks, compose-networks, compose, init, platform, virtualization, hosts, events",
                "attachments.toml:2:36: no panel is named \"mount\"; did you mean mounts?",
                "attachments.toml:3:1: no note defines the topic Learning_Bee",
                "attachments.toml:4:1: no note defines the topic Learning_a; did you mean Learning_A?",
            ]
        );
        let attached = Attached::default().and(own);
        assert_eq!(attached.of("Learning_A"), [Panel::Layers]);
        assert!(
            told("[topic]")[0].starts_with("attachments.toml:1:2: unknown field"),
            "{:?}",
            told("[topic]")
        );
        assert_eq!(told("[topics]\nLearning_A = 3").len(), 1);
        assert!(told("").is_empty());
    }
}
