//! The host that a reader looks at: a cookie, so that every page shows it.
//!
//! Pages are the same bytes for everybody. With scripts the browser reads the cookie
//! and asks the stream for that host; without, the panels' frames are drawn for it
//! here. `?host=` in an address goes before it. It is a taste and no secret.

use axum::http::HeaderMap;
use axum::http::header::{self, HeaderValue};

/// The cookie's name.
const COOKIE: &str = "host";

/// The name in the reader's cookie. Any text: it may name no host.
pub fn chosen(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .find(|name| !name.is_empty() && name.len() <= 64)
        .map(str::to_owned)
}

/// The cookie that chooses a host; none of them for the default one.
pub fn choose(name: Option<&str>) -> HeaderValue {
    let cookie = match name {
        Some(name) => format!("{COOKIE}={name}; Path=/; SameSite=Strict"),
        None => format!("{COOKIE}=; Path=/; SameSite=Strict; Max-Age=0"),
    };
    // A host's name holds nothing that a header cannot.
    HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
}

/// `to`, where it is an address of our own; the page of hosts otherwise.
pub fn own(to: &str) -> &str {
    let fits = to.starts_with('/')
        && !to.starts_with("//")
        && to.len() <= 2048
        && to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if fits { to } else { "/hosts" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        for (cookies, name) in [
            ("host=lab", Some("lab")),
            ("a=b; host=lab; c=d", Some("lab")),
            ("waterline-7070=x;host=lab", Some("lab")),
            ("host=", None),
            ("hosts=lab; xhost=lab", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookies));
            assert_eq!(chosen(&headers).as_deref(), name, "{cookies}");
        }
    }

    #[test]
    fn a_choice_never_leads_away() {
        for to in ["/", "/learnings/docker?x=1#y", "/hosts/lab"] {
            assert_eq!(own(to), to);
        }
        for to in [
            "",
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/a\r\nSet-Cookie: x=y",
            "learnings",
            "/é",
        ] {
            assert_eq!(own(to), "/hosts", "{to}");
        }
    }
}
