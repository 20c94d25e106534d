//! What a page asks of the notebook: notes, topics, backlinks, the index.

use super::index::{Index, IndexAnchor, IndexDuplicate, IndexNote, IndexReference, IndexWarning};
use super::lines::clamp;
use super::linked::{Meaning, Notebook};
use super::name;
use super::page::{
    Backlink, Block, DefinedTopic, NoteLink, NotePage, NoteReferences, OutlineEntry, TopicLink,
    TopicPage, WantedTopic,
};
use super::parse::defines;
use super::parsed::{Anchor, El, Parsed, Piece, Span, Word};
use super::render::{Ref, Render, place};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

impl Notebook {
    /// How many notes there are. Demos are no notes.
    pub fn len(&self) -> usize {
        self.paths().in_order.len()
    }

    /// Is there no note at all?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Notes in reading order, `count` of them from number `from`.
    pub fn notes(&self, from: usize, count: usize) -> Vec<NoteLink> {
        let in_order = self.reading().in_order.iter();
        in_order
            .skip(from)
            .take(count)
            .map(|slot| self.note_link(*slot))
            .collect()
    }

    pub(super) fn note_link(&self, slot: u32) -> NoteLink {
        NoteLink {
            path: self.address(slot),
            title: self
                .parsed(slot)
                .map_or_else(String::new, |note| note.title.to_string()),
        }
    }

    /// Whether a note is read at a path (not percent-encoded).
    pub fn has_note(&self, path: &str) -> bool {
        self.paths().find(path).is_some()
    }

    /// The note that a file holds; `None` for a demo.
    pub fn note_in(&self, file: &str) -> Option<NoteLink> {
        let slot = self.slot_of(file)?;
        self.path_of(slot)?;
        Some(self.note_link(slot))
    }

    /// The note at a path (not percent-encoded), drawn.
    pub fn note(&self, path: &str) -> Option<NotePage> {
        let at = self.paths().find(path)?;
        let slot = self.paths().in_order[at].1;
        let note = self.parsed(slot)?;
        let render = Render::new(self, slot, note);
        let outline = (0..clamp(note.headings.len()))
            .map(|index| OutlineEntry {
                level: note.headings[index as usize].level,
                title: note.heading_title(index, self.prefixes()),
                id: render.ids[index as usize].clone(),
                topic: render.names_of(index).into_iter().next(),
            })
            .collect();
        let (previous, next) = self.reading().beside(slot);
        Some(NotePage {
            path: path.to_owned(),
            title: note.title.to_string(),
            file: note.file.to_string(),
            blocks: render.blocks(Span {
                start: 0,
                end: clamp(note.pieces.len()),
            }),
            outline,
            place: (
                self.reading().place(slot).map_or(0, |at| at + 1),
                self.len(),
            ),
            previous: previous.map(|slot| self.note_link(slot)),
            next: next.map(|slot| self.note_link(slot)),
        })
    }

    /// The paragraphs that refer to topics of the note at a path or lead to the note itself:
    /// those from elsewhere first, in file order, then the note's own; in each file as they
    /// stand in its source. `shown` is told how many there are, and says which are drawn.
    pub fn note_references(
        &self,
        path: &str,
        shown: impl FnOnce(usize) -> Range<usize>,
    ) -> NoteReferences {
        let slot = self.paths().find(path);
        let slot = slot.map(|at| self.paths().in_order[at].1);
        let Some((own, note)) = slot.and_then(|slot| Some((slot, self.parsed(slot)?))) else {
            return NoteReferences::default();
        };
        let mut names = FxHashSet::default();
        let mut slots = FxHashSet::default();
        for (index, _, name) in defines(note) {
            if self.wins(own, index, note) && names.insert(name) {
                let entry = self.names().get(name);
                slots.extend(entry.into_iter().flat_map(|(_, entry)| &entry.mentions));
            }
        }
        let mut links = FxHashMap::<u32, Vec<u32>>::default();
        for (slot, _, link) in self.led_to(own) {
            slots.insert(slot);
            links.entry(slot).or_default().push(link);
        }
        let mut files: Vec<(u32, &Parsed)> = slots
            .into_iter()
            .filter_map(|slot| Some((slot, self.parsed(slot)?)))
            .collect();
        files.sort_by_key(|(slot, note)| (*slot == own, &note.file));
        let mut all = Vec::new();
        for (slot, from) in files {
            let words = from.words.iter().enumerate();
            let mut found: Vec<(u32, u32, Ref)> = words
                .filter(|(_, word)| {
                    let may = names.contains(from.word(word)) || names.contains(from.bare_word(word));
                    may && matches!(self.meaning(from, word), Meaning::Topic(name) if names.contains(&**name))
                })
                .map(|(index, word)| (word.at, word.leaf, Ref::Word(clamp(index))))
                .collect();
            let links = links.get(&slot).into_iter().flatten();
            found.extend(links.map(|&index| {
                let link = &from.links[index as usize];
                (link.at, link.leaf, Ref::Link(index))
            }));
            found.sort_unstable_by_key(|(at, ..)| *at);
            let paragraphs = found.chunk_by(|(_, a, _), (_, b, _)| a == b);
            all.extend(paragraphs.map(|refs| {
                let refs: Vec<Ref> = refs.iter().map(|(.., what)| *what).collect();
                (slot, from, refs)
            }));
        }
        let here = all.iter().filter(|(slot, ..)| *slot == own).count();
        let shown = some(&all, shown(all.len()));
        NoteReferences {
            count: all.len(),
            here,
            backlinks: shown
                .iter()
                .map(|(slot, note, refs)| self.backlink(*slot, note, refs, *slot == own))
                .collect(),
        }
    }

    /// How many topics are defined.
    pub fn topic_count(&self) -> usize {
        self.names().defined()
    }

    /// Defined topics in name order, `count` of them from number `from`.
    pub fn topics(&self, from: usize, count: usize) -> Vec<TopicLink> {
        let some = self.sorted().names().iter().skip(from).take(count);
        some.map(|name| self.topic_link(name)).collect()
    }

    /// A name as a link, defined or wanted.
    pub fn topic_link(&self, name: &str) -> TopicLink {
        let definition = self.definition(name);
        TopicLink {
            name: name.to_owned(),
            title: match definition {
                Some((_, note, anchor)) => note.anchor_title(anchor, self.prefixes()),
                None => name::title(name, self.prefixes()),
            },
            wanted: definition.is_none(),
        }
    }

    /// A topic's page; `None` for a name that is neither defined nor wanted.
    pub fn topic(&self, name: &str) -> Option<TopicPage> {
        let Some((slot, note, anchor)) = self.definition(name) else {
            let (_, entry) = self.names().get(name)?;
            if !self.is_wanted(name) || !self.is_asked_for(name, &entry.mentions) {
                return None;
            }
            return Some(TopicPage::Wanted(WantedTopic {
                name: name.to_owned(),
                did_you_mean: self
                    .near(name)
                    .iter()
                    .map(|near| self.topic_link(near))
                    .collect(),
            }));
        };
        let topics = self.topics_in(slot, note);
        let own = anchor.source;
        let link = |index: u32| self.topic_link(note.anchor_name(&note.anchors[index as usize]));
        let at = topics.iter().position(|(source, _)| *source == own)?;
        let around = |source: &Span| source.start <= own.start && own.end <= source.end;
        let crumbs = topics[..at]
            .iter()
            .filter(|(source, _)| around(source))
            .map(|(_, index)| link(*index))
            .collect();
        let mut children = Vec::new();
        let mut past = own.start;
        for (source, index) in &topics[at + 1..] {
            if source.start >= own.end {
                break;
            }
            if source.start >= past {
                children.push(link(*index));
                past = source.end;
            }
        }
        let (mut previous, mut previous_in) = (None, None);
        let (mut next, mut next_in) = (None, None);
        if let Some(before) = at.checked_sub(1) {
            previous = Some(link(topics[before].1));
        } else if let Some((note, topic)) = self.edge_topic(self.reading().beside(slot).0, true) {
            (previous, previous_in) = (Some(topic), Some(note));
        }
        if let Some((_, after)) = topics.get(at + 1) {
            next = Some(link(*after));
        } else if let Some((note, topic)) = self.edge_topic(self.reading().beside(slot).1, false) {
            (next, next_in) = (Some(topic), Some(note));
        }
        Some(TopicPage::Defined(DefinedTopic {
            name: name.to_owned(),
            title: note.anchor_title(anchor, self.prefixes()),
            note: self.note_link(slot),
            file: note.file.to_string(),
            line: anchor.line,
            column: anchor.column,
            crumbs,
            blocks: self.topic_blocks(slot, note, anchor),
            children,
            previous,
            next,
            previous_in,
            next_in,
        }))
    }

    /// The first or the last topic of a note, and the note.
    fn edge_topic(&self, slot: Option<u32>, last: bool) -> Option<(NoteLink, TopicLink)> {
        let slot = slot?;
        let note = self.parsed(slot)?;
        let topics = self.topics_in(slot, note);
        let (_, index) = if last { topics.last() } else { topics.first() }?;
        let topic = self.topic_link(note.anchor_name(&note.anchors[*index as usize]));
        Some((self.note_link(slot), topic))
    }

    /// A topic's text: its section, or the block of its spot.
    fn topic_blocks(&self, slot: u32, note: &Parsed, anchor: &Anchor) -> Vec<Block> {
        let render = Render::new(self, slot, note);
        let mut range = anchor.pieces;
        if anchor.heading.is_none() && note.plain(range).is_empty() {
            // An anchor alone in its paragraph: what it stands before is shown too.
            range.end = next_block(note, range.end);
        }
        let mut blocks = render.blocks(range);
        if note.pieces.get(range.start as usize) == Some(&Piece::Open(El::Item)) {
            for block in &mut blocks {
                block.body = format!("<ul>\n{}</ul>\n", block.body);
            }
        }
        blocks
    }

    /// How many references to a name there are, and some of them: in file order, and in each
    /// file as they stand in its source. `shown` is told how many, and says which are drawn.
    pub fn backlinks(
        &self,
        name: &str,
        shown: impl FnOnce(usize) -> Range<usize>,
    ) -> (usize, Vec<Backlink>) {
        let mut all = Vec::new();
        self.each_reference(name, |slot, note, word| all.push((slot, note, word)));
        let own = self.definition(name);
        let own = own.map(|(slot, _, anchor)| (slot, anchor.source));
        let shown = some(&all, shown(all.len())).iter();
        let shown = shown.map(|&(slot, note, word)| {
            let at = note.words[word as usize].at;
            let here = own.is_some_and(|(own, source)| own == slot && source.contains(at));
            self.backlink(slot, note, &[Ref::Word(word)], here)
        });
        (all.len(), shown.collect())
    }

    /// How many references to a name there are.
    pub fn backlink_count(&self, name: &str) -> usize {
        let mut count = 0;
        self.each_reference(name, |_, _, _| count += 1);
        count
    }

    /// Calls `each` for every reference to a name, with the number of its word.
    pub(super) fn each_reference<'n>(
        &'n self,
        name: &str,
        mut each: impl FnMut(u32, &'n Parsed, u32),
    ) {
        let Some((_, entry)) = self.names().get(name) else {
            return;
        };
        let mut files: Vec<(&Parsed, u32)> = entry
            .mentions
            .iter()
            .filter_map(|&slot| Some((self.parsed(slot)?, slot)))
            .collect();
        files.sort_by(|a, b| a.0.file.cmp(&b.0.file));
        for (note, slot) in files {
            let words = note.words.iter().enumerate();
            let mut found: Vec<(u32, u32)> = words
                .filter(|(_, word)| {
                    let may = note.word(word) == name || note.bare_word(word) == name;
                    may && match self.meaning(note, word) {
                        Meaning::Topic(other) => &**other == name,
                        Meaning::Wanted(other) => other == name,
                        Meaning::Plain => false,
                    }
                })
                .map(|(index, word)| (word.at, clamp(index)))
                .collect();
            found.sort_unstable();
            for (_, word) in found {
                each(slot, note, word);
            }
        }
    }

    /// The backlink that these are: at least one, all of one paragraph.
    fn backlink(&self, slot: u32, note: &Parsed, refs: &[Ref], here: bool) -> Backlink {
        let first = refs.first().copied().unwrap_or(Ref::Word(0));
        let (at, line, leaf) = match first {
            Ref::Word(word) => {
                let word = &note.words[word as usize];
                (word.at, word.line, word.leaf)
            }
            Ref::Link(link) => {
                let link = &note.links[link as usize];
                (link.at, link.line, link.leaf)
            }
        };
        let topics = self.topics_in(slot, note);
        let innermost = topics.iter().rev().find(|(source, _)| source.contains(at));
        let leaf = note.leaves.get(leaf as usize).copied().unwrap_or_default();
        Backlink {
            note: self.note_link(slot),
            topic: innermost.map(|(_, index)| {
                self.topic_link(note.anchor_name(&note.anchors[*index as usize]))
            }),
            file: note.file.to_string(),
            line,
            place: place(first),
            here,
            paragraph: Render::snippet(self, slot, note, refs).leaf(leaf),
        }
    }

    /// The whole notebook as data.
    pub fn index(&self) -> Index {
        let mut index = Index {
            notes: Vec::new(),
            anchors: Vec::new(),
            references: Vec::new(),
            wanted: self.wanted().to_vec(),
            duplicates: Vec::new(),
            warnings: Vec::new(),
        };
        for (slot, note) in self.files() {
            let path = self.address(slot);
            if !note.is_demo {
                index.notes.push(IndexNote {
                    file: note.file.to_string(),
                    path: path.clone(),
                    title: note.title.to_string(),
                });
            }
            for (number, _, name) in defines(note) {
                let anchor = &note.anchors[number as usize];
                if self.wins(slot, number, note) {
                    index.anchors.push(IndexAnchor {
                        name: name.to_owned(),
                        file: note.file.to_string(),
                        line: anchor.line,
                        column: anchor.column,
                        title: note.anchor_title(anchor, self.prefixes()),
                        note: path.clone(),
                    });
                } else {
                    index.duplicates.push(IndexDuplicate {
                        name: name.to_owned(),
                        file: note.file.to_string(),
                        line: anchor.line,
                        column: anchor.column,
                    });
                }
            }
            self.index_references(slot, note, &path, &mut index.references);
        }
        let warnings = self.warnings().into_iter().map(|problem| IndexWarning {
            file: problem.file,
            line: problem.line,
            column: problem.column,
            message: problem.message,
        });
        index.warnings.extend(warnings);
        index
    }

    /// The references of one file, each with the innermost topic around it:
    /// topics lie inside each other or apart, so one walk with a stack finds it.
    fn index_references(
        &self,
        slot: u32,
        note: &Parsed,
        path: &str,
        references: &mut Vec<IndexReference>,
    ) {
        let topics = self.topics_in(slot, note);
        let mut words: Vec<&Word> = note.words.iter().collect();
        words.sort_by_key(|word| word.at);
        let mut ahead = topics.iter().peekable();
        let mut around: Vec<(Span, u32)> = Vec::new();
        for word in words {
            while let Some(topic) = ahead.next_if(|(source, _)| source.start <= word.at) {
                around.retain(|(source, _)| source.end > topic.0.start);
                around.push(*topic);
            }
            while around
                .last()
                .is_some_and(|(source, _)| source.end <= word.at)
            {
                around.pop();
            }
            let (name, resolved) = match self.meaning(note, word) {
                Meaning::Plain => continue,
                Meaning::Topic(name) => (name.to_string(), true),
                Meaning::Wanted(name) => (name.to_owned(), false),
            };
            references.push(IndexReference {
                name,
                file: note.file.to_string(),
                line: word.line,
                column: word.column,
                note: path.to_owned(),
                topic: around
                    .last()
                    .map(|(_, index)| note.anchor_name(&note.anchors[*index as usize]).to_owned()),
                resolved,
            });
        }
    }
}

/// Those of a list that are asked for, as far as there are any.
pub(super) fn some<T>(all: &[T], asked: Range<usize>) -> &[T] {
    let end = asked.end.min(all.len());
    &all[asked.start.min(end)..end]
}

/// The piece after the block that begins at `at`.
pub(super) fn next_block(note: &Parsed, at: u32) -> u32 {
    let mut depth = 0_u32;
    for (index, piece) in note.pieces.iter().enumerate().skip(at as usize) {
        match piece {
            Piece::Open(_) => depth += 1,
            Piece::Close(_) if depth == 0 => return at,
            Piece::Heading(_) if depth == 0 => return at,
            Piece::Close(_) => {
                depth -= 1;
                if depth == 0 {
                    return clamp(index + 1);
                }
            }
            Piece::CodeBlock(_) if depth == 0 => return clamp(index + 1),
            _ => {}
        }
    }
    at
}
