//! Events: what a host reports of itself, and which answers each report makes stale.
//!
//! Of an event only its type, its action and whom it is about are used; nothing
//! else of it is kept, so neither labels nor the text of an exec enter the room.

use super::link::Link;
use super::transport::SendError;
use super::{Ask, Away, Id};
use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptions;
use bollard::{BollardRequest, ClientVersion};
use futures_util::{Stream, StreamExt, TryFutureExt};
use hyper::Uri;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long an engine may take to begin its stream of events, in seconds.
const OPENING: u64 = 3;

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// What it is about: `container`, `image`, `network`, `volume`, `daemon`, …
    pub kind: String,
    /// What happened, without its details: `start`, `exec_create`, `health_status`, …
    pub action: String,
    /// The id of the object it is about; empty when the engine does not say.
    pub id: String,
    /// For a network, the container that was connected or disconnected.
    pub container: String,
}

/// The events of a link's engine from now on. `opened` is set once the engine has
/// begun to answer, from when on no event is missed.
pub fn events(
    link: &Arc<Link>,
    opened: watch::Sender<bool>,
) -> Result<impl Stream<Item = Result<Event, Away>> + Unpin + use<>, Away> {
    let carried = Arc::clone(link);
    let opened = Arc::new(opened);
    let transport = move |request: BollardRequest| {
        let link = Arc::clone(&carried);
        let opened = Arc::clone(&opened);
        async move {
            let response = link.transport().send(request).map_err(into_bollard).await?;
            if response.status().is_success() {
                opened.send_replace(true);
            }
            Ok(response)
        }
    };
    // An ssh may have to be started first.
    let opening = match link.endpoint().is_ssh() {
        true => 4 * OPENING,
        false => OPENING,
    };
    let address = format!("http://{}", link.transport().authority());
    let version = ClientVersion {
        major_version: link.api().major.into(),
        minor_version: link.api().minor.into(),
    };
    #[expect(
        clippy::disallowed_types,
        reason = "the one place where a connection is given to bollard"
    )]
    let docker =
        bollard::Docker::connect_with_custom_transport(transport, Some(address), opening, &version)
            .map_err(|error| Away::Broken(error.to_string()))?;
    // bollard drops the version from its paths; without one, an engine answers as
    // the newest API that it knows.
    let api = link.api();
    let docker = docker.with_request_modifier(move |mut request| {
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        let versioned = format!("/v{api}{path}");
        let mut parts = request.uri().clone().into_parts();
        if let Ok(path) = versioned.parse() {
            parts.path_and_query = Some(path);
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        }
        request
    });
    let told = Arc::clone(link);
    let stream = docker.events(None::<EventsOptions>);
    Ok(stream.map(move |item| {
        item.map(Event::from)
            .map_err(|error| from_bollard(&told, error))
    }))
}

fn into_bollard(error: SendError) -> bollard::errors::Error {
    match error {
        SendError::Client(error) => error.into(),
        other => io::Error::new(io::ErrorKind::PermissionDenied, other).into(),
    }
}

fn from_bollard(link: &Link, error: bollard::errors::Error) -> Away {
    use bollard::errors::Error;
    match error {
        Error::DockerResponseServerError {
            status_code,
            message,
        } => Away::Refused {
            status: status_code,
            message: super::mask::line(&message.chars().take(200).collect::<String>()),
        },
        Error::RequestTimeoutError => Away::Silent(OPENING),
        // The text of an event may be in the error, so it is not repeated.
        Error::JsonDataError { .. } | Error::JsonSerdeError { .. } => {
            Away::Unreadable("an event of a kind that is not known".into())
        }
        other => link.transport().away(&other),
    }
}

impl From<EventMessage> for Event {
    fn from(message: EventMessage) -> Event {
        let action = message.action.unwrap_or_default();
        let actor = message.actor.unwrap_or_default();
        let container = actor.attributes.and_then(|mut all| all.remove("container"));
        Event {
            kind: message.typ.map(|kind| kind.to_string()).unwrap_or_default(),
            // `exec_create: sh -c …`, `health_status: healthy`
            action: action.split(':').next().unwrap_or_default().to_owned(),
            id: actor.id.unwrap_or_default(),
            container: container.unwrap_or_default(),
        }
    }
}

impl Event {
    /// Whether an answer to `ask` that is older than this event may be wrong now.
    /// When in doubt, yes: asking again costs a millisecond.
    pub fn makes_stale(&self, ask: &Ask) -> bool {
        match ask {
            // What has happened has grown by this very event. To ask for it is not reported.
            Ask::Events => return true,
            // An image never changes.
            Ask::Files(_) => return false,
            _ => {}
        }
        match self.kind.as_str() {
            "container" => self.of_container(ask),
            "image" => self.of_image(ask),
            "network" => self.of_network(ask),
            "volume" => self.of_volume(ask),
            "builder" => *ask == Ask::DiskUsage,
            "plugin" | "service" | "node" | "secret" | "config" => *ask == Ask::Info,
            // daemon reload, and what we do not know
            _ => true,
        }
    }

    fn of_container(&self, ask: &Ask) -> bool {
        // What a process writes is not reported. That somebody's command in the
        // container has ended is, so what that one container changed is asked again,
        // and no list: a health check ends every few seconds too.
        if self.action == "exec_die" {
            return matches!(ask, Ask::Changes(id) | Ask::Sized(id) if self.is_about(id));
        }
        // Whoever looks must not change what he looks at: `/top` is reported, and
        // health checks run an exec every few seconds.
        if self.action.starts_with("exec_")
            || matches!(
                &*self.action,
                "top" | "attach" | "detach" | "resize" | "export" | "archive-path" | "copy"
            )
        {
            return false;
        }
        let health = self.action == "health_status";
        match ask {
            Ask::Containers | Ask::ContainerSizes => true,
            Ask::Container(id) => self.is_about(id),
            Ask::Changes(id) | Ask::Sized(id) | Ask::Top(id) => !health && self.is_about(id),
            // A stopped container leaves its network, a renamed one stays under its
            // new name.
            Ask::Info | Ask::DiskUsage | Ask::Network(_) => !health,
            Ask::Images | Ask::Image(_) | Ask::History(_) => self.action == "commit",
            Ask::Networks | Ask::Volumes | Ask::Version | Ask::Events | Ask::Files(_) => false,
        }
    }

    fn of_image(&self, ask: &Ask) -> bool {
        if matches!(&*self.action, "push" | "save") {
            return false;
        }
        match ask {
            Ask::Info | Ask::Images | Ask::DiskUsage => true,
            Ask::Image(id) | Ask::History(id) => self.is_about(id),
            // The list names images by tag, which may have moved.
            Ask::Containers | Ask::ContainerSizes => true,
            _ => false,
        }
    }

    fn of_network(&self, ask: &Ask) -> bool {
        let connection = matches!(&*self.action, "connect" | "disconnect");
        match ask {
            Ask::Networks => !connection,
            Ask::Network(id) => self.is_about(id),
            Ask::Containers | Ask::ContainerSizes => connection,
            Ask::Container(id) => connection && matches_id(id, &self.container),
            _ => false,
        }
    }

    fn of_volume(&self, ask: &Ask) -> bool {
        let mounting = matches!(&*self.action, "mount" | "unmount");
        match ask {
            Ask::Volumes => !mounting,
            Ask::DiskUsage => true,
            _ => false,
        }
    }

    fn is_about(&self, id: &Id) -> bool {
        matches_id(id, &self.id)
    }
}

/// Whether `id`, which may be a name or shortened, can mean the object `full`.
fn matches_id(id: &Id, full: &str) -> bool {
    let hex = |text: &str| {
        let text = text.strip_prefix("sha256:").unwrap_or(text);
        (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_owned())
    };
    match (hex(id.as_str()), hex(full)) {
        (Some(asked), Some(told)) => asked == told,
        _ => true,
    }
}

/// How long after an event what it made stale is asked again. `docker run` reports
/// three events within a few milliseconds.
pub const DEBOUNCE: Duration = Duration::from_millis(20);

/// The shortest time between two rounds of asking in a burst of events.
pub const BETWEEN_ROUNDS: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: &str = "6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd";
    const OTHER: &str = "1111e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2d6078e29d0e2dabcd";

    fn event(kind: &str, action: &str) -> Event {
        Event {
            kind: kind.into(),
            action: action.into(),
            id: WEB.into(),
            container: String::new(),
        }
    }

    fn id(text: &str) -> Id {
        Id::new(text).expect("an id")
    }

    #[test]
    fn looking_at_processes_makes_nothing_stale() {
        for action in ["top", "exec_create", "exec_start", "exec_die", "attach"] {
            for ask in [
                Ask::Containers,
                Ask::Container(id(WEB)),
                Ask::Info,
                Ask::DiskUsage,
            ] {
                assert!(!event("container", action).makes_stale(&ask), "{action}");
            }
        }
    }

    #[test]
    fn a_command_that_has_ended_may_have_written_in_its_container_and_no_other() {
        let ended = event("container", "exec_die");
        assert!(ended.makes_stale(&Ask::Changes(id(WEB))));
        assert!(ended.makes_stale(&Ask::Sized(id(WEB))));
        assert!(!ended.makes_stale(&Ask::Changes(id(OTHER))));
        assert!(
            !ended.makes_stale(&Ask::ContainerSizes),
            "measures them all"
        );
        assert!(!event("container", "exec_start").makes_stale(&Ask::Changes(id(WEB))));
    }

    #[test]
    fn a_started_container_changes_itself_and_no_other() {
        let start = event("container", "start");
        assert!(start.makes_stale(&Ask::Containers));
        assert!(start.makes_stale(&Ask::Info));
        assert!(start.makes_stale(&Ask::Container(id(WEB))));
        assert!(start.makes_stale(&Ask::Container(id("web"))), "a name");
        assert!(start.makes_stale(&Ask::Container(id("6078e29d"))), "short");
        assert!(!start.makes_stale(&Ask::Container(id(OTHER))));
        assert!(!start.makes_stale(&Ask::Images));
        assert!(!start.makes_stale(&Ask::Version));
    }

    #[test]
    fn a_connected_container_changes_its_network_and_itself() {
        let mut connect = event("network", "connect");
        connect.container = OTHER.into();
        assert!(connect.makes_stale(&Ask::Network(id(WEB))));
        assert!(!connect.makes_stale(&Ask::Network(id(OTHER))));
        assert!(connect.makes_stale(&Ask::Container(id(OTHER))));
        assert!(!connect.makes_stale(&Ask::Container(id(WEB))));
        assert!(
            !connect.makes_stale(&Ask::Networks),
            "the list names nobody"
        );
        assert!(event("network", "create").makes_stale(&Ask::Networks));
    }

    #[test]
    fn what_is_not_known_makes_everything_stale() {
        assert!(event("pod", "create").makes_stale(&Ask::Version));
        assert!(event("daemon", "reload").makes_stale(&Ask::Info));
        assert!(event("container", "teleport").makes_stale(&Ask::Containers));
    }

    #[test]
    fn the_command_of_an_exec_does_not_enter() {
        let message = EventMessage {
            action: Some("exec_create: sh -c 'login hunter2'".into()),
            ..EventMessage::default()
        };
        assert_eq!(Event::from(message).action, "exec_create");
    }
}
