//! The sitemap: for search machines, every page that is worth finding.

use super::Base;
use super::addresses::{Page, What};

/// The most addresses that one sitemap may hold, by its protocol.
const MOST: usize = 50_000;

/// The sitemap's files: `sitemap.xml`, and its parts where one cannot hold all. Without a
/// base the addresses are relative to it.
pub fn sitemap(pages: &[Page], base: Option<&Base>) -> Vec<(String, Vec<u8>)> {
    let base = base.map_or("", Base::whole);
    let all: Vec<String> = pages
        .iter()
        .filter(|page| is_listed(&page.what))
        .map(|page| format!("{base}{}", page.href))
        .collect();
    if all.len() <= MOST {
        return vec![("sitemap.xml".to_owned(), written("urlset", "url", &all))];
    }
    let mut files = Vec::new();
    for (number, some) in all.chunks(MOST).enumerate() {
        let file = format!("sitemap-{}.xml", number + 1);
        files.push((file, written("urlset", "url", some)));
    }
    let parts: Vec<String> = files
        .iter()
        .map(|(file, _)| format!("{base}{file}"))
        .collect();
    let whole = written("sitemapindex", "sitemap", &parts);
    files.push(("sitemap.xml".to_owned(), whole));
    files
}

fn is_listed(what: &What) -> bool {
    !matches!(
        what,
        What::Search | What::Script(_) | What::Wanted(_) | What::WantedMap(_) | What::NoteMap(_)
    )
}

fn written(around: &str, each: &str, addresses: &[String]) -> Vec<u8> {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{around} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    );
    for address in addresses {
        // Neither a base nor a file's address holds what XML escapes.
        xml.push_str(&format!("<{each}><loc>{address}</loc></{each}>\n"));
    }
    xml.push_str(&format!("</{around}>\n"));
    xml.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_pages_than_one_sitemap_holds_are_in_several() {
        let page = |number: usize| Page {
            what: What::Note(format!("/n{number}")),
            address: format!("/n{number}"),
            file: format!("n{number}.html"),
            href: format!("n{number}.html"),
        };
        let pages: Vec<Page> = (0..MOST + 2).map(page).collect();
        let base = Base::parse("https://example.org/x").expect("a base");
        let text = |file: &(String, Vec<u8>)| String::from_utf8(file.1.clone()).expect("text");
        let files = sitemap(&pages, Some(&base));
        assert_eq!(files.len(), 3);
        assert_eq!(text(&files[0]).matches("<url>").count(), MOST);
        assert_eq!(text(&files[1]).matches("<url>").count(), 2);
        assert!(text(&files[2]).contains("<loc>https://example.org/x/sitemap-2.xml</loc>"));
        let small = sitemap(&pages[..1], None);
        assert_eq!(small.len(), 1);
        assert!(text(&small[0]).contains("<url><loc>n0.html</loc></url>"));
    }
}
