//! `docker compose logs`: what the containers of a project print, line by line, each with
//! the name of its container in front.

use super::super::super::step::{Not, Stop};
use super::super::{Carry, Code};
use super::{LABEL, Project};
use crate::demos::format;
use crate::engine::hands::{Frames, FullId, LogsOptions, StdStream};
use crate::engine::owned::Name;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use std::collections::VecDeque;

/// A longer line is cut, in bytes: a container may print for ever without ending one.
const LONGEST_LINE: usize = 64 * 1024;

impl Carry<'_> {
    /// `docker compose logs`
    pub(super) async fn compose_logs(
        &self,
        project: &Project,
        only: &[Name],
        options: LogsOptions,
        no_prefix: bool,
    ) -> Code {
        let id = self.step.sandbox.id();
        let mut shown: Vec<(String, FullId)> = Vec::new();
        for container in self.of_project(self.seen, &project.name) {
            let service = container["Labels"][format!("{LABEL}service")].as_str();
            let service = service.unwrap_or_default();
            let wanted = only.is_empty() || only.iter().any(|name| name.as_str() == service);
            let name = container["Names"][0]
                .as_str()
                .and_then(|name| id.typed(name));
            let full = container["Id"].as_str().and_then(FullId::parse);
            if let (true, Some(name), Some(full)) = (wanted, name, full) {
                let own = name.strip_prefix(&format!("{}-", project.name));
                shown.push((own.unwrap_or(name).to_owned(), full));
            }
        }
        shown.sort();
        let width = shown.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let mut all: Vec<BoxStream<'_, (usize, StdStream, String)>> = Vec::new();
        for (at, (_, container)) in shown.iter().enumerate() {
            let logs = self.step.hands().logs(container, options.clone());
            let frames = self.step.in_time(logs).await?;
            let frames = frames.map_err(|failed| Stop::from(Not::from(failed)))?;
            all.push(lines(at, frames).boxed());
        }
        let mut printed = match options.follow {
            true => stream::select_all(all).boxed(),
            false => stream::iter(all).flatten().boxed(),
        };
        while let Some((at, _, line)) = self.step.in_time(printed.next()).await? {
            // Compose prints both streams on standard output.
            self.step.stdout(match no_prefix {
                true => format!("{line}\n"),
                false => format::log_line(&shown[at].0, width, &line),
            })?;
        }
        Ok(0)
    }
}

/// What a container prints, line by line.
fn lines(at: usize, frames: Frames) -> impl Stream<Item = (usize, StdStream, String)> {
    let begun = (frames, [Vec::new(), Vec::new()], VecDeque::new());
    stream::unfold(begun, move |(mut frames, mut rest, mut ready)| async move {
        loop {
            if let Some((from, line)) = ready.pop_front() {
                return Some(((at, from, line), (frames, rest, ready)));
            }
            match frames.next().await {
                Some(Ok(frame)) => {
                    let rest: &mut Vec<u8> = &mut rest[usize::from(frame.stream == StdStream::Err)];
                    rest.extend_from_slice(&frame.bytes);
                    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                        let line: Vec<u8> = rest.drain(..=end).collect();
                        let line = String::from_utf8_lossy(&line[..end]).into_owned();
                        ready.push_back((frame.stream, line));
                    }
                    if rest.len() > LONGEST_LINE {
                        let line = std::mem::take(rest);
                        let line = String::from_utf8_lossy(&line).into_owned();
                        ready.push_back((frame.stream, line));
                    }
                }
                _ => {
                    for (rest, from) in rest.iter_mut().zip([StdStream::Out, StdStream::Err]) {
                        if !rest.is_empty() {
                            let line = std::mem::take(rest);
                            ready.push_back((from, String::from_utf8_lossy(&line).into_owned()));
                        }
                    }
                    let (from, line) = ready.pop_front()?;
                    return Some(((at, from, line), (frames, rest, ready)));
                }
            }
        }
    })
}
