//! `docker compose`: four verbs over the files of a demo.

use super::common::{FORMAT, QUIET};
use super::{Arity, FlagDoc, Is, VerbDoc};
use crate::demos::refusal::Rule;

/// The flags between `docker compose` and its verb.
pub(super) const BEFORE: &[FlagDoc] = &[
    FlagDoc::value(
        "file",
        "FILE",
        "A compose file of the demo (compose.yaml without it)",
    )
    .letter('f'),
    FlagDoc::value("project-name", "NAME", "Project name").letter('p'),
    FlagDoc::no("project-directory", Rule::Bind, NO_FOLDERS),
    FlagDoc::no("workdir", Rule::Bind, NO_FOLDERS),
    FlagDoc::no("env-file", Rule::Bind, NO_FOLDERS),
    FlagDoc::no("profile", Rule::Flag, NO_MORE),
    FlagDoc::no("parallel", Rule::Flag, NO_MORE),
    FlagDoc::no("progress", Rule::Flag, NO_MORE),
    FlagDoc::no("ansi", Rule::Flag, NO_MORE),
    FlagDoc::off("all-resources", Rule::Flag, NO_MORE),
    FlagDoc::off("compatibility", Rule::Flag, NO_MORE),
    FlagDoc::off("dry-run", Rule::Flag, NO_MORE),
];

const NO_FOLDERS: &str =
    "A compose project in a sandbox is made of the demo's own files, and of no folder of the host.";
const NO_MORE: &str = "Of compose there is `docker compose [-f FILE] [-p NAME] up [-d] | down [-v] | ps [-a] | logs [SERVICE]`, and no more.";

const fn verb(
    is: Is,
    paths: &'static [&'static str],
    usage: &'static str,
    about: &'static str,
    flags: &'static [&'static [FlagDoc]],
) -> VerbDoc {
    VerbDoc {
        is,
        paths,
        aliases: &[],
        usage,
        about,
        arity: Arity::AtLeast(0),
        stops: false,
        flags,
    }
}

pub(super) const VERBS: &[VerbDoc] = &[
    verb(
        Is::ComposeUp,
        &["compose up"],
        "[OPTIONS] [SERVICE...]",
        "Create and start containers",
        &[&[
            FlagDoc::switch("detach", "Detached mode: run containers in the background")
                .letter('d'),
            FlagDoc::off("build", Rule::Verb, "A sandbox builds no images."),
            FlagDoc::off("no-build", Rule::Flag, NO_MORE),
            FlagDoc::off("no-deps", Rule::Flag, NO_MORE),
            FlagDoc::off("no-start", Rule::Flag, NO_MORE),
            FlagDoc::off("force-recreate", Rule::Flag, NO_MORE),
            FlagDoc::off("no-recreate", Rule::Flag, NO_MORE),
            FlagDoc::off("remove-orphans", Rule::Flag, NO_MORE),
            FlagDoc::off("wait", Rule::Flag, NO_MORE),
            FlagDoc::no("scale", Rule::Quota, NO_MORE),
            FlagDoc::no("pull", Rule::Image, NO_MORE),
            FlagDoc::no("timeout", Rule::Flag, NO_MORE).letter('t'),
        ]],
    ),
    VerbDoc {
        arity: Arity::Exactly(0),
        ..verb(
            Is::ComposeDown,
            &["compose down"],
            "[OPTIONS]",
            "Stop and remove containers, networks",
            &[&[
                FlagDoc::switch("volumes", "Remove the volumes that the file names").letter('v'),
                FlagDoc::no("rmi", Rule::Image, NO_MORE),
                FlagDoc::off("remove-orphans", Rule::Flag, NO_MORE),
                FlagDoc::no("timeout", Rule::Flag, NO_MORE).letter('t'),
            ]],
        )
    },
    verb(
        Is::ComposePs,
        &["compose ps"],
        "[OPTIONS] [SERVICE...]",
        "List containers",
        &[&[
            FlagDoc::switch("all", "Show all stopped containers").letter('a'),
            FORMAT,
            QUIET,
            FlagDoc::no("filter", Rule::Flag, NO_MORE),
            FlagDoc::no("status", Rule::Flag, NO_MORE),
            FlagDoc::off("services", Rule::Flag, NO_MORE),
            FlagDoc::off("no-trunc", Rule::Flag, NO_MORE),
        ]],
    ),
    verb(
        Is::ComposeLogs,
        &["compose logs"],
        "[OPTIONS] [SERVICE...]",
        "View output from containers",
        &[&[
            FlagDoc::switch("follow", "Follow log output").letter('f'),
            FlagDoc::switch("no-log-prefix", "Don't print prefix in logs"),
            FlagDoc::switch(
                "no-color",
                "Taken, and without effect: there are no colours",
            ),
            FlagDoc::value(
                "tail",
                "string",
                "Number of lines to show from the end of the logs",
            )
            .letter('n'),
            FlagDoc::switch("timestamps", "Show timestamps").letter('t'),
            FlagDoc::no("since", Rule::Flag, NO_MORE),
            FlagDoc::no("until", Rule::Flag, NO_MORE),
            FlagDoc::no("index", Rule::Flag, NO_MORE),
        ]],
    ),
];
