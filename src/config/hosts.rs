//! Hosts as the settings file names them: a table `[hosts]`, or a list of flags.

use super::{Place, SettingsError};
use crate::engine::Wanted;
use crate::engine::endpoint::TlsFiles;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// What stands under `hosts`, with where it stands.
#[derive(Debug, Default)]
pub struct Hosts(Vec<Line>);

/// One host: `"lab=tcp://…"` in a list, `lab = "tcp://…"` or `lab = { endpoint = … }`
/// in the table.
#[derive(Debug)]
enum Line {
    Listed(Spanned<String>),
    Named(Spanned<String>, Entry),
}

/// The value of a line of the table.
#[derive(Debug)]
enum Entry {
    Endpoint(String),
    Whole(Whole),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    endpoint: String,
    ca: Option<PathBuf>,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Hosts {
    /// The hosts in the order in which they were written. `place` tells where in the
    /// file a line stands; paths are meant from `folder`.
    pub fn wanted(
        self,
        folder: &Path,
        place: &dyn Fn(usize) -> Place,
    ) -> Result<Vec<Wanted>, SettingsError> {
        let mut lines = self.0;
        lines.sort_by_key(Line::start);
        lines
            .into_iter()
            .map(|line| {
                let at = place(line.start());
                line.wanted(folder, at)
            })
            .collect()
    }
}

impl Line {
    fn start(&self) -> usize {
        match self {
            Line::Listed(text) | Line::Named(text, _) => text.span().start,
        }
    }

    fn wanted(self, folder: &Path, at: Place) -> Result<Wanted, SettingsError> {
        let (name, entry) = match self {
            Line::Listed(text) => return Ok(Wanted::parse(&at.to_string(), text.as_ref())),
            Line::Named(name, entry) => (name.into_inner(), entry),
        };
        let (endpoint, tls) = match entry {
            Entry::Endpoint(endpoint) => (endpoint, None),
            Entry::Whole(whole) => {
                let tls = whole.tls(folder, &at)?;
                (whole.endpoint, tls)
            }
        };
        Ok(Wanted {
            setting: at.to_string(),
            name: Some(name),
            endpoint,
            tls,
        })
    }
}

impl Whole {
    fn tls(&self, folder: &Path, at: &Place) -> Result<Option<TlsFiles>, SettingsError> {
        let file = |path: &Option<PathBuf>| path.as_ref().map(|path| folder.join(path));
        let identity = match (file(&self.cert), file(&self.key)) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => {
                let message = "cert and key belong together: give both, or neither";
                return Err(at.clone().wrong(message));
            }
        };
        let files = TlsFiles {
            ca: file(&self.ca),
            identity,
        };
        Ok(Some(files).filter(|files| *files != TlsFiles::default()))
    }
}

impl<'de> Deserialize<'de> for Hosts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hosts, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = Hosts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of hosts, as in [hosts] lab = \"tcp://10.0.0.7:2376\"")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Hosts, A::Error> {
                let mut lines = Vec::new();
                while let Some(text) = list.next_element()? {
                    lines.push(Line::Listed(text));
                }
                Ok(Hosts(lines))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Hosts, A::Error> {
                let mut lines = Vec::new();
                while let Some((name, entry)) = table.next_entry()? {
                    lines.push(Line::Named(name, entry));
                }
                Ok(Hosts(lines))
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entry, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an endpoint, or a table of endpoint, ca, cert and key")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Entry, E> {
                Ok(Entry::Endpoint(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Entry, A::Error> {
                Whole::deserialize(MapAccessDeserializer::new(table)).map(Entry::Whole)
            }
        }
        deserializer.deserialize_any(Shape)
    }
}
