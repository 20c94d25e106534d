//! One sandbox's pictures: whose they are, and that what one person does redraws nobody
//! else's.

use crate::fake_engine::FakeEngine;
use crate::live::{self, Viewer, app, drawn};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use waterline::engine::{Corner, SandboxId};
use waterline::web::live::Live;

/// People in the room, each with a sandbox and a page.
const PEOPLE: usize = 30;

/// What each looks at.
const PANELS: [&str; 10] = [
    "mounts",
    "init",
    "networks",
    "events",
    "parts",
    "writable-layer",
    "layers",
    "storage-driver",
    "on-the-host",
    "compose",
];

/// Long enough for a round of asking and drawing to have come and gone.
const QUIET: Duration = Duration::from_millis(1200);

fn sandbox(person: usize) -> String {
    format!("person{person:02}")
}

fn container_id(person: usize, name: &str) -> String {
    let letter = name.bytes().map(u64::from).sum::<u64>();
    format!("{person:08x}{letter:056x}")
}

/// Docker's line of the list, and its inspect, as one.
fn container(person: usize, name: &str) -> Value {
    let id = sandbox(person);
    let labels = json!({"wl.instance": "inst00000001", "wl.sandbox": id, "wl.name": name, "wl.image": "busybox"});
    json!({
        "Id": container_id(person, name),
        "Names": [format!("/wl-{id}-{name}")],
        "Name": format!("/wl-{id}-{name}"),
        "Image": "sha256:aa", "ImageID": "sha256:aa",
        "Labels": labels, "Config": {"Image": "sha256:aa", "Labels": labels, "Cmd": ["sleep", "60"]},
        "State": "running", "Status": "Up", "Created": 1,
        "HostConfig": {"NetworkMode": "none"},
        "NetworkSettings": {"Networks": {}},
        "Mounts": [],
    })
}

/// A host on which everybody has a container `web`, and some have one more.
struct Room {
    engine: FakeEngine,
    containers: Vec<Value>,
    events: Vec<Value>,
}

impl Room {
    async fn new() -> Room {
        let mut room = Room {
            engine: FakeEngine::start().await,
            containers: Vec::new(),
            events: Vec::new(),
        };
        for person in 0..PEOPLE {
            room.add(person, "web");
        }
        room.tell();
        room
    }

    fn add(&mut self, person: usize, name: &str) {
        let id = sandbox(person);
        self.containers.push(container(person, name));
        self.events.push(
            json!({"Type": "container", "Action": "start", "timeNano": self.events.len(),
            "Actor": {"ID": container_id(person, name), "Attributes": {
                "name": format!("wl-{id}-{name}"), "wl.sandbox": id, "wl.image": "busybox"}}}),
        );
    }

    /// Lets the engine answer with what there is now.
    fn tell(&self) {
        let script = &self.engine.script;
        let mut list = self.containers.clone();
        for line in &mut list {
            line["Status"] = format!("Up {} seconds", self.events.len()).into();
        }
        let list = Value::Array(list).to_string();
        for path in ["/containers/json?all=1", "/containers/json?all=1&size=1"] {
            script.answers(path, 200, list.clone());
        }
        for container in &self.containers {
            let mut inspect = container.clone();
            let object = inspect.as_object_mut().expect("an object");
            object.retain(|name, _| name != "Names" && name != "Labels" && name != "ImageID");
            object.insert(
                "State".into(),
                json!({"Status": "running", "Running": true, "Pid": 7}),
            );
            let id = container["Id"].as_str().expect("an id");
            for query in ["", "?size=1"] {
                let path = format!("/containers/{id}/json{query}");
                script.answers(&path, 200, inspect.to_string());
            }
            script.answers(&format!("/containers/{id}/changes"), 200, "null");
        }
        let info = json!({"Driver": "overlay2", "DockerRootDir": "/var/lib/docker", "OSType": "linux",
            "Containers": self.containers.len(), "SystemTime": self.events.len().to_string()});
        script.answers("/info", 200, info.to_string());
        let images =
            json!([{"Id": "sha256:aa", "RepoTags": ["busybox:latest"], "Labels": null, "Size": 9}]);
        script.answers("/images/json", 200, images.to_string());
        let usage = json!({"LayersSize": self.containers.len(), "Images": images,
            "Containers": self.containers, "Volumes": []});
        script.answers("/system/df", 200, usage.to_string());
        script.answers("/volumes", 200, r#"{"Volumes":[]}"#);
        let events = Value::Array(self.events.clone()).to_string();
        script.answers("/events?since=1&until=now", 200, events);
    }
}

fn page(person: usize) -> String {
    let key = |panel| format!("panel={panel}%3Fscope%3D{}", sandbox(person));
    PANELS.map(key).join("&")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_does_is_drawn_for_that_person_alone() {
    let mut room = Room::new().await;
    let app = Arc::new(app(&room.engine));
    let mut viewers = Vec::new();
    for person in 0..PEOPLE {
        viewers.push(Viewer::of(&app, &page(person), "same-origin").await);
    }
    for (person, viewer) in viewers.iter_mut().enumerate() {
        let key = |panel| drawn(&format!("{panel}?scope={}", sandbox(person)));
        let seen = viewer.sees(&PANELS.map(key)).await;
        let others = (0..PEOPLE).filter(|other| *other != person).map(sandbox);
        for other in others {
            assert!(!seen.contains(&other), "{person} sees {other}: {seen}");
        }
    }
    // The first picture may have been drawn before the events were heard.
    tokio::time::sleep(QUIET).await;
    for viewer in &mut viewers {
        viewer.hears_until_quiet(Duration::from_millis(20)).await;
    }
    let (pictures, questions) = (app.live.drawn(), room.engine.script.questions());

    room.add(7, "notes");
    room.tell();
    let id = container_id(7, "notes");
    room.engine.script.event("container", "start", &id);
    let news = viewers[7].sees(&["<bdi>notes</bdi>".into()]).await;
    assert!(news.contains("scope=person07"), "{news}");
    tokio::time::sleep(QUIET).await;

    for (person, viewer) in viewers.iter_mut().enumerate() {
        let heard = viewer.hears_until_quiet(Duration::from_millis(20)).await;
        if person != 7 {
            assert!(!heard.contains("event: panel"), "{person} was sent {heard}");
        }
    }
    let drawn = app.live.drawn() - pictures;
    let asked = room.engine.script.questions() - questions;
    println!("one change among {PEOPLE} sandboxes: {drawn} pictures drawn, {asked} questions");
    assert!(
        (1..=PANELS.len() as u64).contains(&drawn),
        "{drawn} pictures"
    );
    // Six lists, and what the one sandbox's panels ask about two containers.
    assert!(
        asked <= 25,
        "{asked} questions: {:?}",
        room.engine.script.calls()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_is_not_there_is_gone_and_so_is_one_that_has_ended() {
    let room = Room::new().await;
    let mut app = app(&room.engine);
    let there = Arc::new(AtomicBool::new(true));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let (still, asks) = (Arc::clone(&there), Arc::clone(&asked));
    app.live = Live::of(Arc::new(move |host: &str, id: SandboxId| {
        asks.lock().expect("no panic").push(format!("{host} {id}"));
        let known = id.as_str() == "person01" && still.load(Ordering::Relaxed);
        known.then(|| Corner::from(id))
    }));
    let app = Arc::new(app);
    let query = "panel=mounts%3Fscope%3Dperson01&panel=mounts%3Fscope%3Dperson02\
                 &panel=mounts%3Fscope%3Dx&panel=mounts%3Fscope%3Dperson01%26beside%3Dfake";
    let mut viewer = Viewer::of(&app, query, "same-origin").await;
    let gone = |key: &str| format!("event: gone\ndata: {key}\n\n");
    viewer
        .sees(&[
            drawn("mounts?scope=person01"),
            gone("mounts?scope=person02"),
            gone("mounts?scope=x"),
            gone("mounts?scope=person01&beside=fake"),
        ])
        .await;
    assert!(
        asked
            .lock()
            .expect("no panic")
            .contains(&"fake person01".to_owned())
    );

    for (address, status, says) in [
        ("/panels/mounts?scope=person01", 200, "<bdi>web</bdi>"),
        ("/panels/mounts?scope=person01&frame", 200, "scope=person01"),
        (
            "/panels/mounts?scope=person02",
            404,
            "There is no such sandbox",
        ),
        (
            "/panels/mounts?scope=person-1",
            404,
            "There is no such panel",
        ),
        ("/panels/mounts.json?scope=person01", 200, "\"/web\""),
    ] {
        let (answered, text) = live::page(&app, address).await;
        assert_eq!(answered, status, "{address}");
        assert!(text.contains(says), "{address}: {text}");
    }

    room.engine.script.is_heard().await;
    there.store(false, Ordering::Relaxed);
    room.engine
        .script
        .event("container", "destroy", &container_id(1, "web"));
    viewer.sees(&[gone("mounts?scope=person01")]).await;
}
