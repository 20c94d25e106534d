//! The pages of demos: who may run what, what a form must carry, and what comes of it.

use crate::fake_engine::FakeEngine;
use crate::sandbox_room::Room;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use waterline::demos::instance::Slot;
use waterline::demos::runner::{Sandboxes, Terms};
use waterline::demos::sandbox::Limits;
use waterline::engine::{Endpoint, Engine, Found, Host, HostName};
use waterline::notebook::{Notebook, Rules};
use waterline::panels::attached::Attached;
use waterline::web::demos::stage::Stage;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::reply::Reply;
use waterline::web::server;
use waterline::web::state::{App, Edition};

const NOTE: &str =
    "---\npath: /a\ntitle: A\n---\n# A <<Learning_Docker_Storage_Restart>>\n\nText.\n";
const DEMO: &str = "---\ntitle: A <b>file</b> stays\ntopic: Learning_Docker_Storage_Restart\n\
    minutes: 2\n---\nFirst <script>alert(1)</script> this.\n\n```console\n\
    $ docker run -d --init --name c1 busybox sleep 600\n[..]\n\
    $ docker exec c1 sh -c 'echo \"<b>x</b>\"'\n<b>x</b>\n```\n\nThen this.\n\n```console\n\
    $ docker exec c1 cat /nothing\n! cat: can't open '/nothing': No such file or directory\n[1]\n\
    $ docker run -v /:/host busybox true\nrefused: bind\n```\n";
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:7070");

fn edition() -> Edition {
    let more = (1..=5).map(|more| (format!("demos/more{more}.md"), DEMO));
    let files = [("a.md", NOTE), ("demos/stays.md", DEMO)];
    let files = files.map(|(file, text)| (file.to_owned(), text));
    let files = files.into_iter().chain(more);
    let files = files.map(|(file, text)| (file, text.as_bytes().to_vec()));
    let notebook = Notebook::from_files(files, &Rules::default());
    Edition::new(notebook, Attached::built_in(), "a test".into())
}

fn read_only(host: Host) -> Arc<App> {
    let key = Key::new().expect("randomness");
    Arc::new(App::new(7070, key, Engine::new([host]), edition()))
}

fn host(name: &str, endpoint: Endpoint) -> Host {
    Host::new(Found::named(HostName::new(name).expect("a name"), endpoint))
}

/// A Waterline whose demos run on this engine.
async fn on(engine: &FakeEngine) -> Arc<App> {
    let own = || host("fake", Endpoint::unix(engine.socket()));
    let state = tempfile::tempdir().expect("a folder");
    let slot = Slot::take_in(state.path()).expect("a slot");
    let sandboxes = Sandboxes::new(
        Arc::new(Engine::new([own()])),
        slot,
        Limits::default(),
        Terms::default(),
    );
    with(own(), sandboxes)
}

fn with(host: Host, sandboxes: Arc<Sandboxes>) -> Arc<App> {
    let key = Key::new().expect("randomness");
    let stage = Stage::new(sandboxes).expect("randomness");
    let app = App::new(7070, key, Engine::new([host]), edition());
    Arc::new(app.with_stage(Ok(stage)))
}

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Page {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("text"))
    }

    /// The value of a hidden field of the form that is sent to `action`.
    fn field(&self, action: &str, name: &str) -> String {
        let form = format!("action=\"{action}\"");
        let (_, form) = self
            .text
            .split_once(&form)
            .unwrap_or_else(|| panic!("no form {action} in {}", self.text));
        let field = format!("name=\"{name}\" value=\"");
        let (_, value) = form.split_once(&field).expect("the field");
        value.split('"').next().expect("a value").to_owned()
    }
}

async fn send(
    app: &Arc<App>,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Page {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:7070");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::<Bytes>::from(body.to_owned()))
        .expect("a request");
    let Ok(response): Result<Response<Reply>, _> =
        Front::new(Arc::clone(app)).answer(request).await;
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Page {
        status: head.status,
        headers: head.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// The cookies of a browser that was opened with the key, and that has seen a demo.
async fn visitor(app: &Arc<App>) -> String {
    let welcome = send(
        app,
        Method::GET,
        &format!("/?key={}", app.key.text()),
        &[],
        "",
    )
    .await;
    let key = pair(welcome.header("set-cookie"));
    let demo = send(app, Method::GET, "/demos/stays", &[("cookie", &key)], "").await;
    let sandbox = demo.header("set-cookie").to_owned();
    assert!(sandbox.starts_with("sandbox-7070="), "{sandbox}");
    assert!(
        sandbox.ends_with("; HttpOnly; SameSite=Strict; Path=/"),
        "{sandbox}"
    );
    format!("{key}; {}", pair(&sandbox))
}

fn pair(cookie: &str) -> String {
    cookie.split(';').next().unwrap_or_default().to_owned()
}

fn changes(engine: &FakeEngine) -> Vec<String> {
    let calls = engine.script.calls().into_iter();
    calls
        .filter(|call| !call.starts_with("GET ") && !call.starts_with("HEAD "))
        .collect()
}

const FORMS: [&str; 6] = [
    "/demos/stays/steps/1",
    "/demos/stays/to/2",
    "/demos/stays/all",
    "/demos/stays/reset",
    "/prompt",
    "/prompt/reset",
];

#[tokio::test]
async fn a_form_needs_our_own_page_the_key_and_the_token() {
    let engine = FakeEngine::start().await;
    let app = on(&engine).await;
    let cookies = visitor(&app).await;
    let key = cookies.split(';').next().expect("the key").to_owned();
    let seen = [("cookie", cookies.as_str())];
    let page = send(&app, Method::GET, "/demos/stays", &seen, "").await;
    assert_eq!(page.header("set-cookie"), "", "the cookie is kept");
    assert_eq!(page.header("cache-control"), "no-store");
    let token = page.field("/demos/stays/steps/1", "token");
    let good = format!("token={token}&turn=0.0&host=fake&line=docker+ps&name=n1");
    // The same browser profile, but another sandbox's cookie.
    let fresh = send(&app, Method::GET, "/demos/stays", &[("cookie", &key)], "").await;
    let other = format!("{key}; {}", pair(fresh.header("set-cookie")));
    for path in FORMS {
        for (headers, body, says) in [
            (
                vec![seen[0]],
                good.as_str(),
                "No page of Waterline sent this",
            ),
            (
                vec![seen[0], ("origin", "http://127.0.0.1:8080")],
                &good,
                "Another site",
            ),
            (vec![seen[0], ("origin", "null")], &good, "Another site"),
            (
                vec![seen[0], ORIGIN, ("sec-fetch-site", "same-site")],
                &good,
                "Another site",
            ),
            (vec![ORIGIN], &good, "This needs the key"),
            (
                vec![
                    ORIGIN,
                    ("cookie", "sandbox-7070=00000000000000000000000000000000"),
                ],
                &good,
                "This needs the key",
            ),
            (vec![ORIGIN, ("cookie", &key)], &good, "out of date"),
            (vec![ORIGIN, ("cookie", &other)], &good, "out of date"),
            (vec![ORIGIN, seen[0]], "turn=0.0&host=fake", "out of date"),
            (
                vec![ORIGIN, seen[0]],
                "token=&turn=0.0&host=fake",
                "out of date",
            ),
        ] {
            let answer = send(&app, Method::POST, path, &headers, body).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path} {headers:?} {body}"
            );
            assert!(
                answer.text.contains(says),
                "{path}: no {says} in {}",
                answer.text
            );
        }
        let odd = send(&app, Method::PUT, path, &[ORIGIN, seen[0]], &good).await;
        assert_eq!(odd.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    assert_eq!(changes(&engine), Vec::<String>::new());
    let calls = engine.script.calls();
    assert!(
        !calls.iter().any(|call| call.contains("/images/json")),
        "{calls:?}"
    );

    // The same form, sent as it should be, is heard: there is no image on this engine.
    let headers = [ORIGIN, seen[0]];
    let done = send(&app, Method::POST, "/demos/stays/steps/1", &headers, &good).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(
        done.header("location"),
        "http://127.0.0.1:7070/demos/stays?host=fake#step-1"
    );
    let page = send(&app, Method::GET, "/demos/stays?host=fake", &seen, "").await;
    assert!(page.text.contains("waterline prepare"), "{}", page.text);
    assert_eq!(changes(&engine), Vec::<String>::new());
}

#[tokio::test]
async fn who_may_not_run_a_demo_reads_it_with_what_comes_out_and_why_not() {
    let engine = FakeEngine::start().await;
    let no_key = on(&engine).await;
    let read_only = read_only(host("fake", Endpoint::unix(engine.socket())));
    for (app, why) in [(&no_key, "?key="), (&read_only, "--read-only")] {
        for path in ["/demos/stays", "/prompt", "/demos"] {
            let page = send(app, Method::GET, path, &[], "").await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.text.contains(why), "{path} {why}: {}", page.text);
            assert!(!page.text.contains("<form method=\"post\""), "{path}");
            assert!(!page.text.contains("name=\"token\""), "{path}");
            assert_eq!(page.header("set-cookie"), "", "{path}");
        }
        let page = send(app, Method::GET, "/demos/stays", &[], "").await.text;
        assert!(page.contains("docker exec c1 cat /nothing"), "{page}");
        assert!(
            page.contains("Where demos may run, docker commands"),
            "{page}"
        );
        assert!(page.contains("&#39;/nothing&#39;: No such file"), "{page}");
        assert!(
            page.contains("<details class=\"expects\" id=\"expects-1\" open>"),
            "{page}"
        );
        let complete = "/prompt/complete?line=docker&cursor=6&demo=&host=fake";
        let answer = send(app, Method::GET, complete, &[], "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    let cookies = {
        let welcome = format!("/?key={}", read_only.key.text());
        let welcome = send(&read_only, Method::GET, &welcome, &[], "").await;
        pair(welcome.header("set-cookie"))
    };
    for path in FORMS {
        let headers = [ORIGIN, ("cookie", cookies.as_str())];
        let answer = send(&read_only, Method::POST, path, &headers, "token=x").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(
            answer.text.contains("Nothing can be run here"),
            "{}",
            answer.text
        );
    }
    assert_eq!(changes(&engine), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_demo_says_is_text_and_nothing_else() {
    let engine = FakeEngine::start().await;
    let app = on(&engine).await;
    let cookies = visitor(&app).await;
    let seen = [("cookie", cookies.as_str())];
    let page = send(&app, Method::GET, "/demos/stays", &seen, "")
        .await
        .text;
    for text in [
        "A &#60;b&#62;file&#60;/b&#62; stays",
        "&#60;b&#62;x&#60;/b&#62;",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    for bad in ["<script>alert", "<b>file</b>", "<b>x</b>"] {
        assert!(!page.contains(bad), "{bad} in {page}");
    }
    let list = send(&app, Method::GET, "/demos", &seen, "").await.text;
    assert!(
        list.contains(
            "2 min, 1 container; on <a href=\"/topics/Learning_Docker_Storage_Restart\">"
        ),
        "{list}"
    );
    assert_eq!(list.matches("<h2 id=\"group-").count(), 1, "one note");
    let commands = send(&app, Method::GET, "/demos/command", &[], "")
        .await
        .text;
    assert!(
        commands.contains("Also spelled <code>docker container run</code>."),
        "{commands}"
    );
    let topic = "/topics/Learning_Docker_Storage_Restart";
    let topic = send(&app, Method::GET, topic, &[], "").await.text;
    assert!(
        topic.contains("<a href=\"/demos/stays\">Run it: "),
        "{topic}"
    );

    let shell = send(&app, Method::GET, "/demos/stays.sh", &[], "").await;
    assert!(
        shell
            .header("content-type")
            .starts_with("text/x-shellscript")
    );
    assert!(shell.text.starts_with("#!/bin/sh\n"), "{}", shell.text);
    let missing = send(&app, Method::GET, "/demos/stay", &seen, "").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(
        missing.text.contains("href=\"/demos/stays\""),
        "{}",
        missing.text
    );
    let unknown = send(&app, Method::GET, "/demos/stays?host=nobody", &seen, "").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let reference = send(&app, Method::GET, "/demos/command", &[], "")
        .await
        .text;
    for said in ["docker network connect", "--privileged", "rule: privilege"] {
        assert!(reference.contains(said), "{said}");
    }
}

#[tokio::test]
async fn a_terminal_needs_our_own_page_the_key_and_the_token() {
    let engine = FakeEngine::start().await;
    let app = on(&engine).await;
    let cookies = visitor(&app).await;
    let seen = ("cookie", cookies.as_str());
    let path = "/terminal?demo=stays&host=fake";
    for (headers, status) in [
        (vec![seen], StatusCode::FORBIDDEN),
        (
            vec![seen, ("origin", "http://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (vec![ORIGIN], StatusCode::FORBIDDEN),
        (vec![ORIGIN, seen], StatusCode::BAD_REQUEST),
    ] {
        let answer = send(&app, Method::GET, path, &headers, "").await;
        assert_eq!(answer.status, status, "{headers:?}");
    }

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let front = Front::new(Arc::clone(&app));
    let serving = tokio::spawn(server::serve(
        listener,
        front,
        Arc::clone(&app),
        std::future::pending::<()>(),
    ));
    let opening = r#"{"token":"0","line":"docker run -it busybox sh","rows":24,"columns":80}"#;
    let said = talk(address, &cookies, &format!("http://{address}"), opening).await;
    assert!(said.contains("101 Switching Protocols"), "{said}");
    assert!(said.contains("This page is out of date"), "{said}");
    let foreign = talk(address, &cookies, "http://evil.example", opening).await;
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
    serving.abort();
    assert_eq!(changes(&engine), Vec::<String>::new());
}

/// What comes back over a raw connection after a handshake and one text message.
async fn talk(to: std::net::SocketAddr, cookies: &str, origin: &str, message: &str) -> String {
    let mut stream = TcpStream::connect(to).await.expect("a connection");
    let handshake = format!(
        "GET /terminal?demo=&host=fake HTTP/1.1\r\nHost: {to}\r\nOrigin: {origin}\r\n\
         Cookie: {cookies}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(handshake.as_bytes()).await.expect("sent");
    // A text frame, masked with zeros.
    let length = u8::try_from(message.len()).expect("a short message");
    assert!(length < 126);
    let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
    frame.extend_from_slice(message.as_bytes());
    let mut said = Vec::new();
    let mut buffer = [0; 4096];
    let mut sent = false;
    let reading = async {
        while let Ok(read) = stream.read(&mut buffer).await {
            if read == 0 {
                break;
            }
            said.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&said);
            if !sent && text.starts_with("HTTP/1.1 101") {
                sent = true;
                stream.write_all(&frame).await.expect("sent");
            } else if !sent || text.contains("out of date") {
                break;
            }
        }
    };
    let _in_time = tokio::time::timeout(std::time::Duration::from_secs(5), reading).await;
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_prompt_takes_no_more_lines_than_can_wait() {
    let engine = FakeEngine::start().await;
    let app = on(&engine).await;
    let cookies = visitor(&app).await;
    let seen = [("cookie", cookies.as_str())];
    let page = send(&app, Method::GET, "/demos/stays", &seen, "").await;
    let token = page.field("/demos/stays/steps/1", "token");
    engine.script.hang(true);
    let mut heard = Vec::new();
    for number in 0..12 {
        let body =
            format!("token={token}&host=fake&demo=stays&by=script&name=n{number}&line=docker+ps");
        let headers = [ORIGIN, seen[0]];
        let answer = send(&app, Method::POST, "/prompt", &headers, &body).await;
        heard.push(answer.status);
    }
    assert_eq!(heard[..8], [StatusCode::NO_CONTENT; 8]);
    assert_eq!(heard[8..], [StatusCode::CONFLICT; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_begins_many_demos_at_once_has_no_more_sandboxes_than_one_after_the_other() {
    let Some(room) = Room::new().await else {
        return;
    };
    let own = Endpoint::parse(&room.endpoint, None).expect("an endpoint");
    let app = with(host("live", own), Arc::clone(&room.sandboxes));
    let cookies = visitor(&app).await;
    let headers = [ORIGIN, ("cookie", cookies.as_str())];
    let page = send(&app, Method::GET, "/demos/stays", &headers[1..], "").await;
    let token = page.field("/demos/stays/all", "token");
    let typed = (1..=5).map(async |more| {
        let body =
            format!("token={token}&host=live&turn=0.0&demo=more{more}&name=n1&line=docker+ps");
        send(&app, Method::POST, "/prompt", &headers, &body).await
    });
    for answer in futures_util::future::join_all(typed).await {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }
    assert_eq!(room.sandboxes.count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_demo_runs_to_its_end_and_a_click_runs_once() {
    let Some(room) = Room::new().await else {
        return;
    };
    let own = Endpoint::parse(&room.endpoint, None).expect("an endpoint");
    let app = with(host("live", own), Arc::clone(&room.sandboxes));
    let cookies = visitor(&app).await;
    let seen = [("cookie", cookies.as_str())];
    let headers = [ORIGIN, seen[0]];
    let page = send(&app, Method::GET, "/demos/stays", &seen, "").await;
    let token = page.field("/demos/stays/all", "token");
    let form = |turn: &str| format!("token={token}&host=live&turn={turn}");

    // A double click, and a third one in a tab that has seen neither.
    let (one, body) = ("/demos/stays/steps/1", form("0.0"));
    let (first, second) = tokio::join!(
        send(&app, Method::POST, one, &headers, &body),
        send(&app, Method::POST, one, &headers, &body)
    );
    let third = send(&app, Method::POST, one, &headers, &body).await;
    for answer in [first, second, third] {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }
    let page = send(&app, Method::GET, "/demos/stays", &seen, "").await;
    assert!(page.text.contains("1 of 4 steps have run"), "{}", page.text);
    assert!(
        page.text.contains("container <b>c1</b> made, running"),
        "{}",
        page.text
    );
    assert_eq!(page.field(one, "turn"), "0.1");
    assert!(page.text.contains("scope="), "the panels show the sandbox");

    let to = "/demos/stays/to/4";
    let turn = page.field(to, "turn");
    let done = send(&app, Method::POST, to, &headers, &form(&turn)).await;
    assert!(done.header("location").ends_with("#step-4"));
    let page = send(&app, Method::GET, "/demos/stays", &seen, "").await;
    assert!(page.text.contains("4 of 4 steps have run"), "{}", page.text);
    assert_eq!(
        page.text.matches("data-verdict=\"passed\"").count(),
        4,
        "{}",
        page.text
    );
    assert!(page.text.contains("refused, as expected"), "{}", page.text);
    assert!(
        page.text.contains("&#60;b&#62;x&#60;/b&#62;"),
        "{}",
        page.text
    );

    // The prompt, in the same sandbox; sent twice it runs once.
    let typed = format!(
        "{}&demo=stays&name=n1&line=docker+exec+c1+printf+%27%5C33%5B2Jz%27",
        form("")
    );
    for _ in 0..2 {
        send(&app, Method::POST, "/prompt", &headers, &typed).await;
    }
    let page = send(&app, Method::GET, "/demos/stays", &seen, "").await;
    assert_eq!(page.text.matches("id=\"tried-").count(), 1, "{}", page.text);
    assert!(page.text.contains("␛[2Jz"), "{}", page.text);

    let reset = "/demos/stays/reset";
    let turn = page.field(reset, "turn");
    send(&app, Method::POST, reset, &headers, &form(&turn)).await;
    let page = send(&app, Method::GET, "/demos/stays", &seen, "").await;
    assert!(
        page.text.contains("None of 4 steps has run"),
        "{}",
        page.text
    );
    assert_eq!(page.text.matches("id=\"tried-").count(), 0);
    assert_eq!(room.left(), "", "docker finds nothing of ours");
    // The turn of before the reset is over: nothing runs.
    send(&app, Method::POST, one, &headers, &form("0.1")).await;
    assert_eq!(room.left(), "");
}
