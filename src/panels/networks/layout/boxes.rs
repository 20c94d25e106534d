//! Boxes: a container with its addresses, and who uses its network stuck below it.

use super::lettering::{fit_code, fit_name, fit_small};
use super::{BOX, LINE, Line, PART, Plan, Rect, SMALL, STUCK, Text, count};
use crate::panels::networks::facts::{Attachment, Kind, Mode};
use crate::panels::words;

impl<'a> Plan<'a> {
    /// A box below its bus, with an address for each bus and what is stuck to it.
    pub(super) fn hang(&mut self, at: usize, x: i32, y: i32, bus_y: i32, first_row: bool) {
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
    pub(super) fn small(&mut self, at: usize, x: i32, y: i32, why: &str) {
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
