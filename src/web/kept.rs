//! Kept pages: rendered and compressed at their first request, then looked up.
//!
//! A [`Page`] holds the bytes that go out, whole answers with their headers, one
//! for each content coding. [`Kept`] holds the pages of one notebook within a
//! budget; a changed notebook comes with an empty one, so nothing in it is ever
//! out of date. Rendering and compressing happen off the async threads, and once
//! however many ask at the same time.

use super::edits::Mark;
use super::error::{Failure, PageError};
use super::guard;
use super::reply::Reply;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, OnceLock};

/// How much the kept pages of a notebook may weigh, in bytes.
const BUDGET: u64 = 64 << 20;

/// The pages that were asked for, by path and query as our own links write them.
pub struct Kept {
    pages: moka::sync::Cache<String, Arc<Page>>,
}

impl Default for Kept {
    fn default() -> Self {
        Kept::within(BUDGET)
    }
}

impl Kept {
    /// An empty store that keeps at most `budget` bytes.
    pub fn within(budget: u64) -> Kept {
        Kept {
            pages: moka::sync::Cache::builder()
                .max_capacity(budget)
                .weigher(|key: &String, page: &Arc<Page>| {
                    u32::try_from(key.len() + page.weight()).unwrap_or(u32::MAX)
                })
                .build(),
        }
    }

    /// The page kept under `key`, if there is one.
    pub fn get(&self, key: &str) -> Option<Arc<Page>> {
        self.pages.get(key)
    }

    /// The page kept under `key`, or the one that `make` makes, kept from now on.
    ///
    /// `make` runs on a thread that may block, once for all who ask meanwhile; an
    /// error is handed to them all and not kept.
    pub async fn get_or(
        &self,
        key: String,
        coding: Coding,
        make: impl FnOnce() -> Result<Page, PageError> + Send + 'static,
    ) -> Result<Arc<Page>, Failure> {
        let pages = self.pages.clone();
        let made = tokio::task::spawn_blocking(move || {
            let page = pages.try_get_with(key, || make().map(Arc::new))?;
            page.variant(coding);
            Ok::<_, Arc<PageError>>(page)
        });
        match made.await {
            Ok(page) => Ok(page?),
            Err(stopped) if stopped.is_panic() => Err(PageError::Panicked.into()),
            Err(stopped) => Err(PageError::Internal(stopped.into()).into()),
        }
    }
}

/// A content coding, as named in `Accept-Encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// The bytes as they are.
    Identity,
    /// `gzip`
    Gzip,
    /// `br`
    Brotli,
}

impl Coding {
    /// The coding that the client likes best; of equals, the one that is smallest.
    ///
    /// A client that accepts nothing we have gets the bytes as they are.
    pub fn wanted(headers: &HeaderMap) -> Coding {
        let [mut identity, mut gzip, mut brotli, mut others] = [None; 4];
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            for item in value.as_bytes().split(|b| *b == b',') {
                let mut parts = item.split(|b| *b == b';').map(<[u8]>::trim_ascii);
                let weight = match parts.next() {
                    Some(name) if name.eq_ignore_ascii_case(b"gzip") => &mut gzip,
                    Some(name) if name.eq_ignore_ascii_case(b"x-gzip") => &mut gzip,
                    Some(name) if name.eq_ignore_ascii_case(b"br") => &mut brotli,
                    Some(name) if name.eq_ignore_ascii_case(b"identity") => &mut identity,
                    Some(b"*") => &mut others,
                    _ => continue,
                };
                *weight = Some(parts.find_map(thousandths).unwrap_or(1000));
            }
        }
        let gzip = gzip.or(others).unwrap_or(0);
        let brotli = brotli.or(others).unwrap_or(0);
        // Identity is acceptable without being named, though anything named is liked better.
        let identity = identity.unwrap_or(0);
        if brotli > 0 && brotli >= gzip && brotli >= identity {
            Coding::Brotli
        } else if gzip > 0 && gzip >= identity {
            Coding::Gzip
        } else {
            Coding::Identity
        }
    }
}

/// The weight in `q=0.5`, in thousandths; `None` for another parameter. What is not
/// a weight counts as 0: better plain bytes than bytes that cannot be read.
fn thousandths(parameter: &[u8]) -> Option<u16> {
    let [b'q' | b'Q', b'=', digits @ ..] = parameter else {
        return None;
    };
    let weight = std::str::from_utf8(digits).ok()?.parse::<f32>();
    Some(match weight {
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0).round() as u16,
        _ => 0,
    })
}

/// How long a browser may show an answer without asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// It asks each time, and is told when nothing changed.
    Ask,
    /// Forever: the address changes with the bytes.
    Forever,
}

/// An answer as it goes out: its bytes in each coding, with all headers.
pub struct Page {
    content_type: HeaderValue,
    caching: Caching,
    /// Which edition it was made from.
    mark: Option<Mark>,
    plain: Variant,
    /// `None` inside: smaller without.
    gzip: OnceLock<Option<Variant>>,
    brotli: OnceLock<Option<Variant>>,
}

struct Variant {
    bytes: Bytes,
    etag: HeaderValue,
    /// All headers of the answer with the bytes.
    whole: HeaderMap,
    /// All headers of the answer that nothing has changed.
    unchanged: HeaderMap,
}

impl Page {
    /// An answer of this content type.
    pub fn new(content_type: &'static str, caching: Caching, bytes: impl Into<Bytes>) -> Page {
        let content_type = HeaderValue::from_static(content_type);
        Page {
            plain: Variant::new(&content_type, caching, None, bytes.into()),
            content_type,
            caching,
            mark: None,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    /// An HTML page that the browser asks for again each time.
    pub fn html(text: String) -> Page {
        Page::new("text/html; charset=utf-8", Caching::Ask, text)
    }

    /// The same, made from this edition: its answers say so.
    #[must_use]
    pub fn marked(mut self, mark: Option<Mark>) -> Page {
        self.mark = mark;
        self.plain.mark(mark);
        self
    }

    /// The answer to a request with these headers, where that needs no compressing.
    pub fn at_once(&self, headers: &HeaderMap) -> Option<Response<Reply>> {
        let variant = match Coding::wanted(headers) {
            Coding::Identity => &self.plain,
            Coding::Gzip => self.gzip.get()?.as_ref().unwrap_or(&self.plain),
            Coding::Brotli => self.brotli.get()?.as_ref().unwrap_or(&self.plain),
        };
        Some(variant.answer(headers))
    }

    /// The answer to a request with these headers. May compress: call it where
    /// blocking for some milliseconds is right.
    pub fn answer(&self, headers: &HeaderMap) -> Response<Reply> {
        self.variant(Coding::wanted(headers)).answer(headers)
    }

    fn variant(&self, coding: Coding) -> &Variant {
        let plain = &self.plain;
        let compressed = match coding {
            Coding::Identity => return plain,
            Coding::Gzip => self
                .gzip
                .get_or_init(|| self.smaller("gzip", gzip(&plain.bytes))),
            Coding::Brotli => self
                .brotli
                .get_or_init(|| self.smaller("br", brotli(&plain.bytes))),
        };
        compressed.as_ref().unwrap_or(plain)
    }

    fn smaller(&self, coding: &'static str, bytes: Vec<u8>) -> Option<Variant> {
        (bytes.len() < self.plain.bytes.len()).then(|| {
            let coding = Some(HeaderValue::from_static(coding));
            let mut variant = Variant::new(&self.content_type, self.caching, coding, bytes.into());
            variant.mark(self.mark);
            variant
        })
    }

    /// What it may come to weigh in memory, in bytes: the headers, the bytes, and
    /// half as much again for its two compressed forms.
    fn weight(&self) -> usize {
        4096 + self.plain.bytes.len() / 2 * 3
    }
}

impl Variant {
    fn new(
        content_type: &HeaderValue,
        caching: Caching,
        coding: Option<HeaderValue>,
        bytes: Bytes,
    ) -> Variant {
        let etag = etag(&bytes);
        let mut unchanged = HeaderMap::new();
        unchanged.insert(header::ETAG, etag.clone());
        unchanged.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        unchanged.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(match caching {
                Caching::Ask => "no-cache",
                Caching::Forever => "public, max-age=31536000, immutable",
            }),
        );
        guard::dress(&mut unchanged);
        let mut whole = unchanged.clone();
        whole.insert(header::CONTENT_TYPE, content_type.clone());
        whole.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if let Some(coding) = coding {
            whole.insert(header::CONTENT_ENCODING, coding);
        }
        Variant {
            bytes,
            etag,
            whole,
            unchanged,
        }
    }

    fn mark(&mut self, mark: Option<Mark>) {
        if let Some(mark) = mark {
            mark.put(&mut self.whole);
            mark.put(&mut self.unchanged);
        }
    }

    fn answer(&self, headers: &HeaderMap) -> Response<Reply> {
        let (status, all, bytes) = if has(headers, &self.etag) {
            (StatusCode::NOT_MODIFIED, &self.unchanged, Bytes::new())
        } else {
            (StatusCode::OK, &self.whole, self.bytes.clone())
        };
        let mut response = Response::new(Reply::Whole(bytes));
        *response.status_mut() = status;
        *response.headers_mut() = all.clone();
        response
    }
}

/// A strong validator: the same only for the same bytes.
fn etag(bytes: &[u8]) -> HeaderValue {
    let mut tag = String::from('"');
    for byte in Sha256::digest(bytes).iter().take(16) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether `If-None-Match` names `etag`. The comparison is weak, as it should be
/// for this header: `W/"x"` names `"x"`.
fn has(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .flat_map(|value| value.as_bytes().split(|b| *b == b','))
        .map(<[u8]>::trim_ascii)
        .any(|item| item == b"*" || item.strip_prefix(b"W/").unwrap_or(item) == etag.as_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing into memory cannot fail; if it did, the plain bytes would be sent.
    match packed.write_all(bytes).and_then(|()| packed.finish()) {
        Ok(packed) => packed,
        Err(_) => bytes.to_vec(),
    }
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams {
        // 11 takes ten times as long for 4 % less.
        quality: 9,
        size_hint: bytes.len(),
        ..Default::default()
    };
    match brotli::BrotliCompress(&mut &bytes[..], &mut packed, &settings) {
        Ok(_) => packed,
        Err(_) => bytes.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::io::Read;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn asked(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    header::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    async fn bytes(response: Response<Reply>) -> Bytes {
        response
            .into_body()
            .collect()
            .await
            .expect("bytes")
            .to_bytes()
    }

    #[test]
    fn a_browser_gets_the_coding_it_likes_best() {
        for (accept, wanted) in [
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip, deflate", Coding::Gzip),
            ("GZIP", Coding::Gzip),
            ("br;q=0.5, gzip;q=0.8", Coding::Gzip),
            ("br ; q=1.0 , gzip;q=1", Coding::Brotli),
            ("br;q=0, gzip;q=0", Coding::Identity),
            ("br;q=0, *", Coding::Gzip),
            ("*", Coding::Brotli),
            ("*;q=0", Coding::Identity),
            ("identity, gzip;q=0.5", Coding::Identity),
            ("gzip;q=2", Coding::Identity),
            ("gzip;q=nan", Coding::Identity),
            ("", Coding::Identity),
            ("zstd", Coding::Identity),
            (";;,,;q=,=", Coding::Identity),
        ] {
            let headers = asked(&[("accept-encoding", accept)]);
            assert_eq!(Coding::wanted(&headers), wanted, "{accept}");
        }
        assert_eq!(Coding::wanted(&HeaderMap::new()), Coding::Identity);
    }

    #[tokio::test]
    async fn every_coding_reads_the_same_and_has_a_tag_of_its_own() {
        let text = "the same words, again and again. ".repeat(500);
        let page = Page::html(text.clone());
        let mut tags = Vec::new();
        for accept in ["identity", "gzip", "br"] {
            let response = page.answer(&asked(&[("accept-encoding", accept)]));
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()[header::VARY], "accept-encoding");
            tags.push(response.headers()[header::ETAG].clone());
            let length = response.headers()[header::CONTENT_LENGTH].clone();
            let got = bytes(response).await;
            assert_eq!(length, got.len().to_string());
            let mut read = String::new();
            match accept {
                "gzip" => flate2::read::GzDecoder::new(&got[..]).read_to_string(&mut read),
                "br" => brotli::Decompressor::new(&got[..], 4096).read_to_string(&mut read),
                _ => (&got[..]).read_to_string(&mut read),
            }
            .expect("readable");
            assert!(read == text, "{accept}");
        }
        assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2]);
    }

    #[test]
    fn what_does_not_shrink_is_sent_as_it_is() {
        let response = Page::html("x".into()).answer(&asked(&[("accept-encoding", "br")]));
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
    }

    #[tokio::test]
    async fn a_page_that_the_browser_has_is_not_sent_again() {
        let page = Page::html("hello".into());
        let tag = page.answer(&HeaderMap::new()).headers()[header::ETAG]
            .to_str()
            .expect("text")
            .to_owned();
        for list in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"x\" , {tag}"),
            "*".into(),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::IF_NONE_MATCH,
                HeaderValue::try_from(&list).expect("a list"),
            );
            let response = page.answer(&headers);
            assert_eq!(response.status(), 304, "{list}");
            assert_eq!(response.headers()[header::ETAG], tag.as_str());
            assert!(bytes(response).await.is_empty());
        }
        for list in ["\"x\"", "", "W/", "hello"] {
            let response = page.answer(&asked(&[("if-none-match", list)]));
            assert_eq!(response.status(), 200, "{list}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_first_readers_cost_one_rendering() {
        let kept = Arc::new(Kept::default());
        let rendered = Arc::new(AtomicUsize::new(0));
        let readers = (0..32).map(|_| {
            let (kept, rendered) = (Arc::clone(&kept), Arc::clone(&rendered));
            tokio::spawn(async move {
                let make = move || {
                    rendered.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(std::time::Duration::from_millis(30));
                    Ok(Page::html("hello".into()))
                };
                kept.get_or("/".into(), Coding::Gzip, make).await.is_ok()
            })
        });
        for reader in readers.collect::<Vec<_>>() {
            assert!(reader.await.expect("no panic"));
        }
        assert_eq!(rendered.load(Ordering::Relaxed), 1);
        assert!(kept.get("/").is_some());
    }

    #[tokio::test]
    async fn a_page_that_failed_is_tried_again() {
        let kept = Kept::default();
        let fails = kept
            .get_or("/".into(), Coding::Identity, || Err(PageError::BadAddress))
            .await;
        assert!(fails.is_err());
        let panics = kept
            .get_or("/".into(), Coding::Identity, || panic!("a test's panic"))
            .await;
        assert!(matches!(panics, Err(failure) if matches!(*failure.0, PageError::Panicked)));
        let page = kept
            .get_or("/".into(), Coding::Identity, || {
                Ok(Page::html("hello".into()))
            })
            .await;
        assert!(page.is_ok());
    }

    #[tokio::test]
    async fn the_store_stays_within_its_budget() {
        let kept = Kept::within(200 << 10);
        for number in 0..100 {
            let page = || Ok(Page::html("x".repeat(10 << 10)));
            let key = format!("/{number}");
            assert!(kept.get_or(key, Coding::Identity, page).await.is_ok());
        }
        kept.pages.run_pending_tasks();
        let left = kept.pages.entry_count();
        assert!(
            (5..=10).contains(&left),
            "{left} pages of about 19 KB are kept"
        );
    }
}
