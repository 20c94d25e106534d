//! Below the line: a band for each bus, with rows of what hangs on it, and those on no network.

use super::lettering::{fit_code, fit_name, wrap};
use super::{
    BELOW_BAND, BELOW_ROW, BOX, Bus, LEFT, LINE, Line, Note, PART, Plan, Rect, TO_ROW, Text, count,
};
use crate::panels::networks::facts::{Kind, Mode, Network};
use crate::panels::networks::scene::Place;

impl<'a> Plan<'a> {
    /// One bus with what hangs on it; gives where the next band begins.
    pub(super) fn band(&mut self, bus: usize, top: i32, notes: &[Note]) -> i32 {
        let network = &self.facts.networks[self.scene.buses[bus]];
        let here = self.hanging(bus);
        let hollow = network.kind == Kind::DefaultBridge || !network.icc;
        let y = top + self.to_bus();
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
        let whole = self.end() - LEFT;
        let half = whole / 2;
        // Side by side, or one below the other where there is no room for that.
        let (name, told) = match self.narrow() {
            true => (
                (y - 12 - LINE, whole),
                (LEFT, "m q w", fit_code(&detail, whole)),
            ),
            false => (
                (y - 12, half),
                (self.end(), "m q e w", fit_code(&detail, half - 20)),
            ),
        };
        // 15 px type is that much wider than 13 px.
        self.shapes.texts.push(Text {
            x: LEFT,
            y: name.0,
            class: "l w",
            text: fit_name(&network.name, name.1 * 13 / 16),
        });
        self.shapes.texts.push(Text {
            x: told.0,
            y: y - 12,
            class: told.1,
            text: told.2,
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
        let beside = last_top.filter(|_| free >= 1 && !self.narrow());
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

    /// Those on no network, apart from all buses.
    pub(super) fn nowhere(&mut self, top: i32) -> i32 {
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
    pub(super) fn drops(&mut self, bus_y: &[i32]) {
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
}

/// What there is to say of a network beside its name: `internal, 172.20.0.0/16`.
fn detail(network: &Network) -> String {
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
