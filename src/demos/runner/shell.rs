//! A terminal in a sandbox's container: bytes both ways, its size, and its end.
//!
//! A process that was started by an exec goes on when the connection is closed. So each
//! has a mark in its environment, by which a second exec finds it, and all that it has
//! started, and ends them.

use super::names;
use super::sandbox::Sandbox;
use crate::engine::hands::{
    Change, ExecId, Failed, FullId, NewExec, Reader, Screen, Signal, Terminal, Writer,
};
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;

/// How long it may take to find what is to be ended.
const SEEKS: Duration = Duration::from_secs(10);

/// The variable that marks what a terminal started.
const MARK: &str = "WATERLINE_TERMINAL";

/// Ends every process that has the mark `$1` in its environment, but not the one that
/// looks: that one has the mark in its arguments only. Twice, since a process may start
/// another while it is looked at.
const FIND_AND_END: &str = r#"
for round in 1 2; do
  for p in /proc/[0-9]*; do
    if tr '\0' '\n' < "$p/environ" 2>/dev/null | grep -qxF "WATERLINE_TERMINAL=$1"; then
      kill -9 "${p#/proc/}" 2>/dev/null
    fi
  done
done
"#;

/// A terminal: what it prints, where to type, and how to handle it otherwise.
pub struct Shell {
    /// What is printed, until the process ends.
    pub reader: Reader,
    /// What is typed.
    pub writer: Writer,
    /// The rest.
    pub control: Control,
}

/// How to handle a terminal. When the last of its clones is dropped, the process is ended.
#[derive(Clone)]
pub struct Control(Arc<Held>);

struct Held {
    sandbox: Arc<Sandbox>,
    process: Process,
}

/// What runs at the terminal.
#[derive(Clone)]
enum Process {
    /// A process of its own in a container.
    Exec {
        container: FullId,
        exec: ExecId,
        mark: String,
    },
    /// The container's PID 1.
    First(FullId),
}

impl Control {
    /// Tells the terminal its size. It is clamped to what makes sense.
    pub async fn resize(&self, rows: u16, columns: u16) {
        let screen = match &self.0.process {
            Process::Exec { exec, .. } => Screen::Exec(exec.clone()),
            Process::First(id) => Screen::Container(id.clone()),
        };
        let resize = Change::Resize {
            screen,
            rows,
            columns,
        };
        // A process that has just ended has no size.
        let _resized = self.0.sandbox.hands().apply(resize).await;
    }

    /// Somebody types: the sandbox's time begins anew.
    pub fn touch(&self) {
        self.0.sandbox.touch();
    }

    /// The exit code, once the reader has come to its end. `None` when nobody can tell.
    pub async fn code(&self) -> Option<i32> {
        let hands = self.0.sandbox.hands();
        match &self.0.process {
            Process::Exec { exec, .. } => hands.exec_code(exec).await.ok(),
            Process::First(id) => hands.wait(id).await.ok(),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (sandbox, process) = (Arc::clone(&self.sandbox), self.process.clone());
        runtime.spawn(async move { end(&sandbox, process).await });
    }
}

/// Ends what runs at a terminal.
async fn end(sandbox: &Sandbox, process: Process) {
    match process {
        Process::First(id) => {
            let signal = Signal::KILL;
            // It may have ended by itself.
            let _killed = sandbox.hands().apply(Change::Kill { id, signal }).await;
        }
        Process::Exec {
            container, mark, ..
        } => end_marked(sandbox, &container, &mark).await,
    }
}

async fn end_marked(sandbox: &Sandbox, container: &FullId, mark: &str) {
    let seek = NewExec {
        container: container.clone(),
        command: ["sh", "-c", FIND_AND_END, "sh", mark]
            .map(str::to_owned)
            .into(),
        env: Vec::new(),
        workdir: None,
        tty: false,
        detach: false,
    };
    // Where the container does not run any more there is nothing to end.
    if let Ok((_, mut frames)) = sandbox.hands().exec_start(seek).await {
        let read = async { while frames.next().await.is_some() {} };
        // The sh of that container may be any program, and may never end.
        let _ended = tokio::time::timeout(SEEKS, read).await;
    }
}

/// Starts a process with a terminal in a container that runs.
pub(super) async fn exec(
    sandbox: &Arc<Sandbox>,
    mut new: NewExec,
    size: (u16, u16),
) -> Result<Shell, Failed> {
    let mark = mark()?;
    new.env.push(format!("{MARK}={mark}"));
    let container = new.container.clone();
    let terminal = sandbox.hands().exec_terminal(new).await?;
    let process = match terminal.exec.clone() {
        Some(exec) => Process::Exec {
            container,
            exec,
            mark,
        },
        None => Process::First(container),
    };
    Ok(shell(sandbox, terminal, process, size).await)
}

/// The terminal of a container's PID 1, which is started once it is attached to.
pub(super) async fn first(
    sandbox: &Arc<Sandbox>,
    container: FullId,
    terminal: Terminal,
    size: (u16, u16),
) -> Shell {
    shell(sandbox, terminal, Process::First(container), size).await
}

async fn shell(
    sandbox: &Arc<Sandbox>,
    terminal: Terminal,
    process: Process,
    (rows, columns): (u16, u16),
) -> Shell {
    let control = Control(Arc::new(Held {
        sandbox: Arc::clone(sandbox),
        process,
    }));
    control.resize(rows, columns).await;
    Shell {
        reader: terminal.reader,
        writer: terminal.writer,
        control,
    }
}

fn mark() -> Result<String, Failed> {
    let bytes = names::random::<16>().map_err(|error| {
        let words = format!("the system gives no random numbers: {error}");
        Failed::Away(crate::engine::Away::Broken(words))
    })?;
    Ok(names::hex(&bytes))
}
