//! Addresses of files: `file:///notes/a%20b.md`, as each editor writes them in its own way.

use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::path::{Path, PathBuf};

/// What stands for itself in the path of an address.
const ODD: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The file that an address means; `None` for an address of something else
/// (`untitled:`, `http:`), or on another machine.
pub fn path(uri: &str) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let slash = rest.find('/')?;
            let machine = &rest[..slash];
            (machine.is_empty() || machine.eq_ignore_ascii_case("localhost"))
                .then_some(&rest[slash..])?
        }
        None => rest,
    };
    // What begins a query or a fragment is percent-encoded in a path.
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let path = match cfg!(windows) {
        true => path.trim_start_matches('/'),
        false => &*path,
    };
    (!path.contains('\0')).then(|| PathBuf::from(path))
}

/// The address of a file.
pub fn of(path: &Path) -> Option<Uri> {
    let text = path.to_str()?;
    let slash = if cfg!(windows) { "/" } else { "" };
    let text = text.replace(std::path::MAIN_SEPARATOR, "/");
    let path = utf8_percent_encode(&text, ODD);
    format!("file://{slash}{path}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_name_has_an_address() {
        for (file, uri) in [
            ("/n/a b.md", "file:///n/a%20b.md"),
            ("/n/50%.md", "file:///n/50%25.md"),
            ("/n/a#b?c.md", "file:///n/a%23b%3Fc.md"),
            ("/n/日本 é.md", "file:///n/%E6%97%A5%E6%9C%AC%20%C3%A9.md"),
            ("/n/[x].md", "file:///n/%5Bx%5D.md"),
        ] {
            assert_eq!(of(Path::new(file)).expect(file).as_str(), uri);
            assert_eq!(path(uri).expect(uri), Path::new(file));
        }
    }

    #[test]
    fn editors_write_one_address_in_many_ways() {
        for uri in [
            "file:///n/a+b@c.md",
            "file:///n/a%2Bb%40c.md",
            "FILE://localhost/n/a%2bb@c.md",
            "file:/n/a+b@c.md",
        ] {
            assert_eq!(path(uri).expect(uri), Path::new("/n/a+b@c.md"));
        }
        for other in [
            "untitled:Untitled-1",
            "https://example.org/a.md",
            "file://elsewhere/n/a.md",
            "file:///n/%00.md",
            "file:///n/%ff.md",
            "file://",
            "",
        ] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
