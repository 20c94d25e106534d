//! An engine that dies in the middle of a demo: nobody can tell, and afterwards the step
//! can be run again, or everything reset, with nothing left.

use crate::own_engine::OwnEngine;
use crate::sandbox_room::*;
use std::sync::Arc;
use std::time::Duration;
use waterline::demos::runner::{How, Outcome, Sandbox, Terms};
use waterline::demos::sandbox::Limits;

/// Starts the engine, and waits until the sandbox hears it again.
async fn start(engine: &OwnEngine, sandbox: &Arc<Sandbox>) {
    engine.daemon("start");
    for _ in 0..60 {
        let heard = finished(sandbox, "docker ps").await;
        if heard.outcome == (Outcome::Done { code: 0 }) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("the engine is not heard again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_killed_in_mid_demo_leaves_a_clean_resume_and_a_clean_reset() {
    let Some(engine) = OwnEngine::take().await else {
        return;
    };
    let room = Room::at(&engine.address(), Limits::default(), Terms::default()).await;
    let me = room.open().await;
    out(&me, "docker run -d --name first busybox sleep 600").await;
    let line = "docker run -d --name second busybox sleep 600";
    // Killed somewhere between the look, the create and the start.
    for wait in [5, 40, 90, 160] {
        let running = me.run(line, How::default());
        tokio::time::sleep(Duration::from_millis(wait)).await;
        engine.daemon("KILL");
        let outcome = running.outcome().await;
        let gone = finished(&me, "docker ps").await;
        assert!(matches!(gone.outcome, Outcome::CannotTell(_)), "{gone:?}");
        start(&engine, &me).await;
        match outcome {
            Outcome::CannotTell(_) => {
                let again = finished(&me, line).await;
                assert_eq!(
                    again.outcome,
                    Outcome::Done { code: 0 },
                    "after {wait} ms: {again:?}"
                );
            }
            Outcome::Done { code: 0 } => {}
            other => panic!("after {wait} ms: {other:?}"),
        }
        let names = out(
            &me,
            "docker ps -a --filter name=second --format '{{.Names}}'",
        )
        .await;
        assert_eq!(names, "second\n", "after {wait} ms");
        let (_, err, code) = ran(&me, "docker rm -f second").await;
        assert_eq!(code, 0, "{err}");
    }
    let running = me.run(line, How::default());
    tokio::time::sleep(Duration::from_millis(60)).await;
    engine.daemon("KILL");
    let _cannot_tell = running.outcome().await;
    start(&engine, &me).await;
    me.reset().await.expect("it is wiped");
    assert_eq!(room.labelled(&me), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_that_the_engine_did_not_hear_comes_before_the_next_change() {
    let Some(engine) = OwnEngine::take().await else {
        return;
    };
    let room = Room::at(&engine.address(), Limits::default(), Terms::default()).await;
    let me = room.open().await;
    out(&me, "docker run -d --name left busybox sleep 600").await;
    engine.daemon("KILL");
    me.reset().await.expect_err("nobody hears it");
    start(&engine, &me).await;
    // The same name: it would be taken.
    out(&me, "docker run -d --name left busybox sleep 600").await;
    let all = out(&me, "docker ps -a --format '{{.Names}} {{.State}}'").await;
    assert_eq!(all, "left running\n");
    me.reset().await.expect("it is wiped");
    assert_eq!(room.labelled(&me), "");
}
