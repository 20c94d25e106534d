//! Kernels: whether a container uses its host's kernel or one of its own, by what runs it.

use crate::panels::words;
use serde::Serialize;
use serde_json::Value;

/// Whose kernel a container uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kernel {
    /// Its host's.
    Hosts,
    /// One of its own, and how.
    Own(String),
    /// Its runtime is not known here; its name.
    NotKnown(String),
}

impl Kernel {
    /// Whether it is not its host's.
    pub fn is_own(&self) -> bool {
        matches!(self, Kernel::Own(_))
    }

    /// What deserves a remark.
    pub fn remark(&self) -> Option<&str> {
        match self {
            Kernel::Hosts => None,
            Kernel::Own(how) | Kernel::NotKnown(how) => Some(how),
        }
    }
}

/// Reads `HostConfig` of an inspect; what it leaves out, the host decides.
pub fn kernel_of(host: &Value, info: &Value) -> Kernel {
    let said = |value: &Value| {
        value
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let isolation = said(&host["Isolation"]).filter(|text| text != "default");
    let isolation = isolation.or_else(|| said(&info["Isolation"]));
    if isolation.as_deref() == Some("hyperv") {
        return Kernel::Own("a kernel of its own, under Hyper-V (Isolation)".into());
    }
    let Some(runtime) = said(&host["Runtime"]).or_else(|| said(&info["DefaultRuntime"])) else {
        // Windows names no runtime, and neither do engines before runtimes could be chosen.
        return Kernel::Hosts;
    };
    let lower = runtime.to_ascii_lowercase();
    let is = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    if is(&["kata", "firecracker"]) {
        Kernel::Own(format!(
            "a kernel of its own, in a small virtual machine (Runtime {})",
            words::short(&runtime, 40)
        ))
    } else if is(&["runsc", "gvisor"]) {
        Kernel::Own(
            "gVisor, a kernel of its own that is an ordinary program (Runtime runsc)".into(),
        )
    } else if is(&["runc", "crun", "youki", "nvidia", "runhcs", "oci"]) {
        Kernel::Hosts
    } else {
        Kernel::NotKnown(format!(
            "whose kernel it uses is not known here (Runtime {})",
            words::short(&runtime, 40)
        ))
    }
}
