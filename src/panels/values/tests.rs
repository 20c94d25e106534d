//! Tests of the live values, from recorded and made-up answers.

use super::*;
use crate::engine::answer::HostFacts;
use crate::engine::{Away, recorded};
use jiff::Timestamp;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;

fn recorded_host() -> Answers {
    recorded::embedded().gather(|_| VALUES.iter().map(|value| value.ask.clone()).collect())
}

fn told(name: &str) -> Result<String, NotTold> {
    let value = Value::named(name).expect("a value of this name");
    value.told(&recorded_host())
}

fn answered(ask: Ask, json: Json, state: State) -> Answers {
    let mut have = Answers::from_host(HostFacts::default());
    let asked = Timestamp::from_second(1_795_521_600).expect("a time");
    have.insert(
        ask,
        Ok(Answer {
            json: Arc::new(json),
            asked,
            state,
        }),
    );
    have
}

fn fragment(have: &Answers) -> String {
    let value = Value::named("storage-driver").expect("a value");
    draw(value, "storage-driver", have).render().expect("HTML")
}

#[test]
fn every_name_is_there_once_and_can_stand_in_a_link() {
    let names: HashSet<&str> = VALUES.iter().map(|value| value.name).collect();
    assert_eq!(names.len(), VALUES.len());
    assert_eq!(names, NAMES.into_iter().collect());
    for value in &VALUES {
        let fits = |b: u8| b.is_ascii_lowercase() || b == b'-';
        assert!(value.name.bytes().all(fits), "{}", value.name);
        assert_eq!(parse_key(value.name).map(|(v, _)| v.name), Some(value.name));
    }
}

#[test]
fn the_recorded_host_tells_every_value_as_docker_says_it() {
    for value in &VALUES {
        value
            .told(&recorded_host())
            .unwrap_or_else(|why| panic!("{}: {why}", value.name));
    }
    for (name, said) in [
        ("storage-driver", "overlay2"),
        ("backing-filesystem", "extfs"),
        ("data-root", "/var/lib/docker"),
        ("engine-version", "20.10.24+dfsg1"),
        ("min-api-version", "1.12"),
        ("containerd-version", "1.6.20~ds1"),
        ("init-version", "0.19.0"),
        ("memory", "23.5 GiB"),
        ("cpus", "2"),
        ("containers", "12"),
        ("containers-running", "10"),
        ("images", "8"),
        ("volumes", "3"),
        ("networks", "7"),
        ("security", "seccomp"),
        ("rootless", "no"),
        ("swarm", "inactive"),
        ("live-restore", "no"),
    ] {
        assert_eq!(told(name).as_deref(), Ok(said), "{name}");
    }
}

#[test]
fn a_field_that_is_left_out_is_not_told_and_never_a_zero() {
    for value in &VALUES {
        for empty in [json!({}), json!(null), json!("x")] {
            let have = answered(value.ask.clone(), empty, State::Live);
            let told = value.told(&have);
            assert!(
                matches!(told, Err(NotTold::NoField { .. })),
                "{}: {told:?}",
                value.name
            );
        }
        assert!(
            matches!(value.told(&Answers::default()), Err(NotTold::Away(_))),
            "{}",
            value.name
        );
    }
    let none = answered(Ask::Volumes, json!({"Volumes": null}), State::Live);
    let volumes = Value::named("volumes").expect("a value");
    assert_eq!(volumes.told(&none).as_deref(), Ok("0"), "null means none");
}

#[test]
fn rootless_is_read_from_the_security_options() {
    let info = json!({"SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"]});
    let have = answered(Ask::Info, info, State::Live);
    let told = |name| Value::named(name).expect("a value").told(&have);
    assert_eq!(
        told("security").as_deref(),
        Ok("cgroupns, rootless, seccomp")
    );
    assert_eq!(told("rootless").as_deref(), Ok("yes"));
}

#[test]
fn a_fragment_says_how_fresh_the_word_is() {
    let info = json!({"Driver": "vfs"});
    let live = fragment(&answered(Ask::Info, info.clone(), State::Live));
    assert!(live.contains(r#"data-state="live""#), "{live}");
    assert!(live.contains(r#"<span class="host">vfs</span>"#), "{live}");
    assert!(!live.contains("as of"), "{live}");

    let away = State::Stale(Why::Away(Away::Silent(3)));
    let away = fragment(&answered(Ask::Info, info.clone(), away));
    assert!(away.contains(r#"data-state="stale""#), "{away}");
    assert!(away.contains("as of 12:00 UTC"), "{away}");

    let recorded = fragment(&answered(Ask::Info, info, State::Recorded));
    assert!(recorded.contains(r#"data-state="recorded""#), "{recorded}");
    assert!(recorded.contains(">recorded<"), "{recorded}");

    let silent = fragment(&Answers::default());
    assert!(silent.contains(r#"data-state="unavailable""#), "{silent}");
    assert!(silent.contains("has not answered yet"), "{silent}");
    assert!(!silent.contains("class=\"host\""), "{silent}");
}

#[test]
fn a_word_from_a_host_stays_text() {
    let info = json!({"Driver": "<b>\u{202e}x"});
    let drawn = fragment(&answered(Ask::Info, info, State::Live));
    assert!(drawn.contains("&#60;b&#62;·x"), "{drawn}");
}

#[test]
fn a_key_names_a_value_and_a_host() {
    let (value, host) = parse_key("kernel?host=build%20arm").expect("a key");
    assert_eq!((value.name, host.as_deref()), ("kernel", Some("build arm")));
    assert_eq!(key(value, host.as_deref()), "kernel?host=build%20arm");
    for bad in ["", "hostname", "kernel?of=x", "kernel?host", "layers"] {
        assert!(parse_key(bad).is_none(), "{bad}");
    }
}
