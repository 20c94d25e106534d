//! `docker stats --no-stream`.

use super::Result;
use super::rows::{Lists, Style};
use super::template::{Cell, Row};
use super::words::{binary_size, short_id, size, text};
use serde_json::Value;

/// How `docker stats` was called.
#[derive(Clone, Debug, Default)]
pub struct StatsOptions {
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `--format`.
    pub format: Option<String>,
}

const LISTS: Lists = Lists {
    headers: &[
        ("Container", "CONTAINER"),
        ("Name", "NAME"),
        ("ID", "CONTAINER ID"),
        ("CPUPerc", "CPU %"),
        ("MemUsage", "MEM USAGE / LIMIT"),
        ("MemPerc", "MEM %"),
        ("NetIO", "NET I/O"),
        ("BlockIO", "BLOCK I/O"),
        ("PIDs", "PIDS"),
    ],
    table: "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}",
    raw: None,
    quiet: "{{.ID}}",
    quiet_wins: false,
};

/// `docker stats --no-stream` over pairs: what the container was called on the command
/// line (its short id where nothing was), and `/containers/ID/stats?stream=0`, which has
/// figures of two moments.
pub fn stats(containers: &[(String, Value)], options: &StatsOptions) -> Result {
    let rows: Vec<Row> = containers
        .iter()
        .map(|(called, stats)| row(called, stats, !options.no_trunc))
        .collect();
    let style = Style {
        format: options.format.as_deref(),
        quiet: false,
    };
    LISTS.print(style, &rows)
}

/// A figure by its path; nothing where it is missing.
fn figure(value: &Value, path: &str) -> f64 {
    value
        .pointer(path)
        .and_then(Value::as_f64)
        .unwrap_or_default()
}

fn row(called: &str, stats: &Value, trunc: bool) -> Row {
    let id = text(stats, "id");
    let name = text(stats, "name");
    let name = match name.len() {
        0 | 1 => "--",
        _ => name.strip_prefix('/').unwrap_or(name),
    };
    let (memory, limit) = (memory(stats), figure(stats, "/memory_stats/limit"));
    let share = if limit == 0.0 {
        0.0
    } else {
        memory / limit * 100.0
    };
    let (received, sent) = network(stats);
    let (read, written) = disk(stats);
    let cells: Vec<(&'static str, Cell)> = vec![
        ("Container", called.into()),
        ("Name", name.into()),
        ("ID", if trunc { short_id(id) } else { id }.into()),
        ("CPUPerc", format!("{:.2}%", cpu(stats)).into()),
        (
            "MemUsage",
            format!("{} / {}", binary_size(memory), binary_size(limit)).into(),
        ),
        ("MemPerc", format!("{share:.2}%").into()),
        (
            "NetIO",
            format!("{} / {}", size(received, 3), size(sent, 3)).into(),
        ),
        (
            "BlockIO",
            format!("{} / {}", size(read, 3), size(written, 3)).into(),
        ),
        (
            "PIDs",
            (figure(stats, "/pids_stats/current") as u64)
                .to_string()
                .into(),
        ),
    ];
    Row::new("*container.statsContext", cells)
}

/// The share of one processor between two moments, in percent.
fn cpu(stats: &Value) -> f64 {
    let grown = |field: &str| {
        figure(stats, &format!("/cpu_stats/{field}"))
            - figure(stats, &format!("/precpu_stats/{field}"))
    };
    let (own, system) = (grown("cpu_usage/total_usage"), grown("system_cpu_usage"));
    let online = match figure(stats, "/cpu_stats/online_cpus") {
        0.0 => stats
            .pointer("/cpu_stats/cpu_usage/percpu_usage")
            .and_then(Value::as_array)
            .map_or(0, Vec::len) as f64,
        online => online,
    };
    match system > 0.0 && own > 0.0 {
        true => own / system * online * 100.0,
        false => 0.0,
    }
}

/// What is in use, without the files that could be dropped from memory.
fn memory(stats: &Value) -> f64 {
    let usage = figure(stats, "/memory_stats/usage");
    // The first is of cgroup v1, the second of v2.
    ["total_inactive_file", "inactive_file"]
        .iter()
        .find_map(|name| {
            let files = stats.pointer(&format!("/memory_stats/stats/{name}"))?;
            files.as_f64().filter(|files| *files < usage)
        })
        .map_or(usage, |files| usage - files)
}

fn network(stats: &Value) -> (f64, f64) {
    let networks = stats.get("networks").and_then(Value::as_object);
    networks
        .into_iter()
        .flatten()
        .fold((0.0, 0.0), |(received, sent), (_, network)| {
            (
                received + figure(network, "/rx_bytes"),
                sent + figure(network, "/tx_bytes"),
            )
        })
}

fn disk(stats: &Value) -> (f64, f64) {
    let entries = stats
        .pointer("/blkio_stats/io_service_bytes_recursive")
        .and_then(Value::as_array);
    let of = |letter: &str| {
        entries
            .into_iter()
            .flatten()
            .filter(|entry| text(entry, "op").to_lowercase().starts_with(letter))
            .map(|entry| figure(entry, "/value"))
            .sum()
    };
    (of("r"), of("w"))
}
