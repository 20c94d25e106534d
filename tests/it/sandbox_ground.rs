//! A sandbox on a real engine for a test to work in, removed at its end by docker itself.

use crate::live_engine::{endpoint, live_host};
use futures_util::StreamExt;
use jiff::{Timestamp, ToSpan};
use std::process::Command;
use waterline::demos::prepare::{self, Pins};
use waterline::engine::hands::*;
use waterline::engine::owned::{Instance, Name, SandboxId};

/// A sandbox of a new instance, wiped at the end of the test by docker itself.
pub struct Ground {
    pub endpoint: String,
    pub hands: Hands,
    pub sandbox: SandboxId,
    pub image: FullId,
}

impl Ground {
    pub async fn new() -> Option<Ground> {
        let instance = Instance::random().expect("random");
        Ground::of(instance).await
    }

    pub async fn of(instance: Instance) -> Option<Ground> {
        let endpoint = endpoint()?;
        let hands = Hands::new(live_host(&endpoint), instance);
        let pins = tempfile::tempdir().expect("a folder");
        let pins = Pins::in_folder(pins.path());
        let prepared = prepare::prepare(&hands, &pins, None, |_| ()).await;
        let image = prepared.expect("a demo image").id;
        Some(Ground {
            endpoint,
            hands,
            sandbox: SandboxId::random().expect("random"),
            image,
        })
    }

    pub fn docker(&self, arguments: &[&str]) -> String {
        docker(&self.endpoint, arguments)
    }

    /// Everything that carries the sandbox's label, as docker lists it.
    pub fn labelled(&self) -> Vec<String> {
        let filter = format!("label=wl.sandbox={}", self.sandbox);
        let list = |arguments: &[&str]| -> Vec<String> {
            let out = self.docker(&[arguments, &["-q", "--filter", &filter]].concat());
            out.split_whitespace().map(str::to_owned).collect()
        };
        [
            list(&["ps", "-a"]),
            list(&["images", "-a"]),
            list(&["volume", "ls"]),
            list(&["network", "ls"]),
        ]
        .concat()
    }

    pub async fn network(&self, name: &str) -> FullId {
        let new = NewNetwork {
            sandbox: self.sandbox,
            name: typed(name),
            until: until(),
            labels: Vec::new(),
        };
        let done = self.hands.apply(Change::CreateNetwork(new)).await;
        done.expect("a network").id.expect("its id")
    }

    pub async fn volume(&self, name: &str) -> FullId {
        let new = NewVolume {
            sandbox: self.sandbox,
            name: typed(name),
            until: until(),
            labels: Vec::new(),
        };
        let done = self.hands.apply(Change::CreateVolume(new)).await;
        done.expect("a volume").id.expect("its id")
    }

    pub fn container(
        &self,
        name: &str,
        network: Option<&FullId>,
        command: &[&str],
    ) -> NewContainer {
        NewContainer {
            sandbox: self.sandbox,
            name: typed(name),
            until: until(),
            image: self.image.clone(),
            typed_image: "busybox".into(),
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            env: Vec::new(),
            workdir: None,
            hostname: None,
            network: network.cloned(),
            aliases: network.map(|_| typed(name)).into_iter().collect(),
            mounts: Vec::new(),
            init: false,
            tty: false,
            stdin: false,
            remove: false,
            read_only: false,
            labels: Vec::new(),
            caps: Caps::default(),
        }
    }

    pub async fn create(&self, new: NewContainer) -> FullId {
        let done = self.hands.apply(Change::CreateContainer(Box::new(new)));
        done.await.expect("a container").id.expect("its id")
    }

    pub async fn run(&self, new: NewContainer) -> FullId {
        let id = self.create(new).await;
        let started = self.hands.apply(Change::Start(id.clone())).await;
        started.expect("it starts");
        id
    }

    pub async fn exec(&self, container: &FullId, command: &[&str]) -> (String, String, i32) {
        let new = exec(container, command);
        let (exec, frames) = self.hands.exec_start(new).await.expect("an exec");
        let (out, err) = heard(frames).await;
        let code = self.hands.exec_code(&exec).await.expect("a code");
        (out, err, code)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let label = format!("label=wl.instance={}", self.hands.instance());
        let clean = format!(
            "docker ps -aq --filter {label} | xargs -r docker rm -fv; \
             docker images -q --filter {label} | xargs -r docker rmi -f; \
             docker volume ls -q --filter {label} | xargs -r docker volume rm; \
             docker network ls -q --filter {label} | xargs -r docker network rm"
        );
        let _cleaned = Command::new("sh")
            .args(["-c", &clean])
            .env("DOCKER_HOST", &self.endpoint)
            .output();
    }
}

pub fn docker(endpoint: &str, arguments: &[&str]) -> String {
    let ran = Command::new("docker")
        .args(["--host", endpoint])
        .args(arguments)
        .output()
        .expect("the docker command");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "docker {arguments:?}: {said}");
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}

pub fn typed(name: &str) -> Name {
    Name::parse(name).expect("a name")
}

pub fn until() -> Timestamp {
    Timestamp::now() + 1.hour()
}

pub fn exec(container: &FullId, command: &[&str]) -> NewExec {
    NewExec {
        container: container.clone(),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        env: vec!["GREETING=hello".into()],
        workdir: Some("/tmp".into()),
        tty: false,
        detach: false,
    }
}

pub async fn heard(mut frames: Frames) -> (String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    while let Some(frame) = frames.next().await {
        let frame = frame.expect("a frame");
        match frame.stream {
            StdStream::Out => out.extend(frame.bytes),
            StdStream::Err => err.extend(frame.bytes),
        }
    }
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(out), text(err))
}
