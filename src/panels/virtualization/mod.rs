//! The *virtualization* panel: what an engine can tell of the hardware below it.
//!
//! Illustrates `<<Learning_Docker_Windows_Docker_Machine>>` and `<<Learning_Unix_Memory_PAE>>`:
//! the ground below the containers, slab by slab, as far down as the engine's word
//! reaches. What it does not reach is drawn as not told, with the command that would tell.

mod depth;

use super::frame::{Frame, Picture};
use super::platform::ground::{Ground, Sign, Vm, client_name, is_local, memory};
use super::{NotTold, Panel, View, need, words};
use crate::engine::{Answers, Ask};
use askama::Template;
use depth::{Depth, Known, depths};
use serde::Serialize;
use serde_json::Value;

/// The system that Waterline was built for.
const CLIENT: &str = std::env::consts::OS;
/// Runtimes that start a virtual machine for each container.
const VM_RUNTIMES: [&str; 2] = ["kata", "firecracker"];

/// What this panel asks a host, given what it has heard so far.
pub fn asks(_view: &View, _have: &Answers) -> Vec<Ask> {
    vec![Ask::Info, Ask::Version]
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/virtualization.html")]
pub struct Virtualization {
    #[serde(skip)]
    frame: Frame,
    ground: Ground,
    client: &'static str,
    recorded: bool,
    /// From the engine down to the firmware.
    depths: Vec<Depth>,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Virtualization, NotTold> {
    let info = need(have, &Ask::Info)?;
    let recorded = have.host.recorded.is_some();
    let local = is_local(&have.host.endpoint) && !recorded;
    let mut ground = Ground::read(info, have.json(&Ask::Version), CLIENT, local);
    let mut frame = Frame::new(Panel::Virtualization, view, have);
    let fields = [
        "OperatingSystem",
        "KernelVersion",
        "OSType",
        "Architecture",
        "MemTotal",
        "NCPU",
        "Runtimes",
        "Isolation",
        "Name",
    ];
    frame.cite(have, &Ask::Info, &fields);
    frame.cite(
        have,
        &Ask::Version,
        &["Platform", "Components.Name", "Os", "Arch"],
    );
    let nested = small_machines(info);
    if let Some(sign) = &nested {
        ground.signs.push(sign.clone());
    }
    Ok(Virtualization {
        frame,
        client: client_name(CLIENT),
        recorded,
        depths: depths(&ground, nested.as_ref()),
        ground,
    })
}

/// A runtime or an isolation that needs hardware virtualization to be there.
fn small_machines(info: &Value) -> Option<Sign> {
    if info["Isolation"] == "hyperv" {
        return Some(Sign {
            means: "containers under Hyper-V, each in a virtual machine".into(),
            field: "Isolation",
            said: "hyperv".into(),
        });
    }
    let runtimes = info["Runtimes"].as_object()?;
    let name = runtimes
        .keys()
        .find(|name| VM_RUNTIMES.iter().any(|vm| name.contains(vm)))?;
    Some(Sign {
        means: "a runtime that gives each container a virtual machine, if it is used".into(),
        field: "Runtimes",
        said: words::short(name, 40),
    })
}

impl Picture for Virtualization {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

impl Virtualization {
    /// The sentence that answers the question.
    fn answer(&self) -> String {
        let told = self
            .depths
            .iter()
            .filter(|depth| depth.known != Known::NotTold)
            .count();
        let virtualization = match self.ground.vm {
            Vm::Yes => {
                "The engine runs in a virtual machine, so virtualization works on the computer that holds it."
            }
            Vm::Likely => {
                "The engine likely runs in a virtual machine. It cannot tell whether another could start inside."
            }
            Vm::NotTold => "Whether this hardware can virtualize, the engine cannot tell.",
        };
        format!(
            "{virtualization} Of {} things below a container, {} can be known from what it says.",
            words::number(self.depths.len()),
            words::number(told)
        )
    }

    /// Where the commands are to be typed.
    fn place(&self) -> String {
        match (self.recorded, self.ground.vm) {
            (true, _) => {
                "This is a recording. To know your own machine, type the commands there.".into()
            }
            (_, Vm::Yes) => format!(
                "Each command stands with the machine it belongs on: the virtual machine's Linux, or the computer below it. Yours runs {}.",
                self.client
            ),
            _ => {
                "Type the commands on the host itself, not in a container. Waterline types nothing."
                    .into()
            }
        }
    }
}

#[cfg(test)]
mod tests;
