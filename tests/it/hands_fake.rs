//! What the hands make of an engine's refusals, on an engine that says what a test wants.

use crate::fake_engine::FakeEngine;
use serde_json::json;
use std::time::Duration;
use waterline::engine::Away;
use waterline::engine::hands::supply::Progress;
use waterline::engine::hands::*;
use waterline::engine::owned::{Instance, Name, SandboxId};

const INSTANCE: &str = "0123456789ab";
const SANDBOX: &str = "abcd1234";

fn hands(engine: &FakeEngine) -> Hands {
    let instance = Instance::parse(INSTANCE).expect("an instance");
    Hands::new(engine.host(), instance)
}

fn id(digit: &str) -> FullId {
    FullId::parse(&digit.repeat(64)).expect("an id")
}

/// A container of ours, as the engine tells of it.
fn has_container(engine: &FakeEngine, id: &FullId, name: &str) {
    let labels = json!({"wl.instance": INSTANCE, "wl.sandbox": SANDBOX, "wl.name": "web"});
    let told = json!({"Id": id.as_str(), "Name": format!("/{name}"),
                      "Config": {"Labels": labels, "Tty": false}});
    let path = format!("/containers/{id}/json");
    engine.script.answers(&path, 200, told.to_string());
}

fn refusal(message: &str) -> String {
    json!({"message": message}).to_string()
}

fn new_network() -> NewNetwork {
    NewNetwork {
        sandbox: SandboxId::parse(SANDBOX).expect("an id"),
        name: Name::parse("bridge").expect("a name"),
        until: jiff::Timestamp::now(),
        labels: Vec::new(),
    }
}

#[tokio::test]
async fn a_subnet_that_is_taken_is_passed_over_but_not_for_ever() {
    let engine = FakeEngine::start().await;
    let overlaps = refusal("Pool overlaps with other one on this address space");
    engine.script.answers("/networks/create", 403, overlaps);
    let hands = hands(&engine);
    let create = || hands.apply(Change::CreateNetwork(new_network()));
    let failed = create().await.expect_err("taken");
    assert!(failed.message().contains("overlaps"), "{failed}");
    let tries = engine.script.count("/networks/create");
    assert!((2..=64).contains(&tries), "{tries}");
    assert_eq!(
        engine.script.count("/networks"),
        1,
        "the others are asked once"
    );

    let all = json!([{"IPAM": {"Config": [{"Subnet": "198.18.0.0/15"}]}}]);
    engine.script.answers("/networks", 200, all.to_string());
    assert!(create().await.is_err());
    assert_eq!(engine.script.count("/networks/create"), tries + 1);
}

#[tokio::test]
async fn a_removal_that_somebody_else_has_begun_is_a_success() {
    let engine = FakeEngine::start().await;
    let (hands, web) = (hands(&engine), id("a"));
    has_container(&engine, &web, "wl-abcd1234-web");
    let message = "removal of container web is already in progress";
    let path = format!("/containers/{web}?force=1&v=1");
    engine.script.answers(&path, 409, refusal(message));
    let remove = Change::RemoveContainer {
        id: web.clone(),
        force: true,
        volumes: true,
    };
    assert!(hands.apply(remove.clone()).await.is_ok());
    engine.script.answers(&path, 409, refusal("it runs"));
    let failed = hands.apply(remove).await.expect_err("another conflict");
    assert_eq!((failed.status(), failed.message()), (Some(409), "it runs"));
}

#[tokio::test]
async fn what_a_killed_engine_left_in_the_way_of_a_start_is_told_apart() {
    let engine = FakeEngine::start().await;
    let (hands, web) = (hands(&engine), id("a"));
    has_container(&engine, &web, "wl-abcd1234-web");
    let path = format!("/containers/{web}/start");
    for (message, is_left_over) in [
        ("task aaaa: already exists: unknown", true),
        ("exec: \"nosuch\": executable file not found", false),
    ] {
        engine.script.answers(&path, 500, refusal(message));
        let failed = hands.apply(Change::Start(web.clone())).await;
        let failed = failed.expect_err(message);
        assert_eq!(failed.is_left_over_task(), is_left_over, "{message}");
    }
}

#[tokio::test]
async fn nothing_of_others_is_called_but_to_see_whose_it_is() {
    let engine = FakeEngine::start().await;
    let hands = hands(&engine);
    let theirs = id("b");
    has_container(&engine, &theirs, "wl-abcd1234-other");
    let signal = Signal::KILL;
    for change in [
        Change::Start(theirs.clone()),
        Change::Kill {
            id: theirs.clone(),
            signal,
        },
        Change::RemoveContainer {
            id: theirs.clone(),
            force: true,
            volumes: false,
        },
        Change::RemoveNetwork(id("c")),
        Change::RemoveVolume(FullId::parse("wl-abcd1234-data").expect("a volume")),
        Change::RemoveImage {
            image: ImageRef::Id(id("d")),
            force: true,
        },
    ] {
        let failed = hands.apply(change).await.expect_err("not ours");
        assert!(failed.is_missing(), "{failed}");
    }
    let exec = NewExec {
        container: theirs.clone(),
        command: vec!["sh".into()],
        env: Vec::new(),
        workdir: None,
        tty: false,
        detach: false,
    };
    assert!(
        hands
            .exec_start(exec)
            .await
            .expect_err("not ours")
            .is_missing()
    );
    assert!(hands.logs(&theirs, LogsOptions::default()).await.is_err());
    let calls = engine.script.calls();
    assert!(
        calls.iter().all(|call| call.starts_with("GET ")),
        "{calls:?}"
    );
    assert!(
        calls.iter().all(|call| !call.contains("/logs")),
        "{calls:?}"
    );
}

#[tokio::test]
async fn a_pull_tells_each_step_and_why_it_fails() {
    let engine = FakeEngine::start().await;
    let path = "/images/create?fromImage=busybox&tag=latest";
    let lines = "{\"status\":\"Pulling from library/busybox\",\"id\":\"latest\"}\r\n\
                 {\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":9},\"id\":\"ab\"}\r\n\
                 {\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"ab\"}\r\n";
    engine.script.answers(path, 200, lines);
    let mut steps = Vec::new();
    let pull = hands(&engine)
        .pull_demo_image(|step| steps.push(step))
        .await;
    pull.expect("pulled");
    let half = Progress {
        layer: "ab".into(),
        status: "Downloading".into(),
        current: 5,
        total: 9,
    };
    assert_eq!((steps.len(), &steps[1]), (3, &half));

    let fails = format!("{lines}{{\"error\":\"no space left on device\"}}\n");
    engine.script.answers(path, 200, fails);
    let failed = hands(&engine).pull_demo_image(|_| ()).await;
    let failed = failed.expect_err("no space");
    assert_eq!(failed.message(), "no space left on device");
}

#[tokio::test]
async fn an_engine_that_dies_meanwhile_leaves_it_open() {
    let mut engine = FakeEngine::start().await;
    let (hands, web) = (hands(&engine), id("a"));
    has_container(&engine, &web, "wl-abcd1234-web");
    engine.script.takes(Duration::from_millis(200));
    let start = tokio::spawn({
        let hands = hands.clone();
        async move { hands.apply(Change::Start(web)).await }
    });
    while engine
        .script
        .calls()
        .iter()
        .all(|call| !call.ends_with("/start"))
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    engine.stop().await;
    let failed = start.await.expect("no panic").expect_err("it died");
    assert!(
        matches!(failed, Failed::Away(Away::Broken(_))),
        "{failed:?}"
    );
}

#[tokio::test]
async fn the_moment_is_that_of_the_engines_clock() {
    let engine = FakeEngine::start().await;
    let info = r#"{"SystemTime":"2020-01-01T00:00:00.5Z"}"#;
    engine.script.answers("/info", 200, info);
    let now = hands(&engine).now().await.expect("a moment");
    let behind = now.as_second() - 1_577_836_800;
    assert!((0..10).contains(&behind), "{now}");
}
