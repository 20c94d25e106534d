//! The guard: which requests are heard at all, and what every answer carries.
//!
//! Waterline listens on loopback, where any page in any tab can send requests and
//! any name on the internet can be made to resolve. So a request must name a
//! loopback host (a page at `evil.example` that rebinds its own name to 127.0.0.1
//! still says `Host: evil.example`), and must not come from a page of another
//! site. [`check`] only reads headers and allocates nothing: it runs before the
//! lookup of a kept page, on every request.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Uri, request};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Why a request is not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No `Host`, more than one, or one that differs from the address asked for.
    OddHost,
    /// `Host` names something that is not this machine's loopback.
    ForeignHost,
    /// `Origin` names another site than the one asked.
    ForeignOrigin,
    /// The browser says that another site made the request.
    OtherSite,
    /// A request that changes something does not say which page sent it.
    NoOrigin,
}

/// The longest address (path and query) that is read, in bytes.
pub const LONGEST_ADDRESS: usize = 8 * 1024;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request is heard: it names a loopback host, and no foreign page sent it.
pub fn check(head: &Head<'_>) -> Result<(), Refusal> {
    let Some(Some(host)) = only(head.headers, &header::HOST) else {
        return Err(Refusal::OddHost);
    };
    // `GET http://other/ HTTP/1.1`: the address wins over Host, so both must agree.
    if let Some(authority) = head.uri.authority()
        && !authority.as_str().as_bytes().eq_ignore_ascii_case(host)
    {
        return Err(Refusal::OddHost);
    }
    match loopback(host) {
        Some(true) => {}
        Some(false) => return Err(Refusal::ForeignHost),
        None => return Err(Refusal::OddHost),
    }
    match only(head.headers, &header::ORIGIN) {
        Some(None) => {}
        Some(Some(origin)) if same_origin(origin, host) => {}
        _ => return Err(Refusal::ForeignOrigin),
    }
    match only(head.headers, &SEC_FETCH_SITE) {
        Some(None | Some(b"none" | b"same-origin")) => Ok(()),
        _ => Err(Refusal::OtherSite),
    }
}

/// Whether a request that changes something is heard: one of our own pages sent it,
/// and the browser says so.
pub fn check_change(head: &Head<'_>) -> Result<(), Refusal> {
    check(head)?;
    match only(head.headers, &header::ORIGIN) {
        Some(Some(_)) => Ok(()),
        _ => Err(Refusal::NoOrigin),
    }
}

/// The parts of a request that the guard reads.
pub struct Head<'a> {
    /// The address as it was sent.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
}

impl<'a, B> From<&'a axum::http::Request<B>> for Head<'a> {
    fn from(request: &'a axum::http::Request<B>) -> Self {
        Head {
            uri: request.uri(),
            headers: request.headers(),
        }
    }
}

impl<'a> From<&'a request::Parts> for Head<'a> {
    fn from(parts: &'a request::Parts) -> Self {
        Head {
            uri: &parts.uri,
            headers: &parts.headers,
        }
    }
}

/// The value of a header that may stand once: `None` when it stands more often,
/// `Some(None)` when it is absent.
#[expect(clippy::option_option, reason = "three cases, each handled by name")]
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Option<&'a [u8]>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(HeaderValue::as_bytes);
    values.next().is_none().then_some(first)
}

/// Whether `host` (a name or address with or without a port) is this machine's
/// loopback; `None` when it is not a host at all.
///
/// `*.localhost` is left out: some resolvers ask the network for it.
fn loopback(host: &[u8]) -> Option<bool> {
    let host = std::str::from_utf8(host).ok()?;
    if let Some(rest) = host.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        if !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
            return None;
        }
        return Some(address.parse::<Ipv6Addr>().ok()?.is_loopback());
    }
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let named = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if name.is_empty() || !name.bytes().all(named) || !is_port(port) {
        return None;
    }
    Some(
        name.eq_ignore_ascii_case("localhost")
            || name
                .parse::<Ipv4Addr>()
                .is_ok_and(|address| address.is_loopback()),
    )
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

/// Whether `origin` is the origin of the pages that `host` serves. There is no TLS
/// on loopback, so an `https` origin is somebody else's.
fn same_origin(origin: &[u8], host: &[u8]) -> bool {
    origin
        .split_at_checked(7)
        .is_some_and(|(scheme, rest)| scheme == b"http://" && rest.eq_ignore_ascii_case(host))
}

/// What every answer carries. `script-src 'self'` without exceptions is why no
/// template may hold inline code or styles.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'self'",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Adds to an answer what every answer carries. A policy that a handler has set for a file
/// that is not ours is stricter, and stays.
pub fn dress(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS.iter() {
        let own = *name == header::CONTENT_SECURITY_POLICY && headers.contains_key(name);
        if !own {
            headers.insert(name, value.clone());
        }
    }
}

/// The whole address of `path_and_query` on the host that was asked.
///
/// Whole, because a path like `//evil.example` in a link or a redirect would lead
/// away. `host` must have passed [`check`].
pub fn own_address(host: &HeaderMap, path_and_query: &str) -> String {
    let host = host
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    format!("http://{host}{path_and_query}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn check_with(uri: &str, headers: &[(&str, &str)]) -> Result<(), Refusal> {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&Head::from(&request.body(()).expect("a request")))
    }

    #[test]
    fn loopback_is_heard_under_each_of_its_names() {
        for host in [
            "localhost",
            "LocalHost:7070",
            "127.0.0.1",
            "127.0.0.1:1",
            "127.8.8.8:65535",
            "[::1]",
            "[::1]:7070",
            "[0:0:0:0:0:0:0:1]:80",
        ] {
            assert_eq!(check_with("/", &[("host", host)]), Ok(()), "{host}");
        }
    }

    #[test]
    fn a_rebound_name_is_refused() {
        for host in [
            "evil.example",
            "localhost.evil.example:7070",
            "127.0.0.1.evil.example",
            "wl.localhost",
            "localhost.",
            "10.0.0.1",
            "0.0.0.0:7070",
            "2130706433",
            "0x7f.1",
            "127.1",
            "0177.0.0.1",
            "[::]:7070",
            "[fe80::1]",
            "[::ffff:127.0.0.1]",
        ] {
            assert_eq!(
                check_with("/", &[("host", host)]),
                Err(Refusal::ForeignHost),
                "{host}"
            );
        }
    }

    #[test]
    fn a_host_that_is_none_is_refused() {
        for host in [
            "",
            ":7070",
            "localhost:",
            "localhost:99999",
            "localhost:+80",
            "localhost:80:80",
            "localhost@evil.example",
            "localhost/x",
            "local host",
            "[::1",
            "[::1]x",
            "[::1]:",
            "::1",
            "localhost,evil.example",
        ] {
            assert_eq!(
                check_with("/", &[("host", host)]),
                Err(Refusal::OddHost),
                "{host}"
            );
        }
        assert_eq!(check_with("/", &[]), Err(Refusal::OddHost));
        let twice = [("host", "localhost"), ("host", "localhost")];
        assert_eq!(check_with("/", &twice), Err(Refusal::OddHost));
        let whole = [("host", "localhost")];
        assert_eq!(
            check_with("http://evil.example/", &whole),
            Err(Refusal::OddHost)
        );
        assert_eq!(check_with("http://LOCALHOST/", &whole), Ok(()));
    }

    #[test]
    fn only_our_own_pages_may_fetch() {
        let from = |origin| check_with("/", &[("host", "localhost:7070"), ("origin", origin)]);
        assert_eq!(from("http://localhost:7070"), Ok(()));
        assert_eq!(from("http://LOCALHOST:7070"), Ok(()));
        for origin in [
            "http://localhost",
            "http://localhost:7071",
            "http://127.0.0.1:7070",
            "https://localhost:7070",
            "http://localhost:7070/",
            "http://evil.example",
            "null",
            "",
            "httpé",
        ] {
            assert_eq!(from(origin), Err(Refusal::ForeignOrigin), "{origin}");
        }
        let twice = [
            ("host", "localhost"),
            ("origin", "http://localhost"),
            ("origin", "http://localhost"),
        ];
        assert_eq!(check_with("/", &twice), Err(Refusal::ForeignOrigin));
    }

    #[test]
    fn a_change_says_which_page_sent_it() {
        let change = |headers: &[(&str, &str)]| {
            let mut request = Request::post("/hosts/lab/connect").header("host", "localhost:7070");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            check_change(&Head::from(&request.body(()).expect("a request")))
        };
        assert_eq!(change(&[("origin", "http://localhost:7070")]), Ok(()));
        assert_eq!(change(&[]), Err(Refusal::NoOrigin));
        assert_eq!(
            change(&[("origin", "http://localhost:8080")]),
            Err(Refusal::ForeignOrigin)
        );
        assert_eq!(change(&[("origin", "null")]), Err(Refusal::ForeignOrigin));
    }

    #[test]
    fn a_browser_that_tells_of_another_site_is_believed() {
        let site = |site| check_with("/", &[("host", "localhost"), ("sec-fetch-site", site)]);
        assert_eq!(site("none"), Ok(()));
        assert_eq!(site("same-origin"), Ok(()));
        for other in ["cross-site", "same-site", "", "none, cross-site", "None"] {
            assert_eq!(site(other), Err(Refusal::OtherSite), "{other}");
        }
    }
}
