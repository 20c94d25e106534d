//! Claims: what the API says of paths on the host, each with the field that says it.

use super::root::{Kind, Root};
use crate::panels::mounts::facts::made_up;
use crate::panels::words;
use serde::Serialize;
use serde_json::Value;

/// Volumes that are drawn.
const VOLUMES: usize = 10;
/// Layers of the chosen container's image that are drawn, topmost first.
const LAYERS: usize = 4;

/// How sure it is that a path is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// A field of the API gives this very path, or one below it.
    Path,
    /// It follows from a field, which does not give the path.
    Follows,
    /// Engines of this kind have it; no field says so.
    Usual,
}

/// One thing that is said of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The whole path on the host.
    pub path: String,
    /// How sure.
    pub proof: Proof,
    /// The field that says it; empty for what is only usual.
    pub field: String,
    /// What is there.
    pub what: String,
    /// Bytes, and the field that tells them.
    pub size: Option<(u64, &'static str)>,
    /// Whether it is the chosen container's.
    pub chosen: bool,
}

/// The answers that claims are read from; what was not answered is `Null`.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// `/info`
    pub info: &'a Value,
    /// `/containers/json`
    pub containers: &'a Value,
    /// The chosen container's own answer.
    pub chosen: &'a Value,
    /// `/volumes`
    pub volumes: &'a Value,
    /// `/system/df`
    pub usage: &'a Value,
}

fn text<'a>(json: &'a Value, pointer: &str) -> Option<&'a str> {
    json.pointer(pointer)?
        .as_str()
        .filter(|text| !text.is_empty())
}

impl Told<'_> {
    /// The chosen container's name.
    pub fn name(&self) -> String {
        let name = text(self.chosen, "/Name").unwrap_or_default();
        words::short(name.trim_start_matches('/'), 60)
    }

    /// Whether the chosen container runs.
    pub fn runs(&self) -> bool {
        self.chosen.pointer("/State/Running") == Some(&Value::Bool(true))
    }

    /// `SizeRw` of the chosen container. Docker leaves a zero out, but gives `SizeRootFs`
    /// then; without either nothing was measured.
    pub fn written(&self) -> Option<u64> {
        let id = text(self.chosen, "/Id")?;
        let usage = Some(self.usage);
        let used = crate::panels::mounts::read::used(usage, "Containers", "ContainerUsage");
        let own = used.iter().find(|used| used["Id"] == id)?;
        own["SizeRw"]
            .as_u64()
            .or_else(|| own["SizeRootFs"].is_u64().then_some(0))
    }

    /// All layers of all images, in bytes.
    pub fn layers(&self) -> Option<(u64, &'static str)> {
        let old = self.usage["LayersSize"].as_u64().map(|n| (n, "LayersSize"));
        old.or_else(|| {
            let new = self.usage.pointer("/ImageUsage/TotalSize")?.as_u64()?;
            Some((new, "ImageUsage.TotalSize"))
        })
    }

    /// The build cache, in bytes.
    pub fn build_cache(&self) -> Option<u64> {
        match self.usage["BuildCache"].as_array() {
            Some(all) => Some(all.iter().filter_map(|entry| entry["Size"].as_u64()).sum()),
            None => {
                let new = self.usage.pointer("/BuildCacheUsage/TotalSize");
                new.or(self.usage.get("BuilderSize"))?.as_u64()
            }
        }
    }

    /// Everything that is said of paths, in no order.
    pub fn claims(&self, root: &Root) -> Vec<Claim> {
        let mut claims = vec![Claim {
            path: root.path.clone(),
            proof: Proof::Path,
            field: "DockerRootDir".into(),
            what: "the data root".into(),
            size: None,
            chosen: false,
        }];
        self.folders(root, &mut claims);
        self.of_the_container(&mut claims);
        self.layers_of_the_container(&mut claims);
        self.of_volumes(&mut claims);
        claims
    }

    /// Folders of the data root that engines of this kind have.
    fn folders(&self, root: &Root, claims: &mut Vec<Claim>) {
        if root.kind == Kind::Podman || root.windows {
            return;
        }
        let mut add = |below: &str, proof, field: &str, what: &str, size| {
            claims.push(Claim {
                path: format!("{}/{below}", root.path.trim_end_matches('/')),
                proof,
                field: field.into(),
                what: what.into(),
                size,
                chosen: false,
            });
        };
        let usual = Proof::Usual;
        let major: Option<u32> = text(self.info, "/ServerVersion")
            .and_then(|version| version.split('.').next()?.parse().ok());
        let listed = self.containers.as_array().map(Vec::len);
        let containers = match listed {
            Some(n) => format!("a folder for each container, {n} here: settings, log"),
            None => "a folder for each container: settings, log".into(),
        };
        add("containers", usual, "", &containers, None);
        add(
            "network",
            usual,
            "",
            "Docker's own database of networks",
            None,
        );
        add("plugins", usual, "", "managed plugins", None);
        add("tmp", usual, "", "downloads and builds under way", None);
        add(
            "runtimes",
            usual,
            "",
            "wrappers for other runtimes than runc",
            None,
        );
        let volumes = match self.volumes["Volumes"].as_array().map(Vec::len) {
            Some(n @ ..=VOLUMES) => format!("a folder for each volume, {n} here"),
            Some(n) => format!("a folder for each volume, {n} here, {VOLUMES} of them drawn"),
            None => "a folder for each volume".into(),
        };
        add("volumes", usual, "", &volumes, self.volumes_size());
        let cache = self.build_cache().filter(|bytes| *bytes > 0);
        let cache = cache.map(|bytes| (bytes, "BuildCache.Size"));
        add(
            "buildkit",
            usual,
            "",
            "the builder's database; the cache's files lie among the layers",
            cache,
        );
        match major {
            Some(..23) => add(
                "trust",
                usual,
                "",
                "keys of an old signing scheme; gone since 23.0",
                None,
            ),
            _ => add("engine-id", usual, "", "a file: this engine's ID", None),
        }
        match text(self.info, "/Swarm/LocalNodeState") {
            Some("active") => add(
                "swarm",
                Proof::Follows,
                "Swarm.LocalNodeState",
                "the cluster's state: this is a swarm node",
                None,
            ),
            _ => add(
                "swarm",
                usual,
                "",
                "the cluster's state; this is no swarm node",
                None,
            ),
        }
        let Some(driver) = text(self.info, "/Driver").filter(|driver| {
            // It becomes part of a path.
            driver
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        }) else {
            add("image", usual, "", "what is known about images", None);
            return;
        };
        if root.containerd {
            claims.push(Claim {
                path: format!("/var/lib/containerd/io.containerd.snapshotter.v1.{driver}"),
                proof: usual,
                field: String::new(),
                what: "containerd's: all layers, unpacked".into(),
                size: self.layers(),
                chosen: false,
            });
            claims.push(Claim {
                path: "/var/lib/containerd/io.containerd.content.v1.content".into(),
                proof: usual,
                field: String::new(),
                what: "containerd's: the same layers, compressed as they were pulled".into(),
                size: None,
                chosen: false,
            });
            return;
        }
        let follows = Proof::Follows;
        add(
            "image",
            follows,
            "Driver",
            "what is known about images: names, settings",
            None,
        );
        add(
            &format!("image/{driver}/layerdb"),
            follows,
            "Driver",
            "which layer lies in which folder",
            None,
        );
        let layers = "the layers, a folder each; named after the driver";
        add(driver, follows, "Driver", layers, self.layers());
        if driver == "vfs" {
            add(
                "vfs/dir",
                follows,
                "Driver",
                "a whole copy for each layer; GraphDriver.Data is empty, so no field says which is whose",
                None,
            );
        }
    }

    /// What lies in the chosen container's own folder.
    fn of_the_container(&self, claims: &mut Vec<Claim>) {
        for (field, what) in [
            ("LogPath", "its log: what it wrote to its output"),
            ("HostnamePath", "its /etc/hostname"),
            ("HostsPath", "its /etc/hosts"),
            ("ResolvConfPath", "its /etc/resolv.conf"),
        ] {
            let Some(path) = text(self.chosen, &format!("/{field}")) else {
                continue;
            };
            let id = text(self.chosen, "/Id").unwrap_or_default();
            // container: mode shares the files of the other.
            let borrowed = !id.is_empty() && !path.contains(id);
            let folder = path.rsplit_once('/').map(|(folder, _)| folder);
            if let Some(folder) = folder.filter(|folder| folder.ends_with(id) && !borrowed)
                && claims.iter().all(|claim| claim.path != folder)
            {
                claims.push(Claim {
                    path: folder.into(),
                    proof: Proof::Path,
                    field: field.into(),
                    what: format!("the folder of {}", self.name()),
                    size: None,
                    chosen: true,
                });
            }
            claims.push(Claim {
                path: path.into(),
                proof: Proof::Path,
                field: field.into(),
                what: match borrowed {
                    true => format!("{what}, another container's, whose network it shares"),
                    false => what.into(),
                },
                size: None,
                chosen: true,
            });
        }
        if let Some(path) = text(self.chosen, "/NetworkSettings/SandboxKey") {
            claims.push(Claim {
                path: path.into(),
                proof: Proof::Path,
                field: "NetworkSettings.SandboxKey".into(),
                what: "its network namespace, as a file; gone at the next start of the machine"
                    .into(),
                size: None,
                chosen: true,
            });
        }
    }

    /// The folders that the graph driver stacks for the chosen container.
    fn layers_of_the_container(&self, claims: &mut Vec<Claim>) {
        let data = self
            .chosen
            .pointer("/GraphDriver/Data")
            .and_then(Value::as_object);
        for (key, value) in data.into_iter().flatten() {
            let Some(value) = value.as_str() else {
                continue;
            };
            let field = format!("GraphDriver.Data.{}", words::short(key, 30));
            let mut add = |path: &str, what: String, size| {
                claims.push(Claim {
                    path: path.into(),
                    proof: Proof::Path,
                    field: field.clone(),
                    what,
                    size,
                    chosen: true,
                });
            };
            match key.as_str() {
                "UpperDir" => {
                    if let Some(folder) = value.strip_suffix("/diff") {
                        add(folder, format!("the folder of {}", self.name()), None);
                    }
                    add(
                        value,
                        "its writable layer: what it changed".into(),
                        self.written().map(|bytes| (bytes, "SizeRw")),
                    );
                }
                "WorkDir" => add(value, "the kernel's scratch folder beside it".into(), None),
                // The mount is there while it runs, and so is the folder.
                "MergedDir" if self.runs() => {
                    add(value, "the whole stack, mounted as one tree".into(), None);
                }
                "MergedDir" => {}
                "LowerDir" => {
                    let lower: Vec<&str> = value.split(':').collect();
                    let (init, image): (Vec<&str>, Vec<&str>) = lower
                        .into_iter()
                        .partition(|path| path.trim_end_matches("/diff").ends_with("-init"));
                    for path in init {
                        add(
                            path,
                            "what Docker put in at creation; no image's layer".into(),
                            None,
                        );
                    }
                    for (at, path) in image.iter().take(LAYERS).enumerate() {
                        let number = image.len() - at;
                        let mut what =
                            format!("layer {number} of {} of its image, read-only", image.len());
                        if at + 1 == LAYERS && number > 1 {
                            what.push_str(&format!(
                                "; {} more below it",
                                words::number(number - 1)
                            ));
                        }
                        add(path, what, None);
                    }
                }
                _ if value.starts_with('/') || value.contains(":\\") => {
                    add(
                        value,
                        "of the storage driver, for this container".into(),
                        None,
                    );
                }
                _ => {}
            }
        }
    }

    /// The volumes of the chosen container by its own mounts, then the others.
    fn of_volumes(&self, claims: &mut Vec<Claim>) {
        let mounts = self.chosen["Mounts"].as_array();
        let own: Vec<(&str, &str)> = mounts
            .into_iter()
            .flatten()
            .filter_map(|mount| Some((text(mount, "/Name")?, text(mount, "/Destination")?)))
            .collect();
        let mut volumes: Vec<&Value> = self.volumes["Volumes"]
            .as_array()
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter(|volume| text(volume, "/Mountpoint").is_some())
            .collect();
        let at = |volume: &Value| {
            let name = text(volume, "/Name").unwrap_or_default();
            own.iter().find(|(own, _)| *own == name).map(|(_, at)| *at)
        };
        volumes.sort_by_key(|volume| {
            (
                at(volume).is_none(),
                text(volume, "/Name").map(str::to_owned),
            )
        });
        for volume in volumes.into_iter().take(VOLUMES) {
            let name = text(volume, "/Name").unwrap_or_default();
            let kind = match made_up(name) {
                true => "an anonymous volume",
                false => "a volume",
            };
            let own = at(volume);
            claims.push(Claim {
                path: text(volume, "/Mountpoint").unwrap_or_default().into(),
                proof: Proof::Path,
                field: "Volumes[].Mountpoint".into(),
                what: match own {
                    Some(path) => format!("{kind}, its {}", words::short(path, 60)),
                    None => kind.into(),
                },
                size: self
                    .volume_size(name)
                    .map(|bytes| (bytes, "UsageData.Size")),
                chosen: own.is_some(),
            });
        }
    }

    fn volume_size(&self, name: &str) -> Option<u64> {
        let used = crate::panels::mounts::read::used(Some(self.usage), "Volumes", "VolumeUsage");
        let own = used.iter().find(|used| used["Name"] == name)?;
        own.pointer("/UsageData/Size")?.as_u64()
    }

    /// All volumes together, if each is told.
    fn volumes_size(&self) -> Option<(u64, &'static str)> {
        let used = crate::panels::mounts::read::used(Some(self.usage), "Volumes", "VolumeUsage");
        let sizes: Option<Vec<u64>> = used
            .iter()
            .map(|used| used.pointer("/UsageData/Size")?.as_u64())
            .collect();
        match sizes.filter(|sizes| !sizes.is_empty()) {
            Some(sizes) => Some((sizes.iter().sum(), "UsageData.Size")),
            None => {
                let new = self.usage.pointer("/VolumeUsage/TotalSize")?.as_u64()?;
                Some((new, "VolumeUsage.TotalSize"))
            }
        }
    }
}
