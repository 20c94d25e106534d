//! The verbs: one struct for each, with a field for each flag that a sandbox takes.
//!
//! There is no field for what a sandbox refuses.

use super::words::{Filter, MountArg, Typed, TypedImage, When};
use crate::demos::janitor::Kind;
use crate::engine::hands::{PsArgs, Signal};
use crate::engine::owned::{ImageName, Name};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Prints this text: `docker run --help`.
    Help(String),
    /// `docker run`
    Run(Box<Run>),
    /// `docker create`: as `run`, without the start.
    Create(Box<Run>),
    /// `docker start`
    Start(Start),
    /// `docker stop`
    Stop(Stop),
    /// `docker restart`
    Restart(Stop),
    /// `docker pause`
    Pause(Vec<Typed>),
    /// `docker unpause`
    Unpause(Vec<Typed>),
    /// `docker kill`
    Kill(Kill),
    /// `docker wait`
    Wait(Vec<Typed>),
    /// `docker rm`
    Rm(Rm),
    /// `docker ps`
    Ps(Ps),
    /// `docker logs`
    Logs(Logs),
    /// `docker exec`
    Exec(Exec),
    /// `docker diff`
    Diff(Typed),
    /// `docker commit`
    Commit(Commit),
    /// `docker inspect` and the `inspect` of each kind.
    Inspect(Inspect),
    /// `docker top`
    Top(Top),
    /// `docker stats`
    Stats(Stats),
    /// `docker images`
    Images(Images),
    /// `docker history`
    History(History),
    /// `docker image rm`
    ImageRm(ImageRm),
    /// `docker events`
    Events(Events),
    /// `docker volume create`
    VolumeCreate(VolumeCreate),
    /// `docker volume ls`
    VolumeLs(List),
    /// `docker volume rm`
    VolumeRm(Remove),
    /// `docker network create`
    NetworkCreate(NetworkCreate),
    /// `docker network ls`
    NetworkLs(List),
    /// `docker network connect`
    Connect(Connect),
    /// `docker network disconnect`
    Disconnect(Disconnect),
    /// `docker network rm`
    NetworkRm(Remove),
    /// `docker info`, with its `--format`.
    Info(Option<String>),
    /// `docker version`, with its `--format`.
    Version(Option<String>),
    /// `docker system df`
    SystemDf(SystemDf),
    /// `docker compose`
    Compose(Compose),
}

/// `docker run` and `docker create`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The image, as it was typed.
    pub image: TypedImage,
    /// The command and its arguments; empty for the image's own.
    pub command: Vec<String>,
    /// `--name`
    pub name: Option<Name>,
    /// `-h`, `--hostname`
    pub hostname: Option<String>,
    /// `--network`
    pub network: Option<NetworkArg>,
    /// `--network-alias`
    pub aliases: Vec<Name>,
    /// `-e`, `--env`: `NAME=value`
    pub env: Vec<String>,
    /// `-w`, `--workdir`
    pub workdir: Option<String>,
    /// `-v`, `--mount`, `--tmpfs`, in the order in which they were typed.
    pub mounts: Vec<MountArg>,
    /// `-l`, `--label`
    pub labels: Vec<(String, String)>,
    /// `-m`, `--memory`, in bytes.
    pub memory: Option<u64>,
    /// `--cpus`, in billionths of a processor.
    pub nano_cpus: Option<u64>,
    /// `--pids-limit`
    pub pids: Option<u64>,
    /// `--init`
    pub init: bool,
    /// `--read-only`
    pub read_only: bool,
    /// `-d`, `--detach`; of `run` only.
    pub detach: bool,
    /// `--rm`
    pub remove: bool,
    /// `-i`, `--interactive`
    pub interactive: bool,
    /// `-t`, `--tty`
    pub tty: bool,
}

/// The value of `--network`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkArg {
    /// `bridge` or `default`: the network for containers that name none.
    Bridge,
    /// `none`
    None,
    /// One of the sandbox's own.
    Own(Typed),
}

/// `docker start`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The containers.
    pub containers: Vec<Typed>,
    /// `-a`, `--attach`
    pub attach: bool,
    /// `-i`, `--interactive`
    pub interactive: bool,
}

/// `docker stop` and `docker restart`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// The containers.
    pub containers: Vec<Typed>,
    /// `-t`, `--timeout`, `--time`: the seconds between SIGTERM and SIGKILL.
    pub seconds: Option<u32>,
}

/// `docker kill`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// The containers.
    pub containers: Vec<Typed>,
    /// `-s`, `--signal`; SIGKILL without it.
    pub signal: Signal,
}

/// `docker rm`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rm {
    /// The containers.
    pub containers: Vec<Typed>,
    /// `-f`, `--force`
    pub force: bool,
    /// `-v`, `--volumes`
    pub volumes: bool,
}

/// `docker ps`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ps {
    /// `-a`, `--all`
    pub all: bool,
    /// `-q`, `--quiet`
    pub quiet: bool,
    /// `-s`, `--size`
    pub size: bool,
    /// `--no-trunc`
    pub no_trunc: bool,
    /// `-l`, `--latest`
    pub latest: bool,
    /// `-n`, `--last`; negative for all.
    pub last: Option<i64>,
    /// `-f`, `--filter`
    pub filters: Vec<Filter>,
    /// `--format`
    pub format: Option<String>,
}

/// `docker logs`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logs {
    /// The container.
    pub container: Typed,
    /// `-f`, `--follow`
    pub follow: bool,
    /// `-t`, `--timestamps`
    pub timestamps: bool,
    /// `-n`, `--tail`; `None` for all.
    pub tail: Option<u64>,
    /// `--since`
    pub since: Option<When>,
    /// `--until`
    pub until: Option<When>,
}

/// `docker exec`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    /// The container.
    pub container: Typed,
    /// The command and its arguments.
    pub command: Vec<String>,
    /// `-e`, `--env`: `NAME=value`
    pub env: Vec<String>,
    /// `-w`, `--workdir`
    pub workdir: Option<String>,
    /// `-d`, `--detach`
    pub detach: bool,
    /// `-i`, `--interactive`
    pub interactive: bool,
    /// `-t`, `--tty`
    pub tty: bool,
}

/// `docker commit`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The container.
    pub container: Typed,
    /// What the image is called, if anything.
    pub name: Option<ImageName>,
    /// `-a`, `--author`
    pub author: Option<String>,
    /// `-m`, `--message`
    pub message: Option<String>,
    /// `-p`, `--pause`: false only for `--pause=false`.
    pub pause: bool,
}

/// `docker inspect`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspect {
    /// `--type`, or the kind in front of `inspect`.
    pub kind: Option<Kind>,
    /// Whether the kind stood in front, as in `docker volume inspect`: a missing object
    /// is reported otherwise then.
    pub of_kind: bool,
    /// What to inspect, as it was typed.
    pub names: Vec<TypedImage>,
    /// `-f`, `--format`
    pub format: Option<String>,
    /// `-s`, `--size`
    pub size: bool,
}

/// `docker top`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    /// The container.
    pub container: Typed,
    /// What `ps` is asked for.
    pub args: PsArgs,
}

/// `docker stats`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// The containers; empty for all that run.
    pub containers: Vec<Typed>,
    /// `-a`, `--all`
    pub all: bool,
    /// `--no-stream`
    pub no_stream: bool,
    /// `--no-trunc`
    pub no_trunc: bool,
    /// `--format`
    pub format: Option<String>,
}

/// `docker images`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images {
    /// `REPOSITORY[:TAG]`, as it was typed.
    pub repository: Option<String>,
    /// `-a`, `--all`
    pub all: bool,
    /// `-q`, `--quiet`
    pub quiet: bool,
    /// `--no-trunc`
    pub no_trunc: bool,
    /// `--digests`
    pub digests: bool,
    /// `-f`, `--filter`
    pub filters: Vec<Filter>,
    /// `--format`
    pub format: Option<String>,
}

/// `docker history`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The image.
    pub image: TypedImage,
    /// `-q`, `--quiet`
    pub quiet: bool,
    /// `--no-trunc`
    pub no_trunc: bool,
    /// `-H`, `--human`: false only for `--human=false`.
    pub human: bool,
    /// `--format`
    pub format: Option<String>,
}

/// `docker image rm`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageRm {
    /// The images.
    pub images: Vec<TypedImage>,
    /// `-f`, `--force`
    pub force: bool,
}

/// `docker events`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// `--since`
    pub since: Option<When>,
    /// `--until`
    pub until: Option<When>,
    /// `-f`, `--filter`
    pub filters: Vec<Filter>,
    /// `--format`
    pub format: Option<String>,
}

/// `docker volume ls` and `docker network ls`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// `-q`, `--quiet`
    pub quiet: bool,
    /// `--no-trunc`; of networks only.
    pub no_trunc: bool,
    /// `-f`, `--filter`
    pub filters: Vec<Filter>,
    /// `--format`
    pub format: Option<String>,
}

/// `docker volume rm` and `docker network rm`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remove {
    /// What to remove.
    pub names: Vec<Typed>,
    /// `-f`, `--force`
    pub force: bool,
}

/// `docker volume create`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolumeCreate {
    /// The name; 64 hex digits are made up without one.
    pub name: Option<Name>,
    /// `--label`
    pub labels: Vec<(String, String)>,
}

/// `docker network create`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkCreate {
    /// The name.
    pub name: Name,
    /// `--label`
    pub labels: Vec<(String, String)>,
}

/// `docker network connect`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// The network.
    pub network: Typed,
    /// The container.
    pub container: Typed,
    /// `--alias`
    pub aliases: Vec<Name>,
}

/// `docker network disconnect`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disconnect {
    /// The network.
    pub network: Typed,
    /// The container.
    pub container: Typed,
}

/// `docker system df`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemDf {
    /// `-v`, `--verbose`
    pub verbose: bool,
    /// `--format`
    pub format: Option<String>,
}

/// `docker compose`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compose {
    /// `-f`, `--file`: the name of one of the demo's files.
    pub file: Option<String>,
    /// `-p`, `--project-name`
    pub project: Option<String>,
    /// What it is to do.
    pub action: ComposeAction,
}

/// What `docker compose` is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComposeAction {
    /// `docker compose up`
    Up {
        /// `-d`, `--detach`
        detach: bool,
        /// Only these services; empty for all.
        services: Vec<Name>,
    },
    /// `docker compose down`
    Down {
        /// `-v`, `--volumes`
        volumes: bool,
    },
    /// `docker compose ps`
    Ps {
        /// `-a`, `--all`
        all: bool,
        /// `-q`, `--quiet`
        quiet: bool,
        /// `--format`
        format: Option<String>,
        /// Only these services; empty for all.
        services: Vec<Name>,
    },
    /// `docker compose logs`
    Logs {
        /// Only these services; empty for all.
        services: Vec<Name>,
        /// `-f`, `--follow`
        follow: bool,
        /// `-t`, `--timestamps`
        timestamps: bool,
        /// `-n`, `--tail`; `None` for all.
        tail: Option<u64>,
        /// `--no-log-prefix`
        no_prefix: bool,
    },
}
