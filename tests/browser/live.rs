//! Below the line: panels that follow the engine while the page stays where it is.

use crate::browser::{Page, Reader, visit};
use crate::docker::Container;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};

const NETWORKS: &str = "/topics/Learning_Docker_Networking";

#[tokio::test]
async fn a_container_started_with_docker_appears_without_a_reload() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url(NETWORKS)).await?;
        page.find("live-panel[name=networks][data-state=live]")
            .await?;
        mark(page).await?;

        let container = Container::run("newcomer", &[]);
        until_shown(page, container.name(), true).await?;
        let name = container.name().to_owned();
        drop(container);
        until_shown(page, &name, false).await?;

        ensure!(marked(page).await?, "the page was loaded again");
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn a_container_that_is_run_lights_the_chain_on_an_open_page() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url("/topics/Learning_Docker_Parts")).await?;
        page.find("live-panel[name=parts][data-state=live]").await?;
        mark(page).await?;
        // Others may use the engine at the same time, so whatever lights is written down.
        let _: bool = page
            .ask(
                "globalThis.__lit = []; \
                 const panel = document.querySelector('live-panel[name=parts]'); \
                 panel.addEventListener('live-panel:drawn', () => { \
                   const names = [...panel.querySelectorAll('.hop.lit b')].map(b => b.textContent); \
                   const moves = document.getAnimations().some(a => a.animationName === 'passes'); \
                   const what = panel.querySelector('.passing').textContent; \
                   globalThis.__lit.push([what, names.join(' '), moves].join('|')); \
                 }); \
                 return true",
            )
            .await?;

        let container = Container::run("lights", &[]);
        let script = format!(
            "return globalThis.__lit.some(lit => lit.includes('start of {}') && \
             lit.endsWith('|docker CLI dockerd containerd shim runc PID 1|true'))",
            container.name()
        );
        page.until("the chain lit down to PID 1, and moving", &script).await?;
        ensure!(marked(page).await?, "the page was loaded again");
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn a_panel_says_when_its_host_falls_silent_and_when_it_is_back() {
    visit(Reader::Ordinary, async |page| {
        let wire = crate::docker::Wire::lay();
        let waterline = Waterline::start(Docker::By(wire.socket()));
        page.open(&waterline.url(NETWORKS)).await?;
        page.find("live-panel[name=networks][data-state=live]")
            .await?;
        mark(page).await?;

        wire.cut();
        page.find("live-panel[name=networks][data-state=stale]")
            .await?;
        // What it said last is still there to be read.
        until_shown(page, "shop-web-1", true).await?;
        // A container that starts meanwhile is not shown, and then is.
        let container = Container::run("meanwhile", &[]);
        wire.mend();
        page.find("live-panel[name=networks][data-state=live]")
            .await?;
        until_shown(page, container.name(), true).await?;
        ensure!(marked(page).await?, "the page was loaded again");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_page_says_when_waterline_itself_is_not_heard() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url(NETWORKS)).await?;
        page.panels_arrived().await?;
        let said = "document.getElementById('cut').textContent";
        page.until("nothing wrong", &format!("return {said} === ''"))
            .await?;

        drop(waterline);
        let script = format!("return {said}.includes('does not answer')");
        page.until("that Waterline is not heard", &script).await
    })
    .await;
}

#[tokio::test]
async fn what_the_reader_unfolded_stays_unfolded_when_the_panel_changes() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url(NETWORKS)).await?;
        page.find("live-panel[name=networks][data-state=live]")
            .await?;
        page.until("the drawer is there", &format!("return {DRAWER} != null"))
            .await?;
        let _: bool = page.ask(&format!("return {DRAWER}.open = true")).await?;
        let container = Container::run("passing", &[]);
        until_shown(page, container.name(), true).await?;
        ensure!(
            page.ask::<bool>(&format!("return {DRAWER}.open")).await?,
            "the drawer fell shut"
        );
        Ok(())
    })
    .await;
}

/// "How do we know?" of the networks panel.
const DRAWER: &str = "document.querySelector('live-panel[name=networks] details[id$=-how]')";

/// Leaves a mark that a reload would wipe out.
async fn mark(page: &Page) -> Result<()> {
    let _: bool = page.ask("return globalThis.__mark = true").await?;
    Ok(())
}

async fn marked(page: &Page) -> Result<bool> {
    page.ask("return globalThis.__mark === true").await
}

async fn until_shown(page: &Page, name: &str, shown: bool) -> Result<()> {
    let script = format!(
        "const panel = document.querySelector('live-panel[name=networks]'); \
         return panel.textContent.includes('{name}') === {shown}"
    );
    let word = if shown { "shows" } else { "does not show" };
    page.until(&format!("the networks panel {word} {name}"), &script)
        .await
}
