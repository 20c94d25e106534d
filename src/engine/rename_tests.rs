//! No real name is left, and nobody else's object is taken in: held by what a real engine
//! answered about two sandboxes and their look-alikes (`tests/sandboxes record`).

use super::only::{Corner, only};
use super::owned::{Instance, SandboxId};
use super::rename::*;
use super::{Ask, Id, Recording};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where a real name may be left, and why. Places are written as paths; `*` is any key or
/// number. There is none that an engine is known to fill.
const LEFT: [(&str, &str); 2] = [
    ("Config.Cmd.*", "what a person typed"),
    ("Args.*", "what a person typed"),
];

fn id() -> SandboxId {
    SandboxId::parse("k3x9q2ab").expect("an id")
}

/// What the engine answered, unmasked, by path.
fn raw() -> Map<String, Value> {
    serde_json::from_str(include_str!("raw_sandbox.json")).expect("answers")
}

fn recording() -> Recording {
    Recording::parse(include_str!("recorded_sandbox.json")).expect("a recording")
}

/// The ask with this path.
fn ask(path: &str) -> Option<Ask> {
    let one = |path: &str| Id::new(path.split('/').nth(2)?);
    Some(match path {
        "/containers/json?all=1" => Ask::Containers,
        "/containers/json?all=1&size=1" => Ask::ContainerSizes,
        "/images/json" => Ask::Images,
        "/networks" => Ask::Networks,
        "/volumes" => Ask::Volumes,
        "/system/df" => Ask::DiskUsage,
        "/events" | "/events?since=1&until=now" => Ask::Events,
        "/version" => Ask::Version,
        "/info" => Ask::Info,
        path if path.ends_with("/history") => Ask::History(one(path)?),
        path if path.ends_with("/changes") => Ask::Changes(one(path)?),
        path if path.contains("/top?") => Ask::Top(one(path)?),
        path if path.starts_with("/containers/") && path.ends_with("/json") => {
            Ask::Container(one(path)?)
        }
        path if path.starts_with("/images/") => Ask::Image(one(path)?),
        path if path.starts_with("/networks/") => Ask::Network(one(path)?),
        _ => return None,
    })
}

/// Every place in `json` where `is_wrong`, as paths.
fn wrong(json: &Value, at: &str, is_wrong: &dyn Fn(&str) -> bool, found: &mut Vec<String>) {
    let below = |key: &str| match at {
        "" => key.to_owned(),
        at => format!("{at}.{key}"),
    };
    match json {
        Value::String(text) if is_wrong(text) => found.push(format!("{at} = {text}")),
        Value::Array(list) => {
            for item in list {
                wrong(item, &below("*"), is_wrong, found);
            }
        }
        Value::Object(object) => {
            for (key, value) in object {
                if is_wrong(key) {
                    found.push(below(key));
                }
                wrong(value, &below(key), is_wrong, found);
            }
        }
        _ => {}
    }
    found.retain(|place| !LEFT.iter().any(|(left, _)| place.starts_with(left)));
}

fn leaks(json: &Value, id: &str) -> Vec<String> {
    let mut found = Vec::new();
    let prefix = format!("wl-{id}-");
    let is_wrong = |text: &str| text.contains(&prefix) || text.starts_with("wl.");
    wrong(json, "", &is_wrong, &mut found);
    found
}

#[test]
fn no_real_name_and_no_label_of_ours_is_left_in_any_answer() {
    let mut looked_at = 0;
    for (path, mut json) in raw() {
        let whole = json.to_string();
        assert!(
            whole.contains("k3x9q2ab"),
            "{path} says nothing of the sandbox"
        );
        match ask(&path) {
            Some(ask) => json = only(&ask, &json, &id().into()).expect(&path),
            None if path.starts_with("/volumes/") => typed_volume(&mut json, &id()),
            None => typed_stats(&mut json, &id()),
        }
        assert_eq!(leaks(&json, "k3x9q2ab"), [""; 0], "{path}");
        assert!(!json.to_string().contains("zz00yy11"), "{path}");
        looked_at += 1;
    }
    assert!(looked_at >= 20, "{looked_at} answers");
    // The same for masked answers, of both sandboxes.
    for id in ["k3x9q2ab", "zz00yy11"] {
        let corner = Corner::from(SandboxId::parse(id).expect("an id"));
        for (path, json) in &recording().answers {
            let ask = ask(path).expect(path);
            if let Some(own) = only(&ask, json, &corner) {
                let about_others = matches!(ask, Ask::History(_));
                assert!(
                    about_others || leaks(&own, id).is_empty(),
                    "{path}: {:?}",
                    leaks(&own, id)
                );
            }
        }
    }
}

#[test]
fn a_typed_container_is_what_docker_would_show_without_a_sandbox() {
    let raw = raw();
    let list = only(
        &Ask::Containers,
        &raw["/containers/json?all=1"],
        &id().into(),
    );
    let list = list.expect("a list");
    let names: Vec<&str> = list
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|item| item["Names"][0].as_str())
        .collect();
    assert_eq!(names, ["/again", "/made", "/shop-db-1", "/notes", "/web"]);
    let web = &list[4];
    assert_eq!(web["Image"], "busybox");
    assert_eq!(list[0]["Image"], "kept", "as it was typed");
    assert_eq!(web["Labels"], json!({"stage": "demo"}));
    assert_eq!(web["HostConfig"]["NetworkMode"], "app");
    assert_eq!(list[3]["HostConfig"]["NetworkMode"], "bridge");
    assert_eq!(list[1]["HostConfig"]["NetworkMode"], "app", "never started");
    let networks = web["NetworkSettings"]["Networks"].as_object();
    let mut networks: Vec<&String> = networks.expect("networks").keys().collect();
    networks.sort();
    assert_eq!(networks, ["app", "shop_default"]);
    assert_eq!(web["Mounts"][0]["Name"], "data");
    assert_eq!(list[2]["Labels"]["com.docker.compose.project"], "shop");

    let mut inspected = raw
        .iter()
        .find(|(path, json)| path.ends_with("/json") && json["Name"] == "/wl-k3x9q2ab-web")
        .map(|(_, json)| json.clone())
        .expect("an inspect");
    let image = inspected["Image"].clone();
    typed_container(&mut inspected, &id());
    assert_eq!(inspected["Name"], "/web");
    assert_eq!(inspected["Config"]["Image"], "busybox");
    assert_eq!(
        inspected["Image"], image,
        "an inspect has the image's id there"
    );
    assert_eq!(inspected["HostConfig"]["Mounts"][0]["Source"], "data");
    assert_eq!(
        inspected["Mounts"][0]["Source"],
        "/var/lib/docker/volumes/data/_data"
    );
}

#[test]
fn fields_that_this_engine_left_empty_are_renamed_too() {
    let hex = "c7ebea6ddd7a36d3c31379fe39a28909ba30845fbee918b4be52efe87df7b29b";
    let mut container = json!({
        "Name": "/wl-k3x9q2ab-web",
        "Config": {"Image": "sha256:ab", "Labels": {"wl.image": "kept:v1", "mine": "wl-k3x9q2ab-x",
            "com.docker.compose.project.config_files": "wl-k3x9q2ab-shop.yaml,/wl-k3x9q2ab-b.yaml"}},
        "State": {"Error": "network wl-k3x9q2ab-app not found"},
        "HostConfig": {
            "Binds": ["wl-k3x9q2ab-data:/data:ro"],
            "NetworkMode": hex,
            "Links": ["/wl-k3x9q2ab-db:/wl-k3x9q2ab-web/db"],
            "VolumesFrom": ["wl-k3x9q2ab-db:ro"],
        },
        "NetworkSettings": {"Networks": {"wl-k3x9q2ab-app": {
            "NetworkID": "12", "DNSNames": ["wl-k3x9q2ab-web", "web", "e4243084ac29"]}}},
    });
    typed_container(&mut container, &id());
    assert_eq!(container["Config"]["Image"], "kept:v1");
    assert_eq!(
        container["Config"]["Labels"],
        json!({"mine": "wl-k3x9q2ab-x", "com.docker.compose.project.config_files": "shop.yaml,/b.yaml"}),
        "a label that a person gave is theirs"
    );
    assert_eq!(container["State"]["Error"], "network app not found");
    assert_eq!(container["HostConfig"]["Binds"], json!(["data:/data:ro"]));
    assert_eq!(container["HostConfig"]["Links"], json!(["/db:/web/db"]));
    assert_eq!(container["HostConfig"]["VolumesFrom"], json!(["db:ro"]));
    let app = &container["NetworkSettings"]["Networks"]["app"];
    assert_eq!(app["DNSNames"], json!(["web", "e4243084ac29"]), "each once");
    assert_eq!(
        container["HostConfig"]["NetworkMode"], hex,
        "it has left that one"
    );
    network_names(
        &mut container,
        &BTreeMap::from([(hex.to_owned(), "lab".to_owned())]),
    );
    assert_eq!(container["HostConfig"]["NetworkMode"], "lab");

    let mut usage = json!({"ContainerUsage": {"Items": [{"Names": ["/wl-k3x9q2ab-web"]}]},
        "VolumeUsage": {"Items": [{"Name": "wl-k3x9q2ab-data"}]}, "ImageUsage": {"TotalSize": 3}});
    typed_disk_usage(&mut usage, &id());
    assert_eq!(leaks(&usage, "k3x9q2ab"), [""; 0]);
    for odd in [
        json!(null),
        json!("x"),
        json!([1, null]),
        json!({"Names": {}, "Labels": []}),
    ] {
        let mut changed = odd.clone();
        typed_containers(&mut changed, &id());
        typed_container(&mut changed, &id());
        typed_events(&mut changed, &id());
        typed_history(&mut changed, &id());
        assert_eq!(changed, odd, "what is not understood is left alone");
    }
}

#[test]
fn only_the_prefix_of_a_name_is_taken_out_of_a_text() {
    for (text, plain) in [
        ("wl-k3x9q2ab-web", "web"),
        ("/wl-k3x9q2ab-web/db", "/web/db"),
        ("my-wl-k3x9q2ab-web", "my-wl-k3x9q2ab-web"),
        ("wl-k3x9q2ab-wl-k3x9q2ab-web", "wl-k3x9q2ab-web"),
        ("wl-zz00yy11-web", "wl-zz00yy11-web"),
        ("é/wl-k3x9q2ab-é", "é/é"),
    ] {
        assert_eq!(plain_text(text, &id()), plain, "{text}");
    }
}

#[test]
fn images_without_a_name_have_none_and_the_demo_image_is_everybodys() {
    let raw = raw();
    let images = only(&Ask::Images, &raw["/images/json"], &id().into()).expect("a list");
    let tags: Vec<String> = images
        .as_array()
        .expect("a list")
        .iter()
        .map(|image| image["RepoTags"].to_string())
        .collect();
    assert_eq!(
        tags,
        [
            "[\"<none>:<none>\"]",
            "[\"kept:latest\"]",
            "[\"busybox:latest\"]"
        ]
    );
    assert_eq!(images[1]["Labels"], json!({"stage": "demo"}));
    let untagged = "/images/wl-k3x9q2ab-untagged-0123456789ab";
    let mut image = raw[&format!("{untagged}/json")].clone();
    typed_image(&mut image, &id());
    assert_eq!(image["RepoTags"], json!([]));
    let mut history = raw[&format!("{untagged}/history")].clone();
    typed_history(&mut history, &id());
    assert_eq!(history[0]["Tags"], Value::Null);

    // Pinned, labelled, or by its name; a committed image inherits the label.
    let list = json!([
        {"Id": "sha256:aa", "RepoTags": ["waterline/demo:1"], "Labels": {"wl.demo-image": "1"}},
        {"Id": "sha256:bb", "RepoTags": ["wl-zz00yy11-kept:latest"], "Labels":
            {"wl.demo-image": "1", "wl.sandbox": "zz00yy11", "wl.name": "kept"}},
        {"Id": "sha256:cc", "RepoTags": ["busybox:latest"], "Labels": null},
    ]);
    let shown = |corner: &Corner| {
        let images = only(&Ask::Images, &list, corner).expect("a list");
        assert_eq!(images[0]["RepoTags"], json!(["busybox:latest"]));
        assert_eq!(images.as_array().map(Vec::len), Some(1));
        images[0]["Id"].clone()
    };
    assert_eq!(shown(&id().into()), "sha256:aa");
    let pinned = Corner {
        demo_image: Some("sha256:cc".into()),
        ..Corner::from(id())
    };
    assert_eq!(shown(&pinned), "sha256:cc");
}

#[test]
fn what_only_looks_like_the_sandboxs_is_left_out() {
    let raw = raw();
    let corner = Corner::from(id());
    for name in ["wl-k3x9q2ab-fake", "outsider", "host-web"] {
        assert!(
            raw["/containers/json?all=1"].to_string().contains(name),
            "{name}"
        );
    }
    for (path, has) in [
        ("/networks", vec!["app", "bridge", "shop_default"]),
        ("/volumes", vec!["data"]),
    ] {
        let own = only(&ask(path).expect("an ask"), &raw[path], &corner).expect("a list");
        let list = own.as_array().or_else(|| own["Volumes"].as_array());
        let mut names: Vec<&str> = list
            .expect("a list")
            .iter()
            .filter_map(|item| item["Name"].as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names, has, "{path}");
    }
    // Inherited labels, a name without labels, another's name, labels of another.
    let label = |sandbox: &str, name: &str| json!({"wl.sandbox": sandbox, "wl.name": name});
    for (name, labels) in [
        ("/outsider", label("k3x9q2ab", "kept")),
        ("/wl-k3x9q2ab-web", json!(null)),
        ("/wl-k3x9q2ab-web", label("k3x9q2ab", "other")),
        ("/wl-zz00yy11-web", label("k3x9q2ab", "web")),
        ("/wl-k3x9q2ab-web", label("zz00yy11", "web")),
    ] {
        let line = json!({"Names": [name], "Labels": labels});
        let inspect = json!({"Name": name, "Config": {"Labels": labels}});
        let web = Id::new("web").expect("an id");
        assert_eq!(
            only(&Ask::Containers, &json!([line]), &corner),
            Some(json!([]))
        );
        assert_eq!(
            only(&Ask::Container(web), &inspect, &corner),
            None,
            "{name}"
        );
    }
}

#[test]
fn events_are_the_sandboxs_own_under_its_names() {
    let raw = raw();
    let own = only(&Ask::Events, &raw["/events"], &id().into()).expect("a list");
    let own = own.as_array().expect("a list");
    let is = |kind: &str, action: &str, name: &str| {
        own.iter().any(|event| {
            let actor = &event["Actor"];
            event["Type"] == kind
                && event["Action"] == action
                && (actor["Attributes"]["name"] == name || actor["ID"] == name)
        })
    };
    assert!(is("container", "start", "web"));
    assert!(is("network", "connect", "shop_default"));
    assert!(is("volume", "mount", "data"));
    assert!(is("image", "tag", "kept:latest"));
    let start = own
        .iter()
        .find(|event| event["Action"] == "start")
        .expect("one");
    assert_eq!(start["Actor"]["Attributes"]["image"], "busybox");
    assert_eq!(start["from"], "busybox");
    // A network's event has no labels: a look-alike's is taken by its name.
    let labelled = own.iter().filter(|event| {
        let kind = event["Type"].as_str();
        matches!(kind, Some("container" | "image"))
    });
    for event in labelled {
        let name = event["Actor"]["Attributes"]["name"].as_str();
        let name = name.expect("a name");
        assert!(
            !["fake", "outsider", "false:latest"].contains(&name),
            "{name}"
        );
    }
}

#[test]
fn what_another_waterline_made_under_the_same_names_is_left_out() {
    let line = |instance: &str| {
        json!({"Id": instance, "Names": ["/wl-k3x9q2ab-web"], "Labels":
            {"wl.instance": instance, "wl.sandbox": "k3x9q2ab", "wl.name": "web"}})
    };
    let list = json!([
        line("inst00000001"),
        line("inst00000002"),
        line("no instance")
    ]);
    let shown = |corner: &Corner| {
        let own = only(&Ask::Containers, &list, corner).expect("a list");
        let own = own.as_array().expect("a list");
        own.iter().map(|one| one["Id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&id().into()), ["inst00000001", "inst00000002"]);
    let ours = Corner {
        instance: Instance::parse("inst00000002"),
        ..Corner::from(id())
    };
    assert_eq!(shown(&ours), ["inst00000002"]);
}
