//! The map of one note for a wide window: the topics in the middle, and a column on either
//! side.

use super::{Group, HEAD, ROW, Scene, Side};
use crate::notebook::Way;
use crate::web::pages::map::shapes::{
    Drawing, Node, Path, Towards, Ways, Words, across, bracket, settled, tip, tracks,
};
use crate::web::pages::map::{href_of, is_demo, map_url, title_of};
use crate::web::pages::note_url;
use crate::web::pages::parts::counted;

/// Tracks for references inside the note.
const TRACKS: usize = 12;
/// How wide the drawing is, in its own pixels.
const WIDTH: i32 = 960;
const TOP: i32 = 44;
/// Between two ways where they meet a place.
const PORT: i32 = 8;
/// Between the middle and a side.
const GAP: i32 = 84;

/// Where a place of the middle stands: left, top, width, height.
type Frame = (i32, i32, i32, i32);

/// References from one place of the middle to another, each with its track.
struct Inner {
    ways: Vec<(usize, usize)>,
    of: Vec<usize>,
    /// How many tracks are drawn.
    tracks: i32,
}

/// The drawing as far as it has come.
struct Wide<'a> {
    scene: &'a Scene,
    /// How wide a side is.
    side: i32,
    /// Where the middle begins and ends.
    left: i32,
    right: i32,
    /// How wide the tracks beside the middle are.
    zone: i32,
    frames: Vec<Frame>,
    bottom: i32,
    nodes: Vec<Node>,
    words: Vec<Words>,
    rails: Vec<Path>,
    /// Of each place in the middle.
    ways: Vec<Ways>,
}

/// The whole drawing. What it has no room for is told in `left_out`.
pub(super) fn drawing(
    scene: &Scene,
    led: &[Side<'_>],
    leads: &[Side<'_>],
    left_out: &mut Vec<String>,
) -> Drawing {
    let inner = Inner::of(scene, left_out);
    let mut wide = Wide::new(scene, inner.tracks, led, leads);
    wide.heads();
    wide.nests();
    wide.inside(&inner);
    wide.side(led, true);
    wide.side(leads, false);
    let lit = wide.middle();
    if led.is_empty() {
        let text = "nobody else, so far";
        let words = Words::new(wide.side, TOP + 18, "s q e", text);
        wide.words.push(words);
    }
    if leads.is_empty() && !scene.is_wanted() {
        let text = "nothing outside of it";
        let words = Words::new(WIDTH - wide.side, TOP + 18, "s q", text);
        wide.words.push(words);
    }
    Drawing {
        width: WIDTH,
        height: wide.bottom + 8,
        rails: wide.rails,
        words: wide.words,
        nodes: wide.nodes,
        lit,
    }
}

impl Inner {
    fn of(scene: &Scene, left_out: &mut Vec<String>) -> Inner {
        let mut inner: Vec<(usize, usize)> = Vec::new();
        for (from, place) in scene.places.iter().enumerate() {
            let ways = place.leads_to.iter().filter_map(|way| scene.inside(way));
            inner.extend(ways.filter(|to| *to != from).map(|to| (from, to)));
        }
        let spans: Vec<_> = inner.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
        let (of, count) = tracks(&spans);
        let folded = of.iter().filter(|track| **track >= TRACKS).count();
        if folded > 0 {
            let (one, many) = (
                "reference inside this note is not drawn",
                "references inside this note are not drawn",
            );
            left_out.push(format!("{}.", counted(folded, one, many)));
        }
        Inner {
            ways: inner,
            of,
            tracks: count.min(TRACKS) as i32,
        }
    }
}

impl<'a> Wide<'a> {
    fn new(scene: &'a Scene, tracks: i32, led: &[Side<'_>], leads: &[Side<'_>]) -> Wide<'a> {
        let zone = if tracks > 0 { 12 + 10 * tracks } else { 0 };
        let side = (WIDTH - 2 * GAP - zone) * 31 / 100;
        let mut wide = Wide {
            scene,
            side,
            left: side + GAP,
            right: WIDTH - side - GAP - zone,
            zone,
            frames: Vec::new(),
            bottom: 0,
            nodes: Vec::new(),
            words: Vec::new(),
            rails: Vec::new(),
            ways: scene.places.iter().map(|_| Ways::default()).collect(),
        };
        wide.place_the_middle(led, leads);
        wide
    }

    fn centre(&self, place: usize) -> i32 {
        self.frames[place].1 + self.frames[place].3 / 2
    }

    /// The more is bound to a place, the taller it stands, and all of them together are as
    /// tall as the sides, where that is not much more.
    fn place_the_middle(&mut self, led: &[Side<'_>], leads: &[Side<'_>]) {
        let scene = self.scene;
        let heights: Vec<i32> = (0..scene.places.len())
            .map(|index| {
                let bound = |sides: &[Side<'_>]| {
                    let bound = sides.iter().filter(|side| side.bound.contains(&index));
                    bound.count() as i32
                };
                let least = if scene.here == Some(index) { 44 } else { 28 };
                (14 + PORT * bound(led).max(bound(leads))).clamp(least, 140)
            })
            .collect();
        let none = |_: usize| 0;
        let tall = |sides: &[Side<'_>]| -> i32 {
            let groups = groups(sides, &none);
            groups.iter().map(|(_, size, _)| size + 14).sum::<i32>() - 34
        };
        let middle = heights.iter().sum::<i32>() + 12 * (heights.len() as i32 - 1);
        let spare = (tall(led).max(tall(leads)) - middle).max(0);
        let apart = 12 + (spare / heights.len().max(1) as i32).min(44);
        let mut y = TOP + (spare - (apart - 12) * (heights.len() as i32 - 1)).max(0) / 2;
        for (place, height) in scene.places.iter().zip(&heights) {
            let indent = 16 * place.depth.min(4) as i32;
            let width = self.right - self.left - indent;
            self.frames.push((self.left + indent, y, width, *height));
            y += height + apart;
        }
        self.bottom = (y - apart).max(TOP + middle + spare);
    }

    /// What stands above the three columns.
    fn heads(&mut self) {
        let (side, left, right) = (self.side, self.left, self.right);
        self.words.push(Words::new(side, 16, "q e", "Refers here"));
        self.words.push(match self.scene.is_wanted() {
            true => Words::new(left, 16, "q", "Wanted"),
            false => Words::new(WIDTH - side, 16, "q", "Is referred to"),
        });
        if let Some(note) = &self.scene.note {
            let room = f64::from(right - left) * 0.94;
            let node = Node::new(note_url(&note.path), "head", (left, 0, right - left, HEAD));
            self.nodes.push(node.says(left, 16, "b", &note.title, room));
        }
    }

    /// How topics stand in each other.
    fn nests(&mut self) {
        let places = &self.scene.places;
        for (index, place) in places.iter().enumerate() {
            let parent = (0..index).rev().find(|at| places[*at].depth < place.depth);
            if let (Some(parent), true) = (parent, place.depth > 0 && place.depth <= 4) {
                let x = self.frames[parent].0 + 8;
                let from = self.frames[parent].1 + self.frames[parent].3;
                let d = format!(
                    "M{x} {from}V{}H{}",
                    self.centre(index),
                    self.frames[index].0
                );
                self.rails.push(Path { class: "nest", d });
            }
        }
    }

    /// Ways inside: they leave at the lower and arrive at the upper part of a frame.
    fn inside(&mut self, inner: &Inner) {
        let right = self.right;
        for (&(from, to), &track) in inner.ways.iter().zip(&inner.of) {
            if track >= TRACKS {
                continue;
            }
            let (leaves, arrives) = (self.frames[from], self.frames[to].1 + 6);
            let leaves = leaves.1 + leaves.3 - 6;
            let d = bracket(right, leaves, right + 14 + 10 * track as i32, arrives);
            self.ways[from].add(&d, false, &tip(right + 1, arrives, Towards::Left));
        }
    }

    /// One of the columns beside the middle, and its ways.
    fn side(&mut self, sides: &[Side<'_>], is_left: bool) {
        let groups = groups(sides, &|place| self.centre(place));
        let sizes: Vec<(i32, i32)> = groups
            .iter()
            .map(|(_, size, wish)| (*size, *wish))
            .collect();
        let tops = settled(&sizes, TOP - 20, self.bottom, 14);
        let mut rows = vec![0; sides.len()];
        for ((range, ..), top) in groups.iter().zip(&tops) {
            for (row, at) in range.clone().enumerate() {
                rows[at] = top + HEAD + ROW * row as i32 + ROW / 2;
            }
        }
        let echo = self.ties(sides, &rows, is_left);
        for ((range, size, _), top) in groups.iter().zip(&tops) {
            self.bottom = self.bottom.max(top + size);
            self.head_of(sides[range.start].way, *top, *size, is_left);
            for at in range.clone() {
                let mut node = self.outside(sides[at].way, rows[at], is_left);
                node.echo = echo[at].clone();
                self.nodes.push(node);
            }
        }
    }

    /// Draws each way between a column and the middle. Gives each row's own once more.
    fn ties(&mut self, sides: &[Side<'_>], rows: &[i32], is_left: bool) -> Vec<Ways> {
        // Where each way meets its place in the middle.
        let mut meets: Vec<Vec<(i32, usize)>> = vec![Vec::new(); self.frames.len()];
        for (at, side) in sides.iter().enumerate() {
            for place in &side.bound {
                meets[*place].push((rows[at], at));
            }
        }
        let mut echo: Vec<Ways> = sides.iter().map(|_| Ways::default()).collect();
        for (place, meets) in meets.iter_mut().enumerate() {
            meets.sort_unstable();
            let (x, top, _, height) = self.frames[place];
            let inside = if is_left { 10 } else { 20 };
            let step = ((height - inside) / meets.len().max(1) as i32).clamp(1, PORT);
            let first = self.centre(place) - step * (meets.len() as i32 - 1) / 2;
            for (number, (row, at)) in meets.iter().enumerate() {
                let port = (first + step * number as i32).clamp(top + 3, top + height - 3);
                let (d, tip) = match is_left {
                    true => self.tie_in((x - 1, port), *row),
                    false => self.tie_out(port, *row),
                };
                let wanted = sides[*at].way.note.is_none() || self.scene.is_wanted();
                self.ways[place].add(&d, wanted, &tip);
                echo[*at].add(&d, wanted, &tip);
            }
        }
        echo
    }

    /// A way from a row on the left to a place, with its tip.
    fn tie_in(&self, to: (i32, i32), row: i32) -> (String, String) {
        let d = across((self.side, row), (to.0 - 6, to.1));
        (d, tip(to.0, to.1, Towards::Right))
    }

    /// A way from a place to a row on the right: straight past the tracks first.
    fn tie_out(&self, port: i32, row: i32) -> (String, String) {
        let past = self.right + self.zone;
        let to = (WIDTH - self.side - 8, row);
        let curve = across((past, port), to);
        let curve = &curve[curve.find('C').unwrap_or(0)..];
        let d = format!("M{} {port}H{past}{curve}", self.right);
        (d, tip(to.0 + 7, to.1, Towards::Right))
    }

    /// What stands above the rows of one note, and the bus that they hang on.
    fn head_of(&mut self, way: &Way, top: i32, size: i32, is_left: bool) {
        let side = self.side;
        let (from, x, text, class) = match is_left {
            true => (0, side + 2, side - 10, "s q e"),
            false => (WIDTH - side, WIDTH - side - 2, WIDTH - side + 10, "s q"),
        };
        self.rails.push(Path {
            class: match way.note {
                None => "bus hollow",
                Some(_) => "bus",
            },
            d: format!("M{x} {}V{}", top + HEAD + 2, top + size),
        });
        let (href, title, room) = match Group::of(way) {
            Group::Note(note) => (map_url(&note.path), &*note.title, side - 12),
            Group::Demos => ("/demos".to_owned(), "Demos", side),
            Group::Wanted => {
                self.words.push(Words::new(text, top + 15, class, "Wanted"));
                return;
            }
        };
        let node = Node::new(href, "head", (from, top, side, HEAD));
        let node = node.says(text, top + 15, class, title, f64::from(room));
        self.nodes.push(node);
    }

    /// A place of a column.
    fn outside(&self, way: &Way, row: i32, is_left: bool) -> Node {
        let (side, y) = (self.side, row - ROW / 2);
        let (frame, text, class) = match is_left {
            true => ((0, y, side - 6, ROW), side - 10, "e"),
            false => ((WIDTH - side + 4, y, side - 4, ROW), WIDTH - side + 10, ""),
        };
        let wanted = if way.note.is_none() { "wanted" } else { "" };
        let room = f64::from(side - 20);
        Node::new(href_of(way), wanted, frame).says(text, row + 5, class, &side_title(way), room)
    }

    /// The places of the middle, last: their ways lie above the columns. The ways of the
    /// marked one.
    fn middle(&mut self) -> Ways {
        let mut lit = Ways::default();
        for (index, (place, ways)) in self
            .scene
            .places
            .iter()
            .zip(std::mem::take(&mut self.ways))
            .enumerate()
        {
            let frame = self.frames[index];
            let here = self.scene.here == Some(index);
            let class = match (here, self.scene.is_wanted()) {
                (true, true) => "here wanted",
                (true, false) => "here",
                _ if place.topic.is_none() => "text",
                _ => "place",
            };
            let room = f64::from(frame.2 - 20);
            let mut node = Node::new(self.scene.href(place), class, frame).says(
                frame.0 + 10,
                frame.1 + frame.3 / 2 + if here { -4 } else { 5 },
                if here { "b" } else { "" },
                &self.scene.title(place),
                if here { room * 0.94 } else { room },
            );
            if here {
                node.words.push(Words::new(
                    frame.0 + 10,
                    frame.1 + frame.3 / 2 + 14,
                    "s",
                    "you are here",
                ));
                lit.and(&ways);
            }
            node.ways = ways;
            self.nodes.push(node);
        }
        lit
    }
}

/// What a place outside is called where it stands under its note.
fn side_title(way: &Way) -> String {
    match (&way.topic, &way.note) {
        (None, Some(note)) if !is_demo(note) => "outside of its topics".to_owned(),
        _ => title_of(way),
    }
}

/// The runs of one note among the sides: which, how high, and where they would like to be.
fn groups(
    sides: &[Side<'_>],
    centre: &impl Fn(usize) -> i32,
) -> Vec<(std::ops::Range<usize>, i32, i32)> {
    let mut groups = Vec::new();
    let mut from = 0;
    for run in sides.chunk_by(|a, b| Group::of(a.way) == Group::of(b.way)) {
        let ends: Vec<i32> = run
            .iter()
            .flat_map(|side| side.bound.iter().map(|place| centre(*place)))
            .collect();
        let wish = ends.iter().sum::<i32>() / (ends.len().max(1) as i32);
        let size = HEAD + ROW * run.len() as i32;
        groups.push((from..from + run.len(), size, wish));
        from += run.len();
    }
    groups
}
