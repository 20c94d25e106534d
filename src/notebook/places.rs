//! Places: what stands where in the source of a file, for an editor that knows anchors.
//!
//! All places are byte ranges in the source as [`Notebook::source`] gives it (without a byte
//! order mark), so that whoever counts lines or columns can do it in a way of their own.

use super::lines::Lines;
use super::linked::{Meaning, Notebook};
use super::name;
use super::parsed::{Anchor, Link, LinkKind, Parsed, Span};
use super::urls::{self, Target};
use std::ops::Range;

/// One place at which a topic's name is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The file, relative to the content folder.
    pub file: String,
    /// The name alone, in bytes of the file's source.
    pub bytes: Range<usize>,
    /// What the name does there.
    pub role: Role,
}

/// What a name does where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// `<<NAME>>` that defines the topic.
    Definition,
    /// `<<NAME>>` that lost against another definition.
    Duplicate,
    /// The bare name in text.
    Reference,
    /// The end of a link's address: `#NAME`, or `/topics/NAME`.
    Link,
    /// A field of the front matter: `next` of a note, `topic` of a demo.
    Field,
}

/// What an editor's cursor is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// A topic's name, defined or wanted.
    Name(String, Spot),
    /// `live:NAME`: the name and its bytes.
    Live(String, Range<usize>),
}

/// A topic's first lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstLines {
    /// Its title for people.
    pub title: String,
    /// The file that defines it.
    pub file: String,
    /// The line of its anchor, from 1.
    pub line: u32,
    /// Markdown as it is written, without its heading and the brackets of anchors.
    pub text: String,
    /// Whether there is more of it.
    pub more: bool,
}

/// A heading, or a spot that defines a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlined {
    /// 1 to 6 for a heading, 0 for a spot in the text.
    pub level: u8,
    /// Its title for people.
    pub title: String,
    /// The topics that it names.
    pub names: Vec<String>,
    /// Its section, or the block of its spot, in bytes.
    pub bytes: Range<usize>,
    /// Its first line, or the name of its spot, in bytes.
    pub head: Range<usize>,
}

impl Notebook {
    /// All files, demos too, in file order.
    pub fn file_names(&self) -> impl Iterator<Item = &str> {
        self.files().map(|(_, note)| &*note.file)
    }

    /// Whether a name can be one: of letters, digits, `_` and `-`, begun by a letter, with a
    /// `_` or two humps in it.
    pub fn can_be_a_name(name: &str) -> bool {
        name::is_name(name)
    }

    /// Whether a character can stand in a name.
    pub fn can_be_in_a_name(c: char) -> bool {
        name::is_word_char(c)
    }

    /// Whether some note defines a name.
    pub fn defines(&self, name: &str) -> bool {
        self.definition(name).is_some()
    }

    /// What stands at a byte of a file; the byte after a name counts as its own.
    pub fn stands_at(&self, file: &str, at: usize) -> Option<Stands> {
        let slot = self.slot_of(file)?;
        let note = self.parsed(slot)?;
        let holds = |bytes: &Range<usize>| bytes.start <= at && at <= bytes.end;
        for (index, anchor) in (0..).zip(&note.anchors) {
            let Some(bytes) = anchor_bytes(note, anchor) else {
                continue;
            };
            // The brackets belong to it.
            if (bytes.start - 2..=bytes.end + 2).contains(&at) {
                let name = note.anchor_name(anchor).to_owned();
                let role = self.role(slot, index, note);
                return Some(Stands::Name(name, spot(note, bytes, role)));
            }
        }
        for word in &note.words {
            let name = match self.meaning(note, word) {
                Meaning::Plain => continue,
                Meaning::Topic(name) => &**name,
                Meaning::Wanted(name) => name,
            };
            let start = word.at as usize;
            let bytes = start..start + name.len();
            if holds(&bytes) && note.text.get(bytes.clone()) == Some(name) {
                let spot = spot(note, bytes, Role::Reference);
                return Some(Stands::Name(name.to_owned(), spot));
            }
        }
        for link in &note.links {
            if let Some((name, bytes)) = self.live_in(note, link).filter(|(_, at)| holds(at)) {
                return Some(Stands::Live(name, bytes));
            }
            if let Some((name, bytes)) = self.topic_in(note, link).filter(|(_, at)| holds(at)) {
                return Some(Stands::Name(name, spot(note, bytes, Role::Link)));
            }
        }
        let (name, bytes) = field(note).filter(|(_, at)| holds(at))?;
        Some(Stands::Name(
            name.to_owned(),
            spot(note, bytes, Role::Field),
        ))
    }

    /// Every place at which a name is written: its definition, duplicates of it, and all that
    /// lead to it; each kind in file order, and in each file as they stand.
    pub fn spots(&self, name: &str) -> Vec<Spot> {
        let mut spots = Vec::new();
        for (slot, note) in self.files() {
            let anchors = (0..).zip(&note.anchors);
            spots.extend(
                anchors
                    .filter(|(_, anchor)| note.anchor_name(anchor) == name)
                    .filter_map(|(index, anchor)| {
                        let bytes = anchor_bytes(note, anchor)?;
                        Some(spot(note, bytes, self.role(slot, index, note)))
                    }),
            );
            let links = note.links.iter();
            spots.extend(
                links
                    .filter_map(|link| self.topic_in(note, link))
                    .filter(|(topic, _)| topic == name)
                    .map(|(_, bytes)| spot(note, bytes, Role::Link)),
            );
            let field = field(note).filter(|(topic, _)| *topic == name);
            spots.extend(field.map(|(_, bytes)| spot(note, bytes, Role::Field)));
        }
        self.each_reference(name, |_, note, word| {
            let start = note.words[word as usize].at as usize;
            let bytes = start..start + name.len();
            if note.text.get(bytes.clone()) == Some(name) {
                spots.push(spot(note, bytes, Role::Reference));
            }
        });
        spots.sort_by(|a, b| {
            let key = |spot: &Spot| match spot.role {
                Role::Definition => 0,
                Role::Duplicate => 1,
                Role::Reference | Role::Link | Role::Field => 2,
            };
            (key(a), &a.file, a.bytes.start).cmp(&(key(b), &b.file, b.bytes.start))
        });
        // Links of one definition, `[a][x]` and `[b][x]`, share an address.
        spots.dedup();
        spots
    }

    /// Where a name is defined.
    pub fn defined_at(&self, name: &str) -> Option<Spot> {
        let (_, note, anchor) = self.definition(name)?;
        Some(spot(note, anchor_bytes(note, anchor)?, Role::Definition))
    }

    fn role(&self, slot: u32, anchor: u32, note: &Parsed) -> Role {
        match note.is_demo || self.wins(slot, anchor, note) {
            true => Role::Definition,
            false => Role::Duplicate,
        }
    }

    /// The defined topic that a link's address names, and where in the source.
    fn topic_in(&self, note: &Parsed, link: &Link) -> Option<(String, Range<usize>)> {
        let bytes = in_source(note, link.url)?;
        let url = note.text.get(bytes.clone())?;
        let start = match url.strip_prefix("/topics/") {
            Some(_) => "/topics/".len(),
            None => url.find('#')? + 1,
        };
        let rest = &url[start..];
        let name = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
        let leads_there = matches!(
            urls::target(url, &note.file, link.kind == LinkKind::Mail),
            Target::Here(_) | Target::Path { .. }
        );
        let start = bytes.start + start;
        (leads_there && self.defines(name)).then(|| (name.to_owned(), start..start + name.len()))
    }

    /// The live value that a link's address names, and where in the source.
    fn live_in(&self, note: &Parsed, link: &Link) -> Option<(String, Range<usize>)> {
        let bytes = in_source(note, link.url)?;
        let mail = link.kind == LinkKind::Mail;
        match urls::target(note.text.get(bytes.clone())?, &note.file, mail) {
            Target::Live(name) => Some((name, bytes)),
            _ => None,
        }
    }

    /// Whether a byte of a file stands in a code block, where no name is a reference.
    pub fn is_in_code(&self, file: &str, at: usize) -> bool {
        self.file(file).is_some_and(|note| {
            let mut blocks = note.code_blocks.iter();
            blocks.any(|block| (block.source.start as usize) < at && at < block.source.end as usize)
        })
    }

    /// Whether a byte of a file stands in its front matter.
    pub fn is_in_front(&self, file: &str, at: usize) -> bool {
        self.file(file).is_some_and(|note| at < note.body as usize)
    }

    /// Where a topic is defined and its first lines, at most `most` of them.
    pub fn first_lines(&self, name: &str, most: usize) -> Option<FirstLines> {
        let (_, note, anchor) = self.definition(name)?;
        let (mut start, mut end) = (anchor.source.start as usize, anchor.source.end as usize);
        if let Some(index) = anchor.heading {
            let headings = note.headings.iter().skip(index as usize + 1);
            let next = headings.map(|next| next.source.start as usize).next();
            end = end.min(next.unwrap_or(end));
            start = after_heading(&note.text, start).min(end);
        }
        let (text, more) = first_lines(note.text.get(start..end).unwrap_or_default(), most);
        let more = more || end < anchor.source.end as usize;
        Some(FirstLines {
            title: note.anchor_title(anchor, self.prefixes()),
            file: note.file.to_string(),
            line: anchor.line,
            text,
            more,
        })
    }

    /// The headings of a file and the spots that define topics, as they stand.
    pub fn outlined(&self, file: &str) -> Vec<Outlined> {
        let Some(note) = self.file(file) else {
            return Vec::new();
        };
        let name = |anchor: &Anchor| note.anchor_name(anchor).to_owned();
        let mut all = Vec::new();
        for (index, heading) in (0..).zip(&note.headings) {
            let bytes = range(heading.source);
            let line = note.text.get(bytes.clone()).unwrap_or_default();
            let line = line.lines().next().unwrap_or_default();
            all.push(Outlined {
                level: heading.level,
                title: note.heading_title(index, self.prefixes()),
                names: note
                    .anchors_of(index)
                    .map(|(_, anchor)| name(anchor))
                    .collect(),
                head: bytes.start..bytes.start + line.len(),
                bytes,
            });
        }
        for anchor in note.anchors.iter().filter(|one| one.heading.is_none()) {
            if let Some(head) = anchor_bytes(note, anchor) {
                let block = range(anchor.source);
                all.push(Outlined {
                    level: 0,
                    title: note.anchor_title(anchor, self.prefixes()),
                    names: vec![name(anchor)],
                    bytes: block.start.min(head.start)..block.end.max(head.end),
                    head,
                });
            }
        }
        all.sort_by_key(|one| (one.bytes.start, usize::MAX - one.bytes.end));
        all
    }

    /// Names that what is typed may become, at most `most` of them, the likeliest first:
    /// defined ones, or those that are asked for and defined nowhere.
    pub fn names_like(&self, typed: &str, wanted: bool, most: usize) -> Vec<String> {
        if wanted {
            let mut names: Vec<&str> = self.wanted_names().collect();
            names.sort_unstable();
            let begun = names.iter().filter(|name| name.starts_with(typed)).count();
            return best(names.iter().copied(), typed, begun, most);
        }
        let sorted = self.sorted();
        let begun = sorted.beginning(typed);
        match begun.len() < most {
            true => best(sorted.one_by_one(), typed, begun.len(), most),
            false => begun.iter().take(most).map(ToString::to_string).collect(),
        }
    }
}

/// The `most` names that fit best what is typed, of which `begun` begin so; those that fit
/// alike in their own order.
fn best<'n>(
    names: impl Iterator<Item = &'n str>,
    typed: &str,
    begun: usize,
    most: usize,
) -> Vec<String> {
    let mut ranked: [Vec<&str>; RANKS] = Default::default();
    let lower = typed.to_lowercase();
    for name in names {
        if let Some(rank) = rank(name, typed, &lower)
            && ranked[rank].len() < most
        {
            ranked[rank].push(name);
            // Nothing that comes later fits better.
            if ranked[0].len() == begun.min(most) && begun + ranked[1].len() >= most {
                break;
            }
        }
    }
    let best = ranked.iter().flatten().take(most);
    best.map(|name| (*name).to_owned()).collect()
}

/// How well a name can fit what is typed: as it begins, as it begins but for the case, at the
/// beginning of one of its words, anywhere, its letters in their order.
const RANKS: usize = 5;

fn rank(name: &str, typed: &str, lower: &str) -> Option<usize> {
    if name.starts_with(typed) {
        return Some(0);
    }
    if !name.is_ascii() {
        let name = name.to_lowercase();
        return match name.find(lower)? {
            0 => Some(1),
            _ => Some(3),
        };
    }
    let (name, lower) = (name.as_bytes(), lower.as_bytes());
    let first = lower.first()?;
    let mut inside = None;
    for (at, letter) in name.iter().enumerate() {
        // Nearly every letter is another one, and there are millions.
        if !letter.eq_ignore_ascii_case(first) {
            continue;
        }
        let part = name.get(at..at + lower.len());
        if part.is_some_and(|part| part.eq_ignore_ascii_case(lower)) {
            let begins = at == 0 || b"_-".contains(&name[at - 1]) || letter.is_ascii_uppercase();
            match (at, begins) {
                (0, _) => return Some(1),
                (_, true) => return Some(2),
                (_, false) => inside = Some(3),
            }
        }
    }
    // Not of a word of prose, whose letters stand in many names.
    let meant = typed.contains('_') || typed.starts_with(char::is_uppercase);
    inside.or_else(|| {
        let mut letters = name.iter();
        let all = lower
            .iter()
            .all(|typed| letters.any(|letter| letter.eq_ignore_ascii_case(typed)));
        (meant && all).then_some(4)
    })
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// A span's bytes, where it points into the source.
fn in_source(note: &Parsed, span: Span) -> Option<Range<usize>> {
    (span.end as usize <= note.text.len()).then(|| range(span))
}

fn spot(note: &Parsed, bytes: Range<usize>, role: Role) -> Spot {
    Spot {
        file: note.file.to_string(),
        bytes,
        role,
    }
}

/// Where the name of an anchor stands, without its brackets.
fn anchor_bytes(note: &Parsed, anchor: &Anchor) -> Option<Range<usize>> {
    let name = note.anchor_name(anchor);
    let bytes = in_source(note, anchor.name).or_else(|| {
        // It was read from a copy: its line and column are the source's.
        let start = Lines::offset(&note.text, anchor.line, anchor.column)? + "<<".len();
        Some(start..start + name.len())
    })?;
    (note.text.get(bytes.clone()) == Some(name)).then_some(bytes)
}

/// The name of a topic in a field of the front matter.
fn field(note: &Parsed) -> Option<(&str, Range<usize>)> {
    let (name, line, key) = match (&note.demo, &note.next) {
        (Some(demo), _) => {
            let (topic, line) = demo.topic.as_ref()?;
            (topic.as_str(), *line, "topic")
        }
        (None, Some(next)) => (&*next.wish, next.line, "next"),
        (None, None) => return None,
    };
    if !name::is_name(name) {
        return None;
    }
    let start = Lines::offset(&note.text, line, 1)?;
    let text = note.text.get(start..)?.lines().next()?;
    let value = text.find(key)? + key.len();
    let start = start + value + text.get(value..)?.find(name)?;
    Some((name, start..start + name.len()))
}

/// Where the text below the heading at `start` begins.
fn after_heading(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let mut lines = rest.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    let mut end = first.len();
    if !first.trim_start().starts_with('#') {
        // A heading with a line drawn under it.
        let is_rule = |line: &str| {
            let line = line.trim();
            !line.is_empty() && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'))
        };
        for line in lines {
            end += line.len();
            if is_rule(line) {
                break;
            }
        }
    }
    start + end
}

/// At most `most` lines of a text and of a length that fits beside a cursor, and whether
/// there are more. A code block that is cut is closed.
fn first_lines(text: &str, most: usize) -> (String, bool) {
    const LONG: usize = 2_000;
    let mut out = String::new();
    let mut fence: Option<&str> = None;
    let mut shown = 0;
    let mut more = false;
    for line in text.lines() {
        let bare = line.trim();
        if fence.is_none() && !bare.is_empty() && without_anchors(bare).is_empty() {
            // Anchors alone, which name the heading above.
            continue;
        }
        if shown == 0 && bare.is_empty() {
            continue;
        }
        if shown == most || out.len() > LONG {
            more = true;
            break;
        }
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| bare.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        let line: String = line.chars().take(LONG).collect();
        match fence {
            None => out.push_str(&line.replace("<<", "").replace(">>", "")),
            Some(_) => out.push_str(&line),
        }
        out.push('\n');
        shown += 1;
    }
    out.truncate(out.trim_end().len());
    if let Some(mark) = fence {
        out.push('\n');
        out.push_str(mark);
    }
    (out, more)
}

/// A line without its anchors and the marks around them.
fn without_anchors(line: &str) -> String {
    let mut rest = line.to_owned();
    while let Some(at) = rest.find("<<")
        && let Some(end) = rest[at..].find(">>")
        && name::is_name(&rest[at + 2..at + end])
    {
        rest.replace_range(at..at + end + 2, "");
    }
    let marks = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '\\');
    rest.trim_matches(marks).to_owned()
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
