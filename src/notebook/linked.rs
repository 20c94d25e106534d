//! The notebook: all files of a content folder, linked. An immutable value.
//!
//! A file is a *slot*; slots keep their numbers from version to version. A save
//! parses one file, changes the entries of the names that came or went, and
//! shares everything else with the version before.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::beside::{self, Beside, Opened};
use super::files::{self, Content, ContentError};
use super::front::Fault;
use super::looks::FileNames;
use super::names::{Names, Site};
use super::near::{self, Near, Suggestions};
use super::parse::{defines, mentions, parse};
use super::parsed::{Anchor, Parsed, Span, Word};
use super::paths::{Claim, Paths, without_ending};
use super::problem::{Problem, Rule};
use super::reading::Reading;
use super::{index, name};

/// What holds for every note of a notebook.
#[derive(Clone, Debug)]
pub struct Rules {
    /// First path segments that are routes of our own; a note cannot have them.
    pub reserved: &'static [&'static str],
    /// Beginnings that make an undefined name a wanted one.
    pub prefixes: Vec<String>,
    /// The names that may stand after `live:`.
    pub live: &'static [&'static str],
    /// The page that explains them, with an anchor for each.
    pub live_page: &'static str,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            reserved: &[],
            prefixes: vec!["Learning_".to_owned()],
            live: &[],
            live_page: "",
        }
    }
}

/// All notes of a content folder, linked.
#[derive(Clone, Debug)]
pub struct Notebook {
    rules: Arc<Rules>,
    /// Every file, by slot. A removed file leaves an empty slot.
    slots: Vec<Option<Arc<Parsed>>>,
    /// The slots in file order.
    order: Arc<Vec<u32>>,
    names: Names,
    /// What notes are called in links, and which files call them so.
    called: Names,
    paths: Arc<Paths>,
    near: Arc<LazyNear>,
    reading: Arc<OnceLock<Reading>>,
    /// The wanted names, found when they are first asked for: every list of topics has them.
    wanted: Arc<OnceLock<Vec<index::Wanted>>>,
    /// What its files may be called, made when it is first asked for.
    file_names: Arc<OnceLock<FileNames>>,
    /// The files beside the notes.
    beside: Arc<Beside>,
    /// The content folder, without links; none for content that is built in or in memory.
    root: Option<Arc<Path>>,
    /// What was wrong with files that could not be read at all.
    unread: Arc<Vec<Problem>>,
    /// Files of which an older version is shown, and what is wrong with the newest.
    failed: Arc<BTreeMap<String, Problem>>,
    /// Another one whenever a name leads elsewhere, or a note is read elsewhere.
    leads: Arc<()>,
}

/// The list of defined names is sorted when it is first asked for.
#[derive(Debug, Default)]
struct LazyNear(OnceLock<Near>);

/// Where a demo is read: by the name of its file, whatever folder that lies in.
fn demo_address(file: &str) -> String {
    let stem = without_ending(file);
    format!("/demos/{}", stem.rsplit('/').next().unwrap_or(stem))
}

/// What a word in a note means.
#[derive(Debug)]
pub(super) enum Meaning<'n> {
    /// Just a word.
    Plain,
    /// A reference to a defined topic.
    Topic(&'n Arc<str>),
    /// A reference to a topic that nobody defines.
    Wanted(&'n str),
}

impl Notebook {
    /// Reads and links a content folder, or the content that is built in.
    ///
    /// # Errors
    ///
    /// Only what makes the whole folder useless is an error; a file that cannot
    /// be read is a problem of the notebook.
    pub fn load(content: &Content, rules: &Rules) -> Result<Self, ContentError> {
        let files = files::read(content)?;
        let all = files.notes.into_iter().chain(files.beside);
        let mut notebook = Self::from_files(all, rules);
        notebook.unread = Arc::new(files.problems);
        notebook.root = files.root.map(Arc::from);
        Ok(notebook)
    }

    /// Links files that are in memory: names relative to the content folder,
    /// with `/`, and their bytes; of a file beside the notes the first ones will do.
    /// Of files with one name the last counts.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>, rules: &Rules) -> Self {
        let mut beside = Beside::default();
        let mut files: Vec<(String, Vec<u8>)> = files
            .into_iter()
            .filter(|(file, bytes)| {
                if files::is_beside(file) {
                    beside.add(file, bytes);
                }
                files::is_note(file)
            })
            .collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        files.reverse();
        files.dedup_by(|a, b| a.0 == b.0);
        files.reverse();
        let slots = parse_all(files, rules);
        let mut notebook = Self {
            rules: Arc::new(rules.clone()),
            order: Arc::new((0..slot_number(slots.len())).collect()),
            slots,
            names: Names::default(),
            called: Names::default(),
            paths: Arc::default(),
            near: Arc::default(),
            reading: Arc::default(),
            wanted: Arc::default(),
            file_names: Arc::default(),
            beside: Arc::new(beside),
            root: None,
            unread: Arc::default(),
            failed: Arc::default(),
            leads: Arc::default(),
        };
        let notes: Vec<(u32, &Parsed)> = notebook.files().collect();
        let names = Names::of(&notes, defines, mentions);
        let called = Names::of(
            &notes,
            |note| note.called.iter().map(|key| (0, false, &**key)),
            |note| note.calls.iter().map(|key| &**key),
        );
        (notebook.names, notebook.called) = (names, called);
        notebook.assign_paths();
        notebook
    }

    /// Only parses, for the benches: how many anchors and words there are.
    #[doc(hidden)]
    pub fn parse_only(files: Vec<(String, Vec<u8>)>, rules: &Rules) -> usize {
        parse_all(files, rules)
            .par_iter()
            .flatten()
            .map(|note| note.anchors.len() + note.words.len())
            .sum()
    }

    /// The notebook with one file new or changed; of a file beside the notes `bytes` are
    /// the first ones. Everything that did not change is shared with `self`.
    #[must_use]
    pub fn save(&self, file: &str, bytes: &[u8]) -> Self {
        let mut notebook = self.clone();
        if !files::is_note(file) {
            notebook.put_beside(file, bytes);
        } else if notebook.put(self.parse(file, bytes.to_vec())) {
            notebook.assign_paths();
        }
        notebook
    }

    /// The notebook without a file.
    #[must_use]
    pub fn remove(&self, file: &str) -> Self {
        let mut notebook = self.clone();
        if !files::is_note(file) {
            notebook.take_out_beside(file);
        } else if notebook.take_out(file) {
            notebook.assign_paths();
        }
        notebook
    }

    /// Notes that there is a file beside the notes, with its first bytes. Says whether that
    /// was not known.
    pub(super) fn put_beside(&mut self, file: &str, head: &[u8]) -> bool {
        let is_new = files::is_beside(file) && !self.beside.knows(file, head);
        if is_new {
            Arc::make_mut(&mut self.beside).add(file, head);
            self.leads = Arc::default();
            self.file_names = Arc::default();
        }
        is_new
    }

    /// Notes that there is no such file. Says whether there was one.
    pub(super) fn take_out_beside(&mut self, file: &str) -> bool {
        let was = self.beside.get(file).is_some();
        if was {
            Arc::make_mut(&mut self.beside).remove(file);
            self.leads = Arc::default();
            self.file_names = Arc::default();
        }
        was
    }

    /// A version of a file, parsed for this notebook.
    pub(super) fn parse(&self, file: &str, bytes: Vec<u8>) -> Arc<Parsed> {
        let known = self.file(file);
        let name = known.map_or_else(|| file.into(), |note| note.file.clone());
        Arc::new(parse(name, bytes, &self.rules))
    }

    /// Puts a version of a file in, and says whether paths must be assigned anew.
    pub(super) fn put(&mut self, new: Arc<Parsed>) -> bool {
        let slot = match self.place(&new.file) {
            Ok(at) => self.order[at],
            Err(at) => {
                let slot = slot_number(self.slots.len());
                self.slots.push(None);
                self.file_names = Arc::default();
                Arc::make_mut(&mut self.order).insert(at, slot);
                slot
            }
        };
        self.forget_faults(&new.file);
        let old = self.slots[slot as usize].replace(new.clone());
        let names_moved = self.link(slot, old.as_deref(), Some(&new));
        let same_next = old.as_ref().is_some_and(|old| old.next == new.next);
        if names_moved || !same_next {
            self.reading = Arc::default();
        }
        old.is_none_or(|old| old.wish != new.wish)
    }

    /// Takes a file out, and says whether paths must be assigned anew.
    pub(super) fn take_out(&mut self, file: &str) -> bool {
        self.forget_faults(file);
        let Ok(at) = self.place(file) else {
            return false;
        };
        let slot = self.order[at];
        let old = self.slots[slot as usize].clone();
        self.file_names = Arc::default();
        // Unlink while the file can still be compared with others.
        self.link(slot, old.as_deref(), None);
        self.slots[slot as usize] = None;
        Arc::make_mut(&mut self.order).remove(at);
        true
    }

    /// The slot of a file.
    pub(super) fn slot_of(&self, file: &str) -> Option<u32> {
        Some(self.order[self.place(file).ok()?])
    }

    /// The version of a file that is shown.
    pub(super) fn file(&self, file: &str) -> Option<&Parsed> {
        self.parsed(self.slot_of(file)?)
    }

    /// Whether every name and every note is where it is in `other`, so that what refers to
    /// them need not be made anew.
    pub fn leads_as(&self, other: &Notebook) -> bool {
        Arc::ptr_eq(&self.leads, &other.leads)
    }

    /// What is wrong with the newest version of a file, where an older one is shown.
    pub fn failed(&self, file: &str) -> Option<&Problem> {
        self.failed.get(file)
    }

    /// The same for every file of which an older version is shown, by file.
    pub fn all_failed(&self) -> impl Iterator<Item = &Problem> {
        self.failed.values()
    }

    /// Shows the older version of a file, and tells what is wrong with the newest.
    pub(super) fn fail(&mut self, problem: Problem) {
        Arc::make_mut(&mut self.failed).insert(problem.file.clone(), problem);
    }

    /// Tells of a file of which no version can be shown.
    pub(super) fn miss(&mut self, problem: Problem) {
        self.forget_faults(&problem.file);
        Arc::make_mut(&mut self.unread).push(problem);
    }

    pub(super) fn forget_faults(&mut self, file: &str) {
        if self.unread.iter().any(|problem| problem.file == file) {
            Arc::make_mut(&mut self.unread).retain(|problem| problem.file != file);
        }
        if self.failed.contains_key(file) {
            Arc::make_mut(&mut self.failed).remove(file);
        }
    }

    /// What the files may be called, made by `make` when it is first asked for.
    pub(super) fn called_files(&self, make: impl FnOnce(&[Arc<str>]) -> FileNames) -> &FileNames {
        self.file_names.get_or_init(|| {
            let notes = self.files().map(|(_, note)| note.file.clone());
            let files: Vec<Arc<str>> = notes.chain(self.beside.names().cloned()).collect();
            make(&files)
        })
    }

    /// Where a file is, or would be, in file order.
    fn place(&self, file: &str) -> Result<usize, usize> {
        self.order
            .binary_search_by(|&slot| self.file_of(slot).cmp(file))
    }

    fn file_of(&self, slot: u32) -> &str {
        self.parsed(slot).map_or("", |note| &note.file)
    }

    /// Changes the entries of the names that differ between two versions of a
    /// file. The winner of a name is chosen anew only there. Says whether any name leads
    /// elsewhere than before.
    fn link(&mut self, slot: u32, old: Option<&Parsed>, new: Option<&Parsed>) -> bool {
        self.wanted = Arc::default();
        let sites = |note: Option<&Parsed>| -> FxHashMap<String, Vec<Site>> {
            let mut sites = FxHashMap::<String, Vec<Site>>::default();
            for (anchor, heading, name) in note.into_iter().flat_map(defines) {
                sites.entry(name.to_owned()).or_default().push(Site {
                    slot,
                    anchor,
                    heading,
                });
            }
            sites
        };
        let (gone, come) = (sites(old), sites(new));
        let mut names = std::mem::take(&mut self.names);
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        let mut moved = false;
        for name in gone
            .keys()
            .chain(come.keys().filter(|name| !gone.contains_key(*name)))
        {
            let come = come.get(name).map_or(&[][..], |sites| sites);
            if gone.get(name).map_or(&[][..], |sites| sites) == come {
                continue;
            }
            moved = true;
            let was = names.definition(name).map(|(name, _)| name.clone());
            names.change(name, |entry| {
                entry.undefine(slot);
                for &site in come {
                    entry.define(site, |a, b| self.first(a, b));
                }
            });
            match (was, names.definition(name)) {
                (None, Some((name, _))) => added.push(name.clone()),
                (Some(name), None) => removed.push(name),
                _ => {}
            }
        }
        mention(
            &mut names,
            slot,
            &old.into_iter().flat_map(mentions).collect(),
            &new.into_iter().flat_map(mentions).collect(),
        );
        self.names = names;
        moved |= self.call(slot, old, new);
        if !(added.is_empty() && removed.is_empty()) {
            let near = LazyNear::default();
            if let Some(known) = self.near.0.get() {
                let _ = near.0.set(known.changed(&added, &removed));
            }
            self.near = Arc::new(near);
        }
        if moved {
            self.leads = Arc::default();
        }
        moved
    }

    /// Changes what a file is called in links, and what it calls others. Says whether the
    /// former is new.
    fn call(&mut self, slot: u32, old: Option<&Parsed>, new: Option<&Parsed>) -> bool {
        type Keys<'n> = FxHashSet<&'n str>;
        let called = |note: Option<&'_ Parsed>| -> Box<[Box<str>]> {
            note.map_or_else(Box::default, |note| note.called.clone())
        };
        let (gone, come) = (called(old), called(new));
        let site = Site {
            slot,
            anchor: 0,
            heading: false,
        };
        for key in gone.iter().filter(|key| !come.contains(key)) {
            self.called.change(key, |entry| entry.undefine(slot));
        }
        for key in come.iter().filter(|key| !gone.contains(key)) {
            let by_slot = |a: &Site, b: &Site| a.slot.cmp(&b.slot);
            self.called.change(key, |entry| entry.define(site, by_slot));
        }
        let calls = |note: Option<&'_ Parsed>| -> Vec<Box<str>> {
            note.map_or_else(Vec::new, |note| note.calls.to_vec())
        };
        let (before, after) = (calls(old), calls(new));
        let before: Keys<'_> = before.iter().map(|key| &**key).collect();
        let after: Keys<'_> = after.iter().map(|key| &**key).collect();
        mention(&mut self.called, slot, &before, &after);
        gone != come
    }

    /// Which of two definitions comes first: a heading's, then by file and place.
    fn first(&self, a: &Site, b: &Site) -> Ordering {
        b.heading
            .cmp(&a.heading)
            .then_with(|| {
                if a.slot == b.slot {
                    Ordering::Equal
                } else {
                    self.file_of(a.slot).cmp(self.file_of(b.slot))
                }
            })
            .then_with(|| a.anchor.cmp(&b.anchor))
    }

    pub(super) fn assign_paths(&mut self) {
        let claims: Vec<Claim<'_>> = self
            .files()
            .filter(|(_, note)| !note.is_demo)
            .map(|(slot, note)| Claim {
                slot,
                file: &note.file,
                wish: &note.wish,
            })
            .collect();
        self.paths = Arc::new(Paths::assign(&claims, self.rules.reserved));
        self.wanted = Arc::default();
        self.reading = Arc::default();
        self.leads = Arc::default();
    }

    /// Opens a file beside the notes that some note leads to. `None` for every other one:
    /// what lies in a folder by chance is nobody's to read. May wait for the disk.
    pub fn open_beside(&self, name: &str) -> Option<Opened> {
        let (name, _) = self.beside.get(name)?;
        if !self.is_led_to(name) {
            return None;
        }
        match &self.root {
            Some(root) => beside::open(root, name).map(Opened::File),
            None => files::built_in_file(name).map(Opened::BuiltIn),
        }
    }

    /// The names of the files beside the notes that some note leads to, in order.
    pub fn files_beside(&self) -> impl Iterator<Item = &str> {
        let all = self.beside.names().map(|name| &**name);
        all.filter(|name| self.is_led_to(name))
    }

    // ---- what the other files of this room ask

    /// The content folder, without links; none for content that is built in or in memory.
    pub(super) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// The files beside the notes, whether a note leads to them or not.
    pub(super) fn beside(&self) -> &Beside {
        &self.beside
    }

    /// All files in file order, demos too.
    pub(super) fn files(&self) -> impl Iterator<Item = (u32, &Parsed)> {
        self.order
            .iter()
            .filter_map(|&slot| Some((slot, self.parsed(slot)?)))
    }

    pub(super) fn parsed(&self, slot: u32) -> Option<&Parsed> {
        self.slots.get(slot as usize)?.as_deref()
    }

    /// The slots whose file came, changed or went since `before`; all of them when there
    /// was nothing before.
    pub(super) fn slots_changed_since(&self, before: Option<&Notebook>) -> Vec<u32> {
        let before = before.map_or(&[][..], |before| &before.slots);
        let most = self.slots.len().max(before.len());
        let at = |slots: &[Option<Arc<Parsed>>], slot: usize| {
            let file = slots.get(slot).and_then(Option::as_ref);
            file.map(Arc::as_ptr)
        };
        (0..most)
            .filter(|&slot| at(&self.slots, slot) != at(before, slot))
            .map(slot_number)
            .collect()
    }

    /// The names that are referred to and defined nowhere, in no order.
    pub(super) fn wanted_names(&self) -> impl Iterator<Item = &str> {
        let undefined = self.names.all().filter(|(_, entry)| entry.sites.is_empty());
        undefined
            .filter(|(name, entry)| {
                self.is_wanted(name) && self.is_asked_for(name, &entry.mentions)
            })
            .map(|(name, _)| &**name)
    }

    pub(super) fn prefixes(&self) -> &[String] {
        &self.rules.prefixes
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn paths(&self) -> &Paths {
        &self.paths
    }

    /// The order in which the notes are read, made when it is first asked for.
    pub(super) fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| Reading::of(self))
    }

    /// Where a file is read: a note at its path, a demo below `/demos/`.
    pub(super) fn path_of(&self, slot: u32) -> Option<&str> {
        self.paths.of(slot)
    }

    /// The same, for demos too.
    pub(super) fn address(&self, slot: u32) -> String {
        match self.path_of(slot) {
            Some(path) => path.to_owned(),
            None => demo_address(self.file_of(slot)),
        }
    }

    /// The slot of the note that is read at a path.
    pub(super) fn slot_at_path(&self, path: &str) -> Option<u32> {
        let at = self.paths.find(path)?;
        Some(self.paths.in_order[at].1)
    }

    /// The files that may be called so in a link, as [`super::leads`] has it.
    pub(super) fn slots_called(&self, key: &str) -> impl Iterator<Item = u32> {
        let entry = self.called.get(key);
        let sites = entry.into_iter().flat_map(|(_, entry)| &entry.sites);
        sites.map(|site| site.slot)
    }

    /// The files that call something so.
    pub(super) fn slots_that_call(&self, key: &str) -> impl Iterator<Item = u32> {
        let entry = self.called.get(key);
        entry
            .into_iter()
            .flat_map(|(_, entry)| entry.mentions.iter().copied())
    }

    /// Do our own pages begin so?
    pub(super) fn is_reserved(&self, segment: &str) -> bool {
        self.rules.reserved.contains(&segment)
    }

    /// Is this anchor the definition of its name?
    pub(super) fn wins(&self, slot: u32, anchor: u32, note: &Parsed) -> bool {
        note.anchors
            .get(anchor as usize)
            .and_then(|found| self.names.definition(note.anchor_name(found)))
            .is_some_and(|(_, site)| site.slot == slot && site.anchor == anchor)
    }

    /// The winning definition of a name.
    pub(super) fn definition(&self, name: &str) -> Option<(u32, &Parsed, &Anchor)> {
        let (_, site) = self.names.definition(name)?;
        let note = self.parsed(site.slot)?;
        Some((site.slot, note, note.anchors.get(site.anchor as usize)?))
    }

    /// What a word means: the whole word, or the word before the `_` or `-` at
    /// its end; else a wanted topic; else nothing.
    pub(super) fn meaning<'n>(&'n self, note: &'n Parsed, word: &Word) -> Meaning<'n> {
        let whole = note.word(word);
        let bare = note.bare_word(word);
        for name in [whole, bare] {
            if let Some((name, _)) = self.names.definition(name) {
                return Meaning::Topic(name);
            }
            if whole.len() == bare.len() {
                break;
            }
        }
        // `[[My_Note]]` may be the name of a note.
        let is_note = word.wiki && self.is_called(&note.file, whole);
        if !is_note && self.is_wanted(bare) {
            return Meaning::Wanted(bare);
        }
        Meaning::Plain
    }

    /// Is a name that nobody defines a wanted topic?
    pub(super) fn is_wanted(&self, bare: &str) -> bool {
        name::is_name(bare)
            && !bare.ends_with(['_', '-'])
            && (name::has_known_prefix(bare, &self.rules.prefixes) || !self.near(bare).is_empty())
    }

    /// Defined names that `word` may mean.
    pub(super) fn near(&self, word: &str) -> Suggestions {
        self.sorted().of(word)
    }

    /// The defined names, sorted.
    pub(super) fn sorted(&self) -> &Near {
        self.near.0.get_or_init(|| {
            let all = self.names.all();
            let defined = all.filter(|(_, entry)| !entry.sites.is_empty());
            Near::new(defined.map(|(name, _)| name.clone()))
        })
    }

    /// The topics of a file that win: their sources and names, by source.
    pub(super) fn topics_in(&self, slot: u32, note: &Parsed) -> Vec<(Span, u32)> {
        let mut topics: Vec<(Span, u32)> = defines(note)
            .filter(|(index, ..)| self.wins(slot, *index, note))
            .map(|(index, ..)| (note.anchors[index as usize].source, index))
            .collect();
        topics.sort_by(|a, b| {
            (a.0.start, std::cmp::Reverse(a.0.end), a.1).cmp(&(
                b.0.start,
                std::cmp::Reverse(b.0.end),
                b.1,
            ))
        });
        // Two names of one topic: the first stands for it.
        topics.dedup_by(|b, a| a.0 == b.0);
        topics
    }

    // ---- problems

    /// Everything an author should look at, by file and place.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.warnings();
        for (slot, note) in self.files() {
            problems.extend(self.duplicates(slot, note));
        }
        problems.sort();
        problems
    }

    /// What an author should look at in one file, by place.
    pub fn problems_of(&self, file: &str) -> Vec<Problem> {
        let mut problems = self.unread_or_misplaced(Some(file));
        if let Ok(at) = self.place(file)
            && let slot = self.order[at]
            && let Some(note) = self.parsed(slot)
        {
            problems.extend(self.faults(slot, note));
            problems.extend(self.duplicates(slot, note));
        }
        problems.sort();
        problems.dedup();
        problems
    }

    /// The problems without the duplicates, of which the index has a list of their own.
    pub(super) fn warnings(&self) -> Vec<Problem> {
        let mut problems = self.unread_or_misplaced(None);
        let files: Vec<(u32, &Parsed)> = self.files().collect();
        let each = files.into_par_iter().with_min_len(16);
        problems.par_extend(each.flat_map_iter(|(slot, note)| self.faults(slot, note)));
        problems.sort();
        problems.dedup();
        problems
    }

    /// Files that could not be read, and paths that could not be given; all, or one file's.
    fn unread_or_misplaced(&self, file: Option<&str>) -> Vec<Problem> {
        let asked = |other: &str| file.is_none_or(|file| file == other);
        let unread = self.unread.iter().chain(self.failed.values());
        let mut problems: Vec<Problem> = unread
            .filter(|problem| asked(&problem.file))
            .cloned()
            .collect();
        let paths = self.paths.faults.iter().chain(&self.reading().faults);
        problems.extend(
            paths
                .filter(|(file, _)| asked(file))
                .map(|(file, fault)| problem(file, fault)),
        );
        problems
    }

    /// What is wrong within a file.
    fn faults<'n>(&'n self, slot: u32, note: &'n Parsed) -> impl Iterator<Item = Problem> + 'n {
        let own = note.faults.iter().map(|fault| problem(&note.file, fault));
        own.chain(self.looks(slot, note))
    }

    /// Anchors of a file whose name is defined elsewhere.
    fn duplicates<'n>(&'n self, slot: u32, note: &'n Parsed) -> impl Iterator<Item = Problem> + 'n {
        let lost = defines(note).filter(move |(index, ..)| !self.wins(slot, *index, note));
        lost.filter_map(|(index, _, name)| {
            let anchor = note.anchors.get(index as usize)?;
            let (_, winner, first) = self.definition(name)?;
            let message = format!(
                "<<{name}>> is defined already, at {}:{}:{}; this one is only a link to it",
                winner.file, first.line, first.column
            );
            let at = (anchor.line, anchor.column);
            let problem = Problem::new(Rule::DuplicateAnchor, &*note.file, at, message);
            Some(problem.wide(name.chars().count() + "<<>>".len()))
        })
    }

    /// The page of live values, where the notebook is told that there are any.
    pub(super) fn live_page(&self) -> &'static str {
        self.rules.live_page
    }

    /// Whether a live value has this name.
    pub(super) fn is_live(&self, name: &str) -> bool {
        self.rules.live.contains(&name)
    }

    /// What to say to the author of a live value that there is not.
    pub(super) fn no_live_value(&self, name: &str) -> String {
        let near: Vec<String> = near::alike(name, self.rules.live.iter().copied())
            .iter()
            .map(|near| format!("live:{near}"))
            .collect();
        let page = self.rules.live_page;
        match (near.is_empty(), page.is_empty()) {
            (false, _) => format!(
                "there is no live value {name:?}; did you mean {}?",
                near.join(" or ")
            ),
            (true, false) => format!("there is no live value {name:?}; {page} lists them"),
            (true, true) => format!("there is no live value {name:?}"),
        }
    }

    /// Every wanted name, in name order.
    pub fn wanted(&self) -> &[index::Wanted] {
        self.wanted.get_or_init(|| self.find_wanted())
    }

    fn find_wanted(&self) -> Vec<index::Wanted> {
        let mut wanted = FxHashSet::default();
        for (_, note) in self.files() {
            wanted.extend(
                note.words
                    .iter()
                    .filter_map(|word| match self.meaning(note, word) {
                        Meaning::Wanted(name) => Some(name),
                        _ => None,
                    }),
            );
        }
        let mut wanted: Vec<&str> = wanted.into_iter().collect();
        wanted.sort_unstable();
        wanted
            .into_iter()
            .map(|name| index::Wanted {
                name: name.to_owned(),
                did_you_mean: self.near(name).iter().map(ToString::to_string).collect(),
            })
            .collect()
    }

    /// Does a word really mean this undefined name? `Learning_X` may only stand
    /// in `Learning_X_`, which is defined.
    pub(super) fn is_asked_for(&self, name: &str, mentions: &[u32]) -> bool {
        mentions.iter().any(|&slot| {
            self.parsed(slot).is_some_and(|note| {
                note.words.iter().any(|word| {
                    note.bare_word(word) == name
                        && matches!(self.meaning(note, word), Meaning::Wanted(_))
                })
            })
        })
    }
}

/// Parses files in parallel; each gets the slot of its place.
fn parse_all(files: Vec<(String, Vec<u8>)>, rules: &Rules) -> Vec<Option<Arc<Parsed>>> {
    files
        .into_par_iter()
        .with_min_len(16)
        .map(|(file, bytes)| Some(Arc::new(parse(file.into(), bytes, rules))))
        .collect()
}

/// Changes which names a file mentions.
fn mention(names: &mut Names, slot: u32, before: &FxHashSet<&str>, after: &FxHashSet<&str>) {
    for name in before.difference(after) {
        names.change(name, |entry| entry.unmention(slot));
    }
    for name in after.difference(before) {
        names.change(name, |entry| entry.mention(slot));
    }
}

/// A fault in a file, as it is told.
pub(super) fn problem(file: &str, fault: &Fault) -> Problem {
    let at = (fault.line, fault.column);
    Problem::new(fault.rule, file, at, &*fault.message)
}

/// A slot's number; there are never four thousand million files.
fn slot_number(count: usize) -> u32 {
    super::lines::clamp(count)
}
