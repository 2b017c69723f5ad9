"""The operating system's side of carrying: which drives there are, and the calls that make a write last.

Used by ``carrier`` alone. Linux and Windows differ in every function here and nowhere else:

* a rename is durable on Linux after ``fsync`` of its folder, on Windows with ``MOVEFILE_WRITE_THROUGH``;
* reading what the device really holds needs the cache out of the way: ``POSIX_FADV_DONTNEED``, or
  ``FILE_FLAG_NO_BUFFERING`` with a page-aligned buffer;
* removable drives are told by ``/sys`` and ``/proc/self/mounts``, or by ``GetDriveTypeW``.

Source: ``spec/bundle.md`` 5.3.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1024 * 1024

_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "davfs", "fuse.davfs", "fuse.sshfs", "fuse.rclone"}
_STICK_FORMATS = {"vfat", "exfat", "msdos", "fuse.exfat"}
_PLACES = ("/media/", "/run/media/", "/mnt/")


@dataclass(frozen=True, slots=True)
class Stick:
    """A drive one can carry away. Sizes in bytes; ``format`` such as ``exfat``; ``label`` what a person sees."""

    path: Path
    label: str
    free: int
    total: int
    removable: bool
    format: str
    read_only: bool


# --- writes that last ------------------------------------------------------------------------------------------------


def move(source: Path, target: Path, *, overwrite: bool) -> None:
    """Give a synced file its final name and make the name last. Raises ``FileExistsError`` unless ``overwrite``."""
    if sys.platform == "win32":
        _move_windows(source, target, overwrite)
        return
    if not overwrite and os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "exists", str(target))
    source.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last. Windows has no such call: there each rename is written through."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems know no such call
            raise
    finally:
        os.close(handle)


def read_uncached(path: Path) -> Iterator[bytes]:
    """Yield the file's bytes from the device, not from the cache we have just filled."""
    if sys.platform == "win32":
        yield from _read_unbuffered(path)
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := os.read(handle, CHUNK):
            yield chunk
    finally:
        os.close(handle)


# --- drives ----------------------------------------------------------------------------------------------------------


def sticks() -> list[Stick]:
    """Return the drives that can be carried away and are ready, by label."""
    if sys.platform == "win32":
        found = list(_sticks_windows())
    else:
        found = list(_sticks_linux())
    return sorted(found, key=lambda stick: (stick.label.casefold(), str(stick.path)))


def is_fixed(path: Path) -> bool:
    """Return whether a path (it need not exist yet) lies on a fixed local disk, fit to hold the store.

    Not fit: network drives, removable ones, and file systems of sticks, which keep no order of writes.
    """
    there = path.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    there = there.resolve()
    if sys.platform == "win32":
        return _is_fixed_windows(there)
    mount = _mount_of(there)
    return mount is None or _fit(mount)


Mount = tuple[str, str, str, frozenset[str]]
"""(device, mount point, format, options)."""


def _mounts() -> list[Mount]:
    try:
        table = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    rows = [line.split(" ") for line in table.splitlines()]
    return [(_octal(r[0]), _octal(r[1]), r[2], frozenset(r[3].split(","))) for r in rows if len(r) >= 4]


def _octal(text: str) -> str:
    r"""Undo the kernel's spelling of spaces and the like: ``\040``. Other bytes are UTF-8 as they stand."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def _mount_of(path: Path) -> Mount | None:
    """Return the last mounted among the deepest mount points above ``path``."""
    best: Mount | None = None
    for mount in _mounts():
        point = mount[1].rstrip("/") + "/"
        if f"{path}/".startswith(point) and (best is None or len(mount[1]) >= len(best[1])):
            best = mount
    return best


def _fit(mount: Mount) -> bool:
    """Return whether the store may lie there: neither a network drive, nor a stick by kind, place or the kernel."""
    device, point, kind, _ = mount
    carried = f"{point}/".startswith(("/media/", "/run/media/")) or _is_removable(device)
    return kind not in _NETWORK and kind not in _STICK_FORMATS and not carried


def _is_removable(device: str) -> bool:
    """Return whether the kernel calls the disk under a device such as ``/dev/sdb1`` removable."""
    if not device.startswith("/dev/"):
        return False
    here = Path("/sys/class/block") / Path(device).resolve().name
    try:
        disk = here.resolve(strict=True)
        return any((at / "removable").read_text().strip() == "1" for at in (disk, disk.parent) if _has_flag(at))
    except OSError:
        return False


def _has_flag(folder: Path) -> bool:
    return (folder / "removable").is_file()


def _sticks_linux() -> Iterator[Stick]:
    for device, point, kind, options in _mounts():
        if not f"{point}/".startswith(_PLACES) or not device.startswith("/dev/"):
            continue
        try:
            usage = shutil.disk_usage(point)
        except OSError:
            continue
        removable = _is_removable(device) or not point.startswith("/mnt")
        if removable or kind in _STICK_FORMATS:
            read_only = "ro" in options
            yield Stick(Path(point), Path(point).name, usage.free, usage.total, removable, kind, read_only)


# --- Windows ---------------------------------------------------------------------------------------------------------

if sys.platform == "win32":
    import ctypes
    import mmap
    from ctypes import wintypes

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateFileW.restype = wintypes.HANDLE
    _kernel.CreateFileW.argtypes = [
        wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD, wintypes.DWORD,
        wintypes.HANDLE,
    ]  # fmt: skip
    _kernel.ReadFile.argtypes = [
        wintypes.HANDLE, wintypes.LPVOID, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD), wintypes.LPVOID,
    ]  # fmt: skip
    _kernel.FlushFileBuffers.argtypes = [wintypes.HANDLE]
    _kernel.CloseHandle.argtypes = [wintypes.HANDLE]
    _kernel.MoveFileExW.argtypes = [wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD]
    _kernel.GetDriveTypeW.argtypes = [wintypes.LPCWSTR]

    _GENERIC_READ, _GENERIC_WRITE, _SHARE_READ_WRITE, _OPEN_EXISTING = 0x80000000, 0x40000000, 0x3, 3
    _NO_BUFFERING, _SEQUENTIAL = 0x20000000, 0x08000000
    _REPLACE_EXISTING, _WRITE_THROUGH = 0x1, 0x8
    _REMOVABLE, _FIXED, _RAM_DISK = 2, 3, 6
    _READ_ONLY_VOLUME = 0x00080000
    _NO_ERROR_BOXES = 0x0001 | 0x8000  # an empty card reader must not ask for a disk

    def _fail(path: Path) -> OSError:
        code = ctypes.get_last_error()
        return OSError(0, ctypes.FormatError(code), str(path), code)

    def _open(path: Path, access: int, flags: int) -> int:
        handle: int = _kernel.CreateFileW(str(path), access, _SHARE_READ_WRITE, None, _OPEN_EXISTING, flags, None)
        if handle == wintypes.HANDLE(-1).value:
            raise _fail(path)
        return handle

    def _move_windows(source: Path, target: Path, overwrite: bool) -> None:
        flags = _WRITE_THROUGH | (_REPLACE_EXISTING if overwrite else 0)
        if not _kernel.MoveFileExW(str(source), str(target), flags):
            raise _fail(target)
        handle = _open(target, _GENERIC_READ | _GENERIC_WRITE, 0)
        try:
            if not _kernel.FlushFileBuffers(handle):
                raise _fail(target)
        finally:
            _kernel.CloseHandle(handle)

    def _read_unbuffered(path: Path) -> Iterator[bytes]:
        handle = _open(path, _GENERIC_READ, _NO_BUFFERING | _SEQUENTIAL)
        try:
            with mmap.mmap(-1, CHUNK) as page:  # page-aligned, as unbuffered reading demands
                buffer = (ctypes.c_char * CHUNK).from_buffer(page)
                try:
                    got = wintypes.DWORD(1)
                    while got.value:
                        if not _kernel.ReadFile(handle, ctypes.addressof(buffer), CHUNK, ctypes.byref(got), None):
                            raise _fail(path)
                        yield page[: got.value]
                finally:
                    del buffer
        finally:
            _kernel.CloseHandle(handle)

    def _is_fixed_windows(path: Path) -> bool:
        kind: int = _kernel.GetDriveTypeW(path.anchor if path.anchor.endswith("\\") else path.anchor + "\\")
        return not path.anchor.startswith("\\\\") and kind in (_FIXED, _RAM_DISK)

    def _sticks_windows() -> Iterator[Stick]:
        before = _kernel.SetErrorMode(_NO_ERROR_BOXES)
        try:
            drives = _kernel.GetLogicalDrives()
            for number in range(26):
                root = f"{chr(65 + number)}:\\"
                if drives >> number & 1 and _kernel.GetDriveTypeW(root) == _REMOVABLE:
                    yield from _volume(root)
        finally:
            _kernel.SetErrorMode(before)

    def _volume(root: str) -> Iterator[Stick]:
        label, kind, flags = ctypes.create_unicode_buffer(261), ctypes.create_unicode_buffer(261), wintypes.DWORD()
        known = _kernel.GetVolumeInformationW(root, label, 261, None, None, ctypes.byref(flags), kind, 261)
        try:
            usage = shutil.disk_usage(root)
        except OSError:  # a reader without a card
            return
        if known:
            shown = f"{label.value} ({root[:2]})" if label.value else root[:2]
            read_only = bool(flags.value & _READ_ONLY_VOLUME)
            yield Stick(Path(root), shown, usage.free, usage.total, True, kind.value.lower(), read_only)
