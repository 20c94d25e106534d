//! `run` and `create`: the many flags with which a container is made.

use super::flags::Given;
use super::mounts::{self, Fault};
use super::table::FlagDoc;
use super::values::{self, no};
use super::verbs::{NetworkArg, Run};
use super::words::MountArg;
use crate::demos::refusal::{Refusal, Rule};

impl Given {
    pub(super) fn run(&self) -> Result<Run, Refusal> {
        self.harmless()?;
        let (image, command) = self.arguments.split_first().unwrap_or((&EMPTY, &[]));
        Ok(Run {
            mounts: self.mounts()?,
            image: values::typed_image(image)?,
            command: command.to_vec(),
            name: self
                .text("name")
                .map(|text| values::name("container", text))
                .transpose()?,
            hostname: self.text("hostname").map(values::hostname).transpose()?,
            network: self.text("network").map(network).transpose()?,
            aliases: self.aliases("network-alias")?,
            env: self.env()?,
            workdir: self.text("workdir").map(values::workdir).transpose()?,
            labels: self.labels()?,
            memory: self.read_with("memory", values::size)?,
            nano_cpus: self.read_with("cpus", values::cpus)?,
            pids: self.pids()?,
            init: self.switch("init")?,
            read_only: self.switch("read-only")?,
            detach: self.switch("detach")?,
            remove: self.switch("rm")?,
            interactive: self.switch("interactive")?,
            tty: self.switch("tty")?,
        })
    }

    /// Flags that are taken for their usual value only, and change nothing.
    fn harmless(&self) -> Result<(), Refusal> {
        self.switch("quiet")?;
        match self.text("restart") {
            None | Some("no" | "") => {}
            Some(policy) => {
                return Err(no(
                    Rule::Lifecycle,
                    format!(
                        "--restart {policy}: a container of a sandbox does not restart by itself, or the engine would bring it back after the sandbox is gone."
                    ),
                ));
            }
        }
        match self.text("pull") {
            None | Some("missing" | "never") => Ok(()),
            Some("always") => Err(no(
                Rule::Image,
                "--pull always: a sandbox has no registry; the demo image is on the host already.",
            )),
            Some(other) => Err(Refusal::usage(
                format!(
                    "docker: invalid pull option: '{other}': must be one of \"always\", \"missing\" or \"never\"\n\nRun 'docker {} --help' for more information",
                    self.path
                ),
                125,
            )),
        }
    }

    fn pids(&self) -> Result<Option<u64>, Refusal> {
        let Some(pids) = self.read_with("pids-limit", values::integer)? else {
            return Ok(None);
        };
        match u64::try_from(pids) {
            Ok(pids) if pids > 0 => Ok(Some(pids)),
            _ => Err(no(
                Rule::Resource,
                format!("--pids-limit {pids} would mean no limit, and a sandbox has one."),
            )),
        }
    }

    /// Mounts in the order in which they were typed, each at a place of its own.
    fn mounts(&self) -> Result<Vec<MountArg>, Refusal> {
        let mut mounts: Vec<MountArg> = Vec::new();
        for (flag, value) in self.in_order() {
            let mount = match flag.long {
                "volume" => mounts::volume(value),
                "mount" => mounts::mount_flag(value),
                "tmpfs" => mounts::tmpfs(value),
                _ => continue,
            };
            let mount = mount.map_err(|fault| self.fault(flag, value, fault))?;
            let place = mount.target().as_str();
            if mounts.iter().any(|other| other.target().as_str() == place) {
                return Err(Refusal::usage(
                    format!(
                        "docker: Error response from daemon: Duplicate mount point: {place}\n\nRun 'docker {} --help' for more information",
                        self.path
                    ),
                    125,
                ));
            }
            mounts.push(mount);
        }
        Ok(mounts)
    }

    fn fault(&self, flag: &'static FlagDoc, value: &str, fault: Fault) -> Refusal {
        match fault {
            Fault::Refused(refusal) => refusal,
            Fault::Invalid(why) => self.invalid(flag, value, &why),
        }
    }
}

static EMPTY: String = String::new();

fn network(text: &str) -> Result<NetworkArg, Refusal> {
    let name = text.split([':', ',', '=']).next().unwrap_or_default();
    match text {
        "bridge" | "default" => Ok(NetworkArg::Bridge),
        "none" => Ok(NetworkArg::None),
        "host" => Err(no(
            Rule::Namespace,
            "--network host: a container of a sandbox never sees the host's own network.",
        )),
        _ if name == "container" || name == "ns" => Err(no(
            Rule::Namespace,
            format!(
                "--network {text}: a container of a sandbox has a network namespace of its own."
            ),
        )),
        _ if text.contains(['=', ',']) => Err(no(
            Rule::Network,
            format!(
                "--network {text}: give the network's name alone, and --network-alias for other names on it; the sandbox chooses addresses."
            ),
        )),
        _ => values::typed(text).map(NetworkArg::Own),
    }
}
