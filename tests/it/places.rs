//! Where things are, against a real engine: what the mounts panel says of a container is
//! held beside the docker command, and each path that the on-the-host panel calls proven
//! is looked for on the disk.

use crate::live_engine::{endpoint, live_host};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use waterline::panels::{Drawn, Panel, PanelState, View, draw};

/// Containers and volumes of a test's own, removed at its end.
struct Things {
    endpoint: String,
    prefix: String,
}

impl Things {
    fn new(endpoint: &str, name: &str) -> Things {
        Things {
            endpoint: endpoint.into(),
            prefix: format!("wl-test-{name}-{}", std::process::id()),
        }
    }

    fn try_docker(&self, arguments: &[&str]) -> (bool, String) {
        let done = Command::new("docker")
            .args(["-H", &self.endpoint])
            .args(arguments)
            .output()
            .expect("the docker command");
        let out = if done.status.success() {
            &done.stdout
        } else {
            &done.stderr
        };
        (
            done.status.success(),
            String::from_utf8_lossy(out).trim().to_owned(),
        )
    }

    fn docker(&self, arguments: &[&str]) -> String {
        let (ok, out) = self.try_docker(arguments);
        assert!(ok, "docker {arguments:?}: {out}");
        out
    }

    fn name(&self, short: &str) -> String {
        format!("{}-{short}", self.prefix)
    }

    fn run(&self, short: &str, options: &[&str]) -> String {
        let name = self.name(short);
        let label = format!("waterline.test={}", self.prefix);
        let mut arguments = vec!["run", "-d", "--label", &label, "--name", &name];
        arguments.extend(options);
        arguments.extend(["busybox", "tail", "-f", "/dev/null"]);
        self.docker(&arguments);
        name
    }
}

impl Drop for Things {
    fn drop(&mut self) {
        let label = format!("label=waterline.test={}", self.prefix);
        let (_, ids) = self.try_docker(&["ps", "-aq", "--filter", &label]);
        for id in ids.split_whitespace() {
            self.try_docker(&["rm", "-fv", id]);
        }
        let (_, names) = self.try_docker(&["volume", "ls", "-q"]);
        for name in names.lines().filter(|name| name.starts_with(&self.prefix)) {
            self.try_docker(&["volume", "rm", name]);
        }
    }
}

async fn drawn(endpoint: &str, panel: Panel, of: &str) -> Drawn {
    let host = live_host(endpoint);
    let view = View::default().focus(of);
    let have = host.gather(|have| panel.asks(&view, have)).await;
    draw(panel, &view, &have)
}

/// The rows at `path`.
fn rows<'a>(panel: &'a Drawn, path: &str) -> Vec<&'a Value> {
    let nodes = panel.json["picture"]["nodes"].as_array().expect("nodes");
    let here = nodes.iter().filter(|node| node["path"] == path);
    here.flat_map(|node| node["rows"].as_array().expect("rows"))
        .collect()
}

fn row<'a>(panel: &'a Drawn, path: &str) -> &'a Value {
    match rows(panel, path).as_slice() {
        [one] => one,
        other => panic!("one row at {path}: {other:?}"),
    }
}

#[tokio::test]
async fn every_mount_of_a_container_hangs_where_docker_says() {
    let Some(endpoint) = endpoint() else { return };
    let things = Things::new(&endpoint, "mounts");
    let data = things.name("data");
    let named = format!("{data}:/data");
    let mix = things.run(
        "mix",
        &[
            "-v",
            &named,
            "-v",
            "/data/anon",
            "-v",
            "/var/log:/logs:ro",
            "--tmpfs",
            "/fast:size=1m",
            "--mount",
            "type=tmpfs,target=/quick,tmpfs-size=2000000",
        ],
    );
    let reader = things.run("reader", &["-v", &format!("{data}:/in:ro")]);
    things.docker(&[
        "exec",
        &mix,
        "sh",
        "-c",
        "head -c 5000 /dev/zero > /data/f; head -c 300000 /dev/zero > /top",
    ]);

    let panel = drawn(&endpoint, Panel::Mounts, &mix).await;
    assert_eq!(panel.state, PanelState::Live);

    // All that docker lists, and nothing else but the flag, docker's own files and the glass.
    let listed = things.docker(&[
        "inspect", "-f",
        "{{range .Mounts}}{{.Destination}} {{.Type}} {{.RW}}\n{{end}}{{range $path, $_ := .HostConfig.Tmpfs}}{{$path}} tmpfs true\n{{end}}",
        &mix,
    ]);
    let listed: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split(' ').collect())
        .collect();
    assert_eq!(listed.len(), 5, "{listed:?}");
    for mount in &listed {
        let row = row(&panel, mount[0]);
        let class = row["class"].as_str().expect("a class");
        let kind = match class {
            "anon" | "named" => "volume",
            other => other,
        };
        assert_eq!(kind, mount[1], "{row}");
        assert_eq!(
            row["mode"],
            if mount[2] == "true" { "rw" } else { "ro" },
            "{row}"
        );
    }
    let all: usize = panel.json["picture"]["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| node["rows"].as_array().map_or(0, Vec::len))
        .sum();
    assert_eq!(all, 5 + 3 + 1, "{:#}", panel.json["picture"]["nodes"]);

    for (path, ends) in [
        ("/", "rm"),
        ("/data", "volumerm"),
        ("/data/anon", "rmv"),
        ("/logs", "never"),
        ("/fast", "stop"),
        ("/quick", "stop"),
    ] {
        assert_eq!(row(&panel, path)["ends"], ends, "{path}");
    }
    let notes = |path: &str| row(&panel, path)["notes"].to_string();
    let (data_notes, shared) = (notes("/data"), format!("/in in {reader}"));
    assert!(
        data_notes.contains(&shared[..20]) && data_notes.contains("5.00 kB"),
        "{data_notes}"
    );
    assert!(notes("/logs").contains("rprivate"), "{}", notes("/logs"));
    assert!(notes("/fast").contains("size=1m") && notes("/fast").contains("--tmpfs"));
    assert!(
        notes("/quick").contains("size=2.00 MB"),
        "{}",
        notes("/quick")
    );
    assert!(notes("/").contains("300.0 kB written"), "{}", notes("/"));
}

#[tokio::test]
async fn what_a_bar_passes_is_survived_and_what_it_stops_at_is_the_end() {
    let Some(endpoint) = endpoint() else { return };
    let things = Things::new(&endpoint, "fates");
    let named = format!("{}:/data", things.name("kept"));
    let mix = things.run("mix", &["-v", &named, "-v", "/anon", "--tmpfs", "/fast"]);
    let panel = drawn(&endpoint, Panel::Mounts, &mix).await;
    let ends = |path: &str| {
        row(&panel, path)["ends"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    things.docker(&[
        "exec",
        &mix,
        "sh",
        "-c",
        "for d in / /data /anon /fast; do echo x > $d/mark; done",
    ]);
    things.docker(&["restart", "-t", "0", &mix]);
    let alive = |path: &str| {
        things
            .try_docker(&["exec", &mix, "cat", &format!("{path}/mark")])
            .0
    };
    for path in ["/", "/data", "/anon", "/fast"] {
        assert_eq!(
            alive(path),
            ends(path) != "stop",
            "{path} after a stop and a start"
        );
    }
    let volume = |path: &str| {
        let format = format!(
            "{{{{range .Mounts}}}}{{{{if eq .Destination \"{path}\"}}}}{{{{.Name}}}}{{{{end}}}}{{{{end}}}}"
        );
        things.docker(&["inspect", "-f", &format, &mix])
    };
    let (kept, anonymous) = (volume("/data"), volume("/anon"));
    things.docker(&["rm", "-f", "-v", &mix]);
    assert_eq!(
        (ends("/data").as_str(), ends("/anon").as_str()),
        ("volumerm", "rmv")
    );
    assert!(
        things.try_docker(&["volume", "inspect", &kept]).0,
        "survives rm -v"
    );
    assert!(
        !things.try_docker(&["volume", "inspect", &anonymous]).0,
        "goes with rm -v"
    );
}

/// The folder below which `tests/engine` keeps everything: the engine's `/var/lib` and
/// `/run` are two folders in it.
fn on_disk(endpoint: &str, path: &str) -> PathBuf {
    let folder = endpoint
        .strip_prefix("unix://")
        .and_then(|socket| socket.strip_suffix("/run/docker.sock"))
        .unwrap_or_else(|| {
            panic!("{endpoint} is no engine of tests/engine, whose socket is DIR/run/docker.sock")
        });
    let below = path
        .strip_prefix("/var/lib/")
        .map(|rest| format!("lib/{rest}"))
        .or_else(|| {
            Some(format!(
                "run/{}",
                path.strip_prefix("/var/run/")
                    .or(path.strip_prefix("/run/"))?
            ))
        });
    let below = below.unwrap_or_else(|| panic!("{path} lies neither below /var/lib nor /run"));
    PathBuf::from(folder).join(below)
}

fn exists(path: &Path) -> bool {
    match path.symlink_metadata() {
        Ok(_) => true,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => panic!(
            "{}: {error}. This test looks into the engine's folder, and needs to run as root",
            path.display()
        ),
    }
}

#[tokio::test]
async fn every_path_that_is_called_proven_is_on_the_disk() {
    let Some(endpoint) = endpoint() else { return };
    let things = Things::new(&endpoint, "places");
    let named = format!("{}:/data", things.name("data"));
    let web = things.run("web", &["-v", &named, "-v", "/anon"]);
    let ended = things.run("ended", &[]);
    things.docker(&["exec", &web, "sh", "-c", "head -c 300000 /dev/zero > /top"]);
    things.docker(&["kill", &ended]);
    for of in [&web, &ended] {
        let panel = drawn(&endpoint, Panel::OnTheHost, of).await;
        assert_eq!(panel.state, PanelState::Live);
        let picture = &panel.json["picture"];
        assert_eq!(picture["chosen"].as_str(), Some(of.as_str()));
        let lines = || {
            let lists = [&picture["lines"], &picture["elsewhere"]];
            lists
                .into_iter()
                .flat_map(|list| list.as_array().expect("lines"))
        };
        let mut proven = 0;
        for line in lines().filter(|line| line["proof"] != "usual") {
            let path = line["path"].as_str().expect("a path");
            assert!(exists(&on_disk(&endpoint, path)), "{path}: {line}");
            proven += 1;
        }
        assert!(proven > 8, "{picture:#}");
        // What is usual is there too, or nobody would call it so.
        let driver = things.docker(&["info", "-f", "{{.Driver}}"]);
        for line in lines().filter(|line| line["proof"] == "usual" && driver == "overlay2") {
            let path = line["path"].as_str().expect("a path");
            assert!(exists(&on_disk(&endpoint, path)), "usual: {path}");
        }
        let log = things.docker(&["inspect", "-f", "{{.LogPath}}", of]);
        assert_eq!(picture["its"][0][1], log.as_str());
    }
    // The file that was written is in the folder that is called the writable layer.
    let upper = things.docker(&["inspect", "-f", "{{.GraphDriver.Data}}", &web]);
    if upper.contains("UpperDir") {
        let panel = drawn(&endpoint, Panel::OnTheHost, &web).await;
        let upper = panel.json["picture"]["its"][1][1]
            .as_str()
            .expect("a path")
            .to_owned();
        assert_eq!(
            on_disk(&endpoint, &upper)
                .join("top")
                .metadata()
                .map(|file| file.len())
                .ok(),
            Some(300_000)
        );
    }
}
