//! The notebook room: Markdown in, linked topics and HTML fragments out.
//!
//! Knows no Docker and no HTTP.
