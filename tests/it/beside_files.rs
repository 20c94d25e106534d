//! Files beside the notes, as a browser gets them.

use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use waterline::engine::Engine;
use waterline::notebook::Content;
use waterline::web::content;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::state::App;

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("text"))
    }
}

fn front(folder: &Path) -> Front {
    let edition = content::load(&Content::Folder(folder.to_owned())).expect("the folder");
    let key = Key::new().expect("randomness");
    Front::new(Arc::new(App::new(7070, key, Engine::new([]), edition)))
}

async fn get(front: &Front, address: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::get(address).header("host", "localhost:7070");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::<Bytes>::default()).expect("a request");
    let Ok(response) = front.answer(request).await;
    let (head, body) = response.into_parts();
    Got {
        status: head.status,
        headers: head.headers,
        bytes: body.collect().await.expect("a body").to_bytes(),
    }
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

#[tokio::test]
async fn a_file_that_a_note_leads_to_is_sent_in_a_sandbox() {
    let folder = folder(&[
        ("n/a.md", b"![d](../My%20pic%20%231%25.svg) ![[page.html]] [t](data.txt) [m](../other.md) ![x](../%E7%B5%B5.png)"),
        ("My pic #1%.svg", b"<svg><script>alert(1)</script></svg>"),
        ("n/page.html", b"<script>alert(1)</script>"),
        ("n/data.txt", b"0123456789"),
        ("\u{7d75}.png", b"\x89PNG"),
        ("other.md", b"# Other"),
        ("private.txt", b"nobody leads here"),
    ]);
    let front = front(folder.path());
    let page = get(&front, "/n/a", &[]).await;
    let page = String::from_utf8_lossy(&page.bytes).into_owned();
    let addresses: Vec<&str> = page
        .split("=\"/files/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(
        addresses,
        [
            "My%20pic%20%231%25.svg",
            "n/page.html",
            "n/data.txt",
            "%E7%B5%B5.png"
        ]
    );
    for (address, content_type, download) in [
        (addresses[0], "image/svg+xml", ""),
        (addresses[1], "application/octet-stream", "attachment"),
        (addresses[2], "text/plain; charset=utf-8", ""),
        (addresses[3], "image/png", ""),
    ] {
        let got = get(&front, &format!("/files/{address}"), &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{address}");
        assert_eq!(got.header("content-type"), content_type, "{address}");
        assert_eq!(got.header("content-disposition"), download, "{address}");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        let policy = got.header("content-security-policy");
        assert!(
            policy.starts_with("sandbox; default-src 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("script"), "{policy}");
        assert_eq!(got.header("content-length"), got.bytes.len().to_string());
    }
    for closed in [
        "/files/private.txt",
        "/files/other.md",
        "/files/n/a.md",
        "/files/../Cargo.toml",
        "/files/%2e%2e/private.txt",
        "/files/n%2fdata.txt/",
        "/files/",
        "/files/n",
        "/files/n/%ff.txt",
    ] {
        let status = get(&front, closed, &[]).await.status;
        let refused = [StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST];
        assert!(refused.contains(&status), "{closed}: {status}");
    }
}

#[tokio::test]
async fn a_part_is_sent_and_what_is_known_is_not() {
    let folder = folder(&[("a.md", b"[t](t.txt)"), ("t.txt", b"0123456789")]);
    let front = front(folder.path());
    let part = get(&front, "/files/t.txt", &[("range", "bytes=2-4")]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(&part.bytes[..], b"234");
    assert_eq!(part.header("content-range"), "bytes 2-4/10");
    let beyond = get(&front, "/files/t.txt", &[("range", "bytes=10-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let etag = part.header("etag").to_owned();
    let known = get(&front, "/files/t.txt", &[("if-none-match", &etag)]).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    assert!(known.bytes.is_empty());
    fs::write(folder.path().join("t.txt"), "other").expect("written");
    let changed = get(&front, "/files/t.txt", &[("if-none-match", &etag)]).await;
    assert_eq!(
        (changed.status, &changed.bytes[..]),
        (StatusCode::OK, &b"other"[..])
    );
}

#[tokio::test]
async fn a_large_file_is_sent_piece_by_piece() {
    let folder = folder(&[("a.md", b"[film](film.mp4)")]);
    // A hole: it takes no room on the disk.
    let film = fs::File::create(folder.path().join("film.mp4")).expect("a file");
    film.set_len(100 << 20).expect("a length");
    let front = front(folder.path());
    let request = Request::get("/files/film.mp4").header("host", "localhost:7070");
    let request = request.body(Full::<Bytes>::default()).expect("a request");
    let Ok(response) = front.answer(request).await;
    let (mut length, mut largest) = (0, 0);
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let piece = frame.expect("a piece").into_data().expect("bytes");
        length += piece.len();
        largest = largest.max(piece.len());
    }
    assert_eq!(length, 100 << 20);
    assert!(largest <= 1 << 20, "{largest} bytes at once");
    let last = get(&front, "/files/film.mp4", &[("range", "bytes=-5")]).await;
    assert_eq!(last.bytes.len(), 5);
}
