//! Sandboxes on a real engine for a test to work in: an instance of their own, removed at
//! the end by docker itself.

use crate::live_engine::endpoint;
use std::process::Command;
use std::sync::Arc;
use waterline::demos::instance::Slot;
use waterline::demos::prepare::{self, Pins};
use waterline::demos::runner::{Finished, How, Outcome, Sandbox, Sandboxes, Terms};
use waterline::demos::sandbox::Limits;
use waterline::engine::hands::Hands;
use waterline::engine::{Endpoint, Engine, Found, Host, HostName};

/// The sandboxes, and what they are made with.
pub struct Room {
    pub endpoint: String,
    pub sandboxes: Arc<Sandboxes>,
    instance: String,
    state: tempfile::TempDir,
}

impl Room {
    /// On the engine that `tests/run` brings; `None` when tests that need it are left out.
    pub async fn new() -> Option<Room> {
        Room::with(Limits::default(), Terms::default()).await
    }

    /// The same, under other limits and terms.
    pub async fn with(limits: Limits, terms: Terms) -> Option<Room> {
        let endpoint = endpoint()?;
        Some(Room::at(&endpoint, limits, terms).await)
    }

    /// On the engine there.
    pub async fn at(endpoint: &str, limits: Limits, terms: Terms) -> Room {
        let state = tempfile::tempdir().expect("a folder");
        Room::again(endpoint, limits, terms, state).await
    }

    /// As the next process that finds this state folder.
    pub async fn again(
        endpoint: &str,
        limits: Limits,
        terms: Terms,
        state: tempfile::TempDir,
    ) -> Room {
        let slot = first_slot(state.path()).await;
        let instance = slot.instance().to_string();
        let at = Endpoint::parse(endpoint, None).expect("an endpoint");
        let name = HostName::new("live").expect("a name");
        let engine = Arc::new(Engine::new([Host::new(Found::named(name, at))]));
        let pins = Pins::in_folder(state.path());
        let host = engine.host(None).expect("the host");
        let hands = Hands::new(host, *slot.instance());
        let prepared = prepare::prepare(&hands, &pins, None, |_| ()).await;
        prepared.expect("a demo image");
        Room {
            endpoint: endpoint.into(),
            sandboxes: Sandboxes::with_pins(engine, slot, limits, terms, pins),
            instance,
            state,
        }
    }

    /// The process is killed: nothing is closed, and its state folder is left.
    pub fn killed(mut self) -> tempfile::TempDir {
        self.instance.clear();
        let other = tempfile::tempdir().expect("a folder");
        std::mem::replace(&mut self.state, other)
    }

    /// A new sandbox.
    pub async fn open(&self) -> Arc<Sandbox> {
        self.sandboxes.open(None).await.expect("a sandbox")
    }

    /// What the docker command itself prints; it must succeed.
    pub fn docker(&self, arguments: &[&str]) -> String {
        let done = Command::new("docker")
            .args(["-H", &self.endpoint])
            .args(arguments)
            .output()
            .expect("the docker command");
        let words = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "docker {arguments:?}: {words}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Everything on the host that carries this sandbox's label, as docker lists it.
    pub fn labelled(&self, sandbox: &Sandbox) -> String {
        self.listed(format!("label=wl.sandbox={}", sandbox.id()))
    }

    /// Everything on the host that these sandboxes made, as docker lists it.
    pub fn left(&self) -> String {
        self.listed(format!("label=wl.instance={}", self.instance))
    }

    fn listed(&self, filter: String) -> String {
        let list = |verb: &[&str]| self.docker(&[verb, &["--filter", &filter]].concat());
        [
            list(&["ps", "-aq"]),
            list(&["images", "-q"]),
            list(&["volume", "ls", "-q"]),
            list(&["network", "ls", "-q"]),
        ]
        .concat()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.instance.is_empty() {
            return;
        }
        let clean = format!(
            "f='label=wl.instance={}'; docker ps -aq --filter $f | xargs -r docker rm -fv; \
             docker images -q --filter $f | xargs -r docker rmi -f; \
             docker volume ls -q --filter $f | xargs -r docker volume rm -f; \
             docker network ls -q --filter $f | xargs -r docker network rm",
            self.instance
        );
        let _cleaned = Command::new("sh")
            .args(["-c", &clean])
            .env("DOCKER_HOST", &self.endpoint)
            .output();
    }
}

/// Everything that a command said, and how it ended.
pub async fn finished(sandbox: &Arc<Sandbox>, line: &str) -> Finished {
    sandbox.run(line, How::default()).finished().await
}

/// Bytes as text.
pub fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Standard output, standard error and exit code of a command that ran.
pub async fn ran(sandbox: &Arc<Sandbox>, line: &str) -> (String, String, i32) {
    let finished = finished(sandbox, line).await;
    let Outcome::Done { code } = finished.outcome else {
        panic!("{line}: {finished:?}");
    };
    (text(finished.stdout()), text(finished.stderr()), code)
}

/// The standard output of a command that succeeded and said nothing else.
pub async fn out(sandbox: &Arc<Sandbox>, line: &str) -> String {
    let (out, err, code) = ran(sandbox, line).await;
    assert_eq!((err.as_str(), code), ("", 0), "{line}: {out}");
    out
}

/// The first slot of this folder. Who was "killed" lets go of it when the last of its
/// tasks ends, where a process that is killed does at once.
async fn first_slot(state: &std::path::Path) -> Slot {
    for _ in 0..200 {
        let slot = Slot::take_in(state).expect("a slot");
        let second = state.join("instance-1");
        if !second.exists() {
            return slot;
        }
        drop(slot);
        std::fs::remove_file(second).expect("a file");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("somebody keeps the first slot");
}
