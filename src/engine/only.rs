//! Only: of a host's answers, what one sandbox owns.
//!
//! An object is a sandbox's where its labels and its name say the same. The image that
//! demos run counts as each sandbox's, under the name `busybox`; the host's own networks
//! do not: the `bridge` of a sandbox is a network of its own.

use super::Ask;
use super::owned::{
    Instance, Owned, SANDBOX, SandboxId, claimed, claimed_image, is_demo_image, labels_of,
};
use super::rename;
use serde_json::Value;
use std::collections::HashSet;

/// What demos call the image that they run.
pub const DEMO_TAG: &str = "busybox:latest";

/// One person's corner of a host: what decides which of a host's objects are shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Corner {
    /// The sandbox.
    pub id: SandboxId,
    /// The Waterline that made it; `None` where anybody's will do.
    pub instance: Option<Instance>,
    /// The full id (`sha256:…`) of the image that demos run, where it is pinned. Without
    /// one it is known by its label, or else by its name.
    pub demo_image: Option<String>,
}

impl From<SandboxId> for Corner {
    fn from(id: SandboxId) -> Corner {
        Corner {
            id,
            instance: None,
            demo_image: None,
        }
    }
}

impl Corner {
    /// Whether this is its own.
    fn holds(&self, claim: Option<Owned>) -> bool {
        claim.is_some_and(|claim| {
            claim.sandbox == self.id && self.instance.is_none_or(|own| claim.instance == own)
        })
    }

    /// Whether a container (a line of the list, or an inspect) is its own.
    fn holds_container(&self, json: &Value) -> bool {
        let names = json["Names"].as_array().map_or(&[][..], Vec::as_slice);
        names
            .iter()
            .chain([&json["Name"]])
            .filter_map(Value::as_str)
            .any(|name| self.holds(claimed(labels_of(json), name)))
    }

    /// Whether a network or volume is its own.
    fn holds_named(&self, json: &Value) -> bool {
        let name = json["Name"].as_str();
        name.is_some_and(|name| self.holds(claimed(&json["Labels"], name)))
    }

    /// Whether an image (a line of the list, or an inspect) was committed in it.
    fn holds_image(&self, json: &Value) -> bool {
        let tags = json["RepoTags"].as_array().map_or(&[][..], Vec::as_slice);
        tags.iter()
            .filter_map(Value::as_str)
            .any(|tag| self.holds(claimed_image(labels_of(json), tag)))
    }

    /// Whether this is the image that demos run.
    fn runs(&self, json: &Value) -> bool {
        match &self.demo_image {
            Some(id) => json["Id"] == id.as_str(),
            None => is_demo_image(labels_of(json)),
        }
    }
}

/// The part of an answer that is the sandbox's, under typed names. Lists are shortened
/// to its own objects. `None` where the whole answer is about somebody else's.
///
/// Changes, processes, a history and files name nobody: whoever asks for them asks for an
/// id that stood in one of the lists.
pub fn only(ask: &Ask, json: &Value, corner: &Corner) -> Option<Value> {
    let mut own = match ask {
        Ask::Version | Ask::Info => json.clone(),
        Ask::Changes(_) | Ask::Top(_) | Ask::History(_) | Ask::Files(_) => json.clone(),
        Ask::Containers | Ask::ContainerSizes => kept(json, |item| corner.holds_container(item)),
        Ask::Container(_) | Ask::Sized(_) => corner.holds_container(json).then(|| json.clone())?,
        Ask::Images => images(json, corner),
        Ask::Image(_) => one_image(json, corner)?,
        Ask::Networks => kept(json, |item| corner.holds_named(item)),
        Ask::Network(_) => corner.holds_named(json).then(|| json.clone())?,
        Ask::Volumes => with(json, "Volumes", |list| {
            kept(list, |item| corner.holds_named(item))
        }),
        Ask::Events => events(json, &corner.id),
        Ask::DiskUsage => disk_usage(json, corner),
    };
    rename::typed(ask, &mut own, &corner.id);
    Some(own)
}

/// The image goes by the name of the one that demos run, if it does on this host.
fn is_named_so(json: &Value) -> bool {
    let tags = json["RepoTags"].as_array().map_or(&[][..], Vec::as_slice);
    tags.iter().any(|tag| tag == DEMO_TAG)
}

fn as_demo_image(json: &Value) -> Value {
    let mut image = json.clone();
    image["RepoTags"] = Value::Array(vec![DEMO_TAG.into()]);
    image
}

fn images(json: &Value, corner: &Corner) -> Value {
    let list = json.as_array().map_or(&[][..], Vec::as_slice);
    let known = list.iter().any(|image| corner.runs(image));
    let own = list.iter().filter_map(|image| {
        let is_demo = match known {
            true => corner.runs(image),
            false => is_named_so(image),
        };
        match (corner.holds_image(image), is_demo) {
            (true, _) => Some(image.clone()),
            (false, true) => Some(as_demo_image(image)),
            (false, false) => None,
        }
    });
    Value::Array(own.collect())
}

fn one_image(json: &Value, corner: &Corner) -> Option<Value> {
    if corner.holds_image(json) {
        Some(json.clone())
    } else if corner.runs(json) || (corner.demo_image.is_none() && is_named_so(json)) {
        Some(as_demo_image(json))
    } else {
        None
    }
}

/// Events of the sandbox's own objects. Those of networks and volumes carry no labels, and
/// what they are about may be gone: they are taken by the name. An image that lost its
/// name is told by its id.
fn events(json: &Value, sandbox: &SandboxId) -> Value {
    let attribute = |event: &Value, name: &str| {
        let value = &event["Actor"]["Attributes"][name];
        value.as_str().map(str::to_owned)
    };
    let is_named = |event: &Value| {
        let name = match event["Type"].as_str() {
            Some("volume") => event["Actor"]["ID"].as_str().map(str::to_owned),
            _ => attribute(event, "name"),
        };
        let labelled = match event["Type"].as_str() {
            Some("network" | "volume") => true,
            _ => attribute(event, SANDBOX).is_some_and(|id| id == sandbox.as_str()),
        };
        labelled && name.is_some_and(|name| sandbox.typed(&name).is_some())
    };
    let list = json.as_array().map_or(&[][..], Vec::as_slice);
    let ids: HashSet<&str> = list
        .iter()
        .filter(|event| event["Type"] == "image" && is_named(event))
        .filter_map(|event| event["Actor"]["ID"].as_str())
        .collect();
    let own = list.iter().filter(|event| {
        is_named(event)
            || event["Actor"]["ID"]
                .as_str()
                .is_some_and(|id| ids.contains(id))
    });
    Value::Array(own.cloned().collect())
}

/// Of the disk, what the sandbox's own objects take. What layers take together is the
/// host's figure, and so is the build cache, which is left out.
fn disk_usage(json: &Value, corner: &Corner) -> Value {
    let containers = |list: &Value| kept(list, |item| corner.holds_container(item));
    let volumes = |list: &Value| kept(list, |item| corner.holds_named(item));
    let mut own = with(json, "Containers", containers);
    own = with(&own, "Images", |list| images(list, corner));
    own = with(&own, "Volumes", volumes);
    own = with(&own, "BuildCache", |list| kept(list, |_| false));
    for (usage, items) in [
        ("ContainerUsage", &containers as &dyn Fn(&Value) -> Value),
        ("ImageUsage", &|list| images(list, corner)),
        ("VolumeUsage", &volumes),
        ("BuildCacheUsage", &|list| kept(list, |_| false)),
    ] {
        own = with(&own, usage, |usage| with(usage, "Items", items));
    }
    own
}

/// The object with one field made anew, where it has it.
fn with(json: &Value, field: &str, make: impl FnOnce(&Value) -> Value) -> Value {
    let Value::Object(object) = json else {
        return json.clone();
    };
    let mut make = Some(make);
    let fields = object.iter().map(|(name, value)| {
        let made = make.take_if(|_| name == field).map(|make| make(value));
        (name.clone(), made.unwrap_or_else(|| value.clone()))
    });
    Value::Object(fields.collect())
}

/// The entries of a list that pass. What is no list stays what it is.
fn kept(json: &Value, is_own: impl Fn(&Value) -> bool) -> Value {
    match json {
        Value::Array(list) => {
            Value::Array(list.iter().filter(|item| is_own(item)).cloned().collect())
        }
        other => other.clone(),
    }
}
