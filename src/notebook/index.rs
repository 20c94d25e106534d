//! The linked notebook as data: what `waterline index` and `/notebook.json` give.
//!
//! Lines and columns count from 1, columns in characters; files are relative to
//! the content folder. The fields and their order are part of the public surface.

use serde::Serialize;

/// The whole notebook, linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// All notes, by file.
    pub notes: Vec<IndexNote>,
    /// The definition of every defined name, by file and place.
    pub anchors: Vec<IndexAnchor>,
    /// Every reference to a defined or wanted topic, by file and place.
    pub references: Vec<IndexReference>,
    /// Every wanted name, in name order.
    pub wanted: Vec<Wanted>,
    /// Anchors whose name is defined elsewhere already, by file and place.
    pub duplicates: Vec<IndexDuplicate>,
    /// What is wrong, by file and place.
    pub warnings: Vec<IndexWarning>,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexNote {
    /// Its file.
    pub file: String,
    /// Where it is read.
    pub path: String,
    /// Its title.
    pub title: String,
}

/// The anchor that defines a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexAnchor {
    /// The name.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// The line of its `<<`.
    pub line: u32,
    /// The column of its `<<`.
    pub column: u32,
    /// The topic's title.
    pub title: String,
    /// The path of the note it stands in.
    pub note: String,
}

/// A reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexReference {
    /// The name referred to.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// The column of its first character.
    pub column: u32,
    /// The path of the note it stands in.
    pub note: String,
    /// The innermost topic it stands in.
    pub topic: Option<String>,
    /// Is the name defined?
    pub resolved: bool,
}

/// A name that is referred to and defined nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wanted {
    /// The name as it is written.
    pub name: String,
    /// Defined names near it, closest first.
    pub did_you_mean: Vec<String>,
}

/// An anchor that lost against another of its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexDuplicate {
    /// The name.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// The line of its `<<`.
    pub line: u32,
    /// The column of its `<<`.
    pub column: u32,
}

/// A warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexWarning {
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}
