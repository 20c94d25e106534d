//! Hands for changing a recording: each answer of a kind, one after the other.

use crate::engine::Recording;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Which question a path of a recording answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Version,
    Info,
    /// Both lists of containers.
    Containers,
    Container,
    Changes,
    Images,
    Image,
    History,
    Networks,
    Network,
    Volumes,
    DiskUsage,
    Top,
    Events,
    Other,
}

/// The kind of a recording's path.
pub fn kind(path: &str) -> Kind {
    let plain = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = plain.split('/').skip(1).collect();
    match parts.as_slice() {
        ["version"] => Kind::Version,
        ["info"] => Kind::Info,
        ["containers", "json"] => Kind::Containers,
        ["containers", _, "json"] => Kind::Container,
        ["containers", _, "changes"] => Kind::Changes,
        ["containers", _, "top"] => Kind::Top,
        ["images", "json"] => Kind::Images,
        ["images", .., "json"] => Kind::Image,
        ["images", .., "history"] => Kind::History,
        ["networks"] => Kind::Networks,
        ["networks", _] => Kind::Network,
        ["volumes"] => Kind::Volumes,
        ["system", "df"] => Kind::DiskUsage,
        ["events"] => Kind::Events,
        _ => Kind::Other,
    }
}

/// Changes every answer of this kind.
pub fn each(recording: &mut Recording, wanted: Kind, mut change: impl FnMut(&mut Value)) {
    for (path, answer) in &mut recording.answers {
        if kind(path) == wanted {
            change(Arc::make_mut(answer));
        }
    }
}

/// The same for every member of the lists of this kind.
pub fn each_of(recording: &mut Recording, wanted: Kind, mut change: impl FnMut(&mut Value)) {
    each(recording, wanted, |list| {
        list.as_array_mut()
            .into_iter()
            .flatten()
            .for_each(&mut change);
    });
}

/// Every endpoint of a container: its name of the network, and what it says there.
pub fn endpoints(container: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    let networks = container.pointer_mut("/NetworkSettings/Networks");
    networks
        .and_then(Value::as_object_mut)
        .map(Map::iter_mut)
        .into_iter()
        .flatten()
}

/// Takes fields away.
pub fn without(value: &mut Value, fields: &[&str]) {
    if let Some(object) = value.as_object_mut() {
        for field in fields {
            object.remove(*field);
        }
    }
}

/// Sets a field, where the value is an object.
pub fn set(value: &mut Value, field: &str, to: impl Into<Value>) {
    if let Some(object) = value.as_object_mut() {
        object.insert(field.to_owned(), to.into());
    }
}

/// Replaces a text wherever it stands in the answers.
pub fn replace(recording: &mut Recording, from: &str, to: &str) {
    fn walk(value: &mut Value, from: &str, to: &str) {
        match value {
            Value::String(text) if text.contains(from) => *text = text.replace(from, to),
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, from, to)),
            Value::Object(fields) => fields.values_mut().for_each(|value| walk(value, from, to)),
            _ => {}
        }
    }
    for answer in recording.answers.values_mut() {
        walk(Arc::make_mut(answer), from, to);
    }
}
