//! `waterline serve`: start-up, the lines that tell of it, and a graceful stop.

use super::harmless;
use crate::config::Settings;
use crate::demos::instance::Slot;
use crate::demos::runner::Sandboxes;
use crate::engine::{Ask, Engine, FindError, Host, Status};
use crate::notebook::{Content, ContentError};
use crate::web::content::{self, Following};
use crate::web::demos::stage::{Off, Stage};
use crate::web::editing::Editing;
use crate::web::front::Front;
use crate::web::key::Key;
use crate::web::server;
use crate::web::state::{App, Edition};
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::io;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Why Waterline did not start, in words for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error(
        "{0} is taken: another program listens there, perhaps another Waterline. \
         Stop that one, or let the system choose a free port: waterline --listen {ip}:0",
        ip = of_url(.0)
    )]
    Taken(SocketAddr),
    /// This user may not listen there.
    #[error(
        "this user may not listen on {0}: ports below 1024 are often kept for the system. \
         Let the system choose a free port: waterline --listen {ip}:0",
        ip = of_url(.0)
    )]
    NotAllowed(SocketAddr),
    /// The system does not listen there, for another reason.
    #[error("cannot listen on {0}: {1}")]
    NotListening(SocketAddr, io::Error),
    /// The content cannot be used at all.
    #[error("{0}")]
    Content(#[from] ContentError),
    /// A setting names no Docker host.
    #[error("{0}")]
    Host(#[from] FindError),
    /// The system gives no randomness for the key.
    #[error("the system gives no random numbers for the one-time key: {0}")]
    NoKey(getrandom::Error),
    /// The system does not let us start threads or catch signals.
    #[error("the system does not let Waterline start: {0}")]
    System(io::Error),
}

/// The address without its port, as a URL writes it.
fn of_url(address: &SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// Serves until it is told to stop.
pub fn serve(settings: Settings) -> Result<(), StartError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(StartError::System)?
        .block_on(run(settings))
}

/// How long the start-up lines wait for a Docker host to say its version.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long the sandboxes may take to be removed at the end.
const LAST_SWEEP: Duration = Duration::from_secs(10);

/// How many of the notebook's warnings are printed.
const WARNINGS: usize = 10;

async fn run(settings: Settings) -> Result<(), StartError> {
    let stop = told_to_stop().map_err(StartError::System)?;
    let engine = Engine::find(&settings.hosts)?;
    let listener = listen(settings.listen).await?;
    let address = listener.local_addr().map_err(StartError::System)?;
    let key = Key::new().map_err(StartError::NoKey)?;
    let content = settings.source();
    let following = Following::of(&content);
    let edition = content::load(&content)?;
    let edition = edition.with_editing(editing(&content, &settings));
    let edition = match &following {
        Some(_) => edition.followed(),
        None => edition,
    };

    say(format_args!("Waterline {}", env!("CARGO_PKG_VERSION")));
    line(
        "address",
        format_args!("http://{address}/?key={}", key.text()),
    );
    say_content(&edition);
    let app = App::new(address.port(), key, engine, edition);
    let stage = stage(&app.engine, &settings);
    if let Err(off) = &stage {
        line("demos", format_args!("{}", off.sentence()));
    }
    let sandboxes = stage
        .as_ref()
        .ok()
        .map(|stage| Arc::clone(&stage.sandboxes));
    let app = Arc::new(app.with_stage(stage));
    if let Some(following) = following {
        following.publish_to(Arc::clone(&app));
    }
    app.begin_search();
    let front = Front::new(Arc::clone(&app));
    let hosts = Arc::clone(&app);
    // Beside the serving: a host may take its time, or hang.
    tokio::spawn(async move { say_hosts(&hosts).await });
    if settings.open {
        open_browser(&format!("http://{address}/"));
    }
    server::serve(listener, front, app, stop).await;
    if let Some(sandboxes) = sandboxes
        && tokio::time::timeout(LAST_SWEEP, sandboxes.end())
            .await
            .is_err()
    {
        tracing::warn!("some sandboxes were not removed in time; the next start does it");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Where the notes are written.
fn editing(content: &Content, settings: &Settings) -> Editing {
    match content {
        Content::Embedded => Editing::BuiltIn,
        Content::Folder(folder) => Editing::Folder {
            // It is there: it has just been loaded.
            root: folder.canonicalize().unwrap_or_else(|_| folder.clone()),
            editor: settings.editor.clone(),
        },
    }
}

/// Where demos run, unless nothing may be changed.
fn stage(engine: &Arc<Engine>, settings: &Settings) -> Result<Arc<Stage>, Off> {
    if settings.read_only {
        return Err(Off::ReadOnly);
    }
    let unable = |error| {
        Off::Unable(format!(
            "the system gives no random numbers for sandboxes: {error}"
        ))
    };
    let slot = Slot::take().map_err(unable)?;
    let (limits, terms) = (settings.limits.clone(), settings.terms);
    Stage::new(Sandboxes::new(Arc::clone(engine), slot, limits, terms)).map_err(unable)
}

/// The content line: where from, how much, and what an author should look at.
fn say_content(edition: &Edition) {
    let problems = edition.problems();
    let count = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    line(
        "content",
        format_args!(
            "{}: {}, {}, {}",
            edition.source,
            count(edition.notebook.len(), "note"),
            count(edition.notebook.topic_count(), "topic"),
            match problems.len() {
                0 => "no warnings".to_owned(),
                warnings => count(warnings, "warning"),
            }
        ),
    );
    for problem in problems.iter().take(WARNINGS) {
        line(
            "",
            format_args!(
                "{}:{}:{}: {}",
                problem.file, problem.line, problem.column, problem.message
            ),
        );
    }
    if problems.len() > WARNINGS {
        let more = problems.len() - WARNINGS;
        line("", format_args!("and {more} more, in `waterline index`"));
    }
}

/// A line for each host: its name, where it is, and its version or why not.
async fn say_hosts(app: &App) {
    let hosts = app.engine.hosts();
    let mut asked: FuturesUnordered<_> = hosts
        .iter()
        .map(|host| async move {
            // Whatever it answers or does not, the status knows.
            let _ = tokio::time::timeout(PATIENCE, host.answer(&Ask::Version)).await;
            host
        })
        .collect();
    let width = hosts
        .iter()
        .map(|host| host.name().len())
        .max()
        .unwrap_or(0);
    // Each as it comes: one that hangs does not hold up the others' lines.
    while let Some(host) = asked.next().await {
        line(
            "host",
            format_args!(
                "{:<width$}  {}  {}",
                host.name(),
                host.endpoint(),
                state(host)
            ),
        );
    }
}

fn state(host: &Host) -> String {
    let facts = host.facts();
    match host.status() {
        Status::Live => format!("engine {}, API {}", facts.engine, facts.api),
        Status::Connecting => "no answer yet; the panels fill when it comes".to_owned(),
        Status::Away { why, .. } => format!("unavailable: {why}. {}", why.advice()),
        Status::Recorded { why } => format!(
            "{why}. Panels show a recording of {}. {}",
            facts.recorded.unwrap_or_default(),
            why.advice()
        ),
    }
}

/// One start-up line on standard output.
fn line(what: &str, text: std::fmt::Arguments<'_>) {
    say(format_args!("  {what:<8} {text}"));
}

/// A closed pipe is no reason to stop.
fn say(text: std::fmt::Arguments<'_>) {
    use io::Write;
    let _ = writeln!(io::stdout(), "{}", harmless(&text.to_string()));
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::Taken(address),
            io::ErrorKind::PermissionDenied => StartError::NotAllowed(address),
            _ => StartError::NotListening(address, error),
        })
}

/// Resolves at the first request to stop: Ctrl-C, or SIGTERM where there is one.
/// At the second the process ends at once.
pub(super) fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    let (told, stop) = tokio::sync::oneshot::channel();
    #[cfg(unix)]
    let mut asks = {
        use tokio::signal::unix::{SignalKind, signal};
        (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        )
    };
    #[cfg(windows)]
    let mut asks = (
        tokio::signal::windows::ctrl_c()?,
        tokio::signal::windows::ctrl_break()?,
    );
    tokio::spawn(async move {
        tokio::select! { _ = asks.0.recv() => {}, _ = asks.1.recv() => {} }
        tracing::info!("stopping");
        let _ = told.send(());
        tokio::select! { _ = asks.0.recv() => {}, _ = asks.1.recv() => {} }
        std::process::exit(130);
    });
    Ok(async move {
        let _ = stop.await;
    })
}

/// Opens the notebook in the browser. Without the key: every account of the
/// machine can read the arguments of a running program.
fn open_browser(address: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new("xdg-open")
    };
    command
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match command.spawn() {
        // Somebody has to wait for it, or it stays behind as a zombie.
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(error) => tracing::warn!(%error, "could not open a browser"),
    }
}
