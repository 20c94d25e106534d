//! Writing what came out into a demo's file.
//!
//! Of the expected lines, those that still match stay as they are written, wildcards
//! too. A line that is new gets `[..]` in the place of ids and ages, which no two runs
//! have in common.

use super::align::{self, Pair};
use super::compare::{Actual, End, Verdict, compare, patterns};
use super::expected::{Expected, Line, Pattern};
use super::{Demo, Step, output};

/// Why a demo's file was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotBless {
    /// The file is not what it was when the demo was read.
    #[error("the file has changed since it was read")]
    Changed,
    /// What came of a step is nothing to write down.
    #[error("line {line}: {why}")]
    Nothing {
        /// The line of the step.
        line: u32,
        /// Why, in a sentence.
        why: String,
    },
}

/// The demo's file with what came out of its steps below them, where that is not what is
/// expected. `now` is the file as it is now; `came` has what came of steps, by number.
/// Steps that passed, and those that nothing is known of, stay as they are.
///
/// # Errors
/// Why there is nothing to write. Then nothing should be.
pub fn bless(demo: &Demo, now: &str, came: &[(usize, Actual)]) -> Result<String, CannotBless> {
    let mark = if now.starts_with('\u{feff}') {
        "\u{feff}"
    } else {
        ""
    };
    if now[mark.len()..] != demo.source {
        return Err(CannotBless::Changed);
    }
    let end = if now.contains("\r\n") { "\r\n" } else { "\n" };
    let lines: Vec<&str> = demo.source.split_inclusive('\n').collect();
    let mut out = mark.to_owned();
    let mut next = 0;
    for block in demo.blocks() {
        for step in &block.steps {
            let Some((_, actual)) = came.iter().find(|(number, _)| *number == step.number) else {
                continue;
            };
            if compare(&step.expected, actual, step.order) == Verdict::Passed {
                continue;
            }
            let blessed = blessed(step, actual)?;
            let (kept, below) = (step.command_end as usize, step.end as usize);
            out.extend(lines.get(next..kept).unwrap_or_default().iter().copied());
            if !out.ends_with('\n') {
                out.push_str(end);
            }
            for (_, line) in blessed.written() {
                let closes = line.trim_start().starts_with(block.fence.as_str());
                out.push_str(if closes { "[..]" } else { &line });
                out.push_str(end);
            }
            next = below;
        }
    }
    out.extend(lines.get(next..).unwrap_or_default().iter().copied());
    Ok(out)
}

/// What is to be expected of a step from now on.
fn blessed(step: &Step, actual: &Actual) -> Result<Expected, CannotBless> {
    let nothing = |why: &str| CannotBless::Nothing {
        line: step.line,
        why: why.to_owned(),
    };
    let code = match &actual.end {
        End::Code(code) => *code,
        End::Refused { message, .. } => {
            return Err(nothing(&format!("a refusal is not blessed: {message}")));
        }
        End::Stopped(why) | End::CannotTell(why) => return Err(nothing(why)),
    };
    if !(0..=255).contains(&code) {
        return Err(nothing(&format!("{code} is no exit code")));
    }
    Ok(Expected {
        stdout: stream(&step.expected.stdout, &actual.stdout, step),
        stderr: stream(&step.expected.stderr, &actual.stderr, step),
        code,
        refused: None,
    })
}

fn stream(expected: &[Line], actual: &[u8], step: &Step) -> Vec<Line> {
    /// More lines than this nobody wants to read below a command.
    const MOST: usize = 100;
    let actual = output::lines(actual);
    let new = |at: usize| Line {
        at: step.line,
        pattern: steady(&actual[at]),
    };
    let mut lines: Vec<Line> = Vec::new();
    for pair in align::align(&patterns(expected), &actual, step.order) {
        match pair {
            Pair::Same(e, _) | Pair::Any(e, ..) => lines.push(expected[e].clone()),
            Pair::Missing(_) => {}
            Pair::Extra(a) => lines.push(new(a)),
        }
    }
    if lines.len() > MOST {
        lines.truncate(MOST - 1);
        lines.push(Line {
            at: step.line,
            pattern: Pattern::Any,
        });
    }
    lines
}

/// A pattern for a line that came out, with what is another one in each run left open.
fn steady(line: &str) -> Pattern {
    let mut pieces = vec![String::new()];
    let open = |pieces: &mut Vec<String>| {
        // Two in a row are one.
        if pieces.len() == 1 || pieces.last().is_some_and(|piece| !piece.is_empty()) {
            pieces.push(String::new());
        }
    };
    let mut rest = line;
    while !rest.is_empty() {
        if let Some(length) = age(rest).filter(|_| at_word(line, rest)) {
            open(&mut pieces);
            rest = &rest[length..];
            continue;
        }
        let word = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let length = match word {
            0 => rest.chars().next().map_or(1, char::len_utf8),
            _ => word,
        };
        let (head, tail) = rest.split_at(length);
        if is_id(head) {
            open(&mut pieces);
        } else if let Some(last) = pieces.last_mut() {
            last.push_str(head);
        }
        rest = tail;
    }
    Pattern::Text(pieces)
}

/// Does a word begin at `rest`, the end of `line`?
fn at_word(line: &str, rest: &str) -> bool {
    let before = &line[..line.len() - rest.len()];
    !before.ends_with(|c: char| c.is_alphanumeric())
}

/// An id of docker's: 12 or 64 hexadecimal digits.
fn is_id(word: &str) -> bool {
    matches!(word.len(), 12 | 64)
        && word
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        && word.bytes().any(|b| b.is_ascii_digit())
}

/// How long the age at the start of a text is: `3 seconds`, `About a minute`,
/// `Less than a second`, and an ` ago` after that.
fn age(text: &str) -> Option<usize> {
    const UNITS: [&str; 7] = ["second", "minute", "hour", "day", "week", "month", "year"];
    let count = text
        .strip_prefix("About a")
        .or_else(|| text.strip_prefix("Less than a"))
        .map(|rest| rest.strip_prefix('n').unwrap_or(rest))
        .or_else(|| {
            let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
            (rest.len() < text.len()).then_some(rest)
        })?;
    let unit = count.strip_prefix(' ')?;
    let rest = UNITS.iter().find_map(|name| unit.strip_prefix(name))?;
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    if rest.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let rest = rest.strip_prefix(" ago").unwrap_or(rest);
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_ages_are_left_open() {
        let open = |line: &str| steady(line).written();
        assert_eq!(open("0123456789ab"), "[..]");
        assert_eq!(
            open(
                "0123456789ab   busybox   \"sleep 600\"   2 seconds ago   Up Less than a second   notes"
            ),
            "[..]   busybox   \"sleep 600\"   [..]   Up [..]   notes"
        );
        assert_eq!(open(&format!("sha256:{}", "0a".repeat(32))), "sha256:[..]");
        assert_eq!(open("Exited (0) About an hour ago"), "Exited (0) [..]");
        assert_eq!(open("12 secondary 4 é"), "12 secondary 4 é");
        assert_eq!(open("deadbeefcafe x3 days"), "deadbeefcafe x3 days");
        assert_eq!(open("... [1]"), "... [1]");
        assert_eq!(open("..."), "\\...");
    }
}
