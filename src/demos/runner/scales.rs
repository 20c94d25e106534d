//! The scales: one measurement for all sandboxes of a host in which something runs.
//!
//! No limit of the engine's holds what a container writes in all: one that may write only
//! small files writes many. So while something runs in a sandbox it is measured, the
//! sooner again the faster it grows, and stopped when it weighs too much. The engine is
//! asked once for everybody: layers often, since that costs it least; volumes, which it
//! walks through, seldomer; the files of each layer one by one.

use super::flood;
use super::place::Place;
use super::sandbox::Sandbox;
use super::weight::{self, Weight, by_sandbox, files_of, full_id, images_over, list, runs, sum};
use crate::engine::hands::{Change, Failed, FullId, Hands, Look, Signal, Whose};
use crate::engine::owned::SandboxId;
use futures_util::future::join_all;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// The time between two measurements of layers, whatever grows.
const SHORTEST: Duration = Duration::from_millis(20);
/// The same when nothing does.
const LONGEST: Duration = Duration::from_millis(250);
/// For so long after a start nobody knows yet how fast what was started writes.
const UNKNOWN_FOR: Duration = Duration::from_secs(2);
/// How long until what was started is measured, and measured again as long as it is new.
const UNKNOWN: Duration = Duration::from_millis(40);
/// The same for volumes, which take the engine longer.
const VOLUMES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
/// The time between two counts of files, when something is new and when nothing is.
const FILES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(2));
/// When a host does not answer.
const AWAY: Duration = Duration::from_secs(1);

/// The sandboxes of one host in which something runs.
#[derive(Default)]
pub(super) struct Scales {
    // A std mutex: held for a few lines, never across an await.
    on: Mutex<On>,
    /// Something was started.
    stir: Notify,
}

#[derive(Default)]
struct On {
    loads: HashMap<SandboxId, Load>,
    /// Whether somebody measures.
    watched: bool,
}

/// One sandbox on the scales.
struct Load {
    sandbox: Arc<Sandbox>,
    /// When something was last started in it.
    stirred: Instant,
    weight: Weight,
    layers: Pace,
    volumes: Pace,
    running: Vec<FullId>,
    /// What does not run, and was not counted yet.
    uncounted: Vec<FullId>,
    /// By container.
    files: HashMap<FullId, u64>,
    has_volumes: bool,
    /// Somebody stops it, or did so after the last look began.
    stopping: Option<JoinHandle<()>>,
}

/// How fast something grows.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    last: Option<(Instant, u64)>,
    /// Bytes a second.
    speed: f64,
}

impl Pace {
    fn note(&mut self, now: Instant, bytes: u64) {
        if let Some((then, before)) = self.last.replace((now, bytes)) {
            let seconds = now.duration_since(then).as_secs_f64().max(0.001);
            self.speed = bytes.saturating_sub(before) as f64 / seconds;
        }
    }

    /// How long until a quarter of what is left is used up, at the speed of now.
    fn pause(&self, left: u64, shortest: Duration, longest: Duration) -> Duration {
        let seconds = left as f64 / self.speed.max(1.0) / 4.0;
        Duration::try_from_secs_f64(seconds)
            .unwrap_or(longest)
            .clamp(shortest, longest)
    }
}

impl Load {
    fn new(sandbox: &Arc<Sandbox>) -> Load {
        Load {
            sandbox: Arc::clone(sandbox),
            stirred: Instant::now(),
            weight: sandbox.weight(),
            layers: Pace::default(),
            volumes: Pace::default(),
            running: Vec::new(),
            uncounted: Vec::new(),
            files: HashMap::new(),
            has_volumes: false,
            stopping: None,
        }
    }

    /// It was measured: its sandbox is told, and stopped if it is too heavy.
    fn settle(&mut self) {
        self.sandbox.weighs(self.weight);
        if self.weight.is_over(&self.sandbox.limits) {
            let weight = self.weight;
            self.stop(|sandbox| sandbox.is_too_heavy(weight));
        }
    }

    /// Kills everything that runs in it, unless somebody does so already.
    fn stop(&mut self, told: impl FnOnce(&Sandbox)) {
        if self.running.is_empty() || self.stopping.is_some() {
            return;
        }
        told(&self.sandbox);
        let (sandbox, running) = (Arc::clone(&self.sandbox), self.running.clone());
        let (id, weight) = (sandbox.id(), self.weight);
        tracing::warn!(sandbox = %id, bytes = weight.total(), files = weight.files, "stopped");
        self.stopping = Some(tokio::spawn(async move {
            let kill = |id| {
                let signal = Signal::KILL;
                sandbox.hands().apply(Change::Kill { id, signal })
            };
            // One that has just ended by itself is as good; what goes on is seen again.
            let _killed = join_all(running.into_iter().map(kill)).await;
        }));
    }

    fn left(&self) -> u64 {
        let limit = self.sandbox.limits.weight;
        limit.saturating_sub(self.weight.total())
    }

    fn is_new(&self) -> bool {
        self.stirred.elapsed() < UNKNOWN_FOR
    }
}

impl Scales {
    /// Something was started in a sandbox: it is measured from now on, until nothing runs.
    pub(super) fn put(&self, sandbox: &Arc<Sandbox>) {
        let begins = {
            let mut on = self.lock();
            let load = on.loads.entry(*sandbox.id());
            load.or_insert_with(|| Load::new(sandbox)).stirred = Instant::now();
            !std::mem::replace(&mut on.watched, true)
        };
        if begins {
            let place = Arc::clone(&sandbox.place);
            tokio::spawn(async move { watch(&place).await });
        }
        self.stir.notify_waiters();
    }

    /// A sandbox is gone, or everything in it.
    pub(super) fn take_off(&self, sandbox: &SandboxId) {
        self.lock().loads.remove(sandbox);
    }

    /// A look begins, if anything is on the scales: what was stopped before it is not seen
    /// running by it any more.
    fn look(&self) -> Option<Instant> {
        let mut on = self.lock();
        on.watched = !on.loads.is_empty();
        for load in on.loads.values_mut() {
            let is_done = |stopping: &mut JoinHandle<()>| stopping.is_finished();
            if load.stopping.take_if(is_done).is_some() {
                load.running.clear();
            }
        }
        on.watched.then(Instant::now)
    }

    /// The containers whose files are to be counted.
    fn to_count(&self) -> Vec<(SandboxId, FullId)> {
        let on = self.lock();
        let all = on.loads.iter().flat_map(|(sandbox, load)| {
            let ids = load.running.iter().chain(&load.uncounted);
            ids.map(|id| (*sandbox, id.clone()))
        });
        all.collect()
    }

    /// The containers that run, as far as they were seen.
    pub(super) fn running(&self) -> Vec<(Arc<Sandbox>, FullId)> {
        let on = self.lock();
        let all = on.loads.values().flat_map(|load| {
            let of = |id: &FullId| (Arc::clone(&load.sandbox), id.clone());
            load.running.iter().map(of)
        });
        all.collect()
    }

    /// Takes note of all layers, as a look that began `then` has seen them. What does not
    /// run any more is off the scales; whether anything is still on them.
    fn weigh_layers(&self, place: &Place, rows: &Value, then: Instant) -> bool {
        let (now, rows) = (Instant::now(), by_sandbox(rows));
        let mut on = self.lock();
        on.loads.retain(|id, load| {
            let rows = rows.get(id).map_or(&[][..], Vec::as_slice);
            let running = rows.iter().filter(|row| runs(row));
            load.running = running.filter_map(|row| full_id(row)).collect();
            let uncounted = rows.iter().filter(|row| !runs(row));
            let uncounted = uncounted.filter_map(|row| full_id(row));
            let new = |id: &FullId| !load.files.contains_key(id);
            load.uncounted = uncounted.filter(new).collect();
            // What ended by itself takes none of the host's memory any more.
            let count = load.running.len() as u64;
            place.running.note(*id, count, then.into_std());
            let there = |id: &FullId| rows.iter().any(|row| row["Id"] == id.as_str());
            load.files.retain(|id, _| there(id));
            load.weight.layers = sum(rows.iter().copied(), |row| row["SizeRw"].as_u64());
            load.weight.files = load.files.values().copied().fold(0, u64::saturating_add);
            load.layers.note(now, load.weight.layers);
            load.settle();
            // What was started meanwhile counts on the next look.
            !load.running.is_empty() || load.stirred >= then
        });
        on.watched = !on.loads.is_empty();
        on.watched
    }

    fn weigh_volumes(&self, images: &Value, volumes: &Value) {
        let (now, volumes) = (Instant::now(), by_sandbox(volumes));
        for (id, load) in &mut self.lock().loads {
            let rows = volumes.get(id).map_or(&[][..], Vec::as_slice);
            load.has_volumes = !rows.is_empty();
            load.weight.volumes = sum(rows.iter().copied(), weight::size_of_volume);
            load.weight.images = images_over(list(images), &load.sandbox);
            load.volumes.note(now, load.weight.volumes);
            load.settle();
        }
    }

    fn count_files(&self, sandbox: &SandboxId, container: FullId, files: u64) {
        if let Some(load) = self.lock().loads.get_mut(sandbox) {
            load.uncounted.retain(|id| *id != container);
            load.files.insert(container, files);
            load.weight.files = load.files.values().copied().fold(0, u64::saturating_add);
            load.settle();
        }
    }

    /// The host has hardly any file left to give: what writes where files cannot be
    /// counted is stopped.
    fn stop_those_with_volumes(&self) {
        for load in self.lock().loads.values_mut() {
            if load.has_volumes {
                load.stop(Sandbox::is_stopped_for_files);
            }
        }
    }

    /// How long until the next look at layers, when one took so long: the engine has at
    /// least as much time for others, and mostly far more.
    fn pause_of_layers(&self, took: Duration) -> Duration {
        let on = self.lock();
        let pause = |load: &Load| match load.is_new() {
            true => load.layers.pause(load.left(), SHORTEST, UNKNOWN),
            false => load.layers.pause(load.left(), SHORTEST, LONGEST),
        };
        let pause = on.loads.values().map(pause).min().unwrap_or(LONGEST);
        match pause < LONGEST {
            true => pause.max(took),
            false => pause.max(took * 8),
        }
    }

    fn has_new(&self) -> bool {
        self.lock().loads.values().any(Load::is_new)
    }

    fn pause_of_volumes(&self, took: Duration) -> Duration {
        let on = self.lock();
        let (shortest, longest) = VOLUMES;
        let pause = |load: &Load| match load.is_new() && load.has_volumes {
            true => shortest,
            false => load.volumes.pause(load.left(), shortest, longest),
        };
        let pause = on.loads.values().map(pause).min().unwrap_or(longest);
        match pause < longest {
            true => pause.max(took),
            false => pause.max(took * 4),
        }
    }

    fn lock(&self) -> MutexGuard<'_, On> {
        self.on.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the time of the next measurement; after a start it is `soon`.
    async fn wait(&self, pause: Duration, soon: Duration) {
        let mut next = Instant::now() + pause;
        loop {
            tokio::select! {
                () = sleep_until(next) => return,
                () = self.stir.notified() => next = next.min(Instant::now() + soon),
            }
        }
    }
}

/// Measures one time after the other, until nothing runs any more.
async fn watch(place: &Place) {
    let (scales, hands) = (&place.scales, &place.hands);
    // The first one ends when nothing is left on the scales, and the others with it.
    tokio::select! {
        () = watch_layers(place, scales, hands) => {}
        () = watch_volumes(scales, hands) => {}
        () = watch_files(place, scales, hands) => {}
        () = flood::watch(scales, hands) => {}
    }
}

async fn watch_layers(place: &Place, scales: &Scales, hands: &Hands) {
    let mut pause = UNKNOWN;
    loop {
        scales.wait(pause, UNKNOWN).await;
        let Some(then) = scales.look() else { return };
        let whose = Whose::Instance;
        match hands.look(Look::Containers { whose, size: true }).await {
            Ok(rows) => {
                if !scales.weigh_layers(place, &rows, then) {
                    return;
                }
                pause = scales.pause_of_layers(then.elapsed());
            }
            Err(failed) => pause = not_measured(&failed),
        }
    }
}

async fn watch_volumes(scales: &Scales, hands: &Hands) {
    let mut pause = VOLUMES.0;
    loop {
        scales.wait(pause, VOLUMES.0).await;
        let then = Instant::now();
        let whose = Whose::Instance;
        let images = hands.look(Look::Images(whose));
        match tokio::try_join!(images, weight::volumes(hands, whose)) {
            Ok((images, volumes)) => {
                scales.weigh_volumes(&images, &volumes);
                pause = scales.pause_of_volumes(then.elapsed());
            }
            // Somebody else measures just now, or the engine does not answer.
            Err(failed) => pause = not_measured(&failed),
        }
    }
}

async fn watch_files(place: &Place, scales: &Scales, hands: &Hands) {
    let mut pause = FILES.0;
    loop {
        tokio::time::sleep(pause).await;
        if place.has_few_files() {
            scales.stop_those_with_volumes();
        }
        let then = Instant::now();
        for (sandbox, id) in scales.to_count() {
            if let Ok(files) = files_of(hands, &id).await {
                scales.count_files(&sandbox, id, files);
            }
        }
        let (shortest, longest) = FILES;
        let pause_now = if scales.has_new() { shortest } else { longest };
        pause = pause_now.max(then.elapsed() * 4);
    }
}

fn not_measured(failed: &Failed) -> Duration {
    tracing::debug!(%failed, "sandboxes could not be measured");
    AWAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_fast_is_measured_again_soon() {
        let pause = |speed: f64, left: u64| {
            let last = None;
            Pace { last, speed }.pause(left, SHORTEST, LONGEST)
        };
        assert_eq!(pause(0.0, 256_000_000), LONGEST);
        assert_eq!(pause(1e10, 256_000_000), SHORTEST);
        assert_eq!(pause(640e6, 256_000_000), Duration::from_millis(100));
        assert_eq!(pause(64e6, 0), SHORTEST);
    }

    #[test]
    fn speed_is_what_was_written_between_two_looks() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        pace.note(now, 4_000);
        assert_eq!(pace.speed, 0.0);
        pace.note(now + Duration::from_millis(500), 6_000);
        assert_eq!(pace.speed, 4_000.0);
        pace.note(now + Duration::from_secs(1), 5_000);
        assert_eq!(pace.speed, 0.0);
    }
}
