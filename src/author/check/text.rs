//! The report for people: a line that an editor can follow, the line of the source, and a
//! caret under the place.

use super::report::Report;
use crate::author::terminal::harmless;
use crate::notebook::{Problem, Severity};
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How much of a long line is shown, in columns of a terminal.
const SHOWN: usize = 100;
/// How much of that stands before the place.
const BEFORE: usize = 40;

/// The escape sequences in use, or none.
struct Paint(bool);

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        match self.0 {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        }
    }
}

/// Writes the report.
pub fn write(report: &Report<'_>, color: bool, out: &mut impl Write) -> io::Result<()> {
    let paint = Paint(color);
    let mut sources = report.sources();
    for problem in report.problems {
        let place = format!(
            "{}:{}:{}",
            harmless(&report.path(&problem.file).to_string_lossy()),
            problem.line,
            problem.column
        );
        let severity = problem.severity();
        let severity = paint.with(paint.severity(severity), severity.name());
        let place = paint.with("1", &place);
        let rule = paint.with("2", &format!("[{}]", problem.rule.name()));
        let message = harmless(&problem.message);
        writeln!(out, "{place}: {severity}: {message} {rule}")?;
        if let Some(place) = sources.place(problem) {
            excerpt(problem, place, &paint, out)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(report))
}

/// The line of the source, and the caret. `place` is the line and the byte in it.
fn excerpt(
    problem: &Problem,
    place: (&str, usize),
    paint: &Paint,
    out: &mut impl Write,
) -> io::Result<()> {
    let cut = Cut::of(place, problem);
    if cut.text.trim().is_empty() {
        return Ok(());
    }
    let number = problem.line.to_string();
    let gutter = paint.with("2;34", &format!("{:>5} |", number));
    let below = paint.with("2;34", &format!("{:>5} |", ""));
    writeln!(out, "{gutter} {}", cut.text)?;
    let caret = "^".repeat(cut.width);
    let caret = paint.with(paint.severity(problem.severity()), &caret);
    writeln!(out, "{below} {}{caret}", " ".repeat(cut.before))
}

/// What is shown of a line: harmless, tabs as spaces, and not too long.
struct Cut {
    text: String,
    /// Columns before the caret.
    before: usize,
    /// Columns of the caret, at least one.
    width: usize,
}

impl Cut {
    fn of((line, from): (&str, usize), problem: &Problem) -> Cut {
        let until = problem
            .end
            .map_or(1, |end| end.saturating_sub(problem.column));
        let shown = |text: &str| harmless(&text.replace('\t', "    "));
        // Not all of it: a line may have a megabyte, and many problems.
        let start = line[..from].char_indices().rev().nth(SHOWN);
        let start = start.map_or(0, |(start, _)| start);
        let mut before = shown(&line[start..from]);
        let rest = &line[from..];
        let end = rest
            .char_indices()
            .nth(SHOWN)
            .map_or(rest.len(), |(end, _)| end);
        let mut whole = end == rest.len();
        let rest = &rest[..end];
        let marked: String = rest.chars().take(until as usize).collect();
        let marked = shown(&marked);
        let mut text = String::new();
        if before.width() > SHOWN - BEFORE {
            // The end of what is before it.
            let mut kept = 0;
            let from = before.char_indices().rev().find_map(|(index, c)| {
                kept += c.width().unwrap_or(0);
                (kept >= BEFORE).then_some(index)
            });
            before = format!("…{}", &before[from.unwrap_or(0)..]);
        }
        text.push_str(&before);
        let from = text.width();
        let mut left = SHOWN.saturating_sub(from);
        for c in shown(rest).chars() {
            let width = c.width().unwrap_or(0);
            if width > left {
                whole = false;
                break;
            }
            left -= width;
            text.push(c);
        }
        if !whole {
            text.push('…');
        }
        Cut {
            width: marked
                .width()
                .clamp(1, (SHOWN - from.min(SHOWN - 1)).max(1)),
            before: from,
            text,
        }
    }
}

/// The last line.
fn summary(report: &Report<'_>) -> String {
    let read = format!(
        "{} and {}",
        counted(report.notes, "note"),
        counted(report.demos, "demo")
    );
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (report.count(severity), severity.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| counted(count, name))
        .collect();
    match counts.is_empty() {
        true => format!("{read} read, nothing to mend"),
        false => format!("{read} read: {}", counts.join(", ")),
    }
}

fn counted(count: usize, name: &str) -> String {
    match count {
        1 => format!("1 {name}"),
        _ => format!("{count} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::Rule;

    fn drawn(line: &str, column: u32, characters: usize) -> (String, String) {
        let problem = Problem::new(Rule::LongLine, "a.md", (1, column), "x").wide(characters);
        let from = line.char_indices().nth(column as usize - 1);
        let from = from.map_or(line.len(), |(from, _)| from);
        let cut = Cut::of((line, from), &problem);
        let caret = format!("{}{}", " ".repeat(cut.before), "^".repeat(cut.width));
        (cut.text, caret)
    }

    #[test]
    fn the_caret_stands_under_the_place() {
        let (text, caret) = drawn("see Foo_Bar there", 5, 7);
        assert_eq!((&*text, &*caret), ("see Foo_Bar there", "    ^^^^^^^"));
        let (text, caret) = drawn("\tsee\u{1b}[31m Foo", 2, 3);
        assert_eq!((&*text, &*caret), ("    see\u{fffd}[31m Foo", "    ^^^"));
        // A wide letter takes two columns, an accent none.
        assert_eq!(drawn("容器 e\u{301}X", 6, 1).1, "      ^");
        assert_eq!(drawn("ab", 3, 0).1, "  ^", "after the end");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{} Foo_Bar {}", "a".repeat(500), "b".repeat(500));
        let (text, caret) = drawn(&line, 502, 7);
        assert!(text.width() <= SHOWN + 1, "{text}");
        let at = caret.find('^').expect("a caret");
        let shown: String = text.chars().skip(at).take(7).collect();
        assert_eq!(shown, "Foo_Bar");
        assert!(text.starts_with('…') && text.ends_with('…'));
        let (text, caret) = drawn(&line, 1, 1000);
        assert!(caret.len() <= SHOWN, "{}", caret.len());
        assert!(text.ends_with('…'));
    }
}
