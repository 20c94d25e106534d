//! Bad input in notes: a warning with its place, and nothing lost.

use std::fs;

use waterline::notebook::{Content, ContentError, Notebook};

use super::notebook::{note, notebook, rules, visible};

fn told(book: &Notebook) -> Vec<String> {
    book.problems()
        .into_iter()
        .map(|p| format!("{}:{}:{} {}", p.file, p.line, p.column, p.message))
        .collect()
}

fn assert_told(book: &Notebook, begin: &str, words: &str) {
    let told = told(book);
    assert!(
        told.iter()
            .any(|line| line.starts_with(begin) && line.contains(words)),
        "{begin} … {words} in {told:#?}"
    );
}

#[test]
fn a_note_with_broken_front_matter_is_read_at_its_file_name() {
    for (front, line) in [
        ("---\npath: /x\ntitle: \"open\n---\n", None),
        ("---\npath: /x\ntitle: a: b\n---\n", Some(3)),
        ("---\npath: /x\npath: /y\n---\n", Some(3)),
        ("---\n- a: 1\n---\n", None),
        ("---\npath: [/x\n---\n", None),
    ] {
        let book = notebook(&[(
            "learnings/docker.md",
            &format!("{front}# Head\n\nthe text\n"),
        )]);
        let page = book.note("/learnings/docker").expect(front);
        assert_eq!(page.title, "Head", "{front}");
        let shown: String = page.blocks.iter().map(|b| visible(&b.body)).collect();
        assert_eq!(shown, "Head the text", "front matter never shows: {front}");
        let begin = line.map_or("learnings/docker.md:".into(), |line| {
            format!("learnings/docker.md:{line}:")
        });
        assert_told(&book, &begin, "front matter");
    }
}

#[test]
fn a_note_without_front_matter_is_read_at_its_file_name() {
    let book = notebook(&[
        ("a/My File.md", "# Title <<Foo_Bar>>\n"),
        ("b.markdown", "text"),
    ]);
    assert_eq!(book.note("/a/My-File").unwrap().title, "Title");
    assert_eq!(book.note("/b").unwrap().title, "b");
    assert_eq!(book.problems(), [], "it is as good as one that has it");
}

#[test]
fn two_notes_with_one_path_are_both_read() {
    let same = |title| format!("---\npath: /x\ntitle: {title}\n---\ntext of {title}\n");
    let book = notebook(&[
        ("one.md", &same("One")),
        ("two.md", &same("Two")),
        ("x.md", "x"),
    ]);
    assert_eq!(book.note("/x").unwrap().title, "One");
    assert_eq!(book.note("/two").unwrap().title, "Two");
    assert_eq!(book.note("/x-2").unwrap().file, "x.md");
    assert_told(&book, "two.md:2:1", "used by one.md");
    // The order of saves does not matter.
    let again =
        notebook(&[("two.md", &same("Two")), ("x.md", "x")]).save("one.md", same("One").as_bytes());
    assert_eq!(again.index(), book.index());
}

#[test]
fn a_path_that_cannot_be_is_replaced_and_told() {
    for path in [
        "/../etc",
        "//host/x",
        "/a/../../b",
        "/topics/x",
        "/topics",
        "/%2e%2e/x",
        "/",
        "''",
        "/a\\\\b",
        "/a?b=c",
        "'/a#b'",
        "/./x",
    ] {
        let book = notebook(&[("f.md", &format!("---\npath: {path}\ntitle: F\n---\nbody\n"))]);
        assert_eq!(book.note("/f").expect(path).title, "F");
        assert_told(&book, "f.md:2:1", "`");
    }
    for (path, at) in [
        ("/Some Where", "/Some Where"),
        ("/Übung/ß", "/Übung/ß"),
        ("learnings/x", "/learnings/x"),
        ("/UPPER/", "/UPPER"),
    ] {
        let book = notebook(&[("f.md", &format!("---\npath: {path}\ntitle: F\n---\nbody\n"))]);
        assert!(book.note(at).is_some(), "{path}");
        assert!(book.problems().is_empty(), "{path}");
    }
    let book = notebook(&[("topics/a.md", "x"), ("hosts.md", "y")]);
    assert!(book.note("/topics-note/a").is_some());
    assert!(book.note("/hosts-note").is_some());
}

#[test]
fn bytes_that_are_no_text_are_shown_as_such() {
    let mut bytes =
        b"---\npath: /n\ntitle: N\n---\nfine\nbad \xff\xfe here Foo_Bar\n\n# <<Foo_Bar>>\n"
            .to_vec();
    let book = Notebook::from_files([("n.md".to_owned(), bytes.clone())], &rules());
    assert_told(&book, "n.md:6:5", "UTF-8");
    assert_eq!(book.index().references[0].line, 6);
    bytes.truncate(3);
    bytes.extend([0, 0xc3]);
    let book = Notebook::from_files([("n.md".to_owned(), bytes)], &rules());
    assert_eq!(book.len(), 1);
}

#[test]
fn an_empty_note_and_an_empty_notebook_are_fine() {
    let book = notebook(&[("empty.md", ""), ("blank.md", " \r\n\n")]);
    assert_eq!(book.len(), 2);
    assert_eq!(book.note("/empty").unwrap().title, "empty");
    assert_told(&book, "empty.md:1:1", "empty");
    let front = note("");
    assert_told(&front, "n.md:5:1", "empty");
    assert!(front.note("/n").unwrap().blocks.is_empty());
    let none = notebook(&[]);
    assert_eq!(none.len(), 0);
    assert!(none.is_empty() && none.notes(0, 10).is_empty() && none.index().notes.is_empty());
}

#[test]
fn a_line_of_a_megabyte_and_deep_nesting_are_read() {
    let long = "Foo_Bar <x> ".repeat(90_000);
    let book = note(&format!("# <<Foo_Bar>>\n\n{long}\n"));
    assert_eq!(book.index().references.len(), 90_000);
    assert_told(&book, "n.md:7:1", "long");
    for deep in [
        ">".repeat(20_000) + " x",
        "- ".repeat(5_000) + "x",
        "*".repeat(50_000) + "x",
        "[".repeat(50_000) + "x",
        "<sub>".repeat(20_000) + "x",
        "<!-- ".repeat(100_000) + "x",
        "`".repeat(50_001) + "x",
        "<<".repeat(100_000),
        "<a \"".repeat(50_000),
        "_Foo".repeat(50_000),
        "http://x.org/".to_owned() + &")".repeat(500_000),
        "<div>".to_owned() + &"&".repeat(500_000),
        "> <div>\n> Foo_Bar\n".repeat(20_000),
        "# <<Foo_Bar>>\n".repeat(5_000),
        // Found by the properties: lines of HTML in two buffers.
        "<!-- \n<div>\n\r\n".to_owned(),
        "| Foo_Bar ".repeat(5_000) + "|\n" + &"|-".repeat(5_000) + "|\n",
    ] {
        let book = note(&deep);
        let page = book.note("/n").unwrap();
        assert!(!page.blocks.is_empty());
    }
}

#[test]
fn scripts_in_a_note_are_text() {
    for text in [
        "<script>alert(1)</script>",
        "# <<Foo_Bar>> <script>x</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<details ontoggle=alert(1) open><summary onclick=x>y</summary></details>",
        "<kbd style=\"x\" onmouseover='y'>k</kbd>",
        "[x](javascript:alert\\(1\\))",
        "[x](&#106;avascript:alert(1))",
        "[x](java&#10;script:alert(1))",
        "![x](javascript:alert(1))",
        "[x](\"onmouseover=alert(1))",
        "[x](https://a.org/\"onmouseover=\"y)",
        "https://a.org/'onmouseover='y",
        "```\"><script>\nx</script>\n```",
        "[^<script>]: x\n\n[^<script>]",
        "<iframe src=x></iframe>",
        "<style>*{}</style>",
        "`<script>`",
    ] {
        let book = note(text);
        let page = book.note("/n").unwrap();
        for block in page.blocks {
            for html in [block.heading, block.body] {
                for tag in html.split('<').skip(1) {
                    let tag = tag.split('>').next().unwrap();
                    let name = tag.trim_start_matches('/').split(' ').next().unwrap();
                    assert!(
                        [
                            "p",
                            "a",
                            "h1",
                            "details",
                            "summary",
                            "kbd",
                            "code",
                            "pre",
                            "copy-code",
                            "span",
                            "sup",
                            "div",
                            "em",
                            "br"
                        ]
                        .contains(&name),
                        "{text}: <{tag}>"
                    );
                    assert!(
                        !tag.contains(" on") && !tag.contains("style="),
                        "{text}: <{tag}>"
                    );
                    assert!(!tag.contains("javascript"), "{text}: <{tag}>");
                }
            }
        }
    }
}

#[test]
fn a_folder_is_read_without_following_links_out_of_it() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.md"), "# secret").unwrap();
    let inside = tempfile::tempdir().unwrap();
    let root = inside.path();
    fs::create_dir_all(root.join("a/.hidden")).unwrap();
    fs::write(root.join("a/note.md"), "# <<Foo_Bar>>").unwrap();
    fs::write(root.join("a/.hidden/x.md"), "# x").unwrap();
    fs::write(root.join(".dot.md"), "# x").unwrap();
    fs::write(root.join("README.md"), "# Read me").unwrap();
    fs::write(root.join("picture.png"), "x").unwrap();
    fs::create_dir(root.join("folder.md")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(outside.path().join("secret.md"), root.join("out.md")).unwrap();
        symlink(outside.path(), root.join("outdir")).unwrap();
        symlink(root.join("a/note.md"), root.join("in.md")).unwrap();
        symlink(root.join("nowhere.md"), root.join("broken.md")).unwrap();
        symlink(root, root.join("loop")).unwrap();
    }
    let book = Notebook::load(&Content::Folder(root.to_owned()), &rules()).unwrap();
    let files: Vec<_> = book.index().notes.into_iter().map(|n| n.file).collect();
    assert_eq!(files, ["README.md", "a/note.md", "in.md"]);
    assert_told(&book, "out.md:1:1", "not followed");
    assert_told(&book, "outdir:1:1", "not followed");
    assert_told(&book, "broken.md:1:1", "cannot be read");
    // A file that comes back is no problem any more.
    let mended = book.save("broken.md", b"---\npath: /b\ntitle: B\n---\nhi\n");
    assert!(
        !told(&mended)
            .iter()
            .any(|line| line.starts_with("broken.md"))
    );
}

#[test]
fn a_link_to_a_file_that_is_not_there_is_told() {
    let book = notebook(&[(
        "a/b.md",
        "---\npath: /b\ntitle: B\n---\nfine [self](b.md) and\n  [gone](../c.md#x), [out](https://x.org/c.md)\n",
    )]);
    assert_eq!(
        told(&book),
        ["a/b.md:6:3 this leads to c.md, which is not in the notebook"]
    );
    let written = book.save("c.md", b"---\npath: /c\ntitle: C\n---\nhi\n");
    assert_eq!(
        told(&written),
        ["a/b.md:6:3 c.md has no heading or topic `#x`"]
    );
    assert!(told(&written.save("c.md", b"---\npath: /c\ntitle: C\n---\n# X\n")).is_empty());
}

#[test]
fn a_folder_that_is_none_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let load = |path: &std::path::Path| Notebook::load(&Content::Folder(path.to_owned()), &rules());
    assert!(load(folder.path()).unwrap().is_empty());
    let missing = load(&folder.path().join("no")).unwrap_err();
    assert!(matches!(missing, ContentError::Missing(_)));
    assert!(missing.to_string().contains("no content folder"));
    let file = folder.path().join("f.md");
    fs::write(&file, "x").unwrap();
    assert!(matches!(load(&file), Err(ContentError::NotAFolder(_))));
}

#[test]
fn an_anchor_that_is_only_a_link_is_told_on_its_note() {
    let book = notebook(&[
        ("a.md", "---\npath: /a\ntitle: A\n---\n# <<Foo_Bar>>\n"),
        (
            "b.md",
            "---\npath: /b\ntitle: B\n---\n# x\n\n see <<Foo_Bar>>\n",
        ),
    ]);
    assert_told(&book, "b.md:7:6", "a.md:5:3");
    assert_eq!(book.problems_of("b.md"), book.problems());
    assert!(book.problems_of("a.md").is_empty());
    // The index has a list of its own for them.
    assert!(book.index().warnings.is_empty());
}
