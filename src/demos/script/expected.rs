//! The lines below a command: standard output, then standard error with `! ` before each
//! line, then `[n]` for an exit code that is not 0.
//!
//! `[..]` is any text within a line, a line `...` any lines. A line that means what it
//! looks like is written with a `\` before it: `\$ `, `\! `, `\[1]`, `\...`, `\refused: `,
//! and `\` alone for an empty line at the end. Within a line `\[..]` is `[..]` itself.

/// What must come out of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Lines of standard output.
    pub stdout: Vec<Line>,
    /// Lines of standard error.
    pub stderr: Vec<Line>,
    /// The exit code.
    pub code: i32,
    /// The sandbox must refuse the command, by the rule of this name. Nothing comes out then.
    pub refused: Option<String>,
}

/// An expected line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its line in the demo's file, from 1.
    pub at: u32,
    /// What it matches.
    pub pattern: Pattern,
}

/// What an expected line matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `...`: any lines, or none.
    Any,
    /// Pieces of text, with any text between two of them. One piece: just that text.
    Text(Vec<String>),
}

/// What a line below a command is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Stdout(Pattern),
    Stderr(Pattern),
    Code(i32),
    Refused(String),
}

/// How an expected refusal begins.
const REFUSED: &str = "refused: ";

/// Any text, within a line.
const WILD: &str = "[..]";

impl Said {
    /// Reads a line below a command. `Err` says what is wrong with it.
    pub fn read(line: &str) -> Result<Said, String> {
        if line == "!" {
            return Ok(Said::Stderr(Pattern::read("")));
        }
        if let Some(text) = line.strip_prefix("! ") {
            return Ok(Said::Stderr(Pattern::read(text)));
        }
        if let Some(rule) = line.strip_prefix(REFUSED) {
            return Ok(Said::Refused(rule.trim().to_owned()));
        }
        let code = line
            .strip_prefix('[')
            .and_then(|rest| rest.trim_end().strip_suffix(']'))
            .filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
        let Some(digits) = code else {
            return Ok(Said::Stdout(Pattern::read(line)));
        };
        match digits.parse() {
            Ok(code @ 1..=255) => Ok(Said::Code(code)),
            Ok(0) => Err("an exit code of 0 is not written; leave this line out".to_owned()),
            _ => Err(format!(
                "{digits} is no exit code: they go from 1 to 255 (write \\[{digits}] for a line that says so)"
            )),
        }
    }
}

impl Pattern {
    /// Reads a pattern from a line, without the `! ` of an error's.
    pub fn read(line: &str) -> Pattern {
        let line = super::output::clean(line);
        let line = line.trim_end();
        if line == "..." {
            return Pattern::Any;
        }
        let mut rest = match line.strip_prefix('\\') {
            Some(literal) if means_more(literal.trim_start_matches('\\')) => literal,
            _ => line,
        };
        let mut pieces = vec![String::new()];
        while let Some(at) = rest.find(WILD) {
            let before = &rest[..at];
            rest = &rest[at + WILD.len()..];
            let last = pieces.len() - 1;
            match before.strip_suffix('\\') {
                Some(before) => {
                    pieces[last].push_str(before);
                    pieces[last].push_str(WILD);
                }
                None => {
                    pieces[last].push_str(before);
                    pieces.push(String::new());
                }
            }
        }
        let last = pieces.len() - 1;
        pieces[last].push_str(rest);
        Pattern::Text(pieces)
    }

    /// Is this any lines?
    pub fn is_any(&self) -> bool {
        matches!(self, Pattern::Any)
    }

    /// Is there any wildcard in it?
    pub fn is_wild(&self) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::Text(pieces) => pieces.len() > 1,
        }
    }

    /// Does it match a line? [`Pattern::Any`] matches every one.
    pub fn matches(&self, line: &str) -> bool {
        let Pattern::Text(pieces) = self else {
            return true;
        };
        let [first, middle @ .., last] = &pieces[..] else {
            return pieces.first().is_none_or(|only| only == line);
        };
        let Some(mut rest) = line.strip_prefix(first.as_str()) else {
            return false;
        };
        // The leftmost place of each piece leaves the most for those after it.
        for piece in middle {
            let Some(at) = rest.find(piece.as_str()) else {
                return false;
            };
            rest = &rest[at + piece.len()..];
        }
        rest.ends_with(last.as_str())
    }

    /// The pattern as it is written, without the `! ` of an error's.
    pub fn written(&self) -> String {
        match self {
            Pattern::Any => "...".to_owned(),
            Pattern::Text(pieces) => {
                let escaped = pieces.iter().map(|piece| piece.replace(WILD, "\\[..]"));
                let line = escaped.collect::<Vec<_>>().join(WILD);
                match means_more(line.trim_start_matches('\\')) && !line.is_empty() {
                    true => format!("\\{line}"),
                    false => line,
                }
            }
        }
    }

    /// The pattern that matches just this line.
    pub fn literal(line: &str) -> Pattern {
        Pattern::Text(vec![line.to_owned()])
    }
}

/// Is a line that stands below a command more than the text that it shows? Then a `\`
/// before it, or one more, says that it is text.
fn means_more(line: &str) -> bool {
    let is_code = || {
        let digits = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(line, "" | "!" | "$" | "...")
        || ["$ ", "! ", REFUSED]
            .iter()
            .any(|start| line.starts_with(start))
        || is_code()
}

impl Expected {
    /// The lines as they are written below a command, each with its line in the file where
    /// it has one.
    pub fn written(&self) -> Vec<(Option<u32>, String)> {
        let mut lines: Vec<(Option<u32>, String)> = Vec::new();
        for line in &self.stdout {
            lines.push((Some(line.at), line.pattern.written()));
        }
        // Empty lines at the end are layout, but for those that are written out.
        for (_, text) in lines
            .iter_mut()
            .rev()
            .take_while(|(_, text)| text.is_empty())
        {
            *text = "\\".to_owned();
        }
        for line in &self.stderr {
            let text = format!("! {}", line.pattern.written());
            lines.push((Some(line.at), text.trim_end().to_owned()));
        }
        if let Some(rule) = &self.refused {
            lines.push((None, format!("{REFUSED}{rule}")));
        } else if self.code != 0 {
            lines.push((None, format!("[{}]", self.code)));
        }
        lines
    }

    /// Is nothing to come out, and the exit code to be 0?
    pub fn is_silent(&self) -> bool {
        *self == Expected::default()
    }
}
