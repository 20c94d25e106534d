//! Crossings: for two islands, which service of one reaches which of the other, as what.

use super::chart::Chart;
use crate::panels::networks::facts::Facts;
use crate::panels::networks::reach::{How, Reach, Rule, reach};
use crate::panels::words;
use serde::Serialize;
use std::collections::BTreeMap;

/// Services of one project that are tried.
const MOST_SERVICES: usize = 12;
/// Sentences for one direction.
const MOST_LINES: usize = 12;

/// Two islands.
#[derive(Clone, Debug, Serialize)]
pub struct Crossing {
    /// The one on the left.
    pub one: String,
    /// The one on the right.
    pub other: String,
    /// They share a network.
    pub bridged: bool,
    /// Which, in words.
    pub by: String,
    /// Who reaches whom, in both directions.
    pub lines: Vec<String>,
}

/// Every pair of the islands that are drawn.
pub fn crossings(facts: &Facts, chart: &Chart) -> Vec<Crossing> {
    let mut crossings = Vec::new();
    for (at, one) in chart.drawn.iter().enumerate() {
        for other in &chart.drawn[at + 1..] {
            let shared: Vec<String> = chart
                .joined
                .iter()
                .filter(|(_, projects)| projects.contains(one) && projects.contains(other))
                .map(|(place, _)| words::short(&facts.networks[*place].name, 60))
                .collect();
            let mut lines = direction(facts, one, other);
            lines.extend(direction(facts, other, one));
            crossings.push(Crossing {
                one: words::short(one, 60),
                other: words::short(other, 60),
                bridged: !shared.is_empty(),
                by: match shared.as_slice() {
                    [] => "no shared network".into(),
                    some => format!("over {}", words::list(&some[..some.len().min(4)])),
                },
                lines,
            });
        }
    }
    crossings
}

/// A service, and the container that speaks for it: one that runs, where any does.
struct Voice {
    service: String,
    place: usize,
    runs: bool,
}

fn voices(facts: &Facts, project: &str) -> Vec<Voice> {
    let mut voices: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, container) in facts.containers.iter().enumerate() {
        if container.project.as_deref() != Some(project) {
            continue;
        }
        let service = container.service.as_deref().unwrap_or(&container.name);
        let known = voices.entry(service).or_insert(place);
        if container.state.runs() && !facts.containers[*known].state.runs() {
            *known = place;
        }
    }
    voices
        .into_iter()
        .take(MOST_SERVICES)
        .map(|(service, place)| Voice {
            service: words::short(service, 40),
            place,
            runs: facts.containers[place].state.runs(),
        })
        .collect()
}

/// What one service finds: its ways, and whom it does not reach, by rule.
type Found = (Vec<String>, BTreeMap<Rule, Vec<String>>);

/// Who of `one` reaches whom of `other`. Services that find the same stand in one sentence.
fn direction(facts: &Facts, one: &str, other: &str) -> Vec<String> {
    let (from, to) = (voices(facts, one), voices(facts, other));
    let (one, other) = (words::short(one, 40), words::short(other, 40));
    let mut alike: Vec<(Found, Vec<String>)> = Vec::new();
    for near in from.iter().filter(|voice| voice.runs) {
        let found = find(facts, near, &to);
        match alike.iter_mut().find(|(known, _)| *known == found) {
            Some((_, services)) => services.push(near.service.clone()),
            None => alike.push((found, vec![near.service.clone()])),
        }
    }
    // Nobody runs over there: that is said once, in the other direction.
    let anybody = to.iter().any(|voice| voice.runs);
    alike.retain(|_| anybody);
    let mut lines: Vec<String> = alike
        .into_iter()
        .map(|((ways, none), services)| {
            let who = words::list(&services);
            let s = if services.len() == 1 { "es" } else { "" };
            if ways.is_empty() {
                let why: Vec<&str> = none.into_keys().map(Rule::why).collect();
                return format!(
                    "{who} of {one} reach{s} nothing of {other}. {}",
                    why.join(" ")
                );
            }
            let mut said = format!("{who} of {one} reach{s}, of {other}: {}", ways.join("; "));
            for (rule, services) in none {
                said.push_str(&format!("; not {}: {}", words::list(&services), rule.why()));
            }
            match said.ends_with('.') {
                true => said,
                false => said + ".",
            }
        })
        .collect();
    let silent: Vec<String> = from
        .iter()
        .filter(|voice| !voice.runs)
        .map(|voice| voice.service.clone())
        .collect();
    if !silent.is_empty() {
        let (verb, whom) = match silent.len() {
            1 => ("does", "it"),
            _ => ("do", "them"),
        };
        lines.push(format!(
            "{} of {one} {verb} not run: no way from or to {whom}.",
            words::list(&silent)
        ));
    }
    if lines.len() > MOST_LINES {
        let more = lines.len() - MOST_LINES;
        lines.truncate(MOST_LINES);
        lines.push(format!("And {more} more."));
    }
    lines
}

fn find(facts: &Facts, near: &Voice, to: &[Voice]) -> Found {
    let mut found = Found::default();
    for far in to.iter().filter(|voice| voice.runs) {
        let verdict = reach(facts, near.place, far.place);
        match way(facts, far, &verdict) {
            Some(way) => found.0.push(way),
            None => found
                .1
                .entry(verdict.rule)
                .or_default()
                .push(far.service.clone()),
        }
    }
    found
}

/// `db as “db” or “infra-db-1”`; `None` where there is no way.
fn way(facts: &Facts, far: &Voice, verdict: &Reach) -> Option<String> {
    let address = verdict.address.as_deref().unwrap_or("its address");
    let service = &far.service;
    let mut said = match verdict.how {
        How::Local | How::Itself => format!("{service} at localhost"),
        How::Name => {
            let own = &facts.containers[far.place].name;
            let mut names: Vec<&String> = verdict.names.iter().collect();
            names.sort_by_key(|name| (*name == own, *name != service));
            let names: Vec<String> = names
                .iter()
                .take(4)
                .map(|name| format!("“{}”", words::short(name, 60)))
                .collect();
            format!("{service} as {}", names.join(" or "))
        }
        How::Ip => format!("{service} by its address {address}, not by name"),
        How::Port => format!("{service} only through a port of the host, {address}"),
        How::Unsure => format!("{service}, perhaps: {}", verdict.rule.why()),
        How::No | How::Off => return None,
    };
    if let Some(name) = verdict.contested.first() {
        let name = words::short(name, 60);
        said.push_str(&format!(
            " (“{name}” has a second owner here, and may lead to either)"
        ));
    }
    Some(said)
}
