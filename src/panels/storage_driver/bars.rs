//! One stack drawn twice: as a driver that shares keeps it, and as one that copies
//! would. Arithmetic only.

use crate::panels::words;
use serde::Serialize;

/// Layers drawn one by one; of more, the small ones are taken together.
const BARS: usize = 9;
/// The picture's measures, in pixels.
const BASE: f64 = 214.0;
const TALL: f64 = 150.0;
const SHARED_X: f64 = 4.0;
const SHARED_W: f64 = 112.0;
const COPIED_X: f64 = 156.0;
const COPIED_W: f64 = 380.0;
/// On a phone the second stands below the first.
const NARROW_X: f64 = 4.0;
const NARROW_W: f64 = 272.0;

/// Layers of the stack that are drawn as one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The lowest layer in it, counted from 1.
    pub first: usize,
    /// The highest.
    pub last: usize,
    /// Bytes together.
    pub bytes: u64,
}

/// A rectangle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Block {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// Whether it holds nothing.
    pub empty: bool,
    /// Whether it is a layer's own files, not a copy of what lies below.
    pub own: bool,
    /// A size that fits into it.
    pub text: String,
}

/// A number below a bar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tick {
    /// Its middle.
    pub x: f64,
    /// `3`, or `3–7`.
    pub text: String,
}

/// Both stacks, and what they weigh.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bars {
    /// The groups drawn, bottom first.
    pub groups: Vec<Group>,
    /// As kept by a driver that shares.
    pub shared: Vec<Block>,
    /// As kept by one that copies.
    pub copied: Vec<Block>,
    /// Below the second.
    pub ticks: Vec<Tick>,
    /// The second and what is below it, where it stands below the first.
    #[serde(skip)]
    pub narrow: (Vec<Block>, Vec<Tick>),
    /// Bytes in the first.
    pub shares: u64,
    /// Bytes in the second: for each layer, it and everything below.
    pub copies: u64,
}

/// Draws layers of these sizes, bottom first.
pub fn bars(sizes: &[u64]) -> Bars {
    let groups = groups(sizes);
    let shares = sizes
        .iter()
        .fold(0u64, |sum, size| sum.saturating_add(*size));
    let mut below = 0u64;
    let copies = sizes.iter().fold(0u64, |sum, size| {
        below = below.saturating_add(*size);
        sum.saturating_add(below)
    });
    // In floating point: absurd sizes must not leave the frame either.
    let all: f64 = groups.iter().map(|group| group.bytes as f64).sum();
    let pixels = |bytes: u64| match bytes {
        0 => 3.0,
        bytes => (TALL * bytes as f64 / all).max(2.0),
    };
    let stack = |x: f64, w: f64, groups: &[Group], texts: bool| {
        let mut y = BASE;
        let last = groups.len();
        groups
            .iter()
            .enumerate()
            .map(|(at, group)| {
                let h = pixels(group.bytes);
                y -= h + 1.0;
                Block {
                    x,
                    y,
                    w,
                    h,
                    empty: group.bytes == 0,
                    own: at + 1 == last,
                    text: if texts && h >= 18.0 {
                        words::size(group.bytes)
                    } else {
                        String::new()
                    },
                }
            })
            .collect::<Vec<_>>()
    };
    let kept_copied = |left: f64, wide: f64| {
        let step = (wide / groups.len().max(1) as f64).min(64.0);
        let mut copied = Vec::new();
        let mut ticks = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            let x = left + at as f64 * step;
            let w = step - 8.0;
            copied.extend(stack(x, w, &groups[..=at], false));
            ticks.push(Tick {
                x: x + w / 2.0,
                text: match (group.first, group.last) {
                    (first, last) if first == last => first.to_string(),
                    (first, last) => format!("{first}–{last}"),
                },
            });
        }
        (copied, ticks)
    };
    let (copied, ticks) = kept_copied(COPIED_X, COPIED_W);
    let narrow = kept_copied(NARROW_X, NARROW_W);
    let mut shared = stack(SHARED_X, SHARED_W, &groups, true);
    for block in &mut shared {
        block.own = true;
    }
    Bars {
        shared,
        copied,
        ticks,
        narrow,
        shares,
        copies,
        groups,
    }
}

/// At most [`BARS`] groups: neighbours are taken together, the lightest pair first.
fn groups(sizes: &[u64]) -> Vec<Group> {
    let mut groups: Vec<Group> = sizes
        .iter()
        .enumerate()
        .map(|(at, bytes)| Group {
            first: at + 1,
            last: at + 1,
            bytes: *bytes,
        })
        .collect();
    while groups.len() > BARS {
        let lightest = (0..groups.len() - 1)
            .min_by_key(|at| groups[*at].bytes.saturating_add(groups[at + 1].bytes))
            .unwrap_or(0);
        let upper = groups.remove(lightest + 1);
        let lower = &mut groups[lightest];
        lower.last = upper.last;
        lower.bytes = lower.bytes.saturating_add(upper.bytes);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::room::NARROW;
    use proptest::prelude::*;

    #[test]
    fn a_copying_driver_keeps_everything_below_again_for_each_layer() {
        let drawn = bars(&[70, 0, 30]);
        assert_eq!((drawn.shares, drawn.copies), (100, 70 + 70 + 100));
        assert_eq!(drawn.copied.len(), 1 + 2 + 3);
        assert_eq!(drawn.copied.iter().filter(|block| block.own).count(), 3);
        assert!(drawn.shared[1].empty);
    }

    #[test]
    fn many_layers_are_taken_together_and_none_is_lost() {
        let mut sizes = vec![1000; 40];
        sizes[20] = 9_000_000;
        let drawn = bars(&sizes);
        assert_eq!(drawn.groups.len(), BARS);
        assert_eq!(
            drawn.groups.iter().map(|g| g.bytes).sum::<u64>(),
            drawn.shares
        );
        assert_eq!(drawn.groups.first().map(|g| g.first), Some(1));
        assert_eq!(drawn.groups.last().map(|g| g.last), Some(40));
    }

    proptest! {
        #[test]
        fn any_stack_stays_in_its_frame(sizes in proptest::collection::vec(any::<u64>(), 0..130)) {
            let drawn = bars(&sizes);
            for block in drawn.shared.iter().chain(&drawn.copied) {
                prop_assert!(block.y > 20.0 && block.y + block.h <= BASE, "{block:?}");
                prop_assert!(block.x >= 0.0 && block.x + block.w <= 540.0, "{block:?}");
            }
            for block in &drawn.narrow.0 {
                prop_assert!(block.x >= 0.0 && block.x + block.w <= NARROW, "{block:?}");
            }
            prop_assert_eq!(drawn.narrow.0.len(), drawn.copied.len());
            prop_assert!(drawn.copies >= drawn.shares);
        }
    }
}
