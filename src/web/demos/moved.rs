//! What moved: the objects of a sandbox before a command and after it, compared.

use crate::demos::runner::{Kind, Object};

/// What a command did to one object of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// What it is.
    pub kind: Kind,
    /// The name that was typed.
    pub typed: String,
    /// Its name on the host.
    pub real: String,
    /// What was done.
    pub what: What,
}

/// What was done to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is there now; of a container with its state.
    Made(String),
    /// It is gone.
    Removed,
    /// A container is doing something else, in a few words.
    Became(String),
}

impl Moved {
    /// What kind of object it is, as docker calls it.
    pub fn kind(&self) -> &'static str {
        word(self.kind)
    }

    /// The sign before it: made, removed, changed.
    pub fn sign(&self) -> &'static str {
        match self.what {
            What::Made(_) => "+",
            What::Removed => "−",
            What::Became(_) => "~",
        }
    }

    /// What was done, in words.
    pub fn words(&self) -> String {
        match &self.what {
            What::Made(state) if state.is_empty() => "made".into(),
            What::Made(state) => format!("made, {state}"),
            What::Removed => "removed".into(),
            What::Became(state) => format!("now {state}"),
        }
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Container => "container",
        Kind::Network => "network",
        Kind::Volume => "volume",
        Kind::Image => "image",
    }
}

/// What is another after a command than it was before it: removed things first, each
/// kind in its order.
pub fn moved(before: &[Object], after: &[Object]) -> Vec<Moved> {
    let tell = |object: &Object, what| Moved {
        kind: object.kind,
        typed: shown(object),
        real: object.real.clone(),
        what,
    };
    let same = |a: &Object, b: &Object| (a.kind, &a.id, &a.real) == (b.kind, &b.id, &b.real);
    let mut moved: Vec<Moved> = before
        .iter()
        .filter(|old| !after.iter().any(|new| same(old, new)))
        .map(|gone| tell(gone, What::Removed))
        .collect();
    for new in after {
        match before.iter().find(|old| same(old, new)) {
            None => moved.push(tell(new, What::Made(state(new)))),
            Some(old) if old.state != new.state || restarted(old, new) => {
                moved.push(tell(new, What::Became(became(old, new))));
            }
            Some(_) => {}
        }
    }
    moved
}

/// The typed name; what has none is called as docker calls it.
fn shown(object: &Object) -> String {
    match (object.kind, object.typed.as_str()) {
        (Kind::Image, typed) if typed.starts_with("untagged-") => "<none>".into(),
        (Kind::Image, typed) => typed.strip_suffix(":latest").unwrap_or(typed).to_owned(),
        (Kind::Volume, typed) if typed.len() == 64 => {
            format!("{}…", typed.chars().take(12).collect::<String>())
        }
        (_, typed) => typed.to_owned(),
    }
}

/// A container's state, with the exit code of one that has ended.
fn state(object: &Object) -> String {
    let code = object
        .status
        .strip_prefix("Exited (")
        .and_then(|rest| rest.split_once(')'))
        .map(|(code, _)| code);
    match code {
        Some(code) if object.state == "exited" => format!("exited with {code}"),
        _ => object.state.clone(),
    }
}

fn became(old: &Object, new: &Object) -> String {
    match (old.state.as_str(), new.state.as_str()) {
        ("running", "running") => "running, started again".into(),
        ("exited", "running") => "running again".into(),
        _ => state(new),
    }
}

/// Whether a container that ran and runs was started again in between: it has been up
/// for a shorter time than before.
fn restarted(old: &Object, new: &Object) -> bool {
    let up = |object: &Object| (object.state == "running").then(|| seconds(&object.status))?;
    matches!((up(old), up(new)), (Some(old), Some(new)) if new < old)
}

/// The seconds in `Up 12 seconds`, `Up About a minute`, `Up Less than a second`.
fn seconds(status: &str) -> Option<u64> {
    let words = status.strip_prefix("Up ")?;
    if words.starts_with("Less than a second") {
        return Some(0);
    }
    if words.starts_with("About a minute") {
        return Some(60);
    }
    if words.starts_with("About an hour") {
        return Some(3600);
    }
    let (count, unit) = words.split_once(' ')?;
    let count: u64 = count.parse().ok()?;
    Some(match unit.split(' ').next()? {
        "second" | "seconds" => count,
        "minutes" => count * 60,
        "hours" => count * 3600,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: Kind, typed: &str, state: &str, status: &str) -> Object {
        Object {
            kind,
            id: format!("id of {typed}"),
            typed: typed.into(),
            real: format!("wl-ab12cd34-{typed}"),
            state: state.into(),
            status: status.into(),
        }
    }

    fn told(before: &[Object], after: &[Object]) -> Vec<String> {
        let tell = |m: Moved| format!("{} {} {} {}", m.sign(), word(m.kind), m.typed, m.words());
        moved(before, after).into_iter().map(tell).collect()
    }

    #[test]
    fn what_was_made_removed_and_changed_is_told() {
        let bridge = object(Kind::Network, "bridge", "", "");
        let up = |status| object(Kind::Container, "notes", "running", status);
        let ended = object(
            Kind::Container,
            "notes",
            "exited",
            "Exited (137) 1 second ago",
        );
        let first = [up("Up Less than a second"), bridge.clone()];
        assert_eq!(
            told(&[], &first),
            ["+ container notes made, running", "+ network bridge made"]
        );
        assert_eq!(
            told(&first, &[ended.clone(), bridge.clone()]),
            ["~ container notes now exited with 137"]
        );
        assert_eq!(
            told(&[ended], &[up("Up 1 second")]),
            ["~ container notes now running again"]
        );
        assert_eq!(told(&first, &[bridge]), ["− container notes removed"]);
        assert!(told(&first, &first).is_empty());
    }

    #[test]
    fn a_restart_is_seen_by_the_time_it_is_up() {
        let up = |status| [object(Kind::Container, "notes", "running", status)];
        let again = ["~ container notes now running, started again"];
        assert_eq!(
            told(&up("Up 12 seconds"), &up("Up Less than a second")),
            again
        );
        assert_eq!(told(&up("Up About a minute"), &up("Up 3 seconds")), again);
        assert_eq!(told(&up("Up 2 hours"), &up("Up 5 minutes")), again);
        assert!(told(&up("Up 2 seconds"), &up("Up 12 seconds")).is_empty());
        assert!(told(&up("Up 2 seconds"), &up("odd")).is_empty());
    }

    #[test]
    fn what_nobody_named_is_called_as_docker_calls_it() {
        let image = |typed: &str| object(Kind::Image, typed, "", "");
        let volume = object(Kind::Volume, &"a".repeat(64), "", "");
        assert_eq!(
            told(
                &[],
                &[
                    image("untagged-x:latest"),
                    image("mine:latest"),
                    image("mine:2"),
                    volume
                ]
            ),
            [
                "+ image <none> made",
                "+ image mine made",
                "+ image mine:2 made",
                "+ volume aaaaaaaaaaaa… made",
            ]
        );
    }
}
