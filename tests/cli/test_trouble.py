"""Whatever is wrong has a word: a coded message, exit 1 or 3, nothing lost, nothing half-written, no traceback."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from cbdesk import carrier, desk
from cbdesk.errors import Problem
from cbdesk.paths import resources

PASSWORD = "mật khẩu"
SETUP = ("setup", "--practice", "--role", "commune", "--unit", "01321", "--officer", "Nông Thị Hạnh")
CHILD = {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female", "village": "Lũng Mít", "groups": ["01.3"]}


# --- every bad input has a word --------------------------------------------------------------------------------------


def names_of(run):
    return [row["full_name"] for row in run("list", "child").document["rows"]]


def _flip(path, at=-9):
    data = bytearray(Path(path).read_bytes())
    data[at] ^= 1
    Path(path).write_bytes(data)


def test_wrong_password_and_waiting(book, monkeypatch):
    monkeypatch.setenv("CBDESK_PASSWORD", "sai")
    assert [book("status").problem for _ in range(4)] == ["wrong_password"] * 3 + ["wait_password"]
    monkeypatch.setenv("CBDESK_PASSWORD", PASSWORD)


def test_damaged_store(book):
    _flip("sổ/register.db", 120)
    assert book("list", "child").problem == "store_damaged"
    _flip("sổ/register.db", 120)
    assert names_of(book) == ["Lý Mùi Mẩy"]


def test_damage_met_while_reading_is_named_too(book, tmp_path):
    book.put(*({"full_name": f"Trẻ {n}", "notes": "x" * 9000} for n in range(40)))
    path = Path("sổ/register.db")
    data = bytearray(path.read_bytes())
    for at in range(4096 * 2 + 99, len(data), 4096):
        data[at] ^= 1
    path.write_bytes(data)
    answer = book("list", "child")
    assert answer.problem == "store_damaged"
    assert path.read_bytes() == bytes(data)


def test_unknown_sender_wrong_recipient_flipped_bit_truncated_file(loop):
    sent = loop("send", "stick").document["file"]
    stranger = (*SETUP[:2], "--role", "receiver", "--unit", "04", "--officer", "Ai Đó")
    loop(*stranger, data="khác")
    for data, name, way in (
        ("khác", "wrong_recipient_or_damaged", lambda: None),
        ("nơi nhận", "wrong_recipient_or_damaged", lambda: _flip(sent)),
        ("nơi nhận", "wrong_recipient_or_damaged", lambda: shutil.copy("whole", sent) and os.truncate(sent, 3000)),
        ("nơi nhận", "not_a_bundle", lambda: os.truncate(sent, 0)),
    ):
        if not Path("whole").exists():
            shutil.copy(sent, "whole")
        way()
        answer = loop("receive", "stick", data=data)
        assert answer.code == 1
        (file,) = answer.document["files"]
        assert (file["result"], file["problem"]["name"], file["ack"]) == ("refused", name, None)
        looked = loop("inspect", sent, data=data)
        assert (looked.code, looked.document["valid"], looked.document["problem"]["name"]) == (1, False, name)
    assert loop("list", "child", data="nơi nhận").document["rows"] == []
    assert loop("status").document["unsent"] > 0
    shutil.copy("whole", sent)
    assert loop("receive", "stick", data="nơi nhận").code == 0


def test_unknown_sender(loop):
    loop(*SETUP, data="lạ")
    loop.put(CHILD, data="lạ")
    card = loop("card", "--out", "r2.card", data="nơi nhận").document
    loop("enrol", card["file"], "--fingerprint", card["fingerprint"], data="lạ")
    loop("send", "stick", data="lạ")
    answer = loop("receive", "stick", data="nơi nhận")
    assert answer.code == 1
    assert answer.document["files"][0]["problem"]["name"] == "unknown_key"


def test_one_of_two_refused_is_three(loop):
    sent = loop("send", "stick").document["file"]
    Path("stick/bad.cbd").write_bytes(b"nothing")
    answer = loop("receive", "stick", data="nơi nhận")
    assert answer.code == 3
    assert {Path(one["file"]).name: one["result"] for one in answer.document["files"]} == {
        Path(sent).name: "merged",
        "bad.cbd": "refused",
    }


def test_full_stick_read_only_folder_missing_places(loop, monkeypatch):
    unsent = loop("status").document["unsent"]
    usage = type("Usage", (), {"total": 10**9, "used": 10**9, "free": 0})
    with monkeypatch.context() as patch:
        patch.setattr(carrier.shutil, "disk_usage", lambda _: usage)
        assert loop("send", "stick").problem == "stick_full"
        assert loop("backup", "stick").problem == "stick_full"
    with monkeypatch.context() as patch:
        patch.setattr(carrier, "_write", _raise(OSError(30, "Read-only file system")))
        assert loop("send", "stick").problem == "stick_read_only"
        assert loop("backup", "stick").problem == "stick_read_only"
        assert loop("report", "special", "--period", "2026-10", "--out", "stick").problem == "stick_read_only"
        assert loop("card", "--out", "stick").problem == "stick_read_only"
    assert loop("send", "nowhere").problem == "no_folder"
    assert loop("receive", "nowhere").problem == "no_folder"
    assert loop("receive", "stick").problem == "nothing_to_receive"
    assert loop("put", "child", "--file", "nowhere.jsonl").problem == "no_such_file"
    assert loop("import", "nowhere.xlsx").problem == "no_such_file"
    assert loop("restore", "nowhere.cbb", data="lại").problem == "no_such_file"
    assert loop("enrol", "nowhere.card", "--fingerprint", "x").problem == "no_such_file"
    assert loop("inspect", "nowhere.cbd").problem == "no_such_file"
    assert loop("report", "special", "--period", "2026-10", "--out", "nowhere").problem == "no_folder"
    assert list(Path("stick").iterdir()) == []
    assert loop("status").document["unsent"] == unsent


def _raise(error):
    def fail(*_, **__):
        raise error

    return fail


def test_wrong_unit_impossible_date_unknown_field_or_choice(book):
    assert (
        book(*SETUP[:2], "--role", "commune", "--unit", "99999", "--officer", "A", data="mới").problem == "wrong_unit"
    )
    assert not Path("mới").exists()
    for row, field, name in (
        ({"born": "2014-02-31"}, "born", "not_a_date"),
        ({"foo": 1}, "foo", "unknown_field"),
        ({"sex": "other"}, "sex", "unknown_choice"),
        ({"groups": ["99"]}, "groups", "unknown_choice"),
    ):
        answer = book.put({"full_name": "Trẻ Mới"} | row)
        assert answer.code == 3
        assert answer.document["ids"] == [None]
        assert (field, "stop", name) in {
            (one["field"], one["level"], one["name"]) for one in answer.document["findings"]
        }
    assert names_of(book) == ["Lý Mùi Mẩy"]
    assert book("put", "castle", stdin=b"{}").problem == "unknown_form"
    assert book("list", "castle").problem == "unknown_form"
    assert book("find", "x", "--form", "castle").problem == "unknown_form"
    assert book("list", "child", "--where", "castle=1").problem == "unknown_field"
    assert book("report", "castle", "--period", "2026-10").problem == "unknown_report"
    assert book("report", "special", "--period", "2026-13").problem == "bad_period"
    assert book("void", book.child).problem == "no_reason"
    assert book("undo", "0" * 16).problem == "no_record"


@pytest.mark.parametrize(
    ("name", "problem"),
    [("s9_truncated.xlsx", "excel_broken"), ("s9_locked_stub.xlsx", "excel_locked"), ("s9_empty.xlsx", "empty_file")],
)
def test_a_locked_a_broken_and_an_empty_excel_file(book, name, problem):
    source = resources().parent / "tests/data/samples" / name
    before = source.read_bytes()
    assert book("import", source).problem == problem
    assert source.read_bytes() == before
    assert names_of(book) == ["Lý Mùi Mẩy"]


def test_no_store_busy_store_clock(book, monkeypatch, tmp_path):
    assert book("status", data="nirgends").problem == "no_store"
    opened = desk.unlock(tmp_path / "sổ", None, PASSWORD)
    assert book("status").problem == "store_busy"
    opened.close()
    monkeypatch.setenv("CBDESK_NOW", "2031-02-03T04:05")
    assert book("status").code == 0
    book.put({"full_name": "Ngày Sau"})
    monkeypatch.delenv("CBDESK_NOW")
    found = book("find", "ngay sau").document["rows"][0]["id"]
    assert book("history", found).document["changes"][0]["at"].startswith("2031-02-03T04:05")


def test_a_bug_of_ours_shows_a_code_and_no_value(book, monkeypatch):
    monkeypatch.setattr(desk.Desk, "status", _raise(RuntimeError("Lý Mùi Mẩy 004315874471")))
    answer = book("status")
    assert answer.problem == "bug"
    assert "Mẩy" not in answer.out + answer.err
    log = Path("sổ/cbdesk.log").read_text(encoding="utf-8")
    code = re.search(r"[0-9A-F]{6}", answer.document["problem"]["next"]).group()
    assert code in log
    assert "RuntimeError" in log
    assert "Mẩy" not in log
    assert "004315874471" not in log


def test_what_breaks_after_the_answer_makes_no_second_document(book, monkeypatch):
    monkeypatch.setattr(desk.Desk, "close", _raise(Problem("disk_full")))
    answer = book("status")
    assert answer.out.count("\n") == 1
