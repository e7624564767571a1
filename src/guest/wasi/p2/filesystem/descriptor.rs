//! What can be done with a descriptor.

use super::open::Request;
use super::{
    Answer, Call, Descriptor, DirectoryStream, descriptor_stat, descriptor_type, metadata_hash,
};
use crate::guest::wasi::p2::streams::{PIECE, Place};
use crate::guest::wasi::p2::wasi::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, ErrorCode, HostDescriptor,
    MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use crate::guest::wasi::p2::{InputStream, OutputStream, View};
use crate::trace::Kind;
use crate::world::fs::{Stat, Type};
use crate::world::{Errno, Wait};
use wasmtime::component::Resource;

type Handle = Resource<Descriptor>;

/// Permission bits of a new directory, before the process's mask.
const NEW_DIRECTORY: u32 = 0o777;

fn follows(flags: PathFlags) -> bool {
    flags.contains(PathFlags::SYMLINK_FOLLOW)
}

impl Call<'_> {
    fn stat_of(&self, handle: &Handle) -> Answer<Stat> {
        let fd = self.get(handle)?.fd;
        Ok(self.world.fstat(&self.caller, fd)?)
    }

    /// A further descriptor of an open file, for a stream that may outlive the first.
    fn duplicate(&mut self, handle: &Handle) -> Answer<u32> {
        let fd = self.file(handle)?;
        Ok(self.world.dup(&self.caller, fd)?)
    }

    fn stream_to(&mut self, handle: &Handle, place: Place) -> Answer<Resource<OutputStream>> {
        let fd = self.duplicate(handle)?;
        let pushed = self.push(OutputStream {
            fd,
            place: self.seekable_place(fd, place),
            owned: true,
            ended: false,
        });
        if pushed.is_err() {
            self.close_file(fd);
        }
        Ok(pushed?)
    }

    fn stream_from(&mut self, handle: &Handle, offset: u64) -> Answer<Resource<InputStream>> {
        let fd = self.get(handle)?.fd;
        if self.is_directory(fd)? {
            return Err(Errno::ISDIR.into());
        }
        let fd = self.duplicate(handle)?;
        let pushed = self.push(InputStream {
            fd,
            place: self.seekable_place(fd, Place::At(offset)),
            owned: true,
            ended: false,
        });
        if pushed.is_err() {
            self.close_file(fd);
        }
        Ok(pushed?)
    }

    /// A pipe has no places.
    fn seekable_place(&self, fd: u32, place: Place) -> Place {
        match self.world.fstat(&self.caller, fd) {
            Ok(stat) if stat.kind == Type::Fifo => Place::Descriptor,
            _ => place,
        }
    }

    fn list(&mut self, handle: &Handle) -> Answer<Resource<DirectoryStream>> {
        let path = self.directory(handle)?;
        let names = self.world.list(&self.caller, &path)?;
        let count = names.len();
        self.count_listed(count)
            .ok_or(ErrorCode::InsufficientMemory)?;
        let pushed = self.push(DirectoryStream(names.into_iter()));
        if pushed.is_err() {
            self.handles.listed = self.handles.listed.saturating_sub(count);
        }
        Ok(pushed?)
    }
}

impl View<'_> {
    /// Reads at a place. From a named pipe, which has none, it waits for what is written next.
    fn read_at(&mut self, handle: &Handle, length: u64, offset: u64) -> Answer<(Vec<u8>, bool)> {
        let wanted = usize::try_from(length).unwrap_or(usize::MAX).min(PIECE);
        let mut call = self.call()?;
        let fd = call.file(handle)?;
        loop {
            let answer = match call.world.pread(&call.caller, fd, wanted, offset) {
                Err(Errno::SPIPE) => call.world.read(&call.caller, fd, wanted),
                answer => answer,
            };
            match (answer, call.world.pipe_of(call.caller.pid, fd)) {
                (Err(Errno::AGAIN), Some(pipe)) => self.hold.wait(Wait::Pipe(pipe))?,
                (answer, _) => {
                    let bytes = answer?;
                    let ended = bytes.is_empty();
                    return Ok((bytes.into(), ended));
                }
            }
            call = self.parts()?;
        }
    }
}

impl HostDescriptor for View<'_> {
    fn read_via_stream(&mut self, handle: Handle, offset: u64) -> Answer<Resource<InputStream>> {
        self.call()?.stream_from(&handle, offset)
    }

    fn write_via_stream(&mut self, handle: Handle, offset: u64) -> Answer<Resource<OutputStream>> {
        self.call()?.stream_to(&handle, Place::At(offset))
    }

    fn append_via_stream(&mut self, handle: Handle) -> Answer<Resource<OutputStream>> {
        self.call()?.stream_to(&handle, Place::End)
    }

    fn advise(&mut self, handle: Handle, _: u64, _: u64, _: Advice) -> Answer<()> {
        self.call()?.file(&handle).map(|_| ())
    }

    fn sync_data(&mut self, handle: Handle) -> Answer<()> {
        self.call()?.stat_of(&handle).map(|_| ())
    }

    fn get_flags(&mut self, handle: Handle) -> Answer<DescriptorFlags> {
        let call = self.call()?;
        let Descriptor { fd, mutates } = *call.get(&handle)?;
        let opened = call.world.description(call.caller.pid, fd)?.flags;
        let directory = call.is_directory(fd)?;
        let mut flags = DescriptorFlags::empty();
        for (set, flag) in [
            (opened.reads(), DescriptorFlags::READ),
            (opened.writes(), DescriptorFlags::WRITE),
            (directory && mutates, DescriptorFlags::MUTATE_DIRECTORY),
        ] {
            if set {
                flags |= flag;
            }
        }
        Ok(flags)
    }

    fn get_type(&mut self, handle: Handle) -> Answer<DescriptorType> {
        Ok(descriptor_type(self.call()?.stat_of(&handle)?.kind))
    }

    fn set_size(&mut self, handle: Handle, size: u64) -> Answer<()> {
        let call = self.call()?;
        let fd = call.file(&handle)?;
        Ok(call.world.ftruncate(&call.caller, fd, size)?)
    }

    fn set_times(
        &mut self,
        handle: Handle,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> Answer<()> {
        let call = self.call()?;
        let times = (call.timestamp(accessed)?, call.timestamp(modified)?);
        let fd = call.get(&handle)?.fd;
        Ok(call.world.futimes(&call.caller, fd, times)?)
    }

    fn read(&mut self, handle: Handle, length: u64, offset: u64) -> Answer<(Vec<u8>, bool)> {
        self.read_at(&handle, length, offset)
    }

    fn write(&mut self, handle: Handle, bytes: Vec<u8>, offset: u64) -> Answer<u64> {
        let call = self.call()?;
        let fd = call.file(&handle)?;
        let written = match call.world.pwrite(&call.caller, fd, &bytes, offset) {
            Err(Errno::SPIPE) => call.world.write(&call.caller, fd, &bytes)?,
            answer => answer?,
        };
        Ok(written as u64)
    }

    fn read_directory(&mut self, handle: Handle) -> Answer<Resource<DirectoryStream>> {
        self.call()?.list(&handle)
    }

    fn sync(&mut self, handle: Handle) -> Answer<()> {
        self.call()?.stat_of(&handle).map(|_| ())
    }

    fn create_directory_at(&mut self, handle: Handle, path: String) -> Answer<()> {
        let mut call = self.call()?;
        let full = call.at(&handle, &path, Kind::FileWrite, false)?;
        Ok(call.world.mkdir(&call.caller, &full, NEW_DIRECTORY)?)
    }

    fn stat(&mut self, handle: Handle) -> Answer<DescriptorStat> {
        Ok(descriptor_stat(&self.call()?.stat_of(&handle)?))
    }

    fn stat_at(
        &mut self,
        handle: Handle,
        flags: PathFlags,
        path: String,
    ) -> Answer<DescriptorStat> {
        let mut call = self.call()?;
        let full = call.at(&handle, &path, Kind::FileStat, follows(flags))?;
        let stat = call.world.stat(&call.caller, &full, follows(flags))?;
        Ok(descriptor_stat(&stat))
    }

    fn set_times_at(
        &mut self,
        handle: Handle,
        flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> Answer<()> {
        let mut call = self.call()?;
        let times = (call.timestamp(accessed)?, call.timestamp(modified)?);
        let full = call.at(&handle, &path, Kind::FileChmod, follows(flags))?;
        let world = call.world;
        Ok(world.utimes(&call.caller, &full, times, follows(flags))?)
    }

    fn link_at(
        &mut self,
        handle: Handle,
        flags: PathFlags,
        path: String,
        new_handle: Handle,
        new_path: String,
    ) -> Answer<()> {
        let mut call = self.call()?;
        if follows(flags) {
            return Err(Errno::INVAL.into());
        }
        let from = call.at(&handle, &path, Kind::FileLink, false)?;
        let to = call.at(&new_handle, &new_path, Kind::FileLink, false)?;
        Ok(call.world.link(&call.caller, &from, &to)?)
    }

    fn open_at(
        &mut self,
        handle: Handle,
        path_flags: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> Answer<Handle> {
        let mut call = self.call()?;
        // A link is what is there already, when something must not be.
        let exclusive = open.contains(OpenFlags::CREATE | OpenFlags::EXCLUSIVE);
        let follow = follows(path_flags) && !exclusive;
        let opened = call.open_below(
            &handle,
            &Request {
                path,
                follow,
                open,
                flags,
            },
        )?;
        Ok(call.push_descriptor(opened)?)
    }

    fn readlink_at(&mut self, handle: Handle, path: String) -> Answer<String> {
        let mut call = self.call()?;
        let full = call.at(&handle, &path, Kind::FileStat, false)?;
        Ok(call.world.readlink(&call.caller, &full)?)
    }

    fn remove_directory_at(&mut self, handle: Handle, path: String) -> Answer<()> {
        let mut call = self.call()?;
        let full = call.at(&handle, &path, Kind::FileDelete, false)?;
        Ok(call.world.rmdir(&call.caller, &full)?)
    }

    fn rename_at(
        &mut self,
        handle: Handle,
        path: String,
        new_handle: Handle,
        new_path: String,
    ) -> Answer<()> {
        let mut call = self.call()?;
        let from = call.at(&handle, &path, Kind::FileRename, false)?;
        let to = call.at(&new_handle, &new_path, Kind::FileRename, false)?;
        Ok(call.world.rename(&call.caller, &from, &to)?)
    }

    /// The target must be relative: an absolute one leads out of every directory but the root.
    fn symlink_at(&mut self, handle: Handle, target: String, path: String) -> Answer<()> {
        let mut call = self.call()?;
        let full = call.at(&handle, &path, Kind::FileLink, false)?;
        if target.starts_with('/') {
            let refused = call
                .world
                .act(&call.caller, Kind::FileLink, full, |world, seq| {
                    world.recorder.detail(seq, "to", target);
                    world.recorder.detail(seq, "symbolic", "yes");
                    Err(Errno::PERM)
                });
            return Ok(refused?);
        }
        Ok(call.world.symlink(&call.caller, &target, &full)?)
    }

    fn unlink_file_at(&mut self, handle: Handle, path: String) -> Answer<()> {
        let mut call = self.call()?;
        let full = call.at(&handle, &path, Kind::FileDelete, false)?;
        Ok(call.world.unlink(&call.caller, &full)?)
    }

    fn is_same_object(&mut self, one: Handle, other: Handle) -> wasmtime::Result<bool> {
        let call = self.call()?;
        let stat = |handle| match call.stat_of(handle) {
            Ok(stat) => Some((stat.dev, stat.ino)),
            Err(_) => None,
        };
        Ok(stat(&one).is_some() && stat(&one) == stat(&other))
    }

    fn metadata_hash(&mut self, handle: Handle) -> Answer<MetadataHashValue> {
        Ok(metadata_hash(&self.call()?.stat_of(&handle)?))
    }

    fn metadata_hash_at(
        &mut self,
        handle: Handle,
        flags: PathFlags,
        path: String,
    ) -> Answer<MetadataHashValue> {
        let mut call = self.call()?;
        let full = call.at(&handle, &path, Kind::FileStat, follows(flags))?;
        let stat = call.world.stat(&call.caller, &full, follows(flags))?;
        Ok(metadata_hash(&stat))
    }

    fn drop(&mut self, handle: Handle) -> wasmtime::Result<()> {
        let mut call = self.call()?;
        let Descriptor { fd, .. } = call.handles.table.delete(handle)?;
        call.close_file(fd);
        Ok(())
    }
}
