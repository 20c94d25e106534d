//! The shell from outside: the real command, what it prints, and how it stops.

use crate::fake_engine::FakeEngine;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waterline"));
    // No settings of whoever runs the tests.
    command
        .env_remove("WATERLINE_LISTEN")
        .env_remove("WATERLINE_CONTENT")
        .env("DOCKER_HOST", "unix:///nobody/listens/here.sock")
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null());
    command
}

/// Runs a command that is expected to end by itself.
fn run(arguments: &[&str]) -> (Output, String) {
    finish(command().args(arguments))
}

/// Waits for a command to end. One that goes on instead is ended, with no exit code.
fn finish(command: &mut Command) -> (Output, String) {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let id = child.id();
    let (tell, told) = channel();
    std::thread::spawn(move || tell.send(child.wait_with_output()));
    let output = told
        .recv_timeout(Duration::from_secs(30))
        .unwrap_or_else(|_| {
            let _ = Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .status();
            told.recv().expect("it ended")
        });
    let output = output.expect("its output");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

/// A Waterline that is stopped when the test ends.
pub struct Running {
    child: Child,
    pub address: String,
    key: String,
    lines: Receiver<String>,
}

impl Running {
    fn start(arguments: &[&str]) -> Running {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Running::start_with(&path, arguments)
    }

    /// One whose programs are looked for on this path.
    pub fn start_with(path: &std::ffi::OsStr, arguments: &[&str]) -> Running {
        let mut child = command()
            .env("PATH", path)
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env("WATERLINE_LOG", "debug")
            .spawn()
            .expect("the command starts");
        let mut lines = BufReader::new(child.stdout.take().expect("output")).lines();
        let url = loop {
            let line = lines.next().expect("an address line").expect("text");
            if let Some(url) = line.trim().strip_prefix("address") {
                break url.trim().to_owned();
            }
        };
        // Read on, so that the child never waits for somebody to read.
        let (tell, told) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let (address, key) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once("/?key="))
            .expect("an address with a key");
        Running {
            child,
            address: address.to_owned(),
            key: key.to_owned(),
            lines: told,
        }
    }

    /// The next start-up line that begins with `what`.
    pub fn line(&self, what: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(10));
            let line = line.unwrap_or_else(|_| panic!("no {what} line"));
            if line.trim_start().starts_with(what) {
                return line.trim().to_owned();
            }
        }
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a time limit");
        stream
    }

    pub fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Sends the signal and returns how long it took to end, the exit code and the log.
    #[cfg(unix)]
    fn stop(mut self, signal: &str) -> (Duration, Option<i32>, String) {
        let told = Instant::now();
        let kill = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(kill.success());
        let status = self.child.wait().expect("it ends");
        let took = told.elapsed();
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().expect("a log");
        stderr.read_to_string(&mut log).expect("text");
        (took, status.code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_prints_an_address_that_answers() {
    let running = Running::start(&[]);
    assert!(running.key.len() >= 32, "{}", running.key);
    assert!(running.get("/healthz").starts_with("HTTP/1.1 200 OK\r\n"));
    let welcome = running.get(&format!("/?key={}", running.key));
    assert!(welcome.starts_with("HTTP/1.1 303"), "{welcome}");
}

#[cfg(unix)]
#[test]
fn it_stops_when_it_is_told_to() {
    for signal in ["-TERM", "-INT"] {
        let running = Running::start(&[]);
        // A connection that is kept open, as a browser does, must not hold it up.
        let mut idle = running.connect();
        write!(
            idle,
            "GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n",
            running.address
        )
        .expect("a request");
        idle.read_exact(&mut [0; 8]).expect("an answer");
        let (took, code, log) = running.stop(signal);
        assert_eq!(code, Some(0), "{log}");
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert!(log.contains("stopped"), "{log}");
        assert!(!log.contains("not finished"), "{log}");
    }
}

#[test]
fn head_sends_headers_alone_over_one_connection() {
    let running = Running::start(&[]);
    let mut stream = running.connect();
    // Twice: made the first time, kept the second. Then a page that fails.
    for (path, close) in [
        ("/", "keep-alive"),
        ("/", "keep-alive"),
        ("/nothing", "close"),
    ] {
        let host = &running.address;
        write!(
            stream,
            "HEAD {path} HTTP/1.1\r\nhost: {host}\r\nconnection: {close}\r\n\r\n"
        )
        .expect("a request");
    }
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("answers");
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 3, "{answers}");
    assert!(!answers.contains('<'), "{answers}");
    assert!(answers.ends_with("\r\n\r\n"), "{answers}");
}

#[cfg(unix)]
#[test]
fn the_key_never_reaches_the_log() {
    let running = Running::start(&["--log-format", "json"]);
    let key = running.key.clone();
    running.get(&format!("/?key={key}"));
    running.get(&format!("/?key={key}"));
    let (_, _, log) = running.stop("-TERM");
    assert!(log.contains(r#""status":303"#), "{log}");
    assert!(!log.contains(&key), "{log}");
    assert!(log.lines().all(|line| line.starts_with('{')), "{log}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_an_exec_says_never_reaches_the_log() {
    let engine = FakeEngine::start().await;
    let host = format!("fake=unix://{}", engine.socket().display());
    let running = Running::start(&["--host", &host]);
    // Somebody looks, so the events are listened to.
    let mut viewer = running.connect();
    let address = &running.address;
    write!(viewer, "GET /live HTTP/1.1\r\nhost: {address}\r\n\r\n").expect("a request");
    engine.script.is_heard().await;
    let exec = "exec_create: sh -c 'echo S3CRET'";
    engine.script.event("container", exec, "c1");
    engine.script.event("container", "start", "c1");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (_, _, log) = running.stop("-TERM");
    assert!(log.contains("host answers"), "{log}");
    assert!(!log.contains("S3CRET"), "{log}");
}

#[test]
fn a_request_is_answered_though_the_next_has_begun() {
    let running = Running::start(&[]);
    let mut stream = running.connect();
    let host = &running.address;
    write!(stream, "GET /healthz HTTP/1.1\r\nhost: {host}\r\n\r\nG").expect("a request");
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
}

#[test]
fn a_taken_port_says_who_has_it_and_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (output, said) = run(&["--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains(&format!("{address} is taken")), "{said}");
    assert!(said.contains("--listen 127.0.0.1:0"), "{said}");
}

#[test]
fn it_never_listens_beyond_this_machine() {
    for beyond in [
        "0.0.0.0:0",
        "[::]:0",
        "192.168.0.1:7070",
        "example.org:7070",
    ] {
        let (output, said) = run(&["serve", "--listen", beyond]);
        assert_eq!(output.status.code(), Some(1), "{beyond}");
        assert!(
            said.contains(beyond) && said.contains("loopback only"),
            "{said}"
        );
    }
    let (output, _) = finish(command().env("WATERLINE_LISTEN", "0.0.0.0:0"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_mistake_in_the_settings_file_stops_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("waterline.toml");
    std::fs::write(&file, "listen = '127.0.0.1:0'\nhost = 'x'\n").expect("a file");
    let (output, said) = run(&["--config", &file.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("waterline.toml:2:1: unknown field `host`"),
        "{said}"
    );
}

fn write(folder: &Path, file: &str, text: &str) {
    std::fs::write(folder.join(file), text).expect("a file");
}

fn note(path: &str, body: &str) -> String {
    format!("---\npath: {path}\ntitle: A note\n---\n{body}\n")
}

#[test]
fn the_start_lines_say_what_is_shown_and_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "a.md", &note("/a", "# A <<Learning_A>>"));
    write(folder.path(), "b.md", &note("/a", "the same path"));
    write(
        folder.path(),
        "attachments.toml",
        "[topics]\nLearning_A = ['nothing']\n",
    );
    let running = Running::start(&["--content", &folder.path().display().to_string()]);
    let content = running.line("content");
    let says = format!(
        "content  {}: 2 notes, 1 topic, 2 warnings",
        folder.path().display()
    );
    assert_eq!(content, says);
    let warning = running.line("attachments.toml:2:15: ");
    assert!(
        warning.contains("no panel is named \"nothing\""),
        "{warning}"
    );
    running.line("b.md:2:");
}

#[test]
fn the_embedded_notebook_says_that_it_is() {
    let running = Running::start(&[]);
    let content = running.line("content");
    assert!(content.starts_with("content  embedded: "), "{content}");
    assert!(content.ends_with(", no warnings"), "{content}");
}

#[test]
fn a_host_that_is_away_is_told_of_and_delays_nothing() {
    // It takes the connection and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("tcp://{}", silent.local_addr().expect("an address"));
    let started = Instant::now();
    let running = Running::start(&[
        "--host",
        "away=unix:///nobody.sock",
        "--host",
        &format!("mute={endpoint}"),
    ]);
    assert!(running.get("/readyz").contains(r#""ready":true"#));
    let away = running.line("host");
    assert!(
        away.starts_with("host     away  unix:///nobody.sock  unavailable: nothing listens"),
        "{away}"
    );
    let mute = running.line("host");
    assert!(
        mute.starts_with(&format!("host     mute  {endpoint}  ")),
        "{mute}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_saved_note_shows_at_the_next_reload() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "a.md", &note("/a", "first words"));
    let running = Running::start(&["--content", &folder.path().display().to_string()]);
    assert!(running.get("/a").contains("first words"));
    write(folder.path(), "a.md", &note("/a", "second words"));
    let deadline = Instant::now() + Duration::from_secs(10);
    while !running.get("/a").contains("second words") {
        assert!(Instant::now() < deadline, "the old words are still there");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn content_that_cannot_be_read_is_said_to_be() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "file.md", "x");
    for (name, says) in [
        ("missing", "there is no content folder at"),
        ("file.md", "is not a folder"),
    ] {
        let path = folder.path().join(name).display().to_string();
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["index"]] {
            let (output, said) = run(&[command, &["--content", &path]].concat());
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains(says) && said.contains(&path), "{said}");
        }
    }
}

#[test]
fn the_index_is_what_the_server_gives() {
    let (output, said) = run(&["index"]);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let running = Running::start(&[]);
    let answer = running.get("/notebook.json");
    let (_, served) = answer.split_once("\r\n\r\n").expect("a body");
    let served: serde_json::Value = serde_json::from_str(served).expect("JSON");
    assert_eq!(printed, served);
    assert!(
        printed["notes"]
            .as_array()
            .is_some_and(|notes| !notes.is_empty())
    );
}

#[test]
fn a_recording_needs_a_host_and_touches_no_file_without_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("host.json");
    let (output, said) = run(&[
        "record",
        &file.display().to_string(),
        "--host",
        "unix:///nobody.sock",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("nothing listens at"), "{said}");
    assert!(!file.exists());
}

#[test]
fn settings_in_the_environment_hold_for_the_subcommand_too() {
    let (_, said) = finish(command().arg("serve").env("WATERLINE_LISTEN", "0.0.0.0:0"));
    assert!(said.contains("loopback only"), "{said}");
}
