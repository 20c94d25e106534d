//! One tree of all paths at which something hangs, and what hangs there.
//!
//! Folders on the way are drawn where paths part, and skipped where they do not.

use super::facts::{Container, Ends, Facts, Hang, Kind, cut};
use crate::panels::words;
use serde::Serialize;
use std::collections::BTreeMap;

/// Rows drawn; the rest is folded, with a count.
pub const ROWS: usize = 40;
/// Containers named in one row.
const NAMED: usize = 4;
/// Folders deeper than this are drawn no further to the right.
const DEEPEST: usize = 5;

/// A path at which something hangs, or where paths part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// The path from the node above: `/`, `var/`, `lib/db`.
    pub label: String,
    /// The whole path.
    pub path: String,
    /// How far to the right: 0 is the root.
    pub depth: usize,
    /// What hangs here.
    pub rows: Vec<Row>,
}

/// One thing that hangs at a path, in the containers that have it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is, in a word or two: `named volume`.
    pub what: String,
    /// Which one: the volume, the folder of the host.
    pub which: Option<String>,
    /// The class of its bar: `glass`, `tmpfs`, `anon`, `named`, `bind`, `other`.
    pub class: &'static str,
    /// When its content ends.
    pub ends: Ends,
    /// The containers that have it here.
    pub who: Vec<String>,
    /// And how many more.
    pub more: usize,
    /// Containers on this water, anywhere in the tree.
    pub sharers: usize,
    /// `rw`, `ro`; none where the engine does not say.
    pub mode: Option<&'static str>,
    /// What else there is to say, each a few words.
    pub notes: Vec<String>,
    /// None of the containers runs.
    pub off: bool,
}

/// The tree of what hangs in `shown`, indexes into the containers of `facts`, in order;
/// and how many rows were folded. The root is there always, and comes first.
pub fn tree(facts: &Facts, shown: &[usize], focus: bool) -> (Vec<Node>, usize) {
    let mut at: BTreeMap<Vec<String>, Vec<(usize, &Hang)>> = BTreeMap::new();
    for index in shown {
        for hang in &facts.containers[*index].hangs {
            at.entry(segments(&hang.path))
                .or_default()
                .push((*index, hang));
        }
    }
    let mut own: BTreeMap<Vec<String>, Row> = BTreeMap::new();
    if focus && let [only] = shown {
        for (path, file) in &facts.containers[*only].own {
            own.insert(segments(path), dockers(&facts.containers[*only], file));
        }
    }
    let mut paths: Vec<Vec<String>> = at.keys().chain(own.keys()).cloned().collect();
    paths.push(Vec::new());
    // Where two neighbours in order part, there is a fork.
    paths.sort();
    let forks: Vec<Vec<String>> = paths
        .windows(2)
        .map(|pair| {
            let same = pair[0].iter().zip(&pair[1]).take_while(|(a, b)| a == b);
            pair[0][..same.count()].to_vec()
        })
        .collect();
    paths.extend(forks);
    paths.sort();
    paths.dedup();

    let mut nodes: Vec<Node> = Vec::new();
    let mut above: Vec<(Vec<String>, usize)> = Vec::new();
    let mut room = ROWS;
    let mut folded = 0;
    for path in paths {
        above.retain(|(upper, _)| path.starts_with(upper));
        let (from, depth) = above
            .last()
            .map_or((0, 0), |(upper, depth)| (upper.len(), depth + 1));
        let (mut rows, beyond) = match at.get(&path) {
            Some(hangs) => rows(facts, hangs, room),
            None => (Vec::new(), 0),
        };
        folded += beyond;
        if path.is_empty() {
            rows.insert(0, glass(facts, shown, focus));
        }
        rows.extend(own.remove(&path));
        folded += rows.len().saturating_sub(room);
        rows.truncate(room);
        room -= rows.len();
        let fork = at.keys().any(|below| below.starts_with(&path));
        above.push((path.clone(), depth));
        if rows.is_empty() && (room == 0 || !fork && !focus) {
            continue;
        }
        let whole = if path.first().is_some_and(|first| first.ends_with(':')) {
            path.join("\\")
        } else {
            format!("/{}", path.join("/"))
        };
        nodes.push(Node {
            label: match &path[from..] {
                [] => "/".into(),
                some if rows.is_empty() => words::short(&format!("{}/", some.join("/")), 60),
                some => words::short(&some.join("/"), 60),
            },
            path: words::short(&whole, 160),
            depth: depth.min(DEEPEST),
            rows,
        });
    }
    (nodes, folded)
}

/// The parts of a path, whichever slash it is written with.
fn segments(path: &str) -> Vec<String> {
    let windows = !path.starts_with('/') && path.contains('\\');
    path.split(|c| c == '/' || windows && c == '\\')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The writable layers: one row, since each container has one at the same place.
fn glass(facts: &Facts, shown: &[usize], focus: bool) -> Row {
    let containers: Vec<&Container> = shown.iter().map(|at| &facts.containers[*at]).collect();
    let mut notes = Vec::new();
    let mut ends = Ends::Rm;
    if let (true, [only]) = (focus, containers.as_slice()) {
        match only.written {
            Some(bytes) => notes.push(format!("{} written", words::size(bytes))),
            None => notes.push("how much is written, the engine does not say".into()),
        }
        if only.removes {
            ends = Ends::Stop;
            notes.push("--rm: removed when it stops".into());
        }
    }
    let frozen = containers.iter().filter(|c| c.frozen).count();
    if frozen > 0 {
        notes.push(match (focus, frozen) {
            (true, _) => "--read-only: nothing can be written here".into(),
            (false, n) => format!("read-only in {}", words::count(n, "container")),
        });
    }
    let all = containers.len();
    Row {
        what: match all {
            0 | 1 => "own writable layer".into(),
            _ => "own writable layer of each".into(),
        },
        which: None,
        class: "glass",
        ends,
        who: names(&containers, if focus { NAMED } else { 0 }),
        more: if focus { 0 } else { all },
        sharers: 1,
        mode: (frozen < all || all == 0).then_some("rw").or(Some("ro")),
        notes,
        off: !containers.is_empty() && containers.iter().all(|c| !c.running),
    }
}

fn dockers(container: &Container, file: &str) -> Row {
    Row {
        what: "a file of Docker's own".into(),
        which: Some(file.split('/').map(cut).collect::<Vec<_>>().join("/")),
        class: "dockers",
        ends: if container.removes {
            Ends::Stop
        } else {
            Ends::Rm
        },
        who: Vec::new(),
        more: 0,
        sharers: 1,
        mode: None,
        notes: Vec::new(),
        off: !container.running,
    }
}

fn names(containers: &[&Container], most: usize) -> Vec<String> {
    let names = containers.iter().take(most);
    names.map(|c| words::short(&c.name, 40)).collect()
}

/// What hangs at one path: containers with the same thing in one row. At most `room`
/// rows are made; the others are counted.
fn rows(facts: &Facts, hangs: &[(usize, &Hang)], room: usize) -> (Vec<Row>, usize) {
    type Same<'a> = (
        Kind,
        Option<&'a str>,
        Option<bool>,
        Option<&'a str>,
        Ends,
        bool,
    );
    let mut groups: BTreeMap<Same<'_>, Vec<(&Container, &Hang)>> = BTreeMap::new();
    for (index, hang) in hangs {
        let container = &facts.containers[*index];
        let which = match hang.kind {
            Kind::Anonymous | Kind::Named => hang.volume.as_deref(),
            _ => hang.source.as_deref(),
        };
        let key = (
            hang.kind.clone(),
            which,
            hang.writable,
            hang.propagation.as_deref().or(hang.options.as_deref()),
            facts.ends(container, hang),
            hang.flag,
        );
        groups.entry(key).or_default().push((container, hang));
    }
    let beyond = groups.len().saturating_sub(room);
    let rows = groups
        .into_values()
        .take(room)
        .filter_map(|group| Some(row(facts, group.first()?.1, &group)));
    (rows.collect(), beyond)
}

fn row(facts: &Facts, hang: &Hang, group: &[(&Container, &Hang)]) -> Row {
    let containers: Vec<&Container> = group.iter().map(|(container, _)| *container).collect();
    let ends = containers
        .first()
        .map_or(Ends::Unknown, |container| facts.ends(container, hang));
    let volume = hang.volume.as_deref();
    let (what, class) = match &hang.kind {
        Kind::Tmpfs => ("tmpfs, only memory".to_owned(), "tmpfs"),
        Kind::Anonymous => ("anonymous volume".to_owned(), "anon"),
        Kind::Named => ("named volume".to_owned(), "named"),
        Kind::Bind => ("the host's own".to_owned(), "bind"),
        Kind::Other(word) => (words::short(word, 30), "other"),
    };
    let which = match hang.kind {
        Kind::Anonymous => volume.map(|name| format!("{}…", words::short_id(name))),
        Kind::Named => volume.map(|name| words::short(name, 80)),
        _ => hang
            .source
            .as_deref()
            .map(|source| words::short(source, 160)),
    };
    let mut notes = Vec::new();
    let mut sharers = containers.len();
    match hang.kind {
        Kind::Tmpfs => {
            sharers = 1;
            notes.push(match &hang.options {
                Some(options) => words::short(options, 60),
                None => "no size set: up to half of the memory".into(),
            });
            if hang.flag {
                notes.push("from --tmpfs".into());
            }
            if containers.len() > 1 {
                notes.push("each has its own".into());
            }
        }
        Kind::Anonymous | Kind::Named => {
            let name = volume.unwrap_or_default();
            notes.push(match facts.volume(name).and_then(|volume| volume.size) {
                Some(bytes) => words::size(bytes),
                None => "size not told".into(),
            });
            match facts
                .volume(name)
                .and_then(|volume| volume.of_type.as_deref())
            {
                Some("tmpfs") => notes.push("made of memory: empty when no container runs".into()),
                Some(other) => notes.push(format!("of type {}", words::short(other, 20))),
                None => {}
            }
            let elsewhere: Vec<String> = facts
                .users(name)
                .filter(|(_, other)| other.path != hang.path)
                .map(|(container, other)| {
                    format!(
                        "{} in {}",
                        words::short(&other.path, 60),
                        words::short(&container.name, 40)
                    )
                })
                .take(NAMED)
                .collect();
            if !elsewhere.is_empty() {
                notes.push(format!("the same water at {}", words::list(&elsewhere)));
            }
            let mut ids: Vec<&str> = facts.users(name).map(|(c, _)| c.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            sharers = ids.len();
            let counted = facts.volume(name).and_then(|volume| volume.users);
            if sharers > 1 {
                notes.push(format!("shared by {}", words::count(sharers, "container")));
            }
            if let Some(counted) = counted.filter(|counted| *counted != sharers as u64) {
                notes.push(format!("docker counted {counted} when it was asked last"));
            }
        }
        Kind::Bind => {
            match hang.propagation.as_deref() {
                Some("rprivate" | "private") => {
                    notes.push(
                        "rprivate: a disk that arrives below it later does not get in".into(),
                    );
                }
                Some(word @ ("rslave" | "slave")) => {
                    notes.push(format!(
                        "{word}: a disk that arrives below it on the host gets in"
                    ));
                }
                Some(word @ ("rshared" | "shared")) => notes.push(format!(
                    "{word}: mounts below it pass both ways, host and container"
                )),
                Some(word) => notes.push(words::short(word, 30)),
                None => notes.push("propagation not told".into()),
            }
            if hang
                .source
                .as_deref()
                .is_some_and(|s| s.ends_with("docker.sock"))
            {
                notes.push("Docker's own socket: who may use it rules the host".into());
            }
        }
        Kind::Other(_) => {}
    }
    if containers.iter().any(|c| c.removes) {
        notes.push("--rm: its container is removed when it stops".into());
    }
    let who = names(&containers, NAMED);
    Row {
        what,
        which,
        class,
        ends,
        more: containers.len() - who.len(),
        who,
        sharers,
        mode: hang.writable.map(|rw| if rw { "rw" } else { "ro" }),
        notes,
        off: containers.iter().all(|c| !c.running),
    }
}

impl Row {
    /// How many of the five steps its bar reaches over.
    pub fn reach(&self) -> &'static str {
        match self.ends {
            Ends::Stop => "r1",
            Ends::Rm => "r2",
            Ends::RmV => "r3",
            Ends::VolumeRm => "r4",
            Ends::Never => "r5",
            Ends::Unknown => "r0",
        }
    }

    /// The slab's depth: by how many containers stand on it.
    pub fn slab(&self) -> &'static str {
        match self.sharers {
            0 | 1 => "k1",
            2 => "k2",
            _ => "k3",
        }
    }

    /// Where the files really are, in a word or two: it stands in the bar.
    pub fn water(&self) -> &'static str {
        match self.class {
            "glass" => "its own layer",
            "tmpfs" => "memory",
            "anon" | "named" => "a folder that Docker keeps",
            "bind" => "a place on the host",
            "dockers" => "beside its log",
            _ => "",
        }
    }

    /// Who, as a phrase.
    pub fn whose(&self) -> String {
        match (self.who.as_slice(), self.more) {
            ([], 0) => String::new(),
            ([], n) => words::count(n, "container"),
            (some, 0) => words::list(some),
            (some, n) => format!("{} and {n} more", some.join(", ")),
        }
    }

    /// `read and write`, `read only`.
    pub fn mode_in_words(&self) -> &'static str {
        match self.mode {
            Some("rw") => "read and write",
            Some(_) => "read only",
            None => "whether it can be written is not told",
        }
    }

    /// What its content survives.
    pub fn fate(&self) -> &'static str {
        match self.ends {
            Ends::Stop => "gone when the container stops",
            Ends::Rm => "survives a stop, gone with docker rm",
            Ends::RmV => "survives docker rm, gone with docker rm -v",
            Ends::VolumeRm => "survives docker rm -v, gone with docker volume rm",
            Ends::Never => "Docker never removes it",
            Ends::Unknown => "what it survives, Waterline does not know",
        }
    }
}
