//! The words around a reference, where its paragraph is too long to be quoted.

use super::html::plain;
use super::parts::escaped;
use std::borrow::Cow;

/// A paragraph up to so many bytes of HTML is quoted whole.
const WHOLE: usize = 2_000;
/// How many characters of a longer one are quoted on each side.
const SIDE: usize = 300;

/// A paragraph with its `<mark>`, or the text around that.
pub fn excerpt(paragraph: &str) -> Cow<'_, str> {
    let marked = paragraph.find("<mark>").and_then(|at| {
        let end = at + paragraph[at..].find("</mark>")? + "</mark>".len();
        Some((&paragraph[..at], &paragraph[at..end], &paragraph[end..]))
    });
    let (before, mark, after) = match marked {
        Some(parts) if paragraph.len() > WHOLE => parts,
        _ => return paragraph.into(),
    };
    let (before, after) = (spaced(before), spaced(after));
    let (start, end) = (last(&before), first(&after));
    let mut out = String::from(if start.len() < before.len() {
        "… "
    } else {
        ""
    });
    out.push_str(&escaped(start));
    out.push_str(mark);
    out.push_str(&escaped(end));
    if end.len() < after.len() {
        out.push_str(" …");
    }
    out.into()
}

/// The text of some HTML, with the spaces at its ends: they stand beside the mark.
fn spaced(html: &str) -> String {
    let text = plain(html);
    let space = |is: bool| if is { " " } else { "" };
    format!(
        "{}{text}{}",
        space(html.starts_with(char::is_whitespace)),
        space(html.ends_with(char::is_whitespace))
    )
}

/// Its last words.
fn last(text: &str) -> &str {
    match text.char_indices().rev().nth(SIDE) {
        None => text,
        Some((from, _)) => {
            let words = &text[from..];
            // Without a gap in reach, somewhere in the word.
            words.split_once(' ').map_or(words, |(_, words)| words)
        }
    }
}

/// Its first words.
fn first(text: &str) -> &str {
    match text.char_indices().nth(SIDE) {
        None => text,
        Some((to, _)) => {
            let words = &text[..to];
            words.rsplit_once(' ').map_or(words, |(words, _)| words)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_of_usual_length_is_quoted_whole() {
        let paragraph = "A <em>few</em> <mark>Foo_Bar</mark> words";
        assert_eq!(excerpt(paragraph), paragraph);
    }

    #[test]
    fn of_a_long_one_the_words_around_the_reference_are_quoted() {
        let side = "wörd <em>&lt;b&gt;</em> ".repeat(500);
        let quoted = excerpt(&format!("{side}<mark>Foo_Bar</mark>, {side}")).into_owned();
        assert!(
            quoted.contains("wörd &lt;b&gt; <mark>Foo_Bar</mark>, wörd"),
            "{quoted}"
        );
        assert!(
            quoted.starts_with("… ") && quoted.ends_with(" …"),
            "{quoted}"
        );
        assert!(quoted.len() < 1_200 && !quoted.contains("<em>"), "{quoted}");
        let endless = "ö".repeat(100_000);
        let quoted = excerpt(&format!("{endless}<mark>F_B</mark>{endless}")).into_owned();
        assert!(
            quoted.contains("ö<mark>F_B</mark>ö") && quoted.len() < 1_500,
            "{quoted}"
        );
    }
}
