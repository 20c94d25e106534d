//! Signals: their numbers and names, and the masks in which the kernel keeps them.

use crate::panels::words;

/// What `docker stop` sends unless the container says otherwise.
pub const TERM: u32 = 15;
/// The signal that nothing can catch and no kernel drops.
pub const KILL: u32 = 9;
/// The first of the real-time signals as the C library counts, and docker too.
const RTMIN: u32 = 34;

/// Numbers of x86, ARM, RISC-V and POWER, in order from 1.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// One signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(pub u32);

impl Signal {
    /// Reads what stands in `Config.StopSignal`: `SIGTERM`, `quit`, `15`, `SIGRTMIN+3`.
    pub fn parse(text: &str) -> Option<Signal> {
        let text = text.trim().to_ascii_uppercase();
        let name = text.strip_prefix("SIG").unwrap_or(&text);
        let number = if let Ok(number) = name.parse::<u32>() {
            number
        } else if let Some(more) = name.strip_prefix("RTMIN") {
            match more {
                "" => RTMIN,
                more => RTMIN.checked_add(more.strip_prefix('+')?.parse().ok()?)?,
            }
        } else {
            NAMES.iter().position(|known| *known == name)? as u32 + 1
        };
        (1..=64).contains(&number).then_some(Signal(number))
    }

    /// `SIGTERM`, `SIGRTMIN+3`.
    pub fn name(self) -> String {
        match NAMES.get((self.0 as usize).wrapping_sub(1)) {
            Some(name) => format!("SIG{name}"),
            None if self.0 > RTMIN => format!("SIGRTMIN+{}", self.0 - RTMIN),
            None if self.0 == RTMIN => "SIGRTMIN".into(),
            None => format!("signal {}", self.0),
        }
    }

    /// Whether the kernel's own answer to it, where a program has no handler, is to end
    /// the program.
    pub fn ends_by_default(self) -> bool {
        // CHLD, CONT, URG, WINCH: nothing; STOP, TSTP, TTIN, TTOU: wait.
        !matches!(self.0, 17..=23 | 28)
    }

    /// Whether it is in a mask.
    pub fn is_in(self, mask: u64) -> bool {
        mask >> (self.0 - 1) & 1 == 1
    }
}

/// A mask as `ps` prints it: hexadecimal, with `<` in front where it was cut.
pub fn mask(text: &str) -> Option<u64> {
    let text = text.trim().trim_start_matches('<');
    (!text.is_empty() && text.len() <= 16)
        .then(|| u64::from_str_radix(text, 16).ok())
        .flatten()
}

/// A name of a program that cannot disturb its neighbours.
pub fn program(text: &str) -> String {
    words::short(text, 20)
}
