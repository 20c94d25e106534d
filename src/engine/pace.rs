//! Pace: how long a host takes to answer a ping, measured by the heartbeat.
//!
//! What is shown of it is a round figure with some inertia, so that a picture is not
//! drawn anew with every beat.

use std::collections::VecDeque;
use std::time::Duration;

/// How many of the last pings count.
const KEPT: usize = 15;

/// How far the median has to leave the round figure before another one is shown, and
/// for how many pings.
const INERTIA: f64 = 1.9;
const PATIENCE: u8 = 3;

/// The round trips of a host's last pings.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    trips: VecDeque<Duration>,
    shown: Option<f64>,
    /// For how many pings the figure has not held.
    off: u8,
}

/// What was measured, as far as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// A round figure near the median, in milliseconds: 1, 2 or 5 times a power of ten.
    /// 1 stands for everything below: that is this machine's own haste or hurry.
    pub about: f64,
    /// The last round trip.
    pub last: Duration,
    /// The median of the pings that count.
    pub median: Duration,
    /// How many pings count.
    pub pings: usize,
}

impl Pace {
    /// Adds a round trip. Whether another figure is to be shown now.
    pub fn add(&mut self, trip: Duration) -> bool {
        if self.trips.len() == KEPT {
            self.trips.pop_front();
        }
        self.trips.push_back(trip);
        let median = self.median().as_secs_f64() * 1000.0;
        let holds = |shown: f64| {
            let least = if shown <= LEAST { 0.0 } else { shown / INERTIA };
            (least..=shown * INERTIA).contains(&median)
        };
        if let Some(shown) = self.shown {
            self.off = if holds(shown) { 0 } else { self.off + 1 };
            if self.off < PATIENCE {
                return false;
            }
        }
        let shown = Some(round(median));
        let changed = self.shown != shown;
        (self.shown, self.off) = (shown, 0);
        changed
    }

    /// Forgets everything: another connection may take another way.
    pub fn clear(&mut self) {
        *self = Pace::default();
    }

    /// What was measured; `None` before the first ping.
    pub fn latency(&self) -> Option<Latency> {
        Some(Latency {
            about: self.shown?,
            last: *self.trips.back()?,
            median: self.median(),
            pings: self.trips.len(),
        })
    }

    fn median(&self) -> Duration {
        let mut trips: Vec<Duration> = self.trips.iter().copied().collect();
        trips.sort_unstable();
        trips.get(trips.len() / 2).copied().unwrap_or_default()
    }
}

/// The smallest figure, in milliseconds.
pub const LEAST: f64 = 1.0;

/// The nearest of 1, 2 and 5 times a power of ten, from [`LEAST`].
fn round(ms: f64) -> f64 {
    let mut power = LEAST;
    loop {
        for (step, end) in [(1.0, 1.5), (2.0, 3.5), (5.0, 7.5)] {
            if ms < power * end {
                return power * step;
            }
        }
        power *= 10.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: f64) -> Duration {
        Duration::from_secs_f64(ms / 1000.0)
    }

    #[test]
    fn figures_are_round() {
        for (exact, shown) in [
            (0.0, 1.0),
            (0.16, 1.0),
            (1.6, 2.0),
            (3.4, 2.0),
            (14.0, 10.0),
            (40.0, 50.0),
            (900.0, 1000.0),
        ] {
            assert_eq!(round(exact), shown, "{exact}");
        }
    }

    #[test]
    fn a_median_at_a_border_does_not_flicker() {
        let mut pace = Pace::default();
        assert_eq!(pace.latency(), None);
        assert!(pace.add(ms(1.4)), "the first is news");
        for trip in [1.6, 1.4, 1.6, 1.7, 1.3].repeat(10) {
            assert!(!pace.add(ms(trip)), "{trip}");
        }
        let changes = (0..KEPT).filter(|_| pace.add(ms(40.0))).count();
        assert_eq!(changes, 1, "a slower host is news, once");
        let latency = pace.latency().expect("measured");
        assert_eq!((latency.about, latency.pings), (50.0, KEPT));
    }

    #[test]
    fn one_slow_answer_changes_nothing() {
        let mut pace = Pace::default();
        for _ in 0..5 {
            pace.add(ms(1.0));
        }
        assert!(!pace.add(ms(500.0)));
        assert_eq!(pace.latency().map(|latency| latency.about), Some(1.0));
    }
}
