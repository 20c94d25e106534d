//! Which images are drawn, and so asked about: a handful, however many a host has.
//!
//! What two images share is seen only by asking for both, which for a hundred images
//! would be two hundred questions. So the picked image is asked first; its history
//! names the images of this host that it was built on. Those come next, then images
//! of the same repository, then others built on the same, then those that containers
//! stand on, then the largest.

use super::containers::{self, Container};
use super::stack::{self, Listed};
use crate::engine::{Answers, Ask};
use crate::panels::View;
use std::collections::{HashMap, HashSet};

/// Images drawn side by side.
pub const ON_VIEW: usize = 5;

/// What is drawn, of everything there is.
#[derive(Debug)]
pub struct Choice {
    /// The images drawn; the picked one first. Fewer than [`ON_VIEW`] where the picked
    /// one's history has still to be heard.
    pub on_view: Vec<Listed>,
    /// All the others.
    pub others: Vec<Listed>,
    /// All containers.
    pub containers: Vec<Container>,
    /// The text that should have picked an image, where none here answers to it.
    pub nobody: Option<String>,
}

/// Chooses from what has been heard. `None` while the list of images has not been.
pub fn choose(view: &View, have: &Answers) -> Option<Choice> {
    let mut images = stack::list(have.json(&Ask::Images)?);
    let containers = containers::read(have);
    let mut standing: HashMap<&str, usize> = HashMap::new();
    for container in &containers {
        *standing.entry(&container.image).or_default() += 1;
    }
    let stands_on = |image: &Listed| standing.get(image.id.as_str()).copied().unwrap_or(0);

    let wanted = view.of.as_deref().map(|of| super::inside::asked(of).0);
    let wanted = wanted.filter(|of| !of.is_empty());
    let by_name = wanted.and_then(|of| images.iter().position(|image| image.answers_to(of)));
    let nobody = wanted.filter(|_| by_name.is_none()).map(str::to_owned);
    let by_weight = || {
        (0..images.len()).max_by_key(|at| {
            let image = &images[*at];
            (
                stands_on(image) > 0,
                image.size,
                std::cmp::Reverse(image.handle()),
            )
        })
    };
    let Some(picked) = by_name.or_else(by_weight) else {
        return Some(Choice {
            on_view: Vec::new(),
            others: Vec::new(),
            containers,
            nobody,
        });
    };
    let picked = images.remove(picked);
    let Some(ancestors) = ancestors(&picked, have) else {
        return Some(Choice {
            on_view: vec![picked],
            others: images,
            containers,
            nobody,
        });
    };
    let below = |image: &Listed| ancestors.contains(&image.id);
    // A base that many build on has many children: those of one's own come first.
    let family = |image: &Listed| {
        (!image.parent.is_empty() && ancestors.contains(&image.parent)) || image.parent == picked.id
    };
    images.sort_by_cached_key(|image| {
        std::cmp::Reverse((
            below(image),
            same_repository(image, &picked),
            family(image),
            stands_on(image) > 0,
            image.size,
            std::cmp::Reverse(image.handle()),
        ))
    });
    let others = images.split_off(images.len().min(ON_VIEW - 1));
    let mut on_view = vec![picked];
    on_view.extend(images);
    Some(Choice {
        on_view,
        others,
        containers,
        nobody,
    })
}

/// The images that the picked one was built on, by id, as its history names them:
/// `None` while the history has not been asked for.
fn ancestors(picked: &Listed, have: &Answers) -> Option<HashSet<String>> {
    let Some((_, history)) = picked.asks() else {
        return Some(HashSet::new());
    };
    let told = have.get(&history)?;
    let rows = match told {
        Ok(answer) => answer.json.as_array().map_or(&[][..], Vec::as_slice),
        Err(_) => &[],
    };
    let ids = rows
        .iter()
        .filter_map(|row| row["Id"].as_str())
        .filter(|id| !id.is_empty() && *id != "<missing>")
        .map(str::to_owned);
    Some(ids.chain([picked.id.clone()]).collect())
}

/// Whether two names stand under one roof: `shop/web` and `shop/api`, `web:1` and `web:2`.
fn same_repository(a: &Listed, b: &Listed) -> bool {
    let roof = |image: &Listed| {
        let name = image.names.first()?;
        let (roof, _) = name.rsplit_once('/').or_else(|| name.rsplit_once(':'))?;
        Some(roof.to_owned())
    };
    roof(a).is_some_and(|a| roof(b) == Some(a))
}
