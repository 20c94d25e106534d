//! `docker events`: a line for each.

use super::errors::Said;
use super::filter::{self, Filter};
use super::rows::said;
use super::template::{Shape, Template, Val};
use super::words::{text, whole};
use super::{Result, Unsupported};
use jiff::Timestamp;
use serde_json::{Value, json};

/// How the lines look.
#[derive(Clone, Debug)]
pub struct EventFormat(Option<Template>);

const SHAPE: Shape = Shape::Typed("*events.Message");

impl EventFormat {
    /// Reads `--format`. Docker tries it on an empty event first.
    pub fn parse(format: Option<&str>) -> Result<std::result::Result<EventFormat, Said>> {
        let text = match format {
            None | Some("") => return Ok(Ok(EventFormat(None))),
            Some("json") => "{{json .}}",
            Some(text) => text,
        };
        let empty = json!({"Type": "", "Action": "", "Actor": {"ID": "", "Attributes": null},
            "time": 0, "timeNano": 0, "status": "", "id": "", "from": "", "scope": ""});
        let tried = Template::parse("", text).and_then(|template| {
            template.run(&Val::of(&empty, SHAPE))?;
            Ok(template)
        });
        match tried {
            Ok(template) => Ok(Ok(EventFormat(Some(template)))),
            Err(fault) => said(fault, "Error parsing format: ", 64).map(Err),
        }
    }
}

/// One event as a line, with its newline.
pub fn event(event: &Value, format: &EventFormat) -> Result<String> {
    let Some(template) = &format.0 else {
        return Ok(plain(event));
    };
    match template.run(&Val::of(event, SHAPE)) {
        Ok(text) => Ok(text + "\n"),
        Err(super::template::Fault::Go(text)) => Ok(text + "\n"),
        Err(super::template::Fault::Unsupported(sentence)) => Err(Unsupported(sentence)),
    }
}

fn plain(event: &Value) -> String {
    let mut line = String::new();
    let nanoseconds = match whole(event, "timeNano") {
        0 => i128::from(whole(event, "time")) * 1_000_000_000,
        nanoseconds => i128::from(nanoseconds),
    };
    if let Ok(time) = Timestamp::from_nanosecond(nanoseconds)
        && nanoseconds != 0
    {
        line.push_str(&time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ ").to_string());
    }
    let none = Value::Null;
    let actor = event.get("Actor").unwrap_or(&none);
    let (kind, action) = (text(event, "Type"), text(event, "Action"));
    line.push_str(&format!("{kind} {action} {}", text(actor, "ID")));
    let attributes = actor.get("Attributes").and_then(Value::as_object);
    let mut pairs: Vec<(&String, &Value)> = attributes.into_iter().flatten().collect();
    pairs.sort_by_key(|(key, _)| *key);
    if !pairs.is_empty() {
        let pairs: Vec<String> = pairs
            .into_iter()
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
            .collect();
        line.push_str(&format!(" ({})", pairs.join(", ")));
    }
    line + "\n"
}

const OUR_FILTERS: &[&str] = &[
    "container",
    "event",
    "image",
    "label",
    "network",
    "type",
    "volume",
];

impl EventFormat {
    /// Whether an event is one of those that the filters ask for, by the engine's rules:
    /// values of one name are alternatives, all names must fit. A name that the engine
    /// does not know is ignored by it.
    pub fn fits(event: &Value, filters: &[Filter]) -> Result<bool> {
        for name in [
            "daemon", "plugin", "service", "node", "secret", "config", "scope",
        ] {
            if !filter::values(filters, name).is_empty() {
                return Err(Unsupported(format!(
                    "The filter {name} is not supported here. Supported: {}.",
                    OUR_FILTERS.join(", ")
                )));
            }
        }
        let none = Value::Null;
        let actor = event.get("Actor").unwrap_or(&none);
        let attributes = actor.get("Attributes").unwrap_or(&none);
        let (id, kind, action) = (
            text(actor, "ID"),
            text(event, "Type"),
            text(event, "Action"),
        );
        let any = |name: &str, fits: &dyn Fn(&str) -> bool| {
            let values = filter::values(filters, name);
            values.is_empty() || values.into_iter().any(fits)
        };
        // An object fits by its name or the beginning of its id.
        let object = |of: &str| {
            any(of, &|value| {
                kind == of && (text(attributes, "name") == value || id.starts_with(value))
            })
        };
        let labels = filter::values(filters, "label");
        let labelled = json!({"Labels": attributes});
        Ok(any("type", &|value| kind == value)
            && any("event", &|value| {
                action == value
                    || action
                        .split_once(':')
                        .is_some_and(|(verb, _)| verb == value)
            })
            && object("container")
            && object("network")
            && object("volume")
            && any("image", &|value| {
                let image = match kind {
                    "image" => text(attributes, "name"),
                    _ => text(attributes, "image"),
                };
                super::images::whole_name(image) == super::images::whole_name(value)
                    || (kind == "image" && id.starts_with(value))
            })
            && (labels.is_empty() || filter::has_labels(&labelled, &labels)))
    }
}
