//! What a template looks at: JSON seen as Go sees it, or a row of a list.
//!
//! Go's types decide how a value prints, and JSON does not tell them: an object is a
//! struct or a map, a `null` is a nil map, list or pointer. The names of docker's own
//! fields do tell; the tables below are for them.

use serde_json::{Map, Value};
use std::borrow::Cow;

/// A value as a template meets it.
#[derive(Clone, Debug)]
pub enum Val<'a> {
    /// Nothing there: `<no value>`.
    NoValue,
    /// A nil that prints like this: `<nil>`, `[]` or `map[]`.
    Null(&'static str),
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// A number among plain maps, which Go keeps as it was written.
    Number(String),
    /// Any other number.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// Texts that a function made.
    Texts(Vec<String>),
    /// A JSON list, with its field's name.
    List(&'a [Value], &'a str, Shape),
    /// A JSON object, with its field's name.
    Object(&'a Map<String, Value>, &'a str, Shape),
    /// A row of a list.
    Row(&'a Row),
    /// The names of a list's columns.
    Header(&'a [(&'static str, &'static str)]),
}

/// How JSON is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As docker's typed structures, of the Go type named here.
    Typed(&'static str),
    /// As plain maps, which is what `docker inspect` falls back to; a missing key is a
    /// fault.
    Raw,
}

/// One row of a list: what its columns and its JSON show.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Go's name of the type, for messages: `*formatter.ContainerContext`.
    pub kind: &'static str,
    /// All fields, sorted by name, as docker's JSON has them.
    pub cells: Vec<(&'static str, Cell)>,
    /// For `.Label "key"`.
    pub labels: Vec<(String, String)>,
    /// Whether `.Label` exists at all.
    pub labelled: bool,
}

/// One field of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nearly all are texts.
    Text(String),
    /// A few are not.
    Json(Value),
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl Row {
    /// A row with docker's labels of an object.
    pub fn new(kind: &'static str, mut cells: Vec<(&'static str, Cell)>) -> Row {
        cells.sort_by_key(|(name, _)| *name);
        Row {
            kind,
            cells,
            ..Row::default()
        }
    }

    /// The same, with labels that `.Label "key"` finds.
    pub fn labelled(mut self, object: &Value) -> Row {
        self.labelled = true;
        self.labels = object
            .get("Labels")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
        self
    }

    /// A field.
    pub fn cell(&self, name: &str) -> Option<&Cell> {
        let found = self.cells.iter().find(|(own, _)| *own == name);
        found.map(|(_, cell)| cell)
    }
}

/// Objects that are maps in docker's types; all others are structs.
const MAPS: &[&str] = &[
    "Annotations",
    "Attributes",
    "Config/LogConfig",
    "Containers",
    "Data",
    "Details",
    "DriverOpts",
    "ExposedPorts",
    "Labels",
    "Networks",
    "Options",
    "PortBindings",
    "Ports",
    "Runtimes",
    "Status/Volume",
    "StorageOpt",
    "Sysctls",
    "Tmpfs",
    "Volumes",
];

/// Fields that are pointers, whose null prints `<nil>`.
const POINTERS: &[&str] = &[
    "Health",
    "Healthcheck",
    "IPAMConfig",
    "Init",
    "MemorySwappiness",
    "OomKillDisable",
    "PidsLimit",
    "Platform",
    "SizeRootFs",
    "SizeRw",
    "StopTimeout",
    "UsageData",
];

/// Fields that the engine leaves out when they are empty: parent, field, what Go has
/// there.
const LEFT_OUT: &[(&str, &str, Zero)] = &[
    ("State", "Health", Zero::Nil),
    ("HostConfig", "Init", Zero::Nil),
    ("HostConfig", "Tmpfs", Zero::Map),
    ("HostConfig", "Sysctls", Zero::Map),
    ("HostConfig", "StorageOpt", Zero::Map),
    ("HostConfig", "Annotations", Zero::Map),
    ("HostConfig", "Mounts", Zero::List),
    ("Config", "StopSignal", Zero::Text),
    ("Config", "StopTimeout", Zero::Nil),
    ("Config", "Healthcheck", Zero::Nil),
    ("Config", "ExposedPorts", Zero::Map),
    ("Config", "Shell", Zero::List),
    ("Config", "ArgsEscaped", Zero::No),
    ("Mounts", "Name", Zero::Text),
    ("Mounts", "Driver", Zero::Text),
    ("", "SizeRw", Zero::Nil),
    ("", "SizeRootFs", Zero::Nil),
    ("", "UsageData", Zero::Nil),
    ("", "Status", Zero::Text),
    ("", "ID", Zero::Text),
    ("", "From", Zero::Text),
    ("Networks", "MacAddress", Zero::Text),
];

#[derive(Clone, Copy, Debug)]
enum Zero {
    Nil,
    Map,
    List,
    Text,
    No,
}

/// Go's name of a field, and JSON's.
const NAMES: &[(&str, &str)] = &[
    ("ID", "Id"),
    ("ID", "id"),
    ("Status", "status"),
    ("From", "from"),
    ("Scope", "scope"),
    ("Time", "time"),
    ("TimeNano", "timeNano"),
    ("DNS", "Dns"),
    ("DNSOptions", "DnsOptions"),
    ("DNSSearch", "DnsSearch"),
    ("APIVersion", "ApiVersion"),
    ("HTTPProxy", "HttpProxy"),
    ("HTTPSProxy", "HttpsProxy"),
];

/// Structs whose fields are all known, in their order, so that they print as a whole.
pub(super) const STRUCTS: &[(&str, &[&str])] = &[
    (
        "State",
        &[
            "Status",
            "Running",
            "Paused",
            "Restarting",
            "OOMKilled",
            "Dead",
            "Pid",
            "ExitCode",
            "Error",
            "StartedAt",
            "FinishedAt",
            "Health",
        ],
    ),
    ("RestartPolicy", &["Name", "MaximumRetryCount"]),
    ("LogConfig", &["Type", "Config"]),
    (
        "Mounts",
        &[
            "Type",
            "Name",
            "Source",
            "Destination",
            "Driver",
            "Mode",
            "RW",
            "Propagation",
        ],
    ),
];

impl<'a> Val<'a> {
    /// JSON as `docker inspect` and the like see it.
    pub fn of(value: &'a Value, shape: Shape) -> Val<'a> {
        Val::named(value, "", shape)
    }

    /// A JSON value that stands in the field `name`.
    pub(super) fn named(value: &'a Value, name: &'a str, shape: Shape) -> Val<'a> {
        match value {
            Value::Null if shape == Shape::Raw => Val::NoValue,
            Value::Null if POINTERS.contains(&name) => Val::Null("<nil>"),
            Value::Null if MAPS.contains(&name) => Val::Null("map[]"),
            Value::Null => Val::Null("[]"),
            Value::Bool(yes) => Val::Bool(*yes),
            Value::String(text) => Val::Text(Cow::Borrowed(text)),
            Value::Number(number) if shape == Shape::Raw => Val::Number(number.to_string()),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Val::Whole(whole),
                None => Val::Float(number.as_f64().unwrap_or_default()),
            },
            Value::Array(list) => Val::List(list, name, shape),
            Value::Object(map) => Val::Object(map, name, shape),
        }
    }

    /// Whether an object of that field is a map.
    pub(super) fn is_map(name: &str, shape: Shape) -> bool {
        shape == Shape::Raw || MAPS.contains(&name)
    }

    /// A field of a struct, or a key of a map; `Err` is Go's message.
    pub(super) fn field(&self, name: &str) -> Result<Val<'a>, String> {
        match self {
            Val::NoValue => Ok(Val::NoValue),
            Val::Null("<nil>") => Err(format!("nil pointer evaluating field {name}")),
            Val::Null("map[]") => Ok(Val::NoValue),
            Val::Row(row) => match row.cell(name) {
                Some(Cell::Text(text)) => Ok(Val::Text(Cow::Owned(text.clone()))),
                Some(Cell::Json(value)) => Ok(Val::named(value, "Platform", TYPED)),
                None => Err(cannot(name, row.kind)),
            },
            Val::Header(names) => {
                let found = names.iter().find(|(own, _)| own == &name);
                Ok(found.map_or(Val::NoValue, |(_, header)| Val::Text(Cow::Borrowed(header))))
            }
            Val::Object(map, own, shape) if Val::is_map(own, *shape) => {
                match (map.get_key_value(name), shape) {
                    (Some((_, value)), Shape::Raw) => Ok(Val::named(value, "", *shape)),
                    // What is in a map of structs goes by the map's name.
                    (Some((_, value)), _) => Ok(Val::named(value, own, struct_in(*shape))),
                    (None, Shape::Raw) => Err(format!("map has no entry for key \"{name}\"")),
                    (None, _) => Ok(Val::NoValue),
                }
            }
            Val::Object(map, own, shape) => struct_field(map, own, *shape, name),
            other => Err(cannot(name, other.kind())),
        }
    }

    /// Go's name of the kind.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Val::NoValue | Val::Null(_) => "nil",
            Val::Text(_) => "string",
            Val::Whole(_) => "int",
            Val::Number(_) => "json.Number",
            Val::Float(_) => "float64",
            Val::Bool(_) => "bool",
            Val::List(.., Shape::Raw) => "[]interface {}",
            Val::Object(.., Shape::Raw) => "map[string]interface {}",
            Val::Texts(_) | Val::List(..) => "[]string",
            Val::Object(_, "", Shape::Typed(kind)) => kind,
            Val::Object(_, name, shape) if Val::is_map(name, *shape) => "map[string]string",
            Val::Object(..) => "struct",
            Val::Row(row) => row.kind,
            Val::Header(_) => "formatter.SubHeaderContext",
        }
    }

    /// How many bytes it holds of its own.
    pub(super) fn weight(&self) -> usize {
        match self {
            Val::Text(text) => text.len(),
            Val::Texts(list) => list.iter().map(|text| text.len() + 1).sum(),
            _ => 0,
        }
    }

    /// What `if` makes of it.
    pub(super) fn truth(&self) -> bool {
        match self {
            Val::NoValue | Val::Null(_) => false,
            Val::Text(text) => !text.is_empty(),
            Val::Whole(n) => *n != 0,
            Val::Number(text) => !text.is_empty(),
            Val::Float(n) => *n != 0.0,
            Val::Bool(yes) => *yes,
            Val::Texts(list) => !list.is_empty(),
            Val::List(list, ..) => !list.is_empty(),
            Val::Object(map, name, shape) => !Val::is_map(name, *shape) || !map.is_empty(),
            Val::Row(_) => true,
            Val::Header(names) => !names.is_empty(),
        }
    }

    /// As JSON, in the order in which Go writes it.
    pub(super) fn json(&self) -> Value {
        match self {
            Val::NoValue | Val::Null(_) => Value::Null,
            Val::Text(text) => Value::String(text.clone().into_owned()),
            Val::Whole(n) => (*n).into(),
            Val::Number(text) => serde_json::from_str(text).unwrap_or_default(),
            Val::Float(n) => (*n).into(),
            Val::Bool(yes) => (*yes).into(),
            Val::Texts(list) => list.clone().into(),
            Val::List(list, name, shape) => list
                .iter()
                .map(|value| ordered(value, name, *shape))
                .collect(),
            Val::Object(map, name, shape) => ordered(&Value::Object((*map).clone()), name, *shape),
            Val::Row(row) => row
                .cells
                .iter()
                .map(|(name, cell)| {
                    let value = match cell {
                        Cell::Text(text) => Value::String(text.clone()),
                        Cell::Json(value) => value.clone(),
                    };
                    ((*name).to_owned(), value)
                })
                .collect::<Map<String, Value>>()
                .into(),
            Val::Header(_) => Value::Null,
        }
    }
}

const TYPED: Shape = Shape::Typed("");

/// What lies in a typed map is typed, and no map itself.
fn struct_in(shape: Shape) -> Shape {
    match shape {
        Shape::Raw => Shape::Raw,
        Shape::Typed(_) => Shape::Typed("in a map"),
    }
}

fn cannot(name: &str, kind: &str) -> String {
    format!("can't evaluate field {name} in type {kind}")
}

fn struct_field<'a>(
    map: &'a Map<String, Value>,
    own: &'a str,
    shape: Shape,
    name: &str,
) -> Result<Val<'a>, String> {
    // A key that Go has another name for is no field.
    let renamed = NAMES.iter().any(|(go, json)| *json == name && go != json);
    let key = map.get_key_value(name).filter(|_| !renamed).or_else(|| {
        NAMES
            .iter()
            .filter(|(go, _)| *go == name)
            .find_map(|(_, json)| map.get_key_value(*json))
    });
    if let Some((key, value)) = key {
        let key = match (own, key.as_str()) {
            ("LogConfig", "Config") => "Config/LogConfig",
            (_, key) => key,
        };
        return Ok(Val::named(value, key, plain(shape)));
    }
    let left_out = LEFT_OUT
        .iter()
        .find(|(parent, field, _)| *parent == own && *field == name);
    match left_out {
        Some((.., Zero::Nil)) => Ok(Val::Null("<nil>")),
        Some((.., Zero::Map)) => Ok(Val::Null("map[]")),
        Some((.., Zero::List)) => Ok(Val::Null("[]")),
        Some((.., Zero::Text)) => Ok(Val::Text(Cow::Borrowed(""))),
        Some((.., Zero::No)) => Ok(Val::Bool(false)),
        None => {
            let kind = match shape {
                Shape::Typed(kind) if own.is_empty() => kind,
                _ => own,
            };
            Err(cannot(name, kind))
        }
    }
}

/// The shape of what is in a struct.
fn plain(shape: Shape) -> Shape {
    match shape {
        Shape::Raw => Shape::Raw,
        Shape::Typed(kind) => Shape::Typed(kind.trim_start_matches("in a map")),
    }
}

/// JSON with the keys of maps sorted, as Go's encoder has them.
fn ordered(value: &Value, name: &str, shape: Shape) -> Value {
    match value {
        Value::Array(list) => list.iter().map(|v| ordered(v, name, shape)).collect(),
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            let sorts = Val::is_map(name, shape);
            if sorts {
                entries.sort_by_key(|(key, _)| *key);
            }
            entries
                .into_iter()
                .map(|(key, value)| {
                    // In a map, keys are not the names of fields.
                    let name = match (sorts, name, key.as_str()) {
                        (true, ..) => "",
                        (_, "LogConfig", "Config") => "Config/LogConfig",
                        (.., key) => key,
                    };
                    (key.clone(), ordered(value, name, shape))
                })
                .collect::<Map<String, Value>>()
                .into()
        }
        other => other.clone(),
    }
}
