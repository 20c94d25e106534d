//! Compose in a sandbox, on a real engine: two projects, joined through a network that
//! neither made.

use crate::sandbox_room::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use waterline::demos::runner::{How, Outcome, Sandbox};

const SHOP: &str = "\
name: shop
services:
  web:
    image: busybox
    command: httpd -f -p 80 -h /etc
    depends_on: [db]
    networks: [default, street]
  db:
    image: busybox
    command: [\"sh\", \"-c\", \"echo ready; exec sleep 600\"]
    init: true
    volumes: ['data:/d']
networks:
  street:
    external: true
volumes:
  data:
";

const CAFE: &str = "\
name: cafe
services:
  app:
    image: busybox
    command: sleep 600
    networks: [street]
networks:
  street:
    external: true
";

async fn with_files(sandbox: &Arc<Sandbox>, line: &str) -> (String, String, i32) {
    let files = [("compose.yaml", SHOP), ("cafe.yaml", CAFE)];
    let files: BTreeMap<String, String> = files
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
    let how = How {
        files,
        ..How::default()
    };
    let finished = sandbox.run(line, how).finished().await;
    let Outcome::Done { code } = finished.outcome else {
        panic!("{line}: {finished:?}");
    };
    (text(finished.stdout()), text(finished.stderr()), code)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_projects_meet_on_an_external_network_only() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    let (_, err, code) = with_files(&me, "docker compose up -d").await;
    assert_eq!(code, 1);
    assert_eq!(
        err.lines().last(),
        Some("network street declared as external, but could not be found")
    );
    out(&me, "docker network create street").await;
    let (_, err, code) = with_files(&me, "docker compose up -d").await;
    assert_eq!(code, 0, "{err}");
    assert_eq!(
        err,
        " Volume \"shop_data\"  Creating\n Volume \"shop_data\"  Created\n \
         Container shop-db-1  Creating\n Container shop-db-1  Created\n \
         Container shop-web-1  Creating\n Container shop-web-1  Created\n \
         Container shop-db-1  Starting\n Container shop-db-1  Started\n \
         Container shop-web-1  Starting\n Container shop-web-1  Started\n"
    );
    let (_, err, _) = with_files(&me, "docker compose up -d").await;
    assert_eq!(
        err,
        " Container shop-db-1  Running\n Container shop-web-1  Running\n"
    );
    let (_, err, code) = with_files(&me, "docker compose -f cafe.yaml up -d").await;
    assert_eq!(code, 0, "{err}");

    // By the service's name, on the network that they share; not on shop's own.
    let get = "docker exec cafe-app-1 wget -q -O - http://web/passwd";
    assert!(out(&me, get).await.starts_with("root:x:0:0:"));
    let (_, err, code) = ran(&me, "docker exec cafe-app-1 wget -q -O - http://db/").await;
    assert_eq!((err.as_str(), code), ("wget: bad address 'db'\n", 1));
    assert_eq!(
        out(&me, "docker exec shop-web-1 ping -c 1 -W 1 -q db")
            .await
            .lines()
            .count(),
        5
    );

    let (list, _, _) = with_files(
        &me,
        "docker compose ps --format '{{.Name}} {{.Service}} {{.State}}'",
    )
    .await;
    assert_eq!(list, "shop-db-1 db running\nshop-web-1 web running\n");
    let (logs, _, _) = with_files(&me, "docker compose logs db").await;
    assert_eq!(logs, "db-1  | ready\n");
    let names = out(&me, "docker network ls --format '{{.Name}}'").await;
    let mut names: Vec<&str> = names.lines().collect();
    names.sort_unstable();
    assert_eq!(names, ["shop_default", "street"]);

    // The owner's own `compose -p shop down` finds nothing of ours.
    let theirs = [
        "ps",
        "-aq",
        "--filter",
        "label=com.docker.compose.project=shop",
    ];
    let ours = room.docker(&theirs);
    let project =
        "docker inspect -f '{{index .Config.Labels \"com.docker.compose.project\"}}' shop-db-1";
    assert_eq!(out(&me, project).await, "shop\n");
    for id in ours.lines() {
        assert!(!out(&me, "docker ps -aq").await.contains(id), "{id}");
    }

    let (_, err, code) = with_files(&me, "docker compose down -v").await;
    assert_eq!(code, 0, "{err}");
    assert!(
        err.ends_with(" Network shop_default  Removing\n Network shop_default  Removed\n"),
        "{err}"
    );
    assert_eq!(
        out(&me, "docker ps -a --format '{{.Names}}'").await,
        "cafe-app-1\n"
    );
    assert_eq!(out(&me, "docker volume ls -q").await, "");
    me.reset().await.expect("it is wiped");
    assert_eq!(room.labelled(&me), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn down_stops_everything_at_once() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    // None of them hears SIGTERM: one after the other they would outlast the step.
    let services: String = (1..=7)
        .map(|n| format!("  s{n}:\n    image: busybox\n    command: sleep 600\n"))
        .collect();
    let file = format!("name: deaf\nservices:\n{services}");
    let run = async |line: &str| {
        let how = How {
            files: [("compose.yaml".to_owned(), file.clone())].into(),
            ..How::default()
        };
        let finished = me.run(line, how).finished().await;
        assert_eq!(finished.outcome, Outcome::Done { code: 0 }, "{finished:?}");
        text(finished.stderr())
    };
    run("docker compose up -d").await;
    let err = run("docker compose down").await;
    assert_eq!(err.matches("  Removed\n").count(), 8, "{err}");
    assert_eq!(
        run("docker compose down").await,
        "Warning: No resource found to remove for project \"deaf\".\n"
    );
}
