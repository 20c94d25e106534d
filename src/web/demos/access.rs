//! Who may run what, and on which host: asked anew for every page, form and terminal.

use super::stage::{Off, Place, Stage};
use super::view::Forms;
use super::visitor::Visitor;
use crate::engine::{Host, Status};
use crate::web::chosen;
use crate::web::error::PageError;
use crate::web::state::App;
use axum::http::HeaderMap;
use std::sync::Arc;

/// What a request may do.
pub enum Access {
    /// Run things.
    Ready {
        /// Where they run.
        stage: Arc<Stage>,
        /// Who asks.
        visitor: Visitor,
        /// They have no cookie yet: the answer brings it.
        is_new: bool,
    },
    /// Only read: this browser was not opened with the key.
    NoKey,
    /// Only read, whoever asks.
    Off(Off),
}

impl Access {
    /// What this request may do. Who has no cookie yet is somebody new.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn of(app: &App, headers: &HeaderMap) -> Result<Access, PageError> {
        let stage = match &app.stage {
            Ok(stage) => Arc::clone(stage),
            Err(off) => return Ok(Access::Off(off.clone())),
        };
        if !app.key.is_held(headers, app.port) {
            return Ok(Access::NoKey);
        }
        Ok(match Visitor::of(headers, app.port) {
            Some(visitor) => Access::Ready {
                stage,
                visitor,
                is_new: false,
            },
            None => Access::Ready {
                stage,
                visitor: Visitor::new().map_err(|error| PageError::Internal(error.into()))?,
                is_new: true,
            },
        })
    }

    /// The same of a form, which must carry the token that its page was given.
    ///
    /// # Errors
    /// Why it may do nothing.
    pub fn of_form(app: &App, headers: &HeaderMap, token: &str) -> Result<Acting, PageError> {
        match Access::of(app, headers)? {
            Access::Off(off) => Err(PageError::Off(off)),
            // The front door has seen it already; a terminal comes here directly.
            Access::NoKey => Err(PageError::Key(crate::web::key::KeyTrouble::Missing)),
            Access::Ready {
                stage,
                visitor,
                is_new: false,
            } if visitor.holds(&stage.secret, token) => Ok(Acting { stage, visitor }),
            Access::Ready { .. } => Err(PageError::OldForm),
        }
    }

    /// Why nothing can be run, in a sentence or two; `None` when it can.
    pub fn notice(&self) -> Option<String> {
        Some(match self {
            Access::Ready { .. } => return None,
            Access::NoKey => "Running needs the key: other accounts of this machine can read this \
                page too, and must not start anything. Open the address that Waterline printed \
                when it started, the one with ?key= in it, and come back."
                .into(),
            Access::Off(off) => off.sentence(),
        })
    }

    /// What the forms of a page carry, where anything can be run.
    pub fn forms(&self, host: &str, demo: &str, turn: String, busy: bool) -> Option<Forms> {
        match self {
            Access::Ready { stage, visitor, .. } => Some(Forms {
                token: visitor.token(&stage.secret),
                host: host.to_owned(),
                demo: demo.to_owned(),
                turn,
                busy,
            }),
            _ => None,
        }
    }

    /// The place of this visitor's work.
    pub fn place(&self, demo: &str, host: &str) -> Option<(Arc<Stage>, Place)> {
        match self {
            Access::Ready { stage, visitor, .. } => {
                let place = Place {
                    visitor: visitor.clone(),
                    demo: demo.to_owned(),
                    host: host.to_owned(),
                };
                Some((Arc::clone(stage), place))
            }
            _ => None,
        }
    }
}

/// Somebody who may run things, and whose form is ours.
pub struct Acting {
    /// Where they run.
    pub stage: Arc<Stage>,
    /// Who.
    pub visitor: Visitor,
}

impl Off {
    /// Why nothing can be run, and what to do about it.
    pub fn sentence(&self) -> String {
        match self {
            Off::ReadOnly => "Waterline was started with --read-only: it changes nothing on any \
                host, so nothing can be run here. Start it without that, and open the address that \
                it prints. Or take the commands to your own docker."
                .into(),
            Off::Unable(why) => format!("Nothing can be run here: {why}"),
        }
    }
}

/// The host that a request is about: the one it names, or that of the reader's cookie, or
/// the default one.
///
/// # Errors
/// The request names one that is not there.
pub fn host(app: &App, headers: &HeaderMap, named: &str) -> Result<Option<Arc<Host>>, PageError> {
    if !named.is_empty() {
        let host = app.engine.host(Some(named));
        return host
            .map(Some)
            .ok_or_else(|| PageError::NoSuchHost(named.to_owned()));
    }
    let chosen = chosen::chosen(headers);
    let chosen = chosen.and_then(|name| app.engine.host(Some(&name)));
    Ok(chosen.or_else(|| app.engine.host(None)))
}

/// What is to be known of a host before anything is run on it.
pub fn host_notice(host: Option<&Host>) -> Option<String> {
    let Some(host) = host else {
        return Some("No Docker host is connected, so nothing can be run.".into());
    };
    match host.status() {
        Status::Live | Status::Connecting => None,
        Status::Away { why, .. } => Some(format!(
            "The host {} does not answer: {why}. {}",
            host.name(),
            why.advice()
        )),
        Status::Recorded { why } => Some(format!(
            "The panels show a recording, since no Docker host was heard ({why}). Nothing can be \
             run on a recording. {}",
            why.advice()
        )),
    }
}
