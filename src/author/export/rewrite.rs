//! A page of the server becomes a page of the copy: its links lead to files, its panels are
//! as they were last seen, and what only a server can do is gone.

use super::addresses::Page;
use super::seen::Seen;
use memchr::memmem;
use std::borrow::Cow;

/// What begins an address of ours in an attribute. In text there is no such thing: a quote
/// is escaped there.
const ADDRESS: &[u8] = b"=\"/";

/// Turns pages of the server into pages of the copy.
pub struct Rewriter<'a> {
    /// The panels.
    pub seen: &'a Seen,
    /// What stands in place of the masthead's chip, with addresses of the server.
    pub chip: String,
    /// What stands in place of the footer, with addresses of the server.
    pub foot: String,
    /// Where an address leads.
    pub lead: &'a Lead<'a>,
}

/// Where an address of the server leads in the copy: the attribute (`href`, `src` or
/// `action`), the address, the page that it stands on, how many pages there are of that, and
/// the way from it to the copy's folder. `None` for what is not in the copy.
pub type Lead<'a> = dyn Fn(&str, &str, &Page, usize, &str) -> Option<String> + Sync + 'a;

/// The page that is being rewritten.
struct Here<'a> {
    page: &'a Page,
    /// How many pages there are of it.
    last: usize,
    /// From its folder to that of the copy: `../` for each folder.
    up: String,
    /// The addresses that lead nowhere in the copy.
    lost: Vec<String>,
}

/// A page of the copy.
pub struct Rewritten {
    /// Its HTML.
    pub html: String,
    /// The addresses on it that lead nowhere in the copy: what they are on is text.
    pub lost: Vec<String>,
}

impl Rewriter<'_> {
    /// Rewrites `html`, which is `page`, or one of `last` pages of it. `file` is where it
    /// will be.
    pub fn page(&self, html: &str, page: &Page, last: usize, file: &str) -> Rewritten {
        let mut here = Here {
            page,
            last,
            up: "../".repeat(file.matches('/').count()),
            lost: Vec::new(),
        };
        let mut out = String::with_capacity(html.len() + html.len() / 8);
        let rest = self.replaced(
            html,
            "<live-host>",
            "</live-host>",
            &self.chip,
            &mut here,
            &mut out,
        );
        let (middle, end) = match rest.rfind("<footer class=\"foot\">") {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        self.panels(middle, &mut here, &mut out);
        let end = self.replaced(end, "<footer", "</footer>", &self.foot, &mut here, &mut out);
        self.links(end, &mut here, &mut out);
        Rewritten {
            html: out,
            lost: here.lost,
        }
    }

    /// Rewrites what stands before the first element that begins and ends so, and puts
    /// `by` in its place. What comes after it is returned, and is all where there is none.
    fn replaced<'h>(
        &self,
        html: &'h str,
        begins: &str,
        ends: &str,
        by: &str,
        here: &mut Here<'_>,
        out: &mut String,
    ) -> &'h str {
        let Some(at) = memmem::find(html.as_bytes(), begins.as_bytes()) else {
            return html;
        };
        let Some(length) = memmem::find(&html.as_bytes()[at..], ends.as_bytes()) else {
            return html;
        };
        self.links(&html[..at], here, out);
        self.links(by, here, out);
        &html[at + length + ends.len()..]
    }

    /// Rewrites HTML that may have places of panels in it.
    fn panels(&self, html: &str, here: &mut Here<'_>, out: &mut String) {
        let mut rest = html;
        while let Some(at) = memmem::find(rest.as_bytes(), b"<live-panel ") {
            let (before, from) = rest.split_at(at);
            self.links(before, here, out);
            let Some(length) = from.find("</live-panel>") else {
                rest = from;
                break;
            };
            let (place, after) = from.split_at(length + "</live-panel>".len());
            let over = level_over(out);
            match Place::read(place).and_then(|place| self.seen.in_place(&place, over)) {
                Some(fragment) => self.links(&fragment, here, out),
                // A panel that is drawn already.
                None => self.links(place, here, out),
            }
            rest = after;
        }
        self.links(rest, here, out);
    }

    /// Rewrites the addresses in HTML.
    fn links(&self, html: &str, here: &mut Here<'_>, out: &mut String) {
        let mut written = 0;
        for at in memmem::find_iter(html.as_bytes(), ADDRESS) {
            let from = at + ADDRESS.len() - 1;
            let before = &html[written..at];
            let Some(name) = ["href", "src", "action"].into_iter().find(|name| {
                let rest = before.strip_suffix(name);
                rest.is_some_and(|rest| rest.ends_with([' ', '\n']))
            }) else {
                continue;
            };
            let Some(length) = html[from..].find('"') else {
                break;
            };
            let address = read_address(&html[from..from + length]);
            // Another site, without its scheme.
            if address.starts_with("//") {
                continue;
            }
            match (self.lead)(name, &address, here.page, here.last, &here.up) {
                Some(to) => {
                    out.push_str(&html[written..from]);
                    escape(out, &to);
                    out.push('"');
                }
                None => {
                    out.push_str(&before[..before.len() - name.len()]);
                    out.push_str("data-gone");
                    // What a panel leads to is no fault of a note.
                    if !address.starts_with("/panels/") {
                        here.lost.push(address.into_owned());
                    }
                }
            }
            written = from + length + 1;
        }
        out.push_str(&html[written..]);
    }
}

/// An address as it stands in an attribute, its entities read.
fn read_address(written: &str) -> Cow<'_, str> {
    if !written.contains('&') {
        return Cow::Borrowed(written);
    }
    let mut address = written.to_owned();
    for (entity, character) in [
        ("&#38;", "&"),
        ("&#39;", "'"),
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&amp;", "&"),
    ] {
        address = address.replace(entity, character);
    }
    Cow::Owned(address)
}

/// Puts an address into an attribute.
pub fn escape(out: &mut String, address: &str) {
    // Nearly every address is plain, and a large copy has millions.
    if !address.bytes().any(|byte| b"&\"<>".contains(&byte)) {
        return out.push_str(address);
    }
    for c in address.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// Without the elements that begin and end so.
pub fn without<'h>(html: &'h str, begins: &str, ends: &str) -> Cow<'h, str> {
    let find = |html: &str, what: &str| memmem::find(html.as_bytes(), what.as_bytes());
    let Some(first) = find(html, begins) else {
        return Cow::Borrowed(html);
    };
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    let mut next = Some(first);
    while let Some(at) = next
        && let Some(length) = find(&rest[at..], ends)
    {
        out.push_str(&rest[..at]);
        rest = &rest[at + length + ends.len()..];
        next = find(rest, begins);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// With what the host said behind each live value, in an element of this class: where no
/// script runs, nobody compares the two.
pub fn with_values<'h>(html: &'h str, seen: &Seen, class: &str) -> Cow<'h, str> {
    const BEGINS: &str = "<live-value name=\"";
    const ENDS: &str = "</a></live-value>";
    if !html.contains(BEGINS) {
        return html.into();
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(BEGINS) {
        let name = rest[at + BEGINS.len()..].split('"').next();
        let told = name.and_then(|name| seen.value(name));
        let length = rest[at..].find(ENDS);
        let (Some((told, state)), Some(length)) = (told, length) else {
            out.push_str(&rest[..at + BEGINS.len()]);
            rest = &rest[at + BEGINS.len()..];
            continue;
        };
        let element = &rest[at..at + length];
        out.push_str(&rest[..at]);
        out.push_str(&element.replacen(
            "data-state=\"loading\"",
            &format!("data-state=\"{state}\""),
            1,
        ));
        // Both are HTML of ours already.
        out.push_str(&format!(
            "<span class=\"{class}\"> (the host: {told})</span>{ENDS}"
        ));
        rest = &rest[at + length + ENDS.len()..];
    }
    out.push_str(rest);
    out.into()
}

/// The level of the last heading: what follows stands below it.
fn level_over(html: &str) -> u8 {
    let mut end = html.len();
    while let Some(at) = memmem::rfind(&html.as_bytes()[..end], b"<h") {
        if let [level @ b'1'..=b'6', b' ' | b'>', ..] = html.as_bytes()[at + 2..] {
            return level - b'0';
        }
        end = at;
    }
    2
}

/// The place of a panel on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'h> {
    /// The panel's name.
    pub name: &'h str,
    /// It starts folded on a narrow window.
    pub folds: bool,
    /// It stands on the page already.
    pub again: bool,
}

impl<'h> Place<'h> {
    /// Reads `<live-panel name="…" … data-state="loading" …>`; `None` for a panel that is
    /// drawn.
    fn read(element: &'h str) -> Option<Place<'h>> {
        let tag = &element[..element.find('>')?];
        if !tag.contains(" data-state=\"loading\"") {
            return None;
        }
        let name = tag.split_once("name=\"")?.1.split('"').next()?;
        Some(Place {
            name,
            folds: tag.contains(" data-folds"),
            again: tag.contains(" data-folds=\"again\""),
        })
    }
}

#[cfg(test)]
mod tests;
