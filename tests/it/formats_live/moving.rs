//! What moves: `stats` and `events`.

use super::{Scene, now};
use crate::fake_engine::FakeEngine;
use crate::live_engine::endpoint;
use serde_json::{Value, json};
use std::time::Duration;
use waterline::demos::format::{EventFormat, Printed, StatsOptions, event, stats};

/// What an engine measures is another figure each time: the docker command is asked
/// about answers that were taken down from the live engine once, as we are.
#[tokio::test(flavor = "multi_thread")]
async fn stats_are_docker_s_own() {
    let Some(endpoint) = endpoint() else { return };
    let scene = Scene::set(&endpoint, "measured");
    let names = ["quiet", "ended"].map(|short| scene.name(short));
    let engine = FakeEngine::start().await;
    let rows = names.clone().map(|name| {
        let path = format!("/containers/{name}/stats?stream=0");
        let answer = scene.get(&path);
        engine.script.answers(&path, 200, answer.to_string());
        (name, answer)
    });
    let taken_down = format!("unix://{}", engine.socket().display());
    for text in [None, Some("{{json .}}"), Some("{{.Foo}}")] {
        let options = StatsOptions {
            format: text.map(str::to_owned),
            ..StatsOptions::default()
        };
        let mut arguments = vec!["--host", &taken_down, "stats", "--no-stream"];
        arguments.extend(text.into_iter().flat_map(|text| ["--format", text]));
        arguments.extend(names.iter().map(String::as_str));
        scene.agree(&arguments, || stats(&rows, &options).expect("supported"));
    }
    scene.done();
}

#[test]
fn events_are_docker_s_own() {
    let Some(endpoint) = endpoint() else { return };
    let scene = Scene::set(&endpoint, "moving");
    let label = format!("label={}", scene.label);
    let until = now().as_second() + 1;
    std::thread::sleep(Duration::from_secs(1));
    let (since, until) = ((until - 600).to_string(), until.to_string());
    let asked = json!({"label": {scene.label.clone(): true}}).to_string();
    let asked = asked
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace('"', "%22");
    let path = format!("/events?since={since}&until={until}&filters={asked}");
    for text in [
        None,
        Some("{{.Type}} {{.Action}} {{.Actor.Attributes.name}} {{.Time}} {{.ID}} {{.From}}"),
        Some("{{json .Actor}}"),
        Some("{{.Foo}}"),
        Some("{{.Foo"),
    ] {
        let mut arguments = vec![
            "events", "--since", &since, "--until", &until, "--filter", &label,
        ];
        arguments.extend(text.into_iter().flat_map(|text| ["--format", text]));
        scene.agree(&arguments, || {
            let format = match EventFormat::parse(text).expect("supported") {
                Ok(format) => format,
                Err(said) => return said.into(),
            };
            let body = scene.get_text(&path);
            let events = serde_json::Deserializer::from_str(&body).into_iter::<Value>();
            let lines =
                events.map(|one| event(&one.expect("an event"), &format).expect("supported"));
            Printed::ok(lines.collect())
        });
    }
    scene.done();
}
