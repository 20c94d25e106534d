//! Which Waterline this is, and remains after a crash.
//!
//! Each running Waterline holds a slot: a file `instance-N` in the user's state folder,
//! locked while the process lives, with the [`Instance`] in it. The next process to take
//! the slot is the same instance, and may remove what the last one left. The lock goes
//! with the process, however it ends.

use crate::engine::owned::Instance;
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// How many Waterlines of one user have a slot at the same time.
const SLOTS: usize = 64;

/// A slot that this process holds, as long as this lives.
#[derive(Debug)]
pub struct Slot {
    instance: Instance,
    /// Whose lock it is; `None` where there is no folder to keep one.
    _file: Option<File>,
}

impl Slot {
    /// Takes the first free slot. Without a folder that can be written the instance is
    /// a new one that nobody knows afterwards; the log says so.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn take() -> Result<Slot, getrandom::Error> {
        let taken = match state_folder() {
            Some(folder) => {
                Slot::take_in(&folder).map_err(|error| format!("{}: {error}", folder.display()))
            }
            None => Err("this user has no folder for it".to_owned()),
        };
        taken.or_else(|why| {
            tracing::warn!(
                "which Waterline this is cannot be kept: {why}. If it is killed, what its \
                 sandboxes made has to be removed by hand"
            );
            Instance::random().map(|instance| Slot {
                instance,
                _file: None,
            })
        })
    }

    /// Takes the first free slot of `folder`, which is made if need be.
    ///
    /// # Errors
    /// The folder or a file in it cannot be used, or all slots are taken.
    pub fn take_in(folder: &Path) -> io::Result<Slot> {
        fs::create_dir_all(folder)?;
        for number in 0..SLOTS {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(path(folder, number))?;
            if let Some(slot) = Slot::lock(file)? {
                return Ok(slot);
            }
        }
        Err(io::Error::other(format!("all {SLOTS} slots are taken")))
    }

    /// Locks a slot's file and reads who it is; `None` when another process has it.
    fn lock(mut file: File) -> io::Result<Option<Slot>> {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
            locked => locked?,
        }
        let mut text = String::new();
        (&mut file).take(64).read_to_string(&mut text)?;
        let instance = match Instance::parse(text.trim_end()) {
            Some(instance) => instance,
            // New, or written by something else: nothing can carry it as a label.
            None => {
                let instance = Instance::random().map_err(io::Error::other)?;
                file.rewind()?;
                file.set_len(0)?;
                writeln!(file, "{instance}")?;
                // What is made from now on carries it: it has to be there after a crash.
                file.sync_all()?;
                instance
            }
        };
        Ok(Some(Slot {
            instance,
            _file: Some(file),
        }))
    }

    /// The instance.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }
}

/// The slots of this user's Waterlines that do not run any more.
#[derive(Debug, Default)]
pub struct Left {
    /// Held from now on, so that none of them begins to run while it is swept.
    pub slots: Vec<Slot>,
    /// How many slots are held by others, which run.
    pub running: usize,
}

impl Left {
    /// Takes every slot that is there and free.
    ///
    /// # Errors
    /// A file of the folder cannot be used.
    pub fn take() -> io::Result<Left> {
        match state_folder() {
            Some(folder) => Left::take_in(&folder),
            None => Ok(Left::default()),
        }
    }

    /// The same in `folder`.
    ///
    /// # Errors
    /// A file of the folder cannot be used.
    pub fn take_in(folder: &Path) -> io::Result<Left> {
        let mut left = Left::default();
        for number in 0..SLOTS {
            let path = path(folder, number);
            let file = match OpenOptions::new().read(true).write(true).open(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                file => file?,
            };
            match Slot::lock(file)? {
                Some(slot) => left.slots.push(slot),
                None => left.running += 1,
            }
        }
        Ok(left)
    }

    /// Who they were.
    pub fn instances(&self) -> Vec<Instance> {
        self.slots.iter().map(|slot| slot.instance).collect()
    }
}

fn path(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("instance-{number}"))
}

/// Where Waterline keeps what it must know again: `waterline` in the user's state folder.
pub fn state_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
    };
    let home = || folder("HOME");
    let state = if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_STATE_HOME").or_else(|| home().map(|home| home.join(".local/state")))
    };
    state.map(|folder| folder.join("waterline"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_is_the_same_and_who_runs_beside_is_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("state/waterline");
        let take = || Slot::take_in(&folder).expect("a slot");
        let (first, second) = (take(), take());
        assert_ne!(first.instance(), second.instance());
        let (one, other) = (*first.instance(), *second.instance());
        drop(first);
        assert_eq!(*take().instance(), one, "the slot that is free again");
        drop(second);
        let (first, second) = (take(), take());
        assert_eq!((*first.instance(), *second.instance()), (one, other));
    }

    #[test]
    fn only_those_that_do_not_run_are_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let left = || Left::take_in(folder.path()).expect("slots");
        assert_eq!((left().instances(), left().running), (vec![], 0));
        let runs = Slot::take_in(folder.path()).expect("a slot");
        let dead = Slot::take_in(folder.path()).expect("a slot");
        let gone = *dead.instance();
        drop(dead);
        let now = left();
        assert_eq!((now.instances(), now.running), (vec![gone], 1));
        let next = Slot::take_in(folder.path()).expect("a slot");
        assert!(
            ![gone, *runs.instance()].contains(next.instance()),
            "not while it is swept"
        );
    }

    #[test]
    fn a_file_with_something_else_in_it_becomes_a_slot() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("instance-0");
        fs::write(&file, "something that is much longer than any instance").expect("a file");
        let slot = Slot::take_in(folder.path()).expect("a slot");
        let text = fs::read_to_string(&file).expect("a file");
        assert_eq!(text, format!("{}\n", slot.instance()));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_and_no_panic() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("a file");
        assert!(Slot::take_in(&file.join("waterline")).is_err());
    }
}
