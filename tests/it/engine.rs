//! The engine room against an engine that does what the test says.

use crate::fake_engine::FakeEngine;
use futures_util::future::join_all;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use waterline::engine::{
    Answers, Ask, Away, Endpoint, Found, Host, HostName, Id, State, Status, Watch, Why, record,
};

const WEB: &str = "6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd";

fn id(text: &str) -> Id {
    Id::new(text).expect("an id")
}

fn networks(_: &Answers) -> Vec<Ask> {
    vec![Ask::Networks]
}

/// The name of the first network in the host's answer.
async fn first_network(host: &Host) -> (String, State) {
    let answer = host.answer(&Ask::Networks).await.expect("an answer");
    let name = answer.json[0]["Name"].as_str().unwrap_or_default();
    (name.to_owned(), answer.state)
}

fn say_network(engine: &FakeEngine, name: &str) {
    let body = format!(r#"[{{"Name":"{name}"}}]"#);
    engine.script.answers("/networks", 200, body);
}

async fn changed(watch: &mut Watch, within: Duration) {
    timeout(within, watch.changed()).await.expect("some news");
}

/// Waits until the host's status is as wanted, and says how long it took.
async fn until(host: &Host, within: Duration, wanted: impl Fn(&Status) -> bool) -> Duration {
    let began = Instant::now();
    while !wanted(&host.status()) {
        assert!(began.elapsed() < within, "still {:?}", host.status());
        sleep(Duration::from_millis(10)).await;
    }
    began.elapsed()
}

#[tokio::test]
async fn two_hundred_readers_cost_the_engine_one_call() {
    let engine = FakeEngine::start().await;
    engine.script.takes(Duration::from_millis(50));
    let host = engine.host();
    let _watch = host.watch();
    let answers = join_all((0..200).map(|_| host.answer(&Ask::Networks))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(engine.script.count("/networks"), 1);
    assert_eq!(engine.script.listeners(), 1);
}

#[tokio::test]
async fn a_reader_who_leaves_takes_nobodys_answer_along() {
    let engine = FakeEngine::start().await;
    engine.script.takes(Duration::from_millis(200));
    let host = engine.host();
    let leaver = timeout(Duration::from_millis(350), host.answer(&Ask::Networks));
    let stayer = host.answer(&Ask::Networks);
    let (left, stayed) = tokio::join!(leaver, stayer);
    assert!(left.is_err() && stayed.is_ok(), "{left:?}");
    assert_eq!(engine.script.count("/networks"), 1);
}

#[tokio::test]
async fn a_page_of_many_containers_does_not_flood_the_engine() {
    let engine = FakeEngine::start().await;
    engine.script.takes(Duration::from_millis(20));
    let host = engine.host();
    let have = host
        .gather(|_| {
            (0..60)
                .map(|n| Ask::Container(id(&format!("c{n}"))))
                .collect()
        })
        .await;
    assert!(have.all().iter().all(|(_, told)| told.is_ok()));
    let most = engine.script.most_at_once();
    assert!((2..=8).contains(&most), "{most} at once");
}

#[tokio::test]
async fn the_negotiated_version_goes_out_on_the_wire() {
    for (theirs, spoken) in [("1.41", "1.41"), ("1.53", "1.52")] {
        let engine = FakeEngine::start().await;
        engine.script.speaks(theirs, "20.10.24");
        let host = engine.host();
        let _watch = host.watch();
        host.answer(&Ask::Info).await.expect("an answer");
        engine.script.is_heard().await;
        let calls = engine.script.calls();
        for path in ["info", "events"] {
            let call = format!("GET /v{spoken}/{path}");
            assert!(calls.contains(&call), "{call} in {calls:?}");
        }
        assert_eq!(host.facts().api, spoken);
        assert_eq!(host.facts().engine, "20.10.24");
    }
}

#[tokio::test]
async fn an_engine_that_is_too_old_says_so() {
    let engine = FakeEngine::start().await;
    engine.script.speaks("1.20", "1.8.0");
    let away = engine.host().answer(&Ask::Info).await.unwrap_err();
    assert_eq!(away, Away::NoCommonVersion("1.20".into()));
}

#[tokio::test]
async fn a_change_on_the_host_is_news_and_is_asked_once() {
    let engine = FakeEngine::start().await;
    say_network(&engine, "before");
    let host = engine.host();
    let mut watch = host.watch();
    assert_eq!(first_network(&host).await, ("before".into(), State::Live));
    engine.script.is_heard().await;
    changed(&mut watch, Duration::from_secs(1)).await;
    first_network(&host).await;
    let so_far = engine.script.count("/networks");
    sleep(Duration::from_millis(1200)).await;
    first_network(&host).await;
    assert_eq!(
        engine.script.count("/networks"),
        so_far,
        "kept while it is true"
    );

    say_network(&engine, "after");
    engine.script.event("network", "create", WEB);
    changed(&mut watch, Duration::from_millis(500)).await;
    join_all((0..50).map(|_| first_network(&host))).await;
    assert_eq!(first_network(&host).await, ("after".into(), State::Live));
    assert_eq!(engine.script.count("/networks"), so_far + 1);
}

#[tokio::test]
async fn looking_at_processes_is_no_news() {
    let engine = FakeEngine::start().await;
    let host = engine.host();
    let mut watch = host.watch();
    let asks = |_: &Answers| vec![Ask::Containers, Ask::Info, Ask::Container(id(WEB))];
    host.gather(asks).await;
    engine.script.is_heard().await;
    host.gather(asks).await;
    let _settled = timeout(Duration::from_millis(50), watch.changed()).await;
    let so_far = engine.script.questions();
    for action in ["top", "exec_create: sh -c x", "exec_start: sh", "exec_die"] {
        engine.script.event("container", action, WEB);
    }
    let news = timeout(Duration::from_millis(600), watch.changed()).await;
    assert!(news.is_err(), "no news");
    host.gather(asks).await;
    assert_eq!(engine.script.questions(), so_far);
}

#[tokio::test]
async fn disk_usage_is_asked_once_in_half_a_minute_and_says_its_age() {
    let engine = FakeEngine::start().await;
    engine
        .script
        .answers("/system/df", 200, r#"{"LayersSize":7}"#);
    engine.script.takes(Duration::from_millis(50));
    let host = engine.host();
    let mut watch = host.watch();
    engine.script.is_heard().await;
    changed(&mut watch, Duration::from_secs(1)).await;
    let asked = join_all((0..50).map(|_| host.answer(&Ask::DiskUsage))).await;
    let first = asked[0].as_ref().expect("an answer").asked;
    for _ in 0..3 {
        engine.script.event("container", "start", WEB);
        changed(&mut watch, Duration::from_secs(1)).await;
        let answer = host.answer(&Ask::DiskUsage).await.expect("an answer");
        assert_eq!(answer.state, State::Stale(Why::Changed), "it is outdated");
        assert_eq!(answer.asked, first, "and says since when");
    }
    assert_eq!(engine.script.count("/system/df"), 1);
}

#[tokio::test]
async fn an_event_while_an_answer_is_on_its_way_is_not_lost() {
    let engine = FakeEngine::start().await;
    say_network(&engine, "before");
    let host = engine.host();
    let mut watch = host.watch();
    engine.script.is_heard().await;
    changed(&mut watch, Duration::from_secs(1)).await;
    engine.script.takes(Duration::from_millis(300));
    let asking = Arc::clone(&host);
    let early = tokio::spawn(async move { first_network(&asking).await });
    sleep(Duration::from_millis(100)).await;
    engine.script.event("network", "create", WEB);
    changed(&mut watch, Duration::from_secs(1)).await;
    early.await.expect("the early answer");
    say_network(&engine, "after");
    assert_eq!(first_network(&host).await.0, "after");
}

#[tokio::test]
async fn a_burst_of_events_is_asked_four_times_a_second() {
    let engine = FakeEngine::start().await;
    let host = engine.host();
    let mut watch = host.watch();
    host.gather(networks).await;
    engine.script.is_heard().await;
    host.gather(networks).await;
    let before = engine.script.count("/networks");
    let script = Arc::clone(&engine.script);
    let burst = tokio::spawn(async move {
        for _ in 0..100 {
            script.event("network", "create", WEB);
            sleep(Duration::from_millis(10)).await;
        }
    });
    let until = Instant::now() + Duration::from_millis(1500);
    while Instant::now() < until {
        if timeout(Duration::from_millis(100), watch.changed())
            .await
            .is_ok()
        {
            host.gather(networks).await;
        }
    }
    burst.await.expect("the burst");
    let asked = engine.script.count("/networks") - before;
    assert!((3..=7).contains(&asked), "{asked} rounds");
}

#[tokio::test]
async fn a_hung_engine_is_noticed_in_three_seconds_and_delays_no_other() {
    let hung = FakeEngine::start().await;
    let other = FakeEngine::start().await;
    say_network(&hung, "before");
    let (host, neighbour) = (hung.host(), other.host());
    let mut watch = host.watch();
    let _other_watch = neighbour.watch();
    first_network(&host).await;
    first_network(&neighbour).await;
    hung.script.is_heard().await;
    first_network(&host).await;
    hung.script.hang(true);

    let noticed = until(&host, Duration::from_millis(3300), |status| {
        matches!(
            status,
            Status::Away {
                why: Away::Silent(_),
                ..
            }
        )
    });
    let neighbours = async {
        for _ in 0..20 {
            let began = Instant::now();
            first_network(&neighbour).await;
            assert!(began.elapsed() < Duration::from_millis(500));
            sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::join!(noticed, neighbours);

    let began = Instant::now();
    let (name, state) = first_network(&host).await;
    assert_eq!(name, "before", "the last word stays");
    assert!(
        matches!(state, State::Stale(Why::Away(Away::Silent(_)))),
        "{state}"
    );
    let unasked = host.answer(&Ask::Volumes).await;
    assert!(matches!(unasked, Err(Away::Silent(_))), "{unasked:?}");
    assert!(began.elapsed() < Duration::from_millis(100), "at once");

    say_network(&hung, "after");
    let _old = timeout(Duration::from_millis(10), watch.changed()).await;
    hung.script.hang(false);
    changed(&mut watch, Duration::from_secs(2)).await;
    assert_eq!(first_network(&host).await, ("after".into(), State::Live));
}

#[tokio::test]
async fn a_host_that_nobody_watches_hangs_no_longer_than_a_ping() {
    let engine = FakeEngine::start().await;
    engine.script.hang(true);
    let host = engine.host();
    let began = Instant::now();
    let away = host.answer(&Ask::Info).await.unwrap_err();
    assert_eq!(away, Away::Silent(1));
    assert!(began.elapsed() < Duration::from_millis(1500));
}

#[tokio::test]
async fn an_engine_that_dies_and_returns_is_fresh_within_two_seconds() {
    let mut engine = FakeEngine::start().await;
    say_network(&engine, "before");
    let host = engine.host();
    let _watch = host.watch();
    first_network(&host).await;
    engine.script.is_heard().await;
    first_network(&host).await;
    engine.stop().await;
    let gone = |status: &Status| {
        matches!(
            status,
            Status::Away {
                why: Away::NobodyThere(_),
                ..
            }
        )
    };
    until(&host, Duration::from_secs(1), gone).await;
    let (name, state) = first_network(&host).await;
    assert_eq!(name, "before");
    assert!(matches!(state, State::Stale(Why::Away(_))));
    sleep(Duration::from_millis(1500)).await;

    say_network(&engine, "after");
    engine.restart().await;
    until(&host, Duration::from_secs(2), |status| {
        *status == Status::Live
    })
    .await;
    assert_eq!(first_network(&host).await, ("after".into(), State::Live));
}

#[tokio::test]
async fn another_engine_in_the_same_place_is_negotiated_with_anew() {
    let mut engine = FakeEngine::start().await;
    let host = engine.host();
    let _watch = host.watch();
    host.answer(&Ask::Info).await.expect("an answer");
    engine.script.is_heard().await;
    engine.stop().await;
    engine.script.speaks("1.30", "17.06");
    engine.restart().await;
    let began = Instant::now();
    while host.facts().api != "1.30" {
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "{:?}",
            host.facts()
        );
        sleep(Duration::from_millis(20)).await;
    }
    host.answer(&Ask::Info).await.expect("an answer");
    assert!(engine.script.calls().contains(&"GET /v1.30/info".into()));
}

#[tokio::test]
async fn a_stream_that_ends_is_opened_again_and_nothing_is_missed() {
    let engine = FakeEngine::start().await;
    say_network(&engine, "before");
    let host = engine.host();
    let mut watch = host.watch();
    first_network(&host).await;
    engine.script.is_heard().await;
    first_network(&host).await;
    let _settled = timeout(Duration::from_millis(50), watch.changed()).await;
    say_network(&engine, "meanwhile");
    engine.script.hang_up();
    changed(&mut watch, Duration::from_secs(1)).await;
    assert_eq!(first_network(&host).await.0, "meanwhile");
    assert_eq!(host.status(), Status::Live);
}

#[tokio::test]
async fn when_the_last_watch_is_dropped_everything_stops() {
    let engine = FakeEngine::start().await;
    let host = engine.host();
    let first = host.watch();
    let second = host.watch();
    host.answer(&Ask::Networks).await.expect("an answer");
    engine.script.is_heard().await;
    assert_eq!(engine.script.listeners(), 1);
    drop(first);
    sleep(Duration::from_millis(100)).await;
    assert_eq!(engine.script.listeners(), 1, "one still watches");
    drop(second);
    sleep(Duration::from_millis(200)).await;
    assert_eq!(engine.script.listeners(), 0);
    let so_far = engine.script.calls().len();
    sleep(Duration::from_millis(2500)).await;
    assert_eq!(engine.script.calls().len(), so_far, "not even a ping");
}

#[tokio::test]
async fn a_watched_host_at_rest_is_pinged_and_nothing_else() {
    let engine = FakeEngine::start().await;
    let host = engine.host();
    let _watch = host.watch();
    host.gather(|_| vec![Ask::Info, Ask::Containers, Ask::DiskUsage])
        .await;
    engine.script.is_heard().await;
    host.gather(|_| vec![Ask::Info, Ask::Containers, Ask::DiskUsage])
        .await;
    let (questions, pings) = (engine.script.questions(), engine.script.count("/_ping"));
    sleep(Duration::from_millis(4300)).await;
    host.gather(|_| vec![Ask::Info, Ask::Containers, Ask::DiskUsage])
        .await;
    assert_eq!(engine.script.questions(), questions);
    let pinged = engine.script.count("/_ping") - pings;
    assert!((1..=3).contains(&pinged), "{pinged} pings in 4 s");
}

#[tokio::test]
async fn nonsense_from_an_engine_is_told_in_words() {
    let engine = FakeEngine::start().await;
    let script = &engine.script;
    script.answers("/info", 500, r#"{"message":"disk on fire"}"#);
    script.answers("/networks", 200, "{ not json");
    script.answers("/volumes", 200, "1".repeat(17 * 1024 * 1024));
    script.answers(
        "/images/none/json",
        404,
        r#"{"message":"No such image: none"}"#,
    );
    let host = engine.host();
    let asked = &host;
    let away = |ask: Ask| async move { asked.answer(&ask).await.unwrap_err() };
    assert_eq!(
        away(Ask::Info).await.to_string(),
        "the engine answered 500: disk on fire"
    );
    assert!(matches!(away(Ask::Networks).await, Away::Unreadable(_)));
    assert_eq!(
        away(Ask::Volumes).await,
        Away::Unreadable("it is larger than 16 MB".into())
    );
    assert!(matches!(
        away(Ask::Image(id("none"))).await,
        Away::Refused { status: 404, .. }
    ));
    assert_eq!(host.status(), Status::Live, "the host itself is well");
}

#[tokio::test]
async fn a_host_that_was_named_is_never_a_recording() {
    let mut engine = FakeEngine::start().await;
    engine.stop().await;
    let host = engine.host();
    let have = host.gather(networks).await;
    assert_eq!(have.host.recorded, None);
    let shown = format!("unix://{}", engine.socket().display());
    assert_eq!(
        have.get(&Ask::Networks)
            .expect("asked")
            .as_ref()
            .unwrap_err(),
        &Away::NobodyThere(shown)
    );
}

#[tokio::test]
async fn a_host_that_was_only_found_is_recorded_until_it_answers_and_stale_after() {
    let mut engine = FakeEngine::start().await;
    engine.stop().await;
    say_network(&engine, "live");
    let host = engine.found_host();
    let mut watch = host.watch();
    let have = host.gather(networks).await;
    assert_eq!(have.host.recorded.as_deref(), Some("2026-11-24"));
    assert_eq!(have.host.name, "default");
    let json = have.json(&Ask::Networks).expect("an answer");
    assert_eq!(json[0]["Name"], "recorded");
    assert!(matches!(host.status(), Status::Recorded { .. }));

    let _settled = timeout(Duration::from_millis(10), watch.changed()).await;
    engine.restart().await;
    changed(&mut watch, Duration::from_secs(2)).await;
    let have = host.gather(networks).await;
    assert_eq!(have.host.recorded, None);
    assert_eq!(
        have.json(&Ask::Networks).expect("an answer")[0]["Name"],
        "live"
    );

    engine.stop().await;
    let gone = |status: &Status| matches!(status, Status::Away { .. });
    until(&host, Duration::from_secs(3), gone).await;
    let have = host.gather(networks).await;
    assert_eq!(have.host.recorded, None, "it was live once");
    assert_eq!(
        have.json(&Ask::Networks).expect("an answer")[0]["Name"],
        "live"
    );
}

#[tokio::test]
async fn nothing_listens_at_a_closed_port() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("tcp://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let endpoint = Endpoint::parse(&address, None).expect("an endpoint");
    let name = HostName::new("closed").expect("a name");
    let host = Host::new(Found::named(name, endpoint));
    assert_eq!(
        host.answer(&Ask::Info).await.unwrap_err(),
        Away::NobodyThere(address)
    );
}

#[tokio::test]
async fn an_engine_whose_clock_is_wrong_is_asked_for_its_past_up_to_its_own_now() {
    let engine = FakeEngine::start().await;
    let script = &engine.script;
    script.answers("/info", 200, r#"{"SystemTime":"2020-01-01T00:00:00.5Z"}"#);
    script.answers(
        "/events?since=1&until=now",
        200,
        "{\"timeNano\":2}\n{\"timeNano\":1}\n",
    );
    let answer = engine.host().answer(&Ask::Events).await.expect("events");
    assert_eq!(*answer.json, json!([{"timeNano": 1}, {"timeNano": 2}]));
    let calls = script.calls();
    let until = calls
        .iter()
        .find_map(|call| call.split("/events?since=1&until=").nth(1));
    let until: f64 = until.expect("asked").parse().expect("seconds");
    // 2020-01-01, a moment after its clock was read.
    assert!((until - 1_577_836_800.5).abs() < 10.0, "{until}");
}

#[tokio::test]
async fn a_whole_recording_is_made_of_reads_alone() {
    let engine = FakeEngine::start().await;
    let script = &engine.script;
    script.answers(
        "/containers/json?all=1",
        200,
        format!(r#"[{{"Id":"{WEB}"}}]"#),
    );
    script.answers(
        "/images/json",
        200,
        r#"[{"Id":"sha256:ab"},{"Id":"../../evil"}]"#,
    );
    script.answers("/networks", 200, r#"[{"Id":"net1"}]"#);
    script.answers(&format!("/containers/{WEB}/changes"), 404, "{}");
    let host = engine.host();
    let _watch = host.watch();
    engine.script.is_heard().await;
    let recording = record(&host).await.expect("a recording");
    let kept: Vec<&str> = recording.answers.keys().map(String::as_str).collect();
    assert_eq!(
        kept,
        [
            &*format!("/containers/{WEB}/json"),
            "/containers/json?all=1",
            "/containers/json?all=1&size=1",
            "/events?since=1&until=now",
            "/images/json",
            "/images/sha256:ab/history",
            "/images/sha256:ab/json",
            "/info",
            "/networks",
            "/networks/net1",
            "/system/df",
            "/version",
            "/volumes",
        ]
    );
    for call in script.calls() {
        let read = call.starts_with("GET /") || call.starts_with("HEAD /");
        assert!(read && !call.contains("evil"), "{call}");
    }
}
