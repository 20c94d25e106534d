//! Errors are pages: what happened, whose fault it is, and where to go from here.
//!
//! A handler returns a [`Failure`]; the front door ([`super::front`]) draws its
//! page and logs what the reader is not told. Nothing internal reaches a page.

use super::demos::stage::Off;
use super::edits::{self, Left};
use super::guard::{self, Refusal};
use super::key::KeyTrouble;
use super::near::near;
use super::pages;
use super::reply::Reply;
use super::state::App;
use crate::engine::ConnectError;
use crate::panels::Panel;
use askama::Template;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode, Uri};
use axum::response::IntoResponse;
use std::sync::Arc;

/// Everything that can go wrong with a request.
#[derive(Debug)]
pub enum PageError {
    /// The address does not decode to text.
    BadAddress,
    /// No page at this path.
    NoSuchPage(String),
    /// A name that no note defines or refers to.
    NoSuchTopic(String),
    /// No panel of this name.
    NoSuchPanel(String),
    /// No configured host of this name.
    NoSuchHost(String),
    /// No sandbox of this id on the host.
    NoSuchSandbox(String),
    /// A docker context that cannot be connected.
    NoContext(ConnectError),
    /// The guard did not let it in.
    Guarded(Refusal),
    /// No demo of this name.
    NoSuchDemo(String),
    /// Nothing can be run here.
    Off(Off),
    /// An address for something else than a page.
    NotHere,
    /// A form whose page was made for another browser, or by an earlier Waterline.
    OldForm,
    /// The one-time key opened nothing.
    Key(KeyTrouble),
    /// Anything but GET and HEAD.
    Method,
    /// The address is longer than is read.
    AddressTooLong,
    /// The request's body is larger than is read.
    BodyTooLarge,
    /// The answer took longer than a page may.
    TimedOut,
    /// A handler panicked.
    Panicked,
    /// A fault of ours that has no name: the details go to the log.
    Internal(anyhow::Error),
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        PageError::Internal(error.into())
    }
}

impl From<axum::http::Error> for PageError {
    fn from(error: axum::http::Error) -> Self {
        PageError::Internal(error.into())
    }
}

/// A [`PageError`] on its way from a handler to the front door. Shared, since all
/// who waited for the same page get the same error.
#[derive(Clone, Debug)]
pub struct Failure(pub Arc<PageError>);

impl From<PageError> for Failure {
    fn from(error: PageError) -> Self {
        Failure(Arc::new(error))
    }
}

impl From<Arc<PageError>> for Failure {
    fn from(error: Arc<PageError>) -> Self {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        let mut response = self.0.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A way out: a link on an error page.
pub struct WayOut {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub text: String,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    status: u16,
    title: &'static str,
    happened: String,
    fault: &'static str,
    near: Vec<WayOut>,
    ways: Vec<WayOut>,
}

/// What was asked, as far as an error page needs it.
pub struct Asked<'a> {
    /// The address.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
}

impl PageError {
    /// The HTTP status that goes with the page.
    pub fn status(&self) -> StatusCode {
        match self {
            PageError::BadAddress | PageError::NotHere | PageError::Guarded(Refusal::OddHost) => {
                StatusCode::BAD_REQUEST
            }
            PageError::NoSuchPage(_)
            | PageError::NoSuchTopic(_)
            | PageError::NoSuchPanel(_)
            | PageError::NoSuchHost(_)
            | PageError::NoSuchDemo(_)
            | PageError::NoSuchSandbox(_)
            | PageError::NoContext(ConnectError::NoContext(_)) => StatusCode::NOT_FOUND,
            PageError::NoContext(_) => StatusCode::UNPROCESSABLE_ENTITY,
            PageError::Guarded(Refusal::ForeignHost) => StatusCode::MISDIRECTED_REQUEST,
            PageError::Guarded(_) | PageError::Key(_) | PageError::Off(_) | PageError::OldForm => {
                StatusCode::FORBIDDEN
            }
            PageError::Method => StatusCode::METHOD_NOT_ALLOWED,
            PageError::AddressTooLong => StatusCode::URI_TOO_LONG,
            PageError::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            PageError::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            PageError::Panicked | PageError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The title of the page: what happened, in a few words.
    fn title(&self) -> &'static str {
        match self {
            PageError::BadAddress => "This address cannot be read",
            PageError::NoSuchPage(_) => "There is no such page",
            PageError::NoSuchTopic(_) => "No note mentions this topic",
            PageError::NoSuchPanel(_) => "There is no such panel",
            PageError::NoSuchHost(_) => "There is no such host",
            PageError::NoSuchSandbox(_) => "There is no such sandbox",
            PageError::NoContext(_) => "This context cannot be connected",
            PageError::NoSuchDemo(_) => "There is no such demo",
            PageError::Off(_) => "Nothing can be run here",
            PageError::OldForm => "This page is out of date",
            PageError::NotHere => "This is no page",
            PageError::Guarded(Refusal::NoOrigin) => "No page of Waterline sent this",
            PageError::Key(KeyTrouble::Missing) => "This needs the key",
            PageError::Guarded(Refusal::OddHost | Refusal::ForeignHost) => {
                "This is not an address of Waterline"
            }
            PageError::Guarded(_) => "Another site sent you here",
            PageError::Key(KeyTrouble::Used) => "This key was used already",
            PageError::Key(KeyTrouble::Wrong) => "This key opens nothing",
            PageError::Method => "This can only be read",
            PageError::AddressTooLong => "This address is too long",
            PageError::BodyTooLarge => "This is too much to send",
            PageError::TimedOut => "This took too long",
            PageError::Panicked | PageError::Internal(_) => "Waterline made a mistake",
        }
    }

    /// What happened, in a sentence or two.
    fn happened(&self) -> String {
        match self {
            PageError::BadAddress => "Decoded, the address is not text (UTF-8).".into(),
            PageError::NoSuchPage(path) => {
                format!("Neither the notebook nor Waterline itself has a page at {}.", short(path))
            }
            PageError::NoSuchTopic(name) => {
                format!("No note defines {0} and no note refers to {0}.", short(name))
            }
            PageError::NoSuchPanel(name) => format!("No panel is called {}.", short(name)),
            PageError::NoSuchHost(name) => {
                format!("No host called {} was given to Waterline.", short(name))
            }
            PageError::NoSuchSandbox(id) => {
                format!("No sandbox {} is on this host.", short(id))
            }
            PageError::NoContext(error) => {
                format!("{}.", crate::panels::words::capital(&error.to_string()))
            }
            PageError::NoSuchDemo(name) => format!("No demo is called {}.", short(name)),
            PageError::Off(off) => off.sentence(),
            PageError::NotHere => {
                "A terminal is opened from a demo or from the prompt, by a script of theirs.".into()
            }
            PageError::OldForm => {
                "The form that was sent was made for another browser, or before Waterline was \
                 started again. Nothing was run. Open the page again, and its buttons work."
                    .into()
            }
            PageError::Guarded(Refusal::NoOrigin) => {
                "The request would change something and does not say which page sent it, as \
                 every browser does. Nothing was changed."
                    .into()
            }
            PageError::Key(KeyTrouble::Missing) => {
                "Other accounts of this machine can reach Waterline too, so it runs commands and \
                 connects hosts only for a browser that was opened with the key. Open the address that \
                 Waterline printed when it started, the one with ?key= in it, and try again."
                    .into()
            }
            PageError::Guarded(Refusal::OddHost) => {
                "The request names no host, or more than one, or something that is not a host.".into()
            }
            PageError::Guarded(Refusal::ForeignHost) => {
                "The request reached this machine under a name that is not its own. \
                 Waterline answers to localhost, 127.0.0.1 and [::1]: any other name could \
                 belong to a site that wants to read along."
                    .into()
            }
            PageError::Guarded(Refusal::ForeignOrigin) => {
                "A page of another site asked for this. Waterline answers only its own pages, \
                 so that no other site can read along."
                    .into()
            }
            PageError::Guarded(Refusal::OtherSite) => {
                "A link or a page of another site asked for this. Waterline does not answer \
                 other sites, so that none can read along; you yourself can open the page."
                    .into()
            }
            PageError::Key(KeyTrouble::Used) => {
                "The key in the address works once, and a browser has used it. \
                 A restart of Waterline prints a new one."
                    .into()
            }
            PageError::Key(KeyTrouble::Wrong) => {
                "The key in the address is not the one that this Waterline printed when it started. \
                 Perhaps it is the key of an earlier run."
                    .into()
            }
            PageError::Method => "Waterline answers GET and HEAD requests here.".into(),
            PageError::AddressTooLong => {
                format!("Waterline reads addresses of up to {} bytes.", guard::LONGEST_ADDRESS)
            }
            PageError::BodyTooLarge => "The request carries more than Waterline reads.".into(),
            PageError::TimedOut => {
                "The page was not ready in time. A Docker host may be slow to answer.".into()
            }
            PageError::Panicked | PageError::Internal(_) => {
                "The page could not be made. The details are in the log, where Waterline was started; \
                 everything else goes on working."
                    .into()
            }
        }
    }

    /// Whose fault it is.
    fn fault(&self) -> &'static str {
        match self {
            PageError::NoSuchPage(_) | PageError::NoSuchTopic(_) => {
                "Either the address is mistyped, or the note was moved, renamed or never written."
            }
            PageError::NoSuchPanel(_) | PageError::BadAddress | PageError::AddressTooLong => {
                "The address is mistyped, or the link that led here is wrong."
            }
            PageError::NoContext(_) => {
                "The context's, not Waterline's: see “docker context ls”. Nothing was connected."
            }
            PageError::Guarded(Refusal::NoOrigin) => "The program that sent the request.",
            PageError::Key(KeyTrouble::Missing) => {
                "Nobody's: this browser has not shown yet that it is yours."
            }
            PageError::NoSuchDemo(_) => {
                "The address is mistyped, or the demo was moved or renamed."
            }
            PageError::Off(_) => {
                "Nobody's: whoever started Waterline wanted it so, or it could not do better."
            }
            PageError::NotHere => "The link that led here is wrong.",
            PageError::OldForm => "Nobody's: the page stood open for a long time.",
            PageError::NoSuchHost(_) => {
                "The address is mistyped, or Waterline was started with other hosts."
            }
            PageError::NoSuchSandbox(_) => {
                "Nobody's: a sandbox ends when it is reset, or when nobody has used it for a while."
            }
            PageError::Guarded(Refusal::OddHost) | PageError::Method | PageError::BodyTooLarge => {
                "The program that sent the request."
            }
            PageError::Guarded(_) => "The other site, or whoever set the link there. Not yours.",
            PageError::Key(_) => {
                "Nobody's, if you opened it twice. If you did not open it before, somebody else on this machine did."
            }
            PageError::TimedOut => "Probably the Docker host's, or this machine is very busy.",
            PageError::Panicked | PageError::Internal(_) => {
                "Ours. Please report it with the line from the log."
            }
        }
    }

    /// The whole answer.
    pub fn page(&self, app: &App, asked: &Asked<'_>) -> Response<Reply> {
        let status = self.status();
        let left = self.left(app);
        let page = ErrorPage {
            status: status.as_u16(),
            title: self.title(),
            happened: left.clone().unwrap_or_else(|| self.happened()),
            fault: match left {
                Some(_) => "Nobody's: its author did that while Waterline ran.",
                None => self.fault(),
            },
            near: self.near(app),
            ways: self.ways(app, asked),
        };
        // The template cannot fail on text; if it did, the title alone still helps.
        let html = page.render().unwrap_or_else(|_| self.title().to_owned());
        let mut response = Response::new(Reply::Whole(html.into()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if matches!(self, PageError::Method) {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        let missing = matches!(
            self,
            PageError::NoSuchPage(_) | PageError::NoSuchTopic(_) | PageError::NoSuchDemo(_)
        );
        if missing {
            edits::mark_missing(app, headers);
        }
        response
    }

    /// What became of a note that was read here a while ago.
    fn left(&self, app: &App) -> Option<String> {
        let PageError::NoSuchPage(path) = self else {
            return None;
        };
        let edition = app.edition();
        Some(match edition.left.get(path)? {
            Left::Removed { title, file } => format!(
                "{} was read here until its file, {}, was removed.",
                short(title),
                short(file)
            ),
            Left::Moved { title, to } => format!("{} is read at {} now.", short(title), short(to)),
        })
    }

    /// What the reader may have meant.
    fn near(&self, app: &App) -> Vec<WayOut> {
        let edition = app.edition_for_long();
        let notebook = &edition.notebook;
        // Beyond this, reading through all names would cost more than it helps.
        let searched = |count: usize| count.min(20_000);
        let topics = || {
            notebook
                .topics(0, searched(notebook.topic_count()))
                .into_iter()
        };
        let topic = |name: String| WayOut {
            href: pages::topic_url(&name),
            text: name,
        };
        match self {
            PageError::NoSuchPage(path) => {
                if let Some(Left::Moved { title, to }) = edition.left.get(path) {
                    return vec![WayOut {
                        href: pages::note_url(to),
                        text: title.clone(),
                    }];
                }
                let notes = notebook.notes(0, searched(notebook.len())).into_iter();
                let mut ways: Vec<_> = near(path, notes.map(|note| note.path))
                    .into_iter()
                    .map(|path| WayOut {
                        href: pages::note_url(&path),
                        text: path,
                    })
                    .collect();
                // Somebody may have typed a name where a path belongs.
                let name = path.trim_matches('/');
                ways.extend(
                    near(name, topics().map(|topic| topic.name))
                        .into_iter()
                        .map(topic),
                );
                ways
            }
            PageError::NoSuchTopic(name) => near(name, topics().map(|topic| topic.name))
                .into_iter()
                .map(topic)
                .collect(),
            PageError::NoSuchPanel(_) => Panel::ALL
                .iter()
                .map(|panel| WayOut {
                    href: format!("/panels/{}", panel.name()),
                    text: panel.title().to_owned(),
                })
                .collect(),
            PageError::NoSuchHost(_) => app
                .host_links()
                .into_iter()
                .map(|host| WayOut {
                    href: pages::host_url(&host.name),
                    text: host.name,
                })
                .collect(),
            PageError::NoSuchDemo(name) => {
                let edition = app.edition_for_long();
                let ids = edition.demos.all().map(|demo| demo.id.clone());
                let found = near(name, ids).into_iter();
                found
                    .map(|id| WayOut {
                        href: super::demos::pages::demo_url(&id),
                        text: id,
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Where to go from here.
    fn ways(&self, app: &App, asked: &Asked<'_>) -> Vec<WayOut> {
        let link = |href: &str, text: &str| WayOut {
            href: href.to_owned(),
            text: text.to_owned(),
        };
        let home = || link("/", "The notebook");
        match self {
            // The name in use is not ours, so a link relative to it would not help.
            PageError::Guarded(Refusal::OddHost | Refusal::ForeignHost) => {
                vec![link(
                    &format!("http://localhost:{}/", app.port),
                    "The notebook, at its own address",
                )]
            }
            PageError::Guarded(_) => {
                let here = asked.uri.path_and_query().map_or("/", |all| all.as_str());
                let here = guard::own_address(asked.headers, here);
                vec![link(&here, "Open this page"), home()]
            }
            PageError::NoSuchHost(_)
            | PageError::NoContext(_)
            | PageError::Key(KeyTrouble::Missing)
            | PageError::TimedOut => {
                vec![home(), link("/hosts", "The Docker hosts")]
            }
            PageError::NoSuchDemo(_) | PageError::Off(_) => {
                vec![link("/demos", "All demos"), home()]
            }
            PageError::OldForm => {
                let page = asked.uri.path();
                let page = ["/steps/", "/to/", "/all", "/reset"]
                    .iter()
                    .find_map(|end| Some(page.split_once(end)?.0))
                    .unwrap_or(page);
                let page = guard::own_address(asked.headers, page);
                vec![link(&page, "Open the page again"), home()]
            }
            _ => vec![home()],
        }
    }
}

/// What somebody typed, quoted and short enough to read.
fn short(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut letters = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let start: String = letters.by_ref().take(LONGEST).collect();
    let more = if letters.next().is_some() { "…" } else { "" };
    format!("“{start}{more}”")
}
