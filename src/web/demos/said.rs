//! What a command said, made harmless: bytes of a process become text for a page.
//!
//! A process in a container may print anything. Colours go; every other terminal
//! command, control character and switch of writing direction is shown as what it is,
//! so that nothing on the page moves, hides or reads backwards because of it.

use crate::demos::runner::Out;

/// A stretch of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it came out.
    pub stream: Stream,
    /// What it says; a template still has to escape it.
    pub text: String,
}

/// Where a stretch of output came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// The most that is shown of a command while it still runs, in bytes from the end.
const WHILE_RUNNING: usize = 8 * 1024;

/// What was said, in order, neighbours of one stream joined.
pub fn pieces(said: &[Out]) -> Vec<Piece> {
    let mut joined: Vec<(Stream, Vec<u8>)> = Vec::new();
    for out in said {
        let (stream, bytes) = match out {
            Out::Stdout(bytes) => (Stream::Out, bytes),
            Out::Stderr(bytes) => (Stream::Err, bytes),
            Out::Note(_) => continue,
        };
        match joined.last_mut() {
            Some((last, all)) if *last == stream => all.extend_from_slice(bytes),
            _ => joined.push((stream, bytes.to_vec())),
        }
    }
    let pieces = joined.into_iter().map(|(stream, bytes)| Piece {
        stream,
        text: harmless(&bytes),
    });
    pieces.filter(|piece| !piece.text.is_empty()).collect()
}

/// The same of a command that still runs: its last lines, and whether there are more.
pub fn tail(said: &[Out]) -> (Vec<Piece>, bool) {
    let (mut room, mut from) = (WHILE_RUNNING, said.len());
    while from > 0 {
        let size = match &said[from - 1] {
            Out::Stdout(bytes) | Out::Stderr(bytes) => bytes.len(),
            Out::Note(_) => 0,
        };
        if size > room {
            break;
        }
        room -= size;
        from -= 1;
    }
    if from == said.len()
        && let Some(last) = said.last()
    {
        // One chunk larger than what is shown: its end.
        let end = |bytes: &bytes::Bytes| bytes.slice(bytes.len() - WHILE_RUNNING..);
        let cut = match last {
            Out::Stdout(bytes) => Out::Stdout(end(bytes)),
            Out::Stderr(bytes) => Out::Stderr(end(bytes)),
            Out::Note(note) => Out::Note(note.clone()),
        };
        return (pieces(&[cut]), true);
    }
    (pieces(&said[from..]), from > 0)
}

/// Whether a line has columns, which breaking it would tear apart: two blanks in a row
/// that do not begin it.
pub fn has_columns(pieces: &[Piece]) -> bool {
    let lines = pieces.iter().flat_map(|piece| piece.text.lines());
    let mut lines = lines.map(str::trim);
    lines.any(|line| line.contains("  ") || line.contains('\t'))
}

/// The last of Waterline's own sentences about a command that runs.
pub fn last_note(said: &[Out]) -> Option<&str> {
    said.iter().rev().find_map(|out| match out {
        Out::Note(note) => Some(note.as_str()),
        _ => None,
    })
}

/// `bytes` as text in which nothing acts on whoever reads it.
pub fn harmless(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(letter) = rest.chars().next() {
        if letter == '\u{1b}'
            && let Some(length) = colour(rest)
        {
            rest = &rest[length..];
            continue;
        }
        if let Some(after) = rest.strip_prefix("\r\n") {
            plain.push('\n');
            rest = after;
            continue;
        }
        show(letter, &mut plain);
        rest = &rest[letter.len_utf8()..];
    }
    plain
}

/// The length of the colour command (`ESC [ 1 ; 31 m`) that `text` begins with.
fn colour(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let end = inside.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == ':'))?;
    inside[end..].starts_with('m').then_some(2 + end + 1)
}

/// Adds a letter as it is, or the sign for one that would act.
fn show(letter: char, plain: &mut String) {
    match letter {
        '\n' | '\t' => plain.push(letter),
        '\u{0}'..='\u{1f}' => {
            // The pictures of control characters stand in their own order.
            plain.extend(char::from_u32(0x2400 + u32::from(letter)));
        }
        '\u{7f}' => plain.push('\u{2421}'),
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => {
            plain.push_str(&format!("<U+{:04X}>", u32::from(letter)));
        }
        _ => plain.push(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_without_columns_may_be_broken() {
        let has = |text: &str| {
            let out = Out::Stdout(text.to_owned().into());
            has_columns(&pieces(&[out]))
        };
        assert!(!has(&"a".repeat(64)));
        assert!(!has("{\n    \"Id\": \"b\"\n}\n"));
        assert!(has("NAME   IMAGE\nweb    busybox\n"));
        assert!(has("1\t2\n"));
    }

    #[test]
    fn nothing_that_a_process_prints_acts_on_the_page() {
        for (said, shown) in [
            ("plain é\n\ttext\n", "plain é\n\ttext\n"),
            ("a\r\nb\r\n", "a\nb\n"),
            ("50%\r100%", "50%␍100%"),
            ("\x1b[1;31mred\x1b[0m", "red"),
            ("\x1b[2J\x1b]0;title\x07", "␛[2J␛]0;title␇"),
            ("\x1b[", "␛["),
            ("\x1b", "␛"),
            ("\x1b[31", "␛[31"),
            ("a\x08\x7fb\0", "a␈␡b␀"),
            ("x\u{202e}y\u{9b}2J", "x<U+202E>y<U+009B>2J"),
            ("<script>", "<script>"),
        ] {
            assert_eq!(harmless(said.as_bytes()), shown, "{said:?}");
        }
        assert_eq!(harmless(b"a\xffb"), "a\u{fffd}b");
    }

    #[test]
    fn a_letter_that_was_cut_in_two_is_read_whole() {
        let whole = "é".as_bytes();
        let said = [
            Out::Stdout(whole[..1].to_vec().into()),
            Out::Note("waits".into()),
            Out::Stdout(whole[1..].to_vec().into()),
            Out::Stderr("no\n".into()),
        ];
        let joined = pieces(&said);
        assert_eq!(joined.len(), 2);
        assert_eq!(joined[0].text, "é");
        assert_eq!(joined[1].stream, Stream::Err);
        assert_eq!(last_note(&said), Some("waits"));
    }

    #[test]
    fn while_a_command_runs_its_last_lines_are_shown() {
        let line = Out::Stdout("x".repeat(WHILE_RUNNING - 1).into());
        let last = Out::Stdout("y".into());
        let (shown, more) = tail(&[line.clone(), last.clone()]);
        assert_eq!((shown[0].text.len(), more), (WHILE_RUNNING, false));
        let (shown, more) = tail(&[line.clone(), line, last]);
        assert_eq!((shown[0].text.len(), more), (WHILE_RUNNING, true));
        let flood = Out::Stdout("z".repeat(3 * WHILE_RUNNING).into());
        let (shown, more) = tail(&[flood]);
        assert_eq!((shown[0].text.len(), more), (WHILE_RUNNING, true));
        assert_eq!(tail(&[]), (Vec::new(), false));
    }
}
