//! Rename: a topic's name, everywhere at once.
//!
//! Every note, demo and list that has the name is edited, with what is open in the editor as
//! it is there. Nothing is written by us: the client gets the edits, and makes them undoable.

use super::answers::{Under, by_file, everywhere, under};
use super::desk::{Desk, LISTS};
use super::lists;
use crate::notebook::{Notebook, Spot};
use lsp_types::{
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Position,
    PrepareRenameResponse, TextDocumentEdit, TextEdit, WorkspaceEdit,
};
use std::ops::Range;

/// The name under the cursor, if it is one that can be renamed.
pub fn prepare(desk: &Desk, file: &str, position: Position) -> Option<PrepareRenameResponse> {
    let Under::Topic(name, bytes) = under(desk, file, position)? else {
        return None;
    };
    Some(PrepareRenameResponse::RangeWithPlaceholder {
        range: desk.range(file, bytes)?,
        placeholder: name,
    })
}

/// The edits that give the topic under the cursor another name, with the versions that they
/// are for, where the client can take those.
///
/// # Errors
///
/// Why it cannot be: a sentence for the author.
pub fn rename(
    desk: &mut Desk,
    file: &str,
    position: Position,
    new: &str,
    versioned: bool,
) -> Result<WorkspaceEdit, String> {
    let Some(Under::Topic(name, _)) = under(desk, file, position) else {
        return Err("there is no topic's name here to be renamed".into());
    };
    let new = new.trim();
    may_be(desk, &name, new)?;
    // What was saved this very moment by somebody else may not have been heard of yet, and
    // an edit in the wrong place is worse than a moment's work.
    let mut spots = everywhere(desk, &name);
    let mut files: Vec<String> = spots.iter().map(|(spot, _)| spot.file.clone()).collect();
    files.sort();
    files.dedup();
    let stale: Vec<bool> = files.iter().map(|file| desk.read_again(file)).collect();
    if stale.contains(&true) {
        let Some(Under::Topic(now, _)) = under(desk, file, position) else {
            return Err(format!("{name} was moved on disk just now; try again"));
        };
        may_be(desk, &now, new)?;
        spots = everywhere(desk, &now);
    }
    let quoted = |spot: &Spot| spots.iter().any(|(other, quoted)| other == spot && *quoted);
    let mut edits = Vec::new();
    let mut all: Vec<Spot> = spots.iter().map(|(spot, _)| spot.clone()).collect();
    all.sort_by(|a, b| (&a.file, a.bytes.start).cmp(&(&b.file, b.bytes.start)));
    for (file, spots) in by_file(all.into_iter()) {
        let Some(uri) = desk.uri(&file) else {
            return Err(format!("{file} has a name that no address can say"));
        };
        let bytes: Vec<Range<usize>> = spots.iter().map(|spot| spot.bytes.clone()).collect();
        let ranges = desk.ranges(&file, &bytes).into_iter();
        let texts = spots.iter().map(|spot| match LISTS.contains(&&*file) {
            true => lists::key(new, quoted(spot)),
            false => new.to_owned(),
        });
        edits.push(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri,
                version: desk.open(&file).map(|open| open.version),
            },
            edits: ranges
                .zip(texts)
                .map(|(range, text)| OneOf::Left(TextEdit::new(range, text)))
                .collect(),
        });
    }
    Ok(if versioned {
        WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(edits)),
            ..WorkspaceEdit::default()
        }
    } else {
        without_versions(edits)
    })
}

fn without_versions(edits: Vec<TextDocumentEdit>) -> WorkspaceEdit {
    let changes = edits.into_iter().map(|edit| {
        let edits = edit.edits.into_iter().filter_map(|edit| match edit {
            OneOf::Left(edit) => Some(edit),
            OneOf::Right(_) => None,
        });
        (edit.text_document.uri, edits.collect())
    });
    WorkspaceEdit {
        changes: Some(changes.collect()),
        ..WorkspaceEdit::default()
    }
}

/// Whether a topic may be named so.
fn may_be(desk: &Desk, old: &str, new: &str) -> Result<(), String> {
    if old == new {
        return Err(format!("{new} is its name already"));
    }
    if !Notebook::can_be_a_name(new) {
        return Err(format!(
            "{new:?} cannot be a topic's name: it begins with a letter, has letters, digits, `_` \
             and `-`, and a `_` or two capitals in it, as in Learning_Docker"
        ));
    }
    if new.ends_with(['_', '-']) {
        return Err(format!(
            "{new} ends in a mark that is read as punctuation after a name"
        ));
    }
    if let Some(spot) = desk.notebook.defined_at(new) {
        let line = desk.range(&spot.file, spot.bytes);
        let line = line.map_or(0, |range| range.start.line + 1);
        return Err(format!("{new} is defined already, at {}:{line}", spot.file));
    }
    Ok(())
}
