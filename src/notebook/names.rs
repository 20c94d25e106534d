//! Who defines which name, and who mentions it.
//!
//! The map is cut into shards that versions of the notebook share: a save
//! copies the few shards in which a name changed, and nothing else.

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::parsed::Parsed;

/// How many shards; a power of two.
const SHARDS: usize = 1024;

/// An anchor: the slot of its file, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub slot: u32,
    pub anchor: u32,
    /// It names a section, so it wins over anchors in text.
    pub heading: bool,
}

/// What is known of one name.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// Where it is defined; the first is the winner, the others are duplicates.
    pub sites: Vec<Site>,
    /// The slots of the files with a word that may refer to it, rising.
    pub mentions: Vec<u32>,
}

type Shard = FxHashMap<Arc<str>, Arc<Entry>>;

/// All names of a notebook.
#[derive(Clone, Debug)]
pub(super) struct Names {
    shards: Vec<Arc<Shard>>,
    defined: usize,
}

impl Default for Names {
    fn default() -> Self {
        let empty = Arc::new(Shard::default());
        Self {
            shards: vec![empty; SHARDS],
            defined: 0,
        }
    }
}

impl Names {
    fn shard(name: &str) -> usize {
        // The low bits choose the bucket inside a shard; take others.
        (FxBuildHasher.hash_one(name) >> 40) as usize % SHARDS
    }

    /// Links many files at once, in parallel. Slots must be in file order. `defines` tells
    /// the names that a file defines, as [`super::parse::defines`] does, and `mentions`
    /// those that it mentions.
    pub fn of<'n, D, M>(
        notes: &[(u32, &'n Parsed)],
        defines: impl Fn(&'n Parsed) -> D + Sync,
        mentions: impl Fn(&'n Parsed) -> M + Sync,
    ) -> Self
    where
        D: Iterator<Item = (u32, bool, &'n str)>,
        M: Iterator<Item = &'n str>,
    {
        let parts = rayon::current_num_threads().clamp(1, SHARDS);
        let built: Vec<Vec<(usize, Shard)>> = (0..parts)
            .into_par_iter()
            .map(|part| Self::part(notes, &defines, &mentions, (part, parts)))
            .collect();
        let mut names = Self::default();
        for (at, shard) in built.into_iter().flatten() {
            names.defined += shard
                .values()
                .filter(|entry| !entry.sites.is_empty())
                .count();
            names.shards[at] = Arc::new(shard);
        }
        names
    }

    /// Every `parts`th shard, from number `part`.
    fn part<'n, D, M>(
        notes: &[(u32, &'n Parsed)],
        defines: impl Fn(&'n Parsed) -> D,
        mentions: impl Fn(&'n Parsed) -> M,
        (part, parts): (usize, usize),
    ) -> Vec<(usize, Shard)>
    where
        D: Iterator<Item = (u32, bool, &'n str)>,
        M: Iterator<Item = &'n str>,
    {
        let mut shards: Vec<Shard> = Vec::new();
        shards.resize_with(SHARDS.div_ceil(parts), Shard::default);
        // Nobody shares these entries yet, so they can be changed in place.
        let mut change = |name: &str, change: &dyn Fn(&mut Entry)| {
            let shard = Self::shard(name);
            if shard % parts != part {
                return;
            }
            let shard = &mut shards[shard / parts];
            if let Some(entry) = shard.get_mut(name) {
                change(Arc::make_mut(entry));
            } else {
                let mut entry = Entry::default();
                change(&mut entry);
                shard.insert(name.into(), Arc::new(entry));
            }
        };
        for &(slot, note) in notes {
            for (anchor, heading, name) in defines(note) {
                let site = Site {
                    slot,
                    anchor,
                    heading,
                };
                change(name, &|entry| {
                    // Headings first; within each kind file order stays.
                    let at = entry
                        .sites
                        .partition_point(|other| other.heading >= heading);
                    if at == 0 {
                        // Nearly always the only one.
                        entry.sites.reserve_exact(1);
                    }
                    entry.sites.insert(at, site);
                });
            }
            for name in mentions(note) {
                change(name, &|entry| {
                    if entry.mentions.last() != Some(&slot) {
                        entry.mentions.push(slot);
                    }
                });
            }
        }
        let numbered = shards.into_iter().enumerate();
        numbered
            .map(|(at, shard)| (at * parts + part, shard))
            .filter(|(at, _)| *at < SHARDS)
            .collect()
    }

    pub fn get(&self, name: &str) -> Option<(&Arc<str>, &Entry)> {
        self.shards[Self::shard(name)]
            .get_key_value(name)
            .map(|(name, entry)| (name, &**entry))
    }

    /// The winning definition of a name.
    pub fn definition(&self, name: &str) -> Option<(&Arc<str>, Site)> {
        let (name, entry) = self.get(name)?;
        Some((name, *entry.sites.first()?))
    }

    /// How many names are defined.
    pub fn defined(&self) -> usize {
        self.defined
    }

    /// Every name, in no order.
    pub fn all(&self) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        self.shards
            .iter()
            .flat_map(|shard| shard.iter().map(|(name, entry)| (name, &**entry)))
    }

    /// Changes one name's entry and drops it when nothing is left in it.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut Entry)) {
        let shard = Arc::make_mut(&mut self.shards[Self::shard(name)]);
        let (was, is, empty) = if let Some(entry) = shard.get_mut(name) {
            let entry = Arc::make_mut(entry);
            let was = !entry.sites.is_empty();
            change(entry);
            let empty = entry.sites.is_empty() && entry.mentions.is_empty();
            (was, !entry.sites.is_empty(), empty)
        } else {
            let mut entry = Entry::default();
            change(&mut entry);
            let is = !entry.sites.is_empty();
            shard.insert(name.into(), Arc::new(entry));
            (false, is, false)
        };
        if empty {
            shard.remove(name);
        }
        self.defined = self.defined + usize::from(is) - usize::from(was);
    }
}

impl Entry {
    /// Adds a definition; `order` says which of two comes first.
    pub fn define(&mut self, site: Site, order: impl Fn(&Site, &Site) -> Ordering) {
        let at = self
            .sites
            .binary_search_by(|other| order(other, &site))
            .unwrap_or_else(|at| at);
        self.sites.insert(at, site);
    }

    /// Forgets what a file defined.
    pub fn undefine(&mut self, slot: u32) {
        self.sites.retain(|site| site.slot != slot);
    }

    pub fn mention(&mut self, slot: u32) {
        if let Err(at) = self.mentions.binary_search(&slot) {
            self.mentions.insert(at, slot);
        }
    }

    pub fn unmention(&mut self, slot: u32) {
        if let Ok(at) = self.mentions.binary_search(&slot) {
            self.mentions.remove(at);
        }
    }
}
