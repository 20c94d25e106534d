//! The subcommands: what `waterline` can be told to do.

use std::process::ExitCode;

/// Parses the command line and runs what it asks for.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
