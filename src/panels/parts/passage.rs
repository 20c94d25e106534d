//! Passages: which way a real event went through the chain.
//!
//! From what an engine is known to do: it does not report the hops one by one. A
//! container is only written down when it is created, and gets a containerd task, a
//! shim and a process when it is started.

use crate::panels::events::facts::{Event, Kind, Past};
use serde::Serialize;
use std::collections::HashMap;

/// A place in the chain, from the one who asks down to the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hop {
    /// The docker command, or whoever else asks.
    Client,
    /// dockerd; Podman's service.
    Engine,
    /// containerd. Podman has none.
    Containerd,
    /// The shim; Podman's conmon.
    Shim,
    /// runc, or another OCI runtime. It leaves when its work is done.
    Runtime,
    /// Process 1 of a container.
    Process,
}

impl Hop {
    /// All of them, from the top.
    pub const ALL: [Hop; 6] = [
        Hop::Client,
        Hop::Engine,
        Hop::Containerd,
        Hop::Shim,
        Hop::Runtime,
        Hop::Process,
    ];

    /// A word for it in ids.
    pub fn word(self) -> &'static str {
        match self {
            Hop::Client => "client",
            Hop::Engine => "engine",
            Hop::Containerd => "containerd",
            Hop::Shim => "shim",
            Hop::Runtime => "runtime",
            Hop::Process => "process",
        }
    }
}

/// Which way something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// An order, from the one who asks down to this hop.
    Down(Hop),
    /// News, from this hop up to the engine. The runtime has left long before.
    Up(Hop),
}

/// What of a passage is to be seen at one hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// It does not come here.
    Nothing,
    /// An order begins here.
    Begins,
    /// It comes through, on the way down.
    ThroughDown,
    /// An order ends here.
    Ends,
    /// News begins here.
    BeginsUp,
    /// News comes through.
    ThroughUp,
    /// News goes by: nobody is there to carry it.
    GoesBy,
    /// News ends here.
    EndsUp,
}

impl Seen {
    /// Whether the hop took part.
    pub fn took_part(self) -> bool {
        !matches!(self, Seen::Nothing | Seen::GoesBy)
    }

    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Seen::Nothing => "no",
            Seen::Begins => "from-top",
            Seen::ThroughDown | Seen::ThroughUp => "thru",
            Seen::Ends => "to-bottom",
            Seen::BeginsUp => "from-bottom",
            Seen::GoesBy => "by",
            Seen::EndsUp => "to-top",
        }
    }
}

/// One event that went through the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// When, in nanoseconds since 1970; of several the last.
    pub at: i64,
    /// What the engine calls it: `start`, `die`, …
    pub action: &'static str,
    /// The id of the container.
    pub container: String,
    /// What it is called.
    pub who: String,
    /// With which code process 1 ended.
    pub exit: Option<i64>,
    /// Which signal was sent.
    pub signal: Option<i64>,
    /// Which way.
    pub way: Way,
}

impl Passage {
    /// What of it is to be seen at `hop`.
    pub fn at_hop(&self, hop: Hop) -> Seen {
        match self.way {
            Way::Down(_) if hop == Hop::Client => Seen::Begins,
            Way::Down(last) if hop < last => Seen::ThroughDown,
            Way::Down(last) if hop == last => Seen::Ends,
            Way::Up(first) if hop == first => Seen::BeginsUp,
            Way::Up(first) if hop == Hop::Runtime && hop < first => Seen::GoesBy,
            Way::Up(first) if hop < first && hop > Hop::Engine => Seen::ThroughUp,
            Way::Up(_) if hop == Hop::Engine => Seen::EndsUp,
            Way::Down(_) | Way::Up(_) => Seen::Nothing,
        }
    }

    /// What happened, in a few words.
    pub fn what(&self) -> String {
        let who = &self.who;
        match (self.action, self.exit, self.signal) {
            ("exec", ..) => format!("a command run inside {who}"),
            ("kill", _, Some(signal)) => format!("signal {signal} to {who}"),
            ("kill", ..) => format!("a signal to {who}"),
            ("die", Some(exit), _) => format!("end of {who}, exit code {exit}"),
            ("die", ..) => format!("end of {who}"),
            ("oom", ..) => format!("out of memory in {who}"),
            ("destroy", ..) => format!("removal of {who}"),
            (action, ..) => format!("{action} of {who}"),
        }
    }

    /// Which way it went and what each hop did, as a sentence.
    pub fn told(&self, podman: bool) -> &'static str {
        match (self.action, podman) {
            ("create", false) => {
                "From whoever asked through the API to dockerd, which writes the container down and prepares its file system. Nothing below hears of it: no task, no shim, no process yet."
            }
            ("start", false) => {
                "From whoever asked through the API to dockerd, on to containerd, which starts a shim; the shim calls runc, which sets up the container, starts process 1 and leaves. The shim stays."
            }
            ("exec", false) => {
                "Down the same way as a start: dockerd, containerd, the container's own shim, and runc again, which puts one more process beside process 1 and leaves."
            }
            ("kill", false) => {
                "From whoever asked through the API to dockerd, containerd and the shim, which has runc send the signal to process 1."
            }
            ("pause" | "unpause", false) => {
                "Down to the shim, which has runc freeze the container's processes, or let them go on."
            }
            ("die", false) => {
                "Upwards: process 1 ended, the shim is its parent and takes its exit code, containerd hears of it and tells dockerd. runc has left long before. The shim ends too."
            }
            ("oom", false) => {
                "Upwards: the kernel ran out of the memory that the container may use, the shim heard of it, containerd tells dockerd."
            }
            ("create" | "rename" | "destroy", true) => {
                "Podman does this by itself: there is no process to tell."
            }
            ("die" | "oom", true) => {
                "Upwards: conmon is the parent of process 1, takes its exit code and writes it down for Podman."
            }
            (_, true) => {
                "From whoever asked to Podman, which calls the OCI runtime; that does its work on the container's processes and leaves. conmon stays."
            }
            _ => {
                "From whoever asked through the API to dockerd, and no further: there is no process to tell."
            }
        }
    }
}

/// The passages that the engine remembers, oldest first. Commands that are run inside
/// one container again and again, as health checks are, are counted instead.
pub fn passages(past: &Past) -> (Vec<Passage>, Vec<Again>) {
    let mut execs: HashMap<&str, Again> = HashMap::new();
    for event in &past.events {
        if event.kind == Kind::Container && event.action == "exec_start" {
            let again = execs.entry(&event.id).or_insert_with(|| Again {
                who: event.name.clone(),
                times: 0,
                last: event.at,
                checked: past.is_checked(&event.id),
            });
            again.times += 1;
            again.last = event.at;
        }
    }
    execs.retain(|_, again| again.times >= OFTEN || again.checked);
    let passages = past
        .events
        .iter()
        .filter(|event| !(event.is_exec() && execs.contains_key(&*event.id)))
        .filter_map(passage)
        .collect();
    let mut again: Vec<Again> = execs.into_values().collect();
    again.sort_by(|a, b| b.last.cmp(&a.last).then_with(|| a.who.cmp(&b.who)));
    (passages, again)
}

/// From how many commands run inside one container on they are counted only.
const OFTEN: usize = 4;

/// Commands that are run inside a container again and again.
#[derive(Clone, Debug, Serialize)]
pub struct Again {
    /// Which container.
    pub who: String,
    /// How often, as far as is remembered.
    pub times: usize,
    /// When last, in nanoseconds since 1970.
    pub last: i64,
    /// The engine checks its health.
    pub checked: bool,
}

fn passage(event: &Event) -> Option<Passage> {
    if event.kind != Kind::Container {
        return None;
    }
    let (action, way) = match event.action.as_str() {
        "create" => ("create", Way::Down(Hop::Engine)),
        "start" => ("start", Way::Down(Hop::Process)),
        // What runs then is not process 1 but beside it.
        "exec_start" => ("exec", Way::Down(Hop::Runtime)),
        "kill" => ("kill", Way::Down(Hop::Process)),
        "pause" => ("pause", Way::Down(Hop::Process)),
        "unpause" => ("unpause", Way::Down(Hop::Process)),
        // Podman says "died".
        "die" | "died" => ("die", Way::Up(Hop::Process)),
        "oom" => ("oom", Way::Up(Hop::Shim)),
        "rename" => ("rename", Way::Down(Hop::Engine)),
        // Podman says "remove".
        "destroy" | "remove" => ("destroy", Way::Down(Hop::Engine)),
        _ => return None,
    };
    Some(Passage {
        at: event.at,
        action,
        container: event.id.clone(),
        who: event.name.clone(),
        exit: event.exit.filter(|_| action == "die"),
        signal: event.signal.filter(|_| action == "kill"),
        way,
    })
}
