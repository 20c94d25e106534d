//! Names for what nobody named: a container gets an adjective and a noun, as docker gives
//! one, and an anonymous volume 64 hex digits.

use std::fmt::Write;

const ADJECTIVES: &[&str] = &[
    "able", "amber", "apt", "brave", "brisk", "calm", "clear", "clever", "cosy", "deft", "eager",
    "early", "fair", "fond", "frank", "free", "fresh", "gentle", "glad", "grand", "happy", "hardy",
    "hearty", "honest", "jolly", "keen", "kind", "lively", "loyal", "lucid", "merry", "mild",
    "modest", "neat", "noble", "patient", "plain", "proud", "quick", "quiet", "ready", "serene",
    "silent", "sober", "solid", "steady", "sunny", "swift", "tidy", "true", "vivid", "warm",
    "wise", "witty", "young", "zesty",
];

const NOUNS: &[&str] = &[
    "albatross",
    "anchor",
    "auk",
    "barge",
    "bay",
    "beacon",
    "breeze",
    "buoy",
    "canoe",
    "cape",
    "coral",
    "cormorant",
    "crane",
    "current",
    "delta",
    "dinghy",
    "dolphin",
    "dune",
    "eider",
    "estuary",
    "ferry",
    "fjord",
    "galley",
    "gull",
    "harbour",
    "heron",
    "island",
    "kayak",
    "keel",
    "lagoon",
    "lantern",
    "lock",
    "marina",
    "mast",
    "narwhal",
    "oar",
    "osprey",
    "otter",
    "pelican",
    "pier",
    "plover",
    "quay",
    "raft",
    "reef",
    "rudder",
    "sail",
    "seal",
    "shoal",
    "sloop",
    "strait",
    "tern",
    "tide",
    "walrus",
    "wharf",
];

/// The system gives no random numbers.
pub(super) type NoRandomness = getrandom::Error;

/// A name for a container that is not among those `taken`.
pub(super) fn container(taken: impl Fn(&str) -> bool) -> Result<String, NoRandomness> {
    let [a, b] = random::<2>()?;
    let (a, b) = (usize::from(a), usize::from(b));
    // One list after the other, from a random place on: none is tried twice.
    for step in 0..ADJECTIVES.len() * NOUNS.len() {
        let adjective = ADJECTIVES[(a + step / NOUNS.len()) % ADJECTIVES.len()];
        let noun = NOUNS[(b + step) % NOUNS.len()];
        let name = format!("{adjective}_{noun}");
        if !taken(&name) {
            return Ok(name);
        }
    }
    volume()
}

/// A name for an anonymous volume.
pub(super) fn volume() -> Result<String, NoRandomness> {
    Ok(hex(&random::<32>()?))
}

/// `bytes` as hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _written = write!(text, "{byte:02x}");
        text
    })
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_name_that_is_taken_is_not_given_again() {
        let mut taken = HashSet::new();
        for _ in 0..500 {
            let name = container(|name| taken.contains(name)).expect("random numbers");
            assert!(name.contains('_') && name.is_ascii(), "{name}");
            assert!(taken.insert(name.clone()), "{name} is taken");
        }
        let name = container(|name| name.contains('_')).expect("random numbers");
        assert_eq!(name.len(), 64);
    }
}
