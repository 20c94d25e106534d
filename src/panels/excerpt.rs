//! Excerpts: the part of a raw answer that a picture reads, bounded, for the drawer.

use serde_json::{Map, Value};

/// What an excerpt may take, in bytes of indented JSON.
const MOST: usize = 3000;
/// List entries looked at: more would be cut away below.
const ENTRIES: usize = 60;
/// Characters of one string.
const STRING: usize = 200;

/// The `fields` of `json` (of each entry, where it is a list), as indented JSON of at
/// most about 3 KB. A field is a path: `RootFS.Layers`. No fields: everything.
pub fn excerpt(json: &Value, fields: &[&str]) -> String {
    let kept = bounded(&pick(json, fields), 8);
    let text = serde_json::to_string_pretty(&kept).unwrap_or_default();
    if text.len() <= MOST {
        return text;
    }
    let mut shown = String::new();
    let mut lines = text.lines();
    for line in lines.by_ref() {
        if shown.len() + line.len() > MOST {
            break;
        }
        shown.push_str(line);
        shown.push('\n');
    }
    let more = lines.count() + 1;
    shown.push_str(&format!("… {more} more lines"));
    shown
}

/// Only the fields named.
fn pick(json: &Value, fields: &[&str]) -> Value {
    if fields.is_empty() {
        return json.clone();
    }
    match json {
        Value::Array(entries) => {
            let mut kept: Vec<Value> = entries
                .iter()
                .take(ENTRIES)
                .map(|entry| pick_object(entry, fields))
                .collect();
            note_rest(&mut kept, entries.len());
            Value::Array(kept)
        }
        other => pick_object(other, fields),
    }
}

fn pick_object(json: &Value, fields: &[&str]) -> Value {
    let Value::Object(object) = json else {
        return json.clone();
    };
    let mut kept = Map::new();
    for (key, value) in object {
        let below: Vec<&str> = fields
            .iter()
            .filter_map(|field| field.strip_prefix(key.as_str())?.strip_prefix('.'))
            .collect();
        if fields.contains(&key.as_str()) {
            kept.insert(key.clone(), value.clone());
        } else if !below.is_empty() {
            kept.insert(key.clone(), pick(value, &below));
        }
    }
    Value::Object(kept)
}

/// Long lists, long strings and deep nesting cut, each with a mark that says so.
fn bounded(json: &Value, depth: usize) -> Value {
    match json {
        Value::Array(_) | Value::Object(_) if depth == 0 => Value::String("…".into()),
        Value::Array(entries) => {
            let mut kept: Vec<Value> = entries
                .iter()
                .take(ENTRIES)
                .map(|entry| bounded(entry, depth - 1))
                .collect();
            note_rest(&mut kept, entries.len());
            Value::Array(kept)
        }
        Value::Object(object) => {
            let mut kept: Map<String, Value> = object
                .iter()
                .take(ENTRIES)
                .map(|(key, value)| (super::words::short(key, STRING), bounded(value, depth - 1)))
                .collect();
            if object.len() > ENTRIES {
                let rest = format!("{} more", object.len() - ENTRIES);
                kept.insert("…".into(), Value::String(rest));
            }
            Value::Object(kept)
        }
        Value::String(text) => Value::String(super::words::short(text, STRING)),
        other => other.clone(),
    }
}

fn note_rest(kept: &mut Vec<Value>, all: usize) {
    if all > kept.len() {
        kept.push(Value::String(format!("… {} more", all - kept.len())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_drawer_shows_only_what_the_picture_reads() {
        let answer = json!({"Driver": "overlay2", "ID": "X", "RootFS": {"Type": "layers", "Layers": ["sha256:a"]}});
        let shown = excerpt(&answer, &["Driver", "RootFS.Layers"]);
        assert_eq!(
            serde_json::from_str::<Value>(&shown).expect("still JSON"),
            json!({"Driver": "overlay2", "RootFS": {"Layers": ["sha256:a"]}})
        );
    }

    #[test]
    fn a_large_answer_is_cut_and_says_so() {
        let entry = json!({"Id": "x".repeat(5000), "Names": ["/web"]});
        let shown = excerpt(&Value::Array(vec![entry; 500]), &["Id", "Names"]);
        assert!(shown.len() < MOST + 100, "{}", shown.len());
        assert!(shown.ends_with("more lines"), "{shown}");
    }
}
