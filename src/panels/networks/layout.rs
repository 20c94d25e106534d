//! Where everything stands: buses with boxes hanging on them, as plain arithmetic.
//!
//! One coordinate system, [`WIDTH`] wide, is cut in two at [`Layout::line`]: the host's
//! own network is drawn above it, Docker's networks below. A bus has a band: its
//! label, the bus, and rows of boxes. Gaps between columns are wide enough for the
//! lines that have to pass:
//!
//! 1. a box in a second row hangs on a line down the gap at its left;
//! 2. a box on two neighbouring buses lets a line down to the second;
//! 3. a line to a bus further down runs in a lane right of all boxes;
//! 4. a published port comes down the gap at the left of its box.

use super::facts::{Attachment, Container, Facts, Kind, Mode};
use super::scene::{Place, Scene, Unit};
use crate::panels::words;
use serde::Serialize;

/// The width of the picture.
pub const WIDTH: i32 = 640;
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

/// Lays out `scene`.
pub fn layout(facts: &Facts, scene: &Scene, notes: &[Note]) -> Layout {
    Plan::new(facts, scene).draw(notes)
}

/// Cuts `text` to `px` pixels, keeping its end: names differ there.
fn fit_name(text: &str, px: i32) -> String {
    let px = f64::from(px);
    let clean = words::short(text, 200);
    if words::width(&clean) <= px {
        return clean;
    }
    let chars: Vec<char> = clean.chars().collect();
    (2..chars.len())
        .rev()
        .map(|kept| {
            let tail = kept / 2;
            let head: String = chars[..kept - tail].iter().collect();
            let tail: String = chars[chars.len() - tail..].iter().collect();
            format!("{head}…{tail}")
        })
        .find(|cut| words::width(cut) <= px)
        .unwrap_or_else(|| "…".into())
}

/// Cuts a text in 12 px type to `px` pixels.
fn fit_small(text: &str, px: i32) -> String {
    words::fit(text, f64::from(px) * 13.0 / 12.0)
}

/// Cuts an address to `px` pixels: 12 px of a fixed width, 7.3 each and some slack.
fn fit_code(text: &str, px: i32) -> String {
    words::short(text, usize::try_from(px / 8).unwrap_or(0).max(3))
}

struct Plan<'a> {
    facts: &'a Facts,
    scene: &'a Scene,
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
    fn new(facts: &'a Facts, scene: &'a Scene) -> Plan<'a> {
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
            columns: 4,
            column: 0,
            placed: vec![None; scene.units.len()],
            stuck,
            lanes,
            shapes: Shapes::default(),
        };
        plan.column = plan.column_of(4);
        let room = f64::from(plan.column - 18);
        let fits = |unit: &Unit| words::width(&words::short(&unit.label, 200)) <= room;
        if !scene.units.iter().all(fits) {
            plan.columns = 3;
            plan.column = plan.column_of(3);
        }
        plan
    }

    fn column_of(&self, columns: i32) -> i32 {
        (WIDTH - LEFT - self.right() - (columns - 1) * GAP) / columns
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

    fn draw(mut self, notes: &[Note]) -> Layout {
        let ports = self.ports();
        let (line, above) = self.above(&ports);
        let mut y = line + 12;
        let mut bus_y = Vec::new();
        for bus in 0..self.scene.buses.len() {
            bus_y.push(y + TO_BUS);
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
            width: WIDTH,
            line,
            height: y,
            above,
            below: self.shapes,
        }
    }

    /// Which columns published ports come down in. A gap has room for two; what does
    /// not fit is told in its box.
    fn ports(&self) -> Vec<PortLine> {
        let mut used = vec![0; usize::try_from(self.columns).unwrap_or(1)];
        let mut ports = Vec::new();
        for bus in 0..self.scene.buses.len() {
            for (place, at) in self.hanging(bus).into_iter().enumerate() {
                let column = count(place) % self.columns;
                let slot = &mut used[usize::try_from(column).unwrap_or(0)];
                if self.owner(at).ports.is_empty() || *slot == 2 {
                    continue;
                }
                ports.push(PortLine {
                    unit: at,
                    column,
                    slot: *slot,
                    x: self.x(column) - 15 + 6 * *slot,
                });
                *slot += 1;
            }
        }
        ports
    }

    /// The units that hang on a bus as their topmost.
    fn hanging(&self, bus: usize) -> Vec<usize> {
        (0..self.scene.units.len())
            .filter(|at| self.unit(*at).place == Place::Bus && self.unit(*at).wires[0] == bus)
            .collect()
    }

    /// The host's own network: who uses it, and which of its ports lead down.
    fn above(&mut self, ports: &[PortLine]) -> (i32, Shapes) {
        let here: Vec<usize> = (0..self.scene.units.len())
            .filter(|at| self.unit(*at).place == Place::Host)
            .collect();
        let mut above = Shapes::default();
        above.texts.push(Text {
            x: LEFT,
            y: 20,
            class: "b",
            text: "The host’s own network".into(),
        });
        // Beside the title where they fit, else below it.
        let beside = count(here.len()) < self.columns - 1;
        let mut y = if beside { 6 } else { 32 };
        let mut bottom = 30;
        std::mem::swap(&mut self.shapes, &mut above);
        for row in here.chunks(usize::try_from(self.columns).unwrap_or(1)) {
            let tallest = row.iter().map(|at| self.height(*at)).max().unwrap_or(0);
            for (place, at) in row.iter().enumerate() {
                let column = match beside {
                    true => self.columns - count(row.len()) + count(place),
                    false => count(place),
                };
                self.small(*at, self.x(column), y, "--network host");
            }
            y += tallest + 8;
            bottom = y;
        }
        std::mem::swap(&mut self.shapes, &mut above);

        let rows = ports.iter().map(|port| port.slot + 1).max().unwrap_or(0);
        let line = bottom + 16 * rows + 12;
        for port in ports {
            let y = bottom + 16 * port.slot + 12;
            // As wide as the gaps right of it are free.
            let next = ports
                .iter()
                .filter(|other| other.column > port.column && other.slot <= port.slot)
                .map(|other| other.column)
                .min()
                .unwrap_or(self.columns);
            let room = (next - port.column) * (self.column + GAP) - 30;
            above.lines.push(Line {
                d: format!("M{} {}V{line}", port.x, y - 4),
                class: "drop hollow",
                over: None,
            });
            above.texts.push(Text {
                x: self.x(port.column),
                y,
                class: "s q",
                text: self.port_words(port.unit, room),
            });
        }
        if here.is_empty() && ports.is_empty() {
            above.texts.push(Text {
                x: LEFT + 190,
                y: 20,
                class: "s q",
                text: "No container uses it, and no port of it leads to one.".into(),
            });
        }
        (line, above)
    }

    /// `port 8080 → web:80`, or less of it where there is less room.
    fn port_words(&self, at: usize, room: i32) -> String {
        let owner = self.owner(at);
        let Some(first) = owner.ports.first() else {
            return String::new();
        };
        let short = match owner.ports.len() {
            1 => first.words(),
            more => format!("{} and {} more", first.words(), more - 1),
        };
        let named = first
            .words()
            .replacen("→ ", &format!("→ {}:", owner.name), 1);
        let fits = words::width(&words::short(&named, 200)) <= f64::from(room) * 13.0 / 12.0;
        match fits && owner.ports.len() == 1 {
            true => words::plain(&named),
            false => fit_small(&short, room),
        }
    }

    /// One bus with what hangs on it; gives where the next band begins.
    fn band(&mut self, bus: usize, top: i32, notes: &[Note]) -> i32 {
        let network = &self.facts.networks[self.scene.buses[bus]];
        let here = self.hanging(bus);
        let hollow = network.kind == Kind::DefaultBridge || !network.icc;
        let y = top + TO_BUS;
        let lanes = self.lanes.iter().filter(|lane| lane.1 == bus);
        let end = lanes
            .map(|lane| self.lane_x(lane.2) + 2)
            .max()
            .unwrap_or(self.end());
        self.shapes.buses.push(Bus {
            bus,
            x: LEFT,
            y,
            w: end - LEFT,
            hollow,
        });
        let detail = detail(network);
        let half = (self.end() - LEFT) / 2;
        // 15 px type is that much wider than 13 px.
        self.shapes.texts.push(Text {
            x: LEFT,
            y: y - 12,
            class: "l w",
            text: fit_name(&network.name, half * 13 / 16),
        });
        self.shapes.texts.push(Text {
            x: self.end(),
            y: y - 12,
            class: "m q e w",
            text: fit_code(&detail, half - 20),
        });

        let mut row_y = y + TO_ROW;
        let columns = usize::try_from(self.columns).unwrap_or(1);
        for (row, units) in here.chunks(columns).enumerate() {
            let tallest = units.iter().map(|at| self.height(*at)).max().unwrap_or(0);
            for (place, at) in units.iter().enumerate() {
                let column = count(place);
                let x = self.x(column);
                self.placed[*at] = Some((column, x, row_y));
                self.hang(*at, x, row_y, y, row == 0);
            }
            let mut lanes = 0;
            for (place, at) in units.iter().enumerate() {
                for lane in 0..self.lanes.len() {
                    let (unit, target, lane_place) = self.lanes[lane];
                    if unit != *at {
                        continue;
                    }
                    // Out at the side of its address there, and below the row to the lane.
                    let x = self.x(count(place)) + self.column;
                    let part = self.unit(*at).wires.iter().position(|bus| *bus == target);
                    let from = row_y + BOX + PART * (count(part.unwrap_or(1)) - 1) + PART / 2;
                    let under = row_y + tallest + 8 + 5 * lanes;
                    let lane_x = self.lane_x(lane_place);
                    let class = match (self.unit(*at).off(self.facts), self.hollow(target)) {
                        (true, _) => "drop off",
                        (false, true) => "drop hollow",
                        (false, false) => "drop",
                    };
                    // The end is known once the other bus has its place.
                    self.shapes.lines.push(Line {
                        d: format!("M{x} {from}H{}V{under}H{lane_x}V@{target}", x + 6),
                        class,
                        over: Some(format!("M{} {under}H{}", x + 9, lane_x - 3)),
                    });
                    lanes += 1;
                }
            }
            row_y += tallest + BELOW_ROW + 5 * lanes;
        }
        if here.is_empty() {
            row_y = y + 18;
        }
        self.remarks(bus, &here, row_y, notes) + BELOW_BAND
    }

    /// Remarks stand in free columns of the last row, else below it.
    fn remarks(&mut self, bus: usize, here: &[usize], row_y: i32, notes: &[Note]) -> i32 {
        let columns = usize::try_from(self.columns).unwrap_or(1);
        let last = match here.len() % columns {
            0 if !here.is_empty() => columns,
            some => some,
        };
        let free = self.columns - count(last);
        let last_top = here
            .last()
            .and_then(|at| self.placed[*at])
            .map(|placed| placed.2);
        let beside = if free >= 1 { last_top } else { None };
        // The line from a box on two buses comes down right of nothing: keep to free columns.
        let (x, mut y, room) = match beside {
            Some(top) => {
                let x = self.x(count(last));
                (x, top + 14, self.end() - x)
            }
            None => (LEFT, row_y + 2, self.end() - LEFT),
        };
        let mut bottom = row_y;
        for note in notes.iter().filter(|note| note.bus == bus).take(2) {
            let alert = wrap(&note.alert, room - 6)
                .into_iter()
                .map(|text| ("s moved-t w", text));
            let plain = wrap(&note.text, room)
                .into_iter()
                .map(|text| ("s q w", text));
            for (class, text) in alert.chain(plain) {
                self.shapes.texts.push(Text { x, y, class, text });
                bottom = bottom.max(y + 12);
                y += 16;
            }
            y += 4;
        }
        bottom
    }

    /// A box below its bus, with an address for each bus and what is stuck to it.
    fn hang(&mut self, at: usize, x: i32, y: i32, bus_y: i32, first_row: bool) {
        let unit = self.unit(at);
        let off = unit.off(self.facts);
        let w = self.column;
        let class = match (off, unit.wires.len() > 1) {
            (true, _) => "box off",
            (false, true) => "box both",
            (false, false) => "box",
        };
        let drop = match (off, self.hollow(unit.wires[0])) {
            (true, _) => "drop off",
            (false, true) => "drop hollow",
            (false, false) => "drop",
        };
        let d = match first_row {
            true => format!("M{} {bus_y}V{y}", x + w / 2),
            false => format!("M{} {bus_y}V{}H{x}", x - 4, y + 30),
        };
        self.shapes.lines.push(Line {
            d,
            class: drop,
            over: None,
        });
        self.shapes.boxes.push(Rect {
            unit: at,
            x,
            y,
            w,
            h: BOX,
            class,
        });
        let room = w - 18;
        let place = self.attachment(at, unit.wires[0]);
        let third = self.third_line(at, place);
        let lines = [
            ("b", fit_name(&unit.label, room)),
            ("m", fit_code(&self.address(at, place), room)),
            ("s q", fit_small(&third, room)),
        ];
        self.write(x + 9, y + 19, lines);

        let mut bottom = y + BOX;
        for bus in unit.wires.iter().skip(1) {
            self.shapes.boxes.push(Rect {
                unit: at,
                x,
                y: bottom,
                w,
                h: PART,
                class,
            });
            let place = self.attachment(at, *bus);
            let on = &self.facts.networks[self.scene.buses[*bus]].name;
            let lines = [
                ("m", fit_code(&self.address(at, place), room)),
                ("s q", fit_small(&format!("on {on}"), room)),
            ];
            self.write(x + 9, bottom + 17, lines);
            bottom += PART;
        }
        self.stick(at, x, bottom);
    }

    /// The boxes of those that use this one's network, stuck below it.
    fn stick(&mut self, at: usize, x: i32, mut y: i32) {
        for sharer in self.stuck[at].clone() {
            let unit = self.unit(sharer);
            let class = if unit.off(self.facts) {
                "box off"
            } else {
                "box"
            };
            let (x, w) = (x + 12, self.column - 12);
            self.shapes.boxes.push(Rect {
                unit: sharer,
                x,
                y,
                w,
                h: STUCK,
                class,
            });
            let owner = &self.container(at).name;
            let lines = [
                ("b", fit_name(&unit.label, w - 18)),
                ("s q", fit_small(&format!("container:{owner}"), w - 18)),
            ];
            self.write(x + 9, y + 15, lines);
            y += STUCK;
        }
    }

    /// A box of two lines: on the host's network, or on none.
    fn small(&mut self, at: usize, x: i32, y: i32, why: &str) {
        let unit = self.unit(at);
        let class = if unit.off(self.facts) {
            "box off"
        } else {
            "box"
        };
        self.shapes.boxes.push(Rect {
            unit: at,
            x,
            y,
            w: self.column,
            h: SMALL,
            class,
        });
        let room = self.column - 18;
        let state = &self.container(at).state;
        let second = if state.runs() {
            why.to_owned()
        } else {
            state.words()
        };
        let lines = [
            ("b", fit_name(&unit.label, room)),
            ("s q", fit_small(&second, room)),
        ];
        self.write(x + 9, y + 17, lines);
        self.stick(at, x, y + SMALL);
    }

    /// Those on no network, apart from all buses.
    fn nowhere(&mut self, top: i32) -> i32 {
        let here: Vec<usize> = (0..self.scene.units.len())
            .filter(|at| self.unit(*at).place == Place::Nowhere)
            .collect();
        if here.is_empty() {
            return top;
        }
        let text = "On no network".to_owned();
        self.shapes.texts.push(Text {
            x: LEFT,
            y: top + 18,
            class: "l w",
            text,
        });
        let mut y = top + 30;
        for row in here.chunks(usize::try_from(self.columns).unwrap_or(1)) {
            let tallest = row.iter().map(|at| self.height(*at)).max().unwrap_or(0);
            for (place, at) in row.iter().enumerate() {
                let why = match &self.container(*at).mode {
                    Mode::None => "--network none".to_owned(),
                    Mode::SharesGone => "shared with one that is gone".into(),
                    Mode::Shares(_) => "shared with one on no network".into(),
                    Mode::Private(how) => how.clone(),
                    Mode::Own | Mode::Host => "connected to nothing".into(),
                };
                self.small(*at, self.x(count(place)), y, &why);
            }
            y += tallest + BELOW_ROW;
        }
        y + BELOW_BAND
    }

    /// Lines from boxes on two buses down to the second; and the ends of the lanes.
    fn drops(&mut self, bus_y: &[i32]) {
        for line in &mut self.shapes.lines {
            if let Some((path, bus)) = line.d.split_once('@') {
                let end = bus.parse().ok().and_then(|bus: usize| bus_y.get(bus));
                line.d = format!("{path}{}", end.copied().unwrap_or(0));
            }
        }
        for at in 0..self.scene.units.len() {
            let unit = self.unit(at);
            let Some((_, x, y)) = self.placed[at] else {
                continue;
            };
            let Some(next) = unit.wires.get(1).filter(|next| **next == unit.wires[0] + 1) else {
                continue;
            };
            let Some(end) = bus_y.get(*next) else {
                continue;
            };
            // Down from its address there, or beside it where something is below.
            let from = y + BOX + PART;
            let below = |other: &Rect| other.x < x + self.column && other.x + other.w > x;
            let blocked =
                self.shapes.boxes.iter().any(|other| {
                    other.unit != at && below(other) && other.y >= from && other.y < *end
                });
            let clear = !blocked && unit.wires.len() == 2;
            let class = match (unit.off(self.facts), self.hollow(*next)) {
                (true, _) => "drop off",
                (false, true) => "drop hollow",
                (false, false) => "drop",
            };
            let d = match clear {
                true => format!("M{} {from}V{end}", x + self.column / 2),
                false => format!("M{x} {}H{}V{end}", from - PART / 2, x - 4),
            };
            let over = Some(format!(
                "M{} {}V{}",
                if clear { x + self.column / 2 } else { x - 4 },
                from + 4,
                end - 8
            ));
            self.shapes.lines.push(Line { d, class, over });
        }
    }

    fn hollow(&self, bus: usize) -> bool {
        let network = &self.facts.networks[self.scene.buses[bus]];
        network.kind == Kind::DefaultBridge || !network.icc
    }

    fn attachment(&self, at: usize, bus: usize) -> Option<&'a Attachment> {
        let network = self.scene.buses[bus];
        self.owner(at)
            .attachments
            .iter()
            .find(|place| place.network == network)
    }

    fn address(&self, at: usize, place: Option<&Attachment>) -> String {
        let unit = self.unit(at);
        match place.and_then(Attachment::address) {
            _ if unit.off(self.facts) => "no address".into(),
            Some(first) if unit.members.len() > 1 => format!("{first}, …"),
            Some(address) => address.to_owned(),
            None => "address not told".into(),
        }
    }

    /// Its state where it does not run, its other names, or what there is to say instead.
    fn third_line(&self, at: usize, place: Option<&Attachment>) -> String {
        let unit = self.unit(at);
        let container = self.container(at);
        if !container.state.runs() {
            return container.state.words();
        }
        if unit.more_wires > 0 {
            return format!("and on {} more", words::count(unit.more_wires, "network"));
        }
        if let Mode::Shares(_) = container.mode {
            return format!("container:{}", self.owner(at).name);
        }
        let aliases: Vec<String> = place
            .map(|place| {
                place
                    .names
                    .iter()
                    .skip(1)
                    .map(|name| format!("“{name}”"))
                    .collect()
            })
            .unwrap_or_default();
        if !aliases.is_empty() {
            return format!("also {}", aliases.join(", "));
        }
        match self.facts.networks[self.scene.buses[unit.wires[0]]].kind {
            Kind::DefaultBridge if container.links.is_empty() => "no DNS here".into(),
            Kind::DefaultBridge => {
                let linked: Vec<&str> = container.links.iter().map(|(_, to)| to.as_str()).collect();
                format!("linked to {}", linked.join(", "))
            }
            _ => "by its name".into(),
        }
    }

    fn write<const N: usize>(&mut self, x: i32, y: i32, lines: [(&'static str, String); N]) {
        for (line, (class, text)) in lines.into_iter().enumerate() {
            self.shapes.texts.push(Text {
                x,
                y: y + LINE * count(line),
                class,
                text,
            });
        }
    }
}

/// A published port's way down.
struct PortLine {
    unit: usize,
    column: i32,
    slot: i32,
    x: i32,
}

/// What there is to say of a network beside its name: `internal, 172.20.0.0/16`.
fn detail(network: &super::facts::Network) -> String {
    let mut said: Vec<String> = Vec::new();
    match network.kind {
        Kind::Overlay | Kind::Macvlan | Kind::Ipvlan | Kind::Other => {
            said.push(network.driver.clone())
        }
        _ => {}
    }
    if network.internal {
        said.push("internal".into());
    }
    if !network.icc {
        said.push("icc=false".into());
    }
    said.extend(network.subnets.first().map(|subnet| subnet.subnet.clone()));
    said.join(", ")
}

/// Breaks a text in 12 px type into lines of `px` pixels, three at most.
fn wrap(text: &str, px: i32) -> Vec<String> {
    let room = f64::from(px) * 13.0 / 12.0;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if words::width(line) + words::width(word) + 5.0 <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(words::short(word, 60)),
        }
    }
    lines
        .iter_mut()
        .for_each(|line| *line = fit_small(line, px));
    lines.truncate(4);
    lines
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
