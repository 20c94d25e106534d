//! The verbs of containers.

use super::common::{DETACH_KEYS, FILTER, FORMAT, FORMAT_F, NO_TRUNC, QUIET, SIGNAL_TO_STOP};
use super::{Arity, FlagDoc, Is, VerbDoc};
use crate::demos::refusal::Rule;

const MANY: &str = "CONTAINER [CONTAINER...]";
const FLAGS_MANY: &str = "[OPTIONS] CONTAINER [CONTAINER...]";

/// A verb that takes containers and nothing else.
const fn plain(is: Is, paths: &'static [&'static str], about: &'static str) -> VerbDoc {
    VerbDoc {
        is,
        paths,
        aliases: &[],
        usage: MANY,
        about,
        arity: Arity::AtLeast(1),
        stops: false,
        flags: &[],
    }
}

const fn flagged(
    is: Is,
    paths: &'static [&'static str],
    about: &'static str,
    flags: &'static [&'static [FlagDoc]],
) -> VerbDoc {
    VerbDoc {
        usage: FLAGS_MANY,
        flags,
        ..plain(is, paths, about)
    }
}

const SECONDS: FlagDoc = FlagDoc::value(
    "timeout",
    "int",
    "Seconds to wait before killing the container",
)
.letter('t')
.also(&["time"]);

pub(super) const VERBS: &[VerbDoc] = &[
    flagged(
        Is::Start,
        &["start", "container start"],
        "Start one or more stopped containers",
        &[&[
            FlagDoc::switch("attach", "Attach STDOUT and STDERR").letter('a'),
            FlagDoc::switch("interactive", "Attach STDIN; in a terminal only").letter('i'),
            DETACH_KEYS,
            FlagDoc::no("checkpoint", Rule::Verb, "Checkpoints are not supported."),
            FlagDoc::no("checkpoint-dir", Rule::Bind, "Checkpoints are not supported."),
        ]],
    ),
    flagged(
        Is::Stop,
        &["stop", "container stop"],
        "Stop one or more running containers",
        &[&[SECONDS, SIGNAL_TO_STOP]],
    ),
    flagged(
        Is::Restart,
        &["restart", "container restart"],
        "Restart one or more containers",
        &[&[SECONDS, SIGNAL_TO_STOP]],
    ),
    plain(
        Is::Pause,
        &["pause", "container pause"],
        "Pause all processes within one or more containers",
    ),
    plain(
        Is::Unpause,
        &["unpause", "container unpause"],
        "Unpause all processes within one or more containers",
    ),
    flagged(
        Is::Kill,
        &["kill", "container kill"],
        "Kill one or more running containers",
        &[&[FlagDoc::value("signal", "string", "Signal to send to the container").letter('s')]],
    ),
    plain(
        Is::Wait,
        &["wait", "container wait"],
        "Block until one or more containers stop, then print their exit codes",
    ),
    VerbDoc {
        aliases: &[("container remove", "container rm")],
        ..flagged(
            Is::Rm,
            &["rm", "container rm"],
            "Remove one or more containers",
            &[&[
                FlagDoc::switch("force", "Force the removal of a running container (uses SIGKILL)")
                    .letter('f'),
                FlagDoc::switch("volumes", "Remove anonymous volumes associated with the container")
                    .letter('v'),
                FlagDoc::off("link", Rule::Namespace, "A sandbox has no links.").letter('l'),
            ]],
        )
    },
    VerbDoc {
        is: Is::Ps,
        paths: &["ps", "container ls"],
        aliases: &[("container list", "container ls"), ("container ps", "container ls")],
        usage: "[OPTIONS]",
        about: "List containers",
        arity: Arity::Exactly(0),
        stops: false,
        flags: &[&[
            FlagDoc::switch("all", "Show all containers (default shows just running)").letter('a'),
            FILTER,
            FORMAT,
            FlagDoc::value("last", "int", "Show n last created containers (includes all states)")
                .letter('n'),
            FlagDoc::switch("latest", "Show the latest created container (includes all states)")
                .letter('l'),
            NO_TRUNC,
            QUIET,
            FlagDoc::switch("size", "Display total file sizes").letter('s'),
        ]],
    },
    VerbDoc {
        is: Is::Logs,
        paths: &["logs", "container logs"],
        aliases: &[],
        usage: "[OPTIONS] CONTAINER",
        about: "Fetch the logs of a container",
        arity: Arity::Exactly(1),
        stops: false,
        flags: &[&[
            FlagDoc::switch("follow", "Follow log output").letter('f'),
            FlagDoc::value("since", "string", "Show logs since a time, or for the last 10m"),
            FlagDoc::value("tail", "string", "Number of lines to show from the end of the logs")
                .letter('n'),
            FlagDoc::switch("timestamps", "Show timestamps").letter('t'),
            FlagDoc::value("until", "string", "Show logs before a time, or until 10m ago"),
            FlagDoc::off("details", Rule::Flag, "Logs in a sandbox carry no details."),
        ]],
    },
    VerbDoc {
        is: Is::Exec,
        paths: &["exec", "container exec"],
        aliases: &[],
        usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
        about: "Execute a command in a running container",
        arity: Arity::AtLeast(2),
        stops: true,
        flags: &[&[
            FlagDoc::switch("detach", "Detached mode: run command in the background").letter('d'),
            FlagDoc::value("env", "NAME=value", "Set environment variables").letter('e').list(),
            FlagDoc::switch("interactive", "Keep STDIN open; in a terminal only").letter('i'),
            FlagDoc::switch("tty", "Allocate a pseudo-TTY; in a terminal only").letter('t'),
            FlagDoc::value("workdir", "/PATH", "Working directory inside the container").letter('w'),
            DETACH_KEYS,
            FlagDoc::no(
                "env-file",
                Rule::Bind,
                "This would read a file on the host. Set variables with `-e NAME=value`.",
            ),
            FlagDoc::off(
                "privileged",
                Rule::Privilege,
                "A privileged process is as good as root on the host.",
            ),
            FlagDoc::no(
                "user",
                Rule::Privilege,
                "A command in a sandbox runs as the user that the image says.",
            )
            .letter('u'),
        ]],
    },
    VerbDoc {
        usage: "CONTAINER",
        arity: Arity::Exactly(1),
        ..plain(
            Is::Diff,
            &["diff", "container diff"],
            "Inspect changes to files or directories on a container's filesystem",
        )
    },
    VerbDoc {
        is: Is::Commit,
        paths: &["commit", "container commit"],
        aliases: &[],
        usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
        about: "Create a new image from a container's changes",
        arity: Arity::Between(1, 2),
        stops: false,
        flags: &[&[
            FlagDoc::value("author", "string", "Author").letter('a'),
            FlagDoc::value("message", "string", "Commit message").letter('m'),
            FlagDoc::switch("pause", "Pause container during commit (default true)").letter('p'),
            FlagDoc::no(
                "change",
                Rule::Entrypoint,
                "An image committed in a sandbox keeps the settings of its container: no other entry point, user or label.",
            )
            .letter('c'),
        ]],
    },
    VerbDoc {
        is: Is::Inspect,
        paths: &["inspect"],
        aliases: &[],
        usage: "[OPTIONS] NAME|ID [NAME|ID...]",
        about: "Return low-level information on Docker objects",
        arity: Arity::AtLeast(1),
        stops: false,
        flags: &[&[
            FORMAT_F,
            FlagDoc::switch("size", "Display total file sizes if the type is container").letter('s'),
            FlagDoc::value("type", "string", "Only inspect objects of the given type"),
        ]],
    },
    VerbDoc {
        is: Is::ContainerInspect,
        paths: &["container inspect"],
        aliases: &[],
        usage: FLAGS_MANY,
        about: "Display detailed information on one or more containers",
        arity: Arity::AtLeast(1),
        stops: false,
        flags: &[&[FORMAT_F, FlagDoc::switch("size", "Display total file sizes").letter('s')]],
    },
    VerbDoc {
        is: Is::Top,
        paths: &["top", "container top"],
        aliases: &[],
        usage: "CONTAINER [ps OPTIONS]",
        about: "Display the running processes of a container",
        arity: Arity::AtLeast(1),
        stops: true,
        flags: &[],
    },
    VerbDoc {
        is: Is::Stats,
        paths: &["stats", "container stats"],
        aliases: &[],
        usage: "[OPTIONS] [CONTAINER...]",
        about: "Display a live stream of container(s) resource usage statistics",
        arity: Arity::AtLeast(0),
        stops: false,
        flags: &[&[
            FlagDoc::switch("all", "Show all containers (default shows just running)").letter('a'),
            FORMAT,
            FlagDoc::switch("no-stream", "Only pull the first result"),
            NO_TRUNC,
        ]],
    },
];
