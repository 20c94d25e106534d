//! Search: which topics a few typed words mean.
//!
//! 1. `documents` says what of a note is searched: a document per topic, with the text
//!    that no topic inside it has, and one for the text that stands in no topic.
//! 2. [`Indexer`] (`index`) keeps a tantivy index in memory that follows a notebook: a
//!    save puts the documents of one file in anew, and nothing else.
//! 3. `words` cuts text into words as the index has them, and draws passages with marks.
//! 4. [`Search`] (`find`) is one state of the index with the notebook that it was made
//!    from. It answers; it never changes.
//! 5. `texts` gives the same documents as text, for a copy of the notebook that is searched
//!    without a server.

mod documents;
mod find;
mod index;
#[cfg(test)]
mod tests;
mod texts;
mod words;

pub use find::{Found, Hit, LONGEST, MOST_WORDS, Search};
pub use index::{Indexer, IndexerError};
pub use texts::Text;
pub use words::{has_all, words};
