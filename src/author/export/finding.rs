//! The index of a copy: which words are in which topic, in parts that a browser loads as a
//! search needs them. `static/still/found.js` reads it.
//!
//! `search/index.json` says how many documents there are and which word each part of the
//! words begins with; `search/words-N.json` has words in order, each with its documents;
//! `search/docs-N.json` has what is shown of [`CHUNK`] documents.

use super::addresses::Addresses;
use crate::notebook::search::{Text, words};
use crate::panels::Panel;
use crate::web::demos::pages::demo_url;
use crate::web::pages::{note_url, topic_url};
use crate::web::state::Edition;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::json;

/// How many documents one part shows.
const CHUNK: usize = 128;
/// About how large a part of the words is, in bytes.
const PART: usize = 48 << 10;
/// How much of a text is shown, in characters.
const SHOWN: usize = 140;
/// How often a word counts at most in one text.
const MOST: u32 = 3;
/// What a word counts for in a title, and in a name.
const TITLE: u32 = 9;
const NAME: u32 = 5;

/// What a document is, for the groups of results.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(into = "u8")]
enum Kind {
    Topic,
    Wanted,
    Demo,
    Panel,
}

impl From<Kind> for u8 {
    fn from(kind: Kind) -> u8 {
        kind as u8
    }
}

/// What is shown of a document: its address, title, name, place, kind, and how its text
/// begins.
#[derive(Clone, Debug, Serialize)]
struct Shown(String, String, String, String, Kind, String);

/// A document with what each of its words counts.
struct Document {
    shown: Shown,
    words: FxHashMap<String, u32>,
}

/// The files of the index, with `/`, and what is in them.
pub fn index(edition: &Edition, addresses: &Addresses<'_>) -> Vec<(String, Vec<u8>)> {
    let documents = documents(edition, addresses);
    let mut all: FxHashMap<String, Vec<(u32, u32)>> = FxHashMap::default();
    let mut shown = Vec::with_capacity(documents.len());
    for (number, document) in (0..).zip(documents) {
        for (word, counts) in document.words {
            all.entry(word).or_default().push((number, counts));
        }
        shown.push(document.shown);
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_unstable();
    let (firsts, mut files) = parts(&all);
    let docs = shown.chunks(CHUNK).enumerate().map(|(number, docs)| {
        let file = format!("search/docs-{number}.json");
        (file, serde_json::to_vec(docs).unwrap_or_default())
    });
    files.extend(docs);
    let index = json!({ "docs": shown.len(), "chunk": CHUNK, "shards": firsts });
    files.push((
        "search/index.json".to_owned(),
        index.to_string().into_bytes(),
    ));
    files
}

/// The words in parts: the first word of each, and its file. Documents are told by how far
/// each is from the one before.
fn parts(all: &[(String, Vec<(u32, u32)>)]) -> (Vec<&str>, Vec<(String, Vec<u8>)>) {
    let (mut firsts, mut files) = (Vec::new(), Vec::new());
    let mut part = String::new();
    for (at, (word, documents)) in all.iter().enumerate() {
        if part.is_empty() {
            firsts.push(word.as_str());
            part.push('[');
        } else {
            part.push(',');
        }
        part.push('[');
        // A word is letters and digits: nothing in it is escaped.
        part.push('"');
        part.push_str(word);
        part.push_str("\",[");
        let mut before = 0;
        for (number, counts) in documents {
            if !part.ends_with('[') {
                part.push(',');
            }
            part.push_str(&(number - before).to_string());
            part.push(',');
            part.push_str(&counts.to_string());
            before = *number;
        }
        part.push_str("]]");
        if part.len() > PART || at + 1 == all.len() {
            part.push(']');
            let file = format!("search/words-{}.json", files.len());
            files.push((file, std::mem::take(&mut part).into_bytes()));
        }
    }
    (firsts, files)
}

fn documents(edition: &Edition, addresses: &Addresses<'_>) -> Vec<Document> {
    let notebook = &edition.notebook;
    let file = |address: String| addresses.page(&address).map(|page| page.href.clone());
    let notes = notebook.notes(0, usize::MAX);
    let topics = notes.iter().flat_map(|note| {
        let texts = notebook.texts(&note.path).into_iter();
        texts.filter_map(|text| {
            let (address, place) = match &text.topic {
                Some(name) => (topic_url(name), note.title.clone()),
                None => (note_url(&note.path), String::new()),
            };
            Some(Document::of(&text, file(address)?, place, Kind::Topic))
        })
    });
    let mut all: Vec<Document> = topics.collect();
    let wanted = notebook.wanted().iter().filter_map(|wanted| {
        let href = file(topic_url(&wanted.name))?;
        let text = Text {
            title: notebook.topic_link(&wanted.name).title,
            topic: Some(wanted.name.clone()),
            names: wanted.name.clone(),
            text: String::new(),
        };
        Some(Document::of(&text, href, String::new(), Kind::Wanted))
    });
    all.extend(wanted);
    let titled = |title: &str, text: String| Text {
        topic: None,
        title: title.to_owned(),
        names: String::new(),
        text,
    };
    all.extend(edition.demos.all().filter_map(|demo| {
        let text = titled(&demo.title, String::new());
        let href = file(demo_url(&demo.id))?;
        Some(Document::of(&text, href, String::new(), Kind::Demo))
    }));
    all.extend(Panel::ALL.into_iter().filter_map(|panel| {
        let text = titled(panel.title(), panel.question().to_owned());
        let href = file(format!("/panels/{}", panel.name()))?;
        Some(Document::of(&text, href, String::new(), Kind::Panel))
    }));
    all
}

impl Document {
    fn of(text: &Text, href: String, place: String, kind: Kind) -> Document {
        let mut own: FxHashMap<String, u32> = FxHashMap::default();
        for word in words(&text.text) {
            let counts = own.entry(word).or_default();
            *counts = MOST.min(*counts + 1);
        }
        for (part, worth) in [(&text.names, NAME), (&text.title, TITLE)] {
            for word in words(part) {
                let counts = own.entry(word).or_default();
                *counts = worth.max(*counts);
            }
        }
        Document {
            shown: Shown(
                href,
                text.title.clone(),
                text.topic.clone().unwrap_or_default(),
                place,
                kind,
                beginning(&text.text),
            ),
            words: own,
        }
    }
}

/// How a text begins, in whole words.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => {
            let end = text[..end].rfind(' ').unwrap_or(end);
            format!("{} …", &text[..end])
        }
    }
}

#[cfg(test)]
mod tests;
