//! Streams: what a container prints, as frames; a terminal, as bytes both ways.

use super::failed::Failed;
use super::ids::{ExecId, FullId};
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use serde_json::Value;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};

/// Where a process printed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdStream {
    /// Standard output, or a terminal.
    Out,
    /// Standard error.
    Err,
}

/// A piece of what a process printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where.
    pub stream: StdStream,
    /// What.
    pub bytes: Bytes,
}

/// What a process prints, in the order in which the engine tells it.
pub struct Frames(BoxStream<'static, Result<Frame, Failed>>);

impl Frames {
    /// These frames.
    pub fn new(frames: impl Stream<Item = Result<Frame, Failed>> + Send + 'static) -> Frames {
        Frames(Box::pin(frames))
    }
}

impl Stream for Frames {
    type Item = Result<Frame, Failed>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Frames")
    }
}

/// Events of a sandbox, each as the engine's JSON, unmasked.
pub struct Events(BoxStream<'static, Result<Value, Failed>>);

impl Events {
    /// These events.
    pub fn new(events: impl Stream<Item = Result<Value, Failed>> + Send + 'static) -> Events {
        Events(Box::pin(events))
    }
}

impl Stream for Events {
    type Item = Result<Value, Failed>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

/// What `docker logs` can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogsOptions {
    /// `--follow`
    pub follow: bool,
    /// `--timestamps`
    pub timestamps: bool,
    /// `--tail`: so many lines from the end; all without it.
    pub tail: Option<u64>,
    /// `--since`
    pub since: Option<Timestamp>,
    /// `--until`
    pub until: Option<Timestamp>,
}

/// What an attach gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttachOptions {
    /// Standard input as well: what is written to [`Attached::input`].
    pub stdin: bool,
    /// What was printed before, first.
    pub logs: bool,
}

/// A container that is attached to.
pub struct Attached {
    /// What it prints, until it ends.
    pub output: Frames,
    /// Its standard input, where it was asked for. Shutting it down is the end of input.
    pub input: Option<Writer>,
}

/// A process to start in a running container.
#[derive(Clone, Debug)]
pub struct NewExec {
    /// The container.
    pub container: FullId,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// `NAME=value`
    pub env: Vec<String>,
    /// The folder in which it starts.
    pub workdir: Option<String>,
    /// With a terminal.
    pub tty: bool,
    /// `-d`: nobody hears what it prints.
    pub detach: bool,
}

/// The end to read from.
pub type Reader = Box<dyn AsyncRead + Send + Unpin>;
/// The end to write to.
pub type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// A terminal in a container.
pub struct Terminal {
    /// The exec whose terminal it is; `None` for that of PID 1.
    pub exec: Option<ExecId>,
    /// What is printed.
    pub reader: Reader,
    /// What is typed.
    pub writer: Writer,
}

/// What a wait waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitFor {
    /// That it does not run; true already of one that was never started.
    NotRunning,
    /// Its next end.
    NextExit,
    /// That it is removed, as one with `--rm` is when it ends.
    Removed,
}

/// Which events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventsOptions {
    /// From then on, as far as the engine remembers; without it what happens from now on.
    pub since: Option<Timestamp>,
    /// Until then; without it for ever.
    pub until: Option<Timestamp>,
}
