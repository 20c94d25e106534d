//! What is ours on a host: the names, labels and ids by which an object of a sandbox
//! is known, and by which nobody else's is taken for one.
//!
//! An object is ours only if three things agree ([`owned`]): the label of this
//! Waterline's [`Instance`], the label of a sandbox, and the real name, which is made
//! of that sandbox and of the typed name in a third label. Labels alone prove nothing:
//! whatever an outsider starts from an image of ours inherits them.

use jiff::{Timestamp, Unit};
use serde_json::Value;
use std::fmt;

/// The label with the [`Instance`] that made an object.
pub const INSTANCE: &str = "wl.instance";
/// The label with the [`SandboxId`].
pub const SANDBOX: &str = "wl.sandbox";
/// The label with the typed name.
pub const NAME: &str = "wl.name";
/// The label with the image as it was typed; on containers only.
pub const IMAGE: &str = "wl.image";
/// The label with the moment (RFC 3339) after which an object is removed in any case.
pub const UNTIL: &str = "wl.until";
/// The label, with value `1`, of an image that demos may run.
pub const DEMO_IMAGE: &str = "wl.demo-image";
/// What the typed name of an image begins with that was committed without one, or lost
/// its name to a later one.
const UNTAGGED: &str = "untagged-";

/// Which sandbox: 8 characters of `a-z0-9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SandboxId([u8; 8]);

/// Which Waterline: 12 characters of `a-z0-9`. It outlives the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instance([u8; 12]);

/// `N` characters of `a-z0-9`, if that is what `text` is.
fn letters<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    let fits = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bytes.iter().all(fits).then_some(bytes)
}

/// `N` random characters of `a-z0-9`, all equally likely.
fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut made = [0; N];
    let mut at = 0;
    while at < N {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        // 252 is a multiple of 36: what is above would favour the first letters.
        for byte in bytes.into_iter().filter(|byte| *byte < 252) {
            if at < N {
                made[at] = LETTERS[usize::from(byte) % LETTERS.len()];
                at += 1;
            }
        }
    }
    Ok(made)
}

/// The text of bytes that are known to be ASCII.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

impl SandboxId {
    /// Reads one; `None` for anything else.
    pub fn parse(text: &str) -> Option<SandboxId> {
        letters(text).map(SandboxId)
    }

    /// A new one that nobody can guess.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn random() -> Result<SandboxId, getrandom::Error> {
        random().map(SandboxId)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }

    /// The name on the host of what was typed as `typed`: `wl-<id>-<typed>`.
    pub fn real(&self, typed: &str) -> String {
        format!("wl-{}-{typed}", self.as_str())
    }

    /// What was typed, of a name on the host; `None` when it is not this sandbox's. The
    /// leading `/` of container names is passed over.
    pub fn typed<'a>(&self, real: &'a str) -> Option<&'a str> {
        let (sandbox, typed) = split(real)?;
        (sandbox == *self).then_some(typed)
    }
}

/// The sandbox and typed name in a name on the host.
fn split(real: &str) -> Option<(SandboxId, &str)> {
    let name = real.strip_prefix('/').unwrap_or(real);
    let (id, typed) = name.strip_prefix("wl-")?.split_at_checked(8)?;
    let typed = typed.strip_prefix('-').filter(|typed| !typed.is_empty())?;
    Some((SandboxId::parse(id)?, typed))
}

impl Instance {
    /// Reads one; `None` for anything else.
    pub fn parse(text: &str) -> Option<Instance> {
        letters(text).map(Instance)
    }

    /// A new one.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn random() -> Result<Instance, getrandom::Error> {
        random().map(Instance)
    }

    /// The instance as text.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }
}

impl fmt::Display for SandboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A typed name of a container, volume or network, as docker takes one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// Accepts letters, digits and `_ . -`, beginning with a letter or digit, at most
    /// 128 characters; docker takes no others, and shorter than two only for networks
    /// and volumes.
    pub fn parse(text: &str) -> Option<Name> {
        let fits = (1..=128).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
        fits.then(|| Name(text.to_owned()))
    }

    /// The name as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A typed name of an image: `snapshot`, `shop/web:1.4`. Never one of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageName {
    repository: String,
    tag: String,
}

impl ImageName {
    /// Accepts a repository in lower case, without a registry's host or a digest, and
    /// optionally a tag; without one it is `latest`.
    pub fn parse(text: &str) -> Option<ImageName> {
        let (repository, tag) = text.split_once(':').unwrap_or((text, "latest"));
        let first = repository.split('/').next().unwrap_or_default();
        // In front of a slash it would be a registry's host.
        let is_host = repository.contains('/') && (first.contains('.') || first == "localhost");
        let fits = repository.len() <= 128
            && !is_host
            && repository.split('/').all(is_component)
            && is_tag(tag);
        fits.then(|| ImageName {
            repository: repository.to_owned(),
            tag: tag.to_owned(),
        })
    }

    /// A name for an image that has none: `untagged-` and 12 random characters.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn untagged() -> Result<ImageName, getrandom::Error> {
        let random = random::<12>()?;
        Ok(ImageName {
            repository: format!("{UNTAGGED}{}", text(&random)),
            tag: "latest".into(),
        })
    }

    /// Whether it stands for no name: to be shown as `<none>`.
    pub fn is_untagged(&self) -> bool {
        is_untagged(&self.repository)
    }

    /// The part before the tag.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag.
    pub fn tag(&self) -> &str {
        &self.tag
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.repository, self.tag)
    }
}

/// Whether a typed repository stands for an image without a name.
pub fn is_untagged(repository: &str) -> bool {
    repository
        .strip_prefix(UNTAGGED)
        .is_some_and(|random| letters::<12>(random).is_some())
}

/// One part of a repository: `[a-z0-9]+` with `.`, `_`, `__` or dashes between.
fn is_component(part: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = part.as_bytes();
    let ends =
        bytes.first().is_some_and(|b| is_plain(*b)) && bytes.last().is_some_and(|b| is_plain(*b));
    let fits = bytes.iter().all(|b| is_plain(*b) || b"._-".contains(b));
    let between = part.split(|c: char| c.is_ascii_alphanumeric());
    let joined =
        |joint: &str| matches!(joint, "" | "." | "_" | "__") || joint.bytes().all(|b| b == b'-');
    ends && fits && between.into_iter().all(joined)
}

/// `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`.
fn is_tag(tag: &str) -> bool {
    (1..=128).contains(&tag.len())
        && !tag.starts_with(['.', '-'])
        && tag
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

/// An object of ours: whose, and under which typed name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The Waterline that made it.
    pub instance: Instance,
    /// The sandbox.
    pub sandbox: SandboxId,
    /// The typed name; of an image the repository.
    pub name: String,
    /// When it is removed in any case, where its label says so.
    pub until: Option<Timestamp>,
}

/// Whose a container, volume or network says to be, by its `Labels` and its real name;
/// `None` when anything about it does not agree.
pub fn claimed(labels: &Value, real_name: &str) -> Option<Owned> {
    let claim = claim(labels)?;
    let (sandbox, typed) = split(real_name)?;
    (sandbox == claim.sandbox && typed == claim.name).then_some(claim)
}

/// The same; `None` when it is not `instance`'s.
pub fn owned(labels: &Value, real_name: &str, instance: &Instance) -> Option<Owned> {
    claimed(labels, real_name).filter(|claim| claim.instance == *instance)
}

/// Whose an image says to be, by its `Labels` and one of its `RepoTags`. An image that lost
/// its name to a later one keeps its label and has an `untagged-` name.
pub fn claimed_image(labels: &Value, tag: &str) -> Option<Owned> {
    let claim = claim(labels)?;
    let (sandbox, typed) = split(tag)?;
    let repository = match typed.rsplit_once(':') {
        Some((repository, _)) => repository,
        None => typed,
    };
    let agrees = repository == claim.name || is_untagged(repository);
    (sandbox == claim.sandbox && agrees).then(|| Owned {
        name: repository.to_owned(),
        ..claim
    })
}

/// The same; `None` when it is not `instance`'s.
pub fn owned_image(labels: &Value, tag: &str, instance: &Instance) -> Option<Owned> {
    claimed_image(labels, tag).filter(|claim| claim.instance == *instance)
}

/// Whether these are the labels of an image that demos may run, and not those that an
/// image made in a sandbox inherited from it.
pub fn is_demo_image(labels: &Value) -> bool {
    let label = |name: &str| labels.get(name).and_then(Value::as_str);
    label(DEMO_IMAGE) == Some("1") && label(SANDBOX).is_none()
}

/// The labels of a container or an image: `Labels` of a line of a list, `Config.Labels` of an
/// inspect.
pub fn labels_of(json: &Value) -> &Value {
    match &json["Labels"] {
        Value::Null => &json["Config"]["Labels"],
        labels => labels,
    }
}

/// What the labels say.
fn claim(labels: &Value) -> Option<Owned> {
    let label = |name: &str| labels.get(name).and_then(Value::as_str);
    Some(Owned {
        instance: Instance::parse(label(INSTANCE)?)?,
        sandbox: SandboxId::parse(label(SANDBOX)?)?,
        name: label(NAME)?.to_owned(),
        until: label(UNTIL).and_then(|until| until.parse().ok()),
    })
}

/// The labels of an object that `instance` makes: the same that [`owned`] reads.
pub fn labels(
    instance: &Instance,
    sandbox: &SandboxId,
    typed_name: &str,
    until: Timestamp,
) -> Vec<(String, String)> {
    let until = until.round(Unit::Second).unwrap_or(until);
    [
        (INSTANCE, instance.to_string()),
        (SANDBOX, sandbox.to_string()),
        (NAME, typed_name.to_owned()),
        (UNTIL, until.to_string()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

#[cfg(test)]
#[path = "owned_tests.rs"]
mod tests;
