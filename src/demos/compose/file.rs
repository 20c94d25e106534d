//! The compose file: the small part of it that a sandbox can carry out.
//!
//! What is read is listed in [`SUPPORTED`]; every other key is told by name, with its
//! place, and nothing of the file is carried out.

use crate::demos::refusal::{Refusal, Rule};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What of a compose file is supported, as the reader is told.
pub const SUPPORTED: &str = "services with image, command, init, networks and volumes; networks \
     with driver, external and name; volumes with external and name; and a name at the top";

/// The largest compose file that is read, in bytes.
pub const LONGEST: usize = 16 * 1024;

/// The names that docker compose looks for, in that order.
pub const DEFAULT_NAMES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];

/// A compose file, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The project's name, where the file gives one.
    pub name: Option<String>,
    /// By name.
    #[serde(default)]
    pub services: BTreeMap<String, Service>,
    /// By key: what services call them.
    #[serde(default)]
    pub networks: BTreeMap<String, Option<Outer>>,
    /// By key: what services call them.
    #[serde(default)]
    pub volumes: BTreeMap<String, Option<Outer>>,
    /// Obsolete, and read past, as docker compose does.
    #[serde(default, rename = "version")]
    _version: Option<serde_json::Value>,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The image of its containers.
    pub image: String,
    /// What it runs instead of the image's own command.
    pub command: Option<Line>,
    /// Whether process 1 is an init.
    #[serde(default)]
    pub init: bool,
    /// The networks it is on; `None` for the project's default one.
    pub networks: Option<Joined>,
    /// `VOLUME:/path`, `VOLUME:/path:ro` or `/path`.
    #[serde(default)]
    pub volumes: Vec<String>,
}

/// A command: a list of words, or one line that is split as a shell splits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// Words.
    Words(Vec<String>),
    /// A line.
    Line(String),
}

/// The networks of a service: their keys, or with aliases for each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Joined {
    /// Keys alone.
    Keys(Vec<String>),
    /// Keys, with what else the service is called there.
    Aliases(BTreeMap<String, Option<Aliases>>),
}

/// What else a service is called on one network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aliases {
    /// Further names.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A network or a volume at the top of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outer {
    /// Its driver: `bridge` for a network, `local` for a volume.
    pub driver: Option<String>,
    /// Whether it is there already, made by somebody else.
    #[serde(default)]
    pub external: bool,
    /// Its whole name, without the project in front.
    pub name: Option<String>,
}

impl File {
    /// Reads `text`, the file called `name`.
    ///
    /// # Errors
    /// What is wrong with it, where, and what is supported.
    pub fn parse(name: &str, text: &str) -> Result<File, Refusal> {
        let refuse = |message: String| Refusal::new(Rule::Text, message);
        if text.len() > LONGEST {
            return Err(refuse(format!(
                "{name} is larger than {} KB, the most that is read of a compose file here.",
                LONGEST / 1024
            )));
        }
        let text = without_variables(name, text)?;
        let file: File = serde_saphyr::from_str(&text).map_err(|error| {
            let place = match error.location() {
                Some(at) => format!("{name}:{}:{}", at.line(), at.column()),
                None => name.to_owned(),
            };
            // The library's words can go on with a picture of the place; the first line says it.
            let words = error.without_snippet().to_string();
            let words = words.lines().next().unwrap_or_default();
            refuse(format!("{place}: {words}. Supported here are {SUPPORTED}."))
        })?;
        if file.services.is_empty() {
            return Err(refuse(format!("{name} has no services.")));
        }
        for (kind, drivers, all) in [
            ("network", "bridge", &file.networks),
            ("volume", "local", &file.volumes),
        ] {
            for (key, outer) in all {
                let driver = outer.as_ref().and_then(|outer| outer.driver.as_deref());
                if let Some(other) = driver.filter(|driver| *driver != drivers) {
                    return Err(refuse(format!(
                        "{name}: the {kind} {key} wants the driver {other}, and a sandbox has \
                         {drivers} only."
                    )));
                }
            }
        }
        Ok(file)
    }
}

/// `text` with each `$$` as the one dollar sign that docker compose makes of it.
///
/// # Errors
/// A variable: there is no environment here that could fill it.
fn without_variables(name: &str, text: &str) -> Result<String, Refusal> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let parts: Vec<&str> = line.split("$$").collect();
        let is_comment = line.trim_start().starts_with('#');
        if !is_comment && parts.iter().any(|part| part.contains('$')) {
            return Err(Refusal::new(
                Rule::Text,
                format!(
                    "{name}:{number}: docker compose would put a variable here, and a sandbox \
                     has none. Write $$ for a dollar sign."
                ),
            ));
        }
        lines.push(parts.join("$"));
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_supported_is_read() {
        let file = File::parse(
            "compose.yaml",
            "name: shop\nservices:\n  web:\n    image: busybox\n    command: httpd -f -p 80\n    \
             init: true\n    networks: [front]\n  db:\n    image: busybox\n    command: [sleep, '600']\n    \
             networks:\n      front:\n        aliases: [store]\n    volumes: ['data:/data', /scratch]\n\
             networks:\n  front:\n    name: bus\n    external: true\nvolumes:\n  data:\n",
        )
        .expect("a file");
        assert_eq!(file.name.as_deref(), Some("shop"));
        assert_eq!(file.services.len(), 2);
        assert!(file.services["web"].init);
        let bus = file.networks["front"].as_ref().expect("said");
        assert!(bus.external && bus.name.as_deref() == Some("bus"));
        assert_eq!(file.volumes["data"], None);
    }

    #[test]
    fn what_is_not_is_told_with_its_place() {
        for (text, place, word) in [
            (
                "services:\n  a:\n    image: b\n    privileged: true\n",
                ":4:",
                "privileged",
            ),
            ("services:\n  a:\n    build: .\n", ":3:", "build"),
            (
                "services:\n  a:\n    image: b\n    ports: ['80:80']\n",
                ":4:",
                "ports",
            ),
            ("services: {}\n", "compose.yaml", "no services"),
            ("secrets: {}\n", ":1:", "secrets"),
            ("services:\n  a: [\n", "compose.yaml:", ""),
            (
                "services:\n  a: {image: b}\nnetworks: {x: {driver: macvlan}}\n",
                "",
                "macvlan",
            ),
        ] {
            let refusal = File::parse("compose.yaml", text).expect_err(text);
            assert!(refusal.message.contains(place), "{}", refusal.message);
            assert!(refusal.message.contains(word), "{}", refusal.message);
            assert!(!refusal.message.contains('\n'), "{}", refusal.message);
        }
        let file = "services: {a: {image: b, command: 'sh -c $$x'}}";
        let file = File::parse("c.yaml", file).expect("a dollar sign");
        assert_eq!(
            file.services["a"].command,
            Some(Line::Line("sh -c $x".into()))
        );
        for variable in ["$HOME", "${HOME:-x}", "a$$$b"] {
            let text = format!("services: {{a: {{image: '{variable}'}}}}");
            assert!(File::parse("c.yaml", &text).is_err(), "{variable}");
        }
        let long = format!("services:\n  a: {{image: {}}}\n", "b".repeat(LONGEST));
        assert!(File::parse("compose.yaml", &long).is_err());
    }
}
