//! How long an export of 10,000 notes with ten topics each takes, beside `cp -r` of what it
//! wrote, on the same disk in the same run.
//!
//! `cargo bench --bench export`. The time is that of the whole command: notes are read,
//! linked, drawn and written, and the index is made. What it wrote is synced before the two
//! are compared, so that neither pays for the other's, and nothing is removed before the end:
//! for a minute a file system (ext4) looks hard at each place of a removed file before it gives
//! it to a new one, and whichever came first would pay for that.

mod generated;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const NOTES: usize = 10_000;
/// How often both are done.
const ROUNDS: usize = 3;

fn main() {
    // `cargo test` runs benches too, to see that they work.
    let (notes, rounds) = match std::env::args().any(|argument| argument == "--bench") {
        true => (NOTES, ROUNDS),
        false => (50, 1),
    };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let content = folder.path().join("notes");
    for (file, text) in generated::notes(notes) {
        let path = content.join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    for round in 0..rounds {
        let within = folder.path().join(round.to_string());
        std::fs::create_dir(&within).expect("made");
        let (out, copy) = (within.join("out"), within.join("copy"));
        settle();
        let exported = timed(
            Command::new(env!("CARGO_BIN_EXE_waterline"))
                .arg("export")
                .arg(&out)
                .arg("--content")
                .arg(&content)
                .env("DOCKER_HOST", "unix:///nowhere/docker.sock"),
        );
        settle();
        let copied = timed(Command::new("cp").arg("-r").arg(&out).arg(&copy));
        let (files, bytes) = weight(&out);
        println!(
            "{notes} notes: {files} files, {} MB; export {exported:.2?}, cp -r {copied:.2?}: {:.2} times",
            bytes >> 20,
            exported.as_secs_f64() / copied.as_secs_f64()
        );
    }
}

/// Lets the disk come to rest.
fn settle() {
    let synced = Command::new("sync").status().expect("sync");
    assert!(synced.success());
}

fn timed(command: &mut Command) -> Duration {
    let begun = Instant::now();
    let output = command.output().expect("it runs");
    let took = begun.elapsed();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    took
}

/// How many files there are, and how many bytes in them.
fn weight(folder: &Path) -> (usize, u64) {
    let entries = walkdir::WalkDir::new(folder).into_iter();
    let entries = entries.filter_map(|entry| entry.ok()?.metadata().ok());
    let files = entries.filter(|about| about.is_file());
    files.fold((0, 0), |(files, bytes), about| {
        (files + 1, bytes + about.len())
    })
}
