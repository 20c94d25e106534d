//! Stacks: images as piles of layers, read from a host's answers.

use super::history::{self, Made, Row};
use crate::engine::{Answers, Ask, Id};
use crate::panels::words;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// Layers of one image that are looked at; engines allow 127.
const MOST: usize = 300;

/// An image as `GET /images/json` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its full id.
    pub id: String,
    /// Its tags; none for a dangling one.
    pub names: Vec<String>,
    /// What `docker images` says it weighs.
    pub size: Option<u64>,
    /// The image that it was built on, where the engine knows.
    pub parent: String,
}

impl Listed {
    /// What a reader calls it: its first tag, or its short id.
    pub fn name(&self) -> String {
        match self.names.first() {
            Some(name) => words::plain(name),
            None => words::short_id(&self.id),
        }
    }

    /// What a reader types to mean it, and what stands in `of=`.
    pub fn handle(&self) -> String {
        self.names
            .first()
            .cloned()
            .unwrap_or_else(|| words::short_id(&self.id))
    }

    /// Whether `text` means this image, as the docker command would understand it.
    pub fn answers_to(&self, text: &str) -> bool {
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        let id = self.id.strip_prefix("sha256:").unwrap_or(&self.id);
        let by_id = digits.len() >= 4 && id.starts_with(digits);
        by_id
            || self
                .names
                .iter()
                .any(|name| name == text || name.strip_suffix(":latest").is_some_and(|n| n == text))
    }

    /// The question about it alone, where its id can be asked at all.
    pub fn asks(&self) -> Option<(Ask, Ask)> {
        let id = Id::new(&self.id)?;
        Some((Ask::Image(id.clone()), Ask::History(id)))
    }
}

/// Reads `GET /images/json`.
pub fn list(json: &Value) -> Vec<Listed> {
    let mut seen = HashSet::new();
    json.as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|image| {
            let id = image["Id"].as_str().filter(|id| !id.is_empty())?;
            if !seen.insert(id) {
                return None;
            }
            let names = image["RepoTags"].as_array().map_or(&[][..], Vec::as_slice);
            Some(Listed {
                id: id.to_owned(),
                names: names
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|name| !name.is_empty() && *name != "<none>:<none>")
                    .map(str::to_owned)
                    .collect(),
                size: image["Size"].as_u64(),
                parent: image["ParentId"].as_str().unwrap_or_default().to_owned(),
            })
        })
        .collect()
}

/// One layer of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The hash of its files.
    pub diff: String,
    /// The hash of its files and of everything below: what makes it this slab and no
    /// other.
    pub chain: String,
    /// Its size in bytes, where it is known.
    pub size: Option<u64>,
    /// The line that made it; several where they cannot be told apart.
    pub lines: Vec<String>,
}

/// An image with its layers, bottom first.
#[derive(Clone, Debug)]
pub struct Stack {
    /// What the list says of it.
    pub listed: Listed,
    /// Bottom first.
    pub layers: Vec<Layer>,
    /// Its history, newest first.
    pub rows: Vec<Row>,
    /// Which layer each row made.
    pub made: Vec<Made>,
}

/// Why a stack cannot be drawn, as a sentence without its full stop.
pub type NoStack = String;

impl Stack {
    /// Reads one image's answers.
    pub fn read(listed: &Listed, have: &Answers) -> Result<Stack, NoStack> {
        let name = words::short(&listed.name(), 60);
        let (image, history) = listed
            .asks()
            .ok_or_else(|| format!("{name} has an id that cannot be asked about"))?;
        let image = match have.get(&image) {
            Some(Ok(answer)) => &answer.json,
            Some(Err(crate::engine::Away::Refused { status: 404, .. })) => {
                return Err(format!("{name} was removed while we asked"));
            }
            Some(Err(away)) => return Err(format!("{name} is not drawn: {away}")),
            None => return Err(format!("{name} has not been asked about yet")),
        };
        let Some(diffs) = diffs(image) else {
            return Err(format!(
                "{name} is not drawn: the engine does not list its layers (RootFS.Layers)"
            ));
        };
        let rows = have.json(&history).map(history::read).unwrap_or_default();
        let made = history::assign(&rows, diffs.len());
        let known = history::layers(&rows, &made, diffs.len());
        let chains = chain_ids(&diffs);
        let layers = diffs
            .into_iter()
            .zip(chains)
            .zip(known)
            .map(|((diff, chain), known)| Layer {
                diff,
                chain,
                size: known.size,
                lines: known.lines,
            })
            .collect();
        Ok(Stack {
            listed: listed.clone(),
            layers,
            rows,
            made,
        })
    }

    /// The layers' sizes together, where all are known.
    pub fn bytes(&self) -> Option<u64> {
        self.layers
            .iter()
            .try_fold(0u64, |sum, layer| Some(sum.saturating_add(layer.size?)))
    }

    /// Whether the history has rows, and they cannot be given to the layers.
    pub fn unmatched(&self) -> bool {
        self.rows.is_empty() || self.made.contains(&Made::Unknown)
    }
}

/// The diff ids, bottom first. An image of no layers at all leaves the list out.
fn diffs(image: &Value) -> Option<Vec<String>> {
    let layers = match &image["RootFS"] {
        Value::Object(root) => root.get("Layers").unwrap_or(&Value::Null),
        _ => return None,
    };
    match layers {
        Value::Null => Some(Vec::new()),
        Value::Array(layers) => layers
            .iter()
            .take(MOST)
            .map(|diff| diff.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

/// Chain ids from diff ids, bottom first: the first is the diff id itself, each later
/// one the hash of the one below, a space, and the diff id.
pub fn chain_ids(diffs: &[String]) -> Vec<String> {
    let mut chains: Vec<String> = Vec::with_capacity(diffs.len());
    for diff in diffs {
        chains.push(match chains.last() {
            None => diff.clone(),
            Some(below) => {
                let hash = Sha256::digest(format!("{below} {diff}").as_bytes());
                let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("sha256:{hex}")
            }
        });
    }
    chains
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_chain_id_is_the_hash_of_what_is_below_and_of_the_layer() {
        // The second line is `printf 'sha256:a sha256:b' | sha256sum`.
        let chains = chain_ids(&["sha256:a".into(), "sha256:b".into()]);
        assert_eq!(chains[0], "sha256:a");
        assert_eq!(
            chains[1],
            "sha256:970a948bffa8de94d6e22d747ba8c95030e6e546909f98f54e99a13005e173a8"
        );
    }

    #[test]
    fn an_image_without_a_tag_goes_by_its_short_id() {
        let images = list(&json!([
            {"Id": "sha256:73dc7e2725f4b9450ccd", "RepoTags": ["<none>:<none>"]},
            {"Id": "sha256:73dc7e2725f4b9450ccd", "RepoTags": null},
            {"Id": "sha256:1ec48314eb41f086d39b", "RepoTags": ["bb:latest", "bb:1"], "Size": 5},
            {"RepoTags": ["no-id"]}, null,
        ]));
        assert_eq!(images.len(), 2);
        assert_eq!(images[0].name(), "73dc7e2725f4");
        assert!(images[0].answers_to("73dc7e"));
        assert!(images[1].answers_to("bb") && images[1].answers_to("bb:1"));
        assert!(images[1].answers_to("sha256:1ec48314eb41"));
        assert!(!images[1].answers_to("bb:2") && !images[1].answers_to("1ec"));
    }
}
