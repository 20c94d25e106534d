//! How large a picture is, from the first bytes of its file: so that a page keeps its
//! room before it is there, and nothing moves when it comes.
//!
//! What is not understood has no size; nothing here trusts a length that a file states.

/// Width and height in CSS pixels.
pub(super) type Size = (u32, u32);

/// How much of a file is looked at, in bytes. A camera writes a preview before the size.
pub(super) const HEAD: u64 = 256 << 10;

/// Endings of the files in which a size is looked for; the same are drawn as pictures.
const PICTURES: [&str; 10] = [
    "png", "apng", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico",
];

/// Is this the name of a picture that a browser draws?
pub(super) fn is_picture(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    PICTURES
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// The size that the picture beginning with `head` says it has.
pub(super) fn size(head: &[u8]) -> Option<Size> {
    let size = if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        (big(head, 16)?, big(head, 20)?)
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        (little(head, 6, 2)?, little(head, 8, 2)?)
    } else if head.starts_with(b"BM") {
        let tall = little(head, 22, 4)?;
        (little(head, 18, 4)?, tall.cast_signed().unsigned_abs())
    } else if head.starts_with(b"\xff\xd8") {
        jpeg(head)?
    } else if head.starts_with(b"RIFF") && head.get(8..12)? == b"WEBP" {
        webp(head)?
    } else {
        svg(head)?
    };
    let sane = |length: u32| (1..=100_000).contains(&length);
    (sane(size.0) && sane(size.1)).then_some(size)
}

fn big(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

fn little(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    let some = bytes.get(at..at + count)?;
    Some(
        some.iter()
            .rev()
            .fold(0, |sum, &byte| sum << 8 | u32::from(byte)),
    )
}

/// The frame header stands after any number of other segments.
fn jpeg(bytes: &[u8]) -> Option<Size> {
    let mut at = 2;
    loop {
        while *bytes.get(at)? == 0xff && *bytes.get(at + 1)? == 0xff {
            at += 1;
        }
        let (mark, kind) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        let length = usize::from(*bytes.get(at + 2)?) << 8 | usize::from(*bytes.get(at + 3)?);
        if mark != 0xff || length < 2 {
            return None;
        }
        if matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc) {
            let two =
                |at: usize| Some(u32::from(*bytes.get(at)?) << 8 | u32::from(*bytes.get(at + 1)?));
            return Some((two(at + 7)?, two(at + 5)?));
        }
        at += 2 + length;
    }
}

fn webp(bytes: &[u8]) -> Option<Size> {
    match bytes.get(12..16)? {
        b"VP8 " => Some((
            little(bytes, 26, 2)? & 0x3fff,
            little(bytes, 28, 2)? & 0x3fff,
        )),
        b"VP8L" => {
            let bits = little(bytes, 21, 4)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((little(bytes, 24, 3)? + 1, little(bytes, 27, 3)? + 1)),
        _ => None,
    }
}

/// The `width` and `height` of the first `<svg …>`, or the size of its `viewBox`.
fn svg(bytes: &[u8]) -> Option<Size> {
    let text = String::from_utf8_lossy(bytes);
    let from = text.find("<svg")?;
    let tag = &text[from..from + text[from..].find('>')?];
    let length = |value: &str| {
        let number = value.trim().trim_end_matches("px").trim();
        let number: f64 = number.parse().ok()?;
        (0.5..=100_000.0)
            .contains(&number)
            .then(|| number.round() as u32)
    };
    let said = |name| attribute(tag, name).and_then(length);
    if let (Some(width), Some(height)) = (said("width"), said("height")) {
        return Some((width, height));
    }
    let view: Vec<&str> = attribute(tag, "viewBox")?
        .split([' ', ',', '\t', '\n'])
        .filter(|part| !part.is_empty())
        .collect();
    match view[..] {
        [_, _, width, height] => Some((length(width)?, length(height)?)),
        _ => None,
    }
}

/// The value of an attribute in a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.match_indices(name).find_map(|(at, _)| {
        let before = tag[..at].chars().next_back()?;
        let value = tag[at + name.len()..]
            .trim_start()
            .strip_prefix('=')?
            .trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = &value[1..];
        before
            .is_whitespace()
            .then(|| value.find(quote).map(|end| &value[..end]))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_the_first_bytes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\x90\x08";
        assert_eq!(size(png), Some((640, 400)));
        assert_eq!(size(b"GIF89a\x20\0\x10\0rest"), Some((32, 16)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08\0\x30\0\x40\x03";
        assert_eq!(size(jpeg), Some((64, 48)));
        let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x1f\0\0\x0f\0\0";
        assert_eq!(size(webp), Some((32, 16)));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x1f\xc0\x03\0";
        assert_eq!(size(lossless), Some((32, 16)));
        // Other segments before it, one of which has a number like a frame's.
        let tables = b"\xff\xd8\xff\xc4\0\x09abcdefg\xff\xc0\0\x11\x08\0\x30\0\x40\x03";
        assert_eq!(size(tables), Some((64, 48)));
        let scaled = b"RIFF\0\0\0\0WEBPVP8 abcdefghij\x20\x40\x10\x80";
        assert_eq!(size(scaled), Some((32, 16)));
        let mut bitmap = b"BM0123456789abcdefghij".to_vec();
        bitmap[18..].copy_from_slice(&32_i32.to_le_bytes());
        // Drawn from its top.
        bitmap.extend((-16_i32).to_le_bytes());
        assert_eq!(size(&bitmap), Some((32, 16)));
        let svg = "<?xml?>\n<svg viewBox='0 0 24 12' stroke-width=\"2\" width=\"100%\">";
        assert_eq!(size(svg.as_bytes()), Some((24, 12)));
        assert_eq!(size(b"<svg width=\"30px\" height='20.4'>"), Some((30, 20)));
    }

    #[test]
    fn what_lies_or_ends_early_has_no_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\xff\xff\xff\xff\0\0\x01\x90\x08";
        assert_eq!(size(png), None);
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08\0\x30\0\x40\x03";
        for end in 0..jpeg.len() - 1 {
            assert_eq!(size(&jpeg[..end]), None, "{end}");
        }
        for text in [
            "",
            "<svg",
            "<svg width='1e9' height='1e9'>",
            "text",
            "RIFF",
            "BM",
        ] {
            assert_eq!(size(text.as_bytes()), None, "{text}");
        }
    }
}
