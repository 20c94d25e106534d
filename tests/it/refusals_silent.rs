//! What a sandbox refuses reaches no engine: not one call is made for any line of the
//! bad-input suite.

use crate::fake_engine::FakeEngine;
use crate::refusal_cases::{cases, snapshot};
use std::sync::Arc;
use waterline::demos::instance::Slot;
use waterline::demos::prepare::Pins;
use waterline::demos::runner::{How, Outcome, Sandboxes, Terms};
use waterline::demos::sandbox::Limits;
use waterline::engine::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn no_refused_line_makes_a_call() {
    let fake = FakeEngine::start().await;
    let image = snapshot().demo_image;
    let images = format!(
        r#"[{{"Id":"{image}","RepoTags":["busybox:latest"],"Labels":{{"wl.demo-image":"1"}},"Created":1}}]"#
    );
    fake.script.answers("/images/json", 200, images);
    fake.script
        .answers("/info", 200, r#"{"MemTotal":8000000000}"#);
    let state = tempfile::tempdir().expect("a folder");
    let sandboxes = Sandboxes::with_pins(
        Arc::new(Engine::new([fake.host_value()])),
        Slot::take_in(state.path()).expect("a slot"),
        Limits::default(),
        Terms::default(),
        Pins::in_folder(state.path()),
    );
    let sandbox = sandboxes.open(None).await.expect("a sandbox");
    let (before, mut wrong) = (fake.script.calls().len(), Vec::new());
    assert!(before > 0, "the engine was asked for its images");
    let mut tried = 0;
    for case in cases() {
        let finished = sandbox.run(&case.line, How::default()).finished().await;
        let calls = fake.script.calls();
        let refused = match &finished.outcome {
            Outcome::Refused(refusal) => refusal.rule.name() == case.rule,
            // Docker itself would not take it, or finds nothing of that name.
            Outcome::Done { .. } => matches!(case.rule.as_str(), "usage" | "missing"),
            _ => false,
        };
        if !refused || calls.len() > before + wrong.len() {
            let line: String = case.line.chars().take(90).collect();
            let last = calls.last().cloned().unwrap_or_default();
            wrong.push(format!("{line}: {:?}, {last}", finished.outcome));
            if calls.len() > before {
                break;
            }
        }
        tried += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= 250, "{tried}");
    assert_eq!(fake.script.calls().len(), before);
    // The same sandbox does ask for what is permitted.
    let _asked = sandbox.run("docker ps", How::default()).finished().await;
    assert!(fake.script.calls().len() > before);
}
