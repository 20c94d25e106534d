//! Front matter: the YAML between two `---` lines at the top of a file.
//!
//! Whatever is wrong with it becomes a [`Fault`] with its place, and the note
//! is read all the same.

use std::collections::BTreeMap;

use serde_json::Value;

use super::problem::Rule;

/// Something to tell the author, at a place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub rule: Rule,
    pub line: u32,
    pub column: u32,
    pub message: String,
}

impl Fault {
    pub fn new(rule: Rule, line: u32, column: u32, message: impl Into<String>) -> Self {
        Self {
            rule,
            line,
            column,
            message: message.into(),
        }
    }
}

/// What the front matter says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Front {
    /// The value of `path`, as written, and its line.
    pub path: Option<(String, u32)>,
    /// The value of `title`.
    pub title: Option<String>,
    /// The value of `next`, with its line and column.
    pub next: Option<(String, u32, u32)>,
    /// The value of `topic` in a demo, and its line.
    pub topic: Option<(String, u32)>,
    /// The value of `minutes` in a demo, as written, and its line.
    pub minutes: Option<(String, u32)>,
    /// Byte offset at which the text of the note begins.
    pub body: usize,
    /// It is not valid YAML, so nothing is known of what it says.
    pub unreadable: bool,
}

/// The fields a note may have.
const NOTE: &[&str] = &["path", "title", "next"];
/// Those it must have.
const NEEDED: &[&str] = &["path", "title"];
/// The fields a demo may have.
const DEMO: &[&str] = &["path", "title", "topic", "minutes"];

/// Reads the front matter of `text`. Faults are pushed onto `faults`.
pub(super) fn read(text: &str, is_demo: bool, faults: &mut Vec<Fault>) -> Front {
    let Some(mut cut) = cut(text) else {
        // Other people's notes have none: the file's name and the first heading say it all.
        return Front::default();
    };
    // One line for the opening `---`, so that the lines of an error are the file's.
    let parse = |yaml: &str| match plain_fields(yaml) {
        Some(fields) => Ok(Some(fields)),
        None => serde_saphyr::from_str::<Option<BTreeMap<String, Value>>>(&format!("\n{yaml}")),
    };
    let mut fields = parse(cut.yaml);
    // Prose, and a `---` in it that only draws a line: the fields end before the prose.
    if fields.is_err()
        && let Some(early) = cut.before_prose(text)
        && let Ok(Some(meant)) = parse(early.yaml)
    {
        (fields, cut) = (Ok(Some(meant)), early);
    }
    let mut front = Front {
        body: cut.body,
        ..Front::default()
    };
    if !cut.closed {
        faults.push(Fault::new(
                Rule::FrontMatter,
            1,
            1,
            "the front matter has no closing `---` line; it was taken to end at the first empty line",
        ));
    }
    match fields {
        Ok(fields) => {
            let fields = fields.unwrap_or_default();
            accept(&fields, cut.yaml, is_demo, &mut front, faults);
        }
        Err(error) => {
            front.unreadable = true;
            let (line, column) = error.location().map_or((1, 1), |place| {
                (
                    u32::try_from(place.line()).unwrap_or(1).max(1),
                    u32::try_from(place.column()).unwrap_or(1).max(1),
                )
            });
            let message = error.without_snippet().to_string();
            let message = message.lines().next().unwrap_or_default();
            faults.push(Fault::new(
                Rule::FrontMatter,
                line,
                column,
                format!("the front matter is not valid YAML: {message}"),
            ));
        }
    }
    front
}

/// The fields, where every line is `name: "text"` or `name: text` of letters,
/// digits and the like, which needs no YAML parser: nearly every note's front
/// matter, and a sixth of the time that a note takes. Anything else is `None`.
fn plain_fields(yaml: &str) -> Option<BTreeMap<String, Value>> {
    let mut fields = BTreeMap::new();
    for line in yaml.lines() {
        let (name, value) = line.trim_end().split_once(": ")?;
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase());
        let quoted = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .filter(|text| !text.contains(['"', '\\']) && !text.contains(char::is_control));
        let plain = value.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic())
            && value
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/_- ".contains(&b))
            && !value.eq_ignore_ascii_case("null");
        let text = quoted
            .or_else(|| plain.then_some(value))
            .filter(|_| is_name)?;
        if fields
            .insert(name.to_owned(), Value::String(text.to_owned()))
            .is_some()
        {
            return None;
        }
    }
    Some(fields)
}

/// Takes the fields that are known and tells about the others.
fn accept(
    fields: &BTreeMap<String, Value>,
    yaml: &str,
    is_demo: bool,
    front: &mut Front,
    faults: &mut Vec<Fault>,
) {
    let known = if is_demo { DEMO } else { NOTE };
    for (name, value) in fields {
        let line = line_of(yaml, name);
        if !known.contains(&name.as_str()) {
            let known = known.join("`, `");
            faults.push(Fault::new(
                Rule::FrontMatter,
                line,
                1,
                format!("unknown field `{name}` in the front matter (known are `{known}`)"),
            ));
            continue;
        }
        let text = match value {
            Value::String(text) if !text.trim().is_empty() => text.trim().to_owned(),
            // `title: No` and `title: 1.10` are texts: as they are written.
            Value::Number(_) | Value::Bool(_) => as_written(yaml, name).unwrap_or_default(),
            _ => {
                faults.push(Fault::new(
                    Rule::FrontMatter,
                    line,
                    1,
                    format!("`{name}` in the front matter is not a text"),
                ));
                continue;
            }
        };
        match name.as_str() {
            "path" => front.path = Some((text, line)),
            "title" => front.title = Some(text),
            "next" => front.next = Some((text, line, column_of(yaml, line))),
            "topic" => front.topic = Some((text, line)),
            "minutes" => front.minutes = Some((text, line)),
            _ => {}
        }
    }
    let needed: &[&str] = if is_demo { &["title"] } else { NEEDED };
    for name in needed {
        if !fields.contains_key(*name) {
            faults.push(Fault::new(
                Rule::FrontMatter,
                1,
                1,
                format!("the front matter has no `{name}`"),
            ));
        }
    }
}

/// The text of a field that YAML takes for a number or for yes or no.
fn as_written(yaml: &str, name: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Texts {
        path: Option<String>,
        title: Option<String>,
        next: Option<String>,
        topic: Option<String>,
        minutes: Option<String>,
    }
    let texts: Texts = serde_saphyr::from_str(yaml).ok()?;
    match name {
        "path" => texts.path,
        "title" => texts.title,
        "next" => texts.next,
        "topic" => texts.topic,
        "minutes" => texts.minutes,
        _ => None,
    }
}

/// The line of a field in the file (the opening `---` is line 1).
fn line_of(yaml: &str, field: &str) -> u32 {
    let at = yaml.lines().position(|line| {
        let line = line.trim_start().trim_start_matches(['"', '\'']);
        line.strip_prefix(field).is_some_and(|rest| {
            rest.trim_start_matches(['"', '\''])
                .trim_start()
                .starts_with(':')
        })
    });
    at.map_or(1, |at| super::lines::clamp(at).saturating_add(2))
}

/// The column at which the value of the field in a line of the file begins.
fn column_of(yaml: &str, line: u32) -> u32 {
    let at = (line as usize).saturating_sub(2);
    let text = yaml.lines().nth(at).unwrap_or_default();
    let Some((name, value)) = text.split_once(':') else {
        return 1;
    };
    let space = value.chars().take_while(|c| c.is_whitespace()).count();
    super::lines::clamp(name.chars().count() + 2 + space)
}

/// Where the front matter of a file is.
struct Cut<'t> {
    yaml: &'t str,
    body: usize,
    closed: bool,
}

impl<'t> Cut<'t> {
    /// The same, ended at the first empty line, where prose follows on that.
    fn before_prose(&self, text: &'t str) -> Option<Self> {
        let start = self.yaml.as_ptr() as usize - text.as_ptr() as usize;
        let mut at = 0;
        for line in self.yaml.split_inclusive('\n') {
            if line.trim().is_empty() {
                break;
            }
            at += line.len();
        }
        let (fields, rest) = self.yaml.split_at(at);
        let next = rest.lines().find(|line| !line.trim().is_empty())?;
        let prose = !looks_like_field(next) && !next.starts_with([' ', '\t']);
        (prose && looks_like_field(fields.lines().next()?)).then_some(Self {
            yaml: fields,
            body: start + at,
            closed: false,
        })
    }
}

/// Finds the front matter. A `---` that only draws a line is left alone.
fn cut(text: &str) -> Option<Cut<'_>> {
    let mut lines = text.split_inclusive('\n');
    let opening = lines.next()?;
    if opening.trim_end() != "---" {
        return None;
    }
    let start = opening.len();
    let mut at = start;
    let mut first_break = None;
    for (index, line) in lines.enumerate() {
        let bare = line.trim_end();
        if bare == "---" || bare == "..." {
            let yaml = &text[start..at];
            return looks_meant(yaml).then_some(Cut {
                yaml,
                body: at + line.len(),
                closed: true,
            });
        }
        if first_break.is_none()
            && (bare.is_empty() || bare.starts_with("# ") || bare.starts_with("##"))
        {
            if index == 0 {
                return None;
            }
            first_break = Some(at);
        }
        at += line.len();
    }
    let end = first_break.unwrap_or(at);
    let yaml = &text[start..end];
    looks_like_field(yaml.lines().next()?).then_some(Cut {
        yaml,
        body: end,
        closed: false,
    })
}

/// Prose between two lines is prose; anything with the marks of YAML was meant.
fn looks_meant(yaml: &str) -> bool {
    yaml.trim().is_empty() || yaml.contains([':', '{', '[', '#'])
}

/// Does a line begin like `path: …`?
fn looks_like_field(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, rest)| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '"' | '\''))
            && (rest.is_empty() || rest.starts_with(char::is_whitespace))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Front, Vec<String>) {
        let mut faults = Vec::new();
        let front = read(text, false, &mut faults);
        let faults = faults
            .into_iter()
            .map(|f| format!("{}:{} {}", f.line, f.column, f.message))
            .collect();
        (front, faults)
    }

    #[test]
    fn path_and_title_are_read() {
        for text in [
            "---\npath: \"/learnings/docker\"\ntitle: \"Learnings: Docker\"\n---\n\n# Hi",
            "---\r\npath: /learnings/docker\r\ntitle: 'Learnings: Docker'\r\n---\r\n\r\n# Hi",
        ] {
            let (front, faults) = told(text);
            assert_eq!(front.path, Some(("/learnings/docker".into(), 2)));
            assert_eq!(front.title.as_deref(), Some("Learnings: Docker"));
            assert_eq!(text[front.body..].trim(), "# Hi");
            assert!(faults.is_empty(), "{faults:?}");
        }
    }

    #[test]
    fn the_short_way_reads_what_the_yaml_parser_reads() {
        for yaml in [
            "path: /a/b-c\ntitle: Some words\n",
            "path: \"/a\"\r\ntitle: \"Learnings: 'Docker' #1\"\r\n",
            "title: true\n",
        ] {
            let short = plain_fields(yaml).expect(yaml);
            let long: BTreeMap<String, Value> = serde_saphyr::from_str(yaml).unwrap();
            let text = |value: &Value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            for (name, value) in &long {
                assert_eq!(text(&short[name]), text(value), "{yaml}");
            }
            assert_eq!(short.len(), long.len());
        }
        for yaml in [
            "title: null\n",
            "title: a: b\n",
            "title: \"a\\n\"\n",
            "title: 'a'\n",
            "title: [a]\n",
            "a: b\na: c\n",
            "title:\n",
            "- a\n",
            "title: a #b\n",
            "title: 12\n",
            "  a: b\n",
            "a: &b c\n",
        ] {
            assert!(plain_fields(yaml).is_none(), "{yaml}");
        }
    }

    #[test]
    fn broken_yaml_is_told_with_its_line() {
        let (front, faults) = told("---\npath: /a\ntitle: \"open\nmore: [\n---\n# Hi\n");
        assert_eq!(front.path, None);
        assert_eq!(faults.len(), 1);
        let (_, faults) = told("---\npath: /a\ntitle: a: b\n---\n# Hi\n");
        assert!(faults[0].starts_with("3:"), "{faults:?}");
        assert!(faults[0].contains("not valid YAML"), "{faults:?}");
    }

    #[test]
    fn unknown_missing_and_wrong_fields_are_told() {
        let (front, faults) = told("---\npath: [1]\ntags: x\n---\n");
        assert_eq!(front.path, None);
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].starts_with("2:1 `path`"));
        assert!(faults[1].starts_with("3:1 unknown field `tags`"));
        assert!(faults[2].contains("no `title`"));
    }

    #[test]
    fn a_title_is_the_text_that_stands_there() {
        for title in [
            "No",
            "N",
            "yes",
            "on",
            "True",
            "7",
            "007",
            "1.10",
            "2024-01-01",
            "1_000",
            "0x1F",
            "1e3",
        ] {
            let (front, faults) = told(&format!("---\npath: /a\ntitle: {title}\n---\n"));
            assert_eq!(front.title.as_deref(), Some(title));
            assert!(faults.is_empty(), "{faults:?}");
        }
    }

    #[test]
    fn a_missing_end_loses_no_text() {
        let text = "---\npath: /a\ntitle: b\n\n# Hi\ntext\n";
        let (front, faults) = told(text);
        assert_eq!(front.title.as_deref(), Some("b"));
        assert_eq!(&text[front.body..], "\n# Hi\ntext\n");
        assert!(faults[0].contains("no closing"));
        // Nor when the text draws a line later on.
        let text = "---\npath: /a\ntitle: b\n\nSome text, and\nmore.\n\n---\nend\n";
        let (front, faults) = told(text);
        assert_eq!(front.path, Some(("/a".into(), 2)));
        assert!(text[front.body..].starts_with("\nSome text"));
        assert!(faults[0].contains("no closing"), "{faults:?}");
        // Fields after an empty line are fields, and do not show.
        let text = "---\npath: /a\n\ntitle: [b\n---\nend\n";
        assert_eq!(&text[told(text).0.body..], "end\n");
    }

    #[test]
    fn a_drawn_line_is_no_front_matter() {
        for text in [
            "---\n\nProse\n\n---\nmore",
            "---\nProse only\n---\n",
            "# Hi\n---\n",
        ] {
            assert_eq!(told(text).0.body, 0, "{text}");
        }
        assert!(told("").1.is_empty());
    }
}
