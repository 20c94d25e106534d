//! What a typed name means in a sandbox: its own objects, and nothing else on the host.

use super::permitted::Target;
use super::snapshot::{Snapshot, Thing};
use super::{BRIDGE, DEMO_IMAGE};
use crate::demos::janitor::Kind;
use crate::engine::hands::FullId;

impl Snapshot {
    /// The object that `typed` names. As docker does it: a full id, then a name, then
    /// the beginning of an id that only one object has.
    pub(super) fn resolve(&self, kind: Kind, typed: &str) -> Target {
        match self.search(kind, typed) {
            Some((name, id, by_id)) => Target::Found {
                typed: typed.to_owned(),
                kind,
                name,
                id,
                by_id,
            },
            None => Target::Missing(typed.to_owned()),
        }
    }

    /// The same for `docker inspect`, which takes the first kind that has it.
    pub(super) fn resolve_any(&self, typed: &str) -> Target {
        let kinds = [Kind::Container, Kind::Image, Kind::Network, Kind::Volume];
        let found = kinds.map(|kind| self.resolve(kind, typed));
        let mut found = found.into_iter().filter(|target| target.id().is_some());
        found
            .next()
            .unwrap_or_else(|| Target::Missing(typed.to_owned()))
    }

    fn search(&self, kind: Kind, typed: &str) -> Option<(String, FullId, bool)> {
        let things = match kind {
            Kind::Container => &self.containers,
            Kind::Network => &self.networks,
            // Volumes have no ids.
            Kind::Volume => {
                let volume = named(&self.volumes, typed)?;
                return Some((volume.typed.clone(), volume.id.clone(), false));
            }
            Kind::Image => return self.search_image(typed),
        };
        let by_id = |thing: &Thing| (thing.typed.clone(), thing.id.clone(), true);
        if let Some(thing) = things.iter().find(|thing| thing.id.as_str() == typed) {
            return Some(by_id(thing));
        }
        if let Some(thing) = named(things, typed) {
            return Some((thing.typed.clone(), thing.id.clone(), false));
        }
        only(things.iter().filter(|thing| begins(&thing.id, typed))).map(by_id)
    }

    /// Images: the demo image and those of the sandbox.
    fn search_image(&self, typed: &str) -> Option<(String, FullId, bool)> {
        let demo = Thing::new(format!("{DEMO_IMAGE}:latest"), self.demo_image.clone());
        let things: Vec<&Thing> = self.images.iter().chain([&demo]).collect();
        let tagged = match typed.rsplit_once(':') {
            Some((_, tag)) if !tag.contains('/') => typed.to_owned(),
            _ => format!("{typed}:latest"),
        };
        let found = |thing: &Thing, by_id| (thing.typed.clone(), thing.id.clone(), by_id);
        if let Some(thing) = things.iter().find(|thing| with_tag(&thing.typed) == tagged) {
            return Some(found(thing, false));
        }
        let hex = typed.strip_prefix("sha256:").unwrap_or(typed);
        let mut fitting = things.iter().filter(|thing| begins(&thing.id, hex));
        let first = fitting.next()?;
        // Several tags of one image are one image.
        fitting
            .all(|other| other.id == first.id)
            .then(|| found(first, true))
    }

    /// Whether there is a volume of this name.
    pub(super) fn has_volume(&self, name: &str) -> bool {
        named(&self.volumes, name).is_some()
    }

    /// The sandbox's `bridge`, once it has been made.
    pub(super) fn bridge(&self) -> Option<&FullId> {
        named(&self.networks, BRIDGE).map(|network| &network.id)
    }
}

fn with_tag(name: &str) -> String {
    match name.contains(':') {
        true => name.to_owned(),
        false => format!("{name}:latest"),
    }
}

fn named<'a>(things: &'a [Thing], typed: &str) -> Option<&'a Thing> {
    things.iter().find(|thing| thing.typed == typed)
}

/// Whether `typed` is the beginning of an id.
fn begins(id: &FullId, typed: &str) -> bool {
    let hex = id.as_str().strip_prefix("sha256:").unwrap_or(id.as_str());
    !typed.is_empty() && hex.starts_with(typed)
}

/// The only one, if it is.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}
