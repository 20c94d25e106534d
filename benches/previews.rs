//! How long a preview takes in a notebook of 10,000 notes: by the front door, compressed as
//! a browser asks for it, at its first request and again.
//!
//! `cargo bench --bench previews`. Prints one line per figure, and fails where the promise
//! of 5 ms in 99 of 100 requests is broken.

mod generated;

use axum::http::Request;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::sync::Arc;
use std::time::{Duration, Instant};
use waterline::engine::Engine;
use waterline::notebook::{Notebook, Rules};
use waterline::panels::attached::Attached;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::state::{App, Edition};

const NOTES: usize = 10_000;
/// Every so many notes, all topics of one are asked for.
const STEP: usize = 10;
const PROMISE: Duration = Duration::from_millis(5);

fn main() {
    let notebook = Notebook::from_files(generated::notes(NOTES), &Rules::default());
    let edition = Edition::new(notebook, Attached::built_in(), "a bench".into());
    let key = Key::new().expect("randomness");
    let app = App::new(7070, key, Engine::new([]), edition);
    let front = Front::new(Arc::new(app));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let topics: Vec<String> = (0..NOTES)
        .step_by(STEP)
        .flat_map(|note| (0..10).map(move |topic| generated::name(note, topic)))
        .collect();
    let mut kept = true;
    for what in ["first", "again"] {
        let mut took: Vec<Duration> = Vec::with_capacity(topics.len());
        let mut largest = 0;
        for topic in &topics {
            let (duration, bytes) = runtime.block_on(ask(&front, topic));
            took.push(duration);
            largest = largest.max(bytes);
        }
        took.sort_unstable();
        let of = |thousandth: usize| took[(took.len() - 1) * thousandth / 1000];
        println!(
            "preview, {what}: {} requests, half within {:?}, 99 of 100 within {:?}, all within {:?}, at most {largest} bytes compressed",
            took.len(),
            of(500),
            of(990),
            of(1000)
        );
        kept &= of(990) < PROMISE;
    }
    assert!(kept, "99 of 100 previews should take less than {PROMISE:?}");
}

/// Asks for one preview, reads it whole, and says how long that took.
async fn ask(front: &Front, topic: &str) -> (Duration, usize) {
    let request = Request::get(format!("/topics/{topic}/preview"))
        .header("host", "localhost:7070")
        .header("accept-encoding", "gzip, deflate, br")
        .body(Full::<Bytes>::default())
        .expect("a request");
    let began = Instant::now();
    let answer = front.answer(request).await;
    let answer = answer.unwrap_or_else(|never| match never {});
    assert!(answer.status().is_success(), "{topic}: {}", answer.status());
    let body = answer.into_body().collect().await.expect("a body");
    (began.elapsed(), body.to_bytes().len())
}
