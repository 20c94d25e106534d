//! The live stream: what a page's one connection carries.

use crate::fake_engine::FakeEngine;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use waterline::engine::{Endpoint, Engine, Found, Host, HostName};
use waterline::notebook::{Notebook, Rules};
use waterline::panels::attached::Attached;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::reply::Reply;
use waterline::web::state::{App, Edition};

pub const LONG: Duration = Duration::from_secs(10);

fn waterline(engine: &FakeEngine) -> Arc<App> {
    Arc::new(app(engine))
}

/// A Waterline with this engine as its host.
pub fn app(engine: &FakeEngine) -> App {
    let name = HostName::new("fake").expect("a name");
    let host = Host::new(Found::named(name, Endpoint::unix(engine.socket())));
    let notebook = Notebook::from_files([], &Rules::default());
    let edition = Edition::new(notebook, Attached::built_in(), "a test".into());
    let key = Key::new().expect("randomness");
    App::new(7070, key, Engine::new([host]), edition)
}

/// Somebody who looks at a page.
pub struct Viewer {
    status: StatusCode,
    body: Reply,
    text: String,
}

impl Viewer {
    pub async fn of(app: &Arc<App>, query: &str, site: &str) -> Viewer {
        let request = Request::get(format!("/live?{query}"))
            .header("host", "127.0.0.1:7070")
            .header("sec-fetch-site", site)
            .body(Full::<Bytes>::default())
            .expect("a request");
        let response = Front::new(Arc::clone(app)).answer(request).await;
        let Ok(response) = response;
        Viewer {
            status: response.status(),
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// Reads on until all of `marks` have come; the text up to there is taken.
    pub async fn sees(&mut self, marks: &[String]) -> String {
        let read = async {
            while !marks.iter().all(|mark| self.text.contains(mark)) {
                let frame = self.body.frame().await.expect("the stream goes on");
                let bytes = frame.expect("a frame").into_data().expect("data");
                self.text.push_str(&String::from_utf8_lossy(&bytes));
            }
            std::mem::take(&mut self.text)
        };
        tokio::time::timeout(LONG, read)
            .await
            .expect("what it waits for")
    }

    /// Everything that comes until nothing has for this long.
    pub async fn hears_until_quiet(&mut self, quiet: Duration) -> String {
        while let Ok(frame) = tokio::time::timeout(quiet, self.body.frame()).await {
            let frame = frame.expect("the stream goes on").expect("a frame");
            let bytes = frame.into_data().expect("data");
            self.text.push_str(&String::from_utf8_lossy(&bytes));
        }
        std::mem::take(&mut self.text)
    }

    /// Whether the stream ends by itself.
    async fn ends(mut self) -> bool {
        let read = async { while self.body.frame().await.is_some() {} };
        tokio::time::timeout(LONG, read).await.is_ok()
    }
}

/// What a page answers: its status and its text.
pub async fn page(app: &Arc<App>, address: &str) -> (StatusCode, String) {
    let request = Request::get(address)
        .header("host", "127.0.0.1:7070")
        .body(Full::<Bytes>::default())
        .expect("a request");
    let Ok(response) = Front::new(Arc::clone(app)).answer(request).await;
    let status = response.status();
    let body = response.into_body().collect().await.expect("a body");
    let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    (status, text)
}

/// How the event of a panel begins.
pub fn drawn(panel: &str) -> String {
    format!("event: panel\ndata: {panel}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_viewers_cost_the_engine_as_many_calls_as_one() {
    let engine = FakeEngine::start().await;
    let app = waterline(&engine);
    let page = "panel=networks&panel=layers&panel=storage-driver";
    let everything = ["networks", "layers", "storage-driver"].map(drawn);

    let mut viewers = vec![Viewer::of(&app, page, "same-origin").await];
    viewers[0].sees(&everything).await;
    let calls_of_one = engine.script.questions();
    assert!(calls_of_one >= 3, "each panel asks: {calls_of_one}");

    for _ in 1..200 {
        let mut viewer = Viewer::of(&app, page, "same-origin").await;
        viewer.sees(&everything).await;
        viewers.push(viewer);
    }
    assert_eq!(
        engine.script.questions(),
        calls_of_one,
        "{:?}",
        engine.script.calls()
    );
    assert_eq!(engine.script.listeners(), 1, "one stream of events for all");

    let lab = json!([{"Name": "lab", "Id": "1ab0", "Driver": "bridge", "Scope": "local"}]);
    engine.script.answers("/networks", 200, lab.to_string());
    engine.script.event("network", "create", "1ab0");
    for viewer in &mut viewers {
        let seen = viewer.sees(&[drawn("networks"), "lab".into()]).await;
        assert!(!seen.contains("event: gone"), "{seen}");
    }
    let calls_after = engine.script.questions();
    assert!(
        calls_after <= 2 * calls_of_one,
        "{:?}",
        engine.script.calls()
    );

    drop(viewers);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(engine.script.listeners(), 0, "nobody looks, nobody listens");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_names_nothing_is_told_and_holds_up_no_other() {
    let engine = FakeEngine::start().await;
    let app = waterline(&engine);
    let page = "panel=no%0Asuch&panel=layers%3Fhost%3Dnobody&panel=%ff&panel=networks&panel";
    let mut viewer = Viewer::of(&app, page, "same-origin").await;
    let seen = viewer.sees(&[drawn("networks")]).await;
    assert!(
        seen.contains("event: gone\ndata: no\ndata: such\n\n"),
        "{seen}"
    );
    assert!(
        seen.contains("event: gone\ndata: layers?host=nobody\n\n"),
        "{seen}"
    );
    assert!(seen.contains("event: host\ndata: <live-host"), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_hears_nothing() {
    let engine = FakeEngine::start().await;
    let app = waterline(&engine);
    for site in ["cross-site", "same-site"] {
        let viewer = Viewer::of(&app, "panel=networks", site).await;
        assert_eq!(viewer.status, StatusCode::FORBIDDEN);
        assert!(viewer.ends().await);
    }
    assert!(engine.script.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_ends_when_waterline_stops() {
    let engine = FakeEngine::start().await;
    let app = waterline(&engine);
    let mut viewer = Viewer::of(&app, "panel=networks", "same-origin").await;
    viewer.sees(&["event: host".into()]).await;
    app.stop();
    assert!(viewer.ends().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_keys_cannot_take_all_of_the_machine() {
    let engine = FakeEngine::start().await;
    let app = waterline(&engine);
    let mut viewers = Vec::new();
    for page in 0..18 {
        let keys: Vec<String> = (0..60)
            .map(|key| format!("panel=networks%3Fof%3D{page}-{key}"))
            .collect();
        viewers.push(Viewer::of(&app, &keys.join("&"), "same-origin").await);
    }
    viewers[17]
        .sees(&["event: gone\ndata: networks?of=17-59\n".into()])
        .await;
    // Those that were there go on, and room is free again when they leave.
    viewers[0].sees(&[drawn("networks?of=0-59")]).await;
    viewers.clear();
    let mut later = Viewer::of(&app, "panel=networks", "same-origin").await;
    later.sees(&[drawn("networks")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_value_is_asked_once_for_all_who_read_it() {
    let engine = FakeEngine::start().await;
    let info = json!({"Driver": "vfs"});
    engine.script.answers("/info", 200, info.to_string());
    let app = waterline(&engine);
    let page = "value=storage-driver&value=nothing&panel=networks";
    let told = "<live-value name=\"storage-driver\"".to_owned();
    let mut first = Viewer::of(&app, page, "same-origin").await;
    // In one go: which of them comes first is open, and what was seen is taken.
    let seen = first
        .sees(&[
            told.clone(),
            "<span class=\"host\">vfs</span>".into(),
            "event: gone\n".into(),
            drawn("networks"),
        ])
        .await;
    assert!(
        seen.contains("event: value\ndata: storage-driver\ndata: <live-value"),
        "{seen}"
    );
    assert!(
        seen.contains("event: gone\ndata: value:nothing\n\n"),
        "{seen}"
    );
    let calls_of_one = engine.script.questions();
    let mut others = Vec::new();
    for _ in 0..50 {
        let mut viewer = Viewer::of(&app, page, "same-origin").await;
        viewer.sees(std::slice::from_ref(&told)).await;
        others.push(viewer);
    }
    assert_eq!(engine.script.questions(), calls_of_one);
}
