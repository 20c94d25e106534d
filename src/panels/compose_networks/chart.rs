//! The chart: which projects are drawn, side by side in which order, and which networks
//! lead from one to another.

use crate::panels::View;
use crate::panels::compose::read::Told;
use crate::panels::networks::facts::Facts;
use std::collections::{BTreeMap, BTreeSet};

/// Islands that are drawn side by side.
pub const MOST_ISLANDS: usize = 4;
/// Bridges that are drawn.
pub const MOST_BRIDGES: usize = 4;

/// What is drawn, and of what.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// Every project.
    pub projects: Vec<String>,
    /// Those that are drawn, left to right.
    pub drawn: Vec<String>,
    /// Those that are not.
    pub elsewhere: Vec<String>,
    /// The project in focus.
    pub focus: Option<String>,
    /// Projects by network: whoever hangs there, and who made it. By the network's
    /// place in [`Facts::networks`].
    pub joined: BTreeMap<usize, BTreeSet<String>>,
    /// Networks of two or more projects, of which one is drawn.
    pub bridges: Vec<usize>,
    /// The same, in as few rows as they take: two that do not pass each other share one.
    pub rows: Vec<Vec<usize>>,
    /// Networks that are drawn.
    pub networks: BTreeSet<usize>,
}

/// Which islands and bridges are drawn. In focus is one with its neighbours; else those
/// that have neighbours come first where not all have room.
pub fn chart(facts: &Facts, told: &Told, view: &View) -> Chart {
    let projects: Vec<String> = told.projects().into_keys().map(str::to_owned).collect();
    let mut joined: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (place, network) in facts.networks.iter().enumerate() {
        if let Some(maker) = network.project.as_ref().filter(|_| network.kind.is_wire()) {
            joined.entry(place).or_default().insert(maker.clone());
        }
    }
    for container in &facts.containers {
        for attachment in &container.attachments {
            if let Some(project) = &container.project {
                let projects = joined.entry(attachment.network).or_default();
                projects.insert(project.clone());
            }
        }
    }
    let neighbours = |project: &String| -> BTreeSet<&String> {
        let mut all: BTreeSet<&String> = joined
            .values()
            .filter(|projects| projects.contains(project))
            .flatten()
            .collect();
        all.remove(project);
        all
    };
    let focus = view.of.clone().filter(|of| projects.contains(of));
    let mut drawn: Vec<String> = match &focus {
        Some(of) => std::iter::once(of)
            .chain(neighbours(of))
            .take(MOST_ISLANDS)
            .cloned()
            .collect(),
        None => {
            let mut ranked: Vec<&String> = projects.iter().collect();
            ranked.sort_by_key(|project| neighbours(project).is_empty());
            ranked.into_iter().take(MOST_ISLANDS).cloned().collect()
        }
    };
    drawn.sort();
    let drawn = neighbours_together(drawn, &neighbours);
    let mut bridges: Vec<usize> = joined
        .iter()
        .filter(|(_, projects)| projects.len() > 1 && projects.iter().any(|p| drawn.contains(p)))
        .map(|(place, _)| *place)
        .collect();
    bridges.sort_by_key(|place| {
        let both = joined[place].iter().filter(|p| drawn.contains(p)).count();
        (std::cmp::Reverse(both), &facts.networks[*place].name)
    });
    bridges.truncate(MOST_BRIDGES);
    let networks = joined
        .iter()
        .filter(|(_, projects)| projects.iter().any(|p| drawn.contains(p)))
        .map(|(place, _)| *place)
        .collect();
    Chart {
        elsewhere: projects
            .iter()
            .filter(|p| !drawn.contains(p))
            .cloned()
            .collect(),
        projects,
        rows: rows(&bridges, &joined, &drawn),
        drawn,
        focus,
        joined,
        bridges,
        networks,
    }
}

/// Reorders islands so that those which share a network stand side by side.
fn neighbours_together<'a>(
    drawn: Vec<String>,
    neighbours: &dyn Fn(&String) -> BTreeSet<&'a String>,
) -> Vec<String> {
    let mut placed: Vec<String> = Vec::new();
    let mut rest = drawn;
    while !rest.is_empty() {
        let near = placed.last().map(neighbours).unwrap_or_default();
        let next = rest.iter().position(|project| near.contains(project));
        placed.push(rest.remove(next.unwrap_or(0)));
    }
    placed
}

/// The columns that a bridge spans, first and last.
pub fn columns(projects: &BTreeSet<String>, drawn: &[String]) -> (usize, usize) {
    let mut touched = drawn
        .iter()
        .enumerate()
        .filter(|(_, project)| projects.contains(*project))
        .map(|(column, _)| column);
    let first = touched.next().unwrap_or(0);
    (first, touched.next_back().unwrap_or(first))
}

fn rows(
    bridges: &[usize],
    joined: &BTreeMap<usize, BTreeSet<String>>,
    drawn: &[String],
) -> Vec<Vec<usize>> {
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for bridge in bridges {
        let (first, last) = columns(&joined[bridge], drawn);
        let clear = |other: &usize| {
            let (begin, end) = columns(&joined[other], drawn);
            end < first || last < begin
        };
        match rows.iter_mut().find(|row| row.iter().all(clear)) {
            Some(row) => row.push(*bridge),
            None => rows.push(vec![*bridge]),
        }
    }
    rows
}
