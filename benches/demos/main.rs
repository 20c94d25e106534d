//! Demos beside the docker command itself: what a command takes, what fifty sandboxes at
//! once take, and how soon what is typed is shown.
//!
//! `tests/run` says how an engine and a chromedriver are started; then
//! `WATERLINE_TEST_HOST=unix://… WATERLINE_TEST_DRIVER=http://… cargo bench --bench demos
//! [-- beside|crowd|echo …]`. Needs the docker command. Prints one line per figure with
//! its spread, and ends with a failure where a promise is broken.

#[path = "../../tests/it/live_engine.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod live_engine;
#[path = "../../tests/it/sandbox_room.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod sandbox_room;

mod beside;
mod crowd;
mod echo;
mod figures;
mod server;

use figures::Promises;
use std::process::ExitCode;
use tokio::runtime::Runtime;

async fn measure(parts: &[String], promises: &mut Promises) {
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|name| name == part);
    if wanted("beside") {
        beside::measure(promises).await;
    }
    if wanted("crowd") {
        crowd::measure(promises).await;
    }
    if wanted("echo") {
        echo::measure(promises).await;
    }
}

fn main() -> ExitCode {
    if std::env::var_os("WATERLINE_TEST_HOST").is_none() {
        eprintln!("not measured: WATERLINE_TEST_HOST names no engine");
        return ExitCode::SUCCESS;
    }
    let parts = ["beside", "crowd", "echo"];
    let named = std::env::args().filter(|word| parts.contains(&word.as_str()));
    let named: Vec<String> = named.collect();
    let mut promises = Promises::default();
    println!("load of this machine: {}", figures::load());
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(measure(&named, &mut promises));
    println!("load of this machine: {}", figures::load());
    promises.end()
}
