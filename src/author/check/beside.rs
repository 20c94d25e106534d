//! Links to pages of our own that are neither notes nor topics.

use crate::notebook::{Elsewhere, Problem, Rule};
use crate::panels::Panel;

/// Those links that lead to no page.
pub fn missing(links: &[Elsewhere]) -> Vec<Problem> {
    let told = links.iter().filter_map(|link| {
        let (first, rest) = link.path.trim_matches('/').split_once('/')?;
        if first != "panels" {
            return None;
        }
        let name = rest.trim_end_matches(".json");
        if Panel::from_name(name).is_some() {
            return None;
        }
        let known = Panel::ALL.map(Panel::name).join(", ");
        let message = format!("no panel is named {name:?}; there are {known}");
        let at = (link.line, link.column);
        Some(Problem::new(Rule::UnknownPanel, &link.file, at, message))
    });
    told.collect()
}
