//! `docker volume ls`.

use super::filter::{self, Filter};
use super::rows::{Lists, Style};
use super::template::{Cell, Row};
use super::words::{labels, size, text, whole};
use super::{Result, Said};
use serde_json::Value;

/// How `docker volume ls` was called.
#[derive(Clone, Debug, Default)]
pub struct VolumesOptions {
    /// `-q`.
    pub quiet: bool,
    /// `--format`.
    pub format: Option<String>,
    /// `--filter`, each.
    pub filters: Vec<Filter>,
    /// Names of the volumes that some container has, for `--filter dangling=`.
    pub used: Vec<String>,
}

pub(super) const LISTS: Lists = Lists {
    headers: &[
        ("Name", "VOLUME NAME"),
        ("Group", "GROUP"),
        ("Driver", "DRIVER"),
        ("Scope", "SCOPE"),
        ("Availability", "AVAILABILITY"),
        ("Mountpoint", "MOUNTPOINT"),
        ("Labels", "LABELS"),
        ("Links", "LINKS"),
        ("Size", "SIZE"),
        ("Status", "STATUS"),
    ],
    table: "table {{.Driver}}\t{{.Name}}",
    raw: Some("name: {{.Name}}\ndriver: {{.Driver}}\n"),
    quiet: "{{.Name}}",
    quiet_wins: false,
};

const ENGINE_FILTERS: &[&str] = &["dangling", "driver", "label", "name"];

/// `docker volume ls` over the `Volumes` of `/volumes`.
pub fn volumes(volumes: &[Value], options: &VolumesOptions) -> Result {
    let filters = &options.filters;
    if let Err(said) = filter::known(filters, ENGINE_FILTERS, ENGINE_FILTERS)? {
        return Ok(said.into());
    }
    let mut dangling = None;
    for value in filter::values(filters, "dangling") {
        match filter::truth("dangling", value) {
            Ok(wanted) => dangling = Some(wanted),
            Err(said) => return Ok(Said::into(said)),
        }
    }
    let of = |name| filter::values(filters, name);
    let (drivers, labels) = (of("driver"), of("label"));
    let mut chosen: Vec<&Value> = Vec::new();
    for volume in volumes {
        let name = text(volume, "Name");
        let used = options.used.iter().any(|used| used == name);
        let fits = dangling.is_none_or(|wanted| wanted != used)
            && (drivers.is_empty() || drivers.contains(&text(volume, "Driver")))
            && filter::has_labels(volume, &labels)
            && filter::matches(&of("name"), name)?;
        if fits {
            chosen.push(volume);
        }
    }
    chosen.sort_by(|a, b| natural(text(a, "Name"), text(b, "Name")));
    let rows: Vec<Row> = chosen.into_iter().map(row).collect();
    let style = Style {
        format: options.format.as_deref(),
        quiet: options.quiet,
    };
    LISTS.print(style, &rows)
}

/// A volume's row.
pub(super) fn row(volume: &Value) -> Row {
    let usage = volume.get("UsageData").filter(|usage| usage.is_object());
    let none = || Cell::from("N/A");
    let cells: Vec<(&'static str, Cell)> = vec![
        ("Name", text(volume, "Name").into()),
        ("Driver", text(volume, "Driver").into()),
        ("Scope", text(volume, "Scope").into()),
        ("Mountpoint", text(volume, "Mountpoint").into()),
        ("Labels", labels(volume).into()),
        (
            "Links",
            usage.map_or_else(none, |usage| whole(usage, "RefCount").to_string().into()),
        ),
        (
            "Size",
            usage.map_or_else(none, |usage| size(whole(usage, "Size") as f64, 4).into()),
        ),
        ("Group", none()),
        ("Availability", none()),
        ("Status", none()),
    ];
    Row::new("*formatter.volumeContext", cells).labelled(volume)
}

/// Docker sorts names with their numbers as numbers: `web2` before `web10`.
pub(super) fn natural(a: &str, b: &str) -> std::cmp::Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(first), Some(second)) = (a.first(), b.first()) else {
            return a.len().cmp(&b.len());
        };
        let digits = |text: &[u8]| text.iter().take_while(|c| c.is_ascii_digit()).count();
        match (digits(a), digits(b)) {
            (0, _) | (_, 0) if first == second => {
                a = &a[1..];
                b = &b[1..];
            }
            (0, _) | (_, 0) => return first.cmp(second),
            (more, other) => {
                let zeros = |text: &[u8]| text.iter().take_while(|c| **c == b'0').count();
                let (x, y) = (&a[zeros(a).min(more)..more], &b[zeros(b).min(other)..other]);
                let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
                let order = order.then_with(|| more.cmp(&other));
                if order.is_ne() {
                    return order;
                }
                a = &a[more..];
                b = &b[other..];
            }
        }
    }
}
