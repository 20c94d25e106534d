//! What a sandbox costs beside the docker command: the same commands, interleaved, on the
//! engine that WATERLINE_TEST_HOST names (`tests/engine` makes one), and 50 sandboxes that
//! run the same demo at once.
//!
//! Prints medians and their ratio; nothing is asserted, since figures are the machine's.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use waterline::demos::instance::Slot;
use waterline::demos::prepare::{self, Pins};
use waterline::demos::runner::{How, Outcome, Sandbox, Sandboxes, Terms};
use waterline::demos::sandbox::Limits;
use waterline::engine::hands::Hands;
use waterline::engine::{Endpoint, Engine, Found, Host, HostName};

/// How often each command is run, in turns.
const ROUNDS: usize = 15;
/// How many sandboxes run the demo at once.
const SANDBOXES: usize = 50;

fn main() {
    let Ok(host) = std::env::var("WATERLINE_TEST_HOST") else {
        println!("WATERLINE_TEST_HOST names no engine: nothing is measured");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let (sandboxes, _state) = sandboxes(&host).await;
        side_by_side(&host, &sandboxes).await;
        many(&host, &sandboxes).await;
        sandboxes.end().await;
    });
}

async fn sandboxes(host: &str) -> (Arc<Sandboxes>, tempfile::TempDir) {
    let state = tempfile::tempdir().expect("a folder");
    let slot = Slot::take_in(state.path()).expect("a slot");
    let pins = Pins::in_folder(state.path());
    let endpoint = Endpoint::parse(host, None).expect("an endpoint");
    let name = HostName::new("bench").expect("a name");
    let engine = Arc::new(Engine::new([Host::new(Found::named(name, endpoint))]));
    let hands = Hands::new(engine.host(None).expect("the host"), *slot.instance());
    let prepared = prepare::prepare(&hands, &pins, None, |_| ()).await;
    prepared.expect("a demo image");
    let all = Sandboxes::with_pins(engine, slot, Limits::default(), Terms::default(), pins);
    (all, state)
}

/// The docker command, as somebody types it.
fn docker(host: &str, line: &str) -> Duration {
    let began = Instant::now();
    let words = line.replace("docker ", "");
    let status = Command::new("sh")
        .args(["-c", &format!("exec docker -H {host} {words}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let took = began.elapsed();
    assert!(status.expect("docker").success(), "{line}");
    took
}

/// The same in a sandbox.
async fn ours(sandbox: &Arc<Sandbox>, line: &str) -> Duration {
    let began = Instant::now();
    let finished = sandbox.run(line, How::default()).finished().await;
    let took = began.elapsed();
    let done = matches!(finished.outcome, Outcome::Done { code: 0 });
    assert!(done, "{line}: {finished:?}");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

async fn side_by_side(host: &str, sandboxes: &Sandboxes) {
    let sandbox = sandboxes.open(None).await.expect("a sandbox");
    // What is measured, and what is done after each round, in both worlds.
    let tasks = [
        (
            "run -d",
            "docker run -d --name bench1 busybox sleep 600",
            "docker rm -f bench1",
        ),
        ("run --rm", "docker run --rm busybox true", ""),
        ("exec", "docker exec bench0 true", ""),
        (
            "commit",
            "docker commit bench0 bench:1",
            "docker image rm bench:1",
        ),
        (
            "stop -t 0",
            "docker stop -t 0 bench0",
            "docker start bench0",
        ),
        ("ps", "docker ps", ""),
        ("inspect", "docker inspect bench0", ""),
        ("images", "docker images", ""),
    ];
    let first = "docker run -d --name bench0 busybox sleep 600";
    docker(host, first);
    ours(&sandbox, first).await;
    for (name, line, after) in tasks {
        let (mut theirs, mut own) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            theirs.push(docker(host, line));
            own.push(ours(&sandbox, line).await);
            if !after.is_empty() {
                docker(host, after);
                ours(&sandbox, after).await;
            }
        }
        let (theirs, own) = (median(theirs), median(own));
        println!(
            "{name:<10} docker {:>8.1} ms   sandbox {:>8.1} ms   ratio {:.2}",
            theirs.as_secs_f64() * 1e3,
            own.as_secs_f64() * 1e3,
            own.as_secs_f64() / theirs.as_secs_f64()
        );
    }
    docker(host, "docker rm -f bench0");
    sandboxes.close(sandbox.id()).await.expect("it is closed");
}

/// One demo: a network, two containers, an exec, and everything gone.
const DEMO: [&str; 5] = [
    "docker network create lan",
    "docker run -d --name a1 --network lan busybox sleep 600",
    "docker run -d --name b1 --network lan busybox sleep 600",
    "docker exec a1 true",
    "docker rm -f a1 b1",
];

async fn many(host: &str, sandboxes: &Arc<Sandboxes>) {
    let began = Instant::now();
    let runs = (0..SANDBOXES).map(|_| {
        let sandboxes = Arc::clone(sandboxes);
        tokio::spawn(async move {
            let sandbox = sandboxes.open(None).await.expect("a sandbox");
            for line in DEMO {
                ours(&sandbox, line).await;
            }
            sandboxes.close(sandbox.id()).await.expect("it is closed");
        })
    });
    for run in runs.collect::<Vec<_>>() {
        run.await.expect("no clash");
    }
    let own = began.elapsed();
    let began = Instant::now();
    let host: Arc<str> = host.into();
    let workers = (0..4).map(|worker| {
        let host = Arc::clone(&host);
        tokio::task::spawn_blocking(move || {
            for at in (worker..SANDBOXES).step_by(4) {
                let net =
                    format!("docker network create --internal --subnet 10.199.{at}.0/28 wlb{at}");
                docker(&host, &net);
                for name in ["a", "b"] {
                    let run = format!(
                        "docker run -d --name wlb-{name}{at} --network wlb{at} busybox sleep 600"
                    );
                    docker(&host, &run);
                }
                docker(&host, &format!("docker exec wlb-a{at} true"));
                docker(&host, &format!("docker rm -f wlb-a{at} wlb-b{at}"));
                docker(&host, &format!("docker network rm wlb{at}"));
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("the docker command");
    }
    let theirs = began.elapsed();
    println!(
        "{SANDBOXES} at once  docker, 4 workers {:>5.1} s   sandboxes {:>5.1} s   ratio {:.2}",
        theirs.as_secs_f64(),
        own.as_secs_f64(),
        own.as_secs_f64() / theirs.as_secs_f64()
    );
}
