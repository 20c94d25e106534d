//! The *mounts* panel: what is mounted where in the containers of this host, and what
//! survives what.
//!
//! Illustrates `Learning_Docker_Storage_Types` and `Learning_Ops_Unix_Mount_Points`: one
//! tree of paths, each with a bar that reaches as far as its content lives, over the
//! commands that could end it.

pub mod facts;
pub(crate) mod read;
pub mod tree;

use super::frame::{Frame, Moment, Picture};
use super::{NotTold, Panel, View, words};
use crate::engine::{Answers, Ask, Id};
use askama::Template;
use facts::{Container, Ends, Facts, Kind};
use serde::Serialize;
use tree::{Node, tree};

/// Containers whose own answer is asked for; what the list says is drawn of all.
const ASKED: usize = 24;
/// Links to other containers.
const LINKS: usize = 24;
/// Answers of one kind that are shown in the drawer; the others are like them.
const CITED: usize = 2;
/// Volumes without a user that are named.
const UNUSED: usize = 8;

/// What this panel asks a host: the lists, then the containers on view, since a
/// `--tmpfs` stands in no list.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Containers, Ask::Volumes, Ask::DiskUsage];
    if let Ok(facts) = Facts::read(have) {
        asks.extend(own_asks(view, &facts));
    }
    asks
}

/// The containers that are asked about themselves: the one in focus, or the ones with
/// something mounted first, running ones before the others.
fn own_asks(view: &View, facts: &Facts) -> Vec<Ask> {
    let chosen: Vec<&Container> = match focus(view, facts) {
        Some(one) => vec![&facts.containers[one]],
        None => {
            let mut all: Vec<&Container> = facts.containers.iter().collect();
            // By what the lists say only, so that an answer never changes the choice.
            all.sort_by_key(|c| (!c.hangs.iter().any(|hang| !hang.flag), !c.running));
            all.truncate(ASKED);
            all
        }
    };
    let ids = chosen.into_iter().filter_map(|c| Id::new(&c.id));
    ids.map(Ask::Container).collect()
}

fn focus(view: &View, facts: &Facts) -> Option<usize> {
    let of = view.of.as_deref()?;
    let containers = &facts.containers;
    containers
        .iter()
        .position(|c| c.name == of || c.id == of)
        .or_else(|| {
            let mut fits = (0..containers.len())
                .filter(|at| of.len() >= 4 && containers[*at].id.starts_with(of));
            fits.next().filter(|_| fits.next().is_none())
        })
}

/// What the reader sees.
#[derive(Template, Serialize)]
#[template(path = "panels/mounts.html")]
pub struct Mounts {
    #[serde(skip)]
    frame: Frame,
    /// The tree, the root first.
    nodes: Vec<Node>,
    /// Rows that are not drawn.
    folded: usize,
    answer: String,
    lead: String,
    /// The container in focus.
    focus: Option<String>,
    /// What was asked for and is no container of this host.
    missing: Option<String>,
    /// Containers to choose: name, where, whether it is the one on view.
    links: Vec<(String, String, bool)>,
    more_links: usize,
    all: String,
    /// Volumes that nothing mounts: name, its size, whether docker named it.
    unused: Vec<(String, Option<String>, bool)>,
    more_unused: usize,
    /// What the engine did not tell, as sentences.
    remarks: Vec<String>,
    /// When sizes were measured.
    #[serde(skip)]
    measured: Option<Moment>,
    legend: Vec<(&'static str, &'static str)>,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Mounts, NotTold> {
    let facts = Facts::read(have)?;
    let focus = focus(view, &facts);
    let shown: Vec<usize> = match focus {
        Some(one) => vec![one],
        None => (0..facts.containers.len()).collect(),
    };
    let (nodes, folded) = tree(&facts, &shown, focus.is_some());
    let (unused, more_unused) = match focus {
        Some(_) => (Vec::new(), 0),
        None => unused(&facts),
    };
    let mut order: Vec<&Container> = facts.containers.iter().collect();
    order.sort_by_key(|c| (c.hangs.is_empty(), !c.running));
    let links: Vec<(String, String, bool)> = order
        .iter()
        .take(LINKS)
        .map(|c| {
            let current = focus.is_some_and(|at| facts.containers[at].id == c.id);
            let href = view.focus(&c.name).href(Panel::Mounts);
            (words::short(&c.name, 60), href, current)
        })
        .collect();
    let used = |class: &str| {
        let mut rows = nodes.iter().flat_map(|node| &node.rows);
        rows.any(|row| row.class == class)
    };
    let legend = LEGEND
        .iter()
        .copied()
        .filter(|(class, _)| used(class))
        .collect();
    Ok(Mounts {
        frame: frame(view, have, &facts),
        answer: answer(&facts, focus),
        lead: lead(&facts, &shown, focus),
        focus: focus.map(|at| words::short(&facts.containers[at].name, 60)),
        missing: view
            .of
            .as_ref()
            .filter(|_| focus.is_none())
            .map(|of| words::short(of, 60)),
        more_links: facts.containers.len() - links.len(),
        links,
        all: view.focus("").href(Panel::Mounts),
        unused,
        more_unused,
        remarks: remarks(&facts, have, focus),
        measured: match have.get(&Ask::DiskUsage) {
            Some(Ok(answer)) => Some(answer.asked.into()),
            _ => None,
        },
        nodes,
        folded,
        legend,
    })
}

/// What the bars' faces mean, by class.
const LEGEND: [(&str, &str); 7] = [
    ("glass", "the container's own writable layer, an open glass"),
    ("tmpfs", "only memory"),
    ("anon", "an anonymous volume: docker made up its name"),
    (
        "named",
        "a named volume; the deeper, the more containers are on it",
    ),
    (
        "bind",
        "a folder or file of the host's own, and the host's to remove",
    ),
    (
        "dockers",
        "a file that Docker keeps for the container and binds in; no list of mounts has it",
    ),
    ("other", "another kind of mount"),
];

fn frame(view: &View, have: &Answers, facts: &Facts) -> Frame {
    let mut frame = Frame::new(Panel::Mounts, view, have);
    frame.cite(have, &Ask::Containers, &["Names", "State", "Mounts"]);
    frame.cite(
        have,
        &Ask::Volumes,
        &["Volumes.Name", "Volumes.Driver", "Volumes.Options"],
    );
    frame.cite_seldom(
        have,
        &Ask::DiskUsage,
        &[
            "Volumes",
            "VolumeUsage",
            "Containers.Names",
            "Containers.SizeRw",
        ],
    );
    for (at, ask) in own_asks(view, facts).iter().enumerate() {
        if at < CITED {
            frame.cite(
                have,
                ask,
                &[
                    "Name",
                    "Mounts",
                    "HostConfig.Tmpfs",
                    "HostConfig.AutoRemove",
                    "HostConfig.ReadonlyRootfs",
                ],
            );
        } else {
            frame.rest_on(have, ask);
        }
    }
    frame
}

/// Volumes on which no container hangs, and how many more there are.
fn unused(facts: &Facts) -> (Vec<(String, Option<String>, bool)>, usize) {
    let free: Vec<_> = facts
        .volumes
        .iter()
        .filter(|volume| facts.users(&volume.name).next().is_none())
        .filter(|volume| volume.users.is_none_or(|users| users == 0))
        .collect();
    let named = free.iter().take(UNUSED).map(|volume| {
        let name = match volume.anonymous {
            true => format!("{}…", words::short_id(&volume.name)),
            false => words::short(&volume.name, 60),
        };
        (name, volume.size.map(words::size), volume.anonymous)
    });
    (named.collect(), free.len().saturating_sub(UNUSED))
}

/// `Two named volumes, one bind and one tmpfs`, over all of `containers`.
fn counts(facts: &Facts, containers: &[usize]) -> Vec<String> {
    let hangs = || {
        let shown = containers.iter().map(|at| &facts.containers[*at]);
        shown.flat_map(|c| &c.hangs)
    };
    let volumes = |kind: &Kind| {
        let names = hangs().filter(|hang| hang.kind == *kind);
        let mut names: Vec<_> = names.map(|hang| hang.volume.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    let mounts = |fits: fn(&Kind) -> bool| hangs().filter(|hang| fits(&hang.kind)).count();
    [
        (volumes(&Kind::Named), "named volume"),
        (volumes(&Kind::Anonymous), "anonymous volume"),
        (mounts(|kind| *kind == Kind::Bind), "bind mount"),
        (mounts(|kind| *kind == Kind::Tmpfs), "tmpfs mount"),
        (
            mounts(|kind| matches!(kind, Kind::Other(_))),
            "mount of another kind",
        ),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, noun)| match noun {
        "mount of another kind" if n > 1 => format!("{} mounts of other kinds", words::number(n)),
        _ => words::count(n, noun),
    })
    .collect()
}

fn answer(facts: &Facts, focus: Option<usize>) -> String {
    let Some(at) = focus else {
        let all: Vec<usize> = (0..facts.containers.len()).collect();
        let counts = counts(facts, &all);
        return match (facts.containers.len(), counts.as_slice()) {
            (0, _) => "No containers, so nothing is mounted.".into(),
            (n, []) => format!(
                "Nothing is mounted into the {} here.",
                words::count(n, "container")
            ),
            (n, some) => format!(
                "{} in {}.",
                words::capital(&words::list(some)),
                words::count(n, "container")
            ),
        };
    };
    let container = &facts.containers[at];
    let kept: Vec<String> = container
        .hangs
        .iter()
        .filter(|hang| {
            let ends = facts.ends(container, hang);
            hang.writable != Some(false) && (Ends::RmV..=Ends::Never).contains(&ends)
        })
        .map(|hang| words::short(&hang.path, 60))
        .collect();
    let name = words::short(&container.name, 60);
    match kept.as_slice() {
        [] => format!("Nothing that {name} writes survives docker rm."),
        some if some.len() > 3 => format!(
            "What {name} writes below {} and {} more survives docker rm.",
            some[..3].join(", "),
            some.len() - 3
        ),
        some => format!(
            "What {name} writes below {} survives docker rm.",
            words::list(some)
        ),
    }
}

fn lead(facts: &Facts, shown: &[usize], focus: Option<usize>) -> String {
    if facts.containers.is_empty() {
        return "Run one with a volume, and its path hangs here: docker run -v data:/data busybox."
            .into();
    }
    let counts = match focus {
        Some(_) => counts(facts, shown),
        None => Vec::new(),
    };
    let hung = match counts.as_slice() {
        [] => String::new(),
        some => format!("Mounted into it: {}. ", words::list(some)),
    };
    format!(
        "{hung}Each path below is a place in a container's own tree. Its bar reaches over every command that its content survives, and stops at the one that ends it."
    )
}

fn remarks(facts: &Facts, have: &Answers, focus: Option<usize>) -> Vec<String> {
    let mut remarks = Vec::new();
    let silent = match focus {
        Some(at) => usize::from(!facts.containers[at].asked),
        None => facts.containers.iter().filter(|c| !c.asked).count(),
    };
    if silent > 0 {
        remarks.push(format!(
            "{} {} not been asked by itself. A --tmpfs there does not show, since no list has it.",
            words::capital(&words::count(silent, "container")),
            if silent == 1 { "has" } else { "have" },
        ));
    }
    if !facts.volumes_told {
        let why = match have.get(&Ask::Volumes) {
            Some(Err(away)) => words::capital(&away.to_string()),
            _ => "They have not been asked about yet".into(),
        };
        remarks.push(format!(
            "The list of volumes is missing, so volumes without a container do not show. {why}."
        ));
    }
    match have.get(&Ask::DiskUsage) {
        Some(Ok(_))
            if !facts.volumes.is_empty() && facts.volumes.iter().all(|v| v.size.is_none()) =>
        {
            remarks.push("This engine does not say how large its volumes are.".into());
        }
        Some(Err(away)) => remarks.push(format!("No sizes: {away}.")),
        _ => {}
    }
    remarks
}

impl Picture for Mounts {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

#[cfg(test)]
mod tests;
