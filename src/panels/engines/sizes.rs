//! Hosts of other sizes: with nothing, with very much, and with names meant to harm.

use super::fields::{Kind, each, each_of, endpoints, kind, replace, set};
use super::{Host, fields};
use crate::engine::{Ask, Id};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many containers and images the large host has.
pub const CONTAINERS: usize = 200;
/// See [`CONTAINERS`].
pub const IMAGES: usize = 100;

/// What a fresh installation answers: lists that are empty or null.
pub fn empty(mut host: Host) -> Host {
    let own = |network: &Value| {
        ["bridge", "host", "none"]
            .iter()
            .any(|name| network["Name"] == *name)
    };
    host.recording
        .answers
        .retain(|path, answer| match kind(path) {
            Kind::Container | Kind::Changes | Kind::Top | Kind::Image | Kind::History => false,
            Kind::Network => own(answer),
            _ => true,
        });
    let recording = &mut host.recording;
    for list in [Kind::Containers, Kind::Images, Kind::Events] {
        each(recording, list, |list| *list = json!([]));
    }
    each(recording, Kind::Volumes, |volumes| {
        *volumes = json!({"Volumes": null, "Warnings": null});
    });
    each(recording, Kind::Networks, |networks| {
        if let Some(networks) = networks.as_array_mut() {
            networks.retain(own);
        }
    });
    each(recording, Kind::Network, |network| {
        set(network, "Containers", json!({}))
    });
    each(recording, Kind::DiskUsage, |usage| {
        *usage = json!({"LayersSize": 0, "Images": [], "Containers": [], "Volumes": [], "BuildCache": null, "BuilderSize": 0});
    });
    each(recording, Kind::Info, |info| {
        for count in [
            "Containers",
            "ContainersRunning",
            "ContainersPaused",
            "ContainersStopped",
            "Images",
        ] {
            set(info, count, 0);
        }
    });
    host
}

/// The recorded containers and images in turn, [`CONTAINERS`] and [`IMAGES`] of them.
pub fn large(mut host: Host) -> Host {
    let old = std::mem::take(&mut host.recording.answers);
    let list = |path: &str| {
        old.get(path)
            .and_then(|list| list.as_array())
            .cloned()
            .unwrap_or_default()
    };
    let mut new: BTreeMap<String, Arc<Value>> = old
        .iter()
        .filter(|(path, _)| {
            !matches!(
                kind(path),
                Kind::Containers
                    | Kind::Container
                    | Kind::Changes
                    | Kind::Top
                    | Kind::Images
                    | Kind::Image
                    | Kind::History
            )
        })
        .map(|(path, answer)| (path.clone(), Arc::clone(answer)))
        .collect();

    let image_id = |at: usize| format!("sha256:{:064x}", at + 1);
    let lines = list(&Ask::Images.path());
    let mut images = Vec::new();
    for at in 0..IMAGES {
        let mut line = lines[at % lines.len()].clone();
        let from = text(&line["Id"]);
        let (id, tag) = (
            image_id(at),
            format!("registry.example.org/team-{}/service-{at}:1.{at}", at % 7),
        );
        set(&mut line, "Id", id.as_str());
        set(&mut line, "RepoTags", json!([tag]));
        images.push(line);
        for (ask, place) in [(Ask::Image as fn(Id) -> Ask, true), (Ask::History, false)] {
            let Some((Some(was), Some(is))) = Some((Id::new(&from), Id::new(&id))) else {
                continue;
            };
            let Some(answer) = old.get(&ask(was).path()) else {
                continue;
            };
            let mut answer = Value::clone(answer);
            if place {
                set(&mut answer, "Id", id.as_str());
                set(&mut answer, "RepoTags", json!([tag]));
            }
            new.insert(ask(is).path(), Arc::new(answer));
        }
    }
    new.insert(Ask::Images.path(), Arc::new(Value::Array(images)));

    let mut members: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for (path, inspected) in [
        (Ask::Containers.path(), true),
        (Ask::ContainerSizes.path(), false),
    ] {
        let lines = list(&path);
        let mut all = Vec::new();
        for at in 0..CONTAINERS {
            let mut line = lines[at % lines.len()].clone();
            let (from, id) = (text(&line["Id"]), format!("{:064x}", at + 1));
            let name = format!("{}-{at}", text(&line["Names"][0]));
            rename(&mut line, &id, at);
            set(&mut line, "Names", json!([name]));
            set(&mut line, "ImageID", image_id(at % IMAGES));
            all.push(line);
            let (Some(was), Some(is)) = (Id::new(&from), Id::new(&id)) else {
                continue;
            };
            if !inspected {
                continue;
            }
            for ask in [Ask::Container as fn(Id) -> Ask, Ask::Changes, Ask::Top] {
                let Some(answer) = old.get(&ask(was.clone()).path()) else {
                    continue;
                };
                let mut answer = Value::clone(answer);
                if matches!(ask(was.clone()), Ask::Container(_)) {
                    rename(&mut answer, &id, at);
                    set(&mut answer, "Name", name.as_str());
                    set(&mut answer, "Image", image_id(at % IMAGES));
                    for (_, endpoint) in endpoints(&mut answer) {
                        let member = json!({"Name": name.trim_start_matches('/'), "EndpointID": endpoint["EndpointID"], "MacAddress": endpoint["MacAddress"], "IPv4Address": format!("{}/16", text(&endpoint["IPAddress"])), "IPv6Address": ""});
                        members
                            .entry(text(&endpoint["NetworkID"]))
                            .or_default()
                            .push((id.clone(), member));
                    }
                }
                new.insert(ask(is.clone()).path(), Arc::new(answer));
            }
        }
        new.insert(path, Arc::new(Value::Array(all)));
    }
    host.recording.answers = new;
    each(&mut host.recording, Kind::Network, |network| {
        let members = members.remove(&text(&network["Id"])).unwrap_or_default();
        set(
            network,
            "Containers",
            Value::Object(members.into_iter().collect()),
        );
    });
    each(&mut host.recording, Kind::Info, |info| {
        set(info, "Containers", CONTAINERS);
        set(info, "ContainersRunning", CONTAINERS - CONTAINERS / 6);
        set(info, "ContainersStopped", CONTAINERS / 6);
        set(info, "Images", IMAGES);
    });
    host
}

/// Another id, and addresses of its own.
fn rename(container: &mut Value, id: &str, at: usize) {
    set(container, "Id", id);
    for (_, endpoint) in endpoints(container) {
        let address = text(&endpoint["IPAddress"]);
        let mut parts = address.split('.');
        if let (Some(a), Some(b)) = (parts.next().filter(|a| !a.is_empty()), parts.next()) {
            set(
                endpoint,
                "IPAddress",
                format!("{a}.{b}.{}.{}", 1 + at / 200, 2 + at % 200),
            );
        }
    }
}

/// Text that breaks out of anything it is put into without care.
pub const SCRIPT: &str = "</script><script>alert(1)</script>";
/// Turns the reading direction of what follows, and hides a character.
pub const TURNED: &str = "\u{202e}exe.\u{200b}txt";

/// Names, tags, labels and paths of the recorded host, made hostile.
pub fn hostile(mut host: Host) -> Host {
    let endless = "w".repeat(5_000);
    let recording = &mut host.recording;
    fields::each_of(recording, Kind::Images, |image| {
        if image["RepoTags"][0] == "shop/web:1.4" {
            set(
                image,
                "RepoTags",
                json!([format!("shop/{SCRIPT}:1.4"), format!("{endless}:latest")]),
            );
        }
    });
    replace(
        recording,
        "shop_default",
        &format!("shop\"onload=\"alert(1) {TURNED}"),
    );
    replace(
        recording,
        "dbdata",
        &format!("'\"><img src=x onerror=alert(1)>{TURNED}"),
    );
    replace(
        recording,
        "/var/lib/postgresql/data",
        &format!("/{endless}"),
    );
    each_of(recording, Kind::Containers, |container| {
        if container["Names"][0] == "/p1" {
            set(container, "Names", json!([format!("/{SCRIPT}")]));
        } else if container["Names"][0] == "/p2" {
            set(container, "Names", json!([format!("/{endless}")]));
        } else if container["Names"][0] == "/batch" {
            set(container, "Names", json!([format!("/{TURNED}")]));
        }
    });
    each(recording, Kind::Container, |container| {
        let name = match container["Name"].as_str() {
            Some("/p1") => format!("/{SCRIPT}"),
            Some("/p2") => format!("/{endless}"),
            Some("/batch") => format!("/{TURNED}"),
            _ => return,
        };
        set(container, "Name", name);
    });
    each(recording, Kind::Changes, |changes| {
        if let Some(changes) = changes.as_array_mut() {
            changes.push(json!({"Path": format!("/tmp/{SCRIPT}"), "Kind": 1}));
            changes.push(json!({"Path": format!("/tmp/{endless}"), "Kind": 2}));
        }
    });
    each(recording, Kind::Info, |info| {
        set(info, "OperatingSystem", format!("{SCRIPT}{TURNED}"));
        set(info, "Driver", "overlay2");
        set(info, "DockerRootDir", format!("/{SCRIPT}/{endless}"));
    });
    host
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
