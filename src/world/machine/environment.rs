//! The environment of the persona's terminal, without secrets.

use crate::world::Persona;
use std::collections::BTreeMap;

/// Where a Linux login shell looks for programs, after the user's own directory.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin";

/// The variables that a terminal on the persona's machine has, without secrets: those come with the decoys.
#[must_use]
pub fn environment(persona: &Persona) -> BTreeMap<String, String> {
    let runtime = format!("/run/user/{}", persona.uid);
    let pairs = [
        ("SHELL", persona.shell.clone()),
        ("USER", persona.user.clone()),
        ("LOGNAME", persona.user.clone()),
        ("USERNAME", persona.user.clone()),
        ("HOME", persona.home.clone()),
        ("PWD", persona.project.clone()),
        ("PATH", format!("{}/.local/bin:{PATH}", persona.home)),
        ("LANG", persona.lang.clone()),
        ("TERM", "xterm-256color".into()),
        ("COLORTERM", "truecolor".into()),
        ("SHLVL", "1".into()),
        ("EDITOR", "vim".into()),
        ("PAGER", "less".into()),
        ("LESSOPEN", "| /usr/bin/lesspipe %s".into()),
        ("LESSCLOSE", "/usr/bin/lesspipe %s %s".into()),
        ("DISPLAY", ":0".into()),
        ("WAYLAND_DISPLAY", "wayland-0".into()),
        ("DESKTOP_SESSION", "ubuntu".into()),
        ("GDMSESSION", "ubuntu".into()),
        ("GNOME_SHELL_SESSION_MODE", "ubuntu".into()),
        ("GTK_MODULES", "gail:atk-bridge".into()),
        ("VTE_VERSION", "7600".into()),
        ("XMODIFIERS", "@im=ibus".into()),
        ("QT_IM_MODULE", "ibus".into()),
        ("XDG_CONFIG_DIRS", "/etc/xdg/xdg-ubuntu:/etc/xdg".into()),
        ("XDG_CURRENT_DESKTOP", "ubuntu:GNOME".into()),
        ("XDG_DATA_DIRS", "/usr/share/ubuntu:/usr/share/gnome:/usr/local/share/:/usr/share/:/var/lib/snapd/desktop".into()),
        ("XDG_MENU_PREFIX", "gnome-".into()),
        ("XDG_SESSION_CLASS", "user".into()),
        ("XDG_SESSION_DESKTOP", "ubuntu".into()),
        ("XDG_SESSION_TYPE", "wayland".into()),
        ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={runtime}/bus")),
        ("SSH_AUTH_SOCK", format!("{runtime}/keyring/ssh")),
        ("XDG_RUNTIME_DIR", runtime),
        ("_", "/usr/bin/npm".into()),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
