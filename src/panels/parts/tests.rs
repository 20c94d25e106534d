//! The chain and its lanes, from answers of engines that differ.

use crate::engine::{Ask, Away, Id, recorded};
use crate::panels::events::tests::{answers, of_container};
use crate::panels::{Drawn, Panel, PanelState, View, draw};
use serde_json::{Value, json};

const WEB: &str = "6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd";
const DB: &str = "1111e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd";

fn version() -> Value {
    json!({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Components": [
        {"Name": "Engine", "Version": "20.10.24"}, {"Name": "containerd", "Version": "1.6.20"},
        {"Name": "runc", "Version": "1.1.5"}, {"Name": "docker-init", "Version": "0.19.0"}]})
}

fn info() -> Value {
    json!({"DefaultRuntime": "runc", "Runtimes": {"runc": {"path": "runc"}, "io.containerd.runc.v2": {"path": "runc"}},
           "InitBinary": "docker-init", "InitCommit": {"ID": "", "Expected": ""}, "LiveRestoreEnabled": false})
}

fn running() -> Value {
    json!([{"Id": WEB, "Names": ["/web"], "State": "running", "Status": "Up 2 hours", "Created": 2},
           {"Id": DB, "Names": ["/db"], "State": "running", "Status": "Up 2 hours (healthy)", "Created": 1}])
}

fn inspect(pid: u64) -> Value {
    json!({"Path": "nginx ••••", "State": {"Pid": pid}, "HostConfig": {"Runtime": "runc", "Init": null}})
}

fn named(name: &str) -> Value {
    json!({"name": name, "image": "busybox", "exitCode": "137", "signal": "9"})
}

fn drawn(version: Value, info: Value, events: Vec<Value>) -> Drawn {
    let have = answers(&[
        (Ask::Version, version),
        (Ask::Info, info),
        (Ask::Containers, running()),
        (Ask::Events, Value::Array(events)),
        (Ask::Container(Id::new(WEB).expect("an id")), inspect(4127)),
        (Ask::Container(Id::new(DB).expect("an id")), inspect(77)),
    ]);
    draw(Panel::Parts, &View::default(), &have)
}

/// The names of the hops through which the last event went, in its order.
fn lit(panel: &Drawn) -> Vec<String> {
    let rows = panel.json["picture"]["rows"].as_array().expect("rows");
    let mut lit: Vec<(u64, String)> = rows
        .iter()
        .filter_map(|row| {
            let name = row["part"]["name"].as_str().unwrap_or_default();
            Some((row["lit"].as_u64()?, name.to_owned()))
        })
        .collect();
    lit.sort();
    lit.into_iter().map(|(_, name)| name).collect()
}

/// How the lane of the last event is drawn, hop by hop.
fn lane(panel: &Drawn) -> Vec<&str> {
    let rows = panel.json["picture"]["rows"].as_array().expect("rows");
    rows.iter()
        .filter_map(|row| row["cells"].as_array()?.last()?["class"].as_str())
        .collect()
}

#[test]
fn a_created_container_reaches_no_further_than_dockerd() {
    let panel = drawn(
        version(),
        info(),
        vec![of_container(0, "create", WEB, named("web"))],
    );
    assert_eq!(panel.state, PanelState::Live);
    assert_eq!(lit(&panel), ["docker CLI", "dockerd"]);
    assert_eq!(
        lane(&panel),
        ["from-top", "to-bottom", "no", "no", "no", "no"]
    );
    assert!(
        panel.html.contains(
            "1. The last: <bdi>create of web</bdi></b>, <time datetime=\"2026-11-24T06:00:00Z\">"
        ),
        "{}",
        panel.html
    );
    assert!(panel.html.contains("no task, no shim, no process yet"));
}

#[test]
fn a_start_goes_all_the_way_and_runc_leaves() {
    let panel = drawn(
        version(),
        info(),
        vec![
            of_container(0, "create", WEB, named("web")),
            of_container(200, "start", WEB, named("web")),
        ],
    );
    assert_eq!(
        lit(&panel),
        [
            "docker CLI",
            "dockerd",
            "containerd",
            "shim",
            "runc",
            "PID 1"
        ]
    );
    assert_eq!(
        lane(&panel),
        ["from-top", "thru", "thru", "thru", "thru", "to-bottom"]
    );
    assert!(panel.html.contains("hop lit leaves"), "{}", panel.html);
    assert!(panel.html.contains("pid 4127 on the host"));
    assert!(panel.html.contains("the first process of web: nginx"));
    assert!(
        panel.html.contains(
            "stand <bdi>dockerd 20.10.24, containerd 1.6.20, a shim and runc 1.1.5</bdi>"
        ),
        "{}",
        panel.html
    );
}

#[test]
fn news_of_an_end_comes_up_and_goes_by_where_runc_was() {
    let panel = drawn(
        version(),
        info(),
        vec![of_container(0, "die", WEB, named("web"))],
    );
    assert_eq!(lit(&panel), ["PID 1", "shim", "containerd", "dockerd"]);
    assert_eq!(
        lane(&panel),
        ["no", "to-top", "thru", "thru", "by", "from-bottom"]
    );
    assert!(panel.html.contains("end of web, exit code 137"));
}

#[test]
fn a_new_event_is_a_new_element_so_that_it_moves() {
    let at = |ms: i64| {
        drawn(
            version(),
            info(),
            vec![of_container(ms, "start", WEB, named("web"))],
        )
    };
    let marks = |panel: &Drawn| -> Vec<String> {
        panel
            .html
            .split("id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|id| id.contains("-lane-"))
            .map(str::to_owned)
            .collect()
    };
    let (one, same, other) = (marks(&at(0)), marks(&at(0)), marks(&at(1)));
    assert_eq!(one.len(), 6);
    assert_eq!(one, same);
    assert!(
        one.iter().all(|id| !other.contains(id)),
        "{one:?} {other:?}"
    );
}

#[test]
fn health_checks_do_not_flood_the_lanes() {
    let mut events = vec![of_container(0, "start", WEB, named("web"))];
    for round in 1..=3 {
        for (at, action) in [(0, "exec_create"), (5, "exec_start"), (40, "exec_die")] {
            events.push(of_container(round * 5000 + at, action, DB, named("db")));
        }
        events.push(of_container(round * 5000 + 50, "top", DB, named("db")));
    }
    // One by hand, in a container without a health check.
    events.push(of_container(30_000, "exec_start", WEB, named("web")));
    let panel = drawn(version(), info(), events);
    assert_eq!(
        lit(&panel),
        ["docker CLI", "dockerd", "containerd", "shim", "runc"],
        "beside process 1"
    );
    assert_eq!(
        panel.json["picture"]["lanes"].as_array().map(Vec::len),
        Some(2)
    );
    assert!(
        panel.html.contains("Three commands were run inside db"),
        "{}",
        panel.html
    );
    assert!(panel.html.contains("it has a health check"));
}

#[test]
fn podman_has_no_daemon_and_no_containerd() {
    let version = json!({"Version": "4.3.1", "ApiVersion": "1.41", "MinAPIVersion": "1.24", "Components": [
        {"Name": "Podman Engine", "Version": "4.3.1"},
        {"Name": "Conmon", "Version": "conmon version 2.1.6, commit: unknown"},
        {"Name": "OCI Runtime (crun)", "Version": "crun version 1.8.1\ncommit: f8a096"}]});
    let panel = drawn(
        version,
        json!({"Runtimes": null}),
        vec![of_container(0, "start", WEB, named("web"))],
    );
    assert_eq!(
        lit(&panel),
        ["docker CLI", "Podman", "conmon", "crun", "PID 1"]
    );
    assert!(
        panel
            .html
            .contains("<bdi>Podman 4.3.1, conmon 2.1.6 and crun 1.8.1</bdi>"),
        "{}",
        panel.html
    );
    assert!(panel.html.contains("This is Podman"));
    assert!(!panel.html.contains("<bdi>containerd</bdi>"));
    assert!(panel.html.contains("not told (Runtimes, DefaultRuntime)"));
}

#[test]
fn what_an_engine_leaves_out_is_said_and_no_hop_is_missing() {
    let have = answers(&[(Ask::Version, json!({"Components": null}))]);
    let panel = draw(Panel::Parts, &View::default(), &have);
    for part in [
        "version not told",
        "API, version not told",
        "the first process of a container. No container runs now",
        "no answer to GET /info",
        "not told (InitBinary)",
        "not told (LiveRestoreEnabled)",
    ] {
        assert!(panel.html.contains(part), "{part}: {}", panel.html);
    }
    assert_eq!(
        panel.json["picture"]["rows"].as_array().map(Vec::len),
        Some(6)
    );
    // A commit where no version stands, another runtime, and Windows.
    let told = json!({"ContainerdCommit": {"ID": "5f9bb2ab7bd4"}, "RuncCommit": {"ID": "N/A"}, "DefaultRuntime": "runsc"});
    let panel = drawn(json!({"Version": "29.0"}), told.clone(), vec![]);
    assert!(!panel.html.contains("commit N/A"), "{}", panel.html);
    assert!(
        panel.html.contains("containerd commit 5f9bb2ab7bd4"),
        "{}",
        panel.html
    );
    let mut gvisor = running();
    gvisor[0]["State"] = "exited".into();
    let have = answers(&[
        (Ask::Version, version()),
        (Ask::Info, told),
        (Ask::Containers, gvisor),
    ]);
    assert!(
        draw(Panel::Parts, &View::default(), &have)
            .html
            .contains("<bdi>runsc</bdi>")
    );
    let panel = drawn(
        json!({"Version": "29.0", "Os": "windows"}),
        Value::Null,
        vec![],
    );
    assert_eq!(
        panel.json["picture"]["rows"].as_array().map(Vec::len),
        Some(3)
    );
    assert!(panel.html.contains("runs Windows containers"));
}

#[test]
fn without_events_the_chain_stands_and_says_why_nothing_is_lit() {
    let mut recording = (*recorded::embedded()).clone();
    recording.answers.remove(&Ask::Events.path());
    let view = View::default();
    let have = recording.gather(|have| Panel::Parts.asks(&view, have));
    let panel = draw(Panel::Parts, &view, &have);
    assert_eq!(panel.state, PanelState::Recorded);
    assert!(
        panel.html.contains("The recording does not hold events"),
        "{}",
        panel.html
    );
    assert!(panel.html.contains("<bdi>containerd</bdi>"));
    assert!(lit(&panel).is_empty());
    let mut have = answers(&[(Ask::Version, version())]);
    have.insert(Ask::Events, Err(Away::Unreadable("x".into())));
    let panel = draw(Panel::Parts, &view, &have);
    assert!(
        panel.html.contains("is not told: the engine"),
        "{}",
        panel.html
    );
    let quiet = drawn(version(), info(), vec![]);
    assert!(quiet.html.contains("as far as this engine remembers"));
}

#[test]
fn the_end_of_the_chain_is_the_container_that_something_happened_to_last() {
    let asked = |events: Vec<Value>| {
        let have = answers(&[
            (Ask::Version, version()),
            (Ask::Info, info()),
            (Ask::Containers, running()),
            (Ask::Events, Value::Array(events)),
        ]);
        Panel::Parts.asks(&View::default(), &have).pop()
    };
    let container = |id: &str| Some(Ask::Container(Id::new(id).expect("an id")));
    assert_eq!(asked(vec![]), container(WEB), "the newest");
    assert_eq!(
        asked(vec![of_container(0, "start", DB, named("db"))]),
        container(DB)
    );
    assert_eq!(
        asked(vec![of_container(0, "die", "beef", named("gone"))]),
        container(WEB)
    );
}

#[test]
fn a_name_from_a_host_is_text() {
    let panel = drawn(
        version(),
        info(),
        vec![of_container(0, "start", WEB, named("<img src=x>\u{202e}"))],
    );
    assert!(!panel.html.contains("<img") && !panel.html.contains('\u{202e}'));
    assert!(panel.html.len() < 60_000);
}
