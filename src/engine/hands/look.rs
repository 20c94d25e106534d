//! Looks: unmasked reads, of a sandbox's own objects only.
//!
//! A list holds nothing but what [`owned`](crate::engine::owned::owned) calls ours; an
//! object is looked at by the full id that a list gave, and the answer is given only if
//! it is ours as well.

use super::ids::{ExecId, FullId};
use crate::engine::owned::SandboxId;

/// Whose objects a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of one sandbox.
    Sandbox(SandboxId),
    /// Those of all sandboxes of this instance.
    Instance,
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// `GET /version`
    Version,
    /// `GET /info`
    Info,
    /// `GET /system/df`, with the rows that are not ours left out.
    DiskUsage(Whose),
    /// `GET /containers/json?all=1`
    Containers {
        /// Whose.
        whose: Whose,
        /// With `SizeRw` and `SizeRootFs`, which the engine has to measure.
        size: bool,
    },
    /// `GET /images/json`, with the demo image.
    Images(Whose),
    /// `GET /networks`
    Networks(Whose),
    /// `GET /volumes`: its `Volumes`, as a list.
    Volumes(Whose),
    /// `GET /containers/{id}/json`
    Container {
        /// Which.
        id: FullId,
        /// With `SizeRw` and `SizeRootFs`.
        size: bool,
    },
    /// `GET /containers/{id}/changes`; an empty list where the engine says `null`.
    Changes(FullId),
    /// How many changes that is: a number. Of a list too long to be taken, that it was.
    CountOfChanges(FullId),
    /// `GET /images/{id}/json`
    Image(FullId),
    /// `GET /images/{id}/history`
    History(FullId),
    /// `GET /networks/{id}`
    Network(FullId),
    /// `GET /volumes/{name}`
    Volume(FullId),
    /// `GET /exec/{id}/json`
    Exec(ExecId),
}

/// What `docker top` may give to the host's `ps`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PsArgs {
    /// `-ef`, as docker does by itself.
    #[default]
    Full,
    /// `aux`
    Aux,
    /// `-eo` and these columns, which are known ones.
    Columns(Vec<&'static str>),
}

impl PsArgs {
    /// The columns that can be asked for.
    pub const COLUMNS: &[&str] = &[
        "pid", "ppid", "pgid", "sid", "user", "uid", "group", "gid", "stat", "state", "s", "comm",
        "args", "cmd", "command", "time", "etime", "tty", "tt", "ni", "nice", "pri", "rss", "vsz",
        "sz", "pcpu", "%cpu", "pmem", "%mem", "stime", "start", "lstart", "nlwp", "wchan",
        "blocked", "ignored", "caught", "pending",
    ];

    /// Reads the arguments after `docker top CONTAINER`; `None` for what is not taken.
    pub fn parse(words: &[String]) -> Option<PsArgs> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let columns = match *words {
            [] | ["-ef"] => return Some(PsArgs::Full),
            ["aux" | "-aux"] => return Some(PsArgs::Aux),
            ["-eo" | "-o", columns] | ["-e", "-o", columns] => columns,
            _ => return None,
        };
        let known = |column: &str| {
            let column = column.trim();
            PsArgs::COLUMNS
                .iter()
                .find(|known| **known == column)
                .copied()
        };
        let columns: Option<Vec<_>> = columns.split(',').map(known).collect();
        columns
            // The engine finds the container's processes by it.
            .filter(|columns| columns.contains(&"pid"))
            .map(PsArgs::Columns)
    }

    /// As it stands in a URL.
    pub(super) fn query(&self) -> String {
        match self {
            PsArgs::Full => "-ef".into(),
            PsArgs::Aux => "aux".into(),
            PsArgs::Columns(columns) => format!("-eo%20{}", columns.join(",").replace('%', "%25")),
        }
    }
}
