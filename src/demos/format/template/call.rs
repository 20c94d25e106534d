//! The functions: docker's own and those of Go that are supported.

use super::super::words;
use super::{Fault, Shape, Val, print, unsupported};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The functions that can be called.
pub(super) const KNOWN: &[&str] = &[
    "and", "eq", "ge", "gt", "index", "join", "json", "le", "len", "lower", "lt", "ne", "not",
    "or", "pad", "print", "printf", "println", "split", "title", "truncate", "upper",
];

/// Functions that Go has and this does not.
pub(super) const UNSUPPORTED: &[&str] = &["call", "html", "js", "slice", "urlquery"];

/// Why a call gave nothing.
pub(super) enum Trouble {
    /// Go's message about the whole command.
    Command(String),
    /// Go's message about the function itself.
    Count(String),
    /// Go's message about one argument.
    Argument(usize, String),
    Unsupported(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Trouble::Unsupported(fault)
    }
}

type Called<'a> = Result<Val<'a>, Trouble>;

/// Calls a function. In a header, those that change a text give it back as it is.
pub(super) fn call<'a>(name: &str, args: &[Val<'a>], header: bool) -> Called<'a> {
    if header
        && matches!(
            name,
            "json" | "split" | "join" | "title" | "lower" | "upper" | "truncate"
        )
    {
        return Ok(args.first().cloned().unwrap_or(Val::NoValue));
    }
    match name {
        "json" => {
            let [value] = exactly(name, args)?;
            // A row writes its own JSON, with Go's escapes for HTML.
            let html = matches!(value, Val::Row(_));
            Ok(owned(print::json(&value.json(), html)))
        }
        "upper" => Ok(owned(text(name, args)?.to_uppercase())),
        "lower" => Ok(owned(text(name, args)?.to_lowercase())),
        "title" => Ok(owned(title(text(name, args)?))),
        "join" => {
            let [list, separator] = exactly(name, args)?;
            let list = texts(list).ok_or_else(|| {
                let message = format!("expected []string; got {}", list.kind());
                Trouble::Argument(0, format!("wrong type for value; {message}"))
            })?;
            Ok(owned(list.join(string(separator, 1)?)))
        }
        "split" => {
            let [whole, separator] = exactly(name, args)?;
            let (whole, separator) = (string(whole, 0)?, string(separator, 1)?);
            Ok(Val::Texts(match separator {
                "" => whole.chars().map(String::from).collect(),
                _ => whole.split(separator).map(str::to_owned).collect(),
            }))
        }
        "pad" => {
            let [value, before, after] = exactly(name, args)?;
            let (value, before, after) = (string(value, 0)?, whole(before, 1)?, whole(after, 2)?);
            Ok(match value {
                "" => owned(String::new()),
                _ => owned(format!("{}{value}{}", spaces(before), spaces(after))),
            })
        }
        "truncate" => {
            let [value, length] = exactly(name, args)?;
            let (value, length) = (string(value, 0)?, whole(length, 1)?);
            let length = usize::try_from(length).unwrap_or(0);
            let end = (0..=length.min(value.len()))
                .rev()
                .find(|at| value.is_char_boundary(*at));
            Ok(owned(value[..end.unwrap_or(0)].to_owned()))
        }
        "len" => {
            let [value] = exactly(name, args)?;
            length(value).map(Val::Whole)
        }
        "index" => index(args),
        "print" => {
            let mut out = String::new();
            for (at, value) in args.iter().enumerate() {
                let text = |v: &Val<'_>| matches!(v, Val::Text(_));
                if at > 0 && !text(value) && !text(&args[at - 1]) {
                    out.push(' ');
                }
                out.push_str(&print::shown(value)?);
            }
            Ok(owned(out))
        }
        "println" => {
            let words = args
                .iter()
                .map(print::shown)
                .collect::<Result<Vec<_>, _>>()?;
            Ok(owned(words.join(" ") + "\n"))
        }
        "printf" => printf(args),
        "not" => {
            let [value] = exactly(name, args)?;
            Ok(Val::Bool(!value.truth()))
        }
        "and" | "or" => Ok(args.last().cloned().unwrap_or(Val::NoValue)),
        "eq" => {
            let Some((first, rest)) = args.split_first().filter(|(_, rest)| !rest.is_empty())
            else {
                return Err(Trouble::Command(
                    "error calling eq: missing argument for comparison".into(),
                ));
            };
            for other in rest {
                if order(name, first, other)? == Ordering::Equal {
                    return Ok(Val::Bool(true));
                }
            }
            Ok(Val::Bool(false))
        }
        "ne" | "lt" | "le" | "gt" | "ge" => {
            let [first, second] = exactly(name, args)?;
            let order = order(name, first, second)?;
            Ok(Val::Bool(match name {
                "ne" => order.is_ne(),
                "lt" => order.is_lt(),
                "le" => order.is_le(),
                "gt" => order.is_gt(),
                _ => order.is_ge(),
            }))
        }
        _ => Err(unsupported(&format!("The function {name}")).into()),
    }
}

fn owned<'a>(text: String) -> Val<'a> {
    Val::Text(Cow::Owned(text))
}

fn spaces(count: i64) -> String {
    " ".repeat(usize::try_from(count).unwrap_or(0).min(1000))
}

fn exactly<'v, 'a, const N: usize>(
    name: &str,
    args: &'v [Val<'a>],
) -> Result<&'v [Val<'a>; N], Trouble> {
    args.try_into().map_err(|_| {
        let got = args.len();
        Trouble::Count(format!(
            "wrong number of args for {name}: want {N} got {got}"
        ))
    })
}

fn text<'v>(name: &str, args: &'v [Val<'_>]) -> Result<&'v str, Trouble> {
    let [value] = exactly(name, args)?;
    string(value, 0)
}

fn string<'v>(value: &'v Val<'_>, at: usize) -> Result<&'v str, Trouble> {
    match value {
        Val::Text(text) => Ok(text),
        other => Err(wrong(at, "string", other)),
    }
}

fn whole(value: &Val<'_>, at: usize) -> Result<i64, Trouble> {
    match value {
        Val::Whole(n) => Ok(*n),
        other => Err(wrong(at, "int", other)),
    }
}

fn wrong(at: usize, expected: &str, got: &Val<'_>) -> Trouble {
    let got = got.kind();
    Trouble::Argument(
        at,
        format!("wrong type for value; expected {expected}; got {got}"),
    )
}

fn texts(value: &Val<'_>) -> Option<Vec<String>> {
    match value {
        Val::Texts(list) => Some(list.clone()),
        Val::Null("[]") => Some(Vec::new()),
        Val::List(list, _, Shape::Typed(_)) => list
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

fn title(text: &str) -> String {
    let mut before = ' ';
    text.chars()
        .map(|letter| {
            let begins = !(before.is_alphanumeric() || before == '_' || before == '\'');
            before = letter;
            match begins {
                true => letter.to_ascii_uppercase(),
                false => letter,
            }
        })
        .collect()
}

fn length(value: &Val<'_>) -> Result<i64, Trouble> {
    let length = match value {
        Val::Text(text) => text.len(),
        Val::Texts(list) => list.len(),
        Val::List(list, ..) => list.len(),
        Val::Object(map, name, shape) if Val::is_map(name, *shape) => map.len(),
        Val::Null("[]" | "map[]") => 0,
        other => {
            let message = match other {
                Val::NoValue | Val::Null(_) => "len of nil pointer".to_owned(),
                _ => format!("len of type {}", other.kind()),
            };
            return Err(Trouble::Command(format!("error calling len: {message}")));
        }
    };
    Ok(i64::try_from(length).unwrap_or(i64::MAX))
}

fn index<'a>(args: &[Val<'a>]) -> Called<'a> {
    let fail = |message: String| Err(Trouble::Command(format!("error calling index: {message}")));
    let Some((first, keys)) = args.split_first() else {
        return Err(Trouble::Count(
            "wrong number of args for index: want at least 1 got 0".into(),
        ));
    };
    let mut value = first.clone();
    for key in keys {
        value = match (&value, key) {
            (Val::Texts(list), Val::Whole(at)) => match pick(list, *at) {
                Some(text) => owned(text.clone()),
                None => return fail(format!("index out of range: {at}")),
            },
            (Val::List(list, name, shape), Val::Whole(at)) => match pick(list, *at) {
                Some(item) => Val::named(item, name, *shape),
                None => return fail(format!("index out of range: {at}")),
            },
            (Val::Null("[]"), Val::Whole(at)) => {
                return fail(format!("index out of range: {at}"));
            }
            (Val::Text(text), Val::Whole(at)) => match pick(text.as_bytes(), *at) {
                Some(byte) => Val::Whole(i64::from(*byte)),
                None => return fail("reflect: string index out of range".into()),
            },
            (Val::Object(map, name, shape), Val::Text(key)) if Val::is_map(name, *shape) => {
                match map.contains_key(key.as_ref()) {
                    true => value.field(key).unwrap_or(Val::NoValue),
                    false if *shape == Shape::Raw => Val::NoValue,
                    // The zero of what the map holds: nearly always a text.
                    false => owned(String::new()),
                }
            }
            (Val::Null("map[]"), Val::Text(_)) => owned(String::new()),
            (Val::NoValue | Val::Null(_), _) => return fail("index of untyped nil".into()),
            (Val::List(..) | Val::Texts(_), other) => {
                return fail(format!(
                    "cannot index slice/array with type {}",
                    other.kind()
                ));
            }
            (other, _) => return fail(format!("can't index item of type {}", other.kind())),
        };
    }
    Ok(value)
}

fn pick<T>(list: &[T], at: i64) -> Option<&T> {
    list.get(usize::try_from(at).ok()?)
}

fn order(name: &str, first: &Val<'_>, second: &Val<'_>) -> Result<Ordering, Trouble> {
    let fail = |message: &str| Err(Trouble::Command(format!("error calling {name}: {message}")));
    match (first, second) {
        (Val::Text(a), Val::Text(b)) => Ok(a.as_bytes().cmp(b.as_bytes())),
        (Val::Whole(a), Val::Whole(b)) => Ok(a.cmp(b)),
        (Val::Float(a), Val::Float(b)) => Ok(a.total_cmp(b)),
        (Val::Number(a), Val::Number(b)) => Ok(a.cmp(b)),
        (Val::Number(a), Val::Text(b)) => Ok(a.as_bytes().cmp(b.as_bytes())),
        (Val::Text(a), Val::Number(b)) => Ok(a.as_bytes().cmp(b.as_bytes())),
        (Val::Bool(a), Val::Bool(b)) if matches!(name, "eq" | "ne") => Ok(a.cmp(b)),
        (Val::NoValue | Val::Null(_), Val::NoValue | Val::Null(_)) => Ok(Ordering::Equal),
        (Val::NoValue | Val::Null(_), _) | (_, Val::NoValue | Val::Null(_))
            if matches!(name, "eq" | "ne") =>
        {
            Ok(Ordering::Less)
        }
        (
            Val::Text(_) | Val::Number(_) | Val::Whole(_) | Val::Float(_) | Val::Bool(_),
            Val::Text(_) | Val::Number(_) | Val::Whole(_) | Val::Float(_) | Val::Bool(_),
        ) => fail("incompatible types for comparison"),
        _ => fail("invalid type for comparison"),
    }
}

/// `printf` with the verbs s, d, v, q and t, with flags `-` and `0` and a width.
fn printf<'a>(args: &[Val<'a>]) -> Called<'a> {
    let Some((format, args)) = args.split_first() else {
        return Err(Trouble::Count(
            "wrong number of args for printf: want at least 1 got 0".into(),
        ));
    };
    let (mut letters, mut args) = (string(format, 0)?.chars(), args.iter());
    let mut out = String::new();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let mut flags = String::new();
        let verb = loop {
            match letters.next() {
                Some(c @ ('-' | '0'..='9')) => flags.push(c),
                Some(verb) => break verb,
                None => break ' ',
            }
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        if !matches!(verb, 's' | 'd' | 'v' | 'q' | 't') {
            return Err(unsupported(&format!("%{flags}{verb} of printf")).into());
        }
        let Some(value) = args.next() else {
            out.push_str(&format!("%!{verb}(MISSING)"));
            continue;
        };
        let text = match (verb, value) {
            ('q', Val::Text(text)) => words::quoted(text),
            ('d', Val::Whole(n)) => n.to_string(),
            ('t', Val::Bool(yes)) => yes.to_string(),
            ('s', Val::Text(_) | Val::Texts(_)) | ('v', _) => print::shown(value)?,
            _ => format!("%!{verb}({}={})", value.kind(), print::shown(value)?),
        };
        let left = flags.starts_with('-');
        let width: usize = flags.trim_start_matches('-').parse().unwrap_or(0).min(1000);
        out.push_str(&match (left, flags.starts_with('0') && verb == 'd') {
            (true, _) => format!("{text:<width$}"),
            (_, true) => format!("{text:0>width$}"),
            _ => format!("{text:>width$}"),
        });
    }
    Ok(owned(out))
}
