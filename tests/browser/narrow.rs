//! Pictures on a phone and on paper: each is drawn for the width that there is.

use crate::browser::{Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Context, Result, ensure};
use serde_json::json;

/// Panels whose pictures are drawn twice, and how many drawings one has.
const DRAWN_TWICE: [(&str, usize); 5] = [
    ("layers", 2),
    ("networks", 2),
    ("writable-layer", 2),
    ("storage-driver", 1),
    ("hosts", 2),
];

/// What is to be seen of one panel's pictures.
#[derive(Debug, serde::Deserialize)]
struct Seen {
    /// Drawings that are there for a broad column and for a narrow one, and are shown.
    broad: usize,
    narrow: usize,
    /// By how many pixels the frame is to be scrolled sideways.
    beyond: f64,
    /// The height of the smallest letters, in pixels.
    letters: f64,
    /// Words of a drawing that end outside it.
    outside: Vec<String>,
    /// Ids that stand there twice.
    twice: Vec<String>,
}

/// Of the exhibit named `api-1-41`: a busy host.
const LOOK: &str = r#"
    const panel = document.querySelector("section[aria-labelledby='api-1-41'] live-panel")
    const shown = (css) => [...panel.querySelectorAll(css)].filter(one => one.getClientRects().length)
    const frames = panel.querySelectorAll(".cross, .scroll.wide")
    const drawings = shown("svg.broad, svg.narrow")
    const texts = drawings.flatMap(svg => [...svg.querySelectorAll("text")].map(text => [svg, text]))
    const ids = [...panel.querySelectorAll("[id]")].map(one => one.id)
    return {
      broad: shown("svg.broad").length,
      narrow: shown("svg.narrow").length,
      beyond: Math.max(...[...frames].map(one => one.scrollWidth - one.clientWidth)),
      letters: Math.min(...texts.map(([_, text]) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)),
      outside: texts.filter(([svg, text]) => {
        const [box, word] = [svg.getBoundingClientRect(), text.getBoundingClientRect()]
        return word.width && (word.right > box.right + 1 || word.left < box.left - 1)
      }).map(([_, text]) => text.textContent),
      twice: ids.filter((id, at) => ids.indexOf(id) !== at),
    }"#;

async fn look(page: &Page, waterline: &Waterline, name: &str) -> Result<Seen> {
    let path = format!("/gallery/{name}");
    page.open(&waterline.url(&path)).await?;
    page.ask(LOOK).await.context(path)
}

#[tokio::test]
async fn on_a_phone_a_picture_is_drawn_for_its_width_and_not_scrolled() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        for (width, height) in [(320, 640), (390, 844)] {
            page.resize(width, height).await?;
            for (name, drawings) in DRAWN_TWICE {
                let seen = look(page, &waterline, name).await?;
                let told = format!("{name} at {width} pixels: {seen:#?}");
                ensure!(seen.broad == 0 && seen.narrow == drawings, "{told}");
                ensure!(seen.beyond <= 1.0, "to be scrolled, {told}");
                ensure!(seen.letters > 10.95, "small letters, {told}");
                ensure!(seen.outside.is_empty(), "cut words, {told}");
                ensure!(seen.twice.is_empty(), "{told}");
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn with_room_a_picture_is_drawn_broad() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.resize(1600, 1000).await?;
        for (name, drawings) in DRAWN_TWICE {
            let seen = look(page, &waterline, name).await?;
            ensure!(
                seen.narrow == 0 && seen.broad == drawings && seen.beyond <= 1.0,
                "{name}: {seen:#?}"
            );
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn on_paper_a_picture_is_seen_whole() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        // Narrower than A4 with its margins.
        page.resize(560, 800).await?;
        let paper = json!({"media": "print"});
        let cdp = page.driver.cdp();
        cdp.send_raw("Emulation.setEmulatedMedia", paper).await?;
        for (name, _) in DRAWN_TWICE {
            let seen = look(page, &waterline, name).await?;
            ensure!(seen.broad + seen.narrow > 0, "{name}: {seen:#?}");
            ensure!(seen.beyond <= 1.0, "cut off, {name}: {seen:#?}");
        }
        Ok(())
    })
    .await;
}
