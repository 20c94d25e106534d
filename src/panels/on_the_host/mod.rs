//! The *on-the-host* panel: where on the host everything is, as far as the API tells.
//!
//! Illustrates `Learning_Docker_Storage_Where_It_All_Is`: the data root in the shape of
//! the note's `ls`, each line with the field that proves it. No file is ever opened:
//! the host may be another machine, or a virtual one.
//!
//! [`root`] says which data root it is, [`claims`] what is said of paths, [`listing`]
//! puts the claims into a tree.

pub mod claims;
pub mod listing;
pub mod root;

use super::frame::{Frame, Moment, Picture};
use super::{NotTold, Panel, Scope, View, need, words};
use crate::engine::{Answers, Ask, Id};
use askama::Template;
use claims::{Proof, Told};
use listing::{Line, listing};
use root::Root;
use serde::Serialize;
use serde_json::Value;

/// Links to other containers.
const LINKS: usize = 24;
/// Host folders of a container that are named.
const BINDS: usize = 6;

/// What this panel asks a host: the lists, and the chosen container.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Info, Ask::Containers, Ask::Volumes, Ask::DiskUsage];
    asks.extend(chosen(view, have).and_then(|row| Some(Ask::Container(id(row)?))));
    asks
}

fn id(row: &Value) -> Option<Id> {
    Id::new(row["Id"].as_str()?)
}

/// The name of a listed container, without its slash.
fn name(row: &Value) -> String {
    let names = row["Names"].as_array().map_or(&[][..], Vec::as_slice);
    names
        .iter()
        .filter_map(Value::as_str)
        .map(|name| name.trim_start_matches('/'))
        .find(|name| !name.is_empty() && !name.contains('/'))
        .map_or_else(
            || words::short_id(row["Id"].as_str().unwrap_or_default()),
            str::to_owned,
        )
}

/// The containers of the list, the ones with most to show first.
fn listed(have: &Answers) -> Vec<&Value> {
    let list = have.json(&Ask::Containers).and_then(Value::as_array);
    let mut rows: Vec<&Value> = list
        .into_iter()
        .flatten()
        .filter(|row| id(row).is_some())
        .collect();
    rows.sort_by_cached_key(|row| {
        let mounts = row["Mounts"].as_array().map_or(&[][..], Vec::as_slice);
        let volume = mounts.iter().any(|mount| mount["Type"] == "volume");
        let runs = row["State"] == "running";
        (!runs, !volume, mounts.is_empty(), name(row))
    });
    rows
}

/// The container asked for, or else one that runs and has a volume.
fn chosen<'a>(view: &View, have: &'a Answers) -> Option<&'a Value> {
    let rows = listed(have);
    let Some(of) = view.of.as_deref() else {
        return rows.first().copied();
    };
    let whole = rows.iter().find(|row| name(row) == of || row["Id"] == of);
    let mut short = rows
        .iter()
        .filter(|row| of.len() >= 4 && row["Id"].as_str().is_some_and(|id| id.starts_with(of)));
    let short = short.next().filter(|_| short.next().is_none());
    whole.or(short).or(rows.first()).copied()
}

/// What the reader sees.
#[derive(Template, Serialize)]
#[template(path = "panels/on-the-host.html")]
pub struct OnTheHost {
    #[serde(skip)]
    frame: Frame,
    root: Root,
    /// Where the setting is, and what else there is to say of the root.
    setting: Vec<String>,
    /// The data root and what is in it.
    lines: Vec<Line>,
    /// What lies elsewhere.
    elsewhere: Vec<Line>,
    /// The chosen container.
    chosen: Option<String>,
    /// Where its things are: what, the path, the field or why there is none.
    its: Vec<(String, Option<String>, String)>,
    /// What was asked for and is no container of this host.
    missing: Option<String>,
    links: Vec<(String, String, bool)>,
    more_links: usize,
    remarks: Vec<String>,
    #[serde(skip)]
    measured: Option<Moment>,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<OnTheHost, NotTold> {
    let info = need(have, &Ask::Info)?;
    let root = Root::read(info).ok_or(NotTold::NoField {
        ask: "GET /info".into(),
        field: "DockerRootDir",
    })?;
    let row = chosen(view, have);
    let ask = row.and_then(|row| Some(Ask::Container(id(row)?)));
    let answer = |ask: &Ask| have.json(ask).unwrap_or(&Value::Null);
    let told = Told {
        info,
        containers: answer(&Ask::Containers),
        chosen: ask.as_ref().map_or(&Value::Null, answer),
        volumes: answer(&Ask::Volumes),
        usage: answer(&Ask::DiskUsage),
    };
    let claims = told.claims(&root);
    let (lines, elsewhere) = listing(&root, &claims);
    let rows = listed(have);
    let links: Vec<(String, String, bool)> = rows
        .iter()
        .take(LINKS)
        .map(|other| {
            let current = row.is_some_and(|row| row["Id"] == other["Id"]);
            let name = name(other);
            let href = view.focus(&name).href(Panel::OnTheHost);
            (words::short(&name, 60), href, current)
        })
        .collect();
    Ok(OnTheHost {
        frame: frame(view, have, ask.as_ref()),
        setting: root.setting(),
        its: its(&told, &root),
        missing: view
            .of
            .as_ref()
            .filter(|of| row.is_none_or(|row| !answers_to(row, of)))
            .map(|of| words::short(of, 60)),
        chosen: row.map(|row| words::short(&name(row), 60)),
        more_links: rows.len() - links.len(),
        links,
        remarks: remarks(&told, have, view.scope),
        measured: match have.get(&Ask::DiskUsage) {
            Some(Ok(answer)) => Some(answer.asked.into()),
            _ => None,
        },
        lines,
        elsewhere,
        root,
    })
}

fn answers_to(row: &Value, of: &str) -> bool {
    let id = row["Id"].as_str().unwrap_or_default();
    name(row) == of || of.len() >= 4 && id.starts_with(of)
}

fn frame(view: &View, have: &Answers, chosen: Option<&Ask>) -> Frame {
    let mut frame = Frame::new(Panel::OnTheHost, view, have);
    frame.cite(
        have,
        &Ask::Info,
        &[
            "DockerRootDir",
            "Driver",
            "DriverStatus",
            "SecurityOptions",
            "OperatingSystem",
            "ServerVersion",
            "Swarm.LocalNodeState",
        ],
    );
    if let Some(ask) = chosen {
        frame.cite(
            have,
            ask,
            &[
                "Name",
                "LogPath",
                "HostnamePath",
                "HostsPath",
                "ResolvConfPath",
                "GraphDriver",
                "Storage",
                "HostConfig.LogConfig.Type",
                "Mounts.Name",
                "Mounts.Source",
                "NetworkSettings.SandboxKey",
            ],
        );
    }
    frame.cite(have, &Ask::Volumes, &["Volumes.Name", "Volumes.Mountpoint"]);
    frame.cite_seldom(
        have,
        &Ask::DiskUsage,
        &[
            "LayersSize",
            "ImageUsage",
            "Containers.SizeRw",
            "Volumes.UsageData",
            "VolumeUsage",
        ],
    );
    frame.cite(have, &Ask::Containers, &["Id", "Names", "State"]);
    frame
}

/// Where the chosen container's log, layers, volumes and host folders are.
fn its(told: &Told<'_>, root: &Root) -> Vec<(String, Option<String>, String)> {
    if told.chosen.is_null() {
        return Vec::new();
    }
    let text = |pointer: &str| told.chosen.pointer(pointer).and_then(Value::as_str);
    let path = |pointer: &str| {
        let path = text(pointer).filter(|path| !path.is_empty());
        path.map(|path| words::short(path, 300))
    };
    let mut its = Vec::new();
    let driver = text("/HostConfig/LogConfig/Type").filter(|driver| !driver.is_empty());
    its.push(match (path("/LogPath"), driver) {
        (Some(log), _) => ("Log".into(), Some(log), "LogPath".into()),
        (None, Some("local")) => (
            "Log".into(),
            None,
            "LogPath is empty. The driver local keeps a file of its own form in the container's folder, and the API does not name it".into(),
        ),
        (None, Some("none")) => ("Log".into(), None, "none is kept: the log driver is none".into()),
        (None, Some(driver)) => (
            "Log".into(),
            None,
            format!("LogPath is empty: the log driver is {}, which keeps no file that the API names", words::short(driver, 40)),
        ),
        (None, None) => ("Log".into(), None, "this engine does not say (LogPath)".into()),
    });
    let snapshot = text("/Storage/RootFS/Snapshot/Name").filter(|name| !name.is_empty());
    its.push(
        match (
            path("/GraphDriver/Data/UpperDir"),
            told.chosen.pointer("/GraphDriver/Name"),
        ) {
            (Some(upper), _) => (
                "Writable layer".into(),
                Some(upper),
                "GraphDriver.Data.UpperDir".into(),
            ),
            (None, _) if snapshot.is_some() || root.containerd => (
                "Writable layer".into(),
                None,
                format!(
                    "in containerd's snapshotter{}, at a path that the API does not give",
                    snapshot
                        .map(|name| format!(" {}", words::short(name, 40)))
                        .unwrap_or_default()
                ),
            ),
            (None, Some(name)) if name == "vfs" => (
                "Writable layer".into(),
                None,
                "a folder in vfs/dir: GraphDriver.Data is empty, so the API does not say which"
                    .into(),
            ),
            (None, _) => (
                "Writable layer".into(),
                None,
                "this engine does not say (GraphDriver.Data)".into(),
            ),
        },
    );
    let lower = text("/GraphDriver/Data/LowerDir").filter(|lower| !lower.is_empty());
    if let Some(lower) = lower {
        let folders = lower
            .split(':')
            .filter(|path| !path.trim_end_matches("/diff").ends_with("-init"));
        its.push((
            "Its image's layers".into(),
            None,
            format!(
                "{}, the topmost first in GraphDriver.Data.LowerDir",
                words::count(folders.count(), "folder")
            ),
        ));
    }
    let mounts = told.chosen["Mounts"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    for mount in mounts.iter().take(BINDS) {
        let at = words::short(mount["Destination"].as_str().unwrap_or_default(), 60);
        let source = mount["Source"].as_str().filter(|source| !source.is_empty());
        let source = source.map(|source| words::short(source, 300));
        match mount["Type"].as_str() {
            Some("bind") => its.push((
                format!("{at}, the host's own"),
                source,
                "Mounts[].Source".into(),
            )),
            Some("volume") => {
                its.push((format!("{at}, a volume"), source, "Mounts[].Source".into()))
            }
            _ => {}
        }
    }
    if mounts.len() > BINDS {
        its.push((
            "Further mounts".into(),
            None,
            format!("{}, drawn in the mounts panel", mounts.len() - BINDS),
        ));
    }
    its
}

fn remarks(told: &Told<'_>, have: &Answers, scope: Scope) -> Vec<String> {
    let mut remarks = Vec::new();
    remarks.push(
        "How large a log is, no answer of the API says, and docker system df does not count it."
            .to_owned(),
    );
    match have.get(&Ask::DiskUsage) {
        Some(Err(away)) => remarks.push(format!("No sizes: {away}.")),
        Some(Ok(_)) if scope != Scope::Host => remarks.push(
            "How large all layers of the host are together, and its build cache, is not shown in a sandbox.".into(),
        ),
        Some(Ok(_)) if told.layers().is_none() => {
            remarks.push("This engine does not say how large all layers are together.".into());
        }
        _ => {}
    }
    if told.info["Driver"] == "vfs" {
        remarks.push("Under vfs the figure for the layers counts what each changed. On disk each is a whole copy, so the folder is larger.".into());
    }
    if told.containers.is_null() {
        remarks.push("The containers are not told, so none is chosen.".into());
    }
    if told.volumes.is_null() {
        remarks.push("The volumes are not told.".into());
    }
    remarks
}

impl OnTheHost {
    fn has(&self, proof: Proof) -> bool {
        let mut all = self.lines.iter().chain(&self.elsewhere);
        all.any(|line| line.proof == proof)
    }

    /// How many lines a field proves, as words.
    fn proven(&self) -> String {
        let all = || self.lines.iter().chain(&self.elsewhere);
        let n = all().filter(|line| line.proof == Proof::Path).count();
        format!("{} of {} paths here", n, all().count())
    }
}

impl Picture for OnTheHost {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

#[cfg(test)]
mod tests;
