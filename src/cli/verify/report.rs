//! How the outcome is told: to people, as JSON, and as JUnit's XML.

use super::{Format, Outcome, State};
use crate::cli::harmless;
use crate::demos::script::{Mark, Played, Stream, Verdict};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// Tells of one demo as it ends: in the text itself, or beside the other formats on
/// standard error.
pub(super) fn progress(outcome: &Outcome, place: &Path, format: Format) -> io::Result<()> {
    match format {
        Format::Text => io::stdout().write_all(text(outcome, place).as_bytes()),
        _ => io::stderr().write_all(first_line(outcome).as_bytes()),
    }
}

/// Tells what remains to be told once all have ended.
pub(super) fn all(
    outcomes: &[Outcome],
    place: &Path,
    format: Format,
    out: &mut impl Write,
) -> io::Result<()> {
    let whole = match format {
        Format::Text => sum(outcomes),
        Format::Json => {
            let value = json!({ "demos": outcomes.iter().map(as_json).collect::<Vec<_>>() });
            format!("{value:#}\n")
        }
        Format::Junit => junit(outcomes, place),
    };
    match out.write_all(whole.as_bytes()).and_then(|()| out.flush()) {
        // `waterline verify | head` has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Passed => "ok",
            State::Blessed => "blessed",
            State::Failed => "FAILED",
            State::CannotTell => "can't tell",
        }
    }

    fn name(self) -> &'static str {
        match self {
            State::Passed => "passed",
            State::Blessed => "blessed",
            State::Failed => "failed",
            State::CannotTell => "cannot-tell",
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn count(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}

fn first_line(outcome: &Outcome) -> String {
    let (word, id) = (outcome.state().word(), &outcome.demo.id);
    if outcome.away.is_some() {
        return format!("{word:<10} {id}\n");
    }
    let steps = count(outcome.steps.len(), "step");
    format!("{word:<10} {id}  {steps}, {}\n", seconds(outcome.spent))
}

/// A demo for people: its line, and what is wrong below that.
fn text(outcome: &Outcome, place: &Path) -> String {
    let mut out = first_line(outcome);
    let mut say = |line: &str| {
        out.push_str("    ");
        out.push_str(&harmless(line));
        out.push('\n');
    };
    for problem in &outcome.demo.problems {
        let at = at(outcome, place, problem.line);
        say(&format!("{at}:{}: {}", problem.column, problem.message));
    }
    if let Some(why) = &outcome.away {
        say(why);
    }
    for step in &outcome.steps {
        if let Some(line) = wrong_at(step) {
            say(&format!("{}: $ {}", at(outcome, place, line), step.command));
        }
        match &step.verdict {
            Verdict::Passed => {}
            Verdict::Failed(diff) => {
                for line in diff.to_string().lines() {
                    say(&format!("    {line}"));
                }
            }
            Verdict::CannotTell(why) => say(&format!("    {why}")),
        }
        if let Some((line, why)) = &step.late {
            say(&format!("{}: this block {why}", at(outcome, place, *line)));
        }
    }
    match &outcome.blessed {
        Some(Ok(())) => say(&format!("{} says now what came out", outcome.demo.file)),
        Some(Err(why)) => say(&format!("not blessed: {why}")),
        None => {}
    }
    out
}

/// `demos/x.md:12`, as an editor opens it.
fn at(outcome: &Outcome, place: &Path, line: u32) -> String {
    format!("{}:{line}", place.join(&outcome.demo.file).display())
}

/// The line at which what came of a step is not what is written.
fn wrong_at(step: &Played) -> Option<u32> {
    match &step.verdict {
        Verdict::Passed => None,
        Verdict::Failed(diff) => Some(diff.line(step.line)),
        Verdict::CannotTell(_) => Some(step.line),
    }
}

fn sum(outcomes: &[Outcome]) -> String {
    if outcomes.is_empty() {
        return "there is no demo\n".to_owned();
    }
    let states = [
        State::Passed,
        State::Blessed,
        State::Failed,
        State::CannotTell,
    ];
    let counts = states.into_iter().filter_map(|state| {
        let count = outcomes.iter().filter(|o| o.state() == state).count();
        (count > 0).then(|| format!("{count} {}", state.word()))
    });
    let mut hosts: Vec<&str> = outcomes.iter().map(|outcome| &*outcome.host).collect();
    hosts.dedup();
    format!(
        "\n{} on {}: {}\n",
        count(outcomes.len(), "demo"),
        harmless(&hosts.join(", ")),
        counts.collect::<Vec<_>>().join(", ")
    )
}

fn as_json(outcome: &Outcome) -> Value {
    let problems = outcome.demo.problems.iter().map(|problem| {
        json!({
            "line": problem.line, "column": problem.column, "message": problem.message,
        })
    });
    json!({
        "id": outcome.demo.id,
        "file": outcome.demo.file,
        "title": outcome.demo.title,
        "host": outcome.host,
        "state": outcome.state().name(),
        "seconds": outcome.spent.as_secs_f64(),
        "why": outcome.away,
        "problems": problems.collect::<Vec<_>>(),
        "steps": outcome.steps.iter().map(step_json).collect::<Vec<_>>(),
        "not_blessed": outcome.blessed.as_ref().and_then(|blessed| blessed.as_ref().err()),
    })
}

fn step_json(step: &Played) -> Value {
    let (state, diff, why) = match &step.verdict {
        Verdict::Passed => ("passed", Vec::new(), None),
        Verdict::Failed(diff) => ("failed", diff.rows.clone(), None),
        Verdict::CannotTell(why) => ("cannot-tell", Vec::new(), Some(why)),
    };
    let rows = diff.iter().map(|row| {
        json!({
            "mark": match row.mark {
                Mark::Same => "same",
                Mark::Any(_) => "any",
                Mark::Missing => "missing",
                Mark::Extra => "extra",
            },
            "stream": match row.stream {
                Stream::Out => "stdout",
                Stream::Err => "stderr",
                Stream::End => "end",
            },
            "line": row.line,
            "text": row.text,
        })
    });
    json!({
        "number": step.number,
        "line": step.line,
        "command": step.command,
        "state": if step.late.is_some() && state == "passed" { "failed" } else { state },
        "seconds": step.spent.as_secs_f64(),
        "wrong_at": wrong_at(step),
        "diff": rows.collect::<Vec<_>>(),
        "late": step.late.as_ref().map(|(_, why)| why),
        "why": why,
    })
}

/// A suite a demo, a case a step. What a build server cannot know is an error, not a failure.
fn junit(outcomes: &[Outcome], place: &Path) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for outcome in outcomes {
        suite(&mut out, outcome, place);
    }
    out.push_str("</testsuites>\n");
    out
}

fn suite(out: &mut String, outcome: &Outcome, place: &Path) {
    let mut cases = String::new();
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    let mut case = |name: &str, spent: Duration, wrong: Option<(&str, String, String)>| {
        tests += 1;
        cases.push_str(&format!(
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
            xml(&outcome.demo.file),
            xml(name),
            spent.as_secs_f64()
        ));
        let Some((kind, message, text)) = wrong else {
            return cases.push_str("/>\n");
        };
        match kind {
            "failure" => failures += 1,
            _ => errors += 1,
        }
        cases.push_str(&format!(
            ">\n      <{kind} message=\"{}\">{}</{kind}>\n    </testcase>\n",
            xml(&message),
            xml(&text)
        ));
    };
    for problem in &outcome.demo.problems {
        let at = at(outcome, place, problem.line);
        let message = format!("{at}:{}: {}", problem.column, problem.message);
        case(
            "the file",
            Duration::ZERO,
            Some(("failure", message, String::new())),
        );
    }
    if let Some(why) = &outcome.away {
        case(
            "the host",
            Duration::ZERO,
            Some(("error", why.clone(), String::new())),
        );
    }
    for step in &outcome.steps {
        let name = format!("{}: {}", step.number, step.command);
        let late = step.late.as_ref();
        let late =
            late.map(|(line, why)| format!("{}: this block {why}", at(outcome, place, *line)));
        let place = wrong_at(step).map(|line| at(outcome, place, line));
        let place = place.unwrap_or_default();
        let wrong = match (&step.verdict, late) {
            (Verdict::Passed, None) => None,
            (Verdict::Passed, Some(late)) => Some(("failure", late, String::new())),
            (Verdict::Failed(diff), late) => {
                let text = format!("{diff}{}", late.unwrap_or_default());
                Some(("failure", format!("{place}: not what is written"), text))
            }
            (Verdict::CannotTell(why), _) => {
                Some(("error", format!("{place}: {why}"), String::new()))
            }
        };
        case(&name, step.spent, wrong);
    }
    out.push_str(&format!(
        "  <testsuite name=\"{}\" hostname=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{:.3}\">\n{cases}  </testsuite>\n",
        xml(&outcome.demo.id),
        xml(&outcome.host),
        outcome.spent.as_secs_f64()
    ));
}

/// Text for XML, in which most control characters cannot even be written.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
