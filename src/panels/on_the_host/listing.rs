//! The listing: claims put into a tree of folders, in the order of `ls`.

use super::claims::{Claim, Proof};
use super::root::Root;
use crate::panels::mounts::facts::cut;
use crate::panels::words;
use serde::Serialize;
use std::collections::BTreeMap;

/// A line of the listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The name from the line above: `containers`, `shop_dbdata/_data`.
    pub label: String,
    /// The whole path.
    pub path: String,
    /// How far to the right.
    pub depth: usize,
    /// How sure.
    pub proof: Proof,
    /// The field that says so.
    pub field: String,
    /// What is there.
    pub what: String,
    /// Its size, and the field that tells it.
    pub size: Option<(String, &'static str)>,
    /// The bar's length, in hundredths of the longest.
    pub bar: u64,
    /// The chosen container's.
    pub chosen: bool,
}

/// The lines below the data root, which comes first, and those of other places.
pub fn listing(root: &Root, claims: &[Claim]) -> (Vec<Line>, Vec<Line>) {
    let (inside, outside): (Vec<&Claim>, Vec<&Claim>) = claims
        .iter()
        .partition(|claim| below(&root.path, &claim.path).is_some());
    let largest = claims.iter().filter_map(|claim| Some(claim.size?.0)).max();
    let largest = largest.unwrap_or(0).max(1);
    let inside = lines(&inside, largest, root, |claim| {
        below(&root.path, &claim.path).unwrap_or_default()
    });
    // Each by itself: what lies elsewhere has no common folder.
    let outside = outside
        .into_iter()
        .map(|claim| line(claim, words::short(&claim.path, 200), 0, largest))
        .collect();
    (inside, outside)
}

/// The parts of `path` below `root`.
fn below(root: &str, path: &str) -> Option<Vec<String>> {
    let slash = |c: char| c == '/' || c == '\\';
    let rest = path.strip_prefix(root.trim_end_matches(slash))?;
    if !rest.is_empty() && !rest.starts_with(slash) {
        return None;
    }
    let parts = rest.split(slash).filter(|part| !part.is_empty());
    Some(parts.map(str::to_owned).collect())
}

fn lines(
    claims: &[&Claim],
    largest: u64,
    root: &Root,
    place: impl Fn(&Claim) -> Vec<String>,
) -> Vec<Line> {
    let mut at: BTreeMap<Vec<String>, Claim> = BTreeMap::new();
    for claim in claims {
        let path = place(claim);
        // What runs through a folder proves it.
        if claim.proof == Proof::Path {
            for up in 1..path.len() {
                let above = at.entry(path[..up].to_vec()).or_insert_with(|| Claim {
                    what: String::new(),
                    size: None,
                    chosen: claim.chosen && up > 1,
                    ..(*claim).clone()
                });
                if above.proof > Proof::Path {
                    above.proof = Proof::Path;
                    above.field = claim.field.clone();
                }
            }
        }
        match at.get_mut(&path) {
            // The surest wins; words and sizes of either stay.
            Some(known) => {
                if claim.proof < known.proof {
                    known.proof = claim.proof;
                    known.field = claim.field.clone();
                }
                if known.what.is_empty() {
                    known.what = claim.what.clone();
                }
                known.size = known.size.or(claim.size);
            }
            None => {
                at.insert(path, (*claim).clone());
            }
        }
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut above: Vec<(Vec<String>, usize)> = Vec::new();
    let slash = if root.windows { "\\" } else { "/" };
    let top = root.path.trim_end_matches(['/', '\\']);
    let keys: Vec<Vec<String>> = at.keys().cloned().collect();
    for (path, claim) in &at {
        above.retain(|(upper, _)| path.starts_with(upper));
        let children = keys
            .iter()
            .filter(|key| key.len() == path.len() + 1 && key.starts_with(path));
        // Nothing to say of a folder with one thing in it: the two make one line.
        if claim.what.is_empty() && path.len() > 1 && children.count() == 1 {
            continue;
        }
        let (from, depth) = above
            .last()
            .map_or((0, 0), |(upper, depth)| (upper.len(), depth + 1));
        let label = match &path[from..] {
            [] => words::short(&root.path, 200),
            some => {
                let parts: Vec<String> = some.iter().map(|part| cut(part)).collect();
                parts.join(slash)
            }
        };
        above.push((path.clone(), depth));
        lines.push(line(claim, label, depth, largest));
        let whole = std::iter::once(top.to_owned()).chain(path.clone());
        if let Some(last) = lines.last_mut() {
            last.path = words::short(&whole.collect::<Vec<_>>().join(slash), 300);
        }
    }
    lines
}

fn line(claim: &Claim, label: String, depth: usize, largest: u64) -> Line {
    let hundredths = |bytes: u64| (bytes as f64 * 100.0 / largest as f64).round() as u64;
    Line {
        label,
        path: words::short(&claim.path, 300),
        depth: depth.min(4),
        proof: claim.proof,
        field: claim.field.clone(),
        what: claim.what.clone(),
        size: claim.size.map(|(bytes, field)| (words::size(bytes), field)),
        bar: claim
            .size
            .map_or(0, |(bytes, _)| hundredths(bytes).max(u64::from(bytes > 0))),
        chosen: claim.chosen,
    }
}

impl Line {
    /// The class of its mark.
    pub fn mark(&self) -> &'static str {
        match self.proof {
            Proof::Path => "path",
            Proof::Follows => "follows",
            Proof::Usual => "usual",
        }
    }

    /// How we know.
    pub fn known(&self) -> String {
        match self.proof {
            Proof::Path => format!("proven by {}", self.field),
            Proof::Follows => format!("follows from {}", self.field),
            Proof::Usual => "usual, not proven: the API does not tell".into(),
        }
    }
}
