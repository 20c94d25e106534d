//! `docker compose` (version 2): its `ps`, the lines of its `logs`, what `up` and `down`
//! tell as they go.

use super::rows::{Lists, Style};
use super::template::{Cell, Row};
use super::words::{ago, cut, go_time, labels, quoted, short_id, size, text, whole};
use super::{Printed, Result};
use jiff::Timestamp;
use serde_json::{Value, json};

/// How `docker compose ps` was called.
#[derive(Clone, Debug, Default)]
pub struct ComposePs {
    /// `-a`: stopped ones, too.
    pub all: bool,
    /// `-q`: whole ids.
    pub quiet: bool,
    /// `--services`: names of services.
    pub services: bool,
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `--format`.
    pub format: Option<String>,
    /// The services named on the command line.
    pub only: Vec<String>,
}

const LISTS: Lists = Lists {
    headers: &[
        ("ID", "CONTAINER ID"),
        ("Name", "NAME"),
        ("Project", "PROJECT"),
        ("Service", "SERVICE"),
        ("Image", "IMAGE"),
        ("Command", "COMMAND"),
        ("CreatedAt", "CREATED AT"),
        ("RunningFor", "CREATED"),
        ("Ports", "PORTS"),
        ("State", "STATE"),
        ("Status", "STATUS"),
        ("Size", "SIZE"),
        ("Labels", "LABELS"),
    ],
    table: "table {{.Name}}\t{{.Image}}\t{{.Command}}\t{{.Service}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}",
    raw: None,
    quiet: "{{.ID}}",
    quiet_wins: true,
};

/// `docker compose ps` over the containers of one project, as `/containers/json?all=1`
/// gives them.
pub fn compose_ps(containers: &[Value], options: &ComposePs, now: Timestamp) -> Result {
    let mut chosen: Vec<&Value> = containers
        .iter()
        .filter(|container| options.all || text(container, "State") != "exited")
        .filter(|container| options.all || text(container, "State") != "created")
        .filter(|container| {
            options.only.is_empty() || options.only.iter().any(|own| own == service(container))
        })
        .collect();
    chosen.sort_by_key(|container| super::ps::names(container, true));
    if options.quiet {
        let ids = chosen.iter().map(|container| text(container, "Id"));
        return Ok(Printed::ok(ids.map(|id| format!("{id}\n")).collect()));
    }
    if options.services {
        let mut names: Vec<&str> = Vec::new();
        for container in chosen {
            if !names.contains(&service(container)) {
                names.push(service(container));
            }
        }
        return Ok(Printed::ok(names.join("\n") + "\n"));
    }
    let rows: Vec<Row> = chosen
        .into_iter()
        .map(|container| row(container, !options.no_trunc, now))
        .collect();
    let style = Style {
        format: options.format.as_deref(),
        quiet: false,
    };
    LISTS.print(style, &rows)
}

fn label<'a>(container: &'a Value, name: &str) -> &'a str {
    container
        .get("Labels")
        .map(|labels| text(labels, &format!("com.docker.compose.{name}")))
        .unwrap_or_default()
}

fn service(container: &Value) -> &str {
    label(container, "service")
}

fn row(container: &Value, trunc: bool, now: Timestamp) -> Row {
    let (id, command) = (text(container, "Id"), text(container, "Command"));
    let name = super::ps::names(container, true);
    let status = text(container, "Status");
    let code: i64 = status
        .strip_prefix("Exited (")
        .and_then(|rest| rest.split_once(')'))
        .and_then(|(code, _)| code.parse().ok())
        .unwrap_or_default();
    let mounts: Vec<String> = super::words::entries(container, "Mounts")
        .iter()
        .map(|mount| match text(mount, "Name") {
            "" => text(mount, "Source"),
            name => name,
        })
        .map(|name| {
            if trunc {
                cut(name, 15)
            } else {
                name.to_owned()
            }
        })
        .collect();
    let local = super::words::entries(container, "Mounts")
        .iter()
        .filter(|mount| text(mount, "Driver") == "local");
    let cells: Vec<(&'static str, Cell)> = vec![
        ("ID", if trunc { short_id(id) } else { id }.into()),
        ("Name", name.clone().into()),
        ("Names", name.into()),
        ("Project", label(container, "project").into()),
        ("Service", service(container).into()),
        ("Image", text(container, "Image").into()),
        (
            "Command",
            match trunc {
                true => quoted(&cut(command, 20)),
                false => quoted(command),
            }
            .into(),
        ),
        ("CreatedAt", go_time(whole(container, "Created")).into()),
        ("RunningFor", ago(whole(container, "Created"), now).into()),
        ("ExitCode", Cell::Json(code.into())),
        ("State", text(container, "State").into()),
        ("Status", status.into()),
        ("Health", "".into()),
        ("Publishers", Cell::Json(json!([]))),
        ("Ports", super::ps::ports(container).into()),
        ("Labels", labels(container).into()),
        ("Mounts", mounts.join(",").into()),
        ("LocalVolumes", local.count().to_string().into()),
        ("Networks", super::ps::networks(container).join(",").into()),
        ("Size", size(whole(container, "SizeRw") as f64, 3).into()),
    ];
    Row::new("*formatter.ContainerContext", cells).labelled(container)
}

/// A line of `docker compose logs`: `web-1  | hello`. `width` is the length of the
/// longest name among those shown; names come without their project.
pub fn log_line(name: &str, width: usize, line: &str) -> String {
    format!("{name:<width$}  | {line}\n")
}

/// A line of `docker compose up` or `down` where no terminal is at the other end:
/// ` Container shop-web-1  Started`. It goes to standard error.
pub fn progress(kind: &str, name: &str, state: &str) -> String {
    format!(" {kind} {name}  {state}\n")
}
