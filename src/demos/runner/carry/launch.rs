//! `run` and `create`: a container, with what it needs, made and started.

use super::super::names;
use super::super::said::{About, words};
use super::super::shell::{self, Shell};
use super::super::step::{Not, Stop};
use super::{Carry, Code};
use crate::demos::command::Verb;
use crate::demos::command::verbs::Run;
use crate::demos::format::Said;
use crate::demos::format::errors::{Failure, Operation, Subject, stderr};
use crate::demos::sandbox::{Join, Launch};
use crate::engine::Away;
use crate::engine::hands::{AttachOptions, Attached, Change, Failed, FullId, Signal, WaitFor};
use crate::engine::owned::Name;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How long the end of a container that was killed is waited for.
const DIES: Duration = Duration::from_secs(5);

/// A container that was made.
struct Made {
    id: FullId,
    /// The volumes that were made for it alone.
    anonymous: Vec<FullId>,
}

/// Why a container was not made, or did not start: docker's words, or a stop.
enum Hindered {
    Said(Said),
    Stop(Stop),
}

impl From<Stop> for Hindered {
    fn from(stop: Stop) -> Hindered {
        Hindered::Stop(stop)
    }
}

impl Carry<'_> {
    /// `docker create`
    pub(super) async fn create(&self) -> Code {
        let launch = self.launch()?;
        match self.make(Operation::Create, launch).await {
            Ok(made) => self.print(&format!("{}\n", made.id)),
            Err(Hindered::Said(said)) => self.fail(said),
            Err(Hindered::Stop(stop)) => Err(stop),
        }
    }

    /// Makes the container and says nothing but docker's error: its id, or the exit code.
    pub(super) async fn made(&self) -> Result<Result<FullId, i32>, Stop> {
        match self.make(Operation::Create, self.launch()?).await {
            Ok(made) => Ok(Ok(made.id)),
            Err(Hindered::Said(said)) => self.fail(said).map(Err),
            Err(Hindered::Stop(stop)) => Err(stop),
        }
    }

    /// `docker run`
    pub(super) async fn run(&self, run: &Run) -> Code {
        let launch = self.launch()?;
        self.step.room().await?;
        let ran = match self.make(Operation::Run, launch).await {
            Ok(made) if run.detach => self.started(launch, run.remove, made).await,
            Ok(made) => self.foreground(launch, run.remove, made).await,
            Err(hindered) => Err(hindered),
        };
        match ran {
            Ok(code) => Ok(code),
            Err(Hindered::Said(said)) => self.fail(said),
            Err(Hindered::Stop(stop)) => Err(stop),
        }
    }

    /// `docker run -it`
    pub(super) async fn run_shell(&self, run: &Run, size: (u16, u16)) -> Result<Shell, Code> {
        let operation = Operation::Run;
        let begun = async {
            let launch = self.launch()?;
            self.step.room().await?;
            let made = self.make(operation, launch).await?;
            let hands = self.step.hands();
            let attached = self.step.in_time(hands.attach_terminal(&made.id)).await?;
            let terminal = attached.map_err(|failed| self.words(operation, failed.into()))?;
            let begun = self.begin(&made.id).await;
            begun.map_err(|not| self.words(operation, not))?;
            let id = made.id.clone();
            self.forget_when_removed(run.remove, made).await;
            Ok(shell::first(self.step.sandbox, id, terminal, size).await)
        };
        begun.await.map_err(|hindered| match hindered {
            Hindered::Said(said) => self.fail(said),
            Hindered::Stop(stop) => Err(stop),
        })
    }

    fn launch(&self) -> Result<&Launch, Stop> {
        self.permitted.launch().ok_or_else(|| {
            let words = "a container without an image was permitted";
            Stop::Away(Away::Broken(words.into()))
        })
    }

    /// Makes the container, and first what it needs.
    async fn make(&self, operation: Operation, launch: &Launch) -> Result<Made, Hindered> {
        if let Join::Missing(network) = launch.join() {
            let other = network.as_str();
            return hindered(
                operation,
                Failure::NoSuchNetwork,
                Subject {
                    other,
                    ..Subject::default()
                },
            );
        }
        let containers = &self.seen.snapshot.containers;
        let of_name = |name: &str| containers.iter().find(|one| one.typed == name);
        if let Some(other) = launch.name().and_then(|name| of_name(name.as_str())) {
            return hindered(
                operation,
                Failure::NameInUse,
                Subject {
                    typed: &other.typed,
                    other: other.id.as_str(),
                    ..Subject::default()
                },
            );
        }
        for name in launch.new_volumes() {
            self.step
                .new_volume(name.clone(), Vec::new())
                .await
                .map_err(|not| self.words(operation, not))?;
        }
        let mut anonymous = Vec::new();
        for _ in 0..launch.anonymous() {
            let name = made_up(names::volume())?;
            let volume = self.step.new_volume(name, Vec::new()).await;
            anonymous.push(volume.map_err(|not| self.words(operation, not))?);
        }
        let bridge = match launch.join() {
            Join::NewBridge => {
                let bridge = self.step.new_bridge().await;
                Some(bridge.map_err(|not| self.words(operation, not))?)
            }
            _ => None,
        };
        let name = made_up(names::container(|name| of_name(name).is_some()))?;
        let new = launch
            .container(&name, bridge.as_ref(), &anonymous)
            .ok_or_else(|| {
                let words = "a container was permitted without all that it needs";
                Stop::Away(Away::Broken(words.into()))
            })?;
        let change = Change::CreateContainer(Box::new(new));
        match self.step.apply(change).await {
            Ok(done) => match done.id {
                Some(id) => Ok(Made { id, anonymous }),
                None => Err(Stop::Away(Away::Unreadable("no id of a container".into())).into()),
            },
            Err(not) => {
                for volume in anonymous {
                    let _left_to_the_reset = self.step.apply(Change::RemoveVolume(volume)).await;
                }
                Err(self.words(operation, not))
            }
        }
    }

    /// `docker run -d`
    async fn started(&self, launch: &Launch, removes: bool, made: Made) -> Result<i32, Hindered> {
        let (operation, mut made) = (Operation::Run, made);
        match self.begin(&made.id).await {
            Ok(()) => {}
            Err(failed) if is_left_over(&failed) => {
                made = self.again(launch, made).await?;
                self.begin(&made.id)
                    .await
                    .map_err(|not| self.words(operation, not))?;
            }
            Err(not) => return Err(self.words(operation, not)),
        }
        let id = made.id.clone();
        self.forget_when_removed(removes, made).await;
        self.step.stdout(format!("{id}\n"))?;
        Ok(0)
    }

    /// Starts a container; from then on the sandbox is weighed.
    pub(super) async fn begin(&self, id: &FullId) -> Result<(), Not> {
        self.step.apply(Change::Start(id.clone())).await?;
        self.step.started(!self.runs(id));
        Ok(())
    }

    /// What a killed engine left behind keeps the container from starting: it is removed
    /// and made anew.
    async fn again(&self, launch: &Launch, made: Made) -> Result<Made, Hindered> {
        let operation = Operation::Run;
        let remove = Change::RemoveContainer {
            id: made.id,
            force: true,
            volumes: false,
        };
        self.step
            .apply(remove)
            .await
            .map_err(|not| self.words(operation, not))?;
        self.make(operation, launch).await
    }

    /// `docker run`, with what the container prints.
    async fn foreground(
        &self,
        launch: &Launch,
        removes: bool,
        made: Made,
    ) -> Result<i32, Hindered> {
        let (operation, mut made) = (Operation::Run, made);
        let code = match self.attended(&made.id, removes).await {
            Err(not) if is_left_over(&not) => {
                made = self.again(launch, made).await?;
                self.attended(&made.id, removes).await
            }
            other => other,
        };
        if removes && !matches!(code, Err(Not::Stop(Stop::Away(_)))) {
            for volume in made.anonymous {
                let _left_to_the_reset =
                    self.step.hands().apply(Change::RemoveVolume(volume)).await;
            }
        }
        code.map_err(|not| self.words(operation, not))
    }

    /// Attaches to a container, starts it, and says what it prints until it ends; its
    /// exit code. At a limit of the step the container is killed.
    pub(super) async fn attended(&self, id: &FullId, removes: bool) -> Result<i32, Not> {
        let hands = self.step.hands();
        let options = AttachOptions {
            stdin: false,
            logs: false,
        };
        let Attached { output, input } = self.step.in_time(hands.attach(id, options)).await??;
        if let Some(mut input) = input {
            // Nobody types: the end of input.
            let _closed = input.shutdown().await;
        }
        let end = match removes {
            true => WaitFor::Removed,
            false => WaitFor::NextExit,
        };
        let waiting = self.step.in_time(hands.waiting(id, end)).await??;
        self.begin(id).await?;
        let pumped = async {
            self.step.pump(output).await?;
            Ok::<(), Not>(())
        };
        let code = match pumped.await {
            Ok(()) => match self.step.in_time(waiting.code()).await {
                Ok(code) => code.map_err(Not::from),
                Err(stop) => Err(Not::Stop(stop)),
            },
            Err(Not::Stop(Stop::Ended(why))) => {
                let signal = Signal::KILL;
                let _may_have_ended = hands
                    .apply(Change::Kill {
                        id: id.clone(),
                        signal,
                    })
                    .await;
                let _dead = tokio::time::timeout(DIES, waiting.code()).await;
                Err(Not::Stop(Stop::Ended(why)))
            }
            Err(not) => Err(not),
        };
        self.step.sandbox.has_ended();
        code
    }

    /// A container that removes itself leaves the volumes that were made for it alone.
    async fn forget_when_removed(&self, removes: bool, made: Made) {
        if !removes || made.anonymous.is_empty() {
            return;
        }
        let sandbox = Arc::clone(self.step.sandbox);
        tokio::spawn(async move {
            let hands = sandbox.hands();
            if let Ok(waiting) = hands.waiting(&made.id, WaitFor::Removed).await {
                let _code = waiting.code().await;
            }
            for volume in made.anonymous {
                let _left_to_the_reset = hands.apply(Change::RemoveVolume(volume)).await;
            }
        });
    }

    /// The engine's words against a container that was to be made or started.
    fn words(&self, operation: Operation, not: Not) -> Hindered {
        let (status, message) = match not {
            Not::Said { status, message } => (status, message),
            Not::Stop(stop) => return Hindered::Stop(stop),
        };
        let run = match self.permitted.verb() {
            Verb::Run(run) | Verb::Create(run) => run,
            _ => return Hindered::Said(words(operation, status, &message, About::default())),
        };
        let about = About {
            typed: run.name.as_ref().map_or("", Name::as_str),
            // Without a command it is the image's own.
            program: run.command.first().map_or("sh", String::as_str),
            workdir: run.workdir.as_deref().unwrap_or_default(),
            ..About::default()
        };
        Hindered::Said(words(operation, status, &message, about))
    }
}

fn hindered<T>(
    operation: Operation,
    failure: Failure,
    subject: Subject<'_>,
) -> Result<T, Hindered> {
    Err(Hindered::Said(stderr(operation, failure, subject)))
}

/// Whether a killed engine left something behind that keeps a container from starting.
fn is_left_over(not: &Not) -> bool {
    match not {
        Not::Said { status, message } => Failed::Said {
            status: *status,
            message: message.clone(),
        }
        .is_left_over_task(),
        Not::Stop(_) => false,
    }
}

/// A name that we made up.
fn made_up(name: Result<String, names::NoRandomness>) -> Result<Name, Stop> {
    let name = name.map_err(|error| {
        let words = format!("the system gives no random numbers: {error}");
        Stop::Away(Away::Broken(words))
    })?;
    Name::parse(&name).ok_or_else(|| Stop::Away(Away::Broken(format!("{name} is no name"))))
}
