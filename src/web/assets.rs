//! Style sheets, scripts, fonts and pictures: the files of `static/`.
//!
//! They are embedded in a release and read from the folder in a debug build, where
//! an edit shows at the next reload. The address of a file carries a hash over all
//! of them, `/static/HASH/css/base.css`, so that browsers may keep it forever, and
//! modules that import each other by relative path find each other.

use super::error::PageError;
use super::kept::{Caching, Page};
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
pub fn find(build_and_file: &str) -> Result<Arc<Page>, PageError> {
    let known = ASSETS.pages.get(&format!("/static/{build_and_file}"));
    known
        .cloned()
        .or_else(|| {
            let (_, file) = build_and_file.split_once('/')?;
            read(file, Caching::Ask).map(Arc::new)
        })
        .ok_or_else(|| PageError::NoSuchPage(format!("/static/{build_and_file}")))
}

/// The icon of a tab, at an address of its own.
pub fn icon() -> Result<Arc<Page>, PageError> {
    read("icon/favicon.svg", Caching::Ask)
        .map(Arc::new)
        .ok_or_else(|| PageError::NoSuchPage("/favicon.svg".into()))
}

fn read(file: &str, caching: Caching) -> Option<Page> {
    use bytes::Bytes;
    use std::borrow::Cow;
    let content_type = content_type(file)?;
    let bytes = match Files::get(file)?.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    Some(Page::new(content_type, caching, bytes))
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
        ] {
            assert!(find(rest).is_err(), "{rest}");
        }
    }
}
