//! The index, read as the browser reads it.

use super::*;
use crate::notebook::{Notebook, Rules};
use crate::panels::attached::Attached;
use serde_json::Value;

fn files(notes: &[&str]) -> Vec<(String, Value)> {
    let notes = notes
        .iter()
        .enumerate()
        .map(|(at, text)| (format!("n{at}.md"), text.as_bytes().to_vec()));
    let notebook = Notebook::from_files(notes, &Rules::default());
    let edition = Edition::new(notebook, Attached::built_in(), "test".into());
    let addresses = Addresses::of(&edition, &[]);
    let files = index(&edition, &addresses).into_iter();
    files
        .map(|(file, bytes)| (file, serde_json::from_slice(&bytes).expect("JSON")))
        .collect()
}

fn file<'f>(files: &'f [(String, Value)], name: &str) -> &'f Value {
    let found = files.iter().find(|(file, _)| file == name);
    &found.unwrap_or_else(|| panic!("no {name}")).1
}

/// The documents of a word, with what it counts in each.
fn of_word(files: &[(String, Value)], word: &str) -> Vec<(u64, u64)> {
    let firsts = file(files, "search/index.json")["shards"]
        .as_array()
        .expect("a list");
    let part = firsts
        .iter()
        .rposition(|first| first.as_str().expect("a word") <= word)
        .unwrap_or(0);
    let words = file(files, &format!("search/words-{part}.json"));
    let own = words
        .as_array()
        .expect("a list")
        .iter()
        .find(|own| own[0] == word);
    let list = own.map_or(Vec::new(), |own| own[1].as_array().expect("a list").clone());
    let numbers: Vec<u64> = list.iter().map(|n| n.as_u64().expect("a number")).collect();
    let mut before = 0;
    let pairs = numbers.chunks(2).map(|pair| {
        before += pair[0];
        (before, pair[1])
    });
    pairs.collect()
}

#[test]
fn every_word_leads_to_its_documents() {
    let files = files(&[
        "# Größe <<Learning_Some_Size>>\n\nAbout volumes, volumes, volumes, volumes. Learning_Not_There.",
        "# Other <<Learning_Other>>\n\nOne volume; “size” it.",
    ]);
    let shown = |number: u64| {
        let docs = file(
            &files,
            &format!("search/docs-{}.json", number / CHUNK as u64),
        );
        docs[(number % CHUNK as u64) as usize].clone()
    };
    let titles = |word: &str| -> Vec<(String, u64)> {
        let found = of_word(&files, word).into_iter();
        found
            .map(|(number, counts)| {
                (
                    shown(number)[1].as_str().expect("a title").to_owned(),
                    counts,
                )
            })
            .collect()
    };
    assert_eq!(titles("volumes")[0], ("Größe".to_owned(), u64::from(MOST)));
    assert_eq!(titles("grosse"), [("Größe".to_owned(), u64::from(TITLE))]);
    let size = titles("size");
    assert!(
        size.contains(&("Größe".to_owned(), u64::from(NAME))),
        "{size:?}"
    );
    assert!(size.contains(&("Other".to_owned(), 1)), "{size:?}");
    assert_eq!(titles("nothinglikeit"), []);
    let there = of_word(&files, "there").into_iter();
    let there: Vec<Value> = there.map(|(number, _)| shown(number)).collect();
    let wanted = there.iter().find(|shown| shown[4] == 1);
    assert_eq!(
        wanted.expect("the wanted topic")[0],
        "topics/Learning_Not_There.html"
    );
}

#[test]
fn a_large_index_is_in_parts_and_each_begins_where_the_one_before_ends() {
    let notes: Vec<String> = (0..400)
        .map(|note| {
            let words: Vec<String> = (0..60)
                .map(|word| format!("word{}x{word}", note * 7))
                .collect();
            format!("# T <<Learning_Topic_{note}>>\n\n{}\n", words.join(" "))
        })
        .collect();
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    let files = files(&notes);
    let firsts = file(&files, "search/index.json")["shards"]
        .as_array()
        .expect("a list")
        .clone();
    assert!(firsts.len() > 3, "{}", firsts.len());
    assert!(
        firsts
            .windows(2)
            .all(|two| two[0].as_str() < two[1].as_str())
    );
    for note in [0, 7, 399] {
        assert_eq!(
            of_word(&files, &format!("word{}x3", note * 7)).len(),
            1,
            "{note}"
        );
    }
}
