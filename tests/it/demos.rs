//! Demos as a whole: those that come with Waterline, in the notebook that they belong to.

use std::process::{Command, Stdio};
use waterline::cli::content;
use waterline::demos::script::{Part, shell};
use waterline::demos::stock::Demos;
use waterline::notebook::{Content, Notebook};

fn embedded() -> (Notebook, Demos) {
    let notebook = Notebook::load(&Content::Embedded, &content::rules()).expect("it is built in");
    let demos = Demos::of(&notebook);
    (notebook, demos)
}

#[test]
fn every_demo_step_is_permitted_and_nothing_is_wrong_with_a_demo() {
    let (_, demos) = embedded();
    assert!(demos.len() >= 3, "{} demos", demos.len());
    assert_eq!(demos.problems(), []);
}

#[test]
fn every_demo_tells_what_it_shows_before_it_runs_anything() {
    let (_, demos) = embedded();
    for demo in demos.all() {
        let starts_with_text = matches!(demo.parts.first(), Some(Part::Text { .. }));
        assert!(starts_with_text, "{}", demo.file);
        assert!(demo.minutes.is_some(), "{}", demo.file);
    }
}

#[test]
fn a_demo_is_no_note_and_stands_in_the_backlinks_of_the_topics_it_names() {
    let (notebook, demos) = embedded();
    let demo = demos
        .get("what-survives-a-restart")
        .expect("the demo of the format");
    assert!(notebook.note("/demos/what-survives-a-restart").is_none());
    let backlinks = notebook.backlinks("Learning_Docker_Storage_Types", 0, 50);
    assert!(
        backlinks.iter().any(
            |link| link.file == demo.file && link.note.path == "/demos/what-survives-a-restart"
        ),
        "{backlinks:#?}"
    );
    let topic = demo.topic.as_deref().expect("a topic");
    assert!(demos.of_topic(topic).any(|other| other.id == demo.id));
}

#[test]
fn the_scripts_for_ones_own_docker_are_scripts() {
    let (_, demos) = embedded();
    for demo in demos.all() {
        let script = shell(demo);
        for shell in ["sh", "dash", "bash"] {
            let mut child = Command::new(shell)
                .arg("-n")
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn();
            let Ok(child) = &mut child else {
                assert_ne!(shell, "sh", "there is always a sh");
                continue;
            };
            let mut stdin = child.stdin.take().expect("a pipe");
            std::io::Write::write_all(&mut stdin, script.as_bytes()).expect("it reads");
            drop(stdin);
            let status = child.wait().expect("it ends");
            assert!(status.success(), "{shell}: {}\n{script}", demo.id);
        }
    }
}
