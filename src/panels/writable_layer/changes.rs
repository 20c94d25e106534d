//! Changes: what `GET /containers/{id}/changes` says, made ready to be drawn.
//!
//! The list names every folder on the way to a change as changed too, and everything in
//! an added folder one by one. A reader wants the roots: what was added, changed and
//! deleted, each once.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What happened to a path, by the letter that `docker diff` puts before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Kind {
    /// `A`: it is in no layer of the image.
    Added,
    /// `C`: it is in the image too, and a copy in the writable layer hides that one.
    Changed,
    /// `D`: it is in the image, and a mark in the writable layer hides it.
    Deleted,
}

impl Kind {
    /// As `docker diff` writes it.
    pub fn letter(self) -> char {
        match self {
            Kind::Added => 'A',
            Kind::Changed => 'C',
            Kind::Deleted => 'D',
        }
    }
}

/// One thing that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where, as the engine gave it.
    pub path: String,
    /// How.
    pub kind: Kind,
    /// How many listed paths lie below it and share its fate: those of an added folder.
    pub below: usize,
}

/// All that was changed, each kind in the order of its paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Added, without what lies in an added folder.
    pub added: Vec<Change>,
    /// Changed in themselves: nothing below them is listed.
    pub changed: Vec<Change>,
    /// Deleted.
    pub deleted: Vec<Change>,
    /// Folders listed as changed for what was changed in them.
    pub folders: Vec<String>,
    /// How many paths the engine listed.
    pub listed: usize,
    /// How many of them are of a kind that is not known.
    pub unknown: usize,
}

/// Reads an answer. `null` is an engine's way to say that nothing was changed; `None`
/// is for what is no list at all.
pub fn read(json: &Value) -> Option<Changes> {
    let list = match json {
        Value::Null => &[][..],
        Value::Array(list) => list.as_slice(),
        _ => return None,
    };
    let mut changes = Changes {
        listed: list.len(),
        ..Changes::default()
    };
    let mut by_path: BTreeMap<&str, Kind> = BTreeMap::new();
    for item in list {
        let kind = match item["Kind"].as_u64() {
            Some(0) => Kind::Changed,
            Some(1) => Kind::Added,
            Some(2) => Kind::Deleted,
            _ => {
                changes.unknown += 1;
                continue;
            }
        };
        match item["Path"].as_str() {
            Some(path) if !path.is_empty() => {
                by_path.insert(path, kind);
            }
            _ => changes.unknown += 1,
        }
    }
    for (path, kind) in &by_path {
        let above = ancestors(path).find_map(|folder| by_path.get(folder));
        // The nearest listed folder above shares its fate, and stands for it.
        if *kind != Kind::Changed && above == Some(kind) {
            continue;
        }
        let below = inside(&by_path, path).count();
        let change = |below| Change {
            path: (*path).to_owned(),
            kind: *kind,
            below,
        };
        match kind {
            Kind::Added => changes.added.push(change(below)),
            Kind::Deleted => changes.deleted.push(change(below)),
            Kind::Changed if below > 0 => changes.folders.push((*path).to_owned()),
            Kind::Changed => changes.changed.push(change(0)),
        }
    }
    Some(changes)
}

/// The folders that a path lies in, nearest first.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        let (folder, _) = rest.rsplit_once('/')?;
        rest = folder;
        Some(if folder.is_empty() { "/" } else { folder })
    })
}

fn inside<'a>(
    by_path: &'a BTreeMap<&str, Kind>,
    folder: &str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let start = format!("{}/", folder.trim_end_matches('/'));
    by_path
        .range::<str, _>((
            std::ops::Bound::Excluded(start.as_str()),
            std::ops::Bound::Unbounded,
        ))
        .map(|(path, _)| *path)
        .take_while(move |path| path.starts_with(&start))
        .collect::<Vec<_>>()
        .into_iter()
}

impl Changes {
    /// Whether nothing was changed.
    pub fn none(&self) -> bool {
        self.listed == 0
    }

    /// One that was copied up and is most surely a file: a changed path that nothing
    /// below is listed of.
    pub fn copied_up(&self) -> Option<&Change> {
        self.changed.iter().max_by_key(|change| {
            let name = change.path.rsplit('/').next().unwrap_or_default();
            // A name with an ending is a file's more often than not.
            (name.contains('.'), std::cmp::Reverse(change.path.len()))
        })
    }

    /// Every change, by path.
    pub fn all(&self) -> Vec<&Change> {
        let mut all: Vec<&Change> = [&self.added, &self.changed, &self.deleted]
            .into_iter()
            .flatten()
            .collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }
}
