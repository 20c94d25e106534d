//! The switch on the masthead's line, with two hosts: the engine under test, and one
//! that nobody answers at.

use crate::browser::{Page, Reader, visit};
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};

const NETWORKS: &str = "/topics/Learning_Docker_Networking";

/// The switch, once the stream has brought it.
const SWITCH: &str = "live-host select";

async fn choose(page: &Page, name: &str) -> Result<()> {
    let switch = page.find(SWITCH).await?;
    // By keyboard: the first letters of a name choose it.
    switch.focus().await?;
    switch.send_keys(name).await?;
    Ok(())
}

#[tokio::test]
async fn the_switch_turns_every_page_to_another_host_and_an_address_overrides_it() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::TwoHosts);
        page.open(&waterline.url(NETWORKS)).await?;
        page.find("live-panel[name=networks][data-state=live]")
            .await?;
        let _: bool = page.ask("return globalThis.__mark = true").await?;

        choose(page, "attic").await?;
        page.find("live-panel[name=networks][data-state=unavailable]")
            .await?;
        page.find("live-host[data-state=unavailable]").await?;
        page.until(
            "the focus stays on the switch",
            &format!("return document.activeElement === document.querySelector('{SWITCH}')"),
        )
        .await?;
        ensure!(
            page.ask::<bool>("return globalThis.__mark === true")
                .await?,
            "the page was loaded again"
        );
        ensure!(
            page.ask::<String>("return document.cookie")
                .await?
                .contains("host=attic"),
            "no cookie"
        );

        // Another page shows it as well; an address that names a host does not.
        page.open(&waterline.url("/panels/storage-driver")).await?;
        page.find("live-panel[key='storage-driver?host=attic'][data-state=unavailable]")
            .await?;
        page.open(&waterline.url(&format!("{NETWORKS}?host=engine")))
            .await?;
        page.find("live-panel[name=networks][data-state=live]")
            .await?;
        page.find("live-host[data-state=live]").await?;

        // On a page whose panel names its host, the switch leads to the page of the other.
        page.open(&waterline.url("/panels/storage-driver")).await?;
        choose(page, "engine").await?;
        page.find("live-panel[key=storage-driver][data-state=live]")
            .await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn a_chosen_host_that_is_gone_is_said_and_the_default_one_is_shown() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::TwoHosts);
        page.open(&waterline.url(&format!("{NETWORKS}?host=nobody")))
            .await?;
        page.find("live-panel[name=networks][data-state=live]")
            .await?;
        let notice = page
            .find("#host-notice:not([hidden])")
            .await?
            .text()
            .await?;
        ensure!(
            notice == "No host called nobody is connected. Panels show engine instead.",
            "{notice}"
        );
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn with_one_host_there_is_nothing_to_switch() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url(NETWORKS)).await?;
        page.find("live-host[data-state=live] a.state").await?;
        ensure!(page.count(SWITCH).await? == 0, "a switch for one host");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn two_hosts_stand_side_by_side_and_below_each_other_on_a_phone() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::TwoHosts);
        page.open(&waterline.url("/panels/storage-driver")).await?;
        let link = page.find("a[href*='beside=attic']").await?;
        ensure!(link.text().await? == "Compare with attic", "another link");
        link.click().await?;
        page.find(".side[data-state=live]").await?;
        page.find(".side[data-state=unavailable]").await?;
        let tops = "const [a, b] = [...document.querySelectorAll('.side')]\
            .map(side => side.getBoundingClientRect().top); return b - a";
        page.resize(1600, 900).await?;
        ensure!(page.ask::<f64>(tops).await? == 0.0, "not side by side");
        page.resize(390, 900).await?;
        ensure!(page.ask::<f64>(tops).await? > 100.0, "not below each other");
        let wide = "return document.documentElement.scrollWidth";
        ensure!(
            page.ask::<u32>(wide).await? <= 390,
            "the page scrolls sideways"
        );
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn without_scripts_a_link_in_a_panels_frame_switches_the_host() {
    visit(Reader::WithoutScripts, async |page| {
        let waterline = Waterline::start(Docker::TwoHosts);
        page.open(&waterline.url(NETWORKS)).await?;
        for (state, other) in [("live", "attic"), ("unavailable", "engine")] {
            let frame = page.find("live-panel iframe").await?;
            frame.scroll_into_view().await?;
            frame.enter_frame().await?;
            page.find(&format!("live-panel[data-state={state}]"))
                .await?;
            let link = page
                .find(&format!(".switch a[href*='choose={other}']"))
                .await?;
            link.click().await?;
            page.driver.enter_parent_frame().await?;
            page.until(
                "the page is back",
                "return document.readyState === 'complete'",
            )
            .await?;
            ensure!(
                page.path().await? == NETWORKS,
                "led to {}",
                page.path().await?
            );
        }
        Ok(())
    })
    .await;
}
