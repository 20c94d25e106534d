//! A flood: a container that prints without end. The log on the disk stays small, but
//! every line of it is work for the engine, which no limit of the container counts: one
//! `yes` keeps it busy as much as a whole processor can.
//!
//! A step that prints too much is ended by its own limit. This is for what runs detached.

use crate::engine::hands::{Failed, FullId, Hands, LogsOptions};
use futures_util::StreamExt;
use jiff::Timestamp;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How often logs are looked at.
const EVERY: Duration = Duration::from_secs(2);
/// So many looks in a row at a flood are too many.
const LOOKS: u32 = 4;
/// What is looked at: so many lines from the end, and never fewer than a few.
const LINES: u64 = 500;
const FEW: usize = 50;
/// Faster than that is a flood, in lines and in bytes a second.
const LINES_A_SECOND: f64 = 2_000.0;
const BYTES_A_SECOND: f64 = 1_000_000.0;

/// What is known of the logs of one sandbox.
#[derive(Default)]
pub(super) struct Floods {
    looked: Option<Instant>,
    /// How often in a row a container was seen to flood, and its last line then.
    seen: HashMap<FullId, (u32, Timestamp)>,
}

impl Floods {
    /// Which of the containers that run have printed too fast for too long.
    pub(super) async fn look(&mut self, hands: &Hands, running: &[FullId]) -> Vec<FullId> {
        if self.looked.is_some_and(|looked| looked.elapsed() < EVERY) {
            return Vec::new();
        }
        self.looked = Some(Instant::now());
        self.seen.retain(|id, _| running.contains(id));
        let mut floods = Vec::new();
        for id in running {
            // Away, or gone meanwhile: the next look tells.
            let Ok(lines) = end_of_log(hands, id).await else {
                continue;
            };
            if self.note(id, &lines) {
                floods.push(id.clone());
            }
        }
        floods
    }

    /// Takes note of the last lines of a log, each with its time and length. Whether it is
    /// too much now.
    fn note(&mut self, id: &FullId, lines: &[(Timestamp, usize)]) -> bool {
        let Some((last, _)) = lines.last() else {
            return false;
        };
        let (times, before) = self.seen.get(id).copied().unwrap_or_default();
        // What stands in the log since the look before was printed by then.
        let goes_on = *last > before && is_fast(lines);
        let times = if goes_on { times + 1 } else { 0 };
        self.seen.insert(id.clone(), (times, *last));
        times >= LOOKS
    }
}

fn is_fast(lines: &[(Timestamp, usize)]) -> bool {
    let (Some((first, _)), Some((last, _))) = (lines.first(), lines.last()) else {
        return false;
    };
    let seconds = last.duration_since(*first).as_secs_f64().max(0.000_001);
    let bytes: usize = lines.iter().map(|(_, length)| length).sum();
    let a_second = |count: usize| count as f64 / seconds;
    lines.len() >= FEW
        && (a_second(lines.len()) > LINES_A_SECOND || a_second(bytes) > BYTES_A_SECOND)
}

async fn end_of_log(hands: &Hands, id: &FullId) -> Result<Vec<(Timestamp, usize)>, Failed> {
    let options = LogsOptions {
        timestamps: true,
        tail: Some(LINES),
        ..LogsOptions::default()
    };
    let mut frames = hands.logs(id, options).await?;
    let mut lines = Vec::new();
    while let Some(frame) = frames.next().await {
        let bytes = frame?.bytes;
        let end = bytes.iter().position(|byte| *byte == b' ');
        let time = end.and_then(|end| std::str::from_utf8(&bytes[..end]).ok()?.parse().ok());
        lines.extend(time.map(|time| (time, bytes.len())));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(from: i64, apart: i64, length: usize, count: i64) -> Vec<(Timestamp, usize)> {
        let at = |line| Timestamp::from_microsecond(from + line * apart).expect("a time");
        (0..count).map(|line| (at(line), length)).collect()
    }

    #[test]
    fn what_prints_fast_look_after_look_is_a_flood() {
        let id = FullId::parse(&"a".repeat(64)).expect("an id");
        let told = |make: &dyn Fn(i64) -> Vec<(Timestamp, usize)>| -> Vec<bool> {
            let mut floods = Floods::default();
            (1..=5)
                .map(|look| floods.note(&id, &make(look * 2_000_000)))
                .collect()
        };
        let never = vec![false; 5];
        assert_eq!(
            told(&|from| log(from, 10, 2, 500)),
            [false, false, false, true, true]
        );
        assert_eq!(
            told(&|from| log(from, 5_000, 16_384, 64)),
            [false, false, false, true, true],
            "few lines, but long ones"
        );
        assert_eq!(told(&|_| log(1, 10, 2, 500)), never, "once, long ago");
        assert_eq!(told(&|from| log(from, 1_000, 80, 500)), never);
        assert_eq!(told(&|from| log(from, 10, 2, 20)), never, "a few lines");
        assert_eq!(told(&|_| Vec::new()), never);
        let now_and_then = |from: i64| match from / 2_000_000 % 3 {
            0 => log(from, 1_000_000, 2, 2),
            _ => log(from, 10, 2, 500),
        };
        assert_eq!(told(&now_and_then), never);
    }
}
