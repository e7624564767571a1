//! The kinds of events: a closed, stable vocabulary.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// What was attempted. The dotted names are stable and documented in docs/trace.md.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)+
        }

        impl Kind {
            /// All kinds, in the order of the documentation.
            pub const ALL: &[Kind] = &[$(Kind::$variant,)+];

            /// The dotted name, as it stands in traces and reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Kind::$variant => $name,)+
                }
            }
        }
    };
}

kinds! {
    /// The contents of a file were opened for reading. Subject: the path.
    FileRead = "file.read",
    /// A file was created or changed. Subject: the path; payload: the contents when it was closed.
    FileWrite = "file.write",
    /// The existence, size or kind of a path was asked for. Subject: the path.
    FileStat = "file.stat",
    /// The names in a directory were listed. Subject: the path.
    FileList = "file.list",
    /// A file or directory was removed. Subject: the path.
    FileDelete = "file.delete",
    /// A path was renamed. Subject: the old path; detail `to`: the new one.
    FileRename = "file.rename",
    /// Permissions, owner or times were changed. Subject: the path; detail `mode`: octal.
    FileChmod = "file.chmod",
    /// A hard or symbolic link was made. Subject: the new path; detail `to`: what it points at.
    FileLink = "file.link",
    /// A variable was read. Subject: its name.
    EnvRead = "env.read",
    /// All names (and with them usually all values) were listed. Subject: `*`.
    EnvList = "env.list",
    /// A variable was set or removed. Subject: its name.
    EnvWrite = "env.write",
    /// A name was resolved. Subject: the name; detail `type`: the record type.
    NetDns = "net.dns",
    /// A connection was opened. Subject: `host:port` as far as the host is known, else the address.
    NetConnect = "net.connect",
    /// A port was opened for others. Subject: `address:port`.
    NetListen = "net.listen",
    /// Bytes left. Subject: `host:port`; payload: the bytes, in clear.
    NetSend = "net.send",
    /// Bytes came in. Subject: `host:port`; payload: the bytes.
    NetRecv = "net.recv",
    /// One HTTP request, decoded. Subject: `METHOD URL`; payload: its body; detail: headers and status.
    NetHttp = "net.http",
    /// A program was started. Subject: the command line; payload: argv separated by NUL; detail `program`: the path.
    ProcSpawn = "proc.spawn",
    /// A process ended. Subject: its exit code or signal.
    ProcExit = "proc.exit",
    /// A signal was sent. Subject: `SIGNAL pid`.
    ProcSignal = "proc.signal",
    /// A module of the package was loaded. Subject: the path; detail `format`.
    CodeLoad = "code.load",
    /// Text became code. Subject: `eval`, `function` or `vm`; payload: the source.
    CodeEval = "code.eval",
    /// The time was read. Subject: `now`. Recorded once for each place.
    ClockRead = "clock.read",
    /// Something waited. Subject: milliseconds.
    ClockSleep = "clock.sleep",
    /// The machine or the user was asked about. Subject: hostname, user, cpus, platform, locale, timezone ...
    HostQuery = "host.query",
    /// A function of the language or of the runtime was replaced. Subject: its path.
    BuiltinPatched = "builtin.patched",
    /// Something was asked for that the sandbox does not provide. Subject: what.
    GuestUnsupported = "guest.unsupported",
    /// The guest ended by a trap. Subject: the reason.
    GuestCrash = "guest.crash",
    /// The guest's own observers were tampered with. Subject: how.
    GuestTamper = "guest.tamper",
    /// A limit of the sandbox was reached. Subject: the limit's name; detail `reason`.
    LimitHit = "limit.hit",
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
