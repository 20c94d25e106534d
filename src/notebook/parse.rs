//! From source to [`Parsed`]: decoding, front matter, one walk over the events.

use std::cell::RefCell;
use std::sync::Arc;

use super::front::{self, Fault};
use super::lines::{Lines, clamp};
use super::linked::Rules;
use super::parsed::{DemoFields, Next, Parsed};
use super::paths::Wish;
use super::problem::Rule;
use super::walk::{Made, Walk};
use super::{leads, name, paths};

/// More than this is refused: no note is a gigabyte.
const TOO_LARGE: usize = 1 << 30;

/// A line longer than this was not written by a person.
const LONG_LINE: usize = 100_000;

/// What is told of a file that is shown as far as it is text.
const NOT_TEXT: &str = "not valid UTF-8: the bytes that are not are shown as \u{fffd}";

thread_local! {
    /// Lists that the last note on this thread has grown.
    static SPARE: RefCell<Made> = RefCell::default();
}

impl Made {
    /// Keeps the lists for the next note, unless this one was out of the common.
    fn spare(mut self) {
        if self.pieces.capacity() > 1 << 16 || self.words.capacity() > 1 << 16 {
            return;
        }
        self.aside.clear();
        self.pieces.clear();
        self.headings.clear();
        self.anchors.clear();
        self.words.clear();
        self.leaves.clear();
        self.links.clear();
        self.code_blocks.clear();
        self.code.clear();
        SPARE.set(self);
    }
}

/// Parses one file. Never fails: what is wrong is told in `faults`.
pub(super) fn parse(file: Arc<str>, bytes: Vec<u8>, rules: &Rules) -> Parsed {
    let is_demo = is_demo(&file);
    let mut faults = Vec::new();
    let text = decode(bytes, &mut faults);
    let mut broken = faults.first().cloned();
    if let Some(fault) = broken.as_mut().filter(|fault| fault.message == NOT_TEXT) {
        fault.message = "not valid UTF-8: is this a binary file?".to_owned();
    }
    let front = front::read(&text, is_demo, &mut faults);
    if front.unreadable && broken.is_none() {
        broken = faults.last().cloned();
    }
    if text[front.body..].trim().is_empty() {
        let (line, _) = Lines::new(&text).at(front.body);
        let what = if is_demo { "demo" } else { "note" };
        faults.push(Fault::new(
            Rule::EmptyNote,
            line,
            1,
            format!("this {what} is empty"),
        ));
    }
    line_faults(&text, &mut faults);
    let made = SPARE.take();
    let mut walk = Walk::new(&text, front.body, !is_demo, made);
    walk.events();
    let Walk {
        made, faults: more, ..
    } = walk;
    faults.extend(more);
    let mut parsed = Parsed {
        is_demo,
        title: Box::default(),
        wish: Wish::new(&file, front.path, rules.reserved),
        next: front.next.map(|(wish, line, column)| {
            Box::new(Next {
                wish: wish.into(),
                line,
                column,
            })
        }),
        aside: made.aside.as_str().into(),
        pieces: made.pieces.as_slice().into(),
        headings: made.headings.as_slice().into(),
        labels: Box::default(),
        anchors: made.anchors.as_slice().into(),
        words: made.words.as_slice().into(),
        leaves: made.leaves.as_slice().into(),
        links: made.links.as_slice().into(),
        called: Box::default(),
        calls: Box::default(),
        code_blocks: made.code_blocks.as_slice().into(),
        code: made.code.as_slice().into(),
        demo: is_demo.then(|| {
            Box::new(DemoFields {
                topic: front.topic,
                minutes: front.minutes,
            })
        }),
        faults: faults.into(),
        broken: broken.map(Box::new),
        body: clamp(front.body),
        text: text.into(),
        file,
    };
    made.spare();
    let labels = parsed.headings.iter();
    let labels = labels.map(|heading| parsed.label_of(heading).into());
    parsed.labels = labels.collect();
    parsed.title = title(&parsed, front.title, &rules.prefixes).into();
    parsed.called = leads::called(&parsed.file, &parsed.title, &parsed.wish.path);
    parsed.calls = leads::calls(&parsed);
    parsed
}

/// Tells about line ends and lines that editors and other tools stumble over.
fn line_faults(text: &str, faults: &mut Vec<Fault>) {
    if text.as_bytes().contains(&b'\r')
        && let Some(at) = text.find("\r\n")
    {
        let (line, _) = Lines::new(text).at(at);
        let why = "lines end in CRLF here; every other system writes LF";
        faults.push(Fault::new(Rule::LineEndings, line, 1, why));
    }
    if text.len() > LONG_LINE
        && let Some((at, line)) = text
            .split('\n')
            .enumerate()
            .find(|(_, line)| line.len() > LONG_LINE)
    {
        let why = format!("this line is {} characters long", line.chars().count());
        faults.push(Fault::new(Rule::LongLine, clamp(at + 1), 1, why));
    }
}

/// Files below `demos/` are demos: not notes, though their references count.
pub(super) fn is_demo(file: &str) -> bool {
    file.starts_with("demos/")
}

/// The front matter's title, or the first heading's, or the file's name.
fn title(parsed: &Parsed, front: Option<String>, prefixes: &[String]) -> String {
    front
        .or_else(|| {
            (0..clamp(parsed.headings.len()))
                .map(|index| parsed.heading_title(index, prefixes))
                .find(|title| !title.is_empty())
        })
        .unwrap_or_else(|| {
            let stem = paths::without_ending(&parsed.file);
            stem.rsplit('/').next().unwrap_or(stem).to_owned()
        })
}

/// Bytes as text. What is no UTF-8 is shown as `\u{fffd}` and told.
fn decode(bytes: Vec<u8>, faults: &mut Vec<Fault>) -> String {
    if bytes.len() > TOO_LARGE {
        faults.push(Fault::new(
            Rule::UnreadableFile,
            1,
            1,
            "this file is larger than 1 GiB and was not read",
        ));
        return String::new();
    }
    let mut text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let good = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let (line, column) = Lines::new(&text).at(good);
        faults.push(Fault::new(Rule::NotText, line, column, NOT_TEXT));
        text
    });
    if let Some(at) = text.find('\0') {
        let (line, column) = Lines::new(&text).at(at);
        let why = "a NUL character, which no text holds: is this a binary file?";
        faults.push(Fault::new(Rule::NotText, line, column, why));
    }
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}

/// The names that a file defines, in the order of its anchors: each anchor's
/// number, whether it names a section, and its name. A demo defines nothing.
pub(super) fn defines(parsed: &Parsed) -> impl Iterator<Item = (u32, bool, &str)> {
    let anchors = parsed.anchors.iter().enumerate();
    anchors.filter(|_| !parsed.is_demo).map(|(index, anchor)| {
        let name = parsed.anchor_name(anchor);
        (clamp(index), anchor.heading.is_some(), name)
    })
}

/// The names that a file may refer to, with repetitions. A word that ends in
/// `_` or `-` may mean itself or the name without.
pub(super) fn mentions(parsed: &Parsed) -> impl Iterator<Item = &str> {
    parsed.words.iter().flat_map(|word| {
        let whole = parsed.word(word);
        let bare = parsed.bare_word(word);
        let bare = (bare.len() < whole.len() && name::is_name(bare)).then_some(bare);
        bare.into_iter().chain([whole])
    })
}
