//! The runner against a real engine: what it carries out, and what it prints.

use crate::sandbox_room::*;
use waterline::demos::runner::{How, Out, Outcome, Terms};
use waterline::demos::sandbox::Limits;

#[tokio::test(flavor = "multi_thread")]
async fn what_survives_a_restart_is_carried_out_as_docker_would() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    let id = out(&me, "docker run -d --init --name notes busybox sleep 600").await;
    assert_eq!(id.len(), 65, "{id}");
    assert_eq!(
        out(&me, "docker exec notes sh -c 'echo hello > /state'").await,
        ""
    );
    assert_eq!(out(&me, "docker restart -t 1 notes").await, "notes\n");
    assert_eq!(out(&me, "docker exec notes cat /state").await, "hello\n");
    let (none, err, code) = ran(&me, "docker exec notes cat /nothing").await;
    assert_eq!((none.as_str(), code), ("", 1));
    assert_eq!(
        err,
        "cat: can't open '/nothing': No such file or directory\n"
    );
    assert_eq!(out(&me, "docker rm -f notes").await, "notes\n");
    me.reset().await.expect("it is wiped");
    assert_eq!(room.labelled(&me), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn run_prints_both_streams_and_ends_with_dockers_codes() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    assert_eq!(out(&me, "docker run --rm busybox echo hi").await, "hi\n");
    let ran_ = ran(
        &me,
        "docker run --rm busybox sh -c 'echo out; echo err >&2; exit 3'",
    )
    .await;
    assert_eq!(ran_, ("out\n".into(), "err\n".into(), 3));

    let (none, err, code) = ran(&me, "docker run --name xx busybox nosuch").await;
    assert_eq!((none.as_str(), code), ("", 127));
    assert!(
        err.starts_with("docker: Error response from daemon: ")
            && err.contains("exec: \"nosuch\": executable file not found in $PATH: unknown")
            && err.ends_with("\n\nRun 'docker run --help' for more information\n"),
        "{err}"
    );
    let status = out(&me, "docker ps -a --format '{{.Names}} {{.Status}}'").await;
    assert_eq!(status, "xx Created\n");
    assert_eq!(ran(&me, "docker run --rm busybox /etc").await.2, 126);

    let (_, err, code) = ran(&me, "docker run -d --name xx busybox true").await;
    assert_eq!(code, 125);
    assert!(
        err.contains("Conflict. The container name \"/xx\" is already in use"),
        "{err}"
    );
    let (_, err, code) = ran(&me, "docker run --network nonet busybox true").await;
    assert_eq!(code, 125);
    assert!(err.contains("network nonet not found"), "{err}");
    let (_, err, code) = ran(&me, "docker run --badflag busybox").await;
    assert_eq!(code, 125);
    assert!(err.starts_with("unknown flag: --badflag\n"), "{err}");
    // Nothing but the one that did not start is left.
    assert_eq!(out(&me, "docker ps -aq").await.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_of_a_containers_life_prints_what_docker_prints() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    let created = out(&me, "docker create --name co busybox sleep 600").await;
    let id = created.trim();
    let (started, err, code) = ran(&me, "docker start co nope").await;
    assert_eq!((started.as_str(), code), ("co\n", 1));
    assert_eq!(
        err,
        "Error response from daemon: No such container: nope\n\
         Error: failed to start containers: nope\n"
    );
    assert_eq!(out(&me, "docker pause co").await, "co\n");
    let (_, err, code) = ran(&me, "docker pause co").await;
    assert_eq!(code, 1);
    assert_eq!(
        err,
        format!("Error response from daemon: Container {id} is already paused\n")
    );
    assert_eq!(out(&me, "docker unpause co").await, "co\n");
    assert_eq!(
        out(&me, &format!("docker kill {}", &id[..12])).await,
        format!("{}\n", &id[..12])
    );
    assert_eq!(out(&me, "docker wait co").await, "137\n");
    let (_, err, code) = ran(&me, "docker kill co").await;
    assert_eq!(code, 1);
    assert_eq!(
        err,
        format!(
            "Error response from daemon: Cannot kill container: co: Container {id} is not running\n"
        )
    );
    let (_, err, _) = ran(&me, "docker exec co true").await;
    assert_eq!(
        err,
        format!("Error response from daemon: Container {id} is not running\n")
    );
    out(&me, "docker start co").await;
    let (_, err, code) = ran(&me, "docker rm co").await;
    assert_eq!(code, 1);
    assert!(
        err.starts_with("Error response from daemon: You cannot remove a running"),
        "{err}"
    );
    assert_eq!(out(&me, "docker stop -t 0 co").await, "co\n");
    let (removed, err, code) = ran(&me, "docker rm -f co nope").await;
    assert_eq!((removed.as_str(), code), ("co\n", 0));
    assert_eq!(err, "Error response from daemon: No such container: nope\n");
    let (_, err, code) = ran(&me, "docker stop nope").await;
    assert_eq!(
        (err.as_str(), code),
        ("Error response from daemon: No such container: nope\n", 1)
    );

    let attached = ran(
        &me,
        "docker create --name aa busybox sh -c 'echo one; echo two >&2; exit 4'",
    );
    attached.await;
    assert_eq!(
        ran(&me, "docker start -a aa").await,
        ("one\n".into(), "two\n".into(), 4)
    );
    assert_eq!(
        ran(&me, "docker logs aa").await,
        ("one\n".into(), "two\n".into(), 0)
    );
    let (stamped, err, _) = ran(&me, "docker logs -t --tail 2 aa").await;
    assert!(
        stamped.ends_with(
            "Z one
"
        ) && err.ends_with(
            "Z two
"
        ),
        "{stamped}{err}"
    );
    assert_eq!(
        out(
            &me,
            "docker run -d --name dd busybox sh -c 'sleep 1; echo late'"
        )
        .await
        .len(),
        65
    );
    assert_eq!(out(&me, "docker logs -f dd").await, "late\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn images_layers_and_volumes_are_made_shown_and_removed() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    out(&me, "docker run -d --name web busybox sleep 600").await;
    out(&me, "docker exec web sh -c 'echo x > /new; rm /bin/zcat'").await;
    assert_eq!(
        out(&me, "docker diff web").await,
        "C /bin\nD /bin/zcat\nA /new\n"
    );
    let snap = out(&me, "docker commit web snap:1").await;
    assert!(snap.starts_with("sha256:") && snap.len() == 72, "{snap}");
    out(&me, "docker commit web").await;
    let images = out(&me, "docker images --format '{{.Repository}}:{{.Tag}}'").await;
    let mut images: Vec<&str> = images.lines().collect();
    images.sort_unstable();
    assert_eq!(images, ["<none>:<none>", "busybox:latest", "snap:1"]);
    assert_eq!(out(&me, "docker run --rm snap:1 cat /new").await, "x\n");
    let history = out(&me, "docker history -q --no-trunc snap:1").await;
    assert_eq!(history.lines().next(), Some(snap.trim()));
    let removed = out(&me, "docker image rm snap:1").await;
    assert!(
        removed.starts_with("Untagged: snap:1\nDeleted: sha256:"),
        "{removed}"
    );
    let (_, err, code) = ran(&me, "docker image rm snap:1").await;
    assert_eq!(
        (err.as_str(), code),
        ("Error response from daemon: No such image: snap:1\n", 1)
    );

    assert_eq!(out(&me, "docker volume create data").await, "data\n");
    assert_eq!(out(&me, "docker volume create data").await, "data\n");
    out(
        &me,
        "docker run --rm -v data:/d busybox sh -c 'echo kept > /d/f'",
    )
    .await;
    assert_eq!(
        out(&me, "docker run --rm -v data:/d:ro busybox cat /d/f").await,
        "kept\n"
    );
    let user = out(
        &me,
        "docker run -d --name vv -v data:/d -v /anon busybox sleep 600",
    )
    .await;
    let user = user.trim();
    assert_eq!(out(&me, "docker volume ls -q").await.lines().count(), 2);
    let (_, err, code) = ran(&me, "docker volume rm data").await;
    assert_eq!(code, 1);
    assert_eq!(
        err,
        format!("Error response from daemon: remove data: volume is in use - [{user}]\n")
    );
    assert_eq!(out(&me, "docker rm -f -v vv").await, "vv\n");
    assert_eq!(
        out(&me, "docker volume ls -q").await,
        "data\n",
        "-v takes the anonymous one"
    );
    out(&me, "docker run --rm -v /anon busybox true").await;
    assert_eq!(
        out(&me, "docker volume ls -q").await,
        "data\n",
        "--rm takes it too"
    );
    assert_eq!(
        out(&me, "docker volume rm -f data nope").await,
        "data\nnope\n"
    );
    let (list, err, code) = ran(&me, "docker volume inspect nope").await;
    assert_eq!((list.as_str(), code), ("[]\n", 1));
    assert_eq!(
        err,
        "Error response from daemon: get nope: no such volume\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_resolve_on_a_network_of_ones_own_and_not_on_bridge() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    let network = out(&me, "docker network create shop").await;
    assert_eq!(network.len(), 65);
    let (_, err, code) = ran(&me, "docker network create shop").await;
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "Error response from daemon: network with name shop already exists\n"
    );
    out(
        &me,
        "docker run -d --name web --network shop busybox httpd -f -p 80 -h /etc",
    )
    .await;
    out(
        &me,
        "docker run -d --name old busybox httpd -f -p 80 -h /etc",
    )
    .await;
    let get = "wget -q -O - http://web/passwd";
    let got = out(
        &me,
        &format!("docker run --rm --network shop busybox {get}"),
    )
    .await;
    assert!(got.starts_with("root:x:0:0:"), "{got}");
    let (_, err, code) = ran(&me, &format!("docker run --rm busybox {get}")).await;
    assert_eq!((err.as_str(), code), ("wget: bad address 'web'\n", 1));
    let (_, err, code) = ran(
        &me,
        "docker run --rm busybox wget -q -O - http://old/passwd",
    )
    .await;
    assert_eq!((err.as_str(), code), ("wget: bad address 'old'\n", 1));
    let address = "docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' old";
    let address = out(&me, address).await;
    let by_address = format!(
        "docker run --rm busybox wget -q -O - http://{}/passwd",
        address.trim()
    );
    assert!(out(&me, &by_address).await.starts_with("root:x:0:0:"));

    let (_, err, code) = ran(&me, "docker network rm shop").await;
    assert_eq!(code, 1);
    assert!(
        err.starts_with(
            "Error response from daemon: error while removing network: network shop id"
        ),
        "{err}"
    );
    assert!(
        err.ends_with(" has active endpoints\nexit status 1\n"),
        "{err}"
    );
    assert_eq!(out(&me, "docker network connect shop old").await, "");
    let got = out(&me, "docker exec web wget -q -O - http://old/passwd").await;
    assert!(got.starts_with("root:x:0:0:"), "{got}");
    let (_, err, code) = ran(&me, "docker network connect shop old").await;
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "Error response from daemon: endpoint with name old already exists in network shop\n"
    );
    assert_eq!(out(&me, "docker network disconnect shop old").await, "");
    let names = out(&me, "docker network ls --format '{{.Name}}'").await;
    let mut names: Vec<&str> = names.lines().collect();
    names.sort_unstable();
    assert_eq!(names, ["bridge", "shop"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_real_name_stands_in_what_docker_prints() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    out(&me, "docker network create lan").await;
    out(
        &me,
        "docker run -d --name web --network lan -v data:/d -v /anon busybox sleep 600",
    )
    .await;
    out(
        &me,
        "docker run -d --name loose -l mine=1 busybox sleep 600",
    )
    .await;
    out(&me, "docker network connect lan loose").await;
    out(&me, "docker commit web snap").await;
    out(&me, "docker commit web").await;
    let mut seen = String::new();
    for line in [
        "docker ps -a --no-trunc",
        "docker ps -as --format json",
        "docker images -a --no-trunc",
        "docker inspect web loose data lan snap bridge busybox",
        "docker container inspect loose",
        "docker history --no-trunc snap",
        "docker volume ls",
        "docker volume inspect data",
        "docker network ls --no-trunc",
        "docker network inspect lan bridge",
        "docker logs web",
        "docker diff web",
        "docker top web",
        "docker stats --no-stream",
        "docker events --since 60s --until 0s",
        "docker system df -v",
        "docker info",
        "docker version",
    ] {
        let out = out(&me, line).await;
        assert!(!out.contains("wl-"), "{line}: {out}");
        for label in [
            "wl.instance",
            "wl.sandbox",
            "wl.name",
            "wl.until",
            "wl.image",
        ] {
            assert!(!out.contains(label), "{line}: {out}");
        }
        seen.push_str(&out);
    }
    for line in [
        "docker run --name web busybox",
        "docker network rm lan",
        "docker volume rm data",
        "docker image rm snap",
        "docker network connect lan web",
        "docker network disconnect lan nope",
        "docker rm web",
        "docker kill nope",
    ] {
        let (out, err, _) = ran(&me, line).await;
        assert!(!format!("{out}{err}").contains("wl-"), "{line}: {out}{err}");
    }
    assert!(
        seen.contains("container create") && seen.contains("name=web"),
        "{seen}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sandboxes_on_one_host_do_not_see_each_other() {
    let Some(room) = Room::new().await else {
        return;
    };
    let (one, two) = tokio::join!(room.open(), room.open());
    let line = "docker run -d --name same -v data:/d busybox sleep 600";
    let (first, second) = tokio::join!(out(&one, line), out(&two, line));
    assert_ne!(first, second);
    for (me, own) in [(&one, &first), (&two, &second)] {
        let all = out(me, "docker ps -aq --no-trunc").await;
        assert_eq!(&all, own);
        assert_eq!(out(me, "docker volume ls -q").await, "data\n");
    }
    // Not even by the whole id.
    let (_, err, code) = ran(&one, &format!("docker rm -f {}", second.trim())).await;
    assert_eq!(code, 0);
    assert!(err.contains("No such container"), "{err}");
    one.reset().await.expect("it is wiped");
    assert_eq!(room.labelled(&one), "");
    assert_eq!(out(&two, "docker ps -q").await.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_takes_too_long_or_says_too_much_is_ended_and_so_is_its_process() {
    let limits = Limits {
        step: std::time::Duration::from_secs(3),
        ..Limits::default()
    };
    let Some(room) = Room::with(limits, Terms::default()).await else {
        return;
    };
    let me = room.open().await;
    let ended = finished(&me, "docker run --name long busybox sleep 100").await;
    assert_eq!(
        ended.outcome,
        Outcome::Ended("ended here: a step may take 3 s".into())
    );
    let status = out(&me, "docker ps -a --format '{{.Names}} {{.State}}'").await;
    assert_eq!(status, "long exited\n");

    out(&me, "docker run -d --name box busybox sleep 600").await;
    let ended = finished(&me, "docker exec box sh -c 'sleep 100; true'").await;
    assert!(matches!(ended.outcome, Outcome::Ended(_)), "{ended:?}");
    let left = out(&me, "docker exec box ps -o comm,args").await;
    assert!(!left.contains("sleep 100"), "{left}");
    assert!(left.contains("sleep 600"), "{left}");

    let flood = finished(&me, "docker exec box yes").await;
    assert_eq!(
        flood.outcome,
        Outcome::Ended("ended here: a step may print 256 KB".into())
    );
    assert_eq!(flood.stdout().len(), 256 * 1024);
    let left = out(&me, "docker exec box ps -o comm").await;
    assert!(!left.contains("yes"), "{left}");
    let followed = finished(&me, "docker logs -f box").await;
    assert!(
        matches!(followed.outcome, Outcome::Ended(_)),
        "{followed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_runs_a_step_once_and_who_goes_away_breaks_nothing() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    let once = || How {
        once: Some("step 1".into()),
        ..How::default()
    };
    let line = "docker run --name once busybox sh -c 'echo begun; sleep 1; echo ended'";
    let (first, second) = (me.run(line, once()), me.run(line, once()));
    let (first, second) = tokio::join!(first.finished(), second.finished());
    assert_eq!(first, second);
    assert_eq!(first.outcome, Outcome::Done { code: 0 });
    assert_eq!(out(&me, "docker ps -aq").await.lines().count(), 1);

    drop(me.run(
        "docker run -d --name gone busybox sleep 600",
        How::default(),
    ));
    // The next one waits for it, and says so.
    let next = finished(&me, "docker exec gone echo here").await;
    assert_eq!(next.outcome, Outcome::Done { code: 0 }, "{next:?}");
    assert_eq!(text(next.stdout()), "here\n");
    let waits = |out: &Out| matches!(out, Out::Note(note) if note.starts_with("waiting"));
    assert!(next.out.iter().any(waits), "{next:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_ends_what_runs_and_leaves_nothing() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    out(&me, "docker network create lan").await;
    out(
        &me,
        "docker run -d --name web --network lan -v data:/d busybox sleep 600",
    )
    .await;
    out(&me, "docker commit web snap").await;
    let running = me.run("docker run busybox sleep 50", How::default());
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_ne!(room.labelled(&me), "");
    me.reset().await.expect("it is wiped");
    assert_eq!(
        running.outcome().await,
        Outcome::Ended("the sandbox was reset".into())
    );
    assert_eq!(room.labelled(&me), "");
    // And it can be used again at once.
    assert_eq!(
        out(&me, "docker run --rm --name web busybox echo again").await,
        "again\n"
    );
    room.sandboxes.close(me.id()).await.expect("it is closed");
    assert_eq!(room.labelled(&me), "");
    assert!(room.sandboxes.get(me.id()).is_none());
    let over = finished(&me, "docker ps").await;
    assert!(matches!(over.outcome, Outcome::Ended(_)), "{over:?}");
}

// On one thread: the task of the run has not begun when the reset does.
#[tokio::test]
async fn a_reset_right_after_a_click_ends_what_was_clicked() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    let running = me.run("docker run -d busybox sleep 600", How::default());
    me.reset().await.expect("it is wiped");
    let outcome = running.outcome().await;
    assert!(matches!(outcome, Outcome::Ended(_)), "{outcome:?}");
    assert_eq!(room.labelled(&me), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_uses_goes_and_so_does_what_a_dead_process_left() {
    let terms = Terms {
        idle: std::time::Duration::from_secs(2),
        ..Terms::default()
    };
    let Some(room) = Room::with(Limits::default(), terms).await else {
        return;
    };
    let me = room.open().await;
    out(&me, "docker run -d busybox sleep 600").await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let began = std::time::Instant::now();
    while room.sandboxes.seen(me.id()).is_some() || !room.labelled(&me).is_empty() {
        assert!(
            began.elapsed() < std::time::Duration::from_secs(30),
            "still there: {}",
            room.labelled(&me)
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }

    let left = room.open().await;
    out(&left, "docker run -d -v data:/d busybox sleep 600").await;
    let endpoint = room.endpoint.clone();
    let state = room.killed();
    let room = Room::again(&endpoint, Limits::default(), Terms::default(), state).await;
    assert_ne!(room.labelled(&left), "");
    let _new = room.open().await;
    assert_eq!(room.labelled(&left), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stopped_for_its_weight_does_not_start_again_until_it_is_lighter() {
    let limits = Limits {
        weight: 8 << 20,
        ..Limits::default()
    };
    let Some(room) = Room::with(limits, Terms::default()).await else {
        return;
    };
    let me = room.open().await;
    let line = "docker run -d --name wr -v data:/d busybox sh -c \
        'dd if=/dev/zero of=/d/f$(ls /d | wc -l) bs=1M count=12; sleep 600'";
    out(&me, line).await;
    let running = || {
        room.docker(&[
            "ps",
            "-q",
            "--filter",
            &format!("label=wl.sandbox={}", me.id()),
        ])
    };
    for _ in 0..60 {
        if running().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    assert_eq!(running(), "", "too heavy");
    for line in [
        "docker start wr",
        "docker restart wr",
        "docker run -d busybox sleep 9",
    ] {
        let over = finished(&me, line).await;
        let Outcome::Refused(refusal) = over.outcome else {
            panic!("{line}: {:?}", over.outcome);
        };
        assert!(
            refusal
                .message
                .contains("Remove containers, images or volumes")
        );
    }
    out(&me, "docker rm wr").await;
    out(&me, "docker volume rm data").await;
    assert_eq!(out(&me, "docker run --rm busybox echo on").await, "on\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_is_measured_for_many_at_once() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    out(&me, "docker volume create data").await;
    let lines = (0..8).map(|_| finished(&me, "docker system df"));
    for over in futures_util::future::join_all(lines).await {
        assert_eq!(over.outcome, Outcome::Done { code: 0 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_typed_into_and_its_shell_ends_with_it() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    out(&me, "docker run -d --name box busybox sleep 600").await;
    let refused = finished(&me, "docker exec -it box sh").await;
    assert!(
        matches!(refused.outcome, Outcome::Refused(_)),
        "{refused:?}"
    );
    for line in [
        "docker exec -it box sh",
        "docker run -it --rm --name tty busybox sh",
    ] {
        let Ok(mut shell) = me.terminal(line, 30, 100).await else {
            panic!("no terminal: {line}");
        };
        shell
            .writer
            .write_all(b"stty size; echo mark$((40+2))\n")
            .await
            .expect("it takes what is typed");
        let mut seen = String::new();
        while !seen.contains("mark42") {
            let mut bytes = [0; 1024];
            let read = shell.reader.read(&mut bytes);
            let read = tokio::time::timeout(std::time::Duration::from_secs(5), read).await;
            let count = read.expect("in time").expect("it prints");
            assert_ne!(count, 0, "{seen}");
            seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        assert!(seen.contains("30 100"), "{seen}");
        shell.control.resize(9999, 0).await;
        drop(shell);
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    }
    let left = out(&me, "docker exec box ps -o comm").await;
    assert_eq!(left, "COMMAND\nsleep\nps\n");
    assert_eq!(
        out(&me, "docker ps -a --format '{{.Names}}'").await,
        "box\n"
    );
    let (_, err, code) = match me.terminal("docker exec -it nope sh", 30, 100).await {
        Ok(_) => panic!("a terminal in nothing"),
        Err(finished) => {
            let Outcome::Done { code } = finished.outcome else {
                panic!("{finished:?}");
            };
            (text(finished.stdout()), text(finished.stderr()), code)
        }
    };
    assert_eq!(
        (err.as_str(), code),
        ("Error response from daemon: No such container: nope\n", 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn more_sandboxes_than_there_may_be_are_not_opened() {
    let terms = Terms {
        sandboxes: 2,
        ..Terms::default()
    };
    let Some(room) = Room::with(Limits::default(), terms).await else {
        return;
    };
    let first = room.open().await;
    let _second = room.open().await;
    let full = room.sandboxes.open(None).await.err().expect("no third");
    assert!(
        full.to_string().contains("all 2 sandboxes are taken"),
        "{full}"
    );
    room.sandboxes.close(first.id()).await.expect("it goes");
    room.open().await;
}
