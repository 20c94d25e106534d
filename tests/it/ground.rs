//! The panels of processes, kernels and hardware against a real engine, and the
//! list of processes against one that does what it is told.

use crate::fake_engine::FakeEngine;
use crate::live_engine::{endpoint, live_host};
use serde_json::Value;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use waterline::engine::{Ask, Id};
use waterline::panels::{Drawn, Panel, PanelState, View, draw};

const LABEL: &str = "waterline.test=ground";

/// Containers that a test puts on the engine, removed at its end.
struct Containers {
    endpoint: String,
    names: Vec<String>,
}

impl Containers {
    fn new(endpoint: &str) -> Containers {
        Containers {
            endpoint: endpoint.into(),
            names: Vec::new(),
        }
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

    /// Starts a container with these options and this command, and says its name.
    fn start(&mut self, name: &str, options: &[&str], command: &[&str]) -> String {
        let name = format!("wl-test-{name}-{}", std::process::id());
        self.names.push(name.clone());
        let mut arguments = vec!["run", "-d", "--label", LABEL, "--name", &name];
        arguments.extend(options);
        arguments.push("busybox");
        arguments.extend(command);
        self.docker(&arguments);
        name
    }
}

impl Drop for Containers {
    fn drop(&mut self) {
        let _removed = Command::new("docker")
            .args(["-H", &self.endpoint, "rm", "-f"])
            .args(&self.names)
            .output();
    }
}

async fn drawn(endpoint: &str, panel: Panel, of: &str) -> Drawn {
    let host = live_host(endpoint);
    let view = View::default().focus(of);
    let have = host.gather(|have| panel.asks(&view, have)).await;
    draw(panel, &view, &have)
}

/// A name, docker's options, a command; when and how it is said to end; its exit code.
type Case = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
    &'static str,
    i32,
);

#[tokio::test]
async fn what_a_stop_is_said_to_do_is_what_it_does() {
    let Some(endpoint) = endpoint() else { return };
    let mut containers = Containers::new(&endpoint);
    const WAITS: &str = "trap 'exit 7' TERM; while :; do sleep 1 & wait $!; done";
    const DEAF: &str = "trap '' TERM; sleep 600";
    let cases: [Case; 6] = [
        ("plain", &[], &["sleep", "600"], "fulltime", "137", 137),
        ("init", &["--init"], &["sleep", "600"], "atonce", "143", 143),
        (
            "trap",
            &[],
            &["sh", "-c", WAITS],
            "atonce",
            "its own choice",
            7,
        ),
        (
            "deaf",
            &["--init"],
            &["sh", "-c", DEAF],
            "fulltime",
            "137",
            137,
        ),
        (
            "int",
            &["--init", "--stop-signal", "INT"],
            &["sleep", "600"],
            "atonce",
            "130",
            130,
        ),
        (
            "hostpid",
            &["--pid", "host"],
            &["sleep", "600"],
            "atonce",
            "143",
            143,
        ),
    ];
    for (name, options, command, ..) in cases {
        let _name = containers.start(name, options, command);
    }
    // A shell sets its traps a moment after it was started.
    tokio::time::sleep(Duration::from_millis(700)).await;
    for (at, (name, _, _, ends, exit, code)) in cases.into_iter().enumerate() {
        let of = containers.names[at].clone();
        let panel = drawn(&endpoint, Panel::Init, &of).await;
        assert_eq!(panel.state, PanelState::Live, "{name}");
        let one = &panel.json["picture"]["containers"][0];
        assert_eq!(one["name"], of.as_str());
        let stop = &one["stop"];
        assert_eq!(
            (&stop["ends"], &stop["exit"]),
            (&Value::from(ends), &Value::from(exit)),
            "{name}: {stop}"
        );
        containers.docker(&["stop", "-t", "2", &of]);
        let ended = containers.docker(&["inspect", "-f", "{{.State.ExitCode}}", &of]);
        assert_eq!(ended, code.to_string(), "{name}");
    }
}

#[tokio::test]
async fn the_kernel_and_the_limits_are_what_the_engine_and_a_container_say() {
    let Some(endpoint) = endpoint() else { return };
    let mut containers = Containers::new(&endpoint);
    let of = containers.start(
        "limits",
        &[
            "-m",
            "64m",
            "--memory-swap",
            "96m",
            "--memory-reservation",
            "32m",
        ],
        &["sleep", "600"],
    );
    let panel = drawn(&endpoint, Panel::Platform, &of).await;
    assert_eq!(panel.state, PanelState::Live);
    let picture = &panel.json["picture"];
    let inside = containers.docker(&["exec", &of, "uname", "-r"]);
    assert_eq!(
        picture["kernel"],
        format!("Linux {inside}"),
        "one kernel for all"
    );
    let memory = containers.docker(&["info", "-f", "{{.MemTotal}}"]);
    assert_eq!(picture["ground"]["memory"].to_string(), memory);
    let running = containers.docker(&["ps", "-q"]).lines().count();
    let said = picture["running"].as_u64().expect("a count");
    assert!(
        said.abs_diff(running as u64) < 20,
        "{said} of {running}, while other tests run"
    );
    let limits = &picture["containers"][0]["limits"];
    let words = containers.docker(&[
        "inspect",
        "-f",
        "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}",
        &of,
    ]);
    assert_eq!(words, "67108864 100663296");
    let swap = containers.docker(&["info", "-f", "{{.SwapLimit}}"]);
    let told = match swap.as_str() {
        "true" => "64 MiB of memory and 32 MiB of swap",
        _ => "64 MiB of memory; this host cannot limit swap",
    };
    assert_eq!(limits["words"], told);
    assert!(
        limits["notes"][0]
            .as_str()
            .is_some_and(|note| note.contains("32 MiB")),
        "{limits}"
    );
}

#[tokio::test]
async fn the_kernels_bits_are_what_uname_says_inside() {
    let Some(endpoint) = endpoint() else { return };
    let mut containers = Containers::new(&endpoint);
    let of = containers.start("bits", &[], &["sleep", "600"]);
    let machine = containers.docker(&["exec", &of, "uname", "-m"]);
    let panel = drawn(&endpoint, Panel::Virtualization, "").await;
    assert_eq!(panel.state, PanelState::Live);
    let kernel = &panel.json["picture"]["depths"][0];
    assert_eq!(kernel["told"], format!("A 64-bit Linux kernel, {machine}."));
    let pae = &panel.json["picture"]["depths"][1];
    assert_eq!(pae["known"], "follows", "{pae}");
}

#[tokio::test]
async fn a_look_at_processes_is_reported_and_asks_for_none_again() {
    let engine = FakeEngine::start().await;
    let id = "6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd";
    let top = Ask::Top(Id::new(id).expect("an id")).path();
    let script = Arc::clone(&engine.script);
    let list = format!(r#"[{{"Id":"{id}","Names":["/web"],"State":"running"}}]"#);
    script.answers("/containers/json?all=1", 200, list);
    script.answers(&format!("/containers/{id}/json"), 200, "{}");
    let processes = r#"{"Titles":["PID","COMMAND"],"Processes":[["7","httpd -x hunter2"]]}"#;
    script.answers(&top, 200, processes);

    // A page with both panels, which draws again at any news.
    let host = engine.host();
    let mut news = host.watch();
    script.is_heard().await;
    let looking = tokio::spawn(async move {
        let view = View::default();
        let asks = |have: &_| {
            let mut asks = Panel::Init.asks(&view, have);
            asks.push(Ask::Events);
            asks
        };
        loop {
            let have = host.gather(asks).await;
            let drawn = draw(Panel::Init, &view, &have);
            assert!(!drawn.json.to_string().contains("hunter2"));
            news.changed().await;
        }
    });
    // An engine reports every look.
    let mut reported = 0;
    let mut reports = async |rounds: usize| {
        for _ in 0..rounds {
            while reported < script.count(&top) {
                reported += 1;
                script.event("container", "top", id);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    reports(30).await;
    assert_eq!(script.count(&top), 1, "no look leads to another");
    script.event("container", "restart", id);
    reports(20).await;
    assert_eq!(script.count(&top), 2, "a restart brings other processes");
    assert!(!looking.is_finished());
    looking.abort();
}
