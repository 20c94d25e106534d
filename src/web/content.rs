//! The content of a run: where it comes from, loaded, and followed as it changes.

use super::demos::reasons::{self, Reasons};
use super::routes::RESERVED;
use super::state::{App, Edition};
use crate::notebook::{Content, ContentError, Notebook, Rules, watch};
use crate::panels::attached::{self, Attached};
use crate::panels::values;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

/// What holds for every note: it is not read where our own pages are, and names the live
/// values that there are.
pub fn rules() -> Rules {
    Rules {
        reserved: RESERVED,
        live: &values::NAMES,
        live_page: values::PAGE,
        ..Rules::default()
    }
}

/// Loads the content.
pub fn load(content: &Content) -> Result<Edition, ContentError> {
    let notebook = Notebook::load(content, &rules())?;
    let source = match content {
        Content::Embedded => "embedded".to_owned(),
        Content::Folder(folder) => folder.display().to_string(),
    };
    let edition = Edition::new(notebook, attachments(content), source);
    Ok(edition.with_reasons(reasons(content)))
}

/// Why topics have no demo, with the content folder's own list.
fn reasons(content: &Content) -> Reasons {
    let built_in = Reasons::built_in();
    match own_list(content, reasons::FILE) {
        Ok(None) => built_in,
        Ok(Some(own)) => built_in.and(&own),
        Err(error) => built_in.unread(&error),
    }
}

/// Which topic carries which panels, with the content folder's own list.
fn attachments(content: &Content) -> Attached {
    let built_in = Attached::built_in();
    match own_list(content, attached::FILE) {
        Ok(None) => built_in,
        Ok(Some(own)) => built_in.and(&own),
        Err(error) => built_in.unread(&error),
    }
}

/// A list of the content folder's own. Most folders have none.
fn own_list(content: &Content, file: &str) -> std::io::Result<Option<String>> {
    let Content::Folder(folder) = content else {
        return Ok(None);
    };
    match std::fs::read_to_string(folder.join(file)) {
        Ok(own) => Ok(Some(own)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            tracing::warn!(file, %error, "a list of the content folder cannot be read");
            Err(error)
        }
    }
}

/// The changes of a content folder, from before it is loaded until it is dropped.
pub struct Following {
    folder: PathBuf,
    changes: mpsc::Receiver<Vec<watch::Change>>,
    watch: watch::Watch,
}

impl Following {
    /// Listens to the folder from now on, so that nothing that is saved while it is
    /// loaded gets lost. Where that fails, the notes stay as they were loaded.
    pub fn of(content: &Content) -> Option<Following> {
        let Content::Folder(folder) = content else {
            return None;
        };
        let (tell, changes) = mpsc::channel();
        // Nobody to tell any more: we are stopping.
        match watch::watch(folder, move |changed| drop(tell.send(changed))) {
            Ok(watch) => Some(Following {
                folder: folder.clone(),
                changes,
                watch,
            }),
            Err(error) => {
                if folder.is_dir() {
                    tracing::warn!(folder = %folder.display(), %error, "cannot follow changes of the notes: restart to see them");
                }
                None
            }
        }
    }

    /// Publishes every change, on a thread of its own.
    pub fn publish_to(self, app: Arc<App>) {
        std::thread::spawn(move || {
            let Following {
                folder,
                changes,
                watch: _listening,
            } = self;
            for changed in changes {
                publish(&app, &folder, changed);
            }
        });
    }
}

fn publish(app: &App, folder: &Path, changed: Vec<watch::Change>) {
    let before = app.edition_for_long();
    let mut notebook = before.notebook.clone();
    let files = changed.len();
    for (file, bytes) in changed {
        notebook = match bytes {
            Some(bytes) => notebook.save(&file, &bytes),
            None => notebook.remove(&file),
        };
    }
    let content = Content::Folder(folder.to_owned());
    let edition = Edition::new(notebook, attachments(&content), before.source.clone());
    app.publish(edition.with_reasons(reasons(&content)));
    tracing::info!(files, "the notes changed");
}
