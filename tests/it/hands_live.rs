//! The hands on a real engine, looked at with docker itself.

use crate::live_engine::live_host;
use crate::sandbox_ground::*;
use futures_util::{FutureExt, StreamExt};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use waterline::demos::prepare::{self, Pins};
use waterline::demos::{doctor, janitor};
use waterline::engine::hands::*;
use waterline::engine::owned::{ImageName, Instance, SandboxId};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sandbox_makes_is_all_there_and_a_wipe_leaves_nothing() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let hands = &ground.hands;
    let network = ground.network("bridge").await;
    let volume = ground.volume("data").await;
    let new = NewContainer {
        mounts: vec![
            NewMount::Volume {
                volume: volume.clone(),
                target: Target::parse("/data").expect("a target"),
                read_only: false,
                no_copy: false,
            },
            NewMount::Tmpfs {
                target: Target::parse("/scratch").expect("a target"),
                bytes: 1 << 20,
                read_only: false,
            },
        ],
        ..ground.container("web", Some(&network), &["sleep", "600"])
    };
    let web = ground.run(new).await;
    let script = "echo $GREETING in $PWD; echo oh >&2; echo x > /data/x; echo y > /layer; exit 7";
    let (out, err, code) = ground.exec(&web, &["sh", "-c", script]).await;
    assert_eq!((&*out, &*err, code), ("hello in /tmp\n", "oh\n", 7));
    let scratch = ground.exec(&web, &["df", "-k", "/scratch"]).await.0;
    assert!(scratch.contains(" 1024 "), "{scratch}");
    let changes = hands
        .look(Look::Changes(web.clone()))
        .await
        .expect("changes");
    assert!(changes.to_string().contains("/layer"), "{changes}");

    let commit = |name: Option<&str>| {
        Change::Commit(NewImage {
            sandbox: ground.sandbox,
            container: web.clone(),
            name: name.map(|name| ImageName::parse(name).expect("a name")),
            until: until(),
            message: Some("a step & more".into()),
            author: None,
            no_pause: false,
        })
    };
    let first = hands.apply(commit(Some("snap:1"))).await.expect("an image");
    let second = hands.apply(commit(Some("snap:1"))).await.expect("an image");
    let third = hands.apply(commit(None)).await.expect("an image");
    let sandbox = Whose::Sandbox(ground.sandbox);
    let images = hands.look(Look::Images(sandbox)).await.expect("images");
    let ids: Vec<_> = images.as_array().expect("a list").iter().collect();
    for done in [&first, &second, &third] {
        let id = done.id.as_ref().expect("an id").as_str();
        assert!(ids.iter().any(|row| row["Id"] == id), "{id} in {images}");
    }
    let history = Look::History(third.id.clone().expect("an id"));
    let history = hands.look(history).await.expect("its history");
    assert_eq!(history[0]["Comment"], "a step & more");
    let from_snap = NewContainer {
        image: second.id.clone().expect("an id"),
        ..ground.container("second", Some(&network), &["cat", "/layer"])
    };
    let from_snap = ground.run(from_snap).await;
    assert_eq!(hands.wait(&from_snap).await.expect("a code"), 0);
    let logs = hands.logs(&from_snap, LogsOptions::default()).await;
    assert_eq!(heard(logs.expect("logs")).await.0, "y\n");

    let paused = ground.container("paused", Some(&network), &["sleep", "600"]);
    let paused = ground.run(paused).await;
    hands.apply(Change::Pause(paused)).await.expect("it pauses");
    assert_eq!(
        ground.labelled().len(),
        3 + 3 + 1 + 1,
        "{:?}",
        ground.labelled()
    );
    let inspected = ground.docker(&["inspect", web.as_str()]);
    for is_so in [
        "\"Privileged\": false",
        "\"Memory\": 67108864",
        "\"PidsLimit\": 64",
    ] {
        assert!(inspected.contains(is_so), "{inspected}");
    }
    let internal = ground.docker(&[
        "network",
        "inspect",
        "-f",
        "{{.Internal}}",
        network.as_str(),
    ]);
    assert_eq!(internal, "true");

    let began = Instant::now();
    let swept = janitor::wipe(hands, &ground.sandbox).await.expect("a wipe");
    assert_eq!((swept.found.len(), swept.removed), (8, 8), "{swept:?}");
    assert_eq!(ground.labelled(), Vec::<String>::new());
    assert!(began.elapsed() < Duration::from_secs(10));
    let again = janitor::wipe(hands, &ground.sandbox).await.expect("a wipe");
    assert_eq!(again.found, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn output_input_exit_code_and_terminal_reach_through() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let hands = &ground.hands;
    // In front of the start: nothing that it prints is missed, however short it lives.
    let short = ground.container(
        "short",
        None,
        &["sh", "-c", "echo out; echo err >&2; exit 3"],
    );
    let short = ground
        .create(NewContainer {
            remove: true,
            ..short
        })
        .await;
    let attached = hands.attach(&short, AttachOptions::default()).await;
    let waiting = hands
        .waiting(&short, WaitFor::Removed)
        .await
        .expect("a wait");
    hands.apply(Change::Start(short)).await.expect("it starts");
    let (out, err) = heard(attached.expect("attached").output).await;
    assert_eq!((&*out, &*err), ("out\n", "err\n"));
    assert_eq!(waiting.code().await.expect("a code"), 3);

    let cat = NewContainer {
        stdin: true,
        ..ground.container("cat", None, &["cat"])
    };
    let cat = ground.create(cat).await;
    let with_input = AttachOptions {
        stdin: true,
        logs: false,
    };
    let attached = hands.attach(&cat, with_input).await.expect("attached");
    hands
        .apply(Change::Start(cat.clone()))
        .await
        .expect("it starts");
    let mut input = attached.input.expect("an input");
    input.write_all(b"typed\n").await.expect("written");
    input.shutdown().await.expect("the end of input");
    assert_eq!(heard(attached.output).await.0, "typed\n");
    assert_eq!(hands.wait(&cat).await.expect("a code"), 0);
    let running = hands.exec_start(exec(&cat, &["true"])).await;
    assert_eq!(running.expect_err("it does not run").status(), Some(409));

    let sleeps = ground
        .run(ground.container("sleeps", None, &["sleep", "600"]))
        .await;
    let mut terminal = hands
        .exec_terminal(exec(&sleeps, &["sh"]))
        .await
        .expect("a terminal");
    let screen = Screen::Exec(terminal.exec.clone().expect("an exec"));
    let resize = Change::Resize {
        screen,
        rows: 41,
        columns: 9999,
    };
    hands.apply(resize).await.expect("resized");
    terminal
        .writer
        .write_all(b"stty size; exit 5\n")
        .await
        .expect("typed");
    let mut printed = String::new();
    terminal
        .reader
        .read_to_string(&mut printed)
        .await
        .expect("printed");
    assert!(printed.contains("41 500"), "{printed:?}");
    let code = hands.exec_code(&terminal.exec.expect("an exec")).await;
    assert_eq!(code.expect("a code"), 5);

    let top = PsArgs::parse(&["-eo".into(), "pid,comm".into()]).expect("columns");
    let top = hands.top(&sleeps, &top).await.expect("processes");
    assert!(top["Processes"].to_string().contains("sleep"), "{top}");
    let stats = hands.stats(&sleeps).await.expect("stats");
    assert_eq!(stats["memory_stats"]["limit"], 64 << 20);
    let follow = LogsOptions {
        follow: true,
        ..LogsOptions::default()
    };
    let mut logs = hands.logs(&sleeps, follow).await.expect("logs");
    assert!(logs.next().now_or_never().is_none(), "nothing was printed");
    let stop = Change::Stop {
        id: sleeps.clone(),
        seconds: Some(0),
    };
    hands.apply(stop.clone()).await.expect("stopped");
    assert!(
        logs.next().await.is_none(),
        "and it ends with the container"
    );
    assert_eq!(hands.apply(stop).await.expect("it was").status, 304);
    assert_eq!(hands.wait(&sleeps).await.expect("a code"), 137);

    let shell = NewContainer {
        tty: true,
        stdin: true,
        ..ground.container("shell", None, &["sh"])
    };
    let shell = ground.create(shell).await;
    let mut terminal = hands.attach_terminal(&shell).await.expect("a terminal");
    hands
        .apply(Change::Start(shell.clone()))
        .await
        .expect("it starts");
    terminal
        .writer
        .write_all(b"echo $((6*7)); exit 4\n")
        .await
        .expect("typed");
    let mut printed = String::new();
    terminal
        .reader
        .read_to_string(&mut printed)
        .await
        .expect("printed");
    assert!(printed.contains("\n42"), "{printed:?}");
    assert_eq!(hands.wait(&shell).await.expect("a code"), 4);
    let none = hands
        .attach_terminal(&sleeps)
        .await
        .err()
        .expect("no terminal");
    assert_eq!(none.status(), Some(409));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_nobody_waits_for_is_made_all_the_same() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let new = ground.container("lonely", None, &["sleep", "600"]);
    let change = Change::CreateContainer(Box::new(new));
    // Polled once, and dropped.
    assert!(ground.hands.apply(change).now_or_never().is_none());
    for _ in 0..100 {
        if !ground.labelled().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it was not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_hears_only_its_own_events() {
    let (Some(ground), Some(other)) = (Ground::new().await, Ground::new().await) else {
        return;
    };
    let since = EventsOptions::default();
    let events = ground
        .hands
        .events(&ground.sandbox, since)
        .await
        .expect("events");
    for ground in [&other, &ground] {
        let network = ground.network("bridge").await;
        ground.volume("data").await;
        let new = ground.container("web", Some(&network), &["true"]);
        let id = ground.run(new).await;
        ground.hands.wait(&id).await.expect("an end");
        janitor::wipe(&ground.hands, &ground.sandbox)
            .await
            .expect("a wipe");
    }
    let mut seen = Vec::new();
    let mut events = events.map(|event| event.expect("an event"));
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(1), events.next()).await {
        let other = other.sandbox.as_str();
        assert!(!event.to_string().contains(other), "{event}");
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        seen.push(format!(
            "{} {}",
            text(&event["Type"]),
            text(&event["Action"])
        ));
    }
    for expected in [
        "network create",
        "volume create",
        "container create",
        "network connect",
        "container start",
        "container die",
        "container destroy",
        "volume destroy",
        "network destroy",
    ] {
        assert!(
            seen.iter().any(|event| event == expected),
            "{expected} in {seen:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn networks_made_at_the_same_time_lie_in_subnets_of_their_own() {
    let (Some(ground), Some(other)) = (Ground::new().await, Ground::new().await) else {
        return;
    };
    let names: Vec<String> = (0..20).map(|number| format!("n{number}")).collect();
    async fn make(ground: &Ground, names: &[String]) -> Vec<FullId> {
        let made = names.iter().map(|name| ground.network(name));
        futures_util::future::join_all(made).await
    }
    let (one, two) = tokio::join!(make(&ground, &names), make(&other, &names));
    let format = "{{(index .IPAM.Config 0).Subnet}}";
    let mut arguments = vec!["network", "inspect", "-f", format];
    arguments.extend(one.iter().chain(&two).map(FullId::as_str));
    let inspected = ground.docker(&arguments);
    let mut subnets: Vec<&str> = inspected.lines().collect();
    assert!(
        subnets
            .iter()
            .all(|it| it.starts_with("198.1") && it.ends_with("/28")),
        "{subnets:?}"
    );
    subnets.sort_unstable();
    subnets.dedup();
    assert_eq!(subnets.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_built_of_this_machines_busybox_runs_and_is_known_again() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let (built, busybox) = prepare::build(&ground.hands).await.expect("an image");
    assert!(busybox.ends_with("busybox"), "{busybox:?}");
    let found = ground.hands.labelled_demo_images().await.expect("images");
    assert!(found.contains(&built), "{found:?}");
    let new = NewContainer {
        image: built.clone(),
        ..ground.container(
            "built",
            None,
            &["sh", "-c", "ls -ld /tmp && id -un && which wget"],
        )
    };
    let id = ground.run(new).await;
    assert_eq!(ground.hands.wait(&id).await.expect("a code"), 0);
    let logs = ground
        .hands
        .logs(&id, LogsOptions::default())
        .await
        .expect("logs");
    let (out, _) = heard(logs).await;
    assert!(
        out.contains("drwxrwxrwt") && out.contains("root\n/bin/wget"),
        "{out}"
    );

    let pins = tempfile::tempdir().expect("a folder");
    let pins = Pins::in_folder(pins.path());
    let again = prepare::prepare(&ground.hands, &pins, None, |_| ())
        .await
        .expect("prepared");
    assert_eq!(again.came, prepare::Came::Already);
    let facts = doctor::ask(&ground.hands, &pins).await.expect("facts");
    assert!(facts.has_image && facts.subnets.0 > 0);
    assert!(facts.info["MemTotal"].as_u64() > Some(1 << 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_away_leaves_it_open_whether_it_was_done() {
    let host = live_host("unix:///nowhere/docker.sock");
    let hands = Hands::new(Arc::clone(&host), Instance::random().expect("random"));
    let id = FullId::parse(&"a".repeat(64)).expect("an id");
    let failed = hands
        .apply(Change::Start(id))
        .await
        .expect_err("nobody there");
    assert!(matches!(failed, Failed::Away(_)), "{failed}");
    let sandbox = SandboxId::random().expect("random");
    assert!(janitor::wipe(&hands, &sandbox).await.is_err());
}
