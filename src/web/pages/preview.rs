//! A preview: what a reference shows where it stands, before anybody follows it.
//!
//! A fragment of at most [`MOST`] bytes, whatever the topic holds. It stands in the middle
//! of other pages, so nothing in it has an `id`.

use super::cut::cut;
use super::parts::counted;
use super::{drawn, note_url, topic_url};
use crate::notebook::{Glance, NoteLink, Notebook, TopicLink};
use askama::Template;

/// The most that a preview weighs, in bytes.
pub const MOST: usize = 8 << 10;

/// How many topics inside a topic are named.
const INSIDE: usize = 6;

/// How much of a title is shown, in characters: one that is longer is no title.
const TITLE: usize = 120;

/// The longest name that is shown, in bytes: its address stands in the preview, and one that
/// is longer than anybody writes would fill it.
const LONGEST_NAME: usize = 400;

/// What is said of a longer one.
const TOO_LONG: &str =
    "<p>This name is too long for a preview. The reference itself leads to its topic.</p>";

#[derive(Template)]
#[template(path = "preview.html")]
struct Preview<'a> {
    href: String,
    title: String,
    note: Option<(String, String)>,
    body: &'a str,
    /// There is more text than is shown.
    goes_on: bool,
    inside: Vec<(String, String)>,
    more_inside: usize,
    /// Set for a name that nobody has written: a sentence.
    missing: Option<String>,
    meant: Vec<(String, String)>,
}

/// The topic of this name at a glance, written or wanted. `None` for a name that nobody
/// mentions.
pub fn preview(notebook: &Notebook, name: &str) -> Option<String> {
    let glance = notebook.glance(name, 2 * MOST, INSIDE)?;
    if name.len() > LONGEST_NAME {
        return Some(TOO_LONG.to_owned());
    }
    Some(match glance {
        Glance::Defined {
            title,
            note,
            body,
            whole,
            inside,
            inside_count,
        } => defined(name, &title, &note, &body, whole, &inside, inside_count),
        Glance::Wanted {
            title,
            asked,
            did_you_mean,
        } => {
            let asked = match asked {
                1 => "One place asks for it.".to_owned(),
                many => format!("{} ask for it.", counted(many, "place", "places")),
            };
            let sentence = format!("Wanted: nobody has written this topic yet. {asked}");
            missing(name, &title, sentence, &did_you_mean)
        }
    })
}

/// What is shown of a name that was there when the page was made and is no longer.
pub fn vanished(notebook: &Notebook, name: &str) -> String {
    if name.len() > LONGEST_NAME {
        return TOO_LONG.to_owned();
    }
    let sentence = "This topic is gone: since this page was made, the notes have changed, \
                    and none of them defines or mentions it now. Reload the page to read it \
                    as it is.";
    let meant = notebook.meant_by(name);
    missing(name, name, sentence.to_owned(), &meant)
}

fn defined(
    name: &str,
    title: &str,
    note: &NoteLink,
    body: &str,
    whole: bool,
    inside: &[TopicLink],
    inside_count: usize,
) -> String {
    let mut preview = Preview {
        href: topic_url(name),
        title: fit(title),
        note: Some((note_url(&note.path), fit(&note.title))),
        body: " ",
        goes_on: true,
        inside: links(inside),
        more_inside: inside_count.saturating_sub(inside.len()),
        missing: None,
        meant: Vec::new(),
    };
    // What stands around the text is drawn first: the text has the rest of the room.
    let room = MOST.saturating_sub(drawn(&preview).len());
    let shown = cut(body, whole, room);
    preview.body = &shown.html;
    preview.goes_on = !shown.whole;
    drawn(&preview)
}

fn missing(name: &str, title: &str, sentence: String, meant: &[TopicLink]) -> String {
    drawn(&Preview {
        href: topic_url(name),
        title: fit(title),
        note: None,
        body: "",
        goes_on: false,
        inside: Vec::new(),
        more_inside: 0,
        missing: Some(sentence),
        meant: links(meant),
    })
}

/// Topics as addresses and titles. Names that are longer than anybody writes are left out:
/// they would fill the preview.
fn links(topics: &[TopicLink]) -> Vec<(String, String)> {
    topics
        .iter()
        .filter(|topic| topic.name.len() <= LONGEST_NAME)
        .map(|topic| (topic_url(&topic.name), fit(&topic.title)))
        .collect()
}

/// A title that leaves room for the text.
fn fit(title: &str) -> String {
    match title.char_indices().nth(TITLE) {
        None => title.to_owned(),
        Some((end, _)) => format!("{}…", title[..end].trim_end()),
    }
}
