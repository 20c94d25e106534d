//! Frames out of bytes: engines put what a process prints into frames with a header of
//! eight bytes, `[stream, 0, 0, 0, length…]`, unless it has a terminal.

use super::client::Client;
use super::failed::Failed;
use super::stream::{Frame, Frames, StdStream};
use crate::engine::Away;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream, StreamExt};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::collections::VecDeque;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How much is read at a time.
const CHUNK: usize = 32 * 1024;

/// The longest message of the engine's own in a stream.
const LONGEST_MESSAGE: usize = 64 * 1024;

/// Takes the bytes of a stream as they come, and gives frames.
#[derive(Debug, Default)]
pub struct Demux {
    header: BytesMut,
    /// What the header in front said: which stream, and how much is still to come.
    open: Option<(Source, usize)>,
    message: BytesMut,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Printed(StdStream),
    /// The engine's own words about a failure.
    Engine,
}

impl Demux {
    /// The frames in these bytes. A frame that is still to come gives what is there of it.
    ///
    /// # Errors
    /// What is no header, or the engine's own message in the stream.
    pub fn feed(&mut self, mut bytes: Bytes, out: &mut VecDeque<Frame>) -> Result<(), Failed> {
        while !bytes.is_empty() {
            let Some((source, left)) = &mut self.open else {
                let wanted = (8 - self.header.len()).min(bytes.len());
                self.header.extend_from_slice(&bytes.split_to(wanted));
                if let [source, 0, 0, 0, a, b, c, d] = self.header[..] {
                    let source = match source {
                        0 | 1 => Source::Printed(StdStream::Out),
                        2 => Source::Printed(StdStream::Err),
                        3 => Source::Engine,
                        _ => return Err(no_header()),
                    };
                    let length = u32::from_be_bytes([a, b, c, d]) as usize;
                    self.header.clear();
                    self.open = (length > 0).then_some((source, length));
                } else if self.header.len() == 8 {
                    return Err(no_header());
                }
                continue;
            };
            let come = bytes.split_to((*left).min(bytes.len()));
            *left -= come.len();
            let ended = *left == 0;
            match *source {
                Source::Printed(stream) => out.push_back(Frame {
                    stream,
                    bytes: come,
                }),
                Source::Engine => {
                    let room = LONGEST_MESSAGE - self.message.len();
                    self.message
                        .extend_from_slice(&come[..come.len().min(room)]);
                    if ended {
                        return Err(Failed::Said {
                            status: 500,
                            message: String::from_utf8_lossy(&self.message).into_owned(),
                        });
                    }
                }
            }
            if ended {
                self.open = None;
            }
        }
        Ok(())
    }

    /// Whether the bytes so far end where a frame ends.
    pub fn is_whole(&self) -> bool {
        self.header.is_empty() && self.open.is_none()
    }
}

fn no_header() -> Failed {
    Away::Unreadable("its stream has no frames".into()).into()
}

/// The chunks of a body, while the link of `client` holds.
pub fn of_body(client: Client, body: Incoming) -> BoxStream<'static, Result<Bytes, Failed>> {
    stream::unfold(Some((client, body)), |state| async move {
        let (client, mut body) = state?;
        loop {
            let frame = tokio::select! {
                frame = body.frame() => frame?,
                away = client.link().broke() => return Some((Err(away.into()), None)),
            };
            match frame {
                Ok(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Some((Ok(data), Some((client, body))));
                    }
                }
                Err(error) => {
                    let away = client.link().transport().away(&error);
                    return Some((Err(away.into()), None));
                }
            }
        }
    })
    .boxed()
}

/// The chunks of a connection, while the link of `client` holds.
pub fn of_reader(
    client: Client,
    reader: impl AsyncRead + Send + Unpin + 'static,
) -> BoxStream<'static, Result<Bytes, Failed>> {
    stream::unfold(Some((client, reader)), |state| async move {
        let (client, mut reader) = state?;
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let read = tokio::select! {
            read = reader.read_buf(&mut chunk) => read,
            away = client.link().broke() => return Some((Err(away.into()), None)),
        };
        match read {
            Ok(0) => None,
            Ok(_) => Some((Ok(chunk.freeze()), Some((client, reader)))),
            Err(error) => {
                let away = client.link().transport().away(&error);
                Some((Err(away.into()), None))
            }
        }
    })
    .boxed()
}

/// The frames in `chunks`; with a terminal there are none, and all is standard output.
pub fn frames(chunks: BoxStream<'static, Result<Bytes, Failed>>, tty: bool) -> Frames {
    if tty {
        return Frames::new(chunks.map(|chunk| {
            chunk.map(|bytes| Frame {
                stream: StdStream::Out,
                bytes,
            })
        }));
    }
    let state = Some((chunks, Demux::default(), VecDeque::new(), None));
    Frames::new(stream::unfold(state, |state| async move {
        let (mut chunks, mut demux, mut ready, mut failed) = state?;
        loop {
            if let Some(frame) = ready.pop_front() {
                return Some((Ok(frame), Some((chunks, demux, ready, failed))));
            }
            if let Some(failed) = failed {
                return Some((Err(failed), None));
            }
            match chunks.next().await {
                Some(Ok(bytes)) => failed = demux.feed(bytes, &mut ready).err(),
                Some(Err(broken)) => return Some((Err(broken), None)),
                None if demux.is_whole() => return None,
                None => {
                    let broken = Away::Broken("the stream ended in the middle of a frame".into());
                    return Some((Err(broken.into()), None));
                }
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(pieces: &[&[u8]]) -> (Vec<(StdStream, String)>, Option<Failed>, bool) {
        let (mut demux, mut ready) = (Demux::default(), VecDeque::new());
        let mut failed = None;
        for piece in pieces {
            if failed.is_none() {
                failed = demux.feed(Bytes::copy_from_slice(piece), &mut ready).err();
            }
        }
        let frames = ready.into_iter().map(|frame| {
            let text = String::from_utf8_lossy(&frame.bytes).into_owned();
            (frame.stream, text)
        });
        (frames.collect(), failed, demux.is_whole())
    }

    const TWO: &[u8] = b"\x01\0\0\0\0\0\0\x03hi\n\x02\0\0\0\0\0\0\x04oh!\n\x01\0\0\0\0\0\0\0";

    #[test]
    fn both_outputs_are_told_apart_wherever_the_bytes_are_cut() {
        let (whole, failed, is_whole) = fed(&[TWO]);
        let expected = vec![
            (StdStream::Out, "hi\n".to_owned()),
            (StdStream::Err, "oh!\n".to_owned()),
        ];
        assert_eq!((whole, failed, is_whole), (expected, None, true));
        for cut in 1..TWO.len() {
            let (frames, failed, is_whole) = fed(&[&TWO[..cut], &TWO[cut..]]);
            let of = |stream| -> String {
                let own = frames.iter().filter(|(own, _)| *own == stream);
                own.map(|(_, text)| text.as_str()).collect()
            };
            assert_eq!(
                (of(StdStream::Out), of(StdStream::Err)),
                ("hi\n".into(), "oh!\n".into())
            );
            assert_eq!((failed, is_whole), (None, true), "{cut}");
        }
    }

    #[test]
    fn a_stream_that_breaks_off_in_a_frame_is_not_whole() {
        assert!(!fed(&[&TWO[..10]]).2);
        assert!(!fed(&[&TWO[..4]]).2);
    }

    #[test]
    fn what_is_no_frame_is_not_printed_as_one() {
        let (frames, failed, _) = fed(&[b"OCI runtime exec failed"]);
        assert!(frames.is_empty());
        assert!(matches!(failed, Some(Failed::Away(Away::Unreadable(_)))));
        let (_, failed, _) = fed(&[b"\x03\0\0\0\0\0\0\x04", b"oops"]);
        assert_eq!(
            failed.map(|failed| failed.message().to_owned()),
            Some("oops".into())
        );
    }
}
