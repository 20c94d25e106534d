//! The networks panel against a real engine: what it says of who reaches whom is held
//! beside pings and requests between containers of every kind.

use crate::live_engine::{endpoint, live_host};
use crate::stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use waterline::engine::{Answers, Ask, Id};
use waterline::panels::networks::facts::{Facts, Mode};
use waterline::panels::networks::reach::{How, Reach, Rule, reach};
use waterline::panels::{Panel, View, draw};

/// What the panel asks, and each container besides: on a busy host it folds some.
fn all_asks(have: &Answers) -> Vec<Ask> {
    let mut asks = Panel::Networks.asks(&View::default(), have);
    let listed = have.json(&Ask::Containers).and_then(|list| list.as_array());
    let ids = listed
        .into_iter()
        .flatten()
        .filter_map(|row| Id::new(row["Id"].as_str()?));
    asks.extend(ids.map(Ask::Container));
    asks
}

/// Two projects, each with its own `db`, joined by one container of the second.
const INFRA: &str = r#"
version: "2.4"
services:
  db: { image: busybox, container_name: "@infra-db", command: httpd -f -p 80, labels: LABEL }
networks:
  default: { labels: LABEL }
"#;
const APP: &str = r#"
version: "2.4"
services:
  web: { image: busybox, container_name: "@app-web", command: httpd -f -p 80, labels: LABEL, ports: ["80"] }
  db: { image: busybox, container_name: "@app-db", command: httpd -f -p 80, labels: LABEL }
  api:
    image: busybox
    container_name: "@api"
    command: httpd -f -p 80
    labels: LABEL
    networks: [default, infra]
networks:
  default: { labels: LABEL }
  infra: { external: true, name: "@infra_default" }
"#;

/// Every way of being attached, so that every rule of one host decides some pair.
fn set_the_stage(stage: &Stage) {
    stage.network("inside", &["--internal"]);
    stage.network(
        "quiet",
        &["-o", "com.docker.network.bridge.enable_icc=false"],
    );
    let no_host = "com.docker.network.bridge.inhibit_ipv4=true";
    stage.network("sealed", &["--internal", "-o", no_host]);
    stage.project("infra", INFRA, &[]);
    stage.project("app", APP, &[]);
    stage.run("in1", "--network @inside");
    stage.run("in2", "--network @inside -p 80");
    stage.run("p1", "");
    stage.run("p2", "-p 80");
    stage.run("p3", "--link @p1:first");
    stage.run("edge", "--network host");
    stage.run("lonely", "--network none");
    // Two that ping from one network stack need process numbers of one kind: busybox takes
    // an answer for its own by its process number alone.
    stage.run(
        "debug",
        "--network container:@app-web --pid container:@app-web",
    );
    stage.run("q1", "--network @quiet");
    stage.run("q2", "--network @quiet -p 80");
    stage.run("q3", "--network @quiet -p 127.0.0.1::80");
    stage.run("s1", "--network @sealed");
    stage.run("s2", "--network @sealed");
    stage.run("paused", "--network @app_default");
    stage.docker(&["pause", &stage.name("paused")]);
    stage.run("owner", "--network @app_default");
    stage.run("orphan", "--network container:@owner");
    stage.docker(&["stop", "-t", "0", &stage.name("owner")]);
}

/// What one container's way to another is tried with.
#[derive(Clone, Debug, Default)]
struct Targets {
    names: BTreeSet<String>,
    addresses: BTreeSet<String>,
    ports: BTreeSet<String>,
}

fn targets(facts: &Facts, from: usize, to: usize, verdict: &Reach) -> Targets {
    let stack = |at: usize| facts.stack(at).map(|stack| &facts.containers[stack]);
    let mut targets = Targets::default();
    let Some(far) = stack(to) else { return targets };
    let gateways: Vec<String> = stack(from)
        .into_iter()
        .flat_map(|near| &near.attachments)
        .flat_map(|place| {
            let told = facts.networks[place.network]
                .subnets
                .iter()
                .filter_map(|s| s.gateway.clone());
            place.gateway.clone().into_iter().chain(told)
        })
        .collect();
    let near_is_host = stack(from).is_some_and(|near| near.mode == Mode::Host);
    // An alias that somebody else has too says nothing about this one.
    let clear = |name: &&String| !verdict.contested.contains(name) && *name != "db";
    targets.names.insert(facts.containers[to].name.clone());
    targets.names.insert(far.name.clone());
    targets
        .names
        .extend(verdict.names.iter().filter(clear).cloned());
    targets.addresses.extend(
        far.attachments
            .iter()
            .filter_map(|place| place.address().map(str::to_owned)),
    );
    if far.mode == Mode::Host {
        targets.addresses.extend(gateways.clone());
    }
    for port in &far.ports {
        let hosts = if near_is_host {
            vec!["127.0.0.1".to_owned()]
        } else {
            gateways.clone()
        };
        targets.ports.extend(
            hosts
                .into_iter()
                .map(|host| format!("{host}:{}", port.host)),
        );
    }
    targets
}

/// Tries everything at once inside `from`; gives what answered: `7 name web`.
fn probe(
    stage: &Stage,
    from: &str,
    wanted: &BTreeMap<usize, Targets>,
) -> BTreeSet<(usize, &'static str)> {
    let mut script = String::new();
    for (to, targets) in wanted {
        let ways = [
            ("name", &targets.names),
            ("ip", &targets.addresses),
            ("port", &targets.ports),
        ];
        for (way, all) in ways {
            for target in all {
                // Any answer of a server's will do: 404 is one. busybox's `wget -T` crashes.
                let test = match way {
                    "port" => {
                        format!("timeout 3 wget -q -O - http://{target}/nothing 2>&1 | grep -q 404")
                    }
                    _ => format!("timeout 5 ping -c 1 -W 2 {target} >/dev/null 2>&1"),
                };
                script.push_str(&format!("({test} && echo {to} {way}) 2>/dev/null &\n"));
            }
        }
    }
    script.push_str("wait\n");
    let (_, out, _) = stage.try_docker(&["exec", from, "sh", "-c", &script]);
    out.lines()
        .filter_map(|line| {
            let (to, way) = line.split_once(' ')?;
            let way = ["name", "ip", "port"]
                .into_iter()
                .find(|known| *known == way)?;
            Some((to.parse().ok()?, way))
        })
        .collect()
}

#[tokio::test]
async fn who_reaches_whom_is_what_real_probes_find() {
    let Some(endpoint) = endpoint() else { return };
    let stage = Stage::new(&endpoint, "wlreach");
    set_the_stage(&stage);
    let have = live_host(&endpoint).gather(all_asks).await;
    let facts = Facts::read(&have).expect("both lists");
    let ours: Vec<usize> = (0..facts.containers.len())
        .filter(|at| {
            facts.containers[*at]
                .name
                .starts_with(&format!("{}-", stage.prefix))
        })
        .collect();
    assert_eq!(ours.len(), 20, "all containers of the stage");

    let verdicts: BTreeMap<usize, BTreeMap<usize, Reach>> = ours
        .iter()
        .filter(|from| facts.containers[**from].state.runs())
        .map(|from| {
            let others = ours.iter().filter(|to| *to != from);
            (
                *from,
                others.map(|to| (*to, reach(&facts, *from, *to))).collect(),
            )
        })
        .collect();
    // Names that lead nowhere take seconds to fail, so containers try at the same time.
    let found: BTreeMap<usize, BTreeSet<(usize, &str)>> = std::thread::scope(|scope| {
        let (stage, facts) = (&stage, &facts);
        let probes: Vec<_> = verdicts
            .iter()
            .map(|(from, verdicts)| {
                let wanted = verdicts
                    .iter()
                    .map(|(to, verdict)| (*to, targets(facts, *from, *to, verdict)))
                    .collect();
                let probe = move || probe(stage, &facts.containers[*from].name, &wanted);
                (*from, scope.spawn(probe))
            })
            .collect();
        let done = probes
            .into_iter()
            .map(|(from, probe)| (from, probe.join().expect("a probe")));
        done.collect()
    });

    let mut compared = 0;
    let mut rules = BTreeSet::new();
    let mut wrong = Vec::new();
    for (from, verdicts) in verdicts {
        let found = &found[&from];
        for (to, verdict) in verdicts {
            let (name, ip, port) = (
                found.contains(&(to, "name")),
                found.contains(&(to, "ip")),
                found.contains(&(to, "port")),
            );
            let agrees = match verdict.how {
                How::Name => name && ip,
                How::Ip => !name && ip,
                How::Port => !name && !ip && port,
                How::No => !name && !ip && !port,
                // The kernel answers pings for a paused container; nothing else does.
                How::Off => verdict.rule == Rule::Paused || (!name && !ip && !port),
                How::Local => ip,
                How::Itself | How::Unsure => false,
            };
            if !agrees {
                wrong.push(format!(
                    "{} to {}: {verdict:?}; name {name}, ip {ip}, port {port}",
                    facts.containers[from].name, facts.containers[to].name
                ));
            }
            rules.insert(verdict.rule);
            compared += 1;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared} pairs differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(compared, 18 * 19);
    // A second container on the host's network may be anybody's, so no rule of one host
    // but these is left out.
    let seen = |rule: &Rule| rules.contains(rule);
    let never = [
        Rule::Itself,
        Rule::OtherDriver,
        Rule::Podman,
        Rule::HostAndChild,
    ];
    let missed: Vec<&Rule> = Rule::ALL
        .iter()
        .filter(|rule| !seen(rule) && !never.contains(rule))
        .collect();
    assert!(missed.is_empty(), "no pair tried {missed:?}");
}

#[tokio::test]
async fn a_container_we_start_appears_in_the_panel_and_leaves_it() {
    let Some(endpoint) = endpoint() else { return };
    let stage = Stage::new(&endpoint, "wlappear");
    stage.network("new", &[]);
    let view = View {
        of: Some(stage.name("new")),
        ..View::default()
    };
    let name = stage.name("guest");
    let html = |have: &Answers| draw(Panel::Networks, &view, have).html;
    let asks = |have: &Answers| Panel::Networks.asks(&view, have);

    let before = live_host(&endpoint).gather(asks).await;
    assert!(!html(&before).contains(&name));
    stage.run("guest", "--network @new --network-alias visitor");
    let with = html(&live_host(&endpoint).gather(asks).await);
    assert!(
        with.contains(&name) && with.contains("also “visitor”"),
        "{with}"
    );
    stage.docker(&["stop", "-t", "0", &name]);
    let stopped = html(&live_host(&endpoint).gather(asks).await);
    assert!(
        stopped.contains("box off") && stopped.contains("no address"),
        "{stopped}"
    );
    stage.docker(&["rm", &name]);
    let after = live_host(&endpoint).gather(asks).await;
    assert!(!html(&after).contains(&name));
}
