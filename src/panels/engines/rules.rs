//! Rules: what a newer API, the containerd image store and vfs tell otherwise, each as
//! a change of the recording, after the Engine API's version history
//! (<https://docs.docker.com/reference/api/engine/version-history/>).

use super::Host;
use super::fields::{Kind, each, each_of, endpoints, set, without};
use serde_json::{Value, json};

/// The versions that the engine calls itself by.
fn versions(mut host: Host, engine: &str, api: &str, oldest: &str) -> Host {
    host.recording.engine = engine.into();
    host.recording.api = api.into();
    each(&mut host.recording, Kind::Version, |version| {
        set(version, "Version", engine);
        set(version, "ApiVersion", api);
        set(version, "MinAPIVersion", oldest);
        if let Some(first) = version.pointer_mut("/Components/0") {
            set(first, "Version", engine);
            let details = &mut first["Details"];
            set(details, "ApiVersion", api);
            set(details, "MinAPIVersion", oldest);
        }
    });
    each(&mut host.recording, Kind::Info, |info| {
        set(info, "ServerVersion", engine);
    });
    host
}

/// v1.44: `VirtualSize` is omitted from images and disk usage; `DNSNames` is new, with
/// the container's name, its aliases and its short id.
pub fn api_1_44(host: Host) -> Host {
    let mut host = versions(host, "25.0.5", "1.44", "1.24");
    let recording = &mut host.recording;
    each(recording, Kind::Image, |image| {
        without(image, &["VirtualSize"])
    });
    each_of(recording, Kind::Images, |image| {
        without(image, &["VirtualSize"])
    });
    each(recording, Kind::DiskUsage, |usage| {
        for image in usage["Images"].as_array_mut().into_iter().flatten() {
            without(image, &["VirtualSize"]);
        }
    });
    each(recording, Kind::Container, |container| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&container["Name"]).trim_start_matches('/').to_owned();
        let short: String = text(&container["Id"]).chars().take(12).collect();
        for (_, endpoint) in endpoints(container) {
            // Only a network of one's own answers names.
            let mut names = match endpoint["Aliases"].as_array() {
                Some(aliases) if !aliases.is_empty() => aliases.clone(),
                _ => {
                    set(endpoint, "DNSNames", Value::Null);
                    continue;
                }
            };
            for own in [&short, &name] {
                if !names.iter().any(|other| other == own.as_str()) {
                    names.insert(0, own.as_str().into());
                }
            }
            set(endpoint, "DNSNames", names);
        }
    });
    host
}

/// v1.45: `Aliases` no longer has the short id; an image has no `Container` and
/// `ContainerConfig`.
pub fn api_1_45(host: Host) -> Host {
    let mut host = versions(api_1_44(host), "26.1.4", "1.45", "1.24");
    each(&mut host.recording, Kind::Container, |container| {
        let id = container["Id"].as_str().unwrap_or_default().to_owned();
        for (_, endpoint) in endpoints(container) {
            if let Some(aliases) = endpoint["Aliases"].as_array_mut() {
                let is_id = |name: &Value| name.as_str().is_some_and(|name| id.starts_with(name));
                aliases.retain(|name| !is_id(name));
            }
        }
    });
    each(&mut host.recording, Kind::Image, |image| {
        without(image, &["Container", "ContainerConfig"]);
    });
    host
}

/// v1.49: no `*Commit.Expected`. v1.50: no `BridgeNf*`. v1.51: an image's `Containers`
/// is a count. v1.52: no flat addresses in `NetworkSettings`, no `KernelMemoryTCP`,
/// empty fields of an image omitted, events without `status`, `id`, `from`; disk usage
/// in a new form beside the old.
pub fn api_1_52(host: Host) -> Host {
    let mut host = versions(api_1_45(host), "29.0.2", "1.52", "1.44");
    let recording = &mut host.recording;
    each(recording, Kind::Info, |info| {
        without(
            info,
            &[
                "BridgeNfIptables",
                "BridgeNfIp6tables",
                "KernelMemory",
                "KernelMemoryTCP",
            ],
        );
        for commit in ["ContainerdCommit", "RuncCommit", "InitCommit"] {
            without(&mut info[commit], &["Expected"]);
        }
    });
    each(recording, Kind::Container, |container| {
        without(
            &mut container["NetworkSettings"],
            &[
                "Bridge",
                "HairpinMode",
                "LinkLocalIPv6Address",
                "LinkLocalIPv6PrefixLen",
                "SecondaryIPAddresses",
                "SecondaryIPv6Addresses",
                "EndpointID",
                "Gateway",
                "GlobalIPv6Address",
                "GlobalIPv6PrefixLen",
                "IPAddress",
                "IPPrefixLen",
                "IPv6Gateway",
                "MacAddress",
            ],
        );
    });
    each(recording, Kind::Image, |image| {
        without(image, &["Parent", "Comment", "Author", "DockerVersion"]);
    });
    each_of(recording, Kind::Images, |image| set(image, "Containers", 0));
    each_of(recording, Kind::Events, |event| {
        without(event, &["status", "id", "from"])
    });
    each(recording, Kind::DiskUsage, |usage| {
        for (list, new) in [
            ("Images", "ImageUsage"),
            ("Containers", "ContainerUsage"),
            ("Volumes", "VolumeUsage"),
            ("BuildCache", "BuildCacheUsage"),
        ] {
            let items = usage[list].as_array().cloned().unwrap_or_default();
            let total: u64 = match list {
                "Images" => usage["LayersSize"].as_u64().unwrap_or_default(),
                _ => items.iter().filter_map(size).sum(),
            };
            set(
                usage,
                new,
                json!({
                    "ActiveCount": items.len(),
                    "TotalCount": items.len(),
                    "TotalSize": total,
                    "Reclaimable": 0,
                    "Items": items,
                }),
            );
        }
    });
    host
}

/// What one thing of a list of the disk usage takes.
fn size(item: &Value) -> Option<u64> {
    let fields = [&item["SizeRw"], &item["UsageData"]["Size"], &item["Size"]];
    fields.into_iter().find_map(Value::as_u64)
}

/// v1.53: the old form of the disk usage is gone; `/info` says whether the node resource
/// interface is there, in a field that is masked until it is known.
pub fn api_1_53(host: Host) -> Host {
    let mut host = versions(api_1_52(host), "29.2.0", "1.53", "1.44");
    each(&mut host.recording, Kind::DiskUsage, |usage| {
        without(
            usage,
            &[
                "LayersSize",
                "Images",
                "Containers",
                "Volumes",
                "BuildCache",
                "BuilderSize",
            ],
        );
    });
    each(&mut host.recording, Kind::Info, |info| {
        set(info, "NRI", "••••")
    });
    host
}

/// The containerd image store: images and containers have no `GraphDriver`; a container
/// has the name of its snapshot; an image's size counts compressed and unpacked layers.
pub fn containerd_store(mut host: Host) -> Host {
    let recording = &mut host.recording;
    each(recording, Kind::Info, |info| {
        set(info, "Driver", "overlayfs");
        set(
            info,
            "DriverStatus",
            json!([["driver-type", "io.containerd.snapshotter.v1"]]),
        );
    });
    each(recording, Kind::Image, |image| {
        without(image, &["GraphDriver"])
    });
    each(recording, Kind::Container, |container| {
        without(container, &["GraphDriver"]);
        set(container, "Driver", "overlayfs");
        set(
            container,
            "Storage",
            json!({"RootFS": {"Snapshot": {"Name": "overlayfs"}}}),
        );
    });
    host
}

/// vfs: `GraphDriver.Data` is null, `DriverStatus` too.
pub fn vfs(mut host: Host) -> Host {
    let recording = &mut host.recording;
    each(recording, Kind::Info, |info| {
        set(info, "Driver", "vfs");
        set(info, "DriverStatus", Value::Null);
    });
    let driver = json!({"Data": null, "Name": "vfs"});
    each(recording, Kind::Image, |image| {
        set(image, "GraphDriver", driver.clone())
    });
    each(recording, Kind::Container, |container| {
        set(container, "GraphDriver", driver.clone());
        set(container, "Driver", "vfs");
    });
    host
}
