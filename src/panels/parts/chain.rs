//! The chain: which parts this host has, in which versions, and which container stands
//! at its end.

use super::passage::Hop;
use crate::engine::{Answers, Ask, Id};
use crate::panels::events::facts::Past;
use crate::panels::words;
use serde::Serialize;
use serde_json::Value;

/// What stands where an engine leaves something out.
pub const NOT_TOLD: &str = "version not told";

/// What the host says of its parts.
#[derive(Clone, Debug, Serialize)]
pub struct Chain {
    /// Podman: no daemon, no containerd.
    pub podman: bool,
    /// Windows containers: dockerd asks the kernel's own service.
    pub windows: bool,
    /// From the one who asks down to the process.
    pub parts: Vec<Part>,
    /// The container at the end.
    pub leaf: Leaf,
}

/// One part of the chain.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// Its place.
    pub hop: Hop,
    /// The program.
    pub name: String,
    /// Its version as told, or that none is.
    pub version: String,
    /// What it does.
    pub role: String,
}

/// A running container, whose process 1 is the end of the chain.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Leaf {
    /// What it is called.
    pub who: Option<String>,
    /// The process id on the engine's machine (`State.Pid`).
    pub pid: Option<u64>,
    /// The program (`Path`).
    pub program: Option<String>,
    /// The OCI runtime that set it up (`HostConfig.Runtime`).
    pub runtime: Option<String>,
    /// docker-init is its process 1 (`HostConfig.Init`).
    pub init: bool,
}

/// The running container that stands at the end of the chain: the one that something
/// happened to last, or the newest.
pub fn pictured(last: Option<&str>, have: &Answers) -> Option<Id> {
    let running: Vec<&Value> = have
        .json(&Ask::Containers)?
        .as_array()?
        .iter()
        .filter(|line| line["State"] == "running")
        .collect();
    let same = running.iter().find(|line| line["Id"].as_str() == last);
    let newest = || running.iter().max_by_key(|line| line["Created"].as_i64());
    Id::new(same.or_else(newest)?["Id"].as_str()?)
}

/// Reads the chain from `GET /version`, `GET /info` and the inspect of one container.
pub fn read(version: &Value, have: &Answers, past: &Past, pictured: Option<&Id>) -> Chain {
    let nothing = Value::Null;
    let info = have.json(&Ask::Info).unwrap_or(&nothing);
    let component = |name: &str| component(version, name);
    let podman = component("Podman Engine");
    let leaf = pictured.map_or_else(Leaf::default, |id| leaf(id, have, past));
    let windows = info["OSType"] == "windows" || version["Os"] == "windows";
    let runtime = leaf
        .runtime
        .clone()
        .or_else(|| text(info, "DefaultRuntime"));
    let told = |version: Option<String>| version.unwrap_or_else(|| NOT_TOLD.into());

    let part = |hop, name: &str, version: String, role: &str| Part {
        hop,
        name: name.into(),
        version,
        role: role.into(),
    };
    let mut parts = vec![part(
        Hop::Client,
        "docker CLI",
        String::new(),
        "what you type. Compose and this page ask in the same way",
    )];
    if let Some(engine) = &podman {
        let runtime = oci_runtime(version);
        let (name, version) = runtime.unwrap_or(("OCI runtime".into(), None));
        parts.extend([
            part(
                Hop::Engine,
                "Podman",
                engine.clone(),
                "answers the API while somebody asks. No daemon has to run",
            ),
            part(
                Hop::Shim,
                "conmon",
                told(component("Conmon")),
                "one for each container: the parent of its process 1",
            ),
            part(
                Hop::Runtime,
                &name,
                told(version),
                "makes the namespaces, starts process 1, and leaves",
            ),
        ]);
    } else {
        let engine = component("Engine").or_else(|| text(version, "Version"));
        parts.push(part(
            Hop::Engine,
            "dockerd",
            told(engine),
            "answers the API; keeps images, networks and volumes",
        ));
        if !windows {
            let containerd = component("containerd").or_else(|| commit(info, "ContainerdCommit"));
            let runtime = runtime.unwrap_or_else(|| "runc".into());
            let is_runc = runtime == "runc" || runtime.starts_with("io.containerd.runc");
            let name = if is_runc { "runc" } else { &runtime };
            let version = component("runc").or_else(|| commit(info, "RuncCommit"));
            let version = version.filter(|_| is_runc);
            parts.extend([
                part(
                    Hop::Containerd,
                    "containerd",
                    told(containerd),
                    "looks after each container's life",
                ),
                part(
                    Hop::Shim,
                    "shim",
                    "comes with containerd".into(),
                    "one for each container: the parent of its process 1",
                ),
                part(
                    Hop::Runtime,
                    name,
                    told(version),
                    "makes the namespaces, starts process 1, and leaves",
                ),
            ]);
        }
    }
    parts.push(part(
        Hop::Process,
        "PID 1",
        leaf.pid
            .map_or(String::new(), |pid| format!("pid {pid} on the host")),
        &leaf.role(),
    ));
    Chain {
        podman: podman.is_some(),
        windows,
        parts,
        leaf,
    }
}

impl Leaf {
    fn role(&self) -> String {
        let Some(who) = &self.who else {
            return "the first process of a container. No container runs now".into();
        };
        let program = match (&self.program, self.init) {
            (_, true) => ": docker-init, and the program below it".into(),
            (Some(program), _) => format!(": {program}"),
            (None, _) => String::new(),
        };
        match self.pid {
            Some(_) => format!("the first process of {who}{program}"),
            None => format!("the first process of {who}{program}; its pid is not told"),
        }
    }
}

fn leaf(id: &Id, have: &Answers, past: &Past) -> Leaf {
    let nothing = Value::Null;
    let inspect = have.json(&Ask::Container(id.clone())).unwrap_or(&nothing);
    let program = text(inspect, "Path");
    Leaf {
        who: Some(past.name(id.as_str())),
        pid: inspect["State"]["Pid"].as_u64().filter(|pid| *pid > 0),
        // Arguments are masked: what is left is the program.
        program: program.map(|path| path.split_whitespace().next().unwrap_or("").to_owned()),
        runtime: text(&inspect["HostConfig"], "Runtime").filter(|name| name != "oci"),
        init: inspect["HostConfig"]["Init"] == true,
    }
}

/// The version of one of `Components`.
pub fn component(version: &Value, name: &str) -> Option<String> {
    let all = version["Components"].as_array()?;
    let own = all.iter().find(|part| part["Name"] == name)?;
    // Podman answers "conmon version 2.1.6, commit: unknown".
    let told = text(own, "Version")?;
    let told = told.split_once("version ").map_or(&*told, |(_, v)| v);
    let end = told.find(|c: char| c == ',' || c.is_whitespace() || c == '·');
    Some(told[..end.unwrap_or(told.len())].to_owned()).filter(|told| !told.is_empty())
}

/// Podman's runtime stands there as `OCI Runtime (crun)`.
fn oci_runtime(version: &Value) -> Option<(String, Option<String>)> {
    let all = version["Components"].as_array()?;
    let name = all
        .iter()
        .filter_map(|part| part["Name"].as_str())
        .find(|name| name.starts_with("OCI Runtime"))?;
    let inner = name
        .split_once('(')
        .map(|(_, name)| name.trim_end_matches(')'));
    let called = words::short(inner.unwrap_or("OCI runtime"), 20);
    Some((called, component(version, name)))
}

fn commit(info: &Value, name: &str) -> Option<String> {
    let id = text(&info[name], "ID").filter(|id| *id != "N/A")?;
    Some(format!("commit {}", words::short(&id, 12)))
}

/// A text that says something, on one line.
pub fn text(json: &Value, name: &str) -> Option<String> {
    json[name]
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .map(|text| words::short(text, 60))
}
