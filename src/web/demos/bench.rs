//! A bench: what one visitor does with one demo on one host, and what came of it.
//!
//! A bench is there for as long as its sandbox, and outlives the page: a closed browser
//! ends nothing, a reload shows what came out and runs nothing again, and two tabs show
//! the same. What a click asks for carries a [`Turn`], the count of what had happened
//! when its page was made: the second click of two, and one in a tab that did not see
//! what the other did, find that their turn is over.

use super::entry::runs;
pub use super::entry::{Busy, Entry, NotNow, Over, Seen, Turn, Work};
use super::moved::moved;
use super::stage::{Place, Stage};
use crate::demos::runner::{How, Outcome, Run, Sandbox};
use crate::demos::script::{Actual, Demo, End, Verdict, compare};
use futures_util::StreamExt;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How many of the commands typed at the prompt are kept.
const MOST_TRIED: usize = 50;

/// How many typed commands run or wait at a time. Each look at a host takes a connection
/// of its engine, which some hundreds at once keep from answering anybody.
const MOST_AT_ONCE: usize = 8;

/// How many names of typed commands are remembered, so that none runs twice.
const MOST_NAMES: usize = 200;

/// The longest command line that is read, in bytes.
pub const LONGEST_LINE: usize = 8 * 1024;

/// One visitor's work.
pub struct Bench {
    /// Whose, on what, and where.
    pub place: Place,
    // A std mutex: held for a look or a change, never across an await.
    state: Mutex<State>,
    news: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    generation: u64,
    sandbox: Option<Arc<Sandbox>>,
    steps: BTreeMap<usize, Entry>,
    tried: VecDeque<(u64, Entry)>,
    names: VecDeque<String>,
    busy: Option<Busy>,
    trouble: Option<String>,
    used: Option<Instant>,
}

/// Where a run is written down.
#[derive(Clone, Copy)]
enum Slot {
    Step(usize),
    Tried(u64),
}

impl State {
    fn entry(&mut self, slot: Slot) -> Option<&mut Entry> {
        match slot {
            Slot::Step(number) => self.steps.get_mut(&number),
            Slot::Tried(number) => self
                .tried
                .iter_mut()
                .find(|(own, _)| *own == number)
                .map(|(_, entry)| entry),
        }
    }

    /// Everything begins anew. Runs of before write nothing down any more.
    fn anew(&mut self) {
        self.generation += 1;
        self.steps.clear();
        self.tried.clear();
        self.busy = None;
        self.trouble = None;
    }
}

impl Bench {
    /// A new one: nothing has happened.
    pub fn new(place: Place) -> Arc<Bench> {
        Arc::new(Bench {
            place,
            state: Mutex::default(),
            news: watch::Sender::new(0),
        })
    }

    /// The bench as it is now.
    pub fn seen(&self) -> Seen {
        let state = self.lock();
        Seen {
            generation: state.generation,
            sandbox: state.sandbox.clone(),
            steps: state.steps.clone(),
            tried: state.tried.iter().cloned().collect(),
            busy: state.busy,
            trouble: state.trouble.clone(),
        }
    }

    /// Hears of every change.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// When it was last worked at; `None` for never.
    pub fn used(&self) -> Option<Instant> {
        self.lock().used
    }

    /// Whether something is being done.
    pub fn is_busy(&self) -> bool {
        let state = self.lock();
        state.busy.is_some() || state.tried.iter().any(|(_, entry)| entry.over.is_none())
    }

    /// Takes note of a sandbox that is no longer there: what was made in it is gone.
    pub fn notice(&self, stage: &Stage) {
        let mut state = self.lock();
        let gone = state
            .sandbox
            .as_ref()
            .is_some_and(|own| stage.sandboxes.get(own.id()).is_none());
        if gone {
            state.anew();
            state.sandbox = None;
            state.trouble = Some(
                "Your sandbox was not used for a while, or made room for another: it and \
                 everything in it was removed. The next command opens a new one."
                    .into(),
            );
            self.tell(state);
        }
    }

    /// Begins what a click asks for. It goes on whether or not anybody looks.
    ///
    /// # Errors
    /// Why the click does nothing.
    pub fn begin(
        self: &Arc<Self>,
        stage: &Arc<Stage>,
        demo: &Arc<Demo>,
        work: Work,
        turn: Turn,
    ) -> Result<(), NotNow> {
        self.notice(stage);
        let mut state = self.lock();
        let now = match work {
            Work::Step(step) => state.steps.get(&step).map_or(0, |entry| entry.count),
            Work::To(_) | Work::All => runs(&state.steps),
        };
        if turn.generation != state.generation || turn.runs != now {
            return Err(NotNow::Over);
        }
        if state.busy.is_some() {
            return Err(NotNow::Busy);
        }
        let fresh = work == Work::All && (!state.steps.is_empty() || !state.tried.is_empty());
        if fresh {
            state.anew();
        }
        let numbers: Vec<usize> = match work {
            Work::Step(step) => vec![step],
            Work::All => demo.steps().map(|step| step.number).collect(),
            Work::To(last) => demo
                .steps()
                .map(|step| step.number)
                .filter(|number| *number <= last && !state.steps.contains_key(number))
                .collect(),
        };
        let (Some(&at), Some(&to)) = (numbers.first(), numbers.last()) else {
            return Err(NotNow::Over);
        };
        state.busy = Some(match fresh {
            true => Busy::Removing,
            false => Busy::Running { at, to },
        });
        state.trouble = None;
        state.used = Some(Instant::now());
        let generation = state.generation;
        if !fresh {
            // Written down before anything is done: the click after this one finds it.
            note(&mut state, demo, at);
        }
        self.tell(state);
        let (bench, stage, demo) = (Arc::clone(self), Arc::clone(stage), Arc::clone(demo));
        tokio::spawn(async move {
            let _ends = Ends(&bench, generation);
            if fresh && !bench.remove(&stage, generation).await {
                return;
            }
            bench.sequence(&stage, &demo, &numbers, generation).await;
        });
        Ok(())
    }

    /// Removes what was made, and forgets what came out. A command that runs is ended.
    ///
    /// # Errors
    /// That another click has done it.
    pub fn reset(self: &Arc<Self>, stage: &Arc<Stage>, turn: Turn) -> Result<(), NotNow> {
        self.notice(stage);
        let mut state = self.lock();
        if turn.generation != state.generation || state.busy == Some(Busy::Removing) {
            return Err(NotNow::Over);
        }
        state.anew();
        state.busy = Some(Busy::Removing);
        state.used = Some(Instant::now());
        let generation = state.generation;
        self.tell(state);
        let (bench, stage) = (Arc::clone(self), Arc::clone(stage));
        tokio::spawn(async move {
            let _ends = Ends(&bench, generation);
            bench.remove(&stage, generation).await;
        });
        Ok(())
    }

    /// Runs a line that was typed at the prompt, once for each `name`. Gives the number
    /// under which it is written down; `None` when it was before.
    ///
    /// # Errors
    /// So many run already that this one has to wait.
    pub fn try_line(
        self: &Arc<Self>,
        stage: &Arc<Stage>,
        name: &str,
        line: &str,
        files: BTreeMap<String, String>,
    ) -> Result<Option<u64>, NotNow> {
        self.notice(stage);
        let mut state = self.lock();
        if state.names.iter().any(|own| own == name) {
            return Ok(None);
        }
        let runs = |(_, entry): &&(u64, Entry)| entry.over.is_none();
        if state.tried.iter().filter(runs).count() >= MOST_AT_ONCE {
            return Err(NotNow::Busy);
        }
        state.names.push_back(name.to_owned());
        if state.names.len() > MOST_NAMES {
            state.names.pop_front();
        }
        let number = state.tried.back().map_or(1, |(number, _)| number + 1);
        state
            .tried
            .push_back((number, Entry::new(line.to_owned(), 1)));
        if state.tried.len() > MOST_TRIED {
            let oldest = state
                .tried
                .iter()
                .position(|(_, entry)| entry.over.is_some());
            state.tried.remove(oldest.unwrap_or(0));
        }
        state.used = Some(Instant::now());
        let generation = state.generation;
        self.tell(state);
        let (bench, stage, line) = (Arc::clone(self), Arc::clone(stage), line.to_owned());
        tokio::spawn(async move {
            let how = How {
                files,
                ..How::default()
            };
            let slot = Slot::Tried(number);
            match bench.sandbox(&stage, generation).await {
                Ok(sandbox) => {
                    bench
                        .drive(&sandbox, slot, generation, &line, how, |_| None)
                        .await;
                }
                Err(why) => bench.cannot(slot, generation, why),
            }
        });
        Ok(Some(number))
    }

    /// Waits until nothing is being done, for so long at most.
    pub async fn settled(&self, at_most: Duration) {
        let mut news = self.news();
        let settled = async {
            while self.is_busy() {
                // The bench holds the sender.
                let _never_closed = news.changed().await;
            }
        };
        // Not settled in time: the page says what still runs.
        let _in_time = tokio::time::timeout(at_most, settled).await;
    }

    /// The sandbox, opened when there is none.
    pub async fn sandbox(
        self: &Arc<Self>,
        stage: &Arc<Stage>,
        generation: u64,
    ) -> Result<Arc<Sandbox>, String> {
        if let Some(own) = self.lock().sandbox.clone() {
            return Ok(own);
        }
        let opening = stage.opening(&self.place.visitor);
        let _alone = opening.lock().await;
        // Somebody else may have opened it meanwhile.
        if let Some(own) = self.lock().sandbox.clone() {
            return Ok(own);
        }
        stage.make_room(&self.place).await;
        let host = Some(self.place.host.as_str());
        let opened = stage.sandboxes.open(host).await;
        let opened = opened.map_err(|error| error.to_string())?;
        let mut state = self.lock();
        state.sandbox = Some(Arc::clone(&opened));
        if state.generation == generation {
            state.trouble = None;
        }
        self.tell(state);
        Ok(opened)
    }

    /// How often everything was begun anew.
    pub fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Gives the sandbox up: another of the visitor's needs the room.
    pub async fn give_up(&self, stage: &Stage) {
        let sandbox = self.lock().sandbox.clone();
        if let Some(sandbox) = sandbox {
            // What may be left there the next sweep takes.
            let _left = stage.sandboxes.close(sandbox.id()).await;
            self.notice(stage);
        }
    }

    async fn sequence(
        self: &Arc<Self>,
        stage: &Arc<Stage>,
        demo: &Arc<Demo>,
        numbers: &[usize],
        generation: u64,
    ) {
        let Some(&last) = numbers.last() else { return };
        let sandbox = match self.sandbox(stage, generation).await {
            Ok(sandbox) => sandbox,
            Err(why) => {
                self.change(generation, |state| {
                    state.steps.retain(|_, entry| entry.over.is_some());
                    state.trouble = Some(why);
                });
                return;
            }
        };
        for &number in numbers {
            let Some(step) = demo.step(number) else {
                return;
            };
            let went = self.change(generation, |state| {
                state.busy = Some(Busy::Running {
                    at: number,
                    to: last,
                });
                let waits = state.steps.get(&number);
                if waits.is_none_or(|entry| entry.over.is_some()) {
                    note(state, demo, number);
                }
            });
            if !went {
                return;
            }
            let files = demo.files_at(number).into_iter();
            let how = How {
                terminal: false,
                files: files
                    .map(|file| (file.name.clone(), file.text.clone()))
                    .collect(),
                once: Some(format!("{generation}/{number}")),
            };
            let judge = |actual: &Actual| Some(compare(&step.expected, actual, step.order));
            let slot = Slot::Step(number);
            let goes_on = self
                .drive(&sandbox, slot, generation, &step.command, how, judge)
                .await;
            if !goes_on {
                return;
            }
        }
    }

    /// Runs one line and writes down what it says. Whether the next may run.
    async fn drive(
        &self,
        sandbox: &Arc<Sandbox>,
        slot: Slot,
        generation: u64,
        line: &str,
        how: How,
        judge: impl Fn(&Actual) -> Option<Verdict>,
    ) -> bool {
        let before = sandbox.objects().await;
        let begun = Instant::now();
        let Some(mut run) = self.started(sandbox, generation, line, how) else {
            return false;
        };
        while let Some(out) = run.next().await {
            self.change(generation, |state| {
                if let Some(entry) = state.entry(slot) {
                    entry.said.push(out);
                }
            });
        }
        let finished = run.finished().await;
        let spent = begun.elapsed();
        let moved = match (&finished.outcome, before) {
            (Outcome::Refused(_), _) | (_, Err(_)) => Vec::new(),
            (_, Ok(before)) => match sandbox.objects().await {
                Ok(after) => moved(&before, &after),
                Err(_) => Vec::new(),
            },
        };
        let end = match &finished.outcome {
            Outcome::Done { code } => End::Code(*code),
            Outcome::Refused(refusal) => End::Refused {
                rule: refusal.rule.name().to_owned(),
                message: refusal.message.clone(),
            },
            Outcome::CannotTell(away) => End::CannotTell(away.to_string()),
            Outcome::Ended(why) => End::Stopped(why.clone()),
        };
        let verdict = judge(&Actual {
            stdout: finished.stdout(),
            stderr: finished.stderr(),
            end,
        });
        // After a wrong line the demo goes on; after no answer there is nothing to go on with.
        let goes_on = match (&finished.outcome, &verdict) {
            (_, Some(Verdict::Passed)) | (Outcome::Done { .. }, _) => true,
            (Outcome::Refused(_) | Outcome::CannotTell(_) | Outcome::Ended(_), _) => false,
        };
        let outcome = finished.outcome;
        let written = self.change(generation, |state| {
            state.used = Some(Instant::now());
            if let Some(entry) = state.entry(slot) {
                entry.said = finished.out;
                entry.moved = moved;
                entry.over = Some(Over {
                    outcome,
                    verdict,
                    spent,
                });
            }
        });
        written && goes_on
    }

    /// Begins a line, unless everything was begun anew since: what it made would be in the
    /// way of what comes. Under the lock, so that a reset comes before it or ends it.
    fn started(
        &self,
        sandbox: &Arc<Sandbox>,
        generation: u64,
        line: &str,
        how: How,
    ) -> Option<Run> {
        let state = self.lock();
        (state.generation == generation).then(|| sandbox.run(line, how))
    }

    /// A typed command could not be run at all.
    fn cannot(&self, slot: Slot, generation: u64, why: String) {
        self.change(generation, |state| {
            if let Some(entry) = state.entry(slot) {
                entry.over = Some(Over {
                    outcome: Outcome::Ended(why),
                    verdict: None,
                    spent: Duration::ZERO,
                });
            }
        });
    }

    /// Removes what the sandbox made. Whether that worked.
    async fn remove(&self, stage: &Stage, generation: u64) -> bool {
        let Some(sandbox) = self.lock().sandbox.clone() else {
            return true;
        };
        let removed = stage.sandboxes.reset(sandbox.id()).await;
        if let Err(away) = &removed {
            let why = format!(
                "Not everything may be removed: {away}. Reset again once the host answers; \
                 what is left is swept later in any case."
            );
            self.change(generation, |state| state.trouble = Some(why));
        }
        removed.is_ok()
    }

    /// Changes what is written down, unless everything was begun anew since.
    fn change(&self, generation: u64, how: impl FnOnce(&mut State)) -> bool {
        let mut state = self.lock();
        let is_now = state.generation == generation;
        if is_now {
            how(&mut state);
            self.tell(state);
        }
        is_now
    }

    fn tell(&self, state: MutexGuard<'_, State>) {
        drop(state);
        self.news.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes down that a step is about to run.
fn note(state: &mut State, demo: &Demo, number: usize) {
    let Some(step) = demo.step(number) else {
        return;
    };
    let count = state.steps.get(&number).map_or(0, |entry| entry.count);
    let entry = Entry::new(step.command.clone(), count + 1);
    state.steps.insert(number, entry);
}

/// Ends what a bench is about, however its task ends.
struct Ends<'a>(&'a Bench, u64);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        let Ends(bench, generation) = self;
        bench.change(*generation, |state| {
            state.busy = None;
            // A step that was to run and did not is as it was before.
            state.steps.retain(|_, entry| entry.over.is_some());
        });
    }
}
