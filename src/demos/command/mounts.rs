//! `-v`, `--mount` and `--tmpfs`: volumes and memory, and never a folder of the host.

use super::values::{name, no, size};
use super::words::MountArg;
use crate::demos::refusal::{Refusal, Rule};
use crate::engine::hands::Target;
use crate::engine::owned::Name;

/// What is wrong with a value.
pub(super) enum Fault {
    /// A sandbox does not take it.
    Refused(Refusal),
    /// Docker would not either; what it says after the flag's name.
    Invalid(String),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::Refused(refusal)
    }
}

fn bind(source: &str) -> Fault {
    Fault::Refused(no(
        Rule::Bind,
        format!(
            "{source}: a sandbox mounts no folder or file of the host. Whoever can mount one can change the host. Use a volume instead: -v NAME:/PATH."
        ),
    ))
}

fn mount(why: impl Into<String>) -> Fault {
    Fault::Refused(no(Rule::Mount, why))
}

fn target(text: &str) -> Result<Target, Fault> {
    Target::parse(text).ok_or_else(|| {
        mount(format!(
            "{text:?}: in a sandbox a volume or tmpfs is mounted at an absolute path, not at / and not in one of /{}.",
            Target::CLOSED.join(" /")
        ))
    })
}

/// The source of a volume: a name, or the refusal of a folder of the host.
fn source(text: &str) -> Result<Name, Fault> {
    let is_path = text.starts_with(['.', '~']) || text.contains(['/', '\\', ':']);
    match is_path {
        true => Err(bind(text)),
        false => Ok(name("volume", text)?),
    }
}

/// `-v [NAME:]/PATH[:MODE]`
pub(super) fn volume(text: &str) -> Result<MountArg, Fault> {
    let parts: Vec<&str> = text.split(':').collect();
    if let Some(drive) = parts.first().filter(|_| is_drive(text)) {
        return Err(bind(drive));
    }
    let (source_text, path, mode) = match *parts.as_slice() {
        [path] => (None, path, ""),
        [source, path] => (Some(source), path, ""),
        [source, path, mode] => (Some(source), path, mode),
        _ => {
            return Err(Fault::Invalid(format!(
                "invalid volume specification: '{text}'"
            )));
        }
    };
    let name = match source_text {
        Some("") => {
            return Err(Fault::Invalid(format!(
                "invalid spec: {text}: empty section between colons"
            )));
        }
        Some(source_text) => Some(source(source_text)?),
        None => None,
    };
    let (mut read_only, mut no_copy) = (false, false);
    for word in mode.split(',').filter(|word| !word.is_empty()) {
        match word {
            "ro" | "readonly" => read_only = true,
            "rw" => {}
            "nocopy" => no_copy = true,
            "z" | "Z" => {
                return Err(mount(
                    "z and Z relabel folders of the host; a sandbox mounts none.",
                ));
            }
            "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" => {
                return Err(mount(format!(
                    "{word}: mounts of a sandbox are private; propagation is for folders of the host."
                )));
            }
            _ => {
                return Err(mount(format!(
                    "{word}: a volume's mode is ro, rw or nocopy."
                )));
            }
        }
    }
    Ok(MountArg::Volume {
        name,
        target: target(path)?,
        read_only,
        no_copy,
    })
}

/// `C:\folder`, `c:/folder`
fn is_drive(text: &str) -> bool {
    let mut letters = text.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    drive
        && letters.next() == Some(':')
        && matches!(letters.next(), Some('\\' | '/'))
        && text[2..].contains(['\\', ':'])
}

/// `--tmpfs /PATH[:OPTIONS]`
pub(super) fn tmpfs(text: &str) -> Result<MountArg, Fault> {
    let (path, options) = text.split_once(':').unwrap_or((text, ""));
    let (mut bytes, mut read_only) = (None, false);
    for option in options.split(',').filter(|option| !option.is_empty()) {
        match option.split_once('=') {
            Some(("size", text)) => bytes = Some(tmpfs_size(text)?),
            None if option == "ro" => read_only = true,
            // What holds anyway.
            None if matches!(option, "rw" | "noexec" | "nosuid" | "nodev") => {}
            _ => {
                return Err(mount(format!(
                    "{option}: a tmpfs in a sandbox takes size=, ro, rw; nothing in it can be executed, and no device is in it."
                )));
            }
        }
    }
    Ok(MountArg::Tmpfs {
        target: target(path)?,
        bytes,
        read_only,
    })
}

fn tmpfs_size(text: &str) -> Result<u64, Fault> {
    let lower = text.to_ascii_lowercase();
    let plain = lower.ends_with(|c: char| c.is_ascii_digit() || "kmgb".contains(c));
    let bytes = size(text)
        .ok()
        .filter(|_| plain && !text.contains([' ', '.']));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| {
        Fault::Refused(no(
            Rule::Resource,
            format!("size={text}: a tmpfs has a size in bytes, k or m; without one, or with 0, it would be as large as the memory allows."),
        ))
    })
}

/// `--mount type=volume,…`
#[derive(Default)]
struct Spec<'a> {
    kind: Option<String>,
    source: Option<&'a str>,
    target: Option<&'a str>,
    read_only: bool,
    no_copy: bool,
    bytes: Option<u64>,
}

/// `--mount KEY=VALUE,…`
pub(super) fn mount_flag(text: &str) -> Result<MountArg, Fault> {
    if text.contains('"') {
        return Err(mount(
            "write --mount without double quotes in it: its values are names and paths.",
        ));
    }
    let mut spec = Spec::default();
    for field in text.split(',') {
        spec.read(field)?;
    }
    spec.mount()
}

impl<'a> Spec<'a> {
    fn read(&mut self, field: &'a str) -> Result<(), Fault> {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (field, None),
        };
        let key = key.to_ascii_lowercase();
        match (key.as_str(), value) {
            ("readonly" | "ro", value) => self.read_only = flag(&key, value)?,
            ("volume-nocopy", value) => self.no_copy = flag(&key, value)?,
            ("bind-nonrecursive", None) => return Err(bind(field)),
            (_, None) => {
                return Err(Fault::Invalid(format!(
                    "invalid field '{field}' must be a key=value pair"
                )));
            }
            ("type", Some(value)) => self.kind = Some(value.to_ascii_lowercase()),
            ("source" | "src", Some(value)) => self.source = Some(value),
            ("target" | "dst" | "destination", Some(value)) => self.target = Some(value),
            ("tmpfs-size", Some(value)) => self.bytes = Some(tmpfs_size(value)?),
            ("tmpfs-mode", _) => return Err(mount("a tmpfs in a sandbox has the usual mode.")),
            ("bind-propagation" | "bind-nonrecursive" | "bind-recursive", _) => {
                return Err(bind(field));
            }
            (
                "volume-driver" | "volume-opt" | "volume-label" | "volume-subpath" | "consistency"
                | "image-subpath",
                _,
            ) => {
                return Err(mount(format!(
                    "{key}: volumes of a sandbox are local ones, without options, and mounted whole."
                )));
            }
            _ => {
                return Err(Fault::Invalid(format!(
                    "unexpected key '{key}' in '{field}'"
                )));
            }
        }
        Ok(())
    }

    fn mount(self) -> Result<MountArg, Fault> {
        match self.kind.as_deref() {
            Some("bind") => return Err(bind(self.source.unwrap_or("type=bind"))),
            Some(kind @ ("npipe" | "cluster" | "image")) => {
                return Err(mount(format!(
                    "type={kind}: a sandbox mounts volumes and tmpfs."
                )));
            }
            None | Some("volume" | "tmpfs") => {}
            Some(kind) => {
                return Err(mount(format!(
                    "type={kind}: a sandbox mounts volumes and tmpfs."
                )));
            }
        }
        let path = self.target.filter(|path| !path.is_empty());
        let path = path.ok_or_else(|| Fault::Invalid("target is required".into()))?;
        let target = target(path)?;
        if self.kind.as_deref() == Some("tmpfs") {
            return match self.source {
                Some(_) => Err(mount("a tmpfs has no source: it is memory.")),
                None if self.no_copy => Err(mount("volume-nocopy is for volumes.")),
                None => Ok(MountArg::Tmpfs {
                    target,
                    bytes: self.bytes,
                    read_only: self.read_only,
                }),
            };
        }
        if self.bytes.is_some() {
            return Err(mount("tmpfs-size is for a tmpfs."));
        }
        let name = match self.source.filter(|source| !source.is_empty()) {
            Some(text) => Some(source(text)?),
            None => None,
        };
        Ok(MountArg::Volume {
            name,
            target,
            read_only: self.read_only,
            no_copy: self.no_copy,
        })
    }
}

fn flag(key: &str, value: Option<&str>) -> Result<bool, Fault> {
    match value {
        None | Some("true" | "1") => Ok(true),
        Some("false" | "0") => Ok(false),
        Some(value) => Err(Fault::Invalid(format!("invalid value for {key}: {value}"))),
    }
}
