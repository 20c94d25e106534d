//! Scoped: what one sandbox is shown of a host.
//!
//! Each answer is narrowed to the sandbox's own objects and gets their typed names
//! ([`only`]). An answer whose part is the same as before stays the very same, its age
//! included: nothing of the sandbox's has changed since. So a picture need not be drawn
//! again because somebody else on the host did something.

use super::only::{Corner, only};
use super::{Answer, Answers, Ask, Away, State, Why};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What `/info` says of the whole host that changes with whatever anybody does.
const RESTLESS: [&str; 9] = [
    "Containers",
    "ContainersRunning",
    "ContainersPaused",
    "ContainersStopped",
    "Images",
    "NFd",
    "NGoroutines",
    "NEventsListener",
    "SystemTime",
];

/// What `/system/df` says of the whole host.
const TOTALS: [&str; 2] = ["LayersSize", "BuilderSize"];
const USAGES: [&str; 4] = [
    "ImageUsage",
    "ContainerUsage",
    "VolumeUsage",
    "BuildCacheUsage",
];

/// One sandbox's view of a host, with what it has been shown so far.
#[derive(Debug)]
pub struct Scoped {
    corner: Corner,
    seen: HashMap<Ask, Seen>,
}

/// What the host said, and what of it was shown.
#[derive(Debug)]
struct Seen {
    whole: Arc<Value>,
    shown: Answer,
}

impl Scoped {
    /// Nothing shown yet.
    pub fn new(corner: Corner) -> Scoped {
        Scoped {
            corner,
            seen: HashMap::new(),
        }
    }

    /// Whose view it is.
    pub fn corner(&self) -> &Corner {
        &self.corner
    }

    /// What the host said last to `ask`, whole.
    pub(super) fn whole(&self, ask: &Ask) -> Option<&Arc<Value>> {
        Some(&self.seen.get(ask)?.whole)
    }

    /// What is shown of what the host said; `have` is what was shown of other answers in
    /// the same round.
    pub fn take(
        &mut self,
        ask: &Ask,
        told: Result<Answer, Away>,
        have: &Answers,
    ) -> Result<Answer, Away> {
        let whole = told.inspect_err(|_| {
            self.seen.remove(ask);
        })?;
        let state = match (ask, &whole.state) {
            // Somebody on the host has changed something, as somebody always has. How old
            // these figures are stands beside them.
            (Ask::DiskUsage, State::Stale(Why::Changed)) => State::Live,
            (_, state) => state.clone(),
        };
        if let Some(id) = asked_by_id(ask)
            && !is_listed(id, have)
        {
            return Err(not_here(ask));
        }
        let before = self.seen.get(ask);
        let same = before.filter(|seen| Arc::ptr_eq(&seen.whole, &whole.json));
        let shown = match same {
            Some(seen) => Answer {
                state,
                ..seen.shown.clone()
            },
            None => {
                let mut json = only(ask, &whole.json, &self.corner).ok_or_else(|| not_here(ask))?;
                settle(ask, &mut json);
                let same = before.filter(|seen| *seen.shown.json == json);
                match same {
                    Some(seen) => Answer {
                        state,
                        ..seen.shown.clone()
                    },
                    None => Answer {
                        json: Arc::new(json),
                        asked: whole.asked,
                        state,
                    },
                }
            }
        };
        let seen = Seen {
            whole: whole.json,
            shown: shown.clone(),
        };
        self.seen.insert(ask.clone(), seen);
        Ok(shown)
    }

    /// Forgets what was not asked in this round.
    pub(super) fn forget_all_but(&mut self, have: &Answers) {
        self.seen.retain(|ask, _| have.get(ask).is_some());
    }
}

/// The id of an ask whose answer does not say whose it is.
fn asked_by_id(ask: &Ask) -> Option<&str> {
    match ask {
        Ask::Changes(id) | Ask::Top(id) | Ask::History(id) | Ask::Files(id) => Some(id.as_str()),
        _ => None,
    }
}

/// Whether one of the sandbox's lists names this id, in full or shortened to 12 or more
/// characters, or by its typed name.
fn is_listed(id: &str, have: &Answers) -> bool {
    let lists = [Ask::Containers, Ask::ContainerSizes, Ask::Images];
    let listed = lists.iter().filter_map(|list| have.json(list)?.as_array());
    let single = have.all().into_iter().filter_map(|(ask, told)| match ask {
        Ask::Container(_) | Ask::Sized(_) | Ask::Image(_) => Some(&*told.as_ref().ok()?.json),
        _ => None,
    });
    let ids: HashSet<&str> = listed
        .flatten()
        .chain(single)
        .flat_map(|item| [&item["Id"], &item["ImageID"]])
        .filter_map(Value::as_str)
        .collect();
    let bare = |id: &str| id.strip_prefix("sha256:").unwrap_or(id).to_owned();
    let wanted = bare(id);
    wanted.len() >= 12 && ids.iter().any(|listed| bare(listed).starts_with(&wanted))
}

/// What an engine would say of an object that is not there.
fn not_here(ask: &Ask) -> Away {
    let what = match ask {
        Ask::Image(_) | Ask::History(_) | Ask::Files(_) => "image",
        Ask::Network(_) => "network",
        _ => "container",
    };
    Away::Refused {
        status: 404,
        message: format!("no such {what} in this sandbox"),
    }
}

/// Takes out what is the whole host's and never rests, and ages in words, which grow.
fn settle(ask: &Ask, json: &mut Value) {
    match (ask, &mut *json) {
        (Ask::Containers | Ask::ContainerSizes, Value::Array(list)) => ageless(list),
        (Ask::DiskUsage, json) => {
            for pointer in ["/Containers", "/ContainerUsage/Items"] {
                if let Some(Value::Array(list)) = json.pointer_mut(pointer) {
                    ageless(list);
                }
            }
        }
        _ => {}
    }
    let Value::Object(object) = json else { return };
    match ask {
        Ask::Info => object.retain(|name, _| !RESTLESS.contains(&name.as_str())),
        Ask::DiskUsage => {
            object.retain(|name, _| !TOTALS.contains(&name.as_str()));
            for usage in USAGES {
                if let Some(Value::Object(usage)) = object.get_mut(usage) {
                    usage.retain(|name, _| name == "Items");
                }
            }
        }
        _ => {}
    }
}

/// `Up 3 minutes (healthy)` without its age: `Up (healthy)`.
fn ageless(containers: &mut [Value]) {
    for container in containers {
        if let Some(Value::String(status)) = container.get_mut("Status") {
            let mut kept: String = status.split(' ').next().unwrap_or_default().to_owned();
            for group in status.split('(').skip(1) {
                let inside = group.split(')').next().unwrap_or_default();
                kept.push_str(&format!(" ({inside})"));
            }
            *status = kept;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Id, Recording, SandboxId};
    use jiff::Timestamp;
    use serde_json::json;

    fn scoped() -> Scoped {
        let id = SandboxId::parse("k3x9q2ab").expect("an id");
        Scoped::new(Corner::from(id))
    }

    fn told(json: Value, second: i64) -> Result<Answer, Away> {
        Ok(Answer {
            json: Arc::new(json),
            asked: Timestamp::from_second(second).expect("a time"),
            state: State::Live,
        })
    }

    fn list(status: &str, others: usize) -> Value {
        let line = |name: &str, sandbox: &str| {
            json!({"Id": "c".repeat(64), "Names": [format!("/wl-{sandbox}-{name}")], "Status": status,
                   "Labels": {"wl.instance": "inst00000001", "wl.sandbox": sandbox, "wl.name": name}})
        };
        let others = (0..others).map(|n| line(&format!("c{n}"), "zz00yy11"));
        Value::Array(
            [line("web", "k3x9q2ab")]
                .into_iter()
                .chain(others)
                .collect(),
        )
    }

    #[test]
    fn an_answer_with_nothing_new_of_ones_own_stays_the_very_same_with_its_age() {
        let (mut scoped, none) = (scoped(), Answers::default());
        let ask = Ask::Containers;
        let first = scoped.take(&ask, told(list("Up 2 seconds", 0), 1), &none);
        let first = first.expect("an answer");
        assert_eq!(first.json[0]["Names"], json!(["/web"]));
        assert_eq!(first.json[0]["Status"], "Up");
        let later = scoped.take(&ask, told(list("Up 3 minutes", 2), 2), &none);
        let later = later.expect("an answer");
        assert!(Arc::ptr_eq(&first.json, &later.json));
        assert_eq!(later.asked, first.asked);
        let changed = scoped.take(&ask, told(list("Exited (137) 2 hours ago", 2), 3), &none);
        let changed = changed.expect("an answer");
        assert_eq!(changed.json[0]["Status"], "Exited (137)");
        assert_ne!(changed.asked, first.asked);
        let away = scoped.take(&ask, Err(Away::Silent(3)), &none);
        assert_eq!(away.err(), Some(Away::Silent(3)));
    }

    #[test]
    fn what_does_not_say_whose_it_is_is_told_only_of_what_a_list_names() {
        let (mut scoped, mut have) = (scoped(), Answers::default());
        let own = Ask::Changes(Id::new(&"c".repeat(64)).expect("an id"));
        let foreign = Ask::Changes(Id::new(&"d".repeat(64)).expect("an id"));
        let changes = || told(json!([{"Path": "/x", "Kind": 1}]), 1);
        assert!(scoped.take(&own, changes(), &have).is_err(), "no list yet");
        let listed = scoped.take(&Ask::Containers, told(list("Up", 0), 1), &have);
        have.insert(Ask::Containers, listed);
        assert!(scoped.take(&own, changes(), &have).is_ok());
        let refused = scoped.take(&foreign, changes(), &have);
        assert!(matches!(refused, Err(Away::Refused { status: 404, .. })));
    }

    #[test]
    fn what_the_whole_host_does_all_the_time_is_left_out() {
        let text = include_str!("recorded_sandbox.json");
        let recording = Recording::parse(text).expect("a recording");
        let (mut scoped, none) = (scoped(), Answers::default());
        let info = scoped.take(&Ask::Info, recording.answer(&Ask::Info), &none);
        let info = info.expect("an answer").json;
        assert!(info["ContainersRunning"].is_null() && info["SystemTime"].is_null());
        assert_eq!(info["Driver"], "overlay2");
        let usage = scoped.take(&Ask::DiskUsage, recording.answer(&Ask::DiskUsage), &none);
        let usage = usage.expect("an answer").json;
        assert!(usage["LayersSize"].is_null());
        assert_eq!(usage["Volumes"].as_array().map(Vec::len), Some(1));
        assert_eq!(usage["Images"].as_array().map(Vec::len), Some(3));
    }
}
