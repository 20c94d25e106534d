//! The weight of a sandbox: how much of the host's disk its layers and volumes take, and
//! how many files.

use super::sandbox::Sandbox;
use crate::demos::sandbox::Limits;
use crate::engine::Away;
use crate::engine::hands::{Failed, FullId, Hands, Look, Whose};
use crate::engine::owned::{self, SandboxId};
use futures_util::future::join_all;
use serde_json::Value;
use std::collections::HashMap;

/// What a sandbox weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// The writable layers of its containers, in bytes.
    pub layers: u64,
    /// What its images have more than the demo image, in bytes.
    pub images: u64,
    /// Its volumes, in bytes.
    pub volumes: u64,
    /// The files that its containers have made, changed or removed in their layers. Those
    /// in volumes no engine counts.
    pub files: u64,
}

impl Weight {
    /// All bytes of it.
    pub fn total(&self) -> u64 {
        self.layers
            .saturating_add(self.images)
            .saturating_add(self.volumes)
    }

    /// Whether it is more than a sandbox may have.
    pub(super) fn is_over(&self, limits: &Limits) -> bool {
        self.total() > limits.weight || self.files > limits.files
    }
}

/// What a sandbox weighs now.
///
/// # Errors
/// It could not be measured, or not all of it.
pub(super) async fn now(sandbox: &Sandbox) -> Result<Weight, Failed> {
    let (hands, whose) = (sandbox.hands(), Whose::Sandbox(*sandbox.id()));
    let containers = Look::Containers { whose, size: true };
    let (containers, images, volumes) = tokio::try_join!(
        hands.look(containers),
        hands.look(Look::Images(whose)),
        volumes(hands, whose),
    )?;
    let containers = list(&containers);
    let files = containers.iter().filter_map(full_id);
    let files = files.map(async |id| files_of(hands, &id).await);
    let files = join_all(files).await;
    let files: Vec<u64> = files.into_iter().collect::<Result<_, _>>()?;
    Ok(Weight {
        layers: sum(containers.iter(), |one| one["SizeRw"].as_u64()),
        images: images_over(list(&images), sandbox),
        volumes: sum(list(&volumes).iter(), size_of_volume),
        files: files.into_iter().fold(0, u64::saturating_add),
    })
}

/// The volumes with their sizes. Where there are none, nothing is measured: the engine
/// walks through everybody's.
pub(super) async fn volumes(hands: &Hands, whose: Whose) -> Result<Value, Failed> {
    let volumes = hands.look(Look::Volumes(whose)).await?;
    if list(&volumes).is_empty() {
        return Ok(volumes);
    }
    let mut usage = hands.look(Look::DiskUsage(whose)).await?;
    Ok(usage["Volumes"].take())
}

/// How many files a container has made, changed or removed in its layer.
pub(super) async fn files_of(hands: &Hands, id: &FullId) -> Result<u64, Failed> {
    match hands.look(Look::CountOfChanges(id.clone())).await {
        Ok(count) => Ok(count.as_u64().unwrap_or(0)),
        // More than can be told: the answer is too large to be taken.
        Err(Failed::Away(Away::Unreadable(_))) => Ok(u64::MAX),
        // It is gone.
        Err(failed) if failed.is_missing() => Ok(0),
        Err(failed) => Err(failed),
    }
}

/// What a sandbox's images have more than the demo image that they were made from.
pub(super) fn images_over(images: &[Value], sandbox: &Sandbox) -> u64 {
    let demo = sandbox.known.image.as_str();
    let base = sum(images.iter(), |image| {
        (image["Id"] == demo).then(|| image["Size"].as_u64())?
    });
    let own = images
        .iter()
        .filter(|image| of(image) == Some(*sandbox.id()));
    sum(own, |image| {
        Some(image["Size"].as_u64()?.saturating_sub(base))
    })
}

/// The size of a volume in bytes, where it was measured.
pub(super) fn size_of_volume(volume: &Value) -> Option<u64> {
    volume["UsageData"]["Size"].as_u64()
}

/// Whose a row of a list is.
pub(super) fn of(row: &Value) -> Option<SandboxId> {
    SandboxId::parse(row["Labels"][owned::SANDBOX].as_str()?)
}

/// The rows of a list, by sandbox.
pub(super) fn by_sandbox(rows: &Value) -> HashMap<SandboxId, Vec<&Value>> {
    let mut all: HashMap<SandboxId, Vec<&Value>> = HashMap::new();
    for row in list(rows) {
        if let Some(sandbox) = of(row) {
            all.entry(sandbox).or_default().push(row);
        }
    }
    all
}

/// Whether a container of a list runs.
pub(super) fn runs(container: &Value) -> bool {
    matches!(
        container["State"].as_str(),
        Some("running" | "paused" | "restarting")
    )
}

/// The id of a container of a list.
pub(super) fn full_id(container: &Value) -> Option<FullId> {
    FullId::parse(container["Id"].as_str()?)
}

pub(super) fn list(json: &Value) -> &[Value] {
    json.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn sum<'a>(
    items: impl Iterator<Item = &'a Value>,
    bytes: impl Fn(&'a Value) -> Option<u64>,
) -> u64 {
    items.filter_map(bytes).fold(0, u64::saturating_add)
}
