//! Whose an object is.

use std::fmt;

/// A sandbox: eight letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SandboxId(String);

impl SandboxId {
    /// The id that this text is.
    pub fn parse(text: &str) -> Option<SandboxId> {
        let fits = text.len() == 8
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        fits.then(|| SandboxId(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SandboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The Waterline that made an object: twelve letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instance(String);
