//! The gallery: every panel in every state, from fixtures, so that looks can be judged
//! without Docker.
//!
//! The pictures are drawn by the same [`panels::draw`] as the real ones, from the
//! answers of [`engines`](crate::panels::engines). No host is asked, and nothing moves.

use super::error::PageError;
use super::kept::Page;
use super::routes::{Answer, decoded};
use super::state::App;
use crate::engine::{Answers, Away, State as Fresh, Why};
use crate::panels::engines::{ENGINES, Engine, sandbox};
use crate::panels::{self, Panel, PanelState, View};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use std::sync::Arc;

/// One state in which a panel can be.
struct Shown {
    /// The name in the address: `#silent`.
    name: &'static str,
    /// As a heading.
    title: &'static str,
    /// What it is, as a sentence.
    means: &'static str,
    answers: Answered,
}

/// What a panel is drawn from.
enum Answered {
    /// By this engine, this fresh.
    By(&'static str, fn() -> Fresh),
    /// By nobody, for this reason.
    Away(fn() -> Away),
    /// By a host of two sandboxes, of which the one of this id is shown.
    Sandbox(&'static str),
}

/// States that do not depend on the engine. The engines follow.
static STATES: [Shown; 13] = [
    Shown {
        name: "one-sandbox",
        title: "One sandbox",
        means: "Of a host with other people's things on it, what one sandbox owns, under the names that were typed there.",
        answers: Answered::Sandbox(sandbox::USED),
    },
    Shown {
        name: "empty-sandbox",
        title: "A new sandbox",
        means: "The same host, seen from a sandbox in which nothing has been run yet.",
        answers: Answered::Sandbox(sandbox::UNUSED),
    },
    Shown {
        name: "changed",
        title: "Stale: changed",
        means: "The host has reported a change, and is being asked again.",
        answers: Answered::By("api-1-41", || Fresh::Stale(Why::Changed)),
    },
    Shown {
        name: "silent",
        title: "Stale: silent",
        means: "The host was heard, and says nothing any more.",
        answers: Answered::By("api-1-41", || Fresh::Stale(Why::Away(Away::Silent(12)))),
    },
    Shown {
        name: "gone",
        title: "Stale: gone",
        means: "The engine was stopped. What it said last is shown.",
        answers: Answered::By("api-1-41", || Fresh::Stale(Why::Away(nobody()))),
    },
    Shown {
        name: "recorded",
        title: "Recorded",
        means: "A recording stands in for a host.",
        answers: Answered::By("api-1-41", || Fresh::Recorded),
    },
    Shown {
        name: "connecting",
        title: "Unavailable: asking",
        means: "The first answer is still on its way.",
        answers: Answered::Away(|| Away::Connecting),
    },
    Shown {
        name: "nobody",
        title: "Unavailable: nobody there",
        means: "Nothing listens where the host should be.",
        answers: Answered::Away(nobody),
    },
    Shown {
        name: "not-allowed",
        title: "Unavailable: not allowed",
        means: "The socket may not be opened.",
        answers: Answered::Away(|| Away::NotAllowed("unix:///var/run/docker.sock".into())),
    },
    Shown {
        name: "not-secure",
        title: "Unavailable: not secure",
        means: "TLS did not come about.",
        answers: Answered::Away(|| Away::Tls("the host's certificate has expired".into())),
    },
    Shown {
        name: "refused",
        title: "Unavailable: refused",
        means: "The engine says no.",
        answers: Answered::Away(|| Away::Refused {
            status: 500,
            message: "the daemon is shutting down".into(),
        }),
    },
    Shown {
        name: "no-common-version",
        title: "Unavailable: no common version",
        means: "The engine is too old or too new.",
        answers: Answered::Away(|| Away::NoCommonVersion("1.12".into())),
    },
    Shown {
        name: "not-understood",
        title: "Unavailable: not understood",
        means: "Something answers there, and it is no Docker engine.",
        answers: Answered::Away(|| Away::Unreadable("expected value at line 1 column 1".into())),
    },
];

fn nobody() -> Away {
    Away::NobodyThere("unix:///var/run/docker.sock".into())
}

/// A state of one panel, drawn.
struct Exhibit {
    name: &'static str,
    title: &'static str,
    means: &'static str,
    state: PanelState,
    html: String,
}

/// `GET /gallery`
#[derive(Template)]
#[template(path = "gallery.html")]
struct Index {
    panels: [Panel; Panel::ALL.len()],
    states: &'static [Shown],
    engines: &'static [Engine],
}

/// `GET /gallery/NAME`
#[derive(Template)]
#[template(path = "gallery_panel.html")]
struct Exhibition {
    panel: Panel,
    exhibits: Vec<Exhibit>,
}

/// Each panel and each state, as a list of links.
pub async fn index(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    app.kept(&headers, "/gallery".into(), |_| {
        let page = Index {
            panels: Panel::ALL,
            states: &STATES,
            engines: &ENGINES,
        };
        Ok(Page::html(page.render()?))
    })
    .await
}

/// One panel in all its states, below each other.
pub async fn panel(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let name = decoded(uri.path(), "/gallery/")?;
    let panel = Panel::from_name(&name).ok_or(PageError::NoSuchPanel(name))?;
    app.kept(&headers, format!("/gallery/{}", panel.name()), move |_| {
        let exhibits = exhibits(panel);
        Ok(Page::html(Exhibition { panel, exhibits }.render()?))
    })
    .await
}

/// The engines as they are, live; then every other state.
fn exhibits(panel: Panel) -> Vec<Exhibit> {
    let engines = ENGINES.iter().map(|engine| {
        let host = engine.host();
        let (name, title, differs) = (engine.name, engine.title, engine.differs);
        exhibit(panel, name, title, differs, View::default(), |view| {
            host.gather(panel, view, &Fresh::Live)
        })
    });
    let states = STATES.iter().map(|shown| {
        let scoped = match shown.answers {
            Answered::Sandbox(id) => sandbox::view(id),
            _ => View::default(),
        };
        exhibit(
            panel,
            shown.name,
            shown.title,
            shown.means,
            scoped,
            |view| match &shown.answers {
                Answered::By(engine, fresh) => match Engine::named(engine) {
                    Some(engine) => engine.host().gather(panel, view, &fresh()),
                    None => Answers::default(),
                },
                Answered::Away(why) => ENGINES[0].host().away(panel, view, &why()),
                Answered::Sandbox(_) => sandbox::gather(panel, view),
            },
        )
    });
    engines.chain(states).collect()
}

fn exhibit(
    panel: Panel,
    name: &'static str,
    title: &'static str,
    means: &'static str,
    scoped: View,
    answers: impl FnOnce(&View) -> Answers,
) -> Exhibit {
    // A host's name of its own makes the ids of each picture its own. No such host is
    // configured: links of the picture lead to the panel of the reader's host instead. Nor
    // is there such a sandbox.
    let view = View {
        host: Some(format!("gallery-{name}")),
        ..scoped
    };
    let drawn = panels::draw(panel, &view, &answers(&view));
    let host = format!("?host=gallery-{name}");
    let scope = match view.scope.sandbox() {
        Some(id) => format!("&#38;scope={id}"),
        None => "\0".to_owned(),
    };
    let html = drawn
        .html
        .replace(&scope, "")
        .replace(&format!("{host}&#38;"), "?")
        .replace(&host, "");
    Exhibit {
        name,
        title,
        means,
        state: drawn.state,
        html,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn page(panel: Panel) -> String {
        let exhibits = exhibits(panel);
        Exhibition { panel, exhibits }.render().expect("a page")
    }

    fn all<'h>(html: &'h str, before: &str) -> Vec<&'h str> {
        let parts = html.split(before).skip(1);
        parts.filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn every_state_of_every_panel_stands_on_its_page_with_ids_of_its_own() {
        for panel in Panel::ALL {
            let html = page(panel);
            let ids = all(&html, " id=\"");
            let mut seen = HashSet::new();
            for id in &ids {
                assert!(seen.insert(*id), "{}: {id} twice", panel.name());
            }
            for name in ENGINES.iter().map(|engine| engine.name) {
                assert!(seen.contains(name), "{} lacks {name}", panel.name());
            }
            for shown in &STATES {
                assert!(
                    seen.contains(shown.name),
                    "{} lacks {}",
                    panel.name(),
                    shown.name
                );
            }
            for wanted in all(&html, "href=\"#") {
                assert!(
                    seen.contains(wanted),
                    "{}: #{wanted} leads nowhere",
                    panel.name()
                );
            }
            assert!(
                !html.contains("?host="),
                "{}: a host that is none",
                panel.name()
            );
            for id in [sandbox::USED, sandbox::UNUSED] {
                let scope = format!("scope={id}");
                assert!(!html.contains(&scope), "{}: no such sandbox", panel.name());
            }
        }
    }

    #[test]
    fn each_state_says_what_it_is() {
        for panel in Panel::ALL {
            for exhibit in exhibits(panel) {
                let expected = match exhibit.name {
                    "changed" | "silent" | "gone" => PanelState::Stale,
                    "recorded" => PanelState::Recorded,
                    "connecting" | "nobody" | "not-allowed" | "not-secure" | "refused"
                    | "no-common-version" | "not-understood" => PanelState::Unavailable,
                    _ => PanelState::Live,
                };
                // The panel of hosts is about hosts that may be away: that is its picture.
                if panel != Panel::Hosts {
                    assert_eq!(exhibit.state, expected, "{} {}", panel.name(), exhibit.name);
                }
            }
        }
    }
}
