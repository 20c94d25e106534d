//! What docker says when something cannot be done.

use super::Scene;
use crate::live_engine::endpoint;
use waterline::demos::format::errors::{self, Failure, Operation, Subject};
use waterline::demos::format::{Filter, Printed};

#[test]
fn refusals_are_in_docker_s_own_words() {
    let Some(endpoint) = endpoint() else { return };
    let scene = Scene::set(&endpoint, "errors");
    if !scene.engine_is("20.10") {
        // Later engines have other words for some of it.
        return;
    }
    let (web, ended, nope) = (scene.name("web"), scene.name("ended"), scene.name("nope"));
    let (data, net, snap) = (scene.name("data"), scene.name("net"), scene.name("snap"));
    let id = |name: &str| scene.must(&["inspect", "-f", "{{.Id}}", name]);
    let (web_id, ended_id, net_id) = (id(&web), id(&ended), id(&net));
    let paused = scene.name("quiet");
    let paused_id = id(&paused);
    scene.must(&["pause", &paused]);
    let same = |arguments: &[&str], operation, failure, typed: &str, id: &str, other: &str| {
        let said = errors::stderr(operation, failure, Subject { typed, id, other });
        scene.agree_but(
            arguments,
            || Printed::from(said.clone()),
            |printed| Printed {
                out: String::new(),
                ..printed
            },
        );
    };
    use Failure as F;
    use Operation as O;
    for (verb, operation) in [
        ("stop", O::Stop),
        ("restart", O::Restart),
        ("pause", O::Pause),
        ("unpause", O::Unpause),
        ("kill", O::Kill),
        ("wait", O::Wait),
        ("rm", O::Rm { force: false }),
        ("logs", O::Logs),
        ("diff", O::Diff),
        ("commit", O::Commit),
        ("top", O::Top),
    ] {
        same(&[verb, &nope], operation, F::NoSuchContainer, &nope, "", "");
    }
    same(
        &["rm", "-f", &nope],
        O::Rm { force: true },
        F::NoSuchContainer,
        &nope,
        "",
        "",
    );
    same(
        &["exec", &nope, "true"],
        O::Exec,
        F::NoSuchContainer,
        &nope,
        "",
        "",
    );
    same(
        &["stats", "--no-stream", &nope],
        O::Stats,
        F::NoSuchContainer,
        &nope,
        "",
        "",
    );
    same(
        &["exec", &ended, "true"],
        O::Exec,
        F::NotRunning,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["top", &ended],
        O::Top,
        F::NotRunning,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["kill", &ended],
        O::Kill,
        F::NotRunning,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["pause", &ended],
        O::Pause,
        F::NotRunning,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["unpause", &ended],
        O::Unpause,
        F::NotPaused,
        &ended,
        &ended_id,
        "",
    );
    same(
        &["pause", &paused],
        O::Pause,
        F::AlreadyPaused,
        &paused,
        &paused_id,
        "",
    );
    same(
        &["exec", &paused, "true"],
        O::Exec,
        F::Paused,
        &paused,
        &paused_id,
        "",
    );
    same(
        &["rm", &paused],
        O::Rm { force: false },
        F::Paused,
        &paused,
        &paused_id,
        "",
    );
    same(
        &["rm", &web],
        O::Rm { force: false },
        F::Running,
        &web,
        &web_id,
        "",
    );
    same(
        &["kill", "-s", "FOO", &web],
        O::Kill,
        F::NoSuchSignal,
        &web,
        &web_id,
        "FOO",
    );
    same(
        &["create", "--name", &web, "busybox"],
        O::Create,
        F::NameInUse,
        &web,
        "",
        &web_id,
    );
    same(
        &["run", "--name", &web, "busybox"],
        O::Run,
        F::NameInUse,
        &web,
        "",
        &web_id,
    );
    let run = ["run", "--rm", "--label", &scene.label];
    let run = |more: &[&'static str]| [run.as_slice(), more].concat();
    same(
        &run(&["busybox", "nosuch"]),
        O::Run,
        F::CommandNotFound,
        "",
        "",
        "nosuch",
    );
    same(
        &run(&["busybox", "/no/such"]),
        O::Run,
        F::CommandNotFound,
        "",
        "",
        "/no/such",
    );
    same(
        &run(&["busybox", "/etc"]),
        O::Run,
        F::NotExecutable,
        "",
        "",
        "/etc",
    );
    same(
        &run(&["-w", "x", "busybox"]),
        O::Run,
        F::RelativeWorkdir,
        "",
        "",
        "x",
    );
    same(
        &run(&["--network", "no-net", "busybox"]),
        O::Run,
        F::NoSuchNetwork,
        "",
        "",
        "no-net",
    );
    same(
        &["exec", "-d", &web, "nosuch"],
        O::Exec,
        F::CommandNotFound,
        &web,
        &web_id,
        "nosuch",
    );
    same(
        &["history", &nope],
        O::History,
        F::NoSuchImage,
        &nope,
        "",
        "",
    );
    same(
        &["image", "rm", &nope],
        O::ImageRm { force: false },
        F::NoSuchImage,
        &nope,
        "",
        "",
    );
    same(
        &["image", "rm", "-f", &nope],
        O::ImageRm { force: true },
        F::NoSuchImage,
        &nope,
        "",
        "",
    );
    same(
        &["volume", "rm", &nope],
        O::VolumeRm,
        F::NoSuchVolume,
        &nope,
        "",
        "",
    );
    same(
        &["volume", "rm", &data],
        O::VolumeRm,
        F::VolumeInUse,
        &data,
        "",
        &web_id,
    );
    same(
        &["network", "create", &net],
        O::NetworkCreate,
        F::NetworkExists,
        &net,
        "",
        "",
    );
    same(
        &["network", "create", "bridge"],
        O::NetworkCreate,
        F::NetworkBuiltIn,
        "bridge",
        "",
        "",
    );
    same(
        &["network", "connect", &net, &nope],
        O::NetworkConnect,
        F::NoSuchContainer,
        &nope,
        "",
        "",
    );
    same(
        &["network", "connect", &nope, &web],
        O::NetworkConnect,
        F::NoSuchNetwork,
        &web,
        "",
        &nope,
    );
    same(
        &["network", "connect", &net, &web],
        O::NetworkConnect,
        F::AlreadyConnected,
        &web,
        &web_id,
        &net,
    );
    same(
        &["network", "disconnect", "bridge", &web],
        O::NetworkDisconnect,
        F::NotConnected,
        &web,
        &web_id,
        "bridge",
    );

    // Two lines, or more.
    let rest = |arguments: &[&str], said: &[errors::Said]| {
        let theirs = scene.docker(arguments);
        let text: String = said.iter().map(|said| said.text.as_str()).collect();
        assert_eq!(text, theirs.err, "docker {arguments:?}");
        assert_eq!(said.last().map(|said| said.code), Some(theirs.code));
    };
    let gone = Subject {
        typed: &nope,
        ..Subject::default()
    };
    let start = errors::stderr(O::Start, F::NoSuchContainer, gone);
    rest(&["start", &nope], &[start, errors::start_failed(&[&nope])]);
    let used = Subject {
        typed: &net,
        id: &net_id,
        other: "",
    };
    let remove = errors::stderr(O::NetworkRm, F::NetworkInUse, used);
    rest(
        &["network", "rm", &net],
        &[remove, errors::network_rm_failed()],
    );

    // An image that a container has: by its name, and by its id.
    let made = scene.must(&["create", "--label", &scene.label, &snap, "true"]);
    let image = scene.must(&["image", "inspect", "-f", "{{.Id}}", &snap]);
    scene.must(&["rmi", &format!("{snap}:2")]);
    same(
        &["rmi", &snap],
        O::ImageRm { force: false },
        F::ImageInUse,
        &snap,
        &image,
        &made,
    );
    let short = image.trim_start_matches("sha256:")[..12].to_owned();
    same(
        &["rmi", &short],
        O::ImageRm { force: false },
        F::ImageInUse,
        &short,
        &image,
        &made,
    );

    let bad = Filter::parse("foo", "ps").expect_err("no value");
    let theirs = scene.docker(&["ps", "--filter", "foo"]);
    assert_eq!((bad.text, bad.code), (theirs.err, theirs.code));
    scene.done();
}
