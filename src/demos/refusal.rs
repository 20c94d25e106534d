//! Placeholder until the command room is merged.
#[derive(Clone, Debug, PartialEq, Eq)]
/// r
pub struct Refusal {
    /// r
    pub rule: Rule,
    /// m
    pub message: String,
}
/// r
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// c
    Compose,
}
