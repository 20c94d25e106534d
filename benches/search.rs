//! How fast topics are found among 10,000 notes with ten topics each, how long the index
//! takes to build, and how long it takes to follow a save.
//!
//! `cargo bench --bench search`. Prints percentiles: what a reader waits for is the slow
//! answer, not the mean one.

mod generated;

use std::time::{Duration, Instant};
use waterline::notebook::search::{Indexer, Search};
use waterline::notebook::{Notebook, Rules};

const NOTES: usize = 10_000;
/// How often each query is asked.
const ROUNDS: usize = 40;
/// How many topics a page of results shows.
const SHOWN: usize = 31;

fn main() {
    // `cargo test` runs benches too, to see that they work.
    let notes = match std::env::args().any(|argument| argument == "--bench") {
        true => NOTES,
        false => 50,
    };
    let files = generated::notes(notes);
    let book = Notebook::from_files(files.iter().cloned(), &Rules::default());
    let before = memory();
    let begun = Instant::now();
    let mut indexer = Indexer::new().expect("an index");
    let search = indexer.follow(&book).expect("it is written");
    println!(
        "{notes} notes, {} topics: built in {:?}, {} MB",
        book.topic_count(),
        begun.elapsed(),
        memory().saturating_sub(before) / 1024
    );
    // The first slip of the finger pays for a table that all later ones use.
    let begun = Instant::now();
    let _ = search.find("conteiner", SHOWN).expect("an answer");
    println!("the first misspelt word: {:?}", begun.elapsed());

    let mut all = Vec::new();
    for (what, queries) in kinds(notes) {
        all.extend(asked(what, &search, &queries));
    }
    told("all of these", all);
    saves(&mut indexer, book, &files);
}

/// What people type, by kind.
fn kinds(notes: usize) -> Vec<(&'static str, Vec<String>)> {
    let strings = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let typed = |text: &str| (1..=text.len()).map(|end| text[..end].to_owned()).collect();
    let name = generated::name(notes / 2, 5);
    vec![
        ("a letter", strings(&["c", "s", "n", "i", "1"])),
        ("two letters", strings(&["co", "st", "ne", "im", "la"])),
        (
            "a word",
            strings(&["container", "storage", "network", "mountage", "layer"]),
        ),
        (
            "two words",
            strings(&[
                "container storage",
                "network layer",
                "image cache",
                "volume mount",
            ]),
        ),
        (
            "five words",
            strings(&[
                "container image volume network layer",
                "run time host port build",
            ]),
        ),
        (
            "a slip",
            strings(&["contianer", "stroage", "netwrok", "imgae", "vloumemount"]),
        ),
        (
            "three slips",
            strings(&["contianer stroage netwrok", "vloume mounut drievr"]),
        ),
        (
            "nothing like it",
            strings(&["xylophonist", "qqqqqqqqqqqq", "zzz yyy xxx"]),
        ),
        ("a name, letter by letter", typed(&name)),
        ("a name in small letters", vec![name.to_lowercase()]),
        (
            "operators",
            strings(&[
                "container AND (storage",
                "\"network layer\"",
                "-image +cache",
                "<b>volume</b>",
            ]),
        ),
        (
            "200 letters",
            vec![
                "container ".repeat(20),
                "con sto net ima vol lay mou dri run tim hos por bui cac ".repeat(4),
            ],
        ),
    ]
}

fn asked(what: &str, search: &Search, queries: &[String]) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        for query in queries {
            let begun = Instant::now();
            let found = search.find(query, SHOWN).expect("an answer");
            times.push(begun.elapsed());
            std::hint::black_box(found);
        }
    }
    told(what, times.clone());
    times
}

/// How long the index takes to follow one saved note.
fn saves(indexer: &mut Indexer, mut book: Notebook, files: &[(String, Vec<u8>)]) {
    let mut times = Vec::new();
    for (file, text) in files.iter().take(50) {
        let text = [text.as_slice(), b"\nA word more.\n"].concat();
        book = book.save(file, &text);
        let begun = Instant::now();
        let search = indexer.follow(&book).expect("it is written");
        times.push(begun.elapsed());
        std::hint::black_box(search);
    }
    told("a save followed", times);
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!(
        "{what:<28} {:>6} times  p50 {:>9.3?}  p99 {:>9.3?}  most {:>9.3?}",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Memory in use, in KiB; 0 where the system does not say.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap_or(0)
}
