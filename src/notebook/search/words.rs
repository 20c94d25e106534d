//! Words, as the index has them, and passages with marks.

use crate::notebook::html::escape;
use std::ops::Range;
use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, RemoveLongFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
};

/// The longest word that is searched for, in bytes.
const LONGEST_WORD: usize = 128;
/// About as long is a passage, in characters.
const PASSAGE: usize = 180;
/// So much of a text stands before the first mark, in characters.
const BEFORE: usize = 40;
/// So much of a text is looked through for the best passage, in bytes.
const LOOKED_THROUGH: usize = 48 * 1024;

/// Cuts text into words: letters and digits, in lower case, without accents. A digest is
/// one word, and so is each sign of a script that writes none between its words.
pub fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Cutter::default())
        // It keeps what is shorter.
        .filter(RemoveLongFilter::limit(LONGEST_WORD + 1))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// Finds words in text.
#[derive(Clone, Default)]
struct Cutter {
    token: Token,
}

/// The words of one text, one after the other.
struct Cuts<'a> {
    text: &'a str,
    /// How much of it is read, in bytes.
    read: usize,
    token: &'a mut Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Cuts<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cuts<'a> {
        self.token.reset();
        Cuts {
            text,
            read: 0,
            token: &mut self.token,
        }
    }
}

impl TokenStream for Cuts<'_> {
    fn advance(&mut self) -> bool {
        let rest = &self.text[self.read..];
        let Some(start) = rest.find(char::is_alphanumeric) else {
            return false;
        };
        let word = &rest[start..];
        let ends = |(at, sign): (usize, char)| {
            let alone = at > 0 && (stands_alone(sign) || word.starts_with(stands_alone));
            let goes_on = (sign.is_alphanumeric() && !alone) || is_accent(sign);
            (!goes_on).then_some(at)
        };
        let length = word.char_indices().find_map(ends).unwrap_or(word.len());
        let from = self.read + start;
        self.read = from + length;
        self.token.offset_from = from;
        self.token.offset_to = self.read;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        let signs = word[..length].chars().filter(|sign| !is_accent(*sign));
        self.token.text.extend(signs);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// An accent that is written after its letter (Unicode's combining diacritical marks).
fn is_accent(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}')
}

/// Kana and Chinese characters: no spaces stand between words that are written in them.
fn stands_alone(sign: char) -> bool {
    matches!(sign, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
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
