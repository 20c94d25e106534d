//! What a page is made of: values that the web room turns into HTML.
//!
//! Every `String` that is called HTML is safe to write into a page as it is;
//! all others are plain text.

/// A note, to be linked to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoteLink {
    /// Its path; begins with `/`. Not percent-encoded.
    pub path: String,
    /// Its title.
    pub title: String,
}

/// A topic, to be linked to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicLink {
    /// Its name, as between `<<` and `>>`.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// It is defined nowhere.
    pub wanted: bool,
}

/// One note, drawn.
#[derive(Clone, Debug)]
pub struct NotePage {
    /// Where it is read; begins with `/`.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Its file, relative to the content folder.
    pub file: String,
    /// Its text, cut at the headings that define a topic.
    pub blocks: Vec<Block>,
    /// All its headings.
    pub outline: Vec<OutlineEntry>,
    /// Which one it is in reading order, from 1, and of how many.
    pub place: (usize, usize),
    /// The note before it in reading order.
    pub previous: Option<NoteLink>,
    /// The note after it in reading order.
    pub next: Option<NoteLink>,
}

/// Who refers to the topics of a note.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteReferences {
    /// How many paragraphs do.
    pub count: usize,
    /// How many of them stand in the note itself.
    pub here: usize,
    /// Those that were asked for.
    pub backlinks: Vec<Backlink>,
}

/// A piece of a note: a heading that defines a topic, and the text below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The heading's level, 1 to 6; 0 for text before the first such heading.
    pub level: u8,
    /// The topics that are defined here: by the heading, then by spots in the text.
    pub names: Vec<String>,
    /// HTML inside the heading's tags.
    pub heading: String,
    /// The heading's `id`: its topic's name. Empty for level 0.
    pub id: String,
    /// HTML of the text.
    pub body: String,
}

/// A heading in a note's table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineEntry {
    /// 1 to 6.
    pub level: u8,
    /// Its text.
    pub title: String,
    /// Its `id` on the page.
    pub id: String,
    /// The topic that it defines, the first if there are several.
    pub topic: Option<String>,
}

/// A topic's page: defined, or asked for and missing.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once for a page and matched at once; a box would only be in the way"
)]
pub enum TopicPage {
    /// A note defines it.
    Defined(DefinedTopic),
    /// No note defines it, and some refer to it.
    Wanted(WantedTopic),
}

/// A topic that a note defines.
#[derive(Clone, Debug)]
pub struct DefinedTopic {
    /// Its name.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// The note that defines it.
    pub note: NoteLink,
    /// That note's file.
    pub file: String,
    /// The line of its anchor, from 1.
    pub line: u32,
    /// The column of its anchor in characters, from 1.
    pub column: u32,
    /// The topics around it, outermost first.
    pub crumbs: Vec<TopicLink>,
    /// Its section with what is below, or the block that its spot stands in.
    pub blocks: Vec<Block>,
    /// The topics directly inside it.
    pub children: Vec<TopicLink>,
    /// The topic before it in its note, or else the last of the note that is read before.
    pub previous: Option<TopicLink>,
    /// The topic after it in its note, or else the first of the note that is read next.
    pub next: Option<TopicLink>,
    /// The note of `previous`, where that is another one.
    pub previous_in: Option<NoteLink>,
    /// The note of `next`, where that is another one.
    pub next_in: Option<NoteLink>,
}

/// A topic that is referred to and defined nowhere.
#[derive(Clone, Debug)]
pub struct WantedTopic {
    /// The name as it is written.
    pub name: String,
    /// Defined topics that it may mean, closest first.
    pub did_you_mean: Vec<TopicLink>,
}

/// A reference seen from its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlink {
    /// The note (or demo) that it stands in.
    pub note: NoteLink,
    /// The innermost topic that it stands in.
    pub topic: Option<TopicLink>,
    /// The file that it stands in.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// The `id` that it has on every page that shows it.
    pub place: String,
    /// The page that it is a backlink of shows it too: it stands in the very topic, or the
    /// very note, that it leads to.
    pub here: bool,
    /// HTML of its paragraph, with the reference (or references) in `<mark>`.
    pub paragraph: String,
}
