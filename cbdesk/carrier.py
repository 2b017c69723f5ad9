"""Carrying files to and from sticks and other people's folders: the only door to drives.

A stick is pulled early, full, write-protected, faulty or a fake of half its size; none of that may leave half a file
under its final name, or a report of success. Rules (``spec/bundle.md`` 5.3, measured by simulated power cuts):

* ``.part`` in the same folder → flush, fsync → rename to a new name → fsync of the folder → read back past the cache
  → compare SHA-256. Only then is it said that the stick may be pulled.
* Nothing is ever overwritten by ``put``. Where ``write_atomic`` may replace a file, the new one is proved first.
* From a stick only ``*.cbd`` is read, as bytes, up to a limit; nothing is run, opened or followed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from cbdesk import volumes
from cbdesk.errors import Problem
from cbdesk.volumes import Stick, is_fixed, sticks

__all__ = [
    "Progress", "Stick", "bundles_in", "check_new", "is_fixed", "is_full", "place", "put", "read", "sticks", "take",
    "write_atomic",
]  # fmt: skip

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all); writing and reading back count alike."""

LIMIT = 64 * 1024 * 1024
_SLACK = 64 * 1024  # a cluster or two for the file and its name
_MAX_FILES = 5_000

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOCKED = {errno.EROFS, errno.EACCES, errno.EPERM}
_WINDOWS_FULL = {39, 112}
_WINDOWS_GONE = {2, 3, 15, 21, 23, 31, 55, 433, 483, 1117, 1167}
_WINDOWS_BUSY = {32, 33}


# --- writing ---------------------------------------------------------------------------------------------------------


def put(folder: Path, name: str, data: bytes, *, progress: Progress | None = None) -> Path:
    """Write a new file to a folder of others and return its path once the device has proved to hold it.

    Raises ``no_folder``, ``file_exists``, ``stick_full``, ``stick_read_only``, ``stick_gone``, ``readback_differs``.
    Our own half-written files of an earlier try are removed first.
    """
    if name in ("", ".", "..") or any(sign in name for sign in "/\\:"):
        raise ValueError("a plain file name")
    if not os.path.isdir(folder):  # noqa: PTH112  # unlike Path.is_dir it never raises
        raise Problem("no_folder", name=folder)
    _sweep(folder, name)
    return write_atomic(folder / name, data, progress=progress)


def check_new(path: Path) -> None:
    """Raise ``no_folder`` or ``file_exists`` now for a file that is to be written later."""
    if not os.path.isdir(path.parent):  # noqa: PTH112
        raise Problem("no_folder", name=path.parent)
    if os.path.lexists(path):
        raise Problem("file_exists", name=path.name)


def write_atomic(path: Path, data: bytes, *, overwrite: bool = False, progress: Progress | None = None) -> Path:
    """Write any file of ours (paper, table, card, backup) with the same care; replace one only with ``overwrite``.

    Raises as ``put`` does, and ``file_in_use`` when another program holds the file open (Windows).
    """
    if not os.path.isdir(path.parent):  # noqa: PTH112
        raise Problem("no_folder", name=path.parent)
    try:
        if not overwrite and os.path.lexists(path):
            raise Problem("file_exists", name=path.name)
        _check_room(path.parent, len(data))
        place(path, data, overwrite=overwrite, progress=progress)
    except OSError as error:
        raise _problem(error, path, len(data)) from None
    return path


def place(
    path: Path, data: bytes, *, overwrite: bool = False, private: bool = False, progress: Progress | None = None
) -> None:
    """Do the steps of a careful write. Raises ``OSError`` as it comes, ``Problem(readback_differs)``.

    Whatever fails, no half file stays under the final name and no ``.part`` that can be removed. ``private`` keeps
    the file from other users of the machine.
    """
    part = path.with_name(path.name + ".part")
    report = progress or (lambda done, total: None)
    moved = False
    try:
        _write(part, data, 0o600 if private else 0o666, report)
        if overwrite:
            _prove(part, data, report)
        volumes.move(part, path, overwrite=overwrite)
        moved = True
        if not overwrite:
            _prove(path, data, report)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if moved and not overwrite:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
                volumes.sync_folder(path.parent)
        raise


def _write(part: Path, data: bytes, mode: int, report: Progress) -> None:
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        view, done = memoryview(data), 0
        while done < len(data):
            done += os.write(handle, view[done : done + volumes.CHUNK])
            report(done, 2 * len(data))
        os.fsync(handle)
    finally:
        os.close(handle)


def _prove(path: Path, data: bytes, report: Progress) -> None:
    """Compare what the device holds with what was meant. Raises ``readback_differs``."""
    digest, done = hashlib.sha256(), 0
    for chunk in volumes.read_uncached(path):
        digest.update(chunk)
        done += len(chunk)
        report(min(len(data) + done, 2 * len(data)), 2 * len(data))
    if done != len(data) or digest.digest() != hashlib.sha256(data).digest():
        raise Problem("readback_differs")


def _sweep(folder: Path, name: str) -> None:
    """Remove what an earlier try of this installation left: ``.part`` files with our unit and device in the name."""
    ours = "-".join(name.split("-")[:2]) + "-" if name.count("-") >= 2 else name
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.name.startswith(ours) and path.name.endswith(".part") and path.is_file() and not path.is_symlink():
                path.unlink()


def _check_room(folder: Path, size: int) -> None:
    usage = shutil.disk_usage(folder)
    if usage.total and usage.free < size + _SLACK:  # some network drives tell nothing: total 0
        raise Problem("stick_full", need=_human(size + _SLACK, up=True), free=_human(usage.free, up=False))


def is_full(error: OSError) -> bool:
    """Return whether an error of the operating system means that the disk is full."""
    return error.errno in _FULL or getattr(error, "winerror", None) in _WINDOWS_FULL


def _problem(error: OSError, path: Path, size: int) -> Problem:
    """Return the Problem for an error met while writing; Windows' own number is looked at first."""
    code = getattr(error, "winerror", None)
    if is_full(error):
        free = 0
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(path.parent).free
        return Problem("stick_full", need=_human(size + _SLACK, up=True), free=_human(free, up=False))
    if isinstance(error, FileExistsError):
        return Problem("file_exists", name=path.name)
    if code in _WINDOWS_BUSY or error.errno == errno.ETXTBSY:
        return Problem("file_in_use", name=path.name)
    if code not in _WINDOWS_GONE and error.errno in _LOCKED:
        return Problem("stick_read_only")
    return Problem("stick_gone")


def _human(size: int, *, up: bool) -> str:
    """Return a size in whole units, rounded up for what is needed and down for what is there."""
    unit, step = "B", 1
    for name, power in (("KB", 1), ("MB", 2), ("GB", 3)):
        if size >= 1024**power:
            unit, step = name, 1024**power
    return f"{-(-size // step) if up else size // step} {unit}"


# --- reading ---------------------------------------------------------------------------------------------------------


def take(path: Path, limit: int = LIMIT) -> bytes:
    """Return the bytes of a file of others. Raises ``no_such_file``, ``too_big``, ``unreadable_file``."""
    try:
        return read(path, limit)
    except (FileNotFoundError, NotADirectoryError):
        raise Problem("no_such_file", name=path.name) from None
    except OSError:
        raise Problem("unreadable_file", name=path.name) from None


def read(path: Path, limit: int) -> bytes:
    """Return the bytes of a plain file. Raises ``OSError`` as it comes (also for a pipe or device), ``too_big``."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        if about.st_size > limit:
            raise Problem("too_big")
        parts, got = [], 0
        while chunk := os.read(handle, volumes.CHUNK):
            parts.append(chunk)
            got += len(chunk)
            if got > limit:
                raise Problem("too_big")
        return b"".join(parts)
    finally:
        os.close(handle)


def bundles_in(source: Path) -> list[Path]:
    """Return the ``*.cbd`` files of a folder and of the folders right inside it, by name; a file stands for itself.

    Raises ``no_folder`` if there is no such place, ``nothing_to_receive`` if it holds none. Hidden files, links and
    half-written files are passed over.
    """
    if os.path.isfile(source):  # noqa: PTH113
        return [source]
    if not os.path.isdir(source):  # noqa: PTH112
        raise Problem("no_folder", name=source)
    found: list[Path] = []
    for entry in _entries(source):
        if entry.is_dir(follow_symlinks=False):
            found += [Path(inner.path) for inner in _entries(Path(entry.path)) if _is_bundle(inner)]
        elif _is_bundle(entry):
            found.append(Path(entry.path))
    if not found:
        raise Problem("nothing_to_receive")
    return sorted(found)[:_MAX_FILES]


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda e: e.name)
    except OSError:  # a folder we may not read holds nothing for us
        return


def _is_bundle(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(".cbd") and entry.is_file(follow_symlinks=False)
