//! What an author will not have meant, though it reads as written: near-anchors, empty
//! headings, images without text, links to pages of our own that are not there. Links that
//! lead nowhere else are in `astray`, those to labels that nothing defines in `labels`.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::astray::Places;
use super::labels;
use super::leads::{Lead, Leads};
use super::lines::{Lines, clamp};
use super::linked::Notebook;
use super::near;
use super::parsed::{El, Parsed, Piece, Span, Word};
use super::problem::{Problem, Rule};
use super::slips::{Slip, Stands, slips};
use super::urls;

/// A link to a page of our own: whoever knows these pages can tell whether it is there.
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
}

/// A stretch of text that is contiguous in the source.
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) stands: Stands,
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
        self.astray(slot, note, &mut problems);
        labels::undefined(note, &mut problems);
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

    /// Links to pages of our own, by file and place; those that lead to no topic or demo
    /// are problems instead.
    pub fn elsewhere(&self) -> (Vec<Elsewhere>, Vec<Problem>) {
        let (mut elsewhere, mut problems) = (Vec::new(), Vec::new());
        let leads = Leads::of(self);
        let mut places = FxHashMap::<u32, Places>::default();
        for (slot, note) in self.files().filter(|(_, note)| !is_no_text(note)) {
            for link in &note.links {
                let Lead::Page(address) = leads.lead(slot, note, link) else {
                    continue;
                };
                let end = address.find(['?', '#']).unwrap_or(address.len());
                let path = urls::decode(&address[..end]);
                let at = (link.line, link.column);
                let told = match self.leads_to(&path) {
                    LeadsTo::Here => continue,
                    LeadsTo::Shows(to) => {
                        let missing = leads.missing(to, &address[end..]);
                        missing.and_then(|part| self.no_place(note, to, &part, &mut places))
                    }
                    LeadsTo::Nowhere(message) => Some((Rule::BrokenLink, message)),
                    LeadsTo::Elsewhere => {
                        elsewhere.push(Elsewhere {
                            file: note.file.to_string(),
                            line: link.line,
                            column: link.column,
                            path,
                        });
                        continue;
                    }
                };
                problems.extend(told.map(|(rule, told)| Problem::new(rule, &*note.file, at, told)));
            }
        }
        (elsewhere, problems)
    }

    /// What stands at a path of this site, as far as the notebook knows.
    fn leads_to(&self, path: &str) -> LeadsTo {
        let bare = path.trim_end_matches('/');
        if bare.is_empty() || self.paths().find(bare).is_some() {
            return LeadsTo::Here;
        }
        if let Some(name) = bare.strip_prefix("/topics/") {
            return match self.definition(name) {
                Some((slot, ..)) => LeadsTo::Shows(slot),
                None if name.contains('/') => LeadsTo::Here,
                None => LeadsTo::Nowhere(self.undefined(name)),
            };
        }
        if let Some(id) = bare.strip_prefix("/demos/")
            && !id.contains(['/', '.'])
            && id != "command"
        {
            let demos = self.files().filter(|(_, note)| note.is_demo);
            let demos: Vec<String> = demos.map(|(slot, _)| self.address(slot)).collect();
            let ids = demos.iter().filter_map(|own| own.strip_prefix("/demos/"));
            return match demos.iter().any(|own| own == bare) {
                true => LeadsTo::Here,
                false => LeadsTo::Nowhere(format!("there is no demo {id}{}", meant(id, ids))),
            };
        }
        LeadsTo::Elsewhere
    }

    /// Files of the notebook that a path which is not there may mean, closest first.
    pub fn files_like(&self, path: &str) -> Vec<String> {
        self.called_files(FileNames::of).like(path)
    }

    /// Files of the notebook that a name which none has may mean.
    pub(super) fn files_called_like(&self, name: &str) -> Vec<String> {
        self.called_files(FileNames::of).called_like(name)
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

/// At most so many files are named that may be meant.
const MOST: usize = 3;

/// The files of a notebook by what they may be called.
#[derive(Debug, Default)]
pub(super) struct FileNames {
    /// By path and by name, each with its ending and without, in small letters.
    by_name: FxHashMap<Box<str>, Vec<Arc<str>>>,
    near: near::Alike,
    /// The keys of `by_name`, made when a name is first asked for that is none.
    near_name: OnceLock<near::Alike>,
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
        Self {
            by_name,
            near,
            near_name: OnceLock::new(),
        }
    }

    /// Files that are nearly called so, by path or by name.
    fn called_like(&self, name: &str) -> Vec<String> {
        let near = self.near_name.get_or_init(|| {
            let names = self.by_name.keys().map(|name| &**name);
            near::Alike::new(names)
        });
        let near = near.of(&name.to_lowercase());
        let files = near.iter().filter_map(|near| self.by_name.get(&**near));
        let mut files: Vec<String> = files.flatten().map(ToString::to_string).collect();
        files.sort();
        files.dedup();
        files.truncate(MOST);
        files
    }

    fn like(&self, path: &str) -> Vec<String> {
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
enum LeadsTo {
    Here,
    /// To a page that shows a topic of this file.
    Shows(u32),
    /// Nowhere, and why.
    Nowhere(String),
    Elsewhere,
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

/// `; did you mean x or y?` of words that `word` nearly is, or nothing.
pub fn meant<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> String {
    did_you_mean(near::alike(word, words).into_iter())
}

/// Does a word stand between the brackets of an anchor?
pub(super) fn is_in_brackets(note: &Parsed, word: &Word) -> bool {
    let at = word.at as usize;
    let (before, after) = (note.text.get(..at), note.text.get(at..));
    let after = after.and_then(|text| text.strip_prefix(note.word(word)));
    before.is_some_and(|text| text.ends_with("<<"))
        && after.is_some_and(|text| text.starts_with(">>"))
}

/// The text of a note, images' descriptions apart, in stretches of its source.
pub(super) fn runs(note: &Parsed) -> Vec<Run> {
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
