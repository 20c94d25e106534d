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
    let anchored = pattern.starts_with('^');
    let mut parts: Vec<Part> = Vec::new();
    for letter in pattern.strip_prefix('^').unwrap_or(pattern).chars() {
        match (letter, parts.last_mut()) {
            ('*', Some(last)) => (last.least, last.many) = (0, true),
            ('+', Some(last)) => last.many = true,
            ('?', Some(last)) => last.least = 0,
            _ => parts.push(Part::new(letter)),
        }
    }
    let ends = parts.pop_if(|part| part.letter == '$').is_some();
    Ok(found(&parts, text, anchored, ends, |letter, own| {
        letter == '.' || letter == own
    }))
}

/// One letter of a pattern, and how often it may stand.
struct Part {
    letter: char,
    least: usize,
    many: bool,
}

impl Part {
    fn new(letter: char) -> Part {
        Part {
            letter,
            least: 1,
            many: false,
        }
    }
}

/// Whether the parts stand in the text one after the other. All places that the pattern
/// could have come to are followed at once, so no pattern takes long.
fn found(
    parts: &[Part],
    text: &str,
    anchored: bool,
    ends: bool,
    fits: impl Fn(char, char) -> bool,
) -> bool {
    // Whoever may skip a part is past it, too.
    let skip = |places: &mut Vec<bool>| {
        for at in 0..parts.len() {
            places[at + 1] |= places[at] && parts[at].least == 0;
        }
    };
    let mut places = vec![false; parts.len() + 1];
    places[0] = true;
    skip(&mut places);
    for own in text.chars() {
        if !ends && places[parts.len()] {
            return true;
        }
        let mut next = vec![false; parts.len() + 1];
        next[0] = !anchored;
        for (at, part) in parts.iter().enumerate() {
            if places[at] && fits(part.letter, own) {
                next[at + 1] = true;
                next[at] |= part.many;
            }
        }
        skip(&mut next);
        places = next;
    }
    places[parts.len()]
}

/// Whether a name matches a shell pattern of `*` and `?`, neither of which passes a `/`.
pub(super) fn globbed(pattern: &str, text: &str) -> bool {
    let parts: Vec<Part> = pattern
        .chars()
        .map(|letter| Part {
            least: usize::from(letter != '*'),
            many: letter == '*',
            letter,
        })
        .collect();
    found(&parts, text, true, true, |letter, own| match letter {
        '*' | '?' => own != '/',
        letter => letter == own,
    })
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
            ("b$", "web", true),
            ("^$", "", true),
            ("a.*c+d", "xabcccd", true),
            ("a.*c+d", "xabd", false),
        ] {
            assert_eq!(matches(&[pattern], text), Ok(expected), "{pattern} {text}");
        }
        assert_eq!(matches(&[], "web"), Ok(true));
        assert!(matches(&["a|b"], "web").is_err());
    }

    #[test]
    fn no_pattern_takes_long() {
        let text = "a".repeat(5000);
        assert_eq!(matches(&[&(".*".repeat(200) + "b")], &text), Ok(false));
        assert!(!globbed(&("*".repeat(200) + "b"), &text));
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
