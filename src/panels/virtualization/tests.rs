//! Tests of the virtualization panel, from made-up answers and the recorded host.

use super::*;
use crate::engine::answer::HostFacts;
use crate::engine::recorded::embedded;
use crate::engine::{Answer, State};
use crate::panels::draw;
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

fn host(info: Value) -> Answers {
    let mut have = Answers::from_host(HostFacts {
        endpoint: "tcp://10.0.0.7:2376".into(),
        ..HostFacts::default()
    });
    have.insert(
        Ask::Info,
        Ok(Answer {
            json: Arc::new(info),
            asked: Timestamp::UNIX_EPOCH,
            state: State::Live,
        }),
    );
    have
}

/// How well each thing is known, and what is said of it, by its name.
fn seen(info: Value, name: &str) -> (Known, String) {
    let drawn = picture(&View::default(), &host(info)).expect("a picture");
    let depth = drawn
        .depths
        .into_iter()
        .find(|depth| depth.name.starts_with(name));
    let depth = depth.expect("that depth");
    (depth.known, depth.told)
}

#[test]
fn pae_follows_from_the_architecture_and_the_memory() {
    let gib = 1u64 << 30;
    for (machine, memory, kernel, known, said) in [
        (
            "x86_64",
            24 * gib,
            "6.1.0",
            Known::Follows,
            "Not needed. 64-bit paging",
        ),
        (
            "aarch64",
            8 * gib,
            "6.1.0",
            Known::Follows,
            "64-bit machine of another kind",
        ),
        (
            "i686",
            8 * gib,
            "5.10.0",
            Known::Follows,
            "In use: a 32-bit kernel with 8 GiB",
        ),
        (
            "i686",
            2 * gib,
            "5.10.0-686-pae",
            Known::Told,
            "ends in -pae",
        ),
        ("i686", 4 * gib, "5.10.0", Known::NotTold, "with or without"),
        ("armv7l", 8 * gib, "5.10.0", Known::Follows, "LPAE"),
        ("zonk", 8 * gib, "1", Known::NotTold, "architecture is not"),
    ] {
        let info = json!({"Architecture": machine, "MemTotal": memory, "KernelVersion": kernel, "OSType": "linux"});
        let (how, told) = seen(info, "PAE");
        assert_eq!(how, known, "{machine} {memory}: {told}");
        assert!(told.contains(said), "{machine}: {told}");
    }
}

#[test]
fn a_virtual_machine_shows_that_virtualization_works_below() {
    let wsl = json!({"KernelVersion": "5.15.167.4-microsoft-standard-WSL2", "Architecture": "x86_64", "OSType": "linux"});
    let (known, told) = seen(wsl.clone(), "Starting");
    assert_eq!(known, Known::Follows);
    assert!(told.contains("works on the computer below"), "{told}");
    assert_eq!(seen(wsl, "Machine").0, Known::Follows);
    let kata = json!({"Runtimes": {"runc": {}, "kata-runtime": {}}});
    assert_eq!(seen(kata, "Starting").0, Known::Follows);
    let plain = json!({"KernelVersion": "6.1.0", "Runtimes": {"runc": {}}});
    assert_eq!(seen(plain.clone(), "Starting").0, Known::NotTold);
    assert_eq!(seen(plain, "Machine").0, Known::NotTold);
}

#[test]
fn what_the_engine_cannot_see_is_never_claimed_and_comes_with_a_command() {
    for info in [
        json!({}),
        json!({"OperatingSystem": "Docker Desktop", "Architecture": "aarch64", "NCPU": 8}),
        json!({"OSType": "windows", "Architecture": "x86_64", "Isolation": "hyperv"}),
    ] {
        let drawn = picture(&View::default(), &host(info)).expect("a picture");
        for depth in &drawn.depths {
            if depth.known == Known::NotTold && !depth.name.starts_with("PAE") {
                assert!(depth.command.is_some(), "{depth:?}");
            }
        }
        let last: Vec<Known> = drawn
            .depths
            .iter()
            .rev()
            .take(2)
            .map(|depth| depth.known)
            .collect();
        assert_eq!(
            last,
            [Known::NotTold, Known::NotTold],
            "processor and firmware"
        );
    }
}

#[test]
fn an_engine_that_says_nothing_and_one_that_says_too_much_are_drawn() {
    let page = draw(Panel::Virtualization, &View::default(), &host(json!({}))).html;
    assert!(page.contains("does not say which architecture"), "{page}");
    let hostile = json!({"Architecture": "<b>x</b>", "KernelVersion": "<b>\u{202e}-aws", "OperatingSystem": "x".repeat(9000)});
    let page = draw(Panel::Virtualization, &View::default(), &host(hostile)).html;
    assert!(
        !page.contains("<b>x") && !page.contains('\u{202e}'),
        "{page}"
    );
    assert!(page.len() < 30_000, "{}", page.len());
}

#[test]
fn the_recorded_host_can_be_drawn() {
    let have = embedded().gather(|have| asks(&View::default(), have));
    let page = draw(Panel::Virtualization, &View::default(), &have).html;
    assert!(page.contains("A 64-bit Linux kernel, x86_64."), "{page}");
    assert!(page.contains("This is a recording."), "{page}");
}
