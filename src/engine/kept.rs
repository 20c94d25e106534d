//! What a host has said, kept while it is true, and the flights that are fetching more.
//!
//! Each ask has a *generation*, raised by every event that makes its answer stale.
//! An answer carries the generation in which it was asked; only one of the present
//! generation is true. So an event that comes while an answer is on its way is never
//! lost: the answer arrives a generation late.

use super::{Ask, Away};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long an answer is kept when nobody listens to the host's events.
pub const UNHEARD: Duration = Duration::from_secs(1);

/// How long an answer is kept that may change without an event: what a process wrote.
/// It is asked again when somebody looks again, not by itself.
pub const UNREPORTED: Duration = Duration::from_secs(2);

/// How long `/system/df` is kept whatever happens: the engine walks its disk for it.
pub const DISK_USAGE: Duration = Duration::from_secs(30);

/// How long what an image holds is kept when reading it broke off.
const BROKEN_OFF: Duration = Duration::from_secs(60);

/// How many answers are kept at most. The ones that nobody has asked for the longest
/// go first; a host of a thousand containers and images needs half of it.
const MOST: usize = 4096;

/// How many images' files are kept: each may name 200,000 of them.
const MOST_FILES: usize = 4;

/// What came back for one ask.
#[derive(Clone, Debug)]
pub struct Told {
    /// The masked JSON, or why there is none.
    pub result: Result<Arc<Value>, Away>,
    /// When it was asked, to show.
    pub asked: Timestamp,
    /// When it was asked, to reckon with.
    pub at: Instant,
    generation: u64,
}

/// An ask on its way to the engine, shared by all who wait for it.
pub type Flight = Shared<BoxFuture<'static, Told>>;

/// Whether a kept answer is still true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Nothing has changed since it was asked.
    True,
    /// Something may have, and it is too early to ask again.
    Outdated,
}

#[derive(Default)]
struct Entry {
    generation: u64,
    told: Option<Told>,
    flight: Option<(u64, Flight)>,
    used: u64,
}

/// The answers and flights of one host.
#[derive(Default)]
pub struct Kept {
    entries: HashMap<Ask, Entry>,
    /// Counts the uses, so that the longest unused can be found.
    uses: u64,
}

impl Kept {
    /// The kept answer to `ask`, if it need not be asked again. `listening` says
    /// whether events would have told of a change.
    pub fn fresh(&mut self, ask: &Ask, listening: bool) -> Option<(Told, Truth)> {
        self.uses += 1;
        let entry = self.entries.get_mut(ask)?;
        entry.used = self.uses;
        let told = entry.told.as_ref()?;
        let age = told.at.elapsed();
        let current = told.generation == entry.generation;
        // An image goes by the hash of what it holds, so its files are the same for ever.
        if let (Ask::Files(_), Ok(files)) = (ask, &told.result) {
            // One that broke off may come whole another time.
            (files["again"] != true || age < BROKEN_OFF).then(|| (told.clone(), Truth::True))
        } else if current && matches!(ask, Ask::Changes(_) | Ask::Sized(_)) {
            (age < UNREPORTED).then(|| (told.clone(), Truth::True))
        } else if current && (listening || age < UNHEARD) {
            Some((told.clone(), Truth::True))
        } else if *ask == Ask::DiskUsage && age < DISK_USAGE {
            Some((told.clone(), Truth::Outdated))
        } else {
            None
        }
    }

    /// The last answer to an ask of the kind that changes without a report, if no event
    /// has made it stale.
    pub fn unreported(&self, ask: &Ask) -> Option<&Told> {
        let entry = self.entries.get(ask)?;
        let told = entry.told.as_ref()?;
        let kind = matches!(ask, Ask::Changes(_) | Ask::Sized(_));
        (kind && told.generation == entry.generation).then_some(told)
    }

    /// The last answer to `ask`, true or not.
    pub fn last(&self, ask: &Ask) -> Option<&Told> {
        self.entries.get(ask)?.told.as_ref()
    }

    /// Joins the flight that fetches `ask`, or starts one. `fetch` is called with a
    /// future's generation in hand only when one has to be started.
    pub fn fly(
        &mut self,
        ask: &Ask,
        fetch: impl FnOnce(Departure) -> BoxFuture<'static, Told>,
    ) -> Flight {
        self.uses += 1;
        let entry = self.entries.entry(ask.clone()).or_default();
        entry.used = self.uses;
        let generation = entry.generation;
        match &entry.flight {
            // One that left before the last change would bring an old answer.
            Some((departed, flight)) if *departed == generation => flight.clone(),
            _ => {
                let flight = fetch(Departure(generation)).shared();
                entry.flight = Some((generation, flight.clone()));
                self.make_room();
                flight
            }
        }
    }

    /// Keeps what a flight brought.
    pub fn land(&mut self, ask: &Ask, told: &Told) {
        let Some(entry) = self.entries.get_mut(ask) else {
            return;
        };
        if matches!(&entry.flight, Some((departed, _)) if *departed == told.generation) {
            entry.flight = None;
        }
        let newer = match &entry.told {
            Some(kept) => kept.generation <= told.generation,
            None => true,
        };
        let definite = match &told.result {
            Ok(_) => true,
            Err(away) => is_definite(away),
        };
        if newer && definite {
            entry.told = Some(told.clone());
        }
    }

    /// Makes the answers stale that `is_stale` names, also those still on their way.
    /// Says whether there were any.
    pub fn make_stale(&mut self, is_stale: impl Fn(&Ask) -> bool) -> bool {
        let mut any = false;
        for (ask, entry) in &mut self.entries {
            if is_stale(ask) {
                entry.generation += 1;
                any = true;
            }
        }
        any
    }

    /// The host was away: whatever it said before, another engine may answer now. Not
    /// even `/system/df` is kept for its time.
    pub fn begin_anew(&mut self) {
        self.make_stale(|_| true);
        if let Some(entry) = self.entries.get_mut(&Ask::DiskUsage) {
            entry.told = None;
        }
    }

    /// When an outdated `/system/df` may be asked again; `None` when it is true.
    pub fn disk_usage_due(&self) -> Option<Instant> {
        let entry = self.entries.get(&Ask::DiskUsage)?;
        let told = entry.told.as_ref()?;
        (told.generation != entry.generation).then(|| told.at + DISK_USAGE)
    }

    fn make_room(&mut self) {
        self.make_room_for_files();
        if self.entries.len() <= MOST {
            return;
        }
        let mut uses: Vec<u64> = self.entries.values().map(|entry| entry.used).collect();
        let middle = uses.len() / 2;
        let (_, &mut median, _) = uses.select_nth_unstable(middle);
        self.entries
            .retain(|_, entry| entry.used >= median || entry.flight.is_some());
    }

    /// Forgets the files that nobody has asked for the longest.
    fn make_room_for_files(&mut self) {
        let files = |ask: &Ask| matches!(ask, Ask::Files(_));
        let mut uses: Vec<u64> = self
            .entries
            .iter()
            .filter(|(ask, entry)| files(ask) && entry.flight.is_none())
            .map(|(_, entry)| entry.used)
            .collect();
        if uses.len() < MOST_FILES {
            return;
        }
        uses.sort_unstable();
        let oldest = uses[uses.len() - MOST_FILES];
        self.entries
            .retain(|ask, entry| !files(ask) || entry.flight.is_some() || entry.used > oldest);
    }
}

/// Proof that a flight has left, and in which generation.
#[derive(Clone, Copy, Debug)]
pub struct Departure(u64);

impl Departure {
    /// What this flight brought, asked at the given time.
    pub fn brought(self, result: Result<Value, Away>, asked: Timestamp, at: Instant) -> Told {
        Told {
            result: result.map(Arc::new),
            asked,
            at,
            generation: self.0,
        }
    }
}

/// Whether a refusal is the engine's word on the matter, such as "no such container".
/// It then replaces what was known; a failure does not.
pub fn is_definite(away: &Away) -> bool {
    matches!(away, Away::Refused { status, .. } if (400..500).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flown(kept: &mut Kept, ask: &Ask, value: i64) -> Told {
        let mut departure = None;
        let _flight = kept.fly(ask, |left| {
            departure = Some(left);
            futures_util::future::pending().boxed()
        });
        let departure = departure.expect("a flight that left");
        departure.brought(Ok(value.into()), Timestamp::now(), Instant::now())
    }

    #[test]
    fn an_event_during_a_flight_makes_its_answer_stale_when_it_lands() {
        let mut kept = Kept::default();
        let told = flown(&mut kept, &Ask::Info, 1);
        kept.make_stale(|ask| *ask == Ask::Info);
        kept.land(&Ask::Info, &told);
        assert!(kept.fresh(&Ask::Info, true).is_none());
        assert!(kept.last(&Ask::Info).is_some(), "still something to show");
        let told = flown(&mut kept, &Ask::Info, 2);
        kept.land(&Ask::Info, &told);
        assert!(kept.fresh(&Ask::Info, true).is_some());
    }

    #[test]
    fn a_late_flight_never_replaces_a_newer_answer() {
        let mut kept = Kept::default();
        let old = flown(&mut kept, &Ask::Info, 1);
        kept.make_stale(|_| true);
        let new = flown(&mut kept, &Ask::Info, 2);
        kept.land(&Ask::Info, &new);
        kept.land(&Ask::Info, &old);
        let (told, _) = kept.fresh(&Ask::Info, true).expect("the newer one");
        assert_eq!(*told.result.expect("an answer"), 2);
    }

    #[test]
    fn disk_usage_waits_its_time_and_says_that_it_is_outdated() {
        let mut kept = Kept::default();
        let told = flown(&mut kept, &Ask::DiskUsage, 1);
        kept.land(&Ask::DiskUsage, &told);
        assert_eq!(kept.disk_usage_due(), None);
        kept.make_stale(|_| true);
        let (_, truth) = kept.fresh(&Ask::DiskUsage, true).expect("kept");
        assert_eq!(truth, Truth::Outdated);
        assert_eq!(kept.disk_usage_due(), Some(told.at + DISK_USAGE));
    }

    #[test]
    fn what_an_image_holds_is_kept_for_ever_unless_reading_it_broke_off() {
        let id = super::super::Id::new("base").expect("an id");
        let ask = Ask::Files(id);
        for (again, kept_for_ever) in [(false, true), (true, false)] {
            let mut kept = Kept::default();
            let long_ago = Instant::now().checked_sub(BROKEN_OFF * 2).expect("a time");
            let mut left = None;
            let _flight = kept.fly(&ask, |departure| {
                left = Some(departure);
                futures_util::future::pending().boxed()
            });
            let files = serde_json::json!({"layers": [], "again": again});
            let told = left.expect("a flight that left");
            let told = told.brought(Ok(files), Timestamp::now(), long_ago);
            kept.land(&ask, &told);
            assert_eq!(kept.fresh(&ask, true).is_some(), kept_for_ever, "{again}");
        }
    }

    #[test]
    fn made_up_ids_cannot_fill_the_memory() {
        let mut kept = Kept::default();
        for n in 0..3 * MOST {
            let id = super::super::Id::new(&format!("c{n}")).expect("an id");
            let ask = Ask::Container(id);
            let told = flown(&mut kept, &ask, 1);
            kept.land(&ask, &told);
        }
        assert!(kept.entries.len() <= MOST + 1);
    }
}
