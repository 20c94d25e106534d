//! How the demo image comes to a host: pulled, or loaded from an archive. These are
//! the only changes that make something which is not a sandbox's.

use super::client::{Body, CHANGE};
use super::events::Lines;
use super::failed::Failed;
use super::frames::of_body;
use super::ids::FullId;
use super::look::Whose;
use super::{Hands, client};
use crate::engine::owned;
use bytes::Bytes;
use futures_util::stream::{Stream, StreamExt};
use http_body_util::{BodyExt, StreamBody};
use hyper::Method;
use hyper::body::Frame;
use serde_json::Value;
use std::io;

/// What a pull says on its way, one line for each layer and state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Which layer; empty for what concerns the image.
    pub layer: String,
    /// What happens, e.g. `Downloading`.
    pub status: String,
    /// How many bytes of it are done.
    pub current: u64,
    /// Of how many; 0 where it is not known.
    pub total: u64,
}

/// An image of the host as [`Hands::find_image`] gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundImage {
    /// Its id.
    pub id: FullId,
    /// Whether it has the label of a demo image.
    pub is_labelled: bool,
}

impl Hands {
    /// The image of this reference, whosever it is; `None` when the host has none. Nothing
    /// but its id and that label is told.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn find_image(&self, reference: &str) -> Result<Option<FoundImage>, Failed> {
        let Some(reference) = crate::engine::Id::new(reference) else {
            return Ok(None);
        };
        let client = self.inner.client().await?;
        let path = format!("/images/{reference}/json");
        match client.get(&path, client::LOOK).await {
            Ok(told) => {
                let labels = crate::engine::owned::labels_of(&told);
                let is_labelled = owned::is_demo_image(labels);
                let id = told["Id"].as_str().and_then(FullId::parse);
                Ok(id.map(|id| FoundImage { id, is_labelled }))
            }
            Err(failed) if failed.is_missing() => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// The images that carry the label of a demo image, the oldest first: what somebody
    /// builds on one inherits the label, and is younger.
    ///
    /// # Errors
    /// As [`look`](Hands::look).
    pub async fn labelled_demo_images(&self) -> Result<Vec<FullId>, Failed> {
        let list = self.look(super::Look::Images(Whose::Instance)).await?;
        let mut found: Vec<(i64, FullId)> = list
            .as_array()
            .into_iter()
            .flatten()
            .filter(|row| owned::is_demo_image(&row["Labels"]))
            .filter_map(|row| {
                let id = FullId::parse(row["Id"].as_str()?)?;
                Some((row["Created"].as_i64().unwrap_or(i64::MAX), id))
            })
            .collect();
        found.sort();
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// Pulls `busybox:latest`, telling each step.
    ///
    /// # Errors
    /// As [`apply`](Hands::apply); an engine without a registry says so.
    pub async fn pull_demo_image(&self, mut tell: impl FnMut(Progress)) -> Result<(), Failed> {
        let client = self.inner.client().await?;
        let path = "/images/create?fromImage=busybox&tag=latest";
        let body = client.begin(Method::POST, path, None, CHANGE).await?;
        let mut chunks = of_body(client, body);
        let mut lines = Lines::default();
        loop {
            let Ok(chunk) = tokio::time::timeout(SILENCE, chunks.next()).await else {
                return Err(crate::engine::Away::Silent(SILENCE.as_secs()).into());
            };
            let Some(chunk) = chunk else {
                return Ok(());
            };
            let mut failed = None;
            lines.feed(&chunk?, |line| match said(&line) {
                Some(refusal) => failed = Some(refusal),
                None => tell(progress(&line)),
            })?;
            if let Some(failed) = failed {
                return Err(failed);
            }
        }
    }

    /// Loads an image archive, and gives the references (`NAME:TAG` or an id) that the
    /// engine says are in it.
    ///
    /// # Errors
    /// As [`apply`](Hands::apply); what the engine says of an archive that is none.
    pub async fn load_images(
        &self,
        archive: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Result<Vec<String>, Failed> {
        let client = self.inner.client().await?;
        let body: Body =
            StreamBody::new(archive.map(|chunk| chunk.map(Frame::data))).boxed_unsync();
        let path = "/images/load?quiet=1";
        let body = client.begin(Method::POST, path, Some(body), LOAD).await?;
        let mut chunks = of_body(client, body);
        let (mut lines, mut loaded, mut failed) = (Lines::default(), Vec::new(), None);
        let mut each = |line: Value| {
            if let Some(refusal) = said(&line) {
                failed = Some(refusal);
            }
            let text = line["stream"].as_str().unwrap_or_default().trim();
            let reference = text
                .strip_prefix("Loaded image: ")
                .or_else(|| text.strip_prefix("Loaded image ID: "));
            loaded.extend(reference.map(str::to_owned));
        };
        while let Some(chunk) = chunks.next().await {
            lines.feed(&chunk?, &mut each)?;
        }
        // An engine may leave out the last line's end.
        lines.feed(&Bytes::from_static(b"\n"), &mut each)?;
        match failed {
            Some(failed) => Err(failed),
            None => Ok(loaded),
        }
    }
}

/// How long a pull may say nothing.
const SILENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// How long an engine may take to read an archive until it begins to answer.
const LOAD: std::time::Duration = std::time::Duration::from_secs(600);

/// The engine's refusal in a line of its stream.
fn said(line: &Value) -> Option<Failed> {
    let message = line["error"].as_str()?;
    Some(Failed::Said {
        status: 500,
        message: message.to_owned(),
    })
}

fn progress(line: &Value) -> Progress {
    let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
    let number = |field: &str| line["progressDetail"][field].as_u64().unwrap_or(0);
    Progress {
        layer: text("id"),
        status: text("status"),
        current: number("current"),
        total: number("total"),
    }
}
