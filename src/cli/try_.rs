//! `waterline try`: one command in a throw-away sandbox.
//!
//! Exit codes: 0 it was done, 1 it ran and failed or was ended by a limit, 3 it is
//! refused, 4 there is no engine to try it on. A refusal comes before a missing engine.

use super::harmless;
use super::hosts::run;
use crate::config::Settings;
use crate::demos::instance::Slot;
use crate::demos::runner::{self, How, Out, Outcome, Sandboxes};
use crate::engine::Engine;
use futures_util::StreamExt;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

/// It ran, and failed.
const FAILED: u8 = 1;
/// It is refused.
const REFUSED: u8 = 3;
/// There is no engine to try it on.
const NO_ENGINE: u8 = 4;

/// Runs `line` on the default host, and removes what it made.
pub fn try_(settings: &Settings, line: &str) -> ExitCode {
    if let Some(refusal) = runner::refuses(line) {
        say(&refusal.message);
        return REFUSED.into();
    }
    match run(async { Ok(tried(settings, line).await) }) {
        Ok(code) => code.into(),
        Err(error) => {
            say(&error.to_string());
            NO_ENGINE.into()
        }
    }
}

async fn tried(settings: &Settings, line: &str) -> u8 {
    let none = |error: &dyn std::fmt::Display| {
        say(&error.to_string());
        NO_ENGINE
    };
    let engine = match Engine::find(&settings.hosts) {
        Ok(engine) => Arc::new(engine),
        Err(error) => return none(&error),
    };
    let slot = match Slot::take() {
        Ok(slot) => slot,
        Err(error) => return none(&error),
    };
    let sandboxes = Sandboxes::new(engine, slot, settings.limits.clone(), settings.terms);
    let sandbox = match sandboxes.open(None).await {
        Ok(sandbox) => sandbox,
        Err(error) => return none(&error),
    };
    let mut running = sandbox.run(line, How::default());
    let stopped = async {
        let _told = tokio::signal::ctrl_c().await;
    };
    let told = async {
        while let Some(out) = running.next().await {
            print(out);
        }
        running.ended()
    };
    let outcome = tokio::select! {
        outcome = told => outcome,
        () = stopped => None,
    };
    sandboxes.end().await;
    match outcome {
        Some(Outcome::Done { code: 0 }) => 0,
        Some(Outcome::Done { .. }) => FAILED,
        Some(Outcome::Ended(why)) => {
            say(&why);
            FAILED
        }
        Some(Outcome::Refused(refusal)) => {
            say(&refusal.message);
            REFUSED
        }
        Some(Outcome::CannotTell(away)) => {
            say(&format!("{away}. {}", away.advice()));
            NO_ENGINE
        }
        None => {
            say("stopped, and removed what it had made");
            FAILED
        }
    }
}

/// What the docker command would print, where it would print it.
fn print(out: Out) {
    // Nobody is left to hear it: the command goes on to its end all the same.
    let _closed = match out {
        Out::Stdout(bytes) => {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(&bytes).and_then(|()| stdout.flush())
        }
        Out::Stderr(bytes) => std::io::stderr().write_all(&bytes),
        Out::Note(note) => {
            say(&note);
            Ok(())
        }
    };
}

fn say(text: &str) {
    for line in text.lines() {
        eprintln!("waterline: {}", harmless(line));
    }
}
