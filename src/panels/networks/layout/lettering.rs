//! Words cut and broken to the room that they have.

use crate::panels::words;

/// Cuts `text` to `px` pixels, keeping its end: names differ there.
pub(super) fn fit_name(text: &str, px: i32) -> String {
    let px = f64::from(px);
    let clean = words::short(text, 200);
    if words::width(&clean) <= px {
        return clean;
    }
    let chars: Vec<char> = clean.chars().collect();
    (2..chars.len())
        .rev()
        .map(|kept| {
            let tail = kept / 2;
            let head: String = chars[..kept - tail].iter().collect();
            let tail: String = chars[chars.len() - tail..].iter().collect();
            format!("{head}…{tail}")
        })
        .find(|cut| words::width(cut) <= px)
        .unwrap_or_else(|| "…".into())
}

/// Cuts a text in 12 px type to `px` pixels.
pub(super) fn fit_small(text: &str, px: i32) -> String {
    words::fit(text, f64::from(px) * 13.0 / 12.0)
}

/// Cuts an address to `px` pixels: 12 px of a fixed width, 7.3 each and some slack.
pub(super) fn fit_code(text: &str, px: i32) -> String {
    words::short(text, usize::try_from(px / 8).unwrap_or(0).max(3))
}

/// Breaks a text in 12 px type into lines of `px` pixels: four at most, or eight short ones.
pub(super) fn wrap(text: &str, px: i32) -> Vec<String> {
    let mut lines = words::lines(text, f64::from(px) * 13.0 / 12.0);
    lines.truncate(if px < 300 { 8 } else { 4 });
    lines
}
