//! A copy of the notebook, opened as a reader opens it: from a plain file server, in a
//! sub-folder; and one page of it from a disk.

use crate::browser::{Page, Reader, visit};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Runs `waterline export` of the embedded notebook, where no Docker is.
fn export(arguments: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join(if arguments.is_empty() {
        "site"
    } else {
        "one.html"
    });
    let output = Command::new(env!("CARGO_BIN_EXE_waterline"))
        .arg("export")
        .arg(&out)
        .args(arguments)
        .env("HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .output()
        .expect("waterline");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    (folder, out)
}

/// A file server that knows nothing: a path is a file below `/some/where/`, or is missing.
struct Plain {
    address: String,
    missed: Arc<Mutex<Vec<String>>>,
}

impl Plain {
    async fn start(root: &Path) -> Result<Plain> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/some/where", listener.local_addr()?);
        let missed = Arc::<Mutex<Vec<String>>>::default();
        let (root, misses) = (root.to_owned(), Arc::clone(&missed));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (root, misses) = (root.clone(), Arc::clone(&misses));
                tokio::spawn(async move { serve(stream, &root, &misses).await });
            }
        });
        Ok(Plain { address, missed })
    }

    fn nothing_missed(&self) -> Result<()> {
        let missed = self.missed.lock().expect("not poisoned").clone();
        ensure!(missed.is_empty(), "not there: {missed:#?}");
        Ok(())
    }
}

async fn serve(mut stream: TcpStream, root: &Path, missed: &Mutex<Vec<String>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await.ok()?;
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1)?.split('?').next()?.to_owned();
    let name = percent_encoding::percent_decode_str(&path)
        .decode_utf8()
        .ok()?
        .into_owned();
    let file = name
        .strip_prefix("/some/where/")
        .map(|name| root.join(name));
    let bytes = file.and_then(|file| std::fs::read(file).ok());
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let status = if bytes.is_some() {
        "200 OK"
    } else {
        "404 Not Found"
    };
    if bytes.is_none() {
        missed.lock().ok()?.push(path);
    }
    let bytes = bytes.unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        bytes.len()
    );
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.write_all(&bytes).await.ok()?;
    stream.shutdown().await.ok()
}

/// Waits until the page has nothing more to load.
async fn loaded(page: &Page) -> Result<()> {
    page.until(
        "the page is loaded",
        "return document.readyState === 'complete'",
    )
    .await?;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    Ok(())
}

#[tokio::test]
async fn a_copy_is_read_and_searched_from_a_plain_file_server_in_a_sub_folder() {
    visit(Reader::Ordinary, async |page| {
        let (_folder, out) = export(&[]);
        let plain = Plain::start(&out).await?;
        for file in [
            "index.html",
            "map.html",
            "learnings/docker/storage.html",
            "topics/Learning_Docker_Layers.html",
            "demos/pid-1-and-init.html",
            "demos/command.html",
            "panels/layers.html",
            "values.html",
            "about-this-copy.html",
            "404.html",
        ] {
            page.open(&format!("{}/{file}", plain.address)).await?;
            loaded(page).await?;
            page.nothing_went_wrong().await.with_context(|| file.to_owned())?;
            plain.nothing_missed().with_context(|| file.to_owned())?;
        }
        // Panels are there, and say what they show; a live value is compared.
        page.open(&format!("{}/topics/Learning_Docker_Layers.html", plain.address)).await?;
        loaded(page).await?;
        let caution = page.find("live-panel[name=layers] .caution").await?.text().await?;
        ensure!(caution.contains("recording of"), "{caution}");
        page.open(&format!("{}/learnings/docker/storage.html", plain.address)).await?;
        page.find("live-value[data-state=recorded] .mark").await?;
        ensure!(page.count("live-value .still").await? == 0, "it is said twice");
        // A link to another topic leads to it.
        let reference = page.find("main a.ref[href*='topics/']").await?;
        let name = reference.attr("data-topic").await?.context("a name")?;
        let to = reference.attr("href").await?.context("an address")?;
        ensure!(to.starts_with("../../topics/"), "{to}");
        page.driver.execute("arguments[0].click()", vec![reference.to_json()?]).await?;
        page.until("the topic is open", &format!("return location.pathname === '/some/where/topics/{name}.html'"))
            .await?;
        // The palette finds without a server.
        page.press("/").await?;
        page.find("dialog.palette[open] input").await?;
        page.press("Whiteou").await?;
        let found = page
            .find("dialog.palette [role=option][href$='/some/where/topics/Learning_Docker_Layers_Whiteouts.html']")
            .await?;
        ensure!(found.attr("aria-selected").await?.as_deref() == Some("true"), "it is not the first");
        // And so does the page of results.
        page.open(&format!("{}/search.html?q=OVERLAY2+storage", plain.address)).await?;
        page.find("ol.found a[href*='/some/where/topics/']").await?;
        let said = page.find("p.said").await?.text().await?;
        ensure!(said.contains("found") || said.contains("best"), "{said}");
        page.open(&format!("{}/search.html?q=xylophonist", plain.address)).await?;
        page.until("it says that nothing is there", "return document.querySelector('.said').textContent.includes('Nothing in this copy')")
            .await?;
        page.nothing_went_wrong().await?;
        plain.nothing_missed()
    })
    .await;
}

#[tokio::test]
async fn a_reference_in_a_copy_shows_the_beginning_of_its_topic() {
    visit(Reader::Ordinary, async |page| {
        let (_folder, out) = export(&[]);
        let plain = Plain::start(&out).await?;
        page.open(&format!("{}/learnings/docker/storage.html", plain.address)).await?;
        loaded(page).await?;
        let reference = page.find("main .topic a.ref[data-topic=Learning_Docker_Storage_Types]").await?;
        reference.scroll_into_view().await?;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        page.driver.action_chain().move_to_element_center(&reference).perform().await?;
        page.until("a preview opens", "return !!document.querySelector('.preview:popover-open .prose')").await?;
        let preview = page.find(".preview").await?;
        let text = preview.text().await?;
        ensure!(text.starts_with("Mount types\nin Learnings: Docker storage"), "{text}");
        ensure!(text.contains("Read on") && text.len() > 300 && text.len() < 4000, "{text}");
        let inside: bool = page
            .ask("const box = document.querySelector('.preview'); return !box.querySelector('[id], live-panel, live-value, copy-code') && [...box.querySelectorAll('a')].every(a => a.href.includes('/some/where/') || a.hostname !== location.hostname)")
            .await?;
        ensure!(inside, "what is in it: {}", preview.inner_html().await?);
        page.nothing_went_wrong().await?;
        plain.nothing_missed()
    })
    .await;
}

#[tokio::test]
async fn a_copy_is_read_without_scripts() {
    visit(Reader::WithoutScripts, async |page| {
        let (_folder, out) = export(&[]);
        let plain = Plain::start(&out).await?;
        page.open(&format!(
            "{}/topics/Learning_Docker_Layers.html",
            plain.address
        ))
        .await?;
        page.find("live-panel[name=layers] .caution").await?;
        let form = page.find("form.seek").await?;
        ensure!(
            form.attr("action").await?.as_deref() == Some("../search.html"),
            "the form leads elsewhere"
        );
        plain.nothing_missed()
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_is_opened_from_a_disk_is_read_and_has_no_dead_buttons() {
    visit(Reader::Ordinary, async |page| {
        let (_folder, out) = export(&[]);
        page.driver.goto(format!("file://{}/index.html", out.display())).await?;
        page.find("a[href='learnings/docker.html']").await?.click().await?;
        page.find("live-panel[name=parts] .caution").await?;
        let value = page.find("live-value[name=engine-version]").await?.text().await?;
        ensure!(value.contains("(the host: "), "{value}");
        let dead: Vec<String> = page
            .ask("return [...document.querySelectorAll('button, select')].filter(one => one.checkVisibility() && !one.closest('form')).map(one => one.outerHTML)")
            .await?;
        ensure!(dead.is_empty(), "these do nothing: {dead:#?}");
        page.driver.goto(format!("file://{}/search.html", out.display())).await?;
        let said = page.find("p.said").await?.text().await?;
        ensure!(said.contains("from a disk"), "{said}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn one_page_opens_from_a_disk_and_asks_for_nothing() {
    visit(Reader::Ordinary, async |page| {
        let (_folder, out) = export(&["--only", "Learning_Docker_Layers"]);
        page.driver.cdp().send_raw("Network.enable", json!({})).await?;
        page.open(&format!("file://{}", out.display())).await?;
        loaded(page).await?;
        page.find("live-panel[name=layers] .caution").await?;
        let asked: Vec<String> = page
            .ask("return performance.getEntriesByType('resource').map(({ name }) => name)")
            .await?;
        ensure!(asked.iter().all(|name| name.starts_with("data:")), "{asked:#?}");
        // It is dressed: the sheet is in force, whatever its policy.
        let dressed: bool = page
            .ask("return getComputedStyle(document.querySelector('.vh')).position === 'absolute' && document.styleSheets.length === 1")
            .await?;
        ensure!(dressed, "the page has no style");
        page.nothing_went_wrong().await
    })
    .await;
}
