//! Links to pages of our own that are neither notes nor topics.

use crate::notebook::{Elsewhere, Problem, Rule};
use crate::panels::Panel;

/// Pages that have none below them.
const ALONE: [&str; 9] = [
    "map",
    "values",
    "live",
    "terminal",
    "notebook.json",
    "healthz",
    "readyz",
    "favicon.ico",
    "favicon.svg",
];

/// Addresses that no note can have, and at which no page is.
const NONE: [&str; 2] = ["workshop", "metrics"];

/// Those links that lead to no page.
pub fn missing(links: &[Elsewhere]) -> Vec<Problem> {
    let told = links.iter().filter_map(|link| {
        let bare = link.path.trim_matches('/');
        let (first, rest) = bare.split_once('/').unwrap_or((bare, ""));
        let name = match first {
            "panels" => rest.trim_end_matches(".json"),
            "gallery" => rest,
            _ => "",
        };
        let (rule, message) = if !name.is_empty() && Panel::from_name(name).is_none() {
            (Rule::UnknownPanel, Panel::none_named(name))
        } else if NONE.contains(&first) || (ALONE.contains(&first) && !rest.is_empty()) {
            let message = format!("this leads to /{bare}, and no page is there");
            (Rule::BrokenLink, message)
        } else {
            return None;
        };
        let at = (link.line, link.column);
        Some(Problem::new(rule, &link.file, at, message))
    });
    told.collect()
}
