//! Previews: a topic at a glance, of bounded size, in the middle of another page.

use super::notebook::notebook;
use waterline::web::editing::Editing;
use waterline::web::pages::{Beside, preview, vanished};

/// The most that a preview may weigh, in bytes, as it is promised.
const MOST: usize = 8 * 1024;

const FRONT: &str = "---\npath: /n\ntitle: Note\n---\n";

/// Topics without panels and demos.
fn nothing_beside() -> Beside<'static> {
    Beside {
        panels_of: &|_| Vec::new(),
        demos_of: &|_| Vec::new(),
        why_none: &|_| None,
        editing: &Editing::Unsaid,
        for_authors: true,
        hosts: &[],
    }
}

/// The preview of a name in one note.
fn glance(text: &str, name: &str) -> String {
    let book = notebook(&[("n.md", &format!("{FRONT}{text}"))]);
    let html = preview(&book, name).expect("the name is mentioned");
    assert!(html.len() <= 8192, "{} bytes", html.len());
    assert_well_formed(&html);
    assert!(!html.contains(" id="), "{html}");
    html
}

fn assert_well_formed(html: &str) {
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        let name = tag.split(' ').next().unwrap_or_default();
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{html}");
        } else if !["br", "hr", "input", "img"].contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are open in {html}");
}

#[test]
fn a_preview_shows_that_topic_only() {
    let html = glance(
        "# Boats <<Foo_Boats>>\n\nThey float.\n\n## Rudders <<Foo_Rudders>>\n\nThey steer.\n\n### Deep <<Foo_Deep>>\n\nx\n\n## Sails <<Foo_Sails>>\n\nThey pull.\n",
        "Foo_Boats",
    );
    assert!(html.contains("They float."), "{html}");
    assert!(!html.contains("They steer."), "{html}");
    assert!(
        html.contains("Inside it: <a href=\"/topics/Foo_Rudders\">Rudders</a>, <a href=\"/topics/Foo_Sails\">Sails</a></p>"),
        "{html}"
    );
    assert!(
        html.contains("<a href=\"/topics/Foo_Boats\">Boats</a>"),
        "{html}"
    );
    assert!(html.contains("in <a href=\"/n\">Note</a>"), "{html}");
    assert!(!html.contains("Read on"), "{html}");
}

#[test]
fn nothing_in_a_preview_disturbs_the_page_that_it_stands_in() {
    let html = glance(
        "# Boats <<Foo_Boats>>\n\n## Made of\n\nWood[^1]. [overlay2](live:storage-driver) [up](#made-of)\n\n[^1]: Oak.\n\n| a |\n|---|\n| b |\n\n```console\n$ docker ps\n```\n",
        "Foo_Boats",
    );
    for disturbs in [
        "<h2",
        "<copy-code",
        "<live-value",
        "tabindex",
        "role=",
        "href=\"#",
    ] {
        assert!(!html.contains(disturbs), "{disturbs} in {html}");
    }
    assert!(html.contains("<p class=\"heading\">Made of</p>"), "{html}");
    assert!(html.contains("href=\"/n#made-of\""), "{html}");
    assert!(
        html.contains("<div class=\"codeblock\"><pre><code"),
        "{html}"
    );
}

#[test]
fn a_long_topic_is_cut_after_a_block_and_leads_on() {
    let text: String = (0..400)
        .map(|n| format!("- Item {n} with some words\n"))
        .collect();
    let html = glance(&format!("# <<Foo_Boats>>\n\n{text}"), "Foo_Boats");
    assert!(html.contains("with some words</li></ul></div>"), "{html}");
    assert!(
        html.contains("<p class=\"read-on\"><a href=\"/topics/Foo_Boats\">Read on</a></p>"),
        "{html}"
    );
    assert!(html.len() > 7000, "only {} bytes are used", html.len());
}

#[test]
fn whatever_a_topic_holds_its_preview_is_small() {
    let long = "word ".repeat(200_000);
    let endless = "x".repeat(1 << 20);
    let name = format!("Foo_{}", "y".repeat(150));
    for text in [
        format!("# <<{name}>>\n\n{long}\n"),
        format!("# <<{name}>>\n\n{endless}\n"),
        format!("# {long} <<{name}>>\n\nx\n"),
        format!(
            "# <<{name}>>\n\n```sh\n{}```\n",
            "docker ps --all\n".repeat(10_000)
        ),
        format!("# <<{name}>>\n\n```sh\n{endless}\n```\n"),
        format!(
            "# <<{name}>>\n\n|{}\n|{}\n",
            "a|".repeat(5_000),
            "-|".repeat(5_000)
        ),
        format!("# <<{name}>>\n\n{}x\n", "> ".repeat(3_000)),
        format!("# <<{name}>>\n\n{}\n", "<details>\n\n".repeat(3_000)),
        format!("# <<{name}>>\n\n{}\n", "*a **b ".repeat(3_000)),
        format!("- <<{name}>> {long}\n"),
        format!(
            "# <<{name}>>\n\n{}",
            (0..3_000)
                .map(|n| format!("## {long:.150} <<{name}_{n}>>\n\n"))
                .collect::<String>()
        ),
    ] {
        let html = glance(&text, &name);
        assert!(html.contains(&format!("/topics/{name}")), "{html}");
    }
}

#[test]
fn a_wanted_topic_is_named_as_wanted() {
    let html = glance(
        "# <<Learning_Boats>>\n\nSee Learning_Boat and Learning_Boat.\n",
        "Learning_Boat",
    );
    assert!(
        html.contains("Wanted: nobody has written this topic yet. 2 places ask for it."),
        "{html}"
    );
    assert!(
        html.contains("Did you mean <a href=\"/topics/Learning_Boats\">Boats</a>?"),
        "{html}"
    );
}

#[test]
fn a_topic_that_vanished_has_a_sentence() {
    let book = notebook(&[("n.md", &format!("{FRONT}# <<Learning_Boats>>\n"))]);
    assert_eq!(preview(&book, "Learning_Boat"), None);
    let html = vanished(&book, "Learning_Boat");
    assert!(html.contains("This topic is gone"), "{html}");
    assert!(html.contains("/topics/Learning_Boats"), "{html}");
    let hostile = vanished(&book, "<script>x</script>");
    assert!(!hostile.contains("<script"), "{hostile}");
    for length in [1, 100, 133, 134, 9_000] {
        let html = vanished(&book, &"é<".repeat(length));
        assert!(html.len() <= MOST, "{length}: {}", html.len());
    }
    let name = format!("Learning_{}", "Boat".repeat(2_000));
    let book = notebook(&[("n.md", &format!("{FRONT}# <<{name}>>\n"))]);
    let html = preview(&book, &name).expect("a preview");
    assert!(html.len() <= MOST, "{}", html.len());
}

#[test]
fn a_spot_in_a_text_shows_the_block_it_stands_in() {
    let html = glance(
        "# T\n\n- one\n- two <<Foo_Spot>> here\n- three\n",
        "Foo_Spot",
    );
    assert!(
        html.contains("<ul>\n<li>two") && html.contains("here</li>\n</ul>"),
        "{html}"
    );
    assert!(!html.contains("three"), "{html}");
}

#[test]
fn backlinks_stand_in_source_order_and_say_which_are_on_the_same_page() {
    let book = notebook(&[
        (
            "b.md",
            "---\npath: /b\ntitle: B\n---\n# <<Foo_B>>\n\nOne Foo_A.\n",
        ),
        (
            "a.md",
            "---\npath: /a\ntitle: A\n---\n# <<Foo_A>>\n\nTwo Foo_A[^1] and Foo_A.\n\n[^1]: Last Foo_A.\n\n## <<Foo_C>>\n\nThree Foo_A.\n\n# <<Foo_D>>\n\nFour Foo_A and Foo_B.\n",
        ),
    ]);
    let links = book.backlinks("Foo_A", |_| 0..50).1;
    let lines: Vec<_> = links.iter().map(|link| (&*link.file, link.line)).collect();
    assert_eq!(
        lines,
        [
            ("a.md", 7),
            ("a.md", 7),
            ("a.md", 9),
            ("a.md", 13),
            ("a.md", 17),
            ("b.md", 7)
        ]
    );
    let here: Vec<_> = links.iter().map(|link| link.here).collect();
    assert_eq!(here, [true, true, true, true, false, false]);
    assert!(
        links[0].paragraph.starts_with("Two <mark>Foo_A</mark>"),
        "{}",
        links[0].paragraph
    );
    assert!(
        links[1].paragraph.ends_with("and <mark>Foo_A</mark>."),
        "{}",
        links[1].paragraph
    );
    assert_eq!(links[1].paragraph.matches("<mark>").count(), 1);

    let of_note = book.note_references("/a", |_| 0..50);
    let files: Vec<_> = of_note
        .backlinks
        .iter()
        .map(|link| (&*link.file, link.here))
        .collect();
    // Two references in one paragraph are one place that refers to the note.
    assert_eq!((of_note.count, of_note.here), (5, 4));
    let marks = |at: usize| of_note.backlinks[at].paragraph.matches("<mark>").count();
    assert_eq!((marks(1), marks(4)), (2, 1), "{:?}", of_note.backlinks);
    assert_eq!(files[..2], [("b.md", false), ("a.md", true)]);
}

#[test]
fn a_backlink_leads_to_the_very_word() {
    let book = notebook(&[
        (
            "a.md",
            "---\npath: /a\ntitle: A\n---\n# <<Foo_A>>\n\nSee Foo_B and Foo_A.\n",
        ),
        (
            "b.md",
            "---\npath: /b\ntitle: B\n---\n# <<Foo_B>>\n\nBack to Foo_A.\n",
        ),
    ]);
    let draw = |name: &str| {
        waterline::web::pages::topic(&book, name, 1, &nothing_beside()).expect("a topic")
    };
    let (a, b) = (draw("Foo_A"), draw("Foo_B"));
    let links = book.backlinks("Foo_A", |_| 0..50).1;
    let (own, other) = (&links[0], &links[1]);
    let way = format!(
        "<a href=\"#{}\">Foo A</a> <span class=\"here\">on this page</span>",
        own.place
    );
    assert!(a.contains(&way), "{way} in {a}");
    assert!(a.contains(&format!("id=\"{}\"", own.place)), "{a}");
    assert!(
        a.contains(&format!(
            "<a href=\"/topics/Foo_B#{}\">Foo B</a>",
            other.place
        )),
        "{a}"
    );
    assert!(b.contains(&format!("id=\"{}\"", other.place)), "{b}");
    let note = waterline::web::pages::note(&book, "/a", 1, &nothing_beside()).expect("a note");
    assert!(
        note.contains("2 places refer to this note, 1 of them on this page"),
        "{note}"
    );
}

#[test]
fn each_heading_has_a_permalink_that_works_by_itself() {
    let book = notebook(&[(
        "a.md",
        &format!(
            "{FRONT}Before.\n\n# One\n\n## Boats <<Foo_Boats>>\n\n### Made of \"wood\"\n\n- # In a list\n"
        ),
    )]);
    let html = waterline::web::pages::note(&book, "/n", 1, &nothing_beside()).expect("a note");
    for (href, label) in [
        ("/n", "Note"),
        ("#one", "One"),
        ("#Foo_Boats", "Boats"),
        ("#made-of-wood", "Made of &quot;wood&quot;"),
        ("#in-a-list", "In a list"),
    ] {
        let link =
            format!("<a class=\"permalink\" href=\"{href}\" aria-label=\"Link to {label}\">#</a>");
        assert!(html.contains(&link), "{link} in {html}");
        if let Some(id) = href.strip_prefix('#') {
            assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }
}
