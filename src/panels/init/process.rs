//! Processes: the list that `/top` gives, as a tree.

use super::signal::{Signal, mask, program};
use serde::Serialize;
use serde_json::Value;

/// Processes read of one container.
const MOST: usize = 500;

/// One process, by the host's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Process {
    /// Its number on the host; inside the container it has another.
    pub pid: u64,
    /// Its parent's; a parent outside the container is not listed.
    pub parent: u64,
    /// The program's name, as the kernel keeps it: 15 bytes.
    pub name: String,
    /// Whether it has been stopped, as by SIGSTOP.
    pub halted: bool,
    /// Its signal masks, where `ps` gave all of them.
    #[serde(skip)]
    pub masks: Option<Masks>,
}

/// What a process does with each signal, a bit for each, the lowest for signal 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Masks {
    /// Kept back until the process wants it.
    pub blocked: u64,
    /// Thrown away.
    pub ignored: u64,
    /// Handled by a function of its own.
    pub caught: u64,
}

/// What a process does with one signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It has a handler.
    Catches,
    /// It asked for the signal to be thrown away.
    Ignores,
    /// It is kept back: the process may be fetching it in its own time.
    Blocks,
    /// Nothing: the kernel's own answer applies.
    Nothing,
    /// `ps` did not give the masks.
    NotTold,
}

impl Process {
    /// What it does with `signal`.
    pub fn does(&self, signal: Signal) -> Does {
        match self.masks {
            None => Does::NotTold,
            Some(masks) if signal.is_in(masks.caught) => Does::Catches,
            Some(masks) if signal.is_in(masks.ignored) => Does::Ignores,
            Some(masks) if signal.is_in(masks.blocked) => Does::Blocks,
            Some(_) => Does::Nothing,
        }
    }
}

/// The processes of a container, parents before children.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tree {
    /// Each with how deep it stands, from 0.
    pub rows: Vec<(usize, Process)>,
}

impl Tree {
    /// Reads an answer to `/top`. `first` is the container's own process, where the host
    /// said which (`State.Pid`). The error says what is missing.
    pub fn read(top: &Value, first: Option<u64>) -> Result<Tree, &'static str> {
        let titles = top["Titles"].as_array().map_or(&[][..], Vec::as_slice);
        let at = |names: &[&str]| {
            titles.iter().position(|title| {
                let title = title.as_str().unwrap_or_default();
                names.iter().any(|name| title.eq_ignore_ascii_case(name))
            })
        };
        let pid = at(&["PID"]).ok_or("the host's ps gave no process numbers")?;
        let name =
            at(&["COMMAND", "COMM", "CMD", "ARGS"]).ok_or("the host's ps gave no program names")?;
        let (parent, stat) = (at(&["PPID"]), at(&["STAT", "S"]));
        let masks = [at(&["BLOCKED"]), at(&["IGNORED"]), at(&["CAUGHT"])];
        let rows = top["Processes"].as_array().map_or(&[][..], Vec::as_slice);
        let mut all: Vec<Process> = Vec::new();
        for row in rows.iter().take(MOST) {
            let cell = |at: Option<usize>| at.and_then(|at| row[at].as_str());
            let Some(number) = cell(Some(pid)).and_then(|text| text.trim().parse().ok()) else {
                continue;
            };
            let [blocked, ignored, caught] = masks.map(|at| cell(at).and_then(mask));
            all.push(Process {
                pid: number,
                parent: cell(parent)
                    .and_then(|p| p.trim().parse().ok())
                    .unwrap_or(0),
                name: program(cell(Some(name)).unwrap_or("?")),
                halted: cell(stat).is_some_and(|stat| stat.starts_with(['T', 't'])),
                masks: blocked
                    .zip(ignored)
                    .zip(caught)
                    .map(|((blocked, ignored), caught)| Masks {
                        blocked,
                        ignored,
                        caught,
                    }),
            });
        }
        if all.is_empty() {
            return Err("the host's ps gave no processes");
        }
        Ok(Tree {
            rows: deep(all, first),
        })
    }

    /// The container's own process.
    pub fn first(&self) -> &Process {
        &self.rows[0].1
    }

    /// The children of the process at `row`.
    pub fn children(&self, row: usize) -> impl Iterator<Item = &Process> {
        let depth = self.rows[row].0;
        self.rows[row + 1..]
            .iter()
            .take_while(move |(d, _)| *d > depth)
            .filter(move |(d, _)| *d == depth + 1)
            .map(|(_, process)| process)
    }
}

/// Parents before children, the container's own process first. Those whose parent is not
/// in the list, such as a `docker exec`, stand at depth 0.
fn deep(mut left: Vec<Process>, first: Option<u64>) -> Vec<(usize, Process)> {
    left.sort_by_key(|process| (Some(process.pid) != first, process.pid));
    let mut rows = Vec::new();
    let mut open: Vec<(usize, u64)> = Vec::new();
    while !left.is_empty() {
        let child = open
            .last()
            .and_then(|(_, parent)| left.iter().position(|process| process.parent == *parent));
        let (at, depth) = match (child, open.last()) {
            (Some(at), Some((depth, _))) => (at, depth + 1),
            (None, Some(_)) => {
                open.pop();
                continue;
            }
            _ => {
                let root = |process: &Process| !left.iter().any(|p| p.pid == process.parent);
                // A ring of parents is no tree: take any.
                let own = left.iter().position(|process| Some(process.pid) == first);
                (own.or_else(|| left.iter().position(root)).unwrap_or(0), 0)
            }
        };
        let process = left.remove(at);
        open.push((depth, process.pid));
        rows.push((depth, process));
    }
    rows
}
