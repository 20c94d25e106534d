//! Files: what an image holds, read from its export as it streams by. Only tar headers
//! are kept: names, kinds and sizes.
//!
//! [`read`] is the way in; [`fetch`] feeds it from an engine. An export is a tar of
//! tars, and engines arrange it differently (`ID/layer.tar`, `blobs/sha256/…`, links
//! between them, gzip). So no name in it is believed: each tar inside is hashed as it
//! goes by, and that hash *is* its layer's diff id.
//!
//! What comes out is JSON of our own: `{"layers": [{"diff", "files": ["f 123 etc/passwd"]}],
//! "cut": null or why it ends early}`. A file is one letter (`f`ile, `d`ir, sym`l`ink,
//! `h`ard link, `o`ther), its bytes, its path. Whiteouts stand there as the files
//! `.wh.NAME` that they are. `"again": true` stands there where no limit of ours ended
//! it, so that another try may come further.

use super::transport::{Deadline, Transport};
use super::{Away, Id};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::io::{self, Read};
use std::time::{Duration, Instant};
use tar::{Archive, EntryType};
use tokio::sync::mpsc;

/// How much of an image is read, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of export, and again of what is unpacked from it.
    pub bytes: u64,
    /// Files in all layers together.
    pub files: usize,
    /// Bytes of their names together.
    pub names: usize,
    /// How long it may take.
    pub time: Duration,
}

/// What is read at most. A page waits 40 s for its answer, so this is less.
pub const LIMITS: Limits = Limits {
    bytes: 1 << 30,
    files: 200_000,
    names: 16 << 20,
    time: Duration::from_secs(25),
};

/// How long an image waits while another one is read.
pub const TURN: Duration = Duration::from_secs(10);

/// Bytes of one name that are kept; Linux allows 4096.
const LONGEST_NAME: usize = 4096;
/// Bytes of one extended header that are looked at.
const LONGEST_HEADER: u64 = 64 * 1024;
/// Chunks on their way from the socket to the reader.
const UNREAD: usize = 8;

/// Exports the image `id` and reads it. What is too large to be begun, or does not end
/// in time, is said in the answer.
///
/// # Errors
/// Why the engine does not export it.
pub async fn fetch(
    transport: &Transport,
    version: &str,
    id: &Id,
    limits: Limits,
) -> Result<Value, Away> {
    let image = format!("{version}/images/{id}/json");
    let image = transport.get(&image, Deadline::INSPECT).await?;
    let image: Value =
        serde_json::from_slice(&image.body).map_err(|error| Away::Unreadable(error.to_string()))?;
    if let Some(size) = image["Size"].as_u64()
        && size > limits.bytes
    {
        let why = format!(
            "the image holds {} MB, and {} MB is the most that is read",
            size / 1_000_000,
            limits.bytes / 1_000_000
        );
        return Ok(json!({"layers": [], "cut": why}));
    }
    let until = tokio::time::Instant::now() + limits.time;
    let path = format!("{version}/images/{id}/get");
    let slow = || Away::Silent(limits.time.as_secs());
    let response = tokio::time::timeout_at(until, transport.open(&path)).await;
    let mut body = response.map_err(|_| slow())??;
    let (chunks, unread) = mpsc::channel(UNREAD);
    let reader = tokio::task::spawn_blocking(move || read(Chunks::new(unread), limits));
    loop {
        let chunk = match tokio::time::timeout_at(until, body.frame()).await {
            Ok(None) => break,
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(bytes) => Ok(bytes),
                Err(_) => continue,
            },
            Ok(Some(Err(_))) => Err(io::ErrorKind::ConnectionAborted.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        let last = chunk.is_err();
        // The reader has had enough: the connection is closed, and the engine stops.
        if chunks.send(chunk).await.is_err() || last {
            break;
        }
    }
    drop(chunks);
    reader
        .await
        .map_err(|stopped| Away::Unreadable(stopped.to_string()))
}

/// Reads an export to its end, or as far as `limits` and the stream allow.
pub fn read(export: impl Read, limits: Limits) -> Value {
    let meter = RefCell::new(Meter {
        limits,
        until: Instant::now() + limits.time,
        files: 0,
        names: 0,
        cut: None,
        again: false,
    });
    let mut layers = Vec::new();
    let ended = outer(
        &mut Archive::new(Metered::new(export, &meter)),
        &meter,
        &mut layers,
    );
    let mut meter = meter.into_inner();
    if let Err(error) = ended {
        meter.stop(&error);
    }
    let mut said = json!({"layers": layers, "cut": meter.cut});
    if meter.again {
        said["again"] = true.into();
    }
    said
}

/// What has been read, and why it ended early, the first reason only.
struct Meter {
    limits: Limits,
    until: Instant,
    files: usize,
    names: usize,
    cut: Option<String>,
    /// Whether another try may come further: it was no limit of ours that ended it.
    again: bool,
}

impl Meter {
    fn stop(&mut self, error: &io::Error) {
        self.again |= self.cut.is_none();
        self.cut.get_or_insert_with(|| match error.kind() {
            io::ErrorKind::TimedOut => {
                format!("it took longer than {} s", self.limits.time.as_secs())
            }
            io::ErrorKind::ConnectionAborted => "the connection broke".into(),
            _ => "the export ends early, or is no tar".into(),
        });
    }

    fn full(&mut self, why: String) -> io::Error {
        self.cut.get_or_insert(why);
        io::ErrorKind::OutOfMemory.into()
    }
}

/// Counts what passes, and ends the reading when it is too much.
struct Metered<'m, R> {
    inner: R,
    meter: &'m RefCell<Meter>,
    left: u64,
}

impl<'m, R> Metered<'m, R> {
    fn new(inner: R, meter: &'m RefCell<Meter>) -> Metered<'m, R> {
        let left = meter.borrow().limits.bytes;
        Metered { inner, meter, left }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let mut meter = self.meter.borrow_mut();
            let most = meter.limits.bytes / 1_000_000;
            return Err(meter.full(format!("{most} MB is the most that is read")));
        }
        if Instant::now() > self.meter.borrow().until {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = buffer.len().min(room);
        let read = self.inner.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// More layers than any engine stacks.
const MOST_LAYERS: usize = 512;

/// The archive of archives. What of it is a tar is a layer; the rest are descriptions.
fn outer<R: Read>(
    export: &mut Archive<R>,
    meter: &RefCell<Meter>,
    layers: &mut Vec<Value>,
) -> io::Result<()> {
    for entry in export.entries()?.raw(true) {
        let mut entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let mut head = Vec::with_capacity(512);
        entry.by_ref().take(512).read_to_end(&mut head)?;
        if layers.len() >= MOST_LAYERS {
            return Err(meter
                .borrow_mut()
                .full(format!("it has more than {MOST_LAYERS} layers")));
        }
        let whole = head.as_slice().chain(&mut entry);
        if head.starts_with(&[0x1f, 0x8b]) {
            let unpacked = Metered::new(MultiGzDecoder::new(whole), meter);
            layer(unpacked, meter, layers)?;
        } else if is_tar(&head) {
            layer(whole, meter, layers)?;
        }
    }
    Ok(())
}

/// Whether a file that begins so is a tar: by its mark, or the two empty blocks that
/// are all of an empty one.
fn is_tar(head: &[u8]) -> bool {
    head.len() == 512 && (&head[257..262] == b"ustar" || head.iter().all(|byte| *byte == 0))
}

/// Reads one layer to its end. What of it was read before an error is kept, without a
/// diff id, since only the whole has one.
fn layer(tar: impl Read, meter: &RefCell<Meter>, layers: &mut Vec<Value>) -> io::Result<()> {
    let mut hashed = Hashed {
        inner: tar,
        hash: Sha256::new(),
    };
    let mut files = Vec::new();
    let ended = entries(&mut Archive::new(&mut hashed), meter, &mut files)
        .and_then(|()| io::copy(&mut hashed, &mut io::sink()).map(|_| ()));
    let diff = ended.is_ok().then(|| {
        let hash = hashed.hash.finalize();
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    });
    layers.push(json!({"diff": diff, "files": files}));
    ended
}

struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

/// The files of one layer. Entries are taken raw, and long names put together here:
/// the crate would read a name of any length into memory.
fn entries<R: Read>(
    layer: &mut Archive<R>,
    meter: &RefCell<Meter>,
    files: &mut Vec<Value>,
) -> io::Result<()> {
    let (mut long_name, mut long_size) = (None, None);
    for entry in layer.entries()?.raw(true) {
        let mut entry = entry?;
        let kind = match entry.header().entry_type() {
            EntryType::GNULongName => {
                let mut name = bounded(&mut entry)?;
                name.truncate(name.iter().position(|b| *b == 0).unwrap_or(name.len()));
                long_name = Some(name);
                continue;
            }
            EntryType::XHeader => {
                let records = bounded(&mut entry)?;
                for record in tar::PaxExtensions::new(&records).flatten() {
                    match record.key_bytes() {
                        b"path" => long_name = Some(record.value_bytes().to_vec()),
                        b"size" => long_size = record.value().ok().and_then(|s| s.parse().ok()),
                        _ => {}
                    }
                }
                continue;
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => continue,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => 'f',
            EntryType::Directory => 'd',
            EntryType::Symlink => 'l',
            EntryType::Link => 'h',
            _ => 'o',
        };
        let name = long_name
            .take()
            .unwrap_or_else(|| entry.path_bytes().into_owned());
        let size = long_size.take().map_or_else(|| entry.header().size(), Ok)?;
        let size = if kind == 'f' { size } else { 0 };
        let path = path(&name);
        if path.is_empty() {
            continue;
        }
        let mut meter = meter.borrow_mut();
        meter.files += 1;
        meter.names += path.len();
        if meter.files > meter.limits.files {
            let most = meter.limits.files;
            return Err(meter.full(format!("{most} files are the most that is read")));
        }
        if meter.names > meter.limits.names {
            return Err(meter.full("the names are longer than what is kept of them".into()));
        }
        files.push(Value::String(format!("{kind} {size} {path}")));
    }
    Ok(())
}

fn bounded(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(LONGEST_HEADER).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A path without what says nothing: no slash at either end, no `.` or empty part.
/// `..` is a name like any other, since nothing is ever opened by it.
fn path(name: &[u8]) -> String {
    let head = &name[..name.len().min(LONGEST_NAME)];
    let text = String::from_utf8_lossy(head);
    let parts: Vec<&str> = text
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    parts.join("/")
}

/// The chunks of a stream as something to read from.
struct Chunks {
    unread: mpsc::Receiver<io::Result<Bytes>>,
    chunk: Bytes,
}

impl Chunks {
    fn new(unread: mpsc::Receiver<io::Result<Bytes>>) -> Chunks {
        Chunks {
            unread,
            chunk: Bytes::new(),
        }
    }
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.unread.blocking_recv() {
                Some(chunk) => self.chunk = chunk?,
                None => return Ok(0),
            }
        }
        let read = self.chunk.len().min(buffer.len());
        buffer[..read].copy_from_slice(&self.chunk.split_to(read));
        Ok(read)
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
