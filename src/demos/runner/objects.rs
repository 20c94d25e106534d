//! Objects: what a sandbox has on its host, looked at before and after a command, so that
//! a page can say what the command did there.

use super::lists::Lists;
use super::sandbox::Sandbox;
use super::seen::Seen;
pub use crate::demos::janitor::Kind;
use crate::engine::hands::Failed;
use crate::engine::owned::{NAME, SandboxId};
use serde_json::Value;

/// One object of a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its full id; of a volume its real name.
    pub id: String,
    /// The name that was typed.
    pub typed: String,
    /// The name that it has on the host.
    pub real: String,
    /// How a container is doing: `running`, `exited`, `created`, `paused`. Empty for others.
    pub state: String,
    /// When it was started or ended, in the engine's words, e.g. `Up 2 seconds` or
    /// `Exited (137) 2 seconds ago`. Empty for others.
    pub status: String,
}

impl Sandbox {
    /// What it has on its host now.
    ///
    /// # Errors
    /// The host does not answer.
    pub async fn objects(&self) -> Result<Vec<Object>, Failed> {
        let seen = Seen::look(self, false, Lists::ALL).await?;
        Ok(objects(
            self.id(),
            &seen.containers,
            &seen.networks,
            &seen.volumes,
            &seen.images,
        ))
    }
}

/// The objects in the engine's lists of a sandbox's own containers, networks, volumes and
/// images, in that order.
fn objects(
    sandbox: &SandboxId,
    containers: &[Value],
    networks: &[Value],
    volumes: &[Value],
    images: &[Value],
) -> Vec<Object> {
    let mut all = Vec::new();
    for item in containers {
        let real = text(&item["Names"][0]);
        all.extend(
            object(sandbox, Kind::Container, text(&item["Id"]), real).map(|object| Object {
                state: text(&item["State"]).to_owned(),
                status: text(&item["Status"]).to_owned(),
                ..object
            }),
        );
    }
    for item in networks {
        let (id, real) = (text(&item["Id"]), text(&item["Name"]));
        all.extend(object(sandbox, Kind::Network, id, real));
    }
    for item in volumes {
        let real = text(&item["Name"]);
        let typed = text(&item["Labels"][NAME]);
        all.extend(object(sandbox, Kind::Volume, real, real).filter(|o| typed == o.typed));
    }
    for item in images {
        for tag in item["RepoTags"].as_array().into_iter().flatten() {
            all.extend(object(sandbox, Kind::Image, text(&item["Id"]), text(tag)));
        }
    }
    all
}

fn object(sandbox: &SandboxId, kind: Kind, id: &str, real: &str) -> Option<Object> {
    let typed = sandbox.typed(real)?;
    Some(Object {
        kind,
        id: id.to_owned(),
        typed: typed.to_owned(),
        real: real.trim_start_matches('/').to_owned(),
        state: String::new(),
        status: String::new(),
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_lists_of_an_engine_become_objects_under_typed_names() {
        let id = SandboxId::parse("ab12cd34").expect("an id");
        let found = objects(
            &id,
            &[
                json!({"Id": "c1", "Names": ["/wl-ab12cd34-notes"], "State": "running", "Status": "Up 2 seconds"}),
                json!({"Id": "c2", "Names": ["/somebody"], "State": "running"}),
                json!({"Id": "c3"}),
            ],
            &[json!({"Id": "n1", "Name": "wl-ab12cd34-bridge"})],
            &[
                json!({"Name": "wl-ab12cd34-data", "Labels": {"wl.name": "data"}}),
                json!({"Name": "wl-ab12cd34-other", "Labels": null}),
            ],
            &[
                json!({"Id": "i1", "RepoTags": ["wl-ab12cd34-mine:latest", "busybox:latest"]}),
                json!({"RepoTags": null}),
            ],
        );
        let told: Vec<String> = found
            .iter()
            .map(|o| format!("{:?} {} = {}", o.kind, o.typed, o.real))
            .collect();
        assert_eq!(
            told,
            [
                "Container notes = wl-ab12cd34-notes",
                "Network bridge = wl-ab12cd34-bridge",
                "Volume data = wl-ab12cd34-data",
                "Image mine:latest = wl-ab12cd34-mine:latest",
            ]
        );
        assert_eq!(found[0].status, "Up 2 seconds");
        assert!(objects(&id, &[], &[], &[], &[]).is_empty());
    }
}
