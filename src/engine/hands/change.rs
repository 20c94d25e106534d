//! The closed list of changes that can be made to a host at all.
//!
//! Nothing here has a field for a privilege, a host path, a device or a namespace of
//! the host. What is not in these structs cannot be asked of an engine.

use super::ids::{ExecId, FullId, ImageRef};
use crate::engine::owned::{ImageName, Name, SandboxId};
use jiff::Timestamp;
use serde_json::Value;

/// One change to a host.
#[derive(Clone, Debug)]
pub enum Change {
    /// `docker network create`
    CreateNetwork(NewNetwork),
    /// `docker volume create`
    CreateVolume(NewVolume),
    /// `docker create`
    CreateContainer(Box<NewContainer>),
    /// `docker start`
    Start(FullId),
    /// `docker stop`: SIGTERM, and SIGKILL after so many seconds (10 unless given).
    Stop {
        /// The container.
        id: FullId,
        /// The seconds between.
        seconds: Option<u32>,
    },
    /// `docker restart`
    Restart {
        /// The container.
        id: FullId,
        /// As for [`Change::Stop`].
        seconds: Option<u32>,
    },
    /// `docker pause`
    Pause(FullId),
    /// `docker unpause`
    Unpause(FullId),
    /// `docker kill`
    Kill {
        /// The container.
        id: FullId,
        /// The signal that its PID 1 gets.
        signal: Signal,
    },
    /// `docker rm`. One that somebody else is removing counts as removed.
    RemoveContainer {
        /// The container.
        id: FullId,
        /// Although it runs.
        force: bool,
        /// With its anonymous volumes.
        volumes: bool,
    },
    /// `docker commit`
    Commit(NewImage),
    /// `docker image rm`
    RemoveImage {
        /// Which, or which of its tags.
        image: ImageRef,
        /// Although a stopped container uses it.
        force: bool,
    },
    /// `docker network rm`
    RemoveNetwork(FullId),
    /// `docker volume rm`
    RemoveVolume(FullId),
    /// `docker network connect`
    Connect {
        /// The network.
        network: FullId,
        /// The container.
        container: FullId,
        /// The names by which others on the network find it.
        aliases: Vec<Name>,
    },
    /// `docker network disconnect`
    Disconnect {
        /// The network.
        network: FullId,
        /// The container.
        container: FullId,
    },
    /// The size of a terminal, clamped to 1 to 500 rows and columns.
    Resize {
        /// Whose terminal.
        screen: Screen,
        /// Lines.
        rows: u16,
        /// Characters a line.
        columns: u16,
    },
}

/// Whose terminal.
#[derive(Clone, Debug)]
pub enum Screen {
    /// That of a container's PID 1.
    Container(FullId),
    /// That of an exec.
    Exec(ExecId),
}

/// A network of a sandbox: a bridge without an address of the host's and without a way
/// out. Its subnet is chosen by [`Hands`](super::Hands).
#[derive(Clone, Debug)]
pub struct NewNetwork {
    /// Whose.
    pub sandbox: SandboxId,
    /// The typed name.
    pub name: Name,
    /// When it is removed in any case.
    pub until: Timestamp,
    /// Labels that were typed.
    pub labels: Vec<(String, String)>,
}

/// A volume of a sandbox, of the local driver without options.
#[derive(Clone, Debug)]
pub struct NewVolume {
    /// Whose.
    pub sandbox: SandboxId,
    /// The typed name; of an anonymous one 64 hex digits of our own.
    pub name: Name,
    /// When it is removed in any case.
    pub until: Timestamp,
    /// Labels that were typed.
    pub labels: Vec<(String, String)>,
}

/// A container of a sandbox.
#[derive(Clone, Debug)]
pub struct NewContainer {
    /// Whose.
    pub sandbox: SandboxId,
    /// The typed name.
    pub name: Name,
    /// When it is removed in any case.
    pub until: Timestamp,
    /// The image, by its id.
    pub image: FullId,
    /// The image as it was typed.
    pub typed_image: String,
    /// The command and its arguments; empty for the image's own.
    pub command: Vec<String>,
    /// `NAME=value`
    pub env: Vec<String>,
    /// The folder in the container in which the command starts.
    pub workdir: Option<String>,
    /// The host name; docker's own default, the short id, without one.
    pub hostname: Option<String>,
    /// The sandbox's network that it joins; `None` is docker's `none`.
    pub network: Option<FullId>,
    /// The names by which others on that network find it.
    pub aliases: Vec<Name>,
    /// Volumes and memory.
    pub mounts: Vec<NewMount>,
    /// `--init`
    pub init: bool,
    /// `-t`
    pub tty: bool,
    /// `-i`
    pub stdin: bool,
    /// `--rm`
    pub remove: bool,
    /// `--read-only`
    pub read_only: bool,
    /// Labels that were typed.
    pub labels: Vec<(String, String)>,
    /// What it may use.
    pub caps: Caps,
}

impl NewContainer {
    /// The volumes that it mounts.
    pub(super) fn volumes(&self) -> impl Iterator<Item = &FullId> {
        self.mounts.iter().filter_map(|mount| match mount {
            NewMount::Volume { volume, .. } => Some(volume),
            NewMount::Tmpfs { .. } => None,
        })
    }
}

/// What one container may use. Values below the least that makes sense are raised to
/// it, so that none means "without limit".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Memory in bytes, without swap.
    pub memory: u64,
    /// Processor time, in billionths of a processor.
    pub nano_cpus: u64,
    /// Processes and threads.
    pub pids: u64,
    /// The largest file in bytes.
    pub file_size: u64,
    /// Open files a process.
    pub open_files: u64,
    /// `/dev/shm` in bytes.
    pub shm: u64,
    /// The log in bytes.
    pub log: u64,
    /// Files and folders of one tmpfs.
    pub tmpfs_inodes: u64,
    /// What root in it may do.
    pub capabilities: Capabilities,
}

/// Which of the four capabilities that a container of a sandbox can have it gets. There
/// is no way to name another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for one of the kernel's capabilities"
)]
pub struct Capabilities {
    /// Give files to another user.
    pub chown: bool,
    /// Read and write what a file's mode forbids.
    pub dac_override: bool,
    /// Change the mode of another user's file.
    pub fowner: bool,
    /// Raw sockets: ping and traceroute, on the sandbox's own networks.
    pub net_raw: bool,
}

impl Capabilities {
    /// None of them.
    pub const NONE: Capabilities = Capabilities {
        chown: false,
        dac_override: false,
        fowner: false,
        net_raw: false,
    };

    /// The capability of this name, as docker writes it; `None` for every other one.
    pub fn with(mut self, name: &str) -> Option<Capabilities> {
        let slot = match name {
            "CHOWN" => &mut self.chown,
            "DAC_OVERRIDE" => &mut self.dac_override,
            "FOWNER" => &mut self.fowner,
            "NET_RAW" => &mut self.net_raw,
            _ => return None,
        };
        *slot = true;
        Some(self)
    }

    /// Their names, as docker writes them.
    pub fn names(self) -> Vec<&'static str> {
        [
            (self.chown, "CHOWN"),
            (self.dac_override, "DAC_OVERRIDE"),
            (self.fowner, "FOWNER"),
            (self.net_raw, "NET_RAW"),
        ]
        .into_iter()
        .filter_map(|(has, name)| has.then_some(name))
        .collect()
    }
}

impl Default for Capabilities {
    fn default() -> Capabilities {
        Capabilities {
            chown: true,
            dac_override: true,
            fowner: true,
            net_raw: true,
        }
    }
}

impl Default for Caps {
    fn default() -> Caps {
        Caps {
            memory: 64 << 20,
            nano_cpus: 500_000_000,
            pids: 64,
            file_size: 16 << 20,
            open_files: 256,
            shm: 1 << 20,
            log: 1 << 20,
            tmpfs_inodes: 64,
            capabilities: Capabilities::default(),
        }
    }
}

/// Something mounted into a container. There is no bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewMount {
    /// A volume of the same sandbox.
    Volume {
        /// The volume: its real name.
        volume: FullId,
        /// Where in the container.
        target: Target,
        /// `:ro`
        read_only: bool,
        /// Without copying what the image has there.
        no_copy: bool,
    },
    /// Memory.
    Tmpfs {
        /// Where in the container.
        target: Target,
        /// Its size.
        bytes: u64,
        /// `ro`
        read_only: bool,
    },
}

/// Where in a container something may be mounted: an absolute path, in its shortest
/// form, outside the folders of the system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target(String);

impl Target {
    /// The folders at or below which nothing is mounted, and above which nothing is.
    pub const CLOSED: &[&str] = &[
        "proc", "sys", "dev", "etc", "bin", "sbin", "lib", "lib64", "usr", "run", "boot",
    ];

    /// Reads one; `None` for a relative path, one with `..`, control characters, `:`
    /// or `,`, the root, and what lies in a [closed](Target::CLOSED) folder.
    pub fn parse(text: &str) -> Option<Target> {
        let unusable = |c: char| c.is_control() || matches!(c, ':' | ',' | '\\' | '"');
        if text.len() > 255 || !text.starts_with('/') || text.contains(unusable) {
            return None;
        }
        let parts: Vec<&str> = text
            .split('/')
            .filter(|part| !matches!(*part, "" | "."))
            .collect();
        let first = parts.first()?;
        let fits = !parts.contains(&"..") && !Target::CLOSED.contains(first);
        fits.then(|| Target(format!("/{}", parts.join("/"))))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An image made from a container of a sandbox.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// Whose.
    pub sandbox: SandboxId,
    /// The container.
    pub container: FullId,
    /// The typed name; `None` for an image that has none.
    pub name: Option<ImageName>,
    /// When it is removed in any case.
    pub until: Timestamp,
    /// `--message`
    pub message: Option<String>,
    /// `--author`
    pub author: Option<String>,
    /// Without pausing the container meanwhile (`--pause=false`).
    pub no_pause: bool,
}

/// A signal, by its name without `SIG`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(&'static str);

impl Signal {
    /// What `docker kill` sends.
    pub const KILL: Signal = Signal("KILL");

    /// The signals of Linux, by number.
    const ALL: [(u8, &str); 31] = [
        (1, "HUP"),
        (2, "INT"),
        (3, "QUIT"),
        (4, "ILL"),
        (5, "TRAP"),
        (6, "ABRT"),
        (7, "BUS"),
        (8, "FPE"),
        (9, "KILL"),
        (10, "USR1"),
        (11, "SEGV"),
        (12, "USR2"),
        (13, "PIPE"),
        (14, "ALRM"),
        (15, "TERM"),
        (16, "STKFLT"),
        (17, "CHLD"),
        (18, "CONT"),
        (19, "STOP"),
        (20, "TSTP"),
        (21, "TTIN"),
        (22, "TTOU"),
        (23, "URG"),
        (24, "XCPU"),
        (25, "XFSZ"),
        (26, "VTALRM"),
        (27, "PROF"),
        (28, "WINCH"),
        (29, "IO"),
        (30, "PWR"),
        (31, "SYS"),
    ];

    /// Reads `TERM`, `SIGTERM`, `sigterm` or `15`.
    pub fn parse(text: &str) -> Option<Signal> {
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        let number: Option<u8> = text.parse().ok();
        Signal::ALL
            .iter()
            .find(|(own, word)| *word == name || Some(*own) == number)
            .map(|(_, word)| Signal(word))
    }

    /// Its name without `SIG`.
    pub fn name(&self) -> &'static str {
        self.0
    }
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The id of what was made.
    pub id: Option<FullId>,
    /// The HTTP status; 304 says that nothing had to be done.
    pub status: u16,
    /// The engine's warnings; real names may stand in them.
    pub warnings: Vec<String>,
    /// The whole answer; `null` where there is none.
    pub body: Value,
}
