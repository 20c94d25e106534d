//! What is written on slabs and columns, and the containers above them: an arrangement
//! with its words cut to their places.

use super::arrange::{Arrangement, Column, LINE, Slab, WIDTH};
use super::containers::Container;
use super::stack::Stack;
use crate::panels::room::{NARROW, Room};
use crate::panels::{Panel, View, words};
use serde::Serialize;

/// An arrangement with everything that is written on it.
#[derive(Debug, PartialEq, Serialize)]
pub struct Drawing {
    /// Where slabs and columns stand, in pixels.
    pub arrangement: Arrangement,
    /// The columns' headings.
    #[serde(skip)]
    pub heads: Vec<Head>,
    /// What is written on the slabs.
    #[serde(skip)]
    pub faces: Vec<Face>,
    /// The containers' writable tops.
    pub vessels: Vec<Vessel>,
    /// The width of it all.
    #[serde(skip)]
    pub width: f64,
}

/// What stands above a column.
#[derive(Debug, PartialEq)]
pub struct Head {
    /// Where the name begins.
    pub x: f64,
    /// Where the size ends, or begins if it stands below the name.
    pub right: f64,
    /// The image's name, or the letter of a slim column.
    pub name: String,
    /// Its size; empty where it is not told or has no room.
    pub size: String,
    /// The name's baseline.
    pub name_y: f64,
    /// The size's baseline.
    pub size_y: f64,
    /// Where the shaft from the containers ends, if any stand there.
    pub shaft: Option<f64>,
}

/// What is written on a slab.
#[derive(Debug, PartialEq)]
pub struct Face {
    /// 0: no bytes; 1, 2, 3: how many images stand on it.
    pub depth: usize,
    /// Its layers; empty where nothing is written on it.
    pub number: String,
    /// What made it.
    pub label: String,
    /// What it weighs.
    pub size: String,
    /// The baseline of all of it.
    pub y: f64,
    /// Where the number begins.
    pub x: f64,
    /// Where the label begins.
    pub label_x: f64,
    /// Where the size ends.
    pub end: f64,
    /// The lines that mean several layers.
    pub ruled: Option<String>,
}

/// A container's writable top.
#[derive(Debug, PartialEq, Serialize)]
pub struct Vessel {
    /// Its left edge.
    pub x: f64,
    /// Its width.
    pub w: f64,
    /// The container's name; like all its words empty on a slim column.
    pub name: String,
    /// Its state, and what it wrote.
    pub second: String,
    /// How many more stand there.
    pub third: String,
    /// How high it is filled.
    pub level: f64,
    /// No process of it lives.
    pub gone: bool,
}

/// Who a slim column is.
#[derive(Debug, PartialEq)]
pub struct Slim {
    /// What stands above the column.
    pub letter: char,
    /// The image.
    pub name: String,
    /// What it weighs, and how many containers stand on it.
    pub told: String,
    /// To the picture in which it is picked.
    pub href: String,
}

impl Drawing {
    /// Writes on `arrangement`, made for the same `room`.
    pub fn new(
        arrangement: Arrangement,
        stacks: &[Stack],
        standing: &[Vec<&Container>],
        room: Room,
    ) -> Drawing {
        // In a narrow drawing only the picked image's column has room for words.
        let picked = arrangement.columns.iter().position(|c| c.image == 0);
        let written = |slab: &Slab| match (room, picked) {
            (Room::Narrow, Some(at)) => slab
                .columns
                .contains(&at)
                .then(|| place(&arrangement.columns[at])),
            _ => Some((slab.x, slab.x + slab.w)),
        };
        Drawing {
            heads: heads(&arrangement, stacks, room),
            faces: arrangement
                .slabs
                .iter()
                .map(|slab| face(slab, written(slab)))
                .collect(),
            vessels: vessels(&arrangement, standing),
            width: match room {
                Room::Broad => WIDTH,
                Room::Narrow => NARROW,
            },
            arrangement,
        }
    }

    /// Slabs with what is written on them.
    pub fn slabs(&self) -> impl Iterator<Item = (&Slab, &Face)> {
        self.arrangement.slabs.iter().zip(&self.faces)
    }

    /// Columns with what is written above them.
    pub fn columns(&self) -> impl Iterator<Item = (&Column, &Head)> {
        self.arrangement.columns.iter().zip(&self.heads)
    }

    /// The height below the line.
    pub fn height(&self) -> f64 {
        self.arrangement.bottom - LINE
    }
}

fn place(column: &Column) -> (f64, f64) {
    (column.x, column.x + column.w)
}

/// Who the slim columns of a narrow drawing are, from the left.
pub fn slim(
    view: &View,
    narrow: &Drawing,
    stacks: &[Stack],
    standing: &[Vec<&Container>],
) -> Vec<Slim> {
    lettered(&narrow.arrangement)
        .filter_map(|(column, letter)| {
            let listed = &stacks[column.image].listed;
            let mut told = vec![
                listed
                    .size
                    .map_or_else(|| "size not told".into(), words::size),
            ];
            match standing[column.image].len() {
                0 => {}
                n => told.push(words::count(n, "container")),
            }
            Some(Slim {
                letter: letter?,
                name: words::short(&listed.name(), 60),
                told: told.join(", "),
                href: view.focus(&listed.handle()).href(Panel::Layers),
            })
        })
        .collect()
}

/// Each column with its letter, if it has one: all but the picked image.
fn lettered(arrangement: &Arrangement) -> impl Iterator<Item = (&Column, Option<char>)> {
    let mut letters = 'a'..='z';
    arrangement.columns.iter().map(move |column| {
        let letter = (column.image != 0).then(|| letters.next().unwrap_or('·'));
        (column, letter)
    })
}

fn heads(arrangement: &Arrangement, stacks: &[Stack], room: Room) -> Vec<Head> {
    lettered(arrangement)
        .map(|(column, letter)| {
            let listed = &stacks[column.image].listed;
            let slim = letter.filter(|_| room == Room::Narrow);
            let size = match slim {
                Some(_) => String::new(),
                None => listed.size.map_or_else(String::new, words::size),
            };
            let name = match slim {
                Some(letter) => letter.to_string(),
                None => listed.name(),
            };
            let one_line =
                slim.is_some() || words::width(&name) + words::width(&size) + 22.0 <= column.w;
            let base = column.top - 9.0;
            Head {
                x: column.x + if slim.is_some() { 4.0 } else { 8.0 },
                right: if one_line {
                    column.x + column.w - 8.0
                } else {
                    column.x + 8.0
                },
                name: match slim {
                    Some(_) => name,
                    None => tail(&name, column.w - 14.0),
                },
                name_y: if one_line { base } else { base - 16.0 },
                size_y: base,
                size,
                shaft: (column.vessels > 0)
                    .then_some(column.top - if one_line { 26.0 } else { 42.0 }),
            }
        })
        .collect()
}

/// A name cut to its place. The end of an image's name tells more than its beginning.
pub fn tail(name: &str, room: f64) -> String {
    match name.rsplit_once('/') {
        Some((_, last)) if words::width(name) > room => words::fit(&format!("…/{last}"), room),
        _ => words::fit(name, room),
    }
}

/// What is written on `slab` from one edge to the other, if it has room for words.
fn face(slab: &Slab, written: Option<(f64, f64)>) -> Face {
    let depth = match (slab.bytes, slab.sharers()) {
        (Some(0), _) => 0,
        (_, sharers) => sharers.clamp(1, 3),
    };
    let Some((left, right)) = written else {
        return Face {
            depth,
            number: String::new(),
            label: String::new(),
            size: String::new(),
            y: 0.0,
            x: 0.0,
            label_x: 0.0,
            end: 0.0,
            ruled: None,
        };
    };
    let number = match (slab.first, slab.last) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}–{last}"),
    };
    let number = if slab.twin {
        format!("{number} =")
    } else {
        number
    };
    let size = slab.bytes.map_or_else(|| "not told".into(), words::size);
    let label_x = left + 17.0 + words::width(&number);
    let mut room = right - 18.0 - words::width(&size) - label_x;
    let y = (slab.y + slab.h / 2.0 + 4.5).round();
    let ruled = (slab.folded() > 1 && room > 40.0).then(|| {
        let right = right - 20.0 - words::width(&size);
        room -= 44.0;
        let (lines, step) = (slab.folded().min(4), 5.0);
        let top = slab.y + slab.h / 2.0 - step * (lines - 1) as f64 / 2.0;
        (0..lines)
            .map(|at| format!("M{:.0} {:.1}h34", right - 36.0, top + step * at as f64))
            .collect()
    });
    let label = if room < 30.0 {
        String::new()
    } else {
        // Dots that stand for masked text say nothing on a slab.
        words::fit(slab.label.trim_end_matches([' ', '•']), room)
    };
    Face {
        depth,
        number,
        label,
        size,
        y,
        x: left + 9.0,
        label_x,
        end: right - 9.0,
        ruled,
    }
}

fn vessels(arrangement: &Arrangement, standing: &[Vec<&Container>]) -> Vec<Vessel> {
    let mut vessels = Vec::new();
    for column in &arrangement.columns {
        let on = &standing[column.image];
        if column.vessels == 0 {
            continue;
        }
        let gap = 6.0;
        let w = (column.w - gap * (column.vessels - 1) as f64) / column.vessels as f64;
        let w = w.min(150.0);
        for (at, container) in on.iter().take(column.vessels).enumerate() {
            // A slim column has room for the shape alone.
            let room = Some(w - 14.0).filter(|room| *room > 40.0);
            let cut = |text: &str| room.map_or_else(String::new, |room| words::fit(text, room));
            let weight = container.weight();
            let second = match container.pause() {
                Some(state)
                    if words::width(&weight) + words::width(state) + 9.0 <= room.unwrap_or(0.0) =>
                {
                    format!("{state}, {weight}")
                }
                Some(state) => state.to_owned(),
                None => weight,
            };
            let rest = on.len() - column.vessels;
            let third = match rest {
                1.. if at + 1 == column.vessels && room.is_some() => format!("+ {rest} more"),
                _ => String::new(),
            };
            vessels.push(Vessel {
                x: (column.x + at as f64 * (w + gap)).round(),
                w: w.floor(),
                name: cut(&container.name),
                second: cut(&second),
                third,
                level: level(container.written),
                gone: !container.alive(),
            });
        }
    }
    vessels
}

/// How high a vessel is filled: nothing for nothing, and never over its rim.
fn level(written: Option<u64>) -> f64 {
    match written {
        None | Some(0) => 0.0,
        Some(bytes) => (3.0 + 5.5 * (bytes as f64 / 1e6).sqrt()).min(70.0).round(),
    }
}
