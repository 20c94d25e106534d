//! Two sandboxes with the same typed names on one real engine: each panel shows its own.

use crate::live_engine::{endpoint, live_host};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;
use waterline::engine::{Answers, Ask, Corner, SandboxId, Scoped};
use waterline::panels::{Drawn, Panel, Scope, View, draw};

/// Two sandboxes, removed at the end.
struct Sandboxes {
    endpoint: String,
    ids: [SandboxId; 2],
}

impl Sandboxes {
    fn new(endpoint: &str) -> Sandboxes {
        let number = std::process::id() % 10_000_000;
        let id = |letter: &str| SandboxId::parse(&format!("{letter}{number:07}")).expect("an id");
        let both = Sandboxes {
            endpoint: endpoint.to_owned(),
            ids: [id("a"), id("b")],
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sandboxes");
        let ran = Command::new(script)
            .arg("up")
            .args(both.ids.iter().map(SandboxId::as_str))
            .env("DOCKER_HOST", endpoint)
            .env("SUBNETS", format!("198.19.{}", 200 + 2 * (number % 25)))
            .output()
            .expect("tests/sandboxes");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{said}");
        both
    }

    fn docker(&self, arguments: &[&str]) -> BTreeSet<String> {
        let ran = Command::new("docker")
            .args(["--host", &self.endpoint])
            .args(arguments)
            .output()
            .expect("the docker command");
        let lines = String::from_utf8_lossy(&ran.stdout).into_owned();
        lines.lines().map(str::to_owned).collect()
    }
}

impl Drop for Sandboxes {
    fn drop(&mut self) {
        for id in &self.ids {
            let filter = format!("label=wl.sandbox={id}");
            for (list, remove) in [
                (["ps", "-aq"].as_slice(), ["rm", "-fv"].as_slice()),
                (&["image", "ls", "-q"], &["image", "rm", "-f"]),
                (&["volume", "ls", "-q"], &["volume", "rm"]),
                (&["network", "ls", "-q"], &["network", "rm"]),
            ] {
                let found = self.docker(&[list, &["--filter", &filter]].concat());
                let found: Vec<&str> = found.iter().map(String::as_str).collect();
                if !found.is_empty() {
                    self.docker(&[remove, &found].concat());
                }
            }
        }
    }
}

/// What one sandbox's panel shows now.
async fn shown(endpoint: &str, panel: Panel, view: &View, scoped: &mut Scoped) -> (Drawn, Answers) {
    let host = live_host(endpoint);
    let have = host
        .gather_scoped(|have| panel.asks(view, have), scoped, false)
        .await;
    (draw(panel, view, &have), have)
}

fn view(id: SandboxId, of: Option<&str>) -> View {
    View {
        of: of.map(str::to_owned),
        scope: Scope::Sandbox(id),
        ..View::default()
    }
}

#[tokio::test]
async fn two_sandboxes_with_the_same_names_are_each_shown_their_own() {
    let Some(endpoint) = endpoint() else { return };
    let both = Sandboxes::new(&endpoint);
    for (id, other) in [(both.ids[0], both.ids[1]), (both.ids[1], both.ids[0])] {
        let label = |of: SandboxId| format!("label=wl.sandbox={of}");
        let ids = |of: SandboxId| both.docker(&["ps", "-aq", "--no-trunc", "--filter", &label(of)]);
        let (own, others) = (ids(id), ids(other));
        assert_eq!((own.len(), others.len()), (5, 5));
        for panel in Panel::ALL
            .into_iter()
            .filter(|panel| *panel != Panel::Hosts)
        {
            let mut scoped = Scoped::new(Corner::from(id));
            let (drawn, have) = shown(&endpoint, panel, &view(id, None), &mut scoped).await;
            let name = panel.name();
            assert_eq!(drawn.state.word(), "live", "{name}");
            let answers = drawn.json["answers"].to_string();
            let picture = drawn.json["picture"].to_string();
            for (what, text) in [("answers", &answers), ("picture", &picture)] {
                assert!(
                    !text.contains("\"wl-"),
                    "{name}: a real name in its {what}: {text}"
                );
                assert!(!text.contains(&id.real("")), "{name}: {what}");
                assert!(
                    !text.contains(other.as_str()),
                    "{name}: the other's in {what}"
                );
                assert!(
                    !others.iter().any(|id| text.contains(&id[..12])),
                    "{name}: {what}"
                );
            }
            assert!(!drawn.html.contains(other.as_str()), "{name}");
            // The list, where it asks for one, is docker's own.
            if let Some(list) = have.json(&Ask::Containers).and_then(Value::as_array) {
                let listed: BTreeSet<String> = list
                    .iter()
                    .filter_map(|item| item["Id"].as_str())
                    .map(str::to_owned)
                    .collect();
                assert_eq!(listed, own, "{name}");
            }
            let of_containers = !matches!(panel, Panel::Virtualization | Panel::StorageDriver);
            assert!(
                !of_containers || drawn.html.contains("shop"),
                "{name}: {}",
                drawn.html
            );
        }
    }

    // A typed name in focus is this sandbox's object, asked by its own id.
    for id in both.ids {
        for (panel, of) in [
            (Panel::Mounts, "web"),
            (Panel::Init, "notes"),
            (Panel::WritableLayer, "web"),
            (Panel::Networks, "shop_default"),
            (Panel::Layers, "kept"),
            (Panel::OnTheHost, "shop-db-1"),
            (Panel::Compose, "shop"),
            (Panel::ComposeNetworks, "shop"),
        ] {
            let mut scoped = Scoped::new(Corner::from(id));
            let (drawn, have) = shown(&endpoint, panel, &view(id, Some(of)), &mut scoped).await;
            let missing = [
                "is not here",
                "no container called",
                "has no ",
                "No image called",
            ];
            for words in missing {
                let said = drawn.html.contains(&format!("{words} {of}"));
                assert!(!said, "{}: {of}", panel.name());
            }
            let refused = have
                .all()
                .into_iter()
                .find_map(|(_, told)| told.as_ref().err());
            assert_eq!(refused, None, "{} of {of}", panel.name());
        }
        // Somebody else's object, by its id or by its real name, is nobody's here.
        let other = both.ids[usize::from(id == both.ids[0])];
        let foreign = both.docker(&[
            "ps",
            "-q",
            "--no-trunc",
            "--filter",
            &format!("name={}", other.real("web")),
        ]);
        for of in foreign.into_iter().chain([other.real("web")]) {
            for panel in [
                Panel::Mounts,
                Panel::WritableLayer,
                Panel::Init,
                Panel::OnTheHost,
            ] {
                let mut scoped = Scoped::new(Corner::from(id));
                let (_, have) = shown(&endpoint, panel, &view(id, Some(&of)), &mut scoped).await;
                let asked = have
                    .all()
                    .into_iter()
                    .any(|(ask, _)| ask.path().contains(&of));
                assert!(!asked, "{} asks for {of}", panel.name());
            }
        }
    }

    // What the one does is nothing new to the other.
    let (one, other) = (both.ids[0], both.ids[1]);
    let mut scopes = [one, other].map(|id| (view(id, None), Scoped::new(Corner::from(id))));
    let mut before = Vec::new();
    for (view, scoped) in &mut scopes {
        before.push(shown(&endpoint, Panel::Init, view, scoped).await.1);
    }
    both.docker(&["stop", "--time", "0", &one.real("notes")]);
    let mut same = Vec::new();
    for ((view, scoped), before) in scopes.iter_mut().zip(&before) {
        let (_, now) = shown(&endpoint, Panel::Init, view, scoped).await;
        same.push(now.are_those_of(before));
    }
    assert_eq!(same, [false, true]);
}
