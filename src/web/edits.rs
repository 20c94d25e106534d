//! Edits: what open pages are told when the content folder changes, and what a page says of
//! files that cannot be shown.
//!
//! Every page that shows notes goes out with the mark of its edition, in a header, so that
//! its bytes stay the same while its notes do. The page's stream names the mark of the newest
//! edition, at once and whenever there is another, and a page with an older one asks for
//! itself again.

use super::kept::Page;
use super::live::{Frames, event};
use super::state::{App, Edition};
use crate::notebook::Problem;
use askama::Template;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use futures_util::StreamExt;
use futures_util::stream;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio_stream::wrappers::WatchStream;

/// The header that a page's script can read.
const TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What every page has where its notices go.
const PLACE: &str = "<aside id=\"edit-notice\" hidden></aside>";

/// How many faults a notice lists.
const MOST: usize = 5;

/// How many addresses that were left are remembered.
const MOST_LEFT: usize = 1000;

/// Which edition of a followed notebook it is. Another run of Waterline has other marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    run: u64,
    number: u64,
}

impl Mark {
    /// That of the first edition of this run.
    pub fn first() -> Mark {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Mark {
            // A clock before 1970 is wrong; the marks of this run are still in order.
            run: since.map_or(0, |since| since.as_nanos() as u64),
            number: 1,
        }
    }

    /// That of the next edition.
    #[must_use]
    pub fn next(self) -> Mark {
        Mark {
            number: self.number + 1,
            ..self
        }
    }

    /// Marks an answer.
    pub fn put(self, headers: &mut HeaderMap) {
        let value = HeaderValue::try_from(format!("edition;desc=\"{self}\""));
        // Letters, digits and a dot are a header's value.
        if let Ok(value) = value {
            headers.insert(TIMING, value);
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{}", self.run, self.number)
    }
}

/// Where a note was read, and is not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Its file was removed.
    Removed {
        /// Its title.
        title: String,
        /// The file.
        file: String,
    },
    /// It is read elsewhere now.
    Moved {
        /// Its title.
        title: String,
        /// The path.
        to: String,
    },
}

/// What became of addresses, by path.
pub type AllLeft = Arc<BTreeMap<String, Left>>;

/// What became of the addresses of changed files, from one edition to the next.
pub fn left(before: &Edition, now: &Edition, files: &[String]) -> AllLeft {
    let mut left = Arc::clone(&before.left);
    for file in files.iter().take(MOST_LEFT) {
        let note = before.notebook.note_in(file);
        let Some(old) = note.filter(|old| !now.notebook.has_note(&old.path)) else {
            continue;
        };
        let all = Arc::make_mut(&mut left);
        if all.len() >= MOST_LEFT {
            all.clear();
        }
        let title = old.title;
        let what = match now.notebook.note_in(file) {
            Some(new) => Left::Moved {
                title,
                to: new.path,
            },
            None => Left::Removed {
                title,
                file: file.clone(),
            },
        };
        all.insert(old.path, what);
    }
    left
}

/// Marks the answer that there is no such page: with no edition at all, so that its page asks
/// once more when it hears of the newest.
pub fn mark_missing(app: &App, headers: &mut HeaderMap) {
    if app.marks.is_some() {
        headers.insert(TIMING, HeaderValue::from_static("edition;desc=\"none\""));
    }
}

#[derive(Template)]
#[template(path = "parts/edit-notice.html")]
struct Notice<'a> {
    away: Option<&'a str>,
    failed: Vec<&'a Problem>,
    more: usize,
}

impl Edition {
    /// A page of this edition, ready to be sent.
    pub fn page(&self, html: String) -> Page {
        Page::html(self.noticed(html))
    }

    /// A page with what is to be said of the content: that its folder is gone, and which
    /// files cannot be shown as they are now.
    pub fn noticed(&self, html: String) -> String {
        let failed = self.notebook.all_failed();
        let mut failed: Vec<&Problem> = failed.collect();
        let away = self.away.then_some(self.source.as_str());
        if away.is_none() && failed.is_empty() {
            return html;
        }
        let more = failed.len().saturating_sub(MOST);
        failed.truncate(MOST);
        let notice = Notice { away, failed, more }.render();
        // The template cannot fail on text.
        notice.map_or(html.clone(), |notice| html.replacen(PLACE, &notice, 1))
    }
}

/// What tells a page of edits; `None` for content that is not followed.
pub fn frames(app: &App) -> Option<Frames> {
    let editions = WatchStream::new(app.marks()?);
    let editions = editions.map(|mark| event("edit", &mark.to_string()));
    // Results follow a little later than the notes.
    let found = app.finder.brought_up();
    let found = WatchStream::from_changes(found).map(|_| event("found", "again"));
    Some(stream::select(editions, found).boxed())
}
