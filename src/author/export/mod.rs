//! `waterline export`: a copy of the notebook that needs no program behind it.
//!
//! 1. `seen` asks the default host once what all panels show.
//! 2. `addresses` says which page of the server is which file; `rewrite` turns the one into
//!    the other, with the same pages that the server draws.
//! 3. `site` draws and writes all of them, with the index that `finding` makes, a
//!    `sitemap`, and the `files` beside the notes; `place` puts them where they belong.
//! 4. `one` makes one file of one page instead.

pub mod addresses;
mod files;
mod finding;
pub mod one;
pub mod place;
pub mod rewrite;
pub mod seen;
pub mod site;
mod sitemap;

use crate::notebook::Content;
use crate::panels::frame::Moment;
use crate::web::error::PageError;
use crate::web::pages::{Beside, HostLink};
use crate::web::state::Edition;
use place::PlaceError;
use seen::{HostSeen, Seen};
use std::path::Path;

/// A notebook that is copied.
pub struct Copied<'a> {
    /// The notes, with what stands beside them.
    pub edition: &'a Edition,
    /// Where they come from.
    pub content: &'a Content,
    /// The hosts as they were seen.
    pub seen: &'a Seen,
    /// When this is.
    pub made: Moment,
    /// Where the copy will be read, if that is known.
    pub base: Option<&'a Base>,
}

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many pages it wrote.
    pub pages: usize,
    /// How many files in all.
    pub files: usize,
    /// The links that lead nowhere in the copy and became text: the page's file and the
    /// address, in order. Of one page alone only the pictures that it cannot hold.
    pub lost: Vec<(String, String)>,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be put there.
    #[error("{0}")]
    Place(#[from] PlaceError),
    /// Neither a topic nor a note is called so.
    #[error("there is no topic and no note called {name:?}{}", near(.meant))]
    NoSuch {
        /// What was asked for.
        name: String,
        /// What may have been meant.
        meant: Vec<String>,
    },
    /// A fault of ours.
    #[error("a page could not be drawn. The fault is Waterline's: {0}")]
    Drawing(String),
}

fn near(meant: &[String]) -> String {
    match meant {
        [] => "; `waterline index` lists all of them".to_owned(),
        some => format!("; did you mean {}?", some.join(" or ")),
    }
}

impl From<askama::Error> for ExportError {
    fn from(error: askama::Error) -> Self {
        ExportError::Drawing(error.to_string())
    }
}

impl From<PageError> for ExportError {
    fn from(error: PageError) -> Self {
        ExportError::Drawing(format!("{error:?}"))
    }
}

impl Copied<'_> {
    /// The folder of the notes, where they are in one.
    pub fn folder(&self) -> Option<&Path> {
        match self.content {
            Content::Folder(folder) => Some(folder),
            Content::Embedded => None,
        }
    }

    /// The hosts as the notebook's page lists them: by how they stood. Where they are is of
    /// nobody's concern who reads a copy.
    fn host_links(&self) -> Vec<HostLink> {
        let hosts = self.seen.hosts.iter();
        hosts
            .map(|host| HostLink {
                name: host.facts.name.clone(),
                endpoint: host.stood.clone(),
            })
            .collect()
    }

    /// What pages show beside their text. What an author should mend is no reader's concern.
    fn beside<T>(&self, hosts: &[HostLink], draw: impl FnOnce(&Beside<'_>) -> T) -> T {
        self.edition.beside(hosts, |beside| {
            draw(&Beside {
                for_authors: false,
                ..*beside
            })
        })
    }

    /// The host that panels show, and of when, for the masthead.
    fn chip(&self) -> (String, String) {
        let day = self.made.read.split(',').next().unwrap_or_default();
        match self.seen.hosts.first() {
            Some(HostSeen { facts, heard, .. }) => match (heard, &facts.recorded) {
                (false, Some(recorded)) => ("recording".to_owned(), format!("of {recorded}")),
                _ => (facts.name.clone(), format!("as of {day}")),
            },
            None => ("a copy".to_owned(), format!("of {day}")),
        }
    }
}

/// Where a copy will be read: `https://example.org/notes/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// Reads an address of the web.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn parse(text: &str) -> Result<Base, String> {
        let rest = ["https://", "http://"]
            .into_iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or("it must begin with https:// or http://")?;
        let odd = |c: char| c.is_whitespace() || c.is_control() || "\"'<>\\?#&".contains(c);
        if rest.is_empty() || rest.starts_with('/') {
            return Err("it names no server".to_owned());
        }
        if let Some(c) = text.chars().find(|c| odd(*c)) {
            return Err(format!("{c:?} cannot be in the address of a folder"));
        }
        let slash = if text.ends_with('/') { "" } else { "/" };
        Ok(Base(format!("{text}{slash}")))
    }

    /// The whole address, with `/` at its end.
    pub fn whole(&self) -> &str {
        &self.0
    }

    /// Its path on the server: `/notes/`.
    pub fn path(&self) -> &str {
        let server = self.0.find("://").map_or(0, |at| at + "://".len());
        self.0[server..]
            .find('/')
            .map_or("/", |at| &self.0[server + at..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_an_address_of_the_web_that_ends_with_a_slash() {
        let base = Base::parse("https://example.org/a/notes").expect("a base");
        assert_eq!(base.whole(), "https://example.org/a/notes/");
        assert_eq!(base.path(), "/a/notes/");
        assert_eq!(Base::parse("http://h:80").expect("a base").path(), "/");
        for bad in [
            "",
            "example.org",
            "ftp://a/",
            "https://",
            "https:///x",
            "https://a/?b",
            "https://a/\"b",
        ] {
            assert!(Base::parse(bad).is_err(), "{bad}");
        }
    }
}
