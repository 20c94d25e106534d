//! The *init* panel.

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
#[template(path = "panels/init.html")]
pub struct Init {
    #[serde(skip)]
    frame: Frame,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Init, NotTold> {
    need(have, &Ask::Containers)?;
    let mut frame = Frame::new(Panel::Init, view, have);
    frame.cite(have, &Ask::Containers, &[]);
    Ok(Init { frame })
}

impl Picture for Init {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}
