//! The tops: containers, whose writable layer stands open above their image.

use crate::engine::{Answers, Ask};
use crate::panels::words;
use serde_json::Value;

/// Containers that are looked at: far more than can be drawn.
const MOST: usize = 5000;

/// A container, as far as this picture needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its name, without the leading slash.
    pub name: String,
    /// The id of the image it stands on.
    pub image: String,
    /// `running`, `exited`, `paused` …
    pub state: String,
    /// Bytes in its writable layer; `None` where the engine does not say.
    pub written: Option<u64>,
}

impl Container {
    /// Whether a process of it lives.
    pub fn alive(&self) -> bool {
        matches!(self.state.as_str(), "running" | "paused" | "restarting")
    }

    /// Its state in a word, where it does not run.
    pub fn pause(&self) -> Option<&'static str> {
        match self.state.as_str() {
            "running" => None,
            "paused" => Some("paused"),
            "restarting" => Some("restarting"),
            "created" => Some("not started"),
            _ => Some("stopped"),
        }
    }

    /// How much it wrote, in words.
    pub fn weight(&self) -> String {
        self.written
            .map_or_else(|| "size not told".into(), words::size)
    }
}

/// The ask that the containers come from: with sizes, or the plain list where the
/// engine would not measure. `None` while neither has been answered.
pub fn source(have: &Answers) -> Option<Ask> {
    [Ask::ContainerSizes, Ask::Containers]
        .into_iter()
        .find(|ask| have.json(ask).is_some())
}

/// Reads the containers, running ones first, then those that wrote most.
pub fn read(have: &Answers) -> Vec<Container> {
    let Some(json) = source(have).and_then(|ask| have.json(&ask)) else {
        return Vec::new();
    };
    let mut containers: Vec<Container> = json
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .take(MOST)
        .filter(|container| container.is_object())
        .map(|container| Container {
            name: name(container),
            image: container["ImageID"].as_str().unwrap_or_default().to_owned(),
            state: container["State"].as_str().unwrap_or_default().to_owned(),
            written: written(container),
        })
        .collect();
    containers
        .sort_by(|a, b| (b.alive(), b.written, &a.name).cmp(&(a.alive(), a.written, &b.name)));
    containers
}

fn name(container: &Value) -> String {
    let name = container["Names"][0].as_str().unwrap_or_default();
    match name.trim_start_matches('/') {
        "" => words::short_id(container["Id"].as_str().unwrap_or("(no name)")),
        name => words::short(name, 100),
    }
}

/// `SizeRw` is left out when it is 0, so the other size tells whether anything was
/// measured at all; an engine that gives null did not measure.
pub fn written(container: &Value) -> Option<u64> {
    match container.get("SizeRw") {
        Some(size) => size.as_u64(),
        None => container
            .get("SizeRootFs")
            .and_then(Value::as_u64)
            .map(|_| 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Answer, State};
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn nothing_written_and_not_told_are_two_things() {
        for (container, wrote) in [
            (json!({"SizeRootFs": 1985475}), Some(0)),
            (json!({"SizeRootFs": 4, "SizeRw": 3}), Some(3)),
            (json!({"SizeRootFs": null, "SizeRw": null}), None),
            (json!({}), None),
        ] {
            assert_eq!(written(&container), wrote, "{container}");
        }
    }

    #[test]
    fn running_containers_come_first_then_those_that_wrote_most() {
        let mut have = Answers::default();
        let json = json!([
            {"Names": ["/old"], "State": "exited", "SizeRw": 900, "ImageID": "sha256:a"},
            {"Names": ["/b"], "State": "running", "SizeRw": 1},
            {"Names": ["/a"], "State": "running", "SizeRw": 1},
            {"Names": ["/big"], "State": "running", "SizeRw": 70},
            null,
        ]);
        have.insert(
            Ask::ContainerSizes,
            Ok(Answer {
                json: Arc::new(json),
                asked: jiff::Timestamp::UNIX_EPOCH,
                state: State::Live,
            }),
        );
        let names: Vec<String> = read(&have).into_iter().map(|c| c.name).collect();
        assert_eq!(names, ["big", "a", "b", "old"]);
    }
}
