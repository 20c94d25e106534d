//! Style sheets, scripts, fonts and pictures: the files of `static/`.
//!
//! They are embedded in a release and read from the folder in a debug build, where
//! an edit shows at the next reload. The address of a file carries a hash over all
//! of them, `/static/HASH/css/base.css`, so that browsers may keep it forever, and
//! modules that import each other by relative path find each other.

use super::error::PageError;
use super::kept::{Caching, Page};
use bytes::Bytes;
use moka::sync::Cache;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The files of this build, by address.
struct Assets {
    build: String,
    pages: HashMap<String, Arc<Page>>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    if cfg!(debug_assertions) {
        return Assets {
            build: "debug".into(),
            pages: HashMap::new(),
        };
    }
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let mut all = Sha256::new();
    for name in &names {
        if let Some(file) = Files::get(name) {
            all.update(name.as_bytes());
            all.update(file.metadata.sha256_hash());
        }
    }
    let build: String = all.finalize()[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let pages = names
        .iter()
        .filter_map(|name| {
            let page = read(name, Caching::Forever)?;
            Some((format!("/static/{build}/{name}"), Arc::new(page)))
        })
        .collect();
    Assets { build, pages }
});

/// The address of a file of `static/`, e.g. `css/base.css`.
pub fn url(file: &str) -> String {
    format!("/static/{}/{file}", ASSETS.build)
}

/// The file at this address, where it is at hand.
pub fn at_once(address: &str) -> Option<&'static Page> {
    if !address.starts_with("/static/") {
        return None;
    }
    ASSETS.pages.get(address).map(|page| &**page)
}

/// The file named by the part of an address after `/static/`: `HASH/FILE`. With
/// the hash of another build it is served as well, and not kept by the browser.
///
/// A page names all its style sheets in one address, `HASH/css/base+note.css`, since each
/// request for one more holds up the first paint.
pub fn find(build_and_file: &str) -> Result<Arc<Page>, PageError> {
    let address = || format!("/static/{build_and_file}");
    let known = ASSETS.pages.get(&address()).cloned();
    known
        .or_else(|| {
            let (build, file) = build_and_file.split_once('/')?;
            let set = |caching| {
                let all = together(file)?;
                Some(Arc::new(Page::new(content_type(file)?, caching, all)))
            };
            match (file.contains('+'), build == ASSETS.build) {
                (true, true) if !cfg!(debug_assertions) => {
                    SHEETS.optionally_get_with_by_ref(file, || set(Caching::Forever))
                }
                (true, _) => set(Caching::Ask),
                (false, _) => read(file, Caching::Ask).map(Arc::new),
            }
        })
        .ok_or_else(|| PageError::NoSuchPage(address()))
}

/// How many different sets of style sheets are kept; our own pages have about forty.
const MOST_SETS: u64 = 128;

/// How many sheets a page names at most: more than there are.
const MOST_SHEETS: usize = 64;

/// The sets of style sheets that were asked for, by file.
static SHEETS: LazyLock<Cache<String, Arc<Page>>> = LazyLock::new(|| Cache::new(MOST_SETS));

/// The style sheets that `css/a+b.css` names, one after the other.
fn together(file: &str) -> Option<String> {
    let names: Vec<&str> = file
        .strip_prefix("css/")?
        .strip_suffix(".css")?
        .split('+')
        .collect();
    if names.len() > MOST_SHEETS {
        return None;
    }
    let mut all = String::new();
    for name in names {
        let data = Files::get(&format!("css/{name}.css"))?.data;
        all.push_str(&without_comments_css(std::str::from_utf8(&data).ok()?));
    }
    Some(all)
}

/// All files, by name: `css/base.css`.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = Files::iter().map(Into::into).collect();
    names.sort();
    names
}

/// What a browser gets of the file of this name, or of the style sheets that it names
/// together.
pub fn bytes(file: &str) -> Option<Bytes> {
    match file.contains('+') {
        true => together(file).map(Bytes::from),
        false => read(file, Caching::Ask).map(|page| page.bytes()),
    }
}

/// The style sheets that a page of ours names together, as the name of one file.
pub fn sheets_of(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<link rel=\"stylesheet\" href=\"")?;
    let (address, _) = rest.split_once('"')?;
    let (_, file) = address.strip_prefix("/static/")?.split_once('/')?;
    Some(file)
}

/// The icon of a tab, at an address of its own.
pub fn icon() -> Result<Arc<Page>, PageError> {
    read("icon/favicon.svg", Caching::Ask)
        .map(Arc::new)
        .ok_or_else(|| PageError::NoSuchPage("/favicon.svg".into()))
}

fn read(file: &str, caching: Caching) -> Option<Page> {
    use std::borrow::Cow;
    let content_type = content_type(file)?;
    let data = Files::get(file)?.data;
    let told = match (file.split_once('/'), std::str::from_utf8(&data)) {
        (Some(("css", _)), Ok(text)) => Some(without_comments_css(text)),
        (Some(("js" | "still", _)), Ok(text)) => Some(without_comments_js(text)),
        _ => None,
    };
    let bytes = match (told, data) {
        (Some(told), _) => Bytes::from(told),
        (None, Cow::Borrowed(bytes)) => Bytes::from_static(bytes),
        (None, Cow::Owned(bytes)) => Bytes::from(bytes),
    };
    Some(Page::new(content_type, caching, bytes))
}

/// Our scripts without their comments, which are a third of them and written for who works on
/// them. Only whole lines of comment go, and leave their line empty: what a browser says of
/// line 12 is true of our line 12.
fn without_comments_js(script: &str) -> String {
    let mut inside = false;
    let mut told = String::with_capacity(script.len());
    for line in script.lines() {
        let words = line.trim();
        inside |= words.starts_with("/*");
        if !inside && !words.starts_with("//") {
            told.push_str(line);
        }
        told.push('\n');
        inside &= !words.ends_with("*/");
    }
    told
}

/// The same for style sheets, where a comment may end within a line.
fn without_comments_css(sheet: &str) -> String {
    let mut told = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(at) = rest.find(['/', '"']) {
        let (before, from) = rest.split_at(at);
        told.push_str(before);
        let comment = from.starts_with("/*");
        let (skip, end) = match (comment, from.starts_with('"')) {
            (true, _) => (2, "*/"),
            (_, true) => (1, "\""),
            _ => (0, "/"),
        };
        let length = from[skip..]
            .find(end)
            .map_or(from.len(), |n| skip + n + end.len());
        if comment {
            told.extend(from[..length].chars().filter(|c| *c == '\n'));
        } else {
            told.push_str(&from[..length]);
        }
        rest = &from[length..];
    }
    told + rest
}

/// The content type by extension; `None` for what is not meant for a browser.
fn content_type(file: &str) -> Option<&'static str> {
    Some(match file.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "txt" | "md" | "toml" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_content_type_and_an_address() {
        for name in Files::iter() {
            assert!(
                content_type(&name).is_some(),
                "static/{name} has no content type"
            );
            let address = url(&name);
            let rest = address.strip_prefix("/static/").expect("the prefix");
            assert!(find(rest).is_ok(), "{address}");
        }
    }

    /// What a browser gets of a file.
    fn sent(file: &str) -> String {
        let data = Files::get(file).expect(file).data;
        let text = std::str::from_utf8(&data).expect("text").to_owned();
        match file.ends_with("css") {
            true => without_comments_css(&text),
            false => without_comments_js(&text),
        }
    }

    #[test]
    fn scripts_and_sheets_go_out_without_comments_and_with_the_same_lines() {
        let own = |name: &str| {
            ["js/", "css/", "still/"]
                .iter()
                .any(|at| name.starts_with(at))
        };
        for name in Files::iter().filter(|name| own(name)) {
            let before = Files::get(&name).expect("a file").data;
            let before = std::str::from_utf8(&before).expect("text");
            let sent = sent(&name);
            assert_eq!(sent.lines().count(), before.lines().count(), "{name}");
            for (sent, own) in sent.lines().zip(before.lines()) {
                assert!(own.contains(sent), "{name}: {own} became {sent}");
                let comment = sent.trim_start().starts_with("//");
                assert!(!comment && !sent.contains("/**"), "{name}: {sent}");
            }
            if !name.starts_with("css/") {
                // A text over several lines could hold what looks like a comment.
                for line in before.lines() {
                    assert!(line.matches('`').count() % 2 == 0, "{name}: {line}");
                    // Code after a comment, on its line, would go with it.
                    let after = line.split_once("*/").map_or("", |(_, after)| after);
                    let comment = line.trim_start().starts_with("/*");
                    assert!(!comment || after.is_empty(), "{name}: {line}");
                }
            }
        }
        assert!(sent("css/tokens.css").starts_with("\n@layer reset"));
        assert_eq!(
            without_comments_css("a { b: \"/* no */\"; /* c\n */ d: url(x/y) }\n/* e */"),
            "a { b: \"/* no */\"; \n d: url(x/y) }\n"
        );
        assert_eq!(
            without_comments_js("/** a\n * b */\nf(\"//\") // c\n  // d\n"),
            "\n\nf(\"//\") // c\n\n"
        );
    }

    #[test]
    fn style_sheets_named_together_come_one_after_the_other() {
        let both = format!("{}{}", sent("css/tokens.css"), sent("css/base.css"));
        assert_eq!(together("css/tokens+base.css"), Some(both));
        assert!(find("another-build/css/tokens+base.css").is_ok());
        let many = vec!["base"; MOST_SHEETS + 1].join("+");
        assert!(find(&format!("x/css/{many}.css")).is_err());
    }

    #[test]
    fn no_address_leaves_the_folder() {
        for rest in [
            "x/../Cargo.toml",
            "x/../../Cargo.toml",
            "x//etc/passwd",
            "x/",
            "x",
            "",
            "x/a\0.css",
            "x/css/base+../../Cargo.css",
            "x/css/base+../../content/a.css",
            "x/css/base+nothing.css",
            "x/css/base+.css",
            "x/js/keys+start.js",
        ] {
            assert!(find(rest).is_err(), "{rest}");
        }
    }
}
