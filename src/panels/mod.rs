//! Panels: the live picture of a topic, a pure function from answers to a picture.
//!
//! [`Panel`] lists them all, one file each. A panel says what it [`asks`](Panel::asks)
//! and what it [`draws`](draw) from the answers; it has no clock and no network,
//! so the same answers give the same bytes to every viewer.

pub mod attached;
mod excerpt;
pub mod frame;
pub mod layers;
pub mod networks;
mod unavailable;
mod view;
pub mod words;

use crate::engine::{Answers, Ask, Away};
pub use frame::{Drawn, PanelState, Source, draw};
pub use view::View;

/// Every panel there is. A new one does not compile until it is named, asked for and drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Panel {
    /// How this host keeps layers.
    StorageDriver,
    /// What is shared, what can be written.
    Layers,
    /// Who hangs on which network, and who reaches whom.
    Networks,
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
    pub const ALL: [Panel; 3] = [Panel::StorageDriver, Panel::Layers, Panel::Networks];

    /// The name in URLs, in `attachments.toml` and in `<live-panel name="…">`.
    pub fn name(self) -> &'static str {
        match self {
            Panel::StorageDriver => "storage-driver",
            Panel::Layers => "layers",
            Panel::Networks => "networks",
        }
    }

    /// The heading above the picture.
    pub fn title(self) -> &'static str {
        match self {
            Panel::StorageDriver => "Storage driver",
            Panel::Layers => "Layers",
            Panel::Networks => "Networks",
        }
    }

    /// The question that the picture answers.
    pub fn question(self) -> &'static str {
        match self {
            Panel::StorageDriver => "How does this host keep layers?",
            Panel::Layers => {
                "What is shared, what can be written, and which line of a Dockerfile made it?"
            }
            Panel::Networks => "Who hangs on which network, and who can reach whom?",
        }
    }

    /// The panel of this name.
    pub fn from_name(name: &str) -> Option<Panel> {
        Panel::ALL.into_iter().find(|panel| panel.name() == name)
    }

    /// What this panel asks a host, given what it has heard so far. Called again
    /// after each round, until it names nothing new.
    pub fn asks(self, view: &View, have: &Answers) -> Vec<Ask> {
        match self {
            Panel::Layers => layers::asks(view, have),
            Panel::Networks => networks::asks(view, have),
            Panel::StorageDriver => {
                let _ = (view, have);
                Vec::new()
            }
        }
    }
}
