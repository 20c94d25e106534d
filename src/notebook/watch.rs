//! Watching a content folder: which files came, changed or went.
//!
//! Editors save in many ways (write in place, write beside and rename, remove
//! and write). So an event only says *where to look*, and [`super::settle`] *when*: then the
//! file is read, and what is there now is what counts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RenameMode};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use notify_debouncer_full::notify;
use rayon::prelude::*;

use super::files;
use super::ours::{self, Ours};
use super::settle::{FLICKER, Settling, Sign};

/// One file as it is now: its name relative to the folder, with `/`, and what is there.
pub type Change = (String, Now);

/// What is at a file's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Now {
    /// The file, whole.
    Bytes(Vec<u8>),
    /// Nothing.
    Gone,
    /// Something that cannot be read, and why.
    Unreadable(String),
}

/// What happened in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// These files changed together. The folder is there, even if it was not before.
    Changed(Vec<Change>),
    /// The folder itself is not there any more.
    Away,
}

/// How often to look whether the folder itself is still the one that is watched.
const ROUND: Duration = Duration::from_millis(500);

/// Watches for as long as it lives.
pub struct Watch {
    /// To the thread that holds the watcher, which ends when it is told to.
    thread: Sender<Heard>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Wakes the thread, which may be gone already.
        let _ = self.thread.send(Heard::End);
    }
}

/// What the thread is told.
enum Heard {
    Event(notify::Result<notify::Event>),
    End,
}

/// The thread's own: what was seen of the folder so far.
struct Watched<F> {
    root: PathBuf,
    ours: Ours,
    /// Files that are told of whole, as notes are; of others beside the notes the first
    /// bytes are.
    lists: &'static [&'static str],
    /// The files that are there.
    known: BTreeSet<String>,
    /// Those of them that were found empty, and may only have been emptied to be filled.
    emptied: BTreeSet<String>,
    settling: Settling,
    /// What tells us; none while there is no folder that can be watched.
    watcher: Option<RecommendedWatcher>,
    tell: F,
}

/// Watches a folder. `tell` is called on a thread of the watcher's with what changed
/// together. Told are notes, demos and the files named in `lists` with all their bytes, and
/// the files beside the notes with the first of theirs. What the folder's ignore files pass
/// over is not told, and is gone when they begin to. A folder that is removed or moved away
/// is watched again when one is there.
///
/// # Errors
///
/// When the system cannot watch the folder (it is missing, or there are too
/// many watches).
pub fn watch(
    folder: &Path,
    lists: &'static [&'static str],
    tell: impl FnMut(News) + Send + 'static,
) -> notify::Result<Watch> {
    let root = folder.canonicalize().map_err(notify::Error::io)?;
    let (to_us, heard) = channel();
    let events = to_us.clone();
    let send = move |event| {
        // Nobody listens any more: the watch has ended.
        let _ = events.send(Heard::Event(event));
    };
    let config = notify::Config::default().with_follow_symlinks(false);
    let at = root.clone();
    let begin = move || {
        let mut watcher = RecommendedWatcher::new(send.clone(), config)?;
        watcher.watch(&at, RecursiveMode::Recursive)?;
        Ok(watcher)
    };
    // Before it is watched: one that comes in its place meanwhile is another.
    let folder = identity(&root);
    let mut watched = Watched {
        known: BTreeSet::new(),
        emptied: BTreeSet::new(),
        ours: Ours::of(&root),
        root,
        lists,
        settling: Settling::default(),
        watcher: Some(begin()?),
        tell,
    };
    watched.known = watched.names_below(&watched.root);
    std::thread::Builder::new()
        .name("content-folder".into())
        .spawn(move || watched.follow(begin, folder, &heard))
        .map_err(notify::Error::io)?;
    Ok(Watch { thread: to_us })
}

impl<F: FnMut(News)> Watched<F> {
    /// Until the watch is dropped. The system watches a folder, not a path: a checkout or a
    /// sync that puts a new one in the place of `folder` would never be heard of. `begin`
    /// makes another watcher then.
    fn follow(
        &mut self,
        begin: impl Fn() -> notify::Result<RecommendedWatcher>,
        mut folder: Option<Identity>,
        heard: &Receiver<Heard>,
    ) {
        let mut round = Instant::now() + ROUND;
        loop {
            let next = self.settling.due().map_or(round, |due| due.min(round));
            let wait = next.saturating_duration_since(Instant::now());
            match heard.recv_timeout(wait) {
                Ok(Heard::Event(event)) => {
                    self.hear(event);
                    // A burst is heard to its end before anything is read.
                    while let Ok(more) = heard.try_recv() {
                        match more {
                            Heard::Event(event) => self.hear(event),
                            Heard::End => return,
                        }
                    }
                }
                Ok(Heard::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let places = self.settling.take(Instant::now());
            let now = Instant::now();
            if now >= round || !places.is_empty() {
                round = now + ROUND;
                let there = identity(&self.root);
                if there != folder {
                    // Another watcher: what the system says late of the folder that went
                    // would end the watch of the one that came in its place.
                    self.watcher = there.as_ref().and_then(|_| begin().ok());
                    let known = self.watcher.is_some() || there.is_none();
                    if there.is_none() {
                        (self.tell)(News::Away);
                    } else {
                        // It may only just be filled.
                        self.settling.again(self.root.clone(), FLICKER, now);
                    }
                    // A folder that cannot be watched is tried again, and read meanwhile.
                    folder = if known { there } else { None };
                }
            }
            if folder.is_some() && !places.is_empty() {
                self.read(&places);
            }
        }
    }

    /// Notes where something happens.
    fn hear(&mut self, event: notify::Result<notify::Event>) {
        let now = Instant::now();
        let everywhere = |settling: &mut Settling, root: &Path| {
            settling.hear(root.to_owned(), Sign::Whole, now);
        };
        let event = match event {
            Ok(event) if !event.need_rescan() => event,
            // Some events were lost, so look everywhere.
            _ => return everywhere(&mut self.settling, &self.root),
        };
        let sign = |path: &Path| match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Sign::Whole),
            EventKind::Access(_) => None,
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => {
                Some(Sign::Gone)
            }
            EventKind::Create(CreateKind::Folder)
            | EventKind::Modify(ModifyKind::Metadata(_))
            | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Some(Sign::Whole),
            // Said by the two before it, each with its own place.
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => None,
            _ => match path.symlink_metadata() {
                Err(_) => Some(Sign::Gone),
                // Nobody writes into a link or a folder.
                Ok(about) if !about.is_file() => Some(Sign::Whole),
                Ok(_) => Some(Sign::Writing),
            },
        };
        for path in &event.paths {
            if let Some(sign) = sign(path)
                && self.concerns(path)
            {
                // To be told that a file's owner changed is not to be told that it is whole.
                match event.kind {
                    EventKind::Modify(ModifyKind::Metadata(_)) => {
                        self.settling.again(path.clone(), Duration::ZERO, now);
                    }
                    _ => self.settling.hear(path.clone(), sign, now),
                }
            }
        }
    }

    /// Whether anything of ours can be at this place.
    fn concerns(&self, place: &Path) -> bool {
        let Some(name) = files::name_in(&self.root, place) else {
            return place == self.root;
        };
        if self.is_ours(&name) || ours::says_what_is_ours(&name) {
            return true;
        }
        let below = format!("{name}/");
        let mut inside = self.known.range(below.clone()..);
        let known = inside.next().is_some_and(|known| known.starts_with(&below));
        known || (self.ours.enters(&name) && is_folder(place))
    }

    fn is_ours(&self, name: &str) -> bool {
        let is_one = files::is_note(name) || files::is_beside(name);
        (is_one && self.ours.takes(name)) || self.lists.contains(&name)
    }

    /// Reads what is at these places now, and tells of it.
    fn read(&mut self, places: &BTreeSet<PathBuf>) {
        let now = Instant::now();
        let all = places.contains(&self.root);
        let mut names = BTreeSet::new();
        // Another rule: any file may be ours now, or no more.
        let rules =
            |place| files::name_in(&self.root, place).filter(|name| ours::says_what_is_ours(name));
        if places.iter().any(|place| rules(place).is_some()) {
            self.ours.forget();
            names.extend(self.known.iter().cloned());
            names.extend(self.names_below(&self.root));
        }
        for place in places {
            let name = files::name_in(&self.root, place);
            let below = name
                .as_deref()
                .map_or(String::new(), |name| format!("{name}/"));
            let inside = self.known.range(below.clone()..);
            names.extend(inside.take_while(|name| name.starts_with(&below)).cloned());
            if is_folder(place) {
                names.extend(self.names_below(place));
            }
            names.extend(name.filter(|name| self.is_ours(name)));
        }
        let root = self.root.clone();
        // What is still being written has a time of its own.
        names.retain(|name| !self.settling.waits_for(&root.join(name)));
        let names: Vec<(String, bool)> = names
            .into_iter()
            .map(|name| {
                let is_ours = self.is_ours(&name);
                (name, is_ours)
            })
            .collect();
        let lists = self.lists;
        let read: Vec<Change> = names
            .into_par_iter()
            .with_min_len(16)
            .map(|(name, is_ours)| {
                let there = match is_ours {
                    true => at(&root, &name, lists),
                    false => Now::Gone,
                };
                (name, there)
            })
            .collect();
        let mut changes = Vec::new();
        for (name, there) in read {
            let is_empty = matches!(&there, Now::Bytes(bytes) if bytes.is_empty());
            let is_empty = is_empty && (files::is_note(&name) || lists.contains(&&*name));
            if is_empty && self.known.contains(&name) && self.emptied.insert(name.clone()) {
                self.settling.again(root.join(&name), FLICKER, now);
                continue;
            }
            self.emptied.remove(&name);
            match &there {
                Now::Bytes(_) | Now::Unreadable(_) => {
                    self.known.insert(name.clone());
                }
                // Told once.
                Now::Gone => {
                    if !self.known.remove(&name) {
                        continue;
                    }
                }
            }
            changes.push((name, there));
        }
        if !changes.is_empty() || all {
            (self.tell)(News::Changed(changes));
        }
    }

    /// The names of all our files in a folder.
    fn names_below(&self, folder: &Path) -> BTreeSet<String> {
        let lists = self.lists.iter().filter(|list| {
            let path = self.root.join(list);
            path.starts_with(folder) && path.is_file()
        });
        let found = files::walk(folder, &self.ours).0.into_iter();
        found.chain(lists.map(|list| (*list).to_owned())).collect()
    }
}

/// Whether it is a folder of ours; a link to one leads nowhere.
fn is_folder(place: &Path) -> bool {
    place.symlink_metadata().is_ok_and(|about| about.is_dir())
}

/// What is at a file's place.
fn at(root: &Path, name: &str, lists: &[&str]) -> Now {
    let path = root.join(name);
    let read = match lists.contains(&name) {
        true => files::read_whole(root, name),
        false => files::read_file(root, name),
    };
    match read {
        Ok(Some(bytes)) => Now::Bytes(bytes),
        // Another thing has its name now, such as a folder or a pipe.
        Ok(None) => Now::Gone,
        Err(why) => match path.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Now::Gone,
            _ => Now::Unreadable(why),
        },
    }
}

/// What tells a folder from another: its number, and when it was made.
type Identity = (u64, Option<SystemTime>);

/// What tells a folder from another that is put in its place.
fn identity(folder: &Path) -> Option<Identity> {
    let about = std::fs::metadata(folder).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&about);
    #[cfg(not(unix))]
    let number = 0;
    Some((number, about.created().ok()))
}
