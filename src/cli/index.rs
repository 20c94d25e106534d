//! `waterline index`: the linked notebook as JSON.

use crate::config::Settings;
use crate::notebook::{ContentError, Notebook};
use crate::web::content;
use std::io::{self, BufWriter, Write};

/// Why there is no index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The content cannot be used.
    #[error("{0}")]
    Content(#[from] ContentError),
    /// It could not be printed.
    #[error("cannot print the index: {0}")]
    Output(#[from] io::Error),
}

/// Prints the index of the content.
pub fn index(settings: Settings) -> Result<(), IndexError> {
    let notebook = Notebook::load(&settings.source(), &content::rules())?;
    match print(&notebook, &mut BufWriter::new(io::stdout().lock())) {
        // `waterline index | head` has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

fn print(notebook: &Notebook, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &notebook.index())?;
    writeln!(out)?;
    out.flush()
}
