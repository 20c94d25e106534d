//! One command at a time, in a sandbox and with the docker command, in turns.

use crate::figures::{Promises, Times};
use crate::sandbox_room::{Room, ran};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use waterline::demos::runner::{How, Outcome, Sandbox};

/// How often each command is run on either side.
const PAIRS: usize = 25;

/// A command that is measured.
struct Case {
    /// What was promised: at most so many times what docker takes.
    at_most: f64,
    line: &'static str,
    /// What is done before and after it, without being measured.
    before: &'static [&'static str],
    after: &'static [&'static str],
    /// The same command on a network like the sandbox's own, against which the promise is
    /// held then. A sandbox cannot join the engine's default network, and on any other the
    /// engine starts a resolver for each container: the price of being apart, told beside.
    apart: Option<&'static str>,
}

const fn case(at_most: f64, line: &'static str) -> Case {
    Case {
        at_most,
        line,
        before: &[],
        after: &[],
        apart: None,
    }
}

/// A network like those of sandboxes.
const APART: &str = "docker network create --internal --subnet 198.19.255.240/28 \
    -o com.docker.network.bridge.inhibit_ipv4=true bench-apart";

/// What runs all the while.
const STAYS: &str = "docker run -d --init --name bench-stays busybox sh -c \
    'seq 200; echo kept > /kept; sleep 3600'";

const CASES: [Case; 12] = [
    Case {
        after: &["docker rm -f bench"],
        apart: Some("docker run -d --network bench-apart --name bench busybox sleep 600"),
        ..case(1.05, "docker run -d --name bench busybox sleep 600")
    },
    Case {
        apart: Some("docker run --rm --network bench-apart busybox true"),
        ..case(1.05, "docker run --rm busybox true")
    },
    case(0.9, "docker exec bench-stays true"),
    Case {
        after: &["docker rmi bench-kept"],
        ..case(0.9, "docker commit bench-stays bench-kept")
    },
    Case {
        before: &["docker run -d --init --name bench busybox sleep 600"],
        after: &["docker rm bench"],
        ..case(0.9, "docker stop bench")
    },
    case(0.5, "docker ps"),
    case(0.5, "docker ps -a --format '{{.Names}} {{.Status}}'"),
    case(0.5, "docker inspect bench-stays"),
    case(0.5, "docker logs bench-stays"),
    case(0.5, "docker diff bench-stays"),
    case(0.5, "docker history busybox"),
    case(0.5, "docker images"),
];

/// Runs a line with the docker command, and says how long it took.
fn with_docker(endpoint: &str, line: &str) -> Duration {
    let words = shlex::split(line).expect("words");
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .env("DOCKER_HOST", endpoint)
        .stdin(Stdio::null());
    let began = Instant::now();
    let done = command.output().expect("the docker command");
    let took = began.elapsed();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{line}: {said}");
    took
}

/// Runs a line in a sandbox, and says how long it took.
async fn in_sandbox(sandbox: &Arc<Sandbox>, line: &str) -> Duration {
    let began = Instant::now();
    let finished = sandbox.run(line, How::default()).finished().await;
    let took = began.elapsed();
    let done = Outcome::Done { code: 0 };
    assert!(finished.outcome == done, "{line}: {finished:?}");
    took
}

/// One side, measured once.
async fn ours(sandbox: &Arc<Sandbox>, case: &Case) -> Duration {
    for line in case.before {
        in_sandbox(sandbox, line).await;
    }
    let took = in_sandbox(sandbox, case.line).await;
    for line in case.after {
        in_sandbox(sandbox, line).await;
    }
    took
}

/// The other, measured once, with this line.
fn dockers(endpoint: &str, case: &Case, line: &str) -> Duration {
    for line in case.before {
        with_docker(endpoint, line);
    }
    let took = with_docker(endpoint, line);
    for line in case.after {
        with_docker(endpoint, line);
    }
    took
}

/// What stays is removed with docker, whatever happens.
struct Stays(String);

impl Drop for Stays {
    fn drop(&mut self) {
        for arguments in [
            &["rm", "-f", "bench-stays", "bench"][..],
            &["rmi", "-f", "bench-kept"],
            &["network", "rm", "bench-apart"],
        ] {
            let _removed = Command::new("docker")
                .args(["-H", &self.0])
                .args(arguments)
                .output();
        }
    }
}

/// Measures all of them, and holds the promises.
pub async fn measure(promises: &mut Promises) {
    let Some(room) = Room::new().await else {
        return;
    };
    let endpoint = room.endpoint.clone();
    let sandbox = room.open().await;
    let _stays = Stays(endpoint.clone());
    with_docker(&endpoint, STAYS);
    with_docker(&endpoint, APART);
    let (_, err, code) = ran(&sandbox, STAYS).await;
    assert_eq!((err.as_str(), code), ("", 0));
    println!("command, in a sandbox, with docker, ratio: medians of {PAIRS} pairs (p10 to p90)");
    for case in &CASES {
        // Whatever is only once paid for.
        ours(&sandbox, case).await;
        dockers(&endpoint, case, case.line);
        let (mut here, mut there, mut apart) = (Vec::new(), Vec::new(), Vec::new());
        for pair in 0..PAIRS {
            if pair % 2 == 0 {
                here.push(ours(&sandbox, case).await);
                there.push(dockers(&endpoint, case, case.line));
            } else {
                there.push(dockers(&endpoint, case, case.line));
                here.push(ours(&sandbox, case).await);
            }
            if let Some(line) = case.apart {
                apart.push(dockers(&endpoint, case, line));
            }
        }
        let (here, there) = (Times::of(&here), Times::of(&there));
        let (ratio, at_most) = (here.median() / there.median(), case.at_most);
        let Some(line) = case.apart else {
            println!(
                "{}: {here}, {there}, {ratio:.2} (promised: {at_most})",
                case.line
            );
            promises.hold(case.line, ratio, at_most);
            continue;
        };
        let apart = Times::of(&apart);
        let like_for_like = here.median() / apart.median();
        println!("{line}: {here}, {apart}, {like_for_like:.2} (promised: {at_most})");
        println!(
            "  on docker's default network, where no names resolve: {there}; docker takes {:.2} of \
             that on a network of its own, a sandbox {ratio:.2}",
            apart.median() / there.median(),
        );
        promises.hold(line, like_for_like, at_most);
    }
    room.sandboxes.end().await;
}
