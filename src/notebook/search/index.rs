//! The index: in memory, following a notebook file by file.

use super::documents::documents;
use super::find::Search;
use super::words::analyzer;
use crate::notebook::Notebook;
use std::sync::Arc;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};

/// The name under which the index knows our way to cut text into words.
const WORDS: &str = "words";
/// How much one thread gathers before it writes a segment, in bytes.
const GATHERED: usize = 48 << 20;

/// Why there is no index.
#[derive(Debug, thiserror::Error)]
#[error("the search index cannot be made: {0}")]
pub struct IndexerError(#[from] tantivy::TantivyError);

/// What a document has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// The slot of its file; what is removed when that is saved.
    slot: Field,
    /// The slot and the number of its anchor in one.
    pub key: Field,
    pub names: Field,
    pub title: Field,
    pub text: Field,
}

/// An index that follows a notebook.
pub struct Indexer {
    fields: Fields,
    writer: IndexWriter,
    reader: IndexReader,
    /// The notebook that is in the index.
    notebook: Option<Notebook>,
}

impl Indexer {
    /// An empty index.
    ///
    /// # Errors
    ///
    /// When the system gives no thread for it.
    pub fn new() -> Result<Indexer, IndexerError> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(WORDS)
            .set_index_option(IndexRecordOption::WithFreqs);
        let text = TextOptions::default().set_indexing_options(indexing);
        let fields = Fields {
            slot: schema.add_u64_field("slot", INDEXED),
            key: schema.add_u64_field("key", FAST),
            names: schema.add_text_field("names", text.clone()),
            title: schema.add_text_field("title", text.clone()),
            text: schema.add_text_field("text", text),
        };
        let index = Index::create_in_ram(schema.build());
        index.tokenizers().register(WORDS, analyzer());
        let threads = rayon::current_num_threads().clamp(1, 4);
        let writer = index.writer_with_num_threads(threads, threads * GATHERED)?;
        writer.set_merge_policy(Box::new(LogMergePolicy::default()));
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Indexer {
            fields,
            writer,
            reader,
            notebook: None,
        })
    }

    /// Brings the index to `notebook`, and gives it as it is then. Only files that
    /// changed since the last call are touched.
    ///
    /// # Errors
    ///
    /// When the index cannot be written; it is of no use then.
    pub fn follow(&mut self, notebook: &Notebook) -> Result<Search, IndexerError> {
        let before = self.notebook.as_ref();
        for slot in notebook.slots_changed_since(before) {
            if before.is_some() {
                let all = Term::from_field_u64(self.fields.slot, u64::from(slot));
                self.writer.delete_term(all);
            }
            let Some(note) = notebook.parsed(slot).filter(|note| !note.is_demo) else {
                continue;
            };
            for document in documents(note, notebook.prefixes()) {
                let mut entry = TantivyDocument::new();
                entry.add_u64(self.fields.slot, u64::from(slot));
                entry.add_u64(self.fields.key, key(slot, document.anchor));
                entry.add_text(self.fields.names, document.names);
                entry.add_text(self.fields.title, document.title);
                entry.add_text(self.fields.text, document.text);
                self.writer.add_document(entry)?;
            }
        }
        self.writer.commit()?;
        self.reader.reload()?;
        self.notebook = Some(notebook.clone());
        Ok(Search::new(
            self.fields,
            self.reader.searcher(),
            Arc::new(notebook.clone()),
        ))
    }
}

fn key(slot: u32, anchor: u32) -> u64 {
    u64::from(slot) << 32 | u64::from(anchor)
}

/// The slot and the anchor in a key.
pub(super) fn of_key(key: u64) -> (u32, u32) {
    ((key >> 32) as u32, key as u32)
}
