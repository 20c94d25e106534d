//! Columns: cells end in a tab, and a column is as wide as its longest cell.
//!
//! A column reaches over neighbouring lines that have a cell there (what Go calls
//! elastic tab stops), so a line without tabs begins the widths anew.

use super::words;

/// How wide columns are.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// No column is narrower, its gap included.
    pub least: usize,
    /// Spaces between the longest cell and the next column.
    pub gap: usize,
}

/// The tables of docker's lists: `ps`, `images`, `volume ls`.
pub const LIST: Columns = Columns { least: 10, gap: 3 };
/// The table of `docker top`.
pub const WIDE: Columns = Columns { least: 20, gap: 3 };
/// The table of `docker version`.
pub const FACTS: Columns = Columns { least: 20, gap: 1 };

/// Aligns the cells of a text whose lines end in newlines. What follows the last tab of
/// a line is in no column.
pub fn aligned(text: &str, columns: Columns) -> String {
    let mut lines: Vec<Vec<&str>> = text
        .split('\n')
        .map(|line| line.split('\t').collect())
        .collect();
    let ends = text.ends_with('\n');
    if ends {
        lines.pop();
    }
    let mut widths: Vec<Vec<usize>> = lines.iter().map(|_| Vec::new()).collect();
    widen(&lines, &mut widths, columns);
    let mut out = String::with_capacity(text.len() * 2);
    for (at, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            out.push_str(cell);
            let width = widths[at].get(column).copied().unwrap_or(0);
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(wide(cell))));
        }
        if ends || at + 1 < lines.len() {
            out.push('\n');
        }
    }
    out
}

/// Finds the widths of all columns, from the left, block by block. Without recursion: a
/// line may hold as many tabs as somebody typed.
fn widen(lines: &[Vec<&str>], widths: &mut [Vec<usize>], columns: Columns) {
    let mut open = vec![(0..lines.len(), 0)];
    while let Some((rows, column)) = open.pop() {
        let in_column = |line: &&Vec<&str>| line.len() > column + 1;
        let mut at = rows.start;
        while at < rows.end {
            let length = lines[at..rows.end].iter().take_while(in_column).count();
            if length == 0 {
                at += 1;
                continue;
            }
            let block = at..at + length;
            let width = lines[block.clone()]
                .iter()
                .map(|line| wide(line[column]) + columns.gap)
                .fold(columns.least, usize::max);
            for own in &mut widths[block.clone()] {
                own.push(width);
            }
            at = block.end;
            open.push((block, column + 1));
        }
    }
}

fn wide(cell: &str) -> usize {
    cell.chars().map(words::columns).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell_and_never_below_ten() {
        assert_eq!(
            aligned("DRIVER\tVOLUME NAME\nlocal\te676\n", LIST),
            "DRIVER    VOLUME NAME\nlocal     e676\n"
        );
        assert_eq!(
            aligned("A\tB\tC\nlonger than ten\t\tx\n", LIST),
            "A                 B         C\nlonger than ten             x\n"
        );
    }

    #[test]
    fn a_line_without_a_cell_begins_the_widths_anew() {
        assert_eq!(
            aligned("a\tb\nbreak\na much longer cell, here\tb\n", FACTS),
            "a                   b\nbreak\na much longer cell, here b\n"
        );
        assert_eq!(aligned("no end\tx", FACTS), "no end              x");
    }

    #[test]
    fn a_line_of_tabs_is_only_wide() {
        let tabs = "\t".repeat(50_000);
        assert_eq!(aligned(&tabs, LIST).len(), 500_000);
    }

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(aligned("日本語日本語\tx\n", LIST), "日本語日本語   x\n");
    }
}
