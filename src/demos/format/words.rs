//! Ages, sizes, ids and quotes in the docker command's own spelling.
//!
//! These follow Go's `fmt`, `strconv` and `time` and docker's units library to the
//! letter, since a demo compares what they make with what docker prints.

use jiff::Timestamp;
use serde_json::Value;

/// An age in seconds as docker says it: `Less than a second`, `3 seconds`, `About a
/// minute`, `2 weeks`. Without the `ago`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds as i64;
    let (minutes, exact_hours) = ((seconds / 60.0) as i64, seconds / 3600.0);
    let hours = (exact_hours + 0.5) as i64;
    match () {
        () if whole < 1 => "Less than a second".to_owned(),
        () if whole == 1 => "1 second".to_owned(),
        () if whole < 60 => format!("{whole} seconds"),
        () if minutes == 1 => "About a minute".to_owned(),
        () if minutes < 60 => format!("{minutes} minutes"),
        () if hours == 1 => "About an hour".to_owned(),
        () if hours < 48 => format!("{hours} hours"),
        () if hours < 24 * 7 * 2 => format!("{} days", hours / 24),
        () if hours < 24 * 30 * 2 => format!("{} weeks", hours / 24 / 7),
        () if hours < 24 * 365 * 2 => format!("{} months", hours / 24 / 30),
        () => format!("{} years", exact_hours as i64 / 24 / 365),
    }
}

/// How long before `now` the second `then` (since 1970) was: `3 seconds ago`.
pub fn ago(then: i64, now: Timestamp) -> String {
    let seconds = now.as_nanosecond() as f64 / 1e9 - then as f64;
    format!("{} ago", duration(seconds))
}

/// A size in powers of 1000 with at most `digits` digits: `1.99MB` with 3, `1.986MB`
/// with 4, `0B`.
pub fn size(bytes: f64, digits: usize) -> String {
    const UNITS: [&str; 9] = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    in_units(bytes, 1000.0, digits, &UNITS)
}

/// A size in powers of 1024, as memory is counted: `2.875MiB`.
pub fn binary_size(bytes: f64) -> String {
    const UNITS: [&str; 9] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];
    in_units(bytes, 1024.0, 4, &UNITS)
}

fn in_units(mut figure: f64, base: f64, digits: usize, units: &[&str]) -> String {
    let mut unit = 0;
    while figure >= base && unit + 1 < units.len() {
        figure /= base;
        unit += 1;
    }
    format!("{}{}", significant(figure, digits), units[unit])
}

/// A number as Go's `%.Ng` prints it: significant digits, no zeros at the end, an
/// exponent where there are more digits than that (`1e+03`).
pub fn significant(figure: f64, digits: usize) -> String {
    let digits = digits.max(1);
    if figure == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{figure:.*e}", digits - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs());
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    trimmed(&format!("{figure:.decimals$}")).to_owned()
}

fn trimmed(number: &str) -> &str {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}

/// The first twelve characters of an id, without its `sha256:`.
pub fn short_id(id: &str) -> &str {
    let id = id.split_once(':').map_or(id, |(_, hex)| hex);
    id.char_indices().nth(12).map_or(id, |(at, _)| &id[..at])
}

/// A text that is cut to `width` columns and then ends in `…`.
pub fn cut(text: &str, width: usize) -> String {
    let total: usize = text.chars().map(columns).sum();
    if total <= width {
        return text.to_owned();
    }
    let (mut used, mut kept) = (0, String::new());
    for letter in text.chars() {
        used += columns(letter);
        if used > width.saturating_sub(1) {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept
}

/// How many columns of a terminal a letter takes: two for the wide ones of East Asia
/// and for pictographs, none for combining marks.
pub fn columns(letter: char) -> usize {
    match u32::from(letter) {
        0..=0x1f | 0x7f..=0x9f | 0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// A text in double quotes with Go's escapes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                out.push_str(&format!("\\x{:02x}", c as u32));
            }
            c if c.is_control()
                || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}') =>
            {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A second since 1970 as Go prints a time in UTC: `2026-11-24 13:51:27 +0000 UTC`.
pub fn go_time(second: i64) -> String {
    match Timestamp::from_second(second) {
        Ok(time) => go_timestamp(time),
        Err(_) => second.to_string(),
    }
}

/// The same for a time with parts of a second.
pub fn go_timestamp(time: Timestamp) -> String {
    let mut text = time.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let nanoseconds = time.subsec_nanosecond();
    if nanoseconds != 0 {
        text.push_str(format!(".{nanoseconds:09}").trim_end_matches('0'));
    }
    text + " +0000 UTC"
}

/// A second since 1970 in RFC 3339, UTC: `2026-11-24T13:49:14Z`.
pub fn rfc3339(second: i64) -> String {
    match Timestamp::from_second(second) {
        Ok(time) => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Err(_) => second.to_string(),
    }
}

/// A build date in RFC 3339 as `docker version` rewrites it: `Thu May  7 21:09:36 2026`.
pub fn build_time(text: &str) -> String {
    match text.parse::<Timestamp>() {
        Ok(time) => time.strftime("%a %b %e %H:%M:%S %Y").to_string(),
        Err(_) => text.to_owned(),
    }
}

/// A field's text, or nothing.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A field's whole number, or 0.
pub fn whole(value: &Value, key: &str) -> i64 {
    value.get(key).and_then(Value::as_i64).unwrap_or_default()
}

/// The entries of a list field, or none.
pub fn entries<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The texts of a list field.
pub fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    entries(value, key)
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// The labels of an object as `key=value`, sorted, joined by commas.
pub fn labels(value: &Value) -> String {
    let mut pairs: Vec<String> = value
        .get("Labels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    pairs.sort();
    pairs.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_docker_says_them() {
        for (seconds, words) in [
            (0.4, "Less than a second"),
            (1.9, "1 second"),
            (59.9, "59 seconds"),
            (60.0, "About a minute"),
            (119.0, "About a minute"),
            (120.0, "2 minutes"),
            (3599.0, "59 minutes"),
            (3600.0, "About an hour"),
            (5400.0, "2 hours"),
            (47.4 * 3600.0, "47 hours"),
            (48.0 * 3600.0, "2 days"),
            (14.0 * 86400.0, "2 weeks"),
            (60.0 * 86400.0, "2 months"),
            (730.0 * 86400.0, "2 years"),
        ] {
            assert_eq!(duration(seconds), words, "{seconds} s");
        }
    }

    #[test]
    fn sizes_have_docker_s_digits() {
        assert_eq!(size(1_985_475.0, 3), "1.99MB");
        assert_eq!(size(1_985_475.0, 4), "1.985MB");
        assert_eq!(size(3216.0, 3), "3.22kB");
        assert_eq!(size(40.0, 3), "40B");
        assert_eq!(size(0.0, 3), "0B");
        assert_eq!(size(2_100_000.0, 3), "2.1MB");
        // Docker prints this, too.
        assert_eq!(size(999_900.0, 3), "1e+03kB");
        assert_eq!(binary_size(3_014_656.0), "2.875MiB");
        assert_eq!(binary_size(25_276_510_208.0), "23.54GiB");
        assert_eq!(binary_size(540_672.0), "528KiB");
    }

    #[test]
    fn a_long_text_is_cut_and_a_wide_one_earlier() {
        assert_eq!(
            cut("sh -c 'echo a long command line here'", 20),
            "sh -c 'echo a long …"
        );
        assert_eq!(cut("sleep 600", 20), "sleep 600");
        assert_eq!(cut("日本語日本語", 6), "日本…");
        assert_eq!(short_id("sha256:0123456789abcdef"), "0123456789ab");
        assert_eq!(short_id("0123"), "0123");
    }

    #[test]
    fn times_and_quotes_are_go_s() {
        assert_eq!(go_time(1_795_528_287), "2026-11-24 13:51:27 +0000 UTC");
        assert_eq!(
            go_timestamp("2026-11-24T13:49:12.803018400Z".parse().expect("a time")),
            "2026-11-24 13:49:12.8030184 +0000 UTC"
        );
        assert_eq!(
            build_time("2026-05-07T21:09:36.000000000+00:00"),
            "Thu May  7 21:09:36 2026"
        );
        assert_eq!(quoted("a \"b\"\n\u{1}é"), "\"a \\\"b\\\"\\n\\x01é\"");
    }
}
