//! Somebody who looks at a page: Waterline in this process, and what its one stream
//! has brought last for each panel.

use axum::http::{Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use waterline::engine::{Engine, Host};
use waterline::notebook::{Content, Notebook, Rules};
use waterline::panels::attached::Attached;
use waterline::panels::{Panel, View};
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::reply::Reply;
use waterline::web::state::{App, Edition};

/// Waterline with the embedded notebook and these hosts.
pub fn waterline(hosts: impl IntoIterator<Item = Host>) -> Arc<App> {
    let notebook = Notebook::load(&Content::Embedded, &Rules::default()).expect("the notebook");
    let edition = Edition::new(notebook, Attached::built_in(), "a test".into());
    let key = Key::new().expect("randomness");
    Arc::new(App::new(7070, key, Engine::new(hosts), edition))
}

/// `GET path`, whole.
pub async fn get(app: &Arc<App>, path: &str) -> (StatusCode, String) {
    let response = ask(app, path).await;
    let status = response.status();
    let body = response.into_body().collect().await.expect("a body");
    let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    (status, text)
}

async fn ask(app: &Arc<App>, path: &str) -> axum::http::Response<Reply> {
    let request = Request::get(path)
        .header("host", "127.0.0.1:7070")
        .header("sec-fetch-site", "same-origin")
        .body(Full::<Bytes>::default())
        .expect("a request");
    let Ok(response) = Front::new(Arc::clone(app)).answer(request).await;
    response
}

/// The keys of all panels, as they are without any choice.
pub fn all_panels() -> Vec<String> {
    Panel::ALL
        .iter()
        .map(|panel| View::default().key(*panel))
        .collect()
}

/// Somebody who has a page open on some panels.
pub struct Onlooker {
    body: Reply,
    rest: Vec<u8>,
    /// The last fragment of each panel, by key.
    pub shown: HashMap<String, String>,
    /// Everything that has come, as it came.
    pub everything: String,
}

impl Onlooker {
    /// Opens a page with these panels.
    pub async fn of(app: &Arc<App>, keys: &[String]) -> Onlooker {
        let keys: Vec<String> = keys
            .iter()
            .map(|key| format!("panel={}", escape(key)))
            .collect();
        let response = ask(app, &format!("/live?{}", keys.join("&"))).await;
        assert_eq!(response.status(), StatusCode::OK);
        Onlooker {
            body: response.into_body(),
            rest: Vec::new(),
            shown: HashMap::new(),
            everything: String::new(),
        }
    }

    /// Looks on until `seen`, and says how long that took. It is a failure when it
    /// takes longer than `limit`; `what` is waited for.
    pub async fn until(
        &mut self,
        what: &str,
        limit: Duration,
        mut seen: impl FnMut(&HashMap<String, String>) -> bool,
    ) -> Duration {
        let began = Instant::now();
        while !seen(&self.shown) {
            let left = limit.saturating_sub(began.elapsed());
            if timeout(left, self.next()).await.is_err() {
                let states: Vec<String> = self
                    .shown
                    .iter()
                    .map(|(key, html)| format!("{key}: {}", brief(html)))
                    .collect();
                panic!("{what}: not within {limit:?}\n{}", states.join("\n"));
            }
        }
        began.elapsed()
    }

    /// Looks on for so long, whatever comes.
    pub async fn look_on(&mut self, time: Duration) {
        let _over = timeout(time, async {
            loop {
                self.next().await;
            }
        })
        .await;
    }

    /// Takes in what comes next. Cancel safe.
    async fn next(&mut self) {
        let frame = self.body.frame().await.expect("the stream goes on");
        let bytes = frame.expect("a frame").into_data().expect("data");
        self.everything.push_str(&String::from_utf8_lossy(&bytes));
        self.rest.extend_from_slice(&bytes);
        while let Some(end) = self.rest.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = self.rest.drain(..end + 2).collect();
            self.take(&String::from_utf8_lossy(&event));
        }
    }

    fn take(&mut self, event: &str) {
        let Some(data) = event.strip_prefix("event: panel\n") else {
            return;
        };
        let mut lines = data.lines().filter_map(|line| line.strip_prefix("data: "));
        let key = lines.next().unwrap_or_default().to_owned();
        self.shown.insert(key, lines.collect::<Vec<_>>().join("\n"));
    }
}

/// Whether all `keys` are shown in this state.
pub fn all_are(shown: &HashMap<String, String>, keys: &[String], state: &str) -> bool {
    let is = |key: &String| shown.get(key).is_some_and(|html| state_of(html) == state);
    keys.iter().all(is)
}

/// The `data-state` of a fragment.
pub fn state_of(html: &str) -> &str {
    let state = html
        .split_once("data-state=\"")
        .map_or("", |(_, rest)| rest);
    state.split_once('"').map_or("", |(state, _)| state)
}

fn brief(html: &str) -> String {
    let caution = html
        .split_once("class=\"caution\">")
        .map_or("", |(_, rest)| rest);
    let caution = caution
        .split_once("</p>")
        .map_or("", |(caution, _)| caution);
    format!("{} {caution}", state_of(html))
}

fn escape(key: &str) -> String {
    key.replace('%', "%25")
        .replace('?', "%3F")
        .replace('=', "%3D")
        .replace('&', "%26")
}
