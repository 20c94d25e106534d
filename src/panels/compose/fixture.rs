//! Hosts with compose projects, built for tests in the shapes of the engine's lists.

use crate::engine::{Recording, recorded};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The embedded recording: two projects, shop and infra.
pub fn embedded() -> Arc<Recording> {
    recorded::embedded()
}

/// A host that gives these lists and nothing else. Null: the list is not told.
pub fn host(networks: Value, containers: Value, volumes: Value) -> Recording {
    let answers = [
        ("/networks", networks),
        ("/containers/json?all=1", containers),
        ("/volumes", volumes),
    ];
    Recording {
        recorded: "2026-11-24T06:00:00Z".parse().expect("a time"),
        engine: "20.10.24".into(),
        api: "1.41".into(),
        answers: answers
            .into_iter()
            .filter(|(_, list)| !list.is_null())
            .map(|(path, list)| (path.to_owned(), Arc::new(list)))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// A network. `made` is the project that made it and what its file calls it.
pub fn network(name: &str, made: Option<(&str, &str)>) -> Value {
    let labels = made.map(|(project, key)| {
        json!({"com.docker.compose.project": project, "com.docker.compose.network": key})
    });
    json!({"Id": format!("net-{name}"), "Name": name, "Driver": "bridge", "Labels": labels})
}

/// A replica of a service, running, on networks by name. Its last digit is its number.
pub fn replica(project: &str, service: &str, name: &str, networks: &[&str]) -> Value {
    let places: BTreeMap<&str, Value> = networks
        .iter()
        .map(|network| {
            (
                *network,
                json!({"NetworkID": format!("net-{network}"), "IPAddress": "172.20.0.2"}),
            )
        })
        .collect();
    let number: String = name.chars().rev().take(1).collect();
    json!({
        "Id": format!("{:0>64}", hex(name)), "Names": [format!("/{name}")], "Image": "busybox",
        "State": "running", "Status": "Up 3 minutes", "Ports": [], "Mounts": [],
        "HostConfig": {"NetworkMode": networks.first().unwrap_or(&"none")},
        "NetworkSettings": {"Networks": places},
        "Labels": {
            "com.docker.compose.project": project, "com.docker.compose.service": service,
            "com.docker.compose.container-number": number, "com.docker.compose.oneoff": "False",
            "com.docker.compose.config-hash": "aaaaaaaaaaaa",
            "com.docker.compose.project.config_files": "compose.yaml",
            "com.docker.compose.version": "2.29.1",
        },
    })
}

fn hex(name: &str) -> String {
    let all: String = name.bytes().map(|b| format!("{b:02x}")).collect();
    all.chars().rev().take(64).collect()
}

/// `value` with some of its fields, or of its labels, set anew.
pub fn with(mut value: Value, changes: Value) -> Value {
    for (name, change) in changes.as_object().expect("changes") {
        match (name.as_str(), change.as_object()) {
            ("Labels", Some(labels)) => {
                for (label, text) in labels {
                    value["Labels"][label] = text.clone();
                }
            }
            _ => value[name] = change.clone(),
        }
    }
    value
}
