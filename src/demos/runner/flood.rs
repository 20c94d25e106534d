//! The flood: what containers print.
//!
//! The log of a container stays small, but an engine that is flooded does nothing else.
//! So what was printed within the last second, by the engine's own clock, is looked at
//! from time to time.

use super::scales::Scales;
use crate::engine::hands::{Change, FullId, Hands, LogsOptions, Signal};
use futures_util::StreamExt;
use futures_util::future::join_all;
use jiff::{Timestamp, ToSpan};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// How often it is looked at what containers print.
const LISTEN: Duration = Duration::from_secs(3);
/// A container whose log grows by more than so many bytes a second, twice in a row, is
/// stopped. The engine keeps a megabyte of it and begins anew, so no more can be seen.
const FLOOD: usize = 128 * 1024;
/// How long after it a log with little in it is looked at again.
const AGAIN: Duration = Duration::from_millis(400);
/// What the engine writes around each line of a log, in bytes.
const AROUND: usize = 80;
/// How many containers are listened to at a time.
const AT_A_TIME: usize = 4;

/// Stops the containers that flood their logs, as long as this is polled.
pub(super) async fn watch(scales: &Scales, hands: &Hands) {
    let mut loud = HashSet::new();
    loop {
        tokio::time::sleep(LISTEN).await;
        // The moment is of the engine's clock, which may be another than ours.
        let Ok(now) = hands.now().await else { continue };
        loud = hush(scales, hands, now, &loud).await;
    }
}

/// Stops the containers that flood their logs and did so `before`; those that flood now.
async fn hush(
    scales: &Scales,
    hands: &Hands,
    now: Timestamp,
    before: &HashSet<FullId>,
) -> HashSet<FullId> {
    let began = Instant::now();
    let mut loud = HashSet::new();
    for some in scales.running().chunks(AT_A_TIME) {
        // Others were listened to meanwhile.
        let now = now.checked_add(began.elapsed()).unwrap_or(now);
        let heard = some.iter().map(|(_, id)| printed(hands, id, now));
        let heard = join_all(heard).await;
        for ((sandbox, id), _) in some.iter().zip(heard).filter(|(_, bytes)| *bytes > FLOOD) {
            if before.contains(id) {
                tracing::warn!(sandbox = %sandbox.id(), %id, "it floods its log: stopped");
                sandbox.is_too_loud(FLOOD);
                let (id, signal) = (id.clone(), Signal::KILL);
                // It may have ended by itself.
                let _killed = hands.apply(Change::Kill { id, signal }).await;
            }
            loud.insert(id.clone());
        }
    }
    loud
}

/// By how many bytes a container's log grew in the second before `now`, or a little more
/// than [`FLOOD`].
async fn printed(hands: &Hands, id: &FullId, now: Timestamp) -> usize {
    let began = Instant::now();
    let bytes = printed_by(hands, id, now).await;
    if bytes == 0 || bytes > FLOOD {
        return bytes;
    }
    // The engine may just have begun the file anew: then there is more of it soon.
    tokio::time::sleep(AGAIN).await;
    let now = now.checked_add(began.elapsed()).unwrap_or(now);
    printed_by(hands, id, now).await
}

async fn printed_by(hands: &Hands, id: &FullId, now: Timestamp) -> usize {
    let options = LogsOptions {
        since: now.checked_sub(1.second()).ok(),
        ..LogsOptions::default()
    };
    let Ok(mut frames) = hands.logs(id, options).await else {
        return 0;
    };
    let mut bytes = 0;
    while let Some(Ok(frame)) = frames.next().await {
        bytes += frame.bytes.len() + AROUND;
        if bytes > FLOOD {
            break;
        }
    }
    bytes
}
