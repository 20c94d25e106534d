//! `waterline serve`: start-up, the lines that tell of it, and a graceful stop.

use crate::config::Settings;
use crate::web::front::Front;
use crate::web::key::Key;
use crate::web::server;
use crate::web::state::{App, Edition};
use std::io;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
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

async fn run(settings: Settings) -> Result<(), StartError> {
    let stop = told_to_stop().map_err(StartError::System)?;
    let listener = listen(settings.listen).await?;
    let address = listener.local_addr().map_err(StartError::System)?;
    let key = Key::new().map_err(StartError::NoKey)?;
    println!("Waterline {}", env!("CARGO_PKG_VERSION"));
    line(
        "address",
        format_args!("http://{address}/?key={}", key.text()),
    );
    let app = Arc::new(App::new(address.port(), key, Edition::default()));
    let front = Front::new(Arc::clone(&app));
    if settings.open {
        open_browser(&format!("http://{address}/"));
    }
    server::serve(listener, front, app, stop).await;
    tracing::info!("stopped");
    Ok(())
}

/// One start-up line on standard output. A closed pipe is no reason to stop.
fn line(what: &str, text: std::fmt::Arguments<'_>) {
    use io::Write;
    let _ = writeln!(io::stdout(), "  {what:<8} {text}");
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
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
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
