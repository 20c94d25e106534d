//! One sandbox: one change at a time, its time limits, and what is known of it.

use super::carry::Carry;
use super::lists::Lists;
use super::place::{Known, Place, as_away};
use super::sandboxes::wiped;
use super::seen::Seen;
use super::shell::Shell;
use super::step::{Not, Step, Stop};
use super::terms::Terms;
use super::told::{Finished, Outcome, Run, Teller};
use super::weight::{self, Weight};
use crate::demos::command::{Command, Verb, parse};
use crate::demos::janitor;
use crate::demos::refusal::{Refusal, Rule};
use crate::demos::sandbox::{Join, Limits, Permitted, Snapshot, Target, Thing, permit};
use crate::engine::hands::{Change, Hands};
use crate::engine::owned::{Name, SandboxId};
use crate::engine::{Away, Corner, Host};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::{Notify, watch};

/// What is said in a sandbox that is over.
const OVER: &str = "this sandbox is over; open another";

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
    one: tokio::sync::Mutex<()>,
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
    /// Something was started.
    stir: Notify,
    stirs: AtomicUsize,
    watched: AtomicBool,
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
            one: tokio::sync::Mutex::default(),
            resets: watch::Sender::new(0),
            closed: AtomicBool::new(false),
            unclean: AtomicBool::new(false),
            is_used: AtomicBool::new(false),
            unsure: Mutex::default(),
            named: Mutex::default(),
            heavy: Mutex::default(),
            stir: Notify::new(),
            stirs: AtomicUsize::new(0),
            watched: AtomicBool::new(false),
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
        let (me, line) = (Arc::clone(self), line.to_owned());
        self.busy.fetch_add(1, Ordering::SeqCst);
        // From here on a reset ends it, also before its task has begun.
        let resets = self.resets.subscribe();
        tokio::spawn(async move {
            let done = Busy(&me, how.once.clone());
            let outcome = me.whole(&line, how, &teller, resets).await;
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
        *self.lock_heavy() = Heavy::default();
    }

    fn lock_heavy(&self) -> MutexGuard<'_, Heavy> {
        self.heavy.lock().unwrap_or_else(PoisonError::into_inner)
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

/// What is known of a sandbox's weight.
#[derive(Default)]
struct Heavy {
    weight: Weight,
    /// Why it was stopped, until it is light again.
    stopped: Option<String>,
    /// Whether somebody was told.
    told: bool,
    /// How often it was stopped.
    stops: u64,
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

/// Its weight.
impl Sandbox {
    /// What it weighed when it was last measured.
    pub fn weight(&self) -> Weight {
        self.lock_heavy().weight
    }

    /// Something was started: it is measured from now on, until nothing runs.
    pub(super) fn stirs(self: &Arc<Self>) {
        self.stirs.fetch_add(1, Ordering::SeqCst);
        self.stir.notify_one();
        if self.watched.swap(true, Ordering::SeqCst) {
            return;
        }
        let me = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                let seen = me.stirs.load(Ordering::SeqCst);
                weight::watch(Arc::clone(&me)).await;
                me.watched.store(false, Ordering::SeqCst);
                // What was started meanwhile counted on this watch.
                let stirred = me.stirs.load(Ordering::SeqCst) != seen;
                if !stirred || me.watched.swap(true, Ordering::SeqCst) {
                    return;
                }
            }
        });
    }

    /// Waits until something is started.
    pub(super) async fn stirred(&self) {
        self.stir.notified().await;
    }

    /// It was measured.
    pub(super) fn weighs(&self, weight: Weight) {
        let mut heavy = self.lock_heavy();
        heavy.weight = weight;
        if weight.total() <= self.limits.weight && heavy.told {
            heavy.stopped = None;
        }
    }

    /// It was too heavy and is being stopped.
    pub(super) fn is_too_heavy(&self, weight: Weight) {
        let mut heavy = self.lock_heavy();
        heavy.weight = weight;
        heavy.told = false;
        heavy.stops += 1;
        heavy.stopped = Some(format!(
            "everything in this sandbox was stopped: it had written {} MB to the host's disk, and may \
             write {} MB. Remove containers, images or volumes, or reset the sandbox",
            weight.total() / 1_000_000,
            self.limits.weight / 1_000_000
        ));
    }

    /// A container was stopped, since its log grew by more than so many bytes a second.
    pub(super) fn is_too_loud(&self, bytes: usize) {
        let mut heavy = self.lock_heavy();
        heavy.told = false;
        heavy.stops += 1;
        heavy.stopped = Some(format!(
            "a container of this sandbox was stopped: its log grew by more than {} KB a second",
            bytes / 1024
        ));
    }

    /// How often it was stopped so far.
    fn heavy_count(&self) -> u64 {
        self.lock_heavy().stops
    }

    /// Why it was stopped, if it was since then.
    fn stopped_since(&self, stops: u64) -> Option<String> {
        let mut heavy = self.lock_heavy();
        if heavy.stops == stops {
            return None;
        }
        heavy.told = true;
        heavy.stopped.clone()
    }

    /// Why nothing more is started in it: it was stopped for its weight, and weighs as much
    /// still.
    pub(super) async fn is_still_too_heavy(&self) -> Option<String> {
        self.lock_heavy().stopped.as_ref()?;
        if let Ok(weight) = weight::now(self).await {
            self.weighs(weight);
        }
        self.lock_heavy().stopped.clone()
    }

    /// A container was started.
    pub(super) fn has_started(self: &Arc<Self>) {
        self.place.running.adjust(self.id, 1);
        self.stirs();
    }

    /// A container that was attended to its end has ended.
    pub(super) fn has_ended(&self) {
        self.place.running.adjust(self.id, -1);
    }

    /// Why it was stopped, the first time that this is asked.
    pub(super) fn stopped_and_not_told(&self) -> Option<String> {
        let mut heavy = self.lock_heavy();
        match std::mem::replace(&mut heavy.told, true) {
            true => None,
            false => heavy.stopped.clone(),
        }
    }
}

/// The way of one command.
impl Sandbox {
    /// Decides, waits for its turn, carries out.
    async fn whole(
        self: &Arc<Self>,
        line: &str,
        how: How,
        teller: &Teller,
        mut resets: watch::Receiver<u64>,
    ) -> Outcome {
        if self.closed.load(Ordering::SeqCst) {
            return Outcome::Ended(OVER.into());
        }
        let command = match parse(line) {
            Ok(command) => command,
            Err(refusal) => return refused(refusal, teller),
        };
        if let Some(refusal) = self.refuses(&command, how.terminal) {
            return refused(refusal, teller);
        }
        tokio::select! {
            outcome = self.in_turn(&command, &how, teller) => outcome,
            _ = resets.changed() => Outcome::Ended("the sandbox was reset".into()),
        }
    }

    /// What is refused without a look at the host: everything that does not depend on
    /// what is in the sandbox, and everything as long as nothing was ever in it.
    fn refuses(self: &Arc<Self>, command: &Command, terminal: bool) -> Option<Refusal> {
        let nothing = Seen::nothing(self, terminal);
        let refusal = permit(command, &nothing.snapshot).err()?;
        let depends = matches!(refusal.rule, Rule::Quota | Rule::Image | Rule::Foreign);
        (!depends || !self.is_used.load(Ordering::SeqCst)).then_some(refusal)
    }

    /// Carries out, after whoever else changes something in this sandbox.
    async fn in_turn(self: &Arc<Self>, command: &Command, how: &How, teller: &Teller) -> Outcome {
        let _alone = match command.changes() {
            true => match self.alone(teller).await {
                Ok(alone) => Some(alone),
                Err(away) => return Outcome::CannotTell(away),
            },
            false => None,
        };
        let step = Step::begin(self, teller);
        let (seen, permitted) = match self.decided(command, how.terminal, &step).await {
            Ok(decided) => decided,
            Err(stop) => return ended(stop, teller),
        };
        let stops = self.heavy_count();
        let carry = Carry {
            step: &step,
            permitted: &permitted,
            seen: &seen,
            files: &how.files,
        };
        let code = carry.out().await;
        if let (Err(Stop::Away(_)), Some(false)) = (&code, carry.was_there()) {
            *self.lock_unsure() = Some(command.line().to_owned());
        }
        match (code, self.stopped_since(stops)) {
            (_, Some(stopped)) => Outcome::Ended(stopped),
            (Ok(code), None) => Outcome::Done { code },
            (Err(stop), None) => ended(stop, teller),
        }
    }

    /// Looks at what is there, and decides.
    async fn decided(
        self: &Arc<Self>,
        command: &Command,
        terminal: bool,
        step: &Step<'_>,
    ) -> Result<(Seen, Permitted), Stop> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(Stop::Ended(OVER.into()));
        }
        if let Some(stopped) = self.stopped_and_not_told() {
            step.teller.note(stopped);
        }
        if let Some(known) = self.knows_without_looking(command, terminal) {
            return Ok(known);
        }
        let wanted = Lists::of(command.verb());
        let look = async || {
            let seen = step.in_time(Seen::look(self, terminal, wanted)).await?;
            seen.map_err(|failed| Stop::from(Not::from(failed)))
        };
        let mut seen = look().await?;
        let mut permitted = permit(command, &seen.snapshot).map_err(Stop::Refused);
        if command.changes() {
            self.is_used.store(true, Ordering::SeqCst);
            let unsure = self.lock_unsure().take();
            // The same command again: what it made after all is in its way.
            if unsure.as_deref() == Some(command.line()) {
                if removed_what_it_made(step, command, &seen).await? {
                    seen = look().await?;
                }
                permitted = permit(command, &seen.snapshot).map_err(Stop::Refused);
            }
        }
        let mut permitted = permitted?;
        // `network connect bridge`, before anything ran on it.
        let joins = matches!(command.verb(), Verb::Connect(_) | Verb::Disconnect(_));
        if joins && permitted.needs_bridge() {
            step.new_bridge().await.map_err(Stop::from)?;
            seen = look().await?;
            permitted = permit(command, &seen.snapshot).map_err(Stop::Refused)?;
        }
        Ok((seen, permitted))
    }

    /// What can be said without a look at the host, since nothing was ever made here: that
    /// what is named is not there.
    fn knows_without_looking(
        &self,
        command: &Command,
        terminal: bool,
    ) -> Option<(Seen, Permitted)> {
        if self.is_used.load(Ordering::SeqCst) {
            return None;
        }
        let nothing = Seen::nothing(self, terminal);
        let permitted = permit(command, &nothing.snapshot).ok()?;
        let targets = permitted.targets();
        let missing = |target: &Target| matches!(target, Target::Missing(_));
        let nobody = !targets.is_empty() && targets.iter().all(missing);
        let launch = permitted.launch();
        let nowhere = launch.is_some_and(|launch| matches!(launch.join(), Join::Missing(_)));
        let known = (nobody && !permitted.needs_bridge()) || nowhere;
        known.then_some((nothing, permitted))
    }

    /// Starts a process with a terminal: `docker exec -it` or `docker run -it`.
    ///
    /// # Errors
    /// What was said instead, and how it ended.
    pub async fn terminal(
        self: &Arc<Self>,
        line: &str,
        rows: u16,
        columns: u16,
    ) -> Result<Shell, Finished> {
        self.touch();
        let teller = Teller::new();
        let run = teller.listen();
        let begun = {
            let _busy = self.busy();
            self.shell(line, (rows, columns), &teller).await
        };
        match begun {
            Ok(shell) => Ok(shell),
            Err(outcome) => {
                teller.end(outcome);
                Err(run.finished().await)
            }
        }
    }

    async fn shell(
        self: &Arc<Self>,
        line: &str,
        size: (u16, u16),
        teller: &Teller,
    ) -> Result<Shell, Outcome> {
        let command = parse(line).map_err(|refusal| refused(refusal, teller))?;
        if let Some(refusal) = self.refuses(&command, true) {
            return Err(refused(refusal, teller));
        }
        let begin = async {
            let alone = self.alone(teller).await;
            let _alone = alone.map_err(Outcome::CannotTell)?;
            let step = Step::begin(self, teller);
            let (seen, permitted) = self
                .decided(&command, true, &step)
                .await
                .map_err(|stop| ended(stop, teller))?;
            let carry = Carry {
                step: &step,
                permitted: &permitted,
                seen: &seen,
                files: &BTreeMap::new(),
            };
            carry.shell(size).await.map_err(|code| match code {
                Ok(code) => Outcome::Done { code },
                Err(stop) => ended(stop, teller),
            })
        };
        let mut resets = self.resets.subscribe();
        tokio::select! {
            shell = begin => shell,
            _ = resets.changed() => Err(Outcome::Ended("the sandbox was reset".into())),
        }
    }

    /// What is in the sandbox now, for completion and for what a step has changed.
    ///
    /// # Errors
    /// The host does not answer.
    pub async fn snapshot(&self) -> Result<Snapshot, Away> {
        let seen = Seen::look(self, false, Lists::ALL).await;
        let seen = seen.map_err(as_away)?;
        Ok(seen.snapshot)
    }

    /// Waits until nobody else changes something in here. What the last reset could not
    /// remove goes first, before something new is made among it.
    async fn alone(&self, teller: &Teller) -> Result<tokio::sync::MutexGuard<'_, ()>, Away> {
        let alone = match self.one.try_lock() {
            Ok(alone) => alone,
            Err(_) => {
                teller.note("waiting: another command of this sandbox is being carried out");
                self.one.lock().await
            }
        };
        if self.unclean.load(Ordering::SeqCst) {
            self.wipe().await?;
        }
        Ok(alone)
    }
}

/// Removes what a command made of which nobody could tell whether it did. Whether there
/// was such a thing.
async fn removed_what_it_made(
    step: &Step<'_>,
    command: &Command,
    seen: &Seen,
) -> Result<bool, Stop> {
    let of_name = |things: &[Thing], name: &Name| {
        let thing = things.iter().find(|thing| thing.typed == name.as_str());
        thing.map(|thing| thing.id.clone())
    };
    let removal = match command.verb() {
        Verb::Run(run) | Verb::Create(run) => {
            let name = run.name.as_ref();
            let id = name.and_then(|name| of_name(&seen.snapshot.containers, name));
            id.map(|id| Change::RemoveContainer {
                id,
                force: true,
                volumes: false,
            })
        }
        Verb::NetworkCreate(create) => {
            of_name(&seen.snapshot.networks, &create.name).map(Change::RemoveNetwork)
        }
        _ => None,
    };
    let Some(removal) = removal else {
        return Ok(false);
    };
    step.teller
        .note("what this command had made when the engine went away was removed first");
    step.apply(removal).await.map_err(Stop::from)?;
    Ok(true)
}

/// How a command ended that was not carried out to its end.
fn ended(stop: Stop, teller: &Teller) -> Outcome {
    match stop {
        Stop::Refused(refusal) => refused(refusal, teller),
        other => other.into(),
    }
}

/// A refusal; what docker itself would say against a line is docker's output.
fn refused(refusal: Refusal, teller: &Teller) -> Outcome {
    match refusal.is_dockers_own() {
        false => Outcome::Refused(refusal),
        true => {
            teller.stderr(format!("{}\n", refusal.message));
            Outcome::Done { code: refusal.code }
        }
    }
}
