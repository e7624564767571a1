//! Error numbers of Linux, as guests and programs of the world see them.

macro_rules! errnos {
    ($($name:ident = $number:literal, $text:literal;)+) => {
        /// An error number. Source: asm-generic/errno-base.h and errno.h of Linux.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct Errno(u16);

        impl Errno {
            $(#[doc = $text] pub const $name: Errno = Errno($number);)+

            /// The symbolic name, such as `ENOENT`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self.0 {
                    $($number => concat!("E", stringify!($name)),)+
                    _ => "EUNKNOWN",
                }
            }

            /// What `strerror` says.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self.0 {
                    $($number => $text,)+
                    _ => "Unknown error",
                }
            }
        }
    };
}

errnos! {
    PERM = 1, "Operation not permitted";
    NOENT = 2, "No such file or directory";
    SRCH = 3, "No such process";
    INTR = 4, "Interrupted system call";
    IO = 5, "Input/output error";
    NXIO = 6, "No such device or address";
    BIG = 7, "Argument list too long";
    NOEXEC = 8, "Exec format error";
    BADF = 9, "Bad file descriptor";
    CHILD = 10, "No child processes";
    AGAIN = 11, "Resource temporarily unavailable";
    NOMEM = 12, "Cannot allocate memory";
    ACCES = 13, "Permission denied";
    BUSY = 16, "Device or resource busy";
    EXIST = 17, "File exists";
    XDEV = 18, "Invalid cross-device link";
    NODEV = 19, "No such device";
    NOTDIR = 20, "Not a directory";
    ISDIR = 21, "Is a directory";
    INVAL = 22, "Invalid argument";
    MFILE = 24, "Too many open files";
    NOTTY = 25, "Inappropriate ioctl for device";
    FBIG = 27, "File too large";
    NOSPC = 28, "No space left on device";
    SPIPE = 29, "Illegal seek";
    ROFS = 30, "Read-only file system";
    PIPE = 32, "Broken pipe";
    RANGE = 34, "Numerical result out of range";
    NAMETOOLONG = 36, "File name too long";
    NOSYS = 38, "Function not implemented";
    NOTEMPTY = 39, "Directory not empty";
    LOOP = 40, "Too many levels of symbolic links";
    NOTSOCK = 88, "Socket operation on non-socket";
    OPNOTSUPP = 95, "Operation not supported";
    ADDRINUSE = 98, "Address already in use";
    ADDRNOTAVAIL = 99, "Cannot assign requested address";
    NETUNREACH = 101, "Network is unreachable";
    CONNRESET = 104, "Connection reset by peer";
    ISCONN = 106, "Transport endpoint is already connected";
    NOTCONN = 107, "Transport endpoint is not connected";
    TIMEDOUT = 110, "Connection timed out";
    CONNREFUSED = 111, "Connection refused";
    HOSTUNREACH = 113, "No route to host";
}

impl Errno {
    /// The positive number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0 as i32
    }
}

impl std::fmt::Display for Errno {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Errno {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_those_of_linux() {
        assert_eq!((Errno::NOENT.name(), Errno::NOENT.number()), ("ENOENT", 2));
        assert_eq!(Errno::CONNREFUSED.number(), 111);
    }
}
