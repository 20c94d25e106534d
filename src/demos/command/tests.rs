//! What lines mean: every spelling that docker takes, and docker's own words where it
//! takes none.

use super::verbs::*;
use super::*;
use crate::demos::refusal::Rule;
use crate::engine::hands::{PsArgs, Signal};
use jiff::{SignedDuration, Timestamp};

fn verb(line: &str) -> Verb {
    match parse(line) {
        Ok(command) => command.verb().clone(),
        Err(refusal) => panic!("{line}: {refusal}"),
    }
}

fn run(line: &str) -> Run {
    match verb(line) {
        Verb::Run(run) | Verb::Create(run) => *run,
        other => panic!("{line}: {other:?}"),
    }
}

/// All of `lines` mean the same.
fn same(lines: &[&str]) {
    for line in lines {
        assert_eq!(verb(line), verb(lines[0]), "{line}");
    }
}

#[test]
fn the_spellings_of_a_flag_mean_the_same() {
    same(&[
        "docker stop -t 3 web",
        "docker stop -t3 web",
        "docker stop -t=3 web",
        "docker stop --timeout 3 web",
        "docker stop --timeout=3 web",
        "docker stop --time 3 web",
        "docker stop web -t 3",
        "docker stop -t '3' \"web\"",
        "docker container stop -t 3 -- web",
    ]);
    same(&[
        "docker run -d --init --rm busybox sleep 9",
        "docker run -d --init=true --rm=1 busybox sleep 9",
        "docker run --detach --rm --init busybox sleep 9",
        "docker container run -d=t --init --rm busybox sleep 9",
    ]);
    same(&[
        "docker ps -aqn10",
        "docker ps -a -q -n 10",
        "docker container ls -qan=10",
        "docker container list --all --quiet --last=10",
    ]);
    same(&[
        "docker rmi snap",
        "docker image rm snap",
        "docker image remove snap",
    ]);
    same(&[
        "docker run -v data:/d busybox",
        "docker run -vdata:/d busybox",
        "docker run --volume=data:/d busybox",
        "docker run --mount type=volume,source=data,target=/d busybox",
        "docker run --mount src=data,dst=/d/ busybox",
    ]);
    same(&[
        "docker run --net=front busybox",
        "docker run --network front busybox",
    ]);
    same(&[
        "docker compose -f ./a.yaml -p x up -d",
        "docker compose --file=a.yaml --project-name x up --detach",
    ]);
    assert!(!run("docker run --init=false busybox").init);
    assert!(!run("docker run -d=false busybox").detach);
}

#[test]
fn flags_of_run_and_exec_end_at_the_image_or_container() {
    let run = run("docker run --name n1 busybox sh -c 'exit 3' --privileged -v /:/x");
    assert_eq!(
        run.command,
        ["sh", "-c", "exit 3", "--privileged", "-v", "/:/x"]
    );
    let Verb::Exec(exec) = verb("docker exec -e A=b -w /tmp web ls --all -u root") else {
        panic!()
    };
    assert_eq!(exec.command, ["ls", "--all", "-u", "root"]);
    assert_eq!(
        (exec.env, exec.workdir.as_deref()),
        (vec!["A=b".to_owned()], Some("/tmp"))
    );
}

#[test]
fn quoting_is_a_shells() {
    let command = |line: &str| run(line).command;
    assert_eq!(
        command(r#"docker run busybox echo 'a  b' "c d" e\ f g"h"'i'"#),
        ["echo", "a  b", "c d", "e f", "ghi"]
    );
    assert_eq!(
        command(r#"docker run busybox echo '$HOME;*' "it's \$5 \n" ''"#),
        ["echo", "$HOME;*", r"it's $5 \n", ""]
    );
    assert_eq!(
        command("docker run busybox echo caf\u{e9} '\u{2013}'"),
        ["echo", "caf\u{e9}", "\u{2013}"]
    );
}

#[test]
fn values_are_read_as_docker_reads_them() {
    for (text, bytes) in [
        ("16m", 16 << 20),
        ("16MB", 16 << 20),
        ("16MiB", 16 << 20),
        ("16 mb", 16 << 20),
        ("0.5k", 512),
        ("1048576", 1 << 20),
        ("7b", 7),
    ] {
        assert_eq!(
            run(&format!("docker run -m '{text}' busybox")).memory,
            Some(bytes),
            "{text}"
        );
    }
    for (text, billionths) in [
        ("0.5", 500_000_000),
        (".5", 500_000_000),
        ("1", 1_000_000_000),
        ("0.000000001", 1),
        ("0.50", 500_000_000),
    ] {
        assert_eq!(
            run(&format!("docker run --cpus={text} busybox")).nano_cpus,
            Some(billionths),
            "{text}"
        );
    }
    let since = |text: &str| match verb(&format!("docker logs --since {text} web")) {
        Verb::Logs(logs) => logs.since,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        since("1h1m1.5s"),
        Some(When::Ago(SignedDuration::from_millis(3_661_500)))
    );
    let time = |text: &str| Some(When::At(text.parse::<Timestamp>().expect("a time")));
    assert_eq!(since("2026-11-24T10:00:00Z"), time("2026-11-24T10:00:00Z"));
    assert_eq!(
        since("2026-11-24T10:00:00+02:00"),
        time("2026-11-24T08:00:00Z")
    );
    assert_eq!(
        since("2026-11-24T10:00:00.5"),
        time("2026-11-24T10:00:00.5Z")
    );
    assert_eq!(since("2026-11-24"), time("2026-11-24T00:00:00Z"));
    assert_eq!(since("1795493910.289"), time("2026-11-24T04:18:30.289Z"));
    let now: Timestamp = "2026-11-24T10:00:00Z".parse().expect("a time");
    let ago = since("10m").expect("a time").moment(now);
    assert_eq!(ago.to_string(), "2026-11-24T09:50:00Z");
    for text in ["soon", "10", "m", "1x", "2026-13-01"] {
        let line = format!("docker logs --since {text} web");
        assert_eq!(parse(&line).is_ok(), text == "10", "{text}");
    }
}

#[test]
fn verbs_have_their_fields() {
    let Verb::Kill(kill) = verb("docker kill -s SIGUSR1 web") else {
        panic!()
    };
    assert_eq!(Some(kill.signal), Signal::parse("USR1"));
    let Verb::Top(top) = verb("docker top web -eo pid,comm") else {
        panic!()
    };
    assert_eq!(top.args, PsArgs::Columns(vec!["pid", "comm"]));
    let Verb::Logs(logs) = verb("docker logs -ft -n 5 web") else {
        panic!()
    };
    assert_eq!(
        (logs.follow, logs.timestamps, logs.tail),
        (true, true, Some(5))
    );
    let Verb::Logs(logs) = verb("docker logs --tail all web") else {
        panic!()
    };
    assert_eq!(logs.tail, None);
    let Verb::Commit(commit) = verb("docker commit -m 'a b' -a me --pause=false web shop/web:1.4")
    else {
        panic!()
    };
    assert_eq!(commit.name.expect("a name").to_string(), "shop/web:1.4");
    assert_eq!(
        (
            commit.message.as_deref(),
            commit.author.as_deref(),
            commit.pause
        ),
        (Some("a b"), Some("me"), false)
    );
    let Verb::Ps(ps) = verb("docker ps -f status=exited --filter 'name=w' --format '{{.Names}}'")
    else {
        panic!()
    };
    assert_eq!(ps.filters.len(), 2);
    assert_eq!(
        (&*ps.filters[0].key, &*ps.filters[0].value),
        ("status", "exited")
    );
    assert_eq!(ps.format.as_deref(), Some("{{.Names}}"));
    let Verb::Inspect(inspect) = verb("docker inspect -f '{{json .State}}' --type container web")
    else {
        panic!()
    };
    assert_eq!(
        (inspect.kind, inspect.of_kind),
        (Some(crate::demos::janitor::Kind::Container), false)
    );
    let Verb::Compose(compose) = verb("docker compose -p shop logs -f --no-log-prefix web") else {
        panic!()
    };
    assert_eq!(compose.project.as_deref(), Some("shop"));
    let ComposeAction::Logs {
        services,
        follow: true,
        no_prefix: true,
        ..
    } = compose.action
    else {
        panic!()
    };
    assert_eq!(services.len(), 1);
    let Verb::NetworkCreate(_) = verb("docker network create -d bridge --internal --label a=b n1")
    else {
        panic!()
    };
    let Verb::VolumeCreate(create) = verb("docker volume create -d local") else {
        panic!()
    };
    assert_eq!(create.name, None);
}

#[test]
fn only_what_changes_something_waits_for_its_turn() {
    for (line, changes) in [
        ("docker run busybox", true),
        ("docker exec web id", true),
        ("docker compose up", true),
        ("docker compose ps", false),
        ("docker ps", false),
        ("docker logs -f web", false),
        ("docker wait web", false),
        ("docker run --help", false),
    ] {
        assert_eq!(parse(line).expect(line).changes(), changes, "{line}");
    }
    assert_eq!(
        parse("docker  ps -a ").expect("ps").line(),
        "docker  ps -a "
    );
}

#[test]
fn help_is_there_for_every_verb() {
    for doc in reference() {
        for spelling in doc.spellings() {
            for line in [
                format!("docker {spelling} --help"),
                format!("docker help {spelling}"),
            ] {
                let Verb::Help(text) = verb(&line) else {
                    panic!("{line}")
                };
                assert!(
                    text.starts_with("Usage:  docker ") && text.contains(doc.about),
                    "{text}"
                );
            }
        }
    }
    for line in [
        "docker",
        "docker --help",
        "docker volume",
        "docker volume --help",
        "docker compose",
        "docker help",
    ] {
        assert!(matches!(verb(line), Verb::Help(_)), "{line}");
    }
    // Its letter is another flag's.
    assert_eq!(
        run("docker run -h h1 busybox").hostname.as_deref(),
        Some("h1")
    );
}

#[test]
fn the_table_has_no_flag_twice() {
    for doc in reference() {
        let mut names: Vec<String> = Vec::new();
        for flag in doc.flags() {
            names.push(flag.long.to_owned());
            names.extend(flag.short.map(String::from));
            names.extend(flag.hidden.iter().map(|name| (*name).to_owned()));
            assert!(flag.about.len() > 4, "{} {}", doc.paths[0], flag.long);
        }
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "{}", doc.paths[0]);
    }
}

/// Lines that docker does not take, with what docker 28.2.2 says and its exit code.
#[test]
fn usage_errors_are_dockers_own() {
    let recorded = include_str!("usage.txt");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for part in recorded.split("$ ").skip(1) {
        let (line, said) = part.split_once('\n').expect("a line");
        let (said, code) = said.rsplit_once("# ").expect("an exit code");
        let (rule, message, own) = match parse(line) {
            Err(refusal) => (refusal.rule, refusal.message, refusal.code),
            Ok(command) => (Rule::Usage, format!("{:?}", command.verb()), 0),
        };
        let same = rule == Rule::Usage && message.trim_end() == said.trim_end();
        if !same || own.to_string() != code.trim() {
            wrong.push(format!(
                "{line}: {rule} {own}\n{message}\n-- docker says {code}{said}"
            ));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(checked > 40, "{checked}");
}
