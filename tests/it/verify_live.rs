//! `waterline verify` against a real engine: the demos that come with Waterline hold, a
//! falsified line is found, and blessing mends it. And the scripts of the same demos, run
//! with the docker command itself.

use crate::live_engine::endpoint;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use waterline::demos::script::shell;
use waterline::demos::stock::Demos;
use waterline::notebook::{Content, Notebook};
use waterline::web::content;

/// What a user has: a folder in which Waterline remembers.
struct User {
    state: tempfile::TempDir,
    host: String,
}

impl User {
    fn of(host: &str) -> User {
        User {
            state: tempfile::tempdir().expect("a folder"),
            host: host.to_owned(),
        }
    }

    /// A user of the test engine, with the demo image put there.
    fn prepared() -> Option<User> {
        let user = User::of(&endpoint()?);
        let done = user.waterline("prepare", &[]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        Some(user)
    }

    fn waterline(&self, verb: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_waterline"))
            .args([verb, "--host", &self.host])
            .args(arguments)
            .env("XDG_STATE_HOME", self.state.path())
            .env_remove("WATERLINE_CONTENT")
            .stdin(Stdio::null())
            .output()
            .expect("waterline runs")
    }

    fn verify(&self, arguments: &[&str]) -> Output {
        self.waterline("verify", arguments)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A content folder with the embedded notes and demos, with one text of a demo replaced.
fn folder(demo: &str, from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    for entry in walkdir::WalkDir::new(&root) {
        let entry = entry.expect("our own folder");
        let to = folder
            .path()
            .join(entry.path().strip_prefix(&root).expect("below it"));
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(to).expect("a folder"),
            false => drop(fs::copy(entry.path(), to).expect("a copy")),
        }
    }
    let file = folder.path().join("demos").join(demo);
    let text = fs::read_to_string(&file).expect("a demo");
    assert!(text.contains(from), "{demo} does not say {from:?}");
    fs::write(&file, text.replacen(from, to, 1)).expect("a file");
    folder
}

/// The names of everything that docker shows with one of our labels.
fn labelled(host: &str) -> String {
    let docker = |arguments: &[&str]| {
        let done = Command::new("docker")
            .args(["-H", host])
            .args(arguments)
            .output();
        text(&done.expect("the docker command").stdout)
    };
    let filter = "label=wl.sandbox";
    [
        docker(&["ps", "-a", "--filter", filter, "--format", "{{.Names}}"]),
        docker(&["volume", "ls", "--filter", filter, "--format", "{{.Name}}"]),
        docker(&["network", "ls", "--filter", filter, "--format", "{{.Name}}"]),
        docker(&["images", "--filter", filter, "--format", "{{.Repository}}"]),
    ]
    .concat()
}

#[test]
fn every_embedded_demo_holds_on_a_live_engine() {
    let Some(user) = User::prepared() else {
        return;
    };
    let done = user.verify(&["--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}{}", text(&done.stdout), text(&done.stderr));
    });
    assert!(done.status.success(), "{value:#}");
    let demos = value["demos"].as_array().expect("a list");
    assert!(demos.len() >= 3);
    for demo in demos {
        assert_eq!(demo["state"], "passed");
        let steps = demo["steps"].as_array().expect("a list");
        assert!(!steps.is_empty(), "{demo:#}");
    }
}

#[test]
fn a_falsified_line_is_named_with_its_file_and_line_and_blessing_mends_it() {
    let Some(user) = User::prepared() else {
        return;
    };
    let folder = folder("what-survives-a-restart.md", "\nhello\n", "\nhullo\n");
    let file = folder.path().join("demos/what-survives-a-restart.md");
    let before = fs::read_to_string(&file).expect("a demo");
    let line = before
        .lines()
        .position(|line| line == "hullo")
        .expect("a line")
        + 1;
    let content = folder.path().to_str().expect("a path");
    let arguments = ["--content", content, "--demo", "what-survives-a-restart"];

    let done = user.verify(&arguments);
    let told = text(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{told}{}", text(&done.stderr));
    let place = format!("{}:{line}: $ docker exec notes cat /state", file.display());
    assert!(told.contains(&place), "{told}");
    assert!(
        told.contains("- hullo\n") && told.contains("+ hello\n"),
        "{told}"
    );
    assert_eq!(fs::read_to_string(&file).expect("a demo"), before);

    let done = user.verify(&[&arguments[..], &["--format", "junit"]].concat());
    let xml = text(&done.stdout);
    assert_eq!(done.status.code(), Some(1));
    assert!(xml.contains(" failures=\"1\" errors=\"0\""), "{xml}");
    assert!(
        xml.contains(&format!("what-survives-a-restart.md:{line}: ")),
        "{xml}"
    );

    let done = user.verify(&[&arguments[..], &["--bless"]].concat());
    assert!(done.status.success(), "{}", text(&done.stdout));
    let mended = before.replace("\nhullo\n", "\nhello\n");
    assert_eq!(fs::read_to_string(&file).expect("a demo"), mended);
    assert!(user.verify(&arguments).status.success());
}

#[test]
fn nothing_of_a_verified_demo_is_left() {
    let Some(user) = User::prepared() else {
        return;
    };
    let done = user.verify(&["--demo", "a-deleted-file-still-weighs"]);
    assert!(done.status.success(), "{}", text(&done.stdout));
    // Other tests have sandboxes too: none of them makes an image of this name.
    assert!(
        !labelled(&user.host).contains("-weigh"),
        "{}",
        labelled(&user.host)
    );
}

#[test]
fn without_an_engine_nobody_can_tell() {
    let folder = tempfile::tempdir().expect("a folder");
    let nobody = format!("unix://{}", folder.path().join("nobody").display());
    let done = User::of(&nobody).verify(&[]);
    assert_eq!(done.status.code(), Some(4), "{}", text(&done.stdout));
    assert!(
        text(&done.stdout).contains("nothing listens at"),
        "{}",
        text(&done.stdout)
    );
}

#[test]
fn what_cannot_be_verified_is_said_before_any_engine_is_asked() {
    let user = User::of("unix:///nonexistent/nobody.sock");
    let done = user.verify(&["--bless"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(
        text(&done.stderr).contains("cannot be blessed"),
        "{}",
        text(&done.stderr)
    );
    let done = user.verify(&["--demo", "nothing-of-the-kind"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(
        text(&done.stderr).contains("pid-1-and-init"),
        "{}",
        text(&done.stderr)
    );
}

#[test]
fn the_scripts_do_the_same_with_ones_own_docker_and_clean_up() {
    let Some(user) = User::prepared() else {
        return;
    };
    let host = &user.host;
    let notebook = Notebook::load(&Content::Embedded, &content::rules()).expect("it is built in");
    for demo in Demos::of(&notebook).all() {
        let mut child = Command::new("sh")
            .env("DOCKER_HOST", host)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("there is always a sh");
        let mut stdin = child.stdin.take().expect("a pipe");
        let script = shell(demo);
        std::thread::spawn(move || stdin.write_all(script.as_bytes()));
        let done = child.wait_with_output().expect("it ends");
        let said = text(&done.stdout);
        assert!(
            done.status.success(),
            "{}: {said}{}",
            demo.id,
            text(&done.stderr)
        );
        let commands = demo.steps().filter(|step| step.expected.refused.is_none());
        for step in commands {
            assert!(said.contains(&format!("$ {}\n", step.command)), "{said}");
        }
        let named = Command::new("docker")
            .args(["-H", host, "ps", "-a", "--format", "{{.Names}}"])
            .output()
            .expect("the docker command");
        for name in ["notes", "deaf", "hears", "polite", "w1", "w2"] {
            let left = text(&named.stdout).lines().any(|line| line == name);
            assert!(!left, "{name} is left by {}", demo.id);
        }
    }
}
