//! Endpoints: where a host listens, in docker's own notation.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a host listens, and how it is made secure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The socket or port.
    pub address: Address,
    /// The certificates, for TCP with TLS.
    pub tls: Option<TlsFiles>,
}

/// A socket or a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP port. `host` is a name or an IP address, without brackets.
    Tcp {
        /// The name or address.
        host: String,
        /// The port.
        port: u16,
    },
    /// The `docker` command of another machine, reached with `ssh`.
    Ssh(Far),
}

/// Where `ssh` goes. All parts are checked: none can be taken for an option, and the
/// socket for nothing but a path by the far side's shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Far {
    /// The user there; `None` for what ssh's own settings say.
    pub user: Option<String>,
    /// The name, address or alias in ssh's settings.
    pub host: String,
    /// The port; `None` for what ssh's own settings say.
    pub port: Option<u16>,
    /// The engine's socket there; `None` for what the docker command there uses.
    pub socket: Option<String>,
}

/// The files that the docker command uses for TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// Who signed the engine's certificate; the system's own authorities when `None`.
    pub ca: Option<PathBuf>,
    /// Our certificate and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// Why a text is no endpoint that Waterline can use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Docker knows this kind of endpoint, Waterline does not yet.
    #[error("{0}:// endpoints are not supported yet; use a unix:// socket, tcp:// or ssh://")]
    NotYet(&'static str),
    /// No kind of endpoint that docker knows.
    #[error(
        "{0:?} is no endpoint; it should look like unix:///var/run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST"
    )]
    Unknown(String),
    /// `unix://` without a path from the root.
    #[error(
        "{0:?} names no socket; a socket is given from the root, as unix:///var/run/docker.sock"
    )]
    NoSocket(String),
    /// A host that cannot be one.
    #[error("{0:?} names no host; it should look like tcp://HOST:2376")]
    NoHost(String),
    /// A port that cannot be one.
    #[error("{0:?} is no port from 1 to 65535")]
    NoPort(String),
    /// An `ssh://` endpoint that cannot be given to ssh as it is.
    #[error(
        "{0:?} cannot be reached by ssh; it should look like ssh://USER@HOST or ssh://USER@HOST:22"
    )]
    NotBySsh(String),
    /// A password, which ssh takes from nobody's command line.
    #[error("an ssh:// endpoint holds no password; let ssh use a key, or its agent")]
    Password,
    /// Certificates for an endpoint that has no TLS.
    #[error("ca, cert and key are for tcp:// endpoints; {0} has no TLS")]
    NoTls(String),
    /// An endpoint with a path, a user or a query, which engines do not use.
    #[error("{0:?} has more than a host and a port")]
    TooMuch(String),
}

impl Endpoint {
    /// A Unix socket at `path`.
    pub fn unix(path: impl AsRef<Path>) -> Endpoint {
        Endpoint {
            address: Address::Unix(path.as_ref().to_owned()),
            tls: None,
        }
    }

    /// Reads an endpoint in docker's notation: `unix:///path`, `tcp://host[:port]`,
    /// `http://…`, `https://…`, `ssh://[user@]host[:port][/socket]`, or `host:port`. `tls` holds the certificates that go
    /// with TCP, if any; with them the port is 2376 unless it is given, and 2375
    /// without. `https://` without certificates trusts the system's authorities.
    ///
    /// # Errors
    /// What is wrong with the text, and how it should look.
    pub fn parse(text: &str, tls: Option<TlsFiles>) -> Result<Endpoint, EndpointError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        match scheme.to_ascii_lowercase().as_str() {
            "unix" => {
                let unusable = rest.contains('\0') || !rest.starts_with('/') || rest == "/";
                if unusable {
                    return Err(EndpointError::NoSocket(text.into()));
                }
                Ok(Endpoint::unix(rest))
            }
            "tcp" | "http" => Endpoint::tcp(text, rest, tls),
            "https" => Endpoint::tcp(text, rest, Some(tls.unwrap_or_default())),
            "" if rest.starts_with('/') => Err(EndpointError::Unknown(text.into())),
            "" if rest.contains(':') => Endpoint::tcp(text, rest, tls),
            "ssh" => Endpoint::ssh(rest),
            "npipe" => Err(EndpointError::NotYet("npipe")),
            "fd" => Err(EndpointError::NotYet("fd")),
            _ => Err(EndpointError::Unknown(text.into())),
        }
    }

    /// Whether it is a socket of this machine.
    pub fn is_local(&self) -> bool {
        matches!(self.address, Address::Unix(_))
    }

    /// Whether it is a port, where certificates can stand before the engine.
    pub fn is_tcp(&self) -> bool {
        matches!(self.address, Address::Tcp { .. })
    }

    /// Whether it is reached by a program of its own for each connection.
    pub fn is_ssh(&self) -> bool {
        matches!(self.address, Address::Ssh(_))
    }

    fn ssh(rest: &str) -> Result<Endpoint, EndpointError> {
        let no = || EndpointError::NotBySsh(masked(&format!("ssh://{rest}")));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, socket) = match rest.find('/') {
            Some(at) => (&rest[..at], Some(&rest[at..])),
            None => (rest, None),
        };
        let (user, place) = match login.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, login),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(EndpointError::Password);
        }
        let (host, port) = match place.strip_prefix('[') {
            Some(inner) => {
                let (host, after) = inner.split_once(']').ok_or_else(no)?;
                if host.parse::<std::net::Ipv6Addr>().is_err() {
                    return Err(no());
                }
                match after.strip_prefix(':') {
                    Some(port) => (host, Some(port)),
                    None if after.is_empty() => (host, None),
                    None => return Err(no()),
                }
            }
            None => match place.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (place, None),
            },
        };
        // What begins with a dash would be an option: `ssh://-oProxyCommand=…`.
        let named = |text: &str, also: &[u8]| {
            !text.is_empty()
                && text.len() <= 253
                && !text.starts_with('-')
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b) || also.contains(&b))
        };
        let fits = named(host, b":")
            && user.is_none_or(|user| named(user, b"+\\"))
            && socket.is_none_or(|socket| named(socket, b"/"));
        if !fits {
            return Err(no());
        }
        let port = match port {
            None => None,
            Some(text) => match text.parse() {
                Ok(0) | Err(_) => return Err(EndpointError::NoPort(text.into())),
                Ok(port) => Some(port),
            },
        };
        let far = Far {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
            socket: socket.map(str::to_owned),
        };
        Ok(Endpoint {
            address: Address::Ssh(far),
            tls: None,
        })
    }

    fn tcp(whole: &str, rest: &str, tls: Option<TlsFiles>) -> Result<Endpoint, EndpointError> {
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', '@']) {
            return Err(EndpointError::TooMuch(masked(whole)));
        }
        let (host, port) = match rest.strip_prefix('[') {
            Some(inner) => {
                let (host, after) = inner
                    .split_once(']')
                    .ok_or_else(|| EndpointError::NoHost(whole.into()))?;
                if host.parse::<std::net::Ipv6Addr>().is_err() {
                    return Err(EndpointError::NoHost(whole.into()));
                }
                match after.strip_prefix(':') {
                    Some(port) => (host, Some(port)),
                    None if after.is_empty() => (host, None),
                    None => return Err(EndpointError::NoHost(whole.into())),
                }
            }
            None => match rest.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        // docker takes `tcp://:2375` for this machine.
        let host = if host.is_empty() && port.is_some() {
            "127.0.0.1"
        } else {
            host
        };
        let fits = !host.is_empty()
            && host.len() <= 253
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
        if !fits || (host.contains(':') && !rest.starts_with('[')) {
            return Err(EndpointError::NoHost(whole.into()));
        }
        let port = match port {
            None if tls.is_some() => 2376,
            None => 2375,
            Some(text) => match text.parse() {
                Ok(0) | Err(_) => return Err(EndpointError::NoPort(text.into())),
                Ok(port) => port,
            },
        };
        let address = Address::Tcp {
            host: host.to_owned(),
            port,
        };
        Ok(Endpoint { address, tls })
    }
}

/// The text without a user and password, for error messages.
fn masked(text: &str) -> String {
    super::mask::line(text)
}

impl Address {
    /// `host:port` as it stands in a URL; empty where there is none.
    pub fn authority(&self) -> String {
        match self {
            Address::Unix(_) | Address::Ssh(_) => String::new(),
            Address::Tcp { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            Address::Tcp { host, port } => format!("{host}:{port}"),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Address::Unix(path) => write!(f, "unix://{}", path.display()),
            Address::Ssh(far) => {
                f.write_str("ssh://")?;
                if let Some(user) = &far.user {
                    write!(f, "{user}@")?;
                }
                if far.host.contains(':') {
                    write!(f, "[{}]", far.host)?;
                } else {
                    f.write_str(&far.host)?;
                }
                if let Some(port) = far.port {
                    write!(f, ":{port}")?;
                }
                f.write_str(far.socket.as_deref().unwrap_or_default())
            }
            tcp => write!(f, "tcp://{}", tcp.authority()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_that_docker_takes_is_understood() {
        for (text, shown) in [
            ("unix:///var/run/docker.sock", "unix:///var/run/docker.sock"),
            ("tcp://10.0.0.5", "tcp://10.0.0.5:2375"),
            ("tcp://10.0.0.5:1234", "tcp://10.0.0.5:1234"),
            ("tcp://engine.lan:2376/", "tcp://engine.lan:2376"),
            ("tcp://[::1]", "tcp://[::1]:2375"),
            ("tcp://[fe80::1]:99", "tcp://[fe80::1]:99"),
            ("tcp://:2375", "tcp://127.0.0.1:2375"),
            ("http://localhost:80", "tcp://localhost:80"),
            ("https://localhost", "tcp://localhost:2376"),
            ("127.0.0.1:2375", "tcp://127.0.0.1:2375"),
            ("TCP://host", "tcp://host:2375"),
            ("ssh://me@far", "ssh://me@far"),
            ("ssh://far:22/", "ssh://far:22"),
            ("ssh://me@[::1]:22", "ssh://me@[::1]:22"),
            (
                "ssh://me@far/run/user/1000/docker.sock",
                "ssh://me@far/run/user/1000/docker.sock",
            ),
        ] {
            let endpoint = Endpoint::parse(text, None).map(|e| e.to_string());
            assert_eq!(endpoint.as_deref(), Ok(shown), "{text}");
        }
        let tls = Endpoint::parse("tcp://h", Some(TlsFiles::default())).expect("an endpoint");
        assert_eq!(tls.to_string(), "tcp://h:2376");
    }

    #[test]
    fn what_is_no_endpoint_is_refused_with_how_it_should_look() {
        for text in [
            "",
            "unix://",
            "unix://relative.sock",
            "/var/run/docker.sock",
            "tcp://",
            "tcp://h:0",
            "tcp://h:99999",
            "tcp://h:x",
            "tcp://::1:2375",
            "tcp://[::1",
            "tcp://[no]:1",
            "tcp://h/path",
            "tcp://a b",
            "ftp://h",
            "gibberish",
            "ssh://",
            "ssh://-oProxyCommand=touch",
            "ssh://-lroot@far",
            "ssh://me@-far",
            "ssh://me@",
            "ssh://@far",
            "ssh://far:0",
            "ssh://far:x",
            "ssh://far;reboot",
            "ssh://far/$(reboot)",
            "ssh://far/a b",
            "ssh://a@b@far",
            "ssh://[far]",
        ] {
            assert!(Endpoint::parse(text, None).is_err(), "{text:?}");
        }
    }

    #[test]
    fn kinds_that_are_not_there_yet_say_so_instead_of_hanging() {
        for (text, kind) in [("fd://3", "fd"), ("npipe:////./pipe/x", "npipe")] {
            assert_eq!(
                Endpoint::parse(text, None),
                Err(EndpointError::NotYet(kind))
            );
        }
    }

    #[test]
    fn a_password_in_an_endpoint_is_not_repeated() {
        let error = Endpoint::parse("tcp://me:hunter2@host:2375", None).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        let error = Endpoint::parse("ssh://me:hunter2@host", None).unwrap_err();
        assert_eq!(error, EndpointError::Password);
    }
}
