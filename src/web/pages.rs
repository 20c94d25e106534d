//! Pages: a notebook in, HTML out. Pure functions, the same bytes for everybody.
//!
//! [`home`] is the notebook, [`map()`] how its notes refer to each other, [`note`] one note,
//! [`topic`] one topic, written or wanted. None of them waits for Docker: a panel is a place
//! of reserved size, with a link to the panel's own page, which the live stream fills later. And
//! nothing on a page grows with the notebook: what could is cut into pages.

mod contents;
mod cut;
mod excerpt;
mod headed;
mod home;
mod html;
mod map;
mod note;
mod pager;
mod parts;
mod preview;
mod topic;

use super::editing::Editing;
use crate::notebook::{Notebook, Problem};
use askama::Template;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub use home::{Places, home};
pub use map::{MapOf, map, map_page_of, map_url, topic_map_url};
pub use note::note;
pub(crate) use parts::thousands;
pub use parts::{PanelLink, sheets_of};
pub use preview::{preview, vanished};
pub use topic::topic;

/// Text whose headings stand below a page's title.
pub fn below_title(html: &str) -> String {
    html::shift_headings(html, i8::from(html.contains("<h1")))
}

/// This program's version, as the footer says it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Its licence, as the footer says it.
pub const LICENCE: &str = env!("CARGO_PKG_LICENSE");

/// What a page shows beside the notebook's own text.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// The panels that are attached to a topic, by the topic's name.
    pub panels_of: &'a dyn Fn(&str) -> Vec<PanelLink>,
    /// The demos of a topic, by the topic's name.
    pub demos_of: &'a dyn Fn(&str) -> Vec<DemoLink>,
    /// Why a topic that has no demo has none, where somebody said so.
    pub why_none: &'a dyn Fn(&str) -> Option<String>,
    /// The configured hosts, the default one first.
    pub hosts: &'a [HostLink],
    /// Where the notes are written.
    pub editing: &'a Editing,
    /// Whether a page tells its author what to mend in its note: a copy has readers only.
    pub for_authors: bool,
}

impl Beside<'_> {
    fn is_live(&self, topic: &str) -> bool {
        !(self.panels_of)(topic).is_empty()
    }

    /// What the author of a file should mend, where pages tell that.
    fn for_the_author(&self, notebook: &Notebook, file: &str) -> Vec<Problem> {
        match self.for_authors {
            true => notebook.problems_of(file),
            false => Vec::new(),
        }
    }
}

/// A demo of a topic, as the topic shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoLink {
    /// Where it is.
    pub href: String,
    /// Its title.
    pub title: String,
    /// How long it takes and what it makes.
    pub facts: String,
}

/// One configured host, as the notebook's page lists it. Its state is not here: a
/// page is kept, and a state would be old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLink {
    /// The configured name.
    pub name: String,
    /// Where it is, e.g. `unix:///var/run/docker.sock`.
    pub endpoint: String,
}

/// The address of a file under `static/`, e.g. `asset("css/base.css")`.
pub fn asset(path: &str) -> String {
    super::assets::url(path)
}

/// What a path segment may hold as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// What a whole path may hold as it is.
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// The address of a topic's page.
pub fn topic_url(name: &str) -> String {
    format!("/topics/{}", utf8_percent_encode(name, SEGMENT))
}

/// The address of a host's page.
pub fn host_url(name: &str) -> String {
    format!("/hosts/{}", utf8_percent_encode(name, SEGMENT))
}

/// The address of a note, from its front matter path.
pub fn note_url(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// Renders a template whose fields are all in memory.
fn drawn(template: &impl Template) -> String {
    template
        .render()
        .expect("a template of plain values writes into a String, which does not fail")
}
