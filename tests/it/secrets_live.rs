//! Secrets put into every place that a real engine has for them, and looked for in
//! everything that Waterline writes: pages, data, the stream, a recording, the index
//! and the log.

use crate::own_engine::OwnEngine;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};
use waterline::panels::{Panel, View};

/// Every secret begins with this.
const SECRET: &str = "hunter2";

/// The same as it stands in the credentials of a registry: base64 of `me:hunter2-…`.
const ENCODED: &str = "bWU6aHVudGVyM"; // "me:hunter" and the beginning of what follows

/// What is built: secrets wherever a Dockerfile takes text.
const DOCKERFILE: &str = r#"FROM busybox
MAINTAINER hunter2-author
ARG TOKEN=hunter2-arg-default
ENV PASSWORD=hunter2-image-env
LABEL token=hunter2-image-label
RUN echo $TOKEN hunter2-run-text > /dev/null
ONBUILD RUN login hunter2-onbuild
HEALTHCHECK --interval=1s CMD echo hunter2-healthcheck
SHELL ["/bin/sh", "-c"]
ENTRYPOINT ["sh", "-c", "echo hunter2-entrypoint > /dev/null; exec sleep 600"]
CMD ["hunter2-cmd"]
"#;

/// What the docker command has in its settings: credentials of a registry, and a proxy
/// that it hands to every container and build.
const SETTINGS: &str = r#"{
"auths": {"127.0.0.1:9": {"auth": "bWU6aHVudGVyMi1yZWdpc3RyeS1hdXRo"}},
"proxies": {"default": {"httpProxy": "http://me:hunter2-client-proxy@127.0.0.1:9"}}
}"#;

/// Where the engine itself repeats a secret: without these the test would look for
/// what is not there. (It hides the credentials of its own proxies by itself, and those
/// of a registry come back from nowhere; both are looked for all the same.)
const SEEDED: [&str; 27] = [
    "hunter2-author",
    "hunter2-arg-default",
    "hunter2-build-arg",
    "hunter2-image-env",
    "hunter2-image-label",
    "hunter2-run-text",
    "hunter2-onbuild",
    "hunter2-healthcheck",
    "hunter2-entrypoint",
    "hunter2-cmd",
    "hunter2-commit-message",
    "hunter2-commit-author",
    "hunter2-client-proxy",
    "hunter2-engine-label",
    "hunter2-network-label",
    "hunter2-network-option",
    "hunter2-ipam-option",
    "hunter2-volume-label",
    "hunter2-volume-option",
    "hunter2-mount-label",
    "hunter2-mount-option",
    "hunter2-env",
    "hunter2-argument",
    "hunter2-label",
    "hunter2-log-tag",
    "hunter2-health-output",
    "hunter2-exec-argument",
];

/// The objects with secrets on them.
struct Seeds {
    name: String,
    settings: tempfile::TempDir,
}

impl Seeds {
    fn sow(engine: &OwnEngine) -> Seeds {
        let settings = tempfile::tempdir().expect("a folder");
        fs::write(settings.path().join("config.json"), SETTINGS).expect("settings");
        fs::write(settings.path().join("Dockerfile"), DOCKERFILE).expect("a Dockerfile");
        let seeds = Seeds {
            name: "wl-secrets".into(),
            settings,
        };
        let (name, folder) = (&*seeds.name, seeds.settings.path().display().to_string());
        let build = "TOKEN=hunter2-build-arg";
        seeds.docker(
            engine,
            &["build", "-q", "-t", name, "--build-arg", build, &folder],
        );
        let network = [
            "network",
            "create",
            "--label",
            "token=hunter2-network-label",
            "-o",
            "vendor.token=hunter2-network-option",
            "--ipam-opt",
            "token=hunter2-ipam-option",
            name,
        ];
        seeds.docker(engine, &network);
        let volume = [
            "volume",
            "create",
            "--label",
            "token=hunter2-volume-label",
            "-o",
            "type=cifs",
            "-o",
            "device=//127.0.0.1/x",
            "-o",
            "o=username=me,password=hunter2-volume-option",
            name,
        ];
        seeds.docker(engine, &volume);
        seeds.start(engine, name);
        let exec = [
            "exec",
            "-e",
            "TOKEN=hunter2-exec-env",
            name,
            "echo",
            "hunter2-exec-argument",
        ];
        seeds.docker(engine, &exec);
        let commit = [
            "commit",
            "-a",
            "hunter2-commit-author",
            "-m",
            "hunter2-commit-message",
        ];
        seeds.docker(
            engine,
            &[&commit[..], &[name, "wl-secrets-committed"]].concat(),
        );
        // The engine says in `State.Error` with what it tried to mount.
        let mounting = [
            "run",
            "--name",
            "wl-secrets-failed",
            "-v",
            "wl-secrets:/x",
            "busybox",
        ];
        assert!(!seeds.runs(engine, &mounting));
        // Sends the credentials along, to nobody.
        assert!(!seeds.runs(engine, &["pull", "127.0.0.1:9/x"]));
        seeds
    }

    fn start(&self, engine: &OwnEngine, name: &str) {
        let options = [
            "run",
            "-d",
            "--init",
            "--name",
            name,
            "--network",
            &self.name,
            "-e",
            "TOKEN=hunter2-env",
            "--label",
            "token=hunter2-label",
            "--log-opt",
            "tag=hunter2-log-tag",
            "--health-cmd",
            "echo hunter2-health-output",
            "--health-interval",
            "1s",
            "--mount",
            "type=volume,target=/data,volume-label=token=hunter2-mount-label,\
             \"volume-opt=o=size=1m,uid=0\",volume-opt=type=tmpfs,volume-opt=device=hunter2-mount-option",
            &self.name,
            "--token=hunter2-argument",
        ];
        self.docker(engine, &options);
    }

    fn command(&self, engine: &OwnEngine, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command
            .arg("--config")
            .arg(self.settings.path())
            .args(["-H", &engine.address()])
            .args(arguments)
            .env("DOCKER_BUILDKIT", "0");
        command
    }

    fn docker(&self, engine: &OwnEngine, arguments: &[&str]) -> String {
        let done = self.command(engine, arguments).output().expect("docker");
        let words = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "docker {arguments:?}: {words}");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    fn runs(&self, engine: &OwnEngine, arguments: &[&str]) -> bool {
        let done = self.command(engine, arguments).output().expect("docker");
        done.status.success()
    }

    /// What the engine itself says of them, unmasked.
    fn as_the_engine_says(&self, engine: &OwnEngine) -> String {
        let name = &*self.name;
        let mut text = String::new();
        for arguments in [
            &["inspect", name, "wl-secrets-failed", "wl-secrets-committed"][..],
            &["image", "inspect", name, "wl-secrets-committed"],
            &["volume", "inspect", name],
            &["network", "inspect", name],
            &["history", "--no-trunc", name],
            &[
                "events",
                "--since",
                "1",
                "--until",
                "0s",
                "--format",
                "{{json .}}",
            ],
        ] {
            text += &self.docker(engine, arguments);
        }
        text + &raw(engine, "/info")
    }
}

/// An answer of the engine, unmasked: the docker command hides some of it.
fn raw(engine: &OwnEngine, path: &str) -> String {
    let socket = engine.address().replace("unix://", "");
    let mut stream = std::os::unix::net::UnixStream::connect(socket).expect("an engine");
    write!(stream, "GET {path} HTTP/1.0\r\nhost: docker\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// The real command, on the engine, with its log in a file.
struct Waterline {
    child: Child,
    address: String,
}

fn command(engine: &OwnEngine) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waterline"));
    command
        .env_remove("WATERLINE_LISTEN")
        .env_remove("WATERLINE_CONTENT")
        .env("DOCKER_HOST", engine.address())
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("WATERLINE_LOG", "debug,waterline=trace")
        .stdin(Stdio::null());
    command
}

impl Waterline {
    fn start(engine: &OwnEngine, folder: &Path) -> Waterline {
        let log = |name: &str| File::create(folder.join(name)).expect("a file");
        let child = command(engine)
            .args(["--listen", "127.0.0.1:0", "--host", &engine.address()])
            .stdout(log("stdout"))
            .stderr(log("stderr"))
            .spawn()
            .expect("the command starts");
        let mut waterline = Waterline {
            child,
            address: String::new(),
        };
        let began = Instant::now();
        while waterline.address.is_empty() {
            assert!(began.elapsed() < Duration::from_secs(20), "no address");
            std::thread::sleep(Duration::from_millis(50));
            let said = fs::read_to_string(folder.join("stdout")).expect("text");
            let address = said
                .split_once("http://")
                .and_then(|(_, rest)| rest.split_once("/?key="));
            waterline.address = address.map_or(String::new(), |(address, _)| address.into());
        }
        waterline
    }

    fn ask(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let host = &self.address;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        )
        .expect("a request");
        stream
    }

    fn get(&self, path: &str) -> String {
        let mut answer = Vec::new();
        self.ask(path).read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.lines().next().unwrap_or_default();
        assert!(status.contains(" 200 "), "{path}: {status}");
        answer
    }

    /// Reads the page's stream until the connection is shut, and sends what came.
    fn look_on(&self, keys: &[String], told: Sender<String>) -> TcpStream {
        let query: Vec<String> = keys
            .iter()
            .map(|key| format!("panel={}", escape(key)))
            .collect();
        let mut stream = self.ask(&format!("/live?{}", query.join("&")));
        let handle = stream.try_clone().expect("a handle");
        std::thread::spawn(move || {
            let mut all = Vec::new();
            let _shut = stream.read_to_end(&mut all);
            let _nobody = told.send(String::from_utf8_lossy(&all).into_owned());
        });
        handle
    }
}

impl Drop for Waterline {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => escaped.push(byte.into()),
            false => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// A failure for every place in `text` where a secret stands.
fn look(place: &str, text: &str, leaks: &mut BTreeSet<String>) {
    for sign in [SECRET, ENCODED] {
        for (at, _) in text.match_indices(sign) {
            let before: String = text[..at].chars().rev().take(60).collect();
            let before: String = before.chars().rev().collect();
            let after: String = text[at..].chars().take(40).collect();
            let around = format!("{before}{after}").replace('\n', " ");
            leaks.insert(format!("{place}: …{around}…"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_real_engine_is_in_anything_that_waterline_writes() {
    let Some(engine) = OwnEngine::take().await else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut leaks = BTreeSet::new();
    let seeds = Seeds::sow(&engine);

    // Each panel, with each of the objects in focus.
    let name = &*seeds.name;
    let focuses = ["", name, "wl-secrets-failed", "wl-secrets-committed"];
    let id = seeds.docker(&engine, &["inspect", "-f", "{{.Id}}", name]);
    let views: Vec<(Panel, View)> = Panel::ALL
        .into_iter()
        .flat_map(|panel| focuses.map(|of| (panel, View::default().focus(of))))
        .chain(Panel::ALL.map(|panel| (panel, View::default().focus(&id))))
        .collect();

    // The page is open while things happen.
    let waterline = Waterline::start(&engine, folder.path());
    let keys: Vec<String> = views.iter().map(|(panel, view)| view.key(*panel)).collect();
    let (told, streams) = channel();
    let open: Vec<TcpStream> = keys
        .chunks(60)
        .map(|keys| waterline.look_on(keys, told.clone()))
        .collect();
    seeds.start(&engine, "wl-secrets-second");
    let exec = ["exec", "wl-secrets-second", "echo", "hunter2-exec-argument"];
    seeds.docker(&engine, &exec);
    // Its health is reported, with what the check said.
    std::thread::sleep(Duration::from_millis(2500));
    let said = seeds.as_the_engine_says(&engine);
    let missing: Vec<_> = SEEDED
        .iter()
        .filter(|secret| !said.contains(**secret))
        .collect();
    assert!(
        missing.is_empty(),
        "the engine itself does not say {missing:?}"
    );

    for (panel, view) in &views {
        for path in [
            view.href(*panel),
            view.json_href(*panel),
            format!(
                "{}{}frame",
                view.href(*panel),
                if view.of.is_some() { '&' } else { '?' }
            ),
        ] {
            look(&path, &waterline.get(&path), &mut leaks);
        }
    }
    let index = waterline.get("/notebook.json");
    look("/notebook.json", &index, &mut leaks);
    for path in ["/", "/hosts", "/readyz"]
        .map(String::from)
        .into_iter()
        .chain(pages(&index))
    {
        look(&path, &waterline.get(&path), &mut leaks);
    }

    seeds.docker(&engine, &["kill", "wl-secrets-second"]);
    seeds.docker(&engine, &["rm", "-v", "wl-secrets-second"]);
    // While the page is open, the engine goes: what is said of that is looked at too.
    engine.daemon("KILL");
    std::thread::sleep(Duration::from_millis(1000));
    for panel in Panel::ALL {
        let path = View::default().href(panel);
        look(&path, &waterline.get(&path), &mut leaks);
    }
    engine.daemon("start");
    std::thread::sleep(Duration::from_millis(1000));
    for stream in &open {
        let _shut = stream.shutdown(std::net::Shutdown::Both);
    }
    drop(told);
    let streams: Vec<String> = streams.iter().collect();
    assert_eq!(streams.len(), open.len());
    for key in &keys {
        let drawn = format!("event: panel\ndata: {key}\n");
        assert!(
            streams.iter().any(|stream| stream.contains(&drawn)),
            "{key} never came"
        );
    }
    for stream in &streams {
        look("/live", stream, &mut leaks);
    }
    drop(waterline);

    let recording = folder.path().join("recording.json");
    for arguments in [
        vec![
            "record",
            "--host",
            &*engine.address(),
            recording.to_str().expect("a path"),
        ],
        vec!["index"],
    ] {
        let done = command(&engine).args(&arguments).output().expect("it runs");
        assert!(done.status.success(), "{arguments:?}: {done:?}");
        for text in [&done.stdout, &done.stderr] {
            look(arguments[0], &String::from_utf8_lossy(text), &mut leaks);
        }
    }
    let recorded = fs::read_to_string(&recording).expect("a recording");
    assert!(recorded.contains(name), "of this engine");
    look("the recording", &recorded, &mut leaks);
    for log in ["stdout", "stderr"] {
        let text = fs::read_to_string(folder.path().join(log)).expect("text");
        assert!(!text.is_empty(), "{log}");
        look(log, &text, &mut leaks);
    }
    let leaks: Vec<String> = leaks.into_iter().collect();
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.join("\n")
    );
}

/// The pages of the notebook: its notes and topics, written and wanted.
fn pages(index: &str) -> Vec<String> {
    let body = index.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let json = &body[body.find('{').unwrap_or(0)..=body.rfind('}').unwrap_or(0)];
    let json: Value = serde_json::from_str(json).expect("the index");
    let texts = |list: &str, field: &str| -> Vec<String> {
        let list = json[list].as_array().expect("a list");
        list.iter()
            .filter_map(|item| item[field].as_str().map(String::from))
            .collect()
    };
    let topics = [texts("anchors", "name"), texts("wanted", "name")].concat();
    let topics = topics
        .into_iter()
        .map(|name| format!("/topics/{}", escape(&name)));
    texts("notes", "path").into_iter().chain(topics).collect()
}
