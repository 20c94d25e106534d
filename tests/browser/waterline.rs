//! A `waterline` of our own: started on a free port, stopped when dropped.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

/// How long a start may take, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which Docker the server under test looks at.
pub enum Docker {
    /// The engine that `tests/run` brought.
    Engine,
    /// The same, by another socket that leads to it.
    By(PathBuf),
    /// No `--host`, and the docker command's own default leads nowhere.
    NoneHere,
    /// A `--host` that nobody answers at.
    NamedAndAway,
    /// The engine as `engine`, and `attic`, which nobody answers at.
    TwoHosts,
}

/// A running server. Dropping it ends it.
pub struct Waterline {
    child: Child,
    address: String,
    /// The one-time key that it printed.
    key: String,
    /// Whether it is told to stop and waited for, so that it removes what it made.
    tidies: bool,
    /// The server's home: no settings, contexts or notes of whoever runs the tests.
    home: TempDir,
}

impl Waterline {
    /// The embedded notebook.
    pub fn start(docker: Docker) -> Waterline {
        Waterline::start_with(docker, None)
    }

    /// These notes, as `(file, text)`, instead of the embedded ones.
    pub fn with_notes(docker: Docker, notes: &[(&str, &str)]) -> Waterline {
        Waterline::start_with(docker, Some(notes))
    }

    /// The embedded notebook, with the demo image known on the engine: what runs is removed
    /// when this is dropped.
    pub fn for_demos() -> Waterline {
        Waterline::prepared(None)
    }

    /// The same with these notes and demos, in a folder that is followed.
    pub fn for_demos_of(notes: &[(&str, &str)]) -> Waterline {
        Waterline::prepared(Some(notes))
    }

    fn prepared(notes: Option<&[(&str, &str)]>) -> Waterline {
        let home = tempfile::tempdir().expect("a folder for the server's home");
        let prepared = command(&home)
            .args(["prepare", "--host"])
            .arg(crate::docker::host())
            .output()
            .expect("the waterline command runs");
        let said = String::from_utf8_lossy(&prepared.stderr);
        assert!(prepared.status.success(), "waterline prepare: {said}");
        let mut waterline = Waterline::start_in(home, Docker::Engine, notes);
        waterline.tidies = true;
        waterline
    }

    /// These notes, in a folder that is followed, opened by this editor.
    pub fn for_author(editor: &str, notes: &[(&str, &str)]) -> Waterline {
        let home = tempfile::tempdir().expect("a folder for the server's home");
        let settings = home.path().join(".config");
        fs::create_dir(&settings).expect("a folder for the settings");
        let setting = format!("editor = {editor:?}\n");
        fs::write(settings.join("waterline.toml"), setting).expect("settings");
        Waterline::start_in(home, Docker::NoneHere, Some(notes))
    }

    /// The folder of its notes.
    pub fn notes(&self) -> PathBuf {
        self.home.path().join("notes")
    }

    fn start_with(docker: Docker, notes: Option<&[(&str, &str)]>) -> Waterline {
        let home = tempfile::tempdir().expect("a folder for the server's home");
        Waterline::start_in(home, docker, notes)
    }

    fn start_in(home: TempDir, docker: Docker, notes: Option<&[(&str, &str)]>) -> Waterline {
        let nobody = format!("unix://{}", home.path().join("nobody.sock").display());
        let mut command = command(&home);
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        match docker {
            Docker::Engine => command.arg("--host").arg(crate::docker::host()),
            Docker::By(socket) => command
                .arg("--host")
                .arg(format!("unix://{}", socket.display())),
            Docker::NoneHere => command.env("DOCKER_HOST", nobody),
            Docker::TwoHosts => command
                .arg("--host")
                .arg(format!("engine={}", crate::docker::host()))
                .arg("--host")
                .arg(format!("attic={nobody}")),
            Docker::NamedAndAway => command.arg("--host").arg(nobody),
        };
        if let Some(notes) = notes {
            let folder = home.path().join("notes");
            write_notes(&folder, notes);
            command.arg("--content").arg(folder);
        }
        let mut child = command.spawn().expect("the waterline command starts");
        let (address, key) = address_told(&mut child);
        Waterline {
            child,
            address,
            key,
            tidies: false,
            home,
        }
    }

    /// The URL of a path, with the key: whoever opens it first may run demos.
    pub fn invitation(&self, path: &str) -> String {
        format!("{}{path}?key={}", self.address, self.key)
    }

    /// The URL of a path on this server.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for Waterline {
    fn drop(&mut self) {
        if self.tidies {
            let id = self.child.id().to_string();
            let _told = Command::new("kill").args(["-TERM", &id]).status();
            for _ in 0..200 {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        // Nothing is left to do about a child that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command, with a home of its own and nothing of whoever runs the tests.
fn command(home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waterline"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path());
    command
}

fn write_notes(folder: &Path, notes: &[(&str, &str)]) {
    for (file, text) in notes {
        let path = folder.join(file);
        let parent = path.parent().expect("a note stands in the folder");
        fs::create_dir_all(parent).expect("a folder for the notes");
        fs::write(path, text).expect("a note is written");
    }
}

/// Reads what the server says until it names its address, and then goes on reading,
/// so that it never waits for somebody to listen.
fn address_told(child: &mut Child) -> (String, String) {
    let (tell, told) = mpsc::channel();
    listen(child.stdout.take(), tell.clone());
    listen(child.stderr.take(), tell);
    let mut said = String::new();
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(line) => {
                if let Some(address) = address_in(&line) {
                    return address;
                }
                said.push_str(&line);
                said.push('\n');
            }
            Err(_) => {
                let _ = child.kill();
                panic!("waterline named no address. It said:\n{said}");
            }
        }
    }
}

fn listen(from: Option<impl Read + Send + 'static>, tell: mpsc::Sender<String>) {
    let Some(from) = from else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            // Nobody needs the lines after the address.
            let _ = tell.send(line);
        }
    });
}

/// `http://127.0.0.1:PORT` and the key, wherever they stand in the line.
fn address_in(line: &str) -> Option<(String, String)> {
    let start = line.find("http://127.0.0.1:")?;
    let host = &line[start + "http://".len()..];
    let end = host
        .find(|c: char| c != '.' && c != ':' && !c.is_ascii_digit())
        .unwrap_or(host.len());
    let key = line.split_once("?key=").map_or("", |(_, key)| key.trim());
    Some((format!("http://{}", &host[..end]), key.to_owned()))
}
