//! What we print in docker's name, against what the docker command prints, byte for byte.
//!
//! Both look at the same engine, one after the other. Ages go on and other tests work
//! beside this one, so a comparison is tried again for a while; it passes when the two
//! agree once.

mod lists;
mod moving;
mod refusals;
mod single;

use jiff::Timestamp;
use serde_json::Value;
use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};
use waterline::demos::format::{Filter, Printed};

/// How long two that should agree may take to do so.
const PATIENCE: Duration = Duration::from_secs(12);

/// Containers, a network, a volume and an image of this test's own, removed at the end.
struct Scene {
    endpoint: String,
    prefix: String,
    label: String,
    /// An empty folder: nobody's settings or plug-ins have a say.
    config: tempfile::TempDir,
    /// Where the two did not agree.
    drift: RefCell<Vec<String>>,
}

impl Scene {
    fn set(endpoint: &str, name: &str) -> Scene {
        let prefix = format!("{name}{}", std::process::id());
        let scene = Scene {
            endpoint: endpoint.to_owned(),
            label: format!("waterline.test.formats={prefix}"),
            prefix,
            config: tempfile::tempdir().expect("a folder"),
            drift: RefCell::default(),
        };
        let (label, name) = (scene.label.as_str(), |short: &str| scene.name(short));
        let (data, net) = (name("data"), name("net"));
        scene.must(&["volume", "create", "--label", label, &data]);
        scene.must(&["network", "create", "--internal", "--label", label, &net]);
        let run = |short: &str, options: &str, command: &[&str]| {
            let name = name(short);
            let mut arguments = vec!["run", "-d", "--label", label, "--name", &name];
            arguments.extend(options.split_whitespace());
            arguments.push("busybox");
            arguments.extend(command);
            scene.must(&arguments);
        };
        let options = format!(
            "--label tier=front --init -v {data}:/data --tmpfs /t --expose 80 --network {net}"
        );
        run("web", &options, &["httpd", "-f", "-p", "80", "-h", "/"]);
        run(
            "ended",
            "",
            &["sh", "-c", "echo 'a <long> & \"quoted\" line'; exit 3"],
        );
        run("quiet", "--network none", &["tail", "-f", "/dev/null"]);
        let created = name("made");
        scene.must(&[
            "create", "--label", label, "--name", &created, "busybox", "true",
        ]);
        scene.must(&["wait", &name("ended")]);
        let write = "echo x >> /etc/hello; rm /bin/zcat; mkdir -p /srv/new; head -c 70000 /dev/zero > /srv/new/big";
        scene.must(&["exec", &name("web"), "sh", "-c", write]);
        scene.must(&["commit", "-m", "a snapshot", &name("web"), &name("snap")]);
        scene.must(&["tag", &name("snap"), &format!("{}:2", name("snap"))]);
        scene
    }

    fn name(&self, short: &str) -> String {
        format!("{}-{short}", self.prefix)
    }

    fn docker(&self, arguments: &[&str]) -> Printed {
        let ran = Command::new("docker")
            .env("DOCKER_CONFIG", self.config.path())
            .env("DOCKER_HOST", &self.endpoint)
            .env("TZ", "UTC")
            .args(arguments)
            .output()
            .expect("the docker command");
        Printed {
            out: String::from_utf8_lossy(&ran.stdout).into_owned(),
            err: String::from_utf8_lossy(&ran.stderr).into_owned(),
            code: ran.status.code().unwrap_or(-1),
        }
    }

    fn must(&self, arguments: &[&str]) -> String {
        let printed = self.docker(arguments);
        assert_eq!(printed.code, 0, "docker {arguments:?}: {}", printed.err);
        printed.out.trim().to_owned()
    }

    /// The engine's own answer. HTTP 1.0, so that it comes in one piece.
    fn get_text(&self, path: &str) -> String {
        let socket = self.endpoint.strip_prefix("unix://").expect("a socket");
        let mut stream = UnixStream::connect(socket).expect("the engine");
        let request = format!("GET {path} HTTP/1.0\r\nHost: docker\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        body.to_owned()
    }

    fn get(&self, path: &str) -> Value {
        let body = self.get_text(path);
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
    }

    fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).as_array().cloned().unwrap_or_default()
    }

    /// Both must print the same, once.
    fn agree(&self, arguments: &[&str], ours: impl Fn() -> Printed) {
        self.agree_but(arguments, ours, |printed| printed);
    }

    /// The same, but for what `plain` evens out.
    fn agree_but(
        &self,
        arguments: &[&str],
        ours: impl Fn() -> Printed,
        plain: impl Fn(Printed) -> Printed,
    ) {
        let start = Instant::now();
        loop {
            // In the same second, both speak of the same ages.
            let (own, theirs) = (ours(), self.docker(arguments));
            let (own, theirs) = (plain(own), plain(theirs));
            if own == theirs {
                return;
            }
            if start.elapsed() > PATIENCE {
                self.drift.borrow_mut().push(format!(
                    "docker {arguments:?}\nours:\n{}{}[{}]\ndocker's:\n{}{}[{}]",
                    own.out, own.err, own.code, theirs.out, theirs.err, theirs.code
                ));
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// All agreed, or a list of those that did not.
    fn done(self) {
        let drift = self.drift.take();
        assert!(drift.is_empty(), "{}", drift.join("\n\n"));
    }

    fn engine_is(&self, version: &str) -> bool {
        self.must(&["version", "-f", "{{.Server.Version}}"])
            .starts_with(version)
    }

    fn command_is(&self, version: &str) -> bool {
        self.must(&["version", "-f", "{{.Client.Version}}"])
            .starts_with(version)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let filter = format!("label={}", self.label);
        let remove = |list: &[&str], remove: &[&str]| {
            let ids = self
                .docker(&[list, &["-q", "--filter", &filter]].concat())
                .out;
            if !ids.trim().is_empty() {
                let mut ids: Vec<&str> = ids.split_whitespace().collect();
                ids.dedup();
                self.docker(&[remove, &ids].concat());
            }
        };
        remove(&["ps", "-a"], &["rm", "-fv"]);
        remove(&["images"], &["rmi", "-f"]);
        remove(&["network", "ls"], &["network", "rm"]);
        remove(&["volume", "ls"], &["volume", "rm"]);
    }
}

fn now() -> Timestamp {
    Timestamp::now()
}

fn filters(texts: &[&str]) -> Vec<Filter> {
    let read = |text: &&str| Filter::parse(text, "ps").expect("a filter");
    texts.iter().map(read).collect()
}

fn format(text: &str) -> Option<String> {
    Some(text.to_owned())
}
