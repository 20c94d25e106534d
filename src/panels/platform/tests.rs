//! Tests of the platform panel, from made-up answers and the recorded host.

use super::*;
use crate::engine::answer::HostFacts;
use crate::engine::recorded::embedded;
use crate::engine::{Answer, Id, State};
use crate::panels::{PanelState, draw};
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

fn answer(json: Value) -> Result<Answer, crate::engine::Away> {
    Ok(Answer {
        json: Arc::new(json),
        asked: Timestamp::UNIX_EPOCH,
        state: State::Live,
    })
}

/// A host at `endpoint` with this `/info`, this `/version` and containers with these
/// host configurations.
fn host(endpoint: &str, info: Value, version: Value, containers: &[(&str, Value)]) -> Answers {
    let mut have = Answers::from_host(HostFacts {
        endpoint: endpoint.into(),
        ..HostFacts::default()
    });
    have.insert(Ask::Info, answer(info));
    have.insert(Ask::Version, answer(version));
    let mut list = Vec::new();
    for (at, (name, config)) in containers.iter().enumerate() {
        let id = format!("{at:064x}");
        list.push(json!({"Id": id, "Names": [format!("/{name}")], "State": "running"}));
        let ask = Ask::Container(Id::new(&id).expect("an id"));
        have.insert(ask, answer(json!({ "HostConfig": config })));
    }
    have.insert(Ask::Containers, answer(Value::Array(list)));
    have
}

const SOCKET: &str = "unix:///var/run/docker.sock";

fn seen(have: &Answers) -> Platform {
    picture(&View::default(), have).expect("a picture")
}

fn html(have: &Answers) -> String {
    draw(Panel::Platform, &View::default(), have).html
}

/// What is recognised: the field that tells, in order.
fn signs(info: Value, version: Value, client: &str) -> (Vm, Vec<&'static str>) {
    let ground = Ground::read(&info, Some(&version), client, true);
    (
        ground.vm,
        ground.signs.iter().map(|sign| sign.field).collect(),
    )
}

#[test]
fn a_virtual_machine_is_recognised_by_what_the_host_says() {
    for (info, fields) in [
        (
            json!({"OperatingSystem": "Docker Desktop", "KernelVersion": "6.10.14-linuxkit"}),
            vec!["OperatingSystem", "KernelVersion"],
        ),
        (
            json!({"OperatingSystem": "Docker Desktop", "KernelVersion": "5.15.167.4-microsoft-standard-WSL2"}),
            vec!["OperatingSystem", "KernelVersion"],
        ),
        (
            json!({"OperatingSystem": "Ubuntu 24.04", "KernelVersion": "5.15.167.4-microsoft-standard-WSL2"}),
            vec!["KernelVersion"],
        ),
        (
            json!({"OperatingSystem": "OrbStack", "KernelVersion": "6.12.5-orbstack-00287"}),
            vec!["KernelVersion"],
        ),
        (
            json!({"OperatingSystem": "Boot2Docker 19.03.12 (TCL 10.1)", "KernelVersion": "4.19.130-boot2docker"}),
            vec!["OperatingSystem"],
        ),
    ] {
        assert_eq!(
            signs(info.clone(), json!({}), "linux"),
            (Vm::Yes, fields),
            "{info}"
        );
    }
    let likely = json!({"OperatingSystem": "Ubuntu 24.04", "KernelVersion": "6.8.0-1021-aws"});
    assert_eq!(
        signs(likely, json!({}), "linux"),
        (Vm::Likely, vec!["KernelVersion"])
    );
    let colima = json!({"Name": "colima", "KernelVersion": "6.8.0-39-generic"});
    assert_eq!(
        signs(colima.clone(), json!({}), "linux"),
        (Vm::Likely, vec!["Name"])
    );
    // A Mac runs no Linux container itself.
    assert_eq!(signs(colima, json!({}), "macos").0, Vm::Yes);
    let plain =
        json!({"OperatingSystem": "Debian GNU/Linux 12", "KernelVersion": "6.1.0-18-amd64"});
    assert_eq!(signs(plain, json!({}), "linux"), (Vm::NotTold, vec![]));
}

#[test]
fn rootless_user_namespaces_and_podman_are_said_with_their_fields() {
    let info = json!({"SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless", "name=userns"]});
    let version = json!({"Components": [{"Name": "Podman Engine"}]});
    assert_eq!(
        signs(info, version, "linux").1,
        ["SecurityOptions", "SecurityOptions", "Components.Name"]
    );
    let desktop = json!({"Platform": {"Name": "Docker Desktop 4.34.2 (167172)"}});
    assert_eq!(
        signs(json!({}), desktop, "linux"),
        (Vm::Yes, vec!["Platform.Name"])
    );
}

#[test]
fn containers_share_the_kernel_unless_their_runtime_brings_one() {
    let info = json!({"KernelVersion": "6.1.0", "OSType": "linux", "DefaultRuntime": "runc"});
    let have = host(
        SOCKET,
        info.clone(),
        json!({}),
        &[
            ("a", json!({"Runtime": "runc"})),
            ("b", json!({"Runtime": "io.containerd.runc.v2"})),
            ("c", json!({"Runtime": "kata-runtime"})),
            ("d", json!({})),
            ("e", json!({"Runtime": "zonk"})),
        ],
    );
    let platform = seen(&have);
    let own: Vec<bool> = platform
        .containers
        .iter()
        .map(|one| one.kernel.is_own())
        .collect();
    assert_eq!(own, [false, false, true, false, false]);
    assert_eq!(
        platform.answer(),
        "Four running containers share one kernel, Linux 6.1.0. One has a kernel of its own."
    );
    assert!(html(&have).contains("not known here (Runtime zonk)"));
    assert!(
        seen(&host(SOCKET, info, json!({}), &[]))
            .answer()
            .starts_with("No container runs here.")
    );
}

#[test]
fn the_readers_machine_shares_the_kernel_only_where_that_can_be() {
    let info = json!({"KernelVersion": "6.1.0", "OSType": "linux"});
    let with = |endpoint: &str, info: &Value| {
        seen(&host(endpoint, info.clone(), json!({}), &[])).with_client
    };
    // These tests run where Waterline is built.
    let here = if CLIENT == "linux" {
        WithClient::Shared
    } else {
        WithClient::Below
    };
    assert_eq!(with(SOCKET, &info), here);
    assert_eq!(with("tcp://10.0.0.7:2376", &info), WithClient::Elsewhere);
    let desktop = json!({"OperatingSystem": "Docker Desktop"});
    assert_eq!(with(SOCKET, &desktop), WithClient::Below);
    let page = html(&host(SOCKET, desktop, json!({}), &[]));
    assert!(
        page.contains("but on that of Docker Desktop’s virtual machine."),
        "{page}"
    );
    assert!(!page.contains("your other programs"), "{page}");
}

#[test]
fn memory_and_swap_are_told_in_words() {
    let mib = 1 << 20;
    let words = |config: Value| {
        limits::read(&config, Some(true), Some("1"))
            .expect("limits")
            .words
    };
    assert_eq!(
        words(json!({"Memory": 0, "MemorySwap": 0})),
        "no limit: as much memory and swap as the host has"
    );
    assert_eq!(
        words(json!({"Memory": 64 * mib, "MemorySwap": 64 * mib})),
        "64 MiB of memory and no swap"
    );
    assert_eq!(
        words(json!({"Memory": 64 * mib, "MemorySwap": 128 * mib})),
        "64 MiB of memory, and as much again in swap"
    );
    assert_eq!(
        words(json!({"Memory": 64 * mib, "MemorySwap": 0})),
        "64 MiB of memory, and as much again in swap"
    );
    assert_eq!(
        words(json!({"Memory": 64 * mib, "MemorySwap": -1})),
        "64 MiB of memory, and as much swap as the host has"
    );
    assert_eq!(
        words(json!({"Memory": 64 * mib, "MemorySwap": 96 * mib})),
        "64 MiB of memory and 32 MiB of swap"
    );
    let cannot = limits::read(&json!({"Memory": 64 * mib}), Some(false), None).expect("limits");
    assert_eq!(
        cannot.words,
        "64 MiB of memory; this host cannot limit swap"
    );
    assert_eq!(limits::read(&json!({}), None, None), None);
    let notes = |cgroup| {
        let config = json!({"Memory": 0, "MemoryReservation": 32 * mib, "OomKillDisable": true});
        limits::read(&config, None, cgroup).expect("limits").notes
    };
    assert!(notes(Some("2"))[1].contains("ignores"));
    assert!(notes(Some("1"))[1].contains("waits instead"));
    assert_eq!(ground::memory(25_276_000_000), "23.5 GiB");
    assert_eq!(ground::memory(67_108_864), "64 MiB");
}

#[test]
fn what_an_engine_does_not_say_is_a_sentence() {
    let have = host(
        SOCKET,
        json!({"Warnings": ["WARNING: No swap limit support <b>"]}),
        json!({}),
        &[("a", json!({}))],
    );
    let page = html(&have);
    for said in [
        "this engine does not say (MemTotal)",
        "this engine does not say (SwapLimit)",
        "this engine does not say (HostConfig.Memory)",
        "version not told (KernelVersion)",
        "No swap limit support &#60;b&#62;",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains(" 0 B"), "{page}");
}

#[test]
fn the_recording_is_no_kernel_of_the_readers() {
    let have = embedded().gather(|have| asks(&View::default(), have));
    let drawn = draw(Panel::Platform, &View::default(), &have);
    assert_eq!(drawn.state, PanelState::Recorded);
    assert!(
        drawn
            .html
            .contains("your own machine has nothing to do with this kernel"),
        "{}",
        drawn.html
    );
}

#[test]
fn a_large_host_is_asked_for_eight_containers() {
    let many: Vec<(String, Value)> = (0..200)
        .map(|n| {
            (
                format!("shop-{n:03}-{}", "x".repeat(60)),
                json!({"Memory": 1 << 26, "MemorySwap": -1}),
            )
        })
        .collect();
    let many: Vec<(&str, Value)> = many
        .iter()
        .map(|(name, config)| (name.as_str(), config.clone()))
        .collect();
    let have = host(
        SOCKET,
        json!({"KernelVersion": "6.1.0", "OSType": "linux"}),
        json!({}),
        &many,
    );
    assert_eq!(asks(&View::default(), &have).len(), 3 + DRAWN);
    let page = html(&have);
    assert!(page.len() < 100_000, "{}", page.len());
    assert_eq!(
        seen(&have).takings().len(),
        1,
        "what may take the same stands together"
    );
    assert!(
        page.contains("Eight running containers share one kernel, Linux 6.1.0. Of 200 running containers, eight are looked at."),
        "{page}"
    );
    let page = draw(Panel::Platform, &View::default().focus("gone"), &have).html;
    assert!(
        page.contains("No running container here is called “<bdi>gone</bdi>”"),
        "{page}"
    );
}
