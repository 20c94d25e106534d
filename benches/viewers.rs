//! A thousand viewers of one host: what they cost the engine, how soon each has a change,
//! and what memory each takes.
//!
//! `cargo bench --bench viewers [-- VIEWERS]`. The engine is a fake one that counts, the
//! server the real command in a process of its own, the viewers one connection each.
//! Prints one line per figure, and fails where a promise is broken. It wants some more
//! open files than viewers: `ulimit -n 8192`.

#[expect(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/it/fake_engine.rs"]
mod fake_engine;

use fake_engine::FakeEngine;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

/// What a page of the notebook shows.
const PAGE: &str = "panel=networks&panel=storage-driver";

/// How many changes are delivered.
const ROUNDS: usize = 20;

/// Further apart than two rounds of asking in a burst.
const PAUSE: Duration = Duration::from_millis(600);

const LONG: Duration = Duration::from_secs(30);

struct Waterline {
    child: Child,
    address: String,
}

impl Waterline {
    fn start(engine: &FakeEngine) -> Waterline {
        let mut child = Command::new(env!("CARGO_BIN_EXE_waterline"))
            .args(["--listen", "127.0.0.1:0", "--host"])
            .arg(format!("unix://{}", engine.socket().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command starts");
        let lines = BufReader::new(child.stdout.take().expect("output")).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, rest) = line.split_once("http://")?;
                Some(rest.split_once("/?key=")?.0.to_owned())
            })
            .expect("an address");
        Waterline { child, address }
    }

    /// The memory of the server, in KiB.
    fn memory(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        kib.expect("its size").parse().expect("a number")
    }
}

impl Drop for Waterline {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// One viewer: tells when the mark of the day has come, and once when the page is whole.
async fn view(address: String, mark: watch::Receiver<String>, seen: mpsc::Sender<Instant>) {
    let mut stream = TcpStream::connect(&address).await.expect("it listens");
    let request = format!("GET /live?{PAGE} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request");
    let mut buffer = vec![0; 16 * 1024];
    let mut tail = Vec::new();
    let mut found = String::new();
    loop {
        let Ok(read @ 1..) = stream.read(&mut buffer).await else {
            return;
        };
        let wanted = mark.borrow().clone();
        tail.extend_from_slice(&buffer[..read]);
        if found != wanted && contains(&tail, wanted.as_bytes()) {
            found = wanted;
            tail.clear();
            if seen.send(Instant::now()).await.is_err() {
                return;
            }
        }
        // A mark may stand across two reads.
        let keep = tail.len().min(64);
        tail.drain(..tail.len() - keep);
    }
}

fn contains(text: &[u8], mark: &[u8]) -> bool {
    text.windows(mark.len()).any(|part| part == mark)
}

/// Waits for so many viewers to have seen the mark, and says when each did.
async fn all(seen: &mut mpsc::Receiver<Instant>, viewers: usize) -> Vec<Instant> {
    let mut times = Vec::with_capacity(viewers);
    let gather = async {
        while times.len() < viewers {
            times.push(seen.recv().await.expect("viewers"));
        }
    };
    timeout(LONG, gather).await.expect("everybody sees it");
    times
}

fn say_network(engine: &FakeEngine, name: &str) {
    let body = format!(
        r#"[{{"Name":"{name}","Id":"1ab0","Driver":"bridge","Scope":"local","Containers":{{}}}}]"#
    );
    engine.script.answers("/networks", 200, body);
}

async fn measure(viewers: usize) {
    let engine = FakeEngine::start().await;
    engine.script.answers_as_recorded();
    say_network(&engine, "round-first-");
    let waterline = Waterline::start(&engine);
    let (mark, marked) = watch::channel("round-first-".to_owned());
    let (tell, mut seen) = mpsc::channel(4 * viewers);
    let join = |count: usize| {
        for _ in 0..count {
            tokio::spawn(view(
                waterline.address.clone(),
                marked.clone(),
                tell.clone(),
            ));
        }
    };

    // One viewer: what a page costs the engine, and the memory before the others come.
    join(1);
    all(&mut seen, 1).await;
    sleep(PAUSE).await;
    let calls_of_a_change = async |mark_of: &str| {
        let before = engine.script.questions();
        say_network(&engine, mark_of);
        mark.send_replace(mark_of.to_owned());
        engine.script.event("network", "create", "1ab0");
        sleep(PAUSE).await;
        engine.script.questions() - before
    };
    let of_one = calls_of_a_change("round-alone-").await;
    all(&mut seen, 1).await;
    let (asked, alone) = (engine.script.questions(), waterline.memory());

    let began = Instant::now();
    join(viewers - 1);
    all(&mut seen, viewers - 1).await;
    println!(
        "{viewers} viewers: all have their page after {:?}",
        began.elapsed()
    );
    let of_joining = engine.script.questions() - asked;

    let mut delays = Vec::new();
    let before = engine.script.questions();
    for round in 0..ROUNDS {
        let name = format!("round-{round}-");
        say_network(&engine, &name);
        mark.send_replace(name);
        let began = Instant::now();
        engine.script.event("network", "create", "1ab0");
        let times = all(&mut seen, viewers).await;
        delays.extend(times.iter().map(|seen| seen.duration_since(began)));
        sleep(PAUSE).await;
    }
    let of_all = (engine.script.questions() - before) as f64 / ROUNDS as f64;
    delays.sort();
    let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize];
    println!(
        "delivery of a change: p50 {:?}, p95 {:?}, p99 {:?}, most {:?} (promised: p99 250 ms)",
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
    println!(
        "calls a change: {of_one} with one viewer, {of_all} with all; {of_joining} as they came"
    );
    println!("streams of events: {}", engine.script.listeners());
    let each = (waterline.memory().saturating_sub(alone)) as f64 / (viewers - 1) as f64;
    println!(
        "memory: {alone} KiB with one viewer, {} with all: {each:.1} KiB a viewer (promised: 30 kB)",
        waterline.memory()
    );
    assert_eq!(engine.script.listeners(), 1);
    assert_eq!(of_joining, 0, "who comes later costs nothing");
    assert!(of_all <= of_one as f64, "a change costs what it costs one");
    assert!(each * 1.024 < 30.0, "memory");
    assert!(at(0.99) < Duration::from_millis(250), "delivery");
}

fn main() {
    let viewers = std::env::args().filter_map(|word| word.parse().ok()).next();
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(measure(viewers.unwrap_or(1000)));
}
