//! The client: what it says of itself in `initialize`, and what we can do for it.
//!
//! Read field by field: a client with one odd field in hundreds is still served.

use super::text::Encoding;
use super::uri;
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions,
    HoverProviderCapability, OneOf, PositionEncodingKind, RenameOptions, SaveOptions,
    ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions,
};
use serde_json::Value;
use std::path::PathBuf;

/// What is known of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// What it counts in a line.
    pub encoding: Encoding,
    /// Its folder, the first if it has many, with what its settings say of the notes in it.
    pub folder: Option<PathBuf>,
    /// How many folders it has beside that.
    pub other_folders: usize,
    /// It shows no Markdown beside the cursor.
    pub plain_hover: bool,
    /// It takes edits with the versions that they are for.
    pub versioned_edits: bool,
    /// It takes symbols inside symbols.
    pub nested_symbols: bool,
    /// It takes quick fixes as such, not only as names of commands.
    pub quick_fixes: bool,
    /// It can be asked to watch files.
    pub can_watch: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub fn of(params: &Value) -> Client {
        let can = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let yes = |path: &str| can(path).and_then(Value::as_bool).unwrap_or(false);
        let lists = |path: &str, word: &str| {
            let list = can(path).and_then(Value::as_array);
            list.map(|list| list.iter().any(|one| one == word))
        };
        let utf8 = lists("general/positionEncodings", "utf-8") == Some(true);
        let markdown = lists("textDocument/hover/contentFormat", "markdown");
        let (folder, other_folders) = folders(params);
        Client {
            encoding: match utf8 {
                true => Encoding::Utf8,
                false => Encoding::Utf16,
            },
            folder,
            other_folders,
            plain_hover: markdown == Some(false),
            versioned_edits: yes("workspace/workspaceEdit/documentChanges"),
            nested_symbols: yes("textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            quick_fixes: can("textDocument/codeAction/codeActionLiteralSupport").is_some(),
            can_watch: yes("workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }

    /// What we can do for it.
    pub fn capabilities(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(match self.encoding {
                Encoding::Utf8 => PositionEncodingKind::UTF8,
                Encoding::Utf16 => PositionEncodingKind::UTF16,
            }),
            text_document_sync: Some(TextDocumentSyncCapability::Options(
                TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(TextDocumentSyncKind::INCREMENTAL),
                    save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                        include_text: Some(false),
                    })),
                    ..TextDocumentSyncOptions::default()
                },
            )),
            definition_provider: Some(OneOf::Left(true)),
            references_provider: Some(OneOf::Left(true)),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(["<", ":", "_", "\""].map(String::from).to_vec()),
                resolve_provider: Some(true),
                ..CompletionOptions::default()
            }),
            rename_provider: Some(OneOf::Right(RenameOptions {
                prepare_provider: Some(true),
                work_done_progress_options: lsp_types::WorkDoneProgressOptions::default(),
            })),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            })),
            document_symbol_provider: Some(OneOf::Left(true)),
            workspace_symbol_provider: Some(OneOf::Left(true)),
            ..ServerCapabilities::default()
        }
    }
}

/// The client's folder, and how many more it has.
fn folders(params: &Value) -> (Option<PathBuf>, usize) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let many = params
        .get("workspaceFolders")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let mut all = many
        .iter()
        .filter_map(|folder| folder.get("uri").and_then(text));
    let first = all.next();
    let others = all.count();
    let root = first.or_else(|| params.get("rootUri").and_then(text));
    let root = match root {
        Some(root) => uri::path(&root),
        None => params
            .get("rootPath")
            .and_then(text)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute()),
    };
    let inside = params
        .pointer("/initializationOptions/content")
        .and_then(text);
    let folder = match (root, inside) {
        (Some(root), Some(inside)) => Some(root.join(inside)),
        (root, inside) => root.or(inside.map(PathBuf::from).filter(|path| path.is_absolute())),
    };
    (folder, others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn the_first_folder_counts() {
        let folder = |params| folders(&params);
        let of = |path: &str| Some(Path::new(path).to_owned());
        let many = json!({
            "workspaceFolders": [{"uri": "file:///a%20b"}, {"uri": "file:///c"}, {"uri": "file:///d"}],
            "rootUri": "file:///x",
        });
        assert_eq!(folder(many.clone()), (of("/a b"), 2));
        let mut inside = many;
        inside["initializationOptions"] = json!({"content": "notes"});
        assert_eq!(folder(inside), (of("/a b/notes"), 2));
        let root = json!({"workspaceFolders": null, "rootUri": "file:///x", "rootPath": "/y"});
        assert_eq!(folder(root), (of("/x"), 0));
        assert_eq!(folder(json!({"rootPath": "/y"})), (of("/y"), 0));
        assert_eq!(folder(json!({"rootUri": null})), (None, 0));
    }

    #[test]
    fn utf_8_is_taken_when_it_is_offered() {
        let of = |encodings: Value| {
            Client::of(&json!({"capabilities": {"general": {"positionEncodings": encodings}}}))
        };
        assert_eq!(of(json!(["utf-16", "utf-8"])).encoding, Encoding::Utf8);
        assert_eq!(of(json!(["utf-32"])).encoding, Encoding::Utf16);
        assert_eq!(of(json!("utf-8")).encoding, Encoding::Utf16);
        assert_eq!(Client::of(&json!({})).encoding, Encoding::Utf16);
    }
}
