//! Finding in a small notebook: what comes first, what is understood, what is said.

use super::words::passage;
use super::{Found, Indexer, Search};
use crate::notebook::{Notebook, Rules};

const DOCKER: &str = "---\npath: /docker\ntitle: Docker\n---\nA preface about whales.\n\n\
# Docker <<Learning_Docker>>\n\nRuns containers.\n\n\
## Storage <<Learning_Docker_Storage>>\n\nAn image is a pile of layers; see Learning_Docker_Volumes.\n\n\
### Drivers <<Learning_Docker_Storage_Drivers>>\n\nMost hosts use `overlay2`, some <b>btrfs</b>.\n\n\
```console\n$ docker info --format '{{.Driver}}'\n```\n\n\
## Networking <<Learning_Docker_Networking>> <<Learning_Docker_Networks>>\n\nA bridge hangs in Größe and *over*head.\n\n\
- A spot <<Learning_Docker_Spot>> about gateways.\n";
const OTHER: &str = "---\npath: /other\ntitle: Other\n---\n# Mount points <<Learning_Unix_MountPoints>>\n\nStorage is mounted; a layer is not.\n";

fn notebook() -> Notebook {
    let files = [("docker.md", DOCKER), ("other.md", OTHER)];
    let files = files.map(|(file, text)| (file.to_owned(), text.as_bytes().to_vec()));
    Notebook::from_files(files, &Rules::default())
}

fn search() -> Search {
    let mut indexer = Indexer::new().expect("an index");
    indexer.follow(&notebook()).expect("it is written")
}

fn find(typed: &str) -> Found {
    search().find(typed, 10).expect("it is read")
}

fn names(found: &Found) -> Vec<&str> {
    let names = found.hits.iter();
    names
        .map(|hit| hit.topic.as_deref().unwrap_or("-"))
        .collect()
}

#[test]
fn a_word_finds_the_topic_whose_own_text_has_it_and_not_those_around() {
    assert_eq!(
        names(&find("overlay2")),
        ["Learning_Docker_Storage_Drivers"]
    );
    assert_eq!(
        names(&find("docker info format")),
        ["Learning_Docker_Storage_Drivers"]
    );
    assert_eq!(names(&find("whales")), ["-"]);
    assert_eq!(names(&find("gateways"))[0], "Learning_Docker_Spot");
}

#[test]
fn the_title_counts_more_than_the_text() {
    assert_eq!(names(&find("storage"))[0], "Learning_Docker_Storage");
    assert!(names(&find("storage")).contains(&"Learning_Unix_MountPoints"));
}

#[test]
fn the_beginning_of_a_word_is_enough_and_so_is_the_word_without_its_accents() {
    assert_eq!(names(&find("overl"))[0], "Learning_Docker_Storage_Drivers");
    assert_eq!(names(&find("pile lay")), ["Learning_Docker_Storage"]);
    assert_eq!(names(&find("GROSSE"))[0], "Learning_Docker_Networking");
    assert_eq!(names(&find("overhead"))[0], "Learning_Docker_Networking");
}

#[test]
fn a_slip_of_the_finger_is_understood() {
    for typed in ["ovrelay2", "overlya2", "ovrlay2", "overlay22", "ovrl"] {
        assert_eq!(
            names(&find(typed)),
            ["Learning_Docker_Storage_Drivers"],
            "{typed}"
        );
    }
    assert_eq!(names(&find("netwroking"))[0], "Learning_Docker_Networking");
    assert_eq!(names(&find("netorkign"))[0], "Learning_Docker_Networking");
}

#[test]
fn the_very_name_comes_first_whatever_its_case_and_its_brackets() {
    for typed in [
        "Learning_Docker_Storage",
        " learning_docker_storage ",
        "<<Learning_Docker_Storage>>",
    ] {
        assert_eq!(names(&find(typed))[0], "Learning_Docker_Storage", "{typed}");
    }
    // The second of two names leads to the topic under that name.
    assert_eq!(
        names(&find("Learning_Docker_Networks"))[0],
        "Learning_Docker_Networks"
    );
    assert_eq!(
        names(&find("Learning_Docker_Netw"))[0],
        "Learning_Docker_Networking"
    );
    assert_eq!(names(&find("mountpoints"))[0], "Learning_Unix_MountPoints");
    assert_eq!(names(&find("mount points"))[0], "Learning_Unix_MountPoints");
}

#[test]
fn a_wanted_topic_is_found_and_called_wanted() {
    for typed in ["Learning_Docker_Volumes", "docker volumes", "volum"] {
        let found = find(typed);
        let hit = found.hits.iter().find(|hit| hit.wanted);
        let hit = hit.unwrap_or_else(|| panic!("{typed}: {found:?}"));
        assert_eq!(hit.topic.as_deref(), Some("Learning_Docker_Volumes"));
    }
    assert!(find("Learning_Docker_Volumes").hits[0].wanted);
}

#[test]
fn a_topic_that_a_demo_alone_wants_is_found() {
    let demo = "---\ntitle: A demo\n---\nSee Learning_Docker_Sledges.\n";
    let notebook = notebook().save("demos/one.md", demo.as_bytes());
    let mut indexer = Indexer::new().expect("an index");
    let search = indexer.follow(&notebook).expect("it is written");
    let found = search.find("sledges", 10).expect("it is read");
    assert_eq!(names(&found), ["Learning_Docker_Sledges"]);
    assert!(found.missing.is_empty(), "{found:?}");
}

#[test]
fn words_that_no_topic_has_together_find_those_that_have_some_and_it_is_said() {
    let found = find("overlay2 gateways");
    assert!(found.some_words && found.missing.is_empty(), "{found:?}");
    // The spot, and the section that the spot stands in.
    assert_eq!(found.hits.len(), 3, "{found:?}");
    let found = find("overlay2 xylophonist");
    assert_eq!(found.missing, ["xylophonist"]);
    assert_eq!(names(&found), ["Learning_Docker_Storage_Drivers"]);
}

#[test]
fn passages_have_marks_and_are_safe() {
    let found = find("btrfs");
    let passage = &found.hits[0].passage;
    assert!(
        passage.contains("&lt;b&gt;<mark>btrfs</mark>&lt;/b&gt;"),
        "{passage}"
    );
    let found = find("driver");
    assert!(
        found.hits[0].title.starts_with("<mark>Drivers</mark>"),
        "{found:?}"
    );
    let text = format!(
        "{} needle and a thread {}",
        "hay ".repeat(400),
        "straw ".repeat(400)
    );
    let asked = |word: &str| ["needle", "thread"].iter().position(|other| *other == word);
    let cut = passage_of(&text, &asked);
    assert!(
        cut.contains("<mark>needle</mark> and a <mark>thread</mark>"),
        "{cut}"
    );
    assert!(
        cut.starts_with("… hay") && cut.ends_with("straw …"),
        "{cut}"
    );
    assert!(cut.len() < 300, "{cut}");
}

fn passage_of(text: &str, asked: &dyn Fn(&str) -> Option<usize>) -> String {
    passage(text, asked)
}

#[test]
fn a_passage_of_any_text_is_whole_characters() {
    let asked = |word: &str| (word == "nadel").then_some(0);
    for text in [
        String::new(),
        "ü".repeat(100_000),
        format!("{}nadel{}", "ü".repeat(30_000), "ü".repeat(500)),
        format!("{} nadel {}", "ü".repeat(500), "漢字".repeat(500)),
        "nadel".into(),
    ] {
        let cut = passage(&text, &asked);
        assert!(cut.chars().count() < 260, "{}", cut.len());
    }
}

#[test]
fn whatever_is_typed_is_answered() {
    let search = search();
    let long = "word ".repeat(2_000);
    for typed in [
        "",
        "   ",
        "***",
        "<>&\"'",
        "\u{0}\u{202e}",
        "+-&&||!(){}[]^~:\\",
    ] {
        let found = search.find(typed, 10).expect("an answer");
        assert!(
            found.no_words && found.hits.is_empty(),
            "{typed}: {found:?}"
        );
    }
    for typed in [
        "title:storage",
        "storage AND (",
        "\"storage",
        "storage^9 -layers",
        "stor*",
    ] {
        let found = search.find(typed, 10).expect("an answer");
        assert!(!found.hits.is_empty(), "{typed}");
    }
    assert!(search.find(&long, 10).expect("an answer").cut);
    assert!(search.find(&"x".repeat(10_000), 10).expect("an answer").cut);
    let none = search.find("xylophonist", 10).expect("an answer");
    assert!(none.hits.is_empty() && none.near.is_empty(), "{none:?}");
}

#[test]
fn an_empty_notebook_and_one_of_a_single_wanted_topic_are_searched_too() {
    let mut indexer = Indexer::new().expect("an index");
    let empty = Notebook::from_files([], &Rules::default());
    let search = indexer.follow(&empty).expect("it is written");
    assert_eq!(search.find("docker", 10).expect("an answer").hits, []);
    let one = empty.save("a.md", b"See Learning_Nowhere.");
    let search = indexer.follow(&one).expect("it is written");
    let found = search.find("nowhere", 10).expect("an answer");
    assert_eq!(names(&found), ["-", "Learning_Nowhere"]);
    assert!(found.hits[1].wanted);
}

#[test]
fn the_index_follows_the_notebook() {
    let mut indexer = Indexer::new().expect("an index");
    let first = notebook();
    let before = indexer.follow(&first).expect("it is written");
    let second = first
        .save("docker.md", DOCKER.replace("overlay2", "vfs").as_bytes())
        .remove("other.md")
        .save(
            "new.md",
            b"# New <<Learning_New>>\n\nSomething about penguins.",
        );
    assert_eq!(second.slots_changed_since(Some(&first)).len(), 3);
    let after = indexer.follow(&second).expect("it is written");
    let names = |search: &Search, typed: &str| {
        let found = search.find(typed, 10).expect("an answer");
        found.hits.len()
    };
    for (typed, was, is) in [
        ("overlay2", 1, 0),
        ("vfs", 0, 1),
        ("mounted", 1, 0),
        ("penguins", 0, 1),
    ] {
        assert_eq!(
            (names(&before, typed), names(&after, typed)),
            (was, is),
            "{typed}"
        );
    }
    // What the removed file defined is defined by the next in line, which nobody saved.
    let twice = second.save("z.md", b"# Again <<Learning_New>>\n\nSecond penguins.");
    let found = indexer
        .follow(&twice)
        .expect("it is written")
        .find("penguins", 10);
    assert_eq!(found.expect("an answer").hits.len(), 1);
    let found = indexer
        .follow(&twice.remove("new.md"))
        .expect("it is written")
        .find("penguins", 10);
    let hits = found.expect("an answer").hits;
    assert!(hits[0].passage.contains("Second"), "{hits:?}");
}

/// A search in one note of this text.
fn in_note(text: &str) -> Search {
    let files = [("n.md".to_owned(), text.as_bytes().to_vec())];
    let notebook = Notebook::from_files(files, &Rules::default());
    let mut indexer = Indexer::new().expect("an index");
    indexer.follow(&notebook).expect("it is written")
}

#[test]
fn a_digest_is_a_word_whole_and_by_its_beginning() {
    let digest = "07718c8bf39a".repeat(6);
    for length in [64, 72] {
        let digest = &digest[..length];
        let search = in_note(&format!(
            "# A layer <<Learning_Layer>>\n\nIts id is sha256:{digest}.\n"
        ));
        for typed in [digest, &digest[..12]] {
            let found = search.find(typed, 10).expect("it is read");
            assert_eq!(names(&found), ["Learning_Layer"], "{typed}: {found:?}");
        }
    }
}

#[test]
fn what_is_written_without_spaces_or_with_accents_of_their_own_is_found() {
    let search = in_note(
        "# One <<Learning_One>>\n\nこのイメージは検索できるとても長い一続きの文章の中にあります。\n\n\
         # Two <<Learning_Two>>\n\nA cafe\u{301} by the Gro\u{308}\u{df}e.\n",
    );
    for (typed, name) in [
        ("検索", "Learning_One"),
        ("イメージ", "Learning_One"),
        ("文章", "Learning_One"),
        ("caf\u{e9}", "Learning_Two"),
        ("cafe", "Learning_Two"),
        ("gr\u{f6}\u{df}e", "Learning_Two"),
    ] {
        let found = search.find(typed, 10).expect("it is read");
        assert_eq!(names(&found), [name], "{typed}: {found:?}");
    }
    let marked = &search.find("cafe", 10).expect("it is read").hits[0].passage;
    assert!(marked.contains("<mark>cafe\u{301}</mark>"), "{marked}");
}

#[test]
fn a_title_of_any_length_stays_a_title() {
    let search = in_note(&format!(
        "# {} <<Learning_Long>>\n\nWater.\n",
        "long ".repeat(30_000)
    ));
    let found = search.find("water", 10).expect("it is read");
    assert!(
        found.hits[0].title.len() < 1_000,
        "{}",
        found.hits[0].title.len()
    );
}

#[test]
fn of_many_misspelt_words_some_are_looked_into_and_the_others_are_missing() {
    let found = find("storrage brigde gatewais conteiners driverz whalez");
    assert!(
        found
            .hits
            .iter()
            .any(|hit| hit.topic.as_deref() == Some("Learning_Docker_Storage"))
    );
    assert_eq!(found.missing, ["driverz", "whalez"], "{found:?}");
}

#[test]
fn the_beginning_of_a_name_finds_the_names_that_begin_so() {
    for typed in [
        "Learning_Docker_N",
        "Learning_Docker_Net",
        "Learning_Docker_Networkin",
    ] {
        let found = find(typed);
        let first = found.hits[0].topic.as_deref();
        assert!(
            first.is_some_and(|name| name.starts_with(typed)),
            "{typed}: {found:?}"
        );
    }
    assert_eq!(
        names(&search().find("Learning_Docker_S", 2).expect("it is read")).len(),
        2
    );
}
