//! Whatever line is typed: the parser does not panic, and what is permitted stays within
//! the sandbox.

use crate::refusal_cases::{cases, snapshot};
use crate::stays_inside::check;
use proptest::prelude::*;
use waterline::demos::command::{TABLE, parse};
use waterline::demos::sandbox::permit;

/// Words of which command lines are made, good ones and bad ones.
fn word() -> impl Strategy<Value = String> {
    let flags: Vec<String> = TABLE
        .iter()
        .flat_map(|part| part.iter())
        .flat_map(|verb| verb.flags())
        .flat_map(|flag| {
            let short = flag.short.map(|short| format!("-{short}"));
            [format!("--{}", flag.long)].into_iter().chain(short)
        })
        .collect();
    const VALUES: &[&str] = &[
        "busybox",
        "busybox:latest",
        "alpine",
        "snap:1",
        "snap",
        "web",
        "db",
        "front",
        "bridge",
        "host",
        "none",
        "stranger",
        "data",
        "data:/data",
        "data:/proc",
        "/:/host",
        "/data",
        "new:/x:ro",
        "other:/y",
        "16m",
        "64m",
        "65m",
        "1g",
        "0",
        "-1",
        "1",
        "64",
        "65",
        "0.5",
        "2",
        "sh",
        "-c",
        "sleep",
        "type=tmpfs,dst=/t",
        "all",
        "type=bind,src=/,dst=/t",
        "type=volume,src=data,dst=/m",
        "/t:size=1m",
        "/t:size=1g",
        "a=b",
        "/tmp",
        "com.docker.compose.project=x",
        "wl-me345678-web",
        "wl-abcd1234-web",
        "container:web",
        "x1",
        "y2",
        "name=front,ip=1.2.3.4",
        "1111",
        "11",
        "5",
        "eee",
        "{{.Names}}",
        "../x",
        "true",
        "false",
        "--",
    ];
    prop_oneof![
        3 => prop::sample::select(flags.clone()),
        3 => prop::sample::select(VALUES).prop_map(str::to_owned),
        1 => (prop::sample::select(flags), prop::sample::select(VALUES)).prop_map(|(flag, value)| format!("{flag}={value}")),
        1 => "[a-z/:=.-]{0,6}",
    ]
}

fn line() -> impl Strategy<Value = String> {
    let verbs: Vec<&str> = TABLE
        .iter()
        .flat_map(|part| part.iter())
        .flat_map(|verb| verb.spellings())
        .collect();
    let quoted = |words: Vec<String>| -> Vec<String> {
        words
            .iter()
            .map(|word| format!("'{}'", word.replace('\'', "")))
            .collect()
    };
    let any_verb = prop::sample::select(verbs);
    let verb = prop_oneof![2 => Just("run"), 1 => Just("create"), 2 => any_verb];
    (
        verb,
        prop::collection::vec(word(), 0..7),
        prop::bool::weighted(0.7),
    )
        .prop_map(move |(verb, mut words, image)| {
            // Else hardly any run would be permitted.
            if image && matches!(verb, "run" | "create") {
                words.push("busybox".into());
            }
            format!("docker {verb} {}", quoted(words).join(" "))
        })
}

/// A run of flags that a sandbox takes, with values that it may or may not take.
fn fair_run() -> impl Strategy<Value = String> {
    let flag = prop_oneof![
        Just("--init".to_owned()),
        (1..90_u32).prop_map(|mb| format!("-m {mb}m")),
        (0..9_u32).prop_map(|tenths| format!("--cpus 0.{tenths}")),
        (-1..90_i32).prop_map(|pids| format!("--pids-limit {pids}")),
        "(data|new|n2|wl-abcd1234-x|/etc)?:?/(x|proc|etc|data|x/y|dev/shm|./bin|a/../sys)(:ro)?"
            .prop_map(|v| format!("-v '{v}'")),
        "/(x|t|sys|proc/1)(:size=[0-9]{1,3}[km]?)?".prop_map(|v| format!("--tmpfs {v}")),
        "(type=(volume|tmpfs|bind),)?(src=(data|new|/etc),)?dst=/(m|proc|etc|m/n)(,readonly)?"
            .prop_map(|v| format!("--mount {v}")),
        "(front|bridge|none|host|333|other)".prop_map(|v| format!("--network {v}")),
        "[a-z]{1,4}(/|\\.\\.)?".prop_map(|v| format!("--name {v}")),
        "[a-z.]{1,9}=x".prop_map(|v| format!("-l {v}")),
        "[a-zA-Z]{0,3}=x".prop_map(|v| format!("-e {v}")),
        "/?(tmp|proc|sys/x|data)".prop_map(|v| format!("-w {v}")),
    ];
    (
        prop::collection::vec(flag, 0..5),
        "(busybox|snap:1|alpine|eee)",
    )
        .prop_map(|(flags, image)| format!("docker run {} {image}", flags.join(" ")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_at_all_is_read_without_a_panic(text in any::<String>(), docker in any::<bool>()) {
        let line = if docker { format!("docker {text}") } else { text };
        check(&line);
    }

    #[test]
    fn words_of_the_docker_command_stay_inside(line in line()) {
        check(&line);
    }

    #[test]
    fn runs_with_supported_flags_stay_inside(line in fair_run()) {
        check(&line);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn a_refused_line_stays_refused_with_words_behind_it(words in "[a-z ]{0,20}") {
        let snapshot = snapshot();
        for case in cases() {
            // Words behind it may be what was missing, or end up in a comment or a quote.
            let may_change = matches!(case.rule.as_str(), "usage" | "missing" | "shell");
            if may_change || case.line.len() > 4000 {
                continue;
            }
            let line = format!("{} {words}", case.line);
            let refused = parse(&line).and_then(|command| permit(&command, &snapshot));
            prop_assert!(refused.is_err(), "{line}");
        }
    }
}

/// The runs above are no empty words: a good part of them is permitted.
#[test]
fn the_properties_speak_of_permitted_runs() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut permitted = 0;
    for _ in 0..500 {
        let line = fair_run().new_tree(&mut runner).expect("a line").current();
        permitted += usize::from(check(&line));
    }
    assert!(permitted > 50, "{permitted} of 500");
}

/// What the fuzz target is started with, and what it found.
#[test]
fn the_saved_corpus_stays_inside() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/command_corpus");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        check(&String::from_utf8_lossy(&bytes));
        tried += 1;
    }
    assert!(tried >= 15, "{tried}");
}
