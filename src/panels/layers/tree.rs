//! Tree: a layer's changes folded by folder, biggest first, within a budget.
//!
//! However many files a layer holds, a bounded number of lines is drawn. Each folder
//! gets a share of them by its weight; what does not fit is counted.

use super::files::{Change, Mark, name};
use crate::panels::words;
use serde::Serialize;
use std::collections::BTreeMap;

/// Lines of a tree, all together.
const LINES: usize = 150;
/// Entries of one folder that are drawn.
const OF_ONE: usize = 14;
/// Folders in each other; what is deeper keeps its path in one name.
const DEEPEST: usize = 24;
/// How wide a bar of the heaviest entry is.
const BAR: f64 = 80.0;

/// One line of the tree, in the order of reading.
#[derive(Debug, PartialEq, Serialize)]
pub enum Line {
    /// A folder begins; what follows lies in it until its `Close`.
    Open(Item),
    /// A file, a link, a deletion, or a folder of which nothing more is drawn.
    Leaf(Item),
    /// So many more lie here, in words.
    More(String),
    /// The folder ends.
    Close,
}

/// What stands on a line.
#[derive(Debug, PartialEq, Serialize)]
pub struct Item {
    /// Its name, with a slash behind it for a folder.
    pub name: String,
    /// `A`, `C`, `D`; empty for a folder that is only on the way.
    pub mark: &'static str,
    /// The mark in a word.
    pub word: &'static str,
    /// Its bytes, or what it hides, in words.
    pub size: String,
    /// The bar of what is seen, in pixels.
    pub bar: f64,
    /// The bar of what is hidden.
    pub hatched: f64,
    /// Whether it is drawn unfolded.
    pub open: bool,
}

#[derive(Default)]
struct Branch {
    below: BTreeMap<String, Branch>,
    mark: Option<Mark>,
    kind: char,
    /// Bytes in this layer that are seen, and those that layers above hide.
    seen: u64,
    hidden: u64,
    /// Bytes of lower layers that it hides.
    hides: u64,
    entries: usize,
    hidden_by: Option<usize>,
}

impl Branch {
    fn weight(&self) -> u64 {
        self.seen
            .saturating_add(self.hidden)
            .saturating_add(self.hides)
    }
}

/// Draws the changes of one layer.
pub fn draw(changes: &[Change]) -> Vec<Line> {
    let mut root = Branch::default();
    for change in changes {
        let path = name(change);
        let parts: Vec<&str> = path.splitn(DEEPEST, '/').collect();
        let mut at = &mut root;
        add(at, change);
        for part in parts {
            at = at.below.entry(part.to_owned()).or_default();
            add(at, change);
        }
        at.mark = Some(change.mark);
        at.kind = change.kind;
        at.hidden_by = change.hidden_by;
    }
    let most = root.below.values().map(Branch::weight).max().unwrap_or(0);
    let mut lines = Vec::new();
    inside(&root, LINES, 0, most.max(1), &mut lines);
    lines
}

fn add(branch: &mut Branch, change: &Change) {
    match change.hidden_by {
        Some(_) => branch.hidden += change.size,
        None => branch.seen += change.size,
    }
    branch.hides += change.hides;
    branch.entries += 1;
}

fn inside(branch: &Branch, budget: usize, depth: usize, most: u64, lines: &mut Vec<Line>) {
    let mut below: Vec<(&String, &Branch)> = branch.below.iter().collect();
    below.sort_by(|a, b| {
        let key = |(_, branch): &(&String, &Branch)| (branch.weight(), branch.entries);
        key(b).cmp(&key(a)).then_with(|| a.0.cmp(b.0))
    });
    let drawn = below.len().min(OF_ONE).min(budget);
    let left = budget - drawn;
    let weigh = |branch: &Branch| {
        if branch.below.is_empty() {
            0.0
        } else {
            (branch.weight() as f64).sqrt() + branch.entries as f64
        }
    };
    let whole: f64 = below[..drawn].iter().map(|(_, branch)| weigh(branch)).sum();
    for (name, branch) in &below[..drawn] {
        // A folder of one folder takes one line with it.
        let (mut name, mut branch) = ((*name).clone(), *branch);
        while branch.mark != Some(Mark::Changed)
            && branch.below.len() == 1
            && let Some((next, only)) = branch.below.iter().next()
            && !only.below.is_empty()
        {
            name = format!("{name}/{next}");
            branch = only;
        }
        let share = if whole > 0.0 {
            (left as f64 * weigh(branch) / whole) as usize
        } else {
            0
        };
        let mut item = item(&name, branch, most);
        if branch.below.is_empty() || share == 0 {
            lines.push(Line::Leaf(item));
        } else {
            item.open = depth < 2;
            lines.push(Line::Open(item));
            inside(branch, share, depth + 1, most, lines);
            lines.push(Line::Close);
        }
    }
    let rest = &below[drawn..];
    if !rest.is_empty() {
        let bytes: u64 = rest
            .iter()
            .map(|(_, branch)| branch.seen + branch.hidden)
            .sum();
        lines.push(Line::More(format!(
            "and {} more, {}",
            rest.len(),
            words::size(bytes)
        )));
    }
}

fn item(name: &str, branch: &Branch, most: u64) -> Item {
    let full = !branch.below.is_empty();
    let folder = full || branch.kind == 'd';
    let (mark, word) = match branch.mark {
        Some(Mark::Added) => ("A", "added"),
        Some(Mark::Changed) => ("C", "changed"),
        Some(Mark::Deleted) => ("D", "deleted"),
        None => ("", ""),
    };
    let bytes = branch.seen + branch.hidden;
    let mut size = match branch.mark {
        Some(Mark::Deleted) if !full => {
            format!("a hole, hides {} below", words::size(branch.hides))
        }
        Some(Mark::Changed) if !full && branch.hides + bytes > 0 => {
            format!(
                "{}, hides {} below",
                words::size(bytes),
                words::size(branch.hides)
            )
        }
        _ => match branch.kind {
            'd' if !full => "empty".to_owned(),
            'l' | 'h' if !full => "a link".to_owned(),
            _ => words::size(bytes),
        },
    };
    if full && branch.entries > 1 {
        size = format!("{size}, {} entries", branch.entries);
    }
    if let Some(by) = branch.hidden_by {
        size = format!("{size}, hidden by layer {}", by + 1);
    }
    let px = |bytes: u64| (bytes as f64 / most as f64 * BAR).clamp(0.0, BAR).round();
    let shown = words::short(name, 70);
    Item {
        name: if folder { format!("{shown}/") } else { shown },
        bar: px(branch.seen),
        hatched: px(branch.hidden.saturating_add(branch.hides)),
        open: false,
        mark,
        word,
        size,
    }
}
