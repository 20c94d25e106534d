//! Tests of the compose panel; the ones that need an engine are in `tests/it/compose.rs`.

use super::fixture::{embedded, host, network, replica, with};
use super::yard::{Look, MOST_REPLICAS, MOST_SERVICES};
use super::*;
use crate::engine::Recording;
use crate::panels::draw;
use serde_json::{Value, json};

fn drawn(recording: &Recording, of: Option<&str>) -> (Compose, String) {
    let view = View {
        of: of.map(str::to_owned),
        ..View::default()
    };
    let have = recording.gather(|have| asks(&view, have));
    let html = draw(Panel::Compose, &view, &have).html;
    (picture(&view, &have).expect("a picture"), html)
}

fn yard<'a>(picture: &'a Compose, project: &str) -> &'a Yard {
    let mut yards = picture.yards.iter();
    yards.find(|yard| yard.name == project).expect(project)
}

fn things(things: &[yard::Thing]) -> Vec<(&str, &str)> {
    things
        .iter()
        .map(|thing| (thing.name.as_str(), thing.remark.as_str()))
        .collect()
}

#[test]
fn the_answer_counts_projects_and_services_and_names_what_does_not_run() {
    let (picture, html) = drawn(&embedded(), None);
    assert_eq!(
        picture.answer,
        "Two projects, seven services: all run but migrate (finished) and worker (exit 137)."
    );
    assert!(html.contains("From shop.yaml in compose/, by Compose 1.29.2."));
    assert!(html.contains("docker-compose down</code> takes away"));
    assert!(html.contains("× </i>exit 137") || html.contains("×</i> exit 137"));
}

#[test]
fn what_down_takes_and_what_it_leaves_are_told_apart() {
    let (picture, _) = drawn(&embedded(), None);
    let (shop, infra) = (yard(&picture, "shop"), yard(&picture, "infra"));
    assert_eq!(
        things(&infra.networks),
        [(
            "infra_default",
            "default in the file, prefixed; down cannot remove it while shop-api-1 hangs on it"
        )]
    );
    assert_eq!(
        things(&shop.outside),
        [("infra_default", "external: infra made it")]
    );
    assert_eq!(
        things(&shop.volumes)[0],
        ("shop_dbdata", "dbdata in the file, prefixed; used by db")
    );
    assert!(
        infra
            .volumes
            .iter()
            .any(|v| v.remark == "no name of its own; used by db")
    );
}

#[test]
fn replicas_of_different_file_versions_are_shown() {
    let other = json!({"Labels": {"com.docker.compose.config-hash": "bbbbbbbbbbbb"}});
    let containers = json!([
        replica("app", "web", "app-web-1", &["app_default"]),
        with(
            replica("app", "web", "app-web-2", &["app_default"]),
            other.clone()
        ),
        // What `run` made has a file of its own by nature.
        with(
            replica("app", "web", "app-web-run-9", &["app_default"]),
            with(
                other,
                json!({"Labels": {"com.docker.compose.oneoff": "True"}})
            )
        ),
    ]);
    let networks = json!([network("app_default", Some(("app", "default")))]);
    let (picture, html) = drawn(&host(networks, containers, json!({"Volumes": []})), None);
    let web = &yard(&picture, "app").services[0];
    assert_eq!((web.versions, web.replicas.len()), (2, 2));
    assert_eq!(web.replicas[1].hash.as_deref(), Some("bbbbbbb"));
    assert_eq!(yard(&picture, "app").oneoffs.len(), 1);
    assert!(html.contains("made from 2 versions of the file"), "{html}");
    assert!(html.contains("docker compose down"));
    assert_eq!(picture.answer, "One project, one service: it runs.");
}

#[test]
fn every_state_has_a_word() {
    let told = [
        ("running", "Up 3 minutes (unhealthy)", "unhealthy"),
        (
            "running",
            "Up 2 seconds (health: starting)",
            "runs, health not known yet",
        ),
        ("running", "Up 3 minutes (healthy)", "running"),
        ("paused", "Up 3 minutes (Paused)", "paused"),
        ("restarting", "Restarting (1) 2 seconds ago", "restarting"),
        ("created", "Created", "never started"),
        ("exited", "Exited (0) 2 hours ago", "finished, exit 0"),
        ("exited", "Exited (3) 2 hours ago", "exit 3"),
        ("exited", "", "ended, code not told"),
        ("removing", "Removal In Progress", "removing"),
        ("", "", "in an unknown state"),
    ];
    for (state, status, word) in told {
        let changes = json!({"State": state, "Status": status});
        let one = with(replica("app", "web", "app-web-1", &[]), changes);
        let (picture, _) = drawn(&host(json!([]), json!([one]), json!({})), None);
        let replica = &yard(&picture, "app").services[0].replicas[0];
        assert_eq!(replica.words, word, "{state} {status}");
        assert_eq!(replica.look.up(), state == "running");
    }
    let (_, html) = drawn(
        &host(
            json!([]),
            json!([with(
                replica("app", "web", "app-web-1", &[]),
                json!({"Status": "Up", "Health": {"Status": "unhealthy", "FailingStreak": 4}})
            )]),
            json!({}),
        ),
        None,
    );
    assert!(
        html.contains("web (unhealthy)"),
        "API 1.52 has a field of its own"
    );
}

#[test]
fn the_worst_container_is_how_a_service_is() {
    assert!(Look::Failed(1) < Look::Sick && Look::Sick < Look::Done && Look::Done < Look::Runs);
}

#[test]
fn depends_on_is_told_in_words() {
    let waits = json!({"Labels": {"com.docker.compose.depends_on":
        "db:service_healthy:false,migrate:service_completed_successfully:true,cache:service_started:false"}});
    let containers = json!([with(replica("app", "web", "app-web-1", &[]), waits)]);
    let (picture, _) = drawn(&host(json!([]), containers, json!({})), None);
    assert_eq!(
        yard(&picture, "app").services[0].after.as_deref(),
        Some("after cache, db once it is healthy and migrate once it has finished")
    );
}

#[test]
fn a_host_without_projects_says_how_to_start_one() {
    let (picture, html) = drawn(&host(json!([]), json!([]), json!({"Volumes": null})), None);
    assert_eq!(picture.answer, "No compose project on this host.");
    assert!(html.contains("docker compose up -d"));
    assert!(picture.silent.is_empty());
    let loose = json!([{"Id": "ab12", "Names": ["/p1"], "State": "running", "Labels": null}]);
    let (picture, _) = drawn(&host(Value::Null, loose, Value::Null), Some("gone"));
    assert_eq!(picture.loose_words(), "One container is in no project.");
    assert_eq!(picture.missing.as_deref(), Some("gone"));
    assert_eq!(picture.silent.len(), 2);
}

#[test]
fn a_project_that_was_taken_down_is_known_by_its_volumes() {
    let volumes = json!({"Volumes": [{"Name": "old_data", "Driver": "local", "Labels":
        {"com.docker.compose.project": "old", "com.docker.compose.volume": "data"}}]});
    let (picture, html) = drawn(&host(json!([]), json!([]), volumes), None);
    assert_eq!(
        yard(&picture, "old").from,
        "No containers: taken down, or not started."
    );
    assert_eq!(picture.answer, "One project, no services: nothing runs.");
    assert!(html.contains("no container uses it"));
}

#[test]
fn names_from_the_host_are_text() {
    let nasty = "<script>alert(1)</script>\u{202e}";
    let labels = json!({"com.docker.compose.project": nasty, "com.docker.compose.service": nasty,
        "com.docker.compose.version": nasty, "com.docker.compose.container-number": nasty,
        "com.docker.compose.project.config_files": nasty});
    let one = with(
        replica("x", "x", "x-1", &[]),
        json!({"Labels": labels, "Image": nasty}),
    );
    let (_, html) = drawn(&host(json!([]), json!([one]), json!({})), Some(nasty));
    assert!(
        !html.contains("<script>") && !html.contains('\u{202e}'),
        "{html}"
    );
}

#[test]
fn a_large_host_is_folded_and_asks_three_lists() {
    let containers: Vec<Value> = (0..400)
        .map(|n| {
            let (project, service) = (n % 10, n / 10 % 20);
            let name = format!("project-with-a-name-{project}-service-{service}-{n}");
            replica(
                &format!("project-{project}"),
                &format!("service-{service}"),
                &name,
                &[],
            )
        })
        .collect();
    let recording = host(json!([]), json!(containers), json!({"Volumes": []}));
    let have = recording.gather(|have| asks(&View::default(), have));
    assert_eq!(asks(&View::default(), &have).len(), 3);
    let (picture, html) = drawn(&recording, None);
    assert_eq!(picture.yards.len(), MOST_PROJECTS);
    assert_eq!(picture.elsewhere.len(), 4);
    let shown = &picture.yards[0];
    assert_eq!(
        shown.services.len() + shown.more_services,
        shown.states.len()
    );
    assert!(shown.services.len() <= MOST_SERVICES);
    assert!(html.len() < 100_000, "{}", html.len());

    let many: Vec<Value> = (0..200)
        .map(|n| replica("app", "web", &format!("app-web-{n}"), &[]))
        .collect();
    let (picture, html) = drawn(&host(json!([]), json!(many), json!({})), None);
    assert_eq!(picture.yards[0].services[0].replicas.len(), MOST_REPLICAS);
    assert!(html.contains(&format!("and {} more containers", 200 - MOST_REPLICAS)));
}
