//! The notebook's own page: notes, topics, what is wanted, hosts.

use super::pager::Pager;
use super::parts::{TopicEntry, counted, thousands};
use super::{Beside, HostLink, drawn};
use crate::notebook::{NoteLink, Notebook};
use askama::Template;

/// Notes, topics and wanted names on one page of their list.
const NOTES: usize = 50;
const TOPICS: usize = 120;
const WANTED: usize = 30;

/// Which page of each list is asked for, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Places {
    /// Of the notes.
    pub notes: usize,
    /// Of the topics.
    pub topics: usize,
    /// Of the wanted topics.
    pub wanted: usize,
}

impl Default for Places {
    fn default() -> Places {
        Places {
            notes: 1,
            topics: 1,
            wanted: 1,
        }
    }
}

impl Places {
    /// The address of the notebook with these pages open, at the list `list`.
    fn url(self, list: &str) -> String {
        format!("{}#{list}", self.address())
    }

    /// The address of the notebook with these pages open.
    pub fn address(self) -> String {
        let asked = [
            ("notes", self.notes),
            ("topics", self.topics),
            ("wanted", self.wanted),
        ];
        let query: Vec<String> = asked
            .iter()
            .filter(|(_, page)| *page > 1)
            .map(|(name, page)| format!("{name}={page}"))
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/{mark}{}", query.join("&"))
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct Page<'a> {
    empty: bool,
    summary: String,
    note_count: String,
    notes: Vec<NoteLink>,
    note_pages: Option<String>,
    topic_count: String,
    topics: Vec<TopicEntry>,
    topic_pages: Option<String>,
    has_live: bool,
    wanted_count: String,
    wanted: Vec<String>,
    wanted_pages: Option<String>,
    hosts: &'a [HostLink],
}

/// What there is, and how it hangs together; of topics only where there are some.
fn summary(notes: usize, topics: usize) -> String {
    let notes = counted(notes, "note", "notes");
    match topics {
        0 => format!("{notes}. At the end of each stands which others lead to it."),
        topics => format!(
            "{notes}, {}. A name in the text leads to its topic; beside a topic stands what your Docker host says about it.",
            counted(topics, "topic", "topics")
        ),
    }
}

/// The notebook, with one page of each list.
pub fn home(notebook: &Notebook, places: Places, beside: &Beside<'_>) -> String {
    let note_count = notebook.len();
    let topic_count = notebook.topic_count();
    let wanted = notebook.wanted();
    let note_pager = Pager::new(note_count, NOTES, places.notes);
    let topic_pager = Pager::new(topic_count, TOPICS, places.topics);
    let wanted_pager = Pager::new(wanted.len(), WANTED, places.wanted);
    let at = Places {
        notes: note_pager.at,
        topics: topic_pager.at,
        wanted: wanted_pager.at,
    };
    let topics: Vec<TopicEntry> = notebook
        .topics(topic_pager.range().start, topic_pager.range().len())
        .iter()
        .map(|topic| TopicEntry::new(&topic.name, &topic.title, beside))
        .collect();
    drawn(&Page {
        empty: note_count == 0,
        summary: summary(note_count, topic_count),
        note_count: thousands(note_count),
        notes: notebook.notes(note_pager.range().start, note_pager.range().len()),
        note_pages: note_pager.html("Pages of notes", |notes| {
            Places { notes, ..at }.url("notes")
        }),
        topic_count: thousands(topic_count),
        has_live: topics.iter().any(|topic| topic.live),
        topics,
        topic_pages: topic_pager.html("Pages of topics", |topics| {
            Places { topics, ..at }.url("topics")
        }),
        wanted_count: thousands(wanted.len()),
        wanted: wanted[wanted_pager.range()]
            .iter()
            .map(|wanted| wanted.name.to_string())
            .collect(),
        wanted_pages: wanted_pager.html("Pages of wanted topics", |wanted| {
            Places { wanted, ..at }.url("wanted")
        }),
        hosts: beside.hosts,
    })
}
