//! Events of one sandbox, out of those of the whole host. Network events carry no
//! labels, so engines cannot filter them: names and known ids do.

use super::Inner;
use super::client::LOOK;
use super::failed::Failed;
use super::frames::of_body;
use super::processes::unix;
use super::stream::{Events, EventsOptions};
use crate::engine::Away;
use crate::engine::owned::{self, Instance, SandboxId};
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt};
use hyper::Method;
use serde_json::Value;
use std::collections::VecDeque;

/// The longest event that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

impl Inner {
    pub(super) async fn events(
        &self,
        sandbox: &SandboxId,
        options: EventsOptions,
    ) -> Result<Events, Failed> {
        let client = self.client().await?;
        let mut path = "/events?".to_owned();
        for (key, moment) in [("since", options.since), ("until", options.until)] {
            if let Some(moment) = moment {
                path.push_str(&format!("{key}={}&", unix(moment)));
            }
        }
        let body = client.begin(Method::GET, &path, None, LOOK).await?;
        let (instance, sandbox) = (self.instance, *sandbox);
        let chunks = of_body(client, body);
        let state = Some((chunks, Lines::default(), VecDeque::new()));
        Ok(Events::new(stream::unfold(
            state,
            move |state| async move {
                let (mut chunks, mut lines, mut ready) = state?;
                loop {
                    if let Some(event) = ready.pop_front() {
                        return Some((Ok(event), Some((chunks, lines, ready))));
                    }
                    match chunks.next().await? {
                        Ok(bytes) => {
                            if let Err(failed) = lines.feed(&bytes, |event| {
                                if is_of(&event, &sandbox, &instance) {
                                    ready.push_back(event);
                                }
                            }) {
                                return Some((Err(failed), None));
                            }
                        }
                        Err(failed) => return Some((Err(failed), None)),
                    }
                }
            },
        )))
    }
}

/// Cuts a stream into lines of JSON.
#[derive(Default)]
pub(super) struct Lines(BytesMut);

impl Lines {
    /// Takes bytes, and gives each line that they complete.
    pub(super) fn feed(
        &mut self,
        bytes: &Bytes,
        mut each: impl FnMut(Value),
    ) -> Result<(), Failed> {
        self.0.extend_from_slice(bytes);
        while let Some(end) = self.0.iter().position(|byte| *byte == b'\n') {
            let line = self.0.split_to(end + 1);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(json) => each(json),
                Err(error) => return Err(Away::Unreadable(error.to_string()).into()),
            }
        }
        if self.0.len() > LONGEST {
            return Err(Away::Unreadable("a line of its stream does not end".into()).into());
        }
        Ok(())
    }
}

/// Whether an event happened to an object of the sandbox.
fn is_of(event: &Value, sandbox: &SandboxId, instance: &Instance) -> bool {
    let attributes = &event["Actor"]["Attributes"];
    let id = event["Actor"]["ID"].as_str().unwrap_or_default();
    let name = attributes["name"].as_str().unwrap_or_default();
    match event["Type"].as_str() {
        Some("container") => {
            owned::owned(attributes, name, instance).is_some_and(|owned| owned.sandbox == *sandbox)
        }
        // The name is a tag, or after the last one the id; the id cannot be guessed.
        Some("image") => {
            let label = |key: &str| attributes[key].as_str();
            label(owned::INSTANCE) == Some(instance.as_str())
                && label(owned::SANDBOX) == Some(sandbox.as_str())
                && (sandbox.typed(name).is_some() || name.starts_with("sha256:"))
        }
        Some("network") => sandbox.typed(name).is_some(),
        Some("volume") => sandbox.typed(id).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_happens_in_the_sandbox_is_heard() {
        let sandbox = SandboxId::parse("abcd1234").expect("an id");
        let instance = Instance::parse("0123456789ab").expect("an instance");
        let labels = json!({"wl.instance": "0123456789ab", "wl.sandbox": "abcd1234",
                            "wl.name": "web", "name": "wl-abcd1234-web"});
        let container = |attributes: &Value| {
            json!({"Type": "container", "Action": "start",
            "Actor": {"ID": "1", "Attributes": attributes}})
        };
        assert!(is_of(&container(&labels), &sandbox, &instance));
        for (key, value) in [
            ("name", "web"),
            ("name", "wl-abcd1234-web2"),
            ("wl.sandbox", "abcd1235"),
            ("wl.instance", "0123456789ac"),
        ] {
            let mut other = labels.clone();
            other[key] = value.into();
            assert!(!is_of(&container(&other), &sandbox, &instance), "{key}");
        }
        let event = |kind: &str, id: &str, name: &str| {
            json!({"Type": kind,
            "Actor": {"ID": id, "Attributes": {"name": name}}})
        };
        let ours = |event: Value| is_of(&event, &sandbox, &instance);
        assert!(ours(event("network", "1", "wl-abcd1234-bridge")));
        assert!(!ours(event("network", "1", "bridge")));
        assert!(ours(event("volume", "wl-abcd1234-data", "")));
        assert!(!ours(event("volume", "data", "")));
        assert!(!ours(event("daemon", "wl-abcd1234-x", "wl-abcd1234-x")));
        assert!(!ours(event("image", "sha256:1", "busybox:latest")));
    }

    #[test]
    fn events_are_cut_at_line_ends_wherever_the_bytes_are_cut() {
        let text = b"{\"a\":1}\n\n{\"b\":\"\xc3\xa9\"}\n{\"c\"";
        for cut in 0..text.len() {
            let (mut lines, mut seen) = (Lines::default(), Vec::new());
            for piece in [&text[..cut], &text[cut..]] {
                let piece = Bytes::copy_from_slice(piece);
                lines.feed(&piece, |json| seen.push(json)).expect("lines");
            }
            assert_eq!(seen, [json!({"a": 1}), json!({"b": "é"})], "{cut}");
        }
    }
}
