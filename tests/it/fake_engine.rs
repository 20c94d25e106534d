//! An engine that does what a test tells it: it counts, hangs, lies, dies and comes
//! back as another one, on a Unix socket in a folder of its own.

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::net::UnixListener;
use tokio::sync::{broadcast, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_stream::wrappers::BroadcastStream;
use waterline::engine::{Endpoint, Found, Host, HostName, Recording};

/// The engine, and the folder that its socket is in.
pub struct FakeEngine {
    folder: tempfile::TempDir,
    pub script: Arc<Script>,
    serving: Option<JoinHandle<()>>,
}

/// What the engine does, changed while it runs.
pub struct Script {
    said: Mutex<Said>,
    hangs: watch::Sender<bool>,
    events: broadcast::Sender<Option<String>>,
}

struct Said {
    api: String,
    oldest: String,
    engine: String,
    answers: HashMap<String, (u16, String)>,
    takes: Duration,
    calls: Vec<String>,
    at_once: usize,
    most_at_once: usize,
}

impl FakeEngine {
    /// An engine of API 1.41 that answers `[]` to everything.
    pub async fn start() -> FakeEngine {
        let script = Script {
            said: Mutex::new(Said {
                api: "1.41".into(),
                oldest: "1.12".into(),
                engine: "20.10.24".into(),
                answers: HashMap::new(),
                takes: Duration::ZERO,
                calls: Vec::new(),
                at_once: 0,
                most_at_once: 0,
            }),
            hangs: watch::Sender::new(false),
            events: broadcast::Sender::new(1000),
        };
        let mut engine = FakeEngine {
            folder: tempfile::tempdir().expect("a folder"),
            script: Arc::new(script),
            serving: None,
        };
        engine.restart().await;
        engine
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    /// A host that was named with `--host`.
    pub fn host(&self) -> Arc<Host> {
        Arc::new(self.host_value())
    }

    /// The same, for an [`Engine`](waterline::engine::Engine) of its own.
    pub fn host_value(&self) -> Host {
        let name = HostName::new("fake").expect("a name");
        Host::new(Found::named(name, Endpoint::unix(self.socket())))
    }

    /// A host that was only found, with a recording of one answer to stand in for it.
    pub fn found_host(&self) -> Arc<Host> {
        let recording = Recording::parse(
            r#"{"recorded":"2026-11-24T06:00:00Z","engine":"1","api":"1.41",
                "answers":{"/networks":[{"Name":"recorded"}]}}"#,
        )
        .expect("a recording");
        let found = Found {
            name: HostName::new("default").expect("a name"),
            candidates: vec![
                Endpoint::unix("/nowhere/docker.sock"),
                Endpoint::unix(self.socket()),
            ],
            named: false,
            problem: None,
        };
        Arc::new(Host::with_stand_in(found, Some(Arc::new(recording))))
    }

    /// Begins to listen, as an engine that was started again.
    pub async fn restart(&mut self) {
        self.stop().await;
        let _stale = std::fs::remove_file(self.socket());
        let listener = UnixListener::bind(self.socket()).expect("a socket");
        let script = Arc::clone(&self.script);
        self.serving = Some(tokio::spawn(serve(listener, script)));
    }

    /// Dies: connections end, the socket stays and refuses.
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _aborted = serving.await;
        }
    }
}

impl Drop for FakeEngine {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}

impl Script {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().expect("no panic in the engine")
    }

    /// Answers `path` (without a version) with this from now on.
    pub fn answers(&self, path: &str, status: u16, body: impl Into<String>) {
        let answer = (status, body.into());
        self.said().answers.insert(path.into(), answer);
    }

    /// Answers everything as the host in the embedded recording did.
    pub fn answers_as_recorded(&self) {
        let recording = Recording::parse(include_str!("../../src/engine/recorded_host.json"))
            .expect("the recording");
        for (path, json) in recording.answers {
            if path != "/version" {
                self.answers(&path, 200, json.to_string());
            }
        }
    }

    pub fn takes(&self, time: Duration) {
        self.said().takes = time;
    }

    pub fn speaks(&self, api: &str, engine: &str) {
        let mut said = self.said();
        (said.api, said.engine) = (api.into(), engine.into());
    }

    pub fn hang(&self, hangs: bool) {
        self.hangs.send_replace(hangs);
    }

    /// Reports an event to everyone who listens.
    pub fn event(&self, kind: &str, action: &str, id: &str) {
        let event = format!(
            "{{\"Type\":\"{kind}\",\"Action\":\"{action}\",\"Actor\":{{\"ID\":\"{id}\",\"Attributes\":{{}}}},\"scope\":\"local\",\"time\":1,\"timeNano\":1}}\n"
        );
        let _nobody_listens = self.events.send(Some(event));
    }

    /// Ends every stream of events.
    pub fn hang_up(&self) {
        let _nobody_listens = self.events.send(None);
    }

    pub fn listeners(&self) -> usize {
        self.events.receiver_count()
    }

    /// All calls so far, as `GET /v1.41/info`.
    pub fn calls(&self) -> Vec<String> {
        self.said().calls.clone()
    }

    /// How many calls so far are to this path, in any version.
    pub fn count(&self, path: &str) -> usize {
        let is = |call: &&String| call.split(' ').nth(1).is_some_and(|p| bare(p) == path);
        self.said().calls.iter().filter(is).count()
    }

    /// How many calls so far are questions: neither pings nor the negotiation.
    pub fn questions(&self) -> usize {
        let asked = |call: &&String| call.contains(" /v1.") && !call.contains("/events");
        self.said().calls.iter().filter(asked).count()
    }

    pub fn most_at_once(&self) -> usize {
        self.said().most_at_once
    }

    /// Waits until somebody listens to the events.
    pub async fn is_heard(&self) {
        for _ in 0..500 {
            if self.listeners() > 0 {
                // The listener takes a moment to see that the stream is open.
                tokio::time::sleep(Duration::from_millis(50)).await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nobody listens to the events");
    }
}

/// The path without its version.
fn bare(path: &str) -> &str {
    match path.strip_prefix("/v1.") {
        Some(rest) => &rest[rest.find('/').unwrap_or(rest.len())..],
        None => path,
    }
}

async fn serve(listener: UnixListener, script: Arc<Script>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let script = Arc::clone(&script);
        connections.spawn(async move {
            let service = service_fn(move |request| reply(Arc::clone(&script), request));
            let _closed = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

type Body = BoxBody<Bytes, Infallible>;

async fn reply(
    script: Arc<Script>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path_and_query().expect("a path").to_string();
    let takes = {
        let mut said = script.said();
        said.calls.push(format!("{} {path}", request.method()));
        said.at_once += 1;
        said.most_at_once = said.most_at_once.max(said.at_once);
        said.takes
    };
    let _down = AtOnce(Arc::clone(&script));
    let mut hangs = script.hangs.subscribe();
    let _ = hangs.wait_for(|hangs| !hangs).await;
    let mut path = bare(&path).to_owned();
    if path.starts_with("/events?since=1&until=") {
        // When "now" was is different each time.
        path = "/events?since=1&until=now".into();
    }
    if path == "/events" {
        let events = BroadcastStream::new(script.events.subscribe())
            .take_while(|event| std::future::ready(matches!(event, Ok(Some(_)))))
            .filter_map(|event| async { event.ok().flatten() })
            .map(|event| Ok(Frame::data(Bytes::from(event))));
        return Ok(Response::new(BodyExt::boxed(StreamBody::new(events))));
    }
    if !path.starts_with("/_ping") {
        tokio::time::sleep(takes).await;
    }
    let said = script.said();
    let version = format!(
        r#"{{"Version":"{}","ApiVersion":"{}","MinAPIVersion":"{}"}}"#,
        said.engine, said.api, said.oldest
    );
    let (status, body) = match (said.answers.get(&path), path.as_str()) {
        (Some(answer), _) => answer.clone(),
        (None, "/_ping") => (200, "OK".to_owned()),
        (None, "/version") => (200, version),
        (None, _) => (200, "[]".to_owned()),
    };
    let response = Response::builder()
        .status(status)
        .header("Api-Version", &said.api)
        .header("Server", format!("Docker/{} (linux)", said.engine))
        .body(Full::new(Bytes::from(body)).boxed())
        .expect("a response");
    Ok(response)
}

struct AtOnce(Arc<Script>);

impl Drop for AtOnce {
    fn drop(&mut self) {
        self.0.said().at_once -= 1;
    }
}
