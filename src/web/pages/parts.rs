//! What several pages show: panels' places, sections of text, backlinks.

use super::excerpt::excerpt;
use super::headed::{permalink, with_permalinks};
use super::html::{has_id, shift_headings, shifted};
use super::pager::Pager;
use super::{Beside, DemoLink, drawn, note_url, topic_url};
use crate::notebook::{Backlink, Block};
use crate::panels::Panel;
use askama::Template;
use std::borrow::Cow;

/// Backlinks on one page.
const BACKLINKS: usize = 20;

/// A panel that is attached to a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelLink {
    /// Its name in URLs.
    pub name: &'static str,
    /// The heading above its picture.
    pub title: &'static str,
    /// The question that the picture answers.
    pub question: &'static str,
}

impl From<Panel> for PanelLink {
    fn from(panel: Panel) -> PanelLink {
        PanelLink {
            name: panel.name(),
            title: panel.title(),
            question: panel.question(),
        }
    }
}

/// The place of one panel on a page.
#[derive(Template)]
#[template(path = "parts/panel.html")]
struct PanelPlace {
    name: &'static str,
    title: &'static str,
    question: &'static str,
    /// Starts folded on a phone: every panel but the first of the page.
    folds: bool,
    /// Stands on the page already, and starts folded everywhere.
    again: bool,
}

#[derive(Template)]
#[template(path = "parts/section.html")]
struct Section<'a> {
    level: u8,
    id: &'a str,
    heading: &'a str,
    permalink: String,
    panels: Vec<String>,
    runs: Vec<DemoLink>,
    body: String,
    /// The sections that stand inside this one, drawn.
    inside: Vec<String>,
}

/// Draws the blocks of a page one after the other, and notes what the page needs
/// because of them.
pub struct Sections<'a> {
    beside: &'a Beside<'a>,
    /// How far headings are moved down.
    by: i8,
    /// The panels placed so far, by name.
    placed: Vec<&'static str>,
    /// Those that stand beside what is drawn now, and need not stand there again.
    in_sight: Vec<&'static str>,
    has_code: bool,
    has_values: bool,
}

impl<'a> Sections<'a> {
    /// Headings will be moved down by `by` levels.
    pub fn new(beside: &'a Beside<'a>, by: i8) -> Sections<'a> {
        Sections {
            beside,
            by,
            placed: Vec::new(),
            in_sight: Vec::new(),
            has_code: false,
            has_values: false,
        }
    }

    /// The text before the first topic.
    pub fn intro(&mut self, block: &Block) -> String {
        self.notice(block);
        with_permalinks(&shift_headings(&block.body, self.by))
    }

    /// Topics one below the other. A topic with panels takes in the deeper ones after it
    /// that have no others, so that its panels stay in sight beside them.
    pub fn sections(&mut self, blocks: &[&Block]) -> Vec<String> {
        let mut sections = Vec::new();
        let mut rest = blocks;
        while let Some((first, after)) = rest.split_first() {
            let links = self.links(&first.names);
            let inside = if links.is_empty() {
                0
            } else {
                after
                    .iter()
                    .position(|block| {
                        let own = self.links(&block.names);
                        block.level <= first.level || own.iter().any(|link| !links.contains(link))
                    })
                    .unwrap_or(after.len())
            };
            let (inside, after) = after.split_at(inside);
            self.notice(first);
            let panels = self.panels(&links);
            let outer = self.in_sight.len();
            self.in_sight.extend(links.iter().map(|link| link.name));
            sections.push(drawn(&Section {
                level: shifted(first.level, self.by),
                id: &first.id,
                heading: &first.heading,
                permalink: permalink(&format!("#{}", first.id), &first.heading),
                panels,
                runs: first
                    .names
                    .iter()
                    .flat_map(|name| (self.beside.demos_of)(name))
                    .collect(),
                body: with_permalinks(&shift_headings(&first.body, self.by)),
                inside: self.sections(inside),
            }));
            self.in_sight.truncate(outer);
            rest = after;
        }
        sections
    }

    /// The panels of a block's topics that are not in sight beside it, each once.
    fn links(&self, names: &[String]) -> Vec<PanelLink> {
        let mut links: Vec<PanelLink> = Vec::new();
        for link in names.iter().flat_map(|name| (self.beside.panels_of)(name)) {
            if !links.contains(&link) && !self.in_sight.contains(&link.name) {
                links.push(link);
            }
        }
        links
    }

    /// Their places.
    fn panels(&mut self, links: &[PanelLink]) -> Vec<String> {
        links
            .iter()
            .map(|link| {
                let folds = !self.placed.is_empty();
                let again = self.placed.contains(&link.name);
                self.placed.push(link.name);
                drawn(&PanelPlace {
                    name: link.name,
                    title: link.title,
                    question: link.question,
                    folds,
                    again,
                })
            })
            .collect()
    }

    /// What a block needs on its page. A heading can hold a live value too.
    fn notice(&mut self, block: &Block) {
        self.has_code |= block.body.contains("<pre");
        self.has_values |= [&block.body, &block.heading]
            .iter()
            .any(|html| html.contains("<live-value"));
    }

    /// Whether a live value was drawn.
    pub fn has_values(&self) -> bool {
        self.has_values
    }

    /// Whether a code block was drawn, which wants its copy button.
    pub fn has_code(&self) -> bool {
        self.has_code
    }

    /// The style sheets that what was drawn needs.
    pub fn sheets(&self) -> Vec<&'static str> {
        let mut sheets = vec!["topic"];
        if self.has_code {
            sheets.push("code");
        }
        if self.has_values {
            sheets.push("live-value");
        }
        let panels = self.placed.iter().filter_map(|name| Panel::from_name(name));
        for sheet in panels.flat_map(sheets_of) {
            if !sheets.contains(sheet) {
                sheets.push(sheet);
            }
        }
        sheets
    }
}

/// The style sheets that a panel needs, its drawer's code included.
pub fn sheets_of(panel: Panel) -> &'static [&'static str] {
    match panel {
        Panel::Parts => &["code", "panel", "picture", "parts"],
        Panel::StorageDriver => &["code", "panel", "picture", "storage-driver"],
        Panel::Mounts => &["code", "panel", "picture", "mounts"],
        Panel::Layers => &["code", "panel", "picture", "layers"],
        Panel::WritableLayer => &["code", "panel", "picture", "writable-layer"],
        Panel::OnTheHost => &["code", "panel", "picture", "on-the-host"],
        Panel::Networks => &["code", "panel", "picture", "networks", "matrix"],
        Panel::ComposeNetworks => &["code", "panel", "picture", "compose-networks"],
        Panel::Compose => &["code", "panel", "picture", "compose"],
        Panel::Init => &["code", "panel", "picture", "init"],
        Panel::Platform => &["code", "panel", "picture", "platform"],
        Panel::Virtualization => &["code", "panel", "picture", "platform", "virtualization"],
        Panel::Hosts => &["code", "panel", "picture", "hosts"],
        Panel::Events => &["code", "panel", "picture", "events"],
    }
}

#[derive(Template)]
#[template(path = "parts/backlinks.html")]
struct Backlinks<'a> {
    title: &'a str,
    links: Vec<Place<'a>>,
    pager: Option<String>,
}

/// A place that refers here.
struct Place<'a> {
    /// The topic that it stands in, or else its note.
    title: &'a str,
    /// The note around that topic.
    inside: Option<&'a str>,
    /// A page that shows it.
    href: String,
    /// Its `id` there.
    place: &'a str,
    /// This page shows it too.
    here: bool,
    paragraph: Cow<'a, str>,
}

impl<'a> From<&'a Backlink> for Place<'a> {
    fn from(link: &'a Backlink) -> Place<'a> {
        let (title, inside, href) = match &link.topic {
            Some(topic) => (
                &topic.title,
                Some(&*link.note.title),
                topic_url(&topic.name),
            ),
            None => (&link.note.title, None, note_url(&link.note.path)),
        };
        Place {
            title,
            inside,
            href,
            place: &link.place,
            here: link.here,
            paragraph: excerpt(&link.paragraph),
        }
    }
}

/// Which backlinks stand on page `asked` (from 1) when there are `count` of them.
pub fn backlink_pager(count: usize, asked: usize) -> Pager {
    Pager::new(count, BACKLINKS, asked)
}

/// Who refers to a topic or a note, one page of them: `links` are those of `pager`. Nothing
/// when nobody does.
pub fn backlinks(title: &str, links: &[Backlink], pager: &Pager, url: &str) -> Option<String> {
    if links.is_empty() {
        return None;
    }
    Some(drawn(&Backlinks {
        title,
        links: links.iter().map(Place::from).collect(),
        pager: pager.html("Pages of references", |page| {
            format!("{url}?page={page}#backlinks")
        }),
    }))
}

/// `1 place`, `3 places`, `12,000 places`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        thousands(count),
        if count == 1 { one } else { many }
    )
}

/// A number with a comma between thousands.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A text as HTML, also within an attribute.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ => html.push(character),
        }
    }
    html
}

/// A name or path as HTML that may be broken after `_` and `/`: it stays one word when
/// it is copied.
pub fn breakable(name: &str) -> String {
    let mut html = String::with_capacity(name.len() * 2);
    for character in name.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '_' | '/' => {
                html.push(character);
                html.push_str("<wbr>");
            }
            _ => html.push(character),
        }
    }
    html
}

/// A topic in a list.
#[derive(Clone, Debug)]
pub struct TopicEntry {
    /// Its name as HTML.
    pub shown: String,
    /// What it is called.
    pub title: String,
    /// Where it is read.
    pub href: String,
    /// Whether a panel is attached to it.
    pub live: bool,
}

impl TopicEntry {
    /// The topic `name`, with its page as the address.
    pub fn new(name: &str, title: &str, beside: &Beside<'_>) -> TopicEntry {
        TopicEntry {
            shown: breakable(name),
            title: title.to_owned(),
            href: topic_url(name),
            live: beside.is_live(name),
        }
    }
}

/// Whether any of these blocks already holds an element with this id.
pub fn holds_id(blocks: &[Block], id: &str) -> bool {
    blocks
        .iter()
        .any(|block| block.id == id || has_id(&block.heading, id) || has_id(&block.body, id))
}

#[cfg(test)]
mod tests {
    use super::{breakable, thousands};

    #[test]
    fn a_long_name_may_be_broken_and_never_becomes_html() {
        assert_eq!(breakable("Learning_A<b>&"), "Learning_<wbr>A&lt;b&gt;&amp;");
    }

    #[test]
    fn a_large_number_can_be_read() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(10_000), "10,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
