//! The operations on descriptors, on both sides.

use super::super::input::Input;
use super::super::model::{Kind, Spot};
use super::{DESCRIPTORS, Open, Pair, agree, path};
use lazaret::world::files::Whence;
use lazaret::world::{Errno, OpenFlags};

impl Pair {
    pub(super) fn open(&mut self, input: &mut Input<'_>) {
        let path = path(input);
        let bits = input.byte();
        let mut flags =
            [OpenFlags::READ, OpenFlags::WRITE, OpenFlags::BOTH][usize::from(bits & 3) % 3];
        for (bit, flag) in [
            (4, OpenFlags::CREATE),
            (8, OpenFlags::EXCLUSIVE),
            (16, OpenFlags::APPEND),
            (32, OpenFlags::NOFOLLOW),
        ] {
            if bits & bit != 0 {
                flags = flags.with(flag);
            }
        }
        // What these mean together with others is left open by POSIX.
        if bits & 64 != 0 && flags.writes() {
            flags = flags.with(OpenFlags::TRUNCATE);
        }
        if bits & 128 != 0 && bits & 4 == 0 {
            flags = flags.with(OpenFlags::DIRECTORY);
        }
        let real = self.world.open(&self.caller, &path, flags, 0o666);
        let model = self.open_model(&path, flags);
        agree(&["open", &path, &format!("{:o}", flags.0)], real, model);
    }

    pub(super) fn open_model(&mut self, path: &str, flags: OpenFlags) -> Result<u32, Errno> {
        let fd = (0..DESCRIPTORS)
            .find(|fd| !self.descriptors.contains_key(fd))
            .ok_or(Errno::MFILE)?;
        let creates = flags.has(OpenFlags::CREATE);
        let exclusive = creates && flags.has(OpenFlags::EXCLUSIVE);
        let spot = self
            .model
            .resolve(path, !exclusive && !flags.has(OpenFlags::NOFOLLOW))?;
        let id = match &spot {
            Spot::Dot(_) if creates => {
                return Err(if exclusive {
                    Errno::EXIST
                } else {
                    Errno::ISDIR
                });
            }
            Spot::Dot(id) => *id,
            Spot::Taken(..) if exclusive => return Err(Errno::EXIST),
            Spot::Taken(_, _, id) => *id,
            Spot::Free(..) if creates => self.model.create(&spot, Kind::File(Vec::new()))?,
            Spot::Free(..) => return Err(Errno::NOENT),
        };
        match &mut self.model.nodes[id].kind {
            Kind::Directory(_) if flags.writes() || creates => return Err(Errno::ISDIR),
            Kind::File(_) | Kind::Link(_) if flags.has(OpenFlags::DIRECTORY) => {
                return Err(Errno::NOTDIR);
            }
            Kind::Link(_) => return Err(Errno::LOOP),
            Kind::File(bytes) if flags.has(OpenFlags::TRUNCATE) => bytes.clear(),
            Kind::Directory(_) | Kind::File(_) => {}
        }
        self.model.nodes[id].held += 1;
        self.open.push(Open {
            node: id,
            offset: 0,
            flags,
        });
        self.descriptors.insert(fd, self.open.len() - 1);
        Ok(fd)
    }

    /// Ends the holds of descriptions that no descriptor has any more.
    pub(super) fn let_go(&mut self) {
        for node in &mut self.model.nodes {
            node.held = 0;
        }
        let mut seen: Vec<usize> = self.descriptors.values().copied().collect();
        seen.sort_unstable();
        seen.dedup();
        for index in seen {
            self.model.nodes[self.open[index].node].held += 1;
        }
    }

    pub(super) fn close(&mut self, input: &mut Input<'_>) {
        let fd = descriptor(input);
        let real = self.world.close(&self.caller, fd);
        let model = self.descriptors.remove(&fd).ok_or(Errno::BADF).map(drop);
        self.let_go();
        agree(&["close"], real, model);
    }

    pub(super) fn read(&mut self, input: &mut Input<'_>) {
        let (fd, length) = (descriptor(input), usize::from(input.byte()));
        let at = input.flag().then(|| u64::from(input.byte()));
        let real = match at {
            Some(at) => self.world.pread(&self.caller, fd, length, at),
            None => self.world.read(&self.caller, fd, length),
        };
        let model = self.description(fd).and_then(|index| {
            let open = &mut self.open[index];
            let bytes = match &self.model.nodes[open.node].kind {
                _ if !open.flags.reads() => return Err(Errno::BADF),
                Kind::File(bytes) => bytes,
                _ => return Err(Errno::ISDIR),
            };
            let from = at.unwrap_or(open.offset);
            let start = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
            let piece = bytes[start..(start + length).min(bytes.len())].to_vec();
            if at.is_none() {
                open.offset += piece.len() as u64;
            }
            Ok(piece)
        });
        agree(&["read"], real.map(|bytes| bytes.to_vec()), model);
    }

    pub(super) fn description(&self, fd: u32) -> Result<usize, Errno> {
        self.descriptors.get(&fd).copied().ok_or(Errno::BADF)
    }

    pub(super) fn write(&mut self, input: &mut Input<'_>) {
        let fd = descriptor(input);
        let bytes = input.bytes().to_vec();
        let at = input.flag().then(|| u64::from(input.byte()));
        let real = match at {
            Some(at) => self.world.pwrite(&self.caller, fd, &bytes, at),
            None => self.world.write(&self.caller, fd, &bytes),
        };
        let model = self.description(fd).and_then(|index| {
            let open = &mut self.open[index];
            let content = match &mut self.model.nodes[open.node].kind {
                _ if !open.flags.writes() => return Err(Errno::BADF),
                Kind::File(content) => content,
                _ => return Err(Errno::ISDIR),
            };
            let end = content.len() as u64;
            // Linux appends even when a position is given: pwrite(2), BUGS.
            let from = if open.flags.has(OpenFlags::APPEND) {
                end
            } else {
                at.unwrap_or(open.offset)
            };
            let start = usize::try_from(from).expect("small");
            if !bytes.is_empty() {
                content.resize(content.len().max(start + bytes.len()), 0);
                content[start..start + bytes.len()].copy_from_slice(&bytes);
            }
            if at.is_none() && !bytes.is_empty() {
                open.offset = from + bytes.len() as u64;
            }
            Ok(bytes.len())
        });
        agree(&["write"], real, model);
    }

    pub(super) fn seek(&mut self, input: &mut Input<'_>) {
        let fd = descriptor(input);
        let offset = i64::from(input.byte()) - 100;
        let whence = [Whence::Start, Whence::Current, Whence::End][input.below(3)];
        let index = self.description(fd);
        // Where a directory stands is the file system's own affair.
        if index.is_ok_and(|index| self.model.is_directory(self.open[index].node)) {
            return;
        }
        let real = self.world.seek(&self.caller, fd, offset, whence);
        let model = index.and_then(|index| {
            let open = &mut self.open[index];
            let from = match (whence, &self.model.nodes[open.node].kind) {
                (Whence::Start, _) => 0,
                (Whence::Current, _) => open.offset,
                (Whence::End, Kind::File(bytes)) => bytes.len() as u64,
                (Whence::End, _) => 0,
            };
            open.offset = from.checked_add_signed(offset).ok_or(Errno::INVAL)?;
            Ok(open.offset)
        });
        agree(&["seek"], real, model);
    }

    pub(super) fn cut(&mut self, input: &mut Input<'_>) {
        let (fd, length) = (descriptor(input), u64::from(input.byte()));
        let real = self.world.ftruncate(&self.caller, fd, length);
        let model = self.description(fd).and_then(|index| {
            let open = &self.open[index];
            match &mut self.model.nodes[open.node].kind {
                Kind::File(bytes) if open.flags.writes() => {
                    bytes.resize(usize::try_from(length).expect("small"), 0);
                    Ok(())
                }
                _ => Err(Errno::INVAL),
            }
        });
        agree(&["ftruncate"], real, model);
    }

    pub(super) fn duplicate(&mut self, input: &mut Input<'_>) {
        let fd = descriptor(input);
        if input.flag() {
            let to = descriptor(input);
            let real = self.world.dup2(&self.caller, fd, to);
            let model = self.description(fd).and_then(|index| {
                if to >= DESCRIPTORS {
                    return Err(Errno::BADF);
                }
                self.descriptors.insert(to, index);
                Ok(())
            });
            agree(&["dup2"], real, model);
        } else {
            let real = self.world.dup(&self.caller, fd);
            let model = self.description(fd).and_then(|index| {
                let free = (0..DESCRIPTORS)
                    .find(|fd| !self.descriptors.contains_key(fd))
                    .ok_or(Errno::MFILE)?;
                self.descriptors.insert(free, index);
                Ok(free)
            });
            agree(&["dup"], real, model);
        }
        self.let_go();
    }
}

fn descriptor(input: &mut Input<'_>) -> u32 {
    u32::from(input.byte()) % (DESCRIPTORS + 2)
}
