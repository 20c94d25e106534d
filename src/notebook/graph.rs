//! The references of a notebook as a graph, a part of it at a time: what a map draws.
//!
//! [`Notebook::mapped_notes`] is some of the notes and how they lean on each other,
//! [`Notebook::note_map`] the topics of one note with every reference from and to them.
//! A topic of two names is one place, under the first of them.

use rustc_hash::FxHashMap;
use std::ops::Range;

use super::leads::{Lead, Leads, Part};
use super::linked::{Meaning, Notebook};
use super::name;
use super::page::{NoteLink, TopicLink};
use super::parse::defines;
use super::parsed::{Anchor, Parsed, Span};
use super::queries::some;

/// A note among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedNote {
    /// The note.
    pub note: NoteLink,
    /// Its topics in the order of its text.
    pub topics: Vec<TopicLink>,
    /// The other notes that its text refers to, in path order, and how often.
    pub leads_to: Vec<(NoteLink, usize)>,
    /// The wanted topics that it refers to, in name order, and how often.
    pub wants: Vec<(TopicLink, usize)>,
}

/// Some topics of one note, with what they refer to and who refers to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteMap {
    /// The note.
    pub note: NoteLink,
    /// How many places it has in all: its topics, and its text outside of them where
    /// that refers to something.
    pub count: usize,
    /// The places that were asked for, in the order of the text.
    pub places: Vec<Place>,
}

/// A topic of a note, or the note's text outside of its topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The topic; none for the text outside.
    pub topic: Option<TopicLink>,
    /// How many topics stand around it.
    pub depth: usize,
    /// What its text refers to, in the order of the text; not what the topics inside it do.
    pub leads_to: Vec<Way>,
    /// Who refers to it, in file order.
    pub led_here: Vec<Way>,
}

/// The other end of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The note (or demo) at that end; none for a wanted topic.
    pub note: Option<NoteLink>,
    /// The topic at that end; none for a note's text outside of its topics.
    pub topic: Option<TopicLink>,
    /// How many references go this way.
    pub count: usize,
}

/// An end of a reference as a key: a file and an anchor in it, or a wanted name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum End<'n> {
    Topic(u32, u32),
    Text(u32),
    Wanted(&'n str),
}

/// Counts in the order in which things were first seen.
struct Tally<K> {
    order: Vec<(K, usize)>,
    at: FxHashMap<K, usize>,
}

impl<K: Copy + Eq + std::hash::Hash> Tally<K> {
    fn new() -> Self {
        Tally {
            order: Vec::new(),
            at: FxHashMap::default(),
        }
    }

    fn add(&mut self, key: K) {
        let at = *self.at.entry(key).or_insert_with(|| {
            self.order.push((key, 0));
            self.order.len() - 1
        });
        self.order[at].1 += 1;
    }
}

/// Finds the topic around a place, and keeps what it worked out for each file.
struct Whereabouts<'n> {
    notebook: &'n Notebook,
    topics: FxHashMap<u32, Topics>,
}

/// The topics of a file by where they begin, the outer before the inner.
struct Topics {
    /// Where each stands in the source, and its anchor.
    all: Vec<(Span, u32)>,
    /// The number of the topic around each. Looking at all that begin before a place would
    /// take quadratic time in a note of many topics.
    around: Vec<Option<usize>>,
}

impl Topics {
    fn of(all: Vec<(Span, u32)>) -> Topics {
        let mut topics = Topics {
            around: Vec::with_capacity(all.len()),
            all,
        };
        for (number, (source, _)) in topics.all.iter().enumerate() {
            let around = topics.innermost(number, source.start);
            topics.around.push(around);
        }
        topics
    }

    /// The innermost of the first `count` topics that holds a place at or after their
    /// beginnings.
    fn innermost(&self, count: usize, at: u32) -> Option<usize> {
        let mut number = count.checked_sub(1)?;
        while !self.all[number].0.contains(at) {
            number = self.around[number]?;
        }
        Some(number)
    }
}

impl<'n> Whereabouts<'n> {
    fn new(notebook: &'n Notebook) -> Self {
        Whereabouts {
            notebook,
            topics: FxHashMap::default(),
        }
    }

    fn topics(&mut self, slot: u32, note: &Parsed) -> &Topics {
        self.topics
            .entry(slot)
            .or_insert_with(|| Topics::of(self.notebook.topics_in(slot, note)))
    }

    /// The innermost topic around a place in the source.
    fn around(&mut self, slot: u32, note: &Parsed, at: u32) -> End<'n> {
        let topics = self.topics(slot, note);
        let before = topics.all.partition_point(|(source, _)| source.start <= at);
        let found = topics.innermost(before, at);
        found.map_or(End::Text(slot), |number| {
            End::Topic(slot, topics.all[number].1)
        })
    }

    /// The topic that a name means, under its first name.
    fn meant(&mut self, name: &str) -> Option<End<'n>> {
        let (slot, note, anchor) = self.notebook.definition(name)?;
        let source = anchor.source;
        let topics = self.topics(slot, note);
        let topics = &topics.all;
        let from = topics.partition_point(|(other, _)| other.start < source.start);
        let found = topics[from..].iter().find(|(other, _)| *other == source)?;
        Some(End::Topic(slot, found.1))
    }

    /// What a link to a part of a file leads to.
    fn part(&mut self, slot: u32, part: &Part) -> End<'n> {
        let topic = match part {
            Part::Id(id) => self.meant(id),
            _ => None,
        };
        let here = |end: &End<'_>| matches!(end, End::Topic(other, _) if *other == slot);
        topic.filter(here).unwrap_or(End::Text(slot))
    }

    fn way(&self, (end, count): (End<'n>, usize)) -> Way {
        let notebook = self.notebook;
        match end {
            End::Topic(slot, anchor) => {
                let named = notebook
                    .parsed(slot)
                    .and_then(|note| Some(note.anchor_name(note.anchors.get(anchor as usize)?)));
                Way {
                    note: Some(notebook.note_link(slot)),
                    topic: named.map(|name| notebook.topic_link(name)),
                    count,
                }
            }
            End::Text(slot) => Way {
                note: Some(notebook.note_link(slot)),
                topic: None,
                count,
            },
            End::Wanted(name) => Way {
                note: None,
                topic: Some(notebook.topic_link(name)),
                count,
            },
        }
    }
}

impl Notebook {
    /// Notes in reading order, `count` of them from number `from`, with the notes that each
    /// refers to. Demos are no notes.
    pub fn mapped_notes(&self, from: usize, count: usize) -> Vec<MappedNote> {
        let some = self.reading().in_order.iter().skip(from).take(count);
        some.filter_map(|slot| Some(self.mapped_note(*slot, self.parsed(*slot)?)))
            .collect()
    }

    fn mapped_note(&self, slot: u32, note: &Parsed) -> MappedNote {
        let mut others = Tally::new();
        let leads = Leads::of(self);
        for link in &note.links {
            match leads.lead(slot, note, link) {
                // A demo is no note.
                Lead::Note(other, _) if other != slot && self.path_of(other).is_some() => {
                    others.add(other);
                }
                _ => {}
            }
        }
        let mut wanted = Tally::new();
        for word in &note.words {
            match self.meaning(note, word) {
                Meaning::Plain => {}
                Meaning::Topic(name) => match self.definition(name) {
                    Some((other, ..)) if other != slot => others.add(other),
                    _ => {}
                },
                Meaning::Wanted(name) => wanted.add(name),
            }
        }
        let mut leads_to: Vec<(NoteLink, usize)> = others
            .order
            .into_iter()
            .map(|(other, count)| (self.note_link(other), count))
            .collect();
        leads_to.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        let mut wants: Vec<(TopicLink, usize)> = wanted
            .order
            .into_iter()
            .map(|(name, count)| (self.topic_link(name), count))
            .collect();
        wants.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        let topics = self.topics_in(slot, note);
        MappedNote {
            note: self.note_link(slot),
            topics: topics
                .iter()
                .map(|(_, anchor)| {
                    self.topic_link(note.anchor_name(&note.anchors[*anchor as usize]))
                })
                .collect(),
            leads_to,
            wants,
        }
    }

    /// Which note a topic stands in, and which of the note's places it is, from 0, as
    /// [`Notebook::note_map`] counts them. `None` for a name that nobody defines.
    pub fn place_of(&self, name: &str) -> Option<(NoteLink, usize)> {
        let (slot, note, _) = self.definition(name)?;
        let mut places = self.named_places(slot, note);
        let (_, at) = places.find(|(other, _)| *other == name)?;
        Some((self.note_link(slot), at))
    }

    /// Every name that the note at a path (not percent-encoded) defines, with which of the
    /// note's places it is: for all of them what [`Notebook::place_of`] is for one.
    pub fn places_in(&self, path: &str) -> Vec<(&str, usize)> {
        let slot = self.slot_at_path(path);
        let note = slot.and_then(|slot| Some((slot, self.parsed(slot)?)));
        note.map_or_else(Vec::new, |(slot, note)| {
            self.named_places(slot, note).collect()
        })
    }

    fn named_places<'n>(
        &'n self,
        slot: u32,
        note: &'n Parsed,
    ) -> impl Iterator<Item = (&'n str, usize)> {
        let topics = self.topics_in(slot, note);
        let first = usize::from(self.text_is_a_place(slot, note));
        let places: FxHashMap<(u32, u32), usize> = topics
            .iter()
            .zip(first..)
            .map(|((source, _), at)| ((source.start, source.end), at))
            .collect();
        let defined = defines(note).filter(move |(index, ..)| self.wins(slot, *index, note));
        defined.filter_map(move |(index, _, name)| {
            let source = note.anchors[index as usize].source;
            Some((name, *places.get(&(source.start, source.end))?))
        })
    }

    /// Where a note stands among the notes in reading order, from 0.
    pub fn number_of(&self, path: &str) -> Option<usize> {
        let at = self.paths().find(path)?;
        self.reading().place(self.paths().in_order[at].1)
    }

    /// How many places the note at a path has in all, as [`NoteMap::count`] says it.
    pub fn place_count(&self, path: &str) -> Option<usize> {
        let slot = self.slot_at_path(path)?;
        let note = self.parsed(slot)?;
        let outside = self.text_is_a_place(slot, note);
        Some(self.topics_in(slot, note).len() + usize::from(outside))
    }

    /// The note at a path (not percent-encoded) with some of its places. `shown` is told how
    /// many there are, and says which are drawn.
    pub fn note_map(
        &self,
        path: &str,
        shown: impl FnOnce(usize) -> Range<usize>,
    ) -> Option<NoteMap> {
        let slot = self.slot_at_path(path)?;
        let note = self.parsed(slot)?;
        let mut finder = Whereabouts::new(self);
        let topics = self.topics_in(slot, note);
        let mut outgoing: FxHashMap<End<'_>, Tally<End<'_>>> = FxHashMap::default();
        for (at, to) in self.leads_on(slot, note, &mut finder) {
            let here = finder.around(slot, note, at);
            outgoing.entry(here).or_insert_with(Tally::new).add(to);
        }
        let mut arriving = self.led_by_links(slot, &mut finder);
        let text = End::Text(slot);
        let outside = outgoing.contains_key(&text) || arriving.contains_key(&text);
        let mut ends: Vec<(Option<Span>, End<'_>)> = Vec::with_capacity(topics.len() + 1);
        ends.extend(outside.then_some((None, text)));
        let each = topics.iter();
        ends.extend(each.map(|(source, anchor)| (Some(*source), End::Topic(slot, *anchor))));
        let shown = some(&ends, shown(ends.len())).iter();
        let places = shown.map(|&(source, end)| {
            let leads_to = outgoing.remove(&end).map_or_else(Vec::new, |to| to.order);
            let mut led_here = arriving.remove(&end).unwrap_or_else(Tally::new);
            if let Some(source) = source {
                self.references_to(slot, note, source, &mut finder, &mut led_here);
            }
            let led_here = led_here.order;
            let ways = |ends: Vec<(End<'_>, usize)>, finder: &Whereabouts<'_>| {
                ends.into_iter().map(|end| finder.way(end)).collect()
            };
            Place {
                topic: match end {
                    End::Topic(_, anchor) => {
                        Some(self.topic_link(note.anchor_name(&note.anchors[anchor as usize])))
                    }
                    _ => None,
                },
                depth: source.map_or(0, |own| {
                    let around = |other: &Span| {
                        *other != own && other.start <= own.start && own.end <= other.end
                    };
                    topics.iter().filter(|(other, _)| around(other)).count()
                }),
                leads_to: ways(leads_to, &finder),
                led_here: ways(led_here, &finder),
            }
        });
        let places = places.collect();
        Some(NoteMap {
            note: self.note_link(slot),
            count: ends.len(),
            places,
        })
    }

    /// What a note refers to and leads to, by the places of that in its source, rising.
    fn leads_on<'n>(
        &'n self,
        slot: u32,
        note: &'n Parsed,
        finder: &mut Whereabouts<'n>,
    ) -> Vec<(u32, End<'n>)> {
        let words = note.words.iter().filter_map(|word| {
            let to = match self.meaning(note, word) {
                Meaning::Plain => return None,
                Meaning::Topic(name) => finder.meant(name)?,
                Meaning::Wanted(name) => End::Wanted(name),
            };
            Some((word.at, to))
        });
        let mut on: Vec<(u32, End<'n>)> = words.collect();
        let leads = Leads::of(self);
        for link in &note.links {
            let Lead::Note(other, part) = leads.lead(slot, note, link) else {
                continue;
            };
            let to = finder.part(other, &part);
            // From one heading to another, where neither defines a topic.
            if to != End::Text(slot) {
                on.push((link.at, to));
            }
        }
        on.sort_by_key(|(at, _)| *at);
        on
    }

    /// Which links lead to a note, by what of it they lead to.
    fn led_by_links<'n>(
        &'n self,
        slot: u32,
        finder: &mut Whereabouts<'n>,
    ) -> FxHashMap<End<'n>, Tally<End<'n>>> {
        let mut arriving: FxHashMap<End<'n>, Tally<End<'n>>> = FxHashMap::default();
        let leads = Leads::of(self);
        for (other, from, link) in self.led_to(slot) {
            let link = &from.links[link as usize];
            if let Lead::Note(_, part) = leads.lead(other, from, link) {
                let to = finder.part(slot, &part);
                let from = finder.around(other, from, link.at);
                arriving.entry(to).or_insert_with(Tally::new).add(from);
            }
        }
        arriving
    }

    /// Counts who refers to the topic with this source, by any of its names.
    fn references_to<'n>(
        &'n self,
        slot: u32,
        note: &'n Parsed,
        source: Span,
        finder: &mut Whereabouts<'n>,
        from: &mut Tally<End<'n>>,
    ) {
        let own = |anchor: &Anchor| anchor.source == source;
        for (index, _, name) in defines(note) {
            if own(&note.anchors[index as usize]) && self.wins(slot, index, note) {
                self.each_reference(name, |other, text, word| {
                    from.add(finder.around(other, text, text.words[word as usize].at));
                });
            }
        }
    }

    /// Does a note refer to something outside of its topics, or is that led to?
    fn text_is_a_place(&self, slot: u32, note: &Parsed) -> bool {
        let mut finder = Whereabouts::new(self);
        let text = End::Text(slot);
        let on = self.leads_on(slot, note, &mut finder);
        let mut on = on.into_iter();
        on.any(|(at, _)| finder.around(slot, note, at) == text)
            || self.led_by_links(slot, &mut finder).contains_key(&text)
    }

    /// Who asks for a wanted topic, in file order; `None` for a name that is not wanted.
    pub fn asked_for(&self, name: &str) -> Option<(TopicLink, Vec<Way>)> {
        let (_, entry) = self.names().get(name)?;
        if self.definition(name).is_some()
            || !self.is_wanted(name)
            || !self.is_asked_for(name, &entry.mentions)
        {
            return None;
        }
        let mut finder = Whereabouts::new(self);
        let mut from = Tally::new();
        self.each_reference(name, |slot, note, word| {
            from.add(finder.around(slot, note, note.words[word as usize].at));
        });
        let ways = from.order.into_iter().map(|end| finder.way(end));
        let ways = ways.collect();
        Some((
            TopicLink {
                name: name.to_owned(),
                title: name::title(name, self.prefixes()),
                wanted: true,
            },
            ways,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_topic_is_the_last_to_begin_of_those_that_hold_a_place() {
        let spans = [
            (0, 90),
            (5, 40),
            (5, 20),
            (8, 10),
            (25, 30),
            (50, 60),
            (95, 99),
            (97, 98),
        ];
        let spans = spans.map(|(start, end)| Span { start, end });
        let topics = Topics::of(spans.into_iter().zip(0..).collect());
        for at in 0..110 {
            let before = spans.partition_point(|span| span.start <= at);
            let found = topics.innermost(before, at);
            let last = spans[..before].iter().rposition(|span| span.contains(at));
            assert_eq!(found, last, "at {at}");
        }
        assert_eq!(topics.innermost(0, 0), None);
    }
}
