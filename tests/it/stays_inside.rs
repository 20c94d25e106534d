//! What must hold of any line that is permitted: of tests and of the fuzz target alike.

use crate::refusal_cases::snapshot;
use waterline::demos::command::{complete, parse};
use waterline::demos::sandbox::{Permitted, Snapshot, Target, permit};
use waterline::engine::hands::{FullId, NewContainer, NewMount};
use waterline::engine::owned::Name;

/// Tries a line, with a terminal and without. Whether it makes a container.
///
/// # Panics
/// When it is permitted and leaves the sandbox.
pub fn check(line: &str) -> bool {
    let mut snapshot = snapshot();
    let mut makes = false;
    for terminal in [false, true] {
        snapshot.terminal = terminal;
        if let Ok(permitted) = parse(line).and_then(|command| permit(&command, &snapshot)) {
            stays_inside(&permitted, &snapshot);
            makes |= permitted.launch().is_some();
        }
    }
    complete(line, &snapshot);
    makes
}

fn full_id(text: &str) -> FullId {
    FullId::parse(text).expect("a full id")
}

/// The container that would be made.
fn container(permitted: &Permitted) -> Option<NewContainer> {
    let launch = permitted.launch()?;
    let anonymous: Vec<FullId> = (0..launch.anonymous())
        .map(|at| full_id(&format!("wl-me345678-{at:064x}")))
        .collect();
    let name = Name::parse("keen_otter").expect("a name");
    launch.container(&name, Some(&full_id(&"5".repeat(64))), &anonymous)
}

/// What must hold of anything that is permitted.
fn stays_inside(permitted: &Permitted, snapshot: &Snapshot) {
    let own: Vec<&FullId> = [
        &snapshot.containers,
        &snapshot.networks,
        &snapshot.volumes,
        &snapshot.images,
    ]
    .into_iter()
    .flatten()
    .map(|thing| &thing.id)
    .chain([&snapshot.demo_image])
    .collect();
    for target in permitted.targets() {
        if let Target::Found { id, .. } = target {
            assert!(own.contains(&id), "{id} is foreign");
        }
    }
    let Some(made) = container(permitted) else {
        return;
    };
    let most = snapshot.limits.caps;
    assert!((1..=most.memory).contains(&made.caps.memory));
    assert!((1..=most.nano_cpus).contains(&made.caps.nano_cpus));
    assert!((1..=most.pids).contains(&made.caps.pids));
    assert_eq!(
        (
            made.caps.file_size,
            made.caps.open_files,
            made.caps.shm,
            made.caps.log,
            made.caps.tmpfs_inodes
        ),
        (
            most.file_size,
            most.open_files,
            most.shm,
            most.log,
            most.tmpfs_inodes
        )
    );
    assert!(own.contains(&&made.image), "{} is foreign", made.image);
    if let Some(network) = &made.network {
        assert!(own.contains(&network), "{network} is foreign");
    }
    assert_eq!(made.sandbox, snapshot.id);
    assert!(!made.name.as_str().starts_with("wl-"));
    for (key, _) in &made.labels {
        assert!(
            !key.starts_with("com.docker.") && !key.starts_with("wl."),
            "{key}"
        );
    }
    for mount in &made.mounts {
        let target = match mount {
            NewMount::Volume { volume, target, .. } => {
                assert!(
                    volume.as_str().starts_with("wl-me345678-"),
                    "{volume} is foreign"
                );
                assert!(
                    snapshot
                        .id
                        .typed(volume.as_str())
                        .is_some_and(|typed| !typed.starts_with("wl-"))
                );
                target
            }
            NewMount::Tmpfs { target, bytes, .. } => {
                assert!((1..=snapshot.limits.tmpfs_most).contains(bytes));
                target
            }
        };
        let path = target.as_str();
        let first = path.split('/').nth(1).unwrap_or_default();
        assert!(
            path.starts_with('/') && path.len() > 1 && !path.contains("//") && !path.contains(".."),
            "{path}"
        );
        assert!(
            !["", ".", "proc", "sys", "dev", "etc", "bin"].contains(&first),
            "{path}"
        );
    }
    let volumes = permitted
        .launch()
        .map_or(0, |launch| launch.new_volumes().len() + launch.anonymous());
    assert!(
        volumes + snapshot.volumes.len() <= snapshot.limits.volumes.max(snapshot.volumes.len())
    );
}
