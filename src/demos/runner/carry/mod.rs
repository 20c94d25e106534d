//! Carrying out: what each permitted command does, and prints.

mod containers;
mod exec;
mod launch;
mod objects;

use super::said::Said;
use super::seen::Seen;
use super::step::{Not, Step, Stop};
use crate::demos::command::Verb;
use crate::demos::refusal::{Refusal, Rule};
use crate::demos::sandbox::Permitted;

/// A permitted command on its way: what it is, and what was seen before it.
pub(super) struct Carry<'a> {
    pub(super) step: &'a Step<'a>,
    pub(super) permitted: &'a Permitted,
    pub(super) seen: &'a Seen,
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
            Verb::Connect(connect) => self.connect(connect).await,
            Verb::Disconnect(_) => self.disconnect().await,
            Verb::NetworkRm(rm) => self.network_rm(rm).await,
            _ => Err(Stop::Refused(Refusal::new(Rule::Verb, "not yet"))),
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

    /// The engine's words under the names that were typed.
    fn typed(&self, message: &str) -> String {
        super::said::typed(message, self.step.sandbox.id())
    }

    /// What the engine said, as docker prints it where it has no other words for it.
    fn daemon(&self, not: Not) -> Result<Said, Stop> {
        match not {
            Not::Said { message, .. } => Ok(Said::daemon(self.typed(&message))),
            Not::Stop(stop) => Err(stop),
        }
    }
}
