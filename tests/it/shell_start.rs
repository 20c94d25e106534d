//! The shell from outside: the real command, what it prints, and how it stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waterline"));
    // No settings of whoever runs the tests.
    command
        .env_remove("WATERLINE_LISTEN")
        .env_remove("WATERLINE_CONTENT")
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> (Output, String) {
    let output = command()
        .args(arguments)
        .output()
        .expect("the command runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

/// A Waterline that is stopped when the test ends.
struct Running {
    child: Child,
    address: String,
    key: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Running {
        let mut child = command()
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
        std::thread::spawn(move || lines.for_each(drop));
        let (address, key) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once("/?key="))
            .expect("an address with a key");
        Running {
            child,
            address: address.to_owned(),
            key: key.to_owned(),
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a time limit");
        stream
    }

    fn get(&self, path: &str) -> String {
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
    }
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
    let output = command()
        .env("WATERLINE_LISTEN", "0.0.0.0:0")
        .output()
        .expect("runs");
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
