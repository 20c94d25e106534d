//! Engines that differ: the recorded host as other engines would tell it.
//!
//! Each [`Engine`] is the embedded recording with a documented change applied
//! (`rules`), or a host built from its parts (`sizes`): an empty one, a very large one,
//! one whose names are hostile. The gallery draws every panel against all of them, and
//! so do the tests: what an engine leaves out is explained, never blank, and never a
//! zero.

mod fields;
mod others;
mod rules;
pub mod sandbox;
mod sizes;

use super::{Panel, View};
use crate::engine::answer::HostFacts;
use crate::engine::roster::{HostLine, Way};
use crate::engine::{Answer, Answers, Ask, Away, Recording, Roster, State, Status, Why, recorded};
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// An engine of a certain age or kind.
pub struct Engine {
    /// The name in addresses: `api-1-52`.
    pub name: &'static str,
    /// As a heading.
    pub title: &'static str,
    /// What it tells otherwise than the recorded one, and where that is documented.
    pub differs: &'static str,
    make: fn(Host) -> Host,
}

/// What an engine says: its answers, and what it refuses.
#[derive(Clone, Debug)]
pub struct Host {
    /// The answers.
    pub recording: Recording,
    /// Whether it refuses `/top`.
    pub refuses_top: bool,
}

/// Every engine, in the order of the gallery.
pub static ENGINES: [Engine; 14] = [
    Engine {
        name: "api-1-41",
        title: "Engine 20.10, API 1.41",
        differs: "As it was recorded, with overlay2.",
        make: |host| host,
    },
    Engine {
        name: "api-1-44",
        title: "Engine 25, API 1.44",
        differs: "Images have no VirtualSize, and a container's networks say DNSNames (version history of the Engine API, v1.44).",
        make: rules::api_1_44,
    },
    Engine {
        name: "api-1-45",
        title: "Engine 26, API 1.45",
        differs: "As 1.44; a container's Aliases have no short id, and an image has no Container and ContainerConfig (v1.45).",
        make: rules::api_1_45,
    },
    Engine {
        name: "api-1-52",
        title: "Engine 29, API 1.52",
        differs: "As 1.45; no expected commits (v1.49), no BridgeNf fields (v1.50), no flat addresses in NetworkSettings, and events without status, id and from (v1.52). Disk usage comes in the old form and the new.",
        make: rules::api_1_52,
    },
    Engine {
        name: "api-1-53",
        title: "Engine 29.2, API 1.53",
        differs: "As 1.52; of disk usage only the new form is left.",
        make: rules::api_1_53,
    },
    Engine {
        name: "containerd-store",
        title: "The containerd image store",
        differs: "As 1.53, freshly installed: containerd keeps the images, so there is no GraphDriver, only the name of a snapshot.",
        make: |host| rules::containerd_store(rules::api_1_53(host)),
    },
    Engine {
        name: "vfs",
        title: "The vfs driver",
        differs: "The driver copies and names no folders: GraphDriver.Data is null, and so is DriverStatus.",
        make: rules::vfs,
    },
    Engine {
        name: "rootless",
        title: "A rootless engine",
        differs: "It runs as a user: its data root is in a home folder, it says so in SecurityOptions, and it refuses to list processes.",
        make: others::rootless,
    },
    Engine {
        name: "docker-desktop",
        title: "Docker Desktop",
        differs: "The engine is in a virtual machine of Docker's own, with a LinuxKit kernel.",
        make: |host| others::docker_desktop(rules::api_1_52(host)),
    },
    Engine {
        name: "wsl-2",
        title: "Inside WSL 2",
        differs: "An engine of one's own in a WSL 2 distribution: Microsoft's kernel below an ordinary Linux.",
        make: |host| others::wsl_2(rules::api_1_45(host)),
    },
    Engine {
        name: "podman",
        title: "Podman 4.3",
        differs: "It claims API 1.41, has other components, no MergedDir, no ids in an image's history, and lists only tags in its disk usage.",
        make: others::podman,
    },
    Engine {
        name: "empty",
        title: "An empty host",
        differs: "Freshly installed: no image, no container, no volume, and the engine's own three networks.",
        make: sizes::empty,
    },
    Engine {
        name: "large",
        title: "200 containers, 100 images",
        differs: "The recorded containers and images many times over, under other names.",
        make: sizes::large,
    },
    Engine {
        name: "hostile",
        title: "Hostile names",
        differs: "Names, tags, labels and paths that try to be HTML, to turn the reading direction, or to be endless.",
        make: sizes::hostile,
    },
];

impl Engine {
    /// The engine of this name.
    pub fn named(name: &str) -> Option<&'static Engine> {
        ENGINES.iter().find(|engine| engine.name == name)
    }

    /// What it says, made once.
    pub fn host(&'static self) -> Arc<Host> {
        static MADE: [LazyLock<Arc<Host>>; ENGINES.len()] = {
            macro_rules! made { ($($at:literal)*) => { [$(
                LazyLock::new(|| Arc::new((ENGINES[$at].make)(Host::recorded()))),
            )*] } }
            made!(0 1 2 3 4 5 6 7 8 9 10 11 12 13)
        };
        let at = ENGINES.iter().position(|engine| engine.name == self.name);
        Arc::clone(&MADE[at.unwrap_or_default()])
    }
}

impl Host {
    /// The recorded host, with the processes and events that a recording may lack.
    fn recorded() -> Host {
        let mut recording = Recording::clone(&recorded::embedded());
        others::complete(&mut recording);
        Host {
            recording,
            refuses_top: false,
        }
    }

    /// What it is called in a panel.
    pub fn facts(&self) -> HostFacts {
        HostFacts {
            name: "gallery".into(),
            endpoint: "unix:///var/run/docker.sock".into(),
            recorded: None,
            ..self.recording.facts()
        }
    }

    /// The answer to one question.
    fn answer(&self, ask: &Ask) -> Result<Answer, Away> {
        match ask {
            // The words of a rootless engine without delegated control groups.
            Ask::Top(_) if self.refuses_top => Err(Away::Refused {
                status: 500,
                message: "ps: not supported by this engine".into(),
            }),
            // An image's files are no answer of an engine, but are read from its export.
            ask => self.recording.answer(ask),
        }
    }

    /// All that a panel asks of it, and how many questions that were. `state` says how
    /// far the answers can be trusted.
    pub fn gather(&self, panel: Panel, view: &View, state: &State) -> Answers {
        let mut facts = self.facts();
        if *state == State::Recorded {
            facts.recorded = self.recording.facts().recorded;
        }
        let status = match state {
            State::Live | State::Stale(Why::Changed | Why::Copied) => Status::Live,
            State::Stale(Why::Away(why)) => self.status(why),
            State::Recorded => Status::Recorded {
                why: Away::NobodyThere(facts.endpoint.clone()),
            },
        };
        let mut have = Answers::from_host(facts);
        have.roster = self.roster(&have.host, status);
        loop {
            let asks: BTreeSet<Ask> = panel
                .asks(view, &have)
                .into_iter()
                .filter(|ask| have.get(ask).is_none())
                .collect();
            if asks.is_empty() {
                return have;
            }
            for ask in asks {
                let answer = self.answer(&ask).map(|answer| Answer {
                    state: state.clone(),
                    ..answer
                });
                have.insert(ask, answer);
            }
        }
    }

    /// Away since the recording was taken.
    fn status(&self, why: &Away) -> Status {
        Status::Away {
            why: why.clone(),
            since: self.recording.recorded,
        }
    }

    /// This host as the only one.
    fn roster(&self, facts: &HostFacts, status: Status) -> Arc<Roster> {
        let version = self.recording.answer(&Ask::Version).ok();
        let said = |field: &str| -> Option<String> {
            let version = version.as_ref()?;
            version.json[field].as_str().map(str::to_owned)
        };
        let line = HostLine {
            facts: facts.clone(),
            way: Some(Way::Socket),
            live_since: (status == Status::Live).then_some(self.recording.recorded),
            status,
            system: said("Os").zip(said("Arch")),
            id: None,
            latency: None,
        };
        Arc::new(Roster {
            hosts: vec![line],
            contexts: Vec::new(),
        })
    }

    /// What a panel has when nothing answers, for this reason.
    pub fn away(&self, panel: Panel, view: &View, why: &Away) -> Answers {
        let mut have = Answers::from_host(HostFacts {
            engine: String::new(),
            api: String::new(),
            ..self.facts()
        });
        let status = match why {
            Away::Connecting => Status::Connecting,
            why => self.status(why),
        };
        have.roster = self.roster(&have.host, status);
        loop {
            let asks: BTreeSet<Ask> = panel
                .asks(view, &have)
                .into_iter()
                .filter(|ask| have.get(ask).is_none())
                .collect();
            if asks.is_empty() {
                return have;
            }
            for ask in asks {
                have.insert(ask, Err(why.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests;
