//! Layers and their files against a real engine: its layer database on disk, its own
//! `docker save` read by `tar`, its own `docker diff`.

use crate::live_engine::{endpoint, live_host};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use waterline::engine::{Ask, Id};
use waterline::panels::layers::stack::{Stack, list};
use waterline::panels::{Drawn, Panel, PanelState, View, draw};

const LABEL: &str = "waterline.test=layer-files";

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
        run("docker", &[&["-H", &self.endpoint], arguments].concat())
    }
}

impl Drop for Things {
    fn drop(&mut self) {
        for arguments in [["rm", "-f", &self.name], ["rmi", "-f", &self.name]] {
            let _removed = Command::new("docker")
                .args(["-H", &self.endpoint])
                .args(arguments)
                .output();
        }
    }
}

fn run(program: &str, arguments: &[&str]) -> String {
    let done = Command::new(program)
        .args(arguments)
        .env("DOCKER_BUILDKIT", "0")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let words = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program} {arguments:?}: {words}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

async fn drawn(endpoint: &str, panel: Panel, of: &str) -> Drawn {
    let host = live_host(endpoint);
    let view = View::default().focus(of);
    let have = host.gather(|have| panel.asks(&view, have)).await;
    draw(panel, &view, &have)
}

fn texts<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|item| item[field].as_str().unwrap_or_default())
        .collect()
}

/// The images of the scene, by name.
fn images(things: &Things) -> Vec<String> {
    let names = things.docker(&["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]);
    let of_the_scene = |name: &&str| {
        ["acme/", "shop/", "infra/", "busybox:"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    names
        .lines()
        .filter(of_the_scene)
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn chain_ids_directories_and_sizes_agree_with_the_layer_database_on_disk() {
    let Some(endpoint) = endpoint() else { return };
    let Some(folder) = endpoint
        .strip_prefix("unix://")
        .and_then(|path| path.strip_suffix("/run/docker.sock"))
    else {
        panic!("{endpoint} is not in a folder with the engine's data beside it");
    };
    let things = Things::new(&endpoint, "ground");
    let driver = things.docker(&["info", "-f", "{{.Driver}}"]);
    let database = Path::new(folder).join(format!("lib/docker/image/{driver}/layerdb/sha256"));
    let mut compared = 0;
    for image in images(&things) {
        let panel = drawn(&endpoint, Panel::Layers, &image).await;
        assert_eq!(panel.state, PanelState::Live);
        let rows = panel.json["picture"]["ground"]["rows"].clone();
        let rows = rows.as_array().expect("a row for each layer");
        let host = live_host(&endpoint);
        let view = View::default().focus(&image);
        let have = host.gather(|have| Panel::Layers.asks(&view, have)).await;
        let listed = list(have.json(&Ask::Images).expect("images"));
        let listed = listed.iter().find(|listed| listed.answers_to(&image));
        let stack = Stack::read(listed.expect("the image"), &have).expect("its layers");
        assert_eq!(stack.layers.len(), rows.len());
        for (row, layer) in rows.iter().rev().zip(&stack.layers) {
            let chain = row["chain"].as_str().expect("a chain id");
            let entry = database.join(chain.trim_start_matches("sha256:"));
            let on_disk = |file: &str| {
                let path = entry.join(file);
                fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            };
            assert_eq!(row["diff"], on_disk("diff"), "{image}");
            if driver == "overlay2" {
                let directory = row["directory"].as_str().expect("a directory");
                let cache = format!("/overlay2/{}/diff", on_disk("cache-id"));
                assert!(directory.ends_with(&cache), "{directory} {cache}");
            } else {
                assert_eq!(row["directory"], Value::Null);
            }
            assert_eq!(
                layer.size.map(|size| size.to_string()),
                Some(on_disk("size")),
                "{image}"
            );
            compared += 1;
        }
        let place = panel.json["picture"]["ground"]["database"].as_str();
        assert!(place.is_some_and(|place| place.contains(&format!("/image/{driver}/layerdb/"))));
    }
    assert!(compared > 10, "{compared}");
}

/// What `tar` says of a layer: each entry's path and, for a file, its size.
fn listed_by_tar(layer: &Path) -> BTreeMap<String, u64> {
    let layer = layer.to_str().expect("a path");
    let lines = run(
        "tar",
        &["--quoting-style=literal", "--numeric-owner", "-tvf", layer],
    );
    lines
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let mode = words.next()?;
            let size = words.nth(1)?.parse().ok()?;
            let path = words.skip(2).collect::<Vec<_>>().join(" ");
            let path = path
                .split(" -> ")
                .next()?
                .split(" link to ")
                .next()?
                .to_owned();
            let path = path
                .trim_start_matches("./")
                .trim_end_matches('/')
                .to_owned();
            let size = if mode.starts_with('-') { size } else { 0 };
            (!path.is_empty()).then_some((path, size))
        })
        .collect()
}

#[tokio::test]
async fn the_files_of_each_layer_are_what_tar_finds_in_docker_save() {
    let Some(endpoint) = endpoint() else { return };
    let things = Things::new(&endpoint, "files");
    let host = live_host(&endpoint);
    for image in ["acme/web-server:2", "shop/web:1.4", "infra/db:15"] {
        let id = things.docker(&["image", "inspect", "-f", "{{.Id}}", image]);
        let ask = Ask::Files(Id::new(&id).expect("an id"));
        let told = host.answer(&ask).await.expect("the files").json;
        assert_eq!(told["cut"], Value::Null);

        let saved = tempfile::tempdir().expect("a folder");
        let folder = saved.path().to_str().expect("a path");
        let tar = format!("{folder}/saved.tar");
        things.docker(&["save", "-o", &tar, image]);
        run("tar", &["-xf", &tar, "-C", folder]);
        let manifest = fs::read(saved.path().join("manifest.json")).expect("a manifest");
        let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
        let layers = manifest[0]["Layers"].as_array().expect("layers");
        let diffs = things.docker(&[
            "image",
            "inspect",
            "-f",
            "{{join .RootFS.Layers \" \"}}",
            image,
        ]);
        let diffs: Vec<&str> = diffs.split(' ').collect();
        assert_eq!(diffs.len(), layers.len());
        for (layer, diff) in layers.iter().zip(diffs) {
            let by_tar = listed_by_tar(&saved.path().join(layer.as_str().expect("a path")));
            let ours = told["layers"].as_array().expect("layers");
            let ours = ours.iter().find(|ours| ours["diff"] == diff).expect(diff);
            let ours: BTreeMap<String, u64> = ours["files"]
                .as_array()
                .expect("files")
                .iter()
                .map(|line| {
                    let mut parts = line.as_str().expect("a line").splitn(3, ' ');
                    let size = parts.nth(1).and_then(|size| size.parse().ok());
                    (
                        parts.next().expect("a path").to_owned(),
                        size.expect("a size"),
                    )
                })
                .collect();
            assert_eq!(ours, by_tar, "{image} {diff}");
        }
    }
}

#[tokio::test]
async fn wasted_bytes_are_those_that_a_dockerfile_overwrote_and_deleted() {
    let Some(endpoint) = endpoint() else { return };
    let things = Things::new(&endpoint, "wasted");
    let folder = tempfile::tempdir().expect("a folder");
    let dockerfile = "FROM busybox\n\
        RUN mkdir /w && head -c 300000 /dev/zero > /w/a && head -c 5000 /dev/zero > /w/b && echo k > /w/kept\n\
        RUN rm /w/a\nRUN echo new > /w/b\n";
    fs::write(folder.path().join("Dockerfile"), dockerfile).expect("a Dockerfile");
    let path = folder.path().to_str().expect("a path");
    things.docker(&["build", "-q", "--label", LABEL, "-t", &things.name, path]);

    let layers = things.docker(&[
        "image",
        "inspect",
        "-f",
        "{{len .RootFS.Layers}}",
        &things.name,
    ]);
    let top: usize = layers.parse().expect("a number");
    let panel = drawn(
        &endpoint,
        Panel::Layers,
        &format!("{}~{}", things.name, top - 1),
    )
    .await;
    let inside = &panel.json["picture"]["inside"];
    assert_eq!(inside["wasted_bytes"], 305_000);
    assert_eq!(
        inside["wasted"],
        serde_json::json!([
            format!(
                "300.0 kB /w/a in layer {}, deleted by layer {}",
                top - 2,
                top - 1
            ),
            format!(
                "5.00 kB /w/b in layer {}, overwritten by layer {top}",
                top - 2
            ),
        ])
    );
    let answer = inside["answer"].as_str().expect("an answer");
    assert!(answer.ends_with("deletes one path: 0 B."), "{answer}");
    assert!(panel.html.contains("a hole, hides 300.0 kB below"));
    // Docker counts the same, and the length of what each link points to as well.
    let lengths = "find /bin /sbin /usr /lib -type l -exec readlink {} ';' | tr -d '\\n' | wc -c";
    let lengths = things.docker(&[
        "run",
        "--rm",
        "--label",
        LABEL,
        &things.name,
        "sh",
        "-c",
        lengths,
    ]);
    let size = things.docker(&["image", "inspect", "-f", "{{.Size}}", &things.name]);
    let [lengths, size] = [lengths, size].map(|figure| figure.parse::<u64>().expect("a number"));
    assert_eq!(inside["bytes"].as_u64(), Some(size - lengths));
}

#[tokio::test]
async fn the_writable_layer_is_what_docker_diff_and_docker_ps_say() {
    let Some(endpoint) = endpoint() else { return };
    let things = Things::new(&endpoint, "written");
    let name = &things.name;
    things.docker(&[
        "run",
        "-d",
        "--label",
        LABEL,
        "--name",
        name,
        "--entrypoint",
        "/bin/sh",
        "acme/web-server:2",
        "-c",
        "sleep 600",
    ]);
    let big = things.docker(&[
        "exec",
        name,
        "sh",
        "-c",
        "find / -xdev -type f -size +2 ! -name busybox | sort | head -n 1",
    ]);
    assert!(big.starts_with('/'), "a file of a few kilobytes: {big}");
    let size: u64 = things
        .docker(&["exec", name, "stat", "-c", "%s", &big])
        .parse()
        .expect("a size");
    let write = format!("echo more >> {big} && echo hello > /srv/note && rm /entrypoint.sh");
    things.docker(&["exec", name, "sh", "-c", &write]);

    let panel = drawn(&endpoint, Panel::WritableLayer, name).await;
    assert_eq!(panel.state, PanelState::Live);
    let focus = &panel.json["picture"]["focus"];
    let changes = &focus["changes"];
    assert_eq!(texts(&changes["added"], "path"), ["/srv/note"]);
    assert_eq!(texts(&changes["changed"], "path"), [big.as_str()]);
    assert_eq!(texts(&changes["deleted"], "path"), ["/entrypoint.sh"]);
    let diff = things.docker(&["diff", name]);
    assert_eq!(
        changes["listed"].as_u64(),
        Some(diff.lines().count() as u64)
    );
    let measured = things.docker(&[
        "inspect",
        "--size",
        "-f",
        "{{.SizeRw}} {{.SizeRootFs}}",
        name,
    ]);
    assert_eq!(
        format!("{} {}", focus["size_rw"], focus["size_root_fs"]),
        measured
    );
    // The whole file was copied up for five bytes.
    assert_eq!(focus["size_rw"].as_u64(), Some(size + 5 + 6));
    let copied = focus["copied"].as_str().expect("a copy-up");
    assert!(copied.contains(&big), "{copied}");
}
