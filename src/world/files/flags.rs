//! How a file is opened.

/// The flags of `open(2)`, with the numbers of Linux on x86-64. Source: uapi/asm-generic/fcntl.h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenFlags(pub u32);

impl OpenFlags {
    /// For reading.
    pub const READ: OpenFlags = OpenFlags(0);
    /// For writing.
    pub const WRITE: OpenFlags = OpenFlags(1);
    /// For reading and writing.
    pub const BOTH: OpenFlags = OpenFlags(2);
    /// `O_CREAT`: makes the file when it is not there.
    pub const CREATE: OpenFlags = OpenFlags(0o100);
    /// `O_EXCL`: with [`OpenFlags::CREATE`], the file must not be there.
    pub const EXCLUSIVE: OpenFlags = OpenFlags(0o200);
    /// `O_TRUNC`: empties the file.
    pub const TRUNCATE: OpenFlags = OpenFlags(0o1000);
    /// `O_APPEND`: each write goes to the end.
    pub const APPEND: OpenFlags = OpenFlags(0o2000);
    /// `O_NONBLOCK`.
    pub const NONBLOCK: OpenFlags = OpenFlags(0o4000);
    /// `O_DIRECTORY`: it must be a directory.
    pub const DIRECTORY: OpenFlags = OpenFlags(0o200_000);
    /// `O_NOFOLLOW`: it must not be a link.
    pub const NOFOLLOW: OpenFlags = OpenFlags(0o400_000);

    /// What `fopen(.., "w")` and a shell's `>` open with.
    pub const REPLACE: OpenFlags = OpenFlags(0o1101);
    /// What `fopen(.., "a")` and a shell's `>>` open with.
    pub const EXTEND: OpenFlags = OpenFlags(0o2101);

    /// Whether all of these flags are set.
    #[must_use]
    pub const fn has(self, flags: OpenFlags) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// These flags as well.
    #[must_use]
    pub const fn with(self, flags: OpenFlags) -> OpenFlags {
        OpenFlags(self.0 | flags.0)
    }

    /// Whether it may be read.
    #[must_use]
    pub const fn reads(self) -> bool {
        matches!(self.0 & 3, 0 | 2)
    }

    /// Whether it may be written.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self.0 & 3, 1 | 2)
    }
}
