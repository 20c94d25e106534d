//! Scene: where everything of the picture stands, in pixels.
//!
//! Above the waterline the container's glass with what it added, changed and deleted in
//! three lanes; below it the slabs of its image. From a changed file a thread goes down
//! to its original, through a hole one sees what it hides: both are still there.

use super::changes::{Change, Changes};
use crate::panels::layers::stack::Stack;
use crate::panels::room::{NARROW, Room};
use crate::panels::words;
use serde::Serialize;

/// The picture's width.
const WIDTH: f64 = 720.0;
const LANE: f64 = 232.0;
const LANES: [f64; 3] = [14.0, 252.0, 490.0];
/// Where the threads go down in a narrow picture, and how far to the right words reach.
const WELLS: [f64; 3] = [0.0, 256.0, 232.0];
const NARROW_END: f64 = 224.0;
/// From a heading to the first of its shapes, and where the first heading stands.
const HEAD: f64 = 18.0;
const FIRST: f64 = 58.0;
const ROW: f64 = 26.0;
/// Items drawn in a lane; the rest is counted.
const ROWS: usize = 6;
const NARROW_ROWS: usize = 4;
/// Slabs drawn; the lowest are folded into one.
const SLABS: usize = 7;
const SLAB: f64 = 27.0;

/// Everything placed.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Scene {
    /// How wide it is.
    pub width: f64,
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
    /// How far to the right the slabs' words reach.
    pub end: f64,
    /// What is written below the slabs.
    pub under: String,
    /// The same in lines, each with its baseline.
    pub under_lines: Vec<(f64, String)>,
}

/// One kind of change.
#[derive(Debug, PartialEq, Serialize)]
pub struct Lane {
    /// Its left edge.
    pub x: f64,
    /// The baseline of its heading.
    pub title_y: f64,
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
    /// The left edge of what it leads to, and how wide that is.
    pub well: (f64, f64),
    /// What lies at the thread's end.
    pub hidden: String,
    /// Where that is written, and in which class.
    pub hidden_at: (f64, f64, &'static str),
}

impl Lane {
    /// Where its thread goes down.
    pub fn thread_x(&self) -> f64 {
        self.well.0 + self.well.1 / 2.0
    }
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
    room: Room,
) -> Scene {
    let lists = [
        (&changes.added, "Added", 'A', ""),
        (&changes.changed, "Changed: copied up", 'C', "original"),
        (&changes.deleted, "Deleted: holes", 'D', "deleted file"),
    ];
    let narrow = room == Room::Narrow;
    let (width, most, end) = match room {
        Room::Broad => (WIDTH, ROWS, WIDTH - 14.0),
        Room::Narrow => (NARROW, NARROW_ROWS, NARROW_END),
    };
    // A row for what is counted and not drawn; in a lane of its own, none for nothing.
    let rows = |n: usize| n.min(most) + usize::from(n > most);
    let mut tops = [FIRST; 3];
    let mut bottom = FIRST;
    for (top, (list, ..)) in tops.iter_mut().zip(lists) {
        let high = ROW * rows(list.len()).max(usize::from(!narrow)) as f64;
        if narrow {
            *top = bottom;
            bottom += high + HEAD + 16.0;
        } else {
            bottom = bottom.max(FIRST + high);
        }
    }
    let line = if narrow { bottom - HEAD } else { bottom + 14.0 };
    let slabs = stack
        .map(|stack| slabs(stack, line, room))
        .unwrap_or_default();
    let floor = slabs.last().map_or(line + 8.0, |slab| slab.y + SLAB - 2.0);
    let hides =
        |list: &[Change], hidden: &str| !list.is_empty() && !hidden.is_empty() && !slabs.is_empty();
    // The inner thread's end is told first; what the outer one's says stands below that.
    let mut told = floor
        + 20.0
        + if hides(&changes.deleted, "D") {
            18.0
        } else {
            0.0
        };
    let mut lanes = Vec::new();
    for (at, (list, title, letter, hidden)) in lists.into_iter().enumerate() {
        let (x, top) = (if narrow { LANES[0] } else { LANES[at] }, tops[at]);
        let well = if narrow { (WELLS[at], 12.0) } else { (x, 16.0) };
        let items: Vec<Item> = list
            .iter()
            .take(most)
            .enumerate()
            .map(|(at, change)| Item {
                y: top + ROW * at as f64,
                text: tail(change, if narrow { end - x - 24.0 } else { LANE - 30.0 }),
            })
            .collect();
        let hides = hides(list, hidden);
        let rows = items.len() + usize::from(list.len() > items.len());
        let hidden_at = match (narrow, letter) {
            (false, _) => (x + 24.0, line + 29.0, "o1 halved"),
            (true, 'D') => (well.0 + well.1, floor + 20.0, "s q e"),
            (true, _) => (well.0 + well.1, told, "s q e"),
        };
        lanes.push(Lane {
            title_y: top - HEAD,
            title: match list.len() {
                0 => format!("{title}, none"),
                n => format!("{title}, {n}"),
            },
            more: match list.len() - items.len() {
                0 => String::new(),
                n => format!("and {n} more"),
            },
            more_y: top + ROW * items.len() as f64 + 13.0,
            thread: hides.then(|| match narrow {
                // From below the last shape; where more are counted, from the count.
                false => {
                    let from = FIRST + ROW * rows as f64 - 7.0;
                    format!("M{} {from}V{}", x + 8.0, line + 12.0)
                }
                // From the heading, out at the right and down.
                true => format!(
                    "M{} {}H{}V{}",
                    (x + words::width(&format!("{title}, {}", list.len())) + 12.0).round(),
                    top - HEAD - 4.0,
                    well.0 + well.1 / 2.0,
                    line + 12.0
                ),
            }),
            hidden: match (hides, list.len()) {
                (false, _) => String::new(),
                (true, 1) => format!("the {hidden}, hidden"),
                (true, n) => format!("{n} {hidden}s, hidden"),
            },
            hidden_at,
            well,
            items,
            letter,
            x,
        });
    }
    let under = match stack {
        Some(stack) => format!(
            "{image}: {}, read-only, the same for every container on it",
            words::count(stack.layers.len(), "layer")
        ),
        None => String::new(),
    };
    if narrow && hides(&changes.changed, "C") {
        told += 18.0;
    }
    let lines = match narrow {
        true => words::lines(&under, width),
        false => vec![under.clone()],
    };
    // In a broad picture nothing else stands below the slabs.
    let told = if narrow { told } else { floor + 20.0 };
    let under_lines: Vec<(f64, String)> = lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| (told + 16.0 * at as f64, line))
        .collect();
    let lowest = under_lines.last().map_or(floor + 20.0, |line| line.0);
    Scene {
        width,
        depth: lowest - line + 14.0,
        level: level(size_rw, line),
        under,
        under_lines,
        line,
        lanes,
        slabs,
        floor,
        end,
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

fn slabs(stack: &Stack, line: f64, room: Room) -> Vec<Slab> {
    let n = stack.layers.len();
    let label = if room == Room::Broad { 136.0 } else { 112.0 };
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
                [line] => words::fit(line.trim_end_matches([' ', '•']), label),
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
fn tail(change: &Change, room: f64) -> String {
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
