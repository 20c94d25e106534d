//! The *events* panel.

pub mod facts;

use super::frame::{Frame, Picture};
use super::{NotTold, Panel, View, need};
use crate::engine::{Answers, Ask};
use askama::Template;
use serde::Serialize;

/// What this panel asks a host, given what it has heard so far.
pub fn asks(_view: &View, _have: &Answers) -> Vec<Ask> {
    vec![Ask::Events]
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/events.html")]
pub struct Events {
    #[serde(skip)]
    frame: Frame,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Events, NotTold> {
    need(have, &Ask::Events)?;
    let mut frame = Frame::new(Panel::Events, view, have);
    frame.cite(have, &Ask::Events, &[]);
    Ok(Events { frame })
}

impl Picture for Events {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}
