//! Which of a sandbox's lists a command is decided from, and printed from. What it does
//! not need is not asked for: an engine takes as long for a list as for what is done.
//!
//! A list that was not asked for is empty. No decision may rest on one: what is named by
//! a command is looked for in the lists of its kind, and a quota is counted in them.

use crate::demos::command::Verb;
use crate::demos::janitor::Kind;

/// Lists that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lists {
    pub(super) containers: bool,
    pub(super) networks: bool,
    pub(super) volumes: bool,
    pub(super) images: bool,
}

impl Lists {
    /// Everything.
    pub(super) const ALL: Lists = Lists {
        containers: true,
        networks: true,
        volumes: true,
        images: true,
    };

    const NONE: Lists = Lists {
        containers: false,
        networks: false,
        volumes: false,
        images: false,
    };

    const CONTAINERS: Lists = Lists {
        containers: true,
        ..Lists::NONE
    };

    const NETWORKS: Lists = Lists {
        networks: true,
        ..Lists::NONE
    };

    const VOLUMES: Lists = Lists {
        volumes: true,
        ..Lists::NONE
    };

    const IMAGES: Lists = Lists {
        images: true,
        ..Lists::NONE
    };

    /// Those that this command needs.
    pub(super) fn of(verb: &Verb) -> Lists {
        match verb {
            Verb::Help(_) | Verb::Events(_) | Verb::Version(_) => Lists::NONE,
            Verb::Start(_)
            | Verb::Stop(_)
            | Verb::Restart(_)
            | Verb::Pause(_)
            | Verb::Unpause(_)
            | Verb::Kill(_)
            | Verb::Wait(_)
            | Verb::Rm(_)
            | Verb::Logs(_)
            | Verb::Exec(_)
            | Verb::Diff(_)
            | Verb::Top(_)
            | Verb::Stats(_)
            | Verb::SystemDf(_) => Lists::CONTAINERS,
            // Of what the containers are made; the limit of images.
            Verb::Ps(_) | Verb::Commit(_) | Verb::Info(_) => Lists {
                images: true,
                ..Lists::CONTAINERS
            },
            Verb::Inspect(inspect) => match inspect.kind {
                // It tells the names of its networks.
                Some(Kind::Container) => Lists {
                    networks: true,
                    ..Lists::CONTAINERS
                },
                Some(Kind::Image) => Lists::IMAGES,
                Some(Kind::Network) => Lists::NETWORKS,
                Some(Kind::Volume) => Lists::VOLUMES,
                None => Lists::ALL,
            },
            Verb::Images(_) | Verb::History(_) | Verb::ImageRm(_) => Lists::IMAGES,
            Verb::VolumeCreate(_) | Verb::VolumeRm(_) => Lists::VOLUMES,
            // Which of them are in use.
            Verb::VolumeLs(_) => Lists {
                volumes: true,
                ..Lists::CONTAINERS
            },
            Verb::NetworkCreate(_) | Verb::NetworkRm(_) => Lists::NETWORKS,
            Verb::NetworkLs(_) | Verb::Connect(_) | Verb::Disconnect(_) => Lists {
                networks: true,
                ..Lists::CONTAINERS
            },
            Verb::Run(_) | Verb::Create(_) | Verb::Compose(_) => Lists::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demos::command::parse;
    use crate::demos::sandbox::{Limits, Snapshot, example, permit};

    /// What a command sees when only the lists are looked at that it needs.
    fn narrow(all: &Snapshot, lists: Lists) -> Snapshot {
        let mut seen = all.clone();
        for (wanted, things) in [
            (lists.containers, &mut seen.containers),
            (lists.networks, &mut seen.networks),
            (lists.volumes, &mut seen.volumes),
            (lists.images, &mut seen.images),
        ] {
            if !wanted {
                things.clear();
            }
        }
        seen
    }

    #[test]
    fn every_decision_is_the_one_that_all_lists_together_give() {
        let lines = [
            "docker run --help",
            "docker run -v data:/d --network front snap:1 true",
            "docker create --name web busybox",
            "docker start web db",
            "docker stop web 12",
            "docker restart web",
            "docker pause web",
            "docker unpause web",
            "docker kill web",
            "docker wait db",
            "docker rm -fv web nobody",
            "docker ps -a",
            "docker logs web",
            "docker exec web true",
            "docker diff 111",
            "docker commit web kept",
            "docker inspect web",
            "docker inspect front",
            "docker inspect data snap:1",
            "docker container inspect web",
            "docker image inspect snap:1 busybox",
            "docker volume inspect data",
            "docker network inspect front",
            "docker top web",
            "docker stats --no-stream web",
            "docker images",
            "docker history snap:1",
            "docker image rm snap:1",
            "docker image rm busybox",
            "docker events --until 0s",
            "docker volume create more",
            "docker volume create data",
            "docker volume ls",
            "docker volume rm data",
            "docker network create more",
            "docker network ls",
            "docker network connect front web",
            "docker network disconnect front web",
            "docker network rm front",
            "docker info",
            "docker version",
            "docker system df",
            "docker compose ps",
        ];
        let full = Limits {
            containers: 2,
            networks: 1,
            volumes: 1,
            images: 1,
            ..Limits::default()
        };
        for line in lines {
            let command = parse(line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
            for limits in [Limits::default(), full.clone()] {
                let all = Snapshot {
                    limits,
                    ..example()
                };
                let narrow = narrow(&all, Lists::of(command.verb()));
                assert_eq!(
                    format!("{:?}", permit(&command, &narrow)),
                    format!("{:?}", permit(&command, &all)),
                    "{line}"
                );
            }
        }
    }
}
