//! Opening a path.

use super::{Answer, Call, Descriptor};
use crate::guest::wasi::p2::wasi::filesystem::types::{DescriptorFlags, ErrorCode, OpenFlags};
use crate::trace::Kind;
use crate::world;
use crate::world::fs::Type;
use wasmtime::component::Resource;

/// Permission bits of a new file, before the process's mask.
const NEW_FILE: u32 = 0o666;

/// What to open, and how.
pub(super) struct Request {
    pub(super) path: String,
    pub(super) follow: bool,
    pub(super) open: OpenFlags,
    pub(super) flags: DescriptorFlags,
}

impl Request {
    fn writes(&self) -> bool {
        self.flags.contains(DescriptorFlags::WRITE)
            || self
                .open
                .intersects(OpenFlags::CREATE | OpenFlags::TRUNCATE)
    }

    fn check(&self) -> Result<(), ErrorCode> {
        let synchronised = DescriptorFlags::FILE_INTEGRITY_SYNC
            | DescriptorFlags::DATA_INTEGRITY_SYNC
            | DescriptorFlags::REQUESTED_WRITE_SYNC;
        if self.flags.intersects(synchronised) {
            return Err(ErrorCode::Unsupported);
        }
        let files_only = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::TRUNCATE;
        if self.open.contains(OpenFlags::DIRECTORY) && self.open.intersects(files_only) {
            return Err(ErrorCode::Invalid);
        }
        Ok(())
    }

    /// The flags of `open(2)`. What makes or cuts a file opens it for writing as well, and what does not ask to write opens it
    /// for reading, whether that was asked for or not.
    fn world_flags(&self) -> world::OpenFlags {
        let reads = self.flags.contains(DescriptorFlags::READ)
            || !self.flags.contains(DescriptorFlags::WRITE);
        let mut flags = match (reads, self.writes()) {
            (true, true) => world::OpenFlags::BOTH,
            (true, false) => world::OpenFlags::READ,
            (false, _) => world::OpenFlags::WRITE,
        };
        for (wanted, flag) in [
            (OpenFlags::CREATE, world::OpenFlags::CREATE),
            (OpenFlags::EXCLUSIVE, world::OpenFlags::EXCLUSIVE),
            (OpenFlags::TRUNCATE, world::OpenFlags::TRUNCATE),
            (OpenFlags::DIRECTORY, world::OpenFlags::DIRECTORY),
        ] {
            if self.open.contains(wanted) {
                flags = flags.with(flag);
            }
        }
        if !self.follow {
            flags = flags.with(world::OpenFlags::NOFOLLOW);
        }
        flags
    }
}

impl Call<'_> {
    /// Opens a path below a directory.
    pub(super) fn open_below(
        &mut self,
        handle: &Resource<Descriptor>,
        request: &Request,
    ) -> Answer<Descriptor> {
        self.directory(handle)?;
        request.check()?;
        let kind = if request.writes() {
            Kind::FileWrite
        } else {
            Kind::FileRead
        };
        let full = self.at(handle, &request.path, kind, request.follow)?;
        let mut flags = request.world_flags();
        let found = self.world.peek_stat(self.caller.pid, &full, request.follow);
        if found.is_ok_and(|stat| stat.kind == Type::Link) {
            // Of a link that is not followed it is said that it is one, not that it is no directory.
            flags.0 &= !world::OpenFlags::DIRECTORY.0;
        }
        let fd = self.world.open(&self.caller, &full, flags, NEW_FILE)?;
        Ok(Descriptor {
            fd,
            mutates: request.flags.contains(DescriptorFlags::MUTATE_DIRECTORY),
        })
    }
}
