//! Small readings of our own HTML: the notebook room made it, so every `<` in it
//! opens a tag and every text is escaped.

/// The same HTML with every heading `by` levels lower (or higher, if negative), so
/// that a page has one `<h1>` whatever level its text begins at.
pub fn shift_headings(html: &str, by: i8) -> String {
    if by == 0 {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let digit = if tag.starts_with("</h") { 3 } else { 2 };
        let level = match tag.as_bytes().get(..=digit) {
            Some([b'<', b'/', b'h', n @ b'1'..=b'6'] | [b'<', b'h', n @ b'1'..=b'6']) => {
                Some(n - b'0')
            }
            _ => None,
        };
        match level {
            Some(level) => {
                out.push_str(&tag[..digit]);
                out.push((b'0' + shifted(level, by)) as char);
                rest = &tag[digit + 1..];
            }
            None => {
                out.push('<');
                rest = &tag[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// A heading level moved by `by`, kept between 1 and 6.
pub fn shifted(level: u8, by: i8) -> u8 {
    level.saturating_add_signed(by).clamp(1, 6)
}

/// The text of some HTML: tags left out, our five entities read.
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = rest[at..].find('>').map_or("", |end| &rest[at + end + 1..]);
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text.trim().to_owned()
}

/// The first paragraph as plain text, at most about 160 characters, cut between words.
pub fn summary(html: &str) -> Option<String> {
    let from = html.find("<p>")? + "<p>".len();
    let to = from + html[from..].find("</p>")?;
    let text = plain(&html[from..to]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    match text.char_indices().nth(160) {
        None => Some(text),
        Some((end, _)) => {
            let cut = text[..end].rfind(' ').unwrap_or(end);
            Some(format!(
                "{} …",
                text[..cut].trim_end_matches([',', ';', ':', '.'])
            ))
        }
    }
}

/// Whether an element in this HTML has this id.
pub fn has_id(html: &str, id: &str) -> bool {
    html.contains(&format!("id=\"{id}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_move_and_everything_else_stays() {
        let html = "<h2 id=\"a\">A <code>&lt;h2&gt;</code></h2><hr><header>x</header><h6>F</h6>";
        assert_eq!(
            shift_headings(html, 1),
            "<h3 id=\"a\">A <code>&lt;h2&gt;</code></h3><hr><header>x</header><h6>F</h6>"
        );
        assert_eq!(shift_headings("<h4>é</h4> <", -3), "<h1>é</h1> <");
        assert_eq!(shift_headings("<h2>", 0), "<h2>");
    }

    #[test]
    fn a_description_is_the_first_paragraph_without_its_tags() {
        let html = "<h3>No</h3><p>Use <code>a &amp; &lt;b&gt;</code>,\nalways.</p><p>Later</p>";
        assert_eq!(summary(html).as_deref(), Some("Use a & <b>, always."));
        assert_eq!(summary("<pre>x</pre>"), None);
        let long = format!("<p>{}</p>", "löng ".repeat(80));
        let cut = summary(&long).expect("there is text");
        assert!(
            cut.chars().count() <= 162 && cut.ends_with("löng …"),
            "{cut}"
        );
    }
}
