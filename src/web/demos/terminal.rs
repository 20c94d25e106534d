//! `/terminal`: a terminal in a container of one's own sandbox, over a WebSocket.
//!
//! A browser sends a WebSocket's handshake wherever a page asks for it, and the cookies
//! with it. So the handshake must say that a page of ours asks, and the first message
//! carries the token, the command line and the size. After that bytes are what is typed
//! and what is printed; text from the page is a new size, text to it a sentence. When the
//! connection goes, however it goes, the process is ended.

use super::access::{self, Access};
use super::bench::{Bench, LONGEST_LINE};
use super::pages::parameter;
use super::said;
use super::stage::{Place, Stage};
use crate::demos::runner::{Outcome, Shell, Writer};
use crate::web::error::PageError;
use crate::web::guard::{self, Head};
use crate::web::key::KeyTrouble;
use crate::web::routes::Answer;
use crate::web::state::App;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::IntoResponse;
use bytes::{Buf, BytesMut};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long the first message may take.
const FIRST: Duration = Duration::from_secs(10);

/// The largest message that is read, in bytes: a paste.
const LARGEST: usize = 256 * 1024;

/// A connection is asked this often whether it is still there, so that a shell does not
/// outlive a page that went without a word.
const PULSE: Duration = Duration::from_secs(15);

/// The first message.
#[derive(Deserialize)]
struct Opening {
    token: String,
    line: String,
    rows: u16,
    columns: u16,
}

/// A later text message.
#[derive(Deserialize)]
struct Size {
    rows: u16,
    columns: u16,
}

/// `GET /terminal?demo=&host=`, with the handshake of a WebSocket.
pub async fn terminal(State(app): State<Arc<App>>, request: Request) -> Answer {
    let (mut parts, _) = request.into_parts();
    guard::check_change(&Head::from(&parts)).map_err(PageError::Guarded)?;
    let place = match Access::of(&app, &parts.headers)? {
        Access::Off(off) => return Err(PageError::Off(off).into()),
        Access::NoKey => return Err(PageError::Key(KeyTrouble::Missing).into()),
        Access::Ready { is_new: true, .. } => return Err(PageError::OldForm.into()),
        Access::Ready { stage, visitor, .. } => {
            let host = access::host(&app, &parts.headers, &parameter(&parts.uri, "host")?)?;
            let host = host.ok_or_else(|| PageError::NoSuchHost(String::new()))?;
            let demo = parameter(&parts.uri, "demo")?;
            if !demo.is_empty() && app.edition().demos.get(&demo).is_none() {
                return Err(PageError::NoSuchDemo(demo).into());
            }
            let host = host.name().to_owned();
            (
                stage,
                Place {
                    visitor,
                    demo,
                    host,
                },
            )
        }
    };
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await;
    let Ok(upgrade) = upgrade else {
        return Err(PageError::NotHere.into());
    };
    let upgrade = upgrade.max_message_size(LARGEST);
    Ok(upgrade
        .on_upgrade(move |socket| async move {
            let (stage, place) = place;
            tokio::select! {
                () = talk(socket, &stage, place) => {}
                () = app.stopping() => {}
            }
        })
        .into_response())
}

/// The whole talk. What is dropped at its end ends the process.
async fn talk(mut socket: WebSocket, stage: &Arc<Stage>, place: Place) {
    let first = tokio::time::timeout(FIRST, socket.recv()).await;
    let opening = match first {
        Ok(Some(Ok(Message::Text(text)))) => serde_json::from_str::<Opening>(&text).ok(),
        _ => None,
    };
    let opening = opening.filter(|opening| {
        place.visitor.holds(&stage.secret, &opening.token) && opening.line.len() <= LONGEST_LINE
    });
    let Some(opening) = opening else {
        return say(&mut socket, "This page is out of date. Open it again.").await;
    };
    let bench = stage.bench(&place);
    bench.notice(stage);
    let sandbox = match Bench::sandbox(&bench, stage, bench.generation()).await {
        Ok(sandbox) => sandbox,
        Err(why) => return say(&mut socket, &why).await,
    };
    let Opening {
        line,
        rows,
        columns,
        ..
    } = &opening;
    match sandbox.terminal(line, *rows, *columns).await {
        Err(finished) => {
            let said = said::pieces(&finished.out);
            let said: String = said.into_iter().map(|piece| piece.text).collect();
            let said = match said.trim() {
                "" => sentence(&finished.outcome),
                said => said.to_owned(),
            };
            say(&mut socket, &said).await;
        }
        Ok(shell) => {
            let line = format!(
                "Connected: {}. Shift+Esc leaves the terminal.",
                opening.line
            );
            if socket.send(Message::Text(line.into())).await.is_ok() {
                carry(socket, shell).await;
            }
        }
    }
}

/// Carries bytes both ways until either side ends.
async fn carry(mut socket: WebSocket, shell: Shell) {
    let Shell {
        mut reader,
        mut writer,
        control,
    } = shell;
    let mut buffer = vec![0; 16 * 1024];
    // What was typed and not taken yet. It is written beside the reading: a program that
    // prints what it reads takes no more until what it printed was read.
    let (mut typed, mut is_flushed) = (BytesMut::new(), true);
    let mut pulse = tokio::time::interval(PULSE);
    pulse.reset();
    let mut answered = true;
    loop {
        tokio::select! {
            read = reader.read(&mut buffer) => match read {
                Ok(0) | Err(_) => break,
                Ok(length) => {
                    let bytes = buffer[..length].to_vec();
                    if !in_time(socket.send(Message::Binary(bytes.into()))).await {
                        return;
                    }
                }
            },
            written = write(&mut writer, &typed), if !(typed.is_empty() && is_flushed) => {
                let Ok(length) = written else { break };
                is_flushed = typed.is_empty();
                typed.advance(length);
            }
            message = socket.recv(), if typed.len() < LARGEST => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    control.touch();
                    typed.extend_from_slice(&bytes);
                    is_flushed = false;
                }
                Some(Ok(Message::Text(text))) => {
                    if let Ok(Size { rows, columns }) = serde_json::from_str(&text) {
                        control.resize(rows, columns).await;
                    }
                }
                Some(Ok(Message::Pong(_))) => answered = true,
                Some(Ok(Message::Ping(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            _ = pulse.tick() => {
                if !answered || !in_time(socket.send(Message::Ping(Vec::new().into()))).await {
                    return;
                }
                answered = false;
            }
        }
    }
    let ended = match control.code().await {
        Some(code) => format!("The terminal has ended, with exit code {code}."),
        None => "The terminal has ended.".into(),
    };
    say(&mut socket, &ended).await;
}

/// Whether something was carried to the other side. A page that reads nothing any more, or
/// a process that does not, would otherwise hold the shell for as long as its container.
async fn in_time<T, E>(carried: impl Future<Output = Result<T, E>>) -> bool {
    matches!(tokio::time::timeout(PULSE, carried).await, Ok(Ok(_)))
}

/// Writes some of what was typed, and gives how much; once nothing is left, sends it off.
/// Nothing is lost or written twice when this is given up half-way.
async fn write(writer: &mut Writer, typed: &[u8]) -> std::io::Result<usize> {
    match typed {
        [] => writer.flush().await.map(|()| 0),
        typed => match writer.write(typed).await? {
            0 => Err(std::io::ErrorKind::WriteZero.into()),
            length => Ok(length),
        },
    }
}

/// Says a sentence; nobody may be there to read it.
async fn say(socket: &mut WebSocket, text: &str) {
    let said = socket.send(Message::Text(text.to_owned().into()));
    if in_time(said).await {
        let _closed = in_time(socket.send(Message::Close(None))).await;
    }
}

fn sentence(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done { code } => format!("It has ended already, with exit code {code}."),
        Outcome::Refused(refusal) => refusal.message.clone(),
        Outcome::CannotTell(away) => format!("The host did not answer: {away}."),
        Outcome::Ended(why) => why.clone(),
    }
}
