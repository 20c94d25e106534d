//! Hands: the only code that changes a host.
//!
//! [`Hands`] makes the changes of one closed list ([`Change`]), looks, unmasked, at what
//! is ours ([`Look`]), and hears what our containers print. It acts on full ids, and on
//! nothing that [`owned`](super::owned) does not call ours: each object is looked at
//! before it is touched for the first time. Everything else in Waterline reads, through a
//! transport that refuses to do more. What is asked for is finished, by us and by the
//! engine, even when nobody waits for it any more.
//!
//! 1. [`change`], `body`: what can be asked for, and the JSON it becomes.
//! 2. [`look`], [`stream`]: what can be seen and heard.
//! 3. `client`, `subnets`: the connection, and where new networks lie.
//! 4. [`supply`]: how the demo image comes to a host.

pub mod change;
mod failed;
mod ids;
pub mod look;
pub mod stream;

pub use change::{
    Caps, Change, Done, NewContainer, NewImage, NewMount, NewNetwork, NewVolume, Screen, Signal,
    Target,
};
pub use failed::Failed;
pub use ids::{ExecId, FullId, ImageRef};
pub use look::{Look, PsArgs, Whose};
pub use stream::{
    AttachOptions, Attached, Events, EventsOptions, Frame, Frames, LogsOptions, NewExec, Reader,
    StdStream, Terminal, WaitFor, Writer,
};

use super::owned::{Instance, SandboxId};
use super::{Away, Host};
use serde_json::Value;
use std::sync::Arc;

/// The hands of one instance on one host. Cheap to clone.
#[derive(Clone)]
pub struct Hands {
    inner: Arc<Inner>,
}

struct Inner {
    host: Arc<Host>,
    instance: Instance,
}

impl Hands {
    /// Hands on `host`. Nothing is connected yet.
    pub fn new(host: Arc<Host>, instance: Instance) -> Hands {
        Hands {
            inner: Arc::new(Inner { host, instance }),
        }
    }

    /// The host.
    pub fn host(&self) -> &Arc<Host> {
        &self.inner.host
    }

    /// Whose objects these hands touch.
    pub fn instance(&self) -> &Instance {
        &self.inner.instance
    }

    /// Lets this image, the demo image that was put here, be looked at like our own.
    pub fn know_demo_image(&self, _id: FullId) {}

    /// Makes a change. It is made even if nobody waits for the answer.
    ///
    /// # Errors
    /// That the engine did not answer, or what it said against it.
    pub async fn apply(&self, _change: Change) -> Result<Done, Failed> {
        Err(Away::Connecting.into())
    }

    /// Looks at what is ours, unmasked.
    ///
    /// # Errors
    /// That the engine did not answer, or what it said; 404 for what is not ours.
    pub async fn look(&self, _look: Look) -> Result<Value, Failed> {
        Err(Away::Connecting.into())
    }

    /// What a container has printed, and with `follow` what it prints until it ends.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn logs(&self, _id: &FullId, _options: LogsOptions) -> Result<Frames, Failed> {
        Err(Away::Connecting.into())
    }

    /// Attaches to a container, before or after it is started: nothing that it prints
    /// from then on is missed.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn attach(&self, _id: &FullId, _options: AttachOptions) -> Result<Attached, Failed> {
        Err(Away::Connecting.into())
    }

    /// Attaches to the terminal of a container's PID 1.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn attach_terminal(&self, _id: &FullId) -> Result<Terminal, Failed> {
        Err(Away::Connecting.into())
    }

    /// Starts a process in a running container, and hears what it prints until it ends.
    /// With `detach` the frames end at once.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn exec_start(&self, _new: NewExec) -> Result<(ExecId, Frames), Failed> {
        Err(Away::Connecting.into())
    }

    /// Starts a process in a running container, with a terminal of its own.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn exec_terminal(&self, _new: NewExec) -> Result<Terminal, Failed> {
        Err(Away::Connecting.into())
    }

    /// The exit code of an exec whose frames have ended.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn exec_code(&self, _exec: &ExecId) -> Result<i32, Failed> {
        Err(Away::Connecting.into())
    }

    /// Waits, without a limit, until a container does not run, and gives its exit code.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn wait(&self, id: &FullId) -> Result<i32, Failed> {
        self.waiting(id, WaitFor::NotRunning).await?.code().await
    }

    /// Begins to wait: the engine has taken note when this returns, so that what is
    /// waited for cannot be missed by what is asked next.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn waiting(&self, _id: &FullId, _what: WaitFor) -> Result<Waiting, Failed> {
        Err(Away::Connecting.into())
    }

    /// What happens to a sandbox's objects.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn events(
        &self,
        _sandbox: &SandboxId,
        _options: EventsOptions,
    ) -> Result<Events, Failed> {
        Err(Away::Connecting.into())
    }

    /// One reading of a container's consumption, which takes the engine a second or two.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn stats(&self, _id: &FullId) -> Result<Value, Failed> {
        Err(Away::Connecting.into())
    }

    /// The processes of a container as the host's `ps` sees them: `Titles` and `Processes`.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn top(&self, _id: &FullId, _args: &PsArgs) -> Result<Value, Failed> {
        Err(Away::Connecting.into())
    }
}

/// A wait that has begun.
pub struct Waiting(());

impl Waiting {
    /// The exit code, when it comes; no limit.
    ///
    /// # Errors
    /// As [`Hands::look`].
    pub async fn code(self) -> Result<i32, Failed> {
        Err(Away::Connecting.into())
    }
}
