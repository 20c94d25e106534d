//! The shell: what every answer carries, which requests are heard, error pages.

use axum::Router;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use axum::routing::get;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use waterline::engine::Engine;
use waterline::notebook::{Notebook, Rules};
use waterline::panels::attached::Attached;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::reply::Reply;
use waterline::web::state::{App, Edition};

const STORAGE: &str = "---\npath: /learnings/storage\ntitle: Storage\n---\n\
    # Storage <<Learning_Storage>>\n\nA layer; see Learning_Layers and Learning_Nowhere.\n";
const LAYERS: &str = "---\npath: /learnings/größe\ntitle: Layers\n---\n\
    # Layers <<Learning_Layers>>\n\nBelow Learning_Storage.\n";

fn edition(notes: &[(&str, &str)]) -> Edition {
    let files = notes
        .iter()
        .map(|(file, text)| (file.to_string(), text.as_bytes().to_vec()));
    let notebook = Notebook::from_files(files, &Rules::default());
    Edition::new(notebook, Attached::built_in(), "a test".into())
}

/// Two notes, and no Docker host.
fn app() -> Arc<App> {
    let key = Key::new().expect("randomness");
    let notes = edition(&[("storage.md", STORAGE), ("layers.md", LAYERS)]);
    Arc::new(App::new(7070, key, Engine::new([]), notes))
}

/// What a reader sees of an answer.
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }
}

async fn seen(response: Response<Reply>) -> Seen {
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Seen {
        status: head.status,
        headers: head.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

fn request(address: &str) -> axum::http::request::Builder {
    Request::get(address).header("host", "localhost:7070")
}

async fn ask(front: &Front, request: axum::http::request::Builder) -> Seen {
    let request = request.body(Full::<Bytes>::default()).expect("a request");
    match front.answer(request).await {
        Ok(response) => seen(response).await,
        Err(never) => match never {},
    }
}

async fn read(address: &str) -> Seen {
    ask(&Front::new(app()), request(address)).await
}

async fn panics() -> &'static str {
    panic!("a secret detail")
}

/// The front door to handlers that misbehave.
fn misbehaving() -> Front {
    let router = Router::new()
        .route("/panics", get(panics))
        .route("/hangs", get(std::future::pending::<&str>))
        .route("/works", get(|| async { "works" }));
    Front::before(app(), router).with_longest_wait(Duration::from_millis(50))
}

fn assert_dressed(seen: &Seen) {
    let policy = seen.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(seen.header("x-content-type-options"), "nosniff");
    assert_eq!(seen.header("referrer-policy"), "same-origin");
    assert_eq!(seen.header("cross-origin-resource-policy"), "same-origin");
}

#[tokio::test]
async fn every_answer_is_dressed_whatever_happened() {
    let front = Front::new(app());
    for address in [
        "/",
        "/healthz",
        "/readyz",
        "/nothing",
        "/static/x/nothing.js",
        "/%ff",
        "/?key=x",
    ] {
        let seen = ask(&front, request(address)).await;
        assert_dressed(&seen);
    }
    assert_dressed(&ask(&front, Request::get("/").header("host", "evil.example")).await);
    assert_dressed(&ask(&front, request("/").method("POST")).await);
    for address in ["/panics", "/hangs", "/works"] {
        assert_dressed(&ask(&misbehaving(), request(address)).await);
    }
}

#[tokio::test]
async fn the_gallery_is_read_without_docker_and_a_host_that_is_none_has_no_values() {
    for (address, says) in [
        ("/gallery", "href=\"/gallery/networks#podman\""),
        ("/gallery/storage-driver", "id=\"no-common-version\""),
    ] {
        let page = read(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.text.contains(says), "{address} lacks {says}");
    }
    assert_eq!(read("/gallery/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        read("/values?host=nobody").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_rebound_name_gets_a_page_that_leads_to_our_own_address() {
    for host in ["evil.example:7070", "192.168.1.7:7070"] {
        let seen = ask(
            &Front::new(app()),
            Request::get("/healthz").header("host", host),
        )
        .await;
        assert_eq!(seen.status, 421);
        assert!(
            seen.text.contains(r#"href="http://localhost:7070/""#),
            "{}",
            seen.text
        );
        assert!(!seen.text.contains(host), "{}", seen.text);
    }
    let none = ask(&Front::new(app()), Request::get("/healthz")).await;
    assert_eq!(none.status, 400);
}

#[tokio::test]
async fn a_link_from_another_site_can_be_followed_by_hand() {
    let from = request("/healthz?a=1&b=%22%3E").header("sec-fetch-site", "cross-site");
    let seen = ask(&Front::new(app()), from).await;
    assert_eq!(seen.status, 403);
    let href = r#"href="http://localhost:7070/healthz?a=1&#38;b=%22%3E""#;
    assert!(seen.text.contains(href), "{}", seen.text);
    let again = request("/healthz?a=1").header("sec-fetch-site", "same-origin");
    assert_eq!(ask(&Front::new(app()), again).await.status, 200);
}

#[tokio::test]
async fn a_page_of_another_site_can_fetch_nothing() {
    let origin = request("/healthz").header("origin", "http://evil.example");
    assert_eq!(ask(&Front::new(app()), origin).await.status, 403);
    let ours = request("/healthz").header("origin", "http://localhost:7070");
    assert_eq!(ask(&Front::new(app()), ours).await.status, 200);
}

#[tokio::test]
async fn nothing_can_be_sent_so_far() {
    for method in [
        "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "ANYTHING",
    ] {
        let seen = ask(&Front::new(app()), request("/").method(method)).await;
        assert_eq!(seen.status, 405, "{method}");
        assert_eq!(seen.header("allow"), "GET, HEAD");
        assert!(seen.text.contains("This can only be read"), "{}", seen.text);
    }
}

#[tokio::test]
async fn too_much_is_refused_with_a_page() {
    let long = read(&format!("/{}", "a".repeat(10_000))).await;
    assert_eq!(long.status, 414);
    let large = request("/").header("content-length", "10000000");
    assert_eq!(ask(&Front::new(app()), large).await.status, 413);
}

#[tokio::test]
async fn a_panic_is_a_page_and_the_next_request_is_answered() {
    let front = misbehaving();
    let seen = ask(&front, request("/panics")).await;
    assert_eq!(seen.status, 500);
    assert!(
        seen.text.contains("Waterline made a mistake"),
        "{}",
        seen.text
    );
    assert!(!seen.text.contains("secret"), "{}", seen.text);
    assert_eq!(ask(&front, request("/works")).await.text, "works");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_a_page() {
    let seen = ask(&misbehaving(), request("/hangs")).await;
    assert_eq!(seen.status, 504);
    assert!(seen.text.contains("This took too long"), "{}", seen.text);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let front = Front::new(app());
    for address in ["/healthz", "/readyz", "/nothing", "/"] {
        let get = ask(&front, request(address)).await;
        let head = ask(&front, request(address).method("HEAD")).await;
        assert_eq!(get.status, head.status, "{address}");
        assert_eq!(head.text, "");
        assert_eq!(
            head.header("content-length"),
            get.text.len().to_string(),
            "{address}"
        );
        assert_eq!(head.header("content-type"), get.header("content-type"));
    }
}

#[tokio::test]
async fn whatever_the_address_holds_is_answered_and_never_echoed_as_markup() {
    for address in [
        "/%00",
        "/%ff%fe",
        "/%",
        "/%zz",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/..%2f..%2fetc/passwd",
        "/../../etc/passwd",
        "//evil.example/x",
        "/topics/%3Cimg%20src=x%20onerror=alert(1)%3E",
        "/topics/",
        "/topics/..",
        "/topics/a/b",
        "/static/",
        "/static/../Cargo.toml",
        "/static/x/../../Cargo.toml",
        "/static/%2e%2e/x",
        "/%E2%80%AE",
        "/a?%3Cscript%3E",
    ] {
        let seen = read(address).await;
        assert!(
            seen.status == 404 || seen.status == 400,
            "{address}: {}",
            seen.status
        );
        assert_eq!(seen.header("content-type"), "text/html; charset=utf-8");
        assert!(
            !seen.text.contains("<script>alert") && !seen.text.contains("<img src=x"),
            "{}",
            seen.text
        );
        assert!(
            seen.text
                .contains(r#"<li><a href="/">The notebook</a></li>"#),
            "no way out: {}",
            seen.text
        );
    }
}

#[tokio::test]
async fn the_key_is_good_for_one_browser() {
    let app = app();
    let front = Front::new(Arc::clone(&app));
    let address = format!("/?key={}", app.key.text());
    let first = ask(&front, request(&address)).await;
    assert_eq!(first.status, 303);
    assert_eq!(first.header("location"), "http://localhost:7070/");
    assert!(first.header("set-cookie").starts_with("waterline-7070="));
    assert_dressed(&first);
    let second = ask(&front, request(&address)).await;
    assert_eq!(second.status, 403);
    assert!(
        second.text.contains("This key was used already"),
        "{}",
        second.text
    );
    assert!(!second.text.contains(app.key.text()), "{}", second.text);
    assert_eq!(second.header("set-cookie"), "");
}

#[tokio::test]
async fn notes_and_topics_are_read_at_their_addresses() {
    let front = Front::new(app());
    for (address, says) in [
        ("/", "/learnings/storage"),
        ("/learnings/storage", "A layer"),
        ("/learnings/gr%C3%B6%C3%9Fe", "Below"),
        ("/topics/Learning_Storage", "A layer"),
        ("/topics/Learning_Nowhere", "Learning_Nowhere"),
    ] {
        let seen = ask(&front, request(address)).await;
        assert_eq!(seen.status, 200, "{address}");
        assert_eq!(seen.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(seen.header("cache-control"), "no-cache");
        assert!(seen.text.contains(says), "{address}: {}", seen.text);
        assert_dressed(&seen);
    }
    let json = ask(&front, request("/notebook.json")).await;
    assert_eq!(json.header("content-type"), "application/json");
    let index: serde_json::Value = serde_json::from_str(&json.text).expect("JSON");
    assert_eq!(index["notes"].as_array().map(Vec::len), Some(2));
    assert_eq!(index["wanted"][0]["name"], "Learning_Nowhere");
    let slash = ask(&front, request("/learnings/storage/")).await;
    assert_eq!(slash.header("location"), "/learnings/storage");
}

#[tokio::test]
async fn a_page_once_made_is_found_by_its_address_alone() {
    let app = app();
    let front = Front::new(Arc::clone(&app));
    for address in [
        "/",
        "/?notes=2&wanted=3",
        "/learnings/storage",
        "/learnings/storage?page=2",
        "/learnings/gr%C3%B6%C3%9Fe",
        "/topics/Learning_Storage",
        "/topics/Learning_Nowhere?page=2",
        "/notebook.json",
    ] {
        assert!(app.edition().kept.get(address).is_none(), "{address}");
        let first = ask(&front, request(address)).await;
        assert!(
            app.edition().kept.get(address).is_some(),
            "{address} is not kept"
        );
        let second = ask(&front, request(address)).await;
        assert_eq!(first.header("etag"), second.header("etag"));
        assert_eq!(first.text, second.text);
        let tag = first.header("etag").to_owned();
        let again = ask(&front, request(address).header("if-none-match", tag)).await;
        assert_eq!(again.status, 304);
        assert_dressed(&again);
    }
}

#[tokio::test]
async fn an_address_that_only_looks_like_a_kept_one_is_another_page() {
    let notes = [(
        "a.md",
        "---\npath: /a b\ntitle: A space\n---\nwritten out\n",
    )];
    let key = Key::new().expect("randomness");
    let app = App::new(7070, key, Engine::new([]), edition(&notes));
    let front = Front::new(Arc::new(app));
    for _ in 0..2 {
        assert_eq!(ask(&front, request("/a%20b")).await.status, 200);
        assert_eq!(ask(&front, request("/%61%20b")).await.status, 200);
        assert_eq!(ask(&front, request("/a%2520b")).await.status, 404);
        assert_eq!(ask(&front, request("/a+b")).await.status, 404);
    }
}

#[tokio::test]
async fn a_changed_notebook_shows_at_the_next_reload() {
    let app = app();
    let front = Front::new(Arc::clone(&app));
    let before = ask(&front, request("/learnings/storage")).await;
    let changed = STORAGE.replace("A layer", "Two layers");
    app.publish(edition(&[("storage.md", &changed)]));
    let stale = before.header("etag").to_owned();
    let after = ask(
        &front,
        request("/learnings/storage").header("if-none-match", stale),
    )
    .await;
    assert_eq!(after.status, 200);
    assert!(after.text.contains("Two layers"), "{}", after.text);
    assert_eq!(
        ask(&front, request("/learnings/gr%C3%B6%C3%9Fe"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_mistyped_address_offers_what_was_meant() {
    for (address, href) in [
        ("/learnings/storag", "/learnings/storage"),
        ("/storage", "/learnings/storage"),
        ("/Learning_Storage", "/topics/Learning_Storage"),
        ("/topics/learning_storage", "/topics/Learning_Storage"),
        ("/topics/Learning_Stroage", "/topics/Learning_Storage"),
    ] {
        let seen = read(address).await;
        assert_eq!(seen.status, 404, "{address}");
        let link = format!(r#"<li><a href="{href}">"#);
        assert!(seen.text.contains(&link), "{address}: {}", seen.text);
    }
}

#[tokio::test]
async fn it_is_ready_without_any_docker_host() {
    let ready = read("/readyz").await;
    assert_eq!(ready.status, 200);
    let ready: serde_json::Value = serde_json::from_str(&ready.text).expect("JSON");
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["content"]["notes"], 2);
    assert_eq!(ready["content"]["topics"], 2);
    assert_eq!(ready["hosts"], serde_json::json!([]));
}

#[tokio::test]
async fn every_file_that_a_page_names_is_there() {
    let front = Front::new(app());
    for page in [
        "/",
        "/learnings/storage",
        "/topics/Learning_Storage",
        "/nothing",
    ] {
        let text = ask(&front, request(page)).await.text;
        let named: Vec<&str> = text
            .split('"')
            .filter(|value| value.starts_with("/static/"))
            .collect();
        assert!(named.len() > 3, "{page} names {named:?}");
        for address in named {
            let file = ask(&front, request(address)).await;
            assert_eq!(file.status, 200, "{address} on {page}");
            assert_dressed(&file);
        }
    }
    for address in ["/favicon.svg", "/favicon.ico"] {
        let icon = ask(&front, request(address)).await;
        assert_eq!(icon.header("content-type"), "image/svg+xml");
    }
}

#[tokio::test]
async fn a_stream_ends_when_waterline_stops() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let app = app();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let streaming = Arc::clone(&app);
    let stream = || async move {
        let stopping = futures_util::FutureExt::into_stream(streaming.stopping());
        let lines = futures_util::StreamExt::map(stopping, |()| Ok::<_, Infallible>("the end"));
        let begun = futures_util::stream::iter([Ok("begun ")]);
        axum::body::Body::from_stream(futures_util::StreamExt::chain(begun, lines))
    };
    let front = Front::before(Arc::clone(&app), Router::new().route("/live", get(stream)));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(waterline::web::server::serve(listener, front, app, stopped));

    let mut reader = tokio::net::TcpStream::connect(address)
        .await
        .expect("it listens");
    let request = "GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n";
    reader
        .write_all(request.as_bytes())
        .await
        .expect("a request");
    let mut said = String::new();
    while !said.contains("begun") {
        let mut some = [0; 4096];
        let count = reader.read(&mut some).await.expect("an answer");
        said.push_str(&String::from_utf8_lossy(&some[..count]));
    }
    drop(stop);
    reader.read_to_string(&mut said).await.expect("the rest");
    assert!(said.contains("the end"), "{said}");
    server.await.expect("it stopped");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn the_map_is_read_at_its_addresses_and_kept_by_them() {
    let app = app();
    let front = Front::new(Arc::clone(&app));
    for (address, says) in [
        ("/map", "The map"),
        ("/map?page=7", "The map"),
        ("/map?note=/learnings/gr%C3%B6%C3%9Fe", "Layers, a map"),
        ("/map?at=Learning_Layers", "Layers, on the map"),
        ("/map?at=Learning_Nowhere", "Nowhere, on the map"),
        ("/map?at=", "The map"),
    ] {
        let seen = ask(&front, request(address)).await;
        assert_eq!(seen.status, 200, "{address}");
        assert!(seen.text.contains(says), "{address}: {}", seen.text);
    }
    for kept in [
        "/map",
        "/map?note=/learnings/gr%C3%B6%C3%9Fe",
        "/map?at=Learning_Nowhere",
    ] {
        assert!(app.edition().kept.get(kept).is_some(), "{kept}");
    }
    let long = format!("/map?at={}", "Learning_%3Cb%3E".repeat(40));
    for address in ["/map?at=Learning_Elsewhere", "/map?note=/elsewhere", &long] {
        let seen = ask(&front, request(address)).await;
        assert_eq!(seen.status, 404, "{address}");
        assert_dressed(&seen);
    }
    let seen = ask(&front, request("/map?at=%FF")).await;
    assert_eq!(seen.status, 400);
}

#[tokio::test]
async fn notes_and_topics_lead_to_their_place_on_the_map() {
    for (address, map) in [
        ("/", "/map"),
        ("/learnings/storage", "/map?note=/learnings/storage"),
        ("/topics/Learning_Storage", "/map?at=Learning_Storage"),
        ("/topics/Learning_Nowhere", "/map?at=Learning_Nowhere"),
    ] {
        let seen = read(address).await;
        let link = format!("<a href=\"{map}\">Map</a>");
        assert!(seen.text.contains(&link), "{address}: {}", seen.text);
    }
}
