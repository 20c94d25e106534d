//! The engine under test, and the docker command that changes it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

/// The engine that `tests/run` brought.
pub fn host() -> String {
    std::env::var("WATERLINE_TEST_HOST").unwrap_or_else(|_| {
        panic!(
            "WATERLINE_TEST_HOST names no Docker engine. `tests/run` brings one; \
             without it, set WATERLINE_SKIP=live,browser to leave these tests out."
        )
    })
}

/// A container that a test started. Dropping it removes it, failure or not.
pub struct Container {
    name: String,
}

impl Container {
    /// `docker run --detach` of the demo image, under a name of its own.
    pub fn run(word: &str, options: &[&str]) -> Container {
        let name = format!("{word}-{}", std::process::id());
        let mut arguments = vec!["run", "--detach", "--init", "--name", &name];
        arguments.extend(["--label", "wl.test=browser"]);
        arguments.extend(options);
        arguments.extend(["busybox", "sleep", "600"]);
        let output = docker(&arguments);
        assert!(
            output.status.success(),
            "docker {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Container { name }
    }

    /// The name it got.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        docker(&["rm", "--force", "--volumes", &self.name]);
    }
}

/// Everything on the engine that carries this label, as docker lists it.
pub fn labelled(label: &str) -> String {
    let filter = format!("label={label}");
    let lists: [&[&str]; 4] = [
        &["ps", "-aq"],
        &["images", "-q"],
        &["volume", "ls", "-q"],
        &["network", "ls", "-q"],
    ];
    let list = |verb: &[&str]| {
        let listed = docker(&[verb, &["--filter", &filter]].concat());
        assert!(listed.status.success(), "docker {verb:?}");
        String::from_utf8_lossy(&listed.stdout).into_owned()
    };
    lists.map(list).concat()
}

fn docker(arguments: &[&str]) -> Output {
    Command::new("docker")
        .args(arguments)
        .env("DOCKER_HOST", host())
        .env_remove("DOCKER_CONTEXT")
        .output()
        .expect("the docker command runs")
}

/// A socket that leads to the engine and can be cut: to the server under test, the
/// engine is gone, while it goes on for everybody else.
pub struct Wire {
    folder: TempDir,
    whole: watch::Sender<bool>,
}

impl Wire {
    /// Lays the wire.
    pub fn lay() -> Wire {
        let folder = tempfile::tempdir().expect("a folder for a socket");
        let listener = UnixListener::bind(folder.path().join("docker.sock")).expect("a socket");
        let (whole, state) = watch::channel(true);
        let engine: Arc<str> = host().trim_start_matches("unix://").into();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, Arc::clone(&engine), state.clone()));
            }
        });
        Wire { folder, whole }
    }

    /// Where it begins.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    /// Ends all connections, and each new one at once.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn carry(mut near: UnixStream, engine: Arc<str>, mut state: watch::Receiver<bool>) {
    let Ok(mut far) = UnixStream::connect(Path::new(&*engine)).await else {
        return;
    };
    tokio::select! {
        _ = state.wait_for(|whole| !whole) => {}
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
    }
}
