//! Masking: what is secret is taken out of an answer as it enters the room.

use super::Ask;
use serde_json::Value;

/// What stands where something was taken out.
pub const MASK: &str = "••••";

/// Masks an answer to `ask`.
pub fn answer(_ask: &Ask, _json: &mut Value) {}

/// Masks the user and password of a URL in a line of text.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after
            .find(|c: char| c == '/' || c.is_whitespace() || c == '"' || c == '\'')
            .unwrap_or(after.len());
        match after[..end].rfind('@') {
            Some(at) => {
                out.push_str(MASK);
                rest = &after[at..];
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}
