//! Groups: events that belong together, told in plain words.
//!
//! One `docker run` is four events of one container within a moment. Commands that are
//! run inside a container, by health checks for one, and looks at its processes come
//! again and again: they are counted.

use super::facts::{Event, Kind, Past};
use crate::panels::words;
use serde::Serialize;

/// How far apart two events of one thing may be, in nanoseconds, and still be told
/// together.
const TOGETHER: i64 = 2_000_000_000;
/// The same from the signal to the end of process 1: `docker stop` waits ten seconds.
const STOPPING: i64 = 15_000_000_000;

/// Events that are told together.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// When the last of them was, in nanoseconds since 1970.
    pub at: i64,
    /// The id of the container that they are about, if any.
    pub container: Option<String>,
    /// What they are about: `web of shop`, `image acme/base`.
    pub subject: String,
    /// What happened to it: `was created from acme/base and was started`.
    pub happened: String,
    /// The last of it.
    pub last: String,
    /// A docker command that looks like this from outside.
    pub like: Option<&'static str>,
    /// How many events that were.
    pub events: usize,
    /// It comes again and again, and changes nothing: a command run inside, a look at
    /// processes.
    pub routine: bool,
}

/// What keeps events apart.
#[derive(Clone, PartialEq, Eq)]
enum Key {
    Container(String),
    Execs(String),
    Looks,
    Thing(Kind, String),
}

struct Open<'a> {
    key: Key,
    events: Vec<&'a Event>,
}

impl Open<'_> {
    fn takes(&self, event: &Event, key: &Key) -> bool {
        if self.key != *key {
            return false;
        }
        let Some(last) = self.events.last() else {
            return true;
        };
        let apart = event.at.saturating_sub(last.at);
        match key {
            Key::Execs(_) | Key::Looks => true,
            // An order of its own.
            _ if has(&self.events, "start") && event.action == "kill" => false,
            // It begins anew.
            _ if (has(&self.events, "die") || has(&self.events, "died")) && begins(event) => false,
            _ if last.action == "kill" => apart <= STOPPING,
            _ => apart <= TOGETHER,
        }
    }
}

/// Whether a container that had ended is on its way to run again.
fn begins(event: &Event) -> bool {
    matches!(
        event.action.as_str(),
        "connect" | "mount" | "start" | "create"
    )
}

/// All events in groups, the group that something was added to last comes first.
pub fn groups(past: &Past) -> Vec<Group> {
    let mut open: Vec<Open<'_>> = Vec::new();
    for event in &past.events {
        let key = key(event);
        match open.iter_mut().rev().find(|group| group.key == key) {
            Some(group) if group.takes(event, &key) => group.events.push(event),
            _ => open.push(Open {
                key,
                events: vec![event],
            }),
        }
    }
    let mut groups: Vec<Group> = open.iter().map(|group| told(group, past)).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.at));
    groups
}

fn key(event: &Event) -> Key {
    match event.container() {
        Some(id) if event.is_exec() => Key::Execs(id.into()),
        Some(_) if event.action == "top" => Key::Looks,
        Some(id) => Key::Container(id.into()),
        None => Key::Thing(event.kind, event.id.clone()),
    }
}

fn told(group: &Open<'_>, past: &Past) -> Group {
    let container = match &group.key {
        Key::Container(id) | Key::Execs(id) => Some(id.clone()),
        Key::Looks | Key::Thing(..) => None,
    };
    let times = |action: &str| {
        let n = group.events.iter().filter(|e| e.action == action).count();
        match n.max(1) {
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            n => format!("{} times", words::number(n)),
        }
    };
    let first = group.events[0];
    let (clauses, like) = match &group.key {
        Key::Execs(id) => {
            let why = match past.is_checked(id) {
                true => ", as its health check does",
                false => "",
            };
            let said = format!("had a command run inside {}{why}", times("exec_start"));
            (vec![said], Some("docker exec"))
        }
        Key::Looks => {
            let one = group.events.iter().all(|event| event.id == first.id);
            let whose = if one { "its" } else { "their" };
            let said = format!("had {whose} processes listed {}", times("top"));
            (vec![said], Some("docker top"))
        }
        Key::Container(_) => (of_container(&group.events), like(&group.events)),
        Key::Thing(..) => {
            let mut said: Vec<String> = Vec::new();
            for event in &group.events {
                let clause = of_thing(event);
                if said.last() != Some(&clause) {
                    said.push(clause);
                }
            }
            (said, None)
        }
    };
    Group {
        at: group.events.last().map_or(0, |event| event.at),
        subject: match &container {
            Some(id) => past.name(id),
            None if group.key == Key::Looks => looked_at(&group.events),
            None => match first.kind {
                Kind::Daemon => "the engine".into(),
                Kind::Builder => "the build cache".into(),
                _ => format!("{} {}", first.word, first.name),
            },
        },
        container,
        happened: words::list(&clauses),
        last: clauses.last().cloned().unwrap_or_default(),
        like,
        events: group.events.len(),
        routine: matches!(group.key, Key::Execs(_) | Key::Looks),
    }
}

/// Whose processes were listed, the last first.
fn looked_at(events: &[&Event]) -> String {
    let mut names: Vec<String> = Vec::new();
    for event in events.iter().rev() {
        if !names.contains(&event.name) {
            names.push(event.name.clone());
        }
    }
    if names.len() > 3 {
        let more = names.split_off(2).len();
        names.push(format!("{} others", words::number(more)));
    }
    words::list(&names)
}

fn has(events: &[&Event], action: &str) -> bool {
    events.iter().any(|event| event.action == action)
}

/// What happened to a container, clause by clause.
fn of_container(events: &[&Event]) -> Vec<String> {
    let ended = has(events, "die") || has(events, "died") || has(events, "destroy");
    let mut said: Vec<String> = Vec::new();
    for event in events {
        let name = &event.name;
        let clause = match (event.kind, event.action.as_str()) {
            (Kind::Network, "connect") => format!("joined network {name}"),
            // A container that ends leaves its networks and lets go of its volumes.
            (Kind::Network, "disconnect") | (Kind::Volume, "unmount") if ended => continue,
            (Kind::Network, "disconnect") => format!("left network {name}"),
            (Kind::Volume, "mount") => match &event.destination {
                Some(place) => format!("got volume {name} at {place}"),
                None => format!("got volume {name}"),
            },
            (Kind::Volume, "unmount") => format!("let go of volume {name}"),
            (_, "create") => match &event.image {
                Some(image) => format!("was created from {image}"),
                None => "was created".into(),
            },
            (_, "start") if has(events, "restart") => "was started again".into(),
            (_, "start") => "was started".into(),
            (_, "kill") => match event.signal {
                Some(signal) => format!("got signal {signal}{}", signal_name(signal)),
                None => "got a signal".into(),
            },
            (_, "die" | "died") => ending(event, events),
            (_, "destroy" | "remove") => "was removed".into(),
            (_, "oom") => "ran out of the memory that it may use".into(),
            (_, "pause") => "was frozen".into(),
            (_, "unpause") => "goes on".into(),
            (_, "rename") => format!("is called {name} now"),
            (_, "update") => "got other limits".into(),
            (_, "commit") => "was made into an image".into(),
            (_, "export") => "had its files read as a whole".into(),
            (_, "archive-path" | "copy") => "had files copied out".into(),
            (_, "extract-to-dir") => "had files copied in".into(),
            (_, "health_status") => match &event.health {
                Some(health) => format!("became {health}"),
                None => "was checked for its health".into(),
            },
            // They say nothing that the others do not.
            (_, "stop" | "restart" | "cleanup" | "init") if events.len() > 1 => continue,
            (_, "attach" | "resize" | "detach") if events.len() > 1 => continue,
            (_, "attach") => "had its output followed".into(),
            (_, "resize") => "had its terminal resized".into(),
            (_, action) => format!("reported {action}"),
        };
        if said.last() != Some(&clause) {
            said.push(clause);
        }
    }
    if said.is_empty() {
        said.push("was let go of".into());
    }
    said
}

/// How process 1 ended, and by whose doing as far as the events tell.
fn ending(event: &Event, events: &[&Event]) -> String {
    let Some(exit) = event.exit else {
        return "ended; with which exit code is not told".into();
    };
    let asked = has(events, "kill");
    match exit {
        137 if has(events, "oom") => "was killed for want of memory, exit code 137".into(),
        137 if events.iter().any(|e| e.signal == Some(15)) => {
            "was killed, since it had not heeded signal 15 in time, exit code 137".into()
        }
        137 if asked => "was killed, exit code 137".into(),
        137 => "was killed, not by docker's doing, exit code 137".into(),
        _ if !asked => format!("stopped by itself, exit code {exit}"),
        143 => "ended by it, exit code 143".into(),
        _ => format!("ended with exit code {exit}"),
    }
}

fn signal_name(signal: i64) -> &'static str {
    match signal {
        1 => " (HUP)",
        2 => " (INT)",
        3 => " (QUIT)",
        9 => " (KILL)",
        10 => " (USR1)",
        12 => " (USR2)",
        15 => " (TERM)",
        _ => "",
    }
}

/// Which command looks like this from outside. Compose and others do the same.
fn like(events: &[&Event]) -> Option<&'static str> {
    let has = |action| has(events, action);
    let signal = |n| events.iter().any(|event| event.signal == Some(n));
    Some(match () {
        () if has("create") && has("start") && has("destroy") => "docker run --rm",
        () if has("create") && has("destroy") => "docker create and docker rm",
        () if has("create") && has("start") => "docker run",
        () if has("kill") && has("destroy") => "docker rm --force",
        () if has("restart") => "docker restart",
        () if has("kill") && signal(15) && has("die") => "docker stop",
        () if has("kill") => "docker kill",
        () if has("die") && has("destroy") => "the end of docker run --rm",
        () if has("create") => "docker create",
        () if has("start") => "docker start",
        () if has("destroy") => "docker rm",
        () if has("pause") => "docker pause",
        () if has("unpause") => "docker unpause",
        () if has("rename") => "docker rename",
        () if has("commit") => "docker commit",
        () => return None,
    })
}

/// What happened to an image, a network, a volume, or the engine itself.
fn of_thing(event: &Event) -> String {
    let said = match (event.kind, event.action.as_str()) {
        (Kind::Image, "tag") => "got this name",
        (Kind::Image, "untag") => "lost a name",
        (Kind::Image, "delete" | "remove") => "was removed",
        (Kind::Image, "pull") => "was pulled",
        (Kind::Image, "push") => "was pushed",
        (Kind::Image, "load") => "was loaded from an archive",
        (Kind::Image, "import") => "was imported",
        (Kind::Image, "save") => "was written to an archive",
        (Kind::Image | Kind::Network | Kind::Volume, "create") => "was created",
        (Kind::Network, "connect") => "got a container",
        (Kind::Network, "disconnect") => "lost a container",
        (Kind::Network | Kind::Volume, "destroy" | "remove") => "was removed",
        (Kind::Volume, "mount") => "was mounted",
        (Kind::Volume, "unmount") => "was unmounted",
        (Kind::Builder, "prune") => "was emptied",
        (Kind::Daemon, "reload") => "read its settings again",
        (_, "prune") => "of which the unused were removed",
        (_, action) => return format!("reported {action}"),
    };
    said.to_owned()
}
