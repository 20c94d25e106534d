//! What has changed of a demo's page, sent over the page's one stream. Each viewer gets
//! what differs from what they were sent before; a tab that comes back gets all of it.

use super::access::Access;
use super::bench::{Bench, LONGEST_LINE};
use super::pages;
use super::stage::Stage;
use super::view::Parts;
use crate::web::live::{Frames, event};
use crate::web::state::App;
use axum::http::HeaderMap;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Output that comes faster is sent together.
const TOGETHER: Duration = Duration::from_millis(12);

/// The frames of the demo that `key` names; `None` where this visitor may run nothing.
pub fn frames(app: &Arc<App>, headers: &HeaderMap, key: &str) -> Option<Frames> {
    let (demo, host) = parse(key)?;
    let host = app.engine.host(Some(&host))?;
    let access = Access::of(app, headers).ok()?;
    if matches!(access, Access::Ready { is_new: true, .. }) {
        return None;
    }
    if !demo.is_empty() {
        app.edition().demos.get(&demo)?;
    }
    let (stage, place) = access.place(&demo, host.name())?;
    let bench = stage.bench(&place);
    let viewer = Viewer {
        key: pages::key(&demo, host.name()),
        app: Arc::clone(app),
        news: bench.news(),
        host: host.name().to_owned(),
        demo,
        bench,
        stage,
        access,
        sent: HashMap::new(),
        first: true,
    };
    let all = stream::unfold(viewer, |mut viewer| async move {
        let frames = viewer.next().await?;
        Some((stream::iter(frames), viewer))
    });
    Some(all.flatten().boxed())
}

/// `ID?host=NAME`, percent-encoded.
fn parse(key: &str) -> Option<(String, String)> {
    if key.len() > LONGEST_LINE {
        return None;
    }
    let (demo, host) = key.split_once("?host=")?;
    let text = |text| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    Some((text(demo)?, text(host)?))
}

struct Viewer {
    key: String,
    app: Arc<App>,
    stage: Arc<Stage>,
    bench: Arc<Bench>,
    news: watch::Receiver<u64>,
    access: Access,
    demo: String,
    host: String,
    /// What was sent, by the id of its element.
    sent: HashMap<String, String>,
    first: bool,
}

impl Viewer {
    /// What has changed, once something has. `None` when there is nothing left to follow.
    async fn next(&mut self) -> Option<Vec<Bytes>> {
        if !std::mem::replace(&mut self.first, false) {
            self.news.changed().await.ok()?;
            tokio::time::sleep(TOGETHER).await;
            self.news.mark_unchanged();
        }
        self.bench.notice(&self.stage);
        let seen = self.bench.seen();
        let edition = self.app.edition_for_long();
        let demo = edition.demos.get(&self.demo);
        let panels = demo.map_or(Vec::new(), |demo| pages::panels(&edition, demo));
        let turn = seen.turn().to_string();
        let parts = Parts {
            demo: demo.map(|demo| &**demo),
            seen: &seen,
            forms: self
                .access
                .forms(&self.host, &self.demo, turn, seen.busy.is_some()),
            panels: &panels,
            host: &self.host,
            live: true,
            reload: String::new(),
        };
        let mut frames = Vec::new();
        for (id, html) in parts.all() {
            if self.sent.get(&id) != Some(&html) {
                frames.push(event("demo", &format!("{}\n{html}", self.key)));
                self.sent.insert(id, html);
            }
        }
        Some(frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_a_demo_and_a_host() {
        let pair = |demo: &str, host: &str| Some((demo.to_owned(), host.to_owned()));
        assert_eq!(
            parse("what-survives?host=lab"),
            pair("what-survives", "lab")
        );
        assert_eq!(parse("?host=a%20b"), pair("", "a b"));
        assert_eq!(parse(&pages::key("x", "ü&?")), pair("x", "ü&?"));
        for odd in ["", "what-survives", "x?host=%ff", &"x".repeat(9000)] {
            assert_eq!(parse(odd), None);
        }
    }
}
