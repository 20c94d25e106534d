//! Processes: what may be said of a list that the host's `ps` made.
//!
//! Asked for program names and signal masks, an engine may still answer with whole
//! command lines: some ignore what `ps` is asked for. So it is decided here, column by
//! column: figures and masks stay, a program keeps its first word, others are masked.

use super::mask::{self, MASK};
use serde_json::Value;

/// Columns that hold no text of a person's. A user's name is the system's.
const KEPT: [&str; 9] = [
    "PID", "PPID", "STAT", "BLOCKED", "IGNORED", "CAUGHT", "USER", "UID", "S",
];
/// Columns of which the program's name is kept.
const PROGRAMS: [&str; 4] = ["COMMAND", "CMD", "ARGS", "COMM"];

/// Masks `{"Titles": [..], "Processes": [[..]]}`.
pub fn mask(json: &mut Value) {
    let Value::Object(object) = json else {
        return hide(json);
    };
    let titles: Vec<String> = object
        .get("Titles")
        .and_then(Value::as_array)
        .map(|titles| {
            let title = |title: &Value| title.as_str().unwrap_or_default().to_ascii_uppercase();
            titles.iter().map(title).collect()
        })
        .unwrap_or_default();
    for (name, value) in object.iter_mut() {
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("Titles", Value::Array(titles)) => {
                for title in titles {
                    let known = title.as_str().is_some_and(|title| {
                        !title.is_empty() && title.len() <= 24 && !title.contains('=')
                    });
                    if !known {
                        hide(title);
                    }
                }
            }
            ("Processes", Value::Array(rows)) => rows.iter_mut().for_each(|row| line(row, &titles)),
            (_, other) => hide(other),
        }
    }
}

fn line(row: &mut Value, titles: &[String]) {
    let Value::Array(cells) = row else {
        return hide(row);
    };
    for (at, cell) in cells.iter_mut().enumerate() {
        let title = titles.get(at).map_or("", String::as_str);
        match cell {
            Value::String(text) if KEPT.contains(&title) => *text = mask::line(text),
            Value::String(text) if PROGRAMS.contains(&title) => *text = mask::command(text),
            other => hide(other),
        }
    }
}

fn hide(value: &mut Value) {
    if !value.is_null() {
        *value = MASK.into();
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::{Ask, Id, mask};
    use serde_json::{Value, json};

    fn top(mut answer: Value) -> Value {
        let id = Id::new("web").expect("an id");
        mask::answer(&Ask::Top(id), &mut answer);
        answer
    }

    #[test]
    fn what_was_asked_for_stays_as_it_is() {
        let asked = json!({
            "Titles": ["PID", "PPID", "STAT", "BLOCKED", "IGNORED", "CAUGHT", "COMMAND"],
            "Processes": [["2003", "1982", "Ss", "0", "0", "0000000000004000", "httpd"]],
        });
        assert_eq!(top(asked.clone()), asked);
    }

    #[test]
    fn an_engine_that_answers_with_command_lines_keeps_none_of_them() {
        for title in ["CMD", "COMMAND", "Args", "ENVIRON", "Command Line"] {
            let told = top(json!({
                "Titles": ["UID", "PID", title],
                "Processes": [["root", "7", "redis-server --requirepass hunter2"],
                              ["root", "8", "TOKEN=hunter2 x"], ["root", "9", "a", "hunter2"], "hunter2"],
                "Environment": ["hunter2"],
            }));
            let text = told.to_string();
            assert!(!text.contains("hunter2"), "{text}");
            assert_eq!(told["Processes"][0][1], "7");
        }
        let shown = top(json!({"Titles": ["CMD"], "Processes": [["nginx -g hunter2"]]}));
        assert_eq!(shown["Processes"][0][0], "nginx ••••");
    }

    #[test]
    fn an_answer_of_another_shape_says_nothing() {
        assert_eq!(top(Value::Null), Value::Null);
        assert_eq!(top(json!("hunter2")), "••••");
        let none = json!({"Titles": null, "Processes": null});
        assert_eq!(top(none.clone()), none);
        let text = top(json!({"Titles": ["T=hunter2"], "Processes": {"a": "hunter2"}})).to_string();
        assert!(!text.contains("hunter2"), "{text}");
    }
}
