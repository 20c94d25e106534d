//! How a value is read out of an answer: small functions, each `None` where the
//! engine leaves its field out, so that a gap never turns into a zero.

use serde_json::Value as Json;

/// Text that is there and not empty.
fn text(json: &Json) -> Option<String> {
    let text = json.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A count; a negative one is an engine's way of saying that it did not count.
fn number(json: &Json) -> Option<String> {
    json.as_u64().map(|number| number.to_string())
}

/// `yes` or `no`.
fn whether(json: &Json) -> Option<String> {
    json.as_bool()
        .map(|is| if is { "yes" } else { "no" }.to_owned())
}

/// Bytes in the binary units in which memory is counted: `23.5 GiB`.
fn memory(json: &Json) -> Option<String> {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let bytes = json.as_u64().filter(|bytes| *bytes > 0)?;
    let mut figure = bytes as f64 / 1024.0;
    let mut unit = 0;
    while figure >= 1023.95 && unit + 1 < UNITS.len() {
        figure /= 1024.0;
        unit += 1;
    }
    Some(format!("{figure:.1} {}", UNITS[unit]))
}

/// The version of one of the engine's parts, by its name in `/version`.
fn component(json: &Json, name: &str) -> Option<String> {
    let parts = json["Components"].as_array()?;
    let part = parts.iter().find(|part| {
        part["Name"]
            .as_str()
            .is_some_and(|other| other.eq_ignore_ascii_case(name))
    })?;
    text(&part["Version"])
}

/// One line of `DriverStatus`.
fn status(json: &Json, name: &str) -> Option<String> {
    let pairs = json["DriverStatus"].as_array()?;
    let pair = pairs.iter().find(|pair| {
        pair[0]
            .as_str()
            .is_some_and(|other| other.trim().eq_ignore_ascii_case(name))
    })?;
    text(&pair[1])
}

/// The names in `SecurityOptions`: `name=seccomp,profile=default` is `seccomp`. Older
/// engines leave `name=` away.
fn options(json: &Json) -> Option<Vec<String>> {
    let options = json["SecurityOptions"].as_array()?;
    let mut names: Vec<String> = options
        .iter()
        .filter_map(|option| {
            let option = option.as_str()?;
            let first = option.split(',').next()?;
            text(&Json::from(first.strip_prefix("name=").unwrap_or(first)))
        })
        .collect();
    names.sort();
    names.dedup();
    Some(names)
}

pub(super) fn driver(info: &Json) -> Option<String> {
    text(&info["Driver"])
}

pub(super) fn backing(info: &Json) -> Option<String> {
    status(info, "Backing Filesystem")
}

pub(super) fn data_root(info: &Json) -> Option<String> {
    text(&info["DockerRootDir"])
}

pub(super) fn engine(version: &Json) -> Option<String> {
    text(&version["Version"])
}

pub(super) fn api(version: &Json) -> Option<String> {
    text(&version["ApiVersion"])
}

pub(super) fn min_api(version: &Json) -> Option<String> {
    text(&version["MinAPIVersion"])
}

pub(super) fn containerd(version: &Json) -> Option<String> {
    component(version, "containerd")
}

pub(super) fn runc(version: &Json) -> Option<String> {
    component(version, "runc")
}

pub(super) fn init(version: &Json) -> Option<String> {
    component(version, "docker-init")
}

pub(super) fn runtime(info: &Json) -> Option<String> {
    text(&info["DefaultRuntime"])
}

pub(super) fn kernel(info: &Json) -> Option<String> {
    text(&info["KernelVersion"])
}

pub(super) fn os(info: &Json) -> Option<String> {
    text(&info["OperatingSystem"])
}

pub(super) fn os_type(info: &Json) -> Option<String> {
    text(&info["OSType"])
}

pub(super) fn architecture(info: &Json) -> Option<String> {
    text(&info["Architecture"])
}

pub(super) fn cgroup_version(info: &Json) -> Option<String> {
    text(&info["CgroupVersion"])
}

pub(super) fn cgroup_driver(info: &Json) -> Option<String> {
    text(&info["CgroupDriver"])
}

pub(super) fn cpus(info: &Json) -> Option<String> {
    info["NCPU"]
        .as_u64()
        .filter(|count| *count > 0)
        .map(|count| count.to_string())
}

pub(super) fn total_memory(info: &Json) -> Option<String> {
    memory(&info["MemTotal"])
}

pub(super) fn logging(info: &Json) -> Option<String> {
    text(&info["LoggingDriver"])
}

pub(super) fn containers(info: &Json) -> Option<String> {
    number(&info["Containers"])
}

pub(super) fn running(info: &Json) -> Option<String> {
    number(&info["ContainersRunning"])
}

pub(super) fn listed(list: &Json) -> Option<String> {
    list.as_array().map(|list| list.len().to_string())
}

/// `Volumes` is null where there are none.
pub(super) fn volumes(list: &Json) -> Option<String> {
    match list.get("Volumes")? {
        Json::Null => Some("0".into()),
        volumes => listed(volumes),
    }
}

pub(super) fn security(info: &Json) -> Option<String> {
    let options = options(info)?;
    Some(match options.is_empty() {
        true => "none".into(),
        false => options.join(", "),
    })
}

pub(super) fn rootless(info: &Json) -> Option<String> {
    let options = options(info)?;
    whether(&options.iter().any(|option| option == "rootless").into())
}

pub(super) fn swarm(info: &Json) -> Option<String> {
    text(&info["Swarm"]["LocalNodeState"])
}

pub(super) fn live_restore(info: &Json) -> Option<String> {
    whether(&info["LiveRestoreEnabled"])
}
