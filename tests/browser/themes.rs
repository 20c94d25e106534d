//! Themes: a chosen one is there before the first paint.

use crate::browser::{Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::ensure;
use serde_json::json;

/// Writes down the paper's colour in each frame, and the theme that stood when the body began.
const WATCH_PAPER: &str = r#"
    globalThis.__papers = new Set()
    const look = () => {
      if (document.body) __papers.add(getComputedStyle(document.body).backgroundColor)
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    new MutationObserver((_, watch) => {
      if (!document.body) return
      globalThis.__begun = document.documentElement.dataset.theme ?? "none"
      watch.disconnect()
    }).observe(document, { childList: true, subtree: true })
"#;

#[tokio::test]
async fn no_page_flashes_in_another_theme_first() {
    visit(Reader::Ordinary, async |page| {
        (page.driver.cdp())
            .send_raw(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({"source": WATCH_PAPER}),
            )
            .await?;
        let waterline = Waterline::start(Docker::NoneHere);
        for (system, chosen) in [("light", "dark"), ("dark", "light")] {
            page.prefer(system).await?;
            page.open(&waterline.url("/")).await?;
            page.ask::<()>(&format!("localStorage.setItem('theme', '{chosen}')"))
                .await?;
            for path in [
                "/",
                "/learnings/docker",
                "/demos",
                "/hosts",
                "/no-such-page",
            ] {
                page.open(&waterline.url(path)).await?;
                let begun: String = page.ask("return __begun").await?;
                ensure!(begun == chosen, "{path} began as {begun}, not {chosen}");
                let papers: Vec<String> = page
                    .ask_for("await new Promise(requestAnimationFrame); return [...__papers]")
                    .await?;
                ensure!(papers.len() == 1, "{path} was {papers:?}");
            }
        }
        Ok(())
    })
    .await;
}
