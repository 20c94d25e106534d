//! A topic's page: its text and panels, what stands inside and beside it, and who
//! refers to it. A wanted topic has one too, which says who asks for it.

use super::contents::{Line, nested};
use super::html::summary;
use super::parts::{Sections, TopicEntry, backlink_pager, backlinks, counted, holds_id};
use super::{Beside, drawn, note_url, topic_url};
use crate::notebook::{
    DefinedTopic, NoteLink, Notebook, Problem, TopicLink, TopicPage, WantedTopic,
};
use crate::web::editing::EditThis;
use askama::Template;

#[derive(Template)]
#[template(path = "topic.html")]
struct Defined<'a> {
    name: &'a str,
    title: &'a str,
    description: String,
    sheets: Vec<&'static str>,
    has_code: bool,
    has_live: bool,
    has_values: bool,
    note: &'a NoteLink,
    note_href: String,
    edit_this: EditThis,
    warnings: Vec<Problem>,
    warnings_title: String,
    crumbs: &'a [TopicLink],
    tree: String,
    /// Set when the name stands inside a text rather than in its heading.
    spot: Option<Spot<'a>>,
    sections: Vec<String>,
    /// Why it has no demo.
    why_none: Option<String>,
    children: Vec<TopicEntry>,
    backlinks: Option<String>,
    previous: &'a Option<TopicLink>,
    next: &'a Option<TopicLink>,
    previous_in: &'a Option<NoteLink>,
    next_in: &'a Option<NoteLink>,
}

struct Spot<'a> {
    name: &'a str,
    /// Empty when the text below already has an element with this id.
    id: &'a str,
}

#[derive(Template)]
#[template(path = "wanted.html")]
struct Wanted<'a> {
    name: &'a str,
    title: String,
    asked: String,
    did_you_mean: &'a [TopicLink],
    backlinks: Option<String>,
}

/// The topic of this name, with page `asked` (from 1) of who refers to it. A wanted topic
/// has a page too; `None` for a name that nobody mentions.
pub fn topic(notebook: &Notebook, name: &str, asked: usize, beside: &Beside<'_>) -> Option<String> {
    Some(match notebook.topic(name)? {
        TopicPage::Defined(topic) => defined(notebook, &topic, asked, beside),
        TopicPage::Wanted(topic) => wanted(notebook, &topic, asked),
    })
}

/// One page of the references to a name, and how many there are in all.
fn references(notebook: &Notebook, name: &str, asked: usize) -> (usize, Option<String>) {
    let pager = |count| backlink_pager(count, asked);
    let (count, links) = notebook.backlinks(name, |count| pager(count).range());
    let title = counted(count, "place refers here", "places refer here");
    (
        count,
        backlinks(&title, &links, &pager(count), &topic_url(name)),
    )
}

fn defined(notebook: &Notebook, topic: &DefinedTopic, asked: usize, beside: &Beside<'_>) -> String {
    let own_heading = topic
        .blocks
        .first()
        .is_some_and(|block| block.id == topic.name);
    let spot = (!own_heading).then(|| Spot {
        name: &topic.name,
        id: if holds_id(&topic.blocks, &topic.name) {
            ""
        } else {
            &topic.name
        },
    });
    // The topic's own heading becomes the page's title; around a spot, the text's
    // heading stands below it.
    let level = topic.blocks.first().map_or(1, |block| block.level.max(1)) as i8;
    let by = if own_heading { 1 - level } else { 2 - level };
    let note_href = note_url(&topic.note.path);

    let mut sections = Sections::new(beside, by);
    let blocks: Vec<_> = topic.blocks.iter().collect();
    let drawn_sections = sections.sections(&blocks);
    let (tree, has_live) = around(topic, beside);
    let warnings = beside.for_the_author(notebook, &topic.file);
    drawn(&Defined {
        name: &topic.name,
        title: &topic.title,
        description: topic
            .blocks
            .iter()
            .find_map(|block| summary(&block.body))
            .unwrap_or_else(|| format!("{}, a topic of {}", topic.title, topic.note.title)),
        sheets: sections.sheets(),
        has_code: sections.has_code(),
        has_values: sections.has_values(),
        has_live,
        note: &topic.note,
        note_href,
        edit_this: beside.editing.of(&topic.file, topic.line, topic.column),
        warnings_title: counted(warnings.len(), "thing to mend", "things to mend") + " in its note",
        warnings,
        crumbs: &topic.crumbs,
        tree,
        spot,
        sections: drawn_sections,
        why_none: (beside.why_none)(&topic.name),
        children: entries(&topic.children, beside),
        backlinks: references(notebook, &topic.name, asked).1,
        previous: &topic.previous,
        next: &topic.next,
        previous_in: &topic.previous_in,
        next_in: &topic.next_in,
    })
}

fn entries(topics: &[TopicLink], beside: &Beside<'_>) -> Vec<TopicEntry> {
    topics
        .iter()
        .map(|topic| TopicEntry::new(&topic.name, &topic.title, beside))
        .collect()
}

/// The topics around this one: those it stands in, itself, those inside it. And
/// whether any of them is live.
fn around(topic: &DefinedTopic, beside: &Beside<'_>) -> (String, bool) {
    let line = |depth: usize, name: &str, title: &str, here: bool| Line {
        depth: depth.min(usize::from(u8::MAX)) as u8,
        title: title.to_owned(),
        href: topic_url(name),
        topic: true,
        live: beside.is_live(name),
        here,
    };
    let crumbs = topic.crumbs.iter().enumerate();
    let mut lines: Vec<Line> = crumbs
        .map(|(depth, crumb)| line(depth, &crumb.name, &crumb.title, false))
        .collect();
    let depth = lines.len();
    lines.push(line(depth, &topic.name, &topic.title, true));
    lines.extend(
        topic
            .children
            .iter()
            .map(|child| line(depth + 1, &child.name, &child.title, false)),
    );
    let live = lines.iter().any(|line| line.live);
    (nested(&lines).concat(), live)
}

fn wanted(notebook: &Notebook, topic: &WantedTopic, asked: usize) -> String {
    let (count, references) = references(notebook, &topic.name, asked);
    drawn(&Wanted {
        name: &topic.name,
        title: readable(&topic.name),
        asked: match count {
            0 => String::new(),
            1 => "One place asks for it.".to_owned(),
            many => format!("{} ask for it.", counted(many, "place", "places")),
        },
        did_you_mean: &topic.did_you_mean,
        backlinks: references,
    })
}

/// A title for a name that has none: `Learning_Docker_Compose` reads `Docker Compose`.
fn readable(name: &str) -> String {
    let words = name.replace('_', " ");
    words.strip_prefix("Learning ").unwrap_or(&words).to_owned()
}
