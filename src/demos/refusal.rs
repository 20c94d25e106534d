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
    /// A folder of the host.
    Bind,
    /// What a shell would expand.
    Shell,
    /// A verb that is not supported.
    Verb,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 3] = [Rule::Bind, Rule::Shell, Rule::Verb];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Bind => "bind",
            Rule::Shell => "shell",
            Rule::Verb => "verb",
        }
    }

    /// The rule of this name.
    pub fn from_name(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name)
    }
}
