//! Links and footnotes whose label nothing defines: `[text][label]`, `[text][]`, `[^1]`.
//!
//! To Markdown these are text. So is much that was never meant for a link (`list[a][b]`,
//! `[1][2]`), and what is left is told only of what nobody writes for its own sake.

use pulldown_cmark::{BrokenLink, LinkType, Parser};
use rustc_hash::FxHashSet;

use super::lines::Lines;
use super::looks::{did_you_mean, runs};
use super::name::is_word_char;
use super::near;
use super::parsed::{El, Parsed, Piece};
use super::problem::{Problem, Rule};
use super::walk::options;

/// The labels of a file that nothing defines. Most files have none, and are not read again.
pub(super) fn undefined(note: &Parsed, problems: &mut Vec<Problem>) {
    let body = note.body as usize;
    let text = note.text.get(body..).unwrap_or_default();
    if memchr::memmem::find(text.as_bytes(), b"][").is_some() {
        links(note, text, body, problems);
    }
    if memchr::memmem::find(text.as_bytes(), b"[^").is_some() {
        footnotes(note, problems);
    }
}

fn links(note: &Parsed, text: &str, body: usize, problems: &mut Vec<Problem>) {
    let mut lost = Vec::new();
    let mut labels = Vec::new();
    {
        let hear = |link: BrokenLink<'_>| {
            let labelled = matches!(link.link_type, LinkType::Reference | LinkType::Collapsed);
            if labelled && was_meant(text, link.span.start, &link.reference) {
                let empty = match link.link_type {
                    LinkType::Collapsed => "[]".len(),
                    _ => 0,
                };
                let span = link.span.start..link.span.end + empty;
                lost.push((span, link.reference.to_string()));
            }
            None
        };
        let parser = Parser::new_with_broken_link_callback(text, options(), Some(hear));
        let defined = parser.reference_definitions().iter();
        labels.extend(defined.map(|(label, _)| label.to_owned()));
        parser.for_each(drop);
    }
    let mut lines = Lines::new(&note.text);
    lost.sort_by_key(|(span, _)| span.start);
    lost.dedup();
    for (span, label) in lost {
        let image = text[..span.start].ends_with('!')
            || text.get(span.clone()).unwrap_or_default().starts_with('!');
        let rule = match image {
            true => Rule::MissingImage,
            false => Rule::BrokenLink,
        };
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        let near = near::alike(&label, labels.iter().map(String::as_str)).into_iter();
        let near = did_you_mean(near.map(|near| format!("[{near}]")));
        let message = format!("no line `[{label}]: …` says where this leads{near}");
        let width = text
            .get(span.clone())
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let width = width.chars().count();
        let at = lines.at(body + span.start);
        problems.push(Problem::new(rule, &*note.file, at, message).wide(width));
    }
}

/// Was this surely meant for a link? `list[a][b]` is code, `[1][2]` are two of something,
/// and `[[Note]][x]` is a wiki link.
fn was_meant(text: &str, start: usize, label: &str) -> bool {
    let before = text[..start].trim_end_matches('!');
    let glued = before.ends_with(|c| is_word_char(c) || matches!(c, ']' | ')' | '[' | '$'));
    let rest = text[start..].trim_start_matches(['!', '[']);
    let said = rest.split(']').next().unwrap_or_default();
    let is_wiki = text[start..].starts_with("[[");
    let names = |text: &str| text.contains(char::is_alphabetic);
    !glued && !is_wiki && names(said) && (names(label) || said.chars().nth(1).is_some())
}

fn footnotes(note: &Parsed, problems: &mut Vec<Problem>) {
    let mut lines = Lines::new(&note.text);
    let defined = note.pieces.iter().filter_map(|piece| match piece {
        Piece::Open(El::Footnote(label)) => Some(note.str(*label).to_owned()),
        _ => None,
    });
    let defined: FxHashSet<String> = defined.collect();
    for run in runs(note).into_iter().filter(|run| !run.stands.code) {
        let (start, text) = (run.start, &note.text[run.start..run.end]);
        let mut from = 0;
        while let Some(at) = text[from..].find("[^").map(|at| from + at) {
            from = at + "[^".len();
            let Some(length) = text[from..].find(']') else {
                break;
            };
            let label = &text[from..from + length];
            // `[^a-z]` is no footnote, but where there are footnotes anything like it is.
            let numbered = !label.is_empty() && label.bytes().all(|b| b.is_ascii_digit());
            let named = !defined.is_empty()
                && label.chars().all(is_word_char)
                && label.contains(char::is_alphanumeric);
            let escaped = note.text[..start + at].ends_with('\\');
            if escaped || !(numbered || named) {
                continue;
            }
            let near = near::alike(label, defined.iter().map(String::as_str)).into_iter();
            let near = did_you_mean(near.map(|near| format!("[^{near}]")));
            let message =
                format!("no line `[^{label}]: …` is the footnote that this asks for{near}");
            let place = lines.at(start + at);
            let problem = Problem::new(Rule::BrokenLink, &*note.file, place, message);
            problems.push(problem.wide(label.chars().count() + "[^]".len()));
        }
    }
}
