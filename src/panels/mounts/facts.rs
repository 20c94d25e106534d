//! What the host says of mounts, as plain data: which container has what at which
//! path, and which volumes there are.

use crate::panels::words;
use serde::Serialize;

/// Where the files below a mounted path really are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// In memory, for this container alone.
    Tmpfs,
    /// In a volume that docker gave a name of 64 hexadecimal digits.
    Anonymous,
    /// In a volume that somebody named.
    Named,
    /// In a folder or file of the host.
    Bind,
    /// Something else, by the engine's own word: `npipe`, `cluster`, `image`.
    Other(String),
}

/// What makes an end of the files below a path, the soonest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ends {
    /// `docker stop`, or the end of the program.
    Stop,
    /// `docker rm`.
    Rm,
    /// `docker rm -v`.
    RmV,
    /// `docker volume rm`.
    VolumeRm,
    /// Nothing that Docker does.
    Never,
    /// We do not know this kind of mount.
    Unknown,
}

/// Something mounted over a path of a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hang {
    /// The path in the container: `Mounts[].Destination`, or a key of `HostConfig.Tmpfs`.
    pub path: String,
    /// `Mounts[].Type`, with volumes told apart by their names.
    pub kind: Kind,
    /// `Mounts[].Name`: the volume.
    pub volume: Option<String>,
    /// `Mounts[].Source`: the place on the host. Empty in lists for anonymous volumes.
    pub source: Option<String>,
    /// `Mounts[].RW`.
    pub writable: Option<bool>,
    /// `Mounts[].Propagation`, of binds.
    pub propagation: Option<String>,
    /// Of a tmpfs: its options (`size=16m`), or its size in bytes from `TmpfsOptions`.
    pub options: Option<String>,
    /// Whether only `HostConfig.Tmpfs` has it, as `--tmpfs` leaves it.
    pub flag: bool,
}

/// A container, and what hangs in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Container {
    /// The whole id.
    pub id: String,
    /// The name without its slash.
    pub name: String,
    /// `State` is running or paused.
    pub running: bool,
    /// Whether its own answer is there: without it a `--tmpfs` does not show.
    pub asked: bool,
    /// `HostConfig.AutoRemove`: `--rm`, which takes anonymous volumes along.
    pub removes: bool,
    /// `HostConfig.ReadonlyRootfs`.
    pub frozen: bool,
    /// `SizeRw` in bytes: how much its writable layer holds. 0 where docker leaves it out.
    pub written: Option<u64>,
    /// What hangs in it, by path.
    pub hangs: Vec<Hang>,
    /// What docker itself mounts into it: path, and the host's file where told.
    pub own: Vec<(String, String)>,
}

/// A volume of the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// Whether docker made the name up.
    pub anonymous: bool,
    /// `Driver`, `local` for most.
    pub driver: String,
    /// `Options.type`: a local volume that is itself a mount, such as `tmpfs` or `nfs`.
    pub of_type: Option<String>,
    /// `UsageData.Size` in bytes; docker says -1 where it has not looked.
    pub size: Option<u64>,
    /// `UsageData.RefCount`: containers that mount it; -1 where docker has not looked.
    pub users: Option<u64>,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// By name.
    pub containers: Vec<Container>,
    /// By name.
    pub volumes: Vec<Volume>,
    /// Whether `/volumes` was answered.
    pub volumes_told: bool,
}

impl Facts {
    /// The volume of this name.
    pub fn volume(&self, name: &str) -> Option<&Volume> {
        let at = self
            .volumes
            .binary_search_by(|volume| volume.name.as_str().cmp(name));
        Some(&self.volumes[at.ok()?])
    }

    /// Which containers mount the volume of this name, and where.
    pub fn users<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a Container, &'a Hang)> {
        self.containers.iter().flat_map(move |container| {
            let hangs = container.hangs.iter();
            hangs
                .filter(move |hang| hang.volume.as_deref() == Some(name))
                .map(move |hang| (container, hang))
        })
    }

    /// What makes an end of what is below this mount.
    pub fn ends(&self, container: &Container, hang: &Hang) -> Ends {
        let in_memory = hang.volume.as_deref().is_some_and(|name| {
            let volume = self.volume(name);
            volume.is_some_and(|volume| volume.of_type.as_deref() == Some("tmpfs"))
        });
        match hang.kind {
            Kind::Tmpfs => Ends::Stop,
            Kind::Anonymous | Kind::Named if in_memory => Ends::Stop,
            Kind::Anonymous if container.removes => Ends::Stop,
            Kind::Anonymous => Ends::RmV,
            Kind::Named => Ends::VolumeRm,
            Kind::Bind => Ends::Never,
            Kind::Other(_) => Ends::Unknown,
        }
    }
}

/// Whether docker made this name up: 64 hexadecimal digits.
pub fn made_up(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A file name with its long id cut, as docker cuts them: `d23c602fd87e…-json.log`.
pub fn cut(part: &str) -> String {
    let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
    if digits < 64 {
        return words::short(part, 60);
    }
    format!("{}…{}", &part[..12], words::short(&part[64..], 30))
}
