//! What an author should look at: where it is, which rule it breaks, how bad that is.
//!
//! The rules of all rooms stand in one closed list, so that a rule cannot be told
//! without a name, a severity and a line in the documentation.

use serde::{Serialize, Serializer};

/// Something an author should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the content folder.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The column after the last character that it is about, on the same line, where that
    /// is known. Greater than `column`.
    pub end: Option<u32>,
    /// The rule that is broken.
    pub rule: Rule,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(
        rule: Rule,
        file: impl Into<String>,
        (line, column): (u32, u32),
        message: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            line,
            column,
            end: None,
            rule,
            message: message.into(),
        }
    }

    /// The same, with how many characters it is about.
    #[must_use]
    pub fn wide(self, characters: usize) -> Self {
        let end = self
            .column
            .saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        Self {
            end: Some(end).filter(|end| *end > self.column),
            ..self
        }
    }

    /// A problem at byte `at` of a file's text.
    pub fn in_text(
        rule: Rule,
        file: &str,
        text: &str,
        at: usize,
        message: impl Into<String>,
    ) -> Self {
        Self::new(rule, file, super::lines::Lines::new(text).at(at), message)
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A reader meets something broken, or does not meet it at all.
    Error,
    /// It works, and is not what the author will have meant.
    Warning,
    /// Good to know, and nothing is wrong.
    Note,
}

impl Severity {
    /// The word for it; SARIF has the same three.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident $name:literal $severity:ident $means:literal;)+) => {
        /// What can be wrong with content.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)+
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Rule] = &[$(Rule::$rule),+];

            /// Its name, as JSON, SARIF and the documentation have it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Rule::$rule => $name,)+
                }
            }

            /// How bad it is to break it.
            pub fn severity(self) -> Severity {
                match self {
                    $(Rule::$rule => Severity::$severity,)+
                }
            }

            /// What is wrong when it is broken, in a sentence.
            pub fn means(self) -> &'static str {
                match self {
                    $(Rule::$rule => $means,)+
                }
            }
        }
    };
}

rules! {
    /// A file or a folder that gives nothing.
    UnreadableFile "unreadable-file" Error
        "A file or folder cannot be read, is too large, or is a link that is not followed.";
    /// Bytes that are no text.
    NotText "not-text" Error
        "A note is not valid UTF-8, or holds bytes that no text has.";
    /// The fields at the top of a file.
    FrontMatter "front-matter" Warning
        "The front matter cannot be read, lacks a field, or has one that is not known.";
    /// Nothing to read.
    EmptyNote "empty-note" Warning
        "A note or demo has no text.";
    /// CRLF.
    LineEndings "line-endings" Note
        "Lines end in CRLF.";
    /// A line that no person wrote.
    LongLine "long-line" Note
        "A line is longer than 100,000 bytes.";
    /// Two notes, one path.
    DuplicatePath "duplicate-path" Error
        "Two notes want the same path; the second is read elsewhere.";
    /// A path that is in the way of another address.
    ShadowingPath "shadowing-path" Error
        "A note wants the path of a page of Waterline's own, or one that differs from another note's only in upper and lower case.";
    /// No path at all.
    MalformedPath "malformed-path" Error
        "The path in the front matter cannot be an address.";
    /// `next`.
    ReadingOrder "reading-order" Warning
        "`next` in the front matter leads nowhere, in a circle, or to a note that follows another one.";
    /// A name that nobody defines.
    UndefinedReference "undefined-reference" Error
        "A topic is referred to that no note defines.";
    /// A name that is defined twice.
    DuplicateAnchor "duplicate-anchor" Error
        "A topic is defined twice; the second anchor is only a link to the first.";
    /// Something that was meant to be an anchor.
    MalformedAnchor "malformed-anchor" Error
        "Something looks like an anchor and defines nothing, as `<X>>`, `<<X>` or `<<1X>>`.";
    /// A heading that says nothing.
    EmptyHeading "empty-heading" Warning
        "A heading has neither text nor an anchor.";
    /// A link to nothing.
    BrokenLink "broken-link" Error
        "A link leads to a note, topic, page or file that is not there.";
    /// A link to no heading.
    BrokenFragment "broken-fragment" Error
        "A link leads to a note that is there, and to a heading or topic in it that is not.";
    /// A link that is not followed.
    UnsafeLink "unsafe-link" Warning
        "A link has an address that no page follows, as `javascript:` or `file:`; it is shown as text.";
    /// `live:` and no such value.
    UnknownLiveValue "unknown-live-value" Error
        "A live value is named that there is not.";
    /// An image of nothing.
    MissingImage "missing-image" Error
        "An image is not there.";
    /// An image that says nothing.
    ImageWithoutText "image-without-text" Warning
        "An image has no text for those who do not see it.";
    /// More cells than the table has.
    TableRow "table-row" Warning
        "A row of a table has more cells than its head.";
    /// `<!--` without an end.
    OpenComment "open-comment" Warning
        "A comment has no end.";
    /// No such panel.
    UnknownPanel "unknown-panel" Error
        "attachments.toml names a panel that there is not.";
    /// A list or a demo of a topic that there is not.
    UnknownTopic "unknown-topic" Error
        "attachments.toml, demos/none.toml or a demo names a topic that no note defines.";
    /// A list that cannot be read.
    UnreadableList "unreadable-list" Error
        "attachments.toml or demos/none.toml cannot be read.";
    /// A demo's file has no name for it.
    DemoName "demo-name" Error
        "A demo's file name cannot be its address, or is another demo's too.";
    /// A command that does not run.
    RefusedCommand "refused-command" Error
        "A sandbox refuses a command of a demo, or docker does not know it.";
    /// Whatever else a demo must be.
    DemoFormat "demo-format" Error
        "A demo is not written as a demo is: its fields, blocks, files or expected output.";
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        let kebab = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(names.into_iter().all(kebab));
    }

    #[test]
    fn a_width_ends_after_the_last_character() {
        let at = |characters| {
            Problem::new(Rule::LongLine, "a.md", (1, 3), "x")
                .wide(characters)
                .end
        };
        assert_eq!(at(0), None);
        assert_eq!(at(2), Some(5));
    }
}
