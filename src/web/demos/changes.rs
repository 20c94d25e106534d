//! What the forms do. The front door has seen that the request comes from one of our own
//! pages and carries the key's cookie; here its token and its turn are looked at. Without
//! scripts the answer leads back to the page, which shows what came of it.

use super::access::{self, Access, Acting};
use super::bench::{Bench, LONGEST_LINE, NotNow, Turn, Work};
use super::form::Form;
use super::pages::demo_url;
use super::stage::Place;
use crate::demos::script::Demo;
use crate::web::error::PageError;
use crate::web::guard;
use crate::web::routes::{Answer, decoded};
use crate::web::state::App;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long the answer to a form waits for what it asked for. What takes longer goes on,
/// and the page says so.
const PATIENCE: Duration = Duration::from_secs(20);

/// A form of a demo's page: who sent it, and what it is about.
struct Asked {
    acting: Acting,
    bench: Arc<Bench>,
    demo: Option<Arc<Demo>>,
    turn: Option<Turn>,
    by_script: bool,
    form: Form,
}

/// Reads a form about a demo, or for no id about the prompt alone.
fn asked(app: &App, headers: &HeaderMap, body: &[u8], id: &str) -> Result<Asked, PageError> {
    let form = Form::read(body);
    let acting = Access::of_form(app, headers, form.get("token"))?;
    let demo = match id {
        "" => None,
        id => {
            let edition = app.edition_for_long();
            let demo = edition.demos.get(id).cloned();
            Some(demo.ok_or_else(|| PageError::NoSuchDemo(id.to_owned()))?)
        }
    };
    let host = access::host(app, headers, form.get("host"))?;
    let host = host.ok_or_else(|| PageError::NoSuchHost(String::new()))?;
    let place = Place {
        visitor: acting.visitor.clone(),
        demo: id.to_owned(),
        host: host.name().to_owned(),
    };
    Ok(Asked {
        bench: acting.stage.bench(&place),
        acting,
        demo,
        turn: Turn::read(form.get("turn")),
        by_script: form.get("by") == "script",
        form,
    })
}

/// `POST /demos/ID/steps/N`, `/demos/ID/to/N`, `/demos/ID/all`, `/demos/ID/reset`
pub async fn demo(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let path = decoded(uri.path(), "/demos/")?;
    let mut words = path.splitn(3, '/');
    let (id, what) = (words.next().unwrap_or_default(), words.next());
    let number = words.next();
    let asked = asked(&app, &headers, &body, id)?;
    let demo = asked.demo.clone().ok_or(PageError::BadAddress)?;
    let at = number.and_then(|number| number.parse().ok());
    let at = at.filter(|at| demo.step(*at).is_some());
    let (work, place) = match (what, number, at) {
        (Some("steps"), Some(_), Some(at)) => (Some(Work::Step(at)), format!("step-{at}")),
        (Some("to"), Some(_), Some(at)) => (Some(Work::To(at)), format!("step-{at}")),
        (Some("all"), None, _) => (Some(Work::All), "demo-bar".into()),
        (Some("reset"), None, _) => (None, "demo-bar".into()),
        _ => return Err(PageError::NoSuchPage(uri.path().to_owned()).into()),
    };
    let stage = &asked.acting.stage;
    let begun = match (asked.turn, work) {
        (None, _) => Err(NotNow::Over),
        (Some(turn), Some(work)) => asked.bench.begin(stage, &demo, work, turn),
        (Some(turn), None) => asked.bench.reset(stage, turn),
    };
    Ok(asked.answer(begun, &headers, &place).await)
}

/// `POST /prompt`: a line that was typed.
pub async fn prompt(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Answer {
    let id = Form::read(&body).get("demo").to_owned();
    let asked = asked(&app, &headers, &body, &id)?;
    let (line, name) = (asked.form.get("line").trim(), asked.form.get("name"));
    if line.len() > LONGEST_LINE || name.is_empty() || name.len() > 64 {
        return Err(PageError::BodyTooLarge.into());
    }
    let (mut begun, mut place) = (Ok(()), "line".to_owned());
    if !line.is_empty() {
        let files = asked.demo.as_deref().map(files).unwrap_or_default();
        match asked.bench.try_line(&asked.acting.stage, name, line, files) {
            Ok(Some(number)) => place = format!("tried-{number}"),
            Ok(None) => {}
            Err(not_now) => begun = Err(not_now),
        }
    }
    Ok(asked.answer(begun, &headers, &place).await)
}

/// `POST /prompt/reset`
pub async fn reset_prompt(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Answer {
    let asked = asked(&app, &headers, &body, "")?;
    let begun = match asked.turn {
        Some(turn) => asked.bench.reset(&asked.acting.stage, turn),
        None => Err(NotNow::Over),
    };
    Ok(asked.answer(begun, &headers, "demo-bar").await)
}

/// All files of a demo: what is typed below it may use them.
fn files(demo: &Demo) -> BTreeMap<String, String> {
    let last = demo.steps().last().map_or(0, |step| step.number);
    let files = demo.files_at(last).into_iter();
    files
        .map(|file| (file.name.clone(), file.text.clone()))
        .collect()
}

impl Asked {
    /// A script learns by the status whether it was heard: what comes of it arrives on the
    /// stream. Without one, the page is read again once the work is done.
    async fn answer(self, begun: Result<(), NotNow>, headers: &HeaderMap, at: &str) -> Response {
        if self.by_script {
            return match begun {
                Ok(()) => StatusCode::NO_CONTENT.into_response(),
                // The first of two clicks was heard: all is well.
                Err(NotNow::Over) => StatusCode::ACCEPTED.into_response(),
                Err(NotNow::Busy) => {
                    let said = "Something else runs here just now: wait for it, or reset.";
                    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
                    (StatusCode::CONFLICT, kind, said).into_response()
                }
            };
        }
        self.bench.settled(PATIENCE).await;
        let place = &self.bench.place;
        let page = match &self.demo {
            Some(demo) => demo_url(&demo.id),
            None => "/prompt".into(),
        };
        let host = utf8_percent_encode(&place.host, NON_ALPHANUMERIC);
        let to = guard::own_address(headers, &format!("{page}?host={host}#{at}"));
        let fields = [
            (header::LOCATION, to),
            (header::CACHE_CONTROL, "no-store".into()),
        ];
        (StatusCode::SEE_OTHER, fields).into_response()
    }
}
