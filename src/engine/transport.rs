//! Transport: one HTTP client over our own connector, to one endpoint.
//!
//! Raw asks and bollard's event stream both go through [`Transport`], so that a
//! Unix socket, TCP, TCP with TLS and ssh behave alike, failures are told in the same
//! words, and one place holds that Waterline only reads: [`Transport::send`]
//! refuses every method but `GET` and `HEAD`, and drops request bodies.

use super::Away;
use super::endpoint::{Address, Endpoint};
use super::ssh::{self, SshEnded};
use super::tls;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Collected, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::error::Error;
use std::future::Future;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::{TlsConnector, rustls};

/// The largest body that is read, in bytes. A list of thousands of containers is
/// a few megabytes; what is larger than this is not an answer.
pub const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// How long an engine may take for one question, body included.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(pub Duration);

impl Deadline {
    /// For `/_ping`, which an engine answers without looking at anything.
    pub const PING: Deadline = Deadline(Duration::from_secs(1));
    /// For `/_ping` on an endpoint where an ssh may have to be started first.
    pub const SSH_PING: Deadline = Deadline(Duration::from_secs(12));
    /// For everything else but the disk usage.
    pub const INSPECT: Deadline = Deadline(Duration::from_secs(3));
    /// For `/system/df`, for which the engine walks its disk.
    pub const DISK_USAGE: Deadline = Deadline(Duration::from_secs(30));
}

/// What an engine said to one request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The body.
    pub body: Bytes,
    /// The `Api-Version` header, which engines send with `/_ping`.
    pub api: Option<String>,
    /// The `Server` header, e.g. `Docker/20.10.24 (linux)`.
    pub server: Option<String>,
}

/// A client for one endpoint. Cheap to clone: clones share the connections.
#[derive(Clone)]
pub struct Transport {
    client: Client<Connector, Empty<Bytes>>,
    connector: Connector,
    endpoint: Arc<Endpoint>,
}

impl Transport {
    /// A client for `endpoint`. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Away::Tls`] when the endpoint's certificates cannot be read.
    pub fn new(endpoint: &Endpoint) -> Result<Transport, Away> {
        let tls = match &endpoint.tls {
            Some(files) => Some(TlsConnector::from(tls::client(files)?)),
            None => None,
        };
        let endpoint = Arc::new(endpoint.clone());
        let connector = Connector {
            endpoint: Arc::clone(&endpoint),
            tls,
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(10))
            // Behind ssh each is a process.
            .pool_max_idle_per_host(if endpoint.is_ssh() { 2 } else { 8 })
            .build(connector.clone());
        Ok(Transport {
            client,
            connector,
            endpoint,
        })
    }

    /// Where it goes.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What opens its connections, for the one client that may do more than read.
    pub(super) fn connector(&self) -> Connector {
        self.connector.clone()
    }

    /// What stands in the `Host` header and in the URLs given to bollard.
    pub fn authority(&self) -> String {
        match &self.endpoint.address {
            Address::Unix(_) | Address::Ssh(_) => "localhost".into(),
            tcp => tcp.authority(),
        }
    }

    /// Sends a request without its body.
    ///
    /// # Errors
    /// `PermissionDenied` as an [`io::Error`] for a method that is not a read,
    /// otherwise the client's own error; [`away`] turns either into words.
    pub async fn send<B>(&self, request: Request<B>) -> Result<Response<Incoming>, SendError> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(SendError::NotARead(request.method().clone()));
        }
        let (head, _) = request.into_parts();
        self.client
            .request(Request::from_parts(head, Empty::new()))
            .await
            .map_err(SendError::Client)
    }

    /// Makes sure that the door still opens: connects anew, and lets go again. A kept
    /// connection outlives the removal of a socket's file, a change of who may open
    /// it and the end of a certificate; whoever comes after finds out.
    ///
    /// # Errors
    /// Why nobody can connect any more.
    pub async fn knock(&self, deadline: Deadline) -> Result<Door, Away> {
        match &self.endpoint.address {
            Address::Unix(path) => {
                let told = |error: io::Error| from_io(&self.endpoint.to_string(), &error);
                let file = std::fs::metadata(path).map_err(told)?;
                self.open_anew(deadline).await?;
                Ok(Door(Some((file.dev(), file.ino()))))
            }
            Address::Tcp { .. } => {
                self.open_anew(deadline).await?;
                Ok(Door(None))
            }
            // Each connection is a process there; the ping has to do.
            Address::Ssh(_) => Ok(Door(None)),
        }
    }

    async fn open_anew(&self, deadline: Deadline) -> Result<(), Away> {
        match tokio::time::timeout(deadline.0, self.connector.clone().connect()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(ConnectError(away))) => Err(away),
            Err(_) => Err(Away::Silent(deadline.0.as_secs())),
        }
    }

    /// Gets `path`, whole, within `deadline`.
    ///
    /// # Errors
    /// Why there is no answer; [`Away::Refused`] for every status that is not a success.
    pub async fn get(&self, path: &str, deadline: Deadline) -> Result<Reply, Away> {
        let deadline = self.with_ssh(deadline);
        match tokio::time::timeout(deadline.0, self.get_whole(path, None)).await {
            Ok(reply) => reply,
            Err(_) => Err(Away::Silent(deadline.0.as_secs())),
        }
    }

    /// Gets `path` as far as it comes within `patience`: a body that goes on is not
    /// waited for. An engine that does not even begin to answer within `deadline` is silent.
    ///
    /// # Errors
    /// As [`get`](Transport::get).
    pub async fn get_what_comes(
        &self,
        path: &str,
        deadline: Deadline,
        patience: Duration,
    ) -> Result<Reply, Away> {
        let deadline = self.with_ssh(deadline);
        match tokio::time::timeout(deadline.0, self.get_whole(path, Some(patience))).await {
            Ok(reply) => reply,
            Err(_) => Err(Away::Silent(deadline.0.as_secs())),
        }
    }

    /// The deadline, longer where an ssh may have to be started first.
    fn with_ssh(&self, deadline: Deadline) -> Deadline {
        match self.endpoint.is_ssh() {
            true => Deadline(deadline.0.max(Deadline::SSH_PING.0)),
            false => deadline,
        }
    }

    /// Begins to get `path`, whose body may be larger than memory: no limit but the
    /// caller's.
    ///
    /// # Errors
    /// Why there is no answer; [`Away::Refused`] for every status that is not a success.
    pub async fn open(&self, path: &str) -> Result<Incoming, Away> {
        let response = self.begin(path).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response.into_body());
        }
        let words = Limited::new(response.into_body(), 4096).collect().await;
        Err(refused(
            status,
            &words.map(|words| words.to_bytes()).unwrap_or_default(),
        ))
    }

    async fn begin(&self, path: &str) -> Result<Response<Incoming>, Away> {
        let uri: Uri = format!("http://{}{path}", self.authority())
            .parse()
            .map_err(|error| Away::Broken(format!("{path} is no path: {error}")))?;
        let request = Request::get(uri)
            .body(())
            .map_err(|error| Away::Broken(error.to_string()))?;
        self.send(request).await.map_err(|error| self.away(&error))
    }

    async fn get_whole(&self, path: &str, patience: Option<Duration>) -> Result<Reply, Away> {
        let response = self.begin(path).await?;
        let status = response.status();
        let header = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let (api, server) = (header("api-version"), header("server"));
        let body = Limited::new(response.into_body(), LARGEST_ANSWER);
        let body = match patience {
            None => body.collect().await.map(Collected::to_bytes),
            Some(patience) => what_comes(body, patience).await,
        };
        let body = match body {
            Ok(body) => body,
            Err(error) if error.is::<LengthLimitError>() => {
                let limit = LARGEST_ANSWER / (1024 * 1024);
                return Err(Away::Unreadable(format!("it is larger than {limit} MB")));
            }
            Err(error) => return Err(self.away(&*error)),
        };
        if status.is_success() {
            Ok(Reply { body, api, server })
        } else {
            Err(refused(status, &body))
        }
    }

    /// Puts a failure into the reader's words.
    pub fn away(&self, error: &(dyn Error + 'static)) -> Away {
        away(&self.endpoint.to_string(), error)
    }
}

/// Which door a knock was at: the device and inode of a socket's file. Another engine
/// that took the place has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door(Option<(u64, u64)>);

/// The body, or as much of it as comes in time.
async fn what_comes(
    mut body: Limited<Incoming>,
    patience: Duration,
) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
    let ends = tokio::time::Instant::now() + patience;
    let mut come = BytesMut::new();
    while let Ok(Some(frame)) = tokio::time::timeout_at(ends, body.frame()).await {
        if let Ok(data) = frame?.into_data() {
            come.extend_from_slice(&data);
        }
    }
    Ok(come.freeze())
}

/// Why a request was not answered at all.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// A method that could change something.
    #[error("{0} is not a read")]
    NotARead(Method),
    /// The connection or the exchange failed.
    #[error(transparent)]
    Client(hyper_util::client::legacy::Error),
}

/// An error status, with the message that engines send beside it.
fn refused(status: StatusCode, body: &[u8]) -> Away {
    let text = match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(json) => match json["message"].as_str() {
            Some(message) => message.to_owned(),
            None => String::new(),
        },
        Err(_) => String::from_utf8_lossy(&body[..body.len().min(1000)]).into_owned(),
    };
    // Go's server says this in plain text when it expects TLS.
    if text.contains("HTTP request to an HTTPS server") {
        return Away::Tls("the host wants TLS and was asked without it".into());
    }
    let line = text.lines().next().unwrap_or_default().trim();
    let mut message: String = line.chars().take(200).collect();
    if message.is_empty() {
        message = status
            .canonical_reason()
            .unwrap_or("no reason given")
            .into();
    }
    Away::Refused {
        status: status.as_u16(),
        message: super::mask::line(&message),
    }
}

/// Puts a failure at `endpoint` into the reader's words, by the first cause in the
/// chain that says something.
pub fn away(endpoint: &str, error: &(dyn Error + 'static)) -> Away {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(ConnectError(away)) = cause.downcast_ref() {
            return away.clone();
        }
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return from_io(endpoint, io);
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Away::Tls(tls.to_string());
        }
        next = cause.source();
    }
    Away::Broken(error.to_string())
}

/// What an I/O failure at `endpoint` means.
pub fn from_io(endpoint: &str, error: &io::Error) -> Away {
    // `source()` of an I/O error skips what it wraps, so look inside.
    if let Some(tls) = error
        .get_ref()
        .and_then(|e| e.downcast_ref::<rustls::Error>())
    {
        return Away::Tls(tls.to_string());
    }
    if let Some(ended) = error.get_ref().and_then(|e| e.downcast_ref::<SshEnded>()) {
        return Away::Ssh(ended.to_string());
    }
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
            Away::NobodyThere(endpoint.to_owned())
        }
        io::ErrorKind::PermissionDenied => Away::NotAllowed(endpoint.to_owned()),
        _ => Away::Broken(error.to_string()),
    }
}

/// What the connector fails with: already in the reader's words.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct ConnectError(Away);

/// Opens connections to the one endpoint, whatever the URL says.
#[derive(Clone)]
pub(super) struct Connector {
    endpoint: Arc<Endpoint>,
    tls: Option<TlsConnector>,
}

impl Connector {
    async fn connect(self) -> Result<Stream, ConnectError> {
        let told = |error: io::Error| ConnectError(from_io(&self.endpoint.to_string(), &error));
        match &self.endpoint.address {
            Address::Unix(path) => {
                let stream = UnixStream::connect(path).await.map_err(told)?;
                Ok(Stream::new(stream))
            }
            Address::Ssh(far) => Ok(Stream::new(ssh::connect(far).map_err(ConnectError)?)),
            Address::Tcp { host, port } => {
                let stream = TcpStream::connect((host.as_str(), *port))
                    .await
                    .map_err(told)?;
                stream.set_nodelay(true).map_err(told)?;
                let Some(tls) = &self.tls else {
                    return Ok(Stream::new(stream));
                };
                let name = tls::server_name(host).map_err(ConnectError)?;
                let secured = tls.connect(name, stream).await.map_err(|error| {
                    ConnectError(match from_io(&self.endpoint.to_string(), &error) {
                        // A peer that hangs up in the handshake speaks no TLS.
                        Away::Broken(words) => Away::Tls(words),
                        other => other,
                    })
                })?;
                Ok(Stream::new(secured))
            }
        }
    }
}

impl tower::Service<Uri> for Connector {
    type Response = Stream;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}

/// A connection of any kind.
pub(super) struct Stream(TokioIo<Pin<Box<dyn Duplex>>>);

trait Duplex: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send {}
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send> Duplex for T {}

impl Stream {
    fn new(stream: impl Duplex + 'static) -> Stream {
        Stream(TokioIo::new(Box::pin(stream)))
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_that_cannot_be_opened_says_whose_fault_it_is() {
        let socket = "unix:///var/run/docker.sock";
        let say = |kind: io::ErrorKind| from_io(socket, &kind.into());
        assert_eq!(
            say(io::ErrorKind::PermissionDenied),
            Away::NotAllowed(socket.into())
        );
        assert_eq!(
            say(io::ErrorKind::NotFound),
            Away::NobodyThere(socket.into())
        );
        assert_eq!(
            say(io::ErrorKind::ConnectionRefused),
            Away::NobodyThere(socket.into())
        );
        assert!(matches!(
            say(io::ErrorKind::ConnectionReset),
            Away::Broken(_)
        ));
    }

    #[test]
    fn an_error_status_keeps_the_engines_own_message() {
        let body = br#"{"message":"No such container: web"}"#;
        let Away::Refused { status, message } = refused(StatusCode::NOT_FOUND, body) else {
            panic!("not a refusal");
        };
        assert_eq!((status, &*message), (404, "No such container: web"));
    }

    #[tokio::test]
    async fn nothing_but_a_read_leaves_the_room() {
        let endpoint = Endpoint::unix("/nowhere/docker.sock");
        let transport = Transport::new(&endpoint).expect("no certificates to read");
        let request = Request::post("http://localhost/containers/prune")
            .body(())
            .expect("a request");
        assert!(matches!(
            transport.send(request).await,
            Err(SendError::NotARead(Method::POST))
        ));
    }

    #[tokio::test]
    async fn a_body_that_goes_on_is_taken_as_far_as_it_came() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("docker.sock");
        let listener = tokio::net::UnixListener::bind(&socket).expect("a socket");
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a question");
            let _asked = stream.read(&mut [0; 1024]).await.expect("a request");
            let began = b"HTTP/1.1 200 OK\r\n\r\n{\"a\":1}\n{\"b";
            stream.write_all(began).await.expect("it is read");
            std::future::pending::<()>().await;
        });
        let transport = Transport::new(&Endpoint::unix(socket)).expect("no certificates");
        let patience = Duration::from_millis(200);
        let reply = transport.get_what_comes("/events", Deadline::INSPECT, patience);
        assert_eq!(reply.await.expect("what came").body, "{\"a\":1}\n{\"b");
    }
}
