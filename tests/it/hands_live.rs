//! The hands and the janitor on a real engine, looked at with docker itself.

use crate::live_engine::{endpoint, live_host};
use futures_util::{FutureExt, StreamExt};
use jiff::{Timestamp, ToSpan};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use waterline::demos::instance::{Left, Slot};
use waterline::demos::prepare::{self, Pins};
use waterline::demos::{doctor, janitor};
use waterline::engine::hands::*;
use waterline::engine::owned::{ImageName, Instance, Name, SandboxId};

/// A sandbox of a new instance, wiped at the end of the test by docker itself.
struct Ground {
    endpoint: String,
    hands: Hands,
    sandbox: SandboxId,
    image: FullId,
}

impl Ground {
    async fn new() -> Option<Ground> {
        let instance = Instance::random().expect("random");
        Ground::of(instance).await
    }

    async fn of(instance: Instance) -> Option<Ground> {
        let endpoint = endpoint()?;
        let hands = Hands::new(live_host(&endpoint), instance);
        let pins = tempfile::tempdir().expect("a folder");
        let pins = Pins::in_folder(pins.path());
        let prepared = prepare::prepare(&hands, &pins, None, |_| ()).await;
        let image = prepared.expect("a demo image").id;
        Some(Ground {
            endpoint,
            hands,
            sandbox: SandboxId::random().expect("random"),
            image,
        })
    }

    fn docker(&self, arguments: &[&str]) -> String {
        docker(&self.endpoint, arguments)
    }

    /// Everything that carries the sandbox's label, as docker lists it.
    fn labelled(&self) -> Vec<String> {
        let filter = format!("label=wl.sandbox={}", self.sandbox);
        let list = |arguments: &[&str]| -> Vec<String> {
            let out = self.docker(&[arguments, &["-q", "--filter", &filter]].concat());
            out.split_whitespace().map(str::to_owned).collect()
        };
        [
            list(&["ps", "-a"]),
            list(&["images", "-a"]),
            list(&["volume", "ls"]),
            list(&["network", "ls"]),
        ]
        .concat()
    }

    async fn network(&self, name: &str) -> FullId {
        let new = NewNetwork {
            sandbox: self.sandbox,
            name: typed(name),
            until: until(),
            labels: Vec::new(),
        };
        let done = self.hands.apply(Change::CreateNetwork(new)).await;
        done.expect("a network").id.expect("its id")
    }

    async fn volume(&self, name: &str) -> FullId {
        let new = NewVolume {
            sandbox: self.sandbox,
            name: typed(name),
            until: until(),
            labels: Vec::new(),
        };
        let done = self.hands.apply(Change::CreateVolume(new)).await;
        done.expect("a volume").id.expect("its id")
    }

    fn container(&self, name: &str, network: Option<&FullId>, command: &[&str]) -> NewContainer {
        NewContainer {
            sandbox: self.sandbox,
            name: typed(name),
            until: until(),
            image: self.image.clone(),
            typed_image: "busybox".into(),
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            env: Vec::new(),
            workdir: None,
            hostname: None,
            network: network.cloned(),
            aliases: network.map(|_| typed(name)).into_iter().collect(),
            mounts: Vec::new(),
            init: false,
            tty: false,
            stdin: false,
            remove: false,
            read_only: false,
            labels: Vec::new(),
            caps: Caps::default(),
        }
    }

    async fn create(&self, new: NewContainer) -> FullId {
        let done = self.hands.apply(Change::CreateContainer(Box::new(new)));
        done.await.expect("a container").id.expect("its id")
    }

    async fn run(&self, new: NewContainer) -> FullId {
        let id = self.create(new).await;
        let started = self.hands.apply(Change::Start(id.clone())).await;
        started.expect("it starts");
        id
    }

    async fn exec(&self, container: &FullId, command: &[&str]) -> (String, String, i32) {
        let new = exec(container, command);
        let (exec, frames) = self.hands.exec_start(new).await.expect("an exec");
        let (out, err) = heard(frames).await;
        let code = self.hands.exec_code(&exec).await.expect("a code");
        (out, err, code)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let label = format!("label=wl.instance={}", self.hands.instance());
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

fn docker(endpoint: &str, arguments: &[&str]) -> String {
    let ran = Command::new("docker")
        .args(["--host", endpoint])
        .args(arguments)
        .output()
        .expect("the docker command");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "docker {arguments:?}: {said}");
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}

fn typed(name: &str) -> Name {
    Name::parse(name).expect("a name")
}

fn until() -> Timestamp {
    Timestamp::now() + 1.hour()
}

fn exec(container: &FullId, command: &[&str]) -> NewExec {
    NewExec {
        container: container.clone(),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        env: vec!["GREETING=hello".into()],
        workdir: Some("/tmp".into()),
        tty: false,
        detach: false,
    }
}

async fn heard(mut frames: Frames) -> (String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    while let Some(frame) = frames.next().await {
        let frame = frame.expect("a frame");
        match frame.stream {
            StdStream::Out => out.extend(frame.bytes),
            StdStream::Err => err.extend(frame.bytes),
        }
    }
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(out), text(err))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sandbox_makes_is_all_there_and_a_wipe_leaves_nothing() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let hands = &ground.hands;
    let network = ground.network("bridge").await;
    let volume = ground.volume("data").await;
    let new = NewContainer {
        mounts: vec![
            NewMount::Volume {
                volume: volume.clone(),
                target: Target::parse("/data").expect("a target"),
                read_only: false,
                no_copy: false,
            },
            NewMount::Tmpfs {
                target: Target::parse("/scratch").expect("a target"),
                bytes: 1 << 20,
                read_only: false,
            },
        ],
        ..ground.container("web", Some(&network), &["sleep", "600"])
    };
    let web = ground.run(new).await;
    let script = "echo $GREETING in $PWD; echo oh >&2; echo x > /data/x; echo y > /layer; exit 7";
    let (out, err, code) = ground.exec(&web, &["sh", "-c", script]).await;
    assert_eq!((&*out, &*err, code), ("hello in /tmp\n", "oh\n", 7));
    let scratch = ground.exec(&web, &["df", "-k", "/scratch"]).await.0;
    assert!(scratch.contains(" 1024 "), "{scratch}");
    let changes = hands
        .look(Look::Changes(web.clone()))
        .await
        .expect("changes");
    assert!(changes.to_string().contains("/layer"), "{changes}");

    let commit = |name: Option<&str>| {
        Change::Commit(NewImage {
            sandbox: ground.sandbox,
            container: web.clone(),
            name: name.map(|name| ImageName::parse(name).expect("a name")),
            until: until(),
            message: Some("a step & more".into()),
            author: None,
            no_pause: false,
        })
    };
    let first = hands.apply(commit(Some("snap:1"))).await.expect("an image");
    let second = hands.apply(commit(Some("snap:1"))).await.expect("an image");
    let third = hands.apply(commit(None)).await.expect("an image");
    let sandbox = Whose::Sandbox(ground.sandbox);
    let images = hands.look(Look::Images(sandbox)).await.expect("images");
    let ids: Vec<_> = images.as_array().expect("a list").iter().collect();
    for done in [&first, &second, &third] {
        let id = done.id.as_ref().expect("an id").as_str();
        assert!(ids.iter().any(|row| row["Id"] == id), "{id} in {images}");
    }
    let history = Look::History(third.id.clone().expect("an id"));
    let history = hands.look(history).await.expect("its history");
    assert_eq!(history[0]["Comment"], "a step & more");
    let from_snap = NewContainer {
        image: second.id.clone().expect("an id"),
        ..ground.container("second", Some(&network), &["cat", "/layer"])
    };
    let from_snap = ground.run(from_snap).await;
    assert_eq!(hands.wait(&from_snap).await.expect("a code"), 0);
    let logs = hands.logs(&from_snap, LogsOptions::default()).await;
    assert_eq!(heard(logs.expect("logs")).await.0, "y\n");

    let paused = ground.container("paused", Some(&network), &["sleep", "600"]);
    let paused = ground.run(paused).await;
    hands.apply(Change::Pause(paused)).await.expect("it pauses");
    assert_eq!(
        ground.labelled().len(),
        3 + 3 + 1 + 1,
        "{:?}",
        ground.labelled()
    );
    let inspected = ground.docker(&["inspect", web.as_str()]);
    for is_so in [
        "\"Privileged\": false",
        "\"Memory\": 67108864",
        "\"PidsLimit\": 64",
    ] {
        assert!(inspected.contains(is_so), "{inspected}");
    }
    let internal = ground.docker(&[
        "network",
        "inspect",
        "-f",
        "{{.Internal}}",
        network.as_str(),
    ]);
    assert_eq!(internal, "true");

    let began = Instant::now();
    let swept = janitor::wipe(hands, &ground.sandbox).await.expect("a wipe");
    assert_eq!((swept.found.len(), swept.removed), (8, 8), "{swept:?}");
    assert_eq!(ground.labelled(), Vec::<String>::new());
    assert!(began.elapsed() < Duration::from_secs(10));
    let again = janitor::wipe(hands, &ground.sandbox).await.expect("a wipe");
    assert_eq!(again.found, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn output_input_exit_code_and_terminal_reach_through() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let hands = &ground.hands;
    // In front of the start: nothing that it prints is missed, however short it lives.
    let short = ground.container(
        "short",
        None,
        &["sh", "-c", "echo out; echo err >&2; exit 3"],
    );
    let short = ground
        .create(NewContainer {
            remove: true,
            ..short
        })
        .await;
    let attached = hands.attach(&short, AttachOptions::default()).await;
    let waiting = hands
        .waiting(&short, WaitFor::Removed)
        .await
        .expect("a wait");
    hands.apply(Change::Start(short)).await.expect("it starts");
    let (out, err) = heard(attached.expect("attached").output).await;
    assert_eq!((&*out, &*err), ("out\n", "err\n"));
    assert_eq!(waiting.code().await.expect("a code"), 3);

    let cat = NewContainer {
        stdin: true,
        ..ground.container("cat", None, &["cat"])
    };
    let cat = ground.create(cat).await;
    let with_input = AttachOptions {
        stdin: true,
        logs: false,
    };
    let attached = hands.attach(&cat, with_input).await.expect("attached");
    hands
        .apply(Change::Start(cat.clone()))
        .await
        .expect("it starts");
    let mut input = attached.input.expect("an input");
    input.write_all(b"typed\n").await.expect("written");
    input.shutdown().await.expect("the end of input");
    assert_eq!(heard(attached.output).await.0, "typed\n");
    assert_eq!(hands.wait(&cat).await.expect("a code"), 0);
    let running = hands.exec_start(exec(&cat, &["true"])).await;
    assert_eq!(running.expect_err("it does not run").status(), Some(409));

    let sleeps = ground
        .run(ground.container("sleeps", None, &["sleep", "600"]))
        .await;
    let mut terminal = hands
        .exec_terminal(exec(&sleeps, &["sh"]))
        .await
        .expect("a terminal");
    let screen = Screen::Exec(terminal.exec.clone().expect("an exec"));
    let resize = Change::Resize {
        screen,
        rows: 41,
        columns: 9999,
    };
    hands.apply(resize).await.expect("resized");
    terminal
        .writer
        .write_all(b"stty size; exit 5\n")
        .await
        .expect("typed");
    let mut printed = String::new();
    terminal
        .reader
        .read_to_string(&mut printed)
        .await
        .expect("printed");
    assert!(printed.contains("41 500"), "{printed:?}");
    let code = hands.exec_code(&terminal.exec.expect("an exec")).await;
    assert_eq!(code.expect("a code"), 5);

    let top = PsArgs::parse(&["-eo".into(), "pid,comm".into()]).expect("columns");
    let top = hands.top(&sleeps, &top).await.expect("processes");
    assert!(top["Processes"].to_string().contains("sleep"), "{top}");
    let stats = hands.stats(&sleeps).await.expect("stats");
    assert_eq!(stats["memory_stats"]["limit"], 64 << 20);
    let follow = LogsOptions {
        follow: true,
        ..LogsOptions::default()
    };
    let mut logs = hands.logs(&sleeps, follow).await.expect("logs");
    assert!(logs.next().now_or_never().is_none(), "nothing was printed");
    let stop = Change::Stop {
        id: sleeps.clone(),
        seconds: Some(0),
    };
    hands.apply(stop.clone()).await.expect("stopped");
    assert!(
        logs.next().await.is_none(),
        "and it ends with the container"
    );
    assert_eq!(hands.apply(stop).await.expect("it was").status, 304);
    assert_eq!(hands.wait(&sleeps).await.expect("a code"), 137);

    let shell = NewContainer {
        tty: true,
        stdin: true,
        ..ground.container("shell", None, &["sh"])
    };
    let shell = ground.create(shell).await;
    let mut terminal = hands.attach_terminal(&shell).await.expect("a terminal");
    hands
        .apply(Change::Start(shell.clone()))
        .await
        .expect("it starts");
    terminal
        .writer
        .write_all(b"echo $((6*7)); exit 4\n")
        .await
        .expect("typed");
    let mut printed = String::new();
    terminal
        .reader
        .read_to_string(&mut printed)
        .await
        .expect("printed");
    assert!(printed.contains("\n42"), "{printed:?}");
    assert_eq!(hands.wait(&shell).await.expect("a code"), 4);
    let none = hands
        .attach_terminal(&sleeps)
        .await
        .err()
        .expect("no terminal");
    assert_eq!(none.status(), Some(409));
}

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
    for number in 0.. {
        let name = format!("more{number}");
        ground
            .run(ground.container(&name, Some(&network), &["sleep", "600"]))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_made_is_swept() {
    let Some(endpoint) = endpoint() else {
        return;
    };
    let state = tempfile::tempdir().expect("a folder");
    let folder = state.path().join("waterline");
    let mut killed = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "hands_live::a_process_that_is_killed",
            "--nocapture",
        ])
        .env("WATERLINE_TEST_KILLED", &folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let out = std::io::BufReader::new(killed.stdout.take().expect("its output"));
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
    killed.kill().expect("killed");
    killed.wait().expect("ended");

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
async fn a_change_that_nobody_waits_for_is_made_all_the_same() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let new = ground.container("lonely", None, &["sleep", "600"]);
    let change = Change::CreateContainer(Box::new(new));
    // Polled once, and dropped.
    assert!(ground.hands.apply(change).now_or_never().is_none());
    for _ in 0..100 {
        if !ground.labelled().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it was not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_hears_only_its_own_events() {
    let (Some(ground), Some(other)) = (Ground::new().await, Ground::new().await) else {
        return;
    };
    let since = EventsOptions::default();
    let events = ground
        .hands
        .events(&ground.sandbox, since)
        .await
        .expect("events");
    for ground in [&other, &ground] {
        let network = ground.network("bridge").await;
        ground.volume("data").await;
        let new = ground.container("web", Some(&network), &["true"]);
        let id = ground.run(new).await;
        ground.hands.wait(&id).await.expect("an end");
        janitor::wipe(&ground.hands, &ground.sandbox)
            .await
            .expect("a wipe");
    }
    let mut seen = Vec::new();
    let mut events = events.map(|event| event.expect("an event"));
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(1), events.next()).await {
        let other = other.sandbox.as_str();
        assert!(!event.to_string().contains(other), "{event}");
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        seen.push(format!(
            "{} {}",
            text(&event["Type"]),
            text(&event["Action"])
        ));
    }
    for expected in [
        "network create",
        "volume create",
        "container create",
        "network connect",
        "container start",
        "container die",
        "container destroy",
        "volume destroy",
        "network destroy",
    ] {
        assert!(
            seen.iter().any(|event| event == expected),
            "{expected} in {seen:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn networks_made_at_the_same_time_lie_in_subnets_of_their_own() {
    let (Some(ground), Some(other)) = (Ground::new().await, Ground::new().await) else {
        return;
    };
    let names: Vec<String> = (0..20).map(|number| format!("n{number}")).collect();
    async fn make(ground: &Ground, names: &[String]) -> Vec<FullId> {
        let made = names.iter().map(|name| ground.network(name));
        futures_util::future::join_all(made).await
    }
    let (one, two) = tokio::join!(make(&ground, &names), make(&other, &names));
    let format = "{{(index .IPAM.Config 0).Subnet}}";
    let mut arguments = vec!["network", "inspect", "-f", format];
    arguments.extend(one.iter().chain(&two).map(FullId::as_str));
    let inspected = ground.docker(&arguments);
    let mut subnets: Vec<&str> = inspected.lines().collect();
    assert!(
        subnets
            .iter()
            .all(|it| it.starts_with("198.1") && it.ends_with("/28")),
        "{subnets:?}"
    );
    subnets.sort_unstable();
    subnets.dedup();
    assert_eq!(subnets.len(), 40);
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

#[tokio::test(flavor = "multi_thread")]
async fn an_image_built_of_this_machines_busybox_runs_and_is_known_again() {
    let Some(ground) = Ground::new().await else {
        return;
    };
    let (built, busybox) = prepare::build(&ground.hands).await.expect("an image");
    assert!(busybox.ends_with("busybox"), "{busybox:?}");
    let found = ground.hands.labelled_demo_images().await.expect("images");
    assert!(found.contains(&built), "{found:?}");
    let new = NewContainer {
        image: built.clone(),
        ..ground.container(
            "built",
            None,
            &["sh", "-c", "ls -ld /tmp && id -un && which wget"],
        )
    };
    let id = ground.run(new).await;
    assert_eq!(ground.hands.wait(&id).await.expect("a code"), 0);
    let logs = ground
        .hands
        .logs(&id, LogsOptions::default())
        .await
        .expect("logs");
    let (out, _) = heard(logs).await;
    assert!(
        out.contains("drwxrwxrwt") && out.contains("root\n/bin/wget"),
        "{out}"
    );

    let pins = tempfile::tempdir().expect("a folder");
    let pins = Pins::in_folder(pins.path());
    let again = prepare::prepare(&ground.hands, &pins, None, |_| ())
        .await
        .expect("prepared");
    assert_eq!(again.came, prepare::Came::Already);
    let facts = doctor::ask(&ground.hands, &pins).await.expect("facts");
    assert!(facts.has_image && facts.subnets.0 > 0);
    assert!(facts.info["MemTotal"].as_u64() > Some(1 << 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_away_leaves_it_open_whether_it_was_done() {
    let host = live_host("unix:///nowhere/docker.sock");
    let hands = Hands::new(Arc::clone(&host), Instance::random().expect("random"));
    let id = FullId::parse(&"a".repeat(64)).expect("an id");
    let failed = hands
        .apply(Change::Start(id))
        .await
        .expect_err("nobody there");
    assert!(matches!(failed, Failed::Away(_)), "{failed}");
    let sandbox = SandboxId::random().expect("random");
    assert!(janitor::wipe(&hands, &sandbox).await.is_err());
}
