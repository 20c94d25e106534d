//! `waterline verify`: every demo, run on a host and held against what it says.

mod report;
mod write;

use super::harmless;
use super::serve::told_to_stop;
use crate::config::Settings;
use crate::demos::instance::Slot;
use crate::demos::runner::{OpenError, Sandboxes};
use crate::demos::script::{Demo, Played, Verdict, bless, play};
use crate::engine::{Engine, FindError};
use crate::notebook::{Content, ContentError};
use crate::web::content;
use clap::ValueEnum;
use futures_util::stream::{self, StreamExt};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many demos run at once. More would only wait for each other on the host.
const AT_ONCE: usize = 4;

/// The exit code when there was no engine to ask.
const NO_ENGINE: u8 = 4;

/// What is to be verified, and how it is told.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Only the demo of this id; may be given more than once
    #[arg(long, value_name = "ID")]
    pub demo: Vec<String>,

    /// How the outcome is told
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// Write what came out into the demos of the content folder, where they say otherwise
    #[arg(long)]
    pub bless: bool,
}

/// How the outcome is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON value.
    Json,
    /// For build servers.
    Junit,
}

/// Why nothing was verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A setting names no host.
    #[error("{0}")]
    Find(#[from] FindError),
    /// The content cannot be used.
    #[error("{0}")]
    Content(#[from] ContentError),
    /// No demo has that id.
    #[error("there is no demo {0}; there are {1}")]
    NoDemo(String, String),
    /// There is no file to write to.
    #[error(
        "the demos that come with Waterline cannot be blessed: give the folder that holds yours, with --content DIR"
    )]
    Embedded,
    /// There is no host at all.
    #[error("no Docker host was found. Name one with --host ENDPOINT")]
    NoHost,
    /// Which host is to be believed?
    #[error("--bless writes what one host says; name one --host, not {0}")]
    TwoHosts(usize),
    /// The system does not let us start.
    #[error("the system does not let Waterline start: {0}")]
    System(io::Error),
    /// The system gives no randomness.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// It could not be printed.
    #[error("cannot print the outcome: {0}")]
    Output(io::Error),
}

/// What came of one demo on one host.
pub struct Outcome {
    demo: Arc<Demo>,
    /// The name of the host.
    host: String,
    spent: Duration,
    steps: Vec<Played>,
    /// Why it was not run at all, in a sentence.
    away: Option<String>,
    /// What became of blessing it.
    blessed: Option<Result<(), String>>,
}

/// How a demo did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Passed,
    Blessed,
    Failed,
    CannotTell,
}

impl Outcome {
    fn state(&self) -> State {
        let cannot_tell = |step: &Played| matches!(step.verdict, Verdict::CannotTell(_));
        let differs = |step: &Played| matches!(step.verdict, Verdict::Failed(_));
        let late = self.steps.iter().any(|step| step.late.is_some());
        if !self.demo.problems.is_empty() || late {
            State::Failed
        } else if self.steps.iter().any(differs) {
            match self.blessed {
                Some(Ok(())) => State::Blessed,
                _ => State::Failed,
            }
        } else if self.away.is_some() || self.steps.iter().any(cannot_tell) {
            State::CannotTell
        } else {
            State::Passed
        }
    }
}

/// Runs the demos and prints how they did. The exit code says whether all hold.
///
/// # Errors
/// Why nothing was verified.
pub fn verify(settings: Settings, options: &Options) -> Result<ExitCode, VerifyError> {
    let content = settings.source();
    if options.bless && content == Content::Embedded {
        return Err(VerifyError::Embedded);
    }
    let edition = content::load(&content)?;
    let all: Vec<Arc<Demo>> = edition.demos.all().cloned().collect();
    let demos = chosen(all, &options.demo)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(VerifyError::System)?;
    runtime.block_on(async {
        let engine = Arc::new(Engine::find(&settings.hosts)?);
        let names: Vec<String> = engine
            .hosts()
            .iter()
            .map(|host| host.name().to_owned())
            .collect();
        match names.len() {
            0 => return Err(VerifyError::NoHost),
            hosts if hosts > 1 && options.bless => return Err(VerifyError::TwoHosts(hosts)),
            _ => {}
        }
        let slot = Slot::take()?;
        let sandboxes = Sandboxes::new(engine, slot, settings.limits.clone(), settings.terms);
        let stop = told_to_stop().map_err(VerifyError::System)?;
        let told = tokio::select! {
            told = run(&sandboxes, &demos, &names, &content, options) => Some(told),
            () = stop => None,
        };
        sandboxes.end().await;
        let Some(outcomes) = told else {
            return Ok(ExitCode::from(130));
        };
        report::all(
            &outcomes,
            &place(&content),
            options.format,
            &mut io::stdout().lock(),
        )
        .map_err(VerifyError::Output)?;
        Ok(exit_code(&outcomes))
    })
}

/// The demos of these ids; all of them where none is given.
fn chosen(all: Vec<Arc<Demo>>, ids: &[String]) -> Result<Vec<Arc<Demo>>, VerifyError> {
    if ids.is_empty() {
        return Ok(all);
    }
    let found = ids.iter().map(|id| {
        let demo = all.iter().find(|demo| demo.id == *id).cloned();
        demo.ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|demo| demo.id.as_str()).collect();
            let known = match known.is_empty() {
                true => "none".to_owned(),
                false => known.join(", "),
            };
            VerifyError::NoDemo(harmless(id), known)
        })
    });
    found.collect()
}

/// What stands before the name of a demo's file, so that an editor finds it.
fn place(content: &Content) -> PathBuf {
    match content {
        Content::Embedded => PathBuf::new(),
        Content::Folder(folder) => folder.clone(),
    }
}

/// All demos on all hosts, a few at once, each in a sandbox of its own; told as they end,
/// and given in their order.
async fn run(
    sandboxes: &Arc<Sandboxes>,
    demos: &[Arc<Demo>],
    hosts: &[String],
    content: &Content,
    options: &Options,
) -> Vec<Outcome> {
    let jobs = hosts
        .iter()
        .flat_map(|host| demos.iter().map(move |demo| (host, demo)));
    let mut running = stream::iter(jobs.enumerate())
        .map(|(at, (host, demo))| async move {
            let mut outcome = one(sandboxes, demo, host).await;
            if options.bless {
                outcome.blessed = write_down(&outcome, content);
            }
            (at, outcome)
        })
        .buffer_unordered(AT_ONCE);
    let mut outcomes = Vec::new();
    while let Some((at, outcome)) = running.next().await {
        // A closed pipe is no reason to stop.
        let _ = report::progress(&outcome, &place(content), options.format);
        outcomes.push((at, outcome));
    }
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// One demo, in a new sandbox that is gone afterwards.
async fn one(sandboxes: &Arc<Sandboxes>, demo: &Arc<Demo>, host: &str) -> Outcome {
    let began = Instant::now();
    let mut outcome = Outcome {
        demo: Arc::clone(demo),
        host: host.to_owned(),
        spent: Duration::ZERO,
        steps: Vec::new(),
        away: None,
        blessed: None,
    };
    match sandboxes.open(Some(host)).await {
        Ok(sandbox) => {
            outcome.steps = play(demo, &sandbox).await;
            outcome.spent = began.elapsed();
            if let Err(away) = sandboxes.close(sandbox.id()).await {
                tracing::warn!(demo = demo.id, %away, "what the demo made could not be removed; the next start does it");
            }
        }
        Err(OpenError::Away(away)) => outcome.away = Some(format!("{away}. {}", away.advice())),
        Err(error) => outcome.away = Some(error.to_string()),
    }
    outcome
}

/// Writes what came out into the demo's file, where it says otherwise.
fn write_down(outcome: &Outcome, content: &Content) -> Option<Result<(), String>> {
    let Content::Folder(folder) = content else {
        return None;
    };
    let differs = |step: &&Played| matches!(step.verdict, Verdict::Failed(_));
    let came: Vec<_> = outcome
        .steps
        .iter()
        .filter(differs)
        .map(|step| (step.number, step.actual.clone()))
        .collect();
    if came.is_empty() {
        return None;
    }
    Some(write::change(folder, &outcome.demo.file, |now| {
        bless(&outcome.demo, now, &came).map_err(|error| error.to_string())
    }))
}

fn exit_code(outcomes: &[Outcome]) -> ExitCode {
    let any = |state| outcomes.iter().any(|outcome| outcome.state() == state);
    if any(State::Failed) {
        ExitCode::FAILURE
    } else if any(State::CannotTell) {
        ExitCode::from(NO_ENGINE)
    } else {
        ExitCode::SUCCESS
    }
}
