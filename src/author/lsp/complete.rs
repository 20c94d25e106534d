//! Completion: the names that may stand where somebody types.

use super::answers::about_topic;
use super::desk::{Desk, LISTS};
use crate::notebook::Notebook;
use crate::panels::{Panel, attached, values};
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation,
    MarkupContent, MarkupKind, Position, TextEdit,
};

/// So many names are offered at once; with more letters, others.
const MOST: usize = 100;

/// What may be typed at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offer {
    /// A defined topic.
    Topic,
    /// A topic that is asked for and not defined, between `<<` and `>>`.
    Anchor,
    /// A live value.
    Live,
    /// A panel.
    Panel,
    /// Nothing.
    Nothing,
}

/// The names that may stand at a position.
pub fn completion(desk: &Desk, file: &str, position: Position) -> CompletionList {
    let Some((text, at)) = desk.text(file).zip(desk.byte(file, position)) else {
        return CompletionList::default();
    };
    let (before, after) = text.split_at(at);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let line = line.rsplit('\r').next().unwrap_or_default();
    let offer = offer(desk, file, line, at);
    let typed = typed(line, offer);
    let names: Vec<(String, String)> = match offer {
        Offer::Nothing => Vec::new(),
        Offer::Topic | Offer::Anchor => {
            let book = &desk.notebook;
            let names = book.names_like(typed, offer == Offer::Anchor, MOST);
            // What is being typed is no name that somebody else asks for.
            let own = |name: &str| {
                offer == Offer::Anchor && name == typed && book.backlink_count(name) == 1
            };
            let names = names.into_iter().filter(|name| !own(name));
            let named = names.map(|name| {
                let title = book.topic_link(&name).title;
                (name, title)
            });
            named.collect()
        }
        Offer::Live => values::VALUES
            .iter()
            .map(|value| (value.name.to_owned(), value.means.to_owned()))
            .collect(),
        Offer::Panel => Panel::ALL
            .iter()
            .map(|panel| (panel.name().to_owned(), panel.title().to_owned()))
            .collect(),
    };
    let Some(range) = desk.range(file, at - typed.len()..at) else {
        return CompletionList::default();
    };
    let close = match offer {
        Offer::Anchor if !after.starts_with('>') => ">>",
        _ => "",
    };
    let items = names
        .into_iter()
        .enumerate()
        .map(|(index, (name, detail))| {
            let text = format!("{name}{close}");
            CompletionItem {
                kind: Some(match offer {
                    Offer::Live => CompletionItemKind::VALUE,
                    Offer::Panel => CompletionItemKind::ENUM_MEMBER,
                    _ => CompletionItemKind::REFERENCE,
                }),
                detail: Some(match offer {
                    Offer::Anchor => format!("{detail} (wanted)"),
                    _ => detail,
                }),
                // Ours first, in our order; clients filter by what is typed.
                sort_text: Some(format!("{index:04}")),
                filter_text: Some(name.clone()),
                text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, text))),
                label: name,
                ..CompletionItem::default()
            }
        });
    CompletionList {
        is_incomplete: offer == Offer::Topic || offer == Offer::Anchor,
        items: items.collect(),
    }
}

/// An item with what there is to read about it.
pub fn resolved(desk: &Desk, mut item: CompletionItem) -> CompletionItem {
    if item.kind == Some(CompletionItemKind::REFERENCE)
        && let Some(value) = about_topic(desk, &item.label)
    {
        item.documentation = Some(Documentation::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value,
        }));
    }
    item
}

/// What a place wants, from the line before it.
fn offer(desk: &Desk, file: &str, line: &str, at: usize) -> Offer {
    if file == attached::FILE && line.contains('[') && line.matches('"').count() % 2 == 1 {
        return Offer::Panel;
    }
    if LISTS.contains(&file) {
        let key = line.trim_start().trim_start_matches('"');
        return match key.chars().all(is_of_a_name) {
            true => Offer::Topic,
            false => Offer::Nothing,
        };
    }
    if desk.notebook.is_in_front(file, at) {
        let names = ["next:", "topic:"].iter().any(|key| line.starts_with(key));
        return if names { Offer::Topic } else { Offer::Nothing };
    }
    if desk.notebook.is_in_code(file, at) {
        return Offer::Nothing;
    }
    let word = typed(line, Offer::Topic);
    let rest = &line[..line.len() - word.len()];
    if rest.ends_with("](live:") {
        Offer::Live
    } else if rest.ends_with("<<") {
        Offer::Anchor
    } else if rest.ends_with('<') && word.is_empty() {
        Offer::Nothing
    } else {
        Offer::Topic
    }
}

/// The part of the line before the cursor that a name takes the place of.
fn typed(line: &str, offer: Offer) -> &str {
    if offer == Offer::Nothing {
        return "";
    }
    let start = line.trim_end_matches(is_of_a_name).len();
    &line[start..]
}

fn is_of_a_name(c: char) -> bool {
    Notebook::can_be_in_a_name(c)
}
