//! The contents at the side of a page: headings nested as they are in the text.

use super::drawn;
use askama::Template;

/// One line of the contents, before it is nested.
#[derive(Clone, Debug)]
pub struct Line {
    /// How deep it stands; only the order of depths counts.
    pub depth: u8,
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is a topic, and not only a heading.
    pub topic: bool,
    /// Whether it has a live panel.
    pub live: bool,
    /// Whether the page is about it.
    pub here: bool,
}

#[derive(Template)]
#[template(path = "parts/branch.html")]
struct Branch<'a> {
    title: &'a str,
    href: &'a str,
    topic: bool,
    live: bool,
    here: bool,
    children: Vec<String>,
}

/// Nests the lines under each other: a line belongs to the nearest one before it that
/// is less deep. Returns the `<li>` elements of the outermost list.
pub fn nested(lines: &[Line]) -> Vec<String> {
    let mut branches = Vec::new();
    let mut rest = lines;
    while let Some((first, below)) = rest.split_first() {
        let inside = below
            .iter()
            .position(|line| line.depth <= first.depth)
            .unwrap_or(below.len());
        let (children, after) = below.split_at(inside);
        branches.push(drawn(&Branch {
            title: &first.title,
            href: &first.href,
            topic: first.topic,
            live: first.live,
            here: first.here,
            children: nested(children),
        }));
        rest = after;
    }
    branches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_stands_under_the_nearest_higher_one_even_when_a_level_is_skipped() {
        let lines: Vec<Line> = [(2, "a"), (4, "b"), (3, "c"), (1, "d")]
            .map(|(depth, title)| Line {
                depth,
                title: title.into(),
                href: format!("#{title}"),
                topic: true,
                live: title == "c",
                here: false,
            })
            .into();
        let html = nested(&lines).concat().replace('\n', "");
        assert_eq!(
            html,
            "<li><a href=\"#a\">a</a><ul><li><a href=\"#b\">b</a></li>\
             <li><a href=\"#c\"><span class=\"has\">c</span>\
             <span class=\"vh\">, with a live panel</span></a></li></ul></li>\
             <li><a href=\"#d\">d</a></li>"
        );
    }
}
