//! Requests: which answer belongs to which method.

use super::desk::Desk;
use super::server::{Phase, Refused, Server, read, refused};
use super::{answers, complete, fix, rename};
use lsp_server::ErrorCode;
use lsp_types::{
    CodeActionParams, CompletionItem, DocumentSymbolParams, Hover, HoverContents, MarkupContent,
    MarkupKind, Position, ReferenceParams, RenameParams, TextDocumentPositionParams, Uri,
    WorkspaceSymbolParams,
};
use serde::Serialize;
use serde_json::Value;

/// How many topics a search through the workspace brings.
const MOST_SYMBOLS: usize = 200;

fn told(value: impl Serialize) -> Result<Value, Refused> {
    serde_json::to_value(value)
        .map_err(|error| refused(ErrorCode::InternalError, error.to_string()))
}

impl Server {
    /// The answer to a request, whenever it comes.
    pub(super) fn answer(&mut self, method: &str, params: Value) -> Result<Value, Refused> {
        match (self.phase, method) {
            (Phase::Waiting, "initialize") => return self.initialize(&params),
            (Phase::Waiting, _) => {
                let why = format!("{method} came before `initialize`");
                return Err(refused(ErrorCode::ServerNotInitialized, why));
            }
            (Phase::ShutDown, _) => {
                let why = format!("{method} came after `shutdown`; only `exit` can follow");
                return Err(refused(ErrorCode::InvalidRequest, why));
            }
            (Phase::Running, "initialize") => {
                let why = "`initialize` was answered already";
                return Err(refused(ErrorCode::InvalidRequest, why));
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                return Ok(Value::Null);
            }
            (Phase::Running, _) => {}
        }
        match method {
            "textDocument/definition" => self.at(&read(method, params)?, |desk, file, position| {
                told(answers::definition(desk, file, position))
            }),
            "textDocument/references" => {
                let params: ReferenceParams = read(method, params)?;
                let with = params.context.include_declaration;
                self.at(&params.text_document_position, |desk, file, position| {
                    told(answers::references(desk, file, position, with))
                })
            }
            "textDocument/hover" => {
                let kind = match self.client.plain_hover {
                    true => MarkupKind::PlainText,
                    false => MarkupKind::Markdown,
                };
                self.at(&read(method, params)?, |desk, file, position| {
                    let about = answers::hover(desk, file, position);
                    told(about.map(|(value, range)| Hover {
                        contents: HoverContents::Markup(MarkupContent { kind, value }),
                        range: Some(range),
                    }))
                })
            }
            "textDocument/completion" => self.at(&read(method, params)?, |desk, file, position| {
                told(complete::completion(desk, file, position))
            }),
            "completionItem/resolve" => {
                let item: CompletionItem = read(method, params)?;
                match &self.desk {
                    Some(desk) => told(complete::resolved(desk, item)),
                    None => told(item),
                }
            }
            "textDocument/prepareRename" => {
                let params: TextDocumentPositionParams = read(method, params)?;
                self.at(&params, |desk, file, position| {
                    told(rename::prepare(desk, file, position))
                })
            }
            "textDocument/rename" => {
                let params: RenameParams = read(method, params)?;
                let versioned = self.client.versioned_edits;
                self.at(&params.text_document_position, |desk, file, position| {
                    let edit = rename::rename(desk, file, position, &params.new_name, versioned);
                    told(edit.map_err(|why| refused(ErrorCode::RequestFailed, why))?)
                })
            }
            "textDocument/documentSymbol" => {
                let params: DocumentSymbolParams = read(method, params)?;
                let nested = self.client.nested_symbols;
                self.of(&params.text_document.uri, |desk, file| match nested {
                    true => told(answers::symbols(desk, file)),
                    false => told(answers::flat(desk, file)),
                })
            }
            "textDocument/codeAction" => {
                let params: CodeActionParams = read(method, params)?;
                let (versioned, can) = (self.client.versioned_edits, self.client.quick_fixes);
                let at = params.range.start;
                self.of(&params.text_document.uri, |desk, file| match can {
                    true => told(fix::fixes(desk, file, at, versioned)),
                    false => Ok(Value::Null),
                })
            }
            "workspace/symbol" => {
                let params: WorkspaceSymbolParams = read(method, params)?;
                match &self.desk {
                    Some(desk) => told(answers::topics_like(desk, &params.query, MOST_SYMBOLS)),
                    None => Ok(Value::Null),
                }
            }
            _ => {
                let why = format!("`waterline lsp` does not know {method}");
                Err(refused(ErrorCode::MethodNotFound, why))
            }
        }
    }

    /// Answers about a place in a document.
    fn at(
        &mut self,
        place: &TextDocumentPositionParams,
        answer: impl FnOnce(&mut Desk, &str, Position) -> Result<Value, Refused>,
    ) -> Result<Value, Refused> {
        self.of(&place.text_document.uri, |desk, file| {
            answer(desk, file, place.position)
        })
    }

    /// Answers about a document: nothing where it is none of the notebook's.
    fn of(
        &mut self,
        uri: &Uri,
        answer: impl FnOnce(&mut Desk, &str) -> Result<Value, Refused>,
    ) -> Result<Value, Refused> {
        let Some(desk) = &mut self.desk else {
            return Ok(Value::Null);
        };
        let Some(file) = desk.file(uri) else {
            return Ok(Value::Null);
        };
        if desk.text(&file).is_none() {
            let why = format!("there is no {file} in the notebook, and it was not opened");
            return Err(refused(ErrorCode::InvalidParams, why));
        }
        answer(desk, &file)
    }
}
