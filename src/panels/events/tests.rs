//! Groups and lives, from events of engines that differ.

use crate::engine::answer::HostFacts;
use crate::engine::{Answer, Answers, Ask, Away, State, recorded};
use crate::panels::{Drawn, Panel, PanelState, View, draw};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

const WEB: &str = "6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd";
const SECOND: i64 = 1_000_000_000;
const BEGAN: i64 = 1_795_500_000 * SECOND;

/// An event of a container, `at` milliseconds after the beginning.
pub fn of_container(at: i64, action: &str, id: &str, attributes: Value) -> Value {
    of("container", at, action, id, attributes)
}

fn of(kind: &str, at: i64, action: &str, id: &str, attributes: Value) -> Value {
    json!({"Type": kind, "Action": action, "scope": "local",
           "timeNano": BEGAN + at * SECOND / 1000,
           "Actor": {"ID": id, "Attributes": attributes}})
}

pub fn answers(told: &[(Ask, Value)]) -> Answers {
    let mut have = Answers::from_host(HostFacts {
        name: "default".into(),
        api: "1.41".into(),
        ..HostFacts::default()
    });
    for (ask, json) in told {
        let answer = Answer {
            json: Arc::new(json.clone()),
            asked: Timestamp::from_nanosecond(BEGAN.into()).expect("a time"),
            state: State::Live,
        };
        have.insert(ask.clone(), Ok(answer));
    }
    have
}

fn drawn(events: Vec<Value>) -> Drawn {
    of_focus(events, "")
}

fn of_focus(events: Vec<Value>, of: &str) -> Drawn {
    let have = answers(&[
        (Ask::Events, Value::Array(events)),
        (Ask::Containers, json!([])),
    ]);
    draw(Panel::Events, &View::default().focus(of), &have)
}

/// What is told, newest first: `web was started`.
fn told(panel: &Drawn) -> Vec<String> {
    let told = panel.json["picture"]["told"].as_array().expect("a list");
    told.iter()
        .map(|one| {
            let text = |name: &str| one["group"][name].as_str().unwrap_or("–").to_owned();
            format!(
                "{} {} [{}]",
                text("subject"),
                text("happened"),
                text("like")
            )
        })
        .collect()
}

fn web() -> Value {
    json!({"name": "shop-web-1", "image": "shop/web:1.4",
           "com.docker.compose.project": "shop", "com.docker.compose.service": "web"})
}

fn web_and(name: &str, value: &str) -> Value {
    let mut web = web();
    web[name] = value.into();
    web
}

#[test]
fn a_run_is_one_entry_and_a_stop_another() {
    let net = json!({"container": WEB, "name": "shop_default", "type": "bridge"});
    let panel = drawn(vec![
        of_container(0, "create", WEB, web()),
        of_container(1, "attach", WEB, web()),
        of("network", 5, "connect", "net", net.clone()),
        of_container(200, "start", WEB, web()),
        of_container(60_000, "kill", WEB, web_and("signal", "15")),
        of_container(70_000, "kill", WEB, web_and("signal", "9")),
        of_container(70_010, "die", WEB, web_and("exitCode", "137")),
        of("network", 70_020, "disconnect", "net", net.clone()),
        of_container(70_030, "stop", WEB, web()),
        of("network", 70_500, "connect", "net", net),
        of_container(70_600, "start", WEB, web()),
        of_container(90_000, "die", WEB, web_and("exitCode", "0")),
    ]);
    assert_eq!(
        told(&panel),
        [
            "web of shop stopped by itself, exit code 0 [–]",
            "web of shop joined network shop_default and was started [docker start]",
            "web of shop got signal 15 (TERM), got signal 9 (KILL) and was killed, since it had not heeded signal 15 in time, exit code 137 [docker stop]",
            "web of shop was created from shop/web:1.4, joined network shop_default and was started [docker run]",
        ]
    );
    assert!(panel.html.contains("<p class=\"answer\">Last: <bdi>web of shop</bdi> <bdi>stopped by itself, exit code 0</bdi>, <time datetime=\"2026-11-24T06:01:30Z\">"), "{}", panel.html);
}

#[test]
fn how_a_container_ended_is_told_apart() {
    let end = |before: Vec<(&str, Value)>, code: &str| {
        let mut events: Vec<Value> = before
            .into_iter()
            .map(|(action, with)| of_container(0, action, WEB, with))
            .collect();
        events.push(of_container(50, "die", WEB, web_and("exitCode", code)));
        told(&drawn(events)).remove(0)
    };
    for (before, code, said) in [
        (vec![], "137", "was killed, not by docker's doing"),
        (vec![("oom", web())], "137", "for want of memory"),
        (
            vec![("kill", web_and("signal", "9"))],
            "137",
            "was killed, exit code 137",
        ),
        (
            vec![("kill", web_and("signal", "15"))],
            "143",
            "ended by it, exit code 143",
        ),
        (
            vec![("kill", web_and("signal", "15"))],
            "0",
            "ended with exit code 0",
        ),
        (vec![], "3", "stopped by itself, exit code 3"),
        (vec![], "••••", "with which exit code is not told"),
    ] {
        let read = end(before, code);
        assert!(read.contains(said), "{said}: {read}");
    }
}

#[test]
fn health_checks_and_looks_are_counted_and_answer_nothing() {
    let mut events = vec![of_container(0, "start", WEB, web())];
    for round in 1..=20 {
        for (at, action) in [(0, "exec_create"), (5, "exec_start"), (40, "exec_die")] {
            events.push(of_container(round * 5000 + at, action, WEB, web()));
        }
        events.push(of_container(round * 5000 + 900, "top", WEB, web()));
    }
    let panel = drawn(events);
    assert_eq!(
        told(&panel),
        [
            "web of shop had its processes listed 20 times [docker top]",
            "web of shop had a command run inside 20 times [docker exec]",
            "web of shop was started [docker start]",
        ]
    );
    assert!(
        panel
            .html
            .contains("Last: <bdi>web of shop</bdi> <bdi>was started</bdi>")
    );
}

#[test]
fn images_networks_and_volumes_are_told_by_their_names() {
    let id = format!("sha256:{WEB}");
    let panel = drawn(vec![
        of("image", 0, "tag", &id, json!({"name": "acme/base:1"})),
        of("image", 9000, "delete", &id, json!({"name": id})),
        of(
            "network",
            10_000,
            "create",
            "n1",
            json!({"name": "shop_default", "type": "bridge"}),
        ),
        of("volume", 11_000, "create", WEB, json!({"driver": "local"})),
        of("service", 12_000, "update", "s1", json!({"name": "••••"})),
        of("daemon", 13_000, "reload", "d1", json!({"name": "host"})),
    ]);
    assert_eq!(
        told(&panel),
        [
            "the engine read its settings again [–]",
            "service •••• reported update [–]",
            "volume 6078e29d0e2d was created [–]",
            "network shop_default was created [–]",
            "image 6078e29d0e2d was removed [–]",
            "image acme/base:1 got this name [–]",
        ]
    );
}

#[test]
fn a_life_runs_from_its_start_to_its_end() {
    let panel = drawn(vec![
        of_container(0, "create", WEB, web()),
        of_container(200, "start", WEB, web()),
        of_container(300_000, "die", WEB, web_and("exitCode", "137")),
        of_container(300_100, "destroy", WEB, web()),
        of_container(
            300_200,
            "die",
            "beef",
            json!({"name": "older", "exitCode": "0"}),
        ),
    ]);
    let lives = &panel.json["picture"]["lives"];
    let gaps: Vec<&Value> = lives["slots"]
        .as_array()
        .expect("slots")
        .iter()
        .map(|slot| &slot["gap"])
        .collect();
    assert_eq!(
        gaps,
        [
            &Value::Null,
            &Value::Null,
            &json!("4 min"),
            &Value::Null,
            &Value::Null,
            &Value::Null
        ]
    );
    let row = |n: usize| -> Vec<(String, String)> {
        let cells = lives["rows"][n]["cells"].as_array().expect("cells");
        cells
            .iter()
            .map(|cell| {
                (
                    cell["after"].as_str().unwrap_or("").into(),
                    cell["step"].as_str().unwrap_or("").into(),
                )
            })
            .collect()
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        row(0),
        [
            pair("still", "created"),
            pair("runs", "started"),
            pair("runs", ""),
            pair("still", "ended"),
            pair("none", "removed"),
            pair("none", "")
        ]
    );
    assert_eq!(lives["rows"][0]["cells"][3]["code"], 137);
    assert_eq!(
        lives["rows"][1]["cells"][0]["before"], "runs",
        "it ran before that"
    );
    assert!(panel.html.contains("created at 06:00:00 UTC, started at 06:00:00 UTC, ended with exit code 137 at 06:05:00 UTC"), "{}", panel.html);
}

#[test]
fn one_container_can_be_chosen_and_an_unknown_one_is_said() {
    let events = || {
        vec![
            of_container(0, "start", WEB, web()),
            of_container(9000, "start", "beefbeef", json!({"name": "other"})),
        ]
    };
    for of in ["web of shop", "6078e29d0e2d"] {
        assert_eq!(
            told(&of_focus(events(), of)),
            ["web of shop was started [docker start]"]
        );
    }
    let unknown = of_focus(events(), "<b>nobody");
    assert_eq!(told(&unknown).len(), 2);
    assert!(
        unknown
            .html
            .contains("No event of <bdi>&#60;b&#62;nobody</bdi> is remembered"),
        "{}",
        unknown.html
    );
}

#[test]
fn as_many_events_as_an_engine_remembers_stay_small() {
    let long = "n".repeat(300);
    let events = (0..256)
        .map(|n| {
            let action = ["create", "start", "die", "destroy"][n % 4];
            let id = format!("{:064x}", n / 2);
            of_container(
                n as i64 * 20_000,
                action,
                &id,
                json!({"name": format!("{n}{long}"), "image": long}),
            )
        })
        .collect();
    let panel = drawn(events);
    assert!(panel.html.len() < 100_000, "{}", panel.html.len());
    assert_eq!(told(&panel).len(), 40);
    assert!(
        panel
            .html
            .contains("216 earlier entries of 216 events are not shown"),
        "{}",
        panel.html
    );
    assert!(panel.html.contains("this one has as many"));
}

#[test]
fn an_engine_that_remembers_nothing_or_speaks_oddly_is_told_in_words() {
    let panel = drawn(vec![]);
    assert_eq!(panel.state, PanelState::Live);
    assert!(panel.html.contains("remembers no event"));
    // Podman's words, an event without an actor, a time in seconds, and things that are none.
    let panel = drawn(vec![
        json!({"Type": "container", "Action": "died", "time": 1_795_500_000, "Actor": {"ID": WEB, "Attributes": {"name": "p", "containerExitCode": "1"}}}),
        json!({"status": "start", "Type": "container", "timeNano": BEGAN + 20 * SECOND, "id": WEB}),
        json!({"Type": "container", "Action": "start"}),
        json!({"Type": "pod", "Action": "\u{202e}<b>", "timeNano": i64::MIN, "Actor": null}),
        json!(7),
    ]);
    let read = told(&panel);
    assert!(
        read.contains(&"container 6078e29d0e2d stopped by itself, exit code 1 [–]".to_owned()),
        "{read:?}"
    );
    assert!(!panel.html.contains("<b>\u{202e}") && !panel.html.contains('\u{202e}'));
}

#[test]
fn a_recording_without_events_says_so_kindly() {
    let mut recording = (*recorded::embedded()).clone();
    recording.answers.remove(&Ask::Events.path());
    let view = View::default();
    let have = recording.gather(|have| Panel::Events.asks(&view, have));
    let panel = draw(Panel::Events, &view, &have);
    assert_eq!(panel.state, PanelState::Unavailable);
    assert!(
        panel.html.contains("The recording does not hold events"),
        "{}",
        panel.html
    );
    let mut have = answers(&[]);
    have.insert(Ask::Events, Err(Away::Silent(3)));
    let silent = draw(Panel::Events, &view, &have);
    assert!(silent.html.contains("said nothing for 3 s"));
}
