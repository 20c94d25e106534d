//! `docker inspect` and its kin: JSON in four spaces, or a template for each.

use super::errors::{Failure, Operation, Said, Subject, stderr};
use super::rows::said;
use super::template::{Fault, Shape, Template, Val};
use super::{Printed, Result};
use serde::Serialize;
use serde_json::Value;

/// Which command it is; they differ in what they say of what is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `docker inspect`.
    Any,
    /// `docker container inspect`, `docker inspect --type container`.
    Container,
    /// `docker image inspect`.
    Image,
    /// `docker volume inspect`.
    Volume,
    /// `docker network inspect`.
    Network,
}

/// One name on the command line, and what was found.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// As it was typed.
    pub name: &'a str,
    /// The engine's whole answer, or nothing where there is no such object.
    pub found: Option<&'a Value>,
}

/// What an inspect command prints: what was found on standard output, the rest as errors
/// behind it.
pub fn inspect(objects: &[Asked<'_>], kind: Kind, format: Option<&str>) -> Result {
    let template = match format {
        None | Some("" | "json") => None,
        Some(text) => match Template::parse("", text) {
            Ok(template) => Some(template),
            Err(fault) => return said(fault, "template parsing error: ", 64).map(Printed::from),
        },
    };
    let (mut out, mut errors, mut found) = (String::new(), String::new(), Vec::new());
    for Asked {
        name,
        found: object,
    } in objects
    {
        let Some(object) = object else {
            errors.push_str(&missing(kind, name).text);
            continue;
        };
        found.push(*object);
        let Some(template) = &template else {
            continue;
        };
        match through(template, object) {
            Ok(text) => {
                out.push_str(&text);
                out.push('\n');
            }
            Err(fault) => errors.push_str(&said(fault, "template parsing error: ", 1)?.text),
        }
    }
    match (template, format) {
        (Some(_), _) if out.is_empty() => out.push('\n'),
        (Some(_), _) => {}
        (None, _) if found.is_empty() => out.push_str("[]\n"),
        (None, Some("json")) => out = serde_json::to_string(&found).unwrap_or_default() + "\n",
        (None, _) => out = pretty(&found) + "\n",
    }
    Ok(Printed {
        out,
        code: i32::from(!errors.is_empty()),
        err: errors,
    })
}

/// Docker tries its typed structures first and falls back to plain maps.
fn through(template: &Template, object: &Value) -> std::result::Result<String, Fault> {
    match template.run(&Val::of(object, Shape::Typed(""))) {
        Err(Fault::Go(_)) => template.run(&Val::of(object, Shape::Raw)),
        other => other,
    }
}

fn missing(kind: Kind, name: &str) -> Said {
    let (operation, failure) = match kind {
        Kind::Any => (Operation::Inspect, Failure::NoSuchContainer),
        Kind::Container => (Operation::ContainerInspect, Failure::NoSuchContainer),
        Kind::Image => (Operation::ImageInspect, Failure::NoSuchImage),
        Kind::Volume => (Operation::VolumeInspect, Failure::NoSuchVolume),
        Kind::Network => (Operation::NetworkInspect, Failure::NoSuchNetwork),
    };
    let subject = Subject {
        typed: name,
        ..Subject::default()
    };
    stderr(operation, failure, subject)
}

/// JSON in four spaces, its keys as they come.
fn pretty(values: &[&Value]) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    match values.serialize(&mut serializer) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => String::new(),
    }
}
