//! Files: what each layer of an image added, changed and deleted, compared with the
//! layers below it, and what it wastes.
//!
//! Pure reckoning over the names and sizes that `engine::files` kept of an export.
//! [`read`] gives them to the image's layers by diff id, [`Image::changes`] compares one
//! layer with those below, [`Image::wasted`] finds the bytes that no container on the
//! image can see any more.

use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

/// The name's beginning that makes a file a deletion of what it names.
const WHITEOUT: &str = ".wh.";
/// The name that hides all that lies in its folder below.
const OPAQUE: &str = ".wh..wh..opq";

/// One entry of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File<'a> {
    /// `f`ile, `d`irectory, sym`l`ink, `h`ard link, `o`ther.
    pub kind: char,
    /// Its bytes in this layer. A hard link has none of its own.
    pub size: u64,
    /// Its path, without a slash at either end.
    pub path: &'a str,
}

/// What an entry does to the layers below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// It is a file, a folder or a link.
    File(File<'a>),
    /// It deletes this path.
    Whiteout(&'a str),
    /// It hides what this folder holds below.
    Opaque(&'a str),
}

/// An image's layers, bottom first, as far as they could be read.
#[derive(Debug, Default)]
pub struct Image<'a> {
    /// `None` for one that was not read.
    pub layers: Vec<Option<Vec<Entry<'a>>>>,
    /// Why the reading ended early.
    pub cut: Option<&'a str>,
}

/// What one layer did to one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// No layer below has it.
    Added,
    /// A layer below has it too.
    Changed,
    /// It is in a layer below, and not seen from here on.
    Deleted,
}

/// One path that a layer touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// Its path.
    pub path: &'a str,
    /// How.
    pub mark: Mark,
    /// What it is in this layer, as in [`File`]; a deletion is an `o`ther.
    pub kind: char,
    /// Its bytes in this layer.
    pub size: u64,
    /// Bytes in the layers below that it hides.
    pub hides: u64,
    /// The layer above, from 0, that hides it in turn.
    pub hidden_by: Option<usize>,
}

/// Bytes that weigh and are never seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wasted<'a> {
    /// The path.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: u64,
    /// The layer that holds them, from 0.
    pub layer: usize,
    /// The layer above that hides them.
    pub by: usize,
    /// Whether that layer deleted it; otherwise it wrote it anew.
    pub deleted: bool,
}

/// Reads an answer to `Ask::Files` for an image of these diff ids, bottom first.
pub fn read<'a>(json: &'a Value, diffs: &[&str]) -> Image<'a> {
    let told = json["layers"].as_array().map_or(&[][..], Vec::as_slice);
    let by_diff: HashMap<&str, &'a Value> = told
        .iter()
        .filter_map(|layer| Some((layer["diff"].as_str()?, &layer["files"])))
        .collect();
    Image {
        layers: diffs
            .iter()
            .map(|diff| {
                let files = by_diff.get(diff)?.as_array()?;
                Some(files.iter().filter_map(entry).collect())
            })
            .collect(),
        cut: json["cut"].as_str(),
    }
}

fn entry(line: &Value) -> Option<Entry<'_>> {
    let mut parts = line.as_str()?.splitn(3, ' ');
    let kind = parts.next()?.chars().next()?;
    let size = parts.next()?.parse().ok()?;
    let path = parts.next()?;
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if name == OPAQUE {
        return Some(Entry::Opaque(folder));
    }
    Some(match name.strip_prefix(WHITEOUT) {
        // `.wh..wh.` begins what old drivers keep for themselves.
        Some(rest) if rest.starts_with(WHITEOUT) => return None,
        Some("") | None => Entry::File(File { kind, size, path }),
        Some(_) => Entry::Whiteout(path),
    })
}

/// The path that a whiteout deletes.
fn deleted(whiteout: &str) -> String {
    match whiteout.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/{}", &name[WHITEOUT.len()..]),
        None => whiteout[WHITEOUT.len()..].to_owned(),
    }
}

/// The folders that a path lies in, nearest first; not the root.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        let (folder, _) = rest.rsplit_once('/')?;
        rest = folder;
        Some(folder)
    })
}

/// What the layers above have taken from sight.
#[derive(Default)]
struct Hidden {
    /// The path itself, and whether by a deletion.
    at: HashMap<String, (usize, bool)>,
    /// All that lies in the folder.
    inside: HashMap<String, (usize, bool)>,
}

impl Hidden {
    /// Which layer hides `path`, if any does: the nearest above.
    fn by(&self, path: &str) -> Option<(usize, bool)> {
        let around = folders(path).chain([""]);
        let around = around.filter_map(|folder| self.inside.get(folder));
        self.at.get(path).into_iter().chain(around).min().copied()
    }

    fn add(&mut self, layer: usize, entries: &[Entry]) {
        for entry in entries {
            match entry {
                // A folder over a folder hides nothing; over a file it does.
                Entry::File(file) if file.kind == 'd' => {
                    self.at.insert(file.path.to_owned(), (layer, false));
                }
                Entry::File(file) => {
                    self.at.insert(file.path.to_owned(), (layer, false));
                    self.inside.insert(file.path.to_owned(), (layer, false));
                }
                Entry::Whiteout(path) => {
                    let path = deleted(path);
                    self.at.insert(path.clone(), (layer, true));
                    self.inside.insert(path, (layer, true));
                }
                Entry::Opaque(folder) => {
                    self.inside.insert((*folder).to_owned(), (layer, true));
                }
            }
        }
    }
}

/// What is seen of the layers up to some one: each file with its bytes.
type Seen<'a> = BTreeMap<&'a str, File<'a>>;

fn inside<'a>(seen: &Seen<'a>, folder: &str) -> Vec<(&'a str, u64)> {
    let start = match folder {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    seen.range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded))
        .take_while(|(path, _)| path.starts_with(&start))
        .map(|(path, file)| (*path, file.size))
        .collect()
}

/// Lays a layer on what is seen, and tells what it changed.
fn lay<'a>(seen: &mut Seen<'a>, entries: &[Entry<'a>]) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    let below = if entries.iter().any(|e| matches!(e, Entry::Opaque(_))) {
        seen.clone()
    } else {
        Seen::new()
    };
    let own: std::collections::HashSet<&str> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::File(file) => Some(file.path),
            _ => None,
        })
        .collect();
    let change = |path, mark, kind, size, hides| Change {
        path,
        mark,
        kind,
        size,
        hides,
        hidden_by: None,
    };
    // Deletions first: what a layer writes itself is never hidden by it.
    for entry in entries {
        match entry {
            Entry::File(_) => {}
            Entry::Whiteout(whiteout) => {
                let path = deleted(whiteout);
                let mut hides = seen.remove(path.as_str()).map_or(0, |file| file.size);
                for (path, size) in inside(seen, &path) {
                    seen.remove(path);
                    hides += size;
                }
                changes.push(change(whiteout, Mark::Deleted, 'o', 0, hides));
            }
            Entry::Opaque(folder) => {
                for (path, size) in inside(seen, folder) {
                    let folder = seen.remove(path).is_some_and(|file| file.kind == 'd');
                    if !folder && !own.contains(path) {
                        changes.push(change(path, Mark::Deleted, 'o', 0, size));
                    }
                }
            }
        }
    }
    for entry in entries {
        let Entry::File(file) = entry else { continue };
        let before = seen
            .insert(file.path, *file)
            .or_else(|| below.get(file.path).copied());
        if file.kind == 'd' {
            match before {
                // A folder is listed for what was done in it.
                Some(before) if before.kind == 'd' => {}
                Some(before) => {
                    changes.push(change(file.path, Mark::Changed, 'd', 0, before.size));
                }
                None => changes.push(change(file.path, Mark::Added, 'd', 0, 0)),
            }
            continue;
        }
        let mut hides = before.map_or(0, |file| file.size);
        if before.is_some_and(|before| before.kind == 'd') {
            for (path, size) in inside(seen, file.path) {
                seen.remove(path);
                hides += size;
            }
        }
        let mark = match before {
            Some(_) => Mark::Changed,
            None => Mark::Added,
        };
        changes.push(change(file.path, mark, file.kind, file.size, hides));
    }
    changes
}

impl<'a> Image<'a> {
    /// What layer `at` (from 0) did, compared with the layers below; `None` where it was
    /// not read. The path of a deletion is that of its mark, `.wh.NAME`.
    pub fn changes(&self, at: usize) -> Option<Vec<Change<'a>>> {
        let wanted = self.layers.get(at)?.as_ref()?;
        let mut seen = Seen::new();
        for layer in self.layers[..at].iter().flatten() {
            lay(&mut seen, layer);
        }
        let mut changes = lay(&mut seen, wanted);
        let mut hidden = Hidden::default();
        for (above, layer) in self.layers.iter().enumerate().skip(at + 1).rev() {
            hidden.add(above, layer.as_deref().unwrap_or_default());
        }
        for change in &mut changes {
            if change.size > 0 {
                change.hidden_by = hidden.by(change.path).map(|(by, _)| by);
            }
        }
        Some(changes)
    }

    /// The bytes that upper layers overwrote or deleted, largest first.
    pub fn wasted(&self) -> Vec<Wasted<'a>> {
        let mut hidden = Hidden::default();
        let mut wasted = Vec::new();
        for (at, layer) in self.layers.iter().enumerate().rev() {
            let entries = layer.as_deref().unwrap_or_default();
            for entry in entries {
                if let Entry::File(file) = entry
                    && file.size > 0
                    && let Some((by, deleted)) = hidden.by(file.path)
                {
                    wasted.push(Wasted {
                        path: file.path,
                        bytes: file.size,
                        layer: at,
                        by,
                        deleted,
                    });
                }
            }
            hidden.add(at, entries);
        }
        wasted.sort_by(|a, b| (b.bytes, b.layer, a.path).cmp(&(a.bytes, a.layer, b.path)));
        wasted
    }

    /// The bytes of layer `at`; `None` where it was not read.
    pub fn bytes(&self, at: usize) -> Option<u64> {
        let layer = self.layers.get(at)?.as_ref()?;
        Some(layer.iter().fold(0, |sum, entry| match entry {
            Entry::File(file) => sum + file.size,
            _ => sum,
        }))
    }
}

/// The name that a change goes by: a deletion by what it deletes.
pub fn name(change: &Change) -> String {
    match change.mark {
        Mark::Deleted
            if change
                .path
                .rsplit('/')
                .next()
                .is_some_and(|name| name.starts_with(WHITEOUT)) =>
        {
            deleted(change.path)
        }
        _ => change.path.to_owned(),
    }
}
