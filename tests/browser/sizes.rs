//! Every kind of page at any size: narrow, zoomed, with large letters; and without motion.

use crate::browser::{Page, Reader, visit};
use crate::kinds::at_every_page;
use crate::waterline::Waterline;
use anyhow::{Result, ensure};
use serde_json::json;

/// What reaches out of the window sideways, if the page can be scrolled that way.
const TOO_WIDE: &str = r#"
    const root = document.documentElement
    const room = root.clientWidth
    if (root.scrollWidth <= room) return []
    const held = (one) => {
      for (let up = one; up !== document.body; up = up.parentElement)
        if (up.matches(".vh, .skip") || (up !== one && getComputedStyle(up).overflowX !== "visible")) return true
      return false
    }
    return [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > room + 1 && !held(one))
      .slice(0, 5)
      .map((one) => `${one.outerHTML.slice(0, 120)} to ${one.getBoundingClientRect().right}`)
      .concat(`the page is ${root.scrollWidth} wide in ${room}`)"#;

/// Where the words of the masthead's places stand, and how high they are.
const MASTHEAD: &str = r#"
    return [...document.querySelectorAll(".masthead .site a")].map((place) => {
      const words = document.createRange()
      words.selectNodeContents(place)
      const { top, height } = words.getBoundingClientRect()
      return [top, height]
    })"#;

/// The page scrolls up and down only, as it is and with everything unfolded.
async fn fits(page: &Page) -> Result<()> {
    let too_wide: Vec<String> = page.ask(TOO_WIDE).await?;
    ensure!(too_wide.is_empty(), "{too_wide:#?}");
    page.ask::<()>("for (const one of document.querySelectorAll('details')) one.open = true")
        .await?;
    let too_wide: Vec<String> = page.ask(TOO_WIDE).await?;
    ensure!(too_wide.is_empty(), "unfolded: {too_wide:#?}");
    Ok(())
}

#[tokio::test]
async fn no_page_scrolls_sideways_at_320_pixels() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        page.resize(320, 640).await?;
        at_every_page(page, &waterline, async |page| {
            let places: Vec<(f64, f64)> = page.ask(MASTHEAD).await?;
            let (top, _) = places[0];
            ensure!(
                places.len() > 3 && places.iter().all(|(own, high)| *own == top && *high < 30.0),
                "the places of the masthead are not in one row: {places:?}"
            );
            fits(page).await
        })
        .await
    })
    .await;
}

#[tokio::test]
async fn no_page_scrolls_sideways_at_200_percent() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        // 1280 by 800 pixels at 200 %.
        let zoomed = json!({"width": 640, "height": 400, "deviceScaleFactor": 2, "mobile": false});
        (page.driver.cdp())
            .send_raw("Emulation.setDeviceMetricsOverride", zoomed)
            .await?;
        at_every_page(page, &waterline, fits).await
    })
    .await;
}

#[tokio::test]
async fn no_page_scrolls_sideways_with_letters_twice_as_large() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        let large = json!({"fontSizes": {"standard": 32, "fixed": 26}});
        (page.driver.cdp())
            .send_raw("Page.setFontSizes", large)
            .await?;
        at_every_page(page, &waterline, async |page| {
            let root: String = page
                .ask("return getComputedStyle(document.documentElement).fontSize")
                .await?;
            ensure!(root == "32px", "the letters are not large: {root}");
            fits(page).await
        })
        .await
    })
    .await;
}

/// What still moves by the clock, and not by the reader's own scrolling.
const MOVES: &str = r#"
    const smooth = [...document.querySelectorAll("*")]
      .filter((one) => getComputedStyle(one).scrollBehavior === "smooth")
      .map((one) => one.outerHTML)
    const moving = document.getAnimations({ subtree: true })
      .filter((one) => one.timeline instanceof DocumentTimeline && one.playState === "running")
      .map((one) => `${one.animationName ?? one.transitionProperty} of ${one.effect.target.outerHTML}`)
    return [...smooth, ...moving].map((text) => text.slice(0, 160))"#;

/// Brings about what moves otherwise: a step that runs, a hop that an event has lit.
const STIR: &str = r#"
    const step = document.querySelector(".step")
    if (step) {
      step.dataset.verdict = "running"
      step.insertAdjacentHTML("beforeend", '<p class="verdict"><svg><path d="M0 0H9"/></svg></p>')
    }
    for (const hop of document.querySelectorAll(".parts i")) hop.classList.add("lit")"#;

#[tokio::test]
async fn nothing_moves_for_a_reader_who_asked_for_less_motion() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        // For others something does move: what is stirred below would be seen.
        page.open(&waterline.url("/demos/zombies")).await?;
        page.ask::<()>(STIR).await?;
        let moves: Vec<String> = page.ask(MOVES).await?;
        ensure!(!moves.is_empty(), "nothing moves for anybody");
        let features = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
        (page.driver.cdp())
            .send_raw("Emulation.setEmulatedMedia", features)
            .await?;
        at_every_page(page, &waterline, async |page| {
            page.ask::<()>(STIR).await?;
            let moves: Vec<String> = page.ask(MOVES).await?;
            ensure!(moves.is_empty(), "{moves:#?}");
            Ok(())
        })
        .await
    })
    .await;
}
