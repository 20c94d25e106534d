//! Running: the containers that have processes, and which of them a panel looks at that
//! has to ask about each.

use super::{Panel, View, words};
use crate::engine::{Answers, Ask, Id};
use serde::Serialize;
use serde_json::Value;

/// Links to containers that are not looked at.
const LINKS: usize = 40;

/// A container that runs, or is paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Its id, where it is one that can be asked about.
    pub id: Option<Id>,
    /// Its name, or its short id where it has none.
    pub name: String,
}

/// Those that run, and those of them that are looked at.
#[derive(Clone, Debug)]
pub struct Looked {
    /// All that run, by name.
    pub all: Vec<Running>,
    /// Those looked at.
    pub at: Vec<Running>,
    /// Whether the view asks for one that runs; `None` when it asks for none.
    pub found: Option<bool>,
}

/// Ways to other containers, for the foot of a picture.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Elsewhere {
    /// Name and link.
    pub links: Vec<(String, String)>,
    /// How many more there are.
    pub more: usize,
}

/// Reads the list of containers. Looked at is the one that the view asks for, by its
/// name or id, or else the first `most` by name.
pub fn look(view: &View, have: &Answers, most: usize) -> Looked {
    let list = have.json(&Ask::Containers).and_then(Value::as_array);
    let mut all: Vec<Running> = list
        .into_iter()
        .flatten()
        .filter(|item| matches!(item["State"].as_str(), Some("running" | "paused")))
        .map(|item| Running {
            name: name(item),
            id: item["Id"].as_str().and_then(Id::new),
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let of = view.of.as_deref();
    let one = of.and_then(|of| all.iter().find(|one| one.answers_to(of)).cloned());
    Looked {
        found: of.map(|_| one.is_some()),
        at: match one {
            Some(one) => vec![one],
            None => all.iter().take(most).cloned().collect(),
        },
        all,
    }
}

/// For an answer that rests on some of those that run: how many. Nothing where it rests
/// on all of them.
pub fn of_how_many(running: usize, looked_at: usize) -> String {
    if looked_at >= running {
        return String::new();
    }
    let (all, some) = (words::number(running), words::number(looked_at));
    let are = if looked_at == 1 { "is" } else { "are" };
    format!(" Of {all} running containers, {some} {are} looked at.")
}

impl Running {
    fn answers_to(&self, of: &str) -> bool {
        let id = self.id.as_ref().map(Id::as_str);
        self.name == of || id.is_some_and(|id| of.len() >= 12 && id.starts_with(of))
    }
}

impl Looked {
    /// Ways to those that are not looked at.
    pub fn elsewhere(&self, view: &View, panel: Panel) -> Elsewhere {
        let mut links: Vec<(String, String)> = self
            .all
            .iter()
            .filter(|one| !self.at.contains(one))
            .map(|one| {
                let href = view.focus(&one.name).href(panel);
                (words::short(&one.name, 40), href)
            })
            .collect();
        let more = links.len().saturating_sub(LINKS);
        links.truncate(LINKS);
        Elsewhere { links, more }
    }

    /// What the view asks for and runs, as it may be shown.
    pub fn focus(&self, view: &View) -> Option<String> {
        self.asked(view, true)
    }

    /// What the view asks for and does not run, as it may be shown.
    pub fn missing(&self, view: &View) -> Option<String> {
        self.asked(view, false)
    }

    fn asked(&self, view: &View, found: bool) -> Option<String> {
        let of = view.of.as_deref().map(|of| words::short(of, 60));
        of.filter(|_| self.found == Some(found))
    }
}

/// The name of a container of the list, its short id where it has none.
fn name(item: &Value) -> String {
    let names = item["Names"].as_array().map_or(&[][..], Vec::as_slice);
    let mut names = names.iter().filter_map(|name| {
        let name = name.as_str()?;
        Some(name.strip_prefix('/').unwrap_or(name))
    });
    // A link gives a container a second name, below that of another.
    match (names.find(|name| !name.contains('/')), item["Id"].as_str()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(id)) => words::short_id(id),
        (None, None) => "a container without a name".into(),
    }
}
