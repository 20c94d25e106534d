//! Permalinks: beside each heading a link to it.

use super::html::plain;
use super::parts::escaped;

/// The link beside a heading that leads to `href`. `heading` is the HTML inside the
/// heading, or its plain text.
pub fn permalink(href: &str, heading: &str) -> String {
    // The names of a topic stand below its title; a reader who hears the title needs no more.
    let title = heading.split("<a class=\"anchor\"").next();
    let title = plain(title.unwrap_or_default());
    format!(
        "<a class=\"permalink\" href=\"{}\" aria-label=\"Link to {}\">#</a>",
        escaped(href),
        escaped(if title.is_empty() {
            "this heading"
        } else {
            &title
        })
    )
}

/// The same HTML with a link beside each heading that has an `id`.
pub fn with_permalinks(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, heading, after)) = next_heading(rest) {
        out.push_str(before);
        match id_and_inside(heading) {
            Some((id, inside)) => {
                out.push_str("<div class=\"headed\">");
                out.push_str(heading);
                // The `id` is escaped already, as it stands in the HTML.
                out.push_str(&permalink("#", inside).replacen(
                    "href=\"#",
                    &format!("href=\"#{id}"),
                    1,
                ));
                out.push_str("</div>");
            }
            None => out.push_str(heading),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text before the next heading, that heading, and what comes after it.
fn next_heading(html: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + html[from..].find("<h")?;
        let level = html.as_bytes().get(at + 2).copied()?;
        let space = html.as_bytes().get(at + 3).copied()?;
        if (b'1'..=b'6').contains(&level) && matches!(space, b' ' | b'>') {
            let close = format!("</h{}>", level as char);
            let end = at + html[at..].find(&close)? + close.len();
            return Some((&html[..at], &html[at..end], &html[end..]));
        }
        from = at + 2;
    }
}

/// What stands in the `id` of a heading, and inside the heading.
fn id_and_inside(heading: &str) -> Option<(&str, &str)> {
    let (tag, inside) = heading.split_once('>')?;
    let (_, id) = tag.split_once(" id=\"")?;
    let (id, _) = id.split_once('"')?;
    let inside = inside.rsplit_once("</h")?.0;
    (!id.is_empty()).then_some((id, inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_heading_has_a_link_beside_it_named_for_it() {
        let html = "<p>a</p><h3 id=\"mount-types\">Mount <em>types</em> &amp; more <a class=\"anchor\" href=\"/topics/X\">X</a></h3>\n<hr><h4>No id</h4>";
        assert_eq!(
            with_permalinks(html),
            "<p>a</p><div class=\"headed\"><h3 id=\"mount-types\">Mount <em>types</em> &amp; more <a class=\"anchor\" href=\"/topics/X\">X</a></h3><a class=\"permalink\" href=\"#mount-types\" aria-label=\"Link to Mount types &amp; more\">#</a></div>\n<hr><h4>No id</h4>"
        );
    }

    #[test]
    fn a_heading_without_words_has_a_link_with_words() {
        assert!(with_permalinks("<h2 id=\"section\"></h2>").contains("Link to this heading"));
        assert!(!permalink("#a", "\"<b>x").contains("<b>"));
    }
}
