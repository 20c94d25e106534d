//! The log: structured lines on standard error; standard output is for the reader.

use std::io::IsTerminal;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// Whether a line may be logged at all, whatever the settings say. Other crates log
/// what passes through them (bollard the raw events, with the text of each exec),
/// and nobody masks that: only their warnings are heard.
fn may_speak(line: &Metadata<'_>) -> bool {
    let ours = line.target().split("::").next() == Some("waterline");
    ours || *line.level() <= Level::WARN
}

/// Sends log lines to standard error from now on. `WATERLINE_LOG` says how much,
/// e.g. `waterline=debug`; it is `info` otherwise, and for other crates `warn`.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_env("WATERLINE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,waterline=info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let lines = lines.with_filter(filter).with_filter(filter_fn(may_speak));
    // A second start, as in tests, keeps the first log.
    let _ = tracing_subscriber::registry().with(lines).try_init();
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked: {message}");
    }));
}
