//! `waterline lsp`: a language server for the notes, on standard input and output.

use crate::author::lsp;
use crate::config::Settings;
use crate::web::content;
use std::process::ExitCode;

/// The editor cannot be talked with.
#[derive(Debug, thiserror::Error)]
#[error("cannot talk with the editor: {0}")]
pub struct LspError(#[from] std::io::Error);

/// Talks with an editor until it goes.
pub fn lsp(settings: Settings) -> Result<ExitCode, LspError> {
    let well = lsp::serve(settings.content, content::rules())?;
    // What the protocol asks for.
    Ok(match well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
