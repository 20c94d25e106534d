//! What came out, held against what was expected.

use super::align::{self, Pair};
use super::expected::{Expected, Line, Pattern};
use super::{Order, output};
use std::fmt;

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actual {
    /// All bytes of standard output.
    pub stdout: Vec<u8>,
    /// All bytes of standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub end: End,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The command was carried out and left with this code.
    Code(i32),
    /// The sandbox refused it.
    Refused {
        /// The rule's name.
        rule: String,
        /// Why, in a sentence.
        message: String,
    },
    /// It was stopped, at a limit of the sandbox: why, in a sentence.
    Stopped(String),
    /// The engine is away, so that nobody can tell: why, in a sentence.
    CannotTell(String),
}

/// Does what came out match what was expected?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Passed,
    /// It does not.
    Failed(Diff),
    /// The engine is away: why, in a sentence.
    CannotTell(String),
}

/// What differs, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The lines of standard output, then of standard error, then how it ended.
    pub rows: Vec<Row>,
    /// How many rows more there are than are shown.
    pub left_off: usize,
}

/// A line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whether it was expected, and came.
    pub mark: Mark,
    /// Where it came out, or should have.
    pub stream: Stream,
    /// The line of the demo's file that expects it.
    pub line: Option<u32>,
    /// The line that came, or else the one that was expected, as it is written.
    pub text: String,
}

/// Whether a line was expected, and came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Expected, and it came.
    Same,
    /// So many lines that a `...` stands for.
    Any(usize),
    /// Expected, and it did not come.
    Missing,
    /// It came, and was not expected.
    Extra,
}

/// Where a line came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
    /// How the command ended: its exit code, a refusal, a limit.
    End,
}

/// A diff shows so many rows at most.
const ROWS: usize = 400;

/// Holds what came out against what was expected. Each output is compared on its own.
pub fn compare(expected: &Expected, actual: &Actual, order: Order) -> Verdict {
    if let End::CannotTell(why) = &actual.end {
        return Verdict::CannotTell(why.clone());
    }
    let ended = end_rows(expected, &actual.end);
    let ended_well = ended.iter().all(|row| row.mark == Mark::Same);
    let (out, err) = (output::lines(&actual.stdout), output::lines(&actual.stderr));
    let (wanted_out, wanted_err) = (patterns(&expected.stdout), patterns(&expected.stderr));
    if ended_well
        && align::matches(&wanted_out, &out, order)
        && align::matches(&wanted_err, &err, order)
    {
        return Verdict::Passed;
    }
    let mut diff = Diff::default();
    rows(&mut diff, Stream::Out, &expected.stdout, &out, order);
    rows(&mut diff, Stream::Err, &expected.stderr, &err, order);
    diff.rows.extend(ended);
    if diff.rows.len() > ROWS {
        // What differs is what matters, with a little around it.
        diff.left_off = shorten(&mut diff.rows);
    }
    Verdict::Failed(diff)
}

pub(super) fn patterns(lines: &[Line]) -> Vec<&Pattern> {
    lines.iter().map(|line| &line.pattern).collect()
}

fn rows(diff: &mut Diff, stream: Stream, expected: &[Line], actual: &[String], order: Order) {
    let pairs = align::align(&patterns(expected), actual, order);
    diff.rows.extend(pairs.into_iter().map(|pair| {
        let (mark, line, text) = match pair {
            Pair::Same(e, a) => (Mark::Same, Some(e), actual[a].clone()),
            Pair::Any(e, _, count) => (Mark::Any(count), Some(e), "...".to_owned()),
            Pair::Missing(e) => (Mark::Missing, Some(e), expected[e].pattern.written()),
            Pair::Extra(a) => (Mark::Extra, None, actual[a].clone()),
        };
        Row {
            mark,
            stream,
            line: line.map(|at| expected[at].at),
            text,
        }
    }));
}

/// How it should have ended and how it did; nothing where a code of 0 was both.
fn end_rows(expected: &Expected, end: &End) -> Vec<Row> {
    let row = |mark, text| Row {
        mark,
        stream: Stream::End,
        line: None,
        text,
    };
    let wanted = match &expected.refused {
        Some(rule) => format!("refused: {rule}"),
        None => format!("[{}]", expected.code),
    };
    let (came, why) = match end {
        End::Code(code) => (format!("[{code}]"), None),
        End::Refused { rule, message } => (format!("refused: {rule}"), Some(message)),
        End::Stopped(why) | End::CannotTell(why) => (format!("stopped: {why}"), None),
    };
    if wanted == came {
        return match wanted == "[0]" {
            true => Vec::new(),
            false => vec![row(Mark::Same, came)],
        };
    }
    let came = match why {
        Some(why) => format!("{came} ({why})"),
        None => came,
    };
    vec![
        row(Mark::Missing, wanted),
        row(Mark::Extra, output::clean(&came)),
    ]
}

/// Leaves the rows that differ and three around each, [`ROWS`] at most, and tells how
/// many are gone.
fn shorten(rows: &mut Vec<Row>) -> usize {
    const AROUND: usize = 3;
    let all = rows.len();
    let differs: Vec<usize> = (0..all)
        .filter(|&at| matches!(rows[at].mark, Mark::Missing | Mark::Extra))
        .collect();
    let mut near = vec![false; all];
    for at in differs {
        near[at.saturating_sub(AROUND)..(at + AROUND + 1).min(all)].fill(true);
    }
    let mut near = near.into_iter();
    rows.retain(|_| near.next().unwrap_or_default());
    rows.truncate(ROWS);
    all - rows.len()
}

impl Diff {
    /// The line of the demo's file at which it first differs: that of the expected line
    /// that did not come, or the nearest one above a line too many; `step` where there is
    /// none, the line of the command.
    pub fn line(&self, step: u32) -> u32 {
        let mut near = step;
        for row in &self.rows {
            match (row.mark, row.line) {
                (Mark::Missing, line) => return line.unwrap_or(near),
                (Mark::Extra, _) => return near,
                (_, line) => near = line.unwrap_or(near),
            }
        }
        near
    }
}

impl fmt::Display for Row {
    /// `- ` for missing, `+ ` for too many; standard error has its `! `.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            Mark::Missing => "- ",
            Mark::Extra => "+ ",
            Mark::Same | Mark::Any(_) => "  ",
        };
        let stream = if self.stream == Stream::Err { "! " } else { "" };
        let line = format!("{mark}{stream}{}", self.text);
        f.write_str(line.trim_end())?;
        match self.mark {
            Mark::Any(1) => f.write_str(" (1 line)"),
            Mark::Any(count) => write!(f, " ({count} lines)"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Diff {
    /// A row a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        if self.left_off > 0 {
            writeln!(f, "  (and {} lines more)", self.left_off)?;
        }
        Ok(())
    }
}
