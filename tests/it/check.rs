//! `waterline check`: every rule is told where it is broken, and nothing else is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use waterline::author::check::{Format, Report, check};
use waterline::notebook::{Content, Problem, Rule, Severity};
use waterline::web::content;

const FRONT: &str = "---\npath: /n\ntitle: N\n---\n";

/// Writes files into a folder: names, and what is in them.
pub(crate) fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (file, bytes) in files {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
        fs::write(file, bytes).expect("it is written");
    }
}

fn checked(folder: &Path) -> Vec<Problem> {
    let content = Content::Folder(folder.to_owned());
    let edition = content::load(&content).expect("a folder");
    check(&edition)
}

fn told(problems: &[Problem]) -> Vec<String> {
    let problems = problems.iter();
    problems
        .map(|p| {
            let end = p.end.map_or(String::new(), |end| format!("-{end}"));
            let (rule, file) = (p.rule.name(), &p.file);
            format!("{file}:{}:{}{end} {rule}: {}", p.line, p.column, p.message)
        })
        .collect()
}

/// What is told of files.
fn of(files: &[(&str, &[u8])]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), files);
    told(&checked(folder.path()))
}

/// What is told of one note, `n.md`, with text from line 5 on.
fn of_note(text: &str) -> Vec<String> {
    of(&[("n.md", format!("{FRONT}{text}").as_bytes())])
}

/// A note at a path of its own, with an anchor.
const OTHER: (&str, &[u8]) = (
    "o/other.md",
    b"---\npath: /other\ntitle: O\n---\n# Head <<Learning_Other>>\n\n## Some words\n",
);

/// Files by name.
type Files = Vec<(&'static str, Vec<u8>)>;

/// Each rule with files that break it, and what is told, up to the message. Files may have
/// others that are sound.
fn broken() -> Vec<(Rule, Files, &'static str)> {
    let note = |text: &str| vec![("n.md", format!("{FRONT}{text}").into_bytes())];
    let with = |files: Vec<(&'static str, &str)>| -> Files {
        let files = files.into_iter();
        let mut files: Vec<_> = files.map(|(file, text)| (file, text.into())).collect();
        files.push((OTHER.0, OTHER.1.to_vec()));
        files
    };
    let demo = |text: &str| {
        with(vec![(
            "demos/d.md",
            &format!("---\ntitle: D\ntopic: Learning_Other\n---\n{text}"),
        )])
    };
    let good = "```console\n$ docker ps\n```\n";
    vec![
        (Rule::NotText, note("a \u{0} b\n"), "n.md:5:3"),
        (
            Rule::NotText,
            vec![("n.md", [FRONT.as_bytes(), b"a \xff b\n"].concat())],
            "n.md:5:3",
        ),
        (
            Rule::FrontMatter,
            with(vec![(
                "n.md",
                "---\npath: /n\ntitle: N\nnxet: x\n---\nText\n",
            )]),
            "n.md:4:1",
        ),
        (Rule::EmptyNote, note("\n"), "n.md:5:1"),
        (Rule::LineEndings, note("a\r\nb\n"), "n.md:5:1"),
        (Rule::LongLine, note(&"a ".repeat(60_000)), "n.md:5:1"),
        (
            Rule::DuplicatePath,
            with(vec![("p.md", "---\npath: /other\ntitle: P\n---\nText\n")]),
            "p.md:2:1",
        ),
        (
            Rule::ShadowingPath,
            with(vec![(
                "p.md",
                "---\npath: /topics/x\ntitle: P\n---\nText\n",
            )]),
            "p.md:2:1",
        ),
        (
            Rule::ShadowingPath,
            with(vec![("p.md", "---\npath: /Other\ntitle: P\n---\nText\n")]),
            "o/other.md:1:1",
        ),
        (
            Rule::MalformedPath,
            with(vec![("p.md", "---\npath: /a/../b\ntitle: P\n---\nText\n")]),
            "p.md:2:1",
        ),
        (
            Rule::ReadingOrder,
            with(vec![(
                "p.md",
                "---\npath: /p\ntitle: P\nnext: /nowhere\n---\nText\n",
            )]),
            "p.md:4:7",
        ),
        (
            Rule::UndefinedReference,
            note("See Learning_Nowhere.\n"),
            "n.md:5:5-21",
        ),
        (
            Rule::DuplicateAnchor,
            note("# A <<Learning_A>>\n\n# B <<Learning_A>>\n"),
            "n.md:7:5-19",
        ),
        (
            Rule::MalformedAnchor,
            note("# A <Learning_A>>\n"),
            "n.md:5:5-18",
        ),
        (
            Rule::MalformedAnchor,
            demo("An <<Learning_Gone>>.\n```console\n$ docker ps\n```\n"),
            "demos/d.md:5:4-21",
        ),
        (
            Rule::EmptyHeading,
            note("Text\n\n##\n\nmore\n"),
            "n.md:7:1-3",
        ),
        (Rule::BrokenLink, note("[a](gone.md)\n"), "n.md:5:1-13"),
        (Rule::BrokenLink, note("[a](gone.pdf)\n"), "n.md:5:1-14"),
        (
            Rule::BrokenLink,
            note("[a](/topics/Learning_X)\n"),
            "n.md:5:1",
        ),
        (Rule::BrokenLink, note("[a](/demos/gone)\n"), "n.md:5:1"),
        (Rule::BrokenLink, note("[a](../../gone)\n"), "n.md:5:1-16"),
        (
            Rule::BrokenFragment,
            with(vec![(
                "n.md",
                "---\npath: /n\ntitle: N\n---\n[a](o/other.md#gone)\n",
            )]),
            "n.md:5:1-21",
        ),
        (
            Rule::UnsafeLink,
            note("a [b](javascript:x)\n"),
            "n.md:5:3-20",
        ),
        (
            Rule::UnknownLiveValue,
            note("[a](live:gone)\n"),
            "n.md:5:1-15",
        ),
        (Rule::MissingImage, note("![a](gone.png)\n"), "n.md:5:1-15"),
        (
            Rule::ImageWithoutText,
            with(vec![
                ("n.md", "---\npath: /n\ntitle: N\n---\nan ![](i.png)\n"),
                ("i.png", "x"),
            ]),
            "n.md:5:4",
        ),
        (
            Rule::TableRow,
            note("| a |\n| - |\n| b | c |\n"),
            "n.md:7:7",
        ),
        (Rule::OpenComment, note("<!-- a\n"), "n.md:5:1"),
        (
            Rule::UnknownPanel,
            with(vec![(
                "attachments.toml",
                "[topics]\nLearning_Other = ['gone']\n",
            )]),
            "attachments.toml:2:19",
        ),
        (Rule::UnknownPanel, note("[a](/panels/gone)\n"), "n.md:5:1"),
        (
            Rule::UnknownTopic,
            with(vec![(
                "attachments.toml",
                "[topics]\nLearning_Gone = ['layers']\n",
            )]),
            "attachments.toml:2:1-14",
        ),
        (
            Rule::UnknownTopic,
            with(vec![(
                "demos/none.toml",
                "[topics]\nLearning_Gone = 'why'\n",
            )]),
            "demos/none.toml:2:1-14",
        ),
        (
            Rule::UnknownTopic,
            with(vec![(
                "demos/d.md",
                "---\ntitle: D\ntopic: Learning_Gone\n---\n```console\n$ docker ps\n```\n",
            )]),
            "demos/d.md:3:1",
        ),
        (
            Rule::UnreadableList,
            with(vec![("attachments.toml", "[topics\n")]),
            "attachments.toml:1:8",
        ),
        (
            Rule::UnreadableList,
            with(vec![("demos/none.toml", "topics = 3\n")]),
            "demos/none.toml:1:10",
        ),
        (
            Rule::DemoName,
            with(vec![(
                "demos/My Demo.md",
                &format!("---\ntitle: D\ntopic: Learning_Other\n---\n{good}"),
            )]),
            "demos/My Demo.md:1:1",
        ),
        (
            Rule::RefusedCommand,
            demo("```console\n$ docker run --privileged busybox\n```\n"),
            "demos/d.md:6:3-34",
        ),
        (
            Rule::RefusedCommand,
            demo("```console\n$ docker frobnicate\n```\n"),
            "demos/d.md:6:3-20",
        ),
        (Rule::DemoFormat, demo("No command.\n"), "demos/d.md:1:1"),
    ]
}

#[test]
fn every_rule_is_told_where_it_is_broken_and_nothing_beside_it() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (rule, files, place) in broken() {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(f, b)| (*f, &**b)).collect();
        let told = of(&files);
        let begin = format!("{place} {}: ", rule.name());
        match &told[..] {
            [one] if one.starts_with(&begin) => {}
            _ => wrong.push(format!("{begin}: {told:#?}")),
        }
        seen.insert(rule);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // Files that cannot be read have a test of their own.
    seen.insert(Rule::UnreadableFile);
    assert_eq!(seen, Rule::ALL.iter().copied().collect());
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_told_and_not_followed() {
    let outside = tempfile::tempdir().expect("a folder");
    write(
        outside.path(),
        &[("secret.md", b"# Secret\n"), ("s.png", b"x")],
    );
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("{FRONT}![s](s.png) and [h](.hidden.pdf) and [f](sub)\n");
    write(
        folder.path(),
        &[
            ("n.md", text.as_bytes()),
            (".hidden.pdf", b"x"),
            ("sub/x.txt", b"x"),
        ],
    );
    let link = |name: &str| {
        let to = outside.path().join(name);
        std::os::unix::fs::symlink(to, folder.path().join(name)).expect("a link");
    };
    link("secret.md");
    link("s.png");
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("a link");
    let told = told(&checked(folder.path()));
    let begins = [
        "loop:1:1 unreadable-file: ",
        "n.md:5:1-12 missing-image: this leads to s.png, a link out of",
        "n.md:5:17-33 broken-link: this leads to .hidden.pdf, which is hidden",
        "n.md:5:38-46 broken-link: this leads to the folder sub",
        "secret.md:1:1 unreadable-file: ",
    ];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for (told, begin) in told.iter().zip(begins) {
        assert!(told.starts_with(begin), "{told}");
    }
}

#[test]
fn what_comes_with_waterline_has_nothing_to_mend() {
    let edition = content::load(&Content::Embedded).expect("it is built in");
    assert_eq!(told(&check(&edition)), [""; 0]);
    // As a folder, too: its own lists are read then.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    assert_eq!(told(&checked(&folder)), [""; 0]);
}

#[test]
fn an_undefined_name_is_told_at_each_place_with_what_it_may_mean() {
    let told = of(&[
        (
            "a.md",
            b"---\npath: /a\ntitle: A\n---\n# A <<Learning_Docker_Storage>>\n\nLearning_Docker_Storge, `Learning_Docker_Storge` and Learning_Else\n\nLearning_Mnat is <<Learning_Mnat> here\n",
        ),
        ("demos/d.md", b"---\ntitle: D\ntopic: Learning_Docker_Storage\n---\nSee Learning_Else_.\n```console\n$ docker ps\n```\n"),
    ]);
    assert_eq!(
        told,
        [
            "a.md:7:1-23 undefined-reference: no note defines Learning_Docker_Storge; did you mean Learning_Docker_Storage?",
            "a.md:7:26-48 undefined-reference: no note defines Learning_Docker_Storge; did you mean Learning_Docker_Storage?",
            "a.md:7:54-67 undefined-reference: no note defines Learning_Else",
            "a.md:9:1-14 undefined-reference: no note defines Learning_Mnat; the anchor at a.md:9:18 was meant to",
            "a.md:9:18-34 malformed-anchor: `<<Learning_Mnat>` defines nothing: an anchor has two `<` before its name and two `>` after it; write `<<Learning_Mnat>>`",
            "demos/d.md:5:5-18 undefined-reference: no note defines Learning_Else",
        ]
    );
}

#[test]
fn a_near_anchor_is_told_wherever_text_stands() {
    for (text, place) in [
        ("# A <Learning_A>>\n", "5:5-18"),
        ("A <Learning_A>>\n===\n", "5:3-16"),
        ("# A\n<<1Learning_A>>\n", "6:1-16"),
        ("# A\n\n<<Foo>>\n", "7:1-8"),
        ("* a\n* é <<Learning_A>\n", "6:5-18"),
        ("> quote <FooBar>>\n", "5:9-18"),
        ("| a |\n|---|\n| <<Learning A>> |\n", "7:3-17"),
        ("`<<Learning_A>`\n", "5:2-15"),
        ("*<Foo_Bar>>*\n", "5:2-12"),
        ("<div>\n<Foo_Bar>>\n</div>\n", "6:1-11"),
    ] {
        let told = of_note(text);
        let begin = format!("n.md:{place} malformed-anchor: ");
        assert!(
            told.len() == 1 && told[0].starts_with(&begin),
            "{text}: {told:#?}"
        );
    }
}

#[test]
fn what_is_right_is_not_told() {
    for text in [
        "# A <<Learning_A>>\n\n`vector<<int>>` and vector<<int>>, cat <<EOF>>f, << parameters.x >>\n",
        "```\n# <Learning_A>>\n##\n![](x.png) [x](gone.md) Learning_Gone\n```\n",
        "    indented <Learning_A>> ![](x)\n",
        "<!-- <Learning_A>> ![](x.png) Learning_Gone -->\n",
        "\\<<Learning_A> and [text](https://a.org/<Learning_A>>)\n\n# A <<Learning_A>>\n",
        "# <<Learning_A>>\n\n## ![a logo](https://a.org/x.png)\n\n## 容器\n\n## `code`\n",
        "[top](#top) [up](#) [a](#Learning_A) [b](n.md#some-head) [c](/n#some-head) [me](n.md)\n\n# A <<Learning_A>>\n\n## Some head\n",
        "[a](/) [b](/map) [c](/demos) [d](/topics/Learning_A) [e](/panels/layers?of=x) [f](/values#kernel) [g](mailto:a@b.org) [h](//a.org/x)\n\n# <<Learning_A>>\n",
        "[a](live:kernel) ![pic](i%20mg/p%23.png) [file](i%20mg/p%23.png) [abs](/i%20mg/p%23.png)\n",
        "Optional<Person>, List<Map<K, FooBar>> and <version>, a <-- b\n",
        "one.two <b@c.org> <https://a.org/A_B>\n",
        "[text][A label], [text][A  LABEL], [text][], ![pic][text], list[a][b] [1][2] [ ][x] `[a][gone]` \\[a][gone]\n\n```\n[a][gone] [^9]\n```\n\n[a label]: n.md\n[text]: i%20mg/p%23.png\n",
        "[^a-z]+ and [^] and `[^9]` and \\[^9]\n",
        "It holds.[^1] And [^Two].\n\n[^1]: why\n[^two]: what\n",
        "[a](/files/i%20mg/p%23.png) [b](/demos/d#step-1) [c](demos/d.md#more-words) [d](/topics/Learning_A#part) [e](/gallery/layers)\n\n# <<Learning_A>>\n\n## Part\n",
    ] {
        let note = format!("{FRONT}{text}");
        let demo = b"---\ntitle: D\ntopic: Learning_Other\n---\nFirst.\n\n```console\n$ docker ps\n```\n\n## More words\n";
        let told = of(&[
            ("n.md", note.as_bytes()),
            ("i mg/p#.png", b"x"),
            OTHER,
            ("demos/d.md", demo),
        ]);
        assert!(told.is_empty(), "{text}: {told:#?}");
    }
}

#[test]
fn a_broken_link_says_what_may_be_meant() {
    let text = format!(
        "{FRONT}[a](O/Other.md) [b](o/othr.md) [c](elsewhere/other.md) [d](o/other.pdf)\n[e](o/other.md#Some-wrods) [f](#Learning_Other) [g](/topics/Learning_Othr)\n![h](pics/Disk.png) [i](pics/a%20#b.png) ![j](disc#1.PNG) [k](www.example.org) [[othr]] [[Learning_Other#x]]\n"
    );
    let told = of(&[
        ("n.md", text.as_bytes()),
        OTHER,
        ("pics/a #b.png", b"x"),
        ("img/disk.png", b"x"),
        ("disc#1.PNG", b"x"),
    ]);
    let means: Vec<&str> = told
        .iter()
        .map(|told| told.rsplit("; ").next().unwrap_or_default())
        .collect();
    assert_eq!(
        means,
        [
            "did you mean o/other.md?",
            "did you mean o/other.md?",
            "did you mean o/other.md?",
            "did you mean o/other.md?",
            "did you mean #some-words?",
            "o/other.md defines Learning_Other",
            "did you mean Learning_Other?",
            "did you mean img/disk.png?",
            "a `#` in the name of a file is written `%23`",
            "a `#` in the name of a file is written `%23`",
            "did you mean https://www.example.org?",
            "did you mean [[o/other]]?",
            "write [[Learning_Other]], or [[o/other#…]] for a heading of its note",
        ],
        "{told:#?}"
    );
}

#[test]
fn a_label_that_nothing_defines_is_told() {
    for (text, expected) in [
        (
            "é [text][gone]\n",
            "5:3-15 broken-link: no line `[gone]: …` says where this leads",
        ),
        (
            "a [the\ndocs][A  labl]\n\n[a label]: n.md\n",
            "5:3-7 broken-link: no line `[A labl]: …` says where this leads; did you mean [a label]?",
        ),
        (
            "a [text][] b\n",
            "5:3-11 broken-link: no line `[text]: …` says where this leads",
        ),
        (
            "> ![a disk][1]\n",
            "5:3-15 missing-image: no line `[1]: …` says where this leads",
        ),
        (
            "So it is.[^1]\n",
            "5:10-14 broken-link: no line `[^1]: …` is the footnote that this asks for",
        ),
        (
            "So[^note] it is[^note2].\n\n[^note]: a\n",
            "5:16-24 broken-link: no line `[^note2]: …` is the footnote that this asks for; did you mean [^note]?",
        ),
    ] {
        assert_eq!(of_note(text), [format!("n.md:{expected}")], "{text}");
    }
}

#[test]
fn a_link_to_no_place_of_a_page_that_is_there_is_told() {
    let text = format!(
        "{FRONT}[a](demos/d.md#mor-words) [b](/demos/d#step-x) [c](/topics/Learning_Other#gone) [d](/map/x) [e](/gallery/layer) [f](/metrics)\n[g](/demos/e) [h](/files/o/gone.png)\n"
    );
    let demo = b"---\ntitle: D\ntopic: Learning_Othr\n---\n[own](#gone) [other](../o/other.md#gone)\n\n```console\n$ docker ps\n```\n\n## More words\n";
    let none = b"[topics]\nLearning_Othe = 'why'\n";
    let list = b"[topics]\nLearning_Otter = []\n";
    let told = of(&[
        ("n.md", text.as_bytes()),
        OTHER,
        ("demos/d.md", demo),
        ("demos/none.toml", none),
        ("attachments.toml", list),
    ]);
    assert_eq!(
        told,
        [
            "attachments.toml:2:1-15 unknown-topic: no note defines the topic Learning_Otter; did you mean Learning_Other?",
            "demos/d.md:3:1 unknown-topic: no note defines the topic Learning_Othr; did you mean Learning_Other?",
            "demos/d.md:5:1-13 broken-fragment: this demo has no heading `#gone`",
            "demos/d.md:5:14-41 broken-fragment: o/other.md has no heading or topic `#gone`",
            "demos/none.toml:2:1-14 unknown-topic: no note defines the topic Learning_Othe; did you mean Learning_Other?",
            "n.md:5:1-26 broken-fragment: demos/d.md has no heading `#mor-words`; did you mean #more-words?",
            "n.md:5:27-47 broken-fragment: demos/d.md has no heading `#step-x`",
            "n.md:5:48 broken-fragment: o/other.md has no heading or topic `#gone`",
            "n.md:5:81 broken-link: this leads to /map/x, and no page is there",
            "n.md:5:93 unknown-panel: no panel is named \"layer\"; did you mean layers?",
            "n.md:5:113 broken-link: this leads to /metrics, and no page is there",
            "n.md:6:1 broken-link: there is no demo e; did you mean d?",
            "n.md:6:15-37 broken-link: this leads to o/gone.png, which is not in the notebook",
        ]
    );
}

#[test]
fn an_address_that_says_nothing_is_told() {
    let text = "[a]() [b](<>) [c](http://) [d](mailto:) ![e]() [f](//) <https://>\n";
    let told = of_note(text);
    assert_eq!(
        told,
        [
            "n.md:5:1-6 broken-link: this has no address: say between `(` and `)` where it leads",
            "n.md:5:7-14 broken-link: this has no address: say between `(` and `)` where it leads",
            "n.md:5:15-27 broken-link: nothing follows `http://` in this address",
            "n.md:5:28-40 broken-link: nothing follows `mailto:` in this address",
            "n.md:5:41-47 missing-image: this has no address: say between `(` and `)` where it leads",
            "n.md:5:48-55 broken-link: nothing follows `//` in this address",
            "n.md:5:56-66 broken-link: nothing follows `https://` in this address",
        ]
    );
}

#[test]
fn bytes_that_are_no_text_are_told_once() {
    let binary: Vec<u8> = (0..200_000_u32).map(|n| (n * 7919 % 251) as u8).collect();
    let told = of(&[("n.md", &binary)]);
    let not_text = told.iter().filter(|told| told.contains("not-text"));
    assert!(not_text.count() >= 1, "{told:#?}");
    assert!(told.len() <= 5, "{told:#?}");
}

#[test]
fn each_rule_stands_in_the_documentation_as_it_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/author/check/rules.md");
    let text = fs::read_to_string(file).expect("the table of the rules");
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| `") && !line.starts_with("| `--"))
        .collect();
    let rules: Vec<String> = Rule::ALL
        .iter()
        .map(|rule| {
            let severity = rule.severity().name();
            format!("| `{}` | {severity} | {} |", rule.name(), rule.means())
        })
        .collect();
    assert_eq!(rows, rules, "\n{}\n", rules.join("\n"));
    assert!(Rule::ALL.iter().any(|r| r.severity() == Severity::Note));
}

#[test]
fn large_odd_notes_are_checked_to_the_end() {
    let odd = [
        (
            "near-anchors in one line",
            "<a>> <<Learning_X> ".repeat(25_000),
        ),
        (
            "undefined names in one line",
            "Learning_Gone_A <B_C>> ".repeat(20_000),
        ),
        ("brackets", "<".repeat(500_000) + &">".repeat(500_000)),
        ("pairs of brackets", "<>".repeat(500_000)),
        (
            "links to headings",
            "[a](#x) ".repeat(20_000) + "\n" + &"\n# h\n".repeat(20_000),
        ),
        ("links to files", "[a](x.md) ".repeat(40_000)),
        (
            "images in images",
            "![".repeat(100_000) + &"](x)".repeat(50_000),
        ),
        ("empty headings", "#\n".repeat(200_000)),
    ];
    for (what, text) in odd {
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!("{FRONT}{text}");
        write(folder.path(), &[("n.md", text.as_bytes())]);
        let content = Content::Folder(folder.path().to_owned());
        let edition = content::load(&content).expect("a folder");
        let problems = check(&edition);
        let mut out = Vec::new();
        Report::new(
            &edition,
            &content,
            &problems[..problems.len().min(200)],
            "/".into(),
        )
        .write(Format::Text, false, &mut out)
        .expect("it is written");
        let told = String::from_utf8(out).expect("text");
        assert!(told.contains("1 note"), "{what}: {told}");
    }
}
