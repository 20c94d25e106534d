//! `waterline prepare`: the demo image on every host.

use super::harmless;
use super::hosts::{HostsError, hosts, run, say};
use crate::config::Settings;
use crate::demos::prepare::{self, Came, PrepareError, Prepared, Progress};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Puts the demo image on each host, from a file or by whatever way works.
pub fn prepare(settings: Settings, from: Option<PathBuf>) -> Result<(), HostsError> {
    run(async {
        let hosts = hosts(&settings)?;
        let mut without = 0;
        for host in hosts.iter() {
            let mut bar = Bar::new();
            let done = prepare::on_host(host, from.as_deref(), |step| bar.show(step));
            let done = done.await;
            bar.end();
            let what = match &done {
                Ok(prepared) => told(prepared),
                Err(error) => {
                    without += 1;
                    format!("no demo image: {}", why(error))
                }
            };
            say(format_args!(
                "{} ({}): {what}",
                host.name(),
                host.endpoint()
            ));
        }
        match without {
            0 => Ok(()),
            _ => Err(HostsError::Not(format!(
                "{without} of {} without the demo image",
                super::hosts::count(hosts.len(), "host")
            ))),
        }
    })
}

fn why(error: &PrepareError) -> String {
    match error {
        PrepareError::Failed(failed) => failed.words(),
        other => other.to_string(),
    }
}

fn told(prepared: &Prepared) -> String {
    let id = prepared.id.short();
    let file = |path: &Path| path.display().to_string();
    match &prepared.came {
        Came::Already => format!("the demo image is there ({id})"),
        Came::Found => format!("busybox:latest was there and is the demo image now ({id})"),
        Came::Pulled => format!("busybox:latest was pulled ({id})"),
        Came::Loaded(path) => format!("loaded from {} ({id})", file(path)),
        Came::Built(path) => format!("built from {} of this machine ({id})", file(path)),
    }
}

/// How often the bar is drawn at most.
const FRAME: Duration = Duration::from_millis(80);

/// How many characters the bar is long.
const LENGTH: u64 = 30;

/// A pull's progress: one line that is drawn anew on a terminal, else a line for each
/// thing that happens.
struct Bar {
    layers: BTreeMap<String, Progress>,
    is_terminal: bool,
    drawn: Option<Instant>,
}

impl Bar {
    fn new() -> Bar {
        Bar {
            layers: BTreeMap::new(),
            is_terminal: io::stderr().is_terminal(),
            drawn: None,
        }
    }

    fn show(&mut self, step: Progress) {
        let is_new = self
            .layers
            .get(&step.layer)
            .is_none_or(|last| last.status != step.status);
        if !self.is_terminal {
            if is_new {
                eprintln!("{}", harmless(&plain(&step)));
            }
            self.layers.insert(step.layer.clone(), step);
            return;
        }
        let status = step.status.clone();
        self.layers.insert(step.layer.clone(), step);
        if is_new || self.drawn.is_none_or(|drawn| drawn.elapsed() > FRAME) {
            let line = harmless(&bar(&self.layers, &status));
            // Back to the beginning of the line, and clear the rest of it.
            let _ = write!(io::stderr(), "\r{line}\x1b[K");
            let _ = io::stderr().flush();
            self.drawn = Some(Instant::now());
        }
    }

    fn end(&mut self) {
        if self.drawn.take().is_some() {
            let _ = writeln!(io::stderr());
        }
    }
}

fn plain(step: &Progress) -> String {
    match step.layer.is_empty() {
        true => step.status.clone(),
        false => format!("{}: {}", step.layer, step.status),
    }
}

/// All layers in one bar, and what happens to the last one that was heard of.
fn bar(layers: &BTreeMap<String, Progress>, status: &str) -> String {
    let is_counted = |step: &&Progress| step.total > 0;
    let (current, total) =
        layers
            .values()
            .filter(is_counted)
            .fold((0u64, 0u64), |(current, total), step| {
                let done = step.current.min(step.total);
                (
                    current.saturating_add(done),
                    total.saturating_add(step.total),
                )
            });
    if total == 0 {
        return format!("busybox: {status}");
    }
    let full = current.saturating_mul(LENGTH) / total;
    let (full, rest) = (full as usize, (LENGTH - full) as usize);
    format!(
        "busybox: [{}{}] {:.1} of {:.1} MB, {status}",
        "#".repeat(full),
        "-".repeat(rest),
        current as f64 / 1e6,
        total as f64 / 1e6,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(layer: &str, status: &str, current: u64, total: u64) -> (String, Progress) {
        let step = Progress {
            layer: layer.into(),
            status: status.into(),
            current,
            total,
        };
        (layer.to_owned(), step)
    }

    #[test]
    fn the_bar_shows_how_much_of_all_layers_is_there() {
        let layers = [
            step("", "Pulling from library/busybox", 0, 0),
            step("a", "Downloading", 1_000_000, 2_000_000),
            step("b", "Downloading", 500_000, 1_000_000),
        ];
        assert_eq!(
            bar(&layers.into(), "Downloading"),
            "busybox: [###############---------------] 1.5 of 3.0 MB, Downloading"
        );
        let first = [step("latest", "Pulling from library/busybox", 0, 0)];
        assert_eq!(bar(&first.into(), "Pulling"), "busybox: Pulling");
        let strange = [step("a", "Extracting", 9, 3)];
        assert!(bar(&strange.into(), "Extracting").contains(&"#".repeat(30)));
    }
}
