//! Asks: the closed list of questions that can be put to a host, all of them reads.
//!
//! An [`Ask`] is the key of everything that is remembered about a question: the
//! answer kept for it, the flight that fetches it, its line in a recording, and
//! which events make it stale.

use serde::Serialize;
use std::fmt;

/// The id or name of an object on a host, checked so that it can stand in a URL
/// path as it is: engines resolve dot segments, and ids are formatted into paths.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Id(String);

impl Id {
    /// Accepts what docker accepts as an id, a name or an image reference:
    /// letters, digits and `_ . - : / @`, beginning with a letter or digit, with
    /// no empty or dot-only path segment, at most 255 bytes.
    pub fn new(text: &str) -> Option<Id> {
        let fits = text.len() <= 255
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.-:/@".contains(&b))
            && text
                .split('/')
                .all(|part| !part.is_empty() && part.bytes().any(|b| b != b'.'));
        fits.then(|| Id(text.to_owned()))
    }

    /// The text, as it stands in a URL path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What `/top` gives to the host's `ps`, percent-encoded: names and what each does with
/// signals, never the arguments.
const TOP: &str = "-eo%20pid,ppid,stat,blocked,ignored,caught,comm";

/// One question to a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ask {
    /// `GET /version`
    Version,
    /// `GET /info`
    Info,
    /// `GET /containers/json?all=1`
    Containers,
    /// `GET /containers/json?all=1&size=1`: the same with `SizeRw` and `SizeRootFs`,
    /// which the engine has to measure.
    ContainerSizes,
    /// `GET /containers/{id}/json`
    Container(Id),
    /// `GET /containers/{id}/json?size=1`: the same with `SizeRw` and `SizeRootFs` of
    /// this one container.
    Sized(Id),
    /// `GET /containers/{id}/changes`
    Changes(Id),
    /// `GET /images/json`
    Images,
    /// `GET /images/{id}/json`
    Image(Id),
    /// `GET /images/{id}/history`
    History(Id),
    /// `GET /networks`
    Networks,
    /// `GET /networks/{id}`
    Network(Id),
    /// `GET /volumes`
    Volumes,
    /// `GET /containers/{id}/top?ps_args=…`: the processes, as the host's `ps` sees them.
    /// Every call is reported as an event, which must not ask again.
    Top(Id),
    /// `GET /events?since=1&until=NOW`: what the engine still remembers, oldest first.
    /// It keeps the last 256 since it was started.
    Events,
    /// `GET /images/{id}/get`, of which only the names and sizes of files are kept. An
    /// image never changes, so neither does this.
    Files(Id),
    /// `GET /system/df`: seldom, since the engine walks its disk for it.
    DiskUsage,
}

impl Ask {
    /// The path and query that is asked, without the API version in front.
    pub fn path(&self) -> String {
        match self {
            Ask::Version => "/version".into(),
            Ask::Info => "/info".into(),
            Ask::Containers => "/containers/json?all=1".into(),
            Ask::ContainerSizes => "/containers/json?all=1&size=1".into(),
            Ask::Container(id) => format!("/containers/{id}/json"),
            Ask::Sized(id) => format!("/containers/{id}/json?size=1"),
            Ask::Changes(id) => format!("/containers/{id}/changes"),
            Ask::Images => "/images/json".into(),
            Ask::Image(id) => format!("/images/{id}/json"),
            Ask::History(id) => format!("/images/{id}/history"),
            Ask::Networks => "/networks".into(),
            Ask::Network(id) => format!("/networks/{id}"),
            Ask::Volumes => "/volumes".into(),
            Ask::Top(id) => format!("/containers/{id}/top?ps_args={TOP}"),
            Ask::Events => "/events?since=1&until=now".into(),
            Ask::Files(id) => format!("/images/{id}/get"),
            Ask::DiskUsage => "/system/df".into(),
        }
    }

    /// The docker command that shows the same at a prompt.
    pub fn command(&self) -> String {
        match self {
            Ask::Version => "docker version".into(),
            Ask::Info => "docker info".into(),
            Ask::Containers => "docker ps --all".into(),
            Ask::ContainerSizes => "docker ps --all --size".into(),
            Ask::Container(id) => format!("docker container inspect {id}"),
            Ask::Sized(id) => format!("docker container inspect --size {id}"),
            Ask::Changes(id) => format!("docker container diff {id}"),
            Ask::Images => "docker image ls".into(),
            Ask::Image(id) => format!("docker image inspect {id}"),
            Ask::History(id) => format!("docker image history --no-trunc {id}"),
            Ask::Networks => "docker network ls".into(),
            Ask::Network(id) => format!("docker network inspect {id}"),
            Ask::Volumes => "docker volume ls".into(),
            Ask::Top(id) => {
                format!("docker top {id} -eo pid,ppid,stat,blocked,ignored,caught,comm")
            }
            Ask::Events => "docker events --since 1 --until 0s".into(),
            Ask::Files(id) => format!("docker image save {id} | tar -tv"),
            Ask::DiskUsage => "docker system df --verbose".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_never_leaves_its_place_in_the_path() {
        for good in [
            "6078e29d0e2d",
            "sha256:1ec4",
            "shop/web:1.4",
            "a.b_c-d",
            "host:5000/x@sha256:ab",
        ] {
            assert!(Id::new(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "../images/bb",
            "a/../b",
            "a//b",
            "a/.",
            "-x",
            "a?b",
            "a#b",
            "a b",
            "a%2e",
            "é",
        ] {
            assert!(Id::new(bad).is_none(), "{bad}");
        }
    }
}
