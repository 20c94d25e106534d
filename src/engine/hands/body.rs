//! The JSON of each change, from structs that are private to this file and have no
//! field for anything but what a sandbox may have.
//!
//! Engines fold the case of keys and let the last duplicate win, so nothing that
//! somebody typed is ever a key here but in `Labels`, which engines keep as they are.

use super::change::{Caps, NewContainer, NewImage, NewMount, NewNetwork, NewVolume};
use super::stream::NewExec;
use super::subnets::Subnet;
use crate::engine::link::ApiVersion;
use crate::engine::owned::{self, Instance, Name, SandboxId};
use serde::Serialize;
use std::collections::BTreeMap;

/// From which API on a bridge can be without the host altogether.
const ISOLATED: ApiVersion = ApiVersion {
    major: 1,
    minor: 48,
};

/// An MTU below the least of IPv6, in bytes. Without IPv6 on a network, the host's end of
/// it has a link-local address all the same, at which every server of the host that
/// listens on `::` answers whoever writes packets by hand, as NET_RAW allows. On an
/// interface of this MTU Linux has no IPv6 at all.
const BELOW_IPV6: &str = "1279";

/// The label by which Compose knows its projects.
const COMPOSE_PROJECT: &str = "com.docker.compose.project";

type Labels = BTreeMap<String, String>;

/// What was typed, then what is ours: ours wins.
fn labels(
    instance: &Instance,
    sandbox: &SandboxId,
    name: &str,
    until: jiff::Timestamp,
    typed: &[(String, String)],
) -> Labels {
    let typed = typed.iter().filter(|(key, _)| !key.starts_with("wl."));
    let mut labels: Labels = typed.cloned().collect();
    // The owner's own `docker compose -p shop down` would remove what is labelled `shop`.
    if let Some(project) = labels.get_mut(COMPOSE_PROJECT)
        && sandbox.typed(project).is_none()
    {
        *project = sandbox.real(project);
    }
    labels.extend(owned::labels(instance, sandbox, name, until));
    labels
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Network {
    name: String,
    check_duplicate: bool,
    driver: &'static str,
    internal: bool,
    #[serde(rename = "EnableIPv6")]
    enable_ipv6: bool,
    options: BTreeMap<&'static str, &'static str>,
    #[serde(rename = "IPAM")]
    ipam: Ipam,
    labels: Labels,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ipam {
    driver: &'static str,
    config: [Pool; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pool {
    subnet: String,
}

/// The body of `POST /networks/create`.
pub fn network(new: &NewNetwork, instance: &Instance, subnet: Subnet, api: ApiVersion) -> Vec<u8> {
    let mut options = BTreeMap::from([
        ("com.docker.network.bridge.inhibit_ipv4", "true"),
        ("com.docker.network.driver.mtu", BELOW_IPV6),
    ]);
    if api >= ISOLATED {
        options.insert("com.docker.network.bridge.gateway_mode_ipv4", "isolated");
    }
    let name = new.name.as_str();
    json(&Network {
        name: new.sandbox.real(name),
        check_duplicate: true,
        driver: "bridge",
        internal: true,
        enable_ipv6: false,
        options,
        ipam: Ipam {
            driver: "default",
            config: [Pool {
                subnet: subnet.to_string(),
            }],
        },
        labels: labels(instance, &new.sandbox, name, new.until, &new.labels),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Volume {
    name: String,
    driver: &'static str,
    labels: Labels,
}

/// The body of `POST /volumes/create`.
pub fn volume(new: &NewVolume, instance: &Instance) -> Vec<u8> {
    let name = new.name.as_str();
    json(&Volume {
        name: new.sandbox.real(name),
        driver: "local",
        labels: labels(instance, &new.sandbox, name, new.until, &new.labels),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Container<'a> {
    image: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    cmd: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    env: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    working_dir: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    tty: bool,
    #[serde(skip_serializing_if = "is_false")]
    attach_stdin: bool,
    #[serde(skip_serializing_if = "is_false")]
    open_stdin: bool,
    #[serde(skip_serializing_if = "is_false")]
    stdin_once: bool,
    labels: Labels,
    host_config: HostConfig<'a>,
    networking_config: Networking<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct HostConfig<'a> {
    network_mode: &'a str,
    cap_drop: [&'static str; 1],
    cap_add: Vec<&'static str>,
    security_opt: [&'static str; 1],
    memory: u64,
    memory_swap: u64,
    nano_cpus: u64,
    pids_limit: u64,
    ulimits: [Ulimit; 3],
    shm_size: u64,
    oom_score_adj: u16,
    ipc_mode: &'static str,
    cgroupns_mode: &'static str,
    restart_policy: Restart,
    log_config: Log,
    dns: [&'static str; 1],
    dns_options: [&'static str; 2],
    #[serde(skip_serializing_if = "is_false")]
    init: bool,
    #[serde(skip_serializing_if = "is_false")]
    auto_remove: bool,
    #[serde(skip_serializing_if = "is_false")]
    readonly_rootfs: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mounts: Vec<Mount<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tmpfs: BTreeMap<&'a str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ulimit {
    name: &'static str,
    soft: u64,
    hard: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Restart {
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Log {
    r#type: &'static str,
    config: LogSize,
}

#[derive(Serialize)]
struct LogSize {
    #[serde(rename = "max-size")]
    max_size: String,
    #[serde(rename = "max-file")]
    max_file: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Mount<'a> {
    r#type: &'static str,
    source: &'a str,
    target: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    read_only: bool,
    volume_options: VolumeOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VolumeOptions {
    #[serde(skip_serializing_if = "is_false")]
    no_copy: bool,
    labels: Labels,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Networking<'a> {
    endpoints_config: BTreeMap<&'a str, Endpoint<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'a str>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// The body of `POST /containers/create`.
pub fn container(new: &NewContainer, instance: &Instance) -> Vec<u8> {
    let name = new.name.as_str();
    let mut labels = labels(instance, &new.sandbox, name, new.until, &new.labels);
    labels.insert(owned::IMAGE.into(), new.typed_image.clone());
    let network = new.network.as_ref().map(|id| id.as_str());
    let aliases: Vec<&str> = new.aliases.iter().map(Name::as_str).collect();
    let endpoint = network.map(|id| (id, Endpoint { aliases }));
    json(&Container {
        image: new.image.as_str(),
        cmd: &new.command,
        env: &new.env,
        working_dir: new.workdir.as_deref(),
        hostname: new.hostname.as_deref(),
        tty: new.tty,
        attach_stdin: new.stdin,
        open_stdin: new.stdin,
        stdin_once: new.stdin,
        labels,
        host_config: host_config(new, network.unwrap_or("none")),
        networking_config: Networking {
            endpoints_config: endpoint.into_iter().collect(),
        },
    })
}

fn host_config<'a>(new: &'a NewContainer, network: &'a str) -> HostConfig<'a> {
    let caps = within_reason(new.caps);
    let limit = |name, most| Ulimit {
        name,
        soft: most,
        hard: most,
    };
    let mut mounts = Vec::new();
    let mut tmpfs = BTreeMap::new();
    for mount in &new.mounts {
        match mount {
            NewMount::Volume {
                volume,
                target,
                read_only,
                no_copy,
            } => mounts.push(Mount {
                r#type: "volume",
                source: volume.as_str(),
                target: target.as_str(),
                read_only: *read_only,
                volume_options: VolumeOptions {
                    no_copy: *no_copy,
                    labels: Labels::new(),
                },
            }),
            NewMount::Tmpfs {
                target,
                bytes,
                read_only,
            } => {
                // Both counts are there, and none is 0, which would mean without limit.
                let kib = (bytes / 1024).max(1);
                let inodes = caps.tmpfs_inodes;
                let access = if *read_only { "ro," } else { "" };
                let options = format!("{access}size={kib}k,nr_inodes={inodes}");
                tmpfs.insert(target.as_str(), options);
            }
        }
    }
    HostConfig {
        network_mode: network,
        cap_drop: ["ALL"],
        cap_add: caps.capabilities.names(),
        security_opt: ["no-new-privileges"],
        memory: caps.memory,
        memory_swap: caps.memory,
        nano_cpus: caps.nano_cpus,
        pids_limit: caps.pids,
        ulimits: [
            limit("fsize", caps.file_size),
            limit("nofile", caps.open_files),
            limit("core", 0),
        ],
        shm_size: caps.shm,
        oom_score_adj: 500,
        ipc_mode: "private",
        cgroupns_mode: "private",
        restart_policy: Restart { name: "no" },
        log_config: Log {
            r#type: "json-file",
            config: LogSize {
                max_size: format!("{}k", caps.log / 1024),
                max_file: "1",
            },
        },
        dns: ["127.0.0.1"],
        dns_options: ["timeout:1", "attempts:1"],
        init: new.init,
        auto_remove: new.remove,
        readonly_rootfs: new.read_only,
        mounts,
        tmpfs,
    }
}

/// Caps of which none is so small, or so large, that an engine takes it for "no limit".
fn within_reason(caps: Caps) -> Caps {
    const LARGEST: u64 = 1 << 50;
    let size = |bytes: u64, least: u64| bytes.clamp(least, LARGEST);
    Caps {
        // Engines refuse less than 6 MiB.
        memory: size(caps.memory, 6 << 20),
        nano_cpus: caps.nano_cpus.clamp(10_000_000, 64_000_000_000),
        pids: caps.pids.clamp(1, 4096),
        file_size: size(caps.file_size, 1),
        open_files: caps.open_files.clamp(16, 65_536),
        shm: size(caps.shm, 4096),
        log: size(caps.log, 4096),
        tmpfs_inodes: caps.tmpfs_inodes.clamp(2, 1 << 20),
        capabilities: caps.capabilities,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Commit {
    labels: Labels,
}

/// The body of `POST /commit`: the labels of the image that is made, of which the name
/// is the repository.
pub fn commit(new: &NewImage, instance: &Instance, repository: &str) -> Vec<u8> {
    let mut labels = labels(instance, &new.sandbox, repository, new.until, &[]);
    // Inherited ones are overwritten: it is no demo image.
    labels.insert(owned::DEMO_IMAGE.into(), "0".into());
    json(&Commit { labels })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Exec<'a> {
    attach_stdin: bool,
    attach_stdout: bool,
    attach_stderr: bool,
    tty: bool,
    cmd: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    env: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    working_dir: Option<&'a str>,
}

/// The body of `POST /containers/{id}/exec`.
pub fn exec(new: &NewExec) -> Vec<u8> {
    json(&Exec {
        attach_stdin: new.tty,
        attach_stdout: !new.detach,
        attach_stderr: !new.detach,
        tty: new.tty,
        cmd: &new.command,
        env: &new.env,
        working_dir: new.workdir.as_deref(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Start {
    detach: bool,
    tty: bool,
}

/// The body of `POST /exec/{id}/start`.
pub fn exec_start(new: &NewExec) -> Vec<u8> {
    json(&Start {
        detach: new.detach,
        tty: new.tty,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Connect<'a> {
    container: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint_config: Option<Endpoint<'a>>,
}

/// The body of `POST /networks/{id}/connect`.
pub fn connect(container: &str, aliases: &[Name]) -> Vec<u8> {
    let aliases: Vec<&str> = aliases.iter().map(Name::as_str).collect();
    json(&Connect {
        container,
        endpoint_config: (!aliases.is_empty()).then_some(Endpoint { aliases }),
    })
}

/// The body of `POST /networks/{id}/disconnect`.
pub fn disconnect(container: &str) -> Vec<u8> {
    json(&Connect {
        container,
        endpoint_config: None,
    })
}

/// These structs hold nothing that JSON cannot.
fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
