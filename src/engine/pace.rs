//! Pace: how long a host takes to answer a ping, measured by the heartbeat.
//!
//! What is shown of it is a round figure with some inertia, so that a picture is not
//! drawn anew with every beat.

use std::collections::VecDeque;
use std::time::Duration;

/// How many of the last pings count.
const KEPT: usize = 15;

/// How far the median has to leave the round figure before another one is shown.
const INERTIA: f64 = 1.9;

/// The round trips of a host's last pings.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    trips: VecDeque<Duration>,
    shown: Option<f64>,
}

/// What was measured, as far as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// A round figure near the median, in milliseconds: 1, 2 or 5 times a power of ten.
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
        let holds = |shown: f64| (shown / INERTIA..=shown * INERTIA).contains(&median);
        if self.shown.is_some_and(holds) {
            return false;
        }
        let shown = Some(round(median));
        let changed = self.shown != shown;
        self.shown = shown;
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

/// The nearest of 1, 2 and 5 times a power of ten, from 0.1.
fn round(ms: f64) -> f64 {
    let mut power = 0.1;
    loop {
        for (step, end) in [(1.0, 1.5), (2.0, 3.5), (5.0, 7.5)] {
            if ms < power * end {
                // From a text, so that 0.1 * 2 is 0.2 and not a little more.
                return format!("{:.1}", power * step).parse().unwrap_or(ms);
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
            (0.0, 0.1),
            (0.16, 0.2),
            (0.4, 0.5),
            (0.8, 1.0),
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
