//! What is read: the list of demos, a demo, the prompt, the script of a demo, and the
//! table of commands. Each is made anew for whoever asks, since it shows what they did.

use super::access::{self, Access};
use super::bench::{Bench, Seen};
use super::effects::{self, Effects};
use super::view::{Forms, Parts};
use crate::demos::script::{self, Demo, Part};
use crate::engine::Host;
use crate::notebook::{Notebook, TopicLink, TopicPage};
use crate::panels::Panel;
use crate::web::error::{Failure, PageError};
use crate::web::pages::{DemoLink, note_url, sheets_of};
use crate::web::routes::{Answer, decoded};
use crate::web::state::{App, Edition};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// Everything but RFC 3986's unreserved characters is encoded.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The most notes that are looked through to put the demos in their order.
const MOST_NOTES: usize = 20_000;

#[derive(Template)]
#[template(path = "demos.html")]
struct ListPage {
    all: usize,
    minutes: u32,
    notices: Vec<String>,
    groups: Vec<Group>,
    none: Vec<Without>,
}

/// The demos of one note: most topics have one alone.
struct Group {
    id: String,
    title: String,
    href: Option<String>,
    cards: Vec<(Card, Option<TopicLink>)>,
}

/// A demo in a list.
pub struct Card {
    /// Where it is.
    pub href: String,
    /// Its title.
    pub title: String,
    /// How long it takes and what it makes.
    pub facts: String,
}

/// A topic that has no demo.
struct Without {
    topic: String,
    title: String,
    why: String,
}

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoPage<'a> {
    title: &'a str,
    key: String,
    lead: String,
    topic: Option<TopicLink>,
    notices: Vec<String>,
    problems: Vec<String>,
    sheets: Vec<&'static str>,
    panels: Option<String>,
    effects: String,
    bar: String,
    parts: Vec<PartView>,
    prompt: String,
    forms: Option<Forms>,
    shell: String,
    previous: Option<(String, String)>,
    next: Option<(String, String)>,
}

/// A stretch of a demo.
enum PartView {
    Text(String),
    Steps(Vec<String>),
    File(String, String),
}

#[derive(Template)]
#[template(path = "prompt.html")]
struct PromptPage {
    key: String,
    lead: String,
    notices: Vec<String>,
    effects: String,
    bar: String,
    prompt: String,
    forms: Option<Forms>,
}

#[derive(Template)]
#[template(path = "parts/demo-prompt.html")]
struct Prompt<'a> {
    demo: &'a str,
    host: &'a str,
    tried: String,
    forms: Option<&'a Forms>,
    /// The name of the next typed line, so that sending it twice runs it once.
    name: String,
}

impl Card {
    /// A demo as lists show it.
    pub fn of(demo: &Demo) -> Card {
        let makes = effects::makes(demo);
        let facts = [
            demo.minutes.map(|minutes| format!("{minutes} min")),
            (!makes.is_empty()).then_some(makes),
        ];
        Card {
            href: demo_url(&demo.id),
            title: demo.title.clone(),
            facts: facts.into_iter().flatten().collect::<Vec<_>>().join(", "),
        }
    }
}

impl From<Card> for DemoLink {
    fn from(card: Card) -> DemoLink {
        DemoLink {
            href: card.href,
            title: card.title,
            facts: card.facts,
        }
    }
}

/// Where a demo is.
pub fn demo_url(id: &str) -> String {
    format!("/demos/{}", encoded(id))
}

/// `GET /demos`: all of them, by note.
pub async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    let edition = app.edition_for_long();
    let access = Access::of(&app, &headers)?;
    let host = access::host(&app, &headers, "")?;
    let notices = [access.notice(), access::host_notice(host.as_deref())];
    let demos = &edition.demos;
    let page = ListPage {
        all: demos.len(),
        minutes: demos.all().filter_map(|demo| demo.minutes).sum(),
        notices: notices.into_iter().flatten().collect(),
        groups: groups(&edition),
        none: without(&edition),
    };
    let page = edition.noticed(page.render().map_err(PageError::from)?);
    Ok(marked(&edition, dressed(&app, &access, page)))
}

/// An answer that was made from this edition.
fn marked(edition: &Edition, mut answer: Response) -> Response {
    if let Some(mark) = edition.mark {
        mark.put(answer.headers_mut());
    }
    answer
}

fn groups(edition: &Edition) -> Vec<Group> {
    let notes = edition.notebook.notes(0, MOST_NOTES);
    let place = |demo: &Demo| {
        let TopicPage::Defined(topic) = edition.notebook.topic(demo.topic.as_deref()?)? else {
            return None;
        };
        let note = notes.iter().position(|note| note.path == topic.note.path)?;
        let link = edition.notebook.topic_link(&topic.name);
        Some((note, topic.line, link))
    };
    let demos = edition.demos.all().map(|demo| (place(demo), demo));
    let mut demos: Vec<_> = demos.collect();
    demos.sort_by_key(|(place, demo)| match place {
        Some((note, line, _)) => (*note, *line, String::new()),
        None => (usize::MAX, 0, demo.topic.clone().unwrap_or_default()),
    });
    let mut groups: Vec<Group> = Vec::new();
    let mut last = None;
    for (place, demo) in demos {
        let at = place.as_ref().map(|(note, ..)| *note);
        if last.replace(at) != Some(at) {
            let note = at.and_then(|at| notes.get(at));
            groups.push(Group {
                id: format!("group-{}", groups.len() + 1),
                title: note
                    .map_or("On no topic of these notes", |note| &note.title)
                    .to_owned(),
                href: note.map(|note| note_url(&note.path)),
                cards: Vec::new(),
            });
        }
        if let Some(group) = groups.last_mut() {
            group
                .cards
                .push((Card::of(demo), place.map(|(_, _, topic)| topic)));
        }
    }
    groups
}

/// The topics of this notebook that say why they have no demo.
fn without(edition: &Edition) -> Vec<Without> {
    let reasons = edition.reasons.all();
    let there = reasons.filter_map(|(topic, why)| {
        let title = defined(&edition.notebook, topic)?.title;
        let has_none = edition.demos.of_topic(topic).next().is_none();
        (has_none && !why.is_empty()).then(|| Without {
            topic: topic.to_owned(),
            title,
            why: why.to_owned(),
        })
    });
    there.collect()
}

fn defined(notebook: &Notebook, topic: &str) -> Option<TopicLink> {
    match notebook.topic(topic)? {
        TopicPage::Defined(topic) => Some(TopicLink {
            name: topic.name.clone(),
            title: topic.title.clone(),
            wanted: false,
        }),
        TopicPage::Wanted(_) => None,
    }
}

/// `GET /demos/ID?host=` and `/demos/ID.sh`
pub async fn demo(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let name = decoded(uri.path(), "/demos/")?;
    let edition = app.edition_for_long();
    if let Some(id) = name.strip_suffix(".sh") {
        let demo = edition.demos.get(id);
        let demo = demo.ok_or_else(|| PageError::NoSuchDemo(name.clone()))?;
        return Ok(script(demo));
    }
    let demo = edition.demos.get(&name);
    let demo = demo.ok_or_else(|| PageError::NoSuchDemo(name.clone()))?;
    let access = Access::of(&app, &headers)?;
    let host = access::host(&app, &headers, &parameter(&uri, "host")?)?;
    let page = demo_page(&app, &edition, demo, &access, host.as_deref(), &uri)?;
    let page = edition.noticed(page);
    Ok(marked(&edition, dressed(&app, &access, page)))
}

fn demo_page(
    app: &App,
    edition: &Edition,
    demo: &Arc<Demo>,
    access: &Access,
    host: Option<&Host>,
    uri: &Uri,
) -> Result<String, PageError> {
    let name = host.map_or("", Host::name);
    let seen = seen(access, &demo.id, name);
    let panels = panels(edition, demo);
    let parts = parts(access, host, &seen, Some(demo), &panels, uri);
    let topic = demo.topic.as_deref();
    let topic = topic.and_then(|topic| defined(&edition.notebook, topic));
    let notices = [access.notice(), access::host_notice(host)];
    let mut sheets = vec!["css/topic.css", "css/code.css"];
    for sheet in panels.iter().flat_map(|panel| sheets_of(*panel)) {
        if !sheets.contains(sheet) {
            sheets.push(sheet);
        }
    }
    let all: Vec<&Arc<Demo>> = edition.demos.all().collect();
    let at = all.iter().position(|other| other.id == demo.id);
    let beside = |step: isize| {
        let at = at?.checked_add_signed(step)?;
        let other = all.get(at)?;
        Some((demo_url(&other.id), other.title.clone()))
    };
    let effects = Effects::of(app, Some(demo), name, seen.steps.is_empty());
    Ok(DemoPage {
        title: &demo.title,
        key: key(&demo.id, name),
        lead: lead(demo, name, access),
        topic,
        notices: notices.into_iter().flatten().collect(),
        problems: problems(demo),
        sheets,
        panels: parts.beside(),
        effects: effects.render()?,
        bar: parts.bar(),
        parts: demo
            .parts
            .iter()
            .map(|part| match part {
                Part::Text { html, .. } => PartView::Text(crate::web::pages::below_title(html)),
                Part::File(file) => PartView::File(file.name.clone(), file.text.clone()),
                Part::Block(block) => PartView::Steps(
                    block
                        .steps
                        .iter()
                        .filter_map(|step| parts.step(block, step))
                        .collect(),
                ),
            })
            .collect(),
        prompt: prompt(&parts, &demo.id, name)?,
        forms: parts.forms,
        shell: format!("{}.sh", demo_url(&demo.id)),
        previous: beside(-1),
        next: beside(1),
    }
    .render()?)
}

fn lead(demo: &Demo, host: &str, access: &Access) -> String {
    let minutes = match demo.minutes {
        Some(1) => "One minute. ".to_owned(),
        Some(minutes) => format!("{minutes} minutes. "),
        None => String::new(),
    };
    let steps = match demo.steps().count() {
        1 => "One step".to_owned(),
        count => format!("{count} steps"),
    };
    match access {
        Access::Ready { .. } if !host.is_empty() => {
            format!("{minutes}{steps}, in a sandbox of your own on {host}.")
        }
        _ => format!("{minutes}{steps}."),
    }
}

fn problems(demo: &Demo) -> Vec<String> {
    let problems = demo.problems.iter().take(10);
    problems
        .map(|p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.message))
        .collect()
}

/// `GET /prompt?host=`: the docker prompt alone.
pub async fn prompt_page(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let access = Access::of(&app, &headers)?;
    let host = access::host(&app, &headers, &parameter(&uri, "host")?)?;
    let name = host.as_deref().map_or("", Host::name).to_owned();
    let seen = seen(&access, "", &name);
    let parts = parts(&access, host.as_deref(), &seen, None, &[], &uri);
    let notices = [access.notice(), access::host_notice(host.as_deref())];
    let page = PromptPage {
        key: key("", &name),
        lead: "Any supported docker command, in a sandbox of your own. What you make here is \
            seen by nobody else and goes when you leave."
            .into(),
        notices: notices.into_iter().flatten().collect(),
        effects: Effects::of(&app, None, &name, seen.tried.is_empty())
            .render()
            .map_err(PageError::from)?,
        bar: parts.bar(),
        prompt: prompt(&parts, "", &name)?,
        forms: parts.forms,
    };
    Ok(dressed(
        &app,
        &access,
        page.render().map_err(PageError::from)?,
    ))
}

fn prompt(parts: &Parts<'_>, demo: &str, host: &str) -> Result<String, PageError> {
    let mut name = [0; 16];
    getrandom::fill(&mut name).map_err(|error| PageError::Internal(error.into()))?;
    Ok(Prompt {
        demo,
        host,
        tried: parts.tried(),
        forms: parts.forms.as_ref(),
        name: name.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
    .render()?)
}

/// What a visitor has done with a demo.
fn seen(access: &Access, demo: &str, host: &str) -> Seen {
    let known = access
        .place(demo, host)
        .and_then(|(stage, place)| Some((stage.known(&place)?, stage)));
    match known {
        Some((bench, stage)) => {
            bench.notice(&stage);
            Bench::seen(&bench)
        }
        None => Seen::default(),
    }
}

/// The panels beside a demo: those of its topic.
pub fn panels(edition: &Edition, demo: &Demo) -> Vec<Panel> {
    let topic = demo.topic.as_deref();
    topic.map_or(Vec::new(), |topic| edition.attached.of(topic).to_vec())
}

fn parts<'a>(
    access: &Access,
    host: Option<&'a Host>,
    seen: &'a Seen,
    demo: Option<&'a Demo>,
    panels: &'a [Panel],
    uri: &Uri,
) -> Parts<'a> {
    let name = host.map_or("", Host::name);
    let id = demo.map_or("", |demo| demo.id.as_str());
    let forms = access.forms(name, id, seen.turn().to_string(), seen.busy.is_some());
    Parts {
        demo,
        seen,
        forms: forms.filter(|_| host.is_some()),
        panels,
        host: name,
        live: false,
        reload: uri
            .path_and_query()
            .map_or("", |all| all.as_str())
            .to_owned(),
    }
}

/// A demo's key on the stream.
pub fn key(demo: &str, host: &str) -> String {
    format!("{}?host={}", encoded(demo), encoded(host))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

fn script(demo: &Demo) -> Response {
    let fields = [
        (header::CONTENT_TYPE, "text/x-shellscript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (fields, script::shell(demo)).into_response()
}

/// A parameter of the query, decoded; empty where it is not there.
pub fn parameter(uri: &Uri, name: &str) -> Result<String, Failure> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let mut values = pairs.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let value = values.next().unwrap_or_default().replace('+', " ");
    Ok(decoded(&value, "")?)
}

/// An answer for this visitor alone, with their cookie where they had none.
fn dressed(app: &App, access: &Access, html: String) -> Response {
    let mut response = ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response();
    if let Access::Ready {
        visitor,
        is_new: true,
        ..
    } = access
    {
        let cookie = visitor.cookie(app.port);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
