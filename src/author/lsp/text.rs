//! Positions as editors count them: lines from 0, and in a line UTF-8 or UTF-16 units.
//!
//! A client may say any position. One beyond the end of its line means the end of the line,
//! one beyond the last line the end of the text, as the protocol has it; one in the middle of
//! a character means its beginning.

use lsp_types::{Position, Range as LspRange};
use std::cell::Cell;
use std::ops::Range;

/// What a client counts in a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// What JavaScript counts: two for most emoji. Every client can do this.
    #[default]
    Utf16,
}

impl Encoding {
    fn units(self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
        }
    }
}

/// A text, to be asked for many positions.
pub struct Lines<'t> {
    text: &'t str,
    encoding: Encoding,
    /// Where each line begins.
    starts: Vec<usize>,
    /// A line, a place in it, and the units before that: the next place asked for is mostly
    /// a little further in the same line, which may be a megabyte long.
    last: Cell<(usize, usize, usize)>,
}

impl<'t> Lines<'t> {
    /// Looks where the lines are. `\n`, `\r\n` and `\r` end one.
    pub fn of(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push(at + 1);
            }
        }
        Lines {
            text,
            encoding,
            starts,
            last: Cell::new((0, 0, 0)),
        }
    }

    /// Where a byte stands. One beyond the end is the end.
    pub fn position(&self, byte: usize) -> Position {
        let byte = floor(self.text, byte.min(self.text.len()));
        let line = self.starts.partition_point(|start| *start <= byte) - 1;
        let (at, mut units) = match self.last.get() {
            (last, at, units) if last == line && at <= byte => (at, units),
            _ => (self.starts[line], 0),
        };
        let passed = self.text[at..byte].chars();
        units += passed.map(|c| self.encoding.units(c)).sum::<usize>();
        self.last.set((line, byte, units));
        Position::new(number(line), number(units))
    }

    /// Where a piece of the text stands.
    pub fn range(&self, bytes: Range<usize>) -> LspRange {
        LspRange::new(self.position(bytes.start), self.position(bytes.end))
    }

    /// The byte at a position.
    pub fn byte(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else {
            return self.text.len();
        };
        let end = self.starts.get(line + 1).copied();
        let text = &self.text[start..end.unwrap_or(self.text.len())];
        let text = text.trim_end_matches(['\n', '\r']);
        let mut left = position.character as usize;
        let mut at = start;
        for c in text.chars() {
            let units = self.encoding.units(c);
            if left < units {
                break;
            }
            left -= units;
            at += c.len_utf8();
        }
        at
    }

    /// The bytes between two positions, whichever comes first.
    pub fn bytes(&self, range: LspRange) -> Range<usize> {
        let (a, b) = (self.byte(range.start), self.byte(range.end));
        a.min(b)..a.max(b)
    }
}

/// The beginning of the character that a byte is in.
fn floor(text: &str, byte: usize) -> usize {
    (0..=byte)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(line: u32, character: u32) -> Position {
        Position::new(line, character)
    }

    #[test]
    fn an_emoji_is_two_units_or_four_bytes() {
        let text = "🐳 é A_B\r\nnext\rlast";
        let name = text.find("A_B").expect("it is there");
        let utf16 = Lines::of(text, Encoding::Utf16);
        assert_eq!(utf16.position(name), at(0, 5));
        assert_eq!(utf16.byte(at(0, 5)), name);
        let utf8 = Lines::of(text, Encoding::Utf8);
        assert_eq!(utf8.position(name), at(0, 8));
        assert_eq!(utf8.byte(at(0, 8)), name);
        assert_eq!(utf8.position(text.find("last").expect("it is")), at(2, 0));
        assert_eq!(utf8.byte(at(1, 2)), text.find("xt").expect("it is"));
    }

    #[test]
    fn what_is_out_of_bounds_is_at_the_edge() {
        let text = "one\r\n🐳two";
        let lines = Lines::of(text, Encoding::Utf16);
        assert_eq!(lines.byte(at(0, 99)), 3, "before the end of the line");
        assert_eq!(lines.byte(at(u32::MAX, u32::MAX)), text.len());
        assert_eq!(lines.byte(at(1, 1)), 5, "in the middle of an emoji");
        assert_eq!(lines.position(7), at(1, 0), "in the middle of one");
        assert_eq!(lines.position(usize::MAX), at(1, 5));
        assert_eq!(
            lines.bytes(LspRange::new(at(1, 5), at(0, 0))),
            0..text.len()
        );
    }

    proptest! {
        #[test]
        fn there_and_back(text in "[a🐳é\r\n]{0,40}", from in 0usize..200, utf8: bool) {
            let encoding = if utf8 { Encoding::Utf8 } else { Encoding::Utf16 };
            let from = floor(&text, from.min(text.len()));
            let lines = Lines::of(&text, encoding);
            // Not inside `\r\n`, which is no place that a cursor can be.
            prop_assume!(!(text[..from].ends_with('\r') && text[from..].starts_with('\n')));
            prop_assert_eq!(lines.byte(lines.position(from)), from);
            let again = Lines::of(&text, encoding);
            prop_assert_eq!(lines.position(from), again.position(from), "asked twice");
        }
    }
}
