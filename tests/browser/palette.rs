//! The palette: what a reader types finds topics, panels, demos and hosts, by keyboard.

use crate::barriers::no_barriers;
use crate::browser::{Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::prelude::*;

const NOTE: &str = "/learnings/docker";
const FIELD: &str = "dialog.palette[open] input[role=combobox]";

async fn press(page: &Page, keys: impl Into<thirtyfour::TypingData>) -> Result<()> {
    Ok(page.driver.action_chain().send_keys(keys).perform().await?)
}

async fn ctrl_k(page: &Page) -> Result<()> {
    let chain = page
        .driver
        .action_chain()
        .key_down(Key::Control)
        .send_keys("k");
    Ok(chain.key_up(Key::Control).perform().await?)
}

/// Waits until a found thing leads there.
async fn offers(page: &Page, href: &str) -> Result<()> {
    page.find(&format!("dialog.palette [role=option][href^='{href}']"))
        .await?;
    Ok(())
}

async fn is_closed(page: &Page) -> Result<()> {
    page.until(
        "the palette is closed",
        "return !document.querySelector('dialog[open]')",
    )
    .await
}

#[tokio::test]
async fn a_topic_is_found_and_opened_by_keyboard_alone() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        page.find("form.seek").await?;
        ctrl_k(page).await?;
        page.find(FIELD).await?;
        press(page, "netwrok").await?;
        offers(page, "/topics/Learning_Docker_Networking").await?;
        no_barriers(page).await?;
        let told = |what: &str| {
            format!(
                "const field = document.querySelector('{FIELD}'); \
                 const option = document.getElementById(field.getAttribute('aria-activedescendant')); \
                 return document.activeElement === field && option.{what}"
            )
        };
        let first: String = page.ask(&told("getAttribute('aria-selected')")).await?;
        ensure!(first == "true", "the first option is not chosen");
        let first: String = page.ask(&told("href")).await?;
        press(page, Key::Down).await?;
        let second: String = page.ask(&told("href")).await?;
        ensure!(first != second, "the arrow chooses nothing");
        press(page, Key::Up).await?;
        let again: String = page.ask(&told("href")).await?;
        ensure!(first == again, "{first}, then {again}");
        press(page, Key::Enter).await?;
        page.until("the chosen topic is open", &format!("return location.href === {first:?}")).await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn escape_closes_it_and_gives_the_focus_back_and_arrows_scroll_again() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        let link = page.find("main a.ref").await?;
        link.focus().await?;
        press(page, "/").await?;
        page.find(FIELD).await?;
        press(page, "docker").await?;
        offers(page, "/topics/").await?;
        press(page, Key::Escape).await?;
        is_closed(page).await?;
        let back: bool = page
            .ask("return document.activeElement.matches('main a.ref')")
            .await?;
        ensure!(back, "the focus is lost");
        page.ask::<()>("document.activeElement.blur(); scrollTo(0, 0)")
            .await?;
        press(page, Key::Down).await?;
        page.until("an arrow scrolls the page", "return scrollY > 0")
            .await
    })
    .await;
}

#[tokio::test]
async fn panels_demos_and_hosts_are_found_too() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NamedAndAway);
        page.open(&waterline.url(NOTE)).await?;
        page.find("form.seek").await?;
        for (typed, href) in [
            ("writable panel", "/panels/writable-layer"),
            ("demo restart", "/demos/"),
            ("host", "/hosts/"),
        ] {
            ctrl_k(page).await?;
            page.find(FIELD).await?;
            press(page, typed).await?;
            offers(page, href).await?;
            press(page, Key::Escape).await?;
            is_closed(page).await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_into_the_masthead_goes_on_in_the_palette() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        page.find("form.seek input").await?.click().await?;
        press(page, "l").await?;
        page.find(FIELD).await?;
        press(page, "ayers").await?;
        page.until(
            "the letters are in the palette",
            &format!("return document.querySelector('{FIELD}').value === 'layers'"),
        )
        .await?;
        offers(page, "/topics/Learning_Docker_Layers").await
    })
    .await;
}

#[tokio::test]
async fn a_late_answer_never_takes_the_place_of_a_newer_one() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        page.find("form.seek").await?;
        // The answer to the first word comes last, and cannot be called off.
        page.ask::<()>(
            "const before = window.fetch; window.late = 0; \
             window.fetch = async (url, how) => { \
               if (!String(url).includes('found?q=storage')) return before(url, how); \
               const answer = await before(url); \
               await new Promise(done => setTimeout(done, 1500)); \
               window.late += 1; return answer }",
        )
        .await?;
        ctrl_k(page).await?;
        let field = page.find(FIELD).await?;
        page.ask::<()>(&format!(
            "const field = document.querySelector('{FIELD}'); \
             for (const typed of ['storage', 'networking']) {{ \
               field.value = typed; field.dispatchEvent(new Event('input')) }}"
        ))
        .await?;
        offers(page, "/topics/Learning_Docker_Networking").await?;
        page.until("the late answer is there", "return window.late > 0").await?;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        ensure!(field.prop("value").await?.as_deref() == Some("networking"));
        offers(page, "/topics/Learning_Docker_Networking").await?;
        let first: String = page
            .ask("return document.querySelector('dialog.palette [role=option]').getAttribute('href')")
            .await?;
        ensure!(!first.contains("Storage"), "the late answer is shown: {first}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_page_of_results_works_without_scripts_and_has_no_barriers() {
    visit(Reader::WithoutScripts, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url("/")).await?;
        let field = page.find("form.seek input").await?;
        field.send_keys("overlay2").await?;
        field.send_keys(Key::Enter).await?;
        page.find(".search-page").await?;
        for _ in 0..100 {
            if page.count(".found a").await? > 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            page.open(&waterline.url("/search?q=overlay2")).await?;
        }
        let found = page.find(".found li").await?;
        let text = found.text().await?;
        ensure!(text.contains("overlay2"), "{text}");
        ensure!(page.count(".found mark").await? > 0, "nothing is marked");
        Ok(())
    })
    .await;
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await?;
            for (width, path) in [
                (390, "/search?q=docker"),
                (1024, "/search?q=xylophonist"),
                (1024, "/search"),
            ] {
                page.resize(width, 844).await?;
                page.open(&waterline.url(path)).await?;
                no_barriers(page).await?;
                let wide: u32 = page
                    .ask("return document.documentElement.scrollWidth")
                    .await?;
                ensure!(wide <= width, "{path} is {wide} wide");
            }
        }
        Ok(())
    })
    .await;
}

/// Makes each answer this much later.
async fn slow(page: &Page, milliseconds: u32) -> Result<()> {
    let slow = json!({"offline": false, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1});
    let cdp = page.driver.cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    cdp.send_raw("Network.emulateNetworkConditions", slow)
        .await?;
    Ok(())
}

#[tokio::test]
async fn no_letter_is_lost_while_the_palette_is_on_its_way() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        let field = page.find("form.seek input").await?;
        slow(page, 300).await?;
        field.focus().await?;
        // A `p` and a `?` would be keys of their own outside a field.
        for letter in ["l", "a", "p", "?", "s"] {
            press(page, letter).await?;
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        }
        page.find(FIELD).await?;
        let typed = format!("return document.querySelector('{FIELD}').value === 'lap?s'");
        page.until("all letters are in the palette", &typed).await?;
        let quiet: bool = page
            .ask("return document.querySelectorAll('dialog[open]').length === 1 && !document.documentElement.dataset.room")
            .await?;
        ensure!(quiet, "a letter was taken for a key");
        slow(page, 0).await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn where_the_palette_does_not_come_the_field_still_leads_to_the_results() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        let field = page.find("form.seek input").await?;
        let cdp = page.driver.cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        cdp.send_raw("Network.setBlockedURLs", json!({"urls": ["*palette.js*"]}))
            .await?;
        field.focus().await?;
        press(page, "layers").await?;
        page.until(
            "it is said that it did not come",
            "return document.getElementById('said').textContent.includes('Enter leads to')",
        )
        .await?;
        press(page, Key::Enter).await?;
        page.until(
            "the results",
            "return location.pathname === '/search' && location.search === '?q=layers'",
        )
        .await
    })
    .await;
}

#[tokio::test]
async fn enter_opens_what_answers_the_last_letter_and_not_an_earlier_one() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        page.find("form.seek").await?;
        ctrl_k(page).await?;
        let field = page.find(FIELD).await?;
        press(page, "zombie").await?;
        offers(page, "/topics/Learning_Docker_Init_Zombies").await?;
        slow(page, 500).await?;
        page.driver
            .execute(
                format!("document.querySelector('{FIELD}').select()"),
                Vec::new(),
            )
            .await?;
        field.send_keys("compose").await?;
        press(page, Key::Enter).await?;
        page.until(
            "a topic is open",
            "return location.pathname.startsWith('/topics/')",
        )
        .await?;
        let path: String = page.ask("return location.pathname").await?;
        ensure!(path.contains("Compose"), "Enter led to {path}");
        Ok(())
    })
    .await;
}
