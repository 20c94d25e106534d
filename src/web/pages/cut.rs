//! Cutting our own HTML short, so that what is left is whole HTML.
//!
//! It is cut after a block: a paragraph, an item, a row. A first block that is too large by
//! itself is cut between its words, or a listing between its lines.

/// HTML that fits.
pub struct Cut {
    /// Whole: every element in it is closed.
    pub html: String,
    /// Nothing was left out.
    pub whole: bool,
}

/// Blocks that text can end after. Not a heading: something comes below it.
const BLOCKS: [&str; 8] = ["p", "li", "tr", "ul", "ol", "blockquote", "table", "div"];
/// Elements without an end.
const VOID: [&str; 4] = ["br", "hr", "img", "input"];

/// A place to cut at, and what is open there.
struct Place<'h> {
    at: usize,
    open: Vec<&'h str>,
    /// What is written there before the elements are closed.
    mark: &'static str,
}

impl Place<'_> {
    fn weight(&self) -> usize {
        let ends: usize = self.open.iter().map(|name| name.len() + "</>".len()).sum();
        self.at + self.mark.len() + ends
    }
}

/// At most `most` bytes of `html`, which the notebook room made. If it is not `complete`,
/// it ends in the middle and is cut in any case.
pub fn cut(html: &str, complete: bool, most: usize) -> Cut {
    if complete && html.len() <= most {
        return Cut {
            html: html.to_owned(),
            whole: true,
        };
    }
    let place = place(html, most);
    let mut out = html[..place.at].trim_end().to_owned();
    out.push_str(place.mark);
    for name in place.open.iter().rev() {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
    Cut {
        html: out,
        whole: false,
    }
}

/// The last place to cut at, so that what is left weighs at most `most` bytes.
fn place(html: &str, most: usize) -> Place<'_> {
    let start = || Place {
        at: 0,
        open: Vec::new(),
        mark: "",
    };
    // Between blocks, and, where there is no such place, between words or lines.
    let (mut between, mut within) = (start(), start());
    // What is open, and whether text may end after it.
    let mut open: Vec<(&str, bool)> = Vec::new();
    let mut at = 0;
    while at < html.len() && at <= most {
        let text = html[at..].find('<').map_or(html.len(), |next| at + next);
        if between.at == 0 && text > at {
            within_text(html, at..text, &open, most, &mut within);
        }
        let Some(length) = html[text..].find('>') else {
            break;
        };
        let (tag, end) = (&html[text + 1..text + length], text + length + 1);
        let (ends, name) = match tag.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, tag.split(' ').next().unwrap_or_default()),
        };
        at = end;
        if VOID.contains(&name) {
            continue;
        }
        if !ends {
            let goes_on = tag.contains("heading") || tag.contains("alert-title");
            open.push((name, BLOCKS.contains(&name) && !goes_on));
            continue;
        }
        // Something of an element that was opened before this text begins.
        let Some(last) = open.iter().rposition(|(other, _)| *other == name) else {
            continue;
        };
        let may_end = open[last].1;
        open.truncate(last);
        let in_head = open.iter().any(|(name, _)| *name == "thead");
        if may_end && !in_head {
            let here = Place {
                at: end,
                open: open.iter().map(|(name, _)| *name).collect(),
                mark: "",
            };
            if here.weight() <= most {
                between = here;
            }
        }
    }
    if between.at > 0 { between } else { within }
}

/// The last gap in a stretch of text that fits.
fn within_text<'h>(
    html: &str,
    text: std::ops::Range<usize>,
    open: &[(&'h str, bool)],
    most: usize,
    within: &mut Place<'h>,
) {
    let code = open.iter().any(|(name, _)| *name == "pre");
    let mut here = Place {
        at: text.start,
        open: open.iter().map(|(name, _)| *name).collect(),
        mark: if code { "" } else { " …" },
    };
    let room = most.saturating_sub(here.weight());
    let mut end = text.end.min(text.start + room);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let gap = if code { '\n' } else { ' ' };
    let stretch = &html[text.start..end];
    let gap = match stretch.rfind(gap) {
        Some(gap) => gap,
        // A line or word without end: cut anywhere but within an entity.
        None if within.at == 0 => match stretch.rfind('&') {
            Some(entity) if !stretch[entity..].contains(';') => entity,
            _ => stretch.len(),
        },
        None => return,
    };
    here.at += gap;
    if gap > 0 && here.weight() <= most {
        *within = here;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_to(html: &str, most: usize) -> String {
        let cut = cut(html, true, most);
        assert!(cut.html.len() <= most, "{} of {most}", cut.html.len());
        cut.html
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let html = "<p>One</p>\n<p>Two</p>\n";
        let cut = cut(html, true, html.len());
        assert_eq!((&*cut.html, cut.whole), (html, true));
    }

    #[test]
    fn text_ends_after_a_block_and_every_element_is_closed() {
        assert_eq!(
            cut_to("<p>One</p>\n<p>Two and more</p>\n", 20),
            "<p>One</p>"
        );
        assert_eq!(
            cut_to(
                "<ul>\n<li>One</li>\n<li>Two</li>\n<li>Three</li>\n</ul>\n",
                40
            ),
            "<ul>\n<li>One</li>\n<li>Two</li></ul>"
        );
        let table = "<div class=\"table\"><table>\n<thead>\n<tr><th>a</th></tr>\n</thead>\n<tbody>\n<tr><td>one</td></tr>\n<tr><td>two</td></tr>\n</tbody></table></div>\n";
        assert!(cut_to(table, 130).ends_with("one</td></tr></tbody></table></div>"));
    }

    #[test]
    fn text_does_not_end_with_a_heading() {
        let html = "<p>One</p>\n<p class=\"heading\">Two</p>\n<p>Three, which is long</p>\n";
        assert_eq!(cut_to(html, 50), "<p>One</p>");
    }

    #[test]
    fn a_block_that_is_too_large_is_cut_between_words_and_a_listing_between_lines() {
        assert_eq!(
            cut_to("<p>One <em>two three</em> four</p>", 33),
            "<p>One <em>two …</em></p>"
        );
        assert_eq!(
            cut_to(
                "<div><pre><code>one 1\ntwo 2\nthree 3</code></pre></div>",
                50
            ),
            "<div><pre><code>one 1\ntwo 2</code></pre></div>"
        );
    }

    #[test]
    fn a_word_without_end_is_cut_and_no_entity_or_letter_is() {
        let html = format!("<p>{}</p>", "&lt;".repeat(50));
        for most in 16..60 {
            let cut = cut_to(&html, most);
            let text = cut.replace("&lt;", "").replace(" …", "");
            assert_eq!(text, "<p></p>", "{cut}");
        }
        let html = format!("<p>{}</p>", "ö".repeat(50));
        for most in 16..60 {
            assert!(cut_to(&html, most).ends_with("ö …</p>"));
        }
    }

    #[test]
    fn what_ends_in_the_middle_is_closed_too() {
        let cut = cut("<p>One</p>\n<ul>\n<li>Two <em>th", false, 1000);
        assert_eq!((&*cut.html, cut.whole), ("<p>One</p>", false));
    }
}
