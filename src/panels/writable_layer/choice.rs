//! Which container is in focus: the one that was asked for, or of a few the one that
//! changed most. To find that out costs the engine 5 ms a container, so it is a few.

use super::changes::{self, Changes};
use crate::engine::{Answers, Ask, Id};
use crate::panels::layers::containers::{source, written};
use crate::panels::layers::stack::Listed;
use crate::panels::{View, words};
use serde_json::Value;

/// Containers that are asked what they changed before one is picked.
const FEW: usize = 4;

/// A container that can be looked at.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its full id.
    pub id: Id,
    /// Its name, without the leading slash.
    pub name: String,
    /// `running`, `exited` …
    pub state: String,
    /// The image that it stands on, as far as the list says.
    pub image: Listed,
    /// Bytes in its writable layer, where they were measured.
    pub written: Option<u64>,
    /// Bytes in it and its image together.
    pub whole: Option<u64>,
    created: i64,
}

impl Candidate {
    /// Whether `text` means this container, as the docker command would understand it.
    fn answers_to(&self, text: &str) -> bool {
        let name = text.strip_prefix('/').unwrap_or(text);
        self.name == name || (name.len() >= 4 && self.id.as_str().starts_with(name))
    }
}

/// The containers, and who is in focus.
pub struct Choice {
    /// All of them: those that wrote most first, then the newest.
    pub all: Vec<Candidate>,
    /// Those that are asked what they changed.
    pub asked: Vec<usize>,
    /// The text that should have picked one, where none here answers to it.
    pub nobody: Option<String>,
}

/// Chooses from what has been heard. `None` while no list has been.
pub fn choose(view: &View, have: &Answers) -> Option<Choice> {
    let list = have.json(&source(have)?)?;
    let mut all: Vec<Candidate> = list
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(candidate)
        .collect();
    all.sort_by(|a, b| {
        let key = |c: &Candidate| (c.written, c.created);
        key(b).cmp(&key(a)).then_with(|| a.name.cmp(&b.name))
    });
    let wanted = view.of.as_deref().filter(|of| !of.is_empty());
    let by_name = wanted.and_then(|of| all.iter().position(|c| c.answers_to(of)));
    Some(Choice {
        asked: match by_name {
            Some(at) => vec![at],
            None => (0..all.len().min(FEW)).collect(),
        },
        nobody: wanted.filter(|_| by_name.is_none()).map(str::to_owned),
        all,
    })
}

impl Choice {
    /// What those in question are asked.
    pub fn asks(&self) -> impl Iterator<Item = Ask> {
        self.asked
            .iter()
            .map(|at| Ask::Changes(self.all[*at].id.clone()))
    }

    /// The one in focus: `None` while one of those in question has not been asked.
    pub fn focus(&self, have: &Answers) -> Option<&Candidate> {
        if self.asks().any(|ask| have.get(&ask).is_none()) {
            return None;
        }
        let changed = |at: usize| {
            let ask = Ask::Changes(self.all[at].id.clone());
            let read: Option<Changes> = have.json(&ask).and_then(changes::read);
            read.map(|changes| changes.listed)
        };
        // The last of equals would be taken: the first is the newest.
        let at = self.asked.iter().rev().max_by_key(|at| changed(**at))?;
        self.all.get(*at)
    }
}

fn candidate(container: &Value) -> Option<Candidate> {
    let id = Id::new(container["Id"].as_str()?)?;
    let name = container["Names"][0].as_str().unwrap_or_default();
    let name = match name.trim_start_matches('/') {
        "" => words::short_id(id.as_str()),
        name => name.to_owned(),
    };
    let image = container["Image"].as_str().unwrap_or_default();
    let image_id = container["ImageID"].as_str().unwrap_or_default();
    // An image that has lost its name is listed by its id.
    let named = !image.is_empty() && !image.starts_with("sha256:") && !image_id.contains(image);
    let whole = container["SizeRootFs"].as_u64();
    Some(Candidate {
        image: Listed {
            id: image_id.to_owned(),
            names: named.then(|| image.to_owned()).into_iter().collect(),
            size: None,
            parent: String::new(),
        },
        state: container["State"].as_str().unwrap_or_default().to_owned(),
        written: written(container),
        created: container["Created"].as_i64().unwrap_or_default(),
        whole,
        name,
        id,
    })
}
