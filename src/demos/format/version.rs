//! `docker version`.

use super::rows::said;
use super::table;
use super::template::{Shape, Template, Val};
use super::words::{build_time, entries, text};
use super::{Printed, Result};
use serde_json::{Value, json};

/// The client's part, when Waterline itself is the client: `api` is the version that it
/// speaks with the engine.
pub fn own_client(api: &str) -> Value {
    json!({
        "Platform": {"Name": "Waterline"},
        "Version": env!("CARGO_PKG_VERSION"),
        "ApiVersion": api,
        "DefaultAPIVersion": api,
        "Os": std::env::consts::OS,
        "Arch": match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        },
        "Context": "default",
    })
}

/// `docker version` over `/version`. `client` is in the shape of docker's own JSON.
pub fn version(server: &Value, client: &Value, format: Option<&str>) -> Result {
    let server = with_dates(server);
    let Some(format) = format.filter(|format| !format.is_empty()) else {
        let text = pretty(&server, client);
        return Ok(Printed::ok(table::aligned(&text, table::FACTS)));
    };
    let format = if format == "json" {
        "{{json .}}"
    } else {
        format
    };
    let template = match Template::parse("version", format) {
        Ok(template) => template,
        Err(fault) => return said(fault, "template parsing error: ", 64).map(Printed::from),
    };
    let both = json!({"Client": client, "Server": server});
    match template.run(&Val::of(&both, Shape::Typed("system.versionInfo"))) {
        Ok(text) => Ok(Printed::ok(table::aligned(&(text + "\n"), table::FACTS))),
        Err(fault) => Ok(Printed::ok("\n".into()).and(said(fault, "", 1)?)),
    }
}

/// The engine's build date in the command's spelling, and its component where an old
/// engine names none.
fn with_dates(server: &Value) -> Value {
    let mut server = server.clone();
    let is_engine = |part: &Value| text(part, "Name") == "Engine";
    if !entries(&server, "Components").iter().any(is_engine) {
        let mut parts = entries(&server, "Components").to_vec();
        let experimental = server.get("Experimental").and_then(Value::as_bool);
        parts.push(
            json!({"Name": "Engine", "Version": text(&server, "Version"), "Details": {
                "ApiVersion": text(&server, "ApiVersion"),
                "Arch": text(&server, "Arch"),
                "BuildTime": text(&server, "BuildTime"),
                "Experimental": experimental.unwrap_or_default().to_string(),
                "GitCommit": text(&server, "GitCommit"),
                "GoVersion": text(&server, "GoVersion"),
                "MinAPIVersion": text(&server, "MinAPIVersion"),
                "Os": text(&server, "Os"),
            }}),
        );
        server["Components"] = parts.into();
    }
    let parts = server.get_mut("Components").and_then(Value::as_array_mut);
    for part in parts.into_iter().flatten().filter(|part| is_engine(part)) {
        if let Some(time) = part.pointer_mut("/Details/BuildTime") {
            *time = build_time(time.as_str().unwrap_or_default()).into();
        }
    }
    server
}

fn pretty(server: &Value, client: &Value) -> String {
    let named = |value: &Value| match value.pointer("/Platform/Name").and_then(Value::as_str) {
        None | Some("") => String::new(),
        Some(name) => format!(" {name}"),
    };
    let mut out = format!("Client:{}\n", named(client));
    let (api, default) = (
        text(client, "ApiVersion"),
        text(client, "DefaultAPIVersion"),
    );
    let downgraded = match api == default {
        true => String::new(),
        false => format!(" (downgraded from {default})"),
    };
    let own = client.get("GoVersion").is_none();
    for (title, value) in [
        ("Version", text(client, "Version").to_owned()),
        ("API version", format!("{api}{downgraded}")),
        ("Go version", text(client, "GoVersion").to_owned()),
        ("Git commit", text(client, "GitCommit").to_owned()),
        ("Built", text(client, "BuildTime").to_owned()),
        (
            "OS/Arch",
            format!("{}/{}", text(client, "Os"), text(client, "Arch")),
        ),
        ("Context", text(client, "Context").to_owned()),
    ] {
        // A client that is no Go program has no such lines.
        if !(own && value.is_empty()) {
            out.push_str(&format!(" {title}:\t{value}\n"));
        }
    }
    out.push_str(&format!("\nServer:{}\n", named(server)));
    for part in entries(server, "Components") {
        let details = part.get("Details").unwrap_or(&Value::Null);
        let detail = |key: &str| text(details, key);
        out.push_str(&format!(
            " {}:\n  Version:\t{}\n",
            text(part, "Name"),
            text(part, "Version")
        ));
        if text(part, "Name") == "Engine" {
            let (api, least) = (detail("ApiVersion"), detail("MinAPIVersion"));
            out.push_str(&format!(
                "  API version:\t{api} (minimum version {least})\n"
            ));
            out.push_str(&format!("  Go version:\t{}\n", detail("GoVersion")));
            out.push_str(&format!("  Git commit:\t{}\n", detail("GitCommit")));
            out.push_str(&format!("  Built:\t{}\n", detail("BuildTime")));
            out.push_str(&format!(
                "  OS/Arch:\t{}/{}\n",
                detail("Os"),
                detail("Arch")
            ));
            out.push_str(&format!("  Experimental:\t{}\n", detail("Experimental")));
            continue;
        }
        let mut keys: Vec<&String> = details
            .as_object()
            .map(|map| map.keys().collect())
            .unwrap_or_default();
        keys.sort();
        for key in keys {
            out.push_str(&format!("  {key}:\t{}\n", detail(key)));
        }
    }
    out
}
