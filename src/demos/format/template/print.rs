//! How Go prints a value, and how its JSON encoder writes one.

use super::value::STRUCTS;
use super::{Fault, Shape, Val, unsupported};
use serde_json::Value;

/// A value in the middle of a template.
pub(super) fn shown(value: &Val<'_>) -> Result<String, Fault> {
    match value {
        Val::NoValue => Ok("<no value>".into()),
        Val::Null(text) => Ok((*text).to_owned()),
        Val::Text(text) => Ok(text.clone().into_owned()),
        Val::Whole(n) => Ok(n.to_string()),
        Val::Number(text) => Ok(text.clone()),
        Val::Float(n) => Ok(float(*n)),
        Val::Bool(yes) => Ok(yes.to_string()),
        Val::Texts(list) => Ok(format!("[{}]", list.join(" "))),
        Val::List(list, name, shape) => {
            let items = list
                .iter()
                .map(|item| inner(&Val::named(item, name, *shape), item));
            Ok(format!(
                "[{}]",
                items.collect::<Result<Vec<_>, _>>()?.join(" ")
            ))
        }
        Val::Object(map, name, shape) if Val::is_map(name, *shape) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let entries = entries.into_iter().map(|(key, value)| {
                let within = match shape {
                    Shape::Raw => Val::named(value, "", *shape),
                    // A map holds pointers to structs: Go prints their addresses.
                    Shape::Typed(_) if value.is_object() => match value.as_object() {
                        Some(empty) if empty.is_empty() => return Ok(format!("{key}:{{}}")),
                        _ => return Err(structure(name)),
                    },
                    Shape::Typed(_) => Val::named(value, "", *shape),
                };
                Ok(format!("{key}:{}", inner(&within, value)?))
            });
            Ok(format!(
                "map[{}]",
                entries.collect::<Result<Vec<_>, _>>()?.join(" ")
            ))
        }
        Val::Object(_, name, _) => {
            let Some((_, fields)) = STRUCTS.iter().find(|(own, _)| own == name) else {
                return Err(structure(name));
            };
            let fields = fields
                .iter()
                .map(|field| shown(&value.field(field).unwrap_or(Val::NoValue)));
            Ok(format!(
                "{{{}}}",
                fields.collect::<Result<Vec<_>, _>>()?.join(" ")
            ))
        }
        Val::Row(_) => Err(structure("")),
        Val::Header(_) => Ok(String::new()),
    }
}

/// Inside of a list or map a nothing prints as `<nil>`.
fn inner(value: &Val<'_>, json: &Value) -> Result<String, Fault> {
    match json {
        Value::Null => Ok("<nil>".into()),
        _ => shown(value),
    }
}

fn structure(name: &str) -> Fault {
    let name = if name.is_empty() { "" } else { "." };
    unsupported(&format!(
        "Printing a whole structure ({{{{{name}…}}}}; name one of its fields, or use json)"
    ))
}

/// Go's `%v` of a float.
pub(super) fn float(n: f64) -> String {
    match n.abs() {
        0.0 => "0".into(),
        size if !(1e-4..1e21).contains(&size) => {
            let text = format!("{n:e}");
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        _ => n.to_string(),
    }
}

/// JSON on one line, as Go's encoder writes it; `html` also escapes `<`, `>` and `&`.
pub(super) fn json(value: &Value, html: bool) -> String {
    let text = value.to_string();
    let mut out = String::with_capacity(text.len());
    // These letters stand in strings only, so they can be replaced wherever they are.
    for letter in text.chars() {
        match letter {
            '<' | '>' | '&' if html => out.push_str(&format!("\\u{:04x}", letter as u32)),
            '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", letter as u32)),
            c => out.push(c),
        }
    }
    out
}
