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

/// Takes out what is the whole host's and never rests.
fn settle(ask: &Ask, json: &mut Value) {
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
