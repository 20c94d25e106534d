//! Part: what a picture says of itself when it shows one sandbox instead of a whole host.

use super::{Panel, View};
use crate::engine::{Answers, Ask, SandboxId};

/// Above the picture: whose part this is, what of it is the whole host's, and that there
/// is nothing in it yet. `None` for the whole host.
pub fn note(panel: Panel, view: &View, have: &Answers) -> Option<String> {
    let id = view.scope.sandbox()?;
    let mut note = match shares(panel) {
        Some(shares) => shares.to_owned(),
        None => "Only what this sandbox owns is shown, under the names typed in it.".to_owned(),
    };
    if panel == Panel::OnTheHost {
        note.push_str(&format!(
            " There, each name begins with {}.",
            id.real("").trim_end_matches('-')
        ));
    }
    if is_empty(have) {
        note.push_str(" Nothing runs in this sandbox yet.");
    }
    Some(note)
}

/// What of a picture is the whole host's, also in a sandbox.
fn shares(panel: Panel) -> Option<&'static str> {
    match panel {
        Panel::Parts => {
            Some("The programs are the host's; the containers and events are this sandbox's.")
        }
        Panel::StorageDriver => Some(
            "The driver and its data root are the host's, shared by all; the images and \
             containers are this sandbox's.",
        ),
        Panel::OnTheHost => Some(
            "The data root is the host's; what is drawn in it is this sandbox's, under the \
             names typed in it.",
        ),
        Panel::Platform => Some(
            "The machine and its kernel are the host's, shared by all; the containers are \
             this sandbox's.",
        ),
        Panel::Virtualization => {
            Some("All of this is the host's: every sandbox on it stands on the same hardware.")
        }
        Panel::Hosts => Some("Hosts are nobody's sandbox: these are all of them."),
        Panel::Networks => Some(
            "Only this sandbox's own networks are shown. Its bridge stands for the one that \
             docker makes on every host.",
        ),
        Panel::Mounts
        | Panel::Layers
        | Panel::WritableLayer
        | Panel::ComposeNetworks
        | Panel::Compose
        | Panel::Init
        | Panel::Events => None,
    }
}

/// Whether the sandbox's list of containers came back empty.
fn is_empty(have: &Answers) -> bool {
    let mut lists = [Ask::Containers, Ask::ContainerSizes]
        .into_iter()
        .filter_map(|list| have.json(&list)?.as_array());
    lists.any(Vec::is_empty)
}

/// In the drawer: which part of an answer is shown.
pub fn part(ask: &Ask, id: SandboxId) -> String {
    let prefix = id.real("");
    match ask {
        Ask::Version => "the whole answer: all sandboxes of a host share its engine".into(),
        Ask::Info => {
            "the host's own facts, which all its sandboxes share, without its counts".into()
        }
        Ask::Changes(_) | Ask::Top(_) | Ask::Files(_) => {
            format!("the whole answer, about an object of sandbox {id}")
        }
        Ask::Container(_) | Ask::Sized(_) | Ask::Image(_) | Ask::History(_) | Ask::Network(_) => {
            format!("the whole answer; names are as typed, on the host they begin with {prefix}")
        }
        Ask::Containers
        | Ask::ContainerSizes
        | Ask::Images
        | Ask::Networks
        | Ask::Volumes
        | Ask::Events
        | Ask::DiskUsage => format!(
            "what sandbox {id} owns; names are as typed, on the host they begin with {prefix}"
        ),
    }
}

/// The docker command that shows the same part of a host.
pub fn command(ask: &Ask, id: SandboxId) -> String {
    let all = ask.command();
    match ask {
        Ask::Containers | Ask::ContainerSizes | Ask::Images | Ask::Networks | Ask::Volumes => {
            format!("{all} --filter label=wl.sandbox={id}")
        }
        _ => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::draw;
    use crate::panels::engines::sandbox::{UNUSED, USED, gather, view};

    #[test]
    fn each_panel_shows_a_sandbox_its_own_objects_and_says_whose_part_it_is() {
        for panel in Panel::ALL {
            let view = view(USED);
            let drawn = draw(panel, &view, &gather(panel, &view));
            let name = panel.name();
            for foreign in [
                "zz00yy11",
                "outsider",
                "host-web",
                "host-data",
                ">fake<",
                "/fake",
            ] {
                assert!(!drawn.html.contains(foreign), "{name} shows {foreign}");
                let data = drawn.json.to_string();
                assert!(!data.contains(foreign), "{name} tells {foreign}");
            }
            let picture = drawn.json["picture"].to_string();
            assert!(!picture.contains("wl-k3x9q2ab"), "{name}: {picture}");
            assert!(
                drawn.html.contains("<p class=\"part\">"),
                "{name} says whose"
            );
            assert!(
                !drawn.html.contains("Nothing runs in this sandbox"),
                "{name}"
            );
            assert!(!drawn.html.contains("Compare with"), "{name}");
            for link in drawn.html.split("href=\"/panels/").skip(1) {
                let to = link.split('"').next().unwrap_or_default();
                assert!(
                    to.contains("scope=k3x9q2ab"),
                    "{name} leads out of the sandbox: {to}"
                );
            }
        }
    }

    #[test]
    fn a_sandbox_in_which_nothing_has_run_says_so() {
        for panel in Panel::ALL {
            let view = view(UNUSED);
            let have = gather(panel, &view);
            let drawn = draw(panel, &view, &have);
            let lists = have
                .get(&Ask::Containers)
                .or(have.get(&Ask::ContainerSizes));
            let says = drawn.html.contains("Nothing runs in this sandbox yet.");
            assert_eq!(says, lists.is_some(), "{}", panel.name());
            for of_host in ["this host.", "This host has no"] {
                assert!(!drawn.html.contains(of_host), "{}: {of_host}", panel.name());
            }
        }
    }

    #[test]
    fn a_whole_host_is_drawn_as_ever() {
        let view = View::default();
        let drawn = draw(Panel::Init, &view, &gather(Panel::Init, &view));
        assert!(drawn.html.contains("wl-zz00yy11-web") && drawn.html.contains("outsider"));
        assert!(!drawn.html.contains("class=\"part\"") && !drawn.html.contains("<dt>Shown"));
        assert!(!drawn.html.contains("--filter label=wl.sandbox"));
    }

    #[test]
    fn the_drawer_says_which_part_of_an_answer_it_shows() {
        let view = view(USED);
        let drawn = draw(Panel::Mounts, &view, &gather(Panel::Mounts, &view));
        assert!(
            drawn
                .html
                .contains("what sandbox k3x9q2ab owns; names are as typed")
        );
        assert!(
            drawn
                .html
                .contains("docker volume ls --filter label=wl.sandbox=k3x9q2ab")
        );
    }
}
