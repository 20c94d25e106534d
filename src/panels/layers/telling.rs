//! Telling: the cross-section in sentences. Whoever cannot see the picture, or wants
//! its figures, reads everything that it shows.

use super::arrange::{Arrangement, Slab};
use super::choice::Choice;
use super::containers::Container;
use super::stack::{Listed, Stack};
use crate::panels::words::{capital, count, list, number, short, size};

/// Containers and slabs that are named one by one.
const NAMED: usize = 40;

/// The sentences below the picture: what is on disk, what docker adds up, what is not
/// drawn.
pub fn figures(choice: &Choice, stacks: &[Stack], arrangement: &Arrangement) -> Vec<String> {
    let mut said = Vec::new();
    if stacks.is_empty() {
        return said;
    }
    let on_disk = arrangement
        .slabs
        .iter()
        .try_fold(0u64, |sum, slab| Some(sum.saturating_add(slab.bytes?)));
    let listed = stacks.iter().try_fold(0u64, |sum, stack| {
        Some(sum.saturating_add(stack.listed.size?))
    });
    match (on_disk, listed) {
        (Some(on_disk), Some(listed)) if stacks.len() > 1 => said.push(format!(
            "Each slab is on disk once: {} for {}. “docker images” adds up to {}.",
            size(on_disk),
            match stacks.len() {
                2 => "both images".to_owned(),
                n => format!("these {} images", number(n)),
            },
            size(listed)
        )),
        (Some(on_disk), _) => said.push(format!("Its layers hold {} together.", size(on_disk))),
        (None, _) => said.push(
            "The engine does not say which size belongs to which layer, so these slabs are all drawn alike.".to_owned(),
        ),
    }
    if !choice.others.is_empty() {
        let n = choice.others.len();
        said.push(format!(
            "{} drawn of {}: the picked one, then what it was built on and its neighbours, then those with containers, then the largest. What the other {} share was not asked.",
            capital(&number(choice.on_view.len())),
            count(choice.on_view.len() + n, "image"),
            if n == 1 { "one may".to_owned() } else { number(n) },
        ).replace("one may share", "one shares"));
    }
    let drawn: Vec<&str> = stacks
        .iter()
        .map(|stack| stack.listed.id.as_str())
        .collect();
    let elsewhere = choice
        .containers
        .iter()
        .filter(|container| !drawn.contains(&container.image.as_str()))
        .count();
    match elsewhere {
        0 => {}
        1 => said.push("One more container stands on an image that is not drawn.".to_owned()),
        n => said.push(format!(
            "{} more containers stand on images that are not drawn.",
            capital(&number(n))
        )),
    }
    said
}

/// The whole picture in paragraphs.
pub fn words(
    choice: &Choice,
    stacks: &[Stack],
    standing: &[Vec<&Container>],
    arrangement: &Arrangement,
) -> Vec<String> {
    if stacks.is_empty() {
        return vec!["No image is drawn.".to_owned()];
    }
    let name = |listed: &Listed| short(&listed.name(), 60);
    let mut said = Vec::new();

    let shared: Vec<&Slab> = arrangement
        .slabs
        .iter()
        .filter(|slab| slab.sharers() > 1)
        .collect();
    for slab in shared.iter().take(NAMED) {
        let sharers: Vec<String> = arrangement.columns[slab.columns.clone()]
            .iter()
            .map(|column| name(&stacks[column.image].listed))
            .collect();
        said.push(format!("{} share {}.", list(&sharers), layers(slab)));
    }
    if shared.is_empty() && stacks.len() > 1 {
        said.push("None of these images share a layer.".to_owned());
    }
    for (at, column) in arrangement.columns.iter().enumerate() {
        let stack = &stacks[column.image];
        let own: Vec<String> = arrangement
            .slabs
            .iter()
            .filter(|slab| slab.columns == (at..at + 1))
            .take(NAMED)
            .map(layers)
            .collect();
        let weighs = match stack.listed.size {
            Some(bytes) => format!(", {},", size(bytes)),
            None => String::new(),
        };
        let total = count(stack.layers.len(), "layer");
        said.push(match own.as_slice() {
            [] => format!(
                "{}{weighs} has {total}, none of its own.",
                name(&stack.listed)
            ),
            own => format!(
                "{}{weighs} has {total}; its own: {}.",
                name(&stack.listed),
                own.join("; ")
            ),
        });
        if stack.unmatched() && !stack.layers.is_empty() {
            said.push(format!(
                "The history of {} does not fit its layers, so no line is given to any of them.",
                name(&stack.listed)
            ));
        }
    }
    for (stack, on) in stacks.iter().zip(standing) {
        if on.is_empty() {
            continue;
        }
        let mut tops: Vec<String> = on
            .iter()
            .take(NAMED)
            .map(|container| {
                let wrote = match container.written {
                    Some(0) => "nothing written".to_owned(),
                    Some(bytes) => format!("{} written", size(bytes)),
                    None => "how much was written is not told".to_owned(),
                };
                match container.pause() {
                    Some(state) => format!("{} ({state}, {wrote})", short(&container.name, 60)),
                    None => format!("{} ({wrote})", short(&container.name, 60)),
                }
            })
            .collect();
        if on.len() > NAMED {
            tops.push(format!("{} more", on.len() - NAMED));
        }
        said.push(format!(
            "On {} {} {}, {} a writable layer of its own: {}.",
            name(&stack.listed),
            if on.len() == 1 { "stands" } else { "stand" },
            count(on.len(), "container"),
            if on.len() == 1 { "with" } else { "each with" },
            list(&tops)
        ));
    }
    if arrangement.slabs.iter().any(|slab| slab.twin) {
        said.push("A slab marked = holds the same files as another one, on other ground. A layer is kept by what lies below it too, so those files are on disk twice.".to_owned());
    }
    said.push("A layer's files are known by their hash, the diff id; the slab by its chain id, the hash of the slab below and of its own diff id. That is why only images that agree from the bottom up share.".to_owned());
    said.extend(figures(choice, stacks, arrangement));
    said
}

/// `layer 2 (RUN make, 6.50 MB)`, `layers 3 to 7 (five layers, 11.7 kB)`.
fn layers(slab: &Slab) -> String {
    let bytes = slab.bytes.map_or_else(|| "size not told".to_owned(), size);
    let what = match slab.label.as_str() {
        "" => bytes,
        label => format!("{}, {bytes}", short(label, 80)),
    };
    match (slab.first, slab.last) {
        (first, last) if first == last => format!("layer {first} ({what})"),
        (first, last) => format!("layers {first} to {last} ({what})"),
    }
}
