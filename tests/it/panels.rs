//! The panels against a real engine: the one that `tests/run` brings.

use crate::live_engine::{endpoint, live_host};
use std::fs;
use std::process::Command;
use waterline::panels::{Drawn, Panel, PanelState, View, draw};

const LABEL: &str = "waterline.test=panels";

/// What a test puts on the engine, removed at its end.
struct Things {
    endpoint: String,
    name: String,
}

impl Things {
    fn new(endpoint: &str, name: &str) -> Things {
        Things {
            endpoint: endpoint.into(),
            name: format!("wl-test-{name}-{}", std::process::id()),
        }
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

    fn build(&self, tag: &str, dockerfile: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("Dockerfile"), dockerfile).expect("a Dockerfile");
        let folder = folder.path().to_str().expect("a path");
        self.docker(&["build", "-q", "--label", LABEL, "-t", tag, folder]);
    }
}

impl Drop for Things {
    fn drop(&mut self) {
        let name = &self.name;
        for arguments in [
            vec!["rm", "-f", name],
            vec!["rmi", "-f", &format!("{name}:one"), &format!("{name}:two")],
        ] {
            let _removed = Command::new("docker")
                .args(["-H", &self.endpoint])
                .args(arguments)
                .output();
        }
    }
}

async fn drawn(endpoint: &str, panel: Panel, of: &str) -> Drawn {
    let host = live_host(endpoint);
    let view = View::default().focus(of);
    let have = host.gather(|have| panel.asks(&view, have)).await;
    draw(panel, &view, &have)
}

#[tokio::test]
async fn a_container_we_start_stands_open_above_the_slabs_its_image_shares() {
    let Some(endpoint) = endpoint() else { return };
    let things = Things::new(&endpoint, "layers");
    let (one, two) = (
        format!("{}:one", things.name),
        format!("{}:two", things.name),
    );
    let base = "FROM busybox\nENV A=b\nRUN head -c 300000 /dev/zero > /shared\n";
    things.build(
        &one,
        &format!("{base}RUN rm /shared\nCMD [\"sleep\", \"600\"]\n"),
    );
    things.build(&two, &format!("{base}RUN head -c 5000 /dev/zero > /two\n"));
    things.docker(&["run", "-d", "--label", LABEL, "--name", &things.name, &one]);
    things.docker(&[
        "exec",
        &things.name,
        "sh",
        "-c",
        "head -c 2000000 /dev/zero > /big",
    ]);

    let panel = drawn(&endpoint, Panel::Layers, &one).await;
    assert_eq!(panel.state, PanelState::Live);
    let picture = &panel.json["picture"];
    let columns = picture["arrangement"]["columns"]
        .as_array()
        .expect("columns");
    let slabs = picture["arrangement"]["slabs"].as_array().expect("slabs");
    let shared = slabs
        .iter()
        .find(|slab| slab["bytes"] == 300_000)
        .expect("the shared slab");
    let across = &shared["columns"];
    assert!(
        across["end"].as_u64() >= across["start"].as_u64().map(|at| at + 2),
        "both images stand on it: {shared}"
    );
    assert_eq!(columns[0]["image"], 0, "the picked one is leftmost");

    // The engine's own word for which layers there are.
    let layers = things.docker(&["image", "inspect", "-f", "{{len .RootFS.Layers}}", &one]);
    let rows = picture["rows"].as_array().expect("rows");
    let row = |start: &str| {
        rows.iter()
            .find(|row| {
                row["line"]
                    .as_str()
                    .is_some_and(|line| line.starts_with(start))
            })
            .unwrap_or_else(|| panic!("no row {start}: {rows:?}"))
    };
    assert_eq!(row("RUN rm")["number"].as_str(), Some(layers.as_str()));
    assert_eq!(row("RUN rm")["size"], "0 B");
    assert_eq!(row("ENV A=")["number"], "–");

    let vessels = picture["vessels"].as_array().expect("vessels");
    let cut = &things.name[..8];
    let vessel = vessels
        .iter()
        .find(|vessel| {
            vessel["name"]
                .as_str()
                .is_some_and(|name| name.starts_with(cut))
        })
        .unwrap_or_else(|| panic!("no vessel: {vessels:?}"));
    assert_eq!(vessel["second"], "2.00 MB");
    assert_eq!(vessel["gone"], false);
    assert!(
        panel
            .html
            .contains(&format!("{} (2.00 MB written)", things.name))
    );
}

#[tokio::test]
async fn the_storage_driver_is_what_docker_info_says() {
    let Some(endpoint) = endpoint() else { return };
    let things = Things::new(&endpoint, "driver");
    let panel = drawn(&endpoint, Panel::StorageDriver, "busybox").await;
    assert_eq!(panel.state, PanelState::Live);
    let picture = &panel.json["picture"];
    let driver = things.docker(&["info", "-f", "{{.Driver}}"]);
    let root = things.docker(&["info", "-f", "{{.DockerRootDir}}"]);
    assert_eq!(picture["driver"].as_str(), Some(driver.as_str()));
    assert_eq!(picture["root"].as_str(), Some(root.as_str()));
    let size = things.docker(&["image", "inspect", "-f", "{{.Size}}", "busybox"]);
    assert_eq!(picture["stack"]["bars"]["shares"].to_string(), size);
    let api = things.docker(&["version", "-f", "{{.Server.APIVersion}}"]);
    assert!(
        panel.html.contains(&format!("GET /v{api}/info")),
        "as it went out"
    );
}
