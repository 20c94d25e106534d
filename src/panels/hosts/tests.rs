//! The hosts panel from rosters of every kind.

use crate::engine::answer::HostFacts;
use crate::engine::pace::Latency;
use crate::engine::roster::{ContextLine, HostLine, Roster, Way};
use crate::engine::{Answers, Away, Status, recorded};
use crate::panels::{Drawn, Panel, PanelState, View, draw};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_500_000 + second).expect("a time")
}

fn host(name: &str, endpoint: &str, way: Way, ms: Option<f64>) -> HostLine {
    HostLine {
        facts: HostFacts {
            name: name.into(),
            endpoint: endpoint.into(),
            engine: "27.3.1".into(),
            api: "1.47".into(),
            recorded: None,
        },
        way: Some(way),
        status: Status::Live,
        live_since: Some(at(0)),
        system: Some(("linux".into(), "arm64".into())),
        id: None,
        latency: ms.map(|about| Latency {
            about,
            last: Duration::from_millis(1),
            median: Duration::from_millis(1),
            pings: 15,
        }),
    }
}

fn away(name: &str, why: Away) -> HostLine {
    let mut host = host(name, "tcp://10.0.0.9:2376", Way::Tls, None);
    host.facts.engine = String::new();
    host.facts.api = String::new();
    host.system = None;
    host.status = Status::Away { why, since: at(60) };
    host
}

fn drawn(hosts: Vec<HostLine>, contexts: Vec<ContextLine>) -> Drawn {
    let mut have = Answers::from_host(hosts[0].facts.clone());
    have.roster = Arc::new(Roster { hosts, contexts });
    draw(Panel::Hosts, &View::default(), &have)
}

fn y(drawn: &Drawn, index: usize) -> f64 {
    let y = &drawn.json["picture"]["scene"]["hosts"][index]["y"];
    y.as_f64().expect("a number")
}

/// On a phone the boxes stand below one another, the nearest first, and a farther one
/// hangs on a line further left: no line crosses another.
#[test]
fn the_narrow_picture_stacks_its_hosts_by_their_distance() {
    let page = drawn(
        vec![
            host("far", "ssh://far", Way::Ssh, Some(200.0)),
            host("here", "unix:///run/docker.sock", Way::Socket, Some(1.0)),
            away("lost", Away::Connecting),
            host("near", "tcp://10.0.0.7:2376", Way::Tls, Some(2.0)),
        ],
        Vec::new(),
    )
    .html;
    let narrow = page.rsplit("pic narrow").next().expect("a narrow picture");
    let narrow = narrow.split("</svg>").next().expect("its end");
    let place = |name: &str| narrow.find(&format!(">{name}</text>")).expect(name);
    let order = ["here", "near", "far", "lost"].map(place);
    assert!(order.is_sorted(), "{narrow}");
    // Each line: across at 40 or 0, from x down to its box.
    let lines: Vec<(f64, f64)> = narrow
        .split("<path class=\"wire")
        .skip(1)
        .map(|path| {
            let path = path.split_once(" d=\"M").expect("a path").1;
            let (x, rest) = path.split_once(" 0V").expect("from the line");
            let (y, _) = rest.split_once("H92").expect("to its box");
            (x.parse().expect("a number"), y.parse().expect("a number"))
        })
        .collect();
    assert_eq!(lines.len(), 4);
    for pair in lines.windows(2) {
        assert!(pair[0].0 > pair[1].0, "further left: {lines:?}");
        assert!(pair[0].1 + 62.0 < pair[1].1, "below: {lines:?}");
    }
}

#[test]
fn the_slower_a_host_answers_the_deeper_it_lies() {
    let hosts = vec![
        host(
            "laptop",
            "unix:///var/run/docker.sock",
            Way::Socket,
            Some(0.2),
        ),
        host("lab", "tcp://10.0.0.7:2376", Way::Tls, Some(5.0)),
        host("far", "ssh://me@far", Way::Ssh, Some(100.0)),
    ];
    let drawn = drawn(hosts, Vec::new());
    assert!(y(&drawn, 0) < y(&drawn, 1) && y(&drawn, 1) < y(&drawn, 2));
    for said in [
        "3 hosts are connected, and all answer.",
        "1 ms or less",
        "about 100 ms",
        "a port with TLS",
        "by ssh",
        "Engine 27.3.1, API 1.47, linux, arm64",
        "<time datetime=\"2026-11-24T06:00:00Z\">",
        "data-state=\"live\"",
    ] {
        assert!(drawn.html.contains(said), "{said}: {}", drawn.html);
    }
    assert!(
        !drawn.html.contains("without TLS. Whoever"),
        "{}",
        drawn.html
    );
}

#[test]
fn a_host_that_is_away_says_why_and_since_when_and_no_distance() {
    let silent = away("lab", Away::Silent(3));
    let hosts = vec![host("laptop", "unix:///a", Way::Socket, None), silent];
    let drawn = drawn(hosts, Vec::new());
    assert_eq!(drawn.state, PanelState::Live, "the other one answers");
    for said in [
        "1 of 2 hosts answers; not heard: lab.",
        "The host has said nothing for 3 s. The engine may be hung",
        "<dt>Away since</dt><dd><time datetime=\"2026-11-24T06:01:00Z\">",
        "distance not known",
        "wire tls silent",
        "not measured yet",
    ] {
        assert!(drawn.html.contains(said), "{said}: {}", drawn.html);
    }
    assert!(!drawn.html.contains("0 ms"), "no false zero");
}

#[test]
fn a_port_without_tls_and_two_engines_of_one_id_are_said() {
    let mut one = host("one", "tcp://10.0.0.7:2375", Way::Tcp, Some(1.0));
    let mut two = host("two", "unix:///b", Way::Socket, Some(1.0));
    let mut three = host("three", "unix:///c", Way::Socket, Some(1.0));
    (one.id, two.id) = (Some("ABCD".into()), Some("ABCD".into()));
    three.id = Some("EFGH".into());
    let drawn = drawn(vec![one, two, three], Vec::new());
    let remarks = &drawn.json["picture"]["remarks"];
    assert_eq!(remarks.as_array().map(Vec::len), Some(2), "{remarks}");
    assert!(
        drawn.html.contains("one is at a port without TLS"),
        "{remarks}"
    );
    assert!(
        drawn.html.contains("one and two report the same ID"),
        "{remarks}"
    );
}

#[test]
fn contexts_are_offered_unless_they_are_connected() {
    let context = |name: &str, connected: Option<&str>| ContextLine {
        name: name.into(),
        about: "<i>mine</i>".into(),
        leads: Ok(("ssh://me@far".into(), Way::Ssh)),
        connected: connected.map(str::to_owned),
    };
    let mut broken = context("odd\u{202e}", None);
    broken.leads = Err("the context describes no Docker host".into());
    let contexts = vec![
        context("far", None),
        context("near", Some("laptop")),
        broken,
    ];
    let drawn = drawn(
        vec![host("laptop", "unix:///a", Way::Socket, None)],
        contexts,
    );
    let offered = drawn.json["picture"]["contexts"]
        .as_array()
        .expect("a list");
    assert_eq!(offered.len(), 2, "{offered:?}");
    assert!(
        drawn.html.contains("ssh://me@far, by ssh"),
        "{}",
        drawn.html
    );
    assert!(drawn.html.contains("The context describes no Docker host"));
    assert!(!drawn.html.contains("<i>") && !drawn.html.contains('\u{202e}'));
}

#[test]
fn a_hundred_hosts_are_counted_and_not_all_drawn() {
    let hosts: Vec<_> = (0..100)
        .map(|n| {
            host(
                &format!("host-{n}"),
                &format!("unix:///{n}"),
                Way::Socket,
                Some(1.0),
            )
        })
        .collect();
    let drawn = drawn(hosts, Vec::new());
    assert!(drawn.html.contains("100 hosts are connected"));
    assert!(drawn.html.contains("92 hosts more"), "{}", drawn.html);
    assert!(drawn.html.len() < 50_000, "{}", drawn.html.len());
}

#[test]
fn a_recording_is_no_host_that_answers() {
    let recording = recorded::embedded();
    let view = View::default();
    let have = recording.gather(|have| Panel::Hosts.asks(&view, have));
    let drawn = draw(Panel::Hosts, &view, &have);
    assert_eq!(drawn.state, PanelState::Recorded);
    assert!(
        drawn
            .html
            .contains("No host answers: what panels show is a recording.")
    );
    assert!(drawn.html.contains("recorded 2026-"), "{}", drawn.html);
}

#[test]
fn what_a_host_calls_itself_is_text() {
    let mut host = host("laptop", "unix:///<b>", Way::Socket, None);
    host.facts.engine = "<script>".into();
    host.system = Some(("<img>".into(), String::new()));
    let html = drawn(vec![host], Vec::new()).html;
    for markup in ["<script>", "<img>", "<b>"] {
        assert!(!html.contains(markup), "{markup}: {html}");
    }
    assert!(html.contains("One host is connected, laptop, and it answers."));
}
