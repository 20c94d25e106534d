//! Refusals: what a sandbox does not do, and why.
//!
//! A refusal comes before any question to an engine. It names its [`Rule`], so that a
//! demo can show one on purpose, and says in plain words what is supported instead.
//! [`Rule::Usage`] is the odd one: a command line that docker itself would not take,
//! answered in docker's own words and with docker's exit code.

use std::fmt;

/// Why a command is not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Which rule it meets.
    pub rule: Rule,
    /// What is supported and why not this, in a sentence or two; for [`Rule::Usage`]
    /// what docker would print, without the last newline.
    pub message: String,
    /// The exit code: docker's own for [`Rule::Usage`], otherwise [`Refusal::CODE`].
    pub code: i32,
}

impl Refusal {
    /// The exit code of a command that is refused.
    pub const CODE: i32 = 3;

    /// A refusal by `rule`.
    pub fn new(rule: Rule, message: impl Into<String>) -> Refusal {
        Refusal {
            rule,
            message: message.into(),
            code: Refusal::CODE,
        }
    }

    /// What docker itself prints on standard error, and its exit code.
    pub fn usage(message: impl Into<String>, code: i32) -> Refusal {
        Refusal {
            rule: Rule::Usage,
            message: message.into(),
            code,
        }
    }

    /// Whether docker itself would say this: then it is output rather than a refusal.
    pub fn is_dockers_own(&self) -> bool {
        self.rule == Rule::Usage
    }
}

/// What is refused, and for what reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// More rights than a sandbox has: privileged, capabilities, security options, users.
    Privilege,
    /// A namespace of the host or of another container.
    Namespace,
    /// A folder or file of the host.
    Bind,
    /// A mount of another kind, from elsewhere, or over a folder of the system.
    Mount,
    /// A device of the host.
    Device,
    /// A setting of the host's kernel or of its container runtime.
    Kernel,
    /// More memory, processor time, processes or space than a sandbox has.
    Resource,
    /// A way out of the sandbox's own networks, or into one of somebody else.
    Network,
    /// What outlives the sandbox, or leaves it: restart policies, log drivers, health checks.
    Lifecycle,
    /// An image other than the demo image and those committed in the sandbox.
    Image,
    /// Another entry point than the image's own.
    Entrypoint,
    /// A label by which another tool acts.
    Label,
    /// A command that is not supported.
    Verb,
    /// A flag that is not supported.
    Flag,
    /// What a shell would expand or act on.
    Shell,
    /// Text that is no command: control characters, look-alikes, too much of it, names
    /// that are none.
    Text,
    /// More objects than a sandbox may have.
    Quota,
    /// What belongs to somebody else.
    Foreign,
    /// A terminal where there is none.
    Terminal,
    /// What docker itself would not take, in docker's words.
    Usage,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 20] = [
        Rule::Privilege,
        Rule::Namespace,
        Rule::Bind,
        Rule::Mount,
        Rule::Device,
        Rule::Kernel,
        Rule::Resource,
        Rule::Network,
        Rule::Lifecycle,
        Rule::Image,
        Rule::Entrypoint,
        Rule::Label,
        Rule::Verb,
        Rule::Flag,
        Rule::Shell,
        Rule::Text,
        Rule::Quota,
        Rule::Foreign,
        Rule::Terminal,
        Rule::Usage,
    ];

    /// Its name, as demos and pages write it.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Privilege => "privilege",
            Rule::Namespace => "namespace",
            Rule::Bind => "bind",
            Rule::Mount => "mount",
            Rule::Device => "device",
            Rule::Kernel => "kernel",
            Rule::Resource => "resource",
            Rule::Network => "network",
            Rule::Lifecycle => "lifecycle",
            Rule::Image => "image",
            Rule::Entrypoint => "entrypoint",
            Rule::Label => "label",
            Rule::Verb => "verb",
            Rule::Flag => "flag",
            Rule::Shell => "shell",
            Rule::Text => "text",
            Rule::Quota => "quota",
            Rule::Foreign => "foreign",
            Rule::Terminal => "terminal",
            Rule::Usage => "usage",
        }
    }

    /// The rule of this name.
    pub fn from_name(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_found_by_its_name() {
        let names: std::collections::BTreeSet<_> = Rule::ALL.map(Rule::name).into();
        assert_eq!(names.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            assert_eq!(Rule::from_name(rule.name()), Some(rule));
        }
        assert_eq!(Rule::from_name("kindness"), None);
    }
}
