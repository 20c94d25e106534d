//! The compose file, as far as a sandbox takes it: a small, documented part.
//!
//! A service becomes the line of a `docker create` that does the same, and that line is
//! read like any other that somebody types. So what a sandbox refuses is refused here by
//! the same rules, and there is no second list of what is allowed.
//!
//! Taken: `name`; of a service `image`, `command`, `init`, `environment`, `working_dir`,
//! `hostname`, `read_only`, `tmpfs`, `volumes`, `networks` (with `aliases`) and
//! `depends_on`; of a network `driver` (`bridge`), `external` and `name`; of a volume
//! `external` and `name`. Variables are not filled in.

use crate::demos::refusal::{Refusal, Rule};
use serde_json::{Map, Value};

/// The largest file that is read, in bytes.
const LARGEST: usize = 64 * 1024;

/// A compose file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct File {
    /// The project's name, if the file says one.
    pub(super) name: Option<String>,
    /// In the order in which they are made: what one depends on comes before it.
    pub(super) services: Vec<Service>,
    /// By the names that services use.
    pub(super) networks: Vec<Shared>,
    /// By the names that services use.
    pub(super) volumes: Vec<Shared>,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) name: String,
    /// The flags of `docker create`, each a word, without network and volumes.
    pub(super) flags: Vec<String>,
    pub(super) image: String,
    pub(super) command: Vec<String>,
    /// The networks that it joins, and the names that it has there besides its own.
    pub(super) networks: Vec<(String, Vec<String>)>,
    /// `source`, and the rest of a `-v`.
    pub(super) volumes: Vec<(String, String)>,
    depends_on: Vec<String>,
}

/// A network or a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    /// What services call it.
    pub(super) key: String,
    /// The name that it has outside, if the file says one.
    pub(super) name: Option<String>,
    /// Whether it is there already, and not the project's.
    pub(super) external: bool,
}

impl Shared {
    /// What it is called: what the file says, or the project's name and its own.
    pub(super) fn full_name(&self, project: &str) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None if self.external => self.key.clone(),
            None => format!("{project}_{}", self.key),
        }
    }
}

/// Reads a file.
///
/// # Errors
/// What of it is not taken, or is wrong.
pub(super) fn read(text: &str) -> Result<File, Refusal> {
    if text.len() > LARGEST {
        return Err(wrong("the compose file is larger than 64 KB"));
    }
    let all: Value = serde_saphyr::from_str(text)
        .map_err(|error| wrong(format!("the compose file cannot be read: {error}")))?;
    let mut file = File::default();
    for (key, value) in map(&all, "the compose file")? {
        match key.as_str() {
            "version" => {}
            "name" => file.name = Some(word(value, "name")?),
            "services" => {
                for (name, service) in map(value, "services")? {
                    file.services.push(read_service(name, service)?);
                }
            }
            "networks" => file.networks = shared(value, "networks")?,
            "volumes" => file.volumes = shared(value, "volumes")?,
            other => return Err(not_taken(other)),
        }
    }
    file.services = in_order(file.services);
    let uses_default = file.services.iter().any(|service| {
        let mut networks = service.networks.iter();
        networks.any(|(network, _)| network == "default")
    });
    let has_default = file.networks.iter().any(|network| network.key == "default");
    if uses_default && !has_default {
        file.networks.insert(
            0,
            Shared {
                key: "default".into(),
                name: None,
                external: false,
            },
        );
    }
    check(&file)?;
    Ok(file)
}

/// Whether everything that a service uses is there.
fn check(file: &File) -> Result<(), Refusal> {
    for service in &file.services {
        for (network, _) in &service.networks {
            if !file.networks.iter().any(|shared| shared.key == *network) {
                return Err(Refusal::usage(
                    format!(
                        "service \"{}\" refers to undefined network {network}: invalid compose project",
                        service.name
                    ),
                    1,
                ));
            }
        }
        for (volume, _) in &service.volumes {
            let is_name = !volume.is_empty() && !volume.contains(['/', '.', '~']);
            if is_name && !file.volumes.iter().any(|shared| shared.key == *volume) {
                return Err(Refusal::usage(
                    format!(
                        "service \"{}\" refers to undefined volume {volume}: invalid compose project",
                        service.name
                    ),
                    1,
                ));
            }
        }
    }
    Ok(())
}

fn read_service(name: &str, value: &Value) -> Result<Service, Refusal> {
    let mut service = Service {
        name: name.to_owned(),
        flags: Vec::new(),
        image: String::new(),
        command: Vec::new(),
        networks: Vec::new(),
        volumes: Vec::new(),
        depends_on: Vec::new(),
    };
    for (key, value) in map(value, name)? {
        match key.as_str() {
            "image" => service.image = word(value, key)?,
            "command" => service.command = command(value)?,
            "networks" => service.networks = joined(value)?,
            "volumes" => {
                for volume in list(value, key)? {
                    add_volume(&mut service, volume)?;
                }
            }
            "depends_on" => service.depends_on = keys_or_words(value, key)?,
            _ => {
                let flag = FLAGS.iter().find(|(own, _)| own == key);
                let (_, flag) = flag.ok_or_else(|| not_taken(key))?;
                add_flag(&mut service.flags, flag, value, key)?;
            }
        }
    }
    if service.image.is_empty() {
        return Err(Refusal::new(
            Rule::Image,
            format!("the service {name} has no image, and a sandbox builds none"),
        ));
    }
    if service.networks.is_empty() {
        service.networks.push(("default".into(), Vec::new()));
    }
    Ok(service)
}

/// Which flag of `docker create` a key of a service stands for. Those that a sandbox
/// refuses are here too, so that they are refused by their own rules.
const FLAGS: &[(&str, &str)] = &[
    ("init", "--init"),
    ("environment", "--env"),
    ("working_dir", "--workdir"),
    ("hostname", "--hostname"),
    ("read_only", "--read-only"),
    ("tmpfs", "--tmpfs"),
    ("mem_limit", "--memory"),
    ("cpus", "--cpus"),
    ("pids_limit", "--pids-limit"),
    ("labels", "--label"),
    ("privileged", "--privileged"),
    ("cap_add", "--cap-add"),
    ("security_opt", "--security-opt"),
    ("user", "--user"),
    ("group_add", "--group-add"),
    ("userns_mode", "--userns"),
    ("pid", "--pid"),
    ("ipc", "--ipc"),
    ("uts", "--uts"),
    ("network_mode", "--network"),
    ("cgroup_parent", "--cgroup-parent"),
    ("devices", "--device"),
    ("device_cgroup_rules", "--device-cgroup-rule"),
    ("volumes_from", "--volumes-from"),
    ("sysctls", "--sysctl"),
    ("ulimits", "--ulimit"),
    ("shm_size", "--shm-size"),
    ("runtime", "--runtime"),
    ("ports", "--publish"),
    ("expose", "--expose"),
    ("dns", "--dns"),
    ("extra_hosts", "--add-host"),
    ("links", "--link"),
    ("mac_address", "--mac-address"),
    ("restart", "--restart"),
    ("entrypoint", "--entrypoint"),
    ("env_file", "--env-file"),
    ("healthcheck", "--health-cmd"),
    ("stdin_open", "--interactive"),
    ("tty", "--tty"),
];

fn add_flag(flags: &mut Vec<String>, flag: &str, value: &Value, key: &str) -> Result<(), Refusal> {
    match value {
        Value::Null => {}
        Value::Bool(is_on) => flags.push(format!("{flag}={is_on}")),
        Value::Array(items) => {
            for item in items {
                flags.push(format!("{flag}={}", word(item, key)?));
            }
        }
        Value::Object(pairs) => {
            for (name, value) in pairs {
                let value = match value {
                    Value::Null => String::new(),
                    value => word(value, key)?,
                };
                flags.push(format!("{flag}={name}={value}"));
            }
        }
        one => flags.push(format!("{flag}={}", word(one, key)?)),
    }
    Ok(())
}

/// `data:/data:ro`, or the long form of the same.
fn add_volume(service: &mut Service, value: &Value) -> Result<(), Refusal> {
    let Value::Object(long) = value else {
        let text = word(value, "volumes")?;
        let (source, rest) = match text.split_once(':') {
            Some((source, rest)) => (source.to_owned(), rest.to_owned()),
            None => (String::new(), text),
        };
        service.volumes.push((source, rest));
        return Ok(());
    };
    let (mut source, mut target, mut mode) = (String::new(), String::new(), "");
    for (key, value) in long {
        match (key.as_str(), value) {
            ("type", Value::String(kind)) if kind == "volume" => {}
            ("source", value) => source = word(value, key)?,
            ("target", value) => target = word(value, key)?,
            ("read_only", Value::Bool(true)) => mode = ":ro",
            ("read_only", Value::Bool(false)) => {}
            ("type", Value::String(kind)) if kind == "bind" => {
                return Err(Refusal::new(
                    Rule::Bind,
                    "a sandbox mounts no folders of the host; use a volume",
                ));
            }
            (other, _) => return Err(not_taken(&format!("volumes.{other}"))),
        }
    }
    service.volumes.push((source, format!("{target}{mode}")));
    Ok(())
}

fn joined(value: &Value) -> Result<Vec<(String, Vec<String>)>, Refusal> {
    let Value::Object(networks) = value else {
        let names = keys_or_words(value, "networks")?;
        return Ok(names.into_iter().map(|name| (name, Vec::new())).collect());
    };
    let mut all = Vec::new();
    for (name, settings) in networks {
        let mut aliases = Vec::new();
        if !settings.is_null() {
            for (key, value) in map(settings, name)? {
                match key.as_str() {
                    "aliases" => aliases = keys_or_words(value, key)?,
                    other => return Err(not_taken(&format!("networks.{name}.{other}"))),
                }
            }
        }
        all.push((name.clone(), aliases));
    }
    Ok(all)
}

fn shared(value: &Value, what: &str) -> Result<Vec<Shared>, Refusal> {
    let mut all = Vec::new();
    for (key, settings) in map(value, what)? {
        let mut shared = Shared {
            key: key.clone(),
            name: None,
            external: false,
        };
        if !settings.is_null() {
            for (setting, value) in map(settings, key)? {
                match (setting.as_str(), value) {
                    ("name", value) => shared.name = Some(word(value, setting)?),
                    ("external", Value::Bool(external)) => shared.external = *external,
                    ("driver", Value::String(driver))
                        if matches!(
                            (what, driver.as_str()),
                            ("networks", "bridge") | ("volumes", "local")
                        ) => {}
                    ("driver", _) if what == "networks" => {
                        return Err(Refusal::new(
                            Rule::Network,
                            format!("the network {key}: a sandbox has the driver bridge only"),
                        ));
                    }
                    (other, _) => return Err(not_taken(&format!("{what}.{key}.{other}"))),
                }
            }
        }
        all.push(shared);
    }
    Ok(all)
}

/// What one depends on comes before it; otherwise by name, as Compose does it.
fn in_order(mut left: Vec<Service>) -> Vec<Service> {
    left.sort_by(|a, b| a.name.cmp(&b.name));
    let mut done: Vec<Service> = Vec::new();
    while !left.is_empty() {
        let is_made = |name: &String| {
            done.iter().any(|service| service.name == *name)
                || !left.iter().any(|service| service.name == *name)
        };
        let next = left
            .iter()
            .position(|service| service.depends_on.iter().all(is_made))
            // A circle is cut anywhere.
            .unwrap_or(0);
        done.push(left.remove(next));
    }
    done
}

fn command(value: &Value) -> Result<Vec<String>, Refusal> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => split(&filled_in(text)?),
        list_of_words => list(list_of_words, "command")?
            .iter()
            .map(|item| word(item, "command"))
            .collect(),
    }
}

/// The words of a command in one piece, as Compose splits it: quotes and backslashes, and
/// nothing else that a shell does.
fn split(text: &str) -> Result<Vec<String>, Refusal> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next() {
                        None => return Err(wrong(format!("a quote in {text:?} is not closed"))),
                        Some(end) if end == letter => break,
                        Some('\\') if letter == '"' => word.extend(letters.next()),
                        Some(inside) => word.push(inside),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

/// `$$` is a dollar; what Compose would fill in is not taken.
fn filled_in(text: &str) -> Result<String, Refusal> {
    let plain = text.replace("$$", "");
    match plain.contains('$') {
        true => Err(Refusal::new(
            Rule::Shell,
            format!("{text:?}: compose would fill in a variable here; write $$ for a dollar"),
        )),
        false => Ok(text.replace("$$", "$")),
    }
}

fn word(value: &Value, what: &str) -> Result<String, Refusal> {
    match value {
        Value::String(text) => filled_in(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        _ => Err(wrong(format!("{what} in the compose file is no text"))),
    }
}

fn keys_or_words(value: &Value, what: &str) -> Result<Vec<String>, Refusal> {
    match value {
        Value::Object(map) => Ok(map.keys().cloned().collect()),
        other => list(other, what)?
            .iter()
            .map(|item| word(item, what))
            .collect(),
    }
}

fn map<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>, Refusal> {
    value
        .as_object()
        .ok_or_else(|| wrong(format!("{what} is no mapping")))
}

fn list<'a>(value: &'a Value, what: &str) -> Result<&'a [Value], Refusal> {
    match value {
        Value::Array(list) => Ok(list),
        one @ Value::String(_) => Ok(std::slice::from_ref(one)),
        _ => Err(wrong(format!("{what} in the compose file is no list"))),
    }
}

fn wrong(message: impl Into<String>) -> Refusal {
    Refusal::new(Rule::Text, message)
}

fn not_taken(key: &str) -> Refusal {
    Refusal::new(
        Rule::Flag,
        format!(
            "{key} in a compose file is not supported here. Supported: of services image, command, \
             init, environment, working_dir, hostname, read_only, tmpfs, volumes, networks and \
             depends_on; of networks driver, external and name; of volumes external and name."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_part_of_the_compose_file_is_read() {
        let file = read(
            "name: shop\nservices:\n  web:\n    image: busybox\n    command: sh -c 'echo $$HOME \"a b\"'\n    \
             depends_on: [db]\n    networks:\n      front:\n        aliases: [www]\n      default:\n  db:\n    \
             image: busybox\n    init: true\n    environment:\n      A: 1\n    volumes: ['data:/d:ro', /anon]\n\
             networks:\n  front:\n    external: true\n    name: street\nvolumes:\n  data:\n",
        )
        .expect("a file");
        let names: Vec<&str> = file.services.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["db", "web"]);
        let (db, web) = (&file.services[0], &file.services[1]);
        assert_eq!(db.flags, ["--init=true", "--env=A=1"]);
        assert_eq!(db.networks, [("default".to_owned(), Vec::new())]);
        assert_eq!(
            db.volumes,
            [
                ("data".into(), "/d:ro".into()),
                (String::new(), "/anon".to_owned())
            ]
        );
        assert_eq!(web.command, ["sh", "-c", "echo $HOME \"a b\""]);
        assert_eq!(web.networks[0], ("front".into(), vec!["www".to_owned()]));
        let called = |key: &str| {
            let network = file.networks.iter().find(|network| network.key == key);
            network.expect(key).full_name("shop")
        };
        assert_eq!(
            (&*called("front"), &*called("default")),
            ("street", "shop_default")
        );
        assert_eq!(file.volumes[0].full_name("shop"), "shop_data");
    }

    #[test]
    fn what_is_not_taken_is_named() {
        let rule = |service: &str| {
            let text = format!("services:\n  a:\n    image: busybox\n    {service}\n");
            let refusal = read(&text).expect_err(service);
            (refusal.rule, refusal.message)
        };
        assert_eq!(rule("build: .").0, Rule::Flag);
        assert!(rule("deploy: {}").1.starts_with("deploy in a compose file"));
        assert_eq!(rule("command: echo $HOME").0, Rule::Shell);
        assert_eq!(
            rule("volumes: [{type: bind, source: /, target: /x}]").0,
            Rule::Bind
        );
        assert_eq!(
            rule("networks: [nope]").1,
            "service \"a\" refers to undefined network nope: invalid compose project"
        );
        assert_eq!(rule("volumes: ['nope:/d']").0, Rule::Usage);
        assert!(read("services: [a]").is_err() && read(": :").is_err());
    }
}
