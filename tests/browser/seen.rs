//! What goes wrong in a page without anybody looking: breaches of the content
//! policy, script errors, requests that failed, and things that moved.

use anyhow::Result;
use serde::Deserialize;
use thirtyfour::WebDriver;

/// Runs in each page before its own scripts, from outside: the content policy of
/// the page does not hold for it.
pub const WATCH: &str = r#"
    globalThis.__seen = { breaches: [], errors: [], moves: [] };
    addEventListener("securitypolicyviolation", (event) => {
      __seen.breaches.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
    });
    addEventListener("error", (event) => {
      if (event.message) __seen.errors.push(`${event.message} (${event.filename}:${event.lineno})`);
    });
    addEventListener("unhandledrejection", (event) => __seen.errors.push(String(event.reason)));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const who = entry.sources.map((source) => {
          const node = source.node?.nodeType === 1 ? source.node : source.node?.parentElement;
          const { top: a, height: b } = source.previousRect, { top: c, height: d } = source.currentRect;
          return `${node?.outerHTML?.slice(0, 90)} from ${a}+${b} to ${c}+${d}`;
        });
        __seen.moves.push({ amount: entry.value, who: who.join("; ") });
      }
    }).observe({ type: "layout-shift", buffered: true });
"#;

/// What was seen in the page since it was opened.
#[derive(Debug, Deserialize)]
pub struct Seen {
    /// What the content policy refused.
    pub breaches: Vec<String>,
    /// Script errors that nobody caught.
    pub errors: Vec<String>,
    /// What moved without the reader's doing.
    pub moves: Vec<Move>,
}

/// One layout shift.
#[derive(Debug, Deserialize)]
pub struct Move {
    /// The share of the view that moved, times how far (a layout shift score).
    pub amount: f64,
    /// The elements that moved.
    #[expect(dead_code, reason = "read by whoever reads the failure")]
    pub who: String,
}

/// What was seen in the page that `driver` shows.
pub async fn seen(driver: &WebDriver) -> Result<Seen> {
    // Shifts are told a moment after they happened.
    let script = "requestAnimationFrame(() => setTimeout(() => arguments[0](__seen), 50))";
    Ok(driver.execute_async(script, Vec::new()).await?.convert()?)
}
