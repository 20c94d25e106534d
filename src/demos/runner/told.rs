//! What a command tells while it runs: a log that is written once and read by as many
//! as look, from its beginning, each at their own pace.
//!
//! The command does not wait for its readers and does not end when they go: a closed
//! browser changes nothing on the host. Its output is limited, so the log is small.

use crate::demos::refusal::Refusal;
use crate::engine::Away;
use bytes::Bytes;
use futures_util::Stream;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

/// A piece of what a command says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out {
    /// What the docker command would write to its standard output.
    Stdout(Bytes),
    /// What it would write to its standard error.
    Stderr(Bytes),
    /// A sentence of Waterline's own, such as how many are before this one in the queue.
    Note(String),
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran, and this is the exit code that the docker command would have.
    Done {
        /// 0 for success.
        code: i32,
    },
    /// It was not carried out, and why not.
    Refused(Refusal),
    /// The engine did not answer: nobody knows what came of it.
    CannotTell(Away),
    /// It was ended by a limit of the sandbox: which one, in a sentence.
    Ended(String),
}

/// A command that runs, or has run: a stream of what it says, from the beginning. Dropping
/// it does not end the command.
pub struct Run {
    told: Arc<Told>,
    at: usize,
    news: WatchStream<()>,
}

/// All that a command said, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// In the order in which it came.
    pub out: Vec<Out>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Finished {
    /// The standard output, in one piece.
    pub fn stdout(&self) -> Vec<u8> {
        self.joined(|out| match out {
            Out::Stdout(bytes) => Some(bytes),
            _ => None,
        })
    }

    /// The standard error, in one piece.
    pub fn stderr(&self) -> Vec<u8> {
        self.joined(|out| match out {
            Out::Stderr(bytes) => Some(bytes),
            _ => None,
        })
    }

    fn joined(&self, of: impl Fn(&Out) -> Option<&Bytes>) -> Vec<u8> {
        self.out.iter().filter_map(of).flatten().copied().collect()
    }
}

/// The log itself.
#[derive(Default)]
struct Told {
    lines: Mutex<Lines>,
    news: watch::Sender<()>,
}

#[derive(Default)]
struct Lines {
    out: Vec<Out>,
    outcome: Option<Outcome>,
}

impl Told {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// Waits for the end, and gives everything that was said.
    pub async fn finished(self) -> Finished {
        let mut news = self.told.news.subscribe();
        loop {
            {
                let lines = self.told.lines();
                if let Some(outcome) = &lines.outcome {
                    return Finished {
                        out: lines.out.clone(),
                        outcome: outcome.clone(),
                    };
                }
            }
            // The log itself holds the sender.
            let _never_closed = news.changed().await;
        }
    }

    /// Waits for the end.
    pub async fn outcome(self) -> Outcome {
        self.finished().await.outcome
    }

    /// How it ended, once it has.
    pub fn ended(&self) -> Option<Outcome> {
        self.told.lines().outcome.clone()
    }

    /// Another reader of the same command, from the beginning.
    pub fn again(&self) -> Run {
        Run::of(&self.told)
    }

    fn of(told: &Arc<Told>) -> Run {
        Run {
            told: Arc::clone(told),
            at: 0,
            news: WatchStream::new(told.news.subscribe()),
        }
    }
}

impl Stream for Run {
    type Item = Out;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Out>> {
        loop {
            let next = {
                let lines = self.told.lines();
                match lines.out.get(self.at) {
                    Some(out) => Some(Some(out.clone())),
                    None => lines.outcome.as_ref().map(|_| None),
                }
            };
            match next {
                Some(Some(out)) => {
                    self.at += 1;
                    return Poll::Ready(Some(out));
                }
                Some(None) => return Poll::Ready(None),
                None => match Pin::new(&mut self.news).poll_next(context) {
                    Poll::Ready(Some(())) => {}
                    Poll::Ready(None) => return Poll::Ready(None),
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
    }
}

/// The command's side: what it says is kept for all readers. One that goes without
/// having said how it ended was broken off.
pub(super) struct Teller {
    told: Arc<Told>,
}

impl Teller {
    /// An empty log.
    pub(super) fn new() -> Teller {
        Teller {
            told: Arc::default(),
        }
    }

    /// A reader, from the beginning.
    pub(super) fn listen(&self) -> Run {
        Run::of(&self.told)
    }

    /// Says a piece.
    pub(super) fn say(&self, out: Out) {
        self.told.lines().out.push(out);
        self.told.news.send_replace(());
    }

    /// Says a sentence of our own.
    pub(super) fn note(&self, note: impl Into<String>) {
        self.say(Out::Note(note.into()));
    }

    /// Says text as the docker command's standard output. Nothing for no text.
    pub(super) fn stdout(&self, text: impl Into<Bytes>) {
        let text = text.into();
        if !text.is_empty() {
            self.say(Out::Stdout(text));
        }
    }

    /// Says text as its standard error. Nothing for no text.
    pub(super) fn stderr(&self, text: impl Into<Bytes>) {
        let text = text.into();
        if !text.is_empty() {
            self.say(Out::Stderr(text));
        }
    }

    /// Says how it ended.
    pub(super) fn end(self, outcome: Outcome) {
        self.set(outcome);
    }

    fn set(&self, outcome: Outcome) {
        self.told.lines().outcome.get_or_insert(outcome);
        self.told.news.send_replace(());
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        let broken = Away::Broken("the command was broken off".into());
        self.set(Outcome::CannotTell(broken));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;

    #[tokio::test]
    async fn who_comes_late_reads_from_the_beginning() {
        let teller = Teller::new();
        let early = teller.listen();
        teller.stdout("one\n");
        teller.stderr("");
        let mut late = early.again();
        assert_eq!(late.next().await, Some(Out::Stdout("one\n".into())));
        let rest = tokio::spawn(late.collect::<Vec<Out>>());
        teller.note("waiting: 1 before you");
        teller.end(Outcome::Done { code: 3 });
        assert_eq!(
            rest.await.expect("no panic"),
            [Out::Note("waiting: 1 before you".into())]
        );
        let finished = early.finished().await;
        assert_eq!(finished.outcome, Outcome::Done { code: 3 });
        assert_eq!(finished.stdout(), b"one\n");
        assert_eq!(finished.out.len(), 2);
    }

    #[tokio::test]
    async fn a_command_that_is_broken_off_says_that_nobody_can_tell() {
        let teller = Teller::new();
        let run = teller.listen();
        drop(teller);
        assert!(matches!(run.outcome().await, Outcome::CannotTell(_)));
    }
}
