//! Scanning a run of plain text for anchors, words that may be references, and
//! bare web addresses.
//!
//! This looks at every byte of prose once, so ordinary words are passed over
//! with a table look-up and a flag. Whether a word *is* a reference is decided
//! later, when all names are known.

use super::name;

/// Something found in a run of text, by its byte range in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// `<<NAME>>`, brackets included.
    Anchor(usize, usize),
    /// A word with the shape of a NAME. Its last `trim` bytes are `_` or `-`
    /// that may be punctuation.
    Word(usize, usize, u16),
    /// `http://…` or `https://…`, without the punctuation after it.
    Url(usize, usize),
    /// `[[Note]]` or `![[picture.png]]`, brackets included.
    Wiki(usize, usize),
}

/// What may be found in a run.
#[derive(Clone, Copy)]
pub(super) struct Allow {
    /// Anchors define here.
    pub anchors: bool,
    /// Words may be references here (not so inside a link).
    pub words: bool,
    /// Bare addresses become links here (not so inside a link or code).
    pub urls: bool,
    /// `[[…]]` is a link here (not so inside a link or code).
    pub wiki: bool,
}

const WORD: u8 = 1;
const SPECIAL: u8 = 2;
const OTHER: u8 = 4;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if b.is_ascii_alphanumeric() || b == b'_' || b == b'-' {
            class[byte] |= WORD;
        }
        if b == b'_' || b.is_ascii_uppercase() {
            class[byte] |= SPECIAL;
        }
        if b >= 0x80 {
            class[byte] |= WORD | SPECIAL | OTHER;
        }
        byte += 1;
    }
    class
};

/// Calls `found` for everything in `text[start..end]`, in order. `quiet` are
/// rising ranges in which words are no references (attributes of HTML shown as
/// text).
pub(super) fn scan(
    text: &str,
    (start, end): (usize, usize),
    quiet: &[(usize, usize)],
    allow: Allow,
    mut found: impl FnMut(Found),
) {
    let bytes = &text.as_bytes()[..end];
    if is_plain(&bytes[start..]) {
        return;
    }
    let mut quiet = quiet.iter().peekable();
    let mut at = start;
    while at < end {
        let byte = bytes[at];
        if CLASS[byte as usize] & WORD != 0 {
            let from = at;
            let mut flags = CLASS[byte as usize] & OTHER;
            at += 1;
            while at < end && CLASS[bytes[at] as usize] & WORD != 0 {
                flags |= CLASS[bytes[at] as usize];
                at += 1;
            }
            if at < end && bytes[at] == b':' && bytes[at..].starts_with(b"://") {
                let stop = url_end(bytes, at);
                let scheme = &text[from..at];
                let is_web =
                    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
                let shown = trim_url(text, at + 3, stop);
                if is_web && allow.urls && shown > at + 3 {
                    found(Found::Url(from, shown));
                }
                at = stop;
            } else if at < end && bytes[at] == b'.' && text[from..at].eq_ignore_ascii_case("www") {
                at = url_end(bytes, at);
            } else if flags & (SPECIAL | OTHER) != 0 && allow.words {
                while quiet.next_if(|(_, end)| *end <= from).is_some() {}
                if quiet.peek().is_some_and(|(begin, _)| *begin <= from) {
                    continue;
                }
                words(text, from, at, flags & OTHER != 0, &mut found);
            }
        } else if byte == b'<' && allow.anchors && bytes[at..].starts_with(b"<<") {
            match anchor_end(text, start, at, end) {
                Some(stop) => {
                    found(Found::Anchor(at, stop));
                    at = stop;
                }
                None => at += 1,
            }
        } else if byte == b'[' && allow.wiki && bytes[at..].starts_with(b"[[") {
            match wiki_end(text, start, at, end) {
                Some(stop) => {
                    let embeds = at > start && bytes[at - 1] == b'!';
                    found(Found::Wiki(at - usize::from(embeds), stop));
                    at = stop;
                }
                None => at += 1,
            }
        } else {
            at += 1;
        }
    }
}

/// Is there nothing to find at all? Most prose is so. Without an early end, so
/// that the processor looks at many bytes at once.
fn is_plain(bytes: &[u8]) -> bool {
    let odd = |b: u8| (b == b'_') | (b == b'<') | (b == b':') | (b == b'[') | (b >= 0x80);
    let upper = |b: u8| b.wrapping_sub(b'A') < 26;
    let inner = |b: u8| ((b | 0x20).wrapping_sub(b'a') < 26) | (b.wrapping_sub(b'-') < 13);
    let some = bytes.iter().fold(false, |some, &b| some | odd(b));
    // A hump inside a word: an upper-case letter after something of a word.
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let humps = pairs.fold(false, |some, (&a, &b)| some | (inner(a) & upper(b)));
    !some && !humps
}

/// The end of the anchor that begins at `at`, when there is one.
fn anchor_end(text: &str, start: usize, at: usize, end: usize) -> Option<usize> {
    // `\<<NAME>>`: the author wants to show an anchor, not to make one.
    if at == start && at > 0 && text.as_bytes()[at - 1] == b'\\' {
        return None;
    }
    let inner = &text[at + 2..end];
    let length = inner
        .find(|c| !name::is_word_char(c))
        .filter(|&length| inner[length..].starts_with(">>"))?;
    name::is_name(&inner[..length]).then_some(at + 2 + length + 2)
}

/// A wiki link is a name and perhaps a label: longer ones were not meant as one.
const LONGEST_WIKI: usize = 500;

/// The end of the wiki link that begins at `at`, when there is one. Lists in lists
/// (`[[1, 2], [3, 4]]`) and tests of a shell (`[[ -f x ]]`) are none.
fn wiki_end(text: &str, start: usize, at: usize, end: usize) -> Option<usize> {
    // `\[[Note]]`: the author wants to show one, not to make one.
    if at == start && at > 0 && text.as_bytes()[at - 1] == b'\\' {
        return None;
    }
    let inner = &text.as_bytes()[at + 2..end.min(at + 2 + LONGEST_WIKI)];
    let length = inner
        .iter()
        .position(|b| matches!(b, b'[' | b']' | b'<' | b'>' | b'\n' | b'`'))
        .filter(|&length| inner[length..].starts_with(b"]]"))?;
    let inner = text.get(at + 2..at + 2 + length)?;
    let target = inner.split('|').next().unwrap_or_default();
    let spaced = inner.starts_with(char::is_whitespace) && inner.ends_with(char::is_whitespace);
    let names = target.contains(char::is_alphanumeric) && !target.contains("://");
    let footnote = target.starts_with('^');
    (names && !spaced && !footnote).then_some(at + 2 + length + 2)
}

/// Reports the words in `text[from..to]`, a run of word bytes.
fn words(text: &str, from: usize, to: usize, other: bool, found: &mut impl FnMut(Found)) {
    if !other {
        return word(text, from, to, found);
    }
    // Not only ASCII: cut at characters that are no word characters.
    let mut at = from;
    for part in text[from..to].split(|c| !name::is_word_char(c)) {
        let begin = at + (part.as_ptr() as usize - text[at..].as_ptr() as usize);
        word(text, begin, begin + part.len(), found);
        at = begin + part.len();
    }
}

/// Reports `text[from..to]`, one whole word, when it has the shape of a NAME.
fn word(text: &str, from: usize, to: usize, found: &mut impl FnMut(Found)) {
    let first = from;
    let whole = &text[from..to];
    let from = from + (whole.len() - whole.trim_start_matches(['_', '-']).len());
    let whole = &text[from..to];
    // `Some\_Name` reads as one word, though the parser cuts it at the escape.
    let escaped = |at: usize| matches!(text.as_bytes().get(at..at + 2), Some(b"\\_" | b"\\-"));
    if escaped(to) || (first > 0 && escaped(first - 1)) || in_mail_address(text, first, to) {
        return;
    }
    let bare = whole.trim_end_matches(['_', '-']);
    // `Learning_X_` is itself a possible name, so the whole word is kept.
    if name::is_name(bare) || (bare.len() < whole.len() && name::is_name(whole)) {
        let trim = u16::try_from(whole.len() - bare.len()).unwrap_or(0);
        found(Found::Word(from, to, trim));
    }
}

/// Is the word a part of `someone@example.org`?
fn in_mail_address(text: &str, from: usize, to: usize) -> bool {
    let joins = |before: &str, after: &str| {
        before.ends_with(name::is_word_char) && after.starts_with(name::is_word_char)
    };
    let (before, after) = (&text[..from], &text[to..]);
    after
        .strip_prefix('@')
        .is_some_and(|after| joins(&text[..to], after))
        || before
            .strip_suffix('@')
            .is_some_and(|before| joins(before, &text[from..]))
}

/// Where an address that goes on at `at` ends: at white space, a quote or `<`.
fn url_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'>' | b'"' | b'`'))
        .map_or(bytes.len(), |length| at + length)
}

/// Cuts punctuation that belongs to the sentence off an address. Brackets are
/// counted once, so that a million of them take no longer than a million letters.
fn trim_url(text: &str, from: usize, to: usize) -> usize {
    let mut url = &text[from..to];
    let count = |bracket: u8| url.bytes().filter(|&b| b == bracket).count();
    let (round, square) = (count(b'('), count(b'['));
    let (mut round_ends, mut square_ends) = (count(b')'), count(b']'));
    while let Some(last) = url.chars().next_back() {
        match last {
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' => {}
            ')' if round_ends > round => round_ends -= 1,
            ']' if square_ends > square => square_ends -= 1,
            _ => break,
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    from + url.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Allow = Allow {
        anchors: true,
        words: true,
        urls: true,
        wiki: true,
    };

    fn found(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        scan(text, (0, text.len()), &[], ALL, |found| {
            all.push(match found {
                Found::Anchor(a, b) => format!("A {}", &text[a..b]),
                Found::Word(a, b, trim) => format!("W {}", &text[a..b - trim as usize]),
                Found::Url(a, b) => format!("U {}", &text[a..b]),
                Found::Wiki(a, b) => format!("L {}", &text[a..b]),
            });
        });
        all
    }

    #[test]
    fn anchors_need_a_name_without_spaces() {
        assert_eq!(found("x <<A_B>> y"), ["A <<A_B>>"]);
        assert_eq!(found("<<A_B>><<FooBar>>"), ["A <<A_B>>", "A <<FooBar>>"]);
        assert_eq!(found("<<<A_B>>>"), ["A <<A_B>>"]);
        for nothing in [
            "vector<<int>>",
            "cat <<EOF>>f",
            "<< x.y >>",
            "<<>>",
            "<<",
            "1 << 2",
        ] {
            assert!(found(nothing).is_empty(), "{nothing}");
        }
        assert_eq!(found("<<A_B>"), ["W A_B"]);
    }

    #[test]
    fn a_word_is_whole() {
        assert_eq!(
            found("(A_B), A_B's A_B. A_B-"),
            ["W A_B", "W A_B", "W A_B", "W A_B"]
        );
        assert_eq!(found("A_B’s “A_B”—A_B…"), ["W A_B", "W A_B", "W A_B"]);
        assert_eq!(found("éA_B A_Bを 3A_B"), ["W éA_B", "W A_Bを"]);
        assert_eq!(found("-A_B _A_B_ --"), ["W A_B", "W A_B"]);
        assert!(found("plain Words and-dashes EOF").is_empty());
    }

    #[test]
    fn plain_prose_is_passed_over() {
        assert!(is_plain(
            b"Some words, and 12 numbers (of a kind). EOF"[..40].as_ref()
        ));
        assert!(is_plain(b""));
        for text in [
            "a_b", "x: y", "<", "FooBar", "Foo-Bar", "Foo2Bar", "\u{e9}", "aA", "EOF",
        ] {
            assert!(!is_plain(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn wiki_links_are_found_and_other_brackets_are_not() {
        assert_eq!(
            found("see [[My note]], ![[a/b.png]] and [[Note#Part|that *one*]]."),
            [
                "L [[My note]]",
                "L ![[a/b.png]]",
                "L [[Note#Part|that *one*]]"
            ]
        );
        assert_eq!(found("[[A_B]] [[[A_B]]]"), ["L [[A_B]]", "L [[A_B]]"]);
        for text in [
            "[[1, 2], [3, 4]]",
            "[[ -f x ]]",
            "[[]]",
            "[[|x]]",
            "[[-]]",
            "[[a\nb]]",
            "[[https://a.org]]",
            "[[^1]]",
            "[[a",
            "[a]]",
        ] {
            assert!(
                found(text).iter().all(|found| !found.starts_with('L')),
                "{text}"
            );
        }
        let long = format!("[[{}]]", "a".repeat(LONGEST_WIKI));
        assert!(found(&long).is_empty());
    }

    #[test]
    fn an_address_holds_no_words() {
        assert_eq!(
            found("see https://x.org/A_B?q=C_D, or (http://y/A_B)."),
            ["U https://x.org/A_B?q=C_D", "U http://y/A_B"]
        );
        assert_eq!(found("tcp://h/A_B www.x.org/A_B C_D"), ["W C_D"]);
        assert!(found("https://").is_empty());
        assert_eq!(
            found("A_B@x.org me@A_B.org @A_B A_B @ x"),
            ["W A_B", "W A_B"]
        );
        assert_eq!(found("(see [http://y/(z)]))"), ["U http://y/(z)"]);
    }
}
