//! How looks are made: what is asked, and what of the answer is ours.

use super::Inner;
use super::client::{Client, LOOK, MEASURE};
use super::failed::Failed;
use super::ids::FullId;
use super::known::Kind;
use super::look::{Look, Whose};
use crate::engine::owned::{self, Owned};
use hyper::Method;
use serde_json::{Value, json};
use std::time::Instant;

impl Inner {
    /// Makes a look.
    pub(super) async fn look(&self, look: Look) -> Result<Value, Failed> {
        let client = self.client().await?;
        match look {
            Look::Version => client.get("/version", LOOK).await,
            Look::Info => client.get("/info", LOOK).await,
            Look::DiskUsage(whose) => {
                let told = self.measured(&client).await?;
                Ok(self.own_disk_usage(told, whose))
            }
            Look::Containers { whose, size } => self.containers(&client, whose, size).await,
            Look::Images(whose) => {
                let told = client.get("/images/json", LOOK).await?;
                Ok(self.own_images(told, whose))
            }
            Look::Networks(whose) => {
                let path = format!("/networks?filters={}", self.filter(whose));
                let told = client.get(&path, LOOK).await?;
                Ok(self.own(told, whose, |row| (&row["Labels"], name(row))))
            }
            Look::Volumes(whose) => {
                let path = format!("/volumes?filters={}", self.filter(whose));
                let mut told = client.get(&path, LOOK).await?;
                let volumes = part(&mut told, "Volumes");
                Ok(self.own(volumes, whose, |row| (&row["Labels"], name(row))))
            }
            Look::Container { id, size } => {
                let query = if size { "?size=1" } else { "" };
                let path = format!("/containers/{id}/json{query}");
                let told = client.get(&path, MEASURE).await?;
                self.container_of(&told).ok_or_else(Failed::not_ours)?;
                Ok(told)
            }
            Look::Changes(id) => {
                self.container(&client, &id).await?;
                let path = format!("/containers/{id}/changes");
                let told = client.get(&path, LOOK).await?;
                Ok(if told.is_null() { json!([]) } else { told })
            }
            Look::CountOfChanges(id) => {
                self.container(&client, &id).await?;
                let path = format!("/containers/{id}/changes");
                let told = client.call(Method::GET, &path, None, LOOK).await?;
                Ok(json!(changes(&told.body)))
            }
            Look::Image(id) => {
                let mut told = client.get(&format!("/images/{id}/json"), LOOK).await?;
                self.image_of(&id, &told).ok_or_else(Failed::not_ours)?;
                self.own_tags(&mut told);
                Ok(told)
            }
            Look::History(id) => {
                self.image(&client, &id).await?;
                client.get(&format!("/images/{id}/history"), LOOK).await
            }
            Look::Network(id) => {
                let mut told = client.get(&format!("/networks/{id}"), LOOK).await?;
                let owned = owned::owned(&told["Labels"], name(&told), &self.instance)
                    .ok_or_else(Failed::not_ours)?;
                // Somebody else may have joined it.
                if let Some(joined) = told["Containers"].as_object_mut() {
                    joined.retain(|_, joined| owned.sandbox.typed(name(joined)).is_some());
                }
                Ok(told)
            }
            Look::Volume(id) => self.volume(&client, &id).await,
            Look::Exec(exec) => {
                let path = format!("/exec/{}/json", exec.as_str());
                let told = client.get(&path, LOOK).await?;
                let container = told["ContainerID"].as_str().and_then(FullId::parse);
                let container = container.ok_or_else(Failed::not_ours)?;
                self.container(&client, &container).await?;
                Ok(told)
            }
        }
    }

    /// The host's disk as it was measured since this was called. Engines measure once at a
    /// time, and some refuse whoever asks meanwhile: one measurement is for all who wait.
    async fn measured(&self, client: &Client) -> Result<Value, Failed> {
        let called = Instant::now();
        let mut measured = self.measured.lock().await;
        if let Some((begun, told)) = &*measured
            && *begun >= called
        {
            return Ok(told.clone());
        }
        let begun = Instant::now();
        let told = client.get("/system/df", MEASURE).await?;
        *measured = Some((begun, told.clone()));
        Ok(told)
    }

    async fn containers(&self, client: &Client, whose: Whose, size: bool) -> Result<Value, Failed> {
        let size = if size { "&size=1" } else { "" };
        let filter = self.filter(whose);
        let path = format!("/containers/json?all=1{size}&filters={filter}");
        let told = client.get(&path, MEASURE).await?;
        Ok(self.own(told, whose, |row| (&row["Labels"], first_name(row))))
    }

    /// The label filter of a list, percent-encoded. What comes back is looked through
    /// all the same.
    fn filter(&self, whose: Whose) -> String {
        let label = match whose {
            Whose::Sandbox(sandbox) => format!("{}={sandbox}", owned::SANDBOX),
            Whose::Instance => format!("{}={}", owned::INSTANCE, self.instance),
        };
        format!("%7B%22label%22%3A%5B%22{label}%22%5D%7D")
    }

    /// The rows of a list that are ours.
    fn own(&self, list: Value, whose: Whose, of: impl Fn(&Value) -> (&Value, &str)) -> Value {
        let mut list = list;
        let rows = match &mut list {
            Value::Array(rows) => std::mem::take(rows),
            _ => Vec::new(),
        };
        let ours = |row: &Value| {
            let (labels, name) = of(row);
            let owned = owned::owned(labels, name, &self.instance);
            owned.is_some_and(|owned| is_of(&owned, whose))
        };
        Value::Array(rows.into_iter().filter(ours).collect())
    }

    fn own_images(&self, list: Value, whose: Whose) -> Value {
        let Value::Array(rows) = list else {
            return json!([]);
        };
        let ours = |mut row: Value| {
            let id = row["Id"].as_str().and_then(FullId::parse)?;
            match self.image_of(&id, &row)? {
                (Kind::Image, owned) => owned.filter(|owned| is_of(owned, whose)).map(|_| ())?,
                _ => return Some(row),
            }
            self.own_tags(&mut row);
            Some(row)
        };
        Value::Array(rows.into_iter().filter_map(ours).collect())
    }

    /// Takes the names out that somebody else gave to an image of ours.
    fn own_tags(&self, image: &mut Value) {
        let labels = owned::labels_of(image).clone();
        if labels.get(owned::SANDBOX).is_none() {
            return;
        }
        if let Some(tags) = image["RepoTags"].as_array_mut() {
            let ours = |tag: &Value| {
                let tag = tag.as_str().unwrap_or_default();
                owned::owned_image(&labels, tag, &self.instance).is_some()
            };
            tags.retain(ours);
        }
    }

    fn own_disk_usage(&self, mut told: Value, whose: Whose) -> Value {
        let images = self.own_images(part(&mut told, "Images"), whose);
        let containers = self.own(part(&mut told, "Containers"), whose, |row| {
            (&row["Labels"], first_name(row))
        });
        let volumes = self.own(part(&mut told, "Volumes"), whose, |row| {
            (&row["Labels"], name(row))
        });
        json!({
            "LayersSize": part(&mut told, "LayersSize"),
            "Images": images,
            "Containers": containers,
            "Volumes": volumes,
            "BuildCache": [],
        })
    }

    /// Makes sure that a container is ours; whether it has a terminal.
    pub(super) async fn container(&self, client: &Client, id: &FullId) -> Result<bool, Failed> {
        if let Some((Kind::Container { tty }, _)) = self.known.get(id) {
            return Ok(tty);
        }
        let told = client.get(&format!("/containers/{id}/json"), LOOK).await?;
        let (tty, owned) = self.container_of(&told).ok_or_else(Failed::not_ours)?;
        let kind = Kind::Container { tty };
        self.known.add(id.clone(), kind, Some(owned.sandbox));
        Ok(tty)
    }

    fn container_of(&self, told: &Value) -> Option<(bool, Owned)> {
        let owned = owned::owned(&told["Config"]["Labels"], name(told), &self.instance)?;
        Some((told["Config"]["Tty"].as_bool().unwrap_or(false), owned))
    }

    /// Makes sure that a network is ours.
    pub(super) async fn network(&self, client: &Client, id: &FullId) -> Result<(), Failed> {
        if let Some((Kind::Network, _)) = self.known.get(id) {
            return Ok(());
        }
        let told = client.get(&format!("/networks/{id}"), LOOK).await?;
        let owned = owned::owned(&told["Labels"], name(&told), &self.instance)
            .ok_or_else(Failed::not_ours)?;
        let is_it = told["Id"].as_str() == Some(id.as_str());
        if !is_it {
            return Err(Failed::not_ours());
        }
        self.known
            .add(id.clone(), Kind::Network, Some(owned.sandbox));
        Ok(())
    }

    /// Makes sure that an image is ours, or the demo image.
    pub(super) async fn image(&self, client: &Client, id: &FullId) -> Result<Kind, Failed> {
        if let Some((kind @ (Kind::Image | Kind::DemoImage), _)) = self.known.get(id) {
            return Ok(kind);
        }
        let told = client.get(&format!("/images/{id}/json"), LOOK).await?;
        let (kind, owned) = self.image_of(id, &told).ok_or_else(Failed::not_ours)?;
        let sandbox = owned.map(|owned| owned.sandbox);
        self.known.add(id.clone(), kind, sandbox);
        Ok(kind)
    }

    /// Whose an image is, by one of its names; a demo image is nobody's.
    fn image_of(&self, id: &FullId, told: &Value) -> Option<(Kind, Option<Owned>)> {
        if let Some((Kind::DemoImage, _)) = self.known.get(id) {
            return Some((Kind::DemoImage, None));
        }
        let labels = owned::labels_of(told);
        let of = |tag: &Value| owned::owned_image(labels, tag.as_str()?, &self.instance);
        let tags = told["RepoTags"].as_array().into_iter().flatten();
        match tags.into_iter().find_map(of) {
            Some(owned) => Some((Kind::Image, Some(owned))),
            None => owned::is_demo_image(labels).then_some((Kind::DemoImage, None)),
        }
    }

    /// A volume, if it is ours.
    pub(super) async fn volume(&self, client: &Client, id: &FullId) -> Result<Value, Failed> {
        let told = client.get(&format!("/volumes/{id}"), LOOK).await?;
        owned::owned(&told["Labels"], name(&told), &self.instance).ok_or_else(Failed::not_ours)?;
        Ok(told)
    }
}

/// How many changes a list holds, which may have hundreds of thousands: read by its one
/// field that each has. In a path a quote is not that of a field.
fn changes(list: &[u8]) -> usize {
    const FIELD: &[u8] = b"\"Kind\":";
    list.windows(FIELD.len())
        .filter(|part| *part == FIELD)
        .count()
}

/// A part of an answer; `null` of one that has other parts, or none.
fn part(told: &mut Value, name: &str) -> Value {
    told.get_mut(name).map(Value::take).unwrap_or_default()
}

fn is_of(owned: &Owned, whose: Whose) -> bool {
    match whose {
        Whose::Sandbox(sandbox) => owned.sandbox == sandbox,
        Whose::Instance => true,
    }
}

fn name(row: &Value) -> &str {
    row["Name"].as_str().unwrap_or_default()
}

/// The name of a row of `/containers/json`; links, which we do not make, are further ones.
fn first_name(row: &Value) -> &str {
    row["Names"][0].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted_whatever_their_paths_are() {
        let list = json!([
            {"Kind": 0, "Path": "/d"},
            {"Kind": 1, "Path": "/d/\"Kind\":"},
            {"Kind": 2, "Path": "/d/Kind"},
        ]);
        assert_eq!(changes(list.to_string().as_bytes()), 3);
        assert_eq!(changes(b"null\n"), 0);
        assert_eq!(changes(b""), 0);
    }
}
