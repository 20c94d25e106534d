//! The numbers of a sandbox, as `[sandbox]` in the settings file gives them. What is not
//! given stays as it is by default; what makes no sense is an error with its place.

use crate::demos::runner::Terms;
use crate::demos::sandbox::{Capabilities, Limits};
use serde::Deserialize;
use std::time::Duration;
use toml::Spanned;

/// What stands under `[sandbox]`. Every line is a whole number, except `cpus`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sandbox {
    /// Of one container, without swap.
    memory_mb: Option<Spanned<u64>>,
    /// Of one container.
    cpus: Option<Spanned<f64>>,
    /// Processes and threads of one container.
    pids: Option<Spanned<u64>>,
    /// The largest file.
    file_mb: Option<Spanned<u64>>,
    /// Open files a process.
    open_files: Option<Spanned<u64>>,
    /// `/dev/shm`
    shm_kb: Option<Spanned<u64>>,
    /// The log of one container.
    log_kb: Option<Spanned<u64>>,
    /// A tmpfs that names no size.
    tmpfs_kb: Option<Spanned<u64>>,
    /// The largest tmpfs.
    tmpfs_most_kb: Option<Spanned<u64>>,
    /// Files and folders of one tmpfs.
    tmpfs_files: Option<Spanned<u64>>,
    /// Which of CHOWN, DAC_OVERRIDE, FOWNER and NET_RAW a container has.
    capabilities: Option<Spanned<Vec<String>>>,
    containers: Option<Spanned<u64>>,
    networks: Option<Spanned<u64>>,
    volumes: Option<Spanned<u64>>,
    images: Option<Spanned<u64>>,
    /// How long a step may take.
    step_seconds: Option<Spanned<u64>>,
    /// How much a step may print.
    output_kb: Option<Spanned<u64>>,
    /// What layers and volumes may weigh together.
    weight_mb: Option<Spanned<u64>>,
    /// How many files containers may make, change or remove in their layers.
    files: Option<Spanned<u64>>,
    /// Removed when nobody used it for so long.
    idle_minutes: Option<Spanned<u64>>,
    /// Removed after so long in any case.
    life_minutes: Option<Spanned<u64>>,
    /// How many may have one host work at a time.
    workers: Option<Spanned<u64>>,
    /// Of the host's memory, over all sandboxes.
    memory_percent: Option<Spanned<u64>>,
    /// Below it nothing new is started.
    free_space_mb: Option<Spanned<u64>>,
    /// How many sandboxes there may be at a time.
    sandboxes: Option<Spanned<u64>>,
}

/// A number that makes no sense: where it stands in the file, in bytes, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Senseless {
    /// The byte at which it stands.
    pub at: usize,
    /// What is wrong with it.
    pub why: String,
}

const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;

/// The number, if it lies within these bounds, times `unit`.
fn number(
    given: Option<Spanned<u64>>,
    least: u64,
    most: u64,
    unit: u64,
) -> Result<Option<u64>, Senseless> {
    let Some(given) = given else { return Ok(None) };
    let at = given.span().start;
    let number = given.into_inner();
    match (least..=most).contains(&number) {
        true => Ok(Some(number * unit)),
        false => Err(Senseless {
            at,
            why: format!("{number} is out of bounds: it may be {least} to {most}"),
        }),
    }
}

impl Sandbox {
    /// The numbers that hold.
    ///
    /// # Errors
    /// The first number that is out of bounds.
    pub fn resolve(self) -> Result<(Limits, Terms), Senseless> {
        let (mut limits, mut terms) = (Limits::default(), Terms::default());
        let set = |slot: &mut u64, given, least, most, unit| -> Result<(), Senseless> {
            if let Some(number) = number(given, least, most, unit)? {
                *slot = number;
            }
            Ok(())
        };
        let count = |slot: &mut usize, given, least, most, unit| -> Result<(), Senseless> {
            if let Some(number) = number(given, least, most, unit)? {
                *slot = usize::try_from(number).unwrap_or(usize::MAX);
            }
            Ok(())
        };
        let time = |slot: &mut Duration, given, most, unit| -> Result<(), Senseless> {
            if let Some(seconds) = number(given, 1, most, unit)? {
                *slot = Duration::from_secs(seconds);
            }
            Ok(())
        };
        let caps = &mut limits.caps;
        // An engine takes no less than 6 MB.
        set(&mut caps.memory, self.memory_mb, 6, 1024, MB)?;
        if let Some(cpus) = self.cpus {
            let at = cpus.span().start;
            let cpus = cpus.into_inner();
            if !(0.01..=8.0).contains(&cpus) {
                let why = format!("{cpus} is out of bounds: it may be 0.01 to 8");
                return Err(Senseless { at, why });
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 10 million and 8 billion, as was just checked"
            )]
            {
                caps.nano_cpus = (cpus * 1e9) as u64;
            }
        }
        if let Some(names) = self.capabilities {
            let at = names.span().start;
            caps.capabilities = Capabilities::NONE;
            for name in names.into_inner() {
                let with = caps.capabilities.with(&name);
                caps.capabilities = with.ok_or_else(|| Senseless {
                    at,
                    why: format!(
                        "{name} is no capability of a sandbox: there are CHOWN, DAC_OVERRIDE, FOWNER \
                         and NET_RAW"
                    ),
                })?;
            }
        }
        set(&mut caps.pids, self.pids, 8, 4096, 1)?;
        set(&mut caps.file_size, self.file_mb, 1, 1024, MB)?;
        set(&mut caps.open_files, self.open_files, 64, 65_536, 1)?;
        set(&mut caps.shm, self.shm_kb, 64, 65_536, KB)?;
        set(&mut caps.log, self.log_kb, 16, 65_536, KB)?;
        set(&mut caps.tmpfs_inodes, self.tmpfs_files, 8, 65_536, 1)?;
        set(&mut limits.tmpfs, self.tmpfs_kb, 4, 65_536, KB)?;
        set(&mut limits.tmpfs_most, self.tmpfs_most_kb, 4, 65_536, KB)?;
        set(&mut limits.weight, self.weight_mb, 8, 65_536, MB)?;
        set(&mut limits.files, self.files, 100, 10_000_000, 1)?;
        count(&mut limits.containers, self.containers, 1, 64, 1)?;
        count(&mut limits.networks, self.networks, 0, 32, 1)?;
        count(&mut limits.volumes, self.volumes, 0, 32, 1)?;
        count(&mut limits.images, self.images, 0, 32, 1)?;
        count(&mut limits.output, self.output_kb, 1, 4096, KB)?;
        time(&mut limits.step, self.step_seconds, 600, 1)?;
        time(&mut terms.idle, self.idle_minutes, 24 * 60, 60)?;
        time(&mut terms.life, self.life_minutes, 48 * 60, 60)?;
        count(&mut terms.workers, self.workers, 1, 64, 1)?;
        set(&mut terms.memory_percent, self.memory_percent, 1, 90, 1)?;
        count(&mut terms.sandboxes, self.sandboxes, 1, 2000, 1)?;
        set(&mut terms.free_space, self.free_space_mb, 0, 1 << 20, MB)?;
        Ok((limits, terms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str) -> Result<(Limits, Terms), Senseless> {
        toml::from_str::<Sandbox>(text).expect("toml").resolve()
    }

    #[test]
    fn what_is_not_given_stays() {
        assert_eq!(resolve(""), Ok((Limits::default(), Terms::default())));
    }

    #[test]
    fn every_number_is_a_setting() {
        let text = "memory-mb = 32\ncpus = 0.25\npids = 32\nfile-mb = 8\nopen-files = 128\nshm-kb = 128\n\
                    log-kb = 64\ntmpfs-kb = 512\ntmpfs-most-kb = 2048\ntmpfs-files = 32\ncontainers = 3\n\
                    networks = 2\nvolumes = 1\nimages = 0\nstep-seconds = 20\noutput-kb = 16\nweight-mb = 64\nfiles = 700\n\
                    idle-minutes = 5\nlife-minutes = 60\nworkers = 2\nmemory-percent = 25\nfree-space-mb = 10\nsandboxes = 7\ncapabilities = ['CHOWN']";
        let (limits, terms) = resolve(text).expect("numbers");
        let caps = limits.caps;
        assert_eq!(caps.capabilities.names(), ["CHOWN"]);
        assert_eq!(
            (caps.memory, caps.nano_cpus, caps.pids),
            (32 << 20, 250_000_000, 32)
        );
        assert_eq!((caps.file_size, caps.open_files), (8 << 20, 128));
        assert_eq!(
            (caps.shm, caps.log, caps.tmpfs_inodes),
            (128 << 10, 64 << 10, 32)
        );
        assert_eq!((limits.tmpfs, limits.tmpfs_most), (512 << 10, 2 << 20));
        assert_eq!((limits.containers, limits.networks), (3, 2));
        assert_eq!((limits.volumes, limits.images), (1, 0));
        assert_eq!((limits.output, limits.weight), (16 << 10, 64 << 20));
        assert_eq!(limits.files, 700);
        assert_eq!(limits.step, Duration::from_secs(20));
        assert_eq!(terms.idle, Duration::from_secs(300));
        assert_eq!(terms.life, Duration::from_secs(3600));
        assert_eq!((terms.workers, terms.memory_percent), (2, 25));
        assert_eq!(terms.free_space, 10 << 20);
        assert_eq!(terms.sandboxes, 7);
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_place() {
        for (text, at, word) in [
            ("pids = 0", 7, "0 is out of bounds: it may be 8 to 4096"),
            ("\nmemory-mb = 999999", 13, "6 to 1024"),
            ("cpus = nan", 7, "0.01 to 8"),
            ("cpus = -1.0", 7, "0.01 to 8"),
            ("step-seconds = 0", 15, "1 to 600"),
            (
                "capabilities = ['SYS_ADMIN']",
                15,
                "no capability of a sandbox",
            ),
        ] {
            let error = resolve(text).expect_err(text);
            assert_eq!(error.at, at, "{text}");
            assert!(error.why.contains(word), "{text}: {}", error.why);
        }
        assert!(toml::from_str::<Sandbox>("privileged = true").is_err());
    }
}
