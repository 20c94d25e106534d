//! Tests of the init panel, from made-up answers and the recorded host.

use super::*;
use crate::engine::recorded::embedded;
use crate::engine::{Answer, Id, State};
use crate::panels::{Drawn, PanelState, draw};
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

const TITLES: [&str; 7] = [
    "PID", "PPID", "STAT", "BLOCKED", "IGNORED", "CAUGHT", "COMMAND",
];
/// SIGTERM in a mask.
const TERM: &str = "0000000000004000";
const NONE: &str = "0000000000000000";

/// A process: number, parent, what is ignored, what is caught, program.
fn process(pid: u64, parent: u64, ignored: &str, caught: &str, name: &str) -> Value {
    json!([
        pid.to_string(),
        parent.to_string(),
        "S",
        NONE,
        ignored,
        caught,
        name
    ])
}

/// A container: name, inspect, processes or why there are none.
type Given<'a> = (&'a str, Value, Result<Vec<Value>, Away>);

/// A host with these containers.
fn host(containers: &[Given<'_>]) -> Answers {
    let mut have = Answers::default();
    let mut list = Vec::new();
    let answer = |json| {
        Ok(Answer {
            json: Arc::new(json),
            asked: Timestamp::UNIX_EPOCH,
            state: State::Live,
        })
    };
    for (at, (name, inspect, top)) in containers.iter().enumerate() {
        let id = format!("{at:064x}");
        list.push(json!({"Id": id, "Names": [format!("/{name}")], "State": "running"}));
        let id = Id::new(&id).expect("an id");
        have.insert(Ask::Container(id.clone()), answer(inspect.clone()));
        let top = match top {
            Ok(rows) => answer(json!({"Titles": TITLES, "Processes": rows})),
            Err(away) => Err(away.clone()),
        };
        have.insert(Ask::Top(id), top);
    }
    list.push(json!({"Id": "f".repeat(64), "Names": ["/gone"], "State": "exited"}));
    have.insert(Ask::Containers, answer(Value::Array(list)));
    have
}

fn seen(have: &Answers) -> Init {
    picture(&View::default(), have).expect("a picture")
}

/// What stopping one container does.
fn stop(inspect: Value, rows: Vec<Value>) -> Stop {
    let init = seen(&host(&[("c", inspect, Ok(rows))]));
    init.containers.into_iter().next().expect("one").stop
}

fn html(have: &Answers) -> Drawn {
    draw(Panel::Init, &View::default(), have)
}

#[test]
fn a_process_1_without_a_handler_takes_the_full_time() {
    let told = stop(
        json!({"State": {"Pid": 7}}),
        vec![process(7, 1, NONE, NONE, "sleep")],
    );
    assert_eq!((told.ends, told.exit.as_str()), (Ends::FullTime, "137"));
    // The mask next to it: a handler for SIGQUIT is none for SIGTERM.
    let told = stop(
        json!({}),
        vec![process(7, 1, NONE, "0000000000002000", "sleep")],
    );
    assert_eq!(told.ends, Ends::FullTime);
    let told = stop(json!({}), vec![process(7, 1, NONE, TERM, "nginx")]);
    assert_eq!(told.ends, Ends::AtOnce);
}

#[test]
fn an_init_passes_the_signal_to_a_child_that_decides() {
    let inspect = json!({"State": {"Pid": 7}, "HostConfig": {"Init": true}});
    let with = |ignored, caught| {
        let child = process(3, 7, ignored, caught, "sleep");
        stop(
            inspect.clone(),
            vec![child, process(7, 1, NONE, NONE, "docker-init")],
        )
    };
    let told = with(NONE, NONE);
    assert_eq!((told.ends, told.exit.as_str()), (Ends::AtOnce, "143"));
    assert_eq!(with(TERM, NONE).ends, Ends::FullTime, "nohup");
    assert_eq!(with(NONE, TERM).exit, "its own choice");
}

#[test]
fn a_container_says_with_which_signal_it_is_stopped() {
    let rows = || vec![process(7, 1, NONE, "0000000008000000", "httpd")];
    let with = |signal: &str| stop(json!({"Config": {"StopSignal": signal}}), rows()).ends;
    assert_eq!(with("SIGWINCH"), Ends::AtOnce);
    assert_eq!(with("28"), Ends::AtOnce);
    let number = json!({"Config": {"StopSignal": 28}});
    assert_eq!(stop(number, rows()).ends, Ends::AtOnce);
    assert_eq!(with(""), Ends::FullTime);
    assert_eq!(with("SIGNONE"), Ends::NotTold);
    assert_eq!(with("kill"), Ends::AtOnce);
    let systemd = vec![process(7, 1, NONE, "ffffffffffffffff", "systemd")];
    let told = |signal| stop(json!({"Config": {"StopSignal": signal}}), systemd.clone()).ends;
    assert_eq!(told("SIGRTMIN+3"), Ends::AtOnce);
    assert_eq!(told("SIGTERM"), Ends::FullTime);
}

#[test]
fn whoever_is_not_process_1_needs_no_handler() {
    let rows = || vec![process(7, 1, NONE, NONE, "sleep")];
    for mode in ["host", "container:0123"] {
        let told = stop(json!({"HostConfig": {"PidMode": mode}}), rows());
        assert_eq!(
            (told.ends, told.exit.as_str()),
            (Ends::AtOnce, "143"),
            "{mode}"
        );
    }
}

#[test]
fn the_answer_counts_and_the_slowest_come_first() {
    let have = host(&[
        (
            "api",
            json!({}),
            Ok(vec![process(7, 1, NONE, TERM, "node")]),
        ),
        ("db", json!({}), Ok(vec![process(8, 1, NONE, NONE, "tail")])),
        (
            "web",
            json!({}),
            Ok(vec![process(9, 1, NONE, NONE, "tail")]),
        ),
    ]);
    let init = seen(&have);
    assert_eq!(
        init.answer(),
        "Two of three running containers will take their full 10 s to stop."
    );
    let names: Vec<&str> = init
        .containers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["db", "web", "api"]);
    let page = html(&have).html;
    assert!(page.contains("not measured"), "{page}");
}

#[test]
fn a_time_of_its_own_is_counted() {
    let have = host(&[
        (
            "a",
            json!({"Config": {"StopTimeout": 90}}),
            Ok(vec![process(7, 1, NONE, NONE, "tail")]),
        ),
        (
            "b",
            json!({"Config": {"StopTimeout": -1}}),
            Ok(vec![process(8, 1, NONE, NONE, "tail")]),
        ),
    ]);
    let init = seen(&have);
    assert_eq!(
        init.answer(),
        "Two of two running containers will take their full time to stop."
    );
    let page = html(&have).html;
    assert!(
        page.contains("90 s") && page.contains("no SIGKILL"),
        "{page}"
    );
}

#[test]
fn a_container_without_its_processes_gets_a_sentence() {
    let refused = |status, message: &str| Away::Refused {
        status,
        message: message.into(),
    };
    let have = host(&[
        (
            "a",
            json!({"HostConfig": {"Init": true}}),
            Err(Away::NotRecorded("/x".into())),
        ),
        ("b", json!({}), Err(refused(500, "ps: unrecognized option"))),
        ("c", json!({}), Err(refused(409, "not running"))),
        ("d", Value::Null, Ok(vec![])),
    ]);
    let drawn = html(&have);
    assert_ne!(drawn.state, PanelState::Unavailable);
    for said in [
        "What stopping will cost is not told for four running containers.",
        "The recording does not hold this container&#39;s processes",
        "started with --init, so it usually stops at once",
        "cannot list its processes: ps: unrecognized option.",
        "It had ended when",
        "The host&#39;s ps gave no processes.",
    ] {
        assert!(drawn.html.contains(said), "{said}: {}", drawn.html);
    }
}

#[test]
fn masks_that_an_engine_does_not_give_are_not_taken_for_none() {
    let mut have = host(&[("a", json!({}), Ok(vec![]))]);
    let id = Id::new(&format!("{:064x}", 0)).expect("an id");
    have.insert(
        Ask::Top(id),
        Ok(Answer {
            json: Arc::new(json!({"Titles": ["UID", "PID", "PPID", "CMD"], "Processes": [["root", "7", "1", "sleep ••••"]]})),
            asked: Timestamp::UNIX_EPOCH,
            state: State::Live,
        }),
    );
    let init = seen(&have);
    assert_eq!(init.containers[0].stop.ends, Ends::NotTold);
    assert!(html(&have).html.contains("does not say which signals"));
}

#[test]
fn an_empty_host_and_the_recording_can_be_drawn() {
    let page = html(&host(&[])).html;
    assert!(
        page.contains("No container runs here, so there is nothing to stop."),
        "{page}"
    );
    let have = embedded().gather(|have| asks(&View::default(), have));
    let drawn = draw(Panel::Init, &View::default(), &have);
    assert_eq!(drawn.state, PanelState::Recorded);
    assert!(drawn.html.contains("running containers"), "{}", drawn.html);
}

#[test]
fn a_large_host_is_asked_for_eight_containers_and_folds_the_rest() {
    let many: Vec<(String, Vec<Value>)> = (0..200u64)
        .map(|n| {
            let tree = (0..300).map(|child| {
                process(
                    n * 1000 + child,
                    n * 1000 + child / 2,
                    NONE,
                    NONE,
                    "<b>worker</b>",
                )
            });
            (format!("shop-{n:03}-{}", "x".repeat(60)), tree.collect())
        })
        .collect();
    let many: Vec<Given<'_>> = many
        .iter()
        .map(|(name, rows)| (name.as_str(), json!({}), Ok(rows.clone())))
        .collect();
    let have = host(&many);
    assert_eq!(asks(&View::default(), &have).len(), 1 + 2 * DRAWN);
    let drawn = html(&have);
    assert!(drawn.html.len() < 100_000, "{}", drawn.html.len());
    assert!(drawn.html.contains("and 152 more"), "{}", drawn.html);
    assert!(
        drawn
            .html
            .contains("Of 200 running containers, eight are looked at."),
        "{}",
        drawn.html
    );
    assert!(!drawn.html.contains("<b>worker"));
    let one = View::default().focus(many[150].0);
    assert_eq!(asks(&one, &have).len(), 3);
    let page = draw(Panel::Init, &one, &have).html;
    assert!(page.contains("will take its full 10 s to stop."), "{page}");
    assert!(!page.contains("looked at."), "one is in focus");
}

#[test]
fn a_name_that_does_not_run_gets_a_sentence() {
    let have = host(&[("a", json!({}), Ok(vec![process(7, 1, NONE, TERM, "node")]))]);
    let page = draw(Panel::Init, &View::default().focus("<gone>"), &have).html;
    assert!(
        page.contains("No running container here is called “<bdi>&#60;gone&#62;</bdi>”"),
        "{page}"
    );
}

#[test]
fn a_ring_of_parents_is_drawn_once() {
    let init = seen(&host(&[(
        "a",
        json!({"State": {"Pid": 8}}),
        Ok(vec![
            process(7, 8, NONE, NONE, "a"),
            process(8, 7, NONE, NONE, "b"),
            process(9, 400, NONE, NONE, "exec"),
        ]),
    )]));
    assert_eq!(
        init.containers[0].tree,
        "b (8); a (7), a child of 8; exec (9)"
    );
}

#[test]
fn a_mask_is_read_however_it_is_cut() {
    assert_eq!(signal::mask("<0000000000004000"), Some(1 << 14));
    assert_eq!(signal::mask(""), None);
    assert_eq!(signal::mask("-"), None);
    for (text, number) in [("SIGRTMIN+3", 37), ("quit", 3), ("SIGTERM", 15), ("64", 64)] {
        assert_eq!(
            signal::Signal::parse(text).map(|s| s.0),
            Some(number),
            "{text}"
        );
    }
    for text in ["0", "65", "SIG", "SIGRTMIN+99", "-1"] {
        assert_eq!(signal::Signal::parse(text), None, "{text}");
    }
}

#[test]
fn a_shell_with_a_trap_is_promised_nothing() {
    let rows = vec![
        process(7, 1, NONE, TERM, "sh"),
        process(8, 7, NONE, NONE, "sleep"),
    ];
    let have = host(&[("a", json!({}), Ok(rows))]);
    let init = seen(&have);
    assert!(init.containers[0].stop.perhaps && init.containers[0].watch.perhaps > 100.0);
    assert_eq!(
        init.answer(),
        "It is not certain how long the one running container takes to stop."
    );
    let one = picture(&View::default().focus("a"), &have).expect("a picture");
    assert_eq!(one.answer(), "a may stop at once, or take up to 10 s.");
}
