//! A note's text for an editor to draw: nothing in it runs, loads or leads to a command.
//!
//! Notes come from anywhere, and editors differ in what they let a hover do. What could do
//! more than be read gets a `\` before it, and is shown as it is written.

use pulldown_cmark::{Event, Parser, Tag};

/// What is marked may uncover something else, as in links within links; so often it is
/// looked at again.
const ROUNDS: usize = 8;

/// The same Markdown without markup of HTML, pictures and links that are not followed;
/// `None` where it cannot be made harmless.
pub fn safe(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let marks = marks(&text);
        if marks.is_empty() {
            return Some(text);
        }
        let mut marked = String::with_capacity(text.len() + marks.len());
        let mut from = 0;
        for at in marks {
            marked.push_str(&text[from..at]);
            marked.push('\\');
            from = at;
        }
        marked.push_str(&text[from..]);
        text = marked;
    }
    None
}

/// Where a `\` belongs, rising.
fn marks(text: &str) -> Vec<usize> {
    let mut marks = Vec::new();
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                let opens = text[range.clone()].match_indices('<');
                marks.extend(opens.map(|(at, _)| range.start + at));
            }
            Event::Start(Tag::Link { dest_url, .. }) if !is_followed(&dest_url) => {
                marks.push(range.start);
            }
            // `!\[`: else it would be a link.
            Event::Start(Tag::Image { .. }) => marks.push(range.start + 1),
            _ => {}
        }
    }
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// Does an address lead to a page, to mail or to a value of ours? Clients drop control
/// characters before they look at it; so do we.
fn is_followed(address: &str) -> bool {
    let clean: String = address
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    let head = clean.split(['/', '?', '#', '\\']).next();
    match head.and_then(|head| head.split_once(':')) {
        None => true,
        Some((scheme, _)) => ["http", "https", "mailto", "live"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_do_more_than_be_read_is_shown_as_it_is_written() {
        let cases = [
            ("[x](command:quit)", r"\[x](command:quit)"),
            ("[x](JavaScript:a)", r"\[x](JavaScript:a)"),
            ("<vbscript:a>", r"\<vbscript:a>"),
            ("![p](https://a.org/p.png)", r"!\[p](https://a.org/p.png)"),
            ("a <img src=x onerror=a> b", r"a \<img src=x onerror=a> b"),
            (
                "<script>\na <b>\n</script>",
                "\\<script>\na \\<b>\n\\</script>",
            ),
            // The definition of a link goes with it.
            ("[x][r]\n\n[r]: command:a", "\\[x]\\[r]\n\n[r]: command:a"),
        ];
        for (text, shown) in cases {
            assert_eq!(safe(text).as_deref(), Some(shown), "{text}");
        }
        let good =
            "See [a](b.md#c), <https://a.org>, `<b>` and [v](live:driver).\n\n```html\n<b>\n```";
        assert_eq!(safe(good).as_deref(), Some(good));
        let deep = "![".repeat(40) + "x" + &"](command:a)".repeat(40);
        let shown = safe(&deep);
        assert!(shown.is_none_or(|shown| marks(&shown).is_empty()));
    }
}
