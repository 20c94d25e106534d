//! How fast an editor is answered among 10,000 notes with ten topics each: each letter is told
//! to the server, and names are asked for, over its standard input and output.
//!
//! `cargo bench --bench lsp`. Prints percentiles, of all that lies between the letter that is
//! sent and the names that are read, with the check of the whole notebook going on beside it.

mod generated;
#[expect(
    dead_code,
    reason = "the client of the tests can do more than this asks"
)]
#[path = "../tests/it/lsp_client.rs"]
mod lsp_client;

use lsp_client::Client;
use serde_json::json;
use std::fs;
use std::time::{Duration, Instant};

const NOTES: usize = 10_000;

fn main() {
    // `cargo test` runs benches too, to see that they work.
    let notes = match std::env::args().any(|argument| argument == "--bench") {
        true => NOTES,
        false => 50,
    };
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("it is there");
    for (file, text) in generated::notes(notes) {
        let file = root.join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
        fs::write(file, text).expect("it is written");
    }
    let begun = Instant::now();
    let mut client = Client::open(&root, json!({}));
    println!("{notes} notes: ready after {:?}", begun.elapsed());

    let name = generated::name(notes / 2, 5);
    let typed: [(&str, String); 5] = [
        ("a name, letter by letter", format!("See {name}")),
        (
            "a name in small letters",
            format!("See {}", name.to_lowercase()),
        ),
        ("a part of a name", "generated_00".to_owned()),
        ("letters of a name", "LGT5".to_owned()),
        ("an anchor", format!("# <<{name}")),
    ];
    let mut all = Vec::new();
    for (number, (what, text)) in typed.iter().enumerate() {
        let mut times = Vec::new();
        for round in 0..5 {
            let file = format!("typed{number}-{round}.md");
            client.did_open(&file, 1, "\n");
            for (at, letter) in (0_u32..).zip(text.chars()) {
                let begun = Instant::now();
                let (here, version) = (json!({"line": 0, "character": at}), i64::from(at) + 2);
                let version = i32::try_from(version).expect("it fits");
                client.did_change(
                    &file,
                    version,
                    json!([{"range": {"start": here, "end": here}, "text": letter.to_string()}]),
                );
                let here = json!({"line": 0, "character": at + 1});
                let list = client.at("completion", &file, &here).expect("a list");
                times.push(begun.elapsed());
                std::hint::black_box(list);
            }
        }
        told(what, times.clone());
        all.extend(times);
    }
    told("all of these", all);

    let at = json!({"line": 5, "character": 14});
    let file = generated::file(0);
    let mut others = |method: &str| {
        let times = (0..50).map(|_| {
            let begun = Instant::now();
            client.at(method, &file, &at).expect("an answer");
            begun.elapsed()
        });
        told(method, times.collect());
    };
    for method in ["definition", "references", "hover", "prepareRename"] {
        others(method);
    }
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!(
        "{what:<26} {:>6} times  p50 {:>9.3?}  p95 {:>9.3?}  most {:>9.3?}",
        times.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    );
}
