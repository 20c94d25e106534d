//! `waterline sweep`: what sandboxes of Waterlines that do not run any more left.

use super::hosts::{HostsError, count, hosts, run, say};
use crate::config::Settings;
use crate::demos::instance::Left;
use crate::demos::janitor::{self, Leftover, Swept};
use crate::engine::Host;

/// Lists what is left on the hosts, and with `yes` removes it.
pub fn sweep(settings: Settings, yes: bool) -> Result<(), HostsError> {
    let left = Left::take().map_err(|error| {
        HostsError::Not(format!(
            "who ran before cannot be read from the state folder: {error}"
        ))
    })?;
    let instances = left.instances();
    if left.running > 0 {
        let running = count(left.running, "Waterline");
        say(format_args!("{running} running: what is theirs stays"));
    }
    run(async {
        let (mut found, mut wrong) = (0, 0);
        for host in hosts(&settings)?.iter() {
            let swept = janitor::sweep(host, &instances, !yes).await;
            match &swept {
                Ok(swept) => {
                    found += swept.found.len();
                    wrong += swept.kept.len();
                    tell(host, swept, yes);
                }
                Err(failed) => {
                    wrong += 1;
                    tell_of(host, &failed.words());
                }
            }
        }
        if wrong > 0 {
            return Err(HostsError::Not(
                "not everything could be seen or removed".into(),
            ));
        }
        if found > 0 && !yes {
            say(format_args!("to remove it: waterline sweep --yes"));
        }
        Ok(())
    })
}

fn tell(host: &Host, swept: &Swept, yes: bool) {
    let what = match (swept.found.len(), yes) {
        (0, _) => "nothing is left".to_owned(),
        (found, false) => format!("{} left", count(found, "object")),
        (_, true) => format!("{} removed", count(swept.removed, "object")),
    };
    tell_of(host, &what);
    for leftover in &swept.found {
        say(format_args!("  {}", line(leftover)));
    }
    for (leftover, why) in &swept.kept {
        say(format_args!("  still there: {}: {why}", line(leftover)));
    }
}

fn tell_of(host: &Host, what: &str) {
    say(format_args!(
        "{} ({}): {what}",
        host.name(),
        host.endpoint()
    ));
}

fn line(leftover: &Leftover) -> String {
    let Leftover {
        kind,
        sandbox,
        name,
        id,
        ..
    } = leftover;
    format!(
        "{:<9}  {:<12}  {name} of sandbox {sandbox}",
        kind.to_string(),
        id.short()
    )
}
