//! Hands: the only code that changes a host.
//!
//! [`Hands`] makes the changes of one closed list ([`Change`]), looks, unmasked, at what
//! is ours ([`Look`]), and hears what our containers print. It acts on full ids, and on
//! nothing that [`owned`](super::owned) does not call ours: each object is looked at
//! before it is touched for the first time. Everything else in Waterline reads, through a
//! transport that refuses to do more. What is asked for is finished, by us and by the
//! engine, even when nobody waits for it any more.
//!
//! 1. [`change`], `body`, `acts`: what can be asked for, the JSON it becomes, the calls.
//! 2. [`look`], `looks`, `known`: what can be seen, and how we know what is ours.
//! 3. [`stream`], `frames`, `processes`, `events`: what can be heard.
//! 4. `client`, `subnets`: the connection, and where new networks lie.
//! 5. [`supply`]: how the demo image comes to a host.

mod acts;
mod body;
pub mod change;
mod client;
mod events;
mod failed;
mod frames;
mod ids;
mod known;
pub mod look;
mod looks;
mod processes;
pub mod stream;
mod subnets;
pub mod supply;

pub use change::{
    Capabilities, Caps, Change, Done, NewContainer, NewImage, NewMount, NewNetwork, NewVolume,
    Screen, Signal, Target,
};
pub use failed::Failed;
pub use ids::{ExecId, FullId, ImageRef};
pub use look::{Look, PsArgs, Whose};
pub use processes::Waiting;
pub use stream::{
    AttachOptions, Attached, Events, EventsOptions, Frame, Frames, LogsOptions, NewExec, Reader,
    StdStream, Terminal, WaitFor, Writer,
};

use super::owned::{Instance, SandboxId};
use super::{Away, Host};
use client::Client;
use jiff::Timestamp;
use known::{Kind, Known};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use subnets::Subnets;

/// The hands of one instance on one host. Cheap to clone; clones share what they know.
#[derive(Clone)]
pub struct Hands {
    inner: Arc<Inner>,
}

/// What clones share.
struct Inner {
    host: Arc<Host>,
    instance: Instance,
    known: Known,
    subnets: Subnets,
    /// Of the link that holds now. Held for a few lines, never across an await.
    client: Mutex<Option<Client>>,
    /// The last measurement of the host's disk, and when it was begun.
    measured: tokio::sync::Mutex<Option<(Instant, Value)>>,
}

impl Inner {
    /// A client whose link holds.
    async fn client(&self) -> Result<Client, Failed> {
        let link = self.host.link().await?;
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        match &*client {
            Some(client) if client.is_of(&link) => Ok(client.clone()),
            _ => Ok(client.insert(Client::new(link)).clone()),
        }
    }
}

impl Hands {
    /// Hands on `host`. Nothing is connected yet.
    pub fn new(host: Arc<Host>, instance: Instance) -> Hands {
        Hands {
            inner: Arc::new(Inner {
                host,
                instance,
                known: Known::default(),
                subnets: Subnets::new(),
                client: Mutex::default(),
                measured: tokio::sync::Mutex::default(),
            }),
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

    /// Lets this image, the demo image that was put on the host, be run and looked at.
    pub fn know_demo_image(&self, id: FullId) {
        self.inner.known.add(id, Kind::DemoImage, None);
    }

    /// Makes a change. It is made, and its answer heard, even if nobody waits for it.
    ///
    /// # Errors
    /// That the engine did not answer, or what it said against it.
    pub async fn apply(&self, change: Change) -> Result<Done, Failed> {
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move { inner.apply(change).await });
        task.await
            .unwrap_or_else(|lost| Err(Away::Broken(format!("the change was lost: {lost}")).into()))
    }

    /// Looks at what is ours, unmasked.
    ///
    /// # Errors
    /// That the engine did not answer, or what it said; 404 for what is not ours.
    pub async fn look(&self, look: Look) -> Result<Value, Failed> {
        self.inner.look(look).await
    }

    /// What a container has printed, and with `follow` what it prints until it ends.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn logs(&self, id: &FullId, options: LogsOptions) -> Result<Frames, Failed> {
        self.inner.logs(id, options).await
    }

    /// Attaches to a container, before or after it is started: nothing that it prints
    /// from then on is missed.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn attach(&self, id: &FullId, options: AttachOptions) -> Result<Attached, Failed> {
        self.inner.attach(id, options).await
    }

    /// Attaches to the terminal of a container's PID 1.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn attach_terminal(&self, id: &FullId) -> Result<Terminal, Failed> {
        self.inner.attach_terminal(id).await
    }

    /// Starts a process in a running container, and hears what it prints until it ends.
    /// With `detach` the frames end at once.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn exec_start(&self, new: NewExec) -> Result<(ExecId, Frames), Failed> {
        self.inner.exec_start(new).await
    }

    /// Starts a process in a running container, with a terminal of its own.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn exec_terminal(&self, new: NewExec) -> Result<Terminal, Failed> {
        self.inner.exec_terminal(new).await
    }

    /// The exit code of an exec whose frames have ended.
    ///
    /// # Errors
    /// As [`look`](Hands::look); [`Away::Unreadable`] when it still runs.
    pub async fn exec_code(&self, exec: &ExecId) -> Result<i32, Failed> {
        self.inner.exec_code(exec).await
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
    pub async fn waiting(&self, id: &FullId, what: WaitFor) -> Result<Waiting, Failed> {
        self.inner.waiting(id, what).await
    }

    /// What happens to a sandbox's objects.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn events(
        &self,
        sandbox: &SandboxId,
        options: EventsOptions,
    ) -> Result<Events, Failed> {
        self.inner.events(sandbox, options).await
    }

    /// One reading of a container's consumption, which takes the engine a second or two.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn stats(&self, id: &FullId) -> Result<Value, Failed> {
        self.inner.stats(id).await
    }

    /// The processes of a container as the host's `ps` sees them: `Titles` and `Processes`.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn top(&self, id: &FullId, args: &PsArgs) -> Result<Value, Failed> {
        self.inner.top(id, args).await
    }

    /// The moment that it is by the engine's clock, which may be another than ours.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn now(&self) -> Result<Timestamp, Failed> {
        let client = self.inner.client().await?;
        Ok(client.link().now().await?)
    }

    /// How many networks of sandboxes still fit on the host, and how many do at most.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn free_subnets(&self) -> Result<(u32, u32), Failed> {
        let client = self.inner.client().await?;
        let mut taken = subnets::local_routes();
        taken.extend(self.inner.taken_there(&client).await?);
        Ok((subnets::count_free(&taken), subnets::COUNT))
    }
}
