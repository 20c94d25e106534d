//! Other kinds of engines: rootless, in a virtual machine, Podman. And what completes a
//! recording that was taken before panels asked for processes and events.

use super::Host;
use super::fields::{Kind, each, kind, replace, set, without};
use crate::engine::{Ask, Id, Recording};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// A rootless engine, after <https://docs.docker.com/engine/security/rootless/>: the data
/// root is in the user's home, `SecurityOptions` says rootless. `/top` is refused.
pub fn rootless(mut host: Host) -> Host {
    replace(
        &mut host.recording,
        "/var/lib/docker",
        "/home/ann/.local/share/docker",
    );
    each(&mut host.recording, Kind::Info, |info| {
        set(
            info,
            "SecurityOptions",
            json!([
                "name=seccomp,profile=builtin",
                "name=rootless",
                "name=cgroupns"
            ]),
        );
        set(info, "CgroupDriver", "none");
        set(info, "CgroupVersion", "2");
        for limit in ["MemoryLimit", "SwapLimit", "PidsLimit", "CpuCfsQuota"] {
            set(info, limit, false);
        }
    });
    host.refuses_top = true;
    host
}

/// Docker Desktop: `OperatingSystem` names it, and the kernel is LinuxKit's.
pub fn docker_desktop(mut host: Host) -> Host {
    let kernel = "6.10.14-linuxkit";
    each(&mut host.recording, Kind::Info, |info| {
        set(info, "OperatingSystem", "Docker Desktop");
        set(info, "OSVersion", "");
        set(info, "KernelVersion", kernel);
        set(info, "Architecture", "aarch64");
        set(info, "Name", "docker-desktop");
        set(info, "CgroupVersion", "2");
        set(info, "NCPU", 8);
        set(info, "MemTotal", 8_322_736_128_u64);
    });
    each(&mut host.recording, Kind::Version, |version| {
        set(
            version,
            "Platform",
            json!({"Name": "Docker Desktop 4.52.0 (210994)"}),
        );
        set(version, "KernelVersion", kernel);
        set(version, "Arch", "arm64");
    });
    host
}

/// An engine in a WSL 2 distribution: the kernel's name says Microsoft and WSL2.
pub fn wsl_2(mut host: Host) -> Host {
    let kernel = "5.15.167.4-microsoft-standard-WSL2";
    each(&mut host.recording, Kind::Info, |info| {
        set(info, "OperatingSystem", "Ubuntu 24.04.1 LTS");
        set(info, "OSVersion", "24.04");
        set(info, "KernelVersion", kernel);
        set(info, "CgroupVersion", "2");
    });
    each(&mut host.recording, Kind::Version, |version| {
        set(version, "KernelVersion", kernel)
    });
    host
}

/// Podman 4.3.1, as its Docker-compatible API was seen to answer.
pub fn podman(mut host: Host) -> Host {
    let recording = &mut host.recording;
    recording.engine = "4.3.1".into();
    replace(
        recording,
        "/var/lib/docker/overlay2",
        "/var/lib/containers/storage/overlay",
    );
    replace(recording, "/var/lib/docker", "/var/lib/containers/storage");
    each(recording, Kind::Version, |version| {
        set(version, "Version", "4.3.1");
        set(version, "MinAPIVersion", "1.24");
        set(
            version,
            "Components",
            json!([
                {"Name": "Podman Engine", "Version": "4.3.1", "Details": {"APIVersion": "4.3.1", "Os": "linux"}},
                {"Name": "Conmon", "Version": "conmon version 2.1.6, commit: unknown", "Details": {}},
                {"Name": "OCI Runtime (crun)", "Version": "crun version 1.8.1", "Details": {}},
            ]),
        );
    });
    each(recording, Kind::Info, |info| {
        set(info, "Driver", "overlay");
        set(info, "ServerVersion", "4.3.1");
        set(info, "DefaultRuntime", "crun");
        set(info, "CgroupDriver", "systemd");
        set(info, "CgroupVersion", "2");
        set(info, "LoggingDriver", "");
        set(info, "InitBinary", "");
        for commit in ["ContainerdCommit", "RuncCommit", "InitCommit"] {
            set(info, commit, json!({"ID": "", "Expected": ""}));
        }
    });
    each(recording, Kind::History, |history| {
        for row in history.as_array_mut().into_iter().flatten() {
            set(row, "Id", "<missing>");
        }
    });
    for kind in [Kind::Image, Kind::Container] {
        each(recording, kind, |thing| {
            set(&mut thing["GraphDriver"], "Name", "overlay");
            without(&mut thing["GraphDriver"]["Data"], &["MergedDir"]);
        });
    }
    each(recording, Kind::Changes, |changes| {
        let etc = json!({"Path": "/etc", "Kind": 0});
        match changes.as_array_mut() {
            Some(changes) => changes.push(etc),
            None => *changes = json!([etc]),
        }
    });
    each(recording, Kind::DiskUsage, |usage| {
        for image in usage["Images"].as_array_mut().into_iter().flatten() {
            set(image, "RepoTags", json!(["latest"]));
        }
    });
    host
}

/// Adds the processes of each running container and the events that its life has left,
/// worked out from what was recorded of it, where the recording has none.
pub fn complete(recording: &mut Recording) {
    let containers: Vec<Value> = recording
        .answers
        .iter()
        .filter(|(path, _)| kind(path) == Kind::Container)
        .map(|(_, container)| Value::clone(container))
        .collect();
    let mut events = Vec::new();
    for container in &containers {
        let Some(id) = container["Id"].as_str().and_then(Id::new) else {
            continue;
        };
        if container["State"]["Running"] == true {
            let path = Ask::Top(id).path();
            let top = Arc::new(processes(container));
            recording.answers.entry(path).or_insert(top);
        }
        events.extend(life(container));
    }
    events.sort_by_key(|event| event["timeNano"].as_i64());
    let path = Ask::Events.path();
    let events = Arc::new(Value::Array(events));
    recording.answers.entry(path).or_insert(events);
}

/// One process, or docker-init with its child.
fn processes(container: &Value) -> Value {
    let pid = container["State"]["Pid"].as_u64().unwrap_or(4711);
    let program = container["Path"].as_str().unwrap_or("sleep");
    let program = program.rsplit('/').next().unwrap_or(program);
    let row = |pid: u64, parent: u64, caught: &str, command: &str| {
        json!([
            pid.to_string(),
            parent.to_string(),
            "Ss",
            "0000000000000000",
            "0000000000000000",
            caught,
            command
        ])
    };
    let mut rows = Vec::new();
    if container["HostConfig"]["Init"] == true {
        rows.push(row(pid, pid - 1, "0000000000000000", "docker-init"));
        rows.push(row(pid + 1, pid, "0000000000004002", program));
    } else {
        rows.push(row(pid, pid - 1, "0000000000000000", program));
    }
    json!({
        "Titles": ["PID", "PPID", "STAT", "BLOCKED", "IGNORED", "CAUGHT", "COMMAND"],
        "Processes": rows,
    })
}

/// Created, started, and ended if it has.
fn life(container: &Value) -> Vec<Value> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = text(&container["Name"]).trim_start_matches('/').to_owned();
    let state = &container["State"];
    let mut moments = vec![
        ("create", text(&container["Created"])),
        ("start", text(&state["StartedAt"])),
    ];
    if state["Running"] == false {
        moments.push(("die", text(&state["FinishedAt"])));
    }
    let event = |(action, at): (&str, String)| {
        let at: Timestamp = at.parse().ok()?;
        let mut attributes = json!({"name": name, "image": container["Config"]["Image"]});
        if action == "die" {
            set(&mut attributes, "exitCode", state["ExitCode"].to_string());
        }
        Some(json!({
            "Type": "container",
            "Action": action,
            "Actor": {"ID": container["Id"], "Attributes": attributes},
            "scope": "local",
            "time": at.as_second(),
            "timeNano": i64::try_from(at.as_nanosecond()).ok()?,
            "status": action,
            "id": container["Id"],
            "from": container["Config"]["Image"],
        }))
    };
    moments.into_iter().filter_map(event).collect()
}
