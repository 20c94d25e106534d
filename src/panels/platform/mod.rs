//! The *platform* panel: who shares a kernel with whom, and how much memory there is.
//!
//! Illustrates `<<Learning_Docker_Windows>>` and `<<Learning_Ops_Unix_Virtual_Memory_kswapd>>`:
//! containers stand on one kernel, which may be in a virtual machine, and take their
//! memory and swap from it within limits.

pub mod ground;
mod kernels;
pub mod limits;

use super::frame::{Frame, Picture};
use super::running::{Elsewhere, look, of_how_many};
use super::{NotTold, Panel, View, need, words};
use crate::engine::{Answers, Ask};
use askama::Template;
use ground::{Ground, Vm, client_name, is_local, memory};
use kernels::{Kernel, kernel_of};
use limits::Limits;
use serde::Serialize;
use serde_json::Value;

/// Containers whose limits are asked for.
const DRAWN: usize = 8;
/// Warnings of the engine that are shown.
const WARNINGS: usize = 6;
/// The system that Waterline was built for, which is the one that the reader's
/// `docker` command runs on.
const CLIENT: &str = std::env::consts::OS;

/// What this panel asks a host, given what it has heard so far.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Info, Ask::Version, Ask::Containers];
    let ids = look(view, have, DRAWN)
        .at
        .into_iter()
        .filter_map(|one| one.id);
    asks.extend(ids.map(Ask::Container));
    asks
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/platform.html")]
pub struct Platform {
    #[serde(skip)]
    frame: Frame,
    ground: Ground,
    client: &'static str,
    /// What the reader's machine has to do with the kernel.
    with_client: WithClient,
    endpoint: String,
    /// `Linux 6.18.44`
    kernel: String,
    running: usize,
    containers: Vec<Contained>,
    /// Containers on view that have a kernel of their own.
    apart: usize,
    elsewhere: Elsewhere,
    focus: Option<String>,
    missing: Option<String>,
    all: String,
    facts: Vec<(&'static str, String)>,
    warnings: Vec<String>,
    /// What is odd about swap here, as a sentence.
    swap: String,
}

/// What the reader's machine has to do with the host's kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum WithClient {
    /// It is the same one, as far as can be told.
    Shared,
    /// The host is in a virtual machine on it.
    Below,
    /// The host is elsewhere.
    Elsewhere,
    /// It is a recording.
    Recorded,
}

/// A running container on view.
#[derive(Debug, Serialize)]
struct Contained {
    name: String,
    href: String,
    kernel: Kernel,
    limits: Option<Limits>,
}

/// Containers on view that may take the same.
struct Taking<'a> {
    containers: Vec<&'a Contained>,
    limits: Option<&'a Limits>,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Platform, NotTold> {
    let info = need(have, &Ask::Info)?;
    let local = is_local(&have.host.endpoint) && have.host.recorded.is_none();
    let ground = Ground::read(info, have.json(&Ask::Version), CLIENT, local);
    let looked = look(view, have, DRAWN);

    let mut frame = Frame::new(Panel::Platform, view, have);
    let fields = [
        "OperatingSystem",
        "KernelVersion",
        "OSType",
        "Architecture",
        "NCPU",
        "MemTotal",
        "MemoryLimit",
        "SwapLimit",
        "OomKillDisable",
        "CgroupDriver",
        "CgroupVersion",
        "SecurityOptions",
        "Runtimes",
        "DefaultRuntime",
        "Isolation",
        "Warnings",
        "Name",
    ];
    frame.cite(have, &Ask::Info, &fields);
    frame.cite(
        have,
        &Ask::Version,
        &["Platform", "Components.Name", "Os", "Arch", "KernelVersion"],
    );
    frame.cite(have, &Ask::Containers, &["Names", "State"]);
    for (at, id) in looked
        .at
        .iter()
        .filter_map(|one| one.id.clone())
        .enumerate()
    {
        let ask = Ask::Container(id);
        if at == 0 {
            let fields = [
                "Name",
                "HostConfig.Memory",
                "HostConfig.MemorySwap",
                "HostConfig.MemoryReservation",
                "HostConfig.OomKillDisable",
                "HostConfig.Runtime",
                "HostConfig.Isolation",
            ];
            frame.cite(have, &ask, &fields);
        } else {
            frame.rest_on(have, &ask);
        }
    }
    let swap_limit = info["SwapLimit"].as_bool();
    let cgroup = info["CgroupVersion"].as_str();
    let containers: Vec<Contained> = looked
        .at
        .iter()
        .map(|one| {
            let inspect = one.id.clone().and_then(|id| have.json(&Ask::Container(id)));
            let host = inspect.map_or(&Value::Null, |inspect| &inspect["HostConfig"]);
            Contained {
                name: words::short(&one.name, 40),
                href: view.focus(&one.name).href(Panel::Platform),
                kernel: kernel_of(host, info),
                limits: limits::read(host, swap_limit, cgroup),
            }
        })
        .collect();
    Ok(Platform {
        client: client_name(CLIENT),
        with_client: match (have.host.recorded.is_some(), local, ground.vm) {
            (true, ..) => WithClient::Recorded,
            (_, false, _) => WithClient::Elsewhere,
            (_, true, Vm::Yes) => WithClient::Below,
            (_, true, _) => WithClient::Shared,
        },
        endpoint: words::short(&have.host.endpoint, 80),
        kernel: kernel(&ground),
        running: looked.all.len(),
        apart: containers.iter().filter(|one| one.kernel.is_own()).count(),
        containers,
        elsewhere: looked.elsewhere(view, Panel::Platform),
        focus: looked.focus(view),
        missing: looked.missing(view),
        all: view.focus("").href(Panel::Platform),
        facts: facts(info, &ground),
        warnings: warnings(info),
        swap: swap(&ground, swap_limit, cgroup),
        ground,
        frame,
    })
}

/// `Linux 6.18.44`
fn kernel(ground: &Ground) -> String {
    let os = ground.os.as_deref().map_or("kernel", client_name);
    match &ground.kernel {
        Some(version) => format!("{os} {version}"),
        None => format!("{os}, version not told (KernelVersion)"),
    }
}

/// What the host says of memory and of itself, with the fields that say it.
fn facts(info: &Value, ground: &Ground) -> Vec<(&'static str, String)> {
    let text = |field: &str| {
        info[field]
            .as_str()
            .filter(|text| !text.is_empty())
            .map(|text| words::short(text, 80))
    };
    let not = |field: &str| format!("this engine does not say ({field})");
    let can = |field: &str, yes: &str, no: &str| match info[field].as_bool() {
        Some(true) => yes.to_owned(),
        Some(false) => no.to_owned(),
        None => not(field),
    };
    vec![
        (
            "Memory",
            ground.memory.map_or_else(
                || not("MemTotal"),
                |bytes| {
                    format!(
                        "{}, of the machine or the virtual machine that the engine is in",
                        memory(bytes)
                    )
                },
            ),
        ),
        (
            "Processors",
            ground
                .processors
                .map_or_else(|| not("NCPU"), |n| n.to_string()),
        ),
        (
            "Memory limits",
            can(
                "MemoryLimit",
                "can be set",
                "cannot be set on this kernel: -m has no effect",
            ),
        ),
        (
            "Swap limits",
            can(
                "SwapLimit",
                "can be set",
                "cannot be set on this kernel: --memory-swap has no effect",
            ),
        ),
        (
            "cgroups",
            match (text("CgroupVersion"), text("CgroupDriver")) {
                (Some(version), Some(driver)) => format!("version {version}, driver {driver}"),
                (None, Some(driver)) => {
                    format!("driver {driver}; version not told (CgroupVersion), so likely 1")
                }
                (Some(version), None) => format!("version {version}"),
                (None, None) => not("CgroupVersion"),
            },
        ),
        (
            "System",
            ground
                .system
                .clone()
                .unwrap_or_else(|| not("OperatingSystem")),
        ),
        (
            "Architecture",
            ground
                .machine
                .clone()
                .unwrap_or_else(|| not("Architecture")),
        ),
        (
            "Runtime",
            text("DefaultRuntime").unwrap_or_else(|| not("DefaultRuntime")),
        ),
    ]
}

fn warnings(info: &Value) -> Vec<String> {
    let all = info["Warnings"].as_array().map_or(&[][..], Vec::as_slice);
    all.iter()
        .filter_map(Value::as_str)
        .take(WARNINGS)
        .map(|text| words::short(text.trim_start_matches("WARNING: "), 200))
        .collect()
}

/// What the API leaves open of swap, and what limits mean on this kernel.
fn swap(ground: &Ground, limit: Option<bool>, cgroup: Option<&str>) -> String {
    if ground.os.as_deref() == Some("windows") {
        return "On Windows swap is the page file, and Docker sets no limit to it.".into();
    }
    let how = match (limit, cgroup) {
        (Some(false), _) => "Swap is not limited on this host: ",
        (_, Some("2")) => {
            "Under cgroup v2 the kernel is given the swap alone, MemorySwap less Memory: "
        }
        _ => "Under cgroup v1 the kernel is given memory and swap together, MemorySwap: ",
    };
    let example = if limit == Some(false) {
        "what a container pushes out counts for nobody."
    } else {
        "the same figure twice is no swap, and nothing said is as much again."
    };
    format!("{how}{example}")
}

impl Picture for Platform {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

impl Platform {
    /// The sentence that answers the question.
    fn answer(&self) -> String {
        // Which kernel the others have, nobody asked.
        let n = self.containers.len();
        let apart = match self.apart {
            0 => String::new(),
            apart => format!(
                " {} a kernel of {} own.",
                words::capital(&match apart {
                    1 => "one has".to_owned(),
                    n => format!("{} have", words::number(n)),
                }),
                if apart == 1 { "its" } else { "their" }
            ),
        };
        let sharing = n.saturating_sub(self.apart);
        let who = match (n, sharing) {
            (0, _) => format!(
                "No container runs here. Whichever starts will run on {}.",
                self.kernel
            ),
            (_, 0) => String::new(),
            (_, 1) => format!(
                "One running container uses the kernel of its host, {}.",
                self.kernel
            ),
            (_, _) => format!(
                "{} running containers share one kernel, {}.",
                words::capital(&words::number(sharing)),
                self.kernel
            ),
        };
        let memory = match self.ground.memory {
            Some(bytes) => format!(" This host has {} of memory.", memory(bytes)),
            None => String::new(),
        };
        let of = of_how_many(self.running, n);
        format!("{who}{apart}{of}{memory}").trim().to_owned()
    }

    /// The containers on view by what they may take.
    fn takings(&self) -> Vec<Taking<'_>> {
        let mut takings: Vec<Taking<'_>> = Vec::new();
        for one in &self.containers {
            let limits = one.limits.as_ref();
            match takings.iter_mut().find(|taking| taking.limits == limits) {
                Some(taking) => taking.containers.push(one),
                None => takings.push(Taking {
                    containers: vec![one],
                    limits,
                }),
            }
        }
        takings
    }

    /// What the reader's own machine has to do with it.
    fn client_words(&self) -> String {
        let kernel = self.ground.kernel.as_deref().unwrap_or("the same");
        match self.with_client {
            WithClient::Shared if self.ground.vm == Vm::Likely => format!(
                "This machine runs {}, and the engine listens on a socket of it, so this is most likely your own kernel, in a virtual machine. It is, if uname -r here prints {kernel}.",
                self.client
            ),
            WithClient::Shared => format!(
                "This machine runs {}, and the engine listens on a socket of it, so this is most likely your own kernel too: your programs share it with the containers. It is, if uname -r here prints {kernel}.",
                self.client
            ),
            WithClient::Below => format!(
                "This machine runs {}. The containers do not run on its kernel but on that of {}.",
                self.client,
                self.machine()
            ),
            WithClient::Elsewhere => format!(
                "This machine runs {}. The engine is reached over the network, so the kernel is most likely another machine's.",
                self.client
            ),
            WithClient::Recorded => {
                "A recording: your own machine has nothing to do with this kernel.".into()
            }
        }
    }

    /// What the kernel runs in.
    fn machine(&self) -> String {
        match (&self.ground.called, self.ground.vm) {
            (Some(called), _) => called.clone(),
            (None, Vm::Yes) => "a virtual machine".into(),
            (None, Vm::Likely) => "likely a virtual machine".into(),
            (None, Vm::NotTold) => "a machine, or a virtual machine".into(),
        }
    }

    /// What is known of it, below the kernel.
    fn hardware(&self) -> String {
        let mut parts = Vec::new();
        if let Some(bytes) = self.ground.memory {
            parts.push(format!("{} of memory", memory(bytes)));
        }
        if let Some(n) = self.ground.processors {
            parts.push(words::count(
                usize::try_from(n).unwrap_or(usize::MAX),
                "processor",
            ));
        }
        if let Some(machine) = &self.ground.machine {
            parts.push(machine.clone());
        }
        match parts.is_empty() {
            true => "memory and processors not told".into(),
            false => parts.join(", "),
        }
    }

    fn shared(&self) -> bool {
        self.with_client == WithClient::Shared
    }

    fn vm_certain(&self) -> bool {
        self.ground.vm == Vm::Yes
    }

    fn vm_told(&self) -> &'static str {
        match self.ground.vm {
            Vm::Yes => "",
            Vm::Likely => "Likely, but not proved. On the host, systemd-detect-virt tells.",
            Vm::NotTold => {
                "Whether it is a virtual machine is not told. On the host, systemd-detect-virt tells."
            }
        }
    }
}

#[cfg(test)]
mod tests;
