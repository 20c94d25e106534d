//! Tests of the mounts panel, from recorded and made-up answers.

use super::*;
use crate::engine::recorded::{Recording, embedded};
use crate::panels::{PanelState, draw};
use serde_json::{Value, json};
use std::sync::Arc;

const ANON: &str = "c1e5f08736d9d730634c045451170b7cd60e8e03809b56163cace387f32010df";

/// A host with these answers and no others.
fn host(answers: Value) -> Recording {
    let answers = answers.as_object().expect("answers by path").clone();
    Recording {
        recorded: "2026-11-24T06:00:00Z".parse().expect("a time"),
        engine: "20.10.24".into(),
        api: "1.41".into(),
        answers: answers
            .into_iter()
            .map(|(path, json)| (path, Arc::new(json)))
            .collect(),
    }
}

fn seen(host: &Recording, of: &str) -> Mounts {
    let view = View::default().focus(of);
    let have = host.gather(|have| asks(&view, have));
    picture(&view, &have).expect("a picture")
}

fn html(host: &Recording, of: &str) -> String {
    let view = View::default().focus(of);
    let have = host.gather(|have| asks(&view, have));
    draw(Panel::Mounts, &view, &have).html
}

fn volume(name: &str, at: &str) -> Value {
    json!({"Type": "volume", "Name": name, "Source": "", "Destination": at, "Driver": "local", "Mode": "z", "RW": true, "Propagation": ""})
}

fn listed(id: &str, name: &str, mounts: Value) -> Value {
    json!({"Id": id, "Names": [format!("/{name}")], "State": "running", "Mounts": mounts})
}

/// One container with every kind of mount, and another on the same named volume.
fn mix() -> Recording {
    let mounts = json!([
        volume("data", "/data"),
        volume(ANON, "/data/cache"),
        {"Type": "bind", "Source": "/srv/src", "Destination": "/src", "Mode": "ro", "RW": false, "Propagation": "rslave"},
        {"Type": "tmpfs", "Source": "", "Destination": "/quick", "Mode": "", "RW": true, "Propagation": ""},
    ]);
    host(json!({
        "/containers/json?all=1": [
            listed("aaaa1111", "mix", mounts.clone()),
            listed("bbbb2222", "reader", json!([volume("data", "/in")])),
        ],
        "/containers/aaaa1111/json": {
            "Id": "aaaa1111", "Name": "/mix", "Mounts": mounts,
            "HostConfig": {
                "AutoRemove": false,
                "Tmpfs": {"/fast": "size=16m", "/loose": ""},
                "Mounts": [{"Type": "tmpfs", "Target": "/quick", "TmpfsOptions": {"SizeBytes": 1_000_000}}],
            },
            "HostsPath": "/var/lib/docker/containers/aaaa1111/hosts",
        },
        "/containers/bbbb2222/json": {"Id": "bbbb2222", "Name": "/reader", "Mounts": [volume("data", "/in")], "HostConfig": {"Tmpfs": null}},
        "/volumes": {"Volumes": [
            {"Name": "data", "Driver": "local", "Options": null},
            {"Name": ANON, "Driver": "local", "Options": null},
            {"Name": "left", "Driver": "local", "Options": null},
        ], "Warnings": null},
        "/system/df": {"Volumes": [
            {"Name": "data", "UsageData": {"Size": 700_000, "RefCount": 2}},
            {"Name": ANON, "UsageData": {"Size": -1, "RefCount": 1}},
            {"Name": "left", "UsageData": {"Size": 5, "RefCount": 0}},
        ], "Containers": [{"Id": "aaaa1111", "SizeRw": 4_800_000}, {"Id": "bbbb2222"}]},
    }))
}

fn rows(mounts: &Mounts) -> Vec<(String, &'static str, Ends, Option<&'static str>)> {
    let rows = mounts.nodes.iter().flat_map(|node| {
        node.rows
            .iter()
            .map(|row| (node.path.clone(), row.class, row.ends, row.mode))
    });
    rows.collect()
}

#[test]
fn each_kind_of_mount_hangs_at_its_path_and_ends_where_it_does() {
    let drawn = seen(&mix(), "");
    let (rw, ro) = (Some("rw"), Some("ro"));
    let expected = [
        ("/", "glass", Ends::Rm, rw),
        ("/data", "named", Ends::VolumeRm, rw),
        ("/data/cache", "anon", Ends::RmV, rw),
        ("/fast", "tmpfs", Ends::Stop, rw),
        ("/in", "named", Ends::VolumeRm, rw),
        ("/loose", "tmpfs", Ends::Stop, rw),
        ("/quick", "tmpfs", Ends::Stop, rw),
        ("/src", "bind", Ends::Never, ro),
    ];
    let expected: Vec<_> = expected.map(|(p, c, e, m)| (p.to_owned(), c, e, m)).into();
    assert_eq!(rows(&drawn), expected);
    assert_eq!(
        drawn.answer,
        "One named volume, one anonymous volume, one bind mount and three tmpfs mounts in two containers."
    );
}

#[test]
fn a_tmpfs_says_its_size_and_where_it_is_written_down() {
    let drawn = seen(&mix(), "");
    let notes = |path: &str| {
        let node = drawn
            .nodes
            .iter()
            .find(|node| node.path == path)
            .expect("a node");
        node.rows[0].notes.join("; ")
    };
    assert_eq!(notes("/fast"), "size=16m; from --tmpfs");
    assert_eq!(notes("/quick"), "size=1.00 MB");
    assert!(
        notes("/loose").starts_with("no size set"),
        "{}",
        notes("/loose")
    );
    assert!(
        notes("/src").starts_with("rslave: a disk"),
        "{}",
        notes("/src")
    );
    assert_eq!(notes("/data/cache"), "size not told");
}

#[test]
fn a_shared_volume_is_one_water_wherever_it_hangs() {
    let drawn = seen(&mix(), "");
    let data: Vec<_> = drawn
        .nodes
        .iter()
        .flat_map(|node| &node.rows)
        .filter(|row| row.which.as_deref() == Some("data"))
        .collect();
    assert_eq!(data.len(), 2);
    assert!(
        data.iter()
            .all(|row| row.sharers == 2 && row.slab() == "k2")
    );
    let notes = data[0].notes.join("; ");
    assert_eq!(
        notes,
        "700.0 kB; the same water at /in in reader; shared by two containers"
    );
}

#[test]
fn two_containers_with_one_volume_at_one_path_are_one_row() {
    let both = json!([volume("data", "/data")]);
    let drawn = seen(
        &host(
            json!({"/containers/json?all=1": [listed("aaaa1111", "a", both.clone()), listed("bbbb2222", "b", both)]}),
        ),
        "",
    );
    let row = &drawn.nodes[1].rows[0];
    assert_eq!((drawn.nodes.len(), drawn.nodes[1].rows.len()), (2, 1));
    assert_eq!(row.whose(), "a and b");
    // Neither was answered for itself, and that is said.
    assert!(drawn.remarks[0].starts_with("Two containers have not been asked"));
}

#[test]
fn one_container_shows_its_own_glass_and_what_docker_puts_in() {
    let drawn = seen(&mix(), "mix");
    assert_eq!(
        drawn.answer,
        "What mix writes below /data and /data/cache survives docker rm."
    );
    assert_eq!(drawn.nodes[0].rows[0].notes, ["4.80 MB written"]);
    let hosts = rows(&drawn).into_iter().find(|row| row.0 == "/etc/hosts");
    assert_eq!(hosts.map(|row| (row.1, row.2)), Some(("dockers", Ends::Rm)));
    assert!(!rows(&drawn).iter().any(|row| row.0 == "/in"));
    // Docker leaves SizeRw out when it is 0, and "0 B" is then what it means.
    assert_eq!(
        seen(&mix(), "reader").nodes[0].rows[0].notes,
        ["0 B written"]
    );
}

#[test]
fn volumes_that_nothing_mounts_are_named() {
    let drawn = seen(&mix(), "");
    assert_eq!(
        drawn.unused,
        [("left".to_owned(), Some("5 B".to_owned()), false)]
    );
}

#[test]
fn what_is_started_with_rm_loses_its_anonymous_volume_when_it_stops() {
    let mut host = mix();
    let path = "/containers/aaaa1111/json";
    let mut own = Value::clone(&host.answers[path]);
    own["HostConfig"]["AutoRemove"] = json!(true);
    host.answers.insert(path.into(), Arc::new(own));
    let drawn = seen(&host, "mix");
    let ends = |at: &str| {
        rows(&drawn)
            .into_iter()
            .find(|row| row.0 == at)
            .map(|row| row.2)
    };
    assert_eq!(ends("/data/cache"), Some(Ends::Stop));
    assert_eq!(ends("/"), Some(Ends::Stop));
    assert_eq!(ends("/data"), Some(Ends::VolumeRm));
}

#[test]
fn a_volume_made_of_memory_is_not_called_lasting() {
    let mut host = mix();
    let volumes =
        json!({"Volumes": [{"Name": "data", "Driver": "local", "Options": {"type": "tmpfs"}}]});
    host.answers.insert("/volumes".into(), Arc::new(volumes));
    let drawn = seen(&host, "reader");
    assert_eq!(rows(&drawn)[1].2, Ends::Stop);
    assert_eq!(
        drawn.answer,
        "Nothing that reader writes survives docker rm."
    );
}

#[test]
fn later_engines_tell_sizes_in_other_fields() {
    let mut host = mix();
    let usage = json!({"VolumeUsage": {"Items": [{"Name": "data", "UsageData": {"Size": 9, "RefCount": 2}}]},
        "ContainerUsage": {"Items": [{"Id": "aaaa1111", "SizeRw": 8}]}});
    host.answers.insert("/system/df".into(), Arc::new(usage));
    let drawn = seen(&host, "mix");
    assert_eq!(drawn.nodes[0].rows[0].notes, ["8 B written"]);
    assert!(drawn.nodes[1].rows[0].notes.contains(&"9 B".to_owned()));
    // And where they tell only totals, nothing is called 0.
    let usage = json!({"VolumeUsage": {"TotalCount": 3, "TotalSize": 700_005}});
    host.answers.insert("/system/df".into(), Arc::new(usage));
    let drawn = seen(&host, "");
    assert!(!html(&host, "").contains("0 B"));
    assert!(
        drawn
            .remarks
            .contains(&"This engine does not say how large its volumes are.".to_owned())
    );
}

#[test]
fn other_kinds_are_called_by_their_names() {
    let mounts = json!([
        {"Type": "npipe", "Source": r"\\.\pipe\docker_engine", "Destination": r"\\.\pipe\docker_engine", "RW": true},
        {"Type": "volume", "Name": "w", "Source": r"C:\ProgramData\docker\volumes\w\_data", "Destination": r"c:\data\w", "RW": true},
        {"Type": "image", "Source": "acme", "Destination": "/img", "RW": false},
        "/podman/lists/paths",
        {"Type": "bind", "Source": "/var/run/docker.sock", "Destination": "/var/run/docker.sock", "RW": false},
        {"Destination": ""}, {}, null, 7,
    ]);
    let host = host(json!({"/containers/json?all=1": [listed("aaaa1111", "w", mounts)]}));
    let page = html(&host, "w");
    for part in [
        "npipe",
        "<b>image</b>",
        "podman/lists/paths",
        "who may use it rules the host",
        "data/w",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(
        rows(&seen(&host, "w"))
            .iter()
            .any(|row| row.0 == r"c:\data\w")
    );
}

#[test]
fn an_empty_host_and_an_unknown_name_get_a_sentence() {
    let empty = host(json!({"/containers/json?all=1": [], "/volumes": {"Volumes": null}}));
    let drawn = seen(&empty, "");
    assert_eq!(drawn.answer, "No containers, so nothing is mounted.");
    assert!(html(&mix(), "nobody").contains("No container here is called <bdi>nobody</bdi>"));
}

#[test]
fn answers_of_any_shape_draw_something() {
    for odd in [json!(null), json!([]), json!({}), json!("x"), json!([[1]])] {
        let host = host(json!({
            "/containers/json?all=1": [{"Id": "aaaa1111", "Names": odd, "Mounts": odd, "State": odd}],
            "/containers/aaaa1111/json": odd, "/volumes": odd, "/system/df": odd,
        }));
        assert!(html(&host, "").contains("Mounts"), "{odd}");
        let _drawn = seen(&host, "aaaa1111");
    }
    let have =
        host(json!({"/containers/json?all=1": {}})).gather(|have| asks(&View::default(), have));
    let drawn = draw(Panel::Mounts, &View::default(), &have);
    assert_eq!(drawn.state, PanelState::Unavailable);
}

#[test]
fn names_from_the_host_are_text() {
    let mounts = json!([{"Type": "volume", "Name": "<script>x", "Destination": "/<img src=x>/\u{202e}b", "RW": true}]);
    let page = html(
        &host(json!({"/containers/json?all=1": [listed("aaaa1111", "<b>a", mounts)]})),
        "",
    );
    for bad in ["<script", "<img", "<b>a", "\u{202e}"] {
        assert!(!page.contains(bad), "{bad}: {page}");
    }
}

#[test]
fn a_large_host_is_folded_and_asked_little() {
    let containers: Vec<Value> = (0..200)
        .map(|n| {
            let path = "p".repeat(200);
            let mounts =
                (0..5).map(|m| volume(&format!("volume-{n}-{m}"), &format!("/srv/{m}/{n}/{path}")));
            listed(&format!("{n:064x}"), &format!("c{n}"), mounts.collect())
        })
        .collect();
    let host = host(json!({"/containers/json?all=1": containers}));
    let have = host.gather(|have| asks(&View::default(), have));
    assert_eq!(have.all().len(), 3 + ASKED);
    let drawn = draw(Panel::Mounts, &View::default(), &have);
    assert!(drawn.html.len() < 100_000, "{}", drawn.html.len());
    assert_eq!(drawn.json["picture"]["folded"], 1000 + 1 - tree::ROWS);
}

#[test]
fn the_recorded_host_shows_every_kind_it_has() {
    let drawn = seen(&embedded(), "");
    let classes: Vec<_> = drawn.legend.iter().map(|(class, _)| *class).collect();
    assert_eq!(classes, ["glass", "tmpfs", "anon", "named", "bind"]);
}
