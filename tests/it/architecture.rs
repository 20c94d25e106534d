//! Our own sources, held to what the design says of them.

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, and what each may import. Imports run one way; rooms that are not
/// built yet are listed, so that they begin where they belong.
const ROOMS: &[(&str, &[&str])] = &[
    ("notebook", &[]),
    ("engine", &[]),
    ("panels", &["notebook", "engine"]),
    ("demos", &["notebook", "engine"]),
    ("workshop", &["notebook", "engine", "demos"]),
    (
        "web",
        &["notebook", "engine", "panels", "demos", "workshop"],
    ),
    (
        "author",
        &["notebook", "engine", "panels", "demos", "workshop", "web"],
    ),
    (
        "config",
        &[
            "notebook", "engine", "panels", "demos", "workshop", "web", "author",
        ],
    ),
    (
        "cli",
        &[
            "notebook", "engine", "panels", "demos", "workshop", "web", "author", "config",
        ],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder`, relative to the project.
fn files(folder: &str) -> Vec<PathBuf> {
    walkdir::WalkDir::new(root().join(folder))
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            entry
                .path()
                .strip_prefix(root())
                .expect("below the root")
                .to_owned()
        })
        .collect()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|own| extensions.iter().any(|extension| own == *extension))
}

/// The room a file belongs to: `src/web/guard.rs` and `templates/note.html` to web.
fn room_of(path: &Path) -> Option<String> {
    let mut parts = path.iter().map(|part| part.to_string_lossy());
    match (parts.next()?.as_ref(), parts.next()?.as_ref()) {
        ("src", name) => Some(name.trim_end_matches(".rs").to_owned())
            .filter(|name| !matches!(name.as_str(), "lib" | "main" | "bin")),
        ("templates", "panels") => Some("panels".into()),
        ("templates", _) => Some("web".into()),
        _ => None,
    }
}

/// The rooms that a text names: after `crate::`, in `crate::{…}`, or by enough
/// `super::` to leave its own room, which lies `depth` modules below the root.
fn imports(text: &str, depth: usize) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(heads_of(list)),
            None => found.extend(word(rest)),
        }
    }
    let climbs = "super::".repeat(depth + 1);
    for (at, _) in code.match_indices(&climbs) {
        found.extend(word(&code[at + climbs.len()..]));
    }
    found
}

/// The first word of each entry of a `{a, b::{c, d}}` list, after its `{`.
fn heads_of(list: &str) -> Vec<String> {
    let (mut heads, mut depth, mut fresh) = (Vec::new(), 0, true);
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if letter.is_whitespace() => {}
            _ if fresh => {
                heads.extend(word(&list[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> Option<String> {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// Which rooms `text`, a file of `room`, imports and should not.
fn forbidden(room: &str, text: &str, depth: usize) -> Vec<String> {
    let allowed = ROOMS.iter().find(|(name, _)| *name == room);
    let (_, allowed) = allowed.unwrap_or_else(|| panic!("{room} is not in the list of rooms"));
    imports(text, depth)
        .into_iter()
        .filter(|import| import != room && ROOMS.iter().any(|(name, _)| name == import))
        .filter(|import| !allowed.contains(&import.as_str()))
        .collect()
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for path in files("src").into_iter().chain(files("templates")) {
        let Some(room) = room_of(&path) else { continue };
        let stem = path.file_stem().is_some_and(|stem| stem == "mod");
        let depth = path.iter().count() - 1 - usize::from(stem);
        for import in forbidden(&room, &read(&path), depth) {
            wrong.push(format!("{} (room {room}) imports {import}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_import_the_wrong_way_is_seen_however_it_is_written() {
    for text in [
        "use crate::web::guard;",
        "use crate::{notebook::Note, web};",
        "use crate::{\n    notebook::{Note, Topic},\n    web::{a, b},\n};",
        "let x = crate::web::pages::asset(\"x\");",
        "use super::super::super::web::guard;",
    ] {
        assert_eq!(forbidden("notebook", text, 2), ["web"], "{text}");
    }
    for text in [
        "// like crate::web",
        "use crate::notebook::{web, engine};",
        "use super::web;",
        "use super::super::notebook;",
        "use crate::website;",
    ] {
        assert!(forbidden("notebook", text, 2).is_empty(), "{text}");
    }
}

#[test]
fn every_source_file_opens_with_its_reason() {
    let without: Vec<_> = ["src", "tests", "benches", "fuzz"]
        .into_iter()
        .flat_map(files)
        .filter(|path| has_extension(path, &["rs"]))
        .filter(|path| !path.iter().any(|part| part == "target"))
        .filter(|path| !read(path).starts_with("//!"))
        .collect();
    assert!(without.is_empty(), "no //! at the top of {without:?}");
}

/// What `script-src 'self'; style-src 'self'` would silently switch off.
fn inline_code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('<') {
        let tag = &text[at..];
        let tag = &tag[..tag.find('>').map_or(tag.len(), |end| end + 1)];
        let lower = tag.to_ascii_lowercase();
        let handler = lower.match_indices(" on").any(|(at, _)| {
            let name = lower[at + 3..].split('=').next().unwrap_or_default();
            name.len() < lower[at + 3..].len()
                && !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase())
        });
        if (lower.starts_with("<script") && !lower.contains(" src="))
            || lower.starts_with("<style")
            || lower.contains(" style=")
            || lower.contains("javascript:")
            || handler
        {
            found.push(tag.to_owned());
        }
    }
    found
}

#[test]
fn no_template_holds_inline_code_or_styles() {
    let mut wrong = Vec::new();
    for path in files("templates").into_iter().chain(files("static")) {
        if has_extension(&path, &["html", "svg"]) {
            for tag in inline_code(&read(&path)) {
                wrong.push(format!("{}: {tag}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn inline_code_is_seen_however_it_is_written() {
    for tag in [
        "<script>",
        "<SCRIPT type=module>",
        "<style>",
        "<p style=\"x\">",
        "<a href=\"javascript:x\">",
        "<img src=x onerror=alert(1)>",
        "<p\n onclick=\"x\">",
    ] {
        let tag = tag.replace('\n', " ");
        assert_eq!(inline_code(&tag).len(), 1, "{tag}");
    }
    for tag in [
        "<script src=\"x\">",
        "<p class=\"style\">",
        "<p title=\"turn on\">",
        "a < b",
    ] {
        assert!(inline_code(tag).is_empty(), "{tag}");
    }
}

#[derive(serde::Deserialize)]
struct Manifest {
    package: Vec<Package>,
}

#[derive(serde::Deserialize)]
struct Package {
    name: String,
    version: String,
    licence: String,
    file: Vec<Vendored>,
}

#[derive(serde::Deserialize)]
struct Vendored {
    path: String,
    sha256: String,
}

#[test]
fn code_that_others_wrote_is_listed_with_version_licence_and_hash() {
    let folder = Path::new("static/vendor");
    let manifest: Manifest =
        toml::from_str(&read(folder.join("manifest.toml"))).expect("a manifest");
    let mut listed = BTreeSet::from([folder.join("manifest.toml")]);
    for package in manifest.package {
        let named = [&package.name, &package.version, &package.licence];
        assert!(
            named.iter().all(|text| !text.is_empty()),
            "{}",
            package.name
        );
        for file in package.file {
            let path = folder.join(&file.path);
            let bytes = fs::read(root().join(&path)).expect("the file is there");
            let hash: String = Sha256::digest(bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(hash, file.sha256, "{} was changed", path.display());
            listed.insert(path);
        }
    }
    let there: BTreeSet<_> = files("static/vendor").into_iter().collect();
    assert_eq!(there, listed);
}

#[test]
fn a_user_finds_the_licences_and_what_changed() {
    assert!(read("LICENSE-MIT").starts_with("MIT License"));
    assert!(read("LICENSE-APACHE").contains("Version 2.0, January 2004"));
    let version = env!("CARGO_PKG_VERSION");
    let changes = read("CHANGELOG.md");
    assert!(
        changes.contains(&format!("\n## {version}")),
        "no heading for {version}"
    );
}

#[test]
fn a_newcomer_finds_every_flag_and_address_in_the_readme() {
    let readme = read("README.md");
    for named in [
        "cargo run --release",
        "tests/run",
        "--listen",
        "--content",
        "--host",
        "--config",
        "--log-format",
        "--open",
        "waterline index",
        "waterline record",
        "waterline verify",
        "--bless",
        "/notebook.json",
        "[hosts]",
        "ssh://",
        "/hosts",
        "/hosts/NAME",
        "?host=NAME",
        "/panels/NAME",
        "beside=",
        "ARCHITECTURE.md",
    ] {
        assert!(readme.contains(named), "README.md does not say {named}");
    }
}

/// Whether code, without its comments, names the hands.
fn reaches_for_the_hands(code: &str) -> bool {
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .any(|line| {
            line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .any(|word| word == "hands" || word == "Hands")
        })
}

#[test]
fn only_demos_can_change_a_host() {
    assert!(reaches_for_the_hands("use crate::engine::hands::Change;"));
    assert!(!reaches_for_the_hands("// by hands\nlet shorthands = 1;"));
    let may = [
        "src/demos",
        "src/workshop",
        "src/engine/hands",
        "src/engine/mod.rs",
    ];
    let wrong: Vec<PathBuf> = files("src")
        .into_iter()
        .filter(|path| !may.iter().any(|folder| path.starts_with(folder)))
        .filter(|path| has_extension(path, &["rs"]) && reaches_for_the_hands(&read(path)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
