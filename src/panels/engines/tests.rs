//! Every panel against every engine: drawn, explained, bounded, and safe.

use super::*;
use crate::panels::{PanelState, draw};
use serde_json::Value;

/// The largest fragment, in bytes.
const LARGEST: usize = 100_000;

fn every(check: impl Fn(&Engine, Panel, &Answers, &crate::panels::Drawn)) {
    for engine in &ENGINES {
        let host = engine.host();
        for panel in Panel::ALL {
            let view = View::default();
            let have = host.gather(panel, &view, &State::Live);
            let drawn = draw(panel, &view, &have);
            check(engine, panel, &have, &drawn);
        }
    }
}

/// What a reader reads: the fragment without its tags and without the drawer, whose raw
/// answers may say null.
fn read(html: &str) -> String {
    let (before, drawer) = html.split_once("-how\">").unwrap_or((html, ""));
    let after = drawer
        .split_once("class=\"whole-link\"")
        .map_or("", |(_, after)| after);
    let mut text = String::new();
    let mut inside = false;
    for c in before.chars().chain(after.chars()) {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The block of words below a picture.
fn in_words(html: &str) -> &str {
    let from = html.split_once("The picture in words</summary>");
    from.and_then(|(_, rest)| rest.split_once("</details>"))
        .map_or("", |(words, _)| words)
}

#[test]
fn every_panel_says_something_of_every_engine() {
    every(|engine, panel, _, drawn| {
        let who = format!("{} on {}", panel.name(), engine.name);
        assert!(
            drawn.html.len() < LARGEST,
            "{who}: {} bytes",
            drawn.html.len()
        );
        assert!(
            !read(in_words(&drawn.html)).is_empty(),
            "{who}: no picture in words"
        );
        assert!(
            drawn.html.contains("class=\"answer") || drawn.html.contains("class=\"said"),
            "{who}: no answer"
        );
    });
}

#[test]
fn nothing_that_a_program_says_of_a_gap_reaches_a_reader() {
    every(|engine, panel, _, drawn| {
        let text = read(&drawn.html);
        for gap in [
            "null",
            "undefined",
            "NaN",
            "None",
            "Some(",
            "[object",
            "-1 B",
        ] {
            let mut words =
                text.split(|c: char| c.is_whitespace() || ",.;:\u{201c}\u{201d}".contains(c));
            // `none` and `null` are drivers of networks, named as such in small letters.
            let drivers = gap == "null" && panel == Panel::Networks;
            assert!(
                drivers || !words.any(|word| word == gap),
                "{} on {} says {gap}: {text}",
                panel.name(),
                engine.name
            );
        }
    });
}

#[test]
fn an_engine_that_answers_is_never_an_unavailable_panel() {
    every(|engine, panel, _, drawn| {
        assert_eq!(
            drawn.state,
            PanelState::Live,
            "{} on {}: {}",
            panel.name(),
            engine.name,
            read(&drawn.html)
        );
    });
}

#[test]
fn a_hostile_name_never_becomes_a_tag_and_turns_nothing() {
    every(|engine, panel, _, drawn| {
        let who = format!("{} on {}", panel.name(), engine.name);
        for bad in [
            "<script",
            "<img src=x",
            "\"onload=\"",
            "\u{202e}",
            "\u{200b}",
        ] {
            assert!(!drawn.html.contains(bad), "{who} lets {bad:?} through");
        }
    });
}

#[test]
fn a_large_host_is_asked_once_per_list_and_for_what_is_on_view() {
    let engine = Engine::named("large").expect("the large host");
    for panel in Panel::ALL {
        let have = engine.host().gather(panel, &View::default(), &State::Live);
        let lists = |ask: &Ask| {
            matches!(
                ask,
                Ask::Version
                    | Ask::Info
                    | Ask::Containers
                    | Ask::ContainerSizes
                    | Ask::Images
                    | Ask::Networks
                    | Ask::Volumes
                    | Ask::Events
                    | Ask::DiskUsage
            )
        };
        let asked = have.all();
        let objects = asked.iter().filter(|(ask, _)| !lists(ask)).count();
        assert!(
            objects <= MOST_OBJECTS,
            "{} asks about {objects} objects",
            panel.name()
        );
    }
}

/// How many objects one panel asks about at most.
const MOST_OBJECTS: usize = 120;

#[test]
fn each_rule_changes_what_it_says_it_changes() {
    let said = |engine: &str, path: &str| -> Value {
        let host = Engine::named(engine).expect("an engine").host();
        let answers = &host.recording.answers;
        let found = answers.iter().find(|(other, _)| other.starts_with(path));
        Value::clone(found.unwrap_or_else(|| panic!("{engine} has no {path}")).1)
    };
    assert!(said("api-1-41", "/images/json")[0]["VirtualSize"].is_u64());
    assert!(said("api-1-44", "/images/json")[0]["VirtualSize"].is_null());
    assert_eq!(said("api-1-53", "/version")["ApiVersion"], "1.53");
    assert!(said("api-1-52", "/system/df")["LayersSize"].is_u64());
    assert!(said("api-1-53", "/system/df")["LayersSize"].is_null());
    assert!(said("api-1-53", "/system/df")["ImageUsage"]["TotalSize"].is_u64());
    assert!(said("api-1-52", "/info")["BridgeNfIptables"].is_null());
    assert!(said("vfs", "/info")["DriverStatus"].is_null());
    assert_eq!(
        said("rootless", "/info")["DockerRootDir"],
        "/home/ann/.local/share/docker"
    );
    assert_eq!(
        said("large", "/containers/json").as_array().map(Vec::len),
        Some(200)
    );
    assert_eq!(
        said("large", "/images/json").as_array().map(Vec::len),
        Some(100)
    );
    assert_eq!(said("empty", "/containers/json"), Value::Array(Vec::new()));
    let host = Engine::named("containerd-store").expect("an engine").host();
    let container = host
        .recording
        .answers
        .iter()
        .find(|(path, _)| fields::kind(path) == fields::Kind::Container)
        .expect("a container");
    assert!(container.1["GraphDriver"].is_null());
    assert_eq!(
        container.1["Storage"]["RootFS"]["Snapshot"]["Name"],
        "overlayfs"
    );
}
