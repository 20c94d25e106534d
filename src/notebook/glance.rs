//! A topic at a glance: what a reader is shown of it without leaving the page.
//!
//! Only the topic's own text is drawn, up to the next topic, and only as much of it as
//! anybody asked for: a section of a megabyte costs no more than a short one.

use super::linked::Notebook;
use super::page::{NoteLink, TopicLink};
use super::parsed::{Anchor, El, Parsed, Piece, Span};
use super::queries::next_block;
use super::render::Render;

/// What there is to see of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Glance {
    /// A note defines it.
    Defined {
        /// Its title for people.
        title: String,
        /// The note that defines it.
        note: NoteLink,
        /// HTML of its own text, up to the next topic: no `id` and no heading in it. Where
        /// it is not whole, it ends in the middle, with elements left open.
        body: String,
        /// Whether that is all of its own text.
        whole: bool,
        /// The first topics directly inside it.
        inside: Vec<TopicLink>,
        /// How many there are.
        inside_count: usize,
    },
    /// No note defines it, and some refer to it.
    Wanted {
        /// Its title for people.
        title: String,
        /// How many places ask for it.
        asked: usize,
        /// Defined topics that it may mean, closest first.
        did_you_mean: Vec<TopicLink>,
    },
}

impl Notebook {
    /// A name at a glance: its text until there are `enough` bytes of HTML, and at most
    /// `most` of the topics inside it. `None` for a name that is neither defined nor wanted.
    pub fn glance(&self, name: &str, enough: usize, most: usize) -> Option<Glance> {
        let Some((slot, note, anchor)) = self.definition(name) else {
            let (_, entry) = self.names().get(name)?;
            if !self.is_wanted(name) || !self.is_asked_for(name, &entry.mentions) {
                return None;
            }
            return Some(Glance::Wanted {
                title: super::name::title(name, self.prefixes()),
                asked: self.backlink_count(name),
                did_you_mean: self.meant_by(name),
            });
        };
        let (body, whole) = self.own_text(slot, note, anchor, enough);
        let inside = self.directly_inside(slot, note, anchor.source);
        let link = |index: &u32| self.topic_link(note.anchor_name(&note.anchors[*index as usize]));
        Some(Glance::Defined {
            title: note.anchor_title(anchor, self.prefixes()),
            note: self.note_link(slot),
            body,
            whole,
            inside: inside.iter().take(most).map(link).collect(),
            inside_count: inside.len(),
        })
    }

    /// The defined topics that a name may mean, closest first.
    pub fn meant_by(&self, name: &str) -> Vec<TopicLink> {
        let near = self.near(name);
        near.iter().map(|near| self.topic_link(near)).collect()
    }

    /// The topics directly inside a piece of source, by the numbers of their anchors.
    fn directly_inside(&self, slot: u32, note: &Parsed, around: Span) -> Vec<u32> {
        let mut inside = Vec::new();
        let mut past = around.start;
        for (source, index) in self.topics_in(slot, note) {
            let within = around.contains(source.start) && source != around;
            if within && source.start >= past {
                inside.push(index);
                past = source.end;
            }
        }
        inside
    }

    fn own_text(&self, slot: u32, note: &Parsed, anchor: &Anchor, enough: usize) -> (String, bool) {
        let mut range = anchor.pieces;
        match anchor.heading {
            Some(heading) => range.start = note.headings[heading as usize].pieces.end,
            // An anchor alone in its paragraph: what it stands before is shown too.
            None if note.plain(range).is_empty() => range.end = next_block(note, range.end),
            None => {}
        }
        let (body, whole) = Render::bare(self, slot, note).first(range, enough);
        if note.pieces.get(range.start as usize) == Some(&Piece::Open(El::Item)) {
            let end = if whole { "</ul>\n" } else { "" };
            return (format!("<ul>\n{body}{end}"), whole);
        }
        (body, whole)
    }
}

impl Render<'_> {
    /// The pieces of a range up to the next topic that has a heading, until there are
    /// `enough` bytes; and whether these were all.
    fn first(&self, range: Span, enough: usize) -> (String, bool) {
        let mut out = String::new();
        let mut state = self.state_at(range.start);
        for &piece in self.note().pieces(range) {
            if let Piece::Heading(index) = piece
                && self.note().headings[index as usize].top
                && !self.names_of(index).is_empty()
            {
                break;
            }
            if out.len() > enough {
                return (out, false);
            }
            self.piece(&mut out, &mut state, piece);
        }
        self.finish(&mut out, &mut state);
        (out, true)
    }
}
