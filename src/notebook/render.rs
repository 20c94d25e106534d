//! From pieces to HTML that is safe to put on a page.
//!
//! Everything that is not one of our own tags is escaped, so nothing that a
//! note holds can become markup. What a word means is looked up now, not at
//! parse time: a page is as new as the notebook that draws it.

use super::html::{escape, escape_raw};
use super::ids::{self, slug};
use super::leads::{Dead, Lead, Leads};
use super::linked::{Meaning, Notebook};
use super::page::Block;
use super::parsed::{Alert, El, Link, LinkKind, Parsed, Piece, Side, Span, Tag};
use super::picture::{self, Size};
use super::{code, urls};

/// Draws the pieces of one file.
pub(super) struct Render<'n> {
    notebook: &'n Notebook,
    slot: u32,
    note: &'n Parsed,
    /// Where the file is read, encoded.
    here: String,
    leads: Leads<'n>,
    /// The `id` of each heading.
    pub ids: Vec<String>,
    /// In a backlink: what is to be marked. Blocks are left out, only their text is drawn.
    marked: Option<&'n [Ref]>,
    /// For a page that has text of its own: nothing has an `id`, nothing is a heading,
    /// nothing moves or takes the keyboard but links.
    bare: bool,
}

/// Something in a note that refers to a topic or to another note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ref {
    /// A word, by its number.
    Word(u32),
    /// A link, by its number.
    Link(u32),
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
        render.ids = ids::of(notebook, slot, note);
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
    pub fn snippet(notebook: &'n Notebook, slot: u32, note: &'n Parsed, marked: &'n [Ref]) -> Self {
        Self {
            marked: Some(marked),
            ..Self::without_ids(notebook, slot, note)
        }
    }

    fn without_ids(notebook: &'n Notebook, slot: u32, note: &'n Parsed) -> Self {
        Self {
            notebook,
            slot,
            note,
            here: urls::encode(notebook.path_of(slot).unwrap_or_default()),
            leads: Leads::of(notebook),
            ids: Vec::new(),
            marked: None,
            bare: false,
        }
    }

    /// The file that is drawn.
    pub fn note(&self) -> &'n Parsed {
        self.note
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
        if self.note.labels[index as usize].is_empty() {
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
                    if self.note.labels[index as usize].is_empty() {
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
            Piece::Link(index) => self.link(out, state, index),
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
        self.open_reference(out, name, class, word);
        escape(out, name);
        out.push_str("</a>");
    }

    fn open_reference(&self, out: &mut String, name: &str, class: &str, word: Option<u32>) {
        out.push_str("<a class=\"");
        out.push_str(class);
        out.push_str("\" data-topic=\"");
        escape(out, name);
        out.push_str("\" href=\"/topics/");
        escape(out, name);
        out.push('"');
        if let Some(word) = word {
            self.place(out, Ref::Word(word));
        }
        out.push('>');
    }

    /// Something that refers to something else can be led to, on pages of its own text.
    fn place(&self, out: &mut String, what: Ref) {
        if !self.bare && !self.is_snippet() {
            out.push_str(&format!(" id=\"{}\"", place(what)));
        }
    }

    fn is_marked(&self, what: Ref) -> bool {
        self.marked.is_some_and(|marked| marked.contains(&what))
    }

    fn word(&self, out: &mut String, state: &State, index: u32) {
        let word = &self.note.words[index as usize];
        let whole = self.note.word(word);
        let (name, class) = match self.notebook.meaning(self.note, word) {
            Meaning::Plain => return escape(out, whole),
            Meaning::Topic(name) => (&**name, "ref"),
            Meaning::Wanted(name) => (name, "ref wanted"),
        };
        if self.is_marked(Ref::Word(index)) {
            out.push_str("<mark>");
            escape(out, name);
            out.push_str("</mark>");
        } else {
            self.reference(out, state, name, class, Some(index));
        }
        escape(out, &whole[name.len()..]);
    }

    /// Opens a link; what ends it waits in the state.
    fn link(&self, out: &mut String, state: &mut State, index: u32) {
        let link = self.note.links[index as usize];
        state.open.push(Open::Md);
        let title = self.note.link_title(&link);
        let lead = self.leads.lead(self.slot, self.note, &link);
        let marked = self.is_marked(Ref::Link(index))
            || link
                .word
                .is_some_and(|word| self.is_marked(Ref::Word(word)));
        let end = match lead {
            // The paragraph of a backlink is a link's only place: no link within a mark.
            Lead::Note(..) | Lead::Topic(_) | Lead::Wanted(_) if marked => {
                out.push_str("<mark>");
                "</mark>".to_owned()
            }
            Lead::Away(url) => {
                external(out, &url, title);
                "</a>".to_owned()
            }
            Lead::Page(url) => self.local(out, &url, title, None),
            Lead::Note(slot, part) => {
                let url = self.notebook.address_of_part(slot, &part);
                let elsewhere = (slot != self.slot).then_some(Ref::Link(index));
                self.local(out, &url, title, elsewhere)
            }
            Lead::File(name, rest, _) => {
                let url = format!("{}{rest}", address_of_file(name));
                self.local(out, &url, title, None)
            }
            Lead::Topic(name) => {
                self.open_reference(out, name, "ref", link.word);
                "</a>".to_owned()
            }
            Lead::Wanted(name) => {
                self.open_reference(out, name, "ref wanted", link.word);
                "</a>".to_owned()
            }
            Lead::Live(name) if !self.bare && self.notebook.is_live(&name) => {
                let page = self.notebook.live_page();
                out.push_str(&format!(
                    "<live-value name=\"{name}\" key=\"{name}\" data-state=\"loading\"><a href=\"{page}#{name}\">"
                ));
                "</a></live-value>".to_owned()
            }
            // In a preview the word alone. And a mistake in a name costs the reader nothing:
            // the word stays. The author is told.
            Lead::Live(_) => String::new(),
            Lead::Unsafe => self.not_a_link(out, &link, "unsafe"),
            Lead::Dead(Dead::Brackets) => self.not_a_link(out, &link, ""),
            Lead::Dead(_) => self.not_a_link(out, &link, "dead"),
        };
        state.in_link += 1;
        state.link_ends.push(end);
    }

    /// A link that is not to be followed, as text that says where it was to lead; a wiki
    /// link as it is written. Gives its end.
    fn not_a_link(&self, out: &mut String, link: &Link, class: &str) -> String {
        let mut end = String::new();
        if !class.is_empty() {
            out.push_str(&format!("<span class=\"{class}\">"));
        }
        if link.kind == LinkKind::Wiki {
            let (before, after) = self.note.around_label(link);
            escape(out, before);
            escape(&mut end, after);
        } else {
            end.push_str(" (");
            escape(&mut end, self.note.str(link.url));
            end.push(')');
        }
        if !class.is_empty() {
            end.push_str("</span>");
        }
        end
    }

    /// Opens a link within this site, and gives its end.
    fn local(&self, out: &mut String, url: &str, title: Option<&str>, at: Option<Ref>) -> String {
        out.push_str("<a href=\"");
        escape(out, url);
        out.push('"');
        title_attribute(out, title);
        if let Some(at) = at {
            self.place(out, at);
        }
        out.push('>');
        "</a>".to_owned()
    }

    /// An image of our own; one of another site becomes a link to it, since a
    /// page never loads anything from elsewhere. What is no image (a note, a film) becomes
    /// a link as well, and one that is missing its description.
    fn image(&self, out: &mut String, state: &State, link: Link, description: &str) {
        let url = self.note.str(link.url);
        let title = self.note.link_title(&link);
        let shown = if description.is_empty() {
            url
        } else {
            description
        };
        let lead = self.leads.lead(self.slot, self.note, &link);
        let linked = match lead {
            Lead::File(name, _, size) if picture::is_picture(name) => {
                return picture_of(out, &address_of_file(name), description, title, size);
            }
            Lead::Away(url) if state.in_link == 0 => {
                external(out, &url, title);
                "</a>".to_owned()
            }
            Lead::File(name, rest, _) if state.in_link == 0 => {
                let url = format!("{}{rest}", address_of_file(name));
                self.local(out, &url, title, None)
            }
            Lead::Note(slot, part) if state.in_link == 0 => {
                let url = self.notebook.address_of_part(slot, &part);
                self.local(out, &url, title, None)
            }
            Lead::Page(url) if state.in_link == 0 => self.local(out, &url, title, None),
            Lead::Dead(Dead::Brackets) => {
                return escape(out, self.note.str(link.source));
            }
            Lead::Dead(_) if link.kind == LinkKind::Wiki => {
                out.push_str("<span class=\"dead\">");
                escape(out, self.note.str(link.source));
                return out.push_str("</span>");
            }
            lead => {
                let dead = matches!(lead, Lead::Dead(_));
                out.push_str(if dead { "<span class=\"dead\">" } else { "" });
                escape(out, shown);
                if shown != url {
                    out.push_str(" (");
                    escape(out, url);
                    out.push(')');
                }
                return out.push_str(if dead { "</span>" } else { "" });
            }
        };
        escape(out, shown);
        out.push_str(&linked);
    }
}

/// Where a file beside the notes is served, encoded.
fn address_of_file(name: &str) -> String {
    format!("/files/{}", urls::encode(name))
}

/// A picture keeps its room before it is there, so that nothing moves when it comes.
fn picture_of(out: &mut String, url: &str, text: &str, title: Option<&str>, size: Option<Size>) {
    out.push_str("<img src=\"");
    escape(out, url);
    out.push_str("\" alt=\"");
    escape(out, text);
    out.push('"');
    title_attribute(out, title);
    if let Some((width, height)) = size {
        out.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
    }
    out.push_str(" loading=\"lazy\">");
}

/// The `id` of a reference on its page, by its number. No heading and no topic can have
/// such an `id`.
pub(super) fn place(what: Ref) -> String {
    match what {
        Ref::Word(word) => format!("at:{word}"),
        Ref::Link(link) => format!("at:link:{link}"),
    }
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
