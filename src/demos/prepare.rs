//! The demo image: how it comes to a host, and how it is known there.
//!
//! It is known by its label, or by the id that [`prepare`] pinned for the host's endpoint
//! in the user's state folder. Where there is no registry it is made of a static busybox
//! of this machine, as an archive that any engine loads.

use super::archive;
pub use super::archive::BuildError;
use super::instance::state_folder;
pub use crate::engine::hands::supply::Progress;
use crate::engine::hands::{Failed, FullId, Hands};
use crate::engine::owned::Instance;
use crate::engine::{Away, Host};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What people type.
pub const TYPED: &str = "busybox";

/// The image on the host that is taken for it, where there is one.
const REFERENCE: &str = "busybox:latest";

/// How much of a file is read at a time.
const CHUNK: usize = 256 * 1024;

/// How the demo image came to be on a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It was known already.
    Already,
    /// The host had a `busybox:latest`, which is pinned now.
    Found,
    /// It was pulled from the registry.
    Pulled,
    /// It was loaded from a file.
    Loaded(PathBuf),
    /// It was made of this machine's busybox.
    Built(PathBuf),
}

/// A host that has the demo image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Its id there.
    pub id: FullId,
    /// How it came there.
    pub came: Came,
}

/// Why a host has no demo image.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The engine does not answer, or refuses.
    #[error("{0}")]
    Failed(#[from] Failed),
    /// The file cannot be read.
    #[error("{} cannot be read: {error}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// The engine does not take the file for images.
    #[error("{} is no archive of images to the engine: {message}", file.display())]
    NoArchive {
        /// Which file.
        file: PathBuf,
        /// The engine's words.
        message: String,
    },
    /// The file has several images, or another one.
    #[error(
        "{} holds no image busybox:latest, nor one with the label wl.demo-image=1, but {found}; \
         make it with `docker save busybox:latest`",
        file.display()
    )]
    NotInFile {
        /// Which file.
        file: PathBuf,
        /// What it holds.
        found: String,
    },
    /// Neither pulled nor built.
    #[error(
        "it cannot be pulled ({pull}), nor built here ({build}). On a machine with a registry, \
         run `docker pull busybox && docker save -o busybox.tar busybox:latest`, and here \
         `waterline prepare --from busybox.tar`"
    )]
    NoWay {
        /// Why it cannot be pulled.
        pull: String,
        /// Why it cannot be built.
        build: BuildError,
    },
    /// The pinned ids cannot be kept.
    #[error("the image is there, but {} cannot be written: {error}", file.display())]
    Pin {
        /// Which file.
        file: PathBuf,
        /// The system's words.
        error: io::Error,
    },
}

/// The ids that are pinned, by endpoint, in a file of the user's state folder.
#[derive(Clone, Debug)]
pub struct Pins {
    file: Option<PathBuf>,
}

impl Pins {
    /// Those of this user.
    pub fn of_user() -> Pins {
        Pins {
            file: state_folder().map(|folder| folder.join("demo-images.json")),
        }
    }

    /// Those in `folder`.
    pub fn in_folder(folder: &Path) -> Pins {
        Pins {
            file: Some(folder.join("demo-images.json")),
        }
    }

    fn all(&self) -> BTreeMap<String, String> {
        let text = self.file.as_ref().and_then(|file| fs::read(file).ok());
        // A file that says something else pins nothing.
        text.and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    /// The id that is pinned for an endpoint.
    pub fn get(&self, endpoint: &str) -> Option<FullId> {
        self.all().get(endpoint).and_then(|id| FullId::parse(id))
    }

    /// Pins an id. Without a state folder nothing is kept.
    ///
    /// # Errors
    /// [`PrepareError::Pin`]
    pub fn set(&self, endpoint: &str, id: &FullId) -> Result<(), PrepareError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut all = self.all();
        all.insert(endpoint.to_owned(), id.to_string());
        let write = || {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            // Whole or not at all, beside another that writes.
            let new = file.with_extension(format!("{}.new", std::process::id()));
            fs::write(&new, serde_json::to_vec_pretty(&all)?)?;
            fs::rename(&new, file)
        };
        write().map_err(|error| PrepareError::Pin {
            file: file.clone(),
            error,
        })
    }
}

/// The demo image of the hands' host, where it has one, by these pins; it can be run from
/// then on.
///
/// # Errors
/// The host does not answer.
pub async fn find(hands: &Hands, pins: &Pins) -> Result<Option<FullId>, Failed> {
    // Connected first: an endpoint is known by what answers there.
    let labelled = hands.labelled_demo_images().await?;
    let mut found = None;
    if let Some(pinned) = pins.get(&hands.host().endpoint())
        && hands.find_image(pinned.as_str()).await?.is_some()
    {
        found = Some(pinned);
    }
    let found = found.or_else(|| labelled.into_iter().next());
    if let Some(id) = &found {
        hands.know_demo_image(id.clone());
    }
    Ok(found)
}

/// Puts the demo image on `host`, for this user.
///
/// # Errors
/// Why the host has none afterwards.
pub async fn on_host(
    host: &Arc<Host>,
    from: Option<&Path>,
    tell: impl FnMut(Progress),
) -> Result<Prepared, PrepareError> {
    let hands = passing(host)?;
    prepare(&hands, &Pins::of_user(), from, tell).await
}

/// Hands that make nothing which would carry their instance.
pub(super) fn passing(host: &Arc<Host>) -> Result<Hands, Failed> {
    let instance = Instance::random().map_err(|error| Away::Broken(error.to_string()))?;
    Ok(Hands::new(Arc::clone(host), instance))
}

/// Puts the demo image on the hands' host, from `from` or by the first way that works,
/// and pins it.
///
/// # Errors
/// Why the host has none afterwards.
pub async fn prepare(
    hands: &Hands,
    pins: &Pins,
    from: Option<&Path>,
    tell: impl FnMut(Progress),
) -> Result<Prepared, PrepareError> {
    let (id, came) = match find(hands, pins).await? {
        Some(id) => (id, Came::Already),
        None => bring(hands, from, tell).await?,
    };
    hands.know_demo_image(id.clone());
    pins.set(&hands.host().endpoint(), &id)?;
    Ok(Prepared { id, came })
}

async fn bring(
    hands: &Hands,
    from: Option<&Path>,
    tell: impl FnMut(Progress),
) -> Result<(FullId, Came), PrepareError> {
    if let Some(file) = from {
        let id = load_file(hands, file).await?;
        return Ok((id, Came::Loaded(file.to_owned())));
    }
    if let Some(found) = hands.find_image(REFERENCE).await? {
        return Ok((found.id, Came::Found));
    }
    let pull = match hands.pull_demo_image(tell).await {
        Ok(()) => match hands.find_image(REFERENCE).await? {
            Some(found) => return Ok((found.id, Came::Pulled)),
            None => "the engine says that it is there, and has none".to_owned(),
        },
        Err(Failed::Said { message, .. }) => message,
        Err(away) => return Err(away.into()),
    };
    match build(hands).await {
        Ok((id, busybox)) => Ok((id, Came::Built(busybox))),
        Err(NotBuilt::Here(build)) => Err(PrepareError::NoWay { pull, build }),
        Err(NotBuilt::There(failed)) => Err(failed.into()),
    }
}

/// Why an image could not be built and loaded.
#[derive(Debug, thiserror::Error)]
pub enum NotBuilt {
    /// This machine has nothing to build it of.
    #[error("{0}")]
    Here(#[from] BuildError),
    /// The engine does not take it.
    #[error("{0}")]
    There(#[from] Failed),
}

/// Builds the demo image of a static busybox of this machine, loads it, and gives its id
/// and the busybox that is in it. Made again, it is the same image.
///
/// # Errors
/// Why there is none.
pub async fn build(hands: &Hands) -> Result<(FullId, PathBuf), NotBuilt> {
    let there = hands.host().line().system.map(|(_, processor)| processor);
    let built = tokio::task::spawn_blocking(move || archive::build(there.as_deref()))
        .await
        .unwrap_or_else(|lost| Err(BuildError::Lost(lost.to_string())))?;
    let chunk = Bytes::from(built.archive);
    let archive = stream::iter([Ok::<_, io::Error>(chunk)]);
    hands.load_images(archive).await?;
    match hands.find_image(&built.id).await? {
        // An engine with another kind of image store gives it an id of its own.
        None => match hands.find_image(archive::TAG).await? {
            Some(found) if found.is_labelled => Ok((found.id, built.busybox)),
            _ => Err(BuildError::Lost("the engine loaded something else".into()).into()),
        },
        Some(found) => Ok((found.id, built.busybox)),
    }
}

async fn load_file(hands: &Hands, file: &Path) -> Result<FullId, PrepareError> {
    let chunks = read(file).map_err(|error| PrepareError::File {
        file: file.to_owned(),
        error,
    })?;
    let loaded = hands
        .load_images(chunks)
        .await
        .map_err(|failed| match failed {
            Failed::Said { message, .. } => PrepareError::NoArchive {
                file: file.to_owned(),
                message,
            },
            away => away.into(),
        })?;
    let mut fits = None;
    for reference in &loaded {
        let Some(found) = hands.find_image(reference).await? else {
            continue;
        };
        let is_named = matches!(
            reference.as_str(),
            REFERENCE | "docker.io/library/busybox:latest"
        );
        if found.is_labelled || is_named || (loaded.len() == 1 && reference.contains(TYPED)) {
            fits.get_or_insert(found.id);
        }
    }
    fits.ok_or_else(|| PrepareError::NotInFile {
        file: file.to_owned(),
        found: match loaded.is_empty() {
            true => "nothing".into(),
            false => loaded.join(", "),
        },
    })
}

/// The chunks of a file, read beside the async threads.
fn read(file: &Path) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
    let file = fs::File::open(file)?;
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = Vec::with_capacity(CHUNK);
            let read = (&mut file).take(CHUNK as u64).read_to_end(&mut chunk);
            (read.map(|_| chunk), file)
        });
        match read.await {
            Ok((Ok(chunk), _)) if chunk.is_empty() => None,
            Ok((Ok(chunk), file)) => Some((Ok(chunk.into()), Some(file))),
            Ok((Err(error), _)) => Some((Err(error), None)),
            Err(lost) => Some((Err(io::Error::other(lost)), None)),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;

    #[test]
    fn what_is_pinned_for_an_endpoint_is_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let pins = Pins::in_folder(&folder.path().join("new"));
        let id = |digit: &str| FullId::parse(&format!("sha256:{}", digit.repeat(64)));
        let (one, other) = (id("1").expect("an id"), id("2").expect("an id"));
        assert_eq!(pins.get("unix:///a"), None);
        pins.set("unix:///a", &one).expect("written");
        pins.set("tcp://b:2376", &other).expect("written");
        assert_eq!(pins.get("unix:///a"), Some(one));
        assert_eq!(pins.get("tcp://b:2376"), Some(other.clone()));
        pins.set("unix:///a", &other).expect("written");
        assert_eq!(pins.get("unix:///a"), Some(other));
        fs::write(folder.path().join("new/demo-images.json"), "broken").expect("a file");
        assert_eq!(pins.get("unix:///a"), None, "and no panic");
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_in_pieces() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("image.tar");
        let bytes: Vec<u8> = (0..CHUNK * 2 + 7).map(|at| (at % 251) as u8).collect();
        fs::write(&file, &bytes).expect("a file");
        let chunks: Vec<_> = read(&file).expect("a file").collect().await;
        assert_eq!(chunks.len(), 3);
        let read: Vec<u8> = chunks
            .into_iter()
            .flat_map(|chunk| chunk.expect("read"))
            .collect();
        assert!(read == bytes);
        assert!(super::read(folder.path()).is_err(), "a folder is none");
    }
}
