//! The shell: what every answer carries, which requests are heard, error pages.

use axum::Router;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use axum::routing::get;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::sync::Arc;
use std::time::Duration;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::reply::Reply;
use waterline::web::state::{App, Edition};

fn app() -> Arc<App> {
    let key = Key::new().expect("randomness");
    Arc::new(App::new(7070, key, Edition::default()))
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
            seen.text.contains(r#"<a href="/">"#),
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
