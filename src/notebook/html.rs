//! The little HTML that a note may hold, and writing HTML safely.

use super::parsed::Tag;

/// Appends `text` with everything escaped that could be read as HTML.
pub(super) fn escape(out: &mut String, text: &str) {
    escape_with(out, text, false);
}

/// Like [`escape`], but leaves entities (`&nbsp;`, `&#8211;`) alone.
pub(super) fn escape_raw(out: &mut String, text: &str) {
    escape_with(out, text, true);
}

fn escape_with(out: &mut String, text: &str, keep_entities: bool) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            b'&' if keep_entities && is_entity(&text[at..]) => continue,
            b'&' => "&amp;",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

fn is_entity(text: &str) -> bool {
    // Entities are short: looking further would cost a line of `&` its square.
    let near = &text.as_bytes()[1..text.len().min(34)];
    let Some(end) = near.iter().position(|&b| b == b';') else {
        return false;
    };
    let name = &near[..end];
    let body = name.strip_prefix(b"#").unwrap_or(name);
    !body.is_empty() && body.iter().all(u8::is_ascii_alphanumeric)
}

impl Tag {
    /// The element's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Br => "br",
            Self::Kbd => "kbd",
            Self::Sub => "sub",
            Self::Sup => "sup",
            Self::Details => "details",
            Self::Summary => "summary",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [
            Self::Br,
            Self::Kbd,
            Self::Sub,
            Self::Sup,
            Self::Details,
            Self::Summary,
        ]
        .into_iter()
        .find(|tag| tag.name().eq_ignore_ascii_case(name))
    }
}

/// What raw HTML turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// A comment; hidden.
    Comment,
    /// An element that works. Its attributes are dropped.
    Open(Tag),
    /// The end of one.
    Close(Tag),
    /// Anything else: shown as text. Names from the offset on are no references.
    Text { quiet_from: usize },
}

/// Reads the markup at the start of `text`, which begins with `<`: what it is
/// and how many bytes it takes. `None` for a `<` that begins no markup.
pub(super) fn markup(text: &str) -> Option<(Raw, usize)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        for short in ["<!-->", "<!--->"] {
            if text.starts_with(short) {
                return Some((Raw::Comment, short.len()));
            }
        }
        let end = comment.find("-->")?;
        return Some((Raw::Comment, 4 + end + 3));
    }
    let after = &text[1..];
    let closing = after.starts_with('/');
    let body = if closing { &after[1..] } else { after };
    let name_len = body
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || b == b'-'))?;
    let name = &body[..name_len];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let name_end = 1 + usize::from(closing) + name_len;
    if !matches!(
        text.as_bytes()[name_end],
        b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r'
    ) {
        return None;
    }
    let end = tag_end(text, name_end)?;
    let raw = match Tag::named(name) {
        Some(Tag::Br) => Raw::Open(Tag::Br),
        Some(tag) if closing => Raw::Close(tag),
        Some(tag) => Raw::Open(tag),
        None => Raw::Text {
            quiet_from: name_end,
        },
    };
    Some((raw, end))
}

/// The end of a tag: the first `>` outside quotes, before the next `<`.
fn tag_end(text: &str, from: usize) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'<') => return None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_elements_work_and_the_rest_is_text() {
        assert_eq!(markup("<br/>x"), Some((Raw::Open(Tag::Br), 5)));
        assert_eq!(
            markup("<KBD onclick='a>b'>"),
            Some((Raw::Open(Tag::Kbd), 19))
        );
        assert_eq!(markup("</details >"), Some((Raw::Close(Tag::Details), 11)));
        assert_eq!(markup("<!-- a\n<b> -->c"), Some((Raw::Comment, 14)));
        assert_eq!(markup("<Person>>"), Some((Raw::Text { quiet_from: 7 }, 8)));
        assert_eq!(
            markup("<img src=A_B>"),
            Some((Raw::Text { quiet_from: 4 }, 13))
        );
        for none in [
            "<!-- open",
            "<--",
            "< b>",
            "<3>",
            "<a",
            "<A_B>",
            "<a <b>",
            "<",
        ] {
            assert_eq!(markup(none), None, "{none}");
        }
    }

    #[test]
    fn escaping_leaves_no_markup() {
        let mut out = String::new();
        escape(&mut out, "<a href=\"x\" b='&amp;'>");
        assert_eq!(out, "&lt;a href=&quot;x&quot; b=&#39;&amp;amp;&#39;&gt;");
        out.clear();
        escape_raw(&mut out, "a&nbsp;b & c&d; &; &#39;");
        assert_eq!(out, "a&nbsp;b &amp; c&d; &amp;; &#39;");
    }
}
