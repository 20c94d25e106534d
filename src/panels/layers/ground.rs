//! Ground: where on the host each layer of the picked image lies.
//!
//! Three names lead there: the diff id (the hash of the layer's files), the chain id
//! (the hash of the chain below and of the diff id) and the cache id, which is random.
//! The engine tells the first and the last; the second is worked out.

use super::stack::Stack;
use crate::engine::{Answers, Ask};
use crate::panels::words;
use serde::Serialize;
use serde_json::Value;

/// Where the layers of one image are.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Ground {
    /// One a layer, top first.
    pub rows: Vec<Row>,
    /// Why there are no directories, or not for all.
    pub why: Option<String>,
    /// The place that leads from a chain id to a cache id, with `CHAIN` in it, worked
    /// out from the data root and the driver.
    pub database: Option<String>,
    /// How the second chain id comes about.
    pub example: Option<String>,
}

/// One layer.
#[derive(Debug, PartialEq, Serialize)]
pub struct Row {
    /// From the bottom, from 1.
    pub number: usize,
    /// `sha256:…`
    pub diff: String,
    /// `sha256:…`
    pub chain: String,
    /// The folder with its files, on the host.
    pub directory: Option<String>,
    /// The page of its files.
    pub href: String,
}

/// Reads where the layers of `stack` are; `href` leads to a layer's files.
pub fn read(stack: &Stack, have: &Answers, href: impl Fn(usize) -> String) -> Ground {
    let image = stack.listed.asks().map(|(image, _)| image);
    let image = image
        .and_then(|ask| have.json(&ask))
        .unwrap_or(&Value::Null);
    let (directories, mut why) = directories(image, stack.layers.len());
    if stack.layers.is_empty() {
        why = None;
    }
    let rows = stack
        .layers
        .iter()
        .enumerate()
        .rev()
        .map(|(at, layer)| Row {
            number: at + 1,
            diff: words::short(&layer.diff, 80),
            chain: words::short(&layer.chain, 80),
            directory: directories.get(at).map(|path| words::short(path, 200)),
            href: href(at + 1),
        })
        .collect();
    Ground {
        database: database(image, have),
        example: match stack.layers.as_slice() {
            [first, second, ..] => Some(format!(
                "sha256(\"{} {}\") = {}",
                words::short(&first.chain, 80),
                words::short(&second.diff, 80),
                words::short(&second.chain, 80)
            )),
            _ => None,
        },
        rows,
        why,
    }
}

/// The layers' folders, bottom first, as an overlay driver names them: the top one's in
/// `UpperDir`, those below in `LowerDir`, top first.
fn directories(image: &Value, layers: usize) -> (Vec<String>, Option<String>) {
    let driver = &image["GraphDriver"];
    if !driver.is_object() {
        let why = match image["Storage"]["RootFS"]["Snapshot"]["Name"].as_str() {
            Some(name) => format!(
                "The engine keeps its images in containerd's store and says no directories \
                 (GraphDriver is absent). It names a snapshotter, {}: the directories are numbered \
                 folders of that one, which containerd alone can tell.",
                words::short(name, 40)
            ),
            None => "This engine says no directories (GraphDriver is absent).".into(),
        };
        return (Vec::new(), Some(why));
    }
    let name = words::short(driver["Name"].as_str().unwrap_or("its driver"), 40);
    let upper = driver["Data"]["UpperDir"]
        .as_str()
        .filter(|d| !d.is_empty());
    let Some(upper) = upper else {
        let why = format!(
            "Under {name} the engine says no directories (GraphDriver.Data has no UpperDir). Each \
             layer has one all the same; its random name, the cache id, stands in the layer \
             database only."
        );
        return (Vec::new(), Some(why));
    };
    let lower = driver["Data"]["LowerDir"].as_str().unwrap_or_default();
    let mut found: Vec<String> = [upper]
        .into_iter()
        .chain(lower.split(':').filter(|dir| !dir.is_empty()))
        .map(str::to_owned)
        .collect();
    found.reverse();
    if found.len() != layers {
        let why = format!(
            "The engine names {} for {}, so none is given to a layer.",
            words::count(found.len(), "directory").replace("directorys", "directories"),
            words::count(layers, "layer")
        );
        return (Vec::new(), Some(why));
    }
    (found, None)
}

/// Docker's own database of layers; other engines keep theirs elsewhere.
fn database(image: &Value, have: &Answers) -> Option<String> {
    let info = have.json(&Ask::Info)?;
    let root = info["DockerRootDir"].as_str()?.trim_end_matches('/');
    let driver = info["Driver"].as_str()?;
    let dockers = matches!(
        driver,
        "overlay2" | "vfs" | "btrfs" | "zfs" | "fuse-overlayfs"
    ) && image["GraphDriver"].is_object()
        && !root.ends_with("containers/storage");
    dockers.then(|| {
        words::short(
            &format!("{root}/image/{driver}/layerdb/sha256/CHAIN/cache-id"),
            200,
        )
    })
}
