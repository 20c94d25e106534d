//! Pages of a list, so that no page grows with the notebook.

use super::drawn;
use askama::Template;
use std::ops::Range;

/// Which part of a list a page shows, and how to get to the other parts.
#[derive(Debug)]
pub struct Pager {
    /// The page shown, from 1.
    pub at: usize,
    pages: usize,
    per_page: usize,
    total: usize,
}

impl Pager {
    /// Page `asked` (from 1) of `total` things, `per_page` on each. A page beyond the
    /// last is the last: the list may have shrunk since the link was made.
    pub fn new(total: usize, per_page: usize, asked: usize) -> Pager {
        let pages = total.div_ceil(per_page).max(1);
        Pager {
            at: asked.clamp(1, pages),
            pages,
            per_page,
            total,
        }
    }

    /// Which of the things stand on this page.
    pub fn range(&self) -> Range<usize> {
        let from = (self.at - 1) * self.per_page;
        from..(from + self.per_page).min(self.total)
    }

    /// The links to the other pages; none when there is only one.
    pub fn html(&self, label: &str, href: impl Fn(usize) -> String) -> Option<String> {
        (self.pages > 1).then(|| {
            drawn(&Pages {
                label,
                at: &self.at,
                steps: self.steps(href),
            })
        })
    }

    /// First, last, and two on either side of this one.
    fn steps(&self, href: impl Fn(usize) -> String) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut before = 0;
        for page in 1..=self.pages {
            if page != 1 && page != self.pages && page.abs_diff(self.at) > 2 {
                continue;
            }
            if page > before + 1 {
                steps.push(Step::Gap);
            }
            before = page;
            steps.push(if page == self.at {
                Step::Here(page)
            } else {
                Step::Link(page, href(page))
            });
        }
        steps
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Link(usize, String),
    Here(usize),
    Gap,
}

#[derive(Template)]
#[template(path = "parts/pages.html")]
struct Pages<'a> {
    label: &'a str,
    at: &'a usize,
    steps: Vec<Step>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_stands_on_exactly_one_page() {
        let on_pages: Vec<usize> = (1..=4)
            .flat_map(|page| Pager::new(31, 10, page).range())
            .collect();
        assert_eq!(on_pages, (0..31).collect::<Vec<_>>());
    }

    #[test]
    fn a_page_that_is_not_there_is_the_nearest_that_is() {
        assert_eq!(Pager::new(31, 10, 0).range(), 0..10);
        assert_eq!(Pager::new(31, 10, usize::MAX).range(), 30..31);
        assert_eq!(Pager::new(0, 10, 7).range(), 0..0);
    }

    #[test]
    fn a_thousand_pages_are_a_handful_of_links() {
        let pager = Pager::new(100_000, 100, 500);
        let steps = pager.steps(|page| format!("?page={page}"));
        assert_eq!(steps.len(), 9, "{steps:?}");
        assert!(steps.contains(&Step::Link(1000, "?page=1000".into())));
        let html = pager
            .html("Topics", |page| format!("?page={page}"))
            .expect("many");
        assert!(
            html.contains(r#"<a href="?page=499" rel="prev">"#),
            "{html}"
        );
        assert!(html.contains(r#"<b aria-current="page">"#), "{html}");
        assert_eq!(
            Pager::new(10, 10, 1).html("Topics", |_| String::new()),
            None
        );
    }
}
