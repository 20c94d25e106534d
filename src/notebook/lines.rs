//! Positions: from a byte offset to the line and column that an editor shows.

/// Turns rising byte offsets into lines and columns, reading the text once.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// The last offset asked for, and where that is.
    offset: usize,
    line: u32,
    column: u32,
}

impl<'t> Lines<'t> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            line: 1,
            column: 1,
        }
    }

    /// The line and column of `offset` (on a character boundary), both from 1,
    /// the column in characters. An offset before the last one starts over.
    pub fn at(&mut self, offset: usize) -> (u32, u32) {
        if offset < self.offset {
            *self = Self::new(self.text);
        }
        let Some(passed) = self.text.get(self.offset..offset) else {
            return (self.line, self.column);
        };
        let newlines = passed.bytes().filter(|&b| b == b'\n').count();
        let rest = if newlines > 0 {
            self.line = self.line.saturating_add(clamp(newlines));
            self.column = 1;
            passed.rsplit('\n').next().unwrap_or_default()
        } else {
            passed
        };
        self.column = self.column.saturating_add(clamp(rest.chars().count()));
        self.offset = offset;
        (self.line, self.column)
    }

    /// The byte offset of a line and column, both from 1, the column in characters; the end
    /// of the line where it is shorter, `None` where there is no such line.
    pub fn offset(text: &str, line: u32, column: u32) -> Option<usize> {
        let mut start = 0;
        for _ in 1..line {
            start += text.get(start..)?.find('\n')? + 1;
        }
        let rest = text.get(start..)?;
        let rest = rest.split('\n').next().unwrap_or_default();
        let mut chars = rest.char_indices();
        let into = chars.nth(column.saturating_sub(1) as usize);
        Some(start + into.map_or(rest.len(), |(at, _)| at))
    }
}

/// A count as `u32`; a note never comes near the limit.
pub(super) fn clamp(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_begin_at_one() {
        let text = "é A_B\r\n\tB_C\nlast";
        let mut lines = Lines::new(text);
        assert_eq!(lines.at(text.find("A_B").unwrap()), (1, 3));
        assert_eq!(lines.at(text.find("B_C").unwrap()), (2, 2));
        assert_eq!(lines.at(text.len()), (3, 5));
        assert_eq!(lines.at(0), (1, 1));
    }
}
