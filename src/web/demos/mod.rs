//! Demos on pages: a note's commands run in a sandbox, and what came of them is shown.
//!
//! 1. [`pages`]: `/demos`, `/demos/ID`, `/prompt` and what stands beside them; everything
//!    that is only read.
//! 2. [`changes`]: the forms. The front door has seen the key's cookie and our own
//!    origin; here comes the token, and the turn of the click.
//! 3. [`bench`]: what one visitor does with one demo, and [`entry`], what is written down
//!    of it; [`stage`]: all of them. A command
//!    goes on when its page is closed.
//! 4. [`view`]: a bench and a demo become HTML; [`stream`] sends what has changed of it.
//! 5. [`terminal`]: the one thing that needs scripts.
//! 6. [`said`], [`moved`], [`form`], [`visitor`]: output made harmless, what a command
//!    changed, what a form says, and who sent it.

pub mod access;
pub mod bench;
pub mod changes;
mod effects;
pub mod entry;
pub mod form;
pub mod moved;
pub mod pages;
pub mod reasons;
pub mod reference;
pub mod said;
pub mod stage;
pub mod stream;
pub mod terminal;
pub mod view;
pub mod visitor;
