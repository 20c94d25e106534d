//! What is done to containers that are there: start, stop, kill, wait, rm and the like.

use super::super::said::Said;
use super::super::step::{Not, Stop};
use super::{Carry, Code};
use crate::demos::command::verbs::{Kill, Rm, Start, Stop as StopVerb};
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
                None => Err(Said::no_container(target.typed())),
                Some(id) => match self.start_one(id).await {
                    Ok(()) => Ok(()),
                    Err(not) => Err(self.daemon(not)?),
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
            false => {
                let names = failed.join(", ");
                self.step
                    .stderr(format!("Error: failed to start containers: {names}\n"))?;
                Ok(1)
            }
        }
    }

    async fn start_one(&self, id: &FullId) -> Result<(), Not> {
        if !self.runs(id) {
            self.step
                .memory_for(self.seen.snapshot.limits.caps.memory)?;
        }
        self.begin(id).await
    }

    fn runs(&self, id: &FullId) -> bool {
        let mut containers = self.seen.snapshot.containers.iter();
        containers.any(|container| container.running && container.id == *id)
    }

    /// `docker start -a`: of one container, with what it prints.
    async fn start_attached(&self, targets: &[Target]) -> Code {
        let [target] = targets else {
            let text = "you cannot start and attach multiple containers at once\n".to_owned();
            return self.fail(Said { text, code: 1 });
        };
        let Some(id) = target.id() else {
            return self.fail(Said::no_container(target.typed()));
        };
        self.step
            .memory_for(self.seen.snapshot.limits.caps.memory)?;
        match self.attended(id, false).await {
            Ok(code) => Ok(code),
            Err(Not::Said { message, .. }) => self.fail(Said::daemon(self.typed(&message))),
            Err(Not::Stop(stop)) => Err(stop),
        }
    }

    /// `docker stop`: all at once.
    pub(super) async fn stop(&self, stop: &StopVerb) -> Code {
        let seconds = stop.seconds;
        self.each(|id| Change::Stop { id, seconds }).await
    }

    /// `docker restart`: one after the other.
    pub(super) async fn restart(&self, stop: &StopVerb) -> Code {
        let mut errors = String::new();
        for target in self.permitted.targets() {
            let Some(id) = target.id().cloned() else {
                errors.push_str(&Said::no_container(target.typed()).text);
                continue;
            };
            if !self.runs(&id) {
                self.step
                    .memory_for(self.seen.snapshot.limits.caps.memory)?;
            }
            let seconds = stop.seconds;
            match self.step.apply(Change::Restart { id, seconds }).await {
                Ok(_) => {
                    self.step.sandbox.has_started();
                    self.step.stdout(format!("{}\n", target.typed()))?;
                }
                Err(not) => errors.push_str(&self.daemon(not)?.text),
            }
        }
        self.errors(errors)
    }

    /// `docker pause`
    pub(super) async fn pause(&self) -> Code {
        self.each(Change::Pause).await
    }

    /// `docker unpause`
    pub(super) async fn unpause(&self) -> Code {
        self.each(Change::Unpause).await
    }

    /// `docker kill`
    pub(super) async fn kill(&self, kill: &Kill) -> Code {
        let signal = kill.signal;
        self.each(|id| Change::Kill { id, signal }).await
    }

    /// Does the same to all targets at once, and prints first what succeeded.
    async fn each(&self, change: impl Fn(FullId) -> Change) -> Code {
        let targets = self.permitted.targets();
        let does = targets.iter().map(async |target| {
            match target.id() {
                None => Err(Said::no_container(target.typed())),
                Some(id) => match self.step.apply(change(id.clone())).await {
                    Ok(_) => Ok(()),
                    Err(Not::Said { message, .. }) => Err(self.of_target(target, &message)),
                    Err(Not::Stop(stop)) => return Err(stop),
                },
            }
            .map_or_else(|said| Ok(Some(said)), |()| Ok(None))
        });
        let mut errors = String::new();
        for (target, done) in targets.iter().zip(join_all(does).await) {
            match done? {
                None => self.step.stdout(format!("{}\n", target.typed()))?,
                Some(said) => errors.push_str(&said.text),
            }
        }
        self.errors(errors)
    }

    /// The engine names the container as it was asked: by its id. Docker asks by what was
    /// typed.
    fn of_target(&self, target: &Target, message: &str) -> Said {
        let message = self.typed(message);
        let asked = target.id().map(|id| format!(" container: {id}: "));
        let words = match asked {
            Some(asked) => {
                message.replacen(&asked, &format!(" container: {}: ", target.typed()), 1)
            }
            None => message,
        };
        Said::daemon(words)
    }

    fn errors(&self, errors: String) -> Code {
        match errors.is_empty() {
            true => Ok(0),
            false => self.fail(Said {
                text: errors,
                code: 1,
            }),
        }
    }

    /// `docker wait`: one after the other, the exit code of each.
    pub(super) async fn wait(&self) -> Code {
        let mut errors = String::new();
        for target in self.permitted.targets() {
            let Some(id) = target.id() else {
                errors.push_str(&Said::no_container(target.typed()).text);
                continue;
            };
            let code = async {
                let waiting = self.step.hands().waiting(id, WaitFor::NotRunning).await?;
                waiting.code().await
            };
            match self.step.in_time(code).await? {
                Ok(code) => self.step.stdout(format!("{code}\n"))?,
                Err(failed) => errors.push_str(&self.daemon(failed.into())?.text),
            }
        }
        self.errors(errors)
    }

    /// `docker rm`: all at once.
    pub(super) async fn rm(&self, rm: &Rm) -> Code {
        let targets = self.permitted.targets();
        let removals = targets.iter().map(|target| self.remove(target, rm));
        let mut errors = String::new();
        for (target, removed) in targets.iter().zip(join_all(removals).await) {
            match removed? {
                None => self.step.stdout(format!("{}\n", target.typed()))?,
                Some(said) => errors.push_str(&said.text),
            }
        }
        // With -f, one that is not there is said, and is no failure.
        let all_missing = targets
            .iter()
            .filter(|target| target.id().is_none())
            .map(|target| Said::no_container(target.typed()).text)
            .collect::<String>();
        let code = i32::from(!errors.is_empty() && !(rm.force && errors == all_missing));
        self.step.stderr(errors)?;
        Ok(code)
    }

    async fn remove(&self, target: &Target, rm: &Rm) -> Result<Option<Said>, Stop> {
        let Some(id) = target.id() else {
            return Ok(Some(Said::no_container(target.typed())));
        };
        let removal = Change::RemoveContainer {
            id: id.clone(),
            force: rm.force,
            volumes: rm.volumes,
        };
        match self.step.apply(removal).await {
            Ok(_) => {}
            Err(Not::Said { message, .. }) => return Ok(Some(self.of_target(target, &message))),
            Err(Not::Stop(stop)) => return Err(stop),
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
