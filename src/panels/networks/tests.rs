//! Tests of the networks panel, from recorded answers; the ones that need an engine are
//! in `tests/it/networks.rs`.

use super::facts::{Facts, Kind, Mode, State};
use super::layout::{Layout, layout};
use super::reach::{How, Reach, Rule, reach};
use super::scene::{MOST_BUSES, MOST_UNITS, Place, Scene, scene};
use super::*;
use crate::engine::Recording;
use crate::panels::draw;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const EVERY_WAY: &str = include_str!("../../../tests/fixtures/hosts/networks-every-way.json");
const PROBES: &str = include_str!("../../../tests/fixtures/hosts/networks-every-way.probes.json");
const TWO_PROJECTS: &str = include_str!("../../../tests/fixtures/hosts/networks-two-projects.json");

fn heard(recording: &Recording, of: Option<&str>) -> Answers {
    recording.gather(|have| asks(&viewed(of), have))
}

fn viewed(of: Option<&str>) -> View {
    View {
        of: of.map(str::to_owned),
        ..View::default()
    }
}

fn recorded(text: &str) -> Recording {
    Recording::parse(text).expect("a recording")
}

/// A host that gives these two lists and nothing else.
fn host(networks: Value, containers: Value) -> Recording {
    Recording {
        recorded: "2026-11-24T06:00:00Z".parse().expect("a time"),
        engine: "20.10.24".into(),
        api: "1.41".into(),
        answers: BTreeMap::from([
            ("/networks".to_owned(), Arc::new(networks)),
            ("/containers/json?all=1".to_owned(), Arc::new(containers)),
        ]),
    }
}

fn facts(recording: &Recording) -> Facts {
    // Every container asked about, so that aliases are known of all.
    let have = recording.gather(|_| {
        let paths = recording.answers.keys();
        let asks = paths.filter_map(|path| {
            let id = |start: &str, end: &str| Id::new(path.strip_prefix(start)?.strip_suffix(end)?);
            id("/networks/", "")
                .map(Ask::Network)
                .or_else(|| id("/containers/", "/json").map(Ask::Container))
        });
        asks.chain([Ask::Networks, Ask::Containers]).collect()
    });
    Facts::read(&have).expect("both lists")
}

fn place(facts: &Facts, name: &str) -> usize {
    facts
        .containers
        .iter()
        .position(|c| c.name == name)
        .expect(name)
}

fn between(facts: &Facts, from: &str, to: &str) -> Reach {
    reach(facts, place(facts, from), place(facts, to))
}

fn laid_out(facts: &Facts) -> (Scene, Layout) {
    let scene = scene(facts, None);
    let layout = layout(facts, &scene, &twin::notes(facts, &scene), layout::WIDTH);
    (scene, layout)
}

fn laid_out_narrow(facts: &Facts, scene: &Scene) -> Layout {
    layout(facts, scene, &twin::notes(facts, scene), layout::NARROW)
}

#[test]
fn the_narrow_picture_has_a_bus_below_the_other_and_says_what_the_broad_one_says() {
    let facts = facts(&recorded(TWO_PROJECTS));
    let (scene, broad) = laid_out(&facts);
    let narrow = laid_out_narrow(&facts, &scene);
    assert_eq!(narrow.width, 280, "a phone of 320 px scales it by little");
    let buses = |layout: &Layout| -> Vec<(usize, bool)> {
        let buses = layout.below.buses.iter();
        buses.map(|bus| (bus.bus, bus.hollow)).collect()
    };
    assert_eq!(buses(&narrow), buses(&broad));
    for pair in narrow.below.buses.windows(2) {
        assert!(pair[0].y + 60 < pair[1].y, "{pair:?}");
    }
    let count = |layout: &Layout| {
        let shapes = [&layout.above, &layout.below];
        shapes.map(|shapes| (shapes.boxes.len(), shapes.rings.len()))
    };
    assert_eq!(count(&narrow), count(&broad));
    // No word is cut at the edge: each ends inside the picture.
    for text in narrow.above.texts.iter().chain(&narrow.below.texts) {
        let long = words::width(&text.text) * 12.0 / 13.0;
        assert!(f64::from(text.x) + long <= 284.0, "{text:?} is {long} wide");
    }
}

#[test]
fn every_verdict_agrees_with_what_real_probes_found() {
    let facts = facts(&recorded(EVERY_WAY));
    let probes: BTreeMap<String, BTreeMap<String, Vec<String>>> =
        serde_json::from_str(PROBES).expect("probes");
    let mut compared = 0;
    for (from, found) in &probes {
        for to in facts.containers.iter().filter(|to| to.name != *from) {
            let verdict = between(&facts, from, &to.name);
            let owner = facts
                .stack(place(&facts, &to.name))
                .map(|o| facts.containers[o].name.clone());
            let heard = |kind: &str| -> Vec<&str> {
                let of = |name: &String| found.get(name).into_iter().flatten();
                let both = of(&to.name).chain(owner.iter().flat_map(of));
                both.filter_map(|probe| probe.strip_prefix(kind)).collect()
            };
            // An alias with another owner proves nothing about this one.
            let own = |name: &&str| !verdict.contested.iter().any(|c| c == name) && **name != *"db";
            let names = heard("name ").into_iter().filter(own).count() > 0;
            let (ip, port) = (!heard("ip ").is_empty(), !heard("port ").is_empty());
            let agrees = match verdict.how {
                How::Name => names && ip,
                How::Ip => !names && ip,
                How::Port => !names && !ip && port,
                How::No => !names && !ip && !port,
                // The kernel answers pings for a paused container; nothing else does.
                How::Off => verdict.rule == Rule::Paused || (!names && !ip && !port),
                How::Local => ip,
                How::Itself | How::Unsure => false,
            };
            assert!(
                agrees,
                "{from} to {}: {verdict:?}, but {:?}",
                to.name,
                found.get(&to.name)
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 21 * 24, "pairs compared");
}

#[test]
fn an_api_on_two_projects_is_told_that_db_has_two_owners() {
    let facts = facts(&recorded(TWO_PROJECTS));
    let db = between(&facts, "shop-api-1", "shop-db-1");
    assert_eq!(
        (db.how, db.contested.as_slice()),
        (How::Name, &["db".to_owned()][..])
    );
    assert_eq!(
        between(&facts, "infra-queue-1", "infra-db-1").contested,
        Vec::<String>::new()
    );
    let scene = scene(&facts, None);
    let notes = twin::notes(&facts, &scene);
    let note = notes
        .iter()
        .find(|note| !note.alert.is_empty())
        .expect("a note");
    assert_eq!(note.alert, "Two containers answer to “db”.");
    assert!(
        note.text.starts_with("shop-api-1 hangs on both"),
        "{}",
        note.text
    );
}

#[test]
fn the_short_id_is_no_name_and_the_service_is() {
    let facts = facts(&recorded(TWO_PROJECTS));
    let web = &facts.containers[place(&facts, "shop-web-1")];
    assert_eq!(web.attachments[0].names[..2], ["shop-web-1", "web"]);
    for container in &facts.containers {
        for name in container.attachments.iter().flat_map(|place| &place.names) {
            assert!(!container.id.starts_with(name.as_str()), "{name}");
        }
    }
}

#[test]
fn stopped_and_sharing_containers_are_found_though_the_network_does_not_list_them() {
    let facts = facts(&recorded(EVERY_WAY));
    let halt = &facts.containers[place(&facts, "halt")];
    assert_eq!(halt.state, State::Exited(Some(143)));
    assert_eq!(
        (halt.attachments.len(), halt.attachments[0].address()),
        (1, None)
    );
    // Never started: its entry has no network id yet.
    assert_eq!(
        facts.containers[place(&facts, "fresh")].attachments.len(),
        1
    );
    let web = place(&facts, "app-web");
    assert_eq!(
        facts.containers[place(&facts, "debug")].mode,
        Mode::Shares(web)
    );
    assert_eq!(facts.wires(place(&facts, "debug")), facts.wires(web));
}

#[test]
fn an_engine_that_gives_no_flat_address_and_dns_names_reads_the_same() {
    let network = json!([{"Id": "n1", "Name": "shop", "Driver": "bridge"}]);
    let container = json!([{"Id": "c1c1c1c1c1c1c1c1", "Names": ["/web"], "State": "running",
        "NetworkSettings": {"Networks": {"shop": {"NetworkID": "n1", "IPAddress": "10.0.0.2"}}}}]);
    let mut host = host(network, container);
    host.answers.insert(
        "/containers/c1c1c1c1c1c1c1c1/json".into(),
        Arc::new(json!({"NetworkSettings": {"Networks": {"shop": {"NetworkID": "n1",
            "IPAddress": "10.0.0.2", "Aliases": ["api"], "DNSNames": ["web", "api", "c1c1c1c1c1c1"]}}}})),
    );
    let facts = facts(&host);
    assert_eq!(facts.containers[0].attachments[0].names, ["web", "api"]);
    assert_eq!(
        facts.containers[0].attachments[0].address(),
        Some("10.0.0.2")
    );
}

#[test]
fn podman_is_not_said_to_drop_what_it_does_not_drop() {
    let facts = facts(&host(
        json!([{"Id": "p", "Name": "podman", "Driver": "bridge"}, {"Id": "q", "Name": "q", "Driver": "bridge"}]),
        json!([
            {"Id": "a", "Names": ["/a"], "State": "running", "NetworkSettings": {"Networks": {"podman": {"IPAddress": "10.88.0.2"}}}},
            {"Id": "b", "Names": ["/b"], "State": "running", "NetworkSettings": {"Networks": {"q": {"IPAddress": "10.89.0.2"}}}},
            {"Id": "c", "Names": ["/c"], "State": "running", "NetworkSettings": {"Networks": {"podman": {"IPAddress": "10.88.0.3"}}}},
        ]),
    ));
    assert_eq!(facts.networks[0].kind, Kind::DefaultBridge);
    assert_eq!(between(&facts, "a", "b").how, How::Unsure);
    assert_eq!(between(&facts, "a", "c").how, How::Ip);
}

#[test]
fn a_macvlan_container_and_its_host_do_not_meet_and_an_overlay_has_names() {
    let on = |id: &str, mode: &str, network: &str| {
        json!({"Id": id, "Names": [format!("/{id}")], "State": "running", "HostConfig": {"NetworkMode": mode},
            "NetworkSettings": {"Networks": {network: {"IPAddress": "10.0.0.9"}}}})
    };
    let facts = facts(&host(
        json!([{"Id": "m", "Name": "m", "Driver": "macvlan"}, {"Id": "o", "Name": "o", "Driver": "overlay", "Scope": "swarm"},
            {"Id": "h", "Name": "host", "Driver": "host"}, {"Id": "x", "Name": "x", "Driver": "weave"}]),
        json!([
            on("lan", "m", "m"),
            on("edge", "host", "host"),
            on("s1", "o", "o"),
            on("s2", "o", "o"),
            on("x1", "x", "x"),
            on("x2", "x", "x")
        ]),
    ));
    assert_eq!(between(&facts, "edge", "lan").rule, Rule::HostAndChild);
    assert_eq!(between(&facts, "lan", "edge").rule, Rule::HostAndChild);
    assert_eq!(between(&facts, "s1", "s2").how, How::Name);
    assert_eq!(between(&facts, "x1", "x2").how, How::Unsure);
    let words = twin::in_words(&facts, &scene(&facts, None)).join("\n");
    assert!(
        words.contains("containers on other hosts are not seen here"),
        "{words}"
    );
}

#[test]
fn a_run_of_published_ports_is_told_as_one() {
    let ports: Vec<Value> = (0..4)
        .flat_map(|n| {
            ["0.0.0.0", "::"].map(|ip| json!({"IP": ip, "PublicPort": 9000 + n, "PrivatePort": 80 + n, "Type": "tcp"}))
        })
        .chain([
            json!({"IP": "127.0.0.1", "PublicPort": 53, "PrivatePort": 53, "Type": "udp"}),
            json!({"PrivatePort": 443, "Type": "tcp"}),
            json!({"IP": "0.0.0.0", "PublicPort": 70000, "PrivatePort": 1}),
        ])
        .collect();
    let facts = facts(&host(
        json!([]),
        json!([{"Id": "a", "Names": ["/a"], "State": "running", "Ports": ports}]),
    ));
    let words: Vec<String> = facts.containers[0]
        .ports
        .iter()
        .map(|port| port.words())
        .collect();
    assert_eq!(words, ["port 9000–9003 → 80–83", "127.0.0.1:53 → 53/udp"]);
}

#[test]
fn each_thing_drawn_is_asked_about_once_and_nothing_else() {
    let recording = recorded(TWO_PROJECTS);
    let have = heard(&recording, None);
    // Both lists, four buses, and the nine containers that hang on them by themselves.
    assert_eq!(
        have.all().len(),
        2 + 4 + 9,
        "{:?}",
        have.all().iter().map(|a| a.0.path()).collect::<Vec<_>>()
    );
    assert!(have.all().iter().all(|(_, told)| told.is_ok()));
}

/// 200 containers on 300 networks, with replicas, singles, sharers and stopped ones.
fn large() -> Recording {
    let networks: Vec<Value> = (0..300)
        .map(
            |n| json!({"Id": format!("net{n:08}"), "Name": format!("net-{n}"), "Driver": "bridge"}),
        )
        .collect();
    let containers: Vec<Value> = (0..200)
        .map(|n| {
            let network = if n < 120 { n % 4 } else { n };
            let name = format!("net-{network}");
            let state = if n % 7 == 0 { "exited" } else { "running" };
            json!({"Id": format!("{n:064x}"), "Names": [format!("/app-{n}")], "State": state,
                "Labels": {"com.docker.compose.service": "app"},
                "HostConfig": {"NetworkMode": name.clone()},
                "NetworkSettings": {"Networks": {name: {"IPAddress": format!("10.0.{}.{}", n / 200, n % 200)}}}})
        })
        .collect();
    host(Value::Array(networks), Value::Array(containers))
}

#[test]
fn a_host_of_two_hundred_containers_stays_bounded_and_says_what_it_folds() {
    let recording = large();
    let have = heard(&recording, None);
    assert!(
        have.all().len() <= 2 + MOST_BUSES + MOST_UNITS,
        "{} asks",
        have.all().len()
    );
    let facts = facts(&recording);
    let (scene, _) = laid_out(&facts);
    let drawn: usize = scene.units.iter().map(|unit| unit.members.len()).sum();
    assert_eq!(drawn + scene.folded, 200);
    assert!(
        scene.units.iter().any(|unit| unit.label == "app… ×25"),
        "{:?}",
        scene.units[0].label
    );
    // 25 replicas own “app”, on one of the four networks that have it: one remark each.
    assert!(twin::notes(&facts, &scene).len() <= 4);
    let html = draw(Panel::Networks, &View::default(), &have).html;
    assert!(html.contains(&format!("{} more containers are not drawn", scene.folded)));
    assert!(
        html.contains("/panels/networks?of=net-"),
        "a way to see the rest"
    );
    assert!(html.len() < 120_000, "{} bytes", html.len());
}

#[test]
fn one_network_in_focus_shows_its_containers_and_the_way_back() {
    let recording = large();
    let facts = facts(&recording);
    let focus = scene::find_network(&facts, "net-150");
    let scene = scene(&facts, focus);
    assert_eq!(scene.units.len(), 1);
    assert_eq!(scene.units[0].label, "app-150");
    let view = viewed(Some("net-150"));
    let html = draw(Panel::Networks, &view, &heard(&recording, Some("net-150"))).html;
    assert!(
        html.contains(r#"<a href="/panels/networks">All networks</a>"#),
        "{html}"
    );
    let missing = draw(
        Panel::Networks,
        &viewed(Some("<b>")),
        &heard(&recording, Some("<b>")),
    )
    .html;
    assert!(
        missing.contains("no network called “&#60;b&#62;”"),
        "{missing}"
    );
}

#[test]
fn a_host_without_containers_shows_its_bridge_and_how_to_begin() {
    let recording = host(
        json!([{"Id": "b1", "Name": "bridge", "Driver": "bridge"}, {"Id": "h1", "Name": "host", "Driver": "host"}]),
        json!([]),
    );
    let html = draw(Panel::Networks, &View::default(), &heard(&recording, None)).html;
    assert!(
        html.contains("bus-hollow") && html.contains("docker run -d --name p1"),
        "{html}"
    );
    assert!(!html.contains("<table"), "a matrix of nobody");
}

#[test]
fn names_with_html_in_them_are_shown_as_written() {
    let evil = "<script>alert(1)</script>";
    let recording = host(
        json!([{"Id": "n1", "Name": evil, "Driver": evil, "IPAM": {"Config": [{"Subnet": evil}]}}]),
        json!([{"Id": evil, "Names": [evil], "State": evil, "Labels": {"com.docker.compose.service": evil},
            "NetworkSettings": {"Networks": {evil: {"IPAddress": evil}}}},
            {"Id": "b", "Names": [format!("/{evil}/x")], "State": "running",
            "NetworkSettings": {"Networks": {evil: {"IPAddress": evil, "Aliases": [evil]}}}}]),
    );
    let html = draw(Panel::Networks, &View::default(), &heard(&recording, None)).html;
    assert!(!html.contains("<script"), "{html}");
    assert!(html.contains("&#60;script"), "{html}");
}

#[test]
fn the_picture_names_each_container_in_drawing_matrix_and_words() {
    let recording = recorded(TWO_PROJECTS);
    let html = draw(Panel::Networks, &View::default(), &heard(&recording, None)).html;
    let (drawing, rest) = html.split_once("<table").expect("a matrix");
    let (table, rest) = rest.split_once("</table>").expect("its end");
    let words = rest.split_once("-words").expect("words").1;
    for container in &facts(&recording).containers {
        for (part, text) in [("drawing", drawing), ("matrix", table), ("words", words)] {
            assert!(
                text.contains(&container.name),
                "{} is not in the {part}",
                container.name
            );
        }
    }
    assert!(
        !html.contains(" style="),
        "the guard allows no inline style"
    );
}

#[test]
fn every_cell_has_its_rule_in_words_without_pointing_at_it() {
    let recording = recorded(EVERY_WAY);
    let facts = facts(&recording);
    let matrix = matrix::matrix(&facts, &scene(&facts, None));
    let told: BTreeSet<Rule> = matrix.rules.iter().map(|decided| decided.rule).collect();
    for row in &matrix.rows {
        for cell in row
            .cells
            .iter()
            .filter(|cell| cell.reach.how != How::Itself)
        {
            assert!(told.contains(&cell.reach.rule), "{}", cell.said);
        }
    }
    assert_eq!(
        Rule::ALL.iter().collect::<BTreeSet<_>>().len(),
        Rule::ALL.len()
    );
}

#[test]
fn networks_that_share_a_container_stand_next_to_each_other() {
    let on = |id: &str, networks: &[&str]| {
        let places: serde_json::Map<String, Value> = networks
            .iter()
            .map(|n| ((*n).to_owned(), json!({"IPAddress": "10.0.0.2"})))
            .collect();
        json!({"Id": id, "Names": [format!("/{id}")], "State": "running", "NetworkSettings": {"Networks": places}})
    };
    let networks: Vec<Value> = ["a", "b", "c", "d"]
        .iter()
        .map(|n| json!({"Id": n, "Name": n, "Driver": "bridge"}))
        .collect();
    let facts = facts(&host(
        Value::Array(networks),
        json!([
            on("one", &["a", "d"]),
            on("two", &["b", "c"]),
            on("three", &["d", "b"])
        ]),
    ));
    let scene = scene(&facts, None);
    let names: String = scene
        .buses
        .iter()
        .map(|bus| facts.networks[*bus].name.as_str())
        .collect();
    assert!(["adbc", "cbda"].contains(&names.as_str()), "{names}");
    let (_, layout) = laid_out(&facts);
    assert_eq!(layout.width, layout::WIDTH);
    // No lane is needed: the first bus ends where the boxes end.
    assert!(
        layout
            .below
            .buses
            .iter()
            .all(|bus| bus.x + bus.w == layout::WIDTH - 8)
    );
}

/// Boxes of one layout that lie on each other.
fn overlaps(layout: &Layout) -> Vec<String> {
    let mut found = Vec::new();
    for boxes in [&layout.above.boxes, &layout.below.boxes] {
        for (at, one) in boxes.iter().enumerate() {
            for other in &boxes[at + 1..] {
                let apart = one.x + one.w <= other.x
                    || other.x + other.w <= one.x
                    || one.y + one.h <= other.y
                    || other.y + other.h <= one.y;
                if !apart {
                    found.push(format!("{one:?} and {other:?}"));
                }
            }
        }
    }
    found
}

/// Holds for every layout, whatever the host.
fn is_sound(facts: &Facts, scene: &Scene, layout: &Layout) -> Result<(), String> {
    let found = overlaps(layout);
    if !found.is_empty() {
        return Err(format!("boxes overlap: {found:?}"));
    }
    let drawn: BTreeSet<usize> = layout
        .above
        .boxes
        .iter()
        .chain(&layout.below.boxes)
        .map(|rect| rect.unit)
        .collect();
    if let Some(missing) = (0..scene.units.len()).find(|unit| !drawn.contains(unit)) {
        return Err(format!("{:?} has no box", scene.units[missing]));
    }
    let members: usize = scene.units.iter().map(|unit| unit.members.len()).sum();
    if scene.focus.is_none() && members + scene.folded != facts.containers.len() {
        return Err("a container is neither drawn nor counted".into());
    }
    for rect in layout.above.boxes.iter().chain(&layout.below.boxes) {
        if rect.x < 0 || rect.x + rect.w > layout.width || rect.y + rect.h > layout.height {
            return Err(format!("{rect:?} stands outside"));
        }
    }
    if layout
        .above
        .boxes
        .iter()
        .any(|rect| rect.y + rect.h > layout.line)
        || layout.below.boxes.iter().any(|rect| rect.y < layout.line)
    {
        return Err("a box crosses the line".into());
    }
    let lines = layout.below.lines.iter().chain(&layout.above.lines);
    match lines.into_iter().find(|line| line.d.contains('@')) {
        Some(line) => Err(format!("{line:?} has no end")),
        None => Ok(()),
    }
}

#[test]
fn the_layouts_of_the_fixtures_are_sound() {
    for recording in [recorded(EVERY_WAY), recorded(TWO_PROJECTS), large()] {
        let facts = facts(&recording);
        let (scene, layout) = laid_out(&facts);
        is_sound(&facts, &scene, &layout).expect("a sound layout");
        let narrow = laid_out_narrow(&facts, &scene);
        is_sound(&facts, &scene, &narrow).expect("a sound narrow layout");
        assert!(scene.units.iter().all(|unit| match unit.place {
            Place::Stuck(owner) => owner < scene.units.len(),
            _ => true,
        }));
    }
}

/// Any host: networks of every driver, containers on any of them in any mode.
fn any_host() -> impl Strategy<Value = Recording> {
    let driver = prop::sample::select(vec![
        "bridge", "overlay", "macvlan", "host", "null", "weave",
    ]);
    let networks = prop::collection::vec((driver, any::<bool>(), any::<bool>()), 0..10);
    let state = prop::sample::select(vec![
        "running", "running", "running", "exited", "paused", "created", "?",
    ]);
    let mode = prop::sample::select(vec![
        "default",
        "default",
        "default",
        "host",
        "none",
        "container:0",
        "container:3",
        "container:99",
    ]);
    let wires = prop::collection::vec(0..10usize, 0..4);
    let ports = prop::collection::vec((1..4u16, 1..4u16), 0..3);
    let containers = prop::collection::vec((state, mode, wires, ports, "[a-z<&é漢]{0,30}"), 0..26);
    (networks, containers).prop_map(|(networks, containers)| {
        let networks: Vec<Value> = networks
            .iter()
            .enumerate()
            .map(|(n, (driver, internal, icc))| {
                json!({"Id": format!("n{n}"), "Name": format!("net{n}"), "Driver": driver, "Internal": internal,
                    "Options": {"com.docker.network.bridge.enable_icc": icc.to_string()}})
            })
            .collect();
        let containers: Vec<Value> = containers
            .iter()
            .enumerate()
            .map(|(n, (state, mode, wires, ports, name))| {
                let places: serde_json::Map<String, Value> = wires
                    .iter()
                    .map(|w| (format!("net{w}"), json!({"IPAddress": format!("10.{w}.0.{n}")})))
                    .collect();
                let ports: Vec<Value> = ports
                    .iter()
                    .map(|(public, private)| json!({"PublicPort": public, "PrivatePort": private}))
                    .collect();
                json!({"Id": n.to_string(), "Names": [format!("/{name}{n}")], "State": state, "Ports": ports,
                    "HostConfig": {"NetworkMode": mode}, "NetworkSettings": {"Networks": places}})
            })
            .collect();
        host(Value::Array(networks), Value::Array(containers))
    })
}

/// JSON of any shape, with our field names among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| json!(n)),
        "[a-z/:0-9(]{0,12}".prop_map(Value::String),
        Just(json!("container:a")),
        Just(json!("running")),
    ];
    let key = prop::sample::select(vec![
        "Id",
        "Name",
        "Names",
        "Driver",
        "Options",
        "IPAM",
        "Config",
        "Subnet",
        "State",
        "Status",
        "Ports",
        "PublicPort",
        "PrivatePort",
        "HostConfig",
        "NetworkMode",
        "NetworkSettings",
        "Networks",
        "NetworkID",
        "IPAddress",
        "Aliases",
        "Labels",
        "a",
    ]);
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((key.clone(), inner), 0..8).prop_map(|fields| Value::Object(
                fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn on_any_host_boxes_keep_apart_and_nobody_is_lost(recording in any_host()) {
        let facts = facts(&recording);
        let (scene, layout) = laid_out(&facts);
        prop_assert_eq!(is_sound(&facts, &scene, &layout), Ok(()));
        let narrow = laid_out_narrow(&facts, &scene);
        prop_assert_eq!(is_sound(&facts, &scene, &narrow), Ok(()));
        prop_assert!(scene.units.len() <= MOST_UNITS && scene.buses.len() <= MOST_BUSES);
    }

    #[test]
    fn between_containers_on_wires_what_holds_one_way_holds_the_other(recording in any_host()) {
        let facts = facts(&recording);
        let plain = |at: &usize| {
            let stack = facts.stack(*at).map(|stack| &facts.containers[stack]);
            stack.is_some_and(|c| c.mode == Mode::Own && c.ports.is_empty())
        };
        let all: Vec<usize> = (0..facts.containers.len()).filter(plain).collect();
        for from in &all {
            for to in &all {
                prop_assert_eq!(reach(&facts, *from, *to).how, reach(&facts, *to, *from).how);
            }
        }
    }

    #[test]
    fn mangled_answers_draw_something_and_break_nothing(networks in any_json(), containers in any_json()) {
        let recording = host(networks, containers);
        let drawn = draw(Panel::Networks, &View::default(), &heard(&recording, None));
        prop_assert!(drawn.html.starts_with("<live-panel name=\"networks\""));
    }
}
