//! Completion for the prompt: verbs, flags, and the names of one's own objects.

use super::line;
use super::table::{COMPOSE, FlagDoc, GROUPS, Is, VerbDoc, find, reference};
use crate::demos::sandbox::{DEMO_IMAGE, Snapshot, Thing};
use std::collections::BTreeSet;

/// What the last word of `line` may become, in the order of the alphabet; of an empty
/// last word, what may follow. Nothing, where anything may.
pub fn complete(line: &str, snapshot: &Snapshot) -> Vec<String> {
    let (before, last) = match line.rfind([' ', '\t']) {
        Some(at) => line.split_at(at + 1),
        None => ("", line),
    };
    // Inside of quotes there is nothing to know.
    let Ok(words) = line::words(before) else {
        return Vec::new();
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let candidates = match *words.as_slice() {
        [] => vec!["docker".to_owned()],
        ["docker"] => firsts(),
        ["docker", "help"] => firsts(),
        ["docker", "compose", ref rest @ ..] => compose(rest, last, snapshot),
        ["docker", group] if is_group(group) => seconds(group),
        ["docker", first, ref rest @ ..] => {
            let (spelled, rest) = match rest {
                [second, rest @ ..] if is_group(first) => (format!("{first} {second}"), rest),
                _ => (first.to_owned(), rest),
            };
            match find(&spelled) {
                Some((verb, _)) => after(verb, rest, last, snapshot),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    };
    let fitting: BTreeSet<String> = candidates
        .into_iter()
        .filter(|candidate| candidate.starts_with(last) && candidate != last)
        .collect();
    fitting.into_iter().collect()
}

fn is_group(word: &str) -> bool {
    GROUPS.iter().any(|(group, _)| *group == word)
}

/// What may stand after `docker`.
fn firsts() -> Vec<String> {
    let spellings = reference().into_iter().flat_map(VerbDoc::spellings);
    let firsts = spellings.filter_map(|spelling| spelling.split(' ').next());
    firsts.map(str::to_owned).collect()
}

/// What may stand after `docker GROUP`.
fn seconds(group: &str) -> Vec<String> {
    let spellings = reference().into_iter().flat_map(VerbDoc::spellings);
    spellings
        .filter_map(|spelling| spelling.strip_prefix(group)?.strip_prefix(' '))
        .map(str::to_owned)
        .collect()
}

/// `docker compose …`: its flags, its verbs, and what follows these.
fn compose(rest: &[&str], last: &str, snapshot: &Snapshot) -> Vec<String> {
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let takes = COMPOSE
            .iter()
            .any(|flag| flag.takes.is_some() && is_written(flag, word));
        if takes {
            // Its value may be anything.
            if words.next().is_none() {
                return Vec::new();
            }
        } else if !word.starts_with('-') {
            let rest: Vec<&str> = words.copied().collect();
            return match find(&format!("compose {word}")) {
                Some((verb, _)) => after(verb, &rest, last, snapshot),
                None => Vec::new(),
            };
        }
    }
    match last.starts_with('-') {
        true => flags(COMPOSE.iter().filter(|flag| flag.refused.is_none())),
        false => seconds("compose"),
    }
}

/// Whether `word` is this flag, with its value in the next word.
fn is_written(flag: &FlagDoc, word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(long) => flag.long == long,
        // The last of glued letters may take a value.
        None => {
            let letters = word.strip_prefix('-').unwrap_or_default();
            flag.short.is_some() && letters.chars().last() == flag.short
        }
    }
}

fn flags(flags: impl Iterator<Item = &'static FlagDoc>) -> Vec<String> {
    flags
        .map(|flag| match flag.takes {
            Some(_) => format!("--{}=", flag.long),
            None => format!("--{}", flag.long),
        })
        .collect()
}

/// What may stand after a verb and `rest`.
fn after(verb: &'static VerbDoc, rest: &[&str], last: &str, snapshot: &Snapshot) -> Vec<String> {
    let mut arguments = 0;
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let taking = verb
            .taken()
            .find(|flag| flag.takes.is_some() && is_written(flag, word));
        match taking {
            Some(flag) if words.next().is_none() => return values(flag, snapshot),
            Some(_) => {}
            None if word.starts_with('-') => {}
            None => arguments += 1,
        }
    }
    if verb.stops && arguments > 0 {
        return Vec::new();
    }
    if let Some((flag, _)) = last
        .strip_prefix("--")
        .and_then(|last| last.split_once('='))
    {
        let Some(doc) = verb.taken().find(|doc| doc.long == flag) else {
            return Vec::new();
        };
        let values = values(doc, snapshot).into_iter();
        return values.map(|value| format!("--{flag}={value}")).collect();
    }
    if last.starts_with('-') {
        return flags(verb.taken());
    }
    own(verb.is, arguments, snapshot)
}

fn names(things: &[Thing]) -> Vec<String> {
    things.iter().map(|thing| thing.typed.clone()).collect()
}

fn images(snapshot: &Snapshot) -> Vec<String> {
    let named = names(&snapshot.images).into_iter();
    let named = named.filter(|name| {
        let repository = name.split(':').next().unwrap_or_default();
        !crate::engine::owned::is_untagged(repository)
    });
    named.chain([DEMO_IMAGE.to_owned()]).collect()
}

/// The values of a flag that are names of one's own.
fn values(flag: &FlagDoc, snapshot: &Snapshot) -> Vec<String> {
    match flag.long {
        "network" => {
            let always = ["bridge", "none"].map(str::to_owned);
            names(&snapshot.networks)
                .into_iter()
                .chain(always)
                .collect()
        }
        "volume" => {
            let volumes = names(&snapshot.volumes).into_iter();
            volumes.map(|name| format!("{name}:/")).collect()
        }
        "type" => ["container", "image", "network", "volume"]
            .map(str::to_owned)
            .into(),
        "pull" => ["missing", "never"].map(str::to_owned).into(),
        "restart" => vec!["no".into()],
        "driver" => flag.takes.map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The arguments of a verb that are names of one's own, after so many others.
fn own(is: Is, arguments: usize, snapshot: &Snapshot) -> Vec<String> {
    let in_state = |running: bool| {
        let containers = snapshot.containers.iter();
        let fitting = containers.filter(move |container| container.running == running);
        fitting.map(|container| container.typed.clone()).collect()
    };
    match (is, arguments) {
        (Is::Run | Is::Create, 0) => images(snapshot),
        (Is::Start, _) => in_state(false),
        (Is::Stop | Is::Pause | Is::Unpause | Is::Kill, _) | (Is::Exec | Is::Top, 0) => {
            in_state(true)
        }
        (Is::Restart | Is::Wait | Is::Rm | Is::Stats | Is::ContainerInspect, _)
        | (Is::Logs | Is::Diff | Is::Commit, 0)
        | (Is::Connect | Is::Disconnect, 1) => names(&snapshot.containers),
        (Is::Connect | Is::Disconnect, 0) | (Is::NetworkInspect | Is::NetworkRm, _) => {
            names(&snapshot.networks)
        }
        (Is::VolumeInspect | Is::VolumeRm, _) => names(&snapshot.volumes),
        (Is::ImageInspect | Is::ImageRm, _) | (Is::History | Is::Images, 0) => images(snapshot),
        (Is::Inspect, _) => {
            let lists = [&snapshot.containers, &snapshot.networks, &snapshot.volumes];
            let all = lists.into_iter().flat_map(|things| names(things));
            all.chain(images(snapshot)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::sandbox::example;

    fn check(line: &str, wanted: &[&str]) {
        assert_eq!(complete(line, &example()), wanted, "{line}");
    }

    #[test]
    fn verbs_are_completed() {
        check("", &["docker"]);
        check("dock", &["docker"]);
        check("docker st", &["start", "stats", "stop"]);
        check(
            "docker volume ",
            &["create", "inspect", "list", "ls", "remove", "rm"],
        );
        check("docker com", &["commit", "compose"]);
        check("docker compose ", &["down", "logs", "ps", "up"]);
        check("docker compose -f compose.yaml -p shop u", &["up"]);
        check("docker bu", &[]);
    }

    #[test]
    fn flags_are_completed_and_refused_ones_are_not_offered() {
        check("docker run --in", &["--init", "--interactive"]);
        check("docker run --pri", &[]);
        check("docker run -d --na", &["--name="]);
        check("docker compose --p", &["--project-name="]);
        check("docker compose up --d", &["--detach"]);
    }

    #[test]
    fn own_names_are_completed_where_they_fit() {
        check("docker start ", &["db"]);
        check("docker stop ", &["web"]);
        check("docker rm -f ", &["db", "web"]);
        check("docker network connect ", &["bridge", "front"]);
        check("docker network connect front ", &["db", "web"]);
        check("docker run --network fr", &["front"]);
        check("docker run --network=fr", &["--network=front"]);
        check("docker run -v d", &["data:/"]);
        check("docker run ", &["busybox", "snap:1"]);
        check("docker run busybox ", &[]);
        check("docker run --name web bus", &["busybox"]);
        check("docker exec web ca", &[]);
        check("docker history s", &["snap:1"]);
    }

    #[test]
    fn what_cannot_be_known_is_not_guessed() {
        for line in [
            "docker run 'a b",
            "ls ",
            "docker run --name ",
            "docker ps | x",
            "docker nosuch ",
        ] {
            check(line, &[]);
        }
    }
}
