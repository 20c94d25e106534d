//! Demos as a whole: those that come with Waterline, in the notebook that they belong to.

use std::process::{Command, Stdio};
use waterline::demos::script::{Part, shell};
use waterline::demos::stock::Demos;
use waterline::notebook::{Content, Notebook};
use waterline::web::content;
use waterline::web::demos::reasons::Reasons;

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
    let backlinks = notebook
        .backlinks("Learning_Docker_Storage_Types", |_| 0..50)
        .1;
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

/// A demo's script, run where `docker` only writes down what it is told. Gives what the
/// script printed, whether it succeeded, and the words of each call.
#[cfg(unix)]
fn run_script(text: &str, docker: &str) -> (String, bool, Vec<Vec<String>>) {
    use std::os::unix::fs::PermissionsExt;
    let files = [("demos/x.md".to_owned(), text.as_bytes().to_vec())];
    let notebook = Notebook::from_files(files, &content::rules());
    let demos = Demos::of(&notebook);
    let script = shell(demos.get("x").expect("it is there"));
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let fake = folder.path().join("docker");
    let source =
        format!("#!/bin/sh\n{{ printf '%s\\0' \"$@\"; printf '\\n\\0'; }} >> \"$LOG\"\n{docker}\n");
    std::fs::write(&fake, source).expect("a file");
    // Whatever the demo makes the shell do shows.
    let touch = folder.path().join("touch");
    std::fs::write(&touch, "#!/bin/sh\n: > \"$LOG.owned\"\n").expect("a file");
    for file in [&fake, &touch] {
        std::fs::set_permissions(file, PermissionsExt::from_mode(0o755)).expect("a mode");
    }
    let path = std::env::var("PATH").expect("a path");
    let file = folder.path().join("x.sh");
    std::fs::write(&file, &script).expect("a file");
    let done = Command::new("sh")
        .arg(&file)
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .env("LOG", &log)
        .current_dir(folder.path())
        .output()
        .expect("there is always a sh");
    let said =
        String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    let told = std::fs::read_to_string(&log).unwrap_or_default();
    let calls = told.split("\n\0").filter(|call| !call.is_empty());
    let words = |call: &str| -> Vec<String> {
        let words = call.strip_suffix('\0').unwrap_or(call);
        words.split('\0').map(str::to_owned).collect()
    };
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(
        names.len(),
        4,
        "the script left something: {names:?}\n{script}"
    );
    (said, done.status.success(), calls.map(words).collect())
}

#[cfg(unix)]
#[test]
fn a_script_gives_docker_the_words_of_the_demo_and_the_shell_nothing() {
    let demo = "---\ntitle: \"X\\n$(touch owned)\"\n---\nText `touch owned` \r\ntouch owned\n\n\
        ```yaml file=compose.yaml\n$(touch owned)\nEND\n```\n\
        ```console\n\
        $ docker run --name a busybox sh -c 'echo \"$HOME\" `touch owned`'\n\
        [..]\n\
        $ docker exec a echo \"two  words\" \"$(touch owned)\" \"`touch owned`\" it\\'s; touch owned\n\
        $ docker exec a cat <in >owned && touch owned | touch owned & touch owned\n\
        $ docker exec a echo * ~ {a,b} #x !! \\\n  more\n\
        $ touch owned\n\
        $ docker ps 'open\n\
        ! $(touch owned)\n\
        ```\n";
    let absent = "case $* in *inspect*) exit 1;; esac";
    let (said, well, calls) = run_script(demo, absent);
    assert!(well, "{said}");
    assert_eq!(
        calls,
        [
            &["container", "inspect", "a"][..],
            &[
                "run",
                "--name",
                "a",
                "busybox",
                "sh",
                "-c",
                "echo \"$HOME\" `touch owned`"
            ],
            &[
                "exec",
                "a",
                "echo",
                "two  words",
                "$(touch owned)",
                "`touch owned`",
                "it's;",
                "touch",
                "owned"
            ],
            &[
                "exec", "a", "cat", "<in", ">owned", "&&", "touch", "owned", "|", "touch", "owned",
                "&", "touch", "owned"
            ],
            &["exec", "a", "echo", "*", "~", "{a,b}", "#x", "!!", "more"],
            &["container", "rm", "-f", "-v", "a"],
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_script_does_nothing_where_a_name_is_taken() {
    let demo = "---\ntitle: X\n---\n```console\n$ docker volume create v\nv\n\
        $ docker run --name a -v v:/d busybox true\n```\n";
    let (said, well, calls) = run_script(demo, "[ \"$1 $3\" != 'container a' ]");
    assert!(!well);
    let told = "There is a volume named v already, and this demo makes one. Nothing was done.";
    assert!(said.contains(told), "{said}");
    let verbs: Vec<&str> = calls.iter().map(|call| call[1].as_str()).collect();
    assert_eq!(verbs, ["inspect", "inspect"], "{calls:?}");
}

#[cfg(unix)]
#[test]
fn a_script_takes_its_projects_down_and_leaves_others_alone() {
    let demo = "---\ntitle: X\n---\n```yaml file=shop.yaml\nname: shop\nservices: {}\n```\n\
        ```console\n$ docker compose -f shop.yaml up -d\n```\n";
    let (said, well, calls) = run_script(demo, "");
    assert!(well, "{said}");
    let first: Vec<String> = calls.iter().map(|call| call.join(" ")).collect();
    assert_eq!(
        first,
        [
            "ps -aq --filter label=com.docker.compose.project=shop",
            "compose -f shop.yaml up -d",
            "compose -f shop.yaml down -v",
        ]
    );
    let (said, well, calls) = run_script(demo, "echo 0123456789ab");
    assert!(!well);
    assert!(
        said.contains("There is a project named shop already"),
        "{said}"
    );
    assert_eq!(calls.len(), 1, "{calls:?}");
}

#[test]
fn every_topic_has_a_demo_or_says_why_it_has_none() {
    let (notebook, demos) = embedded();
    let reasons = Reasons::built_in();
    let topics = notebook.topics(0, 1000);
    assert!(topics.len() >= 35, "{}", topics.len());
    for topic in &topics {
        let runs = demos.of_topic(&topic.name).next().is_some();
        let told = reasons.of(&topic.name).is_some();
        assert!(
            runs != told,
            "{}: a demo {runs}, a reason {told}",
            topic.name
        );
    }
    for (topic, _) in reasons.all() {
        let is_there = topics.iter().any(|one| *one.name == *topic);
        assert!(is_there, "none.toml speaks of {topic}, which is no topic");
    }
}
