//! What is permitted, and what comes of it.

use super::*;
use crate::demos::command::parse;
use crate::engine::hands::{FullId, NewContainer, NewMount};
use crate::engine::owned::{Name, SandboxId};
use jiff::Timestamp;

fn id(text: &str) -> FullId {
    FullId::parse(text).expect("a full id")
}

/// A sandbox with two containers, two networks, a volume and an image, and no terminal.
pub(crate) fn example() -> Snapshot {
    let sandbox = SandboxId::parse("me345678").expect("an id");
    let thing = |typed: &str, digit: &str| Thing::new(typed, id(&digit.repeat(64)));
    Snapshot {
        id: sandbox,
        limits: Limits::default(),
        until: Timestamp::UNIX_EPOCH,
        containers: vec![
            Thing {
                running: true,
                ..thing("web", "1")
            },
            Thing::new("db", id(&"12".repeat(32))),
        ],
        networks: vec![thing("bridge", "5"), thing("front", "3")],
        volumes: vec![Thing::new("data", id(&sandbox.real("data")))],
        images: vec![Thing::new(
            "snap:1",
            id(&format!("sha256:{}", "e".repeat(64))),
        )],
        demo_image: id(&format!("sha256:{}", "b".repeat(64))),
        terminal: false,
    }
}

fn permitted(line: &str) -> Permitted {
    let command = parse(line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
    permit(&command, &example()).unwrap_or_else(|refusal| panic!("{line}: {refusal}"))
}

fn refusal(line: &str) -> Refusal {
    let command = parse(line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
    permit(&command, &example()).expect_err(line)
}

/// The container that a `run` makes, with what its making tells filled in.
fn made(line: &str) -> NewContainer {
    let permitted = permitted(line);
    let launch = permitted.launch().expect("a container");
    let anonymous: Vec<FullId> = (0..launch.anonymous())
        .map(|at| id(&format!("wl-me345678-{at:064x}")))
        .collect();
    let made_up = Name::parse("keen_otter").expect("a name");
    launch
        .container(&made_up, Some(&id(&"7".repeat(64))), &anonymous)
        .expect("all is known")
}

#[test]
fn a_run_without_flags_has_the_caps_of_the_sandbox_and_joins_its_bridge() {
    let made = made("docker run busybox");
    let limits = Limits::default();
    assert_eq!(made.caps, limits.caps);
    assert_eq!(made.network, Some(id(&"5".repeat(64))));
    assert_eq!(made.image, example().demo_image);
    assert_eq!(
        (made.name.as_str(), &*made.typed_image),
        ("keen_otter", "busybox")
    );
    assert!(made.aliases.is_empty(), "names do not resolve on bridge");
    assert!(made.command.is_empty() && made.mounts.is_empty() && made.env.is_empty());
    assert!(!made.init && !made.tty && !made.stdin && !made.remove && !made.read_only);
}

#[test]
fn every_flag_arrives_in_the_container() {
    let made = made(
        "docker run -d --rm --init --read-only --name=notes -h host1 --network front --network-alias n1 \
         -e A=1 --env B='2 3' -w /data -l tier=web --label com.example.x=y -m 16m --cpus=.25 --pids-limit 9 \
         -v data:/data -v fresh:/fresh:ro --mount type=volume,dst=/anon,volume-nocopy \
         --tmpfs /t1:size=64k,ro --mount type=tmpfs,dst=/t2 snap:1 sh -c 'echo hi'",
    );
    assert_eq!(made.name.as_str(), "notes");
    assert_eq!(made.image, example().images[0].id);
    assert_eq!(made.typed_image, "snap:1");
    assert_eq!(made.command, ["sh", "-c", "echo hi"]);
    assert_eq!(made.env, ["A=1", "B=2 3"]);
    assert_eq!(made.workdir.as_deref(), Some("/data"));
    assert_eq!(made.hostname.as_deref(), Some("host1"));
    assert_eq!(made.network, Some(id(&"3".repeat(64))));
    let aliases: Vec<&str> = made.aliases.iter().map(Name::as_str).collect();
    assert_eq!(
        aliases,
        ["notes", "n1"],
        "a container is known by its name, as docker has it"
    );
    let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        made.labels,
        [label("tier", "web"), label("com.example.x", "y")]
    );
    assert!(made.init && made.remove && made.read_only && !made.tty);
    assert_eq!(made.caps.memory, 16 << 20);
    assert_eq!(made.caps.nano_cpus, 250_000_000);
    assert_eq!(made.caps.pids, 9);
    let shown: Vec<String> = made.mounts.iter().map(shown).collect();
    assert_eq!(
        shown,
        [
            "wl-me345678-data at /data".to_owned(),
            "wl-me345678-fresh at /fresh ro".to_owned(),
            format!("wl-me345678-{:064x} at /anon nocopy", 0),
            "65536 bytes at /t1 ro".to_owned(),
            "1048576 bytes at /t2".to_owned(),
        ]
    );
}

fn shown(mount: &NewMount) -> String {
    let flag = |on: &bool, word: &str| {
        if *on {
            format!(" {word}")
        } else {
            String::new()
        }
    };
    match mount {
        NewMount::Volume {
            volume,
            target,
            read_only,
            no_copy,
        } => {
            let flags = flag(read_only, "ro") + &flag(no_copy, "nocopy");
            format!("{volume} at {}{flags}", target.as_str())
        }
        NewMount::Tmpfs {
            target,
            bytes,
            read_only,
        } => format!(
            "{bytes} bytes at {}{}",
            target.as_str(),
            flag(read_only, "ro")
        ),
    }
}

#[test]
fn only_new_volumes_are_to_be_made_each_once() {
    let permitted = permitted("docker run -v data:/a -v x1:/b -v x1:/c -v /d busybox");
    let launch = permitted.launch().expect("a container");
    let new: Vec<&str> = launch.new_volumes().iter().map(Name::as_str).collect();
    assert_eq!((new, launch.anonymous()), (vec!["x1"], 1));
    let name = Name::parse("a1").expect("a name");
    assert!(
        launch.container(&name, None, &[]).is_none(),
        "an anonymous volume is missing"
    );
}

#[test]
fn the_networks_of_a_run() {
    let join = |line: &str| {
        permitted(line)
            .launch()
            .expect("a container")
            .join()
            .clone()
    };
    let front = Join::Own(id(&"3".repeat(64)));
    assert_eq!(join("docker run --network front busybox"), front);
    assert_eq!(
        join("docker run --net=333 busybox"),
        front,
        "by the beginning of its id"
    );
    assert_eq!(join("docker run --network none busybox"), Join::None);
    assert_eq!(
        join("docker run --network=default busybox"),
        Join::Own(id(&"5".repeat(64)))
    );
    assert_eq!(
        join("docker run --network other busybox"),
        Join::Missing("other".into())
    );

    let mut fresh = example();
    fresh.networks.clear();
    let command = parse("docker run --name n1 busybox").expect("a command");
    let permitted = permit(&command, &fresh).expect("permitted");
    assert!(permitted.needs_bridge());
    let launch = permitted.launch().expect("a container");
    assert_eq!(launch.join(), &Join::NewBridge);
    let bridge = id(&"7".repeat(64));
    let name = Name::parse("x1").expect("a name");
    assert!(launch.container(&name, None, &[]).is_none());
    let made = launch
        .container(&name, Some(&bridge), &[])
        .expect("all is known");
    assert_eq!(made.network, Some(bridge));
    assert!(made.aliases.is_empty());

    let alias = refusal("docker run --network-alias x1 busybox");
    assert_eq!((alias.rule, alias.code), (Rule::Usage, 125));
}

/// The typed names and ids that a line resolves to.
fn found(line: &str) -> Vec<String> {
    let targets = permitted(line);
    let targets = targets.targets().iter();
    let told = targets.map(|target| match target {
        Target::Found {
            name, id, by_id, ..
        } => {
            format!(
                "{name} {}{}",
                &id.short()[..4],
                if *by_id { " by id" } else { "" }
            )
        }
        Target::Missing(typed) => format!("no {typed}"),
    });
    told.collect()
}

#[test]
fn names_and_ids_are_looked_for_among_ones_own_only() {
    assert_eq!(found("docker stop web db"), ["web 1111", "db 1212"]);
    assert_eq!(
        found("docker rm 11 12 1 9"),
        ["web 1111 by id", "db 1212 by id", "no 1", "no 9"]
    );
    let full = "1".repeat(64);
    assert_eq!(found(&format!("docker kill {full}")), ["web 1111 by id"]);
    assert_eq!(
        found("docker network connect front web"),
        ["front 3333", "web 1111"]
    );
    assert_eq!(
        found("docker network disconnect web front"),
        ["no web", "no front"]
    );
    assert_eq!(
        found("docker volume rm data snap"),
        ["data wl-m", "no snap"]
    );
    assert_eq!(
        found("docker image rm snap:1 snap eee sha256:ee"),
        [
            "snap:1 eeee",
            "no snap",
            "snap:1 eeee by id",
            "snap:1 eeee by id"
        ]
    );
    assert_eq!(found("docker history busybox"), ["busybox:latest bbbb"]);
    assert_eq!(
        found("docker image inspect bbbb"),
        ["busybox:latest bbbb by id"]
    );
    assert_eq!(
        found("docker inspect web front data busybox"),
        ["web 1111", "front 3333", "data wl-m", "busybox:latest bbbb"]
    );
    assert_eq!(found("docker inspect --type network web"), ["no web"]);
    assert_eq!(found("docker volume inspect web"), ["no web"]);
}

#[test]
fn a_terminal_makes_room_for_i_and_t() {
    let mut there = example();
    there.terminal = true;
    for line in [
        "docker run -it --name t1 busybox sh",
        "docker exec -ti web sh",
        "docker start -i db",
    ] {
        let command = parse(line).expect(line);
        assert!(permit(&command, &there).is_ok(), "{line}");
        assert_eq!(
            permit(&command, &example()).expect_err(line).rule,
            Rule::Terminal
        );
    }
}

#[test]
fn connecting_makes_a_container_known_by_its_name_but_not_on_bridge() {
    let names = |line: &str| {
        let permitted = permitted(line);
        let names: Vec<String> = permitted.aliases().iter().map(Name::to_string).collect();
        names
    };
    assert_eq!(
        names("docker network connect --alias cache front db"),
        ["db", "cache"]
    );
    assert_eq!(names("docker network connect bridge db"), [""; 0]);
    let refusal = refusal("docker network connect --alias cache bridge db");
    assert!(refusal.is_dockers_own(), "{refusal}");
}

#[test]
fn the_least_memory_is_dockers_own() {
    let refusal = refusal("docker create -m 4m busybox");
    assert_eq!(
        refusal.message,
        "docker: Error response from daemon: Minimum memory limit allowed is 6MB\n\nRun 'docker create --help' for more information"
    );
    assert_eq!(made("docker run -m 6m busybox").caps.memory, 6 << 20);
    assert_eq!(
        made("docker run -m 64m --cpus 0.5 --pids-limit 64 busybox").caps,
        Limits::default().caps
    );
}
