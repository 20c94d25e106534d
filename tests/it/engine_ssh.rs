//! An engine reached by ssh: a real sshd on loopback, with keys of its own.

use crate::fake_engine::FakeEngine;
use crate::shell_start::Running;
use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// An sshd, and an `ssh` that knows it: first on the path that [`Sshd::path`] gives.
struct Sshd {
    folder: TempDir,
    port: u16,
    child: Child,
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Where a program is, as this machine's shells find it.
fn place(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/bin".into()])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("no {program} here; `tests/run` installs it"))
}

impl Sshd {
    fn start() -> Sshd {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().to_owned();
        let at = |name: &str| root.join(name).display().to_string();
        for key in ["host_key", "user_key", "other_key"] {
            run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f", &at(key)]));
        }
        fs::copy(at("user_key.pub"), at("authorized_keys")).expect("a copy");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let docker = place("docker");
        let docker = docker.parent().expect("a folder").display();
        let settings = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile {}\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\nMaxStartups 100\nSetEnv PATH={docker}:/usr/bin:/bin\n",
            at("host_key"),
            at("authorized_keys"),
            at("pid"),
        );
        fs::write(at("sshd_config"), settings).expect("a file");
        // Where it is root, sshd wants a folder that its package makes at boot.
        let _no_root = fs::create_dir_all("/run/sshd");
        let child = Command::new(place("sshd"))
            .args(["-D", "-e", "-f", &at("sshd_config")])
            .stdin(Stdio::null())
            .stderr(fs::File::create(at("log")).expect("a log"))
            .spawn()
            .expect("sshd starts");

        let known = fs::read_to_string(at("host_key.pub")).expect("a key");
        fs::write(at("known"), format!("[127.0.0.1]:{port} {known}")).expect("a file");
        for (name, key) in [("config", "user_key"), ("stranger", "other_key")] {
            let settings = format!(
                "IdentityFile {}\nIdentitiesOnly yes\nUserKnownHostsFile {}\nStrictHostKeyChecking yes\n",
                at(key),
                at("known")
            );
            fs::write(at(name), settings).expect("a file");
            let programs = root.join(format!("bin-{name}"));
            fs::create_dir(&programs).expect("a folder");
            let script = format!(
                "#!/bin/sh\nexec {} -F {} \"$@\"\n",
                place("ssh").display(),
                at(name)
            );
            let ssh = programs.join("ssh");
            fs::write(&ssh, script).expect("a script");
            fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).expect("a program");
        }
        let sshd = Sshd {
            folder,
            port,
            child,
        };
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return sshd;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "sshd does not listen: {}",
            fs::read_to_string(at("log")).unwrap_or_default()
        );
    }

    /// The path of somebody whose ssh has these settings.
    fn path(&self, settings: &str) -> OsString {
        let mut path = self
            .folder
            .path()
            .join(format!("bin-{settings}"))
            .into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        path
    }

    /// The endpoint of an engine whose socket this is, seen through this sshd.
    fn endpoint(&self, socket: &Path) -> String {
        let user = run(Command::new("id").arg("-un"));
        format!("ssh://{user}@127.0.0.1:{}{}", self.port, socket.display())
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn skipped() -> bool {
    std::env::var("WATERLINE_SKIP").is_ok_and(|skip| skip.split(',').any(|s| s == "live"))
}

/// How many ssh processes this process has.
fn sshs(parent: u32) -> usize {
    // It fails where there is none.
    let all = Command::new("ps")
        .args(["-o", "comm=", "--ppid", &parent.to_string()])
        .output()
        .expect("ps starts");
    let all = String::from_utf8_lossy(&all.stdout).into_owned();
    all.lines().filter(|line| line.starts_with("ssh")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_is_read_by_ssh_with_few_processes_and_none_left() {
    if skipped() {
        return;
    }
    let engine = FakeEngine::start().await;
    let networks = r#"[{"Name":"by-ssh","Id":"1ab0","Driver":"bridge","Scope":"local"}]"#;
    engine.script.answers("/networks", 200, networks);
    let sshd = Sshd::start();
    let host = format!("lab={}", sshd.endpoint(&engine.socket()));
    let running = Running::start_with(&sshd.path("config"), &["--host", &host]);
    let line = running.line("host");
    assert!(line.contains("ssh://"), "{line}");
    let page = running.get("/panels/networks");
    assert!(page.contains("by-ssh"), "{page}");

    let mut viewer = running.connect();
    let address = &running.address;
    let panels = "panel=networks&panel=hosts&panel=layers";
    write!(
        viewer,
        "GET /live?{panels} HTTP/1.1\r\nhost: {address}\r\n\r\n"
    )
    .expect("a request");
    engine.script.is_heard().await;
    let mut text = String::new();
    let mut part = [0; 4096];
    while !text.contains(" ms, the median") && !text.contains(" ms or less, the median") {
        let read = viewer.read(&mut part).expect("the stream goes on");
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    assert!(text.contains("by ssh"), "{text}");
    let asked = engine.script.count("/networks");
    let renamed = networks.replace("by-ssh", "renamed");
    engine.script.answers("/networks", 200, renamed);
    engine.script.event("network", "create", "1ab0");
    while !text.contains("renamed") {
        let read = viewer.read(&mut part).expect("the stream goes on");
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    assert!(engine.script.count("/networks") > asked);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let processes = sshs(running.id());
    assert!((1..=5).contains(&processes), "{processes} ssh processes");

    // Nobody looks: the pooled connections end after a while, and their processes with them.
    // The pool looks every 10 s for what has been idle for 10 s: that can take 20 and more.
    drop(viewer);
    for _ in 0..1000 {
        if sshs(running.id()) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} ssh processes are left", sshs(running.id()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ssh_says_is_why_the_host_is_away() {
    if skipped() {
        return;
    }
    let engine = FakeEngine::start().await;
    let sshd = Sshd::start();
    let endpoint = sshd.endpoint(&engine.socket());
    let nowhere = sshd.endpoint(Path::new("/nobody/listens/here.sock"));
    for (settings, endpoint, says) in [
        ("stranger", &endpoint, "Permission denied"),
        ("config", &nowhere, "here.sock"),
    ] {
        let host = format!("lab={endpoint}");
        let running = Running::start_with(&sshd.path(settings), &["--host", &host]);
        let page = running.get("/panels/networks");
        assert!(page.contains("Ssh does not get through: "), "{page}");
        assert!(page.contains(says), "{says}: {page}");
    }
    let empty = tempfile::tempdir().expect("a folder");
    let running = Running::start_with(empty.path().as_os_str(), &["--host", "lab=ssh://me@lab"]);
    let page = running.get("/panels/networks");
    assert!(page.contains("this machine has no ssh command"), "{page}");
    assert_eq!(engine.script.calls(), Vec::<String>::new());
}
