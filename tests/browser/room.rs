//! Projector mode, and a panel beside its text: what a room sees from row 20, and what
//! a reader keeps in sight.

use crate::barriers::no_barriers;
use crate::browser::{Page, Reader, visit};
use crate::docker::Container;
use crate::waterline::{Docker, Waterline};
use anyhow::{Result, ensure};
use thirtyfour::prelude::*;

/// The projectors that rooms have.
const ROOMS: [(u32, u32); 2] = [(1600, 900), (1280, 720)];

/// A note with a long topic between two short ones, and one after it.
fn caves() -> [(&'static str, String); 2] {
    let long =
        "A cave goes on for longer than anybody thought who stood at its mouth.\n\n".repeat(40);
    [
        (
            "caves.md",
            format!(
                "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\nBring a lamp.\n\n\
                 ## Deep <<Learning_Caves_Deep>>\n\n{long}\n## Out <<Learning_Caves_Out>>\n\n\
                 ```console\n$ ls -l\n```\n"
            ),
        ),
        (
            "lamps.md",
            "---\npath: /lamps\ntitle: Lamps\n---\n# Lamps <<Learning_Lamps>>\n\nThey burn.\n"
                .into(),
        ),
    ]
}

fn in_caves() -> Waterline {
    let notes = caves();
    let notes = notes.each_ref().map(|(file, text)| (*file, text.as_str()));
    Waterline::with_notes(Docker::NoneHere, &notes)
}

async fn press(page: &Page, key: impl Into<thirtyfour::common::keys::TypingData>) -> Result<()> {
    Ok(page.driver.action_chain().send_keys(key).perform().await?)
}

/// Presses `p` and waits until the page is a room.
async fn enter(page: &Page) -> Result<()> {
    press(page, "p").await?;
    page.find(".room-bar").await?;
    Ok(())
}

/// Waits until the bar says this place.
async fn comes_to(page: &Page, place: &str) -> Result<()> {
    let script =
        format!("return document.querySelector('.room-bar .at')?.textContent === '{place}'");
    page.until(place, &script).await
}

/// The headings that can be seen in the text.
async fn headings(page: &Page) -> Result<Vec<String>> {
    page.ask(
        r#"return [...document.querySelectorAll("main :is(h1, h2, h3):not(live-panel *)")]
            .filter((heading) => heading.checkVisibility())
            .map((heading) => heading.firstChild.textContent.trim())"#,
    )
    .await
}

#[tokio::test]
async fn a_clicker_shows_one_topic_after_the_other_and_scrolls_a_long_one_first() {
    visit(Reader::Ordinary, async |page| {
        let waterline = in_caves();
        page.resize(1280, 720).await?;
        page.open(&waterline.url("/caves")).await?;
        enter(page).await?;
        comes_to(page, "1 of 3").await?;
        ensure!(headings(page).await? == ["Caves"], "one topic: {:?}", headings(page).await?);
        press(page, Key::PageDown).await?;
        comes_to(page, "2 of 3").await?;
        ensure!(headings(page).await? == ["Deep"], "one topic: {:?}", headings(page).await?);

        // Its text is scrolled before the room moves on; each press shows some of it.
        let mut presses = 0;
        loop {
            let before: f64 = page.ask(SCROLLED).await?;
            press(page, Key::PageDown).await?;
            page.until(
                "a press does something",
                &format!("return document.querySelector('.room-bar .at').textContent !== '2 of 3' || {SCROLL} > {before}"),
            )
            .await?;
            let still = "return document.querySelector('.room-bar .at').textContent === '2 of 3'";
            if !page.ask::<bool>(still).await? {
                break;
            }
            presses += 1;
            ensure!(presses < 30, "30 presses, and still the same topic");
        }
        ensure!(presses >= 2, "a long text is skipped after {presses} presses");
        comes_to(page, "3 of 3").await?;
        press(page, Key::PageUp).await?;
        comes_to(page, "2 of 3").await?;
        let from_its_end: bool = page.ask(&format!("return {SCROLL} > 100")).await?;
        ensure!(from_its_end, "who comes back sees the end of a topic");

        for key in [Key::Right, Key::Down] {
            press(page, Key::Home).await?;
            comes_to(page, "1 of 3").await?;
            press(page, key).await?;
            comes_to(page, "2 of 3").await?;
        }
        press(page, Key::Left).await?;
        comes_to(page, "1 of 3").await?;
        press(page, " ").await?;
        comes_to(page, "2 of 3").await?;
        page.nothing_went_wrong().await
    })
    .await;
}

/// How far the text that is shown is scrolled, as an expression and as a script.
const SCROLL: &str = r#"Math.max(...[...document.querySelectorAll("main, main .text")].map((box) => box.scrollTop))"#;
const SCROLLED: &str = r#"return Math.max(...[...document.querySelectorAll("main, main .text")].map((box) => box.scrollTop))"#;

#[tokio::test]
async fn the_room_lasts_from_page_to_page_until_somebody_leaves_it() {
    visit(Reader::Ordinary, async |page| {
        let waterline = in_caves();
        page.resize(1280, 720).await?;
        page.open(&waterline.url("/caves")).await?;
        page.find(".to-room").await?.click().await?;
        page.find(".room-bar").await?;
        press(page, Key::End).await?;
        comes_to(page, "The end").await?;
        press(page, Key::PageUp).await?;
        comes_to(page, "3 of 3").await?;
        ensure!(
            page.path().await? == "/caves#Learning_Caves_Out",
            "its address: {}",
            page.path().await?
        );

        page.driver.refresh().await?;
        comes_to(page, "3 of 3").await?;
        press(page, Key::PageDown).await?;
        comes_to(page, "The end").await?;
        press(page, Key::PageDown).await?;
        comes_to(page, "1 of 1").await?;
        ensure!(
            page.path().await?.starts_with("/lamps"),
            "the next note: {}",
            page.path().await?
        );

        press(page, Key::Escape).await?;
        page.until("the page is whole again", WHOLE).await?;
        page.driver.refresh().await?;
        page.find("main h1").await?;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        ensure!(
            page.ask::<bool>(WHOLE).await?,
            "who left the room is in it again"
        );
        page.nothing_went_wrong().await
    })
    .await;
}

/// Whether the page is as a reader has it.
const WHOLE: &str = r#"return !document.querySelector(".room-bar")
    && document.querySelector(".masthead").checkVisibility()
    && !("room" in document.documentElement.dataset) && !document.querySelector("[data-shown], [data-holds]")"#;

#[tokio::test]
async fn who_leaves_the_room_stands_at_the_topic_that_was_shown() {
    visit(Reader::Ordinary, async |page| {
        let waterline = in_caves();
        page.resize(1280, 720).await?;
        page.open(&waterline.url("/caves")).await?;
        page.find(".to-room").await?;
        page.ask::<()>("document.getElementById('Learning_Caves_Out').scrollIntoView()")
            .await?;
        enter(page).await?;
        comes_to(page, "3 of 3").await?;
        press(page, Key::Home).await?;
        press(page, Key::PageDown).await?;
        comes_to(page, "2 of 3").await?;
        press(page, Key::Escape).await?;
        page.until("the page is whole again", WHOLE).await?;
        let top: f64 = page
            .ask(
                "return document.getElementById('Learning_Caves_Deep').getBoundingClientRect().top",
            )
            .await?;
        ensure!((0.0..300.0).contains(&top), "its heading is at {top}");
        let focused: String = page.ask("return document.activeElement.id").await?;
        ensure!(
            focused == "Learning_Caves_Deep",
            "the focus is on {focused:?}"
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_blank_screen_comes_back_at_any_key_where_it_was() {
    visit(Reader::Ordinary, async |page| {
        let waterline = in_caves();
        // An address that is badly written is no hindrance.
        page.open(&waterline.url("/caves#%E0%A4%A")).await?;
        enter(page).await?;
        for (blank, back) in [(".", "x"), ("b", "b")] {
            press(page, blank).await?;
            let covered = r#"const over = getComputedStyle(document.body, "::after");
                return over.content !== "none" && over.position === "fixed" && over.backgroundColor === "rgb(0, 0, 0)""#;
            page.until("the screen is blank", covered).await?;
            press(page, back).await?;
            page.until("it is back", r#"return !("blank" in document.documentElement.dataset)"#)
                .await?;
        }
        press(page, ".").await?;
        press(page, Key::PageDown).await?;
        comes_to(page, "1 of 3").await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn the_keys_of_the_room_are_on_the_map_of_keys_while_one_is_in_it() {
    visit(Reader::Ordinary, async |page| {
        let waterline = in_caves();
        page.open(&waterline.url("/caves")).await?;
        // The rows of the map: its keys, and whether it says that they are off.
        let told = async || -> Result<Vec<(String, bool)>> {
            page.press("?").await?;
            page.find("dialog.keys-map[open]").await?;
            let rows = page
                .ask(
                    r#"return [...document.querySelectorAll("dialog.keys-map .own > div")]
                      .filter((row) => row.textContent.includes("Projector:"))
                      .map((row) => [row.querySelector("dt").textContent.trim(), !!row.querySelector(".off")])"#,
                )
                .await?;
            Ok(rows)
        };
        ensure!(told().await? == [("p".to_owned(), false)], "before the room");
        press(page, Key::Escape).await?;
        enter(page).await?;
        let inside = told().await?;
        let keys: Vec<&str> = inside.iter().map(|(keys, _)| keys.as_str()).collect();
        ensure!(
            keys == ["p", "→ ↓ PgDn Space", "← ↑ PgUp", "Home", "End", "z", "b", ".", "Esc"],
            "{keys:?}"
        );
        ensure!(inside.iter().all(|(_, off)| !off), "{inside:?}");

        // Switched off, the single ones are crossed out and do nothing.
        page.find("dialog.keys-map[open] input").await?.click().await?;
        let off: Vec<String> = page
            .ask(
                r#"return [...document.querySelectorAll("dialog.keys-map .own > div:has(.off) dt")]
                  .map((keys) => keys.textContent.trim())"#,
            )
            .await?;
        ensure!(
            ["p", "z", "b", "."].iter().all(|key| off.iter().any(|off| off == key)),
            "{off:?}"
        );
        press(page, Key::Escape).await?;
        press(page, "b.").await?;
        let blank = r#"return "blank" in document.documentElement.dataset"#;
        ensure!(!page.ask::<bool>(blank).await?, "the screen is blank");

        // Out of the room they are gone, and switched on again nothing of them is left.
        press(page, Key::Escape).await?;
        page.until("the page is whole again", WHOLE).await?;
        page.find("#all-keys").await?.click().await?;
        page.find("dialog.keys-map[open] input").await?.click().await?;
        press(page, Key::Escape).await?;
        ensure!(told().await? == [("p".to_owned(), false)], "after the room");
        press(page, Key::Escape).await?;
        press(page, ".").await?;
        ensure!(!page.ask::<bool>(blank).await?, "a page is blank that is no room");
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn letters_can_be_switched_off_and_the_button_and_the_arrows_stay() {
    visit(Reader::Ordinary, async |page| {
        let waterline = in_caves();
        page.open(&waterline.url("/caves")).await?;
        page.ask::<()>("localStorage.setItem('keys', 'off')")
            .await?;
        press(page, "p").await?;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        ensure!(page.count(".room-bar").await? == 0, "p still leads in");
        page.find(".to-room").await?.click().await?;
        comes_to(page, "1 of 3").await?;
        press(page, "b").await?;
        press(page, Key::Right).await?;
        comes_to(page, "2 of 3").await
    })
    .await;
}

#[tokio::test]
async fn without_scripts_there_is_no_door_to_the_room() {
    visit(Reader::WithoutScripts, async |page| {
        let waterline = in_caves();
        page.open(&waterline.url("/caves")).await?;
        let shown = page.find(".to-room").await?.is_displayed().await?;
        ensure!(!shown, "a button that does nothing");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_panel_fills_the_room_and_goes_on_living() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        for (width, height) in ROOMS {
            page.resize(width, height).await?;
            page.open(&waterline.url("/learnings/docker/networking#Learning_Docker_Networking"))
                .await?;
            page.panels_arrived().await?;
            enter(page).await?;
            let (wide, high, code, text): (f64, f64, f64, f64) = page
                .ask(
                    r#"const box = document.querySelector("live-panel[data-shown]").getBoundingClientRect();
                    const size = (css) => parseFloat(getComputedStyle(document.querySelector(css)).fontSize);
                    return [box.width / innerWidth, box.height / innerHeight,
                        innerHeight / size("main .prose pre code"), innerHeight / size("main .prose p")]"#,
                )
                .await?;
            ensure!(wide > 0.5 && high > 0.8, "{wide} of the width, {high} of the height");
            // From the last row of a room that is eight screens deep, 1/45 of the height is
            // what the smallest letters on a chart of an optician are for 6/12.
            ensure!(code < 45.0 && text < 40.0, "letters of 1/{code} and 1/{text} of the height");
            no_barriers(page).await?;
            press(page, "z").await?;
            let alone: bool = page
                .ask(
                    r#"const box = document.querySelector("live-panel[data-shown]").getBoundingClientRect();
                    return box.width / innerWidth > .9 && box.height / innerHeight > .65"#,
                )
                .await?;
            ensure!(alone, "the panel alone has not all of the room");
            for _ in 0..2 {
                press(page, "z").await?;
            }
            press(page, Key::Escape).await?;
        }
        page.prefer("dark").await?;
        enter(page).await?;
        no_barriers(page).await?;
        let container = Container::run("onstage", &[]);
        let script = format!(
            "return document.querySelector('live-panel[data-shown]').textContent.includes('{}')",
            container.name()
        );
        page.until("the panel shows a new container", &script).await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn a_topic_with_two_panels_is_shown_with_each_of_them() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        page.resize(1600, 900).await?;
        page.open(&waterline.url("/topics/Learning_Docker_Storage_In_Container_State"))
            .await?;
        page.panels_arrived().await?;
        enter(page).await?;
        let shown = r#"return [...document.querySelectorAll("live-panel")]
            .filter((panel) => panel.checkVisibility()).map((panel) => panel.getAttribute("name"))"#;
        ensure!(page.ask::<Vec<String>>(shown).await? == ["layers"], "the first panel");
        for _ in 0..40 {
            press(page, Key::PageDown).await?;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            if page.ask::<Vec<String>>(shown).await? == ["writable-layer"] {
                let open = "return document.querySelector('live-panel[data-shown] > .fold').open";
                ensure!(page.ask::<bool>(open).await?, "the second panel is folded");
                let place: String = page
                    .ask("return document.querySelector('.room-bar .at').textContent")
                    .await?;
                ensure!(place.starts_with("1 of ") && place.ends_with(", panel 2 of 2"), "{place}");
                return Ok(());
            }
        }
        anyhow::bail!("the second panel is never shown")
    })
    .await;
}

#[tokio::test]
async fn a_demo_is_shown_step_by_step_and_a_step_that_ran_stays() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        page.resize(1600, 900).await?;
        page.open(&waterline.invitation("/demos/what-survives-a-restart")).await?;
        page.panels_arrived().await?;
        enter(page).await?;
        let steps = r#"return [...document.querySelectorAll(".step")]
            .filter((step) => step.checkVisibility()).map((step) => step.id)"#;
        ensure!(page.ask::<Vec<String>>(steps).await?.is_empty(), "what it is comes first");
        press(page, Key::Home).await?;
        for _ in 0..10 {
            press(page, Key::PageDown).await?;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            if !page.ask::<Vec<String>>(steps).await?.is_empty() {
                break;
            }
        }
        ensure!(page.ask::<Vec<String>>(steps).await? == ["step-1"], "one step at a time");
        press(page, Key::Enter).await?;
        page.find("#step-1[data-verdict=passed]").await?;
        ensure!(page.ask::<Vec<String>>(steps).await? == ["step-1"], "the step that ran is gone");
        let panel: bool = page
            .ask("const box = document.querySelector('live-panel').getBoundingClientRect(); return box.height > 200 && box.top < innerHeight / 2")
            .await?;
        ensure!(panel, "the panels are not beside it");
        press(page, Key::Escape).await?;
        page.until("the page is whole again", WHOLE).await?;
        page.ask::<()>("document.getElementById('reset').click()").await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn panels_stay_beside_a_long_text_each_for_its_part_of_it() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        for (width, height) in [(1024, 768), (1600, 1000)] {
            page.resize(width, height).await?;
            for (topic, panels) in [
                ("Learning_Docker_Networking", 1),
                ("Learning_Docker_Storage_In_Container_State", 2),
            ] {
                page.open(&waterline.url(&format!("/topics/{topic}")))
                    .await?;
                ensure!(
                    page.panels_arrived().await? >= panels,
                    "{topic} has {panels} panels"
                );
                let (alone, over, seen): (f64, f64, usize) = page.ask_for(WHILE_READING).await?;
                let at = format!("{topic} at {width} pixels");
                ensure!(
                    alone == 0.0,
                    "{at}: for {alone} pixels of text no panel is beside it"
                );
                ensure!(
                    over == 0.0,
                    "{at}: one panel lies {over} pixels over another"
                );
                ensure!(
                    seen == panels,
                    "{at}: {seen} of {panels} panels stood at the top"
                );
            }
        }
        Ok(())
    })
    .await;
}

/// Scrolls through the first topic with a text three windows longer than it is. Says for how
/// much of it no panel was in sight, by how much panels lay over each other, and how many
/// of them stood below the masthead.
const WHILE_READING: &str = r#"
    const topic = document.querySelector("section.topic:has(> .panels)");
    const long = document.createElement("p");
    long.className = "longer";
    long.textContent = "It goes on. ".repeat(2000);
    topic.querySelector(":scope > .text > .prose").append(long);
    const panels = [...topic.querySelectorAll(":scope > .panels live-panel")];
    const box = topic.getBoundingClientRect(), top = box.top + scrollY, bottom = box.bottom + scrollY;
    const stood = new Set();
    let alone = 0, over = 0;
    for (let y = top; y < bottom - innerHeight; y += 100) {
      scrollTo(0, y);
      await new Promise(requestAnimationFrame);
      const boxes = panels.map((panel) => panel.getBoundingClientRect());
      const sight = boxes.map((one) => Math.min(one.bottom, innerHeight) - Math.max(one.top, 72));
      if (Math.max(...sight) < innerHeight * .25) alone += 100;
      if (boxes[1] && boxes[1].top < boxes[0].bottom) over = Math.max(over, boxes[0].bottom - boxes[1].top);
      boxes.forEach((one, nth) => { if (Math.abs(one.top - 96) < 2) stood.add(nth); });
    }
    return [alone, over, stood.size];
"#;

#[tokio::test]
async fn the_room_and_the_note_leave_the_drawing_of_a_panel_alone() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::Engine);
        let container = Container::run("passing", &[]);
        page.resize(1600, 900).await?;
        page.open(&waterline.url("/topics/Learning_Docker_Books")).await?;
        let row = format!(
            r#"const row = [...document.querySelectorAll("live-panel .life")].find((row) => row.textContent.includes("{}"));
            const runs = row?.querySelector("i.runs");"#,
            container.name()
        );
        page.until("the container runs in the panel", &format!("{row} return runs != null"))
            .await?;
        let thick: f64 = page
            .ask(&format!("{row} return runs.getBoundingClientRect().height"))
            .await?;
        ensure!(thick == 5.0, "the line of a running container is {thick} thick");
        enter(page).await?;
        let seen: bool = page
            .ask(&format!("{row} return runs.checkVisibility()"))
            .await?;
        ensure!(seen, "steps of the drawing are hidden in the room");
        Ok(())
    })
    .await;
}

/// Gives a panel something else to show, as the stream does.
const RECEIVE: &str = r#"
    const panel = document.querySelector("live-panel");
    const text = "Nothing runs on this host. ".repeat(times);
    await panel.receive(`<live-panel data-state="live"><details class="fold" open><summary><h3>A panel</h3></summary><div class="deep"><p>${text}</p></div></details></live-panel>`);
    return [panel.offsetHeight, panel.querySelector(".fold").offsetHeight, document.querySelector(".topic > .text").getBoundingClientRect().top - panel.getBoundingClientRect().bottom];
"#;

#[tokio::test]
async fn a_panel_with_little_to_show_leaves_no_room_empty() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        for (width, height) in [(390, 844), (1024, 768)] {
            page.resize(width, height).await?;
            page.open(&waterline.url("/topics/Learning_Docker_Networking"))
                .await?;
            page.panels_arrived().await?;
            let (high, needed, below): (f64, f64, f64) =
                page.ask_for(&format!("const times = 1; {RECEIVE}")).await?;
            if width == 390 {
                ensure!((high - needed).abs() < 2.0, "{high} kept for {needed}");
                ensure!(below < 60.0, "the text begins {below} below the panel");
            }
            // No water where the panel says nothing.
            let water: String = page
                .ask("return getComputedStyle(document.querySelector('.panels .deep')).borderImageSource")
                .await?;
            ensure!(water == "none", "at {width}: {water}");
            // With more to show it has its room again.
            let (high, needed, _): (f64, f64, f64) =
                page.ask_for(&format!("const times = 400; {RECEIVE}")).await?;
            ensure!(high >= 416.0 && high < needed, "at {width}: {high} for {needed}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn on_a_phone_panels_stand_below_the_heading_and_all_but_the_first_are_folded() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::start(Docker::NoneHere);
        page.resize(390, 844).await?;
        page.open(&waterline.url("/topics/Learning_Docker_Storage_In_Container_State")).await?;
        page.panels_arrived().await?;
        let (folds, in_order): (Vec<bool>, bool) = page
            .ask(
                r#"const topic = document.querySelector("section.topic");
                const panels = [...topic.querySelectorAll(":scope > .panels live-panel")];
                const tops = [topic.querySelector(".title"), ...panels, topic.querySelector(".text")]
                    .map((part) => part.getBoundingClientRect());
                return [panels.map((panel) => panel.querySelector(".fold").open),
                    tops.every((box, nth) => !nth || box.top >= tops[nth - 1].bottom)]"#,
            )
            .await?;
        ensure!(folds == [true, false], "open: {folds:?}");
        ensure!(in_order, "heading, panels and text do not stand below one another");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_note_that_is_saved_changes_in_the_room_and_the_room_stays_where_it_is() {
    visit(Reader::Ordinary, async |page| {
        let notes = caves();
        let waterline = Waterline::for_author(
            "vscode://file/{path}",
            &notes.each_ref().map(|(file, text)| (*file, text.as_str())),
        );
        let file = waterline.notes().join("caves.md");
        page.resize(1280, 720).await?;
        page.open(&waterline.url("/caves")).await?;
        enter(page).await?;
        press(page, Key::PageDown).await?;
        comes_to(page, "2 of 3").await?;
        press(page, Key::PageDown).await?;
        page.until("the text is scrolled", &format!("return {SCROLL} > 100"))
            .await?;
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        let scrolled: f64 = page.ask(SCROLLED).await?;

        // A word of the topic that is shown, below what is read, and a topic before it.
        let text = notes[0]
            .1
            .replace("## Out", "The last word is zebra.\n\n## Out");
        let text = text.replace(
            "## Deep",
            "## Mouth <<Learning_Caves_Mouth>>\n\nWide.\n\n## Deep",
        );
        std::fs::write(&file, text)?;
        comes_to(page, "3 of 4").await?;
        ensure!(
            headings(page).await? == ["Deep"],
            "one topic: {:?}",
            headings(page).await?
        );
        let shows: bool = page
            .ask("return document.querySelector('main').innerText.includes('zebra')")
            .await?;
        ensure!(shows, "what was saved is not shown");
        let now: f64 = page.ask(SCROLLED).await?;
        ensure!(
            (now - scrolled).abs() < 2.0,
            "it scrolled from {scrolled} to {now}"
        );

        press(page, Key::PageUp).await?;
        press(page, Key::PageUp).await?;
        comes_to(page, "2 of 4").await?;
        ensure!(
            headings(page).await? == ["Mouth"],
            "the new one: {:?}",
            headings(page).await?
        );
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn a_save_leaves_the_room_at_the_panel_that_it_shows() {
    visit(Reader::Ordinary, async |page| {
        let text = "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\nDark.\n";
        let beside = "[topics]\nLearning_Caves = [\"mounts\", \"networks\"]\n";
        let waterline = Waterline::for_author(
            "vscode://file/{path}",
            &[("caves.md", text), ("attachments.toml", beside)],
        );
        page.resize(1600, 900).await?;
        page.open(&waterline.url("/caves")).await?;
        page.panels_arrived().await?;
        enter(page).await?;
        let shown = r#"[...document.querySelectorAll("live-panel")]
            .filter((panel) => panel.checkVisibility()).map((panel) => panel.getAttribute("name")).join()"#;
        for _ in 0..40 {
            if page.ask::<String>(&format!("return {shown}")).await? == "networks" {
                break;
            }
            press(page, Key::PageDown).await?;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        comes_to(page, "1 of 1, panel 2 of 2").await?;
        std::fs::write(waterline.notes().join("caves.md"), text.replace("Dark", "Dark as a zebra"))?;
        page.until("it is saved", "return document.querySelector('main').innerText.includes('zebra')")
            .await?;
        comes_to(page, "1 of 1, panel 2 of 2").await?;
        page.until("the same panel", &format!("return {shown} === 'networks'")).await?;
        page.nothing_went_wrong().await
    })
    .await;
}
