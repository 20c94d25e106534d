//! What moves: `stats` and `events`.

use super::{Scene, now};
use crate::live_engine::endpoint;
use serde_json::{Value, json};
use std::time::Duration;
use waterline::demos::format::{EventFormat, Printed, StatsOptions, event, stats};

#[test]
fn stats_and_events_are_docker_s_own() {
    let Some(endpoint) = endpoint() else { return };
    let scene = Scene::set(&endpoint, "moving");
    let (quiet, ended) = (scene.name("quiet"), scene.name("ended"));
    for text in [None, Some("{{json .}}"), Some("{{.Foo}}")] {
        let options = StatsOptions {
            format: text.map(str::to_owned),
            ..StatsOptions::default()
        };
        let mut arguments = vec!["stats", "--no-stream"];
        arguments.extend(text.into_iter().flat_map(|text| ["--format", text]));
        arguments.extend([quiet.as_str(), ended.as_str()]);
        scene.agree(&arguments, || {
            let rows = [&quiet, &ended].map(|name| {
                (
                    name.clone(),
                    scene.get(&format!("/containers/{name}/stats?stream=0")),
                )
            });
            stats(&rows, &options).expect("supported")
        });
    }
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
