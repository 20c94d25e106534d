//! Shapes: what of each answer is known, and may be said.
//!
//! Fields of the Engine API from 1.24 to 1.53, and Podman's. A field that an engine
//! adds tomorrow is not here, and is masked until somebody has looked at it.

use super::Ask;
use super::mask::Rule::{
    self, Action, Argv, By, Command, CreatedBy, Each, Fields, Keep, Labels, Mask, Name, Number,
    Options, Processes, Proxy, Remark, Sandbox,
};

/// What may be said of an answer to `ask`.
pub fn of(ask: &Ask) -> Rule {
    match ask {
        Ask::Version => VERSION,
        Ask::Info => INFO,
        Ask::Containers | Ask::ContainerSizes => CONTAINER_LINE,
        Ask::Container(_) | Ask::Sized(_) => CONTAINER,
        Ask::Changes(_) => Fields("Path Kind", &[]),
        Ask::Images => IMAGE_LINE,
        Ask::Image(_) => IMAGE,
        Ask::History(_) => HISTORY,
        Ask::Networks | Ask::Network(_) => NETWORK,
        Ask::Volumes => Fields("Warnings", &[("Volumes", VOLUME)]),
        Ask::Top(_) => Processes,
        Ask::Events => EVENT,
        Ask::Files(_) => FILES,
        Ask::DiskUsage => DISK_USAGE,
    }
}

/// An event whose actor has these attributes. Not the text of an exec, which stands
/// behind a colon in the action.
macro_rules! event {
    ($attributes:expr) => {
        Fields(
            "Type id from scope time timeNano",
            &[
                ("Action", Action),
                ("status", Action),
                ("Actor", Fields("ID", &[("Attributes", $attributes)])),
            ],
        )
    };
}

const NUMBERS: &[(&str, Rule)] = &[
    ("exitCode", Number),
    ("containerExitCode", Number), // Podman's
    ("signal", Number),
    ("wl.sandbox", Sandbox),
    ("wl.name", Sandbox),
    ("wl.image", Sandbox),
];

/// Engines put every label of a container or image among the attributes. So each name
/// counts only with the kind of object where the engine itself writes it: a label may be
/// called `type` as well.
const EVENT: Rule = By(
    "Type",
    &[
        (
            "container",
            event!(Fields(
                "name image com.docker.compose.project com.docker.compose.service \
                 com.docker.compose.container-number",
                NUMBERS
            )),
        ),
        ("network", event!(Fields("name type container", &[]))),
        (
            "volume",
            event!(Fields(
                "driver container destination read/write propagation",
                &[]
            )),
        ),
    ],
    &event!(Fields("name", NUMBERS)),
);

/// Of our own making: see `super::files`.
const FILES: Rule = Keep;

const VERSION: Rule = Fields(
    "Version ApiVersion MinAPIVersion GitCommit GoVersion Os Arch KernelVersion BuildTime \
     Experimental",
    &[
        ("Platform", Fields("Name", &[])),
        (
            "Components",
            Fields("Name Version", &[("Details", Each(&Keep))]),
        ),
    ],
);

const COMMIT: Rule = Fields("ID Expected", &[]);

const INFO: Rule = Fields(
    "ID Containers ContainersRunning ContainersPaused ContainersStopped Images Driver DriverStatus \
     SystemStatus MemoryLimit SwapLimit KernelMemory KernelMemoryTCP CpuCfsPeriod CpuCfsQuota \
     CPUShares CPUSet PidsLimit IPv4Forwarding BridgeNfIptables BridgeNfIp6tables Debug NFd \
     OomKillDisable NGoroutines SystemTime LoggingDriver CgroupDriver CgroupVersion NEventsListener \
     KernelVersion OperatingSystem OSVersion OSType Architecture IndexServerAddress NCPU MemTotal \
     DockerRootDir NoProxy Name ExperimentalBuild ServerVersion DefaultRuntime LiveRestoreEnabled \
     Isolation InitBinary SecurityOptions Warnings CDISpecDirs",
    &[
        ("Plugins", Fields("Volume Network Authorization Log", &[])),
        ("HttpProxy", Proxy),
        ("HttpsProxy", Proxy),
        ("Labels", Name),
        // Of registries, what is trusted without TLS; no mirror, since they carry credentials.
        ("RegistryConfig", Fields("InsecureRegistryCIDRs", &[])),
        ("Runtimes", Each(&Fields("path", &[("runtimeArgs", Mask)]))),
        // Not the cluster: join tokens and authorities.
        (
            "Swarm",
            Fields(
                "NodeID NodeAddr LocalNodeState ControlAvailable Nodes Managers",
                &[("RemoteManagers", Fields("NodeID Addr", &[]))],
            ),
        ),
        ("ContainerdCommit", COMMIT),
        ("RuncCommit", COMMIT),
        ("InitCommit", COMMIT),
        ("DefaultAddressPools", Fields("Base Size", &[])),
        ("FirewallBackend", Fields("Driver Info", &[])),
        (
            "Containerd",
            Fields(
                "Address",
                &[("Namespaces", Fields("Containers Plugins", &[]))],
            ),
        ),
    ],
);

/// What may be said of a network driver's options: the ones docker itself knows.
const NETWORK_OPTIONS: Rule = Options(&[
    "com.docker.network.",
    "mtu",
    "parent",
    "macvlan_mode",
    "ipvlan_mode",
    "ipvlan_flag",
    "isolate",
]);

const ENDPOINTS: Rule = Each(&Fields(
    "Links Aliases DNSNames MacAddress NetworkID EndpointID Gateway IPAddress IPPrefixLen \
     IPv6Gateway GlobalIPv6Address GlobalIPv6PrefixLen GwPriority",
    &[
        (
            "IPAMConfig",
            Fields("IPv4Address IPv6Address LinkLocalIPs", &[]),
        ),
        ("DriverOpts", NETWORK_OPTIONS),
    ],
));

const MOUNTS: Rule = Fields(
    "Type Name Source Destination Driver Mode RW Propagation",
    &[],
);

const PLATFORM: Rule = Fields("architecture os os.version os.features variant", &[]);

const DESCRIPTOR: Rule = Fields(
    "mediaType digest size",
    &[("platform", PLATFORM), ("annotations", Labels)],
);

const CONTAINER_LINE: Rule = Fields(
    "Id Names Image ImageID Created SizeRw SizeRootFs State Status",
    &[
        ("Command", Command),
        ("Labels", Labels),
        ("ImageManifestDescriptor", DESCRIPTOR),
        ("Ports", Fields("IP PrivatePort PublicPort Type", &[])),
        (
            "HostConfig",
            Fields("NetworkMode", &[("Annotations", Labels)]),
        ),
        ("NetworkSettings", Fields("", &[("Networks", ENDPOINTS)])),
        ("Mounts", MOUNTS),
        ("Health", Fields("Status FailingStreak", &[])),
    ],
);

/// `"80/tcp": [{"HostIp": "", "HostPort": "8080"}]`
const PORTS: Rule = Each(&Fields("HostIp HostPort", &[]));

const GRAPH_DRIVER: Rule = Fields("Name", &[("Data", Each(&Keep))]);

/// The containerd image store's successor of the graph driver.
const STORAGE: Rule = Fields(
    "",
    &[("RootFS", Fields("", &[("Snapshot", Fields("Name", &[]))]))],
);

const HEALTHCHECK: Rule = Fields(
    "Interval Timeout StartPeriod StartInterval Retries",
    &[("Test", Argv)],
);

const CONFIG: Rule = Fields(
    "Hostname Domainname User AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce \
     ArgsEscaped Image WorkingDir NetworkDisabled MacAddress StopSignal StopTimeout",
    &[
        ("ExposedPorts", Each(&Keep)),
        ("Volumes", Each(&Keep)),
        ("Env", Name),
        ("Cmd", Argv),
        ("Entrypoint", Argv),
        ("Shell", Argv),
        ("Healthcheck", HEALTHCHECK),
        ("Labels", Labels),
    ],
);

const DEVICE_RATE: Rule = Fields("Path Rate Weight", &[]);

const HOST_CONFIG: Rule = Fields(
    "Binds ContainerIDFile NetworkMode AutoRemove VolumeDriver VolumesFrom ConsoleSize CapAdd \
     CapDrop CgroupnsMode Dns DnsOptions DnsSearch ExtraHosts GroupAdd IpcMode Cgroup Links \
     OomScoreAdj PidMode Privileged PublishAllPorts ReadonlyRootfs SecurityOpt UTSMode UsernsMode \
     ShmSize Runtime Isolation CpuShares Memory NanoCpus CgroupParent BlkioWeight CpuPeriod \
     CpuQuota CpuRealtimePeriod CpuRealtimeRuntime CpusetCpus CpusetMems DeviceCgroupRules \
     KernelMemory KernelMemoryTCP MemoryReservation MemorySwap MemorySwappiness OomKillDisable Init \
     PidsLimit CpuCount CpuPercent IOMaximumIOps IOMaximumBandwidth MaskedPaths ReadonlyPaths",
    &[
        (
            "LogConfig",
            Fields("Type", &[("Config", Options(&["max-"]))]),
        ),
        ("PortBindings", PORTS),
        ("RestartPolicy", Fields("Name MaximumRetryCount", &[])),
        ("Annotations", Labels),
        ("Tmpfs", Each(&Keep)),
        ("Sysctls", Each(&Keep)),
        ("StorageOpt", Options(&["size"])),
        ("Ulimits", Fields("Name Soft Hard", &[])),
        (
            "Devices",
            Fields("PathOnHost PathInContainer CgroupPermissions", &[]),
        ),
        (
            "DeviceRequests",
            Fields("Driver Count DeviceIDs Capabilities", &[]),
        ),
        ("BlkioWeightDevice", DEVICE_RATE),
        ("BlkioDeviceReadBps", DEVICE_RATE),
        ("BlkioDeviceWriteBps", DEVICE_RATE),
        ("BlkioDeviceReadIOps", DEVICE_RATE),
        ("BlkioDeviceWriteIOps", DEVICE_RATE),
        (
            "Mounts",
            Fields(
                "Type Source Target ReadOnly Consistency",
                &[
                    (
                        "BindOptions",
                        Fields(
                            "Propagation NonRecursive CreateMountpoint ReadOnlyNonRecursive \
                             ReadOnlyForceRecursive",
                            &[],
                        ),
                    ),
                    (
                        "VolumeOptions",
                        Fields(
                            "NoCopy Subpath",
                            &[("Labels", Labels), ("DriverConfig", Fields("Name", &[]))],
                        ),
                    ),
                    ("TmpfsOptions", Fields("SizeBytes Mode", &[])),
                    ("ImageOptions", Fields("Subpath", &[])),
                ],
            ),
        ),
    ],
);

const CONTAINER: Rule = Fields(
    "Id Created Image ResolvConfPath HostnamePath HostsPath LogPath Name RestartCount Driver \
     Platform MountLabel ProcessLabel AppArmorProfile ExecIDs SizeRw SizeRootFs",
    &[
        ("Path", Command),
        ("Args", Mask),
        (
            "State",
            // Not Error: the engine's words may repeat anything.
            Fields(
                "Status Running Paused Restarting OOMKilled Dead Pid ExitCode StartedAt FinishedAt",
                &[(
                    "Health",
                    Fields(
                        "Status FailingStreak",
                        &[("Log", Fields("Start End ExitCode", &[]))],
                    ),
                )],
            ),
        ),
        ("Config", CONFIG),
        ("HostConfig", HOST_CONFIG),
        ("GraphDriver", GRAPH_DRIVER),
        ("Storage", STORAGE),
        ("ImageManifestDescriptor", DESCRIPTOR),
        ("Mounts", MOUNTS),
        (
            "NetworkSettings",
            Fields(
                "Bridge SandboxID HairpinMode LinkLocalIPv6Address LinkLocalIPv6PrefixLen SandboxKey \
                 EndpointID Gateway GlobalIPv6Address GlobalIPv6PrefixLen IPAddress IPPrefixLen \
                 IPv6Gateway MacAddress",
                &[
                    ("Ports", PORTS),
                    ("SecondaryIPAddresses", Fields("Addr PrefixLen", &[])),
                    ("SecondaryIPv6Addresses", Fields("Addr PrefixLen", &[])),
                    ("Networks", ENDPOINTS),
                ],
            ),
        ),
    ],
);

const MANIFESTS: Rule = Fields(
    "ID Available Kind",
    &[
        ("Descriptor", DESCRIPTOR),
        ("Size", Fields("Content Total", &[])),
        (
            "ImageData",
            Fields(
                "Containers",
                &[("Platform", PLATFORM), ("Size", Fields("Unpacked", &[]))],
            ),
        ),
        ("AttestationData", Fields("For", &[])),
    ],
);

const IMAGE_LINE: Rule = Fields(
    "Id ParentId RepoTags RepoDigests Created Size SharedSize VirtualSize Containers",
    &[
        ("Labels", Labels),
        ("Descriptor", DESCRIPTOR),
        ("Manifests", MANIFESTS),
    ],
);

const IMAGE: Rule = Fields(
    "Id RepoTags RepoDigests Parent Created Container DockerVersion Architecture Variant Os \
     OsVersion Size VirtualSize",
    &[
        ("Comment", Remark),
        ("Config", CONFIG),
        ("ContainerConfig", CONFIG),
        ("GraphDriver", GRAPH_DRIVER),
        ("Storage", STORAGE),
        ("RootFS", Fields("Type Layers BaseLayer", &[])),
        ("Metadata", Fields("LastTagTime", &[])),
        ("Descriptor", DESCRIPTOR),
        ("Manifests", MANIFESTS),
    ],
);

const HISTORY: Rule = Fields(
    "Id Created Tags Size",
    &[("CreatedBy", CreatedBy), ("Comment", Remark)],
);

const NETWORK: Rule = Fields(
    "Name Id Created Scope Driver EnableIPv4 EnableIPv6 Internal Attachable Ingress ConfigOnly",
    &[
        (
            "IPAM",
            Fields(
                "Driver",
                &[(
                    "Config",
                    Fields(
                        "Subnet IPRange Gateway",
                        &[
                            ("AuxiliaryAddresses", Each(&Keep)),
                            ("AuxAddress", Each(&Keep)),
                        ],
                    ),
                )],
            ),
        ),
        ("ConfigFrom", Fields("Network", &[])),
        (
            "Containers",
            Each(&Fields(
                "Name EndpointID MacAddress IPv4Address IPv6Address",
                &[],
            )),
        ),
        ("Options", NETWORK_OPTIONS),
        ("Labels", Labels),
        (
            "Status",
            Fields(
                "",
                &[(
                    "IPAM",
                    Fields(
                        "",
                        &[(
                            "Subnets",
                            Each(&Fields("IPsInUse DynamicIPsAvailable", &[])),
                        )],
                    ),
                )],
            ),
        ),
    ],
);

/// Not the options of its driver but the kind: an NFS or CIFS volume's hold a password.
const VOLUME: Rule = Fields(
    "Name Driver Mountpoint CreatedAt Scope",
    &[
        ("Labels", Labels),
        ("Options", Options(&["type"])),
        ("UsageData", Fields("Size RefCount", &[])),
    ],
);

/// Not its description, which is a line of a Dockerfile.
const BUILD_CACHE: Rule = Fields(
    "ID Parent Parents Type InUse Shared Size CreatedAt LastUsedAt UsageCount",
    &[],
);

const COUNTS: &str = "ActiveCount TotalCount Reclaimable TotalSize";

const DISK_USAGE: Rule = Fields(
    "LayersSize BuilderSize",
    &[
        ("Images", IMAGE_LINE),
        ("Containers", CONTAINER_LINE),
        ("Volumes", VOLUME),
        ("BuildCache", BUILD_CACHE),
        // API 1.52 and later
        ("ImageUsage", Fields(COUNTS, &[("Items", IMAGE_LINE)])),
        (
            "ContainerUsage",
            Fields(COUNTS, &[("Items", CONTAINER_LINE)]),
        ),
        ("VolumeUsage", Fields(COUNTS, &[("Items", VOLUME)])),
        ("BuildCacheUsage", Fields(COUNTS, &[("Items", BUILD_CACHE)])),
    ],
);
