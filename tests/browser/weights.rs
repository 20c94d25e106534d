//! What a note weighs on the wire, before its panels: by the browser's own account.

use crate::browser::{NOTES, Page, Reader, visit};
use crate::seen::seen;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};
use serde_json::json;
use std::time::Duration;

/// The most that the whole page may weigh, and its scripts alone, compressed, in bytes.
const PAGE: u64 = 40 * 1024;
const SCRIPTS: u64 = 15 * 1024;

/// What the Performance API tells of a page.
#[derive(Debug, serde::Deserialize)]
struct Weight {
    /// Compressed bytes of the page itself, of its style sheets, of its scripts.
    page: u64,
    styles: u64,
    scripts: u64,
    /// All of them, and whatever else was loaded; the stream of panels is not.
    all: u64,
    /// When something was first painted, in milliseconds from the request.
    painted: f64,
    /// Each file, with its bytes.
    #[expect(dead_code, reason = "read by whoever reads the failure")]
    files: Vec<(String, u64)>,
}

const WEIGH: &str = r#"
    const [page] = performance.getEntriesByType("navigation")
    const rest = performance.getEntriesByType("resource").filter(({ name }) => !new URL(name).pathname.startsWith("/live"))
    const sum = (some) => some.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
    const kind = (end) => sum(rest.filter(({ name }) => end.test(new URL(name).pathname)))
    return {
      page: page.encodedBodySize, styles: kind(/\.css$/), scripts: kind(/\.m?js$/),
      all: page.encodedBodySize + sum(rest),
      painted: performance.getEntriesByName("first-paint")[0]?.startTime ?? 0,
      files: rest.map(({ name, encodedBodySize }) => [name.split("/").at(-1), encodedBodySize]),
    }"#;

async fn weigh(page: &Page) -> Result<Weight> {
    page.panels_arrived().await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    page.ask(WEIGH).await
}

/// What the first paint of a page waits for, and what it should not have fetched by then.
#[derive(Debug, serde::Deserialize)]
struct First {
    /// Files that the browser held the first paint back for.
    blocking: Vec<String>,
    /// Style sheets, of the page itself and of what it loaded since.
    sheets: Vec<String>,
    /// Fonts and pictures.
    heavy: Vec<String>,
    /// Scripts of the page that run while it is read.
    at_once: Vec<String>,
    painted: bool,
}

const FIRST: &str = r#"
    const name = (url) => new URL(url, location.href).pathname.split("/").at(-1)
    const files = performance.getEntriesByType("resource")
    const ending = (end) => files.map((file) => name(file.name)).filter((file) => end.test(file))
    return {
      blocking: files.filter((file) => file.renderBlockingStatus === "blocking").map((file) => name(file.name).replace(/^.*[.]css$/, "css")).sort(),
      sheets: ending(/[.]css$/),
      heavy: ending(/[.](woff2?|ttf|otf|png|jpe?g|gif|webp|avif)$/),
      at_once: [...document.scripts].filter((one) => one.type !== "module" && !one.defer && !one.async).map((one) => one.src ? name(one.src) : one.text),
      painted: performance.getEntriesByName("first-paint").length > 0,
    }"#;

#[tokio::test]
async fn the_first_paint_waits_for_one_sheet_and_the_theme_alone() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        for path in crate::kinds::KINDS {
            page.open(&waterline.url(path)).await?;
            page.panels_arrived().await?;
            page.until(
                "the scripts run",
                "return document.documentElement.dataset.scripts === 'run'",
            )
            .await?;
            let first: First = page.ask(FIRST).await?;
            let told = format!("{path}: {first:#?}");
            ensure!(first.painted, "not painted, {told}");
            // The theme must be known before, or the page would flash.
            ensure!(first.blocking == ["css", "theme.js"], "blocking, {told}");
            ensure!(first.at_once == ["theme.js"], "at once, {told}");
            ensure!(first.sheets.len() == 1, "sheets, {told}");
            ensure!(first.heavy.is_empty(), "fonts or pictures, {told}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_note_weighs_little_and_nothing_moves() {
    visit(Reader::Ordinary, async |page| {
        // As a first visit to each: nothing is at hand already.
        page.driver.cdp().send_raw("Network.enable", json!({})).await?;
        let fresh = json!({"cacheDisabled": true});
        page.driver.cdp().send_raw("Network.setCacheDisabled", fresh).await?;
        // What changes on an engine in use would move, and is no part of arriving.
        let waterline = Waterline::start(Docker::NoneHere);
        for path in NOTES {
            page.open(&waterline.url(path)).await?;
            let weight = weigh(page).await?;
            let Weight {
                page: html,
                styles,
                scripts,
                all,
                painted,
                ..
            } = weight;
            println!("{path}: {all} bytes ({html} page, {styles} styles, {scripts} scripts), first paint after {painted:.0} ms");
            ensure!(all <= PAGE, "{path} weighs {all}: {weight:#?}");
            ensure!(scripts <= SCRIPTS, "{path} has {scripts} of scripts: {weight:#?}");
            ensure!(html > 1000 && styles > 1000 && scripts > 1000, "{path}: not all was weighed: {weight:#?}");
            let moves = seen(&page.driver).await?.moves;
            ensure!(moves.is_empty(), "{path} moved: {moves:#?}");
        }
        Ok(())
    })
    .await;
}
