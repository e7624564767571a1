//! `wasi:filesystem`: files and directories of the world.
//!
//! A descriptor is one of the process. A path below a directory is made absolute and given to the world, which records it as
//! any other access; one that leads out of the directory is recorded and refused.

mod descriptor;
mod open;

use super::clocks::SECOND;
use super::failure::fs_code;
use super::view::Call;
use super::wasi::clocks::wall_clock::Datetime;
use super::wasi::filesystem::types::{
    self, DescriptorStat, DescriptorType, DirectoryEntry, ErrorCode, MetadataHashValue,
    NewTimestamp,
};
use super::wasi::filesystem::{preopens, types::HostDirectoryEntryStream};
use super::{FsFailure, View, clocks};
use crate::guest::wasi::paths;
use crate::trace::Kind;
use crate::world::Errno;
use crate::world::files::{OpenFile, OpenFlags, What};
use crate::world::fs::{Stat, Type};
use wasmtime::component::Resource;

type Answer<T> = Result<T, FsFailure>;

/// An open file or directory.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// The descriptor of the process, which is closed with this one.
    fd: u32,
    /// Whether it was opened to change what is in it, as directories are.
    mutates: bool,
}

/// The names of a directory when it was listed, without `.` and `..`, sorted.
#[derive(Debug)]
pub struct DirectoryStream(std::vec::IntoIter<(String, Type)>);

impl types::Host for View<'_> {
    fn filesystem_error_code(
        &mut self,
        handle: Resource<Errno>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        let call = self.call()?;
        Ok(Some(fs_code(*call.get(&handle)?)))
    }

    fn convert_error_code(&mut self, failure: FsFailure) -> wasmtime::Result<ErrorCode> {
        View::fs_error(failure)
    }
}

impl preopens::Host for View<'_> {
    /// The directories that the process has open from the start. That they are opened is not recorded, since the program did
    /// not ask for them; one that is not there is left out.
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
        let mut call = self.call()?;
        let pid = call.caller.pid;
        let mut directories = Vec::new();
        for (name, path) in call.handles.preopens.clone() {
            let Ok(ino) = call.world.fs.lookup(call.world.who(pid), &path, true) else {
                continue;
            };
            let file = OpenFile::new(What::Node(ino), OpenFlags::READ, path);
            if let Ok(fd) = call.world.install(pid, file) {
                let handle = call.push_descriptor(Descriptor { fd, mutates: true })?;
                directories.push((handle, name));
            }
        }
        Ok(directories)
    }
}

impl HostDirectoryEntryStream for View<'_> {
    fn read_directory_entry(
        &mut self,
        handle: Resource<DirectoryStream>,
    ) -> Answer<Option<DirectoryEntry>> {
        let call = self.call()?;
        let next = call.handles.table.get_mut(&handle)?.0.next();
        if next.is_some() {
            call.handles.listed = call.handles.listed.saturating_sub(1);
        }
        Ok(next.map(|(name, kind)| DirectoryEntry {
            type_: descriptor_type(kind),
            name,
        }))
    }

    fn drop(&mut self, handle: Resource<DirectoryStream>) -> wasmtime::Result<()> {
        let call = self.call()?;
        let left = call.handles.table.delete(handle)?.0.len();
        call.handles.listed = call.handles.listed.saturating_sub(left);
        Ok(())
    }
}

impl Call<'_> {
    /// A handle for what was opened; it is closed when it cannot have one.
    fn push_descriptor(&mut self, opened: Descriptor) -> wasmtime::Result<Resource<Descriptor>> {
        let pushed = self.push(opened);
        if pushed.is_err() {
            self.close_file(opened.fd);
        }
        pushed
    }

    /// The descriptor of the process, when it is that of a file.
    fn file(&self, handle: &Resource<Descriptor>) -> Answer<u32> {
        let fd = self.get(handle)?.fd;
        if self.is_directory(fd)? {
            return Err(Errno::BADF.into());
        }
        Ok(fd)
    }

    fn is_directory(&self, fd: u32) -> Result<bool, Errno> {
        match self.world.description(self.caller.pid, fd)?.what {
            What::Node(ino) => Ok(self.world.fs.node(ino)?.is_directory()),
            _ => Ok(false),
        }
    }

    /// Where the directory behind a descriptor is now.
    fn directory(&self, handle: &Resource<Descriptor>) -> Answer<String> {
        let fd = self.get(handle)?.fd;
        Ok(self.world.directory_path(self.caller.pid, fd)?)
    }

    /// Makes a path absolute that starts from a directory; what leads out of it is refused as an access of this kind.
    fn at(
        &mut self,
        handle: &Resource<Descriptor>,
        path: &str,
        kind: Kind,
        follow: bool,
    ) -> Answer<String> {
        let base = self.directory(handle)?;
        let found = paths::below(self.world, &self.caller, kind, &base, path, follow);
        Ok(found?)
    }

    /// A time to set, in nanoseconds since 1970; `None` leaves it as it is.
    fn timestamp(&self, time: NewTimestamp) -> Answer<Option<u64>> {
        Ok(match time {
            NewTimestamp::NoChange => None,
            NewTimestamp::Now => Some(self.world.clock.now()),
            NewTimestamp::Timestamp(Datetime {
                seconds,
                nanoseconds,
            }) => {
                let whole = seconds.checked_mul(SECOND);
                let time = whole.and_then(|whole| whole.checked_add(nanoseconds.into()));
                Some(time.ok_or(ErrorCode::Overflow)?)
            }
        })
    }
}

fn descriptor_type(kind: Type) -> DescriptorType {
    match kind {
        Type::Fifo => DescriptorType::Fifo,
        Type::Device => DescriptorType::CharacterDevice,
        Type::Directory => DescriptorType::Directory,
        Type::File => DescriptorType::RegularFile,
        Type::Link => DescriptorType::SymbolicLink,
        Type::Socket => DescriptorType::Socket,
    }
}

fn descriptor_stat(stat: &Stat) -> DescriptorStat {
    DescriptorStat {
        type_: descriptor_type(stat.kind),
        link_count: stat.nlink.into(),
        size: stat.size,
        data_access_timestamp: Some(clocks::datetime(stat.atime)),
        data_modification_timestamp: Some(clocks::datetime(stat.mtime)),
        status_change_timestamp: Some(clocks::datetime(stat.ctime)),
    }
}

/// Equal for equal objects: there is no need to hide the numbers of a made-up disk.
fn metadata_hash(stat: &Stat) -> MetadataHashValue {
    MetadataHashValue {
        lower: stat.ino,
        upper: stat.dev,
    }
}
