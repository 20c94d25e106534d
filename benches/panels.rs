//! What a panel costs beside the engine calls that it rests on.
//!
//! `calls` puts the panel's questions to the engine over one plain connection, one
//! after the other, and reads the answers; `panel` is all that Waterline does: the
//! asks in parallel rounds, masking, the picture and its HTML. Needs an engine:
//! `WATERLINE_TEST_HOST=unix:///var/run/docker.sock cargo bench --bench panels`

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::hint::black_box;
use std::sync::Arc;
use tokio::net::UnixStream;
use tokio::runtime::Runtime;
use waterline::engine::{Answers, Ask, Endpoint, Found, Host, HostName};
use waterline::panels::{Panel, View, draw};

fn host(endpoint: &str) -> Arc<Host> {
    let endpoint = Endpoint::parse(endpoint, None).expect("an endpoint");
    let name = HostName::new("bench").expect("a name");
    Arc::new(Host::new(Found::named(name, endpoint)))
}

/// A host that is connected and has told nothing yet that a panel asks.
async fn connected(endpoint: &str) -> Arc<Host> {
    let host = host(endpoint);
    host.answer(&Ask::Volumes).await.expect("an engine");
    host
}

async fn answers(host: &Host, panel: Panel) -> Answers {
    let view = View::default();
    host.gather(|have| panel.asks(&view, have)).await
}

async fn plain(endpoint: &str) -> SendRequest<Empty<Bytes>> {
    let path = endpoint.strip_prefix("unix://").expect("a unix socket");
    let stream = UnixStream::connect(path).await.expect("an engine");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP");
    tokio::spawn(connection);
    sender
}

async fn call(sender: &mut SendRequest<Empty<Bytes>>, path: &str) -> Bytes {
    sender.ready().await.expect("a connection");
    let request = Request::get(path)
        .header("host", "docker")
        .body(Empty::new())
        .expect("a request");
    let answer = sender.send_request(request).await.expect("an answer");
    answer
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes()
}

fn panels(criterion: &mut Criterion) {
    let Ok(endpoint) = std::env::var("WATERLINE_TEST_HOST") else {
        eprintln!("not measured: WATERLINE_TEST_HOST names no Docker engine");
        return;
    };
    let runtime = Runtime::new().expect("a runtime");
    for panel in Panel::ALL {
        let (api, paths) = runtime.block_on(async {
            let have = answers(&*connected(&endpoint).await, panel).await;
            let paths: Vec<String> = have.all().iter().map(|(ask, _)| ask.path()).collect();
            (have.host.api.clone(), paths)
        });
        let mut group = criterion.benchmark_group(panel.name());
        group.sample_size(20);
        group.bench_function(format!("calls ({})", paths.len()), |bencher| {
            let mut sender = runtime.block_on(plain(&endpoint));
            bencher.iter(|| {
                runtime.block_on(async {
                    for path in &paths {
                        black_box(call(&mut sender, &format!("/v{api}{path}")).await);
                    }
                });
            });
        });
        group.bench_function("panel", |bencher| {
            bencher.iter_batched(
                || runtime.block_on(connected(&endpoint)),
                |host| {
                    runtime.block_on(async {
                        let have = answers(&host, panel).await;
                        black_box(draw(panel, &View::default(), &have));
                    });
                },
                criterion::BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, panels);
criterion_main!(benches);
