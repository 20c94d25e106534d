//! One visit: a fresh Chromium, what a reader does in it, and its end.

use crate::seen::{self, WATCH};
use anyhow::{Context, Result, bail};
use futures_util::FutureExt;
use serde_json::json;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::TypingData;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, LoggingPrefsLogLevel};

/// How long something may take to appear, on a machine busy with other tests.
const PATIENCE: Duration = Duration::from_secs(15);

/// The embedded notes that have panels: between them, all panels there are.
pub const NOTES: [&str; 9] = [
    "/learnings/docker",
    "/learnings/docker/storage",
    "/learnings/docker/layers",
    "/learnings/docker/networking",
    "/learnings/docker/compose",
    "/learnings/docker/windows",
    "/learnings/unix/kswapd",
    "/learnings/unix/mount-points",
    "/learnings/unix/pae",
];

/// Who visits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Someone with an ordinary browser.
    Ordinary,
    /// Someone whose browser runs no scripts.
    WithoutScripts,
}

/// The page that the reader has open.
pub struct Page {
    /// The session, for what has no word here.
    pub driver: WebDriver,
    reader: Reader,
}

/// Lets `reader` do what `story` says in a browser of their own. The browser is
/// closed however the story ends; at a bad end the page is kept as a picture.
///
/// With `WATERLINE_SKIP=browser` nothing happens.
pub async fn visit(reader: Reader, story: impl AsyncFnOnce(&Page) -> Result<()>) {
    if std::env::var("WATERLINE_SKIP").is_ok_and(|skip| skip.split(',').any(|s| s == "browser")) {
        return;
    }
    let profile = tempfile::tempdir().expect("a folder for the browser");
    let page = open(reader, &profile).await.expect("a browser opens");
    let end = AssertUnwindSafe(story(&page)).catch_unwind().await;
    if !matches!(end, Ok(Ok(()))) {
        keep_picture(&page).await;
    }
    let closed = page.driver.quit().await;
    match end {
        Err(panic) => resume_unwind(panic),
        Ok(Err(error)) => panic!("{error:#}"),
        Ok(Ok(())) => closed.expect("the browser closes"),
    }
}

async fn open(reader: Reader, profile: &TempDir) -> Result<Page> {
    let address = std::env::var("WATERLINE_TEST_DRIVER").context(
        "WATERLINE_TEST_DRIVER names no chromedriver. `tests/run` brings one; \
         without it, set WATERLINE_SKIP=browser to leave these tests out.",
    )?;
    let driver = WebDriver::new(&address, capabilities(reader, profile)?).await?;
    driver.set_script_timeout(Duration::from_secs(60)).await?;
    driver
        .cdp()
        .send_raw(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({"source": WATCH}),
        )
        .await?;
    let page = Page { driver, reader };
    page.resize(1024, 768).await?;
    Ok(page)
}

fn capabilities(reader: Reader, profile: &TempDir) -> Result<ChromeCapabilities> {
    let mut chrome = DesiredCapabilities::chrome();
    for flag in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ] {
        chrome.add_arg(flag)?;
    }
    chrome.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
    chrome.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    if reader == Reader::WithoutScripts {
        let prefs = json!({"profile.managed_default_content_settings.javascript": 2});
        chrome.add_experimental_option("prefs", prefs)?;
    }
    Ok(chrome)
}

/// Leaves what the page looked like under `target/browser/`, named for the test.
async fn keep_picture(page: &Page) {
    let test = std::thread::current();
    let name = test.name().unwrap_or("unnamed").replace("::", "-");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target/browser");
    let file = format!("{folder}/{name}.png");
    // A picture is a help, not a result: the failure itself is told in any case.
    if std::fs::create_dir_all(folder).is_ok()
        && page.driver.screenshot(file.as_ref()).await.is_ok()
    {
        eprintln!("the page at that moment: {file}");
    }
}

impl Page {
    /// Opens a URL, as if typed.
    pub async fn open(&self, url: &str) -> Result<()> {
        self.driver
            .goto(url)
            .await
            .with_context(|| url.to_owned())?;
        self.scripts_run().await
    }

    /// Waits until the scripts of the page run: they begin after its first paint, and a
    /// reader is not quicker than that. From a disk a browser runs none.
    async fn scripts_run(&self) -> Result<()> {
        if self.reader == Reader::WithoutScripts {
            return Ok(());
        }
        let run = r#"return location.protocol === "file:" || !document.querySelector("meta[name=scripts]")
            || document.documentElement.dataset.scripts === "run""#;
        let begun = Instant::now();
        while !self
            .driver
            .execute(run, Vec::new())
            .await?
            .convert::<bool>()?
        {
            if begun.elapsed() > PATIENCE {
                bail!("the scripts of the page did not start");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Gives the page this many CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        let cdp = self.driver.cdp();
        cdp.send_raw("Emulation.setDeviceMetricsOverride", size)
            .await?;
        Ok(())
    }

    /// Tells the page whether its reader's system is dark.
    pub async fn prefer(&self, scheme: &str) -> Result<()> {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        let cdp = self.driver.cdp();
        cdp.send_raw("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// The path that the address bar shows, with `#…`.
    pub async fn path(&self) -> Result<String> {
        let url = self.driver.current_url().await?;
        Ok(match url.fragment() {
            Some(fragment) => format!("{}#{fragment}", url.path()),
            None => url.path().to_owned(),
        })
    }

    /// The first element that `css` selects, once it is there.
    pub async fn find(&self, css: &str) -> Result<WebElement> {
        let query = self.driver.query(By::Css(css));
        let found = query.wait(PATIENCE, Duration::from_millis(50));
        let found = found.first().await.with_context(|| format!("no {css}"))?;
        self.scripts_run().await?;
        Ok(found)
    }

    /// How many elements `css` selects now.
    pub async fn count(&self, css: &str) -> Result<usize> {
        Ok(self.driver.find_all(By::Css(css)).await?.len())
    }

    /// What `script`, the body of a function, returns.
    pub async fn ask<T: serde::de::DeserializeOwned>(&self, script: &str) -> Result<T> {
        let answer = self.driver.execute(script, Vec::new()).await;
        Ok(answer.with_context(|| script.to_owned())?.convert()?)
    }

    /// What `script`, the body of an async function, comes to return.
    pub async fn ask_for<T: serde::de::DeserializeOwned>(&self, script: &str) -> Result<T> {
        let script = format!(
            "const done = arguments[0]; (async () => {{ {script} }})() \
             .then((told) => done({{ told }}), (error) => done({{ failed: String(error) }}))"
        );
        let answer = self.driver.execute_async(&script, Vec::new()).await?;
        match answer.json() {
            value if value.get("failed").is_some() => bail!("{}", value["failed"]),
            value => Ok(serde_json::from_value(value["told"].clone())?),
        }
    }

    /// Waits until `script`, the body of a function, returns true.
    pub async fn until(&self, what: &str, script: &str) -> Result<()> {
        let begun = Instant::now();
        while !self.ask::<bool>(script).await? {
            if begun.elapsed() > PATIENCE {
                bail!("waited {} s in vain: {what}", PATIENCE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.scripts_run().await
    }

    /// Presses keys, wherever the focus is.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        self.scripts_run().await?;
        Ok(self.driver.action_chain().send_keys(keys).perform().await?)
    }

    /// Waits until all panels of the page have arrived, and says how many there are.
    pub async fn panels_arrived(&self) -> Result<usize> {
        let panels = self.count("live-panel").await?;
        self.until(
            "all panels have arrived",
            r#"return [...document.querySelectorAll("live-panel")]
                .every((panel) => panel.dataset.state !== "loading")"#,
        )
        .await?;
        Ok(panels)
    }

    /// Fails if anything went wrong behind the page: see [`seen`].
    pub async fn nothing_went_wrong(&self) -> Result<()> {
        let path = self.path().await?;
        let seen = seen::seen(&self.driver).await?;
        if !seen.breaches.is_empty() {
            bail!("{path} breaks its content policy: {:#?}", seen.breaches);
        }
        if !seen.errors.is_empty() {
            bail!("{path} has script errors: {:#?}", seen.errors);
        }
        let said: Vec<String> = (self.driver.browser_log().await?.into_iter())
            .filter(|entry| entry.level == "SEVERE")
            .map(|entry| entry.message)
            .collect();
        if !said.is_empty() {
            bail!("{path} made the browser complain: {said:#?}");
        }
        Ok(())
    }
}
