//! `waterline check`: what is broken in a notebook, at its place.

use crate::author::check::{self, Format, Report};
use crate::author::terminal::{Color, harmless};
use crate::config::{Flags, Settings, SettingsError};
use crate::notebook::{Content, ContentError};
use crate::web::{content, log};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// The exit code when nothing was checked.
const NOT_CHECKED: u8 = 2;

/// How the outcome is told.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// How the problems are told
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// When the text is coloured
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// Why nothing was checked.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    /// The settings cannot be used.
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// The content cannot be used.
    #[error("{0}")]
    Content(#[from] ContentError),
    /// A folder without notes: surely not the one that was meant.
    #[error("there is no note in {0}: --content wants a folder of Markdown files (.md, .markdown)")]
    NoNote(String),
    /// It could not be printed.
    #[error("cannot print the outcome: {0}")]
    Output(io::Error),
}

/// Checks the content and prints what is to be mended. Exit code 0: nothing; 1: something;
/// 2: nothing was checked.
pub fn check(flags: Flags, options: &Options) -> ExitCode {
    match run(flags, options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("waterline: {}", harmless(&error.to_string()));
            ExitCode::from(NOT_CHECKED)
        }
    }
}

fn run(flags: Flags, options: &Options) -> Result<ExitCode, CheckError> {
    let settings = Settings::resolve(flags)?;
    log::start(settings.log_format);
    let content = settings.source();
    let edition = content::load(&content)?;
    let problems = check::check(&edition);
    // Without a folder to work in, files are told as they were named.
    let here = std::env::current_dir().unwrap_or_default();
    let report = Report::new(&edition, &content, &problems, here);
    if let Content::Folder(folder) = &content
        && report.notes + report.demos == 0
        && problems.is_empty()
    {
        return Err(CheckError::NoNote(folder.display().to_string()));
    }
    let out = io::stdout();
    let color = options.color.is_on(&out);
    let mut out = BufWriter::new(out.lock());
    let written = report
        .write(options.format, color, &mut out)
        .and_then(|()| out.flush());
    match written {
        // `waterline check | head` has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        other => other.map_err(CheckError::Output)?,
    }
    Ok(match report.is_clean() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
