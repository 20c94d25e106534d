//! The *writable-layer* panel: what one container changed, above the image that it
//! stands on.
//!
//! Illustrates `<<Learning_Docker_Layers_Whiteouts>>`: an added file lies in the
//! container's own layer, a changed one was copied up into it first, a deleted one is a
//! mark through which the image can still be seen. Read [`changes`] (the engine's list,
//! sorted), [`choice`] (whose), [`scene`] (where it goes), then this file.

pub mod changes;
pub mod choice;
pub mod scene;

use super::frame::{Frame, Picture};
use super::layers::containers::{source, written};
use super::layers::stack::Stack;
use super::room::Room;
use super::storage_driver::drivers::{self, Keeps};
use super::{NotTold, Panel, View, need, words};
use crate::engine::{Answers, Ask, Away};
use askama::Template;
use changes::Changes;
use choice::{Candidate, Choice, choose};
use scene::Scene;
use serde::Serialize;

/// Containers offered in the list of others.
const OFFERED: usize = 60;
/// Changes listed one by one below the picture.
const LISTED: usize = 150;

/// What this panel asks a host, given what it has heard so far.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::ContainerSizes, Ask::Info];
    if matches!(have.get(&Ask::ContainerSizes), Some(Err(_))) {
        asks.push(Ask::Containers);
    }
    if let Some(choice) = choose(view, have) {
        asks.extend(choice.asks());
        if let Some(focus) = choice.focus(have) {
            asks.push(Ask::Sized(focus.id.clone()));
            if let Some((image, history)) = focus.image.asks() {
                asks.extend([image, history]);
            }
        }
    }
    asks
}

/// A container's own layer, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/writable-layer.html")]
pub struct WritableLayer {
    #[serde(skip)]
    frame: Frame,
    /// Why it is not the container that was asked for.
    nobody: Option<String>,
    /// The container in focus; `None` on a host without any.
    focus: Option<Focus>,
    #[serde(skip)]
    picks: Vec<Pick>,
    more_picks: usize,
}

#[derive(Serialize)]
struct Focus {
    name: String,
    image: String,
    /// In one sentence.
    answer: String,
    changes: Changes,
    scene: Scene,
    /// The same for a phone.
    #[serde(skip)]
    narrow: Scene,
    /// Whether the driver gives each container a copy of its whole image: then nothing
    /// is copied up, and what is deleted leaves no mark.
    whole_copy: bool,
    /// Copy-up, told of a file of this container.
    copied: Option<String>,
    /// Bytes in the writable layer.
    size_rw: Option<u64>,
    /// Bytes in it and its image together.
    size_root_fs: Option<u64>,
    sizes: Vec<(&'static str, String)>,
    listed: Vec<(char, String)>,
    more: usize,
    remarks: Vec<String>,
    again: String,
    files: Option<String>,
}

struct Pick {
    name: String,
    href: String,
    current: bool,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<WritableLayer, NotTold> {
    if source(have).is_none() {
        need(have, &Ask::ContainerSizes)?;
    }
    let choice = choose(view, have).ok_or(NotTold::Away(Away::Connecting))?;
    let mut frame = Frame::new(Panel::WritableLayer, view, have);
    let fields = ["Id", "Names", "ImageID", "SizeRw", "SizeRootFs"];
    let list = source(have).unwrap_or(Ask::ContainerSizes);
    let focus = match choice.focus(have) {
        None if choice.all.is_empty() => None,
        None => return Err(NotTold::Away(Away::Connecting)),
        Some(candidate) => {
            let changes = Ask::Changes(candidate.id.clone());
            need(have, &changes)?;
            frame.cite(have, &changes, &["Kind", "Path"]);
            let sized = Ask::Sized(candidate.id.clone());
            // Where it was not measured alone, as in a recording, the list says it.
            if have.json(&sized).is_some() {
                frame.cite(have, &sized, &["SizeRw", "SizeRootFs"]);
            }
            if let Some((image, history)) = candidate.image.asks() {
                frame.cite(have, &image, &["RootFS.Layers", "Size"]);
                frame.cite(have, &history, &["CreatedBy", "Size"]);
            }
            Some(focus(view, have, candidate)?)
        }
    };
    frame.cite(have, &list, &fields);
    frame.cite(have, &Ask::Info, &["Driver"]);
    let (picks, more_picks) = picks(view, &choice, choice.focus(have));
    Ok(WritableLayer {
        frame,
        nobody: choice.nobody.as_deref().map(|of| words::short(of, 80)),
        focus,
        picks,
        more_picks,
    })
}

impl Picture for WritableLayer {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

fn focus(view: &View, have: &Answers, candidate: &Candidate) -> Result<Focus, NotTold> {
    let ask = Ask::Changes(candidate.id.clone());
    let changes = changes::read(need(have, &ask)?).ok_or(NotTold::NoField {
        ask: "GET /containers/{id}/changes".into(),
        field: "a list of changes",
    })?;
    let mut remarks = Vec::new();
    let (size_rw, size_root_fs) = match have.json(&Ask::Sized(candidate.id.clone())) {
        Some(json) => (written(json), json["SizeRootFs"].as_u64()),
        None => (candidate.written, candidate.whole),
    };
    let stack = match Stack::read(&candidate.image, have) {
        Ok(stack) => Some(stack),
        Err(why) => {
            remarks.push(format!("Its image is not drawn: {why}."));
            None
        }
    };
    let name = words::short(&candidate.name, 60);
    let image = words::short(&candidate.image.name(), 60);
    if size_rw.is_none() {
        remarks.push(
            "This engine does not say how many bytes the container wrote (SizeRw).".to_owned(),
        );
    }
    if changes.unknown > 0 {
        remarks.push(format!(
            "{} left out: their kind is none that we know.",
            words::capital(&words::count(changes.unknown, "line"))
        ));
    }
    if candidate.state != "running" && !candidate.state.is_empty() {
        remarks.push(format!(
            "It is {}, and its layer is kept all the same: it goes with “docker rm”, not before.",
            words::short(&candidate.state, 20)
        ));
    }
    let driver = have
        .json(&Ask::Info)
        .and_then(|info| info["Driver"].as_str());
    let copies = driver.filter(|name| drivers::about(name).0 == Keeps::Copies);
    if let Some(driver) = copies {
        remarks.push(whole_copy(&words::short(driver, 40), &image));
    }
    let all = changes.all();
    let listed: Vec<(char, String)> = all
        .iter()
        .take(LISTED)
        .map(|change| (change.kind.letter(), told(change)))
        .collect();
    let layers = stack.as_ref().map_or(0, |stack| stack.layers.len());
    Ok(Focus {
        answer: answer(&name, &image, &changes, size_rw),
        whole_copy: copies.is_some(),
        copied: changes
            .copied_up()
            .filter(|_| copies.is_none())
            .map(|change| copied_up(&words::short(&change.path, 80), &image)),
        sizes: sizes(size_rw, size_root_fs),
        more: all.len() - listed.len(),
        listed,
        scene: scene::arrange(&changes, stack.as_ref(), size_rw, &image, Room::Broad),
        narrow: scene::arrange(&changes, stack.as_ref(), size_rw, &image, Room::Narrow),
        files: (layers > 0).then(|| {
            let of = format!("{}~{layers}", candidate.image.handle());
            view.focus(&of).href(Panel::Layers)
        }),
        again: view.focus(&candidate.name).href(Panel::WritableLayer),
        name,
        image,
        changes,
        size_rw,
        size_root_fs,
        remarks,
    })
}

/// A change in a line: its path, and what lies below it.
fn told(change: &changes::Change) -> String {
    let path = words::short(&change.path, 200);
    match change.below {
        0 => path,
        n => format!("{path} and {n} below it"),
    }
}

fn answer(name: &str, image: &str, changes: &Changes, size_rw: Option<u64>) -> String {
    if changes.none() {
        return format!("{name} has changed nothing: what it sees is {image}, as it was built.");
    }
    let parts: Vec<String> = [
        (&changes.added, "added"),
        (&changes.changed, "changed"),
        (&changes.deleted, "deleted"),
    ]
    .iter()
    .filter(|(some, _)| !some.is_empty())
    .map(|(some, word)| format!("{} {word}", words::number(some.len())))
    .collect();
    let parts = match parts.as_slice() {
        [] => "only folders touched".to_owned(),
        parts => words::list(parts),
    };
    match size_rw {
        Some(bytes) => format!(
            "{name} wrote {} above {image}: {parts}.",
            words::size(bytes)
        ),
        None => format!("{name} changed what it sees of {image}: {parts}."),
    }
}

fn copied_up(path: &str, image: &str) -> String {
    format!(
        "Before {path} could be changed, the whole file was copied up from {image} into the \
         container's layer, even if one byte was to change. The copy hides the original, which \
         still lies in the image, unchanged for every other container. How do we know? It is \
         listed as changed and nothing below it is, so it is a file, or a folder whose own mode \
         or owner was changed."
    )
}

fn whole_copy(driver: &str, image: &str) -> String {
    format!(
        "This host keeps layers with {driver}, which shares nothing: this container began with a \
         copy of the whole of {image}. So nothing had to be copied up, and what was deleted is \
         gone from that copy without a mark; in the image it still lies. The list is made by \
         comparing the two."
    )
}

fn sizes(size_rw: Option<u64>, size_root_fs: Option<u64>) -> Vec<(&'static str, String)> {
    let mut sizes = Vec::new();
    if let Some(bytes) = size_rw {
        let exact = match bytes {
            0..1000 => String::new(),
            _ => format!(", {bytes} bytes"),
        };
        sizes.push((
            "Own layer (SizeRw)",
            format!("{}{exact}", words::size(bytes)),
        ));
    }
    if let Some(whole) = size_root_fs {
        sizes.push(("With its image (SizeRootFs)", words::size(whole)));
        if let Some(image) = size_rw.and_then(|own| whole.checked_sub(own)) {
            sizes.push(("Its image, shared", words::size(image)));
        }
    }
    sizes
}

/// All containers as links, the one in focus first.
fn picks(view: &View, choice: &Choice, focus: Option<&Candidate>) -> (Vec<Pick>, usize) {
    let mut all: Vec<&Candidate> = choice.all.iter().collect();
    all.sort_by_key(|one| (focus.is_none_or(|focus| focus.id != one.id), &one.name));
    let picks: Vec<Pick> = all
        .iter()
        .take(OFFERED)
        .enumerate()
        .map(|(at, one)| Pick {
            name: words::short(&one.name, 60),
            href: view.focus(&one.name).href(Panel::WritableLayer),
            current: at == 0,
        })
        .collect();
    let more = all.len() - picks.len();
    (picks, more)
}

#[cfg(test)]
mod tests;
