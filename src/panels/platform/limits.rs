//! Limits: how much memory and swap one container may take, in words.

use super::ground::memory;
use serde::Serialize;
use serde_json::Value;

/// How wide the bar of memory and swap is, in pixels.
const BAR: f64 = 150.0;

/// What one container may take.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// Bytes of memory; `None` is no limit.
    pub memory: Option<u64>,
    /// What it may put into swap.
    pub swap: Swap,
    /// Memory and swap in words.
    pub words: String,
    /// What else is set: a reservation, no killing.
    pub notes: Vec<String>,
    /// Pixels of memory in the bar, and of swap.
    pub bar: (f64, f64),
}

/// What a container may put into swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Swap {
    /// Nothing limits it but the host.
    Free,
    /// No byte.
    None,
    /// This many bytes.
    Up(u64),
    /// This engine cannot limit it.
    NotLimited,
}

/// Reads `HostConfig` of an inspect. `None` where the engine says nothing of memory.
/// `swap_limit` is `/info`'s `SwapLimit`.
pub fn read(host: &Value, swap_limit: Option<bool>, cgroup: Option<&str>) -> Option<Limits> {
    let most = host["Memory"].as_i64()?;
    let both = host["MemorySwap"].as_i64().unwrap_or(0);
    let limit = u64::try_from(most).ok().filter(|bytes| *bytes > 0);
    let swap = match limit {
        None => Swap::Free,
        Some(_) if swap_limit == Some(false) => Swap::NotLimited,
        Some(_) if both < 0 => Swap::Free,
        // Not set: as much again, which newer and older engines write out themselves.
        Some(limit) if both == 0 => Swap::Up(limit),
        Some(limit) => match u64::try_from(both).unwrap_or(0).saturating_sub(limit) {
            0 => Swap::None,
            more => Swap::Up(more),
        },
    };
    let words = match (limit, swap) {
        (None, _) => "no limit: as much memory and swap as the host has".to_owned(),
        (Some(limit), Swap::None) => format!("{} of memory and no swap", memory(limit)),
        (Some(limit), Swap::Free) => format!(
            "{} of memory, and as much swap as the host has",
            memory(limit)
        ),
        (Some(limit), Swap::NotLimited) => {
            format!("{} of memory; this host cannot limit swap", memory(limit))
        }
        (Some(limit), Swap::Up(more)) if more == limit => {
            format!("{} of memory, and as much again in swap", memory(limit))
        }
        (Some(limit), Swap::Up(more)) => {
            format!("{} of memory and {} of swap", memory(limit), memory(more))
        }
    };
    let mut notes = Vec::new();
    if let Some(bytes) = host["MemoryReservation"]
        .as_u64()
        .filter(|bytes| *bytes > 0)
    {
        notes.push(format!(
            "under pressure it is pushed back to {} (MemoryReservation)",
            memory(bytes)
        ));
    }
    if host["OomKillDisable"].as_bool() == Some(true) {
        notes.push(match cgroup {
            Some("2") => "OomKillDisable is set, which cgroup v2 ignores".into(),
            _ => "at its limit it waits instead of being killed (OomKillDisable)".into(),
        });
    }
    let bar = match (limit, swap) {
        (None, _) => (0.0, 0.0),
        (Some(_), Swap::None) => (BAR, 0.0),
        (Some(_), Swap::Free | Swap::NotLimited) => (BAR / 2.0, BAR / 2.0),
        (Some(limit), Swap::Up(more)) => {
            let all = limit as f64 + more as f64;
            let part = (BAR * limit as f64 / all).clamp(4.0, BAR - 4.0);
            (part, BAR - part)
        }
    };
    Some(Limits {
        memory: limit,
        swap,
        words,
        notes,
        bar,
    })
}

impl Limits {
    /// Whether the swap part of the bar is open.
    pub fn open(&self) -> bool {
        matches!(self.swap, Swap::Free | Swap::NotLimited)
    }

    /// Where the swap begins.
    pub fn swap_x(&self) -> f64 {
        1.0 + self.bar.0
    }
}
