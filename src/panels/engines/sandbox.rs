//! One sandbox of a recorded host that has two, and objects that only look like theirs
//! (`tests/sandboxes record`).

use super::Host;
use crate::engine::answer::HostFacts;
use crate::engine::{Answer, Answers, Corner, Recording, SandboxId, Scoped, State, Status};
use crate::panels::{Panel, Scope, View};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The sandbox that owns containers, networks, a volume and images.
pub const USED: &str = "k3x9q2ab";

/// One that owns nothing yet.
pub const UNUSED: &str = "00000000";

/// The host: recorded, and answering as if it were live.
static HOST: LazyLock<Host> = LazyLock::new(|| {
    let text = include_str!("../../engine/recorded_sandbox.json");
    Host {
        // Part of the program, and read by a test.
        recording: Recording::parse(text).expect("the recorded sandboxes are a recording"),
        refuses_top: false,
    }
});

/// The view of the sandbox of this id.
pub fn view(id: &str) -> View {
    View {
        scope: SandboxId::parse(id).map_or(Scope::Host, Scope::Sandbox),
        ..View::default()
    }
}

/// All that a panel is shown of the host; in a sandbox, of that sandbox.
pub fn gather(panel: Panel, view: &View) -> Answers {
    let host = &*HOST;
    let Some(id) = view.scope.sandbox().filter(|_| panel != Panel::Hosts) else {
        return host.gather(panel, view, &State::Live);
    };
    let mut scoped = Scoped::new(Corner::from(id));
    let facts: HostFacts = host.facts();
    let mut have = Answers::from_host(facts);
    have.roster = host.roster(&have.host, Status::Live);
    loop {
        let asks = panel.asks(view, &have).into_iter();
        let asks: BTreeSet<_> = asks.filter(|ask| have.get(ask).is_none()).collect();
        if asks.is_empty() {
            return have;
        }
        for ask in asks {
            let told = host.answer(&ask).map(|answer| Answer {
                state: State::Live,
                ..answer
            });
            let told = scoped.take(&ask, told, &have);
            have.insert(ask, told);
        }
    }
}
