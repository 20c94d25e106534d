//! Fifty sandboxes in which the same demo runs at once, beside four workers who type the
//! same commands with docker.

use crate::figures::Promises;
use crate::sandbox_room::Room;
use futures_util::future::join_all;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use waterline::demos::script::{Demo, play};
use waterline::demos::stock::Demos;
use waterline::notebook::{Content, Notebook};
use waterline::web::content;

const SANDBOXES: usize = 50;
const WORKERS: usize = 4;
const AT_MOST: f64 = 1.3;

/// How often both sides are measured, in turns.
const ROUNDS: usize = 2;

/// What both sides do.
const DEMO: &str = "what-survives-a-restart";

/// The name that the demo gives its container.
const NAME: &str = "notes";

fn demo() -> Demo {
    let notebook = Notebook::load(&Content::Embedded, &content::rules()).expect("it is built in");
    let demos = Demos::of(&notebook);
    Demo::clone(demos.get(DEMO).expect("a demo"))
}

/// All at once: each opens a sandbox, plays the demo, and is closed. Every step must pass.
async fn in_sandboxes(room: &Room, demo: &Demo) -> Duration {
    let began = Instant::now();
    let all = (0..SANDBOXES).map(async |_| {
        let sandbox = room.open().await;
        let played = play(demo, &sandbox).await;
        let failed: Vec<_> = played.iter().filter(|step| !step.passed()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        assert_eq!(played.len(), demo.steps().count());
        room.sandboxes.close(sandbox.id()).await.expect("closed");
    });
    join_all(all).await;
    began.elapsed()
}

/// The same commands, with a name for each container, by so many workers with docker.
fn with_workers(endpoint: &str, demo: &Demo) -> Duration {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let turn = next.fetch_add(1, Ordering::SeqCst)
                    && turn < SANDBOXES
                {
                    let name = format!("wl-bench-{turn}");
                    for step in demo.steps() {
                        let code = typed(endpoint, &step.command, &name);
                        assert_eq!(code, Some(step.expected.code), "{}", step.command);
                    }
                    typed(endpoint, "docker rm -f notes", &name);
                }
            });
        }
    });
    began.elapsed()
}

/// Runs a step of the demo with the docker command; its exit code.
fn typed(endpoint: &str, line: &str, name: &str) -> Option<i32> {
    let words = shlex::split(line).expect("words");
    let own = |word: &String| match word.as_str() {
        NAME => name.to_owned(),
        word => word.to_owned(),
    };
    let words: Vec<String> = words.iter().map(own).collect();
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env("DOCKER_HOST", endpoint);
    command.output().expect("the docker command").status.code()
}

/// Measures both sides in turns, and holds the promises.
pub async fn measure(promises: &mut Promises) {
    let Some(room) = Room::new().await else {
        return;
    };
    let demo = demo();
    let (mut here, mut there) = (Duration::ZERO, Duration::ZERO);
    for round in 0..ROUNDS {
        let (one, other) = match round % 2 {
            0 => {
                let there = with_workers(&room.endpoint, &demo);
                (in_sandboxes(&room, &demo).await, there)
            }
            _ => {
                let here = in_sandboxes(&room, &demo).await;
                (here, with_workers(&room.endpoint, &demo))
            }
        };
        println!(
            "{SANDBOXES} sandboxes at once: {one:.1?}; {WORKERS} workers with docker: {other:.1?}"
        );
        here += one;
        there += other;
        let left = room.left();
        assert!(left.is_empty(), "docker still finds {left}");
    }
    println!("nothing is left that carries a label of ours");
    let ratio = here.as_secs_f64() / there.as_secs_f64();
    println!("{SANDBOXES} sandboxes: {ratio:.2} times what docker takes (promised: {AT_MOST})");
    promises.hold("fifty sandboxes", ratio, AT_MOST);
}
