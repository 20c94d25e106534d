//! How fast 10,000 notes become a notebook, and how fast one changes in it.
//!
//! `cargo bench --bench notebook`. Before the timing it loads once and says how
//! much memory that took. `markdown alone` is the bare Markdown parser with
//! rayon over the same text: parsing should be at least half as fast.

mod generated;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use waterline::notebook::{Notebook, Rules};

const NOTES: usize = 10_000;

fn bench(criterion: &mut Criterion) {
    let rules = Rules::default();
    let book = once(&rules);
    let notes = generated::notes(NOTES);
    let bytes: usize = notes.iter().map(|(_, text)| text.len()).sum();

    let mut group = criterion.benchmark_group("notebook");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(10));
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("markdown alone", |bench| bench.iter(|| markdown(&notes)));
    group.bench_function("parsed", |bench| {
        bench.iter_batched(
            || notes.clone(),
            |notes| Notebook::parse_only(notes, &rules),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("parsed and linked", |bench| {
        bench.iter_batched(
            || notes.clone(),
            |notes| Notebook::from_files(notes, &rules),
            BatchSize::PerIteration,
        );
    });
    group.finish();

    let mut group = criterion.benchmark_group("one of 10,000");
    let (file, text) = &notes[4_321];
    let text = String::from_utf8_lossy(text);
    let names = |n: usize| generated::name(4_321, n);
    let edits = [
        ("a word changed", text.replacen("About", "On", 1)),
        (
            "a reference more",
            format!("{text}\nsee {}\n", generated::name(1, 1)),
        ),
        (
            "a topic renamed",
            text.replacen(&names(3), "Learning_Renamed_Topic", 1),
        ),
    ];
    for (what, edited) in &edits {
        group.bench_function(format!("saved, {what}"), |bench| {
            bench.iter(|| black_box(book.save(file, edited.as_bytes())));
        });
    }
    group.bench_function("saved and drawn", |bench| {
        bench.iter(|| {
            let book = book.save(file, edits[2].1.as_bytes());
            black_box(book.note("/generated/04321"))
        });
    });
    group.bench_function("removed", |bench| {
        bench.iter(|| black_box(book.remove(file)))
    });
    group.bench_function("a note drawn", |bench| {
        bench.iter(|| black_box(book.note("/generated/04321")));
    });
    group.bench_function("a topic drawn", |bench| {
        bench.iter(|| black_box(book.topic(&names(5))));
    });
    group.bench_function("a misspelt topic drawn", |bench| {
        let mut n = 0;
        bench.iter(|| {
            n += 1;
            let name = format!("Learning_Generated_04321_Topik_{n}");
            black_box(book.save("x.md", name.as_bytes()).topic(&name))
        });
    });
    group.finish();
}

/// The bare Markdown parser over the same text.
fn markdown(notes: &[(String, Vec<u8>)]) -> usize {
    notes
        .par_iter()
        .with_min_len(16)
        .map(|(_, text)| {
            let text = std::str::from_utf8(text).unwrap_or_default();
            let options = pulldown_cmark::Options::ENABLE_TABLES
                | pulldown_cmark::Options::ENABLE_STRIKETHROUGH
                | pulldown_cmark::Options::ENABLE_TASKLISTS
                | pulldown_cmark::Options::ENABLE_FOOTNOTES
                | pulldown_cmark::Options::ENABLE_GFM;
            pulldown_cmark::Parser::new_ext(text, options)
                .into_offset_iter()
                .map(black_box)
                .count()
        })
        .sum()
}

/// Loads the notes from a folder and says what that took. They are written one
/// by one, so that the memory is the notebook's alone.
fn once(rules: &Rules) -> Notebook {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (file, text) in generated::each(NOTES) {
        let path = folder.path().join(file);
        let _ = std::fs::create_dir_all(path.parent().expect("a parent"));
        std::fs::write(path, text).expect("a note is written");
    }
    let content = waterline::notebook::Content::Folder(folder.path().to_owned());
    let before = memory("VmRSS");
    let began = Instant::now();
    let book = Notebook::load(&content, rules).expect("the folder is there");
    let loaded = began.elapsed();
    let page = book.note("/generated/00000").map(|page| page.blocks.len());
    println!(
        "{} notes, {} topics from a folder in {loaded:?}, first page ({page:?} blocks) after {:?}; \
         {} MB more than before, {} MB at most",
        book.len(),
        book.topic_count(),
        began.elapsed(),
        memory("VmRSS").saturating_sub(before) / 1024,
        memory("VmHWM") / 1024,
    );
    book
}

/// A line of `/proc/self/status`, in KiB; 0 where there is none.
fn memory(line: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))
        .and_then(|text| text.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap_or(0)
}

criterion_group!(benches, bench);
criterion_main!(benches);
