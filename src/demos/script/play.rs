//! Running a demo from its first step to its last, and saying of each whether the note is
//! still true.

use super::compare::{Actual, End, Verdict, compare};
use super::{Demo, Step};
use crate::demos::runner::{Finished, How, Outcome, Sandbox};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What came of a step of a demo.
#[derive(Clone, Debug)]
pub struct Played {
    /// Which step, from 1.
    pub number: usize,
    /// The line of its `$` in the demo's file.
    pub line: u32,
    /// The command.
    pub command: String,
    /// How long it took.
    pub spent: Duration,
    /// What came out.
    pub actual: Actual,
    /// Whether that was expected.
    pub verdict: Verdict,
    /// At the last step of a block whose time is out of its bounds: the block's line, and
    /// what is wrong, in a sentence.
    pub late: Option<(u32, String)>,
}

impl Played {
    /// Did what came out, and in time, what was expected?
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Passed && self.late.is_none()
    }
}

impl From<Finished> for Actual {
    fn from(finished: Finished) -> Actual {
        let (stdout, mut stderr) = (finished.stdout(), finished.stderr());
        let end = match finished.outcome {
            Outcome::Done { code } => End::Code(code),
            // What docker itself would say is output, and not our refusal.
            Outcome::Refused(refusal) if refusal.is_dockers_own() => {
                stderr.extend_from_slice(refusal.message.as_bytes());
                End::Code(refusal.code)
            }
            Outcome::Refused(refusal) => End::Refused {
                rule: refusal.rule.name().to_owned(),
                message: refusal.message,
            },
            Outcome::CannotTell(away) => End::CannotTell(format!("{away}. {}", away.advice())),
            Outcome::Ended(why) => End::Stopped(why),
        };
        Actual {
            stdout,
            stderr,
            end,
        }
    }
}

impl Demo {
    /// How a step of this demo is run: with the files above it.
    pub fn how(&self, step: &Step) -> How {
        let files = self.files_at(step.number).into_iter();
        How {
            files: files
                .map(|file| (file.name.clone(), file.text.clone()))
                .collect(),
            ..How::default()
        }
    }
}

/// Runs the steps of a demo in a sandbox, which should be a new one. Goes on after a step
/// that failed, and stops at one of which nobody can tell how it went.
pub async fn play(demo: &Demo, sandbox: &Arc<Sandbox>) -> Vec<Played> {
    let mut played: Vec<Played> = Vec::new();
    for block in demo.blocks() {
        let mut all = Duration::ZERO;
        for (at, step) in block.steps.iter().enumerate() {
            let began = Instant::now();
            let run = sandbox.run(&step.command, demo.how(step));
            let actual = Actual::from(run.finished().await);
            let spent = began.elapsed();
            all += spent;
            let verdict = compare(&step.expected, &actual, step.order);
            let is_last = at + 1 == block.steps.len();
            let late = block.took.fault(all).filter(|_| is_last);
            let ends = matches!(verdict, Verdict::CannotTell(_));
            played.push(Played {
                number: step.number,
                line: step.line,
                command: step.command.clone(),
                spent,
                actual,
                verdict,
                late: late.map(|why| (block.line, why)),
            });
            if ends {
                return played;
            }
        }
    }
    played
}
