//! The notebook room: Markdown in, linked topics and HTML fragments out.
//!
//! Knows no Docker and no HTTP. A note goes through these files in order:
//!
//! 1. `files` reads a content folder, as far as `ours` says that its files are meant;
//!    `watch` tells what changes in it. `beside` are the files that are no notes, `picture`
//!    says how large one is.
//! 2. `parse` turns each file into a `parsed` note in one pass: `front` matter,
//!    then a `walk` over the Markdown parser's events. Their text (`inline`) is
//!    `scan`ned for anchors and for words that may be references (`name` says
//!    what a NAME is); `lines` turns offsets into lines and columns.
//! 3. [`Notebook`] (`linked`) links: `names` says who defines and who mentions a name,
//!    `near` what a misspelt one may mean, `paths` where each note is read,
//!    `reading` what is read after what, `leads` where a link leads.
//! 4. `queries` answers what a page asks, `graph` what a map does; `render` (with `html`,
//!    `ids`, `urls`, `code`) draws the pieces of a note as safe HTML; `glance` the first of a
//!    topic; `demo` cuts a demo at its blocks; `places` tells an editor what stands where.
//! 5. What an author should look at is a [`Problem`] (`problem`): faults found on the way,
//!    what `looks` wrong afterwards (`slips` for anchors), and what is `undefined`.

mod astray;
mod beside;
mod code;
mod demo;
mod files;
mod follow;
mod front;
mod glance;
mod graph;
mod html;
mod ids;
mod index;
mod inline;
mod labels;
mod leads;
mod lines;
mod linked;
mod looks;
mod name;
mod names;
mod near;
mod ours;
mod page;
mod parse;
mod parsed;
mod paths;
mod picture;
mod places;
mod problem;
mod queries;
mod reading;
mod render;
mod scan;
pub mod search;
mod settle;
mod slips;
mod undefined;
mod urls;
mod walk;
pub mod watch;

pub use beside::Opened;
pub use demo::{DemoBlock, DemoFile, DemoPart};
pub use files::{Content, ContentError, is_meant, read_again};
pub use follow::Followed;
pub use glance::Glance;
pub use graph::{MappedNote, NoteMap, Place, Way};
pub use index::{
    Index, IndexAnchor, IndexDuplicate, IndexNote, IndexReference, IndexWarning, Wanted,
};
pub use linked::{Notebook, Rules};
pub use looks::{Elsewhere, meant};
pub use page::{
    Backlink, Block, DefinedTopic, NoteLink, NotePage, NoteReferences, OutlineEntry, TopicLink,
    TopicPage, WantedTopic,
};
pub use places::{FirstLines, Outlined, Role, Spot, Stands};
pub use problem::{Problem, Rule, Severity};
