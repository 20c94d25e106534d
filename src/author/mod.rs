//! The author room: what somebody needs who writes notes.
//!
//! It puts the other rooms to work and serves nobody by itself: each file is a subcommand's
//! work, and `cli` only hands over to it.

pub mod check;
pub mod export;
pub mod lsp;
pub mod new;
pub mod terminal;
