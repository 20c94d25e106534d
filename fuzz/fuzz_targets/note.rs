//! Any bytes as a note beside a decent one: nothing panics, links and backlinks
//! agree, and an edited notebook is the one that a fresh start gives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waterline::notebook::{Notebook, Rules};

const OTHER: &[u8] =
    b"---\npath: /other\ntitle: Other\n---\n# <<Some_Topic>>\n\nsee Learning_X, FooBar\n";

fuzz_target!(|bytes: &[u8]| {
    let rules = Rules::default();
    let files = [
        ("n.md".to_owned(), bytes.to_vec()),
        ("other.md".to_owned(), OTHER.to_vec()),
    ];
    let book = Notebook::from_files(files, &rules);
    let index = book.index();
    for note in &index.notes {
        assert!(book.note(&note.path).is_some(), "a listed note is there");
    }
    let anchors = index.anchors.iter().map(|anchor| &anchor.name);
    let wanted = index.wanted.iter().map(|wanted| &wanted.name);
    let mut back = 0;
    for name in anchors.chain(wanted) {
        assert!(book.topic(name).is_some(), "a listed topic has a page");
        back += book.backlink_count(name);
    }
    assert_eq!(
        back,
        index.references.len(),
        "backlinks are the inverse of links"
    );

    let edited = Notebook::from_files([], &rules)
        .save("n.md", b"# <<Some_Topic>> Learning_X")
        .save("other.md", OTHER)
        .save("n.md", bytes);
    assert_eq!(
        edited.index(),
        index,
        "edits end where a fresh start begins"
    );
});
