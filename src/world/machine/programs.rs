//! The programs on the disk. Their files look like programs; what runs when they are started is the world's own.

use super::{Body, Entry, tree};
use crate::world::Persona;
use bytes::Bytes;

/// The start of an ELF file: 64 bits, little-endian, System V, a position-independent program for x86-64.
const ELF: [u8; 24] = [
    0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x3e, 0, 1, 0, 0, 0,
];

/// Where a program's file says which program it is, after the ELF and program headers.
const NAME_AT: usize = 0x238;

/// The longest name that is looked for.
const NAME_MAX: usize = 48;

/// What an Ubuntu machine of a developer has in `/usr/bin`.
const NAMES: &str = "[ apt apt-get arch awk base32 base64 basename bash bunzip2 busctl bzcat bzip2 c++ cat cc chattr chfn chgrp chmod chown chsh cksum clear cmp comm cp cpio crontab curl cut cx dash date dd df diff dig dir dirname dmesg docker dpkg du echo ed egrep env expand expr factor false fgrep file find flock fmt fold free g++ gawk gcc gdb getconf getconf getent getopt gh git gpg grep groups gunzip gzip head hexdump host hostid hostname hostnamectl iconv id install ip join journalctl jq kill killall last ldd less link ln locale localectl locate logger login loginctl logname ls lsb_release lscpu lshw lsmod lsof lspci lsusb make man md5sum mkdir mkfifo mknod mktemp more mount mv nano nc netcat netstat nice nl nm node nohup npm nproc npx nslookup numfmt objdump od openssl passwd paste pathchk perl pgrep ping pinky pkg-config pkill pr printenv printf ps ptx pwd python3 python3.12 readelf readlink realpath reboot rev rm rmdir rsync run-parts scp screen sed seq service setsid sftp sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf shutdown sleep socat sort split ss ssh ssh-add ssh-agent ssh-keygen stat strace strings strip stty su sudo sum sync systemctl systemd-detect-virt tac tail tar tee telnet test time timeout tmux top touch tput tr true truncate tsort tty type umount uname unexpand uniq unlink unxz unzip update-alternatives uptime users vdir vi vim wall watch wc wget whatis whereis which who whoami xargs xdg-open xdg-settings xxd xz yes zcat zip zsh zstd";

/// What it has in `/usr/sbin`, where a user's `PATH` looks as well.
const SYSTEM_NAMES: &str = "cron halt ifconfig iptables ldconfig nologin poweroff reboot route service shutdown sysctl useradd usermod";

/// Links among the programs.
const LINKS: &[(&str, &str)] = &[
    ("/usr/bin/sh", "dash"),
    ("/usr/bin/python", "python3"),
    ("/usr/bin/nodejs", "node"),
    ("/usr/bin/npm", "../lib/node_modules/npm/bin/npm-cli.js"),
    ("/usr/bin/npx", "../lib/node_modules/npm/bin/npx-cli.js"),
    (
        "/usr/bin/corepack",
        "../lib/node_modules/corepack/dist/corepack.js",
    ),
    ("/bin", "usr/bin"),
    ("/sbin", "usr/sbin"),
    ("/lib", "usr/lib"),
    ("/lib64", "usr/lib64"),
];

/// Programs that run as root whoever starts them.
const SET_USER: &[&str] = &["sudo", "su", "passwd", "mount", "umount", "chsh", "chfn"];

/// Programs whose file is a script.
const SCRIPTS: [&str; 2] = ["npm", "npx"];

/// The links and files of all programs.
///
/// The files share one allocation of zeros that nobody touches but for the first page of each, so that they have the sizes
/// of programs and cost next to nothing.
pub(super) fn entries(persona: &Persona) -> Vec<Entry> {
    let time = |path: &str| tree::age(path, 190, persona.start);
    let mut entries: Vec<Entry> = LINKS
        .iter()
        .map(|(path, target)| Entry {
            path: (*path).to_owned(),
            body: Body::Link((*target).to_owned()),
            mode: 0o777,
            uid: 0,
            gid: 0,
            time: time(path),
        })
        .collect();
    let sized: Vec<(&str, &str, usize)> = [("/usr/bin", NAMES), ("/usr/sbin", SYSTEM_NAMES)]
        .into_iter()
        .flat_map(|(directory, names)| {
            names
                .split(' ')
                .map(move |name| (directory, name, size(name)))
        })
        .collect();
    let mut image = vec![0; sized.iter().map(|(_, _, size)| size).sum()];
    let mut rest = image.as_mut_slice();
    for (_, name, size) in &sized {
        let (file, after) = rest.split_at_mut((*size).min(rest.len()));
        stamp(file, name);
        rest = after;
    }
    let image = Bytes::from(image);
    let mut start = 0;
    for (directory, name, size) in sized {
        let path = format!("{directory}/{name}");
        let time = time(&path);
        let body = Body::File(image.slice(start..start + size));
        let mode = if SET_USER.contains(&name) {
            0o4755
        } else {
            0o755
        };
        entries.push(Entry {
            path,
            body,
            mode,
            uid: 0,
            gid: 0,
            time,
        });
        start += size;
    }
    entries.extend(SCRIPTS.map(|name| {
        let path = format!("/usr/lib/node_modules/npm/bin/{name}-cli.js");
        let time = tree::age(&path, 30, persona.start);
        Entry {
            path,
            body: Body::File(script(name).into()),
            mode: 0o755,
            uid: 0,
            gid: 0,
            time,
        }
    }));
    entries
}

/// The script behind a program that npm installs. Started as a program it is one of the world; run by node it starts that.
fn script(name: &str) -> String {
    format!(
        "#!/usr/bin/env node\nconst {{ spawnSync }} = require('node:child_process')\nprocess.exitCode = spawnSync('/usr/bin/{name}', process.argv.slice(2), {{ stdio: 'inherit' }}).status ?? 1\n"
    )
}

/// A program's size in bytes: what its name decides, between that of `true` and that of a compiler driver.
fn size(name: &str) -> usize {
    let spread = usize::try_from(crc32fast::hash(name.as_bytes()) % 24).unwrap_or(0);
    let most = if matches!(name, "node" | "python3.12" | "docker" | "gh") {
        4 << 20
    } else {
        0
    };
    14_472 + spread * 8_192 + most
}

/// Writes the head of a program's file.
fn stamp(file: &mut [u8], name: &str) {
    if let Some(head) = file.get_mut(..ELF.len()) {
        head.copy_from_slice(&ELF);
    }
    if let Some(place) = file.get_mut(NAME_AT..NAME_AT + name.len()) {
        place.copy_from_slice(name.as_bytes());
    }
}

/// Which program of the machine a file's contents are, wherever they were copied to; `None` for all other contents.
#[must_use]
pub fn program_of(contents: &[u8]) -> Option<&'static str> {
    if contents.starts_with(b"#!") {
        return SCRIPTS
            .into_iter()
            .find(|name| contents == script(name).as_bytes());
    }
    if contents.get(..ELF.len())? != ELF {
        return None;
    }
    let place = contents.get(NAME_AT..NAME_AT + NAME_MAX)?;
    let end = place.iter().position(|&byte| byte == 0)?;
    let name = std::str::from_utf8(place.get(..end)?).ok()?;
    NAMES
        .split(' ')
        .chain(SYSTEM_NAMES.split(' '))
        .find(|known| *known == name)
}
