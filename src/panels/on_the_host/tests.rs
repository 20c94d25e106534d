//! Tests of the on-the-host panel, from recorded and made-up answers.

use super::*;
use crate::engine::recorded::{Recording, embedded};
use crate::panels::{PanelState, draw};
use serde_json::json;
use std::sync::Arc;

const ID: &str = "d23c602fd87e5cdc8f5bef7a574d9686863b9ed897bc28bfd80919d0b7d575f6";

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

fn seen(host: &Recording, of: &str) -> OnTheHost {
    let view = View::default().focus(of);
    let have = host.gather(|have| asks(&view, have));
    picture(&view, &have).expect("a picture")
}

fn html(host: &Recording, of: &str) -> String {
    let view = View::default().focus(of);
    let have = host.gather(|have| asks(&view, have));
    draw(Panel::OnTheHost, &view, &have).html
}

/// A host with this `/info` and one container, whose own answer is `own`.
fn with(info: Value, own: Value) -> Recording {
    host(json!({
        "/info": info,
        "/containers/json?all=1": [{"Id": ID, "Names": ["/web"], "State": "running", "Mounts": []}],
        format!("/containers/{ID}/json"): own,
        "/volumes": {"Volumes": []},
        "/system/df": {"LayersSize": 5},
    }))
}

fn docker() -> Value {
    json!({"DockerRootDir": "/var/lib/docker", "Driver": "overlay2", "ServerVersion": "20.10.24",
        "OperatingSystem": "Debian GNU/Linux 12", "SecurityOptions": ["name=seccomp,profile=default"]})
}

fn find<'a>(drawn: &'a OnTheHost, path: &str) -> &'a Line {
    let mut lines = drawn.lines.iter().chain(&drawn.elsewhere);
    let paths = || {
        drawn
            .lines
            .iter()
            .map(|line| line.path.as_str())
            .collect::<Vec<_>>()
    };
    lines
        .find(|line| line.path == path)
        .unwrap_or_else(|| panic!("no {path}: {:#?}", paths()))
}

#[test]
fn the_listing_has_the_folders_of_the_note_in_its_order() {
    let drawn = seen(&embedded(), "");
    let top: Vec<&str> = drawn
        .lines
        .iter()
        .filter(|line| line.depth == 1)
        .map(|line| line.label.as_str())
        .collect();
    assert_eq!(
        top,
        [
            "buildkit",
            "containers",
            "image",
            "network",
            "overlay2",
            "plugins",
            "runtimes",
            "swarm",
            "tmp",
            "trust",
            "volumes"
        ]
    );
    assert_eq!(drawn.root.answer(), "/var/lib/docker: Docker's default.");
}

#[test]
fn each_line_says_which_field_proves_it_or_that_none_does() {
    let drawn = seen(&embedded(), "shop-db-1");
    let known = |path: &str| find(&drawn, path).known();
    assert_eq!(known("/var/lib/docker"), "proven by DockerRootDir");
    assert_eq!(known("/var/lib/docker/containers"), "proven by LogPath");
    assert_eq!(known("/var/lib/docker/image"), "follows from Driver");
    assert_eq!(
        known("/var/lib/docker/image/overlay2/layerdb"),
        "follows from Driver"
    );
    assert_eq!(
        known("/var/lib/docker/plugins"),
        "usual, not proven: the API does not tell"
    );
    let volume = find(&drawn, "/var/lib/docker/volumes/shop_dbdata/_data");
    assert_eq!(volume.known(), "proven by Volumes[].Mountpoint");
    assert_eq!(volume.what, "a volume, its /var/lib/db");
    assert_eq!(
        volume.size.as_ref().map(|size| size.1),
        Some("UsageData.Size")
    );
    assert!(volume.chosen);
    assert!(!find(&drawn, "/var/lib/docker/volumes/infra_journal/_data").chosen);
    // The folder of the layers is proven by the paths through it, and sized by df.
    let layers = find(&drawn, "/var/lib/docker/overlay2");
    assert!(
        layers.known().starts_with("proven by GraphDriver.Data."),
        "{}",
        layers.known()
    );
    assert_eq!(layers.size.as_ref().map(|size| size.1), Some("LayersSize"));
    assert_eq!(layers.bar, 100);
    assert!(
        drawn
            .elsewhere
            .iter()
            .any(|line| line.field == "NetworkSettings.SandboxKey")
    );
}

#[test]
fn the_chosen_container_is_found_whole() {
    let drawn = seen(&embedded(), "shop-api-1");
    let (_, log, _) = &drawn.its[0];
    assert!(
        log.as_deref().is_some_and(|log| log.ends_with("-json.log")),
        "{log:?}"
    );
    let (_, upper, field) = &drawn.its[1];
    assert!(
        upper
            .as_deref()
            .is_some_and(|upper| upper.ends_with("/diff")),
        "{upper:?}"
    );
    assert_eq!(field, "GraphDriver.Data.UpperDir");
    let upper = find(&drawn, upper.as_deref().unwrap_or_default());
    assert_eq!(upper.size.as_ref().map(|size| size.1), Some("SizeRw"));
    assert_ne!(upper.size.as_ref().map(|size| size.0.as_str()), Some("0 B"));
}

#[test]
fn a_container_that_borrows_a_network_borrows_its_files() {
    let drawn = seen(&embedded(), "debug");
    let hosts = drawn
        .lines
        .iter()
        .find(|line| line.field == "HostsPath" && line.label.ends_with("hosts"));
    let hosts = hosts.expect("a line");
    assert!(
        hosts
            .what
            .contains("another container's, whose network it shares"),
        "{}",
        hosts.what
    );
}

#[test]
fn a_log_that_is_no_file_is_said_to_be_none() {
    for (driver, said) in [
        ("journald", "LogPath is empty: the log driver is journald"),
        ("none", "none is kept"),
        ("local", "The driver local keeps a file"),
    ] {
        let own = json!({"Id": ID, "Name": "/web", "LogPath": "", "HostConfig": {"LogConfig": {"Type": driver}}});
        let page = html(&with(docker(), own), "");
        assert!(page.contains(said), "{driver}: {page}");
    }
    let page = html(&with(docker(), json!({"Id": ID})), "");
    assert!(
        page.contains("this engine does not say (LogPath)"),
        "{page}"
    );
}

#[test]
fn every_kind_of_data_root_is_recognised() {
    for (path, security, system, kind, setting) in [
        (
            "/var/lib/docker",
            "",
            "Debian",
            root::Kind::Default,
            "/etc/docker/daemon.json",
        ),
        (
            "/var/lib/docker/",
            "",
            "Debian",
            root::Kind::Default,
            "/etc/docker/daemon.json",
        ),
        (
            "/srv/docker",
            "",
            "Debian",
            root::Kind::Moved,
            "Look for data-root",
        ),
        (
            "/var/lib/docker/100000.100000",
            "name=userns",
            "Debian",
            root::Kind::Default,
            "userns-remap",
        ),
        (
            "/srv/100000.100000",
            "",
            "Debian",
            root::Kind::Moved,
            "Look for data-root",
        ),
        (
            "/home/ann/.local/share/docker",
            "",
            "Debian",
            root::Kind::Rootless,
            "~/.config/docker/daemon.json",
        ),
        (
            "/data/ann",
            "name=rootless",
            "Debian",
            root::Kind::Rootless,
            "~/.config/docker/daemon.json",
        ),
        (
            "/var/lib/docker",
            "",
            "Docker Desktop",
            root::Kind::Desktop,
            "virtual machine",
        ),
        (
            "/var/lib/containers/storage",
            "",
            "debian",
            root::Kind::Podman,
            "graphroot",
        ),
        (
            r"C:\ProgramData\docker",
            "",
            "Windows Server 2022",
            root::Kind::Default,
            r"C:\ProgramData\docker\config\daemon.json",
        ),
    ] {
        let info = json!({"DockerRootDir": path, "SecurityOptions": [security], "OperatingSystem": system});
        let drawn = seen(&with(info, json!({})), "");
        assert_eq!(drawn.root.kind, kind, "{path}");
        assert!(
            drawn.setting.join(" ").contains(setting),
            "{path}: {:?}",
            drawn.setting
        );
    }
}

#[test]
fn vfs_names_no_folder_and_that_is_said() {
    let mut info = docker();
    info["Driver"] = json!("vfs");
    let own = json!({"Id": ID, "Name": "/web", "GraphDriver": {"Name": "vfs", "Data": null}});
    let host = with(info, own);
    let drawn = seen(&host, "");
    assert_eq!(
        find(&drawn, "/var/lib/docker/vfs/dir").known(),
        "follows from Driver"
    );
    assert!(
        drawn.its[1].2.contains("the API does not say which"),
        "{:?}",
        drawn.its[1]
    );
    assert!(html(&host, "").contains("On disk each is a whole copy"));
}

#[test]
fn containerds_store_is_usual_and_not_proven() {
    let mut info = docker();
    info["Driver"] = json!("overlayfs");
    info["DriverStatus"] = json!([["driver-type", "io.containerd.snapshotter.v1"]]);
    let own = json!({"Id": ID, "Name": "/web", "Storage": {"RootFS": {"Snapshot": {"Name": "overlayfs"}}}});
    let drawn = seen(&with(info, own), "");
    let layers = find(
        &drawn,
        "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs",
    );
    assert_eq!(layers.proof, Proof::Usual);
    assert!(
        drawn.its[1]
            .2
            .contains("containerd's snapshotter overlayfs"),
        "{:?}",
        drawn.its[1]
    );
    assert!(drawn.setting[1].contains("data-root does not move it"));
    assert!(!drawn.lines.iter().any(|line| line.path.contains("layerdb")));
}

#[test]
fn podmans_storage_gets_no_folders_of_dockers() {
    let own = json!({"Id": ID, "Name": "web", "LogPath": format!("/var/lib/containers/storage/overlay-containers/{ID}/userdata/ctr.log")});
    let info = json!({"DockerRootDir": "/var/lib/containers/storage", "Driver": "overlay"});
    let drawn = seen(&with(info, own), "");
    assert!(
        drawn.lines.iter().all(|line| line.proof == Proof::Path),
        "{:#?}",
        drawn.lines
    );
    let labels: Vec<&str> = drawn.lines.iter().map(|line| line.label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "/var/lib/containers/storage",
            "overlay-containers",
            "d23c602fd87e…/userdata/ctr.log"
        ]
    );
}

#[test]
fn a_stopped_container_has_no_merged_folder() {
    let data = json!({"MergedDir": "/var/lib/docker/overlay2/x/merged", "UpperDir": "/var/lib/docker/overlay2/x/diff"});
    for runs in [true, false] {
        let own = json!({"Id": ID, "State": {"Running": runs}, "GraphDriver": {"Name": "overlay2", "Data": data}});
        let drawn = seen(&with(docker(), own), "");
        let merged = drawn
            .lines
            .iter()
            .any(|line| line.path.ends_with("/merged"));
        assert_eq!(merged, runs);
    }
}

#[test]
fn a_swarm_node_and_later_engines_have_other_folders() {
    let mut info = docker();
    info["Swarm"] = json!({"LocalNodeState": "active"});
    info["ServerVersion"] = json!("29.0.1");
    let mut host = with(info, json!({}));
    let usage = json!({"ImageUsage": {"TotalSize": 77}, "VolumeUsage": {"TotalSize": 7}});
    host.answers.insert("/system/df".into(), Arc::new(usage));
    let drawn = seen(&host, "");
    assert_eq!(
        find(&drawn, "/var/lib/docker/swarm").known(),
        "follows from Swarm.LocalNodeState"
    );
    assert_eq!(
        find(&drawn, "/var/lib/docker/engine-id").proof,
        Proof::Usual
    );
    assert!(!drawn.lines.iter().any(|line| line.label == "trust"));
    let size = &find(&drawn, "/var/lib/docker/overlay2").size;
    assert_eq!(*size, Some(("77 B".into(), "ImageUsage.TotalSize")));
    let size = &find(&drawn, "/var/lib/docker/volumes").size;
    assert_eq!(*size, Some(("7 B".into(), "VolumeUsage.TotalSize")));
}

#[test]
fn a_host_without_containers_or_answers_still_tells_its_root() {
    let host = host(json!({"/info": docker(), "/containers/json?all=1": []}));
    let page = html(&host, "");
    for part in [
        "Docker&#39;s default",
        "No container is here to be looked up",
        "The volumes are not told",
        "No sizes: ",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("0 B"), "{page}");
    assert!(html(&embedded(), "nobody").contains("No container here is called <bdi>nobody</bdi>"));
}

#[test]
fn an_engine_that_names_no_root_is_unavailable() {
    let host = host(json!({"/info": {"Driver": "overlay2"}}));
    let have = host.gather(|have| asks(&View::default(), have));
    let drawn = draw(Panel::OnTheHost, &View::default(), &have);
    assert_eq!(drawn.state, PanelState::Unavailable);
    assert!(drawn.html.contains("DockerRootDir"), "{}", drawn.html);
}

#[test]
fn paths_and_drivers_from_the_host_are_text_and_stay_in_their_place() {
    let mut info = docker();
    info["Driver"] = json!("../../etc");
    info["DockerRootDir"] = json!("/<script>/docker");
    let own = json!({"Id": ID, "Name": "/<img>", "LogPath": "/<script>/docker/../<b>\u{202e}", "GraphDriver": {"Data": {"<i>": "/<script>/docker/q"}}});
    let page = html(&with(info, own), "");
    for bad in [
        "<script",
        "<img",
        "<b>\u{202e}",
        "<i>",
        "docker/../../etc",
        "\u{202e}",
    ] {
        assert!(!page.contains(bad), "{bad}: {page}");
    }
}

#[test]
fn answers_of_any_shape_draw_something() {
    for odd in [
        json!(null),
        json!([]),
        json!({}),
        json!("x"),
        json!([[1]]),
        json!({"Data": {"LowerDir": 7}}),
    ] {
        let mut info = docker();
        info["DriverStatus"] = odd.clone();
        info["SecurityOptions"] = odd.clone();
        let own =
            json!({"Id": odd, "Name": odd, "LogPath": odd, "GraphDriver": odd, "Mounts": odd});
        let mut host = with(info, own);
        for path in ["/volumes", "/system/df"] {
            host.answers.insert(path.into(), Arc::new(odd.clone()));
        }
        assert!(html(&host, "").contains("Docker&#39;s default"), "{odd}");
    }
}

#[test]
fn a_large_host_asks_about_one_container_and_stays_small() {
    let containers: Vec<Value> = (0..200)
        .map(|n| json!({"Id": format!("{n:064x}"), "Names": [format!("/c{n}")], "State": "running", "Mounts": []}))
        .collect();
    let volumes: Vec<Value> = (0..500)
        .map(|n| json!({"Name": format!("v{n}"), "Mountpoint": format!("/var/lib/docker/volumes/v{n}/_data")}))
        .collect();
    let layers: Vec<String> = (0..120)
        .map(|n| format!("/var/lib/docker/overlay2/{n:064x}/diff"))
        .collect();
    let own = json!({"Id": format!("{:064x}", 0), "GraphDriver": {"Data": {"LowerDir": layers.join(":")}}});
    let host = host(
        json!({"/info": docker(), "/containers/json?all=1": containers,
        "/volumes": {"Volumes": volumes}, format!("/containers/{:064x}/json", 0): own}),
    );
    let have = host.gather(|have| asks(&View::default(), have));
    assert_eq!(have.all().len(), 5);
    let drawn = draw(Panel::OnTheHost, &View::default(), &have);
    assert!(drawn.html.len() < 100_000, "{}", drawn.html.len());
    for part in [
        "a folder for each volume, 500 here, 10 of them drawn",
        "layer 117 of 120 of its image, read-only; 116 more below it",
    ] {
        assert!(drawn.html.contains(part), "{part}: {}", drawn.html);
    }
}
