//! The web room: routes, pages, the guard and the one live stream.
//!
//! A request enters by [`front`]: [`guard`] first, then the [`kept`] pages, then
//! the router of [`routes`]. What goes wrong becomes a page ([`error`]).

pub mod assets;
pub mod chosen;
pub mod content;
pub mod demos;
pub mod editing;
pub mod edits;
pub mod error;
pub mod files;
pub mod finder;
pub mod front;
pub mod gallery;
pub mod guard;
pub mod host_pages;
pub mod hosts;
pub mod kept;
pub mod key;
pub mod live;
pub mod log;
mod near;
pub mod pages;
pub mod panel_pages;
mod ready;
pub mod reply;
pub mod routes;
mod search;
pub mod server;
pub mod state;
pub mod value_pages;
