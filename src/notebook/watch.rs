//! Watching a content folder: which files came, changed or went.
//!
//! Editors save in many ways (write in place, write beside and rename, remove
//! and write). So an event only says *where to look*: after a short rest the
//! file is read again, and what is there now is what counts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use notify_debouncer_full::notify::{self, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, new_debouncer};

use super::files;
use super::ours::{self, Ours};

/// How long a file must rest before it is read.
const REST: Duration = Duration::from_millis(80);

/// One file as it is now: its name relative to the folder, and its bytes, or
/// `None` when it is gone. Of a file beside the notes these are the first bytes.
pub type Change = (String, Option<Vec<u8>>);

/// How often to look whether the folder itself is still the one that is watched.
const ROUND: Duration = Duration::from_secs(1);

/// Watches for as long as it lives.
pub struct Watch {
    /// When this is dropped, the thread that holds the watcher ends.
    _alive: Sender<()>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

/// What the watcher's two threads share: the files seen so far, and who is told.
struct Teller<F> {
    ours: Ours,
    known: BTreeSet<String>,
    changed: F,
}

impl<F: FnMut(Vec<Change>)> Teller<F> {
    fn tell(&mut self, places: &BTreeSet<PathBuf>) {
        let changes = look(&self.ours, places, &mut self.known);
        if !changes.is_empty() {
            (self.changed)(changes);
        }
    }
}

/// Watches a folder. `changed` is called on a thread of the watcher's with all
/// files that changed together, to be given to `Notebook::save` and `remove`.
/// A folder that is removed or moved away is watched again when one is there.
///
/// # Errors
///
/// When the system cannot watch the folder (it is missing, or there are too
/// many watches).
pub fn watch(
    folder: &Path,
    changed: impl FnMut(Vec<Change>) + Send + 'static,
) -> notify::Result<Watch> {
    let root = folder.canonicalize().map_err(notify::Error::io)?;
    let mut watched = identity(&root);
    let ours = Ours::of(&root);
    let teller = Arc::new(Mutex::new(Teller {
        known: names_below(&ours, &root),
        ours,
        changed,
    }));
    let (events_to, everywhere) = (teller.clone(), root.clone());
    let mut debouncer = new_debouncer(REST, None, move |result: DebounceEventResult| {
        let places: BTreeSet<PathBuf> = match result {
            Ok(events) => events
                .into_iter()
                .filter(|event| !event.kind.is_access())
                // Too many events at once: some were lost, so look everywhere.
                .flat_map(|event| match event.need_rescan() {
                    true => vec![everywhere.clone()],
                    false => event.event.paths,
                })
                .collect(),
            Err(errors) => errors.into_iter().flat_map(|error| error.paths).collect(),
        };
        let mut teller = events_to.lock().unwrap_or_else(PoisonError::into_inner);
        teller.tell(&places);
    })?;
    debouncer.watch(&root, RecursiveMode::Recursive)?;

    // The system watches a folder, not a path: a checkout or a sync that puts a new
    // folder in its place would never be heard of.
    let (alive, ended) = channel::<()>();
    std::thread::Builder::new()
        .name("content-folder".into())
        .spawn(move || {
            while ended.recv_timeout(ROUND) == Err(RecvTimeoutError::Timeout) {
                let now = identity(&root);
                if now == watched {
                    continue;
                }
                let _ = debouncer.unwatch(&root);
                let heard =
                    now.is_none() || debouncer.watch(&root, RecursiveMode::Recursive).is_ok();
                // A folder that cannot be watched is tried again, and read meanwhile.
                watched = if heard { now } else { None };
                let mut teller = teller.lock().unwrap_or_else(PoisonError::into_inner);
                teller.tell(&BTreeSet::from([root.clone()]));
            }
        })
        .map_err(notify::Error::io)?;
    Ok(Watch { _alive: alive })
}

/// What tells a folder from another that is put in its place.
fn identity(folder: &Path) -> Option<(u64, Option<SystemTime>)> {
    let about = std::fs::metadata(folder).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&about);
    #[cfg(not(unix))]
    let number = 0;
    Some((number, about.created().ok()))
}

/// Reads what is at these places now. `known` are the files seen before: a
/// folder that goes takes its files with it.
fn look(ours: &Ours, places: &BTreeSet<PathBuf>, known: &mut BTreeSet<String>) -> Vec<Change> {
    let root = ours.root();
    let mut names = BTreeSet::new();
    let named = |place: &PathBuf| files::name_in(root, place);
    // Another rule: any file may be ours now, or no more.
    let rules = |place| named(place).is_some_and(|name| ours::says_what_is_ours(&name));
    if places.iter().any(rules) {
        ours.forget();
        names.extend(known.iter().cloned());
        names.extend(names_below(ours, root));
    }
    for place in places {
        let name = named(place);
        let below = name
            .as_deref()
            .map_or(String::new(), |name| format!("{name}/"));
        names.extend(
            known
                .iter()
                .filter(|known| known.starts_with(&below))
                .cloned(),
        );
        if place.is_dir() && name.as_deref().is_none_or(|name| ours.enters(name)) {
            names.extend(names_below(ours, place));
        }
        names.extend(name.filter(|name| is_ours(ours, name)));
    }
    let mut changes = Vec::new();
    for name in names {
        let read = match is_ours(ours, &name) {
            true => files::read_file(root, &name),
            false => Ok(None),
        };
        match read {
            Ok(Some(bytes)) => {
                known.insert(name.clone());
                changes.push((name, Some(bytes)));
            }
            // Gone, or nothing that may be read: told once.
            Ok(None) | Err(_) => {
                if known.remove(&name) {
                    changes.push((name, None));
                }
            }
        }
    }
    changes
}

fn is_ours(ours: &Ours, name: &str) -> bool {
    (files::is_note(name) || files::is_beside(name)) && ours.takes(name)
}

/// The names of all our files in a folder.
fn names_below(ours: &Ours, folder: &Path) -> BTreeSet<String> {
    files::walk(folder, ours).0.into_iter().collect()
}
