//! The janitor: what sandboxes made goes again.
//!
//! It acts only on what [`owned`](crate::engine::owned::owned) calls ours, by full id, in
//! an order in which nothing is in the way of the next: containers, images, volumes,
//! networks. It comes twice, since an engine finishes what a dead client asked of it.

use crate::engine::Host;
use crate::engine::hands::{Change, Failed, FullId, Hands, ImageRef, Look, Whose};
use crate::engine::owned::{self, Instance, Owned, SandboxId};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How many objects of one kind go at a time: engines become no faster with more.
const AT_A_TIME: usize = 4;

/// How often it comes at most, while there is something.
const PASSES: usize = 4;

/// How long after a crash an engine may still be making what was asked of it.
const AFTER_A_CRASH: Duration = Duration::from_millis(1500);

/// The same for what this process asked, of which it knows the end.
const AFTER_OURSELVES: Duration = Duration::from_millis(100);

/// What kind of object, in the order in which they are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A volume.
    Volume,
    /// A network.
    Network,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Container, Kind::Image, Kind::Volume, Kind::Network];

    fn look(self, whose: Whose) -> Look {
        match self {
            Kind::Container => Look::Containers { whose, size: false },
            Kind::Image => Look::Images(whose),
            Kind::Volume => Look::Volumes(whose),
            Kind::Network => Look::Networks(whose),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Container => "container",
            Kind::Image => "image",
            Kind::Volume => "volume",
            Kind::Network => "network",
        })
    }
}

/// One object that a sandbox made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// What it is.
    pub kind: Kind,
    /// Whose.
    pub sandbox: SandboxId,
    /// The typed name; of an image the repository.
    pub name: String,
    /// Its full id.
    pub id: FullId,
    /// When it is removed in any case.
    pub until: Option<Timestamp>,
}

/// What a sweep found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// What was there, in the order in which it is removed.
    pub found: Vec<Leftover>,
    /// How much of it is gone.
    pub removed: usize,
    /// What is still there, and why.
    pub kept: Vec<(Leftover, String)>,
}

impl Swept {
    fn add(&mut self, other: Swept) {
        self.found.extend(other.found);
        self.removed += other.removed;
        self.kept.extend(other.kept);
    }
}

/// Removes everything that `instances` made on `host`, or with `dry` only lists it.
/// They must not be running any more, or be this process before its first sandbox.
///
/// # Errors
/// The host does not answer: some of it may be gone, some not.
pub async fn sweep(host: &Arc<Host>, instances: &[Instance], dry: bool) -> Result<Swept, Failed> {
    let mut swept = Swept::default();
    for instance in instances {
        let hands = Hands::new(Arc::clone(host), *instance);
        swept.add(match dry {
            true => Swept {
                found: list(&hands, Whose::Instance).await?,
                ..Swept::default()
            },
            false => remove(&hands, Whose::Instance, |_| true, AFTER_A_CRASH).await?,
        });
    }
    Ok(swept)
}

/// Removes everything that one sandbox made.
///
/// # Errors
/// The host does not answer: some of it may be gone, some not.
pub async fn wipe(hands: &Hands, sandbox: &SandboxId) -> Result<Swept, Failed> {
    let whose = Whose::Sandbox(*sandbox);
    remove(hands, whose, |_| true, AFTER_OURSELVES).await
}

/// Removes what should be gone by `now` in any case, whosever sandbox it is of.
///
/// # Errors
/// The host does not answer: some of it may be gone, some not.
pub async fn expire(hands: &Hands, now: Timestamp) -> Result<Swept, Failed> {
    let is_due = |leftover: &Leftover| leftover.until.is_none_or(|until| until <= now);
    remove(hands, Whose::Instance, is_due, AFTER_OURSELVES).await
}

/// Everything of theirs, in the order in which it is removed.
///
/// # Errors
/// The host does not answer.
pub async fn list(hands: &Hands, whose: Whose) -> Result<Vec<Leftover>, Failed> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let rows = hands.look(kind.look(whose)).await?;
        let rows = rows.as_array().into_iter().flatten();
        found.extend(rows.filter_map(|row| leftover(kind, row, hands.instance())));
    }
    Ok(found)
}

/// A row of a list, if it is ours. The demo image is in the list of images, and is not.
fn leftover(kind: Kind, row: &Value, instance: &Instance) -> Option<Leftover> {
    let text = |value: &'_ Value| value.as_str().map(str::to_owned);
    let (id, owned): (Option<String>, Option<Owned>) = match kind {
        Kind::Container => {
            let name = text(&row["Names"][0])?;
            (
                text(&row["Id"]),
                owned::owned(&row["Labels"], &name, instance),
            )
        }
        Kind::Image => {
            let of = |tag: &Value| owned::owned_image(&row["Labels"], tag.as_str()?, instance);
            let tags = row["RepoTags"].as_array().into_iter().flatten();
            (text(&row["Id"]), tags.into_iter().find_map(of))
        }
        Kind::Volume | Kind::Network => {
            let name = text(&row["Name"])?;
            let id = match kind {
                Kind::Volume => Some(name.clone()),
                _ => text(&row["Id"]),
            };
            (id, owned::owned(&row["Labels"], &name, instance))
        }
    };
    let owned = owned?;
    Some(Leftover {
        kind,
        sandbox: owned.sandbox,
        name: owned.name,
        id: FullId::parse(&id?)?,
        until: owned.until,
    })
}

async fn remove(
    hands: &Hands,
    whose: Whose,
    is_due: impl Fn(&Leftover) -> bool,
    pause: Duration,
) -> Result<Swept, Failed> {
    let mut swept = Swept::default();
    let mut why: HashMap<FullId, String> = HashMap::new();
    for pass in 0..PASSES {
        let mut there = list(hands, whose).await?;
        there.retain(&is_due);
        if there.is_empty() && pass > 0 {
            break;
        }
        for kind in Kind::ALL {
            let going = there.iter().filter(|leftover| leftover.kind == kind);
            for (id, reason) in remove_all(hands, kind, going.cloned().collect()).await? {
                why.insert(id, reason);
            }
        }
        for leftover in there {
            if !swept.found.iter().any(|found| found.id == leftover.id) {
                swept.found.push(leftover);
            }
        }
        // What is in use will be so in a moment, too.
        if pass > 0 && !why.is_empty() {
            break;
        }
        why.clear();
        tokio::time::sleep(pause).await;
    }
    swept.found.sort_by_key(|leftover| leftover.kind);
    let there = list(hands, whose).await?;
    for leftover in there.into_iter().filter(|leftover| is_due(leftover)) {
        let reason = why.remove(&leftover.id);
        let reason = reason.unwrap_or_else(|| "it came while the others went".into());
        swept.kept.push((leftover, reason));
    }
    let is_kept = |found: &Leftover| swept.kept.iter().any(|(kept, _)| kept.id == found.id);
    swept.removed = swept.found.iter().filter(|found| !is_kept(found)).count();
    Ok(swept)
}

/// Removes objects of one kind, and says why some of them stay.
async fn remove_all(
    hands: &Hands,
    kind: Kind,
    going: Vec<Leftover>,
) -> Result<Vec<(FullId, String)>, Failed> {
    // Images from the newest on: the others are what it stands on.
    let at_a_time = if kind == Kind::Image { 1 } else { AT_A_TIME };
    let done: Vec<Result<Option<(FullId, String)>, Failed>> = stream::iter(going)
        .map(|leftover| async move {
            match hands.apply(removal(&leftover)).await {
                Ok(done) if kind == Kind::Image && !says_deleted(&done.body) => {
                    let reason = "a container or another image needs it";
                    Ok(Some((leftover.id, reason.to_owned())))
                }
                Ok(_) => Ok(None),
                Err(failed) if failed.is_missing() => Ok(None),
                Err(Failed::Said { message, .. }) => Ok(Some((leftover.id, message))),
                Err(away) => Err(away),
            }
        })
        .buffered(at_a_time)
        .collect()
        .await;
    let kept: Result<Vec<_>, Failed> = done.into_iter().collect();
    Ok(kept?.into_iter().flatten().collect())
}

fn removal(leftover: &Leftover) -> Change {
    let id = leftover.id.clone();
    match leftover.kind {
        Kind::Container => Change::RemoveContainer {
            id,
            force: true,
            volumes: true,
        },
        Kind::Image => Change::RemoveImage {
            image: ImageRef::Id(id),
            force: true,
        },
        Kind::Volume => Change::RemoveVolume(id),
        Kind::Network => Change::RemoveNetwork(id),
    }
}

fn says_deleted(rows: &Value) -> bool {
    let rows = rows.as_array().into_iter().flatten();
    rows.into_iter().any(|row| row.get("Deleted").is_some())
}
