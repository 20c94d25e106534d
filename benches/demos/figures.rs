//! Figures with their spread, and the promises that they are held to.

use std::process::ExitCode;
use std::time::Duration;

/// What was promised and is not so.
#[derive(Default)]
pub struct Promises {
    broken: Vec<String>,
}

impl Promises {
    /// Takes note of a promise that a figure does not keep.
    pub fn hold(&mut self, what: &str, figure: f64, at_most: f64) {
        if figure > at_most {
            let broken = format!("{what}: {figure:.2}, promised {at_most}");
            self.broken.push(broken);
        }
    }

    /// Says which are broken; a failure if any is.
    pub fn end(self) -> ExitCode {
        for broken in &self.broken {
            println!("BROKEN  {broken}");
        }
        match self.broken.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        }
    }
}

/// Times of the same thing, sorted.
pub struct Times(Vec<f64>);

impl Times {
    /// These, in milliseconds.
    pub fn of(times: &[Duration]) -> Times {
        Times::of_milliseconds(times.iter().map(|time| time.as_secs_f64() * 1e3).collect())
    }

    /// The same, as numbers.
    pub fn of_milliseconds(mut times: Vec<f64>) -> Times {
        times.sort_by(f64::total_cmp);
        Times(times)
    }

    /// The time below which this share of them lies.
    pub fn at(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let place = (last as f64 * share).round() as usize;
        self.0.get(place).copied().unwrap_or(f64::NAN)
    }

    /// The one in the middle.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (low, middle, high) = (self.at(0.1), self.median(), self.at(0.9));
        write!(f, "{middle:.1} ms ({low:.1} to {high:.1})")
    }
}

/// How busy the machine is: what a figure has to be read beside.
pub fn load() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let lately: Vec<&str> = load.split(' ').take(2).collect();
    format!("{} on {cores} cores", lately.join(", "))
}
