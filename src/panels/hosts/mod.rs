//! The *hosts* panel.

use super::frame::{Frame, Picture};
use super::{NotTold, Panel, View, need};
use crate::engine::{Answers, Ask};
use askama::Template;
use serde::Serialize;

/// What this panel asks a host, given what it has heard so far.
pub fn asks(_view: &View, _have: &Answers) -> Vec<Ask> {
    vec![Ask::Version]
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/hosts.html")]
pub struct Hosts {
    #[serde(skip)]
    frame: Frame,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Hosts, NotTold> {
    need(have, &Ask::Version)?;
    let mut frame = Frame::new(Panel::Hosts, view, have);
    frame.cite(have, &Ask::Version, &[]);
    Ok(Hosts { frame })
}

impl Picture for Hosts {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}
