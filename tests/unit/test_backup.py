"""Backups: verified, thinned, brought back into an empty folder, never over a register; damage has a name."""

from __future__ import annotations

import datetime as dt
import io
import tarfile

import pytest

from cbdesk import backup, clock, desk
from cbdesk.errors import Problem
from cbdesk.store import Store

PASSWORD = "mật khẩu"


@pytest.fixture
def book(commune):
    commune.put("child", [{"full_name": "Lý Mùi Mẩy", "groups": ["01.3"]}, {"full_name": "Nông Văn Tý"}])
    return commune


def names(opened):
    return [row.name for row in opened.children()]


# --- making ----------------------------------------------------------------------------------------------------------


def test_a_backup_is_one_encrypted_file_and_opens_elsewhere(book, tmp_path):
    stream = book.status()["stream"]
    file = book.backup(tmp_path)
    assert file.suffix == ".cbb"
    assert b"SQLite format 3" not in file.read_bytes()
    assert "Mùi".encode() not in file.read_bytes()
    again = desk.restore(tmp_path / "again", file, None, PASSWORD)
    assert names(again) == names(book)
    assert again.verify()["ok"]
    assert again.status()["stream"] is None  # the next change begins a new stream
    again.save("child", {"full_name": "Trẻ Mới"})
    assert again.status()["stream"] != stream
    assert book.status()["stream"] == stream
    again.close()


def test_the_first_backup_of_a_day_is_due_and_its_age_is_known(book):
    clock.set_fixed("2026-11-24T08:00")
    assert book.backup_due()
    assert book.last_backup() is None
    book.backup()
    assert not book.backup_due()
    assert book.last_backup()
    assert book.status()["last_backup"]
    assert desk.peek(book.folder)["last_backup"]
    clock.set_fixed("2026-11-25T08:00")
    assert book.backup_due()


def test_two_backups_of_one_second_are_two_files(book, tmp_path):
    clock.set_fixed("2026-11-24T08:00")
    assert book.backup(tmp_path) != book.backup(tmp_path)


def test_a_backup_that_does_not_open_gets_no_name(book, monkeypatch):
    monkeypatch.setattr(Store, "prove", staticmethod(lambda *_: (_ for _ in ()).throw(Problem("backup_failed"))))
    with pytest.raises(Problem, match="backup_failed"):
        book.backup()
    assert list((book.folder / "backups").iterdir()) == []
    assert [path.name for path in book.folder.iterdir() if "part" in path.name] == []


def test_a_copy_must_hold_the_heads_it_was_made_of(book, tmp_path):
    copy = tmp_path / "copy"
    book.store.copy_into(copy)
    heads = [(one.s, one.n, one.h) for one in book.store.streams()]
    Store.prove(copy, book.dek, heads)
    with pytest.raises(Problem, match="backup_failed"):
        Store.prove(copy, book.dek, [(s, n + 1, h) for s, n, h in heads])
    data = copy.read_bytes()
    copy.write_bytes(data[:50_000] + bytes([data[50_000] ^ 1]) + data[50_001:])
    with pytest.raises(Problem, match="store_damaged"):
        Store.prove(copy, book.dek, heads)


def test_a_backup_into_nowhere(book, tmp_path):
    with pytest.raises(Problem, match="no_folder"):
        book.backup(tmp_path / "nowhere")


def test_a_quiet_backup_stops_nobody(book, monkeypatch):
    monkeypatch.setattr(backup, "make", lambda *_: (_ for _ in ()).throw(Problem("disk_full")))
    book.backup_quietly()
    assert book.last_backup() is None


# --- keeping (case 34) -----------------------------------------------------------------------------------------------


def test_case_34_of_two_years_of_days_the_right_ones_are_kept():
    today = dt.date(2026, 11, 24)
    days = [today - dt.timedelta(days=n) for n in range(730)]
    files = [f"{day.isoformat()}-0812-01321-ab12.cbb" for day in days]
    gone = set(backup.superfluous(files, today))
    kept = [day for day, name in zip(days, files, strict=True) if name not in gone]
    assert kept[:12] == days[:12]
    assert len({day.isocalendar()[:2] for day in kept}) >= 10
    assert len({(day.year, day.month) for day in kept}) == 9
    assert len(kept) <= 12 + 10 + 9
    assert backup.superfluous(sorted(set(files) - gone), today) == []  # and those stay


def test_case_34_several_a_day_strange_names_and_a_clock_gone_back():
    today = dt.date(2026, 11, 24)
    files = ["2026-11-24-080000.cbb", "2026-11-24-170000.cbb", "ghi chú.cbb", "2031-01-01-080000.cbb"]
    assert backup.superfluous(files, today) == ["2026-11-24-080000.cbb"]


def test_old_automatic_backups_go_and_those_elsewhere_stay(book, tmp_path):
    for n in range(40):
        clock.set_fixed(dt.datetime(2026, 9, 1, 8) + dt.timedelta(days=n))
        book.backup()
    assert len(list((book.folder / "backups").glob("*.cbb"))) < 25
    clock.set_fixed("2026-10-20T08:00")
    for _ in range(3):
        book.backup(tmp_path)
    assert len(list(tmp_path.glob("*.cbb"))) == 3


# --- bringing back ---------------------------------------------------------------------------------------------------


def test_a_register_in_use_is_never_written_over(book, tmp_path):
    file = book.backup(tmp_path)
    book.save("child", {"full_name": "Trẻ Mới"})
    book.close()
    with pytest.raises(Problem, match="store_exists"):
        desk.restore(book.folder, file, None, PASSWORD)
    again = desk.unlock(book.folder, None, PASSWORD)
    assert len(names(again)) == 3
    again.close()


@pytest.mark.parametrize("bad", ["nothing", "text", "cut", "empty", "link", "path", "twice", "no keys"])
def test_what_is_no_backup(book, tmp_path, bad):
    good = book.backup(tmp_path).read_bytes()
    members = {"register.db": b"x" * 600, "keys.json": b"{}"}
    data = {
        "nothing": b"",
        "text": b"xin chao" * 100,
        "cut": good[:700],
        "empty": _tar({}),
        "link": _tar(members, link="about.json"),
        "path": _tar(members | {"../x": b"x"}),
        "twice": _tar({"register.db": b"x"}) [:1024] + _tar(members),
        "no keys": _tar({"register.db": b"x" * 600}),
    }[bad]  # fmt: skip
    file = tmp_path / "bad.cbb"
    file.write_bytes(data)
    with pytest.raises(Problem, match=r"no_backup|keys_missing|store_damaged"):
        desk.restore(tmp_path / "again", file, None, PASSWORD)
    assert not (tmp_path / "again" / "register.db").exists()


def _tar(members, link=None):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        if link:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(info)
    return out.getvalue()


def test_a_wrong_password_or_a_missing_file_brings_nothing_back(book, tmp_path):
    file = book.backup(tmp_path)
    with pytest.raises(Problem, match="wrong_password"):
        desk.restore(tmp_path / "again", file, None, "sai")
    with pytest.raises(Problem, match="no_such_file"):
        desk.restore(tmp_path / "again", tmp_path / "nowhere.cbb", None, PASSWORD)
    assert not (tmp_path / "again" / "register.db").exists()
    desk.restore(tmp_path / "again", file, None, PASSWORD).close()


def test_one_flipped_bit_of_a_backup_is_noticed(book, tmp_path):
    file = book.backup(tmp_path)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(Problem, match="store_damaged"):
        desk.restore(tmp_path / "again", file, None, PASSWORD)
    assert not (tmp_path / "again" / "register.db").exists()


def test_case_29_a_stale_wal_beside_the_place_does_no_harm(book, tmp_path):
    file = book.backup(tmp_path)
    folder = tmp_path / "again"
    folder.mkdir()
    book.store.db.execute("PRAGMA wal_autocheckpoint = 0")
    book.save("child", {"full_name": "Trong WAL"})
    (folder / "register.db-wal").write_bytes((book.folder / "register.db-wal").read_bytes())
    (folder / "register.db-shm").write_bytes(b"x" * 32768)
    again = desk.restore(folder, file, None, PASSWORD)
    assert names(again) == ["Lý Mùi Mẩy", "Nông Văn Tý"]
    assert again.verify()["ok"]
    again.close()


def test_case_30_a_damaged_register_is_set_aside_and_the_backup_opens(book, tmp_path):
    file = book.backup(tmp_path)
    book.close()
    database = book.folder / "register.db"
    damaged = b"x" * database.stat().st_size
    database.write_bytes(damaged)
    with pytest.raises(Problem, match="store_damaged"):
        desk.unlock(book.folder, None, PASSWORD)
    aside = tmp_path / "aside"
    book.folder.rename(aside)
    again = desk.restore(book.folder, file, None, PASSWORD)
    assert len(names(again)) == 2
    assert (aside / "register.db").read_bytes() == damaged
    again.close()


def test_a_restored_register_is_filled_by_the_receiver(pair, stick, tmp_path):
    commune, receiver = pair
    file = commune.backup(tmp_path)
    commune.put("child", [{"full_name": "Lý Mùi Mẩy"}])
    commune.send(stick)
    receiver.receive([stick])
    again = desk.restore(tmp_path / "again", file, None, PASSWORD)
    again.save("child", {"full_name": "Nông Văn Tý"})
    again.send(stick)
    receiver.receive([stick])
    again.receive([stick])
    assert names(again) == ["Lý Mùi Mẩy", "Nông Văn Tý"]
    assert len(receiver.all_rows("child")) == 2
    assert receiver.store.db.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)
    again.close()
