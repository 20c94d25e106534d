//! The text of a note: runs, what is found in them, inline code, raw HTML.
//!
//! Events that are contiguous in the source are joined into a *run* before they
//! are scanned, since the Markdown parser cuts `<<NAME>>` into pieces or takes
//! a part of it for HTML.

use pulldown_cmark::CowStr;

use super::front::Fault;
use super::html::{self, Raw};
use super::lines::{Lines, clamp};
use super::name;
use super::parsed::{Anchor, El, Link, LinkKind, Piece, Span, Tag, Word};
use super::problem::Rule;
use super::scan::{Allow, Found, scan};
use super::walk::{Run, Walk};

impl Walk<'_> {
    pub(super) fn words_of(&mut self, text: &CowStr<'_>, start: usize, end: usize) {
        let span = self.span(text, start, end);
        if self.in_code_block {
            // Only within one block: the block before may end where this begins.
            let begun = self
                .made
                .code_blocks
                .last()
                .is_some_and(|block| (block.lines.start as usize) < self.made.code.len());
            match self.made.code.last_mut() {
                Some(last) if begun && last.end == span.start => last.end = span.end,
                _ => self.made.code.push(span),
            }
            return;
        }
        if self.in_source(span) {
            self.extend_run(span.start as usize, span.end as usize);
        } else if span.start < span.end {
            // An entity or an escape: shown, and never part of a name.
            self.inline(start, Piece::Text(span));
        }
    }

    pub(super) fn extend_run(&mut self, start: usize, end: usize) {
        match &mut self.run {
            Some(run) if run.end == start => run.end = end,
            // In a table the bar of a wiki link is written `\|`.
            Some(run) if self.in_row && is_bar_of_wiki(self.text, run, start, end) => {
                run.end = end;
            }
            _ => {
                self.flush();
                self.begin_leaf(start);
                self.run = Some(Run {
                    start,
                    end,
                    quiet: Vec::new(),
                });
            }
        }
    }

    /// Scans the run and puts its findings among the pieces.
    pub(super) fn flush(&mut self) {
        let Some(run) = self.run.take() else {
            return;
        };
        let allow = self.allow(true);
        self.scan_run(run.start, run.end, &run.quiet, allow, false, None);
    }

    fn allow(&self, urls: bool) -> Allow {
        let free = self.in_link == 0 && self.in_image == 0;
        Allow {
            anchors: self.anchors_define && self.in_image == 0,
            words: free,
            urls: free && urls,
            wiki: free && urls,
        }
    }

    /// Scans part of the source, or, with `aside`, part of the side buffer:
    /// `aside` then says where a byte of it stands in the source.
    fn scan_run(
        &mut self,
        start: usize,
        end: usize,
        quiet: &[(usize, usize)],
        allow: Allow,
        raw: bool,
        aside: Option<&dyn Fn(usize) -> usize>,
    ) {
        let mut all = Vec::new();
        let base = match aside {
            Some(_) => self.text.len(),
            None => 0,
        };
        {
            let text = if aside.is_some() {
                &*self.made.aside
            } else {
                self.text
            };
            scan(text, (start - base, end - base), quiet, allow, |found| {
                all.push(found)
            });
        }
        let span = |a: usize, b: usize| Span {
            start: clamp(a + base),
            end: clamp(b + base),
        };
        let plain = |span| {
            if raw {
                Piece::Raw(span)
            } else {
                Piece::Text(span)
            }
        };
        let mut at = start - base;
        for found in all {
            let (from, to) = match found {
                Found::Anchor(a, b)
                | Found::Word(a, b, _)
                | Found::Url(a, b)
                | Found::Wiki(a, b) => (a, b),
            };
            if at < from {
                self.made.pieces.push(plain(span(at, from)));
            }
            at = to;
            let source = aside.map_or(from, |place| place(from));
            let piece = match found {
                Found::Anchor(..) => self.anchor(span(from + 2, to - 2), source),
                Found::Word(_, _, trim) => self.word(span(from, to), source, trim),
                Found::Url(..) => Piece::Url(span(from, to)),
                Found::Wiki(..) => {
                    self.wiki(span(from, to), source);
                    continue;
                }
            };
            self.made.pieces.push(piece);
        }
        if at < end - base {
            self.made.pieces.push(plain(span(at, end - base)));
        }
    }

    fn anchor(&mut self, name: Span, at: usize) -> Piece {
        let (line, column) = self.lines.at(at);
        let index = clamp(self.made.anchors.len());
        let under = self.under.filter(|&(_, until)| at < until).map(|(h, _)| h);
        let heading = self.heading.or(under);
        match heading {
            Some(heading) => {
                let named = &mut self.made.headings[heading as usize].anchors;
                if named.start == named.end {
                    named.start = index;
                }
                named.end = index + 1;
            }
            None if self.in_row || self.frames.len() > 1 => self.wait_in_container(index),
            None => self.leaf_spots.push(index),
        }
        self.made.anchors.push(Anchor {
            name,
            line,
            column,
            heading,
            under: self.heading.is_none() && under.is_some(),
            pieces: Span::default(),
            source: Span::default(),
        });
        Piece::Anchor(index)
    }

    /// A spot in a list item, a table or a footnote names all of it; a spot in
    /// a quotation names its paragraph.
    fn wait_in_container(&mut self, anchor: u32) {
        let innermost = self.frames.last().map(|frame| frame.piece as usize);
        match innermost.and_then(|piece| self.made.pieces.get(piece)) {
            Some(Piece::Open(El::Item | El::Table | El::Footnote(_))) if self.frames.len() > 1 => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.spots.push(anchor);
                }
            }
            _ => self.leaf_spots.push(anchor),
        }
    }

    fn word(&mut self, span: Span, at: usize, trim: u16) -> Piece {
        let (line, column) = self.lines.at(at);
        let index = clamp(self.made.words.len());
        self.made.words.push(Word {
            span,
            at: clamp(at),
            line,
            column,
            leaf: clamp(self.made.leaves.len()),
            trim,
            wiki: false,
        });
        Piece::Word(index)
    }

    /// A wiki link, brackets included, that stands at `at` in the source.
    fn wiki(&mut self, whole: Span, at: usize) {
        let base = if self.in_source(whole) {
            0
        } else {
            self.text.len()
        };
        let text = if base == 0 {
            self.text
        } else {
            &self.made.aside
        };
        let text = text[whole.start as usize - base..whole.end as usize - base].to_owned();
        let text = text.as_str();
        let embeds = text.starts_with('!');
        let open = if embeds { "![[".len() } else { "[[".len() };
        let inner = &text[open..text.len() - "]]".len()];
        let (target, label) = match inner.split_once('|') {
            Some((target, label)) => (target.strip_suffix('\\').unwrap_or(target), Some(label)),
            None => (inner, None),
        };
        let part = |part: &str| {
            let part = part.trim();
            let from = part.as_ptr() as usize - text.as_ptr() as usize;
            let start = whole.start + clamp(from);
            Span {
                start,
                end: start + clamp(part.len()),
            }
        };
        let label = label.filter(|label| !label.trim().is_empty());
        // `[[#Part]]` reads as the name of the part.
        let shown = part(label.unwrap_or_else(|| target.trim().trim_start_matches('#')));
        let is_name = !embeds && name::is_name(target.trim());
        let url = part(target);
        // A label of a picture can be its width, which says nothing of it.
        let is_width =
            label.is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit() || b == b'x'));
        let shown = if embeds && is_width { url } else { shown };
        let (line, column) = self.lines.at(at);
        let word = is_name.then(|| {
            let target = at + (url.start - whole.start) as usize;
            let Piece::Word(index) = self.word(url, target, 0) else {
                return 0;
            };
            self.made.words[index as usize].wiki = true;
            index
        });
        let index = clamp(self.made.links.len());
        self.made.links.push(Link {
            url,
            title: shown,
            line,
            column,
            at: clamp(at),
            source: whole,
            leaf: clamp(self.made.leaves.len()),
            word,
            kind: LinkKind::Wiki,
        });
        let [open, close] = match embeds {
            true => [Piece::Image(index), Piece::ImageEnd],
            false => [Piece::Link(index), Piece::LinkEnd],
        };
        self.made.pieces.extend([open, Piece::Text(shown), close]);
    }

    pub(super) fn inline_code(&mut self, code: &CowStr<'_>, start: usize, end: usize) {
        self.inline(start, Piece::Open(El::Code));
        let allow = Allow {
            urls: false,
            ..self.allow(false)
        };
        // The code as it stands between the backticks, when that is what is shown.
        let inside = self.text[start..end].trim_matches('`');
        let from = inside.as_ptr() as usize - self.text.as_ptr() as usize;
        let inside_at = match inside {
            _ if inside == &**code => Some(from),
            _ => inside.find(&**code).map(|at| from + at),
        };
        let span = match inside_at {
            Some(at) => Span {
                start: clamp(at),
                end: clamp(at + code.len()),
            },
            None => self.span(code, start, start),
        };
        if self.in_source(span) {
            self.scan_run(
                span.start as usize,
                span.end as usize,
                &[],
                allow,
                false,
                None,
            );
        } else if span.start < span.end {
            // Over several lines, or with an escaped `|`: find each byte in the source.
            let places = align(code, &self.text[start..end]);
            let base = span.start as usize - self.text.len();
            let place = |at: usize| start + places.get(at - base).copied().unwrap_or_default();
            self.scan_run(
                span.start as usize,
                span.end as usize,
                &[],
                allow,
                false,
                Some(&place),
            );
        }
        self.made.pieces.push(Piece::Close(El::Code));
    }

    pub(super) fn inline_html(&mut self, markup: &CowStr<'_>, start: usize, end: usize) {
        let glued = start > 0 && self.text.as_bytes()[start - 1] == b'<';
        match html::markup(markup) {
            Some((Raw::Comment, _)) => self.flush(),
            Some((Raw::Open(tag), _)) if !glued && self.in_image == 0 => {
                self.inline(start, Piece::Tag(tag));
            }
            Some((Raw::Close(tag), _)) if !glued && self.in_image == 0 => {
                let span = self.span(markup, start, end);
                self.inline(start, Piece::TagEnd(tag, span));
            }
            other => {
                let span = self.span(markup, start, end);
                if !self.in_source(span) {
                    return self.inline(start, Piece::Text(span));
                }
                self.extend_run(start, end);
                if let (Some((Raw::Text { quiet_from }, _)), Some(run)) = (other, &mut self.run) {
                    run.quiet.push((start + quiet_from, end));
                }
            }
        }
    }

    /// A block of raw HTML, now that all its lines are known.
    pub(super) fn html_block(&mut self, end: usize) {
        let lines = std::mem::take(&mut self.html);
        let Some(&(first, start)) = lines.first() else {
            return;
        };
        let contiguous = lines.iter().all(|(span, _)| self.in_source(*span))
            && lines
                .windows(2)
                .all(|pair| pair[0].0.end == pair[1].0.start);
        if contiguous {
            let to = lines.last().map_or(first.end, |(span, _)| span.end);
            self.raw_html(first.start as usize, to as usize, start, end, None);
        } else {
            // Lines with the marks of a list or a quotation before them.
            let begin = self.text.len() + self.made.aside.len();
            let mut places = Vec::new();
            for (span, at) in &lines {
                places.push((self.made.aside.len(), *at));
                let line = if self.in_source(*span) {
                    self.text[span.start as usize..span.end as usize].to_owned()
                } else {
                    let base = self.text.len();
                    self.made.aside[span.start as usize - base..span.end as usize - base].to_owned()
                };
                self.made.aside.push_str(&line);
            }
            let to = self.text.len() + self.made.aside.len();
            let place = move |at: usize| {
                // A search, not a walk: a block may have as many lines as words.
                let line = places.partition_point(|(from, _)| *from <= at);
                let (from, source) = line
                    .checked_sub(1)
                    .and_then(|line| places.get(line))
                    .copied()
                    .unwrap_or_default();
                source + (at - from)
            };
            self.raw_html(begin, to, start, end, Some(&place));
        }
    }

    fn raw_html(
        &mut self,
        from: usize,
        to: usize,
        start: usize,
        end: usize,
        aside: Option<&dyn Fn(usize) -> usize>,
    ) {
        let base = if aside.is_some() { self.text.len() } else { 0 };
        let buffer: String = if aside.is_some() {
            self.made.aside[from - base..to - base].to_owned()
        } else {
            self.text[from..to].to_owned()
        };
        // First find the markup, then show what is between.
        let mut marks = Vec::new();
        let mut quiet = Vec::new();
        let mut at = 0;
        let mut endless = false;
        while let Some(next) = buffer[at..].find('<').map(|next| at + next) {
            let glued = next > 0 && buffer.as_bytes()[next - 1] == b'<';
            let is_comment = buffer[next..].starts_with("<!--");
            let markup = (!(endless && is_comment)).then(|| html::markup(&buffer[next..]));
            at = match markup.flatten() {
                Some((Raw::Text { quiet_from }, length)) => {
                    let offset = from - base + next;
                    quiet.push((offset + quiet_from, offset + length));
                    next + length
                }
                Some((raw, length)) if !glued || raw == Raw::Comment => {
                    marks.push((next, next + length, raw));
                    next + length
                }
                _ => {
                    if is_comment && !endless {
                        endless = true;
                        self.open_comment(
                            aside.map_or(from + next, |place| place(from - base + next)),
                        );
                    }
                    next + 1
                }
            };
        }
        let mut shown = 0;
        let blank = marks.iter().all(|&(a, b, raw)| {
            let before = buffer[shown..a].trim().is_empty();
            shown = b;
            before && raw == Raw::Comment
        }) && buffer[shown..].trim().is_empty();
        if blank {
            return;
        }
        self.block_edge(start);
        self.below = None;
        self.begin_leaf(start);
        let structure = marks.iter().any(|&(_, _, raw)| {
            matches!(
                raw,
                Raw::Open(Tag::Details | Tag::Summary) | Raw::Close(Tag::Details | Tag::Summary)
            )
        });
        let el = El::Html {
            paragraph: !structure,
        };
        self.made.pieces.push(Piece::Open(el));
        let allow = self.allow(true);
        let mut shown = 0;
        let length = buffer.len();
        for (a, b, raw) in marks.into_iter().chain([(length, length, Raw::Comment)]) {
            if shown < a {
                self.scan_run(from + shown, from + a, &quiet, allow, true, aside);
            }
            shown = b;
            match raw {
                Raw::Open(tag) => self.made.pieces.push(Piece::Tag(tag)),
                Raw::Close(tag) => {
                    let span = Span {
                        start: clamp(from + a),
                        end: clamp(from + b),
                    };
                    self.made.pieces.push(Piece::TagEnd(tag, span));
                }
                Raw::Comment | Raw::Text { .. } => {}
            }
        }
        self.made.pieces.push(Piece::Close(el));
        self.block_edge(end);
    }

    /// `<!--` without `-->` would hide the rest of the note. It is shown instead.
    fn open_comment(&mut self, at: usize) {
        let (line, column) = Lines::new(self.text).at(at);
        self.faults.push(Fault::new(
            Rule::OpenComment,
            line,
            column,
            "this comment has no end (`-->`); it is shown as text",
        ));
    }
}

/// Is the text from `start` the `|` of a wiki link that begins in the run?
fn is_bar_of_wiki(text: &str, run: &Run, start: usize, end: usize) -> bool {
    let escaped = text.get(run.end..start) == Some("\\") && text[start..end].starts_with('|');
    if !escaped {
        return false;
    }
    let before = &text[run.start..run.end];
    let open = before
        .rfind("[[")
        .is_some_and(|at| !before[at..].contains("]]"));
    let after = &text[start + 1..];
    let closed = after.find(['|', '\n', '[', ']']);
    open && closed.is_some_and(|at| after[at..].starts_with("]]"))
}

/// Where each byte of inline code stands in its source: code leaves out the
/// backticks, escapes and the marks of a quotation, and a line end is a space.
fn align(code: &str, source: &str) -> Vec<usize> {
    let mut places = Vec::with_capacity(code.len());
    let fence = source.len() - source.trim_start_matches('`').len();
    let mut ahead = source.bytes().enumerate().skip(fence).peekable();
    for byte in code.bytes() {
        let same = |other: u8| other == byte || (byte == b' ' && matches!(other, b'\n' | b'\r'));
        while ahead.next_if(|&(_, other)| !same(other)).is_some() {}
        places.push(ahead.next().map_or(source.len(), |(at, _)| at));
    }
    places
}
