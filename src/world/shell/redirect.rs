//! Redirects: files, descriptors, here-documents, and the sockets that bash shows as files.

use super::seat::OpenHow;
use super::{Halt, Shell};
use brush_parser::ast::{
    IoFileRedirectKind, IoFileRedirectTarget, IoRedirect, ProcessSubstitutionKind,
};

impl Shell<'_, '_> {
    /// Runs something with redirects, which end with it. When one of them fails the command is not run: status 1.
    pub(super) fn with_redirects(
        &mut self,
        redirects: &[IoRedirect],
        run: impl FnOnce(&mut Self) -> Result<i32, Halt>,
    ) -> Result<i32, Halt> {
        if redirects.is_empty() {
            return run(self);
        }
        let saved = self.seat.copy_descriptors(self.pid);
        let mut result = Ok(1);
        let mut done = true;
        for redirect in redirects {
            match self.redirect(redirect) {
                Ok(true) => {}
                Ok(false) => done = false,
                Err(halt) => {
                    result = Err(halt);
                    done = false;
                }
            }
            if !done {
                break;
            }
        }
        if done {
            result = run(self);
        }
        self.seat.put_back_descriptors(self.pid, saved);
        result
    }

    /// Does one redirect in this shell. `false`, after a complaint, when it cannot be done.
    pub(super) fn redirect(&mut self, redirect: &IoRedirect) -> Result<bool, Halt> {
        match redirect {
            IoRedirect::File(fd, kind, target) => {
                let reads = matches!(
                    kind,
                    IoFileRedirectKind::Read
                        | IoFileRedirectKind::ReadAndWrite
                        | IoFileRedirectKind::DuplicateInput
                );
                let fd = number(*fd, if reads { 0 } else { 1 });
                match target {
                    IoFileRedirectTarget::Filename(word) => {
                        let path = self.expand_text(&word.value)?;
                        self.open_onto(fd, kind, &path)
                    }
                    IoFileRedirectTarget::Fd(source) => {
                        self.duplicate(fd, number(Some(*source), 0))
                    }
                    IoFileRedirectTarget::Duplicate(word) => {
                        self.duplicate_named(fd, kind, &word.value)
                    }
                    IoFileRedirectTarget::ProcessSubstitution(
                        ProcessSubstitutionKind::Read,
                        group,
                    ) => {
                        let read = self.feed_from(|shell| shell.run_list(&group.list))?;
                        self.seat.move_descriptor(self.pid, read, fd);
                        Ok(true)
                    }
                    IoFileRedirectTarget::ProcessSubstitution(
                        ProcessSubstitutionKind::Write,
                        _,
                    ) => {
                        let caller = self.caller();
                        self.seat
                            .world
                            .unsupported(&caller, "process substitution >(...)");
                        self.open_onto(fd, kind, "/dev/null")
                    }
                }
            }
            IoRedirect::HereDocument(fd, document) => {
                let body = if document.requires_expansion {
                    self.expand_here_document(&document.doc.value)?
                } else {
                    document.doc.value.clone()
                };
                self.feed(number(*fd, 0), body.as_bytes())
            }
            IoRedirect::HereString(fd, word) => {
                let text = format!("{}\n", self.expand_text(&word.value)?);
                self.feed(number(*fd, 0), text.as_bytes())
            }
            IoRedirect::OutputAndError(word, append) => {
                let path = self.expand_text(&word.value)?;
                let kind = if *append {
                    IoFileRedirectKind::Append
                } else {
                    IoFileRedirectKind::Write
                };
                Ok(self.open_onto(1, &kind, &path)? && self.duplicate(2, 1)?)
            }
        }
    }

    /// `>&n`, `>&-`, `>&file`.
    fn duplicate_named(
        &mut self,
        fd: u32,
        kind: &IoFileRedirectKind,
        word: &str,
    ) -> Result<bool, Halt> {
        let text = self.expand_text(word)?;
        if text == "-" {
            self.seat.close(self.pid, fd);
            return Ok(true);
        }
        let (digits, closes) = match text.strip_suffix('-') {
            Some(digits) => (digits, true),
            None => (text.as_str(), false),
        };
        match digits.parse::<u32>() {
            Ok(source) => {
                let done = self.duplicate(fd, source)?;
                if closes && source != fd {
                    self.seat.close(self.pid, source);
                }
                Ok(done)
            }
            Err(_) if matches!(kind, IoFileRedirectKind::DuplicateOutput) => {
                let opened = self.open_onto(fd, &IoFileRedirectKind::Write, &text)?;
                Ok(opened && (fd != 1 || self.duplicate(2, 1)?))
            }
            Err(_) => self.bad_descriptor(&text),
        }
    }

    fn duplicate(&mut self, fd: u32, source: u32) -> Result<bool, Halt> {
        if self.seat.duplicate(self.pid, source, fd) {
            return Ok(true);
        }
        self.bad_descriptor(&source.to_string())
    }

    fn bad_descriptor(&mut self, what: &str) -> Result<bool, Halt> {
        let line = self.state.line.max(1);
        self.complain(&format!("{line}: {what}: Bad file descriptor"))?;
        Ok(false)
    }

    fn open_onto(&mut self, fd: u32, kind: &IoFileRedirectKind, path: &str) -> Result<bool, Halt> {
        let how = match kind {
            IoFileRedirectKind::Read | IoFileRedirectKind::DuplicateInput => OpenHow::Read,
            IoFileRedirectKind::Append => OpenHow::Append,
            IoFileRedirectKind::ReadAndWrite => OpenHow::ReadWrite,
            IoFileRedirectKind::Write if self.state.options.noclobber => OpenHow::New,
            _ => OpenHow::Write,
        };
        let caller = self.caller();
        let opened = match socket_path(path) {
            Some((host, port)) => self.seat.connect(&caller, host, port),
            None => self.seat.open(&caller, path, how),
        };
        match opened {
            Ok(new) => {
                self.seat.move_descriptor(self.pid, new, fd);
                Ok(true)
            }
            Err(errno) => {
                let line = self.state.line.max(1);
                let verb = if how == OpenHow::Read {
                    "open"
                } else {
                    "create"
                };
                self.complain(&format!(
                    "{line}: cannot {verb} {path}: {}",
                    errno.message()
                ))?;
                Ok(false)
            }
        }
    }

    /// Lets a descriptor read these bytes.
    fn feed(&mut self, fd: u32, bytes: &[u8]) -> Result<bool, Halt> {
        let (read, write) = self.seat.pipe(self.pid)?;
        if self.seat.write(self.pid, write, bytes)?.is_err() {
            return Ok(false);
        }
        self.seat.close(self.pid, write);
        self.seat.move_descriptor(self.pid, read, fd);
        Ok(true)
    }
}

fn number(fd: Option<i32>, default: u32) -> u32 {
    fd.map_or(default, |fd| u32::try_from(fd).unwrap_or(default))
}

/// The parts of `/dev/tcp/HOST/PORT`, which bash opens as a connection.
fn socket_path(path: &str) -> Option<(&str, u16)> {
    let rest = path.strip_prefix("/dev/")?;
    let (protocol, rest) = rest.split_once('/')?;
    let (host, port) = rest.split_once('/')?;
    let known = matches!(protocol, "tcp" | "udp") && !host.is_empty();
    known.then_some((host, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_that_look_like_files_are_recognised() {
        assert_eq!(socket_path("/dev/tcp/c2.test/443"), Some(("c2.test", 443)));
        assert_eq!(socket_path("/dev/tcp"), None);
        assert_eq!(socket_path("/dev/tcp/c2.test/x"), None);
    }
}
