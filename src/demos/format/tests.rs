//! Lists and single things, against samples of docker's real output (engine 20.10.24,
//! command 28.2.2).

use super::*;
use jiff::Timestamp;
use serde_json::{Value, json};

/// 4 s after the container `rs-web` was made.
pub(super) fn now() -> Timestamp {
    "2026-11-24T04:18:24.9Z".parse().expect("a time")
}

const WEB: &str = "6078e29d0e2d2c59f49e5fd31bb2f8140ecbdaf88251dca673b87ab7b92cc3f2";
pub(super) const NEW: &str = "d0fbc7905590e9bd939aec1676f4cb634e87ddf98e73ac4bf7a65010926cef67";
const OOM: &str = "7d4039a64a2fcd80cc1fa17117e0f81d550c4cc28b90298b89de29bb7c8ad8fb";
pub(super) const BB: &str =
    "sha256:1ec48314eb41f086d39b4c354fe8441fcec064a826ca08d44e2835c19c1206ad";

fn container(
    id: &str,
    name: &str,
    command: &str,
    created: &str,
    state: &str,
    status: &str,
) -> Value {
    let created: Timestamp = created.parse().expect("a time");
    json!({
        "Id": id, "Names": [format!("/{name}")], "Image": "bb", "ImageID": BB, "Command": command,
        "Created": created.as_second(), "Ports": [], "Labels": {}, "State": state, "Status": status,
        "SizeRootFs": 1985475,
        "NetworkSettings": {"Networks": {"bridge": {"NetworkID": "85220056b7a5"}}},
        "Mounts": [],
    })
}

pub(super) fn containers() -> Vec<Value> {
    let mut web = container(
        WEB,
        "rs-web",
        "httpd -f -p 80 -h /",
        "2026-11-24T04:18:20Z",
        "running",
        "Up 3 seconds",
    );
    web["Labels"] = json!({"tier": "front"});
    web["Mounts"] =
        json!([{"Type": "volume", "Name": "rs-data", "Driver": "local", "Destination": "/d"}]);
    vec![
        web,
        container(
            NEW,
            "rs-new",
            "sh -c 'echo a long command line here'",
            "2026-11-24T04:18:23Z",
            "created",
            "Created",
        ),
        container(
            OOM,
            "rs-oom",
            "sleep 99",
            "2026-11-24T04:18:22Z",
            "exited",
            "Exited (137) Less than a second ago",
        ),
    ]
}

#[test]
fn images_have_a_row_for_each_name() {
    let created: Timestamp = "2026-11-24T02:43:09Z".parse().expect("a time");
    let list = [
        json!({"Id": BB, "RepoTags": ["bb:latest", "acme/bb:2"], "RepoDigests": null, "ParentId": "sha256:666a",
            "Created": created.as_second(), "Size": 1985475, "SharedSize": -1, "Containers": -1,
            "Labels": null}),
        json!({"Id": "sha256:73dc7e2725f4aa", "RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"],
            "ParentId": "", "Created": now().as_second(), "Size": 4082627, "SharedSize": -1,
            "Containers": -1, "Labels": {"a": "b"}}),
        json!({"Id": "sha256:666a", "RepoTags": null, "RepoDigests": null, "ParentId": "",
            "Created": created.as_second() - 9, "Size": 1, "SharedSize": -1, "Containers": -1}),
    ];
    let print = |options: &ImagesOptions| images(&list, options, now()).expect("supported").out;
    assert_eq!(
        print(&ImagesOptions::default()),
        "REPOSITORY   TAG       IMAGE ID       CREATED                  SIZE\n\
         <none>       <none>    73dc7e2725f4   Less than a second ago   4.08MB\n\
         bb           latest    1ec48314eb41   2 hours ago              1.99MB\n\
         acme/bb      2         1ec48314eb41   2 hours ago              1.99MB\n"
    );
    let named = ImagesOptions {
        name: Some("nosuch".into()),
        ..ImagesOptions::default()
    };
    assert_eq!(
        print(&named),
        "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n"
    );
    let all = ImagesOptions {
        all: true,
        quiet: true,
        ..ImagesOptions::default()
    };
    assert_eq!(print(&all).lines().count(), 4);
    for (filter, count) in [
        ("dangling=true", 1),
        ("dangling=false", 2),
        ("label=a=b", 1),
        ("reference=b*", 1),
        ("reference=acme/*:2", 1),
        ("since=bb", 1),
        ("before=73dc7e2725f4", 2),
    ] {
        let options = ImagesOptions {
            quiet: true,
            filters: vec![Filter::parse(filter, "images").expect("a filter")],
            ..ImagesOptions::default()
        };
        assert_eq!(print(&options).lines().count(), count, "{filter}");
    }
    let wrong = ImagesOptions {
        filters: vec![Filter::parse("dangling=x", "images").expect("a filter")],
        ..ImagesOptions::default()
    };
    assert_eq!(
        images(&list, &wrong, now()).expect("docker's").err,
        "Error response from daemon: Invalid filter 'dangling=[x]'\n"
    );
}

#[test]
fn history_has_a_row_for_each_layer() {
    let created: Timestamp = "2026-11-24T02:43:09Z".parse().expect("a time");
    let layers = [
        json!({"Id": "sha256:6e602cbbf5b97e5fb4", "Created": now().as_second(),
            "CreatedBy": "httpd -f -p 80 -h /", "Size": 2097155, "Comment": "", "Tags": null}),
        json!({"Id": BB, "Created": created.as_second(), "Size": 0, "Comment": "",
            "CreatedBy": "/bin/sh -c #(nop) COPY file:73e2b2d48642b21b357384b0cb81c1869cc5"}),
    ];
    let print = |options: &HistoryOptions| history(&layers, options, now()).expect("supported").out;
    assert_eq!(
        print(&HistoryOptions::default()),
        "IMAGE          CREATED                  CREATED BY                                      SIZE      COMMENT\n\
         6e602cbbf5b9   Less than a second ago   httpd -f -p 80 -h /                             2.1MB     \n\
         1ec48314eb41   2 hours ago              /bin/sh -c #(nop) COPY file:73e2b2d48642b21b…   0B        \n"
    );
    let plain = HistoryOptions {
        plain: true,
        ..HistoryOptions::default()
    };
    assert!(print(&plain).contains("2026-11-24T02:43:09Z"));
    assert!(print(&plain).contains("2097155"));
}

#[test]
fn volumes_and_networks_are_listed_by_name() {
    let list = [
        json!({"Name": "web10", "Driver": "local", "Labels": null, "Mountpoint": "/m", "Scope": "local"}),
        json!({"Name": "web2", "Driver": "local", "Labels": {"a": "b"}, "Mountpoint": "/m", "Scope": "local"}),
    ];
    let print = |options: &VolumesOptions| volumes(&list, options).expect("supported").out;
    assert_eq!(
        print(&VolumesOptions::default()),
        "DRIVER    VOLUME NAME\nlocal     web2\nlocal     web10\n"
    );
    let free = VolumesOptions {
        quiet: true,
        filters: vec![Filter::parse("dangling=true", "volume ls").expect("a filter")],
        used: vec!["web2".into()],
        ..VolumesOptions::default()
    };
    assert_eq!(print(&free), "web10\n");
    let list = [
        json!({"Name": "rs-net", "Id": "25df5385d6881b87", "Driver": "bridge", "Scope": "local",
            "Created": "2026-11-24T04:18:29.59112609Z", "EnableIPv6": false, "Internal": true, "Labels": {}}),
        json!({"Name": "bridge", "Id": "85220056b7a51234", "Driver": "bridge", "Scope": "local"}),
    ];
    let print = |options: &NetworksOptions| networks(&list, options).expect("supported").out;
    assert_eq!(
        print(&NetworksOptions::default()),
        "NETWORK ID     NAME      DRIVER    SCOPE\n\
         85220056b7a5   bridge    bridge    local\n\
         25df5385d688   rs-net    bridge    local\n"
    );
    let own = NetworksOptions {
        quiet: true,
        filters: vec![Filter::parse("type=custom", "network ls").expect("a filter")],
        ..NetworksOptions::default()
    };
    assert_eq!(print(&own), "25df5385d688\n");
}

#[test]
fn inspect_prints_four_spaces_and_what_is_missing() {
    let volume = json!({"CreatedAt": "2026-11-24T04:18:29Z", "Driver": "local", "Labels": null, "Name": "rs-data"});
    let asked = [
        Asked {
            name: "rs-nope",
            found: None,
        },
        Asked {
            name: "rs-data",
            found: Some(&volume),
        },
    ];
    let printed = inspect(&asked, Kind::Volume, None).expect("supported");
    assert_eq!(
        printed,
        Printed {
            out: "[\n    {\n        \"CreatedAt\": \"2026-11-24T04:18:29Z\",\n        \"Driver\": \"local\",\n        \
                  \"Labels\": null,\n        \"Name\": \"rs-data\"\n    }\n]\n"
                .into(),
            err: "Error response from daemon: get rs-nope: no such volume\n".into(),
            code: 1,
        }
    );
    let none = inspect(&asked[..1], Kind::Any, None).expect("supported");
    assert_eq!(none.out, "[]\n");
    assert_eq!(none.err, "Error: No such object: rs-nope\n");
    let named = inspect(&asked, Kind::Any, Some("{{.Name}}")).expect("supported");
    assert_eq!(named.out, "rs-data\n");
    let wrong = inspect(&asked[1..], Kind::Volume, Some("{{.Foo}}")).expect("docker's");
    assert_eq!(
        (wrong.out.as_str(), wrong.err.as_str(), wrong.code),
        (
            "\n",
            "template parsing error: template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"\n",
            1
        )
    );
    let unread = inspect(&asked, Kind::Volume, Some("{{foo")).expect("docker's");
    assert_eq!((unread.out.as_str(), unread.code), ("", 64));
}

#[test]
fn top_diff_and_events_are_lines() {
    let answer = json!({"Titles": ["PID", "PPID", "STAT", "COMMAND"], "Processes": [["5641", "5621", "Ss", "httpd"]]});
    assert_eq!(
        top(&answer),
        "PID                 PPID                STAT                COMMAND\n\
         5641                5621                Ss                  httpd\n"
    );
    let changes = json!([{"Kind": 0, "Path": "/hello"}, {"Kind": 1, "Path": "/big"}, {"Kind": 2, "Path": "/bin/zcat"}]);
    assert_eq!(diff(&changes, false), "C /hello\nA /big\nD /bin/zcat\n");
    assert_eq!(diff(&changes, true), "A /big\nD /bin/zcat\nC /hello\n");
    assert_eq!(diff(&Value::Null, true), "");
    let die = json!({"status": "die", "id": "a873", "from": "bb", "Type": "container", "Action": "die",
        "Actor": {"ID": "a873", "Attributes": {"name": "rs-e", "image": "bb", "exitCode": "0"}},
        "scope": "local", "time": 1795493910, "timeNano": 1795493910467149196_i64});
    let print = |format: Option<&str>| {
        let format = EventFormat::parse(format)
            .expect("supported")
            .expect("a format");
        event(&die, &format).expect("supported")
    };
    assert_eq!(
        print(None),
        "2026-11-24T04:18:30.467149196Z container die a873 (exitCode=0, image=bb, name=rs-e)\n"
    );
    assert_eq!(
        print(Some(
            "{{.Type}} {{.Action}} {{.Actor.Attributes.name}} {{.ID}} {{.Time}}"
        )),
        "container die rs-e a873 1795493910\n"
    );
    let said = EventFormat::parse(Some("{{.Foo}}"))
        .expect("docker's")
        .expect_err("no such field");
    assert_eq!(
        said,
        Said::new(
            "Error parsing format: template: :1:2: executing \"\" at <.Foo>: can't evaluate field Foo in type *events.Message",
            64
        )
    );
    for (filter, fits) in [
        ("type=container", true),
        ("type=network", false),
        ("event=die", true),
        ("container=rs-e", true),
        ("container=a8", true),
        ("container=rs-f", false),
        ("image=bb", true),
        ("label=name=rs-e", true),
        ("unknown=x", true),
    ] {
        let filters = [Filter::parse(filter, "events").expect("a filter")];
        assert_eq!(EventFormat::fits(&die, &filters), Ok(fits), "{filter}");
    }
}

#[test]
fn stats_of_a_stopped_one_are_zeros() {
    let stopped =
        json!({"id": OOM, "name": "/rs-l", "cpu_stats": {}, "memory_stats": {}, "pids_stats": {}});
    let running = json!({"id": WEB, "name": "/rs-web",
        "cpu_stats": {"cpu_usage": {"total_usage": 2_030_000}, "system_cpu_usage": 2_000_000_000_u64, "online_cpus": 2},
        "precpu_stats": {"cpu_usage": {"total_usage": 2_000_000}, "system_cpu_usage": 1_800_000_000_u64},
        "memory_stats": {"usage": 3_014_657, "limit": 25_276_510_208_u64, "stats": {"total_inactive_file": 1}},
        "networks": {"eth0": {"rx_bytes": 736, "tx_bytes": 0}},
        "blkio_stats": {"io_service_bytes_recursive": [{"op": "Read", "value": 315_000}, {"op": "Write", "value": 8192}]},
        "pids_stats": {"current": 1}});
    let rows = [("rs-web".to_owned(), running), ("rs-l".to_owned(), stopped)];
    let printed = stats(&rows, &StatsOptions::default()).expect("supported");
    assert_eq!(
        printed.out,
        "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     MEM %     NET I/O     BLOCK I/O        PIDS\n\
         6078e29d0e2d   rs-web    0.03%     2.875MiB / 23.54GiB   0.01%     736B / 0B   315kB / 8.19kB   1\n\
         7d4039a64a2f   rs-l      0.00%     0B / 0B               0.00%     0B / 0B     0B / 0B          0\n"
    );
}

#[test]
fn df_adds_up_what_can_be_given_back() {
    let usage = json!({"LayersSize": 4082627,
        "Images": [
            {"Id": BB, "RepoTags": ["bb:latest"], "Size": 1985475, "SharedSize": 1985475, "Containers": 6, "Created": 0},
            {"Id": "sha256:73dc7e2725f4aa", "RepoTags": ["<none>:<none>"], "Size": 4082627, "SharedSize": 1985475,
             "Containers": 0, "Created": 0}],
        "Containers": [{"Id": WEB, "State": "running", "SizeRw": 2097152, "Names": ["/rs-web"], "Image": "bb"}],
        "Volumes": [{"Name": "rs-data", "UsageData": {"Size": 1000, "RefCount": 0}}],
        "BuildCache": null});
    let printed = df(&usage, &DfOptions::default(), now()).expect("supported");
    assert_eq!(
        printed.out,
        "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE\n\
         Images          2         1         4.083MB   4.083MB (100%)\n\
         Containers      1         1         2.097MB   0B (0%)\n\
         Local Volumes   1         0         1kB       1kB (100%)\n\
         Build Cache     0         0         0B        0B\n"
    );
    let verbose = DfOptions {
        verbose: true,
        ..DfOptions::default()
    };
    let printed = df(&usage, &verbose, now()).expect("supported").out;
    assert!(printed.starts_with(
        "Images space usage:\n\nREPOSITORY   TAG       IMAGE ID       CREATED        SIZE      SHARED SIZE   UNIQUE SIZE   CONTAINERS\n\
         bb           latest    1ec48314eb41   56 years ago   1.99MB    1.985MB       0B            6\n"
    ), "{printed}");
    assert!(printed.ends_with(
        "\nLocal Volumes space usage:\n\nVOLUME NAME   LINKS     SIZE\nrs-data       0         1kB\n\
         \nBuild cache usage: 0B\n\nCACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED\n"
    ), "{printed}");
}

#[test]
fn compose_ps_names_the_service() {
    let mut web = containers().remove(0);
    web["Names"] = json!(["/shop-web-1"]);
    web["Labels"] =
        json!({"com.docker.compose.project": "shop", "com.docker.compose.service": "web"});
    let mut done = containers().remove(2);
    done["Labels"] =
        json!({"com.docker.compose.project": "shop", "com.docker.compose.service": "migrate"});
    let both = [web, done];
    let printed = compose_ps(&both, &ComposePs::default(), now()).expect("supported");
    assert_eq!(
        printed.out,
        "NAME         IMAGE     COMMAND                 SERVICE   CREATED         STATUS         PORTS\n\
         shop-web-1   bb        \"httpd -f -p 80 -h /\"   web       4 seconds ago   Up 3 seconds   \n"
    );
    let services = ComposePs {
        all: true,
        services: true,
        ..ComposePs::default()
    };
    assert_eq!(
        compose_ps(&both, &services, now()).expect("supported").out,
        "migrate\nweb\n"
    );
    assert_eq!(log_line("web-1", 8, "hi"), "web-1     | hi\n");
    assert_eq!(
        progress("Container", "shop-web-1", "Started"),
        " Container shop-web-1  Started\n"
    );
}
