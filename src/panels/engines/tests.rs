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
        let who = format!("{} on {}", panel.name(), engine.name);
        for gap in [
            "undefined",
            "NaN",
            "Some(",
            "None)",
            "[object",
            "-1 B",
            "-1 image",
        ] {
            assert!(!text.contains(gap), "{who} says {gap}: {text}");
        }
        let mut words = text.split(|c: char| c.is_whitespace() || ",.;:".contains(c));
        // A driver of networks is called so.
        let is_driver = matches!(panel, Panel::Networks | Panel::ComposeNetworks);
        assert!(
            is_driver || !words.any(|word| word == "null"),
            "{who} says null: {text}"
        );
    });
}

/// Takes every size, count and capacity out of an answer.
fn without_sizes(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_sizes),
        Value::Object(fields) => {
            fields.retain(|name, value| {
                let is_size = name.contains("Size") || ["MemTotal", "NCPU"].contains(&&**name);
                !(is_size && value.is_number())
            });
            fields.values_mut().for_each(without_sizes);
        }
        _ => {}
    }
}

#[test]
fn a_size_that_is_not_told_is_never_a_zero() {
    let mut host = Host::recorded();
    for answer in host.recording.answers.values_mut() {
        without_sizes(Arc::make_mut(answer));
    }
    let mut wrong = Vec::new();
    for panel in Panel::ALL {
        let have = host.gather(panel, &View::default(), &State::Live);
        let text = read(&draw(panel, &View::default(), &have).html);
        for zero in [" 0 B", "(0 B", " 0.0 ", " 0 GiB", " 0 kB", " 0 processors"] {
            if let Some(at) = text.find(zero) {
                let from = text.floor_char_boundary(at.saturating_sub(80));
                let to = text.ceil_char_boundary((at + 40).min(text.len()));
                wrong.push(format!("{} says: {}", panel.name(), &text[from..to]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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

/// What stands between two marks, for each time that they stand there.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    let parts = text.split(from).skip(1);
    parts.filter_map(|rest| rest.split(to).next()).collect()
}

#[test]
fn every_panel_says_in_the_same_way_how_it_knows() {
    let host = Engine::named("api-1-41").expect("an engine").host();
    let mut wrong = Vec::new();
    for panel in Panel::ALL {
        let have = host.gather(panel, &View::default(), &State::Recorded);
        let html = draw(panel, &View::default(), &have).html;
        let who = panel.name();
        let drawers = between(&html, "<div class=\"how\">", "</div></details>");
        let [drawer] = drawers.as_slice() else {
            panic!("{who} has {} drawers", drawers.len());
        };
        assert!(drawer.contains("All answers whole, as JSON"), "{who}");
        let sources = between(drawer, "<section>", "</section>");
        assert!(!sources.is_empty(), "{who} cites nothing");
        for source in &sources {
            let names = between(source, "<dt>", "</dt>");
            let told = names == ["Asked", "Fields", "Age", "Host"];
            let silent = names == ["Asked", "Fields", "Answer", "Host"];
            assert!(told || silent, "{who}: {names:?}");
            assert!(source.contains("<copy-code"), "{who}: no command");
            assert_eq!(
                source.contains("class=\"raw\""),
                told,
                "{who}: no raw answer"
            );
        }
        // Each kind of question that was answered is cited at least once.
        let cited: Vec<fields::Kind> =
            between(drawer, "<dt>Asked</dt><dd><code>GET /v1.41", "</code>")
                .into_iter()
                .map(|path| fields::kind(&path.replace("&#38;", "&")))
                .collect();
        for (ask, told) in have.all() {
            let kind = fields::kind(&ask.path());
            if told.is_ok() && !cited.contains(&kind) {
                wrong.push(format!("{who} reads {}", ask.path()));
            }
        }
    }
    assert!(wrong.is_empty(), "read and not cited: {wrong:#?}");
}
