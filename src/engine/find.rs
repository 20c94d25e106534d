//! Finding hosts: the ones given with `--host`, or the one that the docker command
//! would use.
//!
//! [`find`] is a pure function of its [`Surroundings`], so that every machine can be
//! tried in a test. It never connects: a host that does not answer is no fault of
//! the settings.

use super::endpoint::{Endpoint, EndpointError, TlsFiles};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What of a machine decides where its Docker is.
pub struct Surroundings {
    /// The environment variables.
    pub env: HashMap<String, String>,
    /// The user's home directory.
    pub home: Option<PathBuf>,
    /// Where the user's own sockets are, usually `/run/user/1000`.
    pub runtime: Option<PathBuf>,
    /// Reads a file.
    pub read: fn(&Path) -> io::Result<Vec<u8>>,
    /// The paths of what is in a folder.
    pub list: fn(&Path) -> io::Result<Vec<PathBuf>>,
}

/// A host as a flag or the settings file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Where that was said: `--host`, or the file, line and column.
    pub setting: String,
    /// Its name; without one the first is `default` and the third `host-3`.
    pub name: Option<String>,
    /// Where it is, in docker's notation.
    pub endpoint: String,
    /// Certificates of its own. Without them those of the docker command's variables hold.
    pub tls: Option<TlsFiles>,
}

impl Wanted {
    /// Reads `[NAME=]ENDPOINT`, as `setting` has it.
    pub fn parse(setting: &str, text: &str) -> Wanted {
        let (name, endpoint) = match text.split_once('=') {
            // A name holds neither; `unix:///a=b` begins with no name.
            Some((name, endpoint)) if !name.contains([':', '/']) => (Some(name), endpoint),
            _ => (None, text),
        };
        Wanted {
            setting: setting.to_owned(),
            name: name.map(str::to_owned),
            endpoint: endpoint.to_owned(),
            tls: None,
        }
    }
}

impl Surroundings {
    /// Those of this process.
    pub fn of_this_process() -> Surroundings {
        let env: HashMap<String, String> = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let runtime = match env.get("XDG_RUNTIME_DIR") {
            Some(dir) if !dir.is_empty() => Some(PathBuf::from(dir)),
            _ => own_runtime(),
        };
        Surroundings {
            home: std::env::home_dir().filter(|home| !home.as_os_str().is_empty()),
            runtime,
            env,
            read: |path| std::fs::read(path),
            list: |folder| {
                std::fs::read_dir(folder)?
                    .map(|entry| entry.map(|entry| entry.path()))
                    .collect()
            },
        }
    }

    /// A variable that is set to something.
    fn var(&self, name: &str) -> Option<&str> {
        let value = self.env.get(name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// The docker command's own folder.
    fn docker(&self) -> Option<PathBuf> {
        match self.var("DOCKER_CONFIG") {
            Some(dir) => Some(PathBuf::from(dir)),
            None => Some(self.home.as_ref()?.join(".docker")),
        }
    }

    fn exists(&self, path: &Path) -> bool {
        (self.read)(path).is_ok()
    }
}

/// `/run/user/UID`, where login sessions without the variable have their sockets.
fn own_runtime() -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let uid = std::fs::metadata("/proc/self").ok()?.uid();
    (uid != 0).then(|| PathBuf::from(format!("/run/user/{uid}")))
}

/// A host's name: what stands in URLs and on the page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostName(String);

impl HostName {
    /// Accepts what docker accepts as a context's name: letters, digits and `_ . + -`,
    /// beginning with a letter or digit, at most 64 of them.
    pub fn new(text: &str) -> Option<HostName> {
        let fits = text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.+-".contains(&b));
        fits.then(|| HostName(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn default() -> HostName {
        HostName("default".into())
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A host that is to be connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: HostName,
    /// Where it may listen, in the order in which to try; the first that answers is it.
    pub candidates: Vec<Endpoint>,
    /// Whether the reader named it with `--host`. One that was only found may be
    /// replaced by a recording.
    pub named: bool,
    /// What is wrong with the setting that says where it is; there are no candidates then.
    pub problem: Option<FindError>,
}

impl Found {
    /// A host that the reader named.
    pub fn named(name: HostName, endpoint: Endpoint) -> Found {
        Found {
            name,
            candidates: vec![endpoint],
            named: true,
            problem: None,
        }
    }
}

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// An endpoint that cannot be used.
    #[error("{setting}: {error}")]
    Endpoint {
        /// Which setting says so, e.g. `--host` or `DOCKER_HOST`.
        setting: String,
        /// What is wrong.
        error: EndpointError,
    },
    /// A name that no host can have.
    #[error(
        "{setting}: {name:?} is no name for a host; use letters, digits and _ . + -, as in --host lab=tcp://10.0.0.5:2376"
    )]
    Name {
        /// Which setting says so.
        setting: String,
        /// The name.
        name: String,
    },
    /// Two hosts of one name.
    #[error(
        "{setting}: two hosts are named {name}; give each its own name, as in --host lab=tcp://10.0.0.5:2376"
    )]
    Twice {
        /// Which setting says it the second time.
        setting: String,
        /// The name.
        name: String,
    },
    /// Two names for one endpoint.
    #[error(
        "{setting}: {second} is at {endpoint}, and so is {first}; one endpoint is one host, so give it one name"
    )]
    SameEndpoint {
        /// Which setting says it the second time.
        setting: String,
        /// The name it had.
        first: String,
        /// The name it was given as well.
        second: String,
        /// Where they are.
        endpoint: String,
    },
    /// A context that is not there.
    #[error(
        "{setting} names the context {context:?}, which {file} does not describe; see `docker context ls`"
    )]
    NoContext {
        /// Which setting names it.
        setting: String,
        /// Its name.
        context: String,
        /// The file that should describe it.
        file: String,
    },
    /// A context that describes no Docker host.
    #[error(
        "the context {context:?} in {file} describes no Docker host; see `docker context inspect {context}`"
    )]
    Context {
        /// Its name.
        context: String,
        /// The file that describes it.
        file: String,
    },
    /// TLS without verifying who answers.
    #[error(
        "{0} turns the verification of certificates off, and Waterline always verifies; give the host's authority in ca.pem and set DOCKER_TLS_VERIFY=1"
    )]
    Unverified(String),
}

/// The hosts to connect, the default one first.
///
/// `wanted` are those that flags or settings name. Without any it is the one host that the docker command would use: `DOCKER_HOST`, else `DOCKER_CONTEXT`,
/// else the current context of the docker command's settings, else the first of the
/// usual sockets that answers.
///
/// # Errors
/// What is wrong with a flag or setting. A fault in what was only found is part of the
/// [`Found`], since notes can be read without Docker.
pub fn find(wanted: &[Wanted], around: &Surroundings) -> Result<Vec<Found>, FindError> {
    if wanted.is_empty() {
        return Ok(vec![discover(around)]);
    }
    let mut found: Vec<Found> = Vec::new();
    for (index, wanted) in wanted.iter().enumerate() {
        let setting = wanted.setting.clone();
        let name = match &wanted.name {
            Some(name) => HostName::new(name).ok_or_else(|| FindError::Name {
                setting: setting.clone(),
                name: name.clone(),
            })?,
            None if index == 0 => HostName::default(),
            None => HostName(format!("host-{}", index + 1)),
        };
        if found.iter().any(|host| host.name == name) {
            let name = name.0;
            return Err(FindError::Twice { setting, name });
        }
        let endpoint = match &wanted.tls {
            Some(files) => secured(&setting, &wanted.endpoint, files)?,
            None => from_setting(&setting, &wanted.endpoint, around)?,
        };
        let there = |host: &&Found| host.candidates[0].address == endpoint.address;
        if let Some(first) = found.iter().find(there) {
            return Err(FindError::SameEndpoint {
                setting,
                first: first.name.0.clone(),
                second: name.0,
                endpoint: endpoint.to_string(),
            });
        }
        found.push(Found::named(name, endpoint));
    }
    Ok(found)
}

/// An endpoint with certificates of its own.
fn secured(setting: &str, text: &str, files: &TlsFiles) -> Result<Endpoint, FindError> {
    let failed = |error| FindError::Endpoint {
        setting: setting.to_owned(),
        error,
    };
    let endpoint = Endpoint::parse(text, Some(files.clone())).map_err(failed)?;
    if !endpoint.is_tcp() {
        return Err(failed(EndpointError::NoTls(endpoint.to_string())));
    }
    Ok(endpoint)
}

/// A docker context of this machine: a host that somebody could ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Its name, as its file says it; the folder's when the file does not.
    pub name: String,
    /// What its author wrote about it; empty when nothing.
    pub about: String,
    /// Where it leads, or what is wrong with it.
    pub leads: Result<Endpoint, FindError>,
}

/// The docker contexts of a machine, by name. `default` is not among them: docker keeps
/// no file for it.
pub fn contexts(around: &Surroundings) -> Vec<Context> {
    let Some(folder) = around.docker().map(|dir| dir.join("contexts")) else {
        return Vec::new();
    };
    let mut contexts: Vec<Context> = (around.list)(&folder.join("meta"))
        .unwrap_or_default()
        .iter()
        .filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned()))
        // Docker's own folders are named by a digest; leave alone what else is there.
        .filter(|name| name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit()))
        .filter_map(|name| context(&folder, &name, around))
        .collect();
    contexts.sort_by(|a, b| a.name.cmp(&b.name));
    contexts
}

/// The context in one of docker's folders; `None` when there is no file.
fn context(contexts: &Path, folder: &str, around: &Surroundings) -> Option<Context> {
    let file = contexts.join("meta").join(folder).join("meta.json");
    let bytes = (around.read)(&file).ok()?;
    let meta: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let name = meta["Name"].as_str().unwrap_or(&folder[..12]).to_owned();
    let about = meta["Metadata"]["Description"].as_str().unwrap_or_default();
    Some(Context {
        about: super::mask::line(about),
        leads: leads(&name, folder, &file, &bytes, contexts, around),
        name,
    })
}

/// The host that the docker command would use.
fn discover(around: &Surroundings) -> Found {
    let of = |name: HostName, candidates: Result<Vec<Endpoint>, FindError>| {
        let (candidates, problem) = match candidates {
            Ok(candidates) => (candidates, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        Found {
            name,
            candidates,
            named: false,
            problem,
        }
    };
    // DOCKER_HOST goes before DOCKER_CONTEXT, as docker has it.
    if let Some(host) = around.var("DOCKER_HOST") {
        let endpoint = from_setting("DOCKER_HOST", host, around);
        return of(HostName::default(), endpoint.map(|endpoint| vec![endpoint]));
    }
    let (setting, context) = match around.var("DOCKER_CONTEXT") {
        Some(context) => ("DOCKER_CONTEXT".to_owned(), Some(context.to_owned())),
        None => current_context(around),
    };
    match context {
        Some(context) if context != "default" => {
            let name = HostName::new(&context).unwrap_or_else(HostName::default);
            let endpoint = from_context(&setting, &context, around);
            of(name, endpoint.map(|endpoint| vec![endpoint]))
        }
        _ => of(HostName::default(), Ok(usual_sockets(around))),
    }
}

/// The current context in the docker command's settings. A settings file that cannot
/// be read counts as none, as it does for docker.
fn current_context(around: &Surroundings) -> (String, Option<String>) {
    let Some(file) = around.docker().map(|dir| dir.join("config.json")) else {
        return (String::new(), None);
    };
    let context = (around.read)(&file)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .and_then(|config| Some(config["currentContext"].as_str()?.to_owned()))
        .filter(|name| !name.is_empty());
    (format!("currentContext in {}", file.display()), context)
}

/// Where engines usually listen. The first that answers is the host.
fn usual_sockets(around: &Surroundings) -> Vec<Endpoint> {
    let mut sockets = vec![PathBuf::from("/var/run/docker.sock")];
    if let Some(runtime) = &around.runtime {
        sockets.push(runtime.join("docker.sock"));
    }
    if let Some(home) = &around.home {
        sockets.push(home.join(".docker/run/docker.sock"));
        sockets.push(home.join(".docker/desktop/docker.sock"));
    }
    if let Some(runtime) = &around.runtime {
        sockets.push(runtime.join("podman/podman.sock"));
    }
    sockets.push(PathBuf::from("/run/podman/podman.sock"));
    sockets.iter().map(Endpoint::unix).collect()
}

/// An endpoint from a flag or variable, with the certificates that the docker
/// command's variables name.
fn from_setting(setting: &str, text: &str, around: &Surroundings) -> Result<Endpoint, FindError> {
    let failed = |error| FindError::Endpoint {
        setting: setting.to_owned(),
        error,
    };
    let endpoint = Endpoint::parse(text, None).map_err(failed)?;
    if !endpoint.is_tcp() {
        return Ok(endpoint);
    }
    if around.var("DOCKER_TLS_VERIFY").is_some() {
        let folder = match around.var("DOCKER_CERT_PATH") {
            Some(dir) => Some(PathBuf::from(dir)),
            None => around.docker(),
        };
        let files = folder
            .map(|dir| tls_files(&dir, around))
            .unwrap_or_default();
        return Endpoint::parse(text, Some(files)).map_err(failed);
    }
    if around.var("DOCKER_TLS").is_some() {
        return Err(FindError::Unverified("DOCKER_TLS".into()));
    }
    Ok(endpoint)
}

/// The endpoint of a docker context, from its file.
fn from_context(setting: &str, name: &str, around: &Surroundings) -> Result<Endpoint, FindError> {
    let digest = Sha256::digest(name.as_bytes());
    let folder: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let contexts = around.docker().unwrap_or_default().join("contexts");
    let file = contexts.join("meta").join(&folder).join("meta.json");
    let bytes = (around.read)(&file).map_err(|_| FindError::NoContext {
        setting: setting.to_owned(),
        context: name.to_owned(),
        file: file.display().to_string(),
    })?;
    leads(name, &folder, &file, &bytes, &contexts, around)
}

/// Where the context described by `bytes` leads.
fn leads(
    name: &str,
    folder: &str,
    file: &Path,
    bytes: &[u8],
    contexts: &Path,
    around: &Surroundings,
) -> Result<Endpoint, FindError> {
    let described = || FindError::Context {
        context: name.to_owned(),
        file: file.display().to_string(),
    };
    let meta: Value = serde_json::from_slice(bytes).map_err(|_| described())?;
    let docker = &meta["Endpoints"]["docker"];
    let host = docker["Host"].as_str().ok_or_else(described)?;
    let setting = format!("the context {name:?}");
    let tls = contexts.join("tls").join(folder).join("docker");
    let files = tls_files(&tls, around);
    let secured = files != TlsFiles::default() && !host.trim_start().starts_with("ssh:");
    let failed = |error| FindError::Endpoint {
        setting: setting.clone(),
        error,
    };
    let endpoint = Endpoint::parse(host, secured.then_some(files)).map_err(failed)?;
    if docker["SkipTLSVerify"] == true && endpoint.tls.is_some() {
        return Err(FindError::Unverified(setting));
    }
    Ok(endpoint)
}

/// The certificates in a folder, under the names that docker gives them.
fn tls_files(folder: &Path, around: &Surroundings) -> TlsFiles {
    let there = |name: &str| Some(folder.join(name)).filter(|path| around.exists(path));
    TlsFiles {
        ca: there("ca.pem"),
        identity: there("cert.pem").zip(there("key.pem")),
    }
}

#[cfg(test)]
mod tests;
