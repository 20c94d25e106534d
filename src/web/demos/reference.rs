//! The table of commands: as a page to read, and as completions for the prompt.

use super::access::{self, Access};
use super::pages::parameter;
use crate::demos::command::{self, FlagDoc, VerbDoc};
use crate::engine::Host;
use crate::web::error::PageError;
use crate::web::kept::Page;
use crate::web::routes::Answer;
use crate::web::state::App;
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use serde::Serialize;
use std::sync::Arc;

/// The most completions that are offered at once.
const MOST_OFFERS: usize = 60;

#[derive(Template)]
#[template(path = "demo_command.html")]
struct ReferencePage {
    verbs: Vec<VerbRow>,
}

struct VerbRow {
    id: String,
    name: &'static str,
    about: String,
    usage: &'static str,
    others: Vec<String>,
    taken: Vec<FlagRow>,
    refused: Vec<FlagRow>,
}

struct FlagRow {
    words: String,
    about: String,
    many: bool,
    rule: Option<&'static str>,
}

/// A completion, as the prompt's script takes it: counted in characters.
#[derive(Serialize)]
struct Offer {
    from: usize,
    to: usize,
    word: String,
    about: String,
    /// Something is to follow directly, so that no space is put after it.
    more: bool,
}

/// What docker's own help says without a full stop, as a sentence.
fn sentence(text: &str) -> String {
    match text.ends_with(['.', '?', '!', ':']) || text.is_empty() {
        true => text.to_owned(),
        false => format!("{text}."),
    }
}

impl VerbRow {
    fn of(verb: &VerbDoc) -> Option<VerbRow> {
        let name = *verb.paths.first()?;
        let others = verb.spellings().filter(|spelling| *spelling != name);
        Some(VerbRow {
            id: name.replace(' ', "-"),
            name,
            about: sentence(verb.about),
            usage: verb.usage,
            others: others.map(|other| format!("docker {other}")).collect(),
            taken: verb.taken().map(FlagRow::of).collect(),
            refused: verb.refused().map(FlagRow::of).collect(),
        })
    }
}

impl FlagRow {
    fn of(flag: &FlagDoc) -> FlagRow {
        let takes = flag.takes.filter(|_| flag.refused.is_none());
        FlagRow {
            words: match takes {
                Some(value) => format!("{} {value}", flag.shown()),
                None => flag.shown(),
            },
            about: sentence(flag.about),
            many: flag.many,
            rule: flag.refused.map(|rule| rule.name()),
        }
    }
}

/// What could stand in place of the word before the cursor.
fn offers(line: &str, cursor: usize, complete: impl Fn(&str) -> Vec<String>) -> Vec<Offer> {
    let before: String = line.chars().take(cursor.min(command::LONGEST)).collect();
    let to = before.chars().count();
    let last = before.rsplit([' ', '\t']).next().unwrap_or_default();
    let from = to - last.chars().count();
    let words = complete(&before).into_iter().take(MOST_OFFERS);
    words
        .map(|word| Offer {
            from,
            to,
            about: about(&before, &word).to_owned(),
            more: word.ends_with(['=', ',', ':']),
            word,
        })
        .collect()
}

/// What a verb or a flag does, from the table; nothing for a name.
fn about(before: &str, word: &str) -> &'static str {
    let mut words: Vec<&str> = before.split_whitespace().collect();
    if !before.ends_with([' ', '\t']) {
        words.pop();
    }
    let words = words.get(1..).unwrap_or_default();
    let spelled = |count: usize| words.get(..count).map(|words| words.join(" "));
    if let Some(flag) = word.strip_prefix('-') {
        let verb = [2, 1]
            .into_iter()
            .find_map(|count| command::table::find(&spelled(count)?));
        let long = flag.trim_start_matches('-').trim_end_matches('=');
        let named = verb.and_then(|(verb, _)| verb.taken().find(|flag| flag.long == long));
        return named.map_or("", |flag| flag.about);
    }
    let path = match words {
        [] => word.to_owned(),
        [group] => format!("{group} {word}"),
        _ => return "",
    };
    command::table::find(&path).map_or("", |(verb, _)| verb.about)
}

/// `GET /demos/command`: the same for everybody.
pub async fn reference(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    app.kept(&headers, "/demos/command".into(), |_| {
        Ok(Page::html(page()?))
    })
    .await
}

/// The table of commands as a page.
pub fn page() -> askama::Result<String> {
    let verbs = command::reference().into_iter();
    ReferencePage {
        verbs: verbs.filter_map(VerbRow::of).collect(),
    }
    .render()
}

/// `GET /prompt/complete?line=&cursor=&demo=&host=`: what could stand at the cursor.
pub async fn complete(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let access = Access::of(&app, &headers)?;
    let host = access::host(&app, &headers, &parameter(&uri, "host")?)?;
    let name = host.as_deref().map_or("", Host::name);
    let Some((stage, place)) = access.place(&parameter(&uri, "demo")?, name) else {
        return Err(PageError::Key(crate::web::key::KeyTrouble::Missing).into());
    };
    let line = parameter(&uri, "line")?;
    let cursor = parameter(&uri, "cursor")?.parse().unwrap_or(usize::MAX);
    let bench = stage.bench(&place);
    bench.notice(&stage);
    // Names can be completed once there are any: the sandbox is opened as for a command,
    // and nothing is made on the host.
    let snapshot = match bench.sandbox(&stage, bench.generation()).await {
        Ok(sandbox) => sandbox.snapshot().await.ok(),
        Err(_) => None,
    };
    let offers = snapshot.map_or(Vec::new(), |snapshot| {
        offers(&line, cursor, |before| command::complete(before, &snapshot))
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(offers)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_before_the_cursor_is_completed() {
        let offered = |line: &str, cursor| {
            let words = |_: &str| vec!["--name".to_owned(), "--label=".to_owned()];
            let offers = offers(line, cursor, words);
            let first = offers.into_iter().next().expect("an offer");
            (first.from, first.to)
        };
        assert_eq!(offered("docker run --na busybox", 15), (11, 15));
        assert_eq!(offered("docker rün --na", usize::MAX), (11, 15));
        assert_eq!(offered("docker run ", 11), (11, 11));
        assert_eq!(offered("", 0), (0, 0));
    }

    #[test]
    fn a_verb_and_a_flag_are_explained_by_the_table() {
        assert_eq!(
            about("docker ", "ps"),
            command::table::find("ps").expect("ps").0.about
        );
        assert!(!about("docker volume l", "ls").is_empty());
        assert!(!about("docker run --na", "--name").is_empty());
        assert_eq!(about("docker stop ", "notes"), "");
        assert_eq!(about("", "docker"), "");
    }

    #[test]
    fn every_verb_has_a_row_and_an_id_of_its_own() {
        let rows: Vec<_> = command::reference()
            .into_iter()
            .filter_map(VerbRow::of)
            .collect();
        let ids: std::collections::BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), command::reference().len());
    }
}
