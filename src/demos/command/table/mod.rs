//! The table of verbs and flags: what is taken, what is refused and why.
//!
//! It drives the parser, the help, the completion and the page that documents them, so
//! that none of these can say what the others do not.

mod compose;
mod container;
mod objects;
mod refused;
mod run;

use crate::demos::refusal::Rule;
pub use refused::{GLOBAL, GROUPS, REFUSED, RefusedVerb};

/// A verb, as `docker` documents one.
#[derive(Debug)]
pub struct VerbDoc {
    /// Which it is.
    pub is: Is,
    /// Its full spellings after `docker`: `ps`, `container ls`.
    pub paths: &'static [&'static str],
    /// Other spellings of the last word of a path, and the path they stand for.
    pub aliases: &'static [(&'static str, &'static str)],
    /// What follows it in the usage line.
    pub usage: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// How many arguments it takes.
    pub arity: Arity,
    /// Whether its flags end at the first argument, since what follows is another
    /// program's command line.
    pub stops: bool,
    /// Its flags, the refused ones too.
    pub flags: &'static [&'static [FlagDoc]],
}

/// How many arguments a verb takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// So many.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
    /// So many or fewer.
    AtMost(usize),
    /// From the one to the other.
    Between(usize, usize),
}

/// A flag.
#[derive(Debug)]
pub struct FlagDoc {
    /// Its long name, without dashes.
    pub long: &'static str,
    /// Its letter.
    pub short: Option<char>,
    /// Other long names that docker takes and does not show.
    pub hidden: &'static [&'static str],
    /// What its value is called; `None` for a switch.
    pub takes: Option<&'static str>,
    /// Whether it may be given more than once.
    pub many: bool,
    /// What it does; of a refused one, why it is refused.
    pub about: &'static str,
    /// The rule by which it is refused.
    pub refused: Option<Rule>,
}

impl FlagDoc {
    /// A flag that takes a value.
    const fn value(long: &'static str, takes: &'static str, about: &'static str) -> FlagDoc {
        FlagDoc {
            long,
            short: None,
            hidden: &[],
            takes: Some(takes),
            many: false,
            about,
            refused: None,
        }
    }

    /// A flag that is on or off.
    const fn switch(long: &'static str, about: &'static str) -> FlagDoc {
        FlagDoc {
            takes: None,
            ..FlagDoc::value(long, "", about)
        }
    }

    /// A flag with a value that is refused.
    const fn no(long: &'static str, rule: Rule, why: &'static str) -> FlagDoc {
        FlagDoc {
            refused: Some(rule),
            ..FlagDoc::value(long, "value", why)
        }
    }

    /// A switch that is refused.
    const fn off(long: &'static str, rule: Rule, why: &'static str) -> FlagDoc {
        FlagDoc {
            refused: Some(rule),
            ..FlagDoc::switch(long, why)
        }
    }

    const fn letter(self, short: char) -> FlagDoc {
        FlagDoc {
            short: Some(short),
            ..self
        }
    }

    const fn also(self, hidden: &'static [&'static str]) -> FlagDoc {
        FlagDoc { hidden, ..self }
    }

    const fn list(self) -> FlagDoc {
        FlagDoc { many: true, ..self }
    }

    /// As docker names it in an error: `-m, --memory`.
    pub fn shown(&self) -> String {
        match self.short {
            Some(short) => format!("-{short}, --{}", self.long),
            None => format!("--{}", self.long),
        }
    }
}

impl VerbDoc {
    /// All its flags.
    pub fn flags(&self) -> impl Iterator<Item = &'static FlagDoc> + use<> {
        self.flags.iter().flat_map(|flags| flags.iter())
    }

    /// The flags that are taken.
    pub fn taken(&self) -> impl Iterator<Item = &'static FlagDoc> + use<> {
        self.flags().filter(|flag| flag.refused.is_none())
    }

    /// The flags that docker has and a sandbox refuses.
    pub fn refused(&self) -> impl Iterator<Item = &'static FlagDoc> + use<> {
        self.flags().filter(|flag| flag.refused.is_some())
    }

    /// The path that `words` spell, in its official spelling.
    pub fn path(&self, words: &str) -> Option<&'static str> {
        let alias = self.aliases.iter().find(|(alias, _)| *alias == words);
        let official = alias.map_or(words, |(_, path)| path);
        self.paths.iter().find(|path| **path == official).copied()
    }

    /// Every spelling of it.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> + use<> {
        let aliases = self.aliases.iter().map(|(alias, _)| *alias);
        self.paths.iter().copied().chain(aliases)
    }
}

/// Which verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// `run`
    Run,
    /// `create`
    Create,
    /// `start`
    Start,
    /// `stop`
    Stop,
    /// `restart`
    Restart,
    /// `pause`
    Pause,
    /// `unpause`
    Unpause,
    /// `kill`
    Kill,
    /// `wait`
    Wait,
    /// `rm`
    Rm,
    /// `ps`
    Ps,
    /// `logs`
    Logs,
    /// `exec`
    Exec,
    /// `diff`
    Diff,
    /// `commit`
    Commit,
    /// `inspect`, of anything.
    Inspect,
    /// `container inspect`
    ContainerInspect,
    /// `image inspect`
    ImageInspect,
    /// `volume inspect`
    VolumeInspect,
    /// `network inspect`
    NetworkInspect,
    /// `top`
    Top,
    /// `stats`
    Stats,
    /// `images`
    Images,
    /// `history`
    History,
    /// `image rm`
    ImageRm,
    /// `events`
    Events,
    /// `volume create`
    VolumeCreate,
    /// `volume ls`
    VolumeLs,
    /// `volume rm`
    VolumeRm,
    /// `network create`
    NetworkCreate,
    /// `network ls`
    NetworkLs,
    /// `network connect`
    Connect,
    /// `network disconnect`
    Disconnect,
    /// `network rm`
    NetworkRm,
    /// `info`
    Info,
    /// `version`
    Version,
    /// `system df`
    SystemDf,
    /// `compose up`
    ComposeUp,
    /// `compose down`
    ComposeDown,
    /// `compose ps`
    ComposePs,
    /// `compose logs`
    ComposeLogs,
}

/// All verbs, in the order of the reference.
pub const TABLE: &[&[VerbDoc]] = &[run::VERBS, container::VERBS, objects::VERBS, compose::VERBS];

/// All verbs, for a page that lists each with its flags.
pub fn reference() -> Vec<&'static VerbDoc> {
    TABLE.iter().flat_map(|part| part.iter()).collect()
}

/// The verb that `words` spell (`ps`, `container ls`), and its official path.
pub fn find(words: &str) -> Option<(&'static VerbDoc, &'static str)> {
    let verbs = TABLE.iter().flat_map(|part| part.iter());
    verbs
        .filter_map(|verb| Some((verb, verb.path(words)?)))
        .next()
}

/// The flags between `docker compose` and its own verb.
pub const COMPOSE: &[FlagDoc] = compose::BEFORE;

/// Flags that many verbs share.
mod common {
    use super::{FlagDoc, Rule};

    pub const FORMAT: FlagDoc = FlagDoc::value(
        "format",
        "string",
        "Print as `json`, or by a Go template such as '{{.Names}}'",
    );
    pub const FORMAT_F: FlagDoc = FORMAT.letter('f');
    pub const FILTER: FlagDoc = FlagDoc::value("filter", "name=value", "Show only what fits this")
        .letter('f')
        .list();
    pub const QUIET: FlagDoc = FlagDoc::switch("quiet", "Only display ids or names").letter('q');
    pub const NO_TRUNC: FlagDoc = FlagDoc::switch("no-trunc", "Don't truncate output");
    pub const DETACH_KEYS: FlagDoc = FlagDoc::no(
        "detach-keys",
        Rule::Flag,
        "The terminal of this page ends with its shell; close it to leave.",
    );
    pub const SIGNAL_TO_STOP: FlagDoc = FlagDoc::no(
        "signal",
        Rule::Flag,
        "`docker kill -s SIGNAL` sends a signal of your choice; stop and restart send the usual one.",
    )
    .letter('s');
    pub const PLATFORM: FlagDoc = FlagDoc::no(
        "platform",
        Rule::Flag,
        "The images of a sandbox have one platform, the host's.",
    );
}
