//! Scene: where everything of the picture stands, in pixels.
//!
//! Above the waterline the container's glass with what it added, changed and deleted in
//! three lanes; below it the slabs of its image. From a changed file a thread goes down
//! to its original, through a hole one sees what it hides: both are still there.

use super::changes::{Change, Changes};
use crate::panels::layers::stack::Stack;
use crate::panels::words;
use serde::Serialize;

/// The picture's width.
pub const WIDTH: f64 = 720.0;
const LANE: f64 = 232.0;
const LANES: [f64; 3] = [14.0, 252.0, 490.0];
const FIRST: f64 = 58.0;
const ROW: f64 = 26.0;
/// Items drawn in a lane; the rest is counted.
const ROWS: usize = 6;
/// Slabs drawn; the lowest are folded into one.
const SLABS: usize = 7;
const SLAB: f64 = 27.0;

/// Everything placed.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Scene {
    /// Where the waterline is: the height of the upper half.
    pub line: f64,
    /// The height of the lower half.
    pub depth: f64,
    /// How high the glass stands full, from its bottom.
    pub level: f64,
    /// The lanes: added, changed, deleted.
    pub lanes: Vec<Lane>,
    /// The image's layers, top first.
    pub slabs: Vec<Slab>,
    /// The lower end of the slabs.
    pub floor: f64,
    /// What is written below the slabs.
    pub under: String,
}

/// One kind of change.
#[derive(Debug, PartialEq, Serialize)]
pub struct Lane {
    /// Its left edge.
    pub x: f64,
    /// Its heading.
    pub title: String,
    /// `A`, `C` or `D`.
    pub letter: char,
    /// What is drawn of it.
    pub items: Vec<Item>,
    /// How many more there are, in words.
    pub more: String,
    /// The baseline of that.
    pub more_y: f64,
    /// From the lane down to the originals, where there are any.
    pub thread: Option<String>,
    /// What lies at the thread's end.
    pub hidden: String,
}

/// One change in its lane.
#[derive(Debug, PartialEq, Serialize)]
pub struct Item {
    /// The top of its shape.
    pub y: f64,
    /// The end of its path.
    pub text: String,
}

/// One layer of the image.
#[derive(Debug, PartialEq, Serialize)]
pub struct Slab {
    /// Its top.
    pub y: f64,
    /// Its number from the bottom, or several.
    pub number: String,
    /// The line that made it.
    pub label: String,
    /// Its size.
    pub size: String,
    /// Whether it holds no bytes.
    pub empty: bool,
}

/// Places the changes above and the image below.
pub fn arrange(
    changes: &Changes,
    stack: Option<&Stack>,
    size_rw: Option<u64>,
    image: &str,
) -> Scene {
    let lists = [
        (&changes.added, "Added", 'A', ""),
        (&changes.changed, "Changed: copied up", 'C', "original"),
        (&changes.deleted, "Deleted: holes", 'D', "deleted file"),
    ];
    let most = lists.iter().map(|(list, ..)| list.len()).max().unwrap_or(0);
    let rows = most.min(ROWS) + usize::from(most > ROWS);
    let line = FIRST + ROW * rows.max(1) as f64 + 14.0;
    let slabs = stack.map(|stack| slabs(stack, line)).unwrap_or_default();
    let floor = slabs.last().map_or(line + 8.0, |slab| slab.y + SLAB - 2.0);
    let lanes = lists
        .into_iter()
        .zip(LANES)
        .map(|((list, title, letter, hidden), x)| {
            let items: Vec<Item> = list
                .iter()
                .take(ROWS)
                .enumerate()
                .map(|(at, change)| Item {
                    y: FIRST + ROW * at as f64,
                    text: end(change, LANE - 30.0),
                })
                .collect();
            let hides = !items.is_empty() && !hidden.is_empty() && !slabs.is_empty();
            Lane {
                title: match list.len() {
                    0 => format!("{title}, none"),
                    n => format!("{title}, {n}"),
                },
                more: match list.len() - items.len() {
                    0 => String::new(),
                    n => format!("and {n} more"),
                },
                more_y: FIRST + ROW * items.len() as f64 + 13.0,
                thread: hides.then(|| {
                    // From below the last shape; where more are counted, from the count.
                    let rows = items.len() + usize::from(list.len() > items.len());
                    let from = FIRST + ROW * rows as f64 - 7.0;
                    format!("M{} {from}V{}", x + 8.0, line + 12.0)
                }),
                hidden: match (hides, list.len()) {
                    (false, _) => String::new(),
                    (true, 1) => format!("the {hidden}, hidden"),
                    (true, n) => format!("{n} {hidden}s, hidden"),
                },
                items,
                letter,
                x,
            }
        })
        .collect();
    Scene {
        depth: floor - line + 34.0,
        level: level(size_rw, line),
        under: match stack {
            Some(stack) => format!(
                "{image}: {}, read-only, the same for every container on it",
                words::count(stack.layers.len(), "layer")
            ),
            None => String::new(),
        },
        line,
        lanes,
        slabs,
        floor,
    }
}

/// As in the layers picture: nothing for nothing, and never over the rim.
fn level(size_rw: Option<u64>, line: f64) -> f64 {
    match size_rw {
        None | Some(0) => 0.0,
        Some(bytes) => (4.0 + 5.5 * (bytes as f64 / 1e6).sqrt())
            .min(line - 34.0)
            .round(),
    }
}

fn slabs(stack: &Stack, line: f64) -> Vec<Slab> {
    let n = stack.layers.len();
    let single = if n > SLABS { SLABS - 1 } else { n };
    let place = |at: usize| line + 12.0 + SLAB * at as f64;
    let mut slabs: Vec<Slab> = stack
        .layers
        .iter()
        .enumerate()
        .rev()
        .take(single)
        .enumerate()
        .map(|(at, (index, layer))| Slab {
            y: place(at),
            number: (index + 1).to_string(),
            label: match layer.lines.as_slice() {
                [line] => words::fit(line.trim_end_matches([' ', '•']), 136.0),
                [] => String::new(),
                lines => format!("one of {} lines", lines.len()),
            },
            size: layer.size.map_or_else(|| "not told".into(), words::size),
            empty: layer.size == Some(0),
        })
        .collect();
    if n > single {
        let folded = &stack.layers[..n - single];
        let bytes = folded
            .iter()
            .try_fold(0u64, |sum, layer| Some(sum.saturating_add(layer.size?)));
        slabs.push(Slab {
            y: place(single),
            number: format!("1–{}", folded.len()),
            label: words::count(folded.len(), "layer"),
            size: bytes.map_or_else(|| "not told".into(), words::size),
            empty: bytes == Some(0),
        });
    }
    slabs
}

/// The end of a path tells more than its beginning.
fn end(change: &Change, room: f64) -> String {
    let more = match change.below {
        0 => String::new(),
        n => format!(", {n} in it"),
    };
    let room = room - words::width(&more);
    let path = words::plain(&words::short(&change.path, 300));
    let mut shown = path.clone();
    if words::width(&path) > room {
        let parts: Vec<&str> = path.split('/').collect();
        shown = (1..parts.len())
            .map(|at| format!("…/{}", parts[at..].join("/")))
            .find(|tail| words::width(tail) <= room)
            .unwrap_or_else(|| {
                let last = parts.last().copied().unwrap_or_default();
                words::fit(&format!("…/{last}"), room)
            });
    }
    format!("{shown}{more}")
}
