//! Previews, backlinks and permalinks: by mouse, by keyboard, by touch.

use crate::browser::{Page, Reader, visit};
use crate::seen::seen;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};
use serde_json::json;
use std::time::Duration;
use thirtyfour::prelude::*;

const NOTES: &[(&str, &str)] = &[
    (
        "caves.md",
        "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\nBring Learning_Ropes, and see Learning_Lamps and Learning_Gone first.\n\nAnother Learning_Ropes in Learning_Caves.\n",
    ),
    (
        "ropes.md",
        "---\npath: /ropes\ntitle: Ropes\n---\n# Ropes <<Learning_Ropes>>\n\nOf hemp. See Learning_Knots.\n\n```sh\nls\n```\n\n## Knots <<Learning_Knots>>\n\nA bowline.\n",
    ),
    (
        "gone.md",
        "---\npath: /gone\ntitle: Gone\n---\n# Gone <<Learning_Gone>>\n\nSoon.\n",
    ),
];

const REF: &str = "main .topic a.ref[data-topic=Learning_Ropes]";
const OPEN: &str = "return !!document.querySelector('.preview:popover-open')";
const CLOSED: &str = "return !document.querySelector('.preview')";

async fn caves(page: &Page) -> Result<Waterline> {
    let waterline = Waterline::with_notes(Docker::NoneHere, NOTES);
    page.open(&waterline.url("/caves")).await?;
    Ok(waterline)
}

async fn point_at(page: &Page, css: &str) -> Result<()> {
    let at = page.find(css).await?;
    Ok(page
        .driver
        .action_chain()
        .move_to_element_center(&at)
        .perform()
        .await?)
}

async fn press(page: &Page, key: Key) -> Result<()> {
    Ok(page.driver.action_chain().send_keys(key).perform().await?)
}

async fn focus(page: &Page, css: &str) -> Result<()> {
    // As from the keyboard: a key was the last thing that was pressed.
    press(page, Key::Shift).await?;
    page.ask::<()>(&format!("document.querySelector({css:?}).focus()"))
        .await
}

#[tokio::test]
async fn a_reference_that_is_pointed_at_shows_its_topic_only() {
    visit(Reader::Ordinary, async |page| {
        let _waterline = caves(page).await?;
        // The masthead's line turns when the host's state arrives: that is no doing of ours.
        page.until(
            "the host's state is there",
            "return !!document.querySelector('live-host [data-state=recorded]')",
        )
        .await?;
        seen(&page.driver).await?;
        page.ask::<()>("__seen.moves.length = 0").await?;
        point_at(page, REF).await?;
        page.until("a preview opens", OPEN).await?;
        let text = page.find(".preview").await?.text().await?;
        ensure!(
            text.contains("Of hemp") && !text.contains("bowline"),
            "{text}"
        );

        // Into the preview with the pointer: it stays. Away from both: it goes.
        point_at(page, ".preview").await?;
        tokio::time::sleep(Duration::from_millis(600)).await;
        ensure!(page.ask::<bool>(OPEN).await?, "it closed under the pointer");
        let seen = seen(&page.driver).await?;
        ensure!(seen.moves.is_empty(), "{:?}", seen.moves);
        point_at(page, "h1").await?;
        page.until("the preview closes", CLOSED).await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn a_pointer_that_only_passes_opens_nothing() {
    visit(Reader::Ordinary, async |page| {
        let _waterline = caves(page).await?;
        point_at(page, REF).await?;
        point_at(page, "h1").await?;
        tokio::time::sleep(Duration::from_millis(700)).await;
        ensure!(page.ask::<bool>(CLOSED).await?, "a preview opened");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_keyboard_opens_enters_and_closes_a_preview() {
    visit(Reader::Ordinary, async |page| {
        let _waterline = caves(page).await?;
        focus(page, REF).await?;
        page.until("a preview opens", OPEN).await?;
        let told: bool = page
            .ask("return document.querySelector('a.ref[aria-details]').getAttribute('aria-details') === document.querySelector('.preview').id")
            .await?;
        ensure!(told, "the reference does not say that there is more");
        crate::barriers::no_barriers(page).await?;

        press(page, Key::Tab).await?;
        let inside = "return document.querySelector('.preview').contains(document.activeElement)";
        ensure!(page.ask::<bool>(inside).await?, "Tab does not lead into it");
        press(page, Key::Escape).await?;
        page.until("the preview closes", CLOSED).await?;
        let back: bool = page
            .ask("return document.activeElement.matches('a.ref[data-topic=Learning_Ropes]')")
            .await?;
        ensure!(back, "the focus is lost");
        tokio::time::sleep(Duration::from_millis(600)).await;
        ensure!(page.ask::<bool>(CLOSED).await?, "it opens again by itself");

        // Escape on the reference itself, and Enter follows it.
        focus(page, "main .topic a.ref[data-topic=Learning_Lamps]").await?;
        page.until("a preview opens", OPEN).await?;
        let text = page.find(".preview").await?.text().await?;
        ensure!(text.contains("Wanted: nobody has written"), "{text}");
        press(page, Key::Escape).await?;
        page.until("the preview closes", CLOSED).await?;
        press(page, Key::Enter).await?;
        page.until("the topic", "return location.pathname === '/topics/Learning_Lamps'")
            .await
    })
    .await;
}

#[tokio::test]
async fn a_finger_that_rests_on_a_reference_opens_its_preview() {
    visit(Reader::Ordinary, async |page| {
        let _waterline = caves(page).await?;
        let size = json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true});
        let cdp = page.driver.cdp();
        cdp.send_raw("Emulation.setDeviceMetricsOverride", size).await?;
        cdp.send_raw("Emulation.setTouchEmulationEnabled", json!({"enabled": true})).await?;
        page.until("the window is a phone's", "return innerWidth === 390").await?;
        let place = format!(
            "const b = document.querySelector({REF:?}).getClientRects()[0]; return [b.x + 9, b.y + 9]"
        );
        let (x, y): (f64, f64) = page.ask(&place).await?;
        let touch = |kind: &str, points: serde_json::Value| {
            let event = json!({"type": kind, "touchPoints": points});
            cdp.send_raw("Input.dispatchTouchEvent", event)
        };
        touch("touchStart", json!([{"x": x, "y": y}])).await?;
        page.until("a preview opens", OPEN).await?;
        touch("touchEnd", json!([])).await?;
        tokio::time::sleep(Duration::from_millis(400)).await;
        ensure!(page.ask::<bool>(OPEN).await?, "it closed with the finger lifted");
        ensure!(page.path().await? == "/caves", "the long press followed the link");
        let fits: bool = page
            .ask("const b = document.querySelector('.preview').getBoundingClientRect(); return b.left >= 0 && b.right <= innerWidth && b.bottom <= innerHeight && document.documentElement.scrollWidth <= innerWidth")
            .await?;
        ensure!(fits, "it does not fit the window");
        // Touched elsewhere, it goes; touched shortly, the reference is a link.
        let (aside, over): (f64, f64) = page
            .ask("const b = document.querySelector('h1').getBoundingClientRect(); return [b.right - 5, b.y + 5]")
            .await?;
        touch("touchStart", json!([{"x": aside, "y": over}])).await?;
        touch("touchEnd", json!([])).await?;
        page.until("the preview closes", CLOSED).await?;
        let (x, y): (f64, f64) = page.ask(&place).await?;
        touch("touchStart", json!([{"x": x, "y": y}])).await?;
        touch("touchEnd", json!([])).await?;
        page.until("the topic", "return location.pathname === '/topics/Learning_Ropes'")
            .await
    })
    .await;
}

#[tokio::test]
async fn a_topic_that_vanished_meanwhile_has_a_sentence_and_a_late_answer_shows_nothing() {
    visit(Reader::Ordinary, async |page| {
        let waterline = caves(page).await?;
        page.ask::<()>(
            "document.querySelector('main .topic a.ref[data-topic=Learning_Gone]').href = '/topics/Learning_Nowhere'",
        )
        .await?;
        point_at(page, "main .topic a.ref[data-topic=Learning_Gone]").await?;
        page.until("a preview opens", OPEN).await?;
        let text = page.find(".preview").await?.text().await?;
        ensure!(text.contains("This topic is gone"), "{text}");
        press(page, Key::Escape).await?;

        // An answer that comes when the reader has left.
        page.open(&waterline.url("/caves")).await?;
        page.ask::<()>(
            "const real = fetch; globalThis.fetch = async (...what) => { await new Promise((go) => setTimeout(go, 900)); globalThis.late = true; return real(...what) }",
        )
        .await?;
        point_at(page, REF).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        point_at(page, "h1").await?;
        page.until("the answer came", "return !!globalThis.late").await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        ensure!(page.ask::<bool>(CLOSED).await?, "a preview of before opened");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_backlink_on_the_same_page_jumps_to_its_word() {
    visit(Reader::Ordinary, async |page| {
        let waterline = caves(page).await?;
        let here = page.find(".backlinks li:has(.here) > a").await?;
        here.click().await?;
        let marked: String = page
            .ask("return document.querySelector('a.ref:target')?.dataset.topic ?? ''")
            .await?;
        ensure!(marked == "Learning_Caves", "it leads to {marked:?}");
        page.open(&waterline.url("/topics/Learning_Ropes")).await?;
        page.find(".backlinks a[href^='/topics/Learning_Caves#at:']")
            .await?
            .click()
            .await?;
        page.until(
            "the word on the other page",
            "return document.querySelector('a.ref:target')?.dataset.topic === 'Learning_Ropes'",
        )
        .await
    })
    .await;
}

#[tokio::test]
async fn a_permalink_is_copied_and_leads_to_its_heading() {
    visit(Reader::Ordinary, async |page| {
        let waterline = caves(page).await?;
        page.open(&waterline.url("/ropes")).await?;
        page.ask::<()>(
            "navigator.clipboard.writeText = async (text) => { globalThis.copied = text }",
        )
        .await?;
        let link = page.find("#Learning_Knots + .permalink").await?;
        link.click().await?;
        let copied: String = page.ask("return globalThis.copied").await?;
        ensure!(copied == waterline.url("/ropes#Learning_Knots"), "{copied}");
        ensure!(
            page.path().await? == "/ropes#Learning_Knots",
            "it does not lead there"
        );
        page.until(
            "it is said",
            "return document.getElementById('said').textContent === 'The link is copied'",
        )
        .await?;
        let size = link.rect().await?;
        ensure!(
            size.width >= 24.0 && size.height >= 24.0,
            "too small to hit"
        );
        page.nothing_went_wrong().await
    })
    .await;
}
