//! Links to what is no note: our own pages, and files beside the notes.

use crate::notebook::{Content, Elsewhere, Notebook, Problem, Rule};
use crate::panels::Panel;
use crate::web::routes::RESERVED;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What a path of the content folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    File,
    Folder,
    /// A name that begins with a dot, which nobody is shown.
    Hidden,
    /// A link out of the content folder.
    Outside,
    Nothing,
}

/// Those links that lead to nothing.
pub fn missing(notebook: &Notebook, content: &Content, links: &[Elsewhere]) -> Vec<Problem> {
    let root = match content {
        Content::Embedded => None,
        Content::Folder(folder) => folder.canonicalize().ok(),
    };
    let mut known = HashMap::<&str, Found>::new();
    let told = links.iter().filter_map(|link| {
        let path = link.path.trim_matches('/');
        if let Some(own) = own_page(path).filter(|_| !link.image) {
            return own.map(|(rule, message)| problem(link, rule, message));
        }
        let found = *known
            .entry(path)
            .or_insert_with(|| find(root.as_deref(), path));
        let message = match found {
            Found::File => return None,
            Found::Folder => format!("this leads to the folder {path}, which is no page"),
            Found::Hidden => {
                format!("this leads to {path}, which is hidden: a name begins with a dot")
            }
            Found::Outside => format!("this leads to {path}, a link out of the content folder"),
            Found::Nothing => {
                let near = match link.image {
                    true => Vec::new(),
                    false => notebook.files_like(path),
                };
                let near = match near.is_empty() {
                    true => String::new(),
                    false => format!("; did you mean {}?", near.join(" or ")),
                };
                match link.image {
                    true => format!("there is no image {path}"),
                    false => format!(
                        "this leads to {path}, where there is neither a note nor a file{near}"
                    ),
                }
            }
        };
        let rule = match link.image {
            true => Rule::MissingImage,
            false => Rule::BrokenLink,
        };
        Some(problem(link, rule, message))
    });
    told.collect()
}

fn problem(link: &Elsewhere, rule: Rule, message: String) -> Problem {
    Problem::new(rule, &link.file, (link.line, link.column), message)
}

/// A page of our own: `Some(None)` where there is one, and what to tell where there is not.
fn own_page(path: &str) -> Option<Option<(Rule, String)>> {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    if !RESERVED.contains(&first) {
        return None;
    }
    if first != "panels" || rest.is_empty() {
        return Some(None);
    }
    let name = rest.trim_end_matches(".json");
    Some(match Panel::from_name(name) {
        Some(_) => None,
        None => {
            let known = Panel::ALL.map(Panel::name).join(", ");
            let message = format!("no panel is named {name:?}; there are {known}");
            Some((Rule::UnknownPanel, message))
        }
    })
}

fn find(root: Option<&Path>, path: &str) -> Found {
    let Some(root) = root else {
        return Found::Nothing;
    };
    let mut file = PathBuf::from(root);
    for part in path.split('/') {
        match part {
            "" | "." => {}
            part if part.starts_with('.') => return Found::Hidden,
            part => file.push(part),
        }
    }
    let Ok(target) = file.canonicalize() else {
        return Found::Nothing;
    };
    if !target.starts_with(root) {
        return Found::Outside;
    }
    match target.metadata() {
        Ok(about) if about.is_dir() => Found::Folder,
        Ok(about) if about.is_file() => Found::File,
        _ => Found::Nothing,
    }
}
