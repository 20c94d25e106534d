//! `docker system df`, short and `-v`.

use super::images::split_tag;
use super::rows::{Lists, Style};
use super::template::{Cell, Row, Template, Val};
use super::words::{ago, entries, size, text, texts, whole};
use super::{Printed, Result, Unsupported};
use jiff::Timestamp;
use serde_json::Value;

/// How `docker system df` was called.
#[derive(Clone, Debug, Default)]
pub struct DfOptions {
    /// `-v`: each object.
    pub verbose: bool,
    /// `--format`; with `-v` only `json`.
    pub format: Option<String>,
}

const LISTS: Lists = Lists {
    headers: &[
        ("Type", "TYPE"),
        ("TotalCount", "TOTAL"),
        ("Active", "ACTIVE"),
        ("Size", "SIZE"),
        ("Reclaimable", "RECLAIMABLE"),
    ],
    table: "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
    raw: Some(
        "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\n\
         reclaimable: {{.Reclaimable}}\n",
    ),
    quiet: "",
    quiet_wins: false,
};

/// `docker system df` over `/system/df` as engines up to API 1.52 answer it: `LayersSize`,
/// `Images`, `Containers`, `Volumes`, `BuildCache`. Without `LayersSize` the images' own
/// figures are added up.
pub fn df(usage: &Value, options: &DfOptions, now: Timestamp) -> Result {
    if options.verbose {
        return verbose(usage, options, now);
    }
    let rows = [
        images(usage),
        containers(usage),
        volumes(usage),
        cache(usage),
    ];
    let style = Style {
        format: options.format.as_deref(),
        quiet: false,
    };
    LISTS.print(style, &rows)
}

/// What all of a kind holds, and what of it could be given back.
struct Sum {
    count: usize,
    active: usize,
    bytes: i64,
    reclaimable: i64,
}

fn row(kind: &str, go: &'static str, sum: &Sum, share: bool) -> Row {
    let mut reclaimable = size(sum.reclaimable as f64, 4);
    if share && sum.bytes > 0 {
        reclaimable = format!("{reclaimable} ({}%)", sum.reclaimable * 100 / sum.bytes);
    }
    let cells: Vec<(&'static str, Cell)> = vec![
        ("Type", kind.into()),
        ("TotalCount", sum.count.to_string().into()),
        ("Active", sum.active.to_string().into()),
        ("Size", size(sum.bytes as f64, 4).into()),
        ("Reclaimable", reclaimable.into()),
    ];
    Row::new(go, cells)
}

fn images(usage: &Value) -> Row {
    let images = entries(usage, "Images");
    let shared = |image: &&Value| whole(image, "SharedSize").max(0);
    let bytes = match usage.get("LayersSize").and_then(Value::as_i64) {
        Some(bytes) => bytes,
        None => {
            let own = images
                .iter()
                .map(|image| whole(image, "Size") - shared(&image));
            own.sum::<i64>() + images.iter().map(|image| shared(&image)).max().unwrap_or(0)
        }
    };
    let used: i64 = images
        .iter()
        .filter(|image| whole(image, "Containers") != 0)
        .filter(|image| whole(image, "Size") != -1 && whole(image, "SharedSize") != -1)
        .map(|image| whole(image, "Size") - whole(image, "SharedSize"))
        .sum();
    let sum = Sum {
        count: images.len(),
        active: images
            .iter()
            .filter(|image| whole(image, "Containers") > 0)
            .count(),
        bytes,
        reclaimable: bytes - used,
    };
    row("Images", "*formatter.diskUsageImagesContext", &sum, true)
}

fn containers(usage: &Value) -> Row {
    let containers = entries(usage, "Containers");
    let active = |container: &&Value| {
        matches!(
            text(container, "State"),
            "running" | "paused" | "restarting"
        )
    };
    let sum = Sum {
        count: containers.len(),
        active: containers.iter().filter(active).count(),
        bytes: containers.iter().map(|c| whole(c, "SizeRw")).sum(),
        reclaimable: containers
            .iter()
            .filter(|container| !active(container))
            .map(|c| whole(c, "SizeRw"))
            .sum(),
    };
    row(
        "Containers",
        "*formatter.diskUsageContainersContext",
        &sum,
        true,
    )
}

fn volumes(usage: &Value) -> Row {
    let volumes: Vec<(i64, i64)> = entries(usage, "Volumes")
        .iter()
        .map(|volume| {
            let figure = |key| {
                volume
                    .get("UsageData")
                    .map_or(-1, |usage| whole(usage, key))
            };
            (figure("Size").max(0), figure("RefCount"))
        })
        .collect();
    let sum = Sum {
        count: volumes.len(),
        active: volumes.iter().filter(|(_, links)| *links > 0).count(),
        bytes: volumes.iter().map(|(bytes, _)| bytes).sum(),
        reclaimable: volumes
            .iter()
            .filter(|(_, links)| *links == 0)
            .map(|(bytes, _)| bytes)
            .sum(),
    };
    row(
        "Local Volumes",
        "*formatter.diskUsageVolumesContext",
        &sum,
        true,
    )
}

fn cache(usage: &Value) -> Row {
    let cache = entries(usage, "BuildCache");
    let yes = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_bool) == Some(true);
    let bytes: i64 = cache
        .iter()
        .filter(|entry| !yes(entry, "Shared"))
        .map(|entry| whole(entry, "Size"))
        .sum();
    let used: i64 = cache
        .iter()
        .filter(|entry| yes(entry, "InUse") && !yes(entry, "Shared"))
        .map(|entry| whole(entry, "Size"))
        .sum();
    let sum = Sum {
        count: cache.len(),
        active: cache.iter().filter(|entry| yes(entry, "InUse")).count(),
        bytes,
        reclaimable: bytes - used,
    };
    row(
        "Build Cache",
        "*formatter.diskUsageBuilderContext",
        &sum,
        false,
    )
}

const IMAGES: &str = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";
const CONTAINERS: &str = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}";
const VOLUMES: &str = "table {{.Name}}\t{{.Links}}\t{{.Size}}";

const CACHE: Lists = Lists {
    headers: &[
        ("ID", "CACHE ID"),
        ("CacheType", "CACHE TYPE"),
        ("Size", "SIZE"),
        ("CreatedSince", "CREATED"),
        ("LastUsedSince", "LAST USED"),
        ("UsageCount", "USAGE"),
        ("Shared", "SHARED"),
    ],
    table: "table {{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}",
    raw: None,
    quiet: "",
    quiet_wins: false,
};

fn verbose(usage: &Value, options: &DfOptions, now: Timestamp) -> Result {
    let table = match options.format.as_deref() {
        None | Some("" | "table") => true,
        Some("json" | "{{json .}}") => false,
        Some(_) => {
            return Err(Unsupported(
                "With -v, --format is supported as table or json only.".into(),
            ));
        }
    };
    let images: Vec<Row> = entries(usage, "Images")
        .iter()
        .map(|image| {
            let name = texts(image, "RepoTags").into_iter().next();
            let name = name.filter(|name| *name != "<none>:<none>");
            let (repository, tag) = name.map_or(("<none>", "<none>"), split_tag);
            super::images::row(
                image,
                super::images::familiar(repository),
                tag,
                "",
                table,
                now,
            )
        })
        .collect();
    let containers: Vec<Row> = entries(usage, "Containers")
        .iter()
        .map(|container| {
            // The size on its own, without the image's.
            let mut container = container.clone();
            container["SizeRootFs"] = 0.into();
            super::ps::row(&container, table, now)
        })
        .collect();
    let volumes: Vec<Row> = entries(usage, "Volumes")
        .iter()
        .map(super::volumes::row)
        .collect();
    let cache: Vec<Row> = entries(usage, "BuildCache")
        .iter()
        .map(|e| cache_row(e, now))
        .collect();
    if !table {
        let list = |rows: &[Row]| -> std::result::Result<String, Unsupported> {
            let template = Template::parse("", "{{json .}}");
            let rows: Vec<String> = rows
                .iter()
                .filter_map(|row| template.as_ref().ok()?.run(&Val::Row(row)).ok())
                .collect();
            Ok(rows.join(","))
        };
        return Ok(Printed::ok(format!(
            "{{\"Images\":[{}],\"Containers\":[{}],\"Volumes\":[{}],\"BuildCache\":[{}]}}",
            list(&images)?,
            list(&containers)?,
            list(&volumes)?,
            list(&cache)?,
        )));
    }
    let total: i64 = entries(usage, "BuildCache")
        .iter()
        .map(|entry| whole(entry, "Size"))
        .sum();
    Ok(Printed::ok(format!(
        "Images space usage:\n\n{}\nContainers space usage:\n\n{}\nLocal Volumes space usage:\n\n{}\n\
         Build cache usage: {}\n\n{}",
        super::images::LISTS.print_as(IMAGES, &images)?.out,
        super::ps::LISTS.print_as(CONTAINERS, &containers)?.out,
        super::volumes::LISTS.print_as(VOLUMES, &volumes)?.out,
        size(total as f64, 4),
        CACHE.print_as(CACHE.table, &cache)?.out,
    )))
}

fn cache_row(entry: &Value, now: Timestamp) -> Row {
    let since = |key: &str| {
        let then = text(entry, key).parse::<Timestamp>();
        then.map(|then| ago(then.as_second(), now))
            .unwrap_or_default()
    };
    let yes = |key: &str| entry.get(key).and_then(Value::as_bool).unwrap_or_default();
    let star = if yes("InUse") { "*" } else { "" };
    let cells: Vec<(&'static str, Cell)> = vec![
        (
            "ID",
            format!("{}{star}", super::words::short_id(text(entry, "ID"))).into(),
        ),
        ("CacheType", text(entry, "Type").into()),
        ("Size", size(whole(entry, "Size") as f64, 3).into()),
        ("CreatedSince", since("CreatedAt").into()),
        ("LastUsedSince", since("LastUsedAt").into()),
        ("UsageCount", whole(entry, "UsageCount").to_string().into()),
        ("Shared", yes("Shared").to_string().into()),
    ];
    Row::new("*formatter.buildCacheContext", cells)
}
