//! Words: sizes, counts and names as a reader wants them, and names from a host
//! made safe to stand in a picture.

/// A size as docker writes it: decimal units, `74.8 MB`, `1.62 kB`, `0 B`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut figure = bytes as f64 / 1000.0;
    let mut unit = 0;
    // 999.95 would be written "1000.0": the next unit reads better.
    while figure >= 999.95 && unit + 1 < UNITS.len() {
        figure /= 1000.0;
        unit += 1;
    }
    let decimals = if figure < 9.995 { 2 } else { 1 };
    format!("{figure:.decimals$} {}", UNITS[unit])
}

/// `no images`, `one image`, `two images`, `13 images`.
pub fn count(n: usize, noun: &str) -> String {
    let number = number(n);
    match n {
        1 => format!("{number} {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// A number up to twelve as a word.
pub fn number(n: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS
        .get(n)
        .map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

/// The same with a capital, to begin a sentence.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// Text from a host on one line: what would break the line, hide itself or turn the
/// reading direction of its neighbours becomes `·`.
pub fn plain(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    text.chars()
        .map(|c| if unseen(c) { '·' } else { c })
        .collect()
}

/// [`plain`], at most `most` characters long; a longer one ends in `…`.
pub fn short(text: &str, most: usize) -> String {
    // A name may be megabytes long: never look at more than could be shown.
    let head: String = text.chars().take(most + 1).collect();
    let head = plain(&head);
    if head.chars().count() <= most {
        return head;
    }
    let mut kept: Vec<char> = head.chars().take(most.saturating_sub(1)).collect();
    while kept.last().is_some_and(|c| c.is_whitespace()) {
        kept.pop();
    }
    kept.push('…');
    kept.into_iter().collect()
}

/// [`short`], for a place `px` pixels wide in 13 px type. Generous, since the
/// reader's fonts may be wider than ours.
pub fn fit(text: &str, px: f64) -> String {
    let mut room = px;
    let mut fits = 0;
    for c in text.chars() {
        room -= breadth(c);
        if room < 0.0 {
            return short(text, fits.max(1));
        }
        fits += 1;
    }
    short(text, fits.max(1))
}

/// About how wide a text stands in 13 px type, in pixels.
pub fn width(text: &str) -> f64 {
    text.chars().map(breadth).sum()
}

/// Breaks a text in 13 px type into lines of `px` pixels; a word that is longer is cut.
pub fn lines(text: &str, px: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + width(word) + 5.0 <= px => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(short(word, 60)),
        }
    }
    lines.iter_mut().for_each(|line| *line = fit(line, px));
    lines
}

fn breadth(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '/' => 4.4,
        'r' | 't' | 'f' | '-' | '(' | ')' => 5.8,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 12.0,
        c if c.is_ascii_uppercase() => 9.4,
        c if (c as u32) < 0x1100 => 7.7,
        _ => 14.0,
    }
}

/// An id as docker shortens it: twelve hexadecimal digits, no `sha256:`.
pub fn short_id(id: &str) -> String {
    short(id.strip_prefix("sha256:").unwrap_or(id), 64)
        .chars()
        .take(12)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_reads_as_docker_writes_it() {
        for (bytes, read) in [
            (0, "0 B"),
            (999, "999 B"),
            (1620, "1.62 kB"),
            (18_400_000, "18.4 MB"),
            (112_200_000, "112.2 MB"),
            (999_960, "1.00 MB"),
            (u64::MAX, "18446.7 PB"),
        ] {
            assert_eq!(size(bytes), read);
        }
    }

    #[test]
    fn a_name_cannot_turn_or_hide_its_neighbours() {
        assert_eq!(plain("a\u{202e}b\nc\u{200b}"), "a·b·c·");
        assert_eq!(short("shop/web:1.4", 8), "shop/we…");
        assert_eq!(short("web", 8), "web");
        assert_eq!(short("", 0), "");
        assert_eq!(short("שלוםשלום", 4), "שלו…");
    }

    #[test]
    fn a_text_is_cut_to_its_place() {
        assert_eq!(fit("web", 100.0), "web");
        assert!(width(&fit(&"w".repeat(5000), 100.0)) <= 112.0);
        assert_eq!(fit("漢字漢字", 30.0), "漢…");
    }

    #[test]
    fn a_list_reads_as_a_sentence() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(list(&items), "a, b and c");
        assert_eq!(list(&items[..2]), "a and b");
        assert_eq!(count(1, "image"), "one image");
        assert_eq!(count(13, "image"), "13 images");
        assert_eq!(capital(&count(2, "layer")), "Two layers");
    }
}
