//! `docker network ls`.

use super::filter::{self, Filter};
use super::rows::{Lists, Style};
use super::template::{Cell, Row};
use super::words::{go_timestamp, labels, short_id, text};
use super::{Result, Said};
use jiff::Timestamp;
use serde_json::Value;

/// How `docker network ls` was called.
#[derive(Clone, Debug, Default)]
pub struct NetworksOptions {
    /// `-q`.
    pub quiet: bool,
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `--format`.
    pub format: Option<String>,
    /// `--filter`, each.
    pub filters: Vec<Filter>,
    /// Names of the networks that some container is in, for `--filter dangling=`.
    pub used: Vec<String>,
}

const LISTS: Lists = Lists {
    headers: &[
        ("ID", "NETWORK ID"),
        ("Name", "NAME"),
        ("Driver", "DRIVER"),
        ("Scope", "SCOPE"),
        ("IPv4", "IPV4"),
        ("IPv6", "IPV6"),
        ("Internal", "INTERNAL"),
        ("Labels", "LABELS"),
        ("CreatedAt", "CREATED AT"),
    ],
    table: "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
    raw: Some("network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n"),
    quiet: "{{.ID}}",
    quiet_wins: false,
};

const FILTERS: &[&str] = &["dangling", "driver", "id", "label", "name", "scope", "type"];

/// Networks that every engine has.
const BUILT_IN: &[&str] = &["bridge", "host", "none"];

/// `docker network ls` over `/networks`.
pub fn networks(networks: &[Value], options: &NetworksOptions) -> Result {
    let filters = &options.filters;
    if let Err(said) = filter::known(filters, FILTERS, FILTERS)? {
        return Ok(said.into());
    }
    let mut dangling = None;
    for value in filter::values(filters, "dangling") {
        match filter::truth("dangling", value) {
            Ok(wanted) => dangling = Some(wanted),
            Err(said) => return Ok(said.into()),
        }
    }
    let of = |name| filter::values(filters, name);
    let types = of("type");
    if let Some(bad) = types
        .iter()
        .find(|kind| !["builtin", "custom"].contains(kind))
    {
        let message = format!("invalid filter: 'type'='{bad}'");
        return Ok(Said::daemon(message, 1).into());
    }
    let one_of = |wanted: &[&str], own: &str| wanted.is_empty() || wanted.contains(&own);
    let mut chosen: Vec<&Value> = Vec::new();
    for network in networks {
        let name = text(network, "Name");
        let built_in = BUILT_IN.contains(&name);
        let kind = if built_in { "builtin" } else { "custom" };
        let used = built_in || options.used.iter().any(|used| used == name);
        let fits = dangling.is_none_or(|wanted| wanted != used)
            && one_of(&types, kind)
            && one_of(&of("driver"), text(network, "Driver"))
            && one_of(&of("scope"), text(network, "Scope"))
            && filter::has_labels(network, &of("label"))
            && filter::matches(&of("name"), name)?
            && filter::matches(&of("id"), text(network, "Id"))?;
        if fits {
            chosen.push(network);
        }
    }
    chosen.sort_by(|a, b| super::volumes::natural(text(a, "Name"), text(b, "Name")));
    let rows: Vec<Row> = chosen
        .into_iter()
        .map(|network| row(network, !options.no_trunc))
        .collect();
    let style = Style {
        format: options.format.as_deref(),
        quiet: options.quiet,
    };
    LISTS.print(style, &rows)
}

fn row(network: &Value, trunc: bool) -> Row {
    let id = text(network, "Id");
    let yes = |key: &str| {
        let yes = network
            .get(key)
            .and_then(Value::as_bool)
            .unwrap_or_default();
        Cell::from(yes.to_string())
    };
    let created = match text(network, "Created").parse::<Timestamp>() {
        Ok(time) => go_timestamp(time),
        Err(_) => text(network, "Created").to_owned(),
    };
    let cells: Vec<(&'static str, Cell)> = vec![
        ("ID", if trunc { short_id(id) } else { id }.into()),
        ("Name", text(network, "Name").into()),
        ("Driver", text(network, "Driver").into()),
        ("Scope", text(network, "Scope").into()),
        ("IPv4", yes("EnableIPv4")),
        ("IPv6", yes("EnableIPv6")),
        ("Internal", yes("Internal")),
        ("Labels", labels(network).into()),
        ("CreatedAt", created.into()),
    ];
    Row::new("*network.networkContext", cells).labelled(network)
}
