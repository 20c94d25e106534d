//! An engine that a test may kill: the one whose folder `tests/run` names in
//! WATERLINE_TEST_OWN. (At a desk: `tests/engine up FOLDER`.)

use crate::live_engine::named_endpoint;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use waterline::engine::{Endpoint, Found, Host, HostName};

/// The engine, for one test at a time. Afterwards it runs again and is empty.
pub struct OwnEngine {
    folder: PathBuf,
    _turn: UnixListener,
}

impl OwnEngine {
    /// Waits for its turn; `None` when tests that need it are left out by name.
    pub async fn take() -> Option<OwnEngine> {
        let folder = named_endpoint("own", "WATERLINE_TEST_OWN")?;
        // A name that nobody else can have meanwhile, and that goes with the process.
        let name = format!("waterline-test-{folder}");
        let address = SocketAddr::from_abstract_name(name).expect("a name");
        let turn = loop {
            match UnixListener::bind_addr(&address) {
                Ok(turn) => break turn,
                Err(taken) if taken.kind() == io::ErrorKind::AddrInUse => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(other) => panic!("no turn at the engine: {other}"),
            }
        };
        let engine = OwnEngine {
            folder: folder.into(),
            _turn: turn,
        };
        engine.docker(&["version"]);
        Some(engine)
    }

    /// Its address, as `docker -H` takes it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("run/docker.sock")
    }

    /// The engine as a host that was named with `--host`.
    pub fn host(&self) -> Host {
        let endpoint = Endpoint::parse(&self.address(), None).expect("an endpoint");
        Host::new(Found::named(
            HostName::new("own").expect("a name"),
            endpoint,
        ))
    }

    /// Tells `tests/engine` what to do with its dockerd.
    pub fn daemon(&self, word: &str) {
        assert!(self.tell(word), "tests/engine daemon {word}");
    }

    fn tell(&self, word: &str) -> bool {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine");
        let told = Command::new(script)
            .arg("daemon")
            .arg(&self.folder)
            .arg(word)
            .status();
        told.is_ok_and(|status| status.success())
    }

    /// Runs a docker command that must succeed, and gives its output.
    pub fn docker(&self, arguments: &[&str]) -> String {
        let done = Command::new("docker")
            .args(["-H", &self.address()])
            .args(arguments)
            .env("DOCKER_BUILDKIT", "0")
            .output()
            .expect("the docker command");
        let words = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "docker {arguments:?}: {words}");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    fn answers(&self) -> bool {
        let asked = Command::new("timeout")
            .args(["2", "docker", "-H", &self.address(), "version"])
            .output();
        asked.is_ok_and(|asked| asked.status.success())
    }
}

impl Drop for OwnEngine {
    fn drop(&mut self) {
        self.tell("CONT");
        if !self.answers() {
            self.tell("KILL");
            self.tell("start");
        }
        let clean = "docker ps -aq | xargs -r docker rm -fv; docker network prune -f; \
                     docker volume ls -q | xargs -r docker volume rm -f; \
                     docker images -q 'wl-*' | xargs -r docker rmi -f";
        let _cleaned = Command::new("sh")
            .args(["-c", clean])
            .env("DOCKER_HOST", self.address())
            .output();
    }
}
