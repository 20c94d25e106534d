//! Where each page of the notebook is in a copy of it: one file for each address, under a
//! name that any file server serves and any file system can hold.
//!
//! A page is a file with its ending, `topics/NAME.html`, and links name it so: then it opens
//! from a server that knows no index files, and from a disk. A further page of a list is
//! `NAME.page-2.html`, since a file server reads no query.

use crate::engine::answer::HostFacts;
use crate::notebook::Notebook;
use crate::panels::Panel;
use crate::web::pages::{MapOf, Places, map_page_of, note_url, topic_url};
use crate::web::state::Edition;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// What a page of the copy shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The notebook itself.
    Home,
    /// All notes on the map.
    Map,
    /// A note, by its path.
    Note(String),
    /// A note on the map.
    NoteMap(String),
    /// A topic that is written, by its name.
    Topic(String),
    /// A wanted topic.
    Wanted(String),
    /// Who asks for a wanted topic, on the map.
    WantedMap(String),
    /// The list of demos.
    Demos,
    /// A demo, by its id.
    Demo(String),
    /// A demo as a script.
    Script(String),
    /// The docker commands that demos know.
    Commands,
    /// All live values.
    Values,
    /// One panel, whole.
    Panel(Panel),
    /// Where a search is answered.
    Search,
    /// What this copy is, and what it cannot do.
    About,
}

/// One of the lists on the notebook's own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// All notes.
    Notes,
    /// All topics.
    Topics,
    /// All wanted topics.
    Wanted,
}

impl List {
    /// All of them.
    pub const ALL: [List; 3] = [List::Notes, List::Topics, List::Wanted];

    /// Its name in the query and after the `#`.
    pub fn name(self) -> &'static str {
        match self {
            List::Notes => "notes",
            List::Topics => "topics",
            List::Wanted => "wanted",
        }
    }

    /// The file of page `page` of it.
    pub fn file(self, page: usize) -> String {
        match page {
            2.. => format!("index.{}.page-{page}.html", self.name()),
            _ => "index.html".to_owned(),
        }
    }

    /// The notebook's page with this list at page `page`.
    pub fn at(self, page: usize) -> Places {
        let first = Places::default();
        match self {
            List::Notes => Places {
                notes: page,
                ..first
            },
            List::Topics => Places {
                topics: page,
                ..first
            },
            List::Wanted => Places {
                wanted: page,
                ..first
            },
        }
    }
}

/// A page of the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What it shows.
    pub what: What,
    /// Its address on a server, percent-encoded.
    pub address: String,
    /// Its file, from the copy's folder, with `/`.
    pub file: String,
    /// The same as an address, percent-encoded.
    pub href: String,
}

/// All pages, and where each address leads.
pub struct Addresses<'n> {
    notebook: &'n Notebook,
    pages: Vec<Page>,
    /// By address, decoded.
    by_address: FxHashMap<String, u32>,
    /// The files, as a file system sees them that does not tell capitals.
    taken: FxHashSet<String>,
    /// Where each topic that is written stands on the map: the number of its note's map
    /// among the pages, and on which page of that.
    on_map: FxHashMap<&'n str, (u32, usize)>,
}

/// The address of the page that says what the copy is; none on a server.
pub const ABOUT: &str = "/about-this-copy";

/// What an address may hold as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

/// The longest name of a file or a folder, in bytes: file systems hold 255, and something
/// may have to be put after it.
const LONGEST: usize = 180;

impl<'n> Addresses<'n> {
    /// The pages of an edition, as seen beside a host.
    pub fn of(edition: &'n Edition, hosts: &[HostFacts]) -> Addresses<'n> {
        let notebook = &edition.notebook;
        let mut all = Addresses {
            notebook,
            pages: Vec::new(),
            by_address: FxHashMap::default(),
            taken: FxHashSet::default(),
            on_map: FxHashMap::default(),
        };
        // Ours come first: they have the names that a reader would guess.
        for file in ["404.html", "links.json", "sitemap.xml"] {
            all.taken.insert(file.to_owned());
        }
        let home = all.add(What::Home, "/", "index");
        all.by_address.insert("/topics".to_owned(), home);
        all.add(What::Map, "/map", "map");
        all.add(What::Demos, "/demos", "demos");
        all.add(What::Values, "/values", "values");
        all.add(What::Search, "/search", "search");
        let about = all.add(What::About, ABOUT, "about-this-copy");
        for away in ["/hosts", "/prompt", "/gallery"] {
            all.by_address.insert(away.to_owned(), about);
        }
        for host in hosts {
            all.by_address
                .insert(format!("/hosts/{}", host.name), about);
        }
        all.add(What::Commands, "/demos/command", "demos/command");
        for panel in Panel::ALL {
            let address = format!("/panels/{}", panel.name());
            all.add(What::Panel(panel), &address, &address[1..]);
        }
        for demo in edition.demos.all() {
            let address = crate::web::demos::pages::demo_url(&demo.id);
            let stem = stem(&format!("demos/{}", demo.id));
            all.add(What::Demo(demo.id.clone()), &address, &stem);
            let script = What::Script(demo.id.clone());
            all.add_as(script, &format!("{address}.sh"), &stem, "sh");
        }
        all.notes();
        all.topics();
        all
    }

    fn notes(&mut self) {
        let notebook = self.notebook;
        let notes = notebook.notes(0, usize::MAX);
        let places = notes.par_iter().map(|note| notebook.places_in(&note.path));
        let places: Vec<_> = places.collect();
        for (note, places) in notes.into_iter().zip(places) {
            let stem = stem(&note.path);
            self.add(What::Note(note.path.clone()), &note_url(&note.path), &stem);
            let map = MapOf::Note(note.path.clone(), 1).address();
            let map = self.add(What::NoteMap(note.path), &map, &format!("maps/{stem}"));
            let places = places.into_iter();
            self.on_map
                .extend(places.map(|(name, place)| (name, (map, map_page_of(place)))));
        }
    }

    fn topics(&mut self) {
        for topic in self.notebook.topics(0, usize::MAX) {
            let file = format!("topics/{}", safe(&topic.name));
            let address = topic_url(&topic.name);
            self.add(What::Topic(topic.name), &address, &file);
        }
        for wanted in self.notebook.wanted() {
            let name = safe(&wanted.name);
            let topic = What::Wanted(wanted.name.clone());
            self.add(topic, &topic_url(&wanted.name), &format!("topics/{name}"));
            let map = MapOf::Topic(wanted.name.clone()).address();
            let file = format!("maps/wanted/{name}");
            self.add(What::WantedMap(wanted.name.clone()), &map, &file);
        }
    }

    /// All pages, each once.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    fn add(&mut self, what: What, address: &str, stem: &str) -> u32 {
        self.add_as(what, address, stem, "html")
    }

    /// A page of this address, in a file that no other page has.
    fn add_as(&mut self, what: What, address: &str, stem: &str, ending: &str) -> u32 {
        let next = u32::try_from(self.pages.len()).unwrap_or(u32::MAX);
        let known = decoded(address);
        if let Some(&page) = self.by_address.get(&*known) {
            return page;
        }
        let mut file = format!("{stem}.{ending}");
        let mut turn = 1;
        // Two names that differ in capitals alone are one file on many machines.
        while !self.taken.insert(file.to_lowercase()) {
            turn += 1;
            file = format!("{stem}-{turn}.{ending}");
        }
        self.by_address.insert(known.into_owned(), next);
        self.pages.push(Page {
            what,
            address: address.to_owned(),
            href: href(&file),
            file,
        });
        next
    }

    /// The page at an address of ours, without its `#` and page number.
    pub fn page(&self, address: &str) -> Option<&Page> {
        let address = decoded(address);
        let known = |address: &str| self.by_address.get(address);
        // The server leads from an address with a slash at its end to the one without.
        let shorter = || address.strip_suffix('/').and_then(known);
        let at = known(&address).or_else(shorter)?;
        self.pages.get(*at as usize)
    }

    /// Where an address of ours leads in the copy, from its folder, percent-encoded.
    /// `None` for one that leads nowhere in it. `from` is the page that it stands on, of
    /// which there are `last` pages: only there do links to further pages stand.
    pub fn resolve(&self, address: &str, from: &Page, last: usize) -> Option<String> {
        let (address, fragment) = match address.split_once('#') {
            Some((address, fragment)) => (address, Some(fragment)),
            None => (address, None),
        };
        let mut to = if address.starts_with("/static/") {
            address[1..].to_owned()
        } else if address == "/notebook.json" {
            "links.json".to_owned()
        } else {
            self.file(address, fragment, from, last)?
        };
        if let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) {
            to.push('#');
            to.push_str(fragment);
        }
        Some(to)
    }

    fn file(
        &self,
        address: &str,
        fragment: Option<&str>,
        from: &Page,
        last: usize,
    ) -> Option<String> {
        let Some((path, query)) = address.split_once('?') else {
            return self.page(address).map(|page| page.href.clone());
        };
        let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
        let asked = |name| {
            pairs()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value)
        };
        let number = |name| {
            asked(name)
                .and_then(|page: &str| page.parse().ok())
                .unwrap_or(1)
        };
        match path {
            "/" => {
                let list = List::ALL
                    .into_iter()
                    .find(|list| Some(list.name()) == fragment)?;
                match number(list.name()) {
                    // Only the notebook's own page leads to those that there are.
                    page if from.what == What::Home => Some(href(&list.file(page))),
                    _ => self.page(path).map(|page| page.href.clone()),
                }
            }
            "/search" => Some(format!("{}?{query}", self.page(path)?.href)),
            "/panels" => None,
            _ if path.starts_with("/panels/") => {
                let whole = query.is_empty() || query == "frame";
                whole
                    .then(|| self.page(path))
                    .flatten()
                    .map(|page| page.href.clone())
            }
            _ => {
                let page = match (asked("note"), asked("at")) {
                    (Some(note), _) => self.page(&format!("{path}?note={note}")),
                    (None, Some(topic)) => match self.page(&format!("{path}?at={topic}")) {
                        Some(page) => Some(page),
                        None => return self.on_map(&decoded(topic)),
                    },
                    (None, None) => self.page(path),
                }?;
                let at = number("page");
                let there = (2..=last).contains(&at) && page == from;
                Some(match there {
                    true => href(&numbered(&page.file, at)),
                    false => page.href.clone(),
                })
            }
        }
    }
}

impl Addresses<'_> {
    /// Where a defined topic stands on the map: on that of its note.
    fn on_map(&self, topic: &str) -> Option<String> {
        let (map, page) = self.on_map.get(topic)?;
        let map = self.pages.get(*map as usize)?;
        Some(href(&numbered(&map.file, *page)))
    }
}

/// The file of page `page` of a list whose first page is `file`.
pub fn numbered(file: &str, page: usize) -> String {
    match (page, file.strip_suffix(".html")) {
        (2.., Some(stem)) => format!("{stem}.page-{page}.html"),
        _ => file.to_owned(),
    }
}

/// A file of the copy as an address, from the copy's folder.
pub fn href(file: &str) -> String {
    utf8_percent_encode(file, PLAIN).to_string()
}

fn decoded(address: &str) -> Cow<'_, str> {
    if !address.contains('%') {
        return Cow::Borrowed(address);
    }
    percent_decode_str(address).decode_utf8_lossy()
}

/// The path of a note as that of a file, without its ending.
pub fn stem(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let Some((name, folders)) = parts.split_last() else {
        return "-".to_owned();
    };
    let folders = folders.iter().map(|folder| {
        let folder = safe(folder);
        // A folder must not have the name of a page.
        match folder.rsplit_once('.') {
            Some((before, after)) if is_ending(after) => format!("{before}-{after}"),
            _ => folder,
        }
    });
    let mut all: Vec<String> = folders.collect();
    all.push(safe(name));
    all.join("/")
}

fn is_ending(text: &str) -> bool {
    ["html", "sh", "json", "xml"].contains(&text.to_ascii_lowercase().as_str())
}

/// A name that every file server and file system takes: no character that has a meaning
/// in an address or a shell, not hidden, no name of a device, not too long.
pub fn safe(name: &str) -> String {
    let mut safe: String = name
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' | '~' => c,
            _ if c.is_ascii() || c.is_control() || c.is_whitespace() || is_unseen(c) => '-',
            c => c,
        })
        .collect();
    while safe.len() > LONGEST {
        safe.pop();
    }
    if safe.starts_with('.') {
        safe.replace_range(..1, "-");
    }
    if safe.ends_with('.') {
        safe.replace_range(safe.len() - 1.., "-");
    }
    // Further pages of a list are called so.
    if let Some((stem, number)) = safe.rsplit_once(".page-")
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        safe = format!("{stem}-page-{number}");
    }
    if safe.is_empty() || is_device(&safe) {
        safe.push('-');
    }
    safe
}

/// A mark that changes how text runs and cannot be seen in a name.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A name that Windows keeps for a device, whatever its ending.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let numbered = |of: &str| {
        let number = stem.strip_prefix(of);
        number.is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    ["con", "prn", "aux", "nul"].contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests;
