//! Walking over the Markdown parser's events: blocks, sections, links.
//!
//! Containers and sections are closed as they end, and then the anchors in them
//! learn which pieces and which source their topics have. Text goes through
//! `inline`.

use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options,
    Parser, Tag as MdTag, TagEnd,
};

use super::front::Fault;
use super::lines::{Lines, clamp};
use super::parsed::{
    Alert, Anchor, CodeBlock, El, Heading, Link, LinkKind, Piece, Side, Span, Word,
};
use super::problem::Rule;
use super::scan::{Allow, Found, scan};

/// Something that is open: a container, or the note itself.
pub(super) struct Frame {
    /// The piece that opened it.
    pub(super) piece: u32,
    /// Where it begins in the source.
    pub(super) source: u32,
    /// Spots in it wait here for its end.
    pub(super) spots: Vec<u32>,
    /// Headings whose sections are still open.
    pub(super) open: Vec<u32>,
}

/// A run of text that is contiguous in the source.
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Attributes of HTML shown as text.
    pub(super) quiet: Vec<(usize, usize)>,
}

pub(super) struct Walk<'t> {
    pub(super) text: &'t str,
    pub(super) body: usize,
    pub(super) anchors_define: bool,
    pub(super) lines: Lines<'t>,
    pub(super) made: Made,
    pub(super) faults: Vec<Fault>,
    pub(super) frames: Vec<Frame>,
    pub(super) run: Option<Run>,
    /// The first piece of the open leaf, and where it begins in the source.
    pub(super) leaf: Option<(u32, u32)>,
    /// Spots that wait for the end of the leaf.
    pub(super) leaf_spots: Vec<u32>,
    /// Links and images that are open.
    pub(super) in_link: u32,
    pub(super) in_image: u32,
    pub(super) in_code_block: bool,
    pub(super) in_row: bool,
    pub(super) heading: Option<u32>,
    /// The heading that the block before was.
    pub(super) below: Option<u32>,
    /// That heading, and how far the lines reach that hold only its anchors.
    pub(super) under: Option<(u32, usize)>,
    pub(super) head_row: bool,
    pub(super) alignments: Vec<Alignment>,
    pub(super) cell: usize,
    /// Where the last cell ended in the source.
    pub(super) cell_end: usize,
    pub(super) html: Vec<(Span, usize)>,
}

/// What a walk makes. Kept from note to note and copied out, so that ten
/// thousand notes do not grow ten thousand times nine lists.
#[derive(Default)]
pub(super) struct Made {
    pub(super) aside: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) headings: Vec<Heading>,
    pub(super) anchors: Vec<Anchor>,
    pub(super) words: Vec<Word>,
    pub(super) leaves: Vec<Span>,
    pub(super) links: Vec<Link>,
    pub(super) code_blocks: Vec<CodeBlock>,
    pub(super) code: Vec<Span>,
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

impl<'t> Walk<'t> {
    pub(super) fn new(text: &'t str, body: usize, anchors_define: bool, made: Made) -> Self {
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
            made,
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
            cell_end: body,
            html: Vec::new(),
        }
    }

    pub(super) fn events(&mut self) {
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
                    self.made.pieces.push(Piece::Rule);
                }
                Event::TaskListMarker(done) => self.inline(start, Piece::Task(done)),
            }
        }
        self.close_frame(text.len());
        for anchor in &mut self.made.anchors {
            if let Some(heading) = anchor.heading {
                let heading = &self.made.headings[heading as usize];
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
    pub(super) fn span(&mut self, text: &CowStr<'_>, start: usize, end: usize) -> Span {
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

    pub(super) fn set_aside(&mut self, text: &str) -> Span {
        let start = self.text.len() + self.made.aside.len();
        self.made.aside.push_str(text);
        Span {
            start: clamp(start),
            end: clamp(start + text.len()),
        }
    }

    pub(super) fn in_source(&self, span: Span) -> bool {
        span.end as usize <= self.text.len()
    }

    pub(super) fn here(&self) -> u32 {
        clamp(self.made.pieces.len())
    }

    // ---- leaves: the smallest blocks, in which text stands

    pub(super) fn begin_leaf(&mut self, source: usize) {
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
            let anchor = &mut self.made.anchors[spot as usize];
            anchor.pieces = pieces;
            anchor.source = Span {
                start: from,
                end: clamp(source),
            };
        }
        if pieces.start < pieces.end {
            self.made.leaves.push(pieces);
        }
    }

    /// A block begins or ends: text before it is a leaf of its own.
    pub(super) fn block_edge(&mut self, source: usize) {
        self.end_leaf(source);
        self.under = None;
    }

    pub(super) fn inline(&mut self, source: usize, piece: Piece) {
        self.flush();
        self.begin_leaf(source);
        self.made.pieces.push(piece);
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
        self.made.pieces.push(Piece::Open(el));
    }

    fn close(&mut self, source: usize, el: El) {
        self.block_edge(source);
        self.below = None;
        // The sections in it end before its own end.
        self.close_sections(source, 0);
        self.made.pieces.push(Piece::Close(el));
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
                let anchor = &mut self.made.anchors[spot as usize];
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
            let heading = &mut self.made.headings[index as usize];
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
                self.made.pieces.push(Piece::Open(el));
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
                let from = clamp(self.made.code.len());
                self.made.code_blocks.push(CodeBlock {
                    info,
                    lines: Span {
                        start: from,
                        end: from,
                    },
                    source: Span {
                        start: clamp(start),
                        end: clamp(end),
                    },
                    top: self.frames.len() == 1,
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
                self.made.pieces.push(Piece::Open(el));
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
                let kind = match link_type {
                    LinkType::Email => LinkKind::Mail,
                    _ => LinkKind::Usual,
                };
                let link = self.link(&dest_url, &title, (start, end), kind);
                self.inline(start, Piece::Link(link));
                self.in_link += 1;
            }
            MdTag::Image {
                dest_url, title, ..
            } => {
                let link = self.link(&dest_url, &title, (start, end), LinkKind::Usual);
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
                    .and_then(|(piece, _)| self.made.pieces.get(piece as usize))
                    == Some(&Piece::Open(El::Silent));
                let el = if silent { El::Silent } else { El::Paragraph };
                self.made.pieces.push(Piece::Close(el));
                self.block_edge(end);
            }
            TagEnd::Heading(_) => {
                self.flush();
                if let Some(index) = self.heading.take() {
                    self.made.pieces.push(Piece::HeadingEnd(index));
                    self.made.headings[index as usize].pieces.end = self.here();
                    self.block_edge(end);
                    self.below = Some(index);
                }
            }
            TagEnd::BlockQuote(_) => self.close(end, El::Quote(None)),
            TagEnd::CodeBlock => {
                self.in_code_block = false;
                let index = clamp(self.made.code_blocks.len().saturating_sub(1));
                if let Some(block) = self.made.code_blocks.last_mut() {
                    block.lines.end = clamp(self.made.code.len());
                }
                self.made.pieces.push(Piece::CodeBlock(index));
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
                self.made.pieces.push(Piece::Close(el));
                self.cell += 1;
                self.cell_end = end;
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
        let index = clamp(self.made.headings.len());
        self.begin_leaf(start);
        self.made.headings.push(Heading {
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
        self.made.pieces.push(Piece::Heading(index));
    }

    fn start_row(&mut self, start: usize, el: El) {
        self.block_edge(start);
        self.begin_leaf(start);
        self.in_row = true;
        self.head_row = el == El::Head;
        self.cell = 0;
        self.cell_end = start;
        self.made.pieces.push(Piece::Open(el));
    }

    fn end_row(&mut self, end: usize, el: El) {
        self.flush();
        self.excess_cells(end);
        self.made.pieces.push(Piece::Close(el));
        self.block_edge(end);
        self.in_row = false;
    }

    /// A row with more cells than its head: Markdown drops them, we show what
    /// they say in a cell more.
    fn excess_cells(&mut self, end: usize) {
        let from = self.cell_end.min(end);
        let cells = |c: char| c == '|' || c.is_whitespace();
        let rest = &self.text[from..end];
        let start = end - rest.trim_start_matches(cells).len();
        let stop = from + rest.trim_end_matches(cells).len();
        if start >= stop {
            return;
        }
        let (line, column) = self.lines.at(start);
        let why = "this row has more cells than the head of its table";
        self.faults
            .push(Fault::new(Rule::TableRow, line, column, why));
        let el = self.cell_el();
        self.made.pieces.push(Piece::Open(el));
        self.extend_run(start, stop);
        self.flush();
        self.made.pieces.push(Piece::Close(el));
    }

    fn cell_el(&self) -> El {
        let align = match self.alignments.get(self.cell) {
            Some(Alignment::Left) => Some(Side::Left),
            Some(Alignment::Center) => Some(Side::Center),
            Some(Alignment::Right) => Some(Side::Right),
            _ => None,
        };
        El::Cell {
            head: self.head_row,
            align,
        }
    }

    fn link(
        &mut self,
        url: &CowStr<'_>,
        title: &CowStr<'_>,
        (start, end): (usize, usize),
        kind: LinkKind,
    ) -> u32 {
        let url = self.span(url, start, start);
        let title = self.span(title, start, start);
        self.flush();
        let (line, column) = self.lines.at(start);
        self.made.links.push(Link {
            url,
            title,
            line,
            column,
            at: clamp(start),
            source: Span {
                start: clamp(start),
                end: clamp(end),
            },
            leaf: clamp(self.made.leaves.len()),
            word: None,
            kind,
        });
        clamp(self.made.links.len() - 1)
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
            wiki: false,
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
            if to < end
                && let Some(line) = rest.trim_end().strip_suffix('\\')
            {
                // A line break of the author's, which shows nothing.
                rest.truncate(line.len());
            }
            let marks = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`');
            if !some || !rest.chars().all(marks) {
                break;
            }
            until = to;
        }
        until
    }
}

fn quote_kind(kind: BlockQuoteKind) -> Alert {
    match kind {
        BlockQuoteKind::Note => Alert::Note,
        BlockQuoteKind::Tip => Alert::Tip,
        BlockQuoteKind::Important => Alert::Important,
        BlockQuoteKind::Warning => Alert::Warning,
        BlockQuoteKind::Caution => Alert::Caution,
    }
}
