//! From a key to what it shows: in a terminal over its WebSocket, and at the prompt in a
//! browser.

use crate::figures::{Promises, Times};
use crate::live_engine::endpoint;
use crate::server::Server;
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;
use tokio::time::{sleep, timeout};

/// How many keys are typed.
const KEYS: usize = 60;

/// As fast as a person types.
const PAUSE: Duration = Duration::from_millis(60);

const LONG: Duration = Duration::from_secs(60);

/// Keeps, for each key, how long it was from the browser's own time of the key until a
/// task that comes after the frame which shows it.
const WATCH: &str = r#"
    const line = document.getElementById("line")
    const seen = globalThis.__seen = []
    let pressed = 0
    line.addEventListener("keydown", (event) => { pressed = event.timeStamp })
    line.addEventListener("input", () => {
      const since = pressed
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => seen.push(performance.now() - since)
        port2.postMessage(null)
      })
    })
    return true"#;

/// Measures both, and holds the promises.
pub async fn measure(promises: &mut Promises) {
    let Some(endpoint) = endpoint() else {
        return;
    };
    // A key is good for one visitor, so each has a server.
    terminal(&Server::start(&endpoint), promises).await;
    match std::env::var("WATERLINE_TEST_DRIVER") {
        Ok(driver) => prompt(&Server::start(&endpoint), &driver, promises).await,
        Err(_) => println!("prompt echo: not measured, WATERLINE_TEST_DRIVER names no browser"),
    }
}

async fn terminal(server: &Server, promises: &mut Promises) {
    let mut terminal = server.terminal("docker run -it --rm busybox sh").await;
    timeout(LONG, terminal.prints("/ # "))
        .await
        .expect("a prompt");
    let mut times = Vec::new();
    for key in 0..KEYS {
        sleep(PAUSE).await;
        let letter = letter(key);
        let began = Instant::now();
        terminal.types(letter.as_bytes()).await;
        let echoed = timeout(LONG, terminal.prints(&letter)).await;
        echoed.expect("an echo");
        times.push(began.elapsed());
    }
    tell("terminal echo", &Times::of(&times), 30.0, promises);
}

async fn prompt(server: &Server, driver: &str, promises: &mut Promises) {
    let profile = tempfile::tempdir().expect("a folder");
    let mut chrome = DesiredCapabilities::chrome();
    let data = format!("--user-data-dir={}", profile.path().display());
    for flag in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        &data,
    ] {
        chrome.add_arg(flag).expect("a flag");
    }
    let browser = WebDriver::new(driver, chrome).await.expect("a browser");
    let (address, key) = (&server.address, &server.key);
    let page = format!("http://{address}/prompt?key={key}");
    browser.goto(page).await.expect("a page");
    let line = browser.find(By::Id("line")).await.expect("the prompt");
    line.click().await.expect("a click");
    browser.execute(WATCH, Vec::new()).await.expect("a script");
    for key in 0..KEYS {
        line.send_keys(letter(key)).await.expect("a key");
        sleep(PAUSE).await;
    }
    let seen = browser
        .execute("return globalThis.__seen", Vec::new())
        .await;
    let seen: Vec<f64> = seen.expect("times").convert().expect("numbers");
    browser.quit().await.expect("the browser closes");
    assert!(seen.len() >= KEYS / 2, "{} keys were shown", seen.len());
    let times = Times::of_milliseconds(seen);
    tell("prompt echo", &times, 16.0, promises);
}

fn letter(key: usize) -> String {
    let step = u8::try_from(key % 26).expect("a letter");
    char::from(b'a' + step).to_string()
}

/// Says a figure, and holds its promise: nine of ten keys are shown in time.
fn tell(what: &str, times: &Times, at_most: f64, promises: &mut Promises) {
    println!(
        "{what}: {times}, most {:.1} ms (promised: {at_most} ms)",
        times.at(1.0)
    );
    promises.hold(what, times.at(0.9), at_most);
}
