//! `waterline doctor`: whether the hosts will hold so many sandboxes.

use super::hosts::{HostsError, hosts, run, say};
use crate::config::Settings;
use crate::demos::doctor::{self, Needs, Verdict};

/// Says of each host whether it will hold `sandboxes` sandboxes, and what to do if not.
pub fn doctor(settings: Settings, sandboxes: u64) -> Result<(), HostsError> {
    run(async {
        let needs = Needs::of(&settings.limits, &settings.terms);
        let mut will_not = 0;
        for host in hosts(&settings)?.iter() {
            let facts = doctor::ask_host(host).await;
            say(format_args!("{} ({})", host.name(), host.endpoint()));
            let facts = match facts {
                Ok(facts) => facts,
                Err(failed) => {
                    will_not += 1;
                    say(format_args!("  no   engine   {}", failed.words()));
                    continue;
                }
            };
            let findings = doctor::judge(&facts, sandboxes, &needs);
            for finding in &findings {
                let mark = match finding.verdict {
                    Verdict::Good => "yes",
                    Verdict::Bad => "no",
                    Verdict::Unknown => "?",
                };
                let what = finding.what;
                say(format_args!("  {mark:<3}  {what:<8}  {}", finding.found));
                if !finding.advice.is_empty() {
                    say(format_args!("{:17}{}", "", finding.advice));
                }
            }
            if findings.iter().any(|it| it.verdict == Verdict::Bad) {
                will_not += 1;
            }
        }
        match will_not {
            0 => Ok(()),
            _ => Err(HostsError::Not(format!(
                "{} will not hold {}",
                super::hosts::count(will_not, "host"),
                match sandboxes {
                    1 => "1 sandbox".to_owned(),
                    _ => format!("{sandboxes} sandboxes"),
                }
            ))),
        }
    })
}
