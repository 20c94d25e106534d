//! Live regions: a screen reader is told what matters, once.

use crate::browser::{Page, Reader, visit};
use crate::docker::Container;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};
use std::time::Duration;

/// Writes down every announcement: each change of a live region that leaves words in it.
const LISTEN: &str = r#"
    globalThis.__told = []
    globalThis.__drawn = 0
    document.addEventListener("live-panel:drawn", () => { __drawn += 1 })
    const live = "[role=status], [role=alert], [role=log], [aria-live]:not([aria-live=off]), output"
    new MutationObserver((changes) => {
      const regions = new Set(changes.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement)?.closest(live)))
      for (const region of regions) if (region?.textContent.trim()) __told.push(region.textContent.trim())
    }).observe(document.body, { subtree: true, childList: true, characterData: true })"#;

async fn told(page: &Page) -> Result<Vec<String>> {
    page.ask("return __told").await
}

#[tokio::test]
async fn panels_that_move_say_nothing_by_themselves() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url("/learnings/docker")).await?;
        page.panels_arrived().await?;
        page.ask::<()>(LISTEN).await?;
        // Some thirty events: each container is created, attached, started and removed.
        for _ in 0..4 {
            drop(Container::run("chatter", &[]));
        }
        page.until("the panels have moved", "return __drawn >= 4")
            .await?;
        let told = told(page).await?;
        ensure!(told.len() <= 1, "the panels chatter: {told:#?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn that_waterline_is_not_heard_is_said_once() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url("/learnings/docker")).await?;
        page.panels_arrived().await?;
        page.ask::<()>(LISTEN).await?;
        drop(waterline);
        page.until("it is said", "return __told.length > 0").await?;
        // The browser tries again meanwhile, every few seconds.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let told = told(page).await?;
        ensure!(told.len() == 1, "{told:#?}");
        ensure!(told[0].contains("does not answer"), "{told:?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_demo_that_runs_says_how_each_step_ended_and_no_more() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        page.open(&waterline.invitation("/demos/what-survives-a-restart"))
            .await?;
        page.panels_arrived().await?;
        let steps = page.count(".step").await?;
        page.ask::<()>(LISTEN).await?;
        let all = page.find("#run-all").await?;
        all.scroll_into_view().await?;
        all.click().await?;
        page.until(
            "all steps have ended",
            "return document.querySelectorAll('.step:is([data-verdict=waiting], [data-verdict=running])').length === 0",
        )
        .await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let told = told(page).await?;
        ensure!(told.len() <= steps, "{steps} steps, and {} said: {told:#?}", told.len());
        ensure!(told.iter().any(|one| one.starts_with("Step")), "nothing is said: {told:?}");
        Ok(())
    })
    .await;
}
