//! Above the line: the host's own network, and the published ports that lead down from it.

use super::lettering::{fit_small, wrap};
use super::{GAP, LEFT, Line, Plan, Shapes, Text, count};
use crate::panels::networks::scene::Place;
use crate::panels::words;

/// A published port's way down.
pub(super) struct PortLine {
    pub(super) unit: usize,
    pub(super) column: i32,
    pub(super) slot: i32,
    pub(super) x: i32,
}

impl<'a> Plan<'a> {
    /// Which columns published ports come down in. A gap has room for two; what does
    /// not fit is told in its box.
    pub(super) fn ports(&self) -> Vec<PortLine> {
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

    /// The host's own network: who uses it, and which of its ports lead down.
    pub(super) fn above(&mut self, ports: &[PortLine]) -> (i32, Shapes) {
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

        let nobody = "No container uses it, and no port of it leads to one.";
        if here.is_empty() && ports.is_empty() {
            let (x, y, room) = match self.narrow() {
                true => (LEFT, 38, self.end() - LEFT),
                false => (LEFT + 190, 20, self.width),
            };
            for (line, text) in wrap(nobody, room).into_iter().enumerate() {
                let y = y + 16 * count(line);
                bottom = bottom.max(y);
                above.texts.push(Text {
                    x,
                    y,
                    class: "s q",
                    text,
                });
            }
        }
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
}
