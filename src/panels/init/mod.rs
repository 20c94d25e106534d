//! The *init* panel: who is process 1 in each container, and what stopping it costs.
//!
//! Illustrates `<<Learning_Ops_Docker_Init_And_Compose>>`, `<<Learning_Docker_Init_Signals>>`
//! and `<<Learning_Docker_Init_Zombies>>`: the signal of `docker stop` on its way into
//! each container's tree of processes, and how long the container will take. That is
//! worked out from signal masks, and nothing is stopped to find out.

pub mod drawing;
pub mod process;
pub mod signal;
pub mod stop;

use super::frame::{Frame, Picture};
use super::room::Room;
use super::running::{Elsewhere, Running, look, of_how_many};
use super::{NotTold, Panel, View, need, words};
use crate::engine::{Answers, Ask, Away};
use askama::Template;
use drawing::{Drawing, Watch, drawing, watch};
use process::Tree;
use serde::Serialize;
use serde_json::Value;
use stop::{Ends, Kind, Manner, Pids, Stop, foretell, kind};

/// Containers drawn at once. Each costs the host a run of `ps`.
const DRAWN: usize = 8;
/// What this panel asks a host, given what it has heard so far.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Containers];
    for running in look(view, have, DRAWN).at {
        if let Some(id) = running.id {
            asks.push(Ask::Container(id.clone()));
            asks.push(Ask::Top(id));
        }
    }
    asks
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/init.html")]
pub struct Init {
    #[serde(skip)]
    frame: Frame,
    /// How many containers run.
    running: usize,
    /// Those that are drawn, the slowest to stop first.
    containers: Vec<Contained>,
    /// Those that are not: name and link.
    elsewhere: Elsewhere,
    /// The container in focus, and the link back to all.
    focus: Option<String>,
    /// What was asked for and does not run.
    missing: Option<String>,
    all: String,
}

/// One container.
#[derive(Debug, Serialize)]
struct Contained {
    name: String,
    href: String,
    /// Who is process 1, in a few words.
    first: String,
    named: String,
    span: String,
    /// The container above it to which the same applies, word for word.
    as_for: Option<String>,
    stop: Stop,
    watch: Watch,
    drawing: Option<Drawing>,
    /// Both for a phone.
    #[serde(skip)]
    narrow: (Option<Drawing>, Watch),
    /// The processes in words.
    tree: String,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Init, NotTold> {
    need(have, &Ask::Containers)?;
    let looked = look(view, have, DRAWN);
    let mut frame = Frame::new(Panel::Init, view, have);
    frame.cite(have, &Ask::Containers, &["Names", "State"]);
    for (at, id) in looked
        .at
        .iter()
        .filter_map(|one| one.id.as_ref())
        .enumerate()
    {
        let (inspect, top) = (Ask::Container(id.clone()), Ask::Top(id.clone()));
        if at == 0 {
            let fields = [
                "Name",
                "State.Pid",
                "HostConfig.Init",
                "HostConfig.PidMode",
                "Config.StopSignal",
                "Config.StopTimeout",
            ];
            frame.cite(have, &inspect, &fields);
            frame.cite(have, &top, &[]);
        } else {
            frame.rest_on(have, &inspect);
            frame.rest_on(have, &top);
        }
    }
    let read: Vec<(&Running, Manner, Result<Tree, String>)> = looked
        .at
        .iter()
        .map(|one| {
            let (manner, tree) = read(one, have);
            (one, manner, tree)
        })
        .collect();
    let longest = read.iter().filter_map(|(_, manner, _)| manner.wait).max();
    let mut containers: Vec<Contained> = read
        .iter()
        .map(|(one, manner, tree)| contained(one, view, manner, tree, longest.unwrap_or(10)))
        .collect();
    containers.sort_by_key(|one| match one.stop.ends {
        Ends::FullTime => 0,
        Ends::NotTold => 1,
        Ends::AtOnce => 2,
    });
    for at in 1..containers.len() {
        let (above, below) = containers.split_at_mut(at);
        let same = above.iter().find(|one| one.stop.why == below[0].stop.why);
        below[0].as_for = same.map(|one| one.name.clone());
    }
    Ok(Init {
        frame,
        running: looked.all.len(),
        containers,
        elsewhere: looked.elsewhere(view, Panel::Init),
        focus: looked.focus(view),
        missing: looked.missing(view),
        all: view.focus("").href(Panel::Init),
    })
}

/// How it is stopped, and its processes or why they are not known.
fn read(one: &Running, have: &Answers) -> (Manner, Result<Tree, String>) {
    let Some(id) = &one.id else {
        let none = "The host gives it no id that can be asked about.";
        return (Manner::read(&Value::Null), Err(none.into()));
    };
    let inspect = have.json(&Ask::Container(id.clone()));
    let manner = Manner::read(inspect.unwrap_or(&Value::Null));
    let first = inspect.and_then(|json| json["State"]["Pid"].as_u64());
    let tree = match have.get(&Ask::Top(id.clone())) {
        Some(Ok(answer)) => {
            Tree::read(&answer.json, first).map_err(|why| format!("{}.", words::capital(why)))
        }
        Some(Err(Away::NotRecorded(_))) => Err(
            "The recording does not hold this container's processes. Connect a host to see them."
                .into(),
        ),
        Some(Err(Away::Refused {
            status: 404 | 409, ..
        })) => Err("It had ended when its processes were asked for.".into()),
        Some(Err(Away::Refused { message, .. })) => Err(format!(
            "The engine cannot list its processes: {}. Rootless engines and hosts with a small ps cannot.",
            words::short(message, 120).trim_end_matches('.')
        )),
        Some(Err(away)) => Err(format!("{}.", words::capital(&away.to_string()))),
        None => Err("Its processes have not been asked about yet.".into()),
    };
    (manner, tree)
}

fn contained(
    one: &Running,
    view: &View,
    manner: &Manner,
    tree: &Result<Tree, String>,
    longest: u64,
) -> Contained {
    let stop = match tree {
        Ok(tree) => foretell(manner, tree),
        Err(why) => Stop {
            ends: Ends::NotTold,
            reaches: stop::Reaches::Unknown,
            exit: "not known".into(),
            perhaps: false,
            why: match manner.init {
                Some(true) => {
                    format!("{why} It was started with --init, so it usually stops at once.")
                }
                _ => why.clone(),
            },
        },
    };
    let drawn = |room| {
        let tree = tree.as_ref().ok()?;
        Some(drawing(manner, tree, &stop, room))
    };
    Contained {
        name: words::short(&one.name, 40),
        href: view.focus(&one.name).href(Panel::Init),
        first: first(manner, tree.as_ref().ok()),
        named: manner.named.clone(),
        span: manner.span(),
        watch: watch(manner, &stop, longest, Room::Broad),
        drawing: drawn(Room::Broad),
        narrow: (
            drawn(Room::Narrow),
            watch(manner, &stop, longest, Room::Narrow),
        ),
        tree: tree.as_ref().map(in_words).unwrap_or_default(),
        as_for: None,
        stop,
    }
}

/// Who is process 1, in a few words.
fn first(manner: &Manner, tree: Option<&Tree>) -> String {
    let Some(tree) = tree else {
        return match manner.init {
            Some(true) => "started with --init".into(),
            _ => String::new(),
        };
    };
    let name = &tree.first().name;
    match (manner.pids, kind(name), manner.init) {
        (Pids::Host, ..) => format!("the host's process numbers: {name} is not process 1"),
        (Pids::Another, ..) => {
            format!("another container's process numbers: {name} is not process 1")
        }
        (_, Kind::Passes, Some(true)) => format!("process 1 is {name}, from --init"),
        (_, Kind::Passes, _) if name == "docker-init" => {
            "process 1 is docker-init, the engine's own default".into()
        }
        (_, Kind::Passes, _) => format!("process 1 is {name}, an init from the image"),
        (_, Kind::Supervises, _) => format!("process 1 is {name}, which supervises others"),
        (_, Kind::Program, Some(true)) => format!("started with --init, process 1 is {name}"),
        (_, Kind::Program, _) => format!("process 1 is {name}, no init"),
    }
}

/// `tail (2099)`, with children in their parent's words.
fn in_words(tree: &Tree) -> String {
    let told: Vec<String> = tree
        .rows
        .iter()
        .take(12)
        .enumerate()
        .map(|(row, (depth, process))| {
            let parent = (0..row).rev().find(|above| tree.rows[*above].0 < *depth);
            match parent {
                Some(parent) => format!(
                    "{} ({}), a child of {}",
                    process.name, process.pid, tree.rows[parent].1.pid
                ),
                None => format!("{} ({})", process.name, process.pid),
            }
        })
        .collect();
    let more = tree.rows.len() - told.len();
    match more {
        0 => told.join("; "),
        more => format!("{}; and {more} more", told.join("; ")),
    }
}

impl Picture for Init {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

impl Init {
    fn count(&self, ends: Ends) -> usize {
        self.containers
            .iter()
            .filter(|one| one.stop.ends == ends)
            .count()
    }

    /// What answers the question, and of how many containers it speaks.
    fn answer(&self) -> String {
        let looked_at = self.containers.len();
        // With one in focus, the answer is about that one.
        let of = match self.focus {
            Some(_) => String::new(),
            None => of_how_many(self.running, looked_at),
        };
        format!("{}{of}", self.sentence())
    }

    fn sentence(&self) -> String {
        let (slow, quick) = (self.count(Ends::FullTime), self.count(Ends::AtOnce));
        let shown = self.containers.len();
        if let Some(name) = &self.focus
            && let [one] = &self.containers[..]
        {
            return match one.stop.ends {
                Ends::FullTime => format!("{name} will take its full {} to stop.", one.span),
                Ends::AtOnce if one.stop.perhaps => {
                    format!("{name} may stop at once, or take up to {}.", one.span)
                }
                Ends::AtOnce => format!("{name} should stop at once."),
                Ends::NotTold => format!("How long {name} takes to stop is not told."),
            };
        }
        if self.running == 0 {
            return "No container runs here, so there is nothing to stop.".into();
        }
        let of = match (shown == self.running, shown) {
            (true, 1) => "the one running container".to_owned(),
            (true, _) => format!("{} running containers", words::number(shown)),
            (false, _) => format!("the {} running containers looked at", words::number(shown)),
        };
        if slow + quick == 0 {
            return format!("What stopping will cost is not told for {of}.");
        }
        let mut spans = self
            .containers
            .iter()
            .filter(|one| one.stop.ends == Ends::FullTime)
            .map(|one| &one.span);
        let span = spans
            .next()
            .filter(|first| spans.all(|span| span == *first));
        let span = span.map_or_else(|| "time".to_owned(), Clone::clone);
        match (slow, shown) {
            (0, _)
                if self
                    .containers
                    .iter()
                    .any(|one| one.stop.perhaps || one.stop.ends == Ends::NotTold) =>
            {
                match shown {
                    1 => {
                        "It is not certain how long the one running container takes to stop.".into()
                    }
                    _ => format!("Not one of {of} is certain to take its full time to stop."),
                }
            }
            (0, 1) => "The one running container should stop at once.".into(),
            (0, _) => format!("All of {of} should stop at once."),
            (1, 1) => format!("{} will take its full {span} to stop.", words::capital(&of)),
            (slow, _) => {
                let its = if slow == 1 { "its" } else { "their" };
                format!(
                    "{} of {of} will take {its} full {span} to stop.",
                    words::capital(&words::number(slow))
                )
            }
        }
    }

    /// A container to name in a command.
    fn example(&self) -> &str {
        self.containers.first().map_or("NAME", |one| &one.name)
    }
}

#[cfg(test)]
mod tests;
