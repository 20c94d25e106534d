//! Every kind of page by keyboard: the skip link comes first and skips, and each stop can be
//! seen where it is.

use crate::browser::{Page, Reader, visit};
use crate::kinds::at_every_kind;
use crate::waterline::Waterline;
use anyhow::{Result, ensure};
use thirtyfour::Key;

/// How many stops are looked at on a page.
const STOPS: usize = 30;

/// Where the focus is: whether it has a ring, and whether some of it is in sight.
const STOP: &str = r#"
    const one = document.activeElement
    const box = one.getBoundingClientRect()
    const shows = (x, y) => {
      const top = document.elementFromPoint(x, y)
      return top && (one.contains(top) || top.contains(one) && !top.matches("main, body, html, .frame"))
    }
    const points = [.5, .02, .98].flatMap((x) => [.5, .1, .9].map((y) => [box.left + box.width * x, box.top + box.height * y]))
    const ring = (css) => css.outlineStyle !== "none" && parseFloat(css.outlineWidth) >= 2
    // A link in a drawing has its ring around its name, not around all that it reaches.
    const drawn = [...one.querySelectorAll(":scope > rect")].map((rect) => getComputedStyle(rect))
    return {
      main: document.querySelector("main").contains(one),
      skip: one.matches(".skip"),
      ring: ring(getComputedStyle(one)) || ring(getComputedStyle(one.parentElement)) || drawn.some((css) => parseFloat(css.strokeWidth) >= 3),
      seen: points.some(([x, y]) => shows(x, y)),
      what: one.outerHTML.slice(0, 140),
      forced: one.tabIndex > 0,
    }"#;

#[derive(Debug, serde::Deserialize)]
struct Stop {
    main: bool,
    skip: bool,
    ring: bool,
    seen: bool,
    forced: bool,
    what: String,
}

async fn walk(page: &Page) -> Result<()> {
    page.press(Key::Tab).await?;
    let stop: Stop = page.ask(STOP).await?;
    ensure!(stop.skip && stop.seen, "the first stop: {stop:?}");
    page.press(Key::Enter).await?;
    for number in 0..STOPS {
        page.press(Key::Tab).await?;
        let stop: Stop = page.ask(STOP).await?;
        // The last link of a short page is followed by the browser's own bar.
        if stop.what.starts_with("<body") {
            break;
        }
        if number == 0 {
            let empty = page
                .count("main :is(a, button, summary, [tabindex])")
                .await?
                == 0;
            ensure!(
                stop.main || empty,
                "the skip link leads past the text, to {stop:?}"
            );
        }
        ensure!(stop.ring, "the focus cannot be told: {stop:?}");
        ensure!(stop.seen, "the focus is out of sight: {stop:?}");
        ensure!(!stop.forced, "an order of its own: {stop:?}");
    }
    Ok(())
}

#[tokio::test]
async fn every_kind_of_page_is_walked_by_keyboard() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        at_every_kind(page, &waterline, walk).await?;
        page.resize(390, 700).await?;
        at_every_kind(page, &waterline, walk).await
    })
    .await;
}
