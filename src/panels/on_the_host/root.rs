//! The data root: which one it is, and where one would change it.

use crate::panels::words;
use serde::Serialize;
use serde_json::Value;

/// What kind of data root a host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Docker's default for this system.
    Default,
    /// Somebody set another.
    Moved,
    /// That of a user's own engine.
    Rootless,
    /// Inside the virtual machine of Docker Desktop.
    Desktop,
    /// Podman's storage.
    Podman,
}

/// The data root, as `/info` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Root {
    /// `DockerRootDir`, safe to show.
    pub path: String,
    /// Which kind.
    pub kind: Kind,
    /// Whether paths are written with backslashes.
    pub windows: bool,
    /// `SecurityOptions` has `name=userns`, and this is the folder that it adds.
    pub remapped: Option<String>,
    /// Whether containerd keeps images and writable layers, by `DriverStatus`.
    pub containerd: bool,
}

/// Docker's own defaults.
const UNIX: &str = "/var/lib/docker";
const WINDOWS: &str = r"C:\ProgramData\docker";

impl Root {
    /// Reads `/info`; `None` when it names no data root.
    pub fn read(info: &Value) -> Option<Root> {
        let path = info["DockerRootDir"].as_str().filter(|p| !p.is_empty())?;
        let options = || {
            let options = info["SecurityOptions"].as_array();
            options.into_iter().flatten().filter_map(Value::as_str)
        };
        let has = |name: &str| options().any(|o| o.split(',').any(|part| part == name));
        let system = info["OperatingSystem"].as_str().unwrap_or_default();
        // user.group of the first mapped id: 100000.100000
        let remapped = path
            .rsplit('/')
            .next()
            .filter(|last| {
                let digits =
                    |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                has("name=userns")
                    && last
                        .split_once('.')
                        .is_some_and(|(u, g)| digits(u) && digits(g))
            })
            .map(str::to_owned);
        let plain = match &remapped {
            Some(last) => path.trim_end_matches(last.as_str()).trim_end_matches('/'),
            None => path.trim_end_matches('/'),
        };
        let kind = if path.contains("containers/storage") {
            Kind::Podman
        } else if system.contains("Docker Desktop") {
            Kind::Desktop
        } else if has("name=rootless") || plain.ends_with("/.local/share/docker") {
            Kind::Rootless
        } else if plain == UNIX || plain.eq_ignore_ascii_case(WINDOWS) {
            Kind::Default
        } else {
            Kind::Moved
        };
        let status = info["DriverStatus"].as_array();
        Some(Root {
            path: words::short(path, 200),
            kind,
            windows: !path.starts_with('/') && path.contains('\\'),
            remapped,
            containerd: status
                .into_iter()
                .flatten()
                .any(|pair| pair[0] == "driver-type" && pair[1] == "io.containerd.snapshotter.v1"),
        })
    }

    /// The answer: where, and whether that is the default.
    pub fn answer(&self) -> String {
        let what = match self.kind {
            Kind::Default => "Docker's default",
            Kind::Moved => "not the default: somebody chose it",
            Kind::Rootless => "an engine without root keeps its data at home",
            Kind::Desktop => "inside Docker Desktop's virtual machine",
            Kind::Podman => "Podman's own, not Docker's",
        };
        format!("{}: {what}.", self.path)
    }

    /// Where the setting would be, as sentences. Which of the places is used, no engine tells.
    pub fn setting(&self) -> Vec<String> {
        let mut said = vec![match self.kind {
            Kind::Desktop => "On your own disk there is no such folder: it is a path in the virtual machine. Where the machine's disk image lies is set in Docker Desktop, under Settings, Resources, Advanced.",
            Kind::Podman => "The setting is graphroot in /etc/containers/storage.conf, or in ~/.config/containers/storage.conf for a user's own.",
            Kind::Rootless => "The setting is data-root in ~/.config/docker/daemon.json of the user who runs the engine.",
            _ if self.windows => r"The setting is data-root in C:\ProgramData\docker\config\daemon.json.",
            Kind::Default => "To move it, set data-root in /etc/docker/daemon.json, or start dockerd with --data-root; never both.",
            Kind::Moved => "Look for data-root in /etc/docker/daemon.json, or for --data-root among the arguments of dockerd. Engines before 17.05 called it graph and -g.",
        }
        .to_owned()];
        if let Some(last) = &self.remapped {
            said.push(format!(
                "The last folder, {last}, comes from user namespaces (userns-remap): root in a container is that user on the host, and has a data root of its own."
            ));
        }
        if self.containerd {
            said.push("Here containerd keeps images and writable layers, under a root of its own: usually /var/lib/containerd, set by root in /etc/containerd/config.toml. The API does not give that path, and data-root does not move it.".into());
        }
        said
    }
}
