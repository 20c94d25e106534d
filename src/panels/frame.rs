//! The frame around every picture: heading, waterline with its state, the picture
//! in words, and "How do we know?".

use super::{Panel, View};
use crate::engine::{Answers, Ask};
use jiff::Timestamp;
use serde_json::Value;

/// How fresh the water is: `data-state` on a `<live-panel>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelState {
    /// Listened to, nothing has changed since.
    Live,
    /// The host cannot be heard; what is shown is what it said last.
    Stale,
    /// From a recording.
    Recorded,
    /// Nothing to show, and the reason.
    Unavailable,
}

/// Where a figure in a panel came from: one entry of the drawer.
#[derive(Clone, Debug)]
pub struct Source {
    /// The ask.
    pub ask: Ask,
    /// The request as it went out, e.g. `GET /v1.41/info`.
    pub request: String,
    /// The fields that the picture reads, e.g. `.Driver, .DriverStatus`.
    pub fields: &'static str,
    /// When it was asked.
    pub asked: Timestamp,
    /// The docker command that shows the same.
    pub command: String,
    /// The part of the raw answer that the picture reads, as indented JSON.
    pub raw: String,
}

/// A panel, drawn: what goes onto the page, onto the stream and behind `.json`.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// How fresh it is.
    pub state: PanelState,
    /// The whole `<live-panel>` element.
    pub html: String,
    /// The picture's data and the answers it rests on.
    pub json: Value,
}

/// Draws `panel` from `have`. Never fails: a host that does not answer is a picture too.
pub fn draw(panel: Panel, view: &View, have: &Answers) -> Drawn {
    let _ = (panel, view, have);
    Drawn {
        state: PanelState::Unavailable,
        html: String::new(),
        json: Value::Null,
    }
}
