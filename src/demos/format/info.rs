//! `docker info`.

use super::rows::said;
use super::template::{Shape, Template, Val};
use super::words::{binary_size, entries, text, texts, whole};
use super::{Printed, Result};
use serde_json::{Value, json};

/// `docker info` over `/info`. `client` is the command's own part, in the shape of
/// `docker version`'s `Client` ([`super::own_client`]).
///
/// Docker lists the runtimes in random order; here they are sorted.
pub fn info(info: &Value, client: &Value, format: Option<&str>) -> Result {
    let Some(format) = format.filter(|format| !format.is_empty()) else {
        let warnings = texts(info, "Warnings").into_iter();
        return Ok(Printed {
            out: pretty(info, client),
            err: warnings.map(|warning| format!("{warning}\n")).collect(),
            code: 0,
        });
    };
    let mut all = info.clone();
    let mut own = client.clone();
    own["Debug"] = false.into();
    own["Plugins"] = json!([]);
    own["Warnings"] = Value::Null;
    all["ClientInfo"] = own;
    let format = if format == "json" {
        "{{json .}}"
    } else {
        format
    };
    let template = match Template::parse("", format) {
        Ok(template) => template,
        Err(fault) => return said(fault, "template parsing error: ", 64).map(Printed::from),
    };
    match template.run(&Val::of(&all, Shape::Typed("system.dockerInfo"))) {
        Ok(text) => Ok(Printed::ok(text + "\n")),
        Err(fault) => Ok(Printed::ok("\n".into()).and(said(fault, "", 1)?)),
    }
}

fn pretty(info: &Value, client: &Value) -> String {
    let mut lines = Lines(String::new());
    let platform = client.pointer("/Platform/Name").and_then(Value::as_str);
    match platform.filter(|name| !name.is_empty()) {
        Some(name) => lines.add("Client:", name),
        None => lines.alone("Client:"),
    }
    lines.some(" Version:   ", text(client, "Version"));
    lines.add(" Context:   ", text(client, "Context"));
    lines.add(" Debug Mode:", "false");
    lines.alone("\nServer:");
    for (title, key) in [
        (" Containers:", "Containers"),
        ("  Running:", "ContainersRunning"),
        ("  Paused:", "ContainersPaused"),
        ("  Stopped:", "ContainersStopped"),
        (" Images:", "Images"),
    ] {
        lines.add(title, &whole(info, key).to_string());
    }
    lines.some(" Server Version:", text(info, "ServerVersion"));
    lines.some(" Storage Driver:", text(info, "Driver"));
    for pair in entries(info, "DriverStatus") {
        let part = |at: usize| pair.get(at).and_then(Value::as_str).unwrap_or_default();
        lines.add(&format!("  {}:", part(0)), part(1));
    }
    lines.some(" Logging Driver:", text(info, "LoggingDriver"));
    lines.some(" Cgroup Driver:", text(info, "CgroupDriver"));
    lines.some(" Cgroup Version:", text(info, "CgroupVersion"));
    let none = Value::Null;
    let plugins = info.get("Plugins").unwrap_or(&none);
    lines.alone(" Plugins:");
    lines.add("  Volume:", &texts(plugins, "Volume").join(" "));
    lines.add("  Network:", &texts(plugins, "Network").join(" "));
    lines.some(
        "  Authorization:",
        &texts(plugins, "Authorization").join(" "),
    );
    lines.add("  Log:", &texts(plugins, "Log").join(" "));
    lines.list(" CDI spec directories:", &texts(info, "CDISpecDirs"));
    let swarm = info.get("Swarm").unwrap_or(&none);
    lines.add(" Swarm:", text(swarm, "LocalNodeState"));
    let runtimes = info.get("Runtimes").and_then(Value::as_object);
    if let Some(runtimes) = runtimes.filter(|runtimes| !runtimes.is_empty()) {
        let mut names: Vec<&str> = runtimes.keys().map(String::as_str).collect();
        names.sort_unstable();
        lines.add(" Runtimes:", &names.join(" "));
        lines.add(" Default Runtime:", text(info, "DefaultRuntime"));
    }
    if text(info, "OSType") == "linux" {
        linux(info, &mut lines);
    }
    machine(info, &mut lines);
    lines.0
}

fn linux(info: &Value, lines: &mut Lines) {
    let commit = |key: &str| {
        info.get(key)
            .map(|commit| text(commit, "ID"))
            .unwrap_or_default()
    };
    lines.add(" Init Binary:", text(info, "InitBinary"));
    lines.add(" containerd version:", commit("ContainerdCommit"));
    lines.add(" runc version:", commit("RuncCommit"));
    lines.add(" init version:", commit("InitCommit"));
    let options = texts(info, "SecurityOptions");
    if !options.is_empty() {
        lines.alone(" Security Options:");
    }
    for option in options {
        // `name=seccomp,profile=default`
        let pairs: Vec<(&str, &str)> = option
            .split(',')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        for (key, value) in pairs {
            match key {
                "name" => lines.alone(&format!("  {value}")),
                "profile" => lines.add("   Profile:", value),
                _ => {}
            }
        }
    }
}

fn machine(info: &Value, lines: &mut Lines) {
    for (title, key) in [
        (" Kernel Version:", "KernelVersion"),
        (" Operating System:", "OperatingSystem"),
        (" OSType:", "OSType"),
        (" Architecture:", "Architecture"),
    ] {
        lines.some(title, text(info, key));
    }
    let yes = |key: &str| {
        let yes = info.get(key).and_then(Value::as_bool);
        yes.unwrap_or_default().to_string()
    };
    lines.add(" CPUs:", &whole(info, "NCPU").to_string());
    lines.add(
        " Total Memory:",
        &binary_size(whole(info, "MemTotal") as f64),
    );
    lines.some(" Name:", text(info, "Name"));
    lines.some(" ID:", text(info, "ID"));
    lines.add(" Docker Root Dir:", text(info, "DockerRootDir"));
    lines.add(" Debug Mode:", &yes("Debug"));
    lines.some(" HTTP Proxy:", text(info, "HttpProxy"));
    lines.some(" HTTPS Proxy:", text(info, "HttpsProxy"));
    lines.some(" No Proxy:", text(info, "NoProxy"));
    lines.list(" Labels:", &texts(info, "Labels"));
    lines.add(" Experimental:", &yes("ExperimentalBuild"));
    let registries = info.get("RegistryConfig").unwrap_or(&Value::Null);
    let mut insecure: Vec<&str> = registries
        .get("IndexConfigs")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, index)| index.get("Secure").and_then(Value::as_bool) == Some(false))
        .map(|(_, index)| text(index, "Name"))
        .collect();
    insecure.extend(texts(registries, "InsecureRegistryCIDRs"));
    lines.list(" Insecure Registries:", &insecure);
    lines.list(" Registry Mirrors:", &texts(registries, "Mirrors"));
    lines.add(" Live Restore Enabled:", &yes("LiveRestoreEnabled"));
    lines.some(" Product License:", text(info, "ProductLicense"));
    let pools = entries(info, "DefaultAddressPools");
    if !pools.is_empty() {
        lines.alone(" Default Address Pools:");
    }
    for pool in pools {
        let (base, size) = (text(pool, "Base"), whole(pool, "Size"));
        lines.alone(&format!("   Base: {base}, Size: {size}"));
    }
    lines.alone("");
}

/// Lines of a title and what stands behind it.
struct Lines(String);

impl Lines {
    fn alone(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn add(&mut self, title: &str, value: &str) {
        self.alone(&format!("{title} {value}"));
    }

    /// Only if there is something to say.
    fn some(&mut self, title: &str, value: &str) {
        if !value.is_empty() {
            self.add(title, value);
        }
    }

    fn list(&mut self, title: &str, values: &[&str]) {
        if !values.is_empty() {
            self.alone(title);
        }
        for value in values {
            self.alone(&format!("  {value}"));
        }
    }
}
