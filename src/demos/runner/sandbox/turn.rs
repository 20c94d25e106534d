//! The way of one command: it is decided on, waits for its turn, and is carried out.

use super::super::carry::Carry;
use super::super::lists::Lists;
use super::super::place::as_away;
use super::super::seen::Seen;
use super::super::shell::Shell;
use super::super::step::{Not, Step, Stop};
use super::super::told::{Finished, Outcome, Teller};
use super::{How, Sandbox};
use crate::demos::command::{Command, Verb, parse};
use crate::demos::refusal::{Refusal, Rule};
use crate::demos::sandbox::{Join, Permitted, Snapshot, Target, Thing, permit};
use crate::engine::Away;
use crate::engine::hands::Change;
use crate::engine::owned::Name;
use futures_util::FutureExt;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

/// A place in the order in which commands change a sandbox, held from when it is taken.
pub(super) struct Turn {
    /// Set when nobody was before it.
    came: Option<OwnedMutexGuard<()>>,
    waiting: Pin<Box<dyn Future<Output = OwnedMutexGuard<()>> + Send>>,
}

impl Turn {
    /// The place behind all who have taken one.
    pub(super) fn take(one: &Arc<Mutex<()>>) -> Turn {
        let mut waiting: Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(Arc::clone(one).lock_owned());
        // To ask once is to stand in the line.
        let came = (&mut waiting).now_or_never();
        Turn { came, waiting }
    }

    /// Waits until all before it are done, and says that it does.
    async fn comes(self, teller: &Teller) -> OwnedMutexGuard<()> {
        match self.came {
            Some(alone) => alone,
            None => {
                teller.note("waiting: another command of this sandbox is being carried out");
                self.waiting.await
            }
        }
    }
}

/// What is said in a sandbox that is over.
const OVER: &str = "this sandbox is over; open another";

impl Sandbox {
    /// Decides, waits for its turn, carries out.
    pub(super) async fn whole(
        self: &Arc<Self>,
        command: Result<Command, Refusal>,
        turn: Option<Turn>,
        how: How,
        teller: &Teller,
        mut resets: watch::Receiver<u64>,
    ) -> Outcome {
        if self.closed.load(Ordering::SeqCst) {
            return Outcome::Ended(OVER.into());
        }
        let command = match command {
            Ok(command) => command,
            Err(refusal) => return refused(refusal, teller),
        };
        if let Some(refusal) = self.refuses(&command, how.terminal) {
            return refused(refusal, teller);
        }
        tokio::select! {
            outcome = self.in_turn(&command, turn, &how, teller) => outcome,
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
    async fn in_turn(
        self: &Arc<Self>,
        command: &Command,
        turn: Option<Turn>,
        how: &How,
        teller: &Teller,
    ) -> Outcome {
        let _alone = match turn {
            Some(turn) => match self.alone(turn, teller).await {
                Ok(alone) => Some(alone),
                Err(away) => return Outcome::CannotTell(away),
            },
            None => None,
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
            let alone = self.alone(Turn::take(&self.one), teller).await;
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
    async fn alone(&self, turn: Turn, teller: &Teller) -> Result<OwnedMutexGuard<()>, Away> {
        let alone = turn.comes(teller).await;
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
