//! What a demo will do to a host, said before it does it.

use crate::demos::script::Demo;
use crate::web::pages::thousands;
use crate::web::state::App;
use askama::Template;
use std::time::Duration;

/// The sentences, and whether they stand open.
#[derive(Template)]
#[template(path = "parts/demo-effects.html")]
pub struct Effects {
    open: bool,
    sentences: Vec<String>,
}

impl Effects {
    /// What this demo, or for `None` the prompt, does on this host.
    pub fn of(app: &App, demo: Option<&Demo>, host: &str, open: bool) -> Effects {
        let Ok(stage) = &app.stage else {
            return Effects {
                open: false,
                sentences: vec!["Nothing: it cannot be run here.".into()],
            };
        };
        let (limits, terms) = (stage.sandboxes.limits(), stage.sandboxes.terms());
        let caps = &limits.caps;
        let mut sentences = Vec::new();
        let makes = demo.map(makes).unwrap_or_default();
        if !makes.is_empty() {
            sentences.push(format!("This demo makes {makes}, on {host}."));
        }
        sentences.push(format!(
            "A sandbox has at most {} containers, {} networks, {} volumes and {} images. Each \
             container gets {} MB of memory, {} of a processor and {} processes; all together \
             may write {} MB and {} files.",
            limits.containers,
            limits.networks,
            limits.volumes,
            limits.images,
            caps.memory >> 20,
            share(caps.nano_cpus),
            caps.pids,
            limits.weight >> 20,
            thousands(usize::try_from(limits.files).unwrap_or(usize::MAX)),
        ));
        sentences.push(
            "It reaches nothing but itself: its networks lead neither to the host nor out, no \
             folder of the host is mounted, and the only image is busybox, which is there already."
                .into(),
        );
        sentences.push(
            "On the host everything is called wl-…-NAME and carries our labels. What is not \
             called so is never touched."
                .into(),
        );
        sentences.push(format!(
            "All of it is removed when you press Reset, when you have done nothing for {}, and \
             after {} in any case. What a crash leaves behind, the next start removes, or \
             waterline sweep.",
            words(terms.idle),
            words(terms.life)
        ));
        sentences.push(
            "Output shows the names that you typed. Only what a process itself prints is left as \
             it is, and may show the host’s names. The network bridge is your sandbox’s own; it \
             stands for the host’s, and like there no names answer on it."
                .into(),
        );
        Effects { open, sentences }
    }
}

/// `half`, `1.5`.
fn share(nano_cpus: u64) -> String {
    match nano_cpus {
        500_000_000 => "half".into(),
        250_000_000 => "a quarter".into(),
        nanos => format!("{}", nanos as f64 / 1e9),
    }
}

fn words(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        1 => "a minute".into(),
        60 => "an hour".into(),
        minutes if minutes % 60 == 0 && minutes > 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

/// What a demo makes, counted from its commands: `2 containers and 1 volume`. Nothing for
/// a demo that only looks.
pub fn makes(demo: &Demo) -> String {
    let (mut containers, mut networks, mut volumes, mut images) = (0, 0, 0, 0);
    let mut composes = false;
    for step in demo.steps().filter(|step| step.expected.refused.is_none()) {
        let words: Vec<&str> = step.command.split_whitespace().skip(1).take(2).collect();
        match words[..] {
            ["run" | "create", ..] | ["container", "run" | "create"] => containers += 1,
            ["network", "create"] => networks += 1,
            ["volume", "create"] => volumes += 1,
            ["commit", ..] | ["container", "commit"] => images += 1,
            ["compose", ..] => composes = true,
            _ => {}
        }
    }
    let counted = [
        (containers, "container"),
        (networks, "network"),
        (volumes, "volume"),
        (images, "image"),
    ];
    let mut makes: Vec<String> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    if composes {
        makes.push("what its compose files say".into());
    }
    match makes.pop() {
        None => String::new(),
        Some(last) if makes.is_empty() => last,
        Some(last) => format!("{} and {last}", makes.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_shares_are_said_in_words() {
        let minutes = |count: u64| words(Duration::from_secs(count * 60));
        assert_eq!(minutes(30), "30 minutes");
        assert_eq!(minutes(60), "an hour");
        assert_eq!(minutes(240), "4 hours");
        assert_eq!(share(500_000_000), "half");
        assert_eq!(share(1_500_000_000), "1.5");
    }
}
