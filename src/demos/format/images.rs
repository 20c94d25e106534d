//! `docker images` and `docker history`.

use super::filter::{self, Filter};
use super::rows::{Lists, Style};
use super::template::{Cell, Row};
use super::words::{ago, cut, go_time, rfc3339, short_id, size, text, texts, whole};
use super::{Result, Said};
use jiff::Timestamp;
use serde_json::Value;

/// How `docker images` was called.
#[derive(Clone, Debug, Default)]
pub struct ImagesOptions {
    /// `-a`: the layers in between, too.
    pub all: bool,
    /// `-q`.
    pub quiet: bool,
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `--digests`.
    pub digests: bool,
    /// `--format`.
    pub format: Option<String>,
    /// `--filter`, each.
    pub filters: Vec<Filter>,
    /// `REPOSITORY[:TAG]`, if it was given.
    pub name: Option<String>,
}

const KIND: &str = "*formatter.imageContext";

pub(super) const LISTS: Lists = Lists {
    headers: &[
        ("ID", "IMAGE ID"),
        ("Repository", "REPOSITORY"),
        ("Tag", "TAG"),
        ("Digest", "DIGEST"),
        ("CreatedSince", "CREATED"),
        ("CreatedAt", "CREATED AT"),
        ("Size", "SIZE"),
        ("Containers", "CONTAINERS"),
        ("VirtualSize", "SIZE"),
        ("SharedSize", "SHARED SIZE"),
        ("UniqueSize", "UNIQUE SIZE"),
    ],
    table: "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}",
    raw: Some(
        "repository: {{.Repository}}\ntag: {{.Tag}}\nimage_id: {{.ID}}\n\
         created_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n",
    ),
    quiet: "{{.ID}}",
    quiet_wins: false,
};

/// `docker images` over `/images/json?all=1`.
pub fn images(images: &[Value], options: &ImagesOptions, now: Timestamp) -> Result {
    let chosen = match chosen(images, options)? {
        Ok(chosen) => chosen,
        Err(said) => return Ok(said.into()),
    };
    let style = Style {
        format: options.format.as_deref(),
        quiet: options.quiet,
    };
    let mut template = LISTS.template(style);
    if options.digests && template == LISTS.table {
        template = template.replace("{{.Tag}}\t", "{{.Tag}}\t{{.Digest}}\t");
    }
    let digests = options.digests || template.contains("{{.Digest}}");
    let mut rows = Vec::new();
    for image in chosen {
        for (repository, tag, digest) in references(image, digests) {
            if reference_fits(&repository, &tag, options) {
                rows.push(row(
                    image,
                    &repository,
                    &tag,
                    &digest,
                    !options.no_trunc,
                    now,
                ));
            }
        }
    }
    LISTS.print_as(&template, &rows)
}

/// An image's row under one of its names.
pub(super) fn row(
    image: &Value,
    repository: &str,
    tag: &str,
    digest: &str,
    trunc: bool,
    now: Timestamp,
) -> Row {
    let id = text(image, "Id");
    let (all, shared) = (whole(image, "Size"), figure(image, "SharedSize"));
    let amount = |bytes: i64| size(bytes as f64, 4);
    let cells: Vec<(&'static str, Cell)> = vec![
        ("ID", if trunc { short_id(id) } else { id }.into()),
        ("Repository", repository.into()),
        ("Tag", tag.into()),
        ("Digest", digest.into()),
        ("CreatedSince", ago(whole(image, "Created"), now).into()),
        ("CreatedAt", go_time(whole(image, "Created")).into()),
        ("Size", size(all as f64, 3).into()),
        (
            "Containers",
            figure(image, "Containers")
                .map_or("N/A".to_owned(), |count| count.to_string())
                .into(),
        ),
        ("VirtualSize", amount(all).into()),
        ("SharedSize", shared.map_or("N/A".to_owned(), amount).into()),
        (
            "UniqueSize",
            shared
                .map_or("N/A".to_owned(), |shared| amount(all - shared))
                .into(),
        ),
    ];
    Row::new(KIND, cells)
}

/// A figure that the engine gives as -1 where it did not count.
fn figure(image: &Value, key: &str) -> Option<i64> {
    Some(whole(image, key)).filter(|figure| *figure >= 0)
}

/// An image's names: repository, tag, digest. One without any is `<none>` thrice.
fn references(image: &Value, digests: bool) -> Vec<(String, String, String)> {
    let none = || "<none>".to_owned();
    let names: Vec<(String, String)> = texts(image, "RepoTags")
        .into_iter()
        .filter(|name| *name != "<none>:<none>")
        .map(|name| {
            let (repository, tag) = split_tag(name);
            (familiar(repository).to_owned(), tag.to_owned())
        })
        .collect();
    let own_digests: Vec<(String, String)> = texts(image, "RepoDigests")
        .into_iter()
        .filter_map(|name| name.split_once('@'))
        .filter(|(repository, _)| *repository != "<none>")
        .map(|(repository, digest)| (familiar(repository).to_owned(), digest.to_owned()))
        .collect();
    if names.is_empty() && own_digests.is_empty() {
        return vec![(none(), none(), none())];
    }
    let mut rows = Vec::new();
    for (repository, tag) in &names {
        let mut found = false;
        for (_, digest) in own_digests
            .iter()
            .filter(|(own, _)| own == repository && digests)
        {
            found = true;
            rows.push((repository.clone(), tag.clone(), digest.clone()));
        }
        if !found {
            rows.push((repository.clone(), tag.clone(), none()));
        }
    }
    // A name that has a digest only.
    for (repository, digest) in &own_digests {
        if names.iter().all(|(own, _)| own != repository) {
            let digest = if digests {
                digest.clone()
            } else {
                String::new()
            };
            rows.push((repository.clone(), none(), digest));
        }
    }
    rows
}

/// `name:tag` in its parts; a port of a registry is no tag.
pub(super) fn split_tag(name: &str) -> (&str, &str) {
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, "latest"),
    }
}

/// A name without docker's own registry.
pub(super) fn familiar(name: &str) -> &str {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name)
}

/// A name with its tag: `busybox` is `busybox:latest`.
pub(super) fn whole_name(name: &str) -> String {
    let (repository, tag) = split_tag(familiar(name));
    format!("{repository}:{tag}")
}

/// Whether an image of the list is the one of that name or id.
pub(super) fn is(image: &Value, name: &str) -> bool {
    let id = text(image, "Id");
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    texts(image, "RepoTags")
        .iter()
        .any(|own| whole_name(own) == whole_name(name))
        || (!name.is_empty() && (id.starts_with(name) || hex.starts_with(name)))
}

const ENGINE_FILTERS: &[&str] = &["before", "dangling", "label", "reference", "since", "until"];
const OUR_FILTERS: &[&str] = &["before", "dangling", "label", "reference", "since"];

fn chosen<'a>(
    images: &'a [Value],
    options: &ImagesOptions,
) -> Result<std::result::Result<Vec<&'a Value>, Said>> {
    let filters = &options.filters;
    if let Err(said) = filter::known(filters, ENGINE_FILTERS, OUR_FILTERS)? {
        return Ok(Err(said));
    }
    let mut dangling = None;
    for value in filter::values(filters, "dangling") {
        match filter::truth("dangling", value) {
            Ok(wanted) => dangling = Some(wanted),
            Err(said) => return Ok(Err(said)),
        }
    }
    let mut bounds = Vec::new();
    for (name, newer) in [("before", false), ("since", true)] {
        for value in filter::values(filters, name) {
            match images.iter().find(|image| is(image, value)) {
                Some(image) => bounds.push((whole(image, "Created"), newer)),
                None => {
                    let message = format!("No such image: {}", whole_name(value));
                    return Ok(Err(Said::daemon(message, 1)));
                }
            }
        }
    }
    let parents: Vec<&str> = images.iter().map(|image| text(image, "ParentId")).collect();
    let labels = filter::values(filters, "label");
    let mut chosen: Vec<&Value> = images
        .iter()
        .filter(|image| {
            let nameless = texts(image, "RepoTags")
                .iter()
                .all(|name| *name == "<none>:<none>")
                && texts(image, "RepoDigests")
                    .iter()
                    .all(|name| name.starts_with("<none>"));
            // A nameless image that others were made from is a layer in between.
            let between = nameless && parents.contains(&text(image, "Id"));
            let created = whole(image, "Created");
            (options.all || !between)
                && dangling.is_none_or(|wanted| wanted == nameless)
                && filter::has_labels(image, &labels)
                && bounds.iter().all(|(bound, newer)| match newer {
                    true => created > *bound,
                    false => created < *bound,
                })
        })
        .collect();
    chosen.sort_by_key(|image| std::cmp::Reverse(whole(image, "Created")));
    Ok(Ok(chosen))
}

/// Whether a name is one of those asked for: `docker images NAME`, `--filter reference=`.
fn reference_fits(repository: &str, tag: &str, options: &ImagesOptions) -> bool {
    let full = format!("{repository}:{tag}");
    let fits = |pattern: &str| {
        let pattern = familiar(pattern);
        filter::globbed(pattern, repository) || filter::globbed(pattern, &full)
    };
    let references = filter::values(&options.filters, "reference");
    (references.is_empty() || references.into_iter().any(fits))
        && options.name.as_deref().is_none_or(fits)
}

/// How `docker history` was called.
#[derive(Clone, Debug, Default)]
pub struct HistoryOptions {
    /// `-q`.
    pub quiet: bool,
    /// `--no-trunc`.
    pub no_trunc: bool,
    /// `-H=false`: times and bytes as they are.
    pub plain: bool,
    /// `--format`.
    pub format: Option<String>,
}

const HISTORY: Lists = Lists {
    headers: &[
        ("ID", "IMAGE"),
        ("CreatedSince", "CREATED"),
        ("CreatedAt", "CREATED AT"),
        ("CreatedBy", "CREATED BY"),
        ("Size", "SIZE"),
        ("Comment", "COMMENT"),
    ],
    table: "table {{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
    raw: None,
    quiet: "{{.ID}}",
    quiet_wins: false,
};

/// Before this second of 1970 docker shows no age: the start of the year 2000.
const EPOCH: i64 = 946_684_800;

/// `docker history` over `/images/ID/history`.
pub fn history(layers: &[Value], options: &HistoryOptions, now: Timestamp) -> Result {
    let rows: Vec<Row> = layers
        .iter()
        .map(|layer| history_row(layer, options, now))
        .collect();
    let style = Style {
        format: options.format.as_deref(),
        quiet: options.quiet,
    };
    let mut template = HISTORY.template(style);
    if options.plain && template == HISTORY.table {
        template = template.replace("{{.CreatedSince}}", "{{.CreatedAt}}");
    }
    HISTORY.print_as(&template, &rows)
}

fn history_row(layer: &Value, options: &HistoryOptions, now: Timestamp) -> Row {
    let (id, created, bytes) = (
        text(layer, "Id"),
        whole(layer, "Created"),
        whole(layer, "Size"),
    );
    let by = text(layer, "CreatedBy").replace('\t', " ");
    let since = match created {
        _ if options.plain => rfc3339(created),
        ..=EPOCH => String::new(),
        _ => ago(created, now),
    };
    let cells: Vec<(&'static str, Cell)> = vec![
        (
            "ID",
            if options.no_trunc { id } else { short_id(id) }.into(),
        ),
        ("CreatedAt", rfc3339(created).into()),
        ("CreatedSince", since.into()),
        (
            "CreatedBy",
            if options.no_trunc { by } else { cut(&by, 45) }.into(),
        ),
        (
            "Size",
            match options.plain {
                true => bytes.to_string(),
                false => size(bytes as f64, 3),
            }
            .into(),
        ),
        ("Comment", text(layer, "Comment").into()),
    ];
    Row::new("*image.historyContext", cells)
}
