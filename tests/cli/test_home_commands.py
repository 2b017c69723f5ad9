"""Households, absences, villages and the directory from the command line, as a script would do them."""

import json

import pytest
from openpyxl import Workbook


@pytest.fixture
def book(cbdesk, monkeypatch):
    monkeypatch.setenv("CBDESK_NOW", "2026-12-12T08:00")
    cbdesk(*cbdesk.setup)
    cbdesk.put({"full_name": "Nông Văn Páo", "village": "Xóm Nà Héng", "father_name": "Nông Văn An",
                "household_class": "poor"},
               {"full_name": "Hầu Thị Mỷ", "village": "Xóm Bản Oóng", "mother_name": "Hầu Thị Dợ",
                "household_class": "poor"})  # fmt: skip
    return cbdesk


def rows(book, *command):
    return book(*command).document["rows"]


def test_a_decision_is_read_answered_written_and_undone(book, tmp_path):
    sheet = (made := Workbook()).active
    for row in (["Họ và tên chủ hộ", "Thôn", "Loại hộ"], ["Nông Văn An", "Nà Héng", "Hộ cận nghèo"],
                ["Hầu Thị Dở", "Bản Oóng", "Hộ nghèo"], ["Sùng Mí Lử", "Bản Oóng", "Hộ nghèo"]):  # fmt: skip
        sheet.append(row)
    made.save(tmp_path / "qd.xlsx")
    told = ("home", "decision", tmp_path / "qd.xlsx", "--year", 2027, "--number", "1520/QĐ-UBND",
            "--date", "10/12/2026")  # fmt: skip
    dry = book(*told, "--dry-run")
    assert dry.code == 3, dry.err
    assert [line["kind"] for line in dry.document["lines"]] == ["matched", "near", "absent"]
    assert dry.document["batch"] is None
    near = dry.document["lines"][1]["near"][0]["home"]
    (tmp_path / "a.json").write_text(json.dumps({"lines": {"3": near}}), encoding="utf-8")
    done = book(*told, "--answers", tmp_path / "a.json")
    assert done.code == 0
    assert (done.document["classed"], done.document["absent"]) == (2, 1)
    assert book("home", "classes", 2027).document == {"year": 2027, "by_year": {"2027": 2}, "current": True}
    book("undo", done.document["batch"])
    assert book("home", "classes", 2027).document["by_year"] == {"2026": 2}
    (tmp_path / "a.json").write_text('{"lines": {"3": "nobody"}}', encoding="utf-8")
    assert book(*told, "--answers", tmp_path / "a.json").problem == "bad_map"


def test_children_go_away_and_come_back(book):
    ids = [row["id"] for row in rows(book, "list", "child")]
    book("away", "go", *ids, "--from", "5/10/2026", "--with", "parents", "--place", "Bình Dương")
    assert {row["child"] for row in rows(book, "away", "list")} == set(ids)
    early = book("away", "back", ids[0], "--on", "1/10/2026")
    assert (early.code, early.document["findings"]) == (3, ["wrong_order"])
    book("away", "back", ids[0])
    assert [row["child"] for row in rows(book, "away", "list")] == ids[1:]


def test_villages_merge_and_the_directory_follows(book):
    book.put({"name": "Vừ Mí Pó", "role": "village_head", "village": "Nà Héng", "phone": "0912345678"}, form="contact")
    assert book("village", "mine", "Nà Héng").code == 0
    merged = book("village", "merge", "Xóm Đoàn Kết", "Nà Héng", "Bản Oóng", "--on", "1/10/2026").document["id"]
    here = [row for row in rows(book, "village", "list") if not row["to"]]
    assert [(row["id"], row["children"], row["mine"]) for row in here] == [(merged, 2, True)]
    assert [row["name"] for row in rows(book, "contacts", "--village", "Nà Héng")] == ["Vừ Mí Pó"]
    assert book("village", "rename", "Bản Lũng", "X").problem == "no_record"
