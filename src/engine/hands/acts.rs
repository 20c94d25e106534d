//! How changes are made: each by the full id of an object that is ours.

use super::Inner;
use super::body;
use super::change::{Change, Done, NewImage, NewNetwork, Screen};
use super::client::{CHANGE, Client, LOOK, Told};
use super::failed::Failed;
use super::ids::{FullId, ImageRef};
use super::known::Kind;
use super::subnets::{self, Taken};
use crate::engine::Away;
use crate::engine::owned::{self, ImageName, SandboxId};
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::time::Duration;

/// How many subnets are tried when others take them at the same time.
const TRIES: usize = 64;

impl Inner {
    /// Makes a change.
    pub(super) async fn apply(&self, change: Change) -> Result<Done, Failed> {
        let client = self.client().await?;
        match change {
            Change::CreateNetwork(new) => self.create_network(&client, &new).await,
            Change::CreateVolume(new) => {
                let body = body::volume(&new, &self.instance);
                let told = post(&client, "/volumes/create", Some(body)).await?;
                let done = made(told, "Name")?;
                // An engine gives an existing volume of that name, whoever made it.
                if let Some(id) = &done.id {
                    self.volume(&client, id).await?;
                }
                Ok(done)
            }
            Change::CreateContainer(new) => {
                let name = new.sandbox.real(new.name.as_str());
                self.image(&client, &new.image).await?;
                if let Some(network) = &new.network {
                    self.network(&client, network).await?;
                }
                for volume in new.volumes() {
                    self.volume(&client, volume).await?;
                }
                let body = body::container(&new, &self.instance);
                let path = format!("/containers/create?name={name}");
                let done = made(post(&client, &path, Some(body)).await?, "Id")?;
                if let Some(id) = &done.id {
                    let kind = Kind::Container { tty: new.tty };
                    self.known.add(id.clone(), kind, Some(new.sandbox));
                }
                Ok(done)
            }
            Change::Start(id) => self.act(&client, &id, "start", "", CHANGE).await,
            Change::Stop { id, seconds } => self.end(&client, &id, "stop", seconds).await,
            Change::Restart { id, seconds } => self.end(&client, &id, "restart", seconds).await,
            Change::Pause(id) => self.act(&client, &id, "pause", "", CHANGE).await,
            Change::Unpause(id) => self.act(&client, &id, "unpause", "", CHANGE).await,
            Change::Kill { id, signal } => {
                let query = format!("?signal={}", signal.name());
                self.act(&client, &id, "kill", &query, CHANGE).await
            }
            Change::RemoveContainer { id, force, volumes } => {
                self.container(&client, &id).await?;
                let (force, volumes) = (u8::from(force), u8::from(volumes));
                let path = format!("/containers/{id}?force={force}&v={volumes}");
                let done = delete(&client, &path).await;
                self.removed(&id, done)
            }
            Change::Commit(new) => self.commit(&client, &new).await,
            Change::RemoveImage { image, force } => self.remove_image(&client, image, force).await,
            Change::RemoveNetwork(id) => {
                self.network(&client, &id).await?;
                let done = delete(&client, &format!("/networks/{id}")).await;
                self.removed(&id, done)
            }
            Change::RemoveVolume(id) => {
                self.volume(&client, &id).await?;
                delete(&client, &format!("/volumes/{id}")).await
            }
            Change::Connect {
                network,
                container,
                aliases,
            } => {
                self.network(&client, &network).await?;
                self.container(&client, &container).await?;
                let body = body::connect(container.as_str(), &aliases);
                let path = format!("/networks/{network}/connect");
                done(post(&client, &path, Some(body)).await?)
            }
            Change::Disconnect { network, container } => {
                self.network(&client, &network).await?;
                self.container(&client, &container).await?;
                let body = body::disconnect(container.as_str());
                let path = format!("/networks/{network}/disconnect");
                done(post(&client, &path, Some(body)).await?)
            }
            Change::Resize {
                screen,
                rows,
                columns,
            } => {
                let (rows, columns) = (rows.clamp(1, 500), columns.clamp(1, 500));
                let whose = match &screen {
                    Screen::Container(id) => {
                        self.container(&client, id).await?;
                        format!("containers/{id}")
                    }
                    // Nobody else knows the id of an exec that we made.
                    Screen::Exec(exec) => format!("exec/{}", exec.as_str()),
                };
                let path = format!("/{whose}/resize?h={rows}&w={columns}");
                done(post(&client, &path, None).await?)
            }
        }
    }

    /// `POST /containers/{id}/{verb}`
    async fn act(
        &self,
        client: &Client,
        id: &FullId,
        verb: &str,
        query: &str,
        patience: Duration,
    ) -> Result<Done, Failed> {
        self.container(client, id).await?;
        let path = format!("/containers/{id}/{verb}{query}");
        done(client.call(Method::POST, &path, None, patience).await?)
    }

    /// A stop or a restart, which take as long as they were told to.
    async fn end(
        &self,
        client: &Client,
        id: &FullId,
        verb: &str,
        seconds: Option<u32>,
    ) -> Result<Done, Failed> {
        let query = seconds.map(|seconds| format!("?t={seconds}"));
        let patience = CHANGE + Duration::from_secs(seconds.unwrap_or(10).into());
        let query = query.unwrap_or_default();
        self.act(client, id, verb, &query, patience).await
    }

    fn removed(&self, id: &FullId, done: Result<Done, Failed>) -> Result<Done, Failed> {
        let done = match done {
            Err(failed) if failed.is_already_being_removed() => Ok(Done {
                id: None,
                status: 204,
                warnings: Vec::new(),
                body: Value::Null,
            }),
            done => done,
        };
        if done.is_ok() || done.as_ref().is_err_and(Failed::is_missing) {
            self.known.forget(id);
        }
        done
    }

    /// Creates a network in the next subnet that is free here and there.
    async fn create_network(&self, client: &Client, new: &NewNetwork) -> Result<Done, Failed> {
        let api = client.link().api();
        let mut taken = subnets::local_routes();
        let mut full = None;
        for _ in 0..TRIES {
            let Some(subnet) = self.subnets.next(&taken) else {
                break;
            };
            let body = body::network(new, &self.instance, subnet, api);
            match post(client, "/networks/create", Some(body)).await {
                Ok(told) => {
                    let done = made(told, "Id")?;
                    if let Some(id) = &done.id {
                        let sandbox = Some(new.sandbox);
                        self.known.add(id.clone(), Kind::Network, sandbox);
                    }
                    return Ok(done);
                }
                Err(failed) if failed.is_overlap() => {
                    // The others are asked only now: mostly the first one is free.
                    if full.is_none() {
                        taken.extend(self.taken_there(client).await?);
                    }
                    full = Some(failed);
                }
                Err(failed) => return Err(failed),
            }
        }
        Err(full.unwrap_or_else(|| Failed::Said {
            status: 403,
            message: "no subnet of 198.18.0.0/15 is free".into(),
        }))
    }

    /// The subnets of all networks of the host.
    pub(super) async fn taken_there(&self, client: &Client) -> Result<Taken, Failed> {
        let networks = client.get("/networks", LOOK).await?;
        Ok(subnets::of_networks(&networks))
    }

    /// Commits a container. An image that has the name already keeps another one of
    /// ours, since what has no name cannot be known to be ours.
    async fn commit(&self, client: &Client, new: &NewImage) -> Result<Done, Failed> {
        self.container(client, &new.container).await?;
        let name = match &new.name {
            Some(name) => name.clone(),
            None => untagged()?,
        };
        self.keep_ours(client, &new.sandbox, &name).await?;
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut path = format!(
            "/commit?container={}&repo={}&tag={}&pause={}",
            new.container,
            encode(&new.sandbox.real(name.repository())),
            encode(name.tag()),
            u8::from(!new.no_pause),
        );
        for (key, text) in [("comment", &new.message), ("author", &new.author)] {
            if let Some(text) = text {
                path.push_str(&format!("&{key}={}", encode(text)));
            }
        }
        let body = body::commit(new, &self.instance, name.repository());
        let done = made(post(client, &path, Some(body)).await?, "Id")?;
        if let Some(id) = &done.id {
            self.known.add(id.clone(), Kind::Image, Some(new.sandbox));
        }
        Ok(done)
    }

    /// Gives the image that has this name, if it is ours, a second one that stays.
    async fn keep_ours(
        &self,
        client: &Client,
        sandbox: &SandboxId,
        name: &ImageName,
    ) -> Result<(), Failed> {
        let tag = sandbox.real(&name.to_string());
        let told = match client.get(&format!("/images/{tag}/json"), LOOK).await {
            Err(failed) if failed.is_missing() => return Ok(()),
            told => told?,
        };
        match told["Id"].as_str().and_then(FullId::parse) {
            Some(id) => self.tag_untagged(client, sandbox, &id).await,
            None => Ok(()),
        }
    }

    async fn tag_untagged(
        &self,
        client: &Client,
        sandbox: &SandboxId,
        id: &FullId,
    ) -> Result<(), Failed> {
        if self.image(client, id).await? != Kind::Image {
            return Err(Failed::not_ours());
        }
        let repository = sandbox.real(untagged()?.repository());
        let path = format!("/images/{id}/tag?repo={repository}&tag=latest");
        post(client, &path, None).await.map(|_| ())
    }

    /// Removes the names that are ours; the image goes with its last one. What somebody
    /// else named, or still needs, stays.
    async fn remove_image(
        &self,
        client: &Client,
        image: ImageRef,
        force: bool,
    ) -> Result<Done, Failed> {
        let (path, wanted) = match &image {
            ImageRef::Id(id) => (format!("/images/{id}/json"), None),
            ImageRef::Tag(sandbox, name) => {
                let tag = sandbox.real(&name.to_string());
                (format!("/images/{tag}/json"), Some(tag))
            }
        };
        let told = client.get(&path, LOOK).await?;
        let labels = owned::labels_of(&told);
        let tags = told["RepoTags"].as_array().cloned().unwrap_or_default();
        let ours = |tag: &Value| {
            let tag = tag.as_str()?;
            let owned = owned::owned_image(labels, tag, &self.instance)?;
            Some((tag.to_owned(), owned.sandbox))
        };
        let ours: Vec<(String, SandboxId)> = tags.iter().filter_map(ours).collect();
        let goes = |(tag, _): &&(String, SandboxId)| wanted.as_ref().is_none_or(|it| it == tag);
        let going: Vec<_> = ours.iter().filter(goes).collect();
        let id = told["Id"].as_str().and_then(FullId::parse);
        let (Some((_, sandbox)), Some(id)) = (going.first(), id) else {
            return Err(Failed::not_ours());
        };
        // Before a name goes whose image may stay for a container or a child's sake.
        let last = going.len() == tags.len();
        let mut rows = Vec::new();
        let force = u8::from(force);
        for (tag, _) in &going {
            let path = format!("/images/{tag}?force={force}&noprune=1");
            let told = delete(client, &path).await?;
            if let Value::Array(told) = told.body {
                rows.extend(told);
            }
        }
        let deleted = rows.iter().any(|row| row["Deleted"] == *id.as_str());
        if deleted {
            self.known.forget(&id);
        } else if last {
            self.known.add(id.clone(), Kind::Image, Some(*sandbox));
            match self.tag_untagged(client, sandbox, &id).await {
                Err(failed) if !failed.is_missing() => return Err(failed),
                _ => {}
            }
        }
        Ok(Done {
            id: Some(id),
            status: 200,
            warnings: Vec::new(),
            body: json!(rows),
        })
    }
}

fn untagged() -> Result<ImageName, Failed> {
    ImageName::untagged().map_err(|error| Away::Broken(error.to_string()).into())
}

async fn post(client: &Client, path: &str, body: Option<Vec<u8>>) -> Result<Told, Failed> {
    client.call(Method::POST, path, body, CHANGE).await
}

async fn delete(client: &Client, path: &str) -> Result<Done, Failed> {
    done(client.call(Method::DELETE, path, None, CHANGE).await?)
}

fn done(told: Told) -> Result<Done, Failed> {
    Ok(Done {
        id: None,
        status: told.status,
        warnings: Vec::new(),
        body: told.json()?,
    })
}

/// What was made, by the field with its id.
fn made(told: Told, field: &str) -> Result<Done, Failed> {
    let done = done(told)?;
    let text = done.body[field].as_str().unwrap_or_default();
    let id = FullId::parse(text).ok_or_else(|| {
        Failed::from(Away::Unreadable(
            "it does not say the id of what it made".into(),
        ))
    })?;
    let warnings = match &done.body["Warnings"] {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => done.body["Warning"]
            .as_str()
            .into_iter()
            .collect::<Vec<_>>(),
    };
    Ok(Done {
        id: Some(id),
        warnings: warnings
            .into_iter()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        ..done
    })
}
