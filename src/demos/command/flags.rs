//! The words after a verb, as flags and arguments: the way docker's own parser reads
//! them, so that every spelling means here what it means there.

use super::table::{Arity, FlagDoc, VerbDoc};
use super::values;
use crate::demos::refusal::{Refusal, Rule};

/// What was given to a verb.
pub(super) struct Given {
    pub(super) verb: &'static VerbDoc,
    /// Its official spelling: `container ls`.
    pub(super) path: &'static str,
    flags: Flags,
    /// The arguments.
    pub(super) arguments: Vec<String>,
    /// Whether help was asked for.
    pub(super) help: bool,
}

/// Flags and their values, in the order in which they were typed.
pub(super) type Flags = Vec<(&'static FlagDoc, String)>;

/// What [`walk`] finds.
pub(super) struct Walked {
    pub(super) flags: Flags,
    pub(super) rest: Vec<String>,
    pub(super) help: bool,
}

/// What is wrong with a word, without docker's usage lines.
pub(super) enum Fault {
    Refused(Refusal),
    Usage(String),
}

/// Reads flags. With `stops` they end at the first word that is none, otherwise they may
/// stand between the arguments.
pub(super) fn walk(
    words: &[String],
    known: &[&'static FlagDoc],
    stops: bool,
) -> Result<Walked, Fault> {
    let mut walked = Walked {
        flags: Vec::new(),
        rest: Vec::new(),
        help: false,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            walked.rest.extend(words.cloned());
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            walked.long(long, word, known, &mut words)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            walked.short(letters, known, &mut words)?;
        } else {
            walked.rest.push(word.clone());
            if stops {
                walked.rest.extend(words.cloned());
                break;
            }
        }
        if walked.help {
            break;
        }
    }
    Ok(walked)
}

type Words<'a> = std::slice::Iter<'a, String>;

impl Walked {
    fn long(
        &mut self,
        text: &str,
        word: &str,
        known: &[&'static FlagDoc],
        words: &mut Words<'_>,
    ) -> Result<(), Fault> {
        if text.starts_with(['-', '=']) {
            return Err(Fault::Usage(format!("bad flag syntax: {word}")));
        }
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let is_it = |flag: &&&FlagDoc| flag.long == name || flag.hidden.contains(&name);
        let Some(flag) = known.iter().find(is_it) else {
            if name == "help" {
                self.help = match value {
                    None => true,
                    Some(value) => truth(&value).ok_or_else(|| {
                        Fault::Usage(format!(
                            "invalid argument \"{value}\" for \"--help\" flag: strconv.ParseBool: parsing \"{value}\": invalid syntax"
                        ))
                    })?,
                };
                return Ok(());
            }
            return Err(Fault::Usage(format!("unknown flag: --{name}")));
        };
        let value = match (value, flag.takes) {
            (Some(value), _) => value,
            (None, None) => "true".to_owned(),
            (None, Some(_)) => match words.next() {
                Some(next) => next.clone(),
                // A refused flag is refused, with its value or without.
                None if flag.refused.is_some() => String::new(),
                None => return Err(Fault::Usage(format!("flag needs an argument: --{name}"))),
            },
        };
        self.add(flag, value)
    }

    /// One letter or several: `-it`, `-n10`, `-t=3`.
    fn short(
        &mut self,
        letters: &str,
        known: &[&'static FlagDoc],
        words: &mut Words<'_>,
    ) -> Result<(), Fault> {
        let mut rest = letters;
        while let Some(letter) = rest.chars().next() {
            let after = &rest[letter.len_utf8()..];
            let Some(flag) = known.iter().find(|flag| flag.short == Some(letter)) else {
                if letter == 'h' {
                    self.help = true;
                    return Ok(());
                }
                return Err(Fault::Usage(format!(
                    "unknown shorthand flag: '{letter}' in -{rest}"
                )));
            };
            let explicit = after.strip_prefix('=').filter(|value| !value.is_empty());
            let value = match (explicit, flag.takes) {
                (Some(value), _) => value.to_owned(),
                (None, None) => {
                    self.add(flag, "true".to_owned())?;
                    rest = after;
                    continue;
                }
                (None, Some(_)) if !after.is_empty() => after.to_owned(),
                (None, Some(_)) => match words.next() {
                    Some(next) => next.clone(),
                    None if flag.refused.is_some() => String::new(),
                    None => {
                        return Err(Fault::Usage(format!(
                            "flag needs an argument: '{letter}' in -{rest}"
                        )));
                    }
                },
            };
            return self.add(flag, value);
        }
        Ok(())
    }

    fn add(&mut self, flag: &'static FlagDoc, value: String) -> Result<(), Fault> {
        if let Some(rule) = flag.refused {
            return Err(Fault::Refused(Refusal::new(
                rule,
                format!("--{} is not supported. {}", flag.long, flag.about),
            )));
        }
        let is_there = self.flags.iter().any(|(own, _)| own.long == flag.long);
        if is_there && !flag.many {
            return Err(Fault::Refused(Refusal::new(
                Rule::Flag,
                format!(
                    "--{} is given twice. Docker would take the last one, which is easily misread; give it once.",
                    flag.long
                ),
            )));
        }
        self.flags.push((flag, value));
        Ok(())
    }
}

/// Go's `strconv.ParseBool`.
fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// A switch's value; `Err` is what docker says of another.
fn bool_of(value: &str) -> Result<bool, String> {
    let fault = || format!("strconv.ParseBool: parsing \"{value}\": invalid syntax");
    truth(value).ok_or_else(fault)
}

impl Given {
    /// Reads what follows a verb.
    pub(super) fn read(
        verb: &'static VerbDoc,
        path: &'static str,
        words: &[String],
    ) -> Result<Given, Refusal> {
        let known: Vec<&'static FlagDoc> = verb.flags().collect();
        let walked = walk(words, &known, verb.stops).map_err(|fault| match fault {
            Fault::Refused(refusal) => refusal,
            Fault::Usage(what) => usage(verb, path, &what),
        })?;
        let given = Given {
            verb,
            path,
            flags: walked.flags,
            arguments: walked.rest,
            help: walked.help,
        };
        if !given.help {
            // Docker reads the values before it counts the arguments.
            given.values()?;
            given.count()?;
        }
        Ok(given)
    }

    /// Are the values of flags what docker takes there?
    fn values(&self) -> Result<(), Refusal> {
        for (flag, value) in &self.flags {
            let read = match (flag.takes, flag.long) {
                (None, _) => bool_of(value).map(drop),
                (_, "timeout" | "last" | "pids-limit") => values::integer(value).map(drop),
                (_, "memory") => values::size(value).map(drop),
                (_, "cpus") => values::cpus(value).map(drop),
                (_, "filter") => values::filter(value).map(drop),
                _ => Ok(()),
            };
            read.map_err(|why| self.invalid(flag, value, &why))?;
        }
        Ok(())
    }

    /// Are there as many arguments as the verb takes?
    fn count(&self) -> Result<(), Refusal> {
        let got = self.arguments.len();
        let s = |n: usize| if n == 1 { "argument" } else { "arguments" };
        let (ok, what) = match self.verb.arity {
            Arity::Exactly(0) => (got == 0, "accepts no arguments".to_owned()),
            Arity::Exactly(n) => (got == n, format!("requires {n} {}", s(n))),
            Arity::AtLeast(n) => (got >= n, format!("requires at least {n} {}", s(n))),
            Arity::AtMost(n) => (got <= n, format!("requires at most {n} {}", s(n))),
            Arity::Between(least, most) => (
                (least..=most).contains(&got),
                format!("requires at least {least} and at most {most} {}", s(most)),
            ),
        };
        if ok {
            return Ok(());
        }
        let path = self.path;
        // Docker says "See" here and "Run" there.
        let see = match self.verb.arity {
            Arity::AtLeast(_) => "See",
            _ => "Run",
        };
        Err(Refusal::usage(
            format!(
                "docker: 'docker {path}' {what}\n\nUsage:  {}\n\n{see} 'docker {path} --help' for more information",
                usage_line(self.verb, path)
            ),
            1,
        ))
    }

    /// What docker says of a value that a flag does not take.
    pub(super) fn invalid(&self, flag: &FlagDoc, value: &str, why: &str) -> Refusal {
        let what = format!(
            "invalid argument \"{value}\" for \"{}\" flag: {why}",
            flag.shown()
        );
        usage(self.verb, self.path, &what)
    }

    /// The flags of this name, as often as they were given.
    pub(super) fn all(&self, long: &'static str) -> impl Iterator<Item = (&'static FlagDoc, &str)> {
        self.flags
            .iter()
            .filter(move |(flag, _)| flag.long == long)
            .map(|(flag, value)| (*flag, value.as_str()))
    }

    /// All flags, in the order in which they were typed.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (&'static FlagDoc, &str)> {
        self.flags
            .iter()
            .map(|(flag, value)| (*flag, value.as_str()))
    }

    /// The value of a flag.
    pub(super) fn text(&self, long: &'static str) -> Option<&str> {
        self.all(long).next().map(|(_, value)| value)
    }

    /// Reads the value of a flag; `Err` is what docker says after the flag's name.
    pub(super) fn read_with<T>(
        &self,
        long: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Refusal> {
        self.all(long)
            .next()
            .map(|(flag, value)| read(value).map_err(|why| self.invalid(flag, value, &why)))
            .transpose()
    }

    /// A switch, or what it is `unless` it was given.
    pub(super) fn switch_or(&self, long: &'static str, unless: bool) -> Result<bool, Refusal> {
        Ok(self.read_with(long, bool_of)?.unwrap_or(unless))
    }

    /// A switch that is off unless it was given.
    pub(super) fn switch(&self, long: &'static str) -> Result<bool, Refusal> {
        self.switch_or(long, false)
    }
}

/// `docker run [OPTIONS] IMAGE [COMMAND] [ARG...]`
pub(super) fn usage_line(verb: &VerbDoc, path: &str) -> String {
    format!("docker {path} {}", verb.usage)
}

/// What docker says of flags that it does not take.
pub(super) fn usage(verb: &VerbDoc, path: &str, what: &str) -> Refusal {
    Refusal::usage(
        format!(
            "{what}\n\nUsage:  {}\n\nRun 'docker {path} --help' for more information",
            usage_line(verb, path)
        ),
        125,
    )
}
