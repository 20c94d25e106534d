//! Notes that were not written for Waterline: plain Markdown, relative links, wiki
//! links, links to headings, ignore files, pictures beside the notes.

use super::notebook::{notebook, rules, visible};
use std::fs;
use std::path::Path;
use waterline::notebook::{Content, Notebook, Opened};

/// All text of the note at a path, as HTML.
fn body(book: &Notebook, path: &str) -> String {
    let page = book
        .note(path)
        .unwrap_or_else(|| panic!("no note at {path}"));
    page.blocks.iter().map(|block| &*block.body).collect()
}

/// The `href` of each link of a note, in order.
fn hrefs(book: &Notebook, path: &str) -> Vec<String> {
    let body = body(book, path);
    let links = body.split(" href=\"").skip(1);
    links
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

/// What is told of a notebook.
fn told(book: &Notebook) -> Vec<String> {
    let problems = book.problems().into_iter();
    problems
        .map(|p| format!("{}:{}:{} {}", p.file, p.line, p.column, p.message))
        .collect()
}

fn vault() -> Notebook {
    notebook(&[
        (
            "README.md",
            "# My vault\n\nSee [plans](Plans.md), [guide](guide/), [setup](guide/setup.md#first-steps).\n",
        ),
        ("Plans.md", "no heading at all, [[Setup]]\n"),
        (
            "guide/README.md",
            "# The guide\n\n[setup](setup), [root](../README.md), [plans](../Plans)\n",
        ),
        (
            "guide/setup.md",
            "# Setup\n\n## First steps\n\n## First steps\n\n[again](#first-steps-1) [top](#setup)\n",
        ),
        (
            "notes/My day #1 (50%).md",
            "# A day\n\n[[../guide/setup|back]]\n",
        ),
        (
            "notes/日記.md",
            "[day](My%20day%20%231%20%2850%25%29.md) [[日記]]\n",
        ),
    ])
}

#[test]
fn a_folder_of_plain_markdown_is_a_notebook() {
    let book = vault();
    let notes: Vec<(String, String)> = book
        .notes(0, 10)
        .into_iter()
        .map(|note| (note.path, note.title))
        .collect();
    let expected = [
        ("/Plans", "Plans"),
        ("/README", "My vault"),
        ("/guide", "The guide"),
        ("/guide/setup", "Setup"),
        ("/notes/My-day--1-(50-)", "A day"),
        ("/notes/日記", "日記"),
    ];
    let expected = expected.map(|(path, title)| (path.to_owned(), title.to_owned()));
    assert_eq!(notes, expected);
    assert!(told(&book).is_empty(), "{:?}", told(&book));
}

#[test]
fn relative_links_lead_to_notes_with_and_without_their_ending() {
    let book = vault();
    assert_eq!(
        hrefs(&book, "/README"),
        ["/Plans", "/guide", "/guide/setup#first-steps"]
    );
    assert_eq!(
        hrefs(&book, "/guide"),
        ["/guide/setup", "/README", "/Plans"]
    );
    assert_eq!(
        hrefs(&book, "/guide/setup"),
        ["/guide/setup#first-steps-1", "/guide/setup#setup"]
    );
    assert_eq!(
        hrefs(&book, "/notes/日記"),
        ["/notes/My-day--1-(50-)", "/notes/%E6%97%A5%E8%A8%98"]
    );
    let ids: Vec<String> = book
        .note("/guide/setup")
        .unwrap()
        .outline
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    assert_eq!(ids, ["setup", "first-steps", "first-steps-1"]);
}

#[test]
fn a_heading_has_one_id_and_is_found_by_its_text_too() {
    let book = notebook(&[
        (
            "a.md",
            "# Disk <<Learning_Disk>>\n\n## disk\n\n## Learning_Disk\n\n## 🚀 Fast & small\n",
        ),
        (
            "b.md",
            "[1](a.md#disk) [2](a.md#Learning_Disk) [3](a.md#disk-learning_disk) [4](a.md#-fast--small) [[a#🚀 Fast & small]] [[a#^mark]] [5](a.md#gone)\n",
        ),
    ]);
    let ids: Vec<String> = book
        .note("/a")
        .unwrap()
        .outline
        .into_iter()
        .map(|e| e.id)
        .collect();
    assert_eq!(
        ids,
        ["Learning_Disk", "disk", "learning_disk", "-fast--small"]
    );
    assert_eq!(
        hrefs(&book, "/b"),
        [
            "/a#disk",
            "/a#Learning_Disk",
            "/a#Learning_Disk",
            "/a#-fast--small",
            "/a#-fast--small",
            "/a",
            "/a#gone"
        ]
    );
    assert_eq!(
        told(&book),
        ["b.md:1:125 a.md has no heading or topic `#gone`"]
    );
}

#[test]
fn wiki_links_are_found_by_file_title_path_and_topic() {
    let book = notebook(&[
        (
            "deep/er/Storage notes.md",
            "# All about storage\n\n## Part two\n",
        ),
        (
            "n.md",
            "---\npath: /learnings/net\ntitle: Networks\n---\n# <<Learning_Net>>\n",
        ),
        ("deep/here.md", "here\n"),
        (
            "a.md",
            "# A\n\n[[storage NOTES]] [[er/Storage notes|label]] [[All about storage]] [[Storage notes#Part two]] [[#A]] [[Networks]] [[learnings/net]] [[Learning_Net]] [[Learning_Net|the net]] [[deep/here.md]]\n",
        ),
    ]);
    let storage = "/deep/er/Storage-notes";
    assert_eq!(
        hrefs(&book, "/a"),
        [
            storage,
            storage,
            storage,
            "/deep/er/Storage-notes#part-two",
            "/a#a",
            "/learnings/net",
            "/learnings/net",
            "/topics/Learning_Net",
            "/topics/Learning_Net",
            "/deep/here"
        ]
    );
    let text = visible(&body(&book, "/a"));
    assert_eq!(
        text,
        "A storage NOTES label All about storage Storage notes#Part two A Networks learnings/net Learning_Net the net deep/here.md"
    );
    assert!(told(&book).is_empty(), "{:?}", told(&book));
    assert_eq!(book.backlink_count("Learning_Net"), 2);
}

#[test]
fn a_wiki_link_that_leads_nowhere_stays_as_it_is_written() {
    let book = notebook(&[
        ("x/same.md", "x"),
        ("y/same.md", "y"),
        ("x/near.md", "[[same]]"),
        (
            "a.md",
            "[[same]] and [[Nobody|wrote it]] and ![[gone.png]]\n\n[[1, 2]] `[[code]]` [[ -f x ]] \\[[not]] [[1]](b) <b>[[html]]</b>\n\n```\n[[fence]]\n```\n",
        ),
    ]);
    let html = body(&book, "/a");
    for kept in [
        "<span class=\"dead\">[[same]]</span>",
        "<span class=\"dead\">[[Nobody|wrote it]]</span>",
        "<span class=\"dead\">![[gone.png]]</span>",
        "[[1, 2]] <code>[[code]]</code> [[ -f x ]] [[not]]",
    ] {
        assert!(html.contains(kept), "{kept}\n{html}");
    }
    let told = told(&book);
    assert_eq!(told.len(), 5, "{told:?}");
    for (told, part) in told.iter().zip([
        "a.md:1:1 [[same]] may be x/same.md or y/same.md: write its folder",
        "a.md:1:14 this leads to [[Nobody]]",
        "a.md:1:38 this leads to [[gone.png]]",
        "a.md:3:",
        "a.md:3:",
    ]) {
        assert!(told.starts_with(part), "{told}");
    }
    assert_eq!(
        hrefs(&book, "/x/near"),
        ["/x/same"],
        "the one beside it is near"
    );
}

#[test]
fn in_a_table_the_bar_of_a_wiki_link_is_escaped() {
    let book = notebook(&[
        ("b.md", "# B"),
        (
            "a.md",
            "| one | two |\n| --- | --- |\n| [[b\\|label]] | a \\| b [[x\\|y |\n",
        ),
    ]);
    assert_eq!(hrefs(&book, "/a"), ["/b"]);
    let text = visible(&body(&book, "/a"));
    assert_eq!(text, "one two label a | b [[x|y");
}

#[test]
fn a_note_says_which_notes_lead_to_it() {
    let book = vault();
    let from = |book: &Notebook| -> Vec<(String, String, String)> {
        let found = book.note_references("/guide/setup", 0, 10);
        let links = found.backlinks.into_iter();
        links
            .map(|link| (link.note.path, link.place, link.paragraph))
            .collect()
    };
    let found = from(&book);
    let short: Vec<(&str, &str)> = found
        .iter()
        .map(|(note, place, _)| (&**note, &**place))
        .collect();
    assert_eq!(
        short,
        [
            ("/Plans", "at:link:0"),
            ("/README", "at:link:2"),
            ("/guide", "at:link:0"),
            ("/notes/My-day--1-(50-)", "at:link:0"),
        ]
    );
    assert_eq!(found[0].2, "no heading at all, <mark>Setup</mark>");
    assert!(body(&book, "/Plans").contains("id=\"at:link:0\""));
    // A save changes who leads where, on both sides.
    let other = book.save("Plans.md", b"[[The guide]] only\n");
    assert_eq!(from(&other).len(), 3);
    assert_eq!(other.note_references("/guide", 0, 10).count, 2);
    let gone = other.remove("guide/setup.md");
    assert!(
        told(&gone)
            .iter()
            .any(|line| line.starts_with("guide/README.md:3:1 this leads to guide/setup"))
    );
    let back = gone.save("elsewhere/setup.md", b"# Setup\n");
    let found = back.note_references("/elsewhere/setup", 0, 10);
    assert_eq!(found.count, 0, "a path means a place: {found:?}");
    let named = back.save("Plans.md", b"[[Setup]]");
    assert_eq!(named.note_references("/elsewhere/setup", 0, 10).count, 1);
}

#[test]
fn saves_link_as_a_fresh_start_does() {
    let texts = [
        ("a.md", "# One\n\n[[b]] [x](b.md#two) ![p](p.png)"),
        ("b.md", "# Two\n\n[[One]] [[c/a|A]]"),
        (
            "c/a.md",
            "# Three <<Learning_C>>\n\n[up](../a.md) [[Two]] [[p.png]]",
        ),
        ("p.png", ""),
    ];
    let whole = notebook(&texts);
    let mut grown = notebook(&[("c/a.md", "[[b]] [[nobody]]"), ("old.md", "[[One]]")]);
    for (file, text) in texts.iter().rev() {
        grown = grown.save(file, text.as_bytes());
    }
    let grown = grown.remove("old.md").save("q.png", b"").remove("q.png");
    for path in ["/a", "/b", "/c/a"] {
        assert_eq!(body(&grown, path), body(&whole, path));
        assert_eq!(
            grown.note_references(path, 0, 9),
            whole.note_references(path, 0, 9)
        );
    }
    assert_eq!(grown.problems(), whole.problems());
    assert_eq!(grown.files_beside().collect::<Vec<_>>(), ["p.png"]);
}

#[test]
fn a_table_of_contents_of_ten_thousand_headings_leads_to_each() {
    let mut text = String::new();
    for n in 0..10_000 {
        text.push_str(&format!(
            "[{n}](#heading-number-{n}) [[#Heading number {n}]]\n"
        ));
    }
    for n in 0..10_000 {
        text.push_str(&format!("\n## Heading number {n}\n"));
    }
    let book = notebook(&[("a.md", &text)]);
    assert!(told(&book).is_empty());
    assert_eq!(hrefs(&book, "/a").len(), 20_000);
}

#[test]
fn pictures_keep_their_room_and_lead_to_their_file() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\x90\x08";
    let mut files = vec![("pics/My disk#1.png".to_owned(), png.to_vec())];
    files.push(("data.csv".into(), Vec::new()));
    files.push((
        "n/a.md".into(),
        b"![a disk](../pics/My%20disk%231.png \"T\") ![[My disk#1.png]] ![[my DISK#1.png|300]] [data](../data.csv) ![none](../no.png) ![](../data.csv)".to_vec(),
    ));
    let book = Notebook::from_files(files, &rules());
    let html = body(&book, "/n/a");
    let picture = "<img src=\"/files/pics/My%20disk%231.png\" alt=\"a disk\" title=\"T\" width=\"640\" height=\"400\" loading=\"lazy\">";
    assert!(html.contains(picture), "{html}");
    assert!(
        html.contains("<a href=\"/files/data.csv\">data</a>"),
        "{html}"
    );
    assert!(
        html.contains("<span class=\"dead\">none (../no.png)</span>"),
        "{html}"
    );
    assert_eq!(
        book.files_beside().collect::<Vec<_>>(),
        ["data.csv", "pics/My disk#1.png"]
    );
}

/// A content folder on the disk.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn load(root: &Path) -> Notebook {
    Notebook::load(&Content::Folder(root.to_owned()), &rules()).unwrap()
}

#[test]
fn what_ignore_files_say_is_not_read() {
    let folder = folder(&[
        (".gitignore", "node_modules/\n*.draft.md\n"),
        (".waterlineignore", "private/\n!sub/keep.draft.md\n"),
        ("sub/.gitignore", "[z-a]\nlocal.md\n"),
        ("a.md", "# A\n\n![x](private/x.png) ![y](y.png) [[secret]]"),
        ("b.draft.md", "# B"),
        ("sub/keep.draft.md", "# K"),
        ("sub/local.md", "# L"),
        ("private/secret.md", "# S"),
        ("private/x.png", "x"),
        ("y.png", "y"),
        ("node_modules/deep/readme.md", "# N"),
    ]);
    let book = load(folder.path());
    let files: Vec<String> = book
        .index()
        .notes
        .into_iter()
        .map(|note| note.file)
        .collect();
    assert_eq!(files, ["a.md", "sub/keep.draft.md"]);
    let told = told(&book);
    assert!(
        told[0].starts_with("a.md:3:1 this leads to private/x.png"),
        "{told:?}"
    );
    assert!(
        told[1].starts_with("a.md:3:33 this leads to [[secret]]"),
        "{told:?}"
    );
    assert!(
        told[2].starts_with("sub/.gitignore:1:1 this line says nothing"),
        "{told:?}"
    );
    assert!(book.open_beside("private/x.png").is_none());
    assert!(matches!(book.open_beside("y.png"), Some(Opened::File(_))));
}

#[test]
fn only_what_a_note_leads_to_is_opened() {
    let folder = folder(&[
        ("a.md", "[k](keys.txt)"),
        ("keys.txt", "linked"),
        ("other.txt", "not linked"),
        ("attachments.toml", ""),
    ]);
    let book = load(folder.path());
    assert!(book.open_beside("keys.txt").is_some());
    for closed in [
        "other.txt",
        "attachments.toml",
        "a.md",
        "../a.md",
        "",
        "/etc/passwd",
    ] {
        assert!(book.open_beside(closed).is_none(), "{closed}");
    }
    // Gone since: no file, and no panic.
    fs::remove_file(folder.path().join("keys.txt")).unwrap();
    assert!(book.open_beside("keys.txt").is_none());
}

#[cfg(unix)]
#[test]
fn pipes_circles_and_links_out_hold_nobody_up() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[
        ("a.md", "# A\n\n![p](pipe.png) ![o](out.png)"),
        ("x/b.md", "b"),
    ]);
    let root = folder.path();
    for pipe in ["pipe.md", "pipe.png", ".gitignore", "x/.waterlineignore"] {
        let made = std::process::Command::new("mkfifo")
            .arg(root.join(pipe))
            .status();
        assert!(made.expect("mkfifo").success());
    }
    symlink("/etc/passwd", root.join("out.png")).unwrap();
    symlink("/dev/zero", root.join("zero.md")).unwrap();
    symlink(root, root.join("x/round")).unwrap();
    symlink(root.join("loop.md"), root.join("loop.md")).unwrap();
    let book = load(root);
    let files: Vec<String> = book
        .index()
        .notes
        .into_iter()
        .map(|note| note.file)
        .collect();
    assert_eq!(files, ["a.md", "x/b.md"]);
    for closed in ["pipe.png", "out.png"] {
        assert!(book.open_beside(closed).is_none(), "{closed}");
    }
}

#[test]
fn the_map_shows_links_between_notes_too() {
    let book = notebook(&[
        ("a.md", "# A\n\n[b](b.md) [[b]] [own](#a) [c](c.md#disk)\n"),
        ("b.md", "# B <<Learning_B>>\n\n[a](a.md)\n"),
        ("c.md", "# C\n\n## Disk <<Learning_Disk>>\n\n## Other\n"),
    ]);
    let notes = book.mapped_notes(0, 9);
    let ways: Vec<(&str, Vec<(&str, usize)>)> = notes
        .iter()
        .map(|note| {
            let to = note.leads_to.iter();
            let to = to
                .map(|(note, count)| (note.path.as_str(), *count))
                .collect();
            (note.note.path.as_str(), to)
        })
        .collect();
    assert_eq!(
        ways,
        [
            ("/a", vec![("/b", 2), ("/c", 1)]),
            ("/b", vec![("/a", 1)]),
            ("/c", vec![])
        ]
    );
    let way = |way: &waterline::notebook::Way| {
        let note = way.note.as_ref().map_or("", |note| &note.path);
        let topic = way.topic.as_ref().map_or("", |topic| &topic.name);
        format!("{note} {topic} {}", way.count)
    };
    let places = |path: &str| -> Vec<(Vec<String>, Vec<String>)> {
        let map = book.note_map(path, 0, 9).expect("a map");
        assert_eq!(map.places.len(), map.count);
        let places = map.places.iter();
        places
            .map(|place| {
                (
                    place.leads_to.iter().map(way).collect(),
                    place.led_here.iter().map(way).collect(),
                )
            })
            .collect()
    };
    let all = |some: &[&str]| -> Vec<String> { some.iter().map(ToString::to_string).collect() };
    assert_eq!(
        places("/a"),
        [(
            all(&["/b  2", "/c Learning_Disk 1"]),
            all(&["/b Learning_B 1"])
        )]
    );
    assert_eq!(places("/b")[0], (all(&[]), all(&["/a  2"])));
    assert_eq!(places("/b")[1], (all(&["/a  1"]), all(&[])));
    assert_eq!(places("/c"), [(all(&[]), all(&["/a  1"]))]);
    let (_, number) = book.place_of("Learning_B").expect("defined");
    assert_eq!(number, 1, "after the note's own text");
}
