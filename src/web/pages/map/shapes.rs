//! What a map is drawn with: links with a frame and words, and ways between them.
//!
//! A way belongs to the link that it starts or ends at, so that pointing at a link, or
//! coming to it by keyboard, lights its ways without a script.

use crate::panels::words::{fit, plain};
use std::fmt::Write as _;

/// One drawing, in its own coordinates.
pub struct Drawing {
    pub width: i32,
    pub height: i32,
    /// Lines that lead nowhere: buses, and how topics stand in each other.
    pub rails: Vec<Path>,
    /// Words that are no link.
    pub words: Vec<Words>,
    pub nodes: Vec<Node>,
    /// The ways of the place that is marked, above all others.
    pub lit: Ways,
}

/// A line, by the class that draws it.
pub struct Path {
    pub class: &'static str,
    pub d: String,
}

/// One line of text.
pub struct Words {
    pub x: i32,
    pub y: i32,
    pub class: &'static str,
    pub text: String,
}

/// A link in a drawing.
#[derive(Default)]
pub struct Node {
    pub href: String,
    /// `here`, `wanted`, `head`, or nothing.
    pub class: &'static str,
    /// Its frame; what may be pointed at.
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
    pub words: Vec<Words>,
    /// The whole of a text that was cut.
    pub whole: Option<String>,
    pub ways: Ways,
    /// Drawn with another link, and here only to be lit.
    pub echo: Ways,
}

/// Ways with an arrow's tip at their end.
#[derive(Clone, Default)]
pub struct Ways {
    /// The lines to what is written.
    pub lines: String,
    /// The lines of more than three references.
    pub thick: String,
    /// The lines to what is wanted.
    pub wanted: String,
    pub tips: String,
}

impl Ways {
    pub fn add(&mut self, d: &str, wanted: bool, tip: &str) {
        let lines = if wanted {
            &mut self.wanted
        } else {
            &mut self.lines
        };
        lines.push_str(d);
        self.tips.push_str(tip);
    }

    pub fn is_empty(&self) -> bool {
        self.tips.is_empty()
    }

    pub fn and(&mut self, other: &Ways) {
        self.lines.push_str(&other.lines);
        self.thick.push_str(&other.thick);
        self.wanted.push_str(&other.wanted);
        self.tips.push_str(&other.tips);
    }
}

/// Which way a tip points.
#[derive(Clone, Copy)]
pub enum Towards {
    Right,
    Left,
    Up,
    Down,
}

/// An arrow's tip whose point is there.
pub fn tip(x: i32, y: i32, towards: Towards) -> String {
    match towards {
        Towards::Right => format!("M{x} {y}l-8-4v8z"),
        Towards::Left => format!("M{x} {y}l8-4v8z"),
        Towards::Up => format!("M{x} {y}l-4 8h8z"),
        Towards::Down => format!("M{x} {y}l-4-8h8z"),
    }
}

/// A way between two columns: level at both ends.
pub fn across(from: (i32, i32), to: (i32, i32)) -> String {
    let half = (to.0 - from.0) / 2;
    format!(
        "M{} {}C{} {} {} {} {} {}",
        from.0,
        from.1,
        from.0 + half,
        from.1,
        to.0 - half,
        to.1,
        to.0,
        to.1
    )
}

/// A way out to a track, along it, and back in.
pub fn bracket(x: i32, from: i32, track: i32, to: i32) -> String {
    let round = if to > from { 5 } else { -5 };
    let mut d = String::new();
    let _ = write!(
        d,
        "M{x} {from}H{}Q{track} {from} {track} {}V{}Q{track} {to} {} {to}H{}",
        track - 5,
        from + round,
        to - round,
        track - 5,
        x + 7
    );
    d
}

impl Words {
    pub fn new(x: i32, y: i32, class: &'static str, text: impl Into<String>) -> Words {
        Words {
            x,
            y,
            class,
            text: text.into(),
        }
    }
}

impl Node {
    /// A link in this frame.
    pub fn new(href: String, class: &'static str, (x, y, w, h): (i32, i32, i32, i32)) -> Node {
        Node {
            href,
            class,
            x,
            y,
            w,
            h,
            ..Node::default()
        }
    }

    /// With a text that is cut to `room` pixels of 13 px type.
    #[must_use]
    pub fn says(mut self, x: i32, y: i32, class: &'static str, text: &str, room: f64) -> Node {
        let shown = fit(text, room);
        if shown != plain(text) {
            self.whole = Some(crate::panels::words::short(text, 200));
        }
        self.words.push(Words::new(x, y, class, shown));
        self
    }
}

/// Tracks for spans, so that no two on a track touch: the shortest lie nearest. Gives each
/// span's track, and how many there are.
pub fn tracks(spans: &[(usize, usize)]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&at| (spans[at].1 - spans[at].0, spans[at]));
    let mut taken: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut of = vec![0; spans.len()];
    for at in order {
        let (from, to) = spans[at];
        let free = |others: &Vec<(usize, usize)>| others.iter().all(|o| o.1 < from || to < o.0);
        let track = taken.iter().position(free).unwrap_or(taken.len());
        if track == taken.len() {
            taken.push(Vec::new());
        }
        taken[track].push((from, to));
        of[at] = track;
    }
    (of, taken.len())
}

/// Places things of these heights in their order, each as near to its wish (its middle) as
/// the others allow, between `top` and `bottom` where they fit.
pub fn settled(things: &[(i32, i32)], top: i32, bottom: i32, gap: i32) -> Vec<i32> {
    let mut places = Vec::with_capacity(things.len());
    let mut free = top;
    for (height, wish) in things {
        let at = free.max(wish - height / 2);
        places.push(at);
        free = at + height + gap;
    }
    let needed: i32 = things.iter().map(|thing| thing.0 + gap).sum::<i32>() - gap;
    let mut limit = bottom.max(top + needed);
    for (at, (height, _)) in places.iter_mut().zip(things).rev() {
        *at = (*at).min(limit - height);
        limit = *at - gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_on_one_track_never_touch_and_short_ones_lie_nearest() {
        let spans = [(0, 9), (0, 1), (2, 3), (3, 4), (1, 2)];
        let (of, count) = tracks(&spans);
        for (a, one) in spans.iter().enumerate() {
            for (b, other) in spans.iter().enumerate().skip(a + 1) {
                let apart = one.1 < other.0 || other.1 < one.0;
                assert!(of[a] != of[b] || apart, "{one:?} and {other:?} touch");
            }
        }
        assert_eq!((of[1], of[2], count), (0, 0, 3), "{of:?}");
        assert_eq!(of[0], 2, "the longest lies outside");
    }

    #[test]
    fn things_keep_their_order_and_never_overlap() {
        let things = [(50, 10), (50, 20), (20, 300), (20, 310)];
        let places = settled(&things, 0, 320, 10);
        for (pair, things) in places.windows(2).zip(things.windows(2)) {
            assert!(pair[0] + things[0].0 + 10 <= pair[1], "{places:?}");
        }
        assert_eq!(places[0], 0);
        assert!(places[3] + 20 <= 320, "{places:?}");
        // More than there is room for: it grows downwards.
        assert_eq!(settled(&[(50, 0), (50, 0)], 0, 60, 10), [0, 60]);
        assert_eq!(settled(&[], 0, 60, 10), [0_i32; 0]);
    }
}
