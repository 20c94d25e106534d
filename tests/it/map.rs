//! The map: topics and references as a picture, with the same in words.

use crate::notebook::notebook;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use waterline::notebook::{Content, NoteMap, Notebook, Rules};
use waterline::web::pages::{MapOf, map, map_url, topic_map_url};

fn built_in() -> Notebook {
    Notebook::load(&Content::Embedded, &Rules::default()).expect("the notes that are built in")
}

const SEA: &str = "\
---
path: /sea
title: The sea
---
Before all, Learning_Land.

# Sea <<Learning_Sea>> <<Learning_Ocean>>

It has a Learning_Tide, and a Learning_Tide once more.

## Tide <<Learning_Tide>>

See Learning_Land_Beach, Learning_Moon, and Learning_Sea.
";

const LAND: &str = "\
---
path: /land
title: The land
---
# Land <<Learning_Land>>

## Beach <<Learning_Land_Beach>>

Where Learning_Ocean and Learning_Tide end.
";

fn both() -> Notebook {
    notebook(&[("sea.md", SEA), ("land.md", LAND)])
}

fn drawn(notebook: &Notebook, of: &MapOf) -> String {
    map(notebook, of).unwrap_or_else(|| panic!("a map of {of:?}"))
}

fn at(notebook: &Notebook, name: &str) -> String {
    drawn(notebook, &MapOf::Topic(name.into()))
}

/// The two drawings, for a wide window and a narrow one.
fn drawings(html: &str) -> Vec<&str> {
    html.split("<svg class=\"pic\"")
        .skip(1)
        .map(|rest| rest.split("</svg>").next().unwrap_or_default())
        .collect()
}

fn words(html: &str) -> &str {
    html.split("class=\"in-words\"").nth(1).unwrap_or_default()
}

/// The frames of the links of a drawing: x, y, width, height.
fn frames(drawing: &str) -> Vec<[i32; 4]> {
    drawing
        .split("<rect ")
        .skip(1)
        .map(|rect| {
            ["x", "y", "width", "height"].map(|name| {
                let value = rect.split(&format!("{name}=\"")).nth(1);
                let value = value.and_then(|rest| rest.split('"').next());
                value.and_then(|value| value.parse().ok()).expect(rect)
            })
        })
        .collect()
}

/// Nothing in a drawing stands on something else or outside of it.
fn assert_apart(drawing: &str) {
    let size = drawing.split("viewBox=\"0 0 ").nth(1).expect("a size");
    let size = size.split('"').next().expect("a size");
    let (width, height) = size.split_once(' ').expect("two measures");
    let (width, height): (i32, i32) = (width.parse().expect(size), height.parse().expect(size));
    let frames = frames(drawing);
    for (number, a) in frames.iter().enumerate() {
        assert!(
            a[0] >= 0 && a[1] >= 0 && a[0] + a[2] <= width && a[1] + a[3] <= height,
            "{a:?} in {size}"
        );
        assert!(a[2] >= 20 && a[3] >= 22, "{a:?} can be pointed at");
        for b in &frames[number + 1..] {
            let apart = a[0] + a[2] <= b[0]
                || b[0] + b[2] <= a[0]
                || a[1] + a[3] <= b[1]
                || b[1] + b[3] <= a[1];
            assert!(apart, "{a:?} and {b:?}");
        }
    }
}

/// The other ends of references, and how many go there.
type Ends = Vec<(String, usize)>;

fn places(map: &NoteMap) -> Vec<(String, Ends, Ends)> {
    let ends = |ways: &[waterline::notebook::Way]| {
        ways.iter()
            .map(|way| {
                let topic = way.topic.as_ref().map(|topic| topic.name.clone());
                let note = way.note.as_ref().map(|note| note.path.clone());
                let end = match (note, topic) {
                    (None, Some(topic)) => format!("? {topic}"),
                    (Some(note), None) => note,
                    (_, topic) => topic.unwrap_or_default(),
                };
                (end, way.count)
            })
            .collect::<Vec<_>>()
    };
    let name = |place: &waterline::notebook::Place| {
        place
            .topic
            .as_ref()
            .map_or(String::new(), |topic| topic.name.clone())
    };
    map.places
        .iter()
        .map(|place| (name(place), ends(&place.leads_to), ends(&place.led_here)))
        .collect()
}

#[test]
fn every_reference_has_its_two_ends() {
    let notebook = both();
    let sea = notebook.note_map("/sea", |_| 0..10).expect("a note");
    let end = |name: &str, count| (name.to_owned(), count);
    assert_eq!(
        places(&sea),
        [
            (String::new(), vec![end("Learning_Land", 1)], vec![]),
            (
                "Learning_Sea".into(),
                vec![end("Learning_Tide", 2)],
                // By its second name as well.
                vec![end("Learning_Tide", 1), end("Learning_Land_Beach", 1)],
            ),
            (
                "Learning_Tide".into(),
                vec![
                    end("Learning_Land_Beach", 1),
                    end("? Learning_Moon", 1),
                    end("Learning_Sea", 1)
                ],
                vec![end("Learning_Land_Beach", 1), end("Learning_Sea", 2)],
            ),
        ]
    );
    assert_eq!(sea.places[2].depth, 1);
    assert_eq!(sea.count, 3);
    let second = notebook.note_map("/sea", |_| 2..12).expect("a note");
    assert_eq!(second.places, sea.places[2..]);
    let (note, number) = notebook.place_of("Learning_Ocean").expect("a topic");
    assert_eq!((note.path.as_str(), number), ("/sea", 1));
    let (_, asked) = notebook.asked_for("Learning_Moon").expect("a wanted topic");
    assert_eq!(asked.len(), 1);
    assert!(notebook.asked_for("Learning_Sea").is_none());
    assert!(notebook.place_of("Learning_Moon").is_none());
}

#[test]
fn the_maps_of_the_notes_hold_what_the_index_lists() {
    let notebook = built_in();
    let index = notebook.index();
    let mut listed = BTreeMap::<String, usize>::new();
    for reference in &index.references {
        *listed.entry(reference.name.clone()).or_default() += 1;
    }
    let mut mapped = BTreeMap::<String, usize>::new();
    for note in &index.notes {
        let map = notebook.note_map(&note.path, |_| 0..1000).expect("a note");
        for place in map.places {
            if let Some(topic) = place.topic {
                let count: usize = place.led_here.iter().map(|way| way.count).sum();
                *mapped.entry(topic.name).or_default() += count;
            }
        }
    }
    mapped.retain(|_, count| *count > 0);
    assert_eq!(mapped, listed);
    // And the map of all notes counts what leads from one to another.
    let home: BTreeMap<_, _> = index
        .anchors
        .iter()
        .map(|anchor| (&anchor.name, &anchor.note))
        .collect();
    let leaves = index.references.iter().filter(|reference| {
        !reference.note.starts_with("/demos/")
            && home
                .get(&reference.name)
                .is_some_and(|note| **note != reference.note)
    });
    let all = notebook.mapped_notes(0, 100);
    let ties = all.iter().flat_map(|note| &note.leads_to);
    assert_eq!(ties.map(|(_, count)| count).sum::<usize>(), leaves.count());
}

#[test]
fn a_map_draws_every_topic_as_a_link_and_marks_where_you_are() {
    let html = at(&both(), "Learning_Tide");
    assert_eq!(drawings(&html).len(), 2, "{html}");
    for drawing in drawings(&html) {
        for href in [
            "/topics/Learning_Sea",
            "/topics/Learning_Tide",
            "/topics/Learning_Land_Beach",
            "/topics/Learning_Moon",
        ] {
            assert!(drawing.contains(&format!("href=\"{href}\"")), "{drawing}");
        }
        assert_eq!(drawing.matches("class=\"here\"").count(), 1, "{drawing}");
        let here = drawing.split("class=\"here\"").nth(1).expect("a mark");
        let here = here.split("</a>").next().unwrap_or_default();
        assert!(
            here.contains("Tide") && here.contains("you are here"),
            "{here}"
        );
        let moon = drawing.split("/topics/Learning_Moon\"").nth(1);
        let moon = moon.and_then(|rest| rest.split('>').next());
        assert_eq!(moon, Some(" class=\"wanted\""), "a wanted topic is hollow");
        assert!(
            drawing.contains("class=\"way off"),
            "and so is the way there"
        );
        assert_apart(drawing);
    }
    assert!(drawings(&html)[0].contains("class=\"way lit\""), "{html}");
    let note = drawn(&both(), &MapOf::Note("/sea".into(), 1));
    assert!(!note.contains("you are here"), "{note}");
    assert!(!drawings(&note)[0].contains(" lit\""), "{note}");
}

#[test]
fn the_map_in_words_says_what_the_picture_shows() {
    let html = at(&both(), "Learning_Tide");
    let words = words(&html);
    for says in [
        "Tide</a>, where you are",
        "Moon</a>, wanted",
        "Beach</a>, in The land",
        "Tide</a> (twice)",
        "is referred to by: <a href=\"/topics/Learning_Land_Beach\">",
    ] {
        assert!(words.contains(says), "{says} in {words}");
    }
    let all = drawn(&both(), &MapOf::Notes(1));
    let words = self::words(&all);
    for says in [
        "wants: <a href=\"/map?at=Learning_Moon\">Moon</a>",
        "refers to: <a href=\"/map?note=/land\">The land</a> (twice)",
        "is referred to by: <a href=\"/map?note=/sea\">The sea</a> (twice)",
        "has the topics: <a href=\"/topics/Learning_Land\">Land</a>",
    ] {
        assert!(words.contains(says), "{says} in {words}");
    }
}

#[test]
fn what_the_picture_links_to_stands_in_the_words_too() {
    let notebook = built_in();
    let hrefs = |html: &str| -> Vec<String> {
        html.split("href=\"")
            .skip(1)
            .filter_map(|rest| Some(rest.split('"').next()?.to_owned()))
            .collect()
    };
    let notes = notebook.notes(0, 100);
    let maps = notes.iter().map(|note| MapOf::Note(note.path.clone(), 1));
    for of in maps.chain([MapOf::Notes(1)]) {
        let html = drawn(&notebook, &of);
        let said = hrefs(words(&html));
        for drawing in drawings(&html) {
            assert_apart(drawing);
            let topics = hrefs(drawing);
            let topics = topics.iter().filter(|href| href.starts_with("/topics/"));
            for href in topics {
                assert!(said.contains(href), "{of:?}: {href} in {said:?}");
            }
        }
    }
}

#[test]
fn a_wanted_topic_has_a_map_of_who_asks_for_it() {
    let html = at(&both(), "Learning_Moon");
    for drawing in drawings(&html) {
        assert!(drawing.contains("class=\"here wanted\""), "{drawing}");
        assert!(drawing.contains("/topics/Learning_Tide"), "{drawing}");
        assert_apart(drawing);
    }
    assert!(html.contains("Nobody has written it yet"), "{html}");
}

#[test]
fn a_map_of_nothing_is_a_sentence_and_of_no_such_thing_is_none() {
    let empty = drawn(&notebook(&[]), &MapOf::Notes(1));
    assert!(empty.contains("no notes in this notebook yet"), "{empty}");
    assert!(drawings(&empty).is_empty());
    let notebook = both();
    assert!(map(&notebook, &MapOf::Topic("Learning_Nowhere".into())).is_none());
    assert!(map(&notebook, &MapOf::Topic(String::new())).is_none());
    assert!(map(&notebook, &MapOf::Note("/nowhere".into(), 1)).is_none());
    // A page beyond the last is the last.
    let far = drawn(&notebook, &MapOf::Notes(usize::MAX));
    assert!(far.contains("The land"), "{far}");
}

#[test]
fn a_notebook_of_one_note_or_of_one_wanted_topic_has_a_map() {
    for text in [
        "",
        "Only text.",
        "See Learning_Nothing_Yet.",
        "# A <<Learning_A>>",
    ] {
        let notebook = notebook(&[("one.md", text)]);
        let path = notebook.notes(0, 1)[0].path.clone();
        for of in [MapOf::Notes(1), MapOf::Note(path, 1)] {
            let html = drawn(&notebook, &of);
            for drawing in drawings(&html) {
                assert_apart(drawing);
            }
            if text.contains("Nothing_Yet") {
                assert!(html.contains("Nothing Yet"), "{html}");
            }
        }
    }
}

/// A notebook of `count` notes that each refer to the next ones, to the first, and to
/// something that nobody wrote.
fn many(count: usize) -> Notebook {
    let files = (0..count).map(|number| {
        let mut text = format!(
            "---\npath: /notes/n{number:05}\ntitle: Note {number} of a large notebook\n---\n\
             # Topic {number} <<Learning_Large_Topic_{number}>>\n\nSee Learning_Large_Topic_0.\n\n"
        );
        for step in [1, 2, 3, 5, 8, 13, 21, 34] {
            let other = (number + step * step) % count;
            let _ = write!(
                text,
                "## Part {step} <<Learning_Large_Topic_{number}_Part_{step}>>\n\n\
                 Learning_Large_Topic_{other}, Learning_Large_Topic_{other}_Part_3 and Learning_Wanted_{}.\n\n",
                other % 50
            );
        }
        (format!("n{number:05}.md"), text.into_bytes())
    });
    Notebook::from_files(files, &Rules::default())
}

const MOST: usize = 100_000;

#[test]
fn a_map_stays_small_with_ten_thousand_notes() {
    let notebook = many(10_000);
    for of in [
        MapOf::Notes(1),
        MapOf::Notes(250),
        MapOf::Note("/notes/n00500".into(), 1),
        MapOf::Topic("Learning_Large_Topic_0".into()),
        MapOf::Topic("Learning_Wanted_7".into()),
    ] {
        let html = drawn(&notebook, &of);
        assert!(html.len() < MOST, "{of:?}: {} bytes", html.len());
        for drawing in drawings(&html) {
            assert_apart(drawing);
        }
    }
    let all = drawn(&notebook, &MapOf::Notes(250));
    assert!(all.contains("16 of 10,000 notes"), "{all}");
    assert!(all.contains("href=\"/map?page=251\" rel=\"next\""), "{all}");
    let hub = at(&notebook, "Learning_Large_Topic_0");
    // Each place that is not drawn is counted, and leads to the list of all.
    assert!(
        hub.contains("places that refer here are not drawn"),
        "{hub}"
    );
    assert!(
        hub.contains("/topics/Learning_Large_Topic_0#backlinks"),
        "{hub}"
    );
}

#[test]
fn a_topic_with_five_thousand_references_and_a_note_of_many_topics_are_paged() {
    let mut text = String::from("---\npath: /hub\ntitle: Hub\n---\n# Hub <<Learning_Hub>>\n\n");
    for number in 0..5000 {
        let _ = write!(text, "Learning_Spoke_{number} ");
    }
    for number in 0..500 {
        let _ = write!(
            text,
            "\n\n## Spoke <<Learning_Spoke_{number}>>\n\nTo Learning_Hub and Learning_Spoke_{}.",
            (number * 7) % 500
        );
    }
    let notebook = notebook(&[("hub.md", &text)]);
    for of in [
        MapOf::Notes(1),
        MapOf::Note("/hub".into(), 1),
        MapOf::Topic("Learning_Hub".into()),
        MapOf::Topic("Learning_Spoke_321".into()),
        MapOf::Topic("Learning_Spoke_4321".into()),
    ] {
        let html = drawn(&notebook, &of);
        assert!(html.len() < MOST, "{of:?}: {} bytes", html.len());
        for drawing in drawings(&html) {
            assert_apart(drawing);
        }
    }
    let spoke = at(&notebook, "Learning_Spoke_321");
    assert!(spoke.contains("you are here"), "{spoke}");
    assert!(spoke.contains("</span>17</b>"), "{spoke}");
    assert!(spoke.contains("20 of 501 topics"), "{spoke}");
}

#[test]
fn what_an_author_writes_never_becomes_markup() {
    let notebook = notebook(&[(
        "x.md",
        "---\npath: /x\"><script>\ntitle: \"<script>alert(1)</script> \u{202e}\"\n---\n\
         # <b onload=x>\"'&lt; <<Learning_X>>\n\nLearning_X and Learning_Y.\n",
    )]);
    let path = notebook.notes(0, 1)[0].path.clone();
    for of in [
        MapOf::Notes(1),
        MapOf::Note(path, 1),
        MapOf::Topic("Learning_Y".into()),
    ] {
        let html = drawn(&notebook, &of);
        assert!(!html.contains("<script>"), "{html}");
        assert!(!html.contains("<b onload"), "{html}");
        for drawing in drawings(&html) {
            let texts = drawing.split_once('>').expect("a drawing").1;
            assert!(!texts.contains("\u{202e}"), "{texts}");
        }
    }
}

#[test]
fn the_same_notebook_gives_the_same_map() {
    let notebook = built_in();
    let other = built_in();
    for note in notebook.notes(0, 100) {
        let of = MapOf::Note(note.path, 1);
        assert_eq!(drawn(&notebook, &of), drawn(&other, &of));
    }
}

#[test]
fn an_address_of_a_map_holds_any_path_and_name() {
    assert_eq!(map_url("/a b&c/ü?"), "/map?note=/a%20b%26c/%C3%BC%3F");
    assert_eq!(topic_map_url("Learning_Ü"), "/map?at=Learning_%C3%9C");
    assert_eq!(MapOf::Note("/a".into(), 3).address(), "/map?note=/a&page=3");
    assert_eq!(MapOf::Notes(1).address(), "/map");
}
