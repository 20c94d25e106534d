//! Diagnostics: the problems of the notes, as an editor underlines them.

use super::checker::Checked;
use super::desk::Desk;
use crate::notebook::{Notebook, Problem, Severity};
use lsp_types::{Diagnostic, DiagnosticSeverity, NumberOrString, PublishDiagnosticsParams};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What the client was told so far.
#[derive(Debug, Default)]
pub struct Told {
    /// By file; a file without problems is not in it.
    files: BTreeMap<String, Vec<Diagnostic>>,
    /// Files that are told of in any case: they were opened or closed since.
    anew: BTreeSet<String>,
}

impl Told {
    /// A document was opened or closed: what is known of it is told again.
    pub fn anew(&mut self, file: &str) {
        self.anew.insert(file.to_owned());
    }

    /// What to tell, now that the notes were checked: only what differs. A file without
    /// problems any more is told of with none.
    pub fn now(&mut self, desk: &Desk, checked: &Checked) -> Vec<PublishDiagnosticsParams> {
        let files: BTreeMap<String, Vec<Diagnostic>> = checked
            .problems
            .iter()
            .map(|(file, problems)| (file.clone(), of(desk, file, problems)))
            .collect();
        let mut concerned: BTreeSet<&String> = files.keys().chain(self.files.keys()).collect();
        concerned.extend(&self.anew);
        let mut tell = Vec::new();
        for file in concerned {
            let now = files.get(file);
            if now == self.files.get(file) && !self.anew.contains(file) {
                continue;
            }
            // A problem of the folder itself has no file to be shown in.
            if let Some(uri) = desk.uri(file).filter(|_| !file.is_empty()) {
                tell.push(PublishDiagnosticsParams {
                    uri,
                    diagnostics: now.cloned().unwrap_or_default(),
                    version: checked.versions.get(file).copied(),
                });
            }
        }
        self.files = files;
        self.anew.clear();
        tell
    }
}

/// The problems of one file.
fn of(desk: &Desk, file: &str, problems: &[Problem]) -> Vec<Diagnostic> {
    let text = desk.text(file).unwrap_or_default();
    let places: Vec<Range<usize>> = {
        let mut places = Places::of(text);
        problems
            .iter()
            .map(|problem| {
                let known = problem.end.map(|end| end.saturating_sub(problem.column));
                places.range(problem.line, problem.column, known)
            })
            .collect()
    };
    let mut ranges = desk.ranges(file, &places).into_iter();
    problems
        .iter()
        .map(|problem| Diagnostic {
            range: ranges.next().unwrap_or_default(),
            severity: Some(match problem.severity() {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
                Severity::Note => DiagnosticSeverity::INFORMATION,
            }),
            code: Some(NumberOrString::String(problem.rule.name().into())),
            source: Some("waterline".into()),
            message: problem.message.clone(),
            ..Diagnostic::default()
        })
        .collect()
}

/// Turns the lines and columns of problems, which mostly rise, into bytes.
struct Places<'t> {
    text: &'t str,
    /// The last line asked for, its beginning, and a byte and column in it.
    line: u32,
    start: usize,
    byte: usize,
    column: u32,
}

impl<'t> Places<'t> {
    fn of(text: &'t str) -> Self {
        Places {
            text,
            line: 1,
            start: 0,
            byte: 0,
            column: 1,
        }
    }

    /// What to underline for a problem at a line and a column, both from 1, in characters;
    /// so many characters where that is known.
    fn range(&mut self, line: u32, column: u32, known: Option<u32>) -> Range<usize> {
        if line < self.line {
            *self = Self::of(self.text);
        }
        while self.line < line {
            let rest = &self.text[self.start..];
            let Some(length) = rest.find('\n') else {
                break;
            };
            self.start += length + 1;
            self.line += 1;
            (self.byte, self.column) = (self.start, 1);
        }
        if column < self.column {
            (self.byte, self.column) = (self.start, 1);
        }
        let mut chars = self.text[self.byte..].chars();
        while self.column < column
            && let Some(c) = chars.next().filter(|c| *c != '\n')
        {
            self.byte += c.len_utf8();
            self.column += 1;
        }
        let rest = &self.text[self.byte..];
        let length = match known {
            Some(known) => {
                let line = rest.lines().next().unwrap_or_default();
                let mut chars = line.char_indices();
                chars
                    .nth(known as usize)
                    .map_or(line.len(), |(length, _)| length)
            }
            None => length(rest),
        };
        self.byte..self.byte + length
    }
}

/// How many bytes of a text belong to what begins there: an anchor, a word, or else the line.
fn length(text: &str) -> usize {
    let word = |text: &str| {
        text.find(|c| !Notebook::can_be_in_a_name(c))
            .unwrap_or(text.len())
    };
    if let Some(inner) = text.strip_prefix("<<") {
        let name = word(inner);
        if name > 0 && inner[name..].starts_with(">>") {
            return name + "<<>>".len();
        }
    }
    match word(text) {
        0 => text.lines().next().unwrap_or_default().trim_end().len(),
        length => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_at_a_place_is_underlined() {
        let text = "é <<A_B>> x\nC_D, [a](b.md) \r\n";
        let mut places = Places::of(text);
        let mut at = |line, column| &text[places.range(line, column, None)];
        assert_eq!(at(1, 3), "<<A_B>>");
        assert_eq!(at(1, 1), "é");
        assert_eq!(at(2, 1), "C_D");
        assert_eq!(at(2, 6), "[a](b.md)");
        assert_eq!(at(1, 99), "");
        assert_eq!(at(99, 99), "");
        let mut known = |line, column, known| &text[places.range(line, column, Some(known))];
        assert_eq!(known(1, 1, 3), "é <");
        assert_eq!(known(2, 6, 999), "[a](b.md) ");
    }
}
