//! Who works in a sandbox: a cookie with a random number, and the token that a form of
//! theirs carries.
//!
//! The cookie alone would come along with a form that another page sends; the token
//! shows that the form is one of ours, made for this very browser since Waterline was
//! started. Neither is worth anything without the key's cookie (see [`key`](crate::web::key)).

use axum::http::header::{self, HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::hint::black_box;

/// One browser. The text of its cookie: 32 hex digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Visitor(String);

/// What the tokens of one run of Waterline are made with.
pub struct Secret([u8; 32]);

impl Secret {
    /// A fresh one.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new() -> Result<Secret, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Secret(bytes))
    }
}

impl Visitor {
    /// Somebody new.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new() -> Result<Visitor, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Visitor(hex(&bytes)))
    }

    /// The one of the request's cookie.
    pub fn of(headers: &HeaderMap, port: u16) -> Option<Visitor> {
        let name = cookie_name(port);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix(&name)?.strip_prefix('='))
            .find(|value| is_number(value))
            .map(|value| Visitor(value.to_owned()))
    }

    /// The cookie that a browser keeps until it is closed.
    pub fn cookie(&self, port: u16) -> HeaderValue {
        let cookie = format!(
            "{}={}; HttpOnly; SameSite=Strict; Path=/",
            cookie_name(port),
            self.0
        );
        // Letters and digits: a header can hold them.
        let mut value = HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    /// The token of this visitor's forms.
    pub fn token(&self, secret: &Secret) -> String {
        let mut hash = Sha256::new();
        hash.update(secret.0);
        hash.update(self.0.as_bytes());
        // The secret on both sides: nothing can be added to what was hashed.
        hash.update(secret.0);
        hex(&hash.finalize()[..16])
    }

    /// Whether a form carries this visitor's token. Takes the same time however much of
    /// it is right.
    pub fn holds(&self, secret: &Secret, token: &str) -> bool {
        let own = self.token(secret);
        let differences = own
            .bytes()
            .zip(token.bytes())
            .fold(0, |sum, (a, b)| sum | black_box(a ^ b));
        own.len() == token.len() && black_box(differences) == 0
    }
}

impl std::fmt::Debug for Visitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visitor(…)")
    }
}

fn cookie_name(port: u16) -> String {
    format!("sandbox-{port}")
}

fn is_number(text: &str) -> bool {
    text.len() == 32
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::try_from(cookie).expect("a cookie");
        headers.insert(header::COOKIE, value);
        headers
    }

    #[test]
    fn a_browser_is_known_by_the_cookie_of_this_port_alone() {
        let visitor = Visitor::new().expect("randomness");
        let cookie = visitor.cookie(7070);
        let cookie = cookie.to_str().expect("text");
        assert!(
            cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"),
            "{cookie}"
        );
        let (pair, _) = cookie.split_once(';').expect("attributes");
        let headers = with(&format!("other=1; {pair}"));
        assert_eq!(Visitor::of(&headers, 7070), Some(visitor));
        assert_eq!(Visitor::of(&headers, 7071), None);
        for odd in ["sandbox-7070=", "sandbox-7070=x", "sandbox-7070=../../etc"] {
            assert_eq!(Visitor::of(&with(odd), 7070), None, "{odd}");
        }
        let upper = "A".repeat(32);
        assert_eq!(
            Visitor::of(&with(&format!("sandbox-7070={upper}")), 7070),
            None
        );
    }

    #[test]
    fn a_token_is_of_one_browser_and_one_run() {
        let secret = Secret::new().expect("randomness");
        let (a, b) = (
            Visitor::new().expect("randomness"),
            Visitor::new().expect("randomness"),
        );
        let token = a.token(&secret);
        assert!(a.holds(&secret, &token));
        assert!(!b.holds(&secret, &token));
        assert!(!a.holds(&Secret::new().expect("randomness"), &token));
        for wrong in ["", &token[1..], &format!("{token}0"), &"0".repeat(32)] {
            assert!(!a.holds(&secret, wrong), "{wrong}");
        }
        assert!(!format!("{a:?}").contains(&a.0));
    }
}
