//! One command on its way: what it may still say and until when, and how its changes
//! get their turn at the host.

use super::place::as_away;
use super::queue::Turn;
use super::running::Room;
use super::sandbox::Sandbox;
use super::told::{Outcome, Teller};
use crate::demos::refusal::{Refusal, Rule};
use crate::demos::sandbox::BRIDGE;
use crate::engine::Away;
use crate::engine::hands::{
    Change, Done, Failed, Frames, FullId, Hands, Look, NewNetwork, NewVolume, StdStream, Whose,
};
use crate::engine::owned::Name;
use bytes::Bytes;
use futures_util::StreamExt;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// One command on its way.
pub(super) struct Step<'a> {
    pub(super) sandbox: &'a Arc<Sandbox>,
    pub(super) teller: &'a Teller,
    /// When it is ended: later by what it waited for its turns.
    ends: Mutex<Instant>,
    /// How many bytes it may still say.
    left: AtomicUsize,
    /// Whether it was told that it waits for its turn.
    told_to_wait: AtomicBool,
    /// The room that it has for a container that it is about to start.
    room: Mutex<Option<Room>>,
}

/// Why a command was not carried out to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The engine did not answer.
    Away(Away),
    /// A limit of the sandbox.
    Ended(String),
    /// It is more than the sandbox, or the host, has room for.
    Refused(Refusal),
}

impl From<Stop> for Outcome {
    fn from(stop: Stop) -> Outcome {
        match stop {
            Stop::Away(away) => Outcome::CannotTell(away),
            Stop::Ended(why) => Outcome::Ended(why),
            Stop::Refused(refusal) => Outcome::Refused(refusal),
        }
    }
}

/// What an engine said against a change, or why the command has to stop.
pub(super) enum Not {
    /// The engine said no.
    Said {
        /// The HTTP status.
        status: u16,
        /// Its words, with real names.
        message: String,
    },
    /// Everything else.
    Stop(Stop),
}

impl From<Failed> for Not {
    fn from(failed: Failed) -> Not {
        match failed {
            Failed::Away(away) => Not::Stop(Stop::Away(away)),
            Failed::Said { status, message } => Not::Said { status, message },
        }
    }
}

impl From<Stop> for Not {
    fn from(stop: Stop) -> Not {
        Not::Stop(stop)
    }
}

impl From<Not> for Stop {
    /// Where docker has no words of its own for it.
    fn from(not: Not) -> Stop {
        match not {
            Not::Said { status, message } => Stop::Away(as_away(Failed::Said { status, message })),
            Not::Stop(stop) => stop,
        }
    }
}

impl<'a> Step<'a> {
    /// A command that begins now.
    pub(super) fn begin(sandbox: &'a Arc<Sandbox>, teller: &'a Teller) -> Step<'a> {
        Step {
            sandbox,
            teller,
            ends: Mutex::new(Instant::now() + sandbox.limits.step),
            left: AtomicUsize::new(sandbox.limits.output),
            told_to_wait: AtomicBool::new(false),
            room: Mutex::default(),
        }
    }

    pub(super) fn hands(&self) -> &Hands {
        self.sandbox.hands()
    }

    /// Says text on standard output.
    pub(super) fn stdout(&self, text: impl Into<Bytes>) -> Result<(), Stop> {
        self.out(StdStream::Out, text.into())
    }

    /// Says text on standard error.
    pub(super) fn stderr(&self, text: impl Into<Bytes>) -> Result<(), Stop> {
        self.out(StdStream::Err, text.into())
    }

    /// Says bytes, as far as the command may still say something.
    pub(super) fn out(&self, stream: StdStream, mut bytes: Bytes) -> Result<(), Stop> {
        let left = self.left.load(Ordering::SeqCst);
        let over = bytes.len() > left;
        bytes.truncate(left);
        self.left.store(left - bytes.len(), Ordering::SeqCst);
        match stream {
            StdStream::Out => self.teller.stdout(bytes),
            StdStream::Err => self.teller.stderr(bytes),
        }
        match over {
            false => Ok(()),
            true => Err(Stop::Ended(format!(
                "ended here: a step may print {} KB",
                self.sandbox.limits.output / 1024
            ))),
        }
    }

    /// Says what comes, until it ends or a limit is met.
    pub(super) async fn pump(&self, mut frames: Frames) -> Result<(), Not> {
        loop {
            let frame = self.in_time(frames.next()).await?;
            match frame {
                None => return Ok(()),
                Some(frame) => {
                    let frame = frame?;
                    self.out(frame.stream, frame.bytes)?;
                }
            }
        }
    }

    /// Waits for something, but not beyond the step's end.
    pub(super) async fn in_time<T>(&self, what: impl Future<Output = T>) -> Result<T, Stop> {
        tokio::time::timeout_at(self.ends(), what)
            .await
            .map_err(|_| self.too_long())
    }

    fn ends(&self) -> Instant {
        *self.lock_ends()
    }

    fn lock_ends(&self) -> MutexGuard<'_, Instant> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn too_long(&self) -> Stop {
        Stop::Ended(format!(
            "ended here: a step may take {} s",
            self.sandbox.limits.step.as_secs()
        ))
    }

    /// Makes a change when its turn has come.
    pub(super) async fn apply(&self, change: Change) -> Result<Done, Not> {
        let _turn = match is_work(&change) {
            true => Some(self.turn().await),
            false => None,
        };
        Ok(self.in_time(self.hands().apply(change)).await??)
    }

    /// Waits for a turn. It is others who take this time, so the step ends so much later;
    /// of several that wait at once the longest counts.
    async fn turn(&self) -> Turn {
        let (began, ends) = (Instant::now(), self.ends());
        let turn = self.sandbox.place.queue.turn(|n| self.waits(n)).await;
        let later = ends + began.elapsed();
        let mut ends = self.lock_ends();
        *ends = later.max(*ends);
        turn
    }

    fn waits(&self, before: usize) {
        if !self.told_to_wait.swap(true, Ordering::SeqCst) {
            self.teller.note(format!("waiting: {before} before you"));
        }
    }

    /// Looks at something of the sandbox.
    pub(super) async fn look(&self, look: Look) -> Result<Value, Not> {
        Ok(self.in_time(self.hands().look(look)).await??)
    }

    /// Whose objects this command sees.
    pub(super) fn whose(&self) -> Whose {
        Whose::Sandbox(*self.sandbox.id())
    }

    /// Makes a volume of the sandbox.
    pub(super) async fn new_volume(
        &self,
        name: Name,
        labels: Vec<(String, String)>,
    ) -> Result<FullId, Not> {
        let new = NewVolume {
            sandbox: *self.sandbox.id(),
            name,
            until: self.sandbox.until(),
            labels,
        };
        made(self.apply(Change::CreateVolume(new)).await?)
    }

    /// Makes a network of the sandbox.
    pub(super) async fn new_network(
        &self,
        name: Name,
        labels: Vec<(String, String)>,
    ) -> Result<FullId, Not> {
        let new = NewNetwork {
            sandbox: *self.sandbox.id(),
            name,
            until: self.sandbox.until(),
            labels,
        };
        made(self.apply(Change::CreateNetwork(new)).await?)
    }

    /// Makes the sandbox's own `bridge`, which stands for docker's.
    pub(super) async fn new_bridge(&self) -> Result<FullId, Not> {
        let name = Name::parse(BRIDGE).ok_or_else(|| {
            let words = format!("{BRIDGE} is no name");
            Not::Stop(Stop::Away(Away::Broken(words)))
        })?;
        self.new_network(name, Vec::new()).await
    }

    /// Takes the host's room for one more container that runs, if there is any; until
    /// [`started`](Step::started), or the end of the step.
    pub(super) async fn room(&self) -> Result<(), Stop> {
        // Every start of what was stopped would write as much again before it is measured.
        if let Some(why) = self.in_time(self.sandbox.is_still_too_heavy()).await? {
            return Err(no_room(format!("{why}.")));
        }
        let (place, terms) = (&self.sandbox.place, &self.sandbox.terms);
        let share = terms.memory_share(self.sandbox.known.memory);
        let memory = self.sandbox.limits.caps.memory;
        let fits = |all: u64| share == 0 || all.saturating_mul(memory) <= share;
        self.set_room(None);
        let Some(room) = place.running.one_more(fits) else {
            return Err(no_room(format!(
                "All sandboxes together may take {} % of this host's memory, and the containers that \
                 run now take it. Try again when some of them have ended.",
                terms.memory_percent
            )));
        };
        self.set_room(Some(room));
        if place.has_few_files() {
            let words = "This host's disk can take hardly any more files, and nothing new is started there \
                 until it can.";
            return Err(no_room(words.into()));
        }
        let free = self.in_time(place.free_space()).await?;
        match free.is_some_and(|free| free < terms.free_space) {
            false => Ok(()),
            true => Err(no_room(format!(
                "This host's disk has less than {} MB left, and nothing new is started there until it \
                 has more.",
                terms.free_space / 1_000_000
            ))),
        }
    }
}

/// What runs.
impl Step<'_> {
    /// A container was started; `anew` when it did not run before.
    pub(super) fn started(&self, anew: bool) {
        match anew {
            true => self.sandbox.has_started(),
            false => self.sandbox.stirs(),
        }
        self.set_room(None);
    }

    fn set_room(&self, room: Option<Room>) {
        let mut own = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        let _given_back = std::mem::replace(&mut *own, room);
    }
}

/// The id of what was made.
pub(super) fn made(done: Done) -> Result<FullId, Not> {
    done.id.ok_or_else(|| {
        let words = "it does not say the id of what it made".to_owned();
        Not::Stop(Stop::Away(Away::Unreadable(words)))
    })
}

fn no_room(message: String) -> Stop {
    Stop::Refused(Refusal::new(Rule::Quota, message))
}

/// Whether a change keeps the engine busy. The others mostly wait.
fn is_work(change: &Change) -> bool {
    match change {
        Change::CreateNetwork(_)
        | Change::CreateVolume(_)
        | Change::CreateContainer(_)
        | Change::Start(_)
        | Change::RemoveContainer { .. }
        | Change::Commit(_)
        | Change::RemoveImage { .. }
        | Change::RemoveNetwork(_)
        | Change::RemoveVolume(_) => true,
        Change::Stop { .. }
        | Change::Restart { .. }
        | Change::Pause(_)
        | Change::Unpause(_)
        | Change::Kill { .. }
        | Change::Connect { .. }
        | Change::Disconnect { .. }
        | Change::Resize { .. } => false,
    }
}
