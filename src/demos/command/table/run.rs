//! `run` and `create`: the flags with which a container is made.

use super::common::{DETACH_KEYS, PLATFORM};
use super::{Arity, FlagDoc, Is, VerbDoc};
use crate::demos::refusal::Rule;

pub(super) const VERBS: &[VerbDoc] = &[
    VerbDoc {
        is: Is::Run,
        paths: &["run", "container run"],
        aliases: &[],
        usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        about: "Create and run a new container from an image",
        arity: Arity::AtLeast(1),
        stops: true,
        flags: &[TAKEN, RUN_ONLY, REFUSED],
    },
    VerbDoc {
        is: Is::Create,
        paths: &["create", "container create"],
        aliases: &[],
        usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        about: "Create a new container",
        arity: Arity::AtLeast(1),
        stops: true,
        flags: &[TAKEN, REFUSED],
    },
];

const TAKEN: &[FlagDoc] = &[
    FlagDoc::value("cpus", "decimal", "Number of CPUs, at most the sandbox's"),
    FlagDoc::value("env", "NAME=value", "Set environment variables")
        .letter('e')
        .list(),
    FlagDoc::value("hostname", "string", "Container host name").letter('h'),
    FlagDoc::switch(
        "init",
        "Run an init inside the container that forwards signals and reaps processes",
    ),
    FlagDoc::switch("interactive", "Keep STDIN open; in a terminal only").letter('i'),
    FlagDoc::value("label", "key=value", "Set meta data on a container")
        .letter('l')
        .list(),
    FlagDoc::value("memory", "bytes", "Memory limit, at most the sandbox's").letter('m'),
    FlagDoc::value(
        "mount",
        "mount",
        "Attach a volume or a tmpfs: type=volume,src=NAME,dst=/PATH[,readonly][,volume-nocopy] or type=tmpfs,dst=/PATH[,tmpfs-size=1m]",
    )
    .list(),
    FlagDoc::value("name", "string", "Assign a name to the container"),
    FlagDoc::value(
        "network",
        "network",
        "Connect a container to a network of the sandbox, to bridge or to none",
    )
    .also(&["net"]),
    FlagDoc::value(
        "network-alias",
        "list",
        "Add network-scoped alias for the container",
    )
    .also(&["net-alias"])
    .list(),
    FlagDoc::value(
        "pids-limit",
        "int",
        "Tune container pids limit, at most the sandbox's",
    ),
    FlagDoc::value("pull", "missing|never", "Taken, and without effect: there is no registry"),
    FlagDoc::switch("quiet", "Taken, and without effect: nothing is pulled").letter('q'),
    FlagDoc::switch(
        "read-only",
        "Mount the container's root filesystem as read only",
    ),
    FlagDoc::value("restart", "no", "Only `no`: what restarts by itself is not swept"),
    FlagDoc::switch(
        "rm",
        "Automatically remove the container and its associated anonymous volumes when it exits",
    ),
    FlagDoc::value("tmpfs", "/PATH[:size=1m]", "Mount a tmpfs directory").list(),
    FlagDoc::switch("tty", "Allocate a pseudo-TTY; in a terminal only").letter('t'),
    FlagDoc::value(
        "volume",
        "NAME:/PATH[:ro]",
        "Mount a volume, an anonymous one without NAME; never a folder of the host",
    )
    .letter('v')
    .list(),
    FlagDoc::value("workdir", "/PATH", "Working directory inside the container").letter('w'),
];

const RUN_ONLY: &[FlagDoc] = &[
    FlagDoc::switch(
        "detach",
        "Run container in background and print container ID",
    )
    .letter('d'),
    DETACH_KEYS,
    FlagDoc::off(
        "sig-proxy",
        Rule::Flag,
        "A run in front ends with its step; `docker kill -s SIGNAL` sends a signal.",
    ),
];

const OF_WINDOWS: &str = "This is for containers of Windows, which no sandbox runs.";
const NO_DEVICES: &str = "A sandbox has no devices of the host, and no rules about them.";
const NO_HEALTH: &str = "Health checks run a command again and again for as long as a container lives. In a sandbox use `docker exec` to look.";
const NO_CAPS: &str = "Memory is limited with `-m`, processor time with `--cpus`, processes with `--pids-limit`; the sandbox sets the others.";
const NO_ADDRESSES: &str =
    "The sandbox chooses addresses itself, so that they meet no other network of the host.";
const NO_LEAVING: &str = "The networks of a sandbox lead nowhere else: containers find each other by name on a network of their own.";
const NO_LOG: &str =
    "The log of a container in a sandbox is a small file on the host; `docker logs` shows it.";
const NO_SECURITY: &str =
    "A container in a sandbox keeps docker's security profiles and never gains privileges.";
const NO_PORTS: &str = "A sandbox publishes no ports on the host. Ask from another container on the same network: `docker exec NAME wget -qO- http://OTHER`.";

const REFUSED: &[FlagDoc] = &[
    FlagDoc::no("add-host", Rule::Network, NO_LEAVING).list(),
    FlagDoc::no(
        "annotation",
        Rule::Kernel,
        "Annotations speak to the host's container runtime.",
    ),
    FlagDoc::no(
        "attach",
        Rule::Flag,
        "Without `-d` a run is attached to standard output and standard error.",
    )
    .letter('a'),
    FlagDoc::no("blkio-weight", Rule::Resource, NO_CAPS),
    FlagDoc::no("blkio-weight-device", Rule::Device, NO_DEVICES),
    FlagDoc::no(
        "cap-add",
        Rule::Privilege,
        "A sandbox adds no capabilities. Its containers have CHOWN, DAC_OVERRIDE, FOWNER and NET_RAW, and no others.",
    ),
    FlagDoc::no(
        "cap-drop",
        Rule::Privilege,
        "A sandbox has dropped all capabilities already, but for CHOWN, DAC_OVERRIDE, FOWNER and NET_RAW, and these are fixed.",
    ),
    FlagDoc::no(
        "cgroup-parent",
        Rule::Kernel,
        "Control groups of the host are not a sandbox's to choose.",
    ),
    FlagDoc::no(
        "cgroupns",
        Rule::Namespace,
        "A container in a sandbox has a control group namespace of its own.",
    ),
    FlagDoc::no(
        "cidfile",
        Rule::Bind,
        "This would write a file on the host. `docker run -d` and `docker create` print the id.",
    ),
    FlagDoc::no("cpu-count", Rule::Resource, OF_WINDOWS),
    FlagDoc::no("cpu-percent", Rule::Resource, OF_WINDOWS),
    FlagDoc::no("cpu-period", Rule::Resource, NO_CAPS),
    FlagDoc::no("cpu-quota", Rule::Resource, NO_CAPS),
    FlagDoc::no("cpu-rt-period", Rule::Resource, NO_CAPS),
    FlagDoc::no("cpu-rt-runtime", Rule::Resource, NO_CAPS),
    FlagDoc::no("cpu-shares", Rule::Resource, NO_CAPS).letter('c'),
    FlagDoc::no("cpuset-cpus", Rule::Resource, NO_CAPS),
    FlagDoc::no("cpuset-mems", Rule::Resource, NO_CAPS),
    FlagDoc::no("device", Rule::Device, NO_DEVICES),
    FlagDoc::no("device-cgroup-rule", Rule::Device, NO_DEVICES),
    FlagDoc::no("device-read-bps", Rule::Device, NO_DEVICES),
    FlagDoc::no("device-read-iops", Rule::Device, NO_DEVICES),
    FlagDoc::no("device-write-bps", Rule::Device, NO_DEVICES),
    FlagDoc::no("device-write-iops", Rule::Device, NO_DEVICES),
    FlagDoc::off(
        "disable-content-trust",
        Rule::Image,
        "Nothing is pulled in a sandbox, so nothing is to be trusted.",
    ),
    FlagDoc::no("dns", Rule::Network, NO_LEAVING),
    FlagDoc::no("dns-opt", Rule::Network, NO_LEAVING).also(&["dns-option"]),
    FlagDoc::no("dns-search", Rule::Network, NO_LEAVING),
    FlagDoc::no("domainname", Rule::Network, NO_LEAVING),
    FlagDoc::no(
        "entrypoint",
        Rule::Entrypoint,
        "The entry point of the image is kept: give the command after the image, as in `docker run busybox sh -c 'echo hi'`.",
    ),
    FlagDoc::no(
        "env-file",
        Rule::Bind,
        "This would read a file on the host. Set variables with `-e NAME=value`.",
    ),
    FlagDoc::no("expose", Rule::Network, NO_PORTS),
    FlagDoc::no("gpus", Rule::Device, NO_DEVICES),
    FlagDoc::no(
        "group-add",
        Rule::Privilege,
        "A container in a sandbox runs as the image says, in no other groups.",
    ),
    FlagDoc::no("health-cmd", Rule::Lifecycle, NO_HEALTH),
    FlagDoc::no("health-interval", Rule::Lifecycle, NO_HEALTH),
    FlagDoc::no("health-retries", Rule::Lifecycle, NO_HEALTH),
    FlagDoc::no("health-start-interval", Rule::Lifecycle, NO_HEALTH),
    FlagDoc::no("health-start-period", Rule::Lifecycle, NO_HEALTH),
    FlagDoc::no("health-timeout", Rule::Lifecycle, NO_HEALTH),
    FlagDoc::no("io-maxbandwidth", Rule::Resource, OF_WINDOWS),
    FlagDoc::no("io-maxiops", Rule::Resource, OF_WINDOWS),
    FlagDoc::no("ip", Rule::Network, NO_ADDRESSES),
    FlagDoc::no("ip6", Rule::Network, NO_ADDRESSES),
    FlagDoc::no(
        "ipc",
        Rule::Namespace,
        "A container in a sandbox shares no memory segments with the host or with another container.",
    ),
    FlagDoc::no(
        "isolation",
        Rule::Kernel,
        "How containers are isolated is the host's to say.",
    ),
    FlagDoc::no("kernel-memory", Rule::Resource, NO_CAPS),
    FlagDoc::no(
        "label-file",
        Rule::Bind,
        "This would read a file on the host. Set labels with `-l key=value`.",
    ),
    FlagDoc::no(
        "link",
        Rule::Namespace,
        "Links are of docker's first years. Make a network, and containers find each other by name.",
    ),
    FlagDoc::no("link-local-ip", Rule::Network, NO_ADDRESSES),
    FlagDoc::no("log-driver", Rule::Lifecycle, NO_LOG),
    FlagDoc::no("log-opt", Rule::Lifecycle, NO_LOG),
    FlagDoc::no("mac-address", Rule::Network, NO_ADDRESSES),
    FlagDoc::no("memory-reservation", Rule::Resource, NO_CAPS),
    FlagDoc::no("memory-swap", Rule::Resource, NO_CAPS),
    FlagDoc::no("memory-swappiness", Rule::Resource, NO_CAPS),
    FlagDoc::off("no-healthcheck", Rule::Lifecycle, NO_HEALTH),
    FlagDoc::off("oom-kill-disable", Rule::Resource, NO_CAPS),
    FlagDoc::no("oom-score-adj", Rule::Resource, NO_CAPS),
    FlagDoc::no(
        "pid",
        Rule::Namespace,
        "A container in a sandbox sees its own processes only, never those of the host or of another container.",
    ),
    PLATFORM,
    FlagDoc::off(
        "privileged",
        Rule::Privilege,
        "A privileged container is as good as root on the host.",
    ),
    FlagDoc::no("publish", Rule::Network, NO_PORTS).letter('p'),
    FlagDoc::off("publish-all", Rule::Network, NO_PORTS).letter('P'),
    FlagDoc::no(
        "runtime",
        Rule::Kernel,
        "The container runtime is the host's to choose.",
    ),
    FlagDoc::no("security-opt", Rule::Privilege, NO_SECURITY),
    FlagDoc::no("shm-size", Rule::Resource, NO_CAPS),
    FlagDoc::no(
        "stop-signal",
        Rule::Lifecycle,
        "`docker stop` sends SIGTERM here; `docker kill -s SIGNAL` sends another.",
    ),
    FlagDoc::no(
        "stop-timeout",
        Rule::Lifecycle,
        "Give the time when you stop: `docker stop -t 2 NAME`.",
    ),
    FlagDoc::no("storage-opt", Rule::Resource, NO_CAPS),
    FlagDoc::no(
        "sysctl",
        Rule::Kernel,
        "Settings of the kernel are the host's.",
    ),
    FlagDoc::no("ulimit", Rule::Resource, NO_CAPS),
    FlagDoc::off(
        "use-api-socket",
        Rule::Bind,
        "Docker's socket in a container is as good as root on the host.",
    ),
    FlagDoc::no(
        "user",
        Rule::Privilege,
        "A container in a sandbox runs as the user that the image says.",
    )
    .letter('u'),
    FlagDoc::no(
        "userns",
        Rule::Namespace,
        "The user namespace is the host's to choose.",
    ),
    FlagDoc::no(
        "uts",
        Rule::Namespace,
        "A container in a sandbox has a host name of its own; set it with `--hostname`.",
    ),
    FlagDoc::no(
        "volume-driver",
        Rule::Mount,
        "Volumes of a sandbox are local ones, without options.",
    ),
    FlagDoc::no(
        "volumes-from",
        Rule::Mount,
        "Name the volume again instead: `-v NAME:/PATH` in both containers.",
    ),
];
