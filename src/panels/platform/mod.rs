//! The *platform* panel.

use super::frame::{Frame, Picture};
use super::{NotTold, Panel, View, need};
use crate::engine::{Answers, Ask};
use askama::Template;
use serde::Serialize;

/// What this panel asks a host, given what it has heard so far.
pub fn asks(_view: &View, _have: &Answers) -> Vec<Ask> {
    vec![Ask::Info]
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/platform.html")]
pub struct Platform {
    #[serde(skip)]
    frame: Frame,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Platform, NotTold> {
    need(have, &Ask::Info)?;
    let mut frame = Frame::new(Panel::Platform, view, have);
    frame.cite(have, &Ask::Info, &[]);
    Ok(Platform { frame })
}

impl Picture for Platform {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}
