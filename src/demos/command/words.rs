//! The values of flags and arguments, as types that cannot hold what a sandbox refuses.

use crate::engine::hands::Target;
use crate::engine::owned::Name;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// A typed reference to a container, volume or network: a name, an id, or the beginning
/// of an id. Letters, digits and `_ . -` only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Typed(String);

impl Typed {
    /// Reads one; `None` for anything that no name and no id can be.
    pub fn parse(text: &str) -> Option<Typed> {
        let name = Name::parse(text)?;
        Some(Typed(name.as_str().to_owned()))
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A typed reference to an image (or, for `inspect`, to anything): what [`Typed`] takes,
/// and `/ :` between its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TypedImage(String);

impl TypedImage {
    /// Reads one; `None` for anything that no image is called: no part is empty, and
    /// each begins with a letter or digit.
    pub fn parse(text: &str) -> Option<TypedImage> {
        let fits = text.len() <= 255
            && text
                .split(['/', ':'])
                .all(|part| Name::parse(part).is_some());
        fits.then(|| TypedImage(text.to_owned()))
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TypedImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One `--filter`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Before the `=`.
    pub key: String,
    /// After it.
    pub value: String,
}

/// What `-v`, `--mount` or `--tmpfs` ask for. There is no bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountArg {
    /// A volume.
    Volume {
        /// Its name; `None` for an anonymous one.
        name: Option<Name>,
        /// Where in the container.
        target: Target,
        /// `:ro`, `readonly`
        read_only: bool,
        /// `:nocopy`, `volume-nocopy`
        no_copy: bool,
    },
    /// Memory.
    Tmpfs {
        /// Where in the container.
        target: Target,
        /// `size=`, `tmpfs-size=`, in bytes; the sandbox's own without it.
        bytes: Option<u64>,
        /// `ro`, `readonly`
        read_only: bool,
    },
}

/// The value of `--since` and `--until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// So long before now, as `10m`.
    Ago(SignedDuration),
    /// That moment.
    At(Timestamp),
}

impl MountArg {
    /// Where in the container.
    pub fn target(&self) -> &Target {
        match self {
            MountArg::Volume { target, .. } | MountArg::Tmpfs { target, .. } => target,
        }
    }
}

impl When {
    /// The moment, if it is `now`.
    pub fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            When::At(then) => then,
            When::Ago(span) => now.saturating_sub(span).unwrap_or(now),
        }
    }
}
