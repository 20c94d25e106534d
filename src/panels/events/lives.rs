//! Lives: a row for each container, from its creation to its removal, step by step.
//!
//! Steps stand at equal distances, since events come in bursts with hours between
//! them; where time passes, the gap says how much.

use super::facts::{Event, Kind, Past};
use serde::Serialize;

/// How many places the axis has, gaps among them, for the last steps.
const SLOTS: usize = 24;
/// How many containers.
const ROWS: usize = 8;
/// From how long on a gap is drawn between two steps, in seconds.
const GAP: i64 = 15;

/// How a container stands between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// Not there yet, or gone.
    None,
    /// It exists, and no process runs.
    Still,
    /// Its process 1 runs.
    Runs,
    /// Its processes are frozen.
    Frozen,
}

impl Stand {
    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Stand::None => "none",
            Stand::Still => "still",
            Stand::Runs => "runs",
            Stand::Frozen => "frozen",
        }
    }

    /// How it reads at the end of the row.
    pub fn word(self) -> &'static str {
        match self {
            Stand::None => "removed",
            Stand::Still => "does not run",
            Stand::Runs => "runs",
            Stand::Frozen => "frozen",
        }
    }
}

/// One step in a container's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// `create`
    Created,
    /// `start`
    Started,
    /// `kill`: a signal.
    Signal,
    /// `die`
    Ended,
    /// `pause`
    Paused,
    /// `unpause`
    Unpaused,
    /// `destroy`
    Removed,
}

impl Step {
    fn of(event: &Event) -> Option<Step> {
        if event.kind != Kind::Container {
            return None;
        }
        Some(match event.action.as_str() {
            "create" => Step::Created,
            "start" => Step::Started,
            "kill" => Step::Signal,
            "die" | "died" => Step::Ended,
            "pause" => Step::Paused,
            "unpause" => Step::Unpaused,
            "destroy" | "remove" => Step::Removed,
            _ => return None,
        })
    }

    /// How it is drawn.
    pub fn sign(self) -> &'static str {
        match self {
            Step::Created => "○",
            Step::Started | Step::Unpaused => "▶\u{fe0e}",
            Step::Signal => "◇",
            Step::Ended => "■",
            Step::Paused => "‖",
            Step::Removed => "✕",
        }
    }

    /// How it reads.
    pub fn word(self) -> &'static str {
        match self {
            Step::Created => "created",
            Step::Started => "started",
            Step::Signal => "sent a signal",
            Step::Ended => "ended",
            Step::Paused => "frozen",
            Step::Unpaused => "let go on",
            Step::Removed => "removed",
        }
    }

    fn before(self) -> Stand {
        match self {
            Step::Created => Stand::None,
            Step::Started | Step::Removed => Stand::Still,
            Step::Signal | Step::Ended | Step::Paused => Stand::Runs,
            Step::Unpaused => Stand::Frozen,
        }
    }

    fn after(self) -> Stand {
        match self {
            Step::Created | Step::Ended => Stand::Still,
            Step::Started | Step::Signal | Step::Unpaused => Stand::Runs,
            Step::Paused => Stand::Frozen,
            Step::Removed => Stand::None,
        }
    }
}

/// One place on the axis: a step of somebody, or time that passes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// How much time passes, in words, where this is a gap.
    pub gap: Option<String>,
}

/// What is drawn of one container in one slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// How it stands up to here.
    pub before: Stand,
    /// How it stands from here on.
    pub after: Stand,
    /// The step, if it is this container's.
    pub step: Option<Step>,
    /// The exit code of an end that is not 0.
    pub code: Option<i64>,
}

/// One container's row.
#[derive(Clone, Debug, Serialize)]
pub struct Life {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// A cell for each slot.
    pub cells: Vec<Cell>,
    /// Its steps as they read, oldest first, with their moments.
    pub steps: Vec<(i64, String)>,
    /// How it stands after the last.
    pub now: Stand,
}

/// The rows, and the axis that they share.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Lives {
    /// The places on the axis, oldest first.
    pub slots: Vec<Slot>,
    /// The rows: the container that something happened to last comes last.
    pub rows: Vec<Life>,
    /// Steps that are not drawn.
    pub left_out: usize,
}

/// Draws the last steps of `past`, those of one container if `only` names it.
pub fn lives(past: &Past, only: Option<&str>) -> Lives {
    let all: Vec<(&Event, Step)> = past
        .events
        .iter()
        .filter(|event| only.is_none_or(|id| event.id == id))
        .filter_map(|event| Some((event, Step::of(event)?)))
        .collect();
    let mut ids: Vec<&str> = Vec::new();
    let mut drawn: Vec<(&Event, Step)> = Vec::new();
    let mut room = SLOTS;
    for (event, step) in all.iter().rev() {
        let new = !ids.contains(&&*event.id);
        if new && ids.len() == ROWS {
            continue;
        }
        let later = drawn.last().map_or(event.at, |(later, _)| later.at);
        let places = if seconds(event.at, later) >= GAP {
            2
        } else {
            1
        };
        if room < places {
            break;
        }
        room -= places;
        if new {
            ids.push(&event.id);
        }
        drawn.push((event, *step));
    }
    drawn.reverse();
    ids.reverse();

    let mut slots = Vec::new();
    let mut places = Vec::new();
    let mut last: Option<i64> = None;
    for (event, _) in &drawn {
        let apart = seconds(last.unwrap_or(event.at), event.at);
        if apart >= GAP {
            slots.push(Slot {
                gap: Some(span(apart)),
            });
        }
        last = Some(event.at);
        places.push(slots.len());
        slots.push(Slot { gap: None });
    }
    let rows = ids
        .into_iter()
        .map(|id| row(id, past, &drawn, &places, slots.len()))
        .collect();
    Lives {
        rows,
        left_out: all.len() - drawn.len(),
        slots,
    }
}

fn row(id: &str, past: &Past, drawn: &[(&Event, Step)], places: &[usize], width: usize) -> Life {
    let own: Vec<(usize, &Event, Step)> = drawn
        .iter()
        .zip(places)
        .filter(|((event, _), _)| event.id == id)
        .map(|((event, step), place)| (*place, *event, *step))
        .collect();
    let mut stand = own
        .first()
        .map_or(Stand::None, |(_, _, step)| step.before());
    let mut next = own.iter().peekable();
    let mut cells = Vec::with_capacity(width);
    for place in 0..width {
        let before = stand;
        let step = next.next_if(|(at, _, _)| *at == place);
        if let Some((_, _, step)) = step {
            stand = step.after();
        }
        cells.push(Cell {
            before,
            after: stand,
            step: step.map(|(_, _, step)| *step),
            code: step.and_then(|(_, event, step)| {
                event.exit.filter(|code| *step == Step::Ended && *code != 0)
            }),
        });
    }
    Life {
        id: id.to_owned(),
        name: past.name(id),
        cells,
        steps: own
            .iter()
            .map(|(_, event, step)| {
                let detail = match (step, event.exit, event.signal) {
                    (Step::Ended, Some(code), _) => format!(" with exit code {code}"),
                    (Step::Signal, _, Some(signal)) => format!(" {signal}"),
                    _ => String::new(),
                };
                (event.at, format!("{}{detail}", step.word()))
            })
            .collect(),
        now: stand,
    }
}

/// From one moment to another.
fn seconds(from: i64, to: i64) -> i64 {
    to.saturating_sub(from) / 1_000_000_000
}

/// A span of time in its largest unit.
fn span(seconds: i64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}
