//! Reading: following references, with a mouse, with a keyboard, into topics that
//! nobody has written yet.

use crate::browser::{Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Context, Result, ensure};
use thirtyfour::prelude::*;

const NOTE: &str = "/learnings/docker";

#[tokio::test]
async fn following_a_reference_lands_on_its_topic() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url(NOTE)).await?;
        let reference = page.find("main a.ref:not(.wanted)").await?;
        let topic = reference.attr("data-topic").await?;
        let topic = topic.context("a reference names its topic")?;
        reference.scroll_into_view().await?;
        reference.click().await?;
        lands_on(page, &topic).await
    })
    .await;
}

#[tokio::test]
async fn every_reference_of_every_note_lands() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url("/")).await?;
        let (followed, lost): (usize, Vec<String>) = page.ask_for(FOLLOW_EVERYTHING).await?;
        ensure!(followed >= 10, "only {followed} references in the notebook");
        ensure!(lost.is_empty(), "these lead nowhere: {lost:#?}");
        Ok(())
    })
    .await;
}

/// Asks for all notes, then for each topic they refer to, and looks for its heading.
const FOLLOW_EVERYTHING: &str = r#"
    const read = async (path) => {
      const response = await fetch(path);
      return { ok: response.ok, page: new DOMParser().parseFromString(await response.text(), "text/html") };
    };
    const index = await (await fetch("/notebook.json")).json();
    const followed = new Map();
    const lost = [];
    for (const note of index.notes) {
      const { page } = await read(note.path);
      for (const a of page.querySelectorAll("main a.ref")) followed.set(a.dataset.topic, a.getAttribute("href"));
      for (const a of page.querySelectorAll("main a.ref.wanted")) lost.push(`${a.dataset.topic}, wanted by ${note.path}`);
    }
    for (const [topic, href] of followed) {
      const { ok, page } = await read(href);
      if (!ok || !page.getElementById(topic)) lost.push(`${topic} at ${href}`);
    }
    return [followed.size, lost];
"#;

#[tokio::test]
async fn a_wanted_topic_says_who_asks_for_it() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::with_notes(Docker::NoneHere, &[(
            "caves.md",
            "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\nBring a lamp, see Learning_Lamps first.\n",
        )]);
        page.open(&waterline.url("/caves")).await?;
        let wanted = page.find("main a.ref.wanted[data-topic=Learning_Lamps]").await?;
        wanted.click().await?;
        lands_on(page, "Learning_Lamps").await?;
        let text = page.find("main").await?.text().await?;
        ensure!(text.contains("Bring a lamp"), "it does not quote who asks: {text}");
        let asker = page.find("main .backlinks a[href^='/topics/Learning_Caves#at:']");
        asker.await?.click().await?;
        lands_on(page, "Learning_Caves").await
    })
    .await;
}

#[tokio::test]
async fn a_keyboard_is_enough_to_follow_a_reference() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;

        page.press(Key::Tab).await?;
        let first: String = page.ask("return document.activeElement.hash").await?;
        ensure!(first == "#main", "the first stop is {first:?}, not the skip link");
        let seen: bool = page
            .ask("return document.activeElement.getBoundingClientRect().left >= 0")
            .await?;
        ensure!(seen, "the skip link is focused and cannot be seen");
        page.press(Key::Enter).await?;

        for _ in 0..200 {
            page.press(Key::Tab).await?;
            let in_text: bool = page
                .ask("return document.querySelector('main').contains(document.activeElement)")
                .await?;
            ensure!(in_text, "the skip link does not lead into the text");
            let topic: Option<String> = page
                .ask("const a = document.activeElement; return a.matches('a.ref:not(.wanted)') ? a.dataset.topic : null")
                .await?;
            if let Some(topic) = topic {
                let ring: String = page
                    .ask("return getComputedStyle(document.activeElement).outlineStyle")
                    .await?;
                ensure!(ring != "none", "the focus cannot be seen on a reference");
                page.press(Key::Enter).await?;
                return lands_on(page, &topic).await;
            }
        }
        anyhow::bail!("200 stops, and no reference among them")
    })
    .await;
}

/// The reader stands on the topic's page, at its heading, which has words and is in view.
async fn lands_on(page: &Page, topic: &str) -> Result<()> {
    let heading = page.find(&format!("main #{topic}")).await?;
    let path = page.path().await?;
    let at = path.split('#').next().unwrap_or_default();
    ensure!(at == format!("/topics/{topic}"), "landed at {path}");
    ensure!(
        !heading.text().await?.trim().is_empty(),
        "the heading is empty"
    );
    let place = heading.rect().await?;
    let scrolled: f64 = page.ask("return scrollY").await?;
    let view: f64 = page.ask("return innerHeight").await?;
    let top = place.y - scrolled;
    ensure!(
        (0.0..view).contains(&top),
        "the heading is out of view, at {top}"
    );
    Ok(())
}

#[tokio::test]
async fn a_picture_keeps_its_shape_in_the_text_and_where_its_paragraph_is_quoted() {
    let picture = "<svg xmlns='http://www.w3.org/2000/svg' width='1800' height='900'><rect width='1800' height='900'/></svg>";
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::with_notes(
            Docker::NoneHere,
            &[
                ("README.md", "# Home\n\nText.\n"),
                ("a.md", "# A\n\n![wide](wide.svg) back [home](README.md)\n"),
                ("wide.svg", picture),
            ],
        );
        for (path, css) in [("/a", ".prose img"), ("/README", ".backlinks img")] {
            page.open(&waterline.url(path)).await?;
            page.find(css).await?.scroll_into_view().await?;
            page.until("it is there", &format!("return document.querySelector('{css}').naturalWidth > 0")).await?;
            let shape: f64 = page
                .ask(&format!("const box = document.querySelector('{css}').getBoundingClientRect(); return box.width / box.height"))
                .await?;
            ensure!((shape - 2.0).abs() < 0.1, "{path}: {shape} times as wide as high");
        }
        page.nothing_went_wrong().await
    })
    .await;
}
