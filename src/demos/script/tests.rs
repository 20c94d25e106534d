//! Tests of demo files: what they say, what is wrong with them, what came and what not.

use super::*;
use crate::demos::stock::Demos;
use crate::notebook::{Notebook, Rules};
use proptest::prelude::*;
use std::time::Instant;

const NOTE: &str = "---\npath: /n\ntitle: N\n---\n# N <<Learning_N>>\n";
const FRONT: &str = "---\ntitle: X\ntopic: Learning_N\nminutes: 3\n---\n";

fn demos(files: &[(&str, &str)]) -> Demos {
    let files = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
        .chain([("n.md".to_owned(), NOTE.into())]);
    Demos::of(&Notebook::from_files(files, &Rules::default()))
}

/// The demo with this below its front matter.
fn demo(body: &str) -> Demo {
    let demos = demos(&[("demos/x.md", &format!("{FRONT}{body}"))]);
    Demo::clone(demos.get("x").expect("it is there"))
}

fn told(demos: &Demos) -> Vec<String> {
    demos
        .problems()
        .iter()
        .map(|p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.message))
        .collect()
}

/// What is wrong with a demo with this below its front matter, which has 5 lines.
fn wrong(body: &str) -> Vec<String> {
    let demos = demos(&[("demos/x.md", &format!("{FRONT}{body}"))]);
    told(&demos)
        .iter()
        .map(|told| told.trim_start_matches("demos/x.md:").to_owned())
        .collect()
}

fn came(stdout: &[u8], stderr: &[u8], code: i32) -> Actual {
    Actual {
        stdout: stdout.to_vec(),
        stderr: stderr.to_vec(),
        end: End::Code(code),
    }
}

/// A step with these lines below it.
fn step(lines: &str) -> Step {
    let demo = demo(&format!("```console\n$ docker ps\n{lines}```\n"));
    assert_eq!(demo.problems, [], "{lines}");
    demo.step(1).expect("a step").clone()
}

fn verdict(lines: &str, actual: &Actual) -> Verdict {
    let step = step(lines);
    compare(&step.expected, actual, step.order)
}

#[track_caller]
fn passes(lines: &str, stdout: &str) {
    let verdict = verdict(lines, &came(stdout.as_bytes(), b"", 0));
    assert_eq!(verdict, Verdict::Passed, "{lines}");
}

#[track_caller]
fn fails(lines: &str, stdout: &str) -> String {
    match verdict(lines, &came(stdout.as_bytes(), b"", 0)) {
        Verdict::Failed(diff) => diff.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_of_the_format_is_read() {
    let demo = demo(
        "The container gets a layer of its own, see Learning_N.\n\n\
         ```console took<2s took>100ms\n\
         $ docker run -d --init \\\n    --name notes busybox sleep 600\n\
         [..]\n\
         $ docker exec notes cat /nothing\n\
         ! cat: can't open '/nothing': No such file or directory\n\
         [1]\n\n\
         $ docker diff notes\nC /a\n```\n\
         ```yaml file=compose.yaml\nservices: {}\n```\n",
    );
    assert_eq!(demo.problems, []);
    assert_eq!(demo.minutes, Some(3));
    let block = demo.blocks().next().expect("a block");
    assert_eq!(block.took.under, Some(Duration::from_secs(2)));
    assert_eq!(block.took.over, Some(Duration::from_millis(100)));
    let [run, cat, diff] = &block.steps[..] else {
        panic!("{block:#?}");
    };
    assert_eq!(
        run.command,
        "docker run -d --init     --name notes busybox sleep 600"
    );
    assert_eq!((run.line, run.command_end, run.end), (9, 10, 11));
    assert!(run.expected.stdout[0].pattern.is_wild());
    assert_eq!((cat.number, cat.line, cat.end), (2, 12, 14));
    assert!(cat.expected.stdout.is_empty());
    assert_eq!(cat.expected.stderr[0].at, 13);
    assert_eq!(cat.expected.code, 1);
    assert_eq!((diff.line, diff.order), (16, Order::Any));
    assert_eq!(cat.order, Order::AsWritten);
    let Some(Part::File(file)) = demo.parts.last() else {
        panic!("{:#?}", demo.parts);
    };
    assert_eq!(
        (&*file.name, &*file.text),
        ("compose.yaml", "services: {}\n")
    );
    assert!(matches!(&demo.parts[0], Part::Text { html, .. } if html.contains("class=\"ref\"")));
}

#[test]
fn a_command_goes_on_after_an_odd_backslash_only() {
    let demo =
        demo("```console\n$ docker exec a echo \\\\\n\\\\\n$ docker exec a echo \\\\\\\nx\n```\n");
    let commands: Vec<&str> = demo.steps().map(|step| step.command.as_str()).collect();
    assert_eq!(
        commands,
        ["docker exec a echo \\\\", "docker exec a echo \\\\x"]
    );
}

#[test]
fn a_file_is_there_for_the_steps_below_it() {
    let demo = demo(
        "```console\n$ docker ps\n```\n```yaml file=a.yaml\none: 1\n```\n\
         ```console\n$ docker ps\n```\n```yaml file=a.yaml\ntwo: 2\n```\n```console\n$ docker ps\n```\n",
    );
    let texts = |number| -> Vec<&str> {
        demo.files_at(number)
            .iter()
            .map(|file| file.text.as_str())
            .collect()
    };
    assert!(texts(1).is_empty());
    assert_eq!(texts(2), ["one: 1\n"]);
    assert_eq!(texts(3), ["two: 2\n"]);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (body, told) in [
        ("Text only.\n", "1:1: this demo has no command"),
        (
            "```console\n```\n",
            "6:1: this console block has no command",
        ),
        (
            "```console\nhi\n$ docker ps\n```\n",
            "7:1: no command stands above this line",
        ),
        (
            "```console\n$ docker ps \\\n```\n",
            "7:1: the command goes on",
        ),
        (
            "```console\n$ \n```\n",
            "7:1: there is no command on this line",
        ),
        (
            "```console\n$ docker ps\n! e\no\n```\n",
            "9:1: standard output comes before",
        ),
        (
            "```console\n$ docker ps\n[1]\no\n```\n",
            "9:1: nothing comes after the exit code",
        ),
        (
            "```console\n$ docker ps\n[0]\n```\n",
            "8:1: an exit code of 0 is not written",
        ),
        (
            "```console\n$ docker ps\n[256]\n```\n",
            "8:1: 256 is no exit code",
        ),
        (
            "```console\n$ docker ps\n[99999999999]\n```\n",
            "8:1: 99999999999 is no exit code",
        ),
        (
            "```console fast\n$ docker ps\n```\n",
            "6:1: a console block does not know “fast”",
        ),
        (
            "```console took<soon\n$ docker ps\n```\n",
            "6:1: write a time like",
        ),
        (
            "```console took<1s took>2s\n$ docker ps\n```\n",
            "6:1: no time is both",
        ),
        (
            "- x\n\n  ```console\n  $ docker ps\n  ```\n",
            "8:3: a block that is run",
        ),
        (
            " ```console\n $ docker ps\n ```\n",
            "6:2: a block that is run",
        ),
        (
            "```console\n$ docker ps\n",
            "6:1: this block has no closing fence",
        ),
        (
            "```yaml file=../x\n```\n",
            "6:1: a file of a demo has a plain name",
        ),
        (
            "```yaml file=/etc/x\n```\n",
            "6:1: a file of a demo has a plain name",
        ),
        (
            "```yaml file=\n```\n",
            "6:1: a file of a demo has a plain name",
        ),
        (
            "```yaml file=.env\n```\n",
            "6:1: a file of a demo has a plain name",
        ),
        (
            "```console\n$ docker ps\nrefused: nothing\n```\n",
            "8:1: no refusal has that name; there are ",
        ),
        (
            "```console\n$ docker ps\na\nrefused: bind\n```\n",
            "9:1: nothing comes out of a command",
        ),
    ] {
        let wrong = wrong(body);
        assert!(
            wrong.iter().any(|w| w.starts_with(told)),
            "{body}: {wrong:#?}"
        );
    }
}

#[test]
fn what_is_wrong_with_a_demo_as_a_whole_is_told() {
    let ok = "```console\n$ docker ps\n```\n";
    let with = |front: &str| {
        told(&demos(&[(
            "demos/x.md",
            &format!("---\n{front}\n---\n{ok}"),
        )]))
    };
    assert!(with("title: X\ntopic: Learning_N").is_empty());
    assert_eq!(
        with("title: X\ntopic: Learning_Nobody"),
        ["demos/x.md:3:1: no note defines the topic Learning_Nobody"]
    );
    assert_eq!(
        with("title: X\ntopic: Learning_N\nminutes: many"),
        ["demos/x.md:4:1: `minutes` is a whole number from 1 to 120"]
    );
    assert!(with("title: X")[0].contains("has no `topic`"));

    let text = format!("{FRONT}{ok}");
    let two = demos(&[("demos/a/x.md", &text), ("demos/b/x.md", &text)]);
    assert_eq!(
        told(&two),
        ["demos/b/x.md:1:1: another demo is named x too: demos/a/x.md"]
    );
    assert_eq!(two.len(), 1);
    assert_eq!(two.of_topic("Learning_N").count(), 1);
    let odd = told(&demos(&[("demos/Ünix_x.md", &text)]));
    assert!(odd[0].contains("a demo is named by its file"), "{odd:?}");

    let long = format!("{FRONT}{ok}{}", "x\n".repeat(read::FILE_BYTES));
    assert!(told(&demos(&[("demos/x.md", &long)]))[0].contains("larger than 256 KB"));
    let steps = "$ docker ps\n".repeat(read::STEPS + 1);
    assert!(wrong(&format!("```console\n{steps}```\n"))[0].contains("100 steps at most"));
    let lines = "a\n".repeat(read::LINES + 9);
    let many = wrong(&format!("```console\n$ docker ps\n{lines}```\n"));
    assert_eq!(many.len(), 1, "{many:?}");
    assert!(
        many[0].starts_with("408:1: a step expects 400 lines"),
        "{many:?}"
    );
}

#[test]
fn a_refused_command_is_a_problem_unless_the_demo_shows_the_refusal() {
    let bind = "```console\n$ docker run -v /etc:/x busybox true\n";
    let told = wrong(&format!("{bind}```\n"));
    assert!(told[0].starts_with("7:3: "), "{told:?}");
    assert!(
        told[0].ends_with("says `refused: bind` below the command)"),
        "{told:?}"
    );
    assert_eq!(wrong(&format!("{bind}refused: bind\n```\n")), [""; 0]);
    let other = wrong(&format!("{bind}refused: verb\n```\n"));
    assert!(
        other[0].contains("refused by the rule bind, not verb"),
        "{other:?}"
    );

    let block = |lines: &str| wrong(&format!("```console\n{lines}```\n"));
    let terminal = block("$ docker run -it busybox sh\n");
    assert!(terminal[0].contains("`refused: terminal`"), "{terminal:?}");
    let usage = block("$ docker frobnicate\n");
    assert_eq!(usage.len(), 1, "{usage:?}");
    assert_eq!(block("$ docker stop -t 3 nobody\n! ...\n[1]\n"), [""; 0]);
    assert_eq!(block("$ docker run --rm made:1 true\n"), [""; 0]);

    let demo = demo(&format!("{bind}refused: bind\n```\n"));
    let step = demo.step(1).expect("a step");
    let refused = |rule: &str| Actual {
        end: End::Refused {
            rule: rule.to_owned(),
            message: "No.".to_owned(),
        },
        ..came(b"", b"", 0)
    };
    let verdict = |actual| compare(&step.expected, &actual, step.order);
    assert_eq!(verdict(refused("bind")), Verdict::Passed);
    let Verdict::Failed(diff) = verdict(refused("verb")) else {
        panic!("another rule");
    };
    assert_eq!(diff.to_string(), "- refused: bind\n+ refused: verb (No.)\n");
    assert!(matches!(verdict(came(b"", b"", 0)), Verdict::Failed(_)));
}

#[test]
fn a_plain_line_is_the_line_itself() {
    passes("a b\n", "a b\n");
    passes("a b\n", "a b");
    passes("a b\n", "a b\r\n");
    passes("a b\n", "\x1b[31ma b\x1b[0m   \n");
    passes("", "");
    passes("a\n\nb\n", "a\n\nb\n");
    passes("a\n\\\n", "a\n\n");
    assert_eq!(fails("a\nb\n", "a\nc\nb\n"), "  a\n+ c\n  b\n");
    assert_eq!(fails("a\nb\n", "a\n"), "  a\n- b\n");
    assert_eq!(fails("", "x\n"), "+ x\n");
    fails("a\n", "a\n\n");
    fails("a\n", "A\n");
}

#[test]
fn wildcards_stand_for_text_and_for_lines() {
    passes("[..]\n", "\n");
    fails("[..]\n", "");
    passes("[..]\n", "0a1b\n");
    passes("a[..]c[..]\n", "abcd\n");
    passes("a[..]c\n", "acbc\n");
    passes("...\n", "");
    passes("a\n...\n", "a\nb\nc\n");
    passes("...\nc\n", "a\nc\nc\n");
    passes("...\na\n...\nb\n...\n", "x\na\ny\nb\n");
    fails("a[..]c\n", "abcd\n");
    fails("ab[..]ba\n", "aba\n");
    fails("...\nb\n...\na\n...\n", "a\nb\n");
    assert_eq!(
        fails("a\n...\nz\n", "a\nb\nc\n"),
        "  a\n  ... (2 lines)\n- z\n"
    );
    assert_eq!(
        fails("...\n[..]x\nq\n", "1x\n"),
        "  ... (0 lines)\n  1x\n- q\n"
    );
}

#[test]
fn what_looks_like_a_mark_can_be_written() {
    passes("\\$ x\n", "$ x\n");
    passes("\\! x\n", "! x\n");
    passes("\\[1]\n", "[1]\n");
    passes("\\...\n", "...\n");
    passes("\\refused: x\n", "refused: x\n");
    passes("a\\[..]b\n", "a[..]b\n");
    passes("\\[..]b\n", "[..]b\n");
    passes("\\\\...\n", "\\...\n");
    passes("\\n \\x\n", "\\n \\x\n");
    passes("[a]\n[\n]\n", "[a]\n[\n]\n");
    passes("$HOME !x\n", "$HOME !x\n");
    fails("a\\[..]b\n", "axb\n");
}

#[test]
fn both_outputs_and_the_code_are_compared_each_on_its_own() {
    let lines = "o\n! e\n!\n! [..]x\n[3]\n";
    assert_eq!(
        verdict(lines, &came(b"o\n", b"e\n\n1x\n", 3)),
        Verdict::Passed
    );
    let Verdict::Failed(diff) = verdict(lines, &came(b"o\n", b"e\n\nx1\n", 2)) else {
        panic!("it differs");
    };
    assert_eq!(
        diff.to_string(),
        "  o\n  ! e\n  !\n- ! [..]x\n+ ! x1\n- [3]\n+ [2]\n"
    );
    // The file has five lines of front matter, a fence and the command.
    assert_eq!(diff.line(7), 11);
    let Verdict::Failed(code) = verdict("o\n", &came(b"o\n", b"", 1)) else {
        panic!("it differs");
    };
    assert_eq!(code.to_string(), "  o\n- [0]\n+ [1]\n");
    assert_eq!(code.line(7), 8);
}

#[test]
fn an_engine_that_is_away_says_nothing_about_the_note() {
    let away = Actual {
        end: End::CannotTell("nobody listens".into()),
        ..came(b"a\n", b"", 0)
    };
    assert_eq!(
        verdict("b\n", &away),
        Verdict::CannotTell("nobody listens".into())
    );
    let stopped = Actual {
        end: End::Stopped("it ran for 60 s".into()),
        ..came(b"b\n", b"", 0)
    };
    let Verdict::Failed(diff) = verdict("b\n", &stopped) else {
        panic!("stopped is not passed");
    };
    assert_eq!(diff.to_string(), "  b\n- [0]\n+ stopped: it ran for 60 s\n");
}

#[test]
fn lines_in_any_order_are_matched_once_each() {
    let step = |lines: &str| {
        let demo = demo(&format!("```console unordered\n$ docker ps\n{lines}```\n"));
        demo.step(1).expect("a step").clone()
    };
    let verdict = |lines: &str, stdout: &str| {
        let step = step(lines);
        compare(&step.expected, &came(stdout.as_bytes(), b"", 0), step.order)
    };
    assert_eq!(verdict("a\nb\n", "b\na\n"), Verdict::Passed);
    assert_eq!(verdict("a\na\n", "a\na\n"), Verdict::Passed);
    assert_ne!(verdict("a\na\n", "a\nb\n"), Verdict::Passed);
    // The first pattern could take either line, and has to leave one to the second.
    assert_eq!(verdict("[..]a\n1[..]\n", "1a\n2a\n"), Verdict::Passed);
    assert_eq!(
        verdict("[..]a[..]\n1[..]\n[..]b\n", "1ab\na\nb\n"),
        Verdict::Passed
    );
    assert_ne!(verdict("[..]a\n[..]a\n", "1a\n1b\n"), Verdict::Passed);
    assert_eq!(verdict("c\n...\n", "a\nc\nb\n"), Verdict::Passed);
    let Verdict::Failed(diff) = verdict("a\nz\n", "b\na\n") else {
        panic!("it differs");
    };
    assert_eq!(diff.to_string(), "  a\n- z\n+ b\n");
}

#[test]
fn a_comparison_takes_no_longer_than_a_reader_waits() {
    let started = Instant::now();
    // So many `...` that each could take nearly all of it.
    let wild = "...\na\n".repeat(199) + "b\n";
    fails(&wild, &"a\n".repeat(128 * 1024));
    passes(
        &("...\na\n".repeat(199) + "...\n"),
        &"a\n".repeat(128 * 1024),
    );
    // Wildcards within one long line.
    let line = "[..]a".repeat(2000);
    fails(&format!("{line}b\n"), &"a".repeat(256 * 1024));
    passes(&format!("{line}\n"), &"a".repeat(256 * 1024));
    // Lines that differ all over.
    let expected: String = (0..400).map(|n| format!("{n}\n")).collect();
    let actual: String = (0..20_000).map(|n| format!("x{n}\n")).collect();
    let diff = fails(&expected, &actual);
    assert!(diff.lines().count() <= 401, "{}", diff.lines().count());
    assert!(
        diff.ends_with(" lines more)\n"),
        "{}",
        &diff[diff.len() - 40..]
    );
    let unordered = format!(
        "```console unordered\n$ docker ps\n{}```\n",
        "[..]a\n".repeat(100)
    );
    let demo = demo(&unordered);
    let step = demo.step(1).expect("a step");
    let verdict = compare(
        &step.expected,
        &came(&b"b\n".repeat(8_000), b"", 0),
        step.order,
    );
    assert!(matches!(verdict, Verdict::Failed(_)));
    let took = started.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn what_is_long_and_alike_is_left_off_and_what_differs_is_shown() {
    let alike: String = (0..395).map(|n| format!("{n}\n")).collect();
    let diff = fails(
        &format!("{alike}a\n"),
        &format!("{alike}{}", "b\n".repeat(20)),
    );
    assert!(diff.contains("- a\n"), "{diff}");
    assert!(diff.ends_with("lines more)\n"), "{diff}");
}

#[test]
fn a_time_out_of_bounds_is_told() {
    let took = Took {
        under: Some(Duration::from_secs(1)),
        over: Some(Duration::from_millis(100)),
    };
    assert_eq!(took.fault(Duration::from_millis(500)), None);
    assert_eq!(
        took.fault(Duration::from_millis(1250)).as_deref(),
        Some("took 1.25 s, and should take less than 1.00 s")
    );
    assert!(took.fault(Duration::from_millis(20)).is_some());
    assert_eq!(Took::default().fault(Duration::MAX), None);
}

#[test]
fn blessing_writes_what_came_and_keeps_what_still_holds() {
    let body = "Text.\n\n```console\n$ docker run -d \\\n  busybox\n[..]\n\n$ docker ps\nID [..]\nold\n\n\
                $ docker exec x true\n! old\n[1]\n```\n\nMore.\n";
    let demo = demo(body);
    let came = [
        (1, came(b"abc\n", b"", 0)),
        (2, came(b"ID 7\nnew 0123456789ab\n", b"", 0)),
        (3, came(b"$ x\n\n", b"", 0)),
    ];
    let blessed = bless(&demo, &demo.source, &came).expect("it can be");
    let expected = body
        .replace("ID [..]\nold\n", "ID [..]\nnew [..]\n")
        .replace("! old\n[1]\n", "\\$ x\n\\\n");
    assert_eq!(blessed, format!("{FRONT}{expected}"));

    let again = self::demo(blessed.strip_prefix(FRONT).expect("the same front"));
    assert_eq!(again.problems, []);
    for (number, actual) in &came {
        let step = again.step(*number).expect("a step");
        assert_eq!(compare(&step.expected, actual, step.order), Verdict::Passed);
    }
    assert_eq!(bless(&again, &blessed, &came).as_deref(), Ok(&*blessed));
}

#[test]
fn blessing_leaves_a_file_alone_that_it_does_not_know() {
    let demo = demo("```console\n$ docker ps\na\n```\n");
    let came = [(1, came(b"b\n", b"", 0))];
    assert_eq!(bless(&demo, "other", &came), Err(CannotBless::Changed));
    for end in [
        End::CannotTell("away".into()),
        End::Stopped("too long".into()),
        End::Refused {
            rule: "bind".into(),
            message: "no".into(),
        },
    ] {
        let came = [(
            1,
            Actual {
                end,
                ..came[0].1.clone()
            },
        )];
        let told = bless(&demo, &demo.source, &came);
        let nothing = matches!(told, Err(CannotBless::Nothing { line: 7, .. }));
        assert!(
            nothing || matches!(came[0].1.end, End::CannotTell(_)),
            "{told:?}"
        );
    }
    // The line ends and the mark at the start of the file stay.
    let text = format!("\u{feff}{}", demo.source.replace('\n', "\r\n"));
    let windows = demos(&[("demos/x.md", &text)]);
    let windows = windows.get("x").expect("it is there");
    let blessed = bless(windows, &text, &came).expect("it can be");
    assert_eq!(blessed, text.replace("\r\na\r\n", "\r\nb\r\n"));
    // What came cannot end the block.
    let fence = [(1, self::came(b"```\n", b"", 0))];
    assert!(
        bless(&demo, &demo.source, &fence)
            .expect("it can be")
            .contains("\n[..]\n```\n")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_line_can_be_written_so_that_it_means_itself(lines in prop::collection::vec(
        prop_oneof!["[\\\\$!\\[\\].1 a]{0,8}", "\\PC{0,12}", "(refused: |\\.\\.\\.|\\[\\.\\.\\]|\\\\){1,3}a?"], 0..4,
    )) {
        let stdout = lines.join("\n") + if lines.is_empty() { "" } else { "\n" };
        let actual = came(stdout.as_bytes(), stdout.as_bytes(), 0);
        let mut expected = Expected::default();
        for line in output::lines(stdout.as_bytes()) {
            expected.stdout.push(Line { at: 1, pattern: Pattern::literal(&line) });
            expected.stderr.push(Line { at: 1, pattern: Pattern::literal(&line) });
        }
        prop_assert_eq!(compare(&expected, &actual, Order::AsWritten), Verdict::Passed);
        let written: String = expected.written().iter().map(|(_, line)| format!("{line}\n")).collect();
        let body = format!("~~~~~~~~console\n$ docker ps\n{written}~~~~~~~~\n");
        let demo = demo(&body);
        let step = demo.step(1).expect("a step");
        prop_assert_eq!(&demo.problems, &[], "{}", body);
        prop_assert_eq!(compare(&step.expected, &actual, step.order), Verdict::Passed, "{}", body);
        let plain = step.expected.stdout.iter().chain(&step.expected.stderr);
        prop_assert!(plain.into_iter().all(|line| !line.pattern.is_wild()), "{}", body);
    }

    #[test]
    fn no_file_stops_the_reader_and_every_place_is_in_it(text in prop_oneof![
        "\\PC{0,200}",
        prop::collection::vec(prop_oneof![
            Just("```console"), Just("```"), Just("$ docker ps"), Just("$ docker run \\"), Just("! x"),
            Just("[1]"), Just("..."), Just("refused: bind"), Just("---"), Just("topic: Learning_N"),
            Just("```yaml file=a"), Just("- x"), Just("> y"), Just("  ~~~console"), Just(""), Just("\\"),
        ], 0..30).prop_map(|lines| lines.join("\n")),
    ]) {
        let demos = demos(&[("demos/x.md", &text)]);
        let lines = u32::try_from(text.split('\n').count()).expect("few");
        for problem in demos.problems() {
            prop_assert!((1..=lines).contains(&problem.line), "{:?} of {}", problem, lines);
        }
        for demo in demos.all() {
            let mut last = 0;
            for step in demo.steps() {
                prop_assert!(step.line > last && step.line <= step.command_end);
                prop_assert!(step.command_end <= step.end && step.end <= lines);
                last = step.end;
            }
            shell(demo);
            let all: Vec<_> = demo.steps().map(|step| (step.number, came(b"x\n", b"", 0))).collect();
            if let Ok(blessed) = bless(demo, &demo.source, &all) {
                let again = Demos::of(&Notebook::from_files(
                    [("demos/x.md".to_owned(), blessed.clone().into_bytes())], &Rules::default(),
                ));
                let again = again.get("x").expect("still a demo");
                for (number, actual) in &all {
                    let step = again.step(*number).expect("still a step");
                    prop_assert_eq!(compare(&step.expected, actual, step.order), Verdict::Passed, "{}", blessed);
                }
            }
        }
    }
}
