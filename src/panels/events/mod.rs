//! The *events* panel: what has happened on the host, in plain words and as lives of
//! containers.
//!
//! Illustrates `<<Learning_Docker_Storage_Restart>>`: a container that stops is still
//! there, and goes on when it is started; one that is removed is not.

pub mod facts;
pub mod groups;
pub mod lives;
#[cfg(test)]
pub(super) mod tests;

use super::frame::{Frame, Moment, Picture};
use super::{NotTold, Panel, Scope, View, need, words};
use crate::engine::{Answers, Ask, Away};
use askama::Template;
use facts::{Past, REMEMBERED, moment};
use groups::{Group, groups};
use lives::{Lives, lives};
use serde::Serialize;

/// How many groups are told.
const TOLD: usize = 40;

/// What this panel asks a host.
pub fn asks(_: &View, _: &Answers) -> Vec<Ask> {
    vec![Ask::Events, Ask::Containers]
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/events.html")]
pub struct Events {
    #[serde(skip)]
    frame: Frame,
    /// How many events the engine gave.
    remembered: usize,
    /// When the first and the last of them were.
    #[serde(skip)]
    span: Option<(Moment, Moment)>,
    told: Vec<Told>,
    /// Groups that are not told, and how many events those are.
    folded: (usize, usize),
    lives: Lives,
    /// The container that the reader chose, and the way back.
    chosen: Option<String>,
    /// What the reader chose is not among the events.
    unknown: Option<String>,
}

/// A group as it is told.
#[derive(Clone, Debug, Serialize)]
struct Told {
    group: Group,
    #[serde(skip)]
    at: Moment,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Events, NotTold> {
    if facts::not_recorded(have) {
        return Err(NotTold::Away(Away::NotRecorded("events".into())));
    }
    need(have, &Ask::Events)?;
    let past = Past::read(have);
    let mut frame = Frame::new(Panel::Events, view, have);
    frame.cite(
        have,
        &Ask::Events,
        &["Type", "Action", "Actor.ID", "Actor.Attributes", "timeNano"],
    );
    frame.cite(have, &Ask::Containers, &["Id", "Names"]);

    let wanted = view.of.as_deref();
    let chosen = wanted.and_then(|wanted| find(&past, wanted));
    let mut groups = groups(&past);
    if let Some(id) = chosen.as_deref() {
        groups.retain(|group| group.container.as_deref() == Some(id));
    }
    let rest = groups.split_off(groups.len().min(TOLD));
    let events = &past.events;
    Ok(Events {
        frame,
        remembered: events.len(),
        span: match (events.first(), events.last()) {
            (Some(first), Some(last)) => Some((moment(first.at), moment(last.at))),
            _ => None,
        },
        told: groups
            .into_iter()
            .map(|group| Told {
                at: moment(group.at),
                group,
            })
            .collect(),
        folded: (rest.len(), rest.iter().map(|group| group.events).sum()),
        lives: lives(&past, chosen.as_deref()),
        unknown: wanted
            .filter(|_| chosen.is_none())
            .map(|wanted| words::short(wanted, 60)),
        chosen: chosen.map(|id| past.name(&id)),
    })
}

/// The container that the reader means: by what it is called here, or by its id.
fn find(past: &Past, wanted: &str) -> Option<String> {
    let mut ids = past
        .events
        .iter()
        .rev()
        .filter_map(|event| event.container());
    let is_id = wanted.len() >= 6 && wanted.bytes().all(|b| b.is_ascii_hexdigit());
    ids.find(|id| past.name(id) == wanted || (is_id && id.starts_with(wanted)))
        .map(str::to_owned)
}

impl Events {
    /// What answers the question: the last that happened, rather than was looked at.
    fn answer(&self) -> Option<&Told> {
        let changes = self.told.iter().find(|one| !one.group.routine);
        changes.or(self.told.first())
    }

    /// The panel that asks for processes, of the same host and scope.
    fn init(&self) -> String {
        self.frame.view.focus("").href(Panel::Init)
    }

    /// The same panel about one container.
    fn about(&self, id: &str) -> String {
        self.frame
            .view
            .focus(&words::short_id(id))
            .href(Panel::Events)
    }

    /// The same panel about all.
    fn about_all(&self) -> String {
        self.frame.view.focus("").href(Panel::Events)
    }

    /// Whether time passes anywhere on the axis.
    fn gaps(&self) -> bool {
        self.lives.slots.iter().any(|slot| slot.gap.is_some())
    }

    /// How many of the events that an engine remembers these are.
    fn memory(&self) -> String {
        match self.remembered {
            0 if self.frame.view.scope != Scope::Host => {
                "Of the events that this engine remembers, none is this sandbox's.".into()
            }
            n if self.frame.view.scope != Scope::Host => format!(
                "An engine remembers its last {REMEMBERED} events, everybody's together. Of those, {} are this sandbox's.",
                words::number(n)
            ),
            0 => {
                "This engine remembers no event: nothing has happened since it was started.".into()
            }
            n if n >= REMEMBERED => format!(
                "An engine remembers its last {REMEMBERED} events, and this one has as many: what was before them is forgotten."
            ),
            n => format!(
                "An engine remembers its last {REMEMBERED} events since it was started. This one has {}: all that happened since.",
                words::number(n)
            ),
        }
    }

    /// What is left out below the list.
    fn rest(&self) -> Option<String> {
        let (groups, events) = self.folded;
        (groups > 0).then(|| {
            let entries = if groups == 1 { "entry" } else { "entries" };
            format!(
                "{} earlier {entries} of {} are not shown.",
                words::capital(&words::number(groups)),
                words::count(events, "event")
            )
        })
    }
}

impl Picture for Events {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}
