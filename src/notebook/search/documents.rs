//! What of a note is searched.

use crate::notebook::lines::clamp;
use crate::notebook::parse::defines;
use crate::notebook::parsed::{Anchor, El, Parsed, Piece, Span, Tag};
use rustc_hash::FxHashMap;

/// In place of an anchor's number: the text of a note that stands in no topic.
pub const NO_TOPIC: u32 = u32::MAX;

/// One document: a topic, or what of a note stands in none.
pub struct Document {
    /// The number of its first anchor in the note, or [`NO_TOPIC`].
    pub anchor: u32,
    /// The names it is defined by, whole and in parts.
    pub names: String,
    /// Its title.
    pub title: String,
    /// Its own text.
    pub text: String,
}

/// The documents of a note. They follow from the note alone, whatever else is in the
/// notebook: whose definition of a name counts is looked at when somebody searches.
pub fn documents(note: &Parsed, prefixes: &[String]) -> Vec<Document> {
    let inside = inside(note);
    // Anchors of one source name one topic; asking each for the others would take a note
    // of many topics quadratic time.
    let mut names = FxHashMap::<Span, Vec<String>>::default();
    for (index, _, name) in defines(note) {
        let source = note.anchors[index as usize].source;
        names.entry(source).or_default().push(parts_of(name));
    }
    let mut documents: Vec<Document> = topics(note)
        .map(|index| {
            let anchor = &note.anchors[index as usize];
            Document {
                anchor: index,
                names: names
                    .get(&anchor.source)
                    .map_or(String::new(), |names| names.join(" ")),
                title: note.anchor_title(anchor, prefixes),
                text: text_beside(note, index, &inside),
            }
        })
        .collect();
    let rest = text_beside(note, NO_TOPIC, &inside);
    if documents.is_empty() || !rest.is_empty() {
        documents.push(Document {
            anchor: NO_TOPIC,
            names: String::new(),
            title: note.title.to_string(),
            text: rest,
        });
    }
    documents
}

/// The document that a definition of the note belongs to.
pub fn document_of(note: &Parsed, anchor: &Anchor) -> Option<u32> {
    topics(note).find(|&index| note.anchors[index as usize].source == anchor.source)
}

/// The topics of a note, each by its first anchor.
fn topics(note: &Parsed) -> impl Iterator<Item = u32> {
    defines(note).map(|(index, ..)| index).filter(|&index| {
        let source = note.anchors[index as usize].source;
        let before = &note.anchors[..index as usize];
        !before
            .iter()
            .rev()
            .take(8)
            .any(|other| other.source == source)
    })
}

/// All names of the topic that an anchor defines, with the numbers of their anchors.
pub fn names_beside<'n>(note: &'n Parsed, anchor: &Anchor) -> impl Iterator<Item = (u32, &'n str)> {
    let source = anchor.source;
    defines(note)
        .filter(move |(index, ..)| note.anchors[*index as usize].source == source)
        .map(|(index, _, name)| (index, name))
}

/// A name, and its words where they are told apart by capitals alone.
fn parts_of(name: &str) -> String {
    let mut parts = String::from(name);
    parts.push(' ');
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            parts.push(' ');
        }
        parts.push(letter);
        before = letter;
    }
    parts
}

/// A document's own text: without its heading, and without the topics inside it that
/// have headings of their own.
pub fn text(note: &Parsed, anchor: u32) -> String {
    text_beside(note, anchor, &inside(note))
}

/// The topics of a note that have headings, in order, in pieces.
fn inside(note: &Parsed) -> Vec<Span> {
    let mut inside: Vec<Span> = note
        .headings
        .iter()
        .filter(|heading| heading.anchors.start < heading.anchors.end)
        .map(|heading| Span {
            start: heading.pieces.start,
            end: heading.end,
        })
        .collect();
    inside.sort();
    inside
}

fn text_beside(note: &Parsed, anchor: u32, inside: &[Span]) -> String {
    let all = Span {
        start: 0,
        end: clamp(note.pieces.len()),
    };
    let range = match note.anchors.get(anchor as usize) {
        None => all,
        Some(anchor) => match anchor.heading.and_then(|at| note.headings.get(at as usize)) {
            Some(heading) => Span {
                start: heading.pieces.end,
                end: anchor.pieces.end,
            },
            None => anchor.pieces,
        },
    };
    let mut out = String::new();
    let mut at = range.start;
    let ahead = inside.partition_point(|span| span.start < range.start);
    let mut ahead = inside[ahead..].iter();
    let mut next = ahead.next();
    while at < range.end {
        if let Some(span) = next
            && span.start <= at
        {
            at = at.max(span.end);
            next = ahead.next();
            continue;
        }
        if let Some(piece) = note.pieces.get(at as usize) {
            push(&mut out, note, piece);
        }
        at += 1;
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn push(out: &mut String, note: &Parsed, piece: &Piece) {
    match *piece {
        Piece::Text(span) | Piece::Raw(span) | Piece::Url(span) => out.push_str(note.str(span)),
        Piece::Word(index) => out.push_str(note.word(&note.words[index as usize])),
        Piece::CodeBlock(index) => {
            let lines = note.code_blocks[index as usize].lines;
            let lines = lines.start as usize..lines.end as usize;
            out.push(' ');
            for &line in note.code.get(lines).unwrap_or_default() {
                out.push_str(note.str(line));
                out.push(' ');
            }
        }
        // These stand inside a word at times.
        Piece::Open(El::Em | El::Strong | El::Del | El::Code)
        | Piece::Close(El::Em | El::Strong | El::Del | El::Code)
        | Piece::Anchor(_)
        | Piece::Link(_)
        | Piece::LinkEnd
        | Piece::Image(_)
        | Piece::ImageEnd
        | Piece::FootnoteRef(_)
        | Piece::Task(_) => {}
        Piece::Tag(Tag::Kbd | Tag::Sub | Tag::Sup) => {}
        Piece::TagEnd(Tag::Kbd | Tag::Sub | Tag::Sup, _) => {}
        _ => out.push(' '),
    }
}
