//! What goes on while it is printed: logs and events.

use super::super::said::{About, no_container};
use super::super::step::{Not, Stop};
use super::reads::filters;
use super::{Carry, Code};
use crate::demos::command::verbs::{Events, Logs};
use crate::demos::format::errors::Operation;
use crate::demos::format::{self, EventFormat, Unsupported};
use crate::demos::refusal::{Refusal, Rule};
use crate::engine::hands::{EventsOptions, LogsOptions};
use crate::engine::rename;
use futures_util::StreamExt;
use jiff::Timestamp;

impl Carry<'_> {
    /// `docker logs`
    pub(super) async fn logs(&self, logs: &Logs) -> Code {
        let typed = logs.container.as_str();
        let Some(id) = self.first() else {
            return self.fail(no_container(Operation::Logs, typed));
        };
        let now = Timestamp::now();
        let options = LogsOptions {
            follow: logs.follow,
            timestamps: logs.timestamps,
            tail: logs.tail,
            since: logs.since.map(|when| when.moment(now)),
            until: logs.until.map(|when| when.moment(now)),
        };
        let printed = async {
            let frames = self.step.hands().logs(id, options);
            let frames = self.step.in_time(frames).await??;
            self.step.pump(frames).await
        };
        match printed.await {
            Ok(()) => Ok(0),
            Err(not) => {
                let about = About {
                    typed,
                    id: id.as_str(),
                    ..About::default()
                };
                self.fail(self.said(Operation::Logs, not, about)?)
            }
        }
    }

    /// `docker events`
    pub(super) async fn events(&self, events: &Events) -> Code {
        let format = match EventFormat::parse(events.format.as_deref()) {
            Ok(Ok(format)) => format,
            Ok(Err(said)) => return self.fail(said),
            Err(unsupported) => return Err(refused(unsupported)),
        };
        let filters = filters(&events.filters);
        let now = Timestamp::now();
        let options = EventsOptions {
            since: events.since.map(|when| when.moment(now)),
            until: events.until.map(|when| when.moment(now)),
        };
        if options.until.is_none() {
            self.step.teller.note(format!(
                "this goes on until the step's limit of {} s; --until 0s ends it at once",
                self.seen.snapshot.limits.step.as_secs()
            ));
        }
        let id = self.step.sandbox.id();
        let stream = self.step.in_time(self.step.hands().events(id, options));
        let mut stream = stream
            .await?
            .map_err(|failed| Stop::from(Not::from(failed)))?;
        while let Some(event) = self.step.in_time(stream.next()).await? {
            let mut event = event.map_err(|failed| Stop::from(Not::from(failed)))?;
            rename::typed_event(&mut event, id);
            if EventFormat::fits(&event, &filters).map_err(refused)? {
                let line = format::event(&event, &format).map_err(refused)?;
                self.step.stdout(line)?;
            }
        }
        Ok(0)
    }
}

fn refused(Unsupported(sentence): Unsupported) -> Stop {
    Stop::Refused(Refusal::new(Rule::Flag, sentence))
}
