//! Two hosts side by side: one panel's picture of each, and in words what differs.
//!
//! Each side is drawn as always, with its own line, state and ids; this only puts
//! them together. A side that has not answered yet holds nobody up.

use super::{Drawn, Panel, PanelState, View, words};
use crate::engine::Answers;
use crate::engine::Ask;
use askama::Template;
use serde::Serialize;
use serde_json::json;

/// What is compared of two hosts, beside the pictures.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Head {
    /// The host's name.
    pub host: String,
    /// The engine's own version; empty when it is not known.
    pub engine: String,
    /// The API version on the wire; empty when it is not known.
    pub api: String,
    /// The storage driver (`Driver` of `/info`), where it was asked and told.
    pub driver: Option<String>,
}

impl Head {
    /// What the answers of a panel tell of their host.
    pub fn of(have: &Answers) -> Head {
        let info = have.json(&Ask::Info);
        Head {
            host: have.host.name.clone(),
            engine: have.host.engine.clone(),
            api: have.host.api.clone(),
            driver: info.and_then(|info| Some(words::short(info["Driver"].as_str()?, 60))),
        }
    }
}

/// One side: its host's name, and its picture once it is there.
pub struct Side<'a> {
    /// The host's name.
    pub host: &'a str,
    /// The picture.
    pub drawn: Option<&'a Drawn>,
}

#[derive(Template)]
#[template(path = "panels/beside.html")]
struct Beside<'a> {
    panel: Panel,
    key: String,
    state: PanelState,
    sides: [Shown<'a>; 2],
    sentence: String,
    rows: Vec<Row>,
}

struct Shown<'a> {
    host: String,
    html: &'a str,
    /// Its state in a word, for the reader.
    told: &'static str,
    /// The same for `data-state`.
    state: &'static str,
}

/// One thing that is compared. The values of the answers are the panels' own HTML.
struct Row {
    what: &'static str,
    values: [String; 2],
    /// Which of the two are known.
    known: [bool; 2],
    /// `None` where one of them is not known.
    same: Option<bool>,
}

/// Both sides in one panel.
pub fn beside(panel: Panel, view: &View, sides: [Side<'_>; 2]) -> Drawn {
    let rows = rows(&sides);
    let state = |side: &Side<'_>| {
        side.drawn
            .map_or(PanelState::Unavailable, |drawn| drawn.state)
    };
    // The better of the two: a side that is worse says so with a line of its own, and a
    // live one must not stand in the still water of its neighbour.
    let better = state(&sides[0]).min(state(&sides[1]));
    let page = Beside {
        panel,
        key: view.key(panel),
        state: better,
        sentence: sentence(&rows, &sides),
        rows,
        sides: [0, 1].map(|at| Shown {
            host: words::short(sides[at].host, 64),
            html: sides[at].drawn.map_or("", |drawn| &drawn.html),
            told: sides[at].drawn.map_or("asking", |drawn| drawn.state.word()),
            state: sides[at]
                .drawn
                .map_or("loading", |drawn| drawn.state.word()),
        }),
    };
    let data = sides
        .each_ref()
        .map(|side| side.drawn.map(|drawn| &drawn.json));
    let json = json!({
        "panel": panel.name(),
        "key": page.key,
        "state": better,
        "differs": page.rows.iter().filter(|row| row.same == Some(false)).map(|row| row.what).collect::<Vec<_>>(),
        "sides": data,
    });
    Drawn {
        state: better,
        // The template writes into a string and calls nothing that fails.
        html: page.render().unwrap_or_default(),
        json,
        head: Head::default(),
    }
}

fn rows(sides: &[Side<'_>; 2]) -> Vec<Row> {
    let [Some(left), Some(right)] = [sides[0].drawn, sides[1].drawn] else {
        return Vec::new();
    };
    let row = |what: &'static str, values: [String; 2]| {
        let known = values.each_ref().map(|value| !value.is_empty());
        Row {
            what,
            known,
            same: (known == [true, true]).then(|| values[0] == values[1]),
            values: values.map(|value| match value.as_str() {
                "" => "not known".to_owned(),
                _ => value,
            }),
        }
    };
    let told =
        |of: fn(&Head) -> String| [of(&left.head), of(&right.head)].map(|text| escaped(&text));
    let mut rows = vec![
        row("engine", told(|head| words::short(&head.engine, 40))),
        row("API", told(|head| words::short(&head.api, 20))),
        row(
            "storage driver",
            told(|head| head.driver.clone().unwrap_or_default()),
        ),
    ];
    // Not every panel answers in one sentence, and why there is no picture answers nothing.
    let answers = [left, right].map(|drawn| match drawn.state {
        PanelState::Unavailable => String::new(),
        _ => answer(&drawn.html),
    });
    if answers.iter().all(|answer| !answer.is_empty()) {
        rows.push(row("answer", answers));
    }
    rows
}

/// What differs, in a sentence.
fn sentence(rows: &[Row], sides: &[Side<'_>; 2]) -> String {
    if rows.is_empty() {
        let waiting = sides.iter().find(|side| side.drawn.is_none());
        let host = waiting.map_or("the other host", |side| side.host);
        return format!("{} has not answered yet.", words::short(host, 64));
    }
    let named = |of: &dyn Fn(&Row) -> bool| -> Vec<String> {
        let rows = rows.iter().filter(|row| of(row));
        rows.map(|row| row.what.to_owned()).collect()
    };
    let differs = named(&|row| row.same == Some(false));
    let same = named(&|row| row.same == Some(true));
    let mut told = Vec::new();
    if !differs.is_empty() {
        told.push(format!("They differ in {}.", words::list(&differs)));
    }
    if !same.is_empty() {
        told.push(format!("The same: {}.", words::list(&same)));
    }
    let neither = named(&|row| row.known == [false, false]);
    if !neither.is_empty() {
        told.push(format!("Known of neither: {}.", words::list(&neither)));
    }
    for (at, known) in [(0, [true, false]), (1, [false, true])] {
        let only = named(&|row| row.known == known);
        if !only.is_empty() {
            told.push(format!(
                "Known of {} only: {}.",
                words::short(sides[at].host, 64),
                words::list(&only)
            ));
        }
    }
    for side in sides {
        if side.drawn.map(|drawn| drawn.state) == Some(PanelState::Unavailable) {
            let host = words::short(side.host, 64);
            told.push(format!("{host} has nothing to show; its side says why."));
        }
    }
    told.join(" ")
}

/// The sentence that answers a panel's question, as HTML without tags: what stands in
/// its `<p class="answer">`.
fn answer(html: &str) -> String {
    let inner = html
        .split_once("<p class=\"answer\">")
        .and_then(|(_, rest)| rest.split_once("</p>"))
        .map_or("", |(inner, _)| inner);
    let mut text = String::new();
    let mut in_tag = false;
    for letter in inner.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(letter),
            _ => {}
        }
    }
    text.trim().to_owned()
}

/// The text as HTML.
fn escaped(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html)
        .map(|text| text.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Recording, recorded};
    use serde_json::Value;
    use std::sync::Arc;

    fn view(host: &str, beside: &str) -> View {
        View {
            host: Some(host.into()),
            beside: Some(beside.into()),
            ..View::default()
        }
    }

    fn drawn(host: &str, beside: &str, change: impl Fn(&mut Recording)) -> Drawn {
        let mut recording = Recording::clone(&recorded::embedded());
        change(&mut recording);
        let view = view(host, beside);
        let panel = Panel::StorageDriver;
        let facts = crate::engine::HostFacts {
            name: host.into(),
            ..recording.facts()
        };
        let have = recording.gather_as(facts, |have| panel.asks(&view, have));
        super::super::draw(panel, &view, &have)
    }

    fn ids(html: &str) -> Vec<&str> {
        let parts = html.split(" id=\"").skip(1);
        parts.filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn two_hosts_stand_side_by_side_with_their_own_lines_and_ids() {
        let left = drawn("a", "b", |_| {});
        let right = drawn("b", "a", |recording| {
            recording.engine = "27.3.1".into();
            let info = recording.answers.get_mut("/info").expect("recorded");
            Arc::make_mut(info)["Driver"] = Value::from("vfs");
        });
        let sides = [("a", &left), ("b", &right)].map(|(host, drawn)| Side {
            host,
            drawn: Some(drawn),
        });
        let both = beside(Panel::StorageDriver, &view("a", "b"), sides);
        let html = &both.html;
        assert_eq!(html.matches("<live-panel").count(), 1, "{html}");
        assert_eq!(html.matches("</live-panel>").count(), 1);
        assert!(
            html.contains("key=\"storage-driver?host=a&#38;beside=b\""),
            "{html}"
        );
        assert_eq!(
            html.matches("class=\"line\"").count(),
            3,
            "one each, and their own"
        );
        let ids = ids(html);
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(ids.len(), once.len(), "{ids:?}");
        assert!(
            html.contains("They differ in engine, storage driver and answer. The same: API."),
            "{html}"
        );
        assert_eq!(both.json["differs"][1], "storage driver");
    }

    #[test]
    fn a_side_that_has_not_answered_says_so_beside_the_one_that_has() {
        let left = drawn("a", "b", |_| {});
        let sides = [
            Side {
                host: "a",
                drawn: Some(&left),
            },
            Side {
                host: "b",
                drawn: None,
            },
        ];
        let both = beside(Panel::StorageDriver, &view("a", "b"), sides);
        assert!(both.html.contains("overlay2"), "{}", both.html);
        assert!(
            both.html.contains("b has not answered yet."),
            "{}",
            both.html
        );
        assert_eq!(
            both.state,
            PanelState::Recorded,
            "that of the side that has"
        );
    }

    #[test]
    fn what_only_one_side_knows_is_not_called_unknown() {
        let left = drawn("a", "b", |_| {});
        let mut right = drawn("b", "a", |_| {});
        right.state = PanelState::Unavailable;
        right.head = Head {
            host: "b".into(),
            api: "1.41".into(),
            ..Head::default()
        };
        let sides = [("a", &left), ("b", &right)].map(|(host, drawn)| Side {
            host,
            drawn: Some(drawn),
        });
        let html = beside(Panel::StorageDriver, &view("a", "b"), sides).html;
        let told = "The same: API. Known of a only: engine and storage driver. \
                    b has nothing to show; its side says why.";
        assert!(html.contains(told), "{html}");
        // Each side's own dot on the common line.
        let line = html.split("class=\"line\"").nth(1).expect("a line");
        let line = line.split("</div>").next().expect("its end");
        assert_eq!(line.matches("class=\"dot\"").count(), 2, "{line}");
        assert!(line.contains("data-state=\"recorded\"><span class=\"dot\"></span>a recorded"));
        assert!(line.contains("data-state=\"unavailable\"><span class=\"dot\"></span>b unavail"));
    }

    #[test]
    fn an_answer_is_compared_as_text() {
        assert_eq!(
            answer("x<p class=\"answer\"><bdi>a &lt;b&gt;</bdi> c</p><p>d</p>"),
            "a &lt;b&gt; c"
        );
        assert_eq!(answer("<p>none</p>"), "");
    }
}
