//! The `id` of each heading on its page: the topic that it defines, or its text as
//! GitHub makes an address of it, with a number where there are several.

use rustc_hash::{FxHashMap, FxHashSet};

use super::lines::clamp;
use super::linked::Notebook;
use super::name;
use super::parsed::{El, Parsed, Piece};

/// The `id`s of a note's headings.
pub(super) fn of(notebook: &Notebook, slot: u32, note: &Parsed) -> Vec<String> {
    let names = note.anchors.iter().map(|anchor| note.anchor_name(anchor));
    let mut taken: FxHashSet<String> = names.map(str::to_owned).collect();
    let mut tries = FxHashMap::<String, u32>::default();
    let mut names = vec![None; note.headings.len()];
    for (index, anchor) in note.anchors.iter().enumerate() {
        if let Some(heading) = anchor.heading
            && names[heading as usize].is_none()
            && notebook.wins(slot, clamp(index), note)
        {
            names[heading as usize] = Some(note.anchor_name(anchor));
        }
    }
    let mut ids = Vec::with_capacity(names.len());
    for (index, name) in names.into_iter().enumerate() {
        if let Some(name) = name {
            ids.push(name.to_owned());
            continue;
        }
        let slug = slug(&note.heading_title(clamp(index), notebook.prefixes()));
        let count = tries.entry(slug.clone()).or_default();
        let id = loop {
            let id = match *count {
                0 => slug.clone(),
                n => format!("{slug}-{n}"),
            };
            *count += 1;
            if taken.insert(id.clone()) {
                break id;
            }
        };
        ids.push(id);
    }
    ids
}

/// What a `#…` in a link to one note may mean. Made once for many links: a table of
/// contents leads to every heading.
#[derive(Debug)]
pub(super) struct Parts {
    ids: FxHashSet<String>,
    /// The `id` by what may be written for it.
    meant: FxHashMap<String, String>,
}

impl Parts {
    pub fn of(notebook: &Notebook, slot: u32, note: &Parsed) -> Self {
        let headings = of(notebook, slot, note);
        let mut meant = FxHashMap::default();
        for id in &headings {
            meant.entry(bare(id)).or_insert_with(|| id.clone());
        }
        // A heading that defines a topic has the topic's name; elsewhere it has its text.
        for (index, id) in (0..).zip(&headings) {
            let whole = note.plain_with_names(note.headings[index as usize].pieces);
            for text in [note.heading_title(index, notebook.prefixes()), whole] {
                meant
                    .entry(bare(&slug(&text)))
                    .or_insert_with(|| id.clone());
            }
        }
        let wins = (0..)
            .zip(&note.anchors)
            .filter(|(index, _)| notebook.wins(slot, *index, note));
        let mut ids: FxHashSet<String> = wins
            .map(|(_, anchor)| note.anchor_name(anchor).to_owned())
            .collect();
        ids.extend(note.pieces.iter().filter_map(|piece| match piece {
            Piece::Open(El::Footnote(label)) => Some(format!("fn-{}", slug(note.str(*label)))),
            _ => None,
        }));
        ids.extend(headings);
        Self { ids, meant }
    }

    /// Every `id`, for who looks for one like it.
    pub fn into_ids(self) -> FxHashSet<String> {
        self.ids
    }

    /// The `id` that `part` means: as written, or as the text of a heading.
    pub fn find(&self, part: &str) -> Option<&str> {
        let id = self.ids.get(part);
        let id = id.or_else(|| self.meant.get(&bare(&slug(part))));
        id.map(String::as_str)
    }
}

/// Without the `-` at its ends, of which programs leave out some.
fn bare(slug: &str) -> String {
    slug.trim_matches('-').to_lowercase()
}

/// A text as GitHub makes an address of it: small letters, digits, `-` and `_`, a `-` for
/// each space, and nothing of the rest.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if name::is_word_char(c) {
            slug.extend(c.to_lowercase());
        } else if c.is_whitespace() {
            slug.push('-');
        }
    }
    match slug.contains(|c: char| c != '-') {
        true => slug,
        false => "section".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_heading_has_the_address_that_github_gives_it() {
        for (text, address) in [
            ("Hello, World!", "hello-world"),
            ("Images & layers", "images--layers"),
            ("`docker run` --rm", "docker-run---rm"),
            ("snake_case and kebab-case", "snake_case-and-kebab-case"),
            ("Über Größe 日本", "über-größe-日本"),
            ("🚀 Start", "-start"),
            ("1.2 Setup", "12-setup"),
            ("???", "section"),
        ] {
            assert_eq!(slug(text), address, "{text}");
        }
    }
}
