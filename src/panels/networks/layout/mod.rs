//! Where everything stands: buses with boxes hanging on them, as plain arithmetic.
//!
//! One coordinate system, [`WIDTH`] or [`NARROW`] wide, is cut in two at [`Layout::line`]: the host's
//! own network is drawn above it, Docker's networks below. A bus has a band: its
//! label, the bus, and rows of boxes. Gaps between columns are wide enough for the
//! lines that have to pass:
//!
//! 1. a box in a second row hangs on a line down the gap at its left;
//! 2. a box on two neighbouring buses lets a line down to the second;
//! 3. a line to a bus further down runs in a lane right of all boxes;
//! 4. a published port comes down the gap at the left of its box.
mod above;
mod bands;
mod boxes;
mod lettering;
mod shapes;

pub use shapes::{Bus, Layout, Line, Note, Rect, Shapes, Text};

use super::facts::{Container, Facts, Kind};
use super::scene::{Place, Scene, Unit};
use crate::panels::{room, words};

/// The width of the picture.
pub const WIDTH: i32 = 640;
/// The same for a phone.
pub const NARROW: i32 = room::NARROW as i32;
/// In a narrow picture: the least width of a box where two stand in a row.
const LEAST: i32 = 100;
/// Left of the first column; right of the last one without lanes.
const LEFT: i32 = 20;
const RIGHT: i32 = 8;
/// Between columns.
const GAP: i32 = 20;
/// Between lanes, and how many there are at most.
const LANE: i32 = 10;
const MOST_LANES: usize = 6;
/// Heights: a box with three lines, a further address, a box stuck below, a box with two lines.
const BOX: i32 = 64;
const PART: i32 = 40;
const STUCK: i32 = 38;
const SMALL: i32 = 40;
/// Lines in a box.
const LINE: i32 = 17;
/// From the top of a band to its bus, and from there to its first row.
const TO_BUS: i32 = 30;
const TO_ROW: i32 = 26;
/// Below a row.
const BELOW_ROW: i32 = 16;
/// Below a band.
const BELOW_BAND: i32 = 14;

/// Lays out `scene`, [`WIDTH`] or [`NARROW`] wide.
pub fn layout(facts: &Facts, scene: &Scene, notes: &[Note], width: i32) -> Layout {
    Plan::new(facts, scene, width).draw(notes)
}

struct Plan<'a> {
    facts: &'a Facts,
    scene: &'a Scene,
    width: i32,
    columns: i32,
    column: i32,
    /// Units stuck to each unit.
    stuck: Vec<Vec<usize>>,
    shapes: Shapes,
    /// Lines to buses further down: unit, bus, lane.
    lanes: Vec<(usize, usize, usize)>,
    /// Where each unit's column and box are, once placed: column, x, y.
    placed: Vec<Option<(i32, i32, i32)>>,
}

impl<'a> Plan<'a> {
    fn new(facts: &'a Facts, scene: &'a Scene, width: i32) -> Plan<'a> {
        let mut stuck = vec![Vec::new(); scene.units.len()];
        for (at, unit) in scene.units.iter().enumerate() {
            if let Place::Stuck(owner) = unit.place
                && let Some(list) = stuck.get_mut(owner)
            {
                list.push(at);
            }
        }
        let mut lanes = Vec::new();
        for (at, unit) in scene.units.iter().enumerate() {
            if unit.place == Place::Bus {
                let home = unit.wires[0];
                for bus in unit.wires.iter().skip(1).filter(|bus| **bus > home + 1) {
                    if lanes.len() < MOST_LANES {
                        lanes.push((at, *bus, lanes.len()));
                    }
                }
            }
        }
        let mut plan = Plan {
            facts,
            scene,
            width,
            columns: 4,
            column: 0,
            placed: vec![None; scene.units.len()],
            stuck,
            lanes,
            shapes: Shapes::default(),
        };
        if plan.narrow() {
            plan.columns = if plan.column_of(2) < LEAST { 1 } else { 2 };
            plan.column = plan.column_of(plan.columns);
            return plan;
        }
        plan.column = plan.column_of(4);
        let room = f64::from(plan.column - 18);
        let fits = |unit: &Unit| words::width(&words::short(&unit.label, 200)) <= room;
        if !scene.units.iter().all(fits) {
            plan.columns = 3;
            plan.column = plan.column_of(3);
        }
        plan
    }

    fn narrow(&self) -> bool {
        self.width < WIDTH
    }

    /// From the top of a band to its bus: in a narrow picture the subnet has its own line.
    fn to_bus(&self) -> i32 {
        TO_BUS + if self.narrow() { LINE } else { 0 }
    }

    fn column_of(&self, columns: i32) -> i32 {
        (self.width - LEFT - self.right() - (columns - 1) * GAP) / columns
    }

    fn right(&self) -> i32 {
        match i32::try_from(self.lanes.len()).unwrap_or(0) {
            0 => RIGHT,
            lanes => RIGHT + 6 + lanes * LANE,
        }
    }

    fn x(&self, column: i32) -> i32 {
        LEFT + column * (self.column + GAP)
    }

    /// The right end of all boxes.
    fn end(&self) -> i32 {
        self.x(self.columns - 1) + self.column
    }

    fn lane_x(&self, lane: usize) -> i32 {
        self.end() + 14 + LANE * i32::try_from(lane).unwrap_or(0)
    }

    fn unit(&self, at: usize) -> &'a Unit {
        &self.scene.units[at]
    }

    fn container(&self, at: usize) -> &'a Container {
        self.unit(at).first(self.facts)
    }

    /// The container whose network a unit uses.
    fn owner(&self, at: usize) -> &'a Container {
        let first = self.unit(at).members[0];
        &self.facts.containers[self.facts.stack(first).unwrap_or(first)]
    }

    /// How high a unit stands with all that is stuck to it.
    fn height(&self, at: usize) -> i32 {
        let unit = self.unit(at);
        let own = match unit.place {
            Place::Bus => BOX + PART * count(unit.wires.len().saturating_sub(1)),
            _ => SMALL,
        };
        own + STUCK * count(self.stuck[at].len())
    }

    /// The units that hang on a bus as their topmost.
    fn hanging(&self, bus: usize) -> Vec<usize> {
        (0..self.scene.units.len())
            .filter(|at| self.unit(*at).place == Place::Bus && self.unit(*at).wires[0] == bus)
            .collect()
    }

    fn hollow(&self, bus: usize) -> bool {
        let network = &self.facts.networks[self.scene.buses[bus]];
        network.kind == Kind::DefaultBridge || !network.icc
    }

    fn draw(mut self, notes: &[Note]) -> Layout {
        let ports = self.ports();
        let (line, above) = self.above(&ports);
        let mut y = line + 12;
        let mut bus_y = Vec::new();
        for bus in 0..self.scene.buses.len() {
            bus_y.push(y + self.to_bus());
            y = self.band(bus, y, notes);
        }
        self.drops(&bus_y);
        y = self.nowhere(y);
        for port in &ports {
            if let Some((_, x, box_y)) = self.placed[port.unit] {
                self.shapes.lines.push(Line {
                    d: format!("M{} {line}V{}H{x}", port.x, box_y + 12),
                    class: "drop hollow",
                    over: Some(format!("M{} {line}V{}", port.x, box_y + 8)),
                });
                self.shapes.rings.push((port.x, line + 7 + 10 * port.slot));
            }
        }
        Layout {
            width: self.width,
            line,
            height: y,
            above,
            below: self.shapes,
        }
    }
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
