//! Answers: what stands under the cursor, where it is defined, who refers to it.
//!
//! Pure functions of the desk. What is written anew has files of its own: `complete`, `rename`.

use super::desk::{Desk, LISTS};
use super::lists::{self, Named};
use super::safe::safe;
use crate::notebook::{Glance, Outlined, Role, Spot, Stands};
use crate::panels::{Panel, attached, values};
use lsp_types::{
    DocumentSymbol, Location, Position, Range as LspRange, SymbolInformation, SymbolKind,
};
use std::ops::Range;

/// What stands under a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Under {
    /// A topic's name.
    Topic(String, Range<usize>),
    /// A live value's name.
    Live(String, Range<usize>),
    /// A panel's name.
    Panel(String, Range<usize>),
}

/// What stands at a position of a file.
pub fn under(desk: &Desk, file: &str, position: Position) -> Option<Under> {
    let at = desk.byte(file, position)?;
    if LISTS.contains(&file) {
        let text = desk.text(file)?;
        let here = |named: &Named| named.bytes.start <= at && at <= named.bytes.end;
        if let Some(topic) = lists::topics(text).into_iter().find(here) {
            return Some(Under::Topic(topic.name, topic.bytes));
        }
        let panel = match file == attached::FILE {
            true => lists::panels(text).into_iter().find(here)?,
            false => return None,
        };
        return Some(Under::Panel(panel.name, panel.bytes));
    }
    Some(match desk.notebook.stands_at(file, at)? {
        Stands::Name(name, spot) => Under::Topic(name, spot.bytes),
        Stands::Live(name, bytes) => Under::Live(name, bytes),
    })
}

/// Where the topic under the cursor is defined.
pub fn definition(desk: &Desk, file: &str, position: Position) -> Option<Location> {
    let Under::Topic(name, _) = under(desk, file, position)? else {
        return None;
    };
    let spot = desk.notebook.defined_at(&name)?;
    desk.location(&spot.file, spot.bytes)
}

/// Every place at which a name is written, in the notes and in the lists beside them.
pub fn everywhere(desk: &Desk, name: &str) -> Vec<(Spot, bool)> {
    let notes = desk.notebook.spots(name).into_iter();
    // Where quotes are around it does not matter in a note.
    let mut all: Vec<(Spot, bool)> = notes.map(|spot| (spot, true)).collect();
    for list in LISTS {
        let topics = lists::topics(&desk.list(list)).into_iter();
        all.extend(topics.filter(|topic| topic.name == name).map(|topic| {
            let spot = Spot {
                file: list.to_owned(),
                bytes: topic.bytes,
                role: Role::Field,
            };
            (spot, topic.quoted)
        }));
    }
    all
}

/// Who refers to the topic under the cursor; with its definition, or without.
pub fn references(
    desk: &Desk,
    file: &str,
    position: Position,
    with_definition: bool,
) -> Option<Vec<Location>> {
    let Under::Topic(name, _) = under(desk, file, position)? else {
        return None;
    };
    let all = everywhere(desk, &name);
    let wanted = all
        .into_iter()
        .map(|(spot, _)| spot)
        .filter(|spot| with_definition || spot.role != Role::Definition);
    let mut locations = Vec::new();
    for (file, spots) in by_file(wanted) {
        let bytes: Vec<Range<usize>> = spots.into_iter().map(|spot| spot.bytes).collect();
        let Some(uri) = desk.uri(&file) else { continue };
        let ranges = desk.ranges(&file, &bytes).into_iter();
        locations.extend(ranges.map(|range| Location::new(uri.clone(), range)));
    }
    Some(locations)
}

/// Spots that follow each other in one file, together.
pub fn by_file(spots: impl Iterator<Item = Spot>) -> Vec<(String, Vec<Spot>)> {
    let mut files: Vec<(String, Vec<Spot>)> = Vec::new();
    for spot in spots {
        match files.last_mut() {
            Some((file, together)) if *file == spot.file => together.push(spot),
            _ => files.push((spot.file.clone(), vec![spot])),
        }
    }
    files
}

/// How many lines of a topic an editor shows beside the cursor.
const LINES: usize = 12;

/// What there is to say of what stands under the cursor, as Markdown, and where it stands.
pub fn hover(desk: &Desk, file: &str, position: Position) -> Option<(String, LspRange)> {
    let (text, bytes) = match under(desk, file, position)? {
        Under::Topic(name, bytes) => (about_topic(desk, &name)?, bytes),
        Under::Live(name, bytes) => (about_live(&name), bytes),
        Under::Panel(name, bytes) => (about_panel(&name), bytes),
    };
    Some((text, desk.range(file, bytes)?))
}

/// A topic's title, first lines and place; or that it is wanted, and what may be meant.
pub fn about_topic(desk: &Desk, name: &str) -> Option<String> {
    let book = &desk.notebook;
    if let Some(topic) = book.first_lines(name, LINES) {
        let more = if topic.more { "\n\n…" } else { "" };
        let place = plain(&format!("{}:{}", topic.file, topic.line));
        let references = counted(book.backlink_count(name), "reference", "references");
        let mut parts = vec![format!("**{}**", plain(&topic.title))];
        if !topic.text.is_empty() {
            let text = safe(&topic.text).unwrap_or_else(|| plain(&topic.text));
            parts.push(format!("{text}{more}"));
        }
        parts.push("---".into());
        parts.push(format!("{place}, {references}"));
        return Some(parts.join("\n\n"));
    }
    let (asked, meant) = match book.glance(name, 0, 0) {
        Some(Glance::Wanted {
            asked,
            did_you_mean,
            ..
        }) => (asked, did_you_mean),
        _ => (0, book.meant_by(name)),
    };
    let asked = match asked {
        0 => String::new(),
        count => format!(
            "; {} it",
            counted(count, "place asks for", "places ask for")
        ),
    };
    let mut text = format!("**Wanted**: no note defines `{name}`{asked}.");
    let meant: Vec<String> = meant
        .iter()
        .map(|topic| format!("`{}`", topic.name))
        .collect();
    if !meant.is_empty() {
        text.push_str(&format!("\n\nDid you mean {}?", meant.join(" or ")));
    }
    Some(text)
}

fn about_live(name: &str) -> String {
    match values::VALUES.iter().find(|value| value.name == name) {
        Some(value) => format!(
            "**live:{name}**: {}\n\n`{}`",
            plain(value.means),
            value.command
        ),
        None => format!("There is no live value `{name}`."),
    }
}

fn about_panel(name: &str) -> String {
    match Panel::from_name(name) {
        Some(panel) => format!("The panel **{}**", plain(panel.title())),
        None => format!("There is no panel `{}`.", name.replace('`', "")),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

/// Text in Markdown that shows as it is.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>#&".contains(c) {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

/// The headings and topics of a file, each with those inside it.
pub fn symbols(desk: &Desk, file: &str) -> Vec<DocumentSymbol> {
    let all = desk.notebook.outlined(file);
    let places: Vec<Range<usize>> = all
        .iter()
        .flat_map(|one| [one.bytes.clone(), one.head.clone()])
        .collect();
    let ranges = desk.ranges(file, &places);
    let mut done: Vec<DocumentSymbol> = Vec::new();
    // Open ones, with the byte at which they end.
    let mut open: Vec<(usize, DocumentSymbol)> = Vec::new();
    for (one, ranges) in all.iter().zip(ranges.chunks(2)) {
        while open.last().is_some_and(|(end, _)| *end <= one.bytes.start) {
            close(&mut open, &mut done);
        }
        open.push((one.bytes.end, symbol(one, ranges[0], ranges[1])));
    }
    while !open.is_empty() {
        close(&mut open, &mut done);
    }
    done
}

fn close(open: &mut Vec<(usize, DocumentSymbol)>, done: &mut Vec<DocumentSymbol>) {
    if let Some((_, symbol)) = open.pop() {
        match open.last_mut() {
            Some((_, around)) => around.children.get_or_insert_default().push(symbol),
            None => done.push(symbol),
        }
    }
}

#[expect(
    deprecated,
    reason = "a field that the protocol gave up, and its struct still has"
)]
fn symbol(one: &Outlined, range: LspRange, selection_range: LspRange) -> DocumentSymbol {
    // An empty name is not allowed.
    let name = match one.title.is_empty() {
        true => "(no title)".to_owned(),
        false => one.title.clone(),
    };
    DocumentSymbol {
        name,
        detail: (!one.names.is_empty()).then(|| one.names.join(", ")),
        kind: match one.level {
            0 => SymbolKind::KEY,
            _ => SymbolKind::STRING,
        },
        tags: None,
        deprecated: None,
        range,
        selection_range,
        children: None,
    }
}

/// The same without what is inside what, for clients that know no better.
#[expect(
    deprecated,
    reason = "a field that the protocol gave up, and its struct still has"
)]
pub fn flat(desk: &Desk, file: &str) -> Vec<SymbolInformation> {
    let Some(uri) = desk.uri(file) else {
        return Vec::new();
    };
    let mut flat = Vec::new();
    let mut rest: Vec<DocumentSymbol> = symbols(desk, file);
    rest.reverse();
    while let Some(mut symbol) = rest.pop() {
        rest.extend(symbol.children.take().into_iter().flatten().rev());
        flat.push(SymbolInformation {
            name: symbol.name,
            kind: symbol.kind,
            tags: None,
            deprecated: None,
            location: Location::new(uri.clone(), symbol.selection_range),
            container_name: symbol.detail,
        });
    }
    flat
}

/// Topics of the whole notebook whose names are like what is typed.
#[expect(
    deprecated,
    reason = "a field that the protocol gave up, and its struct still has"
)]
pub fn topics_like(desk: &Desk, typed: &str, most: usize) -> Vec<SymbolInformation> {
    let names = desk.notebook.names_like(typed, false, most).into_iter();
    names
        .filter_map(|name| {
            let spot = desk.notebook.defined_at(&name)?;
            Some(SymbolInformation {
                location: desk.location(&spot.file, spot.bytes)?,
                container_name: Some(desk.notebook.topic_link(&name).title),
                name,
                kind: SymbolKind::KEY,
                tags: None,
                deprecated: None,
            })
        })
        .collect()
}
