//! `waterline lsp`: an editor that knows anchors.
//!
//! The Language Server Protocol on standard input and output. What comes in goes through
//! these files in order:
//!
//! 1. `wire` reads messages, also from a client that lies about them.
//! 2. `server` holds to the protocol: what may come when, and what follows from it;
//!    `requests` says which answer belongs to which method, `client` is what the client says of itself.
//! 3. `desk` is the notebook with what is open in the editor laid over it; `text` counts
//!    lines and columns as editors do, `uri` reads addresses, `lists` reads the TOML lists.
//! 4. `answers`, `complete`, `fix` and `rename` are pure functions of the desk; `safe` is what
//!    of a note's text an editor is given to draw.
//! 5. `checker` looks for problems on a thread of its own, `diagnostics` tells of them.

pub mod answers;
pub mod checker;
pub mod client;
pub mod complete;
pub mod desk;
mod diagnostics;
pub mod fix;
mod lists;
pub mod rename;
mod requests;
mod safe;
pub mod server;
pub mod text;
mod uri;
mod wire;

use crate::notebook::Rules;
use server::{Event, Flow, Server};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

/// So many messages wait to be answered; a client that sends more waits itself.
const WAITING: usize = 64;

/// Talks with the client on standard input and output until it goes. `content` is the folder
/// with the notes; without it, the first folder that is open in the editor. `true` when the
/// client took its leave as the protocol has it.
///
/// # Errors
///
/// When the client does not listen any more, or the system has no thread left.
pub fn serve(content: Option<PathBuf>, rules: Rules) -> io::Result<bool> {
    let (happens, events) = sync_channel(WAITING);
    let checked = happens.clone();
    let to_check = checker::start(move |result| {
        // Nobody to tell any more: we are ending.
        let _ = checked.send(Event::Checked(result));
    })?;
    let heard = happens.clone();
    std::thread::Builder::new()
        .name("client".into())
        .spawn(move || {
            let mut input = BufReader::new(io::stdin().lock());
            loop {
                let message = wire::read(&mut input);
                let last = !matches!(
                    &message,
                    Ok(wire::Heard::Message(_) | wire::Heard::Nonsense(_))
                );
                if heard.send(Event::Heard(message)).is_err() || last {
                    break;
                }
            }
        })?;
    let mut server = Server::new(content, rules, happens, to_check);
    let mut out = BufWriter::new(io::stdout().lock());
    for event in events {
        let flow = server.happens(event);
        for message in server.said() {
            wire::write(&mut out, &message)?;
        }
        out.flush()?;
        if let Flow::Over(well) = flow {
            return Ok(well);
        }
    }
    Ok(false)
}
