//! Reads the host's answers into [`Facts`].
//!
//! The list of containers has most mounts, without the place of anonymous volumes; a
//! container's own answer has them all, with `--tmpfs` in a corner of its own.

use super::facts::{Container, Facts, Hang, Kind, Volume, made_up};
use crate::engine::{Answers, Ask, Id};
use crate::panels::{NotTold, need, words};
use serde_json::Value;
use std::collections::HashMap;

/// Entries of `/system/df` by id or name.
type Measured<'a> = HashMap<&'a str, &'a Value>;

impl Facts {
    /// Reads what `have` holds. Fails only when the host does not list its containers.
    pub fn read(have: &Answers) -> Result<Facts, NotTold> {
        let listed = need(have, &Ask::Containers)?
            .as_array()
            .ok_or(NotTold::NoField {
                ask: "GET /containers/json".into(),
                field: "a list",
            })?;
        let usage = have.json(&Ask::DiskUsage);
        let by = |old, new, key| -> Measured<'_> {
            let entries = used(usage, old, new).iter();
            entries
                .filter_map(|entry| Some((text(entry, key)?, entry)))
                .collect()
        };
        let written = by("Containers", "ContainerUsage", "Id");
        let mut containers: Vec<Container> = listed
            .iter()
            .filter_map(|row| container(row, have, &written))
            .collect();
        containers.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        let told = have
            .json(&Ask::Volumes)
            .map(|told| told["Volumes"].as_array().map_or(&[][..], Vec::as_slice));
        let sizes = by("Volumes", "VolumeUsage", "Name");
        let mut volumes: Vec<Volume> = told
            .unwrap_or_default()
            .iter()
            .filter_map(|volume| self::volume(volume, &sizes))
            .collect();
        volumes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Facts {
            containers,
            volumes,
            volumes_told: told.is_some(),
        })
    }
}

/// A text that is there and not empty.
fn text<'a>(json: &'a Value, field: &str) -> Option<&'a str> {
    json.get(field)?.as_str().filter(|text| !text.is_empty())
}

/// The entries of a kind in `/system/df`: until API 1.52 in `old`, since then in
/// `new.Items`.
pub(crate) fn used<'a>(usage: Option<&'a Value>, old: &str, new: &str) -> &'a [Value] {
    let entries = usage.and_then(|usage| {
        let old = usage.get(old).and_then(Value::as_array);
        old.or_else(|| usage.get(new)?.get("Items")?.as_array())
    });
    entries.map_or(&[], Vec::as_slice)
}

fn container(row: &Value, have: &Answers, written: &Measured<'_>) -> Option<Container> {
    let id = text(row, "Id")?;
    let own = Id::new(id).and_then(|id| have.json(&Ask::Container(id)));
    let names = row["Names"].as_array().map_or(&[][..], Vec::as_slice);
    // A --link adds names with a second slash.
    let name = names
        .iter()
        .filter_map(Value::as_str)
        .map(|name| name.trim_start_matches('/'))
        .find(|name| !name.is_empty() && !name.contains('/'));
    let name = name.or_else(|| Some(text(own?, "Name")?.trim_start_matches('/')));
    let mounts = own
        .and_then(|own| own["Mounts"].as_array())
        .or_else(|| row["Mounts"].as_array());
    let mut hangs: Vec<Hang> = mounts
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|mount| hang(mount, own))
        .collect();
    let flags = own.and_then(|own| own.pointer("/HostConfig/Tmpfs")?.as_object());
    for (path, options) in flags.into_iter().flatten() {
        if hangs.iter().all(|hang| hang.path != *path) {
            hangs.push(Hang {
                path: path.clone(),
                kind: Kind::Tmpfs,
                volume: None,
                source: None,
                writable: options
                    .as_str()
                    .map(|options| !options.split(',').any(|option| option == "ro")),
                propagation: None,
                options: options
                    .as_str()
                    .filter(|options| !options.is_empty())
                    .map(str::to_owned),
                flag: true,
            });
        }
    }
    hangs.sort_by(|a, b| a.path.cmp(&b.path));
    let measured = written.get(id);
    let flag = |pointer: &str| own.and_then(|own| own.pointer(pointer)?.as_bool()) == Some(true);
    Some(Container {
        id: id.to_owned(),
        name: name.map_or_else(|| words::short_id(id), str::to_owned),
        running: matches!(text(row, "State"), Some("running" | "paused")),
        asked: own.is_some(),
        removes: flag("/HostConfig/AutoRemove"),
        frozen: flag("/HostConfig/ReadonlyRootfs"),
        // Docker leaves a zero out.
        written: measured.map(|used| used["SizeRw"].as_u64().unwrap_or(0)),
        hangs,
        own: own.map(dockers_own).unwrap_or_default(),
    })
}

fn hang(mount: &Value, own: Option<&Value>) -> Option<Hang> {
    // Some engines list nothing but paths.
    if let Some(path) = mount.as_str() {
        return Some(Hang {
            path: path.to_owned(),
            kind: Kind::Other("mount".into()),
            volume: None,
            source: None,
            writable: None,
            propagation: None,
            options: None,
            flag: false,
        });
    }
    let path = text(mount, "Destination")?;
    let volume = text(mount, "Name");
    let kind = match (text(mount, "Type"), volume) {
        (Some("tmpfs"), _) => Kind::Tmpfs,
        (Some("bind"), _) => Kind::Bind,
        (Some("volume") | None, Some(name)) if made_up(name) => Kind::Anonymous,
        (Some("volume") | None, Some(_)) => Kind::Named,
        (Some(other), _) => Kind::Other(other.to_owned()),
        (None, None) => Kind::Other("mount".into()),
    };
    let size = || {
        let asked = own?.pointer("/HostConfig/Mounts")?.as_array()?;
        let asked = asked.iter().find(|m| text(m, "Target") == Some(path))?;
        let bytes = asked.pointer("/TmpfsOptions/SizeBytes")?.as_u64()?;
        (bytes > 0).then(|| format!("size={}", words::size(bytes)))
    };
    Some(Hang {
        path: path.to_owned(),
        options: if kind == Kind::Tmpfs { size() } else { None },
        kind,
        volume: volume.map(str::to_owned),
        source: text(mount, "Source").map(str::to_owned),
        writable: mount["RW"].as_bool(),
        propagation: text(mount, "Propagation").map(str::to_owned),
        flag: false,
    })
}

/// The files that docker itself mounts into every container.
fn dockers_own(own: &Value) -> Vec<(String, String)> {
    [
        ("/etc/hostname", "HostnamePath"),
        ("/etc/hosts", "HostsPath"),
        ("/etc/resolv.conf", "ResolvConfPath"),
    ]
    .into_iter()
    .filter_map(|(path, field)| Some((path.to_owned(), text(own, field)?.to_owned())))
    .collect()
}

fn volume(told: &Value, sizes: &Measured<'_>) -> Option<Volume> {
    let name = text(told, "Name")?;
    let measured = sizes.get(name);
    // -1: not looked.
    let figure = |field: &str| {
        let own = told.pointer(&format!("/UsageData/{field}"));
        let from = measured.and_then(|used| used.pointer(&format!("/UsageData/{field}")));
        from.or(own)?.as_u64()
    };
    Some(Volume {
        anonymous: made_up(name)
            || told
                .pointer("/Labels/com.docker.volume.anonymous")
                .is_some(),
        driver: text(told, "Driver").unwrap_or("not told").to_owned(),
        of_type: told
            .get("Options")
            .and_then(|options| text(options, "type"))
            .map(str::to_owned),
        size: figure("Size"),
        users: figure("RefCount"),
        name: name.to_owned(),
    })
}
