//! Drawings: a container's processes with the signal on its way, and the stopwatch.
//! Arithmetic only.

use super::process::Tree;
use super::stop::{Ends, Kind, Manner, Pids, Reaches, Stop, kind};
use crate::panels::room::{NARROW, Room};
use crate::panels::words;
use serde::Serialize;

/// Processes drawn of one container; more are counted.
const ROWS: usize = 6;
/// Deeper ones stand no further right than this.
const DEEPEST: usize = 4;
/// Measures, in pixels.
const TOP: f64 = 4.0;
const BAR_LEFT: f64 = 4.0;

/// The measures that a phone changes.
struct Measures {
    width: f64,
    left: f64,
    box_w: f64,
    box_h: f64,
    step: f64,
    indent: f64,
    /// The length of the longest bar, and the width of its picture.
    bar: f64,
}

impl Measures {
    fn of(room: Room) -> Measures {
        match room {
            Room::Broad => Measures {
                width: 360.0,
                left: 92.0,
                box_w: 132.0,
                box_h: 26.0,
                step: 34.0,
                indent: 20.0,
                bar: 210.0,
            },
            // The label stands below the name.
            Room::Narrow => Measures {
                width: NARROW,
                left: 84.0,
                box_w: 146.0,
                box_h: 42.0,
                step: 50.0,
                indent: 12.0,
                bar: 124.0,
            },
        }
    }
}

/// A process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Box {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// `tail`
    pub name: String,
    /// `PID 1, host 2099`
    pub label: String,
    /// Where that begins, and its base line.
    pub label_at: (f64, f64),
    /// Whether it is an init.
    pub init: bool,
    /// Whether it was halted.
    pub halted: bool,
}

/// A container's processes, and the signal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drawing {
    /// All of the picture's width.
    pub width: f64,
    /// And its height.
    pub height: f64,
    /// How wide and how high a process is drawn.
    pub size: (f64, f64),
    /// The processes.
    pub boxes: Vec<Box>,
    /// Lines from parents to children.
    pub links: Vec<String>,
    /// The way of the signal.
    pub signal: Vec<String>,
    /// The tip of an arrow, where somebody takes it.
    pub tip: Option<String>,
    /// A bar, where it is dropped.
    pub bar: Option<String>,
    /// Whether it is not known who takes it.
    pub unknown: bool,
    /// Its name, cut to its place.
    pub signal_name: String,
    /// Where that stands.
    pub signal_y: f64,
    /// Processes that are not drawn.
    pub more: usize,
}

/// Draws a container's processes.
pub fn drawing(manner: &Manner, tree: &Tree, stop: &Stop, room: Room) -> Drawing {
    let m = Measures::of(room);
    let shown = tree.rows.len().min(ROWS);
    let left = |depth: usize| m.left + m.indent * depth.min(DEEPEST) as f64;
    let top = |row: usize| TOP + m.step * row as f64;
    let middle = |row: usize| top(row) + m.box_h / 2.0;
    let mut boxes = Vec::new();
    let mut links = Vec::new();
    let mut child = None;
    for (row, (depth, process)) in tree.rows.iter().take(shown).enumerate() {
        let label = match (row, manner.pids) {
            (0, Pids::Own) => format!("PID 1, host {}", process.pid),
            _ => format!("host {}", process.pid),
        };
        boxes.push(Box {
            x: left(*depth),
            y: top(row),
            name: words::fit(&process.name, m.box_w - 18.0),
            label,
            label_at: match room {
                Room::Broad => (left(*depth) + m.box_w + 8.0, top(row) + 18.0),
                Room::Narrow => (left(*depth) + 9.0, top(row) + 35.0),
            },
            init: kind(&process.name) != Kind::Program,
            halted: process.halted,
        });
        let parent = (0..row).rev().find(|above| tree.rows[*above].0 < *depth);
        if let Some(parent) = parent {
            let x = left(tree.rows[parent].0) + 10.0;
            let path = format!(
                "M{x} {}V{}H{}",
                top(parent) + m.box_h,
                middle(row),
                left(*depth)
            );
            if parent == 0 && child.is_none() {
                child = Some((x, row, left(*depth)));
            }
            links.push(path);
        }
    }
    let y = middle(0);
    let arrow = |x: f64, y: f64| format!("M{x} {y}l-10 -6v12z");
    let drop_at = |x: f64, y: f64| format!("M{} {}v20", x, y - 10.0);
    let mut signal = Vec::new();
    let (mut tip, mut bar) = (None, None);
    match (stop.reaches, child) {
        (Reaches::Nobody, _) => {
            signal.push(format!("M2 {y}H{}", m.left - 14.0));
            bar = Some(drop_at(m.left - 12.0, y));
        }
        (Reaches::Child | Reaches::ChildDrops, Some((x, row, to))) => {
            let end = middle(row);
            signal.push(format!("M2 {y}H{}", m.left));
            if stop.reaches == Reaches::Child {
                signal.push(format!("M{x} {}V{end}H{}", top(0) + m.box_h, to - 6.0));
                tip = Some(arrow(to, end));
            } else {
                signal.push(format!("M{x} {}V{}", top(0) + m.box_h, end - 4.0));
                bar = Some(format!("M{} {}h16", x - 8.0, end - 2.0));
            }
        }
        _ => {
            signal.push(format!("M2 {y}H{}", m.left - 6.0));
            tip = Some(arrow(m.left, y));
        }
    }
    Drawing {
        width: m.width,
        height: TOP * 2.0 + m.step * shown as f64 - (m.step - m.box_h),
        size: (m.box_w, m.box_h),
        boxes,
        links,
        signal,
        tip,
        bar,
        unknown: stop.reaches == Reaches::Unknown,
        signal_name: words::fit(&manner.named, m.left - 8.0),
        signal_y: y - 7.0,
        more: tree.rows.len() - shown,
    }
}

impl Box {
    /// Where its name begins.
    pub fn text_x(&self) -> f64 {
        self.x + 9.0
    }

    /// The base line of its name.
    pub fn text_y(&self) -> f64 {
        self.y + 18.0
    }
}

/// How long a stop takes, drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Watch {
    /// Its length, in pixels.
    pub width: f64,
    /// How far it may reach, where that is not certain; 0 where it is.
    pub perhaps: f64,
    /// What it means.
    pub ends: Ends,
    /// What stands in it, where it is long enough.
    pub inside: String,
    /// What stands behind it.
    pub behind: String,
    /// Where that begins.
    pub behind_x: f64,
}

/// Draws the stopwatch of a stop, where `longest` seconds fill its whole length.
pub fn watch(manner: &Manner, stop: &Stop, longest: u64, room: Room) -> Watch {
    let share = match manner.wait {
        Some(wait) => wait as f64 / longest.max(1) as f64,
        None => 1.0,
    };
    let whole = (Measures::of(room).bar * share.min(1.0)).max(6.0);
    let (width, inside, behind) = match stop.ends {
        Ends::FullTime if manner.wait.is_none() => {
            (whole, "for ever".to_owned(), "no SIGKILL".to_owned())
        }
        Ends::FullTime => (whole, manner.span(), "SIGKILL, 137".to_owned()),
        Ends::AtOnce => (
            6.0,
            String::new(),
            match stop.exit.parse::<u32>() {
                Ok(code) => format!("at once, exit {code}"),
                Err(_) => format!("at once, exit code {}", stop.exit),
            },
        ),
        Ends::NotTold => (whole, "not told".to_owned(), String::new()),
    };
    let perhaps = if stop.perhaps { whole } else { 0.0 };
    let (inside, behind) = match stop.perhaps {
        true => (String::new(), "at once, or later".to_owned()),
        false => (inside, behind),
    };
    let fits = width > words::width(&inside) + 12.0;
    Watch {
        behind_x: BAR_LEFT
            + width.max(perhaps)
            + if stop.ends == Ends::FullTime {
                20.0
            } else {
                8.0
            },
        width,
        perhaps,
        ends: stop.ends,
        behind: if fits || inside.is_empty() {
            behind
        } else if behind.is_empty() {
            inside.clone()
        } else {
            format!("{inside}, {behind}")
        },
        inside: if fits { inside } else { String::new() },
    }
}

impl Watch {
    /// Where its end stands.
    pub fn end(&self) -> f64 {
        BAR_LEFT + self.width
    }

    /// Whether SIGKILL stands at its end.
    pub fn killed(&self) -> bool {
        self.ends == Ends::FullTime && !self.behind.starts_with("no ")
    }

    /// Whether nothing can be said.
    pub fn not_told(&self) -> bool {
        self.ends == Ends::NotTold
    }
}
