//! Paper: a page that is printed is light, without what only a screen needs; links say where
//! they lead, panels are whole and say as of when.

use crate::browser::{NOTES, Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Context, Result, ensure};
use serde_json::json;

/// What is wrong with the page as it would be printed.
const FAULTS: &str = r##"
    const shown = (one) => one.checkVisibility() && one.getClientRects().length > 0
    const faults = []
    const fault = (what, one) => faults.push(`${what}: ${one.outerHTML.slice(0, 140)}`)
    for (const one of document.querySelectorAll("nav.site, theme-switch, live-host, .tree, .foot, .copy, .skip, .pages, .beside, .tell, .feet > a, #cut, dialog"))
      if (shown(one)) fault("only a screen needs this", one)
    const after = (one) => getComputedStyle(one, "::after").content
    for (const one of document.querySelectorAll('main a.external, .prose a[href^="/"]:not(.ref, .anchor, live-value a), .runs a'))
      if (shown(one) && !after(one).includes(`(${one.getAttribute("href")})`)) fault("does not say where it leads", one)
    for (const one of document.querySelectorAll("live-value a"))
      if (after(one).includes("(")) fault("is a value, and says where it leads", one)
    for (const panel of document.querySelectorAll("live-panel")) {
      if (panel.scrollHeight > panel.clientHeight + 1) fault(`cut at ${panel.clientHeight} of ${panel.scrollHeight}`, panel)
      const time = panel.querySelector(".line .state time[datetime]")
      if (time && !(after(time).includes(time.dateTime) && /20\d\d-/.test(time.dateTime))) fault("does not say as of when", panel)
      for (let up = panel; up !== document.body; up = up.parentElement)
        if (getComputedStyle(up).position === "sticky") fault("sticks", up)
    }
    for (const one of document.querySelectorAll("pre, table, .table")) {
      if (!shown(one) || one.closest(".deep")) continue
      if (one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth) fault("wider than the paper", one)
    }
    const lines = [...document.querySelectorAll(".text > .prose > p")].filter(shown)
    const longest = Math.max(...lines.map((line) => line.getBoundingClientRect().width))
    if (lines.length && longest < Math.min(innerWidth * .9, 600)) faults.push(`lines of ${longest} on paper of ${innerWidth}`)
    const maps = [...document.querySelectorAll(".map")].filter(shown)
    if (maps.some((map) => map.matches(".narrow"))) fault("a map for a phone", maps[0])
    const [red] = getComputedStyle(document.body).color.match(/\d+/g)
    if (red > 100) faults.push(`letters for a dark page: ${getComputedStyle(document.body).color}`)
    return faults"##;

async fn printed(page: &Page, print: bool) -> Result<()> {
    let media = json!({"media": if print { "print" } else { "" }});
    let cdp = page.driver.cdp();
    cdp.send_raw("Emulation.setEmulatedMedia", media).await?;
    Ok(())
}

#[tokio::test]
async fn a_printed_page_says_where_links_lead_and_how_old_its_panels_are() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url("/")).await?;
        page.ask::<()>("localStorage.setItem('theme', 'dark')")
            .await?;
        let more = [
            "/topics/Learning_Docker_Storage",
            "/panels/layers",
            "/demos",
            "/map",
            "/hosts",
        ];
        let (mut links, mut dates) = (0, 0);
        for path in NOTES.into_iter().chain(more) {
            // A4 within its margins, upright and lying.
            for width in [680, 1020] {
                page.resize(width, 1000).await?;
                page.open(&waterline.url(path)).await?;
                page.panels_arrived().await?;
                links += page.count("main a.external").await?;
                dates += page.count("live-panel .line .state time[datetime]").await?;
                printed(page, true).await?;
                let faults: Vec<String> = page.ask(FAULTS).await?;
                printed(page, false).await?;
                ensure!(faults.is_empty(), "{path} at {width}: {faults:#?}");
            }
        }
        ensure!(links > 0 && dates > 0, "{links} links and {dates} dates");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_recorded_panel_is_printed_with_the_date_of_its_recording() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url("/learnings/docker")).await?;
        page.panels_arrived().await?;
        printed(page, true).await?;
        let chips: Vec<String> = page
            .ask("return [...document.querySelectorAll('live-panel .line .state')].map(chip => chip.innerText).filter(text => text)")
            .await?;
        ensure!(!chips.is_empty(), "no panel");
        ensure!(
            chips.iter().all(|chip| chip.contains("recorded") && chip.contains(" 20")),
            "{chips:?}"
        );
        Ok(())
    })
    .await
}

/// The colours that the browser makes of the system's.
const FOREIGN: &str = r#"
    const probe = document.body.appendChild(document.createElement("span"))
    probe.style.forcedColorAdjust = "none"
    const own = new Set(["Canvas", "CanvasText", "LinkText", "Highlight", "HighlightText", "GrayText"].map((name) => {
      probe.style.color = name
      return getComputedStyle(probe).color
    }))
    own.add("none")
    probe.remove()
    const paper = getComputedStyle(document.body).backgroundColor
    const faults = []
    for (const one of document.querySelectorAll(".pic :is(text, rect, path, line, circle, ellipse, polyline, polygon)")) {
      const { fill, stroke } = getComputedStyle(one)
      for (const [how, what] of [["fill", fill], ["stroke", stroke]])
        if (!own.has(what) && !what.startsWith("url")) faults.push(`${how} ${what}: ${one.outerHTML.slice(0, 120)}`)
    }
    return [document.querySelectorAll(".pic text").length, faults.slice(0, 8)]"#;

#[tokio::test]
async fn with_forced_colours_pictures_are_drawn_in_the_readers_own() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        let mut texts = 0;
        for scheme in ["light", "dark"] {
            let features = json!({"features": [
                {"name": "forced-colors", "value": "active"},
                {"name": "prefers-color-scheme", "value": scheme},
            ]});
            let cdp = page.driver.cdp();
            cdp.send_raw("Emulation.setEmulatedMedia", features).await?;
            for path in NOTES {
                page.open(&waterline.url(path)).await?;
                page.panels_arrived().await?;
                let (drawn, foreign): (usize, Vec<String>) = page
                    .ask(FOREIGN)
                    .await
                    .with_context(|| path.to_owned())?;
                ensure!(foreign.is_empty(), "{path}, {scheme}: {foreign:#?}");
                texts += drawn;
                let focus: String = page
                    .ask("document.querySelector('main a').focus({ focusVisible: true }); return getComputedStyle(document.activeElement).outlineStyle")
                    .await?;
                ensure!(focus != "none", "{path}: the focus cannot be seen");
            }
        }
        ensure!(texts > 100, "only {texts} words in pictures");
        Ok(())
    })
    .await;
}
