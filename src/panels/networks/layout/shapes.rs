//! What the picture is made of: buses, lines, boxes and words, placed.

use serde::Serialize;

/// The picture, as shapes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Layout {
    /// The width of everything.
    pub width: i32,
    /// Where the waterline cuts.
    pub line: i32,
    /// The height of everything.
    pub height: i32,
    /// Above the line.
    pub above: Shapes,
    /// Below it.
    pub below: Shapes,
}

/// Shapes, in the order in which they are painted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Shapes {
    /// Buses.
    pub buses: Vec<Bus>,
    /// Lines between things.
    pub lines: Vec<Line>,
    /// Boxes.
    pub boxes: Vec<Rect>,
    /// Rings of published ports: their centres.
    pub rings: Vec<(i32, i32)>,
    /// Everything written.
    pub texts: Vec<Text>,
}

/// A bus.
#[derive(Clone, Debug, Serialize)]
pub struct Bus {
    /// Its place in [`Scene::buses`].
    pub bus: usize,
    /// Its left end.
    pub x: i32,
    /// Its middle.
    pub y: i32,
    /// Its length.
    pub w: i32,
    /// Only addresses answer.
    pub hollow: bool,
}

/// A line: its path and its class.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// As SVG writes it.
    pub d: String,
    /// What it is, in the grammar of the pictures.
    pub class: &'static str,
    /// The part of its path along which it breaks what it crosses.
    pub over: Option<String>,
}

/// A box, or a part of one.
#[derive(Clone, Debug, Serialize)]
pub struct Rect {
    /// The unit it belongs to, by its place in [`Scene::units`].
    pub unit: usize,
    /// Left.
    pub x: i32,
    /// Top.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
    /// What it is, in the grammar of the pictures.
    pub class: &'static str,
}

/// Something written.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    /// Where it begins (or ends, where the class says `e`).
    pub x: i32,
    /// Its baseline.
    pub y: i32,
    /// How it is set.
    pub class: &'static str,
    /// What it says, cut to its place.
    pub text: String,
}

/// A name that more than one container answers to, told below a bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The bus it stands below, by its place in [`Scene::buses`].
    pub bus: usize,
    /// What is the matter; empty for a plain remark.
    pub alert: String,
    /// What follows from it.
    pub text: String,
}
