//! The verbs that docker has and a sandbox refuses, and docker's flags before the verb.

use super::FlagDoc;
use crate::demos::refusal::Rule;

/// A verb, or a group of verbs, that is refused.
#[derive(Debug)]
pub struct RefusedVerb {
    /// The first words after `docker`, one spelling each.
    pub words: &'static [&'static str],
    /// What is supported and why not this.
    pub why: &'static str,
}

/// The words that begin a verb of two words, and what they are about.
pub const GROUPS: &[(&str, &str)] = &[
    ("container", "Manage containers"),
    ("image", "Manage images"),
    ("volume", "Manage volumes"),
    ("network", "Manage networks"),
    ("system", "Manage Docker"),
    (
        "compose",
        "Define and run multi-container applications with Docker",
    ),
];

const NO_FILES: &str = "Nothing goes in or out of a sandbox by way of the host's files. Make an image with `docker run` and `docker commit`.";
const NO_REGISTRY: &str = "A sandbox has no registry: it runs the demo image, busybox, and what `docker commit` makes of it.";
const NO_PRUNE: &str = "A prune acts on the whole host. Remove what is yours by name, or press Reset, which removes everything in the sandbox.";
const NO_SWARM: &str = "A sandbox is one engine and no part of a swarm.";

/// Every refused verb.
pub const REFUSED: &[RefusedVerb] = &[
    RefusedVerb {
        words: &["build", "image build", "builder", "buildx", "bake"],
        why: NO_FILES,
    },
    RefusedVerb {
        words: &[
            "load",
            "save",
            "import",
            "export",
            "cp",
            "image load",
            "image save",
            "image import",
            "container export",
            "container cp",
        ],
        why: NO_FILES,
    },
    RefusedVerb {
        words: &[
            "push",
            "pull",
            "login",
            "logout",
            "search",
            "image push",
            "image pull",
            "manifest",
            "trust",
            "scout",
        ],
        why: NO_REGISTRY,
    },
    RefusedVerb {
        words: &["tag", "image tag"],
        why: "An image gets its name when it is committed: `docker commit CONTAINER NAME:TAG`.",
    },
    RefusedVerb {
        words: &["attach", "container attach"],
        why: "Use `docker logs -f NAME` to hear a container and `docker exec -it NAME sh` in the terminal to enter it.",
    },
    RefusedVerb {
        words: &["update", "container update", "volume update"],
        why: "The limits of a container are set when it is made: `docker run -m 16m`.",
    },
    RefusedVerb {
        words: &["rename", "container rename"],
        why: "A container in a sandbox keeps its name, by which it is swept.",
    },
    RefusedVerb {
        words: &["port", "container port"],
        why: "A sandbox publishes no ports on the host.",
    },
    RefusedVerb {
        words: &[
            "container prune",
            "image prune",
            "volume prune",
            "network prune",
            "system prune",
        ],
        why: NO_PRUNE,
    },
    RefusedVerb {
        words: &["checkpoint"],
        why: "Checkpoints write the memory of processes to the host's disk.",
    },
    RefusedVerb {
        words: &["plugin"],
        why: "Plugins run with the rights of the engine.",
    },
    RefusedVerb {
        words: &["swarm", "service", "stack", "node", "secret", "config"],
        why: NO_SWARM,
    },
    RefusedVerb {
        words: &["context"],
        why: "A sandbox is on one host. The page of hosts shows the others.",
    },
    RefusedVerb {
        words: &[
            "compose build",
            "compose run",
            "compose exec",
            "compose cp",
            "compose push",
            "compose pull",
            "compose config",
            "compose convert",
            "compose create",
            "compose start",
            "compose stop",
            "compose restart",
            "compose rm",
            "compose kill",
            "compose pause",
            "compose unpause",
            "compose top",
            "compose events",
            "compose images",
            "compose ls",
            "compose port",
            "compose scale",
            "compose stats",
            "compose version",
            "compose wait",
            "compose watch",
            "compose attach",
            "compose commit",
            "compose export",
            "compose publish",
            "compose volumes",
        ],
        why: "Of compose there is `docker compose [-f FILE] [-p NAME] up [-d] | down [-v] | ps [-a] | logs [SERVICE]`. The other docker commands work on its containers too.",
    },
    RefusedVerb {
        words: &[
            "model",
            "mcp",
            "ai",
            "init",
            "debug",
            "desktop",
            "extension",
            "sbom",
            "scan",
            "app",
            "dev",
            "feedback",
            "offload",
            "cloud",
            "sandbox",
        ],
        why: "Plugins of the docker command are not part of this prompt.",
    },
];

const OTHER_HOST: &str =
    "A sandbox is on the host that the page shows; a command cannot go to another one.";

/// Flags between `docker` and the verb; all are refused.
pub const GLOBAL: &[FlagDoc] = &[
    FlagDoc::no(
        "config",
        Rule::Bind,
        "This prompt has no configuration files.",
    ),
    FlagDoc::no("context", Rule::Foreign, OTHER_HOST).letter('c'),
    FlagDoc::off(
        "debug",
        Rule::Flag,
        "The debug output of the docker command is not part of this prompt.",
    )
    .letter('D'),
    FlagDoc::no("host", Rule::Foreign, OTHER_HOST)
        .letter('H')
        .list(),
    FlagDoc::no(
        "log-level",
        Rule::Flag,
        "The log of the docker command is not part of this prompt.",
    )
    .letter('l'),
    FlagDoc::off("tls", Rule::Foreign, OTHER_HOST),
    FlagDoc::no("tlscacert", Rule::Bind, OTHER_HOST),
    FlagDoc::no("tlscert", Rule::Bind, OTHER_HOST),
    FlagDoc::no("tlskey", Rule::Bind, OTHER_HOST),
    FlagDoc::off("tlsverify", Rule::Foreign, OTHER_HOST),
    FlagDoc::off(
        "version",
        Rule::Flag,
        "`docker version` says which version the engine has.",
    )
    .letter('v'),
];
