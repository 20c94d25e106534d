//! Reading pages: what a notebook looks like as HTML.

use crate::notebook::notebook;
use std::collections::HashSet;
use std::path::Path;
use waterline::notebook::{Notebook, Rules};
use waterline::panels::Panel;
use waterline::web::editing::Editing;
use waterline::web::pages::{Beside, HostLink, PanelLink, Places, home, note, topic};

const DOCKER: &str = "\
---
path: /learnings/docker
title: \"Learnings: Docker\"
---

# <<Learning_Docker>>

## Storage <<Learning_Docker_Storage>>

An image is a pile of <b>layers</b>. See Learning_Docker_Networking and Learning_Docker_Storag.

### Mount types <<Learning_Docker_Storage_Types>>

A volume, a bind mount, or tmpfs.

```console
$ docker volume ls
```

### What is not a topic

Text.

## Networking <<Learning_Docker_Networking>>

Names answer on a network of your own, Learning_Docker_Storage says no more.

# Books
";

const UNIX: &str = "\
---
path: /learnings/unix/mount points
title: Unix mount points
---

# Unix mount points <<Learning_Ops_Unix_Mount_Points>>

- A spot <<Learning_Ops_Unix_Spot>> in a list, see Learning_Docker_Storage.
";

fn both() -> Notebook {
    notebook(&[("docker.md", DOCKER), ("unix.md", UNIX)])
}

fn panels_of(name: &str) -> Vec<PanelLink> {
    match name {
        "Learning_Docker_Storage" => vec![Panel::StorageDriver.into()],
        "Learning_Docker_Networking" => vec![Panel::Networks.into()],
        _ => Vec::new(),
    }
}

fn beside(hosts: &[HostLink]) -> Beside<'_> {
    Beside {
        panels_of: &panels_of,
        demos_of: &|_| Vec::new(),
        why_none: &|_| None,
        editing: &Editing::Unsaid,
        hosts,
    }
}

fn note_html(notebook: &Notebook, path: &str) -> String {
    note(notebook, path, 1, &beside(&[])).unwrap_or_else(|| panic!("a note at {path}"))
}

fn topic_html(notebook: &Notebook, name: &str) -> String {
    topic(notebook, name, 1, &beside(&[])).unwrap_or_else(|| panic!("a page for {name}"))
}

/// The part of `html` from `from` to the first `to` after it.
fn part<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let start = html
        .find(from)
        .unwrap_or_else(|| panic!("{from} in {html}"));
    let end = html[start..]
        .find(to)
        .unwrap_or_else(|| panic!("{to} after {from}"));
    &html[start..start + end]
}

fn ids(html: &str) -> Vec<&str> {
    html.split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn a_note_has_its_topics_under_one_title() {
    let html = note_html(&both(), "/learnings/docker");
    assert!(
        html.contains("<title>Learnings: Docker · Waterline</title>"),
        "{html}"
    );
    assert_eq!(html.matches("<h1").count(), 1, "{html}");
    for name in [
        "Learning_Docker",
        "Learning_Docker_Storage",
        "Learning_Docker_Storage_Types",
        "Learning_Docker_Networking",
    ] {
        assert!(
            ids(&html).contains(&name),
            "{name} is a place on the page: {html}"
        );
    }
    assert!(
        html.contains("<h3 id=\"Learning_Docker_Storage\">"),
        "{html}"
    );
    assert!(
        html.contains("<h4 id=\"Learning_Docker_Storage_Types\">"),
        "{html}"
    );
}

#[test]
fn a_note_whose_first_heading_is_its_title_says_it_once() {
    let html = note_html(&both(), "/learnings/unix/mount points");
    assert_eq!(html.matches("<h1").count(), 1, "{html}");
    assert!(
        html.contains("<h1 id=\"Learning_Ops_Unix_Mount_Points\">"),
        "{html}"
    );
}

#[test]
fn no_page_has_one_id_twice() {
    let notebook = both();
    let pages = [
        note_html(&notebook, "/learnings/docker"),
        note_html(&notebook, "/learnings/unix/mount points"),
        topic_html(&notebook, "Learning_Docker_Storage"),
        topic_html(&notebook, "Learning_Ops_Unix_Spot"),
        topic_html(&notebook, "Learning_Docker_Storag"),
        home(&notebook, Places::default(), &beside(&[])),
    ];
    for html in pages {
        let mut seen = HashSet::new();
        for id in ids(&html) {
            assert!(seen.insert(id), "{id} is there twice: {html}");
        }
    }
}

#[test]
fn the_contents_lead_to_every_heading_and_mark_live_topics() {
    let html = note_html(&both(), "/learnings/docker");
    let contents = part(&html, "<nav class=\"tree\"", "</nav>");
    assert!(
        contents
            .contains("<a href=\"#Learning_Docker_Storage\"><span class=\"has\">Storage</span>"),
        "{contents}"
    );
    assert!(
        contents.contains("<a href=\"#Learning_Docker_Storage_Types\">Mount types</a>"),
        "{contents}"
    );
    for target in contents
        .split("href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(
            ids(&html).contains(&target),
            "{target} is on the page: {html}"
        );
    }
    assert!(
        contents.contains("class=\"plain\">What is not a topic"),
        "{contents}"
    );
    assert!(contents.contains("class=\"plain\">Books"), "{contents}");
}

#[test]
fn a_panel_has_a_place_that_reads_without_scripts() {
    let html = note_html(&both(), "/learnings/docker");
    let place = part(
        &html,
        "<live-panel name=\"storage-driver\"",
        "</live-panel>",
    );
    assert!(
        place.contains("key=\"storage-driver\" data-state=\"loading\">"),
        "{place}"
    );
    assert!(
        place.contains("<a href=\"/panels/storage-driver\">"),
        "{place}"
    );
    assert!(
        place.contains("<noscript><iframe src=\"/panels/storage-driver?frame\" title=\"Storage driver\" loading=\"lazy\">"),
        "{place}"
    );
    let second = part(&html, "<live-panel name=\"networks\"", "</live-panel>");
    assert!(
        second.contains("data-folds"),
        "only the first stands open on a phone: {second}"
    );
    assert!(sheets(&html).contains(&"matrix"), "{html}");
}

#[test]
fn a_panel_stands_beside_the_deeper_topics_that_have_none() {
    let html = note_html(&both(), "/learnings/docker");
    let storage = part(
        &html,
        "<section class=\"topic\" aria-labelledby=\"Learning_Docker_Storage\">",
        "aria-labelledby=\"Learning_Docker_Networking\"",
    );
    let inside = storage
        .find("aria-labelledby=\"Learning_Docker_Storage_Types\"")
        .expect("the deeper topic");
    assert_eq!(
        storage[..inside].matches("</section>").count(),
        0,
        "{storage}"
    );
}

#[test]
fn a_panel_stands_open_once_on_a_page() {
    let text = "\
---
path: /note
---

# One <<T_One>>

## Inside <<T_One_Inside>>

# Two <<T_Two>>

# Three <<T_Three>>
";
    let panels_of = |name: &str| -> Vec<PanelLink> {
        match name {
            "T_Two" => vec![Panel::Layers.into()],
            _ => vec![Panel::Parts.into()],
        }
    };
    let beside = Beside {
        panels_of: &panels_of,
        demos_of: &|_| Vec::new(),
        why_none: &|_| None,
        editing: &Editing::Unsaid,
        hosts: &[],
    };
    let html = note(&notebook(&[("note.md", text)]), "/note", 1, &beside).expect("a note");
    let places: Vec<&str> = html
        .split("<live-panel ")
        .skip(1)
        .map(|place| place.split('>').next().unwrap_or_default())
        .collect();
    let again = "data-folds=\"again\"";
    // That of the first topic serves the one inside it as well.
    assert_eq!(places.len(), 3, "{places:?}");
    assert!(places[0].contains("\"parts\"") && !places[0].contains("data-folds"));
    assert!(places[1].contains("\"layers\"") && !places[1].contains(again));
    assert!(places[2].contains("\"parts\"") && places[2].contains(again));
}

/// The style sheets that a page names, without their ending.
fn sheets(html: &str) -> Vec<&str> {
    part(html, "/css/", ".css\"")
        .split(['/', '+'])
        .skip(2)
        .collect()
}

/// The scripts that a page names, without their ending.
fn scripts(html: &str) -> Vec<&str> {
    let named = part(html, "<meta name=\"scripts\" content=\"", "\">");
    named
        .rsplit('"')
        .next()
        .unwrap_or(named)
        .split(' ')
        .collect()
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let notebook = both();
    let html = topic_html(&notebook, "Learning_Docker_Storage_Types");
    let (sheets, scripts) = (sheets(&html), scripts(&html));
    assert!(
        sheets.len() > 6 && scripts.len() > 6,
        "{sheets:?} {scripts:?}"
    );
    for name in sheets {
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(format!("static/css/{name}.css"))
                .is_file(),
            "{name}"
        );
    }
    for name in scripts {
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(format!("static/js/{name}.js"))
                .is_file(),
            "{name}"
        );
    }
}

#[test]
fn a_page_links_only_the_styles_and_scripts_that_it_uses() {
    let notebook = both();
    let with_code = topic_html(&notebook, "Learning_Docker_Storage_Types");
    assert!(
        sheets(&with_code).contains(&"code") && scripts(&with_code).contains(&"copy-code"),
        "{with_code}"
    );
    assert!(!sheets(&with_code).contains(&"panel"), "{with_code}");
    let without = topic_html(&notebook, "Learning_Ops_Unix_Spot");
    assert!(!scripts(&without).contains(&"copy-code"), "{without}");
}

#[test]
fn no_page_brings_code_or_style_in_its_text() {
    let notebook = notebook(&[(
        "a.md",
        "---\npath: /a\ntitle: <script>alert(1)</script>\n---\n\n# <<Learning_A>> <img onerror=x>\n\n<script>alert(2)</script> see Learning_B\n",
    )]);
    let pages = [
        note_html(&notebook, "/a"),
        topic_html(&notebook, "Learning_A"),
        topic_html(&notebook, "Learning_B"),
        home(&notebook, Places::default(), &beside(&[])),
    ];
    for html in pages {
        assert!(
            !html.contains("<script>") && !html.contains("<style"),
            "{html}"
        );
        assert!(
            !html.contains(" style=") && !html.contains("<img"),
            "{html}"
        );
        for script in html.split("<script").skip(1) {
            assert!(script.contains("src=\"/static/"), "{script}");
        }
    }
}

#[test]
fn a_topic_has_its_text_its_place_and_who_refers_to_it() {
    let html = topic_html(&both(), "Learning_Docker_Storage");
    assert!(
        html.contains("<h1 id=\"Learning_Docker_Storage\">"),
        "{html}"
    );
    assert!(
        html.contains("<h2 id=\"Learning_Docker_Storage_Types\">"),
        "{html}"
    );
    assert!(
        html.contains("<live-panel name=\"storage-driver\""),
        "{html}"
    );
    assert!(
        html.contains("href=\"/learnings/docker#Learning_Docker_Storage\""),
        "{html}"
    );
    let crumbs = part(&html, "<nav class=\"crumbs\"", "</nav>");
    assert!(
        crumbs.contains("<a href=\"/topics/Learning_Docker\">Docker</a>"),
        "{crumbs}"
    );
    let backlinks = part(
        &html,
        "<section class=\"backlinks\" id=\"backlinks\"",
        "</section>",
    );
    assert!(backlinks.contains("2 places refer here"), "{backlinks}");
    assert!(
        backlinks.contains("<mark>Learning_Docker_Storage</mark>"),
        "{backlinks}"
    );
    assert!(
        html.contains("rel=\"next\" href=\"/topics/Learning_Docker_Storage_Types\""),
        "{html}"
    );
}

#[test]
fn a_topic_in_the_middle_of_a_text_is_shown_with_its_surroundings() {
    let html = topic_html(&both(), "Learning_Ops_Unix_Spot");
    assert!(ids(&html).contains(&"Learning_Ops_Unix_Spot"), "{html}");
    assert!(
        html.contains("/learnings/unix/mount%20points#Learning_Ops_Unix_Spot"),
        "{html}"
    );
    assert_eq!(html.matches("<h1").count(), 1, "{html}");
}

#[test]
fn a_wanted_topic_says_who_asks_for_it_and_what_may_be_meant() {
    let html = topic_html(&both(), "Learning_Docker_Storag");
    assert!(
        html.contains("Nobody has written this topic yet. One place asks for it."),
        "{html}"
    );
    assert!(
        html.contains("<a href=\"/topics/Learning_Docker_Storage\">Storage</a>"),
        "{html}"
    );
    assert!(
        html.contains("&#60;&#60;Learning_Docker_Storag")
            || html.contains("&lt;&lt;Learning_Docker_Storag"),
        "{html}"
    );
    assert!(
        html.contains("<mark>Learning_Docker_Storag</mark>"),
        "{html}"
    );
}

#[test]
fn a_name_that_nobody_mentions_has_no_page() {
    let notebook = both();
    for name in ["Learning_Nothing", "", "..", "Learning_Docker_"] {
        assert_eq!(topic(&notebook, name, 1, &beside(&[])), None, "{name}");
    }
    assert_eq!(note(&notebook, "/learnings", 1, &beside(&[])), None);
}

#[test]
fn the_notebook_lists_notes_topics_wanted_and_hosts() {
    let hosts = [HostLink {
        name: "build arm".into(),
        endpoint: "tcp://10.0.8.14:2376".into(),
    }];
    let html = home(&both(), Places::default(), &beside(&hosts));
    assert!(
        html.contains("<a href=\"/learnings/docker\">Learnings: Docker</a>"),
        "{html}"
    );
    assert!(
        html.contains("<a href=\"/learnings/unix/mount%20points\">"),
        "{html}"
    );
    assert!(
        html.contains(
            "<a href=\"/topics/Learning_Docker_Storage\">Storage</a><span class=\"has\">"
        ),
        "{html}"
    );
    assert!(
        html.contains("href=\"/topics/Learning_Docker_Storag\">Learning_Docker_Storag</a>"),
        "{html}"
    );
    assert!(
        html.contains("<a href=\"/hosts/build%20arm\">build arm</a>"),
        "{html}"
    );
}

#[test]
fn the_reading_order_is_that_of_the_list_and_of_what_comes_next() {
    let tied = notebook(&[
        (
            "a.md",
            "---\npath: /a\ntitle: A\nnext: /c\n---\n# A <<Learning_A>>\n",
        ),
        (
            "b.md",
            "---\npath: /b\ntitle: B\nnext: /nowhere\n---\n# B <<Learning_B>>\n",
        ),
        ("c.md", "---\npath: /c\ntitle: C\n---\n# C <<Learning_C>>\n"),
    ]);
    let list = home(&tied, Places::default(), &beside(&[]));
    let notes = part(&list, "id=\"notes\"", "</section>");
    let at = |title: &str| notes.find(&format!(">{title}</a>")).expect("it is listed");
    assert!(at("A") < at("C") && at("C") < at("B"));
    let html = note_html(&tied, "/c");
    let beside = part(&html, "class=\"beside\"", "</nav>");
    assert!(
        beside.contains("rel=\"prev\" href=\"/a\"><span>Previous note, 1 of 3</span>A"),
        "{beside}"
    );
    assert!(
        beside.contains("rel=\"next\" href=\"/b\"><span>Next note, 3 of 3</span>B"),
        "{beside}"
    );
    let topic = topic_html(&tied, "Learning_A");
    assert!(
        topic.contains("href=\"/topics/Learning_C\"><span>Next topic, in C</span>C"),
        "{topic}"
    );
    // A place that there is not is told where the author will see it.
    let html = note_html(&tied, "/b");
    assert!(
        part(&html, "For the author", "</aside>").contains("b.md:4:7"),
        "{html}"
    );
}

#[test]
fn an_empty_notebook_says_how_to_begin() {
    let html = home(&notebook(&[]), Places::default(), &beside(&[]));
    assert!(html.contains("An empty notebook"), "{html}");
    assert!(html.contains("$ waterline --content"), "{html}");
}

#[test]
fn nothing_on_a_page_grows_with_the_notebook() {
    let files: Vec<(String, Vec<u8>)> = (0..2_000)
        .map(|n| {
            let text = format!(
                "---\npath: /n/{n:05}\ntitle: Note {n}\n---\n\n# Note {n} <<Learning_N{n}>>\n\nSee Learning_N0 and Learning_Missing_{n}.\n"
            );
            (format!("{n}.md"), text.into_bytes())
        })
        .collect();
    let large = Notebook::from_files(files, &Rules::default());
    let sizes = [
        home(&large, Places::default(), &beside(&[])),
        topic_html(&large, "Learning_N0"),
        note_html(&large, "/n/00000"),
        note_html(&large, "/n/01000"),
    ]
    .map(|html| html.len());
    assert!(sizes.iter().all(|size| *size < 60_000), "{sizes:?}");

    let last = home(
        &large,
        Places {
            notes: 40,
            ..Places::default()
        },
        &beside(&[]),
    );
    assert!(
        last.contains("/n/01999"),
        "the last note is on the last page: {last}"
    );
    let second = topic(&large, "Learning_N0", 2, &beside(&[])).expect("a topic");
    assert!(
        second.contains("href=\"/topics/Learning_N0?page=3#backlinks\""),
        "{second}"
    );
}

#[test]
fn the_author_is_told_what_to_mend_in_this_note_only() {
    let notebook = notebook(&[
        ("docker.md", DOCKER),
        ("other.md", "---\npath: [\n---\n\n# O\n"),
        ("another.md", "---\npath: /other/one\n---\n\n# A\n"),
    ]);
    let problems = notebook.problems();
    let here = problems
        .iter()
        .filter(|problem| problem.file == "other.md")
        .count();
    assert!(here > 0 && here < problems.len(), "{problems:?}");
    let html = note_html(&notebook, "/other");
    let warnings = part(&html, "<aside class=\"warnings\"", "</aside>");
    assert_eq!(
        warnings.matches("<li><code>other.md:").count(),
        here,
        "{warnings}"
    );
    assert_eq!(warnings.matches("<li>").count(), here, "{warnings}");
    assert!(!note_html(&notebook, "/learnings/docker").contains("class=\"warnings\""));
}
