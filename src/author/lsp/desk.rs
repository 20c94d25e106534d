//! The desk: the notebook on disk with what is open in the editor laid over it.
//!
//! An open document counts as it is in the editor, saved or not, and whatever happens to its
//! file meanwhile; when it is closed, what is on disk counts again.

use super::text::{Encoding, Lines};
use super::uri;
use crate::notebook::watch::{Change, Now};
use crate::notebook::{Content, ContentError, Notebook, Rules, is_meant};
use crate::panels::attached;
use crate::web::demos::reasons;
use lsp_types::{Location, Range as LspRange, TextDocumentContentChangeEvent, Uri};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The lists beside the notes that name topics, relative to the content folder.
pub const LISTS: [&str; 2] = [attached::FILE, reasons::FILE];

/// A document that is open in the editor.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its address, as the client writes it.
    pub uri: Uri,
    /// Its version, as the client counts.
    pub version: i32,
    /// Its text.
    pub text: String,
}

/// A byte order mark, which the notebook leaves out of a text.
const MARK: &str = "\u{feff}";

/// The notes as the author sees them right now.
pub struct Desk {
    /// The content folder, as the client or the command line says it.
    folder: PathBuf,
    /// The same without links.
    real: PathBuf,
    /// What the client counts in a line.
    pub encoding: Encoding,
    /// The notes, with open documents as they are in the editor.
    pub notebook: Notebook,
    /// The lists beside the notes, by file.
    lists: BTreeMap<&'static str, Arc<str>>,
    /// Open documents of the content folder, by file.
    open: BTreeMap<String, Open>,
}

impl Desk {
    /// Reads a content folder.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn of(folder: &Path, rules: &Rules, encoding: Encoding) -> Result<Desk, ContentError> {
        let notebook = Notebook::load(&Content::Folder(folder.to_owned()), rules)?;
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        // As it was said, where an address can be made of that.
        let plain = |part| !matches!(part, Component::ParentDir | Component::CurDir);
        let as_said = folder.is_absolute() && folder.components().all(plain);
        let mut desk = Desk {
            folder: if as_said { folder } else { &real }.to_owned(),
            real,
            encoding,
            notebook,
            lists: BTreeMap::new(),
            open: BTreeMap::new(),
        };
        for list in LISTS {
            desk.read_again(list);
        }
        // The names are sorted now, and not while somebody waits for the first of them.
        desk.notebook.names_like("", false, 0);
        Ok(desk)
    }

    /// The content folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The text of a list beside the notes; empty where there is none.
    pub fn list(&self, file: &str) -> Arc<str> {
        self.lists.get(file).cloned().unwrap_or_default()
    }

    /// The file of the content folder that an address means.
    pub fn file(&self, uri: &Uri) -> Option<String> {
        let path = uri::path(uri.as_str())?;
        let below = |root: &Path| path.strip_prefix(root).ok().map(Path::to_owned);
        let relative = below(&self.folder).or_else(|| below(&self.real))?;
        let mut parts = Vec::new();
        for part in relative.components() {
            match part {
                Component::Normal(part) => parts.push(part.to_str()?),
                // A way out of the folder and back, or not back.
                _ => return None,
            }
        }
        (!parts.is_empty()).then(|| parts.join("/"))
    }

    /// The address of a file of the content folder: the client's own where it is open.
    pub fn uri(&self, file: &str) -> Option<Uri> {
        match self.open.get(file) {
            Some(open) => Some(open.uri.clone()),
            None => uri::of(&self.folder.join(file)),
        }
    }

    /// The document of a file, if it is open.
    pub fn open(&self, file: &str) -> Option<&Open> {
        self.open.get(file)
    }

    /// The versions of all open documents.
    pub fn versions(&self) -> BTreeMap<String, i32> {
        let open = self.open.iter();
        open.map(|(file, open)| (file.clone(), open.version))
            .collect()
    }

    // ---- what the client does

    /// A document is opened.
    pub fn opens(&mut self, file: &str, open: Open) {
        self.lay(file, &open.text);
        self.open.insert(file.to_owned(), open);
    }

    /// A document is changed: ranges count from what the changes before have made of it.
    /// `false` where it is not open.
    pub fn changes(
        &mut self,
        file: &str,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
    ) -> bool {
        let Some(open) = self.open.get_mut(file) else {
            return false;
        };
        open.version = version;
        for change in changes {
            match change.range {
                None => open.text = change.text,
                Some(range) => {
                    let bytes = Lines::of(&open.text, self.encoding).bytes(range);
                    open.text.replace_range(bytes, &change.text);
                }
            }
        }
        let text = open.text.clone();
        self.lay(file, &text);
        true
    }

    /// A document is closed, and what is on disk counts again. `false` where it was not open.
    pub fn closes(&mut self, file: &str) -> bool {
        let was_open = self.open.remove(file).is_some();
        if was_open {
            self.read_again(file);
        }
        was_open
    }

    /// Lays a text over a file.
    fn lay(&mut self, file: &str, text: &str) {
        match LISTS.iter().find(|list| **list == file) {
            Some(list) => drop(self.lists.insert(list, text.into())),
            // It can be looked at in the editor, and is no part of the notebook.
            None if !is_meant(&self.real, file) => {}
            None => self.notebook = self.notebook.save(file, text.as_bytes()),
        }
    }

    // ---- what happens on disk

    /// Files changed on disk. `true` when that changes anything here.
    pub fn changed(&mut self, changes: Vec<Change>) -> bool {
        let mut any = false;
        for (file, now) in changes {
            if self.open.contains_key(&file) || LISTS.contains(&&*file) {
                continue;
            }
            any |= match now {
                Now::Bytes(bytes) => {
                    self.differs(&file, &bytes) && {
                        self.notebook = self.notebook.save(&file, &bytes);
                        true
                    }
                }
                // What it said last holds until it can be read.
                Now::Unreadable(_) => false,
                Now::Gone => {
                    self.notebook.source(&file).is_some() && {
                        self.notebook = self.notebook.remove(&file);
                        true
                    }
                }
            };
        }
        any
    }

    fn differs(&self, file: &str, bytes: &[u8]) -> bool {
        let bytes = bytes.strip_prefix(MARK.as_bytes()).unwrap_or(bytes);
        self.notebook.source(file).map(str::as_bytes) != Some(bytes)
    }

    /// Looks at a file on disk again. `true` when it is not as it was.
    pub fn read_again(&mut self, file: &str) -> bool {
        if self.open.contains_key(file) {
            return false;
        }
        if let Some(list) = LISTS.iter().find(|list| **list == file) {
            let text = std::fs::read_to_string(self.real.join(file)).unwrap_or_default();
            let differs = self.list(file) != text.as_str().into();
            self.lists.insert(list, text.into());
            return differs;
        }
        let now = crate::notebook::read_again(&self.real, file).map_or(Now::Gone, Now::Bytes);
        self.changed(vec![(file.to_owned(), now)])
    }

    // ---- what is answered with

    /// The text of a file as the client sees it, and how many bytes of it are no part of the
    /// notebook's text.
    fn seen(&self, file: &str) -> Option<(&str, usize)> {
        if let Some(open) = self.open.get(file) {
            let mark = open.text.starts_with(MARK);
            return Some((&open.text, if mark { MARK.len() } else { 0 }));
        }
        if let Some(list) = self.lists.get(file) {
            return Some((list, 0));
        }
        Some((self.notebook.source(file)?, 0))
    }

    /// The byte of the notebook's text at a position.
    pub fn byte(&self, file: &str, position: lsp_types::Position) -> Option<usize> {
        let (text, before) = self.seen(file)?;
        let byte = Lines::of(text, self.encoding).byte(position);
        Some(byte.saturating_sub(before))
    }

    /// Where bytes of the notebook's texts stand, file by file.
    pub fn ranges(&self, file: &str, all: &[Range<usize>]) -> Vec<LspRange> {
        let Some((text, before)) = self.seen(file) else {
            return Vec::new();
        };
        let lines = Lines::of(text, self.encoding);
        all.iter()
            .map(|bytes| lines.range(bytes.start + before..bytes.end + before))
            .collect()
    }

    /// Where bytes of one of the notebook's texts stand.
    pub fn range(&self, file: &str, bytes: Range<usize>) -> Option<LspRange> {
        self.ranges(file, std::slice::from_ref(&bytes)).pop()
    }

    /// The same, with the file's address.
    pub fn location(&self, file: &str, bytes: Range<usize>) -> Option<Location> {
        Some(Location::new(self.uri(file)?, self.range(file, bytes)?))
    }

    /// The notebook's text of a file, or the text of a list.
    pub fn text(&self, file: &str) -> Option<&str> {
        let (text, before) = self.seen(file)?;
        text.get(before..)
    }
}
