//! Tests of the export reader, on archives built here; the one that needs an engine is
//! in `tests/it/layer_files.rs`.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn header(size: usize, kind: EntryType) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size as u64);
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header
}

fn tar(files: &[(&str, usize)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, size) in files {
        let (kind, name) = match name.strip_suffix('/') {
            Some(name) => (EntryType::Directory, name),
            None => (EntryType::Regular, *name),
        };
        let bytes = vec![b'x'; *size];
        tar.append_data(&mut header(*size, kind), name, &bytes[..])
            .expect("an entry");
    }
    tar.into_inner().expect("a tar")
}

fn export(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in parts {
        tar.append_data(&mut header(bytes.len(), EntryType::Regular), name, *bytes)
            .expect("an entry");
    }
    tar.into_inner().expect("a tar")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

fn diff(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

#[test]
fn a_layer_is_known_by_the_hash_of_its_tar_wherever_it_lies() {
    let (base, top) = (
        tar(&[("bin/", 0), ("bin/sh", 900)]),
        tar(&[("bin/.wh.sh", 0)]),
    );
    let told = read(
        &export(&[
            ("aa/VERSION", b"1.0"),
            ("aa/layer.tar", &top),
            ("blobs/sha256/bb", &gzip(&base)),
            ("manifest.json", b"[]"),
        ])[..],
        LIMITS,
    );
    assert_eq!(
        told,
        json!({"layers": [
            {"diff": diff(&top), "files": ["f 0 bin/.wh.sh"]},
            {"diff": diff(&base), "files": ["d 0 bin", "f 900 bin/sh"]},
        ], "cut": null})
    );
}

#[test]
fn a_shared_layer_that_is_a_link_to_another_is_read_once() {
    let base = tar(&[("a", 5)]);
    let mut outer = tar::Builder::new(Vec::new());
    outer
        .append_data(
            &mut header(base.len(), EntryType::Regular),
            "aa/layer.tar",
            &base[..],
        )
        .expect("an entry");
    let mut link = header(0, EntryType::Symlink);
    outer
        .append_link(&mut link, "bb/layer.tar", "../aa/layer.tar")
        .expect("a link");
    let told = read(&outer.into_inner().expect("a tar")[..], LIMITS);
    assert_eq!(told["layers"].as_array().map(Vec::len), Some(1));
    assert_eq!(told["cut"], Value::Null);
}

#[test]
fn an_image_of_no_layers_and_a_layer_of_no_files_are_two_things() {
    let none = read(&export(&[("manifest.json", b"[]")])[..], LIMITS);
    assert_eq!(none, json!({"layers": [], "cut": null}));
    let empty = vec![0; 1024];
    let told = read(&export(&[("aa/layer.tar", &empty)])[..], LIMITS);
    assert_eq!(
        told,
        json!({"layers": [{"diff": diff(&empty), "files": []}], "cut": null})
    );
}

#[test]
fn a_stream_that_breaks_off_says_so_and_keeps_what_came() {
    let (a, b) = (tar(&[("a", 5)]), tar(&[("b", 50_000), ("c", 1)]));
    let whole = export(&[("aa/layer.tar", &a), ("bb/layer.tar", &b)]);
    let told = read(&whole[..whole.len() - 30_000], LIMITS);
    assert_eq!(told["layers"][0]["diff"], diff(&a));
    assert_eq!(
        told["layers"][1]["diff"],
        Value::Null,
        "half a layer has no hash"
    );
    assert!(told["cut"].is_string(), "{told}");
    assert_eq!(told["again"], true, "another try may bring the rest");
    let nothing = read(&b"<html>not a tar</html>"[..], LIMITS);
    assert_eq!(nothing["layers"], json!([]));
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let limits = Limits {
        bytes: 3_000_000,
        ..LIMITS
    };
    let bomb = gzip(&tar(&[("zeros", 50_000_000), ("after", 1)]));
    assert!(bomb.len() < 1_000_000);
    let told = read(&export(&[("aa", &bomb)])[..], limits);
    assert_eq!(told["cut"], "3 MB is the most that is read");
    assert_eq!(
        told["again"],
        Value::Null,
        "another try would end there too"
    );
    assert!(!told.to_string().contains("after"));

    let many: Vec<(String, usize)> = (0..500).map(|n| (format!("f{n}"), 0)).collect();
    let many: Vec<(&str, usize)> = many.iter().map(|(name, size)| (&**name, *size)).collect();
    let few = Limits {
        files: 100,
        ..LIMITS
    };
    let told = read(&export(&[("aa", &tar(&many))])[..], few);
    assert_eq!(told["cut"], "100 files are the most that is read");
    assert_eq!(
        told["layers"][0]["files"].as_array().map(Vec::len),
        Some(100)
    );
    let late = Limits {
        time: Duration::ZERO,
        ..LIMITS
    };
    let told = read(&export(&[("aa", &tar(&many))])[..], late);
    assert_eq!(told["cut"], "it took longer than 0 s");
}

#[test]
fn more_layers_than_any_engine_stacks_are_not_read() {
    let tiny = tar(&[("a", 0)]);
    let names: Vec<String> = (0..=MOST_LAYERS)
        .map(|n| format!("{n}/layer.tar"))
        .collect();
    let layers: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &*tiny)).collect();
    let told = read(&export(&layers)[..], LIMITS);
    assert_eq!(told["layers"].as_array().map(Vec::len), Some(MOST_LAYERS));
    assert_eq!(told["cut"], "it has more than 512 layers");
}

#[test]
fn hostile_names_are_names_and_nothing_more() {
    let long = "n".repeat(1_000_000);
    let mut inner = tar::Builder::new(Vec::new());
    let mut add = |name: &str, kind: EntryType, bytes: &[u8]| {
        let mut header = header(bytes.len(), kind);
        let field = &mut header.as_old_mut().name;
        field[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        inner.append(&header, bytes).expect("an entry");
    };
    add("../../etc/passwd", EntryType::Regular, b"1");
    add("/etc/shadow", EntryType::Regular, b"22");
    add("a\nf 9 b", EntryType::Regular, b"");
    add("./", EntryType::Directory, b"");
    add("././@LongLink", EntryType::GNULongName, long.as_bytes());
    add("short", EntryType::Regular, b"");
    add("\u{202e}cod.exe", EntryType::Regular, b"");
    let inner = inner.into_inner().expect("a tar");
    let told = read(&export(&[("aa/layer.tar", &inner)])[..], LIMITS);
    let files = told["layers"][0]["files"].as_array().expect("files");
    assert_eq!(files[0], "f 1 ../../etc/passwd");
    assert_eq!(files[1], "f 2 etc/shadow");
    assert_eq!(files[2], "f 0 a\nf 9 b");
    assert_eq!(files[3].as_str().map(str::len), Some(4 + LONGEST_NAME));
    assert_eq!(files.len(), 5);
    assert_eq!(told["cut"], Value::Null);
}
