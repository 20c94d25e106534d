//! `docker compose`: its flags stand before its verb, and its files are the demo's own.

use super::flags::{Fault, Given, walk};
use super::help;
use super::read::named;
use super::table::{COMPOSE, FlagDoc, Is};
use super::values::{self, no};
use super::verbs::{Compose, ComposeAction, Verb};
use crate::demos::refusal::{Refusal, Rule};
use crate::engine::owned::Name;

/// `docker compose [-f FILE] [-p NAME] VERB …`
pub(super) fn compose(words: &[String]) -> Result<Verb, Refusal> {
    let flags: Vec<&FlagDoc> = COMPOSE.iter().collect();
    let before = walk(words, &flags, true).map_err(|fault| match fault {
        Fault::Refused(refusal) => refusal,
        Fault::Usage(what) => Refusal::usage(
            format!("{what}\n\nUsage:  docker compose [OPTIONS] COMMAND\n\nRun 'docker compose --help' for more information"),
            125,
        ),
    })?;
    let (second, rest) = match before.rest.split_first() {
        Some((second, rest)) if !before.help => (second, rest),
        _ => return Ok(Verb::Help(help::of_group("compose"))),
    };
    let (mut file, mut project) = (None, None);
    for (flag, value) in &before.flags {
        match flag.long {
            "file" => file = Some(compose_file(value)?),
            _ => project = Some(project_name(value)?),
        }
    }
    let verb = named(&format!("compose {second}"), rest, &|| {
        format!("unknown docker command: \"compose {second}\"")
    })?;
    Ok(match verb {
        Verb::Compose(compose) => Verb::Compose(Compose {
            file,
            project,
            ..compose
        }),
        other => other,
    })
}

/// The name of a file of the demo.
fn compose_file(text: &str) -> Result<String, Refusal> {
    let name = text.strip_prefix("./").unwrap_or(text);
    let fits = (1..=128).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    match fits {
        true => Ok(name.to_owned()),
        false => Err(no(
            Rule::Bind,
            format!(
                "{text}: a compose file in a sandbox is one of the demo's own, by its plain name; no file of the host is read."
            ),
        )),
    }
}

fn project_name(text: &str) -> Result<String, Refusal> {
    let fits = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.len() <= 32
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b));
    if text.starts_with("wl-") {
        return Err(no(
            Rule::Foreign,
            format!("{text}: projects of a sandbox have the names that you type."),
        ));
    }
    match fits {
        true => Ok(text.to_owned()),
        false => Err(Refusal::usage(
            format!(
                "invalid project name \"{text}\": must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number"
            ),
            1,
        )),
    }
}

impl Given {
    /// One of the verbs of compose.
    pub(super) fn compose(&self) -> Result<Verb, Refusal> {
        Ok(match self.verb.is {
            Is::ComposeUp => of_compose(ComposeAction::Up {
                detach: self.switch("detach")?,
                services: self.services()?,
            }),
            Is::ComposeDown => of_compose(ComposeAction::Down {
                volumes: self.switch("volumes")?,
            }),
            Is::ComposePs => of_compose(ComposeAction::Ps {
                all: self.switch("all")?,
                quiet: self.switch("quiet")?,
                format: self.format(),
                services: self.services()?,
            }),
            Is::ComposeLogs => {
                self.switch("no-color")?;
                of_compose(ComposeAction::Logs {
                    services: self.services()?,
                    follow: self.switch("follow")?,
                    timestamps: self.switch("timestamps")?,
                    tail: self.tail()?,
                    no_prefix: self.switch("no-log-prefix")?,
                })
            }
            _ => return Err(no(Rule::Verb, "This is no verb of compose.")),
        })
    }

    fn services(&self) -> Result<Vec<Name>, Refusal> {
        let service = |text: &String| values::name("service", text);
        self.arguments.iter().map(service).collect()
    }
}

fn of_compose(action: ComposeAction) -> Verb {
    Verb::Compose(Compose {
        file: None,
        project: None,
        action,
    })
}
