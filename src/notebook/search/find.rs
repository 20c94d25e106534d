//! Finding: typed words in, topics out, the best first.
//!
//! What is typed is words, never a language: operators and markup are passed over. Each
//! word stands for the words of the index that begin with it, or, where there is none,
//! for those that differ in a letter or two. Topics that have all words come first; where
//! there is none, those that have some, and it is said so.

use super::documents::{self, NO_TOPIC};
use super::index::{Fields, of_key};
use super::words::{has_all, marked, passage, words};
use crate::notebook::linked::Notebook;
use crate::notebook::page::{NoteLink, TopicLink};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Score, Searcher, Term};

/// So much of what is typed is read, in characters.
pub const LONGEST: usize = 200;
/// So many words of it.
pub const MOST_WORDS: usize = 10;
/// One word stands for at most so many words of the index.
const MOST_FORMS: usize = 24;
/// So many words of the index are looked at for the best of them.
const LOOKED_AT: usize = 400;
/// A word in more documents than this tells too little for what it costs: beside a rarer
/// word it is passed over.
const TOO_COMMON: u64 = 20_000;
/// So many wanted names are looked through.
const WANTED_LOOKED_AT: usize = 20_000;
/// So many names that begin as was typed come before what the words find.
const NAMES_SHOWN: usize = 5;
/// So many wanted topics are shown.
const WANTED_SHOWN: usize = 5;

/// One state of the index, with the notebook that it was made from.
pub struct Search {
    fields: Fields,
    searcher: Searcher,
    notebook: Arc<Notebook>,
    /// The wanted names, with their words.
    wanted: Vec<(String, Vec<String>)>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// There was no word in what was typed.
    pub no_words: bool,
    /// More was typed than is read.
    pub cut: bool,
    /// How many topics were found in all, wanted ones not counted.
    pub all: usize,
    /// They have some of the words, not all.
    pub some_words: bool,
    /// Words that no topic has, and nothing like them.
    pub missing: Vec<String>,
    /// The best of what was found, the best first; wanted topics last, but for one whose
    /// very name was typed.
    pub hits: Vec<Hit>,
    /// Names that may be meant, where nothing was found.
    pub near: Vec<TopicLink>,
}

/// One topic that was found, or what of a note stands in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The topic's name; `None` for the text of a note that stands in no topic.
    pub topic: Option<String>,
    /// It is a wanted topic.
    pub wanted: bool,
    /// The title as HTML, with marks.
    pub title: String,
    /// The note it stands in; `None` for a wanted topic.
    pub note: Option<NoteLink>,
    /// A passage of its text as HTML, with marks.
    pub passage: String,
}

/// A slip of the finger.
struct Slip {
    /// How many letters are wrong, missing, too many or swapped.
    letters: u8,
    /// The word meant may go on after what was typed.
    goes_on: bool,
    /// The shortest word in which it is looked for, in letters.
    shortest: usize,
    /// How close such a word is; 1 would be the same.
    close: Score,
}

const SLIPS: &[Slip] = &[
    Slip {
        letters: 1,
        goes_on: false,
        shortest: 3,
        close: 0.5,
    },
    Slip {
        letters: 1,
        goes_on: true,
        shortest: 4,
        close: 0.4,
    },
    Slip {
        letters: 2,
        goes_on: false,
        shortest: 6,
        close: 0.3,
    },
    Slip {
        letters: 2,
        goes_on: true,
        shortest: 7,
        close: 0.25,
    },
];

/// In so many of the words that were typed slips are looked for: each costs as much as a
/// hundred words that are spelled well, and nobody misspells more in one question.
const MOST_SLIPS: usize = 4;

/// The words of the index that one typed word stands for.
type Forms = FxHashMap<String, Form>;

/// One of them.
#[derive(Default)]
struct Form {
    /// How close it is to what was typed; 1 is the same.
    close: Score,
    /// Where it stands.
    fields: Vec<Field>,
    /// In how many documents, about.
    documents: u64,
}

/// So much of a title is shown, in characters.
const TITLE: usize = 200;

/// A title as a list shows it.
fn cut(title: &str) -> String {
    match title.char_indices().nth(TITLE) {
        None => title.to_owned(),
        Some((end, _)) => format!("{}…", title[..end].trim_end()),
    }
}

/// As many as are used; the shortest are the closest.
fn closest(forms: Forms) -> Forms {
    if forms.len() <= MOST_FORMS {
        return forms;
    }
    let mut all: Vec<_> = forms.into_iter().collect();
    all.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
    all.truncate(MOST_FORMS);
    all.into_iter().collect()
}

impl Search {
    pub(super) fn new(fields: Fields, searcher: Searcher, notebook: Arc<Notebook>) -> Search {
        let mut wanted: Vec<&str> = notebook.wanted_names().collect();
        wanted.sort_unstable();
        wanted.truncate(WANTED_LOOKED_AT);
        let wanted = wanted
            .into_iter()
            .map(|name| (name.to_owned(), words(name)));
        // Here nobody waits for the table that the first question would have to make.
        let _ = notebook.sorted().same_but_case("");
        Search {
            fields,
            searcher,
            wanted: wanted.collect(),
            notebook,
        }
    }

    /// The notebook that is searched.
    pub fn notebook(&self) -> &Notebook {
        &self.notebook
    }

    /// What `typed` finds, at most `most` topics of it.
    ///
    /// # Errors
    ///
    /// When the index cannot be read; it lies in memory, so that is a fault of ours.
    pub fn find(&self, typed: &str, most: usize) -> tantivy::Result<Found> {
        let short: String = typed.trim().chars().take(LONGEST).collect();
        let mut asked = words(&short);
        // A word that is typed again asks for nothing more.
        let mut seen = FxHashSet::default();
        asked.retain(|word| seen.insert(word.clone()));
        let mut found = Found {
            no_words: asked.is_empty(),
            cut: typed.trim().chars().nth(LONGEST).is_some() || asked.len() > MOST_WORDS,
            ..Found::default()
        };
        asked.truncate(MOST_WORDS);
        let mut forms = Vec::new();
        let mut misspelt = 0;
        for word in &asked {
            let mut these = self.begun(word)?;
            if these.is_empty() && misspelt < MOST_SLIPS {
                misspelt += 1;
                these = self.slipped(word)?;
            }
            match these.is_empty() {
                true if found.missing.contains(word) => {}
                true => found.missing.push(word.clone()),
                false => forms.push(these),
            }
        }
        let named = self.named(&short);
        let which = |word: &str| forms.iter().position(|these| these.contains_key(word));
        let mut hits = Vec::new();
        if !forms.is_empty() && most > 0 {
            let mut all = (0, Vec::new());
            if found.missing.is_empty() {
                all = self.best(&forms, Occur::Must, most)?;
            }
            if all.0 == 0 && (forms.len() > 1 || !found.missing.is_empty()) {
                found.some_words = true;
                all = self.best(&forms, Occur::Should, most)?;
            }
            found.all = all.0;
            for (_, address) in all.1 {
                let segment = self.searcher.segment_reader(address.segment_ord);
                let keys = segment.fast_fields().u64("key")?;
                let key = keys.first(address.doc_id).map(of_key);
                hits.extend(key.and_then(|(slot, anchor)| self.hit(slot, anchor, &named, &which)));
            }
            found.all = found.all.max(hits.len());
        }
        for name in self.begun_names(&short) {
            if !hits.iter().any(|hit| hit.topic.as_deref() == Some(&**name)) {
                hits.push(self.by_name(name, &which));
            }
        }
        self.order(&mut hits, &named, &short, &asked);
        hits.truncate(most);
        found.all = found.all.max(hits.len());
        if let Some(name) = &named
            && !hits.iter().any(|hit| hit.topic.as_deref() == Some(name))
        {
            hits.insert(0, self.by_name(name, &which));
            found.some_words = false;
            found.missing.clear();
        }
        let none = hits.is_empty();
        if none || (!found.some_words && found.missing.is_empty()) {
            hits.extend(self.wanted(&asked, &named));
        }
        if none && !hits.is_empty() {
            // No text has its words: it is wanted by a demo alone.
            found.missing.clear();
        }
        if hits.is_empty() && !found.no_words {
            found.near = self.near(&short);
        }
        found.hits = hits;
        Ok(found)
    }

    /// The name that was typed, defined or wanted, whatever the case of its letters.
    fn named(&self, typed: &str) -> Option<String> {
        let name = typed.trim_start_matches("<<").trim_end_matches(">>").trim();
        if self.notebook.definition(name).is_some() || self.is_wanted(name) {
            return Some(name.to_owned());
        }
        let same = self.notebook.sorted().same_but_case(name).first();
        same.map(ToString::to_string)
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.wanted.iter().any(|(wanted, _)| wanted == name)
    }

    /// The words that begin with a typed one.
    fn begun(&self, word: &str) -> tantivy::Result<Forms> {
        let mut forms = Forms::default();
        let length = word.chars().count();
        for field in self.searched() {
            // One letter begins nearly every text.
            let begins = length > 1 || field != self.fields.text;
            self.beginning(field, word, begins, &mut forms)?;
        }
        Ok(closest(forms))
    }

    /// The words that may be meant by a misspelt one: each slip only where the one before
    /// finds nothing.
    fn slipped(&self, word: &str) -> tantivy::Result<Forms> {
        let mut forms = Forms::default();
        let length = word.chars().count();
        for slip in SLIPS {
            if !forms.is_empty() || length < slip.shortest {
                continue;
            }
            self.slips(word, slip, &mut forms)?;
        }
        Ok(closest(forms))
    }

    /// The words that may be meant by `word` with this slip in it.
    fn slips(&self, word: &str, slip: &Slip, forms: &mut Forms) -> tantivy::Result<()> {
        // The field plays no part in the automaton, which is the dear part of it: one for all.
        let term = Term::from_field_text(self.fields.text, word);
        let query = match slip.goes_on {
            true => FuzzyTermQuery::new_prefix(term, slip.letters, true),
            false => FuzzyTermQuery::new(term, slip.letters, true),
        };
        let automaton = query.automaton()?;
        for field in self.searched() {
            for segment in self.searcher.segment_readers() {
                let index = segment.inverted_index(field)?;
                let mut terms = index.terms().search(&automaton).into_stream()?;
                for _ in 0..LOOKED_AT {
                    if !terms.advance() {
                        break;
                    }
                    let found = (terms.key(), terms.value().doc_freq);
                    note_form(forms, found, field, slip.close);
                }
            }
        }
        Ok(())
    }

    fn searched(&self) -> [Field; 3] {
        [self.fields.names, self.fields.title, self.fields.text]
    }

    /// The words of a field that begin with `word`, or are it.
    fn beginning(
        &self,
        field: Field,
        word: &str,
        longer: bool,
        forms: &mut Forms,
    ) -> tantivy::Result<()> {
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            if !longer {
                if let Some(term) = index.terms().get(word)? {
                    note_form(forms, (word.as_bytes(), term.doc_freq), field, 1.0);
                }
                continue;
            }
            let mut terms = index.terms().range().ge(word).into_stream()?;
            for _ in 0..LOOKED_AT {
                if !terms.advance() || !terms.key().starts_with(word.as_bytes()) {
                    break;
                }
                let close = word.len() as Score / terms.key().len() as Score;
                note_form(forms, (terms.key(), terms.value().doc_freq), field, close);
            }
        }
        Ok(())
    }

    /// How many documents have these words, and the best of them.
    fn best(
        &self,
        forms: &[Forms],
        occur: Occur,
        most: usize,
    ) -> tantivy::Result<(usize, Vec<(Score, DocAddress)>)> {
        let documents = |these: &Forms| these.values().map(|form| form.documents).sum::<u64>();
        let rarest = forms.iter().map(documents).min().unwrap_or(0);
        let telling = forms.iter().filter(|these| {
            let documents = documents(these);
            documents == rarest || documents <= TOO_COMMON
        });
        let words = telling.map(|these| {
            let terms = these.iter().flat_map(|(word, form)| {
                let fields = form.fields.iter();
                fields.map(move |&field| (word, form.close, field))
            });
            let any = terms.map(|(word, close, field)| {
                let term = Term::from_field_text(field, word);
                let weight = close * self.weight(field);
                let term = TermQuery::new(term, IndexRecordOption::WithFreqs);
                Box::new(BoostQuery::new(Box::new(term), weight)) as Box<dyn Query>
            });
            let any = BooleanQuery::union(any.collect());
            (occur, Box::new(any) as Box<dyn Query>)
        });
        let query = BooleanQuery::new(words.collect());
        let top = TopDocs::with_limit(most).order_by_score();
        self.searcher.search(&query, &(Count, top))
    }

    /// How much a word counts by where it stands.
    fn weight(&self, field: Field) -> Score {
        match field {
            _ if field == self.fields.title => 3.0,
            _ if field == self.fields.names => 2.0,
            _ => 1.0,
        }
    }

    /// A found document as a reader sees it; `None` where another note's definition of
    /// all its names counts.
    fn hit(
        &self,
        slot: u32,
        anchor: u32,
        named: &Option<String>,
        which: &dyn Fn(&str) -> Option<usize>,
    ) -> Option<Hit> {
        let note = self.notebook.parsed(slot)?;
        let link = self.notebook.note_link(slot);
        if anchor == NO_TOPIC {
            return Some(Hit {
                topic: None,
                wanted: false,
                title: marked(&cut(&link.title), which),
                note: Some(link),
                passage: passage(&documents::text(note, NO_TOPIC), which),
            });
        }
        let own = note.anchors.get(anchor as usize)?;
        let names = || {
            documents::names_beside(note, own)
                .filter(|(index, _)| self.notebook.wins(slot, *index, note))
                .map(|(_, name)| name)
        };
        let typed = names().find(|name| named.as_deref() == Some(*name));
        let name = typed.or_else(|| names().next())?;
        let title = note.anchor_title(own, self.notebook.prefixes());
        Some(Hit {
            topic: Some(name.to_owned()),
            wanted: false,
            title: marked(&cut(&title), which),
            note: Some(link),
            passage: passage(&documents::text(note, anchor), which),
        })
    }

    /// The topic whose very name was typed, where the words did not find it.
    fn by_name(&self, name: &str, which: &dyn Fn(&str) -> Option<usize>) -> Hit {
        let found = self
            .notebook
            .definition(name)
            .and_then(|(slot, note, anchor)| {
                let own = documents::document_of(note, anchor)?;
                self.hit(slot, own, &Some(name.to_owned()), which)
            });
        found.unwrap_or_else(|| self.wanted_hit(name))
    }

    fn wanted_hit(&self, name: &str) -> Hit {
        let title = self.notebook.topic_link(name).title;
        Hit {
            topic: Some(name.to_owned()),
            wanted: true,
            title: marked(&cut(&title), &|_| None),
            note: None,
            passage: String::new(),
        }
    }

    /// Wanted topics that have all the words.
    fn wanted<'s>(
        &'s self,
        asked: &'s [String],
        named: &'s Option<String>,
    ) -> impl Iterator<Item = Hit> + 's {
        self.wanted
            .iter()
            .filter(move |(name, parts)| Some(name) != named.as_ref() && has_all(parts, asked))
            .take(WANTED_SHOWN)
            .map(|(name, _)| self.wanted_hit(name))
    }

    /// The shortest names that begin with what was typed, where that looks like a name.
    fn begun_names(&self, typed: &str) -> Vec<&Arc<str>> {
        let name = typed.trim_start_matches("<<");
        if !name.contains('_') || name.contains(char::is_whitespace) {
            return Vec::new();
        }
        let mut begun: Vec<&Arc<str>> = self.notebook.sorted().beginning(name).iter().collect();
        begun.sort_by_key(|name| name.len());
        begun.truncate(NAMES_SHOWN);
        begun
    }

    /// First what was named, then names that begin as was typed, then what is titled so;
    /// the rest as it stands.
    fn order(&self, hits: &mut [Hit], named: &Option<String>, typed: &str, asked: &[String]) {
        let begins = |name: &str| typed.contains('_') && name.starts_with(typed);
        hits.sort_by_key(|hit| match &hit.topic {
            Some(name) if Some(name) == named.as_ref() => 0,
            Some(name) if begins(name) => 1,
            topic => {
                let title = match (topic, &hit.note) {
                    (Some(name), _) => self.notebook.topic_link(name).title,
                    (None, Some(note)) => note.title.clone(),
                    (None, None) => String::new(),
                };
                if words(&title) == asked { 2 } else { 3 }
            }
        });
    }

    /// Names that may be meant by what was typed.
    fn near(&self, typed: &str) -> Vec<TopicLink> {
        let name = typed.split_whitespace().collect::<Vec<_>>().join("_");
        let prefixes = self.notebook.prefixes().iter();
        let spelled = prefixes.map(|prefix| format!("{prefix}{name}"));
        let mut near: Vec<TopicLink> = Vec::new();
        for spelled in std::iter::once(name.clone()).chain(spelled) {
            for name in self.notebook.sorted().search(&spelled).iter() {
                if !near.iter().any(|other| *other.name == **name) {
                    near.push(self.notebook.topic_link(name));
                }
            }
        }
        near
    }
}

/// Writes down a word of the index, with the closest that it was found to be.
fn note_form(forms: &mut Forms, (word, documents): (&[u8], u32), field: Field, close: Score) {
    let Ok(word) = std::str::from_utf8(word) else {
        return;
    };
    let form = forms.entry(word.to_owned()).or_default();
    form.close = form.close.max(close);
    form.documents += u64::from(documents);
    if !form.fields.contains(&field) {
        form.fields.push(field);
    }
}
