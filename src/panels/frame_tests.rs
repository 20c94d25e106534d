//! The frame: what it says of age, source and outage, and that names from hosts stay text.

use super::*;
use crate::engine::answer::HostFacts;

fn host() -> HostFacts {
    HostFacts {
        name: "<b>workshop</b>".into(),
        endpoint: "unix:///x.sock".into(),
        engine: "20.10.24".into(),
        api: "1.41".into(),
        recorded: None,
    }
}

fn heard(state: State) -> Answers {
    let mut have = Answers::from_host(host());
    have.insert(
        Ask::Info,
        Ok(Answer {
            json: std::sync::Arc::new(json!({"Driver": "overlay2"})),
            asked: Timestamp::from_second(1_795_500_000).expect("a time"),
            state,
        }),
    );
    have
}

fn cited(state: State) -> Frame {
    let have = heard(state);
    let mut frame = Frame::new(Panel::StorageDriver, &View::default(), &have);
    frame.cite(&have, &Ask::Info, &["Driver"]);
    frame
}

#[test]
fn a_host_that_never_answered_says_what_happened_and_what_to_do() {
    let mut have = Answers::from_host(host());
    let away = Away::NobodyThere("unix:///x.sock".into());
    for ask in [Ask::Info, Ask::Images] {
        have.insert(ask, Err(away.clone()));
    }
    for panel in [Panel::StorageDriver, Panel::Layers] {
        let drawn = draw(panel, &View::default(), &have);
        assert_eq!(drawn.state, PanelState::Unavailable);
        for part in [
            "data-state=\"unavailable\"",
            "Nothing listens at unix:///x.sock",
            "Docker is not running there",
            "Start Docker on this machine",
            "How do we know?",
        ] {
            assert!(drawn.html.contains(part), "{part}: {}", drawn.html);
        }
    }
}

#[test]
fn what_a_host_calls_itself_is_text_and_never_markup() {
    let drawn = draw(Panel::Layers, &View::default(), &heard(State::Live));
    assert!(!drawn.html.contains("<b>workshop"), "{}", drawn.html);
    assert!(speaker(&cited(State::Live).host).starts_with("<b>workshop</b>, Engine"));
}

#[test]
fn a_silent_host_gives_the_age_and_the_reason() {
    let frame = cited(State::Stale(Why::Away(Away::Silent(3))));
    assert_eq!(frame.state(), PanelState::Stale);
    assert_eq!(frame.chip().words, "silent, last heard");
    let caution = frame.caution().expect("a caution");
    assert_eq!(
        caution.heard.map(|at| at.datetime),
        Some("2026-11-24T06:00:00Z".into())
    );
    assert!(
        caution.after.contains("said nothing for 3 s"),
        "{}",
        caution.after
    );
}

#[test]
fn the_worst_answer_decides_how_fresh_the_panel_is() {
    let mut have = heard(State::Live);
    have.insert(
        Ask::Images,
        Ok(Answer {
            json: std::sync::Arc::new(json!([])),
            asked: Timestamp::from_second(1_795_400_000).expect("a time"),
            state: State::Stale(Why::Changed),
        }),
    );
    let mut frame = Frame::new(Panel::Layers, &View::default(), &have);
    frame.cite(&have, &Ask::Info, &[]);
    assert_eq!(frame.state(), PanelState::Live);
    frame.cite(&have, &Ask::Images, &[]);
    assert_eq!(frame.state(), PanelState::Stale);
    assert_eq!(
        frame.chip().since.map(|at| at.datetime),
        Some("2026-11-23T02:13:20Z".into())
    );
}

#[test]
fn a_recording_says_that_it_is_one_and_of_which_day() {
    let mut frame = cited(State::Recorded);
    frame.host.recorded = Some("2026-11-12".into());
    assert_eq!(frame.state(), PanelState::Recorded);
    assert_eq!(frame.chip().day.as_deref(), Some("2026-11-12"));
    let caution = frame.caution().expect("a caution");
    assert!(caution.before.starts_with("A recording of 2026-11-12"));
}

#[test]
fn the_drawer_gives_the_request_as_it_went_out() {
    let frame = cited(State::Live);
    assert_eq!(frame.sources[0].request, "GET /v1.41/info");
    assert_eq!(frame.sources[0].fields, ".Driver");
    assert_eq!(frame.sources[0].command, "docker info");
}

#[test]
fn two_views_of_one_panel_share_no_ids() {
    let have = heard(State::Live);
    let ids =
        ["", "bb", "cc"].map(|of| Frame::new(Panel::Layers, &View::default().focus(of), &have).id);
    assert_eq!(ids[0], "p-layers");
    assert_ne!(ids[1], ids[2]);
}
