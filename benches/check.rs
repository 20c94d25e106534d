//! How long `waterline check` takes for a hundred notes, and for ten thousand: the whole
//! command as an author runs it, from its start to its end, and the checking alone.
//!
//! `cargo bench --bench check`. Prints percentiles: what an author waits for is the slow run.
//! One note in ten has something to mend of nearly every kind.

mod generated;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use waterline::author::check::check;
use waterline::notebook::Content;
use waterline::web::content;

/// What is wrong in one note of ten.
const WRONG: &str = "\n##\n\nSee Learning_Generated_0000x_Topic_1, [gone](gone.md), [file](gone.pdf), \
[head](#gone), ![](gone.png), [value](live:gone) and <Learning_Gone>>.\n";

fn main() {
    // `cargo test` runs benches too, to see that they work.
    let sizes: &[(usize, usize)] = match std::env::args().any(|argument| argument == "--bench") {
        true => &[(100, 100), (10_000, 10)],
        false => &[(20, 2)],
    };
    for &(notes, rounds) in sizes {
        let folder = std::env::temp_dir().join(format!("waterline-check-{}", std::process::id()));
        write(&folder, notes);
        command(&folder, notes, rounds);
        alone(&folder, notes, rounds);
        std::fs::remove_dir_all(&folder).expect("it is removed");
    }
}

fn write(folder: &Path, notes: usize) {
    for (index, (file, mut text)) in generated::notes(notes).into_iter().enumerate() {
        if index % 10 == 0 {
            text.extend_from_slice(WRONG.as_bytes());
        }
        let file = folder.join(file);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
        std::fs::write(file, text).expect("it is written");
    }
}

/// The command, from its start to its end.
fn command(folder: &Path, notes: usize, rounds: usize) {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let begun = Instant::now();
        let ended = Command::new(env!("CARGO_BIN_EXE_waterline"))
            .args(["check", "--content"])
            .arg(folder)
            .stdout(Stdio::null())
            .status()
            .expect("the binary runs");
        times.push(begun.elapsed());
        assert_eq!(ended.code(), Some(1), "there is something to mend");
    }
    told(&format!("{notes} notes, the command"), times);
}

/// The checking of an edition that is there already, as an editor has it.
fn alone(folder: &Path, notes: usize, rounds: usize) {
    let content = Content::Folder(folder.to_owned());
    let mut times = Vec::new();
    for _ in 0..rounds {
        let edition = content::load(&content).expect("the folder is read");
        let begun = Instant::now();
        let problems = check(&edition);
        times.push(begun.elapsed());
        assert!(problems.len() >= notes / 10 * 8, "{}", problems.len());
    }
    told(&format!("{notes} notes, checking alone"), times);
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!(
        "{what:<32} {:>4} times  p50 {:>9.3?}  p95 {:>9.3?}  most {:>9.3?}",
        times.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    );
}
