//! The *layers* panel: a cross-section through images and the containers on them.
//!
//! Illustrates `<<Learning_Docker_Storage_In_Container_State>>`: what is shared, what
//! can be written, and which line of a Dockerfile made it. Read [`stack`] (an image as
//! a pile of layers), [`history`] (which row made which layer), [`choice`] (which
//! images are drawn), [`arrange`] (where everything goes) and then this file, which
//! turns it into what the template places. [`ground`] says where on the host each layer
//! is; [`files`], [`tree`] and [`inside`] what lies in one, once a reader asks for it.

pub mod arrange;
pub mod choice;
pub mod containers;
pub mod files;
pub mod ground;
pub mod history;
pub mod inside;
mod rows;
pub mod stack;
mod telling;
pub mod tree;

use super::frame::{Frame, Picture};
use super::{NotTold, Panel, View, need, words};
use crate::engine::{Answers, Ask};
use arrange::{Arrangement, LINE, Slab, WIDTH, arrange};
use askama::Template;
use choice::{Choice, choose};
use containers::Container;
use ground::Ground;
use inside::Inside;
use rows::{FIRST_ROW, HistoryRow, ROW, leads, rows};
use serde::Serialize;
use stack::{Listed, Stack};
use tree::Line;

/// Images offered in the list of others.
const OFFERED: usize = 60;

/// What this panel asks a host, given what it has heard so far.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Images, Ask::ContainerSizes, Ask::Info];
    if matches!(have.get(&Ask::ContainerSizes), Some(Err(_))) {
        asks.push(Ask::Containers);
    }
    if let Some(choice) = choose(view, have) {
        for (image, history) in choice.on_view.iter().filter_map(Listed::asks) {
            asks.extend([image, history]);
        }
        asks.extend(wanted_files(view, &choice));
    }
    asks
}

/// The export of the picked image, once a layer of it is named: not for looking at the
/// stack.
fn wanted_files(view: &View, choice: &Choice) -> Option<Ask> {
    let (_, layer) = inside::asked(view.of.as_deref()?);
    let picked = choice.on_view.first()?;
    (layer.is_some() && choice.nobody.is_none()).then(|| inside::ask(&picked.id))?
}

/// A host's layers, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/layers.html")]
pub struct Layers {
    #[serde(skip)]
    frame: Frame,
    /// The image in focus.
    picked: String,
    /// Why it is not the one that was asked for.
    nobody: Option<String>,
    /// Where slabs and columns stand, in pixels.
    arrangement: Arrangement,
    /// The columns' headings.
    #[serde(skip)]
    heads: Vec<Head>,
    /// What is written on the slabs.
    #[serde(skip)]
    faces: Vec<Face>,
    /// The containers' writable tops.
    vessels: Vec<Vessel>,
    /// The picked image's history.
    rows: Vec<HistoryRow>,
    more_rows: usize,
    unmatched: bool,
    #[serde(skip)]
    leads: Vec<String>,
    leads_height: f64,
    /// The figures: what is on disk, what docker adds up.
    said: Vec<String>,
    /// What could not be drawn, and why.
    problems: Vec<String>,
    /// Where on the host the picked image's layers are.
    ground: Option<Ground>,
    /// The files of the layer that was asked for.
    inside: Option<Inside>,
    #[serde(skip)]
    picks: Vec<Pick>,
    more_picks: usize,
    /// The picture in words.
    words: Vec<String>,
}

#[derive(Debug, PartialEq)]
struct Head {
    x: f64,
    right: f64,
    name: String,
    size: String,
    /// Baselines of the two.
    name_y: f64,
    size_y: f64,
    /// Where the shaft from the containers ends, if any stand there.
    shaft: Option<f64>,
}

#[derive(Debug, PartialEq)]
struct Face {
    /// 0: no bytes; 1, 2, 3: how many images stand on it.
    depth: usize,
    number: String,
    label: String,
    size: String,
    y: f64,
    label_x: f64,
    ruled: Option<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Vessel {
    x: f64,
    w: f64,
    name: String,
    second: String,
    third: String,
    level: f64,
    gone: bool,
}

#[derive(Debug, PartialEq)]
struct Pick {
    name: String,
    href: String,
    current: bool,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Layers, NotTold> {
    if !need(have, &Ask::Images)?.is_array() {
        return Err(NotTold::NoField {
            ask: "GET /images/json".into(),
            field: "a list of images",
        });
    }
    let choice = choose(view, have).ok_or(NotTold::Away(crate::engine::Away::Connecting))?;
    let mut problems = Vec::new();
    let mut stacks = Vec::new();
    for listed in &choice.on_view {
        match Stack::read(listed, have) {
            Ok(stack) => stacks.push(stack),
            Err(why) => problems.push(format!("{why}.")),
        }
    }
    if containers::source(have).is_none() {
        let why = match have.get(&Ask::ContainerSizes) {
            Some(Err(away)) => format!("The containers are not drawn: {away}."),
            _ => "The containers have not been asked about yet.".to_owned(),
        };
        problems.push(why);
    }
    let standing: Vec<Vec<&Container>> = stacks
        .iter()
        .map(|stack| {
            let id = &stack.listed.id;
            let on = choice.containers.iter().filter(|c| c.image == *id);
            on.collect()
        })
        .collect();
    let given: Vec<(&Stack, usize)> = stacks
        .iter()
        .zip(&standing)
        .map(|(stack, on)| (stack, on.len()))
        .collect();
    let arrangement = arrange(&given);
    let (rows, more_rows, unmatched) = rows(stacks.first());
    let leads = leads(&arrangement, stacks.first());
    let picked = choice.on_view.first().map(Listed::name).unwrap_or_default();
    let (picks, more_picks) = picks(view, &choice);
    let first = stacks
        .first()
        .filter(|stack| choice.on_view.first() == Some(&stack.listed));
    let href = |layer: usize| {
        let handle = choice.on_view.first().map(Listed::handle);
        let of = format!("{}~{layer}", handle.unwrap_or_default());
        let view = view.focus(&of);
        // To where that page tells of the layer's files.
        let place = Frame::new(Panel::Layers, &view, have).id;
        format!("{}#{place}-files", view.href(Panel::Layers))
    };
    let (_, layer) = inside::asked(view.of.as_deref().unwrap_or_default());
    let layer = layer.filter(|_| choice.nobody.is_none());
    Ok(Layers {
        ground: first.map(|stack| ground::read(stack, have, href)),
        inside: first
            .zip(layer)
            .map(|(stack, layer)| inside::draw(stack, layer, have, href)),
        frame: frame(view, have, &choice),
        nobody: choice.nobody.as_deref().map(|of| words::short(of, 80)),
        heads: heads(&arrangement, &stacks),
        faces: arrangement.slabs.iter().map(face).collect(),
        vessels: vessels(&arrangement, &standing),
        leads_height: arrangement
            .bottom
            .max(LINE + FIRST_ROW + ROW * rows.len() as f64)
            - LINE,
        rows,
        more_rows,
        unmatched,
        leads,
        said: telling::figures(&choice, &stacks, &arrangement),
        words: telling::words(&choice, &stacks, &standing, &arrangement),
        picked: tail(&picked, 280.0),
        arrangement,
        problems,
        picks,
        more_picks,
    })
}

impl Picture for Layers {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

impl Layers {
    /// Slabs with what is written on them.
    fn slabs(&self) -> impl Iterator<Item = (&Slab, &Face)> {
        self.arrangement.slabs.iter().zip(&self.faces)
    }

    fn any_folded(&self) -> bool {
        self.arrangement.slabs.iter().any(|slab| slab.folded() > 1)
    }

    fn any_twin(&self) -> bool {
        self.arrangement.slabs.iter().any(|slab| slab.twin)
    }

    fn any_empty(&self) -> bool {
        self.faces.iter().any(|face| face.depth == 0)
    }

    fn any_gone(&self) -> bool {
        self.vessels.iter().any(|vessel| vessel.gone)
    }

    fn height(&self) -> f64 {
        self.arrangement.bottom - LINE
    }

    fn width(&self) -> f64 {
        WIDTH
    }
}

fn frame(view: &View, have: &Answers, choice: &Choice) -> Frame {
    let mut frame = Frame::new(Panel::Layers, view, have);
    frame.cite(have, &Ask::Images, &["Id", "RepoTags", "ParentId", "Size"]);
    frame.cite(
        have,
        &containers::source(have).unwrap_or(Ask::ContainerSizes),
        &["Names", "ImageID", "State", "SizeRw", "SizeRootFs"],
    );
    for (at, listed) in choice.on_view.iter().enumerate() {
        let Some((image, history)) = listed.asks() else {
            continue;
        };
        // The others are asked the same two questions; their answers are in the JSON.
        if at == 0 {
            let fields = ["RepoTags", "RootFS.Layers", "Size", "GraphDriver"];
            frame.cite(have, &image, &fields);
            frame.cite(have, &history, &["Id", "CreatedBy", "Size", "Comment"]);
        } else {
            frame.rest_on(have, &image);
            frame.rest_on(have, &history);
        }
    }
    frame.cite(have, &Ask::Info, &["DockerRootDir", "Driver"]);
    if let Some(files) = wanted_files(&frame.view.clone(), choice) {
        // No age of it counts: an image goes by the hash of what it holds.
        frame.cite_timeless(have, &files, &["cut", "layers.diff"]);
    }
    frame
}

fn heads(arrangement: &Arrangement, stacks: &[Stack]) -> Vec<Head> {
    arrangement
        .columns
        .iter()
        .map(|column| {
            let listed = &stacks[column.image].listed;
            let size = listed.size.map_or_else(String::new, words::size);
            let name = listed.name();
            let one_line = words::width(&name) + words::width(&size) + 22.0 <= column.w;
            let base = column.top - 9.0;
            Head {
                x: column.x + 8.0,
                right: if one_line {
                    column.x + column.w - 8.0
                } else {
                    column.x + 8.0
                },
                name: tail(&name, column.w - 14.0),
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
fn tail(name: &str, room: f64) -> String {
    match name.rsplit_once('/') {
        Some((_, last)) if words::width(name) > room => words::fit(&format!("…/{last}"), room),
        _ => words::fit(name, room),
    }
}

fn face(slab: &Slab) -> Face {
    let depth = match (slab.bytes, slab.sharers()) {
        (Some(0), _) => 0,
        (_, sharers) => sharers.clamp(1, 3),
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
    let label_x = slab.x + 17.0 + words::width(&number);
    let mut room = slab.x + slab.w - 18.0 - words::width(&size) - label_x;
    let y = (slab.y + slab.h / 2.0 + 4.5).round();
    let ruled = (slab.folded() > 1 && room > 40.0).then(|| {
        let right = slab.x + slab.w - 20.0 - words::width(&size);
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
        label_x,
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
            let room = w - 14.0;
            let weight = container.weight();
            let second = match container.pause() {
                Some(state) if words::width(&weight) + words::width(state) + 9.0 <= room => {
                    format!("{state}, {weight}")
                }
                Some(state) => state.to_owned(),
                None => weight,
            };
            let rest = on.len() - column.vessels;
            let third = match rest {
                1.. if at + 1 == column.vessels => format!("+ {rest} more"),
                _ => String::new(),
            };
            vessels.push(Vessel {
                x: (column.x + at as f64 * (w + gap)).round(),
                w: w.floor(),
                name: words::fit(&container.name, room),
                second: words::fit(&second, room),
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

/// All images as links, those on view first.
fn picks(view: &View, choice: &Choice) -> (Vec<Pick>, usize) {
    let mut others: Vec<&Listed> = choice.others.iter().collect();
    others.sort_by_key(|image| image.handle());
    let all = choice.on_view.len() + others.len();
    let picks: Vec<Pick> = choice
        .on_view
        .iter()
        .chain(others)
        .take(OFFERED)
        .enumerate()
        .map(|(at, image)| Pick {
            name: words::short(&image.name(), 60),
            href: view.focus(&image.handle()).href(Panel::Layers),
            current: at == 0,
        })
        .collect();
    let more = all - picks.len();
    (picks, more)
}

#[cfg(test)]
mod files_tests;
#[cfg(test)]
mod tests;
