//! `--filter NAME=VALUE`: what each list understands, and docker's words on the rest.
//!
//! The engine does the filtering for the docker command; here the lists are read whole
//! and narrowed by [`super::ps()`] and its like, with the engine's rules.

use super::errors::Said;
use super::{Result, Unsupported};
use serde_json::Value;

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Before the `=`, in lower case.
    pub name: String,
    /// After it.
    pub value: String,
}

impl Filter {
    /// Reads one; `verb` is the command as docker's usage shows it (`ps`, `volume ls`).
    pub fn parse(text: &str, verb: &str) -> std::result::Result<Filter, Said> {
        match text.split_once('=') {
            Some((name, value)) => Ok(Filter {
                name: name.trim().to_lowercase(),
                value: value.trim().to_owned(),
            }),
            None => Err(Said::new(
                format!(
                    "invalid argument \"{text}\" for \"-f, --filter\" flag: bad format of filter \
                     (expected name=value)\n\nUsage:  docker {verb} [OPTIONS]\n\nRun 'docker {verb} \
                     --help' for more information"
                ),
                125,
            )),
        }
    }
}

/// The values given for a name.
pub(super) fn values<'a>(filters: &'a [Filter], name: &str) -> Vec<&'a str> {
    filters
        .iter()
        .filter(|filter| filter.name == name)
        .map(|filter| filter.value.as_str())
        .collect()
}

/// Refuses what neither the engine nor we know. `engine`: what the engine knows, `ours`:
/// what is supported here.
pub(super) fn known(
    filters: &[Filter],
    engine: &[&str],
    ours: &[&str],
) -> Result<std::result::Result<(), Said>> {
    for Filter { name, .. } in filters {
        if !engine.contains(&name.as_str()) {
            return Ok(Err(Said::daemon(format!("Invalid filter '{name}'"), 1)));
        }
        if !ours.contains(&name.as_str()) {
            return Err(Unsupported(format!(
                "The filter {name} is not supported here. Supported: {}.",
                ours.join(", ")
            )));
        }
    }
    Ok(Ok(()))
}

/// `true` or `false` in the engine's spellings; `Err` is what it says of anything else.
pub(super) fn truth(filter: &str, value: &str) -> std::result::Result<bool, Said> {
    match value.to_lowercase().as_str() {
        "1" | "t" | "true" => Ok(true),
        "0" | "f" | "false" => Ok(false),
        _ => Err(Said::daemon(
            format!("Invalid filter '{filter}=[{value}]'"),
            1,
        )),
    }
}

/// Whether an object has all of these labels, each `key` or `key=value`.
pub(super) fn has_labels(object: &Value, wanted: &[&str]) -> bool {
    let labels = object.get("Labels").and_then(Value::as_object);
    wanted.iter().all(|wanted| {
        let (key, value) = match wanted.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (*wanted, None),
        };
        let own = labels.and_then(|labels| labels.get(key));
        own.is_some_and(|own| value.is_none_or(|value| own.as_str() == Some(value)))
    })
}

/// Whether a text matches one of the patterns, as the engine's `name` and `id` filters
/// do: exactly, or as a regular expression found anywhere in it. No pattern matches all.
pub(super) fn matches(patterns: &[&str], text: &str) -> Result<bool> {
    let mut found = patterns.is_empty();
    for pattern in patterns {
        found |= text == *pattern || searched(pattern, text)?;
    }
    Ok(found)
}

/// A small part of regular expressions: letters, `.`, `^`, `$`, and `*`, `+`, `?` behind
/// one of them.
fn searched(pattern: &str, text: &str) -> Result<bool> {
    if pattern.contains(['[', ']', '(', ')', '{', '}', '|', '\\']) {
        return Err(Unsupported(format!(
            "The pattern {pattern} in a filter is not supported here. Supported: letters, and \
             . ^ $ * + ? of regular expressions."
        )));
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    Ok(match pattern.split_first() {
        Some(('^', rest)) => here(rest, &text),
        _ => (0..=text.len()).any(|at| here(&pattern, &text[at..])),
    })
}

fn here(pattern: &[char], text: &[char]) -> bool {
    let fits = |letter: char, text: &[char]| {
        text.first()
            .is_some_and(|own| letter == '.' || letter == *own)
    };
    match pattern {
        [] => true,
        ['$'] => text.is_empty(),
        [letter, '*', rest @ ..] => repeated(*letter, rest, text, 0, usize::MAX),
        [letter, '+', rest @ ..] => repeated(*letter, rest, text, 1, usize::MAX),
        [letter, '?', rest @ ..] => repeated(*letter, rest, text, 0, 1),
        [letter, rest @ ..] => fits(*letter, text) && here(rest, &text[1..]),
    }
}

fn repeated(letter: char, rest: &[char], text: &[char], least: usize, most: usize) -> bool {
    let run = text
        .iter()
        .take(most)
        .take_while(|own| letter == '.' || letter == **own)
        .count();
    (least..=run).any(|count| here(rest, &text[count..]))
}

/// Whether a name matches a shell pattern of `*` and `?`, neither of which passes a `/`.
pub(super) fn globbed(pattern: &str, text: &str) -> bool {
    fn glob(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => {
                let run = text.iter().take_while(|c| **c != '/').count();
                (0..=run).any(|count| glob(rest, &text[count..]))
            }
            (['?', rest @ ..], [own, more @ ..]) => *own != '/' && glob(rest, more),
            ([letter, rest @ ..], [own, more @ ..]) => letter == own && glob(rest, more),
            _ => false,
        }
    }
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    glob(&pattern, &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_filter_without_a_value_gets_docker_s_words() {
        let said = Filter::parse("foo", "ps").expect_err("no =");
        assert_eq!(
            said.text,
            "invalid argument \"foo\" for \"-f, --filter\" flag: bad format of filter (expected \
             name=value)\n\nUsage:  docker ps [OPTIONS]\n\nRun 'docker ps --help' for more \
             information\n"
        );
        assert_eq!(said.code, 125);
        assert_eq!(
            Filter::parse("Label=a=b", "ps"),
            Ok(Filter {
                name: "label".into(),
                value: "a=b".into()
            })
        );
    }

    #[test]
    fn unknown_filters_are_docker_s_error_and_unsupported_ones_a_sentence() {
        let filter = |name: &str| {
            [Filter {
                name: name.into(),
                value: "x".into(),
            }]
        };
        let said = known(&filter("foo"), &["name"], &["name"]).expect("docker's");
        assert_eq!(
            said.expect_err("unknown").text,
            "Error response from daemon: Invalid filter 'foo'\n"
        );
        assert!(known(&filter("health"), &["health"], &["name"]).is_err());
        assert_eq!(known(&filter("name"), &["name"], &["name"]), Ok(Ok(())));
    }

    #[test]
    fn names_match_as_the_engine_matches_them() {
        for (pattern, text, expected) in [
            ("eb", "web", true),
            ("^eb", "web", false),
            ("^web$", "web", true),
            ("^web$", "web2", false),
            ("w.b", "web", true),
            ("we*b", "wb", true),
            ("we+b", "wb", false),
            ("we?b", "web", true),
        ] {
            assert_eq!(matches(&[pattern], text), Ok(expected), "{pattern} {text}");
        }
        assert_eq!(matches(&[], "web"), Ok(true));
        assert!(matches(&["a|b"], "web").is_err());
    }

    #[test]
    fn labels_must_all_be_there() {
        let object = json!({"Labels": {"a": "b", "c": ""}});
        assert!(has_labels(&object, &["a", "c"]));
        assert!(has_labels(&object, &["a=b"]));
        assert!(!has_labels(&object, &["a=b", "d"]));
        assert!(!has_labels(&object, &["a=c"]));
        assert!(!has_labels(&json!({"Labels": null}), &["a"]));
    }

    #[test]
    fn a_star_stops_at_a_slash() {
        assert!(globbed("busy*", "busybox"));
        assert!(globbed("acme/*:latest", "acme/web:latest"));
        assert!(!globbed("acme*", "acme/web"));
        assert!(globbed("b?sybox", "busybox"));
    }
}
