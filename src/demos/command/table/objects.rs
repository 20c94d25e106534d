//! The verbs of images, volumes, networks and of the engine.

use super::common::{FILTER, FORMAT, FORMAT_F, NO_TRUNC, PLATFORM, QUIET};
use super::{Arity, FlagDoc, Is, VerbDoc};
use crate::demos::refusal::Rule;

const fn verb(
    is: Is,
    paths: &'static [&'static str],
    usage: &'static str,
    about: &'static str,
    arity: Arity,
    flags: &'static [&'static [FlagDoc]],
) -> VerbDoc {
    VerbDoc {
        is,
        paths,
        aliases: &[],
        usage,
        about,
        arity,
        stops: false,
        flags,
    }
}

const LABEL: FlagDoc = FlagDoc::value("label", "key=value", "Set metadata").list();
const FORCE: FlagDoc = FlagDoc::switch("force", "Do not error if it does not exist").letter('f');
const NO_CLUSTER: &str = "A sandbox has no cluster volumes.";
const NO_ADDRESSES: &str =
    "The sandbox chooses addresses itself, so that they meet no other network of the host.";
const NO_OPTIONS: &str = "Networks of a sandbox are bridges without options: options could tie them to an interface of the host.";

const IMAGE_RM: &[&[FlagDoc]] = &[&[
    FlagDoc::switch("force", "Force removal of the image").letter('f'),
    FlagDoc::switch(
        "no-prune",
        "Taken, and without effect: parents are never removed",
    ),
    PLATFORM,
]];

pub(super) const VERBS: &[VerbDoc] = &[
    VerbDoc {
        aliases: &[("image list", "image ls")],
        ..verb(
            Is::Images,
            &["images", "image ls"],
            "[OPTIONS] [REPOSITORY[:TAG]]",
            "List images",
            Arity::AtMost(1),
            &[&[
                FlagDoc::switch("all", "Show all images (default hides intermediate images)")
                    .letter('a'),
                FlagDoc::switch("digests", "Show digests"),
                FILTER,
                FORMAT,
                NO_TRUNC,
                QUIET,
                FlagDoc::off("tree", Rule::Flag, "The images of a sandbox have one platform."),
            ]],
        )
    },
    verb(
        Is::History,
        &["history", "image history"],
        "[OPTIONS] IMAGE",
        "Show the history of an image",
        Arity::Exactly(1),
        &[&[
            FORMAT,
            FlagDoc::switch("human", "Print sizes and dates in human readable format (default true)")
                .letter('H'),
            NO_TRUNC,
            QUIET,
            PLATFORM,
        ]],
    ),
    verb(
        Is::ImageInspect,
        &["image inspect"],
        "[OPTIONS] IMAGE [IMAGE...]",
        "Display detailed information on one or more images",
        Arity::AtLeast(1),
        &[&[FORMAT_F, PLATFORM]],
    ),
    VerbDoc {
        aliases: &[("image remove", "image rm")],
        ..verb(
            Is::ImageRm,
            &["rmi", "image rm"],
            "[OPTIONS] IMAGE [IMAGE...]",
            "Remove one or more images",
            Arity::AtLeast(1),
            IMAGE_RM,
        )
    },
    verb(
        Is::VolumeCreate,
        &["volume create"],
        "[OPTIONS] [VOLUME]",
        "Create a volume",
        Arity::AtMost(1),
        &[&[
            FlagDoc::value("driver", "local", "Only `local`").letter('d'),
            LABEL,
            FlagDoc::no(
                "opt",
                Rule::Mount,
                "Options could make a volume a bind of a folder, a device or a network share. Volumes of a sandbox have none.",
            )
            .letter('o'),
            FlagDoc::no("availability", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("group", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("limit-bytes", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("required-bytes", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("scope", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("secret", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("sharing", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("topology-preferred", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("topology-required", Rule::Mount, NO_CLUSTER),
            FlagDoc::no("type", Rule::Mount, NO_CLUSTER),
        ]],
    ),
    VerbDoc {
        aliases: &[("volume list", "volume ls")],
        ..verb(
            Is::VolumeLs,
            &["volume ls"],
            "[OPTIONS]",
            "List volumes",
            Arity::Exactly(0),
            &[&[
                FILTER,
                FORMAT,
                QUIET,
                FlagDoc::off("cluster", Rule::Mount, NO_CLUSTER),
            ]],
        )
    },
    verb(
        Is::VolumeInspect,
        &["volume inspect"],
        "[OPTIONS] VOLUME [VOLUME...]",
        "Display detailed information on one or more volumes",
        Arity::AtLeast(1),
        &[&[FORMAT_F]],
    ),
    VerbDoc {
        aliases: &[("volume remove", "volume rm")],
        ..verb(
            Is::VolumeRm,
            &["volume rm"],
            "[OPTIONS] VOLUME [VOLUME...]",
            "Remove one or more volumes",
            Arity::AtLeast(1),
            &[&[FORCE]],
        )
    },
    verb(
        Is::NetworkCreate,
        &["network create"],
        "[OPTIONS] NETWORK",
        "Create a network",
        Arity::Exactly(1),
        &[&[
            FlagDoc::value("driver", "bridge", "Only `bridge`").letter('d'),
            FlagDoc::switch("internal", "Taken: every network of a sandbox is internal"),
            LABEL,
            FlagDoc::off("attachable", Rule::Network, "A sandbox has no swarm networks."),
            FlagDoc::no("aux-address", Rule::Network, NO_ADDRESSES),
            FlagDoc::no("config-from", Rule::Network, NO_OPTIONS),
            FlagDoc::off("config-only", Rule::Network, NO_OPTIONS),
            FlagDoc::no("gateway", Rule::Network, NO_ADDRESSES),
            FlagDoc::off("ingress", Rule::Network, "A sandbox has no swarm networks."),
            FlagDoc::no("ip-range", Rule::Network, NO_ADDRESSES),
            FlagDoc::no("ipam-driver", Rule::Network, NO_ADDRESSES),
            FlagDoc::no("ipam-opt", Rule::Network, NO_ADDRESSES),
            FlagDoc::off("ipv4", Rule::Network, NO_ADDRESSES),
            FlagDoc::off("ipv6", Rule::Network, NO_ADDRESSES),
            FlagDoc::no("opt", Rule::Network, NO_OPTIONS).letter('o'),
            FlagDoc::no("scope", Rule::Network, "A sandbox has no swarm networks."),
            FlagDoc::no("subnet", Rule::Network, NO_ADDRESSES),
        ]],
    ),
    VerbDoc {
        aliases: &[("network list", "network ls")],
        ..verb(
            Is::NetworkLs,
            &["network ls"],
            "[OPTIONS]",
            "List networks",
            Arity::Exactly(0),
            &[&[FILTER, FORMAT, NO_TRUNC, QUIET]],
        )
    },
    verb(
        Is::NetworkInspect,
        &["network inspect"],
        "[OPTIONS] NETWORK [NETWORK...]",
        "Display detailed information on one or more networks",
        Arity::AtLeast(1),
        &[&[
            FORMAT_F,
            FlagDoc::off("verbose", Rule::Flag, "This shows the parts of a swarm network, which a sandbox has none of.")
                .letter('v'),
        ]],
    ),
    verb(
        Is::Connect,
        &["network connect"],
        "[OPTIONS] NETWORK CONTAINER",
        "Connect a container to a network",
        Arity::Exactly(2),
        &[&[
            FlagDoc::value("alias", "strings", "Add network-scoped alias for the container").list(),
            FlagDoc::no("driver-opt", Rule::Network, NO_OPTIONS),
            FlagDoc::no("gw-priority", Rule::Network, NO_OPTIONS),
            FlagDoc::no("ip", Rule::Network, NO_ADDRESSES),
            FlagDoc::no("ip6", Rule::Network, NO_ADDRESSES),
            FlagDoc::no("link", Rule::Namespace, "Containers on a network find each other by name."),
            FlagDoc::no("link-local-ip", Rule::Network, NO_ADDRESSES),
        ]],
    ),
    verb(
        Is::Disconnect,
        &["network disconnect"],
        "[OPTIONS] NETWORK CONTAINER",
        "Disconnect a container from a network",
        Arity::Exactly(2),
        &[&[FlagDoc::off(
            "force",
            Rule::Network,
            "Disconnect without force: it works for running and stopped containers.",
        )
        .letter('f')]],
    ),
    VerbDoc {
        aliases: &[("network remove", "network rm")],
        ..verb(
            Is::NetworkRm,
            &["network rm"],
            "NETWORK [NETWORK...]",
            "Remove one or more networks",
            Arity::AtLeast(1),
            &[&[FORCE]],
        )
    },
    verb(
        Is::Events,
        &["events", "system events"],
        "[OPTIONS]",
        "Get real time events from the server",
        Arity::Exactly(0),
        &[&[
            FILTER,
            FORMAT,
            FlagDoc::value("since", "string", "Show all events created since a time, or for the last 10m"),
            FlagDoc::value("until", "string", "Stream events until a time"),
        ]],
    ),
    verb(
        Is::Info,
        &["info", "system info"],
        "[OPTIONS]",
        "Display system-wide information",
        Arity::Exactly(0),
        &[&[FORMAT_F]],
    ),
    verb(
        Is::Version,
        &["version"],
        "[OPTIONS]",
        "Show the Docker version information",
        Arity::Exactly(0),
        &[&[FORMAT_F]],
    ),
    verb(
        Is::SystemDf,
        &["system df"],
        "[OPTIONS]",
        "Show docker disk usage",
        Arity::Exactly(0),
        &[&[
            FORMAT,
            FlagDoc::switch("verbose", "Show detailed information on space usage").letter('v'),
        ]],
    ),
];
