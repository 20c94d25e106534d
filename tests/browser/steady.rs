//! A steady page: nothing moves when panels arrive, nothing breaks the content
//! policy, and the theme stays as the reader chose it.

use crate::browser::{Page, Reader, visit};
use crate::seen::seen;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};
use std::time::Duration;

/// The widths that pages are made for, with a usual height.
const VIEWS: [(u32, u32); 3] = [(390, 844), (1024, 768), (1600, 1000)];

/// One page of each kind that the embedded notebook has.
pub const PAGES: [&str; 9] = [
    "/",
    "/learnings/docker",
    "/learnings/docker/storage",
    "/topics/Learning_Docker_Storage",
    "/topics/Learning_Docker_Layers",
    "/topics/Learning_Docker_Networking",
    "/panels/storage-driver",
    "/panels/layers",
    "/panels/networks",
];

/// Every page at every width, with its panels there.
async fn at_every_width(docker: Docker, look: impl AsyncFn(&Page, &str, u32) -> Result<()>) {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(docker);
        for (width, height) in VIEWS {
            page.resize(width, height).await?;
            for path in PAGES {
                page.open(&waterline.url(path)).await?;
                page.panels_arrived().await?;
                look(page, path, width).await?;
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn nothing_moves_when_panels_arrive() {
    // Of an engine in use, something may change meanwhile: the recording stands still.
    at_every_width(Docker::NoneHere, async |page, path, width| {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let moves = seen(&page.driver).await?.moves;
        let sum: f64 = moves.iter().map(|one| one.amount).sum();
        ensure!(
            sum == 0.0,
            "{path} at {width} pixels moved by {sum}: {moves:#?}"
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn no_page_is_wider_than_its_window() {
    at_every_width(Docker::Engine, async |page, path, width| {
        let wide: u32 = page
            .ask("return document.documentElement.scrollWidth")
            .await?;
        ensure!(
            wide <= width,
            "{path} is {wide} wide in a window of {width}"
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn no_page_breaks_the_content_policy_or_has_script_errors() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        for path in PAGES.into_iter().chain(["/hosts"]) {
            page.open(&waterline.url(path)).await?;
            page.panels_arrived().await?;
            page.nothing_went_wrong().await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_theme_that_a_reader_chooses_stays() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.prefer("light").await?;
        page.open(&waterline.url("/learnings/docker")).await?;
        let light = paper(page).await?;

        let choice = page.find("theme-switch select").await?;
        choice.send_keys("Dark").await?;
        let dark = paper(page).await?;
        ensure!(dark != light, "the page stays {light}");
        page.open(&waterline.url("/")).await?;
        ensure!(
            paper(page).await? == dark,
            "the next page forgot the choice"
        );

        let choice = page.find("theme-switch select").await?;
        choice.send_keys("System").await?;
        ensure!(
            paper(page).await? == light,
            "it does not follow the system again"
        );
        page.prefer("dark").await?;
        ensure!(paper(page).await? == dark, "it does not follow the system");
        Ok(())
    })
    .await;
}

/// The colour behind the text.
async fn paper(page: &crate::browser::Page) -> Result<String> {
    page.ask("return getComputedStyle(document.body).backgroundColor")
        .await
}
