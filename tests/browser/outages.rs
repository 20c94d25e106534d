//! An engine that is killed and started again under an open page.

use crate::browser::{Reader, visit};
use crate::own_engine::OwnEngine;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_dies_and_returns_is_told_on_the_page_that_is_open() {
    let Some(engine) = OwnEngine::take().await else {
        return;
    };
    visit(Reader::Ordinary, async |page| -> Result<()> {
        engine.docker(&["network", "create", "wl-before"]);
        let waterline = Waterline::start(Docker::By(engine.socket()));
        page.open(&waterline.url("/topics/Learning_Docker_Networking"))
            .await?;
        let panel = "live-panel[name=networks]";
        page.find(&format!("{panel}[data-state=live]")).await?;
        let _: bool = page.ask("return globalThis.__mark = true").await?;
        let text = "document.querySelector('live-panel[name=networks]').textContent";

        engine.daemon("KILL");
        page.find(&format!("{panel}[data-state=stale] .caution time"))
            .await?;
        // What it said last is there to be read, with the reason beside it, and so is
        // the note.
        let told = format!(
            "const text = {text}; return text.includes('wl-before') \
             && text.includes('Nothing listens at') \
             && document.getElementById('Learning_Docker_Networking') != null"
        );
        page.until("the last word and the reason", &told).await?;

        engine.daemon("start");
        page.find(&format!("{panel}[data-state=live]")).await?;
        // Events are heard again, too.
        engine.docker(&["network", "create", "wl-after"]);
        let after = format!("return {text}.includes('wl-after')");
        page.until("a network made after the outage", &after)
            .await?;
        let same: bool = page.ask("return globalThis.__mark === true").await?;
        ensure!(same, "the page was loaded again");
        Ok(())
    })
    .await;
}
