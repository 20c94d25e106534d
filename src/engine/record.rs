//! Recording: everything that a panel could ask of a host, masked, in one file.
//!
//! A recording is given away, so beyond the masking that every answer has had, what
//! would tell one machine from another is taken out: its name and id, where its data
//! root lies, and whose home a path runs through.

use super::mask::MASK;
use super::{Answers, Ask, Away, Host, Id, Recording};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where docker keeps its data unless it is told otherwise.
const USUAL_ROOT: &str = "/var/lib/docker";

/// What a recorded machine is called.
const MACHINE: &str = "docker-host";

/// Asks `host` everything, once, and keeps what it answers. An object that vanishes
/// meanwhile is left out.
///
/// # Errors
/// Why the host does not answer.
pub async fn record(host: &Host) -> Result<Recording, Away> {
    let taken = Timestamp::now();
    host.answer(&Ask::Version).await?;
    let have = host.gather(everything).await;
    if have.host.recorded.is_some() {
        // What stands in for a host is not one.
        return Err(match host.status() {
            super::Status::Recorded { why } | super::Status::Away { why, .. } => why,
            _ => Away::Connecting,
        });
    }
    let mut answers: BTreeMap<String, Value> = BTreeMap::new();
    for (ask, told) in have.all() {
        match told {
            Ok(answer) => {
                let mut json = Value::clone(&answer.json);
                steady(ask, &mut json);
                answers.insert(ask.path(), json);
            }
            Err(Away::Refused { .. }) => {}
            Err(away) => return Err(away.clone()),
        }
    }
    anonymous(&mut answers);
    Ok(Recording {
        recorded: taken,
        engine: have.host.engine.clone(),
        api: have.host.api.clone(),
        answers: answers
            .into_iter()
            .map(|(path, json)| (path, Arc::new(json)))
            .collect(),
    })
}

impl Recording {
    /// The text of the file: indented, the same for the same answers.
    ///
    /// # Errors
    /// Only if the answers cannot be written as JSON, which they came from.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

/// Every list, and every object on it.
fn everything(have: &Answers) -> Vec<Ask> {
    let mut asks = vec![
        Ask::Version,
        Ask::Info,
        Ask::Containers,
        Ask::ContainerSizes,
        Ask::Images,
        Ask::Networks,
        Ask::Volumes,
        Ask::DiskUsage,
    ];
    for id in ids(have, &Ask::Containers) {
        asks.push(Ask::Container(id.clone()));
        asks.push(Ask::Changes(id));
    }
    for id in ids(have, &Ask::Images) {
        asks.push(Ask::Image(id.clone()));
        asks.push(Ask::History(id));
    }
    asks.extend(ids(have, &Ask::Networks).map(Ask::Network));
    asks
}

fn ids<'a>(have: &'a Answers, list: &Ask) -> impl Iterator<Item = Id> + use<'a> {
    let list = have.json(list).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|item| Id::new(item["Id"].as_str()?))
}

/// Puts in order what engines list in any order.
fn steady(ask: &Ask, json: &mut Value) {
    let by = |list: Option<&mut Value>, key: &str| {
        if let Some(Value::Array(list)) = list {
            list.sort_by(|a, b| a[key].as_str().cmp(&b[key].as_str()));
        }
    };
    match ask {
        Ask::Changes(_) => by(Some(json), "Path"),
        Ask::Networks => by(Some(json), "Name"),
        Ask::Volumes => by(json.get_mut("Volumes"), "Name"),
        Ask::DiskUsage => {
            by(json.get_mut("Containers"), "Id");
            by(json.get_mut("Images"), "Id");
            by(json.get_mut("Volumes"), "Name");
            by(json.get_mut("BuildCache"), "ID");
        }
        _ => {}
    }
}

/// Takes out what would tell this machine from another.
fn anonymous(answers: &mut BTreeMap<String, Value>) {
    let mut root = None;
    let mut name = None;
    if let Some(info) = answers.get_mut(&Ask::Info.path()) {
        name = info["Name"].as_str().map(str::to_owned);
        root = info["DockerRootDir"].as_str().map(str::to_owned);
        for (key, stand_in) in [("ID", MASK), ("Name", MACHINE)] {
            if let Some(value) = info.get_mut(key) {
                *value = stand_in.into();
            }
        }
    }
    let root = root.filter(|root| root.len() > 1 && root != USUAL_ROOT);
    for json in answers.values_mut() {
        // A container on the host's network has the host's name.
        if let Some(Value::String(hostname)) = json.pointer_mut("/Config/Hostname")
            && name.as_ref() == Some(hostname)
        {
            *hostname = MACHINE.to_owned();
        }
        each_text(json, &mut |text| {
            if let Some(root) = &root
                && text.contains(root.as_str())
            {
                *text = text.replace(root.as_str(), USUAL_ROOT);
            }
            for homes in ["/home/", "/Users/"] {
                if text.contains(homes) {
                    *text = without_user(text, homes);
                }
            }
        });
    }
}

/// The text with every folder below `homes` called `user`.
fn without_user(text: &str, homes: &str) -> String {
    let mut parts = text.split(homes);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| c == '/' || c == ':' || c == ',' || c.is_whitespace())
            .unwrap_or(part.len());
        out.push_str(homes);
        out.push_str("user");
        out.push_str(&part[end..]);
    }
    out
}

/// Every text in `json`, keys apart.
fn each_text(json: &mut Value, change: &mut impl FnMut(&mut String)) {
    match json {
        Value::String(text) => change(text),
        Value::Array(list) => list.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(object) => object.values_mut().for_each(|item| each_text(item, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_recording_does_not_tell_whose_machine_it_was() {
        let mut answers = BTreeMap::from([
            (
                "/info".to_owned(),
                json!({"ID": "ABCD:EFGH", "Name": "annas-laptop", "DockerRootDir": "/mnt/d"}),
            ),
            (
                "/containers/1/json".to_owned(),
                json!({"Config": {"Hostname": "annas-laptop"}, "LogPath": "/mnt/d/containers/1/1-json.log",
                       "HostConfig": {"Binds": ["/home/anna/site:/usr/share/nginx:ro"]}}),
            ),
        ]);
        anonymous(&mut answers);
        let text = format!("{answers:?}");
        for secret in ["ABCD", "anna", "/mnt/d"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("/var/lib/docker/containers/1/1-json.log"));
        assert!(text.contains("/home/user/site:/usr/share/nginx:ro"));
    }

    #[test]
    fn the_same_answers_are_written_in_the_same_order() {
        let mut some = json!([{"Path": "/b", "Kind": 1}, {"Path": "/a", "Kind": 0}]);
        let ask = Ask::Changes(Id::new("web").expect("an id"));
        steady(&ask, &mut some);
        assert_eq!(some[0]["Path"], "/a");
        let mut none = Value::Null;
        steady(&ask, &mut none);
        assert_eq!(none, Value::Null, "no changes stay null");
    }
}
