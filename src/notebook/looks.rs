//! What an author will not have meant, though it reads as written: near-anchors, empty
//! headings, images without text, addresses that are not followed, links to headings that
//! are not there, and links to what the notebook does not hold.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::lines::{Lines, clamp};
use super::linked::Notebook;
use super::near;
use super::parsed::{El, Link, Parsed, Piece, Span, Word};
use super::problem::{Problem, Rule};
use super::render::{Render, slug};
use super::slips::{Slip, Stands, slips};
use super::urls::{self, Target};

/// A link or an image that leads to nothing of the notebook's own: whoever knows what else
/// there is can tell whether it leads anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The file that it stands in.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
    /// Where it leads, from the content folder, `/` first; not percent-encoded.
    pub path: String,
    /// It is an image.
    pub image: bool,
}

/// A stretch of text that is contiguous in the source.
struct Run {
    start: usize,
    end: usize,
    stands: Stands,
}

impl Notebook {
    /// The source of a file, without a byte order mark.
    pub fn source(&self, file: &str) -> Option<&str> {
        self.file(file).map(|note| &*note.text)
    }

    /// What an author will not have meant in a file.
    pub(super) fn looks(&self, slot: u32, note: &Parsed) -> Vec<Problem> {
        if is_no_text(note) {
            return Vec::new();
        }
        let mut problems = Vec::new();
        for (slip, at) in self.near_anchors(note) {
            let source = &note.text[slip.start..slip.end];
            let mut message = format!("`{source}` defines nothing: {}", slip.why);
            if let Some(meant) = &slip.meant {
                message += &format!("; write `<<{meant}>>`");
            }
            let problem = Problem::new(Rule::MalformedAnchor, &*note.file, at, message);
            problems.push(problem.wide(source.chars().count()));
        }
        empty_headings(note, &mut problems);
        images_without_text(note, &mut problems);
        let mut places = FxHashMap::default();
        for link in &note.links {
            problems.extend(self.astray(slot, note, link, &mut places));
        }
        problems
    }

    /// What was meant to be an anchor, with its line and column.
    pub(super) fn near_anchors(&self, note: &Parsed) -> Vec<(Slip, (u32, u32))> {
        let mut lines = Lines::new(&note.text);
        let mut found = Vec::new();
        // Most notes have no brackets but those of their anchors.
        for run in runs(note) {
            let text = &note.text[run.start..run.end];
            if !text.contains(['<', '>']) {
                continue;
            }
            let escaped = note.text[..run.start].ends_with('\\');
            for slip in slips(text, run.stands, self.prefixes()) {
                // `\<<X>`: the author shows what it looks like.
                if escaped && slip.start == 0 {
                    continue;
                }
                let (start, end) = (run.start + slip.start, run.start + slip.end);
                let at = lines.at(start);
                found.push((Slip { start, end, ..slip }, at));
            }
        }
        // A row's excess cells come after the others.
        found.sort_by_key(|(slip, _)| slip.start);
        found
    }

    /// Anchors in demos, by file and place. A demo is no note, and its text reads as it is
    /// written; but an anchor was meant to do something.
    pub fn anchors_in_demos(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (_, note) in self.files().filter(|(_, note)| note.is_demo) {
            for word in note.words.iter().filter(|word| is_in_brackets(note, word)) {
                let name = note.word(word);
                let message = format!(
                    "a demo defines no topic; `topic: {name}` in its front matter makes it a demo of one"
                );
                let at = (word.line, word.column.saturating_sub(2));
                let problem = Problem::new(Rule::MalformedAnchor, &*note.file, at, message);
                problems.push(problem.wide(name.chars().count() + "<<>>".len()));
            }
        }
        problems
    }

    /// A link that is not followed, or leads to no heading.
    fn astray<'n>(
        &'n self,
        slot: u32,
        note: &Parsed,
        link: &Link,
        places: &mut FxHashMap<u32, Places<'n>>,
    ) -> Option<Problem> {
        let at = (link.line, link.column);
        let told = |rule, message| Some(Problem::new(rule, &*note.file, at, message));
        let (to, rest) = match urls::target(note.str(link.url), &note.file, link.email) {
            Target::Unsafe => {
                let url = note.str(link.url);
                let message = format!("no page follows the address `{url}`; it is shown as text");
                return told(Rule::UnsafeLink, message);
            }
            Target::File(file, rest) => (self.slot_of(&file)?, rest),
            Target::Local(_) => {
                let (path, rest) = local(note.str(link.url), &note.file);
                let at = self.paths().find(path.ok()?.trim_end_matches('/'))?;
                (self.paths().in_order[at].1, rest)
            }
            _ => return None,
        };
        let fragment = rest.split_once('#').map(|(_, fragment)| fragment)?;
        let fragment = decode(fragment);
        let other = self.parsed(to).filter(|other| !other.is_demo)?;
        let there = places
            .entry(to)
            .or_insert_with(|| self.places_on(to, other));
        let always = fragment.is_empty() || fragment == "top" || fragment.starts_with(":~:");
        if always || there.ids.contains(&fragment) {
            return None;
        }
        let mut message = match to == slot {
            true => format!("this note has no heading or topic `#{fragment}`"),
            false => format!("{} has no heading or topic `#{fragment}`", other.file),
        };
        if let Some((_, elsewhere, _)) = self.definition(&fragment) {
            message += &format!("; {} defines {fragment}", elsewhere.file);
        } else {
            let near = there.near(&fragment);
            message += &did_you_mean(near.iter().map(|near| format!("#{near}")));
        }
        told(Rule::BrokenFragment, message)
    }

    /// Every `id` of a note's page that an author can link to.
    fn places_on<'n>(&'n self, slot: u32, note: &'n Parsed) -> Places<'n> {
        let headings = Render::new(self, slot, note)
            .ids
            .into_iter()
            .map(Cow::Owned);
        let anchors = note.anchors.iter().enumerate();
        let anchors = anchors.filter(|(index, _)| self.wins(slot, clamp(*index), note));
        let anchors = anchors.map(|(_, anchor)| Cow::Borrowed(note.anchor_name(anchor)));
        Places {
            ids: headings.chain(anchors).collect(),
            alike: None,
            told: 0,
        }
    }

    /// Links and images that lead to nothing of the notebook's own, by file and place; what
    /// is plainly broken is a problem instead.
    pub fn elsewhere(&self) -> (Vec<Elsewhere>, Vec<Problem>) {
        let (mut elsewhere, mut problems) = (Vec::new(), Vec::new());
        for (_, note) in self.files().filter(|(_, note)| !is_no_text(note)) {
            let mut is_image = vec![false; note.links.len()];
            for piece in &note.pieces {
                if let Piece::Image(index) = piece {
                    is_image[*index as usize] = true;
                }
            }
            for (link, image) in note.links.iter().zip(is_image) {
                let url = note.str(link.url);
                let Target::Local(_) = urls::target(url, &note.file, link.email) else {
                    continue;
                };
                let told = |rule, message| {
                    Problem::new(rule, &*note.file, (link.line, link.column), message)
                };
                let path = match local(url, &note.file).0 {
                    Ok(path) => path,
                    Err(path) => {
                        let rule = match image {
                            true => Rule::MissingImage,
                            false => Rule::BrokenLink,
                        };
                        let message = format!("this leads out of the content folder, to {path}");
                        problems.push(told(rule, message));
                        continue;
                    }
                };
                match self.leads_to(&path, image) {
                    Leads::Here => {}
                    Leads::Nowhere(message) => problems.push(told(Rule::BrokenLink, message)),
                    Leads::Elsewhere => elsewhere.push(Elsewhere {
                        file: note.file.to_string(),
                        line: link.line,
                        column: link.column,
                        path,
                        image,
                    }),
                }
            }
        }
        (elsewhere, problems)
    }

    /// What stands at a path of this site, as far as the notebook knows.
    fn leads_to(&self, path: &str, image: bool) -> Leads {
        let bare = path.trim_end_matches('/');
        if !image && (bare.is_empty() || self.paths().find(bare).is_some()) {
            return Leads::Here;
        }
        if let Some(name) = bare.strip_prefix("/topics/") {
            if self.definition(name).is_some() || name.contains('/') {
                return Leads::Here;
            }
            return Leads::Nowhere(self.undefined(name));
        }
        if let Some(id) = bare.strip_prefix("/demos/")
            && !id.contains(['/', '.'])
            && id != "command"
        {
            let mut demos = self.files().filter(|(_, note)| note.is_demo);
            return match demos.any(|(slot, _)| self.address(slot) == bare) {
                true => Leads::Here,
                false => Leads::Nowhere(format!("there is no demo {id}")),
            };
        }
        Leads::Elsewhere
    }

    /// Files of the notebook that a path which is not there may mean, closest first.
    pub fn files_like(&self, path: &str) -> Vec<String> {
        self.called_files(FileNames::of).like(path)
    }

    /// Paths that differ only in upper and lower case: a disk that takes them for one would
    /// hold one note of an export.
    pub fn paths_alike(&self) -> Vec<Problem> {
        let mut first = FxHashMap::<String, (u32, &str)>::default();
        let mut problems = Vec::new();
        for (path, slot) in &self.paths().in_order {
            let (other, known) = match first.entry(path.to_lowercase()) {
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert((*slot, path));
                    continue;
                }
                std::collections::hash_map::Entry::Occupied(taken) => *taken.get(),
            };
            let file = |slot| self.parsed(slot).map_or("", |note| &note.file);
            let message = format!(
                "the path `{path}` differs from `{known}` ({}) only in upper and lower case",
                file(other)
            );
            problems.push(Problem::new(
                Rule::ShadowingPath,
                file(*slot),
                (1, 1),
                message,
            ));
        }
        problems
    }
}

/// The files of a notebook by what they may be called.
#[derive(Debug, Default)]
pub(super) struct FileNames {
    /// By path and by name, each with its ending and without, in small letters.
    by_name: FxHashMap<Box<str>, Vec<Arc<str>>>,
    near: near::Alike,
}

impl FileNames {
    fn of(files: &[Arc<str>]) -> Self {
        let mut by_name = FxHashMap::<Box<str>, Vec<Arc<str>>>::default();
        for file in files {
            let lower = file.to_lowercase();
            let stem = super::paths::without_ending(&lower);
            let mut names = vec![&*lower, stem, last(&lower), last(stem)];
            names.sort_unstable();
            names.dedup();
            for name in names {
                by_name.entry(name.into()).or_default().push(file.clone());
            }
        }
        let near = near::Alike::new(files.iter().map(|file| &**file));
        Self { by_name, near }
    }

    fn like(&self, path: &str) -> Vec<String> {
        const MOST: usize = 3;
        let path = path.trim_start_matches('/');
        let lower = path.to_lowercase();
        let same = [&*lower, last(&lower)];
        let same = same.iter().find_map(|name| self.by_name.get(*name));
        match same {
            Some(same) => same.iter().take(MOST).map(ToString::to_string).collect(),
            None => self.near.of(path),
        }
    }
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Where a path of this site leads.
enum Leads {
    Here,
    /// Nowhere, and why.
    Nowhere(String),
    Elsewhere,
}

/// The places on a page.
struct Places<'n> {
    ids: FxHashSet<Cow<'n, str>>,
    /// The same, to be asked for near ones.
    alike: Option<near::Alike>,
    /// How often that was done.
    told: usize,
}

impl Places<'_> {
    /// Places that a fragment may mean, closest first. After some of them an author has
    /// seen what it is about, and a note may have thousands.
    fn near(&mut self, fragment: &str) -> Vec<String> {
        const MOST: usize = 20;
        self.told += 1;
        if self.told > MOST {
            return Vec::new();
        }
        let same = |id: &&Cow<'_, str>| id.eq_ignore_ascii_case(fragment);
        match self.ids.iter().find(same) {
            Some(same) => vec![same.to_string()],
            None => {
                let ids = self.ids.iter().map(|id| &**id);
                let alike = self.alike.get_or_insert_with(|| near::Alike::new(ids));
                alike.of(&slug(fragment))
            }
        }
    }
}

/// A file of bytes that are no text: what looks like Markdown in it is chance.
pub(super) fn is_no_text(note: &Parsed) -> bool {
    let mut faults = note.faults.iter();
    faults.any(|fault| matches!(fault.rule, Rule::NotText | Rule::UnreadableFile))
}

/// `; did you mean x or y?`, or nothing.
pub(super) fn did_you_mean(near: impl Iterator<Item = String>) -> String {
    let near: Vec<String> = near.collect();
    match near.is_empty() {
        true => String::new(),
        false => format!("; did you mean {}?", near.join(" or ")),
    }
}

/// The path of an address of this site that is written in `file`, from the content folder,
/// and the `?…` and `#…` after it. An error is a path out of the folder.
fn local(url: &str, file: &str) -> (Result<String, String>, String) {
    let clean: String = url.trim().chars().filter(|c| !c.is_control()).collect();
    let (path, rest) = clean.split_at(clean.find(['?', '#']).unwrap_or(clean.len()));
    let inside = urls::beside(path, file);
    let path = inside.map(|inside| format!("/{inside}"));
    (
        path.ok_or_else(|| decode(&clean).into_owned()),
        rest.to_owned(),
    )
}

/// Does a word stand between the brackets of an anchor?
pub(super) fn is_in_brackets(note: &Parsed, word: &Word) -> bool {
    let at = word.at as usize;
    let (before, after) = (note.text.get(..at), note.text.get(at..));
    let after = after.and_then(|text| text.strip_prefix(note.word(word)));
    before.is_some_and(|text| text.ends_with("<<"))
        && after.is_some_and(|text| text.starts_with(">>"))
}

fn decode(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .unwrap_or(Cow::Borrowed(text))
}

/// The text of a note, images' descriptions apart, in stretches of its source.
fn runs(note: &Parsed) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut stands = Stands::default();
    let (mut in_image, mut broken) = (0_u32, true);
    for piece in &note.pieces {
        let span = match *piece {
            Piece::Text(span) | Piece::Raw(span) | Piece::Url(span) => Some(span),
            Piece::Word(index) => Some(note.words[index as usize].span),
            Piece::Anchor(index) => {
                let name = note.anchors[index as usize].name;
                Some(Span {
                    start: name.start.saturating_sub(2),
                    end: name.end.saturating_add(2),
                })
            }
            Piece::Heading(_) | Piece::HeadingEnd(_) => {
                stands.heading = matches!(piece, Piece::Heading(_));
                None
            }
            Piece::Open(El::Code) | Piece::Close(El::Code) => {
                stands.code = matches!(piece, Piece::Open(_));
                None
            }
            Piece::Image(_) => {
                in_image += 1;
                None
            }
            Piece::ImageEnd => {
                in_image = in_image.saturating_sub(1);
                None
            }
            _ => None,
        };
        let span = span.filter(|span| in_image == 0 && note.text.get(range(*span)).is_some());
        let Some(span) = span else {
            broken = true;
            continue;
        };
        let (start, end) = (span.start as usize, span.end as usize);
        match runs.last_mut() {
            Some(run) if !broken && run.end == start => run.end = end,
            _ => runs.push(Run { start, end, stands }),
        }
        broken = false;
    }
    runs
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}

/// Headings that have neither text nor an anchor.
fn empty_headings(note: &Parsed, problems: &mut Vec<Problem>) {
    let mut lines = Lines::new(&note.text);
    for heading in &note.headings {
        let named = heading.anchors.start < heading.anchors.end;
        let pieces = note.pieces(heading.pieces);
        let pictured = pieces.iter().any(|piece| matches!(piece, Piece::Image(_)));
        if named || pictured || !note.plain(heading.pieces).is_empty() {
            continue;
        }
        let start = heading.source.start as usize;
        let source = note.text.get(start..).unwrap_or_default();
        let source = source.lines().next().unwrap_or_default().trim_end();
        let message = "this heading has neither text nor an anchor";
        let problem = Problem::new(Rule::EmptyHeading, &*note.file, lines.at(start), message);
        problems.push(problem.wide(source.chars().count()));
    }
}

/// So many pieces of an image's description are looked at.
const INSIDE: usize = 64;

/// Images that say nothing to those who do not see them.
fn images_without_text(note: &Parsed, problems: &mut Vec<Problem>) {
    for (at, piece) in note.pieces.iter().enumerate() {
        let Piece::Image(index) = piece else {
            continue;
        };
        let rest = &note.pieces[at + 1..];
        // Where so much is inside, there is text, or only the images inside have none.
        let inside = rest.iter().take(INSIDE);
        let inside = inside.take_while(|piece| **piece != Piece::ImageEnd);
        let text = Span {
            start: clamp(at + 1),
            end: clamp(at + 1 + inside.count()),
        };
        if note.plain(text).is_empty() {
            let link = &note.links[*index as usize];
            let message = "this image has no text: say between `![` and `]` what it shows";
            let at = (link.line, link.column);
            problems.push(Problem::new(
                Rule::ImageWithoutText,
                &*note.file,
                at,
                message,
            ));
        }
    }
}
