//! The client of the hands: every method, over the same connector as all reads.
//!
//! A call ends with an answer, at its deadline, or when the link to the engine breaks.

use super::failed::Failed;
use crate::engine::Away;
use crate::engine::link::Link;
use crate::engine::transport::{Connector, LARGEST_ANSWER};
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_TYPE, UPGRADE};
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use serde_json::Value;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// How long an engine may take for a change: under load a start takes seconds.
pub const CHANGE: Duration = Duration::from_secs(60);
/// How long it may take for a look.
pub const LOOK: Duration = Duration::from_secs(10);
/// How long it may take to measure sizes.
pub const MEASURE: Duration = Duration::from_secs(30);

/// The body of a request.
pub type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A client of one engine, as long as the link to it holds.
#[derive(Clone)]
pub struct Client {
    http: HttpClient<Connector, Body>,
    link: Arc<Link>,
}

/// An answer that is no refusal.
#[derive(Debug)]
pub struct Told {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

impl Told {
    /// The body as JSON; `null` when it is empty.
    pub fn json(&self) -> Result<Value, Failed> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Away::Unreadable(error.to_string()).into())
    }
}

impl Client {
    /// A client of the engine that `link` leads to. Nothing is connected yet.
    pub fn new(link: Arc<Link>) -> Client {
        let idle = if link.endpoint().is_ssh() { 2 } else { 8 };
        let http = HttpClient::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(10))
            .pool_max_idle_per_host(idle)
            .build(link.transport().connector());
        Client { http, link }
    }

    /// The link it lives as long as.
    pub fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// Whether it is the client of this link.
    pub fn is_of(&self, link: &Arc<Link>) -> bool {
        Arc::ptr_eq(&self.link, link)
    }

    /// Gets `path`, a whole answer as JSON.
    pub async fn get(&self, path: &str, patience: Duration) -> Result<Value, Failed> {
        self.call(Method::GET, path, None, patience).await?.json()
    }

    /// Sends a request and takes the whole answer.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        patience: Duration,
    ) -> Result<Told, Failed> {
        let whole = async {
            let response = self.send(self.request(method, path, body)?).await?;
            let status = response.status();
            let body = self.whole(response.into_body()).await?;
            if status.is_success() || status == StatusCode::NOT_MODIFIED {
                return Ok(Told {
                    status: status.as_u16(),
                    body,
                });
            }
            Err(said(status, &body))
        };
        self.within(patience, whole).await
    }

    /// Sends a request and takes the answer's head; its body is a stream without limit.
    pub async fn begin(
        &self,
        method: Method,
        path: &str,
        body: Option<Body>,
        patience: Duration,
    ) -> Result<Incoming, Failed> {
        let begun = async {
            let mut request = self.request(method, path, None)?;
            if let Some(body) = body {
                *request.body_mut() = body;
                let tar = hyper::header::HeaderValue::from_static("application/x-tar");
                request.headers_mut().insert(CONTENT_TYPE, tar);
            }
            let response = self.send(request).await?;
            let status = response.status();
            if status.is_success() {
                return Ok(response.into_body());
            }
            let words = self.whole(response.into_body()).await?;
            Err(said(status, &words))
        };
        self.within(patience, begun).await
    }

    /// Sends a request that turns the connection into bytes both ways.
    pub async fn upgrade(
        &self,
        path: &str,
        body: Option<Vec<u8>>,
        patience: Duration,
    ) -> Result<TokioIo<Upgraded>, Failed> {
        let upgraded = async {
            let mut request = self.request(Method::POST, path, body)?;
            let headers = request.headers_mut();
            headers.insert(
                CONNECTION,
                hyper::header::HeaderValue::from_static("Upgrade"),
            );
            headers.insert(UPGRADE, hyper::header::HeaderValue::from_static("tcp"));
            let mut response = self.send(request).await?;
            let status = response.status();
            if status == StatusCode::SWITCHING_PROTOCOLS {
                let upgraded = hyper::upgrade::on(&mut response).await;
                return match upgraded {
                    Ok(upgraded) => Ok(TokioIo::new(upgraded)),
                    Err(error) => Err(self.link.transport().away(&error).into()),
                };
            }
            if status.is_success() {
                let words = "the engine does not give the connection for a stream";
                return Err(Away::Unreadable(words.into()).into());
            }
            let words = self.whole(response.into_body()).await?;
            Err(said(status, &words))
        };
        self.within(patience, upgraded).await
    }

    /// What comes within `patience`, while the link holds.
    async fn within<T>(
        &self,
        patience: Duration,
        what: impl Future<Output = Result<T, Failed>>,
    ) -> Result<T, Failed> {
        tokio::select! {
            done = what => done,
            away = self.link.broke() => Err(away.into()),
            () = tokio::time::sleep(patience) => Err(Away::Silent(patience.as_secs()).into()),
        }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Request<Body>, Failed> {
        let transport = self.link.transport();
        let uri = format!(
            "http://{}/v{}{path}",
            transport.authority(),
            self.link.api()
        );
        let mut request = Request::builder().method(method).uri(uri);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let bytes = Full::from(body.unwrap_or_default());
        request
            .body(bytes.map_err(|never| match never {}).boxed_unsync())
            .map_err(|error| Away::Broken(error.to_string()).into())
    }

    async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Failed> {
        let sent = self.http.request(request).await;
        sent.map_err(|error| self.link.transport().away(&error).into())
    }

    async fn whole(&self, body: Incoming) -> Result<Bytes, Failed> {
        match Limited::new(body, LARGEST_ANSWER).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                let limit = LARGEST_ANSWER / (1024 * 1024);
                Err(Away::Unreadable(format!("it is larger than {limit} MB")).into())
            }
            Err(error) => Err(self.link.transport().away(&*error).into()),
        }
    }
}

/// A refusal, with the engine's message.
fn said(status: StatusCode, body: &[u8]) -> Failed {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let message = json
        .as_ref()
        .and_then(|json| json["message"].as_str())
        .map(str::to_owned)
        .unwrap_or_else(|| String::from_utf8_lossy(body).trim().to_owned());
    Failed::Said {
        status: status.as_u16(),
        message,
    }
}
