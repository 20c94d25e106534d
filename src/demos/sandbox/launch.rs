//! A container that `run` or `create` makes: within the limits, on the sandbox's own
//! network, from an image that is allowed.

use super::permitted::{Join, Launch, Planned, Target};
use super::snapshot::Snapshot;
use super::{BRIDGE, DEMO_IMAGE, NO_ALIASES, quota};
use crate::demos::command::MountArg;
use crate::demos::command::verbs::{NetworkArg, Run};
use crate::demos::janitor::Kind;
use crate::demos::refusal::{Refusal, Rule};
use crate::engine::hands::{Caps, FullId, NewMount};
use crate::engine::owned::Name;

/// The least memory that docker takes, in bytes.
const LEAST_MEMORY: u64 = 6 << 20;
/// The least processor time that docker takes, in billionths of a processor.
const LEAST_CPUS: u64 = 10_000_000;

impl Snapshot {
    /// Plans what `docker run` or, as `verb` says, `docker create` makes.
    pub(super) fn launch(&self, run: &Run, verb: &str) -> Result<Launch, Refusal> {
        let most = self.limits.containers;
        if self.containers.len() >= most {
            return Err(quota(most, "containers", "Remove one with docker rm -f."));
        }
        let image = self.image(run)?;
        let caps = self.caps(run, verb)?;
        let (join, named) = self.join(run, verb)?;
        let (mounts, new_volumes) = self.mounts(run)?;
        Ok(Launch {
            sandbox: self.id,
            until: self.until,
            name: run.name.clone(),
            image,
            typed_image: run.image.as_str().to_owned(),
            command: run.command.clone(),
            env: run.env.clone(),
            workdir: run.workdir.clone(),
            hostname: run.hostname.clone(),
            join,
            named,
            aliases: run.aliases.clone(),
            mounts,
            new_volumes,
            init: run.init,
            tty: run.tty,
            stdin: run.interactive,
            remove: run.remove,
            read_only: run.read_only,
            labels: run.labels.clone(),
            caps,
        })
    }

    /// The demo image, or one that was committed here.
    fn image(&self, run: &Run) -> Result<FullId, Refusal> {
        match self.resolve(Kind::Image, run.image.as_str()) {
            Target::Found { id, .. } => Ok(id),
            Target::Missing(typed) => Err(Refusal::new(
                Rule::Image,
                format!(
                    "{typed}: a sandbox runs the demo image, {DEMO_IMAGE}, and images that docker commit made in it. There is no registry to pull others from."
                ),
            )),
        }
    }

    /// What the container may use: the sandbox's caps, or less.
    fn caps(&self, run: &Run, verb: &str) -> Result<Caps, Refusal> {
        let mut caps = self.limits.caps;
        let too_much = |flag: &str, most: String| {
            Refusal::new(
                Rule::Resource,
                format!(
                    "{flag}: a container of a sandbox has at most {most}, and a flag can only lower it."
                ),
            )
        };
        if let Some(memory) = run.memory {
            if memory == 0 || memory > caps.memory {
                return Err(too_much("--memory", format!("{} MB", caps.memory >> 20)));
            }
            if memory < LEAST_MEMORY {
                return Err(daemon(verb, "Minimum memory limit allowed is 6MB"));
            }
            caps.memory = memory;
        }
        if let Some(nano_cpus) = run.nano_cpus {
            if nano_cpus < LEAST_CPUS || nano_cpus > caps.nano_cpus {
                let (whole, part) = (
                    caps.nano_cpus / 1_000_000_000,
                    caps.nano_cpus / 10_000_000 % 100,
                );
                return Err(too_much(
                    "--cpus",
                    format!("{whole}.{part:02} CPUs and at least 0.01"),
                ));
            }
            caps.nano_cpus = nano_cpus;
        }
        if let Some(pids) = run.pids {
            if pids == 0 || pids > caps.pids {
                return Err(too_much("--pids-limit", format!("{} processes", caps.pids)));
            }
            caps.pids = pids;
        }
        Ok(caps)
    }

    /// The network, and whether names resolve on it.
    fn join(&self, run: &Run, verb: &str) -> Result<(Join, bool), Refusal> {
        let bridge = || match self.bridge() {
            Some(id) => Join::Own(id.clone()),
            None => Join::NewBridge,
        };
        let (join, named) = match &run.network {
            None | Some(NetworkArg::Bridge) => (bridge(), false),
            Some(NetworkArg::None) => (Join::None, false),
            Some(NetworkArg::Own(typed)) => match self.resolve(Kind::Network, typed.as_str()) {
                Target::Found { id, name, .. } => (Join::Own(id), name != BRIDGE),
                Target::Missing(typed) => (Join::Missing(typed), true),
            },
        };
        match !named && !run.aliases.is_empty() {
            true => Err(daemon(verb, NO_ALIASES)),
            false => Ok((join, named)),
        }
    }

    /// The mounts, and the named volumes that are to be made for them.
    fn mounts(&self, run: &Run) -> Result<(Vec<Planned>, Vec<Name>), Refusal> {
        let mut planned = Vec::new();
        let mut new: Vec<Name> = Vec::new();
        let mut anonymous = 0;
        for mount in &run.mounts {
            planned.push(match mount {
                MountArg::Volume {
                    name: Some(name),
                    target,
                    read_only,
                    no_copy,
                } => {
                    if !self.has_volume(name.as_str()) && !new.contains(name) {
                        new.push(name.clone());
                    }
                    Planned::Known(NewMount::Volume {
                        volume: self.volume(name)?,
                        target: target.clone(),
                        read_only: *read_only,
                        no_copy: *no_copy,
                    })
                }
                MountArg::Volume {
                    name: None,
                    target,
                    read_only,
                    no_copy,
                } => {
                    anonymous += 1;
                    Planned::Anonymous {
                        target: target.clone(),
                        read_only: *read_only,
                        no_copy: *no_copy,
                    }
                }
                MountArg::Tmpfs {
                    target,
                    bytes,
                    read_only,
                } => Planned::Known(NewMount::Tmpfs {
                    target: target.clone(),
                    bytes: self.tmpfs(*bytes)?,
                    read_only: *read_only,
                }),
            });
        }
        let most = self.limits.volumes;
        match self.volumes.len() + new.len() + anonymous > most {
            true if !new.is_empty() || anonymous > 0 => {
                Err(quota(most, "volumes", "Remove one with docker volume rm."))
            }
            _ => Ok((planned, new)),
        }
    }

    /// The real name of a volume of this sandbox.
    fn volume(&self, name: &Name) -> Result<FullId, Refusal> {
        let real = self.id.real(name.as_str());
        FullId::parse(&real)
            .ok_or_else(|| Refusal::new(Rule::Text, format!("{name} is no name for a volume.")))
    }

    fn tmpfs(&self, bytes: Option<u64>) -> Result<u64, Refusal> {
        let most = self.limits.tmpfs_most;
        match bytes.unwrap_or(self.limits.tmpfs.min(most)) {
            bytes @ 1.. if bytes <= most => Ok(bytes),
            bytes => Err(Refusal::new(
                Rule::Resource,
                format!("size={bytes}: a tmpfs of a sandbox has 1 to {most} bytes."),
            )),
        }
    }
}

/// What the engine would say.
fn daemon(verb: &str, what: &str) -> Refusal {
    Refusal::usage(
        format!(
            "docker: Error response from daemon: {what}\n\nRun 'docker {verb} --help' for more information"
        ),
        125,
    )
}
