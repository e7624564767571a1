"""Lets the runner of WebAssembly/wasi-testsuite drive `lazaret run`.

    python3 run-tests.py --runtime-adapter .../tests/wasi-testsuite/lazaret.py

LAZARET names the program when it is not on the search path. Each test gets a world of its own; the directories that it
works on are copied into it, so that it leaves nothing behind.
"""

import os
import shlex
import subprocess

LAZARET = shlex.split(os.getenv("LAZARET", "lazaret"))


def get_name():
    """The name in the runner's report."""
    return "lazaret"


def get_version():
    """The version in the runner's report."""
    shown = subprocess.run(LAZARET[:1] + ["--version"], encoding="UTF-8", capture_output=True, check=True)
    return shown.stdout.split()[-1]


def get_wasi_versions():
    """The generations of WASI that are tested, as the runner calls them."""
    return ["wasm32-wasip1"]


def get_wasi_worlds():
    """The worlds of those generations."""
    return ["wasi:cli/command"]


def compute_argv(test_path, args_env_dirs, *_):
    """The command line of one test.

    `args_env_dirs` is a triple: arguments, variables, and the directories, which are pairs of a path and the name that
    the test knows, or, in newer runners, one path that the test knows as `/`, or nothing.
    """
    args, env, dirs = args_env_dirs
    if dirs is None or isinstance(dirs, (str, os.PathLike)):
        dirs = [(dirs, "/")] if dirs else []
    argv = LAZARET + ["run"]
    for name, value in env.items():
        argv.append(f"--env={name}={value}")
    for path, name in dirs:
        argv.append(f"--dir={path}::{name}")
    return argv + [str(test_path), "--"] + list(args)
