//! What of a note is searched, as text: for an index that is kept elsewhere.

use super::documents::{documents, names_beside};
use crate::notebook::Notebook;

/// A topic, or what of a note stands in none, as it is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The name of the topic; `None` for what stands in none.
    pub topic: Option<String>,
    /// Its title.
    pub title: String,
    /// The names it is defined by, whole and in parts.
    pub names: String,
    /// Its own text, without that of the topics inside it.
    pub text: String,
}

impl Notebook {
    /// The texts of the note at a path (not percent-encoded). A topic whose names another
    /// note defines is left out: it has no page.
    pub fn texts(&self, path: &str) -> Vec<Text> {
        let slot = self.paths().find(path);
        let slot = slot.map(|at| self.paths().in_order[at].1);
        let Some((slot, note)) = slot.and_then(|slot| Some((slot, self.parsed(slot)?))) else {
            return Vec::new();
        };
        let texts = documents(note, self.prefixes()).into_iter();
        texts
            .filter_map(|document| {
                let topic = match note.anchors.get(document.anchor as usize) {
                    None => None,
                    Some(anchor) => {
                        let mut names = names_beside(note, anchor);
                        let (_, name) = names.find(|(at, _)| self.wins(slot, *at, note))?;
                        Some(name.to_owned())
                    }
                };
                Some(Text {
                    topic,
                    title: document.title,
                    names: document.names,
                    text: document.text,
                })
            })
            .collect()
    }
}
