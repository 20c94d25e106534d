//! Live values: the note's word beside the host's, in room that was there before.

use crate::browser::{Page, Reader, visit};
use crate::seen::seen;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};

const NOTE: &str = "/learnings/docker/storage";

/// What a value reads as, marks and what only a screen reader says included.
async fn reads(page: &Page, name: &str) -> Result<String> {
    let script = format!("return document.querySelector('live-value[name={name}]').textContent");
    page.ask(&script).await
}

#[tokio::test]
async fn a_word_that_the_host_says_too_is_marked_and_nothing_moves() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.open(&waterline.url(NOTE)).await?;
        page.find("live-value[name=storage-driver][data-state=live] .mark")
            .await?;
        let read = reads(page, "storage-driver").await?;
        ensure!(
            read == "overlay2; this host says the same",
            "it reads {read:?}"
        );
        // As if the note said something else: the host's word appears below, and no line moves.
        let height = "return document.querySelector('live-value').closest('p').offsetHeight";
        let before: u32 = page.ask(height).await?;
        page.ask::<Option<bool>>(
            "const value = document.querySelector('live-value[name=storage-driver]');
             value.receive('<live-value data-state=\"live\" data-compare=\"words\"><a><span class=\"host\">vfs</span></a></live-value>')",
        )
        .await?;
        page.find("live-value.otherwise .below .host").await?;
        let read = reads(page, "storage-driver").await?;
        ensure!(
            read.contains("this host: vfs, differs from the note"),
            "it reads {read:?}"
        );
        let after: u32 = page.ask(height).await?;
        ensure!(before == after, "the paragraph grew from {before} to {after}");
        let moves = seen(&page.driver).await?.moves;
        ensure!(moves.iter().all(|one| one.amount == 0.0), "{moves:#?}");
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn words_agree_as_a_reader_would_say() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.open(&waterline.url(NOTE)).await?;
        page.find("live-value[data-state=recorded] .when").await?;
        let asks = "const done = arguments[0];
            const script = new URL('live-value.js', document.querySelector('script[type=module]').src).href;
            import(script).then(({ agree }) => done([
              agree('20.10', '20.10.24+dfsg1', 'version'), agree('20.1', '20.10.24', 'version'),
              agree('23.5 gib', '23.5 GiB', 'words'), agree('/srv/A', '/srv/a', 'exactly'),
              agree(' overlay2 ', 'overlay2', 'exactly'), agree('2', '20', 'words'),
            ]))";
        let told: Vec<bool> = page
            .driver
            .execute_async(asks, Vec::new())
            .await?
            .convert()?;
        ensure!(told == [true, false, true, false, true, false], "{told:?}");
        Ok(())
    })
    .await;
}
