//! Demos: a reader runs one, types at the prompt and in a terminal, and leaves nothing.

use crate::barriers::no_barriers;
use crate::browser::{Page, Reader, visit};
use crate::docker::labelled;
use crate::waterline::Waterline;
use anyhow::{Result, ensure};
use thirtyfour::Key;

const DEMO: &str = "/demos/what-survives-a-restart";

/// Waits until this step has this verdict.
async fn comes_to(page: &Page, step: &str, verdict: &str) -> Result<()> {
    let script =
        format!(r#"return document.querySelector("{step}")?.dataset.verdict === "{verdict}""#);
    page.until(&format!("{step} is {verdict}"), &script).await
}

async fn click(page: &Page, css: &str) -> Result<()> {
    let element = page.find(css).await?;
    element.scroll_into_view().await?;
    Ok(element.click().await?)
}

/// The label of the sandbox that the page shows, once it shows one.
async fn sandbox(page: &Page) -> Result<String> {
    page.until(
        "the panels show a sandbox",
        r#"return document.getElementById("demo-panels").dataset.scope !== """#,
    )
    .await?;
    let script = r#"return document.getElementById("demo-panels").dataset.scope"#;
    Ok(format!("wl.sandbox={}", page.ask::<String>(script).await?))
}

async fn reset_leaves_nothing(page: &Page, label: &str) -> Result<()> {
    click(page, "#reset").await?;
    page.until(
        "everything is removed",
        r##"return document.querySelector("#demo-bar .progress").textContent.startsWith("None of")
            && !document.querySelector(".step[data-verdict=passed]")"##,
    )
    .await?;
    let left = labelled(label);
    ensure!(left.is_empty(), "docker still finds: {left}");
    Ok(())
}

#[tokio::test]
async fn a_demo_runs_to_its_end_and_the_panel_beside_it_moves() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        page.open(&waterline.invitation(DEMO)).await?;
        page.panels_arrived().await?;
        no_barriers(page).await?;
        ensure!(page.count("[data-verdict=waiting]").await? == 11, "11 steps wait");
        ensure!(page.count(".expects[open]").await? == 0, "what comes out is folded");

        click(page, "#run-1").await?;
        comes_to(page, "#step-1", "passed").await?;
        let label = sandbox(page).await?;
        ensure!(!labelled(&label).is_empty(), "docker lists what the step made");
        page.until(
            "the panel shows the container under its typed name",
            r#"return document.querySelector("live-panel[name=writable-layer]")?.textContent.includes("notes wrote")"#,
        )
        .await?;
        click(page, "#run-2").await?;
        page.until(
            "the panel shows the file that the step wrote",
            r#"return document.querySelector("live-panel[name=writable-layer]").textContent.includes("/state")"#,
        )
        .await?;
        let beside: bool = page
            .ask(r#"const box = document.querySelector("live-panel").getBoundingClientRect();
                return box.top < innerHeight && box.bottom > 0"#)
            .await?;
        ensure!(beside, "the panel stays in sight");

        click(page, "#run-all").await?;
        comes_to(page, "#step-11", "passed").await?;
        ensure!(page.count(".step[data-verdict=passed]").await? == 11, "all passed");
        page.prefer("dark").await?;
        no_barriers(page).await?;
        reset_leaves_nothing(page, &label).await?;
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn the_prompt_remembers_completes_and_explains_a_refusal() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        page.open(&waterline.invitation("/prompt")).await?;
        let line = page.find("#line").await?;
        line.send_keys("docker run --privileged busybox true" + Key::Enter)
            .await?;
        comes_to(page, "#tried-1", "refused").await?;
        let said: String = page
            .ask(r##"return document.querySelector("#tried-1 .out").textContent"##)
            .await?;
        ensure!(said.contains("as good as root"), "{said}");
        line.send_keys("docker ps -aq" + Key::Enter).await?;
        comes_to(page, "#tried-2", "passed").await?;

        let value = r#"return document.getElementById("line").value"#;
        line.send_keys(Key::Up + Key::Up).await?;
        let recalled: String = page.ask(value).await?;
        ensure!(
            recalled == "docker run --privileged busybox true",
            "{recalled}"
        );
        line.send_keys(Key::Down + Key::Down).await?;
        ensure!(
            page.ask::<String>(value).await?.is_empty(),
            "back at an empty line"
        );

        line.send_keys("docker netw" + Key::Tab).await?;
        page.until(
            "one completion is put in",
            &format!(r#"{value} === "docker network ""#),
        )
        .await?;
        line.send_keys(Key::Tab).await?;
        page.find("#offers:not([hidden]) [aria-selected=true]")
            .await?;
        no_barriers(page).await?;
        line.send_keys(Key::Escape).await?;
        ensure!(
            page.count("#offers[hidden]").await? == 1,
            "Esc closes the list"
        );
        line.send_keys(Key::Tab).await?;
        let elsewhere: bool = page
            .ask(r#"return document.activeElement.id !== "line""#)
            .await?;
        ensure!(elsewhere, "after Esc, Tab leaves the field");
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn a_terminal_is_typed_into_and_ends_with_its_page() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        page.open(&waterline.invitation(DEMO)).await?;
        click(page, "#run-1").await?;
        comes_to(page, "#step-1", "passed").await?;
        let label = sandbox(page).await?;
        ensure!(page.count("link[href*=xterm]").await? == 0, "nothing of xterm is loaded yet");
        let line = page.find("#line").await?;
        line.send_keys("docker exec -it notes sh" + Key::Enter).await?;
        let screen = page.find("docker-terminal .xterm-helper-textarea").await?;
        page.until(
            "the shell's prompt",
            r##"return document.querySelector("docker-terminal .xterm-rows")?.textContent.includes("/ #")"##,
        )
        .await?;
        screen.send_keys("echo made-$((6*7)); sleep 500" + Key::Enter).await?;
        page.until(
            "what the shell prints",
            r##"return document.querySelector("docker-terminal .xterm-rows").textContent.includes("made-42")"##,
        )
        .await?;
        page.nothing_went_wrong().await?;
        page.open(&waterline.url(DEMO)).await?;
        let line = page.find("#line").await?;
        for attempt in 1.. {
            line.send_keys("docker exec notes ps" + Key::Enter).await?;
            let newest = format!("#tried-{}", attempt + 1);
            comes_to(page, &newest, "passed").await?;
            let script = format!(r##"return document.querySelector("{newest} .out").textContent"##);
            let runs: String = page.ask(&script).await?;
            if !runs.contains("sleep 500") {
                break;
            }
            ensure!(attempt < 10, "the shell goes on: {runs}");
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
        reset_leaves_nothing(page, &label).await
    })
    .await;
}

#[tokio::test]
async fn without_scripts_a_step_runs_once_however_often_the_page_is_read() {
    visit(Reader::WithoutScripts, async |page| {
        let waterline = Waterline::for_demos();
        page.open(&waterline.invitation(DEMO)).await?;
        click(page, "#run-1").await?;
        page.find("#step-1[data-verdict=passed]").await?;
        ensure!(
            page.path().await? == format!("{DEMO}#step-1"),
            "back at the step"
        );
        let out = async || Ok::<_, anyhow::Error>(page.find("#out-1").await?.text().await?);
        let first = out().await?;
        ensure!(first.contains("container notes made"), "{first}");
        page.driver.refresh().await?;
        ensure!(out().await? == first, "a reload shows the same");
        let line = page.find("#line").await?;
        line.send_keys("docker exec notes echo <b>$" + Key::Enter)
            .await?;
        page.find("#tried-1[data-verdict=refused]").await?;
        click(page, "#to-3").await?;
        page.find("#step-3[data-verdict=passed]").await?;
        ensure!(
            page.count(".strip iframe").await? > 0,
            "panels stand in frames"
        );
        click(page, "#reset").await?;
        page.find("#step-1[data-verdict=waiting]").await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn on_a_phone_the_panels_stay_on_top_while_a_step_runs() {
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos();
        page.resize(390, 844).await?;
        page.open(&waterline.invitation(DEMO)).await?;
        page.panels_arrived().await?;
        click(page, "#to-5").await?;
        comes_to(page, "#step-5", "passed").await?;
        let shown: bool = page
            .ask(
                r##"const strip = document.querySelector(".strip").getBoundingClientRect();
                const step = document.querySelector("#step-5 .out").getBoundingClientRect();
                return strip.top >= 0 && strip.top < 10 && strip.bottom < innerHeight * .6
                    && step.bottom > strip.bottom
                    && document.documentElement.scrollWidth <= innerWidth"##,
            )
            .await?;
        ensure!(
            shown,
            "the strip is on top, the step below it, and nothing sticks out"
        );
        no_barriers(page).await?;
        click(page, "#reset").await?;
        comes_to(page, "#step-1", "waiting").await
    })
    .await;
}

#[tokio::test]
async fn a_demo_that_is_saved_while_it_runs_changes_in_place_and_loses_nothing() {
    let demo = "---\ntitle: Ropes\ntopic: Learning_Caves\n---\nTie a knot.\n\n\
        ```console\n$ docker run -d --init --name notes busybox sleep 600\n[..]\n```\n\n\
        This takes its time.\n\n\
        ```console\n$ docker exec notes sh -c 'echo first; sleep 4; echo last | tee /state'\nfirst\nlast\n```\n\n\
        And what is left?\n\n\
        ```console\n$ docker exec notes cat /state\nlast\n```\n";
    let note = "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\nDark.\n";
    let beside = "[topics]\nLearning_Caves = [\"writable-layer\"]\n";
    visit(Reader::Ordinary, async |page| {
        let waterline = Waterline::for_demos_of(&[
            ("caves.md", note),
            ("attachments.toml", beside),
            ("demos/ropes.md", demo),
        ]);
        page.open(&waterline.invitation("/demos/ropes")).await?;
        click(page, "#run-1").await?;
        comes_to(page, "#step-1", "passed").await?;
        let label = sandbox(page).await?;
        page.ask::<()>("globalThis.__mark = true").await?;
        click(page, "#run-2").await?;
        page.until(
            "the step runs",
            r##"return document.querySelector("#step-2").textContent.includes("first") && document.querySelector("#step-2").dataset.verdict === "running""##,
        )
        .await?;
        let text = demo.replace("And what is left?", "And what is left, zebra?");
        std::fs::write(waterline.notes().join("demos/ropes.md"), text)?;
        page.until(
            "the text is the saved one",
            r#"return document.querySelector("main").textContent.includes("zebra")"#,
        )
        .await?;
        ensure!(page.ask::<bool>("return globalThis.__mark === true").await?, "it was loaded again");
        comes_to(page, "#step-1", "passed").await?;
        comes_to(page, "#step-2", "passed").await?;
        let out: String = page
            .ask(r##"return document.querySelector("#step-2").textContent"##)
            .await?;
        ensure!(out.contains("first") && out.contains("last"), "its output: {out}");
        ensure!(sandbox(page).await? == label, "it is another sandbox");
        click(page, "#run-3").await?;
        comes_to(page, "#step-3", "passed").await?;
        reset_leaves_nothing(page, &label).await?;
        page.nothing_went_wrong().await
    })
    .await;
}
