//! `wasi:io/streams`: bytes into and out of the process's descriptors.
//!
//! A stream of a file has a descriptor and a position of its own; one of the standard streams shares the descriptor that the
//! process has. Files, devices and the console are always ready. A pipe without bytes is waited for, with the world in the
//! hands of others.

use super::view::Call;
use super::wasi::io::{error, streams};
use super::{Pollable, StreamFailure, View};
use crate::world::{Errno, Wait};
use bytes::Bytes;
use wasmtime::component::Resource;

/// Bytes that one reading hands over at most, and one writing takes.
pub(super) const PIECE: usize = 64 << 10;

/// Bytes that one call that writes and waits takes, as the interface has it.
const MAX_BLOCKING: u64 = 4_096;

/// Where in its file a stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At this byte.
    At(u64),
    /// At the end, wherever that is by then.
    End,
    /// Where the descriptor stands.
    Descriptor,
}

/// Bytes that come in.
#[derive(Clone, Copy, Debug)]
pub struct InputStream {
    pub(super) fd: u32,
    pub(super) place: Place,
    /// Whether the descriptor is the stream's own and is closed with it.
    pub(super) owned: bool,
    pub(super) ended: bool,
}

/// Bytes that go out.
#[derive(Clone, Copy, Debug)]
pub struct OutputStream {
    pub(super) fd: u32,
    pub(super) place: Place,
    /// Whether the descriptor is the stream's own and is closed with it.
    pub(super) owned: bool,
    pub(super) ended: bool,
}

type Input = Resource<InputStream>;
type Output = Resource<OutputStream>;
type Answer<T> = Result<T, StreamFailure>;

/// What reading without waiting comes to.
enum Read {
    Bytes(Bytes),
    /// Nothing yet in this pipe.
    Empty(u32),
}

impl Call<'_> {
    /// Reads without waiting.
    fn read_stream(&mut self, handle: &Input, length: u64) -> Answer<Read> {
        let stream = *self.get(handle)?;
        if stream.ended {
            return Err(StreamFailure::Closed);
        }
        let wanted = usize::try_from(length).unwrap_or(usize::MAX).min(PIECE);
        let answer = match stream.place {
            Place::At(at) => self.world.pread(&self.caller, stream.fd, wanted, at),
            Place::End | Place::Descriptor => self.world.read(&self.caller, stream.fd, wanted),
        };
        let bytes = match answer {
            Ok(bytes) => bytes,
            Err(Errno::AGAIN) => {
                let pipe = self.world.pipe_of(self.caller.pid, stream.fd);
                return pipe.map(Read::Empty).ok_or(StreamFailure::Closed);
            }
            Err(errno) => {
                self.handles.table.get_mut(handle)?.ended = true;
                return Err(errno.into());
            }
        };
        let state = self.handles.table.get_mut(handle)?;
        state.ended = bytes.is_empty() && wanted > 0;
        if let Place::At(at) = &mut state.place {
            *at = at.saturating_add(bytes.len() as u64);
        }
        if state.ended {
            return Err(StreamFailure::Closed);
        }
        Ok(Read::Bytes(bytes))
    }

    /// Bytes that may be written now.
    fn room(&self, handle: &Output) -> Answer<usize> {
        if self.get(handle)?.ended {
            return Err(StreamFailure::Closed);
        }
        Ok(PIECE)
    }

    /// Writes all bytes.
    fn write_stream(&mut self, handle: &Output, mut bytes: &[u8]) -> Answer<()> {
        let mut stream = *self.get(handle)?;
        if stream.ended {
            return Err(StreamFailure::Closed);
        }
        if bytes.len() > PIECE {
            let reason = "more bytes are written at once than the stream has room for";
            return Err(wasmtime::Error::msg(reason).into());
        }
        while !bytes.is_empty() {
            match self.write_piece(&mut stream, bytes) {
                Ok(written) => bytes = bytes.get(written.max(1)..).unwrap_or_default(),
                Err(errno) => {
                    self.handles.table.get_mut(handle)?.ended = true;
                    return Err(errno.into());
                }
            }
        }
        self.handles.table.get_mut(handle)?.place = stream.place;
        Ok(())
    }

    fn write_piece(&mut self, stream: &mut OutputStream, bytes: &[u8]) -> Result<usize, Errno> {
        let (world, caller) = (&mut *self.world, &self.caller);
        match &mut stream.place {
            Place::Descriptor => world.write(caller, stream.fd, bytes),
            Place::End => {
                let end = world.fstat(caller, stream.fd)?.size;
                world.pwrite(caller, stream.fd, bytes, end)
            }
            Place::At(at) => {
                let written = world.pwrite(caller, stream.fd, bytes, *at)?;
                *at = at.saturating_add(written as u64);
                Ok(written)
            }
        }
    }

    fn splice_bytes(&mut self, to: &Output, bytes: &Bytes) -> Answer<u64> {
        self.write_stream(to, bytes)?;
        Ok(bytes.len() as u64)
    }
}

impl View<'_> {
    /// Reads, and waits for the first bytes when there are none yet.
    fn read_waiting(&mut self, handle: &Input, length: u64) -> Answer<Bytes> {
        let mut read = self.call()?.read_stream(handle, length)?;
        loop {
            match read {
                Read::Bytes(bytes) => return Ok(bytes),
                Read::Empty(pipe) => self.hold.wait(Wait::Pipe(pipe))?,
            }
            read = self.parts()?.read_stream(handle, length)?;
        }
    }

    fn read_at_once(&mut self, handle: &Input, length: u64) -> Answer<Bytes> {
        Ok(match self.call()?.read_stream(handle, length)? {
            Read::Bytes(bytes) => bytes,
            Read::Empty(_) => Bytes::new(),
        })
    }

    fn write_waiting(&mut self, handle: &Output, bytes: &[u8]) -> Answer<()> {
        if bytes.len() as u64 > MAX_BLOCKING {
            let reason = format!("more than {MAX_BLOCKING} bytes in one blocking write");
            return Err(wasmtime::Error::msg(reason).into());
        }
        self.call()?.write_stream(handle, bytes)
    }
}

impl error::Host for View<'_> {}

impl error::HostError for View<'_> {
    fn to_debug_string(&mut self, handle: Resource<Errno>) -> wasmtime::Result<String> {
        let call = self.call()?;
        Ok(call.get(&handle)?.message().to_owned())
    }

    fn drop(&mut self, handle: Resource<Errno>) -> wasmtime::Result<()> {
        self.forget(handle)
    }
}

impl streams::Host for View<'_> {
    fn convert_stream_error(
        &mut self,
        failure: StreamFailure,
    ) -> wasmtime::Result<streams::StreamError> {
        self.stream_error(failure)
    }
}

impl streams::HostInputStream for View<'_> {
    fn read(&mut self, handle: Input, length: u64) -> Answer<Vec<u8>> {
        Ok(self.read_at_once(&handle, length)?.into())
    }

    fn blocking_read(&mut self, handle: Input, length: u64) -> Answer<Vec<u8>> {
        Ok(self.read_waiting(&handle, length)?.into())
    }

    fn skip(&mut self, handle: Input, length: u64) -> Answer<u64> {
        Ok(self.read_at_once(&handle, length)?.len() as u64)
    }

    fn blocking_skip(&mut self, handle: Input, length: u64) -> Answer<u64> {
        Ok(self.read_waiting(&handle, length)?.len() as u64)
    }

    fn subscribe(&mut self, handle: Input) -> wasmtime::Result<Resource<Pollable>> {
        let mut call = self.call()?;
        let fd = call.get(&handle)?.fd;
        call.push_child(Pollable::Readable(fd), &handle)
    }

    fn drop(&mut self, handle: Input) -> wasmtime::Result<()> {
        let mut call = self.call()?;
        let stream = call.handles.table.delete(handle)?;
        if stream.owned {
            call.close_file(stream.fd);
        }
        Ok(())
    }
}

impl streams::HostOutputStream for View<'_> {
    fn check_write(&mut self, handle: Output) -> Answer<u64> {
        Ok(self.call()?.room(&handle)? as u64)
    }

    fn write(&mut self, handle: Output, bytes: Vec<u8>) -> Answer<()> {
        self.call()?.write_stream(&handle, &bytes)
    }

    fn blocking_write_and_flush(&mut self, handle: Output, bytes: Vec<u8>) -> Answer<()> {
        self.write_waiting(&handle, &bytes)
    }

    fn flush(&mut self, handle: Output) -> Answer<()> {
        self.call()?.room(&handle).map(|_| ())
    }

    fn blocking_flush(&mut self, handle: Output) -> Answer<()> {
        self.call()?.room(&handle).map(|_| ())
    }

    fn subscribe(&mut self, handle: Output) -> wasmtime::Result<Resource<Pollable>> {
        self.call()?.push_child(Pollable::Ready, &handle)
    }

    fn write_zeroes(&mut self, handle: Output, length: u64) -> Answer<()> {
        let zeros = vec![0; zero_count(length, PIECE as u64)?];
        self.call()?.write_stream(&handle, &zeros)
    }

    fn blocking_write_zeroes_and_flush(&mut self, handle: Output, length: u64) -> Answer<()> {
        let zeros = vec![0; zero_count(length, MAX_BLOCKING)?];
        self.write_waiting(&handle, &zeros)
    }

    fn splice(&mut self, to: Output, from: Input, length: u64) -> Answer<u64> {
        self.call()?.room(&to)?;
        let bytes = self.read_at_once(&from, length)?;
        self.parts()?.splice_bytes(&to, &bytes)
    }

    fn blocking_splice(&mut self, to: Output, from: Input, length: u64) -> Answer<u64> {
        self.call()?.room(&to)?;
        let bytes = self.read_waiting(&from, length)?;
        self.parts()?.splice_bytes(&to, &bytes)
    }

    fn drop(&mut self, handle: Output) -> wasmtime::Result<()> {
        let mut call = self.call()?;
        let stream = call.handles.table.delete(handle)?;
        if stream.owned {
            call.close_file(stream.fd);
        }
        Ok(())
    }
}

/// A number of zeros, checked before they are made.
fn zero_count(length: u64, most: u64) -> Answer<usize> {
    if length > most {
        let reason = format!("more than {most} zeros are written at once");
        return Err(wasmtime::Error::msg(reason).into());
    }
    usize::try_from(length).map_err(|error| wasmtime::Error::new(error).into())
}
