//! The files beside the notes, at `/files/…`: pictures, and whatever else a note leads to.
//!
//! A file that somebody put beside a note is not ours, so nothing in it may run with the
//! rights of our pages: its type comes from a closed list and is not guessed, it stands in
//! a sandbox without scripts, and what a browser would run is only to be downloaded. It is
//! sent as it is on the disk, piece by piece, however large.

use super::error::PageError;
use super::routes::{Answer, decoded};
use super::state::App;
use crate::notebook::Opened;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode, Uri};
use bytes::Bytes;
use futures_util::stream;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// How much is read and sent at a time, in bytes.
const PIECE: u64 = 256 << 10;

/// No scripts, no forms, nothing loaded; a drawing may hold styles of its own.
const SANDBOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'";

/// How a browser is to take a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    content_type: &'static str,
    /// It is to be downloaded, never shown.
    download: bool,
}

/// `GET /files/PATH`
pub async fn file(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let name = decoded(uri.path(), "/files/")?;
    let edition = app.edition_for_long();
    // The disk may be slow.
    let answer = tokio::task::spawn_blocking(move || {
        let opened = edition.notebook.open_beside(&name);
        let opened = opened.ok_or_else(|| PageError::NoSuchPage(format!("/files/{name}")))?;
        answer(&name, opened, &headers)
    });
    match answer.await {
        Ok(answer) => Ok(answer?),
        Err(stopped) => Err(PageError::Internal(stopped.into()).into()),
    }
}

fn answer(name: &str, opened: Opened, headers: &HeaderMap) -> Result<Response<Body>, PageError> {
    let internal = |error: io::Error| PageError::Internal(error.into());
    let (length, version) = match &opened {
        Opened::BuiltIn(bytes) => (bytes.len() as u64, env!("CARGO_PKG_VERSION").to_owned()),
        Opened::File(file) => {
            let about = file.metadata().map_err(internal)?;
            let changed = about.modified().ok();
            let since = changed.and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
            let since = since.map_or(0, |since| since.as_nanos());
            (about.len(), format!("{since:x}"))
        }
    };
    let etag = format!("\"{version}-{length:x}\"");
    let Kind {
        content_type,
        download,
    } = kind(name);
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_SECURITY_POLICY, SANDBOX)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::ETAG, &etag);
    if download {
        response = response.header(header::CONTENT_DISPOSITION, "attachment");
    }
    if is_known(headers, &etag) {
        return Ok(response
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())?);
    }
    let part = match range(headers, &etag, length) {
        Asked::Whole => 0..length,
        Asked::Part(part) => {
            let shown = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            response = response
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_RANGE, shown);
            part
        }
        Asked::Beyond => {
            let response = response
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{length}"));
            return Ok(response.body(Body::empty())?);
        }
    };
    let response = response.header(header::CONTENT_LENGTH, part.end - part.start);
    let body = match opened {
        Opened::BuiltIn(bytes) => {
            let bytes = Bytes::from(bytes).slice(part.start as usize..part.end as usize);
            Body::from(bytes)
        }
        Opened::File(mut file) => {
            file.seek(SeekFrom::Start(part.start)).map_err(internal)?;
            sent(file, part.end - part.start)
        }
    };
    Ok(response.body(body)?)
}

/// The next `length` bytes of a file, read as they are taken.
fn sent(file: File, length: u64) -> Body {
    Body::from_stream(stream::try_unfold(
        (file, length),
        |(mut file, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            let read = tokio::task::spawn_blocking(move || {
                let mut piece = Vec::with_capacity(left.min(PIECE) as usize);
                let count = (&mut file).take(left.min(PIECE)).read_to_end(&mut piece)?;
                Ok::<_, io::Error>((file, piece, count as u64))
            });
            let (file, piece, count) = read.await.map_err(io::Error::other)??;
            // It has become shorter: the reader must not take it for whole.
            if count == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
            Ok(Some((Bytes::from(piece), (file, left - count))))
        },
    ))
}

/// Does the browser have this version?
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    known
        .filter_map(|known| known.to_str().ok())
        .flat_map(|known| known.split(','))
        .any(|known| matches!(known.trim(), known if known == "*" || known.trim_start_matches("W/") == etag))
}

/// Which bytes are asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(Range<u64>),
    /// There are none.
    Beyond,
}

/// One range of bytes. Several at once, or something else, counts as none: who asks so
/// must be ready for the whole.
fn range(headers: &HeaderMap, etag: &str, length: u64) -> Asked {
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).ok();
    let other = headers
        .get(header::IF_RANGE)
        .is_some_and(|known| text(known).as_deref() != Some(etag));
    let range = headers.get(header::RANGE).filter(|_| !other).and_then(text);
    let range = range
        .as_deref()
        .and_then(|range| range.strip_prefix("bytes="));
    let Some((from, to)) = range.and_then(|range| range.split_once('-')) else {
        return Asked::Whole;
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let part = match (number(from), number(to), from, to) {
        (Some(from), None, _, "") => from..length,
        (Some(from), Some(to), ..) if from <= to => from..to.saturating_add(1).min(length),
        (None, Some(last), "", _) => length.saturating_sub(last)..length,
        _ => return Asked::Whole,
    };
    match part.is_empty() {
        true => Asked::Beyond,
        false => Asked::Part(part),
    }
}

/// The type of a file, by its name.
pub fn content_type(name: &str) -> &'static str {
    kind(name).content_type
}

/// What a file is, by the ending of its name.
fn kind(name: &str) -> Kind {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let shown = |content_type| Kind {
        content_type,
        download: false,
    };
    match &*ending.to_ascii_lowercase() {
        "png" | "apng" => shown("image/png"),
        "jpg" | "jpeg" => shown("image/jpeg"),
        "gif" => shown("image/gif"),
        "webp" => shown("image/webp"),
        "avif" => shown("image/avif"),
        "bmp" => shown("image/bmp"),
        "ico" => shown("image/x-icon"),
        "svg" => shown("image/svg+xml"),
        "mp4" | "m4v" => shown("video/mp4"),
        "webm" => shown("video/webm"),
        "ogv" => shown("video/ogg"),
        "mp3" => shown("audio/mpeg"),
        "m4a" => shown("audio/mp4"),
        "ogg" | "oga" | "opus" => shown("audio/ogg"),
        "wav" => shown("audio/wav"),
        "flac" => shown("audio/flac"),
        "txt" | "log" | "csv" | "tsv" | "json" | "yaml" | "yml" | "toml" | "ini" | "conf"
        | "cfg" | "env" | "sh" | "bash" | "zsh" | "fish" | "py" | "rb" | "rs" | "go" | "c"
        | "h" | "cpp" | "hpp" | "java" | "js" | "mjs" | "ts" | "css" | "sql" | "xml" | "diff"
        | "patch" | "dockerfile" | "tf" | "hcl" | "service" | "rst" | "tex" | "adoc" => {
            shown("text/plain; charset=utf-8")
        }
        _ if matches!(
            name.rsplit('/').next(),
            Some("Dockerfile" | "Makefile" | "LICENSE")
        ) =>
        {
            shown("text/plain; charset=utf-8")
        }
        // A browser's viewer of these needs what a sandbox forbids, and a page it would run.
        "pdf" => Kind {
            content_type: "application/pdf",
            download: true,
        },
        _ => Kind {
            content_type: "application/octet-stream",
            download: true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_would_run_is_only_downloaded() {
        for name in [
            "a.html", "a.HTM", "a.xhtml", "a.pdf", "a.zip", "a", "a.swf", "a.svgz",
        ] {
            assert!(kind(name).download, "{name}");
            assert!(!kind(name).content_type.starts_with("text/html"), "{name}");
        }
        assert_eq!(kind("b/a.SVG").content_type, "image/svg+xml");
        assert_eq!(kind("a.js").content_type, "text/plain; charset=utf-8");
        assert_eq!(
            kind("x/Dockerfile").content_type,
            "text/plain; charset=utf-8"
        );
    }

    #[test]
    fn one_range_is_understood_and_anything_else_is_the_whole() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, text.parse().expect("a value"));
            range(&headers, "\"e\"", 10)
        };
        assert_eq!(asked("bytes=0-3"), Asked::Part(0..4));
        assert_eq!(asked("bytes=4-"), Asked::Part(4..10));
        assert_eq!(asked("bytes=-3"), Asked::Part(7..10));
        assert_eq!(asked("bytes=-99"), Asked::Part(0..10));
        assert_eq!(asked("bytes=5-99999999999999999999999"), Asked::Part(5..10));
        for beyond in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(asked(beyond), Asked::Beyond, "{beyond}");
        }
        for whole in [
            "bytes=0-1,3-4",
            "bytes=3-1",
            "bytes=-",
            "bytes=a-b",
            "lines=0-1",
        ] {
            assert_eq!(asked(whole), Asked::Whole, "{whole}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-3"));
        headers.insert(header::IF_RANGE, HeaderValue::from_static("\"other\""));
        assert_eq!(range(&headers, "\"e\"", 10), Asked::Whole);
    }
}
