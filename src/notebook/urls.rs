//! Where a link may lead.
//!
//! A note can hold any text, so an address is taken apart before it is written
//! into a page: scripts never, other sites marked, files of the notebook as the
//! pages they are read at.

/// What an address turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Another site, or mail.
    External(String),
    /// The page of the whole notebook, and the `#…` or `?…` after it.
    Home(String),
    /// The file itself, at this `#…` or `?…`.
    Here(String),
    /// A path from the content folder, not encoded, and the `#…` or `?…` after it.
    Path { name: String, rest: String },
    /// A path out of the content folder.
    Outside(String),
    /// A value to be filled in by a panel: `live:storage-driver`.
    Live(String),
    /// Not to be followed: it is shown as text.
    Unsafe,
}

/// Takes apart the address `url` that is written in `file`.
pub(super) fn target(url: &str, file: &str, email: bool) -> Target {
    // Browsers drop control characters and read `\` as `/`; so do we, first.
    let clean: String = url.trim().chars().filter(|c| !c.is_control()).collect();
    if email {
        return Target::External(format!("mailto:{clean}"));
    }
    if clean.replace('\\', "/").starts_with("//") {
        return Target::External(clean);
    }
    let head = clean
        .split(['/', '?', '#', '\\'])
        .next()
        .unwrap_or_default();
    if let Some((scheme, rest)) = head.split_once(':') {
        return match &*scheme.to_ascii_lowercase() {
            "http" | "https" | "mailto" => Target::External(clean),
            "live"
                if !rest.is_empty()
                    && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
            {
                Target::Live(rest.to_owned())
            }
            _ => Target::Unsafe,
        };
    }
    let cut = clean.find(['?', '#']).unwrap_or(clean.len());
    let (path, rest) = clean.split_at(cut);
    let rest = rest.to_owned();
    if path.is_empty() {
        return Target::Here(rest);
    }
    match beside(&decode(path), file) {
        Some(name) if name.is_empty() && path.starts_with('/') => Target::Home(rest),
        Some(name) => Target::Path { name, rest },
        None => Target::Outside(clean),
    }
}

/// A path relative to the folder of `file`, without `.` and `..`; none where it leaves the
/// content folder.
pub(super) fn beside(decoded: &str, file: &str) -> Option<String> {
    let mut parts: Vec<&str> = if decoded.starts_with('/') {
        Vec::new()
    } else {
        let mut folders: Vec<&str> = file.split('/').collect();
        folders.pop();
        folders
    };
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Undoes percent-encoding where that gives text.
pub(super) fn decode(path: &str) -> String {
    percent_encoding::percent_decode_str(path)
        .decode_utf8()
        .map_or_else(|_| path.to_owned(), |text| text.into_owned())
}

/// A path of ours as an address: what an address cannot hold is percent-encoded.
pub(super) fn encode(path: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const ODD: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'\\')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(path, ODD).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Target {
        target(url, "learnings/docker.md", false)
    }

    #[test]
    fn scripts_are_never_followed() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " java\nscript:alert(1)",
            "\u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "live:../x",
        ] {
            assert_eq!(of(url), Target::Unsafe, "{url:?}");
        }
    }

    #[test]
    fn other_sites_are_external() {
        for url in [
            "https://a.org/x:y",
            "HTTP://a",
            "//a.org",
            "\\\\a.org",
            "/\\a.org",
            "mailto:a@b",
        ] {
            assert!(matches!(of(url), Target::External(_)), "{url:?}");
        }
        assert_eq!(
            target("a@b.org", "x.md", true),
            Target::External("mailto:a@b.org".into())
        );
    }

    #[test]
    fn files_of_the_notebook_are_found() {
        let file = |name: &str, rest: &str| Target::Path {
            name: name.into(),
            rest: rest.into(),
        };
        assert_eq!(of("compose.md#init"), file("learnings/compose.md", "#init"));
        assert_eq!(of("../ops/my%20disk.md"), file("ops/my disk.md", ""));
        assert_eq!(of("/ops/disk.markdown"), file("ops/disk.markdown", ""));
        assert_eq!(of("#part"), Target::Here("#part".into()));
        assert_eq!(of("../../x.md"), Target::Outside("../../x.md".into()));
        assert_eq!(of("/topics/A_B"), file("topics/A_B", ""));
        assert_eq!(of("pic.png"), file("learnings/pic.png", ""));
        assert_eq!(of("pic%23%25.png"), file("learnings/pic#%.png", ""));
        assert_eq!(of("..#top"), file("", "#top"));
        assert_eq!(of("/?notes=2"), Target::Home("?notes=2".into()));
        assert_eq!(
            of("live:storage-driver"),
            Target::Live("storage-driver".into())
        );
    }
}
