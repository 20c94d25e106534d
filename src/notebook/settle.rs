//! When a place in a content folder has come to rest, so that what is there may be read.
//!
//! Events say that something happens at a place, not that it is over. A save is one event or
//! a dozen, a checkout thousands. This decides, from events and the times at which they came,
//! when to read which places: one save at once, many as one, a file that is being written
//! only when its writer has let go of it. Pure: it has no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a file that is being written is waited for after the last that was heard of it.
/// Where the system tells when a file is closed, that is what counts, and this is for a
/// program that never closes it.
pub(super) const WRITER: Duration = if cfg!(any(target_os = "linux", target_os = "android")) {
    Duration::from_secs(5)
} else {
    Duration::from_millis(50)
};

/// How long a file may be gone, or empty, before that is believed: some editors remove or
/// empty a file before they write it.
pub(super) const FLICKER: Duration = Duration::from_millis(150);

/// How long nothing must be heard of any place, by how many places have come to rest.
const QUIET: [(usize, Duration); 3] = [
    (1, Duration::from_millis(4)),
    (8, Duration::from_millis(20)),
    (usize::MAX, Duration::from_millis(100)),
];

/// However busy the folder is, what rests is read after this long.
const MOST: Duration = Duration::from_secs(2);

/// What an event says of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// What is there is whole: its writer has closed it, or it was put there by a rename.
    Whole,
    /// Somebody writes.
    Writing,
    /// It was removed or moved away.
    Gone,
}

/// The places of which something was heard, each with when it may be read.
#[derive(Debug, Default)]
pub(super) struct Settling {
    places: BTreeMap<PathBuf, Instant>,
    /// When the last event came.
    heard: Option<Instant>,
}

impl Settling {
    /// Something was heard of a place, at this time. The last that is heard counts.
    pub fn hear(&mut self, place: PathBuf, sign: Sign, now: Instant) {
        let wait = match sign {
            Sign::Whole => Duration::ZERO,
            Sign::Writing => WRITER,
            Sign::Gone => FLICKER,
        };
        self.places.insert(place, now + wait);
        self.heard = Some(now);
    }

    /// Looks at a place again after a while, unless something is heard of it before.
    pub fn again(&mut self, place: PathBuf, after: Duration, now: Instant) {
        self.places.entry(place).or_insert(now + after);
    }

    /// When there may be something to read; `None` when nothing is waited for.
    pub fn due(&self) -> Option<Instant> {
        let first = *self.places.values().min()?;
        // More places may come to rest meanwhile, and then it must be quiet for longer.
        let mut due = first;
        for _ in QUIET {
            due = self
                .quiet(self.resting(due))
                .map_or(due, |quiet| due.max(quiet));
        }
        Some(due.min(first + MOST))
    }

    /// Whether a place is waited for.
    pub fn waits_for(&self, place: &Path) -> bool {
        self.places.contains_key(place)
    }

    /// The places that may be read now, each given once.
    pub fn take(&mut self, now: Instant) -> BTreeSet<PathBuf> {
        let resting = self.resting(now);
        let Some(first) = self.places.values().min().copied() else {
            return BTreeSet::new();
        };
        let quiet = self.quiet(resting).unwrap_or(first);
        if resting == 0 || now < quiet.min(first + MOST) {
            return BTreeSet::new();
        }
        let all = std::mem::take(&mut self.places);
        let (ready, later): (BTreeMap<_, _>, BTreeMap<_, _>) =
            all.into_iter().partition(|(_, at)| *at <= now);
        self.places = later;
        ready.into_keys().collect()
    }

    /// How many places may be read at this time, as far as they are concerned.
    fn resting(&self, now: Instant) -> usize {
        self.places.values().filter(|at| **at <= now).count()
    }

    /// When it has been quiet for long enough to read so many places.
    fn quiet(&self, resting: usize) -> Option<Instant> {
        let long = QUIET.iter().find(|(most, _)| resting <= *most);
        let long = long.map_or(Duration::ZERO, |(_, long)| *long);
        Some(self.heard? + long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn read(settling: &mut Settling, now: Instant) -> Vec<String> {
        let places = settling.take(now).into_iter();
        places.map(|place| place.display().to_string()).collect()
    }

    #[test]
    fn one_save_is_read_after_a_few_milliseconds() {
        let begin = Instant::now();
        let mut settling = Settling::default();
        settling.hear("a.md".into(), Sign::Writing, begin);
        settling.hear("a.md".into(), Sign::Whole, begin + ms(1));
        assert_eq!(settling.due(), Some(begin + ms(5)));
        assert!(read(&mut settling, begin + ms(2)).is_empty());
        assert_eq!(read(&mut settling, begin + ms(5)), ["a.md"]);
        assert_eq!(settling.due(), None);
    }

    #[test]
    fn a_file_that_is_being_written_is_not_read_until_its_writer_is_done() {
        let begin = Instant::now();
        let mut settling = Settling::default();
        settling.hear("a.md".into(), Sign::Writing, begin);
        assert!(read(&mut settling, begin + WRITER - ms(1)).is_empty());
        settling.hear("a.md".into(), Sign::Writing, begin + WRITER - ms(1));
        assert!(read(&mut settling, begin + WRITER).is_empty());
        // Meanwhile others are read.
        settling.hear("b.md".into(), Sign::Whole, begin + WRITER);
        assert_eq!(read(&mut settling, begin + WRITER + ms(4)), ["b.md"]);
        // One that is never closed is read all the same.
        assert_eq!(read(&mut settling, begin + WRITER * 3), ["a.md"]);
    }

    #[test]
    fn a_file_that_is_removed_and_written_is_never_gone() {
        let begin = Instant::now();
        let mut settling = Settling::default();
        settling.hear("a.md".into(), Sign::Gone, begin);
        assert!(read(&mut settling, begin + ms(60)).is_empty());
        settling.hear("a.md".into(), Sign::Whole, begin + ms(70));
        assert_eq!(read(&mut settling, begin + ms(74)), ["a.md"]);
        settling.hear("a.md".into(), Sign::Gone, begin + ms(100));
        assert_eq!(read(&mut settling, begin + ms(100) + FLICKER), ["a.md"]);
    }

    #[test]
    fn a_thousand_files_are_read_together_once_it_is_quiet() {
        let begin = Instant::now();
        let mut settling = Settling::default();
        let mut reads = 0;
        for at in 0..1000 {
            let now = begin + ms(at);
            settling.hear(format!("{at}.md").into(), Sign::Whole, now);
            reads += usize::from(settling.due().is_some_and(|due| due <= now));
            assert!(read(&mut settling, now).is_empty(), "at {at}");
        }
        assert_eq!(reads, 0);
        assert!(read(&mut settling, begin + ms(1050)).is_empty());
        assert_eq!(read(&mut settling, begin + ms(1100)).len(), 1000);
    }

    #[test]
    fn a_folder_that_never_rests_is_read_all_the_same() {
        let begin = Instant::now();
        let mut settling = Settling::default();
        let mut first = None;
        for at in 0..3000 {
            let now = begin + ms(at);
            settling.hear(format!("{at}.md").into(), Sign::Whole, now);
            if !settling.take(now).is_empty() {
                first = first.or(Some(at));
            }
        }
        assert_eq!(first, Some(2000));
    }
}
