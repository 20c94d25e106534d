//! `waterline try` as somebody types it: what it prints, and its exit codes.

use crate::live_engine::endpoint;
use std::process::{Command, Output};

/// Runs `waterline try` with a state folder and settings of its own.
fn try_(line: &str, host: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_waterline"))
        .args(["try", line, "--host", host])
        .env("XDG_STATE_HOME", state())
        .env("XDG_CONFIG_HOME", folder.path())
        .output()
        .expect("waterline")
}

/// A state folder in which the test engine's image is pinned.
fn state() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("waterline-try-{}", std::process::id()))
}

fn said(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        text(&output.stdout),
        text(&output.stderr),
        output.status.code(),
    )
}

const NOBODY: &str = "unix:///nowhere/docker.sock";

#[test]
fn a_refusal_comes_before_a_missing_engine() {
    let (out, err, code) = said(&try_("docker run --privileged busybox", NOBODY));
    assert_eq!((out.as_str(), code), ("", Some(3)), "{err}");
    assert!(err.starts_with("waterline: "), "{err}");
    let (_, err, code) = said(&try_("docker run busybox true", NOBODY));
    assert_eq!(code, Some(4), "{err}");
    assert!(
        err.contains("nothing listens at unix:///nowhere/docker.sock"),
        "{err}"
    );
}

#[test]
fn a_command_is_tried_and_leaves_nothing() {
    let Some(endpoint) = endpoint() else { return };
    let prepared = Command::new(env!("CARGO_BIN_EXE_waterline"))
        .args(["prepare", "--host", &endpoint])
        .env("XDG_STATE_HOME", state())
        .output()
        .expect("waterline");
    assert!(prepared.status.success(), "{prepared:?}");
    let line = "docker run --name tried busybox sh -c 'echo out; echo err >&2'";
    let tried = said(&try_(line, &endpoint));
    assert_eq!(tried, ("out\n".into(), "err\n".into(), Some(0)));
    let failed = said(&try_("docker run --rm busybox false", &endpoint));
    assert_eq!(failed, (String::new(), String::new(), Some(1)));
    let (_, err, code) = said(&try_("docker run --nope busybox", &endpoint));
    assert_eq!(code, Some(1), "{err}");
    assert!(err.starts_with("unknown flag: --nope\n"), "{err}");
    let left = Command::new("docker")
        .args([
            "-H",
            &endpoint,
            "ps",
            "-aq",
            "--filter",
            "label=wl.name=tried",
        ])
        .output()
        .expect("docker");
    assert_eq!(String::from_utf8_lossy(&left.stdout), "");
    let _removed = std::fs::remove_dir_all(state());
}
