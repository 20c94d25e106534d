//! Full ids: the only thing by which an object on a host is acted on.

use crate::engine::owned::{ImageName, SandboxId};
use std::fmt;

/// The full id of an object: 64 hex digits, for an image with `sha256:` before them,
/// for a volume its real name, since volumes have no other id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FullId(String);

impl FullId {
    /// Reads one; `None` for anything else, such as a short id.
    pub fn parse(text: &str) -> Option<FullId> {
        let hex = text.strip_prefix("sha256:").unwrap_or(text);
        (is_hex64(hex) || is_volume(text)).then(|| FullId(text.to_owned()))
    }

    /// The id as it stands in a URL path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first 12 hex digits, as docker's tables show it; a volume's name whole.
    pub fn short(&self) -> &str {
        let hex = self.0.strip_prefix("sha256:").unwrap_or(&self.0);
        match is_hex64(hex) {
            true => &hex[..12],
            false => &self.0,
        }
    }
}

impl fmt::Display for FullId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_hex64(text: &str) -> bool {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == 64 && text.bytes().all(is_hex)
}

/// Whether it is the real name of a sandbox's volume.
fn is_volume(text: &str) -> bool {
    let Some((id, typed)) = text
        .strip_prefix("wl-")
        .and_then(|rest| rest.split_at_checked(8))
    else {
        return false;
    };
    let typed = typed.strip_prefix('-').unwrap_or_default();
    SandboxId::parse(id).is_some() && crate::engine::owned::Name::parse(typed).is_some()
}

/// The id of an exec: 64 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExecId(String);

impl ExecId {
    /// Reads one; `None` for anything else.
    pub fn parse(text: &str) -> Option<ExecId> {
        is_hex64(text).then(|| ExecId(text.to_owned()))
    }

    /// The id as it stands in a URL path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An image of ours, for its removal: whole, or one of its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageRef {
    /// The image, by its id.
    Id(FullId),
    /// The tag that a sandbox gave it. The image goes with its last tag.
    Tag(SandboxId, ImageName),
}
