//! `waterline record FILE`: a host's answers, masked, in a file to replay.

use super::harmless;
use crate::config::Settings;
use crate::engine::{self, Away, Engine, FindError};
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A setting names no host.
    #[error("{0}")]
    Find(#[from] FindError),
    /// There is no host at all.
    #[error("no Docker host was found. Name one: waterline record FILE --host ENDPOINT")]
    NoHost,
    /// The host does not answer.
    #[error("{endpoint}: {away}. {}", away.advice())]
    Away {
        /// Where it was asked.
        endpoint: String,
        /// Why it does not answer.
        away: Away,
    },
    /// The answers cannot be written as JSON.
    #[error("the answers cannot be written as JSON: {0}")]
    Text(#[from] serde_json::Error),
    /// The file cannot be written.
    #[error("{} cannot be written: {error}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// The system does not let us start threads.
    #[error("the system does not let Waterline start: {0}")]
    System(io::Error),
}

/// Asks the default host everything and writes it to `file`, which is only touched
/// once all answers are there.
pub fn record(settings: Settings, file: &Path) -> Result<(), RecordError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RecordError::System)?;
    runtime.block_on(async {
        let engine = Engine::find(&settings.hosts)?;
        let host = engine.host(None).ok_or(RecordError::NoHost)?;
        let recording = engine::record(&host)
            .await
            .map_err(|away| RecordError::Away {
                endpoint: host.endpoint(),
                away,
            })?;
        std::fs::write(file, recording.to_text()?).map_err(|error| RecordError::File {
            file: file.to_owned(),
            error,
        })?;
        eprintln!(
            "waterline: {} answers of {} (engine {}) are in {}. Secrets are masked; \
             names of containers, images and networks are not: look before you give it away.",
            recording.answers.len(),
            host.endpoint(),
            harmless(&recording.engine),
            file.display()
        );
        Ok(())
    })
}
