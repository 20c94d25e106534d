//! Live values: the names in the notes, on the page that lists them, and on the stream.

use crate::live_engine::{endpoint, live_host};
use std::process::Command;
use waterline::notebook::{Content, Notebook};
use waterline::panels::values::{NAMES, VALUES, Value};
use waterline::web::content::{load, rules};

fn embedded() -> Notebook {
    Notebook::load(&Content::Embedded, &rules()).expect("the embedded notes")
}

/// The live values of a note, by the names that its HTML carries.
fn named(notebook: &Notebook, path: &str) -> Vec<String> {
    let note = notebook.note(path).unwrap_or_else(|| panic!("no {path}"));
    let html: String = note
        .blocks
        .iter()
        .map(|block| block.body.as_str())
        .collect();
    html.split("<live-value name=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect()
}

#[test]
fn the_notes_name_live_values_where_they_speak_of_this_host() {
    let notebook = embedded();
    for (path, expected) in [
        ("/learnings/docker", "engine-version"),
        ("/learnings/docker", "runc-version"),
        ("/learnings/docker/storage", "storage-driver"),
        ("/learnings/docker/storage", "data-root"),
        ("/learnings/docker/windows", "kernel"),
        ("/learnings/unix/kswapd", "memory"),
        ("/learnings/unix/kswapd", "cgroup-version"),
    ] {
        let named = named(&notebook, path);
        assert!(
            named.iter().any(|name| name == expected),
            "{path}: {named:?}"
        );
        for name in named {
            assert!(NAMES.contains(&&*name), "{path} names {name}");
        }
    }
    let edition = load(&Content::Embedded).expect("the embedded notes");
    assert_eq!(edition.problems(), [], "unknown names would be here");
}

#[test]
fn no_topic_stands_without_something_live_beside_it() {
    let edition = load(&Content::Embedded).expect("the embedded notes");
    let topics = edition.notebook.topics(0, usize::MAX);
    assert!(topics.len() > 30);
    for topic in topics {
        let panels = edition.attached.of(&topic.name);
        assert!(!panels.is_empty(), "{} has no panel", topic.name);
    }
}

#[test]
fn the_readme_lists_every_live_value() {
    let readme = include_str!("../../README.md");
    for value in &VALUES {
        let row = format!("| `{}` | {} |", value.name, value.means);
        assert!(readme.contains(&row), "README.md lacks: {row}");
    }
}

#[tokio::test]
async fn every_value_is_what_the_docker_command_says() {
    let Some(endpoint) = endpoint() else { return };
    let host = live_host(&endpoint);
    let have = host
        .gather(|_| VALUES.iter().map(|value| value.ask.clone()).collect())
        .await;
    let told = |name: &str| {
        let value = Value::named(name).expect("a value");
        value
            .told(&have)
            .unwrap_or_else(|why| panic!("{name}: {why}"))
    };
    for value in &VALUES {
        // Counts move while other tests work, lists are read otherwise, and parts stand in a table.
        let Some((command, format)) = value.command.split_once(" -f ") else {
            continue;
        };
        if [
            "Containers",
            "ContainersRunning",
            "MemTotal",
            "SecurityOptions",
            "DriverStatus",
        ]
        .contains(&value.field)
            || value.field == "LiveRestoreEnabled"
        {
            continue;
        }
        let done = Command::new("docker")
            .args(["-H", &endpoint])
            .args(command.split(' ').skip(1))
            .args(["-f", format.trim_matches('\'')])
            .output()
            .expect("the docker command");
        let said = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        assert_eq!(told(value.name), said, "{}", value.name);
    }
    assert!(told("memory").ends_with("iB"), "{}", told("memory"));
}
