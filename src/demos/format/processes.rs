//! `docker top` and `docker diff`.

use super::table;
use super::words::{text, texts, whole};
use serde_json::Value;

/// `docker top` over `/containers/ID/top`.
pub fn top(answer: &Value) -> String {
    let mut lines = texts(answer, "Titles").join("\t") + "\n";
    for process in super::words::entries(answer, "Processes") {
        let cells: Vec<&str> = process
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        lines.push_str(&cells.join("\t"));
        lines.push('\n');
    }
    table::aligned(&lines, table::WIDE)
}

/// `docker diff` over `/containers/ID/changes`, which is `null` without changes.
///
/// The engine gives siblings in no certain order; `sorted` puts them by path, so that
/// they can be compared.
pub fn diff(changes: &Value, sorted: bool) -> String {
    let mut changes: Vec<(&str, &str)> = changes
        .as_array()
        .into_iter()
        .flatten()
        .map(|change| {
            let kind = match whole(change, "Kind") {
                0 => "C",
                1 => "A",
                _ => "D",
            };
            (text(change, "Path"), kind)
        })
        .collect();
    if sorted {
        changes.sort_unstable();
    }
    changes
        .into_iter()
        .map(|(path, kind)| format!("{kind} {path}\n"))
        .collect()
}
