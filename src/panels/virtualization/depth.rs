//! Depths: what lies below a container, from the kernel down to the firmware, and how far
//! the engine's word reaches.

use super::{Ground, Sign, Vm, memory};
use crate::panels::platform::ground::client_name;
use serde::Serialize;

/// What 32 bits can address, in bytes.
const FOUR_GIB: u64 = 4 << 30;

/// How well something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// The engine says it.
    Told,
    /// It follows from what the engine says.
    Follows,
    /// It does not.
    NotTold,
}

/// One thing below the containers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Depth {
    /// `PAE`
    pub name: &'static str,
    /// How well it is known.
    pub known: Known,
    /// What is known, or that it is not, as a sentence.
    pub told: String,
    /// The fields that it comes from.
    pub fields: &'static str,
    /// The command that would tell, and where.
    pub command: Option<(&'static str, String)>,
}

impl Known {
    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Known::Told => "told",
            Known::Follows => "follows",
            Known::NotTold => "not told",
        }
    }

    /// The class of its slab.
    pub fn class(self) -> &'static str {
        match self {
            Known::Told => "told",
            Known::Follows => "follows",
            Known::NotTold => "open",
        }
    }
}

/// How many bits the kernel's architecture has. `None` for one that is not known here.
fn bits(machine: &str) -> Option<u32> {
    match machine {
        "x86_64" | "amd64" | "aarch64" | "arm64" | "riscv64" | "ppc64" | "ppc64le" | "s390x"
        | "loong64" | "loongarch64" | "mips64" | "mips64le" | "mips64el" => Some(64),
        "i386" | "i486" | "i586" | "i686" | "x86" | "386" | "armv6l" | "armv7l" | "armv8l"
        | "arm" | "armhf" | "mips" | "mipsel" => Some(32),
        _ => None,
    }
}

fn is_pc(machine: &str) -> bool {
    matches!(
        machine,
        "x86_64" | "amd64" | "i386" | "i486" | "i586" | "i686" | "x86" | "386"
    )
}

/// All of them, from the top.
pub fn depths(ground: &Ground, nested: Option<&Sign>) -> Vec<Depth> {
    vec![
        kernel(ground),
        pae(ground),
        machine(ground),
        works(ground, nested),
        processor(ground),
        firmware(ground),
    ]
}

fn kernel(ground: &Ground) -> Depth {
    let linux = ground.os.as_deref().map_or("", client_name);
    let (known, told) = match ground.machine.as_deref() {
        Some(machine) => match bits(machine) {
            Some(bits) => (
                Known::Told,
                format!("A {bits}-bit {linux} kernel, {machine}."),
            ),
            None => (
                Known::NotTold,
                format!(
                    "The kernel's architecture is {machine}; how many bits that has is not known here."
                ),
            ),
        },
        None => (
            Known::NotTold,
            "This engine does not say which architecture it runs on.".into(),
        ),
    };
    Depth {
        name: "Kernel",
        known,
        told: told.replace("bit  kernel", "bit kernel"),
        fields: "Architecture, OSType",
        command: (known == Known::NotTold).then(|| on_host("uname -m")),
    }
}

fn pae(ground: &Ground) -> Depth {
    let machine = ground.machine.as_deref().unwrap_or_default();
    let suffix = ground
        .kernel
        .as_deref()
        .is_some_and(|kernel| kernel.to_ascii_lowercase().ends_with("-pae"));
    let large = ground.memory.filter(|bytes| *bytes > FOUR_GIB);
    let arm = machine.starts_with("arm");
    let lpae = ground
        .kernel
        .as_deref()
        .is_some_and(|kernel| kernel.to_ascii_lowercase().contains("lpae"));
    let (known, told) = match (bits(machine), large) {
        (Some(64), _) if is_pc(machine) => (
            Known::Follows,
            "Not needed. 64-bit paging grew out of PAE and is always on: this kernel reaches all memory, and a page can be marked as never to be run.".to_owned(),
        ),
        (Some(64), _) => (Known::Follows, "Not needed: PAE is a matter of 32-bit PCs, and this is a 64-bit machine of another kind.".into()),
        (Some(32), _) if suffix => (Known::Told, "In use: the kernel's version ends in -pae.".into()),
        (Some(32), _) if lpae => (Known::Told, "In use as LPAE, ARM's own: the kernel's version names it.".into()),
        (Some(32), Some(bytes)) => (
            Known::Follows,
            format!("In use{}: a 32-bit kernel with {} of memory cannot reach it otherwise.", if arm { " as LPAE, ARM's own" } else { "" }, memory(bytes)),
        ),
        (Some(32), None) => (Known::NotTold, "Not told: a 32-bit kernel with 4 GiB or less may run with or without it.".into()),
        _ => (Known::NotTold, "Not told, since the architecture is not.".into()),
    };
    Depth {
        name: "PAE, memory beyond 4 GB",
        known,
        told,
        fields: "Architecture, MemTotal, KernelVersion",
        command: match (is_pc(machine) || machine.is_empty(), arm) {
            (true, _) => Some(on_host("grep -o -m1 -w pae /proc/cpuinfo")),
            (_, true) => Some(on_host("grep -o -m1 -w lpae /proc/cpuinfo")),
            _ => None,
        },
    }
}

fn machine(ground: &Ground) -> Depth {
    let sign = ground.signs.first();
    let by = |sign: &Sign| format!("{} ({})", sign.means, sign.field);
    let (known, told) = match (ground.vm, sign) {
        (Vm::Yes, Some(sign)) => (Known::Follows, format!("A virtual machine: {}.", by(sign))),
        (Vm::Yes, None) => (Known::Follows, "A virtual machine.".into()),
        (Vm::Likely, Some(sign)) => (Known::NotTold, format!("Not certain: {}.", by(sign))),
        _ => (Known::NotTold, "A real machine or a virtual one: the engine does not say, and a kernel looks the same in both.".into()),
    };
    Depth {
        name: "Machine",
        known,
        told,
        fields: "OperatingSystem, KernelVersion, Name",
        command: (known == Known::NotTold).then(|| on_host("systemd-detect-virt")),
    }
}

fn works(ground: &Ground, nested: Option<&Sign>) -> Depth {
    let (known, told) = match (ground.vm, nested) {
        (Vm::Yes, _) => (Known::Follows, "It works on the computer below: the virtual machine that this engine is in runs. Whether another could start inside it is not told.".to_owned()),
        (_, Some(sign)) => (Known::Follows, format!("Likely to work here: {} ({} has {}). It needs VT-x, AMD-V or their like.", sign.means, sign.field, sign.said)),
        _ => (Known::NotTold, "No field says whether a virtual machine could be started here. Docker needs none on Linux.".into()),
    };
    let command = match (ground.vm, ground.os.as_deref()) {
        (Vm::Yes, _) => ("on the computer below", below().to_owned()),
        (_, Some("windows")) => (
            "on the host",
            "systeminfo, and there “Hyper-V Requirements”".to_owned(),
        ),
        _ => on_host("ls -l /dev/kvm"),
    };
    Depth {
        name: "Starting virtual machines",
        known,
        told,
        fields: "OperatingSystem, KernelVersion, Runtimes, Isolation",
        command: Some(command),
    }
}

fn processor(ground: &Ground) -> Depth {
    let pc = ground.machine.as_deref().is_none_or(is_pc);
    Depth {
        name: "Processor: VT-x, AMD-V",
        known: Known::NotTold,
        told: match ground.processors {
            Some(n) => format!(
                "The engine counts {n} and knows no more of them: their flags are in no field."
            ),
            None => "The processor's flags are in no field.".into(),
        },
        fields: "NCPU",
        command: Some(match (pc, ground.os.as_deref()) {
            (_, Some("windows")) => (
                "on the host",
                "Task Manager, Performance, CPU, the line “Virtualization”".to_owned(),
            ),
            (true, _) => on_host("grep -cE 'vmx|svm' /proc/cpuinfo"),
            (false, _) => on_host("lscpu | grep -i virtualization"),
        }),
    }
}

fn firmware(ground: &Ground) -> Depth {
    let windows = ground.os.as_deref() == Some("windows");
    Depth {
        name: "Firmware",
        known: Known::NotTold,
        told: "Whether virtualization is switched on there is below everything that an engine sees. A flag that the processor should have and lacks is the usual sign.".into(),
        fields: "",
        command: Some(if windows {
            ("on the host", "systeminfo, and there “Virtualization Enabled In Firmware”".to_owned())
        } else {
            on_host("lscpu | grep Virtualization")
        }),
    }
}

fn on_host(command: &str) -> (&'static str, String) {
    ("on the host", command.to_owned())
}

/// How the computer that holds the virtual machine is asked.
fn below() -> &'static str {
    match super::CLIENT {
        "macos" => "sysctl kern.hv_support",
        "windows" => "Task Manager, Performance, CPU, the line “Virtualization”",
        _ => {
            "grep -cE 'vmx|svm' /proc/cpuinfo (Linux); sysctl kern.hv_support (macOS); Task Manager, Performance, CPU (Windows)"
        }
    }
}
