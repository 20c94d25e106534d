//! `docker ps`.

use super::filter::{self, Filter};
use super::rows::{Lists, Style, said};
use super::template::{Cell, Row, Template, Val};
use super::words::{
    ago, cut, entries, go_time, labels, quoted, short_id, size, text, texts, whole,
};
use super::{Result, Said};
use jiff::Timestamp;
use serde_json::Value;

/// How `docker ps` was called.
#[derive(Clone, Debug, Default)]
pub struct PsOptions {
    /// `-a`: stopped ones, too.
    pub all: bool,
    /// `-q`: ids only.
    pub quiet: bool,
    /// `-s`: with a SIZE column.
    pub size: bool,
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `-n N`, or 1 for `-l`: so many of the newest, stopped ones too.
    pub last: Option<usize>,
    /// `--format`.
    pub format: Option<String>,
    /// `--filter`, each.
    pub filters: Vec<Filter>,
    /// The engine's list of images, for `--filter ancestor=`: `/images/json?all=1`.
    pub images: Vec<Value>,
}

const KIND: &str = "*formatter.ContainerContext";

pub(super) const LISTS: Lists = Lists {
    headers: &[
        ("ID", "CONTAINER ID"),
        ("Names", "NAMES"),
        ("Image", "IMAGE"),
        ("Command", "COMMAND"),
        ("CreatedAt", "CREATED AT"),
        ("RunningFor", "CREATED"),
        ("Ports", "PORTS"),
        ("State", "STATE"),
        ("Status", "STATUS"),
        ("Size", "SIZE"),
        ("Labels", "LABELS"),
        ("Mounts", "MOUNTS"),
        ("LocalVolumes", "LOCAL VOLUMES"),
        ("Networks", "NETWORKS"),
        ("Platform", "PLATFORM"),
    ],
    table: "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}",
    raw: Some(
        "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\n\
         created_at: {{.CreatedAt}}\nstate: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\n\
         names: {{.Names}}\nlabels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\n",
    ),
    quiet: "{{.ID}}",
    quiet_wins: true,
};

/// Whether the list must be asked with `size=1`: for `-s`, or since the template shows
/// `.Size`.
pub fn ps_needs_size(options: &PsOptions) -> bool {
    let asks =
        |format: &String| Template::parse("", format).is_ok_and(|template| template.asks("Size"));
    options.size || options.format.as_ref().is_some_and(asks)
}

/// `docker ps` over `/containers/json?all=1` (with `size=1` where [`ps_needs_size`]).
pub fn ps(containers: &[Value], options: &PsOptions, now: Timestamp) -> Result {
    if let Some(fault) = checked(options.format.as_deref())? {
        return Ok(fault.into());
    }
    let chosen = match chosen(containers, options)? {
        Ok(chosen) => chosen,
        Err(said) => return Ok(said.into()),
    };
    let rows: Vec<Row> = chosen
        .into_iter()
        .map(|container| row(container, !options.no_trunc, now))
        .collect();
    let style = Style {
        format: options.format.as_deref(),
        quiet: options.quiet,
    };
    let mut template = LISTS.template(style);
    if options.size && !options.quiet {
        match style.format {
            None | Some("" | "table") => template.push_str("\t{{.Size}}"),
            Some("raw") => template.push_str("size: {{.Size}}\n"),
            _ => {}
        }
    }
    LISTS.print_as(&template, &rows)
}

/// Docker tries the template on an empty container first, in words of its own.
fn checked(format: Option<&str>) -> Result<Option<Said>> {
    let Some(format) = format.filter(|format| !format.is_empty()) else {
        return Ok(None);
    };
    let template = match Template::parse("", format) {
        Ok(template) => template,
        Err(fault) => return said(fault, "failed to parse template: ", 1).map(Some),
    };
    let empty = row(&Value::Null, false, Timestamp::UNIX_EPOCH);
    match template.run(&Val::Row(&empty)) {
        Ok(_) => Ok(None),
        Err(fault) => said(fault, "failed to execute template: ", 1).map(Some),
    }
}

/// A container's row.
pub(super) fn row(container: &Value, trunc: bool, now: Timestamp) -> Row {
    let id = text(container, "Id");
    let command = text(container, "Command");
    let mounts: Vec<String> = entries(container, "Mounts")
        .iter()
        .map(|mount| {
            let name = match text(mount, "Name") {
                "" => text(mount, "Source"),
                name => name,
            };
            if trunc {
                cut(name, 15)
            } else {
                name.to_owned()
            }
        })
        .collect();
    let local = entries(container, "Mounts")
        .iter()
        .filter(|mount| text(mount, "Driver") == "local");
    let cells: Vec<(&'static str, Cell)> = vec![
        ("ID", if trunc { short_id(id) } else { id }.into()),
        ("Names", names(container, trunc).into()),
        ("Image", image(container, trunc).into()),
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
        ("Ports", ports(container).into()),
        ("State", text(container, "State").into()),
        ("Status", text(container, "Status").into()),
        ("Size", container_size(container).into()),
        ("Labels", labels(container).into()),
        ("Mounts", mounts.join(",").into()),
        ("LocalVolumes", local.count().to_string().into()),
        ("Networks", networks(container).join(",").into()),
        ("Platform", Cell::Json(Value::Null)),
    ];
    Row::new(KIND, cells).labelled(container)
}

/// The names without their slash; the first that is no link, or all with `--no-trunc`.
pub(super) fn names(container: &Value, trunc: bool) -> String {
    let names: Vec<&str> = texts(container, "Names")
        .into_iter()
        .map(|name| name.strip_prefix('/').unwrap_or(name))
        .collect();
    match names.iter().find(|name| !name.contains('/')) {
        Some(name) if trunc => (*name).to_owned(),
        _ => names.join(","),
    }
}

fn image(container: &Value, trunc: bool) -> String {
    let image = text(container, "Image");
    if image.is_empty() {
        return "<no image>".into();
    }
    if !trunc {
        return image.to_owned();
    }
    let own = short_id(text(container, "ImageID"));
    if !own.is_empty() && own == short_id(image) {
        return own.to_owned();
    }
    // A digest behind a name is not shown, and neither is docker's own registry.
    let name = image.split_once('@').map_or(image, |(name, _)| name);
    super::images::familiar(name).to_owned()
}

/// `0B (virtual 1.99MB)`.
fn container_size(container: &Value) -> String {
    let (own, whole) = (whole(container, "SizeRw"), whole(container, "SizeRootFs"));
    let own = size(own as f64, 3);
    match whole > 0 {
        true => format!("{own} (virtual {})", size(whole as f64, 3)),
        false => own,
    }
}

/// The PORTS column. Nothing is published here, so all are exposed ones: `80/tcp`.
pub(super) fn ports(container: &Value) -> String {
    let mut ports: Vec<(i64, &str)> = entries(container, "Ports")
        .iter()
        .filter(|port| port.get("PublicPort").is_none())
        .map(|port| (whole(port, "PrivatePort"), text(port, "Type")))
        .collect();
    ports.sort_unstable();
    // Neighbours of one protocol are one range.
    let mut groups: Vec<(i64, i64, &str)> = Vec::new();
    for (port, protocol) in ports {
        let open = groups.iter_mut().rev().find(|(.., own)| *own == protocol);
        match open {
            Some((_, last, _)) if *last + 1 == port => *last = port,
            _ => groups.push((port, port, protocol)),
        }
    }
    let words: Vec<String> = groups
        .into_iter()
        .map(|(first, last, protocol)| match first == last {
            true => format!("{first}/{protocol}"),
            false => format!("{first}-{last}/{protocol}"),
        })
        .collect();
    words.join(", ")
}

pub(super) fn networks(container: &Value) -> Vec<&str> {
    container
        .get("NetworkSettings")
        .and_then(|settings| settings.get("Networks"))
        .and_then(Value::as_object)
        .map(|networks| networks.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

const ENGINE_FILTERS: &[&str] = &[
    "ancestor",
    "before",
    "exited",
    "expose",
    "health",
    "id",
    "is-task",
    "isolation",
    "label",
    "name",
    "network",
    "publish",
    "since",
    "status",
    "volume",
];
const OUR_FILTERS: &[&str] = &[
    "ancestor", "before", "exited", "id", "label", "name", "network", "since", "status", "volume",
];
const STATES: &[&str] = &[
    "paused",
    "restarting",
    "removing",
    "running",
    "dead",
    "created",
    "exited",
];

/// Those that the options ask for, newest first, as the engine chooses them.
fn chosen<'a>(
    containers: &'a [Value],
    options: &PsOptions,
) -> Result<std::result::Result<Vec<&'a Value>, Said>> {
    let filters = &options.filters;
    if let Err(said) = filter::known(filters, ENGINE_FILTERS, OUR_FILTERS)? {
        return Ok(Err(said));
    }
    let of = |name| filter::values(filters, name);
    let statuses = of("status");
    if let Some(bad) = statuses.iter().find(|status| !STATES.contains(status)) {
        let message = format!("Invalid filter 'status={bad}'");
        return Ok(Err(Said::daemon(message, 1)));
    }
    let mut codes: Vec<i64> = Vec::new();
    for value in of("exited") {
        match value.parse() {
            Ok(code) => codes.push(code),
            Err(_) => {
                let message = format!("strconv.Atoi: parsing {}: invalid syntax", quoted(value));
                return Ok(Err(Said::daemon(message, 1)));
            }
        }
    }
    let mut newest: Vec<&Value> = containers.iter().collect();
    newest.sort_by_key(|container| std::cmp::Reverse(whole(container, "Created")));
    let place = |name: &str| {
        let name = name.strip_prefix('/').unwrap_or(name);
        newest.iter().position(|container| {
            names(container, true) == name || text(container, "Id").starts_with(name)
        })
    };
    // Newer ones stand before older ones.
    let (mut from, mut to) = (0, newest.len());
    for (name, newer) in [("before", false), ("since", true)] {
        for value in of(name) {
            match (place(value), newer) {
                (Some(at), true) => to = to.min(at),
                (Some(at), false) => from = from.max(at + 1),
                (None, _) => {
                    let message = format!("no such container {value}");
                    return Ok(Err(Said::daemon(message, 1)));
                }
            }
        }
    }
    let ancestors = of("ancestor");
    let family = family(&options.images, &ancestors);
    let all = options.all || options.last.is_some() || !statuses.is_empty();
    let mut chosen = Vec::new();
    for container in newest.get(from..to).unwrap_or_default() {
        let state = text(container, "State");
        let runs = matches!(state, "running" | "paused" | "restarting");
        let fits = (all || runs)
            && (statuses.is_empty() || statuses.contains(&state))
            && filter::matches(&of("name"), &names(container, true))?
            && filter::matches(&of("id"), text(container, "Id"))?
            && filter::has_labels(container, &of("label"))
            && (codes.is_empty() || exited(container).is_some_and(|code| codes.contains(&code)))
            && in_network(container, &of("network"))
            && has_volume(container, &of("volume"))
            && (ancestors.is_empty() || descends(container, &ancestors, &family));
        if fits {
            chosen.push(*container);
        }
    }
    if let Some(last) = options.last.filter(|last| *last > 0) {
        chosen.truncate(last);
    }
    Ok(Ok(chosen))
}

/// The code of one that has ended; the list has it in the status only.
fn exited(container: &Value) -> Option<i64> {
    let (_, rest) = text(container, "Status").split_once("Exited (")?;
    rest.split_once(')')?.0.parse().ok()
}

fn in_network(container: &Value, wanted: &[&str]) -> bool {
    let networks = container
        .get("NetworkSettings")
        .and_then(|settings| settings.get("Networks"))
        .and_then(Value::as_object);
    wanted.is_empty()
        || wanted.iter().any(|wanted| {
            networks.into_iter().flatten().any(|(name, network)| {
                name == wanted || text(network, "NetworkID").starts_with(wanted)
            })
        })
}

fn has_volume(container: &Value, wanted: &[&str]) -> bool {
    wanted.is_empty()
        || entries(container, "Mounts").iter().any(|mount| {
            let own = [text(mount, "Name"), text(mount, "Destination")];
            wanted.iter().any(|wanted| own.contains(wanted))
        })
}

/// The ids of the images that these names mean, and of all that were made from them.
fn family<'a>(images: &'a [Value], names: &[&str]) -> Vec<&'a str> {
    let mut family: Vec<&str> = images
        .iter()
        .filter(|image| names.iter().any(|name| super::images::is(image, name)))
        .map(|image| text(image, "Id"))
        .collect();
    loop {
        let more: Vec<&str> = images
            .iter()
            .filter(|image| family.contains(&text(image, "ParentId")))
            .map(|image| text(image, "Id"))
            .filter(|id| !family.contains(id))
            .collect();
        if more.is_empty() {
            return family;
        }
        family.extend(more);
    }
}

fn descends(container: &Value, names: &[&str], family: &[&str]) -> bool {
    let (name, id) = (text(container, "Image"), text(container, "ImageID"));
    family.contains(&id)
        || names.iter().any(|wanted| {
            super::images::whole_name(name) == super::images::whole_name(wanted)
                || (wanted.len() >= 4
                    && (id.starts_with(wanted) || id.starts_with(&format!("sha256:{wanted}"))))
        })
}

#[cfg(test)]
mod tests;
