//! What a sandbox may have.

use std::time::Duration;

/// All numbers of a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a step may take.
    pub step: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            step: Duration::from_secs(60),
        }
    }
}
