//! The engine room: the only room that holds a connection to Docker.
//!
//! A host is asked an [`Ask`] and gives an [`Answer`]; answers are raw
//! JSON, masked as they enter. Read [`ask`] and [`answer`] first.

pub mod answer;
pub mod ask;
pub mod recorded;

pub use answer::{Answer, Answers, Away, State, Why};
pub use ask::{Ask, Id};
pub use recorded::Recording;
