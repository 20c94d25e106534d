//! `waterline export` as somebody types it: the copy is crawled, and nothing is overwritten.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Runs `waterline export` where no Docker is and nobody has settings.
pub fn export(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_waterline"))
        .arg("export")
        .args(arguments)
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .env_remove("DOCKER_CONTEXT")
        .env_remove("WATERLINE_CONTENT")
        .output()
        .expect("waterline")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn done(output: Output) -> String {
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    said
}

/// Every file of a copy, by name.
fn files(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(out)
        .into_iter()
        .map(|entry| entry.expect("an entry"));
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry
                .path()
                .strip_prefix(out)
                .expect("below")
                .to_str()
                .expect("text");
            (name.to_owned(), fs::read(entry.path()).expect("a file"))
        })
        .collect()
}

/// The values of an attribute in HTML, entities read.
fn values(html: &str, name: &str) -> Vec<String> {
    let begins = format!(" {name}=\"");
    let found = html.split(&begins).skip(1);
    found
        .map(|rest| {
            let value = rest.split('"').next().unwrap_or_default();
            value
                .replace("&#38;", "&")
                .replace("&amp;", "&")
                .replace("&#39;", "'")
        })
        .collect()
}

/// HTML without what stands in scripts and styles.
fn ids(html: &str) -> Vec<String> {
    values(html, "id")
}

/// Whether a panel is still to come.
fn waits(html: &str) -> bool {
    let tags = html.split("<live-panel ").skip(1);
    let mut tags = tags.filter_map(|rest| rest.split('>').next());
    tags.any(|tag| tag.contains("data-state=\"loading\""))
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .expect("UTF-8")
        .into_owned()
}

/// What an address leads to, from a file of the copy: the file and the place in it.
fn target(from: &str, address: &str) -> (String, String) {
    let (path, fragment) = address.split_once('#').unwrap_or((address, ""));
    let path = path.split('?').next().unwrap_or_default();
    let mut parts: Vec<&str> = from.split('/').collect();
    if !path.is_empty() {
        parts.pop();
        for part in path.split('/') {
            match part {
                ".." => assert!(parts.pop().is_some(), "{address} in {from} leaves the copy"),
                "." => {}
                part => parts.push(part),
            }
        }
    }
    (decoded(&parts.join("/")), decoded(fragment))
}

/// Follows every link, picture, script, sheet and form of every page; each must lead to a
/// file of the copy, and to a place that is there. Every page must be led to.
fn crawl(out: &Path) -> usize {
    let files = files(out);
    let text = |name: &str| String::from_utf8(files[name].clone()).expect("UTF-8");
    let pages: Vec<&String> = files
        .keys()
        .filter(|name| name.ends_with(".html"))
        .collect();
    let mut ids_of: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for page in &pages {
        let ids = ids(&text(page));
        let mut seen = BTreeSet::new();
        for id in ids {
            assert!(seen.insert(id.clone()), "{page} has the id {id} twice");
        }
        ids_of.insert(page, seen);
    }
    let (mut followed, mut reached) = (0, BTreeSet::new());
    let mut follow = |from: &str, address: &str| {
        let elsewhere = ["https://", "http://", "mailto:", "data:"];
        if elsewhere.iter().any(|scheme| address.starts_with(scheme)) {
            return;
        }
        // What stands for any missing page leads on by whole addresses.
        let whole = address.strip_prefix("/n/").filter(|_| from == "404.html");
        let address = whole.unwrap_or(address);
        assert!(!address.starts_with('/'), "{from} leads to {address}");
        let (file, fragment) = target(from, address);
        assert!(
            files.contains_key(&file),
            "{from} leads to {address}, and there is no {file}"
        );
        if let Some(ids) = ids_of.get(file.as_str()) {
            let there = fragment.is_empty() || ids.contains(&fragment);
            assert!(
                there,
                "{from} leads to {address}, and {file} has no such place"
            );
        }
        followed += 1;
        if file != from {
            reached.insert(file);
        }
    };
    for page in &pages {
        let html = text(page);
        for name in ["href", "src", "action", "poster"] {
            for address in values(&html, name) {
                follow(page, &address);
            }
        }
        assert!(!waits(&html), "{page} waits for a panel");
        assert!(!html.contains("For the author"), "{page} has warnings");
        assert!(
            !html.contains("<iframe") && !html.contains("method=\"post\""),
            "{page}"
        );
    }
    for script in files.keys().filter(|name| name.ends_with(".js")) {
        let code = text(script);
        for quoted in code.split('"').skip(1).step_by(2) {
            // The stream that would bring a second picture is not here.
            let module =
                (quoted.starts_with("./") || quoted.starts_with("../")) && quoted.ends_with("js");
            if module && !quoted.contains("idiomorph") {
                follow(script, quoted);
            }
        }
        assert!(!code.contains("EventSource"), "{script} opens a stream");
    }
    let links: Value = serde_json::from_slice(&files["links.json"]).expect("JSON");
    assert!(links["notes"].is_array() && links["references"].is_array());
    let unreached: Vec<_> = pages
        .iter()
        .filter(|page| !reached.contains(**page))
        .collect();
    assert_eq!(unreached, [&"404.html"], "nothing leads there");
    followed
}

#[test]
fn the_notebook_that_comes_with_waterline_is_copied_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("site");
    let said = done(export(&[
        out.to_str().expect("text"),
        "--url",
        "https://example.org/n",
    ]));
    assert!(said.contains("recording"), "{said}");
    assert!(
        !said.contains("lead to what the copy does not have"),
        "{said}"
    );
    assert!(crawl(&out) > 2_000);

    let page = fs::read_to_string(out.join("topics/Learning_Docker_Layers.html")).expect("a page");
    assert!(page.contains("<live-panel name=\"layers\" key=\"layers\" data-state=\"recorded\""));
    assert!(
        page.contains("A recording of "),
        "the panel says what it shows"
    );
    let index = Command::new(env!("CARGO_BIN_EXE_waterline"))
        .arg("index")
        .output()
        .expect("waterline");
    let index: Value = serde_json::from_slice(&index.stdout).expect("JSON");
    let links: Value =
        serde_json::from_slice(&fs::read(out.join("links.json")).expect("a file")).expect("JSON");
    assert_eq!(links, index);
    let sitemap = fs::read_to_string(out.join("sitemap.xml")).expect("a sitemap");
    for anchor in index["anchors"].as_array().expect("a list") {
        let name = anchor["name"].as_str().expect("a name");
        let loc = format!("<loc>https://example.org/n/topics/{name}.html</loc>");
        assert!(sitemap.contains(&loc), "{loc}");
    }
    for left_out in ["/search.html", "/maps/", ".sh<"] {
        assert!(!sitemap.contains(left_out), "{left_out}");
    }
    // What is found: demos and panels besides topics.
    let found = fs::read_to_string(out.join("search/docs-0.json")).expect("an index");
    for page in ["demos/pid-1-and-init.html", "panels/layers.html"] {
        assert!(found.contains(&format!("\"{page}\"")), "{page}");
    }
    // A panel's headings are below those of the text that it stands in.
    for level in ["3", "4"] {
        assert!(
            page.contains(&format!(" aria-level=\"{level}\"")),
            "{level}"
        );
    }
    // Nobody here answers with data.
    let panel = fs::read_to_string(out.join("panels/layers.html")).expect("a page");
    assert!(
        !panel.contains("as JSON"),
        "it leads to what the copy does not have"
    );
    let missing = fs::read_to_string(out.join("404.html")).expect("a page");
    assert!(missing.contains("href=\"/n/index.html\"") && missing.contains("<style>"));
    assert!(!missing.contains("<script") && !missing.contains("rel=\"stylesheet\""));
}

/// Notes that are hard to copy.
fn odd_notes() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let note = |file: &str, path: &str, text: &str| {
        let text = format!("---\npath: '{path}'\ntitle: 'T {path}'\n---\n\n{text}\n");
        fs::write(folder.path().join(file), text).expect("a note");
    };
    note(
        "a.md",
        "/odd/a b#c%20?d",
        "# A <<Learning_Odd_A>>\n\nSee Learning_Odd_B, Learning_Nobody_Wrote and [b](b.md#top).",
    );
    note(
        "b.md",
        "/学习/größe",
        "# B <<Learning_Odd_B>>\n\n## Top\n\nhref=\"/x\" src=\"/y\" `href=\"/z\"` [gone](/nowhere) [panel](/panels/layers)",
    );
    note("c.md", "/Case", "# C <<Learning_Odd_Case>>");
    note("d.md", "/case", "# D <<learning_odd_case>>");
    note("e.md", "/index", "# E <<Learning_E_E>>");
    note(
        "f.md",
        "/404",
        "[e](e.md) ![p](pics/a%20b.png) ![none](none.png) [d](app/Dockerfile) [page](app/x.html) [^1] [a][b]",
    );
    note("g.md", "/con", "Learning_Odd_B");
    note("h.md", "/x.page-2", "Learning_Odd_B");
    fs::create_dir(folder.path().join("pics")).expect("a folder");
    fs::write(folder.path().join("pics/a b.png"), "png").expect("a picture");
    fs::create_dir(folder.path().join("app")).expect("a folder");
    for file in ["app/Dockerfile", "app/x.html"] {
        fs::write(folder.path().join(file), "FROM scratch\n").expect("a file");
    }
    // Lists of several pages: notes, topics, wanted topics, who refers, places on the map.
    for number in 0..70 {
        note(
            &format!("n{number}.md"),
            &format!("/many/{number}"),
            &format!(
                "# N <<Learning_N_{number:03}>>\n\n## M <<Learning_M_{number:03}>>\n\nSee Learning_Odd_B and Learning_Wanted_{number:03}."
            ),
        );
    }
    let topics: String = (0..45)
        .map(|n| format!("## T <<Learning_T_{n:03}>>\n\nLearning_Odd_B\n\n"))
        .collect();
    note(
        "long.md",
        "/long",
        &format!("# L <<Learning_Long_L>>\n\n{topics}"),
    );
    folder
}

#[test]
fn odd_names_long_lists_and_broken_links_are_copied_too() {
    let notes = odd_notes();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("a b#c");
    let content = notes.path().to_str().expect("text");
    let said = done(export(&[out.to_str().expect("text"), "--content", content]));
    assert!(said.contains("/nowhere"), "{said}");
    crawl(&out);
    let files = files(&out);
    for page in [
        "index.notes.page-2.html",
        "index.topics.page-2.html",
        "index.wanted.page-3.html",
        "topics/Learning_Odd_B.page-2.html",
        "maps/long.page-3.html",
        "map.page-2.html",
    ] {
        assert!(files.contains_key(page), "no {page}");
    }
    let lower: BTreeSet<String> = files.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!(
        lower.len(),
        files.len(),
        "two names differ in capitals alone"
    );
    let odd = |c: char| c.is_whitespace() || "#?%:*\"<>|\\".contains(c);
    assert!(
        !files.keys().any(|name| name.contains(odd)),
        "{:?}",
        files.keys()
    );
    assert!(
        files
            .iter()
            .any(|(name, bytes)| name.starts_with("files/pics/a-b-") && bytes == b"png")
    );
    let beside = |name: &str| files.keys().any(|file| file.starts_with(name));
    assert!(beside("files/app/Dockerfile") && !beside("files/app/x"));
    assert!(said.contains("/files/app/x.html"), "{said}");
    let page = String::from_utf8(files["学习/größe.html"].clone()).expect("UTF-8");
    assert!(
        page.contains("href=&quot;/x&quot; src=&quot;/y&quot;"),
        "text stays as it is"
    );
    // The same notes give the same copy.
    let again = folder.path().join("again");
    done(export(&[
        again.to_str().expect("text"),
        "--content",
        content,
    ]));
    let other = self::files(&again);
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
}

#[test]
fn plain_notes_without_topics_are_copied_too() {
    let notes = tempfile::tempdir().expect("a folder");
    for (file, text) in [
        (
            "README.md",
            "# Mine\n\n[[b#Two]] [c](c%23.md) [[c#]] ![[x#.png]]\n",
        ),
        ("b.md", "## Two\n\n[back](README.md#mine)\n"),
        ("c#.md", "[up](./)\n"),
        ("x#.png", "png"),
    ] {
        fs::write(notes.path().join(file), text).expect("a file");
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (content, page) in [("", "b.html"), ("none", "index.html")] {
        let content = notes.path().join(content);
        fs::create_dir_all(&content).expect("a folder");
        let out = folder.path().join(page);
        let said = done(export(&[
            out.to_str().expect("text"),
            "--content",
            content.to_str().expect("text"),
        ]));
        assert!(!said.contains("lead to what the copy"), "{said}");
        assert!(out.join(page).exists());
        crawl(&out);
    }
}

/// The one file that an export wrote, checked to ask for nothing.
fn one(of: &str, more: &[&str]) -> String {
    use base64::Engine as _;
    use sha2::{Digest, Sha256};
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("one.html");
    done(export(
        &[&[out.to_str().expect("text"), "--only", of], more].concat(),
    ));
    let html = fs::read_to_string(&out).expect("a page");
    assert!(
        !html.contains("<script") && !html.contains("<link rel=\"stylesheet"),
        "{of}"
    );
    let ids: BTreeSet<String> = ids(&html).into_iter().collect();
    for address in values(&html, "href") {
        match address.strip_prefix('#') {
            Some(id) => assert!(ids.contains(&decoded(id)), "{of}: no {address}"),
            None => assert!(
                address.starts_with("https://") || address == "data:,",
                "{of}: {address}"
            ),
        }
    }
    for address in values(&html, "src") {
        assert!(address.starts_with("data:image/"), "{of}: {address}");
    }
    let (_, style) = html.split_once("<style>").expect("a style");
    let (style, _) = style.split_once("</style>").expect("its end");
    assert!(style.len() > 10_000);
    assert!(!style.contains("url(/") && !style.contains("@import"));
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    let policy =
        format!("content=\"default-src 'none'; style-src 'sha256-{hash}'; img-src data:\"");
    assert!(html.contains(&policy), "{of}");
    html
}

#[test]
fn one_topic_or_note_is_one_file_that_asks_for_nothing() {
    let topic = one("Learning_Docker_Storage_In_Container_State", &[]);
    assert!(topic.contains("<live-panel") && !waits(&topic));
    assert!(!topic.contains("class=\"masthead\""));
    let values = one("/learnings/docker", &[]);
    assert!(
        values.contains(">1.6.20<span class=\"soft\"> (the host: 1.6."),
        "{values}"
    );
    let note = one(
        "/learnings/docker/storage",
        &["--url", "https://example.org/n"],
    );
    assert!(note.contains("href=\"https://example.org/n/learnings/docker/storage.html\""));
    assert!(note.contains("href=\"https://example.org/n/topics/"));
    let notes = odd_notes();
    let content = notes.path().to_str().expect("text");
    let odd = one("/404", &["--content", content]);
    assert!(odd.contains("src=\"data:image/png;base64,cG5n\""));
    assert!(one("Learning_Nobody_Wrote", &["--content", content]).contains("Nobody has written"));
}

#[test]
fn one_file_leads_to_itself_and_leaves_a_huge_picture_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (notes, out) = (folder.path().join("notes"), folder.path().join("one.html"));
    fs::create_dir(&notes).expect("a folder");
    let text = "# A\n\n[me](a.md) ![small](s.png) ![big](big.png)\n";
    fs::write(notes.join("a.md"), text).expect("a note");
    fs::write(notes.join("s.png"), "png").expect("a picture");
    let big = fs::File::create(notes.join("big.png")).expect("a picture");
    big.set_len((16 << 20) + 1).expect("a length");
    let said = done(export(&[
        out.to_str().expect("text"),
        "--only",
        "/a",
        "--content",
        notes.to_str().expect("text"),
    ]));
    assert!(
        said.contains("/files/big.png") && !said.contains("s.png"),
        "{said}"
    );
    let html = fs::read_to_string(&out).expect("a page");
    assert!(html.contains("<a href=\"#main\">me</a>"), "{html}");
    assert!(html.len() < 1 << 20);
}

#[test]
fn what_cannot_be_exported_is_said_and_nothing_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path =
        |name: &str| -> String { folder.path().join(name).to_str().expect("text").to_owned() };
    let notes = path("notes");
    fs::create_dir(&notes).expect("a folder");
    fs::write(path("notes/a.md"), "# A <<Learning_A_A>>\n").expect("a note");
    fs::create_dir(path("mine")).expect("a folder");
    fs::write(path("mine/index.html"), "mine").expect("a file");
    let before = files(folder.path());
    let refused = |arguments: &[&str], why: &str| {
        let output = export(arguments);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{arguments:?}: {}",
            said(&output)
        );
        assert!(
            said(&output).contains(why),
            "{arguments:?}: {}",
            said(&output)
        );
        assert_eq!(files(folder.path()), before, "{arguments:?}");
    };
    refused(&[&path("mine")], "is not empty, and no export made it");
    refused(&[&path("mine/index.html")], "is not a folder");
    refused(&[&notes, "--content", &notes], "must not mix with notes");
    refused(
        &[&path("notes/site"), "--content", &notes],
        "must not mix with notes",
    );
    refused(&[&path(""), "--content", &notes], "must not mix with notes");
    refused(
        &[&path("mine/index.html"), "--only", "Learning_Docker"],
        "is not of an export",
    );
    refused(
        &[&path("x.html"), "--only", "Learning_Dokcer"],
        "did you mean Learning_Docker",
    );
    refused(
        &[&path("x.html"), "--only", "/nowhere"],
        "there is no topic and no note",
    );
    refused(
        &[&path("x"), "--content", &path("none")],
        "there is no content folder",
    );
    let output = export(&[&path("x"), "--url", "example.org"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert_eq!(files(folder.path()), before);
}

#[test]
fn an_export_again_replaces_its_own_files_and_no_others() {
    let notes = tempfile::tempdir().expect("a folder");
    let folder = tempfile::tempdir().expect("a folder");
    let out: PathBuf = folder.path().join("site");
    let run = || {
        done(export(&[
            out.to_str().expect("text"),
            "--content",
            notes.path().to_str().expect("text"),
        ]))
    };
    fs::write(notes.path().join("a.md"), "# A <<Learning_A_A>>\n").expect("a note");
    run();
    fs::write(out.join("CNAME"), "example.org").expect("a file");
    assert!(out.join("topics/Learning_A_A.html").exists());
    fs::write(notes.path().join("a.md"), "# B <<Learning_B_B>>\n").expect("a note");
    run();
    assert!(!out.join("topics/Learning_A_A.html").exists());
    assert!(out.join("topics/Learning_B_B.html").exists());
    assert_eq!(
        fs::read_to_string(out.join("CNAME")).expect("a file"),
        "example.org"
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    crawl_but(&out, "CNAME");
}

/// Crawls a copy that has one file more.
fn crawl_but(out: &Path, file: &str) {
    fs::remove_file(out.join(file)).expect("removed");
    crawl(out);
}
