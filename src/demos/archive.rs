//! An image archive of one layer, as `docker load` takes it, made of a static busybox
//! of this machine: the program, a link for each of its applets, and what a shell
//! expects of a system.

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use tar::{Builder, EntryType, Header};

/// The name that the image has on the host. `busybox` itself is somebody else's.
pub const TAG: &str = "waterline/busybox:latest";

/// Where a busybox may be that is not on the path.
const ELSEWHERE: &[&str] = &[
    "/bin/busybox",
    "/usr/bin/busybox",
    "/bin/busybox.static",
    "/usr/lib/initramfs-tools/bin/busybox",
];

/// Larger than any busybox, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;

/// An archive.
#[derive(Debug)]
pub struct Built {
    /// The bytes.
    pub archive: Vec<u8>,
    /// The id that the image has on every engine.
    pub id: String,
    /// The busybox that is in it.
    pub busybox: PathBuf,
}

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// This machine has no static busybox.
    #[error("this machine has no static busybox; Debian has one in busybox-static")]
    NoBusybox,
    /// It is for another processor than the host's.
    #[error("the busybox of this machine is for {here}, the host is {there}")]
    OtherProcessor {
        /// This machine's.
        here: String,
        /// The host's.
        there: String,
    },
    /// It does not say what it can do.
    #[error("{} does not list its applets: {why}", busybox.display())]
    NoList {
        /// Which.
        busybox: PathBuf,
        /// Why.
        why: String,
    },
    /// The archive cannot be made.
    #[error("the archive cannot be made: {0}")]
    Archive(#[from] io::Error),
    /// Something else.
    #[error("{0}")]
    Lost(String),
}

/// Makes an archive for a host with the processor `there`, where that is known. Reads
/// files and runs `busybox --list`.
///
/// # Errors
/// Why there is none.
pub fn build(there: Option<&str>) -> Result<Built, BuildError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("busybox"));
    let candidates = on_path.chain(ELSEWHERE.iter().map(PathBuf::from));
    build_from(candidates, there)
}

fn build_from(
    candidates: impl Iterator<Item = PathBuf>,
    there: Option<&str>,
) -> Result<Built, BuildError> {
    let (busybox, program, here) = candidates
        .filter_map(|path| {
            let (program, processor) = static_program(&path)?;
            Some((path, program, processor))
        })
        .next()
        .ok_or(BuildError::NoBusybox)?;
    if let Some(there) = there
        && there != here
    {
        return Err(BuildError::OtherProcessor {
            here: here.to_owned(),
            there: there.to_owned(),
        });
    }
    let applets = applets(&busybox)?;
    // As old as the program: made again, it is the same image.
    let made = std::fs::metadata(&busybox)?.modified()?;
    let made = Timestamp::try_from(made)
        .ok()
        .and_then(|made| Timestamp::from_second(made.as_second()).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let (archive, id) = assemble(&program, &applets, here, made)?;
    Ok(Built {
        archive,
        id,
        busybox,
    })
}

/// The bytes of a program that needs nothing else, and its processor as Docker calls it.
fn static_program(path: &Path) -> Option<(Vec<u8>, &'static str)> {
    let about = std::fs::metadata(path).ok()?;
    if !about.is_file() || about.len() > LARGEST {
        return None;
    }
    let program = std::fs::read(path).ok()?;
    let processor = read_elf(&program)?;
    Some((program, processor))
}

/// The processor of a program in ELF that names no loader; `None` for everything else.
fn read_elf(program: &[u8]) -> Option<&'static str> {
    let [0x7f, b'E', b'L', b'F', class, order, ..] = *program else {
        return None;
    };
    let is_64 = class == 2;
    let bytes = |at: usize, count: usize| program.get(at..at.checked_add(count)?);
    let number = |at: usize, count: usize| -> Option<u64> {
        let fold = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(match order {
            1 => bytes(at, count)?.iter().rev().fold(0, fold),
            _ => bytes(at, count)?.iter().fold(0, fold),
        })
    };
    let (headers, size, count) = match is_64 {
        true => (number(32, 8)?, number(54, 2)?, number(56, 2)?),
        false => (number(28, 4)?, number(42, 2)?, number(44, 2)?),
    };
    for index in 0..count {
        let at = usize::try_from(headers.checked_add(index * size)?).ok()?;
        // The header with the name of the loader.
        if number(at, 4)? == 3 {
            return None;
        }
    }
    Some(match (number(18, 2)?, is_64) {
        (0x3e, true) => "amd64",
        (0xb7, true) => "arm64",
        (0x03, false) => "386",
        (0x28, false) => "arm",
        (0x16, true) => "s390x",
        (0x15, true) if order == 1 => "ppc64le",
        (0xf3, true) => "riscv64",
        _ => return None,
    })
}

fn applets(busybox: &Path) -> Result<Vec<String>, BuildError> {
    let no = |why: String| BuildError::NoList {
        busybox: busybox.to_owned(),
        why,
    };
    let listed = Command::new(busybox)
        .arg("--list")
        .output()
        .map_err(|error| no(error.to_string()))?;
    let is_name = |name: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-.[+".contains(&b);
        !matches!(name, "" | "." | ".." | "busybox") && name.bytes().all(fits)
    };
    let names: Vec<String> = String::from_utf8_lossy(&listed.stdout)
        .lines()
        .map(str::trim)
        .filter(|name| is_name(name))
        .map(str::to_owned)
        .collect();
    match names.iter().any(|name| name == "sh") {
        true => Ok(names),
        false => Err(no("it has no sh".into())),
    }
}

/// The archive, and the image's id.
fn assemble(
    program: &[u8],
    applets: &[String],
    processor: &str,
    made: Timestamp,
) -> io::Result<(Vec<u8>, String)> {
    let seconds = u64::try_from(made.as_second()).unwrap_or(0);
    let layer = layer(program, applets, seconds)?;
    let layer_hash = hash(&layer);
    let config = json!({
        "architecture": processor,
        "os": "linux",
        "created": made.to_string(),
        "config": {
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "Cmd": ["sh"],
            "Labels": {(crate::engine::owned::DEMO_IMAGE): "1"},
        },
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer_hash}")]},
        "history": [{"created": made.to_string(), "created_by": "waterline prepare"}],
    });
    let config = serde_json::to_vec(&config)?;
    let id = hash(&config);
    let manifest = json!([{
        "Config": format!("{id}.json"),
        "RepoTags": [TAG],
        "Layers": [format!("{layer_hash}/layer.tar")],
    }]);
    let mut tar = Builder::new(Vec::new());
    let folder = format!("{layer_hash}/");
    append(&mut tar, EntryType::Directory, &folder, 0o755, seconds, b"")?;
    for (path, bytes) in [
        (format!("{layer_hash}/VERSION"), b"1.0".as_slice()),
        (format!("{layer_hash}/layer.tar"), &layer),
        (format!("{id}.json"), &config),
        ("manifest.json".into(), &serde_json::to_vec(&manifest)?),
    ] {
        append(&mut tar, EntryType::Regular, &path, 0o644, seconds, bytes)?;
    }
    Ok((tar.into_inner()?, format!("sha256:{id}")))
}

fn layer(program: &[u8], applets: &[String], seconds: u64) -> io::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    for (folder, mode) in [
        ("bin/", 0o755),
        ("dev/", 0o755),
        ("etc/", 0o755),
        ("home/", 0o755),
        ("proc/", 0o755),
        ("root/", 0o700),
        ("sys/", 0o755),
        ("tmp/", 0o1777),
        ("usr/", 0o755),
        ("var/", 0o755),
    ] {
        append(&mut tar, EntryType::Directory, folder, mode, seconds, b"")?;
    }
    append(
        &mut tar,
        EntryType::Regular,
        "bin/busybox",
        0o755,
        seconds,
        program,
    )?;
    for applet in applets {
        let mut header = header(EntryType::Symlink, 0o777, seconds, 0);
        tar.append_link(&mut header, format!("bin/{applet}"), "/bin/busybox")?;
    }
    for (path, text) in [
        (
            "etc/passwd",
            "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n",
        ),
        ("etc/group", "root:x:0:\nnogroup:x:65534:\n"),
    ] {
        let bytes = text.as_bytes();
        append(&mut tar, EntryType::Regular, path, 0o644, seconds, bytes)?;
    }
    tar.into_inner()
}

fn header(kind: EntryType, mode: u32, seconds: u64, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_mtime(seconds);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    header
}

fn append(
    tar: &mut Builder<Vec<u8>>,
    kind: EntryType,
    path: &str,
    mode: u32,
    seconds: u64,
    bytes: &[u8],
) -> io::Result<()> {
    let mut header = header(kind, mode, seconds, bytes.len() as u64);
    tar.append_data(&mut header, path, bytes)
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::io::Read;

    fn files(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
        let mut archive = tar::Archive::new(archive);
        let entries = archive.entries().expect("a tar");
        let read = |entry: io::Result<tar::Entry<'_, &[u8]>>| {
            let mut entry = entry.expect("an entry");
            let path = entry.path().expect("a path").display().to_string();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("its bytes");
            if let Some(link) = entry.link_name().expect("a name") {
                bytes = link.display().to_string().into_bytes();
            }
            (path, bytes)
        };
        entries.map(read).collect()
    }

    #[test]
    fn the_archive_names_a_layer_and_a_config_that_are_in_it() {
        let applets = ["sh".to_owned(), "[".to_owned()];
        let made = Timestamp::from_second(1_700_000_000).expect("a moment");
        let made_again = || assemble(b"program", &applets, "amd64", made).expect("an archive");
        let (archive, id) = made_again();
        assert_eq!(made_again().1, id, "made again, it is the same");
        let files = files(&archive);
        let manifest: serde_json::Value =
            serde_json::from_slice(&files["manifest.json"]).expect("JSON");
        let config = &files[manifest[0]["Config"].as_str().expect("a name")];
        assert_eq!(format!("sha256:{}", hash(config)), id);
        let layer = &files[manifest[0]["Layers"][0].as_str().expect("a name")];
        let config: serde_json::Value = serde_json::from_slice(config).expect("JSON");
        assert_eq!(
            config["rootfs"]["diff_ids"][0],
            format!("sha256:{}", hash(layer))
        );
        assert_eq!(config["config"]["Labels"]["wl.demo-image"], "1");
        assert_eq!(manifest[0]["RepoTags"], json!([TAG]));
        let layer = self::files(layer);
        assert_eq!(layer["bin/busybox"], b"program");
        assert_eq!(layer["bin/sh"], b"/bin/busybox");
        assert_eq!(layer["bin/["], b"/bin/busybox");
        assert!(layer.contains_key("tmp/") && layer.contains_key("etc/passwd"));
    }

    /// The head of a program for `machine` with one program header of `kind`.
    fn elf(class: u8, machine: u16, kind: u32) -> Vec<u8> {
        let mut head = vec![0; 64 + 56];
        head[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, 1]);
        head[18..20].copy_from_slice(&machine.to_le_bytes());
        let (headers, size, count) = if class == 2 {
            (32, 54, 56)
        } else {
            (28, 42, 44)
        };
        head[headers] = 64;
        head[size] = 56;
        head[count] = 1;
        head[64..68].copy_from_slice(&kind.to_le_bytes());
        head
    }

    #[test]
    fn only_a_program_without_a_loader_will_do() {
        assert_eq!(read_elf(&elf(2, 0x3e, 1)), Some("amd64"));
        assert_eq!(read_elf(&elf(2, 0xb7, 1)), Some("arm64"));
        assert_eq!(read_elf(&elf(1, 0x28, 1)), Some("arm"));
        assert_eq!(read_elf(&elf(2, 0x3e, 3)), None, "it has a loader");
        assert_eq!(read_elf(&elf(2, 0x9999, 1)), None, "who knows");
        assert_eq!(read_elf(&elf(2, 0x3e, 1)[..60]), None, "cut off");
        assert_eq!(read_elf(b"#!/bin/sh\n"), None);
        assert_eq!(read_elf(b""), None);
    }

    #[test]
    fn a_machine_without_a_static_busybox_says_where_one_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = folder.path().join("busybox");
        std::fs::write(&script, "#!/bin/sh\n").expect("a file");
        let built = build_from([script].into_iter(), None);
        assert!(matches!(built, Err(BuildError::NoBusybox)), "{built:?}");
    }
}
