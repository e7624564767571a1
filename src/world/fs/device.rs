//! The device files of a Linux machine that programs use.

use super::{Content, Fs, Who};

/// What a device file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// `/dev/null`: empty, swallows all.
    Null,
    /// `/dev/zero`: zeros without end.
    Zero,
    /// `/dev/full`: zeros without end, no room for a byte.
    Full,
    /// `/dev/random` and `/dev/urandom`: the world's seeded bytes.
    Random,
    /// `/dev/tty`: the terminal that no run has.
    Terminal,
}

impl Device {
    /// Major and minor number in the form of `st_rdev`. Source: Documentation/admin-guide/devices.txt of Linux.
    #[must_use]
    pub fn number(self) -> u64 {
        let (major, minor) = match self {
            Device::Null => (1, 3),
            Device::Zero => (1, 5),
            Device::Full => (1, 7),
            Device::Random => (1, 9),
            Device::Terminal => (5, 0),
        };
        (major << 8) | minor
    }
}

impl Fs {
    /// Plants `/proc`, `/tmp` and `/dev` with what every Linux machine has there.
    pub(super) fn plant_devices(&mut self) {
        self.plant_dir("/proc", 0o555)
            .plant_dir("/tmp", 0o1777)
            .plant_dir("/dev", 0o755)
            .plant_dir("/dev/shm", 0o1777);
        for (path, device) in [
            ("/dev/null", Device::Null),
            ("/dev/zero", Device::Zero),
            ("/dev/full", Device::Full),
            ("/dev/random", Device::Random),
            ("/dev/urandom", Device::Random),
            ("/dev/tty", Device::Terminal),
        ] {
            self.plant(path, Content::Device(device), 0o666, Some(Who::ROOT));
        }
        self.plant_link("/dev/fd", "/proc/self/fd")
            .plant_link("/dev/stdin", "/proc/self/fd/0")
            .plant_link("/dev/stdout", "/proc/self/fd/1")
            .plant_link("/dev/stderr", "/proc/self/fd/2");
    }
}
