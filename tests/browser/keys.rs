//! Keys: the map of them, the switch for single ones, and what is left to the browser.

use crate::browser::{Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::ensure;
use serde_json::json;
use thirtyfour::prelude::*;

const NOTE: &str = "/learnings/docker";

/// Whether the map is open.
const OPEN: &str = "return document.querySelector('dialog.keys-map')?.open === true";

/// The page's own module of keys: by its address it is the one that the page has.
const KEYS: &str = "const { addKey, allKeys } = await import(new URL('keys.js', document.querySelector('script[type=module]').src));";

#[tokio::test]
async fn a_question_mark_shows_every_key_and_esc_gives_the_focus_back() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        page.ask::<()>("document.querySelector('main a.ref').focus()")
            .await?;
        page.press("?").await?;
        page.until("the map is open", OPEN).await?;
        let left_out: Vec<String> = page
            .ask_for(&format!(
                "{KEYS} const told = document.querySelector('dialog.keys-map').textContent;
                 return allKeys().filter(({{ says }}) => !told.includes(says)).map(({{ key }}) => key)"
            ))
            .await?;
        ensure!(left_out.is_empty(), "the map leaves out {left_out:?}");
        let told = page.find("dialog.keys-map").await?.text().await?;
        ensure!(told.contains("Shows this map of keys"), "{told}");
        ensure!(told.contains("Tab"), "the browser's keys are not told: {told}");
        crate::barriers::no_barriers(page).await?;

        page.press(Key::Escape).await?;
        page.until("the map is closed", &format!("return !(() => {{ {OPEN} }})()"))
            .await?;
        let back: bool = page
            .ask("return document.activeElement === document.querySelector('main a.ref')")
            .await?;
        ensure!(back, "the focus did not come back");
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn single_keys_can_be_switched_off_and_stay_off() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        page.press("?").await?;
        page.find("dialog.keys-map[open] input")
            .await?
            .click()
            .await?;
        let told = page.find("dialog.keys-map .own").await?.text().await?;
        ensure!(
            told.contains("off"),
            "the map does not say which are off: {told}"
        );

        for path in [NOTE, "/hosts"] {
            page.open(&waterline.url(path)).await?;
            let pressed = format!(
                "{KEYS} globalThis.pressed = [];
                 addKey('x', 'A single key', () => pressed.push('x'));
                 addKey('Ctrl+y', 'One with Ctrl', () => pressed.push('Ctrl+y'));"
            );
            page.ask_for::<Option<()>>(&pressed).await?;
            page.press("x?").await?;
            let with_control = page.driver.action_chain().key_down(Key::Control);
            with_control
                .send_keys("y")
                .key_up(Key::Control)
                .perform()
                .await?;
            let pressed: Vec<String> = page.ask("return pressed").await?;
            ensure!(pressed == ["Ctrl+y"], "{path}: {pressed:?}");
            ensure!(!page.ask::<bool>(OPEN).await?, "{path}: the map opened");
        }

        // Without the key, the map is where the page ends.
        page.find("#all-keys").await?.click().await?;
        page.find("dialog.keys-map[open] input")
            .await?
            .click()
            .await?;
        page.press(Key::Escape).await?;
        page.press("x").await?;
        let pressed: Vec<String> = page.ask("return pressed").await?;
        ensure!(pressed == ["Ctrl+y", "x"], "switched on again: {pressed:?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_into_a_field_or_a_dialog_is_no_key() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        let pressed = format!(
            "{KEYS} globalThis.pressed = 0; addKey('x', 'A single key', () => pressed += 1);
             const field = document.createElement('input');
             document.querySelector('main').prepend(field); field.focus()"
        );
        page.ask_for::<Option<()>>(&pressed).await?;
        page.press("x?").await?;
        let typed: String = page.ask("return document.activeElement.value").await?;
        ensure!(typed == "x?", "the field got {typed:?}");
        ensure!(!page.ask::<bool>(OPEN).await?, "the map opened");

        page.ask::<()>("document.activeElement.blur()").await?;
        page.press("x?").await?;
        page.until("the map is open", OPEN).await?;
        page.press("x").await?;
        let pressed: usize = page.ask("return pressed").await?;
        ensure!(
            pressed == 1,
            "x did its work {pressed} times, once was meant"
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn no_key_that_moves_a_page_is_taken_from_the_browser() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        let moves = [
            Key::Up,
            Key::Down,
            Key::Left,
            Key::Right,
            Key::PageDown,
            Key::PageUp,
            Key::Home,
            Key::End,
            Key::Space,
        ];
        for path in [NOTE, "/topics/Learning_Docker_Storage", "/demos", "/"] {
            page.open(&waterline.url(path)).await?;
            page.panels_arrived().await?;
            page.ask::<()>(
                "globalThis.heard = []; addEventListener('keydown', event =>
                   setTimeout(() => heard.push([event.key, event.defaultPrevented])), true)",
            )
            .await?;
            for key in moves.clone() {
                page.press(key).await?;
            }
            page.until(
                "all are heard",
                &format!("return heard.length >= {}", moves.len()),
            )
            .await?;
            let heard: Vec<(String, bool)> = page.ask("return heard").await?;
            ensure!(heard.len() == moves.len(), "{path}: {heard:?}");
            let taken: Vec<_> = heard.iter().filter(|(_, taken)| *taken).collect();
            ensure!(taken.is_empty(), "{path} takes {taken:?}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn in_a_browser_that_stores_nothing_the_switches_hold_for_the_page() {
    visit(Reader::Ordinary, async |page| {
        let closed = "for (const area of ['localStorage', 'sessionStorage'])
            Object.defineProperty(globalThis, area, { get() { throw new DOMException('closed', 'SecurityError') } })";
        (page.driver.cdp())
            .send_raw(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({"source": closed}),
            )
            .await?;
        let waterline = Waterline::start(Docker::NoneHere);
        page.prefer("light").await?;
        page.open(&waterline.url(NOTE)).await?;
        page.panels_arrived().await?;
        page.find("theme-switch select").await?.send_keys("Dark").await?;
        let theme: String = page.ask("return document.documentElement.dataset.theme").await?;
        ensure!(theme == "dark", "the theme is {theme}");

        page.ask::<()>("document.activeElement.blur()").await?;
        page.press("?").await?;
        page.find("dialog.keys-map[open] input").await?.click().await?;
        page.press(Key::Escape).await?;
        page.press("?").await?;
        ensure!(!page.ask::<bool>(OPEN).await?, "the map opened again");
        page.nothing_went_wrong().await
    })
    .await;
}
