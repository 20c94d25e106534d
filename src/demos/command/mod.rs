//! The docker command line, typed. A stand-in until the parser is there.

use super::refusal::{Refusal, Rule};

/// A command.
#[derive(Clone, Debug)]
pub struct Command {}

/// Reads a command line.
///
/// # Errors
/// Why it is not supported.
pub fn parse(line: &str) -> Result<Command, Refusal> {
    let refusal = |rule, message: &str| Refusal {
        rule,
        message: message.to_owned(),
    };
    if !line.starts_with("docker ") {
        return Err(refusal(Rule::Verb, "only docker commands run here"));
    }
    if line.contains(" -v /") {
        return Err(refusal(Rule::Bind, "no folder of the host is mounted"));
    }
    Ok(Command {})
}
