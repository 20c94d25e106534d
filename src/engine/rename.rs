//! Names: a host's answers under the names that a person typed in a sandbox.
//!
//! On the host an object of a sandbox is called `wl-<id>-<typed>`. Each function here
//! takes one kind of answer, and puts the typed name in every field where an engine
//! writes a real one; what a sandbox adds of its own (the labels `wl.*`, an image or a
//! network that is given by its id) is put as docker would have it without one. Pure,
//! and the same for masked and unmasked answers. What is somebody else's is left as it
//! is: [`only`](super::only) takes that out first.
//!
//! Clean from the start, and so not here: logs, changes, processes, host names, and the
//! lines of a history. What a process inside prints is nobody's field: it stays as it is.

use super::Ask;
use super::owned::{IMAGE, SandboxId, is_untagged};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What every label of a sandbox's own begins with.
const OURS: &str = "wl.";

/// What Compose's labels begin with.
const COMPOSE: &str = "com.docker.compose.";

/// What docker shows for an image without a name.
const NO_TAG: &str = "<none>:<none>";

/// An answer to `ask`, whichever it is.
pub fn typed(ask: &Ask, json: &mut Value, sandbox: &SandboxId) {
    match ask {
        Ask::Containers | Ask::ContainerSizes => typed_containers(json, sandbox),
        Ask::Container(_) | Ask::Sized(_) => typed_container(json, sandbox),
        Ask::Images => typed_images(json, sandbox),
        Ask::Image(_) => typed_image(json, sandbox),
        Ask::History(_) => typed_history(json, sandbox),
        Ask::Networks => typed_networks(json, sandbox),
        Ask::Network(_) => typed_network(json, sandbox),
        Ask::Volumes => typed_volumes(json, sandbox),
        Ask::Events => typed_events(json, sandbox),
        Ask::DiskUsage => typed_disk_usage(json, sandbox),
        Ask::Version | Ask::Info | Ask::Changes(_) | Ask::Top(_) | Ask::Files(_) => {}
    }
}

/// `GET /containers/json`: a list.
pub fn typed_containers(json: &mut Value, sandbox: &SandboxId) {
    each(json, |item| typed_container(item, sandbox));
}

/// `GET /containers/{id}/json`, or one line of the list.
pub fn typed_container(json: &mut Value, sandbox: &SandboxId) {
    let image = text(&json["Labels"][IMAGE])
        .or_else(|| text(&json["Config"]["Labels"][IMAGE]))
        .map(str::to_owned);
    for name in ["Name", "Names"] {
        plain(json.get_mut(name), sandbox);
    }
    // A line of the list has the image as it was typed; an inspect has its id there.
    let is_line = json.get("Names").is_some();
    if let (true, Some(image), Some(place)) = (is_line, &image, json.get_mut("Image")) {
        *place = image.as_str().into();
    }
    labels(json.get_mut("Labels"), sandbox);
    if let Some(config) = json.get_mut("Config") {
        typed_config(config, image.as_deref(), sandbox);
    }
    network_mode(json, sandbox);
    if let Some(config) = json.get_mut("HostConfig") {
        for name in ["Binds", "Links", "VolumesFrom"] {
            plain(config.get_mut(name), sandbox);
        }
        mounts(config.get_mut("Mounts"), sandbox);
    }
    mounts(json.get_mut("Mounts"), sandbox);
    plain(json.pointer_mut("/State/Error"), sandbox);
    if let Some(Value::Object(networks)) = json.pointer_mut("/NetworkSettings/Networks") {
        renamed_keys(networks, sandbox);
        for endpoint in networks.values_mut() {
            for name in ["Aliases", "DNSNames", "Links"] {
                plain(endpoint.get_mut(name), sandbox);
            }
            once(endpoint.get_mut("DNSNames"));
        }
    }
}

/// Puts the typed names of these networks where a container still names one by its id:
/// one that it has left since. `typed` goes from full id to typed name.
pub fn network_names(container: &mut Value, typed: &BTreeMap<String, String>) {
    if let Some(mode) = container.pointer_mut("/HostConfig/NetworkMode")
        && let Some(name) = text(mode).and_then(|mode| typed.get(mode))
    {
        *mode = name.as_str().into();
    }
}

/// `GET /networks`: a list.
pub fn typed_networks(json: &mut Value, sandbox: &SandboxId) {
    each(json, |item| typed_network(item, sandbox));
}

/// `GET /networks/{id}`, or one of the list.
pub fn typed_network(json: &mut Value, sandbox: &SandboxId) {
    plain(json.get_mut("Name"), sandbox);
    plain(json.pointer_mut("/ConfigFrom/Network"), sandbox);
    labels(json.get_mut("Labels"), sandbox);
    if let Some(Value::Object(containers)) = json.get_mut("Containers") {
        for endpoint in containers.values_mut() {
            plain(endpoint.get_mut("Name"), sandbox);
        }
    }
}

/// `GET /volumes`: an object with a list.
pub fn typed_volumes(json: &mut Value, sandbox: &SandboxId) {
    if let Some(volumes) = json.get_mut("Volumes") {
        each(volumes, |item| typed_volume(item, sandbox));
    }
}

/// `GET /volumes/{name}`, or one of the list.
pub fn typed_volume(json: &mut Value, sandbox: &SandboxId) {
    for name in ["Name", "Mountpoint"] {
        plain(json.get_mut(name), sandbox);
    }
    labels(json.get_mut("Labels"), sandbox);
}

/// `GET /images/json`: a list.
pub fn typed_images(json: &mut Value, sandbox: &SandboxId) {
    each(json, |item| typed_image(item, sandbox));
}

/// `GET /images/{id}/json`, or one line of the list.
pub fn typed_image(json: &mut Value, sandbox: &SandboxId) {
    let is_line = json.get("Config").is_none();
    tags(json.get_mut("RepoTags"), is_line, sandbox);
    plain(json.get_mut("RepoDigests"), sandbox);
    labels(json.get_mut("Labels"), sandbox);
    nothing_for_empty(json.get_mut("Labels"));
    for name in ["Config", "ContainerConfig"] {
        if let Some(config) = json.get_mut(name) {
            let image = text(&config["Labels"][IMAGE]).map(str::to_owned);
            // The image of an image's own configuration is empty, and stays so.
            typed_config(config, image.as_deref(), sandbox);
            nothing_for_empty(config.get_mut("Labels"));
        }
    }
}

/// `GET /images/{id}/history`: a list.
pub fn typed_history(json: &mut Value, sandbox: &SandboxId) {
    each(json, |line| {
        tags(line.get_mut("Tags"), false, sandbox);
        // An image without a name has no tags here.
        if line["Tags"].as_array().is_some_and(Vec::is_empty) {
            line["Tags"] = Value::Null;
        }
    });
}

/// `GET /events`, as a list.
pub fn typed_events(json: &mut Value, sandbox: &SandboxId) {
    each(json, |event| typed_event(event, sandbox));
}

/// One event.
pub fn typed_event(json: &mut Value, sandbox: &SandboxId) {
    let attributes = json.pointer_mut("/Actor/Attributes");
    let image = attributes
        .as_ref()
        .and_then(|all| text(&all[IMAGE]))
        .map(str::to_owned);
    if let Some(attributes) = attributes {
        for name in ["name", "container", "imageRef", "oldName"] {
            plain(attributes.get_mut(name), sandbox);
        }
        labels(Some(attributes), sandbox);
        if let (Some(image), Some(place)) = (&image, attributes.get_mut("image")) {
            *place = image.as_str().into();
        }
    }
    // The id of a volume is its name.
    plain(json.pointer_mut("/Actor/ID"), sandbox);
    plain(json.get_mut("id"), sandbox);
    if let (Some(image), Some(place)) = (image, json.get_mut("from")) {
        *place = image.into();
    }
}

/// `GET /containers/{id}/stats`.
pub fn typed_stats(json: &mut Value, sandbox: &SandboxId) {
    plain(json.get_mut("name"), sandbox);
}

/// `GET /system/df`, in the old form and in that of API 1.52.
pub fn typed_disk_usage(json: &mut Value, sandbox: &SandboxId) {
    for (old, new) in [
        ("Containers", "ContainerUsage"),
        ("Images", "ImageUsage"),
        ("Volumes", "VolumeUsage"),
    ] {
        let item = |item: &mut Value| match old {
            "Containers" => typed_container(item, sandbox),
            "Images" => typed_image(item, sandbox),
            _ => typed_volume(item, sandbox),
        };
        if let Some(items) = json.get_mut(old) {
            each(items, item);
        }
        if let Some(items) = json.get_mut(new).and_then(|usage| usage.get_mut("Items")) {
            each(items, item);
        }
    }
}

/// A text in which the sandbox's prefix is taken out wherever a name begins: `web` of
/// `/wl-k3x9q2ab-web`, `data:/data` of `wl-k3x9q2ab-data:/data`.
pub fn plain_text(text: &str, sandbox: &SandboxId) -> String {
    let prefix = sandbox.real("");
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in text.match_indices(&prefix) {
        // A typed name may hold the prefix itself: only where a name begins.
        let inside = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-');
        if !inside {
            out.push_str(&text[from..at]);
            from = at + prefix.len();
        }
    }
    out.push_str(&text[from..]);
    out
}

/// The configuration of a container, or of what an image was made from.
fn typed_config(config: &mut Value, image: Option<&str>, sandbox: &SandboxId) {
    if let Some(place) = config.get_mut("Image") {
        match (image, text(place)) {
            (Some(image), Some(real)) if !real.is_empty() => *place = image.into(),
            _ => plain(Some(place), sandbox),
        }
    }
    labels(config.get_mut("Labels"), sandbox);
}

/// A sandbox's container names its network by id: put the name that was typed.
fn network_mode(json: &mut Value, sandbox: &SandboxId) {
    let Some(mode) = json
        .pointer("/HostConfig/NetworkMode")
        .and_then(Value::as_str)
    else {
        return;
    };
    let networks = json
        .pointer("/NetworkSettings/Networks")
        .and_then(Value::as_object);
    let by_id = networks.and_then(|networks| {
        let mut joined = networks.iter();
        let own = joined
            .find(|(name, endpoint)| endpoint["NetworkID"] == mode || name.as_str() == mode)
            .map(|(name, _)| name);
        // Of a container that has never run, the engine does not know the id.
        let mut only = networks.iter();
        own.or_else(|| match (only.next(), only.next()) {
            (Some((name, endpoint)), None) if endpoint["NetworkID"] == "" => Some(name),
            _ => None,
        })
    });
    let is_id = mode.len() == 64 && mode.bytes().all(|b| b.is_ascii_hexdigit());
    let named = match by_id {
        Some(name) if is_id => plain_text(name, sandbox),
        _ => plain_text(mode, sandbox),
    };
    json["HostConfig"]["NetworkMode"] = named.into();
}

/// What is mounted, or was to be mounted, from a volume.
fn mounts(mounts: Option<&mut Value>, sandbox: &SandboxId) {
    let Some(mounts) = mounts else { return };
    each(mounts, |mount| {
        for name in ["Name", "Source"] {
            plain(mount.get_mut(name), sandbox);
        }
        labels(mount.pointer_mut("/VolumeOptions/Labels"), sandbox);
    });
}

/// Takes the sandbox's own labels out, and its prefix out of Compose's.
fn labels(labels: Option<&mut Value>, sandbox: &SandboxId) {
    if let Some(Value::Object(labels)) = labels {
        labels.retain(|name, _| !name.starts_with(OURS));
        for (name, value) in labels {
            if name.starts_with(COMPOSE) {
                plain(Some(value), sandbox);
            }
        }
    }
}

/// Images say `null` for no labels.
fn nothing_for_empty(labels: Option<&mut Value>) {
    if let Some(labels) = labels
        && labels.as_object().is_some_and(Map::is_empty)
    {
        *labels = Value::Null;
    }
}

/// The tags of an image. One that was made without a name has none.
fn tags(tags: Option<&mut Value>, is_line: bool, sandbox: &SandboxId) {
    let Some(Value::Array(tags)) = tags else {
        return;
    };
    let had_some = !tags.is_empty();
    tags.retain(|tag| {
        let typed = text(tag).and_then(|tag| sandbox.typed(tag));
        let repository = typed.and_then(|typed| Some(typed.rsplit_once(':')?.0));
        !repository.is_some_and(is_untagged)
    });
    for tag in tags.iter_mut() {
        plain(Some(tag), sandbox);
    }
    if is_line && had_some && tags.is_empty() {
        tags.push(NO_TAG.into());
    }
}

/// The keys of an object that are names of networks.
fn renamed_keys(object: &mut Map<String, Value>, sandbox: &SandboxId) {
    let renamed = std::mem::take(object)
        .into_iter()
        .map(|(name, value)| (plain_text(&name, sandbox), value));
    object.extend(renamed);
}

/// Leaves each value of a list once.
fn once(list: Option<&mut Value>) {
    if let Some(Value::Array(list)) = list {
        let mut seen = Vec::new();
        list.retain(|value| {
            let new = !seen.contains(value);
            if new {
                seen.push(value.clone());
            }
            new
        });
    }
}

/// A text, or each text of a list, without the prefix.
fn plain(value: Option<&mut Value>, sandbox: &SandboxId) {
    match value {
        Some(Value::String(text)) if text.contains("wl-") => *text = plain_text(text, sandbox),
        Some(Value::Array(list)) => {
            for item in list {
                plain(Some(item), sandbox);
            }
        }
        _ => {}
    }
}

fn each(list: &mut Value, change: impl FnMut(&mut Value)) {
    if let Value::Array(list) = list {
        list.iter_mut().for_each(change);
    }
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}
