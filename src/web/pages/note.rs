//! A note's page: its topics one below the other, each with its panels beside it.

use super::contents::{Line, nested};
use super::headed::permalink;
use super::html::summary;
use super::parts::{Sections, backlink_pager, backlinks, counted, escaped, thousands};
use super::{Beside, drawn, note_url};
use crate::notebook::{Block, NoteLink, NotePage, Notebook, Problem};
use crate::web::editing::EditThis;
use askama::Template;

#[derive(Template)]
#[template(path = "note.html")]
struct Page<'a> {
    path: &'a str,
    title: &'a str,
    description: String,
    sheets: Vec<&'static str>,
    has_code: bool,
    has_live: bool,
    has_values: bool,
    tree: Vec<String>,
    /// Whether the title stands above the text; otherwise the first topic says it.
    own_title: bool,
    permalink: String,
    intro: String,
    sections: Vec<String>,
    backlinks: Option<String>,
    /// Which ones the notes beside it are in reading order, and of how many.
    previous_place: String,
    next_place: String,
    of: String,
    previous: &'a Option<NoteLink>,
    next: &'a Option<NoteLink>,
    edit_this: EditThis,
    warnings: Vec<Problem>,
    warnings_title: String,
}

/// The note at `path`, with page `asked` (from 1) of its backlinks. `None` where no note is.
pub fn note(notebook: &Notebook, path: &str, asked: usize, beside: &Beside<'_>) -> Option<String> {
    let note = notebook.note(path)?;
    let warnings = beside.for_the_author(notebook, &note.file);
    Some(draw(
        &note,
        warnings,
        references(notebook, path, asked),
        beside,
    ))
}

/// One page of the references to a note's topics.
fn references(notebook: &Notebook, path: &str, asked: usize) -> Option<String> {
    let pager = |count| backlink_pager(count, asked);
    let all = notebook.note_references(path, |count| pager(count).range());
    let count = all.count;
    let mut title = counted(count, "place refers", "places refer") + " to this note";
    if all.here == count {
        title += ", on this page";
    } else if all.here > 0 {
        title += &format!(", {} of them on this page", thousands(all.here));
    }
    backlinks(&title, &all.backlinks, &pager(count), &note_url(path))
}

fn draw(
    note: &NotePage,
    warnings: Vec<Problem>,
    backlinks: Option<String>,
    beside: &Beside<'_>,
) -> String {
    let (intro, topics): (Vec<&Block>, Vec<&Block>) =
        note.blocks.iter().partition(|block| block.level == 0);
    let own_title = !title_is_said(note, &intro, &topics);
    let starts_at_one = note.outline.iter().any(|entry| entry.level == 1);
    let by = i8::from(own_title && starts_at_one);

    let mut sections = Sections::new(beside, by);
    let intro: String = intro
        .into_iter()
        .map(|block| sections.intro(block))
        .collect();
    let drawn_sections = sections.sections(&topics);
    let lines: Vec<Line> = note
        .outline
        .iter()
        .map(|entry| Line {
            depth: entry.level,
            title: entry.title.clone(),
            href: format!("#{}", entry.id),
            topic: entry.topic.is_some(),
            live: entry
                .topic
                .as_deref()
                .is_some_and(|name| beside.is_live(name)),
            here: false,
        })
        .collect();
    drawn(&Page {
        path: &note.path,
        title: &note.title,
        description: note
            .blocks
            .iter()
            .find_map(|block| summary(&block.body))
            .unwrap_or_else(|| format!("{}: a note", note.title)),
        sheets: sections.sheets(),
        has_code: sections.has_code(),
        has_values: sections.has_values(),
        has_live: lines.iter().any(|line| line.live),
        tree: nested(&lines),
        own_title,
        permalink: permalink(&note_url(&note.path), &note.title),
        intro: intro.trim().to_owned(),
        sections: drawn_sections,
        backlinks,
        previous_place: thousands(note.place.0.saturating_sub(1)),
        next_place: thousands(note.place.0 + 1),
        of: thousands(note.place.1),
        previous: &note.previous,
        next: &note.next,
        edit_this: beside.editing.of(&note.file, 1, 1),
        warnings_title: counted(warnings.len(), "thing to mend", "things to mend"),
        warnings,
    })
}

/// Whether the note opens with a heading that repeats its title (`Learnings: Docker storage`
/// and then `# Docker storage`), and has no other one of that level: that heading is then
/// the page's title. Of a note without front matter the title is its first heading.
fn title_is_said(note: &NotePage, intro: &[&Block], topics: &[&Block]) -> bool {
    let mut first_level = note.outline.iter().filter(|entry| entry.level == 1);
    let only = match (first_level.next(), first_level.next()) {
        (Some(only), None) => only,
        _ => return false,
    };
    let mut before = intro.iter().map(|block| block.body.trim_start());
    let opens = match before.find(|body| !body.is_empty()) {
        Some(body) => body.starts_with(&format!("<h1 id=\"{}\">", escaped(&only.id))),
        None => topics
            .first()
            .is_some_and(|first| first.level == 1 && first.id == only.id),
    };
    opens && says_the_same(&note.title, &only.title)
}

/// Whether a heading repeats a title, or the part of it after a colon.
fn says_the_same(title: &str, heading: &str) -> bool {
    let bare = title.rsplit_once(": ").map_or(title, |(_, bare)| bare);
    [title, bare]
        .iter()
        .any(|title| title.trim() == heading.trim())
}

#[cfg(test)]
mod tests {
    use super::says_the_same;

    #[test]
    fn a_title_with_a_shelf_before_it_is_said_by_its_heading() {
        assert!(says_the_same("Learnings: Docker storage", "Docker storage"));
        assert!(says_the_same("Docker: a tour", "Docker: a tour"));
        assert!(!says_the_same("Learnings: Docker", "Docker storage"));
    }
}
