//! Words, as the index has them, and passages with marks.

use crate::notebook::html::escape;
use std::ops::Range;
use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer,
};

/// The longest word that is searched for, in bytes.
const LONGEST_WORD: usize = 64;
/// About as long is a passage, in characters.
const PASSAGE: usize = 180;
/// So much of a text stands before the first mark, in characters.
const BEFORE: usize = 40;
/// So much of a text is looked through for the best passage, in bytes.
const LOOKED_THROUGH: usize = 48 * 1024;

/// Cuts text into words: letters and digits, in lower case, without accents.
pub fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// The words of a text.
pub fn words(text: &str) -> Vec<String> {
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    stream.process(&mut |token| words.push(token.text.clone()));
    words
}

/// Whether each of the words that were asked for begins one of these; of none, nothing is
/// said.
pub fn has_all(own: &[String], asked: &[String]) -> bool {
    let has = |word: &String| own.iter().any(|own| own.starts_with(word.as_str()));
    !asked.is_empty() && asked.iter().all(has)
}

/// Where words stand that were asked for, and which of the asked ones each is.
fn matches(text: &str, asked: &dyn Fn(&str) -> Option<usize>) -> Vec<(Range<usize>, usize)> {
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    let mut found = Vec::new();
    stream.process(&mut |token| {
        if let Some(which) = asked(&token.text) {
            found.push((token.offset_from..token.offset_to, which));
        }
    });
    found
}

/// A whole text as HTML, with the words that were asked for in `<mark>`.
pub fn marked(text: &str, asked: &dyn Fn(&str) -> Option<usize>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    draw(&mut out, text, 0..text.len(), &matches(text, asked));
    out
}

/// The passage of a text that holds the most of what was asked for, as HTML. The
/// beginning of the text where it holds nothing of that.
pub fn passage(text: &str, asked: &dyn Fn(&str) -> Option<usize>) -> String {
    let looked = &text[..floor(text, LOOKED_THROUGH)];
    let found = matches(looked, asked);
    let (mut from, mut best) = (0, (0, 0));
    let mut last = 0;
    for (index, (range, _)) in found.iter().enumerate() {
        last = last.max(index);
        while last + 1 < found.len() && found[last + 1].0.end <= range.start + PASSAGE - BEFORE {
            last += 1;
        }
        let inside = &found[index..=last];
        let kinds = inside
            .iter()
            .fold(0_u64, |kinds, (_, which)| kinds | 1 << (which % 64));
        let worth = (kinds.count_ones() as usize, inside.len().min(4));
        if worth > best {
            (from, best) = (range.start, worth);
        }
    }
    let range = around(text, from);
    let mut out = String::with_capacity(range.len() + 64);
    if range.start > 0 {
        out.push_str("… ");
    }
    draw(&mut out, text, range.clone(), &found);
    if range.end < text.len() {
        out.push_str(" …");
    }
    out
}

/// A stretch of whole words around a place.
fn around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at]
        .char_indices()
        .rev()
        .take(BEFORE)
        .last()
        .map_or(at, |(start, _)| start);
    let start = match start {
        0 => 0,
        // Past the word that is cut; a text without spaces is cut in the middle of it.
        _ => text[start..at]
            .find(' ')
            .map_or(start, |space| start + space + 1),
    };
    let rest = &text[start..];
    let end = match rest.char_indices().nth(PASSAGE) {
        None => text.len(),
        Some((end, _)) => {
            let least = (at - start).min(end);
            let space = rest[least..end].rfind(' ').map(|space| least + space);
            start + space.filter(|space| start + space > at).unwrap_or(end)
        }
    };
    start..end
}

/// The last place up to `most` where a character begins.
fn floor(text: &str, most: usize) -> usize {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

fn draw(out: &mut String, text: &str, range: Range<usize>, found: &[(Range<usize>, usize)]) {
    let mut at = range.start;
    for (word, _) in found {
        if word.start < at || word.end > range.end {
            continue;
        }
        escape(out, &text[at..word.start]);
        out.push_str("<mark>");
        escape(out, &text[word.clone()]);
        out.push_str("</mark>");
        at = word.end;
    }
    escape(out, &text[at..range.end]);
}
