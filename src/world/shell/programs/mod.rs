//! The programs that a shell of the world finds on PATH.
//!
//! Each is a function over the world: it reads its input to the end, acts, writes its output, and returns its exit code.
//! What a program does not know of its real counterpart it refuses, and the refusal is recorded as unsupported.

mod archive;
mod encode;
mod files;
mod find;
pub(super) mod format;
mod git;
mod grep;
mod http;
mod inspect;
mod lines;
mod machine;
mod net;
mod npm;
mod options;
mod registry;
mod remove;
mod runners;
mod sed;
mod services;
mod text;
pub(super) mod words;

use super::seat::Seat;
use super::{Caller, Pid, Stopped};
use crate::world::Errno;
use options::Options;

/// Exit code or the end of the run.
type Done = Result<i32, Stopped>;

/// A program.
type Main = fn(&mut Tool<'_, '_>) -> Done;

/// Programs by name, sorted. Those that the machine has and this table has not are refused as unsupported when they run.
const TABLE: &[(&str, Main)] = &[
    ("[", words::test),
    ("arch", machine::arch),
    ("awk", sed::awk),
    ("base64", encode::base64),
    ("basename", words::basename),
    ("cat", text::cat),
    ("chmod", files::chmod),
    ("chown", files::chown),
    ("clear", words::yes_exit),
    ("cp", files::cp),
    ("crontab", services::crontab),
    ("curl", http::curl),
    ("cut", text::cut),
    ("date", machine::date),
    ("dd", lines::dd),
    ("df", machine::df),
    ("dig", net::dig),
    ("dirname", words::dirname),
    ("dmesg", machine::refused),
    ("du", inspect::du),
    ("echo", words::echo_program),
    ("egrep", grep::egrep),
    ("env", runners::env),
    ("expr", words::expr),
    ("false", words::no),
    ("fgrep", grep::fgrep),
    ("file", inspect::file),
    ("find", find::find),
    ("free", machine::free),
    ("gawk", sed::awk),
    ("getconf", machine::getconf),
    ("getent", machine::getent),
    ("git", git::git),
    ("grep", grep::grep),
    ("groups", machine::groups),
    ("gunzip", encode::gunzip),
    ("gzip", encode::gzip),
    ("head", text::head),
    ("host", net::dig),
    ("hostname", machine::hostname),
    ("id", machine::id),
    ("install", lines::install),
    ("ip", machine::ip),
    ("kill", services::kill),
    ("killall", services::kill),
    ("ldd", inspect::ldd),
    ("ln", files::ln),
    ("locale", machine::locale),
    ("ls", inspect::ls),
    ("lscpu", machine::lscpu),
    ("lsof", machine::refused),
    ("md5sum", encode::digest),
    ("mkdir", files::mkdir),
    ("mktemp", files::mktemp),
    ("mv", files::mv),
    ("nc", net::nc),
    ("netcat", net::nc),
    ("netstat", machine::refused),
    ("nice", runners::prefix),
    ("nl", lines::nl),
    ("nohup", runners::prefix),
    ("npm", npm::npm),
    ("nproc", machine::nproc),
    ("npx", npm::npx),
    ("nslookup", net::dig),
    ("od", encode::dump),
    ("openssl", encode::openssl),
    ("paste", lines::paste),
    ("pgrep", services::pgrep),
    ("ping", net::ping),
    ("pkill", services::kill),
    ("printenv", runners::printenv),
    ("printf", words::printf),
    ("ps", machine::ps),
    ("pwd", words::pwd),
    ("readlink", inspect::readlink),
    ("realpath", inspect::realpath),
    ("reboot", services::power),
    ("rev", text::rev),
    ("rm", remove::rm),
    ("rmdir", remove::rmdir),
    ("scp", net::ssh),
    ("sed", sed::sed),
    ("seq", words::seq),
    ("service", services::systemctl),
    ("setsid", runners::prefix),
    ("sha1sum", encode::digest),
    ("sha256sum", encode::digest),
    ("sha512sum", encode::digest),
    ("shred", remove::shred),
    ("shutdown", services::power),
    ("sleep", runners::sleep),
    ("socat", net::socat),
    ("sort", text::sort),
    ("ssh", net::ssh),
    ("stat", inspect::stat),
    ("strings", lines::strings),
    ("su", runners::su),
    ("sudo", runners::sudo),
    ("sync", words::yes_exit),
    ("systemctl", services::systemctl),
    ("tac", lines::tac),
    ("tail", text::tail),
    ("tar", archive::tar),
    ("tee", text::tee),
    ("telnet", net::nc),
    ("test", words::test),
    ("timeout", runners::timeout),
    ("touch", files::touch),
    ("tr", text::tr),
    ("true", words::yes_exit),
    ("tty", machine::tty),
    ("uname", machine::uname),
    ("uniq", text::uniq),
    ("unlink", remove::rm),
    ("uptime", machine::uptime),
    ("users", machine::whoami),
    ("wc", text::wc),
    ("wget", http::wget),
    ("which", runners::which),
    ("who", machine::who),
    ("whoami", machine::whoami),
    ("xargs", runners::xargs),
    ("xxd", encode::dump),
    ("yes", words::yes),
    ("zcat", encode::gunzip),
];

/// Runs a program as process `pid`.
pub(super) fn run(seat: &mut Seat<'_>, pid: Pid, name: &'static str) -> Done {
    let args = seat
        .world
        .processes
        .get(pid)
        .map(|process| process.argv.clone())
        .unwrap_or_default();
    let mut tool = Tool {
        seat,
        pid,
        name,
        args: args.into_iter().skip(1).collect(),
        broken: false,
    };
    match TABLE.binary_search_by(|(known, _)| (*known).cmp(name)) {
        Ok(index) => match TABLE.get(index) {
            Some((_, main)) => main(&mut tool),
            None => Ok(127),
        },
        Err(_) => runners::unsupported(&mut tool),
    }
}

/// One running program.
pub(super) struct Tool<'t, 'b> {
    pub(super) seat: &'t mut Seat<'b>,
    /// Its process.
    pub(super) pid: Pid,
    /// Its name.
    pub(super) name: &'static str,
    /// Its arguments, without its name.
    pub(super) args: Vec<String>,
    /// Whether nobody reads its output any more.
    pub(super) broken: bool,
}

impl Tool<'_, '_> {
    fn caller(&self) -> Caller {
        let origin = self
            .seat
            .world
            .processes
            .get(self.pid)
            .map(|process| process.origin.clone());
        Caller {
            pid: self.pid,
            at: origin.unwrap_or_default(),
        }
    }

    fn options(&self, valued: &str) -> Options {
        Options::parse(&self.args, valued)
    }

    fn out(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), Stopped> {
        if !self.broken {
            self.broken = self.seat.write(self.pid, 1, bytes.as_ref())?.is_err();
        }
        Ok(())
    }

    /// Prints a message on standard error, after the program's name.
    fn complain(&mut self, message: &str) -> Result<(), Stopped> {
        let text = format!("{}: {message}\n", self.name);
        self.seat.write(self.pid, 2, text.as_bytes()).map(|_| ())
    }

    /// Complains and returns the exit code.
    fn fail(&mut self, status: i32, message: &str) -> Done {
        self.complain(message)?;
        Ok(status)
    }

    fn fail_on(&mut self, path: &str, errno: Errno) -> Done {
        self.fail(1, &format!("{path}: {}", errno.message()))
    }

    /// Refuses what the real program can do and this one cannot; recorded.
    fn unsupported(&mut self, what: &str) -> Done {
        let caller = self.caller();
        self.seat
            .world
            .unsupported(&caller, format!("{} {what}", self.name));
        self.fail(2, &format!("unsupported: {what}"))
    }

    /// All of standard input.
    fn input(&mut self) -> Result<Vec<u8>, Stopped> {
        self.seat.read_all(self.pid, 0)
    }

    /// The contents of an operand, where `-` is standard input; `None` after a complaint.
    fn operand(&mut self, path: &str) -> Result<Option<Vec<u8>>, Stopped> {
        if path == "-" {
            return self.input().map(Some);
        }
        let caller = self.caller();
        match self.seat.read_file(&caller, path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(errno) => {
                self.fail_on(path, errno)?;
                Ok(None)
            }
        }
    }

    /// The contents of all operands one after another, or standard input; and whether one of them failed.
    fn inputs(&mut self, operands: &[String]) -> Result<(Vec<u8>, bool), Stopped> {
        if operands.is_empty() {
            return Ok((self.input()?, false));
        }
        let most = usize::try_from(self.seat.world.limits.file_size).unwrap_or(usize::MAX);
        let (mut bytes, mut failed) = (Vec::new(), false);
        for path in operands {
            match self.operand(path)? {
                Some(more) if bytes.len().saturating_add(more.len()) > most => {
                    let caller = self.caller();
                    let reason = format!("{} reads more than {most} bytes", self.name);
                    self.seat.world.hit_limit(&caller, "input", reason);
                    self.fail_on(path, Errno::NOMEM)?;
                    failed = true;
                }
                Some(more) => bytes.extend(more),
                None => failed = true,
            }
        }
        Ok((bytes, failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_the_search_in_it() {
        assert!(TABLE.is_sorted_by_key(|(name, _)| *name));
    }
}
