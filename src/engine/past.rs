//! The past: the events that an engine still remembers.
//!
//! An engine keeps the last 256 events in memory. `/events` gives them at once and
//! ends, if `until` has passed by the engine's own clock. Were that clock behind ours,
//! the engine would wait; were it ahead, the newest would be missing. So its clock is
//! measured with `/info`, which tells the time to the nanosecond (the `Date` header has
//! whole seconds only), and what has come is taken after [`PATIENCE`] in any case.

use super::Away;
use super::link::ApiVersion;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::time::Duration;

/// How long a list of events that does not end is read.
pub const PATIENCE: Duration = Duration::from_millis(1500);

/// How long a measured clock is relied on.
pub const MEASURED_FOR: Duration = Duration::from_secs(60);

/// How many events are kept. Docker remembers as many; Podman reads its whole journal.
const MOST: usize = 256;

/// What is asked: all events up to `until`, a moment by the engine's clock.
pub fn path(api: ApiVersion, until: Timestamp) -> String {
    let (seconds, nanos) = (until.as_second(), until.subsec_nanosecond());
    format!("/v{api}/events?since=1&until={seconds}.{nanos:09}")
}

/// How far the engine's clock is ahead of ours: what `/info` says its time is, against
/// the middle of the question. No time told, or one from within the question, which a
/// busy engine takes seconds to answer: as if they agreed.
pub fn ahead(info: &[u8], before: Timestamp, after: Timestamp) -> SignedDuration {
    let told = serde_json::from_slice::<Value>(info).ok();
    let told = told.and_then(|info| info["SystemTime"].as_str()?.parse::<Timestamp>().ok());
    let half = before.duration_until(after) / 2;
    let middle = before + half;
    let ahead = told.map_or(SignedDuration::ZERO, |theirs| middle.duration_until(theirs));
    match ahead.abs() > half {
        true => ahead,
        false => SignedDuration::ZERO,
    }
}

/// Reads one event after another into a list, oldest first. A last one that was cut
/// off is left out.
///
/// # Errors
/// What stands there is not JSON.
pub fn read(body: &[u8]) -> Result<Value, Away> {
    let mut events = Vec::new();
    for event in serde_json::Deserializer::from_slice(body).into_iter::<Value>() {
        match event {
            Ok(event) if event.is_object() => events.push(event),
            Ok(_) => {}
            Err(error) if error.is_eof() => break,
            // serde's words name a place and a kind, never the text.
            Err(error) => return Err(Away::Unreadable(error.to_string())),
        }
    }
    // The sort is stable: events of one moment stay in the engine's order.
    events.sort_by_key(moment);
    let forgotten = events.len().saturating_sub(MOST);
    Ok(Value::Array(events.split_off(forgotten)))
}

/// When it happened, in nanoseconds since 1970 by the engine's clock.
fn moment(event: &Value) -> i64 {
    let seconds = || {
        event["time"]
            .as_i64()
            .map(|at| at.saturating_mul(1_000_000_000))
    };
    event["timeNano"].as_i64().or_else(seconds).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Ask, mask};
    use serde_json::json;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn the_engine_is_asked_up_to_now_by_its_own_clock() {
        let api = ApiVersion::parse("1.41").expect("a version");
        let now = at("2026-11-24T06:00:00.012Z");
        assert_eq!(
            path(api, now),
            "/v1.41/events?since=1&until=1795500000.012000000"
        );
        let info = br#"{"SystemTime":"2026-11-24T05:59:50.512345678Z"}"#;
        let behind = ahead(info, now, at("2026-11-24T06:00:00.016Z"));
        assert_eq!((now + behind).to_string(), "2026-11-24T05:59:50.510345678Z");
        // An answer that took six seconds tells no more than that.
        let (asked, heard) = (at("2026-11-24T05:59:48Z"), at("2026-11-24T05:59:54Z"));
        assert_eq!(ahead(info, asked, heard), SignedDuration::ZERO);
        for silent in ["{}", "", r#"{"SystemTime":"soon"}"#] {
            assert_eq!(ahead(silent.as_bytes(), now, now), SignedDuration::ZERO);
        }
    }

    #[test]
    fn events_one_after_another_become_a_list_and_a_torn_one_is_left_out() {
        let body = br#"{"Type":"image","timeNano":3}
{"Type":"network","timeNano":2} {"Type":"volume","time":4}
{"Type":"contai"#;
        let kinds: Vec<Value> = read(body)
            .expect("events")
            .as_array()
            .expect("a list")
            .iter()
            .map(|event| event["Type"].clone())
            .collect();
        assert_eq!(kinds, ["network", "image", "volume"]);
        assert_eq!(read(b"").expect("none"), json!([]));
        assert!(
            matches!(read(b"<html>hunter2"), Err(Away::Unreadable(why)) if !why.contains("hunter2"))
        );
        let many: String = (0..1000).map(|n| format!("{{\"timeNano\":{n}}}")).collect();
        let kept = read(many.as_bytes()).expect("events");
        assert_eq!(
            (kept[0]["timeNano"].as_i64(), kept[255]["timeNano"].as_i64()),
            (Some(744), Some(999))
        );
    }

    #[test]
    fn nothing_of_labels_or_exec_text_gets_through() {
        let mut events = json!([
            {"Type": "container", "Action": "exec_create: sh -c 'login hunter2'",
             "status": "exec_create: sh -c 'login hunter2'", "id": "ab", "from": "busybox",
             "Actor": {"ID": "ab", "Attributes": {
                "name": "web", "image": "busybox", "execID": "cd",
                "name-of-secret": "hunter2", "image.token": "hunter2", "signal-path": "hunter2",
                // Labels with the engine's own names for other things.
                "type": "hunter2", "driver": "hunter2", "destination": "hunter2",
                "container": "hunter2", "exitCode": "hunter2", "signal": "hunter2",
                "execDuration": "hunter2", "reclaimed": "hunter2", "oldName": "hunter2",
                "com.docker.compose.project": "shop", "com.docker.compose.service": "web",
                "com.docker.compose.project.working_dir": "/home/hunter2",
             }}},
            {"Type": "daemon", "Action": "reload", "Actor": {"ID": "x", "Attributes": {
                "name": "host", "labels": "[\"key=hunter2\"]", "http-proxy": "http://u:hunter2@p"}}},
            {"Type": "secret", "Action": "create", "Actor": {"ID": "x", "Attributes": {"name": "s", "value": "hunter2"}}},
            {"Type": "container", "Action": "health_status: hunter2 is not it", "Actor": "hunter2"},
            {"Action": "die: hunter2", "Actor": {"Attributes": {"exitCode": "hunter2"}}, "Spec": "hunter2"},
        ]);
        mask::answer(&Ask::Events, &mut events);
        let text = events.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(events[0]["Action"], "exec_create");
        assert_eq!(
            events[0]["Actor"]["Attributes"]["com.docker.compose.service"],
            "web"
        );
        assert_eq!(events[0]["Actor"]["Attributes"]["name"], "web");
    }

    #[test]
    fn what_the_panels_read_of_an_event_gets_through() {
        let mut events = json!([
            {"Type": "container", "Action": "die", "timeNano": 7, "Actor": {"ID": "ab", "Attributes": {
                "name": "web", "image": "acme/base", "exitCode": "137"}}},
            {"Type": "container", "Action": "kill", "Actor": {"Attributes": {"signal": "15"}}},
            {"Type": "container", "Action": "health_status: unhealthy"},
            {"Type": "network", "Action": "connect", "Actor": {"ID": "n", "Attributes": {
                "container": "ab", "name": "shop_default", "type": "bridge"}}},
            {"Type": "volume", "Action": "mount", "Actor": {"ID": "v", "Attributes": {
                "container": "ab", "destination": "/data", "driver": "local", "propagation": "", "read/write": "true"}}},
            {"Type": "image", "Action": "tag", "Actor": {"ID": "sha256:ab", "Attributes": {"name": "acme/base:1"}}},
        ]);
        let before = events.clone();
        mask::answer(&Ask::Events, &mut events);
        assert_eq!(events, before);
    }
}
