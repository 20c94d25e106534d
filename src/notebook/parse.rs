//! From source to [`Parsed`]: one pass over the Markdown parser's events.
//!
//! 1. Events that are contiguous in the source are joined into *runs*, since
//!    the Markdown parser cuts `<<NAME>>` into pieces or takes a part of it for HTML.
//! 2. Each run is scanned for anchors, words and addresses.
//! 3. Sections and the blocks of spots are closed as their containers end.

use std::sync::Arc;

use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options,
    Parser, Tag as MdTag, TagEnd,
};

use super::front::{self, Fault};
use super::html::{self, Raw};
use super::lines::{Lines, clamp};
use super::parsed::{Anchor, CodeBlock, El, Heading, Link, Parsed, Piece, Span, Tag, Word};
use super::scan::{Allow, Found, scan};
use super::{name, paths};

/// More than this is refused: no note is a gigabyte.
const TOO_LARGE: usize = 1 << 30;

/// A line longer than this was not written by a person.
const LONG_LINE: usize = 100_000;

/// Parses one file. Never fails: what is wrong is told in `faults`.
pub(super) fn parse(file: Arc<str>, bytes: Vec<u8>, prefixes: &[String]) -> Parsed {
    let is_demo = is_demo(&file);
    let mut faults = Vec::new();
    let text = decode(bytes, &mut faults);
    let front = front::read(&text, is_demo, &mut faults);
    if text.trim().is_empty() {
        faults.push(Fault::new(1, 1, "this note is empty"));
    }
    line_faults(&text, &mut faults);
    let mut parse = Parse::new(&text, front.body, !is_demo);
    parse.events();
    let Parse {
        aside,
        pieces,
        headings,
        anchors,
        words,
        leaves,
        links,
        code_blocks,
        code,
        faults: more,
        ..
    } = parse;
    faults.extend(more);
    let mut parsed = Parsed {
        is_demo,
        title: Box::default(),
        path: front.path,
        aside: aside.into(),
        pieces: pieces.into(),
        headings: headings.into(),
        anchors: anchors.into(),
        words: words.into(),
        leaves: leaves.into(),
        links: links.into(),
        code_blocks: code_blocks.into(),
        code: code.into(),
        faults: faults.into(),
        text: text.into(),
        file,
    };
    parsed.title = title(&parsed, front.title, prefixes).into();
    parsed
}

/// Tells about line ends and lines that editors and other tools stumble over.
fn line_faults(text: &str, faults: &mut Vec<Fault>) {
    if let Some(at) = text.find("\r\n") {
        let (line, _) = Lines::new(text).at(at);
        let why = "lines end in CRLF here; every other system writes LF";
        faults.push(Fault::new(line, 1, why));
    }
    if text.len() > LONG_LINE
        && let Some((at, line)) = text
            .split('\n')
            .enumerate()
            .find(|(_, line)| line.len() > LONG_LINE)
    {
        let why = format!("this line is {} characters long", line.chars().count());
        faults.push(Fault::new(clamp(at + 1), 1, why));
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
        faults.push(Fault::new(
            line,
            column,
            "not valid UTF-8: the bytes that are not are shown as \u{fffd}",
        ));
        text
    });
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}

/// Something that is open: a container, or the note itself.
struct Frame {
    /// The piece that opened it.
    piece: u32,
    /// Where it begins in the source.
    source: u32,
    /// Spots in it wait here for its end.
    spots: Vec<u32>,
    /// Headings whose sections are still open.
    open: Vec<u32>,
}

/// A run of text that is contiguous in the source.
struct Run {
    start: usize,
    end: usize,
    /// Attributes of HTML shown as text.
    quiet: Vec<(usize, usize)>,
}

struct Parse<'t> {
    text: &'t str,
    body: usize,
    anchors_define: bool,
    lines: Lines<'t>,
    aside: String,
    pieces: Vec<Piece>,
    headings: Vec<Heading>,
    anchors: Vec<Anchor>,
    words: Vec<Word>,
    leaves: Vec<Span>,
    links: Vec<Link>,
    code_blocks: Vec<CodeBlock>,
    code: Vec<Span>,
    faults: Vec<Fault>,
    frames: Vec<Frame>,
    run: Option<Run>,
    /// The first piece of the open leaf, and where it begins in the source.
    leaf: Option<(u32, u32)>,
    /// Spots that wait for the end of the leaf.
    leaf_spots: Vec<u32>,
    /// Links and images that are open.
    in_link: u32,
    in_image: u32,
    in_code_block: bool,
    in_row: bool,
    heading: Option<u32>,
    /// The heading that the block before was.
    below: Option<u32>,
    /// That heading, and how far the lines reach that hold only its anchors.
    under: Option<(u32, usize)>,
    head_row: bool,
    alignments: Vec<Alignment>,
    cell: usize,
    html: Vec<(Span, usize)>,
}

/// The Markdown that we read: CommonMark with GitHub's tables and the like.
/// Without heading attributes, smart punctuation or math, which take text away.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
}

impl<'t> Parse<'t> {
    fn new(text: &'t str, body: usize, anchors_define: bool) -> Self {
        let root = Frame {
            piece: 0,
            source: clamp(body),
            spots: Vec::new(),
            open: Vec::new(),
        };
        Self {
            text,
            body,
            anchors_define,
            lines: Lines::new(text),
            aside: String::new(),
            pieces: Vec::with_capacity(text.len() / 24),
            headings: Vec::new(),
            anchors: Vec::new(),
            words: Vec::new(),
            leaves: Vec::new(),
            links: Vec::new(),
            code_blocks: Vec::new(),
            code: Vec::new(),
            faults: Vec::new(),
            frames: vec![root],
            run: None,
            leaf: None,
            leaf_spots: Vec::new(),
            in_link: 0,
            in_image: 0,
            in_code_block: false,
            in_row: false,
            heading: None,
            below: None,
            under: None,
            head_row: false,
            alignments: Vec::new(),
            cell: 0,
            html: Vec::new(),
        }
    }

    fn events(&mut self) {
        let text = self.text;
        let body = self.body;
        let parser = Parser::new_ext(&text[body..], options());
        for (event, range) in parser.into_offset_iter() {
            let (start, end) = (range.start + body, range.end + body);
            match event {
                Event::Start(tag) => self.start(tag, start, end),
                Event::End(tag) => self.end(tag, end),
                Event::Text(text) => self.words_of(&text, start, end),
                Event::Code(code) => self.inline_code(&code, start, end),
                Event::InlineHtml(markup) => self.inline_html(&markup, start, end),
                Event::Html(line) => {
                    let span = self.span(&line, start, end);
                    self.html.push((span, start));
                }
                Event::InlineMath(text) | Event::DisplayMath(text) => {
                    self.words_of(&text, start, end);
                }
                Event::FootnoteReference(label) => {
                    let span = self.span(&label, start, end);
                    self.inline(start, Piece::FootnoteRef(span));
                }
                Event::SoftBreak => self.inline(start, Piece::Soft),
                Event::HardBreak => self.inline(start, Piece::Hard),
                Event::Rule => {
                    self.block_edge(start);
                    self.below = None;
                    self.pieces.push(Piece::Rule);
                }
                Event::TaskListMarker(done) => self.inline(start, Piece::Task(done)),
            }
        }
        self.close_frame(text.len());
        for anchor in &mut self.anchors {
            if let Some(heading) = anchor.heading {
                let heading = &self.headings[heading as usize];
                anchor.source = heading.source;
                anchor.pieces = Span {
                    start: heading.pieces.start,
                    end: heading.end,
                };
            }
        }
    }

    /// A span for a parser's text: into the source where it stands there
    /// literally, else into the side buffer.
    fn span(&mut self, text: &CowStr<'_>, start: usize, end: usize) -> Span {
        let source = self.text.as_bytes().as_ptr() as usize;
        let at = (text.as_ptr() as usize).wrapping_sub(source);
        if matches!(text, CowStr::Borrowed(_)) && at.saturating_add(text.len()) <= self.text.len() {
            return Span {
                start: clamp(at),
                end: clamp(at + text.len()),
            };
        }
        if self.text.get(start..end) == Some(text) {
            return Span {
                start: clamp(start),
                end: clamp(end),
            };
        }
        self.set_aside(text)
    }

    fn set_aside(&mut self, text: &str) -> Span {
        let start = self.text.len() + self.aside.len();
        self.aside.push_str(text);
        Span {
            start: clamp(start),
            end: clamp(start + text.len()),
        }
    }

    fn in_source(&self, span: Span) -> bool {
        (span.end as usize) <= self.text.len() && span.start < span.end
    }

    fn here(&self) -> u32 {
        clamp(self.pieces.len())
    }

    // ---- leaves: the smallest blocks, in which text stands

    fn begin_leaf(&mut self, source: usize) {
        if self.leaf.is_none() {
            self.leaf = Some((self.here(), clamp(source)));
        }
    }

    /// Ends the leaf and gives the spots in it their block.
    fn end_leaf(&mut self, source: usize) {
        self.flush();
        let Some((piece, from)) = self.leaf.take() else {
            return;
        };
        let pieces = Span {
            start: piece,
            end: self.here(),
        };
        for spot in self.leaf_spots.drain(..) {
            let anchor = &mut self.anchors[spot as usize];
            anchor.pieces = pieces;
            anchor.source = Span {
                start: from,
                end: clamp(source),
            };
        }
        if pieces.start < pieces.end {
            self.leaves.push(pieces);
        }
    }

    /// A block begins or ends: text before it is a leaf of its own.
    fn block_edge(&mut self, source: usize) {
        self.end_leaf(source);
        self.under = None;
    }

    fn inline(&mut self, source: usize, piece: Piece) {
        self.flush();
        self.begin_leaf(source);
        self.pieces.push(piece);
    }

    // ---- containers

    fn open(&mut self, source: usize, el: El) {
        self.block_edge(source);
        self.below = None;
        self.frames.push(Frame {
            piece: self.here(),
            source: clamp(source),
            spots: Vec::new(),
            open: Vec::new(),
        });
        self.pieces.push(Piece::Open(el));
    }

    fn close(&mut self, source: usize, el: El) {
        self.block_edge(source);
        self.below = None;
        // The sections in it end before its own end.
        self.close_sections(source, 0);
        self.pieces.push(Piece::Close(el));
        self.close_frame(source);
    }

    fn close_frame(&mut self, source: usize) {
        self.end_leaf(source);
        self.close_sections(source, 0);
        if let Some(frame) = self.frames.pop() {
            let pieces = Span {
                start: frame.piece,
                end: self.here(),
            };
            let source = Span {
                start: frame.source,
                end: clamp(source),
            };
            for spot in frame.spots {
                let anchor = &mut self.anchors[spot as usize];
                anchor.pieces = pieces;
                anchor.source = source;
            }
        }
    }

    /// Ends the sections of this container that are at `level` or deeper.
    fn close_sections(&mut self, source: usize, level: u8) {
        let end = self.here();
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        while let Some(&index) = frame.open.last() {
            let heading = &mut self.headings[index as usize];
            if heading.level < level {
                break;
            }
            heading.end = end;
            heading.source.end = clamp(source);
            frame.open.pop();
        }
    }

    // ---- events

    fn start(&mut self, tag: MdTag<'t>, start: usize, end: usize) {
        match tag {
            MdTag::Paragraph => {
                let below = self.below.take();
                self.block_edge(start);
                self.begin_leaf(start);
                let mut el = El::Paragraph;
                if let Some(heading) = below {
                    let until = self.lines_of_anchors(start, end);
                    if until > start {
                        self.under = Some((heading, until));
                        if self.text[until..end].trim().is_empty() {
                            el = El::Silent;
                        }
                    }
                }
                self.pieces.push(Piece::Open(el));
            }
            MdTag::Heading { level, .. } => self.start_heading(level, start, end),
            MdTag::BlockQuote(kind) => self.open(start, El::Quote(kind.map(quote_kind))),
            MdTag::CodeBlock(kind) => {
                self.block_edge(start);
                self.below = None;
                let info = match kind {
                    CodeBlockKind::Fenced(info) => self.span(&info, start, start),
                    CodeBlockKind::Indented => Span::default(),
                };
                self.in_code_block = true;
                let from = clamp(self.code.len());
                self.code_blocks.push(CodeBlock {
                    info,
                    lines: Span {
                        start: from,
                        end: from,
                    },
                });
            }
            MdTag::HtmlBlock => self.html.clear(),
            MdTag::List(None) => self.open(start, El::List),
            MdTag::List(Some(first)) => {
                self.open(start, El::Ordered(u32::try_from(first).unwrap_or(1)));
            }
            MdTag::Item => self.open(start, El::Item),
            MdTag::FootnoteDefinition(label) => {
                let label = self.span(&label, start, start);
                self.open(start, El::Footnote(label));
            }
            MdTag::Table(alignments) => {
                self.alignments = alignments;
                self.open(start, El::Table);
            }
            MdTag::TableHead => self.start_row(start, El::Head),
            MdTag::TableRow => self.start_row(start, El::Row),
            MdTag::TableCell => {
                self.flush();
                let el = self.cell_el();
                self.pieces.push(Piece::Open(el));
            }
            MdTag::Emphasis => self.inline(start, Piece::Open(El::Em)),
            MdTag::Strong => self.inline(start, Piece::Open(El::Strong)),
            MdTag::Strikethrough => self.inline(start, Piece::Open(El::Del)),
            MdTag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                let link = self.link(&dest_url, &title, start, link_type == LinkType::Email);
                self.inline(start, Piece::Link(link));
                self.in_link += 1;
            }
            MdTag::Image {
                dest_url, title, ..
            } => {
                let link = self.link(&dest_url, &title, start, false);
                self.inline(start, Piece::Image(link));
                self.in_image += 1;
            }
            // Not asked of the parser.
            MdTag::DefinitionList
            | MdTag::DefinitionListTitle
            | MdTag::DefinitionListDefinition
            | MdTag::Superscript
            | MdTag::Subscript
            | MdTag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd, end: usize) {
        match tag {
            TagEnd::Paragraph => {
                self.flush();
                let silent = self
                    .leaf
                    .and_then(|(piece, _)| self.pieces.get(piece as usize))
                    == Some(&Piece::Open(El::Silent));
                let el = if silent { El::Silent } else { El::Paragraph };
                self.pieces.push(Piece::Close(el));
                self.block_edge(end);
            }
            TagEnd::Heading(_) => {
                self.flush();
                if let Some(index) = self.heading.take() {
                    self.pieces.push(Piece::HeadingEnd(index));
                    self.headings[index as usize].pieces.end = self.here();
                    self.block_edge(end);
                    self.below = Some(index);
                }
            }
            TagEnd::BlockQuote(_) => self.close(end, El::Quote(None)),
            TagEnd::CodeBlock => {
                self.in_code_block = false;
                let index = clamp(self.code_blocks.len().saturating_sub(1));
                if let Some(block) = self.code_blocks.last_mut() {
                    block.lines.end = clamp(self.code.len());
                }
                self.pieces.push(Piece::CodeBlock(index));
            }
            TagEnd::HtmlBlock => self.html_block(end),
            TagEnd::List(false) => self.close(end, El::List),
            TagEnd::List(true) => self.close(end, El::Ordered(0)),
            TagEnd::Item => self.close(end, El::Item),
            TagEnd::FootnoteDefinition => self.close(end, El::Footnote(Span::default())),
            TagEnd::Table => self.close(end, El::Table),
            TagEnd::TableHead => self.end_row(end, El::Head),
            TagEnd::TableRow => self.end_row(end, El::Row),
            TagEnd::TableCell => {
                self.flush();
                let el = self.cell_el();
                self.pieces.push(Piece::Close(el));
                self.cell += 1;
            }
            TagEnd::Emphasis => self.inline(end, Piece::Close(El::Em)),
            TagEnd::Strong => self.inline(end, Piece::Close(El::Strong)),
            TagEnd::Strikethrough => self.inline(end, Piece::Close(El::Del)),
            TagEnd::Link => {
                self.inline(end, Piece::LinkEnd);
                self.in_link = self.in_link.saturating_sub(1);
            }
            TagEnd::Image => {
                self.inline(end, Piece::ImageEnd);
                self.in_image = self.in_image.saturating_sub(1);
            }
            TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn start_heading(&mut self, level: HeadingLevel, start: usize, end: usize) {
        self.block_edge(start);
        self.below = None;
        let level = level as u8;
        self.close_sections(start, level);
        let index = clamp(self.headings.len());
        self.begin_leaf(start);
        self.headings.push(Heading {
            level,
            top: self.frames.len() == 1,
            pieces: Span {
                start: self.here(),
                end: self.here(),
            },
            end: 0,
            source: Span {
                start: clamp(start),
                end: clamp(end),
            },
            anchors: Span::default(),
        });
        if let Some(frame) = self.frames.last_mut() {
            frame.open.push(index);
        }
        self.heading = Some(index);
        self.pieces.push(Piece::Heading(index));
    }

    fn start_row(&mut self, start: usize, el: El) {
        self.block_edge(start);
        self.begin_leaf(start);
        self.in_row = true;
        self.head_row = el == El::Head;
        self.cell = 0;
        self.pieces.push(Piece::Open(el));
    }

    fn end_row(&mut self, end: usize, el: El) {
        self.flush();
        self.pieces.push(Piece::Close(el));
        self.block_edge(end);
        self.in_row = false;
    }

    fn cell_el(&self) -> El {
        let align = match self.alignments.get(self.cell) {
            Some(Alignment::Left) => Some("left"),
            Some(Alignment::Center) => Some("center"),
            Some(Alignment::Right) => Some("right"),
            _ => None,
        };
        El::Cell {
            head: self.head_row,
            align,
        }
    }

    fn link(&mut self, url: &CowStr<'_>, title: &CowStr<'_>, start: usize, email: bool) -> u32 {
        let url = self.span(url, start, start);
        let title = self.span(title, start, start);
        self.links.push(Link { url, title, email });
        clamp(self.links.len() - 1)
    }

    /// How far lines reach, from the beginning of a paragraph, that hold
    /// nothing but anchors (and the marks of emphasis or code around them).
    fn lines_of_anchors(&self, start: usize, end: usize) -> usize {
        if !self.anchors_define {
            return start;
        }
        let allow = Allow {
            anchors: true,
            words: false,
            urls: false,
        };
        let mut until = start;
        for line in self.text[start..end].split_inclusive('\n') {
            let (from, to) = (until, until + line.len());
            let (mut rest, mut at, mut some) = (String::new(), from, false);
            scan(self.text, (from, to), &[], allow, |found| {
                if let Found::Anchor(a, b) = found {
                    rest.push_str(&self.text[at..a]);
                    at = b;
                    some = true;
                }
            });
            rest.push_str(&self.text[at..to]);
            let marks = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`');
            if !some || !rest.chars().all(marks) {
                break;
            }
            until = to;
        }
        until
    }

    // ---- text

    fn words_of(&mut self, text: &CowStr<'_>, start: usize, end: usize) {
        let span = self.span(text, start, end);
        if self.in_code_block {
            // Only within one block: the block before may end where this begins.
            let begun = self
                .code_blocks
                .last()
                .is_some_and(|block| (block.lines.start as usize) < self.code.len());
            match self.code.last_mut() {
                Some(last) if begun && last.end == span.start => last.end = span.end,
                _ => self.code.push(span),
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

    fn extend_run(&mut self, start: usize, end: usize) {
        match &mut self.run {
            Some(run) if run.end == start => run.end = end,
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
    fn flush(&mut self) {
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
                &*self.aside
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
                Found::Anchor(a, b) | Found::Word(a, b, _) | Found::Url(a, b) => (a, b),
            };
            if at < from {
                self.pieces.push(plain(span(at, from)));
            }
            at = to;
            let source = aside.map_or(from, |place| place(from));
            let piece = match found {
                Found::Anchor(..) => self.anchor(span(from + 2, to - 2), source),
                Found::Word(_, _, trim) => self.word(span(from, to), source, trim),
                Found::Url(..) => Piece::Url(span(from, to)),
            };
            self.pieces.push(piece);
        }
        if at < end - base {
            self.pieces.push(plain(span(at, end - base)));
        }
    }

    fn anchor(&mut self, name: Span, at: usize) -> Piece {
        let (line, column) = self.lines.at(at);
        let index = clamp(self.anchors.len());
        let under = self.under.filter(|&(_, until)| at < until).map(|(h, _)| h);
        let heading = self.heading.or(under);
        match heading {
            Some(heading) => {
                let named = &mut self.headings[heading as usize].anchors;
                if named.start == named.end {
                    named.start = index;
                }
                named.end = index + 1;
            }
            None if self.in_row || self.frames.len() > 1 => self.wait_in_container(index),
            None => self.leaf_spots.push(index),
        }
        self.anchors.push(Anchor {
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
        match innermost.and_then(|piece| self.pieces.get(piece)) {
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
        let index = clamp(self.words.len());
        self.words.push(Word {
            span,
            at: clamp(at),
            line,
            column,
            leaf: clamp(self.leaves.len()),
            trim,
        });
        Piece::Word(index)
    }

    fn inline_code(&mut self, code: &CowStr<'_>, start: usize, end: usize) {
        self.inline(start, Piece::Open(El::Code));
        let allow = Allow {
            urls: false,
            ..self.allow(false)
        };
        // The code as it stands between the backticks, when that is what is shown.
        let inside = self.text[start..end].trim_matches('`');
        let from = inside.as_ptr() as usize - self.text.as_ptr() as usize;
        let inside_at = inside.find(&**code).map(|at| from + at);
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
            // Over several lines, or with an escaped `|`: look each name up in the source.
            let shown = code.clone();
            let base = span.start as usize - self.text.len();
            let source = &self.text[start..end];
            let place = |at: usize| {
                let word: &str = shown[at - base..]
                    .split(|c: char| c.is_whitespace())
                    .next()
                    .unwrap_or_default();
                start + source.find(word).unwrap_or(0)
            };
            self.scan_run(
                span.start as usize,
                span.end as usize,
                &[],
                allow,
                false,
                Some(&place),
            );
        }
        self.pieces.push(Piece::Close(El::Code));
    }

    fn inline_html(&mut self, markup: &CowStr<'_>, start: usize, end: usize) {
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
    fn html_block(&mut self, end: usize) {
        let lines = std::mem::take(&mut self.html);
        let Some(&(first, start)) = lines.first() else {
            return;
        };
        let contiguous = lines
            .windows(2)
            .all(|pair| pair[0].0.end == pair[1].0.start);
        if contiguous && self.in_source(first) {
            let to = lines.last().map_or(first.end, |(span, _)| span.end);
            self.raw_html(first.start as usize, to as usize, start, end, None);
        } else {
            // Lines with the marks of a list or a quotation before them.
            let begin = self.text.len() + self.aside.len();
            let mut places = Vec::new();
            for (span, at) in &lines {
                places.push((self.aside.len(), *at));
                let line = if self.in_source(*span) {
                    self.text[span.start as usize..span.end as usize].to_owned()
                } else {
                    let base = self.text.len();
                    self.aside[span.start as usize - base..span.end as usize - base].to_owned()
                };
                self.aside.push_str(&line);
            }
            let to = self.text.len() + self.aside.len();
            let place = move |at: usize| {
                let (from, source) = places
                    .iter()
                    .rev()
                    .find(|(from, _)| *from <= at)
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
            self.aside[from - base..to - base].to_owned()
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
        self.pieces.push(Piece::Open(el));
        let allow = self.allow(true);
        let mut shown = 0;
        let length = buffer.len();
        for (a, b, raw) in marks.into_iter().chain([(length, length, Raw::Comment)]) {
            if shown < a {
                self.scan_run(from + shown, from + a, &quiet, allow, true, aside);
            }
            shown = b;
            match raw {
                Raw::Open(tag) => self.pieces.push(Piece::Tag(tag)),
                Raw::Close(tag) => {
                    let span = Span {
                        start: clamp(from + a),
                        end: clamp(from + b),
                    };
                    self.pieces.push(Piece::TagEnd(tag, span));
                }
                Raw::Comment | Raw::Text { .. } => {}
            }
        }
        self.pieces.push(Piece::Close(el));
        self.block_edge(end);
    }

    /// `<!--` without `-->` would hide the rest of the note. It is shown instead.
    fn open_comment(&mut self, at: usize) {
        let (line, column) = Lines::new(self.text).at(at);
        self.faults.push(Fault::new(
            line,
            column,
            "this comment has no end (`-->`); it is shown as text",
        ));
    }
}

fn quote_kind(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}

/// The names that a file defines, in the order of its anchors.
pub(super) fn defines(parsed: &Parsed) -> impl Iterator<Item = (u32, &Anchor, &str)> {
    parsed
        .anchors
        .iter()
        .enumerate()
        .map(|(index, anchor)| (clamp(index), anchor, parsed.anchor_name(anchor)))
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
