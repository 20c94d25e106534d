//! Single things: the inspects, `diff`, `top`, `version`, `info`, `system df`.

use super::{Scene, format, now};
use crate::live_engine::{endpoint, named_endpoint};
use serde_json::Value;
use waterline::demos::format::{
    Asked, DfOptions, Kind, Printed, df, diff, info, inspect, top, version,
};

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
    scene.done();
}

/// On an engine of which nobody else has objects: what it counts is all of the engine's,
/// and a sandbox publishes no ports.
#[test]
fn disk_usage_is_docker_s_own() {
    let Some(endpoint) = named_endpoint("vfs", "WATERLINE_TEST_VFS_HOST") else {
        return;
    };
    let scene = Scene::set(&endpoint, "usage");
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
