//! The checker: what is wrong with the notes, looked for on a thread of its own.
//!
//! Typing never waits for it. When there were changes while it worked, only the newest state
//! is checked next, and what it found for an older one is not shown.

use crate::author::check;
use crate::notebook::{Notebook, Problem};
use crate::panels::attached::Attached;
use crate::web::demos::reasons::Reasons;
use crate::web::state::Edition;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// The notes at one moment.
pub struct State {
    /// Which moment: they rise.
    pub number: u64,
    /// The notes.
    pub notebook: Notebook,
    /// `attachments.toml`.
    pub attachments: Arc<str>,
    /// `demos/none.toml`.
    pub reasons: Arc<str>,
    /// The content folder.
    pub folder: PathBuf,
    /// The versions of the documents that were open.
    pub versions: BTreeMap<String, i32>,
}

/// What was wrong at that moment.
pub struct Checked {
    /// Which moment.
    pub number: u64,
    /// The problems of each file that has any.
    pub problems: BTreeMap<String, Vec<Problem>>,
    /// The versions of the documents that were open.
    pub versions: BTreeMap<String, i32>,
}

/// Starts the thread; it ends when nobody can send it anything.
///
/// # Errors
///
/// When the system has no thread left.
pub fn start(tell: impl Fn(Checked) + Send + 'static) -> std::io::Result<Sender<State>> {
    let (to_check, states) = channel();
    std::thread::Builder::new()
        .name("checker".into())
        .spawn(move || run(&states, tell))?;
    Ok(to_check)
}

/// No notebook is waited with longer than this.
const LONGEST_REST: Duration = Duration::from_millis(400);

fn run(states: &Receiver<State>, tell: impl Fn(Checked)) {
    // What takes long is begun when the typing pauses, for as long as it would take: so it is
    // not in the way of an answer, and what is quick is told at once.
    let mut rest = Duration::ZERO;
    while let Ok(mut state) = states.recv() {
        while let Ok(newer) = states.recv_timeout(rest) {
            state = newer;
        }
        let begun = Instant::now();
        let checked = check(state);
        rest = begun.elapsed().min(LONGEST_REST);
        tell(checked);
    }
}

/// What is wrong, file by file.
pub fn check(state: State) -> Checked {
    let attached = Attached::built_in().and(&state.attachments);
    let source = state.folder.display().to_string();
    let edition = Edition::new(state.notebook, attached, source)
        .with_reasons(Reasons::built_in().and(&state.reasons));
    let mut problems = BTreeMap::<String, Vec<Problem>>::new();
    for problem in check::check(&edition) {
        problems
            .entry(problem.file.clone())
            .or_default()
            .push(problem);
    }
    Checked {
        number: state.number,
        problems,
        versions: state.versions,
    }
}
