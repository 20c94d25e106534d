//! One sandbox: one change at a time, its time limits, and what is known of it.
//!
//! `turn` is the way of one command, `weighed` what is known of its weight.

mod turn;
mod weighed;

use super::place::{Known, Place};
use super::sandboxes::wiped;
use super::terms::Terms;
use super::told::{Run, Teller};
use crate::demos::command::{Command, parse};
use crate::demos::janitor;
use crate::demos::sandbox::Limits;
use crate::engine::hands::Hands;
use crate::engine::owned::SandboxId;
use crate::engine::{Away, Corner, Host};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;
use turn::Turn;
use weighed::Heavy;

/// One person's corner of a host.
pub struct Sandbox {
    id: SandboxId,
    pub(super) place: Arc<Place>,
    pub(super) known: Known,
    pub(super) limits: Arc<Limits>,
    pub(super) terms: Terms,
    opened: Instant,
    until: Timestamp,
    used: Mutex<Instant>,
    busy: AtomicUsize,
    /// Held by whoever changes something.
    one: Arc<tokio::sync::Mutex<()>>,
    /// Counts the resets: a step that runs ends when it grows.
    resets: watch::Sender<u64>,
    closed: AtomicBool,
    /// A reset could not remove everything: that comes before the next change.
    unclean: AtomicBool,
    /// Whether something may be in it.
    is_used: AtomicBool,
    /// The command of which nobody can tell whether it made something that was not there.
    unsure: Mutex<Option<String>>,
    /// The named runs that go on now.
    named: Mutex<HashMap<String, Run>>,
    heavy: Mutex<Heavy>,
}

/// How a line is run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Whether a terminal is at the other end.
    pub terminal: bool,
    /// The files of the demo, by name.
    pub files: BTreeMap<String, String>,
    /// Names this run: a second run of the same name that comes while the first goes on is
    /// another reader of the first. A double click, or a second tab, runs a step once.
    pub once: Option<String>,
}

impl Sandbox {
    /// A new one, with nothing in it.
    pub(super) fn new(
        id: SandboxId,
        place: Arc<Place>,
        known: Known,
        limits: Arc<Limits>,
        terms: Terms,
    ) -> Arc<Sandbox> {
        let life = SignedDuration::try_from(terms.life).unwrap_or(SignedDuration::from_hours(4));
        Arc::new(Sandbox {
            id,
            place,
            known,
            limits,
            terms,
            opened: Instant::now(),
            until: Timestamp::now()
                .saturating_add(life)
                .unwrap_or(Timestamp::MAX),
            used: Mutex::new(Instant::now()),
            busy: AtomicUsize::new(0),
            one: Arc::default(),
            resets: watch::Sender::new(0),
            closed: AtomicBool::new(false),
            unclean: AtomicBool::new(false),
            is_used: AtomicBool::new(false),
            unsure: Mutex::default(),
            named: Mutex::default(),
            heavy: Mutex::default(),
        })
    }

    /// Its id: a part of every name that its objects have on the host.
    pub fn id(&self) -> &SandboxId {
        &self.id
    }

    /// What decides which of the host's objects are its own.
    pub fn corner(&self) -> Corner {
        Corner {
            instance: Some(*self.hands().instance()),
            demo_image: Some(self.known.image.as_str().to_owned()),
            ..Corner::from(self.id)
        }
    }

    /// Where it is.
    pub fn host(&self) -> &Arc<Host> {
        self.place.host()
    }

    /// When everything in it is removed in any case.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether a command is being carried out in it.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst) > 0
    }

    /// Runs a docker command line. It goes on to its end or to a limit, whether or not
    /// somebody reads what it says.
    pub fn run(self: &Arc<Self>, line: &str, how: How) -> Run {
        self.touch();
        let teller = Teller::new();
        let run = teller.listen();
        if let Some(once) = &how.once {
            let mut named = self.lock_named();
            if let Some(other) = named.get(once) {
                return other.again();
            }
            named.insert(once.clone(), run.again());
        }
        let me = Arc::clone(self);
        self.busy.fetch_add(1, Ordering::SeqCst);
        // From here on a reset ends it, also before its task has begun.
        let resets = self.resets.subscribe();
        // Tasks begin in no order, commands are carried out in that in which they were given.
        let command = parse(line);
        let changes = command.as_ref().is_ok_and(Command::changes);
        let turn = changes.then(|| Turn::take(&self.one));
        tokio::spawn(async move {
            let done = Busy(&me, how.once.clone());
            let outcome = me.whole(command, turn, how, &teller, resets).await;
            // Before the end is heard: who runs the step again then, runs it anew.
            drop(done);
            teller.end(outcome);
        });
        run
    }

    /// Removes everything that it made. A command that is being carried out is ended.
    ///
    /// # Errors
    /// Why something may be left.
    pub async fn reset(&self) -> Result<(), Away> {
        self.touch();
        self.resets.send_modify(|resets| *resets += 1);
        let _alone = self.one.lock().await;
        self.wipe().await
    }

    /// Removes everything, by whoever is alone in here.
    async fn wipe(&self) -> Result<(), Away> {
        let wiped = wiped(janitor::wipe(self.hands(), &self.id).await);
        self.unclean.store(wiped.is_err(), Ordering::SeqCst);
        self.forget();
        wiped
    }

    /// Removes everything that it made, and runs nothing any more.
    pub(super) async fn close(&self) -> Result<(), Away> {
        self.closed.store(true, Ordering::SeqCst);
        let result = self.reset().await;
        self.place.running.forget(&self.id);
        self.place.scales.take_off(&self.id);
        result
    }

    /// Not idle as long as this is held.
    fn busy(&self) -> Busy<'_> {
        self.busy.fetch_add(1, Ordering::SeqCst);
        Busy(self, None)
    }

    /// Its time begins anew.
    pub(super) fn touch(&self) {
        *self.lock_used() = Instant::now();
    }

    /// Whether its time is over.
    pub(super) fn has_expired(&self) -> bool {
        let idle = self.lock_used().elapsed() > self.terms.idle && !self.is_busy();
        idle || self.opened.elapsed() > self.terms.life
    }

    pub(super) fn hands(&self) -> &Hands {
        &self.place.hands
    }

    /// What was known of its objects is no longer so.
    fn forget(&self) {
        self.lock_unsure().take();
        self.place.running.note(self.id, 0, Instant::now());
        self.place.scales.take_off(&self.id);
        *self.lock_heavy() = Heavy::default();
    }

    fn lock_unsure(&self) -> MutexGuard<'_, Option<String>> {
        self.unsure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_used(&self) -> MutexGuard<'_, Instant> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_named(&self) -> MutexGuard<'_, HashMap<String, Run>> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that goes on, and its name.
struct Busy<'a>(&'a Sandbox, Option<String>);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let Busy(sandbox, once) = self;
        sandbox.busy.fetch_sub(1, Ordering::SeqCst);
        if let Some(once) = once {
            sandbox.lock_named().remove(once);
        }
        sandbox.touch();
    }
}
