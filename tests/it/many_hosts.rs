//! Several hosts at once: each its own page and pictures, two side by side, contexts
//! on request, and one that hangs beside one that answers.

use crate::fake_engine::FakeEngine;
use axum::http::{Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use waterline::engine::{Endpoint, Engine, Found, Host, HostName, Surroundings};
use waterline::notebook::{Notebook, Rules};
use waterline::panels::attached::Attached;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::reply::Reply;
use waterline::web::state::{App, Edition};

/// What a page may take although a host hangs: far less than a host's own deadline
/// of seconds, and more than a busy machine adds.
const SOON: Duration = Duration::from_millis(2500);

fn host(name: &str, engine: &FakeEngine) -> Host {
    let name = HostName::new(name).expect("a name");
    Host::new(Found::named(name, Endpoint::unix(engine.socket())))
}

fn app(engine: Engine) -> Arc<App> {
    let note = "---\npath: /a\ntitle: A\n---\n# A <<Learning_A>>\n";
    let files = [("a.md".to_owned(), note.as_bytes().to_vec())];
    let notebook = Notebook::from_files(files, &Rules::default());
    let edition = Edition::new(notebook, Attached::built_in(), "a test".into());
    let key = Key::new().expect("randomness");
    Arc::new(App::new(7070, key, engine, edition))
}

struct Page {
    status: StatusCode,
    location: String,
    cookie: String,
    text: String,
}

async fn send(app: &Arc<App>, method: Method, path: &str, headers: &[(&str, &str)]) -> Page {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:7070");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::<Bytes>::default()).expect("a request");
    let Ok(response): Result<Response<Reply>, _> =
        Front::new(Arc::clone(app)).answer(request).await;
    let header = |name: &str| {
        let value = response.headers().get(name);
        value.map_or(String::new(), |value| {
            value.to_str().expect("text").to_owned()
        })
    };
    let (status, location, cookie) = (response.status(), header("location"), header("set-cookie"));
    let body = response.into_body().collect().await.expect("a body");
    Page {
        status,
        location,
        cookie,
        text: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
    }
}

async fn get(app: &Arc<App>, path: &str) -> Page {
    send(app, Method::GET, path, &[]).await
}

/// Reads the page's stream until it holds all of `marks`.
async fn stream_holds(app: &Arc<App>, query: &str, marks: &[&str]) -> String {
    let request = Request::get(format!("/live?{query}"))
        .header("host", "127.0.0.1:7070")
        .body(Full::<Bytes>::default())
        .expect("a request");
    let Ok(response) = Front::new(Arc::clone(app)).answer(request).await;
    let (mut body, mut text) = (response.into_body(), String::new());
    let read = async {
        while !marks.iter().all(|mark| text.contains(mark)) {
            let frame = body
                .frame()
                .await
                .expect("the stream goes on")
                .expect("a frame");
            text.push_str(&String::from_utf8_lossy(&frame.into_data().expect("data")));
        }
    };
    let came = tokio::time::timeout(Duration::from_secs(10), read).await;
    assert!(came.is_ok(), "{marks:?} did not come: {text}");
    text
}

async fn two() -> (FakeEngine, FakeEngine, Arc<App>) {
    let (near, far) = (FakeEngine::start().await, FakeEngine::start().await);
    near.script
        .answers("/info", 200, r#"{"Driver":"overlay2","ID":"same"}"#);
    far.script
        .answers("/info", 200, r#"{"Driver":"vfs","ID":"same"}"#);
    far.script.speaks("1.47", "27.3.1");
    let app = app(Engine::new([host("near", &near), host("far", &far)]));
    (near, far, app)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_host_delays_no_page_and_no_other_host() {
    let (_near, far, app) = two().await;
    far.script.hang(true);
    for path in [
        "/",
        "/hosts",
        "/hosts/far",
        "/hosts/near",
        "/panels/storage-driver",
        "/panels/storage-driver?host=near",
        "/panels/hosts",
        "/panels/storage-driver?host=near&beside=far",
        "/panels/storage-driver?host=far&beside=near",
    ] {
        let began = Instant::now();
        let page = get(&app, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(began.elapsed() < SOON, "{path} took {:?}", began.elapsed());
    }
    let list = get(&app, "/hosts").await.text;
    assert!(
        list.contains("engine 20.10.24") || list.contains("20.10.24, API 1.41"),
        "{list}"
    );
    // The stream brings the one that answers at once, and the other's silence when known.
    let (_near, far, app) = two().await;
    far.script.hang(true);
    let began = Instant::now();
    let key = "panel=storage-driver%3Fhost%3Dnear%26beside%3Dfar";
    stream_holds(&app, key, &["overlay2", "far has not answered yet."]).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    stream_holds(&app, key, &["overlay2", "said nothing for 1 s"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_host_does_not_keep_others_from_the_hosts_panel() {
    let (_near, far, app) = two().await;
    far.script.hang(true);
    stream_holds(
        &app,
        "panel=hosts",
        &["1 of 2 hosts answers; not heard: far."],
    )
    .await;
    far.script.hang(false);
    let text = stream_holds(
        &app,
        "panel=hosts",
        &["2 hosts are connected, and all answer."],
    )
    .await;
    assert!(text.contains("near and far report the same ID"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_side_by_side_say_what_differs_and_follow_both() {
    let (near, far, app) = two().await;
    let page = get(&app, "/panels/storage-driver?host=near&beside=far")
        .await
        .text;
    for said in [
        "overlay2",
        "vfs",
        "27.3.1",
        "They differ in engine, API, storage driver and answer.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let links = get(&app, "/panels/storage-driver?host=near").await.text;
    assert!(
        links.contains("/panels/storage-driver?host=near&#38;beside=far\">Compare with far</a>"),
        "{links}"
    );
    assert_eq!(
        get(&app, "/panels/networks?host=near&beside=nobody")
            .await
            .status,
        StatusCode::NOT_FOUND
    );

    // Redrawn when either changes.
    let request = Request::get("/live?panel=storage-driver%3Fhost%3Dnear%26beside%3Dfar")
        .header("host", "127.0.0.1:7070")
        .body(Full::<Bytes>::default())
        .expect("a request");
    let Ok(response) = Front::new(Arc::clone(&app)).answer(request).await;
    let mut body = response.into_body();
    near.script.is_heard().await;
    far.script.is_heard().await;
    for (engine, driver) in [(&near, "zfs"), (&far, "btrfs")] {
        engine
            .script
            .answers("/info", 200, format!(r#"{{"Driver":"{driver}"}}"#));
        engine.script.event("container", "start", "c1");
        let mut text = String::new();
        let read = async {
            while !text.contains(driver) {
                let frame = body.frame().await.expect("on").expect("a frame");
                text.push_str(&String::from_utf8_lossy(&frame.into_data().expect("data")));
            }
        };
        let came = tokio::time::timeout(Duration::from_secs(10), read).await;
        assert!(came.is_ok(), "{driver}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_has_a_page_with_its_panels() {
    let (_near, _far, app) = two().await;
    let page = get(&app, "/hosts/far").await;
    for said in [
        "<h1>far</h1>",
        "27.3.1, API 1.47",
        "docker.sock",
        "Heard since",
        "href=\"/panels/layers?host=far\"",
        "href=\"/panels/storage-driver?host=far&#38;beside=near\"",
        "/hosts?choose=far&to=/hosts/far",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert_eq!(
        get(&app, "/hosts/nobody").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_host_is_a_cookie_that_frames_honour_and_addresses_override() {
    let (_near, _far, app) = two().await;
    let chosen = get(&app, "/hosts?choose=far&to=%2Flearnings%2Fdocker").await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert_eq!(chosen.location, "http://127.0.0.1:7070/learnings/docker");
    assert_eq!(chosen.cookie, "host=far; Path=/; SameSite=Strict");
    let away = get(&app, "/hosts?choose=far&to=https%3A%2F%2Fevil.example").await;
    assert_eq!(away.location, "http://127.0.0.1:7070/hosts");
    let default = get(&app, "/hosts?choose=near").await;
    assert!(default.cookie.contains("Max-Age=0"), "{}", default.cookie);
    let nobody = get(&app, "/hosts?choose=nobody").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert_eq!(nobody.cookie, "");

    let with = async |path: &str, cookie: &str| {
        let headers = [
            ("cookie", cookie),
            ("referer", "http://127.0.0.1:7070/learnings/docker"),
        ];
        send(&app, Method::GET, path, &headers).await.text
    };
    let frame = "/panels/storage-driver?frame";
    let framed = with(frame, "a=b; host=far").await;
    assert!(
        framed.contains("vfs") && framed.contains("far, Engine 27.3.1"),
        "{framed}"
    );
    assert!(
        framed.contains("/hosts?choose=near&#38;to=%2Flearnings%2Fdocker"),
        "the way back: {framed}"
    );
    let framed = with("/panels/storage-driver?frame&host=near", "host=far").await;
    assert!(framed.contains("overlay2"), "{framed}");
    // Unknown: the default one, and a sentence.
    let framed = with(frame, "host=nobody").await;
    assert!(framed.contains("overlay2"), "{framed}");
    assert!(
        framed.contains("You chose the host nobody, and no host of that name"),
        "{framed}"
    );
    // Programs get what they asked for.
    let json = with("/panels/storage-driver.json", "host=far").await;
    assert!(json.contains("\"name\":\"near\""), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_brings_the_chip_of_the_chosen_host() {
    let (_near, _far, app) = two().await;
    let text = stream_holds(&app, "host=far", &["event: host", "live</a>"]).await;
    assert!(text.contains("<option value=\"far\" selected>"), "{text}");
    assert!(text.contains("<option value=\"near\">"), "{text}");
    let text = stream_holds(&app, "host=nobody", &["data-unknown=\"nobody\""]).await;
    assert!(text.contains("<option value=\"near\" selected>"), "{text}");
    let alone = crate::many_hosts::app(Engine::new([host("near", &_near)]));
    let text = stream_holds(&alone, "", &["event: host"]).await;
    assert!(!text.contains("<select"), "nothing to choose: {text}");
}

/// A machine with a context `lab` at this socket, and one that is broken.
fn machine(folder: &Path, socket: &Path) -> Surroundings {
    let write = |name: &str, text: String| {
        let digest = Sha256::digest(name.as_bytes());
        let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
        let folder = folder.join("contexts/meta").join(hex);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("meta.json"), text).expect("a file");
    };
    let host = format!("unix://{}", socket.display());
    write(
        "lab",
        format!(r#"{{"Name":"lab","Endpoints":{{"docker":{{"Host":"{host}"}}}}}}"#),
    );
    write("odd", r#"{"Name":"odd","Endpoints":{}}"#.into());
    let env = [("DOCKER_CONFIG".to_owned(), folder.display().to_string())];
    Surroundings {
        env: HashMap::from(env),
        ..Surroundings::of_this_process()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_is_offered_and_connected_only_when_the_key_holder_asks() {
    let (near, lab) = (FakeEngine::start().await, FakeEngine::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let around = machine(folder.path(), &lab.socket());
    let app = app(Engine::new([host("near", &near)]).among(around));

    let list = get(&app, "/hosts").await.text;
    for said in [
        "id=\"context-lab\"",
        "Connecting needs the key",
        "describes no Docker host",
    ] {
        assert!(list.contains(said), "{said}: {list}");
    }
    let text = stream_holds(&app, "panel=hosts", &["event: panel"]).await;
    assert!(text.contains("contexts that are not connected"), "{text}");
    assert_eq!(
        lab.script.calls(),
        Vec::<String>::new(),
        "nothing was asked"
    );
    let home = get(&app, "/").await.text;
    assert!(!home.contains("/hosts/lab"), "{home}");

    let origin = ("origin", "http://127.0.0.1:7070");
    let connect =
        async |path: &str, headers: &[(&str, &str)]| send(&app, Method::POST, path, headers).await;
    let key = get(&app, &format!("/?key={}", app.key.text())).await.cookie;
    let cookie = ("cookie", key.split(';').next().expect("a cookie"));
    let path = "/hosts/lab/connect";
    for (headers, status) in [
        (vec![], StatusCode::FORBIDDEN),
        (vec![origin], StatusCode::FORBIDDEN),
        (vec![cookie], StatusCode::FORBIDDEN),
        (
            vec![cookie, ("origin", "http://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (
            vec![origin, ("cookie", "waterline-7070=guess")],
            StatusCode::FORBIDDEN,
        ),
    ] {
        let page = connect(path, &headers).await;
        assert_eq!(page.status, status, "{headers:?}");
        assert_eq!(app.engine.hosts().len(), 1, "{headers:?}");
    }
    let missing = connect(path, &[origin]).await.text;
    assert!(missing.contains("This needs the key"), "{missing}");
    for (name, status) in [
        ("odd", StatusCode::UNPROCESSABLE_ENTITY),
        ("nobody", StatusCode::NOT_FOUND),
    ] {
        let page = connect(&format!("/hosts/{name}/connect"), &[origin, cookie]).await;
        assert_eq!(page.status, status, "{name}");
    }
    let other = send(&app, Method::POST, "/hosts/lab", &[origin, cookie]).await;
    assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(lab.script.calls(), Vec::<String>::new(), "still nothing");

    let done = connect(path, &[origin, cookie]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(done.location, "http://127.0.0.1:7070/hosts/lab");
    assert!(get(&app, "/hosts/lab").await.text.contains("20.10.24"));
    let home = get(&app, "/").await.text;
    assert!(
        home.contains("/hosts/lab"),
        "kept pages are made again: {home}"
    );
    // A second time it is the same host.
    connect(path, &[origin, cookie]).await;
    assert_eq!(app.engine.hosts().len(), 2);
    let list = get(&app, "/hosts").await.text;
    assert!(list.contains("Connected, as the host"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_open_hears_of_a_new_host() {
    let (near, lab) = (FakeEngine::start().await, FakeEngine::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let around = machine(folder.path(), &lab.socket());
    let app = app(Engine::new([host("near", &near)]).among(around));
    let with = Arc::clone(&app);
    let connects = tokio::spawn(async move {
        near.script.is_heard().await;
        tokio::task::spawn_blocking(move || with.engine.connect_context("lab")).await
    });
    let marks = [
        "<option value=\"lab\">",
        "2 hosts are connected, and all answer.",
    ];
    stream_holds(&app, "panel=hosts", &marks).await;
    let name = connects.await.expect("no panic").expect("no panic");
    assert_eq!(name, Ok("lab".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_host_hears_the_heartbeat_alone_and_the_panel_holds_still() {
    let (near, far, app) = two().await;
    let request =
        Request::get("/live?panel=hosts&panel=storage-driver%3Fhost%3Dnear%26beside%3Dfar")
            .header("host", "127.0.0.1:7070")
            .body(Full::<Bytes>::default())
            .expect("a request");
    let Ok(response) = Front::new(Arc::clone(&app)).answer(request).await;
    let mut body = response.into_body();
    // The first pings have been measured by then.
    let mut settled = String::new();
    let settle = tokio::time::sleep(Duration::from_secs(5));
    tokio::pin!(settle);
    loop {
        tokio::select! {
            () = &mut settle => break,
            frame = body.frame() => {
                let data = frame.expect("on").expect("a frame").into_data().expect("data");
                settled.push_str(&String::from_utf8_lossy(&data));
            }
        }
    }
    assert!(settled.contains(" ms"), "measured: {settled}");
    let asked = |engine: &FakeEngine| {
        let calls = engine.script.calls();
        calls.iter().filter(|call| !call.contains("/_ping")).count()
    };
    let before = (asked(&near), asked(&far));
    let pings = near.script.count("/_ping");
    let mut drawn = String::new();
    let quiet = tokio::time::sleep(Duration::from_secs(7));
    tokio::pin!(quiet);
    loop {
        tokio::select! {
            () = &mut quiet => break,
            frame = body.frame() => {
                let data = frame.expect("on").expect("a frame").into_data().expect("data");
                drawn.push_str(&String::from_utf8_lossy(&data));
            }
        }
    }
    assert!(
        !drawn.contains("storage-driver"),
        "nothing changed, and yet: {drawn}"
    );
    // On a busy machine the pace itself may change, once each for the two hosts.
    let redrawn = drawn.matches("event: panel").count();
    assert!(
        redrawn <= 2,
        "the hosts panel was drawn {redrawn} times: {drawn}"
    );
    assert_eq!(
        (asked(&near), asked(&far)),
        before,
        "{:?}",
        near.script.calls()
    );
    assert!(near.script.count("/_ping") > pings, "the heart beats");
}
