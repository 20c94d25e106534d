//! Outages: an engine that is killed, stopped, hung, cut off or replaced under an open
//! page. Each panel says within three seconds how old it is and why, the notes read on,
//! and all of it is fresh, without a reload, within two seconds after the engine is back.

use crate::engine_tls::{acceptor, authority, files};
use crate::fake_engine::FakeEngine;
use crate::onlooker::{Onlooker, all_are, all_panels, get, state_of, waterline};
use crate::own_engine::OwnEngine;
use jiff::Timestamp;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use waterline::engine::{Endpoint, Found, Host, HostName};
use waterline::web::state::App;

/// What is promised, from the outage to the last panel that says so, and from the
/// engine's return to the last panel that is fresh.
const TOLD: Duration = Duration::from_secs(3);
const FRESH: Duration = Duration::from_secs(2);

/// What a test machine with other work may add.
const BUSY: Duration = Duration::from_millis(1500);

/// How long a page may take until it is whole, or an engine until it answers: no
/// promise, only an end.
const LONG: Duration = Duration::from_secs(20);

/// A page with every panel, and what it must say of an outage.
struct Visit {
    app: Arc<App>,
    page: Onlooker,
    panels: Vec<String>,
}

impl Visit {
    async fn of(app: Arc<App>) -> Visit {
        let panels = all_panels();
        let mut page = Onlooker::of(&app, &panels).await;
        let live = |shown: &HashMap<String, String>| all_are(shown, &panels, "live");
        page.until("all panels live", LONG, live).await;
        // What was asked before the events were heard is asked once more.
        page.look_on(Duration::from_millis(500)).await;
        Visit { app, page, panels }
    }

    /// Waits until every panel says that the host is away, in these words.
    async fn is_told(&mut self, because: &[&str], since: Instant) {
        let panels = &self.panels;
        let told = |shown: &HashMap<String, String>| {
            all_are(shown, panels, "stale")
                && panels
                    .iter()
                    .all(|key| because.iter().any(|words| shown[key].contains(words)))
        };
        self.page.until(because[0], TOLD + BUSY, told).await;
        report("told", since.elapsed(), TOLD);
        for key in panels {
            if key == "hosts" {
                // It speaks of each host for itself, with the reason and the time.
                let away = "<dt>Away since</dt><dd><time datetime=\"";
                assert!(
                    self.page.shown[key].contains(away),
                    "{}",
                    self.page.shown[key]
                );
                continue;
            }
            let caution = caution(&self.page.shown[key]);
            assert!(caution.contains("what it said last"), "{key}: {caution}");
            assert!(
                caution.contains("<time datetime=\""),
                "how old? {key}: {caution}"
            );
        }
    }

    /// Waits until every panel is fresh: asked after `return_`, all of it.
    async fn is_fresh(&mut self, outage: Timestamp, since: Instant, limit: Duration) {
        let panels = &self.panels;
        let live = |shown: &HashMap<String, String>| all_are(shown, panels, "live");
        self.page.until("all panels fresh", limit, live).await;
        report("fresh", since.elapsed(), FRESH);
        for key in panels {
            let (_, text) = get(&self.app, &format!("/panels/{key}.json")).await;
            let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            for (ask, told) in json["answers"].as_object().expect("answers") {
                let asked: Timestamp = told["asked"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{key}: no answer to {ask}: {told}"))
                    .parse()
                    .expect("a time");
                assert!(asked > outage, "{key}: {ask} was asked before the outage");
            }
        }
    }

    async fn notes_read_on(&self) {
        for (page, text) in [
            ("/", "Docker"),
            ("/learnings/docker", "Learning_Docker_Networking"),
            ("/topics/Learning_Docker_Storage", "storage-driver"),
            ("/panels/networks", "data-state=\"stale\""),
        ] {
            let (status, html) = get(&self.app, page).await;
            assert_eq!(status, 200, "{page}");
            assert!(html.contains(text), "{page}");
        }
    }
}

fn report(what: &str, took: Duration, promised: Duration) {
    println!(
        "{what} after {} ms (promised: {} ms)",
        took.as_millis(),
        promised.as_millis()
    );
}

fn caution(html: &str) -> &str {
    let text = html
        .split_once("class=\"caution\">")
        .map_or("", |(_, rest)| rest);
    text.split_once("</p>").map_or("", |(caution, _)| caution)
}

/// An outage of a real engine that `begin` brings about and `end` heals.
async fn outage(begin: &[&str], because: &[&str], end: &[&str]) {
    let Some(engine) = OwnEngine::take().await else {
        return;
    };
    for name in ["wl-one", "wl-two"] {
        // `sleep` as process 1 hears no SIGTERM, and a daemon that stops waits for it.
        let run = [
            "run", "-d", "--init", "--name", name, "-v", "/data", "busybox", "sleep", "600",
        ];
        engine.docker(&run);
    }
    let mut visit = Visit::of(waterline([engine.host()])).await;
    let (outage, began) = (Timestamp::now(), Instant::now());
    for word in begin {
        engine.daemon(word);
    }
    visit.is_told(because, began).await;
    visit.notes_read_on().await;
    visit.page.look_on(Duration::from_secs(1)).await;
    let panels = &visit.panels;
    assert!(all_are(&visit.page.shown, panels, "stale"), "it stays told");
    for word in end {
        engine.daemon(word);
    }
    visit.is_fresh(outage, Instant::now(), FRESH + BUSY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_engine_is_told_and_is_fresh_when_it_is_back() {
    outage(&["KILL"], &["Nothing listens at unix://"], &["start"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_engine_is_told_and_is_fresh_when_it_is_back() {
    outage(&["TERM"], &["Nothing listens at unix://"], &["start"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hung_engine_is_told_and_is_fresh_when_it_is_back() {
    outage(&["STOP"], &["The host has said nothing for"], &["CONT"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_whose_socket_was_removed_is_told_and_is_fresh_when_it_is_back() {
    let back = ["TERM", "start"];
    outage(&["unlink"], &["Nothing listens at unix://"], &back).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_replaced_by_an_older_one_is_spoken_to_in_its_own_version() {
    let mut engine = FakeEngine::start().await;
    engine.script.answers_as_recorded();
    let mut visit = Visit::of(waterline([engine.host_value()])).await;
    let says = |version: &'static str| {
        move |shown: &HashMap<String, String>| {
            // The hosts panel names the version; the drawers of the others show it used.
            let (drawer, line) = (format!("GET /v{version}/"), format!("API {version}"));
            let says = |(key, html): (&String, &String)| match key.as_str() {
                "hosts" => html.contains(&line),
                _ => html.contains(&drawer),
            };
            shown.iter().all(says)
        }
    };
    engine.stop().await;
    engine.script.speaks("1.30", "17.06");
    engine.restart().await;
    visit
        .page
        .until("spoken to in 1.30", FRESH + BUSY, says("1.30"))
        .await;

    let began = Instant::now();
    engine.stop().await;
    engine.script.speaks("1.20", "1.8.0");
    engine.restart().await;
    visit
        .is_told(&["The engine speaks API 1.20, which is too old"], began)
        .await;
    visit.notes_read_on().await;

    let (outage, began) = (Timestamp::now(), Instant::now());
    engine.stop().await;
    engine.script.speaks("1.41", "20.10.24");
    engine.restart().await;
    visit.is_fresh(outage, began, FRESH + BUSY).await;
    visit
        .page
        .until("spoken to in 1.41", LONG, says("1.41"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_no_longer_fits_is_told_until_one_fits_again() {
    let engine = FakeEngine::start().await;
    engine.script.answers_as_recorded();
    let (ours, another) = (authority(), authority());
    let (shown, certificate) = watch::channel(acceptor(&ours, "127.0.0.1"));
    let port = behind_tls(engine.socket(), certificate).await;
    let folder = tempfile::tempdir().expect("a folder");
    let tls = files(folder.path(), &ours, Some(&ours));
    let address = format!("tcp://127.0.0.1:{port}");
    let endpoint = Endpoint::parse(&address, Some(tls)).expect("an endpoint");
    let name = HostName::new("secured").expect("a name");
    let mut visit = Visit::of(waterline([Host::new(Found::named(name, endpoint))])).await;

    let began = Instant::now();
    shown.send_replace(acceptor(&another, "127.0.0.1"));
    visit.is_told(&["No secure connection: "], began).await;
    visit.notes_read_on().await;
    let (outage, began) = (Timestamp::now(), Instant::now());
    shown.send_replace(acceptor(&ours, "127.0.0.1"));
    visit.is_fresh(outage, began, FRESH + BUSY).await;
}

/// A port that leads to the engine at `socket`, and shows whoever comes the
/// certificate of the day. Whoever is in stays in, as where a proxy is reloaded.
async fn behind_tls(socket: PathBuf, certificate: watch::Receiver<TlsAcceptor>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let acceptor = certificate.borrow().clone();
            let socket = socket.clone();
            tokio::spawn(async move {
                let mut near = acceptor.accept(near).await.ok()?;
                let mut far = UnixStream::connect(socket).await.ok()?;
                copy_bidirectional(&mut near, &mut far).await.ok()
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_who_does_not_read_holds_up_no_other() {
    let engine = FakeEngine::start().await;
    engine.script.answers_as_recorded();
    let app = waterline([engine.host_value()]);
    // They open the stream and never take a byte from it.
    let mut stalled = Vec::new();
    for _ in 0..20 {
        stalled.push(Onlooker::of(&app, &all_panels()).await);
    }
    let mut visit = Visit::of(Arc::clone(&app)).await;
    for n in 0..30 {
        let name = format!("lab-{n}-");
        let network = serde_json::json!([{"Name": name, "Id": "1ab0", "Driver": "bridge"}]);
        engine.script.answers("/networks", 200, network.to_string());
        engine.script.event("network", "create", "1ab0");
        let shown = |shown: &HashMap<String, String>| shown["networks"].contains(&name);
        visit.page.until(&name, LONG, shown).await;
    }
    assert_eq!(engine.script.listeners(), 1, "one stream of events for all");
    // Whoever reads again skips to what is true now.
    let mut late = stalled.pop().expect("a viewer");
    let newest = |shown: &HashMap<String, String>| {
        shown
            .get("networks")
            .is_some_and(|html| html.contains("lab-29-"))
    };
    late.until("the newest fragment", LONG, newest).await;
    assert!(
        !late.everything.contains("lab-15-"),
        "nothing was piled up for it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_every_panel_costs_an_idle_host_nothing_but_its_heartbeat() {
    let engine = FakeEngine::start().await;
    engine.script.answers_as_recorded();
    let mut visit = Visit::of(waterline([engine.host_value()])).await;
    visit.page.look_on(Duration::from_secs(1)).await;
    let before = engine.script.calls().len();
    // Every timer of Waterline's has run out by then: the heartbeat's 2 s, the 1 s that
    // an unheard answer is kept, the pauses of a connection.
    let time = std::env::var("WATERLINE_TEST_IDLE_SECONDS").map_or(10, |s| s.parse().expect("s"));
    visit.page.look_on(Duration::from_secs(time)).await;
    let calls = engine.script.calls().split_off(before);
    assert!(calls.iter().all(|call| call == "GET /_ping"), "{calls:?}");
    let beats = usize::try_from(time / 2).expect("few");
    assert!(
        (beats - 1..=beats + 1).contains(&calls.len()),
        "{} beats",
        calls.len()
    );
    println!("{} calls in {time} s, all of them pings", calls.len());
    for key in &visit.panels {
        assert_eq!(state_of(&visit.page.shown[key]), "live", "{key}");
    }
}
