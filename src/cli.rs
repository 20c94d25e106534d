//! The subcommands: what `waterline` can be told to do.
//!
//! Standard output is for what was asked for, standard error for messages and the
//! log. Exit codes: 0 done, 1 could not be done and why, 2 not understood.

mod serve;

use crate::config::{Flags, Settings};
use crate::web::log;
use clap::{Parser, Subcommand};
use std::fmt::Display;
use std::process::ExitCode;

/// A notebook of Docker notes that are live below the surface
#[derive(Parser)]
#[command(name = "waterline", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the notebook to this machine's browsers (what happens without a subcommand)
    Serve(Flags),
}

/// Parses the command line and runs what it asks for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let Command::Serve(flags) = cli.command.unwrap_or(Command::Serve(cli.flags));
    let settings = match Settings::resolve(flags) {
        Ok(settings) => settings,
        Err(error) => return failed(error),
    };
    log::start(settings.log_format);
    match serve::serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(error),
    }
}

fn failed(error: impl Display) -> ExitCode {
    eprintln!("waterline: {error}");
    ExitCode::FAILURE
}
