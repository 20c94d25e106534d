//! The map: topics and references as a picture, one note at a time.
//!
//! `notes` is the map of all notes, a page of them; `around` that of one note, with who
//! refers to its topics on one side and what they refer to on the other; `stack` draws
//! either for a narrow window. What is drawn stands in words below it. Nothing on a map
//! grows with the notebook: what would make it long is counted instead.

mod around;
mod notes;
mod shapes;
mod stack;

use super::{drawn, note_url, topic_url};
use crate::notebook::{NoteLink, Notebook, Way};
use askama::Template;
use shapes::Drawing;

/// Which part of the map is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MapOf {
    /// All notes, a page of them, from 1.
    Notes(usize),
    /// One note's topics, a page of them, from 1.
    Note(String, usize),
    /// The note around a topic, written or wanted, with the topic marked.
    Topic(String),
}

impl MapOf {
    /// The part that is shown to who asks for this one: a page beyond the last is the last.
    /// So however many numbers are asked for, each page is drawn once.
    #[must_use]
    pub fn shown(self, notebook: &Notebook) -> MapOf {
        match self {
            MapOf::Notes(asked) => MapOf::Notes(notes::shown(notebook, asked)),
            MapOf::Note(path, asked) if asked > 1 => {
                let page = around::shown(notebook, &path, asked);
                MapOf::Note(path, page)
            }
            of => of,
        }
    }

    /// The address of this part, as our own links write it.
    pub fn address(&self) -> String {
        match self {
            MapOf::Notes(1) => "/map".to_owned(),
            MapOf::Notes(page) => format!("/map?page={page}"),
            MapOf::Note(path, 1) => format!("/map?note={}", note_url(path)),
            MapOf::Note(path, page) => format!("/map?note={}&page={page}", note_url(path)),
            MapOf::Topic(name) => {
                format!("/map?at={}", topic_url(name).trim_start_matches("/topics/"))
            }
        }
    }
}

/// The map of a note.
pub fn map_url(path: &str) -> String {
    MapOf::Note(path.to_owned(), 1).address()
}

/// The map around a topic.
pub fn topic_map_url(name: &str) -> String {
    MapOf::Topic(name.to_owned()).address()
}

#[derive(Template)]
#[template(path = "map.html")]
struct Page {
    title: String,
    heading: String,
    lead: String,
    /// What the picture shows, for those who do not see it.
    label: String,
    /// Where this is: address and title, after the notes themselves.
    crumbs: Vec<(String, String)>,
    /// Both drawings, for a wide window and a narrow one; none where nothing is to be drawn.
    drawings: Option<(Drawing, Drawing)>,
    legend: Legend,
    /// What is not drawn.
    left_out: Vec<String>,
    pages: Option<String>,
    words: Vec<Said>,
}

#[derive(Default)]
struct Legend {
    notes: bool,
    here: bool,
    wanted: bool,
    thick: bool,
}

/// One place of the map in words.
struct Said {
    link: Link,
    /// Behind its title.
    note: &'static str,
    lists: Vec<List>,
}

/// What a place refers to, or who refers to it.
struct List {
    what: &'static str,
    links: Vec<Link>,
    /// How many more there are, and where.
    more: Option<(String, String)>,
}

struct Link {
    href: String,
    title: String,
    /// After the link: where it stands, how often.
    after: String,
}

/// On which page of a note's map its place `place` (from 0) stands, from 1.
pub fn map_page_of(place: usize) -> usize {
    place / around::TOPICS + 1
}

/// This part of the map. `None` for a note or a topic that there is not.
pub fn map(notebook: &Notebook, of: &MapOf) -> Option<String> {
    let page = match of {
        MapOf::Notes(asked) => notes::page(notebook, *asked),
        MapOf::Note(path, asked) => around::note(notebook, path, *asked, None)?,
        MapOf::Topic(name) => around::topic(notebook, name)?,
    };
    Some(drawn(&page))
}

/// Where the other end of a reference is read.
fn href_of(way: &Way) -> String {
    match (&way.topic, &way.note) {
        (Some(topic), _) => topic_url(&topic.name),
        (None, Some(note)) => note_url(&note.path),
        (None, None) => "/".to_owned(),
    }
}

/// What it is called.
fn title_of(way: &Way) -> String {
    match (&way.topic, &way.note) {
        (Some(topic), _) => topic.title.clone(),
        (None, Some(note)) => note.title.clone(),
        (None, None) => String::new(),
    }
}

fn is_demo(note: &NoteLink) -> bool {
    note.path.starts_with("/demos/")
}

/// Nothing for one time, ` (3 times)` for more.
fn times(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        2 => " (twice)".to_owned(),
        many => format!(" ({} times)", super::parts::thousands(many)),
    }
}
