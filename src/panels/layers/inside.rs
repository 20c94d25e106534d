//! Inside: the files of the layer that a reader asked for, ready to be placed.
//!
//! Nothing is exported before somebody follows a link to `of=IMAGE~N`.

use super::files::{self, Image, Mark, Wasted};
use super::stack::Stack;
use super::tree::{self, Line};
use crate::engine::{Answers, Ask, Away, Id};
use crate::panels::words;
use serde::Serialize;

/// Wasted paths that are listed.
const LISTED: usize = 25;
/// How wide the bar of the largest layer is.
const BAR: f64 = 300.0;

/// The image and the layer that `of` means: `shop/web:1.4~6` is its sixth from the
/// bottom. No image reference can hold a `~`.
pub fn asked(of: &str) -> (&str, Option<usize>) {
    match of.rsplit_once('~') {
        Some((image, layer)) => match layer.parse() {
            Ok(layer @ 1..=999) if layer.to_string().len() == of.len() - image.len() - 1 => {
                (image, Some(layer))
            }
            _ => (of, None),
        },
        None => (of, None),
    }
}

/// What is inside one layer.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Inside {
    /// Which layer, from 1.
    pub number: usize,
    /// The answer in a sentence.
    pub answer: String,
    /// What of the image is wasted, in a sentence.
    pub waste: Option<String>,
    /// What was not read, or could not be.
    pub remarks: Vec<String>,
    /// The layers, top first, by weight.
    pub bars: Vec<Bar>,
    /// The tree of what the layer did.
    pub lines: Vec<Line>,
    /// What is wasted, largest first.
    pub wasted: Vec<String>,
    /// How many more paths are.
    pub more_wasted: usize,
    /// Bytes in the image's layers, and how many of them are wasted.
    pub bytes: u64,
    /// Bytes that upper layers hide.
    pub wasted_bytes: u64,
}

/// One layer in the list.
#[derive(Debug, PartialEq, Serialize)]
pub struct Bar {
    /// From 1.
    pub number: usize,
    /// The page of its files.
    pub href: String,
    /// Whether it is the one shown.
    pub current: bool,
    /// The line that made it.
    pub line: String,
    /// Its bytes and what of them is wasted, in words.
    pub size: String,
    /// The two as lengths.
    pub bar: f64,
    /// What of the bar is hatched.
    pub hatched: f64,
}

/// The ask that the files come from.
pub fn ask(stack_id: &str) -> Option<Ask> {
    Id::new(stack_id).map(Ask::Files)
}

/// Draws layer `number` of `stack`; `href` leads to another one's files.
pub fn draw(
    stack: &Stack,
    number: usize,
    have: &Answers,
    href: impl Fn(usize) -> String,
) -> Inside {
    let name = words::short(&stack.listed.name(), 60);
    let count = stack.layers.len();
    let only = |answer: String| Inside {
        number,
        answer,
        ..Inside::default()
    };
    if !(1..=count).contains(&number) {
        return only(match count {
            0 => format!("{name} has no layers."),
            n => format!(
                "{name} has no layer {number}: it has {}.",
                words::count(n, "layer")
            ),
        });
    }
    let json = match ask(&stack.listed.id).as_ref().and_then(|ask| have.get(ask)) {
        Some(Ok(answer)) => &answer.json,
        Some(Err(Away::NotRecorded(_))) => {
            return only("The recording does not hold what lies in its layers.".into());
        }
        Some(Err(away)) => {
            return only(format!(
                "What lies in its layers could not be read: {away}."
            ));
        }
        None => {
            return only("What lies in its layers is being read; this may take seconds.".into());
        }
    };
    let diffs: Vec<&str> = stack.layers.iter().map(|layer| &*layer.diff).collect();
    let image = files::read(json, &diffs);
    let mut inside = only(String::new());
    if let Some(cut) = image.cut {
        inside.remarks.push(format!(
            "Not all was read: {}. What is said of wasted bytes is of the layers that were.",
            words::short(cut, 120)
        ));
    }
    let wasted = image.wasted();
    waste(&image, &wasted, &mut inside);
    inside.bars = bars(stack, &image, &wasted, number, href);
    let changes = image.changes(number - 1);
    let Some(changes) = changes else {
        inside.answer = format!("Layer {number} of {name} was not read.");
        if image.cut.is_none() {
            inside.remarks.push(
                "The export holds no layer of this diff id that could be read: it may be packed \
                 in a way that Waterline does not know, such as zstd."
                    .into(),
            );
        }
        return inside;
    };
    let of = |mark| changes.iter().filter(|change| change.mark == mark).count();
    let parts: Vec<String> = [
        (of(Mark::Added), "adds"),
        (of(Mark::Changed), "changes"),
        (of(Mark::Deleted), "deletes"),
    ]
    .iter()
    .filter(|(n, _)| *n > 0)
    .enumerate()
    .map(|(at, (n, word))| match at {
        0 => format!("{word} {}", words::count(*n, "path")),
        _ => format!("{word} {}", words::number(*n)),
    })
    .collect();
    let bytes = words::size(image.bytes(number - 1).unwrap_or(0));
    inside.answer = match parts.as_slice() {
        [] => format!("Layer {number} of {name} changes nothing: {bytes}."),
        parts => format!("Layer {number} of {name} {}: {bytes}.", words::list(parts)),
    };
    inside.lines = tree::draw(&changes);
    inside
}

fn waste(image: &Image, wasted: &[Wasted], inside: &mut Inside) {
    inside.bytes = (0..image.layers.len())
        .filter_map(|at| image.bytes(at))
        .sum();
    inside.wasted_bytes = wasted.iter().map(|wasted| wasted.bytes).sum();
    if image.layers.iter().all(Option::is_none) {
        return;
    }
    let whole = words::size(inside.bytes);
    inside.waste = Some(match inside.wasted_bytes {
        0 => format!("None of its {whole} are wasted: no layer hides bytes of one below."),
        bytes => format!(
            "{} of its {whole} are wasted: they lie in a layer, and one above has overwritten or deleted them.",
            words::size(bytes)
        ),
    });
    inside.wasted = wasted
        .iter()
        .take(LISTED)
        .map(|wasted| {
            format!(
                "{} /{} in layer {}, {} by layer {}",
                words::size(wasted.bytes),
                words::short(wasted.path, 120),
                wasted.layer + 1,
                if wasted.deleted {
                    "deleted"
                } else {
                    "overwritten"
                },
                wasted.by + 1
            )
        })
        .collect();
    inside.more_wasted = wasted.len() - inside.wasted.len();
}

fn bars(
    stack: &Stack,
    image: &Image,
    hidden: &[Wasted],
    number: usize,
    href: impl Fn(usize) -> String,
) -> Vec<Bar> {
    let mut wasted = vec![0u64; image.layers.len()];
    for one in hidden {
        wasted[one.layer] += one.bytes;
    }
    let bytes: Vec<Option<u64>> = (0..image.layers.len()).map(|at| image.bytes(at)).collect();
    let most = bytes.iter().flatten().max().copied().unwrap_or(0).max(1);
    let px = |bytes: u64| (bytes as f64 / most as f64 * BAR).round();
    let of = |at: usize| {
        let size = match (bytes[at], wasted[at]) {
            (None, _) => "not read".to_owned(),
            (Some(bytes), 0) => words::size(bytes),
            (Some(bytes), wasted) => {
                format!("{}, {} wasted", words::size(bytes), words::size(wasted))
            }
        };
        Bar {
            number: at + 1,
            href: href(at + 1),
            current: at + 1 == number,
            line: match stack.layers[at].lines.as_slice() {
                [line] => words::short(line.trim_end_matches([' ', '•']), 60),
                _ => String::new(),
            },
            bar: px(bytes[at].unwrap_or(0)),
            hatched: px(wasted[at]),
            size,
        }
    };
    (0..image.layers.len()).rev().map(of).collect()
}
