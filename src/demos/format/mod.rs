//! What the docker command prints, made from what an engine answers.
//!
//! Pure functions: the engine's JSON (already under the names that a sandbox shows) and
//! options in, docker's text out. The time is a parameter. Learn docker here and it is
//! the same elsewhere: `tests/it/formats_live.rs` compares all but
//! `docker compose` with the docker command that is installed, byte for byte.
//!
//! - Lists ([`ps()`], [`images()`], [`volumes()`], [`networks()`], [`history()`], [`compose_ps()`],
//!   [`stats()`]) make [`template::Row`]s and print them through [`rows`].
//! - Single things: [`inspect()`], [`info()`], [`version()`], [`df()`], [`top()`], [`diff()`],
//!   [`event()`].
//! - [`template`]: the part of Go's templates that `-f` and `--format` take.
//! - [`filter`]: `--filter`, with docker's own errors.
//! - [`errors`]: docker's words for what an engine refuses.
//!
//! Where docker's versions differ, this prints what the command 28.2 prints in front of
//! an engine 20.10, whichever engine answers, so that a demo's expected lines hold on all:
//!
//! - commands before 28 have no `Platform` in the JSON of `ps`, and those before 23 no
//!   `Availability`, `Group` and `Status` in that of `volume ls`;
//! - the error of `docker run` ends in `See 'docker run --help'.` before 28;
//! - later engines begin some messages in lower case, and say `cannot remove container
//!   "/NAME": container is running: …` where we say `You cannot remove a running container`.
//!
//! Not reproduced: `{{json .}}` of a whole inspect (docker adds and drops fields by its own
//! version; here it is what the engine sent), a whole Go structure printed without `json`
//! but for those in `template::value`, and orders that are random in docker (runtimes are
//! sorted; `diff` on demand).

mod compose;
mod df;
pub mod errors;
mod events;
pub mod filter;
mod images;
mod info;
mod inspect;
mod networks;
mod processes;
mod ps;
pub mod rows;
mod stats;
pub mod table;
pub mod template;
mod version;
mod volumes;
pub mod words;

#[cfg(test)]
mod tests;

pub use compose::{ComposePs, compose_ps, log_line, progress};
pub use df::{DfOptions, df};
pub use errors::Said;
pub use events::{EventFormat, event};
pub use filter::Filter;
pub use images::{HistoryOptions, ImagesOptions, history, images};
pub use info::info;
pub use inspect::{Asked, Kind, inspect};
pub use networks::{NetworksOptions, networks};
pub use processes::{diff, top};
pub use ps::{PsOptions, ps, ps_needs_size};
pub use stats::{StatsOptions, stats};
pub use version::{own_client, version};
pub use volumes::{VolumesOptions, volumes};

/// What a command prints, and its exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// The exit code.
    pub code: i32,
}

impl Printed {
    /// A success that prints this.
    pub fn ok(out: String) -> Printed {
        Printed {
            out,
            ..Printed::default()
        }
    }

    /// The same with an error's text and exit code behind it.
    pub fn and(mut self, said: Said) -> Printed {
        self.err.push_str(&said.text);
        self.code = said.code;
        self
    }
}

impl From<Said> for Printed {
    fn from(said: Said) -> Printed {
        Printed::default().and(said)
    }
}

/// Docker could print this and we do not: a sentence that says what is supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported(pub String);

/// What a formatter gives back.
pub type Result<T = Printed> = std::result::Result<T, Unsupported>;
