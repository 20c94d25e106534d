//! What is done to containers that are there: start, stop, kill, wait, rm and the like.

use super::super::said::no_container;
use super::super::step::{Not, Stop};
use super::{Carry, Code};
use crate::demos::command::verbs::{Kill, Rm, Start, Stop as StopVerb};
use crate::demos::format::Said;
use crate::demos::format::errors::{Operation, start_failed};
use crate::demos::sandbox::Target;
use crate::engine::hands::{Change, FullId, WaitFor};
use futures_util::future::join_all;

impl Carry<'_> {
    /// `docker start`: one after the other.
    pub(super) async fn start(&self, start: &Start) -> Code {
        let targets = self.permitted.targets();
        if start.attach || start.interactive {
            return self.start_attached(targets).await;
        }
        let mut failed = Vec::new();
        for target in targets {
            let began = match target.id() {
                None => Err(no_container(Operation::Start, target.typed())),
                Some(id) => match self.start_one(id).await {
                    Ok(()) => Ok(()),
                    Err(not) => Err(self.said_of(Operation::Start, not, target)?),
                },
            };
            match began {
                Ok(()) => self.step.stdout(format!("{}\n", target.typed()))?,
                Err(said) => {
                    self.step.stderr(said.text)?;
                    failed.push(target.typed());
                }
            }
        }
        match failed.is_empty() {
            true => Ok(0),
            false => self.fail(start_failed(&failed)),
        }
    }

    async fn start_one(&self, id: &FullId) -> Result<(), Not> {
        if !self.runs(id) {
            self.step.room().await?;
        }
        self.begin(id).await
    }

    pub(super) fn runs(&self, id: &FullId) -> bool {
        let mut containers = self.seen.snapshot.containers.iter();
        containers.any(|container| container.running && container.id == *id)
    }

    /// `docker start -a`: of one container, with what it prints.
    async fn start_attached(&self, targets: &[Target]) -> Code {
        let [target] = targets else {
            let text = "you cannot start and attach multiple containers at once";
            return self.fail(Said::new(text, 1));
        };
        let Some(id) = target.id() else {
            return self.fail(no_container(Operation::Start, target.typed()));
        };
        self.step.room().await?;
        match self.attended(id, false).await {
            Ok(code) => Ok(code),
            Err(not) => self.fail(self.said_of(Operation::Start, not, target)?),
        }
    }

    /// `docker stop`: all at once.
    pub(super) async fn stop(&self, stop: &StopVerb) -> Code {
        let seconds = stop.seconds;
        self.each(Operation::Stop, |id| Change::Stop { id, seconds })
            .await
    }

    /// `docker restart`: one after the other.
    pub(super) async fn restart(&self, stop: &StopVerb) -> Code {
        let mut errors = Vec::new();
        for target in self.permitted.targets() {
            let Some(id) = target.id().cloned() else {
                errors.push(no_container(Operation::Restart, target.typed()));
                continue;
            };
            let runs = self.runs(&id);
            if !runs {
                self.step.room().await?;
            }
            let seconds = stop.seconds;
            match self.step.apply(Change::Restart { id, seconds }).await {
                Ok(_) => {
                    self.step.started(!runs);
                    self.step.stdout(format!("{}\n", target.typed()))?;
                }
                Err(not) => errors.push(self.said_of(Operation::Restart, not, target)?),
            }
        }
        self.errors(errors)
    }

    /// `docker pause`
    pub(super) async fn pause(&self) -> Code {
        self.each(Operation::Pause, Change::Pause).await
    }

    /// `docker unpause`
    pub(super) async fn unpause(&self) -> Code {
        self.each(Operation::Unpause, Change::Unpause).await
    }

    /// `docker kill`
    pub(super) async fn kill(&self, kill: &Kill) -> Code {
        let signal = kill.signal;
        self.each(Operation::Kill, |id| Change::Kill { id, signal })
            .await
    }

    /// Does the same to all targets at once, and prints first what succeeded.
    async fn each(&self, operation: Operation, change: impl Fn(FullId) -> Change) -> Code {
        let targets = self.permitted.targets();
        let does = targets.iter().map(async |target| match target.id() {
            None => Ok(Some(no_container(operation, target.typed()))),
            Some(id) => match self.step.apply(change(id.clone())).await {
                Ok(_) => Ok(None),
                Err(not) => self.said_of(operation, not, target).map(Some),
            },
        });
        let done = join_all(does).await;
        self.one_by_one(done)
    }

    /// Prints the names of what succeeded, in the order in which they were typed, and then
    /// the errors.
    fn one_by_one(&self, done: Vec<Result<Option<Said>, Stop>>) -> Code {
        let mut errors = Vec::new();
        for (target, done) in self.permitted.targets().iter().zip(done) {
            match done? {
                None => self.step.stdout(format!("{}\n", target.typed()))?,
                Some(said) => errors.push(said),
            }
        }
        self.errors(errors)
    }

    /// `docker wait`: one after the other, the exit code of each.
    pub(super) async fn wait(&self) -> Code {
        let mut errors = Vec::new();
        for target in self.permitted.targets() {
            let Some(id) = target.id() else {
                errors.push(no_container(Operation::Wait, target.typed()));
                continue;
            };
            let code = async {
                let waiting = self.step.hands().waiting(id, WaitFor::NotRunning).await?;
                waiting.code().await
            };
            match self.step.in_time(code).await? {
                Ok(code) => self.step.stdout(format!("{code}\n"))?,
                Err(failed) => errors.push(self.said_of(Operation::Wait, failed.into(), target)?),
            }
        }
        self.errors(errors)
    }

    /// `docker rm`: all at once.
    pub(super) async fn rm(&self, rm: &Rm) -> Code {
        let targets = self.permitted.targets();
        let removals = targets.iter().map(|target| self.remove(target, rm));
        let done = join_all(removals).await;
        // With -f, one that is not there is said, and is no failure.
        self.one_by_one(done)
    }

    async fn remove(&self, target: &Target, rm: &Rm) -> Result<Option<Said>, Stop> {
        let operation = Operation::Rm { force: rm.force };
        let Some(id) = target.id() else {
            return Ok(Some(no_container(operation, target.typed())));
        };
        let removal = Change::RemoveContainer {
            id: id.clone(),
            force: rm.force,
            volumes: rm.volumes,
        };
        match self.step.apply(removal).await {
            Ok(_) => {}
            Err(not) => return self.said_of(operation, not, target).map(Some),
        }
        if rm.volumes {
            // The engine does not know that they are anonymous: we named them.
            for volume in self.seen.anonymous_volumes(id) {
                let _used_elsewhere = self.step.apply(Change::RemoveVolume(volume)).await;
            }
        }
        Ok(None)
    }
}
