//! The doctor: whether a host will hold so many sandboxes, and what to do if not.

use super::prepare::{self, Pins};
use super::runner::Terms;
use super::sandbox::Limits;
use crate::engine::Host;
use crate::engine::hands::{Failed, Hands, Look};
use crate::engine::roster::Way;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// What one sandbox may use at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Containers that may run at the same time.
    pub containers: u64,
    /// Memory of one container in bytes.
    pub memory: u64,
    /// Writable layers and volumes in bytes.
    pub disk: u64,
    /// Networks, its own `bridge` among them.
    pub networks: u64,
    /// What all sandboxes share of a host.
    pub terms: Terms,
}

impl Needs {
    /// What these numbers come to.
    pub fn of(limits: &Limits, terms: &Terms) -> Needs {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Needs {
            containers: count(limits.containers),
            memory: limits.caps.memory,
            disk: limits.weight,
            networks: count(limits.networks).saturating_add(1),
            terms: *terms,
        }
    }
}

/// How one thing looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Enough.
    Good,
    /// Not enough: what was asked for will not work.
    Bad,
    /// The host does not tell.
    Unknown,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What, in one word.
    pub what: &'static str,
    /// How it looks.
    pub verdict: Verdict,
    /// What was found, in one sentence.
    pub found: String,
    /// What to do about it; empty where nothing.
    pub advice: String,
}

/// What was asked of the host.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `/info`
    pub info: Value,
    /// Free bytes where the engine keeps its files, where that is known.
    pub free: Option<u64>,
    /// Whether the demo image is there.
    pub has_image: bool,
    /// Free subnets, and how many there are at most.
    pub subnets: (u32, u32),
}

/// Asks `host`, for this user. Nothing is changed.
///
/// # Errors
/// The host does not answer.
pub async fn ask_host(host: &Arc<Host>) -> Result<Facts, Failed> {
    ask(&prepare::passing(host)?, &Pins::of_user()).await
}

/// Asks the hands' host. Nothing is changed.
///
/// # Errors
/// The host does not answer.
pub async fn ask(hands: &Hands, pins: &Pins) -> Result<Facts, Failed> {
    let info = hands.look(Look::Info).await?;
    Ok(Facts {
        free: free_of(hands, &info),
        has_image: prepare::find(hands, pins).await?.is_some(),
        subnets: hands.free_subnets().await?,
        info,
    })
}

/// The free bytes where the engine of these hands keeps its files; `None` where that is
/// not known. One question, where [`ask`] has several.
///
/// # Errors
/// The host does not answer.
pub async fn free(hands: &Hands) -> Result<Option<u64>, Failed> {
    let info = hands.look(Look::Info).await?;
    Ok(free_of(hands, &info))
}

fn free_of(hands: &Hands, info: &Value) -> Option<u64> {
    let free = folder_of(hands, info).and_then(free_space);
    free.or_else(|| told_space(info))
}

/// The folder of this machine in which the engine keeps its files. What a socket of this
/// machine leads to keeps them here, unless it is in a virtual machine; then the folder is
/// not there.
pub(super) fn folder_of<'a>(hands: &Hands, info: &'a Value) -> Option<&'a Path> {
    let is_here = hands.host().line().way == Some(Way::Socket);
    let folder = info["DockerRootDir"].as_str().filter(|_| is_here)?;
    Some(Path::new(folder))
}

fn free_space(folder: &Path) -> Option<u64> {
    let space = rustix::fs::statvfs(folder).ok()?;
    space.f_bavail.checked_mul(space.f_frsize)
}

/// What some storage drivers tell.
fn told_space(info: &Value) -> Option<u64> {
    let rows = info["DriverStatus"].as_array()?;
    let row = rows.iter().find(|row| {
        row[0].as_str() == Some("Data Space Available")
            || row[0].as_str() == Some("Space Available")
    })?;
    let text = row[1].as_str()?.trim();
    let at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let number: f64 = text[..at].trim().parse().ok()?;
    let unit = match text[at..].trim() {
        "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        _ => return None,
    };
    Some((number * unit) as u64)
}

/// What this means for `sandboxes` sandboxes at the same time.
pub fn judge(facts: &Facts, sandboxes: u64, needs: &Needs) -> Vec<Finding> {
    vec![
        image(facts),
        memory(facts, sandboxes, needs),
        limits(facts),
        disk(facts, sandboxes, needs),
        subnets(facts, sandboxes, needs),
    ]
}

fn image(facts: &Facts) -> Finding {
    finding(
        "image",
        facts.has_image,
        match facts.has_image {
            true => "the demo image is there".into(),
            false => "the demo image is not there".into(),
        },
        "run `waterline prepare`",
    )
}

fn memory(facts: &Facts, sandboxes: u64, needs: &Needs) -> Finding {
    let most = needs.containers.saturating_mul(needs.memory);
    let wanted = most.saturating_mul(sandboxes);
    let Some(total) = facts.info["MemTotal"].as_u64().filter(|total| *total > 0) else {
        return unknown("memory", "the host does not say how much it has");
    };
    let share = needs.terms.memory_share(total);
    let fit = share / most.max(1);
    finding(
        "memory",
        wanted <= share,
        format!(
            "{} up to {}; sandboxes get {} % of the host's {}",
            words(sandboxes, "uses", "use"),
            size(wanted),
            needs.terms.memory_percent,
            size(total)
        ),
        &format!(
            "{fit} fit at the same time if all use what they may; more wait in a queue. \
             Give the host {} in all, or ask for fewer",
            size(wanted.saturating_mul(100) / needs.terms.memory_percent.max(1))
        ),
    )
}

fn limits(facts: &Facts) -> Finding {
    let off = |(field, word): &(&str, &'static str)| {
        (facts.info[*field].as_bool() == Some(false)).then_some(*word)
    };
    let missing: Vec<&str> = [
        ("MemoryLimit", "memory"),
        ("PidsLimit", "processes"),
        ("CpuCfsQuota", "processor time"),
    ]
    .iter()
    .filter_map(off)
    .collect();
    let is_linux = facts.info["OSType"].as_str().is_none_or(|os| os == "linux");
    let found = match (is_linux, missing.is_empty()) {
        (false, _) => "it runs no Linux containers".into(),
        (true, true) => "the kernel caps memory, processes and processor time".into(),
        (true, false) => format!("the kernel does not cap {}", missing.join(", ")),
    };
    finding(
        "limits",
        is_linux && missing.is_empty(),
        found,
        "switch the cgroup controllers on (`docker info` warns of them), or use another host",
    )
}

fn disk(facts: &Facts, sandboxes: u64, needs: &Needs) -> Finding {
    let wanted = needs
        .disk
        .saturating_mul(sandboxes)
        .saturating_add(needs.terms.free_space);
    let folder = facts.info["DockerRootDir"].as_str().unwrap_or("its folder");
    let Some(free) = facts.free else {
        return Finding {
            advice: format!(
                "look there: `df -h {folder}`, and see that {} are free",
                size(wanted)
            ),
            ..unknown("disk", "the engine does not say how much is free")
        };
    };
    let free_text = size(free);
    finding(
        "disk",
        free >= wanted,
        format!(
            "{free_text} are free in {folder}; {} up to {}, and {} stay free",
            words(sandboxes, "writes", "write"),
            size(wanted - needs.terms.free_space.min(wanted)),
            size(needs.terms.free_space)
        ),
        &format!(
            "make room ({} are wanted): `docker system df` shows what takes it",
            size(wanted)
        ),
    )
}

fn subnets(facts: &Facts, sandboxes: u64, needs: &Needs) -> Finding {
    let (free, most) = facts.subnets;
    let wanted = needs.networks.saturating_mul(sandboxes);
    finding(
        "subnets",
        u64::from(free) >= wanted,
        format!(
            "{free} of {most} are free in 198.18.0.0/15; {sandboxes} sandboxes use up to {wanted}"
        ),
        &match u64::from(most) < wanted {
            true => format!(
                "there are no more than {most}: ask for {} sandboxes at most",
                u64::from(most) / needs.networks.max(1)
            ),
            false => "remove networks (`docker network ls`), or a route of this machine through \
                      198.18.0.0/15"
                .into(),
        },
    )
}

fn finding(what: &'static str, is_good: bool, found: String, advice: &str) -> Finding {
    Finding {
        what,
        verdict: if is_good { Verdict::Good } else { Verdict::Bad },
        found,
        advice: if is_good {
            String::new()
        } else {
            advice.to_owned()
        },
    }
}

fn unknown(what: &'static str, found: &str) -> Finding {
    Finding {
        what,
        verdict: Verdict::Unknown,
        found: found.to_owned(),
        advice: String::new(),
    }
}

/// `1 sandbox uses`, `2 sandboxes use`.
fn words(sandboxes: u64, one: &str, more: &str) -> String {
    match sandboxes {
        1 => format!("1 sandbox {one}"),
        _ => format!("{sandboxes} sandboxes {more}"),
    }
}

/// A size in words, e.g. `1.5 GiB`.
fn size(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (unit, shift) in units {
        if bytes >= 1 << shift {
            let number = bytes as f64 / (1u64 << shift) as f64;
            let whole = number >= 100.0 || (number - number.round()).abs() < 0.05;
            return match whole {
                true => format!("{number:.0} {unit}"),
                false => format!("{number:.1} {unit}"),
            };
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn facts() -> Facts {
        Facts {
            info: json!({"MemTotal": 16u64 << 30, "DockerRootDir": "/var/lib/docker",
                "OSType": "linux", "MemoryLimit": true, "PidsLimit": true, "CpuCfsQuota": true}),
            free: Some(20 << 30),
            has_image: true,
            subnets: (8192, 8192),
        }
    }

    fn bad(facts: &Facts, sandboxes: u64) -> Vec<&'static str> {
        let findings = judge(
            facts,
            sandboxes,
            &Needs::of(&Limits::default(), &Terms::default()),
        );
        let is_bad = |finding: &&Finding| finding.verdict != Verdict::Good;
        findings
            .iter()
            .filter(is_bad)
            .map(|finding| finding.what)
            .collect()
    }

    #[test]
    fn a_host_holds_what_half_of_its_memory_holds() {
        assert!(bad(&facts(), 1).is_empty());
        assert!(bad(&facts(), 16).is_empty(), "8 GiB");
        assert_eq!(bad(&facts(), 17), ["memory"]);
        let findings = judge(
            &facts(),
            17,
            &Needs::of(&Limits::default(), &Terms::default()),
        );
        let memory = findings.iter().find(|finding| finding.what == "memory");
        let advice = &memory.expect("memory").advice;
        assert!(advice.starts_with("16 fit"), "{advice}");
        assert!(advice.contains("17 GiB in all"), "{advice}");
    }

    #[test]
    fn each_lack_is_told_with_what_to_do() {
        let with = |change: &dyn Fn(&mut Facts)| {
            let mut facts = facts();
            change(&mut facts);
            for finding in judge(&facts, 4, &Needs::of(&Limits::default(), &Terms::default())) {
                let told = finding.verdict == Verdict::Good || !finding.advice.is_empty();
                assert!(told || finding.what == "memory", "{finding:?}");
            }
            bad(&facts, 4)
        };
        assert_eq!(with(&|facts| facts.has_image = false), ["image"]);
        assert_eq!(with(&|facts| facts.free = Some(1 << 30)), ["disk"]);
        assert_eq!(with(&|facts| facts.free = None), ["disk"]);
        assert_eq!(with(&|facts| facts.subnets = (19, 8192)), ["subnets"]);
        let needs = Needs::of(&Limits::default(), &Terms::default());
        let many = judge(&facts(), 3000, &needs);
        let many = many.iter().find(|finding| finding.what == "subnets");
        let advice = &many.expect("subnets").advice;
        assert!(advice.contains("1638 sandboxes at most"), "{advice}");
        assert_eq!(
            with(&|facts| facts.info["PidsLimit"] = false.into()),
            ["limits"]
        );
        assert_eq!(
            with(&|facts| facts.info["OSType"] = "windows".into()),
            ["limits"]
        );
        assert_eq!(
            with(&|facts| facts.info["MemTotal"] = Value::Null),
            ["memory"]
        );
    }

    #[test]
    fn what_a_driver_tells_of_its_space_is_read() {
        let of =
            |text: &str| told_space(&json!({"DriverStatus": [["Data Space Available", text]]}));
        assert_eq!(of("9.5 GB"), Some(9_500_000_000));
        assert_eq!(of("512MB"), Some(512_000_000));
        assert_eq!(of("much"), None);
        assert_eq!(
            told_space(&json!({"DriverStatus": [["Backing Filesystem", "extfs"]]})),
            None
        );
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 B"),
            (1536, "1.5 KiB"),
            (1 << 30, "1 GiB"),
            (24 << 30, "24 GiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
