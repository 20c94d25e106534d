//! The cross-section's arithmetic: which image stands in which column, which layers
//! are one slab, and where everything goes. No HTML, no answers: numbers in and out.
//!
//! Images are arranged as a tree of layers from the bottom, so that whatever shares a
//! slab stands side by side and the slab can be drawn once, across all of them. Where
//! there is little room the picked image takes it, and the others stand beside it as slim
//! columns without words, so that one still sees which slabs they share.

use super::stack::{Layer, Stack};
use crate::panels::room::{NARROW, Room};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The width of the drawing.
pub const WIDTH: f64 = 640.0;
/// Where the line lies: what is above is paper, what is below water.
pub const LINE: f64 = 88.0;
/// Between columns, and between slabs.
const GAP: f64 = 8.0;
const SEAM: f64 = 2.0;
/// A slab of no bytes; and what a megabyte's square root adds.
const THIN: f64 = 22.0;
const PER_ROOT_MB: f64 = 5.5;
/// The tallest stack that is drawn to that scale; a taller one lowers the scale.
const TALLEST: f64 = 700.0;
/// The same on a phone, where a stack should be seen at one glance.
const TALLEST_NARROW: f64 = 440.0;
/// The column of an image that is not picked, in the narrow drawing, and the gap beside it.
const SLIM: f64 = 16.0;
const SLIM_GAP: f64 = 4.0;
/// Slabs in a column before small ones are folded together.
const UNFOLDED: usize = 8;
/// A vessel's least width, with room for a short name.
const VESSEL: f64 = 76.0;

/// One slab of the drawing: a layer, or several folded into one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slab {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// The lowest layer in it, counted from 1.
    pub first: usize,
    /// The highest.
    pub last: usize,
    /// Columns that stand on it, from the left.
    pub columns: Range<usize>,
    /// Bytes of all its layers; `None` where the engine does not say.
    pub bytes: Option<u64>,
    /// The line that made it; for several layers, how many.
    pub label: String,
    /// The layers' hashes, lowest first.
    pub diffs: Vec<String>,
    /// Holds files that another slab holds too, on other ground: on disk twice.
    pub twin: bool,
}

impl Slab {
    /// How many images stand on it.
    pub fn sharers(&self) -> usize {
        self.columns.len()
    }

    /// How many layers are folded into it.
    pub fn folded(&self) -> usize {
        self.last - self.first + 1
    }
}

/// One image's column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// Which of the stacks that were given.
    pub image: usize,
    /// Left edge.
    pub x: f64,
    /// Width.
    pub w: f64,
    /// The upper edge of its highest slab.
    pub top: f64,
    /// Containers drawn above it.
    pub vessels: usize,
}

/// Everything in its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Arrangement {
    /// From the left.
    pub columns: Vec<Column>,
    /// Bottom first within each column.
    pub slabs: Vec<Slab>,
    /// The lower edge of the drawing.
    pub bottom: f64,
}

/// Arranges the stacks, the first of which is picked, each with its number of
/// containers.
pub fn arrange(stacks: &[(&Stack, usize)], room: Room) -> Arrangement {
    let layers: Vec<&[Layer]> = stacks.iter().map(|(stack, _)| &stack.layers[..]).collect();
    let mut grown = Grown::default();
    grow(&layers, (0..layers.len()).collect(), 0, &mut grown);

    let standing: Vec<(usize, usize)> = grown
        .order
        .iter()
        .map(|image| (*image, stacks[*image].1))
        .collect();
    let (mut columns, tallest) = match room {
        Room::Broad => (columns(&standing), TALLEST),
        Room::Narrow => (slim_columns(&standing), TALLEST_NARROW),
    };
    let pieces = pieces(&layers, &grown, columns.len());

    // How tall each column would be, to find the scale.
    let tall = |scale: f64| {
        let mut heights = vec![0.0f64; columns.len()];
        for piece in &pieces {
            for column in piece.run.columns.clone() {
                heights[column] += height(piece.bytes(&layers), scale) + SEAM;
            }
        }
        heights.into_iter().fold(0.0, f64::max)
    };
    let mut scale = PER_ROOT_MB;
    if tall(scale) > tallest {
        let thin = tall(0.0);
        let grows = (tall(scale) - thin).max(1.0);
        scale = (scale * (tallest - thin) / grows).max(0.4);
    }
    // Labels stand above their columns: one row, or two where a column is narrow.
    let bottom = LINE + 58.0 + tall(scale);
    let mut tops = vec![bottom; columns.len()];
    let twins = twins(&layers);
    let mut slabs = Vec::with_capacity(pieces.len());
    for piece in &pieces {
        let bytes = piece.bytes(&layers);
        let h = height(bytes, scale);
        let (left, right) = (
            &columns[piece.run.columns.start],
            &columns[piece.run.columns.end - 1],
        );
        let y = tops[piece.run.columns.start] - SEAM - h;
        let own = &layers[piece.run.image][piece.layers.clone()];
        slabs.push(Slab {
            x: left.x,
            y,
            w: right.x + right.w - left.x,
            h,
            first: piece.layers.start + 1,
            last: piece.layers.end,
            columns: piece.run.columns.clone(),
            bytes,
            label: label(own),
            diffs: own.iter().map(|layer| layer.diff.clone()).collect(),
            twin: own.iter().any(|layer| twins.contains(layer.diff.as_str())),
        });
        for column in piece.run.columns.clone() {
            tops[column] = y;
        }
    }
    for (column, top) in columns.iter_mut().zip(tops) {
        column.top = top;
    }
    Arrangement {
        columns,
        slabs,
        bottom,
    }
}

/// Height of a slab: `22 + 5.5·√MB`, or less per megabyte where a stack would be too tall.
fn height(bytes: Option<u64>, scale: f64) -> f64 {
    let megabytes = bytes.unwrap_or(0) as f64 / 1e6;
    (THIN + scale * megabytes.sqrt()).round()
}

/// A stretch of layers that the same columns stand on.
#[derive(Clone, Debug)]
struct Run {
    /// An image that has them.
    image: usize,
    layers: Range<usize>,
    columns: Range<usize>,
}

#[derive(Default)]
struct Grown {
    runs: Vec<Run>,
    order: Vec<usize>,
}

/// Grows the tree above `from`: what all of `images` have in common, then each branch,
/// the widest and then the heaviest first, the picked one before all; images that end
/// here stand to the right of those that go on.
fn grow(layers: &[&[Layer]], images: Vec<usize>, from: usize, grown: &mut Grown) {
    let Some(&first) = images.first() else {
        return;
    };
    let chain = |image: usize, at: usize| layers[image].get(at).map(|layer| layer.chain.as_str());
    let mut common = from;
    while chain(first, common).is_some()
        && images
            .iter()
            .all(|image| chain(*image, common) == chain(first, common))
    {
        common += 1;
    }
    let left = grown.order.len();
    let run = grown.runs.len();
    if common > from {
        grown.runs.push(Run {
            image: first,
            layers: from..common,
            columns: 0..0,
        });
    }
    let (enders, others): (Vec<usize>, Vec<usize>) = images
        .into_iter()
        .partition(|image| layers[*image].len() <= common);
    let mut branches: Vec<Vec<usize>> = Vec::new();
    let mut branch_of: HashMap<&str, usize> = HashMap::new();
    for image in others {
        let Some(next) = chain(image, common) else {
            continue;
        };
        let branch = *branch_of.entry(next).or_insert_with(|| {
            branches.push(Vec::new());
            branches.len() - 1
        });
        branches[branch].push(image);
    }
    let weight = |branch: &Vec<usize>| -> u64 {
        branch
            .iter()
            .flat_map(|image| &layers[*image][common..])
            .fold(0, |sum, layer| sum.saturating_add(layer.size.unwrap_or(0)))
    };
    branches.sort_by_cached_key(|branch| {
        (
            !branch.contains(&0),
            std::cmp::Reverse(branch.len()),
            std::cmp::Reverse(weight(branch)),
            branch[0],
        )
    });
    for branch in branches {
        grow(layers, branch, common, grown);
    }
    grown.order.extend(enders);
    if common > from {
        grown.runs[run].columns = left..grown.order.len();
    }
}

/// Shares the width out: more for the picked image and for those with containers.
fn columns(room: &[(usize, usize)]) -> Vec<Column> {
    let share = |(image, containers): &(usize, usize)| {
        let picked = if *image == 0 { 0.35 } else { 0.0 };
        1.0 + picked + 0.45 * ((*containers).clamp(1, 3) - 1) as f64
    };
    let all: f64 = room.iter().map(share).sum();
    let free = WIDTH - GAP * room.len().saturating_sub(1) as f64;
    // One or two images need not fill the frame.
    let free = free.min(260.0 * room.len() as f64);
    let mut x = 0.0;
    room.iter()
        .map(|one| {
            let w = (free * share(one) / all).floor();
            let column = Column {
                image: one.0,
                x,
                w,
                top: 0.0,
                vessels: one.1.min((((w + 6.0) / (VESSEL + 6.0)) as usize).max(1)),
            };
            x += w + GAP;
            column
        })
        .collect()
}

/// The picked image takes what the slim columns of the others leave.
fn slim_columns(standing: &[(usize, usize)]) -> Vec<Column> {
    let others = standing.len().saturating_sub(1) as f64;
    let mut x = 0.0;
    standing
        .iter()
        .map(|(image, containers)| {
            let (w, most) = match image {
                0 => (NARROW - others * (SLIM + SLIM_GAP), 2),
                _ => (SLIM, 1),
            };
            let column = Column {
                image: *image,
                x,
                w,
                top: 0.0,
                vessels: (*containers).min(most),
            };
            x += w + SLIM_GAP;
            column
        })
        .collect()
}

/// A slab to be: some layers of a run.
struct Piece<'a> {
    run: &'a Run,
    layers: Range<usize>,
}

impl Piece<'_> {
    fn bytes(&self, layers: &[&[Layer]]) -> Option<u64> {
        layers[self.run.image][self.layers.clone()]
            .iter()
            .try_fold(0u64, |sum, layer| Some(sum.saturating_add(layer.size?)))
    }
}

/// Cuts the runs into slabs; in a column of many, the small ones between the large
/// ones are folded together.
fn pieces<'a>(layers: &[&[Layer]], grown: &'a Grown, columns: usize) -> Vec<Piece<'a>> {
    let mut depth = vec![0usize; columns];
    for run in &grown.runs {
        for column in run.columns.clone() {
            depth[column] += run.layers.len();
        }
    }
    let mut pieces = Vec::new();
    for run in &grown.runs {
        let deepest = depth[run.columns.clone()]
            .iter()
            .copied()
            .max()
            .unwrap_or(0);
        let own = &layers[run.image][run.layers.clone()];
        let keep = if deepest <= UNFOLDED {
            own.len()
        } else {
            (own.len() * UNFOLDED / deepest / 2).clamp(1, 4)
        };
        let mut by_size: Vec<usize> = (0..own.len()).collect();
        by_size.sort_by_key(|at| (std::cmp::Reverse(own[*at].size), *at));
        let kept: HashSet<usize> = by_size.into_iter().take(keep).collect();
        let mut start = 0;
        for at in 0..own.len() {
            let alone = kept.contains(&at);
            let next_alone = at + 1 == own.len() || kept.contains(&(at + 1));
            if alone || next_alone {
                let from = run.layers.start;
                pieces.push(Piece {
                    run,
                    layers: from + start..from + at + 1,
                });
                start = at + 1;
            }
        }
    }
    pieces
}

/// Diff ids that stand in more than one place.
fn twins<'a>(layers: &[&'a [Layer]]) -> HashSet<&'a str> {
    let mut chains: HashMap<&str, &str> = HashMap::new();
    let mut twins = HashSet::new();
    for layer in layers.iter().flat_map(|layers| layers.iter()) {
        let chain = *chains.entry(&layer.diff).or_insert(&layer.chain);
        if chain != layer.chain {
            twins.insert(layer.diff.as_str());
        }
    }
    twins
}

fn label(layers: &[Layer]) -> String {
    match layers {
        [layer] => match &layer.lines[..] {
            [] => String::new(),
            [line] => line.clone(),
            [line, rest @ ..] => format!("{line}, or {} other", rest.len()),
        },
        several => format!("{} layers", several.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::stack::{Listed, chain_ids};
    use super::*;
    use proptest::prelude::*;

    fn stack(diffs: &[&str], bytes: u64) -> Stack {
        let diffs: Vec<String> = diffs.iter().map(|diff| (*diff).to_owned()).collect();
        let layers = diffs
            .iter()
            .zip(chain_ids(&diffs))
            .map(|(diff, chain)| Layer {
                diff: diff.clone(),
                chain,
                size: Some(bytes),
                lines: vec![format!("COPY {diff}")],
            })
            .collect();
        Stack {
            listed: Listed {
                id: "sha256:0".into(),
                names: Vec::new(),
                size: None,
                parent: String::new(),
            },
            layers,
            rows: Vec::new(),
            made: Vec::new(),
        }
    }

    fn arranged(stacks: &[Stack]) -> Arrangement {
        let given: Vec<(&Stack, usize)> = stacks.iter().map(|stack| (stack, 1)).collect();
        arrange(&given, Room::Broad)
    }

    #[test]
    fn a_shared_layer_is_one_slab_across_all_that_share_it() {
        let drawn = arranged(&[
            stack(&["base", "web", "site"], 1_000_000),
            stack(&["other"], 1_000_000),
            stack(&["base", "web"], 1_000_000),
            stack(&["base", "db"], 1_000_000),
        ]);
        let order: Vec<usize> = drawn.columns.iter().map(|column| column.image).collect();
        assert_eq!(order, [0, 2, 3, 1], "who shares stands side by side");
        let base: Vec<&Slab> = drawn
            .slabs
            .iter()
            .filter(|slab| slab.diffs == ["base"])
            .collect();
        assert_eq!(base.len(), 1, "once");
        assert_eq!(base[0].columns, 0..3);
        assert_eq!(base[0].x, drawn.columns[0].x);
        assert_eq!(
            base[0].x + base[0].w,
            drawn.columns[2].x + drawn.columns[2].w
        );
        assert_eq!(drawn.slabs.len(), 5);
    }

    #[test]
    fn a_slab_is_as_tall_as_the_root_of_its_megabytes() {
        assert_eq!(height(Some(0), PER_ROOT_MB), 22.0);
        assert_eq!(height(Some(4_000_000), PER_ROOT_MB), 33.0);
        assert_eq!(height(Some(100_000_000), PER_ROOT_MB), 77.0);
        assert_eq!(height(None, PER_ROOT_MB), 22.0);
    }

    #[test]
    fn the_same_files_on_other_ground_are_two_slabs_with_a_mark() {
        let drawn = arranged(&[stack(&["a", "x"], 9), stack(&["b", "x"], 9)]);
        let twins = drawn.slabs.iter().filter(|slab| slab.twin).count();
        assert_eq!((drawn.slabs.len(), twins), (4, 2));
    }

    #[test]
    fn a_long_stack_is_folded_and_says_how_many() {
        let names: Vec<String> = (0..60).map(|at| format!("layer{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut deep = stack(&names, 1000);
        deep.layers[30].size = Some(50_000_000);
        let drawn = arranged(&[deep]);
        assert!(drawn.slabs.len() <= 2 * UNFOLDED, "{}", drawn.slabs.len());
        let all: usize = drawn.slabs.iter().map(Slab::folded).sum();
        assert_eq!(all, 60);
        assert!(
            drawn
                .slabs
                .iter()
                .any(|slab| slab.first == 31 && slab.last == 31),
            "the large one stands alone"
        );
    }

    #[test]
    fn huge_layers_lower_the_scale_and_stay_on_the_page() {
        let drawn = arranged(&[stack(&["a", "b", "c", "d", "e"], 20_000_000_000)]);
        assert!(drawn.bottom < 1000.0, "{}", drawn.bottom);
    }

    proptest! {
        #[test]
        fn no_two_slabs_meet_and_every_layer_is_drawn(
            images in proptest::collection::vec(proptest::collection::vec(0..3u8, 0..12), 0..6),
            bytes in 0..400_000_000u64,
        ) {
            let stacks: Vec<Stack> = images
                .iter()
                .map(|diffs| {
                    let names: Vec<String> = diffs.iter().map(u8::to_string).collect();
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    stack(&names, bytes)
                })
                .collect();
            let given: Vec<(&Stack, usize)> = stacks.iter().map(|stack| (stack, 1)).collect();
            for (room, width) in [(Room::Broad, WIDTH), (Room::Narrow, NARROW)] {
            let drawn = arrange(&given, room);
            prop_assert_eq!(drawn.columns.len(), stacks.len());
            for (column, at) in drawn.columns.iter().zip(0..) {
                let own: Vec<&Slab> =
                    drawn.slabs.iter().filter(|slab| slab.columns.contains(&at)).collect();
                let layers: usize = own.iter().map(|slab| slab.folded()).sum();
                prop_assert_eq!(layers, stacks[column.image].layers.len());
                prop_assert!(column.top > LINE);
                prop_assert!(column.x + column.w <= width);
            }
            for (a, one) in drawn.slabs.iter().enumerate() {
                prop_assert!(one.y + one.h <= drawn.bottom);
                for other in &drawn.slabs[a + 1..] {
                    let apart = one.x + one.w <= other.x
                        || other.x + other.w <= one.x
                        || one.y + one.h <= other.y
                        || other.y + other.h <= one.y;
                    prop_assert!(apart, "{one:?} meets {other:?}");
                }
            }
            }
        }
    }
}
