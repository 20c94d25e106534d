//! A map for a narrow window: one place below the other, and under each what it is bound to,
//! an arrow saying which way the reference goes.

use super::shapes::{Drawing, Node, Path, Towards, Ways, Words, tip};
use crate::web::pages::parts::thousands;

/// How wide it is, in its own pixels: as the narrowest window, so that 12 pixels stay 12.
const WIDTH: i32 = 290;
const ROW: i32 = 26;
/// Rows below one place, of either direction, on a map of a few places.
const ROWS: usize = 12;
/// Rows on the whole map.
const ALL: usize = 160;

/// A place.
pub struct Item {
    pub href: String,
    pub title: String,
    pub class: &'static str,
    pub depth: usize,
    pub rows: Vec<Row>,
}

/// What it is bound to.
pub struct Row {
    pub href: String,
    pub title: String,
    /// The note that the other end stands in, where that is another.
    pub small: Option<String>,
    /// The reference leads there; otherwise it comes from there.
    pub out: bool,
    pub wanted: bool,
}

/// The places as a stack.
pub fn stacked(items: &[Item]) -> Drawing {
    let most = (ALL / 2 / items.len().max(1)).clamp(3, ROWS);
    let mut drawing = Drawing {
        width: WIDTH,
        height: 0,
        rails: Vec::new(),
        words: Vec::new(),
        nodes: Vec::new(),
        lit: Ways::default(),
    };
    let mut y = 2;
    for item in items {
        let indent = 12 * item.depth.min(4) as i32;
        let here = item.class.starts_with("here");
        let height = if here { 46 } else { 30 };
        let x = indent + 2;
        let room = f64::from(WIDTH - x - 24);
        let mut node = Node::new(item.href.clone(), item.class, (x, y, WIDTH - x - 2, height))
            .says(x + 10, y + 20, "b", &item.title, room * 0.94);
        if here {
            node.words
                .push(Words::new(x + 10, y + 37, "s", "you are here"));
        }
        let first = drawing.nodes.len();
        let bus = x + 12;
        let top = y + height;
        y = top + 4;
        let mut ways = Ways::default();
        let mut last = top;
        for out in [false, true] {
            let rows = item.rows.iter().filter(|row| row.out == out);
            let count = rows.clone().count();
            for row in rows.take(most) {
                let tall = ROW + if row.small.is_some() { 14 } else { 0 };
                let middle = y + ROW / 2;
                let to = bus + 30;
                let (d, tip) = if out {
                    (
                        format!("M{bus} {middle}H{}", to - 6),
                        tip(to, middle, Towards::Right),
                    )
                } else {
                    (
                        format!("M{} {middle}H{to}", bus + 8),
                        tip(bus + 3, middle, Towards::Left),
                    )
                };
                ways.add(&d, row.wanted, &tip);
                let mut link = Node::new(
                    row.href.clone(),
                    if row.wanted && out { "wanted" } else { "" },
                    (to + 4, y, WIDTH - to - 6, tall),
                )
                .says(to + 10, y + 18, "", &row.title, f64::from(WIDTH - to - 20));
                if let Some(small) = &row.small {
                    let small = format!("in {small}");
                    let room = f64::from(WIDTH - to - 20) * 1.06;
                    let whole = link.whole.take();
                    link = link.says(to + 10, y + 33, "s q", &small, room);
                    link.whole = whole.or(link.whole);
                }
                drawing.nodes.push(link);
                last = middle;
                y += tall;
            }
            if count > most {
                let text = match out {
                    true => format!("and {} more it refers to", thousands(count - most)),
                    false => format!("and {} more that refer here", thousands(count - most)),
                };
                drawing
                    .words
                    .push(Words::new(bus + 40, y + 16, "s q", text));
                y += ROW;
            }
        }
        if last > top {
            let d = format!("M{bus} {top}V{last}");
            drawing.rails.push(Path { class: "bus", d });
        }
        // Its own link stands before the links below it.
        node.ways = ways;
        drawing.nodes.insert(first, node);
        y += 10;
    }
    drawing.height = y;
    drawing
}
