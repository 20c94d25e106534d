//! The one-time key: shows that whoever opened the page can read our terminal.
//!
//! Loopback is not private: other accounts of the machine, and containers on the
//! host's own network, reach it too. The address that the start-up lines print
//! carries a key; whoever opens it first gets a cookie in return, and the key is
//! worth nothing afterwards. Reading needs neither; connecting a docker context needs
//! the cookie, and so will every later command.

use super::error::PageError;
use super::guard;
use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode, Uri};
use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

/// The key of one run, and the cookie that it is exchanged for.
pub struct Key {
    key: String,
    cookie: String,
    used: AtomicBool,
}

/// Why a key opened nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTrouble {
    /// It is not the key of this run.
    Wrong,
    /// It was used before, by another browser.
    Used,
    /// Something that needs the key was asked for without it.
    Missing,
}

/// The length of a key in bytes of randomness: 160 bits.
const BYTES: usize = 20;

impl Key {
    /// A fresh key from the system's randomness. Fails where the system has none.
    pub fn new() -> Result<Key, getrandom::Error> {
        Ok(Key {
            key: random()?,
            cookie: random()?,
            used: AtomicBool::new(false),
        })
    }

    /// The key as it stands in the address. A secret: print it, never log it.
    pub fn text(&self) -> &str {
        &self.key
    }

    /// Answers a request whose query carries a `key`; `None` when it carries none.
    ///
    /// The right key leads to the same address without it, with the cookie. `port`
    /// is in the cookie's name, since a browser sends a cookie to every port of a
    /// host.
    pub fn exchange(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        port: u16,
    ) -> Option<Result<Response<Body>, PageError>> {
        let offered = uri
            .query()?
            .split('&')
            .find_map(|pair| pair.strip_prefix("key="))?;
        if !same(offered.as_bytes(), self.key.as_bytes()) {
            return Some(Err(PageError::Key(KeyTrouble::Wrong)));
        }
        let known = self.is_held(headers, port);
        if self.used.swap(true, Ordering::AcqRel) && !known {
            return Some(Err(PageError::Key(KeyTrouble::Used)));
        }
        Some(self.welcome(uri, headers, port).map_err(PageError::from))
    }

    /// Whether the request carries the cookie that the key was exchanged for.
    pub fn is_held(&self, headers: &HeaderMap, port: u16) -> bool {
        let name = cookie_name(port);
        headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|value| value.as_bytes().split(|b| *b == b';'))
            .filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes()))
            .filter_map(|rest| rest.strip_prefix(b"="))
            .any(|value| same(value, self.cookie.as_bytes()))
    }

    fn welcome(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        port: u16,
    ) -> Result<Response<Body>, axum::http::Error> {
        let rest: Vec<&str> = uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.starts_with("key="))
            .collect();
        let mut to = guard::own_address(headers, uri.path());
        if !rest.is_empty() {
            to.push('?');
            to.push_str(&rest.join("&"));
        }
        let cookie = format!(
            "{}={}; HttpOnly; SameSite=Strict; Path=/",
            cookie_name(port),
            self.cookie
        );
        let mut cookie = HeaderValue::try_from(cookie)?;
        cookie.set_sensitive(true);
        Response::builder()
            .status(StatusCode::SEE_OTHER)
            .header(header::LOCATION, to)
            .header(header::SET_COOKIE, cookie)
            .header(header::CACHE_CONTROL, "no-store")
            .body(Body::empty())
    }
}

fn cookie_name(port: u16) -> String {
    format!("waterline-{port}")
}

/// Random bytes as hexadecimal text.
fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// Compares in a time that depends on the lengths alone, so that a key cannot be
/// guessed one letter after the other.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && black_box(
            a.iter()
                .zip(b)
                .fold(0, |differences, (a, b)| differences | black_box(a ^ b)),
        ) == 0
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(
        key: &Key,
        address: &str,
        cookie: Option<&str>,
    ) -> Option<Result<Response<Body>, String>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost:7070"));
        if let Some(cookie) = cookie {
            headers.insert(
                header::COOKIE,
                HeaderValue::try_from(cookie).expect("a cookie"),
            );
        }
        let uri: Uri = address.parse().expect("an address");
        key.exchange(&uri, &headers, 7070)
            .map(|answer| answer.map_err(|error| format!("{error:?}")))
    }

    #[test]
    fn the_first_browser_gets_the_cookie_and_an_address_without_the_key() {
        let key = Key::new().expect("randomness");
        let address = format!("/topics/A?x=1&key={}&y=2", key.text());
        let answer = open(&key, &address, None)
            .expect("a key")
            .expect("a welcome");
        assert_eq!(answer.status(), 303);
        assert_eq!(
            answer.headers()[header::LOCATION],
            "http://localhost:7070/topics/A?x=1&y=2"
        );
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("text");
        assert!(
            cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"),
            "{cookie}"
        );
        assert!(!cookie.contains(key.text()));

        let again = open(&key, &address, None).expect("a key");
        assert_eq!(again.expect_err("used up"), "Key(Used)");
        let (pair, _) = cookie.split_once(';').expect("attributes");
        let held = open(&key, &address, Some(&format!("other=1; {pair}"))).expect("a key");
        assert_eq!(held.expect("the same browser").status(), 303);
    }

    #[test]
    fn a_guess_opens_nothing_and_does_not_use_the_key_up() {
        let key = Key::new().expect("randomness");
        let other = Key::new().expect("randomness");
        for guess in ["", "x", &key.text()[1..], other.text()] {
            let answer = open(&key, &format!("/?key={guess}"), None).expect("a key");
            assert_eq!(answer.expect_err("wrong"), "Key(Wrong)");
        }
        assert!(open(&key, "/?monkey=1", None).is_none());
        let right = format!("/?key={}", key.text());
        assert!(
            open(&key, &right, Some("waterline-7070=x"))
                .expect("a key")
                .is_ok()
        );
    }

    #[test]
    fn the_welcome_never_leads_away() {
        let key = Key::new().expect("randomness");
        let address = format!("//evil.example?key={}", key.text());
        let uri = Uri::builder()
            .path_and_query(address.as_str())
            .build()
            .expect("an address");
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost"));
        let answer = key
            .exchange(&uri, &headers, 80)
            .expect("a key")
            .expect("a welcome");
        assert_eq!(
            answer.headers()[header::LOCATION],
            "http://localhost//evil.example"
        );
    }
}
