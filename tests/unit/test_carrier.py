"""Carrying: full, read-only, pulled, faulty and fake sticks leave no half file and no false report of success."""

import errno
import itertools
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cbdesk import carrier, volumes
from cbdesk.errors import Problem

NAME = "01321-abab-1-3-c0ffee00.cbd"
DATA = bytes(range(256)) * 500
WINDOWS = sys.platform == "win32"
AS_ROOT = not WINDOWS and os.geteuid() == 0
posix = pytest.mark.skipif(WINDOWS, reason="Windows has no such calls")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(code: int, after: int = 0):
    """Return an ``os.write`` that gives up with an error after some calls."""
    calls, real = itertools.count(), os.write

    def write(handle, data):
        if next(calls) >= after:
            raise OSError(code, os.strerror(code))
        return real(handle, data)

    return write


@pytest.fixture
def tiny(tmp_path):
    """A file system of 256 KiB of its own, as a stick would be; needs root and the right to mount."""
    if not AS_ROOT:
        pytest.skip("mounting needs root")
    place = tmp_path / "stick"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this machine may not mount a tmpfs")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


# --- the good case ---------------------------------------------------------------------------------------------------


def test_put_and_take(tmp_path):
    seen = []
    path = carrier.put(tmp_path, NAME, DATA, progress=lambda done, total: seen.append((done, total)))
    assert path == tmp_path / NAME
    assert carrier.take(path) == DATA
    assert names(tmp_path) == [NAME]
    assert seen == sorted(seen)
    assert seen[-1] == (2 * len(DATA), 2 * len(DATA))


@posix
def test_the_steps_come_in_their_order(tmp_path, monkeypatch):
    """Data is synced before the rename, the folder after it; only then is it read back (spec 5.3)."""
    steps = []

    def noting(module, name, word):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, **kwargs: (steps.append(word(*args)), real(*args, **kwargs))[1])

    noting(os, "fsync", lambda handle: "sync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync file")
    noting(Path, "replace", lambda source, target: f"{source.suffix} to {target.suffix}")
    noting(volumes, "read_uncached", lambda path: f"read {path.suffix}")
    carrier.put(tmp_path, NAME, DATA)
    assert steps == ["sync file", ".part to .cbd", "sync folder", "read .cbd"]
    steps.clear()
    carrier.write_atomic(tmp_path / NAME, DATA, overwrite=True)
    assert steps == ["sync file", "read .part", ".part to .cbd", "sync folder"]


def test_long_and_vietnamese_names(tmp_path):
    folder = tmp_path / "USB của Sở" / " ".join(["thư mục rất dài"] * 6)
    folder.mkdir(parents=True)
    assert carrier.take(carrier.put(folder, "Danh sách trẻ em tháng 10.pdf", DATA)) == DATA


def test_empty_file(tmp_path):
    assert carrier.take(carrier.put(tmp_path, NAME, b"")) == b""


# --- refusals --------------------------------------------------------------------------------------------------------


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / NAME).write_bytes(b"old")
    with pytest.raises(Problem, match="file_exists") as caught:
        carrier.put(tmp_path, NAME, DATA)
    assert NAME in caught.value.what
    with pytest.raises(Problem, match="file_exists"):
        carrier.write_atomic(tmp_path / NAME, DATA)
    assert (tmp_path / NAME).read_bytes() == b"old"
    carrier.write_atomic(tmp_path / NAME, DATA, overwrite=True)
    assert (tmp_path / NAME).read_bytes() == DATA
    assert names(tmp_path) == [NAME]


def test_no_such_place(tmp_path):
    for folder in (tmp_path / "E", tmp_path / "file" / "x"):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(Problem, match="no_folder"):
            carrier.put(folder, NAME, DATA)
        with pytest.raises(Problem, match="no_folder"):
            carrier.write_atomic(folder / NAME, DATA)


@pytest.mark.parametrize("name", ["../x.cbd", "a/b.cbd", "a\\b", "C:x", "", "."])
def test_name_stays_in_its_folder(tmp_path, name):
    with pytest.raises(ValueError):
        carrier.put(tmp_path, name, DATA)


@pytest.mark.parametrize(
    ("code", "problem"),
    [(errno.ENOSPC, "stick_full"), (errno.EDQUOT, "stick_full"), (errno.EROFS, "stick_read_only"),
     (errno.EACCES, "stick_read_only"), (errno.EIO, "stick_gone"), (errno.ENODEV, "stick_gone"),
     (errno.ENOENT, "stick_gone"), (errno.ETXTBSY, "file_in_use")],
)  # fmt: skip
@pytest.mark.parametrize("after", [0, 1])
def test_failing_write_leaves_nothing(tmp_path, monkeypatch, code, problem, after):
    monkeypatch.setattr(volumes, "CHUNK", 1000)
    monkeypatch.setattr(os, "write", failing(code, after))
    with pytest.raises(Problem, match=problem) as caught:
        carrier.put(tmp_path, NAME, DATA)
    assert names(tmp_path) == []
    assert caught.value.what
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("call", ["fsync", "close"])
def test_failing_sync_or_close_leaves_nothing(tmp_path, monkeypatch, call):
    real = getattr(os, call)

    def broken(handle):
        if call == "close":
            real(handle)
        raise OSError(errno.EIO, "pulled")

    monkeypatch.setattr(os, call, broken)
    with pytest.raises(Problem, match="stick_gone"):
        carrier.put(tmp_path, NAME, DATA)
    monkeypatch.undo()
    assert names(tmp_path) == []


def test_windows_own_numbers_are_looked_at_first():
    def problem(winerror: int, code: int) -> str:
        error = OSError(code, "x")
        error.winerror = winerror
        return carrier._problem(error, Path("x"), 1).name

    assert problem(112, errno.ENOSPC) == "stick_full"
    assert problem(19, errno.EACCES) == "stick_read_only"
    assert problem(5, errno.EACCES) == "stick_read_only"
    assert problem(21, errno.EACCES) == "stick_gone"  # the drive is not ready
    assert problem(32, errno.EACCES) == "file_in_use"


def test_sizes_are_told_in_whole_units():
    assert [carrier._human(size, up=True) for size in (0, 1023, 1025, 5 << 20, (5 << 20) + 1, 3 << 30)] == [
        "0 B", "1023 B", "2 KB", "5 MB", "6 MB", "3 GB"]  # fmt: skip
    assert carrier._human((6 << 20) - 1, up=False) == "5 MB"


# --- real small file systems -----------------------------------------------------------------------------------------


def test_full_stick_is_said_before_a_byte_is_written(tiny):
    with pytest.raises(Problem, match="stick_full") as caught:
        carrier.put(tiny, NAME, bytes(300 * 1024))
    assert caught.value.details == {"need": "364 KB", "free": "256 KB"}
    assert names(tiny) == []


def test_stick_that_fills_while_writing(tiny, monkeypatch):
    monkeypatch.setattr(carrier, "_check_room", lambda *_: None)
    carrier.put(tiny, NAME, bytes(100 * 1024))
    with pytest.raises(Problem, match="stick_full"):
        carrier.put(tiny, NAME.replace("c0ffee00", "c0ffee01"), bytes(300 * 1024))
    assert names(tiny) == [NAME]
    (tiny / "rest").write_bytes(bytes(156 * 1024))
    with pytest.raises(Problem, match="stick_full"):  # not a byte left
        carrier.put(tiny, NAME.replace("c0ffee00", "c0ffee02"), b"x" * 5000)
    assert names(tiny) == [NAME, "rest"]


def test_read_only_stick(tiny):
    subprocess.run(["mount", "-o", "remount,ro", tiny], check=True)
    with pytest.raises(Problem, match="stick_read_only"):
        carrier.put(tiny, NAME, DATA)


@pytest.mark.skipif(AS_ROOT or WINDOWS, reason="root, and anyone on Windows, may write there")
def test_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(Problem, match="stick_read_only"):
        carrier.put(tmp_path, NAME, DATA)
    tmp_path.chmod(0o700)


# --- cut short, faulty, fake -----------------------------------------------------------------------------------------


def test_stick_pulled_at_any_step_leaves_no_half_file(tmp_path, monkeypatch):
    """Stop dead at each call that changes the disk: under the final name there is all of it or nothing."""
    monkeypatch.setattr(volumes, "CHUNK", 50_000)
    for cut in itertools.count():
        folder = tmp_path / str(cut)
        folder.mkdir()
        with monkeypatch.context() as patch:
            if not stops_at(patch, cut, lambda where=folder: carrier.put(where, NAME, DATA)):
                break
        final = folder / NAME
        assert not final.exists() or final.read_bytes() == DATA
        if not final.exists():
            carrier.put(folder, NAME, DATA)  # the next try clears away what the first left
            assert names(folder) == [NAME]
    assert cut >= 5


class Pulled(BaseException):
    """Nothing after this runs, not even a clean-up."""


def stops_at(patch: pytest.MonkeyPatch, cut: int, work) -> bool:
    count, dead = itertools.count(), []

    def mortal(call):
        def wrapped(*args, **kwargs):
            if dead or next(count) == cut:
                dead.append(True)
                raise Pulled
            return call(*args, **kwargs)

        return wrapped

    for module, name in ((os, "write"), (os, "fsync"), (Path, "replace"), (Path, "unlink")):
        patch.setattr(module, name, mortal(getattr(module, name)))
    try:
        work()
    except Pulled:
        return True
    return False


def test_own_leftovers_are_cleared_and_others_left(tmp_path):
    own = ["01321-abab-1-2-00000000.cbd.part", NAME + ".part"]
    others = ["01321-cdcd-1-2-00000000.cbd.part", "luan van.docx.part", "01321-abab-1-2-00000000.cbd"]
    for name in own + others:
        (tmp_path / name).write_bytes(b"half")
    carrier.put(tmp_path, NAME, DATA)
    assert names(tmp_path) == sorted([*others, NAME])


def test_a_link_laid_out_as_part_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / (NAME + ".part")).symlink_to(victim)
    carrier.put(tmp_path, NAME, DATA)
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / NAME).is_symlink()


@pytest.mark.parametrize("bent", [DATA[:-1], DATA + b"x", b"", DATA[:-1] + b"\x00"])
def test_stick_that_gives_back_other_bytes(tmp_path, monkeypatch, bent):
    monkeypatch.setattr(volumes, "read_uncached", lambda path: iter([bent]))
    with pytest.raises(Problem, match="readback_differs"):
        carrier.put(tmp_path, NAME, DATA)
    assert names(tmp_path) == []
    (tmp_path / NAME).write_bytes(b"old")
    with pytest.raises(Problem, match="readback_differs"):
        carrier.write_atomic(tmp_path / NAME, DATA, overwrite=True)
    assert (tmp_path / NAME).read_bytes() == b"old"
    assert names(tmp_path) == [NAME]


def test_stick_that_cannot_be_read_back(tmp_path, monkeypatch):
    def unreadable(path):
        raise OSError(errno.EIO, "bad block")
        yield b""

    monkeypatch.setattr(volumes, "read_uncached", unreadable)
    with pytest.raises(Problem, match="stick_gone"):
        carrier.put(tmp_path, NAME, DATA)
    assert names(tmp_path) == []


@posix
def test_private_files_are_closed_to_other_users(tmp_path):
    carrier.place(tmp_path / "keys.json", b"{}", private=True)
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) & 0o077 == 0


# --- taking ----------------------------------------------------------------------------------------------------------


def test_take_refuses_what_is_missing_too_big_or_no_file(tmp_path):
    path = tmp_path / NAME
    with pytest.raises(Problem, match="no_such_file"):
        carrier.take(path)
    path.write_bytes(DATA)
    with pytest.raises(Problem, match="no_such_file"):
        carrier.take(path / "inside")
    assert carrier.take(path, limit=len(DATA)) == DATA
    with pytest.raises(Problem, match="too_big"):
        carrier.take(path, limit=len(DATA) - 1)
    with pytest.raises(Problem, match="unreadable_file"):
        carrier.take(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_take_does_not_wait_at_a_pipe(tmp_path):
    os.mkfifo(tmp_path / NAME)
    with pytest.raises(Problem, match="unreadable_file"):
        carrier.take(tmp_path / NAME)
    with pytest.raises(Problem, match="nothing_to_receive"):
        carrier.bundles_in(tmp_path)


def test_file_that_grows_while_read(tmp_path, monkeypatch):
    path = tmp_path / NAME
    path.write_bytes(b"")
    chunks = itertools.repeat(b"x" * 1000)
    monkeypatch.setattr(os, "read", lambda *_: next(chunks))
    with pytest.raises(Problem, match="too_big"):
        carrier.take(path, limit=5000)


def test_bundles_in_a_folder_and_right_below(tmp_path):
    for name in ("b.cbd", "A.CBD", ".hidden.cbd", "x.cbd.part", "autorun.inf", "x.exe", "in/c.cbd", "in/deep/d.cbd"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "link.cbd").symlink_to(tmp_path / "b.cbd")
    (tmp_path / "folder.cbd").mkdir()
    found = carrier.bundles_in(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["A.CBD", "b.cbd", "in/c.cbd"]
    assert carrier.bundles_in(tmp_path / "x.exe") == [tmp_path / "x.exe"]  # what a person names is judged by unseal
    with pytest.raises(Problem, match="nothing_to_receive"):
        carrier.bundles_in(tmp_path / "folder.cbd")
    with pytest.raises(Problem, match="no_folder"):
        carrier.bundles_in(tmp_path / "missing")


# --- drives ----------------------------------------------------------------------------------------------------------

MOUNTS = [
    ("/dev/sda2", "/", "ext4", frozenset({"rw"})),
    ("/dev/sdb1", "/media/lan/USB CUA SO", "vfat", frozenset({"ro"})),
    ("/dev/sdc1", "/run/media/lan/SSD", "ext4", frozenset({"rw"})),
    ("/dev/sdd1", "/mnt/data", "ext4", frozenset({"rw"})),
    ("/dev/sde1", "/mnt/usb", "exfat", frozenset({"rw"})),
    ("//server/share", "/srv/share", "cifs", frozenset({"rw"})),
    ("tmpfs", "/mnt/ram", "tmpfs", frozenset({"rw"})),
]


@pytest.fixture
def machine(monkeypatch):
    """A Linux machine with these mounts, of which the kernel calls sdb removable."""
    monkeypatch.setattr(volumes, "_mounts", lambda: MOUNTS)
    monkeypatch.setattr(volumes, "_is_removable", lambda device: device == "/dev/sdb1")
    monkeypatch.setattr(volumes.shutil, "disk_usage", lambda path: usage())
    monkeypatch.setattr(sys, "platform", "linux")


def usage():
    return SimpleNamespace(total=8 << 30, used=3 << 30, free=5 << 30)


def test_sticks_of_a_linux_machine(machine):
    found = carrier.sticks()
    assert [(stick.label, stick.format, stick.removable, stick.read_only) for stick in found] == [
        ("SSD", "ext4", True, False), ("usb", "exfat", False, False), ("USB CUA SO", "vfat", True, True)]  # fmt: skip
    assert found[0].free == 5 << 30


@posix
def test_store_lies_on_a_fixed_disk_only(machine):
    fixed = {"/": True, "/home/lan/new/cbdesk": True, "/mnt/data/x": True, "/mnt/ram": True, "/srv/share/x": False,
             "/media/lan/USB CUA SO/x": False, "/run/media/lan/SSD/x": False, "/mnt/usb": False}  # fmt: skip
    for point, expected in fixed.items():
        mount = volumes._mount_of(Path(point))
        assert mount is not None
        assert volumes._fit(mount) is expected, point


def test_this_machine_can_be_asked(tmp_path):
    assert carrier.is_fixed(tmp_path / "not" / "yet" / "there")
    assert isinstance(carrier.sticks(), list)


def test_kernel_spelling_of_mount_points(tmp_path, monkeypatch):
    table = r"/dev/sdb1 /media/lan/USB\040CỦA\040SỞ vfat rw,nosuid 0 0" + "\nbroken line\n"
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: table)
    assert volumes._mounts() == [("/dev/sdb1", "/media/lan/USB CỦA SỞ", "vfat", frozenset({"rw", "nosuid"}))]
