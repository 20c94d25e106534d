//! What an engine remembers, against a real one: the *parts* and the *events* panel.

use crate::live_engine::{endpoint, live_host};
use serde_json::Value;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::time::timeout;
use waterline::engine::{Ask, Host, State};
use waterline::panels::{Panel, View, draw};

const LONG: Duration = Duration::from_secs(20);

/// A container with secrets in its labels, removed at the end.
struct Container {
    endpoint: String,
    name: String,
}

impl Container {
    fn run(endpoint: &str, word: &str) -> Container {
        let container = Container {
            endpoint: endpoint.into(),
            name: format!("wl-test-{word}-{}", std::process::id()),
        };
        container.docker(&[
            "run",
            "-d",
            "--init",
            "--label",
            "waterline.test=past",
            "--label",
            "name-of-secret=hunter2",
            "--label",
            "type=hunter2",
            "--name",
            &container.name,
            "busybox",
            "sleep",
            "600",
        ]);
        container
    }

    fn docker(&self, arguments: &[&str]) -> String {
        let done = Command::new("docker")
            .args(["-H", &self.endpoint])
            .args(arguments)
            .output()
            .expect("the docker command");
        let words = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "docker {arguments:?}: {words}");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    /// The events of this container in docker's own words, oldest first. Not up to "0s":
    /// docker takes that for the beginning of this second.
    fn docker_events(&self) -> Vec<String> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a time");
        let until = format!("{}.{:09}", now.as_secs(), now.subsec_nanos());
        let filter = format!("container={}", self.name);
        let told = self.docker(&[
            "events",
            "--since",
            "1",
            "--until",
            &until,
            "--filter",
            &filter,
            "--format",
            "{{.Action}}",
        ]);
        told.lines().map(str::to_owned).collect()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _removed = Command::new("docker")
            .args(["-H", &self.endpoint, "rm", "-f", &self.name])
            .output();
    }
}

/// Waits until the panel's data holds what `find` looks for.
async fn until<T>(host: &Arc<Host>, panel: Panel, find: impl Fn(&Value) -> Option<T>) -> T {
    let mut watch = host.watch();
    let view = View::default();
    let seen = async {
        loop {
            let have = host.gather(|have| panel.asks(&view, have)).await;
            if let Some(found) = find(&draw(panel, &view, &have).json["picture"]) {
                return found;
            }
            watch.changed().await;
        }
    };
    timeout(LONG, seen)
        .await
        .expect("what the panel should show")
}

fn list<'a>(json: &'a Value, name: &str) -> &'a [Value] {
    json[name].as_array().map_or(&[], Vec::as_slice)
}

/// The lane of `action` on `who`: what is to be seen of it at each hop.
fn lane(picture: &Value, who: &str, action: &str) -> Option<Vec<String>> {
    let index = list(picture, "lanes")
        .iter()
        .position(|lane| lane["passage"]["who"] == who && lane["passage"]["action"] == action)?;
    let rows = list(picture, "rows").iter();
    Some(
        rows.map(|row| {
            row["cells"][index]["class"]
                .as_str()
                .unwrap_or("")
                .to_owned()
        })
        .collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_starts_and_ends_is_seen_passing_through_the_chain() {
    let Some(endpoint) = endpoint() else { return };
    let host = live_host(&endpoint);
    let container = Container::run(&endpoint, "chain");
    let name = container.name.as_str();
    let start = until(&host, Panel::Parts, |picture| lane(picture, name, "start")).await;
    assert_eq!(
        start,
        ["from-top", "thru", "thru", "thru", "thru", "to-bottom"]
    );

    container.docker(&["kill", name]);
    let (end, what) = until(&host, Panel::Parts, |picture| {
        let what = list(picture, "lanes")
            .iter()
            .find(|lane| lane["passage"]["who"] == name && lane["passage"]["action"] == "die")?;
        Some((lane(picture, name, "die")?, what["what"].clone()))
    })
    .await;
    assert_eq!(end, ["no", "to-top", "thru", "thru", "by", "from-bottom"]);
    let code = container.docker(&["inspect", "-f", "{{.State.ExitCode}}", name]);
    assert_eq!(what, format!("end of {name}, exit code {code}"));

    // The parts and their versions are docker's own word.
    let versions = container.docker(&[
        "version",
        "-f",
        "{{range .Server.Components}}{{.Name}}={{.Version}} {{end}}",
    ]);
    let shown = until(&host, Panel::Parts, |picture| Some(picture["rows"].clone())).await;
    for (name, part) in [
        ("Engine", "dockerd"),
        ("containerd", "containerd"),
        ("runc", "runc"),
    ] {
        let row = shown
            .as_array()
            .and_then(|rows| rows.iter().find(|row| row["part"]["name"] == part));
        let version = row
            .and_then(|row| row["part"]["version"].as_str())
            .expect("a version");
        assert!(
            versions.contains(&format!("{name}={version} ")),
            "{part} {version}: {versions}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_chain_has_the_pid_that_docker_says() {
    let Some(endpoint) = endpoint() else { return };
    let host = live_host(&endpoint);
    let container = Container::run(&endpoint, "leaf");
    let name = container.name.as_str();
    // Others may be at this engine too: ours is the last one again when it is started anew.
    let leaf = async {
        loop {
            let view = View::default();
            let have = host.gather(|have| Panel::Parts.asks(&view, have)).await;
            let leaf = draw(Panel::Parts, &view, &have).json["picture"]["chain"]["leaf"].clone();
            if leaf["who"] == name && !leaf["pid"].is_null() {
                return leaf;
            }
            container.docker(&["restart", "-t", "0", name]);
        }
    };
    let leaf = timeout(LONG, leaf).await.expect("our container at the end");
    let pid = container.docker(&["inspect", "-f", "{{.State.Pid}}", name]);
    assert_eq!(leaf["pid"].to_string(), pid);
    assert_eq!(leaf["init"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_to_a_container_is_told_as_docker_events_has_it() {
    let Some(endpoint) = endpoint() else { return };
    let host = live_host(&endpoint);
    let container = Container::run(&endpoint, "told");
    let name = container.name.as_str();
    container.docker(&["exec", name, "sh", "-c", "echo hunter2"]);
    container.docker(&["stop", "-t", "5", name]);
    let told = until(&host, Panel::Events, |picture| {
        let own: Vec<(String, u64)> = list(picture, "told")
            .iter()
            .map(|one| &one["group"])
            .filter(|group| group["subject"] == name)
            .map(|group| {
                let text = |field: &str| group[field].as_str().unwrap_or("–").to_owned();
                let said = format!("{} [{}]", text("happened"), text("like"));
                (said, group["events"].as_u64().unwrap_or(0))
            })
            .collect();
        own.iter()
            .any(|(said, _)| said.contains("[docker stop]"))
            .then_some(own)
    })
    .await;
    let said: Vec<&str> = told.iter().map(|(said, _)| said.as_str()).collect();
    assert_eq!(
        said,
        [
            "got signal 15 (TERM) and ended by it, exit code 143 [docker stop]",
            "had a command run inside once [docker exec]",
            "was created from busybox, joined network bridge and was started [docker run]",
        ]
    );
    // docker's filter leaves out what stands with the network: one connect, and at most
    // one disconnect so far.
    let events: u64 = told.iter().map(|(_, events)| events).sum();
    let docker = container.docker_events();
    let ours = docker.len() as u64;
    assert!((ours..=ours + 2).contains(&events), "{events}: {docker:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_comes_at_once_and_without_labels_or_exec_text() {
    let Some(endpoint) = endpoint() else { return };
    let host = live_host(&endpoint);
    let container = Container::run(&endpoint, "past");
    container.docker(&["exec", &container.name, "sh", "-c", "echo hunter2"]);
    let began = Instant::now();
    let answer = host.answer(&Ask::Events).await.expect("events");
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "it need not wait: {:?}",
        began.elapsed()
    );
    assert_eq!(answer.state, State::Live);
    let text = answer.json.to_string();
    assert!(!text.contains("hunter2"), "a secret got out");
    let events = answer.json.as_array().expect("a list");
    let own: Vec<&str> = events
        .iter()
        .filter(|event| event["Actor"]["Attributes"]["name"] == container.name.as_str())
        .filter_map(|event| event["Action"].as_str())
        .collect();
    // Up to the very last, and in docker's order.
    let docker = container.docker_events();
    let docker: Vec<&str> = docker
        .iter()
        .filter_map(|action| action.split(':').next())
        .collect();
    assert_eq!(own, docker);
    assert!(docker.contains(&"exec_die"), "{docker:?}");
}
