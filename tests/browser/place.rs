//! A place to stand: where the reader is, where they came from, where they left off, and
//! what they have seen. All of it stays in the browser, and none of it moves the page.

use crate::browser::{Page, Reader, visit};
use crate::seen::seen;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};

/// A note long enough to scroll, with sections that are and that are not topics.
fn long_note(path: &str, title: &str, name: &str) -> String {
    let text = "Water finds the lowest place, and there it stays.\n\n".repeat(30);
    format!(
        "---\npath: {path}\ntitle: {title}\n---\n# {title} <<{name}>>\n\n{text}\
         ## Springs <<{name}_Springs>>\n\n{text}### Depth\n\n{text}\
         ## Pools <<{name}_Pools>>\n\n{text}## Ends <<{name}_Ends>>\n\nA few words, see Learning_Lakes.\n"
    )
}

fn two_notes() -> Waterline {
    let caves = long_note("/caves", "Caves", "Learning_Caves");
    let lakes = long_note("/lakes", "Lakes", "Learning_Lakes");
    Waterline::with_notes(
        Docker::NoneHere,
        &[("caves.md", &caves), ("lakes.md", &lakes)],
    )
}

/// The `href` of the line that is marked in the contents.
const MARKED: &str =
    "document.querySelector('.tree [aria-current=location]')?.getAttribute('href')";

/// The titles in the trail, the latest first.
async fn trail(page: &Page) -> Result<Vec<String>> {
    page.ask("return [...document.querySelectorAll('.trail a')].map(a => a.textContent)")
        .await
}

async fn nothing_moved(page: &Page) -> Result<()> {
    let moves = seen(&page.driver).await?.moves;
    ensure!(moves.is_empty(), "something moved: {moves:#?}");
    page.nothing_went_wrong().await
}

#[tokio::test]
async fn the_contents_follow_every_heading_to_the_last() {
    visit(Reader::Ordinary, async |page| {
        let waterline = two_notes();
        page.resize(1600, 1000).await?;
        page.open(&waterline.url("/caves")).await?;
        page.until(
            "the first heading is marked",
            &format!("return {MARKED} === '#Learning_Caves'"),
        )
        .await?;
        // By small steps, as one scrolls: each heading has its turn, in order.
        let turns: Vec<String> = page
            .ask_for(&format!(
                "const turns = [];
                 const next = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
                 for (let at = 0; at <= document.documentElement.scrollHeight - innerHeight + 60; at += 60) {{
                   scrollTo(0, at); await next(); await next();
                   const here = {MARKED}; if (here !== turns.at(-1)) turns.push(here);
                 }}
                 return turns"
            ))
            .await?;
        ensure!(
            turns
                == [
                    "#Learning_Caves",
                    "#Learning_Caves_Springs",
                    "#depth",
                    "#Learning_Caves_Pools",
                    "#Learning_Caves_Ends"
                ],
            "the marks were {turns:?}"
        );
        page.resize(1600, 2400).await?;
        // Who asks for a heading reads that one, though the last ones are in sight as well.
        page.find(".tree a[href='#Learning_Caves_Pools']").await?.click().await?;
        page.until(
            "the heading asked for is marked",
            &format!("return {MARKED} === '#Learning_Caves_Pools'"),
        )
        .await?;
        nothing_moved(page).await
    })
    .await;
}

#[tokio::test]
async fn the_trail_says_where_the_reader_came_from_and_survives_going_back() {
    visit(Reader::Ordinary, async |page| {
        let waterline = two_notes();
        page.open(&waterline.url("/caves")).await?;
        page.find(".stand").await?;
        ensure!(trail(page).await?.is_empty(), "a trail from nowhere");
        page.find("a.ref[data-topic=Learning_Lakes]")
            .await?
            .click()
            .await?;
        page.find("main #Learning_Lakes").await?;
        ensure!(trail(page).await? == ["Caves"], "{:?}", trail(page).await?);
        // Within the page, away, and back: it shows what stood there, from the browser's own
        // memory of the page or, as with this listener, without it.
        page.driver
            .execute("addEventListener('unload', () => {})", Vec::new())
            .await?;
        page.find(".tree summary").await?;
        page.driver
            .execute("location.hash = 'Learning_Lakes_Ends'", Vec::new())
            .await?;
        page.open(&waterline.url("/topics/Learning_Caves_Pools"))
            .await?;
        ensure!(
            trail(page).await? == ["Lakes", "Caves"],
            "{:?}",
            trail(page).await?
        );
        page.driver.back().await?;
        page.until(
            "the page before",
            "return location.pathname === '/topics/Learning_Lakes'",
        )
        .await?;
        ensure!(trail(page).await? == ["Caves"], "{:?}", trail(page).await?);
        // Never more than five, never the page itself, and each of them leads there.
        for path in [
            "/topics/Learning_Caves_Springs",
            "/topics/Learning_Lakes_Springs",
            "/topics/Learning_Caves_Ends",
            "/lakes",
            "/topics/Learning_Lakes_Ends",
            "/caves",
        ] {
            page.open(&waterline.url(path)).await?;
            page.find(".trail a").await?;
        }
        let steps = trail(page).await?;
        ensure!(
            steps == ["Ends", "Lakes", "Ends", "Springs", "Springs"],
            "{steps:?}"
        );
        page.find(".trail li:nth-child(2) a").await?.click().await?;
        page.until(
            "the note in the trail",
            "return location.pathname === '/lakes'",
        )
        .await?;
        ensure!(trail(page).await?[0] == "Caves", "{:?}", trail(page).await?);
        nothing_moved(page).await
    })
    .await;
}

#[tokio::test]
async fn a_note_that_was_left_in_the_middle_offers_to_go_on_there() {
    visit(Reader::Ordinary, async |page| {
        let waterline = two_notes();
        page.open(&waterline.url("/caves")).await?;
        page.driver
            .execute(
                "document.getElementById('Learning_Caves_Pools').scrollIntoView(); scrollBy(0, 200)",
                Vec::new(),
            )
            .await?;
        page.until("the heading is read", &format!("return {MARKED} === '#Learning_Caves_Pools'"))
            .await?;
        page.open(&waterline.url("/lakes")).await?;
        ensure!(page.count(".left-at").await? == 0, "another note offers it");
        page.open(&waterline.url("/caves")).await?;
        let offer = page.find(".left-at a").await?;
        ensure!(offer.text().await? == "Pools", "{}", offer.text().await?);
        let scrolled: f64 = page.ask("return scrollY").await?;
        ensure!(scrolled == 0.0, "it jumped by itself, to {scrolled}");
        nothing_moved(page).await?;
        offer.click().await?;
        page.until(
            "the reader is 200 pixels below the heading",
            "const pad = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
             const top = document.getElementById('Learning_Caves_Pools').getBoundingClientRect().top;
             return Math.abs(top - pad + 200) < 8",
        )
        .await?;
        // A note that was read to its end has no such place.
        page.driver
            .execute("scrollTo(0, document.documentElement.scrollHeight)", Vec::new())
            .await?;
        page.until("the last heading is read", &format!("return {MARKED} === '#Learning_Caves_Ends'"))
            .await?;
        page.open(&waterline.url("/lakes")).await?;
        page.open(&waterline.url("/caves")).await?;
        page.find(".trail a").await?;
        ensure!(page.count(".left-at").await? == 0, "it offers the end");
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn what_was_seen_is_ticked_until_it_is_forgotten() {
    visit(Reader::Ordinary, async |page| {
        let waterline = two_notes();
        page.resize(1600, 1000).await?;
        page.open(&waterline.url("/topics/Learning_Caves_Springs")).await?;
        ensure!(page.count("[data-seen]").await? == 0, "ticked at once");
        page.find(".tree [aria-current=page][data-seen]").await?;
        page.open(&waterline.url("/caves")).await?;
        page.find(".tree a[href='#Learning_Caves_Springs'][data-seen]").await?;
        for name in ["", "_Pools", "_Ends"] {
            let go = format!("document.getElementById('Learning_Caves{name}').scrollIntoView()");
            page.driver.execute(&go, Vec::new()).await?;
            page.find(&format!(".tree a[href='#Learning_Caves{name}'][data-seen]")).await?;
        }
        nothing_moved(page).await?;
        // All of its topics: then the note is, too, and the notebook's page says so.
        page.open(&waterline.url("/")).await?;
        page.find("#notes a[href='/caves'][data-seen]").await?;
        ensure!(page.count("#notes [data-seen]").await? == 1, "the other note is ticked");
        ensure!(page.count("#topics [data-seen]").await? == 4, "not the four topics");
        nothing_moved(page).await?;
        page.find(".seen-key button").await?.click().await?;
        ensure!(page.count("[data-seen]").await? == 0, "still ticked");
        let said = page.find("#said").await?.inner_html().await?;
        ensure!(said.contains("Forgotten"), "it said {said:?}");
        page.open(&waterline.url("/")).await?;
        page.find("#notes a").await?;
        ensure!(page.count("[data-seen]").await? == 0, "ticked again");
        let kept: i64 = page.ask("return ['seen', 'left'].filter(name => localStorage.getItem(name) !== null).length").await?;
        ensure!(kept == 0, "something is still stored");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_stores_nothing_or_nonsense_reads_all_the_same() {
    visit(Reader::Ordinary, async |page| {
        let waterline = two_notes();
        page.open(&waterline.url("/")).await?;
        page.driver
            .execute(
                "localStorage.seen = '\\n\\n'; localStorage.left = '[[1],{\"a\":2},null]';
                 sessionStorage.trail = '[[\"//evil.example/\",\"x\"],[\"javascript:alert(1)\",\"y\"],[\"/lakes\",\"<b>Lakes</b>\"],3,null]'",
                Vec::new(),
            )
            .await?;
        page.open(&waterline.url("/topics/Learning_Caves_Pools")).await?;
        page.find(".stand").await?;
        let steps = trail(page).await?;
        ensure!(steps == ["<b>Lakes</b>"], "{steps:?}");
        page.nothing_went_wrong().await?;
        page.driver
            .cdp()
            .send_raw(
                "Page.addScriptToEvaluateOnNewDocument",
                serde_json::json!({"source": "for (const area of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, area, { get() { throw new DOMException('closed', 'SecurityError') } })"}),
            )
            .await?;
        for path in ["/caves", "/topics/Learning_Caves_Ends", "/"] {
            page.open(&waterline.url(path)).await?;
            page.find("main h1").await?;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            page.nothing_went_wrong().await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_badly_written_takes_nothing_from_the_page() {
    visit(Reader::Ordinary, async |page| {
        let waterline = two_notes();
        page.resize(1600, 1000).await?;
        page.open(&waterline.url("/caves#100%")).await?;
        page.until(
            "the first heading is marked",
            &format!("return {MARKED} === '#Learning_Caves'"),
        )
        .await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_of_a_trail_leads_nowhere_else() {
    visit(Reader::Ordinary, async |page| {
        let waterline = two_notes();
        page.open(&waterline.url("/caves")).await?;
        let poisoned = r#"sessionStorage.setItem("trail", JSON.stringify([
            ["/\t/elsewhere.example/x", "tab"], ["//elsewhere.example", "slashes"], [["/x"], "a list"],
            ["/lakes", "Lakes"], ["/caves", 7]]))"#;
        page.driver.execute(poisoned, Vec::new()).await?;
        page.open(&waterline.url("/topics/Learning_Lakes_Ends")).await?;
        page.find(".trail a").await?;
        // The page that was left adds itself when it goes.
        let steps = trail(page).await?;
        ensure!(!steps.is_empty() && steps.iter().all(|step| step == "Lakes" || step == "Caves"), "{steps:?}");
        page.nothing_went_wrong().await
    })
    .await;
}
