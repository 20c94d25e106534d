//! One name, two things: each project's `db` is its own.

use crate::panels::networks::facts::{Container, Facts};
use crate::panels::words;
use std::collections::{BTreeMap, BTreeSet};

/// Sentences at most.
const MOST: usize = 8;

/// Names that resolve to containers of different projects, depending on the network:
/// name → project → containers, by their places in [`Facts::containers`].
pub type Homonyms = BTreeMap<String, BTreeMap<String, BTreeSet<usize>>>;

/// Finds them among the containers that run, in the projects that are drawn.
pub fn homonyms(facts: &Facts, drawn: &[String]) -> Homonyms {
    let mut names: Homonyms = BTreeMap::new();
    for (place, container) in facts.containers.iter().enumerate() {
        let Some(project) = container
            .project
            .as_ref()
            .filter(|project| container.state.attached() && drawn.contains(project))
        else {
            continue;
        };
        for name in container.attachments.iter().flat_map(|a| &a.names) {
            let of_name = names.entry(name.clone()).or_default();
            of_name.entry(project.clone()).or_default().insert(place);
        }
    }
    names.retain(|_, projects| projects.len() > 1);
    names
}

/// What each of them means where, and who hears both.
pub fn sentences(facts: &Facts, homonyms: &Homonyms) -> Vec<String> {
    let mut said: Vec<String> = homonyms
        .iter()
        .take(MOST)
        .map(|(name, projects)| sentence(facts, name, projects))
        .collect();
    if homonyms.len() > MOST {
        said.push(format!(
            "{} more names mean two things.",
            homonyms.len() - MOST
        ));
    }
    said
}

fn sentence(facts: &Facts, name: &str, projects: &BTreeMap<String, BTreeSet<usize>>) -> String {
    let here = |place: &usize| {
        let container = &facts.containers[*place];
        format!(
            "{} on {}",
            words::short(&container.name, 60),
            words::list(&answering(facts, container, name))
        )
    };
    let mut owners: Vec<String> = projects
        .iter()
        .take(4)
        .map(|(project, places)| match places.first() {
            Some(place) if places.len() == 1 => here(place),
            _ => format!(
                "one of {} of {}",
                words::count(places.len(), "container"),
                words::short(project, 60)
            ),
        })
        .collect();
    if projects.len() > owners.len() {
        owners.push(format!(
            "others in {} more projects",
            projects.len() - owners.len()
        ));
    }
    let mut said = format!("“{}” is {}.", words::short(name, 60), words::list(&owners));
    let both: Vec<String> = facts
        .containers
        .iter()
        .filter(|container| container.state.attached())
        .filter(|container| {
            let heard = projects.values().filter(|places| {
                places
                    .iter()
                    .any(|place| hears(facts, container, *place, name))
            });
            heard.count() > 1
        })
        .map(|container| words::short(&container.name, 60))
        .collect();
    match both.as_slice() {
        [] => {}
        [one] => said.push_str(&format!(" {one} hears both and may get either.")),
        some if some.len() > 4 => {
            said.push_str(&format!(
                " {} containers hear both and may get either.",
                some.len()
            ));
        }
        some => said.push_str(&format!(
            " {} hear both and may get either.",
            words::list(some)
        )),
    }
    said
}

/// The networks on which `container` answers to `name`.
fn answering(facts: &Facts, container: &Container, name: &str) -> Vec<String> {
    let places = container.attachments.iter();
    places
        .filter(|a| a.names.iter().any(|known| known == name))
        .take(4)
        .map(|a| words::short(&facts.networks[a.network].name, 60))
        .collect()
}

/// Whether `container` hangs on a network where the one at `place` answers to `name`.
fn hears(facts: &Facts, container: &Container, place: usize, name: &str) -> bool {
    let other = &facts.containers[place];
    other.attachments.iter().any(|theirs| {
        theirs.names.iter().any(|known| known == name)
            && container
                .attachments
                .iter()
                .any(|own| own.network == theirs.network)
    })
}
