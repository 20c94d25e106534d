//! What opens above a page, in the narrowest window that pages are made for: the palette, the
//! map of keys and a preview are inside the window, all of them can be reached, and there is
//! no barrier in either theme.

use crate::barriers::no_barriers;
use crate::browser::{Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;

const NOTE: &str = "/learnings/docker";

/// What of the open box reaches out of the window, and what in it cannot be scrolled to.
const FAULTS: &str = r#"
    const box = document.querySelector("dialog[open], .preview:popover-open")
    if (!box) return ["nothing is open"]
    const faults = []
    const say = (what, one) => faults.push(`${what}: ${one.outerHTML.slice(0, 120)}`)
    const outside = (one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect()
      return left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1
    }
    if (outside(box)) say("outside of the window", box)
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) say("the page is too wide", box)
    for (const one of box.querySelectorAll("a, button, input, kbd, p, dd, li, [role=option]")) {
      if (!one.checkVisibility() || one.closest(".vh")) continue
      one.scrollIntoView({ block: "nearest", behavior: "instant" })
      const { left, right, top } = one.getBoundingClientRect()
      if (left < -1 || right > innerWidth + 1) say(`from ${left} to ${right}`, one)
      if (top < -1 || top > innerHeight) say(`at ${top} of ${innerHeight}`, one)
    }
    return faults"#;

async fn inside(page: &Page, what: &str) -> Result<()> {
    let faults: Vec<String> = page.ask(FAULTS).await?;
    ensure!(faults.is_empty(), "{what}: {faults:#?}");
    no_barriers(page).await.with_context(|| what.to_owned())
}

async fn in_both_themes(look: impl AsyncFn(&Page) -> Result<()>) {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.resize(320, 640).await?;
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await?;
            page.open(&waterline.url(NOTE)).await?;
            page.panels_arrived().await?;
            look(page).await.with_context(|| scheme.to_owned())?;
        }
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn the_palette_is_inside_a_narrow_window() {
    in_both_themes(async |page| {
        page.press("/").await?;
        page.find("dialog.palette[open] input").await?;
        inside(page, "nothing typed").await?;
        page.press("docker").await?;
        page.find("dialog.palette [role=option]").await?;
        inside(page, "results").await?;
        page.press(" xylophonist quixotic").await?;
        page.until(
            "it says that something is missing",
            "return /Nothing has/.test(document.querySelector('dialog.palette').textContent)",
        )
        .await?;
        inside(page, "words that nothing has").await
    })
    .await;
}

#[tokio::test]
async fn the_map_of_keys_is_inside_a_narrow_window() {
    in_both_themes(async |page| {
        page.press("?").await?;
        page.find("dialog.keys-map[open]").await?;
        inside(page, "on the note").await?;
        page.press(Key::Escape).await?;
        page.press("p").await?;
        page.find(".room-bar").await?;
        page.press("?").await?;
        page.find("dialog.keys-map[open]").await?;
        inside(page, "in the room").await?;
        page.press(Key::Escape).await?;
        page.press(Key::Escape).await
    })
    .await;
}

#[tokio::test]
async fn a_preview_is_inside_a_narrow_window() {
    in_both_themes(async |page| {
        // The first stands at the top of the window, the last at its lower edge.
        for (which, block) in [("0", "start"), ("-1", "end")] {
            page.press(Key::Shift).await?;
            page.ask::<()>(&format!(
                "const one = [...document.querySelectorAll('main .prose a.ref')].at({which});
                 one.scrollIntoView({{ block: '{block}', behavior: 'instant' }}); one.focus()"
            ))
            .await?;
            page.find(".preview:popover-open").await?;
            inside(page, which).await?;
            page.press(Key::Escape).await?;
            page.until("it closes", "return !document.querySelector('.preview')")
                .await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn notebooks_of_one_note_and_of_one_wanted_topic_are_read_like_any_other() {
    visit(Reader::Ordinary, async |page| {
        let one = "---\npath: /one\ntitle: One\n---\n# One <<Learning_One>>\n\nAll there is.\n";
        let wants = "---\npath: /one\ntitle: One\n---\nSee Learning_Nowhere.\n";
        // Both run until the end: a page that loses its server complains.
        let notebook = |text| Waterline::with_notes(Docker::NoneHere, &[("one.md", text)]);
        let notebooks = [
            (notebook(one), "Learning_One"),
            (notebook(wants), "Learning_Nowhere"),
        ];
        for (waterline, topic) in &notebooks {
            let topic_page = format!("/topics/{topic}");
            let search = format!("/search?q={topic}");
            let around = format!("/map?at={topic}");
            for path in [
                "/",
                "/one",
                &topic_page,
                "/map",
                "/map?note=/one",
                &around,
                &search,
                "/demos",
            ] {
                page.resize(390, 844).await?;
                page.open(&waterline.url(path)).await?;
                page.panels_arrived().await?;
                no_barriers(page).await.with_context(|| path.to_owned())?;
                let wide: u32 = page
                    .ask("return document.documentElement.scrollWidth")
                    .await?;
                ensure!(wide <= 390, "{path} is {wide} wide");
                page.nothing_went_wrong().await?;
            }
            page.open(&waterline.url("/one")).await?;
            page.press("/").await?;
            page.find("dialog.palette[open] input").await?;
            page.press(*topic).await?;
            page.find(&format!(
                "dialog.palette [role=option][href^='/topics/{topic}']"
            ))
            .await?;
        }
        Ok(())
    })
    .await;
}
