//! Scripts off: the page reads whole, with its panels in frames.

use crate::browser::{NOTES, Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use thirtyfour::prelude::*;
use waterline::panels::Panel;

#[tokio::test]
async fn without_scripts_notes_read_whole_and_panels_stand_in_frames() {
    visit(Reader::WithoutScripts, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        let mut framed = BTreeSet::new();
        for note in NOTES {
            page.open(&waterline.url(note)).await?;
            scripts_are_off(page).await?;
            everything_is_shown(page).await?;
            let panels = page.count("live-panel").await?;
            let frames = page.driver.find_all(By::Css("live-panel iframe")).await?;
            ensure!(
                panels >= 1 && frames.len() == panels,
                "{note}: {} frames for {panels} panels",
                frames.len()
            );
            for frame in frames {
                framed.insert(panel_in(page, frame).await?);
            }
        }
        ensure!(
            framed == Panel::ALL.map(|panel| panel.name().to_owned()).into(),
            "some panels are in no note"
        );
        Ok(())
    })
    .await;
}

/// The name of the panel that a frame shows, live, under the frame's title.
async fn panel_in(page: &Page, frame: WebElement) -> Result<String> {
    let title = frame.attr("title").await?.context("a frame has a title")?;
    frame.scroll_into_view().await?;
    frame.enter_frame().await?;
    let panel = page.find("live-panel[data-state=live]").await;
    let panel = panel.with_context(|| format!("in the frame {title}"))?;
    let text = panel.text().await?;
    ensure!(text.contains(&title), "{title} is not in its frame: {text}");
    let name = panel.attr("name").await?.context("a panel has a name")?;
    page.driver.enter_parent_frame().await?;
    Ok(name)
}

#[tokio::test]
async fn without_scripts_references_and_panel_pages_work() {
    visit(Reader::WithoutScripts, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url("/learnings/docker")).await?;
        scripts_are_off(page).await?;
        let reference = page.find("main a.ref:not(.wanted)").await?;
        let topic = reference.attr("data-topic").await?;
        let topic = topic.context("a reference names its topic")?;
        reference.scroll_into_view().await?;
        reference.click().await?;
        page.find(&format!("main #{topic}")).await?;

        page.open(&waterline.url("/panels/networks")).await?;
        let text = page.find("live-panel[name=networks]").await?.text().await?;
        ensure!(
            text.contains("shop-web-1"),
            "the picture is not there: {text}"
        );
        Ok(())
    })
    .await;
}

/// A test of a page without scripts that runs scripts would prove nothing.
async fn scripts_are_off(page: &Page) -> Result<()> {
    let frames = page.count("noscript > *").await?;
    ensure!(frames > 0, "this browser still runs scripts");
    Ok(())
}

/// Every heading, paragraph, list item, table cell and code block of the text has a
/// place on the page. (What the author reads about warnings may be folded.)
async fn everything_is_shown(page: &Page) -> Result<()> {
    let hidden: Vec<String> = page
        .ask(
            r#"return [...document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6, p, li, td, pre)")]
                .filter((element) => !element.closest("live-panel, .warnings, .vh"))
                .filter((element) => element.getClientRects().length === 0)
                .map((element) => element.outerHTML.slice(0, 120))"#,
        )
        .await?;
    ensure!(hidden.is_empty(), "not shown without scripts: {hidden:#?}");
    Ok(())
}
