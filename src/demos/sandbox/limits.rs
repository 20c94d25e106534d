//! All numbers of a sandbox. Each is a setting.

use crate::engine::hands::Caps;
use std::time::Duration;

/// What one sandbox may have and use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What one container may use; no flag raises it.
    pub caps: Caps,
    /// Containers at a time, stopped ones too.
    pub containers: usize,
    /// Networks at a time, without the sandbox's `bridge`.
    pub networks: usize,
    /// Volumes at a time, anonymous ones too.
    pub volumes: usize,
    /// Images made by `commit`.
    pub images: usize,
    /// The size of a tmpfs that names none, in bytes.
    pub tmpfs: u64,
    /// The largest tmpfs, in bytes.
    pub tmpfs_most: u64,
    /// How long a step may take.
    pub step: Duration,
    /// How much a step may print, in bytes.
    pub output: usize,
    /// What layers and volumes of the sandbox may weigh, in bytes.
    pub weight: u64,
    /// The files that its containers may make, change or remove in their layers.
    pub files: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            caps: Caps::default(),
            containers: 8,
            networks: 4,
            volumes: 4,
            images: 3,
            tmpfs: 1 << 20,
            tmpfs_most: 16 << 20,
            step: Duration::from_secs(60),
            output: 256 << 10,
            weight: 256 << 20,
            files: 20_000,
        }
    }
}
