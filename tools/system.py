"""What the system must bring before the program can run: looked for, and installed where that is permitted.

Run by ``make setup`` with the bare Python of the system, so only the standard library is used. A library is looked
for by loading it, a program by its name. What is missing comes from apt where we may (root, or ``sudo`` without a
password); otherwise one sentence names the packages. Exit 1 only when the program could not start at all.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable

# (loadable library, Debian/Ubuntu package): without these no Qt program starts, not even without a screen
NEEDED = (
    ("libstdc++.so.6", "libstdc++6"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libgthread-2.0.so.0", "libglib2.0-0"),
    ("libzstd.so.1", "libzstd1"),
    ("libz.so.1", "zlib1g"),
    ("libfreetype.so.6", "libfreetype6"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libEGL.so.1", "libegl1"),
    ("libGL.so.1", "libgl1"),
    ("libX11.so.6", "libx11-6"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
)

# what Qt's plugin for X11 screens loads on top: needed by `make run`, not by demo and tests
WINDOW = (
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-shm.so.0", "libxcb-shm0"),
    ("libxcb-sync.so.1", "libxcb-sync1"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)

# public tools that the tests set against our own files: a bundle opened, a PDF read by others
# and the web server of an office that bundles are sent to; apache2-bin starts nothing by itself
PROGRAMS = (("age", "age"), ("zstd", "zstd"), ("jq", "jq"), ("pdftotext", "poppler-utils"), ("apache2", "apache2-bin"))
SEARCHED = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))


def loads(library: str) -> bool:
    """Return whether the system's loader finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing() -> tuple[list[str], list[str]]:
    """Return the packages that are missing: those nothing runs without, and the others."""
    hard = [package for library, package in NEEDED if not loads(library)]
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        hard.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    soft = [package for library, package in WINDOW if not loads(library)]
    soft += [package for program, package in PROGRAMS if shutil.which(program, path=SEARCHED) is None]
    return unique(hard), unique(soft)


def unique(packages: Iterable[str]) -> list[str]:
    """Return the packages once each, in order."""
    return list(dict.fromkeys(packages))


def run(*command: str) -> bool:
    """Run a command without its chatter; return whether it succeeded."""
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def administrator() -> list[str] | None:
    """Return the words to put before an administrator's command, or None where we may not be one."""
    if not hasattr(os, "geteuid") or shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and run("sudo", "-n", "true") else None


def install(before: list[str], packages: list[str]) -> None:
    """Ask apt for the packages; whether they came is seen by looking again."""
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    print(f"Installing from the system's archive: {' '.join(packages)}", flush=True)
    if not run(*apt, "install", "-y", "--no-install-recommends", *packages):
        run(*apt, "update")
        run(*apt, "install", "-y", "--no-install-recommends", *packages)


def main() -> int:
    """Look, install where permitted, look again, and say in one sentence what is still missing."""
    hard, soft = missing()
    before = administrator()
    if (hard or soft) and before is not None:
        install(before, hard + soft)
        hard, soft = missing()
    if hard or soft:
        packages = " ".join(hard + soft)
        rest = "then try again." if hard else "for the window and all tests; the demo runs without them."
        print(f"Please have these packages installed (sudo apt-get install {packages}), {rest}", file=sys.stderr)
    return 1 if hard else 0


if __name__ == "__main__":
    sys.exit(main())
