//! Refusals: what a sandbox does not do, and why.

/// Why a command is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule it meets.
    pub rule: Rule,
    /// What is supported and why not this, in a sentence or two.
    pub message: String,
}

/// What is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// More than a sandbox may have.
    Quota,
}
