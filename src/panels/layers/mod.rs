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
pub mod drawing;
pub mod files;
pub mod ground;
pub mod history;
pub mod inside;
mod rows;
pub mod stack;
mod telling;
pub mod tree;

use super::frame::{Frame, Picture};
use super::room::Room;
use super::{NotTold, Panel, View, need, words};
use crate::engine::{Answers, Ask};
use arrange::{LINE, arrange};
use askama::Template;
use choice::{Choice, choose};
use containers::Container;
use drawing::{Drawing, Slim, slim, tail};
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
    /// What is written on them, and the containers' writable tops.
    #[serde(flatten)]
    drawing: Drawing,
    /// The same for a narrow column: the picked image wide, the others slim beside it.
    #[serde(skip)]
    narrow: Drawing,
    /// Who the slim columns are.
    #[serde(skip)]
    slim: Vec<Slim>,
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
    let drawing = Drawing::new(
        arrange(&given, Room::Broad),
        &stacks,
        &standing,
        Room::Broad,
    );
    let narrow = Drawing::new(
        arrange(&given, Room::Narrow),
        &stacks,
        &standing,
        Room::Narrow,
    );
    let arrangement = &drawing.arrangement;
    let (rows, more_rows, unmatched) = rows(stacks.first());
    let leads = leads(arrangement, stacks.first());
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
        slim: slim(view, &narrow, &stacks, &standing),
        leads_height: arrangement
            .bottom
            .max(LINE + FIRST_ROW + ROW * rows.len() as f64)
            - LINE,
        rows,
        more_rows,
        unmatched,
        leads,
        said: telling::figures(&choice, &stacks, arrangement),
        words: telling::words(&choice, &stacks, &standing, arrangement),
        picked: tail(&picked, 280.0),
        drawing,
        narrow,
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
    fn any_folded(&self) -> bool {
        self.drawing
            .arrangement
            .slabs
            .iter()
            .any(|slab| slab.folded() > 1)
    }

    fn any_twin(&self) -> bool {
        self.drawing.arrangement.slabs.iter().any(|slab| slab.twin)
    }

    fn any_empty(&self) -> bool {
        self.drawing.faces.iter().any(|face| face.depth == 0)
    }

    fn any_gone(&self) -> bool {
        self.drawing.vessels.iter().any(|vessel| vessel.gone)
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
