//! The *compose* panel.

use super::frame::{Frame, Picture};
use super::{NotTold, Panel, View, need};
use crate::engine::{Answers, Ask};
use askama::Template;
use serde::Serialize;

/// What this panel asks a host, given what it has heard so far.
pub fn asks(_view: &View, _have: &Answers) -> Vec<Ask> {
    vec![Ask::Containers]
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/compose.html")]
pub struct Compose {
    #[serde(skip)]
    frame: Frame,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Compose, NotTold> {
    need(have, &Ask::Containers)?;
    let mut frame = Frame::new(Panel::Compose, view, have);
    frame.cite(have, &Ask::Containers, &[]);
    Ok(Compose { frame })
}

impl Picture for Compose {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}
