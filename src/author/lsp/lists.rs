//! The lists beside the notes, `attachments.toml` and `demos/none.toml`: where they name
//! topics and panels.

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

/// A name in a list, and its bytes, quotes left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub bytes: Range<usize>,
    /// Whether there are quotes around it.
    pub quoted: bool,
}

/// The topics that a list names, each a key of `[topics]`. A list that is not valid names none.
pub fn topics(text: &str) -> Vec<Named> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        topics: BTreeMap<Spanned<String>, IgnoredAny>,
    }
    let file: Option<File> = toml::from_str(text).ok();
    let keys = file.into_iter().flat_map(|file| file.topics);
    keys.filter_map(|(key, _)| named(text, key)).collect()
}

/// The panels that `attachments.toml` names.
pub fn panels(text: &str) -> Vec<Named> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        topics: BTreeMap<String, Vec<Spanned<String>>>,
    }
    let file: Option<File> = toml::from_str(text).ok();
    let all = file.into_iter().flat_map(|file| file.topics);
    all.flat_map(|(_, names)| names)
        .filter_map(|name| named(text, name))
        .collect()
}

/// `None` for one that is written with escapes: its bytes are not its name's.
fn named(text: &str, name: Spanned<String>) -> Option<Named> {
    let span = name.span();
    let name = name.into_inner();
    let written = text.get(span.clone())?;
    let quoted = written.starts_with(['"', '\'']);
    let bytes = match quoted {
        true => span.start + 1..span.end.checked_sub(1)?,
        false => span,
    };
    (text.get(bytes.clone()) == Some(name.as_str())).then_some(Named {
        name,
        bytes,
        quoted,
    })
}

/// A name as a key may be written: only ASCII goes without quotes.
pub fn key(name: &str, quoted: bool) -> String {
    match quoted || name.is_ascii() {
        true => name.to_owned(),
        false => format!("\"{name}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_and_panels_are_found_where_they_stand() {
        let text = "# é\n[topics]\nA_B = [\"parts\", 'init']\n\"C_D\" = []\n\"E\\u005fF\" = []\n";
        let topics = topics(text);
        let name = |named: &Named| (text[named.bytes.clone()].to_owned(), named.quoted);
        let names: Vec<_> = topics.iter().map(name).collect();
        assert_eq!(names, [("A_B".into(), false), ("C_D".into(), true)]);
        let panels: Vec<_> = panels(text).iter().map(name).collect();
        assert_eq!(panels, [("parts".into(), true), ("init".into(), true)]);
        assert!(super::topics("[topics\nA_B = [").is_empty());
        assert_eq!(key("A_Ü", false), "\"A_Ü\"");
        assert_eq!(key("A_Ü", true), "A_Ü");
    }
}
