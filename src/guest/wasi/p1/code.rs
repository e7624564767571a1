//! The error numbers of `wasi_snapshot_preview1`.

use crate::world::Errno;

/// An error number. Source: `errno` in the interface description of WASI preview 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub u16);

impl Code {
    /// No error.
    pub const SUCCESS: Code = Code(0);
    /// No such descriptor, or one of the wrong kind.
    pub const BADF: Code = Code(8);
    /// Bytes that are no text.
    pub const ILSEQ: Code = Code(25);
    /// A bad argument.
    pub const INVAL: Code = Code(28);
    /// A name that is too long for its buffer.
    pub const NAMETOOLONG: Code = Code(37);
    /// Not a directory.
    pub const NOTDIR: Code = Code(54);
    /// Not a socket.
    pub const NOTSOCK: Code = Code(57);
    /// Not supported.
    pub const NOTSUP: Code = Code(58);
    /// A seek on what has no place.
    pub const SPIPE: Code = Code(70);
}

/// The numbers of Linux and those of WASI, for the errors that the world answers with.
const PAIRS: &[(Errno, u16)] = &[
    (Errno::BIG, 1),
    (Errno::ACCES, 2),
    (Errno::ADDRINUSE, 3),
    (Errno::ADDRNOTAVAIL, 4),
    (Errno::AGAIN, 6),
    (Errno::BADF, 8),
    (Errno::BUSY, 10),
    (Errno::CHILD, 12),
    (Errno::CONNREFUSED, 14),
    (Errno::CONNRESET, 15),
    (Errno::EXIST, 20),
    (Errno::FBIG, 22),
    (Errno::HOSTUNREACH, 23),
    (Errno::INTR, 27),
    (Errno::INVAL, 28),
    (Errno::IO, 29),
    (Errno::ISCONN, 30),
    (Errno::ISDIR, 31),
    (Errno::LOOP, 32),
    (Errno::MFILE, 33),
    (Errno::NAMETOOLONG, 37),
    (Errno::NETUNREACH, 40),
    (Errno::NODEV, 43),
    (Errno::NOENT, 44),
    (Errno::NOEXEC, 45),
    (Errno::NOMEM, 48),
    (Errno::NOSPC, 51),
    (Errno::NOSYS, 52),
    (Errno::NOTCONN, 53),
    (Errno::NOTDIR, 54),
    (Errno::NOTEMPTY, 55),
    (Errno::NOTSOCK, 57),
    (Errno::OPNOTSUPP, 58),
    (Errno::NOTTY, 59),
    (Errno::NXIO, 60),
    (Errno::PERM, 63),
    (Errno::PIPE, 64),
    (Errno::RANGE, 68),
    (Errno::ROFS, 69),
    (Errno::SPIPE, 70),
    (Errno::SRCH, 71),
    (Errno::TIMEDOUT, 73),
    (Errno::XDEV, 75),
];

impl From<Errno> for Code {
    /// An error for which WASI has no number becomes `io`.
    fn from(errno: Errno) -> Code {
        let pair = PAIRS.iter().find(|(linux, _)| *linux == errno);
        Code(pair.map_or(29, |(_, number)| *number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_wasi() {
        assert_eq!(Code::from(Errno::NOENT), Code(44));
        assert_eq!(Code::from(Errno::NOTEMPTY), Code(55));
        assert_eq!(Code::from(Errno::OPNOTSUPP), Code::NOTSUP);
    }

    #[test]
    fn no_number_stands_for_two_errors() {
        let mut numbers: Vec<u16> = PAIRS.iter().map(|pair| pair.1).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), PAIRS.len());
    }
}
