//! Every setting, once: what the command line, the environment, the settings file
//! and the defaults say, in that order.
//!
//! The settings file is `waterline.toml` in the user's configuration folder, or the
//! one given with `--config`. It is never looked for in the content folder: notes
//! may come from anybody, and must not choose the hosts that are connected.

mod hosts;
mod sandbox;

use crate::demos::runner::Terms;
use crate::demos::sandbox::Limits;
use crate::engine::Wanted;
use crate::notebook::Content;
use crate::web::editing::Editor;
use crate::web::log::LogFormat;
use hosts::Hosts;
use sandbox::Sandbox;
use serde::Deserialize;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// What the command line and the environment say: `None` and empty where nothing.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// Where to listen: a loopback address and a port; port 0 lets the system choose
    #[arg(long, value_name = "ADDRESS", env = "WATERLINE_LISTEN")]
    pub listen: Option<String>,

    /// The folder with the notes, instead of the notebook that comes with Waterline
    #[arg(long, value_name = "DIR", env = "WATERLINE_CONTENT")]
    pub content: Option<PathBuf>,

    /// A Docker host to show; may be given more than once, the first is the default.
    /// Without it: what the docker command itself would use
    #[arg(long, value_name = "[NAME=]ENDPOINT")]
    pub host: Vec<String>,

    /// The settings file, instead of waterline.toml in your configuration folder
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// How log lines look on standard error
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,

    /// Change nothing on any host: demos and the docker prompt are turned off
    #[arg(long)]
    pub read_only: bool,

    /// Open the notebook in the browser
    #[arg(long)]
    pub open: bool,

    /// How "Edit this note" opens your editor, e.g. vscode://file/{path}:{line}:{column}
    #[arg(long, value_name = "ADDRESS")]
    pub editor: Option<String>,
}

/// What holds for this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where to listen: always loopback.
    pub listen: SocketAddr,
    /// The folder with the notes; `None` for the embedded notebook.
    pub content: Option<PathBuf>,
    /// The hosts in order, the default one first; empty for what docker would use.
    pub hosts: Vec<Wanted>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Whether nothing may be changed on any host.
    pub read_only: bool,
    /// Whether to open the browser.
    pub open: bool,
    /// How the editor is opened; `None` where pages only say which file they are written in.
    pub editor: Option<Editor>,
    /// What one sandbox may have and use.
    pub limits: Limits,
    /// How long sandboxes last, and what all of them share.
    pub terms: Terms,
}

/// Why the settings cannot be used, in words for whoever wrote them.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the settings file {file} cannot be read: {error}")]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// The system's words.
        error: std::io::Error,
    },
    /// The file says something that is not a setting.
    #[error("{place}: {message}")]
    Wrong {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// The editor is not one.
    #[error("--editor: {0}")]
    NoEditor(String),
    /// The address to listen on is not one.
    #[error(
        "“{0}” is no address to listen on: write an address and a port, like 127.0.0.1:7070 or [::1]:7070"
    )]
    NoAddress(String),
    /// The address is not loopback.
    #[error(
        "“{0}” can be reached from beyond this machine, and Waterline asks nobody for a password. \
         It listens on loopback only: 127.0.0.1, [::1] or localhost. To read it from elsewhere, \
         forward a port: ssh -L 7070:127.0.0.1:7070 THIS-MACHINE"
    )]
    BeyondLoopback(String),
}

/// A place in the settings file, as `waterline.toml:3:7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which file.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Place {
    /// The place of a byte of a file's text.
    fn of(file: &Path, text: &str, byte: usize) -> Place {
        let before = text.get(..byte).unwrap_or_default();
        Place {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
        }
    }

    fn wrong(self, message: &str) -> SettingsError {
        SettingsError::Wrong {
            place: self,
            message: message.to_owned(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// The settings file. An unknown key is an error: a mistyped setting that is
/// silently left out is worse than one that stops the start.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    listen: Option<String>,
    content: Option<PathBuf>,
    #[serde(default)]
    hosts: Hosts,
    log_format: Option<LogFormat>,
    read_only: Option<bool>,
    open: Option<bool>,
    editor: Option<toml::Spanned<String>>,
    /// What `editor` says, read from it.
    #[serde(skip)]
    opens: Option<Editor>,
    #[serde(default)]
    sandbox: Sandbox,
    /// What `sandbox` says, read from it.
    #[serde(skip)]
    numbers: (Limits, Terms),
    /// What `hosts` names, read from it.
    #[serde(skip)]
    wanted: Vec<Wanted>,
}

/// Where Waterline listens when nothing else is said.
const LISTEN: &str = "127.0.0.1:7070";

impl Settings {
    /// Where the content comes from: the folder that was named, or what is built in.
    pub fn source(&self) -> Content {
        match &self.content {
            Some(folder) => Content::Folder(folder.clone()),
            None => Content::Embedded,
        }
    }

    /// The settings for these flags, with the settings file read.
    pub fn resolve(flags: Flags) -> Result<Settings, SettingsError> {
        let file = match (&flags.config, user_file()) {
            (Some(file), _) => read(file)?,
            (None, Some(file)) if file.exists() => read(&file)?,
            _ => File::default(),
        };
        let listen = flags.listen.or(file.listen);
        let (limits, terms) = file.numbers;
        Ok(Settings {
            listen: listen_address(listen.as_deref().unwrap_or(LISTEN))?,
            content: flags.content.or(file.content),
            hosts: if flags.host.is_empty() {
                file.wanted
            } else {
                let flags = flags.host.iter();
                flags.map(|flag| Wanted::parse("--host", flag)).collect()
            },
            log_format: flags.log_format.or(file.log_format).unwrap_or_default(),
            read_only: flags.read_only || file.read_only.unwrap_or(false),
            open: flags.open || file.open.unwrap_or(false),
            editor: match flags.editor.as_deref() {
                Some(flag) => Some(Editor::parse(flag).map_err(SettingsError::NoEditor)?),
                None => file.opens,
            },
            limits,
            terms,
        })
    }
}

/// `waterline.toml` in the user's configuration folder, where the system has one.
pub fn user_file() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
    };
    let folder = if cfg!(windows) {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
    };
    folder.map(|folder| folder.join("waterline.toml"))
}

fn read(path: &Path) -> Result<File, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|error| SettingsError::Unreadable {
        file: path.to_owned(),
        error,
    })?;
    let place = |byte: usize| Place::of(path, &text, byte);
    let mut file: File = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        place(start).wrong(error.message())
    })?;
    // A relative folder is meant from where it is written.
    let folder = path.parent().unwrap_or(Path::new(""));
    if let Some(content) = &file.content {
        file.content = Some(folder.join(content));
    }
    file.numbers = std::mem::take(&mut file.sandbox)
        .resolve()
        .map_err(|senseless| place(senseless.at).wrong(&senseless.why))?;
    if let Some(editor) = &file.editor {
        let opens = Editor::parse(editor.get_ref());
        file.opens = Some(opens.map_err(|why| place(editor.span().start).wrong(&why))?);
    }
    file.wanted = std::mem::take(&mut file.hosts).wanted(folder, &place)?;
    Ok(file)
}

/// The address to listen on; an error unless it is loopback. A host name other than
/// `localhost` is not looked up: whoever answers for it could change their mind.
fn listen_address(text: &str) -> Result<SocketAddr, SettingsError> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return match address.ip().is_loopback() {
            true => Ok(address),
            false => Err(SettingsError::BeyondLoopback(text.to_owned())),
        };
    }
    if text.parse::<IpAddr>().is_ok() {
        return Err(SettingsError::NoAddress(text.to_owned()));
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && !host.contains(':') => {
            let port: u16 = port
                .parse()
                .map_err(|_| SettingsError::NoAddress(text.to_owned()))?;
            match host.eq_ignore_ascii_case("localhost") {
                true => Ok((Ipv4Addr::LOCALHOST, port).into()),
                false => Err(SettingsError::BeyondLoopback(text.to_owned())),
            }
        }
        _ => Err(SettingsError::NoAddress(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(flags: Flags, file: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("waterline.toml");
        std::fs::write(&path, file).expect("a file");
        let flags = Flags {
            config: Some(path),
            ..flags
        };
        let at = format!("{}/", folder.path().display());
        Settings::resolve(flags).map_err(|error| error.to_string().replace(&at, ""))
    }

    fn endpoints(settings: &Settings) -> Vec<String> {
        let named = |host: &Wanted| {
            let name = host.name.as_deref().unwrap_or_default();
            format!("{name}={}", host.endpoint)
        };
        settings.hosts.iter().map(named).collect()
    }

    #[test]
    fn hosts_stand_in_a_table_in_the_order_in_which_they_are_written() {
        let file = "open = false\n[hosts]\nzoo = 'unix:///z'\n\
                    lab = { endpoint = 'tcp://10.0.0.7', ca = 'lab/ca.pem', cert = '/c.pem', key = 'k.pem' }\n\
                    aft = 'ssh://me@aft'\n[hosts.long]\nendpoint = 'tcp://long'\n";
        let settings = resolve(Flags::default(), file).expect("settings");
        assert_eq!(
            endpoints(&settings),
            [
                "zoo=unix:///z",
                "lab=tcp://10.0.0.7",
                "aft=ssh://me@aft",
                "long=tcp://long"
            ]
        );
        let tls = settings.hosts[1].tls.clone().expect("certificates");
        let ca = tls.ca.expect("an authority");
        assert!(ca.is_absolute() && ca.ends_with("lab/ca.pem"), "{ca:?}");
        let (cert, key) = tls.identity.expect("an identity");
        assert_eq!(cert, PathBuf::from("/c.pem"));
        assert!(key.is_absolute() && key.ends_with("k.pem"), "{key:?}");
        assert!(settings.hosts[1].setting.ends_with("waterline.toml:4:1"));
        assert_eq!(settings.hosts[3].tls, None);
    }

    #[test]
    fn what_is_typed_wins_over_what_is_written() {
        let file = "listen = '127.0.0.1:1'\nhosts = ['a=unix:///a']\nlog-format = 'json'";
        let flags = Flags {
            listen: Some("[::1]:2".into()),
            ..Flags::default()
        };
        let settings = resolve(flags, file).expect("settings");
        assert_eq!(settings.listen.to_string(), "[::1]:2");
        assert_eq!(endpoints(&settings), ["a=unix:///a"]);
        assert_eq!(settings.log_format, LogFormat::Json);

        let flags = Flags {
            host: vec!["unix:///b".into()],
            ..Flags::default()
        };
        let settings = resolve(flags, file).expect("settings");
        assert_eq!(settings.listen.to_string(), "127.0.0.1:1");
        assert_eq!(endpoints(&settings), ["=unix:///b"]);
    }

    #[test]
    fn a_mistake_in_the_file_is_named_with_its_place() {
        for (file, says) in [
            ("\nlistne = 1", "waterline.toml:2:1: unknown field `listne`"),
            ("hosts = 3", "waterline.toml:1:9: invalid type: integer"),
            ("# é\nopen = é", "waterline.toml:2:8: "),
            (
                "[hosts]\na = 1",
                "waterline.toml:2:5: invalid type: integer",
            ),
            (
                "[hosts]\na = { endpoint = 'x', cat = 'y' }",
                "waterline.toml:2:23: unknown field `cat`",
            ),
            (
                "[hosts]\na = { ca = 'y' }",
                "waterline.toml:2:5: missing field `endpoint`",
            ),
            ("[hosts]\n\n é = 1", "waterline.toml:3:2: "),
            (
                "open = true\neditor = 'http://{path}'",
                "waterline.toml:2:10: “http:” is no scheme of an editor",
            ),
            (
                "[sandbox]\npids = 2",
                "waterline.toml:2:8: 2 is out of bounds",
            ),
            (
                "[hosts]\n lab = { endpoint = 'tcp://lab', cert = 'c.pem' }",
                "waterline.toml:2:2: cert and key belong together",
            ),
        ] {
            let error = resolve(Flags::default(), file).expect_err(file);
            assert!(error.starts_with(says), "{error}");
        }
        let flags = Flags {
            config: Some("nowhere/waterline.toml".into()),
            ..Flags::default()
        };
        let error = Settings::resolve(flags).expect_err("no file").to_string();
        assert!(
            error.starts_with("the settings file nowhere/waterline.toml cannot be read"),
            "{error}"
        );
    }

    #[test]
    fn the_editor_is_the_one_that_is_typed_or_else_written() {
        let file = "editor = 'zed://file/{path}:{line}'";
        let written = resolve(Flags::default(), file).expect("settings");
        assert_eq!(
            written.editor,
            Editor::parse("zed://file/{path}:{line}").ok()
        );
        let flags = |editor: &str| Flags {
            editor: Some(editor.into()),
            ..Flags::default()
        };
        let typed = resolve(flags("vscode://file/{path}"), file).expect("settings");
        assert_eq!(typed.editor, Editor::parse("vscode://file/{path}").ok());
        let error = resolve(flags("vim"), file).expect_err("no address");
        assert!(error.starts_with("--editor: "), "{error}");
    }

    #[test]
    fn a_folder_in_the_file_is_meant_from_the_file() {
        let settings = resolve(Flags::default(), "content = 'notes'").expect("settings");
        let content = settings.content.expect("content");
        assert!(content.is_absolute() && content.ends_with("notes"));
    }

    #[test]
    fn only_loopback_is_listened_on() {
        let on = |text: &str| listen_address(text).map(|address| address.to_string());
        assert_eq!(on("127.0.0.1:0").expect("loopback"), "127.0.0.1:0");
        assert_eq!(on("LOCALHOST:80").expect("loopback"), "127.0.0.1:80");
        assert_eq!(on("[::1]:7070").expect("loopback"), "[::1]:7070");
        for beyond in [
            "0.0.0.0:7070",
            "[::]:7070",
            "192.168.1.7:80",
            "example.org:80",
            "localhost.example:1",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(
                matches!(on(beyond), Err(SettingsError::BeyondLoopback(_))),
                "{beyond}"
            );
        }
        for none in [
            "",
            "7070",
            ":7070",
            "localhost",
            "127.0.0.1",
            "::1",
            "localhost:x",
            "127.0.0.1:99999",
            "http://localhost:80",
        ] {
            assert!(
                matches!(on(none), Err(SettingsError::NoAddress(_))),
                "{none}"
            );
        }
    }
}
