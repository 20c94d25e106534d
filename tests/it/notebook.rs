//! What a reader sees of notes: anchors, topics, references, HTML.

use waterline::notebook::{DefinedTopic, Index, NotePage, Notebook, Rules, TopicPage};

const ROUTES: &[&str] = &["topics", "hosts", "demos", "panels", "static"];

pub(crate) fn rules() -> Rules {
    Rules {
        reserved: ROUTES,
        live: &["storage-driver", "kernel"],
        live_page: "/values",
        ..Rules::default()
    }
}

pub(crate) fn notebook(files: &[(&str, &str)]) -> Notebook {
    Notebook::from_files(
        files
            .iter()
            .map(|(file, text)| ((*file).to_owned(), text.as_bytes().to_vec())),
        &rules(),
    )
}

/// A notebook of one note at `/n`, with text from line 5 on.
pub(crate) fn note(text: &str) -> Notebook {
    notebook(&[("n.md", &format!("---\npath: /n\ntitle: N\n---\n{text}"))])
}

pub(crate) fn page(text: &str) -> NotePage {
    note(text).note("/n").expect("the note is at its path")
}

/// All HTML of a page, headings and text.
pub(crate) fn html(text: &str) -> String {
    let blocks = page(text).blocks;
    let parts = blocks.into_iter().map(|block| match block.level {
        0 => block.body,
        level => {
            let (id, heading, body) = (block.id, block.heading, block.body);
            format!("<h{level} id=\"{id}\">{heading}</h{level}>\n{body}")
        }
    });
    parts.collect()
}

/// What is visible of HTML: no tags, entities undone, single spaces.
pub(crate) fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let end = rest[at..].find('>').expect("tags are closed");
        if !matches!(&rest[at..at + 2], "<e" | "<s" | "</") {
            text.push(' ');
        }
        rest = &rest[at + end + 1..];
    }
    text.push_str(rest);
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn anchors(index: &Index) -> Vec<String> {
    let anchors = index.anchors.iter();
    anchors
        .map(|a| format!("{} {}:{} {}", a.name, a.line, a.column, a.title))
        .collect()
}

fn references(index: &Index) -> Vec<String> {
    let references = index.references.iter();
    references
        .map(|r| {
            let topic = r.topic.as_deref().unwrap_or("-");
            let mark = if r.resolved { "" } else { "?" };
            format!("{}{mark} {}:{} in {topic}", r.name, r.line, r.column)
        })
        .collect()
}

pub(crate) fn topic(notebook: &Notebook, name: &str) -> DefinedTopic {
    match notebook.topic(name) {
        Some(TopicPage::Defined(topic)) => topic,
        other => panic!("{name} is not defined: {other:?}"),
    }
}

#[test]
fn an_anchor_in_a_heading_names_its_section() {
    let book = note(
        "# <<Learning_A>>\n\n## Label <<Learning_B>>\n### <<Learning_C>>: after\nSetext <<Learning_D>>\n----\n",
    );
    assert_eq!(
        anchors(&book.index()),
        [
            "Learning_A 5:3 A",
            "Learning_B 7:10 Label",
            "Learning_C 8:5 after",
            "Learning_D 9:8 Setext"
        ]
    );
    let crumbs = topic(&book, "Learning_C").crumbs;
    let crumbs: Vec<_> = crumbs.iter().map(|crumb| &*crumb.title).collect();
    assert_eq!(crumbs, ["A", "Label"]);
    assert_eq!(topic(&book, "Learning_D").crumbs.len(), 1);
    let children = topic(&book, "Learning_A").children;
    let children: Vec<_> = children.iter().map(|child| &*child.name).collect();
    assert_eq!(children, ["Learning_B", "Learning_D"]);
}

#[test]
fn an_anchor_in_any_dress_defines() {
    for (text, title) in [
        ("# `<<Foo_Bar>>`", "Foo Bar"),
        ("# **<<Foo_Bar>>**", "Foo Bar"),
        ("# _<<Foo_Bar>>_ It", "It"),
        ("# [<<Foo_Bar>>](https://x.org)", "Foo Bar"),
        ("# [It <<Foo_Bar>>](https://x.org)", "It"),
        ("# It `x <<Foo_Bar>>`", "It x"),
        ("# <<Foo_Bar>> It", "It"),
        ("# It <<Foo_Bar>> too", "It too"),
        ("# It<<Foo_Bar>>", "It"),
        ("It <<Foo_Bar>>\n=====", "It"),
        ("> # It <<Foo_Bar>>", "It"),
        ("- # It <<Foo_Bar>>", "It"),
    ] {
        let book = note(text);
        let index = book.index();
        assert_eq!(index.anchors.len(), 1, "{text}");
        assert_eq!(index.anchors[0].title, title, "{text}");
        assert!(
            html(text).contains("id=\"Foo_Bar\""),
            "{text}: {}",
            html(text)
        );
    }
    let camel = note("# <<FooBar>>\n\n<<SpringBoot>> is a spot\n\n<<LearningDocker>>\n");
    let names: Vec<_> = camel.index().anchors.into_iter().map(|a| a.name).collect();
    assert_eq!(names, ["FooBar", "SpringBoot", "LearningDocker"]);
}

#[test]
fn an_anchor_right_under_a_heading_names_the_section() {
    for text in [
        "# Head\n<<Foo_Bar>>\n\ntext Foo_Bar",
        "# Head\n\n<<Foo_Bar>>\n\ntext Foo_Bar",
        "# Head\n<<Foo_Bar>>\ntext Foo_Bar",
        "# Head\n`<<Foo_Bar>>`\ntext Foo_Bar",
        "# Head\n**<<Foo_Bar>>**\n\ntext Foo_Bar",
        "Head\n===\n<<Foo_Bar>>\n\ntext Foo_Bar",
        "# Head\n<!-- hidden -->\n<<Foo_Bar>>\n\ntext Foo_Bar",
    ] {
        let book = note(text);
        let index = book.index();
        assert_eq!(index.anchors[0].title, "Head", "{text}");
        assert_eq!(
            index.references[0].topic.as_deref(),
            Some("Foo_Bar"),
            "{text}"
        );
        let blocks = topic(&book, "Foo_Bar").blocks;
        assert_eq!(blocks[0].id, "Foo_Bar", "{text}");
        assert!(
            blocks[0].heading.starts_with("Head <a class=\"anchor\""),
            "{text}"
        );
        assert!(!blocks[0].body.contains("class=\"anchor\""), "{text}");
        assert!(
            visible(&blocks[0].body).starts_with("text Foo_Bar"),
            "{text}"
        );
    }
    // Not alone on its line: a spot.
    let book = note("# Head\n<<Foo_Bar>> is here\n\nother Foo_Bar");
    assert_eq!(book.index().anchors[0].title, "Foo Bar");
    assert_eq!(book.index().references[0].topic, None);
}

#[test]
fn a_spot_names_the_block_it_stands_in() {
    let book = note(
        "# Head <<Whole_Note>>\n\n\
         A sentence <<In_Sentence>> with Whole_Note.\nSecond line.\n\n\
         - one\n- two <<In_Item>>\n  - below Whole_Note\n\n\
         | a | b |\n|---|---|\n| <<In_Cell>> | c |\n| Whole_Note | d |\n\n\
         > quoted <<In_Quote>>\n",
    );
    let index = book.index();
    let topics: Vec<_> = index
        .references
        .iter()
        .map(|r| r.topic.as_deref())
        .collect();
    assert_eq!(
        topics,
        [Some("In_Sentence"), Some("In_Item"), Some("In_Cell")]
    );
    let text = |name| {
        let blocks = topic(&book, name).blocks;
        assert_eq!(blocks.len(), 1, "{name}");
        assert!(blocks[0].names.contains(&name.to_owned()), "{name}");
        blocks[0].body.clone()
    };
    assert_eq!(
        visible(&text("In_Sentence")),
        "A sentence In_Sentence with Whole_Note. Second line."
    );
    assert!(text("In_Item").starts_with("<ul>\n<li>two "));
    assert!(visible(&text("In_Item")).contains("below Whole_Note"));
    assert!(!visible(&text("In_Item")).contains("one"));
    assert!(visible(&text("In_Cell")).ends_with("Whole_Note d"));
    assert_eq!(visible(&text("In_Quote")), "quoted In_Quote");
    assert_eq!(topic(&book, "In_Item").crumbs[0].name, "Whole_Note");
}

#[test]
fn two_anchors_on_a_line_are_two_names_of_one_topic() {
    let book = note("# <<First_Name>> <<Second_Name>>\n\nsee Second_Name\n");
    assert_eq!(
        anchors(&book.index()),
        ["First_Name 5:3 First Name", "Second_Name 5:18 First Name"]
    );
    assert_eq!(
        topic(&book, "First_Name").blocks,
        topic(&book, "Second_Name").blocks
    );
    assert_eq!(
        topic(&book, "First_Name").blocks[0].names,
        ["First_Name", "Second_Name"]
    );
    assert_eq!(references(&book.index()), ["Second_Name 7:5 in First_Name"]);
    let html = html("# <<First_Name>> <<Second_Name>>\n");
    assert!(html.contains("<h1 id=\"First_Name\">"));
    assert!(html.contains("id=\"Second_Name\""));
}

#[test]
fn what_is_no_name_defines_nothing() {
    for text in [
        "vector<<int>>",
        "cat <<EOF>>f",
        "<< parameters.x >>",
        "<<parameters.x>>",
        "<<_x_y>>",
        "<<3_x>>",
        "<<Docker>>",
        "1 << 2 >> 3",
        "\\<<Foo_Bar>>",
        "&lt;&lt;Foo_Bar&gt;&gt;",
        "```\n<<Foo_Bar>>\n```",
        "    <<Foo_Bar>>",
        "\t<<Foo_Bar>>",
        "- x\n\n  ```\n  <<Foo_Bar>>\n  ```",
        "<!-- <<Foo_Bar>> -->",
        "<!--\n\n<<Foo_Bar>>\n\n-->",
        "text <!-- <<Foo_Bar>> --> more",
        "![<<Foo_Bar>>](x.png)",
        "[x](https://x/<<Foo_Bar>>)",
    ] {
        assert_eq!(note(text).index().anchors, [], "{text}");
    }
}

#[test]
fn the_heading_wins_then_the_first() {
    let book = notebook(&[
        (
            "a.md",
            "---\npath: /a\ntitle: A\n---\nspot <<Foo_Bar>> and <<Spot_Twice>>\n\n<<Spot_Twice>>\n",
        ),
        ("b.md", "---\npath: /b\ntitle: B\n---\n# Head <<Foo_Bar>>\n"),
        (
            "c.md",
            "---\npath: /c\ntitle: C\n---\n# Other <<Foo_Bar>>\n\n see Foo_Bar\n",
        ),
    ]);
    let index = book.index();
    let places: Vec<_> = index.anchors.iter().map(|a| (&*a.name, &*a.file)).collect();
    assert_eq!(places, [("Spot_Twice", "a.md"), ("Foo_Bar", "b.md")]);
    let lost: Vec<_> = index
        .duplicates
        .iter()
        .map(|d| format!("{} {}:{}:{}", d.name, d.file, d.line, d.column))
        .collect();
    assert_eq!(
        lost,
        [
            "Foo_Bar a.md:5:6",
            "Spot_Twice a.md:7:1",
            "Foo_Bar c.md:5:9"
        ]
    );
    // The section of the loser is no topic of that name.
    assert_eq!(references(&index), ["Foo_Bar 7:6 in -"]);
    let c = book.note("/c").unwrap();
    assert!(c.blocks[0].body.contains(
        "<h1 id=\"other\">Other <a class=\"ref\" data-topic=\"Foo_Bar\" href=\"/topics/Foo_Bar\">"
    ));
    // When the winner goes, the next takes its place.
    let without = book.remove("b.md");
    assert_eq!(topic(&without, "Foo_Bar").file, "c.md");
    let without = without.remove("c.md");
    assert_eq!(topic(&without, "Foo_Bar").file, "a.md");
    assert!(without.remove("a.md").topic("Foo_Bar").is_none());
}

#[test]
fn a_name_is_a_reference_wherever_it_stands_in_text() {
    let head = "# <<Foo_Bar>>\n\n";
    for text in [
        "see Foo_Bar here",
        "- Foo_Bar",
        "> Foo_Bar",
        "| a |\n|---|\n| Foo_Bar |",
        "`Foo_Bar`",
        "`run Foo_Bar now`",
        "*Foo_Bar*",
        "_Foo_Bar_",
        "**Foo_Bar**",
        "~~Foo_Bar~~",
        "(Foo_Bar)",
        "Foo_Bar's",
        "Foo_Bar.",
        "Foo_Bar-",
        "Foo_Bar:",
        "“Foo_Bar”",
        "x/Foo_Bar",
        "Foo_Bar/x",
        "--Foo_Bar",
        "## Sub Foo_Bar",
        "<kbd>Foo_Bar</kbd>",
        "<details>\n<summary>Foo_Bar</summary>\n</details>",
        "<div>\nFoo_Bar\n</div>",
        "<Foo_Bar>",
        "List<Foo_Bar>",
        "text[^1]\n\n[^1]: Foo_Bar",
        "1. x\n   - y\n     Foo_Bar",
    ] {
        let book = note(&format!("{head}{text}"));
        let index = book.index();
        assert_eq!(index.references.len(), 1, "{text}: {index:?}");
        assert!(index.references[0].resolved);
        let line = format!("---\npath: /n\ntitle: N\n---\n{head}{text}");
        let line = line
            .lines()
            .nth(index.references[0].line as usize - 1)
            .unwrap();
        let at: String = line
            .chars()
            .skip(index.references[0].column as usize - 1)
            .collect();
        assert!(at.starts_with("Foo_Bar"), "{text}: column");
        let html = html(&format!("{head}{text}"));
        assert!(
            html.contains(
                "<a class=\"ref\" data-topic=\"Foo_Bar\" href=\"/topics/Foo_Bar\" id=\"at:"
            ),
            "{text}: {html}"
        );
        assert_eq!(book.backlink_count("Foo_Bar"), 1, "{text}");
    }
}

#[test]
fn a_name_is_no_reference_where_it_is_no_word_of_the_text() {
    let head = "# <<Foo_Bar>>\n\n";
    for text in [
        "xFoo_Bar",
        "Foo_Barx",
        "Foo_Bar_Baz",
        "Foo_Bar2",
        "2Foo_Bar",
        "Foo_Bar-ish",
        "éFoo_Bar",
        "Foo_Baré",
        "Foo_Barを",
        "```\nFoo_Bar\n```",
        "~~~ Foo_Bar\nx\n~~~",
        "    Foo_Bar",
        "[Foo_Bar](https://x.org)",
        "[see **Foo_Bar**][r]\n\n[r]: https://x.org/Foo_Bar",
        "[x](Foo_Bar)",
        "[x](y \"Foo_Bar\")",
        "![Foo_Bar](x.png)",
        "<https://x.org/Foo_Bar>",
        "https://x.org/Foo_Bar",
        "http://x.org/?a=Foo_Bar&b=1.",
        "www.x.org/Foo_Bar",
        "`curl https://x.org/Foo_Bar`",
        "<img alt=\"Foo_Bar\">",
        "x <a href='Foo_Bar'> y",
        "<div title=\"Foo_Bar\">\n</div>",
        "<!-- Foo_Bar -->",
        "Foo_Bar\\_Baz",
        "Some\\_Foo_Bar",
    ] {
        let index = note(&format!("{head}{text}")).index();
        let hits = index
            .references
            .iter()
            .filter(|r| r.name == "Foo_Bar")
            .count();
        assert_eq!(hits, 0, "{text}: {index:?}");
    }
}

#[test]
fn a_missing_name_is_wanted_by_prefix_or_near_miss() {
    let book = note(
        "# <<Learning_Docker_Storage>>\n## <<Ops_Mount_Points>>\n\n\
         Learning_Missing Learning_Docker_Storge Ops_Mount_Point ops_mount_points\n\
         AWS_KEY_PAIR HugePages_Total Learning_ Learnings_X snake_case\n\
         `Learning_In_Code`\n",
    );
    let wanted: Vec<_> = book
        .wanted()
        .iter()
        .map(|w| format!("{} -> {}", w.name, w.did_you_mean.join(",")))
        .collect();
    assert_eq!(
        wanted,
        [
            "Learning_Docker_Storge -> Learning_Docker_Storage",
            "Learning_In_Code -> ",
            "Learning_Missing -> ",
            "Ops_Mount_Point -> Ops_Mount_Points",
            "ops_mount_points -> Ops_Mount_Points",
        ]
    );
    let html = html("# <<Ops_Mount_Points>>\n\nsee Ops_Mount_Point and AWS_KEY_PAIR\n");
    assert!(html.contains(
        "<a class=\"ref wanted\" data-topic=\"Ops_Mount_Point\" href=\"/topics/Ops_Mount_Point\" "
    ));
    assert!(html.contains("AWS_KEY_PAIR</p>"));
    let Some(TopicPage::Wanted(page)) = book.topic("Learning_Docker_Storge") else {
        panic!("a wanted topic has a page");
    };
    assert_eq!(page.did_you_mean[0].name, "Learning_Docker_Storage");
    let (_, asked_by) = book.backlinks("Learning_Docker_Storge", |_| 0..9);
    assert_eq!(asked_by[0].line, 8);
    assert!(
        asked_by[0]
            .paragraph
            .contains("<mark>Learning_Docker_Storge</mark>")
    );
    assert!(book.topic("AWS_KEY_PAIR").is_none());
    assert!(book.topic("Learning_Nobody_Asks").is_none());
    assert!(book.topic("").is_none());
}

#[test]
fn nothing_in_the_source_vanishes() {
    for text in [
        "Optional<Person> and <version> and <-- this",
        "^^^^^^ up",
        "a $x_1$ b $$y$$",
        "<Person>",
        "<version>1</version>",
        "<script>alert(1)</script>",
        "x <script>y</script> z",
        "<div class=\"a\">inside</div>",
        "<!DOCTYPE html>",
        "<?php echo 1 ?>",
        "a <b>bold</b> c",
        "<<Docker>> <<int>> << x >>",
        "List<List<String>>",
        "<a@@b>",
        "x << y >> z",
        "<LearningDocker> and </LearningDocker>",
        "text </kbd> odd",
        "\"quotes\" -- and ... dots",
        "<!-- open comment",
        "x <!-- open comment",
        "{#id} {.class}",
        "<img src=x onerror=alert(1)>",
    ] {
        let html = html(text);
        assert_eq!(visible(&html), text, "{html}");
    }
    let table = html("| a |\n|---|\n| b | c <x> | d |\n");
    assert_eq!(visible(&table), "a b c <x> | d");
    assert_eq!(visible(&html("# Head {#my-id}")), "Head {#my-id}");
    assert_eq!(visible(&html("line one\\\nline two")), "line one line two");
    assert_eq!(
        visible(&html("[x](javascript:alert(1))")),
        "x (javascript:alert(1))"
    );
}

#[test]
fn six_html_elements_work_and_are_always_closed() {
    let same = |text: &str, expected: &str| {
        let html = html(text);
        assert!(html.contains(expected), "{text}: {html}");
    };
    same("H<sub>2</sub>O<br/>x", "H<sub>2</sub>O<br>x");
    same("<kbd onclick=\"x()\">Ctrl", "<p><kbd>Ctrl</kbd></p>");
    same("<KBD>A</KBD>", "<kbd>A</kbd>");
    same("**<sup>a** b", "<strong><sup>a</sup></strong> b");
    same(
        "<details open>\n<summary>More</summary>\n\nText **here**.\n\n</details>\n\nafter",
        "<details>\n<summary>More</summary>\n\n<p>Text <strong>here</strong>.</p>\n</details>",
    );
    let html = html("- <details>\n\n  inside\n\nafter\n");
    assert_eq!(
        html.matches("<details>").count(),
        html.matches("</details>").count()
    );
    let cut = page("<details>\n\n# <<Foo_Bar>>\n\n</details>\n");
    for block in cut.blocks {
        let (open, close) = ("<details>", "</details>");
        assert_eq!(
            block.body.matches(open).count(),
            block.body.matches(close).count()
        );
        assert!(!block.body.contains("&lt;"));
    }
}

#[test]
fn comments_are_hidden() {
    for text in [
        "a<!-- b -->c",
        "a\n<!-- b\n\nc -->\n",
        "<!-- a --> text",
        "<!---->x",
    ] {
        let shown = visible(&html(text));
        assert!(!shown.contains("--"), "{text}: {shown}");
    }
    assert_eq!(visible(&html("<!-- a --> text")), "text");
    assert_eq!(
        visible(&html("before <!-- A_B\nC_D --> after")),
        "before after"
    );
}

#[test]
fn links_lead_where_they_may() {
    let book = notebook(&[
        (
            "learnings/a.md",
            "---\npath: /a\ntitle: A\n---\n[b](../ops/b.md#x) [c](missing.md) [self](#part) [out](https://x.org/?a=1&b=2 \"T\") <me@x.org> https://bare.org/x.\n![pic](p.png) ![gone](q.png) ![far](https://x.org/p.png) [![both](https://x.org/i.png)](https://x.org)\n[bad](data:text/html,x) [v](live:storage-driver)\n",
        ),
        ("ops/b.md", "---\npath: /some where\ntitle: B\n---\n"),
        ("learnings/p.png", "no picture"),
    ]);
    let html = &book.note("/a").unwrap().blocks[0].body;
    for expected in [
        "<a href=\"/some%20where#x\" id=\"at:link:0\">b</a>",
        "<span class=\"dead\">c (missing.md)</span>",
        "<a href=\"/a#part\">self</a>",
        "<a class=\"external\" rel=\"noopener noreferrer\" href=\"https://x.org/?a=1&amp;b=2\" title=\"T\" aria-describedby=\"leads-elsewhere\">out</a>",
        "href=\"mailto:me@x.org\"",
        "<a class=\"external\" rel=\"noopener noreferrer\" href=\"https://bare.org/x\" aria-describedby=\"leads-elsewhere\">https://bare.org/x</a>.",
        "<img src=\"/files/learnings/p.png\" alt=\"pic\" loading=\"lazy\">",
        "<span class=\"dead\">gone (q.png)</span>",
        "<a class=\"external\" rel=\"noopener noreferrer\" href=\"https://x.org/p.png\" aria-describedby=\"leads-elsewhere\">far</a>",
        "<span class=\"unsafe\">bad (data:text/html,x)</span>",
        "<live-value name=\"storage-driver\" key=\"storage-driver\" data-state=\"loading\"><a href=\"/values#storage-driver\">v</a></live-value>",
    ] {
        assert!(html.contains(expected), "{expected}\n{html}");
    }
    assert!(
        !html.contains("src=\"http"),
        "nothing loads from another site"
    );
}

#[test]
fn a_live_value_that_there_is_not_stays_a_word_and_is_named_with_its_place() {
    let book =
        note("Uses [overlay2](live:storage-drivr) on\n[6.1](live:kernel), [x](live:weather).\n");
    let html = &book.note("/n").expect("the note").blocks[0].body;
    assert!(html.contains("Uses overlay2 on"), "{html}");
    assert_eq!(html.matches("<live-value").count(), 1, "{html}");
    let told: Vec<String> = book
        .problems()
        .into_iter()
        .map(|p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.message))
        .collect();
    assert_eq!(
        told,
        [
            "n.md:5:6: there is no live value \"storage-drivr\"; did you mean live:storage-driver?",
            "n.md:6:21: there is no live value \"weather\"; /values lists them",
        ]
    );
}

#[test]
fn windows_line_ends_tabs_and_a_mark_at_the_start_keep_positions() {
    let text = "\u{feff}---\r\npath: /n\r\ntitle: N\r\n---\r\n\r\n# é <<Foo_Bar>>\r\n\r\n-\tü\tFoo_Bar\r\n  next Foo_Bar\r\n";
    let book = notebook(&[("n.md", text)]);
    let index = book.index();
    assert_eq!(index.notes[0].path, "/n");
    assert_eq!(anchors(&index), ["Foo_Bar 6:5 é"]);
    assert_eq!(
        references(&index),
        ["Foo_Bar 8:5 in Foo_Bar", "Foo_Bar 9:8 in Foo_Bar"]
    );
    let warnings: Vec<_> = index.warnings.iter().map(|w| &*w.message).collect();
    assert_eq!(
        warnings,
        ["lines end in CRLF here; every other system writes LF"]
    );
}

#[test]
fn the_index_has_the_shape_and_order_of_its_contract() {
    let book = notebook(&[
        (
            "b.md",
            "---\npath: /b\ntitle: B\n---\n\n# <<Learning_B>>\n\nLearning_B, Learning_Z\n",
        ),
        ("a.md", "no front matter <<Learning_B>>\r\n"),
    ]);
    let json = serde_json::to_string(&book.index()).unwrap();
    insta::assert_snapshot!(json, @r#"{"notes":[{"file":"a.md","path":"/a","title":"a"},{"file":"b.md","path":"/b","title":"B"}],"anchors":[{"name":"Learning_B","file":"b.md","line":6,"column":3,"title":"B","note":"/b"}],"references":[{"name":"Learning_B","file":"b.md","line":8,"column":1,"note":"/b","topic":"Learning_B","resolved":true},{"name":"Learning_Z","file":"b.md","line":8,"column":13,"note":"/b","topic":"Learning_B","resolved":false}],"wanted":[{"name":"Learning_Z","did_you_mean":["Learning_B"]}],"duplicates":[{"name":"Learning_B","file":"a.md","line":1,"column":17}],"warnings":[{"file":"a.md","line":1,"column":1,"message":"lines end in CRLF here; every other system writes LF"}]}"#);
}

#[test]
fn demos_are_no_notes_but_their_references_count() {
    let book = notebook(&[
        ("n.md", "---\npath: /n\ntitle: N\n---\n# <<Foo_Bar>>\n"),
        (
            "demos/restart.md",
            "---\ntitle: What survives\ntopic: Foo_Bar\nminutes: 3\n---\nSee Foo_Bar and <<Not_Defined>>.\n",
        ),
    ]);
    assert_eq!(book.len(), 1);
    assert!(book.note("/demos/restart").is_none());
    assert_eq!(book.problems(), []);
    let index = book.index();
    assert_eq!(index.anchors.len(), 1);
    assert_eq!(index.references[0].note, "/demos/restart");
    assert_eq!(index.references[0].topic, None);
    let (count, backlinks) = book.backlinks("Foo_Bar", |count| 0..count);
    assert_eq!(count, 1);
    assert_eq!(backlinks[0].note.path, "/demos/restart");
    assert_eq!(backlinks[0].note.title, "What survives");
    assert_eq!(
        backlinks[0].paragraph,
        "See <mark>Foo_Bar</mark> and &lt;&lt;Not_Defined&gt;&gt;."
    );
}

#[test]
fn a_backlink_carries_its_paragraph() {
    let book = note(
        "# <<Foo_Bar>>\n\n| a | b |\n|---|---|\n| x <b> | Foo_Bar |\n\n- item Foo_Bar\n  - not this\n\n<details>\n<summary>In Foo_Bar</summary>\n</details>\n",
    );
    let (_, backlinks) = book.backlinks("Foo_Bar", |count| 0..count);
    let paragraphs: Vec<_> = backlinks.into_iter().map(|b| b.paragraph).collect();
    assert_eq!(
        paragraphs,
        [
            "x &lt;b&gt; · <mark>Foo_Bar</mark>",
            "item <mark>Foo_Bar</mark>",
            "In <mark>Foo_Bar</mark>"
        ]
    );
}

#[test]
fn notes_follow_each_other_in_path_order() {
    let book = notebook(&[
        ("1.md", "---\npath: /c\ntitle: C\n---\n"),
        ("2.md", "---\npath: /a\ntitle: A\n---\n"),
        ("3.md", "---\npath: /b\ntitle: B\n---\n"),
    ]);
    let paths: Vec<_> = book.notes(0, 9).into_iter().map(|n| n.path).collect();
    assert_eq!(paths, ["/a", "/b", "/c"]);
    assert_eq!(book.notes(1, 1)[0].title, "B");
    let b = book.note("/b").unwrap();
    assert_eq!(b.previous.unwrap().path, "/a");
    assert_eq!(b.next.unwrap().path, "/c");
    assert!(book.note("/a").unwrap().previous.is_none());
}

#[test]
fn after_the_last_topic_of_a_note_comes_the_first_of_the_next() {
    let book = notebook(&[
        (
            "a.md",
            "---\npath: /a\ntitle: A\nnext: /c\n---\n# <<Foo_One>>\n## <<Foo_Two>>\n",
        ),
        ("b.md", "---\npath: /b\ntitle: B\n---\n# <<Foo_Four>>\n"),
        ("c.md", "---\npath: /c\ntitle: C\n---\n# <<Foo_Three>>\n"),
    ]);
    let mut read = vec![topic(&book, "Foo_One")];
    assert!(read[0].previous.is_none() && read[0].next_in.is_none());
    while let Some(next) = read.last().and_then(|last| last.next.clone()) {
        read.push(topic(&book, &next.name));
    }
    let names: Vec<_> = read.iter().map(|topic| &*topic.name).collect();
    assert_eq!(names, ["Foo_One", "Foo_Two", "Foo_Three", "Foo_Four"]);
    assert_eq!(read[1].next_in.as_ref().map(|note| &*note.path), Some("/c"));
    assert_eq!(
        read[3].previous.as_ref().map(|link| &*link.name),
        Some("Foo_Three")
    );
    assert_eq!(
        read[3].previous_in.as_ref().map(|note| &*note.title),
        Some("C")
    );
}

#[test]
fn other_headings_have_ids_of_their_own() {
    let page =
        page("# <<Foo_Bar>>\n## Part one!\n## Part one\n## foo_bar\n## <<Foo_Bar>>\n## 日本\n##\n");
    let ids: Vec<_> = page.outline.iter().map(|entry| &*entry.id).collect();
    assert_eq!(
        ids,
        [
            "Foo_Bar",
            "part-one",
            "part-one-1",
            "foo_bar",
            "foo-bar",
            "日本",
            "section"
        ]
    );
    assert_eq!(page.outline[0].topic.as_deref(), Some("Foo_Bar"));
    assert_eq!(page.outline[4].topic, None);
}

#[test]
fn a_name_in_code_over_several_lines_keeps_its_place() {
    let text = "# <<Foo_Bar>>\n`x Foo_Bar\ny Foo_Bar`\n\n> ``a `Foo_Bar``\n> `b\n> Foo_Bar`\n\n\
                | a |\n|---|\n| `q\\|Foo_Bar\\|z Foo_Bar` |\n";
    let places: Vec<_> = note(text)
        .index()
        .references
        .iter()
        .map(|r| (r.line, r.column))
        .collect();
    assert_eq!(places, [(6, 4), (7, 3), (9, 8), (11, 3), (15, 7), (15, 18)]);
}

#[test]
fn a_mail_address_holds_no_reference() {
    let book = note("# <<Foo_Bar>>\n\nFoo_Bar@example.org me@Foo_Bar.org @Foo_Bar\n");
    assert_eq!(references(&book.index()), ["Foo_Bar 7:37 in Foo_Bar"]);
}

#[test]
fn a_table_can_be_scrolled_with_keys_and_a_task_says_its_state() {
    let shown = html("| a |\n|---|\n| b |\n\n- [x] one\n- [ ] two <me@example.org>\n");
    for part in [
        "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>",
        "aria-label=\"done\" disabled checked>",
        "aria-label=\"to do\" disabled>",
        // Mail is no other site.
        "href=\"mailto:me@example.org\">me",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

#[test]
fn a_topic_inside_details_shows_no_stray_end() {
    let book = note(
        "# <<Foo_Bar>>\n\n<details>\n<summary>more</summary>\n\n## <<Foo_Inside>> In\n\ntext\n\n</details>\n",
    );
    let inside = topic(&book, "Foo_Inside");
    let shown: String = inside.blocks.iter().map(|b| visible(&b.body)).collect();
    assert_eq!(shown, "text");
}

#[test]
fn a_line_break_after_the_anchor_under_a_heading_shows_nothing() {
    for end in ["", "  ", "\\"] {
        let shown = html(&format!("# Head\n<<Foo_Bar>>{end}\ntext\n"));
        assert_eq!(
            shown,
            "<h1 id=\"Foo_Bar\">Head <a class=\"anchor\" href=\"/topics/Foo_Bar\">Foo_Bar</a></h1>\n<p>text</p>\n"
        );
    }
}

#[test]
fn brackets_and_marks_around_an_anchor_are_no_part_of_its_title() {
    for (heading, title) in [
        ("Docker (<<Foo_Bar>>)", "Docker"),
        ("[<<Foo_Bar>>] Docker", "Docker"),
        ("Docker, <<Foo_Bar>>", "Docker"),
        ("<<Foo_Bar>> | run() it", "run() it"),
        ("(<<Foo_Bar>>)", "Foo Bar"),
        ("** <<Foo_Bar>>", "Foo Bar"),
        ("1. <<Foo_Bar>>", "1."),
        ("C++ <<Foo_Bar>>", "C++"),
    ] {
        let index = note(&format!("## {heading}\n")).index();
        assert_eq!(index.anchors[0].title, title, "{heading}");
    }
    // Without an anchor everything is the title.
    assert_eq!(page("## run()\n").outline[0].title, "run()");
    assert_eq!(visible(&html("## (<<Foo_Bar>>)\n")), "Foo Bar ( Foo_Bar)");
}
