//! The *compose* panel: what Compose started here, and what `down` would take away.
//!
//! Illustrates `Learning_Docker_Compose`: a project is services, a service is one or more
//! containers, and both are nothing but labels on what the engine keeps. [`read`] reads
//! the labels, [`yard`] arranges what is drawn.

pub mod read;
pub mod yard;

use super::frame::{Frame, Picture};
use super::{NotTold, Panel, View, words};
use crate::engine::{Answers, Ask};
use askama::Template;
use read::Told;
use serde::Serialize;
use yard::Yard;

/// Projects that are drawn at once.
pub const MOST_PROJECTS: usize = 6;
/// Projects that are named below the picture.
const MOST_LISTED: usize = 30;

/// What this panel asks a host: three lists, however large it is.
pub fn asks(_view: &View, _have: &Answers) -> Vec<Ask> {
    vec![Ask::Containers, Ask::Networks, Ask::Volumes]
}

/// What the reader sees.
#[derive(Template, Serialize)]
#[template(path = "panels/compose.html")]
pub struct Compose {
    #[serde(skip)]
    frame: Frame,
    /// How many projects, how many services, what does not run.
    answer: String,
    /// What is drawn, by name.
    yards: Vec<Yard>,
    /// Projects that are not drawn: name and where to see it.
    elsewhere: Vec<(String, String)>,
    more_elsewhere: usize,
    /// The project in focus.
    focus: Option<String>,
    /// What was asked for and is no project of this host.
    missing: Option<String>,
    all: String,
    /// Containers of no project.
    loose: usize,
    /// What the engine did not tell.
    silent: Vec<&'static str>,
}

impl Compose {
    /// Whether any service has containers that came from different files.
    fn differs(&self) -> bool {
        let mut services = self.yards.iter().flat_map(|yard| &yard.services);
        services.any(|service| service.versions > 1)
    }

    fn loose_words(&self) -> String {
        let containers = words::count(self.loose, "container");
        let verb = if self.loose == 1 { "is" } else { "are" };
        format!("{} {verb} in no project.", words::capital(&containers))
    }
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Compose, NotTold> {
    let told = Told::read(have)?;
    let all: Vec<Yard> = told
        .projects()
        .into_iter()
        .map(|(name, members)| yard::yard(&told, name, &members, view))
        .collect();
    let answer = yard::answer(&all, view.scope);
    let focus = view
        .of
        .as_ref()
        .filter(|of| all.iter().any(|yard| yard.project == **of));
    let (yards, others): (Vec<Yard>, Vec<Yard>) = match focus {
        Some(of) => all.into_iter().partition(|yard| yard.project == *of),
        None => {
            let mut first = all;
            let rest = first.split_off(first.len().min(MOST_PROJECTS));
            (first, rest)
        }
    };
    let elsewhere: Vec<(String, String)> = others
        .iter()
        .take(MOST_LISTED)
        .map(|yard| (yard.name.clone(), yard.href.clone()))
        .collect();
    let mut silent = Vec::new();
    if told.networks.is_none() {
        silent.push("This host did not tell its networks.");
    }
    if told.volumes.is_none() {
        silent.push("This host did not tell its volumes.");
    }
    let mut frame = Frame::new(Panel::Compose, view, have);
    let fields = [
        "Names",
        "Image",
        "State",
        "Status",
        "Ports",
        "Labels",
        "Mounts.Name",
    ];
    frame.cite(have, &Ask::Containers, &fields);
    frame.cite(have, &Ask::Networks, &["Name", "Driver", "Labels"]);
    frame.cite(have, &Ask::Volumes, &["Volumes.Name", "Volumes.Labels"]);
    Ok(Compose {
        missing: view
            .of
            .as_ref()
            .filter(|_| focus.is_none())
            .map(|of| words::short(of, 60)),
        focus: focus.map(|of| words::short(of, 60)),
        all: View {
            of: None,
            ..view.clone()
        }
        .href(Panel::Compose),
        loose: told
            .containers
            .iter()
            .filter(|c| c.project.is_none())
            .count(),
        more_elsewhere: others.len() - elsewhere.len(),
        frame,
        answer,
        yards,
        elsewhere,
        silent,
    })
}

impl Picture for Compose {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

#[cfg(test)]
pub(in crate::panels) mod fixture;
#[cfg(test)]
mod tests;
