//! The janitor on a real engine: it takes all that is ours and nothing else.

use crate::live_engine::endpoint;
use crate::sandbox_ground::*;
use jiff::{Timestamp, ToSpan};
use std::process::{Command, Stdio};
use std::time::Duration;
use waterline::demos::instance::{Left, Slot};
use waterline::demos::janitor;
use waterline::engine::hands::*;
use waterline::engine::owned::{ImageName, Instance, SandboxId};

#[tokio::test(flavor = "multi_thread")]
async fn what_others_made_is_neither_seen_nor_touched() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let (instance, sandbox) = (*ground.hands.instance(), ground.sandbox);
    let others = Others::new(&ground.endpoint, &instance, &sandbox, ground.image.as_str());
    let before = others.all();
    assert_eq!(before.len(), 50, "{before:?}");
    let own = ground
        .run(ground.container("web", None, &["sleep", "600"]))
        .await;

    let hands = &ground.hands;
    for (kind, id) in &others.ids {
        let id = FullId::parse(id);
        // A plain name of a volume is no id to begin with.
        let Some(id) = id else {
            assert_eq!(*kind, "volume");
            continue;
        };
        let changes = match *kind {
            "container" => vec![
                Change::Start(id.clone()),
                Change::Stop {
                    id: id.clone(),
                    seconds: Some(0),
                },
                Change::RemoveContainer {
                    id,
                    force: true,
                    volumes: true,
                },
            ],
            "image" => vec![Change::RemoveImage {
                image: ImageRef::Id(id),
                force: true,
            }],
            "volume" => vec![Change::RemoveVolume(id)],
            _ => vec![
                Change::Connect {
                    network: id.clone(),
                    container: own.clone(),
                    aliases: vec![],
                },
                Change::RemoveNetwork(id),
            ],
        };
        for change in changes {
            let said = format!("{change:?}");
            let done = hands.apply(change).await;
            assert_eq!(done.expect_err(&said).status(), Some(404), "{said}");
        }
    }
    let seen = janitor::list(hands, Whose::Instance).await.expect("a list");
    assert_eq!(seen.len(), 1, "{seen:?}");
    let swept = janitor::sweep(hands.host(), &[instance], false)
        .await
        .expect("a sweep");
    assert_eq!((swept.found.len(), swept.removed), (1, 1), "{swept:?}");
    assert_eq!(others.all(), before);
    let gone = hands
        .look(Look::Container {
            id: own,
            size: false,
        })
        .await;
    assert!(gone.expect_err("it is gone").is_missing());
}

/// Objects of other people: look-alike names without labels, our labels under other
/// names, and labels of another instance or sandbox under ours.
struct Others {
    endpoint: String,
    mark: String,
    ids: Vec<(&'static str, String)>,
}

impl Others {
    fn new(endpoint: &str, instance: &Instance, sandbox: &SandboxId, image: &str) -> Others {
        let mark = format!("waterline.test.others={}", std::process::id());
        let mut others = Others {
            endpoint: endpoint.to_owned(),
            mark,
            ids: Vec::new(),
        };
        let ours = [
            format!("wl.instance={instance}"),
            format!("wl.sandbox={sandbox}"),
            "wl.name=web".to_owned(),
            "wl.until=2020-01-01T00:00:00Z".to_owned(),
        ];
        let other_instance = {
            let mut labels = ours.clone();
            labels[0] = "wl.instance=zzzzzzzzzzzz".into();
            labels
        };
        let unique = std::process::id();
        let mut variants: Vec<(String, Vec<String>)> = Vec::new();
        // 13 of containers, networks and volumes each, 11 of images.
        for number in 0..4 {
            variants.push((format!("wl-{sandbox}-look{number}-{unique}"), vec![]));
            variants.push((format!("mine{number}-{unique}"), ours.to_vec()));
        }
        variants.push((format!("wl-{sandbox}-web2-{unique}"), ours.to_vec()));
        variants.push((format!("wl-zzzzzzzz-web-{unique}"), ours.to_vec()));
        variants.push((format!("wl{sandbox}-web-{unique}"), ours.to_vec()));
        variants.push((format!("wl-{sandbox}-webs"), other_instance.to_vec()));
        variants.push((format!("wl-{sandbox}-web-x"), ours[..1].to_vec()));
        for (index, (name, labels)) in variants.iter().enumerate() {
            others.add(
                "container",
                &["create", "--name", name],
                labels,
                &[image, "true"],
            );
            // Docker's own pools hold few networks: small ones, of a pool of our own.
            let subnet = format!("198.51.100.{}/28", index * 16);
            others.add(
                "network",
                &["network", "create", "--subnet", &subnet],
                labels,
                &[name],
            );
            others.add("volume", &["volume", "create"], labels, &[name]);
            if index < 11 {
                others.image(name, labels);
            }
        }
        others
    }

    fn add(&mut self, kind: &'static str, head: &[&str], labels: &[String], tail: &[&str]) {
        let mut arguments = head.to_vec();
        for label in labels.iter().chain([&self.mark]) {
            arguments.extend(["--label", label]);
        }
        arguments.extend(tail);
        let id = docker(&self.endpoint, &arguments);
        self.ids.push((kind, id));
    }

    /// Imported, so that it shares nothing with the demo image.
    fn image(&mut self, name: &str, labels: &[String]) {
        let mut command = Command::new("docker");
        command.args(["--host", &self.endpoint, "import"]);
        for label in labels.iter().chain([&self.mark]) {
            command.args(["--change", &format!("LABEL {label}")]);
        }
        command.args(["-", &format!("{name}:1")]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut import = command.spawn().expect("the docker command");
        let mut tar = tar::Builder::new(import.stdin.take().expect("an input"));
        let mut header = tar::Header::new_gnu();
        header.set_size(name.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, "name", name.as_bytes())
            .expect("a file");
        drop(tar.into_inner().expect("written"));
        let done = import.wait_with_output().expect("an end");
        let id = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        self.ids.push(("image", id));
    }

    /// All that is there of them, as docker lists it.
    fn all(&self) -> Vec<String> {
        let filter = format!("label={}", self.mark);
        let list = |arguments: &[&str]| -> Vec<String> {
            let arguments = [arguments, &["--filter", &filter]].concat();
            let out = docker(&self.endpoint, &arguments);
            out.lines().map(str::to_owned).collect()
        };
        let containers = "{{.ID}} {{.Names}} {{.State}}";
        let mut all = [
            list(&["ps", "-a", "--format", containers]),
            list(&["images", "--format", "{{.ID}} {{.Repository}}"]),
            list(&["volume", "ls", "--format", "{{.Name}}"]),
            list(&["network", "ls", "--format", "{{.ID}} {{.Name}}"]),
        ]
        .concat();
        all.sort();
        all
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        let label = format!("label={}", self.mark);
        let clean = format!(
            "docker ps -aq --filter {label} | xargs -r docker rm -fv; \
             docker images -q --filter {label} | xargs -r docker rmi -f; \
             docker volume ls -q --filter {label} | xargs -r docker volume rm; \
             docker network ls -q --filter {label} | xargs -r docker network rm"
        );
        let _cleaned = Command::new("sh")
            .args(["-c", &clean])
            .env("DOCKER_HOST", &self.endpoint)
            .output();
    }
}

/// What the killed process below says once it has begun to make things.
const BEGAN: &str = "began to make things";

/// Not a test of its own: the process that the next test kills.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed() {
    let Some(folder) = std::env::var_os("WATERLINE_TEST_KILLED") else {
        return;
    };
    let slot = Slot::take_in(std::path::Path::new(&folder)).expect("a slot");
    let ground = Ground::of(*slot.instance()).await.expect("an engine");
    let network = ground.network("bridge").await;
    ground.volume("data").await;
    ground
        .run(ground.container("first", Some(&network), &["sleep", "600"]))
        .await;
    println!("{BEGAN}");
    // Not for ever, in case nobody kills it.
    for number in 0..30 {
        let name = format!("more{number}");
        ground
            .run(ground.container(&name, Some(&network), &["sleep", "600"]))
            .await;
    }
}

/// A process that ends with the test.
struct Killed(std::process::Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _it_may_have_ended = self.0.kill();
        let _its_end = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_made_is_swept() {
    let Some(endpoint) = endpoint() else {
        return;
    };
    let state = tempfile::tempdir().expect("a folder");
    let folder = state.path().join("waterline");
    let mut killed = Killed(
        Command::new(std::env::current_exe().expect("this program"))
            .args([
                "--exact",
                "janitor_live::a_process_that_is_killed",
                "--nocapture",
            ])
            .env("WATERLINE_TEST_KILLED", &folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process"),
    );
    let out = std::io::BufReader::new(killed.0.stdout.take().expect("its output"));
    let began = std::io::BufRead::lines(out)
        .map_while(Result::ok)
        .any(|line| line.contains(BEGAN));
    assert!(began, "it makes things");

    let sweep = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_waterline"))
            .args(["sweep", "--host", &endpoint])
            .args(arguments)
            .env("XDG_STATE_HOME", state.path())
            .output()
            .expect("waterline");
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{text}");
        text
    };
    let runs = sweep(&["--yes"]);
    assert!(runs.contains("1 Waterline running"), "{runs}");
    assert!(runs.contains("nothing is left"), "{runs}");
    // In the middle of a create or a start, one of which the engine may still finish.
    tokio::time::sleep(Duration::from_millis(300)).await;
    // SIGKILL: nothing can be put in order.
    drop(killed);

    let left = Left::take_in(&folder).expect("slots").instances();
    let [instance] = left[..] else {
        panic!("{left:?}")
    };
    let labelled = || {
        let filter = format!("label=wl.instance={instance}");
        let list = |arguments: &[&str]| {
            docker(
                &endpoint,
                &[arguments, &["-q", "--filter", &filter]].concat(),
            )
        };
        let lists = [
            list(&["ps", "-a"]),
            list(&["volume", "ls"]),
            list(&["network", "ls"]),
        ];
        lists.concat()
    };
    let seen = sweep(&[]);
    assert!(seen.contains("first of sandbox"), "{seen}");
    assert!(seen.contains("waterline sweep --yes"), "{seen}");
    assert!(!labelled().is_empty(), "only listed");
    let swept = sweep(&["--yes"]);
    assert!(swept.contains("removed"), "{swept}");
    assert_eq!(labelled(), "");
    assert!(sweep(&["--yes"]).contains("nothing is left"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_its_time_goes_and_the_rest_stays() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let past = NewContainer {
        until: Timestamp::now() - 1.minute(),
        ..ground.container("past", None, &["true"])
    };
    ground.create(past).await;
    let stays = ground
        .create(ground.container("stays", None, &["true"]))
        .await;
    let swept = janitor::expire(&ground.hands, Timestamp::now())
        .await
        .expect("swept");
    assert_eq!((swept.found.len(), swept.removed), (1, 1), "{swept:?}");
    assert_eq!(swept.found[0].name, "past");
    assert_eq!(ground.labelled(), [stays.short()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_whose_name_goes_while_it_is_used_is_still_known_to_be_ours() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let hands = &ground.hands;
    let web = ground
        .run(ground.container("web", None, &["sleep", "600"]))
        .await;
    let new = NewImage {
        sandbox: ground.sandbox,
        container: web,
        name: ImageName::parse("snap"),
        until: until(),
        message: None,
        author: None,
        no_pause: true,
    };
    let image = hands
        .apply(Change::Commit(new))
        .await
        .expect("an image")
        .id
        .expect("an id");
    let uses = NewContainer {
        image: image.clone(),
        ..ground.container("uses", None, &["sleep", "600"])
    };
    ground.run(uses).await;
    let tag = ImageRef::Tag(ground.sandbox, ImageName::parse("snap").expect("a name"));
    let remove = |force| Change::RemoveImage {
        image: tag.clone(),
        force,
    };
    let refused = hands.apply(remove(false)).await.expect_err("it is used");
    assert_eq!(refused.status(), Some(409));
    hands.apply(remove(true)).await.expect("untagged");
    let tags = ground.docker(&["inspect", "-f", "{{.RepoTags}}", image.as_str()]);
    assert!(
        tags.contains("-untagged-") && !tags.contains("snap"),
        "{tags}"
    );
    // Somebody else's name for it stays theirs.
    let theirs = format!("theirs-{}:1", ground.sandbox);
    ground.docker(&["tag", image.as_str(), &theirs]);
    janitor::wipe(hands, &ground.sandbox).await.expect("a wipe");
    let tags = ground.docker(&["inspect", "-f", "{{.RepoTags}}", image.as_str()]);
    assert_eq!(tags, format!("[{theirs}]"));
    ground.docker(&["rmi", &theirs]);
    assert_eq!(ground.labelled(), Vec::<String>::new());
}
