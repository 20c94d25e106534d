//! Docker stopped: the notes read as ever, and each panel says what it is.

use crate::browser::{Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};

const NOTE: &str = "/learnings/docker";

#[tokio::test]
async fn without_docker_the_notes_read_and_panels_say_that_they_are_recorded() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        reads(page).await?;
        let panels = page.panels_arrived().await?;
        ensure!(panels >= 3, "only {panels} panels in the note");
        let recorded = page.count("live-panel[data-state=recorded]").await?;
        ensure!(recorded == panels, "{recorded} of {panels} are recorded");
        let dated: Vec<bool> = page
            .ask(
                r"return [...document.querySelectorAll('live-panel')]
                    .map((panel) => /recorded/i.test(panel.textContent) && /20\d\d/.test(panel.textContent))",
            )
            .await?;
        ensure!(dated.iter().all(|yes| *yes), "a recording does not say so, with its date");
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn a_named_host_that_is_away_is_never_replaced_by_a_recording() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NamedAndAway);
        page.open(&waterline.url(NOTE)).await?;
        reads(page).await?;
        let panels = page.panels_arrived().await?;
        let unavailable = page.count("live-panel[data-state=unavailable]").await?;
        ensure!(panels >= 3, "only {panels} panels in the note");
        ensure!(
            unavailable == panels,
            "{unavailable} of {panels} are unavailable"
        );
        let text = page.find("live-panel").await?.text().await?;
        ensure!(
            text.contains("nobody.sock"),
            "the panel does not say where nobody answers: {text}"
        );
        page.nothing_went_wrong().await
    })
    .await;
}

/// The note is there, with its text.
async fn reads(page: &Page) -> Result<()> {
    let text = page.find("main").await?.text().await?;
    ensure!(text.len() > 1000, "hardly any text: {text}");
    Ok(())
}
