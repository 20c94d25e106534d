//! Carrying out: what each permitted command does, and prints.

mod compose;
mod containers;
mod exec;
mod launch;
mod objects;
mod reads;
mod streams;

use super::said::{About, words};
use super::seen::Seen;
use super::shell::Shell;
use super::step::{Not, Step, Stop};
use crate::demos::command::Verb;
use crate::demos::format::errors::Operation;
use crate::demos::format::{Printed, Said, Unsupported};
use crate::demos::refusal::{Refusal, Rule};
use crate::demos::sandbox::{Permitted, Target};
use crate::engine::hands::FullId;
use std::collections::BTreeMap;

/// A permitted command on its way: what it is, and what was seen before it.
pub(super) struct Carry<'a> {
    pub(super) step: &'a Step<'a>,
    pub(super) permitted: &'a Permitted,
    pub(super) seen: &'a Seen,
    /// The files of the demo, by name.
    pub(super) files: &'a BTreeMap<String, String>,
}

/// The exit code, or why it was not carried out to its end.
pub(super) type Code = Result<i32, Stop>;

impl Carry<'_> {
    /// Carries the command out.
    pub(super) async fn out(&self) -> Code {
        match self.permitted.verb() {
            Verb::Help(text) => self.print(text),
            Verb::Run(run) => self.run(run).await,
            Verb::Create(_) => self.create().await,
            Verb::Start(start) => self.start(start).await,
            Verb::Stop(stop) => self.stop(stop).await,
            Verb::Restart(stop) => self.restart(stop).await,
            Verb::Pause(_) => self.pause().await,
            Verb::Unpause(_) => self.unpause().await,
            Verb::Kill(kill) => self.kill(kill).await,
            Verb::Wait(_) => self.wait().await,
            Verb::Rm(rm) => self.rm(rm).await,
            Verb::Exec(exec) => self.exec(exec).await,
            Verb::Commit(commit) => self.commit(commit).await,
            Verb::ImageRm(rm) => self.image_rm(rm).await,
            Verb::VolumeCreate(create) => self.volume_create(create).await,
            Verb::VolumeRm(rm) => self.volume_rm(rm).await,
            Verb::NetworkCreate(create) => self.network_create(create).await,
            Verb::Connect(_) => self.connect().await,
            Verb::Disconnect(_) => self.disconnect().await,
            Verb::NetworkRm(rm) => self.network_rm(rm).await,
            Verb::Ps(ps) => self.ps(ps).await,
            Verb::Logs(logs) => self.logs(logs).await,
            Verb::Diff(diff) => self.diff(diff).await,
            Verb::Inspect(inspect) => self.inspect(inspect).await,
            Verb::Top(top) => self.top(top).await,
            Verb::Stats(stats) => self.stats(stats).await,
            Verb::Images(images) => self.images(images),
            Verb::History(history) => self.history(history).await,
            Verb::Events(events) => self.events(events).await,
            Verb::VolumeLs(list) => self.volume_ls(list),
            Verb::NetworkLs(list) => self.network_ls(list),
            Verb::Info(format) => self.info(format.as_deref()).await,
            Verb::Version(format) => self.version(format.as_deref()).await,
            Verb::SystemDf(df) => self.system_df(df).await,
            Verb::Compose(compose) => self.compose(compose).await,
        }
    }

    /// Whether what the command is to make was there before; `None` when it makes nothing
    /// that has a name.
    pub(super) fn was_there(&self) -> Option<bool> {
        let snapshot = &self.seen.snapshot;
        let (things, name) = match self.permitted.verb() {
            Verb::Run(run) | Verb::Create(run) => (&snapshot.containers, run.name.as_ref()?),
            Verb::NetworkCreate(create) => (&snapshot.networks, &create.name),
            _ => return None,
        };
        Some(things.iter().any(|thing| thing.typed == name.as_str()))
    }

    /// Starts what has a terminal.
    pub(super) async fn shell(&self, size: (u16, u16)) -> Result<Shell, Code> {
        match self.permitted.verb() {
            Verb::Exec(exec) if exec.tty && exec.interactive && !exec.detach => {
                self.exec_shell(exec, size).await
            }
            Verb::Run(run) if run.tty && run.interactive && !run.detach => {
                self.run_shell(run, size).await
            }
            _ => Err(Err(Stop::Refused(Refusal::new(
                Rule::Terminal,
                "A terminal is for `docker exec -it CONTAINER sh` and `docker run -it busybox`; \
                 everything else goes into the prompt.",
            )))),
        }
    }

    /// Prints text that ends the command well.
    fn print(&self, text: &str) -> Code {
        self.step.stdout(text.to_owned())?;
        Ok(0)
    }

    /// Prints docker's error, which ends the command.
    fn fail(&self, said: Said) -> Code {
        self.step.stderr(said.text)?;
        Ok(said.code)
    }

    /// Prints what docker prints, and ends the command with docker's exit code.
    fn printed(&self, printed: Result<Printed, Unsupported>) -> Code {
        match printed {
            Ok(Printed { out, err, code }) => {
                self.step.stdout(out)?;
                self.step.stderr(err)?;
                Ok(code)
            }
            Err(Unsupported(sentence)) => Err(Stop::Refused(Refusal::new(Rule::Flag, sentence))),
        }
    }

    /// What the engine said, in docker's words.
    fn said(&self, operation: Operation, not: Not, about: About<'_>) -> Result<Said, Stop> {
        match not {
            Not::Said { status, message } => Ok(words(operation, status, &message, about)),
            Not::Stop(stop) => Err(stop),
        }
    }

    /// What the engine said about one of the things that were named.
    fn said_of(&self, operation: Operation, not: Not, target: &Target) -> Result<Said, Stop> {
        let about = About {
            typed: target.typed(),
            id: target.id().map_or("", FullId::as_str),
            ..About::default()
        };
        self.said(operation, not, about)
    }

    /// The first of the things that were named, if it is there.
    fn first(&self) -> Option<&FullId> {
        self.permitted.targets().first()?.id()
    }

    /// Ends the command with errors, if there are any.
    fn errors(&self, errors: Vec<Said>) -> Code {
        let code = errors.iter().map(|said| said.code).max().unwrap_or(0);
        let text: String = errors.into_iter().map(|said| said.text).collect();
        self.fail(Said { text, code })
    }
}
