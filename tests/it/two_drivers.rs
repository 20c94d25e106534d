//! Every panel against an engine that shares layers and one that copies them: the
//! overlay2 and the vfs engine that `tests/run` brings.

use crate::live_engine::{live_host, named_endpoint};
use std::fs;
use std::process::Command;
use std::sync::Arc;
use waterline::engine::Ask;
use waterline::engine::roster::Roster;
use waterline::panels::{Drawn, Panel, PanelState, View, draw};

/// An engine with an image of three layers of its own and a container that has written.
struct Stacked {
    endpoint: String,
    name: String,
}

impl Stacked {
    fn new(endpoint: String) -> Stacked {
        let name = format!("wl-test-driver-{}", std::process::id());
        let stacked = Stacked { endpoint, name };
        let folder = tempfile::tempdir().expect("a folder");
        let dockerfile =
            "FROM busybox\nRUN head -c 300000 /dev/zero > /one\nRUN echo two > /two\nRUN rm /one\n";
        fs::write(folder.path().join("Dockerfile"), dockerfile).expect("a Dockerfile");
        let folder = folder.path().to_str().expect("a path");
        stacked.docker(&["build", "-q", "-t", &stacked.name, folder]);
        let name = &stacked.name;
        stacked.docker(&[
            "run", "-d", "--name", name, "-v", "/data", name, "sleep", "600",
        ]);
        stacked.docker(&["exec", name, "sh", "-c", "echo new > /new; rm /two"]);
        stacked
    }

    fn docker(&self, arguments: &[&str]) -> String {
        let done = Command::new("docker")
            .args(["-H", &self.endpoint])
            .args(arguments)
            .env("DOCKER_BUILDKIT", "0")
            .output()
            .expect("the docker command");
        let words = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "docker {arguments:?}: {words}");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    async fn drawn(&self, panel: Panel, view: &View) -> Drawn {
        let host = live_host(&self.endpoint);
        // The hosts panel asks nothing: it tells of hosts that others have asked.
        host.answer(&Ask::Version).await.expect("an engine");
        let mut have = host.gather(|have| panel.asks(view, have)).await;
        have.roster = Arc::new(Roster::of(&[host], Vec::new()));
        draw(panel, view, &have)
    }

    /// All panels, each as a reader first meets it, and with our image or container
    /// in focus.
    async fn each_draws(&self) {
        for panel in Panel::ALL {
            for view in [View::default(), View::default().focus(&self.name)] {
                let drawn = self.drawn(panel, &view).await;
                let key = view.key(panel);
                assert_eq!(drawn.state, PanelState::Live, "{key}: {}", drawn.html);
                // What is not there is told in words.
                for blank in [">null<", ">None<", "NaN", "<code></code>", "undefined"] {
                    assert!(!drawn.html.contains(blank), "{key} says {blank}");
                }
            }
        }
    }
}

impl Drop for Stacked {
    fn drop(&mut self) {
        for what in [["rm", "-fv"], ["rmi", "-f"]] {
            let _removed = Command::new("docker")
                .args(["-H", &self.endpoint])
                .args(what)
                .arg(&self.name)
                .output();
        }
    }
}

#[tokio::test]
async fn every_panel_draws_where_layers_are_shared() {
    let Some(endpoint) = named_endpoint("live", "WATERLINE_TEST_HOST") else {
        return;
    };
    let engine = Stacked::new(endpoint);
    assert_eq!(engine.docker(&["info", "-f", "{{.Driver}}"]), "overlay2");
    engine.each_draws().await;
    let drawn = engine.drawn(Panel::StorageDriver, &View::default()).await;
    assert_eq!(drawn.json["picture"]["keeps"], "shares");
}

#[tokio::test]
async fn every_panel_draws_where_layers_are_copied_and_says_so() {
    let Some(endpoint) = named_endpoint("vfs", "WATERLINE_TEST_VFS_HOST") else {
        return;
    };
    let engine = Stacked::new(endpoint);
    let told = "{{.GraphDriver.Name}} {{json .GraphDriver.Data}}";
    let told = engine.docker(&["image", "inspect", "-f", told, &engine.name]);
    assert_eq!(told, "vfs null", "an engine that names no folder");
    engine.each_draws().await;
    let drawn = engine.drawn(Panel::StorageDriver, &View::default()).await;
    assert_eq!(drawn.json["picture"]["keeps"], "copies");
    assert!(drawn.html.contains("a full copy of everything below it"));
    // Where a path would stand, it says why there is none.
    let drawn = engine.drawn(Panel::OnTheHost, &View::default()).await;
    assert!(drawn.html.contains("GraphDriver.Data is empty"));
    let ours = View::default().focus(&engine.name);
    let drawn = engine.drawn(Panel::Layers, &ours).await;
    assert!(
        drawn
            .html
            .contains("Under vfs the engine says no directories"),
        "{}",
        drawn.html
    );
    let drawn = engine.drawn(Panel::WritableLayer, &ours).await;
    assert!(
        drawn.html.contains("with vfs, which shares nothing"),
        "{}",
        drawn.html
    );
    assert!(!drawn.html.contains("whiteout"));
}
