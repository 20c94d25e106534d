//! Quick fixes: the names that a wanted one may mean.

use super::answers::{Under, under};
use super::desk::Desk;
use lsp_types::{
    CodeAction, CodeActionKind, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    Position, TextDocumentEdit, TextEdit, WorkspaceEdit,
};
use std::collections::HashMap;

/// What can be done about the name at a position, where no note defines it: one action for
/// each name that may be meant, the closest first.
pub fn fixes(desk: &Desk, file: &str, position: Position, versioned: bool) -> Vec<CodeAction> {
    let Some(Under::Topic(name, bytes)) = under(desk, file, position) else {
        return Vec::new();
    };
    if desk.notebook.defines(&name) {
        return Vec::new();
    }
    let Some((uri, range)) = desk.uri(file).zip(desk.range(file, bytes)) else {
        return Vec::new();
    };
    let near = desk.notebook.meant_by(&name).into_iter();
    near.enumerate()
        .map(|(index, topic)| {
            let edit = TextEdit::new(range, topic.name.clone());
            let edit = match versioned {
                true => WorkspaceEdit {
                    document_changes: Some(DocumentChanges::Edits(vec![TextDocumentEdit {
                        text_document: OptionalVersionedTextDocumentIdentifier {
                            uri: uri.clone(),
                            version: desk.open(file).map(|open| open.version),
                        },
                        edits: vec![OneOf::Left(edit)],
                    }])),
                    ..WorkspaceEdit::default()
                },
                false => WorkspaceEdit::new(HashMap::from([(uri.clone(), vec![edit])])),
            };
            CodeAction {
                title: format!("Change to {}", topic.name),
                kind: Some(CodeActionKind::QUICKFIX),
                edit: Some(edit),
                is_preferred: Some(index == 0),
                ..CodeAction::default()
            }
        })
        .collect()
}
