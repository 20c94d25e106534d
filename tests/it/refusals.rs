//! The bad-input suite: whatever a sandbox must refuse is refused before an engine
//! could be asked, in every spelling that the docker command takes.

use crate::refusal_cases::{cases, snapshot};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use waterline::demos::command::{TABLE, VerbDoc, parse};
use waterline::demos::refusal::{Refusal, Rule};
use waterline::demos::sandbox::{Permitted, Target, Thing, permit};
use waterline::engine::hands::FullId;

fn judge(line: &str) -> Result<Permitted, Refusal> {
    parse(line).and_then(|command| permit(&command, &snapshot()))
}

/// What became of a line, in the words of the table.
fn verdict(line: &str) -> String {
    match judge(line) {
        Err(refusal) => refusal.rule.name().to_owned(),
        Ok(permitted) => {
            let missing = |target: &Target| matches!(target, Target::Missing(_));
            match permitted.targets().iter().any(missing) {
                true => "missing".to_owned(),
                false => format!("permitted: {:?}", permitted.verb()),
            }
        }
    }
}

#[test]
fn every_case_is_refused_by_its_rule() {
    let mut wrong = Vec::new();
    for case in cases() {
        let got = verdict(&case.line);
        if got != case.rule {
            let line: String = case.line.chars().take(90).collect();
            wrong.push(format!(
                "refusals.txt:{}: {line}\n    should be {}, is {got}",
                case.at, case.rule
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_suite_is_as_large_as_promised() {
    let mut groups: BTreeMap<u8, usize> = BTreeMap::new();
    for case in cases() {
        *groups.entry(case.group).or_default() += 1;
    }
    assert_eq!(
        groups.keys().copied().collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6, 7, 8, 9]
    );
    assert!(groups.values().all(|count| *count >= 10), "{groups:?}");
    assert!(cases().len() >= 250, "{}", cases().len());
}

#[test]
fn every_refusal_says_why_in_words() {
    for case in cases() {
        let Err(refusal) = judge(&case.line) else {
            continue;
        };
        assert!(
            refusal.message.len() > 20,
            "{}: {}",
            case.line,
            refusal.message
        );
        // A line of 1 MB is not thrown back.
        assert!(
            refusal.message.len() < 2000,
            "{} letters",
            refusal.message.len()
        );
        match refusal.rule {
            Rule::Usage => assert_ne!(refusal.code, Refusal::CODE, "{}", case.line),
            _ => assert_eq!(refusal.code, Refusal::CODE, "{}", case.line),
        }
    }
}

/// A line with so many arguments that the verb would take it.
fn with_arguments(verb: &VerbDoc, flag: &str) -> String {
    let path = verb.paths[0];
    format!("docker {path} {flag} busybox true")
}

#[test]
fn every_refused_flag_is_refused_in_every_spelling() {
    let mut tried = 0;
    for verb in TABLE.iter().flat_map(|part| part.iter()) {
        for flag in verb.refused() {
            let rule = flag.refused.expect("a refused flag");
            let mut spellings = vec![format!("--{}=x", flag.long), format!("--{} x", flag.long)];
            spellings.extend(flag.hidden.iter().map(|name| format!("--{name}=x")));
            if let Some(short) = flag.short {
                spellings.extend([
                    format!("-{short} x"),
                    format!("-{short}x"),
                    format!("-{short}=x"),
                ]);
                // Glued behind a switch.
                if let Some(switch) = verb
                    .taken()
                    .find_map(|flag| flag.short.filter(|_| flag.takes.is_none()))
                {
                    spellings.push(format!("-{switch}{short}x"));
                }
            }
            for spelling in spellings {
                let line = with_arguments(verb, &spelling);
                let refusal = parse(&line).expect_err(&line);
                assert_eq!(refusal.rule, rule, "{line}");
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn a_megabyte_is_refused_at_once() {
    for line in [
        "a".repeat(1 << 20),
        format!("docker run busybox echo '{}'", "x ".repeat(1 << 19)),
    ] {
        let began = Instant::now();
        let refusal = parse(&line).expect_err("too long");
        assert_eq!(refusal.rule, Rule::Text);
        assert!(
            began.elapsed() < Duration::from_millis(5),
            "{:?}",
            began.elapsed()
        );
    }
}

#[test]
fn quotas_hold_for_whatever_makes_one_more() {
    let mut full = snapshot();
    let more = |things: &mut Vec<Thing>, most: usize| {
        while things.len() < most {
            let mut another = things[0].clone();
            another.typed = format!("more{}", things.len());
            things.push(another);
        }
    };
    let limits = full.limits.clone();
    more(&mut full.containers, limits.containers);
    more(&mut full.networks, limits.networks + 1);
    more(&mut full.volumes, limits.volumes);
    let judge = |line: &str, full: &_| parse(line).and_then(|command| permit(&command, full));
    for line in [
        "docker run busybox",
        "docker create --name more busybox",
        "docker network create x1",
        "docker volume create x1",
        "docker volume create",
    ] {
        assert_eq!(
            judge(line, &full).expect_err(line).rule,
            Rule::Quota,
            "{line}"
        );
    }
    full.containers.truncate(1);
    for line in [
        "docker run -v new:/x busybox",
        "docker run -v /x busybox",
        "docker run --mount dst=/x busybox",
    ] {
        assert_eq!(
            judge(line, &full).expect_err(line).rule,
            Rule::Quota,
            "{line}"
        );
    }
    // What makes nothing new goes on.
    for line in [
        "docker run -v data:/x busybox",
        "docker volume create data",
        "docker ps",
        "docker rm -f web",
    ] {
        assert!(judge(line, &full).is_ok(), "{line}");
    }
    full.images = ["a", "c", "d"]
        .map(|digit| Thing {
            typed: format!("snap:{digit}"),
            id: FullId::parse(&format!("sha256:{}", digit.repeat(64))).expect("an id"),
            running: false,
        })
        .into();
    assert_eq!(
        judge("docker commit web new", &full)
            .expect_err("full")
            .rule,
        Rule::Quota
    );
    // Two tags of one image are one image.
    full.images[2].id = full.images[1].id.clone();
    assert!(judge("docker commit web new", &full).is_ok());
}
