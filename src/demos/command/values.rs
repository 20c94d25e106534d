//! The values of flags, read as docker reads them.
//!
//! `Err` holds what docker says after the flag's name where docker would not take the
//! value either; what docker would take and a sandbox does not is a [`Refusal`].

use super::words::{Filter, Typed, TypedImage, When};
use crate::demos::refusal::{Refusal, Rule};
use crate::engine::owned::{ImageName, Name};
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// A refusal by `rule`.
pub(super) fn no(rule: Rule, message: impl Into<String>) -> Refusal {
    Refusal::new(rule, message)
}

/// Go's `strconv.ParseInt`, in 64 bits.
pub(super) fn integer(text: &str) -> Result<i64, String> {
    let plain = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit());
    let fault = |what: &str| format!("strconv.ParseInt: parsing \"{text}\": {what}");
    match digits {
        true => text.parse().map_err(|_| fault("value out of range")),
        false => Err(fault("invalid syntax")),
    }
}

/// A size: `64m`, `1.5 GiB`, `1048576`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let at = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ');
    let at = at.ok_or_else(|| format!("invalid size: '{text}'"))?;
    let (number, suffix) = text.split_at(at + 1);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = match number.parse() {
        Ok(number) if plain => number,
        _ => return Err(format!("invalid size: '{text}'")),
    };
    let lower = suffix.to_ascii_lowercase();
    let shift = match lower
        .strip_suffix("ib")
        .or(lower.strip_suffix('b'))
        .unwrap_or(&lower)
    {
        "" if lower != "ib" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        "p" => 50,
        _ => return Err(format!("invalid suffix: '{suffix}'")),
    };
    let bytes = number * f64::from(2_u32).powi(shift);
    Ok(whole(bytes))
}

/// The whole part of what is not negative.
fn whole(number: f64) -> u64 {
    format!("{:.0}", number.trunc()).parse().unwrap_or(u64::MAX)
}

/// A number of processors, as billionths of one.
pub(super) fn cpus(text: &str) -> Result<u64, String> {
    let fault = || format!("failed to parse {text} as a rational number");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) {
        return Err(fault());
    }
    let part = part.trim_end_matches('0');
    if part.len() > 9 {
        return Err("value is too precise".into());
    }
    let read = |digits: &str| -> Result<u64, String> {
        match digits {
            "" => Ok(0),
            _ => digits.parse().map_err(|_| fault()),
        }
    };
    let billionths = read(&format!("{part:0<9}"))?;
    let whole = read(whole)?.checked_mul(1_000_000_000);
    whole
        .and_then(|whole| whole.checked_add(billionths))
        .ok_or_else(fault)
}

/// `--filter name=value`
pub(super) fn filter(text: &str) -> Result<Filter, String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("bad format of filter (expected name=value)")?;
    Ok(Filter {
        key: key.trim().to_ascii_lowercase(),
        value: value.trim().to_owned(),
    })
}

/// `--tail`: `None` is all.
pub(super) fn tail(text: &str) -> Result<Option<u64>, Refusal> {
    match text.parse::<i64>() {
        // Docker takes a negative number for all.
        Ok(lines) => Ok(u64::try_from(lines).ok()),
        Err(_) if text == "all" => Ok(None),
        Err(_) => Err(no(Rule::Flag, "--tail takes a number of lines, or all.")),
    }
}

/// `--since`, `--until`
pub(super) fn when(long: &str, text: &str) -> Result<When, Refusal> {
    let fits = moment(text)
        .map(When::At)
        .or_else(|| duration(text).map(When::Ago));
    fits.ok_or_else(|| {
        no(
            Rule::Flag,
            format!(
                "--{long} takes a time as 2026-11-24T10:00:00Z, seconds since 1970, or how long ago as 10m or 1h30m."
            ),
        )
    })
}

/// Seconds since 1970 or a date, in UTC unless it says otherwise.
fn moment(text: &str) -> Option<Timestamp> {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (seconds, part) = text.split_once('.').unwrap_or((text, ""));
    if !seconds.is_empty() && number(seconds) && number(part) && part.len() <= 9 {
        let nanos = format!("{part:0<9}").parse().ok()?;
        return Timestamp::new(seconds.parse().ok()?, nanos).ok();
    }
    let utc = |time: DateTime| Offset::UTC.to_timestamp(time).ok();
    let from_date = || {
        text.parse::<Date>()
            .ok()
            .and_then(|date| utc(date.at(0, 0, 0, 0)))
    };
    let from_time = || text.parse::<DateTime>().ok().and_then(utc);
    let starts_as_date = text.len() >= 10 && text.as_bytes().get(4) == Some(&b'-');
    starts_as_date.then(|| text.parse().ok().or_else(from_time).or_else(from_date))?
}

/// Go's `time.ParseDuration`, without a sign.
fn duration(text: &str) -> Option<SignedDuration> {
    let mut rest = text;
    let mut nanos: f64 = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        rest = &rest[end..];
        let end = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "ns" => 1.0,
            "us" | "µs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        nanos += number * unit;
        rest = &rest[end..];
    }
    // A hundred years at most.
    (!text.is_empty() && nanos < 3.2e18)
        .then(|| SignedDuration::try_from_secs_f64(nanos / 1e9).ok())?
}

/// What an object on the host is called that belongs to some sandbox.
fn is_real_name(text: &str) -> bool {
    text.get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("wl-"))
}

fn foreign(text: &str) -> Refusal {
    no(
        Rule::Foreign,
        format!(
            "{text}: what begins with wl- is what a sandbox's objects are called on the host. Here they have the names that you typed."
        ),
    )
}

/// A reference to a container, volume or network.
pub(super) fn typed(text: &str) -> Result<Typed, Refusal> {
    if is_real_name(text) {
        return Err(foreign(text));
    }
    Typed::parse(text).ok_or_else(|| {
        no(
            Rule::Text,
            format!("{text:?} is no name and no id: these are of letters, digits and _ . - only."),
        )
    })
}

/// References to containers, volumes or networks.
pub(super) fn typed_all(texts: &[String]) -> Result<Vec<Typed>, Refusal> {
    texts.iter().map(|text| typed(text)).collect()
}

/// A reference to an image, or to anything.
pub(super) fn typed_image(text: &str) -> Result<TypedImage, Refusal> {
    if text.split('/').any(is_real_name) {
        return Err(foreign(text));
    }
    if text.contains('@') {
        return Err(no(
            Rule::Image,
            format!(
                "{text}: a digest names an image of a registry. A sandbox runs busybox and what is committed in it."
            ),
        ));
    }
    TypedImage::parse(text).ok_or_else(|| {
        no(
            Rule::Text,
            format!("{text:?} is no name: names are of letters, digits and _ . - with / and : between their parts."),
        )
    })
}

/// References to images.
pub(super) fn typed_images(texts: &[String]) -> Result<Vec<TypedImage>, Refusal> {
    texts.iter().map(|text| typed_image(text)).collect()
}

/// A name for something new.
pub(super) fn name(kind: &str, text: &str) -> Result<Name, Refusal> {
    if is_real_name(text) {
        return Err(foreign(text));
    }
    let short = text.len() < 2 || text.len() > 63;
    Name::parse(text).filter(|_| !short).ok_or_else(|| {
        no(
            Rule::Text,
            format!("{text:?} is no name for a {kind}: 2 to 63 letters, digits and _ . - that begin with a letter or digit."),
        )
    })
}

/// A name for a new image.
pub(super) fn image_name(text: &str) -> Result<ImageName, Refusal> {
    if is_real_name(text) {
        return Err(foreign(text));
    }
    let name = ImageName::parse(text).filter(|name| !name.is_untagged());
    let name = name.ok_or_else(|| {
        no(
            Rule::Image,
            format!("{text:?} is no name for an image of a sandbox: small letters, digits, and _ . - / between them, then :TAG if you like; no registry and no digest."),
        )
    })?;
    match name.repository() {
        "busybox" => Err(no(
            Rule::Image,
            "busybox is the demo image, which everybody on this host uses. Call yours otherwise.",
        )),
        _ => Ok(name),
    }
}

/// A name on a network.
pub(super) fn alias(text: &str) -> Result<Name, Refusal> {
    name("container on a network", text)
}

/// Beginnings of variables by which tools on a host (nginx-proxy and its companion for
/// certificates, registrator) take a container for a service of theirs.
const READ_BY_TOOLS: &[&str] = &["VIRTUAL_", "LETSENCRYPT_", "SERVICE_"];

/// `-e NAME=value`
pub(super) fn env(text: &str) -> Result<String, Refusal> {
    let Some((key, _)) = text.split_once('=') else {
        return Err(no(
            Rule::Flag,
            format!(
                "-e {text}: docker would take the value from your own environment, and here is none. Write NAME=value."
            ),
        ));
    };
    let fits = !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    if !fits {
        return Err(no(Rule::Text, format!("{key:?} is no name of a variable.")));
    }
    if let Some(start) = READ_BY_TOOLS.iter().find(|start| key.starts_with(*start)) {
        return Err(no(
            Rule::Label,
            format!(
                "-e {key}: proxies and registrators on a host read variables that begin with {start} from every container. Call it otherwise."
            ),
        ));
    }
    Ok(text.to_owned())
}

/// `-h NAME`
pub(super) fn hostname(text: &str) -> Result<String, Refusal> {
    let fits = (1..=63).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
    match fits {
        true => Ok(text.to_owned()),
        false => Err(no(
            Rule::Text,
            format!("{text:?} is no host name: 1 to 63 letters, digits, dots and dashes."),
        )),
    }
}

/// `-w /PATH`
pub(super) fn workdir(text: &str) -> Result<String, Refusal> {
    let parts: Vec<&str> = text
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    if text.len() > 255 || !text.starts_with('/') || parts.contains(&"..") {
        return Err(no(
            Rule::Text,
            format!("-w {text}: a working directory is an absolute path, without .. in it."),
        ));
    }
    if matches!(parts.first(), Some(&("proc" | "sys" | "dev"))) {
        return Err(no(
            Rule::Privilege,
            format!(
                "-w {text}: no command begins in /proc, /sys or /dev, where some runtimes leave a way out to the host."
            ),
        ));
    }
    Ok(text.to_owned())
}

/// Beginnings of label keys that say nothing to any tool.
const PLAIN_LABELS: &[&str] = &[
    "com.example.",
    "org.example.",
    "demo.",
    "org.opencontainers.image.",
];
/// Words that are keys of tools although no dot is in them.
const TOOLS: &[&str] = &[
    "autoheal",
    "caddy",
    "swag",
    "wl",
    "watchtower",
    "traefik",
    "ofelia",
    "diun",
    "homepage",
    "service",
];

/// `-l key=value`
pub(super) fn label(text: &str) -> Result<(String, String), Refusal> {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    let lower = key.to_ascii_lowercase();
    let of_names = !key.is_empty()
        && key.len() <= 128
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    let first = lower.split(['_', '-']).next().unwrap_or_default();
    let plain = PLAIN_LABELS.iter().any(|start| lower.starts_with(start));
    let word = !lower.contains('.') && !TOOLS.contains(&first);
    if !of_names || !(plain || word) {
        return Err(no(
            Rule::Label,
            format!(
                "the label {key:?} may speak to another tool on this host (compose, watchtower, traefik). Use a word without dots, or com.example.NAME."
            ),
        ));
    }
    if value.len() > 512 {
        return Err(no(Rule::Label, "a label's value has at most 512 bytes."));
    }
    Ok((key.to_owned(), value.to_owned()))
}
