//! `waterline export`: a copy of the notebook as files, or one page of it as one file.

use super::harmless;
use crate::author::export::place::Place;
use crate::author::export::{Base, Copied, ExportError, Told, one::one, seen, site::site};
use crate::config::Settings;
use crate::engine::{Engine, FindError};
use crate::notebook::ContentError;
use crate::web::content;
use jiff::Timestamp;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// How long a Docker host may take to say everything.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many links that lead nowhere are printed.
const LOST: usize = 10;

/// What to export, and where to.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The folder to write: a new one, an empty one, or an earlier export. With --only, the
    /// file
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Write this topic or note alone, as one file that opens from a disk: a topic's name, or
    /// a note's path
    #[arg(long, value_name = "NAME|/PATH")]
    only: Option<String>,
    /// Where it will be read, e.g. https://example.org/notes/: for the sitemap, the page of
    /// what is not there, and the links of a single page
    #[arg(long, value_name = "ADDRESS", value_parser = Base::parse)]
    url: Option<Base>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportFailed {
    /// The content cannot be used.
    #[error("{0}")]
    Content(#[from] ContentError),
    /// A setting names no Docker host.
    #[error("{0}")]
    Host(#[from] FindError),
    /// The copy was not made.
    #[error("{}", harmless(&.0.to_string()))]
    Export(#[from] ExportError),
    /// The system does not let us start threads.
    #[error("the system does not let Waterline start: {0}")]
    System(io::Error),
}

/// Makes the copy.
pub fn export(settings: &Settings, options: &Options) -> Result<(), ExportFailed> {
    let content = settings.source();
    let edition = content::load(&content)?;
    let folder = settings.content.as_deref();
    // What cannot be written is said before any host is asked.
    let place = match options.only {
        None => Some(Place::begin(&options.out, folder).map_err(ExportError::from)?),
        Some(_) => None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ExportFailed::System)?;
    let engine = Engine::find(&settings.hosts)?;
    let seen = runtime.block_on(seen::look(&engine, PATIENCE));
    // Nobody needs the hosts any more, and one that hangs must not hold us up.
    runtime.shutdown_background();
    let copied = Copied {
        edition: &edition,
        content: &content,
        seen: &seen,
        made: Timestamp::now().into(),
        base: options.url.as_ref(),
    };
    let told = match (&options.only, place) {
        (Some(of), _) => one(&copied, of, &options.out)?,
        (None, Some(place)) => site(&copied, place)?,
        (None, None) => Told::default(),
    };
    say(&told, options);
    for host in seen.hosts.iter().filter(|host| !host.heard) {
        note(&format!("host {}: {}", host.facts.name, host.stood));
    }
    Ok(())
}

fn say(told: &Told, options: &Options) {
    let lost = told.lost.len();
    let files = match options.only {
        Some(_) => "one page".to_owned(),
        None => format!("{} pages, {} files", told.pages, told.files),
    };
    note(
        &format!("{files} are in {}", options.out.display()).replace("one page are", "one page is"),
    );
    if lost == 0 {
        return;
    }
    note(&match options.only {
        Some(_) => {
            format!("pictures that one page cannot hold, and that are left out of it: {lost}")
        }
        None => format!("{lost} links lead to what the copy does not have, and are text there:"),
    });
    for (file, address) in told.lost.iter().take(LOST) {
        note(&format!("  {file}: {address}"));
    }
    if lost > LOST {
        note(&format!("  and {} more", lost - LOST));
    }
}

fn note(text: &str) {
    eprintln!("waterline: {}", harmless(text));
}
