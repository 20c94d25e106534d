//! Why a topic has no demo: `demos/none.toml`.
//!
//! The list that comes with Waterline always holds; a content folder may have one of its
//! own, which wins topic by topic. A reason is shown only where there is no demo.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The name of the file in a content folder.
pub const FILE: &str = "demos/none.toml";

const BUILT_IN: &str = include_str!("../../../content/demos/none.toml");

/// Why topics have no demo, by name.
#[derive(Clone, Debug, Default)]
pub struct Reasons(BTreeMap<String, String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    topics: BTreeMap<String, String>,
}

impl Reasons {
    /// What comes with Waterline.
    pub fn built_in() -> Reasons {
        Reasons::default().and(BUILT_IN)
    }

    /// With what a content folder says. What cannot be read is left out.
    #[must_use]
    pub fn and(mut self, own: &str) -> Reasons {
        match toml::from_str::<File>(own) {
            Ok(file) => self.0.extend(file.topics),
            Err(error) => tracing::warn!(%error, "{FILE} cannot be read"),
        }
        self
    }

    /// Why this topic has none.
    pub fn of(&self, topic: &str) -> Option<&str> {
        self.0
            .get(topic)
            .map(String::as_str)
            .filter(|why| !why.is_empty())
    }

    /// All of them, by topic.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
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
    fn the_reasons_that_come_with_waterline_can_be_read() {
        assert!(Reasons::built_in().all().count() > 0);
    }
}
