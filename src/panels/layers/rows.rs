//! Rows: the picked image's history beside the picture, and the leads from each row to
//! the slab that it made.

use super::arrange::{Arrangement, LINE};
use super::history::Made;
use super::stack::Stack;
use crate::panels::words;
use serde::Serialize;

/// Rows of a history that are listed.
const ROWS: usize = 40;
/// Where the first row of the history stands below the line, and how far apart they
/// are, in pixels: `layers.css` says the same in rem.
pub const FIRST_ROW: f64 = 91.0;
/// The second of the two.
pub const ROW: f64 = 22.0;
/// One row of the history beside the picture.
#[derive(Debug, PartialEq, Serialize)]
pub struct HistoryRow {
    /// The line of the Dockerfile.
    pub line: String,
    /// Its bytes, in words.
    pub size: String,
    /// The number of its layer, `–` for none, `?` where it cannot be told.
    pub number: String,
    /// The same, for those who hear it.
    pub spoken: String,
    /// Whether it made one, or may have.
    pub layer: bool,
}

/// The picked image's history, how many rows more there are, and whether it cannot be
/// given to the layers.
pub fn rows(stack: Option<&Stack>) -> (Vec<HistoryRow>, usize, bool) {
    let Some(stack) = stack else {
        return (Vec::new(), 0, false);
    };
    let rows = stack
        .rows
        .iter()
        .zip(&stack.made)
        .take(ROWS)
        .map(|(row, made)| {
            let (number, spoken) = match made {
                Made::Nothing => ("–".to_owned(), "no layer".to_owned()),
                Made::Layer(at) => ((at + 1).to_string(), "its layer".to_owned()),
                Made::OneOf(range) if range.start() == range.end() => {
                    ((range.start() + 1).to_string(), "its layer".to_owned())
                }
                Made::OneOf(range) => (
                    "?".to_owned(),
                    format!("one of layers {} to {}", range.start() + 1, range.end() + 1),
                ),
                Made::Perhaps(range) if range.start() == range.end() => (
                    "?".to_owned(),
                    format!("perhaps layer {}", range.start() + 1),
                ),
                Made::Perhaps(range) => (
                    "?".to_owned(),
                    format!(
                        "perhaps one of layers {} to {}",
                        range.start() + 1,
                        range.end() + 1
                    ),
                ),
                Made::Unknown => ("?".to_owned(), "its layer cannot be told".to_owned()),
            };
            HistoryRow {
                line: words::short(&row.line(), 120),
                size: row.size.map_or_else(|| "not told".into(), words::size),
                layer: !matches!(made, Made::Nothing),
                number,
                spoken,
            }
        })
        .collect();
    (
        rows,
        stack.rows.len().saturating_sub(ROWS),
        !stack.rows.is_empty() && stack.unmatched(),
    )
}

/// From each row of the history to its slab, in a strip 56 pixels wide between the two.
pub fn leads(arrangement: &Arrangement, stack: Option<&Stack>) -> Vec<String> {
    let Some(stack) = stack else {
        return Vec::new();
    };
    let Some(column) = arrangement.columns.iter().position(|c| c.image == 0) else {
        return Vec::new();
    };
    // Where others stand to the left of the picked column, a lead would cross them.
    if column > 0 {
        return Vec::new();
    }
    let middle = |at: usize| {
        arrangement
            .slabs
            .iter()
            .find(|slab| {
                slab.columns.contains(&column) && (slab.first..=slab.last).contains(&(at + 1))
            })
            .map(|slab| slab.y + slab.h / 2.0)
    };
    stack
        .made
        .iter()
        .take(ROWS)
        .enumerate()
        .filter_map(|(row, made)| match made {
            Made::Layer(at) => {
                let from = LINE + FIRST_ROW + ROW * row as f64;
                let to = middle(*at)?;
                Some(format!("M0 {from:.0}C32 {from:.0} 20 {to:.0} 52 {to:.0}"))
            }
            _ => None,
        })
        .collect()
}
