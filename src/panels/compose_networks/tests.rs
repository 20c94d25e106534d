//! Tests of the compose-networks panel; the ones that need an engine are in
//! `tests/it/compose.rs`.

use super::chart::MOST_ISLANDS;
use super::*;
use crate::engine::Recording;
use crate::panels::compose::fixture::{embedded, host, network, replica, with};
use crate::panels::draw;
use serde_json::{Value, json};

fn drawn(recording: &Recording, of: Option<&str>) -> (ComposeNetworks, String) {
    let view = View {
        of: of.map(str::to_owned),
        ..View::default()
    };
    let have = recording.gather(|have| asks(&view, have));
    let html = draw(Panel::ComposeNetworks, &view, &have).html;
    (picture(&view, &have).expect("a picture"), html)
}

fn group<'a>(picture: &'a ComposeNetworks, island: &str, network: &str) -> &'a islands::Group {
    let mut islands = picture.islands.iter();
    let island = islands.find(|i| i.name == island).expect(island);
    let mut groups = island.all_groups();
    groups.find(|g| g.network == network).expect(network)
}

/// `db: db≠, infra-db-1`
fn hung(group: &islands::Group) -> Vec<String> {
    let told = |b: &islands::Hung| {
        let names = b.names.iter();
        let names: Vec<String> = names
            .map(|n| format!("{}{}", n.name, if n.elsewhere { "≠" } else { "" }))
            .collect();
        format!("{}: {}", b.title, names.join(", "))
    };
    group.boxes.iter().map(told).collect()
}

/// Two `up`s, each with its network, and nothing else.
fn two_ups(more: &[Value], networks: &[Value]) -> Recording {
    let mut containers = vec![
        replica("app", "web", "app-web-1", &["app_default"]),
        replica("app", "db", "app-db-1", &["app_default"]),
        replica("infra", "db", "infra-db-1", &["infra_default"]),
    ];
    containers.extend(more.iter().cloned());
    let mut all = vec![
        network("app_default", Some(("app", "default"))),
        network("infra_default", Some(("infra", "default"))),
    ];
    all.extend(networks.iter().cloned());
    host(json!(all), json!(containers), Value::Null)
}

#[test]
fn two_ups_are_two_islands_that_cannot_talk() {
    let (picture, html) = drawn(&two_ups(&[], &[]), None);
    assert_eq!(
        picture.answer,
        "Two projects, two islands: no network joins them, so they cannot talk."
    );
    assert_eq!((picture.islands.len(), picture.rows), (2, 0));
    let crossing = &picture.crossings[0];
    assert!(!crossing.bridged);
    assert_eq!(
        crossing.lines[0],
        "db and web of app reach nothing of infra. They share no network, and the host drops packets from one bridge to another."
    );
    assert_eq!(
        picture.names,
        ["“db” is app-db-1 on app_default and infra-db-1 on infra_default."]
    );
    assert!(html.contains("docker network create shared"));
}

#[test]
fn a_network_that_both_join_is_a_bridge() {
    let (picture, html) = drawn(&embedded(), None);
    assert_eq!(
        picture.answer,
        "Two projects: infra_default joins infra and shop."
    );
    let (home, away) = (
        group(&picture, "infra", "infra_default"),
        group(&picture, "shop", "infra_default"),
    );
    assert_eq!(
        home.remark,
        "prefixed; “default” in the file; bridge to shop"
    );
    assert_eq!(away.remark, "external; infra made it; bridge to infra");
    assert_eq!(
        hung(home),
        ["db: db≠, infra-db-1", "queue: queue, infra-queue-1"]
    );
    assert_eq!(hung(away), ["api: api, orders, shop-api-1"]);
    assert!(picture.islands[0].bridges[0].next && !picture.islands[1].bridges[0].next);
    let private = group(&picture, "shop", "shop_private");
    assert!(
        private.remark.ends_with("internal, so no way out"),
        "{}",
        private.remark
    );
    let lines = &picture.crossings[0].lines;
    assert!(
        lines[1].starts_with(
            "api of shop reaches, of infra: db as “db” or “infra-db-1” (“db” has a second owner"
        ),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("db and web of shop reach nothing of infra."))
    );
    assert!(picture.names[0].ends_with("shop-api-1 hears both and may get either."));
    assert!(
        !html.contains("docker network create shared"),
        "there is a bridge already"
    );
}

#[test]
fn prefixed_named_and_external_networks_are_told_apart() {
    let more = [replica(
        "app",
        "api",
        "app-api-1",
        &["app_default", "bay", "cove", "shared"],
    )];
    let networks = [
        network("bay", Some(("app", "quiet"))),
        network("cove", Some(("app", "cove"))),
        network("shared", None),
    ];
    let (picture, _) = drawn(&two_ups(&more, &networks), None);
    let remark = |network| group(&picture, "app", network).remark.as_str();
    assert_eq!(remark("app_default"), "prefixed; “default” in the file");
    assert_eq!(remark("bay"), "named by the file, which calls it “quiet”");
    // Compose 1 does not say what the file calls it.
    assert_eq!(remark("cove"), "named by the file, so not prefixed");
    assert_eq!(
        remark("shared"),
        "external; no project made it; no other project has joined it"
    );
}

#[test]
fn a_name_of_several_containers_leads_to_them_in_turn() {
    let stopped = json!({"State": "exited", "Status": "Exited (1) 2 hours ago"});
    let more = [
        replica("app", "web", "app-web-2", &["app_default"]),
        with(
            replica("app", "web", "app-web-3", &["app_default"]),
            stopped.clone(),
        ),
        with(
            replica("app", "job", "app-job-1", &["app_default"]),
            stopped,
        ),
    ];
    let (picture, html) = drawn(&two_ups(&more, &[]), None);
    let app = group(&picture, "app", "app_default");
    let web = app.boxes.iter().find(|b| b.title == "web").expect("web");
    assert_eq!(web.remark, "two containers take turns, one not running");
    let job = app.boxes.iter().find(|b| b.title == "job").expect("job");
    assert!(job.off && job.names.is_empty() && job.remark == "stopped, exit 1");
    assert_eq!(hung(app)[2], "web: web, app-web-1, app-web-2");
    assert!(html.contains("job of app does not run"));
    let other = replica("infra", "web", "infra-web-1", &["infra_default"]);
    let both = [&more[..], &[other]].concat();
    let (picture, _) = drawn(&two_ups(&both, &[]), None);
    assert_eq!(
        picture.names[1],
        "“web” is one of two containers of app and infra-web-1 on infra_default."
    );
}

#[test]
fn who_has_no_network_and_who_is_a_guest_is_said() {
    let host_mode = json!({"HostConfig": {"NetworkMode": "host"}});
    let mut guest = with(replica("x", "x", "visitor", &["app_default"]), json!({}));
    guest["Labels"] = json!({});
    let more = [
        with(replica("app", "edge", "app-edge-1", &[]), host_mode),
        guest,
    ];
    let (picture, _) = drawn(&two_ups(&more, &[]), None);
    assert_eq!(
        picture.islands[0].ashore,
        ["edge uses the host’s own network: nobody finds it by a name."]
    );
    let app = group(&picture, "app", "app_default");
    let visitor = app.boxes.iter().find(|b| b.guest).expect("a guest");
    assert_eq!(
        (visitor.title.as_str(), visitor.remark.as_str()),
        ("visitor", "in no project")
    );
    assert_eq!(
        picture.loose.as_deref(),
        Some("Not in a project is visitor.")
    );
}

#[test]
fn a_host_without_projects_says_how_to_start_one() {
    let (picture, html) = drawn(&host(json!([]), json!([]), Value::Null), Some("gone"));
    assert_eq!(picture.answer, "No compose project on this host.");
    assert!(html.contains("no compose project called “<bdi>gone</bdi>”.</p>"));
    assert!(html.contains("--project-name shop up -d"));
    let (picture, html) = drawn(&two_ups(&[], &[]), Some("gone"));
    assert_eq!(picture.islands.len(), 2);
    assert!(html.contains("so all are shown"));
}

#[test]
fn a_project_in_focus_is_shown_with_its_neighbours() {
    let more = [
        replica("app", "api", "app-api-1", &["app_default", "infra_default"]),
        replica("blog", "web", "blog-web-1", &["blog_default"]),
    ];
    let recording = two_ups(&more, &[network("blog_default", Some(("blog", "default")))]);
    let (picture, _) = drawn(&recording, None);
    assert_eq!(
        picture.answer,
        "Three projects: infra_default joins app and infra; blog stands alone."
    );
    let names = |picture: &ComposeNetworks| -> Vec<String> {
        picture.islands.iter().map(|i| i.name.clone()).collect()
    };
    let (picture, _) = drawn(&recording, Some("infra"));
    assert_eq!(names(&picture), ["app", "infra"]);
    assert_eq!(picture.answer, "infra_default joins app and infra.");
    assert_eq!(picture.elsewhere[0].0, "blog");
    let (picture, _) = drawn(&recording, Some("blog"));
    assert_eq!(names(&picture), ["blog"]);
    assert_eq!(
        picture.answer,
        "blog is an island: no network joins it to another project."
    );
}

#[test]
fn an_engine_that_tells_little_gets_sentences() {
    // API 1.52: no flat addresses, null where lists were.
    let bare = json!({"Id": "ab12", "Names": null, "State": "running", "Ports": null,
        "NetworkSettings": {"Networks": null}, "Labels": {"com.docker.compose.project": "app"}});
    let (picture, _) = drawn(&host(json!([]), json!([bare]), Value::Null), None);
    assert_eq!(
        picture.islands[0].ashore,
        ["ab12: this engine does not say on which network."]
    );
}

#[test]
fn names_from_the_host_are_text() {
    let nasty = "<script>alert(1)</script>\u{202e}";
    let one = with(
        replica("x", "x", "x-1", &["n"]),
        json!({"Names": [format!("/{nasty}x")], "Labels": {"com.docker.compose.project": nasty, "com.docker.compose.service": nasty}}),
    );
    let networks = json!([network("n", Some((nasty, nasty)))]);
    let (_, html) = drawn(&host(networks, json!([one]), Value::Null), Some(nasty));
    assert!(
        !html.contains("<script>") && !html.contains('\u{202e}'),
        "{html}"
    );
}

#[test]
fn a_large_host_is_folded() {
    let mut networks = vec![network("shared", None)];
    let mut containers = Vec::new();
    for project in 0..20 {
        let own = format!("project-{project}_default");
        networks.push(network(
            &own,
            Some((&format!("project-{project}"), "default")),
        ));
        for n in 0..10 {
            let name = format!("project-{project}-service-with-a-long-name-{n}-1");
            let service = format!("service-with-a-long-name-{n}");
            let places: &[&str] = &[own.as_str(), "shared"];
            containers.push(replica(
                &format!("project-{project}"),
                &service,
                &name,
                places,
            ));
        }
    }
    let recording = host(json!(networks), json!(containers), Value::Null);
    let (picture, html) = drawn(&recording, None);
    assert_eq!(picture.islands.len(), MOST_ISLANDS);
    assert_eq!(picture.elsewhere.len(), 16);
    let have = recording.gather(|have| asks(&View::default(), have));
    assert_eq!(asks(&View::default(), &have).len(), 2 + 40, "those on view");
    assert!(html.len() < 100_000, "{}", html.len());
}

#[test]
fn neighbours_stand_side_by_side_and_bridges_share_a_row_where_they_can() {
    let networks = json!([network("one", None), network("two", None)]);
    let containers = json!([
        replica("a", "web", "a-web-1", &["one"]),
        replica("b", "web", "b-web-1", &["two"]),
        replica("c", "web", "c-web-1", &["one"]),
        replica("d", "web", "d-web-1", &["two"]),
    ]);
    let (picture, _) = drawn(&host(networks, containers, Value::Null), None);
    let names: Vec<&str> = picture.islands.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["a", "c", "b", "d"]);
    assert_eq!(picture.rows, 1);
    let next: Vec<bool> = picture.islands.iter().map(|i| i.bridges[0].next).collect();
    assert_eq!(next, [true, false, true, false]);

    // One that passes an island by: it needs a row of its own there.
    let containers = json!([
        replica("a", "web", "a-web-1", &["one", "two"]),
        replica("b", "web", "b-web-1", &["two"]),
        replica("c", "web", "c-web-1", &["one"]),
    ]);
    let networks = json!([network("one", None), network("two", None)]);
    let (picture, html) = drawn(&host(networks, containers, Value::Null), None);
    assert_eq!(picture.rows, 2);
    assert!(html.contains("<div class=\"by next\">"), "{html}");
}
