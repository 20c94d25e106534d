//! Ground: on what an engine stands, recognised from what it really says. Each thing
//! that is recognised names the field that tells.

use crate::panels::words;
use serde::Serialize;
use serde_json::Value;

/// Something recognised, and what tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sign {
    /// What it means, as a sentence without its full stop.
    pub means: String,
    /// Which field says so, e.g. `KernelVersion`.
    pub field: &'static str,
    /// What stands in it.
    pub said: String,
}

/// How sure it is that the engine runs in a virtual machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Vm {
    /// The engine says something that only engines in one say.
    Yes,
    /// Something points to it, and is no proof.
    Likely,
    /// Nothing that it says tells.
    NotTold,
}

/// What an engine says of the ground it stands on.
#[derive(Clone, Debug, Serialize)]
pub struct Ground {
    /// `Docker Desktop`, `WSL 2`: what to call the virtual machine, where it is known.
    pub called: Option<String>,
    /// Whether there is one.
    pub vm: Vm,
    /// Everything recognised.
    pub signs: Vec<Sign>,
    /// `OperatingSystem`.
    pub system: Option<String>,
    /// `OSType`: `linux` or `windows`.
    pub os: Option<String>,
    /// `KernelVersion`.
    pub kernel: Option<String>,
    /// `Architecture`, e.g. `x86_64`.
    pub machine: Option<String>,
    /// `MemTotal`, in bytes.
    pub memory: Option<u64>,
    /// `NCPU`.
    pub processors: Option<u64>,
}

/// Kernels that are built for one kind of machine, by what stands in their version.
const BUILT_FOR: [(&str, &str); 8] = [
    ("-aws", "Amazon's cloud"),
    ("amzn", "Amazon's cloud"),
    ("-azure", "Microsoft's cloud"),
    ("-gcp", "Google's cloud"),
    ("-gke", "Google's cloud"),
    ("-oracle", "Oracle's cloud"),
    ("-kvm", "virtual machines under KVM"),
    ("-cloud", "virtual machines in a cloud"),
];

/// Machines that tools make, by the name they give them.
const NAMED: [(&str, &str); 4] = [
    ("colima", "Colima"),
    ("lima-", "Lima"),
    ("minikube", "minikube"),
    ("podman-machine", "Podman"),
];

impl Ground {
    /// Reads `/info`, and `/version` where it is there. `client` is the system that
    /// Waterline was built for, as `std::env::consts::OS` has it; `local` whether the
    /// host listens on a socket of this machine.
    pub fn read(info: &Value, version: Option<&Value>, client: &str, local: bool) -> Ground {
        let text = |field: &str| {
            let text = info[field].as_str().unwrap_or_default().trim();
            (!text.is_empty()).then(|| words::short(text, 100))
        };
        let mut ground = Ground {
            called: None,
            vm: Vm::NotTold,
            signs: Vec::new(),
            system: text("OperatingSystem"),
            os: text("OSType"),
            kernel: text("KernelVersion"),
            machine: text("Architecture"),
            memory: info["MemTotal"].as_u64().filter(|bytes| *bytes > 0),
            processors: info["NCPU"].as_u64().filter(|n| *n > 0),
        };
        ground.products(version, client);
        ground.hints(text("Name"));
        ground.engine(info, version);
        let linux = ground.os.as_deref().is_none_or(|os| os == "linux");
        if local && linux && client != "linux" && ground.vm != Vm::Yes {
            ground.is(
                "a virtual machine",
                format!(
                    "{} runs no Linux container without one",
                    client_name(client)
                ),
                "the system that Waterline runs on",
                client_name(client).to_owned(),
            );
        }
        ground
    }

    /// A virtual machine that is certain.
    fn is(&mut self, called: &str, means: String, field: &'static str, said: String) {
        self.vm = Vm::Yes;
        self.called.get_or_insert_with(|| called.to_owned());
        self.signs.push(Sign { means, field, said });
    }

    fn products(&mut self, version: Option<&Value>, client: &str) {
        let (system, kernel) = (
            self.system.clone().unwrap_or_default(),
            self.kernel.clone().unwrap_or_default(),
        );
        let platform = version.and_then(|version| version["Platform"]["Name"].as_str());
        let platform = words::short(platform.unwrap_or_default(), 80);
        let lower = kernel.to_ascii_lowercase();
        if system.starts_with("Docker Desktop") {
            self.is(
                "Docker Desktop’s virtual machine",
                "Docker Desktop, which always runs its engine in a virtual machine".into(),
                "OperatingSystem",
                system.clone(),
            );
        } else if platform.starts_with("Docker Desktop") {
            self.is(
                "Docker Desktop’s virtual machine",
                "Docker Desktop, which always runs its engine in a virtual machine".into(),
                "Platform.Name",
                platform,
            );
        }
        if lower.contains("microsoft") {
            self.is(
                "WSL 2’s virtual machine",
                "the kernel of WSL 2, which Windows runs in a virtual machine of its own".into(),
                "KernelVersion",
                kernel.clone(),
            );
        } else if lower.contains("linuxkit") {
            let how = match client {
                "windows" => ", on Windows under Hyper-V",
                _ => "",
            };
            self.is("a LinuxKit virtual machine", format!("LinuxKit, a kernel made for small virtual machines such as Docker Desktop's{how}"), "KernelVersion", kernel.clone());
        }
        if lower.contains("orbstack") || system.contains("OrbStack") {
            self.is(
                "OrbStack’s virtual machine",
                "OrbStack, which runs Linux in a virtual machine on a Mac".into(),
                if lower.contains("orbstack") {
                    "KernelVersion"
                } else {
                    "OperatingSystem"
                },
                if lower.contains("orbstack") {
                    kernel.clone()
                } else {
                    system.clone()
                },
            );
        }
        if system.starts_with("Boot2Docker") || lower.contains("boot2docker") {
            self.is("Docker Machine’s virtual machine", "Boot2Docker, the system that Docker Machine and Toolbox put into their virtual machines".into(), "OperatingSystem", system.clone());
        }
        if system.contains("Rancher Desktop") {
            self.is(
                "Rancher Desktop’s virtual machine",
                "Rancher Desktop, which runs its engine in a virtual machine".into(),
                "OperatingSystem",
                system,
            );
        }
    }

    fn hints(&mut self, name: Option<String>) {
        let kernel = self.kernel.clone().unwrap_or_default();
        let mut found = None;
        if let Some((_, whom)) = BUILT_FOR.iter().find(|(part, _)| kernel.contains(part)) {
            found = Some(Sign {
                means: format!("a kernel built for {whom}: likely a virtual machine, but no proof"),
                field: "KernelVersion",
                said: kernel,
            });
        } else if let Some(name) = name
            && let Some((_, tool)) = NAMED.iter().find(|(start, _)| name.starts_with(start))
        {
            found = Some(Sign {
                means: format!(
                    "a name such as {tool} gives to its virtual machines: likely one, but no proof"
                ),
                field: "Name",
                said: name,
            });
        }
        if let Some(sign) = found {
            if self.vm == Vm::NotTold {
                self.vm = Vm::Likely;
            }
            self.signs.push(sign);
        }
    }

    /// What is special about the engine itself.
    fn engine(&mut self, info: &Value, version: Option<&Value>) {
        let mut sign = |means: &str, field, said: &str| {
            self.signs.push(Sign {
                means: means.into(),
                field,
                said: words::short(said, 80),
            });
        };
        let options = info["SecurityOptions"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        for option in options.iter().filter_map(Value::as_str) {
            let name = option.split(',').next().unwrap_or_default();
            match name.strip_prefix("name=").unwrap_or(name) {
                "rootless" => sign(
                    "rootless: the engine and its containers run as an ordinary user",
                    "SecurityOptions",
                    option,
                ),
                "userns" => sign(
                    "user namespaces: root in a container is an ordinary user outside",
                    "SecurityOptions",
                    option,
                ),
                _ => {}
            }
        }
        let components = version.and_then(|version| version["Components"].as_array());
        let podman = components.into_iter().flatten().find_map(|part| {
            part["Name"]
                .as_str()
                .filter(|name| name.starts_with("Podman"))
        });
        if let Some(podman) = podman {
            sign(
                "Podman, which answers as Docker does and has no engine that stays",
                "Components.Name",
                podman,
            );
        }
        if let Some(system) = self
            .system
            .as_deref()
            .filter(|system| system.ends_with("(containerized)"))
        {
            let system = system.to_owned();
            self.signs.push(Sign {
                means: "the engine itself runs in a container, or looks as if it did".into(),
                field: "OperatingSystem",
                said: system,
            });
        }
    }
}

/// `linux` as people write it.
pub fn client_name(os: &str) -> &str {
    match os {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        "freebsd" => "FreeBSD",
        other => other,
    }
}

/// Whether an endpoint, as the reader sees it, is a socket of this machine.
pub fn is_local(endpoint: &str) -> bool {
    endpoint.starts_with("unix://") || endpoint.starts_with("npipe://")
}

/// A size as docker writes memory: binary units, `64 MiB`, `23.5 GiB`.
pub fn memory(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut figure = bytes as f64 / 1024.0;
    let mut unit = 0;
    while figure >= 1023.5 && unit + 1 < UNITS.len() {
        figure /= 1024.0;
        unit += 1;
    }
    let decimals = if (figure - figure.round()).abs() < 0.005 {
        0
    } else if figure < 99.95 {
        1
    } else {
        0
    };
    format!("{figure:.decimals$} {}", UNITS[unit])
}
