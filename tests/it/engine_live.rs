//! The engine room against a real engine: the one that `tests/run` brings.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use waterline::engine::{Ask, Endpoint, Found, Host, HostName, State, Status, record};

/// Where the engine is, or why this test does not run.
fn endpoint() -> Option<String> {
    let skip = std::env::var("WATERLINE_SKIP").unwrap_or_default();
    if skip.split(',').any(|skipped| skipped == "live") {
        return None;
    }
    let endpoint = std::env::var("WATERLINE_TEST_HOST").unwrap_or_else(|_| {
        panic!(
            "WATERLINE_TEST_HOST names no Docker engine. `tests/run` brings one; \
             WATERLINE_SKIP=live leaves out the tests that need it"
        )
    });
    Some(endpoint)
}

fn live_host(endpoint: &str) -> Arc<Host> {
    let endpoint = Endpoint::parse(endpoint, None).expect("an endpoint");
    let name = HostName::new("live").expect("a name");
    Arc::new(Host::new(Found::named(name, endpoint)))
}

/// A container of the tests' own, removed at the end.
struct Container {
    endpoint: String,
    name: String,
}

impl Container {
    fn start(endpoint: &str, name: &str) -> Container {
        let container = Container {
            endpoint: endpoint.into(),
            name: format!("{name}-{}", std::process::id()),
        };
        container.docker(&[
            "run",
            "-d",
            "--label",
            "waterline.test=engine",
            "--label",
            "password=hunter2",
            "-e",
            "TOKEN=hunter2",
            "--name",
            &container.name,
            "busybox",
            "sleep",
            "600",
        ]);
        container
    }

    fn docker(&self, arguments: &[&str]) {
        let done = Command::new("docker")
            .args(["-H", &self.endpoint])
            .args(arguments)
            .output()
            .expect("the docker command");
        let words = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "docker {arguments:?}: {words}");
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _removed = Command::new("docker")
            .args(["-H", &self.endpoint, "rm", "-f", &self.name])
            .output();
    }
}

#[tokio::test]
async fn a_container_that_is_started_is_news_and_in_the_next_answer() {
    let Some(endpoint) = endpoint() else { return };
    let host = live_host(&endpoint);
    let mut watch = host.watch();
    let named = async |name: &str| {
        let answer = host.answer(&Ask::Containers).await.expect("an answer");
        assert_eq!(answer.state, State::Live);
        answer.json.to_string().contains(name)
    };
    let name = format!("wl-test-news-{}", std::process::id());
    assert!(!named(&name).await);
    let started = {
        let endpoint = endpoint.clone();
        tokio::task::spawn_blocking(move || Container::start(&endpoint, "wl-test-news"))
            .await
            .expect("a container")
    };
    timeout(Duration::from_secs(3), async {
        while !named(&name).await {
            watch.changed().await;
        }
    })
    .await
    .expect("the container in an answer");
    drop(started);
    timeout(Duration::from_secs(5), async {
        while named(&name).await {
            watch.changed().await;
        }
    })
    .await
    .expect("the container gone");
}

#[tokio::test]
async fn a_recording_of_a_real_engine_is_whole_and_keeps_no_secret() {
    let Some(endpoint) = endpoint() else { return };
    let host = live_host(&endpoint);
    let container = {
        let endpoint = endpoint.clone();
        tokio::task::spawn_blocking(move || Container::start(&endpoint, "wl-test-record"))
            .await
            .expect("a container")
    };
    let recording = record(&host).await.expect("a recording");
    assert_eq!(host.status(), Status::Live);
    let text = recording.to_text().expect("text");
    assert!(text.contains(&container.name));
    assert!(!text.contains("hunter2"));
    let facts = host.facts();
    assert_eq!((facts.engine, facts.api), (recording.engine, recording.api));
    let info = &recording.answers["/info"];
    assert!(info["Driver"].is_string() && info["DriverStatus"].is_array());
    for image in recording.answers["/images/json"]
        .as_array()
        .expect("images")
    {
        let id = image["Id"].as_str().expect("an id");
        for path in [
            format!("/images/{id}/json"),
            format!("/images/{id}/history"),
        ] {
            assert!(recording.answers.contains_key(&path), "{path}");
        }
    }
}
