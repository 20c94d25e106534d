//! Recordings: a host's answers, masked, kept in a file and replayed.
//!
//! `waterline record FILE` writes one; one is embedded and used, labelled, when
//! no engine answers; the fixtures of the tests are recordings too.

use super::answer::HostFacts;
use super::{Answer, Answers, Ask, Away, Scoped, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// The recording that comes with Waterline.
pub fn embedded() -> Arc<Recording> {
    static EMBEDDED: LazyLock<Arc<Recording>> = LazyLock::new(|| {
        let text = include_str!("recorded_host.json");
        // Part of the program, and read by a test.
        Arc::new(Recording::parse(text).expect("the embedded recording is one"))
    });
    Arc::clone(&EMBEDDED)
}

/// A host's answers, as they stand in a recording file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recording {
    /// When it was taken.
    pub recorded: Timestamp,
    /// The engine's own version, e.g. `20.10.24`.
    pub engine: String,
    /// The API version that was negotiated, e.g. `1.41`.
    pub api: String,
    /// The answers, masked, by [`Ask::path`].
    pub answers: BTreeMap<String, Arc<Value>>,
}

impl Recording {
    /// Reads a recording. The error says where the text is not one.
    pub fn parse(text: &str) -> Result<Recording, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// What every panel says of the host that was recorded.
    pub fn facts(&self) -> HostFacts {
        HostFacts {
            name: "recording".into(),
            endpoint: "a recording, comes with Waterline".into(),
            engine: self.engine.clone(),
            api: self.api.clone(),
            recorded: Some(self.recorded.strftime("%Y-%m-%d").to_string()),
        }
    }

    /// The recorded answer to `ask`.
    pub fn answer(&self, ask: &Ask) -> Result<Answer, Away> {
        let json = self
            .answers
            .get(&ask.path())
            .ok_or_else(|| Away::NotRecorded(ask.path()))?;
        Ok(Answer {
            json: Arc::clone(json),
            asked: self.recorded,
            state: State::Recorded,
        })
    }

    /// All answers that `asks` wants, asked until it names nothing new.
    pub fn gather(&self, asks: impl Fn(&Answers) -> Vec<Ask>) -> Answers {
        self.gather_as(self.facts(), asks)
    }

    /// The same, said of a host that the recording stands in for.
    pub fn gather_as(&self, host: HostFacts, asks: impl Fn(&Answers) -> Vec<Ask>) -> Answers {
        self.gather_through(host, asks, |_, told, _| told)
    }

    /// The same, of which only a sandbox's part is shown.
    pub fn gather_scoped(
        &self,
        host: HostFacts,
        asks: impl Fn(&Answers) -> Vec<Ask>,
        scoped: &mut Scoped,
    ) -> Answers {
        self.gather_through(host, asks, |ask, told, have| scoped.take(ask, told, have))
    }

    fn gather_through(
        &self,
        host: HostFacts,
        asks: impl Fn(&Answers) -> Vec<Ask>,
        mut through: impl FnMut(&Ask, Result<Answer, Away>, &Answers) -> Result<Answer, Away>,
    ) -> Answers {
        let mut have = Answers::from_host(host);
        loop {
            let new: Vec<Ask> = asks(&have)
                .into_iter()
                .filter(|ask| have.get(ask).is_none())
                .collect();
            if new.is_empty() {
                return have;
            }
            for ask in new {
                let answer = through(&ask, self.answer(&ask), &have);
                have.insert(ask, answer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recording_that_comes_with_waterline_holds_what_every_panel_asks() {
        let recording = embedded();
        for list in [Ask::Containers, Ask::Images, Ask::Networks] {
            let answer = recording.answer(&list).expect("a recorded list");
            let items = answer.json.as_array().expect("a list");
            assert!(items.len() > 3, "{list:?}");
            for item in items {
                let id = super::super::Id::new(item["Id"].as_str().expect("an id"));
                let id = id.expect("an id that can be asked");
                let whole = match list {
                    Ask::Containers => Ask::Container(id),
                    Ask::Images => Ask::Image(id),
                    _ => Ask::Network(id),
                };
                assert!(recording.answer(&whole).is_ok(), "{whole:?}");
            }
        }
        let info = recording.answer(&Ask::Info).expect("recorded");
        assert!(info.json["Driver"].is_string());
        assert_eq!(recording.facts().recorded.map(|day| day.len()), Some(10));
    }
}
