//! What we print in docker's name, against what the docker command prints, byte for byte.
//!
//! Both look at the same engine, one after the other. Ages go on and other tests work
//! beside this one, so a comparison is tried again for a while; it passes when the two
//! agree once.

use crate::live_engine::endpoint;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};
use waterline::demos::format::errors::{self, Failure, Operation, Subject};
use waterline::demos::format::{
    Asked, DfOptions, EventFormat, Filter, HistoryOptions, ImagesOptions, Kind, NetworksOptions,
    Printed, PsOptions, StatsOptions, VolumesOptions, df, diff, event, history, images, info,
    inspect, networks, ps, ps_needs_size, stats, top, version, volumes,
};

/// How long two that should agree may take to do so.
const PATIENCE: Duration = Duration::from_secs(12);

/// Containers, a network, a volume and an image of this test's own, removed at the end.
struct Scene {
    endpoint: String,
    prefix: String,
    label: String,
    /// An empty folder: nobody's settings or plug-ins have a say.
    config: tempfile::TempDir,
    /// Where the two did not agree.
    drift: RefCell<Vec<String>>,
}

impl Scene {
    fn set(endpoint: &str, name: &str) -> Scene {
        let prefix = format!("{name}{}", std::process::id());
        let scene = Scene {
            endpoint: endpoint.to_owned(),
            label: format!("waterline.test.formats={prefix}"),
            prefix,
            config: tempfile::tempdir().expect("a folder"),
            drift: RefCell::default(),
        };
        let (label, name) = (scene.label.as_str(), |short: &str| scene.name(short));
        let (data, net) = (name("data"), name("net"));
        scene.must(&["volume", "create", "--label", label, &data]);
        scene.must(&["network", "create", "--internal", "--label", label, &net]);
        let run = |short: &str, options: &str, command: &[&str]| {
            let name = name(short);
            let mut arguments = vec!["run", "-d", "--label", label, "--name", &name];
            arguments.extend(options.split_whitespace());
            arguments.push("busybox");
            arguments.extend(command);
            scene.must(&arguments);
        };
        let options = format!(
            "--label tier=front --init -v {data}:/data --tmpfs /t --expose 80 --network {net}"
        );
        run("web", &options, &["httpd", "-f", "-p", "80", "-h", "/"]);
        run(
            "ended",
            "",
            &["sh", "-c", "echo 'a <long> & \"quoted\" line'; exit 3"],
        );
        run("quiet", "--network none", &["tail", "-f", "/dev/null"]);
        let created = name("made");
        scene.must(&[
            "create", "--label", label, "--name", &created, "busybox", "true",
        ]);
        scene.must(&["wait", &name("ended")]);
        let write = "echo x >> /etc/hello; rm /bin/zcat; mkdir -p /srv/new; head -c 70000 /dev/zero > /srv/new/big";
        scene.must(&["exec", &name("web"), "sh", "-c", write]);
        scene.must(&["commit", "-m", "a snapshot", &name("web"), &name("snap")]);
        scene.must(&["tag", &name("snap"), &format!("{}:2", name("snap"))]);
        scene
    }

    fn name(&self, short: &str) -> String {
        format!("{}-{short}", self.prefix)
    }

    fn docker(&self, arguments: &[&str]) -> Printed {
        let ran = Command::new("docker")
            .env("DOCKER_CONFIG", self.config.path())
            .env("DOCKER_HOST", &self.endpoint)
            .env("TZ", "UTC")
            .args(arguments)
            .output()
            .expect("the docker command");
        Printed {
            out: String::from_utf8_lossy(&ran.stdout).into_owned(),
            err: String::from_utf8_lossy(&ran.stderr).into_owned(),
            code: ran.status.code().unwrap_or(-1),
        }
    }

    fn must(&self, arguments: &[&str]) -> String {
        let printed = self.docker(arguments);
        assert_eq!(printed.code, 0, "docker {arguments:?}: {}", printed.err);
        printed.out.trim().to_owned()
    }

    /// The engine's own answer. HTTP 1.0, so that it comes in one piece.
    fn get_text(&self, path: &str) -> String {
        let socket = self.endpoint.strip_prefix("unix://").expect("a socket");
        let mut stream = UnixStream::connect(socket).expect("the engine");
        let request = format!("GET {path} HTTP/1.0\r\nHost: docker\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        body.to_owned()
    }

    fn get(&self, path: &str) -> Value {
        let body = self.get_text(path);
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
    }

    fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).as_array().cloned().unwrap_or_default()
    }

    /// Both must print the same, once.
    fn agree(&self, arguments: &[&str], ours: impl Fn() -> Printed) {
        self.agree_but(arguments, ours, |printed| printed);
    }

    /// The same, but for what `plain` evens out.
    fn agree_but(
        &self,
        arguments: &[&str],
        ours: impl Fn() -> Printed,
        plain: impl Fn(Printed) -> Printed,
    ) {
        let start = Instant::now();
        loop {
            // In the same second, both speak of the same ages.
            let (own, theirs) = (ours(), self.docker(arguments));
            let (own, theirs) = (plain(own), plain(theirs));
            if own == theirs {
                return;
            }
            if start.elapsed() > PATIENCE {
                self.drift.borrow_mut().push(format!(
                    "docker {arguments:?}\nours:\n{}{}[{}]\ndocker's:\n{}{}[{}]",
                    own.out, own.err, own.code, theirs.out, theirs.err, theirs.code
                ));
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// All agreed, or a list of those that did not.
    fn done(self) {
        let drift = self.drift.take();
        assert!(drift.is_empty(), "{}", drift.join("\n\n"));
    }

    fn engine_is(&self, version: &str) -> bool {
        self.must(&["version", "-f", "{{.Server.Version}}"])
            .starts_with(version)
    }

    fn command_is(&self, version: &str) -> bool {
        self.must(&["version", "-f", "{{.Client.Version}}"])
            .starts_with(version)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let filter = format!("label={}", self.label);
        let remove = |list: &[&str], remove: &[&str]| {
            let ids = self
                .docker(&[list, &["-q", "--filter", &filter]].concat())
                .out;
            if !ids.trim().is_empty() {
                let mut ids: Vec<&str> = ids.split_whitespace().collect();
                ids.dedup();
                self.docker(&[remove, &ids].concat());
            }
        };
        remove(&["ps", "-a"], &["rm", "-fv"]);
        remove(&["images"], &["rmi", "-f"]);
        remove(&["network", "ls"], &["network", "rm"]);
        remove(&["volume", "ls"], &["volume", "rm"]);
    }
}

fn now() -> Timestamp {
    Timestamp::now()
}

fn filters(texts: &[&str]) -> Vec<Filter> {
    let read = |text: &&str| Filter::parse(text, "ps").expect("a filter");
    texts.iter().map(read).collect()
}

fn format(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn lists_are_docker_s_own() {
    let Some(endpoint) = endpoint() else { return };
    let scene = Scene::set(&endpoint, "lists");
    let label = format!("label={}", scene.label);
    let all = PsOptions {
        all: true,
        filters: filters(&[&label]),
        ..PsOptions::default()
    };
    let ps_as = |flags: &[&str], options: &PsOptions| {
        let arguments = [&["ps", "--filter", &label], flags].concat();
        scene.agree(&arguments, || {
            let size = if ps_needs_size(options) {
                "&size=1"
            } else {
                ""
            };
            let list = scene.list(&format!("/containers/json?all=1{size}"));
            let options = PsOptions {
                images: scene.list("/images/json?all=1"),
                ..options.clone()
            };
            ps(&list, &options, now()).expect("supported")
        });
    };
    let with = |change: &dyn Fn(&mut PsOptions)| {
        let mut options = all.clone();
        change(&mut options);
        options
    };
    ps_as(&[], &with(&|o| o.all = false));
    ps_as(&["-a"], &all);
    ps_as(&["-aq"], &with(&|o| o.quiet = true));
    ps_as(
        &["-aq", "--no-trunc"],
        &with(&|o| (o.quiet, o.no_trunc) = (true, true)),
    );
    ps_as(&["-as"], &with(&|o| o.size = true));
    ps_as(&["-a", "--no-trunc"], &with(&|o| o.no_trunc = true));
    ps_as(&["-n", "2"], &with(&|o| (o.all, o.last) = (false, Some(2))));
    ps_as(&["-l"], &with(&|o| (o.all, o.last) = (false, Some(1))));
    for text in [
        "table {{.Names}}\\t{{.Size}}\\t{{upper .State}}",
        "table {{.ID}}: {{.Label \"tier\"}}",
        "{{.Names}} {{.Networks}} {{.Mounts}} {{.LocalVolumes}} {{.Ports}} {{.CreatedAt}}",
        "{{json .Labels}} {{len .Names}} {{if .Mounts}}m{{else}}-{{end}}",
        "{{printf \"%-10s|%q\" .State .Command}}",
        "raw",
        "tableau",
        "{{.Foo}}",
        "{{.ID",
        "{{range .Names}}{{end}}",
        "{{foo}}",
    ] {
        ps_as(
            &["-a", "--format", text],
            &with(&|o| o.format = format(text)),
        );
    }
    if scene.command_is("28.") {
        for text in ["json", "{{json .}}"] {
            ps_as(
                &["-a", "--format", text],
                &with(&|o| o.format = format(text)),
            );
        }
    }
    for text in [
        format!("name={}", scene.name("web")),
        format!("name=^/?{}$", scene.name("web")),
        "status=exited".to_owned(),
        "exited=3".to_owned(),
        "label=tier=front".to_owned(),
        "ancestor=busybox".to_owned(),
        format!("network={}", scene.name("net")),
        format!("volume={}", scene.name("data")),
        "volume=/data".to_owned(),
        format!("before={}", scene.name("quiet")),
        format!("since={}", scene.name("ended")),
        "status=foo".to_owned(),
        "exited=x".to_owned(),
        "foo=bar".to_owned(),
        "before=nope".to_owned(),
    ] {
        if text.contains("/?") {
            continue;
        }
        if !scene.engine_is("20.10")
            && ["foo", "exited=x", "foo=bar", "nope"]
                .iter()
                .any(|w| text.contains(w))
        {
            continue;
        }
        let options = with(&|o| o.filters.extend(filters(&[&text])));
        ps_as(&["-a", "--filter", &text], &options);
    }

    let images_as = |flags: &[&str], options: &ImagesOptions| {
        scene.agree(&[&["images"], flags].concat(), || {
            let list = scene.list("/images/json?all=1");
            images(&list, options, now()).expect("supported")
        });
    };
    let snap = scene.name("snap");
    let plain = ImagesOptions {
        filters: filters(&[&label]),
        ..ImagesOptions::default()
    };
    images_as(
        &["-q", "busybox"],
        &ImagesOptions {
            quiet: true,
            name: format("busybox"),
            ..ImagesOptions::default()
        },
    );
    images_as(
        &["busybox"],
        &ImagesOptions {
            name: format("busybox"),
            ..ImagesOptions::default()
        },
    );
    images_as(
        &[&snap],
        &ImagesOptions {
            name: format(&snap),
            ..ImagesOptions::default()
        },
    );
    images_as(
        &["nosuch"],
        &ImagesOptions {
            name: format("nosuch"),
            ..ImagesOptions::default()
        },
    );
    for (flags, options) in [
        (vec![], plain.clone()),
        (
            vec!["-q"],
            ImagesOptions {
                quiet: true,
                ..plain.clone()
            },
        ),
        (
            vec!["--no-trunc"],
            ImagesOptions {
                no_trunc: true,
                ..plain.clone()
            },
        ),
        (
            vec!["--digests"],
            ImagesOptions {
                digests: true,
                ..plain.clone()
            },
        ),
        (
            vec![
                "--format",
                "{{.Repository}}:{{.Tag}} {{.Digest}} {{.VirtualSize}}",
            ],
            ImagesOptions {
                format: format("{{.Repository}}:{{.Tag}} {{.Digest}} {{.VirtualSize}}"),
                ..plain.clone()
            },
        ),
        (
            vec!["--format", "table {{.ID}}\\t{{.CreatedAt}}"],
            ImagesOptions {
                format: format("table {{.ID}}\\t{{.CreatedAt}}"),
                ..plain.clone()
            },
        ),
        (
            vec!["--format", "{{.Foo}}"],
            ImagesOptions {
                format: format("{{.Foo}}"),
                ..plain.clone()
            },
        ),
        (
            vec!["--format", "raw"],
            ImagesOptions {
                format: format("raw"),
                ..plain.clone()
            },
        ),
        (
            vec!["--format", "json"],
            ImagesOptions {
                format: format("json"),
                ..plain.clone()
            },
        ),
    ] {
        images_as(
            &[&["--filter", label.as_str()], flags.as_slice()].concat(),
            &options,
        );
    }
    for text in [
        "reference=busy*".to_owned(),
        format!("since={}", "busybox"),
        format!("before={snap}"),
        "dangling=x".to_owned(),
    ] {
        let both = [label.as_str(), text.as_str()];
        let options = ImagesOptions {
            filters: filters(&both),
            ..ImagesOptions::default()
        };
        images_as(&["--filter", &label, "--filter", &text], &options);
    }

    let history_as = |flags: &[&str], options: &HistoryOptions| {
        scene.agree(&[&["history", &snap], flags].concat(), || {
            let layers = scene.list(&format!("/images/{snap}/history"));
            history(&layers, options, now()).expect("supported")
        });
    };
    history_as(&[], &HistoryOptions::default());
    history_as(
        &["-q"],
        &HistoryOptions {
            quiet: true,
            ..HistoryOptions::default()
        },
    );
    history_as(
        &["--no-trunc"],
        &HistoryOptions {
            no_trunc: true,
            ..HistoryOptions::default()
        },
    );
    history_as(
        &["--human=false"],
        &HistoryOptions {
            plain: true,
            ..HistoryOptions::default()
        },
    );
    history_as(
        &["--format", "json"],
        &HistoryOptions {
            format: format("json"),
            ..HistoryOptions::default()
        },
    );

    let volumes_as = |flags: &[&str], options: &VolumesOptions| {
        scene.agree(&[&["volume", "ls"], flags].concat(), || {
            let answer = scene.get("/volumes");
            let list = answer["Volumes"].as_array().cloned().unwrap_or_default();
            volumes(&list, options).expect("supported")
        });
    };
    volumes_as(&[], &VolumesOptions::default());
    let own = VolumesOptions {
        filters: filters(&[&label]),
        ..VolumesOptions::default()
    };
    volumes_as(
        &["-q", "--filter", &label],
        &VolumesOptions {
            quiet: true,
            ..own.clone()
        },
    );
    volumes_as(
        &["--filter", &label, "--format", "{{json .}}"],
        &VolumesOptions {
            format: format("{{json .}}"),
            ..own.clone()
        },
    );
    let unused = ["--filter", &label, "--filter", "dangling=true"];
    volumes_as(
        &unused,
        &VolumesOptions {
            filters: filters(&[&label, "dangling=true"]),
            used: vec![scene.name("data")],
            ..VolumesOptions::default()
        },
    );

    let networks_as = |flags: &[&str], options: &NetworksOptions| {
        scene.agree(&[&["network", "ls"], flags].concat(), || {
            networks(&scene.list("/networks"), options).expect("supported")
        });
    };
    networks_as(&[], &NetworksOptions::default());
    networks_as(
        &["--no-trunc"],
        &NetworksOptions {
            no_trunc: true,
            ..NetworksOptions::default()
        },
    );
    networks_as(
        &["-q", "--filter", "type=builtin"],
        &NetworksOptions {
            quiet: true,
            filters: filters(&["type=builtin"]),
            ..NetworksOptions::default()
        },
    );
    networks_as(
        &["--filter", &label, "--format", "json"],
        &NetworksOptions {
            filters: filters(&[&label]),
            format: format("json"),
            ..NetworksOptions::default()
        },
    );
    scene.done();
}

#[test]
fn single_things_are_docker_s_own() {
    let Some(endpoint) = endpoint() else { return };
    let scene = Scene::set(&endpoint, "single");
    let (web, snap) = (scene.name("web"), scene.name("snap"));
    let (data, net, nope) = (scene.name("data"), scene.name("net"), scene.name("nope"));
    let inspect_as =
        |arguments: &[&str], kind: Kind, asked: &[(&str, Option<&str>)], format: Option<&str>| {
            let mut arguments = arguments.to_vec();
            if let Some(format) = format {
                arguments.extend(["-f", format]);
            }
            arguments.extend(asked.iter().map(|(name, _)| *name));
            scene.agree(&arguments, || {
                let found: Vec<Option<Value>> = asked
                    .iter()
                    .map(|(_, path)| path.map(|path| scene.get(path)))
                    .collect();
                let asked: Vec<Asked<'_>> = asked
                    .iter()
                    .zip(&found)
                    .map(|((name, _), found)| Asked {
                        name,
                        found: found.as_ref(),
                    })
                    .collect();
                inspect(&asked, kind, format).expect("supported")
            });
        };
    let container = format!("/containers/{web}/json");
    let image = format!("/images/{snap}/json");
    let volume = format!("/volumes/{data}");
    let network = format!("/networks/{net}");
    let one = [(web.as_str(), Some(container.as_str()))];
    inspect_as(&["inspect"], Kind::Any, &one, None);
    inspect_as(&["inspect"], Kind::Any, &one, Some("json"));
    inspect_as(
        &["container", "inspect"],
        Kind::Container,
        &[one[0], (&nope, None)],
        None,
    );
    inspect_as(
        &["image", "inspect"],
        Kind::Image,
        &[(&snap, Some(&image)), (&nope, None)],
        None,
    );
    inspect_as(
        &["volume", "inspect"],
        Kind::Volume,
        &[(&nope, None), (&data, Some(&volume))],
        None,
    );
    inspect_as(
        &["network", "inspect"],
        Kind::Network,
        &[(&net, Some(&network)), (&nope, None)],
        None,
    );
    inspect_as(&["inspect"], Kind::Any, &[(&nope, None)], None);
    inspect_as(&["inspect"], Kind::Any, &[(&nope, None)], Some("{{.Name}}"));
    inspect_as(
        &["inspect"],
        Kind::Any,
        &[
            one[0],
            (&snap, Some(&image)),
            (&data, Some(&volume)),
            (&nope, None),
        ],
        None,
    );
    for text in [
        "{{.State}} {{.State.Health}} {{.State.Pid}}",
        "{{.Id}}",
        "{{.ID}} {{.Id}}",
        "{{.ID}} {{.Name}} {{.RestartCount}}",
        "{{.Id}} {{.State}} {{.Config.Labels}}",
        "{{.Config.Labels}} {{.Config.Labels.tier}} {{.Config.Labels.none}}",
        "{{index .Config.Labels \"tier\"}}|{{index .Config.Labels \"none\"}}|",
        "{{.HostConfig.Init}} {{.HostConfig.Tmpfs}} {{.HostConfig.Binds}} {{.HostConfig.Memory}}",
        "{{.Mounts}}",
        "{{range .Mounts}}{{.Type}} {{.Name}} -> {{.Destination}}{{println}}{{end}}",
        "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}} {{$v.Aliases}};{{end}}",
        "{{json .State}} {{json .Mounts}} {{json .Config.Labels}}",
        "{{json .HostConfig.RestartPolicy}} {{json .HostConfig.LogConfig}} {{json .Args}}",
        "{{.ExecIDs}} {{.HostConfig.PidsLimit}} {{.HostConfig.MemorySwappiness}}",
        "{{.Config.Cmd}} {{.Config.Entrypoint}} {{.Config.Env}} {{.Args}}",
        "{{len .Mounts}} {{len .Config.Cmd}} {{index .Config.Cmd 1}}",
        "{{index .Config.Cmd 99}}",
        "{{.HostConfig.RestartPolicy}} {{.HostConfig.LogConfig}} {{.HostConfig.ConsoleSize}}",
        "{{.NetworkSettings.Ports}} {{.Config.ExposedPorts}} {{.Config.Volumes}}",
        "{{if and .State.Running (not .State.Paused)}}up{{else}}down{{end}} {{eq .State.Status \"running\"}}",
        "{{join .Config.Cmd \" \"}} {{join .HostConfig.Binds \",\"}}",
        "{{.GraphDriver.Name}} {{.Driver}} {{.Platform}}",
        "{{with .State}}{{.Status}}{{else}}-{{end}}{{/* a note */}}",
        "{{- .Name -}} \n end",
        "{{printf \"%d %v %q %t %5s|\" .State.Pid .State.ExitCode .Name .State.Running .Path}}",
        "{{.Foo}}",
        "{{.State.Foo}}",
        "{{.State.Health.Status}}",
        "{{.Name.Foo}}",
        "{{range .Name}}{{end}}",
        "{{.Id}} {{join .Config.Cmd \" \"}}",
        "{{.Id}} {{if .State.ExitCode}}yes{{end}} {{json .State.Pid}} {{.HostConfig.Memory}}",
        "{{.Id}} {{eq .State.ExitCode 0}}",
        "{{.Id}} {{.ExecIDs}} {{.Mounts}} {{.HostConfig.CapAdd}} {{index .Config.Labels \"zz\"}}",
        "{{.Id}} {{range $k, $v := .Config.Labels}}{{$k}}={{$v}} {{end}}{{len .Mounts}}",
        "{{.Id}} {{json .Config.Labels}} {{json .Mounts}}",
        "{{foo .Name",
        "{{.Name",
        "{{if .Name}}",
    ] {
        inspect_as(&["inspect"], Kind::Any, &one, Some(text));
    }
    for (kind, verb, name, path, text) in [
        (
            Kind::Image,
            "image",
            &snap,
            &image,
            "{{.Id}} {{.RepoTags}} {{.Config.Cmd}} {{len .RootFS.Layers}} {{.Size}} {{.Comment}}",
        ),
        (
            Kind::Image,
            "image",
            &snap,
            &image,
            "{{json .RootFS.Layers}} {{.Os}}/{{.Architecture}} {{index .RepoTags 0}}",
        ),
        (
            Kind::Volume,
            "volume",
            &data,
            &volume,
            "{{.Name}} {{.Driver}} {{.Options}} {{.Labels}} {{.Mountpoint}}",
        ),
        (
            Kind::Network,
            "network",
            &net,
            &network,
            "{{.Name}} {{.Internal}} {{.Options}} {{json .IPAM}} {{.Labels}}",
        ),
        (
            Kind::Network,
            "network",
            &net,
            &network,
            "{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}} {{(index .IPAM.Config 0).Subnet}}",
        ),
    ] {
        inspect_as(&[verb, "inspect"], kind, &[(name, Some(path))], Some(text));
    }

    scene.agree_but(
        &["diff", &web],
        || {
            Printed::ok(diff(
                &scene.get(&format!("/containers/{web}/changes")),
                true,
            ))
        },
        |mut printed| {
            // Docker's order among siblings is that of chance.
            let mut lines: Vec<&str> = printed.out.lines().collect();
            lines.sort_by_key(|line| line.get(2..));
            printed.out = lines.join("\n");
            printed
        },
    );
    scene.agree(&["top", &web, "-eo", "pid,ppid,stat,args"], || {
        let path = format!("/containers/{web}/top?ps_args=-eo+pid,ppid,stat,args");
        Printed::ok(top(&scene.get(&path)))
    });

    let client: Value = serde_json::from_str(&scene.must(&["version", "-f", "{{json .Client}}"]))
        .expect("the client's part");
    for format in [
        None,
        Some("{{.Server.Version}} {{.Client.Version}}"),
        Some("json"),
        Some("{{.Foo}}"),
        Some("{{.Foo"),
    ] {
        let arguments: Vec<&str> = ["version"]
            .into_iter()
            .chain(format.into_iter().flat_map(|f| ["-f", f]))
            .collect();
        scene.agree(&arguments, || {
            version(&scene.get("/version"), &client, format).expect("supported")
        });
    }
    for format in [
        None,
        Some("{{.Driver}} {{.NCPU}} {{.Plugins.Volume}} {{json .Swarm.LocalNodeState}}"),
        Some("{{.Foo}}"),
        Some("{{.Foo"),
    ] {
        let arguments: Vec<&str> = ["info"]
            .into_iter()
            .chain(format.into_iter().flat_map(|f| ["-f", f]))
            .collect();
        scene.agree_but(
            &arguments,
            || info(&scene.get("/info"), &client, format).expect("supported"),
            |mut printed| {
                printed.out = printed.out.lines().map(sorted_runtimes).collect();
                printed
            },
        );
    }
    for (flags, options) in [
        (vec![], DfOptions::default()),
        (
            vec!["-v"],
            DfOptions {
                verbose: true,
                format: None,
            },
        ),
        (
            vec!["--format", "json"],
            DfOptions {
                verbose: false,
                format: format("json"),
            },
        ),
        (
            vec!["-v", "--format", "json"],
            DfOptions {
                verbose: true,
                format: format("json"),
            },
        ),
    ] {
        if options.format.is_some() && !scene.command_is("28.") {
            continue;
        }
        scene.agree(&[&["system", "df"], flags.as_slice()].concat(), || {
            df(&scene.get("/system/df"), &options, now()).expect("supported")
        });
    }
    scene.done();
}

/// Docker lists runtimes in the order of chance.
fn sorted_runtimes(line: &str) -> String {
    let Some(names) = line.strip_prefix(" Runtimes: ") else {
        return format!("{line}\n");
    };
    let mut names: Vec<&str> = names.split(' ').collect();
    names.sort_unstable();
    format!(" Runtimes: {}\n", names.join(" "))
}

#[test]
fn stats_and_events_are_docker_s_own() {
    let Some(endpoint) = endpoint() else { return };
    let scene = Scene::set(&endpoint, "moving");
    let (quiet, ended) = (scene.name("quiet"), scene.name("ended"));
    for text in [
        None,
        Some("{{.Container}} {{.Name}} {{.PIDs}} {{.MemUsage}}"),
        Some("{{json .}}"),
        Some("{{.Foo}}"),
    ] {
        let options = StatsOptions {
            format: text.map(str::to_owned),
            ..StatsOptions::default()
        };
        let mut arguments = vec!["stats", "--no-stream"];
        arguments.extend(text.into_iter().flat_map(|text| ["--format", text]));
        arguments.extend([quiet.as_str(), ended.as_str()]);
        scene.agree(&arguments, || {
            let rows = [&quiet, &ended].map(|name| {
                (
                    name.clone(),
                    scene.get(&format!("/containers/{name}/stats?stream=0")),
                )
            });
            stats(&rows, &options).expect("supported")
        });
    }
    let label = format!("label={}", scene.label);
    let until = now().as_second() + 1;
    std::thread::sleep(Duration::from_secs(1));
    let (since, until) = ((until - 600).to_string(), until.to_string());
    let asked = json!({"label": {scene.label.clone(): true}}).to_string();
    let asked = asked
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace('"', "%22");
    let path = format!("/events?since={since}&until={until}&filters={asked}");
    for text in [
        None,
        Some("{{.Type}} {{.Action}} {{.Actor.Attributes.name}} {{.Time}} {{.ID}} {{.From}}"),
        Some("{{json .Actor}}"),
        Some("{{.Foo}}"),
        Some("{{.Foo"),
    ] {
        let mut arguments = vec![
            "events", "--since", &since, "--until", &until, "--filter", &label,
        ];
        arguments.extend(text.into_iter().flat_map(|text| ["--format", text]));
        scene.agree(&arguments, || {
            let format = match EventFormat::parse(text).expect("supported") {
                Ok(format) => format,
                Err(said) => return said.into(),
            };
            let body = scene.get_text(&path);
            let events = serde_json::Deserializer::from_str(&body).into_iter::<Value>();
            let lines =
                events.map(|one| event(&one.expect("an event"), &format).expect("supported"));
            Printed::ok(lines.collect())
        });
    }
    scene.done();
}

#[test]
fn refusals_are_in_docker_s_own_words() {
    let Some(endpoint) = endpoint() else { return };
    let scene = Scene::set(&endpoint, "errors");
    if !scene.engine_is("20.10") {
        // Later engines have other words for some of it.
        return;
    }
    let (web, ended, nope) = (scene.name("web"), scene.name("ended"), scene.name("nope"));
    let (data, net, snap) = (scene.name("data"), scene.name("net"), scene.name("snap"));
    let id = |name: &str| scene.must(&["inspect", "-f", "{{.Id}}", name]);
    let (web_id, ended_id, net_id) = (id(&web), id(&ended), id(&net));
    let paused = scene.name("quiet");
    let paused_id = id(&paused);
    scene.must(&["pause", &paused]);
    let same = |arguments: &[&str], operation, failure, typed: &str, id: &str, other: &str| {
        let said = errors::stderr(operation, failure, Subject { typed, id, other });
        scene.agree_but(
            arguments,
            || Printed::from(said.clone()),
            |printed| Printed {
                out: String::new(),
                ..printed
            },
        );
    };
    use Failure as F;
    use Operation as O;
    for (verb, operation) in [
        ("stop", O::Stop),
        ("restart", O::Restart),
        ("pause", O::Pause),
        ("unpause", O::Unpause),
        ("kill", O::Kill),
        ("wait", O::Wait),
        ("rm", O::Rm { force: false }),
        ("logs", O::Logs),
        ("diff", O::Diff),
        ("commit", O::Commit),
        ("top", O::Top),
    ] {
        same(&[verb, &nope], operation, F::NoSuchContainer, &nope, "", "");
    }
    same(
        &["rm", "-f", &nope],
        O::Rm { force: true },
        F::NoSuchContainer,
        &nope,
        "",
        "",
    );
    same(
        &["exec", &nope, "true"],
        O::Exec,
        F::NoSuchContainer,
        &nope,
        "",
        "",
    );
    same(
        &["stats", "--no-stream", &nope],
        O::Stats,
        F::NoSuchContainer,
        &nope,
        "",
        "",
    );
    same(
        &["exec", &ended, "true"],
        O::Exec,
        F::NotRunning,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["top", &ended],
        O::Top,
        F::NotRunning,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["kill", &ended],
        O::Kill,
        F::NotRunning,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["pause", &ended],
        O::Pause,
        F::NotRunning,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["unpause", &ended],
        O::Unpause,
        F::NotPaused,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["pause", &paused],
        O::Pause,
        F::AlreadyPaused,
        &paused,
        &paused_id,
        "",
    );
    same(
        &["exec", &paused, "true"],
        O::Exec,
        F::Paused,
        &paused,
        &paused_id,
        "",
    );
    same(
        &["rm", &paused],
        O::Rm { force: false },
        F::Paused,
        &paused,
        &paused_id,
        "",
    );
    same(
        &["rm", &web],
        O::Rm { force: false },
        F::Running,
        &web,
        &web_id,
        "",
    );
    same(
        &["kill", "-s", "FOO", &web],
        O::Kill,
        F::NoSuchSignal,
        &web,
        &web_id,
        "FOO",
    );
    same(
        &["create", "--name", &web, "busybox"],
        O::Create,
        F::NameInUse,
        &web,
        "",
        &web_id,
    );
    same(
        &["run", "--name", &web, "busybox"],
        O::Run,
        F::NameInUse,
        &web,
        "",
        &web_id,
    );
    let run = ["run", "--rm", "--label", &scene.label];
    let run = |more: &[&'static str]| [run.as_slice(), more].concat();
    same(
        &run(&["busybox", "nosuch"]),
        O::Run,
        F::CommandNotFound,
        "",
        "",
        "nosuch",
    );
    same(
        &run(&["busybox", "/no/such"]),
        O::Run,
        F::CommandNotFound,
        "",
        "",
        "/no/such",
    );
    same(
        &run(&["busybox", "/etc"]),
        O::Run,
        F::NotExecutable,
        "",
        "",
        "/etc",
    );
    same(
        &run(&["-w", "x", "busybox"]),
        O::Run,
        F::RelativeWorkdir,
        "",
        "",
        "x",
    );
    same(
        &run(&["--network", "no-net", "busybox"]),
        O::Run,
        F::NoSuchNetwork,
        "",
        "",
        "no-net",
    );
    same(
        &["exec", "-d", &web, "nosuch"],
        O::Exec,
        F::CommandNotFound,
        &web,
        &web_id,
        "nosuch",
    );
    same(
        &["history", &nope],
        O::History,
        F::NoSuchImage,
        &nope,
        "",
        "",
    );
    same(
        &["image", "rm", &nope],
        O::ImageRm { force: false },
        F::NoSuchImage,
        &nope,
        "",
        "",
    );
    same(
        &["image", "rm", "-f", &nope],
        O::ImageRm { force: true },
        F::NoSuchImage,
        &nope,
        "",
        "",
    );
    same(
        &["volume", "rm", &nope],
        O::VolumeRm,
        F::NoSuchVolume,
        &nope,
        "",
        "",
    );
    same(
        &["volume", "rm", &data],
        O::VolumeRm,
        F::VolumeInUse,
        &data,
        "",
        &web_id,
    );
    same(
        &["network", "create", &net],
        O::NetworkCreate,
        F::NetworkExists,
        &net,
        "",
        "",
    );
    same(
        &["network", "create", "bridge"],
        O::NetworkCreate,
        F::NetworkBuiltIn,
        "bridge",
        "",
        "",
    );
    same(
        &["network", "connect", &net, &nope],
        O::NetworkConnect,
        F::NoSuchContainer,
        &nope,
        "",
        "",
    );
    same(
        &["network", "connect", &nope, &web],
        O::NetworkConnect,
        F::NoSuchNetwork,
        &web,
        "",
        &nope,
    );
    same(
        &["network", "connect", &net, &web],
        O::NetworkConnect,
        F::AlreadyConnected,
        &web,
        &web_id,
        &net,
    );
    same(
        &["network", "disconnect", "bridge", &web],
        O::NetworkDisconnect,
        F::NotConnected,
        &web,
        &web_id,
        "bridge",
    );

    // Two lines, or more.
    let rest = |arguments: &[&str], said: &[errors::Said]| {
        let theirs = scene.docker(arguments);
        let text: String = said.iter().map(|said| said.text.as_str()).collect();
        assert_eq!(text, theirs.err, "docker {arguments:?}");
        assert_eq!(said.last().map(|said| said.code), Some(theirs.code));
    };
    let gone = Subject {
        typed: &nope,
        ..Subject::default()
    };
    let start = errors::stderr(O::Start, F::NoSuchContainer, gone);
    rest(&["start", &nope], &[start, errors::start_failed(&[&nope])]);
    let used = Subject {
        typed: &net,
        id: &net_id,
        other: "",
    };
    let remove = errors::stderr(O::NetworkRm, F::NetworkInUse, used);
    rest(
        &["network", "rm", &net],
        &[remove, errors::network_rm_failed()],
    );

    // An image that a container has: by its name, and by its id.
    let made = scene.must(&["create", "--label", &scene.label, &snap, "true"]);
    let image = scene.must(&["image", "inspect", "-f", "{{.Id}}", &snap]);
    scene.must(&["rmi", &format!("{snap}:2")]);
    same(
        &["rmi", &snap],
        O::ImageRm { force: false },
        F::ImageInUse,
        &snap,
        &image,
        &made,
    );
    let short = image.trim_start_matches("sha256:")[..12].to_owned();
    same(
        &["rmi", &short],
        O::ImageRm { force: false },
        F::ImageInUse,
        &short,
        &image,
        &made,
    );

    let bad = Filter::parse("foo", "ps").expect_err("no value");
    let theirs = scene.docker(&["ps", "--filter", "foo"]);
    assert_eq!((bad.text, bad.code), (theirs.err, theirs.code));
}
