//! What is kept of a file after its one parse.
//!
//! Text is not copied: a [`Span`] points into the source, or, for the little
//! that stands otherwise in the source (entities, escapes), into a side buffer.

use std::sync::Arc;

use super::front::Fault;
use super::paths::Wish;

/// A byte range. Offsets beyond the source point into the side buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn contains(self, at: u32) -> bool {
        self.start <= at && at < self.end
    }
}

/// Elements of Markdown that open and close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum El {
    Paragraph,
    /// A paragraph that holds nothing but the anchors of the heading above it.
    Silent,
    Quote(Option<Alert>),
    List,
    /// A numbered list and its first number.
    Ordered(u32),
    Item,
    Table,
    Head,
    Row,
    /// A cell, and on which side its text stands where the author says so.
    Cell {
        head: bool,
        align: Option<Side>,
    },
    Em,
    Strong,
    Del,
    Code,
    /// Raw HTML. As a paragraph, unless it is made of details and summaries.
    Html {
        paragraph: bool,
    },
    Footnote(Span),
}

/// GitHub's kinds of quotation that stand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alert {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

/// Where the text of a table's column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Center,
    Right,
}

/// The HTML elements that work in a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Br,
    Kbd,
    Sub,
    Sup,
    Details,
    Summary,
}

/// One step of a note: what the parser said, with the scanner's findings in it.
/// There are millions of them, so they are small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Open(El),
    Close(El),
    Heading(u32),
    HeadingEnd(u32),
    Text(Span),
    /// Text out of raw HTML: entities in it are entities.
    Raw(Span),
    Soft,
    Hard,
    Rule,
    Task(bool),
    Anchor(u32),
    Word(u32),
    Url(Span),
    Link(u32),
    LinkEnd,
    Image(u32),
    ImageEnd,
    CodeBlock(u32),
    Tag(Tag),
    /// A closing tag, and what it looks like where it closes nothing.
    TagEnd(Tag, Span),
    FootnoteRef(Span),
}

const _: () = assert!(size_of::<Piece>() <= 16);

/// `<<NAME>>`, where it stands and what it names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    pub name: Span,
    pub line: u32,
    pub column: u32,
    /// The heading that it names, when it names one.
    pub heading: Option<u32>,
    /// It stands below its heading and is shown beside it.
    pub under: bool,
    /// The pieces of its topic.
    pub pieces: Span,
    /// The source of its topic.
    pub source: Span,
}

/// A word with the shape of a NAME that is not in a link or code block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub span: Span,
    /// Where it is in the source.
    pub at: u32,
    pub line: u32,
    pub column: u32,
    /// Which leaf it stands in.
    pub leaf: u32,
    /// How many bytes at its end are `_` or `-` and may be punctuation.
    pub trim: u16,
    /// It is what a `[[wiki link]]` leads to, and may be the name of a note as well.
    pub wiki: bool,
}

/// A heading and its section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heading {
    pub level: u8,
    /// It stands in no list or quotation, so a page can be cut at it.
    pub top: bool,
    /// Its own pieces, both ends included.
    pub pieces: Span,
    /// The piece before which its section ends.
    pub end: u32,
    /// Where it begins, and where its section ends in the source.
    pub source: Span,
    /// The anchors that name it, as a range of [`Parsed::anchors`].
    pub anchors: Span,
}

/// A link or an image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub url: Span,
    /// Its title; of a wiki link the part that is shown.
    pub title: Span,
    pub line: u32,
    pub column: u32,
    /// Where it begins in the source.
    pub at: u32,
    /// All of it, as written.
    pub source: Span,
    /// Which leaf it stands in.
    pub leaf: u32,
    /// For a wiki link to something with the shape of a NAME: its number among the words.
    pub word: Option<u32>,
    pub kind: LinkKind,
}

/// How a link is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// `[text](address)` and the like.
    Usual,
    /// `<someone@example.org>`.
    Mail,
    /// `[[Note]]`, `[[Note|label]]`.
    Wiki,
}

/// A code block.
#[derive(Clone, Copy, Debug)]
pub(super) struct CodeBlock {
    /// The words after the fence.
    pub info: Span,
    /// Its lines, as a range of [`Parsed::code`].
    pub lines: Span,
    /// Where it is in the source, fences included.
    pub source: Span,
    /// It stands in no list or quotation.
    pub top: bool,
}

/// Fields of a front matter that only a demo has, each as written, with its line.
#[derive(Debug)]
pub(super) struct DemoFields {
    pub topic: Option<(String, u32)>,
    pub minutes: Option<(String, u32)>,
}

/// What a note says is to be read after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next {
    /// A path, or the name of a topic, as written.
    pub wish: Box<str>,
    pub line: u32,
    pub column: u32,
}

/// One file, parsed.
#[derive(Debug)]
pub(super) struct Parsed {
    pub file: Arc<str>,
    pub is_demo: bool,
    /// The source, without a byte order mark.
    pub text: Box<str>,
    /// Where the text begins below the front matter, in bytes.
    pub body: u32,
    pub aside: Box<str>,
    pub title: Box<str>,
    /// Where it would be read.
    pub wish: Wish,
    pub next: Option<Box<Next>>,
    pub pieces: Box<[Piece]>,
    pub headings: Box<[Heading]>,
    /// What each heading says beside its anchors; every list of topics asks for it.
    pub labels: Box<[Box<str>]>,
    pub anchors: Box<[Anchor]>,
    pub words: Box<[Word]>,
    /// The pieces of each paragraph, table row, heading…
    pub leaves: Box<[Span]>,
    pub links: Box<[Link]>,
    /// What it may be called in links of others, as `wiki` has it.
    pub called: Box<[Box<str>]>,
    /// What its own links call others.
    pub calls: Box<[Box<str>]>,
    pub code_blocks: Box<[CodeBlock]>,
    pub code: Box<[Span]>,
    /// What a demo says of itself beside its title.
    pub demo: Option<Box<DemoFields>>,
    pub faults: Box<[Fault]>,
    /// Why this is no text that could be meant: it is binary, or its front matter cannot be
    /// read.
    pub broken: Option<Box<Fault>>,
}

/// Where an anchor stood in a label: a character that no author writes.
const ANCHOR: &str = "\u{1}";

impl Parsed {
    /// The text of a span.
    pub fn str(&self, span: Span) -> &str {
        let source = self.text.len();
        let (start, end) = (span.start as usize, span.end as usize);
        if start >= source && start < end {
            self.aside.get(start - source..end - source)
        } else {
            self.text.get(start..end)
        }
        .unwrap_or_default()
    }

    /// The name that an anchor defines.
    pub fn anchor_name(&self, anchor: &Anchor) -> &str {
        self.str(anchor.name)
    }

    /// A word, whole.
    pub fn word(&self, word: &Word) -> &str {
        self.str(word.span)
    }

    /// A word without the `_` and `-` at its end.
    pub fn bare_word(&self, word: &Word) -> &str {
        let whole = self.word(word);
        whole
            .get(..whole.len() - usize::from(word.trim))
            .unwrap_or(whole)
    }

    /// The title of a link, where its author gives one.
    pub fn link_title(&self, link: &Link) -> Option<&str> {
        let has_title = link.kind != LinkKind::Wiki && link.title.start < link.title.end;
        has_title.then(|| self.str(link.title))
    }

    /// What stands before and after the shown part of a wiki link.
    pub fn around_label(&self, link: &Link) -> (&str, &str) {
        let before = Span {
            end: link.title.start,
            ..link.source
        };
        let after = Span {
            start: link.title.end,
            ..link.source
        };
        (self.str(before), self.str(after))
    }

    /// The pieces in a range.
    pub fn pieces(&self, range: Span) -> &[Piece] {
        self.pieces
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default()
    }

    /// The text that a reader sees in a range of pieces, anchors left out.
    pub fn plain(&self, range: Span) -> String {
        self.text(range, "")
    }

    /// The same with the names of anchors, brackets apart: what a program reads that
    /// knows no anchors.
    pub fn plain_with_names(&self, range: Span) -> String {
        let mut names = self.pieces(range).iter().filter_map(|piece| match piece {
            Piece::Anchor(index) => self.anchors.get(*index as usize),
            _ => None,
        });
        let text = self.text(range, ANCHOR);
        let mut parts = text.split(ANCHOR);
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            plain.push_str(names.next().map_or("", |anchor| self.anchor_name(anchor)));
            plain.push_str(part);
        }
        plain
    }

    /// The same, with `anchor` in the place of each anchor.
    fn text(&self, range: Span, anchor: &str) -> String {
        let mut plain = String::new();
        for piece in self.pieces(range) {
            match *piece {
                Piece::Text(span) | Piece::Raw(span) | Piece::Url(span) => {
                    plain.push_str(self.str(span));
                }
                Piece::Word(index) => plain.push_str(self.word(&self.words[index as usize])),
                Piece::Soft | Piece::Hard | Piece::Tag(Tag::Br) => plain.push(' '),
                Piece::Anchor(_) => plain.push_str(anchor),
                _ => {}
            }
        }
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The anchors that name a heading, with their numbers.
    pub fn anchors_of(&self, heading: u32) -> impl Iterator<Item = (u32, &Anchor)> {
        let range = self
            .headings
            .get(heading as usize)
            .map_or(Span::default(), |heading| heading.anchors);
        (range.start..range.end)
            .filter_map(|index| Some((index, self.anchors.get(index as usize)?)))
    }

    /// What a heading says beside its anchors, as [`Parsed::labels`] has it: without the
    /// brackets and marks that only set them apart, as in `Docker (<<Learning_Docker>>)`.
    pub fn label_of(&self, heading: &Heading) -> String {
        if heading.anchors.start == heading.anchors.end {
            return self.plain(heading.pieces);
        }
        let mut label = self.text(heading.pieces, ANCHOR);
        for (joined, one) in [
            ("\u{1} \u{1}", ANCHOR),
            ("\u{1}\u{1}", ANCHOR),
            ("(\u{1})", ANCHOR),
            ("[\u{1}]", ANCHOR),
        ] {
            label = label.replace(joined, one);
        }
        let label = label.replace(ANCHOR, " ");
        let marks = |c: char| c.is_whitespace() || ":-–—,;|·/".contains(c);
        let label = label.trim_matches(marks);
        if label.contains(char::is_alphanumeric) {
            label.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            String::new()
        }
    }

    /// The title of a heading: its label, or a readable form of its first name.
    pub fn heading_title(&self, index: u32, prefixes: &[String]) -> String {
        let label = &self.labels[index as usize];
        if !label.is_empty() {
            return label.to_string();
        }
        let named = self.anchors_of(index).next();
        named.map_or_else(String::new, |(_, anchor)| {
            super::name::title(self.anchor_name(anchor), prefixes)
        })
    }

    /// The title of the topic that an anchor defines.
    pub fn anchor_title(&self, anchor: &Anchor, prefixes: &[String]) -> String {
        match anchor.heading {
            Some(heading) => self.heading_title(heading, prefixes),
            None => super::name::title(self.anchor_name(anchor), prefixes),
        }
    }
}
