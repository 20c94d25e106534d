//! The *storage driver* panel: how this host keeps layers.
//!
//! Illustrates `<<Learning_Docker_Storage>>`: the driver, what it stands on, and one
//! real image of this host as the driver keeps it and as it would be kept otherwise.

pub mod bars;
pub mod drivers;

use super::frame::{Frame, Picture};
use super::layers::stack::{self, Listed, Stack};
use super::{NotTold, Panel, View, need, words};
use crate::engine::{Answers, Ask};
use askama::Template;
use bars::{Bars, bars};
use drivers::{Keeps, about};
use serde::Serialize;
use serde_json::Value;

/// The largest images: one of them, the one with the most layers, is drawn.
const CANDIDATES: usize = 3;
/// Lines of `DriverStatus` that are shown.
const STATUS: usize = 14;
/// How an engine says that containerd keeps its images.
const SNAPSHOTTER: &str = "io.containerd.snapshotter.v1";

/// What this panel asks a host, given what it has heard so far.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Info, Ask::Images];
    let candidates = candidates(view, have);
    let questions: Vec<(Ask, Ask)> = candidates.iter().filter_map(Listed::asks).collect();
    let all_told = questions.iter().all(|(image, _)| have.get(image).is_some());
    asks.extend(questions.into_iter().map(|(image, _)| image));
    if all_told && let Some((_, history)) = drawn(&candidates, have).and_then(|image| image.asks())
    {
        asks.push(history);
    }
    asks
}

/// How this host keeps layers, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/storage-driver.html")]
pub struct StorageDriver {
    #[serde(skip)]
    frame: Frame,
    driver: String,
    on: Option<String>,
    keeps: Keeps,
    about: &'static str,
    root: Option<String>,
    /// Where that folder really is, as far as the engine gives it away.
    side: &'static str,
    store: &'static str,
    containerd: bool,
    podman: bool,
    status: Vec<(String, String)>,
    remarks: Vec<String>,
    stack: Option<Drawn>,
    /// Why no stack is drawn.
    no_stack: Option<String>,
}

/// One image, kept two ways.
#[derive(Debug, Serialize)]
struct Drawn {
    image: String,
    layers: usize,
    bars: Bars,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<StorageDriver, NotTold> {
    let info = need(have, &Ask::Info)?;
    let driver = info["Driver"]
        .as_str()
        .filter(|driver| !driver.is_empty())
        .ok_or(NotTold::NoField {
            ask: "GET /info".into(),
            field: "Driver",
        })?;
    let pairs = status(info);
    let said = |name: &str| {
        let pair = pairs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        pair.map(|(_, value)| value.clone())
    };
    let containerd = said("driver-type").is_some_and(|kind| kind == SNAPSHOTTER);
    let root = info["DockerRootDir"]
        .as_str()
        .filter(|root| !root.is_empty())
        .map(|root| words::short(root, 200));
    let podman = root
        .as_deref()
        .is_some_and(|root| root.contains("containers/storage"));
    let system = info["OperatingSystem"].as_str().unwrap_or_default();
    let (keeps, about) = about(driver);

    let mut frame = Frame::new(Panel::StorageDriver, view, have);
    frame.cite(
        have,
        &Ask::Info,
        &[
            "Driver",
            "DriverStatus",
            "DockerRootDir",
            "OperatingSystem",
            "ServerVersion",
        ],
    );
    let candidates = candidates(view, have);
    let chosen = drawn(&candidates, have);
    if let Some((image, history)) = chosen.and_then(Listed::asks) {
        frame.cite(have, &Ask::Images, &["Id", "RepoTags", "Size"]);
        frame.cite(have, &image, &["RepoTags", "RootFS.Layers", "Size"]);
        frame.cite(have, &history, &["CreatedBy", "Size"]);
    }
    let (stack, no_stack) = match (chosen, have.get(&Ask::Images)) {
        (Some(chosen), _) => match sized(chosen, have) {
            Ok(drawn) => (Some(drawn), None),
            Err(why) => (None, Some(why)),
        },
        (None, Some(Ok(_))) if candidates.is_empty() => (
            None,
            Some("No image is here yet. Pull or build one, and its layers are drawn here.".into()),
        ),
        (None, Some(Ok(_))) => (
            None,
            candidates.first().map(|first| {
                let why = Stack::read(first, have).err().unwrap_or_default();
                format!("{why}.")
            }),
        ),
        (None, Some(Err(away))) => (None, Some(format!("No image is drawn: {away}."))),
        (None, None) => (
            None,
            Some("The images have not been asked about yet.".into()),
        ),
    };
    Ok(StorageDriver {
        frame,
        on: said("Backing Filesystem"),
        keeps,
        about,
        side: if system.contains("Docker Desktop") {
            "inside Docker Desktop's virtual machine, not on your disk"
        } else {
            "on the host's side, which may be a virtual machine"
        },
        store: match (podman, containerd) {
            (true, _) => "Podman's own, containers/storage",
            (_, true) => "containerd's, one of its snapshotters unpacks the layers",
            _ => "Docker's own, no containerd snapshotter",
        },
        remarks: remarks(
            driver,
            containerd,
            podman,
            said("Supports d_type").as_deref(),
        ),
        driver: words::short(driver, 60),
        status: pairs,
        root,
        containerd,
        podman,
        stack,
        no_stack,
    })
}

impl Drawn {
    fn count(&self) -> String {
        words::count(self.layers, "layer")
    }

    fn shares(&self) -> String {
        words::size(self.bars.shares)
    }

    fn copies(&self) -> String {
        words::size(self.bars.copies)
    }

    /// The layers from the bottom, with their sizes.
    fn told(&self) -> String {
        let groups = self.bars.groups.iter().map(|group| {
            let size = words::size(group.bytes);
            match (group.first, group.last) {
                (first, last) if first == last => format!("layer {first} {size}"),
                (first, last) => format!("layers {first} to {last} {size}"),
            }
        });
        groups.collect::<Vec<_>>().join("; ")
    }
}

impl Picture for StorageDriver {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

impl StorageDriver {
    fn shares(&self) -> bool {
        self.keeps != Keeps::Copies
    }

    /// `overlay2, on extfs`
    fn answer(&self) -> String {
        match &self.on {
            Some(on) => format!("{}, on {on}", self.driver),
            None => self.driver.clone(),
        }
    }

    fn verdict(&self) -> &'static str {
        match self.keeps {
            Keeps::Shares => "Layers are shared, not copied.",
            Keeps::Copies => "Layers are copied, not shared.",
            Keeps::Unknown => "Shared or copied? Not known.",
        }
    }

    /// The heading over the stack that is kept once.
    fn shared_title(&self) -> &str {
        match self.keeps {
            Keeps::Shares => &self.driver,
            _ => "overlay2",
        }
    }

    /// The heading over the one that is copied.
    fn copied_title(&self) -> &str {
        match self.keeps {
            Keeps::Copies => &self.driver,
            _ => "vfs",
        }
    }
}

/// `DriverStatus`: pairs of a name and a value, in whatever shape they come.
fn status(info: &Value) -> Vec<(String, String)> {
    info["DriverStatus"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|pair| {
            let (name, value) = (pair.get(0)?.as_str()?, pair.get(1)?.as_str()?);
            let name = words::short(name.trim(), 60);
            (!name.is_empty()).then(|| (name, words::short(value, 160)))
        })
        .take(STATUS)
        .collect()
}

/// What deserves a sentence on this very host.
fn remarks(driver: &str, containerd: bool, podman: bool, d_type: Option<&str>) -> Vec<String> {
    let mut remarks = Vec::new();
    if containerd {
        remarks.push("Here containerd keeps the images. A layer is on disk twice: compressed, as it was pulled, and unpacked, as containers read it. The size of an image counts both, so it is larger than under Docker's own store, and “docker image inspect” names no layer folders.".to_owned());
    }
    if podman {
        remarks.push("The data root is Podman's. It keeps layers as Docker does, in folders of its own; Docker on the same machine would not see them.".to_owned());
    }
    if d_type == Some("false") && driver.starts_with("overlay") {
        remarks.push("The file system below does not store file types in its folders (d_type is false). Overlay needs that: deleted files may come back. Format it anew, with ftype=1 on XFS.".to_owned());
    }
    remarks
}

/// The images that may be drawn: the one asked for, or the largest ones.
fn candidates(view: &View, have: &Answers) -> Vec<Listed> {
    let Some(json) = have.json(&Ask::Images) else {
        return Vec::new();
    };
    let mut images = stack::list(json);
    if let Some(of) = view.of.as_deref()
        && let Some(at) = images.iter().position(|image| image.answers_to(of))
    {
        return vec![images.swap_remove(at)];
    }
    images.sort_by_cached_key(|image| (std::cmp::Reverse(image.size), image.handle()));
    images.truncate(CANDIDATES);
    images
}

/// Of those, the one with the most layers.
fn drawn<'a>(candidates: &'a [Listed], have: &Answers) -> Option<&'a Listed> {
    let layers = |image: &Listed| {
        Stack::read(image, have)
            .ok()
            .map(|stack| stack.layers.len())
    };
    candidates
        .iter()
        .rev()
        .filter(|image| layers(image).is_some_and(|layers| layers > 0))
        .max_by_key(|image| layers(image))
}

fn sized(image: &Listed, have: &Answers) -> Result<Drawn, String> {
    let stack = Stack::read(image, have).map_err(|why| format!("{why}."))?;
    let sizes: Option<Vec<u64>> = stack.layers.iter().map(|layer| layer.size).collect();
    let sizes = sizes.ok_or_else(|| {
        format!(
            "{} has {}, but the engine does not say which size belongs to which, so nothing is drawn to scale.",
            words::short(&image.name(), 60),
            words::count(stack.layers.len(), "layer")
        )
    })?;
    Ok(Drawn {
        image: words::short(&image.name(), 40),
        layers: sizes.len(),
        bars: bars(&sizes),
    })
}

#[cfg(test)]
mod tests;
