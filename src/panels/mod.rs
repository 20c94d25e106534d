//! Panels: the live picture of a topic, a pure function from answers to a picture.
//!
//! [`Panel`] lists them all, one file each. A panel says what it [`asks`](Panel::asks)
//! and what it [`draws`](draw) from the answers; it has no clock and no network,
//! so the same answers give the same bytes to every viewer.

pub mod attached;
pub mod beside;
pub mod compose;
pub mod compose_networks;
pub mod engines;
pub mod events;
mod excerpt;
pub mod frame;
pub mod hosts;
pub mod init;
pub mod layers;
pub mod mounts;
pub mod networks;
pub mod on_the_host;
mod part;
pub mod parts;
pub mod platform;
pub mod room;
pub mod running;
pub mod storage_driver;
mod unavailable;
pub mod values;
mod view;
pub mod virtualization;
pub mod words;
pub mod writable_layer;

use crate::engine::{Answers, Ask, Away};
pub use frame::{Drawn, PanelState, Source, draw};
pub use view::{Scope, View};

/// Every panel there is. A new one does not compile until it is named, asked for and drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Panel {
    /// Which programs stand between the command and a container.
    Parts,
    /// How this host keeps layers.
    StorageDriver,
    /// What is mounted where, and what it survives.
    Mounts,
    /// What is shared, what can be written.
    Layers,
    /// What a container changed.
    WritableLayer,
    /// Where on the host everything is.
    OnTheHost,
    /// Who hangs on which network, and who reaches whom.
    Networks,
    /// Which compose projects can talk to which.
    ComposeNetworks,
    /// What Compose started here.
    Compose,
    /// Who is process 1, and what stopping costs.
    Init,
    /// Who shares a kernel with whom.
    Platform,
    /// What an engine can tell of the hardware below.
    Virtualization,
    /// Which hosts are connected, and how they do.
    Hosts,
    /// What happened on the host.
    Events,
}

/// Why a picture cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTold {
    /// The host did not answer what the whole picture rests on.
    #[error("{0}")]
    Away(Away),
    /// The answer lacks what the whole picture rests on.
    #[error("this engine does not say {field} in its answer to {ask}")]
    NoField {
        /// The request, e.g. `GET /info`.
        ask: String,
        /// The field, e.g. `Driver`.
        field: &'static str,
    },
}

/// The answer that a whole picture rests on, or why there is none.
pub fn need<'a>(have: &'a Answers, ask: &Ask) -> Result<&'a serde_json::Value, NotTold> {
    match have.get(ask) {
        Some(Ok(answer)) => Ok(&answer.json),
        Some(Err(away)) => Err(NotTold::Away(away.clone())),
        None => Err(NotTold::Away(Away::Connecting)),
    }
}

impl Panel {
    /// All panels, in the order of the notes.
    pub const ALL: [Panel; 14] = [
        Panel::Parts,
        Panel::StorageDriver,
        Panel::Mounts,
        Panel::Layers,
        Panel::WritableLayer,
        Panel::OnTheHost,
        Panel::Networks,
        Panel::ComposeNetworks,
        Panel::Compose,
        Panel::Init,
        Panel::Platform,
        Panel::Virtualization,
        Panel::Hosts,
        Panel::Events,
    ];

    /// The name in URLs, in `attachments.toml` and in `<live-panel name="…">`.
    pub fn name(self) -> &'static str {
        match self {
            Panel::Parts => "parts",
            Panel::StorageDriver => "storage-driver",
            Panel::Mounts => "mounts",
            Panel::Layers => "layers",
            Panel::WritableLayer => "writable-layer",
            Panel::OnTheHost => "on-the-host",
            Panel::Networks => "networks",
            Panel::ComposeNetworks => "compose-networks",
            Panel::Compose => "compose",
            Panel::Init => "init",
            Panel::Platform => "platform",
            Panel::Virtualization => "virtualization",
            Panel::Hosts => "hosts",
            Panel::Events => "events",
        }
    }

    /// The heading above the picture.
    pub fn title(self) -> &'static str {
        match self {
            Panel::Parts => "Parts",
            Panel::StorageDriver => "Storage driver",
            Panel::Mounts => "Mounts",
            Panel::Layers => "Layers",
            Panel::WritableLayer => "Writable layer",
            Panel::OnTheHost => "On the host",
            Panel::Networks => "Networks",
            Panel::ComposeNetworks => "Compose networks",
            Panel::Compose => "Compose projects",
            Panel::Init => "Init",
            Panel::Platform => "Platform",
            Panel::Virtualization => "Virtualization",
            Panel::Hosts => "Hosts",
            Panel::Events => "Events",
        }
    }

    /// The question that the picture answers.
    pub fn question(self) -> &'static str {
        match self {
            Panel::Parts => "Which programs stand between the docker command and a container?",
            Panel::StorageDriver => "How does this host keep layers?",
            Panel::Mounts => "What is mounted where, and what survives what?",
            Panel::Layers => {
                "What is shared, what can be written, and which line of a Dockerfile made it?"
            }
            Panel::WritableLayer => {
                "What has this container changed, and what does each change weigh?"
            }
            Panel::OnTheHost => "Where on this host is all of it?",
            Panel::Networks => "Who hangs on which network, and who can reach whom?",
            Panel::ComposeNetworks => "Which projects can talk to which, and under what names?",
            Panel::Compose => "What did Compose start here, and is it all there?",
            Panel::Init => "Who is process 1, and what will stopping cost?",
            Panel::Platform => "Who shares a kernel with whom, and how much memory is there?",
            Panel::Virtualization => "What can an engine tell of the hardware below it?",
            Panel::Hosts => "Which Docker hosts are connected, and how are they doing?",
            Panel::Events => "What has happened on this host?",
        }
    }

    /// The panel of this name.
    pub fn from_name(name: &str) -> Option<Panel> {
        Panel::ALL.into_iter().find(|panel| panel.name() == name)
    }

    /// What to say of a name that no panel has: what it may mean, else all there are.
    pub fn none_named(name: &str) -> String {
        let names = || Panel::ALL.into_iter().map(Panel::name);
        match crate::notebook::meant(name, names()) {
            near if near.is_empty() => {
                let known = names().collect::<Vec<_>>().join(", ");
                format!("no panel is named {name:?}; there are {known}")
            }
            near => format!("no panel is named {name:?}{near}"),
        }
    }

    /// What this panel asks a host, given what it has heard so far. Called again
    /// after each round, until it names nothing new.
    pub fn asks(self, view: &View, have: &Answers) -> Vec<Ask> {
        match self {
            Panel::Parts => parts::asks(view, have),
            Panel::StorageDriver => storage_driver::asks(view, have),
            Panel::Mounts => mounts::asks(view, have),
            Panel::Layers => layers::asks(view, have),
            Panel::WritableLayer => writable_layer::asks(view, have),
            Panel::OnTheHost => on_the_host::asks(view, have),
            Panel::Networks => networks::asks(view, have),
            Panel::ComposeNetworks => compose_networks::asks(view, have),
            Panel::Compose => compose::asks(view, have),
            Panel::Init => init::asks(view, have),
            Panel::Platform => platform::asks(view, have),
            Panel::Virtualization => virtualization::asks(view, have),
            Panel::Hosts => hosts::asks(view, have),
            Panel::Events => events::asks(view, have),
        }
    }
}
