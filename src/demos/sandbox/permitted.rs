//! What may be carried out: a command with every name resolved.

use crate::demos::command::{Command, Verb};
use crate::demos::janitor::Kind;
use crate::engine::hands::{Caps, FullId, NewContainer, NewMount, Target as Where};
use crate::engine::owned::{Name, SandboxId};
use jiff::Timestamp;

/// A command that may be carried out. Made by [`permit`](super::permit) only.
#[derive(Clone, Debug)]
pub struct Permitted {
    pub(super) command: Command,
    pub(super) targets: Vec<Target>,
    pub(super) aliases: Vec<Name>,
    pub(super) launch: Option<Box<Launch>>,
}

impl Permitted {
    /// What is to be done.
    pub fn verb(&self) -> &Verb {
        self.command.verb()
    }

    /// The command as it was parsed.
    pub fn command(&self) -> &Command {
        &self.command
    }

    /// What its arguments name, in the order in which they were typed; for `network
    /// connect` the network and the container.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The names under which `network connect` makes the container known on the network,
    /// its own among them; none on `bridge`.
    pub fn aliases(&self) -> &[Name] {
        &self.aliases
    }

    /// Whether the sandbox's `bridge` is to be made first: then make it, and ask again
    /// with what is there now.
    pub fn needs_bridge(&self) -> bool {
        let is_bridge =
            |target: &Target| matches!(target, Target::Missing(typed) if typed == super::BRIDGE);
        let of_networks = matches!(self.verb(), Verb::Connect(_) | Verb::Disconnect(_));
        let joins = self
            .launch
            .as_ref()
            .is_some_and(|launch| launch.join == Join::NewBridge);
        joins || (of_networks && self.targets.first().is_some_and(is_bridge))
    }

    /// The container that `run` or `create` makes.
    pub fn launch(&self) -> Option<&Launch> {
        self.launch.as_deref()
    }

    /// Whether it may change something on the host.
    pub fn changes(&self) -> bool {
        self.command.changes()
    }
}

/// What an argument names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An object of the sandbox, or the demo image.
    Found {
        /// What was typed: docker prints it back.
        typed: String,
        /// What it is.
        kind: Kind,
        /// Its typed name; of an image with its tag.
        name: String,
        /// Its full id.
        id: FullId,
        /// Whether it was named by its id or the beginning of it.
        by_id: bool,
    },
    /// Nothing of the sandbox is called so: docker's own "No such …" is the output.
    Missing(String),
}

impl Target {
    /// What was typed.
    pub fn typed(&self) -> &str {
        match self {
            Target::Found { typed, .. } | Target::Missing(typed) => typed,
        }
    }

    /// The full id of what was found.
    pub fn id(&self) -> Option<&FullId> {
        match self {
            Target::Found { id, .. } => Some(id),
            Target::Missing(_) => None,
        }
    }
}

/// The network that a new container joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Join {
    /// One of the sandbox's, which is there.
    Own(FullId),
    /// The sandbox's `bridge`, which is still to be made.
    NewBridge,
    /// None.
    None,
    /// Nothing of the sandbox is called so: docker's "network … not found" is the output.
    Missing(String),
}

/// A container to be made, but for what only its making tells.
#[derive(Clone, Debug)]
pub struct Launch {
    pub(super) sandbox: SandboxId,
    pub(super) until: Timestamp,
    pub(super) name: Option<Name>,
    pub(super) image: FullId,
    pub(super) typed_image: String,
    pub(super) command: Vec<String>,
    pub(super) env: Vec<String>,
    pub(super) workdir: Option<String>,
    pub(super) hostname: Option<String>,
    pub(super) join: Join,
    /// Whether names resolve on that network.
    pub(super) named: bool,
    pub(super) aliases: Vec<Name>,
    pub(super) mounts: Vec<Planned>,
    pub(super) new_volumes: Vec<Name>,
    pub(super) init: bool,
    pub(super) tty: bool,
    pub(super) stdin: bool,
    pub(super) remove: bool,
    pub(super) read_only: bool,
    pub(super) labels: Vec<(String, String)>,
    pub(super) caps: Caps,
}

/// A mount, but for the name of an anonymous volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Planned {
    /// Known whole.
    Known(NewMount),
    /// An anonymous volume.
    Anonymous {
        target: Where,
        read_only: bool,
        no_copy: bool,
    },
}

impl Launch {
    /// The name that was typed, if one was.
    pub fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    /// The network that it joins.
    pub fn join(&self) -> &Join {
        &self.join
    }

    /// The named volumes that are to be made first, in order.
    pub fn new_volumes(&self) -> &[Name] {
        &self.new_volumes
    }

    /// How many anonymous volumes are to be made first.
    pub fn anonymous(&self) -> usize {
        let is_anonymous = |mount: &&Planned| matches!(mount, Planned::Anonymous { .. });
        self.mounts.iter().filter(is_anonymous).count()
    }

    /// The container: under the name that was typed, or `made_up`; on `bridge` if the
    /// sandbox's bridge was still to be made; with these anonymous volumes, in order.
    /// `None` when fewer volumes are given than [`anonymous`](Launch::anonymous) says,
    /// or a network that is needed is missing.
    pub fn container(
        &self,
        made_up: &Name,
        bridge: Option<&FullId>,
        anonymous: &[FullId],
    ) -> Option<NewContainer> {
        let network = match &self.join {
            Join::Own(id) => Some(id.clone()),
            Join::NewBridge => Some(bridge?.clone()),
            Join::None => None,
            Join::Missing(_) => return None,
        };
        let name = self.name.as_ref().unwrap_or(made_up);
        // Docker makes a container known by its name, but for the default network.
        let aliases = match self.named {
            true => std::iter::once(name)
                .chain(&self.aliases)
                .cloned()
                .collect(),
            false => Vec::new(),
        };
        let mut anonymous = anonymous.iter();
        let mounts = self.mounts.iter().map(|planned| match planned {
            Planned::Known(mount) => Some(mount.clone()),
            Planned::Anonymous {
                target,
                read_only,
                no_copy,
            } => Some(NewMount::Volume {
                volume: anonymous.next()?.clone(),
                target: target.clone(),
                read_only: *read_only,
                no_copy: *no_copy,
            }),
        });
        Some(NewContainer {
            mounts: mounts.collect::<Option<_>>()?,
            sandbox: self.sandbox,
            name: name.clone(),
            until: self.until,
            image: self.image.clone(),
            typed_image: self.typed_image.clone(),
            command: self.command.clone(),
            env: self.env.clone(),
            workdir: self.workdir.clone(),
            hostname: self.hostname.clone(),
            network,
            aliases,
            init: self.init,
            tty: self.tty,
            stdin: self.stdin,
            remove: self.remove,
            read_only: self.read_only,
            labels: self.labels.clone(),
            caps: self.caps,
        })
    }
}
