//! ssh: an engine on another machine, as the docker command reaches it.
//!
//! Each connection is a process, `ssh … HOST docker system dial-stdio`, whose input
//! and output carry HTTP. It ends with the connection. Nobody is there to answer
//! ssh's questions, so it is told to ask none; the last thing that it says before it
//! ends is the reason that the reader gets.

use super::endpoint::Far;
use super::{Away, mask};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

/// How long ssh may take to reach the far side, in seconds.
const CONNECT_SECONDS: u32 = 10;

/// The longest line of ssh's that is repeated, in characters.
const LONGEST_LINE: usize = 200;

/// Why ssh ended before the engine said anything, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SshEnded(pub String);

/// What `ssh` is started with. [`Far`] holds nothing that could be an option.
fn arguments(far: &Far) -> Vec<String> {
    let mut arguments = vec![
        "-o".to_owned(),
        "BatchMode=yes".to_owned(),
        "-o".to_owned(),
        format!("ConnectTimeout={CONNECT_SECONDS}"),
        // A shared connection of the user's own would outlive ours, or end it.
        "-o".to_owned(),
        "ControlMaster=no".to_owned(),
        "-o".to_owned(),
        "ControlPath=none".to_owned(),
        "-T".to_owned(),
    ];
    if let Some(user) = &far.user {
        arguments.extend(["-l".to_owned(), user.clone()]);
    }
    if let Some(port) = far.port {
        arguments.extend(["-p".to_owned(), port.to_string()]);
    }
    arguments.extend(["--".to_owned(), far.host.clone(), "docker".to_owned()]);
    if let Some(socket) = &far.socket {
        arguments.push(format!("--host=unix://{socket}"));
    }
    arguments.extend(["system".to_owned(), "dial-stdio".to_owned()]);
    arguments
}

/// Starts an ssh for one connection.
///
/// # Errors
/// [`Away::Ssh`] when this machine has no ssh that can be started.
pub fn connect(far: &Far) -> Result<SshStream, Away> {
    let failed = |error: io::Error| {
        Away::Ssh(match error.kind() {
            io::ErrorKind::NotFound => "this machine has no ssh command".into(),
            _ => format!("the ssh command does not start: {error}"),
        })
    };
    let mut child = Command::new("ssh")
        .args(arguments(far))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(input), Some(output), Some(words)) = pipes else {
        return Err(failed(io::Error::other("it has no pipes")));
    };
    Ok(SshStream {
        input,
        output,
        words: Some(tokio::spawn(last_line(words))),
        heard: false,
        _child: child,
    })
}

/// One connection. Dropping it ends the process.
pub struct SshStream {
    input: ChildStdin,
    output: ChildStdout,
    /// Reads what ssh says beside the connection, to its last line.
    words: Option<JoinHandle<String>>,
    heard: bool,
    _child: Child,
}

/// Reads to the end, and keeps the last line that says something.
async fn last_line(mut words: impl AsyncRead + Unpin) -> String {
    let mut lines = LastLine::default();
    let mut said = [0; 1024];
    loop {
        match words.read(&mut said).await {
            Ok(0) | Err(_) => return lines.end(),
            Ok(count) => lines.take(&said[..count]),
        }
    }
}

/// The last line that says something, and the one that is coming in. The far side may
/// say what it likes, and never end a line: of each only the beginning is kept.
#[derive(Default)]
struct LastLine {
    coming: Vec<u8>,
    last: String,
}

impl LastLine {
    /// A character may take four bytes.
    const ROOM: usize = 4 * LONGEST_LINE;

    fn take(&mut self, said: &[u8]) {
        for (at, part) in said.split(|byte| *byte == b'\n').enumerate() {
            if at > 0 {
                self.line_ends();
            }
            let room = Self::ROOM.saturating_sub(self.coming.len());
            self.coming.extend_from_slice(&part[..part.len().min(room)]);
        }
    }

    fn line_ends(&mut self) {
        let text = String::from_utf8_lossy(&self.coming);
        let text = text.trim();
        if !text.is_empty() {
            self.last = mask::line(&text.chars().take(LONGEST_LINE).collect::<String>());
        }
        self.coming.clear();
    }

    fn end(mut self) -> String {
        self.line_ends();
        self.last
    }
}

/// ssh's last line in the reader's words.
fn told(last: &str) -> SshEnded {
    let lower = last.to_ascii_lowercase();
    let no_docker =
        lower.contains("docker") && (lower.contains("not found") || lower.contains("no such file"));
    let missing = no_docker && !lower.contains(".sock");
    SshEnded(if missing {
        "the far side has no docker command, and ssh endpoints need one there".into()
    } else if last.is_empty() {
        "ssh ended and did not say why".into()
    } else {
        last.to_owned()
    })
}

impl AsyncRead for SshStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.output).poll_read(cx, buffer))?;
        if buffer.filled().len() > before || buffer.remaining() == 0 {
            self.heard = true;
            return Poll::Ready(Ok(()));
        }
        if self.heard {
            return Poll::Ready(Ok(()));
        }
        // It ended before the engine said anything: ssh knows why.
        let Some(words) = &mut self.words else {
            return Poll::Ready(Ok(()));
        };
        let last = ready!(Pin::new(words).poll(cx)).unwrap_or_default();
        self.words = None;
        Poll::Ready(Err(io::Error::other(told(&last))))
    }
}

impl AsyncWrite for SshStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match ready!(Pin::new(&mut self.input).poll_write(cx, bytes)) {
            // ssh is gone. The reading side says why; until then nothing was lost.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !self.heard => {
                Poll::Ready(Ok(bytes.len()))
            }
            written => Poll::Ready(written),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.input).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.input).poll_shutdown(cx)
    }
}

impl Drop for SshStream {
    fn drop(&mut self) {
        if let Some(words) = &self.words {
            words.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::endpoint::{Address, Endpoint};

    fn command(endpoint: &str) -> String {
        let endpoint = Endpoint::parse(endpoint, None).expect("an endpoint");
        let Address::Ssh(far) = endpoint.address else {
            panic!("not by ssh");
        };
        arguments(&far).join(" ")
    }

    #[test]
    fn ssh_is_started_as_docker_starts_it_and_asks_nothing() {
        let options =
            "-o BatchMode=yes -o ConnectTimeout=10 -o ControlMaster=no -o ControlPath=none -T";
        assert_eq!(
            command("ssh://far"),
            format!("{options} -- far docker system dial-stdio")
        );
        assert_eq!(
            command("ssh://me@far:2222/run/user/1000/docker.sock"),
            format!(
                "{options} -l me -p 2222 -- far docker --host=unix:///run/user/1000/docker.sock system dial-stdio"
            )
        );
    }

    #[tokio::test]
    async fn the_last_line_that_says_something_is_kept() {
        for (said, last) in [
            (
                &b"Warning: added\r\n\nno such host\n \n"[..],
                "no such host",
            ),
            (b"\xff no newline", "\u{fffd} no newline"),
            (b"", ""),
        ] {
            assert_eq!(last_line(said).await, last);
        }
        let long = tokio::io::repeat(b'x').take(5000);
        assert_eq!(last_line(long).await.len(), LONGEST_LINE);
    }

    #[test]
    fn a_line_that_never_ends_takes_no_room() {
        let mut lines = LastLine::default();
        for _ in 0..1000 {
            lines.take(&[b'x'; 1024]);
        }
        assert!(lines.coming.capacity() <= 2 * LastLine::ROOM);
        lines.take(b"x\nrefu");
        lines.take(b"sed\n");
        assert_eq!(lines.end(), "refused");
    }

    #[test]
    fn what_ssh_says_last_is_the_reason() {
        for (last, says) in [
            (
                "me@far: Permission denied (publickey).",
                "me@far: Permission denied (publickey).",
            ),
            ("", "ssh ended and did not say why"),
            (
                "bash: line 1: docker: command not found",
                "the far side has no docker command",
            ),
            ("sh: 1: docker: not found", "the far side has no docker"),
            (
                "dial unix /var/run/docker.sock: connect: no such file or directory",
                "dial unix",
            ),
        ] {
            let told = told(last).to_string();
            assert!(told.starts_with(says), "{told}");
        }
    }
}
