//! The `waterline` command: parse the command line, hand over.

use std::process::ExitCode;

fn main() -> ExitCode {
    waterline::cli::main()
}
