//! Properties of any notebook, whatever its notes say.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use waterline::notebook::Notebook;

use super::notebook::{html, rules, visible};

/// Text that is likely to hold anchors, references and what looks like them.
fn prose() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => prop::sample::select(vec![
            "Learning_A", "Learning_B", "Learning_Long_Name", "Learning_Long_Nam", "FooBar",
            "Some_Name", "some_name", "Learning_A_", "Learning_B-", "plain", "AWS_KEY_PAIR",
        ]),
        4 => prop::sample::select(vec![
            "<<Learning_A>>", "<<Learning_B>>", "<<Learning_Long_Name>>", "<<FooBar>>",
            "<<Some_Name>>", "<<Learning_A_>>", "<<int>>",
        ]),
        4 => prop::sample::select(vec![
            "\n", "\n\n", "\n# ", "\n## ", "\n- ", "\n  - ", "\n> ", "\n===\n", "`", "**", "_",
            "\n\n    ", "\n```\n", "| a |\n|---|\n| ", " | ", "<b>", "<kbd>", "</kbd>",
            "<details>", "</details>", "\n<div>\n", "<!-- ", " -->", "[", "](x.md)", "\\", "&lt;",
            "<FooBar>", "https://x.org/", "é", "\r\n", "\t", "[^1]", "\n[^1]: ",
        ]),
    ];
    prop::collection::vec(word, 0..30).prop_map(|words| {
        let mut text = String::new();
        for word in words {
            text.push_str(word);
            if word.chars().all(|c| c.is_alphanumeric() || c == '_') {
                text.push(' ');
            }
        }
        text
    })
}

fn file() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a.md", "b.md", "c/d.md", "demos/e.md", "z.markdown"])
        .prop_map(str::to_owned)
}

fn source() -> impl Strategy<Value = String> {
    let front = prop::sample::select(vec![
        "",
        "---\npath: /x\ntitle: X\n---\n",
        "---\npath: /y\ntitle: Y\n---\n",
        "---\npath: /a\n---\n",
    ]);
    (front, prose()).prop_map(|(front, text)| format!("{front}{text}"))
}

/// Opens everything that a notebook offers.
fn look_at_all(book: &Notebook) {
    let index = book.index();
    for link in book.notes(0, 100) {
        let page = book.note(&link.path).expect("a listed note is there");
        for entry in page.outline {
            assert!(!entry.id.is_empty());
        }
    }
    let wanted = index.wanted.iter().map(|wanted| &wanted.name);
    for name in index
        .anchors
        .iter()
        .map(|anchor| &anchor.name)
        .chain(wanted)
    {
        assert!(book.topic(name).is_some(), "{name} has a page");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let book = Notebook::from_files([("n.md".to_owned(), bytes)], &rules());
        look_at_all(&book);
    }

    #[test]
    fn any_marks_are_read(text in "[-#>`*_<&;:|=!\\\\\\[\\]()~^a-cA-C .\n\t/\"'{}$\u{e9}1-3]{0,80}") {
        let book = Notebook::from_files([("n.md".to_owned(), text.into_bytes())], &rules());
        look_at_all(&book);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn edits_end_where_a_fresh_start_begins(
        edits in prop::collection::vec((file(), prop::option::weighted(0.8, source())), 1..12)
    ) {
        let mut files = BTreeMap::new();
        let mut book = Notebook::from_files([], &rules());
        for (file, text) in edits {
            match text {
                Some(text) => {
                    book = book.save(&file, text.as_bytes());
                    files.insert(file, text.into_bytes());
                }
                None => {
                    book = book.remove(&file);
                    files.remove(&file);
                }
            }
            // Asked along the way, so that what is remembered could be wrong.
            let _ = book.wanted();
        }
        let fresh = Notebook::from_files(files, &rules());
        prop_assert_eq!(book.index(), fresh.index());
        prop_assert_eq!(book.topic_count(), fresh.topic_count());
        for topic in fresh.topics(0, 100) {
            let (a, b) = (book.topic(&topic.name), fresh.topic(&topic.name));
            prop_assert_eq!(format!("{a:?}"), format!("{b:?}"));
        }
    }

    #[test]
    fn backlinks_are_the_inverse_of_links(
        files in prop::collection::btree_map(file(), source(), 1..5)
    ) {
        let files = files.into_iter().map(|(file, text)| (file, text.into_bytes()));
        let book = Notebook::from_files(files, &rules());
        let index = book.index();
        let forth: Vec<_> = {
            let mut all: Vec<_> = index.references.iter()
                .map(|r| (r.name.clone(), r.file.clone(), r.line, r.topic.clone()))
                .collect();
            all.sort();
            all
        };
        let names: BTreeSet<_> = index.anchors.iter().map(|a| a.name.clone())
            .chain(index.wanted.iter().map(|w| w.name.clone()))
            .collect();
        let mut back = Vec::new();
        for name in &names {
            prop_assert!(book.topic(name).is_some());
            for link in book.backlinks(name, |count| 0..count).1 {
                prop_assert!(link.paragraph.contains(&format!("<mark>{name}</mark>")), "{}", link.paragraph);
                back.push((name.clone(), link.file, link.line, link.topic.map(|t| t.name)));
            }
        }
        back.sort();
        prop_assert_eq!(forth, back);
        let resolved: BTreeSet<_> = index.anchors.iter().map(|a| &a.name).collect();
        for reference in &index.references {
            prop_assert_eq!(reference.resolved, resolved.contains(&reference.name));
        }
    }

    #[test]
    fn no_letter_of_a_note_is_lost(text in prose()) {
        // Comments are meant to be hidden, addresses to be in attributes.
        prop_assume!(!text.contains("<!--") && !text.contains("](") && !text.contains("[^"));
        let html = html(&text);
        let shown: String = visible(&html).chars().filter(|c| c.is_alphanumeric()).collect();
        let mut expected = text;
        for tag in ["<kbd>", "</kbd>", "<details>", "</details>", "&lt;"] {
            expected = expected.replace(tag, "");
        }
        // What is shown may be more (a title made of a name), never less.
        let mut ahead = shown.chars();
        for letter in expected.chars().filter(|c| c.is_alphanumeric()) {
            prop_assert!(ahead.any(|c| c == letter), "{letter} of {expected:?} is lost in {html}");
        }
    }

    #[test]
    fn every_page_is_well_formed(text in prose()) {
        for block in super::notebook::page(&text).blocks {
            for html in [&block.heading, &block.body] {
                let mut open = Vec::new();
                for tag in html.split('<').skip(1) {
                    let (tag, _) = tag.split_once('>').expect("a tag ends");
                    let name = tag.split(' ').next().unwrap_or_default();
                    if let Some(name) = name.strip_prefix('/') {
                        prop_assert_eq!(open.pop(), Some(name), "{}", html);
                    } else if !["br", "hr", "input", "img"].contains(&name) {
                        open.push(name);
                    }
                }
                prop_assert!(open.is_empty(), "{:?} open in {}", open, html);
            }
        }
    }
}
