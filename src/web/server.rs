//! The server: connections in, the front door behind each, and a graceful stop.

use super::front::Front;
use super::state::App;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// The longest that the headers of a request may take to arrive, and that a
/// connection may stay open with nothing asked.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// The largest request line with headers, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;

/// How long answers in progress may still take when Waterline stops.
const LAST_ANSWERS: Duration = Duration::from_millis(1500);

/// Serves until `stop` resolves; then accepts nothing more, ends the streams, and
/// returns when the answers in progress are sent, or are not sent in time.
pub async fn serve(listener: TcpListener, front: Front, app: Arc<App>, stop: impl Future) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(LONGEST_SILENCE)
        .max_header_size(LARGEST_HEAD);
    // Each connection holds a sender: when all are gone, so are the connections.
    let (open, mut all_closed) = mpsc::channel::<()>(1);
    let mut stop = pin!(stop);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Most likely out of file descriptors: wait until some are free.
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            _ = &mut stop => break,
        };
        tokio::spawn(connection(
            stream,
            http.clone(),
            front.clone(),
            app.stopping(),
            open.clone(),
        ));
    }
    drop((listener, open));
    app.stop();
    if tokio::time::timeout(LAST_ANSWERS, all_closed.recv())
        .await
        .is_err()
    {
        tracing::warn!("some answers were not finished in time");
    }
}

async fn connection(
    stream: TcpStream,
    http: http1::Builder,
    front: Front,
    stopping: impl Future,
    _open: mpsc::Sender<()>,
) {
    // Answers are written whole: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let mut connection = pin!(
        http.serve_connection(TokioIo::new(stream), front)
            .with_upgrades()
    );
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = stopping => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
