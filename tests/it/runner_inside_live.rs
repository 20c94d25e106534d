//! What a container of a sandbox can reach, and how much of the host it can use up.

use crate::sandbox_room::*;
use std::time::{Duration, Instant};
use waterline::demos::runner::{How, Outcome, Terms};
use waterline::demos::sandbox::Limits;

/// A server on every address of the engine's machine, for as long as this lives.
struct Server<'a>(&'a Room, String);

impl Server<'_> {
    fn start(room: &Room) -> Server<'_> {
        let name = format!("wl-test-host-{}", std::process::id());
        room.docker(&[
            "run",
            "-d",
            "--rm",
            "--name",
            &name,
            "--label",
            "waterline.test=inside",
            "--network",
            "host",
            "busybox",
            "httpd",
            "-f",
            "-p",
            "18099",
            "-h",
            "/etc",
        ]);
        Server(room, name)
    }

    /// Every IPv4 address of the machine but loopback.
    fn addresses(&self) -> Vec<String> {
        let all = self.0.docker(&["exec", &self.1, "ip", "-4", "-o", "addr"]);
        all.lines()
            .filter_map(|line| line.split_whitespace().nth(3)?.split('/').next())
            .filter(|address| !address.starts_with("127."))
            .map(str::to_owned)
            .collect()
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        self.0.docker(&["rm", "-f", &self.1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_reaches_neither_the_host_nor_others_nor_the_outside() {
    let Some(room) = Room::new().await else {
        return;
    };
    let server = Server::start(&room);
    let (me, other) = tokio::join!(room.open(), room.open());
    out(&me, "docker network create lan").await;
    out(
        &me,
        "docker run -d --name box --network lan busybox sleep 600",
    )
    .await;
    out(&me, "docker run -d --name old busybox sleep 600").await;
    out(&other, "docker network create lan").await;
    out(
        &other,
        "docker run -d --name web --network lan busybox httpd -f -p 18099 -h /etc",
    )
    .await;
    let theirs = "docker inspect -f '{{.NetworkSettings.Networks.lan.IPAddress}}' web";
    let theirs = out(&other, theirs).await;
    let gateway = |network: &str| {
        format!("docker network inspect -f '{{{{(index .IPAM.Config 0).Subnet}}}}' {network}")
    };
    let mut addresses = server.addresses();
    assert!(!addresses.is_empty());
    addresses.push(theirs.trim().to_owned());
    for network in ["lan", "bridge"] {
        let subnet = out(&me, &gateway(network)).await;
        let (first, _) = subnet.trim().split_once('/').expect("a subnet");
        let (start, last) = first.rsplit_once('.').expect("an address");
        let last: u8 = last.parse().expect("a number");
        addresses.push(format!("{start}.{}", last + 1));
    }
    addresses.extend(["192.0.2.1", "1.1.1.1", "169.254.169.254"].map(str::to_owned));
    for address in &addresses {
        for container in ["box", "old"] {
            let knock = format!("docker exec {container} nc -w 2 {address} 18099 -e true");
            let (out, _, code) = ran(&me, &knock).await;
            assert_ne!(code, 0, "{container} reaches {address}: {out}");
        }
    }
    for name in [
        "web",
        "host.docker.internal",
        "gateway.docker.internal",
        "example.com",
    ] {
        for container in ["box", "old"] {
            let began = Instant::now();
            let ask = format!("docker exec {container} wget -q -O - http://{name}:18099/passwd");
            let (_, err, code) = ran(&me, &ask).await;
            assert_eq!(
                (err, code),
                (format!("wget: bad address '{name}:18099'\n"), 1)
            );
            assert!(began.elapsed() < Duration::from_secs(5), "{name}");
        }
    }
    // The same knock is answered where it may be.
    out(
        &me,
        "docker run -d --name own --network lan busybox httpd -f -p 18099 -h /etc",
    )
    .await;
    assert_eq!(
        ran(&me, "docker exec box nc -w 2 own 18099 -e true")
            .await
            .2,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_and_processes_are_used_up_to_the_cap_and_no_further() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    // 64 MB: a hundred in the memory of one process are too many.
    let eat = "docker run --name eats busybox sh -c 'head -c 100000000 /dev/zero | tail -c 90000000 | wc -c'";
    let (eaten, _, _) = ran(&me, eat).await;
    assert_ne!(eaten.trim(), "90000000");
    let fork = "docker run --rm busybox sh -c 'for i in $(seq 200); do sleep 20 & done; ls -d /proc/[0-9]* | wc -l'";
    let finished = finished(&me, fork).await;
    let said = text(finished.stderr());
    assert!(said.contains("can't fork"), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_fills_the_disk_is_stopped_and_told_so() {
    let limits = Limits {
        weight: 64 << 20,
        ..Limits::default()
    };
    let Some(room) = Room::with(limits, Terms::default()).await else {
        return;
    };
    let me = room.open().await;
    let fill = "docker run --name fill busybox sh -c 'i=0; while true; do i=$((i+1)); dd if=/dev/zero of=/f$i bs=1M count=16; done'";
    let run = me.run(fill, How::default()).finished().await;
    let Outcome::Ended(why) = &run.outcome else {
        panic!("{run:?}");
    };
    assert!(
        why.starts_with("everything in this sandbox was stopped"),
        "{why}"
    );
    let weight = me.weight();
    // Seen on a machine that writes a gigabyte a second.
    println!("lost {} MB of 64", weight.total() >> 20);
    assert!(weight.total() < 512 << 20, "{weight:?}");
    assert_eq!(out(&me, "docker ps -q").await, "");
    // In the background, and in a volume: told at the next step.
    out(&me, "docker rm -f fill").await;
    let fill = "docker run -d -v data:/d busybox sh -c 'i=0; while true; do i=$((i+1)); dd if=/dev/zero of=/d/f$i bs=1M count=16; done'";
    out(&me, fill).await;
    let ends = Instant::now() + Duration::from_secs(20);
    while !ran(&me, "docker ps -q").await.0.is_empty() {
        assert!(Instant::now() < ends, "it goes on: {:?}", me.weight());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    println!("lost {} MB of 64 in a volume", me.weight().total() >> 20);
    me.reset().await.expect("it is wiped");
    assert_eq!(me.weight().total(), 0);
    assert_eq!(room.labelled(&me), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_makes_files_without_end_is_stopped_and_told_so() {
    let limits = Limits {
        files: 500,
        ..Limits::default()
    };
    let Some(room) = Room::with(limits, Terms::default()).await else {
        return;
    };
    let me = room.open().await;
    // Empty ones, which weigh nothing.
    let make =
        "docker run --name many busybox sh -c 'i=0; while true; do i=$((i+1)); : > /f$i; done'";
    let run = me.run(make, How::default()).finished().await;
    let Outcome::Ended(why) = &run.outcome else {
        panic!("{run:?}");
    };
    assert!(why.contains("more than 500 files"), "{why}");
    println!("{:?}", me.weight());
    assert!(me.weight().files > 500, "{:?}", me.weight());
    assert_eq!(out(&me, "docker ps -q").await, "");
    // As many as before: nothing new is started.
    let again = finished(&me, "docker run --rm busybox true").await;
    assert!(
        matches!(&again.outcome, Outcome::Refused(refusal) if refusal.message.contains("500 files")),
        "{again:?}"
    );
    out(&me, "docker rm many").await;
    assert_eq!(out(&me, "docker run --rm busybox echo on").await, "on\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_floods_its_log_is_stopped() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    out(&me, "docker run -d --name loud busybox yes").await;
    out(&me, "docker run -d --name still busybox sleep 600").await;
    let ends = Instant::now() + Duration::from_secs(45);
    while out(&me, "docker ps --format '{{.Names}}'").await.trim() != "still" {
        assert!(Instant::now() < ends, "it goes on");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flooded_log_keeps_a_megabyte() {
    let Some(room) = Room::new().await else {
        return;
    };
    let me = room.open().await;
    out(
        &me,
        "docker run -d --name flood busybox sh -c 'yes | head -c 5000000'",
    )
    .await;
    out(&me, "docker wait flood").await;
    let kept = finished(&me, "docker logs flood").await;
    let bytes = kept.stdout().len();
    println!("a log of 5 MB keeps {bytes} bytes");
    assert!(bytes <= 1 << 20, "{bytes}");
    // One that does not end is stopped.
    out(&me, "docker run -d --name yes busybox yes").await;
    let ends = Instant::now() + Duration::from_secs(30);
    while !ran(&me, "docker ps -q").await.0.is_empty() {
        assert!(Instant::now() < ends, "it goes on");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sandboxes_together_take_no_more_than_their_share_of_memory() {
    let memory = {
        let Some(room) = Room::new().await else {
            return;
        };
        let text = room.docker(&["info", "-f", "{{.MemTotal}}"]);
        text.trim().parse::<u64>().expect("bytes")
    };
    // One percent, in containers that leave room for one.
    let mut limits = Limits::default();
    limits.caps.memory = memory / 150;
    let terms = Terms {
        memory_percent: 1,
        ..Terms::default()
    };
    let Some(room) = Room::with(limits, terms).await else {
        return;
    };
    let (one, two) = tokio::join!(room.open(), room.open());
    out(&one, "docker run -d --name on busybox sleep 600").await;
    let full = finished(&two, "docker run -d busybox sleep 600").await;
    let Outcome::Refused(refusal) = &full.outcome else {
        panic!("{full:?}");
    };
    assert!(
        refusal.message.contains("1 % of this host's memory"),
        "{refusal}"
    );
    out(&one, "docker rm -f on").await;
    out(&one, "docker ps").await;
    out(&two, "docker run -d busybox sleep 600").await;
}
