"""A full disk and a pulled plug: an older or a newer whole state, a coded Problem, no half file under a final name.

The small disks are tmpfs mounts; without the right to mount they are skipped with the reason.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time

import pytest

from cbdesk import change, desk
from cbdesk.errors import Problem
from cbdesk.store import Store

KEY = bytes(range(32))
PASSWORD = "mật khẩu"
COMMUNE = {"role": "commune", "unit": "01321", "officer": "Nông Thị Hạnh", "password": PASSWORD, "practice": True}


@pytest.fixture
def small_disk(tmp_path):
    """Return a function that mounts a disk of some KiB; all are taken away afterwards."""
    mounted = []

    def mount(kib: int):
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(place)]
        if sys.platform != "linux" or os.geteuid() != 0:
            pytest.skip("only root on Linux may mount a small disk")
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("mounting is not allowed here")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def fill(folder, leave: int = 0):
    """Fill a disk up to ``leave`` bytes."""
    with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    if leave:
        with (folder / "filler").open("rb+") as file:
            file.truncate((folder / "filler").stat().st_size - leave)


@pytest.fixture
def cramped(small_disk):
    """An open register with some children on a disk that is full."""
    disk = small_disk(12 * 1024)
    opened = desk.setup(disk / "sổ", **COMMUNE).desk
    opened.put("child", [{"full_name": f"Trẻ Số {n}", "notes": "x" * 500} for n in range(40)])
    opened.backup()
    fill(disk)
    yield opened
    with contextlib.suppress(Problem):
        opened.close()


def _save_until_full(opened):
    for saved in range(400):
        try:
            assert opened.save("child", {"full_name": "Trẻ Mới", "notes": "y" * 9000}).id
        except Problem as problem:
            return saved, problem.name
    raise AssertionError("the disk is never full")


def test_saving_on_a_full_disk_loses_nothing_and_reading_goes_on(cramped):
    saved, name = _save_until_full(cramped)
    assert name == "disk_full"
    assert len(cramped.children()) == 40 + saved
    assert cramped.find("tre so 7")["total"] == 1
    assert cramped.store.broken_chains() == []
    assert cramped.store.integrity() == []


def test_room_again_and_saving_goes_on(cramped):
    saved, _ = _save_until_full(cramped)
    (cramped.folder.parent / "filler").unlink()
    assert cramped.save("child", {"full_name": "Trẻ Sau Cùng"}).id
    assert len(cramped.children()) == 41 + saved
    assert cramped.verify()["ok"]


def test_opening_on_a_full_disk_still_reads(cramped):
    saved, _ = _save_until_full(cramped)
    with contextlib.suppress(Problem):
        cramped.close()
    again = desk.unlock(cramped.folder, None, PASSWORD)
    assert len(again.children()) == 40 + saved
    again.close()


def _names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_on_a_full_disk_leaves_no_half_file(cramped):
    kept = _names(cramped.folder / "backups")
    with pytest.raises(Problem) as caught:
        cramped.backup()
    assert caught.value.name in ("disk_full", "stick_full")
    assert _names(cramped.folder / "backups") == kept
    assert not [name for name in _names(cramped.folder) if "part" in name]
    assert cramped.find("tre so 7")["total"] == 1


def test_a_full_stick_keeps_the_changes_here_and_no_half_file(pair, small_disk):
    commune, receiver = pair
    commune.put("child", [{"full_name": f"Trẻ Số {n}"} for n in range(30)])
    stick = small_disk(256)
    fill(stick)
    unsent = commune.status()["unsent"]
    with pytest.raises(Problem) as caught:
        commune.send(stick)
    assert caught.value.name == "stick_full"
    assert _names(stick) == ["filler"]
    assert commune.status()["unsent"] == unsent
    assert commune.bundles() == []  # not written is not in the list of what was written
    (stick / "filler").unlink()
    assert commune.send(stick)[0].changes == unsent
    assert receiver.receive([stick])[0].result == "merged"


def test_an_acknowledgement_that_finds_no_room_is_told_and_given_again(pair, small_disk):
    commune, receiver = pair
    commune.save("child", {"full_name": "Trẻ Một"})
    stick = small_disk(256)
    commune.send(stick)
    fill(stick)
    found = receiver.receive([stick])
    assert [one.result for one in found] == ["merged", "refused"]
    assert found[1].problem.name == "stick_full"
    assert found[0].ack is None
    (stick / "filler").unlink()
    again = receiver.receive([stick])
    assert again[0].result == "already"
    assert again[0].ack
    assert commune.receive([stick])[0].result == "accepted"
    assert commune.status()["unsent"] == 0


def test_setting_up_on_a_full_disk_leaves_an_empty_folder_behind(small_disk):
    disk = small_disk(300)
    with pytest.raises(Problem) as caught:
        desk.setup(disk / "sổ", **COMMUNE)
    assert caught.value.name in ("disk_full", "stick_full")
    assert not [name for name in _names(disk / "sổ") if name.startswith("register.db")]
    with pytest.raises(Problem, match="no_store"):
        desk.unlock(disk / "sổ", None, PASSWORD)


def test_restoring_where_there_is_no_room_leaves_no_register(commune, small_disk):
    file = commune.backup()
    disk = small_disk(300)
    with pytest.raises(Problem) as caught:
        desk.restore(disk / "sổ", file, None, PASSWORD)
    assert caught.value.name in ("disk_full", "stick_full")
    assert not (disk / "sổ" / "register.db").exists()


def test_a_report_on_a_full_disk_leaves_no_half_file(commune, small_disk):
    disk = small_disk(64)
    fill(disk)
    with pytest.raises(Problem) as caught:
        commune.report("special", "2026-10", disk)
    assert caught.value.name == "stick_full"
    assert _names(disk) == ["filler"]


# --- the plug --------------------------------------------------------------------------------------------------------

_SAVING = """
import sys
from pathlib import Path
from cbdesk import change
from cbdesk.store import Draft, Store
store = Store.unlock(Path(sys.argv[1]), bytes(range(32)))
n = store.count("child")
while True:
    store.write([Draft("child", change.new_id(), {"full_name": f"Trẻ {n}"}),
                 Draft("risk", change.new_id(), {"code": "R05"})], unit="01321@2025-07-01", officer="x")
    n += 1
    print(n, flush=True)
"""


def test_whatever_was_said_to_be_saved_survives_a_kill(tmp_path):
    folder = tmp_path / "sổ"
    folder.mkdir()
    Store.create(folder, KEY, {"node": "1" * 16, "unit": "u", "role": "commune", "practice": "1", "key": "k"}).close()
    dice, said = random.Random(3), 0
    for _ in range(6):
        command = [sys.executable, "-X", "utf8", "-c", _SAVING, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            said = int(worker.stdout.readline())
            time.sleep(dice.random() / 4)
            worker.kill()
            said = max([said, *map(int, worker.stdout.read().split()[:-1])])  # the last line may be torn
        with Store.unlocked(folder, KEY) as store:
            saved = store.count("child")
            assert saved >= said
            assert store.count("risk") == saved  # whole units of work only
            assert store.broken_chains() == []
            assert store.integrity() == []
    assert said > 6
    with Store.unlocked(folder, KEY) as store:
        assert store.rebuilt_differences() == []
        store.write([change_of_now()], unit="u", officer="x")


def change_of_now():
    from cbdesk.store import Draft

    return Draft("child", change.new_id(), {"full_name": "Trẻ Sau Cùng"})
