//! Stops: what `docker stop` will cost, worked out from the signal, the process that
//! gets it, and whether it is process 1 of its own.

use super::process::{Does, Process, Tree};
use super::signal::{KILL, Signal, TERM};
use serde::Serialize;
use serde_json::Value;

/// Seconds between the first signal and SIGKILL, unless a container says otherwise.
const USUAL_WAIT: i64 = 10;

/// How a container is stopped, from its `inspect`.
#[derive(Clone, Debug)]
pub struct Manner {
    /// The signal that is sent first; `None` for a name that is not known.
    pub signal: Option<Signal>,
    /// Its name, as the container has it.
    pub named: String,
    /// Seconds until SIGKILL; `None` is never.
    pub wait: Option<u64>,
    /// `HostConfig.Init`, where it is said.
    pub init: Option<bool>,
    /// Whose process 1 it sees.
    pub pids: Pids,
}

/// Which process namespace a container is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pids {
    /// One of its own: its first process is process 1.
    Own,
    /// The host's (`--pid host`).
    Host,
    /// Another container's (`--pid container:…`).
    Another,
}

impl Manner {
    /// Reads an answer to `/containers/{id}/json`; docker's defaults for what is not said.
    pub fn read(inspect: &Value) -> Manner {
        // Podman has it as a number.
        let text = match &inspect["Config"]["StopSignal"] {
            Value::Number(number) => number.to_string(),
            text => text.as_str().unwrap_or_default().to_owned(),
        };
        let signal = match text.trim() {
            "" => Some(Signal(TERM)),
            text => Signal::parse(text),
        };
        let mode = inspect["HostConfig"]["PidMode"]
            .as_str()
            .unwrap_or_default();
        let wait = inspect["Config"]["StopTimeout"]
            .as_i64()
            .unwrap_or(USUAL_WAIT);
        Manner {
            named: signal.map_or_else(|| crate::panels::words::short(&text, 20), Signal::name),
            signal,
            wait: u64::try_from(wait).ok(),
            init: inspect["HostConfig"]["Init"].as_bool(),
            pids: match mode {
                "host" => Pids::Host,
                mode if mode.starts_with("container:") => Pids::Another,
                _ => Pids::Own,
            },
        }
    }

    /// `10 s`, or that it waits for ever.
    pub fn span(&self) -> String {
        match self.wait {
            Some(wait) => format!("{wait} s"),
            None => "for ever".into(),
        }
    }
}

/// What kind of program a process is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Passes signals on to its child, and reaps.
    Passes,
    /// Starts and stops services in its own way, and reaps.
    Supervises,
    /// Anything else.
    Program,
}

/// Recognises an init by the name of its program.
pub fn kind(name: &str) -> Kind {
    match name {
        "docker-init" | "tini" | "tini-static" | "dumb-init" | "catatonit" | "podman-init" => {
            Kind::Passes
        }
        "systemd" | "init" | "s6-svscan" | "runit" | "runsvdir" | "openrc-init" | "my_init"
        | "supervisord" => Kind::Supervises,
        _ => Kind::Program,
    }
}

/// When a container will have ended, worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ends {
    /// The first signal does nothing: SIGKILL ends it after the whole wait.
    FullTime,
    /// As soon as the program is done with the first signal: usually at once.
    AtOnce,
    /// It cannot be told.
    NotTold,
}

/// Where the signal gets to, for the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reaches {
    /// Dropped before the first process.
    Nobody,
    /// The first process takes it.
    First,
    /// The first process passes it on, and the child takes it.
    Child,
    /// The first process passes it on, and the child does not take it.
    ChildDrops,
    /// Not known.
    Unknown,
}

/// What a stop will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stop {
    /// When it ends.
    pub ends: Ends,
    /// Where the signal gets to.
    pub reaches: Reaches,
    /// The exit code in words: `137`.
    pub exit: String,
    /// Whether it may well take longer than "at once", up to the whole wait.
    pub perhaps: bool,
    /// Why, in a sentence or two.
    pub why: String,
}

/// Works out what `docker stop` will do.
pub fn foretell(manner: &Manner, tree: &Tree) -> Stop {
    let first = tree.first();
    let name = &first.name;
    let sig = &manner.named;
    let Some(signal) = manner.signal else {
        return unknown(format!(
            "It is stopped with {sig}, a signal whose number is not known here."
        ));
    };
    if signal.0 == KILL {
        return Stop {
            ends: Ends::AtOnce,
            reaches: Reaches::First,
            exit: "137".into(),
            perhaps: false,
            why: "It is stopped with SIGKILL at once, which no program can catch.".into(),
        };
    }
    if first.halted {
        return full(
            Reaches::Nobody,
            format!("{name} is halted, so it takes no signal but SIGKILL."),
        );
    }
    match kind(name) {
        Kind::Passes => passed_on(manner, tree, signal),
        // systemd takes SIGTERM as a wish to start itself anew.
        Kind::Supervises if name == "systemd" && signal.0 == TERM => full(
            Reaches::First,
            "systemd takes SIGTERM as “start yourself anew”. Its images should say STOPSIGNAL SIGRTMIN+3.".into(),
        ),
        Kind::Supervises => match first.does(signal) {
            Does::Catches | Does::Blocks => Stop {
                ends: Ends::AtOnce,
                reaches: Reaches::First,
                exit: "its own choice".into(),
                perhaps: true,
                why: format!("{name} takes {sig} and shuts its services down, for which it needs some time of its own."),
            },
            Does::NotTold => not_told(),
            Does::Ignores | Does::Nothing => dropped(manner, first),
        },
        Kind::Program => match (first.does(signal), manner.pids) {
            (Does::Nothing, Pids::Own) => dropped(manner, first),
            (Does::Nothing, pids) if signal.ends_by_default() => Stop {
                ends: Ends::AtOnce,
                reaches: Reaches::First,
                exit: (128 + signal.0).to_string(),
                perhaps: false,
                why: format!(
                    "{name} has no handler for {sig}. It shares the process numbers of {}, so it is not process 1, and the kernel's own answer ends it.",
                    if pids == Pids::Host { "the host" } else { "another container" }
                ),
            },
            (Does::Nothing, _) => full(Reaches::Nobody, format!("{name} has no handler for {sig}, and the kernel's own answer to it is to do nothing.")),
            (Does::Catches, _) => handler(first, sig),
            (Does::Ignores, _) => full(Reaches::Nobody, format!("{name} has asked for {sig} to be thrown away.")),
            (Does::Blocks, _) => unknown(format!("{name} holds {sig} back. It may be fetching it in its own time (signalfd), or never look.")),
            (Does::NotTold, _) => not_told(),
        },
    }
}

fn passed_on(manner: &Manner, tree: &Tree, signal: Signal) -> Stop {
    let (init, sig) = (&tree.first().name, &manner.named);
    let Some(child) = tree.children(0).next() else {
        return unknown(format!(
            "{init} passes {sig} on to its child, and none is listed."
        ));
    };
    let name = &child.name;
    match child.does(signal) {
        _ if child.halted => full(
            Reaches::ChildDrops,
            format!(
                "{init} passes {sig} on to {name}, which is halted and takes no signal but SIGKILL."
            ),
        ),
        Does::Nothing if signal.ends_by_default() => Stop {
            ends: Ends::AtOnce,
            reaches: Reaches::Child,
            exit: (128 + signal.0).to_string(),
            perhaps: false,
            why: format!(
                "{init} passes {sig} on to {name}. That has no handler, but it is not process 1, so the kernel's own answer ends it."
            ),
        },
        Does::Nothing => full(
            Reaches::ChildDrops,
            format!(
                "{init} passes {sig} on to {name}, which has no handler, and the kernel's own answer is to do nothing."
            ),
        ),
        Does::Catches => {
            let mut stop = handler(child, sig);
            stop.reaches = Reaches::Child;
            stop.why = format!("{init} passes {sig} on. {}", stop.why);
            stop
        }
        Does::Ignores => full(
            Reaches::ChildDrops,
            format!("{init} passes {sig} on, but {name} has asked for it to be thrown away."),
        ),
        Does::Blocks => unknown(format!(
            "{init} passes {sig} on to {name}, which holds it back. It may fetch it in its own time, or never look."
        )),
        Does::NotTold => not_told(),
    }
}

fn handler(process: &Process, sig: &str) -> Stop {
    let name = &process.name;
    let shell = matches!(
        name.as_str(),
        "sh" | "ash" | "bash" | "dash" | "zsh" | "ksh" | "busybox"
    );
    Stop {
        ends: Ends::AtOnce,
        reaches: Reaches::First,
        exit: "its own choice".into(),
        perhaps: shell,
        why: if shell {
            format!(
                "{name} has a handler for {sig}. A shell runs its trap only between two commands: with one still in front, it takes as long as that command, or the full time."
            )
        } else {
            format!("{name} has a handler for {sig}, and ends when that is done.")
        },
    }
}

fn dropped(manner: &Manner, first: &Process) -> Stop {
    let (name, sig) = (&first.name, &manner.named);
    full(
        Reaches::Nobody,
        format!(
            "{name} is process 1 and has no handler for {sig}. To a process 1 the kernel does not apply its own answer: it drops the signal."
        ),
    )
}

fn full(reaches: Reaches, why: String) -> Stop {
    Stop {
        ends: Ends::FullTime,
        reaches,
        exit: "137".into(),
        perhaps: false,
        why,
    }
}

fn unknown(why: String) -> Stop {
    Stop {
        ends: Ends::NotTold,
        reaches: Reaches::Unknown,
        exit: "not known".into(),
        perhaps: false,
        why,
    }
}

fn not_told() -> Stop {
    unknown("This engine's ps does not say which signals the program handles.".into())
}
