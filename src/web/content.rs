//! The content of a run: where it comes from, loaded, and followed as it changes.

use super::demos::reasons::{self, Reasons};
use super::edits::{self, Mark};
use super::routes::RESERVED;
use super::state::{App, Edition};
use crate::demos::stock::Demos;
use crate::notebook::{Content, ContentError, Followed, Notebook, Rules, watch};
use crate::panels::attached::{self, Attached};
use crate::panels::values;
use std::sync::{Arc, mpsc};

/// The lists of a content folder: which topics carry which panels, and why topics have no demo.
const LISTS: &[&str] = &[attached::FILE, reasons::FILE];

/// How many files of one change the log names.
const MOST_NAMED: usize = 5;

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
    Ok(edition.with_reasons(&reasons(content)))
}

/// Why topics have no demo, as the content folder's own list says it.
fn reasons(content: &Content) -> String {
    let Content::Folder(folder) = content else {
        return String::new();
    };
    // Most folders have none.
    std::fs::read_to_string(folder.join(reasons::FILE)).unwrap_or_default()
}

/// Which topic carries which panels, with the content folder's own list.
fn attachments(content: &Content) -> Attached {
    let built_in = Attached::built_in();
    let Content::Folder(folder) = content else {
        return built_in;
    };
    let file = folder.join(attached::FILE);
    match std::fs::read_to_string(&file) {
        Ok(own) => built_in.and(&own),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => built_in,
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the list of panels cannot be read");
            built_in
        }
    }
}

/// The changes of a content folder, from before it is loaded until it is dropped.
pub struct Following {
    news: mpsc::Receiver<watch::News>,
    watch: watch::Watch,
}

impl Following {
    /// Listens to the folder from now on, so that nothing that is saved while it is
    /// loaded gets lost. Where that fails, the notes stay as they were loaded.
    pub fn of(content: &Content) -> Option<Following> {
        let Content::Folder(folder) = content else {
            return None;
        };
        let (tell, news) = mpsc::channel();
        // Nobody to tell any more: we are stopping.
        match watch::watch(folder, LISTS, move |some| drop(tell.send(some))) {
            Ok(watch) => Some(Following { news, watch }),
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
                news,
                watch: _listening,
            } = self;
            for some in news {
                let before = app.edition_for_long();
                if let Some(edition) = next(&before, some) {
                    app.publish(edition);
                }
            }
        });
    }
}

/// The edition after what happened in its folder, or `None` where nothing is shown otherwise.
/// What did not change is shared with the one before.
pub fn next(before: &Edition, news: watch::News) -> Option<Edition> {
    let mut changes = match news {
        watch::News::Away if before.away => return None,
        watch::News::Away => {
            tracing::warn!(folder = %before.source, "the content folder is gone; the notes stay as they were last");
            return Some(Edition {
                away: true,
                mark: before.mark.map(Mark::next),
                ..before.unmade()
            });
        }
        watch::News::Changed(changes) => changes,
    };
    let lists: Vec<watch::Change> = changes
        .extract_if(.., |(file, _)| LISTS.contains(&&**file))
        .collect();
    let Followed { notebook, files } = before.notebook.follow(changes);
    let mut edition = Edition {
        away: false,
        mark: before.mark.map(Mark::next),
        ..before.unmade()
    };
    let mut changed = before.away || !files.is_empty();
    for (file, now) in &lists {
        let Some(text) = text(file, now) else {
            continue;
        };
        changed = true;
        match &**file {
            attached::FILE => edition.attached = Arc::new(Attached::built_in().and(text)),
            _ => edition.reasons = Arc::new(Reasons::built_in().and(text)),
        }
    }
    if !changed {
        return None;
    }
    let same_demos =
        notebook.leads_as(&before.notebook) && !files.iter().any(|file| file.starts_with("demos/"));
    if !same_demos {
        edition.demos = Arc::new(Demos::of(&notebook));
    }
    edition.notebook = notebook;
    edition.left = edits::left(before, &edition, &files);
    for file in files
        .iter()
        .chain(lists.iter().map(|(file, _)| file))
        .take(MOST_NAMED)
    {
        match edition.notebook.failed(file) {
            Some(problem) => tracing::warn!(
                "{}:{}:{}: {}; the last good version is shown",
                problem.file,
                problem.line,
                problem.column,
                problem.message
            ),
            None => tracing::info!(file = %file, "followed"),
        }
    }
    tracing::info!(files = files.len() + lists.len(), "the notes changed");
    Some(edition)
}

/// What a list says now; `None` where it cannot be read, so that the last good one stays.
fn text<'t>(file: &str, now: &'t watch::Now) -> Option<&'t str> {
    let why = match now {
        watch::Now::Gone => return Some(""),
        watch::Now::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => return Some(text),
            Err(error) => error.to_string(),
        },
        watch::Now::Unreadable(why) => why.clone(),
    };
    tracing::warn!("{file} cannot be read, so what it said last holds: {why}");
    None
}
