//! The weight of a sandbox: how much of the host's disk its layers and volumes take.
//!
//! What a container prints is watched as well: the log stays small, but an engine that is
//! flooded does nothing else.
//!
//! No limit of the engine's holds what a container writes in all: one that may write only
//! small files writes many. So while something runs in a sandbox it is measured, the
//! sooner again the faster it grows, and stopped when it weighs too much.

use super::sandbox::Sandbox;
use crate::engine::hands::{Change, Failed, FullId, LogsOptions, Look, Signal, Whose};
use futures_util::StreamExt;
use futures_util::future::join_all;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The time between two measurements, whatever grows.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(1);
/// How long after a start something is measured for the first time.
const FIRST: Duration = Duration::from_millis(200);
/// Volumes are measured by walking through them: seldom, and seldomer if it takes long.
const VOLUMES_AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked at what containers print.
const LISTEN: Duration = Duration::from_secs(3);
/// A container whose log grows by more than so many bytes a second, twice in a row, is
/// stopped. The engine keeps a megabyte of it and begins anew, so no more can be seen.
const FLOOD: usize = 128 * 1024;
/// What the engine writes around each line of a log, in bytes.
const AROUND: usize = 80;

/// What a sandbox weighs, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// The writable layers of its containers.
    pub layers: u64,
    /// What its images have more than the demo image.
    pub images: u64,
    /// Its volumes.
    pub volumes: u64,
}

impl Weight {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.layers
            .saturating_add(self.images)
            .saturating_add(self.volumes)
    }
}

/// One measurement after the other, while something runs.
pub(super) async fn watch(sandbox: Arc<Sandbox>) {
    let mut scale = Scale::default();
    let (mut listened, mut loud) = (Instant::now(), Vec::new());
    let mut pause = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // Something was started: what it writes is not known yet.
            () = sandbox.stirred() => {
                pause = FIRST;
                continue;
            }
        }
        match scale.measure(&sandbox).await {
            Ok(Reading { running, weight }) => {
                sandbox.weighs(weight);
                if running.is_empty() {
                    return;
                }
                if listened.elapsed() >= LISTEN {
                    loud = hush(&sandbox, running, &loud).await;
                    listened = Instant::now();
                }
                if weight.total() > sandbox.limits.weight {
                    too_heavy(&sandbox, weight).await;
                }
                pause = scale.pause(weight.total(), sandbox.limits.weight);
            }
            Err(Failed::Away(_)) => pause = LONGEST,
            Err(Failed::Said { status, message }) => {
                tracing::debug!(status, message, "a sandbox could not be measured");
                pause = LONGEST;
            }
        }
    }
}

/// What a sandbox weighs now.
pub(super) async fn now(sandbox: &Sandbox) -> Result<Weight, Failed> {
    let mut scale = Scale::default();
    let reading = scale.measure(sandbox).await?;
    match scale.blind.take() {
        Some(failed) => Err(failed),
        None => Ok(reading.weight),
    }
}

/// Stops everything that runs.
async fn too_heavy(sandbox: &Sandbox, weight: Weight) {
    tracing::warn!(sandbox = %sandbox.id(), bytes = weight.total(), "too heavy: stopped");
    sandbox.is_too_heavy(weight);
    if let Err(failed) = stop_all(sandbox).await {
        tracing::warn!(sandbox = %sandbox.id(), %failed, "not stopped");
    }
}

/// Kills all containers of a sandbox that run.
pub(super) async fn stop_all(sandbox: &Sandbox) -> Result<(), Failed> {
    let containers = sandbox.hands().look(containers(sandbox, false)).await?;
    let kill = |container: &Value| {
        let id = FullId::parse(container["Id"].as_str()?)?;
        let signal = Signal::KILL;
        Some(sandbox.hands().apply(Change::Kill { id, signal }))
    };
    let running = list(&containers).iter().filter(|one| runs(one));
    // One that has just ended by itself is as good.
    let _killed = join_all(running.filter_map(kill)).await;
    Ok(())
}

/// Stops the containers that flood their logs and did so `before`; those that flood now.
async fn hush(sandbox: &Sandbox, running: Vec<FullId>, before: &[FullId]) -> Vec<FullId> {
    let mut loud = Vec::new();
    for id in running {
        if printed_last_second(sandbox, &id).await <= FLOOD {
            continue;
        }
        if before.contains(&id) {
            tracing::warn!(sandbox = %sandbox.id(), %id, "it floods its log: stopped");
            sandbox.is_too_loud(FLOOD);
            let signal = Signal::KILL;
            // It may have ended by itself.
            let kill = Change::Kill {
                id: id.clone(),
                signal,
            };
            let _killed = sandbox.hands().apply(kill).await;
        }
        loud.push(id);
    }
    loud
}

/// By how many bytes a container's log grew in the last second, or a little more than
/// [`FLOOD`].
async fn printed_last_second(sandbox: &Sandbox, id: &FullId) -> usize {
    let options = LogsOptions {
        since: Timestamp::now().checked_sub(1.second()).ok(),
        ..LogsOptions::default()
    };
    let Ok(mut frames) = sandbox.hands().logs(id, options).await else {
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

fn containers(sandbox: &Sandbox, size: bool) -> Look {
    Look::Containers {
        whose: Whose::Sandbox(*sandbox.id()),
        size,
    }
}

fn runs(container: &Value) -> bool {
    matches!(
        container["State"].as_str(),
        Some("running" | "paused" | "restarting")
    )
}

fn list(json: &Value) -> &[Value] {
    json.as_array().map_or(&[], Vec::as_slice)
}

fn sum<'a>(items: &'a [Value], bytes: impl Fn(&'a Value) -> Option<u64>) -> u64 {
    items.iter().filter_map(bytes).fold(0, u64::saturating_add)
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    weight: Weight,
    /// The containers that run.
    running: Vec<FullId>,
}

/// Measures, and knows what it measured last.
#[derive(Default)]
struct Scale {
    last: Option<(Instant, u64)>,
    /// Bytes a second.
    speed: f64,
    volumes: Option<(Instant, Duration, u64)>,
    /// Why the volumes were not measured the last time.
    blind: Option<Failed>,
}

impl Scale {
    async fn measure(&mut self, sandbox: &Sandbox) -> Result<Reading, Failed> {
        let hands = sandbox.hands();
        let whose = Whose::Sandbox(*sandbox.id());
        let then = Instant::now();
        let containers = hands.look(containers(sandbox, true)).await?;
        // What ended by itself takes none of the host's memory any more.
        let count = list(&containers).iter().filter(|one| runs(one)).count();
        let all = &sandbox.place.running;
        all.note(*sandbox.id(), count as u64, then);
        let images = hands.look(Look::Images(whose)).await?;
        let demo = sandbox.known.image.as_str();
        let images = list(&images);
        let base = sum(images, |image| {
            (image["Id"] == demo).then(|| image["Size"].as_u64())?
        });
        let weight = Weight {
            layers: sum(list(&containers), |one| one["SizeRw"].as_u64()),
            images: sum(images, |image| {
                Some(image["Size"].as_u64()?.saturating_sub(base))
            }),
            volumes: self.volumes(sandbox, whose).await,
        };
        let (now, total) = (Instant::now(), weight.total());
        if let Some((then, before)) = self.last.replace((now, total)) {
            let seconds = now.duration_since(then).as_secs_f64().max(0.001);
            self.speed = total.saturating_sub(before) as f64 / seconds;
        }
        Ok(Reading {
            weight,
            running: list(&containers)
                .iter()
                .filter(|one| runs(one))
                .filter_map(|one| FullId::parse(one["Id"].as_str()?))
                .collect(),
        })
    }

    async fn volumes(&mut self, sandbox: &Sandbox, whose: Whose) -> u64 {
        if let Some((when, took, bytes)) = self.volumes
            && when.elapsed() < VOLUMES_AT_MOST_EVERY.max(took * 4)
        {
            return bytes;
        }
        let before = self.volumes.map_or(0, |(_, _, bytes)| bytes);
        let (began, hands) = (Instant::now(), sandbox.hands());
        // Measuring them walks through everybody's.
        let has_none = match hands.look(Look::Volumes(whose)).await {
            Ok(volumes) => list(&volumes).is_empty(),
            Err(_) => false,
        };
        if has_none {
            self.volumes = None;
            return 0;
        }
        let usage = hands.look(Look::DiskUsage(whose)).await;
        let bytes = match &usage {
            Ok(usage) => sum(list(&usage["Volumes"]), |volume| {
                volume["UsageData"]["Size"].as_u64()
            }),
            // Somebody else measures just now, or the engine does not answer.
            Err(_) => before,
        };
        self.blind = usage.err();
        self.volumes = Some((Instant::now(), began.elapsed(), bytes));
        bytes
    }

    /// How long until the next one: so that a quarter of what is left is used up, at the
    /// speed of now.
    fn pause(&self, total: u64, limit: u64) -> Duration {
        let left = limit.saturating_sub(total) as f64;
        let seconds = left / self.speed.max(1.0) / 4.0;
        Duration::try_from_secs_f64(seconds)
            .unwrap_or(LONGEST)
            .clamp(SHORTEST, LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_fast_is_measured_again_soon() {
        let scale = |speed: f64| Scale {
            speed,
            ..Scale::default()
        };
        assert_eq!(scale(0.0).pause(0, 256_000_000), LONGEST);
        assert_eq!(scale(1e9).pause(0, 256_000_000), SHORTEST);
        assert_eq!(scale(64e6).pause(0, 256_000_000), Duration::from_secs(1));
        assert_eq!(scale(64e6).pause(300_000_000, 256_000_000), SHORTEST);
    }
}
