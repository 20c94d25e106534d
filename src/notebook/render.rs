//! From pieces to HTML that is safe to put on a page.
//!
//! Everything that is not one of our own tags is escaped, so nothing that a
//! note holds can become markup. What a word means is looked up now, not at
//! parse time: a page is as new as the notebook that draws it.

use super::html::{escape, escape_raw};
use super::lines::clamp;
use super::linked::{Meaning, Notebook};
use super::page::Block;
use super::parsed::{Alert, El, Link, Parsed, Piece, Side, Span, Tag};
use super::urls::{self, Target};
use super::{code, name};

/// Draws the pieces of one file.
pub(super) struct Render<'n> {
    notebook: &'n Notebook,
    slot: u32,
    note: &'n Parsed,
    /// Where the file is read, encoded.
    here: String,
    /// The `id` of each heading.
    pub ids: Vec<String>,
    /// In a backlink: the numbers of the words to mark. Blocks are left out, only their text
    /// is drawn.
    marked: Option<&'n [u32]>,
    /// For a page that has text of its own: nothing has an `id`, nothing is a heading,
    /// nothing moves or takes the keyboard but links.
    bare: bool,
}

/// The `id` of the element of a page that describes links to other sites.
const ELSEWHERE: &str = "leads-elsewhere";

/// What is open while drawing.
enum Open {
    Md,
    Tag(Tag),
}

/// The state of one drawing.
#[derive(Default)]
pub(super) struct State {
    open: Vec<Open>,
    /// Elements that were closed for the author; their own end tags are dropped.
    closed: Vec<Tag>,
    /// In a link: no link may be inside.
    in_link: u32,
    /// In an image's description.
    image: Option<(u32, String)>,
    /// What each open link ends with.
    link_ends: Vec<String>,
    /// Within raw HTML shown as a paragraph: line ends are kept.
    keep_lines: bool,
}

impl<'n> Render<'n> {
    pub fn new(notebook: &'n Notebook, slot: u32, note: &'n Parsed) -> Self {
        let mut render = Self::without_ids(notebook, slot, note);
        render.ids = render.heading_ids();
        render
    }

    /// For a preview, which is shown in the middle of another page.
    pub fn bare(notebook: &'n Notebook, slot: u32, note: &'n Parsed) -> Self {
        Self {
            bare: true,
            ..Self::without_ids(notebook, slot, note)
        }
    }

    /// For the paragraph of a backlink, which is these words of the note.
    pub fn snippet(notebook: &'n Notebook, slot: u32, note: &'n Parsed, words: &'n [u32]) -> Self {
        Self {
            marked: Some(words),
            ..Self::without_ids(notebook, slot, note)
        }
    }

    fn without_ids(notebook: &'n Notebook, slot: u32, note: &'n Parsed) -> Self {
        Self {
            notebook,
            slot,
            note,
            here: urls::encode(notebook.path_of(slot).unwrap_or_default()),
            ids: Vec::new(),
            marked: None,
            bare: false,
        }
    }

    /// The file that is drawn.
    pub fn note(&self) -> &'n Parsed {
        self.note
    }

    /// A heading's `id`: the first topic that it defines, or its text as an address.
    fn heading_ids(&self) -> Vec<String> {
        let mut taken: rustc_hash::FxHashSet<String> = self
            .note
            .anchors
            .iter()
            .map(|anchor| self.note.anchor_name(anchor).to_owned())
            .collect();
        let mut tries = rustc_hash::FxHashMap::<String, u32>::default();
        let mut names = vec![None; self.note.headings.len()];
        for (index, anchor) in self.note.anchors.iter().enumerate() {
            if let Some(heading) = anchor.heading
                && names[heading as usize].is_none()
                && self.notebook.wins(self.slot, clamp(index), self.note)
            {
                names[heading as usize] = Some(self.note.anchor_name(anchor));
            }
        }
        let mut ids = Vec::with_capacity(names.len());
        for (index, name) in names.into_iter().enumerate() {
            if let Some(name) = name {
                ids.push(name.to_owned());
                continue;
            }
            let slug = slug(
                &self
                    .note
                    .heading_title(clamp(index), self.notebook.prefixes()),
            );
            let count = tries.entry(slug.clone()).or_default();
            let id = loop {
                let id = match *count {
                    0 => slug.clone(),
                    n => format!("{slug}-{n}"),
                };
                *count += 1;
                if taken.insert(id.clone()) {
                    break id;
                }
            };
            ids.push(id);
        }
        ids
    }

    /// The names that a heading defines here (duplicates left out).
    pub fn names_of(&self, heading: u32) -> Vec<String> {
        self.anchors_of(heading)
            .filter(|&(index, _)| self.notebook.wins(self.slot, index, self.note))
            .map(|(_, name)| name.to_owned())
            .collect()
    }

    fn anchors_of(&self, heading: u32) -> impl Iterator<Item = (u32, &'n str)> {
        let note = self.note;
        note.anchors_of(heading)
            .map(|(index, anchor)| (index, note.anchor_name(anchor)))
    }

    /// A range of pieces, cut at the headings that define a topic.
    pub fn blocks(&self, range: Span) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut block = Block::default();
        let mut state = self.state_at(range.start);
        let mut at = range.start;
        while at < range.end {
            let piece = self.note.pieces[at as usize];
            if let Piece::Heading(index) = piece
                && self.note.headings[index as usize].top
            {
                let names = self.names_of(index);
                if !names.is_empty() {
                    self.finish(&mut block.body, &mut state);
                    push(&mut blocks, std::mem::take(&mut block));
                    let heading = &self.note.headings[index as usize];
                    block.level = heading.level;
                    block.id.clone_from(&self.ids[index as usize]);
                    block.heading = self.heading_html(index);
                    block.names = names;
                    at = heading.pieces.end;
                    continue;
                }
            }
            if let Piece::Anchor(index) = piece
                && self.note.anchors[index as usize]
                    .heading
                    .is_none_or(|heading| !self.note.headings[heading as usize].top)
                && self.notebook.wins(self.slot, index, self.note)
            {
                let name = self.note.anchor_name(&self.note.anchors[index as usize]);
                block.names.push(name.to_owned());
            }
            self.piece(&mut block.body, &mut state, piece);
            at += 1;
        }
        self.finish(&mut block.body, &mut state);
        push(&mut blocks, block);
        blocks
    }

    /// The state to begin drawing in.
    pub(super) fn state_at(&self, piece: u32) -> State {
        State {
            closed: self.details_around(piece),
            ..State::default()
        }
    }

    /// The details that are open where a topic begins: on its own page their ends
    /// have nothing to close, and are no text either.
    fn details_around(&self, piece: u32) -> Vec<Tag> {
        let mut open = Vec::new();
        for piece in &self.note.pieces[..piece as usize] {
            match *piece {
                Piece::Tag(tag @ (Tag::Details | Tag::Summary)) => open.push(tag),
                Piece::TagEnd(tag, _) => {
                    if let Some(at) = open.iter().rposition(|other| *other == tag) {
                        open.remove(at);
                    }
                }
                _ => {}
            }
        }
        open
    }

    /// The text of a leaf, for a backlink.
    pub fn leaf(&self, range: Span) -> String {
        let mut out = String::new();
        let mut state = State::default();
        for &piece in self.note.pieces(range) {
            self.piece(&mut out, &mut state, piece);
        }
        self.finish(&mut out, &mut state);
        out.trim().to_owned()
    }

    /// What stands inside a heading's tags.
    fn heading_html(&self, index: u32) -> String {
        let heading = &self.note.headings[index as usize];
        let mut out = String::new();
        let mut state = State::default();
        let inner = Span {
            start: heading.pieces.start + 1,
            end: heading.pieces.end.saturating_sub(1),
        };
        if self.note.label(index).is_empty() {
            escape(
                &mut out,
                &self.note.heading_title(index, self.notebook.prefixes()),
            );
            if !out.is_empty() {
                out.push(' ');
            }
        }
        for &piece in self.note.pieces(inner) {
            self.piece(&mut out, &mut state, piece);
        }
        self.finish(&mut out, &mut state);
        for (anchor, _) in self.anchors_of(index) {
            if self.note.anchors[anchor as usize].under {
                out.push(' ');
                self.anchor(&mut out, &State::default(), anchor);
            }
        }
        out.trim().to_owned()
    }

    /// Closes what the author left open.
    pub(super) fn finish(&self, out: &mut String, state: &mut State) {
        while let Some(open) = state.open.pop() {
            if let Open::Tag(tag) = open {
                close_tag(out, tag);
                state.closed.push(tag);
            }
        }
    }

    fn is_snippet(&self) -> bool {
        self.marked.is_some()
    }

    pub(super) fn piece(&self, out: &mut String, state: &mut State, piece: Piece) {
        if let Some((_, description)) = &mut state.image {
            match piece {
                Piece::Text(span) | Piece::Raw(span) | Piece::Url(span) => {
                    description.push_str(self.note.str(span));
                    return;
                }
                Piece::Soft | Piece::Hard => return description.push(' '),
                Piece::ImageEnd => {}
                _ => return,
            }
        }
        match piece {
            Piece::Open(el) => self.open(out, state, el),
            Piece::Close(el) => self.close(out, state, el),
            Piece::Heading(index) => {
                state.open.push(Open::Md);
                if !self.is_snippet() {
                    if self.bare {
                        out.push_str("<p class=\"heading\">");
                    } else {
                        let level = self.note.headings[index as usize].level;
                        out.push_str(&format!("<h{level} id=\""));
                        escape(out, &self.ids[index as usize]);
                        out.push_str("\">");
                    }
                    if self.note.label(index).is_empty() {
                        let title = self.note.heading_title(index, self.notebook.prefixes());
                        escape(out, &title);
                        out.push(' ');
                    }
                }
            }
            Piece::HeadingEnd(index) => {
                self.close_md(out, state);
                if !self.is_snippet() {
                    for (anchor, _) in self.anchors_of(index) {
                        if self.note.anchors[anchor as usize].under {
                            out.push(' ');
                            self.anchor(out, state, anchor);
                        }
                    }
                    if self.bare {
                        out.push_str("</p>\n");
                    } else {
                        let level = self.note.headings[index as usize].level;
                        out.push_str(&format!("</h{level}>\n"));
                    }
                }
            }
            Piece::Text(span) => escape(out, self.note.str(span)),
            Piece::Raw(span) => self.raw(out, state, self.note.str(span)),
            // After the anchors of the heading above, the text begins here.
            Piece::Soft | Piece::Hard if out.ends_with("<p>") => {}
            Piece::Soft => out.push('\n'),
            Piece::Hard => out.push_str("<br>\n"),
            Piece::Rule => out.push_str("<hr>\n"),
            Piece::Task(done) => out.push_str(if done {
                "<input type=\"checkbox\" aria-label=\"done\" disabled checked> "
            } else {
                "<input type=\"checkbox\" aria-label=\"to do\" disabled> "
            }),
            Piece::Anchor(index) => {
                let anchor = &self.note.anchors[index as usize];
                if !anchor.under || self.is_snippet() {
                    self.anchor(out, state, index);
                }
            }
            Piece::Word(index) => self.word(out, state, index),
            Piece::Url(span) => {
                let url = self.note.str(span);
                external(out, url, None);
                escape(out, url);
                out.push_str("</a>");
            }
            Piece::Link(index) => self.link(out, state, self.note.links[index as usize]),
            Piece::LinkEnd => {
                self.close_md(out, state);
                state.in_link = state.in_link.saturating_sub(1);
                if let Some(end) = state.link_ends.pop() {
                    out.push_str(&end);
                }
            }
            Piece::Image(index) => state.image = Some((index, String::new())),
            Piece::ImageEnd => {
                if let Some((index, description)) = state.image.take() {
                    self.image(out, state, self.note.links[index as usize], &description);
                }
            }
            Piece::CodeBlock(index) => {
                if self.is_snippet() {
                    return;
                }
                let block = &self.note.code_blocks[index as usize];
                let lines = block.lines.start as usize..block.lines.end as usize;
                let text: String = self
                    .note
                    .code
                    .get(lines)
                    .unwrap_or_default()
                    .iter()
                    .map(|&span| self.note.str(span))
                    .collect();
                let from = out.len();
                code::block(out, self.note.str(block.info), &text);
                if self.bare {
                    let block = out.split_off(from);
                    out.push_str(&code::still(&block));
                }
            }
            Piece::Tag(Tag::Br) => out.push_str("<br>"),
            Piece::Tag(tag) => {
                if !(self.is_snippet() && matches!(tag, Tag::Details | Tag::Summary)) {
                    state.open.push(Open::Tag(tag));
                    out.push('<');
                    out.push_str(tag.name());
                    out.push('>');
                }
            }
            Piece::TagEnd(tag, span) => self.tag_end(out, state, tag, span),
            Piece::FootnoteRef(label) => {
                let label = self.note.str(label);
                out.push_str("<sup class=\"footnote-ref\">");
                if state.in_link == 0 {
                    out.push_str("<a href=\"");
                    escape(out, &self.here);
                    out.push_str("#fn-");
                    escape(out, &slug(label));
                    out.push_str("\">");
                }
                escape(out, label);
                out.push_str(if state.in_link == 0 {
                    "</a></sup>"
                } else {
                    "</sup>"
                });
            }
        }
    }

    /// Ends a Markdown element: HTML elements left open in it end with it.
    fn close_md(&self, out: &mut String, state: &mut State) {
        while let Some(open) = state.open.pop() {
            match open {
                Open::Md => break,
                Open::Tag(tag) => {
                    close_tag(out, tag);
                    state.closed.push(tag);
                }
            }
        }
    }

    fn tag_end(&self, out: &mut String, state: &mut State, tag: Tag, span: Span) {
        if self.is_snippet() && matches!(tag, Tag::Details | Tag::Summary) {
            return;
        }
        let inner = state
            .open
            .iter()
            .rev()
            .take_while(|open| matches!(open, Open::Tag(_)));
        let matches = inner
            .enumerate()
            .find(|(_, open)| matches!(open, Open::Tag(other) if *other == tag));
        if let Some((depth, _)) = matches {
            for _ in 0..=depth {
                if let Some(Open::Tag(tag)) = state.open.pop() {
                    close_tag(out, tag);
                }
            }
        } else if let Some(at) = state.closed.iter().position(|closed| *closed == tag) {
            state.closed.remove(at);
        } else {
            escape(out, self.note.str(span));
        }
    }

    fn open(&self, out: &mut String, state: &mut State, el: El) {
        // Details reach over several blocks, so their HTML blocks contain nothing.
        if !matches!(el, El::Html { paragraph: false }) {
            state.open.push(Open::Md);
        }
        if self.is_snippet() && is_block(el) {
            return;
        }
        match el {
            El::Paragraph => out.push_str("<p>"),
            El::Html { paragraph } => {
                state.keep_lines = paragraph;
                if paragraph {
                    out.push_str("<p>");
                }
            }
            El::Silent => {}
            El::Quote(None) => out.push_str("<blockquote>\n"),
            El::Quote(Some(kind)) => {
                let (class, title) = match kind {
                    Alert::Note => ("note", "Note"),
                    Alert::Tip => ("tip", "Tip"),
                    Alert::Important => ("important", "Important"),
                    Alert::Warning => ("warning", "Warning"),
                    Alert::Caution => ("caution", "Caution"),
                };
                out.push_str(&format!(
                    "<blockquote class=\"alert {class}\">\n<p class=\"alert-title\">{title}</p>\n"
                ));
            }
            El::List => out.push_str("<ul>\n"),
            El::Ordered(1) => out.push_str("<ol>\n"),
            El::Ordered(first) => out.push_str(&format!("<ol start=\"{first}\">\n")),
            El::Item => out.push_str("<li>"),
            // A wide table scrolls, so it must be reached with the keyboard.
            El::Table if self.bare => out.push_str("<div class=\"table\"><table>\n"),
            El::Table => out.push_str(
                "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\n",
            ),
            El::Head => out.push_str("<thead>\n<tr>"),
            El::Row => out.push_str("<tr>"),
            El::Cell { head, align } => {
                out.push_str(if head { "<th" } else { "<td" });
                out.push_str(match align {
                    None => "",
                    Some(Side::Left) => " class=\"left\"",
                    Some(Side::Center) => " class=\"center\"",
                    Some(Side::Right) => " class=\"right\"",
                });
                out.push('>');
            }
            El::Em => out.push_str("<em>"),
            El::Strong => out.push_str("<strong>"),
            El::Del => out.push_str("<del>"),
            El::Code => out.push_str("<code>"),
            El::Footnote(label) => {
                let label = self.note.str(label);
                out.push_str("<div class=\"footnote\"");
                if !self.bare {
                    out.push_str(" id=\"fn-");
                    escape(out, &slug(label));
                    out.push('"');
                }
                out.push_str("><sup>");
                escape(out, label);
                out.push_str("</sup> ");
            }
        }
    }

    fn close(&self, out: &mut String, state: &mut State, el: El) {
        if !matches!(el, El::Html { paragraph: false }) {
            self.close_md(out, state);
        }
        if self.is_snippet() && is_block(el) {
            if matches!(el, El::Cell { .. }) {
                out.push_str(" · ");
            } else if matches!(el, El::Row | El::Head) {
                let length = out.trim_end_matches(" · ").len();
                out.truncate(length);
            }
            return;
        }
        out.push_str(match el {
            El::Paragraph | El::Html { paragraph: true } => "</p>\n",
            El::Html { paragraph: false } => "\n",
            El::Silent => "",
            El::Quote(_) => "</blockquote>\n",
            El::List => "</ul>\n",
            El::Ordered(_) => "</ol>\n",
            El::Item => "</li>\n",
            El::Table => "</tbody></table></div>\n",
            El::Head => "</tr>\n</thead>\n<tbody>\n",
            El::Row => "</tr>\n",
            El::Cell { head: true, .. } => "</th>",
            El::Cell { head: false, .. } => "</td>",
            El::Em => "</em>",
            El::Strong => "</strong>",
            El::Del => "</del>",
            El::Code => "</code>",
            El::Footnote(_) => "</div>\n",
        });
        state.keep_lines = false;
    }

    /// Text of raw HTML. Where it stands for itself its lines are kept.
    fn raw(&self, out: &mut String, state: &State, text: &str) {
        if !state.keep_lines {
            return escape_raw(out, text);
        }
        let text = if out.ends_with("<p>") {
            text.trim_start_matches(['\n', '\r'])
        } else {
            text
        };
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                out.push_str("<br>\n");
            }
            escape_raw(out, line.trim_end_matches('\r'));
        }
        if out.ends_with("<br>\n") {
            out.truncate(out.len() - "<br>\n".len());
        }
    }

    /// The mark of an anchor: a way to its topic. A duplicate leads to the winner.
    fn anchor(&self, out: &mut String, state: &State, index: u32) {
        let anchor = &self.note.anchors[index as usize];
        let name = self.note.anchor_name(anchor);
        let wins = self.notebook.wins(self.slot, index, self.note);
        let has_id = wins
            && !self.is_snippet()
            && !self.bare
            && anchor
                .heading
                .is_none_or(|heading| self.ids[heading as usize] != name);
        let linked = state.in_link == 0;
        if !wins {
            return self.reference(out, state, name, "ref", None);
        }
        out.push_str(if linked { "<a" } else { "<span" });
        out.push_str(" class=\"anchor\"");
        if has_id {
            out.push_str(" id=\"");
            escape(out, name);
            out.push('"');
        }
        if linked {
            out.push_str(" href=\"/topics/");
            escape(out, name);
            out.push('"');
        }
        out.push('>');
        escape(out, name);
        out.push_str(if linked { "</a>" } else { "</span>" });
    }

    fn reference(
        &self,
        out: &mut String,
        state: &State,
        name: &str,
        class: &str,
        word: Option<u32>,
    ) {
        if state.in_link > 0 {
            return escape(out, name);
        }
        out.push_str("<a class=\"");
        out.push_str(class);
        out.push_str("\" data-topic=\"");
        escape(out, name);
        out.push_str("\" href=\"/topics/");
        escape(out, name);
        out.push('"');
        if let Some(word) = word.filter(|_| !self.bare && !self.is_snippet()) {
            out.push_str(&format!(" id=\"{}\"", place(word)));
        }
        out.push('>');
        escape(out, name);
        out.push_str("</a>");
    }

    fn word(&self, out: &mut String, state: &State, index: u32) {
        let word = &self.note.words[index as usize];
        let whole = self.note.word(word);
        let (name, class) = match self.notebook.meaning(self.note, word) {
            Meaning::Plain => return escape(out, whole),
            Meaning::Topic(name) => (&**name, "ref"),
            Meaning::Wanted(name) => (name, "ref wanted"),
        };
        if self.marked.is_some_and(|words| words.contains(&index)) {
            out.push_str("<mark>");
            escape(out, name);
            out.push_str("</mark>");
        } else {
            self.reference(out, state, name, class, Some(index));
        }
        escape(out, &whole[name.len()..]);
    }

    /// Opens a link; what ends it waits in the state.
    fn link(&self, out: &mut String, state: &mut State, link: Link) {
        state.open.push(Open::Md);
        let url = self.note.str(link.url);
        let title = Some(self.note.str(link.title)).filter(|title| !title.is_empty());
        let end = match urls::target(url, &self.note.file, link.email) {
            Target::External(url) => {
                external(out, &url, title);
                state.in_link += 1;
                "</a>".to_owned()
            }
            Target::Local(url) => {
                self.local(out, &url, title);
                state.in_link += 1;
                "</a>".to_owned()
            }
            Target::File(file, rest) => {
                let url = match self.notebook.address_of_file(&file) {
                    Some(path) => format!("{}{rest}", urls::encode(&path)),
                    None => format!("/{}{rest}", urls::encode(&file)),
                };
                self.local(out, &url, title);
                state.in_link += 1;
                "</a>".to_owned()
            }
            Target::Live(name) if !self.bare && self.notebook.is_live(&name) => {
                let page = self.notebook.live_page();
                out.push_str(&format!(
                    "<live-value name=\"{name}\" key=\"{name}\" data-state=\"loading\"><a href=\"{page}#{name}\">"
                ));
                state.in_link += 1;
                "</a></live-value>".to_owned()
            }
            // In a preview the word alone. And a mistake in a name costs the reader nothing:
            // the word stays. The author is told.
            Target::Live(_) => {
                state.in_link += 1;
                String::new()
            }
            Target::Unsafe => {
                state.in_link += 1;
                out.push_str("<span class=\"unsafe\">");
                let mut end = " (".to_owned();
                escape(&mut end, url);
                end.push_str(")</span>");
                end
            }
        };
        state.link_ends.push(end);
    }

    fn local(&self, out: &mut String, url: &str, title: Option<&str>) {
        out.push_str("<a href=\"");
        escape(out, url);
        out.push('"');
        title_attribute(out, title);
        out.push('>');
    }

    /// An image of our own; one of another site becomes a link to it, since a
    /// page never loads anything from elsewhere.
    fn image(&self, out: &mut String, state: &State, link: Link, description: &str) {
        let url = self.note.str(link.url);
        let title = Some(self.note.str(link.title)).filter(|title| !title.is_empty());
        let shown = if description.is_empty() {
            url
        } else {
            description
        };
        match urls::target(url, &self.note.file, false) {
            Target::Local(url) => {
                out.push_str("<img src=\"");
                escape(out, &url);
                out.push_str("\" alt=\"");
                escape(out, description);
                out.push('"');
                title_attribute(out, title);
                out.push_str(" loading=\"lazy\">");
            }
            Target::External(url) if state.in_link == 0 => {
                external(out, &url, title);
                escape(out, shown);
                out.push_str("</a>");
            }
            _ => {
                escape(out, shown);
                if shown != url {
                    out.push_str(" (");
                    escape(out, url);
                    out.push(')');
                }
            }
        }
    }
}

/// The `id` of a reference on its page, by the number of its word. No heading and no
/// topic can have such an `id`.
pub(super) fn place(word: u32) -> String {
    format!("at:{word}")
}

/// Keeps a block unless there is nothing in it.
fn push(blocks: &mut Vec<Block>, block: Block) {
    if block.level > 0 || !block.body.trim().is_empty() {
        blocks.push(block);
    }
}

fn is_block(el: El) -> bool {
    !matches!(el, El::Em | El::Strong | El::Del | El::Code)
}

fn close_tag(out: &mut String, tag: Tag) {
    out.push_str("</");
    out.push_str(tag.name());
    out.push('>');
}

/// Opens a link to another site. Every page has an element [`ELSEWHERE`] that says
/// to a screen reader what the arrow after the link says to the eye.
fn external(out: &mut String, url: &str, title: Option<&str>) {
    out.push_str("<a class=\"external\" rel=\"noopener noreferrer\" href=\"");
    escape(out, url);
    out.push('"');
    title_attribute(out, title);
    if !url.starts_with("mailto:") {
        out.push_str(" aria-describedby=\"");
        out.push_str(ELSEWHERE);
        out.push('"');
    }
    out.push('>');
}

fn title_attribute(out: &mut String, title: Option<&str>) {
    if let Some(title) = title {
        out.push_str(" title=\"");
        escape(out, title);
        out.push('"');
    }
}

/// A text as part of an address: letters, digits, `-` and `_`.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if name::is_word_char(c) {
            slug.extend(c.to_lowercase());
        } else if c.is_whitespace() {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() {
        "section".to_owned()
    } else {
        slug.to_owned()
    }
}
