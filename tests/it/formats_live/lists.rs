//! Lists: `ps`, `images`, `history`, `volume ls`, `network ls`.

use super::{Scene, filters, format, now};
use crate::live_engine::endpoint;
use waterline::demos::format::{
    HistoryOptions, ImagesOptions, NetworksOptions, PsOptions, VolumesOptions, history, images,
    networks, ps, ps_needs_size, volumes,
};

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
