//! From an event on the host to the changed fragment in a reader's browser, on a host of
//! thirty containers.
//!
//! `tests/run` says how an engine and a chromedriver are started; then
//! `WATERLINE_TEST_HOST=unix://… WATERLINE_TEST_DRIVER=http://… cargo bench --bench browser`.
//! A container is renamed, again and again; the time is from the engine's own event
//! (`timeNano`) to the moment when the page has the new name, both by the clock of this
//! machine. Prints one line, and fails where the promise is broken.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use thirtyfour::prelude::*;
use tokio::runtime::Runtime;
use tokio::time::sleep;

/// How many containers the host has, and how often one is renamed.
const CONTAINERS: usize = 30;
const TIMES: usize = 50;

/// Further apart than two rounds of asking in a burst.
const PAUSE: Duration = Duration::from_millis(400);

const PAGE: &str = "/topics/Learning_Docker_Networking";
const PANEL: &str = "networks";

/// Keeps, for each name that begins with ours, when the panel had it first.
const WATCH: &str = r#"
    const panel = document.querySelector("live-panel[name=networks]")
    const seen = globalThis.__seen = {}
    new MutationObserver(() => {
      const now = performance.timeOrigin + performance.now()
      for (const [name] of panel.textContent.matchAll(/wl-bench-turn-\d+-/g)) seen[name] ??= now
    }).observe(panel, { subtree: true, childList: true, characterData: true })
    return true"#;

fn docker(host: &str, arguments: &[&str]) -> String {
    let done = Command::new("docker")
        .args(["-H", host])
        .args(arguments)
        .output()
        .expect("the docker command");
    let words = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "docker {arguments:?}: {words}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// Containers of our own, up to the number that the host should have.
struct Containers(String);

impl Containers {
    fn start(host: &str) -> Containers {
        let there = docker(host, &["ps", "-aq"]).lines().count();
        for number in there..CONTAINERS {
            let name = format!("wl-bench-{number}");
            let run = ["run", "-d", "--label", "wl.bench=1", "--name", &name];
            docker(host, &[&run[..], &["busybox", "sleep", "3600"]].concat());
        }
        Containers(host.to_owned())
    }
}

impl Drop for Containers {
    fn drop(&mut self) {
        let ids = docker(&self.0, &["ps", "-aq", "--filter", "label=wl.bench"]);
        let ids: Vec<&str> = ids.lines().collect();
        docker(&self.0, &[&["rm", "-f"][..], &ids].concat());
    }
}

struct Waterline(Child, String);

impl Waterline {
    fn start(host: &str) -> Waterline {
        let mut child = Command::new(env!("CARGO_BIN_EXE_waterline"))
            .args(["--listen", "127.0.0.1:0", "--host", host])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command starts");
        let mut lines = BufReader::new(child.stdout.take().expect("output")).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            Some(rest.split_once("/?key=")?.0.to_owned())
        });
        Waterline(child, address.expect("an address"))
    }
}

impl Drop for Waterline {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

async fn browser(driver: &str, profile: &str) -> WebDriver {
    let mut chrome = DesiredCapabilities::chrome();
    let profile = format!("--user-data-dir={profile}");
    for flag in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
    ] {
        chrome.add_arg(flag).expect("a flag");
    }
    chrome.add_arg(&profile).expect("a flag");
    WebDriver::new(driver, chrome).await.expect("a browser")
}

/// When the engine reported each new name, in milliseconds.
fn reported(host: &str, since: u64) -> HashMap<String, f64> {
    let since = since.to_string();
    let asked = [
        "events",
        "--since",
        &since,
        "--until",
        "0s",
        "--filter",
        "event=rename",
        "--format",
        "{{.TimeNano}} {{.Actor.Attributes.name}}",
    ];
    let all = docker(host, &asked);
    let line = |line: &str| {
        let (nano, name) = line.split_once(' ')?;
        Some((name.to_owned(), nano.parse::<f64>().ok()? / 1e6))
    };
    all.lines().filter_map(line).collect()
}

async fn measure(host: &str, driver: &str) {
    let _containers = Containers::start(host);
    let waterline = Waterline::start(host);
    let profile = tempfile::tempdir().expect("a folder");
    let browser = browser(driver, &profile.path().display().to_string()).await;
    browser
        .goto(format!("http://{}{PAGE}", waterline.1))
        .await
        .expect("a page");
    let drawn = By::Css(format!("live-panel[name={PANEL}][data-state=live]"));
    browser
        .query(drawn)
        .wait(Duration::from_secs(20), PAUSE)
        .first()
        .await
        .expect("a panel");
    browser.execute(WATCH, Vec::new()).await.expect("a script");
    sleep(Duration::from_secs(1)).await;

    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    let mut name = format!("wl-bench-{}", CONTAINERS - 1);
    let mut names = Vec::new();
    for turn in 0..TIMES {
        let next = format!("wl-bench-turn-{turn}-");
        docker(host, &["rename", &name, &next]);
        names.push(next.clone());
        name = next;
        sleep(PAUSE).await;
    }
    sleep(Duration::from_secs(1)).await;
    let seen = browser
        .execute("return globalThis.__seen", Vec::new())
        .await
        .expect("times");
    let seen: HashMap<String, f64> = seen.convert().expect("numbers");
    browser.quit().await.expect("the browser closes");
    let reported = reported(host, now.as_secs());
    let mut delays: Vec<f64> = names
        .iter()
        .map(|name| {
            let seen = seen
                .get(name)
                .unwrap_or_else(|| panic!("{name} was never shown"));
            seen - reported
                .get(name)
                .unwrap_or_else(|| panic!("{name} was not reported"))
        })
        .collect();
    delays.sort_by(f64::total_cmp);
    let at = |share: f64| delays[((delays.len() - 1) as f64 * share).round() as usize];
    println!(
        "event to changed fragment, {TIMES} times on {CONTAINERS} containers: least {:.0} ms, \
         p50 {:.0} ms, p95 {:.0} ms, most {:.0} ms (promised: p95 100 ms)",
        at(0.0),
        at(0.5),
        at(0.95),
        at(1.0)
    );
    assert!(at(0.95) < 100.0, "too slow");
}

fn main() {
    let variable = |name: &str| std::env::var(name).ok();
    let (host, driver) = (
        variable("WATERLINE_TEST_HOST"),
        variable("WATERLINE_TEST_DRIVER"),
    );
    let (Some(host), Some(driver)) = (host, driver) else {
        eprintln!(
            "not measured: WATERLINE_TEST_HOST and WATERLINE_TEST_DRIVER name no engine and browser"
        );
        return;
    };
    Runtime::new()
        .expect("a runtime")
        .block_on(measure(&host, &driver));
}
