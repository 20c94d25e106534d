//! The runner against a real engine: what it carries out, what it prints, and what it
//! leaves.

use crate::live_engine::endpoint;
use std::process::Command;
use std::sync::Arc;
use waterline::demos::instance::Slot;
use waterline::demos::runner::{Finished, How, Out, Outcome, Sandbox, Sandboxes, Terms};
use waterline::demos::sandbox::Limits;
use waterline::engine::{Endpoint, Engine, Found, Host, HostName};

/// Sandboxes of an instance of their own, on the test engine.
struct Room {
    endpoint: String,
    sandboxes: Arc<Sandboxes>,
    _state: tempfile::TempDir,
}

fn room_with(endpoint: &str, limits: Limits, terms: Terms) -> Room {
    let state = tempfile::tempdir().expect("a folder");
    let slot = Slot::take_in(state.path()).expect("a slot");
    let at = Endpoint::parse(endpoint, None).expect("an endpoint");
    let name = HostName::new("live").expect("a name");
    let engine = Engine::new([Host::new(Found::named(name, at))]);
    Room {
        endpoint: endpoint.into(),
        sandboxes: Sandboxes::new(Arc::new(engine), slot, limits, terms),
        _state: state,
    }
}

fn room(endpoint: &str) -> Room {
    room_with(endpoint, Limits::default(), Terms::default())
}

impl Room {
    async fn open(&self) -> Arc<Sandbox> {
        self.sandboxes.open(None).await.expect("a sandbox")
    }

    /// What the docker command itself says.
    fn docker(&self, arguments: &[&str]) -> String {
        let done = Command::new("docker")
            .args(["-H", &self.endpoint])
            .args(arguments)
            .output()
            .expect("the docker command");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Everything on the host that carries this sandbox's label, as docker lists it.
    fn labelled(&self, sandbox: &Sandbox) -> String {
        let filter = format!("label=wl.sandbox={}", sandbox.id());
        let filter = ["--filter", &filter];
        let list = |verb: &[&str]| self.docker(&[verb, &filter].concat());
        [
            list(&["ps", "-aq"]),
            list(&["images", "-q"]),
            list(&["volume", "ls", "-q"]),
            list(&["network", "ls", "-q"]),
        ]
        .concat()
    }
}

async fn finished(sandbox: &Arc<Sandbox>, line: &str) -> Finished {
    sandbox.run(line, How::default()).finished().await
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Standard output, standard error and exit code of a command that ran.
async fn ran(sandbox: &Arc<Sandbox>, line: &str) -> (String, String, i32) {
    let finished = finished(sandbox, line).await;
    let Outcome::Done { code } = finished.outcome else {
        panic!("{line}: {finished:?}");
    };
    (text(finished.stdout()), text(finished.stderr()), code)
}

/// The standard output of a command that succeeded and said nothing else.
async fn out(sandbox: &Arc<Sandbox>, line: &str) -> String {
    let (out, err, code) = ran(sandbox, line).await;
    assert_eq!((err.as_str(), code), ("", 0), "{line}: {out}");
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn what_survives_a_restart_is_carried_out_as_docker_would() {
    let Some(endpoint) = endpoint() else { return };
    let room = room(&endpoint);
    let sandbox = room.open().await;
    let id = out(
        &sandbox,
        "docker run -d --init --name notes busybox sleep 600",
    )
    .await;
    assert_eq!(id.len(), 65, "{id}");
    assert_eq!(
        out(&sandbox, "docker exec notes sh -c 'echo hello > /state'").await,
        ""
    );
    assert_eq!(out(&sandbox, "docker restart -t 1 notes").await, "notes\n");
    assert_eq!(
        out(&sandbox, "docker exec notes cat /state").await,
        "hello\n"
    );
    let (none, err, code) = ran(&sandbox, "docker exec notes cat /nothing").await;
    assert_eq!((none.as_str(), code), ("", 1));
    assert_eq!(
        err,
        "cat: can't open '/nothing': No such file or directory\n"
    );
    assert_eq!(out(&sandbox, "docker rm -f notes").await, "notes\n");
    sandbox.reset().await.expect("it is wiped");
    assert_eq!(room.labelled(&sandbox), "");
}
