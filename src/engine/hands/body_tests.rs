//! What bodies hold, and what none can.

use super::super::change::{Capabilities, Caps, Target};
use super::super::ids::FullId;
use super::super::subnets::Subnets;
use super::*;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn instance() -> Instance {
    Instance::parse("0123456789ab").expect("an instance")
}

fn sandbox() -> SandboxId {
    SandboxId::parse("abcd1234").expect("a sandbox")
}

fn until() -> Timestamp {
    "2026-11-24T15:00:00.25Z".parse().expect("a moment")
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn id(digit: &str) -> FullId {
    FullId::parse(&digit.repeat(64)).expect("an id")
}

fn new_container() -> NewContainer {
    NewContainer {
        sandbox: sandbox(),
        name: name("web"),
        until: until(),
        image: FullId::parse(&format!("sha256:{}", "1".repeat(64))).expect("an id"),
        typed_image: "busybox".into(),
        command: vec!["sleep".into(), "600".into()],
        env: Vec::new(),
        workdir: None,
        hostname: None,
        network: Some(id("a")),
        aliases: vec![name("web")],
        mounts: Vec::new(),
        init: false,
        tty: false,
        stdin: false,
        remove: false,
        read_only: false,
        labels: Vec::new(),
        caps: Caps::default(),
    }
}

fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("JSON")
}

fn our_labels(name: &str) -> Value {
    json!({"wl.instance": "0123456789ab", "wl.sandbox": "abcd1234", "wl.name": name,
           "wl.until": "2026-11-24T15:00:00Z"})
}

#[test]
fn a_plain_container_has_the_body_that_was_tried_on_an_engine() {
    let mut labels = our_labels("web");
    labels["wl.image"] = "busybox".into();
    let expected = json!({
        "Image": format!("sha256:{}", "1".repeat(64)),
        "Cmd": ["sleep", "600"],
        "Labels": labels,
        "HostConfig": {
            "NetworkMode": "a".repeat(64),
            "CapDrop": ["ALL"],
            "CapAdd": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_RAW"],
            "SecurityOpt": ["no-new-privileges"],
            "Memory": 67108864, "MemorySwap": 67108864,
            "NanoCpus": 500000000, "PidsLimit": 64,
            "Ulimits": [
                {"Name": "fsize", "Soft": 16777216, "Hard": 16777216},
                {"Name": "nofile", "Soft": 256, "Hard": 256},
                {"Name": "core", "Soft": 0, "Hard": 0}],
            "ShmSize": 1048576, "OomScoreAdj": 500,
            "IpcMode": "private", "CgroupnsMode": "private",
            "RestartPolicy": {"Name": "no"},
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1024k", "max-file": "1"}},
            "Dns": ["127.0.0.1"], "DnsOptions": ["timeout:1", "attempts:1"]},
        "NetworkingConfig": {"EndpointsConfig": {"a".repeat(64): {"Aliases": ["web"]}}}
    });
    assert_eq!(read(&container(&new_container(), &instance())), expected);
}

#[test]
fn every_choice_that_a_reader_has_is_one_field() {
    let target = |path: &str| Target::parse(path).expect("a target");
    let new = NewContainer {
        command: Vec::new(),
        env: vec!["A=1".into()],
        workdir: Some("/srv".into()),
        hostname: Some("shop".into()),
        network: None,
        mounts: vec![
            NewMount::Volume {
                volume: FullId::parse("wl-abcd1234-data").expect("a volume"),
                target: target("/data"),
                read_only: true,
                no_copy: true,
            },
            NewMount::Tmpfs {
                target: target("/scratch"),
                bytes: 1 << 20,
                read_only: false,
            },
        ],
        init: true,
        tty: true,
        stdin: true,
        remove: true,
        read_only: true,
        ..new_container()
    };
    let body = read(&container(&new, &instance()));
    let host = &body["HostConfig"];
    for (field, expected) in [
        (&body["Cmd"], Value::Null),
        (&body["Env"], json!(["A=1"])),
        (&body["WorkingDir"], json!("/srv")),
        (&body["Hostname"], json!("shop")),
        (&body["Tty"], json!(true)),
        (&body["OpenStdin"], json!(true)),
        (&body["NetworkingConfig"], json!({"EndpointsConfig": {}})),
        (&host["NetworkMode"], json!("none")),
        (&host["Init"], json!(true)),
        (&host["AutoRemove"], json!(true)),
        (&host["ReadonlyRootfs"], json!(true)),
        (
            &host["Mounts"],
            json!([{"Type": "volume", "Source": "wl-abcd1234-data", "Target": "/data",
                    "ReadOnly": true, "VolumeOptions": {"NoCopy": true, "Labels": {}}}]),
        ),
        (
            &host["Tmpfs"],
            json!({"/scratch": "size=1024k,nr_inodes=64"}),
        ),
    ] {
        assert_eq!(*field, expected);
    }
}

#[test]
fn networks_volumes_commits_and_execs_have_the_bodies_that_were_tried() {
    let subnets = Subnets::new();
    let subnet = subnets.next(&Vec::new()).expect("a subnet");
    let new = NewNetwork {
        sandbox: sandbox(),
        name: name("bridge"),
        until: until(),
        labels: Vec::new(),
    };
    let version = |minor| ApiVersion { major: 1, minor };
    let body = |minor| read(&network(&new, &instance(), subnet, version(minor)));
    let mut expected = json!({
        "Name": "wl-abcd1234-bridge", "CheckDuplicate": true, "Driver": "bridge",
        "Internal": true, "EnableIPv6": false,
        "Options": {"com.docker.network.bridge.inhibit_ipv4": "true",
                    "com.docker.network.driver.mtu": "1279"},
        "IPAM": {"Driver": "default", "Config": [{"Subnet": subnet.to_string()}]},
        "Labels": our_labels("bridge")});
    assert_eq!(body(41), expected);
    assert_eq!(body(47), expected);
    expected["Options"]["com.docker.network.bridge.gateway_mode_ipv4"] = "isolated".into();
    assert_eq!(body(48), expected);

    let new = NewVolume {
        sandbox: sandbox(),
        name: name("data"),
        until: until(),
        labels: vec![
            ("tier".into(), "db".into()),
            ("wl.sandbox".into(), "zzzzzzzz".into()),
        ],
    };
    let mut labels = our_labels("data");
    labels["tier"] = "db".into();
    let expected = json!({"Name": "wl-abcd1234-data", "Driver": "local", "Labels": labels});
    assert_eq!(read(&volume(&new, &instance())), expected);

    let new = NewImage {
        sandbox: sandbox(),
        container: id("c"),
        name: None,
        until: until(),
        message: None,
        author: None,
        no_pause: false,
    };
    let mut labels = our_labels("snap");
    labels["wl.demo-image"] = "0".into();
    assert_eq!(
        read(&commit(&new, &instance(), "snap")),
        json!({"Labels": labels})
    );

    let new = NewExec {
        container: id("c"),
        command: vec!["ps".into()],
        env: vec!["A=1".into()],
        workdir: None,
        tty: false,
        detach: false,
    };
    let expected = json!({"AttachStdin": false, "AttachStdout": true, "AttachStderr": true,
                          "Tty": false, "Cmd": ["ps"], "Env": ["A=1"]});
    assert_eq!(read(&exec(&new)), expected);
    assert_eq!(
        read(&exec_start(&new)),
        json!({"Detach": false, "Tty": false})
    );
    let expected = json!({"Container": "c", "EndpointConfig": {"Aliases": ["db"]}});
    assert_eq!(read(&connect("c", &[name("db")])), expected);
    assert_eq!(read(&disconnect("c")), json!({"Container": "c"}));
}

#[test]
fn a_compose_project_of_a_sandbox_is_none_of_the_owners() {
    let project = |typed: &str| {
        let new = NewContainer {
            labels: vec![(COMPOSE_PROJECT.into(), typed.into())],
            ..new_container()
        };
        read(&container(&new, &instance()))["Labels"][COMPOSE_PROJECT].clone()
    };
    assert_eq!(project("shop"), "wl-abcd1234-shop");
    assert_eq!(project("wl-abcd1234-shop"), "wl-abcd1234-shop", "not twice");
    assert_eq!(project("wl-zzzz1234-shop"), "wl-abcd1234-wl-zzzz1234-shop");
}

/// Every field that a container's body may have, by its path; `*` is a key that was typed.
const ALLOWED: &[&str] = &[
    "Image",
    "Cmd",
    "Env",
    "WorkingDir",
    "Hostname",
    "Tty",
    "AttachStdin",
    "OpenStdin",
    "StdinOnce",
    "Labels",
    "HostConfig",
    "NetworkingConfig",
    "HostConfig.NetworkMode",
    "HostConfig.CapDrop",
    "HostConfig.CapAdd",
    "HostConfig.SecurityOpt",
    "HostConfig.Memory",
    "HostConfig.MemorySwap",
    "HostConfig.NanoCpus",
    "HostConfig.PidsLimit",
    "HostConfig.Ulimits",
    "HostConfig.ShmSize",
    "HostConfig.OomScoreAdj",
    "HostConfig.IpcMode",
    "HostConfig.CgroupnsMode",
    "HostConfig.RestartPolicy",
    "HostConfig.LogConfig",
    "HostConfig.Dns",
    "HostConfig.DnsOptions",
    "HostConfig.Init",
    "HostConfig.AutoRemove",
    "HostConfig.ReadonlyRootfs",
    "HostConfig.Mounts",
    "HostConfig.Tmpfs",
];

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,24}",
        Just("/var/run/docker.sock".to_owned()),
        Just("host".to_owned()),
        Just("\",\"Privileged\":true,\"x\":\"".to_owned()),
        Just("ALL".to_owned()),
        Just("container:web".to_owned()),
    ]
}

fn any_mount() -> impl Strategy<Value = NewMount> {
    let target = any_text().prop_map(|text| {
        Target::parse(&text)
            .or_else(|| Target::parse("/data"))
            .expect("a target")
    });
    let volume = any_text().prop_map(|text| {
        FullId::parse(&text)
            .or_else(|| FullId::parse("wl-abcd1234-data"))
            .expect("a volume")
    });
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<u64>());
    (target, volume, flags).prop_map(|(target, volume, (tmpfs, read_only, no_copy, bytes))| {
        match tmpfs {
            true => NewMount::Tmpfs {
                target,
                bytes,
                read_only,
            },
            false => NewMount::Volume {
                volume,
                target,
                read_only,
                no_copy,
            },
        }
    })
}

fn any_container() -> impl Strategy<Value = NewContainer> {
    let texts = (
        prop::collection::vec(any_text(), 0..4),
        prop::collection::vec(any_text(), 0..4),
        prop::option::of(any_text()),
        prop::option::of(any_text()),
        prop::collection::vec((any_text(), any_text()), 0..4),
        any_text(),
    );
    let caps = prop::array::uniform8(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()]);
    let mounts = prop::collection::vec(any_mount(), 0..4);
    let flags = any::<(bool, bool, bool, bool, bool, bool)>();
    (texts, caps, mounts, flags).prop_map(|(texts, caps, mounts, flags)| {
        let (command, env, workdir, hostname, labels, typed_image) = texts;
        let (init, tty, stdin, remove, read_only, joined) = flags;
        let [
            memory,
            nano_cpus,
            pids,
            file_size,
            open_files,
            shm,
            log,
            tmpfs_inodes,
        ] = caps;
        NewContainer {
            command,
            env,
            workdir,
            hostname,
            labels,
            typed_image,
            mounts,
            init,
            tty,
            stdin,
            remove,
            read_only,
            network: joined.then(|| id("a")),
            caps: Caps {
                memory,
                nano_cpus,
                pids,
                file_size,
                open_files,
                shm,
                log,
                tmpfs_inodes,
                capabilities: Capabilities::default(),
            },
            ..new_container()
        }
    })
}

proptest! {
    #[test]
    fn no_body_has_a_privilege_a_host_path_or_a_missing_cap(new in any_container()) {
        let body = read(&container(&new, &instance()));
        let fields = body.as_object().expect("an object").keys().cloned();
        let host = &body["HostConfig"];
        let of_host = host.as_object().expect("an object").keys();
        for field in fields.chain(of_host.map(|key| format!("HostConfig.{key}"))) {
            prop_assert!(ALLOWED.contains(&field.as_str()), "{field}");
        }
        prop_assert_eq!(&host["CapDrop"], &json!(["ALL"]));
        prop_assert_eq!(&host["CapAdd"], &json!(["CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_RAW"]));
        prop_assert_eq!(&host["SecurityOpt"], &json!(["no-new-privileges"]));
        prop_assert_eq!(&host["IpcMode"], "private");
        prop_assert!(host["NetworkMode"] == "none" || host["NetworkMode"] == "a".repeat(64));
        for cap in ["Memory", "MemorySwap", "NanoCpus", "PidsLimit", "ShmSize"] {
            // Engines read an int64, of which 0 and -1 mean without limit.
            let limit = host[cap].as_i64();
            prop_assert!(limit.is_some_and(|limit| limit > 0), "{cap} is {limit:?}");
        }
        prop_assert_eq!(&host["Memory"], &host["MemorySwap"]);
        let limits = host["Ulimits"].as_array().expect("limits");
        let names: Vec<_> = limits.iter().map(|limit| limit["Name"].as_str()).collect();
        prop_assert_eq!(names, [Some("fsize"), Some("nofile"), Some("core")]);
        prop_assert!(limits.iter().all(|limit| limit["Hard"].as_i64().is_some_and(|most| most >= 0)));
        let log = host["LogConfig"]["Config"]["max-size"].as_str().expect("a size");
        prop_assert!(log.trim_end_matches('k').parse::<u64>().is_ok_and(|kib| kib > 0));
        for mount in host["Mounts"].as_array().into_iter().flatten() {
            prop_assert_eq!(&mount["Type"], "volume");
            let source = mount["Source"].as_str().expect("a source");
            prop_assert!(!source.contains('/'), "{source}");
        }
        for (target, options) in host["Tmpfs"].as_object().into_iter().flatten() {
            let options = options.as_str().expect("options");
            prop_assert!(options.contains("size=") && !options.contains("size=0"), "{options}");
            prop_assert!(options.contains("nr_inodes=") && !options.contains("nr_inodes=0"));
            prop_assert!(Target::parse(target).is_some(), "{target}");
        }
        prop_assert_eq!(&body["Labels"]["wl.sandbox"], "abcd1234");
        prop_assert_eq!(&body["Labels"]["wl.instance"], "0123456789ab");
        prop_assert_eq!(&body["Labels"]["wl.name"], "web");
    }
}

#[test]
fn nothing_is_mounted_over_a_folder_of_the_system() {
    for (path, target) in [
        ("/data", Some("/data")),
        ("//data/./x/", Some("/data/x")),
        ("/var/lib/x", Some("/var/lib/x")),
        ("/process", Some("/process")),
        ("/", None),
        ("/.", None),
        ("data", None),
        ("/proc", None),
        ("//proc/1", None),
        ("/./sys", None),
        ("/dev/shm", None),
        ("/etc/passwd", None),
        ("/bin", None),
        ("/data/../etc", None),
        ("/data:ro", None),
        ("/data,x", None),
        ("/da\nta", None),
        ("", None),
    ] {
        let parsed = Target::parse(path);
        assert_eq!(parsed.as_ref().map(Target::as_str), target, "{path}");
    }
}
