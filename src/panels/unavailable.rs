//! The picture that stands where none can be drawn: what happened, whose fault it
//! is, and what to do.

use super::frame::{Frame, Picture};
use super::{NotTold, Panel, View, words};
use crate::engine::{Answers, Away};
use askama::Template;
use serde::Serialize;

/// Why there is no picture.
#[derive(Template, Serialize)]
#[template(path = "panels/unavailable.html")]
pub struct Unavailable {
    #[serde(skip)]
    frame: Frame,
    happened: String,
    fault: &'static str,
    advice: &'static str,
}

impl Unavailable {
    /// The reason, with everything that was asked in the drawer.
    pub fn new(panel: Panel, view: &View, have: &Answers, why: &NotTold) -> Unavailable {
        let mut frame = Frame::new(panel, view, have);
        for (ask, _) in have.all().into_iter().take(6) {
            frame.cite(have, ask, &[]);
        }
        let (chip, fault, advice) = match why {
            NotTold::Away(away) => (chip(away), fault(away), away.advice()),
            NotTold::NoField { .. } => (
                "not told",
                "Waterline asked, and the engine answered, but it leaves this out. Engines differ.",
                "The raw answer below shows what it does say.",
            ),
        };
        Unavailable {
            frame: frame.without_picture(chip),
            happened: words::capital(&words::short(&why.to_string(), 300)),
            fault,
            advice,
        }
    }
}

impl Picture for Unavailable {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

fn chip(away: &Away) -> &'static str {
    match away {
        Away::Connecting => "asking",
        Away::NobodyThere(_) => "no host",
        Away::NotAllowed(_) => "not allowed",
        Away::Silent(_) => "silent",
        Away::Broken(_) => "no connection",
        Away::Tls(_) => "not secure",
        Away::Ssh(_) => "not by ssh",
        Away::Refused { .. } => "refused",
        Away::Unreadable(_) => "not understood",
        Away::NoCommonVersion(_) => "no common version",
        Away::NotRecorded(_) => "not recorded",
        Away::Misconfigured(_) => "wrong setting",
    }
}

/// Whose fault it is, so that nobody looks in the wrong place.
fn fault(away: &Away) -> &'static str {
    match away {
        Away::Connecting => "Nothing is wrong: this panel fills by itself.",
        Away::NobodyThere(_) => {
            "Docker is not running there. The note reads as always, and this panel fills by itself."
        }
        Away::NotAllowed(_) => {
            "Docker is there; it is the permissions of its socket that keep Waterline out."
        }
        Away::Silent(_) => {
            "The engine took the question and does not answer. Waterline goes on asking."
        }
        Away::Broken(_) => "Something between Waterline and the engine failed.",
        Away::Tls(_) => {
            "The engine and Waterline do not trust each other's certificates. Nothing was asked without them."
        }
        Away::Ssh(_) => {
            "The way to that machine is closed, or leads to no docker command. The note reads as always, and this panel fills by itself."
        }
        Away::Refused { .. } => "The engine understood the question and says no.",
        Away::Unreadable(_) => {
            "What listens there speaks, but not as a Docker engine does; or Waterline does not know its dialect."
        }
        Away::NoCommonVersion(_) => "The engine and Waterline are too far apart in age.",
        Away::Misconfigured(_) => {
            "A setting names no host that can be asked. It is a setting of this machine, not of the note."
        }
        Away::NotRecorded(_) => {
            "This is a recording, and whoever took it did not ask for this. The recording is not at fault for anything else."
        }
    }
}
