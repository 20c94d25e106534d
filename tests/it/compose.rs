//! The two compose panels against projects that the real docker-compose makes.

use crate::live_engine::{endpoint, live_host};
use crate::stage::Stage;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use waterline::engine::Answers;
use waterline::panels::networks::facts::Facts;
use waterline::panels::{Panel, View, compose, compose_networks};

const LEFT: &str = r#"
version: "2.4"
services:
  web: { image: busybox, command: tail -f /dev/null, init: true, labels: LABEL }
  db: { image: busybox, command: tail -f /dev/null, init: true, labels: LABEL }
  api:
    image: busybox
    command: tail -f /dev/null
    init: true
    labels: LABEL
    networks:
      default:
      shared: { aliases: [orders] }
  ended: { image: busybox, command: sh -c "exit 3", labels: LABEL }
networks:
  default: { labels: LABEL }
  shared: { external: true, name: "@shared" }
"#;

const RIGHT: &str = r#"
version: "2.4"
services:
  db: { image: busybox, command: tail -f /dev/null, init: true, labels: LABEL, networks: [default, shared] }
  queue: { image: busybox, command: tail -f /dev/null, init: true, labels: LABEL, volumes: ["journal:/var/lib/queue"] }
networks:
  default: { name: "@quiet-bay", labels: LABEL }
  shared: { external: true, name: "@shared" }
volumes:
  journal: { labels: LABEL }
"#;

fn set_the_stage(stage: &Stage) {
    stage.network("shared", &[]);
    stage.project("left", LEFT, &["--scale", "web=2"]);
    stage.project("right", RIGHT, &[]);
    let ended = stage.docker(&[
        "ps",
        "-aq",
        "--filter",
        &format!("name={}", stage.name("left_ended")),
    ]);
    stage.docker(&["wait", &ended]);
}

async fn hear(endpoint: &str, panel: Panel, view: &View) -> Answers {
    let asks = |have: &Answers| panel.asks(view, have);
    live_host(endpoint).gather(asks).await
}

/// What the islands say: the names that each network answers to.
fn told_names(picture: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for island in list(&picture["islands"]) {
        let across = list(&island["bridges"])
            .into_iter()
            .map(|span| span["on"].clone());
        for group in list(&island["own"]).into_iter().chain(across) {
            let Some(network) = group["network"].as_str() else {
                continue;
            };
            let of_network = names.entry(network.to_owned()).or_default();
            for hung in list(&group["boxes"]) {
                let told = list(&hung["names"]);
                of_network.extend(
                    told.iter()
                        .filter_map(|n| Some(n["name"].as_str()?.to_owned())),
                );
            }
        }
    }
    names
}

/// What each name resolves to inside a container: everything at once, since a name that
/// nobody has takes seconds to fail.
fn resolve(
    stage: &Stage,
    inside: &str,
    names: &BTreeSet<String>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut script = String::new();
    for name in names {
        script.push_str(&format!(
            "(timeout 8 nslookup -type=a {name} 127.0.0.11 2>/dev/null \
             | sed -n '/^Name/,$s/^Address: /{name} /p') &\n"
        ));
    }
    script.push_str("wait\n");
    let (_, out, _) = stage.try_docker(&["exec", inside, "sh", "-c", &script]);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in out.lines() {
        if let Some((name, address)) = line.split_once(' ') {
            found
                .entry(name.to_owned())
                .or_default()
                .insert(address.trim().to_owned());
        }
    }
    found
}

#[tokio::test]
async fn the_names_on_the_islands_are_those_that_resolve_in_the_containers() {
    let Some(endpoint) = endpoint() else { return };
    let stage = Stage::new(&endpoint, "wlisles");
    set_the_stage(&stage);
    let view = View::default().focus(&stage.name("left"));
    let have = hear(&endpoint, Panel::ComposeNetworks, &view).await;
    let picture = compose_networks::picture(&view, &have).expect("a picture");
    let picture = serde_json::to_value(&picture).expect("its data");
    let told = told_names(&picture);
    let facts = Facts::read(&have).expect("both lists");
    let universe: BTreeSet<String> = told.values().flatten().cloned().collect();
    for name in ["db", "web", "api", "orders", "queue"] {
        assert!(universe.contains(name), "{name} in {told:?}");
    }
    assert!(
        !universe.contains("ended"),
        "a name of one that ended: {told:?}"
    );

    let running: Vec<_> = facts
        .containers
        .iter()
        .filter(|c| c.name.starts_with(&stage.prefix) && c.state.runs())
        .collect();
    assert_eq!(running.len(), 6, "web twice, api, queue, a db each");
    let found: Vec<_> = std::thread::scope(|scope| {
        let probes: Vec<_> = running
            .iter()
            .map(|c| scope.spawn(|| resolve(&stage, &c.name, &universe)))
            .collect();
        probes
            .into_iter()
            .map(|probe| probe.join().expect("a probe"))
            .collect()
    });
    let mut compared = 0;
    for (container, found) in running.iter().zip(found) {
        let own: BTreeSet<usize> = container.attachments.iter().map(|a| a.network).collect();
        for name in &universe {
            let answers = own.iter().any(|place| {
                let names = told.get(&facts.networks[*place].name);
                names.is_some_and(|names| names.contains(name))
            });
            let heard = found.get(name).cloned().unwrap_or_default();
            assert_eq!(
                answers,
                !heard.is_empty(),
                "“{name}” inside {}: told {told:?}, resolved {heard:?}",
                container.name
            );
            // By network: DNS gives those of one network that the asker hangs on, all of them.
            let by_network: Vec<BTreeSet<String>> = own
                .iter()
                .map(|place| {
                    let here = facts.containers.iter().flat_map(|c| &c.attachments);
                    here.filter(|a| a.network == *place && a.names.contains(name))
                        .filter_map(|a| a.v4.clone())
                        .collect()
                })
                .filter(|addresses: &BTreeSet<String>| !addresses.is_empty())
                .collect();
            assert!(
                heard.is_empty() || by_network.contains(&heard),
                "“{name}” inside {}: {heard:?} of {by_network:?}",
                container.name
            );
            compared += 1;
        }
    }
    assert!(compared >= 6 * 9, "only {compared} compared");

    // The name that both have, the way across, and the kinds of network.
    let said_in_all = picture.to_string();
    let [left, right] = ["left", "right"].map(|project| stage.name(project));
    for said in [
        format!("db and web of {left} reach nothing of {right}."),
        format!("joins {left} and {right}"),
        "prefixed; “default” in the file".to_owned(),
        "named by the file, so not prefixed".to_owned(),
        "external; no project made it; bridge to".to_owned(),
        "two containers take turns".to_owned(),
    ] {
        assert!(said_in_all.contains(&said), "{said}: {picture:#}");
    }
    let names = picture["names"].to_string();
    assert!(
        names.contains("“db” is") && names.contains("may get either"),
        "{names}"
    );
}

#[tokio::test]
async fn replicas_and_what_down_takes_are_what_compose_itself_says() {
    let Some(endpoint) = endpoint() else { return };
    let stage = Stage::new(&endpoint, "wlyard");
    set_the_stage(&stage);
    let right = View::default().focus(&stage.name("right"));
    let left = View::default().focus(&stage.name("left"));
    let have = hear(&endpoint, Panel::Compose, &left).await;
    let data = |view: &View| {
        let picture = compose::picture(view, &have).expect("a picture");
        serde_json::to_value(&picture).expect("its data")["yards"][0].clone()
    };
    let (left, right) = (data(&left), data(&right));

    let format = "{{.Names}} {{.Label \"com.docker.compose.service\"}} {{.State}}";
    let filter = format!("label=com.docker.compose.project={}", stage.name("left"));
    let out = stage.docker(&["ps", "-a", "--filter", &filter, "--format", format]);
    let docker: BTreeSet<String> = out.lines().map(str::to_owned).collect();
    let mut drawn = BTreeSet::new();
    for service in left["services"].as_array().expect("services") {
        for replica in service["replicas"].as_array().expect("replicas") {
            let state = match replica["words"].as_str() {
                Some("running") => "running",
                Some("exit 3") => "exited",
                other => panic!("{other:?} in {service}"),
            };
            let [name, service] =
                [&replica["name"], &service["name"]].map(|v| v.as_str().expect("text"));
            drawn.insert(format!("{name} {service} {state}"));
        }
    }
    assert_eq!(drawn, docker);
    assert_eq!(drawn.len(), 5);

    // Taken at its word: what the fence holds goes, what stands beside it stays.
    let names = |yard: &Value, what: &str| -> BTreeSet<String> {
        let things = yard[what].as_array().expect("a list").iter();
        things
            .map(|t| t["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    let one = |name: String| BTreeSet::from([name]);
    assert_eq!(names(&left, "networks"), one(stage.name("left_default")));
    assert_eq!(names(&left, "outside"), one(stage.name("shared")));
    assert_eq!(names(&right, "networks"), one(stage.name("quiet-bay")));
    assert_eq!(names(&right, "volumes"), one(stage.name("right_journal")));
    stage.down("right", RIGHT);
    let list = |of: &str| stage.docker(&[of, "ls", "--format", "{{.Name}}"]);
    let (networks, volumes) = (list("network"), list("volume"));
    let there = |list: &str, name: &str| list.lines().any(|line| line == stage.name(name));
    assert!(
        !there(&networks, "quiet-bay") && there(&networks, "shared"),
        "{networks}"
    );
    assert!(there(&volumes, "right_journal"), "{volumes}");
}
