//! Search: a page of results for everybody, and the same as a fragment for the palette.
//!
//! Topics come from the index of the notebook; panels, demos and hosts are so few that
//! they are looked through. Nothing of this is kept: what is typed is seldom typed twice.

use super::demos::pages::Card;
use super::error::PageError;
use super::finder::Readiness;
use super::kept::Page;
use super::pages::{host_url, note_url, topic_url};
use super::routes::Answer;
use super::state::App;
use crate::notebook::TopicLink;
use crate::notebook::search::{Found, Hit, LONGEST, MOST_WORDS, has_all, words};
use crate::panels::Panel;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many topics the page shows, and how many the palette.
const ON_A_PAGE: usize = 30;
const IN_THE_PALETTE: usize = 8;
/// How many panels, demos or hosts are shown.
const OTHERS: usize = 6;
/// How long an answer waits for an index that is being built.
const PATIENCE: Duration = Duration::from_millis(600);

/// `GET /search?q=`: what was found, as a page.
pub async fn page(State(app): State<Arc<App>>, uri: Uri) -> Answer {
    let edition = app.edition_for_long();
    let results = results(&app, &uri, ON_A_PAGE).await?;
    let page = ResultsPage { results: &results }.render();
    let page = page.map_err(PageError::from)?;
    let mut answer = answer(edition.noticed(page));
    if let Some(mark) = edition.mark {
        mark.put(answer.headers_mut());
    }
    Ok(answer)
}

/// `GET /search/found?q=`: the same as a fragment.
pub async fn found(State(app): State<Arc<App>>, uri: Uri) -> Answer {
    let results = results(&app, &uri, IN_THE_PALETTE).await?;
    let fragment = Fragment { results: &results }.render();
    Ok(answer(fragment.map_err(PageError::from)?))
}

fn answer(html: String) -> Response {
    let mut response = Page::html(html)
        .answer(&HeaderMap::new())
        .map(super::reply::Reply::into_body)
        .into_response();
    // What was typed is nobody's but the reader's.
    let no_store = header::HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

/// How many questions are answered at a time.
static SEARCHES: Semaphore = Semaphore::const_new(4);

async fn results(app: &Arc<App>, uri: &Uri, most: usize) -> Result<Results, PageError> {
    let typed = typed(uri.query().unwrap_or_default());
    app.begin_search();
    let ready = app.finder.ready_within(PATIENCE).await;
    let others = others(app, &typed);
    // Who went away meanwhile is not searched for; and a crowd of dear questions leaves
    // threads for the pages.
    let _turn = SEARCHES.acquire().await;
    let made = tokio::task::spawn_blocking(move || Results::of(&typed, &ready, others, most));
    made.await
        .map_err(|stopped| PageError::Internal(stopped.into()))?
}

/// What was typed, from the query of an address. Bytes that are no text are shown as such.
fn typed(query: &str) -> String {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("q="));
    let value = value.unwrap_or_default().replace('+', " ");
    let typed = percent_decode_str(&value).decode_utf8_lossy();
    let typed = typed
        .trim()
        .chars()
        .filter(|letter| !letter.is_control() && !turns_text(*letter));
    typed.take(LONGEST + 1).collect()
}

/// Whether this turns the direction of the text after it, which would garble the page that
/// says what was typed.
fn turns_text(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

#[derive(Template)]
#[template(path = "search.html")]
struct ResultsPage<'a> {
    results: &'a Results,
}

#[derive(Template)]
#[template(path = "parts/found.html")]
struct Fragment<'a> {
    results: &'a Results,
}

/// What a search says.
struct Results {
    typed: String,
    /// In a sentence, what came of it.
    said: String,
    /// The index is not there yet: ask again.
    building: bool,
    groups: Vec<Group>,
    near: Vec<TopicLink>,
    /// Where all of it is shown, when there is more than here.
    more: Option<String>,
}

struct Group {
    title: &'static str,
    id: &'static str,
    entries: Vec<Entry>,
}

/// One thing that was found.
struct Entry {
    href: String,
    /// HTML.
    title: String,
    /// Its name, or what it is.
    name: String,
    /// It is a name: of a topic or of a place.
    is_named: bool,
    /// Where it stands.
    place: String,
    wanted: bool,
    /// HTML.
    passage: String,
}

impl Entry {
    fn of(hit: Hit) -> Entry {
        let note = hit.note.unwrap_or_default();
        Entry {
            href: match &hit.topic {
                Some(name) => topic_url(name),
                None => note_url(&note.path),
            },
            title: hit.title,
            name: hit.topic.unwrap_or_default(),
            place: note.title,
            is_named: true,
            wanted: hit.wanted,
            passage: match hit.wanted {
                true => "Nobody has written this topic yet.".into(),
                false => hit.passage,
            },
        }
    }

    fn plain(href: String, title: &str, name: String) -> Entry {
        Entry {
            href,
            title: escaped(title),
            name,
            is_named: false,
            place: String::new(),
            wanted: false,
            passage: String::new(),
        }
    }
}

fn escaped(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html)
        .map_or_else(|never| match never {}, |safe| safe.to_string())
}

impl Results {
    fn of(
        typed: &str,
        ready: &Readiness,
        others: Vec<Group>,
        most: usize,
    ) -> Result<Results, PageError> {
        let mut results = Results {
            typed: typed.chars().take(LONGEST).collect(),
            said: String::new(),
            building: false,
            groups: Vec::new(),
            near: Vec::new(),
            more: None,
        };
        if typed.is_empty() {
            results.said = "Type a word or the name of a topic.".into();
            return Ok(results);
        }
        match ready {
            Readiness::Building => {
                results.building = true;
                results.said =
                    "The notes are still being read for the search. Try again in a moment.".into();
            }
            Readiness::Broken => {
                results.said =
                    "The notes cannot be searched: the log of Waterline says why.".into();
            }
            Readiness::Ready(search) => {
                let found = search.find(typed, most);
                let found = found.map_err(|error| PageError::Internal(error.into()))?;
                let more = found.all > most;
                results.said = said(&found, &others, more);
                if more {
                    let query = percent_encoding::utf8_percent_encode(
                        &results.typed,
                        percent_encoding::NON_ALPHANUMERIC,
                    );
                    results.more = Some(format!("/search?q={query}"));
                }
                results.near = found.near;
                let entries: Vec<Entry> = found.hits.into_iter().map(Entry::of).collect();
                results.groups.push(Group {
                    title: "Topics",
                    id: "found-topics",
                    entries,
                });
            }
        }
        results.groups.extend(others);
        results.groups.retain(|group| !group.entries.is_empty());
        Ok(results)
    }
}

/// What came of it, in a sentence or two.
fn said(found: &Found, others: &[Group], more: bool) -> String {
    let others: usize = others.iter().map(|group| group.entries.len()).sum();
    let shown = found.hits.len();
    let mut said = match (found.no_words, shown + others) {
        (true, 0) => "There is no word in this to search for.".to_owned(),
        (false, 0) if found.near.is_empty() => "Nothing found.".to_owned(),
        (false, 0) => "Nothing found. Did you mean one of these?".to_owned(),
        _ if more => format!(
            "The best {} of {} topics. One more word narrows it down.",
            found.hits.iter().filter(|hit| !hit.wanted).count(),
            found.all
        ),
        _ if shown == 0 => "No topic, but something else by that name.".to_owned(),
        (_, 1) => "One found.".to_owned(),
        (_, all) => format!("{all} found."),
    };
    if shown > 0 && !found.missing.is_empty() {
        let missing: Vec<String> = found
            .missing
            .iter()
            .map(|word| format!("“{word}”"))
            .collect();
        said = format!("Nothing has {}. Without that: {said}", missing.join(" or "));
    } else if shown > 0 && found.some_words {
        said = format!("Nothing has all the words; these have some. {said}");
    }
    if found.cut {
        said = format!(
            "Only the beginning of what you typed was searched for: {LONGEST} characters and {MOST_WORDS} words are read. {said}"
        );
    }
    said
}

/// The panels, each with the words that it is searched by.
static PANELS: LazyLock<Vec<(Panel, Vec<String>)>> = LazyLock::new(|| {
    let cut = |panel: Panel| {
        let (name, title, question) = (panel.name(), panel.title(), panel.question());
        (panel, words(&format!("{name} {title} {question} panel")))
    };
    Panel::ALL.into_iter().map(cut).collect()
});

/// The panels, demos and hosts that have all the words.
fn others(app: &App, typed: &str) -> Vec<Group> {
    let asked = words(typed);
    let edition = app.edition_for_long();
    let panels = PANELS.iter().filter(|(_, own)| has_all(own, &asked));
    let panels = panels.map(|(panel, _)| {
        Entry::plain(
            format!("/panels/{}", panel.name()),
            panel.title(),
            panel.question().to_owned(),
        )
    });
    let demos = edition.demos.searched();
    let demos = demos.filter(|(_, own)| has_all(own, &asked));
    let demos = demos.map(|(demo, _)| {
        let card = Card::of(demo);
        Entry::plain(card.href, &card.title, card.facts)
    });
    // They come and go, and are few.
    let hosts = app.host_links();
    let hosts = hosts.into_iter().filter(|host| {
        let own = words(&format!("{} {} host", host.name, host.endpoint));
        has_all(&own, &asked)
    });
    let hosts = hosts.map(|host| Entry {
        is_named: true,
        ..Entry::plain(host_url(&host.name), &host.name, host.endpoint)
    });
    vec![
        Group {
            title: "Panels",
            id: "found-panels",
            entries: panels.take(OTHERS).collect(),
        },
        Group {
            title: "Demos",
            id: "found-demos",
            entries: demos.take(OTHERS).collect(),
        },
        Group {
            title: "Hosts",
            id: "found-hosts",
            entries: hosts.take(OTHERS).collect(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_read_from_any_address() {
        for (query, expected) in [
            ("", ""),
            ("q=", ""),
            ("x=1&q=a+b%20c&q=d", "a b c"),
            ("q=%FF%00x", "\u{fffd}x"),
            ("q=%3Cb%3E", "<b>"),
        ] {
            assert_eq!(typed(query), expected, "{query}");
        }
        assert_eq!(
            typed(&format!("q={}", "x".repeat(8_000))).len(),
            LONGEST + 1
        );
    }

    #[test]
    fn an_index_that_is_not_there_is_said_to_be_on_its_way_or_broken() {
        let building = Results::of("x", &Readiness::Building, Vec::new(), 5).expect("results");
        assert!(building.building && building.said.contains("still being read"));
        let html = Fragment { results: &building }
            .render()
            .expect("it is drawn");
        assert!(html.contains("data-building"), "{html}");
        let broken = Results::of("x", &Readiness::Broken, Vec::new(), 5).expect("results");
        assert!(!broken.building && broken.said.contains("log"));
    }
}
