//! Processes of our containers: what they print, how they end, what they consume.

use super::Inner;
use super::body;
use super::client::{CHANGE, Client, LOOK, MEASURE};
use super::failed::Failed;
use super::frames::{frames, of_body, of_reader};
use super::ids::{ExecId, FullId};
use super::look::PsArgs;
use super::stream::{
    AttachOptions, Attached, Frames, LogsOptions, NewExec, Terminal, WaitFor, Writer,
};
use crate::engine::Away;
use futures_util::stream;
use http_body_util::BodyExt;
use hyper::Method;
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long an engine may take until it knows that a process whose output has ended
/// has ended too.
const LATE: Duration = Duration::from_secs(3);

/// Engines say at once that they wait; others (Podman) say nothing before the end.
const TAKES_NOTE: Duration = Duration::from_secs(1);

impl Inner {
    pub(super) async fn logs(&self, id: &FullId, options: LogsOptions) -> Result<Frames, Failed> {
        let client = self.client().await?;
        let tty = self.container(&client, id).await?;
        let mut path = format!(
            "/containers/{id}/logs?stdout=1&stderr=1&follow={}&timestamps={}",
            u8::from(options.follow),
            u8::from(options.timestamps),
        );
        if let Some(tail) = options.tail {
            path.push_str(&format!("&tail={tail}"));
        }
        for (key, moment) in [("since", options.since), ("until", options.until)] {
            if let Some(moment) = moment {
                path.push_str(&format!("&{key}={}", unix(moment)));
            }
        }
        let body = client.begin(Method::GET, &path, None, LOOK).await?;
        Ok(frames(of_body(client, body), tty))
    }

    pub(super) async fn attach(
        &self,
        id: &FullId,
        options: AttachOptions,
    ) -> Result<Attached, Failed> {
        let client = self.client().await?;
        let tty = self.container(&client, id).await?;
        let (stdin, logs) = (options.stdin, options.logs);
        let connection = attached(&client, id, stdin, logs).await?;
        if !stdin {
            return Ok(Attached {
                output: frames(of_reader(client, connection), tty),
                input: None,
            });
        }
        let (reader, writer) = tokio::io::split(connection);
        let input: Writer = Box::new(writer);
        Ok(Attached {
            output: frames(of_reader(client, reader), tty),
            input: Some(input),
        })
    }

    pub(super) async fn attach_terminal(&self, id: &FullId) -> Result<Terminal, Failed> {
        let client = self.client().await?;
        if !self.container(&client, id).await? {
            let message = "the container has no terminal";
            return Err(Failed::Said {
                status: 409,
                message: message.into(),
            });
        }
        let connection = attached(&client, id, true, false).await?;
        Ok(terminal(None, connection))
    }

    pub(super) async fn exec_start(&self, new: NewExec) -> Result<(ExecId, Frames), Failed> {
        let client = self.client().await?;
        let exec = self.create_exec(&client, &new).await?;
        let path = format!("/exec/{}/start", exec.as_str());
        let body = Some(body::exec_start(&new));
        if new.detach {
            client.call(Method::POST, &path, body, CHANGE).await?;
            return Ok((exec, Frames::new(stream::empty())));
        }
        let connection = client.upgrade(&path, body, CHANGE).await?;
        let output = frames(of_reader(client, connection), new.tty);
        Ok((exec, output))
    }

    pub(super) async fn exec_terminal(&self, new: NewExec) -> Result<Terminal, Failed> {
        let new = NewExec {
            tty: true,
            detach: false,
            ..new
        };
        let client = self.client().await?;
        let exec = self.create_exec(&client, &new).await?;
        let path = format!("/exec/{}/start", exec.as_str());
        let body = Some(body::exec_start(&new));
        let connection = client.upgrade(&path, body, CHANGE).await?;
        Ok(terminal(Some(exec), connection))
    }

    async fn create_exec(&self, client: &Client, new: &NewExec) -> Result<ExecId, Failed> {
        self.container(client, &new.container).await?;
        let path = format!("/containers/{}/exec", new.container);
        let body = Some(body::exec(new));
        let told = client.call(Method::POST, &path, body, CHANGE).await?;
        let id = told.json()?["Id"].as_str().and_then(ExecId::parse);
        id.ok_or_else(|| Away::Unreadable("it does not say the id of the exec".into()).into())
    }

    pub(super) async fn exec_code(&self, exec: &ExecId) -> Result<i32, Failed> {
        let client = self.client().await?;
        let path = format!("/exec/{}/json", exec.as_str());
        let ends = tokio::time::Instant::now() + LATE;
        let mut pause = Duration::from_millis(2);
        loop {
            let told = client.get(&path, LOOK).await?;
            let runs = told["Running"].as_bool().unwrap_or(false);
            if let (false, Some(code)) = (runs, told["ExitCode"].as_i64()) {
                return Ok(clamped(code));
            }
            if tokio::time::Instant::now() > ends {
                return Err(Away::Unreadable("the process still runs".into()).into());
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    pub(super) async fn waiting(&self, id: &FullId, what: WaitFor) -> Result<Waiting, Failed> {
        let client = self.client().await?;
        self.container(&client, id).await?;
        let condition = match what {
            WaitFor::NotRunning => "not-running",
            WaitFor::NextExit => "next-exit",
            WaitFor::Removed => "removed",
        };
        let path = format!("/containers/{id}/wait?condition={condition}");
        let (began, begins) = oneshot::channel();
        let task = tokio::spawn(async move {
            // As long as the container lives.
            let ever = Duration::from_secs(u64::from(u32::MAX));
            let body = client.begin(Method::POST, &path, None, ever).await?;
            // Whoever began it may have gone.
            let _heard = began.send(());
            ended(&client, body).await
        });
        let waiting = Waiting { task };
        match tokio::time::timeout(TAKES_NOTE, begins).await {
            // It failed before it began: the task says why.
            Ok(Err(_)) => waiting.failure().await,
            Ok(Ok(())) | Err(_) => Ok(waiting),
        }
    }

    pub(super) async fn stats(&self, id: &FullId) -> Result<Value, Failed> {
        let client = self.client().await?;
        self.container(&client, id).await?;
        client
            .get(&format!("/containers/{id}/stats?stream=0"), MEASURE)
            .await
    }

    pub(super) async fn top(&self, id: &FullId, args: &PsArgs) -> Result<Value, Failed> {
        let client = self.client().await?;
        self.container(&client, id).await?;
        let path = format!("/containers/{id}/top?ps_args={}", args.query());
        client.get(&path, LOOK).await
    }
}

/// A wait that has begun. Dropped, nobody waits any more.
#[derive(Debug)]
pub struct Waiting {
    task: JoinHandle<Result<i32, Failed>>,
}

impl Waiting {
    /// The exit code, when it comes; no limit.
    ///
    /// # Errors
    /// As [`Hands::look`](super::Hands::look).
    pub async fn code(mut self) -> Result<i32, Failed> {
        (&mut self.task)
            .await
            .unwrap_or_else(|lost| Err(Away::Broken(format!("the wait was lost: {lost}")).into()))
    }

    async fn failure(self) -> Result<Waiting, Failed> {
        match self.code().await {
            Err(failed) => Err(failed),
            Ok(_) => Err(Away::Unreadable("it ended before it began".into()).into()),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn ended(client: &Client, body: Incoming) -> Result<i32, Failed> {
    let whole = tokio::select! {
        whole = body.collect() => whole,
        away = client.link().broke() => return Err(away.into()),
    };
    let bytes = whole
        .map_err(|error| client.link().transport().away(&error))?
        .to_bytes();
    let told: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Away::Unreadable(format!("the end of a wait: {error}")))?;
    match told["StatusCode"].as_i64() {
        Some(code) => Ok(clamped(code)),
        None => Err(Away::Unreadable("it does not say the exit code".into()).into()),
    }
}

fn clamped(code: i64) -> i32 {
    i32::try_from(code).unwrap_or(i32::MAX)
}

/// Seconds and nanoseconds, as engines read a moment.
pub(super) fn unix(moment: jiff::Timestamp) -> String {
    format!(
        "{}.{:09}",
        moment.as_second(),
        moment.subsec_nanosecond().max(0)
    )
}

async fn attached(
    client: &Client,
    id: &FullId,
    stdin: bool,
    logs: bool,
) -> Result<TokioIo<Upgraded>, Failed> {
    let (stdin, logs) = (u8::from(stdin), u8::from(logs));
    let path =
        format!("/containers/{id}/attach?stream=1&stdout=1&stderr=1&stdin={stdin}&logs={logs}");
    client.upgrade(&path, None, CHANGE).await
}

fn terminal(exec: Option<ExecId>, connection: TokioIo<Upgraded>) -> Terminal {
    let (reader, writer) = tokio::io::split(connection);
    Terminal {
        exec,
        reader: Box::new(reader),
        writer: Box::new(writer),
    }
}
