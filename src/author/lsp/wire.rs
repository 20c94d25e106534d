//! The wire: messages on standard input and output, each behind a header that says its length.
//!
//! `lsp-server` knows what a message is. The bytes are read here, since a client may lie about
//! them: text that is no message is answered and passed over, and only a header that does not
//! tell where the next message begins ends the conversation.

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};

/// No message of an editor is longer, in bytes.
pub const MOST: u64 = 64 << 20;
/// No header is longer, in bytes.
const HEADER: u64 = 8 << 10;

/// What came in.
#[derive(Debug)]
pub enum Heard {
    /// A message.
    Message(Message),
    /// Something that is none: what to answer.
    Nonsense(Value),
    /// There is nothing more.
    End,
}

/// Reads the next message.
///
/// # Errors
///
/// Where the input cannot be read, or does not say where a message ends.
pub fn read(input: &mut impl BufRead) -> io::Result<Heard> {
    let Some(length) = header(input)? else {
        return Ok(Heard::End);
    };
    if length > MOST {
        // Only passed over, never held.
        let passed = io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        if passed < length {
            return Ok(Heard::End);
        }
        let why = format!("a message of {length} bytes was not read: {MOST} are the most");
        return Ok(Heard::Nonsense(nobody(ErrorCode::InvalidRequest, &why)));
    }
    let mut body = Vec::new();
    if input.by_ref().take(length).read_to_end(&mut body)?
        < usize::try_from(length).unwrap_or(usize::MAX)
    {
        return Ok(Heard::End);
    }
    let value: Value = match serde_json::from_slice(&body) {
        Ok(value) => value,
        Err(error) => {
            let why = format!("this is not JSON: {error}");
            return Ok(Heard::Nonsense(nobody(ErrorCode::ParseError, &why)));
        }
    };
    let id = value.get("id").cloned().unwrap_or_default();
    Ok(match serde_json::from_value(value) {
        // With an id that is none, somebody waits for an answer.
        Ok(Message::Notification(_)) if !id.is_null() => {
            let why = "the id is neither a text nor a number of 32 bits";
            Heard::Nonsense(refusal(id, ErrorCode::InvalidRequest, why))
        }
        Ok(message) => Heard::Message(message),
        Err(_) => {
            let why = "this is neither a request, nor a notification, nor a response";
            Heard::Nonsense(refusal(id, ErrorCode::InvalidRequest, why))
        }
    })
}

/// The length that a header says; `None` at the end of the input.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let lost = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut length = None;
    let mut left = HEADER;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(left).read_until(b'\n', &mut line)?;
        if line.is_empty() && left == HEADER {
            return Ok(None);
        }
        if !line.ends_with(b"\n") {
            return Err(lost(
                "a message's header does not end: `Content-Length: N` and an empty line belong \
                 before each message"
                    .into(),
            ));
        }
        left -= line.len() as u64;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            return length.map(Some).ok_or_else(|| {
                lost("a message's header has no Content-Length, so nobody knows its end".into())
            });
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            let value = value.trim();
            let number = value.parse().map_err(|_| {
                let value: String = value.chars().take(40).collect();
                lost(format!(
                    "a message's Content-Length is no number: {value:?}"
                ))
            })?;
            length = Some(number);
        }
    }
}

/// An answer to somebody who did not say which request it is an answer to.
fn nobody(code: ErrorCode, why: &str) -> Value {
    refusal(Value::Null, code, why)
}

fn refusal(id: Value, code: ErrorCode, why: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code as i32, "message": why}})
}

/// Writes a message.
///
/// # Errors
///
/// Where the client does not listen any more.
pub fn write(out: &mut impl Write, message: &Outgoing) -> io::Result<()> {
    match message {
        Outgoing::Message(message) => message.write(out),
        Outgoing::Raw(value) => {
            let text = value.to_string();
            write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
            out.flush()
        }
    }
}

/// What goes out.
#[derive(Debug)]
pub enum Outgoing {
    /// A message.
    Message(Message),
    /// An answer without a request.
    Raw(Value),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(input: &str) -> Vec<String> {
        let mut input = input.as_bytes();
        let mut all = Vec::new();
        loop {
            match read(&mut input) {
                Ok(Heard::Message(message)) => all.push(match message {
                    Message::Request(request) => format!("request {}", request.method),
                    Message::Notification(note) => format!("notification {}", note.method),
                    Message::Response(response) => format!("response {}", response.id),
                }),
                Ok(Heard::Nonsense(answer)) => all.push(format!(
                    "{} {} {}",
                    answer["id"], answer["error"]["code"], answer["error"]["message"]
                )),
                Ok(Heard::End) => return all,
                Err(error) => {
                    all.push(format!("lost: {error}"));
                    return all;
                }
            }
        }
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn nonsense_is_answered_and_the_next_message_is_heard() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        let all = [
            framed("{not json"),
            framed("[]"),
            framed(r#"{"id":7.5,"method":"shutdown"}"#),
            framed(""),
            format!("content-LENGTH:2\nX: y\n\n{{}}{good}"),
        ];
        let heard = heard(&all.concat());
        assert!(
            heard[0].starts_with("null -32700 \"this is not JSON"),
            "{heard:?}"
        );
        assert!(heard[1].starts_with("null -32600"), "{heard:?}");
        assert!(heard[2].starts_with("7.5 -32600"), "{heard:?}");
        assert!(heard[3].starts_with("null -32700"), "{heard:?}");
        assert!(heard[4].starts_with("null -32600"), "{heard:?}");
        assert_eq!(heard[5..], ["notification exit"]);
    }

    #[test]
    fn a_huge_message_is_passed_over() {
        let length = usize::try_from(MOST).expect("it fits") + 1;
        let huge = format!("Content-Length: {length}\r\n\r\n{}", " ".repeat(length));
        let heard = heard(&(huge + &framed(r#"{"method":"exit"}"#)));
        assert!(
            heard[0].contains("67108865 bytes was not read"),
            "{heard:?}"
        );
        assert_eq!(heard[1..], ["notification exit"]);
    }

    #[test]
    fn a_header_that_leads_nowhere_is_the_end() {
        for (input, why) in [
            ("Content-Length: many\r\n\r\n", "no number"),
            ("Content-Length: -1\r\n\r\n", "no number"),
            ("Content-Length: 99999999999999999999\r\n\r\n", "no number"),
            ("Hello\r\n\r\n", "no Content-Length"),
            ("Hello", "does not end"),
        ] {
            let heard = heard(input);
            assert!(heard.len() == 1 && heard[0].contains(why), "{heard:?}");
        }
        let endless = heard(&"x".repeat(100_000));
        assert!(endless[0].contains("does not end"), "{endless:?}");
        assert!(heard("Content-Length: 9\r\n\r\n{}").is_empty());
        let most = heard("Content-Length: 18446744073709551615\r\n\r\n{}");
        assert!(most.is_empty(), "never held in memory: {most:?}");
    }
}
