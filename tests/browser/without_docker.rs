//! Docker stopped: the notes read as ever, and each panel says what it is.

use crate::browser::{NOTES, Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};

#[tokio::test]
async fn without_docker_the_notes_read_and_panels_say_that_they_are_recorded() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        for note in NOTES {
            reads(page, &waterline.url(note), "recorded").await?;
            let dated: Vec<bool> = page.ask(SAYS_WHEN_RECORDED).await?;
            ensure!(
                dated.iter().all(|yes| *yes),
                "{note}: a recording without a date"
            );
        }
        Ok(())
    })
    .await;
}

/// Whether each panel says that it is recorded, and in which year.
const SAYS_WHEN_RECORDED: &str = r"return [...document.querySelectorAll('live-panel')]
    .map((panel) => /recorded/i.test(panel.textContent) && /20\d\d/.test(panel.textContent))";

#[tokio::test]
async fn a_named_host_that_is_away_is_never_replaced_by_a_recording() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NamedAndAway);
        for note in NOTES {
            reads(page, &waterline.url(note), "unavailable").await?;
            page.until(
                "the panel says where nobody answers",
                "return document.querySelector('live-panel').textContent.includes('nobody.sock')",
            )
            .await?;
        }
        Ok(())
    })
    .await;
}

/// The note is there with its text, all its panels in the same `state`, and nothing
/// went wrong.
async fn reads(page: &Page, url: &str, state: &str) -> Result<()> {
    page.open(url).await?;
    let text = page.find("main").await?.text().await?;
    ensure!(text.len() > 1000, "{url} has hardly any text: {text}");
    ensure!(page.panels_arrived().await? >= 1, "{url} has no panels");
    // A panel may say for a moment that the host is being asked.
    page.until(
        &format!("all panels of {url} are {state}"),
        &format!(
            "return [...document.querySelectorAll('live-panel')] \
             .every((panel) => panel.dataset.state === '{state}')"
        ),
    )
    .await?;
    page.nothing_went_wrong().await
}
