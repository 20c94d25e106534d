//! Where the links of a note lead, now that all notes are known.
//!
//! An address is looked up as other programs would: as a file beside the note, with or
//! without `.md`, as a folder with a README, as a path of ours. A wiki link
//! (`[[Note]]`) is looked up by name: of a topic, of a file anywhere, by title. What
//! leads nowhere, or to several places, is shown as it is written, and the author is told.
//!
//! A link keeps only what it *calls* its target ([`calls`]), and a note what it is
//! *called* ([`called`]); both are the last part of a name in small letters. So a save
//! changes a few entries of a map, and who leads to a note is found by its names.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ids::Parts;
use super::linked::{Meaning, Notebook};
use super::parsed::{Link, LinkKind, Parsed};
use super::paths::without_ending;
use super::picture::Size;
use super::urls::{self, Target};

/// Where a link leads.
#[derive(Debug)]
pub(super) enum Lead<'n> {
    /// To another site.
    Away(String),
    /// To a page of our own, by its address.
    Page(String),
    /// To a note or a demo, and what of it.
    Note(u32, Part),
    /// To a topic, by its name.
    Topic(&'n str),
    /// To a topic that nobody defines.
    Wanted(&'n str),
    /// To a file beside the notes, the `#…` after it, and how large its picture is.
    File(&'n Arc<str>, String, Option<Size>),
    /// To a value that a panel fills in.
    Live(String),
    /// Nowhere: it is not to be followed.
    Unsafe,
    /// Nowhere.
    Dead(Dead),
}

/// Which part of a note a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it; `?…` may follow.
    Whole(String),
    /// The element with this `id`.
    Id(String),
    /// A heading that it does not have, as written.
    Missing(String),
}

/// Why a link leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dead {
    /// There is no such file in the content folder.
    NoFile(String),
    /// It leads out of the content folder.
    Outside(String),
    /// No note is called so.
    NoNote(String),
    /// A topic is, and what follows its name, `#…`, is none of it; with the file that
    /// defines it.
    Topic(String, String),
    /// Several are: these files.
    Several(String, Vec<String>),
    /// It was hardly meant as a link: brackets around numbers.
    Brackets,
}

impl Dead {
    /// What to say to the author; nothing where there is nothing to mend, or where it takes
    /// a look at other files to say it.
    pub fn message(&self) -> Option<String> {
        Some(match self {
            Self::NoFile(_) | Self::NoNote(_) => return None,
            Self::Outside(url) => {
                format!("this leads to {url}, which is outside the content folder")
            }
            Self::Topic(name, file) => format!(
                "[[{name}#…]]: a topic's name stands alone; write [[{name}]], or [[{}#…]] for a heading of its note",
                without_ending(file)
            ),
            Self::Several(name, files) => {
                const SHOWN: usize = 5;
                let shown = files.iter().take(SHOWN).map(String::as_str);
                let mut shown: Vec<&str> = shown.collect();
                if files.len() > SHOWN {
                    shown.push("others");
                }
                let first = files.first().map_or("", |file| without_ending(file));
                format!(
                    "[[{name}]] may be {}: write its folder before it, as in [[{first}]]",
                    shown.join(" or ")
                )
            }
            Self::Brackets => return None,
        })
    }
}

/// What a note in `file` is called in links: by its file, its title and its path.
pub(super) fn called(file: &str, title: &str, path: &str) -> Box<[Box<str>]> {
    let stem = without_ending(file);
    let own = stem.rsplit('/').next().unwrap_or(stem).to_lowercase();
    keys([own, key(file), title.to_lowercase(), key(path)])
}

/// What the links of a note call others.
pub(super) fn calls(note: &Parsed) -> Box<[Box<str>]> {
    let mut called = Vec::new();
    for link in &note.links {
        let url = note.str(link.url);
        if link.kind == LinkKind::Wiki {
            let (target, part) = cut(url);
            called.extend([key(target), target.to_lowercase()]);
            // The `#` may be one of a name.
            if part.is_some() {
                called.extend([key(url), url.to_lowercase()]);
            }
        } else if let Target::Path { name, .. } =
            urls::target(url, &note.file, link.kind == LinkKind::Mail)
        {
            called.push(key(&name));
        }
    }
    keys(called)
}

fn keys(keys: impl IntoIterator<Item = String>) -> Box<[Box<str>]> {
    let mut keys: Vec<Box<str>> = keys.into_iter().map(Into::into).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| !key.is_empty());
    keys.into()
}

/// The last part of a name in small letters; a folder's README is called as the folder.
fn key(name: &str) -> String {
    let stem = without_ending(name.trim_matches('/'));
    let stem = folder_of_readme(stem).unwrap_or(stem);
    stem.rsplit('/').next().unwrap_or(stem).to_lowercase()
}

/// The folder that a file is the page of, by its name without its ending: none for
/// other files, and for those in the content folder itself, which has a page of its own.
pub(super) fn folder_of_readme(stem: &str) -> Option<&str> {
    let (folder, last) = stem.rsplit_once('/')?;
    READMES
        .iter()
        .any(|name| last.eq_ignore_ascii_case(name))
        .then_some(folder)
}

/// The files that are read as their folder's page, the first of them first.
const READMES: [&str; 2] = ["README", "index"];

/// The content folder's own README: what somebody who opens the folder reads first.
pub(super) fn opening(notebook: &Notebook) -> Option<u32> {
    notebook.note_at("")
}

/// A wiki link's target before its `#`, and after the last one.
fn cut(target: &str) -> (&str, Option<&str>) {
    match target.split_once('#') {
        None => (target.trim(), None),
        Some((name, part)) => {
            let part = part.rsplit('#').next().unwrap_or(part);
            (name.trim(), Some(part.trim()))
        }
    }
}

/// Follows links, and remembers the headings of the notes that they lead to.
#[derive(Debug)]
pub(super) struct Leads<'n> {
    notebook: &'n Notebook,
    parts: RefCell<FxHashMap<u32, Rc<Parts>>>,
}

impl<'n> Leads<'n> {
    pub fn of(notebook: &'n Notebook) -> Self {
        Self {
            notebook,
            parts: RefCell::default(),
        }
    }

    /// Where a link of a note leads.
    pub fn lead(&self, slot: u32, note: &'n Parsed, link: &Link) -> Lead<'n> {
        let url = note.str(link.url);
        if link.kind == LinkKind::Wiki {
            return self.wiki(slot, note, link, url);
        }
        match urls::target(url, &note.file, link.kind == LinkKind::Mail) {
            Target::External(url) => Lead::Away(url),
            Target::Live(name) => Lead::Live(name),
            Target::Unsafe => Lead::Unsafe,
            Target::Home(rest) => Lead::Page(format!("/{rest}")),
            Target::Here(rest) => Lead::Note(slot, self.part(slot, &rest)),
            Target::Outside(url) => Lead::Dead(Dead::Outside(url)),
            Target::Path { name, rest } => self.path(&name, &rest),
        }
    }

    /// The heading that `rest` of an address means and a file does not have.
    pub fn missing(&self, slot: u32, rest: &str) -> Option<String> {
        match self.part(slot, rest) {
            Part::Missing(part) => Some(part),
            _ => None,
        }
    }

    fn path(&self, name: &str, rest: &str) -> Lead<'n> {
        if let Some(slot) = self.notebook.note_at(name) {
            return Lead::Note(slot, self.part(slot, rest));
        }
        let first = name.split('/').next().unwrap_or_default();
        // Where a page shows it, besides.
        let shown = name.strip_prefix("files/");
        let shown = shown.filter(|_| self.notebook.is_reserved(first));
        let beside = |name| self.notebook.beside().get(name);
        if let Some((file, size)) = beside(name).or_else(|| shown.and_then(beside)) {
            return Lead::File(file, rest.to_owned(), size);
        }
        if let Some(shown) = shown {
            return Lead::Dead(Dead::NoFile(shown.to_owned()));
        }
        if name.is_empty() || self.notebook.is_reserved(first) {
            return Lead::Page(format!("/{}{rest}", urls::encode(name)));
        }
        Lead::Dead(Dead::NoFile(name.to_owned()))
    }

    fn wiki(&self, slot: u32, note: &'n Parsed, link: &Link, url: &str) -> Lead<'n> {
        let notebook = self.notebook;
        let embeds = note.str(link.source).starts_with('!');
        let (target, part) = cut(url);
        // A name may hold a `#`: then it is no heading's.
        if part.is_some()
            && let Some(Ok(lead)) = self.called(note, url.trim(), "", embeds)
        {
            return lead;
        }
        let rest = part.map_or_else(String::new, |part| format!("#{part}"));
        if target.is_empty() {
            return Lead::Note(slot, self.part(slot, &rest));
        }
        if let Some(word) = link.word.and_then(|word| note.words.get(word as usize)) {
            match notebook.meaning(note, word) {
                Meaning::Topic(name) => return Lead::Topic(name),
                Meaning::Wanted(name) => return Lead::Wanted(name),
                Meaning::Plain => {}
            }
        }
        match self.called(note, target, &rest, embeds) {
            Some(Ok(lead)) => lead,
            Some(Err(files)) => Lead::Dead(Dead::Several(target.to_owned(), files)),
            None if !target.contains(char::is_alphabetic) => Lead::Dead(Dead::Brackets),
            None => Lead::Dead(match notebook.definition(target) {
                Some((_, other, _)) => Dead::Topic(target.to_owned(), other.file.to_string()),
                None => Dead::NoNote(target.to_owned()),
            }),
        }
    }

    /// The note or file that is called so, and what `rest` is of it; `Err` with the files
    /// when there are several. Of both the file is meant by a link that embeds.
    fn called(
        &self,
        note: &Parsed,
        target: &str,
        rest: &str,
        embeds: bool,
    ) -> Option<Result<Lead<'n>, Vec<String>>> {
        let file = || {
            let found = self.notebook.file_called(&note.file, target)?;
            Some(found.map(|(file, size)| Lead::File(file, rest.to_owned(), size)))
        };
        let other = || {
            let found = self.notebook.note_called(&note.file, target)?;
            Some(found.map(|slot| Lead::Note(slot, self.part(slot, rest))))
        };
        match embeds {
            true => file().or_else(other),
            false => other().or_else(file),
        }
    }

    /// What `rest`, the `?…` or `#…` of an address, means in a note.
    fn part(&self, slot: u32, rest: &str) -> Part {
        let Some((_, part)) = rest.split_once('#').filter(|(_, part)| !part.is_empty()) else {
            return Part::Whole(rest.trim_end_matches('#').to_owned());
        };
        let part = urls::decode(part);
        // The mark of a paragraph, which is not shown: its note is the nearest.
        let note = self
            .notebook
            .parsed(slot)
            .filter(|_| !part.starts_with('^'));
        let Some(note) = note else {
            return Part::Whole(String::new());
        };
        let known = self.parts.borrow().get(&slot).cloned();
        let parts = known.unwrap_or_else(|| {
            let parts = Rc::new(Parts::of(self.notebook, slot, note));
            self.parts.borrow_mut().insert(slot, parts.clone());
            parts
        });
        match parts.find(&part) {
            Some(id) => Part::Id(id.to_owned()),
            None => Part::Missing(part),
        }
    }
}

impl Notebook {
    /// The note or demo that a path means: a file, with or without its ending, a folder
    /// with a README, or a path that a note is read at.
    fn note_at(&self, name: &str) -> Option<u32> {
        if let Some(slot) = self.slot_of(name) {
            return Some(slot);
        }
        if without_ending(name) != name {
            return None;
        }
        let inside = |file: String| match name {
            "" => file,
            name => format!("{name}/{file}"),
        };
        let readmes = READMES
            .iter()
            .flat_map(|name| [(*name).to_owned(), name.to_lowercase()]);
        let stems = std::iter::once(name.to_owned()).chain(readmes.map(inside));
        let files = stems.flat_map(|stem| [format!("{stem}.md"), format!("{stem}.markdown")]);
        let found = files.into_iter().find_map(|file| self.slot_of(&file));
        found.or_else(|| self.slot_at_path(&format!("/{name}")))
    }

    /// Is a note called so in a wiki link of `file`?
    pub(super) fn is_called(&self, file: &str, target: &str) -> bool {
        self.note_called(file, target).is_some()
    }

    /// The note that a wiki link in `file` means: by its file, from the content folder or
    /// from the folder of `file`; by the end of its name; by its title. `Err` with the
    /// files when there are several.
    fn note_called(&self, file: &str, target: &str) -> Option<Result<u32, Vec<String>>> {
        let name = target.trim_start_matches('/');
        let beside = urls::beside(name, file);
        let exact = [Some(name), beside.as_deref()];
        if let Some(slot) = exact
            .into_iter()
            .flatten()
            .find_map(|name| self.note_at(name))
        {
            return Some(Ok(slot));
        }
        let stem = without_ending(name);
        let called = key(name);
        let named = self.slots_called(&called);
        let by_file = |slot: &u32| {
            let own = self
                .parsed(*slot)
                .map_or("", |note| without_ending(&note.file));
            let folder = folder_of_readme(own);
            [Some(own), folder]
                .into_iter()
                .flatten()
                .any(|own| super::files::ends_with_parts(own, stem))
        };
        let found: Vec<u32> = named.filter(by_file).collect();
        if let Some(found) = self.only(&found, stem) {
            return Some(found);
        }
        let title = target.to_lowercase();
        let by_title = |slot: &u32| {
            let note = self.parsed(*slot);
            note.is_some_and(|note| note.title.to_lowercase() == title)
        };
        let found: Vec<u32> = self.slots_called(&title).filter(by_title).collect();
        self.only(&found, stem)
    }

    /// The only one of these, or the only one with that very name.
    fn only(&self, found: &[u32], stem: &str) -> Option<Result<u32, Vec<String>>> {
        let file = |slot: u32| self.parsed(slot).map_or("", |note| &*note.file);
        match found {
            [] => None,
            [slot] => Some(Ok(*slot)),
            many => {
                let same = |slot: &&u32| {
                    let own = without_ending(file(**slot));
                    let before = own.strip_suffix(stem);
                    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
                };
                let same: Vec<&u32> = many.iter().filter(same).collect();
                if let [slot] = same[..] {
                    return Some(Ok(*slot));
                }
                let mut files: Vec<String> =
                    many.iter().map(|slot| file(*slot).to_owned()).collect();
                files.sort_unstable();
                Some(Err(files))
            }
        }
    }

    /// The same for a file beside the notes.
    #[expect(clippy::type_complexity, reason = "the same shape as of a note")]
    fn file_called(
        &self,
        file: &str,
        target: &str,
    ) -> Option<Result<(&Arc<str>, Option<Size>), Vec<String>>> {
        let name = target.trim_start_matches('/');
        let beside = urls::beside(name, file);
        let exact = [Some(name), beside.as_deref()].into_iter().flatten();
        if let Some(found) = exact.into_iter().find_map(|name| self.beside().get(name)) {
            return Some(Ok(found));
        }
        match self.beside().ending(name)[..] {
            [] => None,
            [one] => self.beside().get(one).map(Ok),
            ref many => Some(Err(many.iter().map(ToString::to_string).collect())),
        }
    }

    /// The address of a part of a note, encoded.
    pub(super) fn address_of_part(&self, slot: u32, part: &Part) -> String {
        let address = urls::encode(&self.address(slot));
        match part {
            Part::Whole(rest) => address + rest,
            Part::Id(id) | Part::Missing(id) => format!("{address}#{}", urls::encode(id)),
        }
    }

    /// Does any note lead to this file beside the notes?
    pub(super) fn is_led_to(&self, name: &str) -> bool {
        let leads = Leads::of(self);
        self.slots_that_call(&key(name)).any(|slot| {
            self.parsed(slot).is_some_and(|note| {
                let leads = note.links.iter().map(|link| leads.lead(slot, note, link));
                leads
                    .into_iter()
                    .any(|lead| matches!(lead, Lead::File(file, ..) if **file == *name))
            })
        })
    }

    /// The links of other notes that lead to a note, by their slots and numbers, in file
    /// order and as they stand in the source.
    pub(super) fn led_to(&self, own: u32) -> Vec<(u32, &Parsed, u32)> {
        let Some(note) = self.parsed(own) else {
            return Vec::new();
        };
        let callers = note.called.iter().flat_map(|key| self.slots_that_call(key));
        let mut callers: Vec<u32> = callers.filter(|slot| *slot != own).collect();
        callers.sort_unstable();
        callers.dedup();
        let mut callers: Vec<(u32, &Parsed)> = callers
            .into_iter()
            .filter_map(|slot| Some((slot, self.parsed(slot)?)))
            .collect();
        callers.sort_by(|a, b| a.1.file.cmp(&b.1.file));
        let leads = Leads::of(self);
        let mut found = Vec::new();
        for (slot, from) in callers {
            for (number, link) in (0..).zip(&from.links) {
                if matches!(leads.lead(slot, from, link), Lead::Note(other, _) if other == own) {
                    found.push((slot, from, number));
                }
            }
        }
        found
    }
}
