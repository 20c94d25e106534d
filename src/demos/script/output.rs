//! What came out, as lines that can be read and compared.

/// The lines of an output: `\r\n` ends a line as `\n` does, a last line needs no end, and
/// what a terminal would not show as text is left out or shown as `\u{fffd}`.
pub(super) fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines: Vec<String> = text
        .split('\n')
        .map(|line| clean(line).trim_end().to_owned())
        .collect();
    // What stands behind the last line end, when that is nothing, is no line.
    if text.is_empty() || text.ends_with('\n') {
        lines.pop();
    }
    lines
}

/// A line without the escapes that colour text and move the cursor. Any other control
/// character but the tab is shown as `\u{fffd}`.
pub(super) fn clean(line: &str) -> String {
    let line = line.strip_suffix('\r').unwrap_or(line);
    if !line.chars().any(is_odd) {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if c == '\u{1b}' {
            rest = after_escape(rest);
            continue;
        }
        out.push(if is_odd(c) { '\u{fffd}' } else { c });
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// Characters that are no text: controls, and those that turn the direction of writing.
fn is_odd(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What follows on the escape at the start of `text`: `ESC [ … letter`, `ESC ] … BEL` or
/// `ESC ] … ESC \`, or `ESC` and one character.
fn after_escape(text: &str) -> &str {
    let rest = &text[1..];
    if let Some(body) = rest.strip_prefix('[') {
        let end = body.find(|c: char| ('@'..='~').contains(&c));
        return end.map_or("", |at| &body[at + 1..]);
    }
    if let Some(body) = rest.strip_prefix(']') {
        let end = body.find(['\u{7}', '\u{1b}']);
        return end.map_or("", |at| {
            let after = &body[at + 1..];
            after.strip_prefix('\\').unwrap_or(after)
        });
    }
    let mut chars = rest.chars();
    // A character beyond ASCII belongs to no escape.
    match chars.next() {
        Some(c) if c.is_ascii() => chars.as_str(),
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_terminals_and_a_missing_one_make_no_difference() {
        assert_eq!(lines(b"a\r\nb\n"), ["a", "b"]);
        assert_eq!(lines(b"a\nb"), ["a", "b"]);
        assert_eq!(lines(b"a\n\n"), ["a", ""]);
        assert_eq!(lines(b"a  \t\n"), ["a"]);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn colours_vanish_and_other_controls_show() {
        assert_eq!(lines(b"\x1b[1;31mred\x1b[0m x"), ["red x"]);
        assert_eq!(lines(b"\x1b]0;title\x07a\x1b]2;t\x1b\\b\x1b(Bc"), ["abBc"]);
        assert_eq!(lines(b"a\x08\x00b\tc"), ["a\u{fffd}\u{fffd}b\tc"]);
        assert_eq!(lines(b"\x1b"), [""]);
        assert_eq!(lines(b"\x1b[31"), [""]);
        assert_eq!(lines("\u{1b}é".as_bytes()), ["é"]);
        assert_eq!(lines("a\u{202e}b".as_bytes()), ["a\u{fffd}b"]);
    }

    #[test]
    fn bytes_that_are_no_text_show() {
        assert_eq!(lines(b"a\xff\xfeb"), ["a\u{fffd}\u{fffd}b"]);
    }
}
