//! Islands: what of a project is drawn, which of its networks are its alone, which lead
//! across, and what hangs on each under which names.

use super::chart::{Chart, columns};
use super::names::Homonyms;
use crate::panels::compose::read::{Made, Standing, Told};
use crate::panels::networks::facts::{Container, Facts, Kind, Mode};
use crate::panels::{Panel, Scope, View, words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Networks of one island.
const MOST_NETWORKS: usize = 6;
/// Services on one network of an island.
const MOST_BOXES: usize = 8;
/// Names of one service.
const MOST_NAMES: usize = 6;

/// One project.
#[derive(Clone, Debug, Serialize)]
pub struct Island {
    /// Its name.
    pub name: String,
    /// Where to see it with its neighbours alone.
    pub href: String,
    /// Networks on which no other project hangs.
    pub own: Vec<Group>,
    /// Networks that are not drawn.
    pub more: usize,
    /// Each row of bridges as it stands to this island.
    pub bridges: Vec<Span>,
    /// Services without a network of Docker's, as sentences.
    pub ashore: Vec<String>,
}

impl Island {
    /// All that hangs here.
    pub fn all_groups(&self) -> impl Iterator<Item = &Group> {
        let across = self.bridges.iter().filter_map(|span| span.on.as_ref());
        self.own.iter().chain(across)
    }
}

/// A bridge as it stands to one island.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// What hangs on it here; `None` where it does not touch this island.
    pub on: Option<Group>,
    /// It passes by, or goes on to the next island.
    pub next: bool,
}

/// A network with what hangs on it.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// Its name on the host.
    pub network: String,
    /// Whose it is and what the file calls it.
    pub remark: String,
    /// How this project stands to it.
    pub standing: Standing,
    /// It answers no names.
    pub hollow: bool,
    /// One for each service, and for each container of no project.
    pub boxes: Vec<Hung>,
    /// Services that are not drawn.
    pub more: usize,
}

/// A service on a network.
#[derive(Clone, Debug, Serialize)]
pub struct Hung {
    /// The service, or the container.
    pub title: String,
    /// On more than one network.
    pub both: bool,
    /// None of its containers runs.
    pub off: bool,
    /// It is in no project.
    pub guest: bool,
    /// What the network's DNS answers to, the service's name first.
    pub names: Vec<Name>,
    /// What else there is to say.
    pub remark: String,
}

/// A name that resolves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Name {
    /// As one types it.
    pub name: String,
    /// On another island it means another container.
    pub elsewhere: bool,
}

/// The islands, left to right.
pub fn islands(
    facts: &Facts,
    told: &Told,
    chart: &Chart,
    homonyms: &Homonyms,
    view: &View,
) -> Vec<Island> {
    let island = |(column, project): (usize, &String)| {
        let alone = chart.joined.iter().filter(|(place, projects)| {
            projects.contains(project) && !chart.bridges.contains(place)
        });
        let mut own: Vec<Group> = alone
            .map(|(place, _)| group(facts, told, chart, homonyms, project, *place))
            .collect();
        own.sort_by(|a, b| a.network.cmp(&b.network));
        let more = own.len().saturating_sub(MOST_NETWORKS);
        own.truncate(MOST_NETWORKS);
        let spans = chart.rows.iter().map(|row| {
            let here = row.iter().find_map(|place| {
                let (first, last) = columns(&chart.joined[place], &chart.drawn);
                (first..=last).contains(&column).then_some((place, last))
            });
            let Some((place, last)) = here else {
                return Span {
                    on: None,
                    next: false,
                };
            };
            let on = chart.joined[place].contains(project);
            Span {
                on: on.then(|| group(facts, told, chart, homonyms, project, *place)),
                next: column < last,
            }
        });
        Island {
            name: words::short(project, 60),
            href: view.focus(project).href(Panel::ComposeNetworks),
            own,
            more,
            bridges: spans.collect(),
            ashore: ashore(facts, project),
        }
    };
    chart.drawn.iter().enumerate().map(island).collect()
}

fn group(
    facts: &Facts,
    told: &Told,
    chart: &Chart,
    homonyms: &Homonyms,
    project: &str,
    place: usize,
) -> Group {
    let network = &facts.networks[place];
    let made = told.networks.iter().flatten();
    let made = made.clone().find(|made| made.name == network.name);
    let standing = made.map_or(Standing::External, |made| made.standing(project));
    // Whoever is in no project is shown once: where the network was made, or first.
    let host_of_guests = match &network.project {
        Some(maker) if chart.drawn.contains(maker) => Some(maker),
        _ => chart
            .drawn
            .iter()
            .find(|p| chart.joined[&place].contains(*p)),
    };
    let guests = host_of_guests.is_some_and(|host| host == project);
    let mut by_title: BTreeMap<(bool, String), Vec<&Container>> = BTreeMap::new();
    for container in &facts.containers {
        let here = container.attachments.iter().any(|a| a.network == place);
        let key = match &container.project {
            Some(of) if of == project => (false, title(told, container)),
            None if guests => (true, container.name.clone()),
            _ => continue,
        };
        if here {
            by_title.entry(key).or_default().push(container);
        }
    }
    let more = by_title.len().saturating_sub(MOST_BOXES);
    let boxes = by_title
        .into_iter()
        .take(MOST_BOXES)
        .map(|((guest, title), of)| hung(homonyms, place, &title, guest, &of))
        .collect();
    let others = chart.joined[&place]
        .iter()
        .filter(|other| *other != project);
    let others: Vec<String> = others.map(|other| words::short(other, 60)).collect();
    Group {
        network: words::short(&network.name, 60),
        remark: remark(made, standing, network.internal, network.kind, &others),
        hollow: network.kind == Kind::DefaultBridge,
        standing,
        boxes,
        more,
    }
}

/// What a box is called: the service, and that it is a one-off.
fn title(told: &Told, container: &Container) -> String {
    let service = container.service.as_ref().unwrap_or(&container.name);
    let member = told.containers.iter().find(|m| m.id == container.id);
    match member.is_some_and(|member| member.oneoff) {
        true => format!("{service} (one-off)"),
        false => service.clone(),
    }
}

fn remark(
    made: Option<&Made>,
    standing: Standing,
    internal: bool,
    kind: Kind,
    others: &[String],
) -> String {
    let key = made.and_then(|made| made.key.as_deref());
    let key = key.map(|key| words::short(key, 60));
    let mut said = match (standing, key) {
        _ if kind == Kind::DefaultBridge => "the engine’s own bridge: addresses only".to_owned(),
        (Standing::Prefixed, Some(key)) => format!("prefixed; “{key}” in the file"),
        (Standing::Named, Some(key)) => format!("named by the file, which calls it “{key}”"),
        (Standing::Named, None) => "named by the file, so not prefixed".to_owned(),
        (Standing::Prefixed, None) => "prefixed with the project’s name".to_owned(),
        (Standing::Foreign, _) => {
            let maker = made.and_then(|made| made.project.as_deref());
            format!(
                "external; {} made it",
                words::short(maker.unwrap_or("?"), 60)
            )
        }
        (Standing::External, _) => "external; no project made it".to_owned(),
    };
    if internal {
        said.push_str("; internal, so no way out");
    }
    match others {
        [] if !standing.own() => said.push_str("; no other project has joined it"),
        [] => {}
        some if some.len() > 3 => said.push_str(&format!("; bridge to {} projects", some.len())),
        some => said.push_str(&format!("; bridge to {}", words::list(some))),
    }
    said
}

/// One service on one network. `of` is never empty.
fn hung(homonyms: &Homonyms, place: usize, title: &str, guest: bool, of: &[&Container]) -> Hung {
    let up: Vec<&&Container> = of.iter().filter(|c| c.state.attached()).collect();
    let named = |c: &Container| -> Vec<String> {
        let here = c.attachments.iter().find(|a| a.network == place);
        here.map(|a| a.names.clone()).unwrap_or_default()
    };
    // What all share first: that is the service's name. Then each one's own.
    let mut names: Vec<String> = Vec::new();
    for aliases in [true, false] {
        for c in &up {
            for name in named(c) {
                if (name != c.name) == aliases && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    names.sort_by_key(|name| name != title);
    let mut remarks = Vec::new();
    if up.is_empty() {
        remarks.push(match of {
            [one] => one.state.words(),
            some => format!("none of its {} runs", words::count(some.len(), "container")),
        });
    } else if up.len() > 1 {
        remarks.push(format!(
            "{} take turns",
            words::count(up.len(), "container")
        ));
    }
    if !up.is_empty() && up.len() < of.len() {
        remarks.push(format!(
            "{} not running",
            words::number(of.len() - up.len())
        ));
    }
    if up.iter().any(|c| !c.state.runs()) {
        remarks.push("paused".into());
    }
    if guest {
        remarks.push("in no project".into());
    }
    if names.len() > MOST_NAMES {
        remarks.push(format!("and {} more names", names.len() - MOST_NAMES));
    }
    Hung {
        title: words::short(title, 60),
        both: of.iter().any(|c| c.attachments.len() > 1),
        off: up.is_empty(),
        guest,
        names: names
            .iter()
            .take(MOST_NAMES)
            .map(|name| Name {
                elsewhere: homonyms.contains_key(name),
                name: words::short(name, 60),
            })
            .collect(),
        remark: words::short(&remarks.join(", "), 120),
    }
}

/// Services of a project that hang on no network of Docker's.
fn ashore(facts: &Facts, project: &str) -> Vec<String> {
    let mut said: BTreeSet<String> = BTreeSet::new();
    for container in &facts.containers {
        if container.project.as_deref() != Some(project) || !container.attachments.is_empty() {
            continue;
        }
        let name = container.service.as_ref().unwrap_or(&container.name);
        let name = words::short(name, 60);
        said.insert(match &container.mode {
            Mode::Host => format!("{name} uses the host’s own network: nobody finds it by a name."),
            Mode::None => format!("{name} has no network."),
            Mode::Shares(other) => {
                let other = &facts.containers[*other].name;
                format!(
                    "{name} stands in the network of {}.",
                    words::short(other, 60)
                )
            }
            Mode::SharesGone => format!("{name} stands in the network of one that is gone."),
            Mode::Private(way) => format!("{name} has a network by {}.", words::short(way, 30)),
            Mode::Own => format!("{name}: this engine does not say on which network."),
        });
    }
    said.into_iter().take(MOST_BOXES).collect()
}

/// Which projects share a network, in a sentence or two; with one in focus, which share
/// one with it.
pub fn answer(facts: &Facts, told: &Told, chart: &Chart, scope: Scope) -> String {
    let several = words::capital(&words::count(chart.projects.len(), "project"));
    let joins: Vec<(String, Vec<String>)> = chart
        .joined
        .iter()
        .filter(|(_, projects)| projects.len() > 1)
        .filter(|(_, projects)| chart.focus.as_ref().is_none_or(|of| projects.contains(of)))
        .map(|(place, projects)| {
            let names = projects.iter().map(|p| words::short(p, 40)).collect();
            (words::short(&facts.networks[*place].name, 60), names)
        })
        .collect();
    let alone: Vec<String> = chart
        .projects
        .iter()
        .map(|project| words::short(project, 40))
        .filter(|name| !joins.iter().any(|(_, names)| names.contains(name)))
        .collect();
    if told.networks.is_none() {
        return format!("{several}; this host did not tell its networks.");
    }
    let joined = |(network, names): &(String, Vec<String>)| match names.len() {
        0..=4 => format!("{network} joins {}", words::list(names)),
        many => format!("{network} joins {} projects", words::number(many)),
    };
    if let Some(of) = &chart.focus {
        let of = words::short(of, 60);
        let joins: Vec<String> = joins.iter().take(4).map(joined).collect();
        return match joins.as_slice() {
            [] => format!("{of} is an island: no network joins it to another project."),
            some => format!("{}.", some.join("; ")),
        };
    }
    match (chart.projects.len(), joins.as_slice()) {
        (0, _) => match scope {
            Scope::Host => "No compose project on this host.".into(),
            Scope::Sandbox(_) => "No compose project in this sandbox.".into(),
        },
        (1, _) => format!("One project: {} is an island by itself.", alone.join("")),
        (2, []) => "Two projects, two islands: no network joins them, so they cannot talk.".into(),
        (_, []) => format!("{several}, each an island: no network joins any two of them."),
        (_, some) => {
            let mut said: Vec<String> = some.iter().take(3).map(joined).collect();
            if some.len() > 3 {
                said.push(format!("{} more networks join others", some.len() - 3));
            }
            match alone.as_slice() {
                [] => {}
                [one] => said.push(format!("{one} stands alone")),
                [..] if alone.len() > 4 => said.push(format!("{} stand alone", alone.len())),
                some => said.push(format!("{} stand alone", words::list(some))),
            }
            format!("{several}: {}.", said.join("; "))
        }
    }
}
