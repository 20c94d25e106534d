//! Storage drivers by name: what each does with a layer, in a sentence.

/// What a driver does with the layers below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Keeps {
    /// A layer holds what changed in it; what lies below is used where it is.
    Shares,
    /// A layer holds a copy of everything below it.
    Copies,
    /// We do not know this driver.
    Unknown,
}

/// What is known of a driver by its name.
pub fn about(driver: &str) -> (Keeps, &'static str) {
    match driver {
        "overlay2" | "overlay" | "overlayfs" => (
            Keeps::Shares,
            "The kernel lays folders over each other and shows them as one. A layer's folder holds only what changed in it, so images share what they have in common.",
        ),
        "fuse-overlayfs" => (
            Keeps::Shares,
            "As overlay2, but a program does the overlaying instead of the kernel: slower, and possible for a user without root.",
        ),
        "aufs" => (
            Keeps::Shares,
            "The forerunner of overlay: folders laid over each other by a kernel module of its own, gone from Docker since version 24.",
        ),
        "btrfs" => (
            Keeps::Shares,
            "Each layer is a snapshot of the one below in a Btrfs file system, which stores only the blocks that differ.",
        ),
        "zfs" => (
            Keeps::Shares,
            "Each layer is a clone of the one below in a ZFS pool, which stores only the blocks that differ.",
        ),
        "devicemapper" => (
            Keeps::Shares,
            "Each layer is a thin snapshot of a block device, which stores only the blocks that differ; gone from Docker since version 25.",
        ),
        "vfs" => (
            Keeps::Copies,
            "No sharing at all: each layer is a folder with a full copy of everything below it. It works on any file system and is meant for tests.",
        ),
        "native" => (
            Keeps::Copies,
            "containerd's counterpart of vfs: each layer is a full copy of everything below it.",
        ),
        "windowsfilter" | "windows" => (
            Keeps::Shares,
            "Windows' own layering: each layer is a virtual disk or folder with what differs from the one below.",
        ),
        "stargz" | "soci" | "nydus" => (
            Keeps::Shares,
            "An overlay whose lower layers are fetched from the registry as they are read, instead of before.",
        ),
        _ => (
            Keeps::Unknown,
            "Waterline does not know this driver, so it cannot say whether layers are shared or copied.",
        ),
    }
}
